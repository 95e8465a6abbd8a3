"""Destroying the key of a customer, and what the database would still keep of it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa

from creditscore.organise._guard._events import add_event
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._engine import is_sqlite
from creditscore.organise._store._erased import ELSEWHERE, ERASED, REGISTER, erased_ids
from creditscore.organise._store._names import next_id
from creditscore.organise._store._rejecting import reject_table
from creditscore.organise._store._schema import (
    erasures,
    items,
    observations,
    rejects,
    subject_keys,
)
from creditscore.organise._store._scope import roots
from creditscore.organise._store._subjects import CUSTOMER, REJECTS, Vault
from creditscore.organise._store._writing import next_instant
from creditscore.protect import subjects_digest

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much of a customer was encrypted, kept in the clear, and rejected."""

    at: int
    values: int
    kept: int
    left: int
    evidence: int
    rejects: int
    linked: int


@dataclass(frozen=True, kw_only=True)
class Erasing:
    """Erases customers, with what takes long to find out for many and for one."""

    known: Customers
    named: NamedRejects
    into: Mapping[int, int]

    @classmethod
    def of(cls, known: Customers) -> Self:
        """Read which rejects name whom, and who is one with whom."""
        named = NamedRejects.read(known.connection, known.vault)
        return cls(known=known, named=named, into=roots(known.connection))

    def destroy(self, number: int, *, reason: str, by: str, kept: Sequence[str]) -> Counts:
        """Delete the keys of a customer and of its rejects, and note that; the rest stays."""
        connection = self.known.connection
        about = self.named.of(self.known.names([number])[number])
        at = next_instant(connection)
        n_rejects = _delete_keys(connection, REJECTS, about)
        # of all but the one that they lead into, be that the customer or another
        n_linked = list(self.into.values()).count(self.into.get(number, number))
        counted = _counted(connection, number, kept, at=at, n_rejects=n_rejects, n_linked=n_linked)
        _delete_keys(connection, CUSTOMER, [number])
        row = {
            "id": next_id(connection, erasures), "customer_id": number, "reason": reason,
            "recorded_at": at, "recorded_by": by,
        }  # fmt: skip
        connection.execute(erasures.insert().values(**row))
        add_event(self.known, ERASED, number, {"kept": sorted(kept)}, at=at, by=by)
        return counted


def _counted(
    connection: sa.Connection, number: int, kept: Sequence[str], *, at: int, n_rejects: int,
    n_linked: int,
) -> Counts:  # fmt: skip
    rows = observations.c
    sealed = (rows.cipher.is_not(None) | rows.evidence_cipher.is_not(None)).label("sealed")
    is_kept = (rows.cipher.is_(None) & items.c.name.in_(list(kept))).label("is_kept")
    is_open = rows.cipher.is_(None).label("is_open")
    asked = (
        sa.select(sealed, is_kept, is_open, sa.func.count())
        .join(items, items.c.id == rows.item_id)
        .where(rows.customer_id == number)
        .group_by(sealed, is_kept, is_open)
    )
    found = [(bool(a), bool(b), bool(c), int(n)) for a, b, c, n in connection.execute(asked)]
    return Counts(
        at=at, rejects=n_rejects, linked=n_linked,
        values=sum(n for sealed, _, _, n in found if sealed),
        kept=sum(n for _, of_law, _, n in found if of_law),
        left=sum(n for _, of_law, lies_open, n in found if lies_open and not of_law),
        evidence=sum(n for sealed, of_law, _, n in found if sealed and of_law),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NamedRejects:
    """Which rejects name whom: only their cells say that, so all are decrypted once.

    What somebody put beside the ciphers, or in their place, names nobody and stops no erasure.
    """

    by_cell: Mapping[str, Sequence[int]]

    @classmethod
    def read(cls, connection: sa.Connection, vault: Vault) -> Self:
        """Read all of them. O(rejects) time."""
        found: dict[str, list[int]] = {}
        if vault.has_keys:
            table = reject_table(connection, vault, None, strict=False)
            ids = connection.execute(sa.select(rejects.c.id).order_by(rejects.c.id)).scalars()
            for number, value, cells in zip(ids, table["value"], table["cells"], strict=True):
                for cell in {_plain(value), *map(_plain, _cells(cells))}:
                    found.setdefault(cell, []).append(number)
        return cls(by_cell=found)

    def of(self, name: str) -> Sequence[int]:
        """Return the rejects of which a cell is the name of a customer."""
        return self.by_cell.get(_plain(name), ())


def _cells(text: Any) -> Collection[Any]:
    try:
        found = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        return (text,)
    if isinstance(found, dict):
        return list(found.values())
    return found if isinstance(found, list) else (found,)


def _plain(text: Any) -> str:
    return unicodedata.normalize("NFKC", str(text)).strip().casefold()


def _delete_keys(connection: sa.Connection, kind: str, owners: Sequence[int]) -> int:
    n_deleted = 0
    for start in range(0, len(owners), _AT_ONCE):
        part = list(owners[start : start + _AT_ONCE])
        mine = (subject_keys.c.kind == kind) & subject_keys.c.owner.in_(part)
        n_deleted += connection.execute(subject_keys.delete().where(mine)).rowcount
    return n_deleted


def erase_again(known: Customers, entries: Mapping[str, Sequence[str]], *, by: str) -> int:
    """Erase those whom a register names, after an older backup was restored.

    Of those who are not in the backup the digest is kept, so that they are refused when they are
    loaded again. O(customers) time.
    """
    connection, key = known.connection, known.vault.derive(REGISTER)
    gone = erased_ids(connection)
    there = known.names(n for n in known.ids() if n not in gone) if entries else {}
    found = {subjects_digest({name}, key=key): number for number, name in there.items()}
    erasing = Erasing.of(known) if entries else None
    n_erased = 0
    for digest, kept in sorted(entries.items()):
        number = found.get(digest)
        if number is None:
            at = next_instant(connection)
            add_event(known, ELSEWHERE, None, {"digest": digest}, at=at, by=by)
        elif erasing is not None:
            reason = "erased before the backup was restored"
            erasing.destroy(number, reason=reason, by=by, kept=kept)
            n_erased += 1
    return n_erased


def clean(engine: sa.Engine, *, vacuum: bool, tables: Sequence[str] = ("subject_keys",)) -> bool:
    """Make the database let go of rows of tables that are gone; tells whether it could.

    SQLite overwrote the rows (secure_delete), and still has them in the write-ahead log until it
    is emptied. PostgreSQL keeps dead rows until they are vacuumed, and their bytes in the page
    until it is written anew, which is what VACUUM FULL does.
    """
    if is_sqlite(engine):
        raw: Any = engine.raw_connection()
        try:
            cursor = raw.cursor()
            if vacuum:
                cursor.execute("VACUUM")
            found = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.close()
        return bool(found[0] == 0)
    owned = sa.text(
        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'subject_keys'::regclass"
    )
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.execute(owned).scalar():
            return False
        for table in tables:
            connection.exec_driver_sql(f"VACUUM {'(FULL) ' if vacuum else ''}{table}")
    return True
