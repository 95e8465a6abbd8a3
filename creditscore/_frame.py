"""The one boundary with dataframes: any table in, columns as arrays, the same kind out.

Inside the library a column is a float array with NaN for missing, or integer codes into a
tuple of levels with -1 for missing. pandas, polars and pyarrow differ in this file and in
``_columns.py`` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array

from creditscore._columns import (
    check_readable_as,
    days_of,
    floats_of,
    has_order,
    is_declared_numeric,
    is_level,
    kind_of,
    levels_of,
    mixed_of,
)
from creditscore._typing import ColumnKind, Float1D, Int1D, Level, NativeFrame, NativeSeries
from creditscore._words import MixedValues
from creditscore.exceptions import (
    ColumnTypeError,
    DuplicateColumnError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)

__all__ = [
    "KINDS",
    "Table",
    "as_table",
    "is_level",
    "like",
    "missing_message",
    "native_rows",
    "read_named",
]

KINDS: tuple[ColumnKind, ...] = ("numeric", "categorical", "ordered", "mixed")
"""The ways in which a column may be read."""


@dataclass(frozen=True)
class Table:
    """Named columns over a native table or a 2-D array; see :func:`as_table`."""

    names: tuple[str, ...]
    n_rows: int
    has_names: bool
    _frame: nw.DataFrame[Any] | None
    _array: np.ndarray[Any, Any] | None
    told: Mapping[str, ColumnKind] = field(default_factory=dict)
    """Kinds that the user has given; see :meth:`with_kinds`."""
    labels: tuple[str, ...] = ()
    """Labels, as text, of a pandas table whose columns go by place as none is named by text."""

    def kind(self, name: str) -> ColumnKind:
        """Tell how a column is binned: by value, by level, by level in an order, or by both.

        Numbers (decimals too) are numeric; text, categories and booleans are categorical.
        Ordered categories of pandas, ordered dictionaries of pyarrow and each Enum of polars
        are ordered. An object column is what its values are: numbers and text together are
        mixed; one without any value counts as numeric. A text column is mixed where its values
        are clearly amounts, see :func:`creditscore._words.looks_mixed`, else categorical.
        Whatever :meth:`with_kinds` was told comes before all this.
        """
        if name not in self._kinds:
            self._kinds[name] = self.told.get(name) or kind_of(name, self._column(name))
        return self._kinds[name]

    def with_kinds(self, kinds: Mapping[str, ColumnKind]) -> Table:
        """Read columns as told: "numeric", "categorical", "ordered" or "mixed".

        Raises
        ------
        MissingColumnError
            A column is not in the table.
        InvalidParameterError
            A kind is none of the four.
        ColumnTypeError
            A column cannot be read so: text as numeric, unordered text as ordered, dates at all.
        """
        self.require(list(kinds))
        for name, kind in kinds.items():
            if kind not in KINDS:
                msg = (
                    f"The kind of column {name!r} must be one of {', '.join(map(repr, KINDS))}. "
                    f"Got {kind!r} instead."
                )
                raise InvalidParameterError(msg)
            check_readable_as(kind, name, self._column(name))
        return replace(self, told={**self.told, **kinds})

    def only(self, names: Sequence[str]) -> Table:
        """Return a table of some of the columns."""
        places = [self._places[name] for name in names]
        frame = None if self._frame is None else self._frame[:, places]
        array = None if self._array is None else self._array[:, places]
        told = {name: self.told[name] for name in names if name in self.told}
        return Table(tuple(names), self.n_rows, self.has_names, frame, array, told)

    def numeric(self, name: str) -> Float1D:
        """Give a column as floats, NaN where missing; not copied where that can be helped."""
        column = self._column(name)
        if self.told.get(name) == "numeric" and not is_declared_numeric(column):
            return mixed_of(name, column).values
        return floats_of(name, column)

    def days(self, name: str) -> np.ndarray[Any, np.dtype[np.datetime64]]:
        """Give a column of dates as days, NaT where missing."""
        return days_of(name, self._column(name))

    def levels(self, name: str) -> tuple[Int1D, tuple[Level, ...]]:
        """Give a column as codes into its distinct values, -1 where missing.

        The levels of an ordered column come in their order; of categories, those that occur.
        """
        column = self._column(name)
        codes, levels = levels_of(name, column)
        if self.told.get(name) == "ordered" and not has_order(column):
            # numbers and booleans alone, as with_kinds has checked
            order = sorted(range(len(levels)), key=lambda place: float(levels[place]))
            places = np.append(np.argsort(order), -1).astype(np.intp)
            return places.take(codes), tuple(levels[place] for place in order)
        return codes, levels

    def mixed(self, name: str) -> MixedValues:
        """Give a column as numbers and words, whatever its type.

        Text that reads as a plain decimal number is that number, in any library.
        """
        return mixed_of(name, self._column(name))

    def is_whole(self, name: str) -> bool:
        """Tell whether a column, in whatever way it is read, is of integers, or true and false."""
        column = self._column(name)
        if isinstance(column, np.ndarray):
            return column.dtype.kind in "iu"
        return bool(column.dtype.is_integer()) or column.dtype == nw.Boolean

    def rows(self, start: int, stop: int) -> Table:
        """Return a run of rows, copied by no library but where a column is read.

        A column whose kind was asked for before keeps it, whatever these rows alone look like.
        """
        part = replace(
            self,
            n_rows=stop - start,
            _frame=None if self._frame is None else self._frame[start:stop],
            _array=None if self._array is None else self._array[start:stop],
        )
        part._kinds.update(self._kinds)  # noqa: SLF001 - of the same class
        return part

    def taken(self, rows: Int1D) -> Table:
        """Return some rows, in the order asked for.

        A column of the kind "mixed" stays so, of however few rows; all other kinds are those of
        the type, which rows do not change.
        """
        mixed = {name: self.kind(name) for name in self.names if self.kind(name) == "mixed"}
        return replace(
            self,
            n_rows=len(rows),
            _frame=None if self._frame is None else self._frame[rows, :],
            _array=None if self._array is None else self._array[rows],
            told={**mixed, **self.told},
        )

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
        backend = self._frame.implementation
        if not text:
            return nw.from_dict(dict(columns), backend=backend).to_native()
        # of an array of objects, the first value would say what all are
        lists = {name: list(values) for name, values in columns.items()}
        return nw.from_dict(lists, dict.fromkeys(columns, nw.String), backend=backend).to_native()

    def to_series(self, name: str, values: Any, *, text: bool = False) -> NativeSeries:
        """Make a column of the caller's kind, with the caller's index; of `text`, if told so."""
        if self._frame is None:
            return np.asarray(values)
        native = self._frame.to_native()
        if isinstance(native, pd.DataFrame):
            # the values were made for this frame, so nobody else holds them
            dtype = "str" if text else None
            return pd.Series(values, index=native.index, name=name, dtype=dtype, copy=False)
        backend = self._frame.implementation
        if text:
            return nw.new_series(name, list(values), nw.String, backend=backend).to_native()
        return nw.new_series(name, values, backend=backend).to_native()

    def renamed(self, names: Sequence[str]) -> Table:
        """Call the columns otherwise, by place."""
        new = dict(zip(self.names, names, strict=True))
        told = {new[name]: kind for name, kind in self.told.items()}
        return replace(self, names=tuple(names), told=told)

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
            self._columns[name] = self._column_at(place)
        return self._columns[name]

    @cached_property
    def _labels(self) -> list[Any]:
        """Labels of a pandas table, by which each column is found; none where they repeat."""
        assert self._frame is not None  # noqa: S101 - arrays have none
        columns = self._frame.to_native().columns
        return list(columns) if columns.is_unique else []

    def _column_at(self, place: int) -> Any:
        if self._frame is None:
            assert self._array is not None  # noqa: S101 - one of the two is always set
            return self._array[:, place]
        native = self._frame.to_native()
        if isinstance(native, pd.DataFrame):
            # by its label a column is found in half the time that its place takes
            series = native[self._labels[place]] if self._labels else native.iloc[:, place]
            if isinstance(series.dtype, np.dtype) and series.dtype.kind in "fiu":
                # numbers without gaps of their own are the same in any library
                return series.to_numpy()
        return self._frame[:, place]


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
    InvalidDataError
        No table: nothing, a word, a number, a mapping; an array of another shape.
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
        if "got scalar array" in str(error):
            # whose advice is to reshape a word, or nothing
            msg = (
                "A table of pandas, polars or pyarrow is needed, or an array of rows and columns. "
                f"Got {_told(X)}."
            )
            raise InvalidDataError(msg) from error
        empty = "while a minimum of 1 is required" in str(error)
        raise (EmptyDataError if empty else InvalidDataError)(str(error)) from error
    if array.dtype.kind not in "fiu":
        array = array.astype(object)
    names = tuple(f"x{i}" for i in range(array.shape[1]))
    return Table(names, array.shape[0], False, None, array)


def read_named(X: NativeFrame, names: Sequence[str], *, reader: str = "A scorecard") -> Table:
    """Read a table that must have columns of these names; others do not matter.

    Raises
    ------
    ColumnTypeError
        The table has no names; the message says who reads it.
    MissingColumnError
        A column is not there.
    """
    table = as_table(X, wanted=names)
    if not table.has_names:
        msg = (
            f"{reader} reads its columns by name, and this table has no names. Pass a dataframe "
            f"with the columns {', '.join(map(repr, names))}."
        )
        raise ColumnTypeError(msg)
    table.require(names)
    return table


def native_rows(X: NativeFrame, rows: Int1D) -> NativeFrame:
    """Return some rows of what a user gave, in the order asked for, by its own library."""
    if isinstance(X, pd.DataFrame):
        return X.iloc[rows]
    if nw.dependencies.is_into_dataframe(X):
        return nw.from_native(X, eager_only=True)[rows, :].to_native()
    return np.asarray(X)[rows]


def like(entries: np.ndarray[Any, Any], *given: Any, name: str) -> Any:
    """Return names or numbers as a column of the first library that was given, else an array."""
    text = entries.dtype == object
    column = next((c for c in given if nw.dependencies.is_into_series(c)), None)
    if column is None:
        return entries
    if isinstance(column, pd.Series):
        return pd.Series(entries, index=column.index, name=name, dtype="str" if text else None)
    backend = nw.from_native(column, series_only=True).implementation
    dtype, values = (nw.String, entries.tolist()) if text else (nw.Float64, entries)
    return nw.new_series(name, values, dtype, backend=backend).to_native()


def _told(X: Any) -> str:
    """Return what was given for a table, as an error shows it."""
    return repr(X)[:80] if X is None or isinstance(X, (str, int, float)) else type(X).__name__


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
    labels: tuple[str, ...] = ()
    if isinstance(X, pd.DataFrame) and not any(isinstance(name, str) for name in X.columns):
        labels = tuple(map(str, X.columns.tolist()))
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
    twice = sorted(name for name, n in Counter(raw).items() if n > 1)
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
    return Table(tuple(raw), n_rows, has_names, frame, None, labels=labels)
