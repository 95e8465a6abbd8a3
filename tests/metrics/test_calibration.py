"""Brier score and the interval of a default rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.metrics import brier_score_loss

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import brier_score, jeffreys_interval

# --- Brier score -------------------------------------------------------------------------


def test_brier_score_by_hand() -> None:
    # (0.3² + 0.2² + 0.1² + 0²) / 4
    assert brier_score([1, 0, 0, 0], [0.7, 0.2, 0.1, 0.0]) == pytest.approx(0.14 / 4)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_brier_score_is_scikit_learns(seed: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    prob = rng.random(200)
    is_bad = (rng.random(200) < prob).astype(int)
    weights = rng.exponential(size=200) if weighted else None
    expected = brier_score_loss(is_bad, prob, sample_weight=weights)
    assert brier_score(is_bad, prob, sample_weight=weights) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("is_bad", [[0, 0], [1, 1]], ids=["no bad", "no good"])
def test_brier_score_of_one_class(is_bad: list[int]) -> None:
    # a month without a default has a Brier score as any other: ((y - 0.1)² + (y - 0.3)²) / 2
    y = is_bad[0]
    expected = ((y - 0.1) ** 2 + (y - 0.3) ** 2) / 2
    assert brier_score(is_bad, [0.1, 0.3]) == pytest.approx(expected)


@pytest.mark.parametrize("prob", [[10, 20], [-0.1, 0.5], [0.5, 1.01], [0.5, np.nan]])
def test_brier_score_wants_fractions(prob: list[float]) -> None:
    with pytest.raises(InvalidDataError, match=r"fractions in \[0, 1\]|missing value"):
        brier_score([0, 1], prob)


# --- Jeffreys interval ---------------------------------------------------------------------

groups = st.lists(
    st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=8,
)


@given(rows=groups, level=st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_interval_is_the_equal_tailed_one_of_the_posterior(
    rows: list[tuple[int, int]], level: float
) -> None:
    n_bad, n_total = map(np.array, zip(*rows, strict=True))
    lower, upper = jeffreys_interval(n_bad, n_total, level=level)
    posterior = beta(n_bad + 0.5, n_total - n_bad + 0.5)
    tails = posterior.ppf((1 - level) / 2), posterior.ppf(1 - (1 - level) / 2)
    np.testing.assert_allclose(lower, np.where(n_bad == 0, 0, tails[0]), rtol=1e-9)
    np.testing.assert_allclose(upper, np.where(n_bad == n_total, 1, tails[1]), rtol=1e-9)
    assert (lower <= n_bad / n_total).all()
    assert (n_bad / n_total <= upper).all()


def test_interval_ends_where_the_test_of_the_ecb_rejects() -> None:
    # ECB 2019, § 2.5.3.1, p = Beta(D + 1/2, N - D + 1/2).cdf(PD). Djurovic, statistical power of
    # PD tests: N = 99, D = 15, PD = 0.09656014 has p = 3.87 % (exact 0.03872463255), so this PD
    # is the lower end of the interval with 2 · 3.87 % outside.
    lower, _ = jeffreys_interval(15, 99, level=1 - 2 * 0.03872463255)
    assert float(lower) == pytest.approx(0.09656014, rel=1e-7)


def test_empty_group_may_be_anything() -> None:
    lower, upper = jeffreys_interval([0, 3], [0, 10])
    assert (lower[0], upper[0]) == (0, 1)


@pytest.mark.parametrize(
    ("n_bad", "n_total"), [([11], [10]), ([-1], [10]), ([np.nan], [10]), ([1], [np.nan])]
)
def test_counts_that_are_none(n_bad: list, n_total: list) -> None:
    with pytest.raises(InvalidDataError, match="between 0 and n_total"):
        jeffreys_interval(n_bad, n_total)


def test_swapped_counts_are_named() -> None:
    with pytest.raises(InvalidDataError, match=r"Got 170 of 3 in group 0\. Were n_bad and n_total"):
        jeffreys_interval([170, 118], [3, 10])


def test_groups_of_different_number() -> None:
    with pytest.raises(InvalidDataError, match="n_bad"):
        jeffreys_interval([1, 2, 3], [10, 10])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_level_is_a_fraction(level: float) -> None:
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0, 1\)"):
        jeffreys_interval(1, 10, level=level)
