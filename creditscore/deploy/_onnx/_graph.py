"""The graph of a card, and of a segmented card."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from creditscore.deploy._onnx._inputs import inputs_of
from creditscore.deploy._onnx._nodes import Nodes, floats_of
from creditscore.deploy._rules import (
    CardRules,
    Rules,
    SegmentedRules,
    SegmentRules,
    cards_in,
    columns_in,
)

_OPSETS = {"": 17, "ai.onnx.ml": 3}
_IR_VERSION = 8
_LEAST_SHORTFALL, _BILLIONTHS = 1e-9, 1e9
"""Points below which a difference is rounding and no reason, as in the card."""


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """Names of what a card says: score, points by characteristic, places of the reasons."""

    score: str
    points: dict[str, str]
    reasons: str | None


def model_of(onnx: Any, rules: Rules, missing_text: str, description: str) -> bytes:
    """Build the graph of a card and serialise it."""
    helper = onnx.helper
    kinds = {name: kind for column in columns_in(rules) for name, kind in inputs_of(column).items()}
    inputs = [
        helper.make_tensor_value_info(name, getattr(onnx.TensorProto, kind), ["n"])
        for name, kind in kinds.items()
    ]
    nodes = Nodes(onnx, kinds, missing_text)
    names = _add_results(nodes, rules)
    graph = helper.make_graph(nodes.nodes, "scorecard", inputs, nodes.outputs, nodes.constants)
    model = helper.make_model(
        graph,
        producer_name="creditscore",
        producer_version=version("creditscore"),
        doc_string=description,
        ir_version=_IR_VERSION,
        opset_imports=[helper.make_opsetid(*opset) for opset in _OPSETS.items()],
    )
    helper.set_model_props(model, {"characteristics": json.dumps(names, ensure_ascii=False)})
    serialised: bytes = model.SerializeToString()
    return serialised


def _add_results(nodes: Nodes, rules: Rules) -> list[str]:
    """Add all outputs, and return the characteristics in the order of their points."""
    first = cards_in(rules)[0]
    if isinstance(rules, SegmentedRules):
        names = list(rules.characteristics)
        answer = _segmented_answer(nodes, rules, names)
    else:
        names = [column.name for column in rules.columns]
        answer = _card_answer(nodes, rules)
    nodes.add("Identity", answer.score, called="score")
    axis = nodes.constant([1], np.int64)
    columns = [nodes.add("Unsqueeze", answer.points[name], axis) for name in names]
    nodes.add("Concat", *columns, called="points", axis=1)
    nodes.output("score", "DOUBLE", "n")
    nodes.output("points", "DOUBLE", "n", len(names))
    if first.offset is not None and first.factor is not None:
        _add_prob_default(nodes, "score", first.offset, first.factor)
        nodes.output("pd", "DOUBLE", "n")
    if answer.reasons is not None:
        nodes.add("Gather", nodes.texts([*names, ""]), answer.reasons, called="reasons")
        nodes.output("reasons", "STRING", "n", _most_reasons(rules))
    return names


def _most_reasons(rules: Rules) -> int:
    cards = cards_in(rules)
    return min(cards[0].n_reasons, max(len(card.columns) for card in cards))


def _card_answer(nodes: Nodes, rules: CardRules) -> _Answer:
    points = {column.name: nodes.points(column) for column in rules.columns}
    score = nodes.constant(rules.base_points)
    for earned in points.values():
        score = nodes.add("Add", score, earned)
    reasons = _reasons(nodes, rules, points, score) if rules.n_reasons else None
    return _Answer(score=score, points=points, reasons=reasons)


def _reasons(nodes: Nodes, rules: CardRules, points: dict[str, str], score: str) -> str:
    """Rank shortfalls, and return the places of the largest, or one more for no reason.

    They are compared in whole billionths; of equal ones TopK puts the lower place first.
    """
    axis = nodes.constant([1], np.int64)
    table = nodes.add(
        "Concat", *(nodes.add("Unsqueeze", earned, axis) for earned in points.values()), axis=1
    )
    references = nodes.constant(floats_of([column.reference for column in rules.columns]))
    short = nodes.add("Sub", *((references, table)[:: 1 if rules.higher_is_safer else -1]))
    # a row without a score has no reasons
    unknown = nodes.add("IsNaN", nodes.add("Unsqueeze", score, axis))
    nothing = nodes.constant(0.0)
    short = nodes.add("Where", unknown, nothing, short)
    billionths = nodes.add("Mul", short, nodes.constant(_BILLIONTHS))
    rounded = nodes.add("Floor", nodes.add("Add", billionths, nodes.constant(0.5)))
    counts = nodes.add("Greater", short, nodes.constant(_LEAST_SHORTFALL))
    short = nodes.add("Where", counts, rounded, nothing)
    n_ranks = min(rules.n_reasons, len(points))
    largest, places = nodes.add_two("TopK", short, nodes.constant([n_ranks], np.int64), axis=1)
    counts = nodes.add("Greater", largest, nothing)
    return nodes.add("Where", counts, places, nodes.constant(len(points), np.int64))


def _segmented_answer(nodes: Nodes, rules: SegmentedRules, names: list[str]) -> _Answer:
    """Ask the cards of all segments about all rows, and choose by the place of the segment."""
    answers = [_card_answer(nodes, card) for card in rules.cards]
    place = _place(nodes, rules.segments, answers[0].score)
    _add_segment(nodes, rules.segments.names, place)
    is_own = [
        nodes.add("Equal", place, nodes.constant(float(number))) for number in range(len(answers))
    ]
    nothing = nodes.constant(math.nan)

    def chosen(found: list[str | None]) -> str:
        result = nothing
        for own, one in zip(is_own, found, strict=True):
            if one is not None:
                result = nodes.add("Where", own, one, result)
        return result

    return _Answer(
        score=chosen([answer.score for answer in answers]),
        points={name: chosen([answer.points.get(name) for answer in answers]) for name in names},
        reasons=_chosen_reasons(nodes, rules, names, answers, is_own)
        if rules.cards[0].n_reasons
        else None,
    )


def _chosen_reasons(
    nodes: Nodes,
    rules: SegmentedRules,
    names: list[str],
    answers: list[_Answer],
    is_own: list[str],
) -> str:
    """Return the places of the reasons among the characteristics of all cards."""
    nothing, axis = nodes.constant(len(names), np.int64), nodes.constant([1], np.int64)
    n_ranks, result = _most_reasons(rules), nothing
    for card, answer, own in zip(rules.cards, answers, is_own, strict=True):
        assert answer.reasons is not None  # noqa: S101 - reasons were asked for
        of_card = [*(names.index(column.name) for column in card.columns), len(names)]
        places = nodes.add("Gather", nodes.constant(of_card, np.int64), answer.reasons)
        lacking = n_ranks - min(card.n_reasons, len(card.columns))
        if lacking:
            pads = nodes.constant([0, 0, 0, lacking], np.int64)
            places = nodes.add("Pad", places, pads, nothing)
        result = nodes.add("Where", nodes.add("Unsqueeze", own, axis), places, result)
    return result


def _place(nodes: Nodes, segments: SegmentRules, any_row: str) -> str:
    """Return the place of the segment of each row; NaN where it has none."""
    if segments.column is None:
        zero = nodes.constant(0.0)
        place = nodes.add("Where", nodes.add("IsNaN", any_row), zero, zero)
    else:
        place = nodes.points(segments.column)
    first = place
    for start, column in segments.within:
        is_divided = nodes.add("Equal", first, nodes.constant(float(start)))
        moved = nodes.add("Add", first, nodes.points(column))
        place = nodes.add("Where", is_divided, moved, place)
    return place


def _add_segment(nodes: Nodes, names: tuple[str, ...], place: str) -> None:
    """Name the segment of each row; nothing where it has none."""
    unknown = nodes.add("IsNaN", place)
    known = nodes.add("Where", unknown, nodes.constant(float(len(names))), place)
    nodes.add("Gather", nodes.texts([*names, ""]), nodes.cast(known, "INT64"), called="segment")
    nodes.output("segment", "STRING", "n")


def _add_prob_default(nodes: Nodes, score: str, offset: float, factor: float) -> None:
    above = nodes.add("Sub", score, nodes.constant(offset))
    odds = nodes.add("Exp", nodes.add("Div", above, nodes.constant(factor)))
    one = nodes.constant(1.0)
    nodes.add("Div", one, nodes.add("Add", one, odds), called="pd")
