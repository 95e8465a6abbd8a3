"""The fast interval search equals numpy's binary search, value for value and bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.binning import _digitize
from creditscore.binning._digitize import digitize

MANY = 4_500
"""More values than the fast path asks for."""


def expected(values: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), 0, np.searchsorted(cuts, values, side="right"))


def with_neighbours(values: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Add each cut, the floats next to it, NaN, and repeat all up to a length for the fast path."""
    with np.errstate(over="ignore"):  # the float next to the largest is infinite, and left out
        near = [cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf)]
    every = np.concatenate([values, *near, [np.nan, 0.0, -0.0]])
    return np.resize(every[~np.isinf(every)], max(MANY, len(every)))


finite = st.floats(allow_nan=False, allow_infinity=False)


def cut_lists(elements: st.SearchStrategy[float]) -> st.SearchStrategy[np.ndarray]:
    lists = st.lists(elements, min_size=0, max_size=30, unique=True)
    return lists.map(lambda cuts: np.array(sorted(cuts), dtype=float))


@given(values=st.lists(finite, max_size=30), cuts=cut_lists(finite))
def test_any_floats(values: list[float], cuts: np.ndarray) -> None:
    every = with_neighbours(np.array(values, dtype=float), cuts)
    assert np.array_equal(digitize(every, cuts), expected(every, cuts))


@pytest.mark.parametrize(
    ("value", "cuts"),
    [
        pytest.param(1.7e308, [0.0, 1.0], id="distance finite, its place among the cells not"),
        pytest.param(-1.7e308, [1e308, 1.5e308], id="distance from the first cut not finite"),
        pytest.param(0.0, [-1.7e308, 1.7e308], id="range of the cuts not finite"),
        pytest.param(1.0, [0.0, 5e-324], id="cuts one denormal apart"),
    ],
)
def test_ends_of_the_float_range(value: float, cuts: list[float]) -> None:
    every = with_neighbours(np.array([value]), np.array(cuts))
    assert np.array_equal(digitize(every, np.array(cuts)), expected(every, np.array(cuts)))


@given(
    values=st.lists(st.floats(-120, 120), max_size=50),
    cuts=cut_lists(st.floats(-100, 100) | st.integers(-100, 100).map(float)),
)
def test_floats_of_one_magnitude(values: list[float], cuts: np.ndarray) -> None:
    every = with_neighbours(np.array(values, dtype=float), cuts)
    assert np.array_equal(digitize(every, cuts), expected(every, cuts))


CUTS = {
    "none": np.array([]),
    "one": np.array([3.0]),
    "even": np.linspace(-2, 2, 99),
    "quantiles": np.quantile(np.random.default_rng(0).normal(size=9_999), np.linspace(0.01, 0.99)),
    "crowded": np.concatenate([1 + np.arange(40) * 2.0**-52, [1e6]]),
    "growing": 2.0 ** np.arange(-60, 60),
    "neighbours": np.array([1.0, np.nextafter(1.0, 2.0), np.nextafter(1.0, 3.0), 2.0]),
    "denormal": np.array([-5e-324, 0.0, 5e-324, 1e-323]),
    "more than int16": np.arange(40_000.0),
    "whole numbers": np.arange(12.0),
}


@pytest.mark.parametrize("n", [0, 1, 3_999, 4_000, 30_000])
@pytest.mark.parametrize("name", CUTS)
def test_kinds_of_cuts_and_lengths(name: str, n: int) -> None:
    cuts = CUTS[name]
    values = np.resize(with_neighbours(np.random.default_rng(1).normal(size=500), cuts), n)
    codes = digitize(values, cuts)
    assert codes.dtype == np.intp
    assert np.array_equal(codes, expected(values, cuts))


@pytest.mark.parametrize("name", ["even", "quantiles", "whole numbers", "neighbours"])
def test_fast_path_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = with_neighbours(np.linspace(-3, 12, 700), CUTS[name])
    right = expected(values, CUTS[name])
    monkeypatch.delattr(_digitize, "_search")
    assert np.array_equal(digitize(values, CUTS[name]), right)


def test_values_are_not_changed() -> None:
    values = np.resize(np.array([1.0, np.nan, -0.0, 5.0]), MANY)
    before = values.copy()
    values.setflags(write=False)
    digitize(values, CUTS["even"])
    assert np.array_equal(values, before, equal_nan=True)
