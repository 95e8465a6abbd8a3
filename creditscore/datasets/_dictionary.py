"""Data dictionaries of samples that are several tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from creditscore._validation import check_choice

_KEYS = ["table", "column", "kind", "unit", "meaning", "meaning_zh"]


def dictionary_of(entries: Sequence[dict[str, Any]], table: str | None, owner: str) -> pd.DataFrame:
    """Return a row a column of one table, or of all, as the manifest's entries say it.

    Raises
    ------
    InvalidParameterError
        No table has this name.
    """
    if table is not None:
        check_choice(table, "table", owner, tuple(entry["name"] for entry in entries))
    rows = [
        (
            entry["name"],
            *(column[key] or "" for key in ("name", "kind", "unit")),
            column["meaning"],
            column["meaning_zh"],
        )
        for entry in entries
        if table in {None, entry["name"]}
        for column in entry["columns"]
    ]
    return pd.DataFrame(rows, columns=_KEYS, dtype=str)
