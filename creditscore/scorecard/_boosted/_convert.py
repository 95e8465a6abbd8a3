"""From an additive function of columns to the characteristics of a card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from creditscore.exceptions import EmptyDataError, InvalidDataError
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
        What each adds, less the mean of the sample; 0 for those that are neutral.
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


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows on which a function is taken apart.

    Attributes
    ----------
    design : Design
        Their columns, and the matrix that the function takes.
    table : Table
        The rows as the card will read them.
    is_bad : ndarray of bool, shape (n_rows,)
        Outcomes.
    weights : ndarray of shape (n_rows,) or None
        Weights.
    expected : ndarray of shape (n_rows,)
        What the function says of them.
    """

    design: Design
    table: Table
    is_bad: Bool1D
    weights: Float1D | None
    expected: Float1D


def card_of_function(
    decide: Decide, sample: Sample, scale: PointsScale, *, unmet_is_neutral: bool
) -> tuple[Scorecard, dict[str, str]]:
    """Make the card of an additive function; return it, and why columns are not in it.

    Parameters
    ----------
    decide : callable
        From the matrix of a design to the log-odds of being bad.
    sample : Sample
        Rows of which the card holds the counts.
    scale : PointsScale
        Of the card.
    unmet_is_neutral : bool
        Whether missing values, levels and codes that no row of the sample held are neutral. If
        not, they earn what the function gives them.

    Raises
    ------
    EmptyDataError
        The function is the same everywhere.
    InvalidDataError
        It is no sum of functions of single columns.
    """
    shapes, intercept = _shapes_of(decide, sample, unmet_is_neutral=unmet_is_neutral)
    dropped = {s.feature.name: "no tree cuts it" for s in shapes if not s.added.any()}
    used = [shape for shape in shapes if shape.feature.name not in dropped]
    check_some(used, dropped)
    # points of the mean of a column are its neutral points
    neutral = (scale.offset - scale.factor * intercept) / len(used)
    characteristics = tuple(_characteristic(shape, neutral, scale) for shape in used)
    return Scorecard(characteristics=characteristics, scale=scale), dropped


def check_some(found: Sequence[Any], dropped: Mapping[str, str]) -> None:
    """Make sure that a column is left."""
    if not found:
        reasons = "; ".join(f"{name!r}: {why}" for name, why in list(dropped.items())[:10])
        msg = (
            f"No column is left for the card ({reasons}). Lower min_samples_leaf, or bring columns "
            "that tell good from bad."
        )
        raise EmptyDataError(msg)


def _shapes_of(
    decide: Decide, sample: Sample, *, unmet_is_neutral: bool
) -> tuple[list[Shape], float]:
    """Take a function apart; return the shapes of the columns, and the mean of it all."""
    design = sample.design
    reference = design.matrix[0].copy()
    reference[[f.code_place for f in design.features if f.code_place is not None]] = np.nan
    base = float(decide(reference[None, :])[0])
    probe = Probe(decide, reference)
    parts, off = _coded(probe, sample, base, every_value=False)
    if off:
        parts, off = _coded(probe, sample, base, every_value=True)
    if off:
        msg = (
            f"The boosting could not be taken apart: in a row of the sample the sum of the columns "
            f"is off by {off:.3g} in log-odds. No card was made. Trees that look at several "
            "columns together make such a model, and so does another table than that of its fit."
        )
        raise InvalidDataError(msg)
    is_bad = sample.is_bad
    counted = np.ones(len(is_bad)) if sample.weights is None else sample.weights
    shapes = []
    for feature, partition, raw, codes in parts:
        good = _counts(codes, counted * ~is_bad, partition)
        bad = _counts(codes, counted * is_bad, partition)
        mean = float(np.average(raw, weights=good + bad))
        neutral = unmet_is_neutral & (good + bad == 0)
        added = np.where(neutral, 0.0, raw - mean)
        shapes.append(
            Shape(
                feature=feature, partition=partition, added=added, n_good=good, n_bad=bad, mean=mean
            )
        )
    return shapes, base + sum(shape.mean for shape in shapes)


def _coded(
    probe: Probe, sample: Sample, base: float, *, every_value: bool
) -> tuple[list[tuple[Feature, Partition, Float1D, Int1D]], float]:
    """Return columns with attributes, what these add and the rows' codes; and how far it is off.

    That is 0 but for more than the rounding of long sums.
    """
    total = np.full(len(sample.is_bad), base)
    parts = []
    for feature, partition, raw in _taken_apart(probe, sample.design, every_value=every_value):
        codes = partition.codes(sample.table, feature.name)
        total += raw.take(codes)
        parts.append((feature, partition, raw, codes))
    off = float(np.abs(total - sample.expected).max())
    return parts, off if off > _EXACT * (1 + float(np.abs(sample.expected).max())) else 0.0


def _counts(codes: Int1D, weights: Float1D, partition: Partition) -> Float1D:
    return np.bincount(codes, weights=weights, minlength=partition.n_codes).astype(np.float64)


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


def _taken_apart(
    probe: Probe, design: Design, *, every_value: bool
) -> Iterator[tuple[Feature, Partition, Float1D]]:
    """Yield the columns with their attributes and what each adds beside the reference."""
    numbers = [f.place for f in design.features if not isinstance(f.known, CategoricalPartition)]
    columns = {place: design.matrix[:, place] for place in numbers}
    cuts = find_cuts(probe, columns, every_value=every_value)
    questions = [_question(feature, cuts) for feature in design.features]
    answers = probe.ask(questions)
    for feature, added in zip(design.features, answers, strict=True):
        known = feature.known
        if isinstance(known, CategoricalPartition):
            yield feature, *_of_levels(feature, known, added)
            continue
        # words that are never seen add what missing values do
        others = added[-1:] if known.has_other else added[:0]
        yield feature, _with_cuts(known, cuts[feature.place]), np.append(added, others)


def _question(feature: Feature, cuts: Mapping[int, Float1D]) -> tuple[list[int], Float2D]:
    """Return the columns of a feature, and a value for each attribute: missing is the last."""
    if isinstance(feature.known, CategoricalPartition):
        places = np.append(np.arange(feature.n_levels, dtype=np.float64), np.nan)
        return [feature.place], places[:, None]
    # a value within each interval: the least of all floats, then the cuts, which are in theirs
    inside = np.array([np.finfo(np.float64).min, *cuts[feature.place]])
    if feature.code_place is None:
        return [feature.place], np.append(inside, np.nan)[:, None]
    codes = np.arange(feature.known.n_special, dtype=np.float64)
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
