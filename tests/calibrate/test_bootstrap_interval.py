"""Intervals by resampling, held against those of the delta method."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.special import expit, logit

from creditscore.calibrate import bootstrap_interval, isotonic_calibration, logistic_calibration
from creditscore.exceptions import InvalidDataError, InvalidParameterError

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
    lower, upper = bootstrap_interval(ISOTONIC, is_bad, score, at=at, n_resamples=200)
    true = expit(12 - at / 40)
    assert ((lower < true) & (true < upper)).all()
    again = bootstrap_interval(ISOTONIC, is_bad, score, at=at, n_resamples=200)
    assert (again[0] == lower).all()
    # no resample can show a default where there was none
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
    with pytest.raises(InvalidDataError, match="of 50 resamples have no calibration"):
        bootstrap_interval(ISOTONIC, [1, 0, 0], [1, 2, 3], at=[1], n_resamples=50)


def test_parameters() -> None:
    is_bad, score = draw(300)
    with pytest.raises(InvalidParameterError, match=r"'n_resamples' .* must be an integer"):
        bootstrap_interval(LOGISTIC, is_bad, score, at=[1], n_resamples=5)
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0, 1\)"):
        bootstrap_interval(LOGISTIC, is_bad, score, at=[1], level=95)
