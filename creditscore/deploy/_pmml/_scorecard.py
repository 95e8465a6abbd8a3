"""The model of a card: its characteristics with their attributes, and its outputs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from creditscore._typing import Level
from creditscore.deploy._pmml._predicates import (
    compound,
    is_none_of,
    is_one_of,
    number_text,
    simple,
    within,
)
from creditscore.deploy._rules import CardRules, ColumnRules, Interval

_NO_REASON = 2.0**-30
"""Points below which a difference is no reason; a power of two, so that ties stay ties."""


def scorecard(
    rules: CardRules, method: str, outputs: Iterable[ET.Element], *, by_field: bool
) -> ET.Element:
    """Return the model of a card.

    Parameters
    ----------
    rules : CardRules
        The card.
    method : str
        What the standard calls its baseline.
    outputs : iterable of Element
        What it gives.
    by_field : bool
        Whether the fields declare what the card refuses; where not, no attribute meets it.
    """
    model = ET.Element(
        "Scorecard",
        modelName="scorecard",
        functionName="regression",
        initialScore=number_text(rules.base_points),
        useReasonCodes="true" if rules.n_reasons else "false",
        reasonCodeAlgorithm="pointsBelow" if rules.higher_is_safer else "pointsAbove",
        baselineMethod=method,
    )
    schema = ET.SubElement(model, "MiningSchema")
    for column in rules.columns:
        schema.append(_mining_field(column))
    ET.SubElement(model, "Output").extend(outputs)
    characteristics = ET.SubElement(model, "Characteristics")
    for column in rules.columns:
        characteristics.append(_characteristic(column, rules, by_field=by_field))
    return model


def _mining_field(column: ColumnRules) -> ET.Element:
    field = ET.Element("MiningField", name=column.name, usageType="active")
    if column.missing is None:
        field.set("missingValueTreatment", "returnInvalid")
    field.set("invalidValueTreatment", "returnInvalid")
    return field


def outputs_of(rules: CardRules) -> list[ET.Element]:
    """Return score, probability and reasons as outputs."""
    outputs = [_output("score", "predictedValue")]
    if rules.offset is not None and rules.factor is not None:
        above = _apply("-", ET.Element("FieldRef", field="score"), _constant(rules.offset))
        odds = _apply("exp", _apply("/", above, _constant(rules.factor)))
        prob_default = _output("pd", "transformedValue")
        prob_default.append(_apply("/", _constant(1.0), _apply("+", _constant(1.0), odds)))
        outputs.append(prob_default)
    for rank in range(1, rules.n_reasons + 1):
        reason = _output(f"reason_{rank}", "reasonCode")
        reason.attrib |= {"rank": str(rank), "optype": "categorical", "dataType": "string"}
        outputs.append(reason)
    return outputs


def _output(name: str, feature: str) -> ET.Element:
    of_number = {"optype": "continuous", "dataType": "double"}
    return ET.Element("OutputField", {"name": name, "feature": feature, **of_number})


def _apply(function: str, *arguments: ET.Element) -> ET.Element:
    call = ET.Element("Apply", function=function)
    call.extend(arguments)
    return call


def _constant(value: float) -> ET.Element:
    constant = ET.Element("Constant", dataType="double")
    constant.text = number_text(value)
    return constant


def _characteristic(column: ColumnRules, rules: CardRules, *, by_field: bool) -> ET.Element:
    characteristic = ET.Element("Characteristic", name=column.name)
    if column.reference is not None:
        shift = -_NO_REASON if rules.higher_is_safer else _NO_REASON
        characteristic.set("reasonCode", column.name)
        characteristic.set("baselineScore", number_text(column.reference + shift))
    if column.missing is not None:
        characteristic.append(_attribute(column.missing, simple(column, "isMissing")))
    by_points: dict[float, list[Level]] = {}
    for level, points in column.values:
        if points is not None:
            by_points.setdefault(points, []).append(level)
    for points, levels in by_points.items():
        characteristic.extend(_attribute(points, is_one) for is_one in is_one_of(column, levels))
    refused = [] if by_field else [level for level, points in column.values if points is None]
    for interval in column.intervals:
        if interval.points is not None:
            is_in = [*is_none_of(column, refused), within(column, interval)]
            characteristic.append(_of_interval(column, interval, compound("and", is_in)))
    if column.kind != "numeric" and column.other is not None:
        is_other = [*is_none_of(column, refused), simple(column, "isNotMissing")]
        characteristic.append(_attribute(column.other, compound("and", is_other)))
    return characteristic


def _attribute(points: float, predicate: ET.Element) -> ET.Element:
    attribute = ET.Element("Attribute", partialScore=number_text(points))
    attribute.append(predicate)
    return attribute


def _of_interval(column: ColumnRules, interval: Interval, predicate: ET.Element) -> ET.Element:
    assert interval.points is not None  # noqa: S101 - the caller has looked
    attribute = _attribute(interval.points, predicate)
    if interval.slope and interval.low is not None:
        del attribute.attrib["partialScore"]
        value = ET.Element("FieldRef", field=column.name)
        rise = _apply("*", _constant(interval.slope), _apply("-", value, _constant(interval.low)))
        line = ET.SubElement(attribute, "ComplexPartialScore")
        line.append(_apply("+", _constant(interval.points), rise))
    return attribute
