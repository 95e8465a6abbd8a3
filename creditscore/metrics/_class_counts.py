"""Goods and bads at each distinct score, of which AUC, KS and the ROC curve are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_both_classes, check_row_counts
from creditscore.metrics._inputs import read_cases


@dataclass(frozen=True)
class ClassCounts:
    """Weights of goods and bads at each distinct score, lowest (riskiest) score first."""

    score: Float1D
    good: Float1D
    bad: Float1D

    @classmethod
    def from_scores(
        cls, is_bad: Any, score: Any, sample_weight: Any = None, *, whole: bool = False
    ) -> ClassCounts:
        """Sort once; everything else is sums over distinct scores.

        With `whole`, weights must count rows, as a sampling error needs them.
        """
        outcomes, values, weights = read_cases(is_bad, score, sample_weight)
        check_both_classes(outcomes, weights)
        if whole:
            check_row_counts(weights)
        if weights is not None and not weights.all():
            # a row of weight 0 is no row, and its score no distinct score
            kept = weights > 0
            outcomes, values, weights = outcomes[kept], values[kept], weights[kept]
        distinct, codes = np.unique(values, return_inverse=True)
        good, bad = (
            np.bincount(codes, rows if weights is None else rows * weights).astype(np.float64)
            for rows in (~outcomes, outcomes)
        )
        return cls(distinct, good, bad)

    @property
    def share_bad_below(self) -> Float1D:
        """Share of bads with a lower score than each distinct score, ties at one half."""
        below: Float1D = (np.cumsum(self.bad) - 0.5 * self.bad) / self.bad.sum()
        return below

    @property
    def share_good_above(self) -> Float1D:
        """Share of goods with a higher score than each distinct score, ties at one half."""
        above: Float1D = 1.0 - (np.cumsum(self.good) - 0.5 * self.good) / self.good.sum()
        return above
