"""Periods of different matrices, one after the other."""

from __future__ import annotations

from functools import reduce

import numpy as np

from creditscore._checks import check_kind
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._matrix import MigrationMatrix
from creditscore.grade._migration._numbers import rows_of
from creditscore.grade._migration._withdrawal import warn_of_kept


def chain_matrices(*matrices: MigrationMatrix) -> MigrationMatrix:
    """Return the matrix of several periods, each with a matrix of its own.

    Parameters
    ----------
    *matrices : MigrationMatrix
        One or more, the first period first, all of the same states: such as those of the years of
        a scenario.

    Returns
    -------
    MigrationMatrix
        Of all periods together, without counts.

    Raises
    ------
    InvalidDataError
        No matrix, different states, or a grade without customers.

    Warns
    -----
    MigrationWarning
        As in :meth:`MigrationMatrix.power`.

    See Also
    --------
    MigrationMatrix.power : The same matrix in each period.

    Notes
    -----
    The product P_1 P_2 … of the periods: what happens next depends on the grade and on the period,
    and on nothing else.

    Examples
    --------
    >>> from creditscore.grade import MigrationMatrix, chain_matrices
    >>> good = MigrationMatrix.from_percent([[95, 4, 1], [10, 85, 5]], labels=["A", "B", "D"])
    >>> poor = MigrationMatrix.from_percent([[85, 12, 3], [5, 80, 15]], labels=["A", "B", "D"])
    >>> chain_matrices(poor, good).default_rates().round(4).to_dict()
    {'A': 0.0445, 'B': 0.1905}
    """
    if not matrices:
        msg = "chain_matrices needs one matrix or more, one for each period."
        raise InvalidDataError(msg)
    for matrix in matrices:
        check_kind(matrix, "matrices", "chain_matrices", MigrationMatrix)
    states = {(m.labels, m.default_label, m.withdrawn_label) for m in matrices}
    if len(states) > 1:
        shown = ", ".join(sorted({repr(m.labels) for m in matrices}))
        msg = f"All periods must have the same states. Got {shown}."
        raise InvalidDataError(msg)
    if len(matrices) > 1:
        warn_of_kept(matrices[0])
    product = reduce(np.matmul, [matrix._complete() for matrix in matrices])  # noqa: SLF001 - of this concept
    first = matrices[0]
    return MigrationMatrix(
        labels=first.labels,
        probabilities=rows_of(product / product.sum(axis=1, keepdims=True)),
        default_label=first.default_label,
        withdrawn_label=first.withdrawn_label,
        years=sum(matrix.years for matrix in matrices),
        method=f"product of {len(matrices)} periods",
        withdrawals=first.withdrawals,
    )
