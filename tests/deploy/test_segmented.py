"""A segmented card in every export says what the card says: segment, score, points, reasons."""

from __future__ import annotations

import functools
import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from creditscore import LogisticScorecard, Scorecard, WOEEncoder
from creditscore.binning import BinPolicy, CategoricalPartition, MixedPartition
from creditscore.datasets import load_german_credit, load_taiwan_credit
from creditscore.deploy import rules_of, to_onnx, to_pmml, to_python, to_sql
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import (
    Characteristic,
    SegmentedLogisticScorecard,
    SegmentedScorecard,
    Segments,
)
from engines import Engine
from segmented_exports import (
    CARD,
    HOSTILE,
    PLAIN,
    ROWS,
    SCALE,
    Exported,
    answered,
    edge_rows,
    in_onnx,
    in_python,
    in_sql,
)


@functools.cache
def exported(kind: str, n: int = 3) -> Exported:
    return {"python": in_python, "onnx": in_onnx}[kind](CARD, n)


@pytest.mark.parametrize("kind", ["python", "onnx"])
@given(rows=ROWS)
@settings(max_examples=40, deadline=None)
def test_as_the_card_on_any_row(kind: str, rows: list[dict[str, Any]]) -> None:
    assert exported(kind)(rows) == answered(CARD, rows, 3)


@given(rows=ROWS)
@settings(max_examples=20, deadline=None)
def test_as_the_card_on_any_row_of_a_database(engine: Engine, rows: list[dict[str, Any]]) -> None:
    assert in_sql(CARD, 3, engine)(rows) == answered(CARD, rows, 3)


@pytest.mark.parametrize("kind", ["python", "onnx"])
def test_every_edge_of_segments_and_cards(kind: str) -> None:
    rows = edge_rows(CARD, PLAIN)
    expected = answered(CARD, rows, 3)
    assert {answer.segment for answer in expected if answer} == set(CARD.segments.names)
    assert exported(kind)(rows) == expected


def test_every_edge_in_a_database(engine: Engine) -> None:
    rows = edge_rows(CARD, PLAIN)
    assert in_sql(CARD, 3, engine)(rows) == answered(CARD, rows, 3)


# --- real data -----------------------------------------------------------------------


@functools.cache
def of_german() -> tuple[SegmentedScorecard, pd.DataFrame]:
    """Estimate cards of owners by age and of others, with gaps, special codes and refusals."""
    german = load_german_credit()
    X = german.drop(columns="is_bad").astype({"age_years": float, "housing": object})
    X.loc[::7, "age_years"] = np.nan
    X.loc[::9, "purpose"] = None
    rule = Segments.by_levels("housing", {"owners": ["own"], "others": ["rent", "for free"]})
    rule = rule.divided("owners", Segments.by_cuts("age_years", [30], missing="age_years >= 30"))
    encoder = WOEEncoder(
        special_codes={"duration_months": [12]}, policy={"purpose": BinPolicy(unseen="error")}
    )
    with warnings.catch_warnings(action="ignore"):
        model = SegmentedLogisticScorecard(
            estimator=LogisticScorecard(encoder=encoder, min_iv=0.01), segments=rule
        ).fit(X, german["is_bad"])
    return model.scorecard_, X


@functools.cache
def of_taiwan() -> tuple[SegmentedScorecard, pd.DataFrame]:
    """Estimate cards whose segments are amounts."""
    taiwan = load_taiwan_credit().head(4000)
    X = taiwan.drop(columns="is_bad")
    rule = Segments.by_cuts("limit_amount", [50_000, 200_000], missing="limit_amount < 50000")
    with warnings.catch_warnings(action="ignore"):
        model = SegmentedLogisticScorecard(segments=rule).fit(X, taiwan["is_bad"])
    return model.scorecard_, X


@functools.cache
def rows_of(sample: str) -> tuple[SegmentedScorecard, list[dict[str, Any]], list[Any]]:
    """Give a card, applicants, each edge in each segment, and what the card says."""
    card, X = {"german": of_german, "taiwan": of_taiwan}[sample]()
    rows: list[dict[str, Any]] = [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in X[list(card.names)].head(400).to_dict("records")
    ]
    rows += edge_rows(card, rows[1])
    expected = answered(card, rows, 4)
    assert {answer.segment for answer in expected if answer} == set(card.segments.names)
    # the German card refuses purposes and kinds of housing that it does not know
    assert (None in expected) == (sample == "german")
    return card, rows, expected


@pytest.mark.parametrize("sample", ["german", "taiwan"])
@pytest.mark.parametrize("export", [in_python, in_onnx])
def test_all_applicants_and_every_edge(export: Any, sample: str) -> None:
    card, rows, expected = rows_of(sample)
    assert export(card, 4)(rows) == expected


@pytest.mark.parametrize("sample", ["german", "taiwan"])
def test_the_same_in_a_database(sample: str, engine: Engine) -> None:
    card, rows, expected = rows_of(sample)
    assert in_sql(card, 4, engine)(rows) == expected


# --- rules ---------------------------------------------------------------------------


def test_rules_tell_the_place_of_the_segment() -> None:
    rules = rules_of(CARD, n_reasons=2, baseline="maximum")
    assert rules.segments.names == ("young", HOSTILE, "firms")
    first, inner = rules.segments.columns
    assert dict(first.values) == {"private": 0, "O'N": 0, "ltd": 2, "plc": 2, HOSTILE: 2}
    assert (first.missing, first.other) == (None, 2)
    assert [interval.points for interval in inner.intervals] == [0, 1, 0]
    assert (inner.missing, dict(inner.values)) == (1, {-9: 0})
    assert [place for place, _ in rules.segments.within] == [0]
    assert rules.cards == tuple(rules_of(c, n_reasons=2, baseline="maximum") for c in CARD.cards)
    assert rules.characteristics == CARD.characteristic_names


def test_one_baseline_for_all_cards() -> None:
    neutral = [
        replace(
            card, characteristics=[replace(c, neutral_points=1.0) for c in card.characteristics]
        )
        for card in CARD.cards
    ]
    # one card without neutral points is enough
    for cards, expected in ((neutral, {1.0}), ([*neutral[:2], CARD.cards[2]], {43.03, 30.1, 0.3})):
        rules = rules_of(replace(CARD, cards=tuple(cards)), n_reasons=1, baseline=None)
        assert {c.reference for card in rules.cards[:2] for c in card.columns} == expected


YEARS = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
BY_CLIENT = Segments.by_levels("client", {"people": ["private"], "firms": ["ltd"]})


def of_years(segments: Segments) -> SegmentedScorecard:
    """Give each segment base points of its own."""
    cards = [
        Scorecard(characteristics=(YEARS,), base_points=100 * (place + 1), scale=SCALE)
        for place in range(len(segments.names))
    ]
    return SegmentedScorecard(segments=segments, cards=tuple(cards))


@pytest.mark.parametrize(
    "segments",
    [
        Segments(),
        Segments(within=(("all", Segments.by_cuts("years", [1, 3], missing="years < 1")),)),
        BY_CLIENT.divided("firms", Segments(sends_to=("companies",))),
        BY_CLIENT.divided("firms", Segments.by_cuts("years", [1])).divided(
            "people", Segments.by_levels("client", {"all people": ["private"]})
        ),
        Segments(
            column="client",
            partition=CategoricalPartition(groups=((True,), (False,)), special_codes=(-9, 2.5)),
            sends_to=("firms", "people", None, "firms", "people", None),
        ),
    ],
    ids=["one", "divided by one column", "called anew", "both divided", "truths and numbers"],
)
def test_other_rules(segments: Segments, engine: Engine) -> None:
    card = of_years(segments)
    numbers = segments.partition is not None and 2.5 in getattr(
        segments.partition, "special_codes", ()
    )
    clients = [True, False, -9, 2.5, 7, None] if numbers else ["private", "ltd", "?", None]
    rows = [{"client": c, "years": y} for c in clients for y in (None, 0.5, 1.0, 2.0, 3.0)]
    expected = answered(card, rows, 1)
    assert {answer.segment for answer in expected if answer} == set(segments.names)
    assert in_python(card, 1)(rows) == expected
    assert in_onnx(card, 1)(rows) == expected
    assert in_sql(card, 1, engine)(rows) == expected


def test_numbers_and_words_tell_segments(engine_of_mixed: Engine) -> None:
    partition = MixedPartition(cuts=(500.0,), special_codes=("NO HIT",))
    segments = Segments(
        column="bureau", partition=partition, sends_to=("low", "high", "thin", "thin", None)
    )
    card = of_years(segments)
    texts = ["499.9", "500", "NO HIT", "new", None, " 600 "]
    rows = [{"bureau": text, "years": 3.0} for text in texts]
    expected = answered(card, rows, 1)
    assert [answer and answer.segment for answer in expected] == [
        *("low", "high", "thin", None, "thin", "high")
    ]
    assert in_python(card, 1)(rows) == expected
    assert in_sql(card, 1, engine_of_mixed)(rows) == expected


def test_infinite_numbers_have_no_segment(engine: Engine) -> None:
    card = of_years(Segments.by_cuts("age", [30], missing="age < 30"))
    rows = [{"age": value, "years": 3.0} for value in (29.0, math.inf, -math.inf)]
    expected = answered(card, rows, 1)
    assert [answer is None for answer in expected] == [False, True, True]
    assert in_python(card, 1)(rows) == expected
    assert in_onnx(card, 1)(rows) == expected
    assert in_sql(card, 1, engine)(rows) == expected


def test_cards_without_a_scale_or_reasons(engine: Engine) -> None:
    cards = tuple(Scorecard(characteristics=(YEARS,), base_points=base) for base in (1, 2))
    card = SegmentedScorecard(segments=BY_CLIENT, cards=cards)
    names: dict[str, Any] = {}
    exec(to_python(card, n_reasons=0), names)  # noqa: S102 - this is what it is for
    assert names["score"]({"client": "ltd", "years": 3}) == {
        "segment": "firms",
        "score": 22.0,
        "points": {"years": 20.0},
        "prob_default": None,
        "reasons": [],
    }
    rows = pd.DataFrame({"client": pd.Series(["ltd", "?"], dtype=object), "years": [3.0, 3.0]})
    found = engine.run(to_sql(card, dialect=engine.dialect), rows)
    assert list(found) == ["segment", "years_points", "score"]
    assert found.iloc[0].tolist() == ["firms", 20.0, 22.0]
    assert found.iloc[1].isna().all()


# --- what is refused -----------------------------------------------------------------


def test_columns_that_cards_read_as_different_things_are_refused() -> None:
    text = Characteristic.categorical("years", points={"a": 1}, missing_points=0, other_points=0)
    cards = tuple(Scorecard(characteristics=(one,), scale=SCALE) for one in (YEARS, text))
    card = SegmentedScorecard(segments=BY_CLIENT, cards=cards)
    message = r"'years' is read as numbers for some segments and as text for others, and {}"
    for export, where in (
        (functools.partial(to_sql, dialect="duckdb"), "a column of SQL"),
        (to_onnx, "an input of ONNX"),
        (to_pmml, "a field of PMML"),
    ):
        with pytest.raises(InvalidParameterError, match=message.format(where)):
            export(card)
    # Python reads each value as it comes
    rows = [{"client": "private", "years": 3}, {"client": "ltd", "years": "a"}]
    assert in_python(card, 1)(rows) == answered(card, rows, 1)


@pytest.mark.parametrize("name", ["\x00", "\ud800"])
def test_names_of_segments_that_no_export_holds(name: str) -> None:
    card = of_years(Segments.by_levels("client", {name: ["a"]}, other="b", missing="b"))
    for export, message in (
        (functools.partial(to_sql, dialect="duckdb"), "No query holds the name .* of a segment"),
        (to_onnx, "A segment has the text"),
        (to_pmml, "A segment has the text"),
    ):
        with pytest.raises(InvalidParameterError, match=message):
            export(card)
    found = in_python(card, 1)([{"client": "a", "years": 1}])
    assert [answer and answer.segment for answer in found] == [name]


def test_columns_called_as_the_segment_is() -> None:
    named = replace(YEARS, name="segment")
    cards = (Scorecard(characteristics=(named,)),) * 2
    card = SegmentedScorecard(segments=BY_CLIENT, cards=cards)
    for export, message in (
        (functools.partial(to_sql, dialect="duckdb", keep=["segment"]), "two columns named 'segm"),
        (to_onnx, "two inputs or outputs named 'segment'"),
        (to_pmml, "'segment' is called as an output"),
    ):
        with pytest.raises(InvalidParameterError, match=message):
            export(card)
    empty = of_years(Segments.by_levels("client", {"": ["a"]}, other="b", missing="b"))
    with pytest.raises(InvalidParameterError, match="called by the empty text, which oracle"):
        to_sql(empty, dialect="oracle")


@pytest.mark.parametrize("export", [to_python, to_onnx, to_pmml, rules_of])
def test_what_is_no_card_is_refused(export: Any) -> None:
    message = r"Got LogisticScorecard instead; .*scorecard_"
    with pytest.raises(InvalidParameterError, match=message):
        export(LogisticScorecard())
