"""Intervals of a default rate that owe nothing to a prior: Wilson's and Clopper's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtri

from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.metrics._calibration import read_rate_counts


def wilson_interval(
    n_bad: npt.ArrayLike, n_total: npt.ArrayLike, *, level: float = 0.95
) -> tuple[Float1D, Float1D]:
    """Score interval of a default rate, as Wilson gave it.

    Parameters
    ----------
    n_bad, n_total : array-like of the same shape
        As in :func:`jeffreys_interval`.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    lower, upper : ndarray
        Fractions; an empty group gets (0, 1).

    Raises
    ------
    InvalidDataError
        As in :func:`jeffreys_interval`.

    Notes
    -----
    The rates p with |x / n - p| ≤ z · √(p (1 - p) / n): on average it covers as it says, for some
    rates a little less [1]_.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
       *Journal of the American Statistical Association* 22, 1927, pp. 209-212.

    Examples
    --------
    >>> from creditscore.metrics import wilson_interval
    >>> lower, upper = wilson_interval(3, 170)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.006, 0.0506)
    """
    check_real(level, "level", "wilson_interval", low=0, high=1)
    bad, total = read_rate_counts(n_bad, n_total)
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    middle = (bad + z2 / 2) / (total + z2)
    spread = bad * (1 - np.divide(bad, total, out=np.ones_like(bad), where=total > 0))
    half = np.sqrt(z2 * (spread + z2 / 4)) / (total + z2)
    # at the ends both terms are equal, and rounding would leave a remainder
    return np.where(bad == 0, 0.0, middle - half), np.where(bad == total, 1.0, middle + half)


def clopper_pearson_interval(
    n_bad: npt.ArrayLike, n_total: npt.ArrayLike, *, level: float = 0.95
) -> tuple[Float1D, Float1D]:
    """Interval of a default rate that covers it at least as often as it says.

    Parameters
    ----------
    n_bad, n_total : array-like of the same shape
        As in :func:`jeffreys_interval`.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    lower, upper : ndarray
        Fractions; an empty group gets (0, 1).

    Raises
    ------
    InvalidDataError
        As in :func:`jeffreys_interval`.

    Notes
    -----
    The rates that neither one-sided binomial test of (1 - level) / 2 refuses, quantiles of
    Beta(x, n - x + 1) and Beta(x + 1, n - x) [1]_. It is wider than it need be.

    References
    ----------
    .. [1] C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated
       in the case of the binomial", *Biometrika* 26, 1934, pp. 404-413.

    Examples
    --------
    >>> from creditscore.metrics import clopper_pearson_interval
    >>> lower, upper = clopper_pearson_interval(3, 170)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0037, 0.0507)
    """
    check_real(level, "level", "clopper_pearson_interval", low=0, high=1)
    bad, total = read_rate_counts(n_bad, n_total)
    tail = (1 - level) / 2
    # where a parameter of the beta distribution would be zero, the end is known
    none, every = bad == 0, bad == total
    lower = betaincinv(np.where(none, 1.0, bad), total - bad + 1, tail)
    upper = betaincinv(bad + 1, np.where(every, 1.0, total - bad), 1 - tail)
    return np.where(none, 0.0, lower), np.where(every, 1.0, upper)
