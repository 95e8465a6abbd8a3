"""Cumulative distributions of the scores of goods and bads, and where they part most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import BAD, GOOD, INK, clean_axes, new_axes, percent_axis
from creditscore._typing import Float1D
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._ranked import RankedShares, largest_distance, points_to_draw

_MARGIN = 0.04
"""Part of the range of the scores that is drawn beyond its ends."""


@dataclass(kw_only=True, repr=False)
class KsDisplay:
    """Shares of goods and of bads below each score, and their largest distance.

    Made by :meth:`from_scores`.

    Attributes
    ----------
    cutoff_score : ndarray
        A case below this score is refused.
    refused_good, refused_bad : ndarray
        Shares of goods and bads below the cut-off, fractions.
    ks : float
        Largest distance between both, :func:`creditscore.metrics.ks`.
    ks_score : float
        First cut-off at which they are so far apart.

    Examples
    --------
    >>> from creditscore.metrics import KsDisplay
    >>> display = KsDisplay.from_scores([480, 510, 510, 600], [1, 1, 0, 0])
    >>> display
    KsDisplay(KS 0.500 at score 510, 4 cut-offs)
    >>> display.frame()
       cutoff_score  refused_good  refused_bad  distance
    0         480.0           0.0          0.0       0.0
    1         510.0           0.0          0.5       0.5
    2         600.0           0.5          1.0       0.5
    3           inf           1.0          1.0       0.0
    >>> display.plot().ax_.get_xlabel()
    'cut-off score'
    """

    cutoff_score: Float1D
    refused_good: Float1D
    refused_bad: Float1D
    ks: float
    ks_score: float

    @classmethod
    def from_scores(cls, score: Any, is_bad: Any, *, sample_weight: Any = None) -> Self:
        """Compute both distributions.

        Parameters
        ----------
        score : array-like of shape (n_samples,)
            Higher is safer. It comes first here, and second in :func:`creditscore.metrics.ks`.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; both must occur.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more; fractions will do.

        Returns
        -------
        KsDisplay

        Raises
        ------
        InvalidTargetError, InvalidDataError
            As in :func:`creditscore.metrics.ks`.
        """
        shares = RankedShares.from_counts(ClassCounts.from_scores(is_bad, score, sample_weight))
        at, distance = largest_distance(shares.good, shares.bad)
        return cls(
            cutoff_score=shares.cutoff_score,
            refused_good=shares.good,
            refused_bad=shares.bad,
            ks=distance,
            ks_score=float(shares.cutoff_score[at]),
        )

    def frame(self) -> pd.DataFrame:
        """Return the points of both curves; distance is that of bads less that of goods."""
        return pd.DataFrame(
            {
                "cutoff_score": self.cutoff_score,
                "refused_good": self.refused_good,
                "refused_bad": self.refused_bad,
                "distance": self.refused_bad - self.refused_good,
            }
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw both distributions; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        low, high = self._ends()
        drawn = points_to_draw(self.refused_good, self.refused_bad)
        at = np.append(low, np.clip(self.cutoff_score[drawn], low, high))
        for share, colour, name in (
            (self.refused_bad, BAD, "bads"),
            (self.refused_good, GOOD, "goods"),
        ):
            # below a score the share is that of all lower scores
            ax.step(at, np.append(0.0, share[drawn]), where="pre", color=colour, linewidth=2,
                    label=f"{name} below the score", clip_on=False)  # fmt: skip
        self._draw_distance(ax)
        ax.set(xlim=(low, high), ylim=(0, 1))
        percent_axis(ax.yaxis)
        ax.set_xlabel("cut-off score", color=INK)
        ax.set_ylabel("share of the class refused", color=INK)
        ax.legend(frameon=False, loc="upper left", fontsize=9)
        clean_axes(ax, title="Cumulative distributions of goods and bads", grid="both")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how far apart goods and bads are; :meth:`frame` has the curves."""
        where = f" at score {self.ks_score:.4g}" if self.ks > 0 else ""
        return (
            f"{type(self).__name__}(KS {self.ks:.3f}{where}, {len(self.cutoff_score):,} cut-offs)"
        )

    def _ends(self) -> tuple[float, float]:
        """Return the ends of the axis, a little beyond those of the finite scores."""
        finite = self.cutoff_score[np.isfinite(self.cutoff_score)]
        least, greatest = (finite[0], finite[-1]) if len(finite) else (0.0, 0.0)
        room = _MARGIN * (greatest - least) or 1.0
        return float(least - room), float(greatest + room)

    def _draw_distance(self, ax: Any) -> None:
        """Mark the largest distance, and write it on the side that has more room."""
        if not self.ks > 0:
            return
        at, _ = largest_distance(self.refused_good, self.refused_bad)
        ends = sorted((float(self.refused_good[at]), float(self.refused_bad[at])))
        low, high = self._ends()
        x = min(max(self.ks_score, low), high)
        ax.plot([x, x], ends, color=INK, linewidth=2, clip_on=False, zorder=4)
        left = (x - low) / (high - low) > 0.5
        ax.annotate(
            f"KS {self.ks:.3f}\nat score {self.ks_score:.4g}",
            (x, sum(ends) / 2),
            xytext=(-8 if left else 8, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            color=INK,
            fontsize=9,
            bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1},
            zorder=5,
        )
