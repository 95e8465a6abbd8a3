"""From a column and its outcomes to a bin table, with a word on what stood in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Int1D, Level
from creditscore._validation import check_finite
from creditscore._warn import warn_user
from creditscore.binning._counts import BinCounts, LevelCounts, Outcomes
from creditscore.binning._levels import best_level_groups
from creditscore.binning._numeric import best_numeric_bins
from creditscore.binning._partition import CategoricalPartition, NumericPartition
from creditscore.binning._settings import BinSettings
from creditscore.binning._table import BinStatus, BinTable
from creditscore.exceptions import ConstantColumnWarning, InvalidParameterError, SingleBinWarning


def bin_column(
    table: Table, name: str, outcomes: Outcomes, rows: Bool1D | None, settings: BinSettings
) -> BinTable:
    """Bin one column; `rows` marks those that have weight, where some have none."""
    if table.kind(name) == "numeric":
        values = check_finite(table.numeric(name), name=name)
        return _bin_numbers(name, values if rows is None else values[rows], outcomes, settings)
    codes, levels = table.levels(name)
    return _bin_levels(name, codes if rows is None else codes[rows], levels, outcomes, settings)


def _bin_numbers(name: str, values: Float1D, outcomes: Outcomes, settings: BinSettings) -> BinTable:
    special = tuple(float(code) for code in settings.special_codes)
    if settings.user_cuts is not None:
        partition = _partition_of_cuts(name, settings.user_cuts, special)
        counts = BinCounts.from_codes(partition, partition.codes_of(values), outcomes)
        return _table(name, counts, settings, _status(counts, "user cuts", n_distinct=2))
    result = best_numeric_bins(values, outcomes, special, settings)
    status = _status(result.counts, "optimal", n_distinct=result.n_distinct)
    if status == "optimal" and result.counts.partition.n_regular == 1 and result.n_distinct > 1:
        status = "single bin"
        _warn_of_single_bin(name, settings, too_small=result.n_admitted == 0)
    return _table(name, result.counts, settings, status)


def _bin_levels(
    name: str,
    codes: Int1D,
    levels: tuple[Level, ...],
    outcomes: Outcomes,
    settings: BinSettings,
) -> BinTable:
    special = settings.special_codes
    if settings.user_cuts is not None:
        groups = _groups(name, settings.user_cuts)
        grouped = {level for group in groups for level in group}
        free = tuple(code for code in special if code not in grouped)
        partition = CategoricalPartition(groups=groups, special_codes=free)
        attributes = partition.codes_of(name, codes, levels)
        counts = BinCounts.from_codes(partition, attributes, outcomes)
        return _table(name, counts, settings, _status(counts, "user cuts", n_distinct=2))
    result = best_level_groups(LevelCounts.from_codes(codes, levels, outcomes), special, settings)
    status = _status(result.counts, "optimal", n_distinct=min(result.n_levels, 2))
    if status == "optimal" and result.counts.partition.n_regular == 1 and result.n_levels > 1:
        status = "single bin"
        _warn_of_single_bin(name, settings, too_small=_all_small(result.counts, settings))
    return _table(name, result.counts, settings, status)


def _all_small(counts: BinCounts, settings: BinSettings) -> bool:
    """Tell whether the levels could not make two bins of the least size."""
    weights = counts.good + counts.bad
    return bool(weights[0] < 2 * settings.min_bin_size * weights.sum())


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


def _warn_of_single_bin(name: str, settings: BinSettings, *, too_small: bool) -> None:
    if settings.max_n_bins == 1:
        why = "max_n_bins=1 allows no split. Raise it, or drop the column."
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
    numbers = not isinstance(cuts, (str, bytes)) and all(
        isinstance(cut, (int, float, np.integer, np.floating)) and not isinstance(cut, bool)
        for cut in cuts
    )
    if not numbers:
        msg = (
            f"The 'user_cuts' of the numeric column {name!r} must be a list of numbers. "
            f"Got {cuts!r} instead."
        )
        raise InvalidParameterError(msg)
    try:
        return NumericPartition(cuts=tuple(float(cut) for cut in cuts), special_codes=special)
    except InvalidParameterError as error:
        msg = f"The 'user_cuts' of the column {name!r} cannot be used. {error}"
        raise InvalidParameterError(msg) from error


def _groups(name: str, groups: Sequence[Any]) -> tuple[tuple[Level, ...], ...]:
    lists = not isinstance(groups, (str, bytes)) and all(
        isinstance(group, Sequence) and not isinstance(group, (str, bytes)) for group in groups
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
