"""Logistic calibration: reference numbers, laws, edges and errors."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from scipy.special import expit, logit

from creditscore.calibrate import LogisticCurve, logistic_calibration
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    RankingError,
    SmallSampleWarning,
)


def draw(n: int = 2000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw outcomes and scores whose log-odds are 12 - score / 40."""
    rng = np.random.default_rng(seed)
    score = rng.normal(560, 40, n)
    return rng.random(n) < expit(12 - score / 40), score


# --- reference -----------------------------------------------------------------------


def test_maximum_likelihood_of_statsmodels() -> None:
    is_bad, score = draw()
    found = logistic_calibration(is_bad, score, philosophy="point_in_time").curve
    glm = sm.Logit(is_bad.astype(float), sm.add_constant(score)).fit(disp=0)
    assert (found.intercept, found.slope) == pytest.approx(tuple(glm.params), rel=1e-8)
    assert np.array(found.covariance) == pytest.approx(np.asarray(glm.cov_params()), rel=1e-6)


def test_interval_of_statsmodels() -> None:
    is_bad, score = draw()
    found = logistic_calibration(is_bad, score, philosophy="point_in_time")
    glm = sm.GLM(is_bad.astype(float), sm.add_constant(score), family=sm.families.Binomial()).fit()
    at = np.array([450.0, 560.0, 700.0])
    frame = glm.get_prediction(sm.add_constant(at)).summary_frame(alpha=0.1)
    lower, upper = found.interval(at, level=0.9)
    assert lower == pytest.approx(frame["mean_ci_lower"].to_numpy(), rel=1e-5)
    assert upper == pytest.approx(frame["mean_ci_upper"].to_numpy(), rel=1e-5)


def test_platt_targets() -> None:
    # Platt 1999: 3 bad and 7 good have the targets 4/5 and 1/9; two scores, one for each class,
    # are fitted without error
    score = [1.0] * 3 + [2.0] * 7
    with pytest.warns(SmallSampleWarning, match="2 parameters and is estimated from 3 cases"):
        found = logistic_calibration(
            [1] * 3 + [0] * 7, score, philosophy="hybrid", platt_targets=True
        )
    assert found.prob_default([1.0, 2.0]) == pytest.approx([0.8, 1 / 9], rel=1e-9)


def test_two_scores_get_their_own_rates() -> None:
    score = np.repeat([500, 600], 100)
    is_bad = np.concatenate([np.arange(100) < 40, np.arange(100) < 10])
    found = logistic_calibration(is_bad, score, philosophy="hybrid")
    assert found.prob_default([500, 600]) == pytest.approx([0.4, 0.1], rel=1e-10)


# --- laws ----------------------------------------------------------------------------


@given(seed=st.integers(0, 50))
def test_mean_probability_is_the_default_rate(seed: int) -> None:
    is_bad, score = draw(400, seed)
    found = logistic_calibration(is_bad, score, philosophy="hybrid")
    assert found.prob_default(score).mean() == pytest.approx(is_bad.mean(), rel=1e-9)


@given(seed=st.integers(0, 50), scale=st.floats(0.01, 100), start=st.floats(-1000, 1000))
def test_any_rising_straight_scale_gives_the_same(seed: int, scale: float, start: float) -> None:
    is_bad, score = draw(400, seed)
    there = logistic_calibration(is_bad, score, philosophy="hybrid").prob_default(score)
    moved = start + scale * score
    here = logistic_calibration(is_bad, moved, philosophy="hybrid").prob_default(moved)
    assert here == pytest.approx(there, rel=1e-6)


@given(seed=st.integers(0, 50), platt=st.booleans())
def test_whole_weights_are_repeated_rows(seed: int, platt: bool) -> None:
    is_bad, score = draw(300, seed)
    weights = np.random.default_rng(seed).integers(0, 4, 300)
    one = logistic_calibration(
        is_bad, score, philosophy="hybrid", sample_weight=weights, platt_targets=platt
    )
    other = logistic_calibration(
        np.repeat(is_bad, weights), np.repeat(score, weights), philosophy="hybrid",
        platt_targets=platt,
    )  # fmt: skip
    assert one.curve.slope == pytest.approx(other.curve.slope, rel=1e-8)
    assert np.array(one.curve.covariance) == pytest.approx(np.array(other.curve.covariance))
    assert (one.sample.n, one.sample.n_bad) == (other.sample.n, other.sample.n_bad)


def test_a_probability_is_calibrated_by_its_log_odds() -> None:
    is_bad, score = draw()
    prob = expit(11 - score / 45)
    by_prob = logistic_calibration(is_bad, prob, philosophy="hybrid", measure="prob_default")
    by_score = logistic_calibration(is_bad, -logit(prob), philosophy="hybrid")
    assert by_prob.curve.slope == pytest.approx(-by_score.curve.slope, rel=1e-9)
    assert by_prob.prob_default(prob) == pytest.approx(by_score.prob_default(-logit(prob)))
    assert by_prob.prob_default([0.0, 1.0]).tolist() == [0.0, 1.0]


# --- edges and errors ----------------------------------------------------------------


def test_a_score_that_ranks_the_wrong_way_is_refused() -> None:
    is_bad, score = draw()
    with pytest.raises(RankingError, match=r"A higher score is safer.*say measure='prob_default'"):
        logistic_calibration(is_bad, -score, philosophy="hybrid")
    prob = 1 - expit(11 - score / 45)
    with pytest.raises(RankingError, match="A higher probability is riskier"):
        logistic_calibration(is_bad, prob, philosophy="hybrid", measure="prob_default")


def test_classes_told_apart() -> None:
    is_bad, score = np.repeat([1, 0], 50), np.arange(100.0)
    with pytest.raises(InvalidDataError, match="tells good and bad cases apart without error"):
        logistic_calibration(is_bad, score, philosophy="hybrid")
    found = logistic_calibration(is_bad, score, philosophy="hybrid", platt_targets=True)
    assert 0 < found.prob_default([99.0])[0] < 0.02


@pytest.mark.parametrize(
    ("is_bad", "score", "error", "message"),
    [
        ([1, 1, 1], [1, 2, 3], InvalidTargetError, "one class only"),
        ([1, 0, 1], [5, 5, 5], RankingError, "All cases have one score, 5"),
        ([1, 0, 1], [1, 2, math.nan], InvalidDataError, r"score has 1 missing value\(s\)"),
        ([1, 0, 1], [1, 2, math.inf], InvalidDataError, "must hold finite numbers. Got 1 other"),
        ([1, 0, None], [1, 2, 3], InvalidTargetError, "missing"),
        ([1, 0], [1, 2, 3], InvalidTargetError, "score has 3 rows, is_bad has 2"),
        ([1, 0, 1], [1e9, 1e9 + 1e-7, 1e9 + 2e-7], RankingError, "rounding only"),
    ],
)
def test_cases_that_cannot_be_used(
    is_bad: list, score: list, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        logistic_calibration(is_bad, score, philosophy="hybrid")


def test_raw_probabilities_of_0_and_1() -> None:
    with pytest.raises(
        InvalidDataError, match=r"2 raw probabilities are 0 or 1, the first at row 1"
    ):
        logistic_calibration(
            [0, 0, 1, 1], [0.1, 0, 1, 0.5], philosophy="hybrid", measure="prob_default"
        )
    with pytest.raises(
        InvalidDataError, match=r"fractions in \[0, 1\]. Got 1 .*: 600. A percentage"
    ):
        logistic_calibration([0, 1], [0.1, 600], philosophy="hybrid", measure="prob_default")


def test_parameters() -> None:
    is_bad, score = draw(100)
    with pytest.raises(InvalidParameterError, match=r"'philosophy' .* must be said, one of"):
        logistic_calibration(is_bad, score, philosophy=None)
    with pytest.raises(InvalidParameterError, match=r"'philosophy' .* must be one of"):
        logistic_calibration(is_bad, score, philosophy="ttc")
    with pytest.raises(InvalidParameterError, match=r"'measure' .* must be one of"):
        logistic_calibration(is_bad, score, philosophy="hybrid", measure="odds")
    with pytest.raises(InvalidParameterError, match=r"'platt_targets' .* must be a bool"):
        logistic_calibration(is_bad, score, philosophy="hybrid", platt_targets=1)
    with pytest.raises(InvalidParameterError, match=r"'floor' .* in the range \[0, 1\)"):
        logistic_calibration(is_bad, score, philosophy="hybrid", floor=1)
    with pytest.raises(InvalidWeightError, match="must not be negative"):
        logistic_calibration(is_bad, score, philosophy="hybrid", sample_weight=-np.ones(100))


@pytest.mark.parametrize("covariance", [((1.0,),), "ab", ((1, math.nan), (1, 1))])
def test_a_covariance_has_the_right_shape(covariance: object) -> None:
    with pytest.raises(InvalidParameterError, match="must be 2 rows of 2 finite numbers"):
        LogisticCurve(intercept=0, slope=-1, covariance=covariance)
