"""How a card is described by rules."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeAlias, overload

import numpy as np

from creditscore._typing import Level, ReasonBaseline
from creditscore.binning import (
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
    Partition,
)
from creditscore.deploy._rules import (
    CardRules,
    ColumnRules,
    Interval,
    Rules,
    SegmentedRules,
    SegmentRules,
)
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Attribute, Characteristic, Scorecard, SegmentedScorecard, Segments

AnyCard: TypeAlias = Scorecard | SegmentedScorecard
"""What can be deployed."""


@overload
def rules_of(
    card: Scorecard, *, n_reasons: int = 0, baseline: ReasonBaseline | None = "neutral"
) -> CardRules: ...


@overload
def rules_of(
    card: SegmentedScorecard, *, n_reasons: int = 0, baseline: ReasonBaseline | None = "neutral"
) -> SegmentedRules: ...


def rules_of(
    card: AnyCard, *, n_reasons: int = 0, baseline: ReasonBaseline | None = "neutral"
) -> Rules:
    """Describe a card by rules.

    Parameters
    ----------
    card : Scorecard or SegmentedScorecard
        The card.
    n_reasons : int, default=0
        Most reasons that an export gives, where it can.
    baseline : {"neutral", "average", "maximum"} or None, default="neutral"
        As in :meth:`Scorecard.reasons`; None is "neutral", or "maximum" where the card lacks
        neutral points.

    Returns
    -------
    CardRules or SegmentedRules

    Raises
    ------
    InvalidParameterError
        It is no card.
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
    compared = baseline_of(card, baseline)
    if isinstance(card, SegmentedScorecard):
        return SegmentedRules(
            segments=_segments(card.segments),
            cards=tuple(_card(one, n_reasons, compared) for one in card.cards),
        )
    return _card(card, n_reasons, compared)


def baseline_of(card: AnyCard, baseline: ReasonBaseline | None) -> ReasonBaseline:
    """Return the baseline asked for, or "neutral", or "maximum" without neutral points."""
    cards = cards_of(card)
    if baseline is not None:
        return baseline
    characteristics = (c for one in cards for c in one.characteristics)
    return "neutral" if all(c.neutral_points is not None for c in characteristics) else "maximum"


def cards_of(card: AnyCard) -> tuple[Scorecard, ...]:
    """Return the cards that a card holds: one, or one a segment."""
    given: Any = card
    if isinstance(given, SegmentedScorecard):
        return given.cards
    if isinstance(given, Scorecard):
        return (given,)
    if isinstance(getattr(given, "scorecard", None), Scorecard):
        held = "give its attribute scorecard, which is the card as points."
    else:
        held = "what is estimated holds its card as scorecard_."
    msg = (
        "A card to be deployed must be a Scorecard or a SegmentedScorecard. Got "
        f"{type(card).__name__} instead; {held}"
    )
    raise InvalidParameterError(msg)


def segment_characteristics(segments: Segments) -> tuple[Characteristic, ...]:
    """Return what a rule reads, in the order of :attr:`SegmentRules.columns`.

    The points of an attribute are the place of its segment, or what is to be added to that.
    """
    rules = [segments, *(rule for _, rule in segments.within)]
    return tuple(_of_places(rule) for rule in rules if rule.column is not None)


def _segments(segments: Segments) -> SegmentRules:
    starts, columns = segments.starts, [_column(c, None) for c in segment_characteristics(segments)]
    first = columns.pop(0) if segments.column is not None else None
    divided = [name for name, rule in segments.within if rule.column is not None]
    return SegmentRules(
        names=tuple(map(_text, segments.names)),
        column=first,
        within=tuple((starts[name], column) for name, column in zip(divided, columns, strict=True)),
    )


def _of_places(rule: Segments) -> Characteristic:
    assert rule.column is not None  # noqa: S101 - the callers have looked
    assert rule.partition is not None  # noqa: S101 - as above
    refused = Attribute(points=0.0, treatment="error")
    return Characteristic(
        name=rule.column,
        partition=rule.partition,
        attributes=tuple(
            refused if name is None else Attribute(points=float(rule.starts[name]))
            for name in rule.sends_to
        ),
    )


def _card(card: Scorecard, n_reasons: int, baseline: ReasonBaseline) -> CardRules:
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
        name=_text(characteristic.name),
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
        return _text(level)
    return int.__int__(level) if isinstance(level, int) else float.__float__(level)


def _text(text: str) -> str:
    """Return a text without a class of its own."""
    return str.__str__(text)
