"""How far customers move between grades, and whether near moves are the likelier ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_order
from creditscore.exceptions import InvalidDataError
from creditscore.validate._tests._inputs import read_matrix
from creditscore.validate._tests._rate_test import RateTest, rate_test


@dataclass(frozen=True, kw_only=True, repr=False)
class MigrationBandwidth:
    """How far customers moved between grades; by :func:`migration_bandwidth`.

    Attributes
    ----------
    upper : float
        Of moves to riskier grades, in (0, 1]: mean distance in grades over the longest possible.
        NaN where no customer moved so.
    lower : float
        The same of moves to safer grades.
    n_upper, n_lower, n_stayed : float
        Customers who moved to riskier and to safer grades, and who stayed.

    Examples
    --------
    >>> from creditscore.validate import migration_bandwidth
    >>> migration_bandwidth([[2, 1, 1], [1, 2, 1], [1, 1, 2]])
    <MigrationBandwidth: upper 0.800, lower 0.800; 3 down, 3 up, 6 stayed>
    """

    upper: float
    lower: float
    n_upper: float
    n_lower: float
    n_stayed: float

    def __repr__(self) -> str:
        """Say in one line how far and how many."""
        upper, lower = (
            "not known" if math.isnan(value) else f"{value:.3f}"
            for value in (self.upper, self.lower)
        )
        return (
            f"<MigrationBandwidth: upper {upper}, lower {lower}; {self.n_upper:g} down, "
            f"{self.n_lower:g} up, {self.n_stayed:g} stayed>"
        )


def migration_bandwidth(counts: Any) -> MigrationBandwidth:
    """Measure how far customers moved between grades, above and below the diagonal.

    Parameters
    ----------
    counts : array-like of shape (n_grades, n_grades) or MigrationMatrix
        Customers by grade at the begin (rows) and at the end (columns) of the period, grades
        safest first, two or more. Customers in default at the end, or gone, are left out; of a
        matrix, its grades are taken, which it must have counted.

    Returns
    -------
    MigrationBandwidth

    Raises
    ------
    InvalidDataError
        No square matrix; numbers that are negative or not finite; shares in place of counts; a
        DataFrame whose rows and columns name grades in different orders.

    See Also
    --------
    migration_stability_test : Whether near moves are the likelier ones.

    Notes
    -----
    Upper = Σ |i - j| · N_ij / Σ max(i - 1, K - i) · N_ij over j > i, of grades 1 … K; lower the
    same over j < i [1]_. The European Central Bank reports it without a bound. A side that nobody
    moved to has no distance: NaN here, where some programs write 0. O(K²) time.

    References
    ----------
    .. [1] European Central Bank, *Instructions for reporting the validation results of internal
       models: IRB Pillar I models for credit risk*, February 2019, section 2.5.5.1.

    Examples
    --------
    >>> from creditscore.validate import migration_bandwidth
    >>> found = migration_bandwidth([[90, 8, 2], [5, 90, 5], [0, 10, 90]])
    >>> round(found.upper, 4), round(found.lower, 4)
    (0.68, 0.6)
    """
    matrix = read_matrix(counts)
    grades = np.arange(len(matrix))
    distance = np.abs(grades[:, None] - grades)
    longest = np.maximum(grades, len(matrix) - 1 - grades)[:, None]
    widths, numbers = [], []
    for side in (np.triu(matrix, 1), np.tril(matrix, -1)):
        most = float((longest * side).sum())
        widths.append(float((distance * side).sum()) / most if most else math.nan)
        numbers.append(float(side.sum()))
    return MigrationBandwidth(
        upper=widths[0],
        lower=widths[1],
        n_upper=numbers[0],
        n_lower=numbers[1],
        n_stayed=float(np.trace(matrix)),
    )


def migration_stability_test(counts: Any, *, n_initial: Any = None) -> RateTest:
    """Test of each cell of a migration matrix whether the cell nearer to the diagonal is likelier.

    Parameters
    ----------
    counts : array-like of shape (n_grades, n_grades) or MigrationMatrix
        Customers by grade at the begin (rows) and at the end (columns) of the period, as in
        :func:`migration_bandwidth`.
    n_initial : array-like of shape (n_grades,), optional
        Customers of each grade at the begin, those in default or gone at the end among them;
        sums of the rows without it.

    Returns
    -------
    RateTest
        Matrices of z and p. The hypothesis of a cell is that a move there is not likelier than
        one that ends a grade nearer to the begin: z is negative, and p small, where it is.
        NaN on the diagonal, in rows without customers, and where no variance is left: both cells
        are empty, or one of them holds the whole row.

    Raises
    ------
    InvalidDataError
        As in :func:`migration_bandwidth`; fewer customers at the begin than in the row.

    See Also
    --------
    adjust_p_values : There are K · (K - 1) tests.

    Notes
    -----
    z = (q - p) / √((p (1 - p) + q (1 - q) + 2 p q) / N), with p the share of the cell, q the share
    of its neighbour one step towards the diagonal, N the customers of the row; p-value Φ(z)
    [1]_. O(K²) time.

    References
    ----------
    .. [1] European Central Bank, *Instructions for reporting the validation results of internal
       models: IRB Pillar I models for credit risk*, February 2019, section 2.5.5.2.

    Examples
    --------
    >>> from creditscore.validate import migration_stability_test
    >>> migration_stability_test([[2, 1, 1], [1, 2, 1], [1, 1, 2]]).statistic.round(3)
    array([[  nan, 0.603, 0.   ],
           [0.603,   nan, 0.603],
           [0.   , 0.603,   nan]])
    """
    matrix = read_matrix(counts)
    total = matrix.sum(axis=1)
    if isinstance(counts, pd.DataFrame):
        check_order(counts=counts.iloc[:, 0], n_initial=n_initial)
    if n_initial is not None:
        total = _read_initial(n_initial, total)
    k = len(matrix)
    shares = np.divide(
        matrix, total[:, None], out=np.full((k, k), np.nan), where=total[:, None] > 0
    )
    rows, columns = np.indices((k, k))
    near = shares[rows, columns + np.sign(rows - columns)]
    variance = shares * (1 - shares) + near * (1 - near) + 2 * shares * near
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (near - shares) / np.sqrt(variance / total[:, None])
    z[(rows == columns) | ~(variance > 0)] = np.nan
    return rate_test(z, ndtr(z))


def _read_initial(n_initial: Any, total: Float1D) -> Float1D:
    initial = as_floats(n_initial, "n_initial")
    if initial.shape != total.shape or not (np.isfinite(initial) & (initial >= total)).all():
        msg = (
            "n_initial must hold one number for each grade, no fewer than the customers in its "
            f"row of counts. Got {initial.tolist()} for rows of {total.tolist()}."
        )
        raise InvalidDataError(msg)
    return initial
