"""Intervals of weights, one at a time, as bars around the weights as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import (
    GOOD,
    INK,
    MUTED,
    clean_axes,
    counted,
    distinct,
    new_axes,
    percent_axis,
    points_wide,
    shorten,
    wrap,
)
from creditscore.expert._display._legend_below import legend_below
from creditscore.expert._sensitivity._one_at_a_time import Kept, WeightSensitivity

_TITLES = {
    "winner": "Weights between which the first customer stays first",
    "order": "Weights between which the order of the customers stays",
    "grades": "Weights between which every customer keeps its grade",
}
_LEAST_ROW = 17.0
"""Points that a row needs to say what changes at its ends."""


@dataclass(kw_only=True)
class SensitivityDisplay:
    """How far each weight may move before something changes, the most critical criterion on top.

    Made by :meth:`from_sensitivity`.

    Attributes
    ----------
    intervals : DataFrame
        As :meth:`WeightSensitivity.intervals` returns it, the narrowest interval first.
    keep : {"winner", "order", "grades"}
        What stays the same.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import SensitivityDisplay, WeightSensitivity, Weights
    >>> subscores = pd.DataFrame({"financial": [90, 60], "management": [50, 70]})
    >>> weights = Weights.of({"financial": 60, "management": 40})
    >>> display = SensitivityDisplay.from_sensitivity(WeightSensitivity.of(subscores, weights))
    >>> display
    <SensitivityDisplay: order, 2 criteria; plot() draws their intervals, frame() returns them>
    """

    intervals: pd.DataFrame
    keep: Kept

    @classmethod
    def from_sensitivity(cls, sensitivity: WeightSensitivity, *, keep: Kept = "order") -> Self:
        """Find the intervals.

        Parameters
        ----------
        sensitivity : WeightSensitivity
            Customers under weights.
        keep : {"winner", "order", "grades"}, default="order"
            As in :meth:`WeightSensitivity.intervals`.

        Raises
        ------
        InvalidParameterError
            A word that there is not, or grades without bounds.
        """
        check_kind(sensitivity, "sensitivity", cls.__name__, WeightSensitivity)
        found = sensitivity.intervals(keep)
        order = np.argsort((found["highest"] - found["lowest"]).to_numpy(), kind="stable")
        return cls(intervals=found.iloc[order].reset_index(drop=True), keep=keep)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.intervals.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the intervals; the axes are then in ``ax_``."""
        table, n = self.intervals, len(self.intervals)
        ax = new_axes(ax, size=(9.0, 1.3 + 0.42 * n))
        places = np.arange(n)
        ax.set_ylim(n - 0.4, -0.6)
        end = min(1.0, 1.06 * float(table["highest"].max()))
        ax.set_xlim(0, end)
        ax.barh(places, end, height=0.56, color=MUTED, alpha=0.15)
        width = table["highest"] - table["lowest"]
        # an interval of no width is still seen, as a line
        ax.barh(places, width, left=table["lowest"], height=0.56, color=GOOD, alpha=0.55,
                edgecolor=GOOD, linewidth=1.0, label="may move between")  # fmt: skip
        ax.scatter(table["weight"], places, marker="d", s=28, color=INK, zorder=3, clip_on=False,
                   label="weight as it is")  # fmt: skip
        row = float(ax.get_window_extent().height) * 72 / ax.figure.dpi / (n + 0.2)
        names = distinct(table["criterion"].tolist(), 32)
        ax.set_yticks(places, names, parse_math=False)
        if row >= _LEAST_ROW:
            self._say_changes(ax)
        percent_axis(ax.xaxis)
        ax.set_xlabel("weight of the criterion, the others in proportion", color=INK)
        # in lines on narrow axes, by the width of a bold letter
        title = wrap(_TITLES[self.keep], max(16, int(points_wide(ax) / 6.8)), lines=4)
        clean_axes(ax, title=title, grid="x")
        ax.tick_params(axis="y", length=0, labelsize=min(9.0, max(5.0, 0.7 * row)))
        legend_below(ax, columns=2)
        self.ax_ = ax
        return self

    def _say_changes(self, ax: Any) -> None:
        """Write beside each bar what changes first below and above it."""
        for place, row in self.intervals.iterrows():
            said = [
                f"{side} {100 * row[at]:.3g} %: {_in_short(row[change])}"
                for side, at, change in (
                    ("below", "lowest", "change_below"),
                    ("above", "highest", "change_above"),
                )
                if row[change]
            ]
            ax.text(1.015, place, "\n".join(said) or "never", transform=ax.get_yaxis_transform(),
                    va="center", fontsize=7, color=INK, linespacing=1.15,
                    parse_math=False)  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<SensitivityDisplay: {self.keep}, "
            f"{counted(len(self.intervals), 'criterion').replace('criterions', 'criteria')}; "
            "plot() draws their intervals, frame() returns them>"
        )


def _in_short(change: str) -> str:
    """Shorten the names in what changes, and no other word."""
    return " passes ".join(shorten(part, 30) for part in change.split(" passes "))
