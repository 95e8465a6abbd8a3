"""Holds, consents and requests of customers, as events of the store."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import sqlalchemy as sa

from creditscore.exceptions import StoreError
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import protections
from creditscore.organise._store._settings import is_sealed, seal
from creditscore.protect import (
    Consent,
    LegalHold,
    SubjectRequest,
    canonical_json,
    effective_consents,
)

HOLD, RELEASE, CONSENT, WITHDRAWAL, REQUEST = (
    "hold", "release", "consent", "withdrawal", "request",
)  # fmt: skip
SEALED = ("id", "kind", "customer_id", "content", "recorded_at")
"""What the seal of an event is of."""
SEALS = "protections"
"""Purpose of the key of these seals."""


def day_of(instant: int) -> str:
    """Return the day of UTC of an instant of the store."""
    return str(np.datetime64(instant, "us").astype("datetime64[D]"))


def customer_id(known: Customers, customer: Any) -> int:
    """Return the number of a customer.

    Raises
    ------
    StoreError
        There is no such customer; it is not named, for the message may be kept.
    ErasedSubjectError
        Its data were erased.
    """
    name = str(customer)
    found = known.present([name])
    if name not in found:
        msg = "There is no such customer in the store. Check its name."
        raise StoreError(msg)
    return found[name]


def add_event(
    known: Customers, kind: str, customer: int | None, content: Mapping[str, Any],
    *, at: int, by: str,
) -> None:  # fmt: skip
    """Add an event, sealed by a key of the store."""
    row = {
        "id": next_id(known.connection, protections), "kind": kind, "customer_id": customer,
        "content": canonical_json(dict(content)), "recorded_at": at, "recorded_by": by,
    }  # fmt: skip
    row["seal"] = seal(known.vault.derive(SEALS), *(row[name] for name in SEALED))
    known.connection.execute(protections.insert().values(**row))


def plain(value_object: Any) -> dict[str, Any]:
    """Return the entries of a frozen value but its customer, as JSON holds them."""
    entries = {entry.name: getattr(value_object, entry.name) for entry in fields(value_object)}
    del entries["subject"]
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in entries.items()
        if value is not None
    }


def _events(known: Customers, *kinds: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield kind, customer and content of events, in their order.

    Raises
    ------
    StoreError
        Somebody else put one in: a consent or the end of a hold opens what was closed.
    """
    columns = [protections.c[name] for name in (*SEALED, "seal")]
    asked = sa.select(*columns).where(protections.c.kind.in_(kinds)).order_by(protections.c.id)
    rows, key = known.connection.execute(asked).all(), known.vault.derive(SEALS)
    for row in rows:
        if not is_sealed(row.seal, key, *row[:-1]):
            msg = (
                f"The {row.kind} of number {row.id} is not sealed by the store: the table "
                "'protections' was changed by somebody else. Restore the store from a backup."
            )
            raise StoreError(msg)
    names = known.names(row.customer_id for row in rows)
    for row in rows:
        content = json.loads(row.content)
        yield row.kind, names[row.customer_id], {"recorded": row.recorded_at, **content}


def read_holds(known: Customers) -> tuple[LegalHold, ...]:
    """Return all holds; one that was released on its first day never held, and is left out."""
    found: dict[str, list[LegalHold]] = {}
    for kind, customer, content in _events(known, HOLD, RELEASE):
        recorded = content.pop("recorded")
        mine = found.setdefault(customer, [])
        if kind == HOLD:
            mine.append(LegalHold(subject=customer, **content))
            continue
        day = day_of(recorded)
        mine[:] = [_released(hold, day) for hold in mine if hold.starts_on < day]
    return tuple(hold for mine in found.values() for hold in mine)


def _released(hold: LegalHold, day: str) -> LegalHold:
    return hold if hold.ends_on is not None and hold.ends_on <= day else hold.released(day)


def read_consents(known: Customers) -> tuple[Consent, ...]:
    """Return all consents, with what withdrawals end of them."""
    found: dict[tuple[str, str], list[Consent]] = {}
    for kind, customer, content in _events(known, CONSENT, WITHDRAWAL):
        del content["recorded"]
        mine = found.setdefault((customer, content["purpose"]), [])
        if kind == CONSENT:
            mine.append(Consent(subject=customer, **content))
            continue
        at = content["at"]
        mine[:] = [one.withdrawn(at) if one.holds_at(at) else one for one in mine]
    return effective_consents(consent for mine in found.values() for consent in mine)


def read_requests(known: Customers) -> tuple[SubjectRequest, ...]:
    """Return all requests, each as it was last recorded."""
    found: dict[tuple[str, ...], SubjectRequest] = {}
    for _, customer, content in _events(known, REQUEST):
        del content["recorded"]
        request = SubjectRequest(subject=customer, **content)
        found[customer, request.kind, request.law, request.received_on] = request
    return tuple(found.values())
