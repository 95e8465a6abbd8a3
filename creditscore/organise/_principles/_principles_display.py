"""Four principles as a picture: how the customers' numbers are spread, and the number of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, panels, percent_axis
from creditscore.organise._principles._finding import PRINCIPLES
from creditscore.organise._principles._principles_report import PrinciplesReport

_EDGES = np.linspace(0, 1, 11)


@dataclass(kw_only=True, repr=False)
class PrinciplesDisplay:
    """A panel a principle: customers by their number, and a line at the number of all.

    Made by :meth:`from_report`.

    Attributes
    ----------
    report : PrinciplesReport
        What is drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import PrinciplesDisplay, freshness, principles_report
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A"], "item": ["revenue"], "value": [5.0], "true_from": ["2023-12-31"],
    ...     "source": ["public_filing"], "method": ["data_analysis"],
    ...     "collected_at": ["2024-04-30"],
    ... }))
    >>> facts = freshness(observations, as_of="2024-06-30", customers={"A": "enterprise"})
    >>> len(PrinciplesDisplay.from_report(principles_report(facts)).plot().axes_)
    4
    """

    report: PrinciplesReport

    @classmethod
    def from_report(cls, report: PrinciplesReport) -> Self:
        """Take the result of :func:`principles_report`."""
        check_kind(report, "report", "PrinciplesDisplay.from_report", PrinciplesReport)
        return cls(report=report)

    def frame(self) -> pd.DataFrame:
        """Return a row a principle and tenth: low, high and n (customers); number of the whole."""
        rows = []
        for name in PRINCIPLES:
            counts, _ = np.histogram(self.report.customers[name].dropna(), bins=_EDGES)
            number = self.report.overall.loc[name, "number"]
            rows += [
                (name, low, high, int(n), number)
                for low, high, n in zip(_EDGES[:-1], _EDGES[1:], counts, strict=True)
            ]
        return pd.DataFrame(rows, columns=["principle", "low", "high", "n", "number"])

    def plot(self, ax: Any = None) -> Self:
        """Draw the four panels; they are then in ``axes_``, and the first in ``ax_``."""
        title = f"Four principles of the credit files, {self.report.as_of}"
        _, axes = panels(ax, 2, 2, title=title, size=(9.0, 5.4))
        table = self.frame()
        for panel, name in zip(axes, PRINCIPLES, strict=True):
            self._draw(panel, name, table[(table["principle"] == name).to_numpy()])
        self.axes_ = axes
        self.ax_ = axes[0]
        return self

    def _draw(self, ax: Any, name: str, rows: pd.DataFrame) -> None:
        number = float(rows["number"].iloc[0])
        said = "not known" if np.isnan(number) else f"{number:.0%}"
        most = int(rows["n"].max())
        ax.bar(rows["low"], rows["n"], width=0.094, align="edge", color=GOOD)
        if not most:
            ax.text(0.5, 0.5, "no numbers by customer", transform=ax.transAxes, ha="center",
                    va="center", color=MUTED, fontsize=9)  # fmt: skip
            ax.set_yticks([])
        if not np.isnan(number):
            ax.axvline(number, color=BAD, linewidth=1.6)
        ax.set_xlim(-0.01, 1.01)
        ax.set_ylim(0, 1.08 * max(most, 1))
        percent_axis(ax.xaxis)
        clean_axes(ax, title=f"{name}: {said}")
        ax.set_ylabel("customers", color=INK, fontsize=9)

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        return f"PrinciplesDisplay({self.report!r})"
