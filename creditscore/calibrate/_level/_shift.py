"""Moving probabilities to another level: prior correction and mean matching."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit, logit

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_real, check_same_order, check_weights
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError

_MOST_STEPS = 200
_NEAR = 2e-15
"""Relative change of the shift that is no more than rounding."""


def prior_correction(prob_default: Any, *, sample_rate: float, population_rate: float) -> Float1D:
    """Correct probabilities for a sample whose default rate is not the population's.

    Parameters
    ----------
    prob_default : array-like of any shape
        Probabilities of a model that was fitted on the sample, fractions in [0, 1].
    sample_rate : float
        Default rate of that sample, in (0, 1).
    population_rate : float
        Default rate of the population, in (0, 1).

    Returns
    -------
    ndarray of the same shape
        Fractions; 0 stays 0 and 1 stays 1.

    Raises
    ------
    InvalidParameterError
        A rate outside (0, 1).
    InvalidDataError
        A probability outside [0, 1] or missing.

    See Also
    --------
    mean_matching : Moves probabilities so that their mean is a target, another problem.

    Notes
    -----
    logit p′ = logit p + logit(population_rate) - logit(sample_rate): Bayes' rule with another
    prior, Saerens, Latinne and Decaestecker [1]_ and Elkan [2]_. It holds where goods and bads of
    the sample are each like those of the population, and only their mixture differs: a sample of
    all bads and of every tenth good, or a market whose default rate has moved while goods and
    bads look as before.

    A customer whose probability is the sample rate gets the population rate. The mean of
    the corrected probabilities over the *sample* is not the population rate, and it need not be:
    it is over the population that they have that mean. Where these very customers shall have a
    mean that is given, such as a central tendency, use :func:`mean_matching`. O(n).

    References
    ----------
    .. [1] M. Saerens, P. Latinne and C. Decaestecker, "Adjusting the outputs of a classifier to
       new a priori probabilities: a simple procedure", *Neural Computation* 14, 2002, pp. 21-41.
    .. [2] C. Elkan, "The foundations of cost-sensitive learning", *Proceedings of the 17th
       International Joint Conference on Artificial Intelligence*, 2001, pp. 973-978.

    Examples
    --------
    >>> from creditscore.calibrate import prior_correction
    >>> prob = [0.01, 0.05, 0.2, 0.5]
    >>> prior_correction(prob, sample_rate=0.2, population_rate=0.03).round(6).tolist()
    [0.001248, 0.006469, 0.03, 0.110092]
    """
    owner = "prior_correction"
    check_real(sample_rate, "sample_rate", owner, low=0, high=1)
    check_real(population_rate, "population_rate", owner, low=0, high=1)
    prob = read_probabilities(prob_default)
    return moved(prob, float(logit(population_rate) - logit(sample_rate)))


def mean_matching(
    prob_default: Any, *, central_tendency: float, sample_weight: Any = None
) -> Float1D:
    """Move probabilities by one shift of their log-odds so that their mean is a target.

    Parameters
    ----------
    prob_default : array-like of shape (n_samples,)
        Probabilities of the customers, or of the grades, fractions in [0, 1].
    central_tendency : float
        What their mean shall be, in (0, 1): a long-run average default rate, for example.
    sample_weight : array-like of shape (n_samples,), optional
        How many customers a row counts for, zero or more; the customers of a grade, where rows
        are grades.

    Returns
    -------
    ndarray of shape (n_samples,)
        Fractions; 0 stays 0 and 1 stays 1.

    Raises
    ------
    InvalidParameterError
        `central_tendency` is outside (0, 1), or no shift reaches it because probabilities of 0
        and 1 stay what they are.
    InvalidDataError
        Probabilities outside [0, 1], missing or none; weights that are negative, missing or not
        as many; pandas Series with one index in different orders.

    See Also
    --------
    mean_matching_shift : The shift alone.
    prior_correction : Undoes the choice of a sample, another problem.

    Notes
    -----
    logit p′ = logit p + shift, with the one shift for which Σ w · p′ / Σ w is the target. The
    order of customers and the ratios of their odds stay. It needs the customers whose mean it
    is, not the default rate of the sample that the model was fitted on, and it is the one to use
    for a change of the central tendency. :func:`prior_correction` by the same two rates moves
    less or more than that: the mean of its results is not the target, unless all probabilities
    are one.

    References
    ----------
    .. [1] D. Tasche, "The art of probability-of-default curve calibration", *Journal of Credit
       Risk* 9(4), 2013, pp. 63-103.

    Examples
    --------
    >>> from creditscore.calibrate import mean_matching
    >>> moved = mean_matching([0.01, 0.05, 0.2, 0.5], central_tendency=0.03)
    >>> moved.round(6).tolist(), round(float(moved.mean()), 12)
    ([0.000995, 0.005164, 0.024064, 0.089776], 0.03)
    """
    prob, weights = _read_sample(prob_default, sample_weight)
    return moved(prob, _matching_shift(prob, weights, central_tendency, "mean_matching"))


def mean_matching_shift(
    prob_default: Any, *, central_tendency: float, sample_weight: Any = None
) -> float:
    """Return the shift of the log-odds after which the mean probability is a target.

    Parameters
    ----------
    prob_default : array-like of shape (n_samples,)
        As in :func:`mean_matching`.
    central_tendency : float
        As in :func:`mean_matching`.
    sample_weight : array-like of shape (n_samples,), optional
        As in :func:`mean_matching`.

    Returns
    -------
    float
        What is added to ln(p / (1 - p)); below zero where probabilities fall.

    Raises
    ------
    InvalidParameterError, InvalidDataError
        As in :func:`mean_matching`.

    See Also
    --------
    mean_matching : The probabilities after it.

    Notes
    -----
    The mean grows with the shift, so that there is one shift at most; it is found by Newton's
    method on the log-odds of the mean, kept between bounds, to the rounding of the mean. O(n) a
    step, about five steps.

    Examples
    --------
    >>> from creditscore.calibrate import mean_matching_shift
    >>> round(mean_matching_shift([0.01, 0.05, 0.2, 0.5], central_tendency=0.03), 6)
    -2.316372
    """
    prob, weights = _read_sample(prob_default, sample_weight)
    return _matching_shift(prob, weights, central_tendency, "mean_matching_shift")


def moved(prob: Float1D, shift: float) -> Float1D:
    """Move the log-odds of probabilities; 0 and 1 stay what they are."""
    if shift == 0:
        return prob.copy()
    new: Float1D = expit(logit(prob) + shift)
    return new


def _matching_shift(prob: Float1D, weights: Float1D, target: float, owner: str) -> float:
    check_real(target, "central_tendency", owner, low=0, high=1)
    free = (prob > 0) & (prob < 1) & (weights > 0)
    total = float(weights.sum())
    certain = float(weights[prob == 1].sum())
    held = float(weights[free].sum())
    wanted = (target * total - certain) / held if held else np.nan
    if not 0 < wanted < 1:
        reached = (
            f"between {certain / total:g} and {(certain + held) / total:g}"
            if held
            else f"at {certain / total:g}, where it is"
        )
        msg = (
            f"The 'central_tendency' parameter of {owner} must be a mean that a shift of the "
            "log-odds reaches. Probabilities of 0 and 1 stay what they are, so that the mean "
            f"of these stays {reached}. Got {target!r} instead: leave such rows out, or give "
            "them other probabilities."
        )
        raise InvalidParameterError(msg)
    return _root(logit(prob[free]), weights[free] / held, float(logit(wanted)))


def _root(log_odds: Float1D, share: Float1D, goal: float) -> float:
    """Return the shift after which the mean probability has the log-odds `goal`."""
    low, high = goal - float(log_odds.max()), goal - float(log_odds.min())
    at = min(max(goal - float(logit(share @ expit(log_odds))), low), high)
    for _ in range(_MOST_STEPS):
        prob = expit(log_odds + at)
        mean = float(share @ prob)
        if 0 < mean < 1:
            gap = float(logit(mean)) - goal
            low, high = (low, at) if gap > 0 else (at, high)
            slope = float(share @ (prob * (1 - prob))) / (mean * (1 - mean))
            newton = at - gap / slope if slope > 0 else low - 1
            following = newton if low <= newton <= high else 0.5 * (low + high)
        else:
            low, high = (low, at) if mean >= 1 else (at, high)
            following = 0.5 * (low + high)
        if abs(following - at) <= _NEAR * max(1.0, abs(at)):
            return following
        at = following
    return at


def _read_sample(prob_default: Any, sample_weight: Any) -> tuple[Float1D, Float1D]:
    check_same_order(
        prob_default,
        sample_weight,
        beside="prob_default",
        name="sample_weight",
        error=InvalidDataError,
    )
    prob = read_probabilities(prob_default)
    if prob.ndim != 1:
        msg = f"prob_default must be a 1D array, one a customer. Got shape {prob.shape} instead."
        raise InvalidDataError(msg)
    if not len(prob):
        msg = "prob_default is empty, so it has no mean."
        raise EmptyDataError(msg)
    weights = check_weights(sample_weight, n_rows=len(prob))
    return prob, np.ones(len(prob)) if weights is None else weights


def read_probabilities(prob_default: Any) -> Float1D:
    """Read fractions, none missing."""
    prob = as_floats(prob_default, "prob_default")
    odd = ~((prob >= 0) & (prob <= 1))
    if odd.any():
        msg = (
            "prob_default must hold fractions in [0, 1], none missing. Got "
            f"{prob.flat[int(odd.argmax())]:g} at place {int(odd.argmax())} ({int(odd.sum())} such "
            "in all)."
        )
        raise InvalidDataError(msg)
    return prob
