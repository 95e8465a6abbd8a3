"""Numbers that stand for names: items and the origins of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from creditscore._typing import Int1D
from creditscore.exceptions import StoreError
from creditscore.organise._store._schema import ITEM_PLACES, items, origins

ORIGIN_COLUMNS = ("source", "source_name", "method", "unit", "collected_by", "confidence")


def item_numbers(connection: sa.Connection, names: Sequence[str]) -> dict[str, int]:
    """Return the numbers of those items that are known."""
    asked = set(names)
    return {name: n for n, name in item_names(connection).items() if name in asked}


def item_names(connection: sa.Connection) -> dict[int, str]:
    """Return all items by their numbers."""
    return {n: str(name) for n, name in connection.execute(sa.select(items.c.id, items.c.name))}


def add_items(connection: sa.Connection, names: Sequence[str]) -> dict[str, int]:
    """Return the numbers of items; those that are new get one.

    Raises
    ------
    StoreError
        There would be more than a store keeps.
    """
    found = item_numbers(connection, names)
    new = [name for name in dict.fromkeys(names) if name not in found]
    first = next_id(connection, items)
    if first + len(new) > ITEM_PLACES:
        msg = f"A store keeps at most {ITEM_PLACES - 1:,} items."
        raise StoreError(msg)
    if new:
        numbers = dict(zip(new, range(first, first + len(new)), strict=True))
        connection.execute(items.insert(), [{"id": n, "name": name} for name, n in numbers.items()])
        found |= numbers
    return found


def next_id(connection: sa.Connection, table: sa.Table) -> int:
    """Return the number after the last one; who writes is alone."""
    return int(connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1


def origin_frame(connection: sa.Connection) -> pd.DataFrame:
    """Return all origins, a row each, by their numbers."""
    rows = connection.execute(sa.select(origins)).all()
    return pd.DataFrame(rows, columns=["id", *ORIGIN_COLUMNS]).set_index("id")


def add_origins(connection: sa.Connection, given: pd.DataFrame) -> Int1D:
    """Return the number of the origin of each row, adding those that are new."""
    codes = np.zeros(len(given), dtype=np.int64)
    for name in ORIGIN_COLUMNS:
        of_column, found = pd.factorize(given[name])
        # the rows' combinations so far stay few, so that the product does not grow
        codes, _ = pd.factorize(codes * (len(found) + 1) + of_column)
    _, first = np.unique(codes, return_index=True)
    heads = given.iloc[first]
    keys: list[tuple[Any, ...]] = [
        (*map(str, row[:-1]), float(row[-1]))
        for row in heads[list(ORIGIN_COLUMNS)].itertuples(index=False, name=None)
    ]
    known = {tuple(row[1:]): int(row[0]) for row in connection.execute(sa.select(origins)).all()}
    new = [key for key in keys if key not in known]
    start = next_id(connection, origins)
    rows = [
        {"id": start + place, **dict(zip(ORIGIN_COLUMNS, key, strict=True))}
        for place, key in enumerate(new)
    ]
    if rows:
        connection.execute(origins.insert(), rows)
    known.update((key, row["id"]) for key, row in zip(new, rows, strict=True))
    return np.array([known[key] for key in keys], dtype=np.int64)[codes]
