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
    percent_axis,
    second_axis,
)


@dataclass(kw_only=True)
class GradeDisplay:
    """Share of customers (bars), observed default rate with interval, and predicted rate.

    Made by :meth:`from_table`.

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
    >>> display.plot().ax_.get_ylabel()
    'share of customers'
    """

    grades: pd.DataFrame

    @classmethod
    def from_table(cls, grades: pd.DataFrame) -> Self:
        """Take the rows of a grade table."""
        return cls(grades=grades.copy())

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.grades.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw bars and rates; the axes are then in ``ax_`` and ``ax_rate_``."""
        ax = new_axes(ax)
        grades = self.grades
        at = np.arange(len(grades))
        ax.bar(at, grades["share"], color=MUTED, alpha=0.35, width=0.8)
        ax.set_xticks(at, grades["grade"])
        ax.set_ylabel("share of customers", color=INK)
        rate = second_axis(ax, label="default rate", colour=INK)
        held = grades["count"] > 0
        observed = grades["observed"][held]
        error = [
            observed - grades["observed_lower"][held],
            grades["observed_upper"][held] - observed,
        ]
        rate.errorbar(at[held], observed, yerr=error, fmt="o", color=BAD, capsize=3,
                      label="observed, 95 % interval")  # fmt: skip
        rate.plot(at[held], grades["predicted"][held], "_", color=GOOD, markersize=22,
                  markeredgewidth=2.5, label="predicted")  # fmt: skip
        rate.set_ylim(0, min(1.0, 1.05 * float(grades["observed_upper"][held].max())))
        rate.legend(frameon=False, loc="upper left")
        percent_axis(ax.yaxis)
        percent_axis(rate.yaxis)
        clean_axes(ax, title="Grades: how many customers, and how many defaulted")
        self.ax_, self.ax_rate_ = ax, rate
        return self
