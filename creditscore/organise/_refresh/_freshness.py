"""How old each fact of each customer is, against its shelf life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._by_customer import by_customer
from creditscore._checks import check_kind
from creditscore._days import check_day
from creditscore._display import counted, html_table
from creditscore._validation import check_integer
from creditscore._warn import warn_user
from creditscore.collect import ItemCatalogue, tidy_table
from creditscore.exceptions import (
    EmptyDataError,
    InvalidParameterError,
    StaleDataWarning,
)
from creditscore.organise._refresh._applicable import applicable_items, customer_kinds

STATES = ("fresh", "due soon", "stale", "missing")
_NEEDED = ("customer", "item", "text", "true_from", "true_to", "collected_at", "source", "method")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Freshness:
    """How old the facts of each customer are; made by :func:`freshness`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a customer and item that its file should hold: customer, item, group, weight, state
        (fresh, due soon, stale or missing), true_from (of the latest fact), age_days,
        fresh_until (the last day on which it is fresh; missing for those that stay so), and the
        source and method of the latest fact (of the group financial, of the latest that did not
        come by interview, if there is one: a confirmation by telephone is no statement).
    as_of : numpy.datetime64
        The day of which all this is said.
    horizon_days : int
        Days ahead in which what ends is due soon.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item, ItemCatalogue, Observations
    >>> from creditscore.organise import freshness
    >>> catalogue = ItemCatalogue(items=(
    ...     Item(name="revenue", group="financial", shelf_life_days=400),
    ...     Item(name="employees", group="operating"),
    ... ))
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A"], "item": ["revenue"], "value": [5.0], "true_from": ["2022-12-31"],
    ...     "source": ["public_filing"], "method": ["data_analysis"],
    ...     "collected_at": ["2023-04-30"],
    ... }), catalogue=catalogue)
    >>> facts = freshness(observations, as_of="2023-12-31")
    >>> facts
    Freshness(1 customer on 2023-12-31: 0 fresh, 1 due soon, 0 stale, 1 missing)
    """

    table: pd.DataFrame
    as_of: np.datetime64
    horizon_days: int

    def counts(self, by: str | None = None) -> pd.DataFrame:
        """Return how many facts are in each state: one row, or one a value of a column.

        Parameters
        ----------
        by : {"group", "item", "customer"} or None, default=None
            What the rows are.
        """
        table = self.table.assign(**{"": "all"})
        wide = pd.crosstab(table[by or ""], table["state"])
        return wide.reindex(columns=list(STATES), fill_value=0).rename_axis(columns=None)

    def shares(self) -> pd.Series:
        """Return for each customer the share of weight whose facts are within their shelf life.

        Notes
        -----
        Σ weight of items that are fresh or due soon / Σ weight of all items that the file should
        hold. What is missing is not current either.
        """
        good = self.table["state"].isin(["fresh", "due soon"])
        weight = self.table["weight"].where(good, 0.0)
        sums = weight.groupby(self.table["customer"], sort=False).sum()
        total = self.table.groupby("customer", sort=False)["weight"].sum()
        return (sums / total).rename("share_current")

    def __repr__(self) -> str:
        """Say in one line how many facts are in each state."""
        n = self.counts().iloc[0] if len(self.table) else pd.Series(0, index=list(STATES))
        parts = ", ".join(f"{n[state]:,} {state}" for state in STATES)
        customers = counted(self.table["customer"].nunique(), "customer")
        return f"Freshness({customers} on {self.as_of}: {parts})"

    def _repr_html_(self) -> str:
        """Show the states by group of items."""
        shown = self.counts("group").reset_index()
        return html_table(shown, caption=repr(self), formats=dict.fromkeys(STATES, "{:,}"))


def freshness(
    observations: Any,
    *,
    as_of: Any,
    catalogue: ItemCatalogue | None = None,
    customers: Any = None,
    horizon_days: int = 60,
    factors: Mapping[Any, float] | pd.Series | None = None,
) -> Freshness:
    """Return how old the facts of each customer are on a day, against their shelf lives.

    Parameters
    ----------
    observations : Observations or DataFrame
        What is known, such as :class:`Observations` or a store's observations with history.
        Confirmations of a fact are observations of a later day.
    as_of : day
        Facts that are true from a later day only are not seen.
    catalogue : ItemCatalogue, optional
        Which items a file should hold, and how long each stays fresh. Without, that of the
        observations, or the standard one.
    customers : sequence, mapping or Series, optional
        Whose files; as a mapping or Series of customers to "enterprise" or "person". Without, all
        that were observed; kinds that are not given are read from the item ``customer_kind``.
    horizon_days : int, default=60
        Days ahead in which what ends is due soon, 0 or more.
    factors : mapping or Series, optional
        What multiplies all shelf lives of a customer, above 0: 0.5 for those that are watched
        closely. Others have 1.

    Returns
    -------
    Freshness

    Raises
    ------
    EmptyDataError
        There are no customers.
    MissingColumnError
        The table is none of observations.
    InvalidDataError
        A customer stands twice, or no customer of `factors` was observed.
    InvalidParameterError
        A kind is not known, or a factor is not above 0.

    Warns
    -----
    StaleDataWarning
        More than half of the weight of all files is stale: what is made of them is old.

    Notes
    -----
    The age of a fact is counted from the day for which it is true, not from that on which it was
    collected: a statement of 2022 that came in yesterday is old. A fact whose validity has ended
    (true_to) is stale. Numbers of customers are read as texts: 1001 is "1001".
    O(n_observations + n_customers × n_items) time and memory.

    Examples
    --------
    See :class:`Freshness`.

    >>> import pandas as pd
    >>> from creditscore.collect import Item, ItemCatalogue, Observations
    >>> from creditscore.organise import freshness
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A"], "item": ["phone"], "value": ["123"], "true_from": ["2023-01-01"],
    ...     "source": ["internal_record"], "method": ["interview"], "collected_at": ["2023-01-01"],
    ... }), catalogue=ItemCatalogue(items=(
    ...     Item(name="phone", kind="text", group="identity", shelf_life_days=365),
    ... )))
    >>> watched = freshness(observations, as_of="2023-06-30", factors={"A": 0.5}, horizon_days=0)
    >>> watched.table[["age_days", "state"]].values.tolist()
    [[180.0, 'fresh']]
    """
    owner = "freshness"
    day = check_day(as_of, "as_of", owner)
    check_integer(horizon_days, "horizon_days", owner, low=0)
    table = tidy_table(observations, _NEEDED, owner)
    catalogue = catalogue or getattr(observations, "catalogue", None) or ItemCatalogue.standard()
    check_kind(catalogue, "catalogue", owner, ItemCatalogue)
    seen = table[(table["true_from"] <= pd.Timestamp(day)).to_numpy()]
    kinds = customer_kinds(seen, customers, owner)
    if not len(kinds):
        msg = "There are no customers whose facts could be looked at."
        raise EmptyDataError(msg)
    expected = applicable_items(kinds, catalogue)
    whole = expected.merge(_latest(seen, catalogue), how="left", on=["customer", "item"])
    known = {*kinds.index, *map(str, table["customer"].unique())}
    result = Freshness(
        table=_states(whole, day, horizon_days, _factors(factors, sorted(known), owner)),
        as_of=day, horizon_days=horizon_days,
    )  # fmt: skip
    _warn_if_old(result)
    return result


def _latest(seen: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return the latest fact of each customer and item, and where it came from."""
    key, origin = ["customer", "item"], ["source", "method"]
    rows = seen[[*key, "true_from", "true_to", "collected_at", *origin]]
    rows = rows.sort_values(["true_from", "collected_at"], kind="stable")
    last = rows.drop_duplicates(key, keep="last").drop(columns="collected_at")
    last = last.astype(dict.fromkeys([*key, *origin], object)).set_index(key)
    amounts = rows[
        rows["item"].isin([item.name for item in catalogue if item.group == "financial"])
    ]
    stated = amounts[(amounts["method"] != "interview").to_numpy()]
    stated = stated.drop_duplicates(key, keep="last").astype(dict.fromkeys([*key, *origin], object))
    spoken = last.index[(last["method"] == "interview").to_numpy()]
    before = stated.set_index(key)[origin]
    before = before[before.index.isin(spoken)]
    last.loc[before.index, origin] = before
    return last.reset_index()


def _factors(factors: Any, known: list[str], owner: str) -> pd.Series:
    given = by_customer(factors, "factors", owner, numbers=True, known=known)
    strange = given.index[~(given > 0) | np.isinf(given)]
    if len(strange):
        msg = (
            f"The 'factors' of {owner} must be finite and above 0. Got {given[strange[0]]:g} for "
            f"customer {strange[0]!r}."
        )
        raise InvalidParameterError(msg)
    return given


def _states(
    whole: pd.DataFrame, day: np.datetime64, horizon_days: int, factors: pd.Series
) -> pd.DataFrame:
    today = pd.Timestamp(day)
    factor = whole["customer"].map(factors).astype(np.float64).fillna(1.0)
    life = np.floor(whole["shelf_life_days"] * factor)
    # older pandas rounds whatever stands in the memory of a gap, and warns of it now and then
    known_life = pd.to_timedelta(life.fillna(0), unit="D").where(life.notna())
    by_age = whole["true_from"] + known_life
    by_end = whole["true_to"] - pd.Timedelta(days=1)
    until = by_age.where(~(by_end < by_age) & by_age.notna(), by_end)
    state = np.select(
        [
            whole["true_from"].isna(),
            until < today,
            until <= today + pd.Timedelta(days=horizon_days),
        ],
        ["missing", "stale", "due soon"],
        default="fresh",
    )
    age = (today - whole["true_from"]).dt.days.astype(np.float64)
    return pd.DataFrame(
        {
            "customer": whole["customer"], "item": whole["item"], "group": whole["group"],
            "weight": whole["weight"], "state": pd.Categorical(state, categories=list(STATES)),
            "true_from": whole["true_from"], "age_days": age, "fresh_until": until,
            "source": whole["source"].fillna(""), "method": whole["method"].fillna(""),
        }
    )  # fmt: skip


def _warn_if_old(result: Freshness) -> None:
    weight = result.table.groupby("state", observed=False)["weight"].sum()
    total = float(weight.sum())
    if total > 0 and weight["stale"] > total / 2:
        msg = (
            f"{weight['stale'] / total:.0%} of what the files should hold is older than its shelf "
            f"life on {result.as_of}. refresh_tasks() says whom to ask for what."
        )
        warn_user(msg, StaleDataWarning)
