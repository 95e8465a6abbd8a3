"""Months of payment behaviour, customer by customer, as arrays that windows are cut from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import Days, NoDayError, read_day
from creditscore._display import counted
from creditscore._frame import Table, read_named
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import check_finite
from creditscore.exceptions import ColumnTypeError, InvalidDataError

MONTH_COLUMNS = ("customer", "month", "dpd")


@dataclass(frozen=True, kw_only=True, eq=False)
class Performance:
    """A row a customer and month, in this order; months count from January 1970."""

    customers: pd.Index
    customer: Int1D
    """Place of each row's customer among them."""
    month: Int1D
    dpd: Float1D

    @property
    def last_month(self) -> int:
        """The last month of which anything is known."""
        return int(self.month.max())

    @property
    def key(self) -> Int1D:
        """A number for each row that grows with customer and month."""
        return self.key_of(self.customer, self.month)

    def key_of(self, customer: Int1D, month: Int1D) -> Int1D:
        """Return such numbers for customers and months of any windows."""
        span = int(self.month.max() - self.month.min()) + 1
        inside = np.clip(month - self.month.min(), 0, span)
        key: Int1D = customer.astype(np.int64) * (span + 1) + inside
        return key

    def places_of(self, customers: pd.Index) -> Int1D:
        """Return the places of customers among these, -1 for those without a row."""
        return np.asarray(self.customers.get_indexer(customers), dtype=np.int64)


def read_performance(table: Any, *, owner: str, min_amount: float = 0.0) -> Performance:
    """Read customer, month and dpd, and past_due_amount where small amounts do not count.

    Raises
    ------
    MissingColumnError
        A column is not there.
    EmptyDataError
        There are no rows.
    InvalidDataError
        A customer or a month is missing, days past due are missing or below zero, or a customer
        has two rows of one month.
    """
    names = (*MONTH_COLUMNS, *(("past_due_amount",) if min_amount > 0 else ()))
    columns = read_named(table, names, reader=owner)
    codes, customers = customers_of(columns)
    month = day_values(columns, "month").astype("datetime64[M]").astype(np.int64)
    dpd = amounts_of(columns, "dpd")
    if (dpd < 0).any():
        msg = (
            f"The column 'dpd' holds {dpd.min():g}; days past due are 0 or more. Write 0 for who "
            "is not late or pays in advance."
        )
        raise InvalidDataError(msg)
    if min_amount > 0:
        amount = amounts_of(columns, "past_due_amount")
        dpd = np.where(amount < min_amount, 0.0, dpd)
    order = np.lexsort((month, codes))
    rows = Performance(
        customers=customers, customer=codes[order], month=month[order], dpd=dpd[order]
    )
    _check_once(rows)
    return rows


def amounts_of(table: Table, name: str) -> Float1D:
    """Return a column of finite numbers without gaps."""
    values = check_finite(table.numeric(name), name=name)
    if np.isnan(values).any():
        place = int(np.flatnonzero(np.isnan(values))[0])
        msg = f"The column {name!r} is missing in row {place}. Leave out rows without a number."
        raise InvalidDataError(msg)
    return values


def customers_of(table: Table) -> tuple[Int1D, pd.Index]:
    """Return whose each row is, as a place among the customers."""
    codes, levels = table.levels("customer")
    missing = codes < 0
    if missing.any():
        place = int(np.flatnonzero(missing)[0])
        msg = (
            f"The column 'customer' is missing in {counted(int(missing.sum()), 'row')}, first in "
            f"row {place}. Say whose each row is."
        )
        raise InvalidDataError(msg)
    return codes.astype(np.int64), pd.Index(list(levels))


def day_values(table: Table, name: str, *, gaps: bool = False) -> Days:
    """Return the days of a column of dates, or of texts with the year first."""
    try:
        days = table.days(name)
    except ColumnTypeError:
        codes, levels = table.levels(name)
        days = np.array([*map(_read, levels, repeat(name)), np.datetime64("NaT")])[codes]
        days = days.astype("datetime64[D]")
    if not gaps and np.isnat(days).any():
        place = int(np.flatnonzero(np.isnat(days))[0])
        msg = f"The column {name!r} holds no day in row {place}. Leave out rows without one."
        raise InvalidDataError(msg)
    return days


def _read(level: Any, name: str) -> np.datetime64:
    if isinstance(level, str) and not level.strip():
        return np.datetime64("NaT")
    try:
        return read_day(level)
    except NoDayError as error:
        msg = (
            f"The column {name!r} must hold days such as 2024-06-30. Got {level!r}, which {error}."
        )
        raise InvalidDataError(msg) from error


def _check_once(rows: Performance) -> None:
    again = (np.diff(rows.customer) == 0) & (np.diff(rows.month) == 0)
    if again.any():
        place = int(np.flatnonzero(again)[0])
        month = np.datetime64(int(rows.month[place]), "M")
        msg = (
            f"Customer {rows.customers[rows.customer[place]]!r} has two rows of {month}. Keep one "
            "row a customer and month, such as that of the most days past due."
        )
        raise InvalidDataError(msg)


def month_ends(months: Int1D) -> Days:
    """Return the last days of months counted from January 1970."""
    nexts = (months + 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(nexts.astype(np.int64) - 1).astype("datetime64[D]")


def worst_within(rows: Performance, low: Int1D, high: Int1D) -> Float1D:
    """Return the most days past due in rows low (with) to high (without); NaN for none. O(n)."""
    worst = np.full(len(low), np.nan)
    some: Bool1D = high > low
    if some.any():
        # reduceat takes pairs of ends: every second of its results is that of a window
        ends = np.column_stack([low[some], high[some]]).ravel()
        padded = np.append(rows.dpd, -np.inf)
        worst[some] = np.maximum.reduceat(padded, ends)[::2]
    return worst
