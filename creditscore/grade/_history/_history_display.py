"""Timelines of grades: a lane for each customer."""

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
    new_axes,
    points_wide,
    shorten,
    text_width,
)
from creditscore.exceptions import InvalidDataError
from creditscore.grade._customers import unknown_customer
from creditscore.grade._history._rating_history import RatingHistory

_LETTERS = 8.5
_MOST = 40


@dataclass(kw_only=True, repr=False)
class RatingHistoryDisplay:
    """Grades of some customers over time, each in its lane, from safe (blue) to risky (red).

    Made by :meth:`from_history`. Times without a grade are left blank between thin lines, and
    default is hatched.

    Attributes
    ----------
    spells : DataFrame
        As :meth:`RatingHistory.spells` returns them, of the customers drawn.
    customers : tuple
        Customers from top to bottom.
    labels : tuple of str
        Grades, the safest first.
    default_label : str
        Grade of customers in default.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.grade import RatingHistory, RatingHistoryDisplay
    >>> days = pd.to_datetime(["2023-01-01", "2024-03-01", "2023-07-01"])
    >>> history = RatingHistory.from_events(["X", "X", "Y"], ["A", "B", "A"], days,
    ...                                     labels=("A", "B", "C"))
    >>> display = RatingHistoryDisplay.from_history(history, end="2025-01-01")
    >>> display
    RatingHistoryDisplay(2 customers, 3 spells)
    >>> len(display.plot().ax_.get_yticks())
    2
    """

    spells: pd.DataFrame
    customers: tuple[Any, ...]
    labels: tuple[str, ...]
    default_label: str

    @classmethod
    def from_history(
        cls,
        history: RatingHistory,
        customers: Sequence[Any] | None = None,
        *,
        start: Any = None,
        end: Any = None,
    ) -> Self:
        """Take the spells of some customers.

        Parameters
        ----------
        history : RatingHistory
            The history.
        customers : sequence, optional
            Whom to draw, from top to bottom, 40 at most; without it, the first 20 of the history.
        start, end : str, date or Timestamp, optional
            Time to draw; without them, the first and the last day of the history.

        Returns
        -------
        RatingHistoryDisplay

        Raises
        ------
        InvalidDataError
            More than 40 customers, or nobody has a grade in that time.
        InvalidParameterError
            A customer who is not in the history.
        """
        check_kind(history, "history", "RatingHistoryDisplay.from_history", RatingHistory)
        who = list(history.customers[:20]) if customers is None else list(customers)
        for name in who:
            if name not in history.customers:
                raise unknown_customer(name, history.customers, "the history")
        if len(who) > _MOST:
            msg = f"There is room for {_MOST} customers. Got {len(who)}: choose some of them."
            raise InvalidDataError(msg)
        spells = history.spells(start, end)
        spells = spells[spells["customer"].isin(who)].reset_index(drop=True)
        if not len(spells):
            msg = "None of these customers has a grade in this time, so there is nothing to draw."
            raise InvalidDataError(msg)
        return cls(
            spells=spells,
            customers=tuple(who),
            labels=history.labels,
            default_label=history.default_label,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.spells.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a lane a customer; the axes are then in ``ax_``."""
        from matplotlib.dates import date2num  # noqa: PLC0415 - one second of import, used here only

        n = len(self.customers)
        ax = new_axes(ax, size=(7.0, min(9.0, max(2.0, 0.36 * n + 1.2))))
        begin, stop = (date2num(self.spells[name].to_numpy()) for name in ("start", "stop"))
        ax.set_xlim(begin.min(), stop.max())
        ax.set_ylim(n - 0.5, -0.5)
        ax.xaxis_date()
        clean_axes(ax, title="Grades over time", grid="x")
        ax.hlines(range(n), begin.min(), stop.max(), color=MUTED, alpha=0.5, linewidth=0.7,
                  zorder=0.5)  # fmt: skip
        lane = {customer: place for place, customer in enumerate(self.customers)}
        colours = self._colours()
        names = [shorten(str(customer), 24) for customer in self.customers]
        ax.set_yticks(range(n), names, parse_math=False)
        # the labels of the lanes are there, so the width that is left is known
        room = points_wide(ax) / (stop.max() - begin.min())
        for customer, grade, left, right in zip(
            self.spells["customer"], self.spells["grade"], begin, stop, strict=True
        ):
            at, face = lane[customer], colours[grade]
            hatch = "////" if grade == self.default_label else None
            ax.barh(at, right - left, left=left, height=0.68, color=face, edgecolor="white",
                    linewidth=0.8, hatch=hatch, zorder=2)  # fmt: skip
            if text_width(grade, _LETTERS) + 3 < (right - left) * room:
                ink = "white" if _dark(face) else INK
                box = {"facecolor": face, "edgecolor": "none", "pad": 2.0}
                ax.text((left + right) / 2, at, grade, ha="center", va="center", color=ink,
                        fontsize=_LETTERS, parse_math=False, bbox=box, zorder=3)  # fmt: skip
        self._name_days(ax)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        return (
            f"RatingHistoryDisplay({counted(len(self.customers), 'customer')}, "
            f"{counted(len(self.spells), 'spell')})"
        )

    def _colours(self) -> dict[str, tuple[float, ...]]:
        """Return a colour for each grade, from the safest to default."""
        from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415

        shades = LinearSegmentedColormap.from_list("grades", [GOOD, "#e9e4d4", BAD])
        rated = [label for label in self.labels if label != self.default_label]
        places = np.linspace(0, 1, max(2, len(rated)))
        found = {label: shades(place) for label, place in zip(rated, places, strict=False)}
        return {**found, self.default_label: (0.42, 0.16, 0.12, 1.0)}

    def _name_days(self, ax: Any) -> None:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415

        locator = AutoDateLocator(minticks=3, maxticks=8)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _dark(colour: tuple[float, ...]) -> bool:
    """Whether white letters stand out from a colour."""
    red, green, blue = colour[:3]
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
