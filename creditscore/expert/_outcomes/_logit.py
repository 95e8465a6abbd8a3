"""Logistic regression of a few columns on the log-odds of being good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_expit

from creditscore._newton import fit_logistic
from creditscore._typing import Bool1D, Float1D, Float2D


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
    As :func:`creditscore._newton.fit_logistic`, with the signs of the log-odds of being good.
    O(n · p²) time a step.
    """
    counts = np.ones(len(is_bad)) if weights is None else weights
    start = np.zeros(1 + features.shape[1])
    start[0] = np.log(counts[is_bad].sum() / counts[~is_bad].sum())
    fit = fit_logistic(features, is_bad, weights, start=start)
    return LogitFit(
        params=-np.concatenate([[fit.intercept], fit.coefficients]),
        covariance=fit.covariance,
        log_likelihood=fit.log_likelihood,
        endless=bool(fit.diverging.any()),
        dependent=fit.dependent,
    )


def log_likelihood(log_odds: Float1D, is_bad: Bool1D, weights: Float1D | None) -> float:
    """Return the log-likelihood of log-odds good:bad that are given."""
    parts = log_expit(np.where(is_bad, -log_odds, log_odds))
    return float(parts.sum() if weights is None else parts @ weights)
