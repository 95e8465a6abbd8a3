"""The frozen calibration: levels, margins, floors, files, kinds of columns, words."""

from __future__ import annotations

import math
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from scipy.special import expit, logit

from creditscore.calibrate import (
    BetaCurve,
    Calibration,
    CalibrationCurve,
    CalibrationSample,
    ConstantCurve,
    IsotonicCurve,
    LogisticCurve,
    Margin,
    QuasiMomentCurve,
    logistic_calibration,
    mean_matching,
    prior_correction,
)
from creditscore.exceptions import (
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
    RankingError,
)

SAMPLE = CalibrationSample(n=1000, n_bad=200, lowest=400, highest=700, period="2019 to 2023")
PLAIN = Calibration(
    curve=LogisticCurve(intercept=12.0, slope=-0.025, covariance=((0.5, -0.001), (-0.001, 3e-6))),
    measure="score",
    philosophy="point_in_time",
    sample=SAMPLE,
)
MARGINS = (
    Margin(category="A", value=0.1, reason="outcomes of one branch are missing"),
    Margin(category="C", value=0.05, reason="error of estimation"),
    Margin(category="B", value=0.2, unit="log_odds", reason="a new market"),
)
CURVES = {
    "logistic": (PLAIN.curve, "score"),
    "bare": (LogisticCurve(intercept=0.1, slope=1.1), "prob_default"),
    "beta": (BetaCurve(a=1.1, b=0.3, c=-0.1), "prob_default"),
    "isotonic": (IsotonicCurve(lower=(1, 3), upper=(2, 4), rates=(0.3, 0.1)), "score"),
    "quasi": (
        QuasiMomentCurve(values=(1, 2), normal_scores=(-1, 1), alpha=3, beta=1 / 3),
        "score",
    ),
    "constant": (ConstantCurve(rate=0.1), "score"),
}
SCORES = np.array([450.0, 560.0, 600.0, 640.0])


# --- level ---------------------------------------------------------------------------


@given(rate=st.floats(0.001, 0.5))
def test_both_ways_to_another_level(rate: float) -> None:
    raw = PLAIN.best_estimate(SCORES)
    mean = PLAIN.moved_to(rate, on=SCORES)
    assert mean.best_estimate(SCORES) == pytest.approx(mean_matching(raw, central_tendency=rate))
    prior = PLAIN.moved_to(rate, how="prior")
    expected = prior_correction(raw, sample_rate=0.2, population_rate=rate)
    assert prior.best_estimate(SCORES) == pytest.approx(expected)


def test_reference_levels() -> None:
    # p = .01 .05 .2 .5, from 20 % to 3 %: the shifts of prior correction and of mean matching
    curve = LogisticCurve(intercept=0.0, slope=1.0)
    sample = CalibrationSample(n=100, n_bad=20, lowest=0.01, highest=0.5)
    plain = Calibration(curve=curve, measure="prob_default", philosophy="hybrid", sample=sample)
    prob = [0.01, 0.05, 0.2, 0.5]
    prior, mean = plain.moved_to(0.03, how="prior"), plain.moved_to(0.03, on=prob)
    assert prior.shift == pytest.approx(-2.0898043287, abs=1e-10)
    assert mean.shift == pytest.approx(-2.3163717377, abs=1e-9)
    assert prior.best_estimate(prob) == pytest.approx(
        [0.00124805, 0.00646900, 0.03, 0.11009174], abs=5e-9
    )
    assert mean.best_estimate(prob) == pytest.approx(
        [0.00099528, 0.00516429, 0.02406433, 0.08977611], abs=5e-9
    )


def test_a_new_level_takes_the_place_of_the_last() -> None:
    twice = PLAIN.moved_to(0.3, on=SCORES).moved_to(0.03, on=SCORES)
    assert twice.shift == pytest.approx(PLAIN.moved_to(0.03, on=SCORES).shift, abs=1e-9)
    weighted = PLAIN.moved_to(0.03, on=SCORES, sample_weight=[1, 0, 0, 3])
    moved = weighted.best_estimate(SCORES)
    assert (moved[0] + 3 * moved[3]) / 4 == pytest.approx(0.03)


def test_another_level_may_mean_something_else() -> None:
    assert PLAIN.moved_to(0.03, on=SCORES).philosophy == "point_in_time"
    assert PLAIN.moved_to(0.03, on=SCORES, philosophy="hybrid").philosophy == "hybrid"
    prior = PLAIN.moved_to(0.03, how="prior", philosophy="through_the_cycle")
    assert prior.philosophy == "through_the_cycle"
    with pytest.raises(InvalidParameterError, match="'philosophy'"):
        PLAIN.moved_to(0.03, on=SCORES, philosophy="cycle")  # type: ignore[arg-type]


def test_levels_that_cannot_be() -> None:
    with pytest.raises(InvalidParameterError, match="needs the values whose mean probability"):
        PLAIN.moved_to(0.03)
    with pytest.raises(InvalidParameterError, match="it takes no values: got 'on'"):
        PLAIN.moved_to(0.03, how="prior", on=SCORES)
    with pytest.raises(InvalidParameterError, match="no sample is known"):
        replace(PLAIN, sample=None).moved_to(0.03, how="prior")
    # its mean was asked for, 2 % say, and is not the 20 % of its sample
    asked = replace(PLAIN, curve=CURVES["quasi"][0])
    with pytest.raises(InvalidParameterError, match="a quasi-moment curve has the mean that it"):
        asked.moved_to(0.03, how="prior")
    assert asked.moved_to(0.03, on=[1, 1.5, 2]).best_estimate([1, 1.5, 2]).mean() == pytest.approx(
        0.03
    )
    with pytest.raises(InvalidParameterError, match=r"'rate' .* in the range \(0, 1\)"):
        PLAIN.moved_to(3, on=SCORES)
    with pytest.raises(InvalidParameterError, match=r"'how' .* must be one of"):
        PLAIN.moved_to(0.03, how="both", on=SCORES)


# --- margin and floor ----------------------------------------------------------------


def test_margins_add_up_within_their_unit() -> None:
    prudent = PLAIN.with_margin(*MARGINS)
    expected = expit(logit(PLAIN.best_estimate(SCORES)) + 0.2) * 1.15
    assert prudent.prob_default(SCORES) == pytest.approx(np.minimum(expected, 1))
    assert prudent.best_estimate(SCORES) == pytest.approx(PLAIN.best_estimate(SCORES))
    assert prudent.without_margin() == PLAIN
    assert prudent.prob_default([-9999]).tolist() == [1.0]


def test_the_floor_is_under_the_estimate_with_its_margin() -> None:
    best = float(PLAIN.best_estimate(640.0))
    margin = Margin(category="A", value=0.5, reason="gaps")
    # neither the margin on the floor nor the floor on the estimate alone
    assert replace(PLAIN, margins=(margin,), floor=best * 1.2).prob_default(640.0) == best * 1.5
    assert replace(PLAIN, margins=(margin,), floor=best * 1.8).prob_default(640.0) == best * 1.8


@given(a=st.floats(0, 1000), b=st.floats(0, 1000), floor=st.floats(0, 0.5), shift=st.floats(-5, 5))
def test_a_safer_score_never_has_a_higher_probability(
    a: float, b: float, floor: float, shift: float
) -> None:
    prudent = replace(PLAIN, margins=MARGINS, floor=floor, shift=shift)
    riskier, safer = prudent.prob_default(sorted([a, b]))
    assert floor <= safer <= riskier <= 1


def test_margins_that_are_none() -> None:
    with pytest.raises(InvalidParameterError, match=r"'value' .* in the range \(0, inf\)"):
        Margin(category="A", value=0, reason="none")
    with pytest.raises(InvalidParameterError, match=r"'reason' .* must be text that says why"):
        Margin(category="A", value=0.1, reason=" ")
    with pytest.raises(InvalidParameterError, match=r"'category' .* must be one of"):
        Margin(category="D", value=0.1, reason="x")
    for margins in (MARGINS[0], (0.1,), 0.1):
        with pytest.raises(InvalidParameterError, match=r"'margins' .* must be a tuple of Margin"):
            replace(PLAIN, margins=margins)


def test_margin_of_estimation() -> None:
    margin = PLAIN.estimation_margin(SCORES, level=0.9, sample_weight=[1, 1, 1, 2])
    _, upper = PLAIN.interval(SCORES, level=0.8)
    weights = [1, 1, 1, 2]
    ratio = np.average(upper, weights=weights) / np.average(
        PLAIN.best_estimate(SCORES), weights=weights
    )
    assert (margin.category, margin.unit) == ("C", "relative")
    assert margin.value == pytest.approx(ratio - 1)
    assert "one-sided 90% interval" in margin.reason
    assert PLAIN.estimation_margin(SCORES, reason="mine").reason == "mine"
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0.5, 1\)"):
        PLAIN.estimation_margin(SCORES, level=0.4)
    with pytest.raises(InvalidDataError, match="must be one column of values"):
        PLAIN.estimation_margin([])
    with pytest.raises(InvalidWeightError, match="must not be negative"):
        PLAIN.estimation_margin(SCORES, sample_weight=[-1, 1, 1, 1])
    curve = LogisticCurve(intercept=0.1, slope=1.1, covariance=((0.5, 0.1), (0.1, 0.2)))
    raw = Calibration(curve=curve, measure="prob_default", philosophy="hybrid")
    with pytest.raises(InvalidDataError, match=r"^2 raw .* the first at row 1, and of those no"):
        raw.estimation_margin([0.1, 0.0, 1.0])


# --- interval ------------------------------------------------------------------------


def test_interval_moves_with_the_level() -> None:
    lower, upper = PLAIN.interval(SCORES)
    moved = replace(PLAIN, shift=-1.0).interval(SCORES)
    assert logit(moved[0]) == pytest.approx(logit(lower) - 1)
    assert logit(moved[1]) == pytest.approx(logit(upper) - 1)
    error = math.sqrt(0.5 - 2 * 600 * 0.001 + 600**2 * 3e-6)
    assert logit(upper[2]) - logit(lower[2]) == pytest.approx(2 * 1.959963985 * error)


def test_no_interval_without_a_covariance() -> None:
    bare = replace(PLAIN, curve=LogisticCurve(intercept=12, slope=-0.025))
    with pytest.raises(InvalidDataError, match=r"has no standard errors\. Resample"):
        bare.interval(SCORES)


# --- files ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", CURVES)
def test_a_file_holds_everything(name: str) -> None:
    curve, measure = CURVES[name]
    made = Calibration(
        curve=curve, measure=measure, philosophy="through_the_cycle", shift=-1 / 3,
        margins=MARGINS, floor=0.0005, sample=SAMPLE,
    )  # fmt: skip
    for calibration in (made, Calibration(curve=curve, measure=measure, philosophy="hybrid")):
        back = Calibration.from_json(calibration.to_json())
        assert back == calibration
        assert hash(back) == hash(calibration)
        values = np.linspace(0, 1, 9) if measure == "prob_default" else np.linspace(0, 700, 9)
        assert back.prob_default(values).tolist() == calibration.prob_default(values).tolist()


def test_a_file_of_another_curve_is_refused() -> None:
    from creditscore._document import document_text

    content = {**PLAIN._content(), "curve": {"kind": "cubic"}}
    text = document_text(content, kind="creditscore.calibration", version=1)
    with pytest.raises(DocumentError, match="its content is not what this format holds"):
        Calibration.from_json(text)


# --- columns -------------------------------------------------------------------------


def test_columns_of_any_library() -> None:
    series = pd.Series(SCORES, index=list("abcd"), name="score")
    found = PLAIN.prob_default(series)
    assert found.index.tolist() == list("abcd")
    assert found.name == "pd"
    expected = PLAIN.prob_default(SCORES)
    assert isinstance(expected, np.ndarray)
    assert found.to_numpy() == pytest.approx(expected)
    polars = PLAIN.prob_default(pl.Series("score", SCORES))
    assert isinstance(polars, pl.Series)
    assert polars.to_numpy() == pytest.approx(expected)
    arrow = PLAIN.prob_default(pa.chunked_array([SCORES]))
    assert arrow.to_pylist() == pytest.approx(expected.tolist())
    assert PLAIN.best_estimate(SCORES.reshape(2, 2)).shape == (2, 2)
    assert PLAIN.prob_default([]).shape == (0,)
    lower, _ = PLAIN.interval(series)
    assert (lower.name, lower.index.tolist()) == ("pd_lower", list("abcd"))


def test_values_that_cannot_be_used() -> None:
    with pytest.raises(InvalidDataError, match=r"first at row 1: missing \(NaN\). Score these"):
        PLAIN.prob_default([600, math.nan])
    with pytest.raises(InvalidDataError, match=r"must hold finite numbers\. Got 1 other"):
        PLAIN.prob_default([math.inf])
    with pytest.raises(InvalidDataError, match="Got text"):
        PLAIN.prob_default(["600"])
    beta = Calibration(curve=CURVES["beta"][0], measure="prob_default", philosophy="hybrid")
    with pytest.raises(InvalidDataError, match=r"fractions in \[0, 1\]"):
        beta.prob_default([600])


# --- words ---------------------------------------------------------------------------


def test_it_says_what_its_probabilities_are() -> None:
    assert repr(PLAIN) == (
        "<Calibration: score to PD, point_in_time; logistic, log-odds 12 -0.025 · score; margin "
        "none; floor none; sample 1,000 cases of 2019 to 2023, 200 bad (20.00%)>"
    )
    prudent = replace(PLAIN, margins=MARGINS, floor=0.0005, shift=-1.0, sample=None)
    assert "shift -1; margin A +10.00 %, C +5.00 %, B +0.2 log-odds; floor 0.0500%" in repr(prudent)
    assert "sample unknown" in repr(prudent)
    html = PLAIN._repr_html_()
    assert "point in time" in html
    assert "Probabilities of default over the range" in html
    assert "outcomes of one branch are missing" in prudent._repr_html_()


def test_a_table_marks_what_was_not_seen() -> None:
    prudent = replace(PLAIN, margins=MARGINS, shift=-0.5)
    table = prudent.table([300, 500, 800])
    assert table.columns.tolist() == ["score", "raw", "best_estimate", "pd", "seen"]
    assert table["seen"].tolist() == [False, True, False]
    assert (table["raw"] > table["best_estimate"]).all()
    whole = PLAIN.table()
    assert whole["score"].iloc[[0, -1]].tolist() == [400, 700]
    assert len(whole) == 11
    with pytest.raises(InvalidDataError, match="pass the scores"):
        replace(PLAIN, sample=None).table()
    beta = Calibration(curve=CURVES["beta"][0], measure="prob_default", philosophy="hybrid")
    assert beta.table()["prob_default"].iloc[[0, -1]].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"curve": 1}, r"'curve' .* must be a CalibrationCurve"),
        ({"measure": "odds"}, r"'measure' .* must be one of"),
        ({"philosophy": "pit"}, r"'philosophy' .* must be one of"),
        ({"philosophy": None}, r"'philosophy' .* must be said"),
        ({"shift": math.inf}, r"'shift' .* must be a number"),
        ({"floor": -0.1}, r"'floor' .* must be a number"),
        ({"sample": 1}, r"'sample' .* must be a CalibrationSample"),
    ],
)
def test_parts(change: dict, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        replace(PLAIN, **change)


def test_a_curve_of_the_wrong_direction() -> None:
    with pytest.raises(RankingError, match="change by 1 for a unit"):
        replace(PLAIN, curve=LogisticCurve(intercept=0, slope=1))


@pytest.mark.parametrize("facts", [(10, 0, 1, 2), (10, 10, 1, 2), (10, 5, 2, 1)])
def test_facts_that_do_not_fit(facts: tuple) -> None:
    n, n_bad, lowest, highest = facts
    with pytest.raises(InvalidParameterError, match="needs 0 < n_bad < n and lowest <= highest"):
        CalibrationSample(n=n, n_bad=n_bad, lowest=lowest, highest=highest)


def test_sample_of_a_fit() -> None:
    rng = np.random.default_rng(0)
    score = rng.normal(560, 40, 500)
    is_bad = rng.random(500) < expit(12 - score / 40)
    found = logistic_calibration(is_bad, score, philosophy="hybrid", period="2024", floor=0.001)
    assert (found.sample.n, found.sample.n_bad) == (500, is_bad.sum())
    assert (found.sample.lowest, found.sample.highest) == (score.min(), score.max())
    assert (found.sample.period, found.floor, found.margins) == ("2024", 0.001, ())


def test_a_margin_above_the_estimate_itself_shows() -> None:
    percent = Margin(category="A", value=10, reason="ten per cent, as a fraction it is 0.1")
    assert percent.size == "+1000.00 % (times 11)"
    assert "(times 11)" in repr(percent)
    assert Margin(category="A", value=1, reason="twice").size == "+100.00 %"
    assert Margin(category="A", value=2, unit="log_odds", reason="x").size == "+2 log-odds"


@pytest.mark.parametrize(
    "curve",
    [
        LogisticCurve(intercept=0.0, slope=1.0),
        BetaCurve(a=1.0, b=1.0, c=0.0),
        IsotonicCurve(lower=(0.1, 0.5), upper=(0.2, 0.6), rates=(0.1, 0.2)),
        QuasiMomentCurve(values=(0.1, 0.5), normal_scores=(1.0, -1.0), alpha=3.0, beta=1.0),
        ConstantCurve(rate=0.05),
    ],
    ids=lambda curve: curve.kind,
)
def test_curves_know_two_measures(curve: CalibrationCurve) -> None:
    assert curve.prob_default(np.array([0.3]), "prob_default").shape == (1,)
    with pytest.raises(
        InvalidParameterError, match=rf"'measure' parameter of {type(curve).__name__}.*Got 'raw'"
    ):
        curve.prob_default(np.array([0.3]), "raw")  # type: ignore[arg-type]
