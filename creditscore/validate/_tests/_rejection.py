"""The least number of defaults that a test rejects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from creditscore._typing import Bool1D, Float1D


def least_rejected(total: Float1D, rejects: Callable[[Float1D], Bool1D]) -> Float1D:
    """Return the least number of defaults that is rejected; one more than all where none is.

    A test that rejects some number of defaults rejects any greater one, so that halving finds it.
    """
    low, high = np.zeros(total.shape), total + 1
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        # a place that has come to rest, maybe beyond all customers, stays as it is
        found = np.where(low < high, rejects(np.minimum(middle, total)), True)
        high = np.where(found, middle, high)
        low = np.where(found, low, middle + 1)
    return low
