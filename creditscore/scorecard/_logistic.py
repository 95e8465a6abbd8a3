"""The estimated card: bins, a logistic regression on their WOE, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import Tags

from creditscore._estimator import note_columns, table_after_fit
from creditscore._frame import as_table
from creditscore._typing import Bool1D, CoefficientSign, Float1D, Float2D, NativeFrame, WeightType
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_real,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore.binning import BinTable, WOEEncoder
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidWeightError
from creditscore.scorecard._assemble import assemble_scorecard
from creditscore.scorecard._checks import check_kind
from creditscore.scorecard._fit_summary import WEIGHT_TYPES, FitSummary
from creditscore.scorecard._fit_warnings import warn_of_fit
from creditscore.scorecard._newton import LogisticFit, fit_logistic
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._separation import separating_sets


class LogisticScorecard(ClassifierMixin, BaseEstimator):
    """Scorecard by logistic regression on weights of evidence, fitted on the raw table.

    A scikit-learn classifier whose result, ``scorecard_``, is a frozen :class:`Scorecard`.

    Parameters
    ----------
    encoder : WOEEncoder or None, default=None
        Bins the columns; None means ``WOEEncoder()``. It is cloned, not changed. With its
        `cross_fit`, the coefficients are estimated on WOE of bins found without the row.
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
    weight_type : {"frequency", "sampling"}, default="frequency"
        What weights mean for the standard errors: a row of weight 3 is three rows, or one row
        that stands for three of the population. Under "sampling" errors are robust ones. The
        coefficients are the same; standard errors of bins and their tests take weights for rows.

    Attributes
    ----------
    scorecard_ : Scorecard
        The card.
    scale_ : PointsScale
        Points and odds of the card.
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
    n_features_in_, feature_names_in_, column_labels_
        As in scikit-learn.

    See Also
    --------
    WOEEncoder : The bins.
    Scorecard : The result.

    Notes
    -----
    Maximum likelihood without penalty, by Newton's method from the naive Bayes solution.
    Probabilities come from the score, so that card and classifier agree. O(n · p²) time a step
    for n rows and p characteristics.

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
        weight_type: WeightType = "frequency",
    ) -> None:
        self.encoder = encoder
        self.scale = scale
        self.min_iv = min_iv
        self.coefficient_sign = coefficient_sign
        self.bad_label = bad_label
        self.weight_type = weight_type

    def fit(self, X: NativeFrame, y: Any, sample_weight: Any = None, periods: Any = None) -> Self:
        """Bin the columns, estimate the model and make the card.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            Raw columns: numbers, text, categories, booleans.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_samples,), optional
            Zero or more; `weight_type` says what they mean.
        periods : array-like of shape (n_samples,), optional
            Period of each row, in each of which the trend of every column must hold; see
            :meth:`WOEEncoder.fit`.

        Returns
        -------
        LogisticScorecard
            Itself, fitted.

        Raises
        ------
        EmptyDataError
            No column is left for the card.
        InvalidDataError
            A bin without good or without bad cases, where the encoder does not smooth.
        InvalidTargetError, InvalidWeightError, InvalidParameterError
            As in :meth:`WOEEncoder.fit`.

        Warns
        -----
        CoefficientSignWarning, CollinearityWarning
            The message names the columns.
        SeparationWarning
            Cases are told apart without error; the message names the columns that do it, alone
            or together, not all those whose coefficients diverge with them.
        NonConvergenceWarning
            The search for the largest likelihood did not come to rest.
        """
        encoder, scale = self._checked_parameters()
        table = as_table(X)
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        target = check_target(y, n_rows=table.n_rows, bad_label=encoder.bad_label)
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(target.is_bad, weights)
        if encoder.cross_fit is None:
            encoder.fit(table, y, weights, periods)
            tables, dropped = _candidates(encoder, self.min_iv)
            features = np.column_stack([bins.encode_column(table) for bins in tables])
        else:
            apart = as_table(encoder.fit_transform(table, y, weights, periods))
            tables, dropped = _candidates(encoder, self.min_iv)
            features = np.column_stack([apart.numeric(bins.feature) for bins in tables])
        start = np.append(_log_ratio(target.is_bad, weights), -np.ones(len(tables)))
        fit, kept = _fit_with_signs(
            features,
            target.is_bad,
            weights,
            start,
            enforce=self.coefficient_sign == "enforce",
            sampling=self.weight_type == "sampling",
        )
        left_out = [bins.feature for i, bins in enumerate(tables) if i not in kept]
        dropped |= dict.fromkeys(left_out, "coefficient would have the wrong sign")
        tables = [tables[i] for i in kept]
        _check_not_empty(tables, dropped)
        summary = _summary(fit, tables, self.weight_type)
        card = assemble_scorecard(tables, summary.coefficients, fit.intercept, scale, summary)
        separating: list[list[int]] = []
        if fit.diverging.any():
            places = [0, *(i + 1 for i in kept)]
            separating = separating_sets(
                fit, features[:, kept], target.is_bad, weights, start=start[places]
            )
        warn_of_fit(fit, summary.names, separating)
        # what is learnt is set at the end, so that a fit that fails leaves no half-made model
        self.encoder_, self.scale_, self.scorecard_ = encoder, scale, card
        self.coef_, self.intercept_, self.dropped_ = fit.coefficients, fit.intercept, dropped
        self.classes_, self._bad_index = target.classes, target.bad_index
        note_columns(self, table)
        return self

    def decision_function(self, X: NativeFrame) -> Float1D:
        """Return the log-odds of ``classes_[1]`` for each row.

        Like :meth:`predict_proba` and :meth:`predict`, it warns of what the fit never met as
        :meth:`Scorecard.score` does.
        """
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

    def _checked_parameters(self) -> tuple[WOEEncoder, PointsScale]:
        """Check the parameters; return an encoder to fit, with the bad label set, and the scale."""
        owner = type(self).__name__
        check_real(self.min_iv, "min_iv", owner, low=0, high=np.inf, closed="left")
        check_choice(self.coefficient_sign, "coefficient_sign", owner, ("warn", "enforce"))
        check_choice(self.weight_type, "weight_type", owner, WEIGHT_TYPES)
        scale = PointsScale() if self.scale is None else self.scale
        encoder = WOEEncoder() if self.encoder is None else self.encoder
        check_kind(scale, "scale", owner, PointsScale)
        check_kind(encoder, "encoder", owner, WOEEncoder)
        encoder = clone(encoder)
        if self.bad_label is not None:
            encoder.set_params(bad_label=self.bad_label)
        return encoder.set_params(output="woe"), scale


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
            _check_finite_woe(bins)
    _check_not_empty(kept, dropped)
    return kept, dropped


def _check_not_empty(kept: Sequence[BinTable], dropped: Mapping[str, str]) -> None:
    if not kept:
        reasons = "; ".join(f"{name!r}: {why}" for name, why in list(dropped.items())[:10])
        msg = (
            f"No column is left for the card ({reasons}). Lower min_iv or min_bin_size, or bring "
            "columns that tell good from bad."
        )
        raise EmptyDataError(msg)


def _check_finite_woe(bins: BinTable) -> None:
    endless = ~np.isfinite(bins.woe)
    if endless.any():
        listed = ", ".join(repr(bins.labels[i]) for i in np.flatnonzero(endless))
        msg = (
            f"Column {bins.feature!r} has bins with one class only ({listed}), and without "
            "smoothing their WOE is infinite and earns no points. Set the smoothing of the "
            "encoder above 0, or make the bins larger."
        )
        raise InvalidDataError(msg)


def _log_ratio(is_bad: Bool1D, weights: Float1D | None) -> float:
    bad = float(np.average(is_bad, weights=weights))
    return float(np.log(bad / (1 - bad)))


def _summary(fit: LogisticFit, tables: Sequence[BinTable], weight_type: WeightType) -> FitSummary:
    errors, robust = (np.sqrt(np.diag(c)) for c in (fit.covariance, fit.robust_covariance))
    return FitSummary(
        names=tuple(bins.feature for bins in tables),
        intercept=fit.intercept,
        coefficients=tuple(fit.coefficients.tolist()),
        intercept_error=float(errors[0]),
        standard_errors=tuple(errors[1:].tolist()),
        n_good=sum(tables[0].n_good),
        n_bad=sum(tables[0].n_bad),
        log_likelihood=fit.log_likelihood,
        null_log_likelihood=fit.null_log_likelihood,
        robust_errors=tuple(robust.tolist()),
        vif=tuple(fit.vif.tolist()),
        weight_type=weight_type,
    )


def _fit_with_signs(
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    start: Float1D,
    *,
    enforce: bool,
    sampling: bool = False,
) -> tuple[LogisticFit, list[int]]:
    """Fit, and under `enforce` find the maximum subject to no coefficient above zero.

    The problem is concave, so an active set finds its one maximum: columns at the bound are
    left out, and one comes back where the likelihood would rise by a negative coefficient.
    """
    everything = list(range(features.shape[1]))
    kept = everything
    returns_left = 10 * len(everything)
    while True:
        places = [0, *(i + 1 for i in kept)]
        fit = fit_logistic(
            features[:, kept], is_bad, weights, start=start[places], sampling=sampling
        )
        if not enforce:
            return fit, kept
        wrong = {i for i, value in zip(kept, fit.coefficients, strict=True) if value >= 0}
        if wrong:
            kept = [i for i in kept if i not in wrong]
            continue
        pull = _pull(features, is_bad, weights, fit, kept)
        back = [i for i in everything if i not in kept and pull[i] < -1e-8]
        if not back:
            return fit, kept
        if not returns_left:
            return replace(fit, converged=False), kept
        returns_left -= 1
        kept = sorted([*kept, min(back, key=lambda i: pull[i])])


def _pull(
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    fit: LogisticFit,
    kept: Sequence[int],
) -> Float1D:
    """Return the slope of the mean log-likelihood in each coefficient, per spread of its column."""
    prob = expit(fit.intercept + features[:, kept] @ fit.coefficients)
    shares = np.full(len(features), 1 / len(features)) if weights is None else weights
    shares = shares / shares.sum()
    spread = np.sqrt(shares @ (features - shares @ features) ** 2)
    spread[spread == 0] = 1.0
    pull: Float1D = features.T @ ((is_bad - prob) * shares) / spread
    return pull
