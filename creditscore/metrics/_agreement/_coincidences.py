"""How often two raters of one case give two ratings, and how often chance would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Float2D, Int2D, Level
from creditscore._validation import check_integer, check_random_state, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._agreement._kappa import codes_of, scale_of

_CELLS_AT_ONCE = 2_000_000
"""Counts of a batch of resamples: bounds the memory."""


@dataclass(frozen=True)
class RatedCases:
    """Ratings given to each case, by their places on the scale.

    Attributes
    ----------
    scale : tuple
        Ratings in their order.
    counts : ndarray of int, shape (n_cases, n_ratings)
        How many raters gave a case each rating.
    n_raters : int
        Raters of the table.
    """

    scale: tuple[Level, ...]
    counts: Int2D
    n_raters: int

    @classmethod
    def of(
        cls, values: np.ndarray[Any, Any], labels: Sequence[Level] | None, owner: str
    ) -> RatedCases:
        """Count the ratings of each case; gaps are None, and rows are raters."""
        given = pd.notna(values)
        present = values[given]
        scale = scale_of(present, labels, "none", owner)
        codes = codes_of(present, scale, "The table")
        cases = np.nonzero(given)[1]
        counts = np.zeros((values.shape[1], len(scale)), dtype=np.intp)
        np.add.at(counts, (cases, codes), 1)
        return cls(scale, counts, len(values))

    def pairable(self, owner: str) -> Int2D:
        """Return the counts of cases that two raters or more rated.

        Raises
        ------
        InvalidDataError
            There is none.
        """
        counts: Int2D = self.counts[self.counts.sum(axis=1) > 1]
        if not len(counts):
            msg = f"{owner} needs cases that two raters or more rated. There is none."
            raise InvalidDataError(msg)
        return counts


def coincidences(counts: Int2D) -> Float2D:
    """Return Krippendorff's matrix: pairs of ratings of a case, over its raters less one."""
    n = counts.sum(axis=1)
    share = counts / (n - 1.0)[:, None]
    matrix: Float2D = share.T @ counts
    matrix[np.diag_indices_from(matrix)] -= share.sum(axis=0)
    return matrix


@dataclass(frozen=True)
class Resamples:
    """How many resamples of cases are drawn, for an interval of which level."""

    confidence: float
    n_resamples: int
    rng: np.random.Generator

    @classmethod
    def of(cls, confidence: Any, n_resamples: Any, random_state: Any, owner: str) -> Resamples:
        """Check the parameters."""
        level = check_real(confidence, "confidence", owner, low=0, high=1)
        n = check_integer(n_resamples, "n_resamples", owner, low=1)
        return cls(level, n, check_random_state(random_state, owner))

    def draws(self, n_cases: int) -> list[Float2D]:
        """Return how often each case is drawn, in batches of resamples."""
        most = max(1, _CELLS_AT_ONCE // n_cases)
        sizes = [most] * (self.n_resamples // most) + [self.n_resamples % most]
        equal = np.full(n_cases, 1 / n_cases)
        return [self.rng.multinomial(n_cases, equal, size=n).astype(float) for n in sizes if n]

    def ends(self, values: Float1D) -> tuple[float, float]:
        """Return the quantiles of resampled values, those that are not defined left out."""
        kept = values[np.isfinite(values)]
        if not len(kept):
            return float("nan"), float("nan")
        tail = (1 - self.confidence) / 2
        lower, upper = np.quantile(kept, [tail, 1 - tail])
        return float(lower), float(upper)
