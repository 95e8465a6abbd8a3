"""Rows that a later one does not supersede: the last known version, the latest period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D
from creditscore.indicators._rows import CustomerRows


def words_are(rows: CustomerRows, column: str, word: str) -> Bool1D:
    """Tell of each row whether a column holds a word."""
    found: Bool1D = np.asarray(rows.column(column), dtype=object) == word
    return found


def last_by(rows: CustomerRows, by: Sequence[str], on: str) -> CustomerRows:
    """Return the rows of the last day among those of one customer that are alike in some columns.

    Rows of that day are all kept: which of them counts cannot be told.
    """
    if not len(rows):
        return rows
    groups = [rows.owner]
    for column in filter(rows.has, by):
        values = rows.column(column)
        groups.append(pd.factorize(np.asarray(values), use_na_sentinel=False)[0])
    days = np.asarray(rows.column(on)).astype(np.int64)
    frame = pd.DataFrame({f"by_{place}": group for place, group in enumerate(groups)})
    last = frame.assign(day=days).groupby(list(frame.columns))["day"].transform("max")
    return rows.where(days == last.to_numpy())
