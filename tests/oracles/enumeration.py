"""Every way to join pre-bins, by plain enumeration: the oracle that the solver is held against.

It shares no code with the solver: bad rates are exact fractions, divergences are spelt out, and
the test between neighbours is scipy's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import stats

from creditscore.binning import BinConstraints, Solution, solve_bins, solve_mean_bins

TRENDS = (
    *("none", "ascending", "descending", "auto", "auto_one_bend"),
    *("peak", "valley", "concave", "convex"),
)
OBJECTIVES = ("iv", "js", "hellinger", "triangular", "log_likelihood")

NOTHING_ASKED = BinConstraints()
Run = tuple[int, int]
Counts = tuple[float, ...]


@dataclass(frozen=True)
class Problem:
    """Counts of pre-bins, what is asked of bins, and the periods that the counts are made of."""

    good: Counts
    bad: Counts
    constraints: BinConstraints = NOTHING_ASKED
    objective: str = "iv"
    more_good: float = 0.0
    more_bad: float = 0.0
    smoothing: float = 0.5
    periods: tuple[tuple[Counts, Counts], ...] = ()

    @property
    def totals(self) -> tuple[float, float]:
        return sum(self.good) + self.more_good, sum(self.bad) + self.more_bad

    def solve(self) -> Solution:
        total_good, total_bad = self.totals
        periods = None
        if self.periods:
            good, bad = zip(*self.periods, strict=True)
            periods = np.array(good, dtype=float), np.array(bad, dtype=float)
        return solve_bins(
            np.array(self.good, dtype=float),
            np.array(self.bad, dtype=float),
            constraints=self.constraints,
            objective=self.objective,  # type: ignore[arg-type]
            total_good=total_good,
            total_bad=total_bad,
            smoothing=self.smoothing,
            periods=periods,
        )

    def oracle(self) -> Oracle:
        return Oracle(self)


@dataclass(frozen=True)
class MeanProblem:
    """Weights, totals and sums of squares of a target that is an amount."""

    weight: Counts
    total: Counts
    squares: Counts
    constraints: BinConstraints = NOTHING_ASKED

    def solve(self) -> Solution:
        return solve_mean_bins(
            np.array(self.weight, dtype=float),
            np.array(self.total, dtype=float),
            squares=np.array(self.squares, dtype=float),
            constraints=self.constraints,
        )

    def oracle(self) -> MeanOracle:
        return MeanOracle(self)


class Enumeration:
    """What both oracles share: which chains of runs keep the constraints."""

    n: int
    constraints: BinConstraints
    n_periods = 0

    def value(self, run: Run) -> float:
        raise NotImplementedError

    def level(self, run: Run) -> Fraction:
        raise NotImplementedError

    def weight(self, run: Run) -> Fraction:
        raise NotImplementedError

    def p_value(self, left: Run, right: Run) -> float:
        raise NotImplementedError

    def size(self, asked: float) -> float:
        raise NotImplementedError

    def weight_in(self, period: int, run: Run) -> Fraction:
        raise NotImplementedError

    def level_in(self, period: int, run: Run) -> Fraction:
        raise NotImplementedError

    def admits_run(self, run: Run) -> bool:
        asked = self.constraints
        weight = self.weight(run)
        if weight == 0 or (asked.min_bin_size and weight < self.size(asked.min_bin_size)):
            return False
        if asked.max_bin_size is not None and weight > self.size(asked.max_bin_size):
            return False
        if any(run[0] < cut < run[1] for cut in asked.fixed_cuts):
            return False
        for place in asked.forbidden_cuts:
            low, high = place if isinstance(place, tuple) else (place, place)
            if any(low <= end <= high for end in run):
                return False
        for period in range(self.n_periods):
            whole = self.weight_in(period, (0, self.n))
            least = asked.min_period_size or 0.0
            in_period = self.weight_in(period, run)
            if in_period == 0 or in_period < (least * whole if least <= 1 else least):
                return False
        return True

    def admits_neighbours(self, left: Run, right: Run) -> bool:
        asked = self.constraints
        step = self.level(right) - self.level(left)
        if step == 0 or abs(float(step)) < asked.min_rate_difference - 1e-12:
            return False
        low, high = sorted((self.level(left), self.level(right)))
        least, most = asked.min_rate_ratio, asked.max_rate_ratio
        if least is not None and float(high) < least * float(low) - 1e-12:
            return False
        if most is not None and float(high) > most * float(low) + 1e-12:
            return False
        return asked.max_p_value is None or self.p_value(left, right) <= asked.max_p_value

    def chains(self, runs: tuple[Run, ...] = ()) -> Iterator[tuple[Run, ...]]:
        """Yield every chain from the first place to the last, whatever its trend."""
        place = runs[-1][1] if runs else 0
        if place == self.n:
            asked = self.constraints
            if asked.min_n_bins <= len(runs) <= (asked.max_n_bins or self.n):
                yield runs
            return
        for end in range(place + 1, self.n + 1):
            run = (place, end)
            if not self._run_kept[run] or (runs and not self._pair_kept(runs[-1], run)):
                continue
            yield from self.chains((*runs, run))

    @cached_property
    def _run_kept(self) -> dict[Run, bool]:
        places = range(self.n + 1)
        return {(i, j): self.admits_run((i, j)) for i in places for j in places if i < j}

    @cached_property
    def _pairs(self) -> dict[tuple[Run, Run], bool]:
        return {}

    def _pair_kept(self, left: Run, right: Run) -> bool:
        if (left, right) not in self._pairs:
            self._pairs[left, right] = self.admits_neighbours(left, right)
        return self._pairs[left, right]

    def keeps_trend(self, runs: tuple[Run, ...], trend: str) -> bool:
        """Tell whether a chain keeps a trend in the whole sample and in every period."""
        levels = [[self.level(run) for run in runs]]
        levels += [[self.level_in(t, run) for run in runs] for t in range(self.n_periods)]
        steps = [[b - a for a, b in pairwise(row)] for row in levels]
        if trend in ("concave", "convex"):
            sign = 1 if trend == "concave" else -1
            return all(sign * b <= sign * a for row in steps for a, b in pairwise(row))
        signs = [1 if step > 0 else -1 for step in steps[0]]
        if any(sign * step < 0 for row in steps[1:] for sign, step in zip(signs, row, strict=True)):
            return False
        turns = sum(a != b for a, b in pairwise(signs))
        first = signs[0] if signs else 0
        return {
            "none": True,
            "ascending": turns == 0 and first >= 0,
            "descending": turns == 0 and first <= 0,
            "auto": turns == 0,
            "peak": turns == 0 or (turns == 1 and first > 0),
            "valley": turns == 0 or (turns == 1 and first < 0),
        }[trend]

    def worth(self, runs: tuple[Run, ...]) -> float:
        """Value of a chain less the penalty."""
        whole = self.weight((0, self.n))
        penalty = self.constraints.concentration_penalty
        index = sum((self.weight(run) / whole) ** 2 for run in runs) if penalty else 0
        return math.fsum(self.value(run) for run in runs) - penalty * float(index)

    def best(self) -> dict[tuple[int, ...], float]:
        """Worth of each chain that the trend admits, by the starts of its bins."""
        trend = self.constraints.trend or "auto"
        chains = list(self.chains())
        if trend != "auto_one_bend":
            return self._with(chains, trend)
        straight, bent = self._with(chains, "auto"), {}
        for bend in ("peak", "valley"):
            bent |= self._with(chains, bend)
        if not straight or not bent:
            return straight or bent
        known, other = (self._plain(self._best_of(found)) for found in (straight, bent))
        asked = self.constraints.min_bend_gain
        assert asked is not None, "the oracle knows a bend by its gain only"
        needed = known + asked * abs(known)
        return bent if other >= needed else straight

    def _with(self, chains: list[tuple[Run, ...]], trend: str) -> dict[tuple[int, ...], float]:
        return {
            tuple(run[0] for run in runs): self.worth(runs)
            for runs in chains
            if self.keeps_trend(runs, trend)
        }

    def _best_of(self, found: dict[tuple[int, ...], float]) -> tuple[int, ...]:
        return max(found, key=lambda starts: found[starts])

    def _plain(self, starts: tuple[int, ...]) -> float:
        return math.fsum(self.value(run) for run in pairwise((*starts, self.n)))


class Oracle(Enumeration):
    """All admitted segmentations of goods and bads."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.n = len(problem.good)
        self.constraints = problem.constraints
        self.n_periods = len(problem.periods)
        self._good, self._bad = _sums(problem.good), _sums(problem.bad)
        self._by_period = [(_sums(good), _sums(bad)) for good, bad in problem.periods]

    def value(self, run: Run) -> float:
        problem = self.problem
        good, bad = float(self._good[run]), float(self._bad[run])
        total_good, total_bad = problem.totals
        if problem.objective == "iv" and (good == 0) != (bad == 0):
            good, bad = good + problem.smoothing, bad + problem.smoothing
        p, q = good / total_good, bad / total_bad
        middle = (p + q) / 2
        if problem.objective == "iv":
            return math.inf if p == 0 or q == 0 else (p - q) * math.log(p / q)
        if problem.objective == "js":
            return (_entropy(p, middle) + _entropy(q, middle)) / 2
        if problem.objective == "hellinger":
            return (math.sqrt(p) - math.sqrt(q)) ** 2 / 2
        if problem.objective == "triangular":
            return (p - q) ** 2 / (p + q)
        rate, overall = bad / (good + bad), total_bad / (total_good + total_bad)
        return good * _log(1 - rate, 1 - overall, good) + bad * _log(rate, overall, bad)

    def level(self, run: Run) -> Fraction:
        return self._bad[run] / self.weight(run)

    def weight(self, run: Run) -> Fraction:
        return self._good[run] + self._bad[run]

    def admits_run(self, run: Run) -> bool:
        asked = self.constraints
        enough = self._good[run] >= asked.min_good and self._bad[run] >= asked.min_bad
        return enough and super().admits_run(run)

    def p_value(self, left: Run, right: Run) -> float:
        table = [[float(side[run]) for run in (left, right)] for side in (self._good, self._bad)]
        if not all(map(sum, table)):
            return 1.0
        return float(stats.chi2_contingency(table, correction=False).pvalue)

    def size(self, asked: float) -> float:
        return asked * sum(self.problem.totals) if asked <= 1 else asked

    def weight_in(self, period: int, run: Run) -> Fraction:
        good, bad = self._by_period[period]
        return good[run] + bad[run]

    def level_in(self, period: int, run: Run) -> Fraction:
        return self._by_period[period][1][run] / self.weight_in(period, run)


class MeanOracle(Enumeration):
    """All admitted segmentations of amounts."""

    def __init__(self, problem: MeanProblem) -> None:
        self.problem = problem
        self.n = len(problem.weight)
        self.constraints = problem.constraints
        self._weight, self._total, self._squares = map(
            _sums, (problem.weight, problem.total, problem.squares)
        )

    def value(self, run: Run) -> float:
        mean = self.level((0, self.n))
        return float(self._weight[run] * (self.level(run) - mean) ** 2)

    def level(self, run: Run) -> Fraction:
        return self._total[run] / self._weight[run]

    def weight(self, run: Run) -> Fraction:
        return self._weight[run]

    def p_value(self, left: Run, right: Run) -> float:
        groups: list[float] = []
        for run in (left, right):
            n, mean = self._weight[run], self.level(run)
            if n <= 1:
                return 1.0
            variance = (self._squares[run] - n * mean**2) / (n - 1)
            groups += [float(mean), math.sqrt(max(variance, 0)), float(n)]
        if groups[1] == groups[4] == 0:
            return 0.0
        return float(stats.ttest_ind_from_stats(*groups, equal_var=False).pvalue)

    def size(self, asked: float) -> float:
        return asked * sum(self.problem.weight) if asked <= 1 else asked


def _sums(counts: Counts) -> dict[Run, Fraction]:
    n = len(counts)
    exact = [Fraction(count) for count in counts]
    return {(i, j): sum(exact[i:j], Fraction(0)) for i in range(n) for j in range(i + 1, n + 1)}


def _entropy(p: float, q: float) -> float:
    return p * math.log(p / q) if p else 0.0


def _log(rate: float, overall: float, count: float) -> float:
    return math.log(rate / overall) if count else 0.0
