"""The points table as a picture: what an attribute adds or costs, how common and bad it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    counted,
    decimals,
    new_axes,
    shorten,
    wrap,
)
from creditscore._typing import Bool1D, Float1D
from creditscore.scorecard._scorecard import Scorecard

_ROW_INCHES = 0.24
_LABEL_WIDTH = 40
_SECOND_LINE = 0.5
"""Rows that the second line of a label takes."""
_HEADING = 1.3
"""Rows that the name of a characteristic takes."""
_FAINTEST = 0.3
"""Strength of the colour of the least difference; that of the greatest is 1."""
_BARS_END = 0.76
"""Where the bars end and the columns beside them begin, in widths of the axes."""
_COLUMNS = {"share": (0.79, 0.88), "bad_rate": (0.91, 1.0)}
"""Where the columns begin and end."""
_HEADS = {"share": "share", "bad_rate": "bad\nrate"}
_HEAD = 1.6
"""Rows that the headings of the columns take, in two lines: long labels leave them little room."""


@dataclass(kw_only=True)
class PointsDisplay:
    """Points of every attribute as heat bars to the right or left of a characteristic's middle.

    Made by :meth:`from_scorecard`. The middle is the neutral points where the card has them,
    else halfway between the least and the most points of the characteristic. The further from
    it, the stronger the colour. Beside the bars stand the share of the sample and the bad rate of
    each attribute, where the card holds counts. Names and levels in Chinese need a font that holds
    them, as ``plt.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans CJK SC"]`` may set it;
    matplotlib warns of what it cannot write.

    Attributes
    ----------
    points : DataFrame
        characteristic, attribute, points (NaN where the card refuses it), points_to (at the upper
        end of an interval with a slope, else as points), difference (of points to the middle),
        share, bad_rate, of the attributes that the sample held rows of, or of all where the card
        holds no counts; share and bad_rate are then NaN.
    higher_is_safer : bool, default=True
        False on a reversed scale: more points are then drawn in the colour of bads.
    has_neutral : bool, default=True
        Whether the middles are neutral points, of all characteristics.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import PointsDisplay
    >>> german = load_german_credit()
    >>> model = LogisticScorecard().fit(german[["savings_status"]], german["is_bad"])
    >>> PointsDisplay.from_scorecard(model.scorecard_).plot().ax_.get_xlabel()
    'points above or below neutral'
    """

    points: pd.DataFrame
    higher_is_safer: bool = True
    has_neutral: bool = True

    @classmethod
    def from_scorecard(cls, card: Scorecard) -> Self:
        """Take the points of a card.

        Parameters
        ----------
        card : Scorecard
            Any card; the columns of shares and bad rates need counts.

        Returns
        -------
        PointsDisplay

        Raises
        ------
        InvalidParameterError
            No card.
        """
        check_kind(card, "card", f"{cls.__name__}.from_scorecard", Scorecard)
        table = card.table()
        table = table[table["kind"] != "base"]
        total = table.groupby("characteristic", sort=False)["count"].transform("sum", min_count=1)
        table = table.assign(share=table["count"] / total.where(total > 0))
        table = table[~(table["count"] == 0)].reset_index(drop=True)
        middle = {
            c.name: sum(c.points_range) / 2 if c.neutral_points is None else c.neutral_points
            for c in card.characteristics
        }
        points = table[["characteristic", "attribute", "points"]].copy()
        rise = (table["slope"] * (table["upper"] - table["lower"])).where(table["slope"] != 0, 0.0)
        points["points_to"] = points["points"] + rise
        points["difference"] = points["points"] - points["characteristic"].map(middle)
        points[["share", "bad_rate"]] = table[["share", "bad_rate"]]
        neutral = all(c.neutral_points is not None for c in card.characteristics)
        return cls(points=points, higher_is_safer=card.higher_is_safer, has_neutral=neutral)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.points.copy()

    @property
    def height(self) -> float:
        """Height in inches at which the rows have room."""
        rows = float(_rows(self._labels()).sum() + _HEADING * self._starts().sum())
        return 1.0 + _ROW_INCHES * (rows + _HEAD - _HEADING)

    def plot(self, ax: Any = None) -> Self:
        """Draw the bars; the axes are then in ``ax_``."""
        labels, starts = self._labels(), self._starts()
        rows = _rows(labels)
        at = np.cumsum(rows) - rows / 2 + _HEADING * np.cumsum(starts)
        ax = new_axes(ax, size=(8.6, self.height))
        self._draw_bars(ax, at)
        # a level may hold dollar signs, which are no mathematics
        ax.set_yticks(at, labels, parse_math=False)
        top = at - rows / 2
        for first in np.flatnonzero(starts):
            name = shorten(self.points["characteristic"][first], _LABEL_WIDTH)
            ax.text(-0.02, top[first] - 0.45, name, fontsize=9, fontweight="bold", color=INK,
                    ha="right", va="center", parse_math=False,
                    transform=ax.get_yaxis_transform())  # fmt: skip
        for column in _COLUMNS:
            self._draw_column(ax, column, at, float(top[0]) - 0.1)
        ax.set_ylim(at[-1] + rows[-1] / 2 + 0.3, top[0] - _HEAD)
        clean_axes(ax, title="Points table", grid="x")
        ax.tick_params(axis="y", length=0, labelsize=8)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        n = int(self._starts().sum())
        return (
            f"<PointsDisplay: {counted(len(self.points), 'attribute')} of "
            f"{counted(n, 'characteristic')}; plot() draws them, frame() returns the numbers>"
        )

    def _draw_bars(self, ax: Any, at: Float1D) -> None:
        """Draw a bar for each attribute; of a slope, from its one end to the other."""
        difference, points, end = (
            self.points[column].to_numpy(dtype=np.float64)
            for column in ("difference", "points", "points_to")
        )
        reach = difference + (end - points)
        span = float(np.nanmax(np.abs([difference, reach]), initial=0.0)) or 1.0
        digits = decimals(span)
        for y, start, stop, low, high in zip(at, difference, reach, points, end, strict=True):
            self._draw_bar(ax, y, (start, stop), span)
            text, beside = f"{low:.{digits}f}", start
            if high != low:
                text, beside = f"{text} to {high:.{digits}f}", max(start, stop, 0.0)
            refused = np.isnan(low)
            align, side = ("right", -1) if beside < 0 else ("left", 1)
            ax.text(0 if refused else beside + side * 0.015 * span, y,
                    " refused" if refused else text, va="center", ha=align, fontsize=8,
                    color=MUTED if refused else INK)  # fmt: skip
        self._draw_axis(ax, span)

    def _draw_bar(self, ax: Any, y: float, ends: tuple[float, float], span: float) -> None:
        start, stop = ends
        if start == stop:
            ax.barh(y, start, color=self._heat(start, span), height=0.8)
            return
        low, high = sorted(ends)
        for left, right in ((low, min(high, 0.0)), (max(low, 0.0), high)):
            if left < right:
                furthest = max(left, right, key=abs)
                ax.barh(y, right - left, left=left, color=self._heat(furthest, span), height=0.8)

    def _draw_axis(self, ax: Any, span: float) -> None:
        """Let the axis end where the columns begin, if there are any."""
        from matplotlib.ticker import FixedLocator, MaxNLocator  # noqa: PLC0415 - slow to import

        end = 1.18 * span
        wide = _BARS_END if self.points["share"].notna().any() else 1.0
        ax.plot([0, 0], [0, 1], color=MUTED, linewidth=1, transform=ax.get_xaxis_transform())
        ax.set_xlim(-end, -end + 2 * end / wide)
        ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(-end, end)
        ax.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if abs(tick) <= end]))
        ax.spines["bottom"].set_bounds(-end, end)
        middle = "neutral" if self.has_neutral else "the middle of the characteristic"
        ax.set_xlabel(f"points above or below {middle}", color=INK, x=wide / 2)

    def _heat(self, value: float, span: float) -> tuple[float, ...]:
        """Return a colour that is the stronger, the further the points are from the middle."""
        from matplotlib.colors import to_rgb  # noqa: PLC0415 - slow to import

        safer = (value >= 0) == self.higher_is_safer
        strength = _FAINTEST + (1 - _FAINTEST) * min(1.0, abs(value) / span)
        return tuple(1 - strength * (1 - part) for part in to_rgb(GOOD if safer else BAD))

    def _draw_column(self, ax: Any, column: str, at: Float1D, head: float) -> None:
        """Write shares or bad rates to the right of the bars, each with a bar as long as it."""
        from matplotlib.patches import Rectangle  # noqa: PLC0415 - slow to import

        rates = self.points[column].to_numpy(dtype=np.float64)
        known = np.isfinite(rates)
        if not known.any():
            return
        left, right = _COLUMNS[column]
        beside = ax.get_yaxis_transform()
        most = float(rates[known].max()) or 1.0
        colour = MUTED if column == "share" else BAD
        for y, rate in zip(at[known], rates[known], strict=True):
            width = (right - left) * rate / most
            ax.add_patch(Rectangle((left, y - 0.4), width, 0.8, transform=beside, color=colour,
                                   alpha=0.35, linewidth=0))  # fmt: skip
            ax.text(right, y, f"{rate:.1%}", ha="right", va="center", fontsize=8, color=INK,
                    transform=beside)  # fmt: skip
        ax.text(right, head, _HEADS[column], ha="right", va="bottom", fontsize=9,
                fontweight="bold", color=INK, linespacing=1, transform=beside)  # fmt: skip

    def _labels(self) -> list[str]:
        return [wrap(label, _LABEL_WIDTH) for label in self.points["attribute"]]

    def _starts(self) -> Bool1D:
        """Tell at which rows a characteristic begins."""
        names = self.points["characteristic"]
        return np.asarray(names != names.shift())


def _rows(labels: Sequence[str]) -> Float1D:
    """Return the height of each label, in rows of one line."""
    return np.array([1 + _SECOND_LINE * label.count("\n") for label in labels])
