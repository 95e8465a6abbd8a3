"""Every probability says what it means over the cycle, and its margin of conservatism."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from creditscore.calibrate import (
    Calibration,
    LogisticCurve,
    Margin,
    bayesian_pd,
    benjamin_cathcart_ryan,
    long_run_average,
    pluto_tasche,
    quasi_moment_matching,
    van_der_burgt,
)
from creditscore.exceptions import InvalidParameterError

CUSTOMERS, DEFAULTS = [100, 400, 300], [0, 2, 1]
MOMENTS: dict[str, Any] = {"central_tendency": 0.05, "accuracy_ratio": 0.5}
HISTORY = long_run_average([900, 950], [9, 12])


@pytest.mark.parametrize("make", [pluto_tasche, bayesian_pd])
def test_an_average_over_the_factor_is_through_the_cycle(make: Any) -> None:
    independent = make(CUSTOMERS, DEFAULTS, n_periods=2)
    assert independent.philosophy is None
    assert "philosophy not said, margin" in repr(independent)
    assert "philosophy not said, margin" in independent._repr_html_()
    correlated = make(CUSTOMERS, DEFAULTS, correlation=0.12)
    assert correlated.philosophy == "through_the_cycle"
    assert "through the cycle, margin" in repr(correlated)


def test_bounds_hold_a_margin_until_they_are_scaled() -> None:
    bounds = pluto_tasche(CUSTOMERS, DEFAULTS, correlation=0.12)
    assert bounds.margin == "in the bounds"
    scaled = bounds.scaled_to(0.004)
    assert (scaled.philosophy, scaled.margin) == ("through_the_cycle", "that of the mean")


def test_a_posterior_mean_holds_a_margin_by_the_conservative_prior_alone() -> None:
    margins = [
        bayesian_pd(100, 1, prior=prior).margin
        for prior in ("jeffreys", "uniform", (2, 50), "conservative")
    ]
    assert margins == ["none", "none", "none", "in the prior"]
    assert bayesian_pd(100, 1, prior="conservative", upper_limit=0.1).margin == "in the prior"


def test_a_scaled_portfolio_means_what_its_bound_means() -> None:
    scaled = benjamin_cathcart_ryan([0.001, 0.01], [100, 50], [0, 1], correlation=0.12)
    assert (scaled.philosophy, scaled.margin) == ("through_the_cycle", "in the bound")
    assert repr(scaled).endswith("; through the cycle, margin in the bound>")
    as_it_was = benjamin_cathcart_ryan([0.2, 0.3], [100, 50], [0, 1], correlation=0.12)
    assert (as_it_was.philosophy, as_it_was.margin) == (None, "none")
    independent = benjamin_cathcart_ryan([0.001, 0.01], [100, 50], [0, 1])
    assert (independent.philosophy, independent.margin) == (None, "in the bound")


def test_a_long_run_average_is_through_the_cycle_by_nature() -> None:
    moved = HISTORY.adjusted(0.001, "late")
    assert (moved.philosophy, moved.margin) == ("through_the_cycle", "none")
    for told in (repr(HISTORY), repr(moved), HISTORY._repr_html_()):
        assert "through the cycle, margin none" in told


@pytest.mark.parametrize("make", [quasi_moment_matching, van_der_burgt])
def test_matched_grades_mean_what_their_mean_means(make: Any) -> None:
    told = make(CUSTOMERS, **MOMENTS, philosophy=HISTORY.philosophy)
    assert (told.philosophy, told.margin) == ("through_the_cycle", "none")
    assert "through the cycle, margin none" in repr(told)
    assert "through the cycle, margin none" in told._repr_html_()
    assert "philosophy not said, margin none" in repr(make(CUSTOMERS, **MOMENTS))
    with pytest.raises(InvalidParameterError, match=r"'philosophy' .* of MatchedGrades must be"):
        make(CUSTOMERS, **MOMENTS, philosophy="TTC")


@pytest.mark.parametrize(
    "estimate",
    [
        pluto_tasche(CUSTOMERS, DEFAULTS),
        bayesian_pd(CUSTOMERS, DEFAULTS),
        benjamin_cathcart_ryan([0.001, 0.01], [100, 50], [0, 1]),
    ],
    ids=lambda estimate: type(estimate).__name__,
)
def test_whoever_knows_says_so(estimate: Any) -> None:
    assert "; point in time, margin" in repr(replace(estimate, philosophy="point_in_time"))
    with pytest.raises(InvalidParameterError, match=r"'philosophy' .* must be one of 'point_in"):
        replace(estimate, philosophy="through the cycle")
    assert not replace(estimate, philosophy="hybrid").prob_default.flags.writeable


def test_a_calibration_says_its_margin_in_one_line() -> None:
    curve = LogisticCurve(intercept=12.0, slope=-0.025)
    plain = Calibration(curve=curve, measure="score", philosophy="hybrid")
    assert plain.margin == "none"
    prudent = plain.with_margin(Margin(category="A", value=0.1, reason="late"))
    assert prudent.margin == "A +10.00 %"
