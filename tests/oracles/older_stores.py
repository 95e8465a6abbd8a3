"""Stores whose tables are of an older version, with the facts of one of today."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from creditscore._document import write_document
from creditscore.organise._store import _rejecting, _store
from creditscore.organise._store._backup import count_rows
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._engine import make_engine, url_of, writing
from creditscore.organise._store._revisions import alembic_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

    from creditscore.organise import CustomerStore


def made_by(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """Let stores say in their trail that their tables are of a version, and write as it did."""
    monkeypatch.setattr(_store, "HEAD", version)
    if version < "0006":
        row = _rejecting._row

        def with_reason(said: Mapping[str, Any], *given: Any) -> dict[str, Any]:
            return {**row(said, *given), "reason": said["reason"]}

        monkeypatch.setattr(_rejecting, "_row", with_reason)
        monkeypatch.setattr(_rejecting, "sealed_cells", _sealed_before)
        monkeypatch.setattr(_rejecting._Held, "of", classmethod(_held_before))


def _sealed_before(cipher: Any, number: int, *, customer: str, cells: Any, reason: str) -> Any:
    """Encrypt cells, with their customer where there is one, and leave the reason out."""
    del reason
    if customer:
        cells = "\x00" + json.dumps([customer, cells], ensure_ascii=False)
    return _rejecting._sealed(cipher, cells, number, "cells")


def _held_before(kind: Any, value: Any, reason: str, whole: str | None) -> Any:
    """Part cells from their customer."""
    if whole is None or not whole.startswith("\x00"):
        return kind(value, reason, whole)
    customer, cells = json.loads(whole.removeprefix("\x00"))
    return kind(value, reason, cells, customer)


def make_older(
    store: CustomerStore, place: Any, version: str, *, erased: Mapping[int, str] | None = None
) -> None:
    """Make a store of a version at another place, with all that the version can hold.

    Of customers that were erased, older versions kept the names.
    """
    url = url_of(place)
    if url.get_backend_name() == "sqlite":
        Path(str(url.database)).touch()
    engine = make_engine(url, 5)
    with store.engine.connect() as source, writing(engine) as target:
        command, config = alembic_of(target)
        command.upgrade(config, version)
        tables = sa.MetaData()
        tables.reflect(target)
        for table in tables.sorted_tables:
            if table.name not in ("alembic_version", "blocks"):
                rows = list(_rows(store, source, table, erased or {}))
                if rows:
                    target.execute(table.insert(), rows)
    engine.dispose()


def back_up_older(
    store: CustomerStore,
    path: Path,
    version: str,
    *,
    erased: Mapping[int, str] | None = None,
    miscounted: Mapping[str, int] | None = None,
    sealed_by: CustomerStore | None = None,
) -> None:
    """Write a backup as the release with a version of the tables wrote it, its document beside."""
    make_older(store, path, version, erased=erased)
    engine = make_engine(url_of(path), 0)
    with engine.connect() as connection:
        names = set(sa.inspect(connection).get_table_names()) - {"alembic_version", "blocks"}
        rows = count_rows(connection, sorted(names))
        last = sa.text("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        number, digest = connection.execute(last).one()
    engine.dispose()
    content = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "tables": version,
        "rows": {**rows, **(miscounted or {})}, "head": {"number": number, "hash": digest},
    }  # fmt: skip
    write_document(
        path.with_name(f"{path.name}.json"), content, kind="creditscore.store_backup", version=1,
        key=(sealed_by or store)._desk.vault.derive("backup"),
    )  # fmt: skip


def _rows(
    store: CustomerStore, source: sa.Connection, table: sa.Table, erased: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """Yield rows; names lay open before version 0005."""
    if table.name == "customers" and "digest" not in table.columns:
        known = Customers(connection=source, vault=store._desk.vault)
        names = known.names(known.ids()) | erased
        yield from ({"id": n, "name": name} for n, name in names.items())
        return
    for row in source.execute(sa.select(*table.columns)).mappings():
        yield dict(row)
