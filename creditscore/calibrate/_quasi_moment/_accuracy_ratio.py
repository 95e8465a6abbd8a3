"""The accuracy ratio and the mean that probabilities of default imply."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_order, check_weights
from creditscore.exceptions import InvalidDataError


class ImpliedMoments(NamedTuple):
    """What probabilities of default say of a portfolio as a whole.

    Attributes
    ----------
    accuracy_ratio : float
        Gini that outcomes will have in the mean if the probabilities are right; NaN where all
        are 0 or all are 1.
    central_tendency : float
        Mean probability of default.

    Examples
    --------
    >>> from creditscore.calibrate import accuracy_ratio_from_pds
    >>> round(accuracy_ratio_from_pds([0.01, 0.10], [90, 10]).central_tendency, 6)
    0.019
    """

    accuracy_ratio: float
    central_tendency: float


def accuracy_ratio_from_pds(prob_default: Any, n_customers: Any = None) -> ImpliedMoments:
    """Return the accuracy ratio (Gini) and the mean that probabilities of default imply.

    Parameters
    ----------
    prob_default : array-like of shape (n_grades,) or (n_samples,)
        Fractions in [0, 1] of grades, or of customers, in any order: what ranks them is the
        probability itself.
    n_customers : array-like of shape (n_grades,), optional
        Customers of each grade, zero or more; by default one each.

    Returns
    -------
    ImpliedMoments
        Named tuple of accuracy_ratio and central_tendency.

    Raises
    ------
    InvalidDataError
        Probabilities outside [0, 1], missing or none; counts that are negative, not as many, or
        a Series with the index of the probabilities in another order.

    See Also
    --------
    quasi_moment_matching : The way back, from both to probabilities.

    Notes
    -----
    With w the shares and p the probabilities from the riskiest, and m their mean, AR =
    (2 Σᵢ (1 - pᵢ) wᵢ Σ_{j<i} pⱼ wⱼ + Σᵢ pᵢ (1 - pᵢ) wᵢ²) / (m (1 - m)) - 1 [1]_: the chance that
    a defaulter ranks below a survivor, less the chance of the opposite. Pairs within a grade
    count one half. O(n log n).

    References
    ----------
    .. [1] D. Tasche, "Estimating discriminatory power and PD curves when the number of defaults
       is small", working paper, Lloyds Banking Group, 2009, arXiv:0905.3928, section 3.

    Examples
    --------
    >>> from creditscore.calibrate import accuracy_ratio_from_pds
    >>> found = accuracy_ratio_from_pds([0.001, 0.01, 0.025, 0.05, 0.1], [10, 50, 30, 20, 10])
    >>> round(found.accuracy_ratio, 10), round(found.central_tendency, 10)
    (0.4897885396, 0.0271666667)
    """
    check_order(prob_default=prob_default, n_customers=n_customers)
    prob = as_floats(prob_default, "prob_default")
    if prob.ndim != 1 or not len(prob) or not ((prob >= 0) & (prob <= 1)).all():
        odd = prob[~((prob >= 0) & (prob <= 1))].ravel()
        msg = (
            "prob_default must be one list of fractions in [0, 1], one or more. Got shape "
            f"{prob.shape}{f' with {odd[0]:g} in it' if len(odd) else ''}."
        )
        raise InvalidDataError(msg)
    weights = check_weights(n_customers, n_rows=len(prob))
    counts = np.ones(len(prob)) if weights is None else weights
    order = np.argsort(-prob, kind="stable")
    return moments(prob[order], counts[order])


def moments(prob: Float1D, counts: Float1D) -> ImpliedMoments:
    """Return accuracy ratio and mean of probabilities that come with the riskiest first."""
    shares = counts / counts.sum()
    bad, good = prob * shares, (1 - prob) * shares
    n_bad, n_good = float(bad.sum()), float(good.sum())
    if n_bad <= 0 or n_good <= 0:
        return ImpliedMoments(float("nan"), n_bad)
    area = float(good @ (np.cumsum(bad) - 0.5 * bad)) / (n_bad * n_good)
    return ImpliedMoments(2 * area - 1, n_bad)
