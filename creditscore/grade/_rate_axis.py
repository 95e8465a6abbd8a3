"""An axis for default rates: linear, or logarithmic with a place for zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from creditscore._display import percent_axis
from creditscore._typing import Float1D

_HEADROOM = 0.18
"""Part of the height that is kept free above the data, for the legend."""
_LINEAR_UP_TO = 30.0
"""Ratio of the largest rate to the least above zero that a linear axis still shows."""
_MOST_DECADES = 5


def scale_rates(axes: Any, rates: Float1D, *, top: float) -> bool:
    """Scale the y axis for default rates; return whether it is logarithmic.

    Parameters
    ----------
    axes : matplotlib Axes
        Its y axis is scaled.
    rates : ndarray
        Rates to be told apart, fractions; zeros are fine.
    top : float
        The largest fraction to be drawn, an end of an interval for example.

    Returns
    -------
    bool
        True where rates are so far apart that a linear axis would show the small ones as one:
        the axis is then logarithmic down to the least of them, and linear from there to zero.
    """
    least = float(np.min(rates, where=rates > 0, initial=top))
    logarithmic = top / least > _LINEAR_UP_TO
    if logarithmic:
        least = max(least, top * 10.0**-_MOST_DECADES)
        threshold = 10.0 ** math.floor(math.log10(least))
        axes.set_yscale("symlog", linthresh=threshold, linscale=0.4)
        ticks = [0.0, *_round_numbers(threshold, top)]
    else:
        ticks = None
    end_at(axes, top, ticks=ticks)
    return logarithmic


def end_at(axes: Any, top: float, *, ticks: list[float] | None = None) -> None:
    """Let a y axis of fractions run from zero to somewhat beyond `top`, its ticks to 100 %."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator  # noqa: PLC0415

    transform = axes.yaxis.get_transform()
    height = transform.transform(np.array([0.0, top]))
    end = height[0] + (height[1] - height[0]) / (1 - _HEADROOM)
    axes.set_ylim(0, float(transform.inverted().transform(np.array([end]))[0]))
    if ticks is None:
        locator = MaxNLocator(6, steps=[1, 2, 5, 10])
        ticks = [tick for tick in locator.tick_values(0, top) if tick <= 1.2 * top]
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if 0 <= tick <= 1]))
    axes.yaxis.set_minor_locator(NullLocator())
    percent_axis(axes.yaxis)


def _round_numbers(low: float, high: float) -> list[float]:
    """Return powers of ten from one number to another, with twice and five times where few."""
    first, last = round(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 2, 5) if last - first <= 2 else (1,)
    return [step * 10.0**power for power in range(first, last + 1) for step in steps]
