"""Customers that would fall together: by control, or because one lives by the other."""

from __future__ import annotations

import pandas as pd

from creditscore._checks import check_kind
from creditscore._frame import read_named
from creditscore._typing import NativeFrame
from creditscore.exceptions import InvalidDataError
from creditscore.organise._group._customer_groups import CustomerGroups
from creditscore.organise._match._records import as_texts


def connected_clients(groups: CustomerGroups, dependencies: NativeFrame) -> pd.DataFrame:
    """Join groups of which one depends on another economically.

    Parameters
    ----------
    groups : CustomerGroups
        By control, of :func:`find_groups`.
    dependencies : table of shape (n_dependencies, n_columns)
        Who depends on whom, as an analyst found it: dependent, on and reason. Customers that the
        groups do not know are alone in theirs. A table without rows is one of none.

    Returns
    -------
    DataFrame
        A row a customer: customer, group (by control), connected (name of the first group by
        name of all that are joined) and why ("control", or the reasons that join the groups).

    Raises
    ------
    InvalidDataError
        A dependency names nobody, gives no reason, or is on oneself.

    Notes
    -----
    Customers are connected if they are a single risk: one controls the other, or trouble of one
    would bring trouble to the other, as where half of its sales or purchases, a guarantee, or
    all its funding hang on it. Whether that is so is a judgement, and so the table is given and
    never inferred. All that hang together in either way, be it by third ones, are joined here.
    That is the widest reading, on the safe side: where dependence goes one way only, the rules
    allow narrower groups, which have to be drawn by hand.

    References
    ----------
    Regulation (EU) 575/2013, Article 4(1)(39). European Banking Authority (2017). Guidelines on
    connected clients, EBA/GL/2017/15.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import connected_clients, find_groups
    >>> shares = pd.DataFrame({"owner": ["A"], "owned": ["B"], "share": [0.8]})
    >>> groups = find_groups(shares, as_of="2024-06-30", customers=["C", "D"])
    >>> needs = pd.DataFrame({"dependent": ["C"], "on": ["B"], "reason": ["sells it 70 %"]})
    >>> connected_clients(groups, needs)["connected"].tolist()
    ['A', 'A', 'A', 'D']
    """
    owner = "connected_clients"
    check_kind(groups, "groups", owner, CustomerGroups)
    group = dict(zip(groups.table["customer"], groups.table["group"], strict=True))
    edges = [] if not len(dependencies) else _read(dependencies, owner)
    for dependent, on, _ in edges:
        group.setdefault(dependent, dependent)
        group.setdefault(on, on)
    into: dict[str, str] = {}
    for dependent, on, _ in edges:
        low, high = sorted((_root(group[dependent], into), _root(group[on], into)))
        if low != high:
            into[high] = low
    reasons: dict[str, list[str]] = {}
    for dependent, on, reason in edges:
        told = f"{dependent} on {on}: {reason}"
        reasons.setdefault(_root(group[on], into), []).append(told)
    names = sorted(group)
    connected = [_root(group[name], into) for name in names]
    return pd.DataFrame(
        {
            "customer": names,
            "group": [group[name] for name in names],
            "connected": connected,
            "why": ["; ".join(reasons.get(name, ["control"])) for name in connected],
        }
    )


def _read(dependencies: NativeFrame, owner: str) -> list[tuple[str, str, str]]:
    read = read_named(dependencies, ["dependent", "on", "reason"], reader=owner)
    columns = [as_texts(read, name).tolist() for name in ("dependent", "on", "reason")]
    edges = list(zip(*columns, strict=True))
    for row, (dependent, on, reason) in enumerate(edges):
        if not (dependent and on and reason) or dependent == on:
            msg = (
                f"Row {row} of the dependencies must say who depends on whom else, and why. Got "
                f"{dependent!r} on {on!r}, {reason!r}."
            )
            raise InvalidDataError(msg)
    return edges


def _root(group: str, into: dict[str, str]) -> str:
    while group in into:
        group = into[group]
    return group
