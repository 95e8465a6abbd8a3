"""Numbers of customers far from those of their peers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidDataError, MissingColumnError

_LEAST_FACTOR = 5.0
"""Times which an amount must be more, or less, than a customer of its size has."""
_LEAST_AMOUNTS = 3
"""Amounts of a customer from which its size is known."""
_MAD_TO_SIGMA = 1.4826
"""1 / Φ⁻¹(3/4): the median absolute deviation of a normal is that part of its deviation."""


def peer_outliers(
    snapshot: pd.DataFrame,
    *,
    items: Sequence[str] | None = None,
    amounts: Sequence[str] = (),
    peers_by: Sequence[str] = (),
    threshold: float = 3.5,
    min_peers: int = 10,
) -> pd.DataFrame:
    """Return numbers of customers that are far from those of their peers.

    Parameters
    ----------
    snapshot : DataFrame
        A row a customer, a column an item, such as a store's snapshot.
    items : sequence of str, optional
        Columns that are looked at; without, all numbers.
    amounts : sequence of str, default=()
        Of these, what grows with the size of a customer and is above zero, such as sales, assets
        and employees: compared as if all were of one size, so that a large firm is no outlier for
        being large.
    peers_by : sequence of str, default=()
        Columns by which customers are peers, the most important first, such as industry and
        size. Where a group is too small the last of them is left out, and so on to all customers.
    threshold : float, default=3.5
        Robust z beyond which a number is listed, above 0.
    min_peers : int, default=10
        Fewest known numbers of a group, 3 or more.

    Returns
    -------
    DataFrame
        A row a number: customer, item, value, z, median, n_peers and peers (the columns by
        which the group was made), farthest first.

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        The index names a customer twice.

    Notes
    -----
    z = (x − median) / (1.4826 × MAD), MAD being the median of |x − median|. Iglewicz and Hoaglin
    recommend 3.5 [1]_. Where all known numbers of an item are above zero their logarithms are
    compared, as amounts of firms differ by factors. A group in which more than half are equal
    has a MAD of zero and tells nothing; a wider one is then used.

    Of `amounts` x_ij = log(amount j of customer i) − m_j − s_i, m_j being the median of the
    logarithms of amount j and s_i, the size, the median of what is then left of customer i: two
    steps of Tukey's median polish [2]_. One wrong amount moves the size little, and so stands
    alone. Customers of fewer than three amounts have no size and are compared as they are; amounts
    of zero or less are left out. A factor below 5 is none of a slip and not listed, however near
    to each other the peers. The median told is the one for a customer of that size.
    O(n_customers × n_items) time, and a sort.

    References
    ----------
    .. [1] Iglewicz, B. and Hoaglin, D. C. (1993). How to Detect and Handle Outliers. ASQC.
    .. [2] Tukey, J. W. (1977). Exploratory Data Analysis. Addison-Wesley, chapter 11.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import peer_outliers
    >>> firms = pd.DataFrame({"revenue": [90.0, 100, 110, 95, 105, 102, 98, 99, 101, 100_000]})
    >>> peer_outliers(firms)[["customer", "item", "value"]].values.tolist()
    [[9, 'revenue', 100000.0]]
    """
    owner = "peer_outliers"
    check_real(threshold, "threshold", owner, low=0, high=np.inf, closed="neither")
    check_integer(min_peers, "min_peers", owner, low=3)
    by = read_entries(peers_by, "peers_by", owner)
    if items is None:
        names = [n for n in snapshot.select_dtypes("number").columns if n not in by]
    else:
        names = list(read_entries(items, "items", owner))
    scaled = [name for name in read_entries(amounts, "amounts", owner) if name in names]
    lacking = [name for name in (*names, *amounts, *by) if name not in snapshot]
    if lacking:
        msg = f"{owner}: the snapshot has no column {lacking[0]!r}. Leave it out, or add it."
        raise MissingColumnError(msg)
    if snapshot.index.has_duplicates:
        twice = snapshot.index[snapshot.index.duplicated()][0]
        msg = f"Customer {twice!r} stands twice in the snapshot. Keep one row a customer."
        raise InvalidDataError(msg)
    groups = [_codes(snapshot, by[:n]) for n in range(len(by), -1, -1)]
    labels = [", ".join(by[:n]) or "all" for n in range(len(by), -1, -1)]
    sizes = _sizes(snapshot, scaled)
    found = [
        _of_item(_column(snapshot, name), name, sizes if name in scaled else None, groups,
                 (labels, min_peers))
        for name in names
    ]  # fmt: skip
    found = [part.assign(customer=snapshot.index.to_numpy()[part["row"]]) for part in found]
    columns = ["customer", "item", "value", "z", "median", "n_peers", "peers"]
    every = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
    far = every[(every["z"].abs() > threshold).to_numpy(dtype=bool)]
    order = far["z"].abs().astype(np.float64).sort_values(ascending=False, kind="stable").index
    return far.loc[order, columns].reset_index(drop=True)


def _codes(snapshot: pd.DataFrame, by: Sequence[str]) -> Int1D:
    if not by:
        return np.zeros(len(snapshot), dtype=np.int64)
    # who lacks a column has no peers by it
    codes: Int1D = snapshot.groupby(list(by), sort=False, observed=True).ngroup().to_numpy()
    return codes


def _column(snapshot: pd.DataFrame, name: str) -> Float1D:
    return np.asarray(snapshot[name].to_numpy(dtype=np.float64, na_value=np.nan))


def _sizes(snapshot: pd.DataFrame, amounts: list[str]) -> Float1D:
    """Return the size of each customer by the medians of its amounts; NaN without enough."""
    if not amounts:
        return np.full(len(snapshot), np.nan)
    values = snapshot[amounts].astype(np.float64)
    logs = np.log(values.where((values > 0) & np.isfinite(values)))
    left = logs - logs.median()
    size = left.median(axis=1).where(left.count(axis=1) >= _LEAST_AMOUNTS)
    return np.asarray(size.to_numpy())


def _of_item(
    value: Float1D,
    name: str,
    sizes: Float1D | None,
    groups: list[Int1D],
    peers: tuple[list[str], int],
) -> pd.DataFrame:
    known = np.isfinite(value)
    plain = np.zeros(len(value))
    if sizes is None:
        return _compared(value, plain, (known, known), groups, peers).assign(item=name)
    known &= value > 0
    sized = known & np.isfinite(sizes)
    by_size = _compared(value, np.where(sized, sizes, 0.0), (sized, sized), groups, peers)
    # who has no size, or no peers that have one, is compared with all as they are
    others = known.copy()
    others[by_size["row"]] = False
    parts = [by_size, _compared(value, plain, (known, others), groups, peers)]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    found = found.assign(item=name)
    far = np.abs(np.log(found["value"] / found["median"])) >= np.log(_LEAST_FACTOR)
    return found[far]


def _compared(
    value: Float1D,
    size: Float1D,
    known_and_told: tuple[Bool1D, Bool1D],
    groups: list[Int1D],
    peers: tuple[list[str], int],
) -> pd.DataFrame:
    """Return z of those that are told, among the peers who are known."""
    (known, told), (labels, min_peers) = known_and_told, peers
    in_logs = bool(known.any()) and bool((value[known] > 0).all())
    x = np.where(known, (np.log(np.where(known, value, 1.0)) if in_logs else value) - size, np.nan)
    z, median = np.full(len(x), np.nan), np.full(len(x), np.nan)
    n_peers, place = np.zeros(len(x), dtype=np.int64), np.full(len(x), -1)
    for level, codes in enumerate(groups):
        n, middle, spread = _robust(x, codes)
        use = told & (place < 0) & (codes >= 0) & (n >= min_peers) & (spread > 0)
        z[use] = (x[use] - middle[use]) / (_MAD_TO_SIGMA * spread[use])
        median[use], n_peers[use], place[use] = middle[use], n[use], level
    rows = np.flatnonzero(place >= 0)
    usual = median[rows] + size[rows]
    return pd.DataFrame(
        {
            "row": rows, "value": value[rows], "z": z[rows],
            "median": np.exp(usual) if in_logs else usual,
            "n_peers": n_peers[rows], "peers": np.array(labels, dtype=object)[place[rows]],
        }
    )  # fmt: skip


def _robust(x: Float1D, codes: Int1D) -> tuple[Int1D, Float1D, Float1D]:
    """Return for each row how many its group knows, their median, and the MAD."""
    grouped = pd.Series(x).groupby(codes)
    middle = grouped.transform("median")
    spread = (pd.Series(x) - middle).abs().groupby(codes).transform("median")
    n = grouped.transform("count").to_numpy()
    return n, middle.to_numpy(), spread.fillna(0.0).to_numpy()
