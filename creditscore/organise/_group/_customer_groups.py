"""Groups of customers under one parent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import check_day
from creditscore._display import counted, html_table
from creditscore._frame import like
from creditscore._typing import NativeFrame, NativeSeries
from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.organise._group._control import LEAST, controlled_votes, effective_shares
from creditscore.organise._group._ownership import Ownership, read_ownership

_OWNER = "find_groups"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CustomerGroups:
    """Who belongs to whom on a day; made by :func:`find_groups`.

    Attributes
    ----------
    table : DataFrame
        A row a customer or owner: customer, group (the ultimate parent, or of those that control
        each other in a ring the first by name), parent (who controls it most closely; empty
        where nobody does), ultimate_parent (empty in a ring), effective_share (that the ultimate
        parent, or the first of the ring, owns of it; 1 of itself) and how: "alone", "parent"
        (of others), "direct" or "indirect" (controlled by the ultimate parent so) or "ring" (in
        one, or below one).
    as_of : str
        The day.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import find_groups
    >>> shares = pd.DataFrame({"owner": ["A"], "owned": ["B"], "share": [0.6]})
    >>> groups = find_groups(shares, as_of="2024-06-30")
    >>> groups, groups.members("A")
    (CustomerGroups(2 customers, 1 group of two or more, 2024-06-30), ['A', 'B'])
    >>> groups.to_html("A")
    '<ul><li>A<ul><li>B (60.0%, direct)</li></ul></li></ul>'
    """

    table: pd.DataFrame
    as_of: str

    def group_of(self, customers: NativeSeries | Iterable[str]) -> Any:
        """Return the group of customers; those that are not in the table are alone.

        Returns
        -------
        Series or ndarray
            Of the kind that was given.
        """
        known = dict(zip(self.table["customer"], self.table["group"], strict=True))
        groups = np.array([known.get(str(name), str(name)) for name in customers], dtype=object)
        return like(groups, customers, name="group")

    def members(self, group: str) -> list[str]:
        """Return who belongs to a group.

        Raises
        ------
        InvalidParameterError
            There is no such group.
        """
        found = self.table.loc[self.table["group"] == group, "customer"].tolist()
        if not found:
            msg = f"There is no group {group!r} on {self.as_of}. Groups are named by their parents."
            raise InvalidParameterError(msg)
        return [str(name) for name in found]

    def exposures(self, amounts: Mapping[str, float] | pd.Series) -> pd.DataFrame:
        """Return what groups owe together.

        Parameters
        ----------
        amounts : mapping or Series
            Exposure by customer, finite, 0 or more. Customers that own nobody and are owned by
            nobody are groups of their own.

        Returns
        -------
        DataFrame
            A row a group, the largest first: group, n_customers (with an exposure given), amount,
            share (of all; NaN if nobody owes anything) and largest_share (of its largest member
            in it).

        Raises
        ------
        InvalidDataError
            An exposure is missing, infinite or below 0, or a customer stands twice.
        """
        given = pd.Series(amounts, dtype=np.float64)
        wrong = given.index[~(given >= 0) | np.isinf(given)]
        if len(wrong) or given.index.has_duplicates:
            name = wrong[0] if len(wrong) else given.index[given.index.duplicated()][0]
            msg = f"The exposure of {name!r} must be one finite amount of 0 or more."
            raise InvalidDataError(msg)
        groups = np.asarray(self.group_of([str(name) for name in given.index]), dtype=object)
        by_group = pd.Series(given.to_numpy()).groupby(groups)
        found = by_group.agg(["size", "sum", "max"]).reset_index()
        found.columns = pd.Index(["group", "n_customers", "amount", "largest"])
        total = found["amount"].sum()
        found["share"] = found["amount"] / total if total else np.nan
        amount = found["amount"].where(found["amount"] > 0)
        found["largest_share"] = found["largest"] / amount
        found = found.sort_values(["amount", "group"], ascending=[False, True], ignore_index=True)
        return found.drop(columns="largest")

    def tree(self, group: str) -> pd.DataFrame:
        """Return a group from its parent down, each member below the one that is its parent.

        Returns
        -------
        DataFrame
            customer, parent, depth (0 for the first), effective_share and how; the first of a
            ring has no parent here, for it must begin somewhere.

        Raises
        ------
        InvalidParameterError
            There is no such group.
        """
        self.members(group)
        rows = self.table[self.table["group"] == group].set_index("customer", drop=False)
        below: dict[str, list[str]] = {}
        for name, parent in zip(rows["customer"], rows["parent"], strict=True):
            below.setdefault(parent if name != group else "", []).append(name)
        order, depths = [], []
        waiting = [(group, 0)]
        while waiting:
            name, depth = waiting.pop()
            order.append(name)
            depths.append(depth)
            waiting += [(child, depth + 1) for child in reversed(below.get(name, []))]
        found = rows.loc[order].assign(depth=depths)
        found.loc[group, "parent"] = ""
        columns = ["customer", "parent", "depth", "effective_share", "how"]
        return found[columns].reset_index(drop=True)

    def to_html(self, group: str) -> str:
        """Return the tree of a group as HTML: nested lists, names escaped.

        Raises
        ------
        InvalidParameterError
            There is no such group.
        """
        parts, depth_before = [], -1
        for row in self.tree(group).itertuples():
            closed = "</li></ul>" * (depth_before - row.depth)
            parts.append(f"{closed}</li>" if row.depth <= depth_before else "<ul>")
            share = "" if row.depth == 0 else f" ({row.effective_share:.1%}, {row.how})"
            parts.append(f"<li>{escape(str(row.customer))}{share}")
            depth_before = int(row.depth)
        return "".join(parts) + "</li></ul>" * (depth_before + 1)

    def __repr__(self) -> str:
        """Say in one line how many groups there are."""
        sizes = self.table["group"].value_counts()
        several = counted(int((sizes > 1).sum()), "group")
        members = counted(len(self.table), "customer")
        return f"CustomerGroups({members}, {several} of two or more, {self.as_of})"

    def _repr_html_(self) -> str:
        """Show those that are not alone."""
        rows = self.table[self.table["how"] != "alone"].head(30)
        return html_table(rows, caption=repr(self), formats={"effective_share": "{:.1%}"})


def find_groups(
    ownership: NativeFrame,
    *,
    as_of: str,
    customers: Iterable[str] = (),
    control_above: float = 0.5,
) -> CustomerGroups:
    """Put customers that one parent controls into one group.

    Parameters
    ----------
    ownership : table of shape (n_shares, n_columns)
        As :func:`control_table` takes it; a table without rows is one of no shares.
    as_of : str or date
        Day of the shares.
    customers : iterable of str, default=()
        Customers that must be in the table though nobody owns them.
    control_above : float, default=0.5
        Share of the votes above which one controls, in [0.5, 1).

    Returns
    -------
    CustomerGroups

    Raises
    ------
    InvalidDataError
        As :func:`control_table`.
    InvalidParameterError
        A parameter is outside its range.

    Notes
    -----
    The ultimate parent of a firm is who controls it and is controlled by nobody; there is at
    most one, for no two can hold more than half. Its parent is the last before it in the chain:
    of all that control it, the one that has the most controllers itself. Firms that control
    each other in a ring, with nobody above them, have no ultimate parent and are one group.
    A minority that rules in fact is not seen in shares: put it in as the votes it stands for.
    Customers are texts in the result, 1 is "1".

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import find_groups
    >>> shares = pd.DataFrame({
    ...     "owner": ["A", "B", "A", "D"], "owned": ["B", "C", "C", "E"],
    ...     "share": [0.6, 0.4, 0.2, 0.3],
    ... })
    >>> groups = find_groups(shares, as_of="2024-06-30")
    >>> groups.table.round(2).values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['A', 'A', '', 'A', 1.0, 'parent'], ['B', 'A', 'A', 'A', 0.6, 'direct'],
     ['C', 'A', 'A', 'A', 0.44, 'indirect'], ['D', 'D', '', 'D', 1.0, 'alone'],
     ['E', 'E', '', 'E', 1.0, 'alone']]
    >>> groups.exposures({"B": 30.0, "C": 50.0, "E": 20.0})["amount"].tolist()
    [80.0, 20.0]
    """
    check_real(control_above, "control_above", _OWNER, low=0.5, high=1, closed="left")
    found = read_ownership(ownership, as_of, _OWNER)
    votes = controlled_votes(found, control_above)
    controllers = _controllers(votes, control_above)
    rows = _rows(found, controllers, control_above)
    known = set(found.names)
    more = sorted({str(name) for name in customers} - known)
    rows += [(name, name, "", name, 1.0, "alone") for name in more]
    columns = ["customer", "group", "parent", "ultimate_parent", "effective_share", "how"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.sort_values("customer", kind="stable", ignore_index=True)
    return CustomerGroups(table=table, as_of=str(check_day(as_of, "as_of", _OWNER)))


def _controllers(votes: list[dict[int, float]], control_above: float) -> list[set[int]]:
    """Return by firm who controls it."""
    found: list[set[int]] = [set() for _ in votes]
    for owner, held in enumerate(votes):
        for owned, share in held.items():
            if share > control_above + LEAST:
                found[owned].add(owner)
    return found


def _rows(
    found: Ownership, controllers: list[set[int]], control_above: float
) -> list[tuple[Any, ...]]:
    pairs = zip(found.owner.tolist(), found.owned.tolist(), strict=True)
    direct = dict(zip(pairs, found.share.tolist(), strict=True))
    parents = set().union(*controllers)
    tops = _tops(found, controllers)
    effective = effective_shares(found, {top for top in tops if top >= 0})
    rows: list[tuple[Any, ...]] = []
    for place, (name, top) in enumerate(zip(found.names, tops, strict=True)):
        if top < 0:
            rows.append((name, name, "", name, 1.0, "parent" if place in parents else "alone"))
            continue
        parent = found.names[_closest(place, controllers, direct)]
        is_free = not controllers[top]
        how = "direct" if direct.get((top, place), 0.0) > control_above + LEAST else "indirect"
        share = 1.0 if top == place else effective.get((top, place), 0.0)
        group = found.names[top]
        rows.append((name, group, parent, group, share, how) if is_free else
                    (name, group, parent, "", share, "ring"))  # fmt: skip
    return rows


def _tops(found: Ownership, controllers: list[set[int]]) -> list[int]:
    """Return by firm its ultimate parent, or the first by name of the ring above it; -1 for none.

    In a ring is who is controlled by those alone whom it controls.
    """
    in_ring = [
        bool(above) and all(place in controllers[other] for other in above)
        for place, above in enumerate(controllers)
    ]
    tops = []
    for place, above in enumerate(controllers):
        free = next((one for one in above if not controllers[one]), None)
        ring = [one for one in (place, *above) if in_ring[one]] if free is None else []
        first = min(ring, key=found.names.__getitem__, default=-1)
        tops.append(first if free is None else free)
    return tops


def _closest(
    place: int, controllers: list[set[int]], direct: Mapping[tuple[int, int], float]
) -> int:
    """Return the last before a firm in the chain of those that control it.

    Control is handed on, so that the last one has the most above it.
    """
    return min(
        controllers[place],
        key=lambda one: (-len(controllers[one]), -direct.get((one, place), 0.0), one),
    )
