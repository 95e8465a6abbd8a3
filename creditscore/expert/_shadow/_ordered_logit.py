"""Ordered logit by statsmodels: grades in an order on columns of numbers."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from creditscore._typing import Float1D, Float2D, Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import NonConvergenceWarning, SeparationWarning

_MOST_STEPS = 500
_AT_REST = 1e-4
"""Slope of one case, on columns of spread 1, above which the search was not near the end."""
_FLAT = 1e-8
"""Curvature of one case, on columns of spread 1, below which the likelihood has no end."""


@dataclass(frozen=True, kw_only=True)
class OrderedFit:
    """Estimate of P(grade at most k) = 1 / (1 + exp(features · b - t_k)).

    Attributes
    ----------
    coefficients : ndarray of shape (n_columns,)
        b; above zero where more of a column goes with higher grades.
    thresholds : ndarray of shape (n_grades - 1,)
        t, increasing.
    errors, threshold_errors : ndarray
        Standard errors of both.
    log_likelihood, null_log_likelihood : float
        At the estimate, and of the shares of grades alone.
    """

    coefficients: Float1D
    thresholds: Float1D
    errors: Float1D
    threshold_errors: Float1D
    log_likelihood: float
    null_log_likelihood: float


def fit_ordered(features: Float2D, codes: Int1D) -> OrderedFit:
    """Maximise the likelihood of grades 0, 1, …, each of which occurs.

    The search runs on columns of mean 0 and spread 1, by BFGS and one step of Newton's method.
    """
    # statsmodels takes seconds to import
    from statsmodels.miscmodels.ordinal_model import (  # type: ignore[import-untyped] # noqa: PLC0415
        OrderedModel,
    )

    centre, spread = features.mean(axis=0), features.std(axis=0)
    model = OrderedModel(codes, (features - centre) / spread, distr="logit", hasconst=False)
    with warnings.catch_warnings(action="ignore"):
        near = model.fit(method="bfgs", maxiter=_MOST_STEPS, gtol=1e-8, disp=False)
        raw, value = np.asarray(near.params), float(near.llf)
        curvature = -np.asarray(model.hessian(raw)) / len(codes)
        slope = np.asarray(model.score(raw)) / len(codes)
        closer = raw + np.linalg.pinv(curvature, hermitian=True) @ slope
        if (reached := float(model.loglike(closer))) >= value:
            raw, value = closer, reached
    _warn_of_search(curvature, slope)
    n_columns = features.shape[1]
    # thresholds are the first and the logarithms of the steps between them
    steps = np.exp(raw[n_columns + 1 :])
    thresholds = raw[n_columns] + np.append(0.0, np.cumsum(steps))
    turn = np.zeros((len(raw), len(raw)))
    turn[:n_columns, :n_columns] = np.diag(1 / spread)
    turn[n_columns:, :n_columns] = centre / spread
    turn[n_columns:, n_columns] = 1.0
    turn[n_columns:, n_columns + 1 :] = np.tril(np.ones((len(steps) + 1, len(steps))), -1) * steps
    covariance = turn @ (np.linalg.pinv(curvature, hermitian=True) / len(codes)) @ turn.T
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    coefficients = raw[:n_columns] / spread
    counts = np.bincount(codes)
    return OrderedFit(
        coefficients=coefficients,
        thresholds=thresholds + centre @ coefficients,
        errors=errors[:n_columns],
        threshold_errors=errors[n_columns:],
        log_likelihood=value,
        null_log_likelihood=float(counts @ np.log(counts / counts.sum())),
    )


def grade_probabilities(log_odds: Float1D, thresholds: Float1D) -> Float2D:
    """Return the probability of each grade, of the lowest first."""
    at_most = expit(thresholds[None, :] - log_odds[:, None])
    ends = np.column_stack([np.zeros(len(log_odds)), at_most, np.ones(len(log_odds))])
    return np.diff(ends, axis=1)


def _warn_of_search(curvature: Float2D, slope: Float1D) -> None:
    if np.linalg.eigvalsh(curvature)[0] < _FLAT:
        warn_user(
            "The sub-scores tell the grades, or some neighbours of them, apart without error, so "
            "the likelihood has no finite maximum: weights and bounds are only where the search "
            "stopped. Bring more cases, or join grades.",
            SeparationWarning,
        )
    elif np.abs(slope).max() > _AT_REST:
        warn_user(
            f"The ordered logit did not come to rest in {_MOST_STEPS} steps, so its weights may "
            "be off. Look for sub-scores that tell nearly the same story, and drop one of them.",
            NonConvergenceWarning,
        )
