"""The curvature of a likelihood: sums of weighted products of columns, and solving by them."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D, Float2D

_BLOCK = 1 << 14
"""Rows that are weighed at once, so that what is worked out stays in the cache."""
_ALIASED = 1e-9
"""Eigenvalue, of a matrix with a diagonal of 1, below which a direction holds rounding only."""
_NO_LOAD = 1e-4
"""Part in such a direction below which it is rounding."""


def weighted_products(columns: Float2D, weights: Float1D) -> Float2D:
    """Return the sums of products of each two columns, over rows with weights."""
    products = np.zeros((columns.shape[1], columns.shape[1]))
    for begin in range(0, len(weights), _BLOCK):
        block = columns[begin : begin + _BLOCK]
        products += (block * weights[begin : begin + _BLOCK, None]).T @ block
    return products


def solve(information: Float2D, right: Float1D | Float2D) -> Float2D:
    """Solve, with the least solution where columns determine each other."""
    values, vectors, scale = _turned(information)
    kept = values > _ALIASED
    sides = (right.T / scale).T
    solved: Float2D = vectors[:, kept] @ ((vectors[:, kept].T @ sides).T / values[kept]).T
    return (solved.T / scale).T


def variances(information: Float2D) -> Float1D:
    """Return the diagonal of the inverse; infinite for columns that others determine."""
    values, vectors, scale = _turned(information)
    flat = values <= _ALIASED
    found: Float1D = (vectors[:, ~flat] ** 2 / values[~flat]).sum(axis=1) / scale**2
    found[(np.abs(vectors[:, flat]) > _NO_LOAD).any(axis=1)] = np.inf
    return found


def _turned(information: Float2D) -> tuple[Float1D, Float2D, Float1D]:
    """Return eigenvalues and vectors, scaled to a diagonal of 1, and the scale."""
    scale = np.sqrt(np.diag(information))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    return values, vectors, scale
