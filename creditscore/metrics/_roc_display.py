"""ROC curve with its area and the point of the KS distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes
from creditscore._typing import Float1D
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._discrimination import area_interval
from creditscore.metrics._interval import Interval
from creditscore.metrics._ranked import RankedShares, largest_distance, points_to_draw


@dataclass(kw_only=True, repr=False)
class RocDisplay:
    """ROC curve: share of bads caught against share of goods refused, cut-off by cut-off.

    Made by :meth:`from_scores`.

    Attributes
    ----------
    cutoff_score : ndarray
        A case below this score is refused.
    refused_good, refused_bad : ndarray
        Shares of goods and bads below the cut-off, fractions.
    area : Interval
        AUC with its 95 % interval.

    Examples
    --------
    >>> from creditscore.metrics import RocDisplay
    >>> display = RocDisplay.from_scores([480, 510, 510, 600], [1, 1, 0, 0])
    >>> display.frame()
       cutoff_score  refused_good  refused_bad
    0         480.0           0.0          0.0
    1         510.0           0.0          0.5
    2         600.0           0.5          1.0
    3           inf           1.0          1.0
    >>> display.plot().ax_.get_xlabel()
    'share of goods refused'
    """

    cutoff_score: Float1D
    refused_good: Float1D
    refused_bad: Float1D
    area: Interval

    @classmethod
    def from_scores(cls, score: Any, is_bad: Any, *, sample_weight: Any = None) -> Self:
        """Compute the curve.

        Parameters
        ----------
        score : array-like of shape (n_samples,)
            Higher is safer. It comes first here, and second in :func:`creditscore.metrics.auc`:
            the method is named after it.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; two cases of each, which the interval of the area needs.
        sample_weight : array-like of shape (n_samples,), optional
            Counts of rows, as in :func:`creditscore.metrics.auc_variance`.

        Returns
        -------
        RocDisplay

        Raises
        ------
        InvalidTargetError
            Outcomes as in :func:`creditscore.metrics.auc`; scores and outcomes that were swapped.
        InvalidDataError
            As in :func:`creditscore.metrics.auc_variance`.
        """
        counts = ClassCounts.from_scores(is_bad, score, sample_weight, whole=True)
        shares = RankedShares.from_counts(counts)
        return cls(
            cutoff_score=shares.cutoff_score,
            refused_good=shares.good,
            refused_bad=shares.bad,
            area=area_interval(counts, 0.95),
        )

    def frame(self) -> pd.DataFrame:
        """Return the points of the curve."""
        return pd.DataFrame(
            {
                "cutoff_score": self.cutoff_score,
                "refused_good": self.refused_good,
                "refused_bad": self.refused_bad,
            }
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw the curve; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(5.2, 5.0))
        drawn = points_to_draw(self.refused_good, self.refused_bad)
        good, bad = self.refused_good[drawn], self.refused_bad[drawn]
        ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--")
        # a perfect score runs along the edges, where half of its line would be cut off
        ax.plot(good, bad, color=GOOD, linewidth=2, clip_on=False, zorder=3)
        ax.fill_between(good, bad, color=GOOD, alpha=0.12, linewidth=0)
        self._draw_words(ax)
        ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        ax.set_xlabel("share of goods refused", color=INK)
        ax.set_ylabel("share of bads refused", color=INK)
        clean_axes(ax, title="ROC curve", grid="both")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what the curve amounts to; its points are in :meth:`frame`."""
        at, distance = largest_distance(self.refused_good, self.refused_bad)
        return (
            f"{type(self).__name__}(AUC {self.area}, KS {distance:.3f} at score "
            f"{self.cutoff_score[at]:.4g}, {len(self.cutoff_score):,} cut-offs)"
        )

    def _draw_words(self, ax: Any) -> None:
        """Mark the KS distance, and write its and the area's size where the curve is not."""
        at, distance = largest_distance(self.refused_good, self.refused_bad)
        x, y = self.refused_good[at], self.refused_bad[at]
        if distance > 0:
            ax.plot([x, x], [x, y], color=BAD, linewidth=2, clip_on=False, zorder=4)
            left = x > 0.5
            ax.annotate(
                f"KS {distance:.3f}\nat score {self.cutoff_score[at]:.4g}",
                (x, (x + y) / 2),
                xytext=(-8 if left else 8, -4),
                textcoords="offset points",
                ha="right" if left else "left",
                color=BAD,
                fontsize=9,
                bbox={"facecolor": "white", "alpha": 0.6, "edgecolor": "none", "pad": 1},
                zorder=5,
            )
        above = self.area.estimate >= 0.5
        ax.text(
            0.98 if above else 0.02,
            0.04 if above else 0.96,
            f"AUC {self.area}\n{self.area.level:.0%} interval (DeLong)",
            ha="right" if above else "left",
            va="bottom" if above else "top",
            color=INK,
            fontsize=9,
        )
