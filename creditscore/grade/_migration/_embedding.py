"""Whether a matrix can be that of a chain in continuous time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float2D
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._adjustment import negative_rates
from creditscore.grade._migration._logarithm import matrix_logarithm
from creditscore.grade._migration._tables import read_chances

_ALIKE = 1e-9
"""Eigenvalues nearer than this are not told apart."""


def embedding_table(matrix: Any) -> pd.DataFrame:
    """Look at the conditions for a matrix to have a generator.

    Parameters
    ----------
    matrix : MigrationMatrix or array-like of shape (n_states, n_states)
        Chances.

    Returns
    -------
    DataFrame
        A row a condition: condition, value (the number that is looked at), holds, says (what
        follows from its holding or not, in words).

    Raises
    ------
    InvalidDataError
        Rows that are no chances.

    See Also
    --------
    generator_of : Finds a generator, or one near.

    Notes
    -----
    A matrix has no generator if its determinant is zero or below; if the determinant is above the
    product of the diagonal; or if a state can be reached from another, yet not within one period
    [1]_. The last holds of nearly all agency matrices, whose small chances are estimated by zero.
    If the eigenvalues are distinct, real and above zero, the principal logarithm is the only real
    one, so that it decides [1]_, [2]_. A determinant above 1/2, with a logarithm that is a
    generator, leaves room for no second generator [1]_.

    References
    ----------
    .. [1] R. B. Israel, J. S. Rosenthal and J. Z. Wei, "Finding generators for Markov chains via
       empirical transition matrices, with applications to credit ratings", *Mathematical Finance*
       11, 2001, pp. 245-265.
    .. [2] W. J. Culver, "On the existence and uniqueness of the real logarithm of a matrix",
       *Proceedings of the American Mathematical Society* 17, 1966, pp. 1146-1151.

    Examples
    --------
    >>> from creditscore.grade import embedding_table
    >>> table = embedding_table([[0.9, 0.1, 0.0], [0.05, 0.85, 0.1], [0.0, 0.0, 1.0]])
    >>> table[["condition", "value", "holds"]].head(2).round(4)
                                     condition  value  holds
    0                      determinant above 0  0.760   True
    1  determinant at most product of diagonal -0.005   True
    """
    chances = read_chances(matrix, "matrix")
    determinant = float(np.linalg.det(chances))
    diagonal = float(np.prod(np.diag(chances)))
    values = np.linalg.eigvals(chances)
    least, gap = _least_and_gap(values)
    unreached = _reachable_later(chances)
    negative = _least_rate(chances)
    rows = [
        ("determinant above 0", determinant, determinant > 0, "else there is no generator"),
        (
            "determinant at most product of diagonal", determinant - diagonal,
            determinant <= diagonal + 1e-12, "else there is no generator",
        ),
        (
            "all that can be reached is within one period", float(unreached), unreached == 0,
            "else there is no generator",
        ),
        (
            "eigenvalues distinct, real and above 0", min(least, gap), min(least, gap) > _ALIKE,
            "then the logarithm is the only candidate",
        ),
        (
            "logarithm without rates below 0", negative, negative == 0.0,
            "then it is a generator",
        ),
        ("determinant above 1/2", determinant, determinant > 0.5, "then there is no second one"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["condition", "value", "holds", "says"])


def _least_and_gap(values: Any) -> tuple[float, float]:
    """Return the least eigenvalue and the least gap between two; below zero if some are complex."""
    if (np.abs(np.imag(values)) > 1e-12).any():
        return -float(np.abs(np.imag(values)).max()), 0.0
    real = np.sort(np.real(values))
    return float(real[0]), float(np.diff(real).min())


def _reachable_later(chances: Float2D) -> int:
    """Count pairs of states without a chance in one period, and with one later on."""
    n = len(chances)
    reached = np.linalg.matrix_power((chances > 0) | np.eye(n, dtype=bool), n)
    return int((reached & (chances == 0)).sum())


def _least_rate(chances: Float2D) -> float:
    """Return the least rate below zero of the logarithm, 0 without one, NaN without a logarithm."""
    try:
        below = negative_rates(matrix_logarithm(chances))
    except InvalidDataError:
        return float("nan")
    return float(below.min()) if len(below) else 0.0
