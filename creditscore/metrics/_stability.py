"""Shift between two distributions over the same bins."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from creditscore._validation import check_order, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._inputs import read_shares


def psi(expected: npt.ArrayLike, actual: npt.ArrayLike, *, floor: float = 1e-4) -> float:
    """Measure population stability, Σ (actual - expected) · ln(actual / expected).

    Parameters
    ----------
    expected, actual : array-like of shape (n_bins,)
        Counts or shares over the same bins; each is divided by its sum.
    floor : float, default=1e-4
        A share below it counts as this much in the logarithm and the difference alike, so that
        an empty bin gives a large finite part and is never dropped. In (0, 1).

    Returns
    -------
    float
        Zero or more. Customary reading: below 0.10 stable, to 0.25 watch, above shifted.

    Raises
    ------
    InvalidDataError
        Different lengths, negative, infinite or missing entries, nothing in all bins, or pandas
        Series with the same bins in different orders, as ``value_counts`` gives them.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 14.

    Examples
    --------
    >>> from creditscore.metrics import psi
    >>> round(psi([40, 30, 30], [35, 25, 40]), 7)
    0.0445609
    """
    check_real(floor, "floor", "psi", low=0, high=1)
    check_order(expected=expected, actual=actual)
    old, new = read_shares(expected, "expected"), read_shares(actual, "actual")
    if old.shape != new.shape:
        msg = f"expected and actual must have the same bins. Got {len(old)} and {len(new)}."
        raise InvalidDataError(msg)
    old, new = np.maximum(old, floor), np.maximum(new, floor)
    return float(((new - old) * np.log(new / old)).sum())
