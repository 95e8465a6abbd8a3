"""The values of facts: numbers, texts, and what must be decrypted first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.collect import Item
from creditscore.exceptions import DecryptionError
from creditscore.organise._store._bulk import fetch_columns
from creditscore.organise._store._finding import Found
from creditscore.organise._store._schema import erasures, observations
from creditscore.organise._store._scope import Batches, Scope, conditions, names_customers
from creditscore.organise._store._subjects import (
    CUSTOMER,
    EVIDENCE,
    Vault,
    as_bytes,
    cipher_of,
    keys_of,
)

MASK = "•••"
"""What stands in the place of a value that may be seen masked only."""
_FEW = 2000
"""Rows that are fetched by their numbers."""
_Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Values:
    """Numbers (NaN where there is none) and texts (None where there is none) of facts."""

    number: Float1D
    text: _Objects


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads values: what the items are, and which of them are masked."""

    items: Mapping[int, Item]
    masked: frozenset[str]
    vault: Vault

    def read(self, connection: sa.Connection, scope: Scope, found: Found) -> Values:
        """Return the values of facts, which are all within the scope.

        What was encrypted is decrypted, a few microseconds each. Values of customers whose key
        was destroyed by an erasure are missing.

        Raises
        ------
        DecryptionError
            A value was altered or moved, or lies in the clear where it is protected, or a key is
            missing though nobody was erased.
        """
        n = len(found)
        number, text = np.full(n, np.nan), np.full(n, None, dtype=object)
        plain, sealed, hidden = self._ways(found.item)
        of_number = plain & self._are(found.item, "number", "flag")
        number[of_number] = found.number[of_number]
        text[hidden] = MASK
        wanted = (plain & ~of_number) | sealed
        if wanted.any():
            self._fill(connection, scope, found, wanted, number, text)
        return Values(number=number, text=text)

    def _are(self, item: Int1D, *kinds: str) -> Bool1D:
        return np.isin(item, [n for n, known in self.items.items() if known.kind in kinds])

    def _ways(self, item: Int1D) -> tuple[Bool1D, Bool1D, Bool1D]:
        """Tell which rows are plain, which encrypted, which masked."""
        hidden = np.isin(item, [n for n, known in self.items.items() if known.name in self.masked])
        guarded = np.isin(item, [n for n, known in self.items.items() if known.is_protected])
        return ~hidden & ~guarded, guarded & ~hidden, hidden

    def _fill(
        self, connection: sa.Connection, scope: Scope, found: Found, wanted: Bool1D,
        number: Float1D, text: _Objects,
    ) -> None:  # fmt: skip
        rows = np.flatnonzero(wanted)
        rows = rows[np.argsort(found.facts.id[rows])]
        ids = found.facts.id[rows]
        wanted_items = tuple(np.unique(found.item[rows]).tolist())
        guarded = any(self.items[number].is_protected for number in wanted_items)
        wider = scope.of_items(wanted_items).over(found.owner[rows])
        columns = _fetched(connection, wider, ids, sealed=guarded)
        place = np.minimum(np.searchsorted(ids, columns["id"]), len(ids) - 1)
        there = ids[place] == columns["id"]
        at = rows[place[there]]
        texts, ciphers = columns["text"][there], columns["cipher"][there]
        _, sealed, _ = self._ways(found.item[at])
        # what stands beside a cipher was put there by somebody else
        text[at[~sealed]] = texts[~sealed]
        if sealed.any():
            self._check_sealed(found.item[at[sealed]], ciphers[sealed])
            self._decrypt(connection, found, at[sealed], ciphers[sealed], number, text)

    def _check_sealed(self, item: Int1D, ciphers: _Objects) -> None:
        """Check that protected values are encrypted, for a load leaves none without a cipher.

        SQLite keeps whatever is put into a column: a text is no cipher.
        """
        bare = item[np.array([not isinstance(one, bytes) for one in ciphers], dtype=bool)]
        if len(bare):
            name = self.items[int(bare[0])].name
            msg = (
                f"Protected values of {name!r} are not encrypted in {len(bare):,} row(s), and the "
                "store keeps none like this: rows of observations were changed. Restore the store "
                "from a backup."
            )
            raise DecryptionError(msg)

    def evidence(self, connection: sa.Connection, found: Found, sealed: _Objects) -> _Objects:
        """Return the evidence that is encrypted, None where there is none.

        That of masked items is masked, and that of customers without a key is empty.
        """
        text = np.full(len(found), None, dtype=object)
        rows = np.flatnonzero([cipher is not None for cipher in sealed])
        keys = keys_of(connection, self.vault, CUSTOMER, np.unique(found.owner[rows]).tolist())
        ciphers = {owner: cipher_of(key) for owner, key in keys.items()}
        for row in rows.tolist():
            cipher = ciphers.get(int(found.owner[row]))
            if self.items[int(found.item[row])].name in self.masked:
                text[row] = MASK
            elif cipher is not None:
                where = int(found.facts.id[row])
                kept = as_bytes(sealed[row], "The evidence of a fact", "observations")
                text[row] = cipher.decrypt_text(kept, record=where, field=EVIDENCE)
        return text

    def _decrypt(
        self, connection: sa.Connection, found: Found, rows: Int1D, sealed: _Objects,
        number: Float1D, text: _Objects,
    ) -> None:  # fmt: skip
        owners = np.unique(found.owner[rows])
        keys = keys_of(connection, self.vault, CUSTOMER, owners.tolist())
        lacking = [int(owner) for owner in owners if int(owner) not in keys]
        if lacking:
            _check_erased(connection, lacking)
        by_owner = np.argsort(found.owner[rows], kind="stable")
        last, cipher = -1, None
        for place in by_owner.tolist():
            row = int(rows[place])
            owner = int(found.owner[row])
            if owner != last:
                last = owner
                cipher = cipher_of(keys[owner]) if owner in keys else None
            if cipher is None:
                continue
            item = self.items[int(found.item[row])]
            where = {"record": int(found.facts.id[row]), "field": item.name}
            if item.kind in ("number", "flag"):
                number[row] = cipher.decrypt_number(sealed[place], **where)  # type: ignore[arg-type]
            else:
                text[row] = cipher.decrypt_text(sealed[place], **where)  # type: ignore[arg-type]


def _fetched(
    connection: sa.Connection, scope: Scope, ids: Int1D, *, sealed: bool
) -> dict[str, Any]:
    rows = observations.c
    # who may read no protected item has no right to the column in PostgreSQL
    cipher = rows.cipher if sealed else sa.null().label("cipher")
    select = sa.select(rows.id, rows.text, cipher)
    made = Batches.read(connection)
    are_few = len(ids) <= _FEW
    where = [rows.id.in_(ids.tolist())] if are_few else conditions(scope, made)
    return fetch_columns(
        connection, select.where(*where), {"id": np.int64, "text": object, "cipher": object},
        by_index=are_few or names_customers(scope, made),
    )  # fmt: skip


def _check_erased(connection: sa.Connection, owners: list[int]) -> None:
    """Check that customers without a key were erased, and did not lose it otherwise."""
    gone = set(connection.execute(sa.select(erasures.c.customer_id)).scalars())
    lost = sum(owner not in gone for owner in owners)
    if lost:
        msg = (
            f"The keys of {lost:,} customer(s) are missing, and they were not erased: rows of "
            "subject_keys were deleted. Restore the store from a backup."
        )
        raise DecryptionError(msg)
