"""A card for each segment of customers, all on one scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._document import JsonDocument
from creditscore._frame import Table, read_named
from creditscore._typing import Float1D, Int1D, NativeFrame, NativeSeries, ReasonBaseline
from creditscore.exceptions import InvalidParameterError, UncalibratedCardError
from creditscore.scorecard._points_table import points_html
from creditscore.scorecard._rows import reunited
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._segments._aligned_odds import AlignedOdds
from creditscore.scorecard._segments._alignment import SegmentAlignment
from creditscore.scorecard._segments._segment_edits import EditableSegments
from creditscore.scorecard._segments._segmented_compiled import CompiledSegmentedScorecard
from creditscore.scorecard._segments._segments import Segments


@dataclass(frozen=True, kw_only=True)
class SegmentedScorecard(AlignedOdds, EditableSegments, JsonDocument):
    """Cards of several segments on one scale: the same score means the same odds everywhere.

    Parameters
    ----------
    segments : Segments
        Which row is scored by which card.
    cards : tuple of Scorecard
        One for each segment, in the order of ``segments.names``. All have one scale, or none has
        one.
    alignments : tuple of SegmentAlignment, default=()
        What :meth:`aligned` did to the points of the cards.

    Raises
    ------
    InvalidParameterError
        Cards are lacking, or are on different scales.

    See Also
    --------
    SegmentedLogisticScorecard : Estimates one, and finds the segments if they are not given.
    Scorecard : A card for all.

    Notes
    -----
    Each row is scored by the card of its segment alone, whose points are those of
    :class:`Scorecard`. A card that was estimated in its segment has an intercept of its own and so
    the odds of its segment: on the sample of the fit, scores of all segments mean the same odds.
    Where cards come from elsewhere (experts, other samples), or where a small segment is
    overfitted, :meth:`alignment` tells on a sample held out how far off they are, and
    :meth:`aligned` corrects it.

    A characteristic may stand in several cards, with bins and points of its own in each. Points
    are rounded in all cards by :meth:`rounded`, and set by hand in one of them by
    :meth:`with_points`; the `history` of each card tells. Any other change of a card, such as
    :meth:`Scorecard.rounded_optimally` on the rows of its segment, is one of ``cards``, from which
    :meth:`from_cards` makes a segmented card again. O(n) time
    for each characteristic of a card, and a copy of the table in parts.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic, SegmentedScorecard, Segments
    >>> def card(*points):
    ...     years = Characteristic.numeric("years", cuts=[2], points=points, missing_points=0)
    ...     return Scorecard(characteristics=[years])
    >>> by_client = Segments.by_levels("client", {"people": ["private"], "firms": ["ltd", "plc"]})
    >>> both = SegmentedScorecard.from_cards(
    ...     by_client, {"people": card(20, 60), "firms": card(35, 50)}
    ... )
    >>> both.score(pd.DataFrame({"client": ["private", "plc"], "years": [5, 1]})).tolist()
    [60.0, 35.0]
    """

    _format: ClassVar[str] = "creditscore.segmented_scorecard"

    segments: Segments
    cards: tuple[Scorecard, ...]
    alignments: tuple[SegmentAlignment, ...] = ()

    def __post_init__(self) -> None:
        """Check that there is a card for each segment, and one scale."""
        owner = type(self).__name__
        check_kind(self.segments, "segments", owner, Segments)
        object.__setattr__(self, "cards", tuple(self.cards))
        object.__setattr__(self, "alignments", tuple(self.alignments))
        for card in self.cards:
            check_kind(card, "cards", owner, Scorecard)
        _check_number(self.cards, self.segments.names)
        for alignment in self.alignments:
            check_kind(alignment, "alignments", owner, SegmentAlignment)
        first = self.cards[0].scale
        for name, card in zip(self.segments.names, self.cards, strict=True):
            if card.scale != first:
                msg = (
                    "The cards of a segmented card must be on one scale, so that a score means the "
                    f"same odds everywhere. That of {self.segments.names[0]!r} is on {first}, that "
                    f"of {name!r} on {card.scale}: bring it there by card.on_scale(…)."
                )
                raise InvalidParameterError(msg)

    @classmethod
    def from_cards(cls, segments: Segments, cards: Mapping[str, Scorecard]) -> Self:
        """Put cards together by the names of their segments.

        Parameters
        ----------
        segments : Segments
            The rule.
        cards : mapping of str to Scorecard
            A card for each segment.

        Returns
        -------
        SegmentedScorecard

        Raises
        ------
        InvalidParameterError
            Cards are lacking, or belong to no segment, or are on different scales.
        """
        names = segments.names
        if set(cards) != set(names):
            msg = (
                f"A segmented card needs a card for each of {', '.join(map(repr, names))}. Got "
                f"cards of {', '.join(map(repr, cards)) or 'none'} instead."
            )
            raise InvalidParameterError(msg)
        return cls(segments=segments, cards=tuple(cards[name] for name in names))

    @property
    def scale(self) -> PointsScale | None:
        """The one scale of all cards; None where they have none."""
        return self.cards[0].scale

    @property
    def higher_is_safer(self) -> bool:
        """Whether a higher score is safer: unless the cards have a reversed scale."""
        return self.scale is None or not self.scale.reverse

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that are read: those of the rule, then those of the cards."""
        return tuple(dict.fromkeys([*self.segments.columns, *self.characteristic_names]))

    @property
    def characteristic_names(self) -> tuple[str, ...]:
        """Columns that earn points in one card or more, in the order in which they come."""
        return tuple(dict.fromkeys(name for card in self.cards for name in card.names))

    @property
    def score_range(self) -> tuple[float, float]:
        """Lowest and highest score that any case can have."""
        lows, highs = zip(*(card.score_range for card in self.cards), strict=True)
        return min(lows), max(highs)

    def card(self, segment: str) -> Scorecard:
        """Return the card of a segment, by its name.

        Parameters
        ----------
        segment : str
            One of ``segments.names``.

        Returns
        -------
        Scorecard

        Raises
        ------
        InvalidParameterError
            There is no such segment.
        """
        names = self.segments.names
        if segment not in names:
            msg = f"There is no segment {segment!r}: there are {', '.join(map(repr, names))}."
            raise InvalidParameterError(msg)
        return self.cards[names.index(segment)]

    def table(self) -> pd.DataFrame:
        """Return the points tables of all cards below each other.

        Returns
        -------
        DataFrame
            segment, then the columns of :meth:`Scorecard.table`.
        """
        frames = []
        for name, card in zip(self.segments.names, self.cards, strict=True):
            frame = card.table()
            frame.insert(0, "segment", name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def summary(self) -> pd.DataFrame:
        """Return a row a segment.

        Returns
        -------
        DataFrame
            segment, rule (in words), n_characteristics, n_good and n_bad of the fit (NaN for cards
            that were not estimated), lowest and highest (score), characteristics (names, joined).
        """
        rules = self.segments.rules()
        rows = []
        for name, card in zip(self.segments.names, self.cards, strict=True):
            fit = card.fit_summary
            low, high = card.score_range
            rows.append(
                {
                    "segment": name,
                    "rule": rules[name],
                    "n_characteristics": len(card.names),
                    "n_good": np.nan if fit is None else fit.n_good,
                    "n_bad": np.nan if fit is None else fit.n_bad,
                    "lowest": low,
                    "highest": high,
                    "characteristics": ", ".join(card.names),
                }
            )
        return pd.DataFrame(rows)

    def score(self, X: NativeFrame) -> NativeSeries:
        """Return the score of each row by the card of its segment.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            pandas, polars or pyarrow; holds the columns of the rule and of all cards.

        Returns
        -------
        Series of float64, named "score"
            In the library and index of `X`.

        Raises
        ------
        MissingColumnError
            A column of the rule or of a card is not there; near names are listed.
        RefusedValueError
            A row belongs to no segment, or its card refuses a value of it.
        InfiniteValueError, ColumnTypeError
            A column cannot be read; the message names it.

        Warns
        -----
        UnseenCategoryWarning, UnseenValueWarning
            As in :meth:`Scorecard.score`, for each card on the rows of its segment.
        """
        table = self._read(X)
        return table.to_series("score", self.score_array(table))

    def score_parts(self, X: NativeFrame) -> NativeFrame:
        """Return the points of each row by characteristic.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.

        Returns
        -------
        table of float64
            A column for each of ``characteristic_names``, in the library and index of `X`; NaN
            where the card of the row does not have the characteristic, for 0 points could be
            earned. With the base points of its card, the others of a row add to its score.
        """
        return self._joined(X, lambda card, part: card.score_parts(part))

    def prob_default(self, X: NativeFrame) -> NativeSeries:
        """Return the probability of default of each row, a fraction.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.

        Returns
        -------
        Series of float64, named "pd"

        Raises
        ------
        UncalibratedCardError
            The cards have no scale.
        """
        scale = self._scale()
        table = self._read(X)
        return table.to_series("pd", scale.prob_default(self.score_array(table)))

    def shortfalls(self, X: NativeFrame, *, baseline: ReasonBaseline = "neutral") -> NativeFrame:
        """Return by how many points each characteristic of each row falls short of a baseline.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.
        baseline : {"neutral", "average", "maximum"}, default="neutral"
            As in :meth:`Scorecard.reasons`; each row is compared within its segment.

        Returns
        -------
        table of float64
            Columns and NaN as in :meth:`score_parts`.
        """
        return self._joined(X, lambda card, part: card.shortfalls(part, baseline=baseline))

    def reasons(
        self, X: NativeFrame, *, n: int = 4, baseline: ReasonBaseline = "neutral"
    ) -> NativeFrame:
        """Return the characteristics that cost each row most points, by the card of its segment.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.
        n : int, default=4
            Most reasons for a row, 1 or more.
        baseline : {"neutral", "average", "maximum"}, default="neutral"
            As in :meth:`Scorecard.reasons`; each row is compared within its segment.

        Returns
        -------
        table of str
            As of :meth:`Scorecard.reasons`.

        Raises
        ------
        UncalibratedCardError
            A card holds no neutral points or counts for the baseline; "maximum" needs neither.
        """
        return self._reunited(X, lambda card, part: card.reasons(part, n=n, baseline=baseline))

    def reason_details(
        self, X: NativeFrame, *, n: int = 4, baseline: ReasonBaseline = "neutral"
    ) -> NativeFrame:
        """Return the reasons with their points and attributes, by the card of each segment.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.
        n : int, default=4
            As in :meth:`reasons`.
        baseline : {"neutral", "average", "maximum"}, default="neutral"
            As in :meth:`reasons`.

        Returns
        -------
        table
            As of :meth:`Scorecard.reason_details`.
        """
        return self._reunited(
            X, lambda card, part: card.reason_details(part, n=n, baseline=baseline)
        )

    def compile(
        self, *, n_reasons: int = 0, baseline: ReasonBaseline = "neutral"
    ) -> CompiledSegmentedScorecard:
        """Return the card as a function of one applicant, for answers in microseconds.

        Parameters
        ----------
        n_reasons : int, default=0
            Most reasons that it gives, zero or more.
        baseline : {"neutral", "average", "maximum"}, default="neutral"
            As in :meth:`reasons`.

        Returns
        -------
        CompiledSegmentedScorecard
            Takes a mapping of column names to values, of which it needs those of the rule and of
            the card of the applicant's segment.
        """
        return CompiledSegmentedScorecard(self, n_reasons, baseline)

    def score_array(self, table: Table) -> Float1D:
        """Return the scores of a table that was read already, as an array."""
        score = np.empty(table.n_rows)
        for card, rows, part in self._parts(table):
            score[rows] = card.score_array(part)
        return score

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            segments=Segments.from_dict(content["segments"]),
            cards=tuple(Scorecard._from_content(card) for card in content["cards"]),  # noqa: SLF001
            alignments=tuple(SegmentAlignment(**one) for one in content["alignments"]),
        )

    def _content(self) -> dict[str, Any]:
        return {
            "segments": self.segments.to_dict(),
            # as the file of a card alone holds them
            "cards": [card._content() for card in self.cards],  # noqa: SLF001
            "alignments": [one.to_dict() for one in self.alignments],
        }

    def _read(self, X: NativeFrame) -> Table:
        return read_named(X, self.names)

    def _scale(self) -> PointsScale:
        if self.scale is None:
            msg = (
                "These cards have no scale, so nothing says which probability belongs to a score. "
                "Where the odds at a score are known, give them one: card.on_scale(PointsScale(…))."
            )
            raise UncalibratedCardError(msg)
        return self.scale

    def _parts(self, table: Table) -> Iterator[tuple[Scorecard, Int1D, Table]]:
        """Yield each card with the rows of its segment, where there are any."""
        codes = self.segments.codes(table)
        # of other columns nothing needs to be known, not even their kind
        table = table.only(self.names)
        for place, card in enumerate(self.cards):
            rows = np.flatnonzero(codes == place)
            if len(rows) == table.n_rows:
                yield card, rows, table
            elif len(rows):
                yield card, rows, table.taken(rows)

    def _reunited(
        self, X: NativeFrame, answer: Callable[[Scorecard, Any], NativeFrame]
    ) -> NativeFrame:
        """Ask the card of each segment, and put the answers in the order of the rows."""
        table = self._read(X)
        index = X.index if isinstance(X, pd.DataFrame) else None
        rows, parts = zip(
            *((rows, answer(card, part)) for card, rows, part in self._parts(table)), strict=True
        )
        return reunited(parts, rows, index)

    def _joined(
        self, X: NativeFrame, answer: Callable[[Scorecard, Any], NativeFrame]
    ) -> NativeFrame:
        """Ask the card of each segment for numbers; NaN in columns that it does not have."""
        table = self._read(X)
        columns = {name: np.full(table.n_rows, np.nan) for name in self.characteristic_names}
        for card, rows, part in self._parts(table):
            found = nw.from_native(answer(card, part), eager_only=True)
            for name in card.names:
                columns[name][rows] = found[name].to_numpy()
        return table.to_frame(columns)

    def __repr__(self) -> str:
        """Say in one line what it is; :meth:`summary` shows the segments."""
        scale = "not calibrated" if self.scale is None else f"on one scale, {self.scale}"
        return f"<SegmentedScorecard: {self._extent()}; {scale}>"

    def _repr_html_(self) -> str:
        return points_html(self.table(), caption=f"Segmented scorecard of {self._extent()}")

    def _extent(self) -> str:
        names, (low, high) = self.segments.names, self.score_range
        cards = f"a card for all, {names[0]!r}" if len(names) == 1 else f"{len(names)} segments"
        listed = "" if len(names) == 1 else f" ({', '.join(names)})"
        return f"{cards}{listed}, scores from {low:.0f} to {high:.0f}"


def _check_number(cards: tuple[Scorecard, ...], names: tuple[str, ...]) -> None:
    if len(cards) != len(names):
        msg = (
            f"A segmented card needs {len(names)} cards, one for each of "
            f"{', '.join(map(repr, names))}. Got {len(cards)} instead."
        )
        raise InvalidParameterError(msg)
