"""The solver finds what an enumeration of all segmentations finds, and obeys its constraints."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from creditscore.binning import Solution, solve_bins
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import iv_parts

TRENDS = ("none", "ascending", "descending", "auto")


@dataclass(frozen=True)
class Problem:
    good: tuple[float, ...]
    bad: tuple[float, ...]
    more_good: float = 0.0
    more_bad: float = 0.0
    min_weight: float = 0.0
    max_n_bins: int | None = None
    smoothing: float = 0.5

    @property
    def totals(self) -> tuple[float, float]:
        return sum(self.good) + self.more_good, sum(self.bad) + self.more_bad

    def solve(self, trend: Any) -> Solution:
        total_good, total_bad = self.totals
        return solve_bins(
            np.array(self.good, dtype=float),
            np.array(self.bad, dtype=float),
            total_good=total_good,
            total_bad=total_bad,
            min_weight=self.min_weight,
            max_n_bins=self.max_n_bins,
            trend=trend,
            smoothing=self.smoothing,
        )


# --- the oracle: plain Python, exact bad rates, every segmentation -----------------


class Oracle:
    """All admitted segmentations of a problem with their information values."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        n = len(problem.good)
        runs = [(i, j) for i in range(n) for j in range(i + 1, n + 1)]
        self.good = {(i, j): sum(map(Fraction, problem.good[i:j])) for i, j in runs}
        self.bad = {(i, j): sum(map(Fraction, problem.bad[i:j])) for i, j in runs}

    def value(self, run: tuple[int, int]) -> float:
        """Σ (dist_good - dist_bad) · ln(dist_good / dist_bad) for one bin, spelt out."""
        good, bad = float(self.good[run]), float(self.bad[run])
        if (good == 0) != (bad == 0):
            good, bad = good + self.problem.smoothing, bad + self.problem.smoothing
        if good == 0 or bad == 0:
            return math.inf
        share_good, share_bad = good / self.problem.totals[0], bad / self.problem.totals[1]
        return (share_good - share_bad) * math.log(share_good / share_bad)

    def rate(self, run: tuple[int, int]) -> Fraction:
        return self.bad[run] / (self.good[run] + self.bad[run])

    def admits(self, runs: list[tuple[int, int]], trend: str) -> bool:
        if self.problem.max_n_bins is not None and len(runs) > self.problem.max_n_bins:
            return False
        for run in runs:
            weight = self.good[run] + self.bad[run]
            if weight == 0 or weight < self.problem.min_weight:
                return False
        rates = [self.rate(run) for run in runs]
        ascending = all(a < b for a, b in pairwise(rates))
        descending = all(a > b for a, b in pairwise(rates))
        return {
            "none": True,
            "ascending": ascending,
            "descending": descending,
            "auto": ascending or descending,
        }[trend]

    def segmentations(self, trend: str) -> dict[tuple[int, ...], float]:
        """Information value of each admitted segmentation, by the starts of its bins."""
        n = len(self.problem.good)
        found = {}
        for k in range(n):
            for inner in combinations(range(1, n), k):
                runs = list(pairwise((0, *inner, n)))
                if self.admits(runs, trend):
                    found[(0, *inner)] = math.fsum(self.value(run) for run in runs)
        return found


def check_against_enumeration(problem: Problem, trend: str) -> None:
    solution = problem.solve(trend)
    every = Oracle(problem).segmentations(trend)
    assert solution.feasible == bool(every)
    if not every:
        assert (solution.starts, solution.iv) == ((0,), 0.0)
        return
    best = max(every.values())
    assert solution.iv == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert solution.starts in every
    assert every[solution.starts] == pytest.approx(solution.iv, rel=1e-9, abs=1e-9)
    if trend != "auto" and math.isfinite(best):
        fewest = min(len(starts) for starts, iv in every.items() if iv >= best - 1e-13)
        assert len(solution.starts) <= fewest
    assert problem.solve(trend) == solution


# small counts make empty pre-bins, pre-bins of one class and equal bad rates common
COUNT = st.one_of(st.integers(0, 4), st.integers(0, 60))


@st.composite
def integer_problems(
    draw: st.DrawFn, smoothing: tuple[float, ...] = (0.5, 0.5, 0.01, 1.0)
) -> Problem:
    n = draw(st.integers(1, 10))
    counts = st.lists(COUNT, min_size=n, max_size=n)
    problem = Problem(
        good=tuple(draw(counts)),
        bad=tuple(draw(counts)),
        more_good=draw(st.integers(0, 9)),
        more_bad=draw(st.integers(0, 9)),
        min_weight=draw(st.sampled_from([0, 1, 5, 20, 50.5])),
        max_n_bins=draw(st.none() | st.integers(1, 5)),
        smoothing=draw(st.sampled_from(smoothing)),
    )
    assume(min(problem.totals) > 0)
    return problem


@pytest.mark.parametrize("trend", TRENDS)
@given(problem=integer_problems())
@settings(max_examples=250)
def test_optimum_of_integer_counts(trend: str, problem: Problem) -> None:
    check_against_enumeration(problem, trend)


@pytest.mark.parametrize("trend", TRENDS)
@given(problem=integer_problems(smoothing=(0.0,)))
@example(
    # an infinite bin meets a chain that does not exist: ∞ - ∞
    problem=Problem(
        good=(1, 0, 25, 1, 53, 48, 1, 0, 1),
        bad=(1, 1, 37, 56, 17, 24, 3, 1, 3),
        max_n_bins=3,
        smoothing=0.0,
    )
)
@settings(max_examples=25)
def test_optimum_without_smoothing_may_be_infinite(trend: str, problem: Problem) -> None:
    check_against_enumeration(problem, trend)


@pytest.mark.parametrize("trend", TRENDS)
@given(data=st.data())
@settings(max_examples=100)
def test_optimum_of_fractional_weights(trend: str, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 9))
    weight = st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.7, 1 / 3, 1e-3]) | st.floats(0.01, 50)
    weights = st.lists(weight, min_size=n, max_size=n)
    problem = Problem(
        good=tuple(data.draw(weights)),
        bad=tuple(data.draw(weights)),
        more_good=data.draw(st.just(0.0) | st.floats(0.01, 5)),
        more_bad=data.draw(st.just(0.0) | st.floats(0.01, 5)),
        min_weight=data.draw(st.sampled_from([0.0, 0.777, 7.77])),
        max_n_bins=data.draw(st.none() | st.integers(1, 4)),
    )
    assume(min(problem.totals) > 0)
    oracle = Oracle(problem)
    # a run at the least weight but for rounding may be taken or left
    assume(
        all(
            abs(float(oracle.good[run] + oracle.bad[run]) - problem.min_weight) > 1e-9
            for run in oracle.good
            if problem.min_weight
        )
    )
    check_against_enumeration(problem, trend)


@pytest.mark.parametrize("trend", TRENDS)
@given(rates=st.lists(st.sampled_from([1, 2, 3]), min_size=2, max_size=11))
@settings(max_examples=25)
def test_optimum_where_bad_rates_tie(trend: str, rates: list[int]) -> None:
    bad = tuple(3 * k * rate for k, rate in enumerate(rates, 1))
    good = tuple(12 * k - n_bad for k, n_bad in enumerate(bad, 1))
    check_against_enumeration(Problem(good=good, bad=bad), trend)


# --- cases by hand -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trend", "starts", "found"),
    [
        # bad rates 2/3, 1/4, 3/7, 1/9: down, up, down
        ("none", (0, 1, 2, 3), "none"),
        ("descending", (0, 1, 3), "descending"),
        ("auto", (0, 1, 3), "descending"),
        # no rise but from the second to the third pre-bin, and it does not reach the end
        ("ascending", (0,), "ascending"),
    ],
)
def test_trend_by_hand(trend: str, starts: tuple[int, ...], found: str) -> None:
    solution = Problem(good=(10, 30, 20, 40), bad=(20, 10, 15, 5)).solve(trend)
    assert (solution.starts, solution.trend) == (starts, found)


def test_equal_bad_rates_are_one_bin() -> None:
    # a cut between bins of one bad rate adds nothing: (g1 + g2, b1 + b2) has the same IV
    solution = Problem(good=(20, 40, 60), bad=(10, 20, 10)).solve("auto")
    assert solution.starts == (0, 2)


def test_one_prebin_beside_missing_values() -> None:
    # 3 of 8 goods and all bads are in the bin: (3/8 - 1) · ln(3/8)
    solution = Problem(good=(3,), bad=(4,), more_good=5).solve("auto")
    iv = pytest.approx(-0.625 * math.log(0.375))
    assert solution == Solution((0,), iv, "ascending", True)


def test_infeasible_when_everything_is_too_small() -> None:
    solution = Problem(good=(3, 3), bad=(1, 2), min_weight=10).solve("auto")
    assert (solution.starts, solution.iv, solution.feasible) == ((0,), 0.0, False)


def test_bin_of_exactly_the_least_weight_is_admitted() -> None:
    # in binary, 0.1 + 0.7 is below 0.8 by rounding
    problem = Problem(good=(0.1, 0.9), bad=(0.7, 0.1), min_weight=0.8)
    assert problem.solve("auto").starts == (0, 1)


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ({"trend": "up"}, InvalidParameterError, "'trend'"),
        ({"max_n_bins": 0}, InvalidParameterError, "'max_n_bins'"),
        ({"good": np.array([-1.0, 2.0])}, InvalidDataError, "zero or more"),
        ({"bad": np.array([1.0, 2.0, 3.0])}, InvalidDataError, "good and .*bad"),
    ],
    ids=["trend", "max_n_bins", "negative count", "lengths"],
)
def test_what_makes_no_problem_is_refused(fault: dict[str, Any], error: type, message: str) -> None:
    counts = {"good": np.array([1.0, 2.0]), "bad": np.array([2.0, 1.0])}
    problem: dict[str, Any] = {**counts, "total_good": 3.0, "total_bad": 3.0, **fault}
    with pytest.raises(error, match=message):
        solve_bins(**problem)


# --- laws on problems too large to enumerate --------------------------------------------


@pytest.fixture(scope="module")
def large() -> Problem:
    rng = np.random.default_rng(3)
    bad = rng.binomial(40, np.linspace(0.5, 0.1, 80))
    return Problem(good=tuple((40 - bad).tolist()), bad=tuple(bad.tolist()), min_weight=120)


def bins_of(problem: Problem, solution: Solution) -> tuple[np.ndarray, np.ndarray]:
    starts = list(solution.starts)
    return np.add.reduceat(problem.good, starts), np.add.reduceat(problem.bad, starts)


def change(problem: Problem, **fields: Any) -> Problem:
    return Problem(**(problem.__dict__ | fields))


@pytest.mark.parametrize("trend", TRENDS)
def test_constraints_hold_at_size(large: Problem, trend: str) -> None:
    solution = change(large, max_n_bins=6).solve(trend)
    good, bad = bins_of(large, solution)
    steps = np.diff(bad / (good + bad))
    assert len(good) == (1 if trend == "ascending" else 6)  # the bad rate falls
    assert (good + bad).min() >= large.min_weight
    assert trend == "none" or (steps <= 0).all()
    assert solution.iv == pytest.approx(iv_parts(good, bad).sum(), rel=1e-12)


@pytest.mark.parametrize("trend", TRENDS)
def test_more_freedom_never_loses(large: Problem, trend: str) -> None:
    by_limit = [change(large, max_n_bins=k).solve(trend).iv for k in (1, 2, 3, 5, 8, 80)]
    by_weight = [change(large, min_weight=w).solve(trend).iv for w in (1600, 400, 120, 40, 0)]
    for ivs in (by_limit, by_weight):
        assert all(b >= a - 1e-9 for a, b in pairwise(ivs))
    assert by_limit[-1] == pytest.approx(large.solve(trend).iv, rel=1e-12)


def test_free_order_is_at_least_as_good_as_either_trend(large: Problem) -> None:
    iv = {trend: large.solve(trend).iv for trend in TRENDS}
    assert iv["auto"] == max(iv["ascending"], iv["descending"])
    assert iv["none"] >= iv["auto"] - 1e-9


@given(problem=integer_problems())
@settings(max_examples=30)
def test_mirror_and_swap(problem: Problem) -> None:
    """Reversed pre-bins, and goods taken for bads, turn the trend and keep the value."""
    iv = problem.solve("ascending").iv
    mirrored = change(problem, good=problem.good[::-1], bad=problem.bad[::-1])
    swapped = change(
        problem,
        good=problem.bad,
        bad=problem.good,
        more_good=problem.more_bad,
        more_bad=problem.more_good,
    )
    for other in (mirrored, swapped):
        assert other.solve("descending").iv == pytest.approx(iv, rel=1e-9, abs=1e-12)


@given(problem=integer_problems(), factor=st.sampled_from([3, 0.1, 1e-6]))
@settings(max_examples=30)
def test_unit_of_weight_does_not_matter(problem: Problem, factor: float) -> None:
    scaled = Problem(
        good=tuple(g * factor for g in problem.good),
        bad=tuple(b * factor for b in problem.bad),
        more_good=problem.more_good * factor,
        more_bad=problem.more_bad * factor,
        min_weight=problem.min_weight * factor,
        max_n_bins=problem.max_n_bins,
        smoothing=problem.smoothing * factor,
    )
    for trend in TRENDS:
        expected, found = problem.solve(trend), scaled.solve(trend)
        assert found.feasible == expected.feasible
        assert found.iv == pytest.approx(expected.iv, rel=1e-9, abs=1e-9)
