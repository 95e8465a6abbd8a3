"""A card as one file of plain Python that imports nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from creditscore._typing import ReasonBaseline
from creditscore.deploy._rules import CardRules, ColumnRules, Interval, rules_of
from creditscore.scorecard import Scorecard

_HEAD = '''\
"""{what}

score(applicant) takes a mapping of column names to values, None and NaN being missing, and
returns a dictionary: score, points by characteristic, prob_default (None where the card has no
scale) and reasons, the characteristics that {cost} most points. Levels that the card does not know
earn what it gives to others, without a warning. Values that it refuses, and infinite numbers,
raise a ValueError; a column that is not there, a KeyError; text in the place of an amount, a
TypeError. In columns of levels, whatever is none of them is another level: text for a number too.

Written by creditscore {version}. Change the card, not this file.
"""

_E = 2.718281828459045
_END = 1.7976931348623157e308


def score(applicant):
    points = {{name: earned(applicant[name]) for name, earned in _COLUMNS.items()}}
    total = {base!r}
    for earned in points.values():
        total += earned
    return {{
        "score": total,
        "points": points,
        "prob_default": _prob_default(total),
        "reasons": _reasons(points),
    }}


def _prob_default(total):
    if _SCALE is None:
        return None
    offset, factor = _SCALE
    log_odds = (total - offset) / factor
    odds = _E ** -abs(log_odds)
    return odds / (1.0 + odds) if log_odds >= 0 else 1.0 / (1.0 + odds)


def _reasons(points):
    # of equal ones, the characteristic that comes first in the card comes first
    short = [({short}, name) for name in _REFERENCES]
    short = sorted((one for one in short if one[0] > 1e-09), key=lambda one: -one[0])
    return [name for _, name in short[:{n_reasons}]]


def _refused(name, value):
    raise ValueError("column %r: the card refuses the value %r" % (name, value))


def _finite(name, value):
    if not -_END <= value <= _END:
        _refused(name, value)
    return value
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


def to_python(
    card: Scorecard, *, n_reasons: int = 4, baseline: ReasonBaseline | None = None
) -> str:
    """Write a card as a module of plain Python that imports nothing.

    Parameters
    ----------
    card : Scorecard
        The card.
    n_reasons : int, default=4
        Most reasons that its answers give.
    baseline : {"neutral", "average", "maximum"}, optional
        What reasons compare with, as in :meth:`Scorecard.reasons`: "neutral" unless given, or
        "maximum" where the card holds no neutral points.

    Returns
    -------
    str
        Source with a function ``score(applicant)``: see its docstring.

    Raises
    ------
    UncalibratedCardError
        The card holds no neutral points or counts for the baseline asked for.

    Notes
    -----
    Score, points and reasons equal those of the card for numbers, text, booleans, None and NaN;
    probabilities up to the last bits. Where the card would warn of values that nobody has met,
    this does not. Text in a column of numeric levels, a number in one of text, and whole numbers
    beyond 2⁵³, all of which the card refuses, count as other levels or as the amounts they are.

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
    if baseline is None:
        neutral = all(c.neutral_points is not None for c in card.characteristics)
        baseline = "neutral" if neutral else "maximum"
    rules = rules_of(card, n_reasons=n_reasons, baseline=baseline)
    return "".join(_parts(rules, repr(card).strip("<>")))


def _parts(rules: CardRules, what: str) -> Iterator[str]:
    ends = ("_REFERENCES[name]", "points[name]")
    safer = rules.higher_is_safer
    yield _HEAD.format(
        what=_of_docstring(what),
        cost="cost" if safer else "add",
        short=" - ".join(ends if safer else ends[::-1]),
        version=version("creditscore"),
        base=float(rules.base_points),
        n_reasons=rules.n_reasons,
    )
    if any(column.kind == "mixed" for column in rules.columns):
        yield _NUMBER
    for place, column in enumerate(rules.columns):
        yield "\n\n" + "\n".join(_column(column, place)) + "\n"
    yield "\n\n_COLUMNS = {\n"
    yield "".join(f"    {c.name!r}: _points_{i},\n" for i, c in enumerate(rules.columns))
    yield "}\n"
    known = rules.offset is not None and rules.factor is not None
    yield f"_SCALE = {(rules.offset, rules.factor)!r}\n" if known else "_SCALE = None\n"
    references = {c.name: c.reference for c in rules.columns if c.reference is not None}
    yield f"_REFERENCES = {references!r}\n"


def _of_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _column(column: ColumnRules, place: int) -> Iterator[str]:
    name = repr(column.name)
    if column.values:
        yield f"_VALUES_{place} = {{"
        yield from (f"    {value!r}: {points!r}," for value, points in column.values)
        yield "}"
        yield ""
        yield ""
    yield f"def _points_{place}(value):"
    yield "    if value is None or value != value:"
    yield f"        return {_earned(column.missing, name)}"
    yield from _LINES[column.kind](column, place, name)


def _earned(points: float | None, name: str) -> str:
    return f"_refused({name}, value)" if points is None else repr(float(points))


def _levels(column: ColumnRules, place: int, name: str) -> Iterator[str]:
    if column.values:
        yield from _looked_up(place, name, "value")
    yield f"    return {_earned(column.other, name)}"


def _looked_up(place: int, name: str, value: str) -> Iterator[str]:
    yield f"    if {value} in _VALUES_{place}:"
    yield f"        earned = _VALUES_{place}[{value}]"
    yield f"        return _refused({name}, value) if earned is None else earned"


def _numbers(column: ColumnRules, place: int, name: str) -> Iterator[str]:
    yield f"    number = _finite({name}, value)"
    if column.values:
        yield from _looked_up(place, name, "number")
    yield from _intervals(column, name)


def _mixed(column: ColumnRules, place: int, name: str) -> Iterator[str]:
    yield "    number = _number(value) if isinstance(value, str) else value"
    yield "    key = value if number is None else number"
    if column.values:
        yield from _looked_up(place, name, "key")
    yield "    if number is None:"
    yield f"        return {_earned(column.other, name)}"
    yield f"    _finite({name}, number)"
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
