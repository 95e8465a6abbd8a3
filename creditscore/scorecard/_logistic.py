"""The estimated card: bins, a logistic regression on their WOE, points."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import Tags

from creditscore._estimator import table_after_fit, table_for_fit
from creditscore._typing import Bool1D, CoefficientSign, Float1D, Float2D, NativeFrame
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_real,
    check_target,
    check_weights,
)
from creditscore.binning import BinTable, WOEEncoder
from creditscore.exceptions import (
    CoefficientSignWarning,
    CollinearityWarning,
    EmptyDataError,
    InvalidParameterError,
    SeparationWarning,
)
from creditscore.scorecard._assemble import assemble_scorecard
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._newton import LogisticFit, fit_logistic
from creditscore.scorecard._scale import PointsScale


class LogisticScorecard(ClassifierMixin, BaseEstimator):
    """Scorecard by logistic regression on weights of evidence, fitted on the raw table.

    A scikit-learn classifier whose result, ``scorecard_``, is a frozen :class:`Scorecard`.

    Parameters
    ----------
    encoder : WOEEncoder or None, default=None
        Bins the columns; None means ``WOEEncoder()``. It is cloned, not changed.
    scale : PointsScale or None, default=None
        Points and odds; None means ``PointsScale()``: 600 points at 50:1, 20 to double the odds.
    min_iv : float, default=0.02
        Least information value of a column, zero or more; others stay out of the card and stand
        in ``dropped_``. Below 0.02 a column is customarily held to predict nothing.
    coefficient_sign : {"warn", "enforce"}, default="warn"
        A safer bin should lower the risk, so coefficients should be negative. "warn" names the
        columns where that fails; "enforce" fits under that bound, which leaves such columns out.
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.

    Attributes
    ----------
    scorecard_ : Scorecard
        The card.
    encoder_ : WOEEncoder
        The fitted encoder, with the bins of all columns.
    coef_ : ndarray of shape (n_characteristics,)
        Coefficients of the WOE in the log-odds of being bad, in the order of the card.
    intercept_ : float
        Intercept of the same model.
    dropped_ : dict of str to str
        Columns that are not in the card, and why.
    classes_ : ndarray of shape (2,)
        Labels of the target, sorted.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    See Also
    --------
    WOEEncoder : The bins.
    Scorecard : The result.

    Notes
    -----
    Maximum likelihood without penalty, by Newton's method from the naive Bayes solution.
    Probabilities come from the score, so that card and classifier agree. Weights are
    frequencies. O(n · p²) time a step for n rows and p characteristics.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> columns = ["checking_status", "duration_months", "savings_status"]
    >>> model = LogisticScorecard().fit(german[columns], german["is_bad"])
    >>> model.scorecard_.score(german.head(3)).round(1).tolist()
    [543.9, 461.9, 544.6]
    >>> model.predict_proba(german.head(3))[:, 1].round(3).tolist()
    [0.122, 0.706, 0.12]
    """

    def __init__(
        self,
        *,
        encoder: WOEEncoder | None = None,
        scale: PointsScale | None = None,
        min_iv: float = 0.02,
        coefficient_sign: CoefficientSign = "warn",
        bad_label: Any = None,
    ) -> None:
        self.encoder = encoder
        self.scale = scale
        self.min_iv = min_iv
        self.coefficient_sign = coefficient_sign
        self.bad_label = bad_label

    def fit(self, X: NativeFrame, y: Any, sample_weight: Any = None) -> Self:
        """Bin the columns, estimate the model and make the card.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            Raw columns: numbers, text, categories, booleans.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more.

        Returns
        -------
        LogisticScorecard
            Itself, fitted.

        Raises
        ------
        EmptyDataError
            No column is left for the card.
        InvalidTargetError, InvalidWeightError, InvalidDataError, InvalidParameterError
            As in :meth:`WOEEncoder.fit`.

        Warns
        -----
        CoefficientSignWarning, CollinearityWarning, SeparationWarning
            The message names the columns.
        """
        owner = type(self).__name__
        check_real(self.min_iv, "min_iv", owner, low=0, high=np.inf, closed="left")
        check_choice(self.coefficient_sign, "coefficient_sign", owner, ("warn", "enforce"))
        scale = PointsScale() if self.scale is None else self.scale
        encoder = WOEEncoder() if self.encoder is None else self.encoder
        for value, name, kind in ((scale, "scale", PointsScale), (encoder, "encoder", WOEEncoder)):
            if not isinstance(value, kind):
                msg = (
                    f"The {name!r} parameter of {owner} must be a {kind.__name__}. "
                    f"Got {value!r} instead."
                )
                raise InvalidParameterError(msg)
        table = table_for_fit(self, X)
        bad_label = encoder.bad_label if self.bad_label is None else self.bad_label
        target = check_target(y, n_rows=table.n_rows, bad_label=bad_label)
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(target.is_bad, weights)
        self.encoder_ = clone(encoder).set_params(bad_label=bad_label).fit(table, y, weights)
        tables, self.dropped_ = _candidates(self.encoder_, self.min_iv)
        features = np.column_stack([bins.encode_column(table) for bins in tables])
        start = np.append(_log_ratio(target.is_bad, weights), -np.ones(len(tables)))
        fit, kept = _fit_with_signs(
            features, target.is_bad, weights, start, enforce=self.coefficient_sign == "enforce"
        )
        self.dropped_ |= {
            bins.feature: "coefficient would have the wrong sign"
            for i, bins in enumerate(tables)
            if i not in kept
        }
        tables = [tables[i] for i in kept]
        _warn_of_fit(fit, features[:, kept], weights, [bins.feature for bins in tables])
        self._set_result(fit, tables, scale)
        self.classes_ = target.classes
        self._bad_index = target.bad_index
        return self

    def decision_function(self, X: NativeFrame) -> Float1D:
        """Return the log-odds of ``classes_[1]`` for each row."""
        table = table_after_fit(self, X)
        card = self.scorecard_
        log_odds = self.scale_.log_odds(card.score_array(table))
        return -log_odds if self._bad_index == 1 else log_odds

    def predict_proba(self, X: NativeFrame) -> Float2D:
        """Return the probabilities of ``classes_[0]`` and ``classes_[1]`` for each row."""
        log_odds = self.decision_function(X)
        return np.column_stack([expit(-log_odds), expit(log_odds)])

    def predict(self, X: NativeFrame) -> np.ndarray[Any, Any]:
        """Return the likelier class of each row; a cut-off by cost is taken on the score."""
        more_likely = (self.decision_function(X) > 0).astype(np.intp)
        labels: np.ndarray[Any, Any] = self.classes_[more_likely]
        return labels

    def summary(self) -> pd.DataFrame:
        """Return the encoder's summary with the fate of each column.

        Returns
        -------
        DataFrame
            The columns of :meth:`WOEEncoder.summary`, then coefficient (NaN where the column is
            not in the card) and dropped (why, or empty).
        """
        summary = self.encoder_.summary()
        coefficients = dict(zip(self.scorecard_.names, self.coef_.tolist(), strict=True))
        summary["coefficient"] = [coefficients.get(name, np.nan) for name in summary["feature"]]
        summary["dropped"] = [self.dropped_.get(name, "") for name in summary["feature"]]
        return summary

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that the target is binary and missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    def _set_result(self, fit: LogisticFit, tables: Sequence[BinTable], scale: PointsScale) -> None:
        first = self.encoder_.tables_[tables[0].feature]
        errors = np.sqrt(np.diag(fit.covariance))
        summary = FitSummary(
            names=tuple(bins.feature for bins in tables),
            intercept=fit.intercept,
            coefficients=tuple(fit.coefficients.tolist()),
            intercept_error=float(errors[0]),
            standard_errors=tuple(errors[1:].tolist()),
            n_good=sum(first.n_good),
            n_bad=sum(first.n_bad),
            log_likelihood=fit.log_likelihood,
        )
        self.coef_ = fit.coefficients
        self.intercept_ = fit.intercept
        self.scale_ = scale
        self.scorecard_ = assemble_scorecard(
            tables, summary.coefficients, fit.intercept, scale, summary
        )


def _candidates(encoder: WOEEncoder, min_iv: float) -> tuple[list[BinTable], dict[str, str]]:
    """Part the columns that may enter a card from those that may not, with the reason."""
    kept: list[BinTable] = []
    dropped: dict[str, str] = {}
    for name, bins in encoder.tables_.items():
        if bins.status in ("constant", "all missing"):
            dropped[name] = bins.status
        elif not bins.iv > 0:
            dropped[name] = "no information"
        elif bins.iv < min_iv:
            dropped[name] = f"IV {bins.iv:.4f} below {min_iv:g}"
        else:
            kept.append(bins)
    if not kept:
        reasons = "; ".join(f"{name!r}: {why}" for name, why in list(dropped.items())[:10])
        msg = (
            f"No column is left for the card ({reasons}). Lower min_iv or min_bin_size, or bring "
            "columns that tell good from bad."
        )
        raise EmptyDataError(msg)
    return kept, dropped


def _log_ratio(is_bad: Bool1D, weights: Float1D | None) -> float:
    bad = float(np.average(is_bad, weights=weights))
    return float(np.log(bad / (1 - bad)))


def _fit_with_signs(
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    start: Float1D,
    *,
    enforce: bool,
) -> tuple[LogisticFit, list[int]]:
    """Fit, and under `enforce` find the maximum subject to no coefficient above zero.

    The problem is concave, so an active set finds its one maximum: columns at the bound are
    left out, and one comes back where the likelihood would rise by a negative coefficient.
    """
    everything = list(range(features.shape[1]))
    kept = everything
    for _ in range(10 * len(everything)):
        places = [0, *(i + 1 for i in kept)]
        fit = fit_logistic(features[:, kept], is_bad, weights, start=start[places])
        if not enforce:
            return fit, kept
        wrong = [i for i, value in zip(kept, fit.coefficients, strict=True) if value >= 0]
        if wrong:
            kept = [i for i in kept if i not in wrong]
            continue
        prob = expit(fit.intercept + features[:, kept] @ fit.coefficients)
        residual = (is_bad - prob) if weights is None else (is_bad - prob) * weights
        pull = features.T @ residual / len(features)
        back = [i for i in everything if i not in kept and pull[i] < -1e-8]
        if not back:
            return fit, kept
        kept = sorted([*kept, min(back, key=lambda i: pull[i])])
    return fit, kept


def _warn_of_fit(
    fit: LogisticFit, features: Float2D, weights: Float1D | None, names: Sequence[str]
) -> None:
    if fit.diverging.any():
        listed = _listed([n for n, yes in zip(names, fit.diverging[1:], strict=True) if yes])
        warnings.warn(
            f"Separation: good and bad are told apart without error by {listed or 'the columns'}, "
            "so the likelihood has no finite maximum and coefficients are only where the search "
            "stopped. Look for a column that is known only after the outcome, or make bins larger.",
            SeparationWarning,
            stacklevel=3,
        )
    dependent = _dependent_columns(features, weights)
    if dependent:
        warnings.warn(
            f"Columns {_listed([names[i] for i in dependent])} determine each other, so their "
            "coefficients are not unique; the weight is shared between them. Drop one of them.",
            CollinearityWarning,
            stacklevel=3,
        )
    wrong = [n for n, value in zip(names, fit.coefficients, strict=True) if value > 0]
    if wrong and not fit.diverging.any():
        warnings.warn(
            f"The coefficient of {_listed(wrong)} is positive: in the card, safer bins would earn "
            "fewer points. Other columns tell the same story better: drop the column, or set "
            "coefficient_sign='enforce'.",
            CoefficientSignWarning,
            stacklevel=3,
        )


def _dependent_columns(features: Float2D, weights: Float1D | None) -> list[int]:
    """Return the columns that take part in an exact linear relation, the constant included."""
    mean = np.average(features, axis=0, weights=weights)
    centred = features - mean
    gram = (centred.T if weights is None else centred.T * weights) @ centred
    spread = np.sqrt(np.diag(gram))
    spread[spread == 0] = 1.0
    values, vectors = np.linalg.eigh(gram / np.outer(spread, spread))
    loads = np.abs(vectors[:, values < 1e-10])
    return np.flatnonzero((loads > 1e-4).any(axis=1)).tolist()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
