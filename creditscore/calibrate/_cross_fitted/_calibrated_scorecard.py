"""A card and its calibration on cases that it had not seen, as a scikit-learn classifier."""

from __future__ import annotations

import warnings
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.base import BaseEstimator, ClassifierMixin, is_classifier
from sklearn.utils import Tags, get_tags

from creditscore._estimator import note_columns, table_after_fit
from creditscore._frame import as_table, native_rows
from creditscore._typing import Bool1D, Float1D, Float2D, NativeFrame, Philosophy
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_real,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore._warn import warn_user
from creditscore.calibrate._cross_fitted._out_of_fold import (
    Judged,
    Parts,
    fitted,
    judged,
    measure_of,
    parts_of,
)
from creditscore.calibrate._curve._axis import Measure
from creditscore.calibrate._curve._calibration import Calibration, check_philosophy
from creditscore.calibrate._curve._constant import ConstantCurve
from creditscore.calibrate._curve._fit import (
    beta_calibration,
    isotonic_calibration,
    logistic_calibration,
    quasi_moment_calibration,
)
from creditscore.calibrate._evaluation._evaluation import compare_calibrations
from creditscore.exceptions import (
    CalibrationWarning,
    CreditScoreWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
    RankingError,
)
from creditscore.scorecard import LogisticScorecard

CalibrationMethod: TypeAlias = Literal["logistic", "isotonic", "beta", "quasi_moment"]
METHODS = ("logistic", "isotonic", "beta", "quasi_moment")


class CalibratedScorecard(ClassifierMixin, BaseEstimator):
    """A card whose probabilities are calibrated on cases that it was not fitted on.

    Folds of the rows are each judged by a model of the others; on these judgements a calibration
    is estimated, and the model is fitted again on all rows. A scikit-learn classifier; its
    results are frozen: ``scorecard_`` and ``calibration_``.

    Parameters
    ----------
    estimator : classifier, optional
        A card such as :class:`LogisticScorecard` or :class:`SegmentedLogisticScorecard`, or any
        classifier with ``predict_proba``; it is cloned, and sees 1 for bad. None means
        ``LogisticScorecard()``.
    method : {"logistic", "isotonic", "beta", "quasi_moment"}, default="logistic"
        Which curve. "logistic" draws outcomes in by Platt's targets; "beta" is applied to
        probabilities, the others to the score of a card, where there is one whose higher scores
        are safer.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}, optional
        What the probabilities mean. It must be said before a fit.
    cv : int, splitter or iterable of pairs of rows, default=5
        Folds: a number of them, 2 or more, at random with the share of bads kept, by whole `groups`
        or after earlier `periods` of the fit; a splitter of scikit-learn; or the rows themselves.
        Rows that no fold judges stay out of the calibration.
    central_tendency : float, optional
        Mean probability that the judged rows get, in (0, 1), by a shift of the log-odds; without
        it, their default rate (about that, of beta and isotonic curves exactly).
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.
    random_state : int, RandomState or None, default=0
        Deals out the folds at random.

    Attributes
    ----------
    calibration_ : Calibration
        From the score, or the raw probability, to the probability of default.
    estimator_ : classifier
        Fitted on all rows.
    scorecard_ : Scorecard
        Its card; not there where the estimator has none.
    out_of_fold_ : DataFrame
        A row for each row that was judged: row (its place in the fit), fold, is_bad, weight, value
        (what is calibrated), raw (the model's own probability) and pd, of a calibration on the
        other folds.
    evaluation_ : DataFrame
        Both of these against the outcomes: :func:`compare_calibrations`, rows "raw" and
        "calibrated", before any `central_tendency`.
    classes_ : ndarray of shape (2,)
        Labels of the target, sorted.
    n_features_in_, feature_names_in_, column_labels_
        As in scikit-learn.

    See Also
    --------
    logistic_calibration : A calibration of scores that are there.

    Notes
    -----
    A card looks better on the rows of its fit than on others: its probabilities are too far
    apart there, and a calibration on the same rows cannot see it. Models of folds are fitted on
    fewer rows than the last one, so that the calibration errs on the careful side. The cost is
    that of one fit for each fold and one more.

    Where the scores do not rank rows outside of their fit, all get one probability, and a
    warning says so: noise has no calibration.

    References
    ----------
    .. [1] B. Zadrozny and C. Elkan, "Transforming classifier scores into accurate multiclass
       probability estimates", *KDD* 2002, pp. 694-699.

    Examples
    --------
    >>> from creditscore.calibrate import CalibratedScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> columns = ["checking_status", "duration_months", "savings_status"]
    >>> model = CalibratedScorecard(philosophy="point_in_time", cv=3)
    >>> model = model.fit(german[columns], german["is_bad"])
    >>> model.predict_proba(german.head(3))[:, 1].round(3).tolist()
    [0.135, 0.679, 0.132]
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        method: CalibrationMethod = "logistic",
        philosophy: Philosophy | None = None,
        cv: Any = 5,
        central_tendency: float | None = None,
        bad_label: Any = None,
        random_state: Any = 0,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.philosophy = philosophy
        self.cv = cv
        self.central_tendency = central_tendency
        self.bad_label = bad_label
        self.random_state = random_state

    def fit(
        self,
        X: NativeFrame,
        y: Any,
        sample_weight: Any = None,
        groups: Any = None,
        periods: Any = None,
    ) -> Self:
        """Judge each fold by a model of the others, calibrate, and fit on all rows.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            Raw columns, as the estimator takes them.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more.
        groups : array-like of shape (n_samples,), optional
            Rows of one group, such as the loans of one customer, stay in one fold.
        periods : array-like of shape (n_samples,), optional
            Each fold is judged by a model of the rows of earlier periods alone; the earliest rows
            judge nothing. Not those of :meth:`LogisticScorecard.fit`, which the trends of columns
            must hold in.

        Returns
        -------
        CalibratedScorecard
            Itself, fitted.

        Raises
        ------
        InvalidParameterError
            No philosophy, or a parameter out of range; too few cases for the folds.
        InvalidDataError
            Folds that judge rows twice or those of their own fit; raw probabilities that the
            `method` cannot take.
        InvalidTargetError, InvalidWeightError, EmptyDataError
            As in the fit of the estimator.

        Warns
        -----
        CalibrationWarning
            Scores of folds do not rank their rows, or the wrong way round: one probability is
            left for all.
        SeparationWarning, SmallSampleWarning
            As in :func:`isotonic_calibration` and :func:`logistic_calibration`, on the rows of all
            folds.
        CreditScoreWarning
            What the estimator warns of, in any of its fits.
        """
        estimator = self._checked_parameters()
        table = as_table(X)
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        for name, column in (("groups", groups), ("periods", periods)):
            check_same_order(X, column, name=name, error=InvalidDataError)
        target = check_target(y, n_rows=table.n_rows, bad_label=self.bad_label)
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(target.is_bad, weights)
        is_bad = target.is_bad
        parts = parts_of(self.cv, is_bad, groups, periods, self.random_state)
        model = fitted(estimator, X, is_bad, weights)
        measure = measure_of(model, self.method)
        found: list[Judged] = []
        for known, others in parts:
            part = None if weights is None else weights[known]
            fold = fitted(estimator, native_rows(X, known), is_bad[known], part)
            found.append(judged(fold, native_rows(X, others), measure))
        out_of_fold = _out_of_fold(parts, found, is_bad, weights)
        calibration = self._or_one_rate(out_of_fold, measure, "of all folds")
        out_of_fold["pd"] = self._of_others(out_of_fold, measure)
        if self.central_tendency is not None:
            calibration = calibration.moved_to(
                self.central_tendency,
                on=out_of_fold["value"].to_numpy(),
                sample_weight=out_of_fold["weight"].to_numpy(),
            )
        self._learn(model, calibration, out_of_fold)
        self.classes_, self._bad_index = target.classes, target.bad_index
        note_columns(self, table)
        return self

    def decision_function(self, X: NativeFrame) -> Float1D:
        """Return the calibrated log-odds of ``classes_[1]``; infinite at probabilities 0 and 1."""
        prob = self._prob_default(X)
        with np.errstate(divide="ignore"):
            log_odds: Float1D = logit(prob)
        return log_odds if self._bad_index == 1 else -log_odds

    def predict_proba(self, X: NativeFrame) -> Float2D:
        """Return the calibrated probabilities of ``classes_[0]`` and ``classes_[1]``."""
        prob = self._prob_default(X)
        both = [1 - prob, prob] if self._bad_index == 1 else [prob, 1 - prob]
        return np.column_stack(both)

    def predict(self, X: NativeFrame) -> np.ndarray[Any, Any]:
        """Return the likelier class of each row; a cut-off by cost is taken on the probability."""
        more_likely = (self.decision_function(X) > 0).astype(np.intp)
        labels: np.ndarray[Any, Any] = self.classes_[more_likely]
        return labels

    def _prob_default(self, X: NativeFrame) -> Float1D:
        table_after_fit(self, X)
        measure = self.calibration_.measure
        values = judged(self.estimator_, X, measure).values
        return np.asarray(self.calibration_.prob_default(values), dtype=np.float64)

    def _checked_parameters(self) -> Any:
        owner = type(self).__name__
        check_philosophy(self.philosophy, owner)
        check_choice(self.method, "method", owner, METHODS)
        if self.central_tendency is not None:
            check_real(self.central_tendency, "central_tendency", owner, low=0, high=1)
        estimator = LogisticScorecard() if self.estimator is None else self.estimator
        made = hasattr(estimator, "fit") and not isinstance(estimator, type)
        if not made or not is_classifier(estimator):
            msg = (
                f"The 'estimator' parameter of {owner} must be a classifier, such as "
                f"LogisticScorecard(). Got {estimator!r} instead."
            )
            raise InvalidParameterError(msg)
        return estimator

    def _calibrated(self, rows: pd.DataFrame, measure: Measure) -> Calibration:
        is_bad, values = rows["is_bad"].to_numpy(), rows["value"].to_numpy()
        assert self.philosophy is not None  # noqa: S101 - checked before
        told: dict[str, Any] = {
            "philosophy": self.philosophy,
            "sample_weight": rows["weight"].to_numpy(),
        }
        if self.method == "beta":
            return beta_calibration(is_bad, values, **told)
        if self.method == "isotonic":
            return isotonic_calibration(is_bad, values, measure=measure, **told)
        if self.method == "quasi_moment":
            return quasi_moment_calibration(is_bad, values, measure=measure, **told)
        return logistic_calibration(is_bad, values, measure=measure, platt_targets=True, **told)

    def _or_one_rate(
        self, rows: pd.DataFrame, measure: Measure, which: str, *, quiet: bool = False
    ) -> Calibration:
        """Calibrate, or give all one rate where the values do not rank the rows."""
        try:
            action: Literal["ignore"] | None = "ignore" if quiet else None
            with warnings.catch_warnings(action=action, category=CreditScoreWarning):
                return self._calibrated(rows, measure)
        except RankingError as error:
            weights = rows["weight"].to_numpy()
            rate = float(np.average(rows["is_bad"].to_numpy(), weights=weights))
            warn_user(
                f"The scores {which} do not rank rows that their model was not fitted on, and all "
                f"get one probability, {rate:.4g}: the columns say nothing of the outcome. {error}",
                CalibrationWarning,
            )
            curve = ConstantCurve(rate=rate)
            assert self.philosophy is not None  # noqa: S101 - checked before
            return Calibration(curve=curve, measure=measure, philosophy=self.philosophy)

    def _of_others(self, rows: pd.DataFrame, measure: Measure) -> Float1D:
        """Return the probability of each row by a calibration on the rows of the other folds."""
        prob = np.empty(len(rows))
        for fold in rows["fold"].unique():
            here = (rows["fold"] == fold).to_numpy()
            # what the calibration of all folds has warned of is not told again for each
            which = f"of all folds but {fold}"
            calibration = self._or_one_rate(rows[~here], measure, which, quiet=True)
            prob[here] = calibration.prob_default(rows["value"].to_numpy()[here])
        return prob

    def _learn(self, model: Any, calibration: Calibration, out_of_fold: pd.DataFrame) -> None:
        """Set what was learnt, at the end, so that a fit that fails leaves no half-made model."""
        self.estimator_, self.calibration_, self.out_of_fold_ = model, calibration, out_of_fold
        self.evaluation_ = compare_calibrations(
            out_of_fold["is_bad"].to_numpy(),
            {"raw": out_of_fold["raw"].to_numpy(), "calibrated": out_of_fold["pd"].to_numpy()},
            sample_weight=out_of_fold["weight"].to_numpy(),
        )
        if hasattr(model, "scorecard_"):
            self.scorecard_ = model.scorecard_
        elif hasattr(self, "scorecard_"):
            del self.scorecard_

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that the target is binary, and that columns are what a model takes."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        own = LogisticScorecard() if self.estimator is None else self.estimator
        tags.input_tags = get_tags(own).input_tags
        return tags


def _out_of_fold(
    parts: Parts, found: list[Judged], is_bad: Bool1D, weights: Float1D | None
) -> pd.DataFrame:
    """Put the judgements of all folds below each other, in the order of the rows."""
    rows = np.concatenate([others for _, others in parts])
    table = pd.DataFrame(
        {
            "row": rows,
            "fold": np.repeat(np.arange(1, len(parts) + 1), [len(others) for _, others in parts]),
            "is_bad": is_bad[rows],
            "weight": np.ones(len(rows)) if weights is None else weights[rows],
            "value": np.concatenate([part.values for part in found]),
            "raw": np.concatenate([part.raw for part in found]),
        }
    )
    return table.sort_values("row", ignore_index=True)
