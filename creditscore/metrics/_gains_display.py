"""Gains and lift of groups of cases, the riskiest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    name_times,
    new_axes,
    percent_axis,
    second_axis,
)
from creditscore._validation import check_integer
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._gains import group_counts

_MOST_NUMBERS = 15
"""Groups beside which their numbers still find room."""
_BEHIND = {"facecolor": "white", "alpha": 0.6, "edgecolor": "none", "pad": 0.5}
"""What lies behind numbers, so that lines do not run through them."""


@dataclass(kw_only=True, repr=False)
class _Groups:
    """Groups of cases by score, and the pictures that are made of them."""

    groups: pd.DataFrame

    @classmethod
    def from_scores(
        cls, score: Any, is_bad: Any, *, n_groups: int = 10, sample_weight: Any = None
    ) -> Self:
        """Part the cases into groups.

        Parameters
        ----------
        score : array-like of shape (n_samples,)
            Higher is safer; for a probability of default, pass ``-prob_default``. It comes first
            here, and second in :func:`creditscore.metrics.gains_table`.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; both must occur.
        n_groups : int, default=10
            Number of groups of nearly equal size, 1 or more.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more; fractions will do.

        Raises
        ------
        InvalidParameterError, InvalidTargetError, InvalidDataError
            As in :func:`creditscore.metrics.gains_table`.
        """
        check_integer(n_groups, "n_groups", f"{cls.__name__}.from_scores", low=1)
        counts = ClassCounts.from_scores(is_bad, score, sample_weight)
        return cls(groups=group_counts(counts, n_groups))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture, those of :func:`gains_table`."""
        return self.groups.copy()

    def _name_groups(self, ax: Any) -> None:
        n = len(self.groups)
        # bars of one or two groups would be as wide as the picture
        half = max(n, 4) / 2 + 0.1
        ax.set_xlim((n - 1) / 2 - half, (n - 1) / 2 + half)
        name_times(ax, [str(group) for group in self.groups["group"]])
        ax.set_xlabel("group of cases by score, the riskiest first", color=INK)

    def _number(self, ax: Any, at: Any, height: Any, texts: list[str]) -> None:
        """Write numbers above places, where there is room for them."""
        if len(self.groups) > _MOST_NUMBERS:
            return
        for x, y, text in zip(at, height, texts, strict=True):
            ax.annotate(text, (x, y), xytext=(0, 3), textcoords="offset points", ha="center",
                        va="bottom", color=INK, fontsize=8, zorder=5, bbox=_BEHIND)  # fmt: skip


@dataclass(kw_only=True, repr=False)
class GainsDisplay(_Groups):
    """Which share of all bads each group holds (bars), and all groups up to it (line).

    Made by :meth:`from_scores`.

    Attributes
    ----------
    groups : DataFrame
        As :func:`gains_table` makes it.

    See Also
    --------
    LiftDisplay : The same as multiples of the average bad rate.
    CapDisplay : The line cut-off by cut-off.

    Examples
    --------
    >>> from creditscore.metrics import GainsDisplay
    >>> score, is_bad = [480, 490, 500, 520, 560, 600], [1, 1, 0, 1, 0, 0]
    >>> display = GainsDisplay.from_scores(score, is_bad, n_groups=3)
    >>> display
    GainsDisplay(3 groups, 66.7% of the bads among the riskiest 33.3% of cases)
    >>> display.plot().ax_.get_ylabel()
    'share of all bads'
    """

    groups: pd.DataFrame

    def plot(self, ax: Any = None) -> Self:
        """Draw bars and lines; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        groups, at = self.groups, np.arange(len(self.groups))
        edges = np.arange(-0.5, len(at))
        held = np.diff(groups["cumulative_bad"], prepend=0.0)
        ax.bar(at, held, width=0.8, color=BAD, alpha=0.55, label="bads in the group")
        found = np.append(0.0, groups["cumulative_bad"])
        ax.plot(edges, found, "o-", color=GOOD, linewidth=2, markersize=4, clip_on=False,
                zorder=4, label="bads up to its end")  # fmt: skip
        ax.plot(edges, np.append(0.0, groups["cumulative_share"]), "--", color=MUTED,
                linewidth=1, label="cases up to its end")  # fmt: skip
        self._number(ax, at, held, [f"{share:.0%}" for share in held])
        self._name_groups(ax)
        ax.set_ylim(0, 1)
        percent_axis(ax.yaxis)
        ax.set_ylabel("share of all bads", color=INK)
        # where the line is not, which of a turned score lies below that of the cases
        above = float((groups["cumulative_bad"] - groups["cumulative_share"]).sum()) >= 0
        ax.legend(frameon=False, loc="center right" if above else "upper left", fontsize=9)
        clean_axes(ax, title="Gains")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what the first group holds; the others are in :meth:`frame`."""
        first = self.groups.iloc[0]
        n = len(self.groups)
        return (
            f"{type(self).__name__}({n} group{'s' * (n > 1)}, {first['cumulative_bad']:.1%} of "
            f"the bads among the riskiest {first['cumulative_share']:.1%} of cases)"
        )


@dataclass(kw_only=True, repr=False)
class LiftDisplay(_Groups):
    """How many times the average bad rate each group has (bars), and all up to it (line).

    Made by :meth:`from_scores`.

    Attributes
    ----------
    groups : DataFrame
        As :func:`gains_table` makes it.

    See Also
    --------
    GainsDisplay : The same as shares of all bads.

    Examples
    --------
    >>> from creditscore.metrics import LiftDisplay
    >>> score, is_bad = [480, 490, 500, 520, 560, 600], [1, 1, 0, 1, 0, 0]
    >>> display = LiftDisplay.from_scores(score, is_bad, n_groups=3)
    >>> display
    LiftDisplay(3 groups, lift from 2.00 in the riskiest to 0.00 in the safest)
    >>> display.plot().ax_.get_ylabel()
    'bad rate as a multiple of the average'
    """

    groups: pd.DataFrame

    def plot(self, ax: Any = None) -> Self:
        """Draw bars and lines; axes are then in ``ax_``, and those of rates in ``ax_rate_``."""
        ax = new_axes(ax)
        groups, at = self.groups, np.arange(len(self.groups))
        lift = groups["lift"].to_numpy()
        colours = [BAD if value > 1 else GOOD for value in lift]
        ax.bar(at, lift, width=0.8, color=colours, alpha=0.6)
        ax.plot(at, groups["cumulative_lift"], "o-", color=INK, linewidth=1.5, markersize=4,
                zorder=4, label="this and all riskier groups")  # fmt: skip
        ax.axhline(1, color=MUTED, linestyle="--", linewidth=1, label="all cases")
        # at the foot of the bars, where the line is not
        self._number(ax, at, np.zeros(len(at)), [f"{value:.2f}" for value in lift])
        self._name_groups(ax)
        top = 1.12 * float(np.max(lift))
        ax.set_ylim(0, top)
        ax.set_ylabel("bad rate as a multiple of the average", color=INK)
        ax.legend(frameon=False, fontsize=9)
        self.ax_, self.ax_rate_ = ax, self._rate_axis(ax, top)
        clean_axes(ax, title="Lift")
        return self

    def _rate_axis(self, ax: Any, top: float) -> Any:
        """Give the bars a second scale, in bad rates, that ends with 100 %."""
        from matplotlib.ticker import FixedLocator, MaxNLocator  # noqa: PLC0415 - slow

        rate = second_axis(ax, label="bad rate", colour=INK)
        end = top * float(self.groups["n_bad"].sum() / self.groups["count"].sum())
        rate.set_ylim(0, end)
        ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0, end)
        rate.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if tick <= min(1, end)]))
        percent_axis(rate.yaxis)
        return rate

    def __repr__(self) -> str:
        """Say in one line how far apart the groups are; :meth:`frame` has them all."""
        n, lift = len(self.groups), self.groups["lift"]
        return (
            f"{type(self).__name__}({n} group{'s' * (n > 1)}, lift from {lift.iloc[0]:.2f} in the "
            f"riskiest to {lift.iloc[-1]:.2f} in the safest)"
        )
