"""The model of a segmented card: a card a segment, of which the first that is met scores."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from creditscore.deploy._pmml._predicates import compound, earns
from creditscore.deploy._pmml._scorecard import outputs_of, scorecard
from creditscore.deploy._rules import ColumnRules, SegmentedRules, SegmentRules


def segmented(rules: SegmentedRules, method: str, fields: list[str]) -> ET.Element:
    """Return the model; its outputs stand in each card too, for consumers that look there."""
    model = ET.Element("MiningModel", modelName="scorecard", functionName="regression")
    schema = ET.SubElement(model, "MiningSchema")
    for name in fields:
        ET.SubElement(
            schema,
            "MiningField",
            name=name,
            usageType="active",
            invalidValueTreatment="returnInvalid",
        )
    output = ET.SubElement(model, "Output")
    output.append(_segment_output("entityId"))
    output.extend(outputs_of(rules.cards[0]))
    cards = ET.SubElement(model, "Segmentation", multipleModelMethod="selectFirst")
    for place, (name, card) in enumerate(zip(rules.segments.names, rules.cards, strict=True)):
        segment = ET.SubElement(cards, "Segment", id=name)
        segment.append(_predicate(rules.segments, place))
        named = _segment_output("transformedValue")
        ET.SubElement(named, "Constant", dataType="string").text = name
        segment.append(scorecard(card, method, [named, *outputs_of(card)], by_field=False))
    return model


def _segment_output(feature: str) -> ET.Element:
    of_text = {"optype": "categorical", "dataType": "string"}
    return ET.Element("OutputField", {"name": "segment", "feature": feature, **of_text})


def _predicate(segments: SegmentRules, place: int) -> ET.Element:
    """Return what makes a row belong to the segment at a place."""
    start = place
    inner: list[ET.Element] = []
    for first, column in segments.within:
        if first <= place < first + _n_places(column):
            start, inner = first, [earns(column, float(place - first))]
    outer = [] if segments.column is None else [earns(segments.column, float(start))]
    return compound("and", [*outer, *inner])


def _n_places(column: ColumnRules) -> int:
    """Return how many segments a column tells apart."""
    found = [points for _, points in column.values]
    found += [interval.points for interval in column.intervals]
    return 1 + int(max(p for p in (*found, column.missing, column.other) if p is not None))
