"""How far the levels of a column differ beyond chance, and so how many rows speak for one."""

from __future__ import annotations

import numpy as np
from scipy.stats import gamma

from creditscore._typing import Float1D

_CHANCE = 0.01
"""Levels are alike where chance would spread their bad rates as far more often than this."""
_TELLING = 2.0
"""Levels of fewer rows say nothing about how levels differ, as a single row is good or bad; and
none is told from the others by fewer."""


def rows_of_prior(good: Float1D, bad: Float1D) -> float:
    """Return how many rows of a level weigh as much as what the other levels say of it.

    Levels whose bad rates come from a beta distribution with the mean r and the variance
    r (1 - r) / (m + 1) have the posterior mean (bad + m r) / (n + m): m rows of a level tell as
    much as all other levels together. m is estimated by the method of moments. With the
    heterogeneity Q = Σ nᵢ (rᵢ - r)² / (r (1 - r)) of k levels, whose mean is
    Σ (1 - nᵢ / N) (1 + (nᵢ - 1) / (m + 1)),

    m = Σ (1 - nᵢ / N) (nᵢ - 1) / (Q - (k - 1)) - 1

    and Q is beyond chance where a gamma distribution with the mean and the variance that Q has
    among equal levels, k - 1 and Σ (2 + (1 - 6 r (1 - r)) / (nᵢ r (1 - r))), exceeds it in less
    than 1 % of samples. That variance holds for small levels too, where Q is far from χ².

    Parameters
    ----------
    good, bad : ndarray of shape (n_levels,)
        Counts (weights) of each level.

    Returns
    -------
    float
        2 or more; infinity where the levels differ by no more than chance, and where there is
        nothing to tell by: fewer than two levels of two rows, or one class only.

    References
    ----------
    J. C. Kleinman, "Proportions with extraneous variance: single and independent samples",
    Journal of the American Statistical Association 68(341), 1973: the estimate by moments.
    J. B. S. Haldane, "The mean and variance of χ², when used as a test of homogeneity, when
    expectations are small", Biometrika 31(3/4), 1940: the variance.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import rows_of_prior
    >>> round(rows_of_prior(np.array([40.0, 20, 30]), np.array([10.0, 30, 5])), 1)
    2.7
    >>> rows_of_prior(np.array([40.0, 40, 40]), np.array([10.0, 11, 9]))
    inf
    """
    n, heterogeneity, variance = _heterogeneity(good, bad)
    if _p_value(n, heterogeneity, variance) > _CHANCE:
        return float("inf")
    most = ((1 - n / n.sum()) * (n - 1)).sum()
    return float(max(most / (heterogeneity - (len(n) - 1)) - 1, _TELLING))


def levels_p_value(good: Float1D, bad: Float1D) -> float:
    """Return how often chance would spread the bad rates of equal levels as far as these.

    By the test of :func:`rows_of_prior`; 1 where there is nothing to tell by.
    """
    return _p_value(*_heterogeneity(good, bad))


def _p_value(n: Float1D, heterogeneity: float, variance: float) -> float:
    by_chance = len(n) - 1
    if by_chance < 1 or not variance:
        return 1.0
    return float(gamma.sf(heterogeneity, by_chance**2 / variance, scale=variance / by_chance))


def _heterogeneity(good: Float1D, bad: Float1D) -> tuple[Float1D, float, float]:
    """Return the rows of levels that tell anything, their Q, and its variance by chance."""
    several = good + bad >= _TELLING
    good, bad = good[several], bad[several]
    n = good + bad
    rate = bad.sum() / n.sum() if len(n) else 0.0
    if not 0 < rate < 1:
        return n, 0.0, 0.0
    binomial = rate * (1 - rate)
    heterogeneity = (np.square(bad - n * rate) / n).sum() / binomial
    return n, float(heterogeneity), float(variance_by_chance(n, binomial).sum())


def variance_by_chance(n: Float1D, binomial: float) -> Float1D:
    """Return the variance of (bad - n r)² / (n r (1 - r)) of levels of n rows, given r (1 - r)."""
    return 2 + (1 - 6 * binomial) / (n * binomial)
