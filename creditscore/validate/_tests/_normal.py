"""The normal test of a default rate."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from creditscore._typing import Float1D
from creditscore._validation import check_choice
from creditscore.validate._tests._inputs import ALTERNATIVES, Alternative, read_rates
from creditscore.validate._tests._rate_test import RateTest, rate_test


def normal_test(
    n_bad: Any, n_total: Any, prob_default: Any, *, alternative: Alternative = "greater"
) -> RateTest:
    """Test whether a probability of default is too low, by the normal distribution.

    Parameters
    ----------
    n_bad, n_total, prob_default : array-like
        As in :func:`binomial_test`.
    alternative : {"greater", "less", "two-sided"}, default="greater"
        What is suspected of the true rate, beside `prob_default`.

    Returns
    -------
    RateTest
        `statistic` is z, above zero where more defaulted than foretold. `p_value` under
        "greater" is 1 - Φ(z): small where the probability of default is too low. A group without
        customers has NaN.

    Raises
    ------
    InvalidDataError, InvalidParameterError
        As in :func:`binomial_test`.

    Notes
    -----
    z = (n_bad / n_total - PD) / √(PD · (1 - PD) / n_total), without a correction for continuity
    [1]_. Rough where n_total · PD · (1 - PD) is below about 9. Probabilities of 0 and 1 leave no
    variance: z is NaN where all went as foretold, else infinite. O(1) time a group.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating
       Systems*, Working Paper 14, 2005, part III.

    Examples
    --------
    >>> from creditscore.validate import normal_test
    >>> z, p_value = normal_test(15, 99, 0.09656014)
    >>> round(float(z), 4), round(float(p_value), 4)
    (1.8513, 0.0321)
    """
    check_choice(alternative, "alternative", "normal_test", ALTERNATIVES)
    bad, total, prob = read_rates(n_bad, n_total, prob_default)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (bad / total - prob) / np.sqrt(prob * (1 - prob) / total)
    z = np.where(total == 0, np.nan, z)
    return rate_test(z, normal_p_value(z, alternative))


def normal_p_value(z: Float1D, alternative: str) -> Float1D:
    """Return the p-value of a standardised deviation; large z are what "greater" looks for."""
    p_value: Float1D = {
        "greater": lambda: ndtr(-z), "less": lambda: ndtr(z), "two-sided": lambda: 2 * ndtr(-abs(z))
    }[alternative]()  # fmt: skip
    return p_value
