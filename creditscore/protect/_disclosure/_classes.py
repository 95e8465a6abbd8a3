"""Classes of rows that look alike to whoever knows some columns of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._frame import read_named
from creditscore._typing import Int1D, NativeFrame
from creditscore.exceptions import ColumnTypeError, InvalidDataError, InvalidParameterError


@dataclass(frozen=True, kw_only=True)
class RowClasses:
    """Rows by the values that they have in some columns."""

    names: tuple[str, ...]
    codes: Int1D
    """The class of each row, in the order of their first rows."""
    values: pd.DataFrame
    """A row a class: its values."""

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.codes)

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.values)


def read_classes(table: NativeFrame, names: Any, *, owner: str) -> RowClasses:
    """Put rows into classes; a missing value is a value of its own."""
    columns = read_entries(names, "quasi_identifiers", owner)
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        msg = f"The 'quasi_identifiers' parameter of {owner} names {twice!r} twice."
        raise InvalidParameterError(msg)
    n_rows = read_named(table, columns, reader=owner).n_rows
    codes = np.zeros(n_rows, dtype=np.intp)
    given = {name: native_column(table, name) for name in columns}
    for name, column in given.items():
        found, _ = factorised(name, column)
        # by their first rows, so that codes stay small and never overflow
        codes, _ = pd.factorize(codes * (found.max() + 1) + found)
    firsts = np.unique(codes, return_index=True)[1]
    values = pd.DataFrame(
        {name: column.iloc[firsts] for name, column in given.items()}, index=firsts
    )
    values.index = pd.RangeIndex(len(firsts))
    return RowClasses(names=columns, codes=codes.astype(np.intp), values=values)


def native_column(table: NativeFrame, name: str) -> pd.Series:
    """Return a column as one of pandas, with its rows numbered."""
    if isinstance(table, pd.DataFrame):
        return table[name].reset_index(drop=True)
    column = nw.from_native(table, eager_only=True)[name]
    if column.dtype.is_integer() and column.null_count():
        # pandas would make floats of them, in which long numbers are one
        return pd.Series(column.to_list(), name=name, dtype=object)
    return column.to_pandas()


def factorised(name: str, column: pd.Series) -> tuple[Int1D, pd.Index]:
    """Return the code of each value and the values; a missing one has the code after the last."""
    try:
        codes, values = pd.factorize(column)
    except TypeError as error:
        msg = f"Column {name!r} holds lists or other containers. Give it one value a row."
        raise ColumnTypeError(msg) from error
    return np.where(codes < 0, len(values), codes).astype(np.intp), pd.Index(values)


def read_sensitive(
    table: NativeFrame, name: Any, *, owner: str, beside: Sequence[str]
) -> pd.Series:
    """Return the sensitive column, which may not be among the others nor have missing values."""
    if not isinstance(name, str) or name in beside:
        msg = (
            f"The 'sensitive' parameter of {owner} must name a column that is no quasi-identifier. "
            f"Got {name!r} instead."
        )
        raise InvalidParameterError(msg)
    read_named(table, [name], reader=owner)
    column = native_column(table, name)
    n_missing = int(column.isna().sum())
    if n_missing:
        msg = (
            f"The sensitive column {name!r} has {n_missing} missing value(s), and whether they "
            "hide anybody's value is not known. Leave out those rows, or give them a word."
        )
        raise InvalidDataError(msg)
    return column


def once_each(
    classes: RowClasses, values: pd.Series, customers: Int1D
) -> tuple[RowClasses, pd.Series]:
    """Keep a row for each value of a customer in a class."""
    rows = pd.DataFrame({"class": classes.codes, "customer": customers, "value": values})
    first = ~rows.duplicated().to_numpy()
    kept = RowClasses(names=classes.names, codes=classes.codes[first], values=classes.values)
    return kept, values[first].reset_index(drop=True)


def class_sizes(classes: RowClasses, customers: Int1D | None) -> Int1D:
    """Count the rows of each class, or its customers."""
    if customers is None:
        return np.bincount(classes.codes, minlength=classes.n_classes)
    of_class, _, _ = pairs_of(classes.codes, customers)
    return np.bincount(of_class, minlength=classes.n_classes)


def class_counts(classes: RowClasses, values: pd.Series, name: str) -> pd.DataFrame:
    """Return a row a class and value: class, value, n; the largest n of a class first."""
    codes, _ = factorised(name, values)
    of_class, value, counts = pairs_of(classes.codes, codes)
    frame = pd.DataFrame({"class": of_class, "value": value, "n": counts})
    order = ["class", "n"]
    return frame.sort_values(order, ascending=[True, False], kind="stable", ignore_index=True)


def pairs_of(first: Int1D, second: Int1D) -> tuple[Int1D, Int1D, Int1D]:
    """Return the pairs of codes that occur, as two columns, and how often each does."""
    width = int(second.max()) + 1
    pairs, counts = np.unique(first * width + second, return_counts=True)
    return pairs // width, pairs % width, counts
