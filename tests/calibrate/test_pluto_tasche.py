"""Upper bounds of grades with few defaults: published tables, other solvers, laws, edges."""

from __future__ import annotations

import math
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom, norm

from creditscore.calibrate import (
    LowDefaultEstimate,
    benjamin_cathcart_ryan,
    default_rate_bound,
    pluto_tasche,
    pluto_tasche_table,
)
from creditscore.exceptions import (
    EmptyDataError,
    GradeOrderWarning,
    InvalidDataError,
    InvalidParameterError,
    SmallSampleWarning,
)

CUSTOMERS = [100, 400, 300]
NONE, FEW = [0, 0, 0], [0, 2, 1]
LEVELS = (0.5, 0.75, 0.9, 0.95, 0.99, 0.999)

# --- reference: Pluto and Tasche 2006, ch. 5; exact values by R's qbeta and integrate ------

EXACT_INDEPENDENT = [
    [0.086606, 0.173137, 0.287409, 0.373766, 0.573993, 0.859752],
    [0.098972, 0.197846, 0.328400, 0.427047, 0.655722, 0.981969],
    [0.230782, 0.461032, 0.764590, 0.993608, 1.523335, 2.276278],
]
EXACT_CORRELATED = [
    [0.153458, 0.402688, 0.864348, 1.310307, 2.656342, 5.292985],
    [0.172982, 0.450987, 0.961776, 1.452054, 2.920262, 5.764990],
    [0.370157, 0.925238, 1.891253, 2.779522, 5.302558, 9.842674],
]
PRINTED_INDEPENDENT = [
    [0.09, 0.17, 0.29, 0.37, 0.57, 0.86],
    [0.10, 0.20, 0.33, 0.43, 0.66, 0.98],
    [0.23, 0.46, 0.76, 0.99, 1.52, 2.28],
]
PRINTED_CORRELATED = [
    [0.15, 0.40, 0.86, 1.31, 2.65, 5.29],
    [0.17, 0.45, 0.96, 1.45, 2.92, 5.77],
    [0.37, 0.92, 1.89, 2.78, 5.30, 9.84],
]


@pytest.mark.parametrize(
    ("correlation", "exact", "printed"),
    [
        (0.0, EXACT_INDEPENDENT, PRINTED_INDEPENDENT),
        (0.12, EXACT_CORRELATED, PRINTED_CORRELATED),
    ],
)
def test_tables_without_a_default(
    correlation: float, exact: list[list[float]], printed: list[list[float]]
) -> None:
    bounds = 100 * pluto_tasche_table(CUSTOMERS, NONE, correlation=correlation).to_numpy()
    np.testing.assert_allclose(bounds, exact, rtol=0, atol=5.1e-7)
    np.testing.assert_allclose(bounds, printed, rtol=0, atol=0.0071)


def test_few_defaults_of_table_5_4() -> None:
    """The printed 0.65 of grade A at 75 % is a slip: exact it is 0.6378."""
    table = 100 * pluto_tasche_table(CUSTOMERS, FEW, grades=["A", "B", "C"])
    assert table.loc["A", 0.75] == pytest.approx(0.637837, abs=5e-7)
    assert table.loc["A", 0.75] == pytest.approx(0.65, abs=0.015)
    # P(no more defaults) is what is left of the confidence, by the definition
    pools = {"A": (800, 3), "B": (700, 3), "C": (300, 1)}
    for grade, (n, bad) in pools.items():
        left = binom.cdf(bad, n, table.loc[grade] / 100)
        np.testing.assert_allclose(left, 1 - np.array(LEVELS), rtol=1e-10)


SCALED = {  # scaling, A, B, C of table 5.9, in per cent
    0.5: (0.71, 0.33, 0.37, 0.40),
    0.75: (0.48, 0.31, 0.35, 0.43),
    0.9: (0.35, 0.29, 0.34, 0.46),
    0.95: (0.30, 0.29, 0.33, 0.47),
    0.99: (0.22, 0.28, 0.32, 0.49),
    0.999: (0.17, 0.27, 0.31, 0.50),
}


@pytest.mark.parametrize("confidence", LEVELS)
def test_scaling_to_the_default_rate_of_table_5_9(confidence: float) -> None:
    scaled = pluto_tasche(CUSTOMERS, FEW, confidence=confidence).scaled_to(3 / 800)
    found = [scaled.scaling, *(100 * scaled.prob_default)]
    np.testing.assert_allclose(found, SCALED[confidence], rtol=0, atol=0.0055)
    assert scaled.mean == pytest.approx(3 / 800, rel=1e-12)


@pytest.mark.parametrize(
    ("confidence", "scaling"),
    [(0.5, 0.87), (0.9, 0.78), (0.95, 0.77), (0.99, 0.74), (0.999, 0.71), (0.75, 0.8180)],
)
def test_scaling_to_the_upper_bound_of_table_5_11(confidence: float, scaling: float) -> None:
    """At 75 % the exact 0.8180 stands here: the printed 0.83 inherits the slip of table 5.4."""
    bounds = pluto_tasche(CUSTOMERS, FEW, confidence=confidence)
    scaled = bounds.scaled_to(bounds.portfolio_bound)
    assert scaled.scaling == pytest.approx(scaling, abs=0.0056)
    assert scaled.portfolio_bound == pytest.approx(bounds.portfolio_bound, rel=1e-12)
    if confidence == 0.75:
        assert 100 * scaled.prob_default[0] == pytest.approx(0.5217, abs=5e-5)


def test_the_example_of_the_r_package_ldpd() -> None:
    """LDPD takes the worst grade first, and its root is off by up to 3e-5 of the exact one."""
    ldpd = [0.16226172185, 0.12106990708, 0.06086968474, 0.03659701864, 0.03330381150]
    bounds = pluto_tasche([10, 40, 30, 20, 10], [0, 0, 0, 2, 1], confidence=0.5)
    np.testing.assert_allclose(bounds.prob_default[::-1], ldpd, rtol=0, atol=3.5e-5)


SEVEN = ([26, 122, 182, 123, 24, 14, 9], [0, 0, 0, 0, 1, 1, 2])
FIVE_YEARS: dict[str, Any] = {"correlation": 0.12, "n_periods": 5, "period_correlation": 0.3}


def test_seven_grades_over_five_years() -> None:
    """A. Djurovic, adsfcr, pt.pdf, simulated."""
    printed = [0.38, 0.40, 0.53, 1.03, 3.43, 5.51, 10.44]
    bounds = pluto_tasche(*SEVEN, confidence=0.75, **FIVE_YEARS)
    np.testing.assert_allclose(100 * bounds.prob_default, printed, rtol=0, atol=0.05)


@pytest.mark.parametrize(
    ("pool", "printed"),
    [
        ((800, 0), [0.03, 0.06, 0.11, 0.16, 0.30, 0.55]),
        ((800, 3), [0.12, 0.21, 0.33, 0.43, 0.70, 1.17]),
        ((300, 1), [0.15, 0.27, 0.46, 0.61, 1.01, 1.70]),
    ],
)
def test_several_years_of_the_book(pool: tuple[int, int], printed: list[float]) -> None:
    """The printed values were simulated and lie somewhat above the exact ones."""
    bounds = 100 * default_rate_bound(*pool, confidence=LEVELS, **FIVE_YEARS)
    assert (bounds <= np.array(printed) + 0.005).all()
    np.testing.assert_allclose(bounds, printed, rtol=0.05, atol=0.01)


def test_portfolio_of_benjamin_cathcart_and_ryan() -> None:
    """A. Djurovic, adsfcr, bcr.pdf: 0.01677 and 0.01687 in two simulations, scaling 1.247."""
    bound = float(default_rate_bound(100, 4, confidence=0.75, **FIVE_YEARS))
    assert bound == pytest.approx(0.01687, abs=5e-6)
    assert bound == pytest.approx(0.01677, abs=1.5e-4)
    scaled = benjamin_cathcart_ryan([0.0134516] * 3, 100, 4, confidence=0.75, **FIVE_YEARS)
    assert scaled.scaling == pytest.approx(1.247, abs=0.01)
    assert scaled.mean_before == pytest.approx(0.0134516)
    np.testing.assert_allclose(scaled.prob_default, scaled.portfolio_bound, rtol=1e-12)


# --- other solvers ------------------------------------------------------------------------


def mean_left(n: int, bad: int, prob: float, correlation: float) -> float:
    """Mean probability of no more defaults, by quadrature over the factor."""

    def at(y: float) -> float:
        shifted = (norm.ppf(prob) - math.sqrt(correlation) * y) / math.sqrt(1 - correlation)
        return float(binom.cdf(bad, n, norm.cdf(shifted)) * norm.pdf(y))

    nodes = np.linspace(-8, 8, 17)
    return float(sum(quad(at, a, b, epsabs=1e-13)[0] for a, b in pairwise(nodes)))


@pytest.mark.parametrize(
    ("n", "bad", "correlation"),
    [(10, 0, 0.5), (100, 3, 0.001), (100_000, 100, 0.12), (50, 49, 0.9), (1000, 500, 0.3)],
)
def test_one_period_solves_its_equation(n: int, bad: int, correlation: float) -> None:
    for confidence in (0.5, 0.95, 0.999):
        prob = float(default_rate_bound(n, bad, confidence=confidence, correlation=correlation))
        assert mean_left(n, bad, prob, correlation) == pytest.approx(1 - confidence, rel=1e-8)


@pytest.mark.parametrize(("bad", "period_correlation"), [(0, 0.3), (5, 0.0), (5, 0.8), (40, 0.3)])
def test_several_periods_against_simulated_factors(bad: int, period_correlation: float) -> None:
    rng = np.random.default_rng(5)
    n_periods, n, rho = 4, 1000, 0.15
    factor = rng.standard_normal((n_periods, 400_000))
    for t in range(1, n_periods):
        left = math.sqrt(1 - period_correlation**2)
        factor[t] = period_correlation * factor[t - 1] + left * factor[t]
    prob = float(
        default_rate_bound(
            n,
            bad,
            confidence=0.8,
            correlation=rho,
            n_periods=n_periods,
            period_correlation=period_correlation,
        )
    )
    shifted = (norm.ppf(prob) - math.sqrt(rho) * factor) / math.sqrt(1 - rho)
    gone = -np.expm1(norm.logsf(shifted).sum(axis=0))
    assert binom.cdf(bad, n, gone).mean() == pytest.approx(0.2, abs=0.0025)


@pytest.mark.parametrize(("theta", "within"), [(0.3, 1e-3), (0.999, 1e-5)])
def test_counting_and_paths_agree(
    monkeypatch: pytest.MonkeyPatch, theta: float, within: float
) -> None:
    module = "creditscore.calibrate._low_default._several_periods._MOST_CELLS"
    given = {**FIVE_YEARS, "period_correlation": theta, "confidence": (0.75, 0.99)}
    counted = default_rate_bound(1000, 8, **given)
    monkeypatch.setattr(module, 0)
    by_paths = default_rate_bound(1000, 8, **given)
    np.testing.assert_allclose(by_paths, counted, rtol=within)
    assert (by_paths != counted).any()


def test_one_factor_for_all_periods_is_the_end_of_the_scale() -> None:
    near, same = (
        float(default_rate_bound(100, 4, **{**FIVE_YEARS, "period_correlation": theta}))
        for theta in (0.999, 1.0)
    )
    assert near == pytest.approx(same, rel=2e-3)


# --- laws ---------------------------------------------------------------------------------


@st.composite
def portfolios(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    customers = draw(st.lists(st.integers(1, 500), min_size=1, max_size=6))
    defaults = [draw(st.integers(0, min(n, 6))) for n in customers]
    return customers, defaults


@settings(deadline=None, max_examples=40)
@given(
    portfolios(),
    st.sampled_from([0.0, 0.05, 0.3, 0.95]),
    st.floats(0.5, 0.99),
)
def test_bounds_rise_with_confidence_and_defaults(
    counts: tuple[list[int], list[int]], correlation: float, confidence: float
) -> None:
    customers, defaults = (np.array(part) for part in counts)
    at = default_rate_bound(customers, defaults, confidence=confidence, correlation=correlation)
    surer = default_rate_bound(
        customers, defaults, confidence=confidence + 0.009, correlation=correlation
    )
    worse = default_rate_bound(
        customers,
        np.minimum(customers, defaults + 1),
        confidence=confidence,
        correlation=correlation,
    )
    assert (surer >= at - 1e-12).all()
    assert (worse >= at - 1e-12).all()
    assert ((at > 0) & (at <= 1)).all()


@settings(deadline=None, max_examples=40)
@given(portfolios(), st.sampled_from([0.0, 0.12]))
def test_without_a_default_bounds_never_fall(
    counts: tuple[list[int], list[int]], correlation: float
) -> None:
    customers = counts[0]
    bounds = pluto_tasche(customers, [0] * len(customers), correlation=correlation).prob_default
    assert (np.diff(bounds) >= -1e-14).all()


def test_one_period_needs_no_period_correlation() -> None:
    alone = pluto_tasche(CUSTOMERS, FEW, correlation=0.12, period_correlation=0.9)
    np.testing.assert_array_equal(
        alone.prob_default, pluto_tasche(CUSTOMERS, FEW, correlation=0.12).prob_default
    )


def test_small_correlation_is_none() -> None:
    free, near = (default_rate_bound(800, 3, correlation=rho) for rho in (0.0, 1e-10))
    assert near == pytest.approx(free, rel=1e-6)


def test_independent_years_pool_to_one() -> None:
    """Who survives five years survived each of them."""
    one, five = (default_rate_bound(800, 3, n_periods=n) for n in (1, 5))
    assert 1 - (1 - five) ** 5 == pytest.approx(one, rel=1e-12)


def test_shapes_are_broadcast() -> None:
    bounds = default_rate_bound([[100], [200]], 0, confidence=[0.5, 0.9])
    assert bounds.shape == (2, 2)
    assert bounds[1, 0] == default_rate_bound(200, 0, confidence=0.5)
    assert default_rate_bound(100, 0).shape == ()


# --- edges --------------------------------------------------------------------------------


def test_everybody_defaulted() -> None:
    for n_periods in (1, 3):
        bounds = pluto_tasche([5, 7], [5, 7], correlation=0.2, n_periods=n_periods)
        assert bounds.prob_default.tolist() == [1.0, 1.0]


def test_one_grade_is_the_portfolio() -> None:
    bounds = pluto_tasche(800, 3)
    assert bounds.grades == ("1",)
    assert bounds.portfolio_bound == bounds.prob_default[0] == default_rate_bound(800, 3)


def test_an_empty_grade_gets_the_bound_of_the_next_worse_one() -> None:
    bounds = pluto_tasche([100, 0, 300], [0, 0, 0]).prob_default
    assert bounds[1] == bounds[2]


def test_empty_worst_grades_are_told() -> None:
    with pytest.warns(SmallSampleWarning, match="no customer in grade 'C' or worse"):
        bounds = pluto_tasche([100, 50, 0], [0, 1, 0], grades=["A", "B", "C"])
    assert bounds.prob_default[2] == 1.0


def test_worst_first_is_told() -> None:
    with pytest.warns(GradeOrderWarning, match="falls from 3.883% of grade '2' to 1.718%"):
        pluto_tasche([10, 20, 30, 40, 10], [1, 2, 0, 0, 0])
    with pytest.warns(GradeOrderWarning, match="safest first") as told:
        pluto_tasche_table([10, 20, 30, 40, 10], [1, 2, 0, 0, 0])
    assert len(told) == 1


def test_few_defaults_out_of_order_are_no_reason_to_warn() -> None:
    """Grade B of the book has a higher default rate than C, and still the lower bound."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pluto_tasche(CUSTOMERS, FEW)


def test_very_many_customers_and_defaults() -> None:
    bound = float(default_rate_bound(1_000_000, 20_000, confidence=0.9, **FIVE_YEARS))
    assert 0.004 < bound < 0.02
    near_one = default_rate_bound(1000, 3, correlation=0.9999)
    assert 0.5 < near_one < 0.9


# --- what the estimate tells --------------------------------------------------------------


def test_the_estimate_says_what_it_is() -> None:
    bounds = pluto_tasche(
        *SEVEN, confidence=0.9, grades=["AAA", "AA", "A", "BBB", "BB", "B", "CCC"], **FIVE_YEARS
    )
    assert "at most" in repr(bounds)
    assert "90% confidence" in repr(bounds)
    assert "asset correlation 0.12, 5 periods correlated by 0.3" in repr(bounds)
    assert "through the cycle" in " ".join(bounds.assumptions)
    assert "upper bound with 90% confidence" in bounds.assumptions[0]
    scaled = bounds.scaled_to(0.005)
    assert "no longer have that confidence" in " ".join(scaled.assumptions)
    assert "scaled by" in repr(scaled)
    assert "<table" in bounds._repr_html_()
    again = scaled.scaled_to(0.01)
    assert again.mean == pytest.approx(0.01, rel=1e-12)
    assert again.portfolio_bound == pytest.approx(bounds.portfolio_bound, rel=1e-12)


def test_the_table_adds_up() -> None:
    table = pluto_tasche([100, 0, 300], [0, 0, 1], grades=["A", "B", "C"]).table()
    assert table["pooled_customers"].tolist() == [400, 300, 300]
    assert table["pooled_defaults"].tolist() == [1, 1, 1]
    assert math.isnan(table["observed"][1])


def test_an_estimate_cannot_be_changed() -> None:
    bounds = pluto_tasche(CUSTOMERS, FEW)
    assert isinstance(bounds, LowDefaultEstimate)
    with pytest.raises(ValueError, match="read-only"):
        bounds.prob_default[0] = 0.5


# --- scaling by Benjamin, Cathcart and Ryan -----------------------------------------------


def test_probabilities_are_never_lowered() -> None:
    scaled = benjamin_cathcart_ryan([0.05, 0.2], [500, 500], [0, 1])
    assert scaled.scaling == 1.0
    np.testing.assert_array_equal(scaled.prob_default, [0.05, 0.2])
    assert "not scaled" in repr(scaled)


def test_the_mean_goes_by_customers() -> None:
    scaled = benjamin_cathcart_ryan([0.001, 0.01], [900, 100], 8, confidence=0.9)
    assert scaled.mean_before == pytest.approx(0.0019)
    assert scaled.prob_default @ [0.9, 0.1] == pytest.approx(
        default_rate_bound(1000, 8, confidence=0.9)
    )


def test_benjamin_cathcart_ryan_refuses() -> None:
    with pytest.raises(InvalidDataError, match="would be above 1"):
        benjamin_cathcart_ryan([0.0001, 0.9], [999, 1], 100)
    with pytest.raises(InvalidDataError, match="zero in the mean"):
        benjamin_cathcart_ryan([0.0, 0.0], [10, 10], 1)
    with pytest.raises(InvalidDataError, match="one count"):
        benjamin_cathcart_ryan([0.1, 0.2], [10, 10, 10], 1)
    with pytest.raises(InvalidDataError, match="fractions"):
        benjamin_cathcart_ryan([0.1, 1.2], [10, 10], 1)


# --- errors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("customers", "defaults", "match"),
    [
        ([10, 5], [0, 6], "6 defaults of 5 customers at place 1"),
        ([1, 2], [10, 20], "swapped"),
        ([10.5], [0], "whole numbers"),
        ([10, -1], [0, 0], "-1 at place 1"),
        ([10], [math.nan], "n_defaults must hold counts"),
        ([10, 20], [0], "one length"),
        ([[10]], [[0]], "1D"),
        (["10"], [0], "must hold numbers"),
    ],
)
def test_counts_that_cannot_be(customers: Any, defaults: Any, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        pluto_tasche(customers, defaults)


def test_no_customer_at_all() -> None:
    with pytest.raises(EmptyDataError, match="zero everywhere"):
        pluto_tasche([0, 0], [0, 0])
    with pytest.raises(EmptyDataError, match="first at place 1"):
        default_rate_bound([10, 0], [0, 0])


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("confidence", 75),
        ("confidence", 0),
        ("correlation", 1),
        ("correlation", -0.1),
        ("n_periods", 0),
        ("n_periods", 1.5),
        ("period_correlation", 1.1),
    ],
)
def test_settings_out_of_range(setting: str, value: Any) -> None:
    with pytest.raises(InvalidParameterError, match=f"'{setting}' parameter of pluto_tasche"):
        pluto_tasche(CUSTOMERS, FEW, **{setting: value})
    if setting != "confidence":
        with pytest.raises(InvalidParameterError, match=f"'{setting}' parameter"):
            default_rate_bound(100, 1, **{setting: value})


def test_lists_that_do_not_fit() -> None:
    with pytest.raises(InvalidDataError, match="name each of the 3"):
        pluto_tasche(CUSTOMERS, FEW, grades=["A", "B"])
    with pytest.raises(InvalidDataError, match="different names"):
        pluto_tasche(CUSTOMERS, FEW, grades=["A", "B", "B"])
    with pytest.raises(InvalidParameterError, match="'confidence' parameter"):
        pluto_tasche_table(CUSTOMERS, FEW, confidences=[0.5, 95])
    with pytest.raises(InvalidParameterError, match="go together"):
        default_rate_bound([1, 2, 3], 0, confidence=[0.5, 0.9])
    with pytest.raises(InvalidParameterError, match="leave probabilities at 1"):
        pluto_tasche([100, 10], [0, 9]).scaled_to(0.5)
