"""Maximum likelihood of a logistic regression whose coefficients have bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, log_expit

from creditscore._curvature import weighted_products
from creditscore._newton import ROUNDING, LogisticFit, fit_logistic
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore.scorecard._box import climb, step_in_box

_MAX_STEPS = 100
_AT_REST = 1e-14
"""Slope along the next step, for one case."""


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
    Where the maximum without bounds keeps them, it is the answer. Else Newton steps, each to the
    maximum of the quadratic within the box [1]_, find it and which bounds hold. The free columns
    are then fitted with the others given, to the last digits. Where columns determine each other
    (nearly), that fit shares the weight between them in its own way, which may be out of the box:
    there the steps have the last word. O(n · p²) time a step.

    References
    ----------
    .. [1] J. Nocedal, S. J. Wright, *Numerical Optimization*, 2nd ed., Springer, 2006, chapters
       16 and 18.
    """
    if weights is not None and not weights.all():
        rows = weights > 0
        features, is_bad, weights = features[rows], is_bad[rows], weights[rows]
    free = fit_logistic(features, is_bad, weights, start=start, sampling=sampling)
    nowhere = np.zeros(len(lower), dtype=bool)
    if _inside(free.coefficients, lower, upper):
        return BoundedFit(free.coefficients, nowhere, free)
    search = _Search.of(features, is_bad, weights, lower, upper)
    # from the fit without bounds, columns that determine each other share what weight they may
    theta, held, converged = search.run([np.append(free.intercept, free.coefficients), start])
    places = np.append(True, ~held)
    free = fit_logistic(
        features[:, ~held],
        is_bad,
        weights,
        start=theta[places],
        sampling=sampling,
        offset=features[:, held] @ theta[1:][held],
    )
    coefficients = theta[1:].copy()
    value = search.value(theta)
    refit = _inside(free.coefficients, lower[~held], upper[~held])
    if refit and free.log_likelihood >= value - ROUNDING * abs(value):
        coefficients[~held] = free.coefficients
        return BoundedFit(coefficients, held, replace(free, converged=free.converged and converged))
    free = replace(
        free,
        intercept=float(theta[0]),
        coefficients=coefficients[~held],
        log_likelihood=value,
        converged=converged,
    )
    return BoundedFit(coefficients, held, free)


def _inside(coefficients: Float1D, lower: Float1D, upper: Float1D) -> bool:
    return bool(((lower <= coefficients) & (coefficients <= upper)).all())


@dataclass(frozen=True)
class _Search:
    """Newton steps within bounds, on the intercept and the coefficients."""

    design: Float2D
    is_bad: Bool1D
    weights: Float1D
    low: Float1D
    high: Float1D

    @classmethod
    def of(
        cls,
        features: Float2D,
        is_bad: Bool1D,
        weights: Float1D | None,
        lower: Float1D,
        upper: Float1D,
    ) -> _Search:
        return cls(
            design=np.column_stack([np.ones(len(features)), features]),
            is_bad=is_bad,
            weights=np.ones(len(features)) if weights is None else weights,
            low=np.append(-np.inf, lower),
            high=np.append(np.inf, upper),
        )

    def value(self, theta: Float1D) -> float:
        """Return the log-likelihood."""
        signed = np.where(self.is_bad, 1.0, -1.0)
        return float(log_expit(signed * (self.design @ theta)) @ self.weights)

    def run(self, starts: list[Float1D]) -> tuple[Float1D, Bool1D, bool]:
        """Return where the steps end, which coefficients are held, and whether they came to rest.

        The first of the starts, moved within the bounds, that beats one probability for all is
        taken, else the best of them and that.
        """
        low, high = self.low, self.high
        unit = float(self.weights.mean())
        theta = self._begin(starts)
        reached = self.value(theta)
        for _ in range(_MAX_STEPS):
            prob = expit(self.design @ theta)
            slope = self.design.T @ ((self.is_bad - prob) * self.weights) / unit
            curvature = weighted_products(self.design, prob * (1 - prob) * self.weights) / unit
            # of columns that determine each other, those that are free take the weight
            held = (theta <= low) | (theta >= high)
            step, held = step_in_box(curvature, slope, low - theta, high - theta, held=held)
            # what reaches a bound stands there to the last digit
            target = np.where(step == low - theta, low, theta + step)
            target = np.where(step == high - theta, high, target)
            gain = float(slope @ step)
            at_rest = gain < _AT_REST * len(self.design)
            before = theta
            theta, reached = climb(self.value, theta, target, reached, gain * unit)
            if at_rest or theta is before:
                break
        # a step that was cut short ends before the bound that would have held it
        held &= (theta <= low) | (theta >= high)
        return theta, held[1:], at_rest

    def _begin(self, starts: list[Float1D]) -> Float1D:
        rate = float(np.average(self.is_bad, weights=self.weights))
        nothing = np.zeros(len(self.low))
        nothing[0] = np.log(rate / (1 - rate))
        least = self.value(nothing)
        begins = [np.clip(theta, self.low, self.high) for theta in (*starts, nothing)]
        better = [theta for theta in begins if self.value(theta) > least]
        return better[0] if better else max(begins, key=self.value)
