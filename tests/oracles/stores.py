"""Stores of customers in SQLite and PostgreSQL for tests, and facts to put into them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy.engine import URL

from creditscore.collect import Item, ItemCatalogue, Observations
from engines import Postgres

CATALOGUE = ItemCatalogue(
    items=(
        Item(name="name", kind="text", group="identity", sensitivity="personal"),
        Item(name="income", group="financial", sensitivity="personal"),
        Item(name="revenue", group="financial"),
        Item(name="employees", group="identity"),
        Item(name="industry", kind="text", group="identity"),
        Item(name="founded_on", kind="day", group="identity"),
        Item(name="audited", kind="flag", group="financial"),
        Item(name="invoice.amount", group="operating"),
        Item(name="invoice.due_on", kind="day", group="operating"),
        Item(name="invoice.payer", kind="text", group="operating", sensitivity="personal"),
    )
)


def facts(
    *rows: tuple[Any, ...], catalogue: ItemCatalogue = CATALOGUE, **columns: Any
) -> Observations:
    """Make observations of rows (customer, item, value, true_from); other columns by name."""
    table = pd.DataFrame(rows, columns=["customer", "item", "value", "true_from"]).astype(object)
    given = {
        "source": "public_filing",
        "method": "data_analysis",
        "collected_at": "2024-01-01T00:00Z",
        **columns,
    }
    return Observations.from_frame(table.assign(**given), catalogue=catalogue)


def postgres_place(server: Postgres, numbers: itertools.count[int]) -> Callable[[], URL]:
    """Give what makes an empty database on the server, and returns its place."""
    folder = server.connection.info.host

    def make() -> URL:
        name = f"store_{next(numbers)}"
        server.connection.execute(f"CREATE DATABASE {name}".encode())
        return URL.create("postgresql", username="tests", database=name, query={"host": folder})

    return make


def sqlite_place(folder: Path, numbers: itertools.count[int]) -> Callable[[], Path]:
    """Give what returns the path of a file that is not there yet."""
    return lambda: folder / f"store_{next(numbers)}.db"
