"""What stands in the way of bins is named, with the least that would help."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from creditscore.binning import BinConstraints
from creditscore.binning._objective import InformationValue
from creditscore.binning._problem import Problem
from creditscore.binning._relax import Relaxation, smallest_relaxations
from creditscore.binning._runs import Amounts


def problem_of(
    good: Any, bad: Any, periods: tuple[Any, Any] | None = None, **asked: Any
) -> Problem:
    good, bad = np.array(good, dtype=float), np.array(bad, dtype=float)
    return Problem(
        amounts=Amounts.of(good, bad),
        objective=InformationValue(good.sum(), bad.sum()),
        constraints=BinConstraints(**asked),
        total_weight=good.sum() + bad.sum(),
        periods=None if periods is None else Amounts.of(*map(np.array, periods)),
    )


def only(problem: Problem, n_bins: int = 2) -> dict[str, Any]:
    """Return what helps by itself."""
    ways = smallest_relaxations(problem, n_bins)
    return {way[0].constraint: way[0].needed for way in ways if len(way) == 1}


@pytest.mark.parametrize(
    ("asked", "needed"),
    [
        # the more even of two splits has 500 of 1,000 rows on either side
        ({"min_bin_size": 0.6}, {"min_bin_size": 0.5}),
        ({"min_bin_size": 600}, {"min_bin_size": 500}),
        # 80 bads before the last cut, 200 behind it
        ({"min_bad": 200, "min_good": 10}, {"min_bad": 80}),
        # 80 / 500 against 200 / 500
        ({"min_rate_difference": 0.5}, {"min_rate_difference": 0.24}),
        ({"min_bin_size": 0.1}, {}),
        ({"max_n_bins": 1}, {"max_n_bins": 2}),
        ({"trend": "descending"}, {"trend": "auto"}),
        ({"forbidden_cuts": [1, 2]}, {"forbidden_cuts": None}),
        ({"max_bin_size": 0.45, "fixed_cuts": [1]}, {"max_bin_size": 0.5}),
    ],
)
def test_by_hand(asked: dict[str, Any], needed: dict[str, Any]) -> None:
    # 200, 300 and 500 rows of bad rates 10 %, 20 % and 40 %
    assert only(problem_of([180, 240, 300], [20, 60, 200], **asked)) == needed


def test_periods_are_named_where_the_trend_turns_in_one() -> None:
    good, bad = [[90, 80], [80, 90]], [[10, 20], [21, 10]]
    problem = problem_of([170, 170], [31, 30], (good, bad), trend="auto")
    assert only(problem) == {"periods": None}
    small = problem_of([99, 80], [11, 20], ([[90, 70], [9, 10]], [[10, 15], [1, 5]]))
    asked = replace(small.constraints, min_period_size=12)
    assert only(replace(small, constraints=asked)) == {"min_period_size": 10, "periods": None}


def test_p_value_is_the_lowest_that_two_bins_reach() -> None:
    # 10/100 and 13/100: χ² = 0.4421, p = 0.5061
    assert only(problem_of([90, 87], [10, 13], max_p_value=0.05)) == {"max_p_value": 0.507}


def test_fewer_bins_are_named_where_so_many_cannot_be() -> None:
    assert only(problem_of([90, 80, 85], [10, 20, 15], min_n_bins=3)) == {
        "trend": "peak",
        "min_n_bins": 2,
    }


def test_constraints_that_only_help_together_are_named_together() -> None:
    # 10/100 and 13/100: too few bads, and too near each other
    problem = problem_of([90, 87], [10, 13], max_p_value=0.05, min_bad=12)
    (together,) = smallest_relaxations(problem, 2)
    assert {found.constraint: found.needed for found in together} == {
        "min_bad": 10,
        "max_p_value": 0.507,
    }
    helped = {found.constraint: found.needed for found in together}
    eased = replace(problem.constraints, min_n_bins=2, **helped)
    assert replace(problem, constraints=eased).solve().feasible


def test_nothing_helps_where_no_split_tells_anything() -> None:
    assert smallest_relaxations(problem_of([90, 90], [10, 10], min_bin_size=0.6), 2) == ()


def test_words() -> None:
    assert str(Relaxation("min_bin_size", 0.05, 0.03)) == "lower min_bin_size to 0.03"
    assert str(Relaxation("max_p_value", 0.05, 0.1)) == "raise max_p_value to 0.1"
    assert str(Relaxation("trend", "ascending", "auto")) == "set trend to 'auto'"
    assert str(Relaxation("periods", "all", None)) == "leave out periods"


BOUNDS = {
    "min_bin_size": (0.3, 0.9, 150.0),
    "min_bad": (10.0, 30.0, 200.0),
    "min_rate_difference": (0.05, 0.3, 0.8),
    "max_p_value": (0.3, 0.01, 1e-6),
}


@given(data=st.data())
@settings(max_examples=60)
def test_what_is_named_helps_and_less_does_not(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 8))
    counts = st.lists(st.integers(1, 60), min_size=n, max_size=n)
    good, bad = data.draw(counts), data.draw(counts)
    name = data.draw(st.sampled_from(list(BOUNDS)))
    other = data.draw(st.sampled_from([{}, {"min_good": 5.0}, {"trend": "ascending"}]))
    asked = data.draw(st.sampled_from(BOUNDS[name]))
    problem = problem_of(good, bad, **{name: asked}, **other)
    needed = only(problem).get(name)
    assume(needed is not None)

    def feasible(value: float) -> bool:
        constraints = replace(problem.constraints, min_n_bins=2, **{name: value})
        return replace(problem, constraints=constraints).solve().feasible

    assert feasible(needed)
    # a hundredth of the way back to what was asked is too much, rounding to three digits apart
    stricter = needed + 0.01 * (asked - needed) + np.sign(asked - needed) * 0.01 * abs(needed)
    assert not feasible(stricter) or abs(asked - needed) <= 0.01 * abs(needed)
