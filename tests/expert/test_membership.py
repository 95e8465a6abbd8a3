"""Membership functions: their shapes, their partitions, what they refuse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert import (
    GaussianMembership,
    Membership,
    RidgeMembership,
    TrapezoidMembership,
    TriangularMembership,
    ridge_partition,
    triangular_partition,
)

NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)
PEAKS = st.lists(st.integers(-1000, 1000), min_size=2, max_size=7, unique=True).map(sorted)


def ridge(x: float, foot: float, peak: float) -> float:
    """Write the ascending ridge out as the textbooks do."""
    if x <= foot:
        return 0.0
    if x > peak:
        return 1.0
    return 0.5 + 0.5 * math.sin(math.pi / (peak - foot) * (x - (foot + peak) / 2))


# --- shapes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "values", "expected"),
    [
        (TriangularMembership(low=0, peak=1, high=3), [-1, 0, 0.5, 1, 2, 3, 9],
         [0, 0, 0.5, 1, 0.5, 0, 0]),
        (TriangularMembership(low=0, peak=0, high=2), [-0.1, 0, 1, 2], [0, 1, 0.5, 0]),
        (TriangularMembership(low=0, peak=2, high=2), [0, 1, 2, 2.1], [0, 0.5, 1, 0]),
        (TrapezoidMembership(low=0, low_peak=1, high_peak=2, high=4), [0, 0.25, 1.5, 3, 4],
         [0, 0.25, 1, 0.5, 0]),
        (TrapezoidMembership(low=1, low_peak=1, high_peak=2, high=2), [0.9, 1, 2, 2.1],
         [0, 1, 1, 0]),
        (TrapezoidMembership.ascending(2, 3), [1, 2.5, 3, 1e300, math.inf], [0, 0.5, 1, 1, 1]),
        (TrapezoidMembership.descending(2, 3), [-math.inf, 2, 2.5, 3], [1, 1, 0.5, 0]),
        (GaussianMembership(centre=1, width=2), [1, 3, -math.inf, 1e300],
         [1, math.exp(-0.5), 0, 0]),
        (GaussianMembership.ascending(1, 2), [-3, -1, 1, 1e300, math.inf],
         [math.exp(-2), math.exp(-0.5), 1, 1, 1]),
        (GaussianMembership.descending(1, 2), [-math.inf, 1, 3, 5],
         [1, 1, math.exp(-0.5), math.exp(-2)]),
        (TriangularMembership(low=0, peak=0.5, high=1), [-1.7e308, 1.7e308], [0, 0]),
        (GaussianMembership(centre=-1, width=0.1), [1.7e308], [0]),
    ],
)  # fmt: skip
def test_shapes(function: Membership, values: list[float], expected: list[float]) -> None:
    np.testing.assert_allclose(function.membership(values), expected, atol=1e-15)


@given(x=NUMBERS, foot=st.floats(-100, 0), width=st.floats(0.01, 100))
def test_ridge_is_the_formula_of_the_textbooks(x: float, foot: float, width: float) -> None:
    peak = foot + width
    found = RidgeMembership.ascending(foot, peak).membership([x])[0]
    assert found == pytest.approx(ridge(x, foot, peak), abs=1e-9)
    falling = RidgeMembership.descending(foot, peak).membership([x])[0]
    assert found + falling == pytest.approx(1, abs=1e-12)
    middle = RidgeMembership(low=foot, low_peak=peak, high_peak=peak, high=peak + 7)
    expected = min(ridge(x, foot, peak), 1 - ridge(x, peak, peak + 7))
    assert middle.membership([x])[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "function",
    [
        TriangularMembership(low=0, peak=1, high=2),
        TriangularMembership(low=0, peak=0, high=2),
        TrapezoidMembership.ascending(0, 1),
        RidgeMembership.descending(0, 1),
        GaussianMembership(centre=0, width=1),
    ],
)
def test_missing_stays_missing(function: Membership) -> None:
    found = function.membership([math.nan, 0.5])
    assert np.isnan(found).tolist() == [True, False]


# --- partitions ----------------------------------------------------------------------


@given(peaks=PEAKS, down=st.booleans(), x=st.floats(-1500, 1500))
def test_partitions_add_up_to_one(peaks: list[int], down: bool, x: float) -> None:
    ordered = peaks[::-1] if down else peaks
    for partition in (triangular_partition(ordered), ridge_partition(ordered)):
        found = [float(grade.membership([x])[0]) for grade in partition]
        assert sum(found) == pytest.approx(1, abs=1e-9)
        assert all(-1e-12 <= m <= 1 + 1e-12 for m in found)
        assert sum(m > 1e-9 for m in found) <= 2


@given(peaks=PEAKS, down=st.booleans())
def test_each_peak_belongs_wholly_to_its_grade(peaks: list[int], down: bool) -> None:
    ordered = peaks[::-1] if down else peaks
    for partition in (triangular_partition(ordered), ridge_partition(ordered)):
        found = [grade.membership(ordered) for grade in partition]
        np.testing.assert_allclose(found, np.eye(len(peaks)), atol=1e-12)


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize("peaks", [[1], [], [1, 1], [1, 3, 2], "ab", 3, [1, math.nan], [1, "b"]])
def test_partition_refuses(peaks: Any) -> None:
    with pytest.raises(InvalidParameterError, match="peaks"):
        triangular_partition(peaks)


@pytest.mark.parametrize(
    ("kind", "numbers", "match"),
    [
        (TriangularMembership, {"low": 1, "peak": 0, "high": 2}, "must not decrease"),
        (TriangularMembership, {"low": 1, "peak": 1, "high": 1}, "first be below the last"),
        (TriangularMembership, {"low": -math.inf, "peak": 0, "high": 2}, "'low' parameter"),
        (TrapezoidMembership, {"low": 0, "low_peak": 2, "high_peak": 1, "high": 3},
         "must not decrease"),
        (TrapezoidMembership, {"low": -math.inf, "low_peak": 0, "high_peak": 1, "high": 3},
         "open end"),
        (RidgeMembership, {"low": -math.inf, "low_peak": -math.inf, "high_peak": math.inf,
         "high": math.inf}, "one side at most"),
        (RidgeMembership, {"low": 0, "low_peak": 0, "high_peak": math.inf, "high": math.nan},
         "'high' parameter"),
        (GaussianMembership, {"centre": 0, "width": 0}, "'width' parameter"),
        (GaussianMembership, {"centre": 0, "width": 1, "open_end": "top"}, "'open_end' parameter"),
    ],
)  # fmt: skip
def test_functions_refuse(kind: type, numbers: dict[str, float], match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        kind(**numbers)


def test_text_is_no_number() -> None:
    with pytest.raises(InvalidDataError, match="values must hold numbers"):
        TriangularMembership(low=0, peak=1, high=2).membership(["1"])
