"""Ways to divide customers in two that are worth a try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Int1D, Level
from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.scorecard._segments._segment_cells import inner_quantiles, special_of
from creditscore.scorecard._segments._segments import Segments


@dataclass(frozen=True, eq=False)
class Candidate:
    """A rule of two segments, and the rows of the first.

    Attributes
    ----------
    rule : Segments
        Names and values of both.
    first : ndarray of bool, shape (n_rows,)
        Rows of the table that belong to the first.
    """

    rule: Segments
    first: Bool1D


def candidates_of(
    table: Table, name: str, *, max_cuts: int, special_codes: Any, weights: Float1D
) -> Iterator[Candidate]:
    """Yield rules by a column, without looking at outcomes.

    Numbers are cut at quantiles, and known ones parted from missing ones; each of the largest
    levels is parted from all others, and an order is cut. What has no place of its own (missing
    values, special codes, levels never seen) belongs to the larger side. Numbers and words in one
    column are not tried.
    """
    kind = table.kind(name)
    if kind == "numeric":
        special = special_of(special_codes, name)
        yield from _of_numbers(name, table.numeric(name), special, max_cuts, weights)
    elif kind == "ordered":
        yield from _of_order(name, *table.levels(name), max_cuts, weights)
    elif kind == "categorical":
        yield from _of_levels(name, *table.levels(name), max_cuts, weights)


def _of_numbers(
    name: str, values: Float1D, special: tuple[float, ...], max_cuts: int, weights: Float1D
) -> Iterator[Candidate]:
    missing, aside = np.isnan(values), np.isin(values, special)
    regular = np.where(aside, np.nan, values)
    for cut in inner_quantiles(regular, [i / (max_cuts + 1) for i in range(1, max_cuts + 1)]):
        readable = _readable_cut(regular, float(cut))
        below = regular < readable
        partition = NumericPartition(cuts=(readable,), special_codes=special)
        low, high = (f"{name} {label}" for label in partition.regular_labels)
        rest = missing | aside
        joins_low = _weighs_more(below, ~below & ~rest, weights)
        other = low if joins_low else high
        sends_to = (low, high, *(other for _ in special), other)
        yield Candidate(
            Segments(column=name, partition=partition, sends_to=sends_to),
            below | rest if joins_low else below,
        )
    if missing.any() and not missing.all():
        known, unknown = f"{name} known", f"{name} missing"
        partition = NumericPartition(special_codes=special)
        sends_to = (known, *(known for _ in special), unknown)
        rule = Segments(column=name, partition=partition, sends_to=sends_to)
        yield Candidate(rule, ~missing)


def _of_levels(
    name: str, codes: Int1D, levels: tuple[Level, ...], max_cuts: int, weights: Float1D
) -> Iterator[Candidate]:
    sizes = np.bincount(codes + 1, weights, minlength=len(levels) + 1)[1:]
    # of two levels, either parts both
    n = max_cuts if len(levels) > 2 else len(levels) - 1
    for place in np.argsort(-sizes, kind="stable")[:n].tolist():
        others = tuple(level for i, level in enumerate(levels) if i != place)
        yield _parted(name, ((levels[place],), others), codes == place, codes, weights)


def _of_order(
    name: str, codes: Int1D, levels: tuple[Level, ...], max_cuts: int, weights: Float1D
) -> Iterator[Candidate]:
    sizes = np.bincount(codes + 1, weights, minlength=len(levels) + 1)[1:]
    reached = np.cumsum(sizes) / max(float(sizes.sum()), 1e-300)
    shares = np.arange(1, max_cuts + 1) / (max_cuts + 1)
    ends = np.unique(np.abs(reached[:, None] - shares).argmin(axis=0) + 1)
    for end in ends[ends < len(levels)].tolist():
        first = (codes >= 0) & (codes < end)
        yield _parted(name, (levels[:end], levels[end:]), first, codes, weights)


def _parted(
    name: str,
    groups: tuple[tuple[Level, ...], tuple[Level, ...]],
    first: Bool1D,
    codes: Int1D,
    weights: Float1D,
) -> Candidate:
    partition = CategoricalPartition(groups=groups)
    label = partition.regular_labels[0]
    own, rest = f"{name} {label}", f"{name} other than {label}"
    joins_first = _weighs_more(first, ~first & (codes >= 0), weights)
    missing = own if joins_first else rest
    rule = Segments(column=name, partition=partition, sends_to=(own, rest, missing, rest))
    return Candidate(rule, first | (codes < 0) if joins_first else first)


def _weighs_more(one: Bool1D, other: Bool1D, weights: Float1D) -> bool:
    return float(weights[one].sum()) > float(weights[other].sum())


def _readable_cut(values: Float1D, cut: float) -> float:
    """Return a number of few digits that parts the same values as a cut between two of them."""
    below = float(values[values < cut].max())
    for digits in range(1, 17):
        text = float(f"{cut:.{digits}g}")
        if below < text <= cut:
            return text
    return cut
