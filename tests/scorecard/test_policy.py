"""The policy of the bins in a card: WOE, points and reasons agree, and refusals do too."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import PointsScale, Scorecard
from creditscore.binning import BinPolicy, BinTable, CategoricalPartition, NumericPartition
from creditscore.exceptions import (
    InvalidParameterError,
    RefusedValueError,
    UnseenCategoryWarning,
    UnseenValueWarning,
)
from creditscore.scorecard import Attribute, assemble_scorecard

COEFFICIENTS = (-0.9, -1.1)
SCALE = PointsScale(base_score=600, base_odds=50, pdo=20)
TREATMENTS = ("empirical", "neutral", "most_risky", "least_risky", "nearest")


def income(policy: BinPolicy, *, met: bool = True) -> BinTable:
    tail = ((4, 6, 20), (6, 4, 10)) if met else ((0, 0, 0), (0, 0, 0))
    return BinTable(
        feature="income",
        partition=NumericPartition(cuts=(1_000, 2_000), special_codes=(-9, -8)),
        n_good=(40, 60, 90, *tail[0]),
        n_bad=(30, 20, 10, *tail[1]),
        policy=policy,
    )


def housing(policy: BinPolicy) -> BinTable:
    return BinTable(
        feature="housing",
        partition=CategoricalPartition(groups=(("own",), ("rent",))),
        n_good=(150, 50, 20, 0),
        n_bad=(30, 40, 10, 0),
        policy=policy,
    )


def card_of(*tables: BinTable) -> Scorecard:
    return assemble_scorecard(tables, COEFFICIENTS[: len(tables)], -1.0, SCALE)


ROWS = pd.DataFrame(
    {
        "income": [500, 1_500, 2_500, -9, -8, np.nan],
        "housing": ["own", "rent", None, "own", "castle", "rent"],
    },
    index=list("abcdef"),
)


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenCategoryWarning")
@pytest.mark.parametrize("pool", [False, True])
@pytest.mark.parametrize("how", TREATMENTS)
def test_points_follow_the_woe_of_the_tables(how: str, pool: bool) -> None:
    policy = BinPolicy(missing=how, special=how, unseen=how, pool_special=pool)
    tables = income(policy), housing(policy)
    card = card_of(*tables)
    parts = card.score_parts(ROWS)
    for table, coefficient in zip(tables, COEFFICIENTS, strict=True):
        # points at WOE 0, and the rest in proportion to the WOE
        expected = -(table.encode(ROWS) * coefficient - 1.0 / 2) * SCALE.factor + SCALE.offset / 2
        pd.testing.assert_series_equal(parts[table.feature], expected, rtol=1e-12)
    pd.testing.assert_series_equal(card.score(ROWS), parts.sum(axis=1).rename("score"))


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenCategoryWarning")
@pytest.mark.parametrize("how", TREATMENTS)
def test_reasons_follow_the_woe_of_the_tables(how: str) -> None:
    policy = BinPolicy(missing=how, special=how, unseen=how)
    tables = income(policy), housing(policy)
    details = card_of(*tables).reason_details(ROWS, n=2)
    shortfalls = pd.DataFrame(
        {
            table.feature: table.encode(ROWS) * coefficient * SCALE.factor
            for table, coefficient in zip(tables, COEFFICIENTS, strict=True)
        }
    )
    for row in ROWS.index:
        lost = shortfalls.loc[row]
        lost = lost[lost > 1e-9].sort_values(ascending=False)
        reasons = details.loc[row, ["reason_1", "reason_2"]].dropna().tolist()
        assert reasons == lost.index.tolist()
        points = details.loc[row, ["reason_1_points", "reason_2_points"]].dropna().tolist()
        assert points == pytest.approx(lost.tolist(), rel=1e-9)


def test_an_edit_flows_into_the_card() -> None:
    edited = income(BinPolicy()).merge("Missing", "< 1000", by="A", reason="no proof of income")
    score = card_of(edited, housing(BinPolicy())).score_parts(ROWS.assign(housing="own"))
    assert score.loc["f", "income"] == score.loc["a", "income"]


# --- refused --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["score", "score_parts", "prob_default", "reasons"])
def test_refused_rows_are_named(method: str) -> None:
    card = card_of(income(BinPolicy(missing="error", special={-8: "error"})))
    answer = getattr(card, method)
    assert len(answer(ROWS.head(4))) == 4
    with pytest.raises(
        RefusedValueError,
        match=r"'income' does not score .* 'Special -8' in 1 row\(s\), 'Missing' in 1 row\(s\)",
    ):
        answer(ROWS)


def test_refused_levels() -> None:
    card = card_of(housing(BinPolicy(unseen="error")))
    with (
        pytest.warns(UnseenCategoryWarning, match="castle"),
        pytest.raises(RefusedValueError, match=r"'housing' .* 'Other' in 1 row\(s\)"),
    ):
        card.score(ROWS)


def test_what_is_refused_earns_no_points() -> None:
    # one bin whose WOE is ln((20/25) / (10/20)); the neutral points stand beside it in the card
    table = BinTable(
        feature="x",
        partition=NumericPartition(),
        n_good=(20, 5),
        n_bad=(10, 10),
        policy=BinPolicy(missing="error"),
    )
    card = card_of(table)
    (characteristic,) = card.characteristics
    low, high = card.score_range
    assert low == high == characteristic.attributes[0].points != characteristic.neutral_points


def test_scale_keeps_the_refusal() -> None:
    card = card_of(income(BinPolicy(missing="error"))).on_scale(PointsScale(pdo=40))
    with pytest.raises(RefusedValueError, match="'Missing'"):
        card.score(ROWS)


# --- never met ------------------------------------------------------------------------------


def test_encoder_and_card_warn_of_the_same_rows() -> None:
    for policy, warned in (
        (BinPolicy(), True),
        (BinPolicy(unmet="most_risky"), True),
        (BinPolicy(missing="neutral", special="neutral"), False),
        (BinPolicy(missing="most_risky", special="least_risky"), False),
    ):
        table = income(policy, met=False)
        for answer in (table.encode, card_of(table).score):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                answer(ROWS)
            assert [w.category for w in caught] == [UnseenValueWarning] * warned
            named = [str(w.message) for w in caught]
            assert all("'Special -9' in 1 row(s)" in m and "'Missing'" in m for m in named)


def test_the_card_says_that_a_policy_gave_the_points() -> None:
    card = card_of(income(BinPolicy(unmet="most_risky"), met=False))
    low, _ = card.score_range
    with pytest.warns(UnseenValueWarning, match=f"or as the policy .* {low:.1f} points each"):
        assert card.score(ROWS).tolist()[3:] == [low] * 3
    with pytest.warns(UnseenValueWarning, match="score as neutral: column"):
        card_of(income(BinPolicy(), met=False)).score(ROWS)


# --- the file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "policy",
    [
        BinPolicy(missing="error", special="most_risky"),
        BinPolicy(missing="neutral", special={-9: "nearest"}),
        BinPolicy(unmet="least_risky"),
    ],
)
def test_json_round_trip(policy: BinPolicy, tmp_path: Path) -> None:
    for met in (True, False):
        card = card_of(income(policy, met=met), housing(policy))
        card.to_json(tmp_path / "card.json")
        assert Scorecard.from_json(tmp_path / "card.json") == card


def attributes(card: Scorecard) -> list[dict[str, Any]]:
    content = json.loads(card.to_json())["content"]
    return [a for c in content["characteristics"] for a in c["attributes"]]


def test_the_file_names_a_treatment_only_where_there_is_one() -> None:
    usual = card_of(income(BinPolicy()), housing(BinPolicy()))
    assert not any("treatment" in attribute for attribute in attributes(usual))
    named = card_of(income(BinPolicy(missing="error", special={-8: "neutral"})))
    assert [attribute.get("treatment") for attribute in attributes(named)] == [
        *(None, None, None, None, "neutral", "error")
    ]


def test_a_treatment_that_is_none() -> None:
    with pytest.raises(InvalidParameterError, match=r"'treatment' .* 'unmet', 'error'. Got 'drop'"):
        Attribute(points=1, treatment="drop")
