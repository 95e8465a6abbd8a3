"""When a customer is good, bad or neither, by days past due in a window after a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, Self, TypeAlias, get_args

import numpy as np
import pandas as pd

from creditscore._checks import set_number
from creditscore._days import Days, check_day
from creditscore._display import counted
from creditscore._document import JsonDocument
from creditscore._frame import read_named
from creditscore._typing import Int1D
from creditscore._validation import check_choice, check_integer
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, InvalidParameterError, RejectedRowsWarning
from creditscore.organise._outcome._outcomes import OUTCOMES, Outcomes
from creditscore.organise._outcome._performance import (
    Performance,
    customers_of,
    day_values,
    month_ends,
    read_performance,
    worst_within,
)

Measure: TypeAlias = Literal["ever", "at the end"]


@dataclass(frozen=True, kw_only=True)
class OutcomeDefinition(JsonDocument):
    """What makes a customer bad: how many days past due, within how many months.

    Parameters
    ----------
    bad_dpd : int, default=90
        Days past due from which a customer is bad, 1 or more.
    indeterminate_dpd : int, default=30
        Days past due from which a customer that is not bad is not good either; at most
        `bad_dpd`, with which there are no such customers.
    performance_months : int, default=12
        Length of the window, 1 or more.
    measure : {"ever", "at the end"}, default="ever"
        Whether the worst month of the window counts, or the last that is known.
    min_months : int, default=6
        Fewest months of the window that must be known of a customer whose months end early or
        have gaps, and that was not bad in them, 1 to `performance_months`.
    min_amount : float, default=0
        Amount past due below which days do not count; above 0 the tables need a column
        `past_due_amount`.

    Notes
    -----
    The window of a day is the first `performance_months` months that end after it: of 30 June,
    the next July to June; of 15 June, this June to the next May. In order:

    - *already bad*: bad in the last month that had ended by the day; it cannot turn bad.
    - *too short*: the window ends after the last month of the data. This holds for those too
      that were bad already in the part that is known: taken alone they would raise the bad rate,
      for the good need longer to be known.
    - *bad*: by days past due, however few months are known. Whoever defaults often has no months
      afterwards (it was written off, or sold), and is no less bad for that.
    - *too short* again: fewer months are known than `min_months`.
    - *indeterminate*, *good*: by days past due.

    Basel's definition is 90 days on a material amount (Regulation (EU) No 575/2013, Art. 178).
    How to choose a window and a number of days: :func:`vintage_curves`, :func:`worst_roll_rates`.
    O(n log n) time in rows of both tables.

    References
    ----------
    .. [1] Siddiqi, N. (2017). Intelligent Credit Scoring, 2nd ed. Wiley, chapter 4.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import OutcomeDefinition
    >>> months = pd.DataFrame({
    ...     "customer": ["A"] * 4 + ["B"] * 4,
    ...     "month": ["2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30"] * 2,
    ...     "dpd": [0, 0, 12, 0, 0, 31, 62, 93],
    ... })
    >>> definition = OutcomeDefinition(performance_months=3, min_months=3)
    >>> definition.classify(months, "2024-03-31")
    Outcomes(2 rows: 1 good, 1 bad)
    """

    bad_dpd: int = 90
    indeterminate_dpd: int = 30
    performance_months: int = 12
    measure: Measure = "ever"
    min_months: int = 6
    min_amount: float = 0.0
    _format: ClassVar[str] = "creditscore.outcome_definition"

    def __post_init__(self) -> None:
        """Check each entry."""
        owner = "OutcomeDefinition"
        for name in ("bad_dpd", "indeterminate_dpd", "performance_months", "min_months"):
            check_integer(getattr(self, name), name, owner, low=1)
        check_choice(self.measure, "measure", owner, get_args(Measure))
        set_number(self, "min_amount", low=0, closed="left")
        for less, more in (("indeterminate_dpd", "bad_dpd"), ("min_months", "performance_months")):
            if getattr(self, less) > getattr(self, more):
                msg = (
                    f"The {less!r} parameter of {owner} must be at most {more!r}, which is "
                    f"{getattr(self, more)}. Got {getattr(self, less)} instead."
                )
                raise InvalidParameterError(msg)

    def classify(self, performance: Any, as_of: Any) -> Outcomes:
        """Say what became of customers after a day.

        Parameters
        ----------
        performance : table
            A row a customer and month: customer, month (a day of it), dpd (days past due at its
            end, 0 or more), and past_due_amount if `min_amount` is above 0.
            :func:`days_past_due` makes it from invoices.
        as_of : day or table
            A day for all customers of `performance`, or a table of customer and as_of, where one
            customer may stand several times.

        Returns
        -------
        Outcomes

        Raises
        ------
        MissingColumnError, EmptyDataError
            A column or rows are not there.
        InvalidDataError
            A row says no customer or day, days past due are missing or below 0, a customer
            has two rows of one month or of one day, or no customer of `as_of` has a month.

        Warns
        -----
        RejectedRowsWarning
            Some customers of `as_of` have no month at all: they are too short.
        """
        owner = "OutcomeDefinition.classify"
        rows = read_performance(performance, owner=owner, min_amount=self.min_amount)
        customers, days = _cohort(as_of, rows, owner)
        return Outcomes(definition=self, table=self._table(rows, customers, days))

    def _table(self, rows: Performance, customers: pd.Index, days: Days) -> pd.DataFrame:
        places = rows.places_of(customers)
        start = months_ended(days)
        end = start + self.performance_months
        low = np.searchsorted(rows.key, rows.key_of(places, start + 1))
        high = np.searchsorted(rows.key, rows.key_of(places, end + 1))
        low, high = np.where(places < 0, 0, low), np.where(places < 0, 0, high)
        worst = worst_within(rows, low, high)
        counted_dpd = worst if self.measure == "ever" else _last(rows, low, high)
        first_bad = _first_at_least(rows, low, high, self.bad_dpd)
        outcome = np.select(
            [
                _dpd_before(rows, places, start) >= self.bad_dpd,
                end > rows.last_month,
                counted_dpd >= self.bad_dpd,
                high - low < self.min_months,
                counted_dpd >= self.indeterminate_dpd,
            ],
            ["already bad", "too short", "bad", "too short", "indeterminate"],
            default="good",
        )
        is_bad = pd.Series(outcome).map({"good": 0.0, "bad": 1.0})
        return pd.DataFrame(
            {
                "customer": customers,
                "as_of": days.astype("datetime64[s]"),
                "outcome": pd.Categorical(outcome, categories=OUTCOMES),
                "is_bad": is_bad,
                "worst_dpd": worst,
                "first_bad_month": first_bad,
                "months_known": high - low,
            }
        )

    def _content(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)


def _cohort(as_of: Any, rows: Performance, owner: str) -> tuple[pd.Index, Days]:
    if not hasattr(as_of, "columns"):
        day = check_day(as_of, "as_of", owner)
        return rows.customers, np.full(len(rows.customers), day)
    table = read_named(as_of, ("customer", "as_of"), reader=owner)
    codes, levels = customers_of(table)
    days = day_values(table, "as_of")
    twice = pd.DataFrame({"customer": codes, "as_of": days}).duplicated().to_numpy()
    if twice.any():
        place = int(np.flatnonzero(twice)[0])
        msg = (
            f"Customer {levels[codes[place]]!r} stands twice with {days[place]} (row {place}). "
            "Leave out one of the two."
        )
        raise InvalidDataError(msg)
    customers = levels[codes]
    _check_known(customers, rows, owner)
    return customers, days


def _check_known(customers: pd.Index, rows: Performance, owner: str) -> None:
    strange = customers[rows.places_of(customers) < 0]
    if not len(strange):
        return
    one, other = strange.tolist()[0], rows.customers.tolist()[0]
    if len(strange) == len(customers):
        msg = (
            f"No customer of 'as_of' in {owner} has a month: there is {one!r} in 'as_of', and "
            f"{other!r} in 'performance'. Write both alike."
        )
        raise InvalidDataError(msg)
    warn_user(
        f"{counted(len(strange), 'row')} of {len(customers):,} in 'as_of' have no month in "
        f"'performance', such as customer {one!r}, and are too short.",
        RejectedRowsWarning,
    )


def months_ended(days: Days) -> Int1D:
    """Return the last month that ended by each day."""
    month: Int1D = days.astype("datetime64[M]").astype(np.int64)
    return np.where(days < month_ends(month), month - 1, month)


def _dpd_before(rows: Performance, places: Int1D, start: Int1D) -> np.ndarray[Any, Any]:
    """Return the days past due of the last month known by the start; NaN for none."""
    found = np.searchsorted(rows.key, rows.key_of(places, start + 1)) - 1
    inside = np.maximum(found, 0)
    mine = (found >= 0) & (places >= 0) & (rows.customer[inside] == places)
    return np.where(mine, rows.dpd[inside], np.nan)


def _last(rows: Performance, low: Int1D, high: Int1D) -> np.ndarray[Any, Any]:
    return np.where(high > low, rows.dpd[np.maximum(high - 1, 0)], np.nan)


def _first_at_least(rows: Performance, low: Int1D, high: Int1D, dpd: float) -> np.ndarray[Any, Any]:
    """Return the last day of the first month in each window with as many days; NaT for none."""
    places = np.where(rows.dpd >= dpd, np.arange(len(rows.dpd)), len(rows.dpd))
    following = np.append(np.minimum.accumulate(places[::-1])[::-1], len(rows.dpd))
    found = following[low]
    ends = month_ends(rows.month[np.minimum(found, len(rows.dpd) - 1)])
    never = np.datetime64("NaT", "D")
    return np.where(found < high, ends, never).astype("datetime64[s]")
