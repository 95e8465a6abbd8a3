"""What a change added to the tables, which its record in the audit trail tells."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import sqlalchemy as sa

from creditscore.organise._store._schema import metadata, settings
from creditscore.organise._store._settings import versions_of
from creditscore.organise._store._subjects import Vault

ADDED = "added_rows"
"""Entry of the details of a record: by table, first and last number of new rows, and digest."""
_BEFORE = "creditscore_before"
_PURPOSE = "rows that were added"
_DIGEST_BYTES = 16
_AT_ONCE = 10_000
_WRITTEN_AT_ONCE = 250
"""Few enough that not each part makes the collector of garbage run."""
_BREAK = {"": 0}
_BROKEN = ', {""\n0}, '
"""What stands between rows that are written at once: a text in JSON holds no end of a line."""
_write = json.JSONEncoder(
    separators=(", ", "\n"), default=lambda value: [bytes(value).hex()]
).encode

_COLUMNS = {
    "customers": "id digest",
    "items": "id name",
    "origins": "id source source_name method unit collected_by confidence",
    "batches": "id recorded_at recorded_by is_backfill note n_loaded n_known n_refused",
    "retractions": "id observation_id reason recorded_at recorded_by",
    "rejects": "id batch_id source row column_name item reason is_protected value cells "
    "value_cipher cells_cipher",
    "links": "id customer_id into_id reason recorded_at recorded_by",
    "erasures": "id customer_id reason recorded_at recorded_by",
    "protections": "id kind customer_id content recorded_at recorded_by",
    "assignments": "id member customer_id is_assigned recorded_at recorded_by",
}
"""Tables whose rows are numbered from 1 without a gap, and what a digest is of.

It stays as it is: records that were made hold digests of it.
"""
_OF_DOCUMENT = "version content recorded_at"
_DOCUMENT = "settings."

Row = tuple[int, str]
"""Number of a row, and all that it says."""


@dataclass(frozen=True)
class Numbered:
    """Rows that are numbered from 1 without a gap: of a table, or versions of a document."""

    name: str
    number: sa.Column[int]
    columns: tuple[sa.Column[Any], ...]
    condition: sa.ColumnElement[bool]
    differing: tuple[int, ...]
    """Places of columns in which the databases hold the same otherwise."""

    @classmethod
    @cache
    def of(cls, name: str) -> Numbered:
        """Return the rows of a table, or those of ``"settings.…"``."""
        table, said = settings, _OF_DOCUMENT
        condition: sa.ColumnElement[bool] = settings.c.name == name.removeprefix(_DOCUMENT)
        if name in _COLUMNS:
            table, said, condition = metadata.tables[name], _COLUMNS[name], sa.true()
        columns = tuple(table.c[column] for column in said.split())
        differing = tuple(
            place
            for place, column in enumerate(columns)
            if isinstance(column.type, (sa.Boolean, sa.Double))
        )
        return cls(name, columns[0], columns, condition, differing)

    def rows(
        self, connection: sa.Connection, first: int | None = None, last: int | None = None
    ) -> Iterator[Row]:
        """Yield rows in the order of their numbers; those of a table are read in parts."""
        # as they stand there: what was put in by hand may be none of the type of its column
        bare = (sa.type_coerce(column, sa.types.NULLTYPE) for column in self.columns)
        asked = sa.select(*bare).where(self.condition).order_by(self.number).limit(_AT_ONCE)
        if last is not None:
            asked = asked.where(self.number <= last)
        part = asked if first is None else asked.where(self.number >= first)
        number: int | None = -1
        while number is not None:
            number = None
            for rows in connection.execute(part).partitions(_WRITTEN_AT_ONCE):
                for number, told in self._written(rows):
                    yield number, told
            if number is not None:
                part = asked.where(self.number > number)

    def _written(self, rows: Sequence[Iterable[Any]]) -> Iterator[Row]:
        """Write rows at once, which takes a third of the time of writing one by one."""
        plain = [[*row] for row in rows]
        for place in self.differing:
            # SQLite knows neither truth nor a zero below 0
            for row in plain:
                if isinstance(row[place], (bool, float)):
                    row[place] += 0
        told: list[Any] = [_BREAK] * (2 * len(plain) - 1)
        told[::2] = plain
        texts = _write(told)[1:-1].split(_BROKEN)
        return ((int(row[0] or 0), text) for row, text in zip(plain, texts, strict=True))


def digest_of(name: str, rows: Iterable[Row], vault: Vault) -> tuple[str, int]:
    """Return the keyed digest of rows of a table, and how many they are."""
    made = hmac.new(vault.derive(_PURPOSE), name.encode(), "sha256")
    n = 0
    left = iter(rows)
    while part := [told for _, told in islice(left, _WRITTEN_AT_ONCE)]:
        made.update("".join([f"\n{told}" for told in part]).encode())
        n += len(part)
    return made.digest()[:_DIGEST_BYTES].hex(), n


_LASTS = sa.union_all(
    *(
        sa.select(sa.literal(name), sa.func.coalesce(sa.func.max(metadata.tables[name].c.id), 0))
        for name in _COLUMNS
    )
)


def last_numbers(connection: sa.Connection) -> dict[str, int]:
    """Return the number of the last row of each table, and of each document its last version."""
    found = {str(name): int(n) for name, n in connection.execute(_LASTS)}
    versions = versions_of(connection)
    return found | {f"{_DOCUMENT}{name}": version for name, version in versions.items()}


def begun(connection: sa.Connection) -> sa.Connection:
    """Note where the tables end before a change, by the connection that makes it."""
    return connection.execution_options(**{_BEFORE: last_numbers(connection)})


def told_anew(connection: sa.Connection, vault: Vault, name: str) -> dict[str, Any]:
    """Return what a record tells of all rows of a table, which a script has written anew."""
    last = last_numbers(connection)[name]
    rows = Numbered.of(name).rows(connection)
    return {ADDED: {name: [1, last, digest_of(name, rows, vault)[0]]}} if last else {}


def added_to(connection: sa.Connection, vault: Vault) -> dict[str, Any]:
    """Return what was added since the change has begun; nothing where that was not noted.

    O(rows that were added) time: they are read as the database keeps them.
    """
    before = connection.get_execution_options().get(_BEFORE)
    if before is None:
        return {}
    after = last_numbers(connection)
    connection.execution_options(**{_BEFORE: after})
    told = {}
    for name, last in after.items():
        first = before.get(name, 0) + 1
        if last >= first:
            rows = Numbered.of(name).rows(connection, first, last)
            told[name] = [first, last, digest_of(name, rows, vault)[0]]
    return {ADDED: told}
