"""Blocks of neighbouring scores whose bad rate falls: the segments of the ROC curve's hull."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

from creditscore._typing import Float1D
from creditscore.metrics._class_counts import ClassCounts


class RiskBlocks(NamedTuple):
    """Goods and bads of each block as shares of all cases, the riskiest block first."""

    good: Float1D
    bad: Float1D

    @classmethod
    def from_counts(cls, counts: ClassCounts) -> RiskBlocks:
        """Pool neighbouring scores while a safer one has more bads to its cases.

        The pooled blocks are the segments of the convex hull of the ROC curve.
        """
        cases = counts.good + counts.bad
        fit = isotonic_regression(counts.bad / cases, weights=cases, increasing=False)
        starts = np.asarray(fit.blocks[:-1], dtype=np.intp)
        total = cases.sum()
        return cls(*(np.add.reduceat(n, starts) / total for n in (counts.good, counts.bad)))
