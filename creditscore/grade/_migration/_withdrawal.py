"""What is done about ratings that are withdrawn within a period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from creditscore._typing import Float1D, Float2D
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, MigrationWarning
from creditscore.grade._migration._numbers import shares_of

if TYPE_CHECKING:
    from creditscore.grade._migration._generator import GeneratorMatrix
    from creditscore.grade._migration._matrix import MigrationMatrix

Withdrawals: TypeAlias = Literal["remove", "proportional", "no_change", "keep"]
"""What becomes of customers without a rating at the end."""


def warn_of_kept(
    matrix: MigrationMatrix | GeneratorMatrix, periods: Sequence[float] = (0.0,)
) -> None:
    """Warn where withdrawn ratings can no longer default in other periods than the matrix's own."""
    if matrix.default_label is None or matrix.withdrawn_label is None:
        return
    if np.abs(matrix.array[-1, :-1]).sum() != 0 or np.allclose(periods, 1.0, rtol=0, atol=1e-9):
        return
    warn_user(
        f"Withdrawn ratings are kept as the state {matrix.withdrawn_label!r}, which nobody leaves. "
        "Whoever withdraws does not default in any later period, so that default rates over "
        "several periods are too low for these. Take the state out first: "
        "matrix.without_withdrawals().",
        MigrationWarning,
    )


def treated_shares(counts: Float2D, withdrawn: Float1D, treatment: str) -> Float2D:
    """Return the rates of one cohort; "proportional" and "keep" have a last column for withdrawn.

    Parameters
    ----------
    counts : array of shape (n, n)
        Customers by grade at the start and at the end.
    withdrawn : array of shape (n,)
        Customers without a rating at the end.
    treatment : str
        One of `Withdrawals`.
    """
    if treatment == "remove":
        return shares_of(counts)
    if treatment == "no_change":
        return shares_of(counts + np.diag(withdrawn))
    return shares_of(np.column_stack([counts, withdrawn]))


def spread_column(shares: Float2D) -> Float2D:
    """Divide the other columns by 1 less the last; rows without anything else become NaN."""
    rest = shares[:, :-1]
    total = rest.sum(axis=1, keepdims=True)
    spread: Float2D = np.divide(rest, total, out=np.full(rest.shape, np.nan), where=total > 0)
    return spread


def spread_withdrawals(
    matrix: MigrationMatrix, treatment: str
) -> tuple[Float2D, Float2D | None, Float1D | None]:
    """Return probabilities and counts without the last state, and what was withdrawn."""
    shares = matrix.array[:-1]
    if treatment == "no_change":
        square = shares[:, :-1] + np.diag(shares[:, -1])
    else:
        square = spread_column(shares)
        lost = np.isnan(square).any(axis=1) & ~np.isnan(shares).any(axis=1)
        if lost.any():
            msg = (
                f"All ratings of {matrix.labels[int(lost.argmax())]!r} were withdrawn, so there is "
                "nothing to spread them over. Use treatment='no_change', or leave the grade out."
            )
            raise InvalidDataError(msg)
    if matrix.counts is None:
        return square, None, None
    counts = np.array(matrix.counts)[:-1]
    return square, counts[:, :-1], counts[:, -1]
