"""What is no more than rounding, and which levels are the same.

Whole counts add up exactly in floating point, and equal ratios of them are equal floats. Sums of
fractional weights are off in their last digits, which must decide nothing.
"""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D

ROUNDING = 1e-12
"""Part of a weight, a rate or a probability that is rounding, and breaks no bound."""
LEVEL_ROUNDING = 1e-9
"""Part of a level that ten million fractional weights, added up one by one, may be off by."""


def rounding_of(*amounts: Float1D) -> float:
    """Return the part of a level up to which it is the same as another, by what it is made of."""
    return 0.0 if all((np.rint(part) == part).all() for part in amounts) else LEVEL_ROUNDING


def joined(level: Float1D, rounding: float) -> Float1D:
    """Return levels with one number for those that are the same."""
    if not rounding or len(level) < 2:
        return level
    order = np.argsort(level, kind="stable")
    ascending = level[order]
    apart = np.diff(ascending) > rounding * np.maximum(abs(ascending[1:]), abs(ascending[:-1]))
    first = np.concatenate([[0], np.flatnonzero(apart) + 1])
    result = np.empty_like(level)
    result[order] = np.repeat(ascending[first], np.diff(np.append(first, len(level))))
    return result


def steps_of(before: Float1D, after: Float1D, rounding: float) -> Float1D:
    """Return by how much levels rise, 0 where they are the same; NaN beside no level."""
    with np.errstate(invalid="ignore"):
        rises: Float1D = after - before
        if rounding:
            rises[abs(rises) <= rounding * np.maximum(abs(before), abs(after))] = 0.0
    return rises
