"""ROC curve with its area and the point of the KS distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes
from creditscore._typing import Float1D
from creditscore.metrics._discrimination import ClassCounts, auc_interval
from creditscore.metrics._interval import Interval


@dataclass(kw_only=True)
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
    def from_scores(cls, score: Any, is_bad: Any) -> Self:
        """Compute the curve; arguments as in :func:`creditscore.metrics.auc`."""
        counts = ClassCounts.from_scores(is_bad, score)
        return cls(
            cutoff_score=np.append(counts.score, np.inf),
            refused_good=np.append(0.0, np.cumsum(counts.good) / counts.good.sum()),
            refused_bad=np.append(0.0, np.cumsum(counts.bad) / counts.bad.sum()),
            area=auc_interval(is_bad, score),
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
        ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--")
        ax.plot(self.refused_good, self.refused_bad, color=GOOD, linewidth=2)
        ax.fill_between(self.refused_good, self.refused_bad, color=GOOD, alpha=0.12)
        # a score the wrong way round has its distance below the diagonal
        at = int(np.argmax(np.abs(self.refused_bad - self.refused_good)))
        x, low, high = self.refused_good[at], self.refused_good[at], self.refused_bad[at]
        ax.plot([x, x], [low, high], color=BAD, linewidth=2)
        ax.annotate(
            f"KS {abs(high - low):.3f}\nat score {self.cutoff_score[at]:.0f}",
            (x, (low + high) / 2),
            xytext=(8, -4),
            textcoords="offset points",
            color=BAD,
            fontsize=9,
        )
        ax.text(
            0.98,
            0.04,
            f"AUC {self.area}\n{self.area.level:.0%} interval (DeLong)",
            ha="right",
            color=INK,
            fontsize=9,
        )
        ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        ax.set_xlabel("share of goods refused", color=INK)
        ax.set_ylabel("share of bads refused", color=INK)
        clean_axes(ax, title="ROC curve", grid="both")
        self.ax_ = ax
        return self
