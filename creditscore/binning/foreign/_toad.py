"""Partitions from the rules that toad's Combiner exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditscore.binning._partition import Partition, is_listed
from creditscore.binning.foreign._extra import warn_of_losses
from creditscore.binning.foreign._rules import (
    as_list,
    categorical_partition,
    check_mapping,
    is_nan,
    is_number,
    numeric_partition,
)
from creditscore.exceptions import InvalidParameterError

_OWNER = "from_toad"
_ELSE = "else"
"""Group of toad that holds every level in no other group."""
_MISSING = "nan"
"""What a missing value becomes where toad turns a column into text."""


def from_toad(rules: Mapping[str, Any]) -> dict[str, Partition]:
    """Read bins from ``toad.transform.Combiner().export()``, or from the JSON file of it.

    Parameters
    ----------
    rules : mapping of str to list
        By feature, increasing cuts, with a NaN at the end where missing values have a bin of
        their own; or lists of levels, one a bin. Nothing of toad need be installed.

    Returns
    -------
    dict of str to Partition
        To be given as ``user_cuts`` of a :class:`~creditscore.WOEEncoder`.

    Raises
    ------
    InvalidParameterError
        Rules of another form, such as the labels that ``export(format=True)`` writes.

    Warns
    -----
    CreditScoreWarning
        A rule says what a partition cannot: missing values in a group with levels, or a group
        of all other levels.

    Notes
    -----
    toad's intervals are closed on the left, as ours are: it bins by ``numpy.digitize`` [1]_.

    Missing values are always an attribute of their own here. Without a NaN among its cuts, toad
    takes a missing number for -1, so it falls in the interval that holds -1; as text a missing
    value is the level ``'nan'``, which is taken out of its group. The group ``'else'`` is the
    attribute "Other" here; its WOE is that of its own rows under
    ``BinPolicy(unseen="empirical")`` only.

    References
    ----------
    .. [1] toad, ``toad/transform.py`` (Combiner) and ``toad/utils/mixin.py`` (RulesMixin,
       BinsMixin), https://github.com/amphibian-dev/toad

    Examples
    --------
    >>> from creditscore.binning.foreign import from_toad
    >>> rules = {"age": [26, 35.5, float("nan")], "housing": [["own"], ["rent", "free"]]}
    >>> partitions = from_toad(rules)
    >>> partitions["age"].labels
    ('< 26', '[26, 35.5)', '>= 35.5', 'Missing')
    >>> partitions["housing"].groups
    (('own',), ('rent', 'free'))
    """
    checked = check_mapping(rules, _OWNER, "what Combiner.export() returns")
    losses: list[str] = []
    partitions = {name: _partition(name, rule, losses) for name, rule in checked.items()}
    warn_of_losses("toad", losses)
    return partitions


def _partition(name: str, rule: Any, losses: list[str]) -> Partition:
    values = as_list(rule, _OWNER, name)
    if all(is_number(value) or is_nan(value) for value in values):
        cuts = [float(value) for value in values if not is_nan(value)]
        # only the last entry is a bin of missing values
        if any(map(is_nan, values[:-1])):
            msg = f"{_OWNER} knows NaN as the last cut only. Got {values!r} for {name!r}."
            raise InvalidParameterError(msg)
        return numeric_partition(_OWNER, name, cuts)
    groups = []
    for value in values:
        if isinstance(value, str) and value == _ELSE:
            losses.append(f"the group 'else' of {name!r} is the attribute 'Other'")
        elif is_listed(value):
            groups.append(_levels(name, as_list(value, _OWNER, name), losses))
        else:
            msg = (
                f"{_OWNER} needs lists of levels for {name!r}, one a bin. Got {value!r} among "
                "them. Export the rules by Combiner.export(), not with format=True."
            )
            raise InvalidParameterError(msg)
    return categorical_partition(_OWNER, name, groups)


def _levels(name: str, group: list[Any], losses: list[str]) -> list[Any]:
    levels = [level for level in group if not is_nan(level) and level != _MISSING]
    if levels and len(levels) < len(group):
        losses.append(f"missing values of {name!r} stand apart from the group of {levels[0]!r}")
    return levels
