"""A table without what its rows do not hold: other categories, an index, remarks about it."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from creditscore._typing import NativeFrame


def bare_table(table: NativeFrame) -> NativeFrame:
    """Return a table of the same kind, with nothing but the values of its rows.

    The type of a column of categories lists all of them, those of rows that were taken out too,
    and goes into whatever file the table is written to.
    """
    if isinstance(table, pd.DataFrame):
        return _of_pandas(table)
    if isinstance(table, pa.Table):
        return _of_pyarrow(table)
    frame = nw.from_native(table, eager_only=True)
    listed = [name for name in frame.columns if frame[name].dtype in (nw.Enum, nw.Categorical)]
    return frame.with_columns(nw.col(name).cast(nw.String) for name in listed).to_native()


def _of_pandas(table: pd.DataFrame) -> pd.DataFrame:
    result = table.reset_index(drop=True)
    result.attrs = {}
    for place, dtype in enumerate(result.dtypes):
        column = result.iloc[:, place]
        if isinstance(dtype, pd.CategoricalDtype):
            result.isetitem(place, column.cat.remove_unused_categories())
        elif isinstance(dtype, pd.ArrowDtype) and pa.types.is_dictionary(dtype.pyarrow_dtype):
            plain = _undictionaried(column.array.__arrow_array__())
            result.isetitem(place, pd.Series(plain, dtype=pd.ArrowDtype(plain.type)))
    return result


def _of_pyarrow(table: pa.Table) -> pa.Table:
    columns = [_undictionaried(column) for column in table.columns]
    fields = zip(table.column_names, columns, strict=True)
    return pa.table(columns, schema=pa.schema([pa.field(name, one.type) for name, one in fields]))


def _undictionaried(column: Any) -> Any:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
