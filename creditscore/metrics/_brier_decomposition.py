"""What the Brier score is made of: calibration, separation, and what no forecast can help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._validation import check_fractions, check_integer
from creditscore.metrics._inputs import read_cases
from creditscore.metrics._ranked import equal_groups


@dataclass(frozen=True, kw_only=True, repr=False)
class BrierDecomposition:
    """Parts of a Brier score; by :func:`brier_decomposition`.

    ``brier_score = reliability - resolution + uncertainty + within_variance - within_covariance``

    Attributes
    ----------
    brier_score : float
        Mean squared difference between probability and outcome; lower is better.
    reliability : float
        Mean squared difference between the mean probability and the bad rate of a group; 0 is
        perfect calibration of all groups.
    resolution : float
        Mean squared difference between the bad rate of a group and that of all; higher is better.
    uncertainty : float
        Variance of the outcome, bad_rate · (1 - bad_rate), which no forecast changes.
    within_variance : float
        Mean squared difference between the probabilities of a group and their mean.
    within_covariance : float
        Twice the mean product of that difference and that of the outcome from its rate.
    n_groups : int
        Groups that there are.

    See Also
    --------
    brier_decomposition : Makes one.

    Examples
    --------
    >>> from creditscore.metrics import brier_decomposition
    >>> brier_decomposition([0, 0, 0, 1, 0, 1], [0.1, 0.1, 0.2, 0.2, 0.3, 0.3], n_groups=None)
    <BrierDecomposition: 0.2133 = 0.0467 reliability - 0.0556 resolution + 0.2222 uncertainty>
    """

    brier_score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_variance: float
    within_covariance: float
    n_groups: int

    @property
    def generalised_resolution(self) -> float:
        """Resolution with what is within groups: brier_score = reliability - it + uncertainty."""
        return self.resolution - self.within_variance + self.within_covariance

    @property
    def skill_score(self) -> float:
        """Share of the uncertainty that the forecast removes; NaN with outcomes of one class."""
        if self.uncertainty == 0:
            return float("nan")
        return 1 - self.brier_score / self.uncertainty

    def __repr__(self) -> str:
        """Say in one line how the parts add up."""
        within = self.within_variance - self.within_covariance
        more = f" {'-' if within < 0 else '+'} {abs(within):.4f} within groups" if within else ""
        return (
            f"<BrierDecomposition: {self.brier_score:.4f} = {self.reliability:.4f} reliability - "
            f"{self.resolution:.4f} resolution + {self.uncertainty:.4f} uncertainty{more}>"
        )


def brier_decomposition(
    is_bad: Any, prob_default: Any, *, n_groups: int | None = 10, sample_weight: Any = None
) -> BrierDecomposition:
    """Part the Brier score into reliability, resolution, uncertainty and what is within groups.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; all of one kind is fine.
    prob_default : array-like of shape (n_samples,)
        Fractions in [0, 1].
    n_groups : int or None, default=10
        Number of groups of nearly equal size, 1 or more, equal probabilities never parted. With
        None, cases of one probability are a group, as suits grades: nothing is then left within
        groups, but where most probabilities differ, reliability and resolution are mostly noise.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do.

    Returns
    -------
    BrierDecomposition

    Raises
    ------
    InvalidTargetError, InvalidDataError
        As in :func:`creditscore.metrics.brier_score`.

    Notes
    -----
    With groups k of n_k of n cases, mean probability p̄_k, bad rate ō_k and overall bad rate ō [1]_:
    reliability Σ n_k (p̄_k - ō_k)² / n, resolution Σ n_k (ō_k - ō)² / n, uncertainty ō (1 - ō).
    These add up only if the probabilities of a group are the same; otherwise the variance within
    groups Σ (p - p̄_k)² / n less the covariance 2 Σ (o - ō_k)(p - p̄_k) / n is left [2]_. The five
    parts add up to the Brier score exactly. O(n log n) time.

    References
    ----------
    .. [1] A. H. Murphy, "A new vector partition of the probability score", *Journal of Applied
       Meteorology* 12, 1973, pp. 595-600.
    .. [2] D. B. Stephenson, C. A. S. Coelho and I. T. Jolliffe, "Two extra components in the
       Brier score decomposition", *Weather and Forecasting* 23, 2008, pp. 752-757.

    Examples
    --------
    >>> from creditscore.metrics import brier_decomposition
    >>> found = brier_decomposition([0, 0, 0, 1, 0, 1], [0.1, 0.1, 0.2, 0.2, 0.3, 0.4], n_groups=3)
    >>> round(found.brier_score, 4), round(found.within_variance - found.within_covariance, 4)
    (0.1917, -0.0158)
    """
    if n_groups is not None:
        check_integer(n_groups, "n_groups", "brier_decomposition", low=1)
    bad, prob, weights = read_cases(
        is_bad, prob_default, sample_weight, name="prob_default", one_class=True
    )
    check_fractions(prob)
    counts = np.ones(len(bad)) if weights is None else weights
    held = counts > 0
    bad, prob, share = bad[held], prob[held], counts[held] / counts.sum()
    _, codes = np.unique(prob, return_inverse=True)
    if n_groups is not None:
        codes = equal_groups(np.bincount(codes, counts[held]).astype(np.float64), n_groups)[codes]
    of_group = np.bincount(codes, share)
    predicted, observed = (np.bincount(codes, share * part) / of_group for part in (prob, bad))
    rate = float(share @ bad)
    prob_apart, bad_apart = prob - predicted[codes], bad - observed[codes]
    return BrierDecomposition(
        brier_score=float(share @ (prob - bad) ** 2),
        reliability=float(of_group @ (predicted - observed) ** 2),
        resolution=float(of_group @ (observed - rate) ** 2),
        uncertainty=rate * (1 - rate),
        within_variance=float(share @ prob_apart**2),
        within_covariance=float(2 * share @ (prob_apart * bad_apart)),
        n_groups=len(of_group),
    )
