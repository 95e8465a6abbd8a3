"""The most probable coefficients of a logistic regression under a normal prior, within bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from creditscore._curvature import weighted_products
from creditscore._newton import (
    ENDLESS,
    FLAT,
    NO_LOAD,
    LogisticFit,
    inflation,
    likelihood_of_one_rate,
)
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore.scorecard._bounded import BoundedFit
from creditscore.scorecard._box import climb, step_in_box

_MAX_STEPS = 100
_AT_REST = 1e-16
"""Slope along the next step, for one case."""


def fit_posterior(
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    prior: tuple[Float1D, Float1D],
    box: tuple[Float1D, Float1D],
    start: Float1D,
    sampling: bool = False,
) -> BoundedFit:
    """Maximise the likelihood times the density of the prior, within bounds.

    Parameters
    ----------
    features, is_bad, weights, start, sampling
        As in :func:`fit_logistic`. Sampling weights count, against the prior, as the effective
        number of cases (Σw)² / Σw².
    prior : pair of ndarray of shape (n_features,)
        Means and standard deviations of the coefficients, infinite ones where there is no prior;
        the intercept has none.
    box : pair of ndarray of shape (n_features,)
        Lower and upper bounds, infinite where there is none.

    Returns
    -------
    BoundedFit
        The covariances are those of the posterior near its maximum: the inverse of the
        information plus the precision of the prior, and the sandwich with both. The likelihoods
        are those of the data alone.

    Notes
    -----
    The logarithm of the posterior is the log-likelihood less Σ (b - mean)² / (2 sd²), concave, so
    that steps of Newton's method within the box [1]_ end at its one maximum. O(n · p²) time a
    step.

    References
    ----------
    .. [1] J. Nocedal, S. J. Wright, *Numerical Optimization*, 2nd ed., Springer, 2006, chapters
       16 and 18; for the approximation by a normal posterior D. J. C. MacKay, "The Evidence
       Framework Applied to Classification Networks", *Neural Computation* 4, 1992, pp. 720-736.
    """
    if weights is not None and not weights.all():
        rows = weights > 0
        features, is_bad, weights = features[rows], is_bad[rows], weights[rows]
    counts = np.ones(len(is_bad)) if weights is None else weights
    per_weight = counts.sum() / (counts**2).sum() if sampling else 1.0
    posterior = _Posterior.of(features, is_bad, counts * per_weight, prior)
    theta, held, converged = posterior.search(box, start)
    coefficients = theta[1:]
    free = np.append(True, ~held)
    covariance, robust, diverging = posterior.spread(theta, free, sampling=sampling)
    shares = counts / counts.mean()
    log_likelihood = posterior.likelihood(theta) / per_weight
    fit = LogisticFit(
        intercept=float(theta[0] - posterior.mean @ coefficients),
        coefficients=coefficients[~held],
        covariance=covariance,
        robust_covariance=robust,
        log_likelihood=log_likelihood,
        null_log_likelihood=likelihood_of_one_rate(is_bad, shares) * float(counts.mean()),
        diverging=diverging,
        dependent=np.zeros(int((~held).sum()), dtype=bool),
        vif=inflation(features[:, ~held], weights),
        converged=converged,
    )
    return BoundedFit(coefficients=coefficients, at_bound=held, free=fit)


@dataclass(frozen=True)
class _Posterior:
    """Likelihood and prior, on columns of mean 0 so that the intercept goes its own way."""

    design: Float2D
    mean: Float1D
    is_bad: Bool1D
    counts: Float1D
    prior_mean: Float1D
    precision: Float1D

    @classmethod
    def of(
        cls,
        features: Float2D,
        is_bad: Bool1D,
        counts: Float1D,
        prior: tuple[Float1D, Float1D],
    ) -> _Posterior:
        mean = counts @ features / counts.sum()
        means, sds = prior
        return cls(
            design=np.column_stack([np.ones(len(is_bad)), features - mean]),
            mean=mean,
            is_bad=is_bad,
            counts=counts,
            prior_mean=np.append(0.0, means),
            precision=np.append(0.0, sds**-2.0),
        )

    def likelihood(self, theta: Float1D) -> float:
        signed = np.where(self.is_bad, 1.0, -1.0)
        return float(log_expit(signed * (self.design @ theta)) @ self.counts)

    def value(self, theta: Float1D) -> float:
        """Return the logarithm of the posterior but for a constant."""
        away = theta - self.prior_mean
        return self.likelihood(theta) - float(self.precision @ away**2) / 2

    def derivatives(self, theta: Float1D) -> tuple[Float1D, Float2D]:
        prob = expit(self.design @ theta)
        slope = self.design.T @ ((self.is_bad - prob) * self.counts)
        slope -= self.precision * (theta - self.prior_mean)
        curvature = weighted_products(self.design, prob * (1 - prob) * self.counts)
        return slope, curvature + np.diag(self.precision)

    def search(self, box: tuple[Float1D, Float1D], start: Float1D) -> tuple[Float1D, Bool1D, bool]:
        """Return the maximum, which coefficients a bound holds, and whether it came to rest."""
        low, high = np.append(-np.inf, box[0]), np.append(np.inf, box[1])
        begins = [
            np.clip(np.append(start[0], at), low, high)
            for at in (start[1:], self.prior_mean[1:], np.zeros(len(start) - 1))
        ]
        theta = max(begins, key=self.value)
        reached, unit = self.value(theta), float(self.counts.sum())
        held, at_rest = np.zeros(len(low), dtype=bool), False
        for _ in range(_MAX_STEPS):
            slope, curvature = self.derivatives(theta)
            step, held = step_in_box(curvature / unit, slope / unit, low - theta, high - theta)
            # what reaches a bound stands there to the last digit
            target = np.where(step == low - theta, low, theta + step)
            target = np.where(step == high - theta, high, target)
            gain = float(slope @ step)
            before = theta
            theta, reached = climb(self.value, theta, target, reached, gain)
            at_rest = gain < _AT_REST * unit
            if at_rest or theta is before:
                break
        held &= (theta <= low) | (theta >= high)
        return theta, held[1:], at_rest

    def spread(
        self, theta: Float1D, free: Bool1D, *, sampling: bool
    ) -> tuple[Float2D, Float2D, Bool1D]:
        """Return the covariance of the free parameters, the robust one, and which have no end."""
        _, curvature = self.derivatives(theta)
        prob = expit(self.design @ theta)
        # counts of sampled rows are seen once each
        seen = self.counts**2 if sampling else self.counts
        slopes = weighted_products(self.design, (self.is_bad - prob) ** 2 * seen)
        slopes += np.diag(self.precision)
        curvature, slopes = (matrix[np.ix_(free, free)] for matrix in (curvature, slopes))
        unit = float(self.counts.sum())
        scale = np.sqrt(self.counts @ self.design[:, free] ** 2 / unit)
        scale[scale == 0] = 1.0
        values, vectors = np.linalg.eigh(curvature / unit / np.outer(scale, scale))
        flat = values < FLAT
        back = np.eye(int(free.sum()))
        back[0, 1:] = -self.mean[free[1:]]
        turned = back @ (vectors / scale[:, None])
        certain, endless = turned[:, ~flat], turned[:, flat].copy()
        endless[np.abs(scale[:, None] * endless) < NO_LOAD] = 0.0
        bread = (certain / (values[~flat] * unit)) @ (vectors[:, ~flat] / scale[:, None]).T
        covariance = (certain / (values[~flat] * unit)) @ certain.T
        without_end = endless @ endless.T * (ENDLESS / unit)
        robust = bread @ slopes @ bread.T
        return covariance + without_end, robust + without_end, (endless != 0).any(axis=1)
