"""Outcomes drawn at random from probabilities, with no more noise than must be."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Bool1D, Float1D


def draw_outcomes(prob: Float1D, random_state: int | None) -> Bool1D:
    """Draw which cases are bad.

    Parameters
    ----------
    prob : ndarray of shape (n,)
        Probability of each case, a fraction in [0, 1].
    random_state : int or None
        Seed; None draws anew each time.

    Returns
    -------
    ndarray of bool, shape (n,)

    Notes
    -----
    Systematic sampling [1]_: cases are put in random order within equal probabilities, and one
    is bad where the running sum of the probabilities passes a whole number, from a random start.
    Each case is bad with its own probability, and of any run of cases in the order of their
    probability the number of bads is its expectation, give or take one. O(n log n) time.

    References
    ----------
    .. [1] W. G. Madow, "On the Theory of Systematic Sampling, II", *Annals of Mathematical
       Statistics* 20, 1949, pp. 333-354.
    """
    rng = np.random.default_rng(random_state)
    order = np.lexsort((rng.random(len(prob)), prob))
    ends = np.floor(np.cumsum(prob[order]) + rng.random())
    is_bad = np.zeros(len(prob), dtype=bool)
    is_bad[order] = np.diff(ends, prepend=0.0) > 0
    return is_bad
