"""The product integral of Aalen and Johansen."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D, Float2D
from creditscore.grade._migration._spells import Spells

_AT_ONCE = 4096
"""Times whose matrices are held in memory at one time."""


def product_integral(spells: Spells) -> Float2D:
    """Return Π (I + dA(t)) over the times of migrations, from the first to the last."""
    moved = spells.moved
    if spells.states.fixed is not None:
        moved &= spells.grade != spells.states.fixed
    chances = np.eye(spells.n)
    times, place = np.unique(spells.stop[moved], return_inverse=True)
    if not len(times):
        return chances
    at_risk = _at_risk(spells, times)
    grade, after = spells.grade[moved], spells.after[moved]
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(0, len(times) + _AT_ONCE, _AT_ONCE))
    for part, low in enumerate(range(0, len(times), _AT_ONCE)):
        rows = order[bounds[part] : bounds[part + 1]]
        n_times = min(_AT_ONCE, len(times) - low)
        steps = np.zeros((n_times, spells.n, spells.n))
        where = place[rows] - low
        share = 1.0 / at_risk[place[rows], grade[rows]]
        np.add.at(steps, (where, grade[rows], after[rows]), share)
        np.subtract.at(steps, (where, grade[rows], grade[rows]), share)
        chances = chances @ _product(steps + np.eye(spells.n))
    within: Float2D = np.clip(chances, 0.0, 1.0)
    summed: Float2D = within / within.sum(axis=1, keepdims=True)
    return summed


def _at_risk(spells: Spells, times: Float1D) -> Float2D:
    """Count customers in each state just before each time: start < t <= stop."""
    counts = np.zeros((len(times), spells.n))
    for state in range(spells.n):
        of_state = spells.grade == state
        begun = np.searchsorted(np.sort(spells.start[of_state]), times, side="left")
        over = np.searchsorted(np.sort(spells.stop[of_state]), times, side="left")
        counts[:, state] = begun - over
    return counts


def _product(steps: np.ndarray[tuple[int, int, int], np.dtype[np.float64]]) -> Float2D:
    """Multiply matrices in their order, neighbours first, so that numpy does many at once."""
    while len(steps) > 1:
        last = steps[-1:] if len(steps) % 2 else None
        paired = steps[0 : len(steps) // 2 * 2 : 2] @ steps[1 : len(steps) // 2 * 2 : 2]
        steps = paired if last is None else np.concatenate([paired, last])
    product: Float2D = steps[0]
    return product
