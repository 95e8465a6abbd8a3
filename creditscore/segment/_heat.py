"""Tables drawn as cells of colour with text in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from creditscore._display import BAD, GOOD, INK, MUTED, distinct, name_ticks
from creditscore._typing import Float2D

_PALE = 0.55
"""Part of a colour that cells reach, so that dark text stays readable."""


def colours(*, both_ways: bool = False) -> Any:
    """Return a scale from white to the colour of goods; or from that of bads over white to it."""
    from matplotlib.colors import (  # noqa: PLC0415 - slow to import
        LinearSegmentedColormap,
        to_rgb,
    )

    white = np.ones(3)
    good, bad = (white + _PALE * (np.array(to_rgb(name)) - white) for name in (GOOD, BAD))
    ends = [bad, white, good] if both_ways else [white, good]
    return LinearSegmentedColormap.from_list("cells", [tuple(end) for end in ends])


def draw_cells(
    ax: Any,
    shade: Float2D,
    texts: np.ndarray[Any, Any],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    both_ways: bool = False,
    size: float = 9,
) -> None:
    """Draw cells whose shade is in [0, 1], or in [-1, 1] `both_ways`; the first row is on top."""
    n_rows, n_columns = shade.shape
    ax.imshow(
        np.ma.masked_invalid(shade), cmap=colours(both_ways=both_ways),
        vmin=-1 if both_ways else 0, vmax=1, aspect="auto", zorder=0,
    )  # fmt: skip
    for i, j in np.ndindex(n_rows, n_columns):
        ax.text(j, i, texts[i, j], ha="center", va="center", color=INK, fontsize=size,
                parse_math=False)  # fmt: skip
    ax.set(xlim=(-0.5, n_columns - 0.5), ylim=(n_rows - 0.5, -0.5))
    for place in range(1, n_columns):
        ax.axvline(place - 0.5, color="white", linewidth=1.5)
    for place in range(1, n_rows):
        ax.axhline(place - 0.5, color="white", linewidth=1.5)
    name_ticks(ax, range(n_columns), columns, size=9)
    ax.set_yticks(range(n_rows), distinct(list(rows), 24), parse_math=False)


def finish(ax: Any) -> None:
    """Take away what cells need not, and put a thin frame around them."""
    ax.grid(visible=False)
    ax.tick_params(length=0, colors=INK, labelsize=9)
    for spine in ax.spines.values():
        spine.set(color=MUTED, linewidth=0.6, visible=True)


def amount_text(value: float) -> str:
    """Write an amount short: 1.2k, 3.4m, 5.6bn."""
    for unit, name in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        # 999,950 would be written 1000.0k
        if abs(value) >= 0.99995 * unit:
            return f"{value / unit:.1f}{name}"
    return f"{value:.0f}"
