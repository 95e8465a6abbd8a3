"""Backups: one file that is a store itself, from either database and to either."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from creditscore._document import read_document, write_document
from creditscore.exceptions import AlteredDocumentError, StoreError, StoreNotFoundError
from creditscore.organise._store._backup_report import BackupReport
from creditscore.organise._store._blocks import extend_blocks
from creditscore.organise._store._bulk import insert_observations
from creditscore.organise._store._engine import (
    is_sqlite,
    make_engine,
    make_file,
    reading,
    told,
    url_of,
    writing,
)
from creditscore.organise._store._guards import lifted
from creditscore.organise._store._revisions import HEAD, make_tables
from creditscore.organise._store._schema import audit, blocks, metadata, observations
from creditscore.protect import TrailHead

_FORMAT, _VERSION = "creditscore.store_backup", 1
_AT_ONCE = 100_000
_BLOCK = 2**20
# blocks hold nothing of their own, and PostgreSQL has none
_COUNTED = tuple(table.name for table in metadata.sorted_tables if table is not blocks)


def back_up(engine: sa.Engine, path: Path, key: bytes) -> BackupReport:
    """Write a store to a file, and a sealed document about it beside."""
    if _beside(path).exists():
        msg = f"There is a file {str(_beside(path))!r} already, where the document would be."
        raise StoreError(msg)
    make_file(path)
    try:
        if is_sqlite(engine):
            _copy_file(engine, path)
        else:
            _copy_rows_to_file(engine, path)
        report = _report(path)
        content = {
            "sha256": report.sha256, "rows": dict(report.rows), "tables": HEAD,
            "head": {"number": report.head.number, "hash": report.head.hash},
        }  # fmt: skip
        write_document(_beside(path), content, kind=_FORMAT, version=_VERSION, key=key)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return report


def _copy_file(engine: sa.Engine, path: Path) -> None:
    """Copy by SQLite's own way, which gives one state while others write."""
    from sqlite3 import connect  # noqa: PLC0415 - only where the store is in SQLite

    with told(engine), engine.connect() as connection, closing(connect(path)) as target:
        raw: Any = connection.connection.dbapi_connection
        raw.backup(target)
        # one file alone, without a log beside it
        target.execute("PRAGMA journal_mode=DELETE")


def _copy_rows_to_file(engine: sa.Engine, path: Path) -> None:
    target = make_engine(url_of(path), 0)
    try:
        with reading(engine) as source, writing(target) as connection:
            make_tables(connection)
            copy_rows(source, connection)
    finally:
        target.dispose()


def copy_rows(source: sa.Connection, target: sa.Connection) -> None:
    """Copy all rows of all tables; what a row is called and holds stays the same."""
    for table in metadata.sorted_tables:
        if table not in (observations, blocks):
            for rows in _parts(source, table):
                target.execute(table.insert(), [dict(row._mapping) for row in rows])  # noqa: SLF001 - public in SQLAlchemy
    names = [column.name for column in observations.c]
    with lifted(target):
        for rows in _parts(source, observations):
            insert_observations(target, dict(zip(names, zip(*rows, strict=True), strict=True)))
    extend_blocks(target)


def _parts(source: sa.Connection, table: sa.Table) -> Iterator[Any]:
    """Yield rows in the order of their keys, which goes on where a part has ended."""
    keys = list(table.primary_key)
    last: Any = None
    while True:
        part = sa.select(table).order_by(*keys).limit(_AT_ONCE)
        if last is not None:
            part = part.where(sa.tuple_(*keys) > sa.tuple_(*(sa.literal(value) for value in last)))
        rows = source.execute(part).all()
        if not rows:
            return
        yield rows
        last = [rows[-1]._mapping[key.name] for key in keys]  # noqa: SLF001


def _report(path: Path) -> BackupReport:
    engine = make_engine(url_of(path), 0)
    try:
        with reading(engine) as connection:
            rows = count_rows(connection)
            last = sa.select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc())
            row = connection.execute(last.limit(1)).first()
    finally:
        engine.dispose()
    head = TrailHead() if row is None else TrailHead(number=row.number, hash=row.hash)
    return BackupReport(path=str(path), sha256=_sha256(path), rows=rows, head=head)


def count_rows(connection: sa.Connection, names: Iterable[str] = _COUNTED) -> dict[str, int]:
    """Count the rows of tables by their names, of those that are there."""
    there = set(sa.inspect(connection).get_table_names())
    found = {}
    for name in names:
        if name in there:
            n = connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar()
            found[name] = int(n or 0)
    return found


def _sha256(path: Path, copy: Path | None = None) -> str:
    """Return the hash of a file, and copy what is hashed to another one that is there."""
    digest = hashlib.sha256()
    with path.open("rb") as file, nullcontext() if copy is None else copy.open("r+b") as into:
        while block := file.read(_BLOCK):
            digest.update(block)
            if into is not None:
                into.write(block)
    return digest.hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup: its file, and what the document beside it says."""

    path: Path
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the document.

        Raises
        ------
        StoreNotFoundError
            There is no such file.
        DocumentNotFoundError, DocumentError
            There is no document beside it, or it is none of a backup.
        """
        if not path.is_file():
            msg = f"There is no backup {str(path)!r}. Check the path."
            raise StoreNotFoundError(msg)
        content = read_document(_beside(path), kind=_FORMAT, version=_VERSION)
        return cls(path=path, content=content)

    def copy_to(self, place: Path) -> None:
        """Copy the file, which stays as it is, to a new one that its owner alone may read.

        Raises
        ------
        StoreError
            What was copied are other bytes than were written, or it cannot be copied.
        """
        try:
            make_file(place)
        except StoreError as error:
            msg = (
                f"A private copy of the backup {str(self.path)!r} is what a store is made of. "
                f"{error} Put the backup and its document where you may write."
            )
            raise StoreError(msg) from error
        try:
            found = _sha256(self.path, place)
        except OSError as error:
            msg = (
                f"The backup {str(self.path)!r} cannot be copied to {str(place)!r}: "
                f"{error.strerror}."
            )
            raise StoreError(msg) from error
        if found != self.content.get("sha256"):
            msg = (
                f"The backup {str(self.path)!r} is not the file that was written: its hash is "
                "another. It was altered, cut off or damaged; take another one."
            )
            raise StoreError(msg)

    def check_seal(self, key: bytes) -> None:
        """Check that the document is of the store whose key this is.

        Raises
        ------
        StoreError
            It was written by somebody else.
        """
        try:
            read_document(_beside(self.path), kind=_FORMAT, version=_VERSION, key=key)
        except AlteredDocumentError as error:
            msg = f"The document of the backup {str(self.path)!r} is not sealed by this store."
            raise StoreError(msg) from error
