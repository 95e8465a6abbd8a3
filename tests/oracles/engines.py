"""Databases that run queries in tests: DuckDB, SQLite, and a server of PostgreSQL of their own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Engine:
    """A database: `run` loads rows as the table "applicants", `ask` takes statements as they are.

    Both return the result of the last statement.
    """

    dialect: str
    run: Callable[[str, pd.DataFrame], pd.DataFrame]
    ask: Callable[..., list[tuple[Any, ...]]]


def in_duckdb(query: str, rows: pd.DataFrame) -> pd.DataFrame:
    with duckdb.connect() as connection:
        connection.register("applicants", rows)
        found: pd.DataFrame = connection.execute(query).df()
    return found


def ask_duckdb(*statements: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        for statement in statements:
            connection.execute(statement)
        return connection.fetchall()


def in_sqlite(query: str, rows: pd.DataFrame) -> pd.DataFrame:
    connection = sqlite3.connect(":memory:")
    try:
        rows.to_sql("applicants", connection, index=False)
        return pd.read_sql_query(query, connection)
    finally:
        connection.close()


def ask_sqlite(*statements: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(":memory:")
    try:
        for statement in statements:
            found = connection.execute(statement)
        return found.fetchall()
    finally:
        connection.close()


@dataclass(frozen=True)
class Postgres:
    """A session of a server; each call works in a transaction that is rolled back."""

    connection: psycopg.Connection[tuple[Any, ...]]

    def ask(self, *statements: Any) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor, self.connection.transaction(force_rollback=True):
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()

    def run(self, query: str, rows: pd.DataFrame) -> pd.DataFrame:
        types = {"f": "DOUBLE PRECISION", "i": "BIGINT", "b": "BOOLEAN", "O": "TEXT"}
        names = [sql.Identifier(name) for name in rows]
        columns = [
            sql.SQL("{} {}").format(name, sql.SQL(types[rows[title].dtype.kind]))  # type: ignore[arg-type]
            for name, title in zip(names, rows, strict=True)
        ]
        table = sql.SQL("CREATE TABLE applicants ({})").format(sql.SQL(", ").join(columns))
        values = [
            [None if value is pd.NA or value is pd.NaT else value for value in row]
            for row in rows.astype(object).itertuples(index=False, name=None)
        ]
        with self.connection.cursor() as cursor, self.connection.transaction(force_rollback=True):
            cursor.execute(table)
            with cursor.copy("COPY applicants FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
            cursor.execute(query.encode())
            assert cursor.description is not None
            titles = [column.name for column in cursor.description]
            return pd.DataFrame(cursor.fetchall(), columns=titles)


def postgres_programs() -> Path | None:
    """Find the folder of pg_ctl, in the PATH or where Debian puts it."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)
    found = [shutil.which("pg_ctl"), *newest]
    return next((Path(path).resolve().parent for path in found if path is not None), None)


def memory_folder() -> str | None:
    """Find a file system in memory with room for a thousand small databases."""
    place = Path("/dev/shm")  # noqa: S108 - the folder in it has a name of its own
    is_large = place.is_dir() and shutil.disk_usage(place).free > 8 * 2**30
    return str(place) if is_large and os.access(place, os.W_OK) else None


@contextmanager
def postgres_server(programs: Path, place: str | None = None) -> Iterator[Postgres]:
    """Start a server in a folder of its own, on a socket in that folder, and end it.

    A database is a thousand files, which disks take their time to delete: tests give a `place` in
    memory.
    """
    # short, because the path of a socket is; and open to another user, as pytest's own is not
    folder = Path(tempfile.mkdtemp(prefix="postgres", dir=place))
    # the server refuses to be root
    user = None if os.geteuid() else _other_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    run = _runner(programs, folder, user)
    try:
        run("initdb", "-D", "data", "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)
        try:
            address = {"host": str(folder), "user": "tests", "dbname": "postgres"}
            with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]
                yield Postgres(connection)
        finally:
            run("pg_ctl", "stop", "-w", "-D", "data", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> Any:
    import pwd

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _runner(programs: Path, folder: Path, user: Any) -> Callable[..., None]:
    def run(program: str, *arguments: str) -> None:
        ids = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid}
        extra = {} if user is None else {"extra_groups": []}
        # to a file: the server keeps what it inherits open, so that a pipe would never end
        with (folder / "said").open("w+") as said:
            done = subprocess.run(  # noqa: S603 - programs of the server
                [programs / program, *arguments],
                cwd=folder, env={"LC_ALL": "C", "PATH": os.defpath}, check=False,
                stdout=said, stderr=subprocess.STDOUT, **ids, **extra,
            )  # fmt: skip
            said.seek(0)
            assert done.returncode == 0, said.read()

    return run
