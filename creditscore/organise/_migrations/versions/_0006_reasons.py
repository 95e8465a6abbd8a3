"""Reasons of rejected rows, which may quote a cell, encrypted with the rows, or not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from creditscore._cells import NO_TEXT
from creditscore.exceptions import DecryptionError
from creditscore.organise._migrations._vault import vault_of
from creditscore.organise._store._erased import OF_ERASED
from creditscore.organise._store._guards import guard_tables, unguard_tables
from creditscore.organise._store._rejecting import NOT_KEPT, opened, sealed_cells
from creditscore.organise._store._subjects import REJECTS, Vault, cipher_of, keys_of
from creditscore.protect import FieldCipher

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WITH_CUSTOMER = NO_TEXT
"""What cells began with that were encrypted with their customer."""
_AT_ONCE = 10_000


def upgrade() -> None:
    """Change rows in their place; what a load said of customers that were erased quotes nothing."""
    connection = op.get_bind()
    vault = vault_of(connection)
    if vault is None:
        return
    unguard_tables(connection, ["rejects"])
    if vault.has_keys:
        _hide_reasons(connection, vault)
    else:
        change = "UPDATE rejects SET reason = :told WHERE is_protected"
        connection.execute(sa.text(change), {"told": NOT_KEPT})
    guard_tables(connection, ["rejects"])


def downgrade() -> None:
    """Refuse: what was written of customers would lie open again."""
    msg = "What protects customers is not taken out again. Restore a backup from before."
    raise NotImplementedError(msg)


def _hide_reasons(connection: sa.Connection, vault: Vault) -> None:
    """Encrypt the reason of each row with its cells; of rows that were erased, it goes."""
    change = sa.text("UPDATE rejects SET reason = '', cells_cipher = :cells WHERE id = :number")
    for part in _parts(connection):
        keys = keys_of(connection, vault, REJECTS, [row["id"] for row in part])
        rows = []
        for row in part:
            key, cells = keys.get(row["id"]), row["cells_cipher"]
            if key is not None:
                cells = _with_reason(cipher_of(key), **row)
            rows.append({"number": row["id"], "cells": cells})
        connection.execute(change, rows)


def _with_reason(cipher: FieldCipher, *, id: int, reason: str, cells_cipher: Any) -> Any:  # noqa: A002
    """Return the cells with their customer and reason; what was altered stays as it is."""
    try:
        whole = opened(cipher, cells_cipher, id, "cells")
    except DecryptionError:
        return cells_cipher
    customer, cells = "", whole
    if whole is not None and whole.startswith(_WITH_CUSTOMER):
        customer, cells = json.loads(whole.removeprefix(_WITH_CUSTOMER))
    return sealed_cells(cipher, id, customer=customer, cells=cells, reason=reason)


def _parts(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """Yield rows in the order of their numbers, but those that a load refused."""
    asked = sa.text(
        "SELECT id, reason, cells_cipher FROM rejects WHERE id > :last AND reason <> :refused "
        "ORDER BY id LIMIT :n"
    )
    last = 0
    while found := connection.execute(
        asked, {"last": last, "refused": OF_ERASED, "n": _AT_ONCE}
    ).mappings().all():  # fmt: skip
        yield [dict(row) for row in found]
        last = int(found[-1]["id"])
