"""Rows of sources that could not be used, with what may be personal in them encrypted."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import sqlalchemy as sa
from pandas.api.types import is_scalar

from creditscore._cells import NO_TEXT, can_be_kept, word_of
from creditscore.exceptions import (
    DecryptionError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    StoreError,
)
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._erased import erased_rejects
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import batches, rejects
from creditscore.organise._store._subjects import REJECTS, Vault, as_bytes, cipher_of, keys_of
from creditscore.protect import FieldCipher

_COLUMNS = ("source", "row", "column", "item", "value", "reason", "protected", "cells")
_OF_READERS = ("customer", "digest")
_PLACE = ("source", "row", "column", "item", "reason")
_WITH_CUSTOMER = NO_TEXT
"""What cells begin with that are encrypted with their customer; no text that is kept holds it."""
_PURPOSE = "rejects that were erased"
_DIGEST_BYTES = 16


def add_rejects(known: Customers, table: Any, batch: int) -> tuple[int, int]:
    """Keep a row each that is not kept already; returns how many, and how many were refused."""
    connection, vault = known.connection, known.vault
    if not isinstance(table, pd.DataFrame):
        msg = f"Rejects are those of a reader, or a DataFrame. Got {type(table).__name__}."
        raise InvalidParameterError(msg)
    lacking = [name for name in _COLUMNS if name not in table.columns]
    if lacking:
        msg = f"Rejects need the column {lacking[0]!r}. There are: {', '.join(table.columns)}."
        raise MissingColumnError(msg)
    _check_cells(table)
    there = sa.select(batches.c.id).where(batches.c.id == batch)
    if connection.execute(there).scalar() is None:
        msg = f"There is no batch {batch!r}. Rejects belong to a load; give its number."
        raise StoreError(msg)
    listed = table.reindex(columns=[*_COLUMNS, *_OF_READERS]).to_dict("records")
    told = [_said({str(name): cell for name, cell in given.items()}) for given in listed]
    left = _without_erased(known, told)
    kept = _Kept.of(connection, vault, {said["source"] for said in left})
    new = [said for said in left if said not in kept]
    first = next_id(connection, rejects)
    ciphers = _new_ciphers(connection, vault, range(first, first + len(new)))
    rows = [_row(said, n, batch, ciphers.get(n)) for n, said in enumerate(new, start=first)]
    if rows:
        connection.execute(rejects.insert(), rows)
    return len(rows), len(told) - len(left)


def _check_cells(table: pd.DataFrame) -> None:
    """Check that there is one value in each cell, and that it is said which are protected.

    Raises
    ------
    InvalidDataError
        A cell holds an array, or says of a value neither that it is protected nor that it is not.
    """
    for name in (*_COLUMNS, *(name for name in _OF_READERS if name in table.columns)):
        for row, cell in enumerate(table[name]):
            if name == "protected" and not isinstance(cell, (bool, np.bool_)):
                found = f"{type(cell).__name__}. Give True or False"
            elif type(cell) is not str and hasattr(cell, "__array__") and not is_scalar(cell):
                found = "an array. Give one value"
            else:
                continue
            msg = f"The rejects hold in row {row}, column {name!r}, {found}. Nothing was kept."
            raise InvalidDataError(msg)


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of rejects as texts that can be kept."""
    said: dict[str, Any] = {name: _text(cell) for name, cell in given.items()}
    said |= {name: said[name] or "" for name in _PLACE}
    return said | {
        "customer": _text(word_of(given["customer"])) or "", "digest": said["digest"] or "",
        "protected": bool(given["protected"]),
    }  # fmt: skip


def _row(
    said: Mapping[str, Any], number: int, batch: int, cipher: FieldCipher | None
) -> dict[str, Any]:
    # nobody knows what stands in a cell that cannot be read, so all are encrypted
    guarded = said["protected"] or cipher is not None
    row = {
        "id": number, "batch_id": batch, "is_protected": said["protected"],
        "column_name": said["column"], "value": None if guarded else said["value"], "cells": None,
        "value_cipher": _sealed(cipher, said["value"] if guarded else None, number, "value"),
        "cells_cipher": _sealed(cipher, _with_customer(said), number, "cells"),
    }  # fmt: skip
    if cipher is None and said["digest"]:
        # no cells are kept that would tell two files of one name apart
        row["cells_cipher"] = said["digest"].encode()
    return row | {name: said[name] for name in ("source", "row", "item", "reason")}


def _with_customer(said: Mapping[str, Any]) -> str | None:
    """Return the cells of a row with the customer that its reader read, where it read one."""
    if not said["customer"]:
        return None if said["cells"] is None else str(said["cells"])
    both = [said["customer"], said["cells"]]
    return _WITH_CUSTOMER + json.dumps(both, ensure_ascii=False)


def _without_erased(known: Customers, told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what is of customers whose data were erased, or was erased with them.

    A row of nobody whom the store knows may be of anybody whom one of its cells names.
    """
    there = known.among(list({said["customer"] for said in told if said["customer"]}))
    named = [
        {said["customer"]} if said["customer"] in there
        else {said["customer"], *words_of(said["value"], said["cells"])}
        for said in told
    ]  # fmt: skip
    asked = {word for words in named for word in words if word and can_be_kept(word)}
    names = known.refused(asked)
    gone = erased_rejects(known.connection, known.vault)
    return [
        said for said, words in zip(told, named, strict=True)
        if names.isdisjoint(words)
        and not (gone and reject_digest(known.vault, said) in gone)
    ]  # fmt: skip


def words_of(value: Any, cells: Any) -> set[str]:
    """Return the words of a rejected row: of its value and of its cells, nested ones too."""
    return {word_of(cell) for cell in (value, *_cells(cells))}


def _cells(text: Any) -> Iterator[Any]:
    """Yield the cells of a row, those that stand within others too."""
    try:
        left = [json.loads(text)] if isinstance(text, str) else []
    except ValueError:
        left = [text]
    while left:
        cell = left.pop()
        if isinstance(cell, (dict, list)):
            left.extend(cell.values() if isinstance(cell, dict) else cell)
        else:
            yield cell


def reject_digest(vault: Vault, said: Mapping[str, Any]) -> str:
    """Return a keyed digest of a row of rejects, by which it is known again once it was erased."""
    content = [*((_text(said[name]) or "") for name in _PLACE), _text(said["value"]),
               _text(said["cells"])]  # fmt: skip
    told = json.dumps(content).encode()
    return hmac.digest(vault.derive(_PURPOSE), told, "sha256")[:_DIGEST_BYTES].hex()


def reject_table(
    connection: sa.Connection, vault: Vault, batch: int | None, *, strict: bool = True
) -> pd.DataFrame:
    """Return rejects by their numbers; what is encrypted is decrypted, where its key is there.

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
        value, whole = _held(row, cipher, vault) if strict else _readable(row, cipher)
        cells, customer = _parted(whole)
        rows.append(
            [
                *(number, row["source"], row["row"], row["column_name"], row["item"], value),
                *(row["reason"], bool(row["is_protected"]), cells, customer),
            ]
        )
    index = pd.Index([int(row["id"]) for row in found], dtype="int64")
    return pd.DataFrame(rows, columns=["batch", *_COLUMNS, "customer"], index=index)


def _parted(whole: str | None) -> tuple[str | None, str | None]:
    """Return cells and customer; rejects from before were kept without the customer."""
    if whole is None or not whole.startswith(_WITH_CUSTOMER):
        return whole, None
    customer, cells = json.loads(whole.removeprefix(_WITH_CUSTOMER))
    return cells, customer


@dataclass(frozen=True, eq=False)
class _Kept:
    """Rejects that are kept, so that a file which is read twice leaves each once."""

    has_keys: bool
    told: set[tuple[str | None, ...]]
    """Place, reason, value and cells; without keys, no cells, but the digest of the source."""

    @classmethod
    def of(cls, connection: sa.Connection, vault: Vault, sources: Set[str]) -> Self:
        """Read those of some sources. O(their rejects) time."""
        wanted = sa.select(rejects).where(rejects.c.source.in_(sorted(sources)))
        found = connection.execute(wanted).mappings().all()
        ciphers = _ciphers(connection, vault, [int(row["id"]) for row in found])
        told: set[tuple[str | None, ...]] = set()
        for row in found:
            place = (row["source"], row["row"], row["column_name"], row["item"], row["reason"])
            cipher = ciphers.get(int(row["id"]))
            value, whole = _held(row, cipher, vault)
            if not vault.has_keys:
                told.add((*place, value, _digest_in(row["cells_cipher"])))
            elif cipher is not None or not (row["value_cipher"] or row["cells_cipher"]):
                told.add((*place, value, _parted(whole)[0]))
        return cls(has_keys=vault.has_keys, told=told)

    def __contains__(self, said: Mapping[str, Any]) -> bool:
        """Tell whether a row is kept already."""
        place = tuple(said[name] for name in _PLACE)
        if self.has_keys:
            return (*place, said["value"], said["cells"]) in self.told
        return (*place, None if said["protected"] else said["value"], said["digest"]) in self.told


def _digest_in(kept: bytes | None) -> str:
    """Return the digest of a source that a store without keys keeps in the place of cells."""
    return as_bytes(kept or b"", "The digest of a reject", rejects.name).decode("utf-8", "replace")


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
    kept = as_bytes(value, f"The {field} of the reject {number}", rejects.name)
    return cipher.decrypt_text(kept, record=number, field=f"reject {field}")


def _text(value: Any) -> str | None:
    """Return a text that every database can keep: what none does is written out."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124
        return None
    text = str(value)
    if can_be_kept(text):
        return text
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return whole.replace(NO_TEXT, r"\x00")
