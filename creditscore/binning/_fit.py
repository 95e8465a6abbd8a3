"""From a column and its outcomes to a bin table: edges, counts, solver."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Int1D, Level, Trend
from creditscore._validation import check_finite
from creditscore.binning._counts import BinCounts, LevelCounts, Outcomes
from creditscore.binning._edges import EdgeSample, prebin_edges
from creditscore.binning._partition import CategoricalPartition, NumericPartition, Partition
from creditscore.binning._solver import Solution, solve_bins
from creditscore.binning._table import BinStatus, BinTable
from creditscore.exceptions import ConstantColumnWarning, InvalidParameterError, SingleBinWarning

_PRIOR_ROWS = 20.0
"""A level's bad rate is drawn towards the sample's as if it had this many average rows more."""


@dataclass(frozen=True, kw_only=True)
class BinSettings:
    """Constraints on the bins of one feature; the meaning is in :class:`WOEEncoder`."""

    min_bin_size: float
    max_n_bins: int | None
    max_n_prebins: int
    smoothing: float
    trend: Trend
    special_codes: tuple[Any, ...] = ()
    user_cuts: Sequence[Any] | None = None


def bin_column(
    table: Table, name: str, outcomes: Outcomes, rows: Bool1D | None, settings: BinSettings
) -> BinTable:
    """Bin one column; `rows` marks those that have weight, where some have none."""
    if table.kind(name) == "numeric":
        values = check_finite(table.numeric(name), name=name)
        result = _bin_numbers(name, values if rows is None else values[rows], outcomes, settings)
    else:
        codes, levels = table.levels(name)
        result = _bin_levels(
            name, codes if rows is None else codes[rows], levels, outcomes, settings
        )
    _warn(result, settings)
    return result


def _bin_numbers(name: str, values: Float1D, outcomes: Outcomes, settings: BinSettings) -> BinTable:
    special = tuple(float(code) for code in settings.special_codes)
    if settings.user_cuts is not None:
        partition = NumericPartition(cuts=_cuts(name, settings.user_cuts), special_codes=special)
        counts = BinCounts.from_codes(partition, partition.codes_of(values), outcomes)
        return _table(name, counts, settings, "user cuts")
    regular = _regular_rows(values, special)
    kept, weights = values, outcomes.weights
    if regular is not None:
        kept = values[regular]
        weights = None if weights is None else weights[regular]
    edges = prebin_edges(kept, weights, max_n_prebins=settings.max_n_prebins)
    fine = NumericPartition(cuts=tuple(edges.tolist()), special_codes=special)
    counts = BinCounts.from_codes(fine, fine.codes_of(values), outcomes)
    solution = _solve(counts.good, counts.bad, fine.n_regular, settings, settings.trend)
    cuts = tuple(fine.cuts[start - 1] for start in solution.starts[1:])
    coarse = NumericPartition(cuts=cuts, special_codes=special)
    joined = _joined(counts.good, counts.bad, fine.n_regular, solution)
    return _table(
        name, BinCounts(coarse, *joined), settings, _status(counts, fine.n_regular, coarse)
    )


def _bin_levels(
    name: str,
    codes: Int1D,
    levels: tuple[Level, ...],
    outcomes: Outcomes,
    settings: BinSettings,
) -> BinTable:
    if settings.user_cuts is not None:
        groups = _groups(name, settings.user_cuts)
        return _grouped_by_user(name, codes, levels, outcomes, settings, groups)
    counts = LevelCounts.from_codes(codes, levels, outcomes)
    special = tuple(code for code in settings.special_codes if code in counts.good)
    regular = _by_bad_rate(counts, special)
    tail = [(counts.good[code], counts.bad[code]) for code in special]
    tail += [counts.missing, (0.0, 0.0)]
    good = np.array([counts.good[level] for level in regular] + [g for g, _ in tail])
    bad = np.array([counts.bad[level] for level in regular] + [b for _, b in tail])
    if not regular:
        partition = CategoricalPartition(groups=(), special_codes=special)
        return _table(name, BinCounts(partition, good, bad), settings, _status_of(good + bad, 0))
    firsts = _pregroup((good + bad)[: len(regular)], settings.max_n_prebins)
    fine = _add_up(good, len(regular), firsts), _add_up(bad, len(regular), firsts)
    solution = _solve(*fine, len(firsts), settings, "ascending")
    starts = [int(firsts[start]) for start in solution.starts]
    ends = [*starts[1:], len(regular)]
    groups = tuple(
        tuple(sorted(regular[start:end], key=str)) for start, end in zip(starts, ends, strict=True)
    )
    coarse = CategoricalPartition(groups=groups, special_codes=special)
    joined = _joined(*fine, len(firsts), solution)
    status = _status_of(good + bad, len(regular))
    if status == "optimal" and len(groups) == 1 and len(regular) > 1:
        status = "single bin"
    return _table(name, BinCounts(coarse, *joined), settings, status)


def _grouped_by_user(
    name: str,
    codes: Int1D,
    levels: tuple[Level, ...],
    outcomes: Outcomes,
    settings: BinSettings,
    groups: tuple[tuple[Level, ...], ...],
) -> BinTable:
    grouped = {level for group in groups for level in group}
    special = tuple(code for code in settings.special_codes if code not in grouped)
    partition = CategoricalPartition(groups=groups, special_codes=special)
    attributes = partition.codes_of(name, codes, levels)
    counts = BinCounts.from_codes(partition, attributes, outcomes)
    return _table(name, counts, settings, "user cuts")


def _regular_rows(values: Float1D, special: tuple[float, ...]) -> Bool1D | None:
    """Mark numbers that are neither missing nor special; None where all are regular."""
    aside = np.isnan(values)
    for code in special:
        aside |= values == code
    return ~aside if aside.any() else None


def _by_bad_rate(counts: LevelCounts, special: tuple[Level, ...]) -> list[Level]:
    """Order levels by bad rate, rare ones drawn to the mean, ties by name."""
    levels = [level for level in counts.good if level not in special]
    all_good = sum(counts.good.values()) + counts.missing[0]
    all_bad = sum(counts.bad.values()) + counts.missing[1]
    mean = all_bad / (all_good + all_bad)

    def position(level: Level) -> tuple[float, str]:
        good, bad = counts.good[level], counts.bad[level]
        return (bad + _PRIOR_ROWS * mean) / (good + bad + _PRIOR_ROWS), str(level)

    return sorted(levels, key=position)


def _pregroup(weights: Float1D, max_n_prebins: int) -> Int1D:
    """Join neighbours of very many ordered levels; return the first level of each pre-bin."""
    places = EdgeSample(np.arange(len(weights), dtype=np.float64), weights)
    return np.concatenate([[0], places.edges(max_n_prebins)]).astype(np.intp)


def _solve(
    good: Float1D, bad: Float1D, n_regular: int, settings: BinSettings, trend: Trend
) -> Solution:
    total_good, total_bad = float(good.sum()), float(bad.sum())
    return solve_bins(
        good[:n_regular],
        bad[:n_regular],
        total_good=total_good,
        total_bad=total_bad,
        min_weight=settings.min_bin_size * (total_good + total_bad),
        max_n_bins=settings.max_n_bins,
        trend=trend,
        smoothing=settings.smoothing,
    )


def _joined(
    good: Float1D, bad: Float1D, n_regular: int, solution: Solution
) -> tuple[Float1D, Float1D]:
    starts = np.asarray(solution.starts, dtype=np.intp)
    return _add_up(good, n_regular, starts), _add_up(bad, n_regular, starts)


def _add_up(counts: Float1D, n_regular: int, starts: Int1D) -> Float1D:
    """Add runs of regular bins; what comes behind them stays as it is."""
    return np.concatenate([np.add.reduceat(counts[:n_regular], starts), counts[n_regular:]])


def _status(counts: BinCounts, n_regular: int, coarse: Partition) -> BinStatus:
    status = _status_of(counts.good + counts.bad, n_regular)
    if status == "optimal" and coarse.n_regular == 1 and n_regular > 1:
        return "single bin"
    return status


def _status_of(weights: Float1D, n_regular: int) -> BinStatus:
    """Tell columns that hold one value, missing being a value, from all others."""
    held = np.flatnonzero(weights > 0)
    if len(held) > 1:
        return "optimal"
    return "constant" if len(weights) < 2 or held[0] < n_regular else "all missing"


def _table(name: str, counts: BinCounts, settings: BinSettings, status: BinStatus) -> BinTable:
    return BinTable(
        feature=name,
        partition=counts.partition,
        n_good=tuple(counts.good.tolist()),
        n_bad=tuple(counts.bad.tolist()),
        smoothing=settings.smoothing,
        status=status,
    )


def _cuts(name: str, cuts: Sequence[Any]) -> tuple[float, ...]:
    try:
        return tuple(float(cut) for cut in cuts)
    except (TypeError, ValueError) as error:
        msg = (
            f"The 'user_cuts' of the numeric column {name!r} must be numbers. Got {cuts!r} instead."
        )
        raise InvalidParameterError(msg) from error


def _groups(name: str, groups: Sequence[Any]) -> tuple[tuple[Level, ...], ...]:
    if any(isinstance(group, str) or not isinstance(group, Sequence) for group in groups):
        msg = (
            f"The 'user_cuts' of the categorical column {name!r} must be lists of levels, one "
            f"list a bin. Got {groups!r} instead."
        )
        raise InvalidParameterError(msg)
    return tuple(tuple(group) for group in groups)


def _warn(table: BinTable, settings: BinSettings) -> None:
    if table.status in ("constant", "all missing"):
        what = "no value at all" if table.status == "all missing" else "one value only"
        warnings.warn(
            f"Column {table.feature!r} holds {what} and cannot tell good from bad; it stays out "
            "of the card. Drop it, or check how it was filled.",
            ConstantColumnWarning,
            stacklevel=5,
        )
    elif table.status == "single bin":
        warnings.warn(
            f"Column {table.feature!r} stays in one bin: no split leaves "
            f"{settings.min_bin_size:.1%} of the rows on both sides. Lower min_bin_size, or give "
            "user_cuts.",
            SingleBinWarning,
            stacklevel=5,
        )
