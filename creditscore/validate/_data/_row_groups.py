"""Rows that are equal in all their columns, found without comparing pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from creditscore._frame import Table
from creditscore._typing import Int1D
from creditscore.exceptions import ColumnTypeError


def row_groups(tables: Sequence[Table], names: Sequence[str]) -> tuple[list[Int1D], float]:
    """Give the rows of one or more tables numbers that are equal where the rows are.

    Missing values are equal to each other. Returned beside it: the chance that two rows of the
    tables together are equal, if their columns were independent. O(n) for each column.
    """
    lengths = [table.n_rows for table in tables]
    group = np.zeros(sum(lengths), dtype=np.int64)
    chance = 1.0
    for name in names:
        codes = _codes([column_values(table, name) for table in tables])
        shares = np.bincount(codes) / len(codes)
        chance *= float((shares**2).sum())
        joined = group * (int(codes.max()) + 1) + codes
        group = pd.factorize(joined)[0].astype(np.int64)
    ends = np.cumsum(lengths)[:-1]
    return [part.astype(np.intp) for part in np.split(group, ends)], chance


def _codes(parts: Sequence[pd.Series]) -> Int1D:
    """Give the values of a column numbers from 0, missing ones too."""
    kinds = {part.dtype.kind for part in parts}
    joined = pd.concat(
        [part if len(kinds) == 1 else part.astype(object) for part in parts], ignore_index=True
    )
    codes: Int1D = pd.factorize(joined)[0].astype(np.intp) + 1
    return codes


def column_values(table: Table, name: str) -> pd.Series:
    """Return a column of any kind as values that can be told apart, missing ones as None or NaN."""
    try:
        kind = table.kind(name)
    except ColumnTypeError:
        return pd.Series(table.days(name).astype("datetime64[s]"))
    if kind == "numeric":
        return pd.Series(table.numeric(name))
    codes, levels = table.levels(name)
    # the code of a missing value is -1: the last place
    return pd.Series(np.array([*levels, None], dtype=object)[codes], dtype=object)
