"""The audit trail in the store's own table: appended by one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from creditscore.exceptions import AccessDeniedError, InvalidDataError, InvalidParameterError
from creditscore.organise._store._added import ADDED
from creditscore.organise._store._engine import (
    AUDIT_LOCK,
    is_sqlite,
    reading,
    take_lock,
    writing,
)
from creditscore.organise._store._schema import audit
from creditscore.protect import AuditRecord, TrailHead, canonical_json

if TYPE_CHECKING:
    from creditscore.organise._store._access import Desk

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
            if ADDED in record.details and not isinstance(self._bind, sa.Connection):
                msg = (
                    f"No details of a record are called {ADDED!r}: by that the store tells what a "
                    "change added to its tables. Call them otherwise."
                )
                raise InvalidParameterError(msg)
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


class GuardedSink:
    """The same for an actor under a policy: who may audit reads, and adds in the own name alone."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sink = SqlSink(desk.engine)

    def append(self, make: Callable[[TrailHead], AuditRecord]) -> AuditRecord:
        """Add the record that `make` returns for the head, if it is one of the actor."""

        def own(head: TrailHead) -> AuditRecord:
            record = make(head)
            if record.actor != self._desk.actor.name:
                msg = f"{self._desk.actor.name} adds no record in the name of {record.actor}."
                raise AccessDeniedError(msg)
            return record

        return self._sink.append(own)

    def records(self, after: int = 0) -> Iterator[AuditRecord]:
        """Yield the records from the one after this number on."""
        self._desk.check("audit")
        return self._sink.records(after)

    def head(self) -> TrailHead:
        """Return the number and the hash of the last record."""
        return self._sink.head()


def _read(text: str) -> Any:
    """Read what a column holds; a text that is not as it was written is no part of a record."""
    try:
        found = json.loads(text)
        # an entry that stands twice would be read as if the first were not there
        written = text in (canonical_json(found), json.dumps(found, ensure_ascii=False))
    except (ValueError, RecursionError, InvalidDataError):
        return text
    return found if written else text


def _head(connection: sa.Connection) -> TrailHead:
    last = sa.select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    row = connection.execute(last).first()
    return TrailHead() if row is None else TrailHead(number=row.number, hash=row.hash)
