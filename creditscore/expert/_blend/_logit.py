"""A small logistic regression: a few columns, an offset, and whether an estimate exists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from creditscore._typing import Bool1D, Float1D, Float2D

_MOST_STEPS = 100
_AT_REST = 1e-18
"""Slope along the last step, for one case: the square of the step in standard errors of one."""
_ROUNDING = 1e-12
"""Relative change of the likelihood that may be rounding."""
_NO_SPREAD = 1e-10
"""Share of the variance below which a direction holds rounding only."""
_NO_LOAD = 1e-4
"""Part of a column in such a direction below which it is rounding."""
_FLAT = 1e-9
"""Mean curvature of a direction along which all cases have probabilities of 0 or 1."""


@dataclass(frozen=True, kw_only=True)
class LogitFit:
    """Estimate of the log-odds of being good.

    Attributes
    ----------
    params : ndarray of shape (1 + n_columns,)
        Intercept first.
    covariance : ndarray of shape (1 + n_columns, 1 + n_columns)
        Inverse of the information.
    log_likelihood : float
        At the estimate.
    endless : bool
        Whether the classes are separated, so that no finite maximum exists.
    dependent : ndarray of bool, shape (n_columns,)
        Columns that are constant or that others determine: their coefficients mean nothing.
    """

    params: Float1D
    covariance: Float2D
    log_likelihood: float
    endless: bool
    dependent: Bool1D


def fit_logit(features: Float2D, is_bad: Bool1D, weights: Float1D | None) -> LogitFit:
    """Maximise the likelihood of ln(good / bad) = a + features · b.

    Parameters
    ----------
    features : ndarray of shape (n, p)
        Without a constant column.
    is_bad : ndarray of bool, shape (n,)
        Outcomes, both of them.
    weights : ndarray of shape (n,) or None
        Frequencies, zero or more.

    Returns
    -------
    LogitFit

    Notes
    -----
    Newton steps, halved while the likelihood falls, on uncorrelated axes of spread 1, so that
    units do not matter. O(n · p²) time a step.
    """
    counts = np.ones(len(is_bad)) if weights is None else weights
    held = counts > 0
    features, is_bad, counts = features[held], is_bad[held], counts[held]
    mean, turn, dependent = _axes(features, counts)
    design = np.column_stack([np.ones(len(is_bad)), (features - mean) @ turn])
    theta, value, information = _climb(design, ~is_bad, counts)
    least = np.linalg.eigvalsh(information / counts.sum())[0]
    back = np.zeros((1 + features.shape[1], design.shape[1]))
    back[0, 0] = 1.0
    back[0, 1:], back[1:, 1:] = -mean @ turn, turn
    return LogitFit(
        params=back @ theta,
        covariance=back @ np.linalg.pinv(information, hermitian=True) @ back.T,
        log_likelihood=value,
        endless=bool(least < _FLAT),
        dependent=dependent,
    )


def log_likelihood(log_odds: Float1D, is_bad: Bool1D, weights: Float1D | None) -> float:
    """Return the log-likelihood of log-odds good:bad that are given."""
    parts = log_expit(np.where(is_bad, -log_odds, log_odds))
    return float(parts.sum() if weights is None else parts @ weights)


def _axes(features: Float2D, counts: Float1D) -> tuple[Float1D, Float2D, Bool1D]:
    """Return the mean, the turn to uncorrelated axes, and which columns have none of their own."""
    shares = counts / counts.sum()
    mean = shares @ features
    centred = features - mean
    spread = np.sqrt(shares @ centred**2)
    constant = spread <= _ROUNDING * np.maximum(1.0, np.abs(mean))
    spread[constant] = 1.0
    scaled = np.where(constant, 0.0, centred / spread)
    values, vectors = np.linalg.eigh((scaled * shares[:, None]).T @ scaled)
    kept = values > _NO_SPREAD
    dependent = (np.abs(vectors[:, ~kept]) > _NO_LOAD).any(axis=1)
    turn = vectors[:, kept] / np.sqrt(values[kept]) / spread[:, None]
    turn[constant] = 0.0
    return mean, turn, dependent


def _climb(design: Float2D, is_good: Bool1D, counts: Float1D) -> tuple[Float1D, float, Float2D]:
    signs = np.where(is_good, 1.0, -1.0)

    def value_at(theta: Float1D) -> float:
        return float(log_expit(signs * (design @ theta)) @ counts)

    good = float(counts[is_good].sum())
    theta = np.zeros(design.shape[1])
    theta[0] = np.log(good / (counts.sum() - good))
    value = value_at(theta)
    information = np.eye(len(theta))
    for _ in range(_MOST_STEPS):
        prob = expit(design @ theta)
        information = (design * (counts * prob * (1 - prob))[:, None]).T @ design
        gradient = design.T @ (counts * (is_good - prob))
        step = np.linalg.pinv(information, hermitian=True) @ gradient
        slope = float(gradient @ step)
        share, found = 1.0, value_at(theta + step)
        while found < value - _ROUNDING * abs(value) and share > 1e-9:
            share /= 2
            found = value_at(theta + share * step)
        theta, value = theta + share * step, found
        if slope < _AT_REST * counts.sum():
            break
    return theta, value, information
