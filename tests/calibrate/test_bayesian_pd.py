"""Bayes' estimate of few defaults: closed forms, independent integration, laws, edges."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, binom, norm

from creditscore.calibrate import bayesian_pd, default_rate_bound
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.metrics import jeffreys_interval

PRIORS = {"jeffreys": (0.5, 0.5), "uniform": (1.0, 1.0), "conservative": (1.0, 0.0)}

# --- reference: the conjugate beta distribution -------------------------------------------


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize(("n", "bad"), [(100, 0), (170, 3), (1000, 40)])
def test_independent_defaults_in_closed_form(prior: str, n: int, bad: int) -> None:
    a, b = PRIORS[prior]
    estimate = bayesian_pd(n, bad, prior=prior, level=0.9)
    exact = beta(a + bad, b + n - bad)
    assert estimate.prob_default[0] == pytest.approx((a + bad) / (a + b + n), rel=1e-12)
    found = [estimate.lower[0], estimate.median[0], estimate.upper[0]]
    np.testing.assert_allclose(found, exact.ppf([0.05, 0.5, 0.95]), rtol=1e-10)


def test_jeffreys_prior_is_that_of_the_interval() -> None:
    estimate = bayesian_pd([170, 118], [3, 10])
    lower, upper = jeffreys_interval([3, 10], [170, 118])
    np.testing.assert_allclose(estimate.lower, lower, rtol=1e-12)
    np.testing.assert_allclose(estimate.upper, upper, rtol=1e-12)


def test_a_limit_cuts_the_uniform_prior() -> None:
    """Tasche's constrained neutral estimator, by integration of the likelihood."""
    n, bad, limit = 50, 1, 0.05
    estimate = bayesian_pd(n, bad, prior="uniform", upper_limit=limit)

    def likelihood(p: float) -> float:
        return float(binom.pmf(bad, n, p))

    whole = quad(likelihood, 0, limit, epsabs=1e-14)[0]
    mean = quad(lambda p: p * likelihood(p), 0, limit, epsabs=1e-14)[0] / whole
    assert estimate.prob_default[0] == pytest.approx(mean, rel=1e-10)
    below = quad(likelihood, 0, float(estimate.upper[0]), epsabs=1e-14)[0] / whole
    assert below == pytest.approx(0.975, rel=1e-9)
    assert estimate.upper[0] < limit < bayesian_pd(n, bad, prior="uniform").upper[0]


# --- reference: integration over the factor and the probability ---------------------------

FACTOR = np.linspace(-8.5, 8.5, 1701)
WEIGHT = norm.pdf(FACTOR) * (FACTOR[1] - FACTOR[0])
PIECES = (0.0, 1e-7, 1e-5, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 0.6, 0.9, 1.0)


def integral(n: int, bad: int, correlation: float, prior: str, power: int, end: float) -> float:
    """Integral of p^power times the likelihood and the prior, from zero to an end."""
    a, b = PRIORS[prior]

    def at(p: float) -> float:
        shifted = (norm.ppf(p) - math.sqrt(correlation) * FACTOR) / math.sqrt(1 - correlation)
        likelihood = float(binom.pmf(bad, n, norm.cdf(shifted)) @ WEIGHT)
        return float(likelihood * p ** (a - 1 + power) * (1 - p) ** (b - 1))

    ends = [*(piece for piece in PIECES if piece < end), end]
    parts = pairwise(ends)
    return float(sum(quad(at, low, high, epsabs=0, epsrel=1e-8)[0] for low, high in parts))


@pytest.mark.parametrize(
    ("n", "bad", "correlation", "prior", "limit"),
    [
        (800, 3, 0.12, "conservative", 1.0),
        (100, 0, 0.12, "jeffreys", 1.0),
        (100, 0, 0.3, "uniform", 0.1),
        (50, 45, 0.2, "uniform", 1.0),
    ],
)
def test_correlated_defaults_against_integration(
    n: int, bad: int, correlation: float, prior: str, limit: float
) -> None:
    estimate = bayesian_pd(n, bad, prior=prior, correlation=correlation, upper_limit=limit)
    whole, first = (integral(n, bad, correlation, prior, power, limit) for power in (0, 1))
    assert estimate.prob_default[0] == pytest.approx(first / whole, rel=1e-7)
    for share in (0.025, 0.75):
        end = float(estimate.quantile(share)[0])
        below = integral(n, bad, correlation, prior, 0, end) / whole
        assert below == pytest.approx(share, rel=1e-7)


def test_several_periods_against_simulated_factors() -> None:
    rng = np.random.default_rng(3)
    rho, theta, n_periods, n, bad = 0.12, 0.3, 3, 300, 2
    factor = rng.standard_normal((n_periods, 20_000))
    for t in range(1, n_periods):
        factor[t] = theta * factor[t - 1] + math.sqrt(1 - theta**2) * factor[t]
    places = np.linspace(-7, 0.5, 100)
    likelihood = []
    for place in places:
        alive = norm.logsf((place - math.sqrt(rho) * factor) / math.sqrt(1 - rho)).sum(axis=0)
        likelihood.append(binom.pmf(bad, n, -np.expm1(alive)).mean())
    weight = np.array(likelihood) * norm.pdf(places)
    mean = float(weight @ norm.cdf(places) / weight.sum())
    estimate = bayesian_pd(
        n,
        bad,
        prior="uniform",
        correlation=rho,
        n_periods=n_periods,
        period_correlation=theta,
    )
    assert estimate.prob_default[0] == pytest.approx(mean, rel=0.02)


# --- laws ---------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 2000), st.integers(0, 20), st.floats(0.5, 0.999))
def test_the_conservative_quantile_is_the_upper_bound(n: int, bad: int, share: float) -> None:
    """Tasche 2013: of independent defaults, Pluto and Tasche's bound is such a quantile."""
    if bad >= n:
        bad = n - 1
    estimate = bayesian_pd(n, bad, prior="conservative")
    bound = float(default_rate_bound(n, bad, confidence=share))
    assert estimate.quantile(share)[0] == pytest.approx(bound, rel=1e-9)


@settings(deadline=None, max_examples=15)
@given(st.integers(10, 1000), st.integers(0, 5), st.sampled_from(list(PRIORS)))
def test_very_small_correlation_is_none(n: int, bad: int, prior: str) -> None:
    free = bayesian_pd(n, bad, prior=prior)
    near = bayesian_pd(n, bad, prior=prior, correlation=1e-9)
    for name in ("prob_default", "lower", "median", "upper"):
        assert getattr(near, name)[0] == pytest.approx(getattr(free, name)[0], rel=1e-5)


def test_small_correlation_over_many_years_is_nearly_none() -> None:
    """The rate of one of many years lies far below that of all of them."""
    independent, near = (
        bayesian_pd(1000, 50, correlation=correlation, n_periods=20) for correlation in (0, 0.001)
    )
    np.testing.assert_allclose(near.lower, independent.lower, rtol=0.05)
    np.testing.assert_allclose(near.prob_default, independent.prob_default, rtol=0.01)


def test_the_priors_are_in_order() -> None:
    jeffreys, uniform, conservative = (
        float(bayesian_pd(100, 1, prior=prior, correlation=0.1).prob_default[0])
        for prior in ("jeffreys", "uniform", "conservative")
    )
    assert jeffreys < uniform < conservative


def test_independent_years_agree_with_one_by_change_of_variable() -> None:
    """Over two years the data tell of the rate of both: P(p < x) is P(1 - (1 - p)² < …)."""
    n, bad = 200, 2
    estimate = bayesian_pd(n, bad, prior="uniform", n_periods=2)

    def density(p: float) -> float:
        return float(binom.pmf(bad, n, 1 - (1 - p) ** 2))

    whole = quad(density, 0, 1, epsabs=1e-14, points=[0.001, 0.01, 0.1])[0]
    below = quad(density, 0, float(estimate.upper[0]), epsabs=1e-14)[0]
    assert below / whole == pytest.approx(0.975, rel=1e-7)


# --- edges --------------------------------------------------------------------------------


def test_an_empty_grade_gets_the_prior() -> None:
    estimate = bayesian_pd([100, 0], [1, 0], prior="uniform")
    assert estimate.prob_default[1] == pytest.approx(0.5)
    assert estimate.lower[1] == pytest.approx(0.025)
    assert math.isnan(estimate.table()["observed"][1])


def test_everybody_defaulted() -> None:
    estimate = bayesian_pd(10, 10, prior="uniform")
    assert estimate.prob_default[0] == pytest.approx(11 / 12)
    with pytest.raises(InvalidDataError, match="everybody defaulted in grade 1"):
        bayesian_pd(10, 10, prior="conservative")
    with pytest.raises(InvalidDataError, match="nobody is in grade 2"):
        bayesian_pd([10, 0], [0, 0], prior="conservative")


def test_correlation_near_one_and_very_many_customers() -> None:
    estimate = bayesian_pd([1000, 100_000], [3, 100], correlation=0.95)
    assert (estimate.lower < estimate.median).all()
    assert (estimate.median < estimate.upper).all()


def test_what_the_estimate_tells() -> None:
    estimate = bayesian_pd([100, 200], [0, 3], prior=(2, 50), correlation=0.1, level=0.9)
    assert "Beta(2, 50) prior" in repr(estimate)
    assert "90% credible intervals" in repr(estimate)
    assert "asset correlation 0.1" in repr(estimate)
    assert "<table" in estimate._repr_html_()
    assert list(estimate.table()["grade"]) == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        estimate.prob_default[0] = 0.5


# --- errors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "match"),
    [
        ({"prior": "neutral"}, "'prior' parameter of bayesian_pd must be one of"),
        ({"prior": (1,)}, "two parameters"),
        ({"prior": (0, 1)}, "'prior' parameter"),
        ({"prior": 0.5}, "two parameters"),
        ({"upper_limit": 0}, "'upper_limit' parameter"),
        ({"upper_limit": 1.5}, "'upper_limit' parameter"),
        ({"correlation": 1}, "'correlation' parameter"),
        ({"level": 95}, "'level' parameter"),
        ({"n_periods": 0}, "'n_periods' parameter"),
    ],
)
def test_settings_out_of_range(setting: dict[str, Any], match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        bayesian_pd(100, 1, **setting)


def test_data_that_cannot_be() -> None:
    with pytest.raises(InvalidDataError, match="must not exceed"):
        bayesian_pd([10, 20], [1, 21])
    with pytest.raises(EmptyDataError, match="zero everywhere"):
        bayesian_pd(0, 0)
    with pytest.raises(InvalidDataError, match="rule out"):
        bayesian_pd(100_000, 50_000, upper_limit=0.01)
    with pytest.raises(InvalidDataError, match="rule out"):
        bayesian_pd(100_000, 50_000, upper_limit=1e-6, correlation=1e-4)
    with pytest.raises(InvalidDataError, match="too many to be counted"):
        bayesian_pd(10_000, 900, correlation=0.1, n_periods=2)
    with pytest.raises(InvalidParameterError, match="'share' parameter"):
        bayesian_pd(100, 1).quantile(1)
