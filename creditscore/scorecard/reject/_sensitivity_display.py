"""The sensitivity report as a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    distinct,
    panels,
    percent_axis,
)
from creditscore.scorecard.reject._sensitivity import RejectSensitivity

_ROW_INCHES = 0.34
_LABEL_WIDTH = 52
_LEAST_SPAN = {
    "reject_bad_rate": 0.05,
    "auc_accepted": 0.02,
    "cutoff_score": 10.0,
    "grade_changed": 0.1,
}
"""Width of each axis below which differences would look larger than they are."""


@dataclass(kw_only=True, repr=False)
class RejectSensitivityDisplay:
    """What moves with the assumption on the rejected: a row a method, a panel a figure.

    Made by :meth:`from_sensitivity`. The line of each panel is the card of the accepted alone.

    Attributes
    ----------
    figures : DataFrame
        The rows of :meth:`RejectSensitivity.table`.
    target_bad_rate : float
        Bad rate at which the cut-off is taken.
    true_reject_bad_rate : float
        Bad rate of the rejected where it is known, else NaN.

    Examples
    --------
    >>> from creditscore.scorecard.reject import (
    ...     FuzzyAugmentation, RejectSensitivityDisplay, reject_sensitivity, simulate_applications
    ... )
    >>> seen = simulate_applications(2_000, random_state=0).without(["office_load"])
    >>> report = reject_sensitivity(seen, methods=[FuzzyAugmentation(odds_ratio=2.0)])
    >>> RejectSensitivityDisplay.from_sensitivity(report).plot().axes_[0].get_title(loc="left")
    'Bad rate of the rejected'
    """

    figures: pd.DataFrame
    target_bad_rate: float
    true_reject_bad_rate: float = math.nan

    @classmethod
    def from_sensitivity(cls, report: RejectSensitivity) -> Self:
        """Take the figures of a report."""
        owner = "RejectSensitivityDisplay.from_sensitivity"
        check_kind(report, "report", owner, RejectSensitivity)
        return cls(
            figures=report.table(),
            target_bad_rate=report.target_bad_rate,
            true_reject_bad_rate=report.true_reject_bad_rate,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.figures.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the panels; they are then in ``axes_``, and their figure in ``figure_``."""
        n = len(self.figures)
        self.figure_, axes = panels(
            ax, 1, 4, title="What follows from which assumption on the rejected",
            size=(12.5, 1.9 + _ROW_INCHES * n),
        )  # fmt: skip
        rate, area, cutoff, changed = axes
        self._draw(rate, "reject_bad_rate", title="Bad rate of the rejected")
        if not math.isnan(self.true_reject_bad_rate):
            rate.axvline(self.true_reject_bad_rate, color=BAD, linewidth=1.5, label="truth")
            _legend_below(rate)
        self._draw_areas(area)
        self._draw(
            cutoff, "cutoff_score", title=f"Cut-off for {100 * self.target_bad_rate:.3g}% bad"
        )
        self._draw(changed, "grade_changed", title="Grades that change")
        for one, column in zip(axes, _LEAST_SPAN, strict=True):
            _widen(one, _LEAST_SPAN[column])
        for one in (rate, changed):
            percent_axis(one.xaxis)
        names = [
            f"{method}  {assumption}" if assumption else method
            for method, assumption in zip(
                self.figures["method"], self.figures["assumption"], strict=True
            )
        ]
        for one in axes:
            one.set_ylim(n - 0.5, -0.5)
            one.set_yticks(range(n), [""] * n)
            one.tick_params(axis="y", length=0)
        rate.set_yticks(range(n), distinct(names, _LABEL_WIDTH), fontsize=8.5, parse_math=False)
        self.axes_ = tuple(axes)
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        n = len(self.figures) - 1
        return (
            f"<{type(self).__name__}: {n} method{'' if n == 1 else 's'} beside the accepted only; "
            "plot() draws them, frame() returns the numbers>"
        )

    def _draw(
        self, ax: Any, column: str, *, title: str, colour: str = INK, label: str = ""
    ) -> None:
        values = self.figures[column].to_numpy(dtype=np.float64)
        at = np.arange(len(values))
        drawn = np.isfinite(values)
        if drawn[0]:
            ax.axvline(values[0], color=MUTED, linewidth=1, linestyle="--", zorder=1)
            ax.hlines(at[drawn], values[0], values[drawn], color=colour, alpha=0.35, linewidth=2)
        ax.plot(values[drawn], at[drawn], "o", color=colour, markersize=6, label=label or None)
        for place in at[~drawn]:
            ax.annotate("none", (0.5, place), xycoords=ax.get_yaxis_transform(), color=INK,
                        fontsize=8, ha="center", va="center")  # fmt: skip
        clean_axes(ax, title=title, grid="x")

    def _draw_areas(self, ax: Any) -> None:
        known = self.figures["auc_all"].notna().any()
        self._draw(ax, "auc_accepted", title="AUC", colour=GOOD, label="on the accepted")
        if known:
            self._draw(ax, "auc_all", title="AUC", colour=BAD, label="on all, by the truth")
        _legend_below(ax)


def _widen(ax: Any, least: float) -> None:
    """Leave room beside the marks, and show no difference larger than it is."""
    low, high = ax.get_xlim()
    room = max(0.06 * (high - low), 0.5 * (least - (high - low)))
    ax.set_xlim(low - room, high + room)
    ax.locator_params(axis="x", nbins=4)


def _legend_below(ax: Any) -> None:
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(0, 0), borderaxespad=2.8)
