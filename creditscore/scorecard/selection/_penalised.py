"""The largest likelihood less an L1 penalty, for one penalty after the other."""

from __future__ import annotations

import math

import numpy as np

from creditscore._curvature import solve
from creditscore._typing import Float1D, Float2D
from creditscore.scorecard.selection._working import WorkingModel

_AT_REST = 1e-7
"""Slope that is left at the end, as a share of the penalty."""
_SLOW = 0.1
"""Share of that slope which a step must leave at most; else the curvature is worked out anew."""
_MOST_STEPS = 100
_MOST_SWEEPS = 500


class PenalisedFits:
    """Fits along the path, each from the one before.

    Each maximises the log-likelihood less Σ costⱼ |βⱼ|, to slopes that miss the conditions of a
    maximum by 10⁻⁷ of their cost at most: Newton's method, where each step is found by coordinate
    descent on the curvature and then, for the coefficients that it leaves, by solving. A step
    costs two passes over the rows; the curvature, O(n · p²), is worked out anew only where a step
    leaves more than a tenth.

    Parameters
    ----------
    rows : WorkingModel
        The rows.
    spread : ndarray of shape (1 + n_columns,)
        What a unit of each coefficient costs, times the penalty; 0 for those that are free.
    low, high : ndarray of shape (1 + n_columns,)
        Bounds, which hold 0; both 0 for coefficients that stay there.
    """

    def __init__(self, rows: WorkingModel, spread: Float1D, low: Float1D, high: Float1D) -> None:
        self.rows, self.spread = rows, spread
        self.low, self.high = low.copy(), high.copy()
        self.curvature: Float2D | None = None

    def fit(self, theta: Float1D, penalty: float) -> Float1D:
        """Maximise under a penalty, from a first guess."""
        cost = penalty * self.spread
        theta = np.clip(theta, self.low, self.high)
        log_odds = self._log_odds(theta)
        value = self.rows.value(log_odds) - cost @ np.abs(theta)
        fresh, before = False, np.inf
        for _ in range(_MOST_STEPS):
            slopes = self.rows.slopes(log_odds)
            left = self._unsettled(theta, slopes, cost) / penalty
            if left < _AT_REST:
                break
            if self.curvature is None or (not fresh and left > _SLOW * before):
                self.curvature, fresh = self.rows.information(log_odds), True
            else:
                fresh = False
            before = left
            target = self._maximum(theta, slopes, self.curvature, cost)
            moved = self._log_odds(target - theta)
            for halving in range(30):
                share = 0.5**halving
                new_theta = target if share == 1.0 else theta + share * (target - theta)
                new_log_odds = log_odds + share * moved
                new = self.rows.value(new_log_odds) - cost @ np.abs(new_theta)
                # near the maximum the likelihood cannot tell better from worse
                if new >= value - 1e-13 * abs(value):
                    break
            else:
                break
            theta, log_odds, value = new_theta, new_log_odds, new
        return theta

    def _log_odds(self, theta: Float1D) -> Float1D:
        log_odds: Float1D = theta[0] + self.rows.features @ theta[1:]
        return log_odds

    def _unsettled(self, theta: Float1D, slopes: Float1D, cost: Float1D) -> float:
        """Return the largest slope that may still be followed, per spread of a column."""
        up = slopes - np.where(theta >= 0, cost, -cost)
        down = -slopes - np.where(theta <= 0, cost, -cost)
        may_rise = np.where(theta < self.high, np.maximum(up, 0.0), 0.0)
        may_fall = np.where(theta > self.low, np.maximum(down, 0.0), 0.0)
        unit = np.where(self.spread > 0, self.spread, 1.0)
        return float((np.maximum(may_rise, may_fall) / unit).max())

    def _maximum(
        self, theta: Float1D, slopes: Float1D, curvature: Float2D, cost: Float1D
    ) -> Float1D:
        """Maximise the quadratic about `theta` less the penalty."""
        at, rest = self._descend(theta, slopes, curvature, cost)
        # the signs that the descent finds are solved for to the last digits
        moving = np.flatnonzero((at != 0) & (at > self.low) & (at < self.high))
        solved = at.copy()
        towards = rest[moving] - cost[moving] * np.sign(at[moving])
        solved[moving] += solve(curvature[np.ix_(moving, moving)], towards)
        same = (np.sign(solved) == np.sign(at)) & (solved >= self.low) & (solved <= self.high)
        return solved if same[moving].all() else at

    def _descend(
        self, theta: Float1D, slopes: Float1D, curvature: Float2D, cost: Float1D
    ) -> tuple[Float1D, Float1D]:
        """Go up by coordinates; return where that ends, and the slope of the quadratic there."""
        at, diagonal = theta.copy(), np.diag(curvature)
        rest = slopes.copy()
        movable = (diagonal > 0) & (self.low < self.high)
        everything = np.flatnonzero(movable).tolist()
        active = everything
        for _ in range(_MOST_SWEEPS):
            largest = 0.0
            for j in active:
                size = rest[j] + diagonal[j] * at[j]
                new = math.copysign(max(abs(size) - cost[j], 0.0), size) / diagonal[j]
                new = min(max(new, self.low[j]), self.high[j])
                change = new - at[j]
                if change != 0.0:
                    rest -= curvature[j] * change
                    at[j] = new
                    largest = max(largest, change * change * diagonal[j])
            if largest < 1e-10:
                if len(active) == len(everything):
                    break
                active = everything
            else:
                active = [j for j in everything if at[j] != 0.0 or j == 0]
        return at, rest
