"""Columns of numbers, read by their names: text is none, and nothing may be missing or infinite."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditscore._frame import Table, as_table, read_named
from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore._validation import check_finite
from creditscore.exceptions import ColumnTypeError, RefusedValueError


def number_column(table: Table, name: str) -> Float1D:
    """Return a column of finite numbers, NaN where missing; others are refused.

    Raises
    ------
    ColumnTypeError
        The column holds text, categories or dates.
    InfiniteValueError
        A value is infinite.
    """
    if table.kind(name) != "numeric" and not table.is_whole(name):
        levels = table.levels(name)[1]
        if not all(isinstance(level, bool) for level in levels):
            msg = (
                f"Column {name!r} holds other things than numbers: text or categories, such as "
                f"{levels[0]!r}. Convert it, or leave it out."
            )
            raise ColumnTypeError(msg)
        table = table.with_kinds({name: "numeric"})
    return check_finite(table.numeric(name), name=name)


def complete_column(table: Table, name: str, owner: str) -> Float1D:
    """Return a column of finite numbers, none of them missing.

    Raises
    ------
    ColumnTypeError, InfiniteValueError
        As of :func:`number_column`.
    RefusedValueError
        A value is missing.
    """
    values = number_column(table, name)
    missing = np.isnan(values)
    if missing.any():
        msg = (
            f"Column {name!r} has {int(missing.sum())} missing value(s), the first at row "
            f"{int(missing.argmax())}, and {owner} has no rule for them. Fill them by a rule of "
            "yours, or leave those rows out."
        )
        raise RefusedValueError(msg)
    return values


def read_complete(X: NativeFrame, names: Sequence[str], owner: str) -> tuple[Table, Float2D]:
    """Return a table, and its columns of these names as an array of finite numbers.

    Raises
    ------
    MissingColumnError
        A column is not there; near names are listed.
    ColumnTypeError
        The table has no names, or a column does not hold numbers.
    RefusedValueError
        A column holds a missing value.
    InfiniteValueError
        A column holds an infinite value.
    """
    table = read_named(X, names, reader=owner) if names else as_table(X)
    values = np.empty((table.n_rows, len(names)))
    for place, name in enumerate(names):
        values[:, place] = complete_column(table, name, owner)
    return table, values
