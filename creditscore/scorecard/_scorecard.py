"""The frozen card: points for attributes, a score, its probability, its reasons."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._document import (
    check_nothing_lost,
    read_document,
    reading_content,
    write_document,
)
from creditscore._frame import Table, as_table
from creditscore._typing import Float1D, Float2D, NativeFrame, NativeSeries, ReasonBaseline
from creditscore._validation import check_integer
from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    InvalidParameterError,
    UncalibratedCardError,
)
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._checks import check_kind, set_number
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._reasons import reason_columns, reference_points
from creditscore.scorecard._scale import PointsScale

_FORMAT = "creditscore.scorecard"
_SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Scorecard:
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
        Coefficients and their errors, where the card was estimated.

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

    characteristics: tuple[Characteristic, ...]
    base_points: float = 0.0
    scale: PointsScale | None = None
    fit_summary: FitSummary | None = None

    def __post_init__(self) -> None:
        """Refuse an empty card, characteristics of one name and a scale of other points."""
        object.__setattr__(self, "characteristics", tuple(self.characteristics))
        owner = type(self).__name__
        for characteristic in self.characteristics:
            check_kind(characteristic, "characteristics", owner, Characteristic)
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
        self._check_scale()

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that the card reads."""
        return tuple(characteristic.name for characteristic in self.characteristics)

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
            points, slope. Counts, rates, WOE and coefficients are NaN where the card was not
            estimated, rates also where the sample held no row. Base points, if there are any,
            come first.
        """
        frames = [_attribute_rows(characteristic) for characteristic in self.characteristics]
        if self.base_points:
            base = {"characteristic": "(base points)", "attribute": "", "kind": "base",
                    "points": self.base_points, "slope": 0.0}  # fmt: skip
            frames.insert(
                0, pd.DataFrame([base], columns=frames[0].columns).astype(frames[0].dtypes)
            )
        return pd.concat(frames, ignore_index=True)

    def on_scale(self, scale: PointsScale) -> Self:
        """Return the card with its points on another scale; probabilities stay.

        Parameters
        ----------
        scale : PointsScale
            The new scale. A card without one gets it as it is, with the points it has.

        Returns
        -------
        Scorecard

        Notes
        -----
        score' = offset' + (score - offset) · factor' / factor, with the part that does not
        depend on the score spread evenly over the characteristics, as it was when the card was
        assembled.

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
        check_kind(scale, "scale", "Scorecard.on_scale", PointsScale)
        if self.scale is None:
            return replace(self, scale=scale)
        ratio = scale.factor / self.scale.factor
        shift = (scale.offset - ratio * self.scale.offset) / len(self.characteristics)
        return replace(
            self,
            characteristics=tuple(
                c.rescaled(ratio=ratio, shift=shift) for c in self.characteristics
            ),
            base_points=self.base_points * ratio,
            scale=scale,
        )

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

        Warns
        -----
        UnseenCategoryWarning
            A column holds levels that the card does not know.
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
        return table.to_frame({c.name: c.points(table) for c in self.characteristics})

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
        return table.to_series("pd", scale.prob_default(self.score_array(table)))

    def shortfalls(self, X: NativeFrame, *, baseline: ReasonBaseline = "neutral") -> NativeFrame:
        """Return by how many points each characteristic of each row falls short of a baseline.

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
        short = self._shortfall_array(table, baseline)
        return table.to_frame({name: short[:, i] for i, name in enumerate(self.names)})

    def reasons(
        self, X: NativeFrame, *, n: int = 4, baseline: ReasonBaseline = "neutral"
    ) -> NativeFrame:
        """Return the characteristics that cost each row most points.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.
        n : int, default=4
            Most reasons for a row, 1 or more. Regulation B's commentary holds that more than
            four are unlikely to help an applicant [1]_.
        baseline : {"neutral", "average", "maximum"}, default="neutral"
            What a row is compared with, characteristic by characteristic: the points at WOE 0,
            the average points of the sample, or the most points that can be had.

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
        short = self._shortfall_array(table, baseline)
        return table.to_frame(reason_columns(short, self.names, n), text=True)

    def score_array(self, table: Table) -> Float1D:
        """Return the scores of a table that was read already, as an array."""
        score = np.full(table.n_rows, float(self.base_points))
        # one after the other, so that the sum of a row is the same whatever rows are beside it
        for characteristic in self.characteristics:
            score += characteristic.points(table)
        return score

    def to_json(self, path: str | os.PathLike[str], *, key: bytes | None = None) -> None:
        """Write the card to a file, which is there whole or stays as it was.

        Parameters
        ----------
        path : path-like
            File to write.
        key : bytes, optional
            Secret to sign the file with (HMAC-SHA256). A hash against accidents is always
            there.
        """
        write_document(path, self._content(), kind=_FORMAT, version=_SCHEMA_VERSION, key=key)

    @classmethod
    def from_json(cls, path: str | os.PathLike[str], *, key: bytes | None = None) -> Self:
        """Read a card; it scores to the last bit as the one that was written.

        Parameters
        ----------
        path : path-like
            File to read.
        key : bytes, optional
            Secret that the file must be signed with.

        Raises
        ------
        DocumentError
            Not a card. SchemaVersionError, AlteredDocumentError: another version; content,
            hash and signature don't match.
        """
        content = read_document(path, kind=_FORMAT, version=_SCHEMA_VERSION, key=key)
        with reading_content(path):
            card = cls._from_content(content)
            check_nothing_lost(content, card._content())  # noqa: SLF001 - of this very class
        return card

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        scale, fit_summary = content["scale"], content["fit_summary"]
        return cls(
            characteristics=tuple(Characteristic.from_dict(c) for c in content["characteristics"]),
            base_points=content["base_points"],
            scale=None if scale is None else PointsScale(**scale),
            fit_summary=None if fit_summary is None else FitSummary.from_dict(fit_summary),
        )

    def _content(self) -> dict[str, Any]:
        return {
            "characteristics": [c.to_dict() for c in self.characteristics],
            "base_points": self.base_points,
            "scale": None if self.scale is None else self.scale.to_dict(),
            "fit_summary": None if self.fit_summary is None else self.fit_summary.to_dict(),
        }

    def _check_scale(self) -> None:
        """Refuse points that are not those of the estimate on the scale of the card."""
        neutral = [c.neutral_points for c in self.characteristics if c.neutral_points is not None]
        known = len(neutral) == len(self.characteristics)
        if self.scale is None or self.fit_summary is None or not known:
            return
        expected = self.scale.offset - self.scale.factor * self.fit_summary.intercept
        if not math.isclose(sum(neutral), expected, rel_tol=1e-6, abs_tol=1e-6 * self.scale.pdo):
            msg = (
                f"The neutral points of the card add up to {sum(neutral):.6g}, and by its "
                f"fit_summary and scale they should add up to {expected:.6g}. For other points, "
                "use card.on_scale(PointsScale(…)); for other characteristics, fit again, or set "
                "fit_summary=None."
            )
            raise InvalidParameterError(msg)

    def _read(self, X: NativeFrame) -> Table:
        table = as_table(X, wanted=self.names)
        if not table.has_names:
            msg = (
                "A scorecard reads its columns by name, and this table has no names. Pass a "
                f"dataframe with the columns {', '.join(map(repr, self.names))}."
            )
            raise ColumnTypeError(msg)
        table.require(self.names)
        return table

    def _scale(self) -> PointsScale:
        if self.scale is None:
            msg = (
                "This card has no scale, so nothing says which probability belongs to a score. "
                "Where the odds at a score are known, give it one: card.on_scale(PointsScale(…))."
            )
            raise UncalibratedCardError(msg)
        return self.scale

    def _shortfall_array(self, table: Table, baseline: ReasonBaseline) -> Float2D:
        reference = [reference_points(c, baseline) for c in self.characteristics]
        short: Float2D = np.column_stack(
            [r - c.points(table) for r, c in zip(reference, self.characteristics, strict=True)]
        )
        return short

    def _repr_html_(self) -> str:
        shown = self.table()
        shown = shown[~(shown["count"] == 0)].drop(columns=["kind", "lower", "upper"])
        if not shown["slope"].any():
            shown = shown.drop(columns="slope")
        low, high = self.score_range
        formats = {
            "count": "{:,.0f}",
            "bad_rate": "{:.1%}",
            "woe": "{:+.3f}",
            "coefficient": "{:.3f}",
            "points": "{:.1f}",
        }
        return html_table(
            shown,
            caption=f"Scorecard of {len(self.characteristics)} characteristics, "
            f"scores from {low:.0f} to {high:.0f}",
            formats=formats,
        )


def _attribute_rows(characteristic: Characteristic) -> pd.DataFrame:
    partition, attributes = characteristic.partition, characteristic.attributes
    n_good, n_bad, woe = (
        np.array([getattr(a, field) for a in attributes], dtype=np.float64)  # None becomes NaN
        for field in ("n_good", "n_bad", "woe")
    )
    count = n_good + n_bad
    lower, upper = partition.bounds()
    coefficient = characteristic.coefficient
    return pd.DataFrame(
        {
            "characteristic": characteristic.name,
            "attribute": partition.labels,
            "kind": partition.attribute_kinds,
            "lower": lower,
            "upper": upper,
            "count": count,
            "bad_rate": np.divide(n_bad, count, out=np.full_like(count, np.nan), where=count > 0),
            "woe": woe,
            "coefficient": np.nan if coefficient is None else coefficient,
            "points": [attribute.points for attribute in attributes],
            "slope": [attribute.slope for attribute in attributes],
        }
    )
