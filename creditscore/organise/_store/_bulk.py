"""Many rows at once: in by executemany or COPY, out as columns of numbers.

Neither goes through a row object of SQLAlchemy, of which ten million would take minutes. The
statements are SQLAlchemy's own, with numbers of the library in them and no text of anybody.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import sqlalchemy as sa
from pyarrow import csv

from creditscore.organise._store._engine import is_sqlite
from creditscore.organise._store._schema import observations

_AT_ONCE = 500_000
"""Rows that are fetched before they become columns."""
_TOGETHER, _BYTES_TOGETHER = 200_000, 2**27
"""Rows that PostgreSQL puts into one, and bytes of their texts: a value has less than 2³⁰."""
_PAGES_TOGETHER = 4096
"""Pages of a table whose numbers PostgreSQL puts into one: a page has less than 300 rows."""
_STAGE = "observations_to_come"
_ONCE = "ON CONFLICT (customer_id, item_id, true_from, fingerprint) DO NOTHING"
_BYTES = ("cipher", "fingerprint", "evidence_cipher")

Columns = Mapping[str, Sequence[Any] | npt.NDArray[Any]]
"""Lists, with None for a gap, or arrays of numbers, with NaN for one."""


def insert_observations(connection: sa.Connection, columns: Columns) -> int:
    """Add rows, leaving out those whose fact is known, and return how many were added."""
    add = _insert_sqlite if is_sqlite(connection) else _insert_postgresql
    return add(connection, columns)


def _insert_sqlite(connection: sa.Connection, columns: Columns) -> int:
    # NaN becomes NULL
    rows = {n: v.tolist() if isinstance(v, np.ndarray) else v for n, v in columns.items()}
    fixed = {name: _literal(values) for name, values in rows.items()}
    places = ", ".join(fixed[name] or "?" for name in rows)
    bound = [values for name, values in rows.items() if not fixed[name]]
    raw: Any = connection.connection.dbapi_connection
    before = raw.total_changes
    raw.executemany(
        f"INSERT INTO {observations.name} ({', '.join(rows)}) VALUES ({places}) {_ONCE}",  # noqa: S608
        zip(*bound, strict=True),
    )
    return int(raw.total_changes - before)


def _literal(values: Sequence[Any]) -> str:
    """Return what stands in the statement where a column is the same in all rows, and short.

    That is nothing at all, an empty text or a whole number; columns of anything else are bound.
    """
    first = values[0]
    is_short = first is None or first == "" or type(first) is int
    if not is_short or values.count(first) < len(values):
        return ""
    return "NULL" if first is None else f"{first}" if type(first) is int else "''"


def _insert_postgresql(connection: sa.Connection, columns: Columns) -> int:
    """Copy rows straight in, or by another table, whose rows are added where they are not known.

    Straight takes half the time, and fails where one row is known: then the other way is taken
    for all that follows in the transaction. So it is under row-level security, which lets nothing
    be copied into a table.
    """
    names = ", ".join(columns)
    copied = _csv_of(columns)
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor:
        cursor.execute(
            f"SELECT row_security_active('{observations.name}') "
            f"OR to_regclass('pg_temp.{_STAGE}') IS NOT NULL"
        )
        if not cursor.fetchone()[0]:
            driver: Any = connection.dialect.dbapi
            with suppress(driver.errors.UniqueViolation), raw.transaction():
                return _copied(cursor, observations.name, names, copied)
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {_STAGE} (LIKE {observations.name}) "
            "ON COMMIT DROP"
        )
        _copied(cursor, _STAGE, names, copied)
        cursor.execute(
            f"INSERT INTO {observations.name} ({names}) SELECT {names} FROM {_STAGE} ORDER BY id "  # noqa: S608
            f"{_ONCE}"
        )
        n_added = cursor.rowcount
        cursor.execute(f"TRUNCATE {_STAGE}")
    return int(n_added)


def _copied(cursor: Any, table: str, names: str, rows: bytes) -> int:
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(rows)
    return int(cursor.rowcount)


def _csv_of(columns: Columns) -> bytes:
    """Write columns as COPY reads them: a gap is empty, and an empty text is in quotes."""
    arrays = {}
    for name, values in columns.items():
        if name in _BYTES:
            values = [None if value is None else "\\x" + value.hex() for value in values]  # noqa: PLW2901
        kind = pa.string() if name in (*_BYTES, "record", "text", "evidence") else None
        arrays[name] = pa.array(values, type=kind, from_pandas=True)
    out = io.BytesIO()
    csv.write_csv(pa.table(arrays), out, csv.WriteOptions(include_header=False))
    return out.getvalue()


def fetch_columns(
    connection: sa.Connection, select: sa.Select[Any], kinds: Mapping[str, Any], *, by_index: bool
) -> dict[str, npt.NDArray[Any]]:
    """Run a select of numbers of the library from one table, and return its columns.

    `kinds` are types of numpy by column, in order: numbers, or object for texts and bytes, which
    may be missing. Numbers are never missing, and whole ones are below 2⁵³. `by_index` says that
    an index finds the rows, and the table is not gone through.
    """
    if not is_sqlite(connection):
        return _fetch_postgresql(connection, select, kinds, by_index=by_index)
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.execute(_written(connection, select))
    numeric = object not in kinds.values()
    return (_numbers if numeric else _objects)(cursor, kinds)


def _numbers(cursor: Any, kinds: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    parts: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in kinds}
    while True:
        rows = itertools.islice(cursor, _AT_ONCE)
        flat = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.float64)
        if not len(flat):
            break
        matrix = flat.reshape(-1, len(kinds))
        for place, (name, kind) in enumerate(kinds.items()):
            parts[name].append(matrix[:, place].astype(kind))
    return {name: _joined(parts[name], kind) for name, kind in kinds.items()}


def _objects(cursor: Any, kinds: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    rows = np.fromiter(cursor, dtype=list(kinds.items()))
    return {name: np.ascontiguousarray(rows[name]) for name in kinds}


def _joined(parts: list[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _written(connection: sa.Connection, select: sa.Select[Any]) -> str:
    return str(select.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))


def _fetch_postgresql(
    connection: sa.Connection, select: sa.Select[Any], kinds: Mapping[str, Any], *, by_index: bool
) -> dict[str, npt.NDArray[Any]]:
    """Fetch columns of many rows as one value each, since each row is a message of its own.

    Numbers come as their 8 bytes, texts as their bytes and, in another column, their lengths. A
    table is gone through some pages at a time, which are grouped as they stand: groups of the
    whole of it would be sorted, or written to disk. Whoever has rights to some columns may see few
    rows, which an index finds.
    """
    pages = "(VALUES (0))"
    (table,) = select.get_final_froms()
    by_index = by_index or not _may_read(connection, str(table))
    if not by_index:
        select = select.where(sa.literal_column(_among(f"{table}.ctid")))
        pages = f"generate_series(0, {_last_page(connection, str(table))}, {_PAGES_TOGETHER})"
    names = {name: f"c{place}" for place, name in enumerate(kinds)}
    wanted = itertools.chain.from_iterable(
        _packed(names[name], name, kind) for name, kind in kinds.items()
    )
    statement = (
        f"SELECT packed.* FROM {pages} AS pages (first), LATERAL (SELECT {', '.join(wanted)} FROM "  # noqa: S608
        f"(SELECT *, {_part_of(names, kinds, by_index=by_index)} AS part "
        f"FROM ({_written(connection, select)}) AS asked ({', '.join(names.values())})) AS parted "
        "GROUP BY part) AS packed"
    )
    parts: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in kinds}
    raw: Any = connection.connection.dbapi_connection
    # a named cursor stays in the database, and hands out row by row
    with raw.cursor("columns", binary=True) as cursor:
        cursor.itersize = 1
        for row in cursor.execute(statement):
            values = iter(row)
            for name, kind in kinds.items():
                parts[name].append(_unpacked(values, name, kind))
    return {name: _joined(parts[name], kind) for name, kind in kinds.items()}


def _among(place: str) -> str:
    """Return the condition that a place in a table, of page and row, is on some of its pages."""
    bounds = ("pages.first", f"(pages.first + {_PAGES_TOGETHER})")
    first, end = (f"('(' || {page} || ',0)')::tid" for page in bounds)
    return f"{place} >= {first} AND {place} < {end}"


def _may_read(connection: sa.Connection, table: str) -> bool:
    """Tell whether a log-in has the right to read a table, and not merely columns of it."""
    asked = sa.text("SELECT has_table_privilege(CAST(:table AS regclass), 'SELECT')")
    return bool(connection.execute(asked, {"table": table}).scalar_one())


def _last_page(connection: sa.Connection, table: str) -> int:
    """Return the number of the last page of a table, of which rows may be seen; or more."""
    size = "pg_relation_size(CAST(:table AS regclass)) / current_setting('block_size')::bigint"
    return int(connection.execute(sa.text(f"SELECT {size}"), {"table": table}).scalar_one())


def _part_of(names: Mapping[str, str], kinds: Mapping[str, Any], *, by_index: bool) -> str:
    """Return an expression that parts rows by their number, and by the bytes of texts so far."""
    by_number = f"row_number() OVER () / {_TOGETHER}" if by_index else "0"
    lengths = [
        f"coalesce(octet_length({_raw(names[name], name)}), 0)"
        for name, kind in kinds.items()
        if kind is object
    ]
    if not lengths:
        return by_number
    so_far = f"sum({' + '.join(lengths)}) OVER (ROWS UNBOUNDED PRECEDING)"
    return f"({by_number}, {so_far} / {_BYTES_TOGETHER})"


def _raw(column: str, name: str) -> str:
    return f"{column}::bytea" if name in _BYTES else f"convert_to({column}, 'UTF8')"


def _packed(column: str, name: str, kind: Any) -> tuple[str, ...]:
    if kind is not object:
        send = "float8send" if kind is np.float64 else "int8send"
        return (f"string_agg({send}({column}), '')",)
    raw = _raw(column, name)
    return (
        f"string_agg(int4send(coalesce(octet_length({raw}), -1)), '')",
        f"string_agg(coalesce({raw}, ''::bytea), '')",
    )


def _unpacked(values: Iterator[bytes], name: str, kind: Any) -> npt.NDArray[Any]:
    if kind is not object:
        sent = ">f8" if kind is np.float64 else ">i8"
        return np.frombuffer(next(values), dtype=sent).astype(kind)
    lengths = np.frombuffer(next(values), dtype=">i4").astype(np.int64)
    ends = np.concatenate([[0], np.cumsum(np.maximum(lengths, 0))])
    there = np.packbits(lengths >= 0, bitorder="little").tobytes()
    buffers = [pa.py_buffer(x) for x in (there, ends.tobytes(), next(values))]
    form = pa.large_binary() if name in _BYTES else pa.large_string()
    column = pa.Array.from_buffers(form, len(lengths), buffers)
    found: npt.NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return found
