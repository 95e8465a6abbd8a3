"""What a model says of rows that it was not fitted on, fold by fold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from creditscore._estimator import table_after_fit
from creditscore._typing import Bool1D, Float1D, Int1D, NativeFrame
from creditscore._validation import check_integer
from creditscore.calibrate._curve._axis import Measure
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.scorecard import Folds

Parts = list[tuple[Int1D, Int1D]]
"""Of each fold, the rows that a model is fitted on and those that it judges."""


@dataclass(frozen=True, eq=False)
class Judged:
    """What models say of rows.

    Attributes
    ----------
    values : ndarray
        The score or raw probability that is calibrated.
    raw : ndarray
        The probability that the model itself gives.
    """

    values: Float1D
    raw: Float1D


def fitted(estimator: Any, X: NativeFrame, is_bad: Bool1D, weights: Float1D | None) -> Any:
    """Fit a clone, which sees 1 for bad and 0 for good."""
    model = clone(estimator)
    target = is_bad.astype(np.int64)
    if weights is None:
        return model.fit(X, target)
    if not has_fit_parameter(model, "sample_weight"):
        msg = (
            f"{type(model).__name__} takes no sample_weight, and weights were given. Leave them "
            "out, or take an estimator whose fit has that parameter."
        )
        raise InvalidParameterError(msg)
    return model.fit(X, target, sample_weight=weights)


def measure_of(model: Any, method: str) -> Measure:
    """Return what of a fitted model is calibrated: the score of a card, else its probability."""
    scale = getattr(model, "scale_", None)
    has_score = hasattr(model, "scorecard_") and scale is not None and not scale.reverse
    return "score" if has_score and method != "beta" else "prob_default"


def judged(model: Any, X: NativeFrame, measure: Measure) -> Judged:
    """Ask a model about rows."""
    if hasattr(model, "scorecard_"):
        score = np.asarray(model.scorecard_.score_array(table_after_fit(model, X)))
        raw: Float1D = expit(-model.scale_.log_odds(score))
        return Judged(score if measure == "score" else raw, raw)
    place = model.classes_.tolist().index(1)
    raw = np.asarray(model.predict_proba(X)[:, place], dtype=np.float64)
    return Judged(raw, raw)


def parts_of(cv: Any, is_bad: Bool1D, groups: Any, periods: Any, random_state: Any) -> Parts:
    """Return the rows of each fold, of which none is judged twice."""
    if isinstance(cv, (int, np.integer)):
        n_folds = check_integer(cv, "cv", "CalibratedScorecard", low=2)
        if groups is None and periods is None:
            return _at_random(n_folds, is_bad, random_state)
        folds = Folds(n_folds=n_folds, groups=groups, periods=periods)
        return folds.split(is_bad, random_state)
    if periods is not None:
        msg = (
            "The 'periods' of a fit go with a number of folds, which are then each judged by "
            f"models of earlier periods. Got cv={cv!r}: leave one of them out."
        )
        raise InvalidParameterError(msg)
    if hasattr(cv, "split"):
        pairs = cv.split(np.zeros(len(is_bad)), is_bad, groups)
    elif isinstance(cv, Iterable):
        pairs = cv
    else:
        msg = (
            "The 'cv' parameter of CalibratedScorecard must be a number of folds, a splitter of "
            f"scikit-learn, or pairs of rows. Got {cv!r} instead."
        )
        raise InvalidParameterError(msg)
    n_rows = len(is_bad)
    parts = [(_rows(known, n_rows), _rows(others, n_rows)) for known, others in pairs]
    _check_parts(parts, n_rows)
    return parts


def _at_random(n_folds: int, is_bad: Bool1D, random_state: Any) -> Parts:
    least = int(min(np.count_nonzero(is_bad), np.count_nonzero(~is_bad)))
    if least < n_folds:
        msg = (
            f"{n_folds} folds need as many cases of each class, one in each. There are {least} of "
            "one. Ask for fewer folds, or bring more cases."
        )
        raise InvalidParameterError(msg)
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - takes time to import

    at_random = StratifiedKFold(n_folds, shuffle=True, random_state=random_state)
    return list(at_random.split(np.zeros(len(is_bad)), is_bad))


def _rows(given: Any, n_rows: int) -> Int1D:
    """Read which rows a fold has: their places, or a truth value for each row."""
    rows = np.asarray(given)
    if rows.dtype == np.bool_ and rows.shape == (n_rows,):
        return np.flatnonzero(rows)
    places = rows.ndim == 1 and rows.size and np.issubdtype(rows.dtype, np.integer)
    if not places or rows.min() < 0 or rows.max() >= n_rows:
        seen = f"{rows.min()} to {rows.max()}" if places else f"{rows.dtype} of shape {rows.shape}"
        msg = (
            f"The folds of 'cv' must hold places of rows, 0 to {n_rows - 1}, or a truth value for "
            f"each of the {n_rows} rows. Got {seen}."
        )
        raise InvalidDataError(msg)
    return rows.astype(np.intp)


def _check_parts(parts: Parts, n_rows: int) -> None:
    times = np.zeros(n_rows, dtype=np.intp)
    for known, others in parts:
        times[others] += 1
        if np.intersect1d(known, others).size:
            msg = (
                "The folds of 'cv' judge rows that their model was fitted on, and a calibration "
                "on those is too good to be true. Use folds that are apart."
            )
            raise InvalidDataError(msg)
    if len(parts) < 2 or times.max() > 1:
        msg = (
            "The folds of 'cv' must be two or more, and judge no row twice. Got "
            f"{len(parts)}, and a row that is judged {times.max()} times."
        )
        raise InvalidDataError(msg)
