"""Networks of related parties: customers who share an address, a payer, an owner."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from creditscore._by_customer import by_customer
from creditscore._cells import word_of
from creditscore._display import counted, html_table
from creditscore._typing import Int1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore._warn import warn_user
from creditscore.collect._derived._windows import read_columns
from creditscore.exceptions import InvalidDataError, InvalidParameterError, RejectedRowsWarning

_LEAST_LENGTH = 4
"""Letters and digits below which a value is no address, telephone or name."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RelatedParties:
    """Customers in groups of those that are connected, directly or through others.

    Made by :func:`related_parties`.

    Attributes
    ----------
    table : DataFrame
        Index customer; component (number of its group, the largest is 0), size (customers in the
        group), n_related (others in it), degree (others that it is connected with directly) and
        exposure (of the whole group; NaN where none was given).
    links : DataFrame
        A row a pair of customers that are connected directly: first, second, kinds (why, such as
        "address, payer"). Values that they share are not shown.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import related_parties
    >>> addresses = pd.DataFrame({
    ...     "customer": ["A", "B", "C", "D"],
    ...     "value": ["1 Mill Road", "1, mill road", "9 High Street", "2 Low Lane"],
    ... })
    >>> ownership = pd.DataFrame({"customer": ["C"], "parent": ["B"], "share": [0.6]})
    >>> found = related_parties({"address": addresses}, ownership=ownership)
    >>> found
    RelatedParties(4 customers, 2 links, 1 group of two or more, the largest of 3)
    >>> found.table[["component", "n_related", "degree"]].loc["A"].to_dict()
    {'component': 0, 'n_related': 2, 'degree': 1}
    """

    table: pd.DataFrame
    links: pd.DataFrame

    def group_of(self, customer: str) -> tuple[str, ...]:
        """Return all customers that a customer is connected with, itself among them."""
        if customer not in self.table.index:
            msg = f"There is no customer {customer!r} among {len(self.table)}."
            raise InvalidParameterError(msg)
        component = self.table.loc[customer, "component"]
        return tuple(self.table.index[self.table["component"] == component].tolist())

    def __repr__(self) -> str:
        """Say in one line how far customers are connected."""
        sizes = self.table.drop_duplicates("component")["size"]
        n = int((sizes > 1).sum())
        largest = f", the largest of {int(sizes.max())}" if n else ""
        return (
            f"RelatedParties({counted(len(self.table), 'customer')}, "
            f"{counted(len(self.links), 'link')}, {counted(n, 'group')} of two or more{largest})"
        )

    def _repr_html_(self) -> str:
        """Show the largest groups."""
        groups = self.table.drop_duplicates("component").nlargest(10, "size")
        shown = groups[["component", "size", "exposure"]]
        return html_table(shown, caption=repr(self), formats={"exposure": "{:,.0f}"})


def related_parties(
    shared: Mapping[str, NativeFrame],
    *,
    ownership: NativeFrame | None = None,
    customers: Any = None,
    min_share: float = 0.25,
    exposure: Mapping[str, float] | pd.Series | None = None,
    most_shared: int = 20,
) -> RelatedParties:
    """Find groups of customers who share something, or of whom one owns the other.

    Parameters
    ----------
    shared : mapping of str to table
        For each kind, such as "address", "phone" or "payer", the columns customer and value;
        a customer may have several values.
    ownership : table, optional
        customer, parent (the customer that owns it) and share (fraction; a missing one counts,
        for the parent was named).
    customers : sequence of str, optional
        All customers; without, those of the tables, parents among them.
    min_share : float in (0, 1], default=0.25
        Least share that connects.
    exposure : mapping or Series, optional
        What each customer owes; customers without one owe nothing. Numbers of customers are read
        as texts: 1001 is "1001".
    most_shared : int, default=20
        A value that more customers have connects none: it is that of an agent, a payment service,
        or a word for "unknown". 2 or more.

    Returns
    -------
    RelatedParties

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        A row has no customer; a share that is no number, or outside 0 to 1; an exposure of a
        customer twice, or of none of them.
    InvalidParameterError
        A parameter outside its range.

    Warns
    -----
    RejectedRowsWarning
        Values that too many share were left out; the message tells how many, and of which kind.

    Notes
    -----
    This looks for who may hang together by what customers happen to share;
    ``creditscore.organise.find_groups`` says who controls whom by shares and votes. Values are
    compared by their letters and digits alone, whatever their case and width, so that a telephone
    with and without its country is two; those of fewer than four connect none. Groups are the
    connected components of the graph of customers and values [1]_: being connected says that
    someone should look, not that two are one. Those who share a parent that is no customer are
    connected through it. O(n log n + links) time.

    References
    ----------
    .. [1] J. Hopcroft and R. Tarjan, "Algorithm 447: efficient algorithms for graph manipulation",
       *Communications of the ACM* 16 (1973), 372-378.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import related_parties
    >>> payers = pd.DataFrame({
    ...     "customer": ["A", "B", "C"], "value": ["Zhou & Co.", "ZHOU CO", "Mill Ltd"],
    ... })
    >>> found = related_parties({"payer": payers}, exposure={"A": 100, "B": 50, "C": 70})
    >>> found.table["exposure"].to_dict()
    {'A': 150.0, 'B': 150.0, 'C': 70.0}
    """
    owner = "related_parties"
    check_real(min_share, "min_share", owner, low=0, high=1, closed="right")
    check_integer(most_shared, "most_shared", owner, low=2)
    given: Any = shared
    if not isinstance(given, Mapping):
        msg = f"The 'shared' parameter of {owner} must name kinds, each with a table."
        raise InvalidParameterError(msg)
    found = [_shared_ties(kind, table, most_shared) for kind, table in shared.items()]
    if ownership is not None:
        found.append(_owner_ties(ownership, min_share))
    nobody = pd.DataFrame(columns=["customer", "kind", "tie"], dtype=object)
    whole = pd.concat([*(ties for ties, _ in found), nobody], ignore_index=True)
    named = customers if customers is not None else [name for _, names in found for name in names]
    index = pd.Index(sorted({word_of(name) for name in named}), name="customer", dtype=object)
    owed = None
    if exposure is not None:
        owed = by_customer(exposure, "exposure", owner, numbers=True, known=index)
    whole = whole[whole["customer"].isin(index)]
    rows = index.get_indexer(whole["customer"].astype(object))
    columns, names = pd.factorize(whole["tie"])
    component = _components(rows.astype(np.intp), columns.astype(np.intp), len(index), len(names))
    links = _links(whole.assign(row=rows), index)
    return RelatedParties(table=_table(component, links, index, owed), links=links)


def _shared_ties(kind: str, table: NativeFrame, most_shared: int) -> tuple[pd.DataFrame, list[str]]:
    """Return customers with what ties them, a value that two or more share; and all of them."""
    read, codes, names = read_columns(table, texts=("value",), owner=f"related_parties, {kind}")
    values, levels = pd.factorize(read["value"])
    plain = np.array([*(_plain(level) for level in levels), ""], dtype=object)[values]
    pairs = pd.DataFrame({"customer": names.to_numpy()[codes], "value": plain}).drop_duplicates()
    pairs = pairs[pairs["value"].str.len() >= _LEAST_LENGTH]
    n = pairs.groupby("value")["customer"].transform("size")
    crowded = pairs.loc[n > most_shared, "value"].nunique()
    if crowded:
        most = int(n.max())
        warn_user(
            f"{counted(crowded, 'value')} of the kind {kind!r} are shared by more than "
            f"{most_shared} customers (up to {most:,}), and connect none: they may be those of an "
            "agent. Raise most_shared if they mean something.",
            RejectedRowsWarning,
        )
    kept = pairs[(n > 1) & (n <= most_shared)]
    ties = kept.assign(kind=kind, tie=kind + "\x1f" + kept["value"])
    return ties[["customer", "kind", "tie"]], names.tolist()


def _owner_ties(ownership: NativeFrame, min_share: float) -> tuple[pd.DataFrame, list[str]]:
    """Return customers with what ties them, the one that owns them and itself; and all of them."""
    owner = "related_parties, ownership"
    read, codes, names = read_columns(ownership, numbers=("share",), texts=("parent",), owner=owner)
    share = read["share"].to_numpy()
    if ((share < 0) | (share > 1)).any():
        row = int(((share < 0) | (share > 1)).argmax())
        msg = f"{owner}: 'share' must be a fraction. Got {share[row]:g} in row {row}."
        raise InvalidDataError(msg)
    parent = read["parent"].map(lambda name: "" if pd.isna(name) else str(name).strip())
    owned = ((np.isnan(share) | (share >= min_share)) & (parent != "")).to_numpy()
    children = pd.DataFrame({"customer": names.to_numpy()[codes][owned], "tie": parent[owned]})
    parents = pd.DataFrame({"customer": parent[owned], "tie": parent[owned]})
    both = pd.concat([children, parents], ignore_index=True).drop_duplicates()
    ties = both.assign(kind="ownership", tie="ownership\x1f" + both["tie"])
    return ties[["customer", "kind", "tie"]], [*names, *parents["customer"]]


def _plain(value: Any) -> str:
    text = unicodedata.normalize("NFKC", str(value)).casefold()
    return re.sub(r"[\W_]+", "", text)


def _components(rows: Int1D, columns: Int1D, n_customers: int, n_ties: int) -> Int1D:
    """Return the group of each customer, the largest first, of equal ones that of the first."""
    size = n_customers + n_ties
    graph = coo_matrix((np.ones(len(rows)), (rows, n_customers + columns)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1][:n_customers]
    if not n_customers:
        return np.zeros(0, dtype=np.intp)
    _, first, code, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -counts))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[code.ravel()])


def _links(ties: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Return the pairs that a tie connects, each once with all kinds of ties."""
    columns = ["first", "second", "kinds"]
    if not len(ties):
        return pd.DataFrame(columns=columns)
    left = ties[["row", "kind", "tie"]]
    owned = (left["kind"] == "ownership").to_numpy()
    is_owner = ties["tie"] == "ownership\x1f" + ties["customer"].astype(str)
    # who shares a value is connected with all that do: no more than `most_shared`; of those that
    # one owns, however many, each is connected with the owner, and they only through it
    among = left[~owned].merge(left[~owned], on=["tie", "kind"], suffixes=("", "_other"))
    owners = left[owned & is_owner.to_numpy()]
    below = owners.merge(left[owned], on=["tie", "kind"], suffixes=("", "_other"))
    ends = ["row", "row_other"]
    below[ends] = np.sort(below[ends].to_numpy(), axis=1)
    pairs = pd.concat([among, below], ignore_index=True)
    pairs = pairs.loc[pairs["row"] < pairs["row_other"], [*ends, "kind"]].drop_duplicates()
    pairs = pairs.sort_values(["row", "row_other", "kind"], kind="stable")
    kinds = pairs.groupby(["row", "row_other"], sort=True)["kind"].agg(", ".join).reset_index()
    names = index.to_numpy()
    return pd.DataFrame(
        {
            "first": names[kinds["row"].to_numpy(dtype=np.intp)],
            "second": names[kinds["row_other"].to_numpy(dtype=np.intp)],
            "kinds": kinds["kind"].to_numpy(),
        }
    )


def _table(
    component: Int1D, links: pd.DataFrame, index: pd.Index, exposure: pd.Series | None
) -> pd.DataFrame:
    sizes = np.bincount(component, minlength=1)
    ends = pd.concat([links["first"], links["second"]])
    degree = ends.value_counts().reindex(index, fill_value=0)
    owed = np.full(len(index), np.nan)
    if exposure is not None:
        each = exposure.reindex(index, fill_value=0.0)
        sums = np.bincount(component, weights=each.fillna(0.0).to_numpy(), minlength=len(sizes))
        owed = sums[component]
    return pd.DataFrame(
        {
            "component": component,
            "size": sizes[component],
            "n_related": sizes[component] - 1,
            "degree": degree.to_numpy(),
            "exposure": owed,
        },
        index=index,
    )
