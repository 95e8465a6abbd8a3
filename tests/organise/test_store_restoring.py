"""Backups of older tables: migrated where nobody can read them, and a store once all is done."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from creditscore.exceptions import (
    AccessDeniedError,
    BrokenTrailError,
    DocumentError,
    KeyStoreError,
    RejectedRowsWarning,
    StoreError,
    StoreVersionError,
)
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.organise._store import _restoring
from creditscore.organise._store._backup import Backup
from creditscore.organise._store._migrating import bring_up_to_date
from creditscore.organise._store._revisions import HEAD
from creditscore.protect import AccessPolicy, Actor, Grant, KeyRing, Role
from older_stores import back_up_older, made_by
from stores import CATALOGUE, facts

RING = KeyRing.generate()
GONE, STAYS, BEFORE = "Zoë Quicksilver", "上海宏远 Trading", "Bo Bygone"
FACTS = facts(
    (GONE, "revenue", 5, "2023-12-31"),
    (GONE, "income", 7, "2023-12-31"),
    (STAYS, "income", 9.5, "2023-12-31"),
    (STAYS, "industry", "retail", "2023-12-31"),
    (BEFORE, "income", 11, "2023-12-31"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give where the backup is, apart from the places of stores."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


Kept = tuple[Path, ErasureRegister, bytes, pd.DataFrame]


def older(
    version: str, place: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> Kept:
    """Make a backup of a version, and erase one of its customers since.

    Returns the backup, the register, the key that was destroyed, and what is known thereafter.
    """
    path, register = folder / "backup.db", ErasureRegister(folder / "erasures.jsonl")
    with monkeypatch.context() as patch:
        made_by(patch, version)
        with CustomerStore.create(place, CATALOGUE, keys=RING, **settings) as store:
            store.load(FACTS)
            if version >= "0003":
                # its key is gone, and its name was kept by older tables
                store.erase(BEFORE, reason="asked for")
            back_up_older(store, path, version, erased={3: BEFORE})
            with store.engine.connect() as connection:
                mine = "SELECT wrapped FROM subject_keys WHERE kind = 'customer' AND owner = 1"
                key = bytes(connection.execute(sa.text(mine)).scalar_one())
            store.erase(GONE, reason="by letter", register=register)
            return path, register, key, store.snapshot("2024-06-30")


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def bytes_of(place: Any, store: CustomerStore) -> bytes:
    """Return all bytes of a store, or of the tables of PostgreSQL that its rows are in."""
    if isinstance(place, Path):
        return b"".join(path.read_bytes() for path in place.parent.glob(f"{place.name}*"))
    with store.engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("CHECKPOINT")
        tables = "FROM pg_class WHERE relkind IN ('r', 't') AND oid >= 16384"
        asked = f"SELECT pg_read_binary_file(pg_relation_filepath(oid)) {tables}"
        found = connection.exec_driver_sql(asked).scalars()
        return b"".join(bytes(part) for part in found)


@pytest.mark.parametrize("version", ["0001", "0002", "0003", "0004"])
def test_a_backup_of_older_tables_is_restored(
    new_place: Callable[[], Any], folder: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    path, register, key, expected = older(version, new_place(), folder, monkeypatch)
    before = path.read_bytes()
    assert GONE.encode() in before
    assert key in before
    place = new_place()
    with CustomerStore.restore(path, place, keys=RING, register=register) as store:
        last = "erased:3" if version >= "0003" else BEFORE
        assert store.customers() == ("erased:1", STAYS, last)
        records = list(store.trail.since())
        actions = [record.action for record in records]
        erased = ["erase"] if version >= "0003" else []
        assert actions == ["create", "load", *erased, "migrate", "restore"]
        assert records[-2].details["from"] == version
        assert records[-2].details["to"] == HEAD
        said = {"from": "backup.db", "register": True, "erased": 1}
        assert said.items() <= records[-1].details.items()
        assert store.trail.verify().is_whole
        found = store.snapshot("2024-06-30")
        pd.testing.assert_frame_equal(found.loc[[STAYS]], expected.loc[[STAYS]])
        with pytest.warns(RejectedRowsWarning, match="erased"):
            store.load(FACTS)
        told = bytes_of(place, store)
    for secret in (GONE.encode(), STAYS.encode(), BEFORE.encode(), key, key[16:48]):
        assert secret not in told
    assert path.read_bytes() == before
    assert [file.name for file in files(folder)] == [
        "backup.db", "backup.db.json", "erasures.jsonl",
    ]  # fmt: skip
    if isinstance(place, Path):
        assert place.stat().st_mode & 0o077 == 0
        assert not list(place.parent.glob("*.restoring*"))


def test_a_restored_file_holds_no_name_of_many_in_the_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their rows fill pages, which scripts split, move and free."""
    path, place, names = (
        tmp_path / "b.db",
        tmp_path / "c.db",
        [f"Quicksilver {n}" for n in range(900)],
    )
    register = ErasureRegister(tmp_path / "r.jsonl")
    with monkeypatch.context() as patch:
        made_by(patch, "0004")
        with CustomerStore.create(tmp_path / "a.db", CATALOGUE, keys=RING) as store:
            store.load(facts(*((name, "revenue", 1, "2023-12-31") for name in names)))
            back_up_older(store, path, "0004")
            store.erase(names[450], reason="by letter", register=register)
    assert path.read_bytes().count(b"Quicksilver") >= len(names)
    with CustomerStore.restore(path, place, keys=RING, register=register) as store:
        assert store.customers() == (*names[:450], "erased:451", *names[451:])
        assert b"Quicksilver" not in bytes_of(place, store)
        with store.engine.connect() as connection:
            assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(sa.text("PRAGMA freelist_count")).scalar() == 0
            assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"


def test_a_restoration_that_is_killed_leaves_nothing_that_anybody_reads(
    new_place: Callable[[], Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, register, *_ = older("0004", new_place(), folder, monkeypatch)
    place, before = new_place(), path.read_bytes()

    def kill(*_: Any, **__: Any) -> None:
        # it is migrated by now, and whoever was erased since is not erased yet
        os.kill(os.getpid(), signal.SIGKILL)

    with warnings.catch_warnings():
        # of other threads, which the child has no use for
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _restoring.erase_again = kill  # type: ignore[assignment]
        try:
            CustomerStore.restore(path, place, keys=RING, register=register)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    left = list(files(folder.parent))
    private, *beside = (file for file in left if ".restoring" in file.name)
    assert all(file.name.startswith(private.name) for file in beside)
    assert private.stat().st_mode & 0o077 == 0
    with pytest.raises(StoreError, match="no store"):
        CustomerStore.open(place, keys=RING)
    if isinstance(place, Path):
        # nobody can tell whether another is at it
        with pytest.raises(StoreError, match=r"interrupted\. If nobody.*\.restoring', and restore"):
            CustomerStore.restore(path, place, keys=RING, register=register)
        assert private.exists()
        place.unlink()
    with CustomerStore.restore(path, place, keys=RING, register=register) as store:
        assert store.customers() == ("erased:1", STAYS, "erased:3")
    assert not [file for file in files(folder.parent) if ".restoring" in file.name]
    assert path.read_bytes() == before


def test_a_restoration_that_fails_leaves_nothing(
    new_place: Callable[[], Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step it is that fails."""
    path, register, *_ = older("0003", new_place(), folder, monkeypatch)
    place, before = new_place(), list(files(folder.parent))
    steps = ["bring_up_to_date", "erase_again"]
    steps += ["write_anew", "use_wal"] if isinstance(place, Path) else ["copy_rows"]

    def fail(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    for step in steps:
        with monkeypatch.context() as patch:
            patch.setattr(_restoring, step, fail)
            with pytest.raises(KeyboardInterrupt):
                CustomerStore.restore(path, place, keys=RING, register=register)
        assert list(files(folder.parent)) == before
        with pytest.raises(StoreError, match="no store"):
            CustomerStore.open(place, keys=RING)
    CustomerStore.restore(path, place, keys=RING, register=register).close()


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))


def _forge(path: Path) -> None:
    beside = path.with_name("backup.db.json")
    beside.write_text(beside.read_text().replace('"number": 3', '"number": 2'))


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [(_flip, StoreError, "its hash is another"), (_forge, DocumentError, "altered or damaged")],
)
def test_an_older_backup_that_was_altered_is_refused(
    new_place: Callable[[], Any], folder: Path, monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None], error: type[Exception], match: str,
) -> None:  # fmt: skip
    path, *_ = older("0004", new_place(), folder, monkeypatch)
    change(path)
    before, place = list(files(folder.parent)), new_place()
    with pytest.raises(error, match=match):
        CustomerStore.restore(path, place, keys=RING)
    assert list(files(folder.parent)) == before


def change_trail(store: CustomerStore) -> None:
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER audit_no_update"))
        connection.execute(sa.text("UPDATE audit SET actor = 'x' WHERE number = 1"))


def test_a_row_that_comes_or_goes_on_the_way_is_told(
    new_place: Callable[[], Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, *_ = older("0004", new_place(), folder, monkeypatch)
    place, before = new_place(), list(files(folder.parent))

    def adding(connection: sa.Connection, desk: Any) -> None:
        bring_up_to_date(connection, desk)
        connection.execute(sa.text("INSERT INTO items (id, name) VALUES (99, 'more')"))

    with monkeypatch.context() as patch:
        patch.setattr(_restoring, "bring_up_to_date", adding)
        with pytest.raises(StoreError, match="table items should have 3 rows, and has 4"):
            CustomerStore.restore(path, place, keys=RING)
    if not isinstance(place, Path):
        monkeypatch.setattr(_restoring, "copy_rows", lambda *_: None)
        with pytest.raises(StoreError, match="rows, and has 0"):
            CustomerStore.restore(path, place, keys=RING)
    assert list(files(folder.parent)) == before


def test_an_older_backup_is_checked_before_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its keys, its seal and its rows; and by the trail, as every store that is migrated."""
    monkeypatch.setattr(_restoring, "erase_again", None)
    with monkeypatch.context() as patch:
        made_by(patch, "0002")
        with (
            CustomerStore.create(tmp_path / "a.db", CATALOGUE, keys=RING) as store,
            CustomerStore.create(tmp_path / "b.db", CATALOGUE, keys=RING) as other,
        ):
            store.load(FACTS)
            back_up_older(store, tmp_path / "whole.db", "0002")
            back_up_older(store, tmp_path / "rows.db", "0002", miscounted={"observations": 6})
            back_up_older(store, tmp_path / "table.db", "0002", miscounted={"notes": 1})
            back_up_older(store, tmp_path / "seal.db", "0002", sealed_by=other)
            change_trail(store)
            back_up_older(store, tmp_path / "trail.db", "0002")
    with CustomerStore.create(tmp_path / "d.db", CATALOGUE, keys=RING) as store:
        back_up_older(store, tmp_path / "looks_older.db", "0002")
        store.backup(tmp_path / "newer.db")
        change_trail(store)
        store.backup(tmp_path / "broken.db")
    refused = (
        ("trail", BrokenTrailError, "trail"),
        ("broken", BrokenTrailError, "trail"),
        ("looks_older", StoreError, f"of version 0002, and its trail has {HEAD}"),
    )
    before = (
        ("rows", StoreError, "table observations should have 6 rows, and has 5"),
        ("table", StoreError, "table notes should have 1 rows, and has 0"),
        ("seal", StoreError, "not sealed by this store"),
    )
    for cases in (refused, before):
        for name, kind, match in cases:
            with pytest.raises(kind, match=match):
                CustomerStore.restore(tmp_path / f"{name}.db", tmp_path / "c.db", keys=RING)
        # the others are not even migrated
        monkeypatch.setattr(_restoring, "bring_up_to_date", None)
    with pytest.raises(KeyStoreError, match="not the keys"):
        CustomerStore.restore(tmp_path / "whole.db", tmp_path / "c.db", keys=KeyRing.generate())
    with monkeypatch.context() as patch:
        patch.setattr(_restoring, "HEAD", "0000")
        patch.setattr("creditscore.organise._store._revisions.HEAD", "0000")
        with pytest.raises(StoreVersionError, match="newer than the 0000 of this release"):
            CustomerStore.restore(tmp_path / "newer.db", tmp_path / "c.db", keys=RING)
    assert not list(tmp_path.glob("c.db*"))


def test_who_restores_older_tables_may_migrate_and_restore(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    purposes = ("credit",)
    every = ("public", "internal", "personal", "sensitive")
    able_to = (
        Grant(actions=("restore", "migrate", "erase")),
        Grant(actions=("read", "write"), sensitivities=every, purposes=purposes),
    )
    one = Role(name="one", grants=(Grant(actions=("restore",)),))
    other = Role(name="other", grants=(Grant(actions=("migrate",)),))
    both = Role(name="both", grants=able_to)
    able = Actor(name="ana", roles=("both",), purpose="credit")
    policy = AccessPolicy(roles=(one, other, both), purposes=purposes)
    path, register, *_ = older(
        "0004", tmp_path / "a.db", folder, monkeypatch, policy=policy, actor=able
    )
    for role, lacking in (("one", "migrate"), ("other", "restore")):
        with pytest.raises(AccessDeniedError, match=lacking):
            CustomerStore.restore(
                path, tmp_path / "b.db", keys=RING, actor=Actor(name="bo", roles=(role,))
            )
    assert not list(tmp_path.glob("b.db*"))
    CustomerStore.restore(path, tmp_path / "b.db", keys=RING, actor=able, register=register).close()


def test_a_private_copy_that_cannot_be_made_or_deleted_is_told(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    with CustomerStore.create(tmp_path / "a.db", CATALOGUE, keys=RING) as store:
        store.backup(path)
    with pytest.raises(StoreError, match=r"private copy .* No such file.* where you may write"):
        Backup.read(path).copy_to(tmp_path / "none" / "c.db")
    with pytest.raises(StoreError, match=r"cannot be copied to .*: Is a directory"):
        Backup(path=tmp_path, content={}).copy_to(tmp_path / "d.db")
    left = tmp_path / "c.db.restoring"
    left.mkdir()
    with pytest.raises(StoreError, match=r"which another restoration left, cannot be deleted"):
        CustomerStore.restore(path, tmp_path / "c.db", keys=RING)
    assert not (tmp_path / "c.db").exists()
