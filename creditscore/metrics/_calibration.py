"""How probabilities compare with outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from creditscore._typing import Float1D
from creditscore._validation import (
    as_floats,
    check_fractions,
    check_order,
    check_rate_counts,
    check_real,
)
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._inputs import read_cases


def brier_score(is_bad: Any, prob_default: Any, *, sample_weight: Any = None) -> float:
    """Mean squared distance of the probability of default from the outcome.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; all of one kind is fine, as in a month without a default.
    prob_default : array-like of shape (n_samples,)
        Fractions in [0, 1].
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.

    Returns
    -------
    float
        In [0, 1]; lower is better.

    Raises
    ------
    InvalidTargetError
        Missing outcomes; outcomes and probabilities that were swapped.
    InvalidDataError
        A probability outside [0, 1] or missing; pandas Series with one index in different orders.

    References
    ----------
    .. [1] G. W. Brier, *Monthly Weather Review* 78, 1950, pp. 1-3.

    Examples
    --------
    >>> from creditscore.metrics import brier_score
    >>> round(brier_score([1, 0, 0, 0], [0.7, 0.2, 0.1, 0.0]), 4)
    0.035
    """
    bad, prob, weights = read_cases(
        is_bad, prob_default, sample_weight, name="prob_default", one_class=True
    )
    check_fractions(prob)
    return float(np.average((prob - bad) ** 2, weights=weights))


def jeffreys_interval(
    n_bad: npt.ArrayLike, n_total: npt.ArrayLike, *, level: float = 0.95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Interval of a default rate under Jeffreys' prior, Beta(1/2, 1/2).

    Parameters
    ----------
    n_bad, n_total : array-like of the same shape
        Bad cases and all cases of each group, zero or more.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    lower, upper : ndarray
        Fractions. The lower end is 0 without a bad case and the upper end 1 without a good
        one [1]_; an empty group gets (0, 1).

    Raises
    ------
    InvalidDataError
        More bad cases than cases, numbers that are negative or not finite, different shapes, or
        pandas Series with one index in different orders.

    References
    ----------
    .. [1] L. D. Brown, T. T. Cai and A. DasGupta, "Interval estimation for a binomial
       proportion", *Statistical Science* 16, 2001, pp. 101-133.

    Examples
    --------
    >>> from creditscore.metrics import jeffreys_interval
    >>> lower, upper = jeffreys_interval(3, 170)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.005, 0.0463)
    """
    check_real(level, "level", "jeffreys_interval", low=0, high=1)
    bad, total = read_rate_counts(n_bad, n_total)
    tail = (1 - level) / 2
    lower = betaincinv(bad + 0.5, total - bad + 0.5, tail)
    upper = betaincinv(bad + 0.5, total - bad + 0.5, 1 - tail)
    return np.where(bad == 0, 0.0, lower), np.where(bad == total, 1.0, upper)


def read_rate_counts(n_bad: npt.ArrayLike, n_total: npt.ArrayLike) -> tuple[Float1D, Float1D]:
    """Read bad cases and all cases of groups, of which rates are made."""
    check_order(n_bad=n_bad, n_total=n_total)
    bad, total = as_floats(n_bad, "n_bad"), as_floats(n_total, "n_total")
    if bad.shape != total.shape:
        msg = f"n_bad and n_total must have one shape. Got {bad.shape} and {total.shape}."
        raise InvalidDataError(msg)
    check_rate_counts(bad, total)
    return bad, total
