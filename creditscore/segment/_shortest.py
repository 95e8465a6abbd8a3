"""The shortest decimal between two numbers: a bound that people can read."""

from __future__ import annotations

import math

import numpy as np

from creditscore._typing import Float1D

_SMALLEST, _LARGEST = 1e-280, 1e280


def shortest_between(low: float, high: float) -> float:
    """Return the decimal of the fewest digits in [low, high), the nearest to the middle."""
    if low <= 0 < high:
        return 0.0
    middle, largest = low / 2 + high / 2, max(abs(low), abs(high))
    if not _SMALLEST < largest < _LARGEST:
        # steps of so few or so many powers of ten are no floats
        return low
    exponent = math.floor(math.log10(largest))
    for digits in range(18):
        step = 10.0 ** (exponent + 1 - digits)
        below = math.floor(middle / step)
        near = sorted((below, below + 1), key=lambda times: abs(times * step - middle))
        for times in near:
            # written and read back, so that it is the decimal and no sum of powers of two
            found = float(f"{times * step:.{max(digits, 1)}g}")
            if low <= found < high:
                return found
    return low


def readable_quantiles(values: Float1D, levels: Float1D) -> Float1D:
    """Return bounds that part values as their quantiles do, each the shortest decimal that can.

    A quantile is the smallest value that a given share of the values does not exceed.
    """
    exact = np.quantile(values, levels, method="inverted_cdf")
    ordered = np.unique(values)
    after = np.searchsorted(ordered, exact, side="right")
    return np.array(
        [
            shortest_between(float(low), float(ordered[place])) if place < len(ordered) else low
            for low, place in zip(exact, after, strict=True)
        ]
    )
