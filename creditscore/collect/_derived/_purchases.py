"""What a customer buys: how much, how that grows, in which season, and how long ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import Days, check_day
from creditscore._typing import Float1D, Float2D, Int1D, NativeFrame
from creditscore._validation import check_choice, check_integer
from creditscore.collect._derived._windows import (
    SLOPE_METHODS,
    SlopeMethod,
    by_month,
    days_of,
    month_bounds,
    months_of,
    read_columns,
    slopes,
)
from creditscore.exceptions import InvalidParameterError

_SEASON = 12


@dataclass(frozen=True)
class _Purchases:
    """Purchases by customer and month; months before the first purchase are NaN."""

    sums: Float2D
    customers: pd.Index
    months_known: Int1D

    @classmethod
    def of(cls, invoices: NativeFrame, day: np.datetime64, months: int, owner: str) -> _Purchases:
        table, codes, customers = read_columns(
            invoices, days=("invoiced_on",), numbers=("amount",), owner=owner
        )
        days, amounts = days_of(table, "invoiced_on"), table["amount"].to_numpy()
        counts = (days <= day) & ~np.isnan(amounts)
        bounds = month_bounds(day, months)
        place = months_of(days[counts], bounds)
        sums = by_month(codes[counts], place, amounts[counts], len(customers), months)
        begun = np.searchsorted(bounds, _first(days[counts], codes[counts], customers, day))
        begun = np.maximum(begun - 1, 0)
        sums[np.arange(months) < begun[:, None]] = np.nan
        return cls(sums, customers, months - begun)


def average_purchases(invoices: NativeFrame, as_of: Any, *, window_months: int = 12) -> pd.Series:
    """Return what each customer buys in a month on average.

    Parameters
    ----------
    invoices : table
        customer, invoiced_on and amount; returns are not taken off.
    as_of : day
        What was invoiced after it is not seen.
    window_months : int, default=12
        Months up to `as_of` that count, 1 or more; from the first invoice, where that is later.

    Returns
    -------
    Series
        Index customer; in the currency of the amounts, which must be one; NaN for customers
        without an invoice by `as_of`.

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        A row has no customer, a day or an amount that cannot be read, or an infinite amount.
    InvalidParameterError
        No day, or a window below 1.

    Notes
    -----
    Months are counted back from `as_of`, so that all are whole; a month without a purchase is
    zero, those before the first purchase are none. O(n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import average_purchases
    >>> invoices = pd.DataFrame({
    ...     "customer": "A", "invoiced_on": ["2024-02-10", "2024-04-10"], "amount": [100, 200],
    ... })
    >>> average_purchases(invoices, "2024-05-31").to_dict()
    {'A': 75.0}
    """
    owner = "average_purchases"
    check_integer(window_months, "window_months", owner, low=1)
    bought = _Purchases.of(invoices, check_day(as_of, "as_of", owner), window_months, owner)
    n = bought.months_known
    sums = np.nansum(bought.sums, axis=1)
    return _series(np.divide(sums, n, where=n > 0, out=np.full(len(n), np.nan)), bought, owner)


def purchase_trend(
    invoices: NativeFrame,
    as_of: Any,
    *,
    window_months: int = 12,
    method: SlopeMethod = "theil_sen",
    min_months: int = 6,
) -> pd.Series:
    """Return by which share of their mean each customer's purchases grow a month.

    Parameters
    ----------
    invoices : table
        As in :func:`average_purchases`.
    as_of : day
        What was invoiced after it is not seen.
    window_months : int, default=12
        Months up to `as_of` that count, 2 or more.
    method : {"theil_sen", "least_squares"}, default="theil_sen"
        As in :func:`days_late_trend`.
    min_months : int, default=6
        Customers known for fewer months have no trend, 2 or more.

    Returns
    -------
    Series
        Index customer; a fraction per month, above 0 for growth; NaN without a trend, or where
        nothing was bought in the window.

    Raises
    ------
    MissingColumnError, InvalidDataError, InvalidParameterError
        As in :func:`average_purchases`.

    Notes
    -----
    The slope of purchases over months, divided by their mean: unlike growth from month to month
    it is defined where a month has no purchase. A window of whole years keeps seasons out of it,
    more or less. O(n + customers · months²) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import purchase_trend
    >>> invoices = pd.DataFrame({
    ...     "customer": "A", "amount": [100, 110, 120, 130, 140, 150],
    ...     "invoiced_on": pd.date_range("2024-01-15", periods=6, freq="MS"),
    ... })
    >>> purchase_trend(invoices, "2024-07-31").round(3).to_dict()
    {'A': 0.08}
    """
    owner = "purchase_trend"
    check_integer(window_months, "window_months", owner, low=2)
    check_integer(min_months, "min_months", owner, low=2)
    check_choice(method, "method", owner, SLOPE_METHODS)
    bought = _Purchases.of(invoices, check_day(as_of, "as_of", owner), window_months, owner)
    slope = slopes(bought.sums, method, least=min_months)
    n = np.maximum(1, bought.months_known)
    mean = np.nansum(bought.sums, axis=1) / n
    found = np.divide(slope, mean, where=mean > 0, out=np.full(len(mean), np.nan))
    return _series(found, bought, owner)


def purchase_seasonality(
    invoices: NativeFrame, as_of: Any, *, window_months: int = 12
) -> pd.Series:
    """Return the share of each customer's purchases in its strongest quarter of the year.

    Parameters
    ----------
    invoices : table
        As in :func:`average_purchases`.
    as_of : day
        What was invoiced after it is not seen.
    window_months : int, default=12
        Months up to `as_of` that count, whole years.

    Returns
    -------
    Series
        Index customer; from 0.25 (all quarters alike) to 1; NaN where the first purchase is later
        than the first month of the window, or nothing was bought in it.

    Raises
    ------
    MissingColumnError, InvalidDataError, InvalidParameterError
        As in :func:`average_purchases`; and a window that is no multiple of 12.

    Notes
    -----
    Quarters are those of the calendar. A customer of few purchases has a high share whatever its
    season: see :func:`purchase_seasonal_strength`.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import purchase_seasonality
    >>> days = pd.date_range("2023-07-15", periods=12, freq="30D")
    >>> invoices = pd.DataFrame({"customer": "A", "invoiced_on": days, "amount": 100.0})
    >>> invoices.loc[5, "amount"] = 500.0
    >>> purchase_seasonality(invoices, "2024-06-30").round(3).to_dict()
    {'A': 0.438}
    """
    owner = "purchase_seasonality"
    _check_years(window_months, owner, least=1)
    day = check_day(as_of, "as_of", owner)
    table, codes, customers = read_columns(
        invoices, days=("invoiced_on",), numbers=("amount",), owner=owner
    )
    days, amounts = days_of(table, "invoiced_on"), table["amount"].to_numpy()
    counts = (days <= day) & ~np.isnan(amounts)
    bounds = month_bounds(day, window_months)
    first = _first(days[counts], codes[counts], customers, day)
    inside = counts & (days > bounds[0])
    quarter = (days[inside].astype("datetime64[M]").astype(np.int64) % _SEASON) // 3
    place = codes[inside] * 4 + quarter
    sums = np.bincount(place, weights=amounts[inside], minlength=4 * len(customers))
    of_quarter = sums.reshape(-1, 4)
    total = of_quarter.sum(axis=1)
    whole = (total > 0) & (first <= bounds[1])
    share = np.full(len(customers), np.nan)
    share[whole] = of_quarter[whole].max(axis=1) / total[whole]
    return pd.Series(share, index=customers, name=owner)


def purchase_seasonal_strength(
    invoices: NativeFrame, as_of: Any, *, window_months: int = 36
) -> pd.Series:
    r"""Return how much of the ups and downs of each customer's purchases its season explains.

    Parameters
    ----------
    invoices : table
        As in :func:`average_purchases`.
    as_of : day
        What was invoiced after it is not seen.
    window_months : int, default=36
        Months up to `as_of` that count, whole years, two or more.

    Returns
    -------
    Series
        Index customer; from 0 (no season) to 1; NaN for customers known for less than 24 months,
        or who bought nothing.

    Raises
    ------
    MissingColumnError, InvalidDataError, InvalidParameterError
        As in :func:`average_purchases`; and a window that is no multiple of 12, or below 24.

    Notes
    -----
    :math:`F_s = \max(0, 1 - \mathrm{Var}(R) / \mathrm{Var}(S + R))` [1]_ of purchases by month,
    where season :math:`S` and rest :math:`R` are those of a line and an effect of each month of
    the year by least squares, not of STL, which needs more years. Variances are over their degrees
    of freedom, :math:`n - 13` and :math:`n - 2`: else pure noise of two years would have 0.5.
    O(n + customers · months) time.

    References
    ----------
    .. [1] X. Wang, K. Smith and R. Hyndman, "Characteristic-based clustering for time series
       data", *Data Mining and Knowledge Discovery* 13 (2006), 335-364.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import purchase_seasonal_strength
    >>> days = pd.date_range("2021-07-15", periods=36, freq="MS")
    >>> amounts = [100 + 80 * (day.month == 12) for day in days]
    >>> invoices = pd.DataFrame({"customer": "A", "invoiced_on": days, "amount": amounts})
    >>> purchase_seasonal_strength(invoices, "2024-07-31").round(3).to_dict()
    {'A': 1.0}
    """
    owner = "purchase_seasonal_strength"
    _check_years(window_months, owner, least=2)
    bought = _Purchases.of(invoices, check_day(as_of, "as_of", owner), window_months, owner)
    found = np.full(len(bought.customers), np.nan)
    for n in range(2 * _SEASON, window_months + 1):
        rows = np.flatnonzero(bought.months_known == n)
        if len(rows):
            found[rows] = _strength(bought.sums[rows, window_months - n :])
    return _series(found, bought, owner)


def days_since_purchase(invoices: NativeFrame, as_of: Any) -> pd.Series:
    """Return for how many days each customer has bought nothing.

    Parameters
    ----------
    invoices : table
        customer and invoiced_on.
    as_of : day
        What was invoiced after it is not seen.

    Returns
    -------
    Series
        Index customer; days, 0 or more; NaN for customers without an invoice by `as_of`.

    Raises
    ------
    MissingColumnError, InvalidDataError, InvalidParameterError
        As in :func:`average_purchases`.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import days_since_purchase
    >>> invoices = pd.DataFrame({"customer": ["A"], "invoiced_on": ["2024-06-01"]})
    >>> days_since_purchase(invoices, "2024-06-30").to_dict()
    {'A': 29.0}
    """
    owner = "days_since_purchase"
    day = check_day(as_of, "as_of", owner)
    table, codes, customers = read_columns(invoices, days=("invoiced_on",), owner=owner)
    days = days_of(table, "invoiced_on")
    counts = days <= day
    last = np.full(len(customers), np.iinfo(np.int64).min)
    np.maximum.at(last, codes[counts], days[counts].astype(np.int64))
    since = day.astype(np.int64) - last.astype(np.float64)
    return pd.Series(
        np.where(last == np.iinfo(np.int64).min, np.nan, since), index=customers, name=owner
    )


def _first(days: Days, codes: Int1D, customers: pd.Index, day: np.datetime64) -> Days:
    """Return the day of each customer's first purchase; the day after `day` without one."""
    first = np.full(len(customers), day + np.timedelta64(1, "D"))
    np.minimum.at(first, codes, days)
    return first


def _strength(values: Float2D) -> Float1D:
    """Return the strength of the season of rows of months, none of them missing."""
    n = values.shape[1]
    line = np.column_stack([np.ones(n), np.arange(n)])
    months = np.eye(_SEASON)[np.arange(n) % _SEASON][:, 1:]
    season_and_rest, rest = (
        ((values - values @ np.linalg.pinv(design).T @ design.T) ** 2).sum(axis=1)
        for design in (line, np.column_stack([line, months]))
    )
    # what is on a line has no season, but for rounding
    flat = season_and_rest <= 1e-20 * (values**2).sum(axis=1)
    both = np.where(flat, 1.0, season_and_rest / (n - 2))
    found = np.where(flat, 0.0, np.maximum(0.0, 1 - rest / (n - 1 - _SEASON) / both))
    return np.where((values != 0).any(axis=1), found, np.nan)


def _check_years(months: Any, owner: str, *, least: int) -> None:
    check_integer(months, "window_months", owner, low=least * _SEASON)
    if months % _SEASON:
        msg = (
            f"The 'window_months' parameter of {owner} must be whole years, a multiple of 12, so "
            f"that each season counts alike. Got {months}."
        )
        raise InvalidParameterError(msg)


def _series(values: Any, bought: _Purchases, name: str) -> pd.Series:
    return pd.Series(values, index=bought.customers, name=name)
