"""A card as rules: what each value earns. Every export is written from these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from creditscore._typing import ColumnKind, Level


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


@dataclass(frozen=True, kw_only=True)
class SegmentRules:
    """Which segment a row belongs to, by one column or by two in turn.

    Attributes
    ----------
    names : tuple of str
        All segments.
    column : ColumnRules or None
        What a value "earns" is the place of its segment in `names`, or of the first of those that
        it is divided into; None is refused. No column where there is one segment for all.
    within : tuple of (int, ColumnRules)
        Of each segment that is divided once more, its place, and what is to be added to that.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import rules_of
    >>> from creditscore.scorecard import Characteristic, SegmentedScorecard, Segments
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> card = Scorecard(characteristics=[years])
    >>> by_client = Segments.by_levels("client", {"people": ["private"], "firms": ["ltd", "plc"]})
    >>> rules = rules_of(SegmentedScorecard(segments=by_client, cards=[card, card]))
    >>> rules.segments.column.values
    (('private', 0.0), ('ltd', 1.0), ('plc', 1.0))
    """

    names: tuple[str, ...]
    column: ColumnRules | None = None
    within: tuple[tuple[int, ColumnRules], ...] = ()

    @property
    def columns(self) -> tuple[ColumnRules, ...]:
        """What is read: the first column, then those of divided segments."""
        first = () if self.column is None else (self.column,)
        return (*first, *(rules for _, rules in self.within))


@dataclass(frozen=True, kw_only=True)
class SegmentedRules:
    """A segmented card as rules.

    Attributes
    ----------
    segments : SegmentRules
        Which card scores a row.
    cards : tuple of CardRules
        One for each segment, in the order of its names; all with one offset, factor, number of
        reasons and direction.

    Examples
    --------
    >>> from creditscore.deploy import CardRules, ColumnRules, SegmentedRules, SegmentRules
    >>> audit = ColumnRules(name="audit", kind="categorical", missing=0.0, other=-5.0)
    >>> card = CardRules(columns=(audit,), base_points=500.0)
    >>> SegmentedRules(segments=SegmentRules(names=("all",)), cards=(card,)).characteristics
    ('audit',)
    """

    segments: SegmentRules
    cards: tuple[CardRules, ...]

    @property
    def characteristics(self) -> tuple[str, ...]:
        """Columns that earn points in one card or more, in the order in which they come."""
        return tuple(dict.fromkeys(column.name for card in self.cards for column in card.columns))


Rules: TypeAlias = CardRules | SegmentedRules
"""What any export is written from."""


def cards_in(rules: Rules) -> tuple[CardRules, ...]:
    """Return the cards that rules hold: one, or one a segment."""
    return rules.cards if isinstance(rules, SegmentedRules) else (rules,)


def columns_in(rules: Rules) -> tuple[ColumnRules, ...]:
    """Return all that is read, those of segments first; a column may stand more than once."""
    first = rules.segments.columns if isinstance(rules, SegmentedRules) else ()
    return (*first, *(column for card in cards_in(rules) for column in card.columns))
