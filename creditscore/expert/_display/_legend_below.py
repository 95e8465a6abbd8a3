"""A legend below axes, clear of their label whatever their height."""

from __future__ import annotations

from typing import Any


def legend_below(ax: Any, *, columns: int, distance: float = 32) -> None:
    """Write the legend of axes below their label, so many points below the axes."""
    from matplotlib.transforms import (  # noqa: PLC0415 - one second of import, used here only
        ScaledTranslation,
    )

    down = ScaledTranslation(0, -distance / 72, ax.figure.dpi_scale_trans)
    ax.legend(frameon=False, fontsize=8, loc="upper right", bbox_to_anchor=(1, 0), ncols=columns,
              borderaxespad=0, bbox_transform=ax.transAxes + down)  # fmt: skip
