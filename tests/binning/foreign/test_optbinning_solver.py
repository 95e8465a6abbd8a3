"""Our solver against optbinning's on the same pre-bins, and what its strategy refuses."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import combinations, pairwise
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.binning import BinConstraints, BinTable, Solution, WOEEncoder, solve_bins
from creditscore.binning.foreign import OptbinningSolver
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingDependencyError,
    NonConvergenceWarning,
    SingleBinWarning,
)
from enumeration import Problem

MILLIONTH = 1e-6
"""Rates and values are cut off after so much by the constraint programming of optbinning."""
TRENDS = ("auto", "ascending", "descending", "peak", "valley", "concave", "convex", "none")
N_PROBLEMS = 5
"""For each trend and kind of constraint: 8 · 12 · 5 problems."""
KINDS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "size": {"min_bin_size": 0.1, "max_bin_size": 0.45},
    "number": {"min_n_bins": 3, "max_n_bins": 4},
    "good and bad": {"min_good": 40, "min_bad": 25},
    "difference": {"min_rate_difference": 0.04},
    "p-value": {"max_p_value": 0.05},
    "fixed": {"fixed_cuts": (3,), "max_n_bins": 5},
    "all": {
        "min_bin_size": 0.07,
        "max_n_bins": 5,
        "min_bad": 10,
        "min_rate_difference": 0.015,
        "max_p_value": 0.2,
    },
    "ties": {"min_n_bins": 4},
    "totals": {"max_n_bins": 5},
    "one class": {"max_n_bins": 5},
    "divergence": {"min_bin_size": 0.08},
}


def made_up(kind: str, trend: str, seed: int) -> Problem:
    """Counts of 6 to 12 pre-bins (20 where the trend is plain) about a wavy bad rate."""
    rng = np.random.default_rng([seed, TRENDS.index(trend), list(KINDS).index(kind)])
    longest = 20 if trend in ("ascending", "descending", "auto") else 12
    n = int(rng.integers(6, longest + 1))
    at = np.linspace(-1, 1, n)
    slope, bend = rng.normal(size=2)
    rate = 1 / (1 + np.exp(1 + slope * at + bend * at**2 + 0.4 * rng.normal(size=n)))
    weight = rng.integers(20, 160, size=n)
    bad = np.clip(rng.binomial(weight, rate), 1, weight - 1)
    if kind == "ties":
        weight, bad = np.full(n, 100), 20 + 10 * np.sort(rng.integers(3, size=n))
    if kind == "one class":
        bad[rng.integers(n)] = 0
    good = weight - bad
    objective = "iv"
    if kind == "divergence":
        objective = ("js", "hellinger", "triangular")[seed % 3]
    more = {"more_good": 250.0, "more_bad": 40.0} if kind == "totals" else {}
    return Problem(
        good=tuple(map(int, good)),
        bad=tuple(map(int, bad)),
        constraints=BinConstraints(trend=trend, **KINDS[kind]),  # type: ignore[arg-type]
        objective=objective,
        **more,
    )


def solved(problem: Problem, solver: OptbinningSolver) -> Solution:
    total_good, total_bad = problem.totals
    return solver(
        np.array(problem.good),
        np.array(problem.bad),
        constraints=problem.constraints,
        objective=problem.objective,  # type: ignore[arg-type]
        total_good=total_good,
        total_bad=total_bad,
        smoothing=problem.smoothing,
    )


# --- what is feasible, for ours and for theirs ------------------------------------------


def runs_of(problem: Problem, starts: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(pairwise((*starts, len(problem.good))))


def feasible_for_ours(problem: Problem, starts: tuple[int, ...], trend: str) -> bool:
    """Tell it by the enumeration's exact fractions, which share no code with either solver."""
    oracle, runs = problem.oracle(), runs_of(problem, starts)
    asked = problem.constraints
    return (
        asked.min_n_bins <= len(runs) <= (asked.max_n_bins or len(runs))
        and all(map(oracle.admits_run, runs))
        and all(oracle.admits_neighbours(a, b) for a, b in pairwise(runs))
        and oracle.keeps_trend(runs, trend)
    )


def rates_of(problem: Problem, starts: tuple[int, ...]) -> np.ndarray:
    oracle = problem.oracle()
    return np.array([float(oracle.level(run)) for run in runs_of(problem, starts)])


def cut_off(problem: Problem, starts: tuple[int, ...]) -> np.ndarray:
    """Rates of bins in whole millionths, as ``model_data`` of optbinning has them."""
    return (rates_of(problem, starts) / MILLIONTH).astype(np.int64)


def pruned(problem: Problem, trend: str) -> set[int]:
    """Places where optbinning's preprocessing of a monotone trend forbids a cut."""
    if problem.constraints.min_rate_difference or trend not in ("ascending", "descending"):
        return set()
    good, bad, n = np.array(problem.good), np.array(problem.bad), len(problem.good)
    sign = 1 if trend == "ascending" else -1

    def rate(first: int, last: int) -> int:
        part = slice(first, last + 1)
        total = bad[part].sum() + good[part].sum()
        return int(bad[part].sum() / total / MILLIONTH)

    places = set()
    for i in range(n - 1):
        if sign * (rate(i, i + 1) - rate(i + 1, i + 1)) > 0:
            places.add(i + 1)
            for j in range(n - i - 1):
                if sign * (rate(i, i + 1 + j) - rate(i + 1 + j, i + 1 + j)) > 0:
                    places.add(i + j + 1)
    return places


def bends_as_theirs(problem: Problem, starts: tuple[int, ...], trend: str) -> bool:
    """Check the rule that optbinning writes for every three pre-bins, bins or not.

    It is meant to hold where all three end a bin. Its constant is too small to be void where two
    of them do: a concave trend then needs rates that sum to 1 at most.
    """
    ends = [run[1] - 1 for run in runs_of(problem, starts)]
    rates = dict(zip(ends, cut_off(problem, starts).tolist(), strict=True))
    sign, whole = (1 if trend == "concave" else -1), round(1 / MILLIONTH)
    for triple in combinations(range(len(problem.good)), 3):
        low, middle, high = (rates.get(place, 0) for place in triple)
        n_ends = sum(place in rates for place in triple)
        if sign * (2 * middle - low - high) < whole * (n_ends - 3):
            return False
    return True


def feasible_for_theirs(problem: Problem, starts: tuple[int, ...], trend: str) -> bool:
    """Tell whether bins that keep our constraints keep those that optbinning makes of them."""
    rates = cut_off(problem, starts)
    least = int(problem.constraints.min_rate_difference / MILLIONTH)
    bent = trend not in ("concave", "convex") or bends_as_theirs(problem, starts, trend)
    return (
        bent
        and bool((np.abs(np.diff(rates)) >= least).all())
        and not pruned(problem, trend) & set(starts)
    )


def but_for_rounding(problem: Problem, starts: tuple[int, ...], trend: str) -> bool:
    """Tell whether bins keep what optbinning rounds, up to two millionths, and all else exactly."""
    steps = np.diff(rates_of(problem, starts))
    loose = 2 * MILLIONTH
    signs = [sign for sign, step in zip(np.sign(steps), steps, strict=True) if abs(step) > loose]
    turns = sum(a != b for a, b in pairwise(signs))
    bends = np.diff(steps)
    kept = {
        "none": True,
        "ascending": bool((steps >= -loose).all()),
        "descending": bool((steps <= loose).all()),
        "peak": turns == 0 or (turns == 1 and signs[0] > 0),
        "valley": turns == 0 or (turns == 1 and signs[0] < 0),
        "concave": bool((bends <= 2 * loose).all()),
        "convex": bool((bends >= -2 * loose).all()),
    }[trend]
    asked = problem.constraints
    exact = replace(problem, constraints=replace(asked, min_rate_difference=0.0, trend="none"))
    oracle, runs = exact.oracle(), runs_of(problem, starts)
    p_values = [oracle.p_value(a, b) for a, b in pairwise(runs)]
    return (
        kept
        and asked.min_n_bins <= len(runs) <= (asked.max_n_bins or len(runs))
        and all(map(oracle.admits_run, runs))
        and bool((np.abs(steps) >= asked.min_rate_difference - loose).all())
        and all(asked.max_p_value is None or p <= asked.max_p_value for p in p_values)
    )


# --- the comparison ----------------------------------------------------------------------


def compare(problem: Problem, theirs: Solution, rounding: float) -> None:
    """Hold both solutions against each other, and explain each difference."""
    ours = problem.solve()
    if theirs.feasible:
        if feasible_for_ours(problem, theirs.starts, theirs.trend):
            assert ours.feasible
            assert ours.value >= theirs.value - 1e-9
        else:
            assert but_for_rounding(problem, theirs.starts, theirs.trend)
    if ours.feasible and feasible_for_theirs(problem, ours.starts, ours.trend):
        # it cannot have missed these bins but for what it cuts off the value of each
        assert theirs.feasible
        assert theirs.value >= ours.value - rounding * len(ours.starts)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trend", TRENDS)
def test_our_solver_is_never_worse_than_constraint_programming(
    trend: str, kind: str, optbinning: ModuleType
) -> None:
    for seed in range(N_PROBLEMS):
        problem = made_up(kind, trend, seed)
        compare(problem, solved(problem, OptbinningSolver()), MILLIONTH)


@pytest.mark.parametrize("trend", TRENDS)
def test_our_solver_is_never_worse_than_integer_programming(
    trend: str, optbinning: ModuleType
) -> None:
    for kind in ("size", "number", "all", "totals"):
        problem = made_up(kind, trend, 0)
        compare(problem, solved(problem, OptbinningSolver(solver="mip")), MILLIONTH)


def plain_problems() -> Iterator[Problem]:
    for trend in TRENDS:
        for seed in range(N_PROBLEMS):
            yield made_up("nothing", trend, seed)


def test_the_problems_tell_solvers_apart(optbinning: ModuleType) -> None:
    """Most have several bins, and both solvers mostly agree on them."""
    solver = OptbinningSolver()
    pairs = [(problem.solve(), solved(problem, solver)) for problem in plain_problems()]
    assert sum(len(ours.starts) > 2 for ours, _ in pairs) > 0.8 * len(pairs)
    assert sum(ours.starts == theirs.starts for ours, theirs in pairs) > 0.6 * len(pairs)


def test_a_pruned_cut_loses_the_optimum_of_optbinning(optbinning: ModuleType) -> None:
    """Here 0.1, 0.5 | 0.4, 0.9 is the best of two bins of half the rows, and is forbidden."""
    good, bad = np.array([90, 50, 60, 10]), np.array([10, 50, 40, 90])
    asked = BinConstraints(trend="ascending", min_bin_size=0.5)
    ours = solve_bins(good, bad, constraints=asked)
    theirs = OptbinningSolver()(good, bad, constraints=asked)
    assert (ours.starts, theirs.starts) == ((0, 2), (0,))
    assert ours.value > theirs.value + 0.1


def test_equal_rates_are_one_bin_for_us_and_two_for_optbinning(optbinning: ModuleType) -> None:
    good, bad = np.array([80, 80]), np.array([20, 20])
    asked = BinConstraints(trend="ascending", min_n_bins=2)
    assert not solve_bins(good, bad, constraints=asked).feasible
    theirs = OptbinningSolver()(good, bad, constraints=asked)
    assert theirs.feasible
    assert theirs.starts == (0, 1)


def test_concave_binds_bins_at_a_distance_for_optbinning(optbinning: ModuleType) -> None:
    """Steps of 0.30, 0.20, 0.10, 0.06 fall, but 0.1, 0.4, 0.76 rises by more at the end."""
    rates = np.array([0.10, 0.40, 0.60, 0.70, 0.76])
    bad = np.round(1_000 * rates).astype(int)
    asked = BinConstraints(trend="concave")
    ours = solve_bins(1_000 - bad, bad, constraints=asked)
    theirs = OptbinningSolver()(1_000 - bad, bad, constraints=asked)
    assert ours.starts == (0, 1, 2, 3, 4)
    assert len(theirs.starts) < 5


# --- the strategy ------------------------------------------------------------------------

GOOD, BAD = np.array([90, 70, 60, 30]), np.array([10, 20, 40, 60])


@pytest.mark.parametrize("solver", ["cp", "mip"])
def test_the_strategy_answers_as_solve_bins_does(solver: Any, optbinning: ModuleType) -> None:
    asked = BinConstraints(max_n_bins=3)
    ours = solve_bins(GOOD, BAD, constraints=asked)
    theirs = OptbinningSolver(solver=solver)(GOOD, BAD, constraints=asked)
    assert theirs.starts == ours.starts
    assert theirs.trend == ours.trend == "ascending"
    assert theirs.value == pytest.approx(ours.value, abs=1e-12)


@pytest.mark.parametrize("solver", ["cp", "mip"])
def test_infeasible_is_said(solver: Any, optbinning: ModuleType) -> None:
    asked = BinConstraints(min_bad=100, min_n_bins=2)
    solution = OptbinningSolver(solver=solver)(GOOD, BAD, constraints=asked)
    assert (solution.starts, solution.feasible) == ((0,), False)


def test_sizes_that_contradict_each_other_are_infeasible(optbinning: ModuleType) -> None:
    # a share and a weight contradict each other on counts only
    asked = BinConstraints(min_bin_size=0.4, max_bin_size=0.2 * float(GOOD.sum() + BAD.sum()))
    assert not OptbinningSolver()(GOOD, BAD, constraints=asked).feasible


def test_a_single_prebin_needs_no_model(optbinning: ModuleType) -> None:
    solver = OptbinningSolver()
    assert solver(GOOD[:1], BAD[:1]).feasible
    assert not solver(GOOD[:1], BAD[:1], constraints=BinConstraints(min_n_bins=2)).feasible
    assert not solver(GOOD[:1], BAD[:1], constraints=BinConstraints(min_bad=11)).feasible


def test_a_time_limit_hit_is_said(optbinning: ModuleType) -> None:
    problem = made_up("nothing", "none", 1)
    rng = np.random.default_rng(1)
    bad = rng.integers(1, 40, size=30)
    good = rng.integers(1, 400, size=30)
    asked = replace(problem.constraints, trend="concave", min_bin_size=0.01)
    with pytest.warns(NonConvergenceWarning, match=r"proved nothing within 0\.001 s.*solve_bins"):
        solution = OptbinningSolver(time_limit=0.001)(good, bad, constraints=asked)
    assert solution.starts[0] == 0


def test_bins_seen_before_the_limit_are_returned(
    optbinning: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from optbinning.binning.cp import BinningCP

    seen = np.array([False, True, False, True])
    monkeypatch.setattr(BinningCP, "solve", lambda _: ("FEASIBLE", seen))
    asked = BinConstraints(trend="ascending")
    with pytest.warns(NonConvergenceWarning, match="FEASIBLE, and the best bins seen"):
        solution = OptbinningSolver()(GOOD, BAD, constraints=asked)
    assert (solution.starts, solution.feasible) == ((0, 2), True)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"preferred_cuts": (2,)}, "preferred_cuts"),
        ({"forbidden_cuts": (2,)}, "forbidden_cuts"),
        ({"concentration_penalty": 0.1}, "concentration_penalty"),
        ({"min_period_size": 0.1}, "min_period_size"),
        ({"trend": "auto_one_bend"}, "auto_one_bend"),
    ],
)
def test_what_optbinning_cannot_express_is_named(asked: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"cannot express .*{named}"):
        OptbinningSolver()(GOOD, BAD, constraints=BinConstraints(**asked))


def test_every_constraint_is_passed_on_or_refused() -> None:
    """A constraint that is new must not be lost in silence: say here what becomes of it."""
    passed_on = {
        *("trend", "min_bin_size", "max_bin_size", "min_good", "min_bad", "min_n_bins"),
        *("max_n_bins", "min_rate_difference", "max_p_value", "fixed_cuts"),
    }
    refused = {"preferred_cuts", "forbidden_cuts", "concentration_penalty", "min_period_size"}
    refused |= {"min_rate_ratio", "max_rate_ratio"}
    # these are about pre-bins, or about what is refused
    void = {"cut_digits", "min_level_size", "preference", "min_bend_gain"}
    void |= {"max_bend_p_value", "small_bin_p_value"}
    assert {field.name for field in fields(BinConstraints)} == passed_on | refused | void


def test_periods_and_likelihood_are_refused() -> None:
    periods = np.array([GOOD]), np.array([BAD])
    with pytest.raises(InvalidParameterError, match="cannot express periods"):
        OptbinningSolver()(GOOD, BAD, periods=periods)
    with pytest.raises(InvalidParameterError, match="'objective' parameter of OptbinningSolver"):
        OptbinningSolver()(GOOD, BAD, objective="log_likelihood")


def test_a_fixed_cut_outside_the_prebins_is_refused(optbinning: ModuleType) -> None:
    asked = BinConstraints(fixed_cuts=(4,))
    with pytest.raises(InvalidParameterError, match="whole numbers from 1 to 3"):
        OptbinningSolver()(GOOD, BAD, constraints=asked)


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ([1.5, 2.0], [1.0, 2.0], "whole numbers"),
        ([0.0, 2.0], [0.0, 2.0], "without rows"),
        ([-1.0, 2.0], [1.0, 2.0], "zero or more"),
        ([1.0], [1.0, 2.0], "of one length"),
    ],
)
def test_counts_that_its_models_cannot_take_are_refused(
    good: list[float], bad: list[float], message: str
) -> None:
    with pytest.raises(InvalidDataError, match=message):
        OptbinningSolver()(np.array(good), np.array(bad))


def test_infinite_values_are_refused(optbinning: ModuleType) -> None:
    with pytest.raises(InvalidDataError, match="infinite information value without smoothing"):
        OptbinningSolver()(np.array([5, 9, 4]), np.array([0, 3, 9]), smoothing=0)


@pytest.mark.parametrize(
    ("params", "message"),
    [({"solver": "ls"}, "must be one of 'cp', 'mip'"), ({"time_limit": 0}, "range")],
)
def test_parameters_out_of_range_are_refused(params: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        OptbinningSolver(**params)


def test_without_optbinning_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optbinning", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "creditscore\[optbinning\]"'):
        OptbinningSolver()(GOOD, BAD)


@pytest.mark.parametrize("asked", [BinConstraints(), BinConstraints(min_n_bins=2)])
def test_prebins_of_one_class_are_one_bin(optbinning: ModuleType, asked: BinConstraints) -> None:
    counts = np.array([3.0, 4.0]), np.array([0.0, 0.0])
    totals = {"total_good": 9.0, "total_bad": 5.0}
    found = OptbinningSolver()(*counts, constraints=asked, **totals)
    ours = solve_bins(*counts, constraints=asked, **totals)
    assert (found.starts, found.feasible) == (ours.starts, ours.feasible)
    assert found.value == pytest.approx(ours.value)


def test_a_column_that_the_solver_cannot_take_is_named(optbinning: ModuleType) -> None:
    X = pd.DataFrame({"q": [1.0, 2.0, 3.0] * 20})
    y = np.tile([0, 1, 1, 0, 0, 1], 10)
    encoder = WOEEncoder(solver=OptbinningSolver(), min_bin_size=0)
    weights = np.tile([1.25, 1.0, 1.0, 1.0, 1.0, 1.0], 10)
    with pytest.raises(InvalidDataError, match=r"cannot take column 'q'\. .* whole numbers"):
        encoder.fit(X, y, weights)


def test_a_solver_that_finds_nothing_is_not_the_fault_of_the_column() -> None:
    def nothing(good: np.ndarray, bad: np.ndarray, **_: object) -> Solution:
        return Solution((0,), 0.0, "ascending", feasible=False)

    X = pd.DataFrame({"q": np.arange(200.0), "level": np.repeat(["a", "b"], 100)})
    y = (np.arange(200) >= 100).astype(int)
    y[::7] = 1 - y[::7]
    with pytest.warns(SingleBinWarning, match="solver that was given found no split"):
        summary = WOEEncoder(solver=nothing).fit(X, y).summary()
    assert summary["status"].str.contains("leave it out for ours").all()


def test_bins_that_are_not_proven_do_not_call_themselves_optimal() -> None:
    def hasty(good: np.ndarray, bad: np.ndarray, **asked: Any) -> Solution:
        warnings.warn("out of time", NonConvergenceWarning, stacklevel=2)
        return solve_bins(good, bad, **asked)

    X = pd.DataFrame({"q": np.arange(200.0)})
    y = (np.arange(200) >= 100).astype(int)
    y[::7] = 1 - y[::7]
    with pytest.warns(NonConvergenceWarning, match="out of time"):
        table = WOEEncoder(solver=hasty).fit(X, y).tables_["q"]
    assert table.status == "not proven"
    assert BinTable.from_json(table.to_json()).status == "not proven"
    assert WOEEncoder(solver=solve_bins).fit(X, y).tables_["q"].status == "optimal"
