"""Which items a file should hold: those of the customer itself, of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from creditscore._by_customer import by_customer
from creditscore._cells import word_of
from creditscore._checks import read_entries
from creditscore.collect import CUSTOMER_KINDS, ItemCatalogue
from creditscore.exceptions import InvalidDataError, InvalidParameterError

KIND_ITEM = "customer_kind"
"""The item that says whether a customer is an enterprise or a person."""


def customer_kinds(observations: pd.DataFrame, customers: Any, owner: str) -> pd.Series:
    """Return the kind of each customer; empty text where nothing says it.

    Parameters
    ----------
    observations : DataFrame
        Tidy observations; the latest of the item ``customer_kind`` says the kind.
    customers : None, sequence of str, mapping or Series
        Which customers, and where it is a mapping or a Series their kinds.
    owner : str
        Name in errors.
    """
    if hasattr(customers, "columns"):
        msg = (
            f"The 'customers' parameter of {owner} takes names of customers, or a mapping or "
            "Series of their kinds, and no whole table. Give one column of it."
        )
        raise InvalidParameterError(msg)
    known = _observed_kinds(observations)
    if isinstance(customers, (Mapping, pd.Series)):
        kinds = by_customer(customers, "customers", owner)
        strange = sorted(set(kinds.dropna()) - {*CUSTOMER_KINDS, ""})
        if strange:
            msg = (
                f"The 'customers' parameter of {owner} must say {' or '.join(CUSTOMER_KINDS)} of "
                f"each customer. Got {strange[0]!r}."
            )
            raise InvalidParameterError(msg)
        kinds = kinds.fillna("")
    else:
        given = observations["customer"].unique() if customers is None else customers
        names = [word_of(name) for name in read_entries(given, "customers", owner)]
        kinds = pd.Series("", index=pd.Index(names, dtype=object))
        twice = kinds.index[kinds.index.duplicated()]
        if len(twice):
            msg = f"Customer {twice[0]!r} stands twice in 'customers' of {owner}."
            raise InvalidDataError(msg)
    found = known.reindex(kinds.index).fillna("")
    return kinds.where(kinds != "", found).rename_axis("customer").rename("kind")


def _observed_kinds(observations: pd.DataFrame) -> pd.Series:
    rows = observations[observations["item"] == KIND_ITEM]
    latest = rows.sort_values(["true_from", "collected_at"], kind="stable")
    kinds = latest.astype({"customer": object}).groupby("customer")["text"].last()
    return kinds.astype(object)


def applicable_items(kinds: pd.Series, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return a row for each customer and each item that its file should hold.

    Columns: customer, item, group, weight, shelf_life_days (NaN for ever). Items of records are
    left out, for a customer may have none, and items without weight. Of a customer whose kind
    is not known only what both kinds have is expected.
    """
    items = [item for item in catalogue.of_record("") if item.weight > 0]
    facts = pd.DataFrame(
        {
            "item": [item.name for item in items],
            "group": [item.group for item in items],
            "weight": [item.weight for item in items],
            "shelf_life_days": [item.shelf_life_days or np.nan for item in items],
        }
    )
    parts = []
    for kind, names in kinds.groupby(kinds).groups.items():
        of_kind = [set(item.of) >= ({kind} if kind else set(CUSTOMER_KINDS)) for item in items]
        mine = facts[np.array(of_kind, dtype=bool)]
        whole = pd.DataFrame({"customer": names.astype(object)}).merge(mine, how="cross")
        parts.append(whole)
    return pd.concat(parts, ignore_index=True) if parts else facts.assign(customer="").iloc[:0]
