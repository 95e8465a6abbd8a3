"""How late a customer pays, and how that changes; what it owes on average."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import check_day, months_later
from creditscore._typing import NativeFrame
from creditscore._validation import check_choice, check_integer
from creditscore.collect._derived._windows import (
    SLOPE_METHODS,
    SlopeMethod,
    days_of,
    month_bounds,
    months_of,
    read_columns,
    slopes,
)

_DAY = np.timedelta64(1, "D")


def average_days_late(invoices: NativeFrame, as_of: Any, *, window_months: int = 12) -> pd.Series:
    r"""Return the mean of days late of each customer's invoices that were settled.

    Parameters
    ----------
    invoices : table
        customer, due_on and settled_on (missing while open).
    as_of : day
        What was settled after it is not seen.
    window_months : int, default=12
        Invoices settled in so many months up to `as_of` count, 1 or more.

    Returns
    -------
    Series
        Index customer; days, 0 or more; NaN where nothing was settled in the window.

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        A row has no customer, or a day that cannot be read.
    InvalidParameterError
        No day, or a window below 1.

    Notes
    -----
    The mean of :math:`\max(0, \text{settled} - \text{due})` over invoices, each counted once;
    what is paid early is not late by less than zero. Open invoices are not in it, so that it says
    too little of those who have stopped paying. O(n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import average_days_late
    >>> invoices = pd.DataFrame({
    ...     "customer": ["A", "A", "A"], "due_on": ["2024-03-01", "2024-04-01", "2024-05-01"],
    ...     "settled_on": ["2024-03-11", "2024-03-20", None],
    ... })
    >>> average_days_late(invoices, "2024-06-30").to_dict()
    {'A': 5.0}
    """
    owner = "average_days_late"
    check_integer(window_months, "window_months", owner, low=1)
    day = check_day(as_of, "as_of", owner)
    table, codes, customers = read_columns(invoices, days=("due_on", "settled_on"), owner=owner)
    due, settled = days_of(table, "due_on"), days_of(table, "settled_on")
    start = months_later(day, -window_months)
    counts = (settled > start) & (settled <= day) & ~np.isnat(due)
    late = np.maximum(0, (settled[counts] - due[counts]) / _DAY)
    sums = np.bincount(codes[counts], weights=late, minlength=len(customers))
    n = np.bincount(codes[counts], minlength=len(customers))
    return _series(np.divide(sums, n, where=n > 0, out=np.full(len(n), np.nan)), customers, owner)


def days_late_trend(
    invoices: NativeFrame,
    as_of: Any,
    *,
    window_months: int = 12,
    method: SlopeMethod = "theil_sen",
    min_months: int = 3,
) -> pd.Series:
    """Return by how many days a month each customer pays later than the month before.

    Parameters
    ----------
    invoices : table
        As in :func:`average_days_late`.
    as_of : day
        What was settled after it is not seen.
    window_months : int, default=12
        Months up to `as_of` that count, 2 or more.
    method : {"theil_sen", "least_squares"}, default="theil_sen"
        The median of the slopes between all pairs of months, which one odd month does not move
        [1]_, or the line of least squares.
    min_months : int, default=3
        Customers who settled invoices in fewer months have no trend, 2 or more.

    Returns
    -------
    Series
        Index customer; days per month, above 0 where payments get later; NaN without a trend.

    Raises
    ------
    MissingColumnError, InvalidDataError, InvalidParameterError
        As in :func:`average_days_late`.

    Notes
    -----
    The slope of the mean days late of invoices by the month in which they were *settled*: by the
    month in which they were due, the last months would hold only those that were paid soon.
    Months are counted back from `as_of`. O(n + customers · months²) time.

    References
    ----------
    .. [1] P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", *Journal
       of the American Statistical Association* 63 (1968), 1379-1389.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import days_late_trend
    >>> invoices = pd.DataFrame({
    ...     "customer": "A", "due_on": ["2024-02-10", "2024-03-10", "2024-04-10", "2024-05-10"],
    ...     "settled_on": ["2024-02-15", "2024-03-20", "2024-04-25", "2024-05-30"],
    ... })
    >>> days_late_trend(invoices, "2024-05-31").to_dict()
    {'A': 5.0}
    """
    owner = "days_late_trend"
    check_integer(window_months, "window_months", owner, low=2)
    check_integer(min_months, "min_months", owner, low=2)
    check_choice(method, "method", owner, SLOPE_METHODS)
    day = check_day(as_of, "as_of", owner)
    table, codes, customers = read_columns(invoices, days=("due_on", "settled_on"), owner=owner)
    due, settled = days_of(table, "due_on"), days_of(table, "settled_on")
    months = months_of(settled, month_bounds(day, window_months))
    counts = (months >= 0) & ~np.isnat(due)
    late = np.maximum(0, (settled[counts] - due[counts]) / _DAY)
    place = codes[counts] * window_months + months[counts]
    size = len(customers) * window_months
    n = np.bincount(place, minlength=size)
    sums = np.bincount(place, weights=late, minlength=size)
    means = np.divide(sums, n, where=n > 0, out=np.full(size, np.nan))
    found = slopes(means.reshape(-1, window_months), method, least=min_months)
    return _series(found, customers, owner)


def average_balance(invoices: NativeFrame, as_of: Any, *, window_months: int = 12) -> pd.Series:
    r"""Return what each customer owed on an average day.

    Parameters
    ----------
    invoices : table
        customer, invoiced_on, amount and settled_on (missing while open).
    as_of : day
        What was invoiced or settled after it is not seen.
    window_months : int, default=12
        The ends of days from so many months before `as_of` to the day before it count, 1 or more;
        from the first invoice, where that is later.

    Returns
    -------
    Series
        Index customer; in the currency of the amounts, which must be one; NaN where the first
        invoice is of `as_of` or later.

    Raises
    ------
    MissingColumnError, InvalidDataError, InvalidParameterError
        As in :func:`average_days_late`.

    Notes
    -----
    :math:`\sum_i a_i d_i / D` with the days :math:`d_i` of the window of :math:`D` days on whose
    end invoice :math:`i` of amount :math:`a_i` was open: from the day of the invoice until before
    that of its settlement. Parts that were paid before are not taken off. O(n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import average_balance
    >>> invoices = pd.DataFrame({
    ...     "customer": ["A"], "invoiced_on": ["2024-06-01"], "settled_on": ["2024-06-16"],
    ...     "amount": [200.0],
    ... })
    >>> average_balance(invoices, "2024-07-01").to_dict()
    {'A': 100.0}
    """
    owner = "average_balance"
    check_integer(window_months, "window_months", owner, low=1)
    day = check_day(as_of, "as_of", owner)
    table, codes, customers = read_columns(
        invoices, days=("invoiced_on", "settled_on"), numbers=("amount",), owner=owner
    )
    begun, settled = days_of(table, "invoiced_on"), days_of(table, "settled_on")
    amounts = table["amount"].to_numpy()
    counts = (begun < day) & ~np.isnan(amounts)
    start = months_later(day, -window_months)
    first = np.full(len(customers), day)
    np.minimum.at(first, codes[counts], begun[counts])
    until = np.where(np.isnat(settled) | (settled > day), day, settled)
    open_days = np.maximum(0, (until - np.maximum(begun, start)) / _DAY)
    owed = np.bincount(
        codes[counts], weights=(amounts * open_days)[counts], minlength=len(customers)
    )
    span = (day - np.maximum(first, start)) / _DAY
    found = np.divide(owed, span, where=span > 0, out=np.full(len(span), np.nan))
    return _series(found, customers, owner)


def _series(values: Any, customers: pd.Index, name: str) -> pd.Series:
    return pd.Series(values, index=customers, name=name)
