"""A binning problem on counts: pre-bins, what bins are worth, and what they must keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from creditscore._typing import Bool1D, Float1D, Trend
from creditscore.binning._bends import best_bend
from creditscore.binning._choice import chosen
from creditscore.binning._constraints import BinConstraints, Span, place_of, span_of
from creditscore.binning._neighbours import Neighbours
from creditscore.binning._objective import BinaryObjective, Objective
from creditscore.binning._pairs import FoundTrend, Layers, best_chains
from creditscore.binning._runs import LEAST_GAIN, Amounts, Rules, Runs, admitted_runs
from creditscore.binning._scan import best_rising

_DIRECTIONS: dict[str, tuple[Literal["ascending", "descending"], ...]] = {
    "auto": ("ascending", "descending"),
    "ascending": ("ascending",),
    "descending": ("descending",),
}
"""Trends that a scan of all runs solves, where nothing else is asked of neighbours."""


@dataclass(frozen=True)
class Solution:
    """The best way to join pre-bins.

    Attributes
    ----------
    starts : tuple of int
        First pre-bin of each bin; the first is 0.
    value : float
        Sum of the objective over the bins, without penalties and preferences.
    trend : {"ascending", "descending", "peak", "valley", "concave", "convex", "none"}
        The trend that it was found under.
    feasible : bool
        False where no bins keep all constraints; one bin of everything is returned all the same.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import BinConstraints, solve_bins
    >>> good, bad = np.array([10.0, 30.0]), np.array([20.0, 10.0])
    >>> solution = solve_bins(good, bad, constraints=BinConstraints(min_bin_size=0.1))
    >>> solution.starts, round(solution.value, 4), solution.trend
    ((0, 1), 0.7466, 'descending')
    """

    starts: tuple[int, ...]
    value: float
    trend: FoundTrend
    feasible: bool


@dataclass(frozen=True, eq=False)
class Problem:
    """Pre-bins, what their bins are worth, and what they must keep.

    Attributes
    ----------
    amounts : Amounts
        Of the whole sample.
    objective : Objective
        What is made as large as can be.
    constraints : BinConstraints
        Sizes as shares of the sample or weights, cuts as places between pre-bins.
    total_weight : float
        Weight of the sample.
    squares : ndarray of shape (n_prebins + 1,) or None
        Sums of squares below each place, for the test between neighbours of a target that is an
        amount.
    periods : Amounts or None
        Of each period.
    """

    amounts: Amounts
    objective: Objective
    constraints: BinConstraints
    total_weight: float
    squares: Float1D | None = None
    periods: Amounts | None = None

    @property
    def n_prebins(self) -> int:
        """Number of pre-bins."""
        return int(self.amounts.first.shape[-1]) - 1

    def best_starts(self) -> tuple[int, ...]:
        """Return the starts of the best bins; of one bin, where no others keep what is asked.

        Nothing but the starts of :meth:`solve`, for thousands of columns.
        """
        if self._scannable and self.constraints.trend == "ascending":
            runs = admitted_runs(self.amounts, self.objective, self.rules())
            return best_rising(runs, self.constraints.max_n_bins) or (0,)
        return self.solve().starts

    def solve(self) -> Solution:
        """Find the best bins under the trend."""
        solution = self._solve_trend(self.rules())
        wished = bool(self.constraints.preferred_cuts and self.constraints.preference)
        if wished and solution.feasible and math.isfinite(solution.value):
            bonus = self.constraints.preference * abs(solution.value)
            return self._solve_trend(self.rules(bonus))
        return solution

    def rules(self, bonus: float = 0.0) -> Rules:
        """Return what runs must keep, as weights and places."""
        asked = self.constraints
        least = None
        if self.periods is not None:
            weight = self.objective.weight(self.periods.first[:, -1], self.periods.second[:, -1])
            size = asked.min_period_size or 0.0
            least = size * weight if size <= 1 else np.full(len(weight), size)
        return Rules(
            min_weight=self._weight_of(asked.min_bin_size, 0.0),
            max_weight=self._weight_of(asked.max_bin_size, math.inf),
            min_first=asked.min_good,
            min_second=asked.min_bad,
            fixed=self._places(asked.fixed_cuts, "fixed_cuts"),
            forbidden=self._places(asked.forbidden_cuts, "forbidden_cuts"),
            preferred=self._places(asked.preferred_cuts, "preferred_cuts") if bonus else None,
            bonus=bonus,
            penalty=asked.concentration_penalty,
            periods=self.periods,
            min_period_weight=least,
        )

    def neighbours(self, runs: Runs) -> Neighbours:
        """Return which of the runs may follow which."""
        return Neighbours(
            levels=runs.square(runs.level, np.nan),
            amounts=self.amounts,
            objective=self.objective,
            min_difference=self.constraints.min_rate_difference,
            min_ratio=self.constraints.min_rate_ratio,
            max_ratio=self.constraints.max_rate_ratio,
            max_p_value=self.constraints.max_p_value,
            squares=self.squares,
            periods=self.periods,
        )

    def _weight_of(self, size: float | None, otherwise: float) -> float:
        """Return a size as a weight: up to 1 it is a share of the sample."""
        if size is None:
            return otherwise
        return size * self.total_weight if size <= 1 else size

    def _places(self, cuts: Sequence[Span], name: str) -> Bool1D | None:
        if not cuts:
            return None
        marked = np.zeros(self.n_prebins + 1, dtype=bool)
        for low, high in map(span_of, cuts):
            first, last = (place_of(end, name, self.n_prebins) for end in (low, high))
            marked[first : last + 1] = True
        return marked

    def _solve_trend(self, rules: Rules) -> Solution:
        asked, trend = self.constraints, self.constraints.trend or "auto"
        found = self._best_by_trend(admitted_runs(self.amounts, self.objective, rules), trend)
        best = chosen(
            {way: _Valued(self, one) for way, one in found.items()},
            trend,
            asked=asked,
            least_gain=LEAST_GAIN * self.objective.unit,
        )
        return best.solution

    def _best_by_trend(self, runs: Runs, trend: Trend) -> dict[FoundTrend, Solution]:
        """Return the best bins under each trend that may be meant."""
        asked, ways = self.constraints, _DIRECTIONS.get(trend, ())
        found: dict[FoundTrend, tuple[int, ...] | None]
        if ways and self._scannable:
            found = {
                way: best_rising(runs, asked.max_n_bins, falling=way == "descending")
                for way in ways
            }
        elif trend == "concave" or trend == "convex":  # noqa: PLR1714 - tells the type checker
            layers = Layers.of(asked.min_n_bins, asked.max_n_bins, self.n_prebins)
            found = {trend: best_bend(runs, self.neighbours(runs), trend, layers)}
        else:
            found = self._best_chains(runs, trend)
        return {way: self._solution(starts, way) for way, starts in found.items()}

    def _best_chains(self, runs: Runs, trend: Trend) -> dict[FoundTrend, tuple[int, ...] | None]:
        """Return the starts of the best bins under each trend, where neighbours decide."""
        fewest, most = self.constraints.min_n_bins, self.constraints.max_n_bins
        neighbours = self.neighbours(runs)
        limited = Layers.of(fewest, most, self.n_prebins)
        if most is None or (self.periods is None and self.constraints.max_p_value is None):
            return best_chains(runs, neighbours, trend, limited)
        # what so much is asked of are few bins, and to count them is most of the work
        free = best_chains(runs, neighbours, trend, Layers.of(fewest, None, self.n_prebins))
        over = [way for way, starts in free.items() if starts is not None and len(starts) > most]
        if over:
            again = best_chains(runs, neighbours, over[0] if len(over) == 1 else trend, limited)
            free |= {way: again[way] for way in over}
        return free

    def _solution(self, starts: tuple[int, ...] | None, trend: FoundTrend) -> Solution:
        bins = (0,) if starts is None else starts
        value = float(self.objective.parts(*self.amounts_of(bins)).sum())
        return Solution(bins, value, trend, feasible=starts is not None)

    def worth(self, solution: Solution) -> float:
        """Return what is made as large as can be, penalty included."""
        penalty = self.constraints.concentration_penalty
        if not penalty:
            return solution.value
        weight = self.objective.weight(*self.amounts_of(solution.starts))
        return solution.value - penalty * float(((weight / weight.sum()) ** 2).sum())

    @property
    def _scannable(self) -> bool:
        """Whether neighbours must differ in level and nothing else is asked of them."""
        asked = self.constraints
        return asked.min_n_bins == 1 and not asked.bounds_steps and self.periods is None

    def amounts_of(self, starts: Sequence[int]) -> tuple[Float1D, Float1D]:
        """Return the amounts of bins, by their first pre-bins."""
        first = np.asarray(starts, dtype=np.intp)
        return self.amounts.between(first, np.append(first[1:], self.n_prebins))


@dataclass(frozen=True, eq=False)
class _Valued:
    """A solution of a problem, which knows what it is worth."""

    problem: Problem
    solution: Solution

    @property
    def feasible(self) -> bool:
        return self.solution.feasible

    @property
    def value(self) -> float:
        return self.solution.value

    @property
    def worth(self) -> float:
        return self.problem.worth(self.solution)

    @property
    def counts(self) -> tuple[Float1D, Float1D] | None:
        if not isinstance(self.problem.objective, BinaryObjective):
            return None
        return self.problem.amounts_of(self.solution.starts)


def cost_of(best: float, value: float) -> float | None:
    """Return what was given up; None where values are infinite, as they are without smoothing."""
    # two searches among different places may differ the other way by a trifle
    return max(best - value, 0.0) if math.isfinite(best) and math.isfinite(value) else None
