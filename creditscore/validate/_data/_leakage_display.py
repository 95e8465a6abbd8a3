"""How much each column tells of the outcome alone, and where that is too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, distinct, new_axes
from creditscore.exceptions import InvalidDataError
from creditscore.validate._data._leakage_hint import SURENESS, LeakageHints

_NONE = "no hint"
_COLOURS = {"certain": BAD, "likely": "#e08a4a", "possible": "#e0b64a", _NONE: GOOD}
_INCHES_A_ROW = 0.27
_MOST_SHOWN = 40


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
        shown = self.table.head(_MOST_SHOWN)
        n = len(shown)
        ax = new_axes(ax, size=(7.6, 1.5 + _INCHES_A_ROW * n))
        values = shown["auc"].to_numpy()
        for word, colour in _COLOURS.items():
            places = np.flatnonzero((shown["sureness"] == word).to_numpy())
            if len(places):
                ax.barh(places, values[places] - 0.5, left=0.5, height=0.7, color=colour,
                        label=word)  # fmt: skip
        for bound in self.bounds:
            ax.axvline(bound, color=MUTED, linestyle="--", linewidth=1)
        ax.set(xlim=(0.5, 1.005), ylim=(n - 0.4, -0.6))
        ax.set_yticks(range(n), distinct(shown["column"].tolist(), 34), parse_math=False)
        ax.set_xlabel("AUC of the column alone", color=INK)
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9,
                  labelcolor=INK)  # fmt: skip
        more = f" ({n} of {len(self.table)})" if n < len(self.table) else ""
        clean_axes(ax, title=f"What columns tell alone, and hints of leaks{more}", grid="x")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how many columns have a hint."""
        n = int((self.table["sureness"] != _NONE).sum())
        return f"{type(self).__name__}({len(self.table)} columns, {n} of them with a hint)"
