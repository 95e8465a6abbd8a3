"""Customers whose data were erased, and facts that nobody reads any more."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Self

import numpy as np
import sqlalchemy as sa

from creditscore._typing import Bool1D, Int1D
from creditscore.exceptions import StoreError
from creditscore.organise._store._alike import ALIKE
from creditscore.organise._store._schema import ITEM_PLACES, erasures, items
from creditscore.organise._store._sealed import sealed_events
from creditscore.organise._store._subjects import Vault

ERASED, EXPIRED, ELSEWHERE = "erased", "expired", "erased elsewhere"
REJECTS_OF = "rejects"
"""Entry of the event of an erasure: digests of rejected rows that were erased with it."""
DIGEST = "digest"
"""Entry of the event of an erasure: that of the name, by which the customer is known again.

Events of releases before this one lack it.
"""
OF_ERASED = "is of a customer whose data were erased"
"""Why a load refuses an observation."""
REGISTER = "erasure register"
"""Purpose of the key of registers of erasures."""
PSEUDONYM = re.compile(r"erased:([1-9][0-9]{0,17})")


def pseudonym(number: int) -> str:
    """Return what takes the place of the name of an erased customer."""
    return f"erased:{number}"


def erased_ids(connection: sa.Connection) -> set[int]:
    """Return the numbers of customers whose data were erased.

    Raises
    ------
    StoreError
        One is no number: SQLite keeps whatever is put into a column.
    """
    found = set(connection.execute(sa.select(erasures.c.customer_id)).scalars())
    if not all(type(number) is int for number in found):
        msg = (
            "The customer of an erasure is no number: the table 'erasures' was changed by somebody "
            "else. Restore the store from a backup."
        )
        raise StoreError(msg)
    return found


@dataclass(frozen=True, kw_only=True)
class Traces:
    """Digests that erasures left, by which rejected rows that come again are known.

    Attributes
    ----------
    rows : set of str
        Of rows that were erased with their customers.
    names : set of str
        Of names, as :func:`alike_digest` makes them.
    """

    rows: Set[str]
    names: Set[str]

    @classmethod
    def read(cls, connection: sa.Connection, vault: Vault) -> Self | None:
        """Read them; None where nobody was erased, here or before a backup was restored."""
        events = sealed_events(connection, vault, ERASED, ELSEWHERE)
        if not events and not erased_ids(connection):
            return None
        rows = {digest for event in events for digest in event.content.get(REJECTS_OF, ())}
        names = {event.content[ALIKE] for event in events if ALIKE in event.content}
        return cls(rows=rows, names=names)


def erased_digests(connection: sa.Connection, vault: Vault) -> dict[int | None, bytes]:
    """Return the digests of the names of customers whose data were erased, by their numbers."""
    events = sealed_events(connection, vault, ERASED)
    told = ((event.customer_id, event.content.get(DIGEST)) for event in events)
    return {number: bytes.fromhex(digest) for number, digest in told if digest is not None}


@dataclass(frozen=True, kw_only=True, eq=False)
class Unread:
    """What is left out of every answer, whichever instant it is about.

    Attributes
    ----------
    owners : ndarray of int
        Customers whose data were erased.
    kept : ndarray of int
        Customer and item, as one number, that are read of them all the same.
    expired : ndarray of int
        Observations whose time is over.
    """

    owners: Int1D
    kept: Int1D
    expired: Int1D

    @classmethod
    def read(cls, connection: sa.Connection, vault: Vault) -> Self:
        """Read what was erased, and what of it is kept; errors as of :func:`sealed_events`."""
        events = sealed_events(connection, vault, ERASED, EXPIRED)
        numbers: dict[str, int] = {}
        if any(event.kind == ERASED for event in events):
            named = connection.execute(sa.select(items.c.name, items.c.id))
            numbers = {str(name): number for name, number in named}
        kept: set[int] = set()
        expired: list[int] = []
        for event in events:
            if event.kind == EXPIRED:
                expired += event.content["observations"]
            elif event.customer_id is not None:
                found = (numbers[name] for name in event.content["kept"] if name in numbers)
                kept.update(event.customer_id * ITEM_PLACES + number for number in found)
        return cls(
            owners=_sorted(erased_ids(connection)), kept=_sorted(kept), expired=_sorted(expired)
        )

    def keeps(self, owner: Int1D, item: Int1D, number: Int1D) -> Bool1D:
        """Tell which facts are read."""
        keep: Bool1D = np.ones(len(owner), dtype=bool)
        if len(self.owners):
            gone = np.isin(owner, self.owners)
            keep &= ~gone | np.isin(owner * ITEM_PLACES + item, self.kept)
        if len(self.expired):
            keep &= ~np.isin(number, self.expired)
        return keep


def _sorted(numbers: Sequence[int] | set[int]) -> Int1D:
    return np.array(sorted(numbers), dtype=np.int64)
