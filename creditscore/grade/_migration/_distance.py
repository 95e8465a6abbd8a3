"""How far two matrices are from each other, and in which direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from creditscore._typing import Float2D
from creditscore._validation import check_choice
from creditscore.grade._migration._tables import read_pair

Distance: TypeAlias = Literal["l1", "l1_mean", "l2", "l2_mean", "maximum", "svd"]
"""Distances of two matrices."""


def matrix_distance(a: Any, b: Any, *, method: Distance = "svd") -> float:
    """Measure how far two matrices are from each other.

    Parameters
    ----------
    a, b : MigrationMatrix or array-like of shape (n_states, n_states)
        Chances over the same states, and over periods of one length.
    method : {"l1", "l1_mean", "l2", "l2_mean", "maximum", "svd"}, default="svd"
        See Notes.

    Returns
    -------
    float
        Zero for equal matrices, the same for (a, b) and (b, a).

    Raises
    ------
    InvalidDataError
        Matrices of different states, rows that are no chances, rows without customers.

    Warns
    -----
    MigrationWarning
        Periods of different lengths.

    See Also
    --------
    directional_difference : Whether the second is riskier.
    mobility_indices : What is compared by "svd".
    homogeneity_test : Whether a difference is more than chance.

    Notes
    -----
    With N states, default and all, "l1" is Σ |a_ij - b_ij|, "l2" the root of Σ (a_ij - b_ij)²,
    "l1_mean" and "l2_mean" are these over N², "maximum" is the largest |a_ij - b_ij|. "svd" is
    |M(a) - M(b)|, where M is the mean of the singular values of P - I [1]_; in the paper the
    difference has a sign. It compares how much customers move, and two different matrices may be
    0 apart; by the others only equal ones are.

    References
    ----------
    .. [1] Y. Jafry and T. Schuermann, "Measurement, estimation and comparison of credit migration
       matrices", *Journal of Banking & Finance* 28, 2004, pp. 2603-2639.

    Examples
    --------
    >>> from creditscore.grade import matrix_distance
    >>> a = [[0.9, 0.1], [0.0, 1.0]]
    >>> b = [[0.8, 0.2], [0.0, 1.0]]
    >>> round(matrix_distance(a, b), 4), round(matrix_distance(a, b, method="l1"), 4)
    (0.0707, 0.2)
    """
    check_choice(method, "method", "matrix_distance", tuple(_DISTANCES))
    return _DISTANCES[method](*read_pair(a, b))


def directional_difference(a: Any, b: Any) -> float:
    """Measure by how many grades more customers fall on average by the second matrix.

    Parameters
    ----------
    a, b : MigrationMatrix or array-like of shape (n_states, n_states)
        Chances, the safest state first; the old one first.

    Returns
    -------
    float
        Above zero where `b` is riskier. (b, a) gives the same with the other sign.

    Raises
    ------
    InvalidDataError
        As in :func:`matrix_distance`.

    Warns
    -----
    MigrationWarning
        As in :func:`matrix_distance`.

    Notes
    -----
    Σ_ij (j - i) (b_ij - a_ij) / N over the N states, each counting alike, and default as one grade
    below the last. It is a directed index in the manner of [1]_, whose own also weigh cells by
    what they mean for a portfolio.

    References
    ----------
    .. [1] S. Trück and S. T. Rachev, "Credit portfolio risk and probability of default confidence
       sets through the business cycle", *Journal of Credit Risk* 1(4), 2005, pp. 61-88.

    Examples
    --------
    >>> from creditscore.grade import directional_difference
    >>> round(directional_difference([[0.9, 0.1], [0.0, 1.0]], [[0.8, 0.2], [0.0, 1.0]]), 4)
    0.05
    """
    first, second = read_pair(a, b)
    place = np.arange(len(first))
    fall = place[None, :] - place[:, None]
    return float((fall * (second - first)).sum() / len(first))


def svd_mobility(chances: Float2D) -> float:
    """Return the mean of the singular values of P - I."""
    return float(np.linalg.svd(chances - np.eye(len(chances)), compute_uv=False).mean())


def _euclid(a: Float2D, b: Float2D) -> float:
    return float(np.sqrt(((a - b) ** 2).sum()))


_DISTANCES: dict[str, Callable[[Float2D, Float2D], float]] = {
    "l1": lambda a, b: float(np.abs(a - b).sum()),
    "l1_mean": lambda a, b: float(np.abs(a - b).mean()),
    "l2": _euclid,
    "l2_mean": lambda a, b: _euclid(a, b) / a.size,
    "maximum": lambda a, b: float(np.abs(a - b).max()),
    "svd": lambda a, b: abs(svd_mobility(a) - svd_mobility(b)),
}
