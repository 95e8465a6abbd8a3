"""What is deleted or encrypted is gone from the bytes of the database, or it is told that not."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from creditscore.exceptions import MergedCustomersWarning, NotCleanedWarning
from creditscore.organise import CustomerStore
from creditscore.organise._guard import _events
from creditscore.organise._guard._cleaning import clean
from creditscore.protect import KeyRing
from engines import Postgres
from older_stores import made_by, make_older
from stores import CATALOGUE, facts, postgres_place

NUMBERS = itertools.count(110_000)
RING = KeyRing.generate()
FACTS = facts(
    ("Zoë Quicksilver", "revenue", 1, "2023-01-01"), ("上海宏远", "revenue", 2, "2023-01-01"),
    ("C", "revenue", 3, "2023-01-01"),
)  # fmt: skip


@pytest.fixture
def owned(postgres: Postgres) -> Iterator[URL]:
    """Give an empty database of an owner who is no superuser, and sees no other's sessions."""
    place = postgres_place(postgres, NUMBERS)()
    ask = postgres.connection.execute
    ask("CREATE ROLE cleaning_owner LOGIN")
    ask(f"ALTER DATABASE {place.database} OWNER TO cleaning_owner".encode())
    yield place.set(username="cleaning_owner")
    ask(f"DROP DATABASE {place.database} WITH (FORCE)".encode())
    ask("DROP ROLE cleaning_owner")


def _session(place: URL, **settings: Any) -> psycopg.Connection[Any]:
    host = place.query["host"]
    return psycopg.connect(host=str(host), user="tests", dbname=place.database, **settings)


def _bytes_of(place: Any, table: str) -> bytes:
    if isinstance(place, Path):
        return b"".join(path.read_bytes() for path in place.parent.glob(f"{place.name}*"))
    with _session(place, autocommit=True) as own:
        own.execute("CHECKPOINT")
        path = "SELECT pg_read_binary_file(pg_relation_filepath(%s::regclass))"
        return bytes(own.execute(path, (table,)).fetchone()[0])  # type: ignore[index]


def _reader(place: Any) -> Any:
    """Return a session that sees the store as it is now, and touches no table that is cleaned."""
    if isinstance(place, Path):
        session = sqlite3.connect(place, isolation_level=None)
        session.execute("BEGIN")
        session.execute("SELECT count(*) FROM batches")
        return session
    reader = _session(place)
    reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    reader.execute("SELECT 1")
    return reader


@pytest.mark.engine("postgresql")
@pytest.mark.parametrize("vacuum", [False, True])
def test_a_key_that_somebody_may_still_read_is_not_said_to_be_gone(
    owned: URL, vacuum: bool
) -> None:
    with CustomerStore.create(owned, CATALOGUE, keys=RING, busy_seconds=0.1) as store:
        store.load(FACTS)
        with store.engine.connect() as connection:
            told = sa.text("SELECT wrapped FROM subject_keys WHERE kind = 'customer' AND owner = 1")
            wrapped = bytes(connection.execute(told).scalar_one())
        with closing(_reader(owned)) as reader:
            assert not store.erase("Zoë Quicksilver", reason="x", vacuum=vacuum).is_cleaned
            still = "SELECT count(*) FROM subject_keys WHERE kind = 'customer' AND owner = 1"
            assert reader.execute(still).fetchone() == (1,)
        assert wrapped in _bytes_of(owned, "subject_keys")
        # what comes next makes up for it
        assert store.erase("C", reason="x", vacuum=True).is_cleaned
        assert wrapped not in _bytes_of(owned, "subject_keys")
        # one who began to read since is not in the way
        reader = _reader(owned)
        with closing(reader), closing(_reader(owned)):
            assert clean(store.engine, vacuum=vacuum)
    # and it is told of no migration that it is not clean, where the owner of the database makes it
    CustomerStore.migrate(owned, keys=RING).close()


@pytest.mark.engine("postgresql")
def test_an_erasure_that_cannot_be_cleaned_up_after_has_happened(owned: URL) -> None:
    with CustomerStore.create(owned, CATALOGUE, keys=RING, busy_seconds=0.1) as store:
        store.load(FACTS)
        store.link("C", "Zoë Quicksilver", reason="one firm")
        with closing(_session(owned)) as reader:
            # each statement sees a state of its own, and the lock stays
            reader.execute("SELECT count(*) FROM subject_keys")
            with pytest.warns(MergedCustomersWarning):
                found = store.erase("Zoë Quicksilver", reason="x", vacuum=True)
        assert not found.is_cleaned
        assert "still keeps what it deleted" in repr(found)
        assert "erased:1" in store.customers()
        assert store.rotate_keys(RING.rotated()) == 3


def test_a_file_that_others_write_is_not_said_to_be_clean(tmp_path: Path) -> None:
    place = tmp_path / "a.db"
    with CustomerStore.create(place, CATALOGUE, keys=RING, busy_seconds=0) as store:
        with closing(sqlite3.connect(place, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert not clean(store.engine, vacuum=True)
        assert clean(store.engine, vacuum=True)


def test_names_that_lay_open_go_with_the_next_migration(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, old = new_place(), new_place()
    made_by(monkeypatch, "0004")
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        with monkeypatch.context() as patch:
            # as it was before it was encrypted
            patch.setattr(_events, "without_text", lambda content, *_: dict(content))
            store.place_hold("Zoë Quicksilver", reason="suit of Zoë Quicksilver")
        make_older(store, old, "0004")
    monkeypatch.undo()
    tables = ("all of the file",)
    if not isinstance(old, Path):
        tables = ("customers", "protections", "pg_statistic")
        assert _sampled(old) == {"kind", "owner", "wrapped"}
    else:
        with closing(sqlite3.connect(old)) as own:
            own.execute("PRAGMA journal_mode=WAL")
    name = "Zoë Quicksilver".encode()
    assert all(name in _bytes_of(old, table) for table in tables)
    with closing(_reader(old)):
        for _ in range(2):
            with pytest.warns(NotCleanedWarning, match="Migrate again when nobody reads"):
                CustomerStore.migrate(old, keys=RING, busy_seconds=0.1).close()
            assert any(name in _bytes_of(old, table) for table in tables)
    CustomerStore.migrate(old, keys=RING, busy_seconds=0.1).close()
    assert not any(name in _bytes_of(old, table) for table in tables)
    if not isinstance(old, Path):
        for each in (place, old):
            assert _sampled(each) == {"kind", "owner"}


def _sampled(place: URL) -> set[str]:
    """Return columns of the table of keys of which PostgreSQL keeps samples."""
    with _session(place) as own:
        own.execute("ANALYZE customers, subject_keys")
        asked = "SELECT attname FROM pg_stats WHERE tablename = 'subject_keys'"
        return {name for (name,) in own.execute(asked)}
