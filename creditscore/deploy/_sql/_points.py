"""What a value earns, as a CASE of SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from creditscore._typing import Level
from creditscore.deploy._alike import check_whole_levels
from creditscore.deploy._rules import ColumnRules, Interval
from creditscore.deploy._sql._dialect import Dialect, Node
from creditscore.exceptions import InvalidParameterError

_Arm: TypeAlias = tuple[Node, Node]
"""A condition, and what holds under it where none before it is met."""


class PointsWriter:
    """Writes the points of columns whose values an inner query holds.

    Parameters
    ----------
    dialect : Dialect
        Of the engine.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def of_numbers(self, column: ColumnRules, value: Node) -> Node:
        """Return the points of a column of numbers."""
        number = self.dialect.to_double(value)
        arms = [*self._without_number(column, value, number), *self._of_codes(column, number)]
        return self._of_intervals(column, number, arms)

    def of_mixed(self, column: ColumnRules, value: Node, text: Node, number: Node) -> Node:
        """Return the points of a column of text, of which `text` is what is a `number`."""
        words = [(word, points) for word, points in column.values if isinstance(word, str)]
        missing, word = self.dialect.is_null(value), self.dialect.is_null(text)
        listed = self._listed(words, self.dialect.compared(value), self.dialect.text)
        arms = [
            (missing, self._earned(column.missing)),
            (word, self._case(listed, self._earned(column.other))),
            # a number that no double holds
            (self.dialect.is_null(number), self._earned(None)),
            *((c, self._earned(None)) for c in self.dialect.is_endless(number)),
            *self._of_codes(column, number),
        ]
        return self._of_intervals(column, number, arms)

    def of_levels(self, column: ColumnRules, value: Node) -> Node:
        """Return the points of a column of levels, all of text, of booleans or of numbers."""
        kinds = {type(level) for level, _ in column.values}
        if str in kinds and len(kinds) > 1:
            msg = (
                f"Column {column.name!r} has levels of text and of numbers, and a column of SQL "
                "holds one of the two. Make all of them text before the card is made."
            )
            raise InvalidParameterError(msg)
        other, is_null = self._earned(column.other), self.dialect.is_null(value)
        if kinds == {bool} and self.dialect.has_booleans:
            truths = self._listed(column.values, value, self._truth)
            return self._case([(is_null, self._earned(column.missing)), *truths], other)
        if kinds and str not in kinds:
            check_whole_levels(column, "a query")
            number = self.dialect.to_double(value)
            arms = self._without_number(column, value, number)
            numbers = self._listed(column.values, number, self.dialect.number)
            return self._case([*arms, *numbers], other)
        refused = [(c, self._earned(None)) for c in self.dialect.is_no_text(value)]
        texts = self._listed(column.values, self.dialect.compared(value), self.dialect.text)
        return self._case([(is_null, self._earned(column.missing)), *refused, *texts], other)

    def _without_number(self, column: ColumnRules, value: Node, number: Node) -> Iterator[_Arm]:
        """Yield what is missing, and what is no number or has no end."""
        dialect = self.dialect
        yield dialect.is_null(value), self._earned(column.missing)
        yield from ((c, self._earned(None)) for c in dialect.is_no_number(value))
        yield from ((c, self._earned(column.missing)) for c in dialect.is_nan(number))
        yield from ((c, self._earned(None)) for c in dialect.is_endless(number))

    def _of_codes(self, column: ColumnRules, number: Node) -> Iterator[_Arm]:
        for code, points in column.values:
            if not isinstance(code, str):
                literal = self.dialect.number(code)
                is_code = self.dialect.exp.EQ(this=number.copy(), expression=literal)
                yield is_code, self._earned(points)

    def _of_intervals(self, column: ColumnRules, number: Node, arms: Iterable[_Arm]) -> Node:
        *bounded, last = column.intervals
        below = []
        for interval in bounded:
            assert interval.high is not None  # noqa: S101 - only the last has no end
            high = self.dialect.number(interval.high)
            is_below = self.dialect.exp.LT(this=number.copy(), expression=high)
            below.append((is_below, self._in_interval(interval, number)))
        return self._case([*arms, *below], self._in_interval(last, number))

    def _in_interval(self, interval: Interval, number: Node) -> Node:
        earned = self._earned(interval.points)
        if interval.points is None or not interval.slope or interval.low is None:
            return earned
        exp = self.dialect.exp
        low, slope = self.dialect.number(interval.low), self.dialect.number(interval.slope)
        above = exp.Paren(this=exp.Sub(this=number.copy(), expression=low))
        return exp.Add(this=earned, expression=exp.Mul(this=slope, expression=above))

    def _listed(
        self,
        values: Iterable[tuple[Level, float | None]],
        value: Node,
        literal: Callable[..., Node],
    ) -> Iterator[_Arm]:
        """Yield lists of levels, those of the same points together."""
        by_points: dict[float | None, list[Level]] = {}
        for level, points in values:
            by_points.setdefault(points, []).append(level)
        for points, levels in by_points.items():
            most = self.dialect.most_in_list or len(levels)
            for start in range(0, len(levels), most):
                listed = [literal(level) for level in levels[start : start + most]]
                is_one = self.dialect.exp.In(this=value.copy(), expressions=listed)
                yield is_one, self._earned(points)

    def _truth(self, level: Level) -> Node:
        return self.dialect.exp.true() if level else self.dialect.exp.false()

    def _case(self, arms: Iterable[_Arm], default: Node) -> Node:
        exp = self.dialect.exp
        ifs = [exp.If(this=condition, true=earned) for condition, earned in arms]
        return exp.Case(ifs=ifs, default=default) if ifs else default

    def _earned(self, points: float | None) -> Node:
        if points is None:
            return self.dialect.to_double(self.dialect.exp.null())
        return self.dialect.number(points)


def held_by(dialect: Dialect) -> Callable[[ColumnRules], str | None]:
    """Return what a column must hold to be read, in words."""

    def held(column: ColumnRules) -> str | None:
        if column.kind == "numeric":
            return "numbers"
        kinds = {type(level) for level, _ in column.values}
        if column.kind == "mixed" or str in kinds:
            return "text"
        if kinds == {bool} and dialect.has_booleans:
            return "booleans"
        return "numbers" if kinds else None

    return held
