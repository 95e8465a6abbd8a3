"""A card as rules: what each value earns. Every export is written from these and nothing else."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from creditscore._typing import ColumnKind, Level, ReasonBaseline
from creditscore.binning import (
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
    Partition,
)
from creditscore.scorecard import Characteristic, Scorecard


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Numbers from `low`, included, up to `high`, excluded, and what they earn.

    Attributes
    ----------
    low, high : float or None
        Ends; None where there is none.
    points : float or None
        Points, at `low` where there is a slope; None where they are refused.
    slope : float
        Points for each unit above `low`.

    Examples
    --------
    >>> from creditscore.deploy import Interval
    >>> Interval(low=2.0, high=10.0, points=5.0)
    Interval(low=2.0, high=10.0, points=5.0, slope=0.0)
    """

    low: float | None
    high: float | None
    points: float | None
    slope: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ColumnRules:
    """What the values of a column earn.

    Attributes
    ----------
    name : str
        The column.
    kind : {"numeric", "categorical", "ordered", "mixed"}
        How it is read.
    missing : float or None
        Points of a missing value; None where it is refused.
    intervals : tuple of Interval
        Of numbers, in order and without a gap; empty for levels.
    values : tuple of (value, points)
        What is looked up before that: special codes, levels, words. Points are None where the
        value is refused.
    other : float or None
        Points of levels and words that are not listed; of no meaning for numeric columns.
    reference : float or None
        Points that reasons compare with, where they are asked for.

    Examples
    --------
    >>> from creditscore.deploy import ColumnRules
    >>> rules = ColumnRules(
    ...     name="audit", kind="categorical", values=(("clean", 30.0),), missing=0.0, other=-5.0
    ... )
    >>> dict(rules.values)["clean"]
    30.0
    """

    name: str
    kind: ColumnKind
    missing: float | None
    intervals: tuple[Interval, ...] = ()
    values: tuple[tuple[Level, float | None], ...] = ()
    other: float | None = None
    reference: float | None = None


@dataclass(frozen=True, kw_only=True)
class CardRules:
    """A card as rules.

    Attributes
    ----------
    columns : tuple of ColumnRules
        In the order of the card, in which points are added.
    base_points : float
        Points that every case starts from.
    offset, factor : float or None
        The log-odds good:bad of a score are (score - offset) / factor; None without a scale.
    n_reasons : int
        Most reasons that are given.
    higher_is_safer : bool
        Whether a reason is a shortfall below the reference, or on a reversed scale an excess.

    Examples
    --------
    >>> from creditscore.deploy import CardRules, ColumnRules
    >>> audit = ColumnRules(name="audit", kind="categorical", missing=0.0, other=-5.0)
    >>> CardRules(columns=(audit,), base_points=500.0).n_reasons
    0
    """

    columns: tuple[ColumnRules, ...]
    base_points: float
    offset: float | None = None
    factor: float | None = None
    n_reasons: int = 0
    higher_is_safer: bool = True


def rules_of(
    card: Scorecard, *, n_reasons: int = 0, baseline: ReasonBaseline = "neutral"
) -> CardRules:
    """Describe a card by rules.

    Parameters
    ----------
    card : Scorecard
        The card.
    n_reasons : int, default=0
        Most reasons that an export gives, where it can.
    baseline : {"neutral", "average", "maximum"}, default="neutral"
        As in :meth:`Scorecard.reasons`.

    Returns
    -------
    CardRules

    Raises
    ------
    UncalibratedCardError
        Reasons are asked for, and the card holds no neutral points or counts.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import rules_of
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> rules_of(Scorecard(characteristics=[years])).columns[0].intervals[1]
    Interval(low=2.0, high=None, points=20.0, slope=0.0)
    """
    compiled = card.compile(n_reasons=n_reasons, baseline=baseline)
    references = compiled.references or (None,) * len(card.characteristics)
    scale = card.scale
    return CardRules(
        columns=tuple(
            _column(c, reference)
            for c, reference in zip(card.characteristics, references, strict=True)
        ),
        base_points=card.base_points,
        offset=None if scale is None else scale.offset,
        factor=None if scale is None else scale.factor,
        n_reasons=compiled.n_reasons,
        higher_is_safer=card.higher_is_safer,
    )


def _column(characteristic: Characteristic, reference: float | None) -> ColumnRules:
    partition, attributes = characteristic.partition, characteristic.attributes
    points = [None if a.refused else a.points for a in attributes]
    intervals: tuple[Interval, ...] = ()
    if isinstance(partition, NumericPartition):
        ends = [None, *partition.cuts, None]
        intervals = tuple(
            Interval(low=low, high=high, points=earned, slope=attribute.slope)
            for low, high, earned, attribute in zip(
                ends[:-1], ends[1:], points, attributes, strict=False
            )
        )
    values = codes_of_values(partition)
    return ColumnRules(
        name=str.__str__(characteristic.name),
        kind=partition.kind,
        missing=points[partition.missing_code],
        intervals=intervals,
        values=tuple((value, points[code]) for value, code in values.items()),
        other=points[partition.missing_code + 1] if partition.has_other else None,
        reference=reference,
    )


def codes_of_values(partition: Partition) -> dict[Level, int]:
    """Return the attribute of each value that is looked up: special codes, levels, words.

    Fractions among levels are met as 32 bits hold them too, where that is no other level.
    """
    codes: dict[Level, int] = {}
    if isinstance(partition, NumericPartition):
        codes.update(partition.special_values.items())
    if isinstance(partition, MixedPartition):
        codes.update(partition.words.items())
    if isinstance(partition, CategoricalPartition):
        codes |= {level: code for code, group in enumerate(partition.groups) for level in group}
        codes |= {level: partition.n_regular + i for i, level in enumerate(partition.special_codes)}
        codes |= {twin: code for twin, code in _twins(codes).items() if twin not in codes}
    return {_plain(value): code for value, code in codes.items()}


def _twins(codes: Mapping[Level, int]) -> dict[Level, int]:
    fractions = [v for v in codes if isinstance(v, float) and not v.is_integer()]
    with np.errstate(over="ignore"):
        twins = [float(np.float32(level)) for level in fractions]
    times = Counter(twins)
    pairs = zip(fractions, twins, strict=True)
    return {twin: codes[v] for v, twin in pairs if times[twin] == 1 and math.isfinite(twin)}


def _plain(level: Level) -> Level:
    """Return a level without a class of its own, such as an Enum, which would write itself."""
    if isinstance(level, bool):
        return level
    if isinstance(level, str):
        return str.__str__(level)
    return int.__int__(level) if isinstance(level, int) else float.__float__(level)
