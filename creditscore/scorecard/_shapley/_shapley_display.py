"""Points of a card and Shapley values of a challenger side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, distinct, new_axes, shorten
from creditscore._typing import Float1D
from creditscore._validation import check_integer
from creditscore.scorecard._shapley._shapley_comparison import ShapleyComparison

_REST = "all others"


@dataclass(kw_only=True, repr=False)
class ShapleyDisplay:
    """What moves a card and a challenger for one case, or on average for all of them.

    Made by :meth:`from_case` or :meth:`from_comparison`.

    Attributes
    ----------
    table : DataFrame
        name, value (text; empty on average), card, challenger, error; in points, the most first,
        those not shown on their own together at the end.
    name : str
        The challenger.
    row : int or None
        Place of the case; None for the average of absolute values.
    higher_is_safer : bool, default=True
        Whether more points are safer: unless the card has a reversed scale.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import PointsScale, Scorecard
    >>> from creditscore.scorecard import Characteristic, ShapleyDisplay, compare_shapley
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> card = Scorecard(characteristics=[years], scale=PointsScale())
    >>> firms = pd.DataFrame({"years": [1.0, 3.0, 8.0]})
    >>> found = compare_shapley(card, lambda rows: rows["years"] / 10, firms, firms)
    >>> ShapleyDisplay.from_case(found, 2).frame().round(2)
        name value  card  challenger  error
    0  years     8  6.67       11.54    0.0
    """

    table: pd.DataFrame
    name: str
    row: int | None
    higher_is_safer: bool = True

    @classmethod
    def from_case(cls, comparison: ShapleyComparison, row: int = 0, *, max_shown: int = 12) -> Self:
        """Show one case.

        Parameters
        ----------
        comparison : ShapleyComparison
            Of :func:`compare_shapley`.
        row : int, default=0
            Place of the case.
        max_shown : int, default=12
            Most names that have a bar of their own, 1 or more.

        Returns
        -------
        ShapleyDisplay
        """
        owner = "ShapleyDisplay.from_case"
        check_kind(comparison, "comparison", owner, ShapleyComparison)
        most = check_integer(max_shown, "max_shown", owner, low=1)
        table = comparison.table(row).drop(columns="difference")
        return cls(table=_shortened(table, most), name=comparison.name, row=int(row),
                   higher_is_safer=comparison.higher_is_safer)  # fmt: skip

    @classmethod
    def from_comparison(cls, comparison: ShapleyComparison, *, max_shown: int = 12) -> Self:
        """Show the mean of absolute values over all cases.

        Parameters
        ----------
        comparison : ShapleyComparison
            Of :func:`compare_shapley`.
        max_shown : int, default=12
            Most names that have a bar of their own, 1 or more.

        Returns
        -------
        ShapleyDisplay
        """
        owner = "ShapleyDisplay.from_comparison"
        check_kind(comparison, "comparison", owner, ShapleyComparison)
        most = check_integer(max_shown, "max_shown", owner, low=1)
        table = comparison.summary().drop(columns="correlation")
        table.insert(1, "value", "")
        table["error"] = 0.0
        return cls(table=_shortened(table, most), name=comparison.name, row=None,
                   higher_is_safer=comparison.higher_is_safer)  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw two bars for each name; the axes are then in ``ax_``."""
        n = len(self.table)
        ax = new_axes(ax, size=(7.4, 1.6 + 0.5 * n))
        places = np.arange(n)
        card, other = self.table["card"].to_numpy(), self.table["challenger"].to_numpy()
        signed = self.row is not None
        ax.barh(places - 0.2, card, 0.36, color=self._colours(card))
        ax.barh(
            places + 0.2, other, 0.36, color="white", edgecolor=self._colours(other), hatch="////",
            linewidth=1,
            xerr=1.96 * self.table["error"] if (self.table["error"] > 0).any() else None,
            error_kw={"ecolor": INK, "elinewidth": 1},
        )  # fmt: skip
        ax.axvline(0, color=INK, linewidth=1)
        ax.set_yticks(places, self._labels(), parse_math=False)
        ax.set_ylim(n - 0.4, -0.6)
        self._draw_legend(ax)
        if signed:
            ax.set_xlabel("points, from the mean of the background on", color=INK)
            title = f"Case {self.row}"
        else:
            ax.set_xlabel("mean absolute points", color=INK)
            title = "All cases"
        clean_axes(ax, title=title, grid="x")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        of = "on average" if self.row is None else f"for case {self.row}"
        return (
            f"<{type(self).__name__}: {len(self.table)} names, card and {self.name!r} {of}; plot() "
            "draws them, frame() returns the numbers>"
        )

    def _labels(self) -> list[str]:
        values = distinct(self.table["value"].tolist(), 24)
        names = distinct(self.table["name"].tolist(), 28)
        return [f"{a}\n{b}" if b else a for a, b in zip(names, values, strict=True)]

    def _colours(self, points: Float1D) -> list[str]:
        """Tell what speaks for a customer from what speaks against; sizes alone say neither."""
        safer = points >= 0 if self.higher_is_safer else points <= 0
        return [GOOD if good or self.row is None else BAD for good in safer]

    def _draw_legend(self, ax: Any) -> None:
        from matplotlib.patches import Patch  # noqa: PLC0415 - loads when drawn

        handles = [
            Patch(facecolor=MUTED, label="card"),
            Patch(facecolor="white", edgecolor=MUTED, hatch="////",
                  label=shorten(self.name, 30)),
        ]  # fmt: skip
        ax.legend(
            handles=handles, frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2,
            borderaxespad=0.2,
        )  # fmt: skip


def _shortened(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Put the least together, where there are more than so many; errors add as if independent."""
    if len(table) <= most:
        return table
    rest = table.iloc[most:]
    last = {
        "name": f"{_REST} ({len(rest)})",
        "value": "",
        "card": rest["card"].sum(),
        "challenger": rest["challenger"].sum(),
        "error": float(np.sqrt((rest["error"] ** 2).sum())),
    }
    return pd.concat([table.iloc[:most], pd.DataFrame([last])], ignore_index=True)
