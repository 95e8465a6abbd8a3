"""How much of the order of cases another score keeps."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D, Int1D

_DIGITS = 9
"""Decimals of a score beyond which it is rounding."""


def turned_and_tied(before: Float1D, after: Float1D, weights: Float1D) -> tuple[float, float]:
    """Return which share of pairs of different scores turn round, and which become equal.

    A pair counts by the product of the weights of its cases. O(n log n) time for n cases, times
    the binary digits of the number of different scores.
    """
    first, second = _ranks(before), _ranks(after)
    both = _ranks((first * (int(second.max()) + 1) + second).astype(np.float64))
    everything = weights.sum() ** 2
    pairs = everything - _squares(first, weights)
    if not pairs > 1e-12 * everything:
        return 0.0, 0.0
    tied = _squares(second, weights) - _squares(both, weights)
    order = np.lexsort((second, first))
    turned = 2 * _inversions(second[order], weights[order])
    return float(turned / pairs), float(max(0.0, tied) / pairs)


def _ranks(score: Float1D) -> Int1D:
    return np.asarray(np.unique(np.round(score, _DIGITS), return_inverse=True)[1], dtype=np.intp)


def _squares(groups: Int1D, weights: Float1D) -> float:
    """Return the sum of squared weights of groups: twice the pairs in them, and each with itself.

    What is with itself cancels in the differences that are taken of these sums.
    """
    return float((np.bincount(groups, weights=weights) ** 2).sum())


def _inversions(ranks: Int1D, weights: Float1D) -> float:
    """Return the weight of pairs of which the first has the higher rank.

    Pairs differ first in some binary digit of their ranks: count by that digit, in groups of those
    whose digits before it are the same.
    """
    total = 0.0
    for bit in reversed(range(int(ranks.max()).bit_length())):
        group = ranks >> (bit + 1)
        order = np.argsort(group, kind="stable")
        is_one = (ranks[order] >> bit) & 1 == 1
        weight, group = weights[order], group[order]
        ones = np.cumsum(np.where(is_one, weight, 0.0))
        starts = np.flatnonzero(np.diff(group, prepend=-1))
        before = np.repeat(
            np.concatenate([[0.0], ones])[starts], np.diff(np.append(starts, len(group)))
        )
        total += float((weight * (ones - before))[~is_one].sum())
    return total
