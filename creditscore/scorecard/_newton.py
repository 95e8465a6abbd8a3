"""Maximum likelihood of a logistic regression by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from creditscore._typing import Bool1D, Float1D, Float2D

_MAX_ITERATIONS = 60
_TOLERANCE = 1e-12
_BEYOND_DOUBT = 25.0
"""Log-odds at which a fitted probability is 0 or 1 for every purpose."""
_NO_REAL_ERROR = 1e3
"""Standard error of a WOE coefficient that no finite estimate comes near."""


@dataclass(frozen=True)
class LogisticFit:
    """Estimate of the log-odds of being bad.

    Attributes
    ----------
    intercept, coefficients
        The estimate.
    covariance : ndarray of shape (1 + n_features, 1 + n_features)
        Inverse of the information matrix, intercept first.
    log_likelihood : float
        At the estimate.
    diverging : ndarray of bool, shape (1 + n_features,)
        Parameters without a finite maximum, intercept first.
    """

    intercept: float
    coefficients: Float1D
    covariance: Float2D
    log_likelihood: float
    diverging: Bool1D


def fit_logistic(
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    start: Float1D,
) -> LogisticFit:
    """Maximise the likelihood; weights are frequencies.

    Parameters
    ----------
    features : ndarray of shape (n, p)
        Without a constant column.
    is_bad : ndarray of bool, shape (n,)
        Outcomes.
    weights : ndarray of shape (n,) or None
        Frequencies.
    start : ndarray of shape (1 + p,)
        First guess, intercept first; for weights of evidence, ln(bad / good) and -1 throughout
        is the naive Bayes solution and near the end.

    Returns
    -------
    LogisticFit

    Notes
    -----
    Newton steps, halved while the likelihood falls; columns that determine each other get the
    least-norm step. O(n · p²) time a step, five or so steps; memory of three columns.
    """
    design = np.column_stack([np.ones(len(features)), features])
    signed = np.where(is_bad, 1.0, -1.0)
    theta = start
    value = _log_likelihood(design @ theta, signed, weights)
    information = np.zeros((design.shape[1], design.shape[1]))
    for _ in range(_MAX_ITERATIONS):
        gradient, information = _derivatives(design, is_bad, weights, theta)
        step = np.linalg.lstsq(information, gradient, rcond=1e-12)[0].astype(np.float64)
        new_theta, new_value = _climb(design, signed, weights, theta, step, value)
        gain, theta, value = new_value - value, new_theta, new_value
        if gain <= _TOLERANCE * abs(value) and np.abs(step).max() < 1e-9 * (
            1 + np.abs(theta).max()
        ):
            break
        if np.abs(design @ theta).min() > _BEYOND_DOUBT:
            break
    _, information = _derivatives(design, is_bad, weights, theta)
    covariance = np.linalg.pinv(information, rcond=1e-12, hermitian=True).astype(np.float64)
    return LogisticFit(
        intercept=float(theta[0]),
        coefficients=theta[1:],
        covariance=covariance,
        log_likelihood=float(value),
        diverging=_diverging(covariance, weights),
    )


def _derivatives(
    design: Float2D, is_bad: Bool1D, weights: Float1D | None, theta: Float1D
) -> tuple[Float1D, Float2D]:
    prob = expit(design @ theta)
    residual = is_bad - prob
    curvature = prob * (1 - prob)
    if weights is not None:
        residual, curvature = residual * weights, curvature * weights
    return design.T @ residual, (design.T * curvature) @ design


def _climb(
    design: Float2D,
    signed: Float1D,
    weights: Float1D | None,
    theta: Float1D,
    step: Float1D,
    value: float,
) -> tuple[Float1D, float]:
    for halving in range(30):
        new_theta = theta + step * 0.5**halving
        new_value = _log_likelihood(design @ new_theta, signed, weights)
        if new_value >= value:
            return new_theta, new_value
    return theta, value


def _log_likelihood(log_odds: Float1D, signed: Float1D, weights: Float1D | None) -> float:
    parts = log_expit(signed * log_odds)
    return float(parts.sum() if weights is None else parts @ weights)


def _diverging(covariance: Float2D, weights: Float1D | None) -> Bool1D:
    """Tell which coefficients run away because a plane parts some cases from all others.

    The likelihood then climbs for ever and flattens out: where Newton's method stops, the
    curvature is gone and the standard error (for a weight of 1 a row) is beyond any real one.
    """
    mean_weight = 1.0 if weights is None else float(weights[weights > 0].mean())
    diverging: Bool1D = np.sqrt(np.diag(covariance) * mean_weight) > _NO_REAL_ERROR
    return diverging
