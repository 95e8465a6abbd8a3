"""How a card is changed: each change gives a new card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from creditscore._frame import read_named
from creditscore._typing import NativeFrame
from creditscore.scorecard._history import history_table
from creditscore.scorecard._layout import PointsLayout, on_range, on_scale, with_layout
from creditscore.scorecard._override import overridden
from creditscore.scorecard._rounding._integer_points import (
    RoundingMeasure,
    RoundingTask,
    check_rows,
    optimally_rounded,
    plainly_rounded,
)
from creditscore.scorecard._rounding._points_rounding import PointsRounding
from creditscore.scorecard._scale import PointsScale

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard


class EditablePoints:
    """The changes of a :class:`Scorecard`.

    Scales and layouts leave probabilities as they are. Points set by hand and rounding do not,
    and stand in the `history` of the card; once it has begun, later changes of scale and layout
    stand there too, so that it always ends at the points that the card has.
    """

    def on_scale(self, scale: PointsScale) -> Scorecard:
        """Return the card with its points on another scale; probabilities stay.

        Parameters
        ----------
        scale : PointsScale
            The new scale. A card without one gets it as it is, with the points it has.

        Returns
        -------
        Scorecard
            With one more entry in a `history` that has begun.

        Notes
        -----
        score' = offset' + (score - offset) · factor' / factor. The layout stays: the part that
        does not depend on the score is spread evenly over the characteristics, or stands in the
        base points where WOE 0, or the least points of each characteristic, earn 0; see
        :meth:`with_layout`.

        Examples
        --------
        >>> from creditscore import PointsScale, Scorecard
        >>> from creditscore.scorecard import Characteristic
        >>> years = Characteristic.numeric(
        ...     "years", cuts=[2], points=[580, 620], missing_points=600
        ... )
        >>> card = Scorecard(characteristics=(years,), scale=PointsScale())
        >>> card.on_scale(PointsScale(base_score=0, base_odds=50, pdo=10)).score_range
        (-10.0, 10.0)
        """
        return on_scale(self._card(), scale)

    def on_range(self, low: float, high: float, *, reverse: bool = False) -> Scorecard:
        """Return the card with scores from one number to another; probabilities stay.

        Parameters
        ----------
        low, high : float
            Least and greatest score that any case can have on the new card.
        reverse : bool, default=False
            Whether a higher score of the new card is riskier.

        Returns
        -------
        Scorecard
            With the scale that follows, at the base odds of the old one; without one where the
            card has none. One more entry in a `history` that has begun.

        Raises
        ------
        InvalidParameterError
            `high` is not above `low`, or all cases score the same.
        UncalibratedCardError
            A card without a scale is to be reversed.

        Notes
        -----
        With the range from a to b of the card, ratio = (high - low) / (b - a), and in the other
        direction its negative: score' = low + ratio · (score - a), or low + ratio · (score - b);
        factor' = ratio · factor, and the offset moves as a score does. Ends are reached up to
        rounding of floats. The layout stays, as in :meth:`on_scale`.

        Examples
        --------
        >>> from creditscore import LogisticScorecard
        >>> from creditscore.datasets import load_german_credit
        >>> german = load_german_credit()
        >>> X = german[["checking_status", "duration_months"]]
        >>> card = LogisticScorecard().fit(X, german["is_bad"]).scorecard_.on_range(300, 850)
        >>> [round(end, 6) for end in card.score_range]
        [300.0, 850.0]
        >>> round(card.scale.pdo, 2)
        87.69
        """
        return on_range(self._card(), low, high, reverse=reverse)

    def with_layout(self, layout: PointsLayout) -> Scorecard:
        """Return the card with the intercept as base points, or spread; scores stay.

        Parameters
        ----------
        layout : {"spread", "base", "lowest"}
            "spread": no base points; all characteristics have the same neutral points or, where
            these are not known, an equal share of the base points. "base": WOE 0 earns 0 in each
            characteristic, and the rest are base points. "lowest": the least points of each
            characteristic are 0, and the rest are base points; on a scale that is not reversed
            the worst attribute earns nothing, and no points are below zero.

        Returns
        -------
        Scorecard
            With one more entry in a `history` that has begun.

        Raises
        ------
        UncalibratedCardError
            Under "base" a characteristic has no neutral points.

        Examples
        --------
        >>> from creditscore import Scorecard
        >>> from creditscore.scorecard import Characteristic
        >>> years = Characteristic.numeric("years", cuts=[2], points=[-5, 20], missing_points=1)
        >>> card = Scorecard(characteristics=[years], base_points=500).with_layout("lowest")
        >>> card.table()[["attribute", "points"]]
          attribute  points
        0             495.0
        1       < 2     0.0
        2      >= 2    25.0
        3   Missing     6.0
        """
        return with_layout(self._card(), layout)

    def with_points(
        self,
        points: Mapping[tuple[str, str | int], float],
        *,
        by: str,
        reason: str,
        when: datetime | str | None = None,
    ) -> Scorecard:
        """Return the card with points of some attributes set by hand.

        Parameters
        ----------
        points : mapping of (str, str or int) to float
            Points by attribute: its characteristic, and its label in the points table or its
            place among the attributes. A linear piece becomes constant.
        by, reason : str
            Who sets them, and why; kept in `history`.
        when : datetime or str, optional
            Time of the change, with its time zone (ISO 8601 as text); now unless given.

        Returns
        -------
        Scorecard
            With one more entry in `history`, which its file keeps, and a mark in its table.

        Raises
        ------
        InvalidParameterError
            A characteristic or an attribute that the card does not have, with near names; an
            attribute whose rows are refused; no author or no reason; points that are no numbers.

        Notes
        -----
        Score, reasons and probabilities follow the points that are set, by the same scale. WOE and
        coefficients in the table, and `fit_summary`, stay those of the estimate, and no longer
        describe what the marked attributes earn. Rounding a card afterwards rounds them too.

        Examples
        --------
        >>> from creditscore import Scorecard
        >>> from creditscore.scorecard import Characteristic
        >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
        >>> card = Scorecard(characteristics=[years]).with_points(
        ...     {("years", "Missing"): 0}, by="A. Analyst", reason="gaps are no merit",
        ...     when="2026-01-31T12:00:00+00:00",
        ... )
        >>> card.history_table()[["attribute", "before", "after", "by", "reason"]]
          attribute  before  after          by             reason
        0   Missing     5.0    0.0  A. Analyst  gaps are no merit
        """
        return overridden(self._card(), points, by=by, reason=reason, when=when)

    def rounded(self, unit: float = 1.0) -> Scorecard:
        """Return the card with each number of points rounded for itself.

        Parameters
        ----------
        unit : float, default=1
            Points become multiples of it: 1 for whole points, 5, or 0.1 for one decimal.

        Returns
        -------
        Scorecard
            With one more entry in `history`. Its scale is the same, so that probabilities differ
            by what the points were rounded by.

        See Also
        --------
        rounded_optimally : Rounds all points together, which keeps scores nearer.

        Notes
        -----
        Halves go up. Points that are equal stay equal, and the order of the others stays but for
        those that become equal. Base and neutral points are rounded as well; of linear pieces, the
        points at their ends.

        Examples
        --------
        >>> from creditscore import Scorecard
        >>> from creditscore.scorecard import Characteristic
        >>> years = Characteristic.numeric("years", cuts=[2], points=[3.2, 21.5], missing_points=4)
        >>> Scorecard(characteristics=[years]).rounded().table()["points"].tolist()
        [3.0, 22.0, 4.0]
        """
        return plainly_rounded(self._card(), unit)

    def rounded_optimally(
        self,
        X: NativeFrame | None = None,
        is_bad: Any = None,
        *,
        sample_weight: Any = None,
        unit: float = 1.0,
        measure: RoundingMeasure = "score",
        time_limit: float = 10.0,
        max_patterns: int = 1_000,
    ) -> PointsRounding:
        """Round all points together, so that scores or probabilities stay as near as can be.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns), optional
            Rows to keep near, as in :meth:`Scorecard.score`. Without them, 4,000 rows are drawn
            from the counts of the attributes as if the characteristics were independent, the same
            each time; where there are no more combinations than that, these are taken.
        is_bad : array-like of shape (n_samples,), optional
            Outcomes, 1 for bad, to say what the rounding does to the area under the ROC curve.
        sample_weight : array-like of shape (n_samples,), optional
            How often a row counts, zero or more.
        unit : float, default=1
            Points become multiples of it.
        measure : {"score", "prob_default"}, default="score"
            What is made small: the mean absolute difference of the score, in points; or that of
            the probability of default, to first order: the mean of |score' - score| · p (1 - p) /
            factor, with the exact probability p.
        time_limit : float, default=10
            Most seconds for the integer programme, above zero.
        max_patterns : int, default=1000
            Most different rows in the integer programme, 1 or more.

        Returns
        -------
        PointsRounding
            The card, its measure beside that of plain rounding, and the gap.

        Raises
        ------
        InvalidParameterError
            Parameters out of range; outcomes or weights without rows.
        UncalibratedCardError
            Without rows: a card without counts, or with linear points. A card without a scale, by
            its probabilities.

        Warns
        -----
        UnseenCategoryWarning, UnseenValueWarning
            As of :meth:`Scorecard.score`.

        See Also
        --------
        rounded : Rounds each number for itself.

        Notes
        -----
        What is added to all points of a characteristic and taken from the base points changes no
        score. So the distance of each attribute from the most frequent one of its characteristic
        is rounded, up or down, and the constant of the card to a whole number: plain rounding is
        one such choice. Points that are equal stay equal, and their order in a characteristic
        stays but for those that become equal. Attributes that no row has are rounded as the
        others of their characteristic were on average.

        The choice is sought by steps (from plain rounding, and again from 20 to 500 changes of
        what was found, the same each time) and as a mixed-integer programme with a variable for
        each pattern, by HiGHS; the better one is the result, and plain rounding where neither is
        better. Rows that earn the same are one pattern. Beyond `max_patterns`, the programme
        takes patterns at equal steps of the weight along the score, and its status and gap are
        about these; the measure is always that of all rows. O(n_samples · n_characteristics) time
        and memory, beside the time limit. Where that ends the programme, the result may depend on
        the machine.

        Examples
        --------
        >>> from creditscore import LogisticScorecard
        >>> from creditscore.datasets import load_german_credit
        >>> german = load_german_credit()
        >>> X = german[["checking_status", "duration_months"]]
        >>> card = LogisticScorecard().fit(X, german["is_bad"]).scorecard_
        >>> rounding = card.rounded_optimally(X)
        >>> rounding.card.score(X.head(3)).tolist()
        [524.0, 468.0, 553.0]
        """
        card = self._card()
        task = RoundingTask(
            unit=unit, measure=measure, time_limit=time_limit, max_patterns=max_patterns
        )
        check_rows(X, is_bad, sample_weight)
        table = None if X is None else read_named(X, card.names)
        return optimally_rounded(card, table, is_bad, sample_weight, task)

    def history_table(self) -> pd.DataFrame:
        """Return what was done to the points since the card was made.

        Returns
        -------
        DataFrame
            A row a change, the first one first: action (with_points, rounded, rescaled or
            laid_out), characteristic, attribute, before and after (points at that time), by,
            reason, at (UTC), detail. All but points set by hand are one row, without what they do
            not have.
        """
        return history_table(self._card().history)

    def _card(self) -> Scorecard:
        return cast("Scorecard", self)
