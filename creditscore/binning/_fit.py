"""From a column and its outcomes to a bin table, with a word on what stood in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Level
from creditscore._warn import warn_user
from creditscore.binning._counts import BinCounts, LevelCounts, Outcomes
from creditscore.binning._levels import best_level_groups
from creditscore.binning._numeric import best_numeric_bins, count_column
from creditscore.binning._partition import CategoricalPartition, NumericPartition, Partition
from creditscore.binning._settings import BinSettings
from creditscore.binning._table import BinStatus, BinTable
from creditscore.exceptions import ConstantColumnWarning, InvalidParameterError, SingleBinWarning


def bin_columns(
    table: Table,
    outcomes: Outcomes,
    rows: Bool1D | None,
    settings: Mapping[str, BinSettings],
) -> dict[str, BinTable]:
    """Bin columns one by one; `rows` marks those that have weight, where some have none."""
    return {name: _bin(table, name, outcomes, rows, settings[name]) for name in settings}


def _bin(
    table: Table, name: str, outcomes: Outcomes, rows: Bool1D | None, settings: BinSettings
) -> BinTable:
    """Find the bins of a column, and say what stood in the way."""
    if settings.user_cuts is not None:
        return _by_user(table, name, outcomes, rows, settings)
    numeric = table.kind(name) == "numeric"
    too_small = False
    if numeric:
        values = table.numeric(name)
        values = values if rows is None else values[rows]
        column = count_column(name, values, outcomes, settings.special_codes)
        numbers = best_numeric_bins(column, settings.special_codes, settings)
        counts, n_distinct = numbers.counts, numbers.n_distinct
        too_small = numbers.n_admitted == 0
    else:
        codes, levels = table.levels(name)
        by_level = LevelCounts.from_codes(codes if rows is None else codes[rows], levels, outcomes)
        groups = best_level_groups(by_level, settings.special_codes, settings)
        counts, n_distinct = groups.counts, min(groups.n_levels, 2)
    status = _status(counts, "optimal", n_distinct=n_distinct)
    if status == "optimal" and counts.partition.n_regular == 1 and n_distinct > 1:
        status = "single bin"
        _warn_of_single_bin(name, settings, too_small=too_small, ordered=numeric)
    return _table(name, counts, settings, status)


def _by_user(
    table: Table, name: str, outcomes: Outcomes, rows: Bool1D | None, settings: BinSettings
) -> BinTable:
    """Count on the bins that the user gave."""
    assert settings.user_cuts is not None  # noqa: S101 - this is what the caller saw
    partition: Partition
    if table.kind(name) == "numeric":
        partition = _partition_of_cuts(name, settings.user_cuts, settings.special_codes)
    else:
        groups = _groups(name, settings.user_cuts)
        grouped = {level for group in groups for level in group}
        free = tuple(code for code in settings.special_codes if code not in grouped)
        partition = CategoricalPartition(groups=groups, special_codes=free)
    codes = partition.codes(table, name)
    counts = BinCounts.from_codes(partition, codes if rows is None else codes[rows], outcomes)
    return _table(name, counts, settings, _status(counts, "user cuts", n_distinct=2))


def _status(counts: BinCounts, otherwise: BinStatus, *, n_distinct: int) -> BinStatus:
    """Tell columns that hold one value, missing being a value, from all others."""
    weights = counts.good + counts.bad
    held = np.flatnonzero(weights > 0)
    hidden = n_distinct > 1 and held[0] < counts.partition.n_regular
    if len(held) > 1 or (hidden and otherwise != "user cuts"):
        return otherwise
    return "all missing" if held[0] == counts.partition.missing_code else "constant"


def _table(name: str, counts: BinCounts, settings: BinSettings, status: BinStatus) -> BinTable:
    if status in ("constant", "all missing"):
        what = "no value at all" if status == "all missing" else "one value only"
        if settings.user_cuts is not None and status == "constant":
            what = "values of one bin only"
        warn_user(
            f"Column {name!r} holds {what} and cannot tell good from bad; it stays out of the "
            "card. Drop it, or check how it was filled.",
            ConstantColumnWarning,
        )
    return BinTable(
        feature=name,
        partition=counts.partition,
        n_good=tuple(counts.good.tolist()),
        n_bad=tuple(counts.bad.tolist()),
        smoothing=settings.smoothing,
        status=status,
    )


def _warn_of_single_bin(
    name: str, settings: BinSettings, *, too_small: bool, ordered: bool
) -> None:
    if settings.max_n_bins == 1:
        why = "max_n_bins=1 allows no split. Raise it, or drop the column."
    elif not ordered:
        why = (
            f"its levels cannot be parted into groups of {settings.min_bin_size:.1%} of the rows "
            "or more that differ in bad rate, rare levels being pooled. Lower min_bin_size, join "
            "levels, or give user_cuts."
        )
    elif too_small:
        why = (
            f"no split leaves {settings.min_bin_size:.1%} of the rows on both sides. Lower "
            "min_bin_size, or give user_cuts."
        )
    else:
        why = (
            f"under the trend {settings.trend!r} and the least size, the bad rate is the same on "
            "both sides of every split. Try another trend, or drop the column."
        )
    warn_user(f"Column {name!r} stays in one bin: {why}", SingleBinWarning)


def _partition_of_cuts(
    name: str, cuts: Sequence[Any], special: tuple[float, ...]
) -> NumericPartition:
    numbers = isinstance(cuts, (Sequence, np.ndarray)) and all(
        isinstance(cut, (int, float, np.integer, np.floating)) and not isinstance(cut, bool)
        for cut in cuts
    )
    if not numbers:
        msg = (
            f"The 'user_cuts' of the numeric column {name!r} must be numbers, in a list. "
            f"Got {cuts!r} instead."
        )
        raise InvalidParameterError(msg)
    try:
        return NumericPartition(cuts=tuple(float(cut) for cut in cuts), special_codes=special)
    except InvalidParameterError as error:
        msg = f"The 'user_cuts' of the column {name!r} cannot be used. {error}"
        raise InvalidParameterError(msg) from error


def _groups(name: str, groups: Sequence[Any]) -> tuple[tuple[Level, ...], ...]:
    lists = (
        isinstance(groups, Sequence)
        and not isinstance(groups, (str, bytes))
        and all(
            isinstance(group, Sequence) and not isinstance(group, (str, bytes)) for group in groups
        )
    )
    if not lists:
        msg = (
            f"The 'user_cuts' of the categorical column {name!r} must be lists of levels, one "
            f"list a bin. Got {groups!r} instead."
        )
        raise InvalidParameterError(msg)
    chosen = tuple(tuple(group) for group in groups)
    try:
        CategoricalPartition(groups=chosen)
    except InvalidParameterError as error:
        msg = f"The 'user_cuts' of the column {name!r} cannot be used. {error}"
        raise InvalidParameterError(msg) from error
    return chosen
