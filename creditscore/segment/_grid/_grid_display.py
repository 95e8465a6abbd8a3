"""The grid of value, potential and risk, with how many customers are where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import INK, clean_axes, counted, panels, wrap
from creditscore.segment._grid._classified import ClassifiedCustomers
from creditscore.segment._heat import amount_text, draw_cells, finish
from creditscore.segment._reading import UNKNOWN


@dataclass(kw_only=True, repr=False)
class GridDisplay:
    """Customers by value and potential, a panel a band of risk: class, number, exposure.

    Made by :meth:`from_classified`. Cells are shaded by their share of the customers.

    Attributes
    ----------
    cells : DataFrame
        As :meth:`ClassifiedCustomers.counts` has it.

    Examples
    --------
    >>> from creditscore.segment import Bands, CustomerGrid, GridDisplay, RiskBands
    >>> grid = CustomerGrid.standard(
    ...     value=Bands(bounds=(10_000, 50_000)),
    ...     potential=Bands(bounds=(20_000, 100_000)),
    ...     risk=RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"}),
    ... )
    >>> found = grid.classify([80_000, 5_000, 1_000], [0, 0, 400_000], ["A", "B", "D"])
    >>> GridDisplay.from_classified(found)
    GridDisplay(36 cells, 3 customers, 0 of them with a missing fact)
    """

    cells: pd.DataFrame

    @classmethod
    def from_classified(cls, classified: ClassifiedCustomers, *, exposure: Any = None) -> Self:
        """Count the customers of each cell.

        Parameters
        ----------
        classified : ClassifiedCustomers
            Of :meth:`CustomerGrid.classify`.
        exposure : array-like of shape (n_customers,), optional
            Amount outstanding of each customer, to add up.

        Raises
        ------
        InvalidParameterError
            No classified customers. InvalidDataError: exposure of others, missing or negative.
        """
        check_kind(classified, "classified", "GridDisplay", ClassifiedCustomers)
        return cls(cells=classified.counts(exposure))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.cells.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a panel a band of risk; their axes are then in ``axes_``, and the first in ``ax_``.

        Parameters
        ----------
        ax : Axes, optional
            Of a subplot, which is divided; a new figure without.
        """
        whole = self._whole
        risks, values, potentials = (
            list(dict.fromkeys(whole[name])) for name in ("risk", "value", "potential")
        )
        size = (1.0 + len(risks) * (0.5 + 0.95 * len(potentials)), 1.5 + 0.72 * len(values))
        n_unknown = int(self.cells["count"].sum() - whole["count"].sum())
        rest = f"; {counted(n_unknown, 'customer')} with a missing fact not shown"
        title = f"Customers by value, potential and risk{rest if n_unknown else ''}"
        _, axes = panels(ax, 1, len(risks), title=title, size=size)
        top = max(1, int(whole["count"].max()))
        for place, (panel, risk) in enumerate(zip(axes, risks, strict=True)):
            rows = whole[whole["risk"] == risk]
            # the highest value is on top
            table = rows.set_index(["value", "potential"])
            cells = [[table.loc[v, p] for p in potentials] for v in reversed(values)]
            shade = np.array([[cell["count"] / top for cell in row] for row in cells])
            texts = np.array([[_text(cell) for cell in row] for row in cells], dtype=object)
            draw_cells(panel, shade, texts, rows=values[::-1], columns=potentials, size=7.5)
            clean_axes(panel, title=f"risk {risk}")
            finish(panel)
            panel.set_xlabel("potential", color=INK, fontsize=9)
            if place:
                panel.set_yticks([])
            else:
                panel.set_ylabel("value", color=INK, fontsize=9)
        self.axes_, self.ax_ = axes, axes[0]
        return self

    @property
    def _whole(self) -> pd.DataFrame:
        facts = self.cells[["value", "potential", "risk"]]
        return self.cells[(facts != UNKNOWN).all(axis="columns")]

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        whole, n = self._whole, int(self.cells["count"].sum())
        n_unknown = n - int(whole["count"].sum())
        return (
            f"{type(self).__name__}({counted(len(whole), 'cell')}, {counted(n, 'customer')}, "
            f"{n_unknown:,} of them with a missing fact)"
        )


def _text(cell: pd.Series) -> str:
    lines = [wrap(str(cell["class"]), 14), f"{int(cell['count']):,}"]
    if "exposure" in cell.index and cell["count"]:
        lines.append(amount_text(float(cell["exposure"])))
    return "\n".join(lines)
