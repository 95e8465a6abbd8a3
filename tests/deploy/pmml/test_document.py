"""What stands in a PMML document: every text and number of the card, and no more than fits."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from creditscore import PointsScale, Scorecard
from creditscore.binning import CategoricalPartition, MixedPartition
from creditscore.deploy import to_pmml
from creditscore.exceptions import InvalidParameterError, UncalibratedCardError
from creditscore.scorecard import Attribute, Characteristic

SPACE = {"p": "http://www.dmg.org/PMML-4_4"}
HOSTILE = 'O\'Neil "x" <b>&amp; ]]> <!-- \\ %s\n\t\r é 企业 😀 '
"""Text that ends tags, values and lists wherever it is not escaped."""

YEARS = Characteristic.numeric(
    HOSTILE,
    cuts=[2, 10.1, 1e-7 + 11],
    points=[0, 0.1, 40, 0.1 + 0.2],
    slopes=[0, 5.3, 0, 0],
    missing_points=-7.25,
    special_points={-1: 3},
)
AUDIT = Characteristic.categorical(
    "audit",
    points={"clean": 30.1, (HOSTILE, "none", "open", "two words"): 5, "": 6},
    missing_points=0.3,
    other_points=-2,
)
CARD = Scorecard(
    characteristics=(YEARS, AUDIT),
    base_points=100.3,
    scale=PointsScale(base_score=120, base_odds=3, pdo=7),
)


def root_of(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - our own document


def model_of(document: str) -> ET.Element:
    model = root_of(document).find("p:Scorecard", SPACE)
    assert model is not None
    return model


def of_text(name: str, *levels: str) -> Characteristic:
    points = dict.fromkeys(levels, 1.0) or {"a": 1.0}
    return Characteristic.categorical(name, points=points, missing_points=0, other_points=0)


def test_names_and_texts_come_back_whole() -> None:
    root = root_of(to_pmml(CARD))
    fields = [field.get("name") for field in root.iterfind(".//p:DataField", SPACE)]
    assert fields == [HOSTILE, "audit"]
    used = {e.get("field") for e in root.iter() if "field" in e.attrib}
    assert used == {HOSTILE, "audit", "score"}
    equal = [
        e.get("value")
        for e in root.iterfind(".//p:SimplePredicate[@operator='equal']", SPACE)
        if e.get("field") == "audit"
    ]
    assert sorted(equal) == sorted(["clean", HOSTILE, "two words", ""])
    (array,) = root.iterfind(".//p:Array[@type='string']", SPACE)
    assert array.text == "none open"
    assert array.get("n") == "2"


def test_numbers_come_back_to_the_last_bit() -> None:
    model = model_of(to_pmml(CARD))
    assert float(model.attrib["initialScore"]) == 100.3
    scores = {float(e.attrib["partialScore"]) for e in model.iterfind(".//*[@partialScore]")}
    assert scores == {0.0, 40.0, 0.1 + 0.2, -7.25, 3.0, 30.1, 5.0, 6.0, 0.3, -2.0}
    constants = {float(e.text or "") for e in model.iterfind(".//p:Constant", SPACE)}
    assert CARD.scale is not None
    assert constants == {0.1, 5.3, 2.0, 1.0, CARD.scale.offset, CARD.scale.factor}
    lows = model.iterfind(".//p:SimplePredicate[@operator='greaterOrEqual']", SPACE)
    assert [float(e.attrib["value"]) for e in lows] == [2.0, 10.1, 1e-7 + 11]


def test_each_characteristic_reads_one_field() -> None:
    for characteristic in model_of(to_pmml(CARD)).iterfind(".//p:Characteristic", SPACE):
        fields = {e.get("field") for e in characteristic.iter() if "field" in e.attrib}
        assert fields == {characteristic.get("name")}


def test_the_same_card_makes_the_same_document() -> None:
    assert to_pmml(CARD) == to_pmml(CARD)


def test_baselines_and_their_method() -> None:
    years, audit = (
        replace(c, neutral_points=neutral)
        for c, neutral in zip(CARD.characteristics, (10.0, 20.0), strict=True)
    )
    card = replace(CARD, characteristics=(years, audit))
    for baseline, method, expected in (
        (None, "neutral", [10.0, 20.0]),
        ("neutral", "neutral", [10.0, 20.0]),
        ("maximum", "max", [c.points_range[1] for c in card.characteristics]),
    ):
        model = model_of(to_pmml(card, baseline=baseline))  # type: ignore[arg-type]
        assert model.get("baselineMethod") == method
        assert model.get("reasonCodeAlgorithm") == "pointsBelow"
        found = [
            float(c.attrib["baselineScore"]) for c in model.iterfind(".//p:Characteristic", SPACE)
        ]
        assert found == pytest.approx(expected, abs=1e-9)
        assert all(low < high for low, high in zip(found, expected, strict=True))
    assert model_of(to_pmml(CARD)).get("baselineMethod") == "max"


def test_moved_baselines_keep_ties_of_whole_points() -> None:
    names = [f"c{place}" for place in range(20)]
    card = Scorecard(
        characteristics=tuple(
            Characteristic.numeric(name, cuts=[0], points=[p, p + 5], missing_points=0)
            for p, name in enumerate(names)
        )
    )
    characteristics = model_of(to_pmml(card)).findall(".//p:Characteristic", SPACE)
    short = [float(c.attrib["baselineScore"]) - p for p, c in enumerate(characteristics)]
    assert all(a == b for a, b in pairwise(short))
    assert 0 < 5 - short[0] < 1e-9


def test_a_reversed_scale_counts_points_above() -> None:
    card = replace(CARD, scale=PointsScale(reverse=True))
    model = model_of(to_pmml(card))
    assert model.get("reasonCodeAlgorithm") == "pointsAbove"
    assert model.get("baselineMethod") == "min"
    for c, written in zip(
        card.characteristics, model.iterfind(".//p:Characteristic", SPACE), strict=True
    ):
        assert 0 < float(written.attrib["baselineScore"]) - c.points_range[0] < 1e-9


def test_without_reasons_or_scale() -> None:
    document = to_pmml(replace(CARD, scale=None), n_reasons=0)
    model = model_of(document)
    assert model.get("useReasonCodes") == "false"
    assert "reasonCode=" not in document
    assert "baselineScore=" not in document
    outputs = [e.get("name") for e in model.iterfind(".//p:OutputField", SPACE)]
    assert outputs == ["score"]


@pytest.mark.parametrize(
    "text", ["\0", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"], ids=lambda text: f"{ord(text):x}"
)
def test_characters_that_xml_cannot_hold_are_refused(text: str) -> None:
    message = "Column .* has the text 'a.*b', with a character that XML cannot hold"
    for characteristic in (of_text(f"a{text}b"), of_text("x", "good", f"a{text}b")):
        with pytest.raises(InvalidParameterError, match=message):
            to_pmml(Scorecard(characteristics=(characteristic,)))


@pytest.mark.parametrize("text", ["\t\n\r", "\x7f\x85", "\ud7ff\ue000\ufffd", "\U0010ffff"])
def test_all_others_come_back(text: str) -> None:
    root = root_of(to_pmml(Scorecard(characteristics=(of_text("x", text),))))
    (equal,) = root.iterfind(".//p:SimplePredicate[@operator='equal']", SPACE)
    assert equal.get("value") == text


@pytest.mark.parametrize("name", ["score", "pd", "reason_1"])
def test_columns_called_as_outputs_are_refused(name: str) -> None:
    card = Scorecard(characteristics=(of_text(name),), scale=PointsScale())
    with pytest.raises(InvalidParameterError, match=f"{name!r} is called as an output"):
        to_pmml(card)


def test_what_a_field_cannot_hold_is_refused() -> None:
    mixed = Characteristic(
        name="bureau",
        partition=MixedPartition(cuts=(500.0,), special_codes=("NO HIT",)),
        attributes=tuple(Attribute(points=p) for p in range(5)),
    )
    both = Characteristic.categorical(
        "code", points={"a": 1, 2: 2}, missing_points=0, other_points=0
    )
    for characteristic, message in (
        (mixed, "'bureau' holds numbers and words"),
        (both, "'code' holds levels of text and of numbers"),
    ):
        with pytest.raises(InvalidParameterError, match=message):
            to_pmml(Scorecard(characteristics=(characteristic,)))


def test_parameters() -> None:
    with pytest.raises(InvalidParameterError, match="'n_reasons'"):
        to_pmml(CARD, n_reasons=-1)
    baseline: Any = "least"
    with pytest.raises(InvalidParameterError, match="'baseline'"):
        to_pmml(CARD, baseline=baseline)
    with pytest.raises(UncalibratedCardError, match="neutral points"):
        to_pmml(CARD, baseline="neutral")


def test_fields_have_the_type_of_their_levels() -> None:
    kinds = {
        "years": YEARS.partition,
        "text": CategoricalPartition(groups=(("a",),)),
        "number": CategoricalPartition(groups=((1, 2.5),)),
        "truth": CategoricalPartition(groups=((True,), (False,))),
        "truth_or_number": CategoricalPartition(groups=((True,), (2,))),
        "nothing": CategoricalPartition(),
    }
    card = Scorecard(
        characteristics=tuple(
            Characteristic(
                name=name,
                partition=partition,
                attributes=(Attribute(points=0),) * partition.n_codes,
            )
            for name, partition in kinds.items()
        )
    )
    root = root_of(to_pmml(card))
    fields = root.iterfind(".//p:DataField", SPACE)
    assert {field.get("name"): field.get("dataType") for field in fields} == {
        "years": "double",
        "text": "string",
        "number": "double",
        "truth": "boolean",
        "truth_or_number": "double",
        "nothing": "string",
    }
