"""Default rates of the years and their long-run average."""

from __future__ import annotations

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
    counted,
    name_times,
    new_axes,
    percent_axis,
)
from creditscore._typing import Bool1D
from creditscore.calibrate._level._long_run import LongRunAverage


@dataclass(kw_only=True, repr=False)
class LongRunDisplay:
    """Default rate of each year with its interval, the average with its own, and bad years.

    Made by :meth:`from_average`. The arms of a year are Jeffreys' interval of that year by
    itself; the band is the interval of the average. Adjustments are drawn as a second line.

    Attributes
    ----------
    average : LongRunAverage
        The history.

    Examples
    --------
    >>> from creditscore.calibrate import LongRunDisplay, long_run_average
    >>> history = long_run_average([900, 950, 1000], [9, 12, 31], years=[2021, 2022, 2023])
    >>> display = LongRunDisplay.from_average(history)
    >>> display
    LongRunDisplay(3 years, average 1.79%)
    >>> display.plot().ax_.get_ylabel()
    'default rate'
    """

    average: LongRunAverage

    @classmethod
    def from_average(cls, average: LongRunAverage) -> Self:
        """Take a long-run average.

        Parameters
        ----------
        average : LongRunAverage
            As :func:`long_run_average` makes it.

        Returns
        -------
        LongRunDisplay

        Raises
        ------
        InvalidParameterError
            Something else.
        """
        check_kind(average, "average", f"{cls.__name__}.from_average", LongRunAverage)
        return cls(average=average)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.average.table()

    def plot(self, ax: Any = None) -> Self:
        """Draw years and average; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        history, table = self.average, self.frame()
        n = len(table)
        half = max(n, 4) / 2 + 0.1
        ax.set_xlim((n - 1) / 2 - half, (n - 1) / 2 + half)
        level = f"{100 * history.level:g}% interval"
        if not np.isnan(history.lower):
            ax.axhspan(history.lower, history.upper, color=GOOD, alpha=0.12, linewidth=0,
                       label=f"{level} of the average")  # fmt: skip
        ax.axhline(history.average, color=GOOD, linewidth=1.8,
                   label=f"average {history.average:.2%}")  # fmt: skip
        if history.adjustments:
            ax.axhline(history.central_tendency, color=INK, linestyle="--", linewidth=1.3,
                       label=f"adjusted {history.central_tendency:.2%}")  # fmt: skip
        bad = table["bad_year"].fillna(value=False).to_numpy(dtype=bool)
        for rows, colour, name in (
            (~bad, MUTED, f"year, {level}"),
            (bad, BAD, f"bad year, {level}"),
        ):
            self._draw_years(ax, table, rows, colour, name)
        self._scale(ax, table)
        name_times(ax, list(history.years))
        ax.set_ylabel("default rate", color=INK)
        ax.legend(frameon=False, loc="upper left", ncols=2, fontsize=9, columnspacing=1.2)
        clean_axes(ax, title="Default rates of the years and their average")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; :meth:`frame` has the numbers."""
        years = counted(len(self.average.years), "year")
        return f"{type(self).__name__}({years}, average {self.average.average:.2%})"

    def _draw_years(
        self, ax: Any, table: pd.DataFrame, rows: Bool1D, colour: str, name: str
    ) -> None:
        if not rows.any():
            return
        at, some = np.flatnonzero(rows), table[rows]
        observed = some["observed"]
        # as lists, because matplotlib 3.9 stumbles over arrays of one
        arms = [
            (observed - some["observed_lower"]).tolist(),
            (some["observed_upper"] - observed).tolist(),
        ]
        ax.errorbar(at, observed, yerr=arms, fmt="o", color=colour, markersize=5, capsize=3,
                    linewidth=1.3, clip_on=False, zorder=3, label=name)  # fmt: skip

    def _scale(self, ax: Any, table: pd.DataFrame) -> None:
        from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - matplotlib loads when drawn

        tops = [*table["observed_upper"], self.average.upper, self.average.central_tendency]
        top = float(np.nanmax(tops))
        # room above for the legend
        ax.set_ylim(0, min(1.3, top * 1.3))
        ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0, top)
        ax.set_yticks([tick for tick in ticks if 0 <= tick <= min(1.0, top * 1.2)])
        percent_axis(ax.yaxis)
