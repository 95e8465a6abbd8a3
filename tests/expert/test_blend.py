"""Blends of cards: each row has the weighted mean of the log-odds, whatever the columns are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder, deploy
from creditscore.binning import CategoricalPartition, MixedPartition, NumericPartition, Partition
from creditscore.datasets import load_german_credit, load_taiwan_credit
from creditscore.exceptions import (
    InvalidParameterError,
    RefusedValueError,
    UncalibratedCardError,
    UnseenCategoryWarning,
)
from creditscore.expert import ExpertScorecard, MinMaxScore, Weights, blend_scorecards, calibrated
from creditscore.scorecard import Attribute, Characteristic

ONE = PointsScale(base_score=600, base_odds=50, pdo=20)
OTHER = PointsScale(base_score=50, base_odds=4, pdo=11, reverse=True)
CUTS = (-3.0, -1.0, 0.0, 0.1, 1.0, 2.5, 7.0)
VALUES = (*CUTS, -1e300, 1e300, -9.0, -8.5, 0.05, 1.7, 3.3, float(np.float32(0.1)), np.nan)
LEVELS = ("a", "b", "c", "d", "e")


def log_odds(card: Scorecard, X: object) -> np.ndarray:
    assert card.scale is not None
    return card.scale.log_odds(np.asarray(card.score(X)))


def card_of(characteristics: Sequence[Characteristic], scale: PointsScale) -> Scorecard:
    return Scorecard(characteristics=tuple(characteristics), scale=scale, base_points=13.0)


def check_blend(
    expert: Scorecard, statistical: Scorecard, X: pd.DataFrame, weight: float
) -> Scorecard:
    blend = blend_scorecards(expert, statistical, weight=weight)
    expected = weight * log_odds(expert, X) + (1 - weight) * log_odds(statistical, X)
    assert log_odds(blend, X) == pytest.approx(expected, abs=1e-9, rel=1e-9)
    assert blend.scale == statistical.scale
    return blend


def attributes(
    partition: Partition, points: Sequence[float], slopes: Sequence[float]
) -> tuple[Attribute, ...]:
    n_cuts = len(partition.cuts) if isinstance(partition, NumericPartition) else 0
    return tuple(
        Attribute(points=points[i], slope=slopes[i] if 0 < i < n_cuts else 0.0)
        for i in range(partition.n_codes)
    )


numbers = st.lists(st.integers(-50, 50).map(float), min_size=24, max_size=24)
cuts = st.lists(st.sampled_from(CUTS), unique=True, max_size=5).map(sorted)
codes = st.lists(st.sampled_from([-9.0, -8.5, 1.0, 2.5]), unique=True, max_size=3)
words = st.lists(st.sampled_from(["NO HIT", "THIN", "LOCKED"]), unique=True, max_size=3)
weights = st.floats(0.0, 1.0)


def drawn(draw: st.DrawFn, partition: Partition) -> tuple[Attribute, ...]:
    return attributes(partition, draw(numbers), draw(numbers))


@st.composite
def numeric(draw: st.DrawFn) -> Characteristic:
    partition = NumericPartition(cuts=draw(cuts), special_codes=draw(codes))
    return Characteristic(
        name="x",
        partition=partition,
        attributes=attributes(partition, draw(numbers), draw(numbers)),
    )


@st.composite
def mixed(draw: st.DrawFn) -> Characteristic:
    found = draw(words)
    partition = MixedPartition(
        cuts=draw(cuts),
        special_codes=(*draw(codes), *found),
        n_pooled=len(found) if len(found) > 1 and draw(st.booleans()) else 0,
    )
    return Characteristic(
        name="x",
        partition=partition,
        attributes=attributes(partition, draw(numbers), draw(numbers)),
    )


@st.composite
def categorical(draw: st.DrawFn) -> Characteristic:
    known = draw(st.lists(st.sampled_from(LEVELS), unique=True, max_size=5))
    special = [level for level in known if draw(st.booleans())][:1]
    groups: dict[int, list[str]] = {}
    for level in known:
        if level not in special:
            groups.setdefault(draw(st.integers(0, 2)), []).append(level)
    partition = CategoricalPartition(groups=tuple(groups.values()), special_codes=special)
    return Characteristic(
        name="x",
        partition=partition,
        attributes=attributes(partition, draw(numbers), draw(numbers)),
    )


# --- laws: the merge is exact --------------------------------------------------------


@given(first=numeric(), second=numeric(), weight=weights)
@settings(deadline=None, max_examples=120)
def test_numbers_are_merged_exactly(
    first: Characteristic, second: Characteristic, weight: float
) -> None:
    X = pd.DataFrame({"x": VALUES})
    blend = check_blend(card_of([first], ONE), card_of([second], OTHER), X, weight)
    if 0 < weight < 1:
        union = {*first.partition.cuts, *second.partition.cuts}  # type: ignore[attr-defined]
        assert set(blend.characteristics[0].partition.cuts) == union  # type: ignore[attr-defined]


@given(first=mixed(), second=mixed(), weight=weights)
@settings(deadline=None, max_examples=80)
@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenCategoryWarning")
def test_numbers_and_words_are_merged_exactly(
    first: Characteristic, second: Characteristic, weight: float
) -> None:
    values = [None if pd.isna(v) else v for v in VALUES]
    X = pd.DataFrame({"x": pd.Series([*values, "NO HIT", "THIN", "LOCKED", "NEW"], dtype=object)})
    check_blend(card_of([first], ONE), card_of([second], OTHER), X, weight)


@given(first=categorical(), second=categorical(), weight=weights)
@settings(deadline=None, max_examples=80)
@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenCategoryWarning")
def test_levels_are_merged_exactly(
    first: Characteristic, second: Characteristic, weight: float
) -> None:
    X = pd.DataFrame({"x": pd.Series([*LEVELS, "z", None], dtype=object)})
    check_blend(card_of([first], ONE), card_of([second], OTHER), X, weight)


@given(first=numeric(), second=numeric(), weight=st.floats(0.01, 0.99))
@settings(deadline=None, max_examples=30)
def test_blends_of_each_other_are_one(
    first: Characteristic, second: Characteristic, weight: float
) -> None:
    X = pd.DataFrame({"x": VALUES})
    one, other = card_of([first], ONE), card_of([second], OTHER)
    here = blend_scorecards(one, other, weight=weight, scale=ONE)
    there = blend_scorecards(other, one, weight=1 - weight, scale=ONE)
    assert log_odds(here, X) == pytest.approx(log_odds(there, X), abs=1e-9)
    itself = blend_scorecards(one, one, weight=weight)
    assert log_odds(itself, X) == pytest.approx(log_odds(one, X), abs=1e-9)


# --- real data -----------------------------------------------------------------------


def test_two_fitted_cards_of_german_credit_are_blended_exactly() -> None:
    german = load_german_credit()
    columns = ["checking_status", "duration_months", "credit_history", "purpose", "age_years"]
    half = german.iloc[::2]
    first = LogisticScorecard(coefficient_sign="enforce").fit(german[columns], german["is_bad"])
    second = LogisticScorecard(
        encoder=WOEEncoder(trend="none"),
        scale=OTHER,
        coefficient_sign="enforce",
    ).fit(half[columns[:4]], half["is_bad"])
    one, other = second.scorecard_, first.scorecard_
    blend = check_blend(one, other, german, 0.3)
    assert set(blend.names) == {*one.names, *other.names}
    assert blend.names[: len(other.names)] == other.names
    assert blend.fit_summary is None
    # points at WOE 0 add, so that reasons still compare with them
    neutral = [c.neutral_points for c in blend.characteristics]
    assert None not in neutral
    expected = [
        scale.log_odds(sum(c.neutral_points or 0.0 for c in card.characteristics))
        for card, scale in ((one, OTHER), (other, ONE))
    ]
    total = sum(n or 0.0 for n in neutral) + blend.base_points
    assert ONE.log_odds(total) == pytest.approx(0.3 * expected[0] + 0.7 * expected[1], abs=1e-9)
    assert list(blend.reasons(german.head(3)).columns) == [f"reason_{i}" for i in range(1, 5)]
    # only one of the cards has this column: its coefficient is weighed, its counts are kept
    alone = next(c for c in blend.characteristics if c.name not in one.names)
    fitted = next(c for c in other.characteristics if c.name == alone.name)
    assert alone.coefficient == pytest.approx(0.7 * (fitted.coefficient or math.nan))
    assert [a.n_bad for a in alone.attributes] == [a.n_bad for a in fitted.attributes]


def test_an_expert_card_with_slopes_is_blended_exactly_and_exported() -> None:
    taiwan = load_taiwan_credit().head(4_000)
    judged = ExpertScorecard(
        subscores={
            "limit_amount": MinMaxScore(low=0, high=500_000, missing_score=0),
            "pay_status_1": MinMaxScore(low=-2, high=4, direction="lower", missing_score=0),
        },
        weights=Weights.of({"limit_amount": 40, "pay_status_1": 60}),
    )
    expert = calibrated(judged, taiwan, taiwan["is_bad"])
    columns = ["limit_amount", "pay_status_1", "paid_amount_1"]
    fitted = LogisticScorecard().fit(taiwan[columns], taiwan["is_bad"]).scorecard_
    blend = check_blend(expert, fitted, taiwan, 0.4)
    score = blend.score(taiwan)
    assert blend.score(pl.from_pandas(taiwan)).to_numpy() == pytest.approx(score.to_numpy())
    assert Scorecard.from_json(blend.to_json()) == blend
    decide = blend.compile()
    row = taiwan.iloc[7].to_dict()
    assert decide(row).score == pytest.approx(score.iloc[7], abs=1e-9)
    query = deploy.to_sql(blend, table="taiwan", dialect="duckdb")
    by_sql = duckdb.sql(query).df()["score"].to_numpy()
    assert np.sort(by_sql) == pytest.approx(np.sort(score.to_numpy()), abs=1e-6)
    # one row alone scores as among others
    assert blend.score(taiwan.iloc[[7]]).iloc[0] == score.iloc[7]


def test_the_weights_0_and_1_are_the_cards_themselves() -> None:
    X = pd.DataFrame({"x": VALUES, "y": ["a", None] * (len(VALUES) // 2)})
    x = Characteristic.numeric(
        "x", cuts=[0, 1], points=[1, 2, 4], slopes=[0, 1, 0], missing_points=0
    )
    y = Characteristic.categorical("y", points={"a": 3}, missing_points=0, other_points=1)
    expert, statistical = card_of([x], ONE), card_of([y], OTHER)
    only = blend_scorecards(expert, statistical, weight=1, scale=ONE)
    assert only.names == ("x",)
    assert only.score(X).to_numpy() == pytest.approx(expert.score(X).to_numpy(), abs=1e-9)
    assert blend_scorecards(expert, statistical, weight=0).names == ("y",)


# --- what is kept of attributes ------------------------------------------------------


def test_what_one_card_refuses_the_blend_refuses() -> None:
    refusing = Characteristic(
        name="x",
        partition=NumericPartition(cuts=(0.0,)),
        attributes=(
            Attribute(points=1),
            Attribute(points=2),
            Attribute(points=0, treatment="error"),
        ),
    )
    other = Characteristic.numeric("x", cuts=[1], points=[0, 5], missing_points=0)
    blend = blend_scorecards(card_of([refusing], ONE), card_of([other], ONE), weight=0.5)
    assert blend.score(pd.DataFrame({"x": [0.5]})).notna().all()
    with pytest.raises(RefusedValueError, match=r"'x'.*'Missing' in 1 row"):
        blend.score(pd.DataFrame({"x": [0.5, None]}))


def test_words_that_a_card_of_numbers_cannot_read_are_refused() -> None:
    partition = MixedPartition(cuts=(0.0,), special_codes=("NO HIT",))
    words = Characteristic(
        name="x",
        partition=partition,
        attributes=attributes(partition, [1, 2, 3, 4, 5], [0] * 5),
    )
    numbers = Characteristic.numeric("x", cuts=[1], points=[0, 5], missing_points=2)
    blend = blend_scorecards(card_of([numbers], ONE), card_of([words], ONE), weight=0.5)
    # 13 base points of both, and the mean of the points
    assert blend.score(pd.DataFrame({"x": [2.0, None]})).tolist() == pytest.approx([16.5, 16.0])
    with pytest.raises(RefusedValueError, match="NO HIT"):
        blend.score(pd.DataFrame({"x": ["NO HIT", 2.0]}))


def test_counts_stay_where_no_attribute_is_taken_apart() -> None:
    judged = Characteristic.numeric("x", cuts=[1], points=[0, 5], missing_points=2)
    counted = Characteristic(
        name="x",
        partition=NumericPartition(cuts=(1.0, 2.0)),
        attributes=tuple(Attribute(points=i, n_good=10 * i, n_bad=i) for i in range(1, 5)),
    )
    blend = blend_scorecards(card_of([judged], ONE), card_of([counted], ONE), weight=0.5)
    assert blend.table().dropna(subset="count")["count"].tolist() == [11, 22, 33, 44]
    halved = Characteristic.numeric("x", cuts=[1.5], points=[0, 5], missing_points=2)
    blend = blend_scorecards(card_of([halved], ONE), card_of([counted], ONE), weight=0.5)
    assert blend.table()["count"].isna().all()


def test_orders_stay_where_both_cards_have_the_same() -> None:
    def card(*groups: tuple[str, ...], ordered: bool = True) -> Scorecard:
        partition = CategoricalPartition(groups=groups, ordered=ordered)
        n = partition.n_codes
        return card_of(
            [
                Characteristic(
                    name="x",
                    partition=partition,
                    attributes=attributes(partition, range(n), [0] * n),
                )
            ],
            ONE,
        )

    one = card(("A", "B"), ("C", "D"))
    blend = blend_scorecards(one, card(("A",), ("B", "C", "D")), weight=0.5)
    assert blend.characteristics[0].partition.kind == "ordered"
    assert blend.characteristics[0].partition.regular_labels == ("A", "B", "C, D")
    blend = blend_scorecards(one, card(("D",), ("B", "C", "A")), weight=0.5)
    assert blend.characteristics[0].partition.kind == "categorical"


def test_levels_that_neither_card_knows_are_told() -> None:
    y = Characteristic.categorical("y", points={"a": 3}, missing_points=0, other_points=1)
    blend = blend_scorecards(card_of([y], ONE), card_of([y], ONE), weight=0.5)
    with pytest.warns(UnseenCategoryWarning, match="'z'"):
        blend.score(pd.DataFrame({"y": ["z"]}))


# --- errors --------------------------------------------------------------------------


def test_a_column_that_is_numbers_in_one_card_and_levels_in_the_other_is_refused() -> None:
    x = Characteristic.numeric("x", cuts=[1], points=[0, 5], missing_points=2)
    levels = Characteristic.categorical("x", points={"a": 3}, missing_points=0, other_points=1)
    with pytest.raises(InvalidParameterError, match=r"'x' cannot be blended.*categorical.*numeric"):
        blend_scorecards(card_of([levels], ONE), card_of([x], ONE), weight=0.5)
    other = Characteristic.categorical("x", points={1: 3}, missing_points=0, other_points=1)
    with pytest.raises(InvalidParameterError, match=r"'x' cannot be blended: the levels"):
        blend_scorecards(card_of([levels], ONE), card_of([other], ONE), weight=0.5)


def test_a_special_code_that_is_a_steep_amount_elsewhere_is_refused() -> None:
    # 0.1 in 32 bits is another number, and the slope makes another score of it
    special = Characteristic.numeric(
        "x", cuts=[1], points=[0, 5], missing_points=2, special_points={0.1: 7}
    )
    steep = Characteristic.numeric(
        "x", cuts=[0, 1], points=[0, 0, 5], slopes=[0, 1e6, 0], missing_points=2
    )
    with pytest.raises(InvalidParameterError, match=r"'x' cannot be blended: 0\.1 is a special"):
        blend_scorecards(card_of([special], ONE), card_of([steep], ONE), weight=0.5)


def test_cards_without_a_scale_and_weights_beyond_0_and_1_are_refused() -> None:
    x = Characteristic.numeric("x", cuts=[1], points=[0, 5], missing_points=2)
    scaled, bare = card_of([x], ONE), Scorecard(characteristics=(x,))
    with pytest.raises(UncalibratedCardError, match=r"'expert' card.*calibrated"):
        blend_scorecards(bare, scaled, weight=0.5)
    with pytest.raises(UncalibratedCardError, match="'statistical' card"):
        blend_scorecards(scaled, bare, weight=0.5)
    with pytest.raises(InvalidParameterError, match="'weight' parameter"):
        blend_scorecards(scaled, scaled, weight=1.5)
    with pytest.raises(InvalidParameterError, match="'scale' parameter"):
        blend_scorecards(scaled, scaled, weight=0.5, scale="600")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'statistical' parameter"):
        blend_scorecards(scaled, x, weight=0.5)
    with pytest.raises(InvalidParameterError, match=r"Got LogisticScorecard.*model\.scorecard_"):
        blend_scorecards(scaled, LogisticScorecard(), weight=0.5)
