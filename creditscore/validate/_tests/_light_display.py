"""Traffic lights over years, or of grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import INK, clean_axes, counted, name_ticks, new_axes, percent_axis
from creditscore.exceptions import InvalidDataError
from creditscore.validate._tests._oenb_traffic_light import LIGHTS, OenbTrafficLights
from creditscore.validate._tests._p_text import p_equals
from creditscore.validate._tests._traffic_light import COLOURS, TrafficLightTest

_PAINT = {"green": "#8cc5b3", "yellow": "#f5df9a", "orange": "#eeb072", "red": "#cf6a55"}
"""Told apart by their lightness as well, and by the letters in the picture."""


@dataclass(kw_only=True, repr=False)
class TrafficLightDisplay:
    """Default rates over years, or of grades, before the zones of their colours.

    Made by :meth:`from_lights`. Each mark has the letter of its colour, so that the picture can be
    read without telling colours apart.

    Attributes
    ----------
    periods : DataFrame
        A row a year: period, prob_default, default_rate, colour, and the rates at which the other
        colours begin: from_yellow, from_orange (where there is one), from_red.
    caption : str, default=""
        What the lights say together.

    See Also
    --------
    traffic_light_test, oenb_traffic_light : Make the lights.

    Examples
    --------
    >>> from creditscore.validate import TrafficLightDisplay, traffic_light_test
    >>> found = traffic_light_test([10, 14, 8, 16, 11], 1000, 0.01)
    >>> display = TrafficLightDisplay.from_lights(found, periods=range(2019, 2024))
    >>> display
    TrafficLightDisplay(5 periods: 2 green, 1 yellow, 1 orange, 1 red)
    >>> display.frame()[["period", "default_rate", "colour"]].head(2)
      period  default_rate  colour
    0   2019         0.010   green
    1   2020         0.014  orange
    """

    periods: pd.DataFrame
    caption: str = ""

    @classmethod
    def from_lights(
        cls, lights: TrafficLightTest | OenbTrafficLights, *, periods: Any = None
    ) -> Self:
        """Take the lights of a test.

        Parameters
        ----------
        lights : TrafficLightTest or OenbTrafficLights
            From :func:`traffic_light_test` or :func:`oenb_traffic_light`.
        periods : array-like of shape (n_periods,), optional
            Names of the years or grades; numbers from 1 without them.

        Returns
        -------
        TrafficLightDisplay

        Raises
        ------
        InvalidDataError
            Other than one name a period.
        """
        n = len(lights.colours)
        names = list(range(1, n + 1)) if periods is None else list(periods)
        if len(names) != n:
            msg = f"periods must name each of the {n} periods. Got {len(names)} names."
            raise InvalidDataError(msg)
        colours = COLOURS if isinstance(lights, TrafficLightTest) else LIGHTS
        table = pd.DataFrame(
            {
                "period": [str(name) for name in names],
                "prob_default": lights.prob_default,
                "default_rate": lights.default_rate,
                "colour": lights.colours,
            }
        )
        for place, colour in enumerate(colours[1:]):
            table[f"from_{colour}"] = lights.limits[:, place]
        caption = ""
        if isinstance(lights, TrafficLightTest):
            caption = f"statistic {lights.statistic}, {p_equals(lights.p_value)}"
        return cls(periods=table, caption=caption)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.periods.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the periods; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(7.0, 4.2))
        table, colours = self.periods, self._colours()
        x = np.arange(len(table))
        limits = table[[f"from_{colour}" for colour in colours[1:]]].to_numpy()
        top = 1.15 * float(max(limits.max(), table["default_rate"].max()))
        ends = np.column_stack([np.zeros(len(x)), np.clip(limits, 0, top), np.full(len(x), top)])
        for zone, colour in enumerate(colours):
            ax.bar(x, ends[:, zone + 1] - ends[:, zone], bottom=ends[:, zone], width=0.94,
                   color=_PAINT[colour], linewidth=0, label=colour)  # fmt: skip
        ax.hlines(table["prob_default"], x - 0.47, x + 0.47, color=INK, linewidth=1.2,
                  linestyle=":", label="probability of default")  # fmt: skip
        ax.plot(x, table["default_rate"], "o", markeredgecolor=INK, markerfacecolor="white",
                markersize=13, label="default rate", clip_on=False, zorder=3)  # fmt: skip
        for place, rate, colour in zip(x, table["default_rate"], table["colour"], strict=True):
            ax.text(place, rate, colour[0].upper(), ha="center", va="center_baseline", color=INK,
                    fontsize=8.5, fontweight="bold", zorder=4)  # fmt: skip
        ax.set(xlim=(-0.6, len(x) - 0.4), ylim=(0, top))
        name_ticks(ax, x.tolist(), table["period"].tolist())
        percent_axis(ax.yaxis)
        ax.set_ylabel("default rate", color=INK)
        # the zones from the top down, as they stand in the picture
        handles, labels = ax.get_legend_handles_labels()
        ax.legend(handles[::-1], labels[::-1], frameon=False, fontsize=9, loc="center left",
                  bbox_to_anchor=(1.0, 0.5))  # fmt: skip
        clean_axes(ax, title=f"Traffic lights: {self.caption}".rstrip(": "), grid="x")
        ax.grid(visible=False)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how many there are of each colour; :meth:`frame` has them."""
        counts = self.periods["colour"].value_counts()
        listed = ", ".join(f"{int(counts.get(colour, 0))} {colour}" for colour in self._colours())
        return f"{type(self).__name__}({counted(len(self.periods), 'period')}: {listed})"

    def _colours(self) -> tuple[str, ...]:
        return COLOURS if "from_orange" in self.periods else LIGHTS
