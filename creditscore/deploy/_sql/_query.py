"""The query of a card: points, what comes of them, and in the end the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from creditscore.deploy._rules import CardRules, ColumnRules
from creditscore.deploy._sql._dialect import Dialect, Node
from creditscore.deploy._sql._layers import Layers
from creditscore.deploy._sql._mixed import READABLE, number_of, number_text
from creditscore.deploy._sql._names import card_results, free_names
from creditscore.deploy._sql._points import PointsWriter
from creditscore.deploy._sql._probability import prob_default
from creditscore.deploy._sql._reasons import ReasonsWriter
from creditscore.exceptions import InvalidParameterError

Numbers: TypeAlias = Mapping[str, tuple[str, str]]
"""Of columns of numbers and words, what holds their texts and their numbers."""


def card_query(dialect: Dialect, rules: CardRules, table: Node, keep: Sequence[str]) -> Node:
    """Return the query of one card."""
    wanted = list(dict.fromkeys([*keep, *(column.name for column in rules.columns)]))
    layers = Layers(dialect, table, wanted, apart=is_apart(rules.columns, rules.n_reasons))
    numbers = add_numbers(layers, rules.columns)
    add_results(layers, rules, keep, numbers)
    return layers.select


def is_apart(columns: Iterable[ColumnRules], n_reasons: int) -> bool:
    """Tell whether each layer is to be worked out once."""
    return bool(n_reasons) or any(column.kind == "mixed" for column in columns)


def add_results(
    layers: Layers,
    rules: CardRules,
    keep: Sequence[str],
    numbers: Numbers,
    where: Node | None = None,
) -> None:
    """Add points, score, probability and reasons of the rows of a condition, or of all."""
    dialect = layers.dialect
    points = _add_points(layers, rules, keep, numbers, where)
    _score(layers, rules, keep, points)
    ranks = _ranks(layers, rules) if rules.n_reasons else []
    made: dict[str, Node] = {}
    if rules.offset is not None and rules.factor is not None:
        made["pd"] = prob_default(layers, rules)
    if ranks:
        nodes = ReasonsWriter(dialect, rules).reasons([layers[r] for r in ranks], layers["score"])
        made |= dict(zip(card_results(rules)[-rules.n_reasons :], nodes, strict=True))
    if made:
        layers.add("ranks", [*keep, *points, "score"], made)


def points_node(layers: Layers, column: ColumnRules, numbers: Numbers) -> Node:
    """Return the points of a column."""
    writer, value = PointsWriter(layers.dialect), layers[column.name]
    if column.kind == "mixed":
        text, number = (layers[name] for name in numbers[column.name])
        return writer.of_mixed(column, value, text, number)
    if column.kind == "numeric":
        return writer.of_numbers(column, value)
    return writer.of_levels(column, value)


def add_numbers(layers: Layers, columns: Iterable[ColumnRules]) -> Numbers:
    """Add the numbers in columns of numbers and words, and say how they are called."""
    dialect = layers.dialect
    mixed = list(dict.fromkeys(column.name for column in columns if column.kind == "mixed"))
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


def _add_points(
    layers: Layers,
    rules: CardRules,
    keep: Sequence[str],
    numbers: Numbers,
    where: Node | None,
) -> list[str]:
    made = {f"{c.name}_points": points_node(layers, c, numbers) for c in rules.columns}
    layers.add("points", list(keep), made, where=where)
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
