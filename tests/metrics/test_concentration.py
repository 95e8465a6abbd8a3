"""Herfindahl-Hirschman index against the published vectors and the coefficient of variation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError
from creditscore.metrics import hhi


def coefficient_of_variation(shares: np.ndarray) -> float:
    """Of the shares of K grades: √(K Σ (R - 1/K)²), ECB 2019, § 2.5.5.3."""
    k = len(shares)
    return math.sqrt(k * ((shares - 1 / k) ** 2).sum())


# A. Djurovic, hi_cv_testing.pdf: shares of seven grades, and the ECB's index
# HI = 1 + ln((CV² + 1) / K) / ln K as printed (0.057, 1, 0.0734); exact values from R.
@pytest.mark.parametrize(
    ("shares", "cv", "ecb_index"),
    [
        ((0.13, 0.14, 0.23, 0.20, 0.11, 0.10, 0.09), 0.34234485537, 0.05695306905),
        ((1, 0, 0, 0, 0, 0, 0), 2.449489743, 1.0),
        ((0.13, 0.14, 0.24, 0.21, 0.11, 0.09, 0.08), 0.3919183588, 0.0734296430),
    ],
)
def test_published_shares(shares: tuple[float, ...], cv: float, ecb_index: float) -> None:
    k = len(shares)
    assert hhi(shares) == pytest.approx((cv**2 + 1) / k, rel=1e-8)
    assert 1 + math.log(hhi(shares)) / math.log(k) == pytest.approx(ecb_index, rel=1e-8)


sizes = st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(any)


@given(counts=sizes)
def test_index_is_that_of_the_coefficient_of_variation(counts: list[int]) -> None:
    shares = np.array(counts) / sum(counts)
    expected = (coefficient_of_variation(shares) ** 2 + 1) / len(counts)
    assert hhi(counts) == pytest.approx(expected, rel=1e-12)


@given(counts=sizes, factor=st.floats(1e-3, 1e3))
def test_laws(counts: list[int], factor: float) -> None:
    index = hhi(counts)
    assert 1 / len(counts) - 1e-12 <= index <= 1 + 1e-12
    assert hhi(np.array(counts) * factor) == pytest.approx(index, rel=1e-12)
    assert hhi(counts[::-1]) == pytest.approx(index, rel=1e-12)
    assert hhi([*counts, 0]) == pytest.approx(index, rel=1e-12)
    # groups of half the size each, twice as many
    assert hhi([*counts, *counts]) == pytest.approx(index / 2, rel=1e-12)


def test_ends_of_the_range() -> None:
    assert hhi([5, 0, 0]) == 1
    assert hhi([7] * 8) == pytest.approx(1 / 8, rel=1e-15)


def test_counts_whose_sum_is_no_float() -> None:
    assert hhi([1e308, 1e308]) == 0.5


@pytest.mark.parametrize(
    "counts",
    [[], [0, 0], [-1, 2], [math.nan, 1], [math.inf, 1], [[1, 2], [3, 4]]],
    ids=["empty", "nothing", "negative", "NaN", "infinite", "2-D"],
)
def test_counts_that_are_none(counts: list) -> None:
    with pytest.raises(
        InvalidDataError, match="counts must be a 1D list of counts or shares, zero"
    ):
        hhi(counts)
