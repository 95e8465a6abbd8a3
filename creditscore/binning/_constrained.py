"""The best bins of a numeric column under any constraints: candidates, solver, a second look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.binning._cells import CountedColumn
from creditscore.binning._choice import MEANT, chosen
from creditscore.binning._constraints import BinConstraints, span_of
from creditscore.binning._curve import Curve
from creditscore.binning._digitize import digitize
from creditscore.binning._numeric import proposed_cuts
from creditscore.binning._objective import BinaryObjective, InformationValue
from creditscore.binning._problem import Problem, Solution, cost_of
from creditscore.binning._readable import of_digits_between, readable_between
from creditscore.binning._runs import LEAST_GAIN, Amounts
from creditscore.binning._settings import BinSettings, check_solution
from creditscore.binning._shortlist import LOOKED_INTO, extremes, hull, shortlist, thinned

_DENSER = 8
"""How many times the places that are spread evenly, where bins have a greatest size."""
_FEW_PLACES = 64
"""Places that are kept of a column which has one cut, to split its bins by hand."""
_REACHES = (0.03, 0.01, 0.003, 0.001)
"""Shares of the weight on both sides of a cut in which other places are tried, one by one."""


@dataclass(frozen=True, eq=False)
class ConstrainedBins:
    """The best bins of a column, and what they cost.

    Attributes
    ----------
    candidates : Candidates
        The places that were chosen among.
    solution : Solution
        The choice.
    tried : ndarray of int
        The cells after which cuts were tried at first, and those of the choice.
    rounding_cost : float or None
        Value given up for cuts of few digits.
    """

    candidates: Candidates
    solution: Solution
    tried: Int1D
    rounding_cost: float | None

    @property
    def feasible(self) -> bool:
        """Whether they keep what is asked."""
        return self.solution.feasible

    @property
    def value(self) -> float:
        """What they are worth by the objective."""
        return self.solution.value

    @property
    def worth(self) -> float:
        """What was made as large as can be, penalty included."""
        return self.candidates.problem.worth(self.solution)

    @property
    def counts(self) -> tuple[Float1D, Float1D]:
        """Goods and bads of the bins."""
        return self.candidates.problem.amounts_of(self.solution.starts)

    @property
    def cuts(self) -> tuple[float, ...]:
        """Numbers to cut at."""
        return tuple(self.candidates.number(place) for place in self.solution.starts[1:])


def best_constrained_bins(
    column: CountedColumn, objective: BinaryObjective, settings: BinSettings
) -> ConstrainedBins:
    """Find the best bins of a column that has values.

    Each trend that may be meant is searched for by itself, so that "auto" is never worse than the
    trend it comes to.
    """
    trend = settings.trend
    ways = MEANT.get(trend, (trend,))
    return chosen(
        {way: _best_under(column, objective, settings.under(way)) for way in ways},
        trend,
        asked=settings.constraints,
        least_gain=LEAST_GAIN * objective.unit,
    )


def _best_under(
    column: CountedColumn, objective: BinaryObjective, settings: BinSettings
) -> ConstrainedBins:
    """Find the best bins under one trend.

    The solver chooses among places all over the column, and then again among places about those
    it chose, nearer and nearer, as long as that gains anything.
    """
    first = found = candidates_of(column, objective, settings)
    solution = _solve(found, settings)
    for reach in _REACHES:
        if len(solution.starts) == 1 or len(found.after) == len(column.cells.low) - 1:
            break
        nearer = nearer_candidates(found, solution, settings.max_n_prebins, reach)
        second = _solve(nearer, settings)
        if not second.feasible or nearer.problem.worth(second) < found.problem.worth(solution):
            break
        found, solution = nearer, second
    rounding_cost = None
    if settings.constraints.cut_digits is not None:
        plain = rounded(found, settings.constraints.cut_digits)
        exact, solution, found = solution, _solve(plain, settings), plain
        rounding_cost = cost_of(exact.value, solution.value)
    firsts = first.column.cells.low[first.after + 1]
    tried = np.searchsorted(found.column.cells.low, firsts) - 1
    chosen = found.after[np.asarray(solution.starts[1:], dtype=np.intp) - 1]
    return ConstrainedBins(found, solution, np.union1d(tried, chosen), rounding_cost)


def _solve(candidates: Candidates, settings: BinSettings) -> Solution:
    problem = candidates.problem
    if settings.solver is None:
        return problem.solve()
    by_period = problem.periods
    solution = settings.solver(
        np.diff(problem.amounts.first),
        np.diff(problem.amounts.second),
        constraints=problem.constraints,
        objective=settings.objective,
        total_good=candidates.objective.total_good,
        total_bad=candidates.objective.total_bad,
        smoothing=settings.smoothing,
        periods=None
        if by_period is None
        else (np.diff(by_period.first, axis=1), np.diff(by_period.second, axis=1)),
    )
    return check_solution(solution, problem.n_prebins)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Places where a column may be cut, and what lies between them.

    Attributes
    ----------
    column : CountedColumn
        The regular values.
    after : ndarray of int, shape (n_cuts,)
        The cell that each cut follows.
    cuts : tuple of float or None
        Numbers to cut at; None for those of few digits between the values.
    objective : BinaryObjective
        What is made as large as can be.
    constraints : BinConstraints
        As asked, with cuts as numbers.
    """

    column: CountedColumn
    after: Int1D
    cuts: tuple[float, ...] | None
    objective: BinaryObjective
    constraints: BinConstraints

    @cached_property
    def problem(self) -> Problem:
        """The problem on counts, with cuts as places."""
        cells = self.column.cells
        starts = np.concatenate([[0], self.after + 1])
        good, bad = np.add.reduceat(cells.good, starts), np.add.reduceat(cells.bad, starts)
        asked = self.constraints
        return Problem(
            amounts=Amounts.of(good, bad),
            objective=self.objective,
            constraints=replace(
                asked,
                fixed_cuts=self._places(asked.fixed_cuts),
                preferred_cuts=self._places(asked.preferred_cuts),
                forbidden_cuts=tuple(
                    float(place + 1)
                    for place in np.flatnonzero(is_forbidden(self.column, self.after, asked))
                ),
                cut_digits=None,
                min_level_size=None,
            ),
            total_weight=self.objective.total_good + self.objective.total_bad,
            periods=self._by_period(cells.low[self.after + 1]),
        )

    def _places(self, cuts: Sequence[float]) -> tuple[float, ...]:
        """Return the places, from 1, of cuts that part the values met."""
        wanted = cells_before(self.column, cuts)
        found = np.searchsorted(self.after, wanted)
        # two cuts may part the same values
        places = {float(i + 1) for i, cell in zip(found, wanted, strict=True) if cell >= 0}
        return tuple(sorted(places))

    def _by_period(self, firsts: Float1D) -> Amounts | None:
        outcomes = self.column.outcomes
        if outcomes.periods is None:
            return None
        codes = digitize(self.column.values, firsts)
        return Amounts.of(*outcomes.tally_by_period(codes, len(firsts) + 1))

    def number(self, place: int) -> float:
        """Return the number to cut at, at a place from 1."""
        cells, cell = self.column.cells, int(self.after[place - 1])
        below, above = float(cells.high[cell]), float(cells.low[cell + 1])
        given = [
            cut
            for cut in (*self.constraints.fixed_cuts, *self.constraints.preferred_cuts)
            if below < cut <= above
        ]
        if given:
            return given[0]
        return readable_between(below, above) if self.cuts is None else self.cuts[place - 1]


def candidates_of(
    column: CountedColumn,
    objective: BinaryObjective,
    settings: BinSettings,
    *,
    in_search: bool = True,
) -> Candidates:
    """Choose the places that the solver tries first, but for the forbidden ones.

    Out of the search, to find what stands in the way, the forbidden ones are among them and none
    stand denser for limits on sizes.

    Some `max_n_prebins` are spread evenly; as many are the best cuts under either direction of
    the trend alone, and cuts where the curve bulges.
    """
    asked = settings.constraints
    column = _parted_where_asked(column, asked)
    forced = cells_before(column, (*asked.fixed_cuts, *asked.preferred_cuts))
    forced = forced[forced >= 0]
    curve, most = Curve.of(column.cells), max(2, settings.max_n_prebins - 1 - len(forced))
    if curve.n_cuts <= most:
        listed = np.arange(curve.n_cuts)
    else:
        bent = asked.trend in ("concave", "convex")
        # bends take memory with the third power of the places
        each = most // 2 if bent else most
        even = _even(curve, asked, each) if in_search else _spread(curve, 0.0, curve.total, each)
        listed = np.union1d(even, _listed(curve, objective, settings, each))
        if settings.solver is not None:
            # other solvers may take long over more places than they were promised
            listed = thinned(listed, most)
    after = np.union1d(listed, forced).astype(np.intp)
    if in_search:
        after = after[~is_forbidden(column, after, asked)]
    return Candidates(column, after, None, objective, asked)


def every_place(
    column: CountedColumn, objective: BinaryObjective, settings: BinSettings
) -> Candidates:
    """Take all places between cells, which are too many for any solver but single cuts."""
    column = _parted_where_asked(column, settings.constraints)
    after = np.arange(len(column.cells.low) - 1)
    return Candidates(column, after, None, objective, settings.constraints)


def single_cut(every: Candidates, place: int) -> ConstrainedBins:
    """Return the two bins of a place, with others to split them at."""
    bins = every.problem.amounts.between(np.array([0, place]), np.array([place, -1]))
    value, (before, behind) = every.objective.parts(*bins).sum(), every.objective.level(*bins)
    trend: Literal["ascending", "descending"] = "ascending" if behind > before else "descending"
    tried = np.union1d(thinned(every.after, _FEW_PLACES), every.after[place - 1])
    return ConstrainedBins(every, Solution((0, place), float(value), trend, True), tried, None)


def _parted_where_asked(column: CountedColumn, asked: BinConstraints) -> CountedColumn:
    """Tell the values apart about cuts that are given, and the ends of forbidden places."""
    ends = [end for span in asked.forbidden_cuts for end in span_of(span)]
    return column.told_apart(_cells_with(column, [*asked.fixed_cuts, *asked.preferred_cuts, *ends]))


def nearer_candidates(
    found: Candidates, solution: Solution, max_n_prebins: int, reach: float
) -> Candidates:
    """Choose places about the cuts that were found, where the values are told apart."""
    cuts = found.after[np.asarray(solution.starts[1:], dtype=np.intp) - 1]
    firsts = found.column.cells.low[cuts + 1]
    weight = Curve.of(found.column.cells).weight[cuts]
    near = Curve.of(found.column.cells).cells_near(weight, LOOKED_INTO)
    column = found.column.told_apart(near)
    curve = Curve.of(column.cells)
    cuts = np.searchsorted(column.cells.low, firsts) - 1
    asked = found.constraints
    forced = cells_before(column, (*asked.fixed_cuts, *asked.preferred_cuts))
    kept = np.union1d(cuts, forced[forced >= 0]).astype(np.intp)
    each = max(2, (max_n_prebins - 1) // max(1, len(cuts)) // 2)
    about = [kept]
    for cut in cuts.tolist():
        middle, width = curve.weight[cut], reach * curve.total
        about += [
            _spread(curve, middle - width, middle, each),
            _spread(curve, middle, middle + width, each),
            np.arange(max(0, cut - 2), min(curve.n_cuts, cut + 3)),
        ]
    places = np.setdiff1d(np.concatenate(about), kept)
    places = np.union1d(kept, thinned(places, max(2, max_n_prebins - 1 - len(kept))))
    return replace(found, column=column, after=_allowed(column, places.astype(np.intp), asked))


def rounded(found: Candidates, digits: int) -> Candidates:
    """Choose numbers of few digits, near the places tried so far."""
    cells = found.column.cells
    below, above = cells.high[found.after].tolist(), cells.low[found.after + 1].tolist()
    near = (of_digits_between(*gap, digits) for gap in zip(below, above, strict=True))
    given = (*found.constraints.fixed_cuts, *found.constraints.preferred_cuts)
    numbers = sorted({*near, *given})
    column = found.column.told_apart(_cells_with(found.column, numbers))
    cells_of = cells_before(column, numbers)
    chosen: dict[int, float] = {}
    for cell, number in zip(cells_of.tolist(), numbers, strict=True):
        if cell >= 0 and (cell not in chosen or number in given):
            chosen[cell] = number
    after = _allowed(column, np.array(sorted(chosen), dtype=np.intp), found.constraints)
    return replace(
        found, column=column, after=after, cuts=tuple(chosen[cell] for cell in after.tolist())
    )


def cells_before(column: CountedColumn, cuts: Sequence[float]) -> Int1D:
    """Return the cell that each cut follows, -1 where no value lies on one of its sides."""
    low = column.cells.low
    cells = np.searchsorted(low, np.asarray(cuts, dtype=np.float64)) - 1
    return np.where(cells < len(low) - 1, cells, -1)


def _cells_with(column: CountedColumn, marks: Sequence[float]) -> Int1D:
    """Return the cells that hold values on both sides of a mark."""
    cells, numbers = column.cells, np.asarray(marks, dtype=np.float64)
    at = np.searchsorted(cells.high, numbers)
    at = at[at < len(cells.high)]
    return np.unique(at)


def _even(curve: Curve, asked: BinConstraints, n: int) -> Int1D:
    """Return some n places spread evenly; many more where bins have a greatest size.

    Such a limit leaves few runs to choose among, and takes many places to meet.
    """
    if asked.max_bin_size is None or asked.trend in ("concave", "convex"):
        return _spread(curve, 0.0, curve.total, n + 2)
    spread = _spread(curve, 0.0, curve.total, _DENSER * n + 2)
    return np.union1d(spread, extremes(curve, max(1, n // 4)))


def _listed(curve: Curve, objective: BinaryObjective, settings: BinSettings, n: int) -> Int1D:
    """Return some n cuts that are worth trying for their value."""
    trend = settings.trend
    value = InformationValue(objective.total_good, objective.total_bad, objective.smoothing)
    ways: tuple[Literal["ascending", "descending"], ...] = ("ascending", "descending")
    best = [
        proposed_cuts(curve, value, settings, way)
        for way in ways
        if trend == way or trend not in ways
    ]
    listed = np.unique(np.concatenate(best)).astype(np.intp)
    listed = np.union1d(listed, _bulging(curve, trend, max(n - len(listed), 4)))
    return thinned(listed, n)


def _bulging(curve: Curve, trend: str, n: int) -> Int1D:
    """Return some n cuts where the curve bulges most."""
    if trend == "ascending":
        return shortlist(curve, hull(curve), max(1, n // 2))
    if trend == "descending":
        return shortlist(curve.mirrored(), hull(curve.mirrored()), max(1, n // 2))
    return extremes(curve, max(1, n // 2))


def _spread(curve: Curve, low: float, high: float, n: int) -> Int1D:
    """Return n cuts evenly spread over a stretch of weight."""
    places = np.searchsorted(curve.weight, np.linspace(low, high, n))
    return places[places < curve.n_cuts]


def _allowed(column: CountedColumn, after: Int1D, constraints: BinConstraints) -> Int1D:
    """Keep the cuts that part values and are not forbidden."""
    after = after[(after >= 0) & (after < len(column.cells.low) - 1)]
    return after[~is_forbidden(column, after, constraints)]


def is_forbidden(column: CountedColumn, after: Int1D, constraints: BinConstraints) -> Bool1D:
    """Tell which cuts part the values as a forbidden place does."""
    cells = column.cells
    found: Bool1D = np.zeros(len(after), dtype=bool)
    for low, high in map(span_of, constraints.forbidden_cuts):
        found |= (cells.high[after] < high) & (cells.low[after + 1] >= low)
    # a fixed cut may part the same values from outside the span
    found &= ~np.isin(after, cells_before(column, constraints.fixed_cuts))
    return found
