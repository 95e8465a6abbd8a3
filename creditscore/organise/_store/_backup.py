"""Backups: one file that is a store itself, from either database and to either."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
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
    use_wal,
    writing,
)
from creditscore.organise._store._guards import lifted
from creditscore.organise._store._new_file import new_file, remove_file
from creditscore.organise._store._revisions import HEAD, make_tables
from creditscore.organise._store._schema import audit, blocks, metadata, observations
from creditscore.protect import TrailHead

_FORMAT, _VERSION = "creditscore.store_backup", 1
_AT_ONCE = 100_000
_BLOCK = 2**20


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
            rows = _counts(connection)
            last = sa.select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc())
            row = connection.execute(last.limit(1)).first()
    finally:
        engine.dispose()
    head = TrailHead() if row is None else TrailHead(number=row.number, hash=row.hash)
    return BackupReport(path=str(path), sha256=_sha256(path), rows=rows, head=head)


def _counts(connection: sa.Connection) -> dict[str, int]:
    found = {}
    for table in metadata.sorted_tables:
        if table is blocks:
            # they hold nothing of their own, and PostgreSQL has none
            continue
        n = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
        found[table.name] = int(n or 0)
    return found


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup whose file is what its document says."""

    path: Path
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the document, and check the file by it.

        Raises
        ------
        StoreNotFoundError
            There is no such file.
        StoreError
            The bytes of the file are others.
        DocumentNotFoundError, DocumentError
            There is no document beside it, or it is none of a backup.
        """
        if not path.is_file():
            msg = f"There is no backup {str(path)!r}. Check the path."
            raise StoreNotFoundError(msg)
        content = read_document(_beside(path), kind=_FORMAT, version=_VERSION)
        if _sha256(path) != content.get("sha256"):
            msg = (
                f"The backup {str(path)!r} is not the file that was written: its hash is another. "
                "It was altered, cut off or damaged; take another one."
            )
            raise StoreError(msg)
        return cls(path=path, content=content)

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

    def restore_to(
        self, source: sa.Engine, target: sa.Engine, erase: Callable[[sa.Connection], int]
    ) -> int:
        """Make a store of it at another place, and erase in it; returns how many were erased.

        There is a store once all of this is done: PostgreSQL has one transaction, and SQLite a
        file beside, which gets the name of the store at last.

        Raises
        ------
        StoreError
            A table has more or fewer rows than it should, or there is such a file.
        """
        if not is_sqlite(target):
            with reading(source) as connection, writing(target) as into:
                make_tables(into)
                copy_rows(connection, into)
                return self._finished(into, erase)
        place = Path(str(target.url.database))
        make_file(place)
        beside = place.with_name(f"{place.name}.restoring")
        # of a process that was killed; nobody else restores to this place
        remove_file(beside)
        engine = make_engine(url_of(beside), 0)
        try:
            with new_file(engine):
                _copy_file(source, beside)
                # connections from before the copy would believe that the file still has its log
                engine.dispose()
                use_wal(engine)
                with writing(engine) as into:
                    n_erased = self._finished(into, erase)
                engine.dispose()
                beside.replace(place)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        return n_erased

    def _finished(self, connection: sa.Connection, erase: Callable[[sa.Connection], int]) -> int:
        found = _counts(connection)
        if found != self.content["rows"]:
            msg = f"The backup {str(self.path)!r} was not copied whole: tables lack rows."
            raise StoreError(msg)
        return erase(connection)
