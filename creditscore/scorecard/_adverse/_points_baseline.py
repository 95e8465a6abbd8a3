"""What the points of an applicant are compared with: a baseline, characteristic by characteristic.

Regulation B's commentary accepts the average of all applicants, and the average of those at or
slightly above the passing score, or any method that gives substantially similar results.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import set_number, unknown_name
from creditscore._display import counted, html_table
from creditscore._typing import Float1D, NativeFrame, ReasonBaseline
from creditscore._validation import (
    check_choice,
    check_integer,
    check_real,
    check_same_order,
    check_weights,
)
from creditscore.exceptions import EmptyDataError, InvalidParameterError, InvalidWeightError
from creditscore.scorecard._card_kind import check_card
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._reading import direction, earned, read_applicants
from creditscore.scorecard._reasons import reference_points
from creditscore.scorecard._scorecard import Scorecard

BaselineMethod: TypeAlias = Literal[
    "neutral", "average", "maximum", "applicants", "near_cutoff", "given"
]
_ROUNDING = 1e-6
"""Difference in points that is rounding, and no other card."""
_METHODS = ("neutral", "average", "maximum", "applicants", "near_cutoff", "given")
_IN_WORDS = {
    "neutral": "points at WOE 0",
    "average": "average points of the sample of the card",
    "maximum": "most favourable points",
    "applicants": "average points of {cases}",
    "near_cutoff": "average points of {cases} at or up to {width:g} points {beyond} "
    "the cutoff {cutoff:g}",
    "given": "points that were given",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class PointsBaseline:
    """The points that those of an applicant are compared with, by characteristic.

    Made by :meth:`neutral`, :meth:`average`, :meth:`maximum`, :meth:`of_applicants` and
    :meth:`near_cutoff`, or of points of your own.

    Parameters
    ----------
    names : tuple of str
        Characteristics.
    points : tuple of float
        Their points, as many.
    method : {"neutral", "average", "maximum", "applicants", "near_cutoff", "given"}, \
default="given"
        Where the points come from.
    cutoff, width : float, optional
        Of "near_cutoff": the passing score, and how far beyond it applicants were counted.
    n_cases : int, optional
        Applicants that were averaged, where they were given; those of weight 0 do not count.
    higher_is_safer : bool, default=True
        False for a card of a reversed scale.
    base_points : float, optional
        Base points of the card that it was made with.
    card_points : tuple of tuple of float, optional
        All points of that card: for each of `names` those of its attributes, then the slopes.
        Points of your own lack both, and may then go with any card of these names and direction.

    See Also
    --------
    adverse_reasons : Reasons by a baseline.

    Notes
    -----
    The official interpretation of 12 CFR 1002.9(b)(2) accepts two ways of finding the reasons:
    the characteristics in which the applicant's points are furthest below the average of those
    whose total was at or slightly above the passing score (:meth:`near_cutoff`), or below that of
    all applicants (:meth:`of_applicants`, and :meth:`average` where the sample of the card stands
    for them), and other methods whose results are substantially similar.

    A baseline is in the points of its card: with a card whose scale, base points or points of an
    attribute are others, by more than 1e-6, reasons refuse it.

    Examples
    --------
    >>> from creditscore.scorecard import PointsBaseline
    >>> PointsBaseline(names=("income", "dti"), points=(20, 12.5))
    <PointsBaseline: points that were given, of 2 characteristics, 32.5 together>
    """

    names: tuple[str, ...]
    points: tuple[float, ...]
    method: BaselineMethod = "given"
    cutoff: float | None = None
    width: float | None = None
    n_cases: int | None = None
    higher_is_safer: bool = True
    base_points: float | None = None
    card_points: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        """Refuse points that do not fit the names, or are no numbers."""
        owner = type(self).__name__
        check_choice(self.method, "method", owner, _METHODS)
        names = tuple(self.names)
        points = tuple(
            check_real(value, "points", owner, low=-math.inf, high=math.inf)
            for value in self.points
        )
        if not names or len(set(names)) < len(names) or len(names) != len(points):
            msg = (
                f"A {owner} needs different names and a number for each of them. Got {names!r} "
                f"and {points!r} instead."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "points", points)
        for name in ("cutoff", "width", "base_points"):
            if getattr(self, name) is not None:
                set_number(self, name)
        if self.n_cases is not None:
            check_integer(self.n_cases, "n_cases", owner, low=1)

    @classmethod
    def neutral(cls, card: Scorecard) -> Self:
        """Return the points at WOE 0.

        Parameters
        ----------
        card : Scorecard
            The card of the applicants.

        Raises
        ------
        UncalibratedCardError
            A characteristic has no neutral points.
        """
        return cls._of_card(card, "neutral")

    @classmethod
    def average(cls, card: Scorecard) -> Self:
        """Return the average points of the sample that the card was estimated on.

        Parameters
        ----------
        card : Scorecard
            The card of the applicants.

        Raises
        ------
        UncalibratedCardError
            A characteristic holds no counts, or has linear points.
        """
        return cls._of_card(card, "average")

    @classmethod
    def maximum(cls, card: Scorecard) -> Self:
        """Return the most favourable points that can be had; the least on a reversed scale.

        Parameters
        ----------
        card : Scorecard
            The card of the applicants.
        """
        return cls._of_card(card, "maximum")

    @classmethod
    def of_applicants(cls, card: Scorecard, X: NativeFrame, *, sample_weight: Any = None) -> Self:
        """Return the average points of all applicants of a table.

        Parameters
        ----------
        card : Scorecard
            The card of the applicants.
        X : table of shape (n_samples, n_columns)
            pandas, polars or pyarrow; holds the card's columns.
        sample_weight : array-like of shape (n_samples,), optional
            How often a row counts, zero or more; fractions will do.

        Raises
        ------
        InvalidWeightError
            Weights that are negative, missing, not as many, or all zero.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore import Scorecard
        >>> from creditscore.scorecard import Characteristic, PointsBaseline
        >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
        >>> card = Scorecard(characteristics=(years,))
        >>> PointsBaseline.of_applicants(card, pd.DataFrame({"years": [1, 3, 4, 5]})).points
        (15.0,)
        """
        check_card(card, "PointsBaseline.of_applicants")
        table = read_applicants(card, X)
        weights = _weights(X, sample_weight, table.n_rows)
        _, points, _ = earned(card, table)
        return cls._of_rows(card, points, weights, method="applicants")

    @classmethod
    def near_cutoff(
        cls,
        card: Scorecard,
        X: NativeFrame,
        *,
        cutoff: float,
        width: float,
        sample_weight: Any = None,
    ) -> Self:
        """Return the average points of the applicants at or slightly above the passing score.

        Parameters
        ----------
        card : Scorecard
            The card of the applicants.
        X : table of shape (n_samples, n_columns)
            Applicants of some time, passed and failed: pandas, polars or pyarrow.
        cutoff : float
            The passing score: an applicant who has it passes.
        width : float
            Points beyond it that still count as slightly above, zero or more: the scores from
            `cutoff` to `cutoff` + `width`, both included, are averaged; on a reversed scale those
            from `cutoff` - `width` to `cutoff`.
        sample_weight : array-like of shape (n_samples,), optional
            As in :meth:`of_applicants`.

        Raises
        ------
        EmptyDataError
            Nobody has such a score; the message names the nearest one.
        InvalidWeightError
            As in :meth:`of_applicants`.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore import Scorecard
        >>> from creditscore.scorecard import Characteristic, PointsBaseline
        >>> years = Characteristic.numeric(
        ...     "years", cuts=[2, 5], points=[0, 20, 40], missing_points=5
        ... )
        >>> card = Scorecard(characteristics=(years,), base_points=500)
        >>> applicants = pd.DataFrame({"years": [1, 3, 4, 8]})
        >>> PointsBaseline.near_cutoff(card, applicants, cutoff=510, width=20).description
        'average points of 2 applicants at or up to 20 points above the cutoff 510'
        """
        owner = "PointsBaseline.near_cutoff"
        check_card(card, owner)
        cutoff = check_real(cutoff, "cutoff", owner, low=-math.inf, high=math.inf)
        width = check_real(width, "width", owner, low=0, high=math.inf, closed="left")
        table = read_applicants(card, X)
        weights = _weights(X, sample_weight, table.n_rows)
        _, points, score = earned(card, table)
        beyond = direction(card) * (score - cutoff)
        near = np.where((beyond >= 0) & (beyond <= width), weights, 0.0)
        if not near.any():
            counting = score[weights > 0]
            nearest = counting[np.abs(counting - cutoff).argmin()]
            msg = (
                f"No applicant of {len(counting):,} is at or up to {width:g} points "
                f"{_beyond(card.higher_is_safer)} the cutoff {cutoff:g}; the nearest score is "
                f"{nearest:g}. Widen the band, or give more applicants."
            )
            raise EmptyDataError(msg)
        return cls._of_rows(card, points, near, method="near_cutoff", cutoff=cutoff, width=width)

    @property
    def description(self) -> str:
        """What is compared with, in words."""
        return _IN_WORDS[self.method].format(
            cases=counted(self.n_cases or 0, "applicant"),
            width=self.width or 0,
            cutoff=self.cutoff or 0,
            beyond=_beyond(self.higher_is_safer),
        )

    def frame(self) -> pd.DataFrame:
        """Return the points, a row a characteristic."""
        return pd.DataFrame({"characteristic": self.names, "points": self.points})

    def for_names(self, names: Sequence[str]) -> tuple[float, ...]:
        """Return the points of characteristics, in their order.

        Parameters
        ----------
        names : sequence of str
            All characteristics of the baseline, in another order if need be.

        Raises
        ------
        InvalidParameterError
            The names are not those of the baseline.
        """
        points = dict(zip(self.names, self.points, strict=True))
        for name in self.names:
            if name not in names:
                raise unknown_name(name, list(names), "characteristic", "the card")
        for name in names:
            if name not in points:
                raise unknown_name(name, self.names, "characteristic", "the baseline")
        return tuple(points[name] for name in names)

    def check(self, card: Scorecard) -> None:
        """Check that the baseline is in the points of a card.

        Parameters
        ----------
        card : Scorecard
            The card of the applicants.

        Raises
        ------
        InvalidParameterError
            Other names or another direction; or, of a baseline that was made with a card, base
            points or points of an attribute that are others than those of that card.
        """
        self.for_names(card.names)
        why = self._difference(card)
        if why:
            made = (
                "" if self.method == "given" else f", by PointsBaseline.{self._constructor}(card)"
            )
            msg = (
                f"The baseline ({self.description}) is not in the points of this card: {why}. Make "
                f"it anew with the card whose reasons are asked for{made}."
            )
            raise InvalidParameterError(msg)

    def _difference(self, card: Scorecard) -> str:
        """Say what differs from a card of the same names; nothing where all is the same."""
        if self.higher_is_safer != card.higher_is_safer:
            mine, its = ("higher", "lower") if self.higher_is_safer else ("lower", "higher")
            return f"there a {mine} score is safer, and here a {its} one"
        if self.base_points is not None and not _same(self.base_points, card.base_points):
            return (
                f"its card has {self.base_points:.6g} base points, this one {card.base_points:.6g}"
            )
        known = dict(zip(self.names, self.card_points or (), strict=False))
        for characteristic in card.characteristics:
            own = _all_points(characteristic)
            theirs = known.get(characteristic.name, own)
            if len(theirs) != len(own) or not _same(theirs, own):
                return f"the points of {characteristic.name!r} are others than in its card"
        return ""

    @property
    def _constructor(self) -> str:
        return "of_applicants" if self.method == "applicants" else self.method

    @classmethod
    def _of_card(cls, card: Scorecard, method: ReasonBaseline) -> Self:
        check_card(card, f"PointsBaseline.{method}")
        safer = card.higher_is_safer
        points = tuple(
            float(reference_points(c, method, higher_is_safer=safer)) for c in card.characteristics
        )
        return cls(names=card.names, points=points, method=method, **_layout(card))

    @classmethod
    def _of_rows(
        cls,
        card: Scorecard,
        points: Sequence[Float1D],
        weights: Float1D,
        *,
        method: BaselineMethod,
        cutoff: float | None = None,
        width: float | None = None,
    ) -> Self:
        return cls(
            names=card.names,
            points=tuple(float(np.average(of_one, weights=weights)) for of_one in points),
            method=method,
            cutoff=cutoff,
            width=width,
            n_cases=int(np.count_nonzero(weights)),
            **_layout(card),
        )

    def __repr__(self) -> str:
        """Say in one line what it is; :meth:`frame` shows the points."""
        return (
            f"<PointsBaseline: {self.description}, of "
            f"{counted(len(self.names), 'characteristic')}, {math.fsum(self.points):.6g} together>"
        )

    def _repr_html_(self) -> str:
        caption = f"{self.description[:1].upper()}{self.description[1:]}"
        return html_table(self.frame(), caption=caption, formats={"points": "{:.1f}"})


def resolve(card: Scorecard, baseline: Any, owner: str) -> PointsBaseline:
    """Return a baseline that was named, or check one that was given."""
    if isinstance(baseline, PointsBaseline):
        baseline.check(card)
        return baseline
    if not isinstance(baseline, str) or baseline not in _CONSTRUCTORS:
        msg = (
            f"The 'baseline' parameter of {owner} must be one of 'neutral', 'average', 'maximum', "
            f"or a PointsBaseline, such as PointsBaseline.near_cutoff makes. Got {baseline!r} "
            "instead."
        )
        raise InvalidParameterError(msg)
    made: PointsBaseline = _CONSTRUCTORS[baseline](card)
    return made


_CONSTRUCTORS: dict[str, Any] = {
    "neutral": PointsBaseline.neutral,
    "average": PointsBaseline.average,
    "maximum": PointsBaseline.maximum,
}


def _layout(card: Scorecard) -> dict[str, Any]:
    """Return what fixes the points of a card."""
    return {
        "higher_is_safer": card.higher_is_safer,
        "base_points": float(card.base_points),
        "card_points": tuple(_all_points(c) for c in card.characteristics),
    }


def _all_points(characteristic: Characteristic) -> tuple[float, ...]:
    attributes = characteristic.attributes
    return (*(float(a.points) for a in attributes), *(float(a.slope) for a in attributes))


def _same(known: Any, own: Any) -> bool:
    return bool(np.allclose(known, own, rtol=0, atol=_ROUNDING, equal_nan=True))


def _weights(X: Any, sample_weight: Any, n_rows: int) -> Float1D:
    """Return how often each row counts; one or more do."""
    check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
    weights = check_weights(sample_weight, n_rows=n_rows)
    return np.ones(n_rows) if weights is None else weights


def _beyond(higher_is_safer: bool) -> str:
    return "above" if higher_is_safer else "below"
