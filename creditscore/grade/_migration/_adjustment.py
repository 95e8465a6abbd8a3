"""From a matrix of probabilities to rates of migration that are none below zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
from scipy.linalg import expm

from creditscore._typing import Float1D, Float2D
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._logarithm import matrix_logarithm

Adjustment: TypeAlias = Literal["diagonal", "weighted", "quasi_optimisation", "jlt", "none"]
"""How the logarithm of a matrix is made a generator."""

WHOLE = 1e-9
"""Periods that are whole numbers but for this much are so."""
_ROUNDING = 1e-13
"""Rates below zero by no more than this are rounding."""


def adjusted_generator(matrix: Float2D, adjustment: str) -> tuple[Float2D, Float2D]:
    """Return the generator of one period, and the logarithm as it was (NaN for "jlt")."""
    if adjustment == "jlt":
        return _jlt(matrix), np.full(matrix.shape, np.nan)
    raw = matrix_logarithm(matrix)
    if adjustment == "none":
        _check_no_negative(raw)
        return _diagonal(raw), raw
    return _ADJUSTMENTS[adjustment](raw), raw


def chances_after(matrix: Float2D, periods: float, adjustment: str) -> tuple[Float2D, str]:
    """Return the chances after so many periods, and by what: a power, or the generator."""
    n = round(periods)
    if n >= 1 and abs(periods - n) < WHOLE:
        return np.linalg.matrix_power(matrix, n), f"power {n}"
    generator, _ = adjusted_generator(matrix, adjustment)
    return expm(periods * generator), f"generator ({adjustment})"


def negative_rates(logarithm: Float2D) -> Float1D:
    """Return the rates beside the diagonal that are below zero, beyond rounding."""
    beside = logarithm[~np.eye(len(logarithm), dtype=bool)]
    found: Float1D = beside[beside < -_ROUNDING]
    return found


def _diagonal(raw: Float2D) -> Float2D:
    """Put zero for rates below it, and take the difference from the diagonal."""
    rates: Float2D = np.where(np.eye(len(raw), dtype=bool), 0.0, np.maximum(raw, 0.0))
    return _with_zero_sums(rates)


def _weighted(raw: Float2D) -> Float2D:
    """Put zero for rates below it, and spread the difference by the size of the others."""
    beside = ~np.eye(len(raw), dtype=bool)
    negative = beside & (raw < 0)
    size = np.where(negative, 0.0, np.abs(raw))
    below = -np.where(negative, raw, 0.0).sum(axis=1, keepdims=True)
    total = size.sum(axis=1, keepdims=True)
    part = np.divide(size, total, out=np.zeros_like(raw), where=total > 0)
    kept = np.where(negative, 0.0, raw - below * part)
    return _with_zero_sums(np.where(beside, np.maximum(kept, 0.0), 0.0))


def _quasi_optimisation(raw: Float2D) -> Float2D:
    """Take the nearest row of rates to each row, by the sum of squares."""
    nearest = np.array([_nearest_row(row, place) for place, row in enumerate(raw)])
    return _with_zero_sums(np.where(np.eye(len(raw), dtype=bool), 0.0, nearest))


def _nearest_row(row: Float1D, place: int) -> Float1D:
    """Project a row on those that sum to zero and are nowhere negative but at its place.

    What is subtracted is the mean of the entries that stay. The smallest go first, as long as the
    mean of the rest is above them.
    """
    others = np.delete(np.arange(len(row)), place)
    order = others[np.argsort(row[others])]
    total, n, kept = float(row.sum()), len(row), 0
    while kept < len(order) and row[order[kept]] < total / n:
        total, n, kept = total - float(row[order[kept]]), n - 1, kept + 1
    nearest = row - total / n
    nearest[order[:kept]] = 0.0
    return nearest


def _jlt(matrix: Float2D) -> Float2D:
    """Assume that there is at most one migration a period."""
    stay = np.diag(matrix)
    if (stay <= 0).any():
        msg = (
            "The approximation of Jarrow, Lando and Turnbull takes the logarithm of the chance to "
            f"stay, which is zero in row {int((stay <= 0).argmax())}. Use a shorter period."
        )
        raise InvalidDataError(msg)
    factor = np.ones_like(stay)
    np.divide(np.log(stay), stay - 1, out=factor, where=stay < 1)
    rates = np.where(np.eye(len(matrix), dtype=bool), 0.0, matrix * factor[:, None])
    return _with_zero_sums(rates)


def _with_zero_sums(rates: Float2D) -> Float2D:
    generator: Float2D = rates - np.diag(rates.sum(axis=1))
    return generator


def _check_no_negative(raw: Float2D) -> None:
    negative = negative_rates(raw)
    if len(negative):
        msg = (
            f"The logarithm of the matrix has {len(negative)} rate(s) below zero, down to "
            f"{negative.min():.3g}, so it is no generator. Choose an adjustment: 'diagonal', "
            "'weighted' or 'quasi_optimisation'."
        )
        raise InvalidDataError(msg)


_ADJUSTMENTS: dict[str, Callable[[Float2D], Float2D]] = {
    "diagonal": _diagonal,
    "weighted": _weighted,
    "quasi_optimisation": _quasi_optimisation,
}
ADJUSTMENTS = (*_ADJUSTMENTS, "jlt", "none")
"""All that may be asked for."""
