"""Many rows at once: in by executemany or COPY, out as columns of numbers.

Neither goes through a row object of SQLAlchemy, of which ten million would take minutes. The
statements are SQLAlchemy's own, with numbers of the library in them and no text of anybody.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping, Sequence
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
_STAGE = "observations_to_come"
_BYTES = ("cipher", "fingerprint", "evidence_cipher")

Columns = Mapping[str, npt.NDArray[Any]]


def insert_observations(connection: sa.Connection, columns: Mapping[str, Sequence[Any]]) -> int:
    """Add rows, leaving out those whose fact is known, and return how many were added."""
    add = _insert_sqlite if is_sqlite(connection) else _insert_postgresql
    return add(connection, columns)


def _insert_sqlite(connection: sa.Connection, columns: Mapping[str, Sequence[Any]]) -> int:
    names = ", ".join(columns)
    places = ", ".join("?" * len(columns))
    raw: Any = connection.connection.dbapi_connection
    before = raw.total_changes
    raw.executemany(
        f"INSERT OR IGNORE INTO {observations.name} ({names}) VALUES ({places})",  # noqa: S608
        zip(*columns.values(), strict=True),
    )
    return int(raw.total_changes - before)


def _insert_postgresql(connection: sa.Connection, columns: Mapping[str, Sequence[Any]]) -> int:
    names = ", ".join(columns)
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {_STAGE} (LIKE {observations.name}) ON COMMIT DROP"
    )
    copied = _csv_of(columns)
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor:
        with cursor.copy(f"COPY {_STAGE} ({names}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(copied)
        cursor.execute(
            f"INSERT INTO {observations.name} ({names}) SELECT {names} FROM {_STAGE} ORDER BY id "  # noqa: S608
            "ON CONFLICT (customer_id, item_id, true_from, fingerprint) DO NOTHING"
        )
        n_added = cursor.rowcount
        cursor.execute(f"TRUNCATE {_STAGE}")
    return int(n_added)


def _csv_of(columns: Mapping[str, Sequence[Any]]) -> bytes:
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
    connection: sa.Connection, select: sa.Select[Any], kinds: Mapping[str, Any]
) -> dict[str, npt.NDArray[Any]]:
    """Run a select of numbers of the library, and return its columns.

    `kinds` are types of numpy by column, in order: numbers, or object for texts and bytes, which
    may be missing. Numbers are never missing, and whole ones are below 2⁵³.
    """
    text = str(select.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    if not is_sqlite(connection):
        return _fetch_postgresql(connection, text, kinds)
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.execute(text)
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
    parts: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in kinds}
    while rows := cursor.fetchmany(_AT_ONCE):
        for (name, kind), values in zip(kinds.items(), zip(*rows, strict=True), strict=True):
            column = np.empty(len(rows), dtype=kind)
            column[:] = values
            parts[name].append(column)
    return {name: _joined(parts[name], kind) for name, kind in kinds.items()}


def _joined(parts: list[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _fetch_postgresql(
    connection: sa.Connection, text: str, kinds: Mapping[str, Any]
) -> dict[str, npt.NDArray[Any]]:
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY ({text}) TO STDOUT (FORMAT csv)") as copy:
        found = b"".join(copy)
    if not found:
        return {name: np.empty(0, dtype=kind) for name, kind in kinds.items()}
    types = {
        name: pa.string() if kind is object else pa.from_numpy_dtype(kind)
        for name, kind in kinds.items()
    }
    table = csv.read_csv(
        pa.BufferReader(found),
        csv.ReadOptions(column_names=list(kinds)),
        csv.ParseOptions(newlines_in_values=object in kinds.values()),
        csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
    columns = {name: table.column(name).to_numpy() for name in kinds}
    for name in _BYTES:
        if name in columns:
            columns[name] = _bytes_of(columns[name])
    return columns


def _bytes_of(texts: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    out = np.full(len(texts), None, dtype=object)
    out[:] = [None if text is None else bytes.fromhex(text[2:]) for text in texts]
    return out
