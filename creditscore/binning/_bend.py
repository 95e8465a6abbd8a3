"""Whether a column bends: what the best peak and valley tell beyond bins that rise or fall."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import xlogy
from scipy.stats import chi2

from creditscore._typing import Float1D

Counts = tuple[Float1D, Float1D]
"""Goods and bads of bins."""

_NEARLY = 0.8
"""Share of the needed gain from which a bend is searched for."""


def log_likelihood(good: Float1D, bad: Float1D) -> float:
    """Return that of outcomes under the bad rate of each bin."""
    total = good + bad
    rows = np.where(total > 0, total, 1.0)
    return float((xlogy(good, good / rows) + xlogy(bad, bad / rows)).sum())


def gain_p_value(fewer: Counts, more: Counts) -> float:
    """Return how often chance would give bins so much more to tell than others.

    By the likelihood ratio, twice the difference of the log-likelihoods, as χ² with a degree of
    freedom for each bin more and one for the place of the bend, or of the cut, that was sought.
    """
    gain = 2 * (log_likelihood(*more) - log_likelihood(*fewer))
    return float(chi2.sf(gain, 1 + max(len(more[0]) - len(fewer[0]), 0)))


def may_bend(good: Float1D, bad: Float1D, max_p_value: float) -> tuple[bool, bool]:
    """Return whether a peak, and whether a valley, could be worth a search for its bins.

    Pre-bins are fitted with rates that move one way, and with rates that rise to one of them and
    fall from it (or fall and rise), in any number of steps. Bins tell less than these steps, and
    so does their bend.

    Parameters
    ----------
    good, bad : ndarray of shape (n_prebins,)
        Counts on pre-bins finer than the bins.
    max_p_value : float
        As of :func:`gain_p_value`.

    Notes
    -----
    O(n) for n pre-bins: isotonic regressions of all beginnings and of all ends, each of which
    takes up the one before it [1]_.

    References
    ----------
    .. [1] Q. F. Stout, "Unimodal regression via prefix isotonic regression", Computational
       Statistics & Data Analysis 53(2), 2008.
    """
    rising, falling = likelihood_of_beginnings(good, bad), likelihood_of_beginnings(bad, good)
    # cuts are moved to better places after the search, so what is just missed is looked into
    needed = _NEARLY * chi2.isf(max_p_value, 1) / 2 + max(rising[-1], falling[-1])
    peak = float((rising + _of_ends(good, bad)).max())
    valley = float((falling + _of_ends(bad, good)).max())
    return peak >= needed, valley >= needed


def _of_ends(good: Float1D, bad: Float1D) -> Float1D:
    return likelihood_of_beginnings(good[::-1], bad[::-1])[::-1]


def likelihood_of_beginnings(good: Float1D, bad: Float1D) -> Float1D:
    """Return the log-likelihood of the first 0, 1, 2 … pre-bins under rates that do not fall."""
    logs = np.zeros(len(good) + 1)
    blocks: list[tuple[float, float, float]] = []
    total = 0.0
    for place, (more_good, more_bad) in enumerate(zip(good.tolist(), bad.tolist(), strict=True)):
        block_good, block_bad = more_good, more_bad
        while blocks and blocks[-1][1] * block_good >= block_bad * blocks[-1][0]:
            last_good, last_bad, part = blocks.pop()
            block_good, block_bad, total = (
                block_good + last_good,
                block_bad + last_bad,
                total - part,
            )
        part = _part(block_good, block_bad)
        blocks.append((block_good, block_bad, part))
        total += part
        logs[place + 1] = total
    return logs


def _part(good: float, bad: float) -> float:
    if not good or not bad:
        return 0.0
    rate = bad / (good + bad)
    return good * math.log1p(-rate) + bad * math.log(rate)
