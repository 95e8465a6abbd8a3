"""The stability index of each characteristic beside its bounds and what chance makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, clean_axes
from creditscore.validate._data._coloured_bars import MOST_BARS, coloured_bars, legend_beside
from creditscore.validate._data._representativeness import Representativeness

_COLOURS = {"pass": GOOD, "watch": "#e0b64a", "fail": BAD}
_LEAST = 1e-4


@dataclass(kw_only=True, repr=False)
class RepresentativenessDisplay:
    """Index of each characteristic, coloured by its verdict.

    Made by :meth:`from_result`. A tick on each bar is what sampling alone stays below; broken
    lines are the bounds. The scale is logarithmic.

    Attributes
    ----------
    table : DataFrame
        As :class:`Representativeness` has it.
    bounds : tuple of two floats
        Of "watch" and "fail".

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import RepresentativenessDisplay, representativeness
    >>> german = load_german_credit()[["age_years", "housing"]]
    >>> found = representativeness(german[::2], german[1::2])
    >>> RepresentativenessDisplay.from_result(found)
    RepresentativenessDisplay(2 characteristics)
    """

    table: pd.DataFrame
    bounds: tuple[float, float]

    @classmethod
    def from_result(cls, result: Representativeness) -> Self:
        """Take the table of a comparison.

        Parameters
        ----------
        result : Representativeness
            As :func:`representativeness` gives it.

        Returns
        -------
        RepresentativenessDisplay

        Raises
        ------
        InvalidParameterError
            Something else.
        """
        check_kind(result, "result", f"{cls.__name__}.from_result", Representativeness)
        return cls(table=result.table.copy(), bounds=result.settings.csi_bounds)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the forty largest; the axes are then in ``ax_``."""
        shown = self.table.head(MOST_BARS)
        n = len(shown)
        values = np.maximum(shown["csi"].to_numpy(), _LEAST)
        # zero has no place on a logarithmic scale
        bounds = [bound for bound in self.bounds if bound > 0]
        ax = coloured_bars(
            ax, shown["characteristic"].tolist(), values, shown["verdict"].tolist(),
            colours=_COLOURS, bounds=bounds,
        )  # fmt: skip
        noise = shown["benchmark"].to_numpy()
        ax.plot(noise, np.arange(n), linestyle="none", marker="|", markersize=11,
                markeredgewidth=1.6, color=INK, label="sampling alone")  # fmt: skip
        highest = max(float(values.max()), float(np.nanmax([*noise, self.bounds[1]])))
        ax.set(xscale="log", xlim=(_LEAST, highest * 1.6))
        ax.set_xlabel("characteristic stability index (CSI)", color=INK)
        legend_beside(ax)
        left = len(self.table) - n
        more = f" ({n} largest of {len(self.table)})" if left else ""
        clean_axes(ax, title=f"Current sample against development{more}", grid="x")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how many characteristics there are."""
        return f"{type(self).__name__}({len(self.table)} characteristics)"
