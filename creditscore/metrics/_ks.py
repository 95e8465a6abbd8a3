"""Kolmogorov-Smirnov distance between the scores of goods and bads."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_integer, check_real
from creditscore.metrics._discrimination import ClassCounts
from creditscore.metrics._interval import Interval

_RESAMPLES_AT_ONCE = 2_000_000
"""Cells of a block of resamples: bounds the memory to some tens of megabytes."""


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
    return float(_distance(counts.good[None, :], counts.bad[None, :])[0])


def ks_interval(
    is_bad: Any,
    score: Any,
    *,
    level: float = 0.95,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> Interval:
    """KS with a percentile interval from a bootstrap within each class.

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`creditscore.metrics.auc`.
    level : float, default=0.95
        Confidence level in (0, 1).
    n_resamples : int, default=1000
        Bootstrap samples, 1 or more.
    random_state : int, default=0
        Seed; the same seed gives the same interval.

    Returns
    -------
    Interval

    Notes
    -----
    Goods and bads are resampled apart, as multinomial counts over the distinct scores, so a
    resample needs no sorting: O(n_resamples · distinct scores). KS is a maximum, and a resample
    adds noise to it, so the interval leans upwards in small samples.

    Examples
    --------
    >>> from creditscore.metrics import ks_interval
    >>> interval = ks_interval([1, 1, 0, 0], [480, 510, 510, 600], n_resamples=200)
    >>> interval.estimate, interval.lower <= 0.5 <= interval.upper
    (0.5, True)
    """
    check_real(level, "level", "ks_interval", low=0, high=1)
    check_integer(n_resamples, "n_resamples", "ks_interval", low=1)
    counts = ClassCounts.from_scores(is_bad, score)
    rng = np.random.default_rng(random_state)
    block = max(1, _RESAMPLES_AT_ONCE // len(counts.score))
    values = np.concatenate(
        [
            _distance(
                _resample(rng, counts.good, min(block, n_resamples - start)),
                _resample(rng, counts.bad, min(block, n_resamples - start)),
            )
            for start in range(0, n_resamples, block)
        ]
    )
    lower, upper = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2])
    estimate = float(_distance(counts.good[None, :], counts.bad[None, :])[0])
    return Interval(estimate, float(lower), float(upper), level)


def _resample(rng: np.random.Generator, counts: Float1D, size: int) -> Float1D:
    n = int(counts.sum())
    return rng.multinomial(n, counts / counts.sum(), size=size).astype(np.float64)


def _distance(good: Float1D, bad: Float1D) -> Float1D:
    share_good = np.cumsum(good, axis=1) / good.sum(axis=1, keepdims=True)
    share_bad = np.cumsum(bad, axis=1) / bad.sum(axis=1, keepdims=True)
    distance: Float1D = np.abs(share_bad - share_good).max(axis=1)
    return distance
