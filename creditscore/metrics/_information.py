"""Weight of evidence and information value of counts, and their sampling errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from creditscore._validation import as_floats, check_order, check_real
from creditscore.exceptions import InvalidDataError


def woe(
    n_good: npt.ArrayLike,
    n_bad: npt.ArrayLike,
    *,
    smoothing: float = 0.5,
    total_good: float | None = None,
    total_bad: float | None = None,
) -> npt.NDArray[np.float64]:
    """Weight of evidence of each bin, ln(dist_good / dist_bad).

    Parameters
    ----------
    n_good, n_bad : array-like of the same shape
        Counts (or weights) of goods and bads in each bin, zero or more.
    smoothing : float, default=0.5
        Added to both counts of a bin that has one of the classes only, zero or more. A bin
        with neither class is neutral: its WOE is 0.
    total_good, total_bad : float, optional
        Goods and bads of the whole sample; the sums of the counts unless given.

    Returns
    -------
    ndarray of the shape of the counts
        Positive where a bin is safer than the sample.

    Raises
    ------
    InvalidDataError
        Negative, infinite or missing counts, a class with no weight, or pandas Series with the
        same bins in different orders.

    Notes
    -----
    The totals are not smoothed, so that the other bins keep their values [1]_.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 10.

    Examples
    --------
    The checking account of German credit (docs/conventions.md):

    >>> from creditscore.metrics import woe
    >>> woe([139, 164, 49, 348], [135, 105, 14, 46]).round(6)
    array([-0.818099, -0.401392,  0.405465,  1.176263])
    """
    dist_good, dist_bad = _distributions(n_good, n_bad, smoothing, total_good, total_bad)
    return _log_ratio(dist_good, dist_bad)


def iv_parts(
    n_good: npt.ArrayLike,
    n_bad: npt.ArrayLike,
    *,
    smoothing: float = 0.5,
    total_good: float | None = None,
    total_bad: float | None = None,
) -> npt.NDArray[np.float64]:
    """Part of each bin in the information value, (dist_good - dist_bad) · woe.

    Parameters and errors are those of :func:`woe`; a bin that is smoothed there is smoothed
    here by the same amount.

    Returns
    -------
    ndarray of the shape of the counts
        Zero or more in each bin.

    Examples
    --------
    >>> from creditscore.metrics import iv_parts
    >>> iv_parts([139, 164, 49, 348], [135, 105, 14, 46]).round(6)
    array([0.205693, 0.046447, 0.009461, 0.40441 ])
    """
    dist_good, dist_bad = _distributions(n_good, n_bad, smoothing, total_good, total_bad)
    parts: npt.NDArray[np.float64] = (dist_good - dist_bad) * _log_ratio(dist_good, dist_bad)
    return parts


def information_value(
    n_good: npt.ArrayLike, n_bad: npt.ArrayLike, *, smoothing: float = 0.5
) -> float:
    """Information value of a binned characteristic, Σ (dist_good - dist_bad) · woe.

    Parameters
    ----------
    n_good, n_bad : array-like of shape (n_bins,)
        Counts (or weights) of goods and bads in each bin.
    smoothing : float, default=0.5
        As in :func:`woe`.

    Returns
    -------
    float
        Zero or more. Usual reading: below 0.02 not predictive, to 0.1 weak, to 0.3 medium,
        above strong, above 0.5 worth a second look for leakage (Siddiqi, ch. 10).

    Examples
    --------
    >>> from creditscore.metrics import information_value
    >>> round(information_value([139, 164, 49, 348], [135, 105, 14, 46]), 7)
    0.6660115
    """
    return float(iv_parts(n_good, n_bad, smoothing=smoothing).sum())


def woe_se(
    n_good: npt.ArrayLike, n_bad: npt.ArrayLike, *, smoothing: float = 0.5
) -> npt.NDArray[np.float64]:
    """Give the standard error of the WOE of each bin, √(1/n_good + 1/n_bad).

    Parameters
    ----------
    n_good, n_bad : array-like of the same shape
        Counts of goods and bads in each bin, zero or more. Weights count as rows.
    smoothing : float, default=0.5
        As in :func:`woe`: added to both counts of a bin that has one of the classes only.

    Returns
    -------
    ndarray of the shape of the counts
        NaN for a bin with neither class; infinite for a bin of one class without smoothing.

    Raises
    ------
    InvalidDataError
        As in :func:`woe`.

    Notes
    -----
    By the delta method this is the error of the bin's log-odds ln(n_good / n_bad), its rows being
    a random sample [1]_. The log-odds of the whole sample, which WOE takes off, are held fixed:
    they shift all bins alike, and the intercept of a model takes them up. Where they too are
    seen as estimated from the same rows, goods and bads being two multinomial samples, the
    variance is less by 1/N_good + 1/N_bad, so that this error is the safer one.

    References
    ----------
    .. [1] A. Agresti, *Categorical Data Analysis*, 3rd ed., Wiley, 2013, section 16.1.

    Examples
    --------
    >>> from creditscore.metrics import woe_se
    >>> woe_se([139, 164, 49, 348], [135, 105, 14, 46]).round(4)
    array([0.1208, 0.125 , 0.303 , 0.1569])
    """
    good, bad, *_ = _smoothed(n_good, n_bad, smoothing, None, None)
    empty = (good == 0) & (bad == 0)
    with np.errstate(divide="ignore"):
        error: npt.NDArray[np.float64] = np.sqrt(1 / good + 1 / bad)
    error[empty] = np.nan
    return error


def iv_se(n_good: npt.ArrayLike, n_bad: npt.ArrayLike, *, smoothing: float = 0.5) -> float:
    """Give the standard error of the information value.

    Parameters
    ----------
    n_good, n_bad : array-like of shape (n_bins,)
        Counts of goods and bads in each bin, zero or more. Weights count as rows.
    smoothing : float, default=0.5
        As in :func:`woe`: added to both counts of a bin that has one of the classes only.

    Returns
    -------
    float
        Zero or more; infinite where a bin has one class only and `smoothing` is 0.

    Raises
    ------
    InvalidDataError
        As in :func:`woe`.

    Notes
    -----
    Goods and bads are two independent multinomial samples over the bins, of N_good and N_bad
    rows. With pᵢ and qᵢ for dist_good and dist_bad of bin i, wᵢ = ln(pᵢ/qᵢ) and the derivatives

    aᵢ = ∂IV/∂pᵢ = wᵢ + 1 - qᵢ/pᵢ, bᵢ = ∂IV/∂qᵢ = -wᵢ + 1 - pᵢ/qᵢ,

    the delta method [1]_ gives

    variance = (Σ pᵢaᵢ² - (Σ pᵢaᵢ)²) / N_good + (Σ qᵢbᵢ² - (Σ qᵢbᵢ)²) / N_bad.

    Smoothed counts stand in for the counts of bins that lack a class. The error takes the bins as
    given before the data were seen. For IV near 0 it is too small, because the first derivatives
    vanish there; IV is then above its true value by (n_bins - 1) · (1/N_good + 1/N_bad) in the
    mean.

    References
    ----------
    .. [1] A. Agresti, *Categorical Data Analysis*, 3rd ed., Wiley, 2013, section 16.1.

    Examples
    --------
    >>> from creditscore.metrics import iv_se
    >>> round(iv_se([139, 164, 49, 348], [135, 105, 14, 46]), 4)
    0.1145
    """
    good, bad, all_good, all_bad = _smoothed(n_good, n_bad, smoothing, None, None)
    if ((good == 0) != (bad == 0)).any():
        return float("inf")
    held = good > 0
    p, q = good[held] / all_good, bad[held] / all_bad
    weight = np.log(p / q)
    variance = (
        _variance(weight + 1 - q / p, p) / all_good + _variance(-weight + 1 - p / q, q) / all_bad
    )
    return float(np.sqrt(variance))


def _variance(values: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]) -> float:
    """Variance of values drawn with shares, which smoothing may have brought a little above 1."""
    weights = shares / shares.sum()
    return float(weights @ (values - weights @ values) ** 2)


def _distributions(
    n_good: npt.ArrayLike,
    n_bad: npt.ArrayLike,
    smoothing: float,
    total_good: float | None,
    total_bad: float | None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    good, bad, all_good, all_bad = _smoothed(n_good, n_bad, smoothing, total_good, total_bad)
    return good / all_good, bad / all_bad


def _smoothed(
    n_good: npt.ArrayLike,
    n_bad: npt.ArrayLike,
    smoothing: float,
    total_good: float | None,
    total_bad: float | None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float, float]:
    """Return goods and bads of each bin, smoothed where a class is lacking, and the totals."""
    check_real(smoothing, "smoothing", "woe", low=0, high=np.inf, closed="left")
    check_order(n_good=n_good, n_bad=n_bad)
    good, bad = as_floats(n_good, "n_good"), as_floats(n_bad, "n_bad")
    if good.shape != bad.shape or not _are_counts(good) or not _are_counts(bad):
        msg = (
            "n_good and n_bad must be finite counts of the same shape, zero or more. Got shapes "
            f"{good.shape} and {bad.shape}, smallest values {_least(good)} and {_least(bad)}, "
            f"{int((~np.isfinite(good)).sum())} and {int((~np.isfinite(bad)).sum())} not finite."
        )
        raise InvalidDataError(msg)
    all_good, all_bad = _total(total_good, good, "total_good"), _total(total_bad, bad, "total_bad")
    if not (0 < all_good < np.inf and 0 < all_bad < np.inf):
        msg = f"Both classes must have some weight. Got {all_good} good and {all_bad} bad."
        raise InvalidDataError(msg)
    lacking = (good == 0) != (bad == 0)
    if not lacking.any():
        return good, bad, all_good, all_bad
    extra = np.where(lacking, smoothing, 0.0)
    return good + extra, bad + extra, all_good, all_bad


def _total(total: Any, counts: npt.NDArray[np.float64], name: str) -> float:
    if total is None:
        with np.errstate(over="ignore"):
            return float(counts.sum())
    return check_real(total, name, "woe", low=-np.inf, high=np.inf, closed="both")


def _log_ratio(
    dist_good: npt.NDArray[np.float64], dist_bad: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    empty = (dist_good == 0) & (dist_bad == 0)
    with np.errstate(divide="ignore"):
        # without smoothing, a bin of one class is infinitely safe or risky, and says so
        ratio: npt.NDArray[np.float64] = np.log(np.where(empty, 1.0, dist_good)) - np.log(
            np.where(empty, 1.0, dist_bad)
        )
    return ratio


def _are_counts(values: npt.NDArray[np.float64]) -> bool:
    return bool((np.isfinite(values) & (values >= 0)).all())


def _least(values: npt.NDArray[Any]) -> float:
    return float(values.min()) if values.size else float("nan")
