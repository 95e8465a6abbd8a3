"""Forest of the coefficients: numbers of the summary, signs, intervals without end, VIF."""

from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import pandas as pd
import pytest

from creditscore import LogisticScorecard, Scorecard
from creditscore._display import BAD, GOOD
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Characteristic, CoefficientDisplay, FitSummary

CONTENT = {
    "names": ("a", "b", "c"),
    "intercept": -1.0,
    "coefficients": (-0.9, 0.4, -0.1),
    "intercept_error": 0.1,
    "standard_errors": (0.1, 0.1, 0.2),
    "n_good": 700,
    "n_bad": 300,
    "log_likelihood": -500.0,
}


def estimated(**changes: object) -> Scorecard:
    """Return a card whose summary holds three coefficients."""
    parts = tuple(
        Characteristic.numeric(name, cuts=[1], points=[0, 10], missing_points=0)
        for name in changes.get("names", CONTENT["names"])
    )
    return Scorecard(characteristics=parts, fit_summary=FitSummary(**(CONTENT | changes)))


def marks(display: CoefficientDisplay) -> list:
    return [line for line in display.ax_.lines if line.get_marker() == "o"]


def arrows(display: CoefficientDisplay) -> list[str]:
    return [line.get_marker() for line in display.ax_.lines if line.get_marker() in "<>"]


def test_numbers_are_those_of_the_summary(fitted: LogisticScorecard) -> None:
    summary = fitted.scorecard_.fit_summary
    frame = CoefficientDisplay.from_scorecard(fitted.scorecard_, level=0.9).frame()
    expected = summary.table(level=0.9).iloc[1:].reset_index(drop=True)
    pd.testing.assert_frame_equal(frame, expected)
    # printed by Djurovic, Scorecard Scaling: -0.9913 and -0.9774
    assert frame["coefficient"].round(4).tolist() == [-0.9913, -0.9774]


def test_robust_errors_where_they_are_asked_for(fitted: LogisticScorecard) -> None:
    robust = CoefficientDisplay.from_scorecard(fitted.scorecard_, errors="robust").frame()
    assert robust["std_error"].tolist() == list(fitted.scorecard_.fit_summary.robust_errors[1:])


def test_colours_tell_the_sign_and_hollow_marks_the_unsure() -> None:
    display = CoefficientDisplay.from_scorecard(estimated()).plot()
    assert [mark.get_color() for mark in marks(display)] == [GOOD, BAD, GOOD]
    # the interval of the third, -0.1 ± 1.96 · 0.2, holds zero
    assert [mark.get_markerfacecolor() for mark in marks(display)] == [GOOD, BAD, "white"]
    assert [mark.get_xdata()[0] for mark in marks(display)] == [-0.9, 0.4, -0.1]
    assert repr(display) == (
        "CoefficientDisplay(3 coefficients, 2 below zero, 1 of intervals that hold zero)"
    )
    assert not any(text.get_text() == "VIF" for text in display.ax_.texts)


def test_intervals_without_end_are_arrows_and_do_not_stretch_the_axis() -> None:
    card = estimated(standard_errors=(0.1, 1e9, 0.2), vif=(1.2, 1e18, 7.5))
    display = CoefficientDisplay.from_scorecard(card).plot()
    low, high = display.ax_.get_xlim()
    assert -5 < low < high < 5
    assert arrows(display) == ["<", ">"]
    texts = [text.get_text() for text in display.ax_.texts]
    assert texts == ["1.20", "∞", "7.50", "VIF"]


def test_intervals_that_end_have_no_arrows() -> None:
    assert arrows(CoefficientDisplay.from_scorecard(estimated()).plot()) == []


@pytest.mark.parametrize("n", [1, 3, 25])
@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
def test_names_do_not_collide(n: int) -> None:
    names = tuple(f"$x_{i}$ 客户的最近一次信用等级评定结果 " + "and so on " * 5 for i in range(n))
    card = estimated(names=names, coefficients=(-0.5,) * n, standard_errors=(0.1,) * n)
    display = CoefficientDisplay.from_scorecard(card).plot()
    display.ax_.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in display.ax_.get_yticklabels()]
    assert all(above.y0 >= below.y1 for above, below in pairwise(boxes))
    assert len({label.get_text() for label in display.ax_.get_yticklabels()}) == n
    assert f"{n} coefficient" in repr(display)


def test_what_every_display_does(fitted: LogisticScorecard) -> None:
    from matplotlib.figure import Figure

    display = CoefficientDisplay.from_scorecard(fitted.scorecard_)
    before, ax = dict(mpl.rcParams), Figure().subplots()
    assert display.plot(ax=ax) is display
    assert display.ax_ is ax
    assert dict(mpl.rcParams) == before
    expected, changed = display.frame(), display.frame()
    changed["coefficient"] = 7.0
    pd.testing.assert_frame_equal(display.frame(), expected)


def test_cards_without_coefficients() -> None:
    part = Characteristic.numeric("x", cuts=[1], points=[0, 10], missing_points=0)
    with pytest.raises(
        InvalidParameterError, match=r"written by hand, or come from .* boosted or a penalised one"
    ):
        CoefficientDisplay.from_scorecard(Scorecard(characteristics=(part,)))
    with pytest.raises(InvalidParameterError, match="must be a Scorecard"):
        CoefficientDisplay.from_scorecard(part)


def test_parameters(fitted: LogisticScorecard) -> None:
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0, 1\)"):
        CoefficientDisplay.from_scorecard(fitted.scorecard_, level=95)
    with pytest.raises(InvalidParameterError, match="'errors' parameter"):
        CoefficientDisplay.from_scorecard(fitted.scorecard_, errors="white")
    with pytest.raises(InvalidParameterError, match="holds no robust errors"):
        CoefficientDisplay.from_scorecard(estimated(), errors="robust")
