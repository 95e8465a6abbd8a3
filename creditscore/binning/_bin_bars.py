"""What the pictures of bins share: the rows that they draw, bars of shares, dots of rates."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    name_ticks,
    percent_axis,
    second_axis,
    shorten,
)
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_choice
from creditscore.binning._table import BinTable
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import jeffreys_interval

RateName: TypeAlias = Literal["bad_rate", "woe"]
"""What is drawn above the bars."""
RATE_TEXT = {"bad_rate": "bad rate", "woe": "WOE"}
_COLOUR = {"bad_rate": BAD, "woe": INK}
_OWN = ("empirical", "merged")
_APART = 0.5
"""Room between the regular bins and what is none, in bars."""
_LEAST_TOP = {"bad_rate": 0.05, "woe": 0.2}
_FEWEST_SLOTS = 4


@dataclass(frozen=True)
class Look:
    """How bins are drawn.

    Attributes
    ----------
    rate : {"bad_rate", "woe"}
        What the dots show.
    size : float
        Size of the labels in points.
    width : int
        Letters that a label may have.
    stacked : bool
        Whether bars are parted into goods and bads.
    marked : collection of int, optional
        Rows that stand out; the others are pale then.
    top : float, optional
        Upper end of the axis of shares.
    span : tuple of float, optional
        Ends of the axis of rates.
    """

    rate: RateName
    size: float = 9
    width: int = 24
    stacked: bool = False
    marked: Collection[int] | None = None
    top: float | None = None
    span: tuple[float, float] | None = None


def check_table(table: Any, owner: str) -> None:
    """Refuse what is no table of bins."""
    if not isinstance(table, BinTable):
        msg = (
            f"{owner} draws a BinTable, such as encoder.tables_['income']. "
            f"Got {type(table).__name__}."
        )
        raise InvalidParameterError(msg)


def check_rate(rate: Any, owner: str) -> None:
    """Refuse a rate that no picture draws."""
    check_choice(rate, "rate", owner, tuple(RATE_TEXT))


def bin_rows(table: BinTable, level: float = 0.95) -> pd.DataFrame:
    """Return the bins that a picture shows.

    Regular bins stay without a row too, unless none has any; of the other attributes only those
    that have rows.
    """
    rows = table.frame(level)
    low, high = jeffreys_interval(rows["n_bad"], rows["count"], level=level)
    held = rows["count"] > 0
    rows["bad_rate_low"] = np.where(held, low, np.nan)
    rows["bad_rate_high"] = np.where(held, high, np.nan)
    rows["treatment"] = list(table.treatments)
    regular = rows["kind"] == "bin"
    shown = held | regular if (held & regular).any() else held
    return rows[shown].reset_index(drop=True)


def draw_bins(ax: Any, rows: pd.DataFrame, look: Look, *, title: str = "") -> Any:
    """Draw bars, and dots on a second scale, which is returned."""
    at = _places(rows)
    clean_axes(ax, title=title)
    _draw_shares(ax, rows, at, look)
    rate = second_axis(ax, label=RATE_TEXT[look.rate], colour=_rate_colour(look))
    _draw_rates(rate, rows, at, look)
    for one in (ax, rate):
        one.tick_params(axis="y", labelsize=look.size)
    # the grid is the rate's: it is what is read off, and two grids would cross
    ax.grid(visible=False)
    rate.grid(axis="y", color=MUTED, alpha=0.3, linewidth=0.7)
    rate.set_axisbelow(True)
    return rate


def rate_span(rows: pd.DataFrame, rate: RateName) -> tuple[float, float]:
    """Return the ends of an axis that holds all rates and their intervals."""
    values = rows[[rate, f"{rate}_low", f"{rate}_high"]].to_numpy(dtype=np.float64).ravel()
    held = values[np.isfinite(values)]
    high = float(max(held.max(initial=0.0), _LEAST_TOP[rate]))
    if rate == "bad_rate":
        return 0.0, min(1.03, 1.08 * high)
    low = float(min(held.min(initial=0.0), -_LEAST_TOP[rate]))
    room = 0.08 * (high - low)
    return low - room, high + room


def share_top(rows: pd.DataFrame) -> float:
    """Return the upper end of an axis of shares."""
    return 1.08 * (float(rows["share"].max()) or 1.0)


def iv_text(iv: float, iv_se: float = math.nan, iv_ceiling: float = math.nan) -> str:
    """Write the information value, its standard error, and the ceiling where it is higher."""
    text = f"IV {iv:.3f}"
    if math.isfinite(iv_se):
        text += f" ± {iv_se:.3f}"
    if math.isfinite(iv_ceiling) and f"{iv_ceiling:.3f}" != f"{iv:.3f}":
        text += f", ceiling {iv_ceiling:.3f}"
    return text.replace("inf", "∞")


def title_of(feature: str, figures: str, letters: int = 64) -> str:
    """Put the name of a feature before its figures, or above them where it is long."""
    if len(feature) + len(figures) + 4 <= letters:
        return f"{feature}  ({figures})"
    return f"{shorten(feature, letters)}\n{figures}"


def draw_points(ax: Any, at: Float1D, rows: pd.DataFrame, look: Look) -> None:
    """Draw dots, with their intervals where there are any; hollow ones where WOE is set."""
    colour, size = _rate_colour(look), 0.62 * look.size
    values = rows[look.rate].to_numpy(dtype=np.float64)
    _draw_intervals(ax, at, rows, look)
    own = _estimated(rows, look)
    for some, face in ((own, colour), (~own, "white")):
        drawn = some & np.isfinite(values)
        if drawn.any():
            ax.plot(at[drawn], values[drawn], "o", color=colour, markerfacecolor=face,
                    markersize=size, clip_on=False, zorder=4)  # fmt: skip
    draw_infinite(ax, at, values, colour=colour, size=size)


def draw_infinite(ax: Any, at: Float1D, values: Float1D, *, colour: str, size: float) -> None:
    """Mark infinite values by triangles at the edge of the axes."""
    for sign, edge, marker in ((1, 1.0, "^"), (-1, 0.0, "v")):
        beyond = np.isinf(values) & (np.sign(values) == sign)
        if not beyond.any():
            continue
        ax.plot(at[beyond], np.full(beyond.sum(), edge), marker, color=colour, markersize=size + 2,
                transform=ax.get_xaxis_transform(), clip_on=False, zorder=5)  # fmt: skip
        for place in at[beyond]:
            ax.annotate("∞" if sign > 0 else "−∞", (place, edge), color=colour,
                        xycoords=ax.get_xaxis_transform(), textcoords="offset points",
                        xytext=(size + 1, -4 * sign), va="center", fontsize=size + 4)  # fmt: skip


def _rate_colour(look: Look) -> str:
    # bars of goods and bads take both colours for themselves
    return INK if look.stacked else _COLOUR[look.rate]


def _estimated(rows: pd.DataFrame, look: Look) -> Bool1D:
    """Tell which rates come from rows of the bin, or of a pool that it is in."""
    if look.rate == "bad_rate":
        return np.ones(len(rows), dtype=bool)
    own: Bool1D = rows["treatment"].isin(_OWN).to_numpy()
    return own


def _places(rows: pd.DataFrame) -> Float1D:
    """Return where each bar stands; what is no regular bin stands a little apart."""
    apart = (rows["kind"] != "bin").to_numpy()
    shift = _APART if apart.any() and not apart.all() else 0.0
    places: Float1D = np.arange(len(rows)) + shift * apart
    return places


def _bar_colours(regular: Bool1D) -> list[str]:
    return [GOOD if one else MUTED for one in regular]


def _draw_shares(ax: Any, rows: pd.DataFrame, at: Float1D, look: Look) -> None:
    regular = (rows["kind"] == "bin").to_numpy()
    marked = np.isin(np.arange(len(rows)), list(look.marked or ()))
    depth = np.full(len(rows), 0.55 if look.marked is None else 0.3)
    depth[marked] = 0.65
    edges = [INK if one else "none" for one in marked]
    share = rows["share"].to_numpy()
    if look.stacked:
        bad = share * np.nan_to_num(rows["bad_rate"].to_numpy())
        ax.bar(at, bad, color=BAD, alpha=0.55, width=0.8, label="bad")
        ax.bar(at, share - bad, bottom=bad, color=_bar_colours(regular), alpha=0.45, width=0.8,
               label="good")  # fmt: skip
    else:
        bars = ax.bar(at, share, color=_bar_colours(regular), edgecolor=edges, width=0.8)
        for bar, alpha in zip(bars, depth, strict=True):
            bar.set_facecolor((*bar.get_facecolor()[:3], alpha))
    for place in at[(rows["count"] == 0).to_numpy()]:
        ax.annotate("no rows", (place, 0), xytext=(0, 3), textcoords="offset points", rotation=90,
                    ha="center", va="bottom", color=INK, fontsize=look.size - 1)  # fmt: skip
    # bars of one or two bins would be as wide as the picture
    half = max(at[-1] - at[0] + 1.1, _FEWEST_SLOTS) / 2
    middle = (at[0] + at[-1]) / 2
    ax.set_xlim(middle - half, middle + half)
    ax.set_ylim(0, look.top or share_top(rows))
    ax.set_ylabel("share of rows", color=INK)
    percent_axis(ax.yaxis)
    name_ticks(ax, at.tolist(), [str(label) for label in rows["bin"]], size=look.size,
               width=look.width)  # fmt: skip
    for label, place in zip(ax.get_xticklabels(), ax.get_xticks(), strict=True):
        if marked[int(np.abs(at - place).argmin())]:
            label.set_fontweight("bold")


def _draw_rates(rate: Any, rows: pd.DataFrame, at: Float1D, look: Look) -> None:
    rate.set_ylim(*(look.span or rate_span(rows, look.rate)))
    values = rows[look.rate].to_numpy(dtype=np.float64)
    joined = (rows["kind"] == "bin").to_numpy() & np.isfinite(values) & _estimated(rows, look)
    colour = _rate_colour(look)
    if look.rate == "woe":
        rate.axhline(0, color=MUTED, linewidth=0.9, linestyle="--", zorder=1)
    else:
        percent_axis(rate.yaxis)
    rate.plot(at[joined], values[joined], color=colour, linewidth=1.5)
    draw_points(rate, at, rows, look)
    refused = rows["treatment"].str.endswith("error").to_numpy() & np.isnan(values)
    for place in at[refused]:
        rate.annotate("refused", (place, 0), xycoords=rate.get_xaxis_transform(), rotation=90,
                      xytext=(0, 3), textcoords="offset points", ha="center", va="bottom",
                      color=INK, fontsize=look.size - 1)  # fmt: skip


def _draw_intervals(ax: Any, at: Float1D, rows: pd.DataFrame, look: Look) -> None:
    values, low, high = (
        rows[name].to_numpy(dtype=np.float64)
        for name in (look.rate, f"{look.rate}_low", f"{look.rate}_high")
    )
    told = np.isfinite(values) & np.isfinite(low) & np.isfinite(high)
    if told.any():
        # as lists, because matplotlib 3.9 stumbles over arrays of one; an end may pass its
        # estimate by rounding, or where Jeffreys' interval leaves out a rate near 0 or 1
        reach = (values[told] - low[told], high[told] - values[told])
        arms = [np.maximum(0.0, arm).tolist() for arm in reach]
        ax.errorbar(at[told], values[told], yerr=arms, fmt="none", ecolor=_rate_colour(look),
                    elinewidth=0.13 * look.size, capsize=0.33 * look.size, alpha=0.8,
                    clip_on=False)  # fmt: skip
