"""The audit trail in the store's own table: appended by one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import sqlalchemy as sa

from creditscore.organise._store._engine import (
    AUDIT_LOCK,
    is_sqlite,
    reading,
    take_lock,
    writing,
)
from creditscore.organise._store._schema import audit
from creditscore.protect import AuditRecord, TrailHead, canonical_json

_AT_ONCE = 10_000


class SqlSink:
    """Records of a trail in the table ``audit``.

    Parameters
    ----------
    bind : Engine or Connection
        With a connection, whose transaction must be one that writes, a record is kept when that
        transaction is: a change and its record are there both or not at all.
    """

    def __init__(self, bind: sa.Engine | sa.Connection) -> None:
        self._bind = bind

    def append(self, make: Callable[[TrailHead], AuditRecord]) -> AuditRecord:
        """Add the record that `make` returns for the head, while nobody else can."""
        with self._writing() as connection:
            if isinstance(self._bind, sa.Connection) and not is_sqlite(connection):
                take_lock(connection, AUDIT_LOCK)
            record = make(_head(connection))
            row = record.to_dict()
            row["roles"] = json.dumps(row["roles"], ensure_ascii=False)
            row["details"] = canonical_json(row["details"])
            connection.execute(audit.insert().values(**row))
        return record

    def records(self, after: int = 0) -> Iterator[AuditRecord]:
        """Yield the records from the one after this number on.

        They are read in parts, so that a long trail is not held in memory, and by what stands in
        the table: a record that was given another number comes where that number puts it.
        """
        n_before = -1
        last = after
        while last != n_before:
            n_before = last
            with self._reading() as connection:
                part = sa.select(audit).where(audit.c.number > last).order_by(audit.c.number)
                rows = connection.execute(part.limit(_AT_ONCE)).mappings().all()
            for row in rows:
                last = row["number"]
                plain = {name: _read(row[name]) for name in ("roles", "details")}
                yield AuditRecord.from_dict({**row, **plain})

    def head(self) -> TrailHead:
        """Return the number and the hash of the last record."""
        with self._reading() as connection:
            return _head(connection)

    def _writing(self) -> AbstractContextManager[sa.Connection]:
        if isinstance(self._bind, sa.Connection):
            return nullcontext(self._bind)
        return writing(self._bind, lock=AUDIT_LOCK)

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        if isinstance(self._bind, sa.Connection):
            return nullcontext(self._bind)
        return reading(self._bind)


def _read(text: str) -> Any:
    """Read what a column holds; a text that is no JSON stays one, and is no part of a record."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _head(connection: sa.Connection) -> TrailHead:
    last = sa.select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    row = connection.execute(last).first()
    return TrailHead() if row is None else TrailHead(number=row.number, hash=row.hash)
