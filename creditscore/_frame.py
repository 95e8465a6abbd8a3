"""The one boundary with dataframes: any table in, columns as arrays, the same kind out.

Inside the library a column is a float array with NaN for missing, or integer codes into a
tuple of levels with -1 for missing. pandas, polars and pyarrow differ in this file alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array

from creditscore._typing import ColumnKind, Float1D, Int1D, Level, NativeFrame, NativeSeries
from creditscore.exceptions import (
    ColumnTypeError,
    DuplicateColumnError,
    EmptyDataError,
    InvalidDataError,
    MissingColumnError,
)

_LARGEST_WHOLE = 2**53
"""Up to here, floats hold every whole number."""
_TEXT_LIKE = (nw.String, nw.Categorical, nw.Enum, nw.Boolean)
_TIME_LIKE = (nw.Date, nw.Datetime, nw.Duration, nw.Time)
_NUMBERS = {"integer", "floating", "decimal", "mixed-integer-float", "empty"}
_LEVELS = {"string", "boolean", "categorical"}
_TIMES = {"date", "datetime", "datetime64", "timedelta", "timedelta64", "time", "period"}


@dataclass(frozen=True)
class Table:
    """Named columns over a native table or a 2-D array; see :func:`as_table`."""

    names: tuple[str, ...]
    n_rows: int
    has_names: bool
    _frame: nw.DataFrame[Any] | None
    _array: np.ndarray[Any, Any] | None

    def kind(self, name: str) -> ColumnKind:
        """Tell whether a column is binned by value or by level.

        Numbers (decimals too) are numeric; text, categories and booleans are categorical.
        An object column is what its values are; one without any value counts as numeric.
        """
        if name not in self._kinds:
            self._kinds[name] = _kind_of(name, self._column(name))
        return self._kinds[name]

    def numeric(self, name: str) -> Float1D:
        """Give a column as floats, NaN where missing; not copied where that can be helped."""
        column = self._column(name)
        if isinstance(column, np.ndarray):
            return _floats_of_array(name, column)
        native = column.to_native()
        if isinstance(native, pd.Series) and isinstance(native.dtype, np.dtype):
            return _floats_of_array(name, native.to_numpy())
        if column.dtype.is_integer():
            _check_whole(name, column.min(), column.max())
        if isinstance(native, pd.Series):
            return np.asarray(native.to_numpy(dtype=np.float64, na_value=np.nan))
        return np.asarray(column.cast(nw.Float64).to_numpy(), dtype=np.float64)

    def levels(self, name: str) -> tuple[Int1D, tuple[Level, ...]]:
        """Give a column as codes into its distinct values, -1 where missing."""
        column = self._column(name)
        values: Any = column
        if not isinstance(column, np.ndarray):
            native = column.to_native()
            # the library's own conversion: that of narwhals loses the gaps of pyarrow dictionaries
            values = native if isinstance(native, pd.Series) else native.to_pandas()
        try:
            codes, uniques = pd.factorize(values)
        except TypeError as error:
            msg = f"Column {name!r} holds lists or other containers. Give it one value a row."
            raise ColumnTypeError(msg) from error
        levels = tuple(uniques.tolist())
        strange = next((level for level in levels if not is_level(level)), None)
        if strange is not None:
            msg = (
                f"Column {name!r} has levels that are no text, finite numbers or booleans, such "
                f"as {strange!r} ({type(strange).__name__}). Convert them to text."
            )
            raise ColumnTypeError(msg)
        return np.asarray(codes, dtype=np.intp), levels

    def require(self, names: Sequence[str]) -> None:
        """Check that the columns are there; the error lists near names for those that are not."""
        missing = [name for name in names if name not in self._places]
        if missing:
            raise MissingColumnError(missing_message(missing, self.names))

    def to_frame(self, columns: Mapping[str, Any], *, text: bool = False) -> NativeFrame:
        """Make a table of the caller's kind, with the caller's index; of `text`, if told so.

        Left to itself, a library takes columns without any value for another type.
        """
        if self._frame is None:
            return np.column_stack([np.asarray(values) for values in columns.values()])
        native = self._frame.to_native()
        if isinstance(native, pd.DataFrame):
            # the columns were made for this frame, so nobody else holds them
            dtype = "str" if text else None
            return pd.DataFrame(dict(columns), index=native.index, dtype=dtype, copy=False)
        schema = dict.fromkeys(columns, nw.String) if text else None
        backend = self._frame.implementation
        return nw.from_dict(dict(columns), schema, backend=backend).to_native()

    def to_series(self, name: str, values: Any) -> NativeSeries:
        """Make a column of the caller's kind, with the caller's index."""
        if self._frame is None:
            return np.asarray(values)
        native = self._frame.to_native()
        if isinstance(native, pd.DataFrame):
            return pd.Series(values, index=native.index, name=name)
        return nw.new_series(name, values, backend=self._frame.implementation).to_native()

    def renamed(self, names: Sequence[str]) -> Table:
        """Call the columns otherwise, by place."""
        return replace(self, names=tuple(names))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _kinds(self) -> dict[str, ColumnKind]:
        """Kinds found so far: a column of objects is looked through once."""
        return {}

    @cached_property
    def _columns(self) -> dict[str, Any]:
        """Columns looked at so far: views, which cost time to make and no memory to keep."""
        return {}

    def _column(self, name: str) -> Any:
        if name not in self._columns:
            place = self._places[name]
            source = self._array if self._frame is None else self._frame
            assert source is not None  # noqa: S101 - one of the two is always set
            self._columns[name] = source[:, place]
        return self._columns[name]


def as_table(X: NativeFrame, *, wanted: Collection[str] | None = None) -> Table:
    """Read a pandas, polars or pyarrow table, a 2-D array or nested lists.

    Parameters
    ----------
    X : table or array-like of shape (n_samples, n_features)
        The columns of arrays, and of frames whose column names are all no text, go by place
        and are called ``x0, x1, …``.
    wanted : collection of str, optional
        Columns that will be read; what the others are called then does not matter.

    Returns
    -------
    Table

    Raises
    ------
    EmptyDataError
        No rows or no columns.
    DuplicateColumnError
        Two columns share a name.
    ColumnTypeError
        Sparse matrices, lazy frames, complex numbers.
    """
    if isinstance(X, Table):
        return X
    if nw.dependencies.is_into_dataframe(X):
        return _from_frame(_without_strange_names(X, wanted))
    if nw.dependencies.is_polars_lazyframe(X):
        msg = "X is a lazy polars frame. Call .collect() on it first."
        raise ColumnTypeError(msg)
    if isinstance(X, (list, tuple)) and np.asarray(X).dtype.kind in "US":
        # numpy would turn the numbers of a mixed row into text
        X = np.asarray(X, dtype=object)
    try:
        array = check_array(X, dtype=None, ensure_all_finite=False)
    except TypeError as error:
        raise ColumnTypeError(str(error)) from error
    except ValueError as error:
        if "Complex data" in str(error):
            # the message of scikit-learn goes on with the whole array
            msg = "Complex data not supported. Give real and imaginary parts as two columns."
            raise ColumnTypeError(msg) from error
        empty = "while a minimum of 1 is required" in str(error)
        raise (EmptyDataError if empty else InvalidDataError)(str(error)) from error
    if array.dtype.kind not in "fiu":
        array = array.astype(object)
    names = tuple(f"x{i}" for i in range(array.shape[1]))
    return Table(names, array.shape[0], False, None, array)


def missing_message(missing: Sequence[Any], available: Sequence[str]) -> str:
    """Say which columns are missing and which names come near, whatever their case."""
    folded: dict[str, list[str]] = {}
    for name in available:
        folded.setdefault(name.casefold(), []).append(name)
    parts = []
    for name in missing:
        found = get_close_matches(str(name).casefold(), list(folded), n=3, cutoff=0.6)
        near = [spelt for match in found for spelt in folded[match]]
        hint = f" (near: {', '.join(map(repr, near))})" if near else ""
        parts.append(f"{name!r}{hint}")
    listed = ", ".join(map(repr, list(available)[:20])) + (" …" if len(available) > 20 else "")
    noun = "Column" if len(missing) == 1 else "Columns"
    verb = "is" if len(missing) == 1 else "are"
    return f"{noun} {', '.join(parts)} {verb} not in the table. It has: {listed}."


def _without_strange_names(X: NativeFrame, wanted: Collection[str] | None) -> NativeFrame:
    """Leave out unwanted columns where some have no text for a name, or the name of another."""
    if wanted is None or not isinstance(X, pd.DataFrame):
        return X
    strange = not X.columns.is_unique or not all(isinstance(name, str) for name in X.columns)
    kept = [isinstance(name, str) and name in wanted for name in X.columns]
    return X.loc[:, kept] if strange and any(kept) else X


def _from_frame(X: NativeFrame) -> Table:
    has_names = True
    if isinstance(X, pd.DataFrame) and not any(isinstance(name, str) for name in X.columns):
        X = X.set_axis([f"x{i}" for i in range(X.shape[1])], axis="columns")
        has_names = False
    raw = list(X.column_names if hasattr(X, "column_names") else X.columns)
    if any(not isinstance(name, str) for name in raw):
        types = sorted({type(name).__name__ for name in raw})
        msg = (
            "Feature names are only supported if all input features have string names, but "
            f"the table has names of the types {types}. Convert them, for example by "
            "X.columns = X.columns.astype(str)."
        )
        raise ColumnTypeError(msg)
    twice = (
        sorted({name for name in raw if raw.count(name) > 1}) if len(set(raw)) < len(raw) else []
    )
    if twice:
        msg = f"Column names must be unique. Seen more than once: {', '.join(map(repr, twice))}."
        raise DuplicateColumnError(msg)
    frame = nw.from_native(X, eager_only=True)
    n_rows, n_columns = frame.shape
    if n_rows == 0 or n_columns == 0:
        what = "sample(s)" if n_rows == 0 else "feature(s)"
        msg = (
            f"Found array with 0 {what} (shape=({n_rows}, {n_columns})) while a minimum of 1 "
            "is required. Check the filter or the file that made the table."
        )
        raise EmptyDataError(msg)
    return Table(tuple(raw), n_rows, has_names, frame, None)


def _kind_of(name: str, column: Any) -> ColumnKind:
    """Tell the kind of a column of an array or a table."""
    if isinstance(column, np.ndarray):
        return "numeric" if column.dtype.kind in "fiu" else _kind_of_objects(name, column)
    native = column.to_native()
    if isinstance(native, pd.Series) and native.dtype == object:
        # narwhals calls objects without any value text
        return _kind_of_objects(name, native.to_numpy())
    dtype = column.dtype
    if dtype.is_numeric():
        return "numeric"
    if dtype in _TEXT_LIKE:
        return "categorical"
    if dtype in _TIME_LIKE:
        raise ColumnTypeError(_time_message(name, str(dtype)))
    return _kind_of_objects(name, _objects(column))


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
    if found in _LEVELS:
        return "categorical"
    kinds = ", ".join(sorted({type(v).__name__ for v in values if not _is_missing(v)}))
    if found in _TIMES:
        raise ColumnTypeError(_time_message(name, kinds))
    msg = (
        f"Column {name!r} must hold numbers only or text only; argument must be a string or a "
        f"number. Got values of the types {kinds}. Convert the column, or split it in two."
    )
    raise ColumnTypeError(msg)


def _time_message(name: str, kind: str) -> str:
    return (
        f"Column {name!r} holds dates or durations ({kind}), which have no scale of risk. Turn "
        "it into a number as of a date, such as days since the account was opened, or drop it."
    )


def _floats_of_array(name: str, values: np.ndarray[Any, Any]) -> Float1D:
    if values.dtype.kind == "O":
        whole = [v for v in values if isinstance(v, int)]
        _check_whole(name, min(whole, default=None), max(whole, default=None))
        return np.array([np.nan if _is_missing(v) else float(v) for v in values], dtype=np.float64)
    if values.dtype.kind in "iu" and len(values):
        _check_whole(name, int(values.min()), int(values.max()))
    return np.asarray(values, dtype=np.float64)


def _check_whole(name: str, low: int | None, high: int | None) -> None:
    """Refuse whole numbers that floats cannot tell from their neighbours."""
    for value in (low, high):
        if value is not None and not _is_missing(value) and abs(int(value)) > _LARGEST_WHOLE:
            msg = (
                f"Column {name!r} holds whole numbers beyond 2⁵³, such as {int(value)}, which "
                "cannot be told from their neighbours once they are amounts. It looks like an "
                "identifier: drop it, or convert it to text."
            )
            raise ColumnTypeError(msg)


def is_level(value: Any) -> bool:
    if isinstance(value, float):
        return bool(np.isfinite(value))
    return isinstance(value, (str, int, bool))


def _is_missing(value: Any) -> bool:
    found = pd.isna(value)
    return bool(found) if isinstance(found, (bool, np.bool_)) else False
