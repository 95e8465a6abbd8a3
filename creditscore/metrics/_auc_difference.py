"""Two scores of the same cases: is the difference of their AUC more than chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from creditscore._display import p_value_text
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_both_classes, check_order, check_real, check_row_counts
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._inputs import read_cases
from creditscore.metrics._interval import Interval


@dataclass(frozen=True, kw_only=True)
class AucDifference:
    """AUC of two scores of the same cases, and their difference; by :func:`auc_difference`.

    Attributes
    ----------
    auc_a, auc_b : Interval
        AUC of each score, as :func:`auc_interval` has it.
    difference : Interval
        AUC of the second less that of the first.
    correlation : float
        Of the two AUC over samples like this one; NaN where one of them has no variance.
    z : float
        Difference over its standard error; NaN where that is zero.
    p_value : float
        Two-sided, of the hypothesis that both are equal; NaN as `z`.

    See Also
    --------
    auc_difference : Makes one.

    Examples
    --------
    >>> from creditscore.metrics import auc_difference
    >>> is_bad = [1, 1, 1, 0, 0, 0, 0]
    >>> auc_difference(is_bad, [1, 2, 3, 2, 3, 4, 5], [1, 4, 5, 2, 3, 4, 5])
    <AucDifference: -0.333 (-0.711 to 0.044), from 0.833 to 0.500; p = 0.0833>
    """

    auc_a: Interval
    auc_b: Interval
    difference: Interval
    correlation: float
    z: float
    p_value: float

    def __repr__(self) -> str:
        """Say in one line how much and how surely."""
        known = not math.isnan(self.p_value)
        p_value = p_value_text(self.p_value) if known else "not known"
        sign = "" if p_value.startswith("<") else "= " if known else ""
        return (
            f"<AucDifference: {self.difference}, from {self.auc_a.estimate:.3f} to "
            f"{self.auc_b.estimate:.3f}; p {sign}{p_value}>"
        )


def auc_difference(
    is_bad: Any, score_a: Any, score_b: Any, *, sample_weight: Any = None, level: float = 0.95
) -> AucDifference:
    """Compare the AUC of two scores of the same cases (DeLong's test of paired curves).

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; at least two cases of each class.
    score_a, score_b : array-like of shape (n_samples,)
        Two scores of each case, the old one first; higher is safer. For a probability of
        default, pass ``-prob_default``. They need not be on one scale.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, as in :func:`auc_variance`.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    AucDifference

    Raises
    ------
    InvalidTargetError, InvalidDataError
        As in :func:`auc_variance`.

    Notes
    -----
    The variance of the difference is var(a) + var(b) - 2 · cov(a, b), each of the form
    cov(V10) / n_bad + cov(V01) / n_good, where V10 is the share of goods above each bad case and
    V01 the share of bads below each good case, ties at one half, by either score [1]_. Both come
    from one sort of each score [2]_: O(n log n) time, O(n) memory.

    The two scores must have been made without these cases: one that was fitted on them looks
    better than it is. Of two models of which one holds all columns of the other, the test is too
    careful on the sample of the fit [3]_.

    Scores that rank all cases alike, and scores that both separate the classes perfectly, leave
    no variance to test with: the difference is then the same in every such sample, and `z` and
    `p_value` are NaN.

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or
       more correlated receiver operating characteristic curves: a nonparametric approach",
       *Biometrics* 44, 1988, pp. 837-845.
    .. [2] X. Sun and W. Xu, "Fast implementation of DeLong's algorithm for comparing the areas
       under correlated receiver operating characteristic curves", *IEEE Signal Processing
       Letters* 21, 2014, pp. 1389-1393.
    .. [3] O. V. Demler, M. J. Pencina and R. B. D'Agostino, "Misuse of DeLong test to compare
       AUCs for nested models", *Statistics in Medicine* 31, 2012, pp. 2577-2587.

    Examples
    --------
    >>> from creditscore.metrics import auc_difference
    >>> is_bad = [1, 1, 1, 0, 0, 0, 0]
    >>> found = auc_difference(is_bad, [1, 4, 5, 2, 3, 4, 5], [1, 2, 3, 2, 3, 4, 5])
    >>> print(found.difference)
    0.333 (-0.044 to 0.711)
    >>> round(found.z, 3), round(found.p_value, 4)
    (1.732, 0.0833)
    """
    check_real(level, "level", "auc_difference", low=0, high=1)
    check_order(is_bad=is_bad, score_a=score_a, score_b=score_b, sample_weight=sample_weight)
    bad, first, weights = read_cases(is_bad, score_a, sample_weight, name="score_a")
    _, second, _ = read_cases(is_bad, score_b, name="score_b")
    check_both_classes(bad, weights)
    check_row_counts(weights)
    counts = np.ones(len(bad)) if weights is None else weights
    _check_two_of_each(bad, counts)
    n_bad, n_good = (float(counts[rows].sum()) for rows in (bad, ~bad))
    parts = [_placements(bad, values, counts) for values in (first, second)]
    # the third row gives the variance of the difference without the rounding of a - 2b + c
    parts.append(parts[1] - parts[0])
    above, below = (np.array([part[rows] for part in parts]) for rows in (bad, ~bad))
    covariance = _covariance(above, counts[bad]) / n_bad + _covariance(below, counts[~bad]) / n_good
    areas = above @ counts[bad] / n_bad
    return _compared(areas.tolist(), covariance, level)


def _placements(bad: Bool1D, score: Float1D, counts: Float1D) -> Float1D:
    """Share of the other class that each case outscores, or is outscored by; ties at one half.

    Of a bad case the goods above it, of a good case the bads below it.
    """
    _, codes = np.unique(score, return_inverse=True)
    good_here, bad_here = (np.bincount(codes, np.where(rows, counts, 0.0)) for rows in (~bad, bad))
    good_until, bad_until = np.cumsum(good_here), np.cumsum(bad_here)
    good_above = 1.0 - (good_until - 0.5 * good_here) / good_until[-1]
    bad_below = (bad_until - 0.5 * bad_here) / bad_until[-1]
    placed: Float1D = np.where(bad, good_above[codes], bad_below[codes])
    return placed


def _covariance(values: Float1D, counts: Float1D) -> Float1D:
    """Return the covariance of rows of values, with denominator n - 1."""
    n = counts.sum()
    apart = values - (values @ counts / n)[:, None]
    covariance: Float1D = (apart * counts) @ apart.T / (n - 1)
    return covariance


def _compared(areas: list[float], covariance: Float1D, level: float) -> AucDifference:
    errors = np.sqrt(np.diag(covariance)).tolist()
    margins = [float(ndtri(0.5 + level / 2)) * error for error in errors]
    auc_a, auc_b, difference = (
        Interval(area, max(low, area - margin), min(1.0, area + margin), level)
        for area, margin, low in zip(areas, margins, (0.0, 0.0, -1.0), strict=True)
    )
    z = areas[2] / errors[2] if errors[2] > 0 else math.nan
    both = errors[0] * errors[1]
    return AucDifference(
        auc_a=auc_a,
        auc_b=auc_b,
        difference=difference,
        correlation=float(np.clip(covariance[0, 1] / both, -1, 1)) if both > 0 else math.nan,
        z=z,
        p_value=float(2 * ndtr(-abs(z))),
    )


def _check_two_of_each(bad: Bool1D, counts: Float1D) -> None:
    n_good, n_bad = counts[~bad].sum(), counts[bad].sum()
    if n_good < 2 or n_bad < 2:
        msg = (
            "The variance of a difference of AUC needs two cases of each class. Got "
            f"{n_good:g} good and {n_bad:g} bad."
        )
        raise InvalidDataError(msg)
