"""A card and its challengers on the same folds."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import ndtri
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._frame import as_table
from creditscore._progress import tracked
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._validation import (
    Target,
    check_both_classes,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore._warn import warn_user
from creditscore.exceptions import (
    CreditScoreWarning,
    FailedFitWarning,
    InvalidParameterError,
    InvalidWeightError,
)
from creditscore.metrics import Interval, auc_difference
from creditscore.scorecard._bad_label import bad_label_of
from creditscore.scorecard._challenge._challenge_cases import Cases, risk
from creditscore.scorecard._challenge._challenge_result import CARD, ChallengeResult, Float3D
from creditscore.scorecard._challenge._challenger import Challenger
from creditscore.scorecard._challenge._default_challengers import default_challengers
from creditscore.scorecard._challenge._folds import Folds
from creditscore.scorecard._challenge._random import random_of
from creditscore.scorecard._threads import few_threads


def challenge(
    card_model: Any,
    X: NativeFrame,
    y: Any,
    challengers: Iterable[Challenger] | Mapping[str, Any] | None = None,
    *,
    folds: int | Folds = 5,
    sample_weight: Any = None,
    random_state: Any = 0,
    progress: bool = False,
) -> ChallengeResult:
    """Compare a card with other classifiers, in nested folds, by AUC.

    Parameters
    ----------
    card_model : LogisticScorecard or other estimator of a card
        Its fit gives ``scorecard_``. It is cloned, and fitted anew in each fold.
    X : table or array-like of shape (n_samples, n_features)
        Raw columns; those without names are called ``x0, x1, …``.
    y : array-like of shape (n_samples,)
        1 for bad and 0 for good, or two labels, of which `card_model` knows the bad one.
    challengers : iterable of Challenger, or mapping of str to classifier, optional
        With whom; by default :func:`default_challengers`. Classifiers of a mapping see raw columns,
        untuned.
    folds : int or Folds, default=5
        Number of folds at random, or folds by groups or in time.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more.
    random_state : int, RandomState or None, default=0
        Deals rows out to folds, and draws settings.
    progress : bool, default=False
        Show a progress bar on standard error.

    Returns
    -------
    ChallengeResult
        AUC by model and fold, differences to the card with their intervals, and time.

    Raises
    ------
    InvalidParameterError
        No challengers, or two of one name; `card_model` makes no card; more folds than cases of a
        class, groups or periods.
    InvalidTargetError, InvalidDataError, ColumnTypeError
        The target or the table cannot be used, as in :meth:`LogisticScorecard.fit`.
    InvalidWeightError
        Weights that are no whole numbers: the variance of an AUC needs counts of rows.
    Exception
        What a fit of the card raised, or that of the only challenger, or of the first where all
        failed; a note says whose it was, and in which fold.

    Warns
    -----
    FailedFitWarning
        A challenger could not be fitted or judged in a fold: it is out from there on, its AUC is
        NaN, and :attr:`ChallengeResult.failed` says why. The others go on.
    CreditScoreWarning
        What fits warned of, once for each model and kind, with the folds it came up in.

    See Also
    --------
    Challenger : A classifier, what it sees, and how it is tuned.
    gap_challengers : Tell finer shapes, interactions and the cost of monotone trends apart.
    shapley_values : Why a challenger says what it says, beside the points of a card.

    Notes
    -----
    In each fold, bins, card, encodings and settings are found on the rows that the fold is fitted
    on, and the AUC on rows that had no part in it; settings are compared by inner folds of the
    same kind. So the gain of a challenger is not one of having looked at the answer, nor of the
    choice among its settings. :class:`ChallengeResult` tells how intervals are worked out.

    The fits: one of the card in each fold; of a challenger inner folds × settings + 1.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import Challenger, challenge
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> tree = Challenger(
    ...     name="tree", estimator=DecisionTreeClassifier(random_state=0), encoding="onehot",
    ...     grid={"max_depth": [2, 4]},
    ... )
    >>> result = challenge(LogisticScorecard(), X, y, [tree])
    >>> result.table()[["model", "auc", "difference", "lower", "upper"]].round(3)
      model    auc  difference  lower  upper
    0  card  0.739         NaN    NaN    NaN
    1  tree  0.731      -0.008 -0.029  0.013
    """
    table = as_table(X)
    rivals = _rivals(challengers, random_state)
    kind = folds if isinstance(folds, Folds) else Folds(n_folds=folds)
    check_same_order(X, y)
    check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
    check_kind(progress, "progress", "challenge", bool)
    random_of(random_state, "challenge")
    _check_model(card_model)
    target = check_target(y, n_rows=table.n_rows, bad_label=bad_label_of(card_model))
    weights = check_weights(sample_weight, n_rows=table.n_rows)
    check_both_classes(target.is_bad, weights)
    _check_counts(weights)
    models = [_CardRival(card_model, target.classes, target.bad_index), *rivals]
    cases, kind = _counted(X, target, weights, kind)
    parts = kind.split(cases.is_bad, random_state)
    bout = _Bout(models, cases, kind, random_state, len(table.names))
    steps = [(fold, place) for fold in range(len(parts)) for place in range(len(models))]
    for fold, place in tracked(steps, "Challenge", progress=progress):
        bout.play(place, fold, *parts[fold])
    bout.warn(len(parts))
    return bout.result(parts, kind.labels(parts))


@dataclass(eq=False)
class _CardRival:
    """The card, as a rival among the others; it takes labels of its own."""

    model: Any
    classes: np.ndarray[Any, Any]
    bad_index: int
    name: str = CARD

    def scores(
        self, fitted_on: Cases, judged: Cases, _folds: Folds, _random_state: Any
    ) -> tuple[Float1D, dict[str, Any]]:
        labels = self.classes[np.where(fitted_on.is_bad, self.bad_index, 1 - self.bad_index)]
        told = {} if fitted_on.weights is None else {"sample_weight": fitted_on.weights}
        model = clone(self.model).fit(fitted_on.X, labels, **told)
        card = getattr(model, "scorecard_", None)
        if card is None:
            msg = (
                f"The 'card_model' of challenge must have a card, scorecard_, after its fit. "
                f"{type(model).__name__} has none: make it a Challenger instead."
            )
            raise InvalidParameterError(msg)
        table = as_table(judged.X, wanted=card.names)
        table.require(card.names)
        score: Float1D = card.score_array(table)
        return (score if card.higher_is_safer else -score), {}


@dataclass(eq=False)
class _Rival:
    """A challenger: tuned within the rows of the fit, then fitted on all of them."""

    challenger: Challenger

    @property
    def name(self) -> str:
        return self.challenger.name

    def scores(
        self, fitted_on: Cases, judged: Cases, folds: Folds, random_state: Any
    ) -> tuple[Float1D, dict[str, Any]]:
        fitted = self.challenger.tuned(fitted_on, folds, random_state)
        return -risk(fitted.classifier, fitted.seen(judged.X)), fitted.setting


@dataclass(eq=False)
class _Bout:
    """A comparison under way."""

    models: Sequence[Any]
    cases: Cases
    folds: Folds
    random_state: Any
    n_columns: int
    found: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    scores: dict[int, list[Float1D | None]] = field(default_factory=dict)
    said: dict[tuple[str, type[Warning]], dict[int, str]] = field(default_factory=dict)
    failed: dict[int, tuple[int, Exception]] = field(default_factory=dict)

    def play(self, place: int, fold: int, fitted: Int1D, judged: Int1D) -> None:
        """Fit a model on the rows of a fold, and judge it on the others; the card comes first."""
        others = self.cases.at(judged)
        start = time.perf_counter()
        # the models of a fold come one after the other
        before = self.scores.setdefault(fold, [])
        score, found = None, {**_compared(others, [*before, None]), "setting": {}}
        if place not in self.failed:
            try:
                told, setting = self._judged(place, fold, fitted, others)
                found = {**_compared(others, [*before, told]), "setting": setting}
                score = told
            except Exception as error:
                error.add_note(f"This was {self.models[place].name!r} in fold {fold + 1}.")
                if place == 0:
                    raise
                self.failed[place] = fold, error
                if len(self.failed) == len(self.models) - 1:
                    raise self.failed[min(self.failed)][1] from None
        before.append(score)
        self.found[place, fold] = {**found, "seconds": time.perf_counter() - start}

    def _judged(
        self, place: int, fold: int, fitted: Int1D, others: Cases
    ) -> tuple[Float1D, dict[str, Any]]:
        """Fit a model, return its scores of the others and its setting; keep what it warns of."""
        model, inner = self.models[place], self.folds.at(fitted, self.folds.n_folds)
        with (
            warnings.catch_warnings(record=True, action="always") as caught,
            few_threads(len(self.cases.is_bad), self.n_columns),
        ):
            score, setting = model.scores(self.cases.at(fitted), others, inner, self.random_state)
        for one in caught:
            if issubclass(one.category, CreditScoreWarning):
                key = model.name, one.category
                self.said.setdefault(key, {}).setdefault(fold, str(one.message))
            else:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        return score, setting

    def warn(self, n_folds: int) -> None:
        """Say once for each model and kind what its fits warned of, and who failed."""
        for (name, category), by_fold in self.said.items():
            first = by_fold[min(by_fold)]
            assert issubclass(category, CreditScoreWarning)  # noqa: S101 - others are not kept
            warn_user(f"{name!r}, in {len(by_fold)} of {n_folds} folds: {first}", category)
        for name, reason in self._reasons().items():
            warn_user(
                f"Challenger {name!r} could not be fitted or judged, and its AUC is NaN: "
                f"{reason.rstrip('.')}. Mend it, or leave it out.",
                FailedFitWarning,
            )

    def _reasons(self) -> dict[str, str]:
        """Return why challengers failed, by name."""
        return {
            self.models[place].name: f"in fold {fold + 1} {type(error).__name__}: {error}"
            for place, (fold, error) in sorted(self.failed.items())
        }

    def result(
        self, parts: Sequence[tuple[Int1D, Int1D]], labels: Sequence[str]
    ) -> ChallengeResult:
        """Put together what was found."""
        weights = self.cases.weights
        counts = np.ones(len(self.cases.is_bad)) if weights is None else weights
        bads = np.where(self.cases.is_bad, counts, 0.0)
        shape = (len(self.models), len(parts))

        def array(what: str) -> Float1D:
            values = [self.found[place, fold][what] for place, fold in np.ndindex(*shape)]
            return np.array(values, dtype=np.float64).reshape(shape)

        return ChallengeResult(
            names=tuple(model.name for model in self.models),
            folds=tuple(labels),
            n_fitted=np.array([counts[fitted].sum() for fitted, _ in parts]),
            n_good=np.array([(counts - bads)[judged].sum() for _, judged in parts]),
            n_bad=np.array([bads[judged].sum() for _, judged in parts]),
            auc=array("auc"),
            auc_error=array("auc_error"),
            pair_error=self._pair_error(),
            seconds=array("seconds"),
            settings=tuple(
                tuple(self.found[place, fold]["setting"] for fold in range(shape[1]))
                for place in range(shape[0])
            ),
            failed=self._reasons(),
        )

    def _pair_error(self) -> Float3D:
        n = len(self.models)
        errors = np.zeros((n, n, len(self.scores)))
        for (place, fold), found in self.found.items():
            errors[place, : place + 1, fold] = found["pair_errors"]
            errors[: place + 1, place, fold] = found["pair_errors"]
        return errors


def _compared(others: Cases, scores: Sequence[Float1D | None]) -> dict[str, Any]:
    """Return the AUC of the last scores, and the errors of its differences to all so far."""
    last = scores[-1]
    if last is None:
        return {"auc": math.nan, "auc_error": math.nan, "pair_errors": [math.nan] * len(scores)}
    pairs = [
        None
        if against is None
        else auc_difference(others.is_bad, against, last, sample_weight=others.weights)
        for against in scores
    ]
    own = pairs[-1]
    assert own is not None  # noqa: S101 - the last was fitted
    return {
        "auc": own.auc_b.estimate,
        "auc_error": _error(own.auc_b),
        "pair_errors": [math.nan if one is None else _error(one.difference) for one in pairs],
    }


def _error(interval: Interval) -> float:
    """Return the standard error behind an interval, of which one end may have been clipped."""
    margin = max(interval.upper - interval.estimate, interval.estimate - interval.lower)
    return margin / float(ndtri(0.5 + interval.level / 2))


def _rivals(challengers: Any, random_state: Any) -> list[_Rival]:
    if challengers is None:
        challengers = default_challengers(random_state)
    if isinstance(challengers, Mapping):
        challengers = [
            model if isinstance(model, Challenger) else Challenger(name=name, estimator=model)
            for name, model in challengers.items()
        ]
    listed = list(challengers)
    for one in listed:
        check_kind(one, "challengers", "challenge", Challenger)
    names = [one.name for one in listed]
    if not names or len({*names, CARD}) <= len(names):
        msg = (
            "A challenge needs one challenger or more, of different names, none of them "
            f"{CARD!r}. Got {', '.join(map(repr, names)) or 'none'}."
        )
        raise InvalidParameterError(msg)
    return [_Rival(one) for one in listed]


def _check_model(card_model: Any) -> None:
    if not hasattr(card_model, "fit") or not hasattr(card_model, "get_params"):
        msg = (
            "The 'card_model' of challenge must be an estimator of a card, such as "
            f"LogisticScorecard(). Got {card_model!r} instead."
        )
        raise InvalidParameterError(msg)


def _check_counts(weights: Float1D | None) -> None:
    if weights is not None and (weights != np.floor(weights)).any():
        row = int((weights != np.floor(weights)).argmax())
        msg = (
            "A challenge takes sample_weight as counts of rows, whole numbers, which the interval "
            f"of a difference needs. Got {weights[row]:g} at row {row}."
        )
        raise InvalidWeightError(msg)


def _counted(
    X: NativeFrame, target: Target, weights: Float1D | None, folds: Folds
) -> tuple[Cases, Folds]:
    """Return the cases that count, and the folds of them."""
    cases = Cases(X, target.is_bad, weights)
    if weights is None or weights.all():
        return cases, folds
    rows = np.flatnonzero(weights > 0)
    return cases.at(rows), folds.at(rows, folds.n_folds)
