"""Numbers that stand for names: customers, items and the origins of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from creditscore._typing import Int1D
from creditscore.exceptions import StoreError
from creditscore.organise._store._erased import erased_ids, pseudonym
from creditscore.organise._store._schema import ITEM_PLACES, customers, items, origins

ORIGIN_COLUMNS = ("source", "source_name", "method", "unit", "collected_by", "confidence")
_AT_ONCE = 500
"""Names in one statement, fewer than any database allows."""
_MOST_ASKED = 50_000
"""Names beyond which all of a table are read, which is faster."""


def numbers_of(connection: sa.Connection, table: sa.Table, names: Sequence[str]) -> dict[str, int]:
    """Return the numbers of those names that are known."""
    wanted = sa.select(table.c.name, table.c.id)
    if len(names) > _MOST_ASKED:
        asked = set(names)
        return {str(name): n for name, n in connection.execute(wanted) if name in asked}
    found: dict[str, int] = {}
    for start in range(0, len(names), _AT_ONCE):
        part = wanted.where(table.c.name.in_(list(names[start : start + _AT_ONCE])))
        found.update((str(name), n) for name, n in connection.execute(part))
    return found


def add_names(
    connection: sa.Connection, table: sa.Table, names: Iterable[str]
) -> tuple[dict[str, int], list[int]]:
    """Return the numbers of names, and those numbers that are new."""
    asked = list(dict.fromkeys(names))
    found = numbers_of(connection, table, asked)
    new = [name for name in asked if name not in found]
    first = next_id(connection, table)
    numbers = list(range(first, first + len(new)))
    if table is items and numbers and numbers[-1] >= ITEM_PLACES:
        msg = f"A store keeps at most {ITEM_PLACES - 1:,} items."
        raise StoreError(msg)
    if new:
        rows = [{"id": n, "name": name} for n, name in zip(numbers, new, strict=True)]
        connection.execute(table.insert(), rows)
    found.update(zip(new, numbers, strict=True))
    return found, numbers


def next_id(connection: sa.Connection, table: sa.Table) -> int:
    """Return the number after the last one; who writes is alone."""
    return int(connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1


def names_by_id(connection: sa.Connection, table: sa.Table) -> dict[int, str]:
    """Return all names of a table by their numbers."""
    return {n: str(name) for n, name in connection.execute(sa.select(table.c.id, table.c.name))}


def names_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return names of customers by their numbers; of erased ones, pseudonyms."""
    asked = [int(n) for n in ids]
    if len(asked) > _MOST_ASKED:
        return names_by_id(connection, customers) | _pseudonyms(connection, asked)
    found: dict[int, str] = {}
    for start in range(0, len(asked), _AT_ONCE):
        part = sa.select(customers.c.id, customers.c.name).where(
            customers.c.id.in_(asked[start : start + _AT_ONCE])
        )
        found.update((n, str(name)) for n, name in connection.execute(part))
    return found | _pseudonyms(connection, asked)


def _pseudonyms(connection: sa.Connection, asked: Iterable[int]) -> dict[int, str]:
    """Return what takes the place of the names of those whose data were erased."""
    gone = erased_ids(connection)
    return {number: pseudonym(number) for number in gone.intersection(asked)}


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
