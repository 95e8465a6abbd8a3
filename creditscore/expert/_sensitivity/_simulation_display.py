"""Scores under drawn weights: how far they spread, and over which grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import GOOD, INK, MUTED, clean_axes, distinct, new_axes
from creditscore._validation import check_integer
from creditscore.expert._display._legend_below import legend_below
from creditscore.expert._sensitivity._weight_simulation import WeightSimulation

_LEAST_ROW = 8.0
"""Points that a row needs to say its shares."""


@dataclass(kw_only=True)
class SimulationDisplay:
    """Spread of the scores under drawn weights, the highest score on top.

    Made by :meth:`from_simulation`.

    Attributes
    ----------
    customers : DataFrame
        As :meth:`WeightSimulation.table` returns it, with a column median, the highest score
        first.
    n_all : int
        Customers of the simulation, of whom those with the highest scores may be shown alone.
    bounds : tuple of float
        Between the grades, on the score.
    labels : tuple of str
        Grades, the safest first.
    method : str
        How the weights were drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import SimulationDisplay, WeightSensitivity, Weights
    >>> subscores = pd.DataFrame({"financial": [90, 60], "management": [50, 70]})
    >>> weights = Weights.of({"financial": 60, "management": 40})
    >>> simulation = WeightSensitivity.of(subscores, weights).simulate(n_draws=500)
    >>> SimulationDisplay.from_simulation(simulation)
    <SimulationDisplay: 2 of 2 customers; plot() draws their scores, frame() returns them>
    """

    customers: pd.DataFrame
    n_all: int
    bounds: tuple[float, ...]
    labels: tuple[str, ...]
    method: str

    @classmethod
    def from_simulation(cls, simulation: WeightSimulation, *, n_customers: int = 30) -> Self:
        """Take the customers with the highest scores.

        Parameters
        ----------
        simulation : WeightSimulation
            Scores under drawn weights.
        n_customers : int, default=30
            How many are shown at most, 1 or more.

        Raises
        ------
        InvalidParameterError
            A number outside its range.
        """
        check_kind(simulation, "simulation", cls.__name__, WeightSimulation)
        check_integer(n_customers, "n_customers", f"{cls.__name__}.from_simulation", low=1)
        table = simulation.table()
        table.insert(5, "median", simulation.quantiles[:, 1])
        order = np.argsort(-simulation.scores, kind="stable")[:n_customers]
        return cls(
            customers=table.iloc[order].reset_index(drop=True),
            n_all=len(table),
            bounds=simulation.bounds,
            labels=simulation.labels,
            method=simulation.method,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.customers.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the spread of each score; the axes are then in ``ax_``."""
        table, n = self.customers, len(self.customers)
        ax = new_axes(ax, size=(8.0, 1.5 + 0.32 * n))
        places = np.arange(n)
        ax.set_ylim(n - 0.4, -0.6)
        row = float(ax.get_window_extent().height) * 72 / ax.figure.dpi / (n + 0.2)
        thick = min(5.0, 0.5 * row)
        ax.hlines(places, table["low"], table["high"], color=GOOD, alpha=0.55, linewidth=thick,
                  label="5 % to 95 % of the draws")  # fmt: skip
        ax.scatter(table["median"], places, marker="|", s=(1.6 * thick) ** 2, color=GOOD,
                   linewidths=1.8, zorder=3, label="median of the draws")  # fmt: skip
        ax.scatter(table["score"], places, marker="d", s=(0.9 * thick) ** 2, color=INK, zorder=4,
                   linewidths=0, label="score as it is")  # fmt: skip
        ax.margins(x=0.04)
        size = min(9.0, max(5.0, 0.7 * row))
        # each n-th row is named where rows are closer than letters
        step = max(1, int(np.ceil(1.1 * size / row)))
        names = distinct([str(name) for name in table["customer"]], 32)
        ax.set_yticks(places[::step], names[::step], parse_math=False)
        if row >= _LEAST_ROW:
            self._say_shares(ax, min(7.5, size))
        shown = "" if n == self.n_all else f", the {n} highest of {self.n_all:,}"
        title = f"Scores under drawn weights{shown}"
        clean_axes(ax, title=title, grid="x")
        ax.tick_params(axis="y", length=0, labelsize=size)
        if self.bounds:
            self._draw_bounds(ax)
            # a title further up, above the names of the grades
            ax.set_title(title, loc="left", color=INK, fontsize=11, fontweight="bold", pad=16)
        ax.set_xlabel(f"score ({self.method})", color=INK)
        legend_below(ax, columns=3)
        self.ax_ = ax
        return self

    def _say_shares(self, ax: Any, size: float) -> None:
        """Write beside each row how often the customer keeps its grade, or is first."""
        column = "share_same_grade" if self.labels else "share_first"
        for place, row in self.customers.iterrows():
            share = f"{100 * row[column]:.3g} %"
            said = f"{row['grade']} in {share}" if self.labels else f"first in {share}"
            ax.text(1.015, place, said, transform=ax.get_yaxis_transform(), va="center",
                    fontsize=size, color=INK, parse_math=False)  # fmt: skip

    def _draw_bounds(self, ax: Any) -> None:
        """Draw the bounds that lie in the picture, and name the grades between them."""
        low, high = ax.get_xlim()
        ends = [high, *(b for b in self.bounds if low < b < high), low]
        first = sum(b >= high for b in self.bounds)
        for bound in ends[1:-1]:
            ax.axvline(bound, color=MUTED, linewidth=1.0, linestyle="--", zorder=0)
        for i, label in enumerate(self.labels[first : first + len(ends) - 1]):
            middle = (ends[i] + ends[i + 1]) / 2
            # narrow grades have no room for a name
            if (ends[i] - ends[i + 1]) / (high - low) >= 0.035:
                ax.text(middle, 1.0, label, transform=ax.get_xaxis_transform(), ha="center",
                        va="bottom", fontsize=8, color=MUTED, fontweight="bold",
                        parse_math=False)  # fmt: skip
        ax.set_xlim(low, high)

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<SimulationDisplay: {len(self.customers):,} of {self.n_all:,} customers; plot() "
            "draws their scores, frame() returns them>"
        )
