"""Cumulative accuracy profile with its accuracy ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._display import GOOD, INK, MUTED, clean_axes, new_axes, percent_axis
from creditscore._typing import Float1D
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._ranked import RankedShares, points_to_draw


@dataclass(kw_only=True, repr=False)
class CapDisplay:
    """Cumulative accuracy profile: share of bads caught against share of cases refused.

    Made by :meth:`from_scores`. Beside it stand the profile of a score that knows every bad case,
    and that of one that knows nothing.

    Attributes
    ----------
    cutoff_score : ndarray
        A case below this score is refused.
    refused, refused_bad : ndarray
        Shares of all cases and of bads below the cut-off, fractions.
    bad_rate : float
        Share of bads among all cases, where the perfect profile reaches its top.
    accuracy_ratio : float
        Area between profile and diagonal over that of the perfect profile: the Gini coefficient
        of :func:`gini`.

    References
    ----------
    .. [1] B. Engelmann, E. Hayden and D. Tasche, "Testing rating accuracy", *Risk* 16(1), 2003,
       pp. 82-86.

    Examples
    --------
    >>> from creditscore.metrics import CapDisplay
    >>> display = CapDisplay.from_scores([480, 510, 510, 600], [1, 1, 0, 0])
    >>> display.frame()
       cutoff_score  refused  refused_bad
    0         480.0     0.00          0.0
    1         510.0     0.25          0.5
    2         600.0     0.75          1.0
    3           inf     1.00          1.0
    >>> display.plot().accuracy_ratio
    0.75
    """

    cutoff_score: Float1D
    refused: Float1D
    refused_bad: Float1D
    bad_rate: float
    accuracy_ratio: float

    @classmethod
    def from_scores(cls, score: Any, is_bad: Any, *, sample_weight: Any = None) -> Self:
        """Compute the profile.

        Parameters
        ----------
        score : array-like of shape (n_samples,)
            Higher is safer. It comes first here, and second in :func:`creditscore.metrics.gini`.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; both must occur.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more; fractions will do.

        Returns
        -------
        CapDisplay

        Raises
        ------
        InvalidTargetError, InvalidDataError
            As in :func:`creditscore.metrics.auc`.
        """
        counts = ClassCounts.from_scores(is_bad, score, sample_weight)
        shares = RankedShares.from_counts(counts)
        n_good, n_bad = counts.good.sum(), counts.bad.sum()
        return cls(
            cutoff_score=shares.cutoff_score,
            refused=shares.cases,
            refused_bad=shares.bad,
            bad_rate=float(n_bad / (n_bad + n_good)),
            accuracy_ratio=float(2.0 * (counts.good @ counts.share_bad_below) / n_good - 1.0),
        )

    def frame(self) -> pd.DataFrame:
        """Return the points of the profile."""
        return pd.DataFrame(
            {
                "cutoff_score": self.cutoff_score,
                "refused": self.refused,
                "refused_bad": self.refused_bad,
            }
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw the profile; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(5.2, 5.0))
        drawn = points_to_draw(self.refused, self.refused_bad)
        cases, bad = self.refused[drawn], self.refused_bad[drawn]
        ax.plot([0, self.bad_rate, 1], [0, 1, 1], color=MUTED, linewidth=1.2, clip_on=False,
                label="perfect score")  # fmt: skip
        ax.plot(cases, bad, color=GOOD, linewidth=2, clip_on=False, zorder=3, label="this score")
        ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="no information")
        ax.fill_between(cases, bad, cases, color=GOOD, alpha=0.12, linewidth=0)
        above = self.accuracy_ratio >= 0
        ax.text(0.98 if above else 0.02, 0.04 if above else 0.96,
                f"accuracy ratio {self.accuracy_ratio:.3f}\nbad rate {self.bad_rate:.2%}",
                ha="right" if above else "left", va="bottom" if above else "top",
                color=INK, fontsize=9, zorder=4,
                bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none"})  # fmt: skip
        ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        percent_axis(ax.xaxis)
        percent_axis(ax.yaxis)
        ax.set_xlabel("share of all cases refused, the riskiest first", color=INK)
        ax.set_ylabel("share of bads refused", color=INK)
        # words stand where the profile is not; of a turned score they lie over the perfect one
        ax.legend(edgecolor="none", framealpha=0.8, fontsize=9,
                  loc="lower right" if above else "upper left",
                  bbox_to_anchor=(1, 0.16) if above else (0, 0.86))  # fmt: skip
        clean_axes(ax, title="Cumulative accuracy profile", grid="both")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what the profile amounts to; its points are in :meth:`frame`."""
        return (
            f"{type(self).__name__}(accuracy ratio {self.accuracy_ratio:.3f}, bad rate "
            f"{self.bad_rate:.2%}, {len(self.cutoff_score):,} cut-offs)"
        )
