"""Facts far from those of peers, or from the customer's own of the period before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._typing import Float1D, Int1D
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidDataError, MissingColumnError
from creditscore.organise._refresh._freshness import observed_table

_MAD_TO_SIGMA = 1.4826
"""1 / Φ⁻¹(3/4): the median absolute deviation of a normal is that part of its deviation."""


def peer_outliers(
    snapshot: pd.DataFrame,
    *,
    items: Sequence[str] | None = None,
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
    recommend 3.5. Where all known numbers of an item are above zero their logarithms are
    compared, as amounts of firms differ by factors. A group in which more than half are equal
    has a MAD of zero and tells nothing; a wider one is then used. O(n_customers × n_items) time,
    and a sort.

    References
    ----------
    .. [1] Iglewicz, B. and Hoaglin, D. C. (1993). How to Detect and Handle Outliers. ASQC.

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
    lacking = [name for name in (*names, *by) if name not in snapshot]
    if lacking:
        msg = f"{owner}: the snapshot has no column {lacking[0]!r}. Leave it out, or add it."
        raise MissingColumnError(msg)
    if snapshot.index.has_duplicates:
        twice = snapshot.index[snapshot.index.duplicated()][0]
        msg = f"Customer {twice!r} stands twice in the snapshot. Keep one row a customer."
        raise InvalidDataError(msg)
    groups = [_codes(snapshot, by[:n]) for n in range(len(by), -1, -1)]
    labels = [", ".join(by[:n]) or "all" for n in range(len(by), -1, -1)]
    found = [_of_item(snapshot, name, groups, labels, min_peers) for name in names]
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


def _of_item(
    snapshot: pd.DataFrame, name: str, groups: list[Int1D], labels: list[str], min_peers: int
) -> pd.DataFrame:
    value = snapshot[name].to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(value)
    amounts = bool(known.any()) and bool((value[known] > 0).all())
    x = np.where(known, np.log(np.where(known, value, 1.0)) if amounts else value, np.nan)
    z, median = np.full(len(x), np.nan), np.full(len(x), np.nan)
    n_peers, place = np.zeros(len(x), dtype=np.int64), np.full(len(x), -1)
    for level, codes in enumerate(groups):
        n, middle, spread = _robust(x, codes)
        use = known & (place < 0) & (codes >= 0) & (n >= min_peers) & (spread > 0)
        z[use] = (x[use] - middle[use]) / (_MAD_TO_SIGMA * spread[use])
        median[use], n_peers[use], place[use] = middle[use], n[use], level
    rows = np.flatnonzero(place >= 0)
    return pd.DataFrame(
        {
            "customer": snapshot.index.to_numpy()[rows], "item": name, "value": value[rows],
            "z": z[rows], "median": np.exp(median[rows]) if amounts else median[rows],
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


def find_jumps(observations: Any, *, factor: float = 8.0) -> pd.DataFrame:
    """Return numbers that are many times, or a small part of, those of the period before.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations, with the history of each item.
    factor : float, default=8
        Ratio to the number before, above 1, from which a number is listed; its inverse too.

    Returns
    -------
    DataFrame
        A row a jump: customer, record, item, true_from, value, before, ratio, hint and row (the
        place in the table). The hint says "unit" where the ratio is about 1,000, 10,000 or a
        million, or the inverse of one.

    Notes
    -----
    Numbers of one source with the same sign are compared, by the last word on each day. A change
    of sign is no jump. O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import find_jumps
    >>> told = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": "revenue", "value": [900.0, 950_000.0],
    ...     "true_from": ["2022-12-31", "2023-12-31"], "source": "public_filing",
    ...     "method": "data_analysis", "collected_at": "2024-05-01",
    ... }))
    >>> find_jumps(told)[["value", "before", "hint"]].values.tolist()
    [[950000.0, 900.0, 'unit']]
    """
    owner = "find_jumps"
    check_real(factor, "factor", owner, low=1, high=np.inf, closed="neither")
    table = observed_table(observations, owner).reset_index(drop=True)
    series = ["customer", "record", "item", "source", "source_name"]
    numbers = table[table["number"].notna()].sort_values(
        [*series, "true_from", "collected_at"], kind="stable"
    )
    last = numbers.drop_duplicates([*series, "true_from"], keep="last")
    codes = last.groupby(series, sort=False, observed=True).ngroup().to_numpy()
    value = last["number"].to_numpy()
    before = np.where(np.append(False, np.diff(codes) == 0)[: len(value)], _shifted(value), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = value / before
    jumps = (ratio >= factor) | ((ratio > 0) & (ratio <= 1 / factor))
    found = last.loc[jumps, ["customer", "record", "item", "true_from"]]
    size = np.abs(np.log10(np.where(jumps, ratio, 1.0)[jumps]))
    unit = np.any([np.abs(size - power) < 0.25 for power in (3, 4, 6)], axis=0)
    return found.assign(
        value=value[jumps], before=before[jumps], ratio=ratio[jumps],
        hint=np.where(unit, "unit", ""), row=found.index,
    ).reset_index(drop=True)  # fmt: skip


def _shifted(values: Float1D) -> Float1D:
    return np.append(np.nan, values[:-1])[: len(values)]
