"""Odds along the scale: against hand computation, on reversed scales, and where a class lacks."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from statsmodels.api import Logit, add_constant

from creditscore import LogisticScorecard, PointsScale, Scorecard
from creditscore._display import BAD, GOOD
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    UncalibratedCardError,
)
from creditscore.metrics import jeffreys_interval
from creditscore.scorecard import Characteristic, ScoreOddsDisplay

SCALE = PointsScale(base_score=600, base_odds=50, pdo=20)


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray]:
    """Scores and outcomes of cases whose odds are those of the scale."""
    rng = np.random.default_rng(0)
    score = np.round(rng.normal(540, 30, size=4_000), 1)
    return score, rng.random(4_000) < SCALE.prob_default(score)


# --- numbers -----------------------------------------------------------------------------


def test_by_hand() -> None:
    score, is_bad = [500, 500, 500, 520, 520, 520], [1, 1, 0, 1, 0, 0]
    frame = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE, n_bands=2).frame()
    lower, upper = jeffreys_interval([2, 1], [3, 3])
    assert frame["score_lower"].tolist() == frame["score_upper"].tolist() == [500, 520]
    assert frame["score"].tolist() == pytest.approx([500, 520])
    assert frame[["count", "n_good", "n_bad"]].to_numpy().tolist() == [[3, 1, 2], [3, 2, 1]]
    # ln 50 less 100 and 80 points at 20 points a doubling
    promised = [math.log(50) - 5 * math.log(2), math.log(50) - 4 * math.log(2)]
    assert frame["log_odds"].tolist() == pytest.approx(promised)
    assert frame["observed"].tolist() == pytest.approx([math.log(1 / 2), math.log(2)])
    assert frame["observed_lower"].tolist() == pytest.approx((-logit(upper)).tolist())
    assert frame["observed_upper"].tolist() == pytest.approx((-logit(lower)).tolist())
    # odds of 1:2 belong to 600 - 20 · log2(100) points
    expected = [600 - 20 * math.log2(100) - 500, 600 - 20 * math.log2(25) - 520]
    assert frame["points_off"].tolist() == pytest.approx(expected)


def test_score_of_a_band_has_its_mean_probability(sample: tuple) -> None:
    score, is_bad = sample
    frame = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE, n_bands=4).frame()
    for row in frame.itertuples():
        inside = (score >= row.score_lower) & (score <= row.score_upper)
        prob = SCALE.prob_default(score[inside]).mean()
        assert SCALE.prob_default(row.score) == pytest.approx(prob)
        assert row.log_odds == pytest.approx(-logit(prob))
        assert (row.count, row.n_bad) == (inside.sum(), is_bad[inside].sum())


def test_line_is_a_logistic_regression(sample: tuple) -> None:
    score, is_bad = sample
    off = PointsScale(base_score=600, base_odds=20, pdo=40)
    display = ScoreOddsDisplay.from_scores(score, is_bad, scale=off)
    model = Logit((~is_bad).astype(float), add_constant(off.log_odds(score))).fit(disp=False)
    assert (display.intercept, display.slope) == pytest.approx(tuple(model.params), rel=1e-6)
    # 40 points double the odds of the scale, and 20 those of the sample
    assert display.slope == pytest.approx(2, abs=0.2)


def test_an_estimated_card_is_on_its_line(fitted: LogisticScorecard, german: pd.DataFrame) -> None:
    display = ScoreOddsDisplay.from_scorecard(fitted.scorecard_, german, german["is_bad"])
    # maximum likelihood leaves nothing along its own log-odds
    assert (display.intercept, display.slope) == pytest.approx((0, 1), abs=1e-6)
    assert display.scale == fitted.scorecard_.scale
    score = fitted.scorecard_.score(german)
    again = ScoreOddsDisplay.from_scores(score, german["is_bad"], scale=display.scale)
    pd.testing.assert_frame_equal(display.frame(), again.frame())


def test_a_reversed_scale_says_the_same(sample: tuple) -> None:
    score, is_bad = sample
    turned = PointsScale(base_score=600, base_odds=50, pdo=20, reverse=True)
    one = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE, n_bands=5)
    other = ScoreOddsDisplay.from_scores(1200 - score, is_bad, scale=turned, n_bands=5)
    columns = ["n_bad", "count", "log_odds", "observed", "observed_lower", "observed_upper"]
    mirrored = other.frame().iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(one.frame()[columns], mirrored[columns])
    np.testing.assert_allclose(one.frame()["points_off"], -mirrored["points_off"])
    assert (one.intercept, one.slope) == pytest.approx((other.intercept, other.slope))
    line = other.plot().ax_.lines[0].get_ydata()
    assert line[0] > line[-1]


def test_whole_weights_are_repeated_rows(sample: tuple) -> None:
    score, is_bad = (part[:200] for part in sample)
    weights = np.arange(200) % 4
    weighted = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE, sample_weight=weights)
    repeated = ScoreOddsDisplay.from_scores(
        np.repeat(score, weights), np.repeat(is_bad, weights), scale=SCALE
    )
    pd.testing.assert_frame_equal(weighted.frame(), repeated.frame())
    assert weighted.slope == pytest.approx(repeated.slope)


def test_level_of_the_intervals(sample: tuple) -> None:
    score, is_bad = sample
    wide, narrow = (
        ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE, level=level).frame()
        for level in (0.99, 0.5)
    )
    assert (wide["observed_lower"] < narrow["observed_lower"]).all()
    assert (wide["observed_upper"] > narrow["observed_upper"]).all()


# --- picture -----------------------------------------------------------------------------


def test_bands_off_the_line_stand_apart(sample: tuple) -> None:
    score, is_bad = sample
    display = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE).plot()
    marks = [line for line in display.ax_.lines if line.get_marker() == "o"]
    assert [mark.get_color() for mark in marks] == [GOOD]
    off = ScoreOddsDisplay.from_scores(
        score, is_bad, scale=PointsScale(base_odds=20, pdo=40)
    ).plot()
    marks = {line.get_color(): line for line in off.ax_.lines if line.get_marker() == "o"}
    frame = off.frame()
    outside = ~frame["log_odds"].between(frame["observed_lower"], frame["observed_upper"])
    assert marks[BAD].get_ydata().tolist() == frame.loc[outside, "observed"].tolist()
    assert f"{outside.sum()} bands off the line" in repr(off)
    one = ScoreOddsDisplay.from_scores([400, 400, 400], [0, 0, 1], scale=SCALE)
    assert repr(one).startswith("ScoreOddsDisplay(1 band, ")
    assert repr(one).endswith(", 1 band off the line)")


def test_bands_of_one_class_are_triangles() -> None:
    score, is_bad = [500, 500, 540, 540, 580, 580], [1, 1, 1, 0, 0, 0]
    display = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE, n_bands=3)
    frame = display.frame()
    assert frame["observed"].tolist() == [-np.inf, 0, np.inf]
    assert frame["points_off"].tolist()[::2] == [-np.inf, np.inf]
    display.plot().ax_.figure.canvas.draw()
    low, high = display.ax_.get_ylim()
    marked = {line.get_marker(): line.get_ydata()[0] for line in display.ax_.lines}
    assert (marked["v"], marked["^"]) == (low, high)


@pytest.mark.parametrize(
    ("score", "is_bad"),
    [([500, 500], [1, 0]), ([500, 560], [1, 0]), ([560, 500], [1, 0]), ([-1e6, 1e6, 0], [1, 0, 1])],
    ids=["tied", "separated", "turned", "far apart"],
)
def test_tiny_samples_are_drawn(score: list, is_bad: list) -> None:
    display = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE).plot()
    display.ax_.figure.canvas.draw()
    assert math.isnan(display.slope)
    assert "observed log-odds = not known" in repr(display)


@pytest.mark.parametrize("width", [1, 30, 1_000])
def test_odds_are_named_apart(width: float) -> None:
    rng = np.random.default_rng(1)
    score = rng.normal(500, width, size=500)
    is_bad = rng.random(500) < expit(-(score - 500) / max(width, 20))
    display = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE).plot()
    display.ax_.figure.canvas.draw()
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert 1 <= len(labels) <= 9
    assert len(set(labels)) == len(labels)
    assert all(":" in label for label in labels)


def test_what_every_display_does(sample: tuple) -> None:
    from matplotlib.figure import Figure

    score, is_bad = sample
    display = ScoreOddsDisplay.from_scores(score, is_bad, scale=SCALE)
    before, ax = dict(mpl.rcParams), Figure().subplots()
    assert display.plot(ax=ax) is display
    assert display.ax_ is ax
    assert dict(mpl.rcParams) == before
    expected, changed = display.frame(), display.frame()
    changed["observed"] = 7.0
    pd.testing.assert_frame_equal(display.frame(), expected)


# --- errors ------------------------------------------------------------------------------


def test_card_without_a_scale() -> None:
    part = Characteristic.numeric("x", cuts=[1], points=[0, 10], missing_points=0)
    with pytest.raises(UncalibratedCardError, match="promises no odds"):
        ScoreOddsDisplay.from_scorecard(
            Scorecard(characteristics=(part,)), pd.DataFrame({"x": [0, 2]}), [1, 0]
        )


def test_what_cannot_be_compared() -> None:
    with pytest.raises(InvalidTargetError, match="one class only"):
        ScoreOddsDisplay.from_scores([500, 520], [0, 0], scale=SCALE)
    with pytest.raises(InvalidDataError, match="infinite at row 1"):
        ScoreOddsDisplay.from_scores([500, np.inf], [1, 0], scale=SCALE)
    with pytest.raises(InvalidWeightError, match="whole numbers"):
        ScoreOddsDisplay.from_scores([500, 520], [1, 0], scale=SCALE, sample_weight=[0.5, 1])


@pytest.mark.parametrize(
    ("name", "value"), [("n_bands", 0), ("level", 95), ("scale", 20), ("scale", None)]
)
def test_parameters(name: str, value: object) -> None:
    settings = {"scale": SCALE, name: value}
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter"):
        ScoreOddsDisplay.from_scores([500, 520], [1, 0], **settings)


def test_the_legend_says_the_whole_scale_in_both_directions(
    sample: tuple[np.ndarray, np.ndarray],
) -> None:
    score, is_bad = sample
    for reverse, said in ((False, "to double them"), (True, "fewer when they double")):
        scale = PointsScale(base_score=266.017, pdo=5.42085, reverse=reverse)
        on_scale = scale.score(SCALE.odds(score))
        ax = ScoreOddsDisplay.from_scores(on_scale, is_bad, scale=scale).plot().ax_
        (first, *_) = ax.get_legend().get_texts()
        assert first.get_text().replace("\n", " ") == (
            f"scale: 266.017 points at odds of 50:1, 5.42085 {said}"
        )
