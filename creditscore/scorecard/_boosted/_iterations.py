"""How many trees: by folds of the sample, and no row that the result is judged on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidParameterError, NonConvergenceWarning
from creditscore.scorecard._boosted._design import cuttable

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

ENOUGH = 2_000
"""Cases of each class that judge the number of trees; more, fold by fold, change little."""
_FIRST = 100
"""Trees that are grown at least before their number is judged."""
_ROOM = 0.75
"""Share of the trees grown within which the best number must lie; else more are grown."""
_COARSE_RATE = 0.5
"""Learning rate of the trees of the folds, where that of the result is less."""
_MOST_COARSE = 5.0
"""Times that it is the rate of the result, at most."""
_LONGER = 0.05
"""Coarser trees fit chance sooner: for each time the rate, so much more are grown at the end."""
_LEAST_COARSE = 10
"""Best numbers below this are looked for again at the rate of the result."""


def best_iterations(
    model: HistGradientBoostingClassifier,
    matrix: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    n_folds: int,
    most: int,
) -> int:
    """Return the number of trees of the least log-loss in folds.

    Parameters
    ----------
    model : HistGradientBoostingClassifier
        As it will be fitted.
    matrix, is_bad, weights
        The sample.
    n_folds : int
        Stratified folds; as many as there are cases of the rarer class, if that is less.
    most : int
        Most trees.

    Raises
    ------
    InvalidParameterError
        There is one case of a class only.

    Warns
    -----
    NonConvergenceWarning
        The best number is near to `most`, and so may be beyond.

    Notes
    -----
    Trees of the folds have up to five times the learning rate, so that a fifth of the number or
    less goes as far. Six times the best number of them did as well as the best number itself on
    all samples that it was tried on.

    Trees are grown in all folds at once, twice as many each time, until the best number lies well
    within; so samples that need few trees do not pay for many. Of large samples the first folds are
    enough: those that together judge :data:`ENOUGH` cases of each class.
    """
    folds = _folds(is_bad, n_folds, model.random_state)
    rate = float(model.learning_rate)
    times = max(1.0, min(_MOST_COARSE, _COARSE_RATE / rate))
    sample = (matrix, is_bad, weights)
    best, is_within = _grown(_at_rate(model, rate * times), folds, sample, math.ceil(most / times))
    if times > 1 and best < _LEAST_COARSE:
        times = 1.0
        best, is_within = _grown(_at_rate(model, rate), folds, sample, most)
    if not is_within:
        warn_user(
            f"The log-loss in folds still falls near to max_iterations={most} trees, so more may "
            "be better. Raise max_iterations or learning_rate.",
            NonConvergenceWarning,
        )
    return min(round(best * times * (1 + _LONGER * (times - 1))), most)


def _folds(is_bad: Bool1D, n_folds: int, random_state: int) -> list[tuple[Int1D, Int1D]]:
    """Return the rows to fit on and those that judge, of as many folds as are needed."""
    # takes time to import
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415

    n_bad = int(np.count_nonzero(is_bad))
    least = min(n_bad, len(is_bad) - n_bad)
    if least < 2:
        msg = (
            "The number of trees is chosen by folds, which need two cases of each class or more. "
            f"There is {least} of one. Give n_iterations, or bring more cases."
        )
        raise InvalidParameterError(msg)
    n_folds = min(n_folds, least)
    splitter = StratifiedKFold(n_folds, shuffle=True, random_state=random_state)
    return list(islice(splitter.split(is_bad, is_bad), math.ceil(ENOUGH / (least / n_folds))))


def _at_rate(
    model: HistGradientBoostingClassifier, learning_rate: float
) -> HistGradientBoostingClassifier:
    return clone(model).set_params(learning_rate=learning_rate, warm_start=True)


def _grown(
    model: HistGradientBoostingClassifier,
    folds: Sequence[tuple[Int1D, Int1D]],
    sample: tuple[Float2D, Bool1D, Float1D | None],
    most: int,
) -> tuple[int, bool]:
    """Grow trees in folds; return the best number, and whether it lies well within those grown."""
    matrix, is_bad, weights = sample
    least = model.min_samples_leaf
    models = [clone(model) for _ in folds]
    losses = np.empty(0)
    n = min(_FIRST, most)
    while True:
        grown = np.zeros(n - len(losses))
        for fold, (fit, judged) in zip(models, folds, strict=True):
            fold.set_params(max_iter=n)
            for_fit = None if weights is None else weights[fit]
            fold.fit(cuttable(matrix[fit], least), is_bad[fit], for_fit)
            for_rows = None if weights is None else weights[judged]
            grown += list(_losses(fold, matrix[judged], is_bad[judged], for_rows, len(losses)))
        losses = np.append(losses, grown)
        best = int(losses.argmin()) + 1
        if best <= _ROOM * n or n == most:
            return best, best <= _ROOM * n
        n = min(2 * n, most)


def _losses(
    model: HistGradientBoostingClassifier,
    matrix: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    known: int,
) -> Iterator[float]:
    """Yield the log-loss of rows with one tree more each time, after the first `known`."""
    sign = np.where(is_bad, -1.0, 1.0)
    for log_odds in islice(model.staged_decision_function(matrix), known, None):
        yield float(np.average(np.logaddexp(0.0, sign * log_odds.ravel()), weights=weights)) * len(
            is_bad
        )
