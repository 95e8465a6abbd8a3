"""Models that are fitted again, on parts of a sample and on resamples of it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from creditscore._frame import as_table, native_rows
from creditscore._typing import Bool1D, Float1D, Int1D, NativeFrame
from creditscore._validation import check_same_order, check_target
from creditscore.exceptions import CreditScoreError, CreditScoreWarning, InvalidParameterError


@dataclass(frozen=True, eq=False)
class Fits:
    """An estimator and the sample that it is fitted on, in parts or whole."""

    estimator: Any
    X: NativeFrame
    is_bad: Bool1D

    @classmethod
    def of(cls, estimator: Any, X: NativeFrame, y: Any, bad_label: Any, owner: str) -> Fits:
        """Read a sample, and check that the estimator is a classifier."""
        able = hasattr(estimator, "fit") and hasattr(estimator, "predict_proba")
        if not able or isinstance(estimator, type):
            msg = (
                f"The 'estimator' parameter of {owner} must be a classifier with fit and "
                f"predict_proba, such as LogisticScorecard(). Got {estimator!r} instead."
            )
            raise InvalidParameterError(msg)
        check_same_order(X, y)
        target = check_target(y, n_rows=as_table(X).n_rows, bad_label=bad_label)
        return cls(estimator, X, target.is_bad)

    @property
    def n(self) -> int:
        """Rows of the sample."""
        return len(self.is_bad)

    def on(self, rows: Int1D) -> Any:
        """Fit a clone on some rows, which may repeat.

        What it warns of is left to the fit on the whole sample, which warns once.
        """
        with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
            return self._fit(native_rows(self.X, rows), self.is_bad[rows])

    def on_all(self) -> Any:
        """Fit a clone on the whole sample."""
        return self._fit(self.X, self.is_bad)

    def prob_of(self, model: Any, rows: Int1D) -> Float1D:
        """Return the probability of being bad of some rows."""
        with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
            proba = model.predict_proba(native_rows(self.X, rows))
        place = list(model.classes_).index(1)
        return np.asarray(proba, dtype=np.float64)[:, place]

    def _fit(self, X: NativeFrame, is_bad: Bool1D) -> Any:
        return clone(self.estimator).fit(X, is_bad.astype(np.int64))


FIT_ERRORS = (CreditScoreError, ValueError, ArithmeticError, np.linalg.LinAlgError)
"""What a fit on an unlucky resample may raise."""
