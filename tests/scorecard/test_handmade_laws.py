"""Laws of any card, on cards and rows made up at random, against the rule in plain Python."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import PointsScale, Scorecard
from creditscore.scorecard import Characteristic

pytestmark = pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenCategoryWarning")

Row = dict[str, Any]

points_values = st.floats(-1e4, 1e4)
numbers = st.floats(-1e9, 1e9)
levels = st.one_of(st.text(max_size=6), st.integers(-3, 3), st.booleans())
"""Text may be empty, or hold quotes, line breaks, commas and any script."""


@dataclass(frozen=True)
class NumericRule:
    """Points of numbers, in plain Python."""

    cuts: list[float]
    points: list[float]
    slopes: list[float]
    special: dict[float, float]
    missing: float

    def card_part(self, name: str) -> Characteristic:
        return Characteristic.numeric(
            name,
            cuts=self.cuts,
            points=self.points,
            slopes=self.slopes,
            special_points=self.special,
            missing_points=self.missing,
        )

    def earns(self, value: float) -> float:
        if math.isnan(value):
            return self.missing
        if value in self.special:
            return self.special[value]
        place = sum(1 for cut in self.cuts if cut <= value)
        if not self.slopes[place]:
            return self.points[place]
        return self.points[place] + self.slopes[place] * (value - self.cuts[place - 1])


@dataclass(frozen=True)
class LevelRule:
    """Points of levels, in plain Python."""

    points: Mapping[Any, float]
    missing: float
    other: float

    def card_part(self, name: str) -> Characteristic:
        return Characteristic.categorical(
            name, points=self.points, missing_points=self.missing, other_points=self.other
        )

    def earns(self, value: Any) -> float:
        if value is None:
            return self.missing
        for group, points in self.points.items():
            if value in group:
                return points
        return self.other


@st.composite
def numeric_rules(draw: st.DrawFn) -> tuple[NumericRule, st.SearchStrategy[float]]:
    cuts = sorted(draw(st.sets(numbers, max_size=5)))
    size = len(cuts) + 1
    slopes = draw(st.lists(st.floats(-100, 100), min_size=size, max_size=size))
    bounded = [slope if 0 < place < size - 1 else 0.0 for place, slope in enumerate(slopes)]
    rule = NumericRule(
        cuts=cuts,
        points=draw(st.lists(points_values, min_size=size, max_size=size)),
        slopes=bounded,
        special=draw(st.dictionaries(numbers, points_values, max_size=2)),
        missing=draw(points_values),
    )
    values = [st.just(math.nan), numbers]
    if cuts or rule.special:
        values.append(st.sampled_from([*cuts, *rule.special]))
    return rule, st.one_of(values)


@st.composite
def level_rules(draw: st.DrawFn) -> tuple[LevelRule, st.SearchStrategy[Any]]:
    known = draw(st.lists(levels, min_size=1, max_size=6, unique=True))
    cut = draw(st.integers(0, len(known)))
    groups = [tuple(group) for group in (known[:cut], known[cut:]) if group]
    earned = {group: draw(points_values) for group in groups}
    rule = LevelRule(points=earned, missing=draw(points_values), other=draw(points_values))
    # a level of a sort that the rule does not know at all is an error, and another test's matter
    sorts = {isinstance(level, str) for level in known}
    others = levels.filter(lambda level: isinstance(level, str) in sorts)
    return rule, st.one_of(st.none(), others, st.sampled_from(known))


@st.composite
def cards_with_rows(draw: st.DrawFn) -> tuple[Scorecard, dict[str, Any], list[Row]]:
    drawn = draw(st.lists(st.one_of(numeric_rules(), level_rules()), min_size=1, max_size=4))
    names = draw(
        st.lists(
            st.text(min_size=1, max_size=6), min_size=len(drawn), max_size=len(drawn), unique=True
        )
    )
    rules = {name: rule for name, (rule, _) in zip(names, drawn, strict=True)}
    card = Scorecard(
        characteristics=tuple(rule.card_part(name) for name, rule in rules.items()),
        base_points=draw(points_values),
        scale=draw(
            st.one_of(st.none(), st.just(PointsScale(base_score=500, base_odds=20, pdo=35)))
        ),
    )
    row = st.fixed_dictionaries({n: values for n, (_, values) in zip(names, drawn, strict=True)})
    return card, rules, draw(st.lists(row, min_size=1, max_size=8))


def to_frame(rules: Mapping[str, Any], rows: list[Row]) -> pd.DataFrame:
    """Numbers as floats and levels as objects, so that no level turns into another type."""
    return pd.DataFrame(
        {
            name: pd.Series(
                [row[name] for row in rows],
                dtype=np.float64 if isinstance(rule, NumericRule) else object,
            )
            for name, rule in rules.items()
        }
    )


@given(drawn=cards_with_rows())
def test_score_is_the_sum_of_what_each_value_earns(drawn: Any) -> None:
    card, rules, rows = drawn
    expected = [
        reduce(lambda total, name: total + rules[name].earns(row[name]), rules, card.base_points)
        for row in rows
    ]
    assert card.score(to_frame(rules, rows)).tolist() == expected


@given(drawn=cards_with_rows())
def test_base_points_and_parts_add_to_the_score_exactly(drawn: Any) -> None:
    card, rules, rows = drawn
    frame = to_frame(rules, rows)
    parts = card.score_parts(frame)
    assert list(parts.columns) == list(card.names)
    total = pd.Series(card.base_points, index=frame.index)
    for name in card.names:
        total = total + parts[name]
    assert total.tolist() == card.score(frame).tolist()


@given(drawn=cards_with_rows())
def test_scores_stay_in_the_score_range(drawn: Any) -> None:
    card, rules, rows = drawn
    low, high = card.score_range
    rounding = 1e-9 * (1 + abs(low) + abs(high))
    assert card.score(to_frame(rules, rows)).between(low - rounding, high + rounding).all()


@settings(max_examples=40)
@given(drawn=cards_with_rows(), seed=st.integers(0, 2**32 - 1))
def test_a_row_scores_alike_alone_among_others_and_in_any_order(drawn: Any, seed: int) -> None:
    card, rules, rows = drawn
    together = card.score(to_frame(rules, rows)).tolist()
    assert [card.score(to_frame(rules, [row])).tolist()[0] for row in rows] == together
    order = random.Random(seed).sample(range(len(rows)), len(rows))
    shuffled = to_frame(rules, [rows[i] for i in order]).set_axis(order)
    assert card.score(shuffled).to_dict() == dict(enumerate(together))


@settings(max_examples=100)
@given(drawn=cards_with_rows(), key=st.one_of(st.none(), st.binary(min_size=1, max_size=40)))
def test_a_file_gives_back_the_card_and_its_scores_to_the_last_bit(
    drawn: Any, key: bytes | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    card, rules, rows = drawn
    path = tmp_path_factory.mktemp("cards") / "card.json"
    card.to_json(path, key=key)
    again = Scorecard.from_json(path, key=key)
    assert again == card
    text = card.to_json(key=key)
    assert text.encode() == path.read_bytes()
    assert Scorecard.from_json(text, key=key).to_json(key=key) == text
    frame = to_frame(rules, rows)
    assert again.score(frame).tolist() == card.score(frame).tolist()
    second = Path(path).with_name("again.json")
    again.to_json(second, key=key)
    assert second.read_bytes() == path.read_bytes()


def test_a_large_table_scores_as_its_rows_do() -> None:
    # tables of 4,000 rows and more are looked up by cells, smaller ones by binary search
    rng = np.random.default_rng(7)
    cuts = np.unique(np.round(rng.normal(scale=50, size=30), 2))
    edges = np.concatenate([cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf)])
    wide = rng.normal(scale=80, size=6_000)
    far = np.array([-9.0, np.nan, 1e300, -1e300, 0.0, -0.0, 5e-324])
    values = rng.permutation(np.concatenate([np.repeat(edges, 3), wide, far]))
    size = len(cuts) + 1
    rule = NumericRule(
        cuts=cuts.tolist(),
        points=rng.normal(size=size).tolist(),
        slopes=[0.0, *rng.normal(size=size - 2).tolist(), 0.0],
        special={-9.0: 3.25},
        missing=-7.5,
    )
    card = Scorecard(characteristics=(rule.card_part("x"),))
    frame = pd.DataFrame({"x": values})
    score = card.score(frame)
    assert score.tolist() == [rule.earns(value) for value in values.tolist()]
    chunks = [card.score(frame.iloc[start : start + 999]) for start in range(0, len(frame), 999)]
    pd.testing.assert_series_equal(pd.concat(chunks), score, check_exact=True)
