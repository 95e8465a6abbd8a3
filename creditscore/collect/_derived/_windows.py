"""Months counted back from a day, sums and slopes over them, a row a customer."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from creditscore._cells import is_empty, word_of
from creditscore._days import Days, months_later
from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore.collect._observation._incoming import incoming_frame, read_days
from creditscore.exceptions import InvalidDataError, MissingColumnError

SlopeMethod: TypeAlias = Literal["theil_sen", "least_squares"]
SLOPE_METHODS: tuple[str, ...] = get_args(SlopeMethod)
_NO_NUMBERS = (bool, np.bool_, bytes, complex)
_CELLS_AT_ONCE = 4_000_000


def month_bounds(as_of: np.datetime64, months: int) -> Days:
    """Return the ends of months counted back from a day, the first being before the window."""
    return np.array(
        [months_later(as_of, -back) for back in range(months, -1, -1)], dtype="datetime64[D]"
    )


def months_of(days: Days, bounds: Days) -> Int1D:
    """Return the month of the window in which each day lies; -1 outside of it, or for NaT."""
    places = np.searchsorted(bounds, days, side="left") - 1
    outside = np.isnat(days) | (places < 0) | (places >= len(bounds) - 1)
    return np.where(outside, -1, places).astype(np.intp)


def read_columns(
    table: Any, *, days: tuple[str, ...] = (), numbers: tuple[str, ...] = (),
    texts: tuple[str, ...] = (), owner: str,
) -> tuple[pd.DataFrame, Int1D, pd.Index]:  # fmt: skip
    """Return columns of a table of records in their types, the place of each customer, and these.

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        A row has no customer; a cell that is not empty holds no day or no number, or an infinite
        one.
    """
    frame = incoming_frame(table)
    wanted = ("customer", *days, *numbers, *texts)
    lacking = [name for name in wanted if name not in frame.columns]
    if lacking:
        msg = (
            f"{owner} needs the columns {', '.join(map(repr, lacking))}, which are not there. The "
            f"table has: {', '.join(map(repr, frame.columns))}."
        )
        raise MissingColumnError(msg)
    customers = frame["customer"].astype(object).map(word_of)
    if (customers == "").any():
        row = int((customers == "").to_numpy().argmax())
        msg = f"{owner}: row {row} has no customer."
        raise InvalidDataError(msg)
    read: dict[str, Any] = {name: read_days(frame[name]).to_numpy() for name in days}
    for name in days:
        _check_read(frame[name], np.isnat(read[name]), "a day such as 2024-06-30", owner)
    for name in numbers:
        values = _numbers_of(frame[name])
        _check_read(frame[name], np.isnan(values), "a number such as 1200.5", owner)
        if np.isinf(values).any():
            msg = f"{owner}: {name!r} is infinite in row {int(np.isinf(values).argmax())}."
            raise InvalidDataError(msg)
        read[name] = values
    read |= {name: frame[name].astype(object).to_numpy() for name in texts}
    codes, names = pd.factorize(customers, sort=True)
    return pd.DataFrame(read), codes.astype(np.intp), pd.Index(names, name="customer")


def _numbers_of(cells: pd.Series) -> Float1D:
    """Return numbers, NaN for what is none; so are true and false, complex ones and bytes."""
    try:
        read = pd.to_numeric(cells, errors="coerce")
        # of complex ones, only a warning would tell
        plain = read if read.dtype.kind != "c" else read.astype(object).map(_number_of)
        values = np.array(plain.to_numpy(dtype=np.float64, na_value=np.nan))
    except (ArithmeticError, TypeError, ValueError):
        # one cell is of a kind that stops pandas
        values = np.array([_number_of(cell) for cell in cells], dtype=np.float64)
    if cells.dtype == object or pd.api.types.is_bool_dtype(cells.dtype):
        values[[isinstance(cell, _NO_NUMBERS) for cell in cells]] = np.nan
    return values


def _number_of(cell: Any) -> float:
    try:
        return float(cell)
    except (ArithmeticError, TypeError, ValueError):
        return np.nan


def _check_read(cells: pd.Series, lost: Bool1D, wanted: str, owner: str) -> None:
    """Refuse cells that hold something and could not be read."""
    # a signalling NaN stops it, and is looked at below
    with suppress(ArithmeticError):
        lost &= cells.notna().to_numpy()
    for row in np.flatnonzero(lost):
        cell = cells.iloc[row]
        if not is_empty(cell):
            zone = getattr(cell, "tzinfo", None)
            told = (
                f"which has the time zone {zone}: say which day it is there, in pandas by "
                ".dt.tz_localize(None)"
                if zone else "leave the cell empty where it is not known"
            )  # fmt: skip
            msg = f"{owner}: {cells.name!r} must hold {wanted}. Got {cell!r} in row {row}; {told}."
            raise InvalidDataError(msg)


def days_of(table: pd.DataFrame, name: str) -> Days:
    """Return a column of days as such."""
    return np.asarray(table[name].to_numpy().astype("datetime64[D]"))


def by_month(
    codes: Int1D, months: Int1D, amounts: Float1D, n_customers: int, n_months: int
) -> Float2D:
    """Return sums of amounts by customer and month."""
    inside = months >= 0
    place = codes[inside] * n_months + months[inside]
    sums = np.bincount(place, weights=amounts[inside], minlength=n_customers * n_months)
    # of nothing at all they are whole numbers
    return np.asarray(sums.reshape(n_customers, n_months), dtype=np.float64)


def slopes(values: Float2D, method: str, *, least: int) -> Float1D:
    """Return the change by month of each row; NaN months are left out.

    Rows of fewer than `least` months are NaN. Theil and Sen's is the median of the slopes between
    all pairs of months, O(months²) a row.
    """
    n, n_months = values.shape
    enough = (~np.isnan(values)).sum(axis=1) >= least
    found = np.full(n, np.nan)
    if method == "least_squares":
        found[enough] = _least_squares(values[enough])
        return found
    first, second = np.triu_indices(n_months, 1)
    rows = np.flatnonzero(enough)
    size = max(1, _CELLS_AT_ONCE // max(1, len(first)))
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        pairs = (values[part][:, second] - values[part][:, first]) / (second - first)
        found[part] = np.nanmedian(pairs, axis=1)
    return found


def _least_squares(values: Float2D) -> Float1D:
    there = ~np.isnan(values)
    n = there.sum(axis=1)
    x = np.broadcast_to(np.arange(values.shape[1], dtype=np.float64), values.shape)
    y = np.where(there, values, 0.0)
    mean_x = (x * there).sum(axis=1) / n
    mean_y = y.sum(axis=1) / n
    centred = np.where(there, x - mean_x[:, None], 0.0)
    return np.asarray(
        (centred * np.where(there, y - mean_y[:, None], 0.0)).sum(axis=1) / (centred**2).sum(axis=1)
    )
