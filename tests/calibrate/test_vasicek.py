"""Point-in-time and through-the-cycle probabilities, and the correlations of regulation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from creditscore.calibrate import basel_correlation, through_the_cycle_pd, vasicek_pd
from creditscore.exceptions import InvalidDataError, InvalidParameterError

# --- reference ----------------------------------------------------------------------------


BASEL_PD = np.array([0.0003, 0.0005, 0.001, 0.0025, 0.004, 0.005, 0.0075, 0.01, 0.02])
BASEL_WEIGHTS = {  # Basel II, 2006, annex 5: LGD 45 %, maturity 2.5 years, in per cent
    "corporate": [14.44, 19.65, 29.65, 49.47, 62.72, 69.61, 82.78, 92.32, 114.86],
    "corporate, turnover 5": [11.30, 15.39, 23.30, 39.01, 49.49, 54.91, 65.14, 72.40, 88.55],
    "retail_mortgage": [4.15, 6.23, 10.69, 21.30, 29.94, 35.08, 46.46, 56.40, 87.94],
    "qrre": [0.98, 1.51, 2.71, 5.76, 8.41, 10.04, 13.80, 17.22, 28.92],
    "retail_other": [4.45, 6.63, 11.16, 21.15, 28.42, 32.36, 40.10, 45.77, 57.99],
}


@pytest.mark.parametrize("name", BASEL_WEIGHTS)
def test_risk_weights_of_the_basel_accord(name: str) -> None:
    kind, _, size = name.partition(", ")
    rho = basel_correlation(BASEL_PD, kind, turnover=5 if size else None)
    worst = vasicek_pd(BASEL_PD, systematic_factor=-norm.ppf(0.999), correlation=rho)
    weights = 100 * 12.5 * 0.45 * (worst - BASEL_PD)
    if kind == "corporate":
        weights /= 1 - 1.5 * (0.11852 - 0.05478 * np.log(BASEL_PD)) ** 2
    np.testing.assert_allclose(weights, BASEL_WEIGHTS[name], rtol=0, atol=0.006)


def test_the_ends_of_the_correlations() -> None:
    assert basel_correlation(0) == pytest.approx(0.24)
    assert basel_correlation(1) == pytest.approx(0.12)
    assert basel_correlation(0, "retail_other") == pytest.approx(0.16)
    assert basel_correlation(1, "retail_other") == pytest.approx(0.03)


def test_the_firm_size_adjustment() -> None:
    plain = basel_correlation(0.01)
    adjusted = [basel_correlation(0.01, turnover=sales) for sales in (0, 5, 27.5, 50, 900)]
    np.testing.assert_allclose(plain - adjusted, [0.04, 0.04, 0.02, 0, 0], atol=1e-15)
    both = basel_correlation([0.01, 0.02], turnover=[5, 50])
    assert both[1] == basel_correlation(0.02)


# --- laws ---------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.floats(1e-5, 0.999), st.floats(-4, 4), st.floats(0, 0.95))
def test_there_and_back(prob: float, factor: float, rho: float) -> None:
    point = vasicek_pd(prob, systematic_factor=factor, correlation=rho)
    cycle = through_the_cycle_pd(point, systematic_factor=factor, correlation=rho)
    if 1e-12 < point < 1 - 1e-9:
        assert cycle == pytest.approx(prob, rel=1e-5)


@pytest.mark.parametrize("rho", [0.03, 0.12, 0.5])
def test_the_mean_over_the_cycle_is_the_probability(rho: float) -> None:
    def at(factor: float) -> float:
        point = vasicek_pd(0.02, systematic_factor=factor, correlation=rho)
        return float(point) * float(norm.pdf(factor))

    assert quad(at, -10, 10, epsabs=1e-13)[0] == pytest.approx(0.02, rel=1e-8)


def test_a_bad_year_has_more_defaults() -> None:
    points = vasicek_pd(0.02, systematic_factor=[-2, -1, 0, 1, 2], correlation=0.12)
    assert (np.diff(points) < 0).all()
    assert points[2] < 0.02


def test_without_correlation_every_year_is_alike() -> None:
    prob = np.array([0.0, 0.01, 1.0])
    points = vasicek_pd(prob, systematic_factor=-3, correlation=0)
    np.testing.assert_allclose(points, prob, rtol=1e-12)


def test_certain_probabilities_stay() -> None:
    points = vasicek_pd([0.0, 1.0], systematic_factor=-2, correlation=0.2)
    assert points.tolist() == [0.0, 1.0]


# --- errors -------------------------------------------------------------------------------


def test_what_is_refused() -> None:
    with pytest.raises(InvalidDataError, match="fractions"):
        vasicek_pd(2, systematic_factor=0, correlation=0.1)
    with pytest.raises(InvalidDataError, match="finite numbers"):
        vasicek_pd(0.1, systematic_factor=math.inf, correlation=0.1)
    with pytest.raises(InvalidDataError, match="go together"):
        vasicek_pd([0.1, 0.2], systematic_factor=[0, 1, 2], correlation=0.1)
    for rho in (1, -0.1, math.nan):
        with pytest.raises(InvalidParameterError, match="'correlation' parameter of through_the"):
            through_the_cycle_pd(0.1, systematic_factor=0, correlation=rho)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"kind": "sme"}, InvalidParameterError, "'kind' parameter"),
        ({"kind": "qrre", "turnover": 5}, InvalidParameterError, "corporates only"),
        ({"turnover": -5}, InvalidDataError, "zero or more"),
        ({"turnover": [5, 6, 7]}, InvalidDataError, "one for each"),
    ],
)
def test_correlations_that_are_refused(
    arguments: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        basel_correlation([0.01, 0.02], **arguments)


def test_sales_in_another_unit_are_refused() -> None:
    with pytest.raises(InvalidDataError, match=r"turnover holds 5,000,000, in millions of euros"):
        basel_correlation(0.01, turnover=5_000_000)
    with pytest.raises(InvalidDataError, match="give 50 for them"):
        basel_correlation([0.01, 0.02], turnover=[20, 10_001])
    assert basel_correlation(0.01, turnover=10_000) == basel_correlation(0.01, turnover=50)
