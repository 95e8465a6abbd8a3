"""Where increasing functions with values in (0, 1) take given values, for many of them at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri

from creditscore._typing import Float1D

_MOST_STEPS = 100
_NEAR = 1e-10
_FAR = 40.0
"""Probabilities beyond normal quantiles of this size are 0 or 1 as floats."""


def increasing_root(
    function: Callable[[Float1D], Float1D], start: Float1D, level: Float1D, scale: Float1D
) -> Float1D:
    """Solve function(x) = level for each place of x.

    Parameters
    ----------
    function : callable
        Increasing in each place by itself, with values in [0, 1]; about a normal distribution
        function, so that it is nearly a straight line after the normal quantile.
    start, scale : ndarray
        A first guess, and the standard deviation of the distribution about it.
    level : ndarray
        Values in (0, 1).

    Returns
    -------
    ndarray
        Accurate to about 1e-13 in x, as far as the function is.

    Notes
    -----
    The secant method on the normal quantile of the function, kept between bounds that are halved
    where it leaves them: five or six calls for a function that is smooth.
    """
    goal = ndtri(level)
    low, high = np.full_like(start, -_FAR), np.full_like(start, _FAR)
    at = start
    gap = ndtri(function(at)) - goal
    old, old_gap = at - scale, gap - 1.0
    for _ in range(_MOST_STEPS):
        low, high = np.where(gap <= 0, at, low), np.where(gap >= 0, at, high)
        with np.errstate(invalid="ignore", divide="ignore"):
            step = at - gap * (at - old) / (gap - old_gap)
        inside = (step > low) & (step < high)
        following = np.where(gap == 0, at, np.where(inside, step, 0.5 * (low + high)))
        moved = np.abs(following - at)
        old, old_gap, at = at, gap, following
        # the next step of the secant method would be smaller than rounding
        if (moved <= _NEAR * np.maximum(1.0, np.abs(at))).all():
            break
        gap = ndtri(function(at)) - goal
    return at
