"""The swap set as four fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes, shorten
from creditscore.scorecard._comparison._swap_set import SwapSet

_FIELDS = {
    "approved by both": (0, 1),
    "swapped in": (0, 0),
    "swapped out": (1, 1),
    "declined by both": (1, 0),
}
"""Column (by the second score) and row (by the first) of each group."""
_COLOURS = {
    "approved by both": MUTED,
    "swapped in": GOOD,
    "swapped out": BAD,
    "declined by both": MUTED,
}


@dataclass(kw_only=True, repr=False)
class SwapSetDisplay:
    """Decisions of two scores as four fields: rows by the first score, columns by the second.

    Made by :meth:`from_swap_set`. The colour is the stronger, the more cases are in a field.

    Attributes
    ----------
    swap : SwapSet
        What is drawn.
    names : tuple of (str, str), default=("score a", "score b")
        What the scores are called.

    Examples
    --------
    >>> from creditscore.scorecard import SwapSetDisplay, swap_set
    >>> swap = swap_set([1, 2, 3, 4], [1, 4, 2, 3], approval_rate=0.5, is_bad=[1, 0, 1, 0])
    >>> SwapSetDisplay.from_swap_set(swap, names=("old", "new")).plot().ax_.get_xlabel()
    'new'
    """

    swap: SwapSet
    names: tuple[str, str] = ("score a", "score b")

    @classmethod
    def from_swap_set(
        cls, swap: SwapSet, *, names: tuple[str, str] = ("score a", "score b")
    ) -> Self:
        """Take a swap set.

        Parameters
        ----------
        swap : SwapSet
            Made by :func:`swap_set` or :func:`compare_scorecards`.
        names : tuple of (str, str), default=("score a", "score b")
            What the scores are called.

        Returns
        -------
        SwapSetDisplay

        Raises
        ------
        InvalidParameterError
            No swap set, or names that are no two texts.
        """
        owner = f"{cls.__name__}.from_swap_set"
        check_kind(swap, "swap", owner, SwapSet)
        check_kind(names, "names", owner, tuple)
        first, second = (*names, None, None)[:2]
        check_kind(first, "names", owner, str)
        check_kind(second, "names", owner, str)
        return cls(swap=swap, names=(first, second))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.swap.frame()

    def plot(self, ax: Any = None) -> Self:
        """Draw the four fields; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(6.4, 4.4))
        for row in self.frame().itertuples(index=False):
            self._draw_field(ax, row)
        ax.axhline(1, color="white", linewidth=4)
        ax.axvline(1, color="white", linewidth=4)
        ax.set(xlim=(0, 2), ylim=(0, 2))
        ax.set_xticks([0.5, 1.5], ["approve", "decline"])
        ax.set_yticks([1.5, 0.5], ["approve", "decline"], rotation=90, va="center")
        ax.set_xlabel(shorten(self.names[1]), color=INK, parse_math=False)
        ax.set_ylabel(shorten(self.names[0]), color=INK, parse_math=False)
        clean_axes(ax, title="Swap set")
        ax.grid(visible=False)
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; :meth:`frame` has the groups."""
        return f"{type(self).__name__}({self.swap!r})"

    def _draw_field(self, ax: Any, row: Any) -> None:
        from matplotlib.patches import Rectangle  # noqa: PLC0415 - slow to import

        x, y = _FIELDS[row.group]
        ax.add_patch(Rectangle((x, y), 1, 1, color=_COLOURS[row.group], linewidth=0,
                               alpha=0.15 + 0.5 * row.share))  # fmt: skip
        ax.text(x + 0.5, y + 0.74, row.group, ha="center", va="center", color=INK, fontsize=10,
                fontweight="bold")  # fmt: skip
        lines = [f"{row.count:,.0f} case{'' if row.count == 1 else 's'}, {row.share:.1%}"]
        if self.swap.n_bad is not None:
            rate = "no cases" if np.isnan(row.bad_rate) else f"{row.bad_rate:.2%}"
            lines.append(f"bad rate {rate}")
        if self.swap.amounts is not None:
            lines.append(f"amount {row.amount:,.0f}")
        ax.text(x + 0.5, y + 0.6, "\n".join(lines), ha="center", va="top", color=INK, fontsize=9,
                linespacing=1.5)  # fmt: skip
