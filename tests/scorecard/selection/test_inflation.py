"""The filter of variance inflation against brute force, and columns that others determine."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.outliers_influence import variance_inflation_factor

from creditscore.scorecard.selection._candidates import Candidates, determined
from creditscore.scorecard.selection._filters import inflation_fates
from growth import fastest


def candidates(features: np.ndarray, forced: tuple[str, ...] = ()) -> Candidates:
    """Columns x0, x1, … of falling information value."""
    p = features.shape[1]
    tables = tuple(SimpleNamespace(feature=f"x{i}", iv=1.0 - 0.001 * i) for i in range(p))
    is_bad = np.arange(len(features)) % 2 == 0
    return Candidates(
        tables=tables,  # type: ignore[arg-type]
        features=features,
        is_bad=is_bad,
        weights=None,
        forced=frozenset(forced),
    )


def by_brute_force(features: np.ndarray, max_vif: float, forced: set[str]) -> list[tuple]:
    left = list(range(features.shape[1]))
    gone = []
    while len(left) > 1:
        design = np.column_stack([np.ones(len(features)), features[:, left]])
        factors = [
            0.0 if f"x{column}" in forced else variance_inflation_factor(design, k + 1)
            for k, column in enumerate(left)
        ]
        # of equal ones the last, whose information value is the least
        worst = int(np.flatnonzero(np.array(factors) >= max(factors) * (1 - 1e-9))[-1])
        if factors[worst] <= max_vif:
            break
        gone.append((f"x{left[worst]}", factors[worst]))
        del left[worst]
    return gone


@given(seed=st.integers(0, 10_000), n_forced=st.integers(0, 2))
@settings(max_examples=30, deadline=None)
def test_the_columns_that_brute_force_takes(seed: int, n_forced: int) -> None:
    rng = np.random.default_rng(seed)
    p = int(rng.integers(2, 12))
    features = rng.normal(size=(120, p)) + rng.normal(size=(120, 2)) @ rng.normal(
        scale=2, size=(2, p)
    )
    forced = {f"x{i}" for i in range(n_forced)}
    expected = by_brute_force(features, 4.0, forced)
    found = list(inflation_fates(candidates(features, tuple(forced)), 4.0))
    assert [fate.feature for fate in found] == [name for name, _ in expected]
    np.testing.assert_allclose(
        [fate.statistic for fate in found], [size for _, size in expected], rtol=1e-8
    )
    assert all(fate.limit == 4.0 for fate in found)


def test_of_columns_that_determine_each_other_the_least_informative_go() -> None:
    features = np.random.default_rng(0).normal(size=(200, 4))
    features = np.column_stack([features, features[:, 0] + features[:, 1], features[:, 2]])
    found = list(inflation_fates(candidates(features), 10.0))
    assert [(fate.feature, fate.statistic) for fate in found] == [
        ("x4", math.inf),
        ("x5", math.inf),
    ]
    assert "others determine it" in found[0].reason
    forced = list(inflation_fates(candidates(features, ("x4", "x5")), 10.0))
    assert sorted(fate.feature for fate in forced) == ["x1", "x2"]
    # where all of them are forced in, all stay
    assert list(inflation_fates(candidates(features, ("x0", "x1", "x2", "x4", "x5")), 10.0)) == []


def test_a_constant_and_nearly_the_same_columns() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(500, 3))
    near = features[:, 0] + 1e-3 * rng.normal(size=500)
    features = np.column_stack([features, near, np.ones(500)])
    found = list(inflation_fates(candidates(features), 10.0))
    assert len(found) == 1
    assert found[0].feature in ("x0", "x3")
    assert found[0].statistic > 1e5
    assert list(inflation_fates(candidates(np.ones((50, 1))), 2.0)) == []


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_what_is_left_is_independent_and_spans_the_same(order: list[int]) -> None:
    basis = np.random.default_rng(1).normal(size=(100, 2))
    features = basis @ np.array([[1.0, 0.0, 1.0, 2.0], [0.0, 1.0, -1.0, 0.0]])
    gone = determined(np.corrcoef(features.T), order)
    kept = [i for i in range(4) if i not in gone]
    assert len(kept) == 2
    assert np.linalg.matrix_rank(features[:, kept]) == 2
    # the first in the order stays, and so does the next that it does not determine
    assert order[0] in kept


def test_no_matrix_is_inverted_anew_for_each_column() -> None:
    rng = np.random.default_rng(2)
    features = rng.normal(size=(600, 150)) + 3 * rng.normal(size=(600, 1))
    asked = candidates(features)
    correlations = np.corrcoef(features.T)
    assert len(list(inflation_fates(asked, 1.5))) > 100

    def inverted_anew() -> None:
        for n_left in range(150, 50, -1):
            np.linalg.inv(correlations[:n_left, :n_left])

    assert fastest(lambda: list(inflation_fates(asked, 1.5))) < fastest(inverted_anew)
