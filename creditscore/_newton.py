"""Maximum likelihood of a logistic regression by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from creditscore._curvature import weighted_products
from creditscore._typing import Bool1D, Float1D, Float2D

_MAX_ITERATIONS = 60
_TOLERANCE = 1e-18
"""Slope along the last step, for one case: the square of the step in standard errors of one case.
What is left is about the square of the step again."""
ROUNDING = 1e-12
"""Relative change of the likelihood that may be rounding."""
LEAST_GAIN = 0.1
"""Share of slope times step that a step must gain; near the maximum it gains half."""
_NO_SPREAD = 1e-10
"""Share of the variance below which a direction holds rounding only."""
NO_LOAD = 1e-4
"""Load, for columns of spread 1, below which a column has no part in a direction."""
FLAT = 1e-9
"""Mean curvature of a direction along which all cases have probabilities of 0 or 1."""
ENDLESS = 1e18
"""Variance of an estimate that does not exist, for one case; a number, so that files hold it."""


@dataclass(frozen=True)
class LogisticFit:
    """Estimate of the log-odds of being bad.

    Attributes
    ----------
    intercept, coefficients
        The estimate.
    covariance : ndarray of shape (1 + n_features, 1 + n_features)
        Inverse of the information matrix, intercept first.
    robust_covariance : ndarray of the same shape
        Sandwich of the inverse information and the spread of the cases' own slopes, which holds
        where the model is not the true one.
    log_likelihood : float
        At the estimate.
    null_log_likelihood : float
        Of the intercept alone.
    diverging : ndarray of bool, shape (1 + n_features,)
        Parameters without a finite maximum, intercept first.
    dependent : ndarray of bool, shape (n_features,)
        Columns that take part in an exact linear relation, the constant included.
    vif : ndarray of shape (n_features,)
        Variance inflation factors, 1 / (1 - R²) of each column on the others; 10¹⁸ where it takes
        part in an exact relation.
    converged : bool
        Whether the search came to rest.
    """

    intercept: float
    coefficients: Float1D
    covariance: Float2D
    robust_covariance: Float2D
    log_likelihood: float
    null_log_likelihood: float
    diverging: Bool1D
    dependent: Bool1D
    vif: Float1D
    converged: bool


def fit_logistic(
    features: Float2D,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    start: Float1D,
    sampling: bool = False,
    offset: Float1D | None = None,
) -> LogisticFit:
    """Maximise the likelihood.

    Parameters
    ----------
    features : ndarray of shape (n, p)
        Without a constant column.
    is_bad : ndarray of bool, shape (n,)
        Outcomes.
    weights : ndarray of shape (n,) or None
        Zero or more.
    start : ndarray of shape (1 + p,)
        First guess, intercept first; for weights of evidence, ln(bad / good) and -1 throughout
        is the naive Bayes solution and near the end.
    sampling : bool, default=False
        Whether a weight says how many cases of the population a row stands for, itself seen once;
        otherwise it is a frequency, a row of weight 3 being three rows. The estimate is the same,
        the robust covariance is not.
    offset : ndarray of shape (n,), optional
        Added to the log-odds of each case, as given.

    Returns
    -------
    LogisticFit

    Notes
    -----
    Newton steps, halved while the likelihood falls, on features turned into uncorrelated ones
    of spread 1. There, neither units nor columns that determine each other matter (those share
    their weight), the length of a step is the change of the log-odds, and a direction without
    curvature means separation: the likelihood climbs for ever and flattens out. O(n · p²) time
    a step, five or so steps, twenty under separation; memory of three times the features.

    The robust covariance is A⁻¹ B A⁻¹ with the information A and B = Σ wᵢ uᵢuᵢ' for frequencies,
    Σ wᵢ² uᵢuᵢ' for sampling weights, where uᵢ is the slope of a row's log-likelihood (HC0) [1]_.

    References
    ----------
    .. [1] H. White, "Maximum Likelihood Estimation of Misspecified Models", *Econometrica* 50
       (1982), 1-25; for sampling weights D. A. Binder, "On the Variances of Asymptotically Normal
       Estimators from Complex Surveys", *International Statistical Review* 51 (1983), 279-292.
    """
    if weights is not None and not weights.all():
        rows = weights > 0
        features, is_bad, weights = features[rows], is_bad[rows], weights[rows]
        offset = None if offset is None else offset[rows]
    unit = 1.0 if weights is None else float(weights.mean())
    shares = None if weights is None else weights / unit
    axes = _Axes.of(features, shares)
    design = axes.design(features)
    cases = _Cases(design, is_bad, shares, offset)
    theta, value, converged = _search(cases, axes.from_parameters(start))
    _, information = cases.derivatives(theta)
    variances, vectors, flat = _invert(information, len(design))
    back = axes.to_parameters()
    certain, endless = back @ vectors[:, ~flat], back @ vectors[:, flat]
    # rounding gives every column some part in a flat direction
    endless[np.abs(axes.spread[:, None] * endless) < NO_LOAD] = 0.0
    covariance = (certain * variances[~flat]) @ certain.T
    spread = cases.spread_of_slopes(theta, sampling=sampling)
    bread = (certain * variances[~flat]) @ vectors[:, ~flat].T
    robust = bread @ spread @ bread.T
    without_end = endless @ endless.T * (ENDLESS / len(design))
    estimate = back @ theta
    return LogisticFit(
        intercept=float(estimate[0]),
        coefficients=estimate[1:],
        covariance=(covariance + without_end) / unit,
        # slopes of sampled rows grow with the weights as the information does
        robust_covariance=(robust + without_end) / (1.0 if sampling else unit),
        log_likelihood=value * unit,
        null_log_likelihood=likelihood_of_one_rate(is_bad, shares) * unit,
        diverging=(endless != 0).any(axis=1),
        dependent=axes.dependent,
        vif=axes.vif,
        converged=converged,
    )


def inflation(features: Float2D, weights: Float1D | None) -> Float1D:
    """Return the variance inflation factors of columns, as of a fit."""
    shares = None if weights is None else weights / weights.mean()
    return _Axes.of(features, shares).vif


@dataclass(frozen=True)
class _Axes:
    """Turns features into uncorrelated ones of mean 0 and spread 1, fewer if some depend."""

    mean: Float1D
    spread: Float1D
    turn: Float2D
    turn_back: Float2D
    dependent: Bool1D
    vif: Float1D

    @classmethod
    def of(cls, features: Float2D, shares: Float1D | None) -> _Axes:
        """Find them by the eigenvectors of the correlations."""
        mean = features.mean(axis=0) if shares is None else shares @ features / len(features)
        centred = features - mean
        gram = centred.T @ centred if shares is None else weighted_products(centred, shares)
        gram /= len(features)
        spread = np.sqrt(np.diag(gram))
        # the mean of a constant is off by a rounding, which is no spread
        spread[spread <= ROUNDING * np.abs(mean)] = 0.0
        gram[spread == 0] = 0.0
        gram[:, spread == 0] = 0.0
        spread[spread == 0] = 1.0
        values, vectors = np.linalg.eigh(gram / np.outer(spread, spread))
        kept = values > _NO_SPREAD
        length = np.sqrt(values[kept])
        dependent = (np.abs(vectors[:, ~kept]) > NO_LOAD).any(axis=1)
        # the diagonal of the inverse of the correlations
        vif = (vectors[:, kept] ** 2 / values[kept]).sum(axis=1)
        return cls(
            mean=mean,
            spread=np.append(1.0, spread),
            turn=vectors[:, kept] / length / spread[:, None],
            turn_back=(vectors[:, kept] * length).T * spread,
            dependent=dependent,
            vif=np.where(dependent, ENDLESS, np.maximum(vif, 1.0)),
        )

    def design(self, features: Float2D) -> Float2D:
        """Return the constant and the turned features."""
        return np.column_stack([np.ones(len(features)), (features - self.mean) @ self.turn])

    def from_parameters(self, parameters: Float1D) -> Float1D:
        """Return the coefficients of the design that belong to intercept and coefficients."""
        coefficients = parameters[1:]
        constant = parameters[0] + self.mean @ coefficients
        return np.append(constant, self.turn_back @ coefficients)

    def to_parameters(self) -> Float2D:
        """Return the matrix from coefficients of the design to intercept and coefficients."""
        matrix = np.zeros((1 + len(self.mean), 1 + self.turn.shape[1]))
        matrix[0, 0] = 1.0
        matrix[0, 1:] = -self.mean @ self.turn
        matrix[1:, 1:] = self.turn
        return matrix


@dataclass(frozen=True)
class _Cases:
    """Cases whose likelihood is sought."""

    design: Float2D
    is_bad: Bool1D
    shares: Float1D | None
    offset: Float1D | None

    def __len__(self) -> int:
        return len(self.design)

    def log_odds(self, theta: Float1D) -> Float1D:
        log_odds: Float1D = self.design @ theta
        return log_odds if self.offset is None else log_odds + self.offset

    def value(self, theta: Float1D) -> float:
        """Return the log-likelihood."""
        parts = log_expit(np.where(self.is_bad, 1.0, -1.0) * self.log_odds(theta))
        return float(parts.sum() if self.shares is None else parts @ self.shares)

    def derivatives(self, theta: Float1D) -> tuple[Float1D, Float2D]:
        """Return the slope of the log-likelihood, and its curvature with the sign turned."""
        prob = expit(self.log_odds(theta))
        residual = self.is_bad - prob
        curvature = prob * (1 - prob)
        if self.shares is not None:
            residual, curvature = residual * self.shares, curvature * self.shares
        return self.design.T @ residual, weighted_products(self.design, curvature)

    def spread_of_slopes(self, theta: Float1D, *, sampling: bool) -> Float2D:
        """Return the sum of the squared slopes of the cases' log-likelihoods, over pairs."""
        squared = (self.is_bad - expit(self.log_odds(theta))) ** 2
        if self.shares is not None:
            squared *= self.shares**2 if sampling else self.shares
        return weighted_products(self.design, squared)


def _search(cases: _Cases, start: Float1D) -> tuple[Float1D, float, bool]:
    bad = float(np.average(cases.is_bad, weights=cases.shares))
    mean = np.append(np.log(bad / (1 - bad)), np.zeros(cases.design.shape[1] - 1))
    # of columns that tell the same story, the first guess counts each in full and may be far off
    value, theta = max(((cases.value(at), at) for at in (start, mean)), key=lambda pair: pair[0])
    for _ in range(_MAX_ITERATIONS):
        gradient, information = cases.derivatives(theta)
        variances, vectors, _ = _invert(information, len(cases))
        step = vectors @ (variances * (gradient @ vectors))
        before = theta
        slope = float(gradient @ step)
        theta, value = _climb(cases, theta, step, value, slope)
        if slope < _TOLERANCE * len(cases):
            return theta, value, True
        if theta is before:
            break
    return theta, value, False


def likelihood_of_one_rate(is_bad: Bool1D, shares: Float1D | None) -> float:
    """Return the log-likelihood of one probability for all."""
    n = float(len(is_bad)) if shares is None else float(shares.sum())
    bad = float(np.count_nonzero(is_bad)) if shares is None else float(shares[is_bad].sum())
    return float(bad * np.log(bad / n) + (n - bad) * np.log1p(-bad / n))


def _invert(information: Float2D, n: int) -> tuple[Float1D, Float2D, Bool1D]:
    """Return eigenvalues of the inverse, 0 where there is no curvature, vectors, and where."""
    values, vectors = np.linalg.eigh(information / n)
    flat = values < FLAT
    return np.where(flat, 0.0, 1 / np.where(flat, 1.0, values)) / n, vectors, flat


def _climb(
    cases: _Cases, theta: Float1D, step: Float1D, value: float, slope: float
) -> tuple[Float1D, float]:
    """Take the step, halved while the likelihood gains little of what its slope promises.

    A step that goes too far may gain a little and end where cases have probabilities of 0 or 1,
    which looks like separation. Near the maximum the likelihood cannot tell better from worse,
    but the step can.
    """
    for halving in range(30):
        share = 0.5**halving
        new_theta = theta + share * step
        new_value = cases.value(new_theta)
        if new_value >= value + LEAST_GAIN * share * slope - ROUNDING * abs(value):
            return new_theta, new_value
    return theta, value
