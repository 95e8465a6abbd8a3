"""A segmented card as PMML says what the card says, in both consumers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from creditscore import Scorecard
from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.deploy import to_pmml
from creditscore.scorecard import Attribute, Characteristic, SegmentedScorecard, Segments
from segmented_exports import CARD, PLAIN, ROWS, answered, edge_rows

SPACE = {"p": "http://www.dmg.org/PMML-4_4"}
Score = Callable[[Sequence[Any]], list[Any]]

# PMML4S adds the base points last
BASELESS = replace(CARD, cards=tuple(replace(card, base_points=0.0) for card in CARD.cards))
ONE_DOCUMENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

consumers = pytest.mark.engine("pypmml, jpmml-evaluator and Java")


def assert_as_the_card(
    score: Score, card: SegmentedScorecard, rows: list[dict[str, Any]], *, exact: bool
) -> None:
    found, expected = score(rows), answered(card, rows, 4)
    assert [f.score for f in found] == [e.score if e else None for e in expected]
    known = [(f, e) for f, e in zip(found, expected, strict=True) if e is not None]
    assert card.scale is not None
    np.testing.assert_allclose(
        [f.prob_default for f, _ in known],
        card.scale.prob_default([e.score for _, e in known]),
        rtol=1e-12,
    )
    for f, e in known:
        reasons = tuple(dict.fromkeys(reason for reason in f.reasons if reason is not None))
        # of equal ones PMML4S puts another first
        assert reasons == e.reasons if exact else set(reasons) == set(e.reasons)


@pytest.fixture
def exact(request: pytest.FixtureRequest) -> bool:
    return bool(request.node.callspec.params["consumer"] == "jpmml")


@pytest.fixture
def score(consumer: Callable[[str], Score]) -> Score:
    return consumer(to_pmml(BASELESS))


@consumers
@given(rows=ROWS)
@settings(max_examples=15, deadline=None, suppress_health_check=ONE_DOCUMENT)
def test_as_the_card_on_any_row(score: Score, rows: list[dict[str, Any]], exact: bool) -> None:
    assert_as_the_card(score, BASELESS, rows, exact=exact)


@consumers
def test_every_edge_of_segments_and_cards(score: Score, exact: bool) -> None:
    assert_as_the_card(score, BASELESS, edge_rows(BASELESS, PLAIN), exact=exact)


@consumers
def test_base_points_to_the_last_bit(jpmml: Callable[[str], Score]) -> None:
    assert_as_the_card(jpmml(to_pmml(CARD)), CARD, edge_rows(CARD, PLAIN), exact=True)


@pytest.mark.parametrize("name", ["a\rb", "a\r\nb", "\r", "a\nb"])
def test_a_carriage_return_stays_one(name: str) -> None:
    card = Scorecard(
        characteristics=[Characteristic.numeric("x", cuts=[0], points=[0, 5], missing_points=1)]
    )
    by = Segments.by_levels("client", {name: ["p\rq"], "others": ["r"]})
    both = SegmentedScorecard.from_cards(by, {name: card, "others": card})
    document = ET.fromstring(to_pmml(both))  # noqa: S314 - written here
    told = [one.text for one in document.iter(f"{{{SPACE['p']}}}Constant")]
    assert [text for text in told if text in (name, "others")] == [name, "others"]
    assert [one.get("id") for one in document.iter(f"{{{SPACE['p']}}}Segment")] == [name, "others"]


def refusing(by: Segments, points: float) -> SegmentedScorecard:
    """Give a card that refuses some values, and another that refuses none of them."""
    refused = Attribute(points=0, treatment="error")
    taken = [Attribute(points=points + place) for place in range(4)]
    strict = Scorecard(
        characteristics=(
            Characteristic(
                name="n",
                partition=NumericPartition(cuts=(1.0, 2.0), special_codes=(-9.0, 1.5, 0.0)),
                attributes=(taken[0], refused, taken[1], refused, taken[2], refused, refused),
            ),
            Characteristic(
                name="open",
                partition=CategoricalPartition(groups=(("a", "b c"), ("d", "e f"))),
                attributes=(taken[0], refused, refused, taken[3]),
            ),
            Characteristic(
                name="closed",
                partition=CategoricalPartition(groups=(("a", "b c"), ("d",))),
                attributes=(taken[0], taken[1], taken[2], refused),
            ),
        )
    )
    lenient = Scorecard(
        characteristics=(
            Characteristic.numeric("n", cuts=[1.5], points=[1, 2], missing_points=3),
            Characteristic.categorical("open", points={"d": 1}, missing_points=2, other_points=3),
        )
    )
    return SegmentedScorecard(segments=by, cards=(strict, lenient))


@consumers
def test_what_one_card_refuses_another_takes(consumer: Callable[[str], Score]) -> None:
    by = Segments.by_levels("client", {"strict": ["s"], "two words": ["l", "l l"]})
    card = refusing(by, 1.0)
    plain = {"client": "s", "n": 0.5, "open": "a", "closed": "a"}
    changes: list[dict[str, Any]] = [{}]
    changes += [{"n": n} for n in (1.0, 1.25, 1.5, 2.0, -9.0, 0.0, -0.0, None, 5e-324)]
    changes += [{"open": text} for text in ("d", "e f", "b c", "zz", "", None)]
    changes += [{"closed": text} for text in ("d", "b c", "zz", None)]
    rows = [
        {**plain, **change, "client": c} for c in ("s", "l", "l l", "?", None) for change in changes
    ]
    expected = [answer and answer.score for answer in answered(card, rows, 0)]
    assert 0 < expected.count(None) < len(rows)
    found = consumer(to_pmml(card, n_reasons=0))(rows)
    assert [f.score for f in found] == expected


@consumers
@pytest.mark.parametrize("n_reasons", [0, 4])
def test_documents_fit_the_schema(gateway: Any, n_reasons: int) -> None:
    java = gateway.jvm.javax.xml
    factory = java.validation.SchemaFactory.newInstance(java.XMLConstants.W3C_XML_SCHEMA_NS_URI)
    loader = gateway.jvm.java.lang.ClassLoader.getSystemClassLoader()
    validator = factory.newSchema(loader.getResource("pmml.xsd")).newValidator()
    by = Segments.by_levels("client", {"a": ["s"], "b": ["l"]}, other="b", missing="b")
    for card in (CARD, refusing(by, 1.0)):
        reader = gateway.jvm.java.io.StringReader(to_pmml(card, n_reasons=n_reasons))
        validator.validate(java.transform.stream.StreamSource(reader))


def test_the_segment_is_an_output_of_all_and_of_each() -> None:
    root = ET.fromstring(to_pmml(CARD, n_reasons=1))  # noqa: S314 - our own document
    model = root.find("p:MiningModel", SPACE)
    assert model is not None
    names = ["segment", "score", "pd", "reason_1"]
    outputs = model.find("p:Output", SPACE)
    assert outputs is not None
    assert [output.get("name") for output in outputs] == names
    assert outputs[0].get("feature") == "entityId"
    segments = model.findall("p:Segmentation/p:Segment", SPACE)
    assert [segment.get("id") for segment in segments] == list(CARD.segments.names)
    for segment in segments:
        own = segment.findall("p:Scorecard/p:Output/p:OutputField", SPACE)
        assert [output.get("name") for output in own] == names
        assert [constant.text for constant in own[0]] == [segment.get("id")]
