"""The query of a segmented card: one for the rows of each segment, below each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from creditscore.deploy._rules import CardRules, SegmentedRules, SegmentRules
from creditscore.deploy._sql._dialect import Dialect, Node
from creditscore.deploy._sql._layers import Layers
from creditscore.deploy._sql._names import free_names, result_names
from creditscore.deploy._sql._query import add_numbers, add_results, is_apart, points_node


def segmented_query(
    dialect: Dialect, rules: SegmentedRules, table: Node, keep: Sequence[str]
) -> Node:
    """Return the query of a segmented card."""
    writer = _SegmentWriter(dialect, rules, table, keep)
    selects = [writer.of_segment(place, card) for place, card in enumerate(rules.cards)]
    if rules.segments.columns:
        selects.append(writer.of_none())
    return reduce(
        lambda above, below: dialect.exp.Union(this=above, expression=below, distinct=False),
        selects,
    )


class _SegmentWriter:
    """Writes a query for the rows of one segment, all with the same columns."""

    def __init__(
        self, dialect: Dialect, rules: SegmentedRules, table: Node, keep: Sequence[str]
    ) -> None:
        self.dialect, self.rules, self.table, self.keep = dialect, rules, table, list(keep)
        self.results = result_names(rules)
        n_reasons = rules.cards[0].n_reasons
        self.texts = {"segment", *self.results[len(self.results) - n_reasons :]}

    def of_segment(self, place: int, card: CardRules) -> Node:
        """Score the rows of a segment."""
        exp = self.dialect.exp
        layers, numbers, segment = self._with_segment(card)
        where = None
        if self.rules.segments.columns:
            where = exp.EQ(this=layers[segment], expression=self.dialect.number(float(place)))
        add_results(layers, card, self.keep, numbers, where)
        found = {"segment": self.dialect.text(self.rules.segments.names[place])}
        return self._finished(layers, found)

    def of_none(self) -> Node:
        """Give the rows that belong to no segment, without a score."""
        layers, _, segment = self._with_segment(None)
        is_none = self.dialect.is_null(layers[segment])
        layers.add("points", [*self.keep, segment], {}, where=is_none)
        return self._finished(layers, {})

    def _with_segment(self, card: CardRules | None) -> tuple[Layers, Node, str]:
        """Start a query that holds the place of the segment, and say how it is called."""
        segments = self.rules.segments
        own = () if card is None else card.columns
        read = (*segments.columns, *own)
        wanted = list(dict.fromkeys([*self.keep, *(column.name for column in read)]))
        apart = is_apart(read, 0 if card is None else card.n_reasons)
        layers = Layers(self.dialect, self.table.copy(), wanted, apart=apart)
        numbers = add_numbers(layers, read)
        there = list(layers.columns)
        (segment,) = free_names("segment", 1, there)
        if segments.columns:
            places = free_names("place", len(segments.columns), there)
            nodes = [points_node(layers, column, numbers) for column in segments.columns]
            layers.add("places", there, dict(zip(places, nodes, strict=True)))
            layers.add("segments", there, {segment: self._segment(layers, segments, places)})
        return layers, numbers, segment

    def _segment(self, layers: Layers, segments: SegmentRules, places: list[str]) -> Node:
        """Add the place within a divided segment to that of the segment."""
        exp, number = self.dialect.exp, self.dialect.number
        first = number(0.0) if segments.column is None else layers[places.pop(0)]
        ifs = []
        for (place, _), inner in zip(segments.within, places, strict=True):
            is_divided = exp.EQ(this=first.copy(), expression=number(float(place)))
            moved = exp.Add(this=first.copy(), expression=layers[inner])
            ifs.append(exp.If(this=is_divided, true=moved))
        return exp.Case(ifs=ifs, default=first) if ifs else first

    def _finished(self, layers: Layers, found: dict[str, Node]) -> Node:
        """Bring the columns in the order of all; what a card does not have is missing."""
        there = set(layers.columns)
        nodes = {name: layers[name] for name in self.keep}
        for name in self.results:
            if name in there or name in found:
                nodes[name] = found.get(name) or layers[name]
            else:
                nodes[name] = self._nothing(name)
        layers.add("results", [], nodes)
        return layers.select

    def _nothing(self, name: str) -> Node:
        null = self.dialect.exp.null()
        return null if name in self.texts else self.dialect.to_double(null)
