"""Scores of goods and bads side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import BAD, GOOD, INK, clean_axes, counted, new_axes, percent_axis
from creditscore._typing import Float1D
from creditscore._validation import (
    as_floats,
    check_both_classes,
    check_integer,
    check_scores,
    check_weights,
)
from creditscore.exceptions import InvalidDataError, InvalidTargetError

_FINE = 20
"""Steps of a grid in a band from which on one more or less is hardly seen."""
_SAME = 1e-9
"""Part of the greatest score up to which scores are the same but for rounding."""


@dataclass(kw_only=True)
class ScoreDistributionDisplay:
    """Share of goods and of bads in each band of the score.

    Made by :meth:`from_scores`.

    Attributes
    ----------
    edges : ndarray of shape (n_bands + 1,)
        Ends of the bands.
    share_good, share_bad : ndarray of shape (n_bands,)
        Shares of all goods and of all bads, fractions.

    Examples
    --------
    >>> from creditscore.scorecard import ScoreDistributionDisplay
    >>> score, is_bad = [480.3, 510.6, 512.2, 600.3], [1, 1, 0, 0]
    >>> display = ScoreDistributionDisplay.from_scores(score, is_bad, n_bands=2)
    >>> display.frame()
       lower  upper  share_good  share_bad
    0  480.3  540.3         0.5        1.0
    1  540.3  600.3         0.5        0.0
    """

    edges: Float1D
    share_good: Float1D
    share_bad: Float1D

    @classmethod
    def from_scores(
        cls, score: Any, is_bad: Any, *, n_bands: int = 30, sample_weight: Any = None
    ) -> Self:
        """Count goods and bads in bands of equal width.

        Parameters
        ----------
        score : array-like of shape (n_cases,)
            Scores; a higher one is safer. They come first, as in all displays, while the
            functions of :mod:`creditscore.metrics` take the outcomes first.
        is_bad : array-like of shape (n_cases,)
            1 or True for bad, 0 or False for good.
        n_bands : int, default=30
            Number of bands, 1 or more. Where scores lie on a grid, as those of a rounded card do,
            at most as many: each band then holds equally many steps of the grid, and its ends
            lie between two of them. Bands of other widths would hold now one step more and now
            one less, and show a comb that is not in the scores.
        sample_weight : array-like of shape (n_cases,), optional
            Frequencies, zero or more; fractions will do.

        Raises
        ------
        InvalidTargetError
            The outcomes are not binary, or of one class; the message says so where scores and
            outcomes were swapped.
        InvalidWeightError
            Weights that are negative, missing or not as many.
        """
        check_integer(n_bands, "n_bands", "ScoreDistributionDisplay.from_scores", low=1)
        try:
            bad, values = check_scores(is_bad, score)
        except InvalidTargetError as error:
            if not _look_swapped(score, is_bad):
                raise
            msg = (
                f"{error} The score holds 0 and 1 only: were score and is_bad swapped? It is "
                "from_scores(score, is_bad)."
            )
            raise InvalidTargetError(msg) from error
        weights = check_weights(sample_weight, n_rows=len(values))
        check_both_classes(bad, weights)
        counts = np.ones(len(values)) if weights is None else weights
        # a row of weight 0 is no row, and its score none that the bands have to reach
        edges = _edges(values[counts > 0], n_bands)
        good_counts, bad_counts = (
            np.histogram(values[rows], edges, weights=counts[rows])[0] for rows in (~bad, bad)
        )
        return cls(
            edges=edges,
            share_good=good_counts / good_counts.sum(),
            share_bad=bad_counts / bad_counts.sum(),
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return pd.DataFrame(
            {
                "lower": self.edges[:-1],
                "upper": self.edges[1:],
                "share_good": self.share_good,
                "share_bad": self.share_bad,
            }
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw both distributions; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        for share, colour, name in ((self.share_bad, BAD, "bad"), (self.share_good, GOOD, "good")):
            ax.stairs(share, self.edges, fill=True, color=colour, alpha=0.35)
            ax.stairs(share, self.edges, color=colour, linewidth=1.5, label=name)
        percent_axis(ax.yaxis)
        ax.set_xlabel("score", color=INK)
        ax.set_ylabel("share of the class", color=INK)
        ax.legend(frameon=False)
        clean_axes(ax, title="Scores of good and bad customers")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<ScoreDistributionDisplay: {counted(len(self.share_good), 'band')} of the score from "
            f"{self.edges[0]:.6g} to {self.edges[-1]:.6g}; plot() draws them, frame() returns the "
            "numbers>"
        )


def _edges(score: Float1D, n_bands: int) -> Float1D:
    """Return the ends of bands of equal width, each with equally many steps of a grid."""
    low, high = float(score.min()), float(score.max())
    step = _step(score, (high - low) / (_FINE * n_bands))
    if step is None:
        return np.asarray(np.histogram_bin_edges(score, bins=n_bands), dtype=np.float64)
    n_values = round((high - low) / step) + 1
    each = -(-n_values // n_bands)
    n_found = -(-n_values // each)
    # what the bands reach beyond the scores is halved between both ends
    first = low - step * (0.5 + (each * n_found - n_values) // 2)
    return np.asarray(first + step * each * np.arange(n_found + 1), dtype=np.float64)


def _step(score: Float1D, least: float) -> float | None:
    """Return the step of the grid that all scores lie on; None where it is below `least`.

    Euclid's algorithm on the distances between scores, each time with what they leave.
    """
    same = _SAME * float(np.abs(score).max())
    rest = distances = np.diff(np.unique(score))
    step = math.inf
    while len(rest := rest[rest > same]):
        step = float(rest.min())
        if step < least:
            return None
        rest = np.abs(distances - step * np.rint(distances / step))
    return step if math.isfinite(step) else None


def _look_swapped(score: Any, is_bad: Any) -> bool:
    """Tell whether the scores are outcomes and the outcomes numbers of another kind."""
    try:
        scores, outcomes = as_floats(score, "score"), as_floats(is_bad, "is_bad")
    except InvalidDataError:
        return False
    return bool(np.isin(scores, (0, 1)).all() and not np.isin(outcomes, (0, 1)).all())
