"""A back-test in two pictures: weights that data would change, and default rates by score."""

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
    distinct,
    name_ticks,
    panels,
    percent_axis,
)
from creditscore.expert._backtest._backtest import ExpertBacktest

_WIDEST = 6.0
"""Ratio, up or down, beyond which an interval is cut off, so that the others can be read."""


@dataclass(kw_only=True)
class BacktestDisplay:
    """Weights of a card against those of the data, and bad rates by band of the score.

    Made by :meth:`from_backtest`.

    Attributes
    ----------
    characteristics : DataFrame
        As :meth:`ExpertBacktest.table` has it.
    bands : DataFrame
        As :meth:`ExpertBacktest.bands` has it.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.expert import BacktestDisplay, backtest_expert
    >>> from creditscore.scorecard import Characteristic
    >>> german = load_german_credit()
    >>> card = Scorecard(characteristics=(
    ...     Characteristic.numeric(
    ...         "duration_months", cuts=[12, 24], points=[40, 20, 0], missing_points=0,
    ...     ),
    ...     Characteristic.numeric(
    ...         "age_years", cuts=[25, 35], points=[0, 30, 60], missing_points=0,
    ...     ),
    ... ))
    >>> found = backtest_expert(card, german, german["is_bad"])
    >>> display = BacktestDisplay.from_backtest(found)
    >>> display.frame()[["characteristic", "weight_ratio", "ratio_lower", "ratio_upper"]].round(2)
        characteristic  weight_ratio  ratio_lower  ratio_upper
    0  duration_months          1.46         1.11         1.81
    1        age_years          0.69         0.46         0.93
    """

    characteristics: pd.DataFrame
    bands: pd.DataFrame

    @classmethod
    def from_backtest(cls, backtest: ExpertBacktest) -> Self:
        """Take the tables of a back-test.

        Parameters
        ----------
        backtest : ExpertBacktest
            By :func:`backtest_expert`.

        Returns
        -------
        BacktestDisplay
        """
        check_kind(backtest, "backtest", "BacktestDisplay.from_backtest", ExpertBacktest)
        return cls(characteristics=backtest.table(), bands=backtest.bands())

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture of the weights; `bands` holds the others."""
        return self.characteristics.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw both pictures, one above the other; the axes of the first are then in ``ax_``."""
        n = len(self.characteristics)
        heights = (max(1.2, 0.32 * n), 2.6)
        size = (7.6, 2.0 + sum(heights))
        title = "Back-test of the card"
        figure, axes = panels(ax, 2, 1, title=title, size=size, heights=heights)
        self._plot_weights(axes[0])
        self._plot_bands(axes[1])
        self.figure_, self.ax_ = figure, axes[0]
        return self

    def _plot_weights(self, ax: Any) -> None:
        table = self.characteristics.iloc[::-1]
        ratio = table["weight_ratio"].to_numpy()
        lower, upper = table["ratio_lower"].to_numpy(), table["ratio_upper"].to_numpy()
        against = (table["verdict"] != "").to_numpy()
        ax.axvline(1.0, color=MUTED, linewidth=1.2)
        for place in range(len(table)):
            colour = BAD if against[place] else GOOD
            if np.isnan(ratio[place]):
                ax.text(1.0, place, "  no weight follows", color=MUTED, fontsize=8, va="center")
                continue
            ends = np.clip([lower[place], upper[place]], -_WIDEST, _WIDEST)
            ax.plot(ends, [place, place], color=colour, linewidth=2)
            if abs(ratio[place]) <= _WIDEST:
                ax.plot(ratio[place], place, "o", color=colour, markersize=6)
        names = distinct([str(name) for name in table["characteristic"]], 30)
        ax.set_yticks(range(len(table)), names, parse_math=False)
        ax.set_ylim(-0.7, len(table) - 0.3)
        if np.isnan(ratio).all():
            ax.set_xlim(0, 2)
        ax.set_xlabel("weight by the data over weight of the card", color=INK)
        clean_axes(ax, title="Weights (1: as judged; red: a verdict against it)", grid="x")

    def _plot_bands(self, ax: Any) -> None:
        bands = self.bands.iloc[::-1].reset_index(drop=True)
        rate, x = bands["bad_rate"].to_numpy(), np.arange(len(bands))
        reach = [rate - bands["bad_rate_lower"], bands["bad_rate_upper"] - rate]
        errors = np.maximum(np.array(reach), 0.0)
        ax.errorbar(x, rate, errors, fmt="o", color=BAD, capsize=3, markersize=5, label="bad rate")
        if bands["predicted"].notna().any():
            ax.plot(x, bands["predicted"], "_", color=INK, markersize=18, markeredgewidth=1.8,
                    label="by the scale of the card")  # fmt: skip
            ax.legend(frameon=False, fontsize=8)
        ax.set_xlim(-0.6, len(bands) - 0.4)
        ax.set_ylim(bottom=0)
        percent_axis(ax.yaxis)
        ax.set_xlabel("band of the score, the riskiest on the left", color=INK)
        clean_axes(ax, title="Bad rate by band of the score")
        pairs = zip(bands["score_lower"], bands["score_upper"], strict=True)
        name_ticks(ax, x.tolist(), [_reach(low, high) for low, high in pairs], size=8)

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<{type(self).__name__}: weights of {counted(len(self.characteristics), 'column')} "
            f"and {counted(len(self.bands), 'band')} of the score; plot() draws them, frame() "
            "returns the numbers>"
        )


def _reach(low: float, high: float) -> str:
    """Write the scores of a band, or the one that it has."""
    ends = list(dict.fromkeys((f"{low:.4g}", f"{high:.4g}")))
    return " to ".join(ends)
