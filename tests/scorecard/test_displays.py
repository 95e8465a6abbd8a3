"""PointsDisplay and ScoreDistributionDisplay: numbers first, then the picture."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from creditscore import Scorecard
from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidTargetError
from creditscore.scorecard import Characteristic, PointsDisplay, ScoreDistributionDisplay

YEARS = Characteristic.numeric("years", cuts=[2, 10], points=[0, 20, 40], missing_points=5)
SCORES = np.array([480.0, 500.0, 510.0, 540.0, 560.0, 600.0])
IS_BAD = np.array([1, 1, 0, 1, 0, 0])


# --- points --------------------------------------------------------------------------


def test_points_of_an_estimated_card_stand_around_neutral(card: Scorecard) -> None:
    frame = PointsDisplay.from_scorecard(card).frame()
    held = card.table().query("count > 0")
    assert frame["points"].tolist() == held["points"].tolist()
    neutral = card.characteristics[0].neutral_points
    assert frame["difference"].tolist() == (frame["points"] - neutral).tolist()
    safer = held["woe"].to_numpy() > 0
    assert (frame["difference"].to_numpy() > 0).tolist() == safer.tolist()


def test_points_of_a_hand_made_card_stand_around_the_middle() -> None:
    frame = PointsDisplay.from_scorecard(Scorecard(characteristics=(YEARS,), base_points=9)).frame()
    assert frame["attribute"].tolist() == ["< 2", "[2, 10)", ">= 10", "Missing"]
    assert frame["difference"].tolist() == [-20, 0, 20, -15]


# --- distribution --------------------------------------------------------------------


@pytest.mark.parametrize("n_bands", [1, 2, 7, 30])
def test_shares_of_each_class_add_to_one(n_bands: int) -> None:
    display = ScoreDistributionDisplay.from_scores(SCORES, IS_BAD, n_bands=n_bands)
    frame = display.frame()
    assert len(frame) == n_bands
    assert frame[["share_good", "share_bad"]].sum().tolist() == pytest.approx([1, 1])
    assert frame["lower"].iloc[0] == SCORES.min()
    assert frame["upper"].iloc[-1] == SCORES.max()


def test_counts_of_bands_against_numpy() -> None:
    frame = ScoreDistributionDisplay.from_scores(SCORES, IS_BAD, n_bands=3).frame()
    # numpy.histogram of 480, 500, 540 and of 510, 560, 600 over the edges 480, 520, 560, 600
    assert frame["share_bad"].tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    assert frame["share_good"].tolist() == pytest.approx([1 / 3, 0, 2 / 3])


@pytest.mark.parametrize("n_bands", [0, 2.5, True, None])
def test_number_of_bands(n_bands: object) -> None:
    with pytest.raises(InvalidParameterError, match="'n_bands' parameter"):
        ScoreDistributionDisplay.from_scores(SCORES, IS_BAD, n_bands=n_bands)


def test_scores_without_classes_or_values() -> None:
    with pytest.raises(InvalidTargetError, match="one class only"):
        ScoreDistributionDisplay.from_scores(SCORES, np.zeros(6))
    with pytest.raises(InvalidDataError, match="missing"):
        ScoreDistributionDisplay.from_scores(np.append(SCORES[1:], np.nan), IS_BAD)


# --- both ----------------------------------------------------------------------------


@pytest.fixture(params=["points", "scores"])
def display(request: pytest.FixtureRequest, card: Scorecard) -> object:
    if request.param == "points":
        return PointsDisplay.from_scorecard(card)
    return ScoreDistributionDisplay.from_scores(SCORES, IS_BAD)


def test_plot_draws_on_the_axes_it_is_given(display: PointsDisplay) -> None:
    _, ax = plt.subplots()
    assert display.plot(ax) is display
    assert display.ax_ is ax
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()
    ax.figure.canvas.draw()


def test_plot_makes_a_figure_and_changes_no_style(display: PointsDisplay) -> None:
    before = dict(mpl.rcParams)
    display.plot()
    assert display.ax_.figure.axes
    assert dict(mpl.rcParams) == before


def test_frame_is_a_copy(display: PointsDisplay) -> None:
    first = display.frame()
    expected = first.copy()
    first.iloc[:, -1] = 0
    pd.testing.assert_frame_equal(display.frame(), expected)
