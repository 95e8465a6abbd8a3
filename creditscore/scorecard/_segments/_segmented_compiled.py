"""A segmented card as a function of one applicant."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from creditscore._frame import missing_message
from creditscore._typing import ReasonBaseline
from creditscore.binning import CategoricalPartition, MixedPartition, NumericPartition
from creditscore.exceptions import InvalidParameterError, MissingColumnError
from creditscore.scorecard._one_row import one_row, plain_value
from creditscore.scorecard._segments._segments import Segments

if TYPE_CHECKING:
    from creditscore.scorecard._segments._segmented import SegmentedScorecard

_LARGEST = 2**53
"""Up to here, floats hold every whole number."""


class SegmentedApplicant(NamedTuple):
    """What a compiled segmented card says of one applicant.

    Attributes
    ----------
    score : float
        As :meth:`SegmentedScorecard.score` has it, bit by bit.
    points : dict of str to float
        By characteristic of the segment's card.
    reasons : tuple of str
        As in :class:`ScoredApplicant`.
    segment : str
        Segment whose card it was.

    Examples
    --------
    >>> from creditscore.scorecard import SegmentedApplicant
    >>> answer = SegmentedApplicant(520.0, {"years": 20.0}, (), "firms")
    >>> answer.segment
    'firms'
    """

    score: float
    points: dict[str, float]
    reasons: tuple[str, ...]
    segment: str


class CompiledSegmentedScorecard:
    """A segmented card as a function of one applicant; made by :meth:`SegmentedScorecard.compile`.

    Attributes
    ----------
    card : SegmentedScorecard
        What was compiled.
    n_reasons : int
        Most reasons that are given.
    baseline : {"neutral", "average", "maximum"}
        What reasons compare with.

    Notes
    -----
    The segment of plain values is looked up; whatever else a value may be goes the way of
    :meth:`Segments.codes`, so that errors and segments are the same. Then the compiled card of the
    segment answers.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic, SegmentedScorecard, Segments
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> card = Scorecard(characteristics=[years], base_points=500)
    >>> rule = Segments.by_levels("client", {"people": ["private"]}, other="people")
    >>> decide = SegmentedScorecard(segments=rule, cards=[card]).compile()
    >>> decide({"client": "private", "years": 3})
    SegmentedApplicant(score=520.0, points={'years': 20.0}, reasons=(), segment='people')
    """

    __slots__ = ("_cards", "_find", "baseline", "card", "n_reasons")

    def __init__(self, card: SegmentedScorecard, n_reasons: int, baseline: ReasonBaseline) -> None:
        self._cards = {
            name: one.compile(n_reasons=n_reasons, baseline=baseline)
            for name, one in zip(card.segments.names, card.cards, strict=True)
        }
        self._find = _finder(card.segments)
        self.card, self.n_reasons, self.baseline = card, n_reasons, baseline

    def __call__(self, applicant: Mapping[str, Any]) -> SegmentedApplicant:
        """Score one applicant.

        Parameters
        ----------
        applicant : mapping of str to object
            A value for each column of the rule, and of the card of the segment. None and NaN are
            missing.

        Returns
        -------
        SegmentedApplicant

        Raises
        ------
        MissingColumnError, RefusedValueError, ColumnTypeError, InfiniteValueError
            As of :meth:`SegmentedScorecard.score`.

        Warns
        -----
        UnseenCategoryWarning, UnseenValueWarning
            As of :meth:`SegmentedScorecard.score`.
        """
        given: Any = applicant
        if not isinstance(given, Mapping):
            msg = (
                "A compiled card takes one applicant as a mapping of column names to values. Got "
                f"{type(applicant).__name__} instead; for tables there is SegmentedScorecard.score."
            )
            raise InvalidParameterError(msg)
        name = self._find(applicant)
        score, points, reasons = self._cards[name](applicant)
        return SegmentedApplicant(score, points, reasons, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return CompiledSegmentedScorecard, (self.card, self.n_reasons, self.baseline)

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return f"<CompiledSegmentedScorecard of {self.card!r}, {self.n_reasons} reasons>"


def _finder(segments: Segments) -> Callable[[Mapping[str, Any]], str]:
    """Return a function from an applicant to the name of his segment."""
    column = segments.column
    inner = {name: _finder(rule) for name, rule in segments.within}
    if column is None:
        (only,) = segments.starts
        return inner.get(only, lambda _: only)
    look, own = _look(segments), replace(segments, within=())

    def find(applicant: Mapping[str, Any]) -> str:
        try:
            name = look(plain_value(applicant[column]))
        except KeyError:
            raise MissingColumnError(missing_message([column], list(map(str, applicant)))) from None
        if name is None:
            name = _by_table(own, column, applicant[column])
        return inner[name](applicant) if name in inner else name

    return find


def _look(segments: Segments) -> Callable[[Any], str | None]:
    """Return the segment of plain values; None for all that goes the way of tables."""
    partition, sends_to = segments.partition, segments.sends_to
    if isinstance(partition, CategoricalPartition):
        known = {
            level: sends_to[code] for code, group in enumerate(partition.groups) for level in group
        }
        missing = sends_to[partition.missing_code]

        def of_level(value: Any) -> str | None:
            kind = type(value)
            if value is None or (kind is float and value != value):  # noqa: PLR0124 - NaN
                return missing
            return known.get(value) if kind in (str, int, bool) else None

        return of_level
    if isinstance(partition, MixedPartition) or not isinstance(partition, NumericPartition):
        return lambda _: None
    cuts, special = list(partition.cuts), partition.special_values
    none = sends_to[partition.missing_code]

    def of_number(value: Any) -> str | None:
        if value is None or (type(value) is float and value != value):  # noqa: PLR0124 - NaN
            return none
        plain = type(value) in (int, float) and -_LARGEST <= value <= _LARGEST
        if not plain or not math.isfinite(value):
            return None
        return sends_to[special.get(value, bisect_right(cuts, value))]

    return of_number


def _by_table(segments: Segments, column: str, value: Any) -> str:
    """Find the segment by a table of one row, which knows all types and errors."""
    table = one_row({column: value}, [column])
    return segments.names[int(segments.codes(table)[0])]
