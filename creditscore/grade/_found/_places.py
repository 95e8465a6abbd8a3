"""Where the values of cases may be parted into grades, and what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from creditscore._typing import Bool1D, Float1D, GradeMeasure


@dataclass(frozen=True, eq=False)
class Places:
    """Groups of neighbouring values, the safest first.

    Attributes
    ----------
    measure : {"prob_default", "score"}
        Whether a higher value is riskier, or safer.
    safest, riskiest : ndarray of shape (n_groups,)
        The outer values of each group.
    n_good, n_bad : ndarray of shape (n_groups,)
        Goods and bads, by weight.
    total : ndarray of shape (n_groups,)
        Weighted sum of the values.
    n_values : int
        Number of different values.
    """

    measure: GradeMeasure
    safest: Float1D
    riskiest: Float1D
    n_good: Float1D
    n_bad: Float1D
    total: Float1D
    n_values: int

    @classmethod
    def of(
        cls, values: Float1D, bad: Bool1D, weights: Float1D, measure: GradeMeasure, most: int
    ) -> Self:
        """Group values: each by itself, or so many groups of nearly equal size."""
        sign = 1.0 if measure == "prob_default" else -1.0
        risk, place = np.unique(sign * values, return_inverse=True)
        # not what is left of all cases: of weights that rounds to less than nothing
        n_good, n_bad = (np.bincount(place, weights=weights * kind) for kind in (~bad, bad))
        count = n_good + n_bad
        starts = np.arange(len(risk))
        if len(risk) > most:
            middle = np.cumsum(count) - count / 2
            group = np.floor(middle * (most / count.sum()))
            starts = np.unique(group, return_index=True)[1]
        last = np.append(starts[1:], len(risk)) - 1
        return cls(
            measure,
            sign * risk[starts],
            sign * risk[last],
            np.add.reduceat(n_good, starts),
            np.add.reduceat(n_bad, starts),
            np.add.reduceat(sign * risk * count, starts),
            len(risk),
        )

    def bounds(self, starts: Sequence[int]) -> tuple[float, ...]:
        """Return numbers between the groups that begin grades and the groups before them."""
        bounds = []
        for start in starts:
            safer, riskier = float(self.riskiest[start - 1]), float(self.safest[start])
            middle = safer + (riskier - safer) / 2
            # between neighbouring floats there is none: the safer value holds the bound
            bounds.append(safer if middle == riskier else middle)
        return tuple(bounds)
