"""Cumulative default rates by grade and horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import (
    BAD,
    GOOD,
    INK,
    clean_axes,
    new_axes,
    percent_axis,
    shorten,
    spread,
)
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._generator import GeneratorMatrix
from creditscore.grade._migration._matrix import MigrationMatrix

_INCHES = 4.6
_LABEL_POINTS = 11.0
_LINEAR_UP_TO = 30.0
"""Ratio of the largest rate to the least that a linear axis still shows."""
_MOST_DECADES = 5


@dataclass(kw_only=True, repr=False)
class DefaultTermDisplay:
    """Chance to default until each year, a line a grade, beside observed rates as marks.

    Made by :meth:`from_matrix`. Marks off their line say that migrations depend on more than the
    present grade. Rates far apart are on a logarithmic axis of up to five decades,
    which has no place for rates below, such as zero.

    Attributes
    ----------
    rates : DataFrame
        Chances by grade (row) and horizon in years (column).
    observed : DataFrame, optional
        Observed cumulative rates in the same form.

    Examples
    --------
    >>> from creditscore.grade import DefaultTermDisplay, MigrationMatrix
    >>> year = MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])
    >>> display = DefaultTermDisplay.from_matrix(year, years=5)
    >>> display
    DefaultTermDisplay(2 grades, 1 to 5 years)
    >>> display.plot().ax_.get_xlabel()
    'years'
    """

    rates: pd.DataFrame
    observed: pd.DataFrame | None = None

    @classmethod
    def from_matrix(
        cls, matrix: MigrationMatrix | GeneratorMatrix, *, years: Any = 10, observed: Any = None
    ) -> Self:
        """Take the cumulative default rates of a matrix or a generator.

        Parameters
        ----------
        matrix : MigrationMatrix or GeneratorMatrix
            With a state of default.
        years : int or sequence of float, default=10
            As in :meth:`MigrationMatrix.cumulative_default`.
        observed : DataFrame, optional
            Observed cumulative default rates, fractions: a row a grade, a column a horizon in
            years.

        Returns
        -------
        DefaultTermDisplay

        Raises
        ------
        InvalidDataError
            Observed rates of other grades, or that are no fractions.
        """
        rates = matrix.cumulative_default(years)
        return cls(rates=rates, observed=_read_observed(observed, rates))

    def frame(self) -> pd.DataFrame:
        """Return a row for each grade and horizon: grade, years, prob_default, observed."""
        seen = self.observed if self.observed is not None else pd.DataFrame(index=self.rates.index)
        ends = sorted({*self.rates.columns, *seen.columns})
        return pd.DataFrame(
            [
                (grade, end, *(_at(table, grade, end) for table in (self.rates, seen)))
                for grade in self.rates.index
                for end in ends
            ],
            columns=["grade", "years", "prob_default", "observed"],
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw lines and marks; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(7.0, _INCHES))
        colours = _colours(len(self.rates))
        for colour, (grade, line) in zip(colours, self.rates.iterrows(), strict=True):
            ends, values = line.index.to_numpy(dtype=np.float64), line.to_numpy()
            ax.plot(ends, np.where(values > 0, values, np.nan), color=colour, linewidth=1.8)
            if self.observed is not None and grade in self.observed.index:
                seen = self.observed.loc[grade]
                ax.plot(seen.index.to_numpy(dtype=np.float64), seen.where(seen > 0).to_numpy(),
                        linestyle="none", marker="o", markersize=5, markeredgecolor=colour,
                        markerfacecolor="white")  # fmt: skip
        _scale(ax, self.rates, self.observed)
        self._name_lines(ax, colours)
        if self.observed is not None:
            ax.plot([], [], color=INK, linewidth=1.8, label="matrix")
            ax.plot([], [], linestyle="none", marker="o", markeredgecolor=INK,
                    markerfacecolor="white", label="observed")  # fmt: skip
            ax.legend(frameon=False, fontsize=9, loc="lower right", ncols=2)
        ax.set_xlabel("years", color=INK)
        ax.set_ylabel("default until then", color=INK)
        clean_axes(ax, title="Cumulative default by grade")
        self.ax_ = ax
        return self

    def _name_lines(self, ax: Any, colours: list[Any]) -> None:
        """Write each grade at the right end of its line, moved apart where lines are near."""
        last = self.rates.iloc[:, -1]
        shown = [(grade, value, colour) for (grade, value), colour in
                 zip(last.items(), colours, strict=True) if value > ax.get_ylim()[0]]  # fmt: skip
        if not shown:
            return
        to_axes = ax.transData + ax.transAxes.inverted()
        end = float(self.rates.columns[-1])
        at = [float(to_axes.transform((end, value))[1]) for _, value, _ in shown]
        gap = _LABEL_POINTS / max(60.0, ax.get_window_extent().height * 72 / ax.figure.dpi)
        for place, (grade, _, colour) in zip(spread(at, gap), shown, strict=True):
            ax.annotate(shorten(str(grade), 12), (1.01, place), xycoords="axes fraction",
                        va="center", color=colour, fontsize=9, parse_math=False)  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        ends, n = self.rates.columns, len(self.rates)
        seen = "" if self.observed is None else ", beside observed rates"
        return (
            f"{type(self).__name__}({n} grade{'s' * (n != 1)}, {ends[0]:g} to {ends[-1]:g} years"
            f"{seen})"
        )


def _read_observed(observed: Any, rates: pd.DataFrame) -> pd.DataFrame | None:
    if observed is None:
        return None
    table = pd.DataFrame(observed)
    values = as_floats(table.to_numpy(), "observed")
    strange = [str(grade) for grade in table.index if grade not in rates.index]
    if strange or not (np.isnan(values) | ((values >= 0) & (values <= 1))).all():
        msg = (
            "observed must hold fractions in [0, 1], a row a grade and a column a horizon in "
            f"years. Got rows {list(table.index)!r}, of which {strange!r} are no grades, and "
            f"values from {np.nanmin(values):g} to {np.nanmax(values):g}."
        )
        raise InvalidDataError(msg)
    ends = as_floats(list(table.columns), "horizons of observed")
    return pd.DataFrame(values, index=table.index, columns=ends.tolist())


def _at(table: pd.DataFrame, grade: Any, end: float) -> float:
    known = end in table.columns and grade in table.index
    return float(table.loc[grade, end]) if known else float("nan")


def _colours(n: int) -> list[Any]:
    """Return colours from that of goods, for the safest, to that of bads."""
    from matplotlib.colors import to_rgb  # noqa: PLC0415 - slow

    safe, risky = np.array(to_rgb(GOOD)), np.array(to_rgb(BAD))
    return [tuple(safe + (risky - safe) * i / max(1, n - 1)) for i in range(n)]


def _scale(ax: Any, rates: pd.DataFrame, observed: pd.DataFrame | None) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415 - slow

    tables = [rates.to_numpy()] + ([] if observed is None else [observed.to_numpy()])
    values = np.concatenate([table.ravel() for table in tables])
    some = values[values > 0]
    ends = [*rates.columns, *([] if observed is None else observed.columns)]
    ax.set_xlim(min(ends) - 0.02 * max(ends), max(ends) * 1.02)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    percent_axis(ax.yaxis)
    if len(some) and some.max() / some.min() > _LINEAR_UP_TO:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(FuncFormatter(_percent))
        least = max(some.min(), some.max() * 10.0**-_MOST_DECADES)
        ax.set_ylim(least / 1.6, min(1.0, some.max() * 1.6))
        return
    ax.set_ylim(0, min(1.0, (float(some.max()) if len(some) else 0.01) * 1.08))


def _percent(share: float, _: int) -> str:
    """Write a power of ten as a percentage, without an exponent."""
    return f"{100 * share:.12f}".rstrip("0").rstrip(".") + "%"
