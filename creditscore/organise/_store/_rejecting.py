"""Rows of sources that could not be used, with what may be personal in them encrypted."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

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
from creditscore.organise._store._alike import alike_digest
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._erased import OF_ERASED, REGISTER, Traces
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import batches, rejects
from creditscore.organise._store._subjects import REJECTS, Vault, as_bytes, cipher_of, keys_of
from creditscore.protect import FieldCipher

_COLUMNS = ("source", "row", "column", "item", "value", "reason", "protected", "cells")
_OF_READERS = ("customer", "digest")
_PLACE = ("source", "row", "column", "item", "reason")
_SEALED = ("customer", "cells", "reason")
NOT_KEPT = "is protected; a store without keys keeps neither the value nor what is wrong with it"
"""What stands for a reason, which may quote a cell, where it is neither encrypted nor kept."""
_OPEN = ("", OF_ERASED, NOT_KEPT)
"""All reasons that lie in the clear where others are encrypted; the empty one stands for these."""
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*")
_PURPOSE = "rejects that were erased"
_DIGEST_BYTES = 16


def add_rejects(known: Customers, table: Any, batch: int) -> tuple[int, list[tuple[str, str]]]:
    """Keep a row each that is not kept already; returns how many, and which were refused.

    Of these it returns source and row.
    """
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
    if not vault.has_keys:
        told = [said | {"reason": NOT_KEPT} if said["protected"] else said for said in told]
    left, refused = _without_erased(known, told)
    kept = _Kept.of(connection, vault, {said["source"] for said in left})
    new = [said for said in left if said not in kept]
    first = next_id(connection, rejects)
    ciphers = _new_ciphers(connection, vault, range(first, first + len(new)))
    rows = [_row(said, n, batch, ciphers.get(n)) for n, said in enumerate(new, start=first)]
    if rows:
        connection.execute(rejects.insert(), rows)
    return len(rows), [(said["source"], said["row"]) for said in refused]


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
        "reason": said["reason"] if cipher is None else "",
        "value_cipher": _sealed(cipher, said["value"] if guarded else None, number, "value"),
        "cells_cipher": sealed_cells(cipher, number, **{name: said[name] for name in _SEALED}),
    }  # fmt: skip
    if cipher is None and said["digest"]:
        # no cells are kept that would tell two files of one name apart
        row["cells_cipher"] = said["digest"].encode()
    return row | {name: said[name] for name in ("source", "row", "item")}


def sealed_cells(
    cipher: FieldCipher | None, number: int, *, customer: str, cells: str | None, reason: str
) -> bytes | None:
    """Return what a reader said of a whole row, encrypted: it may be about whoever stands there."""
    return _sealed(
        cipher, json.dumps([customer, cells, reason], ensure_ascii=False), number, "cells"
    )


def _without_erased(
    known: Customers, told: Sequence[dict[str, Any]]
) -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
    """Part what is of customers whose data were erased, or was erased with them, from the rest.

    A row of nobody whom the store knows may be of anybody whom one of its cells names, in
    whatever letters.
    """
    traces = Traces.read(known.connection, known.vault)
    if traces is None:
        return told, ()
    there = known.among(list({said["customer"] for said in told if said["customer"]}))
    named = [None if said["customer"] in there else words_of(said) for said in told]
    strange = set[str]().union(*(words for words in named if words is not None))
    gone = known.refused({*strange, *there})
    key = known.vault.derive(REGISTER)
    alike = {word for word in strange if traces.names and alike_digest(word, key) in traces.names}
    strange_gone = gone | alike
    left: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for said, words in zip(told, named, strict=True):
        is_gone = said["customer"] in gone if words is None else not words.isdisjoint(strange_gone)
        again = is_gone or (traces.rows and reject_digest(known.vault, said) in traces.rows)
        (refused if again else left).append(said)
    return left, refused


def words_of(said: Mapping[str, Any]) -> set[str]:
    """Return the words by which a rejected row may name a customer.

    Those are who was read as the customer, the value and the cells, nested ones too. Where
    somebody was read, numbers name nobody.
    """
    customer = word_of(said["customer"])
    words = {word_of(cell) for cell in (said["value"], *_cells(said["cells"]))}
    if customer:
        words = {word for word in words if _NUMBER.fullmatch(word) is None}
    return {word for word in (customer, *words) if word and can_be_kept(word)}


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
        held = _held(row, cipher, vault) if strict else _readable(row, cipher)
        rows.append(
            [
                *(number, row["source"], row["row"], row["column_name"], row["item"], held.value),
                *(held.reason, bool(row["is_protected"]), held.cells, held.customer),
            ]
        )
    index = pd.Index([int(row["id"]) for row in found], dtype="int64")
    return pd.DataFrame(rows, columns=["batch", *_COLUMNS, "customer"], index=index)


class _Held(NamedTuple):
    """What a reject says that may be about somebody; of what was erased, nothing."""

    value: str | None
    reason: str | None
    cells: str | None = None
    customer: str | None = None

    @classmethod
    def of(cls, value: str | None, reason: str, whole: str | None) -> Self:
        """Part what was encrypted as one text; without it, the reason is the one in the clear."""
        if whole is None:
            return cls(value, reason or None)
        customer, cells, told = json.loads(whole)
        return cls(value, told, cells, customer or None)


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
            cipher = ciphers.get(int(row["id"]))
            held = _held(row, cipher, vault)
            place = (row["source"], row["row"], row["column_name"], row["item"], held.reason)
            if not vault.has_keys:
                told.add((*place, held.value, _digest_in(row["cells_cipher"])))
            elif cipher is not None:
                told.add((*place, held.value, held.cells))
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


def _held(row: sa.RowMapping, cipher: FieldCipher | None, vault: Vault) -> _Held:
    """Return what a reject says, after a look at what of it stands there in the clear.

    A store with keys keeps nothing so, and one without nothing that is protected, nor cells.
    """
    guarded = vault.has_keys or bool(row["is_protected"])
    is_open = row["value"] is not None or row["reason"] not in _OPEN
    if row["cells"] is not None or (guarded and is_open):
        msg = (
            f"The reject {row['id']} of batch {row['batch_id']} has values that are not encrypted, "
            "and the store keeps none like this: rows of rejects were changed. Restore the store "
            "from a backup."
        )
        raise DecryptionError(msg)
    if not vault.has_keys:
        return _Held(row["value"], row["reason"])
    number = int(row["id"])
    value = opened(cipher, row["value_cipher"], number, "value")
    return _Held.of(value, row["reason"], opened(cipher, row["cells_cipher"], number, "cells"))


def _readable(row: sa.RowMapping, cipher: FieldCipher | None) -> _Held:
    """Return what can be decrypted of a reject, whatever stands beside it."""
    found: list[str | None] = []
    for field in ("value", "cells"):
        try:
            found.append(opened(cipher, row[f"{field}_cipher"], int(row["id"]), field))
        except DecryptionError:
            found.append(None)
    return _Held.of(found[0], row["reason"], found[1])


def _sealed(cipher: FieldCipher | None, value: str | None, number: int, field: str) -> bytes | None:
    if cipher is None or value is None:
        return None
    return cipher.encrypt_text(value, record=number, field=f"reject {field}")


def opened(cipher: FieldCipher | None, value: bytes | None, number: int, field: str) -> str | None:
    """Return what was encrypted of a reject; None where nothing was, or its key is gone."""
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
