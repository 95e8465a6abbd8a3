"""Customers by recency and by the mean of frequency and amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import INK, clean_axes, counted, new_axes, wrap
from creditscore.segment._heat import draw_cells, finish
from creditscore.segment._rfm._rfm import RfmScores


@dataclass(kw_only=True, repr=False)
class RfmDisplay:
    """Customers by scores, with the name of the segment; shaded by their share.

    Made by :meth:`from_scores`.

    Attributes
    ----------
    cells : DataFrame
        A row a combination of scores: r, fm, segment, count.
    n_without : int
        Customers without a purchase, who are in no cell.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import RFM, RfmDisplay, rfm_facts
    >>> ledger = pd.DataFrame({
    ...     "customer": ["X"], "amount": [900], "date": pd.to_datetime(["2024-06-20"]),
    ... })
    >>> rfm = RFM(recency_cuts=(30, 60, 90, 180), frequency_cuts=(1, 2, 4, 8),
    ...           monetary_cuts=(100, 500, 1_000, 2_000))
    >>> RfmDisplay.from_scores(rfm.score(rfm_facts(ledger, "2024-06-30")))
    RfmDisplay(1 customer, 0 without a purchase)
    """

    cells: pd.DataFrame
    n_without: int

    @classmethod
    def from_scores(cls, scores: RfmScores) -> Self:
        """Count the customers of each combination.

        Parameters
        ----------
        scores : RfmScores
            Of :meth:`RFM.score`.
        """
        check_kind(scores, "scores", "RfmDisplay", RfmScores)
        found = scores.frame()
        held = found[found["rfm"] != ""]
        count = held.groupby(["r", "fm"]).size()
        cells = scores.rfm.to_frame().sort_values(["r", "fm"], ignore_index=True)
        cells["count"] = [
            int(count.get((r, fm), 0)) for r, fm in zip(cells["r"], cells["fm"], strict=True)
        ]
        return cls(cells=cells, n_without=len(found) - len(held))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.cells.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the cells; the axes are then in ``ax_``.

        Parameters
        ----------
        ax : Axes, optional
            A new figure without.
        """
        count = self.cells["count"].to_numpy().reshape(5, 5)[::-1]
        names = self.cells["segment"].to_numpy().reshape(5, 5)[::-1]
        texts = np.array(
            [[f"{wrap(str(name), 16)}\n{n:,}" for name, n in zip(*row, strict=True)]
             for row in zip(names, count, strict=True)], dtype=object,
        )  # fmt: skip
        ax = new_axes(ax, size=(6.8, 4.6))
        scores = [str(score) for score in range(1, 6)]
        draw_cells(ax, count / max(1, count.max()), texts, rows=scores[::-1], columns=scores,
                   size=8)  # fmt: skip
        clean_axes(ax, title="Customers by recency, and by frequency and amount")
        finish(ax)
        rest = f"; {counted(self.n_without, 'customer')} without a purchase not shown"
        ax.set_xlabel(f"mean score of frequency and amount{rest if self.n_without else ''}",
                      color=INK, fontsize=9)  # fmt: skip
        ax.set_ylabel("score of recency", color=INK, fontsize=9)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        n = int(self.cells["count"].sum())
        return f"RfmDisplay({counted(n, 'customer')}, {self.n_without:,} without a purchase)"
