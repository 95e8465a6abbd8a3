"""Spiegelhalter's test: whether the Brier score is what calibrated probabilities would have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import ndtr

from creditscore.metrics import SignificanceTest
from creditscore.validate._tests._inputs import check_fractions, read_cases


def spiegelhalter_test(
    is_bad: Any, prob_default: Any, *, sample_weight: Any = None
) -> SignificanceTest:
    """Test whether probabilities of default are calibrated, case by case.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; all of one kind is fine.
    prob_default : array-like of shape (n_samples,)
        Fractions in [0, 1].
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more.

    Returns
    -------
    SignificanceTest
        `statistic` is z, above zero where the Brier score is worse than calibrated probabilities
        would have it. The p-value is two-sided; NaN where all probabilities are 0, 1/2 or 1,
        which leaves no variance.

    Raises
    ------
    InvalidTargetError
        Missing outcomes.
    InvalidDataError
        A probability outside [0, 1] or missing; weights that are no whole numbers.

    See Also
    --------
    creditscore.metrics.brier_score : The score that is tested.

    Notes
    -----
    z = Σ (y - p)(1 - 2p) / √(Σ (1 - 2p)² p (1 - p)), the Brier score less its expectation over
    its standard deviation [1]_. It needs no groups. Deviations of either sign cancel out where
    they are in the rates alone: probabilities below 1/2 that are too high in one half and too
    low in the other may pass. O(n) time.

    References
    ----------
    .. [1] D. J. Spiegelhalter, "Probabilistic prediction in patient management and clinical
       trials", *Statistics in Medicine* 5, 1986, pp. 421-433.

    Examples
    --------
    >>> from creditscore.validate import spiegelhalter_test
    >>> spiegelhalter_test([1, 1, 0, 0, 0], [0.3, 0.1, 0.2, 0.1, 0.1])
    <SignificanceTest: Spiegelhalter test, statistic 1.401, p = 0.1611>
    """
    bad, prob, counts = read_cases(is_bad, prob_default, sample_weight)
    check_fractions(prob, "prob_default")
    slope = 1 - 2 * prob
    apart = float((counts * (bad - prob) * slope).sum())
    variance = float((counts * slope**2 * prob * (1 - prob)).sum())
    z = apart / math.sqrt(variance) if variance > 0 else math.nan
    return SignificanceTest(
        name="Spiegelhalter test",
        statistic=z,
        p_value=float(2 * ndtr(-abs(z))),
        hypothesis="every probability of default is right",
        source="Spiegelhalter 1986",
        n=int(np.sum(counts)),
    )
