"""The facts that a question is about, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.exceptions import StoreError
from creditscore.organise._store._blocks import fetch_numbers, read_blocks
from creditscore.organise._store._choice import Candidates
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._engine import is_sqlite
from creditscore.organise._store._erased import Unread
from creditscore.organise._store._names import origin_frame
from creditscore.organise._store._reliability import source_ranks
from creditscore.organise._store._schema import ITEM_PLACES, observations
from creditscore.organise._store._scope import (
    Batches,
    Scope,
    are_of,
    conditions,
    fit,
    merges,
    names_customers,
    resolved,
    retracted,
    with_merged,
)

_Record = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """Facts and whose they are.

    Attributes
    ----------
    facts : Candidates
        What decides which of them count.
    owner : ndarray of int
        Customer under whose number each is kept.
    customer : ndarray of int
        Customer whose it is: another one where customers were merged.
    item, origin, batch : ndarray of int
        Numbers.
    number : ndarray of float
        Value, 0 where it is none.
    record : ndarray of str, optional
        Which record of the customer, where that was asked for.
    """

    facts: Candidates
    owner: Int1D
    customer: Int1D
    item: Int1D
    origin: Int1D
    batch: Int1D
    number: Float1D
    record: _Record | None

    def __len__(self) -> int:
        """Return the number of facts."""
        return len(self.owner)

    def rows(self, keep: Any) -> Found:
        """Return some of them."""
        columns = {
            name: getattr(self, name)[keep]
            for name in ("owner", "customer", "item", "origin", "batch", "number")
        }
        record = None if self.record is None else self.record[keep]
        return replace(self, facts=self.facts.rows(keep), record=record, **columns)


def find(known: Customers, scope: Scope, *, with_record: bool = False) -> Found:
    """Return the facts of a scope that were known and not retracted.

    O(rows of these items) time: for some customers by the index, else by one pass over the rows,
    which takes less than a sorted one where most of them are wanted.

    Raises
    ------
    StoreError
        The load or the source of a fact is gone, or an erasure is not sealed by the store.
    """
    connection = known.connection
    made = Batches.read(connection)
    into = merges(connection, scope)
    if into and scope.customers is not None:
        scope = replace(scope, customers=with_merged(scope.customers, into))
    columns = _fetched(connection, scope, made, with_record=with_record)
    _check_there(columns["batch"], made.is_there, "batches")
    owner, item = np.divmod(columns.pop("place"), ITEM_PLACES)
    keep = Unread.read(connection, known.vault).keeps(owner, item, columns["id"])
    gone = retracted(connection, scope)
    if len(gone):
        keep &= ~np.isin(columns["id"], gone)
    if len(scope.uncovered):
        keep &= ~(np.isin(owner, scope.uncovered) & np.isin(item, scope.guarded))
    if scope.customers is not None:
        keep &= np.isin(owner, scope.customers)
    if not keep.all():
        columns = {name: values[keep] for name, values in columns.items()}
        owner, item = owner[keep], item[keep]
    customer = resolved(owner, into)
    record = columns.get("record")
    place = customer * ITEM_PLACES + item
    if record is not None:
        codes, levels = pd.factorize(record)
        # small numbers first, for the product of large ones would run over
        _, place = np.unique(place, return_inverse=True)
        _, place = np.unique(place * (len(levels) + 1) + codes, return_inverse=True)
    facts = _candidates(connection, columns, place, made)
    if scope.once:
        facts = replace(facts, once=are_of(scope.once, item))
    return Found(
        facts=facts,
        owner=owner, customer=customer, item=item, origin=columns["origin"],
        batch=columns["batch"], number=columns["number"], record=record,
    )  # fmt: skip


def _fetched(
    connection: sa.Connection, scope: Scope, made: Batches, *, with_record: bool
) -> dict[str, npt.NDArray[Any]]:
    """Return numbers of the rows that the scope is about: of blocks, and of rows after them."""
    if not scope.items:
        # no question to the database, which need not allow it
        kinds = {"number": np.float64, **({"record": object} if with_record else {})}
        names = ("id", "place", "true_from", "true_to", "origin", "batch", *kinds)
        return {name: np.empty(0, dtype=kinds.get(name, np.int64)) for name in names}
    where = conditions(scope, made)
    parts: list[dict[str, npt.NDArray[Any]]] = []
    by_index = names_customers(scope, made)
    if is_sqlite(connection) and not with_record and not by_index:
        last, parts = read_blocks(connection, partial(fit, scope, made))
        where.append(observations.c.id > last)
    told = bool(made.is_backfill.any())
    columns = fetch_numbers(
        connection, *where, collected=told, record=with_record, by_index=by_index
    )
    return {name: np.concatenate([part[name] for part in [*parts, columns]]) for name in columns}


def _candidates(
    connection: sa.Connection, columns: dict[str, npt.NDArray[Any]], place: Int1D, made: Batches
) -> Candidates:
    origins = origin_frame(connection)
    n = int(origins.index.max()) + 1 if len(origins) else 1
    numbers = origins.index.to_numpy(dtype=np.int64)
    is_there = np.zeros(n, dtype=bool)
    is_there[numbers] = True
    _check_there(columns["origin"], is_there, "origins")
    source = np.zeros(n, dtype=np.int32)
    source[numbers] = origins.groupby(["source", "source_name"], sort=False).ngroup()
    rank, confidence = np.zeros(n), np.zeros(n)
    rank[numbers] = source_ranks(origins)
    confidence[numbers] = origins["confidence"].to_numpy(dtype=np.float64)
    origin = columns["origin"]
    return Candidates(
        id=columns["id"], place=place, true_from=columns["true_from"],
        true_to=columns["true_to"], source=source[origin],
        known=made.known(columns["batch"], columns.get("collected")),
        reliability=rank[origin], confidence=confidence[origin],
    )  # fmt: skip


def _check_there(named: Int1D, is_there: Bool1D, table: str) -> None:
    """Check that the rows of another table that facts name are there: none is left out unsaid."""
    n = len(is_there)
    if len(named) and (named.min() < 0 or named.max() >= n or not is_there[named].all()):
        msg = (
            f"Facts of the store name rows of the table {table!r} that are not there: somebody "
            "deleted or changed rows. Restore the store from a backup."
        )
        raise StoreError(msg)
