"""How much of what a file should hold is there, and whether the rest is missing at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore._checks import check_kind
from creditscore._display import counted, html_table
from creditscore._frame import as_table
from creditscore._validation import check_integer, check_real
from creditscore.collect import ITEM_GROUPS, tidy_table
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.organise._principles._missing_bias import judged, level_counts, read_traits
from creditscore.organise._refresh._freshness import Freshness

_COMMON = 0.5
"""Share of customers above which an item is common: its absence is told of its group."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Completeness:
    """How complete files are; made by :func:`completeness`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a customer: complete (from 0 to 1; NaN where none of its groups counts), n_expected
        and n_missing (items), and missing (names of what is missing, heaviest first, joined by
        commas).
    groups : pandas.DataFrame
        A row a customer, a column a group of items: the weighted share that is known, NaN where
        the customer has no item of the group.
    items : pandas.DataFrame
        A row an item: group, weight, n_expected (customers that should have it), n_missing and
        share_known.
    group_weights : pandas.Series
        What each group counts.
    records : pandas.DataFrame
        A row a customer and kind of record (invoice, contract): n. Empty without observations.
    hints : pandas.DataFrame
        Items that are missing more or less often at a level of a trait: item ("any of financial"
        where an item of the group is missing that more than half of the customers have), trait,
        level, n, n_missing, share, share_others, p_value and verdict. Empty without traits.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item, ItemCatalogue, Observations
    >>> from creditscore.organise import completeness, freshness
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A"], "item": ["phone"], "value": ["123"], "true_from": ["2024-01-01"],
    ...     "source": ["internal_record"], "method": ["interview"], "collected_at": ["2024-01-01"],
    ... }), catalogue=ItemCatalogue(items=(
    ...     Item(name="phone", kind="text", group="identity", weight=1),
    ...     Item(name="email", kind="text", group="identity", weight=3),
    ... )))
    >>> completeness(freshness(observations, as_of="2024-06-30")).number
    0.25
    """

    table: pd.DataFrame
    groups: pd.DataFrame
    items: pd.DataFrame
    group_weights: pd.Series
    records: pd.DataFrame
    hints: pd.DataFrame

    @property
    def number(self) -> float:
        """Mean of the customers' completeness, from 0 to 1."""
        return float(self.table["complete"].mean())

    def __repr__(self) -> str:
        """Say in one line how complete the files are."""
        least = self.items["share_known"].idxmin() if len(self.items) else "none"
        return (
            f"Completeness({self.number:.0%} of {counted(len(self.table), 'file')}; most often "
            f"missing: {least})"
        )

    def _repr_html_(self) -> str:
        """Show the items that are missing most often."""
        shown = self.items.sort_values("share_known", kind="stable").head(15).reset_index()
        return html_table(shown, caption=repr(self), formats={"share_known": "{:.1%}"})


def completeness(
    facts: Freshness,
    *,
    group_weights: Mapping[str, float] | pd.Series | None = None,
    traits: Any = None,
    observations: Any = None,
    level: float = 0.95,
    min_n: int = 10,
) -> Completeness:
    r"""Return which part of what each customer's file should hold is known.

    Parameters
    ----------
    facts : Freshness
        Of the day, by :func:`freshness`: which items are expected of whom. An old fact is a fact.
    group_weights : mapping or Series, optional
        What each group of items counts, 0 or more; groups that are not named count 0. Without, a
        group counts what its items weigh together.
    traits : table, optional
        With a column ``customer`` and what is known of all, such as size and region: by these,
        items are sought that are not missing at random. Of customers that are not in it, nothing
        is known.
    observations : Observations or DataFrame, optional
        The same as `facts` were made of; with them, records are counted.
    level : float, default=0.95
        Confidence of a hint, all of them taken together, above 0 and below 1.
    min_n : int, default=10
        Levels of fewer customers give no hint, 1 or more.

    Returns
    -------
    Completeness

    Raises
    ------
    InvalidParameterError
        Weights are below 0, all 0, or of a group that there is not.
    InvalidDataError, MissingColumnError
        `traits` have a customer twice, none that is known, or no column ``customer``.

    Notes
    -----
    Of group g with items i that apply to the kind of customer,

    .. math:: c_g = \frac{\sum_i w_i\,[i\text{ is known}]}{\sum_i w_i}, \qquad
       complete = \frac{\sum_g v_g\, c_g}{\sum_g v_g},

    over the groups that the customer has items of. Without group weights, :math:`v_g = \sum_i
    w_i`, so that this is the share of weight. Records count in no share, for nobody knows how
    many invoices there should be. Hints are Fisher's exact tests of a level against the others
    among the customers of whom the item is expected, adjusted by Holm's method.
    O(n_customers × n_items) time, times the number of levels for hints.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item, ItemCatalogue, Observations
    >>> from creditscore.organise import completeness, freshness
    >>> catalogue = ItemCatalogue(items=(
    ...     Item(name="revenue", group="financial", weight=3),
    ...     Item(name="equity", group="financial", weight=1),
    ...     Item(name="phone", group="identity", kind="text"),
    ... ))
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": ["revenue", "phone"], "value": ["5", "123"],
    ...     "true_from": "2023-12-31", "source": "internal_record", "method": "interview",
    ...     "collected_at": "2024-01-31",
    ... }), catalogue=catalogue)
    >>> facts = freshness(observations, as_of="2024-06-30")
    >>> completeness(facts).table[["complete", "missing"]].values.tolist()
    [[0.8, 'equity']]
    >>> round(completeness(facts, group_weights={"financial": 1, "identity": 1}).number, 3)
    0.875
    """
    owner = "completeness"
    check_kind(facts, "facts", owner, Freshness)
    check_real(level, "level", owner, low=0, high=1, closed="neither")
    check_integer(min_n, "min_n", owner, low=1)
    rows = facts.table.assign(known=(facts.table["state"] != "missing").to_numpy())
    weights = _group_weights(rows, group_weights, owner)
    groups = _by_group(rows)
    wide = groups.notna() * (weights if group_weights is not None else _weights_of(rows))
    with np.errstate(invalid="ignore"):
        share = (groups.fillna(0.0) * wide).sum(axis=1) / wide.sum(axis=1)
    return Completeness(
        table=_by_customer(rows, share), groups=groups, items=_by_item(rows),
        group_weights=weights, records=_records(observations, facts, owner),
        hints=_hints(rows, traits, 1 - level, min_n),
    )  # fmt: skip


def _group_weights(rows: pd.DataFrame, given: Any, owner: str) -> pd.Series:
    used = list(rows["group"].drop_duplicates())
    if given is None:
        return _weights_of(rows).sum().reindex(used).rename("group_weight")
    weights = pd.Series(given, dtype=np.float64)
    for group, weight in weights.items():
        if group not in ITEM_GROUPS:
            msg = (
                f"The 'group_weights' of {owner} name the group {group!r}. The groups are: "
                f"{', '.join(ITEM_GROUPS)}."
            )
            raise InvalidParameterError(msg)
        check_real(weight, "group_weights", f"{owner} ({group!r})", low=0, high=np.inf,
                   closed="left")  # fmt: skip
    found = weights.reindex(used).fillna(0.0).rename("group_weight")
    if not found.sum() > 0:
        msg = f"The 'group_weights' of {owner} must be above 0 for a group that has items."
        raise InvalidParameterError(msg)
    return found


def _weights_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what the items of each customer and group weigh."""
    return rows.pivot_table(
        index="customer", columns="group", values="weight", aggfunc="sum", sort=False
    ).fillna(0.0)  # fmt: skip


def _by_group(rows: pd.DataFrame) -> pd.DataFrame:
    parts = rows.assign(part=rows["weight"].where(rows["known"], 0.0))
    sums = parts.groupby(["customer", "group"], sort=False)[["part", "weight"]].sum()
    share = (sums["part"] / sums["weight"]).rename("share").reset_index().pivot_table(
        index="customer", columns="group", values="share", sort=False
    )  # fmt: skip
    order = rows["customer"].drop_duplicates()
    return share.reindex(order)[list(rows["group"].drop_duplicates())].rename_axis(columns=None)


def _by_customer(rows: pd.DataFrame, share: pd.Series) -> pd.DataFrame:
    gone = rows[~rows["known"]].sort_values("weight", ascending=False, kind="stable")
    names = gone.groupby("customer", sort=False)["item"].agg(", ".join)
    counts = rows.groupby("customer", sort=False)["known"].agg(["size", "sum"])
    table = pd.DataFrame({
        "complete": share.reindex(counts.index), "n_expected": counts["size"],
        "n_missing": counts["size"] - counts["sum"],
    })  # fmt: skip
    return table.assign(missing=names.reindex(counts.index).fillna(""))


def _by_item(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby("item", sort=False)
    table = grouped.agg(
        group=("group", "first"), weight=("weight", "first"), n_expected=("known", "size"),
        n_known=("known", "sum"),
    )  # fmt: skip
    missing = table["n_expected"] - table["n_known"]
    share = table.pop("n_known") / table["n_expected"]
    return table.assign(n_missing=missing, share_known=share)


def _records(observations: Any, facts: Freshness, owner: str) -> pd.DataFrame:
    columns = ["customer", "record_kind", "n"]
    if observations is None:
        return pd.DataFrame(columns=columns)
    table = tidy_table(observations, ("customer", "record", "item", "true_from"), owner)
    seen = table[(table["true_from"] <= pd.Timestamp(facts.as_of)).to_numpy()]
    kind = pd.Series([str(item).rpartition(".")[0] for item in seen["item"]], index=seen.index,
                     dtype=object)  # fmt: skip
    rows = pd.DataFrame({
        "customer": seen["customer"].astype(object), "record_kind": kind,
        "record": seen["record"].astype(object),
    })[(kind != "").to_numpy()]  # fmt: skip
    counts = rows.groupby(columns[:2], sort=True)["record"].nunique()
    return counts.rename("n").reset_index()


def _hints(rows: pd.DataFrame, traits: Any, alpha: float, min_n: int) -> pd.DataFrame:
    columns = ["item", "trait", "level", "n", "n_missing", "share", "share_others", "p_value",
               "verdict"]  # fmt: skip
    if traits is None:
        return pd.DataFrame(columns=columns)
    known = traits_of(traits, rows["customer"].drop_duplicates(), "completeness")
    place = pd.Series(np.arange(len(known)), index=known.index)
    levels = read_traits(as_table(known))
    parts = []
    for item, mine in _lacks(rows):
        gone = ~mine.to_numpy(dtype=bool)
        if not 0 < gone.sum() < len(gone):
            continue
        at = place[mine.index].to_numpy()
        # who has no industry is without one: what an item says of itself is no hint
        for trait in (trait for trait in levels if trait.name != item):
            own = type(trait)(name=trait.name, codes=trait.codes[at], levels=trait.levels)
            parts.append(level_counts(gone, own).assign(item=item))
    if not parts:
        return pd.DataFrame(columns=columns)
    found = judged(pd.concat(parts, ignore_index=True), alpha, min_n)
    return found.loc[found["verdict"] != "", columns].reset_index(drop=True)


def _lacks(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield of each item, and of each group as a whole, which customers have it."""
    for item, mine in rows.groupby("item", sort=False):
        yield str(item), mine.set_index("customer")["known"]
    common = rows.groupby("item")["known"].transform("mean") > _COMMON
    for group, mine in rows[common.to_numpy()].groupby("group", sort=False):
        yield f"any of {group}", mine.groupby("customer", sort=False)["known"].all()


def traits_of(traits: Any, customers: Any, owner: str) -> pd.DataFrame:
    """Return the traits of customers, in their order; gaps where a customer is not in the table."""
    table = as_table(traits)
    table.require(("customer",))
    codes, names = table.levels("customer")
    index = pd.Index(np.array([*map(word_of, names), ""], dtype=object)[codes])
    twice = index[index.duplicated()]
    if len(twice):
        msg = f"Customer {twice[0]!r} stands twice in the table of traits of {owner}."
        raise InvalidDataError(msg)
    there = pd.Index(customers, dtype=object)
    if not index.isin(there).any():
        msg = (
            f"None of the customers in the traits of {owner} is known: they have {index[0]!r}, and "
            f"there is {there[0]!r}. Use the names of observations."
        )
        raise InvalidDataError(msg)
    columns = {}
    for name in table.names:
        if name == "customer":
            continue
        if table.kind(name) == "numeric":
            columns[name] = pd.Series(table.numeric(name), index=index)
        else:
            places, words = table.levels(name)
            levels = np.array([*(str(word) for word in words), None], dtype=object)
            columns[name] = pd.Series(levels[places], index=index, dtype=object)
    return pd.DataFrame(columns, index=index).reindex(there)
