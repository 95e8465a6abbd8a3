"""A card as one file of plain Python that imports nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from creditscore._typing import ReasonBaseline
from creditscore.deploy._description import AnyCard, rules_of
from creditscore.deploy._rules import (
    ColumnRules,
    Interval,
    Rules,
    SegmentedRules,
    SegmentRules,
    cards_in,
    columns_in,
)

_HEAD = '''\
"""{what}

score(applicant) takes a mapping of column names to values, None, NaN and NA being missing, and
returns a dictionary: {segment_told}score, points by characteristic, prob_default (None where the
card has no scale) and reasons, the characteristics that {cost} most points. Levels that the card
does not know earn what it gives to others, without a warning. Values that it refuses, and infinite
numbers, raise a ValueError; a column that is not there, a KeyError; text in the place of an amount,
a TypeError. In columns of levels, whatever is none of them is another level: text for a number too.

Written by creditscore {version}. Change the card, not this file.
"""

_E = 2.718281828459045
_END = 1.7976931348623157e308
_DATES = ("NaTType", "datetime64", "timedelta64")


def score(applicant):
{chosen}
    points = {{name: earned(applicant[name]) for name, earned in columns.items()}}
    total = base
    for earned in points.values():
        total += earned
    return {{
{segment}        "score": total,
        "points": points,
        "prob_default": _prob_default(total),
        "reasons": _reasons(points, references),
    }}


def _prob_default(total):
    if _SCALE is None:
        return None
    offset, factor = _SCALE
    log_odds = (total - offset) / factor
    odds = _E ** -abs(log_odds)
    return odds / (1.0 + odds) if log_odds >= 0 else 1.0 / (1.0 + odds)


def _reasons(points, references):
    # of those equal to nine decimals, the characteristic that comes first in the card comes first
    short = [({short}, name) for name in references]
    short = [((lost * 1e9 + 0.5) // 1.0, name) for lost, name in short if lost > 1e-09]
    short.sort(key=lambda one: -one[0])
    return [name for _, name in short[:{n_reasons}]]


def _refused(name, value):
    raise ValueError("column %r: the card refuses the value %r" % (name, value))


def _missing(value):
    # the NA of pandas is neither true nor false, and equals nothing
    return type(value).__name__ == "NAType" or value != value


def _missing_amount(value):
    # a date is no amount, not even one that is missing
    return type(value).__name__ not in _DATES and _missing(value)


def _finite(name, value):
    if type(value).__name__ in _DATES:
        _refused(name, value)
    if not -_END <= value <= _END:
        _refused(name, value)
    # a Decimal is the double that it becomes
    return value if isinstance(value, int) else float(value)
'''

_NUMBER = """

def _number(text):
    # a plain decimal number, blanks around it allowed; None where the text is a word
    stripped = text.strip()
    body = stripped[1:] if stripped[:1] in ("+", "-") else stripped
    head, exponent, power = body.replace("E", "e").partition("e")
    if exponent and not (power[:1] in ("+", "-") and _digits(power[1:])):
        return None
    return float(stripped) if _digits(head.replace(".", "", 1)) else None


def _digits(text):
    return bool(text) and all(letter in "0123456789" for letter in text)
"""


def to_python(card: AnyCard, *, n_reasons: int = 4, baseline: ReasonBaseline | None = None) -> str:
    """Write a card as a module of plain Python that imports nothing.

    Parameters
    ----------
    card : Scorecard or SegmentedScorecard
        The card.
    n_reasons : int, default=4
        Most reasons that its answers give.
    baseline : {"neutral", "average", "maximum"}, optional
        What reasons compare with, as in :meth:`Scorecard.reasons`: "neutral" unless given, or
        "maximum" where the card holds no neutral points.

    Returns
    -------
    str
        Source with a function ``score(applicant)``: see its docstring. Of a segmented card, the
        answer holds the segment too, and the points of the card of that segment.

    Raises
    ------
    UncalibratedCardError
        The card holds no neutral points or counts for the baseline asked for.

    Notes
    -----
    Score, points and reasons equal those of the card for numbers (Decimal too), text, booleans,
    None, NaN, and the NA and NaT of pandas; probabilities up to the last bits. Where the card
    would warn of values that nobody has met, this does not. Text in a column of numeric levels, a
    number in one of text, and whole numbers beyond 2⁵³, all of which the card refuses, count as
    other levels or as the amounts they are.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import to_python
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> module = {}
    >>> exec(to_python(Scorecard(characteristics=[years], base_points=500)), module)
    >>> module["score"]({"years": 3})["score"]
    520.0
    """
    rules = rules_of(card, n_reasons=n_reasons, baseline=baseline)
    return "".join(_parts(rules, repr(card).strip("<>")))


def _parts(rules: Rules, what: str) -> Iterator[str]:
    yield _head(rules, what)
    if any(column.kind == "mixed" for column in columns_in(rules)):
        yield _NUMBER
    yield from _segment(rules.segments) if isinstance(rules, SegmentedRules) else ()
    cards = cards_in(rules)
    for number, card in enumerate(cards):
        for column, function in zip(card.columns, _functions(rules, number), strict=True):
            yield "\n\n" + "\n".join(_column(column, function)) + "\n"
    if isinstance(rules, SegmentedRules):
        yield "\n\n_CARDS = {\n"
        for number, name in enumerate(rules.segments.names):
            yield f"    {name!r}: {_card(rules, number)},\n"
        yield "}\n"
    else:
        yield f"\n\n_CARD = {_card(rules, 0)}\n"
    first = cards[0]
    known = first.offset is not None and first.factor is not None
    yield f"_SCALE = {(first.offset, first.factor)!r}\n" if known else "_SCALE = None\n"


def _head(rules: Rules, what: str) -> str:
    first, segmented = cards_in(rules)[0], isinstance(rules, SegmentedRules)
    ends, safer = ("references[name]", "points[name]"), first.higher_is_safer
    chosen = "    base, columns, references = _CARD"
    if segmented:
        chosen = (
            "    segment = _segment(applicant)\n    base, columns, references = _CARDS[segment]"
        )
    return _HEAD.format(
        what=_of_docstring(what),
        cost="cost" if safer else "add",
        short=" - ".join(ends if safer else ends[::-1]),
        version=version("creditscore"),
        n_reasons=first.n_reasons,
        segment_told="segment, " if segmented else "",
        chosen=chosen,
        segment='        "segment": segment,\n' if segmented else "",
    )


def _functions(rules: Rules, number: int) -> list[str]:
    """Name the functions of the columns of a card."""
    of_card = f"{number}_" if isinstance(rules, SegmentedRules) else ""
    n = len(cards_in(rules)[number].columns)
    return [f"_points_{of_card}{place}" for place in range(n)]


def _card(rules: Rules, number: int) -> str:
    """Write base points, the functions of columns, and what reasons compare with."""
    card = cards_in(rules)[number]
    names = [repr(column.name) for column in card.columns]
    pairs = zip(names, _functions(rules, number), strict=True)
    columns = ", ".join(f"{name}: {function}" for name, function in pairs)
    references = {c.name: c.reference for c in card.columns if c.reference is not None}
    return f"({float(card.base_points)!r}, {{{columns}}}, {references!r})"


def _segment(segments: SegmentRules) -> Iterator[str]:
    """Write the function that finds the segment, and those of the columns that it reads."""
    for number, column in enumerate(segments.columns):
        yield "\n\n" + "\n".join(_column(column, f"_segment_{number}")) + "\n"
    yield "\n\ndef _segment(applicant):\n    place = "
    number = 0
    if segments.column is None:
        yield "0\n"
    else:
        yield f"_segment_0(applicant[{segments.column.name!r}])\n"
        number = 1
    # all places are told before any is moved on
    for branch, (place, column) in enumerate(segments.within):
        yield f"    {'elif' if branch else 'if'} place == {place}:\n"
        yield f"        place += _segment_{number + branch}(applicant[{column.name!r}])\n"
    yield f"    return {segments.names!r}[int(place)]\n"


def _of_docstring(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in quoted
    )


def _column(column: ColumnRules, function: str) -> Iterator[str]:
    """Write the function of a column, and before it the table that it looks values up in."""
    name, table = repr(column.name), function.upper()
    if column.values:
        yield f"{table} = {{"
        yield from (f"    {value!r}: {points!r}," for value, points in column.values)
        yield "}"
        yield ""
        yield ""
    yield f"def {function}(value):"
    missing = "_missing_amount" if column.kind == "numeric" else "_missing"
    yield f"    if value is None or {missing}(value):"
    yield f"        return {_earned(column.missing, name)}"
    yield from _LINES[column.kind](column, table, name)


def _earned(points: float | None, name: str) -> str:
    return f"_refused({name}, value)" if points is None else repr(float(points))


def _levels(column: ColumnRules, table: str, name: str) -> Iterator[str]:
    if column.values:
        yield from _looked_up(table, name, "value")
    yield f"    return {_earned(column.other, name)}"


def _looked_up(table: str, name: str, value: str) -> Iterator[str]:
    yield f"    if {value} in {table}:"
    yield f"        earned = {table}[{value}]"
    yield f"        return _refused({name}, value) if earned is None else earned"


def _numbers(column: ColumnRules, table: str, name: str) -> Iterator[str]:
    yield f"    number = _finite({name}, value)"
    if column.values:
        yield from _looked_up(table, name, "number")
    yield from _intervals(column, name)


def _mixed(column: ColumnRules, table: str, name: str) -> Iterator[str]:
    yield "    number = _number(value) if isinstance(value, str) else value"
    yield "    if number is not None:"
    yield f"        number = _finite({name}, number)"
    yield "    key = value if number is None else number"
    if column.values:
        yield from _looked_up(table, name, "key")
    yield "    if number is None:"
    yield f"        return {_earned(column.other, name)}"
    yield from _intervals(column, name)


def _intervals(column: ColumnRules, name: str) -> Iterator[str]:
    for interval in column.intervals:
        indent = "    "
        if interval.high is not None:
            yield f"    if number < {interval.high!r}:"
            indent *= 2
        yield f"{indent}return {_points_in(interval, name)}"


def _points_in(interval: Interval, name: str) -> str:
    if interval.points is None or not interval.slope:
        return _earned(interval.points, name)
    return f"{interval.points!r} + {interval.slope!r} * (number - {interval.low!r})"


_LINES = {"numeric": _numbers, "categorical": _levels, "ordered": _levels, "mixed": _mixed}
