"""Weights drawn at random around those given: by Dirichlet, or by disturbed judgements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Float2D
from creditscore._validation import as_floats, check_integer, check_random_state, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.expert._ahp._pairwise import PairwiseComparison
from creditscore.expert._weights._weights import Weights, check_same_names

_OWNER = "WeightSensitivity"
_RECIPROCAL = 1e-6
"""Relative error up to which two judgements of one pair are reciprocal."""
_OTHER_WEIGHTS = 0.1
"""Difference of two weights beyond which a matrix is taken for that of other weights."""
_BLOCK = 2**21
"""Numbers that are drawn at a time."""


def draw_dirichlet(
    weights: Float1D, concentration: Any, *, n_draws: int, random_state: Any
) -> Float2D:
    """Return draws × criteria around the weights; a weight of 0 stays 0."""
    check_integer(n_draws, "n_draws", _OWNER, low=1)
    check_real(concentration, "concentration", _OWNER, low=0.0, high=math.inf)
    rng = check_random_state(random_state, _OWNER)
    drawn = np.zeros((n_draws, len(weights)))
    counted = weights > 0
    drawn[:, counted] = rng.dirichlet(concentration * weights[counted], size=n_draws)
    return drawn


def draw_judgements(
    matrix: Any, weights: Weights, noise: Any, *, n_draws: int, random_state: Any
) -> Float2D:
    """Return draws × criteria: geometric means of the rows of disturbed judgements."""
    check_integer(n_draws, "n_draws", _OWNER, low=1)
    check_real(noise, "noise", _OWNER, low=0.0, high=math.inf)
    logs = np.log(_checked_matrix(matrix, weights))
    rng = check_random_state(random_state, _OWNER)
    n = len(logs)
    rows, columns = np.triu_indices(n, 1)
    # a judgement of i over j adds to the row of i, and its reciprocal takes from that of j
    effect = np.zeros((len(rows), n))
    effect[np.arange(len(rows)), rows] = noise / n
    effect[np.arange(len(rows)), columns] = -noise / n
    drawn = np.empty((n_draws, n))
    size = max(1, _BLOCK // len(rows))
    for start in range(0, n_draws, size):
        block = drawn[start : start + size]
        block[:] = logs.mean(axis=1) + rng.standard_normal((len(block), len(rows))) @ effect
    drawn = np.exp(drawn - drawn.max(axis=1, keepdims=True))
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def _checked_matrix(matrix: Any, weights: Weights) -> Float2D:
    """Return a matrix in the order of the weights, complete, reciprocal and of these weights."""
    if isinstance(matrix, PairwiseComparison):
        matrix = matrix.frame()
    if isinstance(matrix, pd.DataFrame):
        check_same_names(weights.names, list(matrix.columns), "matrix")
        check_same_names(weights.names, list(matrix.index), "matrix")
        matrix = matrix.loc[list(weights.names), list(weights.names)].to_numpy()
    found = as_floats(matrix, "The matrix of judgements")
    n = len(weights)
    if found.shape != (n, n) or not (np.isfinite(found) & (found > 0)).all():
        msg = (
            f"The matrix of judgements must have {n} rows and columns, one a criterion, of numbers "
            f"above 0, none missing: PairwiseComparison.completed() fills in what is. Got shape "
            f"{found.shape}, {int(np.isnan(found).sum())} missing."
        )
        raise InvalidDataError(msg)
    off = np.abs(found * found.T - 1)
    if (off > _RECIPROCAL).any():
        i, j = (int(place) for place in np.unravel_index(int(off.argmax()), off.shape))
        msg = (
            f"The judgement of {weights.names[i]!r} over {weights.names[j]!r} is {found[i, j]:g}, "
            f"and that of the reverse {found[j, i]:g}: they must be reciprocal."
        )
        raise InvalidDataError(msg)
    means = np.exp(np.log(found).mean(axis=1))
    difference = np.abs(means / means.sum() - weights.array())
    if difference.max() > _OTHER_WEIGHTS:
        i = int(difference.argmax())
        msg = (
            f"The matrix gives {weights.names[i]!r} the weight {means[i] / means.sum():.3f}, and "
            f"the weights {weights.values[i]:.3f}. Are its rows in the order of the weights?"
        )
        raise InvalidDataError(msg)
    return found
