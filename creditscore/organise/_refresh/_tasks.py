"""Whom to ask for what, most at stake first."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._by_customer import by_customer
from creditscore._cells import word_of
from creditscore._checks import check_kind
from creditscore._display import counted, html_table
from creditscore._warn import warn_user
from creditscore.collect import ready_derivations
from creditscore.exceptions import InvalidDataError, RejectedRowsWarning
from creditscore.organise._refresh._freshness import Freshness
from creditscore.protect import write_safe_csv

_BEST = {
    "identity": ("internal_record", "interview"),
    "financial": ("public_filing", "data_analysis"),
    "operating": ("site_visit", "observation"),
    "reputation": ("third_party", "data_analysis"),
    "environment": ("third_party", "data_analysis"),
}
"""Where facts of a group customarily come from, and how, if the customer's own never came."""
_DERIVED = ("internal_record", "data_analysis")
"""Items that are worked out of records are asked of nobody."""

_KEY = ["customer", "source", "method"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RefreshTasks:
    """What to ask for, in the order of what is at stake; made by :func:`refresh_tasks`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a customer, source and method, so that one call or visit asks for all: customer,
        source, method, items (joined by commas), n_items, n_stale, n_missing, due_on (the first
        day on which one of them is no longer fresh; the day itself for what is stale or
        missing), value_at_risk and owner.
    due : pandas.DataFrame
        A row an item that is due: customer, item, group, state, due_on, value_at_risk, source
        and method.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item, ItemCatalogue, Observations
    >>> from creditscore.organise import freshness, refresh_tasks
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A"], "item": ["phone"], "value": ["123"], "true_from": ["2020-01-01"],
    ...     "source": ["internal_record"], "method": ["interview"], "collected_at": ["2020-01-01"],
    ... }), catalogue=ItemCatalogue(items=(
    ...     Item(name="phone", kind="text", group="identity"),
    ...     Item(name="email", kind="text", group="identity"),
    ... )))
    >>> tasks = refresh_tasks(freshness(observations, as_of="2024-06-30"), owners={"A": "Li"})
    >>> tasks.of("Li")[["items", "source", "method"]].values.tolist()
    [['email', 'internal_record', 'interview']]
    """

    table: pd.DataFrame
    due: pd.DataFrame

    def of(self, owner: str) -> pd.DataFrame:
        """Return the tasks of one person."""
        return self.table[self.table["owner"] == owner].reset_index(drop=True)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write or replace a file of the tasks in which no spreadsheet finds a formula."""
        write_safe_csv(self.table, path, overwrite=True)

    def __repr__(self) -> str:
        """Say in one line how much there is to do."""
        customers = self.table["customer"].nunique()
        return (
            f"RefreshTasks({counted(len(self.table), 'task')} for "
            f"{counted(customers, 'customer')}, {counted(len(self.due), 'item')} due)"
        )

    def _repr_html_(self) -> str:
        """Show the first tasks."""
        formats = {"value_at_risk": "{:,.0f}"}
        return html_table(self.table.head(15), caption=repr(self), formats=formats)


def refresh_tasks(
    facts: Freshness,
    *,
    exposure: Mapping[Any, float] | pd.Series | None = None,
    owners: Mapping[Any, str] | pd.Series | None = None,
) -> RefreshTasks:
    """Return what is stale, missing or due soon, most at stake first.

    Parameters
    ----------
    facts : Freshness
        Of the day, by :func:`freshness`.
    exposure : mapping or Series, optional
        Amount at stake by customer, 0 or more; customers that are not in it have 0. Without,
        each customer counts 1.
    owners : mapping or Series, optional
        Who looks after each customer.

    Returns
    -------
    RefreshTasks

    Raises
    ------
    InvalidDataError
        An exposure is missing, infinite or below 0, a customer stands twice, or none of those
        given is among the facts.

    Warns
    -----
    RejectedRowsWarning
        Customers with an exposure are not among the facts, and get no task.

    Notes
    -----
    The value at risk of an item is the exposure that rests on it, exposure × weight of the item /
    Σ weight of all items that the customer's file should hold. Facts that are due soon count half
    of it. Ties are in the order of customer and item. An item is asked for where and how it came
    last, and if it never came, where facts of its group customarily come from; items of
    :func:`ready_derivations` are worked out of the own records. Numbers of customers
    are read as texts: 1001 is "1001".

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item, ItemCatalogue, Observations
    >>> from creditscore.organise import freshness, refresh_tasks
    >>> catalogue = ItemCatalogue(items=(
    ...     Item(name="revenue", group="financial", shelf_life_days=400, weight=3),
    ...     Item(name="employees", group="operating"),
    ... ))
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A", "B"], "item": "revenue", "value": [5.0, 7.0],
    ...     "true_from": ["2022-12-31", "2023-12-31"], "source": "public_filing",
    ...     "method": "data_analysis", "collected_at": "2024-04-30",
    ... }), catalogue=catalogue)
    >>> facts = freshness(observations, as_of="2024-06-30")
    >>> tasks = refresh_tasks(facts, exposure={"A": 800, "B": 4000})
    >>> tasks.table[["customer", "items", "value_at_risk"]].values.tolist()
    [['B', 'employees', 1000.0], ['A', 'revenue', 600.0], ['A', 'employees', 200.0]]
    """
    check_kind(facts, "facts", "refresh_tasks", Freshness)
    table = facts.table
    amount = exposures_of(exposure, table["customer"], "refresh_tasks")
    total = table.groupby("customer")["weight"].transform("sum")
    half = np.where(table["state"] == "due soon", 0.5, 1.0)
    value = amount * table["weight"] / total * half
    is_due = (table["state"] != "fresh").to_numpy()
    today = pd.Timestamp(facts.as_of)
    soon = table["fresh_until"].where(table["state"] == "due soon", today)
    due = table.assign(value_at_risk=value, due_on=soon)[is_due]
    customary = due["group"].map(_BEST)
    is_derived = due["item"].isin(list(ready_derivations()))
    for place, name in enumerate(("source", "method")):
        asked = customary.str[place].mask(is_derived, _DERIVED[place])
        due[name] = due[name].where(due[name] != "", asked)
    due = due.sort_values(
        ["value_at_risk", "customer", "item"], ascending=[False, True, True], ignore_index=True
    )
    columns = ["customer", "item", "group", "state", "due_on", "value_at_risk", "source", "method"]
    names = by_customer(owners, "owners", "refresh_tasks", known=table["customer"].unique())
    return RefreshTasks(table=_grouped(due, names), due=due[columns])


def exposures_of(exposure: Any, customers: pd.Series, owner: str) -> pd.Series:
    """Return the exposure of each customer of a column: 1 where none is given, 0 of others."""
    if exposure is None:
        return pd.Series(1.0, index=customers.index)
    known = pd.Index(customers.unique(), dtype=object)
    given = by_customer(exposure, "exposure", owner, numbers=True, known=known)
    bad = given.index[~(given >= 0) | np.isinf(given)]
    if len(bad):
        msg = (
            f"The exposure of customer {bad[0]!r} must be a finite amount of 0 or more. Got "
            f"{given[bad[0]]:g}."
        )
        raise InvalidDataError(msg)
    others = given[(given > 0) & ~given.index.isin(known)]
    if len(others):
        warn_user(
            f"{counted(len(others), 'customer')} with an exposure of {others.sum():,.0f} in all, "
            f"such as {others.index[0]!r}, are not among the facts of {owner}, and left out. Give "
            "freshness() all customers.",
            RejectedRowsWarning,
        )
    return customers.map(given).astype(np.float64).fillna(0.0)


def _grouped(due: pd.DataFrame, owners: pd.Series) -> pd.DataFrame:
    counted_states = due.assign(
        is_stale=due["state"] == "stale", is_missing=due["state"] == "missing"
    )
    tasks = counted_states.groupby(_KEY, sort=False).agg(
        items=("item", ", ".join), n_items=("item", "size"), n_stale=("is_stale", "sum"),
        n_missing=("is_missing", "sum"), due_on=("due_on", "min"),
        value_at_risk=("value_at_risk", "sum"),
    ).reset_index()  # fmt: skip
    tasks["owner"] = [word_of(owners.get(name, "")) for name in tasks["customer"]]
    by = ["value_at_risk", "customer", "source", "method"]
    return tasks.sort_values(by, ascending=[False, True, True, True], ignore_index=True)
