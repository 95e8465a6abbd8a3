"""Validities as arrays: which customer had which grade from when until before when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._days import Days
from creditscore._frame import Table, as_table, read_named
from creditscore._typing import Bool1D, Int1D, Level
from creditscore._validation import check_order
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, ValidityWarning

NONE = -1
"""Code of no grade."""
NO_END = np.datetime64("2200-01-01", "D")
"""From here on a day is the 9999-12-31, or the like, of a database, which says that none is set."""
_NEVER = np.datetime64("NaT", "D")


class Validities(NamedTuple):
    """Rows in the order of customers, then days; a row holds on days in [start, stop).

    `customer` and `grade` are codes, the latter -1 where there is no grade; `stop` is NaT while a
    row is valid; `known` is None where nobody told since when rows are known.
    """

    customer: Int1D
    grade: Int1D
    start: Days
    stop: Days
    known: Days | None

    def taken(self, rows: Any) -> Validities:
        """Return some rows, by place or by a mask."""
        known = None if self.known is None else self.known[rows]
        return Validities(
            self.customer[rows], self.grade[rows], self.start[rows], self.stop[rows], known
        )

    @property
    def followed(self) -> Bool1D:
        """Whether the next row is of the same customer."""
        same = np.zeros(len(self.customer), dtype=bool)
        same[:-1] = self.customer[1:] == self.customer[:-1]
        return same

    @property
    def joined(self) -> Bool1D:
        """Whether the next row is of the same customer and begins where this one ends."""
        same = self.followed
        same[:-1] &= self.start[1:] == self.stop[:-1]
        return same

    def held_on(self, day: np.datetime64) -> Bool1D:
        """Whether a row holds on a day, which at most one of a customer does."""
        return (self.start <= day) & ~(self.stop <= day)


class ReadRows(NamedTuple):
    """Rows of a table, and the customers that their codes name."""

    rows: Validities
    customers: tuple[Level, ...]


def columns_table(**columns: Any) -> Table:
    """Put columns of any library side by side, those left out that are None."""
    check_order(**columns)
    read: dict[str, Any] = {}
    for name, values in columns.items():
        if values is None:
            continue
        if nw.dependencies.is_into_series(values):
            read[name] = nw.from_native(values, series_only=True).to_pandas().array
        else:
            array = np.asarray(values)
            if array.ndim != 1:
                msg = f"The column {name!r} must hold one value an event. Got {values!r} instead."
                raise InvalidDataError(msg)
            # numpy would turn the numbers of a mixed list into text
            read[name] = np.asarray(values, dtype=object) if array.dtype.kind in "US" else array
    lengths = {name: len(values) for name, values in read.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        msg = f"The columns have different lengths: {listed}. Give one value of each an event."
        raise InvalidDataError(msg)
    return as_table(pd.DataFrame(read))


def read_validities(table: Any, labels: Sequence[str], no_grade: str) -> ReadRows:
    """Read a table of customer, grade, valid_from, valid_to and perhaps known_on."""
    given = read_named(
        table, ["customer", "grade", "valid_from", "valid_to"], reader="A rating history"
    )
    start, stop = given.days("valid_from"), given.days("valid_to")
    rows, customers, order = _sorted(given, start, stop, labels, no_grade)
    _check_ends(rows, customers, order)
    return ReadRows(rows, customers)


def read_events(events: Table, labels: Sequence[str], no_grade: str) -> ReadRows:
    """Read assignments, each of which ends the one before; a withdrawal ends the last."""
    start = events.days("assigned_on")
    withdrawn = "withdrawn_on" in events.names
    stop = events.days("withdrawn_on") if withdrawn else np.full(len(start), _NEVER)
    rows, customers, order = _sorted(events, start, stop, labels, no_grade)
    ended = rows.stop.copy()
    followed = np.flatnonzero(rows.followed)
    following = rows.start[followed + 1]
    _check_same_day(rows, customers, order)
    open_ended = np.isnat(ended[followed])
    ended[followed[open_ended]] = following[open_ended]
    rows = rows._replace(stop=ended)
    _check_ends(rows, customers, order)
    return ReadRows(rows, customers)


def check_gaps(rows: Validities, customers: Sequence[Level]) -> None:
    """Refuse a time without a grade between two of one customer."""
    gap = rows.followed & ~rows.joined
    if gap.any():
        row = int(gap.argmax())
        msg = (
            f"Customer {customers[rows.customer[row]]!r} has no grade from {rows.stop[row]} until "
            f"{rows.start[row + 1]}, one of {int(gap.sum())} gap(s), and gaps='refuse'. Fill it, "
            "or allow gaps: in them customers have no grade, as after a withdrawal."
        )
        raise InvalidDataError(msg)


def warn_of_last_days(rows: Validities) -> None:
    """Warn where most validities end a day before the next begins, as tables of last days do."""
    followed = rows.followed[:-1]
    short = followed & (rows.start[1:] - rows.stop[:-1] == np.timedelta64(1, "D"))
    if 2 * short.sum() > followed.sum():
        msg = (
            f"{int(short.sum())} of {int(followed.sum())} validities that another one follows end "
            "a day before it, so that their customers have no grade on that day. 'valid_to' is the "
            "first day on which a grade does not hold any more: if the table gives the last day "
            "on which it does, add a day."
        )
        warn_user(msg, ValidityWarning)


def first_days(rows: Validities) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and the last day that a history speaks of."""
    ends = rows.stop[~np.isnat(rows.stop)]
    last = max([rows.start.max(), *([ends.max()] if len(ends) else [])])
    return rows.start.min(), last


def _sorted(
    given: Table, start: Days, stop: Days, labels: Sequence[str], no_grade: str
) -> tuple[Validities, tuple[Level, ...], Int1D]:
    """Return rows in their order, the customers, and the places of the rows in the table."""
    customer, customers = given.levels("customer")
    grade = _grade_codes(given, labels, no_grade)
    known = given.days("known_on") if "known_on" in given.names else None
    for name, missing in (
        ("customer", customer < 0),
        ("valid_from" if "valid_from" in given.names else "assigned_on", np.isnat(start)),
        ("known_on", np.isnat(known) if known is not None else np.zeros(0, dtype=bool)),
    ):
        if missing.any():
            msg = (
                f"Column {name!r} of a rating history has {int(missing.sum())} missing value(s), "
                f"the first at row {int(missing.argmax())}. Fill them in, or leave the rows out."
            )
            raise InvalidDataError(msg)
    order = _order(customer, start)
    stop = np.where(stop >= NO_END, _NEVER, stop)
    return Validities(customer, grade, start, stop, known).taken(order), customers, order


def _order(customer: Int1D, start: Days) -> Int1D:
    """Return the places of rows by customer, then by day."""
    day = (start - start.min()).astype(np.int64)
    key = customer * (int(day.max()) + 1) + day
    if (key[1:] >= key[:-1]).all():
        return np.arange(len(key), dtype=np.intp)
    return np.asarray(np.argsort(key, kind="stable"), dtype=np.intp)


def _grade_codes(given: Table, labels: Sequence[str], no_grade: str) -> Int1D:
    """Return the place of each grade among the labels, -1 for the word of no grade."""
    codes, found = given.levels("grade")
    places: Mapping[Any, int] = {
        no_grade: NONE,
        **{label: place for place, label in enumerate(labels)},
    }
    if (codes < 0).any():
        msg = (
            f"Column 'grade' of a rating history has {int((codes < 0).sum())} missing value(s), "
            f"the first at row {int((codes < 0).argmax())}. Write {no_grade!r} where a customer "
            "has no grade, or leave the rows out."
        )
        raise InvalidDataError(msg)
    for code, grade in enumerate(found):
        if grade not in places:
            near = get_close_matches(str(grade), [*labels, no_grade])
            hint = f" Did you mean {near[0]!r}?" if near else ""
            row = int((codes == code).argmax())
            msg = (
                f"The grade at row {row} is {grade!r}, which is none of the labels: "
                f"{', '.join(labels)}, nor {no_grade!r} for none.{hint}"
            )
            raise InvalidDataError(msg)
    return np.array([places[grade] for grade in found], dtype=np.intp).take(codes)


def _check_same_day(rows: Validities, customers: Sequence[Level], order: Int1D) -> None:
    twice = rows.followed
    twice[:-1] &= rows.start[1:] == rows.start[:-1]
    if twice.any():
        row = int(twice.argmax())
        msg = (
            f"Customer {customers[rows.customer[row]]!r} is given two grades on {rows.start[row]}, "
            f"at rows {order[row]} and {order[row + 1]}. Keep the one that holds."
        )
        raise InvalidDataError(msg)


def _check_ends(rows: Validities, customers: Sequence[Level], order: Int1D) -> None:
    """Refuse validities that end before they begin, and two of one customer that overlap."""
    turned = rows.stop <= rows.start
    if turned.any():
        row = int(turned.argmax())
        msg = (
            f"The validity at row {order[row]} ends on {rows.stop[row]}, and begins on "
            f"{rows.start[row]}. A validity holds on days from its beginning until before its end, "
            "so it must end later than it begins."
        )
        raise InvalidDataError(msg)
    overlap = rows.followed
    # an end that is NaT is no end
    overlap[:-1] &= ~(rows.stop[:-1] <= rows.start[1:])
    if overlap.any():
        row = int(overlap.argmax())
        until = "has no end" if np.isnat(rows.stop[row]) else f"ends on {rows.stop[row]}"
        msg = (
            f"Customer {customers[rows.customer[row]]!r} has validities that overlap: the one at "
            f"row {order[row]} {until}, and the one at row {order[row + 1]} begins on "
            f"{rows.start[row + 1]}. Close the first on that day at the latest; of assignments "
            "that end each other, RatingHistory.from_events makes a history."
        )
        raise InvalidDataError(msg)
