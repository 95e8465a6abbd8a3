"""Coarser values, so that more rows look alike."""

from __future__ import annotations

import math
from typing import Any, Literal

import narwhals as nw
import numpy as np

from creditscore._columns import days_of, floats_of, kind_of
from creditscore._frame import like
from creditscore._typing import Float1D, NativeSeries
from creditscore._validation import check_choice, check_finite, check_integer, check_real
from creditscore.exceptions import ColumnTypeError

_PERIODS = ("month", "quarter", "year")
_LAST_BITS = 4 * np.finfo(np.float64).eps


def to_bands(column: NativeSeries, width: float, *, origin: float = 0.0) -> NativeSeries:
    """Put numbers into bands of equal width.

    Parameters
    ----------
    column : column of shape (n_rows,)
        Numbers of a pandas, polars or pyarrow column.
    width : float
        Width of a band, above 0, in the unit of the numbers.
    origin : float, default=0.0
        Where one of the bands begins.

    Returns
    -------
    column of str
        Such as ``"[30, 40)"``: 30 belongs to it, 40 does not. Missing stays missing. Of the same
        library, name and index.

    Raises
    ------
    ColumnTypeError
        A column that holds no numbers, or no column.
    InfiniteValueError
        Infinite numbers.
    InvalidParameterError
        A width that is not above 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import to_bands
    >>> to_bands(pd.Series([29, 30, 44]), 10).tolist()
    ['[20, 30)', '[30, 40)', '[40, 50)']
    """
    step = check_real(width, "width", "to_bands", low=0, high=math.inf)
    start = check_real(origin, "origin", "to_bands", low=-math.inf, high=math.inf)
    read = _column(column, "to_bands")
    name = str(read.name)
    if kind_of(name, read) != "numeric":
        msg = f"Column {name!r} must hold numbers to be put into bands. Convert it first."
        raise ColumnTypeError(msg)
    numbers = check_finite(floats_of(name, read), name=name)
    places = _floors((numbers - start) / step)
    distinct, codes = np.unique(places, return_inverse=True)
    bounds = [(start + place * step, start + (place + 1) * step) for place in distinct.tolist()]
    labels = _labels(bounds, ".12g")
    if len(set(labels)) < len(labels):
        # two bands of one name would be one: as many digits as tell all numbers apart
        labels = _labels(bounds, ".17g")
    return _taken(labels, codes, column, read)


def to_prefixes(column: NativeSeries, n: int) -> NativeSeries:
    """Keep the first characters of texts, such as of postal codes.

    Parameters
    ----------
    column : column of shape (n_rows,)
        Text of a pandas, polars or pyarrow column; whole numbers are their decimal text.
    n : int
        Characters to keep, 1 or more.

    Returns
    -------
    column of str
        Such as ``"130*"``; the star stands for any number of characters, and for none. Missing
        stays missing. Of the same library, name and index.

    Raises
    ------
    ColumnTypeError
        Values that are no text and no whole numbers, or no column.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import to_prefixes
    >>> to_prefixes(pd.Series(["13053", "13068", "14850"]), 3).tolist()
    ['130*', '130*', '148*']
    """
    kept = check_integer(n, "n", "to_prefixes", low=1)
    read = _column(column, "to_prefixes")
    cut = [None if value is None else f"{value[:kept]}*" for value in _texts(read)]
    entries = np.empty(len(cut), dtype=object)
    entries[:] = cut
    return like(entries, column, name=read.name)


def to_periods(
    column: NativeSeries, period: Literal["month", "quarter", "year"] = "month"
) -> NativeSeries:
    """Keep the month, quarter or year of dates.

    Parameters
    ----------
    column : column of shape (n_rows,)
        Dates of a pandas, polars or pyarrow column.
    period : {"month", "quarter", "year"}, default="month"
        What is kept.

    Returns
    -------
    column of str
        Such as ``"2024-03"``, ``"2024Q1"`` or ``"2024"``. Missing stays missing. Of the same
        library, name and index.

    Raises
    ------
    ColumnTypeError
        A column that holds no dates, or no column.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import to_periods
    >>> to_periods(pd.to_datetime(pd.Series(["2024-03-31", "2024-04-01"])), "quarter").tolist()
    ['2024Q1', '2024Q2']
    """
    check_choice(period, "period", "to_periods", _PERIODS)
    read = _column(column, "to_periods")
    months = days_of(str(read.name), read).astype("datetime64[M]")
    distinct, codes = np.unique(months, return_inverse=True)
    return _taken([_period(month, period) for month in distinct], codes, column, read)


def _labels(bounds: list[tuple[float, float]], digits: str) -> list[str | None]:
    return [
        None if math.isnan(low) else f"[{low:{digits}}, {high:{digits}})" for low, high in bounds
    ]


def _floors(ratios: Float1D) -> Float1D:
    """Round down, but not what is a whole number but for the last bits, as 0.3 / 0.1 is."""
    nearest = np.rint(ratios)
    whole = np.abs(ratios - nearest) <= _LAST_BITS * np.abs(ratios)
    floors: Float1D = np.where(whole, nearest, np.floor(ratios))
    return floors


def _period(month: np.datetime64, period: str) -> str | None:
    if np.isnat(month):
        return None
    year, _, number = str(month).rpartition("-")
    if period == "month":
        return f"{year}-{number}"
    return year if period == "year" else f"{year}Q{(int(number) + 2) // 3}"


def _column(column: Any, owner: str) -> nw.Series[Any]:
    if not nw.dependencies.is_into_series(column):
        msg = (
            f"{owner} takes a column of a pandas, polars or pyarrow table. Got "
            f"{type(column).__name__} instead."
        )
        raise ColumnTypeError(msg)
    return nw.from_native(column, series_only=True)


def _texts(column: nw.Series[Any]) -> list[str | None]:
    known: list[str | None] = []
    for value in column.to_list():
        if value is None or value != value:  # noqa: PLR0124 - NaN
            known.append(None)
        elif isinstance(value, str):
            known.append(value)
        elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            known.append(str(int(value)))
        else:
            msg = (
                f"Column {column.name!r} must hold text or whole numbers to be cut. Got a value of "
                f"the type {type(value).__name__}: convert it to text."
            )
            raise ColumnTypeError(msg)
    return known


def _taken(labels: list[str | None], codes: Any, column: Any, read: nw.Series[Any]) -> NativeSeries:
    entries = np.empty(len(labels), dtype=object)
    entries[:] = labels
    return like(entries[codes.ravel()], column, name=read.name)
