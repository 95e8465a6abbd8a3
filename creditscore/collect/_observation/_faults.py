"""What is wrong with rows of observations, all rows at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._cells import can_be_kept
from creditscore._display import counted
from creditscore._typing import Bool1D, Int1D
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import METHODS, SOURCE_KINDS, TEXT_COLUMNS
from creditscore.collect._observation._incoming import coded, day_or_none
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._measure import factor_to
from creditscore.exceptions import InvalidParameterError

_MOST_LETTERS = 60
MOST_SHOWN = 3
"""Faults that a message writes out."""
HIDDEN = "•••"
"""What stands in the place of a protected value."""

Found: TypeAlias = tuple[str, Int1D, str | npt.NDArray[np.object_]]
"""A column, rows that are wrong in it, and one reason or as many as rows."""


def observation_faults(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return a row a fault: place (from 0), column, value and reason.

    Parameters
    ----------
    table : pandas.DataFrame
        The columns of observations in their types, as :func:`observation_table` gives them.
    catalogue : ItemCatalogue
        What the items are.

    Returns
    -------
    pandas.DataFrame
        row, column, value and reason, in the order of the rows.

    Notes
    -----
    O(n_rows) time, however many items there are: what holds of an item is looked up by row.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import ItemCatalogue, observation_faults, observation_table
    >>> catalogue = ItemCatalogue.standard()
    >>> table = observation_table(pd.DataFrame({
    ...     "customer": ["C1"], "item": ["revenue"], "value": [-1], "true_from": ["2023-12-31"],
    ...     "source": ["public_filing"], "method": ["data_analysis"],
    ...     "collected_at": ["2024-04-30"],
    ... }), catalogue)
    >>> observation_faults(table, catalogue).loc[0, "reason"]
    'is not within 0 to inf'
    """
    faults = [
        _listed(table, column, rows, reasons)
        for column, rows, reasons in (*_of_columns(table), *_of_items(table, catalogue))
        if len(rows)
    ]
    columns = ["row", "column", "value", "reason"]
    if not faults:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    every = pd.concat(faults, ignore_index=True)[columns]
    return every.sort_values(["row"], kind="stable", ignore_index=True)


def _listed(table: pd.DataFrame, column: str, rows: Int1D, reasons: Any) -> pd.DataFrame:
    # pandas would make words of them that hold no half characters, and fail
    values = pd.Series(table[column].iloc[rows].to_numpy(dtype=object), dtype=object)
    return pd.DataFrame({"row": rows, "column": column, "value": values, "reason": reasons})


def _of_columns(table: pd.DataFrame) -> Iterator[Found]:
    yield "customer", np.flatnonzero(_is(table["customer"], [""])), "is empty"
    for column, words in (("source", SOURCE_KINDS), ("method", METHODS)):
        bad = ~_is(table[column], words)
        yield column, np.flatnonzero(bad), f"is none of {', '.join(words)}"
    for column in ("true_from", "collected_at"):
        yield column, np.flatnonzero(table[column].isna().to_numpy()), "is empty"
    late = table["true_to"].to_numpy() <= table["true_from"].to_numpy()
    yield "true_to", np.flatnonzero(late), "is not after true_from"
    confidence = table["confidence"].to_numpy()
    out = ~((confidence >= 0) & (confidence <= 1))
    yield "confidence", np.flatnonzero(out), "is not within 0 to 1"
    for column in TEXT_COLUMNS:
        codes, levels = coded(table[column])
        if can_be_kept("".join(map(str, levels))):
            continue
        odd = np.array([*(not can_be_kept(level) for level in levels), False], dtype=bool)
        if odd.any():
            yield column, np.flatnonzero(odd[codes]), "holds a character that cannot be kept"


@dataclass(frozen=True)
class _Items:
    """What the catalogue says of the items of a table, an entry a distinct item."""

    names: list[str]
    known: list[Item | None]

    @cached_property
    def is_known(self) -> Bool1D:
        return np.array([item is not None for item in self.known], dtype=bool)

    @cached_property
    def of_record(self) -> Bool1D:
        return np.array([bool(item and item.record_kind) for item in self.known], dtype=bool)

    def are(self, *kinds: str) -> Bool1D:
        """Tell which items are of one of these kinds."""
        return np.array([bool(item and item.kind in kinds) for item in self.known], dtype=bool)

    @cached_property
    def low(self) -> npt.NDArray[np.float64]:
        return np.array([item.low if item else -np.inf for item in self.known])

    @cached_property
    def high(self) -> npt.NDArray[np.float64]:
        return np.array([item.high if item else np.inf for item in self.known])

    def told(self, pattern: str, codes: Int1D) -> npt.NDArray[np.object_]:
        """Write a reason of each item, as many as codes."""
        reasons = [
            pattern.format(name=name, kind=item.kind, record=item.record_kind, item=item)
            if item else ""
            for name, item in zip(self.names, self.known, strict=True)
        ]  # fmt: skip
        return np.array(reasons, dtype=object)[codes]


def _of_items(table: pd.DataFrame, catalogue: ItemCatalogue) -> Iterator[Found]:
    codes, levels = coded(table["item"])
    names = [str(level) for level in levels]
    if (codes < 0).any():
        codes, names = np.where(codes < 0, len(names), codes), [*names, ""]
    by_name = {item.name: item for item in catalogue}
    items = _Items(names, [by_name.get(name) for name in names])
    strange = ~items.is_known[codes]
    yield "item", np.flatnonzero(strange), "is no item of the catalogue"
    without = _is(table["record"], [""])
    of_record = items.of_record[codes]
    rows = np.flatnonzero(without & of_record)
    yield (
        "record",
        rows,
        items.told("is empty, and {name} is of one {record} of several", codes[rows]),
    )
    rows = np.flatnonzero(~without & ~of_record & ~strange)
    told = "names a record, and {name} is of the customer itself"
    yield "record", rows, items.told(told, codes[rows])
    yield from _of_units(table["unit"], codes, items)
    yield from _of_texts(table["text"], codes, items)
    yield from _of_numbers(table["number"].to_numpy(), codes, items)


def _of_units(unit: pd.Series, codes: Int1D, items: _Items) -> Iterator[Found]:
    """Find units that are not those of their items: they are kept as they are, and not counted."""
    places, levels = coded(unit)
    named = np.array([*(str(level) != "" for level in levels), False], dtype=bool)[places]
    rows = np.flatnonzero(items.are("number")[codes] & named)
    pairs, distinct = pd.factorize(codes[rows] * len(levels) + places[rows])
    told = [
        _unit_fault(items.known[pair // len(levels)], str(levels[pair % len(levels)]))
        for pair in distinct.tolist()
    ]
    bad = np.array([reason != "" for reason in told], dtype=bool)[pairs]
    yield "unit", rows[bad], np.array(told, dtype=object)[pairs[bad]]


def _unit_fault(item: Item | None, unit: str) -> str:
    """Tell why numbers of an item are not kept in a unit; nothing where they are."""
    if item is None or unit == item.unit:
        return ""
    if item.unit:
        return f"is not the unit of {item.name}, which is kept in {item.unit}"
    try:
        factor, kept = factor_to(item, unit)
    except InvalidParameterError as error:
        return f"does not fit: {error}"
    # an amount in TEUR would be a thousand times too small for whoever reads EUR
    return "" if factor == 1 else f"counts in {factor:,}: give numbers in {kept or 'whole units'}"


def _of_texts(text: pd.Series, codes: Int1D, items: _Items) -> Iterator[Found]:
    rows = np.flatnonzero(items.are("text", "day")[codes])
    places, levels = coded(text.iloc[rows])
    blank = np.array([*(not str(level).strip() for level in levels), True], dtype=bool)
    empty = rows[blank[places]]
    yield "text", empty, items.told("is empty, and {name} is a {kind}", codes[empty])
    odd = np.array([*(not can_be_kept(level) for level in levels), False], dtype=bool)
    yield "text", rows[odd[places]], "holds a character that cannot be kept"
    days = items.are("day")[codes[rows]]
    no_day = np.array([*(not _is_day(level) for level in levels), False], dtype=bool)
    yield "text", rows[days & no_day[places] & ~blank[places]], "is no day written YYYY-MM-DD"
    for code, item in enumerate(items.known):
        if item is None or not item.allowed:
            continue
        # a pass over the texts for each item that has a list of words, of which there are few
        named = np.array([*(level in item.allowed for level in levels), True], dtype=bool)
        bad = rows[(codes[rows] == code) & ~named[places] & ~blank[places]]
        yield "text", bad, f"is none of {', '.join(item.allowed)[:_MOST_LETTERS]}"


def _of_numbers(number: npt.NDArray[np.float64], codes: Int1D, items: _Items) -> Iterator[Found]:
    is_number = items.are("number")[codes]
    is_flag = items.are("flag")[codes]
    missing = np.isnan(number)
    rows = np.flatnonzero(missing & (is_number | is_flag))
    yield "number", rows, items.told("is empty, and {name} is a {kind}", codes[rows])
    infinite = np.isinf(number)
    yield "number", np.flatnonzero(infinite & (is_number | is_flag)), "is infinite"
    neither = is_flag & ~missing & ~infinite & (number != 0) & (number != 1)
    yield "number", np.flatnonzero(neither), "is neither 0 nor 1"
    outside = (number < items.low[codes]) | (number > items.high[codes])
    rows = np.flatnonzero(is_number & outside & ~infinite)
    told = "is not within {item.low:g} to {item.high:g}"
    yield "number", rows, items.told(told, codes[rows])


def _is_day(word: Any) -> bool:
    day = day_or_none(word)
    return not np.isnat(day) and str(day) == word


def _is(column: pd.Series, words: object) -> Bool1D:
    found: Bool1D = column.isin(list(words)).to_numpy(dtype=bool)  # type: ignore[call-overload]
    return found


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def first_faults(faults: pd.DataFrame, most: int = MOST_SHOWN) -> str:
    """Write the first faults, and how many there are.

    Parameters
    ----------
    faults : pandas.DataFrame
        row, column, value and reason.
    most : int, default=3
        Faults that are written out.

    Returns
    -------
    str
        For a message.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import first_faults
    >>> first_faults(pd.DataFrame({"row": [4], "column": ["customer"], "value": [""],
    ...                            "reason": ["is empty"]}))
    "row 4, customer '' is empty"
    """
    shown = "; ".join(
        f"row {row}, {column} {_plain(value)!r} {reason}"
        for row, column, value, reason in faults.head(most).itertuples(index=False)
    )
    more = f"; {counted(len(faults) - most, 'more fault')}" if len(faults) > most else ""
    return shown + more
