"""Vintage curves as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._display import BAD, INK, clean_axes, new_axes, percent_axis
from creditscore.organise._outcome._vintage import VintageCurves


@dataclass(kw_only=True, repr=False)
class VintageDisplay:
    """Bad rate of each vintage by month on book, older ones lighter, all together in black.

    Made by :meth:`from_curves`.

    Attributes
    ----------
    curves : VintageCurves
        What is drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import VintageDisplay, vintage_curves
    >>> months = pd.DataFrame({
    ...     "customer": ["A"] * 2, "month": ["2024-01-31", "2024-02-29"], "dpd": [0, 90],
    ... })
    >>> opened = pd.DataFrame({"customer": ["A"], "opened_on": ["2024-01-05"]})
    >>> VintageDisplay.from_curves(vintage_curves(months, opened)).plot().ax_.get_xlabel()
    'months on book'
    """

    curves: VintageCurves

    @classmethod
    def from_curves(cls, curves: VintageCurves) -> Self:
        """Take curves of :func:`vintage_curves`."""
        return cls(curves=curves)

    def frame(self) -> pd.DataFrame:
        """Return a row a vintage and month on book: vintage, mob, n_opened, bad_rate."""
        return self.curves.frame()

    def plot(self, ax: Any = None) -> Self:
        """Draw the curves; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(7.0, 4.4))
        n = len(self.curves.rates)
        for place, (name, line) in enumerate(self.curves.rates.iterrows()):
            known = line.dropna()
            shade = 0.25 + 0.65 * (place + 1) / n
            ax.plot(known.index, known, color=BAD, alpha=shade, linewidth=1.4)
            if len(known) and place in (0, n - 1):
                ends = known.index[-1], known.iloc[-1]
                ax.annotate(str(name), ends, xytext=(4, 0), textcoords="offset points",
                            va="center", fontsize=8, color=INK)  # fmt: skip
        pooled = self.curves.pooled
        ax.plot(pooled.index, pooled, color=INK, linewidth=2.2, label="all vintages")
        ax.set_xlabel("months on book")
        ax.set_ylabel(f"share that reached {self.curves.bad_dpd} days past due")
        ax.set_ylim(bottom=0)
        ax.margins(x=0.08)
        percent_axis(ax.yaxis)
        clean_axes(ax, title="Bad rate by vintage")
        ax.legend(frameon=False, loc="upper left")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        return f"VintageDisplay({self.curves!r})"
