"""The weight between judgement and data: where the truth puts it, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_expit
from statsmodels.discrete.discrete_model import Logit

from creditscore import LogisticScorecard, PointsScale, Scorecard
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    CalibrationWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    SmallSampleWarning,
    UncalibratedCardError,
)
from creditscore.expert import BlendFit, BlendWeightDisplay, fit_blend_weight
from creditscore.scorecard import Characteristic

LOG_ODDS = PointsScale(base_score=0, base_odds=1, pdo=math.log(2))
"""On this scale points are the log-odds themselves."""


def linear(name: str, *, slope: float = 1.0, constant: float = 0.0) -> Scorecard:
    """Return a card whose log-odds are a column between -9 and 9."""
    low = constant - 9 * slope
    column = Characteristic.numeric(
        name,
        cuts=[-9, 9],
        points=[low, low, constant + 9 * slope],
        slopes=[0, slope, 0],
        missing_points=constant,
    )
    return Scorecard(characteristics=(column,), scale=LOG_ODDS)


def cases(weight: float, n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw cases whose true log-odds are a blend of two columns."""
    rng = np.random.default_rng(seed)
    both = rng.multivariate_normal([1.5, 1.5], [[2.0, 1.0], [1.0, 2.0]], size=n)
    X = pd.DataFrame(np.clip(both, -8, 8), columns=["e", "s"])
    is_bad = rng.random(n) < expit(-(weight * X["e"] + (1 - weight) * X["s"])).to_numpy()
    return X, is_bad


# --- reference -----------------------------------------------------------------------


@given(seed=st.integers(0, 10_000), truth=st.floats(0, 1))
@settings(deadline=None, max_examples=25)
@pytest.mark.filterwarnings("ignore::creditscore.exceptions.CalibrationWarning")
def test_it_is_the_maximum_in_the_unit_interval_and_its_profile(seed: int, truth: float) -> None:
    X, is_bad = cases(truth, 400, seed)
    signs = np.where(is_bad, -1.0, 1.0)

    def value(weight: float) -> float:
        return float(log_expit(signs * (weight * X["e"] + (1 - weight) * X["s"])).sum())

    fit = fit_blend_weight(linear("e"), linear("s"), X, is_bad)
    found = minimize_scalar(
        lambda w: -value(w), bounds=(0, 1), method="bounded", options={"xatol": 1e-10}
    )
    assert fit.weight == pytest.approx(found.x, abs=1e-5)
    assert fit.log_likelihood >= -found.fun - 1e-9
    assert fit.log_likelihood == pytest.approx(value(fit.weight), rel=1e-12)
    assert (fit.statistical_log_likelihood, fit.expert_log_likelihood) == pytest.approx(
        (value(0), value(1))
    )
    assert fit.curve[25] == pytest.approx(value(0.25))
    assert 0 <= fit.interval.lower <= fit.weight <= fit.interval.upper <= 1
    # half the 95 % quantile of chi-square with one degree of freedom, R: qchisq(0.95, 1) / 2
    for end, at_end in ((fit.interval.lower, 0.0), (fit.interval.upper, 1.0)):
        if end != at_end:
            assert value(end) == pytest.approx(fit.log_likelihood - 1.9207294, abs=1e-6)
        else:
            assert value(end) >= fit.log_likelihood - 1.9207295
    free = Logit(~is_bad, np.column_stack([np.ones(400), X["e"], X["s"]])).fit(disp=False)
    assert fit.free == pytest.approx(tuple(free.params), rel=1e-5, abs=1e-6)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(60):
        X, is_bad = cases(0.5, 300, seed)
        interval = fit_blend_weight(linear("e"), linear("s"), X, is_bad, level=0.9).interval
        covered += interval.lower <= 0.5 <= interval.upper
    # 90 % of 60 is 54; P(fewer than 46) is below 0.001 by the binomial distribution
    assert covered >= 46


def test_in_large_samples_the_true_weight_is_found() -> None:
    X, is_bad = cases(0.3, 60_000, 1)
    fit = fit_blend_weight(linear("e"), linear("s"), X, is_bad)
    assert fit.weight == pytest.approx(0.3, abs=0.03)
    assert fit.calibration_p_value > 0.01
    expected = 0.3 * X["e"] + 0.7 * X["s"]
    at_truth = fit.scorecard.scale.log_odds(fit.scorecard.score(X))  # type: ignore[union-attr]
    assert at_truth == pytest.approx(expected.to_numpy(), abs=0.3)


# --- laws ----------------------------------------------------------------------------


def test_changing_sides_changes_the_weight_to_its_rest() -> None:
    X, is_bad = cases(0.4, 800, 2)
    here = fit_blend_weight(linear("e"), linear("s"), X, is_bad)
    there = fit_blend_weight(linear("s"), linear("e"), X, is_bad)
    assert here.weight == pytest.approx(1 - there.weight, abs=1e-9)
    assert here.interval.lower == pytest.approx(1 - there.interval.upper, abs=1e-8)


def test_a_weight_of_two_is_two_rows() -> None:
    X, is_bad = cases(0.4, 600, 3)
    weights = np.arange(600) % 3
    rows = np.repeat(np.arange(600), weights)
    weighted = fit_blend_weight(linear("e"), linear("s"), X, is_bad, sample_weight=weights)
    written = fit_blend_weight(linear("e"), linear("s"), X.iloc[rows], is_bad[rows])
    assert weighted.weight == pytest.approx(written.weight, abs=1e-9)
    assert weighted.interval == pytest.approx(written.interval, abs=1e-9)
    assert (weighted.n_good, weighted.n_bad) == (written.n_good, written.n_bad)


# --- the same sample -----------------------------------------------------------------


def judged_and_german() -> tuple[Scorecard, pd.DataFrame, pd.Series]:
    german = load_german_credit()
    months = Characteristic.numeric(
        "duration_months", cuts=[12, 24, 36], points=[2.0, 1.2, 0.6, -0.2], missing_points=0
    )
    card = Scorecard(characteristics=(months,), scale=LOG_ODDS)
    return card, german[["duration_months", "checking_status", "savings_status"]], german["is_bad"]


def test_a_card_that_was_fitted_on_these_rows_is_refused_and_others_are_not() -> None:
    judged, X, y = judged_and_german()
    card = LogisticScorecard().fit(X[:700], y[:700]).scorecard_
    with pytest.raises(InvalidDataError, match="fitted on these very rows"):
        fit_blend_weight(judged, card, X[:700], y[:700])
    late = fit_blend_weight(judged, card, X[700:], y[700:])
    assert late.n_folds == 0
    # without a summary nothing tells
    assert fit_blend_weight(judged, replace(card, fit_summary=None), X[:700], y[:700]).weight >= 0


def test_an_estimator_is_judged_by_rows_held_out_and_blended_as_fitted_on_all() -> None:
    judged, X, y = judged_and_german()
    model = LogisticScorecard()
    fit = fit_blend_weight(judged, model, X, y, random_state=0)
    assert not hasattr(model, "scorecard_")
    assert fit.n_folds == 5
    assert "cross-fitted in 5 folds" in repr(fit)
    whole = LogisticScorecard().fit(X, y).scorecard_
    assert fit.statistical_log_likelihood < whole.fit_summary.log_likelihood  # type: ignore[union-attr]
    seen = fit_blend_weight(judged, replace(whole, fit_summary=None), X, y)
    assert fit.weight >= seen.weight
    assert set(fit.scorecard.names) == set(whole.names)
    again = fit_blend_weight(judged, model, X, y, random_state=0)
    assert again.weight == fit.weight


# --- warnings, edges and errors ------------------------------------------------------


def test_cards_that_know_different_things_are_told_that_a_mean_makes_too_little_of_them() -> None:
    rng = np.random.default_rng(4)
    X = pd.DataFrame(np.clip(rng.normal(0, 1.5, size=(3_000, 2)), -8, 8), columns=["e", "s"])
    is_bad = rng.random(3_000) < expit(-X.sum(axis=1)).to_numpy()
    with pytest.warns(CalibrationWarning, match=r"weights of sum 2\.2.*know different things"):
        fit = fit_blend_weight(linear("e"), linear("s"), X, is_bad)
    assert fit.calibration_p_value < 1e-6


def test_a_scale_that_is_off_is_told() -> None:
    X, is_bad = cases(0.5, 3_000, 5)
    with pytest.warns(CalibrationWarning, match="the scale of one of them is off"):
        fit_blend_weight(linear("e", constant=2.0), linear("s"), X, is_bad)


def test_few_bad_cases_are_told() -> None:
    X = pd.DataFrame({"e": [1.0, 2.0, -1.0, 0.0, 2.0], "s": [0.5, -1.0, 0.0, 1.0, 2.0]})
    with pytest.warns(SmallSampleWarning, match="2 cases of the rarer class"):
        fit = fit_blend_weight(linear("e"), linear("s"), X, [1, 0, 1, 0, 0])
    assert fit.interval.upper - fit.interval.lower > 0.5


def test_separated_cases_have_a_weight_but_no_free_fit() -> None:
    rng = np.random.default_rng(6)
    X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["e", "s"])
    fit = fit_blend_weight(linear("e"), linear("s"), X, X["e"] < 0)
    assert fit.weight == 1.0
    assert np.isnan(fit.free).all()
    assert math.isnan(fit.calibration_p_value)


def test_what_cannot_be_weighed_is_refused() -> None:
    X, is_bad = cases(0.5, 100, 7)
    with pytest.raises(InvalidDataError, match="difference of the log-odds of both cards, 0"):
        fit_blend_weight(linear("e"), linear("e"), X, is_bad)
    with pytest.raises(UncalibratedCardError, match="'expert' card"):
        fit_blend_weight(replace(linear("e"), scale=None), linear("s"), X, is_bad)
    with pytest.raises(InvalidTargetError, match="one class"):
        fit_blend_weight(linear("e"), linear("s"), X, np.zeros(100))
    with pytest.raises(InvalidDataError, match="rarer class has 3"):
        fit_blend_weight(linear("e"), LogisticScorecard(), X, np.arange(100) < 3)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"level": 1}, "'level'"),
        ({"n_folds": 1}, "'n_folds'"),
        ({"statistical": "card"}, "'statistical'"),
    ],
)
def test_parameters_are_checked(parameters: dict[str, object], said: str) -> None:
    X, is_bad = cases(0.5, 100, 7)
    given_ = {"statistical": linear("s"), **parameters}
    with pytest.raises(InvalidParameterError, match=said):
        fit_blend_weight(linear("e"), X=X, is_bad=is_bad, **given_)  # type: ignore[arg-type]


# --- the picture ---------------------------------------------------------------------


def test_the_picture_draws_the_likelihood_and_the_interval() -> None:
    X, is_bad = cases(0.5, 300, 8)
    fit = fit_blend_weight(linear("e"), linear("s"), X, is_bad)
    assert isinstance(fit, BlendFit)
    display = BlendWeightDisplay.from_fit(fit)
    frame = display.frame()
    assert frame["weight"].tolist()[::50] == [0, 0.5, 1]
    assert frame["below_best"].max() <= 0
    assert frame["below_best"].max() == pytest.approx(0, abs=0.01)
    display.plot()
    assert display.ax_.get_xlim() == (0, 1)
    assert "best" in display.ax_.texts[0].get_text()
    with pytest.raises(InvalidParameterError, match="'fit' parameter"):
        BlendWeightDisplay.from_fit(0.5)  # type: ignore[arg-type]
