"""What is due by rules of retention in a store, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import sqlalchemy as sa

from creditscore._checks import check_kind
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.organise._guard._erasing import Counts, Erasing
from creditscore.organise._guard._erasure import Erasure
from creditscore.organise._guard._events import add_event, day_of, read_holds
from creditscore.organise._guard._purpose_limit import KIND, kinds_of
from creditscore.organise._guard._register import ErasureRegister
from creditscore.organise._store import _clock
from creditscore.organise._store._access import Desk
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._erased import EXPIRED, Unread, erased_ids, pseudonym
from creditscore.organise._store._names import item_numbers
from creditscore.organise._store._schema import items, observations
from creditscore.organise._store._scope import Scope
from creditscore.organise._store._tables import Tables
from creditscore.organise._store._values import Reader
from creditscore.organise._store._writing import next_instant
from creditscore.protect import Retention, RetentionRule, due_for_erasure

_ASKED = "the day before erasure was asked for"
_OF_FACTS = ("true_from", "true_to", "collected_at", "recorded_at")
"""Events of rules that facts have themselves."""


def check_events(
    known: Customers, rules: Sequence[RetentionRule], given: pd.DataFrame | None, owner: str
) -> None:
    """Check that events of customers tell something: else all would be kept without a word.

    Raises
    ------
    InvalidParameterError
        They are no table.
    InvalidDataError
        Customers are a column and not the index, the store has none of them, or no column is an
        event of the rules.
    """
    if given is None or not rules:
        return
    check_kind(given, "customers", owner, pd.DataFrame)
    where = f"The 'customers' parameter of {owner}"
    if "customer" in given.columns:
        msg = (
            f"{where} has a column 'customer', and a row is found by its index: give "
            "customers.set_index('customer')."
        )
        raise InvalidDataError(msg)
    if len(given) and not known.among(_names(given)):
        msg = (
            f"None of the {len(given):,} customers in the index of the 'customers' parameter of "
            f"{owner} is in the store. Do both have the same names or numbers?"
        )
        raise InvalidDataError(msg)
    events = sorted({rule.after for rule in rules} - {*_OF_FACTS})
    if not {KIND, *events}.intersection(given.columns):
        columns = ", ".join(map(repr, given.columns)) or "none"
        wanted = ", ".join(map(repr, (*events, KIND)))
        msg = f"{where} has no column that the rules ask for: {wanted}. Its columns: {columns}."
        raise InvalidDataError(msg)


def _names(given: pd.DataFrame) -> list[str]:
    return [str(key).strip() for key in given.index]


def retention_of(
    connection: sa.Connection, desk: Desk, catalogue: ItemCatalogue,
    rules: Sequence[RetentionRule], day: str, *, customers: pd.DataFrame | None,
    owner: int | None = None,
) -> Retention:  # fmt: skip
    """Return what is due of all customers, or of one; the index is the number of each fact."""
    facts = _facts(connection, desk, catalogue, owner)
    only = None if owner is None else np.array([owner], dtype=np.int64)
    kinds = kinds_of(connection, desk, catalogue, only)
    known = desk.customers(connection)
    names = known.names(kinds)
    by_name = {names[number]: kind for number, kind in kinds.items()}
    of_customers = _customers(facts, by_name, rules, customers)
    of_customers[_ASKED] = np.datetime64(day, "s") - np.timedelta64(1, "D")
    return due_for_erasure(
        facts, rules, read_holds(known), as_of=day, items=catalogue, customers=of_customers
    )


def _facts(
    connection: sa.Connection, desk: Desk, catalogue: ItemCatalogue, owner: int | None
) -> pd.DataFrame:
    """Return all facts without their values; those of erased customers are left out."""
    numbers = item_numbers(connection, catalogue.names)
    only = None if owner is None else np.array([owner], dtype=np.int64)
    scope = Scope(items=tuple(numbers.values()), customers=only, with_retracted=True)
    by_number = {number: catalogue[name] for name, number in numbers.items()}
    # masked, so that nothing is decrypted
    masked = frozenset(item.name for item in catalogue if item.is_protected)
    reader = Reader(items=by_number, masked=masked, vault=desk.vault)
    tables = Tables(customers=desk.customers(connection), scope=scope, reader=reader)
    table = tables.observations(history=True).set_index("observation")
    gone = {pseudonym(number) for number in erased_ids(connection)}
    if gone:
        table = table[~table["customer"].isin(list(gone)).to_numpy()]
    return table[["customer", "record", "item", *_OF_FACTS]]


def _customers(
    facts: pd.DataFrame, kinds: Mapping[str, str], rules: Sequence[RetentionRule],
    given: pd.DataFrame | None,
) -> pd.DataFrame:  # fmt: skip
    """Return events and kinds of customers; an event that nobody gave has not come."""
    names = pd.Index([str(name) for name in facts["customer"].unique()], dtype=object)
    table = pd.DataFrame(index=names) if given is None else _by_text(given, names)
    # whose kind is not known is a person, whom more rules protect
    known = pd.Series([kinds.get(name, "person") for name in names], index=names, dtype=object)
    table[KIND] = table[KIND].astype(object).fillna(known) if KIND in table else known
    for rule in rules:
        if rule.after not in (*_OF_FACTS, _ASKED, *table.columns):
            table[rule.after] = np.datetime64("NaT", "s")
    return table


def kept_items(
    connection: sa.Connection, desk: Desk, catalogue: ItemCatalogue,
    rules: Sequence[RetentionRule], owner: int, day: str, events: pd.DataFrame | None,
) -> tuple[tuple[str, ...], dict[str, str]]:  # fmt: skip
    """Return items of a customer that a rule keeps though erasure is asked for, and the rules."""
    if not rules:
        return (), {}
    at_once = RetentionRule(name="erasure that was asked for", after=_ASKED, days=1)
    table = retention_of(
        connection, desk, catalogue, [*rules, at_once], day, customers=events, owner=owner
    ).table
    kept = table[(table["status"] == "kept").to_numpy()]
    by_rule = dict(zip(kept["item"].astype(str), kept["kept_by"].astype(str), strict=True))
    return tuple(sorted(by_rule)), by_rule


def _by_text(given: pd.DataFrame, names: pd.Index) -> pd.DataFrame:
    """Return the rows of customers, whose names are texts here, whatever they came as."""
    table = given.set_axis(pd.Index(_names(given), dtype=object))
    if table.index.has_duplicates:
        twice = table.index[table.index.duplicated()][0]
        msg = f"The customer {twice!r} stands twice in the index of 'customers'."
        raise InvalidDataError(msg)
    return table.reindex(names)


@dataclass
class Applied:
    """What was done: who was erased with what counts, and how many facts of others expired."""

    erased: dict[int, tuple[Counts, tuple[str, ...]]] = field(default_factory=dict)
    registered: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    is_registered: bool = False
    n_expired: int = 0
    n_held: int = 0

    def results(self, *, is_cleaned: bool) -> Iterator[Erasure]:
        """Yield an erasure each."""
        for number, (counts, kept) in self.erased.items():
            yield Erasure(
                pseudonym=pseudonym(number),
                erased_at=pd.Timestamp(counts.at, unit="us", tz="UTC"), n_values=counts.values,
                n_rejects=counts.rejects, n_kept=counts.kept, n_left=counts.left,
                n_evidence=counts.evidence, n_linked=counts.linked, kept_items=kept,
                is_registered=self.is_registered, is_cleaned=is_cleaned,
            )  # fmt: skip


def expire(
    connection: sa.Connection, desk: Desk, catalogue: ItemCatalogue, retention: Retention,
    *, reason: str, by: str, register: ErasureRegister | None,
) -> Applied:  # fmt: skip
    """Erase customers of whom all protected facts are due, and let facts of others expire."""
    known = desk.customers(connection)
    done = Applied(is_registered=register is not None)
    today = day_of(_clock.now())
    held = {str(h.subject) for h in read_holds(known) if h.holds_on(today)}
    done.n_held = retention.counts.get("held", 0)
    guarded = [item.name for item in catalogue if item.is_protected]
    expired, gone = Unread.read(connection, desk.vault).expired, erased_ids(connection)
    erasing: Erasing | None = None
    for name, due in retention.due().groupby("customer", observed=True, sort=True):
        if str(name) in held:
            done.n_held += len(due)
            continue
        number = known.numbers([str(name)]).get(str(name))
        if number in gone:
            continue
        ids = due.index.to_numpy(dtype=np.int64)
        facts = _of_customer(connection, -1 if number is None else number)
        if number is None or not np.isin(ids, facts["id"]).all():
            msg = "The retention is not of the facts of this store. Make it anew."
            raise InvalidParameterError(msg)
        # what expired before is as good as gone: it keeps no key
        rest = facts["item"][~facts["id"].isin([*ids, *expired])]
        is_all = due["item"].isin(guarded).any() and not rest.isin(guarded).any()
        if desk.vault.has_keys and is_all:
            kept = tuple(sorted(set(rest)))
            erasing = erasing or Erasing.of(known)
            counts = erasing.destroy(number, reason=reason, by=by, kept=kept)
            done.erased[number] = (counts, kept)
            done.registered.append((str(name), kept))
        new = ids[~np.isin(ids, expired)]
        if len(new):
            at = next_instant(connection)
            content = {"observations": new.tolist(), "reason": reason}
            add_event(known, EXPIRED, number, content, at=at, by=by)
            done.n_expired += 0 if number in done.erased else len(new)
    return done


def _of_customer(connection: sa.Connection, number: int) -> pd.DataFrame:
    rows = observations.c
    asked = sa.select(rows.id, items.c.name).join(items, items.c.id == rows.item_id)
    found = connection.execute(asked.where(rows.customer_id == number)).all()
    return pd.DataFrame(found, columns=["id", "item"])
