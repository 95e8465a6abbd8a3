"""The part of a segmented card that compares the odds of its segments with its scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, replace
from typing import Any, Self

import pandas as pd

from creditscore._frame import Table
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_same_order, check_target, check_weights
from creditscore.exceptions import InvalidWeightError
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._segments._alignment import SegmentAlignment, aligned_card, alignment_of
from creditscore.scorecard._segments._segments import Segments


class AlignedOdds(ABC):
    """Cards of segments whose scores can be held against the odds of a sample."""

    segments: Segments
    cards: tuple[Scorecard, ...]
    alignments: tuple[SegmentAlignment, ...]

    @abstractmethod
    def score_array(self, table: Table) -> Float1D:
        """Return the scores of a table that was read already."""

    @abstractmethod
    def _read(self, X: NativeFrame) -> Table:
        """Read a table with the columns of the cards."""

    @abstractmethod
    def _scale(self) -> PointsScale:
        """Return the scale, or refuse where there is none."""

    def alignment(self, X: NativeFrame, y: Any, *, sample_weight: Any = None) -> pd.DataFrame:
        """Tell for each segment how its odds in a sample lie to those that its scores claim.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            A sample that the cards were not fitted on, with rows of each segment.
        y : array-like of shape (n_samples,)
            1 for bad, 0 for good.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more.

        Returns
        -------
        DataFrame
            A row a segment, with the fields of :class:`SegmentAlignment`.

        Raises
        ------
        UncalibratedCardError
            The cards have no scale.
        InvalidDataError
            A segment has no row, one class only, or one score only, in the sample.

        Notes
        -----
        ln(odds) = a + b · (claimed ln(odds)) in each segment, by maximum likelihood [1]_. On the
        sample of a fit by maximum likelihood a is 0 and b is 1, whatever the card is worth: only
        other cases tell.

        References
        ----------
        .. [1] D. R. Cox, "Two further applications of a model for binary regression",
           *Biometrika* 45, 1958, pp. 562-565.
        """
        return pd.DataFrame([asdict(one) for one in self._alignments(X, y, sample_weight)])

    def aligned(self, X: NativeFrame, y: Any, *, sample_weight: Any = None) -> Self:
        """Return cards whose scores mean the odds that each segment has in a sample.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`alignment`: best a sample held out, or the latest one.
        y : array-like of shape (n_samples,)
            1 for bad, 0 for good.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more.

        Returns
        -------
        SegmentedScorecard
            With the points of each card changed, the coefficients multiplied by the slope, and
            the changes in ``alignments``. The summaries of the fits are left out: their errors and
            tests are of other coefficients.

        Raises
        ------
        UncalibratedCardError, InvalidDataError
            As in :meth:`alignment`; also a card that ranks its segment the wrong way round.

        Notes
        -----
        score' = offset + factor · (a + b · ln(odds)) with a and b of :meth:`alignment`. The order
        of cases within a segment stays, that between segments may change.
        """
        found = self._alignments(X, y, sample_weight)
        cards = tuple(aligned_card(c, one) for c, one in zip(self.cards, found, strict=True))
        changed: dict[str, Any] = {"cards": cards, "alignments": (*self.alignments, *found)}
        return replace(self, **changed)  # type: ignore[type-var]

    def _alignments(self, X: NativeFrame, y: Any, sample_weight: Any) -> list[SegmentAlignment]:
        scale = self._scale()
        table = self._read(X)
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        is_bad = check_target(y, n_rows=table.n_rows).is_bad
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        log_odds = scale.log_odds(self.score_array(table))
        codes = self.segments.codes(table)
        return [
            alignment_of(
                name,
                log_odds[codes == place],
                is_bad[codes == place],
                None if weights is None else weights[codes == place],
            )
            for place, name in enumerate(self.segments.names)
        ]
