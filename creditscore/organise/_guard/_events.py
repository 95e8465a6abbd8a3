"""Holds, consents and requests of customers, as events of the store."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore.exceptions import DecryptionError, StoreError
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._erased import ERASED, erased_ids
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import protections
from creditscore.organise._store._sealed import SEALED, SEALS, Event, sealed_events
from creditscore.organise._store._settings import seal
from creditscore.organise._store._subjects import CUSTOMER, cipher_of, keys_of
from creditscore.organise._store._values import MASK
from creditscore.protect import (
    Consent,
    FieldCipher,
    LegalHold,
    SubjectRequest,
    canonical_json,
    effective_consents,
)

HOLD, RELEASE, CONSENT, WITHDRAWAL, REQUEST = (
    "hold", "release", "consent", "withdrawal", "request",
)  # fmt: skip
_TEXTS = {HOLD: "reason", RELEASE: "reason", CONSENT: "evidence", REQUEST: "outcome"}
"""What people write freely into an event, and so about its customer."""
GONE = "(erased)"
"""What stands in the place of such a text of a customer whose data were erased."""


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
    """Add an event, sealed by a key of the store, its text encrypted under the customer's key."""
    number, said = next_id(known.connection, protections), dict(content)
    if known.vault.has_keys and kind in _TEXTS and customer is not None:
        keys = keys_of(known.connection, known.vault, CUSTOMER, [customer])
        said = without_text(said, kind, number, keys.get(customer))
    row = {
        "id": number, "kind": kind, "customer_id": customer,
        "content": canonical_json(said), "recorded_at": at, "recorded_by": by,
    }  # fmt: skip
    row["seal"] = seal(known.vault.derive(SEALS), *(row[name] for name in SEALED))
    known.connection.execute(protections.insert().values(**row))


def without_text(
    content: Mapping[str, Any], kind: str, number: int, key: bytes | None
) -> dict[str, Any]:
    """Return the content of an event with its text encrypted for its place; without a key, gone.

    Kind and days stay in the clear, and what a consent is to: the database asks for that.
    """
    said, name = dict(content), _TEXTS.get(kind, "")
    text = said.get(name)
    if isinstance(text, str) and text:
        said[name] = GONE
        if key is not None:
            sealed = cipher_of(key).encrypt_text(text, record=number, field=f"{kind} {name}")
            said[name] = {"cipher": base64.b64encode(sealed).decode()}
    return said


@dataclass(frozen=True, kw_only=True)
class _Texts:
    """What opens the texts of events."""

    gone: Set[int]
    ciphers: Mapping[int, FieldCipher]

    @classmethod
    def of(cls, known: Customers, events: Sequence[Event]) -> Self:
        """Read the keys of those who have an event whose text is encrypted."""
        gone = erased_ids(known.connection)
        owners = {event.customer_id for event in events if isinstance(_text_of(event), dict)}
        asked = sorted(owner for owner in owners if owner is not None and owner not in gone)
        keys = keys_of(known.connection, known.vault, CUSTOMER, asked)
        lost = next((owner for owner in asked if owner not in keys), None)
        if lost is not None:
            msg = (
                f"What was written of customer {lost} cannot be decrypted, and its data were not "
                "erased: rows of subject_keys were deleted. Restore the store from a backup."
            )
            raise DecryptionError(msg)
        return cls(gone=gone, ciphers={owner: cipher_of(key) for owner, key in keys.items()})

    def shown(self, event: Event) -> str:
        """Return the text of an event that has one; that of a release before lies in the clear."""
        said = _text_of(event)
        if event.customer_id in self.gone:
            return GONE
        if isinstance(said, str) or event.customer_id is None:
            return str(said)
        sealed, field = base64.b64decode(said["cipher"]), f"{event.kind} {_TEXTS[event.kind]}"
        return self.ciphers[event.customer_id].decrypt_text(
            sealed, record=event.number, field=field
        )


def _text_of(event: Event) -> Any:
    return event.content.get(_TEXTS.get(event.kind, ""))


def plain(value_object: Any) -> dict[str, Any]:
    """Return the entries of a frozen value but its customer, as JSON holds them."""
    entries = {entry.name: getattr(value_object, entry.name) for entry in fields(value_object)}
    del entries["subject"]
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in entries.items()
        if value is not None
    }


def _events(
    known: Customers, *kinds: str, with_texts: bool = True
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield kind, customer and content of events of customers of the store, in their order.

    Raises
    ------
    DecryptionError
        A key is missing though nobody was erased.
    """
    events = sealed_events(known.connection, known.vault, *kinds)
    numbered = [(event.customer_id, event) for event in events if event.customer_id is not None]
    names = known.names(number for number, _ in numbered)
    texts = _Texts.of(known, events) if with_texts else None
    for number, event in numbered:
        content = {"recorded": event.recorded_at, **event.content}
        if _text_of(event):
            content[_TEXTS[event.kind]] = MASK if texts is None else texts.shown(event)
        yield event.kind, names[number], content


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


def read_consents(known: Customers, *, with_evidence: bool = True) -> tuple[Consent, ...]:
    """Return all consents, with what withdrawals end of them, and erasures.

    Who asks only whether they hold does not have their evidence decrypted, which is masked then.
    """
    events = _events(known, CONSENT, WITHDRAWAL, ERASED, with_texts=with_evidence)
    found: dict[tuple[str, str], list[Consent]] = {}
    gone: dict[str, pd.Timestamp] = {}
    for kind, customer, content in events:
        recorded = content.pop("recorded")
        if kind == ERASED:
            gone[customer] = pd.Timestamp(recorded, unit="us", tz="UTC")
            continue
        mine = found.setdefault((customer, content["purpose"]), [])
        if kind == CONSENT:
            mine.append(Consent(subject=customer, **content))
            continue
        at = content["at"]
        mine[:] = [one.withdrawn(at) if one.holds_at(at) else one for one in mine]
    for (customer, _), mine in found.items():
        if customer in gone:
            mine[:] = [_erased(one, gone[customer]) for one in mine]
    return effective_consents(consent for mine in found.values() for consent in mine)


def _erased(consent: Consent, at: pd.Timestamp) -> Consent:
    """Return a consent that covers nothing from an erasure on, one that was to begin later too."""
    ended = consent.withdrawn_at is not None and consent.withdrawn_at <= at
    return consent if ended else consent.withdrawn(max(at, pd.Timestamp(consent.given_at)))


def read_requests(known: Customers) -> tuple[SubjectRequest, ...]:
    """Return all requests, each as it was last recorded."""
    found: dict[tuple[str, ...], SubjectRequest] = {}
    for _, customer, content in _events(known, REQUEST):
        del content["recorded"]
        request = SubjectRequest(subject=customer, **content)
        found[customer, request.kind, request.law, request.received_on] = request
    return tuple(found.values())
