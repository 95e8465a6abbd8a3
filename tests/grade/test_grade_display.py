"""GradeDisplay: the table's numbers, then the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import GradeScale
from creditscore.exceptions import InvalidDataError, MissingColumnError
from creditscore.grade import GradeDisplay

SCALE = GradeScale(labels=("A", "B", "C"), bounds=(0.02, 0.10))


@pytest.fixture
def table() -> pd.DataFrame:
    return SCALE.table([0.01, 0.01, 0.2, 0.4], [0, 0, 0, 1])  # nobody is graded B


def test_numbers_are_those_of_the_table(table: pd.DataFrame) -> None:
    display = GradeDisplay.from_table(table)
    pd.testing.assert_frame_equal(display.frame(), table)
    handed_out = display.frame()
    handed_out["count"] = 0
    table["share"] = 0.0
    assert display.frame()["count"].tolist() == [2, 0, 2]
    assert display.frame()["share"].tolist() == [0.5, 0, 0.5]


def test_picture_holds_every_grade(table: pd.DataFrame) -> None:
    display = GradeDisplay.from_table(table)
    assert display.plot() is display
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["A", "B", "C"]
    assert [bar.get_height() for bar in display.ax_.patches] == [0.5, 0, 0.5]
    display.ax_.figure.canvas.draw()


def test_picture_without_predictions() -> None:
    on_score = GradeScale(labels=("A", "B"), bounds=(500.0,), measure="score")
    display = GradeDisplay.from_table(on_score.table([600, 400, 450], [0, 0, 1]))
    display.plot().ax_.figure.canvas.draw()


# --- the picture ---------------------------------------------------------------------

AGENCY_LIKE = ("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+", "BB",
               "BB-", "B+", "B", "B-", "CCC")  # fmt: skip
LONG = ("Excellent, no supervision needed", "Good standing for several years", "Doubtful")


def scale_of(labels: tuple[str, ...]) -> GradeScale:
    return GradeScale(labels=labels, bounds=tuple(np.geomspace(2e-4, 0.3, len(labels) - 1)))


def draw(scale: GradeScale, n: int = 4_000, *, defaults: bool = True) -> GradeDisplay:
    """Draw a portfolio whose predictions are right."""
    rng = np.random.default_rng(1)
    prob = np.exp(rng.normal(-5, 1.5, n)).clip(0, 1)
    is_bad = (rng.random(n) < prob) & defaults
    display = GradeDisplay.from_table(scale.table(prob, is_bad)).plot()
    display.ax_.figure.canvas.draw()
    return display


PORTFOLIOS = {
    "3 grades": lambda: draw(SCALE),
    "8 grades": lambda: draw(scale_of(tuple("ABCDEFGH"))),
    "17 grades": lambda: draw(scale_of(AGENCY_LIKE), n=20_000),
    "no default": lambda: draw(scale_of(tuple("ABCDEFGH")), defaults=False),
    "one customer": lambda: draw(scale_of(tuple("ABCDEFGH")), n=1),
    "long labels": lambda: draw(scale_of(LONG)),
    "17 long labels": lambda: draw(
        scale_of(tuple(f"{label} of the scale" for label in AGENCY_LIKE))
    ),
    "one grade": lambda: draw(GradeScale(labels=("A",), bounds=())),
}


@pytest.fixture(params=PORTFOLIOS.values(), ids=PORTFOLIOS)
def display(request: pytest.FixtureRequest) -> GradeDisplay:
    return request.param()


def heights(display: GradeDisplay, rates: Any) -> np.ndarray:
    """Return rates as parts of the height of the picture."""
    points = np.column_stack([np.zeros(len(rates)), rates])
    pixels = display.ax_rate_.transData.transform(points)
    return display.ax_rate_.transAxes.inverted().transform(pixels)[:, 1]


def test_every_rate_is_in_the_picture_and_below_the_legend(display: GradeDisplay) -> None:
    held = display.frame().query("count > 0")
    columns = ["observed", "observed_lower", "observed_upper", "predicted"]
    drawn = heights(display, held[columns].to_numpy().ravel())
    assert (drawn >= -1e-9).all()
    legend = display.ax_rate_.get_legend().get_window_extent()
    base = display.ax_rate_.transAxes.inverted().transform([(0, legend.y0)])[0, 1]
    assert (drawn < base).all()


def test_grades_without_a_default_keep_a_mark_on_the_axis(display: GradeDisplay) -> None:
    grades = display.frame()
    without = np.flatnonzero((grades["count"] > 0) & (grades["n_bad"] == 0))
    marks = [line for line in display.ax_rate_.lines if line.get_label() == "nobody defaulted"]
    assert len(marks) == (len(without) > 0)
    if len(without):
        assert marks[0].get_xdata().tolist() == without.tolist()
        assert heights(display, marks[0].get_ydata()) == pytest.approx(0, abs=1e-9)
        assert not marks[0].get_clip_on()
    zeros = [text for text in display.ax_rate_.texts if text.get_text() == "0"]
    assert [text.xy[0] for text in zeros] == without.tolist()


def test_empty_grades_are_named(display: GradeDisplay) -> None:
    empty = np.flatnonzero(display.frame()["count"] == 0)
    texts = [text for text in display.ax_.texts if text.get_text() == "empty"]
    assert [text.xy[0] for text in texts] == empty.tolist()


def test_labels_do_not_run_into_one_another(display: GradeDisplay) -> None:
    labels = display.ax_.get_xticklabels()
    places = display.ax_.transData.transform([(i, 0) for i in range(len(labels))])[:, 0]
    for first, second, gap in zip(labels, labels[1:], np.diff(places), strict=False):
        if first.get_rotation():
            letters = first.get_fontsize() * display.ax_.figure.dpi / 72
            assert gap * np.sin(np.radians(first.get_rotation())) > letters
        else:
            assert first.get_window_extent().x1 < second.get_window_extent().x0


def test_no_axis_goes_beyond_the_whole(display: GradeDisplay) -> None:
    for ax in (display.ax_, display.ax_rate_):
        assert ax.get_ylim()[0] == 0
        assert max(ax.get_yticks()) <= 1
        assert all(label.get_text().endswith("%") for label in ax.get_yticklabels())


def test_axis_of_rates_far_apart_is_logarithmic() -> None:
    far = draw(scale_of(AGENCY_LIKE), n=20_000)
    near = GradeDisplay.from_table(SCALE.table([0.05, 0.05, 0.2, 0.4], [0, 0, 0, 1])).plot()
    assert far.ax_rate_.get_yscale() == "symlog"
    assert far.ax_rate_.get_ylabel() == "default rate (log scale)"
    assert near.ax_rate_.get_yscale() == "linear"
    # on it, the safest grades are told apart
    predicted = heights(far, far.frame()["predicted"])
    assert np.diff(predicted).min() > 0.02


def test_rows_may_be_left_out() -> None:
    table = SCALE.table([0.01, 0.05, 0.2, 0.4], [0, 0, 0, 1])
    display = GradeDisplay.from_table(table[table["grade"] != "B"]).plot()
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["A", "C"]


# --- what is no table ----------------------------------------------------------------


@pytest.mark.parametrize("table", [None, [1, 2], SCALE, pd.DataFrame()])
def test_another_thing_than_a_table(table: Any) -> None:
    with pytest.raises(InvalidDataError, match=r"the DataFrame of GradeScale\.table"):
        GradeDisplay.from_table(table)


def test_another_table(table: pd.DataFrame) -> None:
    with pytest.raises(MissingColumnError, match=r"columns \['share', 'observed'\]"):
        GradeDisplay.from_table(table.drop(columns=["share", "observed"]))


def test_one_line(table: pd.DataFrame) -> None:
    assert (
        repr(GradeDisplay.from_table(table)) == "GradeDisplay(3 grades, 4 customers, 1 of them bad)"
    )
    assert repr(draw(SCALE, 1)) == "GradeDisplay(3 grades, 1 customer, 0 of them bad)"
