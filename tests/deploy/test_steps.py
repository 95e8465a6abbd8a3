"""Steps and valid ranges say of each number what the rules say of it."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.deploy import ColumnRules, Interval
from creditscore.deploy._steps import steps_of
from creditscore.deploy._valid_numbers import valid_numbers

LARGEST = 1.7976931348623157e308
PLACES = [-LARGEST, -2.0, 0.0, 5e-324, 0.5, math.nextafter(0.5, 1), 3.0, 1e300, LARGEST]
POINTS = st.one_of(st.none(), st.integers(-9, 9).map(float))


@st.composite
def rules_of_numbers(draw: st.DrawFn) -> ColumnRules:
    """Draw a column of amounts or of levels, some of which are refused."""
    values = draw(st.dictionaries(st.sampled_from(PLACES), POINTS, max_size=5))
    missing, listed = draw(POINTS), tuple(values.items())
    if draw(st.booleans()):
        other = draw(POINTS)
        return ColumnRules(
            name="x", kind="categorical", missing=missing, values=listed, other=other
        )
    cuts = sorted(draw(st.sets(st.sampled_from(PLACES), max_size=5)))
    intervals = tuple(
        Interval(low=low, high=high, points=draw(POINTS))
        for low, high in pairwise([None, *cuts, None])
    )
    return ColumnRules(
        name="x", kind="numeric", missing=missing, values=listed, intervals=intervals
    )


def points_of(rules: ColumnRules, number: float) -> float | None:
    """Read the rules as they are documented."""
    if math.isnan(number):
        return rules.missing
    if math.isinf(number):
        return None
    for value, points in rules.values:
        if value == number:
            return points
    for interval in rules.intervals:
        low = -math.inf if interval.low is None else interval.low
        high = math.inf if interval.high is None else interval.high
        if low <= number < high:
            return interval.points
    return rules.other


def neighbours() -> list[float]:
    around = [(math.nextafter(p, -math.inf), p, math.nextafter(p, math.inf)) for p in PLACES]
    return [*(number for three in around for number in three), -0.0, math.inf, -math.inf]


@given(rules=rules_of_numbers())
def test_steps(rules: ColumnRules) -> None:
    steps = steps_of(rules)
    assert all(low < high for low, high in pairwise(steps.starts))
    for number in neighbours():
        earned = steps.earned[bisect_right(steps.starts, number)]
        assert earned.points == points_of(rules, number)
    assert steps.earned[0].points == points_of(rules, math.nan)


@given(rules=rules_of_numbers())
def test_valid_numbers(rules: ColumnRules) -> None:
    ranges = valid_numbers(rules)
    assert ranges
    for number in neighbours():
        valid = points_of(rules, number) is not None
        assert any(part.holds(number) for part in ranges) == valid


def test_a_slope_is_kept_and_one_that_is_refused_is_none() -> None:
    line = Interval(low=1.0, high=2.0, points=3.0, slope=4.0)
    ends = Interval(low=None, high=1.0, points=0.0), Interval(low=2.0, high=None, points=7.0)
    rules = ColumnRules(name="x", kind="numeric", missing=0.0, intervals=(ends[0], line, ends[1]))
    steps = steps_of(rules)
    assert steps.is_linear
    assert steps.earned[bisect_right(steps.starts, 1.5)] == line
    refused = Interval(low=1.0, high=2.0, points=None, slope=4.0)
    rules = ColumnRules(
        name="x", kind="numeric", missing=0.0, intervals=(ends[0], refused, ends[1])
    )
    assert not steps_of(rules).is_linear


@pytest.mark.parametrize("kind", ["numeric", "categorical"])
def test_a_column_that_refuses_all_numbers_has_an_empty_range(kind: str) -> None:
    intervals = (Interval(low=None, high=None, points=None),) if kind == "numeric" else ()
    rules = ColumnRules(name="x", kind=kind, missing=1.0, intervals=intervals)  # type: ignore[arg-type]
    (part,) = valid_numbers(rules)
    assert not any(part.holds(number) for number in neighbours())
