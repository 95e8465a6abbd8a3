"""The layers of a query, each worked out from the one below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from creditscore.deploy._rules import CardRules, ColumnRules
from creditscore.deploy._sql._dialect import Dialect, Node
from creditscore.deploy._sql._mixed import READABLE, number_of, number_text
from creditscore.deploy._sql._names import free_names, result_names
from creditscore.deploy._sql._points import PointsWriter
from creditscore.deploy._sql._reasons import ReasonsWriter
from creditscore.exceptions import InvalidParameterError

_ROWS = "rows_of_table"
"""Alias of the table that is scored."""


class Layers:
    """A query that grows by one SELECT around another.

    Parameters
    ----------
    dialect : Dialect
        Of the engine.
    table : node
        Table that is scored.
    columns : sequence of str
        Its columns that are wanted, each once.
    apart : bool
        Whether each SELECT is worked out once. Where not, an engine may look for single rows of
        the result without working out the others; but it may also write out what is used, and
        what that uses, wherever it is used.
    """

    def __init__(
        self, dialect: Dialect, table: Node, columns: Sequence[str], *, apart: bool
    ) -> None:
        self.dialect, self.exp, self.apart = dialect, dialect.exp, apart
        # SQLite takes a quoted name that it does not know for a text, unless a table is named
        alias = self.exp.to_identifier(_ROWS, quoted=True)
        table.set("alias", self.exp.TableAlias(this=alias))
        self.source, self.alias = table, _ROWS
        self.columns = list(columns)
        self.select: Node = None

    def __getitem__(self, name: str) -> Node:
        """Return a column of what is there so far."""
        return self.exp.column(name, table=self.alias, quoted=True)

    def add(self, alias: str, kept: Sequence[str], made: Mapping[str, Node]) -> None:
        """Select the columns that are kept, and what is made of those there; name the result."""
        named = [
            self.exp.alias_(node, name, quoted=True, copy=False) for name, node in made.items()
        ]
        columns = [self[name] for name in kept]
        select = self.exp.select(*columns, *named, copy=False).from_(self._from(), copy=False)
        self.select, self.columns, self.alias = select, [*kept, *made], alias

    def _from(self) -> Node:
        if self.select is None:
            return self.source
        inner = self.dialect.kept_apart(self.select) if self.apart else self.select
        return inner.subquery(self.exp.to_identifier(self.alias, quoted=True), copy=False)


def written(dialect: Dialect, rules: CardRules, table: Node, keep: Sequence[str]) -> str:
    """Write the query of a card: points, what comes of them, and in the end the result."""
    wanted = list(dict.fromkeys([*keep, *(column.name for column in rules.columns)]))
    mixed_columns = any(column.kind == "mixed" for column in rules.columns)
    layers = Layers(dialect, table, wanted, apart=bool(rules.n_reasons) or mixed_columns)
    mixed = _numbers(layers, rules)
    points = _points(layers, rules, keep, mixed)
    _score(layers, rules, keep, points)
    ranks = _ranks(layers, rules) if rules.n_reasons else []
    made: dict[str, Node] = {}
    if rules.offset is not None and rules.factor is not None:
        made["pd"] = _prob_default(layers, rules.offset, rules.factor)
    if ranks:
        nodes = ReasonsWriter(dialect, rules).reasons([layers[r] for r in ranks], layers["score"])
        made |= dict(zip(result_names(rules)[-rules.n_reasons :], nodes, strict=True))
    if made:
        layers.add("ranks", [*keep, *points, "score"], made)
    text: str = layers.select.sql(dialect=dialect.name, copy=False)
    return text


def _numbers(layers: Layers, rules: CardRules) -> dict[str, tuple[str, str]]:
    """Add the numbers in columns of numbers and words, and say how they are called."""
    dialect = layers.dialect
    mixed = [column.name for column in rules.columns if column.kind == "mixed"]
    if not mixed:
        return {}
    if dialect.name not in READABLE:
        msg = (
            f"Column {mixed[0]!r} holds numbers and words, which are told apart in "
            f"{' and '.join(READABLE)} only. Part it in two columns before the card is made."
        )
        raise InvalidParameterError(msg)
    raw = list(layers.columns)
    texts = free_names("text", len(mixed), raw)
    nodes = [number_text(dialect, layers[name]) for name in mixed]
    layers.add("texts", raw, dict(zip(texts, nodes, strict=True)))
    numbers = free_names("number", len(mixed), raw)
    nodes = [number_of(dialect, layers[name]) for name in texts]
    layers.add("numbers", [*raw, *texts], dict(zip(numbers, nodes, strict=True)))
    return dict(zip(mixed, zip(texts, numbers, strict=True), strict=True))


def _points(
    layers: Layers, rules: CardRules, keep: Sequence[str], mixed: Mapping[str, tuple[str, str]]
) -> list[str]:
    writer = PointsWriter(layers.dialect)

    def points(column: ColumnRules) -> Node:
        value = layers[column.name]
        if column.kind == "mixed":
            text, number = (layers[name] for name in mixed[column.name])
            return writer.of_mixed(column, value, text, number)
        if column.kind == "numeric":
            return writer.of_numbers(column, value)
        return writer.of_levels(column, value)

    made = {f"{column.name}_points": points(column) for column in rules.columns}
    layers.add("points", list(keep), made)
    return list(made)


def _score(layers: Layers, rules: CardRules, keep: Sequence[str], points: Sequence[str]) -> None:
    score: Any = layers.dialect.number(rules.base_points)
    for name in points:
        # one after the other, as the card adds them
        score = layers.exp.Add(this=score, expression=layers[name])
    layers.add("scores", [*keep, *points], {"score": score})


def _ranks(layers: Layers, rules: CardRules) -> list[str]:
    writer, there = ReasonsWriter(layers.dialect, rules), list(layers.columns)
    points = [layers[f"{column.name}_points"] for column in rules.columns]
    shortfalls = free_names("shortfall", len(points), there)
    made = dict(zip(shortfalls, writer.shortfalls(points), strict=True))
    layers.add("shortfalls", there, made)
    ranks = free_names("rank", len(points), there)
    made = dict(zip(ranks, writer.ranks([layers[name] for name in shortfalls]), strict=True))
    layers.add("ranks", there, made)
    return ranks


def _prob_default(layers: Layers, offset: float, factor: float) -> Node:
    exp, dialect = layers.exp, layers.dialect
    above = exp.Sub(this=layers["score"], expression=dialect.number(offset))
    log_odds = exp.Div(this=exp.Paren(this=above), expression=dialect.number(factor), typed=True)
    odds = exp.Exp(this=log_odds)
    total = exp.Paren(this=exp.Add(this=dialect.number(1.0), expression=odds))
    return exp.Div(this=dialect.number(1.0), expression=total, typed=True)
