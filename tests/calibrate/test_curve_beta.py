"""Beta calibration: another package's numbers, the conditions of its maximum, edges and errors."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit

from creditscore.calibrate import BetaCurve, Calibration, beta_calibration, logistic_calibration
from creditscore.exceptions import InvalidDataError, InvalidParameterError, RankingError

PROB = np.repeat([0.02, 0.05, 0.1, 0.2, 0.35, 0.6], [300, 300, 200, 100, 60, 40])


def outcomes(*n_bad: int) -> np.ndarray:
    """Return outcomes of which so many are bad at each probability."""
    sizes = (300, 300, 200, 100, 60, 40)
    return np.concatenate([np.arange(n) < bad for n, bad in zip(sizes, n_bad, strict=True)])


def loss(theta: np.ndarray, prob: np.ndarray, is_bad: np.ndarray) -> float:
    a, b, c = theta
    log_odds = a * np.log(prob) - b * np.log1p(-prob) + c
    return -float(log_expit(np.where(is_bad, log_odds, -log_odds)).sum())


# --- reference -----------------------------------------------------------------------


def test_betacal() -> None:
    # betacal 1.1.0 with scikit-learn, BetaCalibration("abm"), whose search stops early:
    # a .62223941, b 2.58720865, c -.89466037
    found = beta_calibration(outcomes(12, 18, 24, 20, 25, 30), PROB, philosophy="hybrid")
    expected = [0.02333529, 0.11356525, 0.32716683, 0.76099078, 0.9932875]
    assert found.prob_default([0.01, 0.1, 0.3, 0.6, 0.9]) == pytest.approx(expected, rel=2e-3)
    curve = found.curve
    assert (curve.a, curve.b, curve.c) == pytest.approx((0.6222, 2.5872, -0.8947), abs=3e-3)


@pytest.mark.parametrize(
    "n_bad", [(12, 18, 24, 20, 25, 30), (12, 18, 24, 20, 15, 14), (0, 9, 30, 60, 50, 35)]
)
def test_a_search_within_bounds_finds_nothing_better(n_bad: tuple) -> None:
    is_bad = outcomes(*n_bad)
    curve = beta_calibration(is_bad, PROB, philosophy="hybrid").curve
    here = loss(np.array([curve.a, curve.b, curve.c]), PROB, is_bad)
    bounds = [(0, None), (0, None), (None, None)]
    options = {"ftol": 1e-14, "gtol": 1e-9}
    there = minimize(loss, [1, 1, 0], (PROB, is_bad), "L-BFGS-B", bounds=bounds, options=options)
    assert here <= there.fun + 1e-7
    assert (curve.a, curve.b) == pytest.approx(there.x[:2], abs=2e-3)


def test_a_slope_at_its_bound() -> None:
    curve = beta_calibration(outcomes(12, 18, 24, 20, 15, 14), PROB, philosophy="hybrid").curve
    assert curve.b == 0
    assert curve.a > 0
    assert np.array(curve.covariance)[1].tolist() == [0, 0, 0]


# --- laws ----------------------------------------------------------------------------


@given(prob=st.floats(0, 1))
def test_one_one_nought_is_no_change(prob: float) -> None:
    curve = BetaCurve(a=1, b=1, c=0)
    assert curve.prob_default(np.array([prob]), "prob_default") == pytest.approx([prob], abs=1e-15)


@given(slope=st.floats(0.1, 4), level=st.floats(-3, 3), prob=st.floats(0.001, 0.999))
def test_of_equal_slopes_it_is_a_line_of_the_log_odds(
    slope: float, level: float, prob: float
) -> None:
    curve = BetaCurve(a=slope, b=slope, c=level)
    expected = expit(slope * logit(prob) + level)
    assert curve.prob_default(np.array([prob]), "prob_default") == pytest.approx([expected])


@given(seed=st.integers(0, 30))
def test_weights_monotone_and_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    prob = rng.beta(1, 6, 400).clip(1e-6, 1 - 1e-6)
    is_bad = rng.random(400) < prob**0.8
    weights = rng.integers(0, 3, 400)
    one = beta_calibration(is_bad, prob, philosophy="hybrid", sample_weight=weights)
    repeated = [np.repeat(column, weights) for column in (is_bad, prob)]
    other = beta_calibration(*repeated, philosophy="hybrid")
    at = np.linspace(0, 1, 101)
    assert one.prob_default(at) == pytest.approx(other.prob_default(at), rel=1e-6)
    assert (np.diff(one.prob_default(at)) >= 0).all()
    mean = np.average(one.prob_default(prob), weights=weights)
    assert mean == pytest.approx(np.average(is_bad, weights=weights), rel=1e-8)


def test_it_is_likelier_than_a_logistic_curve_that_it_holds() -> None:
    is_bad = outcomes(12, 18, 24, 20, 25, 30)
    beta = beta_calibration(is_bad, PROB, philosophy="hybrid").curve
    line = logistic_calibration(is_bad, PROB, philosophy="hybrid", measure="prob_default").curve
    thetas = [(beta.a, beta.b, beta.c), (line.slope, line.slope, line.intercept)]
    losses = [loss(np.array(theta), PROB, is_bad) for theta in thetas]
    assert losses[0] < losses[1]


def test_interval_holds_the_estimate() -> None:
    found = beta_calibration(outcomes(12, 18, 24, 20, 25, 30), PROB, philosophy="hybrid")
    at = np.array([0.02, 0.1, 0.6])
    lower, upper = found.interval(at)
    assert (lower < found.best_estimate(at)).all()
    assert (upper > found.best_estimate(at)).all()
    ends = np.array(found.interval([0.0, 0.1, 1.0]))
    assert np.isnan(ends).tolist() == [[True, False, True]] * 2


# --- errors --------------------------------------------------------------------------


def test_probabilities_that_rank_the_wrong_way() -> None:
    with pytest.raises(RankingError, match="fall with the logarithm of the probability"):
        beta_calibration(~outcomes(12, 18, 24, 20, 25, 30), PROB, philosophy="hybrid")


def test_probabilities_of_0_or_1() -> None:
    with pytest.raises(InvalidDataError, match="1 raw probabilities are 0 or 1"):
        beta_calibration([0, 1, 0], [0.0, 0.5, 0.4], philosophy="hybrid")


def test_classes_told_apart() -> None:
    is_bad, prob = np.repeat([0, 1], 50), np.linspace(0.1, 0.9, 100)
    with pytest.raises(InvalidDataError, match="apart without error"):
        beta_calibration(is_bad, prob, philosophy="hybrid")


def test_curves_that_cannot_be() -> None:
    with pytest.raises(InvalidParameterError, match=r"'a' .* in the range \[0, inf\)"):
        BetaCurve(a=-1, b=1, c=0)
    with pytest.raises(InvalidParameterError, match="is applied to raw probabilities"):
        Calibration(curve=BetaCurve(a=1, b=1, c=0), measure="score", philosophy="hybrid")
    with pytest.raises(RankingError, match="both slopes of the beta curve are zero"):
        Calibration(curve=BetaCurve(a=0, b=0, c=0), measure="prob_default", philosophy="hybrid")
