"""Customers that are one: merges and un-merges as events, of which none is ever lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from creditscore.exceptions import StoreError
from creditscore.organise._store import _clock
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import links
from creditscore.organise._store._scope import roots


def add_link(known: Customers, customer: str, into: str | None, entries: dict[str, Any]) -> None:
    """Add an event; errors as by :func:`check_link`."""
    one, other = check_link(known, customer, into)
    connection = known.connection
    row = {"id": next_id(connection, links), "customer_id": one, "into_id": other, **entries}
    connection.execute(links.insert().values(**row))


def check_link(known: Customers, customer: str, into: str | None) -> tuple[int, int | None]:
    """Check that customers can be merged, or parted; return their numbers.

    Raises
    ------
    StoreError
        There is no such customer; it is linked already, or not at all; or it would lead to itself.
    ErasedSubjectError
        The data of one of them were erased.
    """
    named = [name for name in (customer, into) if name is not None]
    found = known.present(named)
    strange = next((name for name in named if name not in found), None)
    if strange is not None:
        msg = f"There is no customer {strange!r} in the store."
        raise StoreError(msg)
    merged = roots(known.connection)
    one, other = found[customer], None if into is None else found[into]
    if (one in merged) is (other is not None):
        state = "is linked already. Unlink it first" if other is not None else "is not linked"
        msg = f"The customer {customer!r} {state}."
        raise StoreError(msg)
    if other is not None and merged.get(other, other) == one:
        msg = f"{customer!r} cannot be linked to {into!r}, which leads to it."
        raise StoreError(msg)
    return one, other


def link_table(known: Customers) -> pd.DataFrame:
    """Return a row an event, in their order."""
    rows = known.connection.execute(sa.select(links).order_by(links.c.id)).all()
    names = known.names(n for row in rows for n in row[1:3] if n is not None)
    columns = {
        "customer": [names[row[1]] for row in rows],
        "into": [names.get(row[2]) for row in rows],
        "reason": [row[3] for row in rows],
        "recorded_by": [row[5] for row in rows],
    }
    table = pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in columns.items()})
    at = np.array([row[4] for row in rows], dtype=np.int64)
    table.insert(3, "recorded_at", _clock.as_instants(at))
    return table
