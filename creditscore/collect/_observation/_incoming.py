"""Columns of whatever table comes in, read by their distinct values rather than row by row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._cells import NO_TEXT, word_of
from creditscore._days import NoDayError, read_day, read_instant
from creditscore._typing import Int1D
from creditscore.exceptions import ColumnTypeError, DuplicateColumnError, InvalidParameterError

_FLAGS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
_NUMBERS = (int, float, Decimal, np.number, np.bool_)


def incoming_frame(table: Any) -> pd.DataFrame:
    """Return a table of pandas, polars or pyarrow as one of pandas, rows numbered from 0.

    Raises
    ------
    InvalidParameterError
        It is no table.
    DuplicateColumnError
        Two columns have one name.
    """
    try:
        frame = nw.from_native(table, eager_only=True)
    except (TypeError, ValueError) as error:
        # of what narwhals says, only names of columns that stand twice are of use
        if isinstance(table, pd.DataFrame) and not table.columns.is_unique:
            raise _two_of_one_name(table.columns) from error
        msg = f"A table of pandas, polars or pyarrow is needed. Got {type(table).__name__}."
        raise InvalidParameterError(msg) from error
    native = frame.to_native()
    if not isinstance(native, pd.DataFrame):
        arrow = frame.to_arrow()
        if len(set(arrow.column_names)) < len(arrow.column_names):
            raise _two_of_one_name(pd.Index(arrow.column_names))
        native = arrow.to_pandas(date_as_object=False)
    elif not native.columns.is_unique:
        raise _two_of_one_name(native.columns)
    return native.reset_index(drop=True)


def _two_of_one_name(names: pd.Index) -> DuplicateColumnError:
    twice = names[names.duplicated()].unique()
    shown = ", ".join(map(repr, twice[:5]))
    return DuplicateColumnError(f"The table has more than one column named {shown}. Rename one.")


def coded(values: pd.Series) -> tuple[Int1D, list[Any]]:
    """Return the place of each value among the distinct ones, -1 where missing, and those."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        known = values.cat.categories
        return values.cat.codes.to_numpy(dtype=np.intp), np.asarray(known, dtype=object).tolist()
    try:
        codes, levels = pd.factorize(values)
    except (TypeError, NotImplementedError, InvalidOperation) as error:
        msg = (
            f"The column {values.name!r} holds what is no single value, such as a list or a "
            "mapping. Give texts, numbers or days."
        )
        raise ColumnTypeError(msg) from error
    found = np.asarray(levels, dtype=object).tolist()
    return (codes, found) if values.dtype != object else _flags_apart(values, codes, found)


def _flags_apart(values: pd.Series, codes: Int1D, levels: list[Any]) -> tuple[Int1D, list[Any]]:
    """Let true and 1 be two values, and false and 0, which are equal to each other."""
    of_two = [
        n for n, level in enumerate(levels) if isinstance(level, _NUMBERS) and level in (0, 1)
    ]
    if not of_two:
        return codes, levels
    is_flag = np.fromiter((isinstance(v, (bool, np.bool_)) for v in values), bool, len(values))
    for place in of_two:
        mine = codes == place
        if is_flag[mine].all() or not is_flag[mine].any():
            continue
        levels[place] = values[mine & ~is_flag].iloc[0]
        codes[mine & is_flag] = len(levels)
        levels.append(bool(levels[place]))
    return codes, levels


def categories(values: pd.Series, *, sort: bool = True) -> pd.Categorical:
    """Return a column of words, without blanks about them; an empty text for a gap."""
    codes, levels = coded(values)
    named = [_that_can_be_held(word_of(level)) for level in levels]
    # the last place stands for a gap, whose code is -1
    gap = [""] if (codes < 0).any() else []
    places, words = pd.factorize(np.array([*named, *gap], dtype=object), sort=sort)
    return pd.Categorical.from_codes(places[codes], categories=list(words))


def _that_can_be_held(word: str) -> str:
    """Return a word; one with half characters is written out, and marked as none to be kept."""
    if word.isascii():
        return word
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return NO_TEXT + word.encode("utf-8", "backslashreplace").decode("utf-8")
    return word


def numbers(values: pd.Series) -> npt.NDArray[np.float64]:
    """Return a column as floats, NaN for what is no number."""
    try:
        read = pd.to_numeric(values, errors="coerce")
        return np.asarray(read.to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError) as error:
        msg = f"The column {values.name!r} holds what is no number: {values.dtype}."
        raise ColumnTypeError(msg) from error


def flags(values: pd.Series) -> npt.NDArray[np.float64]:
    """Return 1 for true, 0 for false, NaN for what is neither."""
    codes, levels = coded(values)
    read = [_FLAGS.get(word_of(level).lower(), np.nan) for level in levels]
    return np.array([*read, np.nan])[codes]


def texts(values: pd.Series) -> npt.NDArray[np.object_]:
    """Return texts as they stand, None for a gap."""
    codes, levels = coded(values)
    read = [level if isinstance(level, str) else word_of(level) for level in levels]
    return np.array([*read, None], dtype=object)[codes]


def day_texts(values: pd.Series) -> npt.NDArray[np.object_]:
    """Return days as texts with the year first, None for what is no day."""
    codes, levels = coded(values)
    days = [day_or_none(level) for level in levels]
    read = [None if np.isnat(day) else str(day.astype("datetime64[D]")) for day in days]
    return np.array([*read, None], dtype=object)[codes]


def read_days(values: pd.Series) -> pd.Series:
    """Return days; NaT for what is none.

    Parameters
    ----------
    values : pandas.Series
        Days as dates or times without a zone, or as texts with the year first. Hours of a time
        are left out.

    Returns
    -------
    pandas.Series of datetime64[s]
        With the index of the values.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import read_days
    >>> read_days(pd.Series(["2024-02-29", "2024年3月1日", "3/4/2024"])).dt.day.tolist()
    [29.0, 1.0, nan]
    """
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return values.dt.floor("D").astype("datetime64[s]")
    codes, levels = coded(values)
    days = np.array([*map(day_or_none, levels), np.datetime64("NaT")], dtype="datetime64[s]")
    return pd.Series(days[codes], index=values.index)


def day_or_none(value: Any) -> np.datetime64:
    """Return a day, or NaT for what is none."""
    try:
        return read_day(value)
    except NoDayError:
        return np.datetime64("NaT")


def read_instants(values: pd.Series) -> pd.Series:
    """Return times in UTC; NaT for what is none. A time without a zone is one of UTC.

    Parameters
    ----------
    values : pandas.Series
        Times, dates, or texts of them with the year first; what 3/4/2024 means is not guessed.

    Returns
    -------
    pandas.Series of datetime64[us, UTC]
        With the index of the values.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import read_instants
    >>> str(read_instants(pd.Series(["2024-02-29T23:30-05:00"]))[0])
    '2024-03-01 04:30:00+00:00'
    """
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return values.astype("datetime64[us]").dt.tz_localize("UTC")
    codes, levels = coded(values)
    read: Sequence[Any] = [*map(_instant_or_none, levels), np.datetime64("NaT")]
    instants = np.array(read, dtype="datetime64[us]")[codes]
    return pd.Series(instants, index=values.index).dt.tz_localize("UTC")


def _instant_or_none(value: Any) -> np.datetime64:
    try:
        return plain_instant(read_instant(value))
    except (NoDayError, OverflowError):
        return np.datetime64("NaT")


def plain_instant(instant: pd.Timestamp) -> np.datetime64:
    """Return a time as one of UTC without a zone, in microseconds."""
    if instant.tz is not None:
        instant = instant.tz_convert("UTC").tz_localize(None)
    return np.datetime64(instant.as_unit("us").to_datetime64())
