"""Recency, frequency and amount of purchases, from a ledger as it was known on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._frame import Table, read_named
from creditscore._typing import Bool1D, Float1D, Int1D, NativeFrame
from creditscore._validation import check_finite, check_integer
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RfmFacts:
    """What customers bought, as it was known on a day.

    Made by :func:`rfm_facts`.

    Attributes
    ----------
    table : DataFrame
        A row a customer, whose label is the index: recency_days (since the last purchase, NaN
        where there is none), frequency (purchases), monetary (amounts less refunds), n_refunds,
        refund_amount (above zero).
    as_of : date
        The day.
    n_transactions : int
        Transactions counted.
    n_later : int
        Transactions left out because they were not known on the day.
    n_earlier : int
        Transactions left out because they are older than the window.
    n_zero : int
        Transactions of no amount, which are neither a purchase nor a refund.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import rfm_facts
    >>> ledger = pd.DataFrame({
    ...     "customer": ["X", "X", "Y"], "amount": [100, -20, 50],
    ...     "date": pd.to_datetime(["2024-06-01", "2024-06-10", "2024-07-09"]),
    ... })
    >>> rfm_facts(ledger, "2024-06-30")
    <RfmFacts: 1 customer as of 2024-06-30, 2 transactions, 1 of them a refund; 1 not yet known>
    """

    table: pd.DataFrame
    as_of: Any
    n_transactions: int
    n_later: int
    n_earlier: int
    n_zero: int

    def frame(self) -> pd.DataFrame:
        """Return a row a customer."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say in one line how many customers and transactions there are."""
        n_refunds = int(self.table["n_refunds"].sum())
        refunds = f"{n_refunds:,} of them {'a refund' if n_refunds == 1 else 'refunds'}"
        left_out = [
            f"{n:,} {what}"
            for n, what in (
                (self.n_later, "not yet known"),
                (self.n_earlier, "before the window"),
                (self.n_zero, "of no amount"),
            )
            if n
        ]
        rest = f"; {', '.join(left_out)}" if left_out else ""
        return (
            f"<RfmFacts: {counted(len(self.table), 'customer')} as of {self.as_of}, "
            f"{counted(self.n_transactions, 'transaction')}, {refunds}{rest}>"
        )

    def _repr_html_(self) -> str:
        """Show the first customers."""
        shown = self.table.head(10).reset_index()
        return html_table(shown, caption=repr(self).strip("<>"), formats={"monetary": "{:,.2f}"})


def rfm_facts(
    ledger: NativeFrame,
    as_of: Any,
    *,
    customer: str = "customer",
    date: str = "date",
    amount: str = "amount",
    known_on: str | None = None,
    window_days: int | None = None,
    customers: Iterable[str] | Iterable[int] | None = None,
) -> RfmFacts:
    """Count purchases as of a day, from what was known on that day.

    Parameters
    ----------
    ledger : table
        pandas, polars or pyarrow; a row a transaction.
    as_of : date or str
        The day; transactions of the day itself are known.
    customer : str, default="customer"
        Column of the customer.
    date : str, default="date"
        Column of the day of the transaction.
    amount : str, default="amount"
        Column of the amount in one currency: purchases above zero, refunds below.
    known_on : str, optional
        Column of the day from which the transaction was known; without, that of the transaction.
    window_days : int, optional
        Days before `as_of` that count, 1 or more; without, all.
    customers : iterable of str or int, optional
        Whom to list, in the type of the ledger, also without a purchase; without, whoever has a
        transaction that counts.

    Returns
    -------
    RfmFacts

    Raises
    ------
    InvalidDataError
        A customer, date or amount is missing, or a customer stands twice in `customers`, or is of
        another type there. EmptyDataError: nothing was known on the day. MissingColumnError,
        ColumnTypeError, InfiniteValueError: a column is not there, or is none of dates or of
        numbers.
    InvalidParameterError
        A day that is none.

    See Also
    --------
    RFM : Scores and segments from these facts.

    Notes
    -----
    A refund lowers the amount (monetary), and is no purchase: it neither raises the frequency nor
    refreshes the recency. It is told in columns of its own. Purchases that were refunded whole
    still count as purchases, because the ledger does not say which purchase a refund is of. O(n).

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import rfm_facts
    >>> ledger = pd.DataFrame({
    ...     "customer": ["X", "X", "Y"], "amount": [100, -20, 50],
    ...     "date": pd.to_datetime(["2024-06-01", "2024-06-10", "2024-06-20"]),
    ... })
    >>> rfm_facts(ledger, "2024-06-30").frame()
              recency_days  frequency  monetary  n_refunds  refund_amount
    customer
    X                 29.0          1      80.0          1           20.0
    Y                 10.0          1      50.0          0            0.0
    """
    owner = "rfm_facts"
    day = _day(as_of, owner)
    if window_days is not None:
        check_integer(window_days, "window_days", owner, low=1)
    wanted = [customer, date, amount, *([known_on] if known_on is not None else [])]
    table = read_named(ledger, wanted, reader="A ledger")
    codes, names = _customers_of(table, customer)
    days = table.days(date)
    _check_whole(np.isnat(days), date)
    amounts = check_finite(table.numeric(amount), name=amount)
    _check_whole(np.isnan(amounts), amount)
    known = days <= day
    if known_on is not None:
        # a day that is not known is not in the past
        known &= table.days(known_on) <= day
    inside = known.copy()
    if window_days is not None:
        inside &= days > day - np.timedelta64(window_days, "D")
    if customers is None:
        listed = sorted(names[code] for code in np.unique(codes[inside]).tolist())
    else:
        listed = _listed(customers, names)
    if not listed:
        msg = f"No transaction was known as of {day}. Check the day, and the dates of the ledger."
        raise EmptyDataError(msg)
    places = {name: place for place, name in enumerate(listed)}
    place_of = np.array([places.get(name, -1) for name in names], dtype=np.intp)
    inside &= place_of[codes] >= 0
    age = (day - days[inside]).astype(np.int64)
    facts = _facts(place_of[codes[inside]], age, amounts[inside], len(listed))
    return RfmFacts(
        table=facts.set_axis(pd.Index(listed, name=customer), axis="index"),
        as_of=day.item(),
        n_transactions=int((inside & (amounts != 0)).sum()),
        n_later=int((~known).sum()),
        n_earlier=int((known & ~(days > day - np.timedelta64(window_days, "D"))).sum())
        if window_days is not None
        else 0,
        n_zero=int((inside & (amounts == 0)).sum()),
    )


def _facts(codes: Int1D, age_days: Int1D, amounts: Float1D, n: int) -> pd.DataFrame:
    bought, returned = amounts > 0, amounts < 0
    recency = np.full(n, np.inf)
    np.minimum.at(recency, codes[bought], age_days[bought].astype(np.float64))
    return pd.DataFrame(
        {
            "recency_days": np.where(np.isinf(recency), np.nan, recency),
            "frequency": np.bincount(codes[bought], minlength=n),
            "monetary": np.bincount(codes, weights=amounts, minlength=n),
            "n_refunds": np.bincount(codes[returned], minlength=n),
            # adding zero turns -0.0 into 0.0
            "refund_amount": 0.0
            - np.bincount(codes[returned], weights=amounts[returned], minlength=n),
        }
    )


def _day(as_of: Any, owner: str) -> np.datetime64:
    try:
        stamp = pd.Timestamp(as_of)
    except (TypeError, ValueError) as error:
        msg = f"The 'as_of' parameter of {owner} must be a day. Got {as_of!r} instead."
        raise InvalidParameterError(msg) from error
    if stamp is pd.NaT or stamp.tzinfo is not None or isinstance(as_of, (int, float)):
        msg = f"The 'as_of' parameter of {owner} must be a day. Got {as_of!r} instead."
        raise InvalidParameterError(msg)
    return np.datetime64(stamp.date())


def _customers_of(table: Table, name: str) -> tuple[Int1D, list[Any]]:
    codes, levels = table.levels(name)
    _check_whole(codes < 0, name)
    return codes, list(levels)


def _listed(customers: Iterable[Any], names: list[Any]) -> list[Any]:
    listed = list(customers)
    found = pd.Index(listed, dtype=object)
    if not found.is_unique:
        twice = listed[int(found.duplicated().argmax())]
        msg = f"customers holds {twice!r} twice. List each customer once."
        raise InvalidDataError(msg)
    known = next(iter(names), None)
    other = [name for name in listed if isinstance(name, str) != isinstance(known, str)]
    if known is not None and other:
        msg = (
            f"customers holds {other[0]!r} ({type(other[0]).__name__}), and the ledger has "
            f"customers like {known!r} ({type(known).__name__}). Give them in one type."
        )
        raise InvalidDataError(msg)
    return listed


def _check_whole(missing: Bool1D, name: str) -> None:
    if missing.any():
        msg = (
            f"Column {name!r} of the ledger has {int(missing.sum())} missing value(s), the first "
            f"at row {int(missing.argmax())}. Find them, or leave these transactions out."
        )
        raise InvalidDataError(msg)
