"""The normal test over several years, which needs no independence within a year."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import ndtr

from creditscore._validation import as_floats, check_order
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import SignificanceTest
from creditscore.validate._tests._inputs import check_fractions


def multi_period_test(default_rates: Any, prob_default: Any) -> SignificanceTest:
    """Test whether probabilities of default are too low over several years.

    Parameters
    ----------
    default_rates : array-like of shape (n_periods,)
        Default rate of each year, fractions in [0, 1]; two years or more.
    prob_default : array-like of shape (n_periods,)
        Probability of default for each year; a single number stands for all.

    Returns
    -------
    SignificanceTest
        `statistic` is z, above zero where more defaulted than foretold. The p-value is 1 - Φ(z):
        small where probabilities of default are too low. Both are NaN where all years are off by
        the same, which leaves no variance.

    Raises
    ------
    InvalidDataError
        Fewer than two years; rates outside [0, 1]; shapes that do not fit.

    See Also
    --------
    traffic_light_test : Looks at the years one by one as well.

    Notes
    -----
    z = Σ d / (√T · τ), with d the default rate less the probability of each of T years, and
    τ² = Σ (d - mean d)² / (T - 1) estimated from the years [1]_. Defaults of one year may depend
    on each other; the years must not. With few years the estimate of τ is rough, and true
    probabilities are rejected more often than the level says: Student's distribution would be
    wider. O(T) time.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating
       Systems*, Working Paper 14, 2005, part III.

    Examples
    --------
    >>> from creditscore.validate import multi_period_test
    >>> multi_period_test([0.025, 0.03, 0.02, 0.035, 0.028], 0.02)
    <SignificanceTest: multi-period normal test, statistic 3.038, p = 0.0012>
    """
    check_order(default_rates=default_rates, prob_default=prob_default)
    rates = check_fractions(as_floats(default_rates, "default_rates"), "default_rates")
    prob = check_fractions(as_floats(prob_default, "prob_default"), "prob_default")
    if rates.ndim != 1 or len(rates) < 2 or prob.shape not in ((), rates.shape):
        msg = (
            "default_rates must be a list of two years or more, with one prob_default for each or "
            f"for all. Got shapes {rates.shape} and {prob.shape}."
        )
        raise InvalidDataError(msg)
    apart = rates - prob
    # years that are all off by the same differ by rounding only
    level = bool(np.ptp(apart) <= 4 * np.finfo(float).eps)
    spread = math.nan if level else float(apart.std(ddof=1))
    z = float(apart.sum()) / (math.sqrt(len(rates)) * spread)
    return SignificanceTest(
        name="multi-period normal test",
        statistic=z,
        p_value=float(ndtr(-z)),
        hypothesis="no year's probability of default is below the true one",
        source="BCBS Working Paper 14, 2005",
        n=len(rates),
    )
