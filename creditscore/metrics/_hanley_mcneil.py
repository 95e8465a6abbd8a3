"""The variance of an AUC from its value alone, and how many cases a comparison needs."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from scipy.special import ndtri

from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics._class_counts import ClassCounts


class HanleyMcNeilMoments(NamedTuple):
    """An AUC and the two chances that its variance hangs on; by :func:`hanley_mcneil_moments`.

    Attributes
    ----------
    auc : float
        Chance that a good case outscores a bad one.
    q1 : float
        Chance that a good case outscores two bad ones.
    q2 : float
        Chance that two good cases both outscore a bad one.

    Examples
    --------
    >>> from creditscore.metrics import HanleyMcNeilMoments
    >>> HanleyMcNeilMoments(0.8, 0.6667, 0.7111).q1
    0.6667
    """

    auc: float
    q1: float
    q2: float


def hanley_mcneil_moments(
    is_bad: Any, score: Any, *, sample_weight: Any = None
) -> HanleyMcNeilMoments:
    """Estimate Hanley and McNeil's Q1 and Q2 of a sample.

    Parameters
    ----------
    is_bad, score : array-like of shape (n_samples,)
        As in :func:`creditscore.metrics.auc`.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.

    Returns
    -------
    HanleyMcNeilMoments

    Raises
    ------
    InvalidTargetError, InvalidDataError
        As in :func:`creditscore.metrics.auc`.

    Notes
    -----
    Table II of [1]_: a pair of cases may be one case twice, and of three tied cases each order is
    as likely, so that a tie of all three counts one third and one of two a half. The variance
    of :func:`hanley_mcneil_variance` with them is not quite that of
    :func:`creditscore.metrics.auc_variance`, which is the one to report. O(n log n) time.

    References
    ----------
    .. [1] J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver
       operating characteristic (ROC) curve", *Radiology* 143, 1982, pp. 29-36.

    Examples
    --------
    >>> from creditscore.metrics import hanley_mcneil_moments
    >>> found = hanley_mcneil_moments([1, 1, 0, 0], [480, 510, 510, 600])
    >>> found.auc, round(found.q1, 4), round(found.q2, 4)
    (0.875, 0.7917, 0.7917)
    """
    counts = ClassCounts.from_scores(is_bad, score, sample_weight)
    good, bad = counts.good / counts.good.sum(), counts.bad / counts.bad.sum()
    below, above = bad.cumsum() - bad, 1.0 - good.cumsum()
    return HanleyMcNeilMoments(
        auc=float(good @ (below + bad / 2)),
        q1=float(good @ (below**2 + below * bad + bad**2 / 3)),
        q2=float(bad @ (above**2 + above * good + good**2 / 3)),
    )


def hanley_mcneil_variance(
    auc: float, *, n_good: float, n_bad: float, q1: float | None = None, q2: float | None = None
) -> float:
    """Variance of an AUC by Hanley and McNeil, which needs no scores.

    Parameters
    ----------
    auc : float
        In [0, 1].
    n_good, n_bad : float
        Numbers of cases, 1 or more; by name, as they would be swapped without notice.
    q1 : float, optional
        Chance that a good case outscores two bad ones; by default auc / (2 - auc), that of
        exponentially distributed scores.
    q2 : float, optional
        Chance that two good cases outscore a bad one; by default 2 auc² / (1 + auc).

    Returns
    -------
    float
        Its root is the standard error.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range, or Q1 and Q2 cannot belong to this AUC.

    See Also
    --------
    creditscore.metrics.auc_variance : DeLong's, from the scores.
    hanley_mcneil_moments : Q1 and Q2 of a sample.

    Notes
    -----
    (auc (1 - auc) + (n_bad - 1) (Q1 - auc²) + (n_good - 1) (Q2 - auc²)) / (n_bad · n_good) [1]_.

    References
    ----------
    .. [1] J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver
       operating characteristic (ROC) curve", *Radiology* 143, 1982, pp. 29-36.

    Examples
    --------
    >>> from creditscore.metrics import hanley_mcneil_variance
    >>> round(hanley_mcneil_variance(0.905, n_good=58, n_bad=51) ** 0.5, 4)
    0.0307
    """
    owner = "hanley_mcneil_variance"
    area = check_real(auc, "auc", owner, low=0, high=1, closed="both")
    bad = check_real(n_bad, "n_bad", owner, low=1, high=math.inf, closed="left")
    good = check_real(n_good, "n_good", owner, low=1, high=math.inf, closed="left")
    q1, q2 = (
        model if given is None else check_real(given, name, owner, low=0, high=1, closed="both")
        for given, name, model in zip((q1, q2), ("q1", "q2"), _moments(area), strict=True)
    )
    spread = area * (1 - area) + (bad - 1) * (q1 - area**2) + (good - 1) * (q2 - area**2)
    if spread < -1e-12:
        msg = (
            f"q1={q1:g} and q2={q2:g} are too small for an AUC of {area:g}: both are its square "
            "or more. Leave them out for those of exponential scores."
        )
        raise InvalidParameterError(msg)
    return max(0.0, spread) / (bad * good)


def auc_sample_size(
    auc_from: float,
    auc_to: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    two_sided: bool = False,
    correlation: float = 0.0,
    goods_per_bad: float = 1.0,
) -> int:
    """Bad cases that a comparison of two AUC needs.

    Parameters
    ----------
    auc_from, auc_to : float
        The two AUC that are to be told apart, in (0, 1).
    power : float, default=0.8
        Chance that the difference is found, in (0, 1).
    alpha : float, default=0.05
        Chance that one is found where there is none, in (0, 1).
    two_sided : bool, default=False
        Whether a difference the other way round would count too.
    correlation : float, default=0.0
        Of the two AUC over samples, in [0, 1): 0 for two samples; of two scores of the same
        cases, see `correlation` of :func:`creditscore.metrics.auc_difference`.
    goods_per_bad : float, default=1.0
        Good cases for each bad one, above 0.

    Returns
    -------
    int
        Bad cases that each of the two samples needs, rounded up; `goods_per_bad` times as many
        good ones come with them. Of two scores of the same cases there is one sample.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range, or both AUC are the same.

    Notes
    -----
    n = ((z_alpha √(2 (1 - r) V₁) + z_power √(V₁ + V₂ - 2 r √(V₁ V₂))) / (auc_to - auc_from))²,
    where V = (Q1 - auc²) / goods_per_bad + Q2 - auc² with Q1 and Q2 of
    :func:`hanley_mcneil_variance` [1]_, and r for paired scores [2]_. Table III of [1]_ has 652
    cases for 0.70 against 0.75 at a power of 80 %, where this gives 653: it is made with normal
    quantiles of two decimals (0.84, 1.28; 1.645), and drops the fraction.

    References
    ----------
    .. [1] J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver
       operating characteristic (ROC) curve", *Radiology* 143, 1982, pp. 29-36.
    .. [2] J. A. Hanley and B. J. McNeil, "A method of comparing the areas under receiver operating
       characteristic curves derived from the same cases", *Radiology* 148, 1983, pp. 839-843.

    Examples
    --------
    >>> from creditscore.metrics import auc_sample_size
    >>> auc_sample_size(0.70, 0.80)
    159
    >>> auc_sample_size(0.70, 0.80, correlation=0.5, goods_per_bad=9)
    56
    """
    owner = "auc_sample_size"
    areas = [
        check_real(area, name, owner, low=0, high=1)
        for area, name in ((auc_from, "auc_from"), (auc_to, "auc_to"))
    ]
    check_real(power, "power", owner, low=0, high=1)
    check_real(alpha, "alpha", owner, low=0, high=1)
    check_real(correlation, "correlation", owner, low=0, high=1, closed="left")
    check_real(goods_per_bad, "goods_per_bad", owner, low=0, high=math.inf)
    if areas[0] == areas[1]:
        msg = (
            f"auc_from and auc_to are both {areas[0]:g}: no number of cases tells them apart. Give "
            "the AUC that would be worth finding as auc_to."
        )
        raise InvalidParameterError(msg)
    old, new = (_spread(area, goods_per_bad) for area in areas)
    z_alpha = -float(ndtri(alpha / 2 if two_sided else alpha))
    both = old + new - 2 * correlation * math.sqrt(old * new)
    reach = z_alpha * math.sqrt(2 * (1 - correlation) * old) + float(ndtri(power)) * math.sqrt(both)
    return max(1, math.ceil((max(0.0, reach) / (areas[1] - areas[0])) ** 2))


def _moments(area: float) -> tuple[float, float]:
    """Return Q1 and Q2 of scores that are exponentially distributed in both classes."""
    return area / (2 - area), 2 * area**2 / (1 + area)


def _spread(area: float, goods_per_bad: float) -> float:
    """Return the variance of an AUC times the number of bads, where that is large."""
    q1, q2 = _moments(area)
    return (q1 - area**2) / goods_per_bad + q2 - area**2
