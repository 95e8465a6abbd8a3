"""The probability of default of a score, in SQL."""

from __future__ import annotations

from collections.abc import Iterator

from creditscore.deploy._rules import CardRules, ColumnRules
from creditscore.deploy._sql._dialect import Node
from creditscore.deploy._sql._layers import Layers

_MOST_LOG_ODDS = 700.0
"""Beyond this, EXP overflows, which is an error to some engines."""


def prob_default(layers: Layers, rules: CardRules) -> Node:
    """Return 1 / (1 + odds); 0 and 1 beyond what EXP computes, where a score can be there."""
    exp, dialect = layers.exp, layers.dialect
    assert rules.offset is not None  # noqa: S101 - the caller has looked
    assert rules.factor is not None  # noqa: S101 - as above
    above = exp.Sub(this=layers["score"], expression=dialect.number(rules.offset))
    log_odds = exp.Div(
        this=exp.Paren(this=above), expression=dialect.number(rules.factor), typed=True
    )
    odds = exp.Exp(this=log_odds)
    total = exp.Paren(this=exp.Add(this=dialect.number(1.0), expression=odds))
    prob = exp.Div(this=dialect.number(1.0), expression=total, typed=True)
    farthest = max(abs((end - rules.offset) / rules.factor) for end in _ends(rules))
    if farthest <= _MOST_LOG_ODDS:
        return prob
    most, least = dialect.number(_MOST_LOG_ODDS), dialect.number(-_MOST_LOG_ODDS)
    is_good = exp.GT(this=log_odds.copy(), expression=most)
    is_bad = exp.LT(this=log_odds.copy(), expression=least)
    ifs = [
        exp.If(this=is_good, true=dialect.number(0.0)),
        exp.If(this=is_bad, true=dialect.number(1.0)),
    ]
    return exp.Case(ifs=ifs, default=prob)


def _ends(rules: CardRules) -> tuple[float, float]:
    """Return the lowest and the highest score that there can be."""
    earned = [list(_earned(column)) for column in rules.columns]
    low, high = sum(map(min, earned)), sum(map(max, earned))
    return rules.base_points + low, rules.base_points + high


def _earned(column: ColumnRules) -> Iterator[float]:
    """Yield what a column can earn, at both ends where there is a slope."""
    found = [column.missing, column.other, *(points for _, points in column.values)]
    yield from (points for points in found if points is not None)
    for interval in column.intervals:
        if interval.points is not None:
            yield interval.points
            if interval.slope and interval.low is not None and interval.high is not None:
                yield interval.points + interval.slope * (interval.high - interval.low)
