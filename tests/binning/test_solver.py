"""The solver finds what an enumeration of all segmentations finds, and obeys its constraints."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from creditscore.binning import BinConstraints, Solution, solve_bins, solve_mean_bins
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import iv_parts
from enumeration import OBJECTIVES, TRENDS, MeanProblem, Problem

SINGLE = ("none", "ascending", "descending", "peak", "valley", "concave", "convex")
"""Trends that are no choice between others."""


def check_against_enumeration(problem: Problem | MeanProblem) -> None:
    solution = problem.solve()
    every = problem.oracle().best()
    assert solution.feasible == bool(every)
    assert problem.solve() == solution
    if not every:
        assert solution.starts == (0,)
        return
    best = max(every.values())
    close = {"rel": 1e-9, "abs": 1e-9}
    assert solution.starts in every
    assert every[solution.starts] == pytest.approx(best, **close)
    if not problem.constraints.concentration_penalty:
        assert solution.value == pytest.approx(best, **close)
    if problem.constraints.trend in SINGLE and math.isfinite(best):
        fewest = min(len(starts) for starts, value in every.items() if value >= best - 1e-13)
        assert len(solution.starts) <= fewest


# --- problems ---------------------------------------------------------------------------

# small counts make empty pre-bins, pre-bins of one class and equal bad rates common
COUNT = st.one_of(st.integers(0, 4), st.integers(0, 60))
SIZE = st.sampled_from([0.05, 0.2, 2, 20.5])
CONSTRAINTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "none": st.just({}),
    "min_bin_size": st.builds(dict, min_bin_size=SIZE),
    "max_bin_size": st.builds(dict, max_bin_size=st.sampled_from([0.3, 0.6, 25, 70.5])),
    "min_good_bad": st.builds(dict, min_good=st.integers(0, 15), min_bad=st.integers(0, 15)),
    "min_n_bins": st.builds(dict, min_n_bins=st.integers(1, 4)),
    "max_n_bins": st.builds(dict, max_n_bins=st.integers(1, 4)),
    "min_max_n_bins": st.builds(dict, min_n_bins=st.integers(1, 3), max_n_bins=st.integers(3, 4)),
    "min_rate_difference": st.builds(
        dict, min_rate_difference=st.sampled_from([0.0123, 0.0567, 0.2345])
    ),
    "rate_ratio": st.fixed_dictionaries(
        {},
        optional={
            "min_rate_ratio": st.sampled_from([1.0, 1.2345, 1.5]),
            "max_rate_ratio": st.sampled_from([1.5678, 2.789, 8.765]),
        },
    ),
    "max_p_value": st.builds(dict, max_p_value=st.sampled_from([0.01, 0.05, 0.3, 1.0])),
    "fixed_cuts": st.builds(dict, fixed_cuts=st.sets(st.integers(1, 3), max_size=2).map(tuple)),
    "forbidden_cuts": st.builds(
        dict, forbidden_cuts=st.sampled_from([(1,), (2, 3), ((1, 2),), ((2, 3), 1)])
    ),
    "concentration_penalty": st.builds(
        dict, concentration_penalty=st.sampled_from([0.01, 0.3, 5.0])
    ),
}
ANY_CONSTRAINTS = st.lists(st.sampled_from(list(CONSTRAINTS)), max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*(CONSTRAINTS[name] for name in names))
)


def merged(parts: tuple[dict[str, Any], ...], trend: str) -> BinConstraints:
    asked: dict[str, Any] = {"trend": trend, "min_bend_gain": 0.1}
    for part in parts:
        asked |= part
    low, high = asked.get("min_n_bins", 1), asked.get("max_n_bins")
    assume(high is None or low <= high)
    spans = [
        place if isinstance(place, tuple) else (place, place)
        for place in asked.get("forbidden_cuts", ())
    ]
    fixed = asked.get("fixed_cuts", ())
    assume(high is None or len(fixed) < high)
    sizes = asked.get("min_bin_size", 0), asked.get("max_bin_size", math.inf)
    assume(sizes[0] <= sizes[1] or (sizes[0] > 1) != (sizes[1] > 1))
    assume(not any(low <= cut <= high for cut in fixed for low, high in spans))
    return BinConstraints(**asked)


@st.composite
def problems(
    draw: st.DrawFn,
    trend: str,
    objective: str = "iv",
    most: int = 7,
    smoothing: tuple[float, ...] = (0.5, 0.5, 0.01, 1.0),
    n_periods: int = 0,
) -> Problem:
    parts = draw(ANY_CONSTRAINTS)
    least = max((max([0, *part.get("fixed_cuts", ())]) for part in parts), default=0)
    least = max([least, *(3 for part in parts if part.get("forbidden_cuts"))])
    n = draw(st.integers(least + 1, max(most, least + 1)))
    counts = st.lists(COUNT, min_size=n, max_size=n).map(tuple)
    periods = tuple((draw(counts), draw(counts)) for _ in range(n_periods))
    good, bad = draw(counts), draw(counts)
    if periods:
        good, bad = (
            tuple(map(sum, zip(*side, strict=True))) for side in zip(*periods, strict=True)
        )
        size = draw(st.sampled_from([None, 0.1, 3]))
        parts = (*parts, {"min_period_size": size})
    problem = Problem(
        good=good,
        bad=bad,
        constraints=merged(parts, trend),
        objective=objective,
        more_good=draw(st.integers(0, 9)),
        more_bad=draw(st.integers(0, 9)),
        smoothing=draw(st.sampled_from(smoothing)),
        periods=periods,
    )
    assume(min(problem.totals) > 0)
    return problem


# --- against the enumeration --------------------------------------------------------------


@pytest.mark.parametrize("trend", TRENDS)
@pytest.mark.parametrize("objective", OBJECTIVES)
@given(data=st.data())
@settings(max_examples=25)
def test_optimum_under_any_constraints(objective: str, trend: str, data: st.DataObject) -> None:
    check_against_enumeration(data.draw(problems(trend, objective)))


@pytest.mark.parametrize("trend", TRENDS)
@pytest.mark.parametrize("constraint", CONSTRAINTS)
@given(data=st.data())
@settings(max_examples=12)
def test_optimum_under_each_constraint(constraint: str, trend: str, data: st.DataObject) -> None:
    counts = st.lists(COUNT, min_size=4, max_size=7).map(tuple)
    good = data.draw(counts)
    bad = data.draw(st.lists(COUNT, min_size=len(good), max_size=len(good)).map(tuple))
    assume(sum(good) and sum(bad))
    asked = merged((data.draw(CONSTRAINTS[constraint]),), trend)
    check_against_enumeration(Problem(good=good, bad=bad, constraints=asked))


@pytest.mark.parametrize("trend", TRENDS)
@given(data=st.data())
@settings(max_examples=60)
def test_optimum_where_the_trend_holds_in_every_period(trend: str, data: st.DataObject) -> None:
    n_periods = data.draw(st.integers(1, 3))
    check_against_enumeration(data.draw(problems(trend, n_periods=n_periods)))


@pytest.mark.parametrize("trend", TRENDS)
@pytest.mark.parametrize("seed", range(2))
def test_optimum_of_twelve_prebins(seed: int, trend: str) -> None:
    rng = np.random.default_rng(seed)
    good, bad = rng.integers(5, 60, 12), rng.integers(0, 25, 12)
    asked = BinConstraints(
        trend=trend, min_bin_size=0.04, max_n_bins=6, min_bad=2, min_bend_gain=0.1
    )
    check_against_enumeration(
        Problem(good=tuple(good.tolist()), bad=tuple(bad.tolist()), constraints=asked)
    )


@pytest.mark.parametrize("trend", TRENDS)
@given(data=st.data())
@example(
    # an infinite bin meets a chain that does not exist: ∞ - ∞
    data=Problem(
        good=(1, 0, 25, 1, 53, 48, 1, 0, 1),
        bad=(1, 1, 37, 56, 17, 24, 3, 1, 3),
        constraints=BinConstraints(max_n_bins=3, min_bend_gain=0.1),
        smoothing=0.0,
    )
)
@example(
    # cuts kept for their infinite value leave a bin that is too large
    data=Problem(
        good=(0, 0, 1, 2),
        bad=(0, 1, 1, 0),
        constraints=BinConstraints(max_bin_size=0.6, max_n_bins=2, min_bend_gain=0.1),
        smoothing=0.0,
    )
)
@settings(max_examples=25)
def test_optimum_without_smoothing_may_be_infinite(trend: str, data: Any) -> None:
    given_problem = isinstance(data, Problem)
    problem = data if given_problem else data.draw(problems(trend, smoothing=(0.0,)))
    asked = replace(problem.constraints, trend=trend, concentration_penalty=0.0)
    check_against_enumeration(replace(problem, constraints=asked))


@pytest.mark.parametrize("trend", TRENDS)
@given(data=st.data())
@settings(max_examples=50)
def test_optimum_of_fractional_weights(trend: str, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 7))
    weight = st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.7, 1 / 3, 1e-3]) | st.floats(0.01, 50)
    weights = st.lists(weight, min_size=n, max_size=n).map(tuple)
    least = data.draw(st.sampled_from([None, 1.777, 7.77]))
    problem = Problem(
        good=data.draw(weights),
        bad=data.draw(weights),
        constraints=BinConstraints(
            min_bend_gain=0.1,
            trend=trend,
            min_bin_size=least,
            max_n_bins=data.draw(st.none() | st.integers(1, 4)),
        ),
        more_good=data.draw(st.just(0.0) | st.floats(0.01, 5)),
        more_bad=data.draw(st.just(0.0) | st.floats(0.01, 5)),
    )
    assume(min(problem.totals) > 0)
    oracle = problem.oracle()
    # a run at the least weight but for rounding may be taken or left
    runs = [(i, j) for i in range(n) for j in range(i + 1, n + 1)]
    assume(all(least is None or abs(float(oracle.weight(r)) - least) > 1e-9 for r in runs))
    check_against_enumeration(problem)


@pytest.mark.parametrize("trend", TRENDS)
@given(rates=st.lists(st.sampled_from([1, 2, 3]), min_size=2, max_size=9))
@settings(max_examples=25)
def test_optimum_where_bad_rates_tie(trend: str, rates: list[int]) -> None:
    bad = tuple(3 * k * rate for k, rate in enumerate(rates, 1))
    good = tuple(12 * k - n_bad for k, n_bad in enumerate(bad, 1))
    check_against_enumeration(Problem(good, bad, BinConstraints(trend=trend, min_bend_gain=0.1)))


MEAN_CONSTRAINTS = st.fixed_dictionaries(
    {},
    optional={
        "min_bin_size": st.sampled_from([0.1, 3]),
        "max_n_bins": st.integers(2, 4),
        "min_rate_difference": st.sampled_from([0.123, 2.345]),
        "max_p_value": st.sampled_from([0.01, 0.2]),
        "concentration_penalty": st.sampled_from([0.1, 30.0]),
    },
)


@pytest.mark.parametrize("trend", TRENDS)
@given(data=st.data())
@settings(max_examples=40)
def test_optimum_of_amounts(trend: str, data: st.DataObject) -> None:
    rows = data.draw(
        st.lists(st.lists(st.integers(-20, 20), min_size=1, max_size=5), min_size=1, max_size=7)
    )
    asked = BinConstraints(trend=trend, min_bend_gain=0.1, **data.draw(MEAN_CONSTRAINTS))
    check_against_enumeration(
        MeanProblem(
            weight=tuple(len(values) for values in rows),
            total=tuple(sum(values) for values in rows),
            squares=tuple(sum(value**2 for value in values) for values in rows),
            constraints=asked,
        )
    )


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
        # one way up and one way down
        ("peak", (0, 1, 3), "peak"),
        # the step of -5/12 and then of less: convex, and no further
        ("convex", (0, 1, 3), "convex"),
    ],
)
def test_trend_by_hand(trend: str, starts: tuple[int, ...], found: str) -> None:
    solution = Problem(
        (10, 30, 20, 40), (20, 10, 15, 5), BinConstraints(trend=trend, min_bend_gain=0.1)
    ).solve()
    assert (solution.starts, solution.trend) == (starts, found)


def test_a_bend_is_made_only_where_it_gains_enough() -> None:
    # bad rates 1/10, 1/2, 1/10 for a peak; the best without a bend is half of it
    by_gain = BinConstraints(trend="auto_one_bend", min_bend_gain=0.1)
    peaked = Problem((90, 50, 90), (10, 50, 10), by_gain)
    assert (peaked.solve().starts, peaked.solve().trend) == ((0, 1, 2), "peak")
    # 10 %, 20 %, 19 %: next to nothing is gained
    nearly = Problem((90, 80, 81), (10, 20, 19), by_gain)
    assert (nearly.solve().starts, nearly.solve().trend) == ((0, 1), "ascending")
    eager = replace(nearly, constraints=BinConstraints(trend="auto_one_bend", min_bend_gain=0))
    assert eager.solve().trend == "peak"


def test_stability_takes_the_bins_that_hold_in_each_period() -> None:
    # in the second period the middle pre-bins change places: together, they hold in both
    first, second = ((90, 80, 70, 60), (10, 20, 30, 40)), ((90, 70, 80, 60), (10, 30, 20, 40))
    good, bad = (180, 150, 150, 120), (20, 50, 50, 80)
    asked = BinConstraints(trend="ascending")
    free = Problem((180, 152, 150, 120), (20, 48, 50, 80), asked)
    assert free.solve().starts == (0, 1, 2, 3)
    stable = Problem(good, bad, asked, periods=(first, second))
    assert stable.solve().starts == (0, 1, 3)
    too_large = replace(stable, constraints=replace(asked, min_period_size=0.3))
    assert too_large.solve().starts == (0, 2)


def test_preferred_cuts_are_made_where_they_cost_little() -> None:
    good, bad = (90, 80, 79, 60), (10, 20, 21, 40)
    asked = BinConstraints(max_n_bins=2)
    best = Problem(good, bad, asked).solve()
    assert best.starts == (0, 3)
    for preference, starts in ((0.01, (0, 3)), (0.9, (0, 2))):
        wish = replace(asked, preferred_cuts=(2,), preference=preference)
        found = Problem(good, bad, wish).solve()
        assert found.starts == starts
        assert found.value >= best.value * (1 - preference)


def test_equal_bad_rates_are_one_bin() -> None:
    # a cut between bins of one bad rate adds nothing: (g1 + g2, b1 + b2) has the same IV
    assert Problem(good=(20, 40, 60), bad=(10, 20, 10)).solve().starts == (0, 2)


def test_one_prebin_beside_missing_values() -> None:
    # 3 of 8 goods and all bads are in the bin: (3/8 - 1) · ln(3/8)
    value = pytest.approx(-0.625 * math.log(0.375))
    assert Problem((3,), (4,), more_good=5).solve() == Solution((0,), value, "ascending", True)


def test_infeasible_when_everything_is_too_small() -> None:
    solution = Problem((3, 3), (1, 2), BinConstraints(min_bin_size=10)).solve()
    assert (solution.starts, solution.feasible) == ((0,), False)


def test_bin_of_exactly_the_least_weight_is_admitted() -> None:
    # in binary, 0.1 + 0.7 is below 0.8 by rounding
    problem = Problem((0.1, 0.9), (0.7, 0.1), BinConstraints(min_bin_size=0.8 / 1.8))
    assert problem.solve().starts == (0, 1)


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ({"constraints": {"trend": "up"}}, InvalidParameterError, "'trend'"),
        ({"constraints": {"max_n_bins": 0}}, InvalidParameterError, "'max_n_bins'"),
        ({"constraints": {"fixed_cuts": [0.5]}}, InvalidParameterError, "places .* 1 to 1"),
        ({"constraints": {"fixed_cuts": [2]}}, InvalidParameterError, "places .* 1 to 1"),
        ({"objective": "gini"}, InvalidParameterError, "'objective'"),
        ({"smoothing": -1}, InvalidParameterError, "'smoothing'"),
        ({"good": np.array([-1.0, 2.0])}, InvalidDataError, "zero or more"),
        ({"good": np.array([np.nan, 2.0])}, InvalidDataError, "finite"),
        ({"bad": np.array([1.0, 2.0, 3.0])}, InvalidDataError, "good and .*bad"),
        ({"periods": (np.ones((2, 3)), np.ones((2, 3)))}, InvalidDataError, "n_periods, 2"),
        ({"periods": (np.full((1, 2), np.inf),) * 2}, InvalidDataError, "finite"),
    ],
)
def test_what_makes_no_problem_is_refused(fault: dict[str, Any], error: type, message: str) -> None:
    counts = {"good": np.array([1.0, 2.0]), "bad": np.array([2.0, 1.0])}
    problem: dict[str, Any] = counts | fault
    with pytest.raises(error, match=message):
        solve_bins(**problem | {"constraints": BinConstraints(**fault.get("constraints", {}))})


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"min_bad": 1}, "neither goods nor bads"),
        ({"max_rate_ratio": 2}, "may be below zero and have no ratio"),
        ({"max_p_value": 0.1}, "squares"),
    ],
)
def test_amounts_refuse_what_they_cannot_keep(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        solve_mean_bins(np.ones(2), np.ones(2), constraints=BinConstraints(**asked))


def test_bends_of_too_many_prebins_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="256 pre-bins at most"):
        solve_bins(np.ones(300), np.ones(300), constraints=BinConstraints(trend="concave"))


# --- laws on problems too large to enumerate --------------------------------------------


@pytest.fixture(scope="module")
def large() -> Problem:
    rng = np.random.default_rng(3)
    bad = rng.binomial(40, np.linspace(0.5, 0.1, 80))
    return Problem(
        good=tuple((40 - bad).tolist()),
        bad=tuple(bad.tolist()),
        constraints=BinConstraints(min_bin_size=120),
    )


def bins_of(problem: Problem, solution: Solution) -> tuple[np.ndarray, np.ndarray]:
    starts = list(solution.starts)
    return np.add.reduceat(problem.good, starts), np.add.reduceat(problem.bad, starts)


def ask(problem: Problem, **changes: Any) -> Problem:
    return replace(problem, constraints=replace(problem.constraints, **changes))


@pytest.mark.parametrize("trend", TRENDS)
def test_constraints_hold_at_size(large: Problem, trend: str) -> None:
    solution = ask(large, max_n_bins=6, trend=trend).solve()
    good, bad = bins_of(large, solution)
    steps = np.sign(np.diff(bad / (good + bad)))
    assert (good + bad).min() >= 120
    assert solution.value == pytest.approx(iv_parts(good, bad).sum(), rel=1e-12)
    if trend == "ascending":  # the bad rate falls
        assert len(good) == 1
    elif trend not in ("none", "valley", "peak", "concave", "convex"):
        assert len(good) == 6
        assert (steps < 0).all()
    elif trend in ("peak", "valley"):
        assert len(good) == 6
        assert np.count_nonzero(np.diff(steps)) <= 1


@pytest.mark.parametrize("trend", TRENDS)
def test_more_freedom_never_loses(large: Problem, trend: str) -> None:
    large = ask(large, trend=trend)
    by_limit = [ask(large, max_n_bins=k).solve().value for k in (1, 2, 3, 5, 8, 80)]
    by_weight = [ask(large, min_bin_size=w).solve().value for w in (1600, 400, 120, 40, 0)]
    by_step = [ask(large, min_rate_difference=d).solve().value for d in (0.3, 0.05, 0.01, 0)]
    by_test = [ask(large, max_p_value=p).solve().value for p in (0.001, 0.05, 0.5, 1)]
    for values in (by_limit, by_weight, by_step, by_test):
        assert all(b >= a - 1e-9 for a, b in pairwise(values))
    assert by_limit[-1] == pytest.approx(large.solve().value, rel=1e-12)


def test_wider_trends_are_at_least_as_good(large: Problem) -> None:
    value = {trend: ask(large, trend=trend).solve().value for trend in TRENDS}
    assert value["auto"] == max(value["ascending"], value["descending"])
    for bend in ("peak", "valley"):
        assert value[bend] >= value["auto"] - 1e-9
        assert value["none"] >= value[bend] - 1e-9


def test_periods_of_one_kind_change_nothing(large: Problem) -> None:
    """Where every period is a third of the sample, stability costs nothing."""
    good, bad = np.array(large.good) / 3, np.array(large.bad) / 3
    same = tuple((tuple(good.tolist()), tuple(bad.tolist())) for _ in range(3))
    for trend in ("auto", "peak", "none"):
        problem = ask(large, trend=trend, max_n_bins=5)
        assert replace(problem, periods=same).solve() == problem.solve()


@given(data=st.data())
@settings(max_examples=40)
def test_mirror_and_swap(data: st.DataObject) -> None:
    """Reversed pre-bins, and goods taken for bads, turn the trend and keep the value."""
    turned = {"ascending": "descending", "peak": "valley", "concave": "convex"}
    for trend, other_trend in turned.items():
        problem = data.draw(problems(trend))
        asked = replace(
            problem.constraints, min_good=0, min_bad=0, fixed_cuts=(), forbidden_cuts=(),
            # the ratio of good rates is another
            min_rate_ratio=None, max_rate_ratio=None,
        )  # fmt: skip
        problem = replace(problem, constraints=asked)
        value = problem.solve().value
        swapped = replace(
            ask(problem, trend=other_trend),
            good=problem.bad,
            bad=problem.good,
            more_good=problem.more_bad,
            more_bad=problem.more_good,
        )
        assert swapped.solve().value == pytest.approx(value, rel=1e-9, abs=1e-12)
        kept = trend if trend != "ascending" else "descending"
        mirrored = replace(ask(problem, trend=kept), good=problem.good[::-1], bad=problem.bad[::-1])
        assert mirrored.solve().value == pytest.approx(value, rel=1e-9, abs=1e-12)


RELATIVE = st.fixed_dictionaries(
    {},
    optional={
        "min_bin_size": st.sampled_from([0.05, 0.2]),
        "min_n_bins": st.integers(1, 3),
        "max_n_bins": st.just(3),
        "min_rate_difference": st.sampled_from([0.0123, 0.2345]),
        "concentration_penalty": st.sampled_from([0.01, 0.3]),
    },
)
"""Constraints that are the same in any unit of weight."""


@pytest.mark.parametrize("trend", TRENDS)
@given(data=st.data(), factor=st.sampled_from([3, 0.1, 0.3, 1 / 7, 1e-6]))
@settings(max_examples=40)
def test_unit_of_weight_does_not_matter(trend: str, data: st.DataObject, factor: float) -> None:
    problem = data.draw(problems(trend, n_periods=data.draw(st.sampled_from([0, 0, 2]))))
    problem = replace(
        problem, constraints=BinConstraints(trend=trend, min_bend_gain=0.1, **data.draw(RELATIVE))
    )

    def times(counts: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(count * factor for count in counts)

    scaled = replace(
        problem,
        good=times(problem.good),
        bad=times(problem.bad),
        more_good=problem.more_good * factor,
        more_bad=problem.more_bad * factor,
        smoothing=problem.smoothing * factor,
        periods=tuple((times(good), times(bad)) for good, bad in problem.periods),
    )
    expected, found = problem.solve(), scaled.solve()
    assert found.feasible == expected.feasible
    assert len(found.starts) == len(expected.starts)
    unit = factor if problem.objective == "log_likelihood" else 1.0
    assert found.value == pytest.approx(expected.value * unit, rel=1e-9, abs=1e-9)
    # equal rates are equal in any unit, so that its bins are bins of the counts
    assert not found.feasible or found.starts in problem.oracle().best()


@pytest.mark.parametrize("factor", [0.1, 0.3, 1 / 7])
def test_equal_rates_of_fractional_weights_are_equal(factor: float) -> None:
    good, bad = np.array([6.0, 5, 4]) * factor, np.array([8.0, 5, 4]) * factor
    asked = BinConstraints(trend="none", min_n_bins=3)
    assert not solve_bins(good, bad, constraints=asked, smoothing=0.5 * factor).feasible
    asked = BinConstraints(trend="none", concentration_penalty=1.0)
    assert solve_bins(good, bad, constraints=asked).starts == (0, 1)
