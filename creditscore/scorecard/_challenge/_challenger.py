"""Challengers: classifiers of any kind, with what they see of a row and how they are tuned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier

from creditscore._checks import check_kind
from creditscore._frame import as_table
from creditscore._typing import NativeFrame
from creditscore._validation import (
    check_both_classes,
    check_integer,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore.exceptions import InvalidParameterError, InvalidWeightError
from creditscore.metrics import auc
from creditscore.scorecard._challenge._challenge_cases import ENCODINGS, Cases, risk
from creditscore.scorecard._challenge._fitted_challenger import FittedChallenger
from creditscore.scorecard._challenge._folds import Folds
from creditscore.scorecard._challenge._random import random_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Challenger:
    """A classifier to hold against a card.

    Parameters
    ----------
    name : str
        What tables and pictures call it.
    estimator : classifier
        Any classifier of scikit-learn's kind, with ``predict_proba`` or ``decision_function``.
        It is cloned, not changed, and sees 1 for bad and 0 for good.
    grid : mapping of str to sequence, or sequence of such, optional
        Values of its parameters to choose among, as :class:`sklearn.model_selection.GridSearchCV`
        has them; with `n_settings`, distributions will do.
    encoding : {"raw", "woe", "onehot", "table"} or transformer, default="raw"
        What it sees: floats and categories of pandas, missing values left; weights of evidence; a
        matrix without gaps of numbers and of 0 and 1 for each level; the table as it came; or what
        a transformer of one's own makes of the table. All that is learnt is learnt on the rows of
        the fit alone.
    n_settings : int, optional
        So many settings are drawn at random; without it, all of the grid are tried.
    inner_folds : int, default=3
        Folds within the rows of a fit by which settings are compared, 2 or more.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.

    See Also
    --------
    default_challengers : Four to begin with.
    challenge : Compares them with a card.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.scorecard import Challenger
    >>> Challenger(
    ...     name="ridge", estimator=LogisticRegression(), grid={"C": [0.1, 1]}, encoding="woe"
    ... )
    <Challenger 'ridge': LogisticRegression on woe, 2 settings>
    """

    name: str
    estimator: Any
    grid: Any = None
    encoding: Any = "raw"
    n_settings: int | None = None
    inner_folds: int = 3

    def __post_init__(self) -> None:
        """Check what is given."""
        owner = type(self).__name__
        check_kind(self.name, "name", owner, str)
        if isinstance(self.estimator, type) or not is_classifier(self.estimator):
            msg = (
                f"The 'estimator' of challenger {self.name!r} must be a classifier, such as "
                f"DecisionTreeClassifier(). Got {self.estimator!r} instead."
            )
            raise InvalidParameterError(msg)
        known = isinstance(self.encoding, str) and self.encoding in ENCODINGS
        made = hasattr(self.encoding, "transform") and not isinstance(self.encoding, type)
        if not known and not made:
            listed = ", ".join(map(repr, ENCODINGS))
            msg = (
                f"The 'encoding' of challenger {self.name!r} must be one of {listed}, or a "
                f"transformer. Got {self.encoding!r} instead."
            )
            raise InvalidParameterError(msg)
        check_integer(self.inner_folds, "inner_folds", owner, low=2)
        if self.n_settings is not None:
            check_integer(self.n_settings, "n_settings", owner, low=1)
        if self.grid is not None:
            self._check_grid()

    def settings(self, random_state: Any = None) -> list[dict[str, Any]]:
        """Return the settings that are tried; one without any, where there is no grid.

        Parameters
        ----------
        random_state : int, RandomState or None, optional
            Draws them, where `n_settings` is given.
        """
        if self.grid is None:
            return [{}]
        from sklearn.model_selection import (  # noqa: PLC0415 - takes time to import
            ParameterGrid,
            ParameterSampler,
        )

        if self.n_settings is None:
            return list(ParameterGrid(self.grid))
        drawn = ParameterSampler(self.grid, self.n_settings, random_state=random_state)
        return list(drawn)

    def fit(
        self,
        X: NativeFrame,
        y: Any,
        *,
        sample_weight: Any = None,
        folds: Folds | None = None,
        random_state: Any = 0,
    ) -> FittedChallenger:
        """Tune on inner folds, and fit on all rows.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Raw columns.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more. A classifier that takes none sees each row as often as its
            weight says, which must then be a whole number.
        folds : Folds or None, default=None
            Kind of the inner folds; None means at random. Their number is `inner_folds`, or less
            where there are fewer groups or periods; see :meth:`Folds.inner`.
        random_state : int, RandomState or None, default=0
            Deals out the folds and draws settings. The estimator has its own.

        Returns
        -------
        FittedChallenger

        Raises
        ------
        InvalidTargetError, InvalidWeightError
            The target or the weights cannot be used.
        InvalidParameterError
            There are fewer cases of a class than the inner folds need, or the estimator does not
            know a parameter of the grid.

        Notes
        -----
        The setting of the highest mean AUC over the inner folds is taken, of equal ones the first.
        """
        table = as_table(X)
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        is_bad = check_target(y, n_rows=table.n_rows).is_bad
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(is_bad, weights)
        kind = Folds() if folds is None else folds
        check_kind(kind, "folds", "Challenger.fit", Folds)
        random_of(random_state, "Challenger.fit")
        return self.tuned(Cases(X, is_bad, weights), kind, random_state)

    def tuned(self, cases: Cases, folds: Folds, random_state: Any) -> FittedChallenger:
        """Do the work of :meth:`fit`, on cases that were read.

        Parameters
        ----------
        cases : Cases
            Rows, outcomes and weights.
        folds : Folds
            Kind of the inner folds, with groups or periods of these rows.
        random_state : int, RandomState or None
            As in :meth:`fit`.
        """
        setting = self._best(cases, folds, random_state)
        encoder, seen = cases.encoded(self.encoding)
        return FittedChallenger(
            name=self.name,
            classifier=seen.classified(self._with(setting), self.name),
            encoder=encoder,
            setting=setting,
        )

    def _best(self, cases: Cases, folds: Folds, random_state: Any) -> dict[str, Any]:
        """Choose a setting by the mean AUC over inner folds."""
        settings = self.settings(random_state)
        if len(settings) == 1:
            return settings[0]
        rows = np.arange(len(cases.is_bad))
        reached = np.zeros(len(settings))
        for fitted, judged in folds.inner(rows, self.inner_folds).split(cases.is_bad, random_state):
            encoder, seen = cases.at(fitted).encoded(self.encoding)
            others = cases.at(judged)
            shown = others.X if encoder is None else encoder.transform(others.X)
            for place, setting in enumerate(settings):
                classifier = seen.classified(self._with(setting), self.name)
                score = -risk(classifier, shown)
                reached[place] += auc(others.is_bad, score, sample_weight=others.weights)
        return settings[int(np.argmax(reached))]

    def _with(self, setting: Mapping[str, Any]) -> Any:
        return clone(self.estimator).set_params(**setting)

    def _check_grid(self) -> None:
        try:
            tried = self.settings(0)
        except (TypeError, ValueError) as error:
            msg = f"The 'grid' of challenger {self.name!r} cannot be used: {error}"
            raise InvalidParameterError(msg) from error
        known = self.estimator.get_params()
        strange = sorted({name for setting in tried for name in setting} - known.keys())
        if strange:
            msg = (
                f"The grid of challenger {self.name!r} names {', '.join(map(repr, strange))}, "
                f"and {type(self.estimator).__name__} has no such parameter. It has: "
                f"{', '.join(sorted(known))}."
            )
            raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Say in one line what it is."""
        seen = self.encoding if isinstance(self.encoding, str) else type(self.encoding).__name__
        n = len(self.settings(0))
        tried = f", {n} settings" if n > 1 else ""
        return f"<Challenger {self.name!r}: {type(self.estimator).__name__} on {seen}{tried}>"
