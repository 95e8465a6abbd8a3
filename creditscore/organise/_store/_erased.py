"""Customers whose data were erased, and facts that nobody reads any more."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import sqlalchemy as sa

from creditscore._typing import Bool1D, Int1D
from creditscore.organise._store._schema import ITEM_PLACES, erasures, items, protections

ERASED, EXPIRED, ELSEWHERE = "erased", "expired", "erased elsewhere"
REGISTER = "erasure register"
"""Purpose of the key of registers of erasures."""
PSEUDONYM = re.compile(r"erased:([1-9][0-9]{0,17})")


def pseudonym(number: int) -> str:
    """Return what takes the place of the name of an erased customer."""
    return f"erased:{number}"


def erased_ids(connection: sa.Connection) -> set[int]:
    """Return the numbers of customers whose data were erased."""
    return set(connection.execute(sa.select(erasures.c.customer_id)).scalars())


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
    def read(cls, connection: sa.Connection) -> Self:
        """Read what was erased, and what of it is kept."""
        told = sa.select(protections.c.kind, protections.c.customer_id, protections.c.content)
        rows = connection.execute(told.where(protections.c.kind.in_((ERASED, EXPIRED)))).all()
        numbers: dict[str, int] = {}
        if any(kind == ERASED for kind, *_ in rows):
            named = connection.execute(sa.select(items.c.name, items.c.id))
            numbers = {str(name): number for name, number in named}
        kept: set[int] = set()
        expired: list[int] = []
        for kind, customer, content in rows:
            entries = json.loads(content)
            if kind == EXPIRED:
                expired += entries["observations"]
                continue
            found = (numbers[name] for name in entries["kept"] if name in numbers)
            kept.update(customer * ITEM_PLACES + number for number in found)
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
