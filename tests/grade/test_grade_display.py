"""GradeDisplay: the table's numbers, then the picture."""

from __future__ import annotations

import pandas as pd
import pytest

from creditscore import GradeScale
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
