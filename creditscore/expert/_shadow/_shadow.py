"""Shadow rating: a card that follows the grades of an agency, by ordered logit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri
from scipy.stats import spearmanr
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from creditscore._checks import check_kind, unknown_name
from creditscore._estimator import note_columns, table_after_fit
from creditscore._frame import Table, as_table
from creditscore._typing import Float1D, Float2D, Int1D, NativeFrame, NativeSeries
from creditscore._validation import check_choice, check_real, check_same_order
from creditscore._warn import warn_user
from creditscore.exceptions import (
    CoefficientSignWarning,
    ColumnTypeError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    SmallSampleWarning,
)
from creditscore.expert._outcomes._cases import LEAST_CASES
from creditscore.expert._shadow._grade_labels import grade_codes, read_labels
from creditscore.expert._shadow._ordered_logit import OrderedFit, fit_ordered, grade_probabilities
from creditscore.expert._shadow._shadow_agreement import ShadowAgreement
from creditscore.expert._subscore._percentile import PercentileScore
from creditscore.expert._subscore._subscore import SubScore
from creditscore.scorecard import Scorecard

_DETERMINED = 1e-9
"""Least eigenvalue of the correlations from which no sub-score is a sum of others."""


class ShadowRating(BaseEstimator):
    """Card of sub-scores that follows the grades of a rating agency.

    For portfolios in which hardly anybody defaults, but many are rated: the grades stand in for
    outcomes. The result, ``scorecard_``, is a frozen :class:`Scorecard` that also rates customers
    whom no agency knows.

    Parameters
    ----------
    labels : sequence of str or int, optional
        Grades, the safest first. None takes the categories of grades that are ordered categories
        of pandas, the first for the safest. Symbols of agencies the wrong way round, such as
        from "CCC" to "AAA", are refused. Any other order that is turned round is seen only where
        `directions` or `subscores` say what is safer: weights are then below zero.
    subscores : mapping of str to SubScore, optional
        Rule by column; other columns are not read. None makes percentiles of the sample of all
        columns, whose direction is found by rank correlation with the grades.
    directions : mapping of str to {"higher", "lower"}, optional
        Which values are safer, for columns without a rule; those not named are found.
    missing_score : float, optional
        Sub-score of missing values of such columns; None refuses them.

    Attributes
    ----------
    scorecard_ : Scorecard
        Points are the sub-scores by their weights; without a scale, for grades are no odds.
    subscores_ : dict of str to SubScore
        The rules.
    weights_ : dict of str to float
        Weight of each sub-score; their absolute values add up to 1.
    thresholds_ : tuple of float
        Least score of each grade but the riskiest, decreasing:
        ``GradeScale(labels=model.labels_, bounds=model.thresholds_, measure="score",
        closed="left")`` grades the scores of ``scorecard_`` as :meth:`predict` does.
    labels_ : tuple
        Grades, the safest first.
    agreement_ : ShadowAgreement
        With the grades of the fit; better than with others to come.
    n_features_in_, feature_names_in_, column_labels_
        As in scikit-learn.

    See Also
    --------
    PercentileScore, UtilityScore, BandScore : Rules.
    blend_scorecards : Weighs cards that have a scale.

    Notes
    -----
    Ordered logit [1]_: P(grade is k or riskier) = 1 / (1 + exp(x · b - t_k)) with the sub-scores
    x, by maximum likelihood of statsmodels. The score is x · b / Σ|b| and the bounds are
    t / Σ|b|, so that sub-scores from 0 to 100 with weights above zero give scores from 0 to 100.
    A case gets the grade of the interval between bounds that its score lies in, the median of its
    probabilities.

    Grades of one firm in several years are no independent cases: standard errors are then too
    small. What the agency looks at and the columns do not say, no card can follow.

    References
    ----------
    .. [1] P. McCullagh, "Regression Models for Ordinal Data", *Journal of the Royal Statistical
       Society B* 42, 1980, pp. 109-142; for shadow ratings U. Erlenmaier, "The Shadow Rating
       Approach", in *The Basel II Risk Parameters*, 2nd ed., Springer, 2011, ch. 3.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore.expert import ShadowRating
    >>> rng = np.random.default_rng(0)
    >>> firms = pd.DataFrame({"cover": rng.gamma(2, 2, 600), "debt_ratio": rng.uniform(size=600)})
    >>> quality = np.log(firms["cover"]) - 3 * firms["debt_ratio"] + rng.normal(size=600)
    >>> grades = pd.cut(quality, [-99, -1, 0, 1, 99], labels=["B", "BB", "BBB", "A"]).astype(str)
    >>> model = ShadowRating(labels=["A", "BBB", "BB", "B"]).fit(firms, grades)
    >>> {name: round(weight, 2) for name, weight in model.weights_.items()}
    {'cover': 0.45, 'debt_ratio': 0.55}
    >>> [round(bound, 1) for bound in model.thresholds_]
    [75.1, 59.2, 39.9]
    >>> model.predict(firms.head(3)).tolist()
    ['BB', 'A', 'BB']
    """

    def __init__(
        self,
        *,
        labels: Sequence[Any] | None = None,
        subscores: Mapping[str, SubScore] | None = None,
        directions: Mapping[str, str] | None = None,
        missing_score: float | None = None,
    ) -> None:
        self.labels = labels
        self.subscores = subscores
        self.directions = directions
        self.missing_score = missing_score

    def fit(self, X: NativeFrame, y: Any) -> Self:
        """Estimate weights and bounds.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            pandas, polars or pyarrow; one row a rated customer.
        y : array-like of shape (n_samples,)
            Grades of the agency; each label occurs.

        Returns
        -------
        ShadowRating
            Itself, fitted.

        Raises
        ------
        InvalidParameterError
            The order of the grades is not told, or is an agency's turned round; a rule, direction
            or label that is none.
        InvalidTargetError
            Grades that are missing or not among the labels; a label without a case.
        InvalidDataError
            A sub-score that is one for all cases, or that others determine.
        ColumnTypeError
            A column of text, categories or booleans without a rule.
        RefusedValueError
            A missing value without a score.

        Warns
        -----
        CoefficientSignWarning
            A sub-score has a weight below zero: safer values would earn less.
        SmallSampleWarning
            A grade of fewer than 5 cases, or fewer than 5 cases for each parameter.
        SeparationWarning, NonConvergenceWarning
            The estimate does not exist, or was not found.
        """
        owner = type(self).__name__
        labels = read_labels(self.labels, y, owner)
        table = as_table(X)
        check_same_order(X, y)
        codes = grade_codes(y, labels, table.n_rows)
        _check_each_grade(codes, labels)
        rules = self._rules(table, codes)
        names = list(rules)
        features = np.column_stack([rules[name].column_score(table, name) for name in names])
        _check_distinct(features, names)
        _warn_of_few(codes, labels, len(names))
        fit = fit_ordered(features, codes)
        unit = float(np.abs(fit.coefficients).sum())
        weights = dict(zip(names, (fit.coefficients / unit).tolist(), strict=True))
        _warn_of_signs(fit, names)
        characteristics = tuple(
            rules[name].characteristic(name).rescaled(ratio=weight, shift=0.0)
            for name, weight in weights.items()
        )
        # what is learnt is set at the end, so that a fit that fails leaves no half-made model
        self.scorecard_ = Scorecard(characteristics=characteristics)
        self.subscores_, self.weights_, self.labels_ = rules, weights, labels
        self.thresholds_ = tuple((fit.thresholds[::-1] / unit).tolist())
        self._fit, self._unit = fit, unit
        note_columns(self, table)
        shadow = self._codes(self.scorecard_.score_array(table))
        self.agreement_ = self._agreement(codes, shadow)
        return self

    def predict(self, X: NativeFrame) -> NativeSeries:
        """Return the grade of each row, as a column of the library and index of `X`.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            Holds the columns of the rules.

        Returns
        -------
        Series, named "grade"
        """
        table = table_after_fit(self, X)
        codes = self._codes(self.scorecard_.score_array(table))
        text = all(isinstance(label, str) for label in self.labels_)
        worst_first = np.array(self.labels_[::-1], dtype=object if text else None)
        return table.to_series("grade", worst_first[codes], text=text)

    def predict_proba(self, X: NativeFrame) -> NativeFrame:
        """Return the probability of each grade by row, the safest grade first.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            Holds the columns of the rules.

        Returns
        -------
        table of float64
            A column a grade, fractions that add up to 1.
        """
        table = table_after_fit(self, X)
        log_odds = self.scorecard_.score_array(table) * self._unit
        prob = grade_probabilities(log_odds, self._fit.thresholds)[:, ::-1]
        return table.to_frame({str(g): p for g, p in zip(self.labels_, prob.T, strict=True)})

    def agreement(self, X: NativeFrame, y: Any) -> ShadowAgreement:
        """Hold the shadow grades of cases against the agency's; best cases not of the fit.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            Holds the columns of the rules.
        y : array-like of shape (n_samples,)
            Grades of the agency; not every label need occur.

        Returns
        -------
        ShadowAgreement
        """
        table = table_after_fit(self, X)
        check_same_order(X, y)
        codes = grade_codes(y, self.labels_, table.n_rows)
        return self._agreement(codes, self._codes(self.scorecard_.score_array(table)))

    def summary(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return the coefficients of the ordered logit with Wald statistics.

        Parameters
        ----------
        level : float, default=0.95
            Confidence level of the interval in (0, 1).

        Returns
        -------
        DataFrame
            parameter (a column, or a bound such as "AA | A"), coefficient (log-odds for a point
            of the sub-score; the threshold of a bound), std_error, z, p_value (NaN of a bound),
            lower, upper, weight (NaN of a bound).
        """
        check_is_fitted(self)
        check_real(level, "level", "ShadowRating.summary", low=0, high=1)
        fit, names = self._fit, list(self.weights_)
        pairs = zip(self.labels_, self.labels_[1:], strict=False)
        bounds = [f"{safer} | {riskier}" for safer, riskier in pairs]
        estimate = np.concatenate([fit.coefficients, fit.thresholds[::-1]])
        error = np.concatenate([fit.errors, fit.threshold_errors[::-1]])
        margin = float(ndtri(0.5 + level / 2)) * error
        z, n = estimate / error, len(bounds)
        p_value = 2 * ndtr(-np.abs(z))
        p_value[len(names) :] = np.nan
        return pd.DataFrame(
            {
                "parameter": [*names, *bounds],
                "coefficient": estimate,
                "std_error": error,
                "z": z,
                "p_value": p_value,
                "lower": estimate - margin,
                "upper": estimate + margin,
                "weight": [*self.weights_.values(), *[np.nan] * n],
            }
        )

    def _codes(self, score: Float1D) -> Int1D:
        """Return the place of the grade of each score, 0 for the riskiest."""
        return np.searchsorted(np.array(self.thresholds_[::-1]), score, side="right")

    def _agreement(self, external: Int1D, shadow: Int1D) -> ShadowAgreement:
        last = len(self.labels_) - 1
        return ShadowAgreement.of(self.labels_, last - external, last - shadow)

    def _rules(self, table: Table, codes: Int1D) -> dict[str, SubScore]:
        """Return the rules that were given, or percentiles of the sample."""
        owner = type(self).__name__
        directions = {} if self.directions is None else self.directions
        check_kind(directions, "directions", owner, Mapping)
        for name, direction in directions.items():
            check_choice(direction, f"directions[{name}]", owner, ("higher", "lower"))
        if self.subscores is None:
            for name in directions:
                if name not in table.names:
                    raise unknown_name(name, table.names, "column", "the table")
            return {
                name: _percentile(table, name, codes, directions.get(name), self.missing_score)
                for name in table.names
            }
        check_kind(self.subscores, "subscores", owner, Mapping)
        for name, rule in self.subscores.items():
            check_kind(rule, f"subscores[{name}]", owner, SubScore)
        if not self.subscores or directions or self.missing_score is not None:
            msg = (
                f"The 'subscores' of {owner} hold a rule or more, and with them directions and "
                "scores of missing values. Leave out 'directions' and 'missing_score'."
            )
            raise InvalidParameterError(msg)
        table.require(list(self.subscores))
        return dict(self.subscores)


def _percentile(
    table: Table, name: str, codes: Int1D, direction: Any, missing_score: float | None
) -> PercentileScore:
    if table.kind(name) != "numeric":
        msg = (
            f"Column {name!r} holds text, categories or booleans, of which no percentile is known. "
            "Give all columns rules: subscores={…: CategoryScore(…)}."
        )
        raise ColumnTypeError(msg)
    values = table.numeric(name)
    seen = ~np.isnan(values)
    if np.unique(values[seen]).size < 2:
        msg = f"Column {name!r} has one value or none, so that no grade follows from it."
        raise InvalidDataError(msg)
    if direction is None:
        direction = "higher" if spearmanr(values[seen], codes[seen])[0] >= 0 else "lower"
    return PercentileScore.from_sample(
        values[seen], direction=direction, missing_score=missing_score
    )


def _check_each_grade(codes: Int1D, labels: tuple[Any, ...]) -> None:
    counts = np.bincount(codes, minlength=len(labels))[::-1]
    empty = [str(label) for label, n in zip(labels, counts, strict=True) if not n]
    if empty:
        msg = (
            f"No case has the grade(s) {', '.join(empty)}, so that their bounds are not known. "
            "Join them with a neighbour, or leave them out of the labels."
        )
        raise InvalidTargetError(msg)


def _check_distinct(features: Float2D, names: Sequence[str]) -> None:
    """Refuse sub-scores that carry nothing of their own."""
    constant = [n for n, column in zip(names, features.T, strict=True) if np.ptp(column) == 0]
    if constant:
        msg = (
            f"The sub-score of {', '.join(map(repr, constant))} is one for all cases, so that no "
            "grade follows from it. Leave it out, or change its rule."
        )
        raise InvalidDataError(msg)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(features, rowvar=False)))
    if values[0] < _DETERMINED:
        part = np.abs(vectors[:, 0]) > 1e-4
        told = ", ".join(repr(name) for name, is_part in zip(names, part, strict=True) if is_part)
        msg = f"The sub-scores of {told} determine each other. Leave one of them out."
        raise InvalidDataError(msg)


def _warn_of_few(codes: Int1D, labels: tuple[Any, ...], n_columns: int) -> None:
    counts = np.bincount(codes)[::-1]
    rare = [f"{g} ({n})" for g, n in zip(labels, counts, strict=True) if n < LEAST_CASES]
    n_parameters = n_columns + len(labels) - 1
    if rare:
        warn_user(
            f"Grades of fewer than {LEAST_CASES} cases: {', '.join(rare)}. Their bounds are "
            "mostly chance: join them with a neighbour.",
            SmallSampleWarning,
        )
    elif len(codes) < LEAST_CASES * n_parameters:
        warn_user(
            f"{n_parameters} parameters are estimated from {len(codes)} cases, fewer than "
            f"{LEAST_CASES} for each. Bring more cases, or fewer columns and grades.",
            SmallSampleWarning,
        )


def _warn_of_signs(fit: OrderedFit, names: Sequence[str]) -> None:
    wrong = np.flatnonzero(fit.coefficients < 0).tolist()
    if wrong:
        told = ", ".join(
            f"{names[i]!r} (z {fit.coefficients[i] / fit.errors[i]:.1f})" for i in wrong
        )
        warn_user(
            f"Weights below zero: {told}. A safer sub-score would earn less there. Others may say "
            "the same already, or the direction is wrong: look at it, or leave the column out.",
            CoefficientSignWarning,
        )
