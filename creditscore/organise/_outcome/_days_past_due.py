"""From invoices to months of days past due."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import Days, check_day
from creditscore._frame import read_named
from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.organise._outcome._performance import (
    amounts_of,
    customers_of,
    day_values,
    month_ends,
)

_NEVER = np.datetime64("9999-12-31", "D")


def days_past_due(
    invoices: Any, *, first_month: Any, last_month: Any, min_amount: float = 0.0
) -> pd.DataFrame:
    """Return what each customer owed and how late it was, at the end of each month.

    Parameters
    ----------
    invoices : table
        A row an invoice: customer, invoiced_on, due_on, settled_on (missing while open) and
        amount (below 0 for a credit note, open until it was set off).
    first_month, last_month : day
        Any day of the first and of the last month.
    min_amount : float, default=0
        Invoices and credit notes of less do not count, 0 or more.

    Returns
    -------
    DataFrame
        customer, month (its last day), dpd, past_due_amount (0 or more) and balance (below 0
        where credit notes are more than what is owed): a row for each month from that of the
        customer's first invoice on, also when nothing is owed.

    Raises
    ------
    MissingColumnError, EmptyDataError
        A column or rows are not there.
    InvalidDataError
        A customer or a day that is needed is missing, or an amount is no number.
    InvalidParameterError
        The months run backwards.

    Notes
    -----
    An invoice is open at the end of a month if it was invoiced by then and not settled by then.
    Open credit notes reduce the balance and what is past due from the day on which they were
    written. dpd is the number of days since the oldest due day of the open invoices, 0 where none
    is due or credit notes cover all that is.
    O(n_invoices × n_months) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import days_past_due
    >>> invoices = pd.DataFrame({
    ...     "customer": ["A"], "invoiced_on": ["2024-01-10"], "due_on": ["2024-02-09"],
    ...     "settled_on": ["2024-04-02"], "amount": [500.0],
    ... })
    >>> months = days_past_due(invoices, first_month="2024-01-01", last_month="2024-04-01")
    >>> months["dpd"].tolist(), months["past_due_amount"].tolist()
    ([0.0, 20.0, 51.0, 0.0], [0.0, 500.0, 500.0, 0.0])
    """
    owner = "days_past_due"
    least = check_real(min_amount, "min_amount", owner, low=0, high=np.inf, closed="left")
    names = ("customer", "invoiced_on", "due_on", "settled_on", "amount")
    columns = read_named(invoices, names, reader=owner)
    codes, customers = customers_of(columns)
    settled = day_values(columns, "settled_on", gaps=True)
    rows = pd.DataFrame(
        {
            "customer": customers[codes],
            "invoiced_on": day_values(columns, "invoiced_on"),
            "due_on": day_values(columns, "due_on"),
            "settled_on": np.where(np.isnat(settled), _NEVER, settled),
            "amount": amounts_of(columns, "amount"),
        }
    )
    rows = rows[rows["amount"].abs() >= least]
    begins = rows.groupby("customer")["invoiced_on"].min()
    months = [_at(rows, begins, end) for end in _month_ends(first_month, last_month)]
    return pd.concat(months).sort_values(["customer", "month"], ignore_index=True)


def _month_ends(first: Any, last: Any) -> Days:
    begin = check_day(first, "first_month", "days_past_due").astype("datetime64[M]")
    end = check_day(last, "last_month", "days_past_due").astype("datetime64[M]")
    if end < begin:
        msg = (
            "The 'last_month' of days_past_due must not be before its 'first_month'. Got "
            f"{begin} and {end}."
        )
        raise InvalidParameterError(msg)
    return month_ends(np.arange(begin.astype(np.int64), end.astype(np.int64) + 1))


def _at(rows: pd.DataFrame, begins: pd.Series, end: np.datetime64) -> pd.DataFrame:
    """Return what was owed at the end of one month by all whose first invoice was written."""
    known = begins.index[begins <= end]
    is_open = (rows["invoiced_on"] <= end) & (rows["settled_on"] > end)
    is_credit = rows["amount"] < 0
    late = rows[is_open & ~is_credit & (rows["due_on"] < end)].groupby("customer")
    oldest = late["due_on"].min().reindex(known)
    past_due = late["amount"].sum().reindex(known, fill_value=0.0)
    credit = rows[is_open & is_credit].groupby("customer")["amount"].sum()
    past_due = (past_due + credit.reindex(known, fill_value=0.0)).clip(lower=0.0)
    dpd = ((end - oldest) / pd.Timedelta(days=1)).fillna(0.0).where(past_due > 0, 0.0)
    return pd.DataFrame(
        {
            "customer": known,
            "month": np.full(len(known), end).astype("datetime64[s]"),
            "dpd": dpd.to_numpy(),
            "past_due_amount": past_due.to_numpy(),
            "balance": rows[is_open].groupby("customer")["amount"].sum()
            .reindex(known, fill_value=0.0).to_numpy(),
        }
    )  # fmt: skip
