"""What is wrong with rows of observations, all rows at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from creditscore._display import counted
from creditscore._typing import Bool1D
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import METHODS, SOURCE_KINDS
from creditscore.collect._observation._item import Item

_MOST_SHOWN = 60


def observation_faults(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return a row a fault: place (from 0), column, value and reason.

    `table` has the columns of observations in their types, values in `number` and `text`.
    O(n_rows) time; each check is one pass over a column.
    """
    faults = [
        _listed(table, column, bad, reason) for column, bad, reason in _found(table, catalogue)
    ]
    columns = ["row", "column", "value", "reason"]
    if not faults:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    every = pd.concat(faults, ignore_index=True)[columns]
    return every.sort_values(["row"], kind="stable", ignore_index=True)


def _listed(table: pd.DataFrame, column: str, bad: Bool1D, reason: str) -> pd.DataFrame:
    places = np.flatnonzero(bad)
    values = table[column].astype(object).iloc[places].to_numpy()
    return pd.DataFrame({"row": places, "column": column, "value": values, "reason": reason})


def _found(table: pd.DataFrame, catalogue: ItemCatalogue) -> Iterator[tuple[str, Bool1D, str]]:
    for column, bad, reason in (*_of_columns(table), *_of_items(table, catalogue)):
        if bad.any():
            yield column, bad, reason


def _of_columns(table: pd.DataFrame) -> Iterator[tuple[str, Bool1D, str]]:
    yield "customer", _is(table, "customer", [""]), "is empty"
    for column, words in (("source", SOURCE_KINDS), ("method", METHODS)):
        yield column, ~_is(table, column, words), f"is none of {', '.join(words)}"
    for column in ("true_from", "collected_at"):
        yield column, table[column].isna().to_numpy(), "is empty"
    ends = table["true_to"].to_numpy()
    yield "true_to", ends <= table["true_from"].to_numpy(), "is not after true_from"
    confidence = table["confidence"].to_numpy()
    yield "confidence", ~((confidence >= 0) & (confidence <= 1)), "is not within 0 to 1"


def _of_items(table: pd.DataFrame, catalogue: ItemCatalogue) -> Iterator[tuple[str, Bool1D, str]]:
    item = table["item"].astype("category")
    codes = item.cat.codes.to_numpy()
    record = ~_is(table, "record", [""])
    for code, name in enumerate(item.cat.categories):
        mine = codes == code
        if name not in catalogue:
            yield "item", mine, "is no item of the catalogue"
            continue
        known = catalogue[name]
        if known.record_kind:
            reason = f"is empty, and {name} is of one {known.record_kind} of several"
            yield "record", mine & ~record, reason
        else:
            yield "record", mine & record, f"names a record, and {name} is of the customer itself"
        for column, bad, reason in _of_values(table, known):
            yield column, mine & bad, reason


def _of_values(table: pd.DataFrame, item: Item) -> Iterator[tuple[str, Bool1D, str]]:
    if item.kind in ("text", "day"):
        text = table["text"]
        empty = text.isna().to_numpy() | _is(table, "text", [""])
        yield "text", empty, f"is empty, and {item.name} is a {item.kind}"
        if item.allowed:
            shown = ", ".join(item.allowed)[:_MOST_SHOWN]
            yield "text", ~empty & ~_is(table, "text", item.allowed), f"is none of {shown}"
        return
    number = table["number"].to_numpy()
    missing = np.isnan(number)
    yield "number", missing, f"is empty, and {item.name} is a {item.kind}"
    yield "number", np.isinf(number), "is infinite"
    if item.kind == "flag":
        yield "number", ~missing & ~np.isin(number, (0.0, 1.0)), "is neither 0 nor 1"
        return
    outside = ~missing & np.isfinite(number) & ((number < item.low) | (number > item.high))
    yield "number", outside, f"is not within {item.low:g} to {item.high:g}"


def _is(table: pd.DataFrame, column: str, words: object) -> Bool1D:
    found: Bool1D = table[column].isin(list(words)).to_numpy(dtype=bool)  # type: ignore[call-overload]
    return found


def first_faults(faults: pd.DataFrame, most: int = 3) -> str:
    """Write the first faults, and how many there are."""
    shown = "; ".join(
        f"row {row}, {column} {value!r} {reason}"
        for row, column, value, reason in faults.head(most).itertuples(index=False)
    )
    more = f"; {counted(len(faults) - most, 'more fault')}" if len(faults) > most else ""
    return shown + more
