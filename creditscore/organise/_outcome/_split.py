"""Rows of customers parted into train, test and out-of-time samples without leakage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import Days, check_day
from creditscore._display import counted, html_table
from creditscore._frame import read_named
from creditscore._typing import Bool1D, Int1D
from creditscore._validation import check_integer, check_real, check_target
from creditscore.exceptions import EmptyDataError, InvalidParameterError
from creditscore.organise._outcome._definition import months_ended
from creditscore.organise._outcome._performance import customers_of, day_values, month_ends

SAMPLES = ("train", "test", "oot", "gap")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SampleSplit:
    """Which sample each row belongs to; made by :func:`split_sample`.

    Attributes
    ----------
    sample : pandas.Series
        "train", "test", "oot" or "gap" for each row, in the index of the table.
    counts : pandas.DataFrame
        A row a sample: n, n_bad, bad_rate, n_customers, first and last as_of.
    n_returning : int
        Customers of the out-of-time sample that are in train or test too, at an earlier day.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import split_sample
    >>> rows = pd.DataFrame({
    ...     "customer": list("ABCDEFGH"), "is_bad": [0, 1] * 4,
    ...     "as_of": ["2022-06-30"] * 6 + ["2023-12-31"] * 2,
    ... })
    >>> split = split_sample(rows, oot_from="2023-12-31", performance_months=12, random_state=0)
    >>> split
    SampleSplit(4 train, 2 test, 2 oot, 0 gap)
    """

    sample: pd.Series
    counts: pd.DataFrame
    n_returning: int

    def __repr__(self) -> str:
        """Say in one line how many rows each sample has."""
        parts = ", ".join(f"{n:,} {name}" for name, n in self.counts["n"].items())
        return f"SampleSplit({parts})"

    def _repr_html_(self) -> str:
        """Show the samples."""
        caption = f"{self!r}; {counted(self.n_returning, 'customer')} of oot known from before"
        formats = {"n": "{:,}", "n_bad": "{:,}", "bad_rate": "{:.2%}", "n_customers": "{:,}"}
        return html_table(self.counts.reset_index(), caption=caption, formats=formats)


def split_sample(
    table: Any,
    *,
    test_share: float = 0.3,
    oot_from: Any = None,
    performance_months: int | None = None,
    random_state: int = 0,
) -> SampleSplit:
    """Part rows into train, test and out-of-time samples.

    Parameters
    ----------
    table : table
        customer, as_of and is_bad (1 for bad, 0 for good), such as
        :meth:`Outcomes.modelling_sample`. A customer may have several rows.
    test_share : float, default=0.3
        Share of the customers before `oot_from` that go to the test sample, above 0 and below 1.
    oot_from : day, optional
        Rows from this day on are out of time; without, there are none.
    performance_months : int, optional
        Length of the outcome's window, needed with `oot_from`: rows before it whose outcome was
        not known by then are the "gap", for no model that was fitted then could have used them.
    random_state : int, default=0
        Key of the hash by which customers are chosen.

    Returns
    -------
    SampleSplit

    Raises
    ------
    MissingColumnError, EmptyDataError, InvalidDataError, InvalidTargetError
        A column or rows are not there, or say no customer, day or outcome.
    InvalidParameterError
        A parameter is outside its range, or `oot_from` has no `performance_months`.
    EmptyDataError
        No row is left before `oot_from`, or none from it on.

    Notes
    -----
    All rows of a customer before `oot_from` are in one sample, so that nobody is known from
    training when it is tested. Customers that were ever bad and others are parted alike. Each
    customer has a place by a hash of its name, and the first ones are tested: the order of the
    rows does not matter, and when customers are added few others change the sample. O(n log n)
    time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import split_sample
    >>> rows = pd.DataFrame({
    ...     "customer": ["A", "A", "B", "B"], "as_of": ["2023-06-30", "2023-12-31"] * 2,
    ...     "is_bad": [0, 0, 1, 1],
    ... })
    >>> sample = split_sample(rows, test_share=0.5).sample
    >>> bool(sample[0] == sample[1] and sample[2] == sample[3])
    True
    """
    owner = "split_sample"
    check_real(test_share, "test_share", owner, low=0, high=1, closed="neither")
    check_integer(random_state, "random_state", owner, low=0)
    rows = read_named(table, ("customer", "as_of", "is_bad"), reader=owner)
    codes, customers = customers_of(rows)
    days = day_values(rows, "as_of")
    is_bad = check_target(rows.numeric("is_bad"), n_rows=rows.n_rows).is_bad
    late, gap = _late(days, oot_from, performance_months, owner)
    early = ~late & ~gap
    if not early.any():
        msg = (
            f"No row is left to train on: all {rows.n_rows} are from {oot_from} on, or had an "
            "outcome that was not known by then. Choose a later 'oot_from'."
        )
        raise EmptyDataError(msg)
    tested = _tested(codes, customers, is_bad, early, test_share, random_state)
    sample = np.select([late, gap, tested[codes]], ["oot", "gap", "test"], default="train")
    index = table.index if isinstance(table, pd.DataFrame) else None
    facts = pd.DataFrame({"sample": sample, "customer": codes, "as_of": days, "is_bad": is_bad})
    returning = np.intersect1d(codes[late], codes[early])
    return SampleSplit(
        sample=pd.Series(sample, index=index, name="sample"),
        counts=_counts(facts),
        n_returning=len(returning),
    )


def _late(days: Days, oot_from: Any, months: int | None, owner: str) -> tuple[Bool1D, Bool1D]:
    """Return the rows out of time, and those whose outcome was not known when it began."""
    if oot_from is None:
        never = np.zeros(len(days), dtype=bool)
        return never, never
    if months is None:
        msg = (
            f"The 'oot_from' parameter of {owner} needs 'performance_months': rows whose outcome "
            "was not known by then must not train."
        )
        raise InvalidParameterError(msg)
    check_integer(months, "performance_months", owner, low=1)
    first = check_day(oot_from, "oot_from", owner)
    late = days >= first
    if not late.any():
        msg = f"No row is from {first} on; the last is of {days.max()}. Choose an earlier day."
        raise EmptyDataError(msg)
    return late, ~late & (month_ends(months_ended(days) + months) > first)


def _tested(
    codes: Int1D, customers: pd.Index, is_bad: Bool1D, early: Bool1D, share: float, key: int
) -> Bool1D:
    """Tell for each customer whether it is tested."""
    n = len(customers)
    here, bad = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    here[codes[early]] = True
    bad[codes[early & is_bad]] = True
    names = np.array([f"{name}" for name in customers], dtype=object)
    place = pd.util.hash_array(names, hash_key=f"{key:016d}"[-16:], categorize=False)
    tested = np.zeros(n, dtype=bool)
    for stratum in (here & bad, here & ~bad):
        members = np.flatnonzero(stratum)
        first = members[np.argsort(place[members], kind="stable")]
        tested[first[: round(share * len(members))]] = True
    return tested


def _counts(facts: pd.DataFrame) -> pd.DataFrame:
    grouped = facts.groupby("sample")
    table = pd.DataFrame(
        {
            "n": grouped.size(),
            "n_bad": grouped["is_bad"].sum(),
            "bad_rate": grouped["is_bad"].mean(),
            "n_customers": grouped["customer"].nunique(),
            "first_as_of": grouped["as_of"].min(),
            "last_as_of": grouped["as_of"].max(),
        }
    ).reindex(SAMPLES)
    whole = ["n", "n_bad", "n_customers"]
    table[whole] = table[whole].fillna(0).astype(np.int64)
    return table.rename_axis("sample")
