"""The best groups of the levels of a categorical column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditscore._typing import Float1D, Int1D, Level
from creditscore.binning._counts import BinCounts, LevelCounts
from creditscore.binning._edges import EdgeSample
from creditscore.binning._partition import CategoricalPartition
from creditscore.binning._settings import BinSettings
from creditscore.binning._solver import solve_bins

_PRIOR_ROWS = 20.0
"""A level's bad rate is drawn towards the sample's as if it had this many average rows more."""
_RARE_ROWS = 30.0
"""Levels of fewer rows (or of fewer than a bin needs) are pooled: their own bad rate is chance."""


@dataclass(frozen=True)
class LevelResult:
    """Counts on the best groups of levels.

    Attributes
    ----------
    counts : BinCounts
        Of groups, special levels, missing values and levels never seen.
    n_levels : int
        Regular levels that have weight.
    """

    counts: BinCounts
    n_levels: int


def best_level_groups(
    counts: LevelCounts, special: tuple[Level, ...], settings: BinSettings
) -> LevelResult:
    """Order levels by bad rate, pool rare ones, and join neighbours to the best groups."""
    levels = [level for level in counts.good if level not in special]
    tail = [(counts.good.get(code, 0.0), counts.bad.get(code, 0.0)) for code in special]
    # the last attribute is for levels never seen, which have no counts
    tail += [counts.missing, (0.0, 0.0)]
    tail_good, tail_bad = (np.array(side) for side in zip(*tail, strict=True))
    total_good = sum(counts.good.values()) + counts.missing[0]
    total_bad = sum(counts.bad.values()) + counts.missing[1]
    min_weight = settings.min_bin_size * (total_good + total_bad)
    units = _units(counts, levels, min_weight)
    groups: tuple[tuple[Level, ...], ...] = ()
    good = bad = np.zeros(0)
    if units:
        good, bad = _counts_of(counts, units)
        order = _by_bad_rate(good, bad, units, total_bad / (total_good + total_bad))
        units, good, bad = [units[i] for i in order], good[order], bad[order]
        firsts = _prebins(good + bad, settings.max_n_prebins)
        solution = solve_bins(
            np.add.reduceat(good, firsts),
            np.add.reduceat(bad, firsts),
            total_good=total_good,
            total_bad=total_bad,
            min_weight=min_weight,
            max_n_bins=settings.max_n_bins,
            trend="ascending",
            smoothing=settings.smoothing,
        )
        starts = firsts[list(solution.starts)]
        groups = _joined(units, starts)
        good, bad = np.add.reduceat(good, starts), np.add.reduceat(bad, starts)
    partition = CategoricalPartition(groups=groups, special_codes=special)
    joined = BinCounts(
        partition, np.concatenate([good, tail_good]), np.concatenate([bad, tail_bad])
    )
    return LevelResult(joined, len(levels))


def _units(counts: LevelCounts, levels: list[Level], min_weight: float) -> list[tuple[Level, ...]]:
    """Make a unit of each level, and one of all rare levels together."""
    least = min(_RARE_ROWS, min_weight)
    rare = [level for level in levels if counts.good[level] + counts.bad[level] < least]
    common = [(level,) for level in levels if counts.good[level] + counts.bad[level] >= least]
    return [*common, tuple(sorted(rare, key=_name))] if rare else list(common)


def _counts_of(counts: LevelCounts, units: list[tuple[Level, ...]]) -> tuple[Float1D, Float1D]:
    good = np.array([sum(counts.good[level] for level in unit) for unit in units])
    bad = np.array([sum(counts.bad[level] for level in unit) for unit in units])
    return good, bad


def _by_bad_rate(
    good: Float1D, bad: Float1D, units: list[tuple[Level, ...]], mean: float
) -> list[int]:
    rates = (bad + _PRIOR_ROWS * mean) / (good + bad + _PRIOR_ROWS)
    return sorted(range(len(units)), key=lambda i: (rates[i], _name(units[i][0])))


def _prebins(weights: Float1D, max_n_prebins: int) -> Int1D:
    """Join neighbours of very many ordered units; return the first unit of each pre-bin."""
    places = EdgeSample(np.arange(len(weights), dtype=np.float64), weights)
    return np.concatenate([[0], places.edges(max_n_prebins)]).astype(np.intp)


def _joined(units: list[tuple[Level, ...]], starts: Int1D) -> tuple[tuple[Level, ...], ...]:
    ends = np.append(starts[1:], len(units))
    return tuple(
        tuple(sorted((level for unit in units[first:last] for level in unit), key=_name))
        for first, last in zip(starts, ends, strict=True)
    )


def _name(level: Level) -> tuple[str, str]:
    """Order levels of any kind; 1 and "1" differ by their kind."""
    return str(level), type(level).__name__
