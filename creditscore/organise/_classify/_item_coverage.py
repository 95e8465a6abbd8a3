"""How many of the items of each group files hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._frame import missing_message
from creditscore.collect import ITEM_GROUPS, ItemCatalogue
from creditscore.exceptions import EmptyDataError, MissingColumnError
from creditscore.organise._refresh._applicable import applicable_items

_KIND = "customer_kind"


def item_coverage(
    snapshot: pd.DataFrame, *, catalogue: ItemCatalogue | None = None
) -> pd.DataFrame:
    """Return by group of items how many there are, and which share the files hold.

    Parameters
    ----------
    snapshot : DataFrame of shape (n_customers, n_items)
        What is known as of a day: customers in the index, a column an item, as of
        ``CustomerStore.snapshot()`` or ``Observations.wide()``; missing where not known. The
        column customer_kind, where it is there, says which items apply.
    catalogue : ItemCatalogue, optional
        Without, the standard one.

    Returns
    -------
    DataFrame
        A row a group: group, n_items (of customers, in the catalogue), n_seen (that some customer
        has), n_expected (customers and items that apply), n_held, coverage (share of them) and
        weighted_coverage (by the items' weights); NaN where nothing applies.

    Raises
    ------
    EmptyDataError
        There is no customer.
    MissingColumnError
        The snapshot has no item of the catalogue.

    Notes
    -----
    Items of records, such as invoices, are left out, for a customer may have none. Items without
    weight count for nothing. O(customers · items) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item, ItemCatalogue
    >>> from creditscore.organise import item_coverage
    >>> catalogue = ItemCatalogue(items=(
    ...     Item(name="revenue", group="financial", weight=3), Item(name="cash", group="financial"),
    ... ))
    >>> known = pd.DataFrame({"revenue": [5.0, 7.0], "cash": [None, 1.0]}, index=["A", "B"])
    >>> item_coverage(known, catalogue=catalogue)[["coverage", "weighted_coverage"]].values.tolist()
    [[0.75, 0.875]]
    """
    owner = "item_coverage"
    check_kind(snapshot, "snapshot", owner, pd.DataFrame)
    catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
    check_kind(catalogue, "catalogue", owner, ItemCatalogue)
    if not len(snapshot):
        msg = "There is no customer in the snapshot, so nothing can be covered."
        raise EmptyDataError(msg)
    of_customers = list(catalogue.of_record(""))
    known = [item.name for item in of_customers if item.name in snapshot.columns]
    if not known:
        msg = missing_message([of_customers[0].name], [str(name) for name in snapshot.columns])
        raise MissingColumnError(msg)
    kinds = pd.Series("", index=snapshot.index)
    if _KIND in snapshot.columns:
        kinds = snapshot[_KIND].astype(object).fillna("")
    expected = applicable_items(kinds.rename_axis("customer"), catalogue)
    held = snapshot[known].notna()
    rows = snapshot.index.get_indexer(expected["customer"])
    columns = pd.Index(known).get_indexer(expected["item"])
    there = np.where(columns >= 0, held.to_numpy()[rows, columns], False)
    expected = expected.assign(held=there, weight_held=expected["weight"] * there)
    seen = set(held.columns[held.any()])
    found = []
    for group in ITEM_GROUPS:
        items = [item for item in of_customers if item.group == group]
        if not items:
            continue
        mine = expected[expected["group"] == group]
        found.append(
            {
                "group": group, "n_items": len(items),
                "n_seen": sum(item.name in seen for item in items), "n_expected": len(mine),
                "n_held": int(mine["held"].sum()),
                "coverage": mine["held"].mean() if len(mine) else np.nan,
                "weighted_coverage":
                    mine["weight_held"].sum() / mine["weight"].sum() if len(mine) else np.nan,
            }
        )  # fmt: skip
    return pd.DataFrame(found)
