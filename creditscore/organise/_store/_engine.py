"""Where a store is, and how connections to it are made: SQLite files and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url

from creditscore.exceptions import (
    InvalidParameterError,
    MissingDependencyError,
    StoreBusyError,
    StoreError,
    StoreNotFoundError,
)

_WRITES = "creditscore_writes"
_SQLITE_BUSY = ("database is locked", "database table is locked", "database schema is locked")
_SQLITE_FILE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
"""How errors of the file itself are called, and not of what stands in it."""
_POSTGRES_BUSY = ("55P03", "40001", "40P01")
"""No lock in time, a conflict of writers, a deadlock."""
_CACHE_KIBIBYTES = 262_144
WRITE_LOCK = 7_239_461_001
"""Number of the advisory lock that one writer of a PostgreSQL store holds."""
AUDIT_LOCK = 7_239_461_002
"""Number of the lock on the head of the audit trail."""


def url_of(place: Any) -> URL:
    """Read a place: a path of an SQLite file, or the URL of a database.

    Raises
    ------
    InvalidParameterError
        It is neither, or a database of another kind; the message shows no password.
    """
    if isinstance(place, URL):
        url = place
    elif isinstance(place, str) and "://" in place:
        try:
            url = make_url(place)
        except sa.exc.ArgumentError:
            msg = "The 'place' of a store has the form of a URL and cannot be read as one."
            raise InvalidParameterError(msg) from None
    elif isinstance(place, (str, os.PathLike)) and str(place):
        url = URL.create("sqlite", database=str(Path(place)))
    else:
        got = repr(place) if isinstance(place, str) else type(place).__name__
        msg = f"The 'place' of a store must be a path or a URL. Got {got}."
        raise InvalidParameterError(msg)
    backend = url.get_backend_name()
    if backend == "postgresql":
        # the one driver that is installed with the extra
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        msg = f"A store is kept in SQLite or PostgreSQL. Got a URL of {backend!r}."
        raise InvalidParameterError(msg)
    if url.database in (None, "", ":memory:"):
        msg = "A store in SQLite is a file. Give its path."
        raise InvalidParameterError(msg)
    return url


def place_text(url: URL) -> str:
    """Write a place without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)


def make_engine(url: URL, busy_seconds: float) -> sa.Engine:
    """Return an engine; parameters of statements are in none of its messages."""
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": busy_seconds})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = sa.create_engine(url, hide_parameters=True)
    except ImportError as error:
        msg = 'psycopg is needed for PostgreSQL: pip install "creditscore[postgres]".'
        raise MissingDependencyError(msg) from error
    # no time at all would mean to wait for ever
    wait = f"SET lock_timeout = {max(1, round(busy_seconds * 1000))}"

    def prepare(connection: Any, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(wait)
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # transactions are begun by _begin_sqlite, so that it is known when a lock is taken
    connection.isolation_level = None
    for pragma in ("synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def wide_cache(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite keep more of a file in memory while much is written, and give it back."""
    if not is_sqlite(connection):
        yield
        return
    before = int(connection.exec_driver_sql("PRAGMA cache_size").scalar() or 0)
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIBIBYTES}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={before}")


def state_purpose(engine: sa.Engine, actor: str, purpose: str) -> None:
    """Tell PostgreSQL in each transaction who acts and for what, as row-level security asks."""
    if is_sqlite(engine):
        return

    def state(connection: sa.Connection) -> None:
        connection.exec_driver_sql(
            "SELECT set_config('app.actor', %s, true), set_config('app.purpose', %s, true)",
            (actor, purpose),
        )

    event.listen(engine, "begin", state)


def is_sqlite(bind: sa.Connection | sa.Engine) -> bool:
    """Tell SQLite from PostgreSQL."""
    return bind.dialect.name == "sqlite"


@contextmanager
def writing(engine: sa.Engine, *, lock: int = WRITE_LOCK) -> Iterator[sa.Connection]:
    """Give a connection in a transaction that is the only one to write.

    Raises
    ------
    StoreBusyError
        Others wrote for longer than the store waits.
    """
    with told(engine), engine.connect() as plain:
        connection = plain.execution_options(**{_WRITES: True})
        with connection.begin():
            if not is_sqlite(engine):
                take_lock(connection, lock)
            yield connection


def take_lock(connection: sa.Connection, lock: int) -> None:
    """Wait for an advisory lock, which ends with the transaction."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that sees one state of the store, whatever others write meanwhile."""
    with told(engine), engine.connect() as plain:
        level = {} if is_sqlite(engine) else {"isolation_level": "REPEATABLE READ"}
        connection = plain.execution_options(**level)
        with connection.begin():
            yield connection


@contextmanager
def told(engine: sa.Engine) -> Iterator[None]:
    """Turn errors of the database, and of its driver, into those of the store.

    Of what they say the first line is passed on: those below it may hold values of the row.

    Raises
    ------
    StoreBusyError
        Others wrote for longer than the store waits.
    StoreError
        Anything else.
    """
    driver: Any = engine.dialect.dbapi
    try:
        yield
    except (sa.exc.DBAPIError, driver.Error) as error:
        own = getattr(error, "orig", error)
        if _is_busy(own):
            msg = (
                f"Others wrote to the store {place_text(engine.url)!r} for longer than it waits. "
                "Nothing was written. Try again, or give a longer 'busy_seconds'."
            )
            raise StoreBusyError(msg) from None
        said = str(own).partition("\n")[0]
        msg = f"The store {place_text(engine.url)!r} cannot do this: {said}."
        is_of_file = getattr(own, "sqlite_errorname", "").startswith(_SQLITE_FILE)
        # an error of the system, without those of the driver, which could show values
        raise StoreError(msg) from (OSError(said) if is_of_file else None)


def _is_busy(error: Any) -> bool:
    is_locked = str(error).startswith(_SQLITE_BUSY)
    return is_locked or getattr(error, "sqlstate", "") in _POSTGRES_BUSY


def make_file(path: Path) -> None:
    """Make the file of a new store, which its owner alone may read and write.

    Raises
    ------
    StoreError
        There is a file already, or it cannot be made.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        msg = f"There is a file {str(path)!r} already. Open it, or name another."
        raise StoreError(msg) from None
    except OSError as error:
        msg = f"The file {str(path)!r} cannot be made: {error.strerror}."
        raise StoreError(msg) from error


def use_wal(engine: sa.Engine) -> None:
    """Let readers of a file go on while somebody writes; the file remembers it.

    Raises
    ------
    StoreError
        SQLite cannot do it there, as on some drives of a network.
    """
    with told(engine), closing(engine.raw_connection()) as raw:
        found = raw.cursor().execute("PRAGMA journal_mode=WAL").fetchone()
    if found[0] != "wal":
        msg = (
            f"The file {place_text(engine.url)!r} cannot have a write-ahead log, without which "
            "readers and writers shut each other out. Put the store on a drive of this machine."
        )
        raise StoreError(msg)


def check_file(url: URL) -> None:
    """Check that the file of a store is there.

    Raises
    ------
    StoreNotFoundError
        There is none.
    """
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        msg = (
            f"There is no store {str(url.database)!r}. Check the path, or make one with "
            "CustomerStore.create()."
        )
        raise StoreNotFoundError(msg)
