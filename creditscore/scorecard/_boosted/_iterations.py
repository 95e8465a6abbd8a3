"""How many trees: by folds of the sample, and no row that the result is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone

from creditscore._typing import Bool1D, Float1D, Float2D

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

FIRST = 100
"""Trees that are grown at least before their number is judged."""
_ROOM = 0.75
"""Share of the trees grown within which the best number must lie; else more are grown."""


def best_iterations(
    model: HistGradientBoostingClassifier,
    matrix: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    n_folds: int,
    most: int,
) -> tuple[int, Float1D]:
    """Return the number of trees of the least log-loss in folds, and the losses by number.

    Parameters
    ----------
    model : HistGradientBoostingClassifier
        As it will be fitted.
    matrix, is_bad, weights
        The sample.
    n_folds : int
        Stratified folds.
    most : int
        Most trees.

    Notes
    -----
    Trees are grown in all folds at once, twice as many each time, until the best number lies well
    within; so samples that need few trees do not pay for many.
    """
    # takes time to import
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415

    splitter = StratifiedKFold(n_folds, shuffle=True, random_state=model.random_state)
    folds = list(splitter.split(matrix, is_bad))
    models = [clone(model).set_params(warm_start=True) for _ in folds]
    losses = np.empty(0)
    n = min(FIRST, most)
    while True:
        grown = np.zeros(n - len(losses))
        for fold, (fit, judged) in zip(models, folds, strict=True):
            fold.set_params(max_iter=n)
            fold.fit(matrix[fit], is_bad[fit], None if weights is None else weights[fit])
            for_rows = None if weights is None else weights[judged]
            grown += list(_losses(fold, matrix[judged], is_bad[judged], for_rows, len(losses)))
        losses = np.append(losses, grown)
        best = int(losses.argmin()) + 1
        if best <= _ROOM * n or n == most:
            return best, losses / len(is_bad)
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
