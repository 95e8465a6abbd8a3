"""AUC and Gini with their sampling error, in O(n log n)."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.special import ndtri

from creditscore._typing import Float1D
from creditscore._validation import check_choice, check_integer, check_random_state, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._auc_bootstrap import resample_areas
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._interval import Interval

AucMethod: TypeAlias = Literal["delong", "bootstrap"]
"""Where the interval of an AUC comes from."""


def auc(is_bad: Any, score: Any, *, sample_weight: Any = None) -> float:
    """Area under the ROC curve: chance that a good case outscores a bad one.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do.

    Returns
    -------
    float
        In [0, 1]; ties count one half; 0.5 is no discrimination.

    Raises
    ------
    InvalidTargetError
        Missing outcomes or one class only; outcomes and scores that were swapped.
    InvalidDataError
        Missing scores; text and dates; pandas Series with one index in different orders.

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
    return _area(ClassCounts.from_scores(is_bad, score, sample_weight))


def auc_variance(is_bad: Any, score: Any, *, sample_weight: Any = None) -> float:
    """Estimate the sampling variance of the AUC (DeLong, DeLong and Clarke-Pearson).

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`auc`; at least two cases of each class.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more: 3 for three cases of this outcome and score.

    Returns
    -------
    float
        Variance, zero or more.

    Raises
    ------
    InvalidDataError
        As in :func:`auc`; also one case of a class only, and weights that are no whole numbers.

    Notes
    -----
    var(V10) / n_bad + var(V01) / n_good, where V10 is the share of goods above each bad case
    and V01 the share of bads below each good case, ties at one half, variances with
    denominator n - 1 [1]_. V10 and V01 come from one sort [2]_: O(n log n) time, O(n) memory.

    Weights are frequencies [3]_: the variance is that of the table with its rows written out.
    A weight that stands for cases outside the sample, such as 5 where one good in five was
    drawn, is no frequency: it would count evidence that nobody has seen, and the variance would
    come out too small. It depends on how the sample was drawn [4]_, which no weight tells; that
    is also why fractions are refused and not rounded.

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, *Biometrics* 44, 1988,
       pp. 837-845.
    .. [2] X. Sun and W. Xu, "Fast implementation of DeLong's algorithm", *IEEE Signal
       Processing Letters* 21, 2014, pp. 1389-1393.
    .. [3] SAS Institute, Usage Note 22600, "Distinction between the WEIGHT and FREQ statements".
    .. [4] A. Iparragirre, T. Lumley and I. Barrio, "Design-based inference for the AUC with
       complex survey data", arXiv:2603.28320, 2026.

    Examples
    --------
    >>> from creditscore.metrics import auc_variance
    >>> auc_variance([1, 1, 0, 0], [480, 510, 510, 600])
    0.03125
    >>> auc_variance([1, 1, 0, 0], [480, 510, 510, 600], sample_weight=[1, 1, 1, 3])
    0.0078125
    """
    return _area_variance(ClassCounts.from_scores(is_bad, score, sample_weight, whole=True))


def auc_interval(
    is_bad: Any,
    score: Any,
    *,
    sample_weight: Any = None,
    level: float = 0.95,
    method: AucMethod = "delong",
    n_resamples: int = 1000,
    random_state: Any = 0,
) -> Interval:
    """AUC with a confidence interval: normal from DeLong's variance, or between quantiles.

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`auc`; at least two cases of each class.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, as in :func:`auc_variance`.
    level : float, default=0.95
        Confidence level in (0, 1).
    method : {"delong", "bootstrap"}, default="delong"
        A normal interval from DeLong's variance, clipped to [0, 1]; or the percentile interval
        of :func:`bootstrap_aucs`.
    n_resamples : int, default=1000
        Bootstrap samples, 1 or more; "delong" has none.
    random_state : int or numpy.random.Generator, default=0
        Seed of the bootstrap, zero or more; the same seed gives the same interval.

    Returns
    -------
    Interval

    Raises
    ------
    InvalidDataError
        As in :func:`auc_variance`.

    Notes
    -----
    The variance that is estimated is zero where a score separates the classes perfectly, either
    way round, and where all scores are tied: the interval, of either method, then has no width,
    which says that the sample cannot tell it and not that the AUC is certain.

    Examples
    --------
    >>> from creditscore.metrics import auc_interval
    >>> print(auc_interval([1, 1, 0, 0, 0], [480, 510, 510, 600, 610]))
    0.917 (0.686 to 1.000)
    """
    check_real(level, "level", "auc_interval", low=0, high=1)
    check_choice(method, "method", "auc_interval", ("delong", "bootstrap"))
    check_integer(n_resamples, "n_resamples", "auc_interval", low=1)
    rng = check_random_state(random_state, "auc_interval")
    counts = ClassCounts.from_scores(is_bad, score, sample_weight, whole=True)
    if method == "delong":
        return area_interval(counts, level)
    _check_two_of_each(counts)
    areas = resample_areas(rng, counts, size=n_resamples)
    lower, upper = np.quantile(areas, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(_area(counts), float(lower), float(upper), level)


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


def gini_interval(
    is_bad: Any,
    score: Any,
    *,
    sample_weight: Any = None,
    level: float = 0.95,
    method: AucMethod = "delong",
    n_resamples: int = 1000,
    random_state: Any = 0,
) -> Interval:
    """Gini coefficient with the interval of :func:`auc_interval`, rescaled.

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`auc`; at least two cases of each class.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, as in :func:`auc_variance`.
    level : float, default=0.95
        Confidence level in (0, 1).
    method : {"delong", "bootstrap"}, default="delong"
        As in :func:`auc_interval`.
    n_resamples : int, default=1000
        Bootstrap samples, 1 or more; "delong" has none.
    random_state : int or numpy.random.Generator, default=0
        Seed of the bootstrap, zero or more.

    Returns
    -------
    Interval

    Raises
    ------
    InvalidDataError
        As in :func:`auc_variance`.

    Examples
    --------
    >>> from creditscore.metrics import gini_interval
    >>> print(gini_interval([1, 1, 0, 0, 0], [480, 510, 510, 600, 610]))
    0.833 (0.371 to 1.000)
    """
    check_real(level, "level", "gini_interval", low=0, high=1)
    area = auc_interval(
        is_bad,
        score,
        sample_weight=sample_weight,
        level=level,
        method=method,
        n_resamples=n_resamples,
        random_state=random_state,
    )
    return Interval(2 * area.estimate - 1, 2 * area.lower - 1, 2 * area.upper - 1, level)


def area_interval(counts: ClassCounts, level: float) -> Interval:
    """AUC and its normal interval, of counts that are at hand already."""
    estimate = _area(counts)
    margin = float(ndtri(0.5 + level / 2)) * _area_variance(counts) ** 0.5
    return Interval(estimate, max(0.0, estimate - margin), min(1.0, estimate + margin), level)


def _area(counts: ClassCounts) -> float:
    return float(counts.good @ counts.share_bad_below / counts.good.sum())


def _area_variance(counts: ClassCounts) -> float:
    _check_two_of_each(counts)
    return float(
        _variance(counts.share_good_above, counts.bad) / counts.bad.sum()
        + _variance(counts.share_bad_below, counts.good) / counts.good.sum()
    )


def _check_two_of_each(counts: ClassCounts) -> None:
    n_good, n_bad = counts.good.sum(), counts.bad.sum()
    if n_good < 2 or n_bad < 2:
        msg = (
            "The variance of an AUC needs two cases of each class. Got "
            f"{n_good:g} good and {n_bad:g} bad."
        )
        raise InvalidDataError(msg)


def _variance(values: Float1D, counts: Float1D) -> float:
    n = counts.sum()
    mean = values @ counts / n
    return float(((values - mean) ** 2) @ counts / (n - 1))
