"""How much each column tells of the outcome alone, and where that is too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, clean_axes
from creditscore.exceptions import InvalidDataError
from creditscore.validate._data._coloured_bars import MOST_BARS, coloured_bars, legend_beside
from creditscore.validate._data._leakage_hint import SURENESS, LeakageHints

_NONE = "no hint"
_COLOURS = {"certain": BAD, "likely": "#e08a4a", "possible": "#e0b64a", _NONE: GOOD}


@dataclass(kw_only=True, repr=False)
class LeakageDisplay:
    """AUC of each column alone, coloured by its surest hint.

    Made by :meth:`from_hints`. Broken lines are the bounds of a strong column. A column may have a
    hint and a low AUC, as one that was known too late has.

    Attributes
    ----------
    table : DataFrame
        The measures of :class:`LeakageHints`, those with a hint first, with a column "sureness":
        that of its surest hint, or "no hint".
    bounds : tuple of two floats
        Of a possible and of a likely leak.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import LeakageDisplay, leakage_hints
    >>> german = load_german_credit()
    >>> found = leakage_hints(german.drop(columns="is_bad"), german["is_bad"])
    >>> LeakageDisplay.from_hints(found)
    LeakageDisplay(20 columns, 1 of them with a hint)
    """

    table: pd.DataFrame
    bounds: tuple[float, float]

    @classmethod
    def from_hints(cls, hints: LeakageHints) -> Self:
        """Take the measures and hints of a search.

        Parameters
        ----------
        hints : LeakageHints
            As :func:`leakage_hints` gives them.

        Returns
        -------
        LeakageDisplay

        Raises
        ------
        InvalidParameterError
            Something else.
        InvalidDataError
            No column was looked at.
        """
        check_kind(hints, "hints", f"{cls.__name__}.from_hints", LeakageHints)
        if not len(hints.measures):
            msg = "No column was looked at, so there is nothing to draw."
            raise InvalidDataError(msg)
        # the surest hint of a column comes first
        surest = {hint.column: hint.sureness for hint in reversed(hints.hints)}
        table = hints.measures.copy()
        table["sureness"] = [surest.get(name, _NONE) for name in table["column"]]
        rank = table["sureness"].map({word: place for place, word in enumerate(SURENESS)})
        order = np.lexsort((-table["auc"].to_numpy(), rank.fillna(len(SURENESS)).to_numpy()))
        return cls(table=table.iloc[order].reset_index(drop=True), bounds=hints.settings.auc_bounds)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the first forty columns; the axes are then in ``ax_``."""
        shown = self.table.head(MOST_BARS)
        n = len(shown)
        ax = coloured_bars(
            ax, shown["column"].tolist(), shown["auc"].to_numpy(), shown["sureness"].tolist(),
            colours=_COLOURS, bounds=self.bounds, start=0.5,
        )  # fmt: skip
        ax.set_xlim(0.5, 1.005)
        ax.set_xlabel("AUC of the column alone", color=INK)
        legend_beside(ax)
        more = f" ({n} of {len(self.table)})" if n < len(self.table) else ""
        clean_axes(ax, title=f"What columns tell alone, and hints of leaks{more}", grid="x")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how many columns have a hint."""
        n = int((self.table["sureness"] != _NONE).sum())
        return f"{type(self).__name__}({len(self.table)} columns, {n} of them with a hint)"
