"""Cohen's kappa: agreement of two raters beyond chance, weighted by how far grades are apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import norm

from creditscore._display import counted, html_table, p_value_text
from creditscore._typing import Float1D, Float2D, Int1D, Int2D, Level
from creditscore._validation import as_floats, check_choice, check_real, check_same_order
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.metrics._interval import Interval

KappaWeights: TypeAlias = Literal["linear", "quadratic", "none"]
"""How much a disagreement counts: by the steps between grades, by their square, or at all."""

_CHOICES = ("linear", "quadratic", "none")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class WeightedKappa:
    """Cohen's kappa of two raters, with its errors.

    Made by :func:`weighted_kappa`, or of a table of counts by :meth:`from_table`.

    Attributes
    ----------
    kappa : float
        1 for agreement throughout, 0 for that of chance, negative for less.
    standard_error : float
        Of kappa as it is, for intervals.
    null_error : float
        If the raters agreed by chance only, for the test.
    confidence : float
        Level of the interval, a fraction.
    labels : tuple
        Grades, in their order.
    counts : ndarray of int, shape (n_labels, n_labels)
        Cases by the grade of the first rater (rows) and of the second (columns).
    weights : str
        "linear", "quadratic" or "none".

    Examples
    --------
    >>> from creditscore.metrics import weighted_kappa
    >>> kappa = weighted_kappa(list("AABBCCAB"), list("AABBBCBB"), labels=["A", "B", "C"])
    >>> kappa
    WeightedKappa(0.667, 95 % interval 0.267 to 1.000, 8 cases, 3 grades, linear; p 0.0077)
    >>> kappa.table()  # doctest: +NORMALIZE_WHITESPACE
    second  A  B  C
    first
    A       2  1  0
    B       0  3  0
    C       0  1  1
    """

    kappa: float
    standard_error: float
    null_error: float
    confidence: float
    labels: tuple[Level, ...]
    counts: Int2D
    weights: str

    @classmethod
    def from_table(
        cls, table: Any, *, weights: KappaWeights = "linear", confidence: float = 0.95
    ) -> WeightedKappa:
        """Measure agreement by counts, such as a table that was published.

        Parameters
        ----------
        table : DataFrame or array-like of shape (n_labels, n_labels)
            Cases by the grade of the first rater (rows) and of the second (columns), both in
            the order of the scale: a step is from one grade to the next. A pandas table names
            the grades alike in its index and columns; else they are 1, 2, and so on.
        weights : {"linear", "quadratic", "none"}, default="linear"
            As in :func:`weighted_kappa`.
        confidence : float in (0, 1), default=0.95
            Level of the interval.

        Returns
        -------
        WeightedKappa

        Raises
        ------
        InvalidDataError
            A table that is not square, counts that are not whole numbers from 0, rows and columns
            of other grades, or all cases of one grade.
        EmptyDataError
            No cases.
        InvalidParameterError
            A parameter outside its range.

        Examples
        --------
        >>> from creditscore.metrics import WeightedKappa
        >>> WeightedKappa.from_table([[20, 5], [10, 15]], weights="none")
        WeightedKappa(0.400, 95 % interval 0.151 to 0.649, 50 cases, 2 grades, none; p 0.0039)
        """
        owner = "WeightedKappa.from_table"
        check_choice(weights, "weights", owner, _CHOICES)
        level = check_real(confidence, "confidence", owner, low=0, high=1)
        scale, counts = _read_table(table, owner)
        return _kappa_of_counts(counts, scale, np.arange(float(len(scale))), weights, level)

    @property
    def n_cases(self) -> int:
        """Cases that both raters graded."""
        return int(self.counts.sum())

    @property
    def observed_agreement(self) -> float:
        """Share of cases in which both give the same grade."""
        return float(np.trace(self.counts) / self.counts.sum())

    @property
    def interval(self) -> Interval:
        """Kappa with its normal interval, whose upper end is at most 1."""
        reach = float(ndtri((1 + self.confidence) / 2)) * self.standard_error
        upper = min(1.0, self.kappa + reach)
        return Interval(self.kappa, self.kappa - reach, upper, self.confidence)

    @property
    def z(self) -> float:
        """Kappa over its error under chance; missing where a rater gives one grade only (0/0)."""
        n_used = min(int((self.counts.sum(axis=axis) > 0).sum()) for axis in (0, 1))
        return self.kappa / self.null_error if n_used > 1 else math.nan

    @property
    def p_value(self) -> float:
        """Chance of a kappa as far from zero if raters agreed by chance (two-sided), as z is."""
        return float(2 * norm.sf(abs(self.z)))

    def table(self) -> pd.DataFrame:
        """Return the cases by the grade of the first rater (rows) and of the second (columns).

        Returns
        -------
        DataFrame
        """
        return pd.DataFrame(
            self.counts.copy(),
            index=pd.Index(self.labels, name="first"),
            columns=pd.Index(self.labels, name="second"),
        )

    def __repr__(self) -> str:
        """Say in one line how far raters agree."""
        interval = self.interval
        test = (
            "no test: one rater gives one grade" if math.isnan(self.z)
            else f"p {p_value_text(self.p_value)}"
        )  # fmt: skip
        return (
            f"WeightedKappa({self.kappa:.3f}, {100 * self.confidence:g} % interval "
            f"{interval.lower:.3f} to {interval.upper:.3f}, {counted(self.n_cases, 'case')}, "
            f"{len(self.labels)} grades, {self.weights}; {test})"
        )

    def _repr_html_(self) -> str:
        """Show the cases by the grades of both."""
        shown = self.table().set_axis(list(map(str, self.labels)), axis=1)
        shown.insert(0, "first \\ second", list(map(str, self.labels)))
        return html_table(shown, caption=repr(self), formats={})


def weighted_kappa(
    first: Any,
    second: Any,
    *,
    labels: Sequence[Level] | None = None,
    weights: KappaWeights = "linear",
    confidence: float = 0.95,
) -> WeightedKappa:
    r"""Measure how far two raters agree on the grades of the same cases, beyond chance.

    Parameters
    ----------
    first, second : array-like of shape (n_cases,)
        Grades, such as "AA" or 3, by each rater; paired by place.
    labels : sequence of str, float or bool, optional
        All grades of the scale, in its order, those that nobody gave too: a step is from one to
        the next. Needed for grades of text, whose order is not guessed. Without it, grades are
        as far apart as their numbers: from 2 to 5 are three steps, though nobody gave 3 or 4.
    weights : {"linear", "quadratic", "none"}, default="linear"
        How much a disagreement counts: by the steps between the two grades, by their square, or
        each alike, as in Cohen's first kappa.
    confidence : float in (0, 1), default=0.95
        Level of the interval.

    Returns
    -------
    WeightedKappa

    Raises
    ------
    InvalidDataError
        Grades that are missing, infinite, not as many, or outside `labels`; or both raters give
        all cases one and the same grade, so that kappa is 0/0: agreement by chance is complete.
    EmptyDataError
        No cases.
    InvalidParameterError
        Text without `labels`, labels that are not two or more different ones, or another
        parameter outside its range.

    Notes
    -----
    With shares :math:`p_{ij}` of the cases, margins :math:`p_{i.}, p_{.j}` and agreement weights
    :math:`v_{ij} = 1 - |x_i - x_j|^q / |x_k - x_1|^q` of :math:`k` grades at :math:`x_i`, which
    is the place among `labels`, or without them the number itself (:math:`q` 1 or 2; with "none"
    1 on the diagonal, else 0), :math:`P_o = \sum v_{ij} p_{ij}`,
    :math:`P_e = \sum v_{ij} p_{i.} p_{.j}`, :math:`\bar v_{i.} = \sum_j v_{ij} p_{.j}` and
    :math:`\bar v_{.j} = \sum_i v_{ij} p_{i.}`,

    .. math:: \kappa = \frac{P_o - P_e}{1 - P_e}, \quad
       n (1 - P_e)^2 \, \mathrm{var}(\kappa) = \sum p_{ij} [v_{ij} - (\bar v_{i.} +
       \bar v_{.j})(1 - \kappa)]^2 - [\kappa - P_e (1 - \kappa)]^2,

    and under chance :math:`\sum p_{i.} p_{.j} [v_{ij} - (\bar v_{i.} + \bar v_{.j})]^2 - P_e^2`
    on the right. Both are for large samples: below some 16 :math:`k` cases read them as rough.
    Grades that are rare make kappa low even where raters nearly always agree.

    References
    ----------
    J. Cohen, "Weighted kappa", *Psychological Bulletin* 70, 1968. J. L. Fleiss, J. Cohen, B. S.
    Everitt, "Large sample standard errors of kappa and weighted kappa", *Psychological Bulletin*
    72, 1969.

    Examples
    --------
    >>> from creditscore.metrics import weighted_kappa
    >>> analyst = ["A", "A", "B", "B", "C", "C", "A", "B"]
    >>> manager = ["A", "A", "B", "B", "B", "C", "B", "B"]
    >>> round(weighted_kappa(analyst, manager, labels=["A", "B", "C"]).kappa, 4)
    0.6667
    """
    owner = "weighted_kappa"
    check_choice(weights, "weights", owner, _CHOICES)
    level = check_real(confidence, "confidence", owner, low=0, high=1)
    check_same_order(first, second, beside="first", name="second", error=InvalidDataError)
    grades = [_grades(one, name) for one, name in ((first, "first"), (second, "second"))]
    if len(grades[0]) != len(grades[1]):
        msg = (
            f"first has {len(grades[0])} grades and second {len(grades[1])}. Both raters must "
            "grade the same cases."
        )
        raise InvalidDataError(msg)
    scale = scale_of(np.concatenate(grades), labels, weights, owner)
    codes = [
        codes_of(one, scale, name) for one, name in zip(grades, ("first", "second"), strict=True)
    ]
    at = positions_of(scale, labels)
    return kappa_of_codes(codes[0], codes[1], scale, weights, level, at=at)


def scale_of(
    grades: np.ndarray[Any, Any], labels: Sequence[Level] | None, weights: str, owner: str
) -> tuple[Level, ...]:
    """Return the grades in their order: those given, or the numbers that occur."""
    if labels is not None:
        scale = tuple(labels)
        if isinstance(labels, str) or len(scale) < 2 or len(set(scale)) < len(scale):
            msg = (
                f"The 'labels' of {owner} must be two or more different grades in their order. "
                f"Got {labels!r} instead."
            )
            raise InvalidParameterError(msg)
        return scale
    found = set(grades.tolist())
    is_text = any(isinstance(grade, str) for grade in found)
    if is_text and weights != "none":
        msg = (
            f"Grades of text have no order of their own, and weights={weights!r} count steps: "
            "pass labels=[…], all grades from one end of the scale to the other."
        )
        raise InvalidParameterError(msg)
    return tuple(sorted(found, key=str if is_text else None))


def positions_of(scale: tuple[Level, ...], labels: Sequence[Level] | None) -> Float1D:
    """Return where grades lie: at their places among labels, or without these at their numbers."""
    if labels is not None or not all(isinstance(grade, Real) for grade in scale):
        return np.arange(float(len(scale)))
    positions = np.array([float(grade) for grade in scale])
    if np.isinf(positions).any():
        msg = "A grade is infinite, so that its steps cannot be counted. Pass labels=[…]."
        raise InvalidDataError(msg)
    return positions


def codes_of(grades: np.ndarray[Any, Any], scale: Sequence[Level], name: str) -> Int1D:
    """Return the places of grades on the scale."""
    places = {label: place for place, label in enumerate(scale)}
    strange = sorted({str(grade) for grade in grades.tolist() if grade not in places})
    if strange:
        msg = (
            f"{name} holds grades that are not among the labels {list(scale)}: "
            f"{', '.join(map(repr, strange[:5]))}{' …' if len(strange) > 5 else ''}."
        )
        raise InvalidDataError(msg)
    return np.array([places[grade] for grade in grades.tolist()], dtype=np.intp)


def kappa_of_codes(
    first: Int1D,
    second: Int1D,
    scale: tuple[Level, ...],
    weights: str,
    confidence: float,
    *,
    at: Float1D | None = None,
) -> WeightedKappa:
    """Return the kappa of grades that are places on a scale, a step apart or where told."""
    counts = np.zeros((len(scale), len(scale)), dtype=np.intp)
    np.add.at(counts, (first, second), 1)
    positions = np.arange(float(len(scale))) if at is None else at
    return _kappa_of_counts(counts, scale, positions, weights, confidence)


def _kappa_of_counts(
    counts: Int2D, scale: tuple[Level, ...], positions: Float1D, weights: str, confidence: float
) -> WeightedKappa:
    n = int(counts.sum())
    used = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    if len(used) < 2:
        msg = (
            f"Both raters give all {n} cases the grade {scale[int(used[0])]!r}. "
            "Agreement by chance is then complete, and kappa is not defined (0/0): it needs cases "
            "of several grades."
        )
        raise InvalidDataError(msg)
    found = _estimate(counts / n, _agreement_weights(positions, weights))
    return WeightedKappa(
        kappa=found.kappa,
        standard_error=math.sqrt(found.variance / n),
        null_error=math.sqrt(found.null_variance / n),
        confidence=confidence,
        labels=scale,
        counts=counts,
        weights=weights,
    )


class _Estimate(NamedTuple):
    """Kappa, and its variances for one case."""

    kappa: float
    variance: float
    null_variance: float


def _agreement_weights(positions: Float1D, weights: str) -> Float2D:
    steps = np.abs(positions[:, None] - positions)
    if weights == "none":
        return np.eye(len(positions))
    power = 1 if weights == "linear" else 2
    return np.asarray(1 - (steps / steps.max()) ** power)


def _estimate(shares: Float2D, v: Float2D) -> _Estimate:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    chance = np.outer(rows, columns)
    observed, expected = float((v * shares).sum()), float((v * chance).sum())
    kappa = (observed - expected) / (1 - expected)
    means = (v @ columns)[:, None] + (rows @ v)[None, :]
    variance = (shares * (v - means * (1 - kappa)) ** 2).sum()
    variance -= (kappa - expected * (1 - kappa)) ** 2
    null = (chance * (v - means) ** 2).sum() - expected**2
    # a variance of zero may come out a little below it
    scale = (1 - expected) ** 2
    return _Estimate(kappa, max(0.0, float(variance)) / scale, max(0.0, float(null)) / scale)


def _read_table(table: Any, owner: str) -> tuple[tuple[Level, ...], Int2D]:
    """Return the grades and the counts of a table."""
    values = as_floats(table, f"The table of {owner}")
    if values.ndim != 2 or values.shape[0] != values.shape[1] or len(values) < 2:
        msg = (
            f"The table of {owner} must have a row and a column for each of two grades or more, "
            f"without totals. Got shape {values.shape}."
        )
        raise InvalidDataError(msg)
    if not (np.isfinite(values) & (values >= 0) & (values == np.rint(values))).all():
        msg = (
            f"The table of {owner} must hold numbers of cases, whole and 0 or more. Multiply "
            "shares by the number of cases."
        )
        raise InvalidDataError(msg)
    if not values.any():
        msg = f"The table of {owner} holds no cases."
        raise EmptyDataError(msg)
    scale: tuple[Level, ...] = tuple(range(1, len(values) + 1))
    if isinstance(table, pd.DataFrame):
        scale = tuple(table.index.tolist())
        if scale != tuple(table.columns.tolist()) or len(set(scale)) < len(scale):
            msg = (
                f"The table of {owner} must name the same grades, each once and in one order, in "
                f"its index and columns. Got {list(scale)} and {table.columns.tolist()}."
            )
            raise InvalidDataError(msg)
    return scale, values.astype(np.intp)


def _grades(values: Any, name: str) -> np.ndarray[Any, Any]:
    """Return grades as an array of objects, none of them missing."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        msg = f"{name} must be a 1D array, one grade a case. Got {values!r} instead."
        raise InvalidDataError(msg)
    grades = np.asarray(pd.Series(list(values), dtype=object))
    if not len(grades):
        msg = f"{name} holds no grades."
        raise EmptyDataError(msg)
    if any(not pd.api.types.is_scalar(grade) for grade in grades):
        msg = f"{name} must be a 1D array, one grade a case."
        raise InvalidDataError(msg)
    missing = np.flatnonzero(pd.isna(grades))
    if len(missing):
        msg = (
            f"{name} has {len(missing)} missing grade(s), the first at row {int(missing[0])}. "
            "Leave these cases out of both."
        )
        raise InvalidDataError(msg)
    return grades
