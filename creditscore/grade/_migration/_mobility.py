"""How much customers move, in one number, by several definitions."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Float1D
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._distance import svd_mobility
from creditscore.grade._migration._matrix import MigrationMatrix
from creditscore.grade._migration._numbers import as_frame
from creditscore.grade._migration._tables import read_chances


@dataclass(frozen=True, kw_only=True, repr=False)
class MobilityIndices:
    """Indices of mobility of one matrix; by :func:`mobility_indices`.

    Attributes
    ----------
    trace : float
        (N - Σ p_ii) / (N - 1), of Prais and Shorrocks.
    eigenvalues : float
        (N - Σ |λ_i|) / (N - 1).
    determinant : float
        1 - |det P|.
    second_eigenvalue : float
        1 - |λ_2|, the second largest.
    svd : float
        Mean of the singular values of P - I, of Jafry and Schuermann.
    upgrade_share, downgrade_share, stay_share : float
        Customers that moved up, that moved down (into default too), and that stayed.
    downgrade_ratio : float
        Downgrades for each upgrade; NaN without an upgrade.
    mean_notches : float
        Grades that a customer falls on average, default one below the last grade; below zero
        where they rise.

    Examples
    --------
    >>> from creditscore.grade import mobility_indices
    >>> mobility_indices([[0.9, 0.1], [0.2, 0.8]], default_label=None)
    <MobilityIndices: trace 0.3000, svd 0.1581; 10.0% up, 5.0% down>
    """

    trace: float
    eigenvalues: float
    determinant: float
    second_eigenvalue: float
    svd: float
    upgrade_share: float
    downgrade_share: float
    stay_share: float
    downgrade_ratio: float
    mean_notches: float

    def frame(self) -> pd.DataFrame:
        """Return a row an index: index, value."""
        return pd.DataFrame({"index": list(asdict(self)), "value": list(asdict(self).values())})

    def __repr__(self) -> str:
        """Say in one line how much customers move."""
        return (
            f"<{type(self).__name__}: trace {self.trace:.4f}, svd {self.svd:.4f}; "
            f"{self.upgrade_share:.1%} up, {self.downgrade_share:.1%} down>"
        )

    def _repr_html_(self) -> str:
        return html_table(self.frame(), caption="Mobility", formats={"value": "{:.4f}"})


def mobility_indices(
    matrix: Any, *, weights: Any = None, default_label: str | None = "D"
) -> MobilityIndices:
    """Measure how much customers move between grades.

    Parameters
    ----------
    matrix : MigrationMatrix or array-like of shape (n_states, n_states)
        Chances, the safest state first.
    weights : array-like of shape (n_grades,) or (n_states,), optional
        Customers by grade at the start, in the order of the matrix, for the shares of upgrades
        and downgrades. Without them,
        those of the matrix's counts where it has some, else each grade counts alike.
    default_label : str, default="D"
        Of an array, any text says that the last state is default, whose customers no share counts;
        None that all states are grades. A MigrationMatrix knows.

    Returns
    -------
    MobilityIndices

    Raises
    ------
    InvalidDataError
        Rows that are no chances; weights that are not one a grade, or a Series that names the
        grades in another order.

    Notes
    -----
    Indices are of the whole matrix, default and all, with N states. The row of an absorbing
    default adds nothing to what moves, so indices of matrices with and without it do not compare.
    Withdrawn ratings that are kept are one more such state, with which `second_eigenvalue` is 0:
    take them out first by :meth:`MigrationMatrix.without_withdrawals`.
    `trace` is of [1]_ and [2]_, `eigenvalues`, `determinant` and `second_eigenvalue` are listed
    in [2]_, `svd` is of [3]_.

    References
    ----------
    .. [1] S. J. Prais, "Measuring social mobility", *Journal of the Royal Statistical Society A*
       118, 1955, pp. 56-66.
    .. [2] A. F. Shorrocks, "The measurement of mobility", *Econometrica* 46, 1978, pp. 1013-1024.
    .. [3] Y. Jafry and T. Schuermann, "Measurement, estimation and comparison of credit migration
       matrices", *Journal of Banking & Finance* 28, 2004, pp. 2603-2639.

    Examples
    --------
    >>> from creditscore.grade import MigrationMatrix, mobility_indices
    >>> year = MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])
    >>> found = mobility_indices(year, weights=[300, 100])
    >>> round(found.downgrade_share, 4), round(found.upgrade_share, 4)
    (0.1, 0.025)
    >>> round(found.downgrade_ratio, 2), round(found.svd, 4)
    (4.0, 0.1147)
    """
    chances = read_chances(matrix, "matrix")
    n = len(chances)
    values = np.sort(np.abs(np.linalg.eigvals(chances)))[::-1]
    held = _weights(matrix, weights, n, default_label)
    n_grades = len(held)
    rows = chances[:n_grades]
    fall = np.arange(n)[None, :] - np.arange(n_grades)[:, None]
    if isinstance(matrix, MigrationMatrix) and matrix.withdrawn_label is not None:
        # who withdraws has not moved down
        fall[:, -1] = 0
    down, up = ((np.where(side, rows, 0.0).sum(axis=1) @ held) for side in (fall > 0, fall < 0))
    return MobilityIndices(
        trace=float((n - np.trace(chances)) / (n - 1)),
        eigenvalues=float((n - values.sum()) / (n - 1)),
        determinant=float(1 - abs(np.linalg.det(chances))),
        second_eigenvalue=float(1 - values[1]),
        svd=svd_mobility(chances),
        upgrade_share=float(up),
        downgrade_share=float(down),
        stay_share=float(np.diag(rows) @ held),
        downgrade_ratio=float(down / up) if up > 0 else math.nan,
        mean_notches=float((rows * fall).sum(axis=1) @ held),
    )


def _weights(matrix: Any, weights: Any, n: int, default_label: str | None) -> Float1D:
    """Return the share of customers in each grade."""
    known = isinstance(matrix, MigrationMatrix)
    n_grades = len(matrix.grades) if known else n - (default_label is not None)
    if weights is None:
        counts = known and matrix.counts is not None and matrix.exposure is None
        held = np.array(matrix.counts).sum(axis=1)[:n_grades] if counts else np.ones(n_grades)
    else:
        _check_names(matrix, weights)
        held = as_floats(weights, "weights")[:n_grades]
    if held.shape != (n_grades,) or not (held >= 0).all() or not held.sum() > 0:
        msg = (
            f"weights must be a number for each of the {n_grades} grades, zero or more, and not "
            f"all zero. Got {held.tolist()!r}."
        )
        raise InvalidDataError(msg)
    share: Float1D = held / held.sum()
    return share


def _check_names(matrix: Any, weights: Any) -> None:
    """Refuse weights that name the grades of the matrix in another order."""
    table = matrix.frame() if isinstance(matrix, MigrationMatrix) else as_frame(matrix)
    if not isinstance(table, pd.DataFrame) or not isinstance(weights, pd.Series):
        return
    names, given = table.columns.tolist()[: len(weights)], list(map(str, weights.index))
    if given != names and set(given) == set(names):
        msg = (
            f"weights are of {given!r}, and the grades of the matrix are {names!r}. Bring them "
            f"into this order: weights.loc[{names!r}]."
        )
        raise InvalidDataError(msg)
