"""From an additive function of columns to the characteristics of a card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore.binning import (
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
    Partition,
)
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import woe
from creditscore.scorecard._boosted._design import Design, Feature
from creditscore.scorecard._boosted._steps import Decide, Probe, find_cuts
from creditscore.scorecard._characteristic import Attribute, Characteristic
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._scorecard import Scorecard

_EXACT = 1e-9
"""Difference in log-odds, relative to their size, that rounding of long sums may leave."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What one column adds to the log-odds of being bad.

    Attributes
    ----------
    feature : Feature
        The column.
    partition : Partition
        Its attributes.
    added : ndarray of shape (n_attributes,)
        What each adds, less the mean of the sample; 0 for those without a row in it.
    n_good, n_bad : ndarray of shape (n_attributes,)
        Counts (weights) of the sample.
    mean : float
        Mean over the sample, before it was taken off.
    """

    feature: Feature
    partition: Partition
    added: Float1D
    n_good: Float1D
    n_bad: Float1D
    mean: float


def shapes_of(
    decide: Decide,
    design: Design,
    table: Table,
    is_bad: Bool1D,
    weights: Float1D | None,
) -> tuple[list[Shape], float]:
    """Take an additive function apart; return the shapes of the columns, and the mean of it all."""
    reference = design.matrix[0].copy()
    reference[[f.code_place for f in design.features if f.code_place is not None]] = np.nan
    base = float(decide(reference[None, :])[0])
    total = np.full(len(is_bad), base)
    counted = np.ones(len(is_bad)) if weights is None else weights
    shapes = []
    for feature, partition, raw in _taken_apart(Probe(decide, reference), design):
        codes = partition.codes(table, feature.name)
        total += raw.take(codes)
        good = _counts(codes, counted * ~is_bad, partition)
        bad = _counts(codes, counted * is_bad, partition)
        mean = float(np.average(raw, weights=good + bad))
        shapes.append(
            Shape(
                feature=feature,
                partition=partition,
                added=np.where(good + bad > 0, raw - mean, 0.0),
                n_good=good,
                n_bad=bad,
                mean=mean,
            )
        )
    _check_additive(total, decide(design.matrix))
    return shapes, base + sum(shape.mean for shape in shapes)


def _counts(codes: Int1D, weights: Float1D, partition: Partition) -> Float1D:
    return np.bincount(codes, weights=weights, minlength=partition.n_codes).astype(np.float64)


def _check_additive(total: Float1D, expected: Float1D) -> None:
    """Make sure that the parts add up to the function, but for the rounding of long sums."""
    off = float(np.abs(total - expected).max())
    if not off <= _EXACT * (1 + float(np.abs(expected).max())):
        msg = (
            f"The boosting could not be taken apart: in a row of the sample the sum of the columns "
            f"is off by {off:.3g} in log-odds. No card was made. Declare special codes in the "
            "encoder, or round columns of very many values."
        )
        raise InvalidDataError(msg)


def card_of(shapes: list[Shape], intercept: float, scale: PointsScale) -> Scorecard:
    """Make the card of shapes; points of the mean of a column are its neutral points."""
    n = len(shapes)
    neutral = (scale.offset - scale.factor * intercept) / n
    return Scorecard(
        characteristics=tuple(_characteristic(shape, neutral, scale) for shape in shapes),
        scale=scale,
    )


def _characteristic(shape: Shape, neutral: float, scale: PointsScale) -> Characteristic:
    evidence = woe(shape.n_good, shape.n_bad)
    attributes = tuple(
        Attribute(
            points=neutral - scale.factor * float(added),
            woe=float(w) if np.isfinite(w) else 0.0,
            n_good=float(good),
            n_bad=float(bad),
        )
        for added, w, good, bad in zip(
            shape.added, evidence, shape.n_good, shape.n_bad, strict=True
        )
    )
    return Characteristic(
        name=shape.feature.name,
        partition=shape.partition,
        attributes=attributes,
        neutral_points=neutral,
    )


def _taken_apart(probe: Probe, design: Design) -> Iterator[tuple[Feature, Partition, Float1D]]:
    """Yield the columns with their attributes and what each adds beside the reference."""
    numbers = [
        f.place for f in design.features if not isinstance(f.bins.partition, CategoricalPartition)
    ]
    cuts = find_cuts(probe, {place: design.matrix[:, place] for place in numbers})
    questions = [_question(feature, design, cuts) for feature in design.features]
    answers = probe.ask(questions)
    for feature, added in zip(design.features, answers, strict=True):
        known = feature.bins.partition
        if isinstance(known, CategoricalPartition):
            yield feature, *_of_levels(feature, known, added)
            continue
        # words that are never seen add what missing values do
        others = added[-1:] if known.has_other else added[:0]
        yield feature, _with_cuts(known, cuts[feature.place]), np.append(added, others)


def _question(
    feature: Feature, design: Design, cuts: Mapping[int, Float1D]
) -> tuple[list[int], Float2D]:
    """Return the columns of a feature, and a value for each attribute: missing is the last."""
    if isinstance(feature.bins.partition, CategoricalPartition):
        places = np.append(np.arange(feature.n_levels, dtype=np.float64), np.nan)
        return [feature.place], places[:, None]
    # a value within each interval: the least of the sample, then the cuts, which are in theirs
    amounts = design.matrix[:, feature.place]
    least = 0.0 if np.isnan(amounts).all() else float(np.nanmin(amounts))
    inside = np.array([least, *cuts[feature.place]])
    if feature.code_place is None:
        return [feature.place], np.append(inside, np.nan)[:, None]
    codes = np.arange(feature.bins.partition.n_special, dtype=np.float64)
    values = np.concatenate([inside, np.full(len(codes) + 1, np.nan)])
    specials = np.concatenate([np.full(len(inside), np.nan), codes, [np.nan]])
    return [feature.place, feature.code_place], np.column_stack([values, specials])


def _with_cuts(known: Partition, cuts: Float1D) -> NumericPartition:
    assert isinstance(known, NumericPartition)  # noqa: S101 - the caller has looked
    steps = tuple(cuts.tolist())
    if isinstance(known, MixedPartition):
        return MixedPartition(
            cuts=steps, special_codes=known.special_codes, n_pooled=known.n_pooled
        )
    return NumericPartition(cuts=steps, special_codes=known.special_codes)


def _of_levels(
    feature: Feature, known: CategoricalPartition, added: Float1D
) -> tuple[Partition, Float1D]:
    """Join levels that add the same: neighbours where they have an order, else all."""
    of_level = dict(zip(feature.levels, added[: len(feature.levels)].tolist(), strict=True))
    of_level |= dict.fromkeys(feature.rare, float(added[-2]))
    special = [code for code in known.special_codes if code in of_level]
    lost = [code for code in known.special_codes if code not in of_level]
    groups = list(_groups(of_level, set(special), ordered=known.ordered))
    partition = CategoricalPartition(
        groups=tuple(levels for _, levels in groups),
        special_codes=(*special, *lost),
        ordered=known.ordered,
    )
    missing = float(added[-1])
    raw = [value for value, _ in groups] + [of_level[code] for code in special]
    return partition, np.array([*raw, *[missing] * len(lost), missing, missing])


def _groups(
    of_level: dict[Any, float], special: set[Any], *, ordered: bool
) -> Iterator[tuple[float, tuple[Any, ...]]]:
    regular = [(value, level) for level, value in of_level.items() if level not in special]
    if not ordered:
        # from the riskiest down, as bins of levels stand from the safest up elsewhere
        regular.sort(key=lambda pair: pair[0])
    run: list[Any] = []
    for place, (value, level) in enumerate(regular):
        run.append(level)
        if place + 1 == len(regular) or regular[place + 1][0] != value:
            yield value, tuple(run)
            run = []
