"""The card with reject inference, as a scikit-learn classifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._estimator import note_columns
from creditscore._frame import as_table
from creditscore._typing import ColumnKind, NativeFrame
from creditscore._validation import check_real, check_target
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, InvalidWeightError, RejectInferenceWarning
from creditscore.scorecard._card_classifier import CardClassifier
from creditscore.scorecard._logistic import LogisticScorecard
from creditscore.scorecard.reject._applications import Applications
from creditscore.scorecard.reject._fuzzy import FuzzyAugmentation
from creditscore.scorecard.reject._method import RejectMethod
from creditscore.scorecard.reject._periods import read_periods
from creditscore.scorecard.reject._sample import AugmentedSample
from creditscore.scorecard.reject._stack import choose


class RejectInferenceScorecard(CardClassifier):
    """Scorecard for all applicants, estimated on the accepted and an assumption on the rejected.

    Fits a card on the accepted, lets a method infer from it what the rejected add, and fits bins
    and coefficients anew on the augmented sample. The result, ``scorecard_``, is a frozen
    :class:`Scorecard` like any other; the summary of its fit says what its standard errors leave
    out.

    Parameters
    ----------
    estimator : LogisticScorecard or None, default=None
        How both cards are fitted; None means ``LogisticScorecard()``. Cloned, not changed.
    method : RejectMethod or None, default=None
        What is assumed of the rejected; None means ``FuzzyAugmentation()``, which adds next to
        nothing to the card of the accepted.
    approval_rate : float, optional
        Share of accepted applications among all that came in, in (0, 1), where the rejected at
        hand are not all there were: their weights are multiplied by one number so that it holds.
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.

    Attributes
    ----------
    scorecard_ : Scorecard
        The card, with the caveat in its ``fit_summary``.
    scale_ : PointsScale
        Points and odds of the card.
    estimator_ : LogisticScorecard
        What was fitted on the augmented sample, with its encoder.
    known_good_bad_ : LogisticScorecard
        What was fitted on the accepted alone.
    sample_ : AugmentedSample
        The augmented sample: a copy of the tables.
    classes_ : ndarray of shape (2,)
        Labels of the target, sorted.
    n_features_in_, feature_names_in_, column_labels_
        As in scikit-learn, without columns that explain the acceptance alone.

    See Also
    --------
    reject_sensitivity : Compare assumptions before believing in one.

    Notes
    -----
    Two fits, and a table of the accepted and the rejected, these twice where the method counts
    each as good and as bad. Sampling weights of a method (:class:`Reweighting`) set the
    ``weight_type`` of the second fit to "sampling".

    Examples
    --------
    >>> from creditscore.scorecard.reject import (
    ...     Parcelling, RejectInferenceScorecard, simulate_applications
    ... )
    >>> seen = simulate_applications(2_000, hidden=0.5, random_state=0)
    >>> model = RejectInferenceScorecard(method=Parcelling(factor=2, random_state=0))
    >>> model = model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    >>> model.sample_
    <AugmentedSample: 1,200 accepted rows and 800 of inferred outcome, 24.0% of these bad by weight>
    """

    def __init__(
        self,
        *,
        estimator: LogisticScorecard | None = None,
        method: RejectMethod | None = None,
        approval_rate: float | None = None,
        bad_label: Any = None,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.approval_rate = approval_rate
        self.bad_label = bad_label

    def fit(
        self,
        X: NativeFrame,
        y: Any,
        sample_weight: Any = None,
        periods: Any = None,
        *,
        rejected: NativeFrame | None = None,
        rejected_weight: Any = None,
        rejected_periods: Any = None,
    ) -> Self:
        """Fit on the accepted, augment, and fit again.

        Parameters
        ----------
        X : table or array-like of shape (n_accepted, n_features)
            Raw columns of the accepted.
        y : array-like of shape (n_accepted,)
            Their outcomes, 1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_accepted,), optional
            Weights of the accepted, zero or more.
        periods : array-like of shape (n_accepted,), optional
            Period of each of the accepted: in each of them the trend of every column must hold, in
            both fits; see :meth:`WOEEncoder.fit`.
        rejected : table or array-like of shape (n_rejected, n_features), optional
            The same columns of the rejected, in any order. It is handed on whole: where a model
            is cross-validated, all rejected are in every fold. Not so if there are as many of
            them as of the accepted: scikit-learn would part them too.
        rejected_weight : array-like of shape (n_rejected,), optional
            Weights of the rejected, zero or more.
        rejected_periods : array-like of shape (n_rejected,), optional
            Periods of the rejected, where those of the accepted are given.

        Returns
        -------
        RejectInferenceScorecard
            Itself, fitted.

        Raises
        ------
        InvalidTargetError, InvalidWeightError, InvalidParameterError, EmptyDataError
            As in :meth:`LogisticScorecard.fit`.
        InvalidDataError, MissingColumnError, ColumnTypeError
            The rejected do not fit the accepted; see :class:`Applications`.

        Warns
        -----
        RejectInferenceWarning
            There are no rejected, so the card is that of the accepted; or what
            :meth:`RejectMethod.augment` warns of.
        CreditScoreWarning
            What :meth:`LogisticScorecard.fit` warns of, for either of the fits.
        """
        estimator, method = self._checked_parameters()
        table = as_table(X)
        target = check_target(y, n_rows=table.n_rows, bad_label=estimator.bad_label)
        if method.selection_only and not table.has_names:
            msg = f"{method} names columns, and this table has no names. Pass a dataframe."
            raise InvalidDataError(msg)
        table.require(method.selection_only)
        kept = [name for name in table.names if name not in method.selection_only]
        accepted = choose(X, kept) if len(kept) < len(table.names) else X
        known = clone(estimator).fit(accepted, y, sample_weight, periods)
        if rejected is None or len(rejected) == 0:
            given = {"rejected_weight": rejected_weight, "rejected_periods": rejected_periods}
            sample = _without_rejects(accepted, target.is_bad, sample_weight, periods, given)
            fitted = known
        else:
            applications = Applications(
                accepted=X,
                is_bad=target.is_bad,
                rejected=rejected,
                sample_weight=sample_weight,
                rejected_weight=rejected_weight,
                approval_rate=self.approval_rate,
                kinds=None if estimator.encoder is None else estimator.encoder.kinds,
                periods=periods,
                rejected_periods=rejected_periods,
            )
            sample = method.augment(applications, known.scorecard_)
            bad = target.bad_index
            labels = target.classes[np.where(sample.is_bad, bad, 1 - bad)]
            fitted = fit_on(estimator, sample, labels, applications.kinds)
        # what is learnt is set at the end, so that a fit that fails leaves no half-made model
        self.known_good_bad_, self.sample_, self.estimator_ = known, sample, fitted
        self.scorecard_, self.scale_ = fitted.scorecard_, fitted.scale_
        self.classes_, self._bad_index = target.classes, target.bad_index
        note_columns(self, as_table(accepted))
        return self

    def _checked_parameters(self) -> tuple[LogisticScorecard, RejectMethod]:
        """Check the parameters; return an estimator to clone, with the bad label set."""
        owner = type(self).__name__
        estimator = LogisticScorecard() if self.estimator is None else self.estimator
        method = FuzzyAugmentation() if self.method is None else self.method
        check_kind(estimator, "estimator", owner, LogisticScorecard)
        check_kind(method, "method", owner, RejectMethod)
        if self.approval_rate is not None:
            check_real(self.approval_rate, "approval_rate", owner, low=0, high=1)
        estimator = clone(estimator)
        if self.bad_label is not None:
            estimator.set_params(bad_label=self.bad_label)
        return estimator, method


def fit_on(
    estimator: LogisticScorecard,
    sample: AugmentedSample,
    labels: Any,
    kinds: Mapping[str, ColumnKind] | None,
) -> LogisticScorecard:
    """Fit a clone on an augmented sample, and write the caveat into the summary of its card.

    An estimate by a `regression` has no standard errors, so its card has no such summary.
    """
    table = as_table(sample.X)
    table = table.with_kinds({n: kind for n, kind in (kinds or {}).items() if n in table.names})
    fitted: LogisticScorecard = clone(estimator)
    if sample.weight_type == "sampling" and estimator.regression is None:
        fitted.set_params(weight_type="sampling")
    fitted.fit(table, labels, sample.weights, sample.periods)
    card = fitted.scorecard_
    if card.fit_summary is not None:
        # a search has said already what it means for the errors
        caveats = [said for said in (card.fit_summary.caveat, sample.caveat) if said]
        summary = replace(card.fit_summary, caveat=". ".join(caveats))
        fitted.scorecard_ = replace(card, fit_summary=summary)
    return fitted


def _without_rejects(
    accepted: NativeFrame, is_bad: Any, sample_weight: Any, periods: Any, given: dict[str, Any]
) -> AugmentedSample:
    """Return the sample of the accepted, and say that it is no other."""
    for name, values in given.items():
        if values is not None and len(values):
            error = InvalidWeightError if name == "rejected_weight" else InvalidDataError
            msg = f"{name} was given without any rejected cases. Give both, or neither."
            raise error(msg)
    warn_user(
        "No rejected applications were given, so there is nothing to infer: the card is that of "
        "the accepted alone, and holds for applicants like them. Pass rejected=….",
        RejectInferenceWarning,
    )
    n = len(is_bad)
    weights = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    return AugmentedSample(
        X=accepted,
        is_bad=is_bad,
        weights=np.broadcast_to(weights, n).copy(),
        inferred=np.zeros(n, dtype=bool),
        row=np.arange(n),
        periods=None if periods is None else read_periods(periods, "periods", n),
    )
