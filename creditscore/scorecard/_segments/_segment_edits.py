"""The part of a segmented card that changes the points of its cards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._segments._segments import Segments


class EditableSegments(ABC):
    """Cards of segments, of which each change gives new ones."""

    segments: Segments
    cards: tuple[Scorecard, ...]

    @abstractmethod
    def card(self, segment: str) -> Scorecard:
        """Return the card of a segment, or refuse where there is none."""

    def on_scale(self, scale: PointsScale) -> Self:
        """Return the cards on another scale; probabilities stay, see :meth:`Scorecard.on_scale`.

        Parameters
        ----------
        scale : PointsScale
            The new scale, one for the cards of all segments.

        Returns
        -------
        SegmentedScorecard

        Examples
        --------
        >>> from creditscore import PointsScale, Scorecard
        >>> from creditscore.scorecard import Characteristic, SegmentedScorecard, Segments
        >>> years = Characteristic.numeric("years", cuts=[2], points=[580, 620], missing_points=600)
        >>> card = Scorecard(characteristics=[years], scale=PointsScale())
        >>> everybody = SegmentedScorecard(segments=Segments(), cards=[card])
        >>> everybody.on_scale(PointsScale(base_score=500, pdo=40)).table()["points"].tolist()
        [460.0, 540.0, 500.0]
        """
        return self._with([card.on_scale(scale) for card in self.cards])

    def rounded(self, unit: float = 1.0) -> Self:
        """Return the cards with each number of points rounded for itself.

        Parameters
        ----------
        unit : float, default=1
            As in :meth:`Scorecard.rounded`, of the cards of all segments.

        Returns
        -------
        SegmentedScorecard
            With one more entry in the `history` of each card.

        Examples
        --------
        >>> from creditscore import Scorecard
        >>> from creditscore.scorecard import Characteristic, SegmentedScorecard, Segments
        >>> years = Characteristic.numeric("years", cuts=[2], points=[3.2, 21.5], missing_points=4)
        >>> everybody = SegmentedScorecard(
        ...     segments=Segments(), cards=[Scorecard(characteristics=[years])]
        ... )
        >>> everybody.rounded().table()["points"].tolist()
        [3.0, 22.0, 4.0]
        """
        return self._with([card.rounded(unit) for card in self.cards])

    def with_points(
        self,
        points: Mapping[tuple[str, str | int], float],
        *,
        segment: str,
        by: str,
        reason: str,
        when: datetime | str | None = None,
    ) -> Self:
        """Return the cards with points of some attributes of one segment set by hand.

        Parameters
        ----------
        points : mapping of (str, str or int) to float
            Points by attribute, as in :meth:`Scorecard.with_points`.
        segment : str
            Name of the segment whose card is changed.
        by, reason : str
            Who sets them, and why; kept in the `history` of the card.
        when : datetime or str, optional
            Time of the change, with its time zone (ISO 8601 as text); now unless given.

        Returns
        -------
        SegmentedScorecard
            The cards of the other segments stay as they are.

        Raises
        ------
        InvalidParameterError
            There is no such segment, or as in :meth:`Scorecard.with_points`.

        Examples
        --------
        >>> from creditscore import Scorecard
        >>> from creditscore.scorecard import Characteristic, SegmentedScorecard, Segments
        >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
        >>> everybody = SegmentedScorecard(
        ...     segments=Segments(), cards=[Scorecard(characteristics=[years])]
        ... )
        >>> changed = everybody.with_points(
        ...     {("years", "Missing"): 0}, segment="all", by="A. Analyst",
        ...     reason="gaps are no merit", when="2026-01-31T12:00:00+00:00",
        ... )
        >>> changed.table()["points"].tolist()
        [0.0, 20.0, 0.0]
        """
        own = self.card(segment).with_points(points, by=by, reason=reason, when=when)
        place = self.segments.names.index(segment)
        return self._with([*self.cards[:place], own, *self.cards[place + 1 :]])

    def _with(self, cards: list[Scorecard]) -> Self:
        changed: dict[str, Any] = {"cards": tuple(cards)}
        return replace(self, **changed)  # type: ignore[type-var]
