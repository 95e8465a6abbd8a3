"""Observations as the checks of this folder read them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Int1D
from creditscore.collect import ItemCatalogue, tidy_table

_WORDS = ("customer", "record", "item", "unit", "source", "source_name", "method")
_NEEDED = (*_WORDS, "number", "text", "true_from", "true_to", "collected_at")
STATE_GROUP = "identity"
"""Items of this group are states: they hold until replaced, and are of no period."""


def tidy_facts(observations: Any, owner: str) -> pd.DataFrame:
    """Return tidy observations in rows that are numbered from 0, their words as categories.

    `known` is the instant from which a store knew each row, or else that of its collection: of
    one source the word known last counts, and of those the one of the last number.
    """
    table = tidy_table(observations, _NEEDED, owner).reset_index(drop=True)
    words = {name: table[name].astype("category") for name in _WORDS}
    known = table["known_at"] if "known_at" in table else table["collected_at"]
    return table.assign(**words, known=known)


def numbers_of(rows: pd.DataFrame) -> pd.Series:
    """Return the numbers of observations in their store, or else their places in the table."""
    return rows["observation"] if "observation" in rows else rows.index.to_series()


def catalogue_for(observations: Any, catalogue: ItemCatalogue | None) -> ItemCatalogue:
    """Return the catalogue given, or that of the observations, or the standard one."""
    if catalogue is not None:
        return catalogue
    own = getattr(observations, "catalogue", None)
    return own if isinstance(own, ItemCatalogue) else ItemCatalogue.standard()


def codes_of(table: pd.DataFrame, columns: list[str]) -> Int1D:
    """Return a number for each row, the same for rows that are equal in all columns."""
    codes: Int1D = table.groupby(columns, sort=False, observed=True).ngroup().to_numpy()
    return codes


def words_of(column: pd.Series) -> pd.Series:
    """Return a column of categories as plain texts."""
    return column.astype(object)


def values_of(rows: pd.DataFrame) -> pd.Series:
    """Return what each row says: its number, or its text."""
    return rows["number"].astype(object).where(rows["number"].notna(), rows["text"])


def sources_of(rows: pd.DataFrame) -> pd.Series:
    """Return the name of each row's source, or its kind where it has none."""
    name = words_of(rows["source_name"])
    return name.where(name != "", words_of(rows["source"]))


def days_of(column: pd.Series) -> Int1D:
    """Return days as numbers."""
    days: Int1D = column.to_numpy().astype("datetime64[D]").astype(np.int64)
    return days
