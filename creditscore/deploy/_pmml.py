"""A card as PMML 4.4, the model exchange format of the Data Mining Group."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from importlib.metadata import version

from creditscore._typing import Level, ReasonBaseline
from creditscore.deploy._baseline import baseline_of
from creditscore.deploy._rules import CardRules, ColumnRules, Interval, rules_of
from creditscore.deploy._valid_numbers import ValidRange, valid_numbers
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Scorecard

_NAMESPACE = "http://www.dmg.org/PMML-4_4"
_NO_REASON = 2.0**-30
"""Points below which a difference is no reason; a power of two, so that ties stay ties."""
_METHODS = {"neutral": "neutral", "average": "mean", "maximum": "max"}
"""What the standard calls a baseline; the best points of a reversed scale are the least."""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can hold, escaped or not."""
_PLAIN = re.compile(r"[^\s\"\\]+")
"""Texts that stand in an array as they are."""


def to_pmml(card: Scorecard, *, n_reasons: int = 4, baseline: ReasonBaseline | None = None) -> str:
    """Write a card as PMML 4.4, as a model of the kind Scorecard.

    Parameters
    ----------
    card : Scorecard
        The card.
    n_reasons : int, default=4
        Most reasons that the outputs hold.
    baseline : {"neutral", "average", "maximum"}, optional
        What reasons compare with, as in :meth:`Scorecard.reasons`: "neutral" unless given, or
        "maximum" where the card holds no neutral points.

    Returns
    -------
    str
        An XML document without a declaration of its encoding: save it as UTF-8. Its outputs are
        score; pd, the probability of default, where the card has a scale; and reason_1 … with the
        names of the characteristics that cost most points. The points of a characteristic are no
        output that the standard knows.

    Raises
    ------
    InvalidParameterError
        A name or level with a character that XML cannot hold; a column of numbers and words,
        which no field of PMML holds as such; a characteristic with levels of text and of numbers;
        a column that is called as an output is.
    UncalibratedCardError
        The card holds no neutral points or counts for the baseline asked for.

    Notes
    -----
    Numbers are written with all their digits. A column of numbers, or of levels that are numbers,
    is a field of doubles; one whose levels are all booleans a field of booleans; any other a field
    of text. What is missing has its own attribute, and a column that a consumer is not given is
    missing. A special code that is no whole number is met as it is and as 32 bits hold it. What
    the card refuses, and infinite numbers, are no valid values of their field, so that there is no
    score: consumers answer with nothing or with an error. Levels that the card does not know earn
    what it gives to others.

    Consumers count every difference as a reason, some zero too, and the card those above 1e-9
    points: baselines are therefore moved by 2⁻³⁰ of a point, which leaves whole points their ties.

    Two consumers are run against the card. In JPMML, score and reasons are those of the card to
    the last bit; None is missing there, and NaN is refused. PMML4S (pypmml) deviates: it adds the
    base points last, which may change the last bit where there are any; of equal reasons it puts
    first the name that comes last in the alphabet; where there are fewer reasons than outputs, it
    repeats the last one; and in a field of numbers it takes text that is no number, and True, for
    missing.

    References
    ----------
    .. [1] Data Mining Group, *PMML 4.4*, Scorecard.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import to_pmml
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> document = to_pmml(Scorecard(characteristics=[years], base_points=500))
    >>> print(document.splitlines()[0])
    <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
    """
    baseline = baseline_of(card, baseline)
    rules = rules_of(card, n_reasons=n_reasons, baseline=baseline)
    outputs = _outputs(rules)
    _check(rules, outputs)
    root = ET.Element("PMML", xmlns=_NAMESPACE, version="4.4")
    header = ET.SubElement(root, "Header", description=repr(card).strip("<>"))
    ET.SubElement(header, "Application", name="creditscore", version=version("creditscore"))
    dictionary = ET.SubElement(root, "DataDictionary", numberOfFields=str(len(rules.columns)))
    dictionary.extend(map(_field, rules.columns))
    method = _METHODS[baseline]
    if method == "max" and not rules.higher_is_safer:
        method = "min"
    root.append(_model(rules, method, outputs))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _check(rules: CardRules, outputs: Iterable[ET.Element]) -> None:
    taken = {output.get("name") for output in outputs}
    for column in rules.columns:
        texts = [level for level, _ in column.values if isinstance(level, str)]
        strange = next((t for t in (column.name, *texts) if _NO_XML.search(t)), None)
        if strange is not None:
            msg = (
                f"Column {column.name!r} has the text {strange!r}, with a character that XML "
                "cannot hold. Change it before the card is made."
            )
            raise InvalidParameterError(msg)
        if column.name in taken:
            msg = (
                f"The column {column.name!r} is called as an output of to_pmml is. Rename it "
                "before the card is made."
            )
            raise InvalidParameterError(msg)
        if column.kind == "mixed" or 0 < len(texts) < len(column.values):
            what = (
                "numbers and words" if column.kind == "mixed" else "levels of text and of numbers"
            )
            msg = (
                f"Column {column.name!r} holds {what}, and a field of PMML holds one of the two. "
                "Part it in two columns, or make all of it text, before the card is made."
            )
            raise InvalidParameterError(msg)


def _type(column: ColumnRules) -> str:
    """Return the type of a field: of text, of booleans, or of numbers."""
    kinds = {type(level) for level, _ in column.values}
    if column.kind == "numeric" or kinds & {int, float}:
        return "double"
    return "boolean" if kinds == {bool} else "string"


def _number(value: float) -> str:
    return repr(float(value))


def _text(level: Level) -> str:
    """Write a level of text, or a boolean, as the value of its field."""
    return level if isinstance(level, str) else str(level).lower()


def _field(column: ColumnRules) -> ET.Element:
    """Declare a column and which of its values are valid."""
    kind = _type(column)
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
            ET.SubElement(field, "Value", value=_text(level), property=validity)
    return field


def _range(valid: ValidRange) -> ET.Element:
    closure = ("closed" if valid.with_low else "open") + ("Closed" if valid.with_high else "Open")
    return ET.Element(
        "Interval",
        closure=closure,
        leftMargin=_number(valid.low),
        rightMargin=_number(valid.high),
    )


def _model(rules: CardRules, method: str, outputs: list[ET.Element]) -> ET.Element:
    model = ET.Element(
        "Scorecard",
        modelName="scorecard",
        functionName="regression",
        initialScore=_number(rules.base_points),
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
        characteristics.append(_characteristic(column, rules))
    return model


def _mining_field(column: ColumnRules) -> ET.Element:
    field = ET.Element("MiningField", name=column.name, usageType="active")
    if column.missing is None:
        field.set("missingValueTreatment", "returnInvalid")
    field.set("invalidValueTreatment", "returnInvalid")
    return field


def _outputs(rules: CardRules) -> list[ET.Element]:
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
    constant.text = _number(value)
    return constant


def _characteristic(column: ColumnRules, rules: CardRules) -> ET.Element:
    characteristic = ET.Element("Characteristic", name=column.name)
    if column.reference is not None:
        shift = -_NO_REASON if rules.higher_is_safer else _NO_REASON
        characteristic.set("reasonCode", column.name)
        characteristic.set("baselineScore", _number(column.reference + shift))
    if column.missing is not None:
        characteristic.append(_attribute(column.missing, _simple(column, "isMissing")))
    by_points: dict[float, list[Level]] = {}
    for level, points in column.values:
        if points is not None:
            by_points.setdefault(points, []).append(level)
    for points, levels in by_points.items():
        characteristic.extend(_attribute(points, is_one) for is_one in _is_one_of(column, levels))
    for interval in column.intervals:
        if interval.points is not None:
            characteristic.append(_of_interval(column, interval))
    if column.kind != "numeric" and column.other is not None:
        characteristic.append(_attribute(column.other, _simple(column, "isNotMissing")))
    return characteristic


def _attribute(points: float, predicate: ET.Element) -> ET.Element:
    attribute = ET.Element("Attribute", partialScore=_number(points))
    attribute.append(predicate)
    return attribute


def _simple(column: ColumnRules, operator: str, value: Level | None = None) -> ET.Element:
    predicate = ET.Element("SimplePredicate", field=column.name, operator=operator)
    if value is not None:
        of_number = _type(column) == "double"
        predicate.set("value", _number(float(value)) if of_number else _text(value))
    return predicate


def _is_one_of(column: ColumnRules, levels: Iterable[Level]) -> Iterable[ET.Element]:
    """Yield a predicate for the levels that an array holds as they are, and one for each other."""
    plain = []
    for level in levels:
        if isinstance(level, str) and not _PLAIN.fullmatch(level):
            yield _simple(column, "equal", level)
        else:
            plain.append(level)
    if len(plain) == 1:
        yield _simple(column, "equal", plain[0])
    if len(plain) > 1:
        predicate = ET.Element("SimpleSetPredicate", field=column.name, booleanOperator="isIn")
        of_number = _type(column) == "double"
        kind = "real" if of_number else "string"
        array = ET.SubElement(predicate, "Array", n=str(len(plain)), type=kind)
        array.text = " ".join(_number(float(v)) if of_number else _text(v) for v in plain)
        yield predicate


def _of_interval(column: ColumnRules, interval: Interval) -> ET.Element:
    ends = []
    if interval.low is not None:
        ends.append(_simple(column, "greaterOrEqual", interval.low))
    if interval.high is not None:
        ends.append(_simple(column, "lessThan", interval.high))
    predicate = ends[0] if ends else _simple(column, "isNotMissing")
    if len(ends) > 1:
        predicate = ET.Element("CompoundPredicate", booleanOperator="and")
        predicate.extend(ends)
    assert interval.points is not None  # noqa: S101 - the caller has looked
    attribute = _attribute(interval.points, predicate)
    if interval.slope and interval.low is not None:
        del attribute.attrib["partialScore"]
        value = ET.Element("FieldRef", field=column.name)
        rise = _apply("*", _constant(interval.slope), _apply("-", value, _constant(interval.low)))
        line = ET.SubElement(attribute, "ComplexPartialScore")
        line.append(_apply("+", _constant(interval.points), rise))
    return attribute
