"""Calibrations against outcomes: the measures of the metrics put together, and the picture."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss, log_loss

from creditscore.calibrate import (
    Calibration,
    CalibrationCurveDisplay,
    ConstantCurve,
    LogisticCurve,
    ReliabilityDisplay,
    compare_calibrations,
    evaluate_calibration,
    logistic_calibration,
)
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
)
from creditscore.metrics import calibration_line, expected_calibration_error


def draw(n: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    prob = rng.beta(1, 8, n).clip(1e-6)
    return rng.random(n) < prob, prob


def test_measures_are_those_of_the_metrics() -> None:
    is_bad, prob = draw()
    found = evaluate_calibration(is_bad, prob, n_groups=8)
    assert found.brier.brier_score == pytest.approx(brier_score_loss(is_bad, prob))
    assert found.log_loss == pytest.approx(log_loss(is_bad, prob))
    assert found.calibration_error == expected_calibration_error(is_bad, prob, n_groups=8)
    assert found.line == calibration_line(is_bad, prob)
    assert (found.predicted, found.observed) == pytest.approx((prob.mean(), is_bad.mean()))
    assert repr(found).startswith("<CalibrationEvaluation: ")
    assert "Calibration against outcomes" in found._repr_html_()


def test_slope_of_probabilities_too_far_apart() -> None:
    is_bad, prob = draw(50_000)
    apart = expit(2 * logit(prob) + 1)
    found = evaluate_calibration(is_bad, apart)
    assert found.line.slope.estimate == pytest.approx(0.5, abs=0.02)


def test_weights_are_repeated_rows() -> None:
    is_bad, prob = draw(500)
    weights = np.random.default_rng(1).integers(0, 3, 500)
    one = evaluate_calibration(is_bad, prob, sample_weight=weights).frame()
    other = evaluate_calibration(np.repeat(is_bad, weights), np.repeat(prob, weights)).frame()
    numbers = one.columns.drop("note")
    assert one[numbers].to_numpy() == pytest.approx(other[numbers].to_numpy())


@pytest.mark.parametrize(
    ("is_bad", "prob", "weights", "said"),
    [
        ([0, 0, 0, 0], [0.1, 0.2, 0.1, 0.2], None, "one class only"),
        ([0, 1, 0, 1], [0.1, 1.0, 0.1, 0.2], None, "0 or 1 in 1 case"),
        ([0, 1, 0, 1], [0.1, 0.1, 0.1, 0.1], None, "the same for all"),
        ([0, 1, 1, 0], [0.1, 0.2, 0.1, 0.2], [0.5, 1, 1, 1], "whole numbers"),
    ],
)
def test_without_a_line_it_says_why(
    is_bad: list, prob: list, weights: list | None, said: str
) -> None:
    found = evaluate_calibration(is_bad, prob, n_groups=2, sample_weight=weights)
    assert found.line is None
    assert said in found.note
    assert "slope not known" in repr(found)
    assert math.isnan(found.frame()["slope"].iloc[0])


def test_what_was_held_impossible_came_true() -> None:
    assert math.isinf(evaluate_calibration([1, 0], [0.0, 0.5]).log_loss)


def test_comparison() -> None:
    is_bad, prob = draw()
    table = compare_calibrations(is_bad, {"raw": prob, "flat": np.full(len(prob), 0.1)})
    assert table["calibration"].tolist() == ["raw", "flat"]
    assert table["brier_score"].iloc[0] < table["brier_score"].iloc[1]
    with pytest.raises(EmptyDataError, match="no calibrations to compare"):
        compare_calibrations(is_bad, {})
    with pytest.raises(InvalidParameterError, match=r"'prob_default' .* must be a Mapping"):
        compare_calibrations(is_bad, prob)


def test_inputs() -> None:
    with pytest.raises(InvalidDataError, match="fractions"):
        evaluate_calibration([0, 1], [0.1, 2])
    with pytest.raises(InvalidTargetError, match="missing"):
        evaluate_calibration([0, None], [0.1, 0.2])


# --- the picture ---------------------------------------------------------------------


def test_display() -> None:
    is_bad, prob = draw()
    display = ReliabilityDisplay.from_probabilities({"raw": prob, "half": prob / 2}, is_bad)
    frame = display.frame()
    assert frame["calibration"].unique().tolist() == ["raw", "half"]
    assert frame.groupby("calibration")["count"].sum().tolist() == [2000, 2000]
    assert display.counts.groupby("calibration")["share"].sum().tolist() == pytest.approx([1, 1])
    axes = display.plot().ax_
    assert axes.get_ylabel() == "observed default rate"
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["as predicted", "raw, 95% interval", "half, 95% interval"]
    assert repr(display) == "<ReliabilityDisplay: raw, half; 10 to 10 groups, 2,000 cases>"
    frame["count"] = 0
    assert display.frame()["count"].sum() == 4000


def test_rates_far_apart_have_bent_axes() -> None:
    is_bad, prob = draw()
    display = ReliabilityDisplay.from_probabilities({"raw": prob}, is_bad).plot()
    assert display.ax_.get_xscale() == "symlog"
    near = ReliabilityDisplay.from_probabilities({"raw": prob}, is_bad, n_groups=1).plot()
    assert near.ax_.get_xscale() == "linear"


def test_nothing_but_zero_is_drawn_too() -> None:
    display = ReliabilityDisplay.from_probabilities({"raw": [0.0, 0.0]}, [0, 0]).plot()
    assert display.ax_.get_xlim()[0] == 0


def test_weights_count_in_the_picture() -> None:
    is_bad, prob = draw(200)
    weights = np.random.default_rng(1).integers(0, 3, 200)
    one = ReliabilityDisplay.from_probabilities({"a": prob}, is_bad, sample_weight=weights)
    repeated = {"a": np.repeat(prob, weights)}
    other = ReliabilityDisplay.from_probabilities(repeated, np.repeat(is_bad, weights))
    assert one.groups["count"].tolist() == other.groups["count"].tolist()


def test_display_inputs() -> None:
    is_bad, prob = draw(100)
    with pytest.raises(InvalidDataError, match=r"room for 1 to 5 calibrations\. Got 0"):
        ReliabilityDisplay.from_probabilities({}, is_bad)
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0, 1\)"):
        ReliabilityDisplay.from_probabilities({"a": prob}, is_bad, level=95)
    with pytest.raises(InvalidParameterError, match=r"'n_groups' .* must be an integer"):
        ReliabilityDisplay.from_probabilities({"a": prob}, is_bad, n_groups=0)


# --- the picture over the score ------------------------------------------------------


def scored(n: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    score = np.round(rng.normal(560, 40, n))
    return rng.random(n) < expit(12 - score / 40), score


def test_curves_over_the_score() -> None:
    is_bad, score = scored()
    found = logistic_calibration(is_bad, score, philosophy="hybrid")
    made = {"plain": found, "prudent": replace(found, floor=0.05)}
    display = CalibrationCurveDisplay.from_calibrations(made, score, is_bad)
    frame = display.frame()
    assert frame["count"].sum() == 2000
    # the lowest scores are the first group
    first = score <= np.sort(score)[int(frame["count"].iloc[0]) - 1]
    assert frame["value"].iloc[0] == pytest.approx(score[first].mean())
    assert frame["observed"].iloc[0] == pytest.approx(is_bad[first].mean())
    expected = found.prob_default(frame["value"].to_numpy())
    assert frame["plain"].to_numpy() == pytest.approx(expected, abs=1e-3)
    assert display.curves["prudent"].min() == 0.05
    axes = display.plot().ax_
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["plain", "prudent", "observed, 95% interval"]
    assert repr(display) == "<CalibrationCurveDisplay: plain, prudent; 10 groups, 2,000 cases>"


def test_curves_over_a_raw_probability() -> None:
    is_bad, prob = draw()
    found = logistic_calibration(is_bad, prob, philosophy="hybrid", measure="prob_default")
    display = CalibrationCurveDisplay.from_calibrations({"line": found}, prob, is_bad).plot()
    assert display.measure == "prob_default"
    assert display.ax_.get_ylabel() == "probability of default"


def test_curve_inputs() -> None:
    is_bad, score = scored(300)
    found = logistic_calibration(is_bad, score, philosophy="hybrid")
    of_prob = Calibration(
        curve=LogisticCurve(intercept=0, slope=1), measure="prob_default", philosophy="hybrid"
    )
    make = CalibrationCurveDisplay.from_calibrations
    for calibrations in ({}, {"a": found, "b": of_prob}, {str(i): found for i in range(6)}):
        with pytest.raises(InvalidParameterError, match="draws 1 to 5 calibrations of one measure"):
            make(calibrations, score, is_bad)
    with pytest.raises(InvalidParameterError, match="must be a Calibration"):
        make({"a": 1}, score, is_bad)
    with pytest.raises(InvalidDataError, match="All values are 5, so that no curve"):
        make({"a": found}, [5, 5], [0, 1])
    with pytest.raises(EmptyDataError, match="no values to draw"):
        make({"a": found}, [], [])
    with pytest.raises(InvalidDataError, match="must be one column"):
        make({"a": found}, [[1, 2]], [0, 1])


def test_a_constant_calibration() -> None:
    flat = Calibration(curve=ConstantCurve(rate=0.1), measure="score", philosophy="hybrid")
    assert flat.prob_default([1, 2]).tolist() == [0.1, 0.1]
    assert "constant, 10.0000% whatever the score" in repr(flat)
    with pytest.raises(InvalidParameterError, match=r"'rate' .* in the range \[0, 1\]"):
        ConstantCurve(rate=10)
