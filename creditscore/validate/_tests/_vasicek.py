"""Numbers of defaults that depend on each other: Vasicek's one-factor model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from creditscore._typing import Float1D
from creditscore._validation import as_floats
from creditscore.validate._tests._inputs import (
    check_correlation,
    check_fractions,
    not_too_small,
    read_rates,
)

_FARTHEST = 12.0
"""The normal density beyond it is below 1e-31."""
_PANEL = 0.5
_STEPS = 20
"""Widths to either side of where the chance of so many defaults turns over."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def vasicek_pmf(n_bad: Any, n_total: Any, prob_default: Any, *, correlation: float) -> Float1D:
    """Return the chance of exactly so many defaults, where defaults depend on each other.

    Parameters
    ----------
    n_bad : array-like
        Numbers of defaults, counts of zero or more.
    n_total : array-like
        Customers, counts.
    prob_default : array-like
        Probability of default of each customer, a fraction in [0, 1]. Single numbers stand for
        all places.
    correlation : float
        Asset correlation in [0, 1); 0 is the binomial distribution. Basel's formulas take 0.12 to
        0.24 for companies, 0.15 for mortgages, 0.04 for revolving credit.

    Returns
    -------
    ndarray
        Chances; single numbers give a numpy float.

    Raises
    ------
    InvalidDataError, InvalidParameterError
        As in :func:`vasicek_test`.

    See Also
    --------
    vasicek_cdf : Notes on the model and how exact it is.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.validate import vasicek_pmf
    >>> vasicek_pmf(np.arange(4), 20, 0.05, correlation=0.12).round(4)
    array([0.4457, 0.2964, 0.1465, 0.0652])
    """
    rho = check_correlation(correlation, "vasicek_pmf")
    bad, total, prob = read_rates(n_bad, n_total, prob_default)
    return mixture(binom.pmf, bad, total, prob, rho)[()]


def vasicek_cdf(n_bad: Any, n_total: Any, prob_default: Any, *, correlation: float) -> Float1D:
    """Return the chance of at most so many defaults, where defaults depend on each other.

    Parameters
    ----------
    n_bad, n_total, prob_default : array-like
        As in :func:`vasicek_pmf`.
    correlation : float
        Asset correlation in [0, 1); 0 is the binomial distribution.

    Returns
    -------
    ndarray
        Chances; single numbers give a numpy float.

    Raises
    ------
    InvalidDataError, InvalidParameterError
        As in :func:`vasicek_test`.

    See Also
    --------
    vasicek_limit_cdf : Of a portfolio without end.

    Notes
    -----
    A customer defaults when √ρ · Y + √(1 - ρ) · ε falls below Φ⁻¹(PD), with a state of the
    economy Y that all share [1]_. Given Y, defaults are independent with probability
    Φ((Φ⁻¹(PD) - √ρ · Y) / √(1 - ρ)), and the distribution is the mean of the binomial over Y. It is
    integrated by Gauss's rule of 16 nodes in panels that are as narrow as the turn of the
    binomial distribution is, to about 1e-12 also at a million customers. About a millisecond a
    place.

    References
    ----------
    .. [1] O. Vasicek, "Loan portfolio value", *Risk* 15, December 2002, pp. 160-162.

    Examples
    --------
    >>> from creditscore.validate import vasicek_cdf
    >>> round(float(vasicek_cdf(19, 1000, 0.01, correlation=0.12)), 6)
    0.863441
    """
    rho = check_correlation(correlation, "vasicek_cdf")
    bad, total, prob = read_rates(n_bad, n_total, prob_default)
    return mixture(binom.cdf, bad, total, prob, rho)[()]


def vasicek_limit_cdf(default_rate: Any, prob_default: Any, *, correlation: float) -> Float1D:
    """Return the chance of at most such a default rate in a portfolio of endlessly many customers.

    Parameters
    ----------
    default_rate : array-like
        Rates, fractions in [0, 1].
    prob_default : array-like
        Probability of default of each customer, a fraction in [0, 1].
    correlation : float
        Asset correlation in [0, 1); at 0 the rate is the probability itself.

    Returns
    -------
    ndarray
        Chances; single numbers give a numpy float.

    Raises
    ------
    InvalidDataError
        Rates or probabilities outside [0, 1]; shapes that do not fit.
    InvalidParameterError
        A correlation out of range.

    Notes
    -----
    Φ((√(1 - ρ) · Φ⁻¹(rate) - Φ⁻¹(PD)) / √ρ), what :func:`vasicek_cdf` tends to as customers become
    many [1]_. O(1) time a place.

    References
    ----------
    .. [1] O. Vasicek, "Loan portfolio value", *Risk* 15, December 2002, pp. 160-162.

    Examples
    --------
    >>> from creditscore.validate import vasicek_limit_cdf
    >>> round(float(vasicek_limit_cdf(0.055, 0.01, correlation=0.12)), 4)
    0.9915
    """
    rho = check_correlation(correlation, "vasicek_limit_cdf")
    rate = check_fractions(as_floats(default_rate, "default_rate"), "default_rate")
    prob = check_fractions(as_floats(prob_default, "prob_default"), "prob_default")
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = ndtr((np.sqrt(1 - rho) * ndtri(rate) - ndtri(prob)) / np.sqrt(rho))
    # without a spread the rate is the probability
    sure = (rho == 0) | (prob == 0) | (prob == 1)
    return np.where(sure, rate >= prob, chance)[()]


def mixture(
    chance: Callable[..., Float1D], bad: Float1D, total: Float1D, prob: Float1D, rho: float
) -> Float1D:
    """Return the mean of a binomial chance over the state of the economy, place by place."""
    plain = np.asarray(chance(bad, total, not_too_small(prob)), dtype=np.float64)
    if rho == 0:
        return plain
    mixed = plain.copy()
    for place in np.ndindex(plain.shape):
        k, n, p = float(bad[place]), float(total[place]), float(prob[place])
        if 0 < p < 1:
            mixed[place] = _mean_over_states(chance, k, n, p, rho)
    return mixed


def _mean_over_states(
    chance: Callable[..., Float1D], k: float, n: float, p: float, rho: float
) -> float:
    states, weights = _quadrature(_panels(k, n, p, rho))
    conditional = ndtr((ndtri(p) - np.sqrt(rho) * states) / np.sqrt(1 - rho))
    density = np.exp(-0.5 * states**2) / np.sqrt(2 * np.pi)
    return float((weights * density) @ chance(k, n, not_too_small(conditional)))


def _panels(k: float, n: float, p: float, rho: float) -> Float1D:
    """Return ends of panels that are narrow where the binomial chance of k defaults turns."""
    ends = np.linspace(-_FARTHEST, _FARTHEST, round(2 * _FARTHEST / _PANEL) + 1)
    rate = (min(max(k, 0.0), n) + 0.5) / (n + 1)
    probit = float(ndtri(rate))
    middle = (ndtri(p) - np.sqrt(1 - rho) * probit) / np.sqrt(rho)
    density = np.exp(-0.5 * probit**2) / np.sqrt(2 * np.pi)
    spread = np.sqrt(rate * (1 - rate) / (n + 2)) / density
    width = float(spread * np.sqrt(1 - rho) / np.sqrt(rho))
    if width < _PANEL:
        near = middle + width * np.arange(-_STEPS, _STEPS + 1)
        ends = np.union1d(ends, near[np.abs(near) < _FARTHEST])
    return ends


def _quadrature(ends: Float1D) -> tuple[Float1D, Float1D]:
    half = np.diff(ends)[:, None] / 2
    middle = (ends[:-1, None] + ends[1:, None]) / 2
    return (middle + half * _NODES).ravel(), (half * _WEIGHTS).ravel()
