"""The table that a card reads: its columns are there, by name."""

from __future__ import annotations

from collections.abc import Sequence

from creditscore._frame import Table, as_table
from creditscore._typing import NativeFrame
from creditscore.exceptions import ColumnTypeError


def read_named(X: NativeFrame, names: Sequence[str]) -> Table:
    """Read a table that must have columns of these names; others do not matter."""
    table = as_table(X, wanted=names)
    if not table.has_names:
        msg = (
            "A scorecard reads its columns by name, and this table has no names. Pass a "
            f"dataframe with the columns {', '.join(map(repr, names))}."
        )
        raise ColumnTypeError(msg)
    table.require(names)
    return table
