"""The binomial test with defaults that depend on each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import binom

from creditscore._typing import Int1D
from creditscore._validation import check_choice, check_real
from creditscore.validate._tests._inputs import (
    ALTERNATIVES,
    Alternative,
    check_correlation,
    read_rates,
)
from creditscore.validate._tests._rate_test import RateTest, rate_test
from creditscore.validate._tests._rejection import least_rejected
from creditscore.validate._tests._vasicek import mixture


def vasicek_test(
    n_bad: Any,
    n_total: Any,
    prob_default: Any,
    *,
    correlation: float,
    alternative: Alternative = "greater",
) -> RateTest:
    """Test whether a probability of default is too low, where defaults depend on each other.

    Parameters
    ----------
    n_bad, n_total, prob_default : array-like
        As in :func:`binomial_test`.
    correlation : float
        Asset correlation in [0, 1); 0 makes it the binomial test. Basel's formulas take 0.12 to
        0.24 for companies, 0.15 for mortgages, 0.04 for revolving credit.
    alternative : {"greater", "less", "two-sided"}, default="greater"
        What is suspected of the true rate, beside `prob_default`.

    Returns
    -------
    RateTest
        `statistic` is the number of defaults. `p_value` under "greater" is P(X ≥ n_bad): small
        where the probability of default is too low. "less" has P(X ≤ n_bad), "two-sided" twice
        the lesser of both, at most 1. A group without customers has NaN.

    Raises
    ------
    InvalidDataError
        As in :func:`binomial_test`.
    InvalidParameterError
        An unknown alternative, a correlation out of range.

    See Also
    --------
    vasicek_cdf : The distribution, and how it is integrated.
    vasicek_critical_count : How many defaults are too many.

    Notes
    -----
    One year with many defaults may be a bad year rather than a low probability of default. The
    test says so, and is the weaker for it: it does not know which year it was. About a
    millisecond a group.

    References
    ----------
    .. [1] D. Tasche, "A traffic lights approach to PD validation", Deutsche Bundesbank, 2003,
       arXiv cond-mat/0305038.
    .. [2] O. Vasicek, "Loan portfolio value", *Risk* 15, December 2002, pp. 160-162.

    Examples
    --------
    >>> from creditscore.validate import binomial_test, vasicek_test
    >>> round(float(binomial_test(20, 1000, 0.01).p_value), 4)
    0.0033
    >>> round(float(vasicek_test(20, 1000, 0.01, correlation=0.12).p_value), 4)
    0.1366
    """
    rho = check_correlation(correlation, "vasicek_test")
    check_choice(alternative, "alternative", "vasicek_test", ALTERNATIVES)
    bad, total, prob = read_rates(n_bad, n_total, prob_default)
    above = below = np.ones(bad.shape)
    if alternative != "less":
        above = mixture(binom.sf, bad - 1, total, prob, rho)
    if alternative != "greater":
        below = mixture(binom.cdf, bad, total, prob, rho)
    least = np.minimum(above, below)
    p_value = np.minimum(2 * least, 1.0) if alternative == "two-sided" else np.minimum(least, 1.0)
    none = total == 0
    return rate_test(np.where(none, np.nan, bad), np.where(none, np.nan, p_value))


def vasicek_critical_count(
    n_total: Any, prob_default: Any, *, correlation: float, level: float = 0.95
) -> Int1D:
    """Return the least number of defaults that is too many, at a level.

    Parameters
    ----------
    n_total : array-like
        Customers, counts.
    prob_default : array-like
        Probability of default, a fraction in [0, 1].
    correlation : float
        Asset correlation in [0, 1); 0 is the binomial distribution.
    level : float, default=0.95
        In (0, 1).

    Returns
    -------
    ndarray of int
        The least k with P(X ≥ k) ≤ 1 - level: k defaults, or more, are rejected by
        :func:`vasicek_test`, and k - 1 are not. One more than all customers where no number is
        rejected. Single numbers give a numpy integer.

    Raises
    ------
    InvalidDataError, InvalidParameterError
        As in :func:`vasicek_test`.

    Notes
    -----
    k is the critical value of the Basel working paper, which has 19, 35, 49, 63 and 77 for 1,000
    customers at 1 % with correlations of 0, 0.05, 0.10, 0.15 and 0.20 at the level 0.99 [1]_. The
    quantile of the distribution, the least number with P(X ≤ number) ≥ level, is k - 1, the most
    defaults that are still in order [2]_. Found by halving: O(log n_total) values of the
    distribution, some 20 milliseconds a group.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating
       Systems*, Working Paper 14, 2005, part III.
    .. [2] D. Tasche, "A traffic lights approach to PD validation", Deutsche Bundesbank, 2003,
       arXiv cond-mat/0305038.

    Examples
    --------
    >>> from creditscore.validate import vasicek_critical_count
    >>> int(vasicek_critical_count(1000, 0.01, correlation=0.12))
    32
    >>> int(vasicek_critical_count(1000, 0.01, correlation=0))
    16
    """
    rho = check_correlation(correlation, "vasicek_critical_count")
    check_real(level, "level", "vasicek_critical_count", low=0, high=1)
    _, total, prob = read_rates(0, n_total, prob_default)
    critical = least_rejected(
        total, lambda n: mixture(binom.sf, n - 1, total, prob, rho) <= 1 - level
    )
    found: Int1D = critical.astype(np.intp)
    return found[()]
