"""Events about customers, of which each bears the seal of the store that wrote it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from creditscore.exceptions import StoreError
from creditscore.organise._store._schema import protections
from creditscore.organise._store._settings import is_sealed
from creditscore.organise._store._subjects import Vault

SEALED = ("id", "kind", "customer_id", "content", "recorded_at")
"""What the seal of an event is of."""
SEALS = "protections"
"""Purpose of the key of these seals."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event as it was written; its customer is None where the store does not know it."""

    number: int
    kind: str
    customer_id: int | None
    recorded_at: int
    content: dict[str, Any]


def sealed_events(connection: sa.Connection, vault: Vault, *kinds: str) -> list[Event]:
    """Return events of some kinds, in their order.

    O(events) time, 10 microseconds each.

    Raises
    ------
    StoreError
        Somebody else put one in: a consent, the end of a hold or an erasure opens what was closed,
        or hides what is there.
    """
    columns = [protections.c[name] for name in (*SEALED, "seal")]
    asked = sa.select(*columns).where(protections.c.kind.in_(kinds)).order_by(protections.c.id)
    rows, key = connection.execute(asked).all(), vault.derive(SEALS)
    for row in rows:
        if not is_sealed(row.seal, key, *row[:-1]):
            msg = (
                f"The event {row.kind!r} of number {row.id} is not sealed by the store: the table "
                "'protections' was changed by somebody else. Restore the store from a backup."
            )
            raise StoreError(msg)
    return [
        Event(
            number=row.id, kind=row.kind, customer_id=row.customer_id,
            recorded_at=row.recorded_at, content=json.loads(row.content),
        )
        for row in rows
    ]  # fmt: skip
