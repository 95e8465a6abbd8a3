"""Moves between buckets as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import BAD, GOOD, MUTED, clean_axes, new_axes, percent_axis
from creditscore.organise._outcome._roll_rate import RollRates

_COLOURS = {"better": GOOD, "same": MUTED, "worse": BAD}


@dataclass(kw_only=True, repr=False)
class RollRateDisplay:
    """A bar a bucket: which share got better, stayed and got worse.

    Made by :meth:`from_rolls`.

    Attributes
    ----------
    rolls : RollRates
        What is drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import RollRateDisplay, roll_rates
    >>> months = pd.DataFrame({
    ...     "customer": ["A", "A"], "month": ["2024-01-31", "2024-02-29"], "dpd": [35, 0],
    ... })
    >>> RollRateDisplay.from_rolls(roll_rates(months)).plot().ax_.get_xlabel()
    'share of the bucket'
    """

    rolls: RollRates

    @classmethod
    def from_rolls(cls, rolls: RollRates) -> Self:
        """Take the moves of :func:`roll_rates` or :func:`worst_roll_rates`."""
        return cls(rolls=rolls)

    def frame(self) -> pd.DataFrame:
        """Return a row a bucket: n, better, same, worse."""
        return self.rolls.directions()

    def plot(self, ax: Any = None) -> Self:
        """Draw the bars; the axes are then in ``ax_``."""
        table = self.frame()
        ax = new_axes(ax, size=(7.0, 1.2 + 0.5 * len(table)))
        start = np.zeros(len(table))
        for name, colour in _COLOURS.items():
            share = table[name].fillna(0.0).to_numpy()
            bars = ax.barh(range(len(table)), share, left=start, color=colour, label=name)
            words = [f"{part:.0%}" if part >= 0.06 else "" for part in share]
            ax.bar_label(bars, words, label_type="center", color="white", fontsize=8)
            start = start + share
        ax.set_yticks(range(len(table)), [f"{b}  ({n:,})" for b, n in table["n"].items()])
        ax.invert_yaxis()
        ax.set_xlim(0, 1)
        ax.set_xlabel("share of the bucket")
        ax.set_ylabel("days past due (moves)")
        percent_axis(ax.xaxis)
        clean_axes(ax, title=f"Moves, {self.rolls.what}", grid="x")
        ax.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.14))
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        return f"RollRateDisplay({self.rolls!r})"
