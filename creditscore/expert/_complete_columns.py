"""Columns of numbers in which nothing may be missing, read by their names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditscore._frame import Table, as_table
from creditscore._typing import Float2D, NativeFrame
from creditscore._validation import check_finite
from creditscore.exceptions import ColumnTypeError, RefusedValueError


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
    table = as_table(X, wanted=names)
    if names and not table.has_names:
        msg = (
            f"{owner} reads its columns by name, and this table has no names. Pass a dataframe "
            f"with the columns {', '.join(map(repr, names))}."
        )
        raise ColumnTypeError(msg)
    table = table.with_kinds(dict.fromkeys(names, "numeric"))
    values = np.empty((table.n_rows, len(names)))
    for place, name in enumerate(names):
        values[:, place] = check_finite(table.numeric(name), name=name)
        missing = np.isnan(values[:, place])
        if missing.any():
            msg = (
                f"Column {name!r} has {int(missing.sum())} missing value(s), the first at row "
                f"{int(missing.argmax())}, and {owner} has no rule for them. Fill them by a rule "
                "of yours, or leave those rows out."
            )
            raise RefusedValueError(msg)
    return table, values
