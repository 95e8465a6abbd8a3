"""Bad rates by vintage and month on book: how long it takes until the bads are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._frame import read_named
from creditscore._typing import Float1D, Int1D
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.organise._outcome._performance import (
    Performance,
    customers_of,
    day_values,
    read_performance,
)

Period: TypeAlias = Literal["month", "quarter", "year"]
_FREQUENCIES = {"month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VintageCurves:
    """Share of each vintage that was bad by each month on book; made by :func:`vintage_curves`.

    Attributes
    ----------
    rates : pandas.DataFrame
        A row a vintage, a column a month on book (mob, from 0): cumulative bad rate, NaN where
        the youngest of the vintage has not been on book for as long.
    n_opened : pandas.Series
        Accounts of each vintage.
    pooled : pandas.Series
        Cumulative bad rate of all vintages together by month on book.
    bad_dpd : int
        Days past due from which an account is bad.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import vintage_curves
    >>> months = pd.DataFrame({
    ...     "customer": ["A"] * 3 + ["B"] * 3, "dpd": [0, 30, 95, 0, 0, 0],
    ...     "month": ["2024-01-31", "2024-02-29", "2024-03-31"] * 2,
    ... })
    >>> opened = pd.DataFrame({"customer": ["A", "B"], "opened_on": ["2024-01-05", "2024-01-20"]})
    >>> curves = vintage_curves(months, opened)
    >>> curves
    VintageCurves(1 vintage, 2 accounts, to month 2 on book)
    >>> curves.pooled.tolist()
    [0.0, 0.0, 0.5]
    """

    rates: pd.DataFrame
    n_opened: pd.Series
    pooled: pd.Series
    bad_dpd: int

    def mature_after(self, share: float = 0.9) -> int:
        """Return the month on book by which a share of the bads of the longest horizon were seen.

        Parameters
        ----------
        share : float, default=0.9
            Part of the pooled rate at its last month, above 0 to 1.

        Returns
        -------
        int
            A performance window of as many months sees that share. What comes after the last
            month of the data is not in it, so a curve that still rises there asks for more.

        Raises
        ------
        EmptyDataError
            No account turned bad.
        """
        check_real(share, "share", "mature_after", low=0, high=1, closed="right")
        last = float(self.pooled.iloc[-1])
        if not last > 0:
            msg = "No account turned bad, so that the curves do not tell when bads are seen."
            raise EmptyDataError(msg)
        reached = self.pooled.to_numpy() >= share * last - 1e-12
        return int(self.pooled.index[int(np.argmax(reached))])

    def frame(self) -> pd.DataFrame:
        """Return a row a vintage and month on book: vintage, mob, n_opened, bad_rate."""
        wide = self.rates.reset_index()
        tall = wide.melt("vintage", var_name="mob", value_name="bad_rate").dropna()
        tall.insert(2, "n_opened", tall["vintage"].map(self.n_opened))
        tall["mob"] = tall["mob"].astype(np.int64)
        return tall.sort_values(["vintage", "mob"], ignore_index=True)

    def __repr__(self) -> str:
        """Say in one line how many vintages there are."""
        return (
            f"VintageCurves({counted(len(self.rates), 'vintage')}, "
            f"{counted(int(self.n_opened.sum()), 'account')}, "
            f"to month {self.pooled.index[-1]} on book)"
        )

    def _repr_html_(self) -> str:
        """Show every third month."""
        shown = self.rates.iloc[:, ::3].rename(columns=str)
        formats = dict.fromkeys(shown.columns, "{:.2%}")
        return html_table(shown.reset_index(), caption=repr(self), formats=formats)


def vintage_curves(
    performance: Any, opened: Any, *, bad_dpd: int = 90, by: Period = "quarter"
) -> VintageCurves:
    """Return how the share of bad accounts grew, by when they were opened.

    Parameters
    ----------
    performance : table
        A row an account and month: customer, month, dpd; see :meth:`OutcomeDefinition.classify`.
    opened : table
        A row an account: customer and opened_on. All accounts that were opened, those without
        a row of `performance` too.
    bad_dpd : int, default=90
        Days past due from which an account is bad, and stays so.
    by : {"month", "quarter", "year"}, default="quarter"
        What makes a vintage.

    Returns
    -------
    VintageCurves

    Raises
    ------
    MissingColumnError, EmptyDataError
        A column or rows are not there.
    InvalidDataError
        A customer or day is missing, an account stands twice, or has months and was never opened.

    Notes
    -----
    Month 0 on book is the calendar month of the opening. An account that leaves before the end of
    the data stays in its vintage and counts as not bad, and so does one that was opened before
    the first month of the data until then: what happened earlier is not seen, so leave out
    vintages that are older than the data. A vintage's curve ends at the month that
    its youngest account has reached by the last month of the data. The pooled curve is
    one minus the product of 1 − h(m), h(m) being the bads at month m among the accounts not bad
    before that had reached it (Kaplan and Meier 1958): young vintages tell as far as they go.
    O(n log n) time.

    References
    ----------
    .. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
       observations. Journal of the American Statistical Association 53, 457–481.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import vintage_curves
    >>> months = pd.DataFrame({
    ...     "customer": ["A", "B"], "month": ["2024-03-31"] * 2, "dpd": [120, 0],
    ... })
    >>> opened = pd.DataFrame({"customer": ["A", "B"], "opened_on": ["2024-01-05", "2024-02-20"]})
    >>> vintage_curves(months, opened).frame()["bad_rate"].tolist()
    [0.0, 0.0]
    """
    owner = "vintage_curves"
    check_integer(bad_dpd, "bad_dpd", owner, low=1)
    check_choice(by, "by", owner, get_args(Period))
    rows = read_performance(performance, owner=owner)
    table = read_named(opened, ("customer", "opened_on"), reader=owner)
    codes, customers = customers_of(table)
    month = day_values(table, "opened_on").astype("datetime64[M]").astype(np.int64)
    _check_openings(codes, customers, rows)
    names, vintage = _vintages(month, by)
    first_bad = _first_bad_month(rows, customers[codes], bad_dpd) - month
    reached = rows.last_month - month
    if (reached < 0).all():
        msg = "All accounts were opened after the last month of the data."
        raise EmptyDataError(msg)
    mobs = np.arange(int(reached.max()) + 1)
    new, n_opened = _new_bads(vintage, first_bad, len(names), len(mobs)), np.bincount(vintage)
    ends = np.array([reached[vintage == place].min() for place in range(len(names))])
    rates = np.where(mobs <= ends[:, None], new.cumsum(axis=1) / n_opened[:, None], np.nan)
    index = pd.Index(names, name="vintage")
    return VintageCurves(
        rates=pd.DataFrame(rates, index=index, columns=pd.Index(mobs, name="mob")),
        n_opened=pd.Series(n_opened, index=index, name="n_opened"),
        pooled=pd.Series(_pooled(first_bad, reached, mobs), index=pd.Index(mobs, name="mob")),
        bad_dpd=bad_dpd,
    )


def _check_openings(codes: Int1D, customers: pd.Index, rows: Performance) -> None:
    if len(np.unique(codes)) < len(codes):
        twice = customers[codes[pd.Series(codes).duplicated().to_numpy()][0]]
        msg = f"Account {twice!r} was opened twice. Keep one row an account."
        raise InvalidDataError(msg)
    unknown = rows.customers.difference(customers)
    if len(unknown):
        msg = (
            f"{counted(len(unknown), 'account')} with months have no row in 'opened', such as "
            f"{unknown[0]!r}. Say when they were opened, or leave their months out."
        )
        raise InvalidDataError(msg)


def _vintages(month: Int1D, by: Period) -> tuple[list[str], Int1D]:
    periods = pd.PeriodIndex(month.astype("datetime64[M]"), freq="M").asfreq(_FREQUENCIES[by])
    codes, names = pd.factorize(periods, sort=True)
    return [str(name) for name in names], codes.astype(np.int64)


def _first_bad_month(rows: Performance, customers: pd.Index, bad_dpd: int) -> Float1D:
    """Return the first month in which each customer was bad; infinite for never."""
    bad = pd.DataFrame({"customer": rows.customer, "month": rows.month})[rows.dpd >= bad_dpd]
    first = bad.groupby("customer")["month"].min()
    found = first.reindex(rows.places_of(customers)).to_numpy(dtype=np.float64)
    return np.where(np.isnan(found), np.inf, found)


def _new_bads(vintage: Int1D, first_bad: Float1D, n_vintages: int, n_mobs: int) -> Any:
    seen = np.isfinite(first_bad)
    # bad before its opening, as a renewed account may be, is bad from the beginning
    mob = np.clip(first_bad[seen], 0, n_mobs - 1).astype(np.int64)
    flat = np.bincount(vintage[seen] * n_mobs + mob, minlength=n_vintages * n_mobs)
    return flat.reshape(n_vintages, n_mobs)


def _pooled(first_bad: Float1D, reached: Int1D, mobs: Int1D) -> Float1D:
    edges = np.append(mobs, len(mobs))
    bad_at = np.maximum(first_bad, 0)
    ends = np.minimum(bad_at, reached)
    at_risk = np.array([(ends >= mob).sum() for mob in mobs], dtype=np.float64)
    new = np.histogram(bad_at[bad_at <= reached], bins=edges)[0]
    hazard = np.divide(new, at_risk, out=np.zeros(len(mobs)), where=at_risk > 0)
    return np.asarray(1 - np.cumprod(1 - hazard))
