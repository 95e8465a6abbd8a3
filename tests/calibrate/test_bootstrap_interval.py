"""Intervals by resampling, held against those of the delta method."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.special import expit, logit

from creditscore.calibrate import bootstrap_interval, isotonic_calibration, logistic_calibration
from creditscore.exceptions import (
    CreditScoreWarning,
    FailedFitWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
    SeparationWarning,
    SmallSampleWarning,
)

LOGISTIC = partial(logistic_calibration, philosophy="hybrid")
ISOTONIC = partial(isotonic_calibration, philosophy="hybrid")


def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    score = np.round(rng.normal(560, 40, n))
    return rng.random(n) < expit(12 - score / 40), score


def test_of_a_logistic_curve_it_is_near_the_delta_method() -> None:
    is_bad, score = draw(3000)
    at = np.array([500.0, 560.0, 620.0])
    drawn = bootstrap_interval(LOGISTIC, is_bad, score, at=at, n_resamples=400)
    known = LOGISTIC(is_bad, score).interval(at)
    widths = [logit(upper) - logit(lower) for lower, upper in (drawn, known)]
    assert widths[0] == pytest.approx(widths[1], rel=0.15)
    assert logit(drawn[0]) == pytest.approx(logit(known[0]), abs=0.05)


def test_isotonic() -> None:
    is_bad, score = draw(3000)
    at = np.array([480.0, 520.0, 560.0, 600.0])
    # told once, and not for each resample
    with pytest.warns(SeparationWarning) as caught:
        lower, upper = bootstrap_interval(ISOTONIC, is_bad, score, at=at, n_resamples=200)
    assert len(caught) == 1
    true = expit(12 - at / 40)
    assert ((lower < true) & (true < upper)).all()
    seeded = partial(ISOTONIC, floor=0.0005)
    with pytest.warns(SeparationWarning):
        again = bootstrap_interval(
            seeded, is_bad, score, at=at, n_resamples=200, random_state=np.random.default_rng(0)
        )
    assert (again[0] == lower).all()
    # no resample can show a default where there was none
    with pytest.warns(SeparationWarning):
        nothing = bootstrap_interval(ISOTONIC, is_bad, score, at=[700.0], n_resamples=20)
    assert (nothing[0][0], nothing[1][0]) == (0, 0)


def test_weights_are_repeated_rows() -> None:
    is_bad, score = draw(300)
    weights = np.full(300, 4)
    at = [520.0, 600.0]
    one = bootstrap_interval(LOGISTIC, is_bad, score, at=at, sample_weight=weights, n_resamples=300)
    other = bootstrap_interval(
        LOGISTIC, np.repeat(is_bad, 4), np.repeat(score, 4), at=at, n_resamples=300
    )
    widths = [logit(upper) - logit(lower) for lower, upper in (one, other)]
    assert widths[0] == pytest.approx(widths[1], rel=0.2)


def test_too_few_cases() -> None:
    told = {"at": [1], "n_resamples": 50}
    with (
        pytest.warns(SeparationWarning),
        pytest.raises(InvalidDataError, match="of 50 resamples have no calibration"),
    ):
        bootstrap_interval(ISOTONIC, [1, 0, 0], [1, 2, 3], **told)


def test_resamples_that_fail_are_told() -> None:
    is_bad, score = np.isin(np.arange(400), [0, 20, 40, 60, 160]), np.arange(400.0)
    with pytest.warns(CreditScoreWarning) as caught:
        bootstrap_interval(LOGISTIC, is_bad, score, at=[300.0], n_resamples=100)
    assert [warning.category for warning in caught] == [SmallSampleWarning, FailedFitWarning]
    assert "of 100 lacked a class or ranked the wrong way" in str(caught[1].message)


def test_parameters() -> None:
    is_bad, score = draw(300)
    with pytest.raises(InvalidParameterError, match=r"'n_resamples' .* must be an integer"):
        bootstrap_interval(LOGISTIC, is_bad, score, at=[1], n_resamples=5)
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0, 1\)"):
        bootstrap_interval(LOGISTIC, is_bad, score, at=[1], level=95)
    with pytest.raises(InvalidParameterError, match=r"'random_state' .*Generator will do as well"):
        bootstrap_interval(LOGISTIC, is_bad, score, at=[1], random_state=-1)
    for calibrate in (LOGISTIC(is_bad, score), lambda *_, **__: 0.5):
        with pytest.raises(InvalidParameterError, match="a function that makes a Calibration"):
            bootstrap_interval(calibrate, is_bad, score, at=[1])
    with pytest.raises(InvalidWeightError, match="counts of rows, whole numbers"):
        bootstrap_interval(LOGISTIC, is_bad, score, at=[1], sample_weight=np.full(300, 0.5))
