"""Jeffreys' test of a default rate, which the European Central Bank asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import beta

from creditscore._validation import check_choice
from creditscore.validate._tests._inputs import ALTERNATIVES, Alternative, read_rates
from creditscore.validate._tests._rate_test import RateTest, rate_test


def jeffreys_test(
    n_bad: Any, n_total: Any, prob_default: Any, *, alternative: Alternative = "greater"
) -> RateTest:
    """Test whether a probability of default is too low, by Jeffreys' posterior.

    Parameters
    ----------
    n_bad, n_total, prob_default : array-like
        As in :func:`binomial_test`.
    alternative : {"greater", "less", "two-sided"}, default="greater"
        What is suspected of the true rate, beside `prob_default`.

    Returns
    -------
    RateTest
        `statistic` is the number of defaults. `p_value` under "greater" is the posterior chance
        that the true rate is at or below `prob_default`: small where the probability of default
        is too low. "less" has the chance that it is above, "two-sided" twice the lesser of both.
        A group without customers has NaN.

    Raises
    ------
    InvalidDataError, InvalidParameterError
        As in :func:`binomial_test`.

    Notes
    -----
    The p-value is the distribution function of Beta(n_bad + 1/2, n_total - n_bad + 1/2) **at**
    `prob_default`, not what is above it [1]_. The hypothesis is that `prob_default` is not below
    the true rate. It is asked for each grade and the whole portfolio. A probability of 0 has
    p = 0 even without a default, for the posterior allows no rate below it. O(1) time a group.

    References
    ----------
    .. [1] European Central Bank, *Instructions for reporting the validation results of internal
       models: IRB Pillar I models for credit risk*, February 2019, section 2.5.3.1.

    Examples
    --------
    >>> from creditscore.validate import jeffreys_test
    >>> round(float(jeffreys_test(15, 99, 0.09656014).p_value), 4)
    0.0387
    """
    check_choice(alternative, "alternative", "jeffreys_test", ALTERNATIVES)
    bad, total, prob = read_rates(n_bad, n_total, prob_default)
    shape = (bad + 0.5, total - bad + 0.5)
    below, above = beta.cdf(prob, *shape), beta.sf(prob, *shape)
    both = 2 * np.minimum(below, above)
    p_value = {"greater": below, "less": above, "two-sided": both}[alternative]
    none = total == 0
    return rate_test(np.where(none, np.nan, bad), np.where(none, np.nan, p_value))
