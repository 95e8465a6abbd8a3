"""One column of any library as an array: its kind, its numbers, its levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from creditscore._typing import ColumnKind, Float1D, Int1D, Level
from creditscore._words import (
    LARGEST_WHOLE,
    MixedValues,
    looks_mixed,
    number_in,
    numbers_and_words,
)
from creditscore.exceptions import ColumnTypeError

_LEVELS_LIKE = (nw.Categorical, nw.Enum, nw.Boolean)
_TIME_LIKE = (nw.Date, nw.Datetime, nw.Duration, nw.Time)
_TIMES = (dt.date, dt.time, dt.timedelta, np.datetime64, np.timedelta64)
_MOST_DIGITS = 300
"""Whole numbers that have more are no longer read or written out."""
_BLOCK = 2**17
"""Rows that are looked through at a time, where that saves memory."""
_PLAIN_NUMBERS = (int, float, Decimal, np.integer, np.floating)
_NUMBERS = {"integer", "floating", "decimal", "mixed-integer-float", "empty"}
_NUMBERS_AND_TEXT = {"mixed", "mixed-integer"}
_NAMES_OF_TIMES = {
    *("date", "datetime", "datetime64", "timedelta", "timedelta64", "time", "period"),
}


def kind_of(name: str, column: Any) -> ColumnKind:
    """Tell the kind of a column of an array or a table; see :meth:`Table.kind`."""
    if isinstance(column, np.ndarray):
        return "numeric" if column.dtype.kind in "fiu" else _kind_of_objects(name, column)
    native = column.to_native()
    if isinstance(native, pd.Series) and native.dtype == object:
        # narwhals calls objects without any value text
        return _kind_of_objects(name, native.to_numpy())
    dtype = column.dtype
    if dtype.is_numeric():
        return "numeric"
    if dtype in _TIME_LIKE:
        raise ColumnTypeError(time_message(name, str(dtype)))
    if dtype in _LEVELS_LIKE:
        return "ordered" if has_order(column) else "categorical"
    if dtype == nw.String:
        return _kind_of_text(_distinct_texts(column))
    return _kind_of_objects(name, _objects(column))


def has_order(column: Any) -> bool:
    """Tell whether a column declares an order of its levels.

    So do the ordered categories of pandas, ordered dictionaries of pyarrow, and each Enum of
    polars, which is compared by the order in which its categories were listed.
    """
    if isinstance(column, np.ndarray):
        return False
    dtype = getattr(column.to_native(), "dtype", None)
    if isinstance(dtype, pd.CategoricalDtype):
        return bool(dtype.ordered)
    arrow = dtype.pyarrow_dtype if isinstance(dtype, pd.ArrowDtype) else None
    if isinstance(column.to_native(), (pa.ChunkedArray, pa.Array)):
        arrow = column.to_native().type
    if arrow is not None:
        return pa.types.is_dictionary(arrow) and bool(arrow.ordered)
    return bool(column.dtype == nw.Enum)


def is_declared_numeric(column: Any) -> bool:
    """Tell whether the type of a column, objects aside, is one of numbers."""
    if isinstance(column, np.ndarray):
        return column.dtype.kind in "fiu"
    return bool(column.dtype.is_numeric())


def floats_of(name: str, column: Any) -> Float1D:
    """Give a column of numbers as floats, NaN where missing; not copied where possible.

    Raises
    ------
    ColumnTypeError
        A value is no number.
    """
    try:
        return _floats_of(name, column)
    except (ColumnTypeError, MemoryError):
        raise
    except Exception as error:
        # polars has errors of its own, and need not be there to be named here
        raise _no_number(name, column) from error


def _floats_of(name: str, column: Any) -> Float1D:
    if isinstance(column, np.ndarray):
        return _floats_of_array(name, column)
    native = column.to_native()
    if isinstance(native, pd.Series) and isinstance(native.dtype, np.dtype):
        return _floats_of_array(name, native.to_numpy())
    if column.dtype.is_integer():
        check_whole(name, column.min(), column.max())
    if isinstance(native, pd.Series) and not is_declared_numeric(column):
        return _floats_of_array(name, _objects(column))
    if isinstance(native, pd.Series):
        return np.asarray(native.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.asarray(column.cast(nw.Float64).to_numpy(), dtype=np.float64)


def _no_number(name: str, column: Any) -> ColumnTypeError:
    """Say which value of a column is no number."""
    values = column if isinstance(column, np.ndarray) else _objects(column)
    for row, value in enumerate(values):
        try:
            _float("nan" if _is_missing(value) else value)
        except (TypeError, ValueError):
            return ColumnTypeError(
                f"Column {name!r} must hold numbers. Got {str(value)!r} in row {row}: convert it, "
                "or leave the cell empty where it is not known."
            )
    return ColumnTypeError(f"Column {name!r} must hold numbers, and cannot be read as such.")


def days_of(name: str, column: Any) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Give a column of dates, or of times without a zone, as days, NaT where missing."""
    native = column if isinstance(column, np.ndarray) else column.to_native()
    if isinstance(native, np.ndarray):
        native = pd.Series(native)
    if isinstance(native, pd.Series) and native.dtype == object:
        native = _days_of_objects(name, native)
    series = native if isinstance(native, pd.Series) else column.to_pandas()
    if pd.api.types.is_object_dtype(series.dtype):
        # dates of polars and pyarrow come as objects
        series = _days_of_objects(name, series)
    zone = getattr(series.dtype, "tz", None)
    arrow = isinstance(series.dtype, pd.ArrowDtype)
    if zone is None and (arrow or series.dtype.kind == "M"):
        dates = pd.to_datetime(series) if arrow else series
        if dates.dtype.kind == "M" and getattr(dates.dtype, "tz", None) is None:
            return np.asarray(dates.to_numpy(dtype="datetime64[D]", na_value=pd.NaT))
    got = f"times of the zone {zone}" if zone is not None else f"the type {series.dtype}"
    msg = (
        f"Column {name!r} must hold dates. Got {got}: convert it, in pandas with "
        "pd.to_datetime() and without a time zone."
    )
    raise ColumnTypeError(msg)


def _days_of_objects(name: str, series: pd.Series) -> pd.Series:
    """Turn objects into dates where all are dates; text is not guessed at."""
    known = series.dropna()
    if not known.map(lambda value: isinstance(value, (dt.date, np.datetime64))).all():
        msg = (
            f"Column {name!r} must hold dates. Got {type(known.iloc[0]).__name__} among its "
            "values: convert it, in pandas with pd.to_datetime()."
        )
        raise ColumnTypeError(msg)
    return pd.to_datetime(series).astype("datetime64[s]")


def levels_of(name: str, column: Any) -> tuple[Int1D, tuple[Level, ...]]:
    """Give a column as codes into the distinct values that occur, -1 where missing.

    Categories come in their order, other values in that of their first row.
    """
    codes, values, known = _encoded(name, column)
    return codes, tuple(values) if known else _checked(name, values)


def mixed_of(name: str, column: Any) -> MixedValues:
    """Give a column as numbers and words; see :func:`number_in` for text that is a number."""
    if is_declared_numeric(column):
        nothing = np.empty(0, dtype=np.intp)
        return MixedValues(floats_of(name, column), nothing, nothing, ())
    codes, values, _ = _encoded(name, column)
    strange = next((v for v in values if not isinstance(v, (str, *_PLAIN_NUMBERS))), None)
    if strange is not None:
        raise _strange_error(name, strange)
    # before they become floats, which know none of hundreds of digits
    _check_all_whole(name, [v for v in values if isinstance(v, int)])
    parted = numbers_and_words(codes, values)
    if (np.abs(parted.values) >= LARGEST_WHOLE).any():
        # int() reads no text of thousands of digits, and a few hundred are too many as well
        texts = [v.strip() for v in values if isinstance(v, str) and _is_whole(v)]
        _check_all_whole(name, [int(text[:_MOST_DIGITS]) for text in texts])
    return parted


def check_readable_as(kind: ColumnKind, name: str, column: Any) -> None:
    """Refuse a kind that a column cannot be read as, and say what would help."""
    if is_declared_numeric(column):
        return
    if not isinstance(column, np.ndarray) and column.dtype in _TIME_LIKE:
        raise ColumnTypeError(time_message(name, str(column.dtype)))
    if kind in ("categorical", "ordered"):
        _, levels = levels_of(name, column)
        text = next((level for level in levels if isinstance(level, str)), None)
        if kind == "ordered" and text is not None and not has_order(column):
            msg = (
                f"Column {name!r} was asked for as 'ordered', but it holds text, such as {text!r}, "
                "and declares no order. Make it an ordered category (pandas), an Enum (polars) or "
                "an ordered dictionary (pyarrow) that lists its levels in their order."
            )
            raise ColumnTypeError(msg)
        return
    if kind == "numeric" and kind_of(name, column) == "numeric":
        return
    _, values, _ = _encoded(name, column)
    if kind == "numeric" and not all(isinstance(value, bool) for value in values):
        # intervals of numbers read no text, so the answer would not hold when new rows come
        msg = (
            f"Column {name!r} was asked for as 'numeric', but it holds text or categories: "
            f"{some(values)}. Ask for it as 'mixed', where text that is a number counts as one "
            "and each other word is an attribute of its own, or convert it."
        )
        raise ColumnTypeError(msg)
    mixed_of(name, column)


def some(values: Sequence[Any]) -> str:
    """List the first values."""
    return ", ".join(map(repr, values[:5])) + (", …" if len(values) > 5 else "")


def is_level(value: Any) -> bool:
    """Tell whether a value may be a level: text, a finite number, a boolean."""
    if isinstance(value, float):
        return bool(np.isfinite(value))
    return isinstance(value, (str, int, bool))


def check_whole(name: str, low: int | None, high: int | None) -> None:
    """Refuse whole numbers that floats cannot tell from their neighbours."""
    for value in (low, high):
        if value is not None and not _is_missing(value) and abs(int(value)) > LARGEST_WHOLE:
            msg = (
                f"Column {name!r} holds whole numbers beyond 2⁵³, such as {_whole_text(value)}, "
                "which cannot be told from their neighbours once they are amounts. It looks like "
                "an identifier: drop it, or convert it to text."
            )
            raise ColumnTypeError(msg)


def _check_all_whole(name: str, values: Sequence[int]) -> None:
    check_whole(name, min(values, default=None), max(values, default=None))


def _check_quiet(name: str, values: Iterable[Any]) -> None:
    """Refuse decimals that are signalling NaN, which raise wherever they are used."""
    if any(isinstance(value, Decimal) and value.is_snan() for value in values):
        msg = (
            f"Column {name!r} holds Decimal('sNaN'), a signalling NaN, which stands for an error "
            "and not for a missing value. Find where it comes from, or make it None."
        )
        raise ColumnTypeError(msg)


def _whole_text(value: int) -> str:
    """Write a whole number; Python itself writes none of thousands of digits."""
    return str(int(value)) if abs(int(value)) < 10**_MOST_DIGITS else "one of hundreds of digits"


def time_message(name: str, kind: str) -> str:
    """Say that dates are refused, and what to make of them."""
    return (
        f"Column {name!r} holds dates or durations ({kind}), which have no scale of risk. Turn "
        "it into a number as of a date, such as days since the account was opened, or drop it."
    )


def _is_arrow_text(series: pd.Series) -> bool:
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype):
        arrow = dtype.pyarrow_dtype
        return bool(pa.types.is_dictionary(arrow) or _is_text(arrow))
    return isinstance(dtype, pd.StringDtype) and dtype.storage == "pyarrow"


def _is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype))


def _is_whole(text: str) -> bool:
    return text.strip().lstrip("+-").isdecimal() and number_in(text) is not None


def _encoded(name: str, column: Any) -> tuple[Int1D, list[Any], bool]:
    """Return codes, distinct values, and whether these are known to be text."""
    native = column if isinstance(column, np.ndarray) else column.to_native()
    if not isinstance(column, np.ndarray) and column.dtype in _TIME_LIKE:
        # numpy lists nanoseconds as whole numbers
        raise ColumnTypeError(time_message(name, str(column.dtype)))
    if isinstance(native, pd.Series) and isinstance(native.dtype, pd.CategoricalDtype):
        return *_used(native.cat.codes.to_numpy(), native.cat.categories.tolist()), False
    try:
        if isinstance(native, pd.Series) and _is_arrow_text(native):
            return _encoded_by_arrow(native.array.__arrow_array__())
        if isinstance(native, (np.ndarray, pd.Series)):
            return *_encoded_by_pandas(_by_place(native)), False
        return _encoded_by_arrow(column.to_arrow())
    except (TypeError, pa.ArrowNotImplementedError) as error:
        if isinstance(native, (np.ndarray, pd.Series)):
            _check_quiet(name, native)
        msg = f"Column {name!r} holds lists or other containers. Give it one value a row."
        raise ColumnTypeError(msg) from error


def _by_place(values: Any) -> Any:
    """Return values that are sliced by place, whatever the index."""
    if isinstance(values, pd.Series):
        return values.to_numpy() if isinstance(values.dtype, np.dtype) else values.array
    return values


def _encoded_by_pandas(values: Any) -> tuple[Int1D, list[Any]]:
    """Factorise block by block: pandas makes room for a value a row, 4 columns' worth."""
    codes = np.empty(len(values), dtype=np.intp)
    places: dict[Any, int] = {}
    for start in range(0, len(values), _BLOCK):
        block = slice(start, start + _BLOCK)
        of_block, uniques = pd.factorize(values[block])
        place_of = [places.setdefault(value, len(places)) for value in uniques.tolist()]
        # the last place is that of the code -1
        codes[block] = np.array([*place_of, -1], dtype=np.intp).take(of_block)
    return codes, list(places)


def _encoded_by_arrow(array: pa.Array | pa.ChunkedArray) -> tuple[Int1D, list[Any], bool]:
    array = array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
    given = pa.types.is_dictionary(array.type)
    encoded = array.unify_dictionaries() if given else array.dictionary_encode()
    chunks = [chunk for chunk in encoded.chunks if len(chunk)]
    codes = np.empty(len(encoded), dtype=np.intp)
    start = 0
    for chunk in chunks:
        part = codes[start : start + len(chunk)]
        # of a row without a value, the index may be anything
        indices = chunk.indices.fill_null(0) if chunk.null_count else chunk.indices
        part[:] = indices.to_numpy(zero_copy_only=False)
        if chunk.null_count:
            part[chunk.indices.is_null().to_numpy(zero_copy_only=False)] = -1
        start += len(chunk)
    # the chunks share one dictionary
    values = chunks[0].dictionary.to_pylist() if chunks else []
    if not given and _is_text(array.type):
        return codes, values, True
    return *_used(codes, values), False


def _used(codes: Any, values: Sequence[Any]) -> tuple[Int1D, list[Any]]:
    """Keep the values that occur, each once, in their order; gaps among them are missing."""
    codes = np.asarray(codes, dtype=np.intp)
    occurs = np.zeros(len(values) + 1, dtype=bool)
    # the last place is that of the code -1
    occurs[codes] = True
    places: dict[Any, int] = {}
    place_of = np.full(len(values) + 1, -1, dtype=np.intp)
    for old, value in enumerate(values):
        if occurs[old] and not _is_missing(value):
            place_of[old] = places.setdefault(value, len(places))
    if not np.array_equal(place_of[:-1], np.arange(len(values))):
        codes = place_of.take(codes)
    return codes, list(places)


def _checked(name: str, values: Sequence[Any]) -> tuple[Level, ...]:
    levels = tuple(v.item() if isinstance(v, np.generic) else v for v in values)
    for level in levels:
        if not is_level(level):
            raise _strange_error(name, level)
    return levels


def _strange_error(name: str, value: Any) -> ColumnTypeError:
    shown = f"{value!r} ({type(value).__name__})"
    if isinstance(value, _TIMES):
        return ColumnTypeError(
            f"Column {name!r} has levels that are dates or durations, such as {shown}, which have "
            "no scale of risk. Turn it into a number as of a date, such as days since the account "
            "was opened. Convert them to text only where each is a group of its own."
        )
    return ColumnTypeError(
        f"Column {name!r} has levels that are no text, finite numbers or booleans, such as "
        f"{shown}. Convert them to text."
    )


def _distinct_texts(column: Any) -> Collection[str]:
    native = column.to_native()
    if isinstance(native, pd.Series):
        if not _is_arrow_text(native):
            return _texts(_by_place(native))
        array = native.array.__arrow_array__()
    else:
        array = column.to_arrow()
    return [text for text in array.unique().to_pylist() if text is not None]


def _objects(column: nw.Series[Any]) -> np.ndarray[Any, Any]:
    native = column.to_native()
    if isinstance(native, pd.Series):
        return np.asarray(native.to_numpy(dtype=object, na_value=None))
    # one object a row, where asarray would stack lists of equal length
    return np.fromiter(column.to_list(), dtype=object, count=len(column))


def _kind_of_objects(name: str, values: np.ndarray[Any, Any]) -> ColumnKind:
    found = pd.api.types.infer_dtype(values, skipna=True)
    if found in _NUMBERS:
        return "numeric"
    if found == "string":
        return _kind_of_text(_texts(values))
    if found in {"boolean", "categorical"}:
        return "categorical"
    if found in _NUMBERS_AND_TEXT and _holds_numbers_and_text_only(values):
        return "mixed"
    _check_quiet(name, values)
    kinds = ", ".join(sorted({type(v).__name__ for v in values if not _is_missing(v)}))
    if found in _NAMES_OF_TIMES:
        raise ColumnTypeError(time_message(name, kinds or "all NaT"))
    msg = (
        f"Column {name!r} must hold numbers or text or both; argument must be a string or a "
        f"number. Got values of the types {kinds}. Convert the column, or split it in two."
    )
    raise ColumnTypeError(msg)


def _kind_of_text(distinct: Collection[str]) -> ColumnKind:
    return "mixed" if looks_mixed(distinct) else "categorical"


def _texts(values: Any) -> set[str]:
    """Return the distinct texts of a column."""
    starts = range(0, len(values), _BLOCK)
    found = (pd.unique(values[start : start + _BLOCK]).tolist() for start in starts)
    return {value for block in found for value in block if isinstance(value, str)}


def _holds_numbers_and_text_only(values: np.ndarray[Any, Any]) -> bool:
    """Tell booleans, dates and containers from what a mixed column may hold."""
    strange = {
        kind
        for kind in set(map(type, values))
        if not issubclass(kind, (str, *_PLAIN_NUMBERS)) or issubclass(kind, bool)
    }
    return not strange or all(_is_missing(v) for v in values if type(v) in strange)


def _floats_of_array(name: str, values: np.ndarray[Any, Any]) -> Float1D:
    if values.dtype.kind in "OUS":
        whole = [v for v in values if isinstance(v, int)]
        check_whole(name, min(whole, default=None), max(whole, default=None))
        _check_quiet(name, values)
        return np.array([np.nan if _is_missing(v) else _float(v) for v in values], dtype=np.float64)
    if values.dtype.kind in "iu" and len(values):
        check_whole(name, int(values.min()), int(values.max()))
    return np.asarray(values, dtype=np.float64)


def _float(value: Any) -> float:
    if isinstance(value, (bytes, bytearray)) or (isinstance(value, str) and "_" in value):
        # Python reads them as numbers, and nobody writes numbers so
        raise TypeError
    return float(value)


def _is_missing(value: Any) -> bool:
    found = pd.isna(value)
    return bool(found) if isinstance(found, (bool, np.bool_)) else False
