"""How many customers move up and down, cohort by cohort."""

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
    counted,
    name_times,
    new_axes,
    percent_axis,
)
from creditscore.exceptions import InvalidDataError
from creditscore.grade._inputs import check_same_rows
from creditscore.grade._migration._cohort import read_pairs
from creditscore.grade._migration._states import WITHDRAWN, read_states

_KINDS = ("upgrade", "stay", "downgrade", "default", "withdrawn")


def migration_shares(grade_start: Any, grade_end: Any, *, cohort: Any, labels: Any) -> pd.DataFrame:
    """Count upgrades, downgrades, defaults and withdrawals, cohort by cohort.

    Parameters
    ----------
    grade_start, grade_end : array-like of shape (n_pairs,)
        As in :func:`cohort_migration`.
    cohort : array-like of shape (n_pairs,)
        Which cohort each pair is of, such as the year of its start.
    labels : sequence of str, GradeScale, MasterScale, RatingHistory or MigrationStates
        As in :func:`cohort_migration`.

    Returns
    -------
    DataFrame
        A row a cohort, in their order: cohort, count (customers who were not in default at the
        start), then upgrade, stay, downgrade, default and withdrawn, shares of `count` that sum to
        1, and drift (upgrades less downgrades and defaults).

    Raises
    ------
    InvalidDataError
        As in :func:`cohort_migration`; cohorts that are missing; nobody outside default.

    Examples
    --------
    >>> from creditscore.grade import migration_shares
    >>> migration_shares(
    ...     ["A", "B", "A", "B"], ["B", "B", "A", "D"], cohort=[2024, 2024, 2025, 2025],
    ...     labels=["A", "B"],
    ... )[["cohort", "count", "upgrade", "downgrade", "default"]]
       cohort  count  upgrade  downgrade  default
    0    2024      2      0.0        0.5      0.0
    1    2025      2      0.0        0.0      0.5
    """
    states = read_states(labels, "migration_shares")
    start, end = read_pairs(grade_start, grade_end, states)
    check_same_rows(grade_start=grade_start, cohort=cohort)
    column = cohort if isinstance(cohort, pd.Series) else pd.Series(np.asarray(cohort))
    places, names = pd.factorize(column, sort=True)
    if len(places) != len(start) or (places < 0).any():
        msg = f"cohort must say for each of the {len(start)} pairs which one it is of."
        raise InvalidDataError(msg)
    default = None if states.default_label is None else len(states.labels) - 1
    graded = start != default
    if not graded.any():
        msg = "All customers were in default at the start, so that there are no shares."
        raise InvalidDataError(msg)
    kind = np.select(
        [end == WITHDRAWN, end == default, end < start, end == start], [4, 3, 0, 1], default=2
    )
    cells = places[graded] * len(_KINDS) + kind[graded]
    counts = np.bincount(cells, minlength=len(names) * len(_KINDS)).reshape(len(names), -1)
    n = counts.sum(axis=1)
    held = n > 0
    shares = dict(zip(_KINDS, (counts[held] / n[held, None]).T, strict=True))
    drift = shares["upgrade"] - shares["downgrade"] - shares["default"]
    return pd.DataFrame({"cohort": names[held], "count": n[held], **shares, "drift": drift})


@dataclass(kw_only=True, repr=False)
class MigrationShareDisplay:
    """Shares of upgrades (above the axis) and of downgrades and defaults (below) over time.

    Made by :meth:`from_pairs`.

    Attributes
    ----------
    shares : DataFrame
        As :func:`migration_shares` makes it.

    Examples
    --------
    >>> from creditscore.grade import MigrationShareDisplay
    >>> display = MigrationShareDisplay.from_pairs(
    ...     ["A", "B", "A", "B"], ["B", "B", "A", "D"], cohort=[2024, 2024, 2025, 2025],
    ...     labels=["A", "B"],
    ... )
    >>> display
    MigrationShareDisplay(2 cohorts, 2024 to 2025)
    >>> display.plot().ax_.get_ylabel()
    'share of customers'
    """

    shares: pd.DataFrame

    @classmethod
    def from_pairs(cls, grade_start: Any, grade_end: Any, *, cohort: Any, labels: Any) -> Self:
        """Count migrations by cohort.

        Parameters
        ----------
        grade_start, grade_end, cohort, labels
            As in :func:`migration_shares`.

        Returns
        -------
        MigrationShareDisplay
        """
        shares = migration_shares(grade_start, grade_end, cohort=cohort, labels=labels)
        return cls(shares=shares)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.shares.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw bars and the drift; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        at = np.arange(len(self.shares))
        up, down, default = (
            self.shares[name].to_numpy() for name in ("upgrade", "downgrade", "default")
        )
        ax.bar(at, up, color=GOOD, width=0.7, label="upgrades")
        ax.bar(at, -down, color=BAD, alpha=0.55, width=0.7, label="downgrades")
        ax.bar(at, -default, bottom=-down, color=BAD, width=0.7, label="defaults")
        ax.plot(at, self.shares["drift"].to_numpy(), color=INK, marker="o", markersize=4,
                linewidth=1.3, label="upgrades less the others")  # fmt: skip
        ax.axhline(0, color=MUTED, linewidth=0.8)
        half = max(len(at), 4) / 2
        middle = (len(at) - 1) / 2
        ax.set_xlim(middle - half, middle + half)
        top = max(float(up.max()), 0.005)
        low = max(float((down + default).max()), 0.005)
        # room for the legend, above all bars
        ax.set_ylim(-1.08 * low, top + 0.3 * (top + low))
        name_times(ax, [str(name) for name in self.shares["cohort"]])
        _size_axis(ax.yaxis)
        ax.set_ylabel("share of customers", color=INK)
        ax.legend(frameon=False, fontsize=9, ncols=2, loc="upper left")
        clean_axes(ax, title="Migrations over time")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        names = self.shares["cohort"]
        return (
            f"{type(self).__name__}({counted(len(names), 'cohort')}, {names.iloc[0]} to "
            f"{names.iloc[-1]})"
        )


def _size_axis(axis: Any) -> None:
    """Write shares without a sign: what is below the axis is as positive as what is above."""
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - slow

    percent_axis(axis)
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{round(100 * abs(share), 9):g}%"))
