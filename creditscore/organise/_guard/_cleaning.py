"""Making the database let go of rows that are deleted, and of what they were before a change."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import sqlalchemy as sa

from creditscore.organise._store._engine import is_sqlite

_PROBE = "alembic_version"
"""A table of one row, vacuumed to see which rows sessions may still read."""
_MOST_SECONDS = 60
"""How long vacuuming waits for a session that rests on a page, as one that fetches rows may."""
_LONGEST_PAUSE = 0.5


def clean(engine: sa.Engine, *, vacuum: bool, tables: Sequence[str] = ("subject_keys",)) -> bool:
    """Make the database let go of rows of tables that are gone; tells whether it has.

    SQLite overwrote the rows (secure_delete), and still has them in the write-ahead log until it
    is emptied. PostgreSQL keeps dead rows until they are vacuumed, and their bytes in the page
    until it is written anew, which is what VACUUM FULL does. Both wait for those who read, as
    long as the store waits.

    No error of the database is raised, for what was written before is written: then it has not.
    """
    driver: Any = engine.dialect.dbapi
    try:
        return _clean_file(engine, vacuum) if is_sqlite(engine) else _clean(engine, vacuum, tables)
    except (sa.exc.SQLAlchemyError, driver.Error):
        return False


def _clean_file(engine: sa.Engine, vacuum: bool) -> bool:
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        if vacuum:
            cursor.execute("VACUUM")
        found = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(found[0] == 0)


def _clean(engine: sa.Engine, vacuum: bool, tables: Sequence[str]) -> bool:
    """Vacuum tables of PostgreSQL, and have it told whether it could take all dead rows out.

    VACUUM leaves, and VACUUM FULL copies, what any session, prepared transaction, replication
    slot or standby may still read. Where all is frozen that nobody may read otherwise, it writes
    as `relfrozenxid` the oldest transaction whose rows it had to leave. So nothing is asked of
    sessions, of which a log-in sees its own alone.
    """
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        if not all(_is_owned(connection, table) for table in tables):
            return False
        asked = "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS xid) AS text)"
        now = str(connection.exec_driver_sql(asked).scalar())
        if not _is_past(connection, now):
            return False
        limit = 0 if vacuum else _MOST_SECONDS * 1000
        connection.exec_driver_sql(f"SET statement_timeout = {limit}")
        try:
            for table in tables:
                # with samples of the rows that are there, in the place of older ones
                kind = "FULL, ANALYZE" if vacuum else "FREEZE"
                connection.exec_driver_sql(f"VACUUM ({kind}) {table}")
        finally:
            connection.exec_driver_sql("RESET statement_timeout")
        return all(_holds_none(connection, table, now) for table in tables)


def _is_owned(connection: sa.Connection, table: str) -> bool:
    """Tell whether the log-in may vacuum a table; of one that it may not, that is no error."""
    asked = sa.text(
        "SELECT pg_has_role(relowner, 'USAGE') OR (relnamespace = 'pg_catalog'::regnamespace AND "
        "(SELECT pg_has_role(datdba, 'USAGE') FROM pg_database "
        "WHERE datname = current_database())) FROM pg_class WHERE oid = CAST(:table AS regclass)"
    )
    return bool(connection.execute(asked, {"table": table}).scalar())


def _is_past(connection: sa.Connection, now: str) -> bool:
    """Wait until nobody may read what was gone before a transaction, and tell whether that is."""
    asked = "SELECT CAST(setting AS integer) FROM pg_settings WHERE name = 'lock_timeout'"
    ends = time.monotonic() + connection.exec_driver_sql(asked).scalar_one() / 1000
    pause = 0.01
    while True:
        connection.exec_driver_sql(f"VACUUM (FREEZE) {_PROBE}")
        if _holds_none(connection, _PROBE, now):
            return True
        if time.monotonic() >= ends:
            return False
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _holds_none(connection: sa.Connection, table: str, now: str) -> bool:
    """Tell whether a table that was vacuumed holds nothing that was gone before a transaction."""
    asked = sa.text(
        "SELECT age(relfrozenxid) <= age(CAST(:now AS xid)) FROM pg_class "
        "WHERE oid = CAST(:table AS regclass)"
    )
    return bool(connection.execute(asked, {"now": now, "table": table}).scalar())
