"""PointsDisplay and ScoreDistributionDisplay: numbers first, then the picture."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from creditscore import Scorecard
from creditscore._display import shorten, wrap
from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidTargetError
from creditscore.scorecard import Characteristic, PointsDisplay, ScoreDistributionDisplay

YEARS = Characteristic.numeric("years", cuts=[2, 10], points=[0, 20, 40], missing_points=5)
SCORES = np.array([480.0, 500.0, 510.0, 540.0, 560.0, 600.0])
OFF_GRID = np.array([480.0, 500.017, 510.2, 540.3, 560.11, 600.0])
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


LONG = "all credits here paid back duly or no credits or all paid back duly"


def tick_texts(display: PointsDisplay) -> list[str]:
    return [label.get_text() for label in display.plot().ax_.get_yticklabels()]


def levelled(*levels: str) -> PointsDisplay:
    points = dict.fromkeys(levels, 1.0)
    part = Characteristic.categorical("x", points=points, missing_points=0, other_points=0)
    return PointsDisplay.from_scorecard(Scorecard(characteristics=(part,)))


def test_long_labels_are_wrapped_between_words() -> None:
    texts = tick_texts(levelled("short", LONG))
    assert texts[0] == "short"
    assert texts[1] == "all credits here paid back duly or no\ncredits or all paid back duly"


def test_labels_that_need_more_lines_keep_whole_words() -> None:
    level = " ".join([LONG] * 3)
    (text,) = (text for text in tick_texts(levelled(level)) if "…" in text)
    assert text.count("\n") == 1
    assert all(len(line) <= 40 for line in text.split("\n"))
    assert set(text.split()) <= {*LONG.split(), "…"}


def test_wrapped_labels_do_not_lie_over_their_neighbours() -> None:
    display = levelled(LONG, LONG + " or not", "short", LONG + " at all")
    figure = display.plot().ax_.figure
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in display.ax_.get_yticklabels()]
    boxes += [text.get_window_extent() for text in display.ax_.texts if text.get_text() == "x"]
    boxes.sort(key=lambda box: box.y0)
    assert all(above.y0 >= below.y1 for below, above in pairwise(boxes))
    assert display.height > levelled("a", "b", "c", "d").height


def test_dollars_are_no_mathematics() -> None:
    part = Characteristic.categorical(
        "$x^2$", points={"$100_a$ to $x^$": 1}, missing_points=0, other_points=0
    )
    display = PointsDisplay.from_scorecard(Scorecard(characteristics=(part,))).plot()
    display.ax_.figure.canvas.draw()  # would fail to parse
    assert display.ax_.get_yticklabels()[0].get_text() == "$100_a$ to $x^$"


@pytest.mark.parametrize(
    ("label", "width", "expected"),
    [
        ("short", 5, "short"),
        ("building society savings or life insurance", 40, "building society savings … insurance"),
        (LONG, 34, "all credits here … paid back duly"),
        ("domestic appliances, others, repairs, retraining", 24, "domestic … retraining"),
        ("x" * 60, 20, "x" * 11 + "…" + "x" * 6),
        ("a " + "y" * 60, 20, "a …" + "y" * 16),
    ],
)
def test_labels_are_shortened_between_words(label: str, width: int, expected: str) -> None:
    assert shorten(label, width) == expected
    assert len(expected) <= max(width, len(label))


@given(label=st.text(st.sampled_from("ab ,"), max_size=120), width=st.integers(8, 50))
def test_no_label_is_longer_than_its_room(label: str, width: int) -> None:
    short = shorten(label, width)
    assert len(short) <= width
    assert short == label or "…" in short
    lines = wrap(label, width, lines=2).split("\n")
    assert len(lines) <= 2
    assert max(map(len, lines)) <= width


# --- distribution --------------------------------------------------------------------


@pytest.mark.parametrize("n_bands", [1, 2, 7, 30])
def test_shares_of_each_class_add_to_one(n_bands: int) -> None:
    display = ScoreDistributionDisplay.from_scores(OFF_GRID, IS_BAD, n_bands=n_bands)
    frame = display.frame()
    assert len(frame) == n_bands
    assert frame[["share_good", "share_bad"]].sum().tolist() == pytest.approx([1, 1])
    assert frame["lower"].iloc[0] == SCORES.min()
    assert frame["upper"].iloc[-1] == SCORES.max()


def test_counts_of_bands_against_numpy() -> None:
    frame = ScoreDistributionDisplay.from_scores(OFF_GRID, IS_BAD, n_bands=3).frame()
    # numpy.histogram of about 480, 500, 540 and 510, 560, 600 over the edges 480, 520, 560, 600
    assert frame["share_bad"].tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    assert frame["share_good"].tolist() == pytest.approx([1 / 3, 0, 2 / 3])


@pytest.mark.parametrize("step", [0.1, 0.5, 1.0, 5.0, 20.0])
@pytest.mark.parametrize("n_bands", [1, 7, 30, 1_000])
def test_bands_hold_equally_many_steps_of_a_grid(step: float, n_bands: int) -> None:
    # of scores that are all as frequent, all bands but the outermost must be as high
    score = np.repeat(400 + step * np.arange(201), 2)
    is_bad = np.tile([0, 1], 201)
    frame = ScoreDistributionDisplay.from_scores(score, is_bad, n_bands=n_bands).frame()
    assert len(frame) <= n_bands
    if 20 * n_bands > 201:
        inner = frame["share_good"].to_numpy()[1:-1]
        assert np.allclose(inner, inner[:1], rtol=1e-9)
        width = (frame["upper"] - frame["lower"]).to_numpy() / step
        np.testing.assert_allclose(width, np.round(width), rtol=1e-9)
    assert frame[["share_good", "share_bad"]].sum().tolist() == pytest.approx([1, 1])


def test_a_grid_is_found_whatever_the_distances_and_the_weights() -> None:
    # 15 and 25 have 5 in common; a row of weight 0 is no row
    score, is_bad = [500, 515, 540, 503.3], [1, 0, 1, 0]
    frame = ScoreDistributionDisplay.from_scores(
        score, is_bad, n_bands=9, sample_weight=[1, 1, 1, 0]
    ).frame()
    assert frame["lower"].tolist() == pytest.approx([497.5 + 5 * k for k in range(9)])
    alone = ScoreDistributionDisplay.from_scores([500.0, 500.0], [0, 1], n_bands=2).frame()
    assert alone["upper"].iloc[-1] == 500.5


@pytest.mark.parametrize("n_bands", [0, 2.5, True, None])
def test_number_of_bands(n_bands: object) -> None:
    with pytest.raises(InvalidParameterError, match="'n_bands' parameter"):
        ScoreDistributionDisplay.from_scores(SCORES, IS_BAD, n_bands=n_bands)


def test_scores_without_classes_or_values() -> None:
    with pytest.raises(InvalidTargetError, match="one class only"):
        ScoreDistributionDisplay.from_scores(SCORES, np.zeros(6))
    with pytest.raises(InvalidDataError, match="missing"):
        ScoreDistributionDisplay.from_scores(np.append(SCORES[1:], np.nan), IS_BAD)


@pytest.mark.parametrize("convert", [list, np.asarray, pd.Series])
def test_swapped_arguments_are_seen(convert: Callable[[object], object]) -> None:
    for outcomes in (IS_BAD, IS_BAD.astype(bool), IS_BAD.astype(float)):
        with pytest.raises(InvalidTargetError, match=r"were score and is_bad swapped\?"):
            ScoreDistributionDisplay.from_scores(convert(outcomes), convert(SCORES))


@pytest.mark.parametrize(
    ("score", "is_bad"),
    [
        (SCORES, SCORES),
        (SCORES, IS_BAD + 1),
        (IS_BAD, ["good", "bad"] * 3),
        (IS_BAD, np.zeros(6)),
        (["a"] * 6, IS_BAD),
    ],
)
def test_other_mistakes_are_not_called_swapped(score: object, is_bad: object) -> None:
    with pytest.raises(InvalidDataError) as caught:
        ScoreDistributionDisplay.from_scores(score, is_bad)
    assert "swapped" not in str(caught.value)


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


def test_repr_is_a_line_that_says_what_it_is(card: Scorecard) -> None:
    years = PointsDisplay.from_scorecard(Scorecard(characteristics=(YEARS,)))
    scores = ScoreDistributionDisplay.from_scores(SCORES, IS_BAD)
    assert repr(years).startswith("<PointsDisplay: 4 attributes of 1 characteristic;")
    assert repr(scores).startswith(
        "<ScoreDistributionDisplay: 13 bands of the score from 475 to 605;"
    )
    for display in (years, scores, PointsDisplay.from_scorecard(card)):
        assert "\n" not in repr(display)
        assert repr(display.plot()) == repr(display)
