"""The best bins of a numeric column: cells, curve, shortlist, solver, refinement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Self

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore._validation import check_finite
from creditscore.binning._cells import Cells, CountedColumn
from creditscore.binning._counts import BinCounts, Outcomes
from creditscore.binning._curve import Curve
from creditscore.binning._objective import InformationValue
from creditscore.binning._partition import NumericPartition, is_code
from creditscore.binning._readable import readable_between
from creditscore.binning._settings import BinSettings
from creditscore.binning._shortlist import extremes, hull, refine, shortlist
from creditscore.binning._solver import LEAST_GAIN, solve_bins

_Direction = Literal["ascending", "descending", "none"]

_LOOKED_INTO = 0.0005
"""Share of the weight on each side of a cut in which values are told apart to place it."""


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


@dataclass(frozen=True)
class NumericResult:
    """Counts on the best bins of a column.

    Attributes
    ----------
    counts : BinCounts
        Of regular bins, special codes and missing values.
    n_distinct : int
        1 where all regular values are one, 0 where there is none, else 2.
    n_admitted : int
        Cuts that leave enough rows on both sides.
    """

    counts: BinCounts
    n_distinct: int
    n_admitted: int


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
    min_weight = settings.min_bin_size * (objective.total_good + objective.total_bad)
    curve = Curve.of(regular.cells)
    ends = np.array([min_weight, curve.total - min_weight])
    admitted = curve.within(min_weight)
    if not admitted.n_cuts:
        # whether a column can be split at all is a question about its very values
        regular = regular.told_apart(curve.cells_near(ends, _LOOKED_INTO))
        curve = Curve.of(regular.cells)
        admitted = curve.within(min_weight)
    search, cuts = _best_search(admitted, objective, settings, min_weight)
    if search.curve.n_cuts >= settings.max_n_prebins or regular.cells.mixed.any():
        near = curve.cells_near(np.append(ends, search.curve.weight[cuts]), _LOOKED_INTO)
        firsts = regular.cells.low[search.curve.first + cuts + 1]
        regular = regular.told_apart(near)
        curve = Curve.of(regular.cells).within(min_weight)
        search = _Search.of(curve, search.direction, objective, min_weight)
        cuts = np.searchsorted(regular.cells.low, firsts) - 1 - curve.first
        cuts = search.refined(cuts)
    return _result(column, regular.cells, search, cuts, special)


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

    def best_cuts(self, settings: BinSettings) -> Int1D:
        """Choose cuts from a shortlist, and move them to their best places."""
        cuts = self._candidates(settings.max_n_prebins)
        if not len(cuts):
            return cuts
        rising, other = self.curve.between(cuts)
        solution = solve_bins(
            other,
            rising,
            total_good=self.objective.total_good,
            total_bad=self.objective.total_bad,
            min_weight=self.min_weight,
            max_n_bins=settings.max_n_bins,
            trend="none" if self.direction == "none" else "ascending",
            smoothing=self.objective.smoothing,
        )
        return cuts[np.asarray(solution.starts[1:], dtype=np.intp) - 1]

    def refined(self, cuts: Int1D) -> Int1D:
        """Move cuts to their best places."""
        return refine(
            self.curve,
            cuts,
            self.objective,
            min_weight=self.min_weight,
            keep_trend=self.direction != "none",
        )

    def _candidates(self, max_n_prebins: int) -> Int1D:
        if self.curve.n_cuts < max_n_prebins:
            return np.arange(self.curve.n_cuts)
        if self.direction == "none":
            listed = extremes(self.curve, max(1, max_n_prebins // 2 - 2))
            return _thinned(listed, max_n_prebins - 1)
        listed = shortlist(self.curve, self.hull_cuts, max(1, max_n_prebins // 2 - 1))
        return _thinned(listed, max_n_prebins - 1)


def _best_search(
    curve: Curve, objective: InformationValue, settings: BinSettings, min_weight: float
) -> tuple[_Search, Int1D]:
    """Try the directions that the trend allows, the one of the higher bound first."""
    directions: tuple[_Direction, ...] = (
        ("ascending", "descending") if settings.trend == "auto" else (settings.trend,)
    )
    searches = [_Search.of(curve, direction, objective, min_weight) for direction in directions]
    # of equal bounds and values, ascending comes first
    searches.sort(key=lambda search: -search.bound)
    best, cuts = searches[0], searches[0].best_cuts(settings)
    value = best.value(cuts)
    for search in searches[1:]:
        if search.bound <= value + LEAST_GAIN:
            continue
        found = search.best_cuts(settings)
        if search.value(found) > value + LEAST_GAIN:
            best, cuts, value = search, found, search.value(found)
    return best, cuts


def _thinned(cuts: Int1D, most: int) -> Int1D:
    """Leave out cuts evenly, where there are too many."""
    if len(cuts) <= most:
        return cuts
    return cuts[np.linspace(0, len(cuts) - 1, most + 2)[1:-1].round().astype(np.intp)]


def _result(
    column: NumericColumn,
    cells: Cells,
    search: _Search,
    cuts: Int1D,
    special: tuple[float, ...],
) -> NumericResult:
    rising, other = search.curve.between(cuts)
    good, bad = (rising, other) if search.direction == "descending" else (other, rising)
    last = search.curve.first + cuts
    between = zip(cells.high[last].tolist(), cells.low[last + 1].tolist(), strict=True)
    partition = NumericPartition(
        cuts=tuple(readable_between(*values) for values in between), special_codes=special
    )
    counts = BinCounts(
        partition,
        np.concatenate([good, column.aside_good]),
        np.concatenate([bad, column.aside_bad]),
    )
    n_distinct = min(len(cells.low) + int(cells.mixed.sum()), 2)
    return NumericResult(counts, n_distinct, search.curve.n_cuts)
