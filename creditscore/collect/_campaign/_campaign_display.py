"""Answers to a campaign by day, with its reminders."""

from __future__ import annotations

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
    new_axes,
    percent_axis,
    shorten,
    spread,
)
from creditscore.collect._campaign._campaign import Campaign
from creditscore.exceptions import EmptyDataError

_MOST_STRATA = 12
"""Strata beyond which lines could not be told apart: only the total is then drawn."""


@dataclass(kw_only=True, repr=False)
class CampaignDisplay:
    """Share of the customers asked who answered, by days since the campaign began.

    Made by :meth:`from_campaign`.

    Attributes
    ----------
    table : DataFrame
        Index day, counted from the first letter; a column a stratum, and "all": shares of those
        asked until the end who had answered by then, whole or in part.
    reminders : Series
        Reminders sent, by day.
    name : str
        Of the campaign.

    Examples
    --------
    >>> from creditscore.collect import Campaign, CampaignDisplay
    >>> campaign = Campaign.from_sample({"C1": "small", "C2": "large"}, name="terms")
    >>> campaign = campaign.record("sent", ["C1", "C2"], on="2024-03-04")
    >>> campaign = campaign.record("returned", ["C2"], on="2024-03-06")
    >>> CampaignDisplay.from_campaign(campaign).frame()  # doctest: +NORMALIZE_WHITESPACE
         large  small  all
    day
    0      0.0    0.0  0.0
    1      0.0    0.0  0.0
    2      1.0    0.0  0.5
    """

    table: pd.DataFrame
    reminders: pd.Series
    name: str

    @classmethod
    def from_campaign(cls, campaign: Campaign, as_of: Any = None) -> Self:
        """Count answers by day.

        Parameters
        ----------
        campaign : Campaign
            Whose events are counted.
        as_of : day, optional
            Events after it are not seen; without, all are.

        Raises
        ------
        EmptyDataError
            Nothing was sent.
        InvalidParameterError
            It is no campaign.
        """
        check_kind(campaign, "campaign", f"{cls.__name__}.from_campaign", Campaign)
        status = campaign.status(as_of)
        asked = status[status["sent_on"].notna() & (status["status"] != "ineligible")]
        if not len(asked):
            msg = "Nothing was sent yet, so there are no answers to draw."
            raise EmptyDataError(msg)
        events = campaign.frame()
        if as_of is not None:
            events = events[events["on"] <= pd.Timestamp(str(as_of))]
        begin = asked["sent_on"].min()
        last = (events["on"].max() - begin).days
        answered = (asked["answered_on"] - begin).dt.days
        days = np.arange(last + 1)
        columns = {
            str(stratum): _shares(answered[asked["stratum"] == stratum], days)
            for stratum in sorted(asked["stratum"].unique())
        }
        columns["all"] = _shares(answered, days)
        table = pd.DataFrame(columns, index=pd.Index(days, name="day"))
        sent = events[events["event"] == "reminded"]
        reminders = (sent["on"] - begin).dt.days.value_counts().sort_index()
        return cls(table=table, reminders=reminders.rename("n"), name=campaign.name)

    def frame(self) -> pd.DataFrame:
        """Return the shares by day."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the shares; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(7.4, 4.4))
        # the answers of the last day stand until its end
        shown = pd.concat([self.table, self.table.iloc[-1:]])
        days = np.append(self.table.index.to_numpy(), self.table.index[-1] + 1)
        strata = [name for name in self.table.columns if name != "all"]
        drawn = strata if 1 < len(strata) <= _MOST_STRATA else []
        for name in drawn:
            ax.step(days, shown[name], where="post", color=MUTED, linewidth=1.1)
        ax.step(days, shown["all"], where="post", color=GOOD, linewidth=2.4, zorder=3)
        # the words of the reminders stand above the lines
        top = max(0.05, 1.4 * float(self.table[[*drawn, "all"]].to_numpy().max()))
        ax.set(ylim=(0, top), xlim=(0, days[-1]))
        ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= min(1.0, top)])
        self._name_lines(ax, [*drawn, "all"])
        for day, n in self.reminders.items():
            ax.axvline(day, color=BAD, linewidth=1, linestyle=":")
            ax.annotate(
                f"{n:,} reminded", (day, ax.get_ylim()[1]), xytext=(-3, -3), rotation=90,
                textcoords="offset points", ha="right", va="top", color=BAD, fontsize=8,
            )  # fmt: skip
        ax.set_xlabel("days since the first letter", color=INK)
        ax.set_ylabel("share of those asked who answered", color=INK)
        percent_axis(ax.yaxis)
        clean_axes(ax, title=f"Answers: {shorten(self.name, 50)}")
        self.ax_ = ax
        return self

    def _name_lines(self, ax: Any, names: list[str]) -> None:
        """Write names to the right of the ends of lines, apart from each other."""
        low, high = ax.get_ylim()
        ends = [(float(self.table[name].iloc[-1]) - low) / (high - low) for name in names]
        for name, end in zip(names, spread(ends, 0.055), strict=True):
            is_all = name == "all"
            value = f"{100 * float(self.table[name].iloc[-1]):.0f}%"
            ax.annotate(
                f"{shorten(name, 22)} {value}", (1.01, end), xycoords="axes fraction",
                va="center", fontsize=9, color=GOOD if is_all else INK, parse_math=False,
                fontweight="bold" if is_all else "normal", annotation_clip=False,
            )  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line what it shows."""
        share = float(self.table["all"].iloc[-1])
        return (
            f"{type(self).__name__}({self.name}: {share:.1%} answered by day "
            f"{self.table.index[-1]}, {counted(len(self.reminders), 'day')} of reminders)"
        )


def _shares(answered: pd.Series, days: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    by_day = np.sort(answered.dropna().to_numpy())
    return np.searchsorted(by_day, days, side="right") / len(answered)
