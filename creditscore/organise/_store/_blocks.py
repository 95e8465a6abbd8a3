"""The numbers of facts once more, many of them in one row, which SQLite gives out much faster.

A block holds what :func:`fetch_numbers` reads of all rows after the last one of the block before
it, up to its own. Rows are only added, and a trigger lets none be added where a block has been, so
that a block says for ever what its rows say; it is written in the transaction of a load. Rows
after the last block are read as rows. PostgreSQL gives columns out fast as it is, and has none.

At the end of each stands what shows that bytes of it, or the block before it, are others. Nothing
stands in blocks alone, so that damaged ones are made anew of the rows.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from creditscore._typing import Bool1D
from creditscore.exceptions import StoreError
from creditscore.organise._store._bulk import Columns, fetch_columns
from creditscore.organise._store._clock import END
from creditscore.organise._store._engine import is_sqlite
from creditscore.organise._store._guards import guard_tables
from creditscore.organise._store._schema import ITEM_PLACES, blocks, observations

_DAY_ZERO, _NO_DAY, _DAYS = 2**22, 2**22, 2**24
"""Days from the year 1 to 9999, and none, as whole numbers of 24 bits."""
_BATCHES = 2**26
"""More than there are batches."""
_FEWEST, _AT_ONCE = 50_000, 250_000
"""Numbers of rows that are worth a block, and of those that go into one."""
_LAYOUT = {
    "id": "<i8", "place": "<i8", "collected": "<i8", "number": "<f8",
    "true_from": "<i4", "true_to": "<i4", "origin": "<i4", "batch": "<i4",
}  # fmt: skip
_WIDTH = sum(np.dtype(kind).itemsize for kind in _LAYOUT.values())
_CHECK = struct.Struct("<I")
_WORDS_TOGETHER = 512
"""Numbers of 8 bytes that are one sum: a CRC of all bytes would take half as long as reading."""

_Arrays = Mapping[str, npt.NDArray[Any]]


def fetch_numbers(
    connection: sa.Connection,
    *where: sa.ColumnElement[bool],
    collected: bool,
    record: bool,
    by_index: bool = False,
) -> dict[str, npt.NDArray[Any]]:
    """Return the numbers of rows, and what else of them is asked for.

    They are id, place (customer and item), true_from, true_to (END where there is none), origin,
    batch and number (0 where there is none).
    """
    rows = observations.c
    # two numbers in one, where that saves a fifth of the time
    kinds: dict[str, Any] = {
        "id": np.int64, "place": np.int64, "days": np.int64, "from": np.int64,
        "number": np.float64,
    }  # fmt: skip
    wanted: list[Any] = [
        rows.id,
        rows.customer_id * ITEM_PLACES + rows.item_id,
        (rows.true_from + _DAY_ZERO) * _DAYS + sa.func.coalesce(rows.true_to, _NO_DAY) + _DAY_ZERO,
        rows.origin_id * _BATCHES + rows.batch_id,
        sa.func.coalesce(rows.number, 0.0),
    ]
    if collected:
        kinds["collected"] = np.int64
        wanted.append(rows.collected_at)
    if record:
        kinds["record"] = object
        wanted.append(rows.record)
    select = sa.select(*wanted).where(*where)
    columns = fetch_columns(connection, select, kinds, by_index=by_index)
    first, last = np.divmod(columns.pop("days"), _DAYS)
    columns["true_from"] = first - _DAY_ZERO
    columns["true_to"] = np.where(last == _DAY_ZERO + _NO_DAY, END, last - _DAY_ZERO)
    columns["origin"], columns["batch"] = np.divmod(columns.pop("from"), _BATCHES)
    return columns


def read_blocks(
    connection: sa.Connection, fit: Callable[[_Arrays], Bool1D]
) -> tuple[int, list[dict[str, npt.NDArray[Any]]]]:
    """Return the number of the last row of all blocks, and the rows that fit of each.

    Raises
    ------
    StoreError
        A block is not as it was written, or one is missing between others.
    """
    last, parts = 0, []
    raw: Any = connection.connection.dbapi_connection
    # whatever stands there, as bytes
    content = sa.cast(blocks.c.content, sa.LargeBinary)
    text = str(sa.select(blocks.c.id, content).order_by(blocks.c.id))
    with closing(raw.execute(text)) as rows:
        for number, found in rows:
            columns = _columns_of(found, last, number)
            keep = fit(columns)
            part = {
                name: values[keep].astype(np.float64 if name == "number" else np.int64, copy=False)
                for name, values in columns.items()
            }
            part["true_to"][part["true_to"] == _NO_DAY] = END
            parts.append(part)
            last = number
    return last, parts


def _columns_of(content: Any, after: int, number: int) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of a block whose bytes are those that were written."""
    size = len(content) - _CHECK.size if isinstance(content, bytes) else 0
    is_whole = size > 0 and size % _WIDTH == 0
    if not is_whole or content[size:] != _check(content, size, after, number):
        msg = (
            f"The block {number} of the store is not as it was written, or one before it is "
            "missing: a snapshot would lack facts. The facts themselves stand in rows of their "
            "own. Make a copy of the file, then CustomerStore.migrate(place) makes the blocks anew."
        )
        raise StoreError(msg)
    start, columns = 0, {}
    for name, kind in _LAYOUT.items():
        columns[name] = np.frombuffer(content, dtype=kind, count=size // _WIDTH, offset=start)
        start += columns[name].nbytes
    return columns


def _check(content: bytes, size: int, after: int, number: int) -> bytes:
    """Return four bytes that are others where a block was cut or damaged, or is another one.

    They are the CRC-32 of sums of the bytes, which takes a tenth of the time of one of all bytes.
    """
    words = np.frombuffer(content, dtype="<u8", count=size // 8)
    sums = np.add.reduceat(words, np.arange(0, len(words), _WORDS_TOGETHER)).astype("<u8")
    return _CHECK.pack(zlib.crc32(sums.tobytes(), zlib.crc32(struct.pack("<qq", after, number))))


def mend_blocks(connection: sa.Connection) -> bool:
    """Make the blocks anew of the rows if one is not as it was written; tell whether one was not.

    O(rows) time.
    """
    if not is_sqlite(connection):
        return False
    try:
        read_blocks(connection, lambda columns: np.zeros(len(columns["id"]), dtype=bool))
    except StoreError:
        connection.execute(sa.text("DROP TRIGGER IF EXISTS observations_after_blocks"))
        blocks.drop(connection)
        blocks.create(connection)
        guard_tables(connection, (blocks.name,))
        extend_blocks(connection)
        return True
    return False


def add_block(connection: sa.Connection, columns: Columns, n_added: int) -> None:
    """Make a block of rows that were just added, where all of them were and none are between."""
    if not is_sqlite(connection):
        return
    ids, after = columns["id"], _last(connection)
    since = (observations.c.id > after) & (observations.c.id < int(ids[0]))
    lacking = connection.execute(sa.select(observations.c.id).where(since).limit(1)).first()
    if n_added < len(ids) or n_added < _FEWEST or lacking is not None:
        extend_blocks(connection)
        return
    number = np.asarray(columns["number"], dtype=np.float64)
    ends = [_NO_DAY if day is None else day for day in columns["true_to"]]
    _write(connection, {
        "id": np.asarray(ids), "number": np.where(np.isnan(number), 0.0, number),
        "place": np.asarray(columns["customer_id"]) * ITEM_PLACES + np.asarray(columns["item_id"]),
        "true_from": np.asarray(columns["true_from"]), "true_to": np.asarray(ends),
        "collected": np.asarray(columns["collected_at"]), "batch": np.asarray(columns["batch_id"]),
        "origin": np.asarray(columns["origin_id"]),
    }, after)  # fmt: skip


def extend_blocks(connection: sa.Connection) -> None:
    """Make blocks of the rows that are in none, where they are many."""
    if not is_sqlite(connection):
        return
    after, rows = _last(connection), observations.c
    newest = int(connection.execute(sa.select(sa.func.max(rows.id))).scalar() or 0)
    if newest - after < _FEWEST:
        return
    while after < newest:
        # numbers may have gaps of any size
        following = sa.select(rows.id).where(rows.id > after).order_by(rows.id)
        stop = connection.execute(following.offset(_AT_ONCE - 1).limit(1)).scalar() or newest
        these = (rows.id > after) & (rows.id <= stop)
        columns = fetch_numbers(connection, these, collected=True, record=False)
        _write(connection, {**columns, "true_to": np.minimum(columns["true_to"], _NO_DAY)}, after)
        after = stop


def _last(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(blocks.c.id))).scalar() or 0)


def _write(connection: sa.Connection, columns: _Arrays, after: int) -> None:
    content = b"".join(columns[name].astype(kind).tobytes() for name, kind in _LAYOUT.items())
    number = int(columns["id"].max())
    content += _check(content, len(content), after, number)
    connection.execute(blocks.insert().values(id=number, content=content))
