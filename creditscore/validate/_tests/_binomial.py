"""The exact binomial test of a default rate."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import binom, binomtest

from creditscore._typing import Float1D
from creditscore._validation import check_choice
from creditscore.validate._tests._inputs import (
    ALTERNATIVES,
    Alternative,
    not_too_small,
    read_rates,
)
from creditscore.validate._tests._rate_test import RateTest, rate_test


def binomial_test(
    n_bad: Any, n_total: Any, prob_default: Any, *, alternative: Alternative = "greater"
) -> RateTest:
    """Test whether a probability of default is too low, by the exact binomial distribution.

    Parameters
    ----------
    n_bad : array-like
        Customers who defaulted in each group, counts of zero or more.
    n_total : array-like
        All customers of each group, at the begin of the period.
    prob_default : array-like
        Probability of default that the group was given, a fraction in [0, 1]. Single numbers
        stand for all groups.
    alternative : {"greater", "less", "two-sided"}, default="greater"
        What is suspected of the true rate: "greater", it is above `prob_default`, which is too
        low; "less", it is below; "two-sided", it is off either way.

    Returns
    -------
    RateTest
        `statistic` is the number of defaults. `p_value` under "greater" is P(X ≥ n_bad): small
        where the probability of default is too low. A group without customers has NaN.

    Raises
    ------
    InvalidDataError
        More defaults than customers; counts that are negative, not whole or not finite;
        probabilities outside [0, 1]; shapes that do not fit.
    InvalidParameterError
        An unknown alternative.

    See Also
    --------
    jeffreys_test : The test that the European Central Bank asks for.
    vasicek_test : The same with defaults that depend on each other.

    Notes
    -----
    X is the number of defaults among n_total independent customers. Two-sided is the chance of
    all numbers that are no likelier than the one observed, as R's ``binom.test`` has it.
    Defaults of one year are not independent, so that true probabilities are rejected more often
    than the level says [1]_. At a probability of 0, one default has p = 0. O(1) time a group.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating
       Systems*, Working Paper 14, 2005, part III.

    Examples
    --------
    >>> from creditscore.validate import binomial_test
    >>> round(float(binomial_test(15, 99, 0.09656014).p_value), 4)
    0.053
    """
    check_choice(alternative, "alternative", "binomial_test", ALTERNATIVES)
    bad, total, prob = read_rates(n_bad, n_total, prob_default)
    if alternative == "greater":
        p_value = binom.sf(bad - 1, total, prob)
    elif alternative == "less":
        p_value = binom.cdf(bad, total, prob)
    else:
        p_value = _two_sided(bad, total, prob)
    none = total == 0
    return rate_test(np.where(none, np.nan, bad), np.where(none, np.nan, p_value))


def _two_sided(bad: Float1D, total: Float1D, prob: Float1D) -> Float1D:
    rows = zip(bad.flat, total.flat, not_too_small(prob).flat, strict=True)
    found = [binomtest(int(k), int(n), p).pvalue if n else np.nan for k, n, p in rows]
    return np.reshape(found, bad.shape)
