"""Predicates of PMML: which values of a column are meant."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator

from creditscore._typing import Level
from creditscore.deploy._rules import ColumnRules, Interval

_PLAIN = re.compile(r"[^\s\"\\]+")
"""Texts that stand in an array as they are."""


def type_of(column: ColumnRules) -> str:
    """Return the type of a field: of text, of booleans, or of numbers."""
    kinds = {type(level) for level, _ in column.values}
    if column.kind == "numeric" or kinds & {int, float}:
        return "double"
    return "boolean" if kinds == {bool} else "string"


def number_text(value: float) -> str:
    """Write a number with all its digits."""
    return repr(float(value))


def level_text(level: Level) -> str:
    """Write a level of text, or a boolean, as the value of its field."""
    return level if isinstance(level, str) else str(level).lower()


def simple(column: ColumnRules, operator: str, value: Level | None = None) -> ET.Element:
    """Return a predicate that compares a column with a value, or asks whether there is one."""
    predicate = ET.Element("SimplePredicate", field=column.name, operator=operator)
    if value is not None:
        of_number = type_of(column) == "double"
        predicate.set("value", number_text(float(value)) if of_number else level_text(value))
    return predicate


def compound(operator: str, predicates: list[ET.Element]) -> ET.Element:
    """Return predicates joined by "and" or "or"; none at all is none, or all."""
    if not predicates:
        return ET.Element("True" if operator == "and" else "False")
    if len(predicates) == 1:
        return predicates[0]
    joined = ET.Element("CompoundPredicate", booleanOperator=operator)
    joined.extend(predicates)
    return joined


def is_one_of(column: ColumnRules, levels: Iterable[Level]) -> Iterator[ET.Element]:
    """Yield a predicate for the levels that an array holds as they are, and one for each other."""
    yield from _listed(column, levels, "equal", "isIn")


def is_none_of(column: ColumnRules, levels: Iterable[Level]) -> Iterator[ET.Element]:
    """Yield predicates that together shut out levels."""
    yield from _listed(column, levels, "notEqual", "isNotIn")


def within(column: ColumnRules, interval: Interval) -> ET.Element:
    """Return the predicate of an interval of a column of numbers."""
    ends = []
    if interval.low is not None:
        ends.append(simple(column, "greaterOrEqual", interval.low))
    if interval.high is not None:
        ends.append(simple(column, "lessThan", interval.high))
    return compound("and", ends) if ends else simple(column, "isNotMissing")


def earns(column: ColumnRules, points: float) -> ET.Element:
    """Return the predicate of all values that earn so many points, without slopes."""
    listed = [value for value, earned in column.values if earned == points]
    ways = [simple(column, "isMissing")] if column.missing == points else []
    ways += is_one_of(column, listed)
    unlisted = [within(column, i) for i in column.intervals if i.points == points]
    if column.kind != "numeric" and column.other == points:
        unlisted = [simple(column, "isNotMissing")]
    if unlisted:
        none_of = is_none_of(column, (value for value, _ in column.values))
        ways.append(compound("and", [*none_of, compound("or", unlisted)]))
    return compound("or", ways)


def _listed(
    column: ColumnRules, levels: Iterable[Level], of_one: str, of_set: str
) -> Iterator[ET.Element]:
    plain = []
    for level in levels:
        if isinstance(level, str) and not _PLAIN.fullmatch(level):
            yield simple(column, of_one, level)
        else:
            plain.append(level)
    if len(plain) == 1:
        yield simple(column, of_one, plain[0])
    if len(plain) > 1:
        predicate = ET.Element("SimpleSetPredicate", field=column.name, booleanOperator=of_set)
        of_number = type_of(column) == "double"
        kind = "real" if of_number else "string"
        array = ET.SubElement(predicate, "Array", n=str(len(plain)), type=kind)
        array.text = " ".join(number_text(float(v)) if of_number else level_text(v) for v in plain)
        yield predicate
