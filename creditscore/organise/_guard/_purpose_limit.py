"""Of which persons the purpose of a reader covers nothing, since they gave no consent to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NoReturn

import numpy as np
import sqlalchemy as sa

from creditscore._typing import Int1D
from creditscore._warn import warn_user
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import AccessDeniedError, WithheldValuesWarning
from creditscore.organise._guard._events import read_consents
from creditscore.organise._store import _clock
from creditscore.organise._store._access import Desk
from creditscore.organise._store._choice import chosen
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._finding import find
from creditscore.organise._store._names import item_numbers
from creditscore.organise._store._scope import Scope, merges, once_of, with_merged
from creditscore.organise._store._values import Reader
from creditscore.protect import uncovered

KIND = "customer_kind"


def limited(
    known: Customers, desk: Desk, catalogue: ItemCatalogue, scope: Scope, *,
    guarded: tuple[int, ...], named: bool,
) -> tuple[Scope, set[str]]:  # fmt: skip
    """Return a question without guarded items of persons whom the purpose does not cover.

    Also the names of those of them who are asked for by name: :func:`refuse` the question then.

    Warns
    -----
    WithheldValuesWarning
        Values of such persons are left out.
    """
    purposes = () if desk.plan is None else desk.plan.purposes
    purpose = next((p for p in purposes if p.name == desk.actor.purpose), None)
    if purpose is None or not purpose.needs_consent or not guarded:
        return scope, set()
    persons = persons_of(known, desk, catalogue, _read(known.connection, scope))
    at = dt.datetime.fromtimestamp(_clock.now() / 1e6, dt.UTC)
    consents = read_consents(known, with_evidence=False)
    lacking = set(uncovered(consents, persons.values(), purpose, at))
    numbers = tuple(n for n, name in persons.items() if name in lacking)
    if numbers and named:
        return scope, {persons[n] for n in numbers}
    if numbers:
        msg = (
            f"Protected values of {len(numbers):,} customer(s) are left out: they gave no consent "
            f"to the purpose {purpose.name!r}, or withdrew it."
        )
        warn_user(msg, WithheldValuesWarning)
    return scope.without(numbers, guarded), set()


def refuse(desk: Desk, persons: Collection[str]) -> NoReturn:
    """Record that persons were asked for whom the purpose does not cover.

    The record is a transaction of its own, so that of the question has to be over: where a file
    has no write-ahead log, as a backup has none, one would wait for the other.

    Raises
    ------
    AccessDeniedError
        Always.
    """
    purpose = desk.actor.purpose
    msg = (
        f"{desk.actor.name} was denied 'read' of protected items of {len(persons):,} "
        f"customer(s): they gave no consent to the purpose {purpose!r}, or withdrew it."
    )
    details = {"asked": "read", "why": f"no consent to {purpose}"}
    desk.trail().append(desk.actor, "denied", details, subjects=sorted(persons))
    raise AccessDeniedError(msg)


def _read(connection: sa.Connection, scope: Scope) -> Int1D | None:
    """Return the customers that a question reads, those that were merged into them among them."""
    if scope.customers is None or not scope.resolve:
        return scope.customers
    return with_merged(scope.customers, merges(connection, scope))


def persons_of(
    known: Customers, desk: Desk, catalogue: ItemCatalogue, asked: Int1D | None
) -> dict[int, str]:
    """Return number and name of customers that are not known to be enterprises."""
    kinds = kinds_of(known.connection, desk, catalogue, asked)
    ids = known.ids() if asked is None else asked.tolist()
    return known.names(n for n in ids if kinds.get(n) != "enterprise")


def kinds_of(
    connection: sa.Connection, desk: Desk, catalogue: ItemCatalogue, asked: Int1D | None
) -> dict[int, str]:
    """Return what kind of customer each is known to be."""
    number = item_numbers(connection, [KIND]).get(KIND)
    if number is None or KIND not in catalogue:
        return {}
    today = int(_clock.day_of(np.array(_clock.now())))
    items = {number: catalogue[KIND]}
    scope = Scope(items=(number,), customers=asked, as_of=today, once=once_of(items))
    found = find(desk.customers(connection), scope)
    found = found.rows(chosen(found.facts, today))
    reader = Reader(items=items, masked=frozenset(), vault=desk.vault)
    values = reader.read(connection, scope, found)
    return dict(zip(found.owner.tolist(), map(str, values.text), strict=True))
