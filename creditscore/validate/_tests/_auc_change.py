"""Whether a score has lost its power to tell bad from good."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import ndtr

from creditscore._validation import check_choice, check_real
from creditscore.metrics import SignificanceTest, auc, auc_variance
from creditscore.validate._tests._inputs import ALTERNATIVES, Alternative
from creditscore.validate._tests._normal import normal_p_value


def auc_drop_test(
    is_bad: Any, score: Any, *, initial_auc: float, sample_weight: Any = None
) -> SignificanceTest:
    """Test whether the AUC has fallen since the initial validation, as the ECB has it.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; at least two cases of each class.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    initial_auc : float
        AUC at the initial validation, or of the development sample, in [0, 1].
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, as in :func:`creditscore.metrics.auc_variance`.

    Returns
    -------
    SignificanceTest
        `statistic` is S, above zero where the AUC has fallen. The p-value is 1 - Φ(S): small where
        it has fallen more than chance. Where the score tells all cases apart, no variance is
        left: S is then infinite, or NaN if the AUC is the initial one.

    Raises
    ------
    InvalidTargetError, InvalidDataError, InvalidWeightError
        As in :func:`creditscore.metrics.auc_variance`.
    InvalidParameterError
        An initial AUC out of range.

    See Also
    --------
    auc_samples_test : Takes the initial AUC as estimated too.
    creditscore.metrics.auc_difference : Two scores of the same cases.

    Notes
    -----
    S = (initial AUC - AUC) / s, with s² the variance of the current AUC by DeLong, denominators
    n - 1 and ties at one half [1]_. The initial AUC counts as known without error. O(n log n)
    time.

    References
    ----------
    .. [1] European Central Bank, *Instructions for reporting the validation results of internal
       models: IRB Pillar I models for credit risk*, February 2019, section 2.5.4.1 and annex 1.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.validate import auc_drop_test
    >>> normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    >>> score = -np.repeat([1, 2, 3, 4, 5] * 2, normal + abnormal)
    >>> auc_drop_test(np.repeat([0, 1], [58, 51]), score, initial_auc=0.93)
    <SignificanceTest: AUC against initial validation, statistic 1.199, p = 0.1153>
    """
    check_real(initial_auc, "initial_auc", "auc_drop_test", low=0, high=1, closed="both")
    drop = initial_auc - auc(is_bad, score, sample_weight=sample_weight)
    variance = auc_variance(is_bad, score, sample_weight=sample_weight)
    statistic = _over_error(drop, variance)
    return SignificanceTest(
        name="AUC against initial validation",
        statistic=statistic,
        p_value=float(ndtr(-statistic)),
        hypothesis="the AUC is not below the initial one",
        source="ECB validation reporting instructions, February 2019",
        n=_cases(score, sample_weight),
    )


def auc_samples_test(
    initial_is_bad: Any,
    initial_score: Any,
    is_bad: Any,
    score: Any,
    *,
    alternative: Alternative = "greater",
) -> SignificanceTest:
    """Test whether the AUC of a score is another in a second sample of other cases.

    Parameters
    ----------
    initial_is_bad, initial_score : array-like of shape (n_initial,)
        Outcomes and scores of the first sample, as in :func:`auc_drop_test`.
    is_bad, score : array-like of shape (n_current,)
        Outcomes and scores of the second.
    alternative : {"greater", "less", "two-sided"}, default="greater"
        What is suspected of the first AUC beside the second: "greater", the AUC has fallen.

    Returns
    -------
    SignificanceTest
        `statistic` is above zero where the AUC has fallen. Two samples without any variance give
        an infinite one, or NaN where the AUC is the same.

    Raises
    ------
    InvalidTargetError, InvalidDataError
        As in :func:`creditscore.metrics.auc_variance`.
    InvalidParameterError
        An unknown alternative.

    See Also
    --------
    creditscore.metrics.auc_difference : Two scores of the same cases, which are not independent.

    Notes
    -----
    z = (initial AUC - AUC) / √(s₁² + s₂²) with the variances of DeLong [1]_; the samples must not
    share cases. O(n log n) time.

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or
       more correlated receiver operating characteristic curves: a nonparametric approach",
       *Biometrics* 44, 1988, pp. 837-845.

    Examples
    --------
    >>> from creditscore.validate import auc_samples_test
    >>> is_bad = [1, 1, 1, 0, 0, 0, 0]
    >>> auc_samples_test(is_bad, [1, 2, 3, 2, 3, 4, 5], is_bad, [1, 4, 5, 2, 3, 4, 5])
    <SignificanceTest: AUC of two samples, statistic 1.016, p = 0.1548>
    """
    check_choice(alternative, "alternative", "auc_samples_test", ALTERNATIVES)
    drop = auc(initial_is_bad, initial_score) - auc(is_bad, score)
    variance = auc_variance(initial_is_bad, initial_score) + auc_variance(is_bad, score)
    statistic = _over_error(drop, variance)
    return SignificanceTest(
        name="AUC of two samples",
        statistic=statistic,
        p_value=float(normal_p_value(np.array(statistic), alternative)),
        hypothesis={
            "greater": "the AUC is not below that of the first sample",
            "less": "the AUC is not above that of the first sample",
            "two-sided": "the AUC is that of the first sample",
        }[alternative],
        source="DeLong, DeLong and Clarke-Pearson 1988",
        n=len(initial_score) + len(score),
    )


def _over_error(drop: float, variance: float) -> float:
    if variance > 0:
        return drop / math.sqrt(variance)
    return math.copysign(math.inf, drop) if drop else math.nan


def _cases(score: Any, sample_weight: Any) -> int:
    if sample_weight is None:
        return len(score)
    return int(np.sum(np.broadcast_to(np.asarray(sample_weight), len(score))))
