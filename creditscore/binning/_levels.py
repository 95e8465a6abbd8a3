"""The best groups of the levels of a categorical column, ordered or not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from creditscore._typing import Float1D, Float2D, Int1D, Level
from creditscore.binning._counts import BinCounts, LevelCounts
from creditscore.binning._edges import EdgeSample
from creditscore.binning._fine import FineLevels
from creditscore.binning._level_spread import rows_of_prior
from creditscore.binning._partition import CategoricalPartition
from creditscore.binning._problem import Problem, Solution, cost_of
from creditscore.binning._relax import smallest_relaxations
from creditscore.binning._relaxation import Relaxation, written
from creditscore.binning._rounding import ROUNDING
from creditscore.binning._settings import BinSettings, check_solution
from creditscore.binning._solver import binary_problem, solve_bins

_PRIOR_ROWS = 20.0
"""A level's bad rate is drawn towards the sample's as if it had this many average rows more."""
_RARE_ROWS = 30.0
"""Levels of fewer rows (or of fewer than a bin needs) are pooled, as their own bad rate is mostly
chance. Both are less where the small levels differ by more than chance would make them."""
_SIZES = 20
"""Sizes of levels that are tried, where pooling stands in the way."""


@dataclass(frozen=True)
class LevelResult:
    """Counts on the best groups of levels.

    Attributes
    ----------
    counts : BinCounts
        Of groups, special levels, missing values and levels never seen.
    n_levels : int
        Regular levels that have weight.
    fine : FineLevels or None
        Counts of each regular level, and the pre-bins that the solver saw; None without any.
    solution : Solution or None
        What the solver found; None where there was nothing to solve.
    relaxations : tuple of tuples of Relaxation
        What would help where there is one group only.
    stability_cost : float or None
        Value given up so that the groups keep their order in every period.
    """

    counts: BinCounts
    n_levels: int
    fine: FineLevels | None = None
    solution: Solution | None = None
    relaxations: tuple[tuple[Relaxation, ...], ...] = ()
    stability_cost: float | None = None


@dataclass(frozen=True, eq=False)
class LevelPrebins:
    """Levels in the order in which they may be joined, as pre-bins for the solver.

    Attributes
    ----------
    levels : tuple of levels
        By name; of an ordered column, in their own order.
    prebin_of : ndarray of int, shape (n_levels,)
        The pre-bin of each level.
    good, bad : ndarray of shape (n_prebins,)
        Counts (weights) of each pre-bin.
    level_good, level_bad : ndarray of shape (n_levels,)
        Those of each level.
    ordered : bool
        Whether the levels have an order of their own.
    """

    levels: tuple[Level, ...]
    prebin_of: Int1D
    good: Float1D
    bad: Float1D
    level_good: Float1D
    level_bad: Float1D
    ordered: bool

    def by_period(self, periods: Sequence[LevelCounts]) -> tuple[Float2D, Float2D]:
        """Return the goods and bads of each pre-bin in each period, as the solver takes them."""
        rows = [
            [_sums(self.prebin_of, self._of_levels(side), len(self.good)) for side in sides]
            for sides in ((counts.good, counts.bad) for counts in periods)
        ]
        return np.array([good for good, _ in rows]), np.array([bad for _, bad in rows])

    def _of_levels(self, side: Mapping[Level, float]) -> Float1D:
        return np.array([side.get(level, 0.0) for level in self.levels])

    def groups(self, starts: Sequence[int] | Int1D) -> tuple[tuple[Level, ...], ...]:
        """Return the levels of each bin, told by the first pre-bin of each."""
        bin_of = np.searchsorted(np.asarray(starts), self.prebin_of, side="right") - 1
        return tuple(
            tuple(self.levels[i] for i in np.flatnonzero(bin_of == place).tolist())
            for place in range(len(starts))
        )


def best_level_groups(
    counts: LevelCounts,
    special: tuple[Level, ...],
    settings: BinSettings,
    *,
    ordered: bool = False,
    periods: Sequence[LevelCounts] | None = None,
) -> LevelResult:
    """Order levels by bad rate, pool rare ones, and join neighbours to the best groups.

    The levels of an `ordered` column keep the order in which they were counted, are joined under
    the trend of the settings, and none is pooled: small ones join a neighbour of theirs, because
    a bin has a least size. Without an order of their own, groups ascend in bad rate, in every
    period too where `periods` gives the counts of each. See :func:`rare_levels` for what is rare.
    """
    trend = settings.trend if ordered else "ascending"
    # the solver sees counts, and no levels
    asked = replace(settings.constraints, trend=trend, min_level_size=None)
    total_good = sum(counts.good.values()) + counts.missing[0]
    total_bad = sum(counts.bad.values()) + counts.missing[1]
    prebins = level_prebins(
        counts,
        special,
        rare=0.0 if ordered else rare_levels(counts, special, settings),
        max_n_prebins=_most_prebins(settings, ordered=ordered),
        ordered=ordered,
    )
    groups: tuple[tuple[Level, ...], ...] = ()
    good, bad = prebins.good, prebins.bad
    solution = fine = None
    relaxations: tuple[tuple[Relaxation, ...], ...] = ()
    stability_cost = None
    if prebins.levels:
        counted: dict[str, Any] = {
            "constraints": asked,
            "objective": settings.objective,
            "total_good": total_good,
            "total_bad": total_bad,
            "smoothing": settings.smoothing,
            "periods": prebins.by_period(periods) if periods else None,
        }
        solution = (settings.solver or solve_bins)(good, bad, **counted)
        solution = check_solution(solution, len(good))
        if len(solution.starts) == 1 and len(prebins.levels) > 1:
            relaxations = _relaxations(counts, special, settings, counted, prebins, periods)
        if periods:
            timeless = {"periods": None, "constraints": replace(asked, min_period_size=None)}
            free = solve_bins(good, bad, **counted | timeless)
            stability_cost = cost_of(free.value, solution.value)
        starts = list(solution.starts)
        groups = prebins.groups(starts)
        good, bad = np.add.reduceat(good, starts), np.add.reduceat(bad, starts)
        fine = FineLevels(prebins.levels, prebins.level_good, prebins.level_bad, prebins.prebin_of)
    partition = CategoricalPartition(groups=groups, special_codes=special, ordered=ordered)
    tail_good, tail_bad = _tail(counts, special)
    joined = BinCounts(
        partition, np.concatenate([good, tail_good]), np.concatenate([bad, tail_bad])
    )
    return LevelResult(joined, len(prebins.levels), fine, solution, relaxations, stability_cost)


def _most_prebins(settings: BinSettings, *, ordered: bool) -> float:
    """Return how many pre-bins there may be: cuts of ordered levels are places between levels."""
    asked = settings.constraints
    cuts = (*asked.fixed_cuts, *asked.preferred_cuts, *asked.forbidden_cuts)
    return math.inf if ordered and cuts else settings.max_n_prebins


def _relaxations(
    counts: LevelCounts,
    special: tuple[Level, ...],
    settings: BinSettings,
    asked: Mapping[str, Any],
    prebins: LevelPrebins,
    periods: Sequence[LevelCounts] | None,
) -> tuple[tuple[Relaxation, ...], ...]:
    """Return what would have to give for two groups."""
    if prebins.ordered:
        return smallest_relaxations(binary_problem(prebins.good, prebins.bad, **asked), 2)
    ways = _without_trend(binary_problem(prebins.good, prebins.bad, **asked))
    total = asked["total_good"] + asked["total_bad"]
    own = settings.constraints.min_level_size
    beside: tuple[tuple[Relaxation, ...], ...] = ()
    for size in _level_sizes(prebins, rare_levels(counts, special, settings)):
        less = level_prebins(counts, special, rare=size, max_n_prebins=settings.max_n_prebins)
        by_period = less.by_period(periods) if periods else None
        problem = binary_problem(less.good, less.bad, **{**asked, "periods": by_period})
        needed = written(size / total if own is not None and own < 1 else size, up=False)
        smaller = Relaxation("min_level_size", own, needed)
        if len(problem.solve().starts) > 1:
            return (*ways, (smaller,))
        if not ways and not beside:
            # where it takes more than telling levels apart, the largest size that leaves any
            beside = tuple((smaller, *way) for way in _without_trend(problem))
    return ways or beside


def _without_trend(problem: Problem) -> tuple[tuple[Relaxation, ...], ...]:
    """Return what would help but a trend: levels without an order have none but by bad rate."""
    ways = smallest_relaxations(problem, 2)
    return tuple(way for way in ways if all(one.constraint != "trend" for one in way))


def _level_sizes(prebins: LevelPrebins, rare: float) -> list[float]:
    """Return some weights of levels below which others could be pooled, the largest first."""
    weights = np.unique(prebins.level_good + prebins.level_bad)[::-1]
    sizes = weights[weights < rare]
    return list(sizes[:: 1 + len(sizes) // _SIZES].tolist())


def _tail(counts: LevelCounts, special: tuple[Level, ...]) -> tuple[Float1D, Float1D]:
    """Return the goods and bads of special codes, missing values and levels never seen."""
    aside = [(counts.good.get(code, 0.0), counts.bad.get(code, 0.0)) for code in special]
    good, bad = zip(*aside, counts.missing, (0.0, 0.0), strict=True)
    return np.array(good), np.array(bad)


def rare_below(settings: BinSettings, total: float) -> float:
    """Return the weight below which a level or a word counts as rare, among rows of a weight.

    `min_level_size` is a weight, or below 1 a share of all rows; None is 30 rows, or what a bin
    needs if less.
    """
    size = settings.constraints.min_level_size
    if size is None:
        return min(_RARE_ROWS, settings.min_weight(total))
    # a level of just the size is not rare, whatever a share of the rows rounds to
    return size if size >= 1 else size * total * (1 - ROUNDING)


def rare_levels(counts: LevelCounts, special: tuple[Level, ...], settings: BinSettings) -> float:
    """Return the weight below which levels of no order are pooled.

    As :func:`rare_below`, but for the default: where the levels that are rare by it differ beyond
    chance, as many rows as tell of a level as much as the others do (:func:`rows_of_prior`).
    """
    total = sum(counts.good.values()) + sum(counts.bad.values()) + sum(counts.missing)
    rare = rare_below(settings, total)
    if settings.constraints.min_level_size is not None:
        return rare
    _, good, bad = _regular(counts, special, ordered=True)
    return min(rare, _rows_of_few(good, bad, rare))


def level_prebins(
    counts: LevelCounts,
    special: tuple[Level, ...],
    *,
    rare: float,
    max_n_prebins: float,
    ordered: bool = False,
) -> LevelPrebins:
    """Bring levels into the order in which they may be joined.

    Levels without an order go by their bad rate, drawn towards that of the sample:
    (bad + m · rate) / (weight + m) with m = 20 rows, or fewer where small levels differ much
    (:func:`rows_of_prior`): the m-estimate, which is the empirical-Bayes encoding of
    D. Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes", SIGKDD
    Explorations 3(1), 2001, eq. 3 to 5, with the weight n / (n + m). So a level that never met a
    class is placed by how many rows say so. All that weigh less than `rare` are one. n levels
    take O(n log n) time for sorting their names, whatever the rows.
    """
    levels, good, bad = _regular(counts, special, ordered=ordered)
    if not levels:
        return LevelPrebins((), np.empty(0, dtype=np.intp), good, bad, good, bad, ordered)
    unit_of = np.arange(len(levels))
    if not ordered:
        total_bad = sum(counts.bad.values()) + counts.missing[1]
        total_good = sum(counts.good.values()) + counts.missing[0]
        mean = total_bad / (total_good + total_bad)
        unit_of = _units_by_rate(good, bad, rare, mean)
    firsts = _prebins(_sums(unit_of, good + bad), max_n_prebins)
    prebin_of = np.searchsorted(firsts, unit_of, side="right") - 1
    return LevelPrebins(
        levels, prebin_of, _sums(prebin_of, good), _sums(prebin_of, bad), good, bad, ordered
    )


def _regular(
    counts: LevelCounts, special: tuple[Level, ...], *, ordered: bool
) -> tuple[tuple[Level, ...], Float1D, Float1D]:
    """Return the levels that are no special codes, by name if they have no order, and counts."""
    aside = set(special)
    levels = [level for level in counts.good if level not in aside]
    if not ordered:
        text = all(isinstance(level, str) for level in levels)
        # text is its own name, and sorts faster without a function
        levels = sorted(levels) if text else sorted(levels, key=_name)
    good = np.array([counts.good[level] for level in levels])
    bad = np.array([counts.bad[level] for level in levels])
    return tuple(levels), good, bad


def _units_by_rate(good: Float1D, bad: Float1D, rare: float, mean: float) -> Int1D:
    """Give units numbers in the order of their bad rate: a level each, the rare ones together."""
    prior = min(_PRIOR_ROWS, _rows_of_few(good, bad, _RARE_ROWS))
    unit_of = np.arange(len(good))
    is_rare = good + bad < rare
    # the first rare level stands for all, in the order of names too
    unit_of[is_rare] = np.flatnonzero(is_rare)[:1]
    held, unit_of = np.unique(unit_of, return_inverse=True)
    good, bad = _sums(unit_of, good), _sums(unit_of, bad)
    rates = (bad + prior * mean) / (good + bad + prior)
    rank = np.empty(len(held), dtype=np.intp)
    rank[np.argsort(rates, kind="stable")] = np.arange(len(held))
    return rank[unit_of]


def _rows_of_few(good: Float1D, bad: Float1D, rare: float) -> float:
    few = good + bad < rare
    return rows_of_prior(good[few], bad[few])


def _sums(unit_of: Int1D, weights: Float1D, n_units: int = 0) -> Float1D:
    return np.bincount(unit_of, weights, minlength=n_units).astype(np.float64)


def _prebins(weights: Float1D, max_n_prebins: float) -> Int1D:
    """Join neighbours of very many ordered units; return the first unit of each pre-bin."""
    if len(weights) <= max_n_prebins:
        return np.arange(len(weights))
    places = EdgeSample(np.arange(len(weights), dtype=np.float64), weights)
    return np.concatenate([[0], places.edges(int(max_n_prebins))]).astype(np.intp)


def _name(level: Level) -> tuple[str, str]:
    """Order levels of any kind; 1 and "1" differ by their kind."""
    return str(level), type(level).__name__


def counted_levels(counts: LevelCounts, partition: CategoricalPartition) -> FineLevels | None:
    """Return the counts of the levels that groups given by the user hold."""
    levels = [level for group in partition.groups for level in group]
    good = np.array([counts.good.get(level, 0.0) for level in levels])
    bad = np.array([counts.bad.get(level, 0.0) for level in levels])
    return FineLevels(tuple(levels), good, bad) if levels else None
