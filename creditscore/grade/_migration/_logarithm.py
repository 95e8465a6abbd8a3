"""The principal logarithm of a matrix of probabilities."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float2D
from creditscore.exceptions import InvalidDataError

_NEAR_ONE = 0.25
"""Norm of A - I below which the quadrature is exact to the last digits."""
_MOST_ROOTS = 60
_MOST_STEPS = 60


def matrix_logarithm(matrix: Float2D) -> Float2D:
    """Return the principal logarithm of a real matrix.

    Square roots are taken until the matrix is near one, by the product form of the Denman-Beavers
    iteration; the logarithm of I + X is then the integral of X (I + t X)⁻¹ over t from 0 to 1, by
    Gauss's rule, and is doubled as often as roots were taken (N. J. Higham, *Functions of
    Matrices*, 2008, sections 6.3 and 11.4). O(n³) a step. The function of scipy prints to the
    screen in the oldest version that is allowed, which a library must not.

    Raises
    ------
    InvalidDataError
        An eigenvalue is zero or a negative number: there is no such logarithm.
    """
    _check_eigenvalues(matrix)
    one = np.eye(len(matrix))
    near, n_roots = matrix, 0
    while np.abs(near - one).sum(axis=1).max() > _NEAR_ONE and n_roots < _MOST_ROOTS:
        near, n_roots = _square_root(near), n_roots + 1
    beyond = near - one
    nodes, weights = np.polynomial.legendre.leggauss(12)
    total = np.zeros_like(beyond)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        total += weight * np.linalg.solve(one + node * beyond, beyond)
    logarithm: Float2D = 2.0**n_roots * total
    return logarithm


def _square_root(matrix: Float2D) -> Float2D:
    one = np.eye(len(matrix))
    root, product = matrix, matrix
    for _ in range(_MOST_STEPS):
        inverse = np.linalg.inv(product)
        root = 0.5 * root @ (one + inverse)
        product = 0.5 * (one + 0.5 * (product + inverse))
        if np.abs(product - one).max() < 1e-15 * len(matrix):
            break
    return root


def _check_eigenvalues(matrix: Float2D) -> None:
    values = np.linalg.eigvals(matrix)
    flat = np.abs(values.imag) <= 1e-12
    odd = values.real[flat & (values.real <= 1e-13)]
    if len(odd):
        msg = (
            f"The matrix has no logarithm, because {odd.min():.4g} is among its eigenvalues, and a "
            "real logarithm needs them away from zero and from negative numbers. Use "
            "method='jlt', which takes no logarithm, or a longer history."
        )
        raise InvalidDataError(msg)
