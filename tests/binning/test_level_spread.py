"""Whether small levels differ beyond chance, and how many rows speak for one."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from creditscore import WOEEncoder
from creditscore.binning import BinConstraints
from creditscore.binning._level_spread import rows_of_prior, variance_by_chance


def levels_of(
    n_levels: int, rows: tuple[int, int], prior: float, rate: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw levels whose bad rates come from a beta distribution of so many prior rows."""
    rng = np.random.default_rng(seed)
    n = rng.integers(*rows, n_levels)
    rates = rng.beta(prior * rate, prior * (1 - rate), n_levels) if math.isfinite(prior) else rate
    bad = rng.binomial(n, rates).astype(float)
    return n - bad, bad


@pytest.mark.parametrize("n", [2, 3, 7])
@pytest.mark.parametrize("rate", [0.03, 0.3, 0.5])
def test_variance_is_that_of_all_outcomes(n: int, rate: float) -> None:
    outcomes = np.arange(n + 1)
    chance = binom.pmf(outcomes, n, rate)
    part = np.square(outcomes - n * rate) / (n * rate * (1 - rate))
    mean = chance @ part
    assert mean == pytest.approx(1)
    expected = chance @ np.square(part - mean)
    assert variance_by_chance(np.array([n]), rate * (1 - rate))[0] == pytest.approx(expected)


@pytest.mark.parametrize("prior", [2.5, 4.0, 15.0])
def test_prior_of_drawn_levels_is_found(prior: float) -> None:
    found = rows_of_prior(*levels_of(20_000, (2, 30), prior, 0.3, seed=1))
    assert found == pytest.approx(prior, rel=0.1)


@pytest.mark.parametrize("rate", [0.05, 0.3])
@pytest.mark.parametrize("n_levels", [2, 20, 300])
def test_equal_levels_are_mostly_called_alike(n_levels: int, rate: float) -> None:
    drawn = [levels_of(n_levels, (1, 30), math.inf, rate, seed) for seed in range(300)]
    different = sum(math.isfinite(rows_of_prior(good, bad)) for good, bad in drawn)
    assert different <= 9  # 3 expected at most


def test_levels_that_tell_nothing() -> None:
    none = np.empty(0)
    assert rows_of_prior(none, none) == math.inf
    assert rows_of_prior(np.array([3.0]), np.array([7.0])) == math.inf
    assert rows_of_prior(np.array([3.0, 9.0]), np.zeros(2)) == math.inf
    assert rows_of_prior(np.zeros(2), np.array([3.0, 9.0])) == math.inf
    single = np.tile([0.0, 1.0], 500)
    assert rows_of_prior(single, 1 - single) == math.inf


def test_levels_of_one_class_each_still_need_two_rows() -> None:
    good = np.tile([0.0, 20.0], 50)
    assert rows_of_prior(good, 20 - good) == 2


@given(
    counts=st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), min_size=1, max_size=12),
    data=st.data(),
)
def test_order_classes_and_empty_levels_do_not_matter(
    counts: list[tuple[int, int]], data: st.DataObject
) -> None:
    good, bad = np.array(counts, dtype=float).T
    expected = rows_of_prior(good, bad)
    place = data.draw(st.permutations(range(len(good))))
    assert rows_of_prior(good[place], bad[place]) == pytest.approx(expected)
    assert rows_of_prior(bad, good) == pytest.approx(expected)
    assert rows_of_prior(np.append(good, 0.0), np.append(bad, 0.0)) == pytest.approx(expected)


def customers(prior: float, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw invoices of 100 customers, some 20 each."""
    good, bad = levels_of(100, (15, 26), prior, 0.35, seed)
    n = (good + bad).astype(int)
    is_bad = np.concatenate([np.arange(m) < b for m, b in zip(n, bad, strict=True)])
    return pd.DataFrame({"customer": np.repeat([f"C{i:03}" for i in range(100)], n)}), is_bad


def test_customers_who_differ_are_told_apart_by_few_invoices() -> None:
    X, is_bad = customers(prior=1.0, seed=3)
    table = WOEEncoder().fit(X, is_bad).tables_["customer"]
    assert table.n_bins > 3
    assert table.iv > 1.0


def test_customers_who_are_alike_are_pooled() -> None:
    X, is_bad = customers(prior=math.inf, seed=3)
    with pytest.warns(UserWarning, match="customer"):
        table = WOEEncoder().fit(X, is_bad).tables_["customer"]
    assert table.n_bins == 1


def test_a_size_that_was_asked_for_holds() -> None:
    X, is_bad = customers(prior=1.0, seed=3)
    asked = WOEEncoder(constraints=BinConstraints(min_level_size=30))
    with pytest.warns(UserWarning, match="lower min_level_size"):
        assert asked.fit(X, is_bad).tables_["customer"].n_bins == 1
