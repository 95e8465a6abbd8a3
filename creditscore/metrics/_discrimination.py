"""AUC and Gini with their sampling error, in O(n log n)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from creditscore._typing import Float1D
from creditscore._validation import check_both_classes, check_real, check_scores, check_weights
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._interval import Interval


@dataclass(frozen=True)
class ClassCounts:
    """Weights of goods and bads at each distinct score, lowest (riskiest) score first."""

    score: Float1D
    good: Float1D
    bad: Float1D

    @classmethod
    def from_scores(cls, is_bad: Any, score: Any, sample_weight: Any = None) -> ClassCounts:
        """Sort once; everything else is sums over distinct scores."""
        bad, values = check_scores(is_bad, score)
        weights = check_weights(sample_weight, n_rows=len(values))
        check_both_classes(bad, weights)
        distinct, codes = np.unique(values, return_inverse=True)
        total = np.bincount(codes, weights=weights, minlength=len(distinct)).astype(np.float64)
        bad_weight = bad.astype(np.float64) if weights is None else bad * weights
        n_bad = np.bincount(codes, weights=bad_weight, minlength=len(distinct)).astype(np.float64)
        return cls(distinct, total - n_bad, n_bad)

    @property
    def share_bad_below(self) -> Float1D:
        """Share of bads with a lower score than each distinct score, ties at one half."""
        below: Float1D = (np.cumsum(self.bad) - 0.5 * self.bad) / self.bad.sum()
        return below

    @property
    def share_good_above(self) -> Float1D:
        """Share of goods with a higher score than each distinct score, ties at one half."""
        above: Float1D = 1.0 - (np.cumsum(self.good) - 0.5 * self.good) / self.good.sum()
        return above


def auc(is_bad: Any, score: Any, *, sample_weight: Any = None) -> float:
    """Area under the ROC curve: chance that a good case outscores a bad one.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.

    Returns
    -------
    float
        In [0, 1]; ties count one half; 0.5 is no discrimination.

    Raises
    ------
    InvalidTargetError
        Missing outcomes or one class only.
    InvalidDataError
        Missing scores.

    References
    ----------
    .. [1] J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver
       operating characteristic (ROC) curve", *Radiology* 143, 1982, pp. 29-36.

    Examples
    --------
    >>> from creditscore.metrics import auc
    >>> auc([1, 1, 0, 0], [480, 510, 510, 600])
    0.875
    """
    counts = ClassCounts.from_scores(is_bad, score, sample_weight)
    return float(counts.good @ counts.share_bad_below / counts.good.sum())


def auc_variance(is_bad: Any, score: Any) -> float:
    """Estimate the sampling variance of the AUC (DeLong, DeLong and Clarke-Pearson).

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`auc`; at least two cases of each class.

    Returns
    -------
    float
        Variance, zero or more.

    Notes
    -----
    var(V10) / n_bad + var(V01) / n_good, where V10 is the share of goods above each bad case
    and V01 the share of bads below each good case, ties at one half, variances with
    denominator n - 1 [1]_. O(n log n) time, O(n) memory.

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, *Biometrics* 44, 1988,
       pp. 837-845.

    Examples
    --------
    >>> from creditscore.metrics import auc_variance
    >>> auc_variance([1, 1, 0, 0], [480, 510, 510, 600])
    0.03125
    """
    counts = ClassCounts.from_scores(is_bad, score)
    n_good, n_bad = counts.good.sum(), counts.bad.sum()
    if n_good < 2 or n_bad < 2:
        msg = (
            "The variance of an AUC needs two cases of each class. Got "
            f"{n_good:g} good and {n_bad:g} bad."
        )
        raise InvalidDataError(msg)
    return float(
        _variance(counts.share_good_above, counts.bad) / n_bad
        + _variance(counts.share_bad_below, counts.good) / n_good
    )


def auc_interval(is_bad: Any, score: Any, *, level: float = 0.95) -> Interval:
    """AUC with a normal confidence interval from DeLong's variance.

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`auc`.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    Interval
        Clipped to [0, 1].

    Notes
    -----
    The variance that is estimated is zero where a score separates the classes perfectly, either
    way round, and where all scores are tied: the interval then has no width, which says that
    the sample cannot tell it and not that the AUC is certain.

    Examples
    --------
    >>> from creditscore.metrics import auc_interval
    >>> print(auc_interval([1, 1, 0, 0, 0], [480, 510, 510, 600, 610]))
    0.917 (0.686 to 1.000)
    """
    check_real(level, "level", "auc_interval", low=0, high=1)
    estimate = auc(is_bad, score)
    margin = float(ndtri(0.5 + level / 2)) * auc_variance(is_bad, score) ** 0.5
    return Interval(estimate, max(0.0, estimate - margin), min(1.0, estimate + margin), level)


def gini(is_bad: Any, score: Any, *, sample_weight: Any = None) -> float:
    """Gini coefficient, 2 · AUC - 1 (also: accuracy ratio, Somers' D of score by outcome).

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`auc`.
    sample_weight : array-like of shape (n_samples,), optional
        As in :func:`auc`.

    Returns
    -------
    float
        In [-1, 1]; 0 is no discrimination.

    Examples
    --------
    >>> from creditscore.metrics import gini
    >>> gini([1, 1, 0, 0], [480, 510, 510, 600])
    0.75
    """
    return 2.0 * auc(is_bad, score, sample_weight=sample_weight) - 1.0


def gini_interval(is_bad: Any, score: Any, *, level: float = 0.95) -> Interval:
    """Gini coefficient with the interval of :func:`auc_interval`, rescaled.

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`auc`.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    Interval

    Examples
    --------
    >>> from creditscore.metrics import gini_interval
    >>> print(gini_interval([1, 1, 0, 0, 0], [480, 510, 510, 600, 610]))
    0.833 (0.371 to 1.000)
    """
    area = auc_interval(is_bad, score, level=level)
    return Interval(2 * area.estimate - 1, 2 * area.lower - 1, 2 * area.upper - 1, level)


def _variance(values: Float1D, counts: Float1D) -> float:
    n = counts.sum()
    mean = values @ counts / n
    return float(((values - mean) ** 2) @ counts / (n - 1))
