"""A step to the maximum of a quadratic within bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from creditscore._curvature import solve
from creditscore._newton import LEAST_GAIN, ROUNDING
from creditscore._typing import Bool1D, Float1D, Float2D

_PUSH = 1e-6
"""Slope, in units of the log-likelihood per spread, below which a bound is not left."""


def step_in_box(
    curvature: Float2D,
    slope: Float1D,
    low: Float1D,
    high: Float1D,
    *,
    held: Bool1D | None = None,
) -> tuple[Float1D, Bool1D]:
    """Maximise slope · d - d'Cd / 2 with low ≤ d ≤ high, where 0 is allowed.

    Parameters
    ----------
    curvature : ndarray of shape (p, p)
        C, positive semidefinite.
    slope : ndarray of shape (p,)
        Slope at d = 0.
    low, high : ndarray of shape (p,)
        Bounds, infinite where there is none; low ≤ 0 ≤ high.
    held : ndarray of bool, shape (p,), optional
        Parts at a bound that hold still while the others move first; by default those that the
        slope does not push inside.

    Returns
    -------
    tuple of ndarray of shape (p,)
        d, and which of its parts a bound holds.

    Notes
    -----
    An active set method [1]_: the free parts go to their maximum or to the first bound on the way,
    which then holds its part; one that would rather leave its bound is let go. O(p³) for each.

    References
    ----------
    .. [1] J. Nocedal, S. J. Wright, *Numerical Optimization*, 2nd ed., Springer, 2006, section
       16.5.
    """
    if np.isneginf(low).all() and np.isposinf(high).all():
        return solve(curvature, slope), np.zeros(len(slope), dtype=bool)
    scale = np.sqrt(np.maximum(np.diag(curvature), 1e-300))
    step = np.zeros(len(slope))
    if held is None:
        push = slope / scale
        held = ((low == 0) & (push <= _PUSH)) | ((high == 0) & (push >= -_PUSH))
    held = held.copy()
    for _ in range(10 * len(slope) + 20):
        rest = slope - curvature @ step
        toward = np.zeros(len(slope))
        toward[~held] = solve(curvature[np.ix_(~held, ~held)], rest[~held])
        room = np.full(len(slope), np.inf)
        up, down = toward > 0, toward < 0
        room[up] = (high[up] - step[up]) / toward[up]
        room[down] = (low[down] - step[down]) / toward[down]
        share = min(1.0, float(room.min()))
        step = np.clip(step + share * toward, low, high)
        if share < 1.0:
            first = room <= share
            step[first] = np.where(up[first], high[first], low[first])
            held |= first
            continue
        rest = (slope - curvature @ step) / scale
        inward = held & (low < high)
        inward &= ((step <= low) & (rest > _PUSH)) | ((step >= high) & (rest < -_PUSH))
        if not inward.any():
            break
        held[int(np.where(inward, np.abs(rest), -1.0).argmax())] = False
    return step, held


def climb(
    value_at: Callable[[Float1D], float],
    theta: Float1D,
    target: Float1D,
    reached: float,
    slope: float,
) -> tuple[Float1D, float]:
    """Go to the target, or half the way and so on while little is gained; else stay."""
    for halving in range(40):
        share = 0.5**halving
        new = target if halving == 0 else theta + (target - theta) * share
        value = value_at(new)
        if value >= reached + LEAST_GAIN * share * slope - ROUNDING * abs(reached):
            return new, value
    return theta, reached
