"""The frozen card: points for attributes, a score, its probability, its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, set_number
from creditscore._document import JsonDocument
from creditscore._frame import Table, read_named
from creditscore._typing import Float1D, Float2D, Int1D, NativeFrame, NativeSeries, ReasonBaseline
from creditscore._validation import check_integer
from creditscore.exceptions import (
    EmptyDataError,
    InvalidParameterError,
    UncalibratedCardError,
)
from creditscore.scorecard._batch import in_parts, summed_points
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._compiled import CompiledScorecard
from creditscore.scorecard._editable import EditablePoints
from creditscore.scorecard._fit_summary import FitSummary, check_neutral_points
from creditscore.scorecard._history import PointsEdit
from creditscore.scorecard._points_table import points_html, points_table
from creditscore.scorecard._reasons import Ranking, reference_points
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._unseen import codes_and_points


@dataclass(frozen=True, kw_only=True)
class Scorecard(EditablePoints, JsonDocument):
    """A card that adds up points; how it was made, by estimate or by judgement, is all one.

    Parameters
    ----------
    characteristics : tuple of Characteristic
        At least one, of different names.
    base_points : float, default=0
        Points that every case starts from.
    scale : PointsScale or None, default=None
        What the score says about odds; None where nothing is known about that. It describes the
        points and does not change them: :meth:`on_scale` does both.
    fit_summary : FitSummary or None, default=None
        Coefficients and their errors, where the card was estimated. Points that were set by hand
        or rounded later leave it as it is.
    history : tuple of PointsEdit, default=()
        What was done to the points by :meth:`with_points` and :meth:`rounded`, and later changes of
        scale and layout, the first first.

    See Also
    --------
    LogisticScorecard : Estimates a card.
    GradeScale : Turns scores or probabilities into grades.

    Notes
    -----
    The score of a row depends on that row alone. Columns are found by name: their order does
    not matter and further columns are ignored. O(n) time for each characteristic.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic
    >>> card = Scorecard(characteristics=(
    ...     Characteristic.numeric("years", cuts=[2, 10], points=[0, 20, 40], missing_points=0),
    ...     Characteristic.categorical(
    ...         "audit", points={"clean": 30, ("qualified", "none"): 5},
    ...         missing_points=0, other_points=0,
    ...     ),
    ... ))
    >>> firms = pd.DataFrame({"years": [1, 12], "audit": ["none", "clean"]}, index=["A", "B"])
    >>> card.score(firms)
    A     5.0
    B    70.0
    Name: score, dtype: float64
    """

    _format: ClassVar[str] = "creditscore.scorecard"

    characteristics: tuple[Characteristic, ...]
    base_points: float = 0.0
    scale: PointsScale | None = None
    fit_summary: FitSummary | None = None
    history: tuple[PointsEdit, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an empty card, characteristics of one name and a scale of other points."""
        object.__setattr__(self, "characteristics", tuple(self.characteristics))
        owner = type(self).__name__
        for characteristic in self.characteristics:
            check_kind(characteristic, "characteristics", owner, Characteristic)
        object.__setattr__(self, "history", tuple(self.history))
        for edit in self.history:
            check_kind(edit, "history", owner, PointsEdit)
        for name, kind in (("scale", PointsScale), ("fit_summary", FitSummary)):
            if getattr(self, name) is not None:
                check_kind(getattr(self, name), name, owner, kind)
        set_number(self, "base_points")
        if not self.characteristics:
            msg = "A scorecard needs at least one characteristic. Got none."
            raise EmptyDataError(msg)
        names = self.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            msg = f"Characteristics must have different names. Seen more than once: {twice}."
            raise InvalidParameterError(msg)
        neutral = [c.neutral_points for c in self.characteristics if c.neutral_points is not None]
        exact = len(neutral) == len(names) and not any(e.action == "rounded" for e in self.history)
        if exact and self.scale is not None and self.fit_summary is not None:
            check_neutral_points(neutral, self.base_points, self.fit_summary, self.scale)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that the card reads."""
        return tuple(characteristic.name for characteristic in self.characteristics)

    @property
    def higher_is_safer(self) -> bool:
        """Whether a higher score is safer: unless the card has a reversed scale."""
        return self.scale is None or not self.scale.reverse

    @property
    def score_range(self) -> tuple[float, float]:
        """Lowest and highest score that any case can have."""
        ends = [characteristic.points_range for characteristic in self.characteristics]
        return (
            self.base_points + sum(low for low, _ in ends),
            self.base_points + sum(high for _, high in ends),
        )

    def table(self) -> pd.DataFrame:
        """Return the points table.

        Returns
        -------
        DataFrame
            A row an attribute: characteristic, attribute, kind (bin, special, missing, other,
            base), lower and upper (of an interval, else NaN), count, bad_rate, woe, coefficient,
            points, slope, overridden (whether somebody set the points by :meth:`with_points`).
            Counts, rates, WOE and coefficients are NaN where the card was not estimated, rates
            also where the sample held no row. Base points, if there are any, come first.
        """
        return points_table(self.characteristics, self.base_points)

    def score(self, X: NativeFrame) -> NativeSeries:
        """Return the score of each row, as a column of the library and index of `X`.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            pandas, polars or pyarrow; holds the card's columns.

        Returns
        -------
        Series of float64, named "score"

        Raises
        ------
        MissingColumnError
            A column of the card is not there; near names are listed.
        InfiniteValueError, ColumnTypeError
            A column cannot be read; the message names it.
        RefusedValueError
            A column holds what the policy of its bins refuses.

        Warns
        -----
        UnseenCategoryWarning
            A column holds levels that the card does not know.
        UnseenValueWarning
            A column holds missing values, special codes or values of a bin that no case of the
            fit had, and nobody gave them points: they score as neutral. The message names the
            columns, the rows and the points. Points written by hand never warn.
        """
        table = self._read(X)
        return table.to_series("score", self.score_array(table))

    def score_parts(self, X: NativeFrame) -> NativeFrame:
        """Return the points of each row by characteristic; with base points they add to the score.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.

        Returns
        -------
        table of float64
            A column a characteristic, in the library and index of `X`.
        """
        table = self._read(X)
        parts = [points for _, points in codes_and_points(self.characteristics, table)]
        return table.to_frame(dict(zip(self.names, parts, strict=True)))

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
            The card has no scale.
        """
        scale = self._scale()
        table = self._read(X)
        return table.to_series("pd", in_parts(scale.prob_default, self.score_array(table)))

    def shortfalls(self, X: NativeFrame, *, baseline: ReasonBaseline = "neutral") -> NativeFrame:
        """Return by how many points each characteristic of each row falls short of a baseline.

        On a reversed scale, where points are risk: by how many points it exceeds the baseline.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.
        baseline : {"neutral", "average", "maximum"}, default="neutral"
            As in :meth:`reasons`.

        Returns
        -------
        table of float64
            A column a characteristic; negative where the row does better than the baseline.
        """
        table = self._read(X)
        reference = self._reference(baseline)
        parts = [points for _, points in codes_and_points(self.characteristics, table)]
        return table.to_frame(
            {
                name: r - p if self.higher_is_safer else p - r
                for name, r, p in zip(self.names, reference, parts, strict=True)
            }
        )

    def reasons(
        self, X: NativeFrame, *, n: int = 4, baseline: ReasonBaseline = "neutral"
    ) -> NativeFrame:
        """Return the characteristics that cost each row most points, or on a reversed scale add.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.
        n : int, default=4
            Most reasons for a row, 1 or more. Regulation B's commentary holds that more than
            four are unlikely to help an applicant [1]_.
        baseline : {"neutral", "average", "maximum"}, default="neutral"
            What a row is compared with, characteristic by characteristic: the points at WOE 0,
            the average points of the sample, or the best that can be had: the most points, on a
            reversed scale the least.

        Returns
        -------
        table of str
            Columns reason_1 … reason_n with the names of characteristics, the largest shortfall
            first, missing where there are no more. Only shortfalls count; of equal ones the
            characteristic that comes first in the card comes first.

        Raises
        ------
        UncalibratedCardError
            The card holds no neutral points or counts for the baseline; "maximum" needs neither.

        Notes
        -----
        O(n_samples · n_characteristics) memory.

        References
        ----------
        .. [1] 12 CFR 1002.9(b)(2) and its official interpretation.
        """
        check_integer(n, "n", "Scorecard.reasons", low=1)
        table = self._read(X)
        ranking, _ = self._ranking(table, baseline, n)
        return table.to_frame(ranking.names(self.names), text=True)

    def reason_details(
        self, X: NativeFrame, *, n: int = 4, baseline: ReasonBaseline = "neutral"
    ) -> NativeFrame:
        """Return the reasons with the points that they cost and the attributes behind them.

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
            Three columns a rank, for i from 1 to n: reason_i, the name of the characteristic, as
            in :meth:`reasons`; reason_i_points, the points by which it falls short of the
            baseline, float64, above zero; reason_i_attribute, the label of the attribute that
            the row falls in, as in :meth:`table`. All three are missing where there are no more.

        Examples
        --------
        >>> from creditscore import LogisticScorecard
        >>> from creditscore.datasets import load_german_credit
        >>> german = load_german_credit()
        >>> columns = ["checking_status", "duration_months"]
        >>> card = LogisticScorecard().fit(german[columns], german["is_bad"]).scorecard_
        >>> card.reason_details(german.loc[[1]], n=1).round(1).T
                                         1
        reason_1            duration_months
        reason_1_points                32.1
        reason_1_attribute            >= 45
        """
        check_integer(n, "n", "Scorecard.reason_details", low=1)
        table = self._read(X)
        ranking, codes = self._ranking(table, baseline, n)
        labels = [c.partition.labels for c in self.characteristics]
        return ranking.detailed_frame(table, self.names, codes, labels)

    def compile(
        self, *, n_reasons: int = 0, baseline: ReasonBaseline = "neutral"
    ) -> CompiledScorecard:
        """Return the card as a function of one applicant, for answers in microseconds.

        Parameters
        ----------
        n_reasons : int, default=0
            Most reasons that it gives, zero or more.
        baseline : {"neutral", "average", "maximum"}, default="neutral"
            As in :meth:`reasons`.

        Returns
        -------
        CompiledScorecard
            Takes a mapping of column names to values; returns score, points by characteristic and
            reasons, those of :meth:`score`, :meth:`score_parts` and :meth:`reasons`.

        Raises
        ------
        UncalibratedCardError
            Reasons are asked for, and the card holds no neutral points or counts.

        Examples
        --------
        >>> from creditscore import LogisticScorecard
        >>> from creditscore.datasets import load_german_credit
        >>> german = load_german_credit()
        >>> columns = ["checking_status", "duration_months"]
        >>> card = LogisticScorecard().fit(german[columns], german["is_bad"]).scorecard_
        >>> decide = card.compile(n_reasons=4)
        >>> answer = decide({"checking_status": "< 0 DM", "duration_months": 48})
        >>> round(answer.score, 1), answer.reasons
        (456.0, ('duration_months', 'checking_status'))
        """
        return CompiledScorecard(self, n_reasons, baseline)

    def score_array(self, table: Table) -> Float1D:
        """Return the scores of a table that was read already, as an array."""
        return summed_points(self.characteristics, table, self.base_points)

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        scale, fit_summary = content["scale"], content["fit_summary"]
        return cls(
            characteristics=tuple(Characteristic.from_dict(c) for c in content["characteristics"]),
            base_points=content["base_points"],
            scale=None if scale is None else PointsScale(**scale),
            fit_summary=None if fit_summary is None else FitSummary.from_dict(fit_summary),
            history=tuple(PointsEdit.from_dict(edit) for edit in content.get("history", ())),
        )

    def _content(self) -> dict[str, Any]:
        content = {
            "characteristics": [c.to_dict() for c in self.characteristics],
            "base_points": self.base_points,
            "scale": None if self.scale is None else self.scale.to_dict(),
            "fit_summary": None if self.fit_summary is None else self.fit_summary.to_dict(),
        }
        if self.history:
            content["history"] = [edit.to_dict() for edit in self.history]
        return content

    def _read(self, X: NativeFrame) -> Table:
        return read_named(X, self.names)

    def _scale(self) -> PointsScale:
        if self.scale is None:
            msg = (
                "This card has no scale, so nothing says which probability belongs to a score. "
                "Where the odds at a score are known, give it one: card.on_scale(PointsScale(…))."
            )
            raise UncalibratedCardError(msg)
        return self.scale

    def _reference(self, baseline: ReasonBaseline) -> list[float]:
        safer = self.higher_is_safer
        return [reference_points(c, baseline, higher_is_safer=safer) for c in self.characteristics]

    def _ranking(
        self, table: Table, baseline: ReasonBaseline, n: int
    ) -> tuple[Ranking, list[Int1D]]:
        """Return the ranked shortfalls of each row, and its attributes by characteristic."""
        reference = self._reference(baseline)
        codes, points = zip(*codes_and_points(self.characteristics, table), strict=True)
        short: Float2D = np.asarray(reference) - np.column_stack(points)
        short = short if self.higher_is_safer else -short
        return Ranking.of(short, n), list(codes)

    def __repr__(self) -> str:
        """Say in one line what it is; :meth:`table` shows the points."""
        scale = "not calibrated" if self.scale is None else f"calibrated to {self.scale}"
        said = f"{self._extent()}; {scale}"
        if self.fit_summary is not None:
            said += f"; estimated on {self.fit_summary.n_good + self.fit_summary.n_bad:,.0f} cases"
        by_hand = sum(a.overridden for c in self.characteristics for a in c.attributes)
        if by_hand:
            said += f"; {by_hand} attribute{'' if by_hand == 1 else 's'} set by hand"
        return f"<Scorecard: {said}>"

    def _repr_html_(self) -> str:
        return points_html(self.table(), caption=f"Scorecard of {self._extent()}")

    def _extent(self) -> str:
        n, (low, high) = len(self.characteristics), self.score_range
        noun = "characteristic" if n == 1 else "characteristics"
        return f"{n} {noun}, scores from {low:.0f} to {high:.0f}"
