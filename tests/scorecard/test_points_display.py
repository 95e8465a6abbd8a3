"""Heat bars of the points table: strength, direction, slopes, refusals and the columns beside."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from creditscore import BinPolicy, LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.exceptions import InvalidParameterError, InvalidTargetError, InvalidWeightError
from creditscore.scorecard import Characteristic, PointsDisplay, ScoreDistributionDisplay

YEARS = Characteristic.numeric(
    "years", cuts=[2, 10], points=[0, 0, 40], slopes=[0, 5, 0], missing_points=10
)
HAND_MADE = Scorecard(characteristics=(YEARS,))


def bars(display: PointsDisplay) -> list[tuple[float, float]]:
    """Return left and right end of each bar."""
    # those of the columns beside them are translucent
    drawn = [patch for patch in display.ax_.patches if patch.get_alpha() is None]
    return [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in drawn]


def texts(display: PointsDisplay) -> list[str]:
    return [text.get_text() for text in display.ax_.texts]


# --- numbers -----------------------------------------------------------------------------


def test_shares_and_bad_rates_are_those_of_the_sample(
    fitted: LogisticScorecard, german: pd.DataFrame
) -> None:
    frame = PointsDisplay.from_scorecard(fitted.scorecard_).frame()
    first = frame[frame["characteristic"] == "checking_status"].set_index("attribute")
    rows = german.groupby("checking_status")["is_bad"]
    expected = rows.mean().loc[first.index], rows.size().loc[first.index] / len(german)
    np.testing.assert_allclose(first["bad_rate"], expected[0])
    np.testing.assert_allclose(first["share"], expected[1])
    assert frame.groupby("characteristic")["share"].sum().tolist() == pytest.approx([1, 1])


def test_a_hand_made_card_has_neither_shares_nor_bad_rates() -> None:
    frame = PointsDisplay.from_scorecard(HAND_MADE).frame()
    assert frame["share"].isna().all()
    assert frame["bad_rate"].isna().all()


def test_the_middle_is_called_neutral_only_where_it_is(card: Scorecard) -> None:
    of_one = PointsDisplay.from_scorecard(HAND_MADE).plot().ax_
    assert of_one.get_xlabel() == "points above or below the middle of the characteristic"
    assert PointsDisplay.from_scorecard(card).has_neutral


def test_points_of_a_slope_go_from_one_end_to_the_other() -> None:
    frame = PointsDisplay.from_scorecard(HAND_MADE).frame()
    assert frame["points"].tolist() == [0, 0, 40, 10]
    assert frame["points_to"].tolist() == [0, 40, 40, 10]
    assert frame["difference"].tolist() == [-20, -20, 20, -10]


# --- picture -----------------------------------------------------------------------------


def test_a_slope_is_a_bar_from_one_end_to_the_other() -> None:
    display = PointsDisplay.from_scorecard(HAND_MADE).plot()
    # below the middle in one colour, above it in the other
    assert bars(display) == [(0, -20), (-20, 0), (0, 20), (0, 20), (0, -10)]
    assert [text for text in texts(display) if "to" in text] == ["0 to 40"]


def test_colours_are_the_stronger_the_further_from_the_middle(card: Scorecard) -> None:
    display = PointsDisplay.from_scorecard(card).plot()
    drawn = [p for p in display.ax_.patches if p.get_alpha() is None]
    assert len(drawn) == len(display.frame())
    difference = display.frame()["difference"].to_numpy()
    paleness = np.array([sum(p.get_facecolor()[:3]) for p in drawn])
    for rows in (difference > 0, difference < 0):
        order = np.argsort(np.abs(difference[rows]))
        assert (np.diff(paleness[rows][order]) <= 1e-12).all()


@pytest.mark.parametrize("reverse", [False, True])
def test_a_reversed_scale_turns_the_colours(fitted: LogisticScorecard, reverse: bool) -> None:
    card = fitted.scorecard_.on_scale(PointsScale(reverse=reverse))
    display = PointsDisplay.from_scorecard(card).plot()
    frame = display.frame()
    drawn = [p for p in display.ax_.patches if p.get_alpha() is None]
    average = 300 / 1000
    for patch, bad_rate, points in zip(drawn, frame["bad_rate"], frame["difference"], strict=True):
        red, _, blue, _ = patch.get_facecolor()
        assert (red > blue) == (bad_rate > average)
        assert (points > 0) == ((bad_rate > average) == reverse)


def test_headings_keep_apart_beside_long_names(german: pd.DataFrame) -> None:
    name = "number_of_months_that_the_credit_is_to_run_for"
    X = german[["duration_months"]].set_axis([name], axis=1)
    card = LogisticScorecard().fit(X, german["is_bad"]).scorecard_
    ax = PointsDisplay.from_scorecard(card).plot().ax_
    ax.figure.canvas.draw()
    share, rate = (
        text.get_window_extent() for text in ax.texts if text.get_text() in ("share", "bad\nrate")
    )
    assert share.x1 + 3 < rate.x0


def test_columns_stand_beside_the_bars(fitted: LogisticScorecard) -> None:
    display = PointsDisplay.from_scorecard(fitted.scorecard_).plot()
    frame = display.frame()
    written = texts(display)
    assert {"share", "bad\nrate"} <= set(written)
    for column in ("share", "bad_rate"):
        assert {f"{value:.1%}" for value in frame[column]} <= set(written)
    # the axis of points ends where they begin
    low, high = display.ax_.get_xlim()
    assert high > -low
    assert max(display.ax_.get_xticks()) <= -low
    hand_made = PointsDisplay.from_scorecard(HAND_MADE).plot()
    assert "share" not in texts(hand_made)
    assert hand_made.ax_.get_xlim()[1] == -hand_made.ax_.get_xlim()[0]


def test_what_is_refused_is_said(applicants: pd.DataFrame) -> None:
    policy = BinPolicy(missing="error")
    encoder = WOEEncoder(policy=policy)
    X = applicants[["income_amount"]].dropna()
    fit = LogisticScorecard(encoder=encoder).fit(X, applicants.loc[X.index, "is_bad"])
    card = fit.scorecard_
    # counts would leave the attribute out
    display = PointsDisplay.from_scorecard(card)
    shown = card.table().query("kind == 'missing'")[["characteristic", "attribute", "points"]]
    display.points = pd.concat([display.frame(), shown], ignore_index=True)
    display.plot()
    assert texts(display).count(" refused") == 1
    display.ax_.figure.canvas.draw()


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([0, 100], ["0", "100"]),
        ([0, 4.5], ["0.0", "4.5"]),
        ([0, 0.45], ["0.00", "0.45"]),
        ([0.001, 0.003], ["0.0010", "0.0030"]),
    ],
)
def test_points_are_written_as_finely_as_they_differ(points: list, expected: list) -> None:
    part = Characteristic.numeric("x", cuts=[1], points=points, missing_points=0)
    display = PointsDisplay.from_scorecard(Scorecard(characteristics=(part,))).plot()
    written = texts(display)
    assert [text for text in expected if text in written] == expected


@pytest.mark.parametrize("n", [3, 25])
@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
def test_rows_and_columns_of_large_and_foreign_cards_do_not_collide(n: int) -> None:
    parts = tuple(
        Characteristic.categorical(
            f"{i} 客户信用等级",
            points={"无保留意见": i, ("保留意见", "无法表示意见"): -i},
            missing_points=0,
            other_points=0,
        )
        for i in range(n)
    )
    display = PointsDisplay.from_scorecard(Scorecard(characteristics=parts)).plot()
    figure = display.ax_.figure
    figure.canvas.draw()
    boxes = sorted(
        (label.get_window_extent() for label in display.ax_.get_yticklabels()),
        key=lambda box: box.y0,
    )
    assert all(above.y0 >= below.y1 for below, above in pairwise(boxes))
    assert all(box.x0 >= 0 for box in boxes)


def test_a_constant_characteristic_is_drawn() -> None:
    part = Characteristic.numeric("x", cuts=[1], points=[5, 5], missing_points=5)
    display = PointsDisplay.from_scorecard(Scorecard(characteristics=(part,))).plot()
    display.ax_.figure.canvas.draw()
    assert display.frame()["difference"].tolist() == [0, 0, 0]


def test_only_cards_are_drawn() -> None:
    with pytest.raises(InvalidParameterError, match="must be a Scorecard"):
        PointsDisplay.from_scorecard(YEARS)


# --- weights of the distribution of scores -----------------------------------------------


def test_weights_of_the_distribution_are_repeated_rows() -> None:
    score, is_bad = np.array([480, 500, 510, 540, 900]), np.array([1, 0, 1, 0, 0])
    weights = [2, 1, 1, 3, 0]
    weighted = ScoreDistributionDisplay.from_scores(score, is_bad, n_bands=4, sample_weight=weights)
    repeated = ScoreDistributionDisplay.from_scores(
        np.repeat(score, weights), np.repeat(is_bad, weights), n_bands=4
    )
    pd.testing.assert_frame_equal(weighted.frame(), repeated.frame())


def test_weights_of_the_distribution_are_checked() -> None:
    with pytest.raises(InvalidWeightError, match="must not be negative"):
        ScoreDistributionDisplay.from_scores([1, 2], [0, 1], sample_weight=[1, -1])
    with pytest.raises(InvalidTargetError, match="one class only"):
        ScoreDistributionDisplay.from_scores([1, 2], [0, 1], sample_weight=[1, 0])
