"""Rows of sources that could not be used, with what may be personal in them encrypted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa

from creditscore._cells import NO_TEXT, can_be_kept
from creditscore.exceptions import (
    DecryptionError,
    InvalidParameterError,
    MissingColumnError,
    StoreError,
)
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import batches, rejects
from creditscore.organise._store._subjects import REJECTS, Vault, cipher_of, keys_of
from creditscore.protect import FieldCipher

_COLUMNS = ("source", "row", "column", "item", "value", "reason", "protected", "cells")
_PLACE = ("source", "row", "column_name", "item", "reason")


def add_rejects(connection: sa.Connection, vault: Vault, table: Any, batch: int) -> int:
    """Keep a row each that is not kept already; returns how many."""
    if not isinstance(table, pd.DataFrame):
        msg = f"Rejects are those of a reader, or a DataFrame. Got {type(table).__name__}."
        raise InvalidParameterError(msg)
    lacking = [name for name in _COLUMNS if name not in table.columns]
    if lacking:
        msg = f"Rejects need the column {lacking[0]!r}. There are: {', '.join(table.columns)}."
        raise MissingColumnError(msg)
    there = sa.select(batches.c.id).where(batches.c.id == batch)
    if connection.execute(there).scalar() is None:
        msg = f"There is no batch {batch!r}. Rejects belong to a load; give its number."
        raise StoreError(msg)
    listed = table[list(_COLUMNS)].itertuples(index=False, name=None)
    told = [dict(zip(_COLUMNS, given, strict=True)) for given in listed]
    known = _Known.of(connection, vault, {_text(cells["source"]) or "" for cells in told})
    told = [cells for cells in told if cells not in known]
    first = next_id(connection, rejects)
    ciphers = _new_ciphers(connection, vault, range(first, first + len(told)))
    rows = []
    for number, cells in enumerate(told, start=first):
        cipher = ciphers.get(number)
        # nobody knows what stands in a cell that cannot be read, so all are encrypted
        guarded = bool(cells["protected"]) or cipher is not None
        value, whole = _text(cells["value"]), _text(cells["cells"])
        row = {
            "id": number, "batch_id": batch, "is_protected": bool(cells["protected"]),
            "column_name": _text(cells["column"]) or "",
            "value": None if guarded else value, "cells": None,
            "value_cipher": _sealed(cipher, value if guarded else None, number, "value"),
            "cells_cipher": _sealed(cipher, whole, number, "cells"),
        }  # fmt: skip
        row |= {name: _text(cells[name]) or "" for name in ("source", "row", "item", "reason")}
        rows.append(row)
    if rows:
        connection.execute(rejects.insert(), rows)
    return len(rows)


def reject_table(
    connection: sa.Connection, vault: Vault, batch: int | None, *, strict: bool = True
) -> pd.DataFrame:
    """Return rejects; what is encrypted is decrypted, where its key is still there.

    Raises
    ------
    DecryptionError
        What was encrypted was altered or moved, or something lies in the clear that a store does
        not keep so. Where it is not strict, what lies in the clear is passed over, and what cannot
        be decrypted is missing.
    """
    wanted = sa.select(rejects).order_by(rejects.c.id)
    if batch is not None:
        wanted = wanted.where(rejects.c.batch_id == batch)
    found = connection.execute(wanted).mappings().all()
    ciphers = _ciphers(connection, vault, [int(row["id"]) for row in found])
    rows = []
    for row in found:
        number, cipher = int(row["batch_id"]), ciphers.get(int(row["id"]))
        value, cells = _held(row, cipher, vault) if strict else _readable(row, cipher)
        rows.append(
            [
                *(number, row["source"], row["row"], row["column_name"], row["item"], value),
                *(row["reason"], bool(row["is_protected"]), cells),
            ]
        )
    return pd.DataFrame(rows, columns=["batch", *_COLUMNS])


@dataclass(frozen=True, eq=False)
class _Known:
    """Rejects that are kept, so that a file which is read twice leaves each once."""

    has_keys: bool
    told: set[tuple[str | None, ...]]
    """Place, reason, value and cells, as far as a store keeps them."""
    erased: set[tuple[str | None, ...]]
    """Place and reason of those whose keys were destroyed; they do not come back."""

    @classmethod
    def of(cls, connection: sa.Connection, vault: Vault, sources: Set[str]) -> Self:
        """Read those of some sources. O(their rejects) time."""
        wanted = sa.select(rejects).where(rejects.c.source.in_(sorted(sources)))
        found = connection.execute(wanted).mappings().all()
        ciphers = _ciphers(connection, vault, [int(row["id"]) for row in found])
        told, erased = set(), set()
        for row in found:
            number, place = int(row["id"]), tuple(row[name] for name in _PLACE)
            cipher = ciphers.get(number)
            if cipher is None and (row["value_cipher"] or row["cells_cipher"]):
                erased.add(place)
                continue
            told.add((*place, *_held(row, cipher, vault)))
        return cls(has_keys=vault.has_keys, told=told, erased=erased)

    def __contains__(self, given: Mapping[str, Any]) -> bool:
        """Tell whether a row is kept already."""
        place = tuple(_text(given[name.removesuffix("_name")]) or "" for name in _PLACE)
        value, cells = _text(given["value"]), _text(given["cells"])
        if not self.has_keys:
            value, cells = None if given["protected"] else value, None
        return place in self.erased or (*place, value, cells) in self.told


def _new_ciphers(
    connection: sa.Connection, vault: Vault, numbers: Sequence[int]
) -> dict[int, FieldCipher]:
    """Make a key for each reject, so that each can be erased alone; none without keys."""
    if not vault.has_keys:
        return {}
    vault.new_key(connection, REJECTS, numbers)
    return _ciphers(connection, vault, numbers)


def _ciphers(
    connection: sa.Connection, vault: Vault, numbers: Sequence[int]
) -> dict[int, FieldCipher]:
    """Return the ciphers of rejects; those that were erased have none."""
    if not vault.has_keys:
        return {}
    keys = keys_of(connection, vault, REJECTS, list(numbers))
    return {number: cipher_of(key) for number, key in keys.items()}


def _held(
    row: sa.RowMapping, cipher: FieldCipher | None, vault: Vault
) -> tuple[str | None, str | None]:
    """Return value and cells of a reject, after a look at what stands there in the clear.

    A store with keys keeps nothing so, and one without nothing that is protected, nor cells.
    """
    guarded = vault.has_keys or bool(row["is_protected"])
    if row["cells"] is not None or (guarded and row["value"] is not None):
        msg = (
            f"The reject {row['id']} of batch {row['batch_id']} has values that are not encrypted, "
            "and the store keeps none like this: rows of rejects were changed. Restore the store "
            "from a backup."
        )
        raise DecryptionError(msg)
    if not vault.has_keys:
        return row["value"], None
    number = int(row["id"])
    value = _opened(cipher, row["value_cipher"], number, "value")
    return value, _opened(cipher, row["cells_cipher"], number, "cells")


def _readable(row: sa.RowMapping, cipher: FieldCipher | None) -> tuple[str | None, str | None]:
    """Return what can be decrypted of a reject, whatever stands beside it."""
    found: list[str | None] = []
    for field in ("value", "cells"):
        try:
            found.append(_opened(cipher, row[f"{field}_cipher"], int(row["id"]), field))
        except DecryptionError:
            found.append(None)
    return found[0], found[1]


def _sealed(cipher: FieldCipher | None, value: str | None, number: int, field: str) -> bytes | None:
    if cipher is None or value is None:
        return None
    return cipher.encrypt_text(value, record=number, field=f"reject {field}")


def _opened(cipher: FieldCipher | None, value: bytes | None, number: int, field: str) -> str | None:
    if cipher is None or value is None:
        return None
    return cipher.decrypt_text(bytes(value), record=number, field=f"reject {field}")


def _text(value: Any) -> str | None:
    """Return a text that every database can keep: what none does is written out."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124
        return None
    text = str(value)
    if can_be_kept(text):
        return text
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return whole.replace(NO_TEXT, r"\x00")
