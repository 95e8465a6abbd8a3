"""A segmented card with whole points and points set by hand, segment by segment."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from creditscore import PointsScale, Scorecard
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Characteristic, SegmentedScorecard, Segments

WHO = {"by": "A. Analyst", "reason": "as the committee has it", "when": "2026-01-31T12:00:00Z"}
CLIENTS = pd.DataFrame({"client": ["private", "plc", "plc"], "years": [5.0, 1.0, np.nan]})


def card_of(*points: float) -> Scorecard:
    years = Characteristic.numeric("years", cuts=[2], points=points, missing_points=0.5)
    return Scorecard(characteristics=[years], scale=PointsScale(base_score=20))


@pytest.fixture
def both() -> SegmentedScorecard:
    by_client = Segments.by_levels("client", {"people": ["private"], "firms": ["ltd", "plc"]})
    cards = {"people": card_of(20.2, 60.6), "firms": card_of(35.4, 50)}
    return SegmentedScorecard.from_cards(by_client, cards)


def test_all_cards_are_rounded(both: SegmentedScorecard) -> None:
    whole = both.rounded()
    assert whole.cards == tuple(card.rounded() for card in both.cards)
    assert whole.score(CLIENTS).tolist() == [61, 35, 1]
    assert both.rounded(5).score(CLIENTS).tolist() == [60, 35, 0]
    assert SegmentedScorecard.from_json(whole.to_json()) == whole


def test_points_are_set_in_one_segment(both: SegmentedScorecard) -> None:
    points = {("years", "Missing"): -4}
    changed = both.with_points(points, segment="firms", **WHO)
    assert changed.score(CLIENTS).tolist() == [60.6, 35.4, -4]
    assert changed.card("people") == both.card("people")
    assert changed.card("firms") == both.card("firms").with_points(points, **WHO)
    assert json.loads(changed.to_json())["content"]["cards"][1]["history"][0]["by"] == "A. Analyst"
    assert changed.compile()({"client": "plc", "years": None}).score == -4


def test_segments_that_are_not_there(both: SegmentedScorecard) -> None:
    with pytest.raises(InvalidParameterError, match="no segment 'banks': there are 'people'"):
        both.with_points({("years", 0): 1}, segment="banks", **WHO)
    with pytest.raises(InvalidParameterError, match="unit"):
        both.rounded(0)


def test_what_follows_stands_in_the_history_of_each_card(both: SegmentedScorecard) -> None:
    sample = pd.DataFrame({"client": ["private", "plc"] * 200, "years": [1.0, 3.0, 3.0, 1.0] * 100})
    is_bad = np.resize([1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0], 400)
    changed = both.with_points({("years", 0): 10}, segment="people", **WHO)
    aligned = changed.on_scale(PointsScale()).aligned(sample, is_bad)
    assert [edit.action for edit in aligned.card("people").history] == [
        "with_points", "rescaled", "rescaled",
    ]  # fmt: skip
    a, b = aligned.alignments[0].intercept, aligned.alignments[0].slope
    assert aligned.card("people").history[-1].detail == (
        f"aligned to ln odds = {a:.4g} + {b:.4g} of those claimed"
    )
    assert aligned.card("firms").history == ()
