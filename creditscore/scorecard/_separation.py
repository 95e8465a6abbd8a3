"""Which columns separate good from bad, so that no finite estimate exists."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from creditscore._newton import LogisticFit, fit_logistic
from creditscore._typing import Bool1D, Float1D, Float2D

MOST_TOGETHER = 5
"""Largest set that is sought out: larger ones blame nobody, and taking them apart takes long."""


def separating_sets(
    fit: LogisticFit,
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    start: Float1D,
) -> list[list[int]]:
    """Find the columns by which the cases, or some of them, are told apart without error.

    Parameters
    ----------
    fit : LogisticFit
        The fit that has no finite maximum.
    features, is_bad, weights, start
        What it was made of, as in :func:`fit_logistic`.

    Returns
    -------
    list of list of int
        Sets of columns: first those that separate alone, then sets that separate together, of
        which no column can be spared. Without all of them a finite maximum exists.

    Notes
    -----
    Where the separation is complete, every probability ends at 0 or 1, so every coefficient
    diverges and the fit itself does not tell which column is to blame. One column alone
    separates if no bad case lies beyond the least good one, O(n) to see. Sets are found by
    bisection, over columns in the order of how far they move the log-odds: the fewest that
    separate together with those found so far; the last of these cannot be spared. That takes
    about k · log p fits for a set of k among p columns.
    """
    if weights is not None and not weights.all():
        rows = weights > 0
        features, is_bad, weights = features[rows], is_bad[rows], weights[rows]

    def separate(columns: Sequence[int]) -> bool:
        chosen = [0, *(column + 1 for column in columns)]
        part = fit_logistic(features[:, columns], is_bad, weights, start=start[chosen])
        return bool(part.diverging.any())

    everything = range(features.shape[1])
    sets = [[column] for column in everything if separates_alone(features[:, column], is_bad)]
    moves = np.abs(fit.coefficients) * features.std(axis=0)
    order = np.argsort(-moves, kind="stable").tolist()
    rest = [column for column in order if [column] not in sets]
    while rest and separate(rest):
        found = _least_set(rest, separate)
        sets.append(sorted(found))
        rest = [column for column in rest if column not in found]
    return sets


def separates_alone(values: Float1D, is_bad: Bool1D) -> bool:
    """Tell whether all bad cases lie on one side of a value, and all good ones on the other.

    Both may hold the value itself: the likelihood has no finite maximum even so. A constant
    separates nothing.
    """
    bad, good = values[is_bad], values[~is_bad]
    apart = bad.max() <= good.min() or good.max() <= bad.min()
    return bool(apart and values.min() < values.max())


def _least_set(columns: list[int], separate: Callable[[Sequence[int]], bool]) -> list[int]:
    """Find a set that separates and of which no column can be spared; all columns together do."""
    everything = columns
    needed: list[int] = []
    while columns and not separate(needed):
        if len(needed) == MOST_TOGETHER:
            return everything
        low, high = 1, len(columns)
        while low < high:
            middle = (low + high) // 2
            if separate([*columns[:middle], *needed]):
                high = middle
            else:
                low = middle + 1
        needed.append(columns[low - 1])
        columns = columns[: low - 1]
    return needed
