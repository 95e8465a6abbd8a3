"""The bounds of a scale as text, and the scale in a line."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import GradeScale
from creditscore.grade._words import intervals_in_words, write_odds, write_percent, write_score


def cells(scale: GradeScale) -> list[list[str]]:
    """Return the rows of the HTML table, its heading first."""
    rows = re.findall(r"<tr.*?</tr>", scale._repr_html_(), flags=re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_ladder_shows_probabilities_and_odds() -> None:
    ladder = GradeScale.odds_ladder(labels=("A", "B", "C"))
    assert cells(ladder) == [
        ["grade", "probability of default", "odds good:bad"],
        ["A", "up to 1.54%", "64 and above"],
        ["B", "above 1.54% to 3.03%", "32 to below 64"],
        ["C", "above 3.03%", "below 32"],
    ]


def test_small_probabilities_keep_their_digits() -> None:
    rows = cells(GradeScale.agency())
    assert rows[1] == ["AAA", "up to 0.0141%", "7,070 and above"]
    assert rows[2] == ["AA", "above 0.0141% to 0.0316%", "3,161 to below 7,070"]


def test_scores_are_shown_as_scores() -> None:
    scale = GradeScale(labels=("A", "B", "C"), bounds=(90, 80.5), measure="score", closed="right")
    assert cells(scale) == [
        ["grade", "score"],
        ["A", "above 90"],
        ["B", "above 80.5 to 90"],
        ["C", "up to 80.5"],
    ]


def admits(words: str, value: float) -> bool:
    """Tell whether a value lies in an interval as its words have it."""
    numbers = [float(text) for text in re.findall(r"[\d.]+", words)]
    shape = re.sub(r"[\d.]+%?", "x", words)
    low, high = numbers[0], numbers[-1]
    return {
        "up to x": value <= high,
        "below x": value < high,
        "above x": value > low,
        "x and above": value >= low,
        "above x to x": low < value <= high,
        "x to below x": low <= value < high,
    }[shape]


@pytest.mark.parametrize("closed", ["left", "right"])
@given(percents=st.sets(st.integers(1, 99), min_size=1, max_size=8))
def test_words_say_which_end_holds_the_bound(closed: str, percents: set[int]) -> None:
    labels = tuple(f"g{i}" for i in range(len(percents) + 1))
    bounds = tuple(percent / 100 for percent in sorted(percents))
    scale = GradeScale(labels=labels, bounds=bounds, closed=closed)
    words = scale._in_words()["probability of default"]
    for percent in range(1, 100):
        row = labels.index(scale.grade([percent / 100])[0])
        assert [admits(text, percent) for text in words] == [i == row for i in range(len(words))]


@pytest.mark.parametrize("closed", ["left", "right"])
def test_odds_in_words_turn_with_the_probability(closed: str) -> None:
    ladder = replace(GradeScale.odds_ladder(), closed=closed)
    words = ladder._in_words()["odds good:bad"]
    for odds in (64, 32, 16, 8, 4, 2, 1, 0.5, 48, 0.3):
        row = ladder.labels.index(ladder.grade([1 / (1 + odds)])[0])
        assert [admits(text, odds) for text in words] == [i == row for i in range(len(words))]


@given(bounds=st.sets(st.integers(1, 999_999), min_size=2, max_size=8))
def test_different_bounds_look_different(bounds: set[int]) -> None:
    prob = sorted(b / 1_000_000 for b in bounds)
    odds = sorted((1 - p) / p for p in prob)
    for values, write in ((prob, write_percent), (odds, write_odds), (prob, write_score)):
        words = intervals_in_words(values, write, "right")
        ends = [word.split(" to ")[-1].removeprefix("up to ") for word in words[:-1]]
        assert len(set(ends)) == len(values)


@pytest.mark.parametrize(
    ("scale", "line"),
    [
        (
            GradeScale.odds_ladder(),
            "GradeScale(9 grades 'AAA' to 'C', bounds of prob_default 1.54% to 66.7%)",
        ),
        (
            GradeScale(labels=("A", "B"), bounds=(600,), measure="score"),
            "GradeScale(2 grades 'A' to 'B', bounds of score 600)",
        ),
        (
            GradeScale(labels=("A",), bounds=()),
            "GradeScale(1 grade 'A', bounds of prob_default none)",
        ),
    ],
)
def test_one_line(scale: GradeScale, line: str) -> None:
    assert repr(scale) == line


def test_one_line_of_long_labels() -> None:
    labels = ("Excellent standing,\nno supervision needed at all", "Everybody else, to be watched")
    line = repr(GradeScale(labels=labels, bounds=(0.1,)))
    assert "\n" not in line
    assert len(line) < 120
