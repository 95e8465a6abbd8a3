"""Grades AAA … C by bounds on the probability of default or on the score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._display import html_table, shorten
from creditscore._document import JsonDocument
from creditscore._frame import like
from creditscore._typing import Closed, Float1D, GradeMeasure, Int1D
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.grade._agency_rates import AGENCY_LABELS, AGENCY_RATES, LEAST_RATE, bounds_between
from creditscore.grade._inputs import (
    check_default_label,
    check_same_rows,
    read_defaulted,
    read_fractions,
    read_numbers,
    read_outcomes,
)
from creditscore.grade._words import (
    intervals_in_words,
    turned,
    write_apart,
    write_odds,
    write_percent,
    write_score,
)
from creditscore.metrics import jeffreys_interval
from creditscore.scorecard import PointsScale, score_needed

_LABELS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C")


@dataclass(frozen=True, kw_only=True, repr=False)
class GradeScale(JsonDocument):
    """Grades in the order of safety, parted by bounds.

    Parameters
    ----------
    labels : tuple of str
        Grades, the safest first.
    bounds : tuple of float of length len(labels) - 1
        Between each grade and the next: increasing for probabilities of default (fractions in
        (0, 1)), decreasing for scores.
    measure : {"prob_default", "score"}, default="prob_default"
        What is graded.
    closed : {"left", "right"}, optional
        The end at which an interval of the measure, on the axis of numbers, holds its bound.
        Without it, a value at a bound gets the safer grade: "right" for probabilities and "left"
        for scores.
    default_label : str, default="D"
        Grade of customers in default, whatever their score. It is a fact about the customer and
        no band, unless it stands in `labels`.

    Raises
    ------
    InvalidParameterError
        Labels and bounds that do not fit together.

    See Also
    --------
    GradeScale.odds_ladder : Each grade multiplies the odds by the same ratio.
    GradeScale.agency : Grades of like default rates as an agency's.
    creditscore.grade.MasterScale : Grades that mean a probability.
    creditscore.grade.find_grades : The best bounds for cases of known outcomes.

    Examples
    --------
    >>> from creditscore import GradeScale
    >>> scale = GradeScale(labels=("A", "B", "C"), bounds=(0.02, 0.10))
    >>> scale.grade([0.01, 0.02, 0.05, 0.30]).tolist()
    ['A', 'A', 'B', 'C']
    >>> scale.grade([0.01, 0.05], in_default=[True, False]).tolist()
    ['D', 'B']
    """

    _format: ClassVar[str] = "creditscore.grade_scale"

    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    measure: GradeMeasure = "prob_default"
    closed: Closed | None = None
    default_label: str = "D"

    def __post_init__(self) -> None:
        """Check that labels and bounds fit together."""
        owner = type(self).__name__
        check_choice(self.measure, "measure", owner, ("prob_default", "score"))
        if self.closed is None:
            object.__setattr__(self, "closed", "left" if self.measure == "score" else "right")
        check_choice(self.closed, "closed", owner, ("left", "right"))
        self._set_parts()
        if len(set(self.labels)) != len(self.labels) or len(self.labels) != len(self.bounds) + 1:
            msg = (
                f"The 'labels' parameter of {owner} must hold different grades, one more than "
                f"there are bounds. Got labels {self.labels!r} and bounds {self.bounds!r} instead."
            )
            raise InvalidParameterError(msg)
        steps = np.diff(np.asarray(self.bounds, dtype=np.float64))
        probability = self.measure == "prob_default"
        finite = all(math.isfinite(b) and (not probability or 0 < b < 1) for b in self.bounds)
        if not finite or not ((steps > 0).all() if probability else (steps < 0).all()):
            rule = (
                "increasing fractions in (0, 1), because higher probabilities are riskier"
                if probability
                else "decreasing numbers, because lower scores are riskier"
            )
            msg = f"The 'bounds' parameter of {owner} must be {rule}. Got {self.bounds!r} instead."
            raise InvalidParameterError(msg)

    @classmethod
    def odds_ladder(
        cls,
        *,
        best_odds: float = 64.0,
        ratio: float = 2.0,
        labels: tuple[str, ...] = _LABELS,
    ) -> Self:
        """Make a scale on which each grade has `ratio` times lower odds than the one before.

        Parameters
        ----------
        best_odds : float, default=64
            Least odds good:bad of the first grade, above zero.
        ratio : float, default=2
            Ratio of the odds at neighbouring bounds, above 1. With 2, a grade is as wide as the
            points that double the odds.
        labels : tuple of str, default=("AAA", …, "C")
            Grades, the safest first.

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> [round(bound, 4) for bound in GradeScale.odds_ladder().bounds]
        [0.0154, 0.0303, 0.0588, 0.1111, 0.2, 0.3333, 0.5, 0.6667]
        """
        owner = "GradeScale.odds_ladder"
        check_real(best_odds, "best_odds", owner, low=0, high=math.inf)
        check_real(ratio, "ratio", owner, low=1, high=math.inf)
        odds = [best_odds / ratio**step for step in range(len(labels) - 1)]
        return cls(labels=labels, bounds=tuple(1 / (1 + value) for value in odds))

    @classmethod
    def agency(cls) -> Self:
        """Make a scale whose grades have one-year default rates like S&P's of those names.

        Notes
        -----
        A bound is the geometric mean of the average one-year default rates of the two grades
        beside it: global corporates 1981-2024, S&P Global Ratings, *2024 Annual Global Corporate
        Default and Rating Transition Study*, table 24, with the rate of AAA put at 0.01 %.

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> [round(100 * bound, 4) for bound in GradeScale.agency().bounds]
        [0.0141, 0.0316, 0.0837, 0.28, 1.2809, 8.7482]
        """
        rates = [max(rate, LEAST_RATE) for rate in AGENCY_RATES[1]]
        return cls(labels=AGENCY_LABELS, bounds=bounds_between(rates))

    def on_score(self, scale: PointsScale) -> Self:
        """Return the same grades with bounds on the score of a points scale.

        Parameters
        ----------
        scale : PointsScale
            The scale; on it a higher score is safer.

        Raises
        ------
        InvalidParameterError
            On this scale a higher score is riskier, as grades by score do not have it.
        """
        _check_direction(scale)
        if self.measure == "score":
            return self
        bounds = tuple(float(scale.score(_odds(bound))) for bound in self.bounds)
        return replace(self, bounds=bounds, measure="score", closed=turned(self.closed))

    def score_needed(self, grade: str, scale: PointsScale | None = None) -> float:
        """Return the riskiest score that gets a grade or a safer one.

        Parameters
        ----------
        grade : str
            One of `labels`.
        scale : PointsScale, optional
            What scores say about odds, as of a card; needed where probabilities are graded.

        Returns
        -------
        float
            The lowest such score, on a reversed scale the highest. It is infinite for the last
            grade, which any score gets.

        Raises
        ------
        InvalidParameterError
            A grade that is not on the scale, or no points scale for a scale of probabilities; a
            reversed one for a scale of scores, which holds a higher score for safer.

        See Also
        --------
        creditscore.scorecard.score_needed : The score that a probability needs.
        creditscore.scorecard.counterfactuals : What an applicant can do to reach it.

        Examples
        --------
        >>> from creditscore import GradeScale, PointsScale
        >>> scale = GradeScale(labels=("A", "B", "C"), bounds=(0.02, 0.10))
        >>> round(scale.score_needed("B", PointsScale()), 2)
        550.52
        """
        if grade not in self.labels:
            near = get_close_matches(str(grade), self.labels)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            listed = ", ".join(map(repr, self.labels))
            msg = f"There is no grade {grade!r} on the scale.{hint} It has: {listed}."
            raise InvalidParameterError(msg)
        if self.measure == "score" and scale is not None:
            _check_direction(scale)
        place = self.labels.index(grade)
        safer = -math.inf if scale is not None and scale.reverse else math.inf
        if place == len(self.bounds):
            return -safer
        bound = self.bounds[place]
        if self.measure == "score":
            return bound if self.closed == "left" else math.nextafter(bound, math.inf)
        if scale is None:
            msg = (
                "The scale grades probabilities, so the score of a grade depends on a points "
                "scale. Pass it, such as card.scale."
            )
            raise InvalidParameterError(msg)
        return score_needed(scale, bound if self.closed == "right" else math.nextafter(bound, 0))

    def grade(self, values: Any, *, in_default: Any = None) -> Any:
        """Return the grade of each value.

        Parameters
        ----------
        values : Series or array-like of shape (n_samples,)
            Probabilities of default or scores, as `measure` says.
        in_default : array-like of bool, shape (n_samples,), optional
            Customers in default, who get `default_label` and need no value. A pandas Series
            must have the index of `values`.

        Returns
        -------
        Series of str in the library and index of `values`, else ndarray of str

        Raises
        ------
        InvalidDataError
            Missing or infinite values, probabilities outside [0, 1], another index.
        """
        measured = read_numbers(values, "values to grade")
        defaulted = np.zeros(len(measured), dtype=bool)
        if in_default is not None:
            check_default_label(self.default_label, self.labels)
            check_same_rows(values=values, in_default=in_default)
            defaulted = read_defaulted(in_default, len(measured))
        # whoever is in default may lack a score; 0 is a value that every scale can grade
        codes = self._codes(np.where(defaulted, 0.0, measured))
        labels = np.array([*self.labels, self.default_label], dtype=object)
        found = like(labels[np.where(defaulted, len(self.labels), codes)], values, name="grade")
        # an array of text knows its longest; a column of any library stays as it is
        return found.astype(str) if isinstance(found, np.ndarray) else found

    def table(self, values: Any, is_bad: Any, *, prob_default: Any = None) -> pd.DataFrame:
        """Count cases and compare observed with predicted default rates, grade by grade.

        Parameters
        ----------
        values : array-like of shape (n_samples,)
            As in :meth:`grade`. Of pandas Series, all must have one index.
        is_bad : array-like of shape (n_samples,)
            1 or True for bad, 0 or False for good; all of them may be good, or bad.
        prob_default : array-like of shape (n_samples,), optional
            Predicted probabilities, fractions in [0, 1]; `values` themselves where they are what
            is graded.

        Returns
        -------
        DataFrame
            A row a grade, empty ones too: the columns of :meth:`intervals`, then count, share,
            n_bad, observed (default rate), observed_lower, observed_upper (95 % Jeffreys
            interval), predicted (mean probability). Rates are NaN in empty grades, and predicted
            where no probabilities are known.

        Raises
        ------
        InvalidTargetError
            Outcomes that are none, or that were swapped with the values.
        InvalidDataError
            As in :meth:`grade`; also probabilities that are none.

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> scale = GradeScale(labels=("A", "B"), bounds=(0.1,))
        >>> table = scale.table([0.05, 0.05, 0.2, 0.4], [0, 0, 0, 1])
        >>> table[["grade", "count", "observed", "predicted"]]
          grade  count  observed  predicted
        0     A      2       0.0       0.05
        1     B      2       0.5       0.30
        """
        measured = read_numbers(values, "values to grade")
        if not len(measured):
            msg = "There are no values to grade. A table needs one case or more."
            raise EmptyDataError(msg)
        codes, n = self._codes(measured), len(self.labels)
        check_same_rows(values=values, is_bad=is_bad, prob_default=prob_default)
        bad = read_outcomes(is_bad, measured)
        count = np.bincount(codes, minlength=n)
        n_bad = np.bincount(codes, weights=bad, minlength=n)
        if prob_default is None and self.measure == "prob_default":
            prob_default = measured
        predicted = np.full(n, np.nan)
        held = count > 0
        if prob_default is not None:
            prob = read_fractions(prob_default, len(codes))
            sums = np.bincount(codes, weights=prob, minlength=n)
            predicted[held] = sums[held] / count[held]
        lower, upper = jeffreys_interval(n_bad, count)
        return self.intervals().assign(
            count=count,
            share=count / count.sum(),
            n_bad=n_bad.astype(np.int64),
            observed=np.divide(n_bad, count, out=np.full(n, np.nan), where=held),
            observed_lower=np.where(held, lower, np.nan),
            observed_upper=np.where(held, upper, np.nan),
            predicted=predicted,
        )

    def intervals(self) -> pd.DataFrame:
        """Return the ends of each grade on its measure, and on the odds where they are known.

        Returns
        -------
        DataFrame
            A row a grade: grade, lower, upper; for probabilities of default also odds_lower and
            odds_upper (good:bad, the odds of `upper` and `lower`).

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> GradeScale.odds_ladder(labels=("A", "B", "C")).intervals().round(4)
          grade   lower   upper  odds_lower  odds_upper
        0     A  0.0000  0.0154        64.0         inf
        1     B  0.0154  0.0303        32.0        64.0
        2     C  0.0303  1.0000         0.0        32.0
        """
        if self.measure == "score":
            ends = [math.inf, *self.bounds, -math.inf]
            return pd.DataFrame({"grade": self.labels, "lower": ends[1:], "upper": ends[:-1]})
        ends = [0.0, *self.bounds, 1.0]
        odds = [math.inf, *map(_odds, self.bounds), 0.0]
        return pd.DataFrame(
            {
                "grade": self.labels,
                "lower": ends[:-1],
                "upper": ends[1:],
                "odds_lower": odds[1:],
                "odds_upper": odds[:-1],
            }
        )

    def _content(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "bounds": list(self.bounds),
            "measure": self.measure,
            "closed": self.closed,
            "default_label": self.default_label,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def _set_parts(self) -> None:
        """Turn labels and bounds into tuples of text and of Python's floats."""
        owner = type(self).__name__
        labels = read_entries(self.labels, "labels", owner)
        if not all(isinstance(label, str) for label in (*labels, self.default_label)):
            msg = (
                f"The 'labels' and 'default_label' of {owner} must be text. Got {labels!r} and "
                f"{self.default_label!r} instead."
            )
            raise InvalidParameterError(msg)
        bounds = tuple(
            check_real(bound, "bounds", owner, low=-math.inf, high=math.inf, closed="both")
            for bound in read_entries(self.bounds, "bounds", owner)
        )
        object.__setattr__(self, "labels", tuple(map(str, labels)))
        object.__setattr__(self, "bounds", bounds)

    def _codes(self, values: Float1D) -> Int1D:
        if np.isnan(values).any():
            row = int(np.isnan(values).argmax())
            msg = (
                f"{int(np.isnan(values).sum())} value(s) to grade are missing (NaN), the first at "
                f"row {row}. Score these customers first, or leave them out."
            )
            raise InvalidDataError(msg)
        if self.measure == "score" and np.isinf(values).any():
            row = int(np.isinf(values).argmax())
            msg = (
                f"{int(np.isinf(values).sum())} score(s) to grade are infinite, the first at row "
                f"{row}. No card gives such a score: odds of zero by zero may have made it."
            )
            raise InvalidDataError(msg)
        if self.measure == "score":
            # a score falls as the grade does; on the turned axis both rise
            return _place(-values, -np.asarray(self.bounds), at_bound_safer=self.closed == "left")
        if not ((values >= 0) & (values <= 1)).all():
            msg = (
                "The scale grades probabilities of default, fractions in [0, 1]. Got values from "
                f"{values.min():g} to {values.max():g}. For scores use .on_score(points_scale)."
            )
            raise InvalidDataError(msg)
        return _place(values, np.asarray(self.bounds), at_bound_safer=self.closed == "right")

    def __repr__(self) -> str:
        """Say in one line which grades there are; :meth:`intervals` has their bounds."""
        n = len(self.labels)
        grades = " to ".join(repr(shorten(label, 20)) for label in _ends(self.labels))
        write = write_percent if self.measure == "prob_default" else write_score
        bounds = " to ".join(write_apart(_ends(self.bounds), write)) or "none"
        return (
            f"{type(self).__name__}({n} grade{'s' * (n > 1)} {grades}, bounds of {self.measure} "
            f"{bounds})"
        )

    def _repr_html_(self) -> str:
        measure = "probability of default" if self.measure == "prob_default" else "score"
        caption = f"Grades by {measure}; {self.default_label} is a customer in default"
        return html_table(pd.DataFrame(self._in_words()), caption=caption, formats={})

    def _in_words(self) -> dict[str, Sequence[str]]:
        """Return grades and their ends as text; probabilities have their odds beside them."""
        if self.measure == "score":
            words = intervals_in_words(self.bounds[::-1], write_score, self.closed)
            return {"grade": self.labels, "score": words[::-1]}
        odds = [_odds(bound) for bound in self.bounds[::-1]]
        return {
            "grade": self.labels,
            "probability of default": intervals_in_words(self.bounds, write_percent, self.closed),
            "odds good:bad": intervals_in_words(odds, write_odds, turned(self.closed))[::-1],
        }


def _ends(values: tuple[Any, ...]) -> list[Any]:
    """Return the first and the last of different values, which may be one or none."""
    return list(dict.fromkeys((*values[:1], *values[-1:])))


def _check_direction(scale: PointsScale) -> None:
    if scale.reverse:
        msg = (
            "Grades by score hold a higher score for safer, and on this scale it is riskier. Grade "
            "the probabilities: GradeScale.grade(card.prob_default(X))."
        )
        raise InvalidParameterError(msg)


def _odds(prob_default: float) -> float:
    return (1 - prob_default) / prob_default


def _place(risk: Float1D, bounds: Float1D, *, at_bound_safer: bool) -> Int1D:
    """Count the bounds that each value is beyond, on an axis where more is riskier."""
    places = (
        np.searchsorted(bounds, risk, side="left")
        if at_bound_safer
        else np.searchsorted(bounds, risk, side="right")
    )
    return np.asarray(places, dtype=np.intp)
