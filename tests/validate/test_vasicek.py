"""Vasicek's distribution of defaults, and the test by it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate import (
    vasicek_cdf,
    vasicek_critical_count,
    vasicek_limit_cdf,
    vasicek_pmf,
    vasicek_test,
)

portfolios = st.tuples(st.integers(1, 40), st.floats(0.0001, 0.999), st.floats(0.001, 0.97))


# --- reference ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_total", "prob", "correlation", "at_95", "at_99"),
    [
        (1000, 0.01, 0, 16, 19),
        (1000, 0.01, 0.05, 25, 35),
        (1000, 0.01, 0.12, 32, 55),
        (500, 0.02, 0.12, 30, 48),
        (2000, 0.005, 0.12, 34, 61),
    ],
)
def test_critical_counts_of_riskvalidation(
    n_total: int, prob: float, correlation: float, at_95: int, at_99: int
) -> None:
    found = [
        vasicek_critical_count(n_total, prob, correlation=correlation, level=level)
        for level in (0.95, 0.99)
    ]
    assert found == [at_95, at_99]


def test_critical_counts_of_the_basel_working_paper() -> None:
    # BCBS Working Paper 14, part III: 1,000 customers at 1 %, level 99 %
    found = [
        int(vasicek_critical_count(1000, 0.01, correlation=rho, level=0.99))
        for rho in (0, 0.05, 0.10, 0.15, 0.20)
    ]
    assert found == [19, 35, 49, 63, 77]


@pytest.mark.parametrize(
    ("correlation", "expected"), [(0, 0.0032883598), (0.05, 0.0951206461), (0.12, 0.1365594762)]
)
def test_p_values_of_riskvalidation(correlation: float, expected: float) -> None:
    found = vasicek_test(20, 1000, 0.01, correlation=correlation)
    assert found.p_value == pytest.approx(expected, abs=5e-11)
    assert found.statistic == 20


# --- oracle ------------------------------------------------------------------------------


def by_many_steps(chance: object, k: int, n: int, p: float, rho: float) -> float:
    """Integrate by a million equal steps, which no narrow turn of the integrand escapes."""
    states = np.linspace(-13, 13, 1_000_001)
    rate = np.maximum(ndtr((ndtri(p) - math.sqrt(rho) * states) / math.sqrt(1 - rho)), 1e-100)
    density = np.exp(-(states**2) / 2) / math.sqrt(2 * math.pi) * 26e-6
    return float(density @ chance(k, n, rate))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("k", "n", "p", "rho"),
    [
        (20, 1000, 0.01, 0.12),
        (0, 1_000_000, 1e-5, 0.5),
        (1000, 1_000_000, 1e-5, 0.5),
        (400_000, 1_000_000, 1e-5, 0.5),
        (500_000, 1_000_000, 0.3, 0.5),
        (10_000, 1_000_000, 0.01, 0.001),
        (3, 10, 0.2, 0.95),
        (0, 1, 0.2, 0.999),
    ],
)
def test_against_a_million_steps(k: int, n: int, p: float, rho: float) -> None:
    for found, chance in ((vasicek_cdf, binom.cdf), (vasicek_pmf, binom.pmf)):
        expected = by_many_steps(chance, k, n, p, rho)
        assert found(k, n, p, correlation=rho) == pytest.approx(expected, abs=1e-12, rel=1e-9)
    at_least = by_many_steps(binom.sf, k - 1, n, p, rho)
    assert vasicek_test(k, n, p, correlation=rho).p_value == pytest.approx(at_least, rel=1e-9)


def test_against_adaptive_quadrature() -> None:
    def integrand(state: float) -> float:
        rate = ndtr((ndtri(0.03) - math.sqrt(0.2) * state) / math.sqrt(0.8))
        return float(binom.pmf(4, 50, rate)) * math.exp(-state * state / 2) / math.sqrt(2 * math.pi)

    expected, _ = quad(integrand, -10, 10, epsabs=1e-14, limit=200)
    assert vasicek_pmf(4, 50, 0.03, correlation=0.2) == pytest.approx(expected, abs=1e-12)


# --- laws --------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(portfolio=portfolios)
def test_chances_add_up_and_their_mean_is_that_of_the_binomial(portfolio: tuple) -> None:
    n, p, rho = portfolio
    numbers = np.arange(n + 1)
    pmf = vasicek_pmf(numbers, n, p, correlation=rho)
    assert pmf.sum() == pytest.approx(1, abs=1e-10)
    assert pmf @ numbers == pytest.approx(n * p, abs=1e-9)
    assert vasicek_cdf(numbers, n, p, correlation=rho) == pytest.approx(np.cumsum(pmf), abs=1e-10)


@settings(deadline=None, max_examples=25)
@given(portfolio=portfolios)
def test_at_least_is_all_but_fewer(portfolio: tuple) -> None:
    n, p, rho = portfolio
    numbers = np.arange(1, n + 1)
    at_least = vasicek_test(numbers, n, p, correlation=rho).p_value
    fewer = vasicek_cdf(numbers - 1, n, p, correlation=rho)
    assert at_least + fewer == pytest.approx(1, abs=1e-10)


@settings(deadline=None, max_examples=25)
@given(portfolio=portfolios, level=st.floats(0.5, 0.999))
def test_the_critical_count_is_the_least_that_is_rejected(portfolio: tuple, level: float) -> None:
    n, p, rho = portfolio
    critical = int(vasicek_critical_count(n, p, correlation=rho, level=level))
    p_values = vasicek_test(np.arange(n + 1), n, p, correlation=rho).p_value
    expected = int((p_values > 1 - level).sum())
    assert critical == expected


@pytest.mark.parametrize("rho", [0.05, 0.12, 0.5])
def test_the_limit_of_many_customers(rho: float) -> None:
    rates = np.array([0.001, 0.01, 0.05])
    n = 1_000_000
    found = vasicek_cdf(rates * n, n, 0.01, correlation=rho)
    assert found == pytest.approx(vasicek_limit_cdf(rates, 0.01, correlation=rho), abs=1e-4)


def test_two_sided_is_twice_the_lesser_and_no_more_than_one() -> None:
    numbers = np.arange(51)
    above, below, both = (
        vasicek_test(numbers, 50, 0.1, correlation=0.1, alternative=name).p_value
        for name in ("greater", "less", "two-sided")
    )
    assert both == pytest.approx(np.minimum(1, 2 * np.minimum(above, below)))


# --- edges and errors --------------------------------------------------------------------


def test_probabilities_next_to_zero() -> None:
    for rho in (0, 0.3):
        found = vasicek_pmf([0, 1, 4], 4, 5e-324, correlation=rho)
        assert found == pytest.approx([1, 0, 0], abs=1e-90)


def test_sure_outcomes() -> None:
    assert vasicek_pmf([0, 1, 5], 5, [0, 0, 1], correlation=0.3).tolist() == [1, 0, 1]
    assert vasicek_test([0, 1, 5], 5, [0, 0, 1], correlation=0.3).p_value.tolist() == [1, 0, 1]
    # nothing is too many where all must default, and no customer can default of none
    assert vasicek_critical_count([5, 5, 0], [0, 1, 0.1], correlation=0.3).tolist() == [1, 6, 1]
    assert vasicek_limit_cdf([0, 0.1, 1], [0, 0.1, 1], correlation=0).tolist() == [1, 1, 1]
    assert vasicek_limit_cdf([0, 1, 0.5], [0.1, 0.1, 1], correlation=0.1).tolist() == [0, 1, 0]


def test_a_group_without_customers_has_no_result() -> None:
    found = vasicek_test([0, 1], [0, 10], 0.1, correlation=0.1)
    assert np.isnan(found.p_value).tolist() == [True, False]
    assert np.isnan(found.statistic).tolist() == [True, False]


def test_single_numbers_give_numbers() -> None:
    assert isinstance(vasicek_test(1, 10, 0.1, correlation=0.1).p_value, np.float64)
    assert isinstance(vasicek_cdf(1, 10, 0.1, correlation=0.1), np.float64)
    assert isinstance(vasicek_critical_count(10, 0.1, correlation=0.1), np.integer)


@pytest.mark.parametrize("correlation", [-0.1, 1, 12])
def test_correlation_is_a_fraction_below_one(correlation: float) -> None:
    for found in (vasicek_test, vasicek_pmf, vasicek_cdf):
        with pytest.raises(InvalidParameterError, match=r"'correlation' .* \[0, 1\)"):
            found(1, 10, 0.1, correlation=correlation)
    with pytest.raises(InvalidParameterError, match=r"'correlation' .* \[0, 1\)"):
        vasicek_critical_count(10, 0.1, correlation=correlation)


def test_what_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="'level' parameter"):
        vasicek_critical_count(10, 0.1, correlation=0.1, level=95)
    with pytest.raises(InvalidDataError, match="default_rate must hold fractions"):
        vasicek_limit_cdf(5, 0.01, correlation=0.1)
    with pytest.raises(InvalidDataError, match="11 of 10"):
        vasicek_pmf(11, 10, 0.1, correlation=0.1)
    with pytest.raises(InvalidParameterError, match="'alternative' parameter"):
        vasicek_test(1, 10, 0.1, correlation=0.1, alternative="both")
