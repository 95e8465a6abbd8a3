"""Backups, restoration, and stores of older versions."""

from __future__ import annotations

import json
import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from creditscore.exceptions import (
    AccessDeniedError,
    DocumentError,
    DocumentNotFoundError,
    KeyStoreError,
    StoreError,
    StoreNotFoundError,
    StoreVersionError,
)
from creditscore.organise import CustomerStore
from creditscore.organise._store._engine import make_engine, url_of, use_wal, writing
from creditscore.organise._store._revisions import (
    HEAD,
    SCRIPTS,
    alembic_of,
    make_tables,
    revision_of,
)
from creditscore.organise._store._schema import metadata
from creditscore.protect import AccessPolicy, Actor, Grant, KeyRing, Role
from older_stores import made_by, make_older
from stores import CATALOGUE, facts

RING = KeyRing.generate()
FACTS = facts(
    ("A", "name", "Ana 'x', \\N\n名", "2020-01-01"),
    ("A", "income", 12.5, "2020-01-01"),
    ("B", "revenue", 0.1 + 0.2, "2023-12-31"),
    ("B", "industry", 'a,"b"\\t', "2023-12-31"),
    ("B", "founded_on", "2001-02-03", "2001-02-03"),
)


def filled(store: CustomerStore) -> CustomerStore:
    store.load(FACTS, note="one")
    store.load(facts(("B", "revenue", 7, "2023-12-31")), backfill=True)
    store.retract([2], reason="a trial")
    store.link("A", "B", reason="one and the same")
    reject = {
        "source": "a.csv", "row": "7", "column": "Name", "item": "name", "value": "Zoë",
        "reason": "is too long", "protected": True, "cells": "[]",
    }  # fmt: skip
    store.reject(pd.DataFrame([reject]), batch=1)
    return store


def assert_same(one: CustomerStore, other: CustomerStore) -> None:
    for as_of, known_at in (("2024-06-30", None), ("2024-06-30", "2024-01-02")):
        pd.testing.assert_frame_equal(
            one.snapshot(as_of, known_at), other.snapshot(as_of, known_at)
        )
    for table in ("batches", "links", "retractions", "rejects"):
        pd.testing.assert_frame_equal(getattr(one, table)(), getattr(other, table)())
    pd.testing.assert_frame_equal(one.observations(history=True), other.observations(history=True))
    assert one.catalogue == other.catalogue


def test_a_backup_is_restored_to_either_database(
    new_place: Callable[[], Any], tmp_path: Path
) -> None:
    with CustomerStore.create(new_place(), CATALOGUE, keys=RING) as store:
        filled(store)
        report = store.backup(tmp_path / "backup.db")
        assert report.rows["observations"] == 6
        assert report.rows["subject_keys"] == 4
        assert report.frame()["rows"].sum() == sum(report.rows.values())
        assert "6 observations" in repr(report)
        before = store.trail.table()
        for place in (new_place(), tmp_path / "restored.db"):
            with CustomerStore.restore(report.path, place, keys=RING) as again:
                actions = again.trail.table()["action"].tolist()
                assert actions == [*before["action"].tolist()[:-1], "restore"]
                assert again.trail.verify().is_whole
                assert_same(store, again)
                # and it goes on
                assert again.load(FACTS).n_known == len(FACTS)
                assert again.load(facts(("C", "name", "Cy", "2024-01-01"))).n_loaded == 1
                with (
                    again.engine.connect() as connection,
                    pytest.raises(sa.exc.DBAPIError, match=r"only added"),
                ):
                    connection.execute(sa.text("DELETE FROM observations"))
    # one file, and its document
    beside = sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("backup"))
    assert beside == ["backup.db", "backup.db.json"]
    assert (tmp_path / "backup.db").stat().st_mode & 0o077 == 0


def test_a_backup_of_postgresql_and_one_of_sqlite_are_alike(
    new_place: Callable[[], Any], tmp_path: Path
) -> None:
    with CustomerStore.create(new_place(), CATALOGUE, keys=RING) as store:
        filled(store).backup(tmp_path / "backup.db")
    with CustomerStore.open(tmp_path / "backup.db", keys=RING) as opened:
        assert len(opened.observations(history=True)) == 5


def test_a_restored_file_has_a_log_as_a_new_one(tmp_path: Path) -> None:
    with CustomerStore.create(tmp_path / "a.db", CATALOGUE, keys=RING) as store:
        store.backup(tmp_path / "backup.db")
    CustomerStore.restore(tmp_path / "backup.db", tmp_path / "b.db", keys=RING).close()
    modes = {}
    for name in ("a", "backup", "b"):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as file:
            modes[name] = file.execute("PRAGMA journal_mode").fetchone()[0]
    assert modes == {"a": "wal", "backup": "delete", "b": "wal"}
    # where there can be no log, that is told
    engine = sa.create_engine("sqlite://")
    with pytest.raises(StoreError, match="cannot have a write-ahead log"):
        use_wal(engine)
    engine.dispose()


def test_backups_that_are_not_what_was_written(tmp_path: Path) -> None:
    place, path = tmp_path / "store.db", tmp_path / "backup.db"
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        filled(store).backup(path)
        with pytest.raises(StoreError, match=r"already"):
            store.backup(path)
        (tmp_path / "other.db.json").write_text("mine", encoding="utf-8")
        with pytest.raises(StoreError, match=r"already, where the document would be"):
            store.backup(tmp_path / "other.db")
        assert (tmp_path / "other.db.json").read_text(encoding="utf-8") == "mine"
    with pytest.raises(KeyStoreError, match=r"not the keys"):
        CustomerStore.restore(path, tmp_path / "a.db", keys=KeyRing.generate())
    with pytest.raises(StoreError, match=r"already"):
        CustomerStore.restore(path, place, keys=RING)
    with pytest.raises(StoreNotFoundError, match=r"no backup"):
        CustomerStore.restore(tmp_path / "none.db", tmp_path / "a.db", keys=RING)
    document = tmp_path / "backup.db.json"
    text = document.read_text(encoding="utf-8")
    forged = json.loads(text)
    del forged["hmac_sha256"]
    document.write_text(json.dumps(forged), encoding="utf-8")
    with pytest.raises(StoreError, match=r"not sealed by this store"):
        CustomerStore.restore(path, tmp_path / "a.db", keys=RING)
    document.write_text(text.replace('"observations": 6', '"observations": 7'), encoding="utf-8")
    with pytest.raises(DocumentError, match=r"altered or damaged"):
        CustomerStore.restore(path, tmp_path / "a.db", keys=RING)
    document.write_text(text, encoding="utf-8")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(StoreError, match=r"its hash is another"):
        CustomerStore.restore(path, tmp_path / "a.db", keys=RING)
    document.unlink()
    with pytest.raises(DocumentNotFoundError, match=r"backup\.db\.json"):
        CustomerStore.restore(path, tmp_path / "a.db", keys=RING)
    assert not list(tmp_path.glob("a.db*"))


def test_who_may_back_up_and_restore(new_place: Callable[[], Any], tmp_path: Path) -> None:
    policy = AccessPolicy(roles=(Role(name="administrator", grants=(Grant(actions=("backup",)),)),))
    admin = Actor(name="eve", roles=("administrator",))
    place, path = new_place(), tmp_path / "backup.db"
    with CustomerStore.create(place, CATALOGUE, keys=RING, policy=policy, actor=admin) as store:
        store.backup(path)
    with (
        CustomerStore.open(place, keys=RING, actor=Actor(name="bo")) as store,
        pytest.raises(AccessDeniedError, match=r"backup"),
    ):
        store.backup(tmp_path / "other.db")
    before = path.read_bytes()
    with pytest.raises(AccessDeniedError, match=r"restore"):
        CustomerStore.restore(path, tmp_path / "a.db", keys=RING, actor=admin)
    assert path.read_bytes() == before
    assert not (tmp_path / "a.db").exists()


# --- versions of the tables ------------------------------------------------------------


@pytest.fixture
def old_place(new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a store whose tables are of the first version, with facts in it."""
    place, old = new_place(), new_place()
    with monkeypatch.context() as patch:
        made_by(patch, "0001")
        with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
            store.load(FACTS)
            make_older(store, old, "0001")
    return old


def _empty_engine(place: Any) -> sa.Engine:
    url = url_of(place)
    if url.get_backend_name() == "sqlite":
        Path(str(url.database)).touch()
    return make_engine(url, 5)


def test_an_older_store_is_brought_up_to_date(old_place: Any) -> None:
    with pytest.raises(
        StoreVersionError, match=r"version 0001, .* CustomerStore\.migrate\(place\)"
    ):
        CustomerStore.open(old_place, keys=RING)
    with pytest.raises(KeyStoreError, match=r"not the keys"):
        CustomerStore.migrate(old_place, keys=KeyRing.generate())
    with CustomerStore.migrate(old_place, keys=RING) as store:
        assert len(store.snapshot("2024-06-30")) == 2
        store.link("A", "B", reason="same")
        assert store.load(FACTS).n_known == len(FACTS)
        table = store.trail.table()
        assert "migrate" in table["action"].tolist()
        assert '"from":"0001"' in table.loc[table["action"] == "migrate", "details"].iloc[0]
        with (
            store.engine.connect() as connection,
            pytest.raises(sa.exc.DBAPIError, match=r"links are only added"),
        ):
            connection.execute(sa.text("DELETE FROM links"))
    # a second time there is nothing to do
    with CustomerStore.migrate(old_place, keys=RING) as store:
        assert store.trail.table()["action"].tolist().count("migrate") == 1


def test_a_newer_store_is_refused(new_place: Callable[[], Any]) -> None:
    place = new_place()
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store, writing(store.engine) as c:
        c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreVersionError, match=r"version 9999, newer than"):
        CustomerStore.open(place, keys=RING)
    with pytest.raises(StoreVersionError, match=r"version 9999, newer than"):
        CustomerStore.migrate(place, keys=RING)


def test_migrations_come_to_the_tables_of_the_library(new_place: Callable[[], Any]) -> None:
    """Scripts from nothing, and the library's own tables: the same, by Alembic and by triggers."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    kinds = []
    for make in (make_tables, _by_scripts):
        engine = _empty_engine(new_place())
        with writing(engine) as connection:
            make(connection)
            assert revision_of(connection) == HEAD
            context = MigrationContext.configure(connection)
            with warnings.catch_warnings():
                # Alembic passes over what SQLite's indexes cannot tell
                warnings.simplefilter("ignore", UserWarning)
                found = compare_metadata(context, metadata)
            assert found == []
            kinds.append(_triggers(connection))
        engine.dispose()
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) >= 22
    assert ScriptDirectory(str(SCRIPTS)).get_current_head() == HEAD


def _by_scripts(connection: sa.Connection) -> None:
    command, config = alembic_of(connection)
    command.upgrade(config, "head")


def _triggers(connection: sa.Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        told = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        told = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    return list(connection.execute(sa.text(told)).scalars())


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    old_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from creditscore.organise._store import _migrating

    def fail(connection: sa.Connection, *_: Any) -> Any:
        connection.execute(sa.text("CREATE TABLE half (id INTEGER)"))
        msg = "the power went out"
        raise RuntimeError(msg)

    monkeypatch.setattr(_migrating, "upgrade", fail)
    with pytest.raises(RuntimeError, match=r"the power"):
        CustomerStore.migrate(old_place, keys=RING)
    monkeypatch.undo()
    with CustomerStore.migrate(old_place, keys=RING) as store:
        assert not sa.inspect(store.engine).has_table("half")
