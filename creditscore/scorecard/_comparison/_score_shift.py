"""How far the distribution of one column of scores is from that of another."""

from __future__ import annotations

import math

import numpy as np

from creditscore._typing import Float1D
from creditscore.metrics import psi

BANDS = 10
"""Bands of nearly equal size by the first column, over which both are compared."""


def score_shift(
    expected: Float1D, expected_counts: Float1D, actual: Float1D, actual_counts: Float1D
) -> float:
    """Return the population stability index over bands of the first column.

    Equal scores of the first column stay in one band, so that there may be fewer than ten; NaN
    where a score is.
    """
    if np.isnan(expected).any() or np.isnan(actual).any():
        return math.nan
    distinct, places = np.unique(expected, return_inverse=True)
    below = np.cumsum(np.bincount(places, expected_counts))
    at = np.searchsorted(below, below[-1] * np.arange(1, BANDS) / BANDS)
    edges = np.unique(distinct[at])
    shares = (
        np.bincount(np.searchsorted(edges, score), counts, minlength=len(edges) + 1)
        for score, counts in ((expected, expected_counts), (actual, actual_counts))
    )
    return psi(*shares)
