"""A score without what the rounding of its sum adds to it."""

from __future__ import annotations

import math

import numpy as np

from creditscore._typing import Float1D

_DIGITS = 12
_EXACT_DIGITS = 15
"""Digits that a float holds: a larger number has none left to round."""
_MOST_DECIMALS = 300
"""With more, ten to their power would be infinite."""


def rounded_score(sums: Float1D, scale_to: float) -> Float1D:
    """Round sums to 1e-12 of the power of ten at or next above the top of the scale."""
    decimals = _DIGITS - math.ceil(math.log10(scale_to))
    if decimals > _MOST_DECIMALS:
        return sums
    short = np.abs(sums) < 10.0 ** min(_EXACT_DIGITS - decimals, _MOST_DECIMALS)
    rounded = sums.copy()
    rounded[short] = np.round(sums[short], decimals)
    return rounded
