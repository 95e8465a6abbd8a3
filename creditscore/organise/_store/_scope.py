"""Which facts a question is about: items, customers, days, and what was known when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from creditscore._typing import Bool1D, Int1D
from creditscore.collect import Item
from creditscore.organise._store._clock import END
from creditscore.organise._store._engine import is_sqlite
from creditscore.organise._store._erased import erased_ids
from creditscore.organise._store._schema import (
    ITEM_PLACES,
    batches,
    customers,
    links,
    observations,
    retractions,
)

_LEAST_NAMED, _MOST_NAMED = 1000, 20_000
"""Customers that a statement names whatever the share of them, and at most.

Of more than a tenth of all a pass over the rows is faster; they are looked up in what it finds.
"""
_MOST_INTO = 1000
"""Links in a row that are followed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scope:
    """What is asked for, in numbers of the store.

    Attributes
    ----------
    items : tuple of int
        Items.
    customers : ndarray of int, optional
        Customers; all without. Where merged ones are read as one, those that they lead into.
    as_of : int
        Last day from which facts may be true.
    known_at, recorded_by : int
        Last instants at which facts were known, and at which they were recorded.
    resolve : bool
        Whether merged customers are read as one.
    uncovered : tuple of int
        Customers of whom the purpose of the reader covers none of the guarded items.
    guarded : tuple of int
        Those items.
    with_retracted : bool
        Whether those that were taken back are among the facts.
    once : tuple of int
        Those of the items that happen once: of them all days are wanted, for of two versions the
        later one counts, though it may be true from after `as_of`.
    """

    items: tuple[int, ...]
    customers: Int1D | None = None
    as_of: int = END
    known_at: int = END
    recorded_by: int = END
    resolve: bool = False
    uncovered: tuple[int, ...] = ()
    guarded: tuple[int, ...] = ()
    with_retracted: bool = False
    once: tuple[int, ...] = ()

    def without(self, customers: tuple[int, ...], items: tuple[int, ...]) -> Scope:
        """Return the same without some items of some customers."""
        return replace(self, uncovered=customers, guarded=items)

    def over(self, owners: Int1D) -> Scope:
        """Return the same over customers under whose numbers facts were found.

        Where customers were merged, these are more than those that were asked for.
        """
        return self if self.customers is None else replace(self, customers=np.unique(owners))

    def of_items(self, items: tuple[int, ...]) -> Scope:
        """Return the same of some of the items."""
        return replace(self, items=items, once=tuple(n for n in self.once if n in set(items)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Batches:
    """When each batch was recorded; the place of an entry is the number of the batch.

    `n_named` is how many customers a statement names, by how many there are.
    """

    recorded: Int1D
    is_backfill: Bool1D
    n_named: int

    @classmethod
    def read(cls, connection: sa.Connection) -> Batches:
        """Read them; numbers and instants grow together."""
        rows = connection.execute(
            sa.select(batches.c.id, batches.c.recorded_at, batches.c.is_backfill)
        ).all()
        n = max((row[0] for row in rows), default=0) + 1
        recorded = np.full(n, END)
        backfill = np.zeros(n, dtype=bool)
        for number, at, is_backfill in rows:
            recorded[number], backfill[number] = at, is_backfill
        n_customers = connection.execute(sa.select(sa.func.max(customers.c.id))).scalar() or 0
        n_named = min(max(_LEAST_NAMED, n_customers // 10), _MOST_NAMED)
        return cls(recorded=recorded, is_backfill=backfill, n_named=n_named)

    @property
    def is_there(self) -> Bool1D:
        """Whether there is a batch of each number."""
        return self.recorded < END

    @property
    def last(self) -> int:
        """The number of the last batch, 0 where there is none."""
        return len(self.recorded) - 1

    def last_by(self, instant: int) -> int:
        """Return the last batch that was recorded by an instant, 0 where there is none."""
        found = np.flatnonzero(self.recorded[1:] <= instant)
        return int(found[-1]) + 1 if len(found) else 0

    def known(self, batch: Int1D, collected: Int1D | None) -> Int1D:
        """Return the instant from which rows of batches were known."""
        known = self.recorded[batch]
        if collected is None:
            return known
        return np.where(self.is_backfill[batch], np.minimum(collected, known), known)


def names_customers(scope: Scope, made: Batches) -> bool:
    """Tell whether conditions name the customers, so that an index finds their rows."""
    return scope.customers is not None and len(scope.customers) <= made.n_named


def conditions(scope: Scope, made: Batches) -> list[sa.ColumnElement[bool]]:
    """Return what rows must fulfil, as conditions of SQL that hold nothing but numbers."""
    rows = observations.c
    found: list[sa.ColumnElement[bool]] = [rows.item_id.in_(sorted(scope.items))]
    if scope.customers is not None and names_customers(scope, made):
        found.append(rows.customer_id.in_(sorted(map(int, scope.customers))))
    if scope.as_of < END:
        begun: sa.ColumnElement[bool] = rows.true_from <= scope.as_of
        found.append(sa.or_(begun, rows.item_id.in_(scope.once)) if scope.once else begun)
    at_once, of_old = _known_batches(scope, made)
    # rows of batches that are not there are found as well, and refused then
    known = sa.or_(rows.batch_id <= at_once, rows.batch_id > made.last)
    if len(of_old):
        earlier = (rows.collected_at <= scope.known_at) & rows.batch_id.in_(of_old.tolist())
        known = sa.or_(known, earlier)
    found.append(known)
    return found


def fit(scope: Scope, made: Batches, columns: Mapping[str, npt.NDArray[Any]]) -> Bool1D:
    """Tell which rows fulfil the conditions, but for customers, who are looked up later."""
    at_once, of_old = _known_batches(scope, made)
    item = columns["place"] % ITEM_PLACES
    keep = are_of(scope.items, item)
    if scope.as_of < END:
        begun = columns["true_from"] <= scope.as_of
        keep &= begun | are_of(scope.once, item) if scope.once else begun
    known = (columns["batch"] <= at_once) | (columns["batch"] > made.last)
    if len(of_old):
        known |= np.isin(columns["batch"], of_old) & (columns["collected"] <= scope.known_at)
    return keep & known


def are_of(items: tuple[int, ...], item: Int1D) -> Bool1D:
    """Tell which numbers of items are among some."""
    wanted = np.zeros(ITEM_PLACES, dtype=bool)
    wanted[[number for number in items if number > 0]] = True
    found: Bool1D = wanted[item]
    return found


def once_of(items: Mapping[int, Item]) -> tuple[int, ...]:
    """Return the numbers of the items that happen once."""
    return tuple(number for number, item in items.items() if number > 0 and item.once)


def _known_batches(scope: Scope, made: Batches) -> tuple[int, Int1D]:
    """Return the last batch that was known by its record, and later ones brought in as history."""
    at_once = made.last_by(min(scope.known_at, scope.recorded_by))
    of_old = np.flatnonzero(made.is_backfill[: made.last_by(scope.recorded_by) + 1])
    return at_once, of_old[of_old > at_once]


def retracted(connection: sa.Connection, scope: Scope) -> Int1D:
    """Return the numbers of observations that were retracted by then.

    History that was brought in is known from before its record, where nobody knew it: what was
    wrong in it leaves that past as well, for whoever does not ask for what was recorded by then.
    """
    if scope.with_retracted:
        return np.empty(0, dtype=np.int64)
    recorded = retractions.c.recorded_at
    gone = sa.select(retractions.c.observation_id).where(recorded <= scope.recorded_by)
    if scope.known_at < scope.recorded_by:
        of_old = sa.exists().where(
            observations.c.id == retractions.c.observation_id,
            batches.c.id == observations.c.batch_id,
            batches.c.is_backfill,
        )
        gone = gone.where(sa.or_(recorded <= scope.known_at, of_old))
    return np.array(connection.execute(gone).scalars().all(), dtype=np.int64)


def merges(connection: sa.Connection, scope: Scope) -> dict[int, int]:
    """Return into which customer each merged one leads, where a question reads them as one.

    Whom the reader may not see nobody is read as: that may be so in PostgreSQL.
    """
    if not scope.resolve:
        return {}
    into = roots(connection, min(scope.known_at, scope.recorded_by))
    ends = sorted(set(into.values()))
    if is_sqlite(connection) or not ends:
        return into
    seen: set[int] = set()
    for start in range(0, len(ends), _LEAST_NAMED):
        some = customers.c.id.in_(ends[start : start + _LEAST_NAMED])
        seen.update(connection.execute(sa.select(customers.c.id).where(some)).scalars())
    return {one: end for one, end in into.items() if end in seen}


def at_roots(connection: sa.Connection, scope: Scope) -> Scope:
    """Return a question about the customers that those who are asked for lead into, each once."""
    into = merges(connection, scope)
    if scope.customers is None or not into:
        return scope
    numbers = dict.fromkeys(resolved(scope.customers, into).tolist())
    return replace(scope, customers=np.array(list(numbers), dtype=np.int64))


def roots(connection: sa.Connection, until: int = END) -> dict[int, int]:
    """Return into which customer each merged one leads in the end, as links stood at an instant.

    Nobody leads into one whose data were erased, nor does that one lead into anybody.
    """
    told = sa.select(links.c.customer_id, links.c.into_id).where(links.c.recorded_at <= until)
    rows = connection.execute(told.order_by(links.c.id))
    # the last word on each customer counts
    into: dict[int, int | None] = {row[0]: row[1] for row in rows}
    gone = erased_ids(connection) if into else set()
    found = {}
    for customer, first in into.items():
        end, next_one, steps = customer, first, 0
        while next_one is not None and steps < _MOST_INTO:
            end = end if next_one in gone else next_one
            next_one, steps = into.get(next_one), steps + 1
        if end != customer and customer not in gone:
            found[customer] = end
    return found


def resolved(customers: npt.NDArray[Any], into: dict[int, int]) -> Int1D:
    """Return customers with merged ones replaced."""
    out = np.array(customers, dtype=np.int64)
    if into:
        old = np.array(sorted(into), dtype=np.int64)
        new = np.array([into[int(one)] for one in old], dtype=np.int64)
        place = np.minimum(np.searchsorted(old, out), len(old) - 1)
        out = np.where(old[place] == out, new[place], out)
    return out


def with_merged(customers: Int1D, into: dict[int, int]) -> Int1D:
    """Return customers and those that were merged into them."""
    wanted = set(customers.tolist())
    merged = [old for old, new in into.items() if new in wanted]
    return np.array(sorted(wanted.union(merged)), dtype=np.int64)
