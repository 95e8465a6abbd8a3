"""Kolmogorov-Smirnov distance between the scores of goods and bads."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._validation import check_integer, check_random_state, check_real
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._interval import Interval
from creditscore.metrics._ks_bootstrap import resample_distances


def ks(is_bad: Any, score: Any, *, sample_weight: Any = None) -> float:
    """Largest distance between the cumulative score distributions of bads and goods.

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`creditscore.metrics.auc`; the direction of the score does not matter.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.

    Returns
    -------
    float
        In [0, 1]; 0 is no discrimination.

    Examples
    --------
    >>> from creditscore.metrics import ks
    >>> ks([1, 1, 0, 0], [480, 510, 510, 600])
    0.5
    """
    counts = ClassCounts.from_scores(is_bad, score, sample_weight)
    return largest_ks(counts)


def ks_interval(
    is_bad: Any,
    score: Any,
    *,
    sample_weight: Any = None,
    level: float = 0.95,
    n_resamples: int = 1000,
    random_state: Any = 0,
) -> Interval:
    """KS with a percentile interval from a bootstrap within each class.

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`creditscore.metrics.auc`.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, as in :func:`creditscore.metrics.auc_variance`.
    level : float, default=0.95
        Confidence level in (0, 1).
    n_resamples : int, default=1000
        Bootstrap samples, 1 or more.
    random_state : int or numpy.random.Generator, default=0
        Seed, zero or more; the same seed gives the same interval.

    Returns
    -------
    Interval

    Raises
    ------
    InvalidDataError
        As in :func:`creditscore.metrics.auc`, and weights that are no whole numbers.

    Notes
    -----
    Goods and bads are resampled apart, as multinomial counts over the distinct scores [1]_, so a
    resample needs no sorting. Blocks of neighbouring scores are drawn first, and scores of their
    own only in the blocks that may hold the largest distance, which leaves the distribution of
    the resamples as it is. O(n log n) time for one sort, then O(n_resamples · min(distinct
    scores, 1,024)) and a little for the few blocks in question: with 1,000 resamples, a third of
    a second for 100,000 rows and half of one for a million without ties.

    KS is a maximum, and a resample adds noise to it, so the interval leans upwards in small
    samples.

    References
    ----------
    .. [1] B. Efron and R. J. Tibshirani, *An Introduction to the Bootstrap*, Chapman & Hall,
       1993, ch. 8 (several samples) and ch. 13 (percentile intervals).

    Examples
    --------
    >>> from creditscore.metrics import ks_interval
    >>> interval = ks_interval([1, 1, 0, 0], [480, 510, 510, 600], n_resamples=200)
    >>> interval.estimate, interval.lower <= 0.5 <= interval.upper
    (0.5, True)
    """
    check_real(level, "level", "ks_interval", low=0, high=1)
    check_integer(n_resamples, "n_resamples", "ks_interval", low=1)
    rng = check_random_state(random_state, "ks_interval")
    counts = ClassCounts.from_scores(is_bad, score, sample_weight, whole=True)
    values = resample_distances(rng, counts.good, counts.bad, size=n_resamples)
    lower, upper = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(largest_ks(counts), float(lower), float(upper), level)


def largest_ks(counts: ClassCounts) -> float:
    share_good = np.cumsum(counts.good) / counts.good.sum()
    share_bad = np.cumsum(counts.bad) / counts.bad.sum()
    return float(np.abs(share_bad - share_good).max())
