"""How far facts are verified and from independent sources, and who collected them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._days import check_day
from creditscore._display import counted, html_table
from creditscore._typing import Bool1D
from creditscore._validation import check_choice
from creditscore.collect import ItemCatalogue, tidy_table
from creditscore.exceptions import EmptyDataError
from creditscore.organise._verify._reliability import SourceReliability
from creditscore.organise._verify._same_fact import same_values
from creditscore.organise._verify._status import verification_status

ORIGINS = ("independent", "first-hand", "own word")
_KEY = ["customer", "item"]
_NEEDED = (
    "customer", "record", "item", "number", "text", "unit", "true_from", "source", "source_name",
    "method", "collected_by", "collected_at",
)  # fmt: skip
_TOLERANCE = 0.005
"""Part of the larger number by which two may differ and still say the same."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Objectivity:
    """How objective facts are; made by :func:`objectivity`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a customer and item, of the latest day: customer, item, group, weight, status
        (verified, unverified or contradicted), origin ("independent", "first-hand" or "own word":
        the most objective one that says it, or said the same before) and collected_by.
    collectors : pandas.DataFrame
        A row a person who collected: n (facts), share, n_customers, and n_alone (customers all of
        whose facts from people, and three or more, are from it); most first.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import objectivity
    >>> objectivity(Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A", "B"], "item": "revenue", "value": [100.0, 50.0],
    ...     "true_from": "2023-12-31", "source": ["public_filing", "third_party"],
    ...     "method": ["data_analysis", "questionnaire"], "collected_at": "2024-05-01",
    ... })))
    Objectivity(2 facts: 50% verified, 50% not the customer's own word)
    """

    table: pd.DataFrame
    collectors: pd.DataFrame

    @property
    def share_verified(self) -> float:
        """Weight of facts that are verified / weight of all facts."""
        return self._share(self.table["status"] == "verified")

    @property
    def share_independent(self) -> float:
        """Weight of facts that do not rest on the customer's own word / weight of all facts."""
        return self._share(self.table["origin"] != "own word")

    @property
    def number(self) -> float:
        """Mean of both shares, from 0 to 1."""
        return (self.share_verified + self.share_independent) / 2

    @property
    def concentration(self) -> float:
        """Herfindahl index of the collectors: Σ share², 1 where all is from one person."""
        return float((self.collectors["share"] ** 2).sum())

    def by(self, by: str = "customer") -> pd.DataFrame:
        """Return the shares by customer or by group of items.

        Parameters
        ----------
        by : {"customer", "group", "item"}, default="customer"
            What the rows are.

        Returns
        -------
        DataFrame
            objective, share_verified, share_independent, n (facts), n_contradicted.
        """
        check_choice(by, "by", "Objectivity.by", ("customer", "group", "item"))
        rows = self.table.assign(
            share_verified=self.table["weight"].where(self.table["status"] == "verified", 0.0),
            share_independent=self.table["weight"].where(self.table["origin"] != "own word", 0.0),
            n_contradicted=self.table["status"] == "contradicted", n=1,
        )  # fmt: skip
        sums = rows.groupby(by, sort=False)[
            ["weight", "share_verified", "share_independent", "n", "n_contradicted"]
        ].sum()
        weight = sums.pop("weight")
        for name in ("share_verified", "share_independent"):
            sums[name] = sums[name] / weight.where(weight > 0)
        mean = (sums["share_verified"] + sums["share_independent"]) / 2
        sums.insert(0, "objective", mean)
        return sums

    def own_word_only(self, group: str = "financial") -> tuple[str, ...]:
        """Return customers of whom all facts of a group of items are their own, unverified word."""
        rows = self.table[self.table["group"] == group]
        alone = (rows["origin"] == "own word") & (rows["status"] != "verified")
        whole = alone.groupby(rows["customer"], sort=False).all()
        return tuple(str(name) for name in whole.index[whole])

    def _share(self, holds: pd.Series) -> float:
        total = self.table["weight"].sum()
        return float(self.table["weight"].where(holds, 0.0).sum() / total) if total else np.nan

    def __repr__(self) -> str:
        """Say in one line how much is verified and independent."""
        return (
            f"Objectivity({counted(len(self.table), 'fact')}: {self.share_verified:.0%} verified, "
            f"{self.share_independent:.0%} not the customer's own word)"
        )

    def _repr_html_(self) -> str:
        """Show the groups of items."""
        shares = ["objective", "share_verified", "share_independent"]
        formats = dict.fromkeys(shares, "{:.1%}")
        return html_table(self.by("group").reset_index(), caption=repr(self), formats=formats)


def objectivity(
    observations: Any,
    *,
    as_of: Any = None,
    catalogue: ItemCatalogue | None = None,
    reliability: SourceReliability | None = None,
    referees: Collection[str] = (),
) -> Objectivity:
    r"""Return how far what is known of customers is verified, and more than their own word.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations.
    as_of : day, optional
        Facts that are true from a later day only are not seen; without, all are.
    catalogue : ItemCatalogue, optional
        Weights and groups of items. Without, that of the observations, or the standard one; items
        that it does not have are left out, as are those of records.
    reliability : SourceReliability, optional
        Which source is believed, for :func:`verification_status`.
    referees : collection of str, default=()
        Names of sources who speak of the customer and are not the customer, such as other
        suppliers: their answers to questions are independent.

    Returns
    -------
    Objectivity

    Raises
    ------
    EmptyDataError
        There are no facts of customers themselves.
    MissingColumnError
        The table is none of observations.

    Notes
    -----
    Of each customer and item the facts of the latest day count, once, together with earlier ones
    that say the same (numbers within 0.5 %): a value from the register that the customer confirms
    by telephone stays that of the register. It is *verified* if one of them is, by
    :func:`verification_status`, and else *contradicted* if one of them is. Its origin
    is *independent* for public filings, for third parties' data and for referees; *first-hand*
    for what the firm saw itself on a visit or has in its own books; and the customer's *own word*
    for what came by questionnaire or interview, and for what else has no other origin. With
    weights w of items,

    .. math:: objective = \tfrac12 \left(\frac{\sum w\,[verified]}{\sum w} +
       \frac{\sum w\,[\text{not own word}]}{\sum w}\right).

    O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import objectivity
    >>> found = objectivity(Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A", "A", "B"], "item": ["revenue", "employees", "revenue"],
    ...     "value": [100, 7, 50], "true_from": "2023-12-31",
    ...     "source": ["public_filing", "third_party", "third_party"],
    ...     "method": ["data_analysis", "questionnaire", "questionnaire"],
    ...     "collected_by": "Li", "collected_at": "2024-05-01",
    ... })))
    >>> found
    Objectivity(3 facts: 33% verified, 33% not the customer's own word)
    >>> found.own_word_only()
    ('B',)
    """
    owner = "objectivity"
    table = tidy_table(observations, _NEEDED, owner)
    catalogue = catalogue or getattr(observations, "catalogue", None) or ItemCatalogue.standard()
    check_kind(catalogue, "catalogue", owner, ItemCatalogue)
    items = {item.name: item for item in catalogue.of_record("") if item.weight > 0}
    kept = table["item"].astype(object).isin(list(items)).to_numpy()
    if as_of is not None:
        day = pd.Timestamp(check_day(as_of, "as_of", owner))
        kept = kept & (table["true_from"] <= day).to_numpy()
    rows = table[kept].reset_index(drop=True)
    if not len(rows):
        msg = "There are no facts of customers themselves whose objectivity could be measured."
        raise EmptyDataError(msg)
    found = verification_status(rows, catalogue=catalogue, reliability=reliability)
    status = found["status"].astype(str)
    names = read_entries(referees, "referees", owner)
    rows = rows.assign(
        **{name: rows[name].astype(object) for name in (*_KEY, "collected_by")},
        status=status, origin=_origin(rows, names),
    )  # fmt: skip
    newest = rows.groupby(_KEY)["true_from"].transform("max")
    last = (rows["true_from"] == newest).to_numpy()
    facts = _best(rows[_as_the_last(rows, last)])
    facts["group"] = [items[name].group for name in facts["item"]]
    facts["weight"] = [items[name].weight for name in facts["item"]]
    columns = [*_KEY, "group", "weight", "status", "origin", "collected_by"]
    return Objectivity(table=facts[columns], collectors=_collectors(rows[last]))


def _origin(rows: pd.DataFrame, referees: tuple[str, ...]) -> Any:
    asked = rows["method"].isin(["questionnaire", "interview"])
    filed = rows["source"].isin(["public_filing"])
    third = rows["source"].isin(["third_party"]) & (~asked | rows["source_name"].isin(referees))
    return np.select(
        [filed | third, asked, rows["source"].isin(["internal_record", "site_visit"])],
        ["independent", "own word", "first-hand"], default="own word",
    )  # fmt: skip


def _as_the_last(rows: pd.DataFrame, last: Bool1D) -> Bool1D:
    """Tell which rows are of the latest day, or say what one of that day says."""
    at = pd.DataFrame({"row": np.arange(len(rows))}).join(rows[_KEY])
    pairs = at[~last].merge(at[last], on=_KEY, suffixes=("", "_last"))
    one, other = pairs["row"].to_numpy(), pairs["row_last"].to_numpy()
    unit = rows["unit"].astype(object).to_numpy()
    alike = (unit[one] == unit[other]) & same_values(rows, one, other, _TOLERANCE)
    kept = last.copy()
    kept[one[alike]] = True
    return kept


def _best(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row a customer and item: the strongest status and the most objective origin."""
    order = ("verified", "contradicted", "unverified")
    ranked = rows.assign(
        s=rows["status"].map({word: k for k, word in enumerate(order)}),
        o=rows["origin"].map({word: k for k, word in enumerate(ORIGINS)}),
    )  # fmt: skip
    first = ranked.sort_values(["o", "s"], kind="stable").drop_duplicates(_KEY).sort_index()
    strongest = ranked.groupby(_KEY)["s"].min()
    keys = pd.MultiIndex.from_frame(first[_KEY])
    status = np.array(order, dtype=object)[strongest.reindex(keys).to_numpy()]
    return first.assign(status=status).reset_index(drop=True)


def _collectors(rows: pd.DataFrame) -> pd.DataFrame:
    """Return who collected how much of what people said or saw, or wrote down."""
    people = rows[(rows["collected_by"] != "").to_numpy()]
    counts = people.groupby("collected_by")
    table = pd.DataFrame({"n": counts.size(), "n_customers": counts["customer"].nunique()})
    table.insert(1, "share", table["n"] / max(len(people), 1))
    each = people.groupby("customer")["collected_by"].agg(["size", "nunique", "first"])
    alone = each.loc[(each["size"] >= 3) & (each["nunique"] == 1), "first"].value_counts()
    table["n_alone"] = alone.reindex(table.index, fill_value=0)
    return table.sort_values("n", ascending=False, kind="stable")
