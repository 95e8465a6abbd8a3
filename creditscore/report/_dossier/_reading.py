"""What is read for a dossier, once, and what of it a role sees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creditscore._days import months_later
from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import EmptyDataError, InvalidParameterError

if TYPE_CHECKING:
    from creditscore.organise import CustomerStore

MASK = "•••"
"""What the store gives in the place of what may be seen masked only."""
WINDOW_MONTHS = 24
"""Months before the dossier's day for which settled invoices and other records are listed."""
_KEYS = ["customer", "record", "item", "source", "source_name", "method", "unit", "collected_by",
         "evidence"]  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """Facts about one customer that a role may read.

    Attributes
    ----------
    customer : str
        Whose.
    day : numpy.datetime64
        Day on which facts are true.
    instant : pandas.Timestamp
        Instant at which they were known.
    catalogue : ItemCatalogue
        Items that the role may read, in the clear or masked; there are no others.
    masked : frozenset of str
        Items that it reads masked.
    facts : DataFrame
        The fact that counts for each item and record.
    history : DataFrame
        All facts, those that were corrected or have ended too.
    """

    customer: str
    day: np.datetime64
    instant: pd.Timestamp
    catalogue: ItemCatalogue
    masked: frozenset[str]
    facts: pd.DataFrame
    history: pd.DataFrame

    @cached_property
    def clear(self) -> pd.DataFrame:
        """All facts whose values are read in the clear."""
        return self.history[~self.history["item"].isin(self.masked)].reset_index(drop=True)

    @property
    def kind(self) -> str:
        """Kind of customer: "enterprise" or "person", empty where it is not known or hidden."""
        found = self.facts.loc[self.facts["item"] == "customer_kind", "value"]
        return str(found.iloc[0]) if len(found) and found.iloc[0] != MASK else ""

    @property
    def window_start(self) -> pd.Timestamp:
        """Day after which settled invoices and other records are listed."""
        return pd.Timestamp(months_later(self.day, -WINDOW_MONTHS))

    def sees(self, *items: str) -> bool:
        """Tell whether items are read in the clear."""
        return all(item in self.catalogue and item not in self.masked for item in items)

    def item(self, name: str) -> Item:
        """Return an item that the role may read."""
        return self.catalogue[name]

    def of_kind(self, kind: str) -> pd.DataFrame:
        """Return the facts of a kind of record; of an empty kind, of the customer itself."""
        return self.facts[self.facts["kind"] == kind]


def read_customer(
    store: CustomerStore, customer: str, day: np.datetime64, instant: pd.Timestamp
) -> Reading:
    """Read what the actor of a store may read about a customer.

    Raises
    ------
    EmptyDataError
        Nothing is known of it, or nothing that the role may read.
    InvalidParameterError
        There is no such customer, or it was merged into another one.
    """
    items, masked = readable_items(store)
    names = [item.name for item in items]
    asked: dict[str, Any] = {
        "customers": [customer], "items": names, "as_of": pd.Timestamp(day), "known_at": instant,
        "resolve": True,
    }  # fmt: skip
    facts = with_values(store.observations(**asked), masked) if names else pd.DataFrame()
    if not len(facts):
        msg = (
            f"Nothing is known of customer {customer!r} on {day} that {store.actor!r} may read. "
            "Choose a later day, or another role or purpose."
        )
        raise EmptyDataError(msg)
    holder = str(facts["customer"].iloc[0])
    if holder != customer:
        msg = (
            f"Customer {customer!r} is merged into {holder!r}, whose dossier holds the facts about "
            f"both. Ask for that of {holder!r}."
        )
        raise InvalidParameterError(msg)
    history = with_values(store.observations(**asked, history=True), masked)
    return Reading(
        customer=customer, day=day, instant=instant, catalogue=ItemCatalogue(items=items),
        masked=masked, facts=facts, history=history,
    )  # fmt: skip


def readable_items(store: CustomerStore) -> tuple[tuple[Item, ...], frozenset[str]]:
    """Return items that the actor of a store may read, and which of them masked."""
    catalogue = store.catalogue
    if store.policy is None:
        return catalogue.items, frozenset()
    found = store.policy.readable(store.actor, catalogue)
    seen = {*found.clear, *found.masked}
    return tuple(i for i in catalogue if i.name in seen), frozenset(found.masked)


def with_values(table: pd.DataFrame, masked: frozenset[str]) -> pd.DataFrame:
    """Return facts with a column of values; those whose values were erased are left out."""
    plain = table.astype(dict.fromkeys(_KEYS, object))
    value = plain["text"].astype(object).where(plain["text"].notna(), plain["number"])
    hidden = plain["item"].isin(masked)
    kind = plain["item"].map(lambda name: name.rpartition(".")[0]).astype(object)
    evidence = plain["evidence"].where(~hidden, MASK)
    found = plain.assign(value=value.where(~hidden, MASK), kind=kind, evidence=evidence)
    return found[found["value"].notna()].reset_index(drop=True)
