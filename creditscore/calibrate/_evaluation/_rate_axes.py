"""Axes of default rates, which bend near zero where rates are far apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from creditscore._display import percent_axis
from creditscore._typing import Float1D

_LINEAR_UP_TO = 30.0
"""Ratio of the largest rate to the least above zero that linear axes still show."""
_MOST_DECADES = 5


def scale_rates(axes: Sequence[tuple[Any, str]], rates: Float1D, top: float) -> float:
    """Scale axes alike, given as axes and "x" or "y", for these rates; return where they end.

    They are linear, or logarithmic down to the least rate and linear from there to zero.
    """
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator  # noqa: PLC0415 - slow

    top = top or 1.0
    least = float(np.min(rates, where=rates > 0, initial=top))
    threshold = None
    if top / least > _LINEAR_UP_TO:
        threshold = 10.0 ** math.floor(math.log10(max(least, top * 10.0**-_MOST_DECADES)))
        powers = range(round(math.log10(threshold)), 1)
        ticks = [0.0, *(step * 10.0**power for power in powers for step in (1, 3))]
        end = min(1.0, top * 1.3)
    else:
        end = min(1.0, top * 1.05)
        ticks = list(MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0, end))
    for ax, name in axes:
        if threshold is not None:
            getattr(ax, f"set_{name}scale")("symlog", linthresh=threshold, linscale=0.4)
        getattr(ax, f"set_{name}lim")(0, end)
        axis = getattr(ax, f"{name}axis")
        axis.set_major_locator(FixedLocator([tick for tick in ticks if 0 <= tick <= end]))
        axis.set_minor_locator(NullLocator())
        percent_axis(axis)
    return end
