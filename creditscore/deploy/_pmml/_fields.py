"""Fields of PMML: the columns that are read, and which of their values are valid."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET

from creditscore.deploy._pmml._predicates import level_text, number_text, type_of
from creditscore.deploy._rules import ColumnRules
from creditscore.deploy._valid_numbers import ValidRange, valid_numbers

_LARGEST = sys.float_info.max


def field_of(column: ColumnRules) -> ET.Element:
    """Declare a column and which of its values are valid."""
    kind = type_of(column)
    if kind == "double":
        field = ET.Element("DataField", name=column.name, optype="continuous", dataType=kind)
        field.extend(map(_range, valid_numbers(column)))
        return field
    field = ET.Element("DataField", name=column.name, optype="categorical", dataType=kind)
    # a list of valid values closes the field: all other texts are then refused
    closed = column.other is None
    for level, points in column.values:
        if closed or points is None:
            validity = "invalid" if points is None else "valid"
            ET.SubElement(field, "Value", value=level_text(level), property=validity)
    return field


def _range(valid: ValidRange) -> ET.Element:
    closure = ("closed" if valid.with_low else "open") + ("Closed" if valid.with_high else "Open")
    return ET.Element(
        "Interval",
        closure=closure,
        leftMargin=number_text(valid.low),
        rightMargin=number_text(valid.high),
    )


def open_field(column: ColumnRules) -> ET.Element:
    """Declare a column all of whose values are valid, for cards that differ in what they refuse.

    But for infinite numbers.
    """
    if type_of(column) != "double":
        kind = type_of(column)
        return ET.Element("DataField", name=column.name, optype="categorical", dataType=kind)
    field = ET.Element("DataField", name=column.name, optype="continuous", dataType="double")
    field.append(_range(ValidRange(low=-_LARGEST, high=_LARGEST)))
    return field
