"""One feature's bins as a picture: how many rows, how many of them bad."""

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
    new_axes,
    percent_axis,
    second_axis,
    shorten,
)
from creditscore.binning._table import BinTable


@dataclass(kw_only=True)
class BinDisplay:
    """Share of rows (bars) and bad rate (dots) of each bin of a feature.

    Made by :meth:`from_table`. Special codes and missing values stand apart from the regular
    bins, in grey; attributes without a row are left out.

    Attributes
    ----------
    feature : str
        Name of the feature.
    bins : DataFrame
        :meth:`BinTable.frame` of the attributes that have rows.
    iv : float
        Information value of the feature.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.binning import BinDisplay
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> encoder = WOEEncoder().fit(german[["age_years"]], german["is_bad"])
    >>> display = BinDisplay.from_table(encoder.tables_["age_years"])
    >>> display.plot().ax_.get_ylabel()
    'share of rows'
    """

    feature: str
    bins: pd.DataFrame
    iv: float

    @classmethod
    def from_table(cls, table: BinTable) -> Self:
        """Take the bins of a table."""
        bins = table.frame()
        return cls(
            feature=table.feature,
            bins=bins[bins["count"] > 0].reset_index(drop=True),
            iv=table.iv,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.bins.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw bars and dots; the axes are then in ``ax_`` and ``ax_rate_``."""
        ax = new_axes(ax)
        regular = self.bins["kind"] == "bin"
        at = np.arange(len(self.bins)) + 0.5 * (~regular).cumsum().clip(upper=1)
        colours = [GOOD if is_regular else MUTED for is_regular in regular]
        ax.bar(at, self.bins["share"], color=colours, alpha=0.55, width=0.8)
        ax.set_ylabel("share of rows", color=INK)
        ax.set_xticks(at, [shorten(label, 24) for label in self.bins["bin"]])
        _tilt_where_crowded(ax)
        rate = second_axis(ax, label="bad rate", colour=BAD)
        rate.plot(at[regular], self.bins["bad_rate"][regular], color=BAD, linewidth=1.5)
        rate.plot(at, self.bins["bad_rate"], "o", color=BAD, markersize=6)
        rate.set_ylim(0, max(0.05, float(self.bins["bad_rate"].max()) * 1.15))
        percent_axis(ax.yaxis)
        percent_axis(rate.yaxis)
        clean_axes(ax, title=f"{self.feature}  (IV {self.iv:.3f})")
        self.ax_, self.ax_rate_ = ax, rate
        return self


def _tilt_where_crowded(ax: Any) -> None:
    """Turn the labels below the bars where they would run into each other."""
    labels = ax.get_xticklabels()
    inches = ax.get_window_extent().width / ax.figure.dpi
    # a letter is about half as wide as its font is high, and labels keep one apart
    widest = max(len(label.get_text()) + 1 for label in labels) * labels[0].get_fontsize() / 144
    if widest * len(labels) > inches:
        for label in labels:
            label.set(rotation=30, ha="right", rotation_mode="anchor")
