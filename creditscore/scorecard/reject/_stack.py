"""Tables of one library below each other, by the columns and the kinds of the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, NativeFrame
from creditscore.exceptions import ColumnTypeError, InvalidDataError


def choose(X: NativeFrame, names: Sequence[str]) -> NativeFrame:
    """Return some of the columns, in this order, as a table of the same library."""
    if not nw.dependencies.is_into_dataframe(X):
        return _array(X)[:, [int(name[1:]) for name in names]]
    if isinstance(X, pd.DataFrame):
        by_place = not any(isinstance(name, str) for name in X.columns)
        return X.iloc[:, [int(name[1:]) for name in names]] if by_place else X[list(names)]
    return nw.from_native(X, eager_only=True).select(list(names)).to_native()


def rows_of(X: NativeFrame, chosen: Bool1D) -> NativeFrame:
    """Return some of the rows, as a table of the same library."""
    if isinstance(X, pd.DataFrame):
        return X.loc[chosen]
    if not nw.dependencies.is_into_dataframe(X):
        return _array(X)[chosen]
    return nw.from_native(X, eager_only=True).filter(chosen.tolist()).to_native()


def stack(frames: Sequence[NativeFrame], names: Sequence[str]) -> NativeFrame:
    """Put the columns of tables below each other.

    Parameters
    ----------
    frames : sequence of tables or arrays
        Of one library; all hold the columns.
    names : sequence of str
        The columns, in the order of the result; those of arrays are ``x0, x1, …``.

    Returns
    -------
    table of the same library, or ndarray
        The rows of a pandas table keep their index labels, which then may repeat.

    Raises
    ------
    InvalidDataError
        The tables come from different libraries.
    ColumnTypeError
        The library cannot join the types of a column.
    """
    parts = [choose(frame, names) for frame in frames]
    libraries = sorted({_library(part) for part in parts})
    if len(libraries) > 1:
        msg = (
            f"Accepted and rejected applications must be tables of one library. Got "
            f"{' and '.join(libraries)}: convert one of them."
        )
        raise InvalidDataError(msg)
    return _JOIN.get(libraries[0], _join_others)(parts)


def check_same_kinds(stacked: Table, first: Table) -> None:
    """Refuse columns that further rows turn into another kind, which would be binned otherwise."""
    for name in stacked.names:
        before, after = first.kind(name), stacked.kind(name)
        if before != after and not _all_missing(first, name):
            msg = (
                f"Column {name!r} is {before} among the accepted, and {after} once the rejected "
                "are added, so that it would be binned in another way. Give both tables one type "
                "for it (of ordered categories, the same list in the same order)."
            )
            raise ColumnTypeError(msg)


def _array(X: Any) -> np.ndarray[Any, Any]:
    array = np.asarray(X)
    # numpy has turned the numbers of a mixed row into text
    return np.asarray(X, dtype=object) if array.dtype.kind in "US" else array


def _library(X: NativeFrame) -> str:
    if isinstance(X, np.ndarray):
        return "numpy"
    return str(nw.from_native(X, eager_only=True).implementation)


def _all_missing(table: Table, name: str) -> bool:
    if table.kind(name) == "numeric":
        return bool(np.isnan(table.numeric(name)).all())
    return table.kind(name) != "mixed" and bool((table.levels(name)[0] == -1).all())


def _join_pandas(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    first, *others = parts
    index = first.index.append([part.index for part in others])
    columns = {}
    # column by column: pandas is about to change how it joins whole tables with empty columns
    for place, name in enumerate(first.columns):
        of_first = first.iloc[:, place]
        pieces = [of_first, *(_like(part.iloc[:, place], of_first) for part in others)]
        columns[name] = pd.concat(pieces, ignore_index=True)
    return pd.DataFrame(columns).set_axis(index, axis="index")


def _like(column: pd.Series, model: pd.Series) -> pd.Series:
    """Give a column without any value the type of another, which it would otherwise change."""
    if not column.isna().all():
        return column
    return model.iloc[:0].reset_index(drop=True).reindex(range(len(column)))


def _join_polars(parts: Sequence[Any]) -> Any:
    import polars as pl  # noqa: PLC0415 - an extra, and loaded where its tables are

    try:
        return pl.concat(parts, how="vertical_relaxed")
    except pl.exceptions.PolarsError as error:
        raise _unjoinable(error) from error


def _join_arrow(parts: Sequence[pa.Table]) -> pa.Table:
    try:
        return pa.concat_tables(parts, promote_options="permissive")
    except pa.ArrowException as error:
        raise _unjoinable(error) from error


def _join_others(parts: Sequence[Any]) -> Any:
    frames = [nw.from_native(part, eager_only=True) for part in parts]
    return nw.concat(frames, how="vertical").to_native()


def _unjoinable(error: Exception) -> ColumnTypeError:
    return ColumnTypeError(
        "Accepted and rejected applications hold a column in types that cannot be joined: "
        f"{error}. Give both tables one type for it."
    )


_JOIN: dict[str, Callable[[Sequence[Any]], Any]] = {
    "numpy": np.concatenate,
    "pandas": _join_pandas,
    "polars": _join_polars,
    "pyarrow": _join_arrow,
}


def read_like(rejected: NativeFrame, table: Table) -> Table:
    """Read the table of the rejected with the columns of the accepted, in their order.

    Raises
    ------
    MissingColumnError
        A column of the accepted is not there; near names are listed.
    InvalidDataError
        One of the tables has names and the other has none, or columns that go by place are not
        those of the accepted.
    """
    other = as_table(rejected, wanted=table.names if table.has_names else None)
    if other.has_names != table.has_names:
        named = ("with", "without") if table.has_names else ("without", "with")
        msg = (
            f"The accepted applications are a table {named[0]} column names, the rejected one "
            f"{named[1]}. Give both names, or neither."
        )
        raise InvalidDataError(msg)
    if not table.has_names and (len(other.names), other.labels) != (len(table.names), table.labels):
        msg = (
            f"Columns without names of text go by place. The accepted have {len(table.names)} of "
            f"them, the rejected {len(other.names)}, or their labels differ: bring both to the "
            "same columns in the same order."
        )
        raise InvalidDataError(msg)
    other.require(table.names)
    return other.only(table.names)
