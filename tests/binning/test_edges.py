"""Pre-bin edges: free of row order, mergeable without loss, no pre-bin overfull."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.binning import EdgeSample
from creditscore.exceptions import IncompatibleCountsError

SMALL = 50
"""A capacity that a few hundred values exceed, so that levels above 0 are reached."""

seeds = st.integers(0, 2**32 - 1)


def some_values(seed: int, most: int = 400) -> np.ndarray:
    """Draw values with ties, heavy values, both signs and both zeros."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, most))
    scale = 10.0 ** rng.integers(-3, 6)
    values = np.round(scale * rng.normal(size=n), int(rng.integers(0, 4)))
    heavy = rng.random(n) < rng.choice([0, 0.1, 0.6])
    values[heavy] = rng.choice([0.0, -0.0, scale, -scale], size=heavy.sum())
    return values


def shares(values: np.ndarray, edges: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    codes = np.searchsorted(edges, values, side="right")
    held = np.bincount(codes, weights=weights, minlength=len(edges) + 1)
    return held / held.sum()


def same(first: EdgeSample, second: EdgeSample) -> bool:
    return (
        (first.level, first.capacity) == (second.level, second.capacity)
        and np.array_equal(first.values, second.values)
        and np.array_equal(first.weights, second.weights)
    )


# --- laws of the sample ------------------------------------------------------------------


@given(seed=seeds)
def test_row_order_is_irrelevant(seed: int) -> None:
    values = some_values(seed)
    rng = np.random.default_rng(seed)
    weights, order = rng.random(len(values)), rng.permutation(len(values))
    shuffled = EdgeSample.from_values(values[order], weights[order], capacity=SMALL)
    assert same(EdgeSample.from_values(values, weights, capacity=SMALL), shuffled)


@given(seed=seeds)
def test_merge_is_the_sample_of_both(seed: int) -> None:
    first, second = some_values(seed), some_values(seed + 1)
    one, two = (EdgeSample.from_values(batch, capacity=SMALL) for batch in (first, second))
    both = EdgeSample.from_values(np.concatenate([first, second]), capacity=SMALL)
    assert same(one.merge(two), both)
    assert same(two.merge(one), both)


@given(seed=seeds)
def test_merge_is_associative(seed: int) -> None:
    a, b, c = (
        EdgeSample.from_values(some_values(seed + i, most=150), capacity=SMALL) for i in range(3)
    )
    assert same(a.merge(b).merge(c), a.merge(b.merge(c)))


def test_merging_many_batches_reaches_high_levels() -> None:
    values = np.random.default_rng(1).normal(size=6_400)
    merged = EdgeSample.from_values(values[:64], capacity=SMALL)
    for start in range(64, len(values), 64):
        merged = merged.merge(EdgeSample.from_values(values[start : start + 64], capacity=SMALL))
    assert merged.level >= 6
    assert same(merged, EdgeSample.from_values(values, capacity=SMALL))


@given(seed=seeds)
def test_weight_is_repetition(seed: int) -> None:
    values = some_values(seed)
    times = np.random.default_rng(seed).integers(1, 5, size=len(values))
    weighted = EdgeSample.from_values(values, times.astype(float), capacity=SMALL)
    assert same(weighted, EdgeSample.from_values(np.repeat(values, times), capacity=SMALL))


@given(seed=seeds)
def test_sample_keeps_exact_weights_and_fills_half_its_capacity(seed: int) -> None:
    values = some_values(seed)
    sample = EdgeSample.from_values(values, capacity=SMALL)
    distinct, counts = np.unique(values, return_counts=True)
    at = np.searchsorted(distinct, sample.values)
    assert np.array_equal(distinct[at], sample.values)
    assert np.array_equal(counts[at], sample.weights)
    assert len(sample.values) <= SMALL
    assert (sample.level == 0) == (len(distinct) <= SMALL)
    assert sample.level > 0 or len(sample.values) == len(distinct)


def test_both_zeros_are_one_value() -> None:
    sample = EdgeSample.from_values(np.array([0.0, -0.0, 1.0, -0.0]))
    assert sample.values.tolist() == [0.0, 1.0]
    assert sample.weights.tolist() == [3.0, 1.0]
    assert not np.signbit(sample.values).any()


def test_samples_of_different_capacity_do_not_merge() -> None:
    first = EdgeSample.from_values(np.arange(3.0), capacity=10)
    second = EdgeSample.from_values(np.arange(3.0), capacity=20)
    with pytest.raises(IncompatibleCountsError, match=r"different capacity.*Got 10 and 20"):
        first.merge(second)


# --- edges ------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1])
def test_no_edge_without_two_values(n: int) -> None:
    assert len(EdgeSample.from_values(np.full(3 * n, 7.0)).edges(10)) == 0


def test_few_distinct_values_are_prebins_of_their_own() -> None:
    sample = EdgeSample.from_values(np.array([3.0, 1.0, 2.0, 2.0, 9.0]))
    assert sample.edges(4).tolist() == [2.0, 3.0, 9.0]


def test_many_values_fill_prebins_evenly() -> None:
    # 1,000 equally frequent values in 4 pre-bins: the quartiles
    assert EdgeSample.from_values(np.arange(1_000.0)).edges(4).tolist() == [250.0, 500.0, 750.0]


def test_heavy_value_stands_alone() -> None:
    # 500 of 1,000 rows are 300; the other 500 values share the 9 other pre-bins
    values = np.concatenate([np.arange(500.0), np.full(500, 300.0)])
    edges = EdgeSample.from_values(values).edges(10)
    assert {300.0, 301.0} <= set(edges.tolist())
    rest = np.delete(shares(values, edges), np.flatnonzero(edges == 300.0) + 1)
    assert rest.max() <= 0.06  # 500 values in 9 pre-bins, and one split by the heavy value


@settings(max_examples=300)
@given(seed=seeds, most=st.integers(2, 40))
def test_no_prebin_is_overfull(seed: int, most: int) -> None:
    values = some_values(seed, most=2_000)
    weights = np.random.default_rng(seed).integers(1, 4, size=len(values)).astype(float)
    edges = EdgeSample.from_values(values, weights).edges(most)
    assert (np.diff(edges) > 0).all()
    assert np.isin(edges, values).all()
    codes = np.searchsorted(edges, values, side="right")
    held = shares(values, edges, weights)
    assert (held > 0).all()
    for code in np.flatnonzero(held > 2.0 / most + 1e-12):
        assert len(np.unique(values[codes == code])) == 1
    assert len(edges) + 1 <= 2 * most


# --- how far a sampled edge is from its place --------------------------------------------

SHAPES = {
    "normal": lambda rng, n: rng.normal(size=n),
    "whole numbers": lambda rng, n: rng.permutation(n).astype(float),
    "amounts in cents": lambda rng, n: np.round(np.exp(6 + 2 * rng.normal(size=n)), 2),
    "tiny range": lambda rng, n: 1.0 + rng.random(n) * 1e-9,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_rank_error_far_beyond_the_capacity(shape: str) -> None:
    # 1,000 to 2,000 of 100,000 values are kept. An edge at share p is then off by about
    # sqrt(p (1 - p) / 1,000) <= 0.016 (one standard error); three of them are let pass.
    values = SHAPES[shape](np.random.default_rng(11), 100_000)
    sample = EdgeSample.from_values(values, capacity=2_000)
    assert sample.level >= 5
    rank = np.searchsorted(np.sort(values), sample.edges(20)) / len(values)
    assert np.abs(rank - np.arange(1, 20) / 20).max() < 0.048


def test_rank_error_at_the_default_capacity() -> None:
    # the 0.003 that CAPACITY promises
    values = np.random.default_rng(12).gamma(2.0, size=500_000)
    sample = EdgeSample.from_values(values)
    assert sample.level == 2
    rank = np.searchsorted(np.sort(values), sample.edges(100)) / len(values)
    assert np.abs(rank - np.arange(1, 100) / 100).max() < 0.003
