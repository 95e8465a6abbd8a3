"""Maximum likelihood of a logistic regression whose coefficients have bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, log_expit

from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore.scorecard._curvature import solve, weighted_products
from creditscore.scorecard._newton import LogisticFit, fit_logistic

_MAX_STEPS = 100
_MAX_ROUNDS = 10
_AT_REST = 1e-14
"""Slope along the next step, for one case."""
_PULL = 1e-8
"""Slope of the mean log-likelihood, per spread of a column, below which a bound does not hold."""


@dataclass(frozen=True)
class BoundedFit:
    """Estimate under bounds.

    Attributes
    ----------
    coefficients : ndarray of shape (n_features,)
        Of all columns.
    at_bound : ndarray of bool, shape (n_features,)
        Which of them stand at a bound that holds them.
    free : LogisticFit
        Fit of the other columns, given those.
    """

    coefficients: Float1D
    at_bound: Bool1D
    free: LogisticFit


def fit_bounded(
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    lower: Float1D,
    upper: Float1D,
    start: Float1D,
    sampling: bool = False,
) -> BoundedFit:
    """Maximise the likelihood with lower ≤ coefficients ≤ upper.

    Parameters
    ----------
    features, is_bad, weights, start, sampling
        As in :func:`fit_logistic`.
    lower, upper : ndarray of shape (n_features,)
        Bounds, infinite where there is none; the intercept has none.

    Returns
    -------
    BoundedFit

    Notes
    -----
    The likelihood is concave and the bounds are a box, so every local maximum is the maximum.
    Where the maximum without bounds keeps them, it is the answer. Else projected Newton steps [1]_
    find which bounds hold: coefficients at a bound that the slope pushes against rest, the others
    take a Newton step, cut off at their bounds. The free columns are then fitted with the others
    given, to the last digits. O(n · p²) time a step.

    References
    ----------
    .. [1] D. P. Bertsekas, "Projected Newton Methods for Optimization Problems with Simple
       Constraints", *SIAM Journal on Control and Optimization* 20 (1982), 221-246.
    """
    if weights is not None and not weights.all():
        rows = weights > 0
        features, is_bad, weights = features[rows], is_bad[rows], weights[rows]
    free = fit_logistic(features, is_bad, weights, start=start, sampling=sampling)
    coefficients = free.coefficients
    nowhere = np.zeros(len(lower), dtype=bool)
    if ((lower <= coefficients) & (coefficients <= upper)).all():
        return BoundedFit(coefficients, nowhere, free)
    theta = np.append(start[0], np.clip(start[1:], lower, upper))
    for _ in range(_MAX_ROUNDS):
        theta, held = _project(features, is_bad, weights, theta, lower, upper)
        offset = features[:, held] @ theta[1:][held]
        places = np.append(True, ~held)
        free = fit_logistic(
            features[:, ~held],
            is_bad,
            weights,
            start=theta[places],
            sampling=sampling,
            offset=offset,
        )
        coefficients = theta[1:].copy()
        coefficients[~held] = free.coefficients
        outside = (coefficients < lower) | (coefficients > upper)
        if not outside.any():
            return BoundedFit(coefficients, held, free)
        theta = np.append(free.intercept, np.clip(coefficients, lower, upper))
    clipped = np.clip(coefficients, lower, upper)
    return BoundedFit(clipped, held | outside, replace(free, converged=False))


def _project(
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    theta: Float1D,
    lower: Float1D,
    upper: Float1D,
) -> tuple[Float1D, Bool1D]:
    """Take projected Newton steps; return where they end, and which coefficients are held."""
    shares = np.full(len(features), 1 / len(features)) if weights is None else weights
    shares = shares / shares.sum()
    spread = np.sqrt(shares @ (features - shares @ features) ** 2)
    design = np.column_stack([np.ones(len(features)), features])
    signed = np.where(is_bad, 1.0, -1.0)
    low, high = np.append(-np.inf, lower), np.append(np.inf, upper)

    def value(at: Float1D) -> float:
        return float(log_expit(signed * (design @ at)) @ shares)

    reached = value(theta)
    held = np.zeros(len(theta), dtype=bool)
    for _ in range(_MAX_STEPS):
        prob = expit(design @ theta)
        slope = design.T @ ((is_bad - prob) * shares)
        # a slope of rounding pushes nowhere
        push = np.where(np.abs(slope) < _PULL * np.append(1.0, spread), 0.0, slope)
        held = ((theta <= low) & (push <= 0)) | ((theta >= high) & (push >= 0))
        curvature = weighted_products(design, prob * (1 - prob) * shares)
        step = np.zeros(len(theta))
        step[~held] = solve(curvature[np.ix_(~held, ~held)], slope[~held])
        if slope @ step < _AT_REST:
            break
        for halving in range(40):
            new = np.clip(theta + step * 0.5**halving, low, high)
            new_value = value(new)
            if new_value > reached:
                break
        else:
            break
        theta, reached = new, new_value
    return theta, held[1:]
