"""The best bins of a numeric column: cells, curve, shortlist, solver, refinement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal, Self

import numpy as np

from creditscore._typing import Float1D, Int1D, Trend
from creditscore._validation import check_finite
from creditscore.binning._cells import Cells, CountedColumn
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._counts import BinCounts, Outcomes
from creditscore.binning._curve import Curve, below
from creditscore.binning._objective import InformationValue
from creditscore.binning._partition import NumericPartition, is_code
from creditscore.binning._problem import Problem
from creditscore.binning._readable import readable_between
from creditscore.binning._runs import LEAST_GAIN, Amounts
from creditscore.binning._settings import BinSettings
from creditscore.binning._shortlist import (
    LOOKED_INTO,
    extremes,
    hull,
    joined,
    parted,
    propose,
    refine,
    shortlist,
    thinned,
)

_Direction = Literal["ascending", "descending", "none"]

_DIRECTIONS: dict[str, tuple[_Direction, ...]] = {
    "auto": ("ascending", "descending"),
    "ascending": ("ascending",),
    "descending": ("descending",),
    "none": ("none",),
}

_FEW_CELLS = 256
"""Cells of equal weight from which cuts are proposed, one cut a cell or two."""
_REACH = 1 / 64
"""Share of the weight that a cut may pass over in one move."""
_OUTER = np.array([0.25, 0.5, 0.75])
"""Parts of the least bin where the ends of a column are parted too, for edits by hand."""


@dataclass(frozen=True, eq=False)
class NumericColumn:
    """A column made ready.

    Attributes
    ----------
    regular : CountedColumn
        All values but the special and the missing ones.
    aside_good, aside_bad : ndarray of shape (n_special + 1,)
        Weights of each special code, and of missing values.
    """

    regular: CountedColumn
    aside_good: Float1D
    aside_bad: Float1D


@dataclass(frozen=True, eq=False)
class NumericResult:
    """Counts on the best bins of a column, and on the pre-bins that they were chosen from.

    Attributes
    ----------
    counts : BinCounts
        Of regular bins, special codes and missing values.
    n_distinct : int
        1 where all regular values are one, 0 where there is none, else 2.
    fine_below, fine_above : ndarray of shape (n_fine_cuts,)
        Last value met below each cut that was tried, and first value at or above it. The cuts of
        the bins are among them.
    fine_good, fine_bad : ndarray of shape (n_fine_cuts + 1,)
        Weights between these cuts.
    """

    counts: BinCounts
    n_distinct: int
    fine_below: Float1D
    fine_above: Float1D
    fine_good: Float1D
    fine_bad: Float1D


def count_column(
    name: str, values: Float1D, outcomes: Outcomes, special: tuple[float, ...]
) -> NumericColumn:
    """Do the part of the work that grows with the rows."""
    values = np.ascontiguousarray(values)
    sides = []
    for code in special:
        rows = is_code(values, code)
        sides.append(outcomes.at(rows).totals())
        if rows.any():
            values, outcomes = values[~rows], outcomes.at(~rows)
    missing = (0.0, 0.0)
    low = float(values.min(initial=np.inf))
    if np.isnan(low):
        rows = np.isnan(values)
        missing = outcomes.at(rows).totals()
        regular = np.flatnonzero(~rows)
        values, outcomes = values.take(regular), outcomes.at(regular)
        low = float(values.min(initial=np.inf))
    high = float(values.max(initial=-np.inf))
    if len(values) and not np.isfinite(high - low):
        check_finite(values, name=name)
    aside_good, aside_bad = np.array([*sides, missing]).T
    return NumericColumn(CountedColumn.of(values, outcomes, low, high), aside_good, aside_bad)


def best_numeric_bins(
    column: NumericColumn, special: tuple[float, ...], settings: BinSettings
) -> NumericResult:
    """Find the best bins of a column; see :class:`creditscore.WOEEncoder` for the method."""
    regular = column.regular
    objective = InformationValue(
        float(regular.cells.good.sum() + column.aside_good.sum()),
        float(regular.cells.bad.sum() + column.aside_bad.sum()),
        settings.smoothing,
    )
    min_weight = settings.min_weight(objective.total_good + objective.total_bad)
    curve = Curve.of(regular.cells)
    ends = np.array([min_weight, curve.total - min_weight])
    admitted = curve.within(min_weight)
    if not admitted.n_cuts:
        # whether a column can be split at all is a question about its very values
        regular = regular.told_apart(curve.cells_near(ends, LOOKED_INTO))
        curve = Curve.of(regular.cells)
        admitted = curve.within(min_weight)
    search, found = _best_search(admitted, objective, settings, min_weight)
    if regular.cells.mixed.any():
        places = np.append(ends, search.curve.weight[found.cuts])
        was = regular.cells.low[search.curve.first + 1 :]
        regular = regular.told_apart(curve.cells_near(places, LOOKED_INTO))
        curve = Curve.of(regular.cells)
        search = _Search.of(curve.within(min_weight), search.direction, objective, min_weight)
        now = regular.cells.low[search.curve.first + 1 :]
        found = _Found(*(now.searchsorted(was[at]) for at in (found.tried, found.cuts)))
        found = found.moved(search)
    elif search.curve.n_cuts >= settings.max_n_prebins:
        found = found.moved(search)
    return _result(column, regular.cells, search, found, special, curve, settings)


@dataclass(frozen=True, eq=False)
class _Found:
    """Places on a curve: of the cuts that were tried, and of the best of them."""

    tried: Int1D
    cuts: Int1D

    def moved(self, search: _Search) -> _Found:
        """Move the best cuts to their best places."""
        cuts = search.refined(self.cuts)
        tried = np.zeros(search.curve.n_cuts, dtype=bool)
        tried[self.tried] = True
        tried[self.cuts] = False
        tried[cuts] = True
        return _Found(np.flatnonzero(tried), cuts)


@dataclass(frozen=True, eq=False)
class _Search:
    """A direction of the bad rate, and the curve of the cuts that may be made in it."""

    direction: _Direction
    curve: Curve
    objective: InformationValue
    min_weight: float

    @classmethod
    def of(
        cls, curve: Curve, direction: _Direction, objective: InformationValue, min_weight: float
    ) -> Self:
        """Look in a direction; where the bad rate falls, the good rate rises."""
        if direction == "descending":
            curve = curve.mirrored()
            objective = replace(
                objective, total_good=objective.total_bad, total_bad=objective.total_good
            )
        return cls(direction, curve, objective, min_weight)

    @cached_property
    def hull_cuts(self) -> Int1D:
        """The best cuts under the trend alone."""
        return hull(self.curve) if self.direction != "none" else np.empty(0, dtype=np.intp)

    @cached_property
    def bound(self) -> float:
        """What no bins in this direction can exceed."""
        rising, other = self.curve.between(self.hull_cuts)
        if self.direction == "none" or not rising.all() or not other.all():
            # smoothing of a bin of one class breaks the convexity that the bound rests on
            return np.inf
        return self.value(self.hull_cuts)

    def value(self, cuts: Int1D) -> float:
        """Information value of the bins between cuts."""
        rising, other = self.curve.between(cuts)
        return float(self.objective.parts(other, rising).sum())

    def best_cuts(self, settings: BinSettings) -> _Found:
        """Choose cuts from a shortlist."""
        tried, others = self._candidates(settings)
        if not len(tried):
            return _Found(tried, tried)
        problem = Problem(
            amounts=Amounts(
                below(self.curve.other[tried], self.curve.n_other),
                below(self.curve.rising[tried], self.curve.n_rising),
            ),
            objective=self.objective,
            constraints=_asked(
                "none" if self.direction == "none" else "ascending",
                settings.min_bin_size,
                settings.max_n_bins,
            ),
            total_weight=self.objective.total_good + self.objective.total_bad,
        )
        cuts = tried[np.asarray(problem.best_starts()[1:], dtype=np.intp) - 1]
        if len(tried) < self.curve.n_cuts and self.direction != "none":
            cuts = parted(
                self.curve,
                cuts,
                self.objective,
                min_weight=self.min_weight,
                max_n_bins=_most_bins(settings),
            )
        return _Found(joined(self.curve.n_cuts, tried, others, cuts), cuts)

    def refined(self, cuts: Int1D) -> Int1D:
        """Move cuts to their best places."""
        rises = self.direction != "none"
        return refine(
            self.curve,
            cuts,
            self.objective,
            min_weight=self.min_weight,
            keep_trend=rises,
            reach=_REACH * self.curve.total if rises else np.inf,
        )

    def _candidates(self, settings: BinSettings) -> tuple[Int1D, Int1D]:
        """Return the cuts that the solver should try, and others of the same shortlist."""
        most = settings.max_n_prebins - 1
        none = np.empty(0, dtype=np.intp)
        if self.curve.n_cuts <= most:
            return np.arange(self.curve.n_cuts), none
        if self.direction == "none":
            return thinned(
                extremes(self.curve, max(1, (most + 1) // 2 - 2)), most, ends=False
            ), none
        few = np.arange(self.curve.n_cuts)
        if self.curve.n_cuts > 2 * _FEW_CELLS:
            few = shortlist(self.curve, self.hull_cuts, max(_FEW_CELLS, most))
        curve = self.curve.at(few)
        listed = few.searchsorted(self.hull_cuts)
        hull_cuts = listed[few[listed] == self.hull_cuts]
        free, proposed = propose(
            curve,
            hull_cuts,
            self.objective,
            min_weight=self.min_weight,
            max_n_bins=_most_bins(settings),
        )
        others = shortlist(curve, hull_cuts, max(1, most // 3))
        others = thinned(others, most - len(proposed), ends=False)
        if free is not proposed and len(free) + len(proposed) <= most:
            # the solver takes long where it may make few bins only
            return few[joined(len(few), free, proposed)], few[others]
        return few[joined(len(few), proposed, others)], none


def _most_bins(settings: BinSettings) -> int:
    """Return how many bins there may be at the most: pre-bins, if no limit says fewer."""
    return min(settings.max_n_bins or settings.max_n_prebins, settings.max_n_prebins)


def proposed_cuts(
    curve: Curve, objective: InformationValue, settings: BinSettings, direction: _Direction
) -> Int1D:
    """Return the places of the best cuts under a trend, the least size and number alone."""
    min_weight = settings.min_weight(objective.total_good + objective.total_bad)
    admitted = curve.within(min_weight)
    if not admitted.n_cuts:
        return np.empty(0, dtype=np.intp)
    search = _Search.of(admitted, direction, objective, min_weight)
    return search.best_cuts(settings).cuts + (admitted.first - curve.first)


@lru_cache(maxsize=8)
def _asked(trend: Trend, min_bin_size: float, max_n_bins: int | None) -> BinConstraints:
    """Return what the solver is asked for; most columns ask for the same."""
    return BinConstraints(trend=trend, min_bin_size=min_bin_size, max_n_bins=max_n_bins)


def _best_search(
    curve: Curve, objective: InformationValue, settings: BinSettings, min_weight: float
) -> tuple[_Search, _Found]:
    """Try the directions that the trend allows, the one of the higher bound first."""
    directions = _DIRECTIONS[settings.trend]
    searches = [_Search.of(curve, direction, objective, min_weight) for direction in directions]
    # of equal bounds and values, ascending comes first
    searches.sort(key=lambda search: -search.bound)
    best, best_found = searches[0], searches[0].best_cuts(settings)
    value = best.value(best_found.cuts)
    for search in searches[1:]:
        if search.bound <= value + LEAST_GAIN:
            continue
        found = search.best_cuts(settings)
        if search.value(found.cuts) > value + LEAST_GAIN:
            best, best_found, value = search, found, search.value(found.cuts)
    return best, best_found


def _result(
    column: NumericColumn,
    cells: Cells,
    search: _Search,
    found: _Found,
    special: tuple[float, ...],
    curve: Curve,
    settings: BinSettings,
) -> NumericResult:
    rising, other = search.curve.between(found.cuts)
    good, bad = (rising, other) if search.direction == "descending" else (other, rising)
    last = search.curve.first + found.cuts
    between = zip(cells.high[last].tolist(), cells.low[last + 1].tolist(), strict=True)
    partition = NumericPartition(
        cuts=tuple(readable_between(*values) for values in between), special_codes=special
    )
    counts = BinCounts(
        partition,
        np.concatenate([good, column.aside_good]),
        np.concatenate([bad, column.aside_bad]),
    )
    outer = _outer(curve, search.min_weight, settings.max_n_prebins)
    fine = joined(curve.n_cuts, search.curve.first + found.tried, outer)
    fine_bad, fine_good = curve.between(fine)
    return NumericResult(
        counts=counts,
        n_distinct=min(len(cells.low) + int(cells.mixed.sum()), 2),
        fine_below=cells.high[fine],
        fine_above=cells.low[fine + 1],
        fine_good=fine_good,
        fine_bad=fine_bad,
    )


def _outer(curve: Curve, min_weight: float, max_n_prebins: int) -> Int1D:
    """Return cuts that leave too little weight on one side; all cuts where they are few."""
    if curve.n_cuts < max_n_prebins:
        return np.arange(curve.n_cuts)
    near = _OUTER * min_weight
    outer = np.concatenate([near, curve.total - near])
    return np.minimum(curve.weight.searchsorted(outer), curve.n_cuts - 1)
