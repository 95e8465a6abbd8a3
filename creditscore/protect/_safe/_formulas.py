"""Text that a spreadsheet would run: formulas in cells that hold what others wrote."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._files import whole_file
from creditscore._typing import NativeFrame
from creditscore.exceptions import (
    ColumnTypeError,
    DuplicateColumnError,
    InvalidParameterError,
)
from creditscore.protect._missing import is_missing

_CONTAINERS = (list, tuple, set, frozenset, dict, np.ndarray)
_TRIGGERS = r"=+\-@＝＋－＠﹢﹣﹦﹫⁺⁻⁼₊₋₌−"
"""What begins a formula, full-width and small forms too, which spreadsheets fold into these."""
_UNSEEN = r"\s\x00-\x1f\x7f\u00a0\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
_BEFORE = rf'[{_UNSEEN}"“”„«»]*'
_AT_START = re.compile(rf"(?:{_BEFORE}[{_TRIGGERS}]|[\t\r\n])")
_INSIDE = re.compile(rf"([;\t\r\n]{_BEFORE})(?=[{_TRIGGERS}])")
"""Where a program that parts cells by other signs than ours begins a new cell."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def escape_formulas(table: NativeFrame) -> NativeFrame:
    r"""Put an apostrophe before text that a spreadsheet would take for a formula.

    Parameters
    ----------
    table : table of shape (n_rows, n_columns)
        Any pandas, polars or pyarrow table.

    Returns
    -------
    table
        Of the same kind, index kept. Names of columns are escaped as well; of an index, which is
        no cell yet, nothing is.

    Raises
    ------
    ColumnTypeError
        No table.

    See Also
    --------
    write_safe_csv : Writes such a file.

    Notes
    -----
    Escaped is text that begins with ``=``, ``+``, ``-``, ``@`` or their full-width or small
    forms, be it after blanks, quotes or characters that are not seen, and text that begins with
    a tab or an end of line. So is the place behind a semicolon, tab or end of line inside a text,
    where programs of another language begin a new cell. Text that is a plain decimal number
    (``"-5"``, ``"+1.5e3"``) stays, and so do columns of numbers. What is escaped once stays as it
    is: :math:`e(e(x)) = e(x)`.

    References
    ----------
    .. [1] OWASP Foundation, *CSV Injection*.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import escape_formulas
    >>> table = pd.DataFrame({"note": ["=1+1", "-5", "fine"], "amount": [-1, 2, 3]})
    >>> escape_formulas(table)["note"].tolist()
    ["'=1+1", '-5', 'fine']
    """
    return _escaped(table)[0]


def write_safe_csv(
    table: NativeFrame,
    path: str | os.PathLike[str],
    *,
    index: bool = False,
    overwrite: bool = False,
) -> int:
    """Write a table as CSV that no spreadsheet runs; see :func:`escape_formulas`.

    Parameters
    ----------
    table : table of shape (n_rows, n_columns)
        Any pandas, polars or pyarrow table.
    path : path-like
        File to write, which is there whole or stays as it was.
    index : bool, default=False
        Whether the index of a pandas table becomes columns, escaped as well.
    overwrite : bool, default=False
        Whether a file that is there is replaced.

    Returns
    -------
    int
        Cells and names that were escaped.

    Raises
    ------
    ColumnTypeError
        No table, or one with lists or other containers in its cells.
    DuplicateColumnError
        Two columns have one name, after they were escaped too.
    InvalidParameterError
        There is a file of this name, and it is not to be replaced; or an index is asked for, and
        the table is none of pandas.

    Notes
    -----
    UTF-8 with the mark in front by which spreadsheets know it, commas, lines that end in CR LF,
    decimal points; missing values are empty. Numbers are written so that they come back to the
    last bit.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from creditscore.protect import write_safe_csv
    >>> path = tempfile.mkdtemp() + "/export.csv"
    >>> write_safe_csv(pd.DataFrame({"note": ["=1+1", None], "amount": [-1.5, 2]}), path)
    1
    >>> with open(path, encoding="utf-8-sig") as file:
    ...     print(file.read())
    note,amount
    '=1+1,-1.5
    ,2.0
    """
    if not overwrite and Path(path).exists():
        msg = f"There is a file {str(path)!r} already. Name another, or replace it: overwrite=True."
        raise InvalidParameterError(msg)
    if index:
        if not isinstance(table, pd.DataFrame):
            msg = f"A table of {type(table).__module__.partition('.')[0]} has no index to write."
            raise InvalidParameterError(msg)
        table = table.reset_index()
    escaped, n_escaped = _escaped(table)
    frame = nw.from_native(escaped, eager_only=True)
    names = [str(name) for name in frame.columns]
    columns = [_written(name, frame[:, place].to_list()) for place, name in enumerate(names)]
    with (
        whole_file(path) as temporary,
        Path(temporary).open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(zip(*columns, strict=True))
    return n_escaped


def escaped_text(text: str) -> str:
    """Escape one text."""
    if _NUMBER.fullmatch(text):
        return text
    inner = _INSIDE.sub(r"\1'", text)
    return f"'{inner}" if _AT_START.match(text) else inner


def _escaped(table: Any) -> tuple[Any, int]:
    """Return a table with its formulas escaped, and how many cells and names that were."""
    if not nw.dependencies.is_into_dataframe(table):
        msg = f"Formulas are escaped in a table. Got {type(table).__name__} instead."
        raise ColumnTypeError(msg)
    if isinstance(table, pd.DataFrame):
        return _escaped_pandas(table)
    frame = nw.from_native(table, eager_only=True)
    n_escaped, changed = 0, {}
    for name in frame.columns:
        column = frame[name]
        if column.dtype in (nw.String, nw.Categorical, nw.Enum, nw.Object, nw.Unknown):
            values, n = _escaped_values(column.to_list())
            n_escaped += n
            if n:
                changed[name] = nw.new_series(name, values, nw.String, backend=frame.implementation)
    if changed:
        frame = frame.with_columns(*changed.values())
    names = {name: escaped_text(name) for name in frame.columns}
    _check_names(list(names.values()))
    n_names = sum(new != name for name, new in names.items())
    return (frame.rename(names) if n_names else frame).to_native(), n_escaped + n_names


def _escaped_pandas(table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    result, n_escaped = table.copy(deep=False), 0
    for place in range(table.shape[1]):
        column = table.iloc[:, place]
        if not _may_hold_text(column.dtype):
            continue
        values, n = _escaped_values(column.tolist())
        if n:
            n_escaped += n
            kept = object if column.dtype.kind == "O" else column.dtype
            kept = object if isinstance(column.dtype, pd.CategoricalDtype) else kept
            result.isetitem(place, pd.Series(values, index=table.index, dtype=kept))
    names = [escaped_text(name) if isinstance(name, str) else name for name in table.columns]
    n_names = sum(
        new is not old and new != old for new, old in zip(names, table.columns, strict=True)
    )
    if n_names:
        _check_names(names)
        result.columns = pd.Index(names)
    return result, n_escaped + n_names


def _may_hold_text(dtype: Any) -> bool:
    if isinstance(dtype, np.dtype):
        return dtype.kind == "O"
    return not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype))


def _escaped_values(values: list[Any]) -> tuple[list[Any], int]:
    """Escape the texts among values, each distinct one looked at once."""
    new = {text: escaped_text(text) for text in {v for v in values if isinstance(v, str)}}
    changed = {text for text, after in new.items() if after != text}
    if not changed:
        return values, 0
    escaped = [new[v] if isinstance(v, str) else v for v in values]
    return escaped, sum(isinstance(v, str) and v in changed for v in values)


def _check_names(names: list[Any]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        msg = f"Two columns would have the name {twice!r} once formulas are escaped. Rename one."
        raise DuplicateColumnError(msg)


def _written(name: str, values: list[Any]) -> list[Any]:
    """Give values as the writer takes them: nothing for a missing one, days without a time."""
    if any(isinstance(value, _CONTAINERS) for value in values):
        msg = f"Column {name!r} holds lists or other containers. Give it one value a cell."
        raise ColumnTypeError(msg)
    known = [None if is_missing(value) else value for value in values]
    times = [value for value in known if isinstance(value, dt.datetime)]
    if times and all(time.time() == dt.time() and time.tzinfo is None for time in times):
        return [value.date() if isinstance(value, dt.datetime) else value for value in known]
    return known
