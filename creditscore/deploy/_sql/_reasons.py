"""Reasons in SQL: shortfalls, their ranks, and the characteristics of the first ranks."""

from __future__ import annotations

from collections.abc import Sequence

from creditscore.deploy._rules import CardRules
from creditscore.deploy._sql._dialect import Dialect, Node

_LEAST_SHORTFALL = 1e-9
"""Points up to which the card too calls a difference rounding."""
_BILLIONTHS = 1e9
"""Parts of a point by which the card too compares shortfalls."""


class ReasonsWriter:
    """Writes columns that are worked out one upon the other.

    Parameters
    ----------
    dialect : Dialect
        Of the engine.
    rules : CardRules
        With a reference for each column.
    """

    def __init__(self, dialect: Dialect, rules: CardRules) -> None:
        self.dialect, self.rules = dialect, rules

    def shortfalls(self, points: Sequence[Node]) -> list[Node]:
        """Return by how many billionths each column falls short, 0 where that is no reason."""
        exp = self.dialect.exp
        least, nothing = self.dialect.number(_LEAST_SHORTFALL), self.dialect.number(0.0)
        found = []
        for column, earned in zip(self.rules.columns, points, strict=True):
            assert column.reference is not None  # noqa: S101 - reasons were asked for
            sides = [self.dialect.number(column.reference), earned]
            left, right = sides if self.rules.higher_is_safer else sides[::-1]
            short = exp.Sub(this=left, expression=right)
            counts = exp.GT(this=short, expression=least.copy())
            ifs = [exp.If(this=counts, true=self._billionths(short.copy()))]
            found.append(exp.Case(ifs=ifs, default=nothing.copy()))
        return found

    def ranks(self, shortfalls: Sequence[Node]) -> list[Node]:
        """Return the rank of each shortfall, from 1, and NULL for those that are no reason.

        That is how many are larger, or equal and before it in the card.
        """
        exp = self.dialect.exp
        found = []
        for place, own in enumerate(shortfalls):
            rank = self._whole(1)
            for other, short in enumerate(shortfalls):
                if other != place:
                    before = exp.GTE if other < place else exp.GT
                    is_before = before(this=short.copy(), expression=own.copy())
                    ifs = [exp.If(this=is_before, true=self._whole(1))]
                    one = exp.Case(ifs=ifs, default=self._whole(0))
                    rank = exp.Add(this=rank, expression=one)
            counts = exp.GT(this=own.copy(), expression=self.dialect.number(0.0))
            found.append(exp.Case(ifs=[exp.If(this=counts, true=rank)]))
        return found

    def reasons(self, ranks: Sequence[Node], score: Node) -> list[Node]:
        """Return the columns of the first ranks; NULL where there are no more, or no score."""
        exp = self.dialect.exp
        names = [column.name for column in self.rules.columns]
        found = []
        for rank in range(1, self.rules.n_reasons + 1):
            ifs = [exp.If(this=self.dialect.is_null(score), true=exp.null())]
            for own, name in zip(ranks, names, strict=True):
                is_rank = exp.EQ(this=own.copy(), expression=self._whole(rank))
                ifs.append(exp.If(this=is_rank, true=self.dialect.text(name)))
            found.append(exp.Case(ifs=ifs))
        return found

    def _billionths(self, short: Node) -> Node:
        exp = self.dialect.exp
        many = exp.Mul(this=exp.Paren(this=short), expression=self.dialect.number(_BILLIONTHS))
        return self.dialect.floor(exp.Add(this=many, expression=self.dialect.number(0.5)))

    def _whole(self, number: int) -> Node:
        return self.dialect.exp.Literal.number(number)
