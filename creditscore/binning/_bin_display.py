"""One feature's bins as a picture: how many rows, how many of them bad."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._display import new_axes
from creditscore.binning._bin_bars import (
    Look,
    RateName,
    bin_rows,
    check_rate,
    check_table,
    draw_bins,
    iv_text,
    title_of,
)
from creditscore.binning._table import BinTable


@dataclass(kw_only=True, repr=False)
class BinDisplay:
    """Share of rows (bars) and bad rate or WOE (dots, with intervals) of each bin of a feature.

    Made by :meth:`from_table`. Special codes and missing values stand apart from the regular
    bins, in grey, and are left out where the fit met none.

    Attributes
    ----------
    feature : str
        Name of the feature.
    bins : DataFrame
        :meth:`BinTable.frame` of what is drawn, and the columns bad_rate_low and bad_rate_high
        (Jeffreys' interval, see :func:`creditscore.metrics.jeffreys_interval`) and treatment
        (:attr:`BinTable.treatments`).
    iv : float
        Information value of the feature.
    iv_se, iv_ceiling : float
        Its standard error, and :attr:`BinTable.iv_ceiling`; NaN where they are not known.
    rate : {"bad_rate", "woe"}
        What the dots show.
    level : float
        Confidence level of the intervals, a fraction.

    See Also
    --------
    BinGridDisplay : All features side by side.
    PeriodDisplay : The bins over time.
    EditDisplay : The bins before and after an edit.

    Notes
    -----
    A hollow dot is a WOE that a policy sets or borrows, and no estimate. A triangle at the edge is
    an infinite WOE (``smoothing=0``). "refused" stands where a policy refuses the rows, "no rows"
    where a regular bin has none.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.binning import BinDisplay
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> encoder = WOEEncoder().fit(german[["age_years"]], german["is_bad"])
    >>> display = BinDisplay.from_table(encoder.tables_["age_years"], rate="woe")
    >>> display.plot().ax_.get_ylabel(), display.ax_rate_.get_ylabel()
    ('share of rows', 'WOE')
    """

    feature: str
    bins: pd.DataFrame
    iv: float
    iv_se: float = math.nan
    iv_ceiling: float = math.nan
    rate: RateName = "bad_rate"
    level: float = 0.95

    @classmethod
    def from_table(
        cls, table: BinTable, *, rate: RateName = "bad_rate", level: float = 0.95
    ) -> Self:
        """Take the bins of a table.

        Parameters
        ----------
        table : BinTable
            The bins of one feature.
        rate : {"bad_rate", "woe"}, default="bad_rate"
            What the dots show.
        level : float, default=0.95
            Confidence level of the intervals, a fraction.

        Returns
        -------
        BinDisplay

        Raises
        ------
        InvalidParameterError
            No table, another rate, or a level outside (0, 1).
        """
        check_table(table, cls.__name__)
        check_rate(rate, cls.__name__)
        return cls(
            feature=table.feature,
            bins=bin_rows(table, level),
            iv=table.iv,
            iv_se=table.iv_se,
            iv_ceiling=table.iv_ceiling,
            rate=rate,
            level=level,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.bins.copy()

    def plot(self, ax: Any = None, *, stacked: bool = False) -> Self:
        """Draw bars and dots; the axes are then in ``ax_`` and ``ax_rate_``.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure unless given.
        stacked : bool, default=False
            Part each bar into bads, below, and goods.

        Returns
        -------
        BinDisplay
            Itself.
        """
        ax = new_axes(ax)
        look = Look(rate=self.rate, stacked=stacked)
        # the legend stands on the line of the title
        title = title_of(self.feature, self._figures(), 52 if stacked else 64)
        rate = draw_bins(ax, self.bins, look, title=title)
        if stacked:
            ax.legend(frameon=False, fontsize=9, ncols=2, loc="lower right",
                      bbox_to_anchor=(1, 1), borderaxespad=0.1)  # fmt: skip
        self.ax_, self.ax_rate_ = ax, rate
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        regular = int((self.bins["kind"] == "bin").sum())
        return f"{type(self).__name__}({self.feature!r}, {regular} bins, {self._figures()})"

    def _figures(self) -> str:
        return iv_text(self.iv, self.iv_se, self.iv_ceiling)
