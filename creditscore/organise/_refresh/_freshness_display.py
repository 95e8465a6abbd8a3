"""How fresh the files are, as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import BAD, GOOD, MUTED, clean_axes, new_axes, percent_axis
from creditscore.organise._refresh._freshness import STATES, Freshness

_COLOURS = {"fresh": GOOD, "due soon": "#8fc1d4", "stale": BAD, "missing": MUTED}


@dataclass(kw_only=True, repr=False)
class FreshnessDisplay:
    """A bar a group of items: which share is fresh, due soon, stale and missing.

    Made by :meth:`from_freshness`.

    Attributes
    ----------
    facts : Freshness
        What is drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import FreshnessDisplay, freshness
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A"], "item": ["revenue"], "value": [5.0], "true_from": ["2023-12-31"],
    ...     "source": ["public_filing"], "method": ["data_analysis"],
    ...     "collected_at": ["2024-04-30"],
    ... }))
    >>> facts = freshness(observations, as_of="2024-06-30", customers={"A": "enterprise"})
    >>> FreshnessDisplay.from_freshness(facts).plot().ax_.get_xlabel()
    'share of weight'
    """

    facts: Freshness

    @classmethod
    def from_freshness(cls, facts: Freshness) -> Self:
        """Take the result of :func:`freshness`."""
        return cls(facts=facts)

    def frame(self) -> pd.DataFrame:
        """Return a row a group, a column a state: share of the group's weight."""
        table = self.facts.table
        wide = table.pivot_table(
            index="group", columns="state", values="weight", aggfunc="sum", observed=False,
            fill_value=0.0, sort=False,
        )  # fmt: skip
        wide = wide.reindex(columns=list(STATES), fill_value=0.0)
        return wide.div(wide.sum(axis=1), axis=0).rename_axis(columns=None)

    def plot(self, ax: Any = None) -> Self:
        """Draw the bars; the axes are then in ``ax_``."""
        shares = self.frame()
        ax = new_axes(ax, size=(7.0, 1.4 + 0.5 * len(shares)))
        start = np.zeros(len(shares))
        for state in STATES:
            part = shares[state].to_numpy()
            bars = ax.barh(range(len(shares)), part, left=start, color=_COLOURS[state], label=state)
            words = [f"{share:.0%}" if share >= 0.06 else "" for share in part]
            ax.bar_label(bars, words, label_type="center", color="white", fontsize=8)
            start = start + part
        ax.set_yticks(range(len(shares)), list(shares.index))
        ax.invert_yaxis()
        ax.set_xlim(0, 1)
        ax.set_xlabel("share of weight")
        percent_axis(ax.xaxis)
        clean_axes(ax, title=f"Freshness of the files on {self.facts.as_of}", grid="x")
        ax.legend(frameon=False, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.18))
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        return f"FreshnessDisplay({self.facts!r})"
