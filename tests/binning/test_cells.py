"""Counting on cells: nothing lost, in order, of little weight, and free of row order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.binning import Outcomes, _cells
from creditscore.binning._cells import Cells, CountedColumn

SHAPES = {
    "normal": lambda rng, n: rng.normal(size=n),
    "whole numbers": lambda rng, n: rng.integers(18, 90, n).astype(float),
    "amounts": lambda rng, n: np.round(np.exp(6 + 2 * rng.normal(size=n)), 2),
    "negative amounts": lambda rng, n: -np.exp(6 + 2 * rng.normal(size=n)),
    "half zero": lambda rng, n: np.where(rng.random(n) < 0.5, 0.0, rng.exponential(size=n)),
    "one giant": lambda rng, n: np.append(rng.normal(size=n - 1), 1e300),
    "heavy tails": lambda rng, n: rng.standard_cauchy(n),
    "tiny range": lambda rng, n: 1.0 + rng.random(n) * 1e-12,
    "two values": lambda rng, n: rng.integers(0, 2, n).astype(float),
    "subnormal": lambda rng, n: rng.integers(0, 10_000, n) * 5e-324,
    "as wide as floats": lambda rng, n: rng.choice([-1.7e308, 0.0, 3.0, 1.7e308], n),
    "both zeros": lambda rng, n: rng.choice([-0.0, 0.0, 1.0], n),
}


def count(values: np.ndarray, outcomes: Outcomes) -> CountedColumn:
    return CountedColumn.of(values, outcomes, float(values.min()), float(values.max()))


def drawn(shape: str, n: int, seed: int = 0) -> tuple[np.ndarray, Outcomes]:
    rng = np.random.default_rng(seed)
    return SHAPES[shape](rng, n), Outcomes.of(rng.random(n) < 0.2)


def same(first: Cells, second: Cells) -> bool:
    return all(
        np.array_equal(getattr(first, part), getattr(second, part))
        for part in ("low", "high", "good", "bad")
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [1_000, 60_000])
def test_cells_are_in_order_and_hold_every_row(shape: str, n: int) -> None:
    values, outcomes = drawn(shape, n)
    cells = count(values, outcomes).cells
    assert (cells.low <= cells.high).all()
    assert (cells.high[:-1] < cells.low[1:]).all()
    edges = np.append(cells.low, np.inf)
    for is_bad, counted in ((False, cells.good), (True, cells.bad)):
        of_class = np.sort(values[outcomes.is_bad == is_bad])
        assert np.diff(np.searchsorted(of_class, edges)).tolist() == counted.tolist()
    assert np.isin(cells.low, values).all()
    assert np.isin(cells.high, values).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_no_cell_of_several_values_weighs_much(shape: str) -> None:
    values, outcomes = drawn(shape, 60_000)
    cells = count(values, outcomes).cells
    most = _cells._CROWDED * len(values) / _cells._SHARES
    assert (cells.weight[cells.mixed] <= most).all()


@pytest.mark.parametrize("shape", ["normal", "amounts", "heavy tails"])
def test_telling_values_apart_changes_these_cells_alone(shape: str) -> None:
    values, outcomes = drawn(shape, 60_000)
    column = count(values, outcomes)
    chosen = np.arange(100, 160)
    apart = column.told_apart(chosen)
    whole = Cells.of_values(values, outcomes)
    low, high = column.cells.low[100], column.cells.high[159]
    exact = whole.at(np.flatnonzero((whole.low >= low) & (whole.low <= high)))
    cells = apart.cells
    inside = cells.at(np.flatnonzero((cells.low >= low) & (cells.low <= high)))
    assert same(inside, exact)
    assert same(cells.at(np.flatnonzero(cells.high < low)), column.cells.at(np.arange(100)))
    assert apart.told_apart(np.arange(len(apart.cells.low))).cells.low.tolist() == (
        whole.low.tolist()
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [1, 2, 511, 512, 20_000])
def test_values_are_brought_in_order(shape: str, n: int) -> None:
    values, _ = drawn(shape, n)
    order = _cells._ascending(values)
    assert values[order].tolist() == np.sort(values).tolist()
    assert np.bincount(order, minlength=n).tolist() == [1] * n


@pytest.mark.parametrize("shape", SHAPES)
def test_row_order_has_no_say(shape: str) -> None:
    values, _ = drawn(shape, 40_000)
    rng = np.random.default_rng(1)
    is_bad, weights = rng.random(len(values)) < 0.2, rng.random(len(values))
    order = rng.permutation(len(values))
    assert same(
        count(values, Outcomes.of(is_bad, weights)).cells,
        count(values[order], Outcomes.of(is_bad[order], weights[order])).cells,
    )


@pytest.mark.parametrize("shape", ["normal", "amounts", "half zero"])
def test_short_and_long_columns_are_counted_alike(
    monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    values, outcomes = drawn(shape, 3_000)
    exact = count(values, outcomes)
    monkeypatch.setattr(_cells, "_SHORT", 0)
    monkeypatch.setattr(_cells, "_CHUNK", 700)
    gridded = count(values, outcomes)
    assert gridded.cells.mixed.any()
    assert same(gridded.told_apart(np.arange(len(gridded.cells.low))).cells, exact.cells)


@settings(max_examples=200)
@given(weights=st.lists(st.floats(0, 1e12), min_size=1, max_size=50), seed=st.integers(0, 999))
def test_weights_are_rounded_so_that_sums_are_exact(weights: list[float], seed: int) -> None:
    given_weights = np.array(weights)
    rounded = Outcomes.of(np.zeros(len(weights), dtype=bool), given_weights).weights
    assert rounded is not None
    atol = 1e-15 * given_weights.sum() + 1e-300
    np.testing.assert_allclose(rounded, given_weights, rtol=0, atol=atol)
    assert ((rounded > 0) == (given_weights > 0)).all()
    order = np.random.default_rng(seed).permutation(len(weights))
    assert np.cumsum(rounded[order])[-1] == np.cumsum(rounded)[-1]


def test_whole_weights_stay() -> None:
    weights = np.array([3.0, 0.0, 1e6, 12345.0])
    rounded = Outcomes.of(np.zeros(4, dtype=bool), weights).weights
    assert rounded is not None
    assert rounded.tolist() == weights.tolist()
