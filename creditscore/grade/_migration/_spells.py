"""Spells: how long a customer kept a grade, and where they went."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._frame import read_named
from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore._validation import as_floats, check_choice
from creditscore._warn import warn_user
from creditscore.exceptions import EmptyDataError, InvalidDataError, MigrationWarning
from creditscore.grade._inputs import check_same_rows
from creditscore.grade._migration._states import WITHDRAWN, MigrationStates, read_states

DAYS_A_YEAR = 365.25
"""Days that count as one year where spells are given by dates."""
_COLUMNS = ("grade", "next_grade", "start", "stop")
_DAYS_EPOCH = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True, kw_only=True)
class Spells:
    """Spells within a window, in years, sorted in no order.

    `after` is the place of the state that a spell ends with, or -1 where it is only cut off;
    the state after the last is that of withdrawn ratings where they are kept.
    """

    states: MigrationStates
    kept: bool
    grade: Int1D
    after: Int1D
    start: Float1D
    stop: Float1D
    window: tuple[float, float]
    n_withdrawn: Float1D

    @property
    def n(self) -> int:
        """Number of states, withdrawn ratings included where they are kept."""
        return len(self.states.labels) + self.kept

    @property
    def moved(self) -> Bool1D:
        """Which spells end with a migration."""
        return np.asarray((self.after >= 0) & (self.after != self.grade))

    def counts(self) -> Float2D:
        """Count migrations from each state to each."""
        moved = self.moved
        cells = self.grade[moved] * self.n + self.after[moved]
        table: Float2D = np.bincount(cells, minlength=self.n**2).astype(np.float64)
        return table.reshape(self.n, self.n)

    def exposure(self) -> Float1D:
        """Add up the years in each state."""
        years = np.bincount(self.grade, self.stop - self.start, minlength=self.n)
        return years.astype(np.float64)


def columns_of(spells: Any, owner: str) -> tuple[pd.Series, ...]:
    """Take grade, next_grade, start and stop from a table of any library."""
    read_named(spells, _COLUMNS, reader=owner)
    frame = nw.from_native(spells, eager_only=True)
    return tuple(frame[name].to_pandas() for name in _COLUMNS)


def read_spells(
    columns: tuple[Any, ...],
    labels: Any,
    *,
    window: tuple[Any, Any] | None,
    withdrawals: str,
    owner: str,
) -> Spells:
    """Read grades, next grades, starts and stops, and cut the spells to the window."""
    check_choice(withdrawals, "withdrawals", owner, ("censor", "keep"))
    states = read_states(labels, owner)
    grade, next_grade, start, stop = columns
    check_same_rows(grade=grade, next_grade=next_grade, start=start, stop=stop)
    before, after = states.codes(grade, "grade"), states.codes(next_grade, "next_grade")
    begin, dated = _years(start, "start")
    end, _ = _years(stop, "stop")
    _check_columns(before, (after, begin, end))
    _check_order(begin, end)
    gone = _withdrawn(next_grade, states, len(before))
    kept = withdrawals == "keep"
    after = np.where(gone, len(states.labels) if kept else WITHDRAWN, after)
    low, high = _window(window, begin, end, dated)
    inside = (begin < high) & (end > low)
    if not inside.any():
        msg = f"No spell is within the window. They go from {begin.min():g} to {end.max():g} years."
        raise EmptyDataError(msg)
    # what happens after the window is not seen, and what happens at its end is
    after = np.where(end <= high, after, WITHDRAWN)[inside]
    seen_off = (gone & (end <= high))[inside]
    withdrawn = np.bincount(before[inside][seen_off], minlength=len(states.labels) + kept)
    spells = Spells(
        states=states, kept=kept, grade=before[inside], after=after,
        start=np.maximum(begin, low)[inside], stop=np.minimum(end, high)[inside],
        window=(low, high), n_withdrawn=withdrawn.astype(np.float64),
    )  # fmt: skip
    _warn_of_cures(spells)
    return spells


def _years(values: Any, name: str) -> tuple[Float1D, bool]:
    """Read times in years, or dates as years since 1970; tell which."""
    column = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values))
    if column.dtype == object and len(column):
        column = pd.Series(pd.to_datetime(column)) if _holds_dates(column) else column
    if getattr(column.dtype, "kind", "") == "M":
        days = (column.to_numpy(dtype="datetime64[s]") - _DAYS_EPOCH) / np.timedelta64(1, "D")
        return days / DAYS_A_YEAR, True
    return as_floats(column, name), False


def _holds_dates(column: pd.Series) -> bool:
    first = column.dropna()
    return len(first) > 0 and hasattr(first.iloc[0], "year")


def _window(
    window: tuple[Any, Any] | None, begin: Float1D, end: Float1D, dated: bool
) -> tuple[float, float]:
    if window is None:
        return float(begin.min()), float(end.max())
    if dated:
        ends, _ = _years(pd.to_datetime(pd.Series(list(window))), "window")
    else:
        ends = as_floats(window, "window")
    if ends.shape != (2,) or not ends[0] < ends[1] or not math.isfinite(ends[1] - ends[0]):
        msg = f"The window must be a start and an end after it. Got {window!r}."
        raise InvalidDataError(msg)
    return float(ends[0]), float(ends[1])


def _withdrawn(next_grade: Any, states: MigrationStates, n: int) -> Bool1D:
    """Tell which spells end because the rating is withdrawn, as its word alone says."""
    if states.withdrawn_label is None:
        return np.zeros(n, dtype=bool)
    column = next_grade if isinstance(next_grade, pd.Series) else pd.Series(
        np.asarray(next_grade, dtype=object)
    )  # fmt: skip
    gone: Bool1D = (column == states.withdrawn_label).fillna(value=False).to_numpy(dtype=bool)
    return gone


def _check_columns(before: Int1D, others: tuple[Any, ...]) -> None:
    lengths = [len(before), *(len(other) for other in others)]
    if len(set(lengths)) > 1:
        msg = (
            "Each spell has a grade, a next grade, a start and a stop. Got columns of the lengths "
            f"{lengths}."
        )
        raise InvalidDataError(msg)
    if not len(before):
        msg = "There are no spells."
        raise EmptyDataError(msg)
    unrated = before == WITHDRAWN
    if unrated.any():
        msg = (
            f"{int(unrated.sum())} spell(s), the first at row {int(unrated.argmax())}, are of no "
            "grade. Time without a rating is no spell: leave these out."
        )
        raise InvalidDataError(msg)


def _check_order(begin: Float1D, end: Float1D) -> None:
    odd = ~(end > begin) | ~np.isfinite(begin) | ~np.isfinite(end)
    if odd.any():
        row = int(odd.argmax())
        msg = (
            f"{int(odd.sum())} spell(s) do not stop after they start, or lack one of both; the "
            f"first at row {row} goes from {begin[row]:g} to {end[row]:g} years. Let spells that "
            "still last stop on the day of the extract, without a next grade."
        )
        raise InvalidDataError(msg)


def _warn_of_cures(spells: Spells) -> None:
    fixed = spells.states.fixed
    if fixed is None:
        return
    cured = int((spells.moved & (spells.grade == fixed)).sum())
    if cured:
        msg = (
            f"{cured} spell(s) end by leaving {spells.states.default_label!r}. Default is "
            "absorbing here, so they are in the counts alone. To estimate cures, pass "
            "labels=MigrationStates(labels=…, default_absorbing=False)."
        )
        warn_user(msg, MigrationWarning)
