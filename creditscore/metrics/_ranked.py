"""Cases in the order of their scores: shares below each cut-off, and groups that split no tie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore.metrics._class_counts import ClassCounts

_MOST_POINTS = 4_000
"""Points of a curve that are drawn: a million take seconds, and look no different."""


@dataclass(frozen=True)
class RankedShares:
    """Shares of all cases, goods and bads below each cut-off, from none of them to all.

    Equal scores stand together: a cut-off takes all of them or none.
    """

    cutoff_score: Float1D
    cases: Float1D
    good: Float1D
    bad: Float1D

    @classmethod
    def from_counts(cls, counts: ClassCounts) -> RankedShares:
        """Add up the counts, from the lowest (riskiest) score to the highest."""
        cases, good, bad = (
            np.append(0.0, below / below[-1])
            for below in map(np.cumsum, (counts.good + counts.bad, counts.good, counts.bad))
        )
        return cls(np.append(counts.score, np.inf), cases, good, bad)


def largest_distance(good: Float1D, bad: Float1D) -> tuple[int, float]:
    """Return where two cumulative shares are furthest apart, and by how much."""
    distance = np.abs(bad - good)
    at = int(distance.argmax())
    return at, float(distance[at])


def points_to_draw(good: Float1D, bad: Float1D) -> Int1D:
    """Choose points further apart than the eye can tell, the KS point and both ends."""
    n = len(good)
    if n <= _MOST_POINTS:
        return np.arange(n)
    # half the sum of both shares rises from 0 to 1 along the curve
    step = np.floor((good + bad) / 2 * _MOST_POINTS)
    starts = np.flatnonzero(np.diff(step, prepend=-1.0))
    return np.union1d(starts, [largest_distance(good, bad)[0], n - 1])


def equal_groups(counts: Float1D, n_groups: int) -> Int1D:
    """Part distinct values, in order, into groups of nearly equal count.

    A value falls in the group in which the middle one of its cases stands, so that ties stay
    together and a group may be larger than others, or lack. The groups that there are get the
    numbers 0, 1, 2 …
    """
    middle = np.cumsum(counts) - counts / 2
    # of whole counts, this is exact where a border falls on a case
    places = np.floor(middle * n_groups / counts.sum()).astype(np.intp)
    groups: Int1D = np.unique(np.minimum(places, n_groups - 1), return_inverse=True)[1]
    return groups
