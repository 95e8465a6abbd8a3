"""How far the default rates of groups are from their probabilities, in one number."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore._validation import check_choice, check_fractions, check_integer
from creditscore.metrics._inputs import read_cases
from creditscore.metrics._ranked import equal_groups

GroupStrategy: TypeAlias = Literal["quantile", "uniform"]
"""Groups of equal size, or of equal width."""
CalibrationNorm: TypeAlias = Literal["l1", "l2", "max"]
"""Mean, root mean square, or largest difference."""


def expected_calibration_error(
    is_bad: Any,
    prob_default: Any,
    *,
    n_groups: int = 10,
    strategy: GroupStrategy = "quantile",
    norm: CalibrationNorm = "l1",
    sample_weight: Any = None,
) -> float:
    """Mean difference between the mean probability and the bad rate of groups (ECE).

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; all of one kind is fine.
    prob_default : array-like of shape (n_samples,)
        Fractions in [0, 1], of being bad.
    n_groups : int, default=10
        Number of groups, 1 or more.
    strategy : {"quantile", "uniform"}, default="quantile"
        Groups of nearly equal size, equal probabilities never parted; or of equal width,
        [0, 1/n], (1/n, 2/n] … (1 - 1/n, 1], of which the empty ones do not count.
    norm : {"l1", "l2", "max"}, default="l1"
        The mean of the differences, weighted by the cases of the groups; the root of the mean of
        their squares; or the largest of them (maximum calibration error).
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do.

    Returns
    -------
    float
        In [0, 1]; 0 where each group has the bad rate that was predicted.

    Raises
    ------
    InvalidTargetError, InvalidDataError
        As in :func:`creditscore.metrics.brier_score`.

    See Also
    --------
    calibration_table : The groups of "quantile", with intervals.

    Notes
    -----
    The mean of abs(p̄_k - ō_k), with mean probability p̄_k and bad rate ō_k of group k, weighted by
    its cases [1]_; in [2]_ groups are of equal width. Probabilities of default crowd near 0,
    where such groups are too coarse, hence the other default. It is above 0 by chance for perfect
    probabilities too, the more so the smaller the groups: compare it at one number of groups and
    cases only, and test by other means. O(n log n) time.

    References
    ----------
    .. [1] M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities
       using Bayesian binning", *AAAI*, 2015, pp. 2901-2907.
    .. [2] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural
       networks", *ICML*, 2017.

    Examples
    --------
    >>> from creditscore.metrics import expected_calibration_error
    >>> prob = [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
    >>> round(expected_calibration_error([0, 0, 0, 1, 0, 1], prob, n_groups=3), 4)
    0.2
    >>> round(expected_calibration_error([0, 0, 0, 1, 0, 1], prob, n_groups=3, norm="max"), 4)
    0.3
    """
    owner = "expected_calibration_error"
    check_integer(n_groups, "n_groups", owner, low=1)
    check_choice(strategy, "strategy", owner, ("quantile", "uniform"))
    check_choice(norm, "norm", owner, ("l1", "l2", "max"))
    bad, prob, weights = read_cases(
        is_bad, prob_default, sample_weight, name="prob_default", one_class=True
    )
    check_fractions(prob)
    counts = np.ones(len(bad)) if weights is None else weights
    held = counts > 0
    bad, prob, share = bad[held], prob[held], counts[held] / counts.sum()
    codes = _groups(prob, counts[held], n_groups, strategy)
    of_group = np.bincount(codes, share)
    apart = np.abs(np.bincount(codes, share * (prob - bad)))
    there = of_group > 0
    difference = apart[there] / of_group[there]
    if norm == "max":
        return float(difference.max())
    if norm == "l2":
        return float(np.sqrt(of_group[there] @ difference**2))
    return float(apart.sum())


def _groups(prob: Float1D, counts: Float1D, n_groups: int, strategy: str) -> Int1D:
    if strategy == "uniform":
        edges = np.arange(1, n_groups) / n_groups
        return np.searchsorted(edges, prob, side="left")
    _, places = np.unique(prob, return_inverse=True)
    codes: Int1D = equal_groups(np.bincount(places, counts).astype(np.float64), n_groups)[places]
    return codes
