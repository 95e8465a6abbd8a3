"""Bars beside each other, a row a column of the sample, coloured by what was said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from creditscore._display import INK, MUTED, distinct, new_axes
from creditscore._typing import Float1D

MOST_BARS = 40
"""More rows are not drawn."""
_INCHES_A_ROW = 0.27


def coloured_bars(
    ax: Any,
    names: Sequence[str],
    values: Float1D,
    words: Sequence[str],
    *,
    colours: Mapping[str, str],
    bounds: Sequence[float],
    start: float | None = None,
) -> Any:
    """Draw a bar from `start` to each value, the first on top, and broken lines at bounds."""
    n = len(names)
    ax = new_axes(ax, size=(7.6, 1.5 + _INCHES_A_ROW * n))
    lengths = values if start is None else values - start
    for word, colour in colours.items():
        places = np.flatnonzero(np.asarray(words) == word)
        if len(places):
            ax.barh(places, lengths[places], left=start, height=0.7, color=colour, label=word)
    for bound in bounds:
        ax.axvline(bound, color=MUTED, linestyle="--", linewidth=1)
    ax.set_ylim(n - 0.4, -0.6)
    ax.set_yticks(range(n), distinct(names, 34), parse_math=False)
    return ax


def legend_beside(ax: Any) -> None:
    """Put the legend to the right of the bars."""
    ax.legend(
        frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9, labelcolor=INK
    )
