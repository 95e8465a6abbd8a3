"""Wrapping all keys of a store anew, under another master key."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from creditscore.exceptions import InvalidParameterError, KeyStoreError
from creditscore.organise._store._schema import subject_keys
from creditscore.organise._store._subjects import Vault
from creditscore.protect import KeyRing


def check_ring(vault: Vault, ring: Any) -> None:
    """Check that a ring brings a new current key.

    Raises
    ------
    InvalidParameterError
        It is no ring.
    KeyStoreError
        The store has no keys, or its current version is that of the ring.
    """
    if not isinstance(ring, KeyRing):
        # what was given may be a key itself
        msg = f"The new keys of a store must be a KeyRing. Got {type(ring).__name__}."
        raise InvalidParameterError(msg)
    if vault.version is None:
        msg = "The store was made without keys, so there is nothing to wrap anew."
        raise KeyStoreError(msg)
    if ring.current == vault.version:
        msg = (
            f"The keys of the store are wrapped by version {vault.version} already. Give a ring "
            "with a new current version: ring.rotated()."
        )
        raise KeyStoreError(msg)


def rewrap(connection: sa.Connection, vault: Vault, ring: KeyRing) -> tuple[Vault, int]:
    """Wrap every key by the current version of a ring, in the transaction of the connection.

    Returns the vault under the new ring, and how many keys there are. Values stay as they are.
    O(customers) time, some tens of microseconds each.

    Raises
    ------
    DecryptionError
        A key is not what the store wrote.
    """
    after = vault.under(ring)
    kept = connection.execute(sa.select(subject_keys)).all()
    rows = [
        {
            "of_kind": row.kind,
            "of_owner": row.owner,
            "anew": after.wrap(vault.unwrap(row.wrapped, row.kind, row.owner), row.kind, row.owner),
        }
        for row in kept
    ]  # fmt: skip
    change = (
        subject_keys.update()
        .where(subject_keys.c.kind == sa.bindparam("of_kind"))
        .where(subject_keys.c.owner == sa.bindparam("of_owner"))
        .values(wrapped=sa.bindparam("anew"))
    )
    connection.execute(change, rows)
    return after, len(rows)
