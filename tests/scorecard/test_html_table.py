"""Tables in notebooks: text to the left, numbers to the right, and nothing cut off."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from creditscore import Scorecard
from creditscore._display import counted, html_table
from creditscore.scorecard import Characteristic

LONG = "a reason that is told in so many words that sixty letters do not hold it"


def sides(html: str) -> list[list[str]]:
    """Return the sides of the cells, row by row, the head first."""
    rows = html.split("<tr")[1:]
    assert all(len(re.findall(r"<t[hd]", row)) == row.count('="text-align: ') - row.startswith(
        ' style="text-align: right;"') for row in rows)  # fmt: skip
    return [re.findall(r'<t[hd] style="text-align: (left|right)">', row) for row in rows]


def test_text_stands_left_and_numbers_right() -> None:
    frame = pd.DataFrame(
        {
            "name": ["<b>", LONG],
            "count": [3, 4],
            "share": [0.25, None],
            "date": pd.array([20240131, None], dtype="Int64"),
            "kept": [True, False],
            "rate": [None, "12.5"],
        }
    )
    html = html_table(frame, caption="a & b", formats={"share": "{:.0%}", "rate": "{}"})
    expected = ["left", "right", "right", "right", "left", "right"]
    assert sides(html) == [expected] * 3
    assert LONG in html
    assert "<strong>a &amp; b</strong>" in html
    assert "&lt;b&gt;" in html
    # an option of the user is left as it was
    assert pd.get_option("display.max_colwidth") == 50


def test_tables_without_rows_or_columns() -> None:
    assert sides(html_table(pd.DataFrame({"a": [], "b": []}, dtype=str), caption="", formats={}))
    assert "<strong>none</strong>" in html_table(pd.DataFrame(), caption="none", formats={})


def test_points_are_numbers_also_with_a_mark() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = Scorecard(characteristics=(years,)).with_points(
        {("years", "Missing"): 0}, by="A. Analyst", reason="gaps are no merit"
    )
    head, *rows = sides(card._repr_html_())
    assert head[:2] == ["left", "left"]
    assert head[2:] == ["right"] * (len(head) - 2)
    assert rows == [head] * 3
    assert "0 *" in card._repr_html_()


@pytest.mark.parametrize(("n", "text"), [(0, "0 bands"), (1, "1 band"), (1200, "1,200 bands")])
def test_nouns_follow_their_number(n: int, text: str) -> None:
    assert counted(n, "band") == text
