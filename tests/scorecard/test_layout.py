"""Layouts, ranges and reversed scales: what is where, what follows it, and what is refused."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from creditscore import GradeScale, LogisticScorecard, PointsScale, Scorecard
from creditscore.cli._render import show_card
from creditscore.deploy import rules_of
from creditscore.exceptions import InvalidParameterError, UncalibratedCardError
from creditscore.scorecard import Characteristic, assemble_scorecard

YEARS = Characteristic.numeric("years", cuts=[2, 10], points=[-5, 20, 40], missing_points=1)
AUDIT = Characteristic.categorical(
    "audit", points={"clean": 30, ("qualified", "none"): 5}, missing_points=0, other_points=-3
)
HAND_MADE = Scorecard(characteristics=(YEARS, AUDIT), base_points=100)
FIRMS = pd.DataFrame({"audit": ["clean", None, "none"], "years": [12.0, 1.0, np.nan]})
REVERSED = PointsScale(base_score=300, base_odds=20, pdo=40, reverse=True)


def points_of(card: Scorecard, name: str) -> list[float]:
    (found,) = (c for c in card.characteristics if c.name == name)
    return [attribute.points for attribute in found.attributes]


# --- layouts -------------------------------------------------------------------------


def test_base_points_of_a_published_card(printed: Scorecard) -> None:
    # Djurovic, Scorecard Scaling: factor 28.8539, offset 487.1229; with WOE 0 at 0 the base
    # points are offset - factor · α = 487.1229 + 28.8539 · 0.8470, and points -woe · β · factor
    card = printed.with_layout("base")
    assert card.base_points == pytest.approx(487.1229 + 28.8539 * 0.8470, abs=1e-3)
    assert min(points_of(card, "checking_status")[:4]) == pytest.approx(
        -0.8181 * 0.9913 * 28.8539, abs=2e-3
    )
    assert [c.neutral_points for c in card.characteristics] == [0, 0]


def test_lowest_points_are_0_and_none_is_below(printed: Scorecard) -> None:
    card = printed.with_layout("lowest")
    assert [c.points_range[0] for c in card.characteristics] == [0, 0]
    assert card.base_points == pytest.approx(printed.score_range[0], rel=1e-14)
    assert card.score_range == pytest.approx(printed.score_range, rel=1e-14)


def test_spread_brings_back_what_was_estimated(printed: Scorecard) -> None:
    for layout in ("base", "lowest", "spread"):
        again = printed.with_layout(layout).with_layout("spread")
        assert again.base_points == 0
        columns = ["points", "slope", "woe"]
        np.testing.assert_allclose(again.table()[columns], printed.table()[columns], rtol=1e-13)


@pytest.mark.parametrize("layout", ["spread", "base", "lowest"])
def test_cards_are_assembled_in_any_layout(
    fitted: LogisticScorecard, layout: str, german: pd.DataFrame
) -> None:
    card, tables = fitted.scorecard_, list(fitted.encoder_.tables_.values())
    args = (tables, fitted.coef_, fitted.intercept_, fitted.scale_, card.fit_summary)
    other = assemble_scorecard(*args, layout=layout)
    assert other == card.with_layout(layout)
    np.testing.assert_allclose(other.prob_default(german), card.prob_default(german), rtol=1e-12)
    pd.testing.assert_frame_equal(other.reasons(german), card.reasons(german))


def test_layouts_of_a_card_without_neutral_points() -> None:
    spread = HAND_MADE.with_layout("spread")
    assert points_of(spread, "years") == [45, 70, 90, 51]
    assert spread.base_points == 0
    lowest = HAND_MADE.with_layout("lowest")
    assert (points_of(lowest, "years"), lowest.base_points) == ([0, 25, 45, 6], 92)
    for card in (spread, lowest):
        assert card.score(FIRMS).tolist() == HAND_MADE.score(FIRMS).tolist()
    with pytest.raises(UncalibratedCardError, match=r"'years', 'audit' of the card have no"):
        HAND_MADE.with_layout("base")


def test_refused_attributes_have_no_say_in_the_lowest_points() -> None:
    refused = replace(AUDIT.attributes[-1], treatment="error")
    audit = replace(AUDIT, attributes=(*AUDIT.attributes[:-1], refused))
    card = Scorecard(characteristics=(audit,)).with_layout("lowest")
    assert points_of(card, "audit")[:3] == [30, 5, 0]


@pytest.mark.parametrize("layout", ["Spread", None, "offset"])
def test_layouts_that_are_none(layout: object) -> None:
    with pytest.raises(InvalidParameterError, match="'layout' parameter of Scorecard"):
        HAND_MADE.with_layout(layout)


def test_another_scale_keeps_the_layout(fitted: LogisticScorecard) -> None:
    card = fitted.scorecard_
    for scale in (PointsScale(base_score=0, base_odds=1, pdo=10), REVERSED):
        base = card.with_layout("base").on_scale(scale)
        assert [c.neutral_points for c in base.characteristics] == [0, 0]
        lowest = card.with_layout("lowest").on_scale(scale)
        assert [c.points_range[0] for c in lowest.characteristics] == pytest.approx([0, 0])
        assert card.on_scale(scale).base_points == 0
        assert base.score_range == pytest.approx(lowest.score_range, rel=1e-12)


def test_points_of_an_estimate_must_be_those_of_its_scale_in_any_layout(
    fitted: LogisticScorecard,
) -> None:
    for layout in ("base", "lowest"):
        card = fitted.scorecard_.with_layout(layout)
        with pytest.raises(InvalidParameterError, match=r"with the base points.*card\.on_scale"):
            replace(card, scale=REVERSED)
        with pytest.raises(InvalidParameterError, match=r"add up to"):
            replace(card, base_points=card.base_points + 10)
        assert replace(card, scale=None).on_scale(fitted.scale_) == card


# --- ranges --------------------------------------------------------------------------


def test_range_of_a_card_without_a_scale() -> None:
    card = HAND_MADE.on_range(0, 100)
    assert card.score_range == pytest.approx((0, 100), abs=1e-12)
    assert card.scale is None
    # 92 to 170 points become 0 to 100
    expected = (HAND_MADE.score(FIRMS) - 92) / 78 * 100
    np.testing.assert_allclose(card.score(FIRMS), expected, rtol=1e-12, atol=1e-12)


def test_range_brings_its_scale(fitted: LogisticScorecard, german: pd.DataFrame) -> None:
    card, low_odds = fitted.scorecard_, 0.0
    for reverse in (False, True):
        ranged = card.on_range(300, 850, reverse=reverse)
        assert ranged.score_range == pytest.approx((300, 850), rel=1e-12)
        assert ranged.scale.reverse is reverse
        assert ranged.scale.base_odds == card.scale.base_odds
        # 550 points are the log-odds between the ends
        least, most = card.scale.log_odds(card.score_range)
        assert abs(ranged.scale.factor) == pytest.approx(550 / (most - least), rel=1e-12)
        np.testing.assert_allclose(
            ranged.prob_default(german), card.prob_default(german), rtol=1e-11
        )
        low_odds = float(ranged.scale.odds(300))
        ends = card.scale.odds(card.score_range)
        assert low_odds == pytest.approx(ends[1] if reverse else ends[0], rel=1e-11)


def test_range_of_a_range(fitted: LogisticScorecard) -> None:
    card = fitted.scorecard_
    turned = card.on_range(0, 1, reverse=True).on_range(-3, 8)
    np.testing.assert_allclose(
        turned.table()["points"], card.on_range(-3, 8).table()["points"], rtol=1e-10
    )
    assert turned.scale.pdo == pytest.approx(card.on_range(-3, 8).scale.pdo)


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [(850, 300, "high"), (300, 300, "high"), (None, 850, "low"), (300, np.inf, "high")],
)
def test_ranges_that_are_none(low: object, high: object, name: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter of Scorecard.on_range"):
        HAND_MADE.on_range(low, high)


def test_what_no_range_can_spread_or_turn() -> None:
    flat = Characteristic.numeric("years", cuts=[2], points=[5, 5], missing_points=5)
    with pytest.raises(InvalidParameterError, match="All cases score 105 on this card"):
        Scorecard(characteristics=(flat,), base_points=100).on_range(0, 1)
    with pytest.raises(UncalibratedCardError, match="no scale, so nothing says"):
        HAND_MADE.on_range(0, 1, reverse=True)
    with pytest.raises(InvalidParameterError, match=r"'reverse' parameter of Scorecard\.on_range"):
        HAND_MADE.on_range(0, 1, reverse=1)


# --- reversed scales -----------------------------------------------------------------


def test_a_classifier_on_a_reversed_scale(german: pd.DataFrame, fitted: LogisticScorecard) -> None:
    model = LogisticScorecard(encoder=fitted.encoder, scale=REVERSED)
    model.fit(german[list(fitted.scorecard_.names)], german["is_bad"])
    assert not model.scorecard_.higher_is_safer
    np.testing.assert_allclose(
        model.predict_proba(german[model.feature_names_in_]),
        fitted.predict_proba(german[fitted.feature_names_in_]),
        rtol=1e-10,
    )
    score = model.scorecard_.score(german)
    assert score[german["is_bad"] == 1].mean() > score[german["is_bad"] == 0].mean()
    moved = fitted.scorecard_.on_scale(REVERSED)
    np.testing.assert_allclose(moved.table()["points"], model.scorecard_.table()["points"])


@pytest.mark.parametrize("baseline", ["neutral", "average", "maximum"])
def test_what_is_a_shortfall_becomes_an_excess(
    fitted: LogisticScorecard, german: pd.DataFrame, baseline: str
) -> None:
    card, turned = fitted.scorecard_, fitted.scorecard_.on_scale(REVERSED)
    short, over = (c.shortfalls(german, baseline=baseline) for c in (card, turned))
    # 40 points double the odds there, 20 here
    np.testing.assert_allclose(over, 2 * short, rtol=1e-9, atol=1e-9)
    pd.testing.assert_frame_equal(
        turned.reasons(german, baseline=baseline), card.reasons(german, baseline=baseline)
    )
    points = [name for name in card.reason_details(german) if name.endswith("points")]
    np.testing.assert_allclose(
        turned.reason_details(german, baseline=baseline)[points],
        2 * card.reason_details(german, baseline=baseline)[points],
        rtol=1e-9,
    )


def test_the_best_that_can_be_had_is_the_least_on_a_reversed_scale(
    fitted: LogisticScorecard, german: pd.DataFrame
) -> None:
    card = fitted.scorecard_.on_scale(REVERSED)
    over = card.shortfalls(german, baseline="maximum")
    assert (over >= 0).all(axis=None)
    assert (over == 0).any().all()
    least = [c.points_range[0] for c in card.characteristics]
    expected = card.score_parts(german) - least
    pd.testing.assert_frame_equal(over, expected, check_exact=True)


def test_exports_know_the_direction(fitted: LogisticScorecard) -> None:
    card = fitted.scorecard_
    assert rules_of(card).higher_is_safer is True
    turned = rules_of(card.on_scale(REVERSED), n_reasons=2, baseline="maximum")
    assert turned.higher_is_safer is False
    assert turned.factor == REVERSED.factor < 0
    references = [column.reference for column in turned.columns]
    assert references == [c.points_range[0] for c in card.on_scale(REVERSED).characteristics]
    assert rules_of(HAND_MADE).higher_is_safer is True


def test_grades_by_score_need_a_scale_that_is_not_reversed() -> None:
    scale = GradeScale(labels=("A", "B"), bounds=(0.1,))
    with pytest.raises(InvalidParameterError, match="Grade the probabilities"):
        scale.on_score(REVERSED)


def test_a_reversed_card_in_words_and_files(fitted: LogisticScorecard) -> None:
    card = fitted.scorecard_.on_scale(REVERSED)
    assert "40 fewer when they double: a higher score is riskier" in repr(card)
    assert Scorecard.from_json(card.to_json()) == card
    assert '"reverse": true' in card.to_json()
    assert "reverse" not in fitted.scorecard_.to_json()


def test_the_command_line_says_which_way_scores_run(fitted: LogisticScorecard) -> None:
    said = []
    for card in (fitted.scorecard_, fitted.scorecard_.on_scale(REVERSED)):
        console = Console(file=io.StringIO(), width=200)
        show_card(console, card)
        said.append(console.file.getvalue())
    assert "a higher score is safer." in said[0]
    assert "every 20 points double them" in said[0]
    assert "a higher score is riskier." in said[1]
    assert "every 40 points halve them" in said[1]


def test_points_can_be_stretched_by_less_than_nothing_but_not_by_nothing() -> None:
    turned = YEARS.rescaled(ratio=-2, shift=1)
    assert [attribute.points for attribute in turned.attributes] == [11, -39, -79, -1]
    with pytest.raises(InvalidParameterError, match="'ratio' of 0"):
        YEARS.rescaled(ratio=0, shift=1)
    with pytest.raises(InvalidParameterError, match="'ratio' parameter"):
        YEARS.rescaled(ratio=np.nan, shift=1)
