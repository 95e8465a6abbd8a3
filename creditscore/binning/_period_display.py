"""The bins of one feature over time: their rates, and how many rows each has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    distinct,
    name_times,
    panels,
    percent_axis,
    spread,
)
from creditscore._typing import Bool1D, Float2D
from creditscore.binning._bin_bars import (
    RATE_TEXT,
    RateName,
    check_rate,
    check_table,
    draw_infinite,
    title_of,
)
from creditscore.binning._rounding import LEVEL_ROUNDING
from creditscore.binning._table import BinTable

_MIDDLE = "#b8902b"
"""Between the colours of the safest and the riskiest bin."""
_LABEL = 22
_SIZE = 8.5


@dataclass(kw_only=True, repr=False)
class PeriodDisplay:
    """Bad rate or WOE of each bin period by period, and its share of the rows beneath.

    Made by :meth:`from_table`. Lines run from blue for the safest bin over all periods to red for
    the riskiest; special codes and missing values are grey and dashed. Where two bins that are
    neighbours in risk have changed places in a period, both are ringed.

    Attributes
    ----------
    feature : str
        Name of the feature.
    bins : DataFrame
        :meth:`BinTable.frame_by_period` of the attributes that have rows, and the columns kind and
        crosses (whether the bin has changed places with a neighbour in that period).
    order : tuple of str
        Labels of the regular bins, the safest over all periods first.
    rate : {"bad_rate", "woe"}
        What the lines show.

    See Also
    --------
    BinDisplay : All periods together.

    Notes
    -----
    The WOE of a period is that of the period's own counts, whatever the policy. A bin without a
    row in a period interrupts its line. Equal rates are no crossing.

    Examples
    --------
    >>> from creditscore.binning import BinTable, NumericPartition, PeriodCounts, PeriodDisplay
    >>> periods = PeriodCounts(
    ...     ["2023", "2024"], good=[[5, 9, 0], [8, 6, 0]], bad=[[4, 1, 0], [2, 3, 0]]
    ... )
    >>> table = BinTable(
    ...     feature="age", partition=NumericPartition(cuts=(30,)), n_good=(13, 15, 0),
    ...     n_bad=(6, 4, 0), periods=periods,
    ... )
    >>> display = PeriodDisplay.from_table(table)
    >>> display.crossings
    ('2024',)
    >>> display.plot().ax_.get_ylabel()
    'WOE'
    """

    feature: str
    bins: pd.DataFrame
    order: tuple[str, ...]
    rate: RateName = "woe"

    @classmethod
    def from_table(cls, table: BinTable, *, rate: RateName = "woe") -> Self:
        """Take the bins of a table that was made with periods.

        Parameters
        ----------
        table : BinTable
            The bins of one feature, with counts by period.
        rate : {"bad_rate", "woe"}, default="woe"
            What the lines show.

        Returns
        -------
        PeriodDisplay

        Raises
        ------
        InvalidParameterError
            No table, one without counts by period, or another rate.
        """
        check_table(table, cls.__name__)
        check_rate(rate, cls.__name__)
        rows = table.frame_by_period()
        n_codes = table.partition.n_codes
        rates = rows["bad_rate"].to_numpy().reshape(-1, n_codes)
        codes = np.arange(table.n_bins)
        by_risk = codes[np.argsort(table.bad_rate[: table.n_bins], kind="stable")]
        crosses = np.zeros(rates.shape, dtype=bool)
        crosses[:, by_risk] = _changed_places(rates[:, by_risk])
        rows.insert(2, "kind", list(table.partition.attribute_kinds) * len(rates))
        rows["crosses"] = crosses.ravel()
        held = rows["count"].to_numpy().reshape(-1, n_codes).sum(axis=0) > 0
        return cls(
            feature=table.feature,
            bins=rows[np.tile(held, len(rates))].reset_index(drop=True),
            order=tuple(table.labels[code] for code in by_risk if held[code]),
            rate=rate,
        )

    @property
    def crossings(self) -> tuple[str, ...]:
        """Periods in which two neighbours have changed places."""
        return tuple(dict.fromkeys(self.bins.loc[self.bins["crosses"], "period"]))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.bins.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw lines, and shares beneath; the axes are then in ``ax_`` and ``ax_share_``.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes that are divided in two; a new figure unless given.

        Returns
        -------
        PeriodDisplay
            Itself.
        """
        columns = self._columns()
        height = max(4.8, 2.0 + 0.19 * len(columns))
        title = title_of(self.feature, self._figures())
        figure, (ax, below) = panels(ax, 2, 1, title=title, size=(8.0, height), heights=(3, 1))
        periods = list(dict.fromkeys(self.bins["period"]))
        half = max(len(periods), 4) / 2
        for one in (ax, below):
            middle = (len(periods) - 1) / 2
            one.set_xlim(middle - half, middle + half)
        colours = _colours(columns)
        self._draw_lines(ax, columns, colours)
        self._draw_shares(below, columns, colours)
        clean_axes(ax, title="")
        clean_axes(below, title="")
        name_times(below, periods)
        ax.tick_params(axis="x", labelbottom=False)
        ax.set_xticks(below.get_xticks())
        self.ax_, self.ax_share_, self.figure_ = ax, below, figure
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        return f"{type(self).__name__}({self.feature!r}, {self._figures()})"

    def _figures(self) -> str:
        n = self.bins["period"].nunique()
        text = f"{n} period{'' if n == 1 else 's'}"
        crossed = len(self.crossings)
        return f"{text}, bins changed places in {crossed}" if crossed else f"{text}, order kept"

    def _columns(self) -> list[tuple[str, bool, pd.DataFrame]]:
        """Return label, whether it is regular, and rows of each bin, the safest first."""
        regular = self.bins["kind"] == "bin"
        found = [
            (label, True, self.bins[regular & (self.bins["bin"] == label)]) for label in self.order
        ]
        others = dict.fromkeys(self.bins.loc[~regular, "bin"])
        return found + [
            (label, False, self.bins[~regular & (self.bins["bin"] == label)]) for label in others
        ]

    def _draw_lines(
        self, ax: Any, columns: list[tuple[str, bool, pd.DataFrame]], colours: list[Any]
    ) -> None:
        ends = []
        for (_, regular, rows), colour in zip(columns, colours, strict=True):
            values = rows[self.rate].to_numpy(dtype=np.float64)
            at = np.arange(len(values), dtype=np.float64)
            drawn = np.where(np.isfinite(values), values, np.nan)
            ax.plot(at, drawn, "-o" if regular else "--o", color=colour, linewidth=1.7,
                    markersize=3.5, zorder=3 if regular else 2)  # fmt: skip
            ringed = rows["crosses"].to_numpy() & np.isfinite(values)
            ax.plot(at[ringed], values[ringed], "o", color=INK, markerfacecolor="none",
                    markersize=9, zorder=4)  # fmt: skip
            ends.append((at, drawn, values))
        if self.rate == "woe":
            ax.axhline(0, color=MUTED, linewidth=0.9, linestyle="--", zorder=1)
        else:
            percent_axis(ax.yaxis)
        ax.set_ylabel(RATE_TEXT[self.rate], color=INK)
        low, high = ax.get_ylim()
        # the axis is settled before labels are placed along it
        ax.set_ylim(max(0.0, low) if self.rate == "bad_rate" else low, high)
        for (at, _, values), colour in zip(ends, colours, strict=True):
            draw_infinite(ax, at, values, colour=colour, size=4)
        labels = distinct([label for label, *_ in columns], _LABEL)
        _label_ends(ax, labels, [(at, drawn) for at, drawn, _ in ends], colours)

    def _draw_shares(
        self, ax: Any, columns: list[tuple[str, bool, pd.DataFrame]], colours: list[Any]
    ) -> None:
        floor = np.zeros(self.bins["period"].nunique())
        for (_, _, rows), colour in zip(columns, colours, strict=True):
            share = np.nan_to_num(rows["share"].to_numpy(dtype=np.float64))
            ax.bar(np.arange(len(share)), share, bottom=floor, color=colour, alpha=0.75,
                   width=0.85, edgecolor="white", linewidth=0.4)  # fmt: skip
            floor = floor + share
        ax.set_ylim(0, 1)
        ax.set_ylabel("share of rows", color=INK)
        percent_axis(ax.yaxis)


def _changed_places(rates: Float2D) -> Bool1D:
    """Tell which bad rates are on the wrong side of a neighbour's; columns are in their order.

    Neighbours are the nearest bins that have rows in the period.
    """
    crosses = np.zeros(rates.shape, dtype=bool)
    for period, values in enumerate(rates):
        held = np.flatnonzero(~np.isnan(values))
        wrong = np.flatnonzero(np.diff(values[held]) < -LEVEL_ROUNDING)
        crosses[period, held[wrong]] = True
        crosses[period, held[wrong + 1]] = True
    return crosses


def _colours(columns: list[tuple[str, bool, pd.DataFrame]]) -> list[Any]:
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - one second of import

    scale = LinearSegmentedColormap.from_list("risk", [GOOD, _MIDDLE, BAD])
    n = sum(regular for _, regular, _ in columns)
    return [
        scale(place / max(1, n - 1)) if regular else MUTED
        for place, (_, regular, _) in enumerate(columns)
    ]


def _label_ends(
    ax: Any, labels: list[str], lines: list[tuple[Any, Any]], colours: list[Any]
) -> None:
    """Write the label of each line beside its end, the labels apart from each other."""
    low, high = ax.get_ylim()
    found = [np.flatnonzero(np.isfinite(values)) for _, values in lines]
    last = [int(places[-1]) if len(places) else -1 for places in found]
    ends = [
        (float(at[i]), float(values[i])) if i >= 0 else None
        for i, (at, values) in zip(last, lines, strict=True)
    ]
    wanted = [0.0 if end is None else (end[1] - low) / (high - low) for end in ends]
    tall = ax.get_window_extent().height * 72 / ax.figure.dpi
    for label, colour, end, place in zip(
        labels, colours, ends, spread(wanted, 1.3 * _SIZE / tall), strict=True
    ):
        ax.annotate(
            label, xy=(0, place) if end is None else end, xytext=(1.04, place),
            xycoords="axes fraction" if end is None else "data", textcoords="axes fraction",
            va="center", ha="left", color=colour if colour != MUTED else INK, fontsize=_SIZE,
            parse_math=False, annotation_clip=False,
            arrowprops=None if end is None
            else {"arrowstyle": "-", "color": colour, "linewidth": 0.7, "alpha": 0.7,
                  "shrinkA": 1, "shrinkB": 3},
        )  # fmt: skip
