"""Observed against predicted default rates by grade."""

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
    second_axis,
    shorten,
)
from creditscore.exceptions import InvalidDataError, MissingColumnError
from creditscore.grade._rate_axis import end_at, scale_rates

_COLUMNS = (
    *("grade", "count", "share", "n_bad"),
    *("observed", "observed_lower", "observed_upper", "predicted"),
)
_LONGEST_LABEL = 24
_POINTS_A_LETTER = 6.5
"""Width of a letter at the size of tick labels; wide ones, as in BBB+, need so much."""
_POINTS_A_SLANTED_LABEL = 17


@dataclass(kw_only=True, repr=False)
class GradeDisplay:
    """Share of customers (bars), observed default rate with interval, and predicted rate.

    Made by :meth:`from_table`. Rates that are far apart are drawn on a logarithmic axis that
    becomes linear near zero, so that grades without a default keep their place on it.

    Attributes
    ----------
    grades : DataFrame
        A table of :meth:`GradeScale.table`.

    Examples
    --------
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeDisplay
    >>> scale = GradeScale(labels=("A", "B"), bounds=(0.1,))
    >>> display = GradeDisplay.from_table(scale.table([0.05, 0.05, 0.2, 0.4], [0, 0, 0, 1]))
    >>> display
    GradeDisplay(2 grades, 4 customers, 1 of them bad)
    >>> display.plot().ax_.get_ylabel()
    'share of customers'
    """

    grades: pd.DataFrame

    @classmethod
    def from_table(cls, grades: pd.DataFrame) -> Self:
        """Take the rows of a grade table.

        Parameters
        ----------
        grades : DataFrame
            A table of :meth:`GradeScale.table`; rows may be left out.

        Returns
        -------
        GradeDisplay

        Raises
        ------
        MissingColumnError
            Another table.
        InvalidDataError
            No table, or one without a row.
        """
        if not isinstance(grades, pd.DataFrame) or not len(grades):
            what = "none of its rows" if isinstance(grades, pd.DataFrame) else type(grades).__name__
            msg = f"GradeDisplay draws the DataFrame of GradeScale.table(...). Got {what}."
            raise InvalidDataError(msg)
        missing = [name for name in _COLUMNS if name not in grades.columns]
        if missing:
            msg = (
                f"GradeDisplay draws the DataFrame of GradeScale.table(...). Missing are the "
                f"columns {missing}; there are {list(grades.columns)}."
            )
            raise MissingColumnError(msg)
        return cls(grades=grades.copy())

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.grades.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw bars and rates; the axes are then in ``ax_`` and ``ax_rate_``."""
        ax = new_axes(ax)
        self._draw_shares(ax)
        rate = second_axis(ax, label="default rate", colour=INK)
        self._draw_rates(rate)
        clean_axes(ax, title="Grades: customers and default rates")
        # what is read off is the rate; lines of both axes would cross each other
        ax.grid(visible=False)
        rate.grid(axis="y", color=MUTED, alpha=0.3, linewidth=0.7)
        self.ax_, self.ax_rate_ = ax, rate
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        count, n_bad = self.grades["count"].sum(), self.grades["n_bad"].sum()
        return (
            f"{type(self).__name__}({_several(len(self.grades), 'grade')}, "
            f"{_several(count, 'customer')}, {n_bad:,} of them bad)"
        )

    def _draw_shares(self, ax: Any) -> None:
        grades, at = self.grades, np.arange(len(self.grades))
        ax.bar(at, grades["share"], color=MUTED, alpha=0.35, width=0.8)
        for place in at[grades["count"] == 0]:
            ax.annotate("empty", (place, 0), xytext=(0, 3), textcoords="offset points",
                        rotation=90, ha="center", va="bottom", color=MUTED, fontsize=8)  # fmt: skip
        # bars of one or two grades would be as wide as the picture
        half = max(len(grades), 4) / 2 + 0.1
        middle = (len(grades) - 1) / 2
        ax.set_xlim(middle - half, middle + half)
        end_at(ax, float(grades["share"].max()) or 1.0)
        ax.set_ylabel("share of customers", color=INK)
        _name_grades(ax, [str(grade) for grade in grades["grade"]])

    def _draw_rates(self, rate: Any) -> None:
        held = (self.grades["count"] > 0).to_numpy()
        grades, at = self.grades[held], np.flatnonzero(held)
        observed = grades["observed"].to_numpy()
        lower, upper = (grades[f"observed_{end}"].to_numpy() for end in ("lower", "upper"))
        predicted = grades["predicted"].to_numpy(dtype=np.float64)
        told = np.isfinite(predicted)
        if told.any():
            rate.hlines(predicted[told], at[told] - 0.36, at[told] + 0.36, color=GOOD,
                        linewidth=2.5, label="predicted")  # fmt: skip
        # as lists, because matplotlib 3.9 stumbles over arrays of one; marks at 0 and at 100 % are
        # drawn whole, over the frame
        arms = [(observed - lower).tolist(), (upper - observed).tolist()]
        rate.errorbar(at, observed, yerr=arms, fmt="none",
                      ecolor=BAD, capsize=3, clip_on=False)  # fmt: skip
        some = observed > 0
        for rows, face, name in (
            (some, BAD, "observed, 95 % interval"),
            (~some, "white", "nobody defaulted"),
        ):
            if rows.any():
                rate.plot(at[rows], observed[rows], "o", color=BAD, markerfacecolor=face,
                          clip_on=False, zorder=4, label=name)  # fmt: skip
        for place in at[~some]:
            rate.annotate("0", (place, 0), xytext=(6, 3), textcoords="offset points", color=BAD,
                          fontsize=8)  # fmt: skip
        top = float(np.max([*upper, *predicted[told]], initial=0.0)) or 1.0
        if scale_rates(rate, np.array([*observed, *predicted[told]]), top=top):
            rate.set_ylabel("default rate (log scale)", color=INK)
        rate.legend(frameon=False, loc="upper left", ncols=3, fontsize=9, columnspacing=1.2)


def _name_grades(ax: Any, labels: list[str]) -> None:
    """Write the grades below the axis, slanted where they would run into one another."""
    shown = [shorten(label, _LONGEST_LABEL) for label in labels]
    ax.set_xticks(range(len(shown)), shown)
    points = ax.bbox.width * 72 / ax.figure.dpi
    needed = (max(map(len, shown)) * _POINTS_A_LETTER + 6) * len(shown)
    if needed > points:
        # slanted lines of text are closer than their beginnings
        angle = 40 if points / len(shown) > _POINTS_A_SLANTED_LABEL else 90
        for label in ax.get_xticklabels():
            label.set(rotation=angle, ha="right", rotation_mode="anchor")
            label.set_va("center" if angle == 90 else "top")


def _several(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
