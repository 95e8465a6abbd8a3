"""Rows with their outcomes and weights, as models of a comparison are fitted on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from creditscore._frame import native_rows
from creditscore._typing import Bool1D, Float1D, Int1D, NativeFrame
from creditscore.binning import WOEEncoder
from creditscore.exceptions import InvalidWeightError
from creditscore.scorecard._challenge._challenge_features import OneHotFeatures, RawFeatures

ENCODINGS = ("raw", "woe", "onehot", "table")


@dataclass(frozen=True, eq=False)
class Cases:
    """Rows of a table, or what an encoder made of them.

    Attributes
    ----------
    X : table or ndarray of shape (n_rows, n_columns)
        What is known of them.
    is_bad : ndarray of bool, shape (n_rows,)
        Outcomes.
    weights : ndarray of shape (n_rows,) or None
        Frequencies.
    """

    X: NativeFrame
    is_bad: Bool1D
    weights: Float1D | None

    def at(self, rows: Int1D) -> Cases:
        """Return some of them."""
        weights = None if self.weights is None else self.weights[rows]
        return Cases(native_rows(self.X, rows), self.is_bad[rows], weights)

    def encoded(self, encoding: Any) -> tuple[Any, Cases]:
        """Fit what an encoding learns; return it, None for the table as it is, and the cases."""
        encoder = _encoder(encoding)
        if encoder is None:
            return None, self
        told = {}
        if self.weights is not None and has_fit_parameter(encoder, "sample_weight"):
            told["sample_weight"] = self.weights
        target = self.is_bad.astype(np.intp)
        if hasattr(encoder, "fit_transform"):
            # which differs from both in turn where an encoder is cross-fitted
            seen = encoder.fit_transform(self.X, target, **told)
        else:
            seen = encoder.fit(self.X, target, **told).transform(self.X)
        return encoder, Cases(seen, self.is_bad, self.weights)

    def classified(self, classifier: Any, name: str) -> Any:
        """Fit a classifier; one that takes no weights sees each row as often as its weight."""
        target, weights = self.is_bad.astype(np.intp), self.weights
        if weights is None:
            return classifier.fit(self.X, target)
        if has_fit_parameter(classifier, "sample_weight"):
            return classifier.fit(self.X, target, sample_weight=weights)
        split = weights != np.floor(weights)
        if split.any():
            msg = (
                f"Challenger {name!r} takes no sample_weight, so its rows are repeated, and "
                f"weights must be whole numbers. Got {weights[split][0]:g}."
            )
            raise InvalidWeightError(msg)
        repeated = np.repeat(np.arange(len(weights)), weights.astype(np.intp))
        return classifier.fit(native_rows(self.X, repeated), target[repeated])


def risk(classifier: Any, seen: Any) -> Float1D:
    """Return what a classifier says of being bad: a probability, or else its decision."""
    if hasattr(classifier, "predict_proba"):
        return np.asarray(classifier.predict_proba(seen), dtype=np.float64)[:, 1]
    return np.asarray(classifier.decision_function(seen), dtype=np.float64)


def _encoder(encoding: Any) -> Any:
    if not isinstance(encoding, str):
        return clone(encoding)
    made = {"raw": RawFeatures, "onehot": OneHotFeatures, "woe": WOEEncoder}.get(encoding)
    return None if made is None else made()
