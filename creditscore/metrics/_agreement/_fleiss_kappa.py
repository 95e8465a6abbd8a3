"""Fleiss' kappa: agreement of as many raters a case, beyond chance, on grades without order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float2D, Int2D, Level, NativeFrame
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._agreement._coincidences import RatedCases, Resamples
from creditscore.metrics._agreement._ratings import read_ratings
from creditscore.metrics._interval import Interval


def percent_agreement(ratings: NativeFrame) -> float:
    r"""Return the share of pairs of ratings of one case that are the same.

    Parameters
    ----------
    ratings : table of shape (n_raters, n_cases)
        A row a rater, a column a case; gaps where a rater did not rate a case.

    Returns
    -------
    float
        In [0, 1]; chance is not taken off.

    Raises
    ------
    EmptyDataError
        Fewer than two raters.
    InvalidDataError
        Two raters of one name, or no case that two of them rated.

    Notes
    -----
    Each case counts alike, however many rated it: the mean over cases of
    :math:`\sum_k n_k (n_k - 1) / (n (n - 1))`, where :math:`n_k` of its :math:`n` raters gave
    it rating :math:`k`. Cases of fewer than two ratings say nothing.

    Examples
    --------
    >>> from creditscore.metrics import percent_agreement
    >>> round(percent_agreement([[1, 1, 0, 1], [1, 0, 0, 1], [1, 1, 0, 0]]), 4)
    0.6667
    """
    owner = "percent_agreement"
    _, values = read_ratings(ratings, owner)
    counts = RatedCases.of(values, None, owner).pairable(owner)
    return float(_agreement_of_cases(counts).mean())


def fleiss_kappa(
    ratings: NativeFrame,
    *,
    labels: Sequence[Level] | None = None,
    confidence: float = 0.95,
    n_resamples: int = 1000,
    random_state: Any = 0,
) -> Interval:
    r"""Measure how far several raters agree on grades without an order, beyond chance.

    Parameters
    ----------
    ratings : table of shape (n_raters, n_cases)
        A row a rater, a column a case; no gaps. Raters may differ from case to case: a row is
        then a place, the first rating of a case, the second, and so on.
    labels : sequence of str, float or bool, optional
        All grades there are; one that is not among them is refused.
    confidence : float in (0, 1), default=0.95
        Level of the interval.
    n_resamples : int, default=1000
        Resamples of the cases for the interval, 1 or more.
    random_state : int or numpy.random.Generator, default=0
        Seed of the resamples.

    Returns
    -------
    Interval
        Kappa: 1 for agreement throughout, 0 for that of chance, negative for less.

    Raises
    ------
    EmptyDataError
        Fewer than two raters.
    InvalidDataError
        Gaps (:func:`krippendorff_alpha` takes them), or all ratings are one and the same, so
        that kappa is 0/0.
    InvalidParameterError
        A parameter outside its range.

    Notes
    -----
    With :math:`n` raters, :math:`n_{ik}` of whom give case :math:`i` the grade :math:`k`, and
    :math:`p_k` the share of the grade in all ratings,

    .. math:: \kappa = \frac{\bar P - P_e}{1 - P_e}, \quad
       \bar P = \frac{1}{N} \sum_i \frac{\sum_k n_{ik} (n_{ik} - 1)}{n (n - 1)}, \quad
       P_e = \sum_k p_k^2 .

    The interval lies between quantiles of kappa over resamples of the cases, as [2]_ found it
    to hold what it promises; resamples of which all ratings are one are left out.
    O(n_resamples · n_cases · n_grades) time.

    References
    ----------
    .. [1] J. L. Fleiss, "Measuring nominal scale agreement among many raters", *Psychological
       Bulletin* 76 (1971), 378-382.
    .. [2] A. Zapf, S. Castell, L. Morawietz, A. Karch, "Measuring inter-rater reliability for
       nominal data: which coefficients and confidence intervals are appropriate?", *BMC Medical
       Research Methodology* 16 (2016), 93.

    Examples
    --------
    >>> from creditscore.metrics import fleiss_kappa
    >>> print(fleiss_kappa([list("AABBC"), list("AABCC"), list("AABBC")]))
    0.797 (0.286 to 1.000)
    """
    owner = "fleiss_kappa"
    resamples = Resamples.of(confidence, n_resamples, random_state, owner)
    _, values = read_ratings(ratings, owner)
    gaps = pd.isna(values)
    if gaps.any():
        case = int(np.nonzero(gaps.any(axis=0))[0][0])
        msg = (
            f"fleiss_kappa needs as many ratings for each case. {int(gaps.sum())} are missing, "
            f"the first in column {case}. Leave out such cases, or use krippendorff_alpha."
        )
        raise InvalidDataError(msg)
    counts = RatedCases.of(values, labels, owner).counts
    once = np.ones((1, len(counts)))
    estimate = float(_kappas(once, counts)[0])
    if np.isnan(estimate):
        msg = (
            "All ratings are one and the same. Agreement by chance is then complete, and kappa "
            "is not defined (0/0): it needs cases of several grades."
        )
        raise InvalidDataError(msg)
    drawn = np.concatenate([_kappas(times, counts) for times in resamples.draws(len(counts))])
    lower, upper = resamples.ends(drawn)
    return Interval(estimate, lower, upper, resamples.confidence)


def _agreement_of_cases(counts: Int2D) -> Float2D:
    n = counts.sum(axis=1)
    return np.asarray((counts * (counts - 1)).sum(axis=1) / (n * (n - 1.0)))


def _kappas(times: Float2D, counts: Int2D) -> Float2D:
    """Return kappa of each resample; NaN where all ratings are one."""
    observed = times @ _agreement_of_cases(counts) / len(counts)
    shares = times @ counts / (times.sum(axis=1) * counts[0].sum())[:, None]
    chance = (shares**2).sum(axis=1)
    apart = np.where(shares.max(axis=1) == 1, np.nan, 1 - chance)
    return np.asarray((observed - chance) / apart)
