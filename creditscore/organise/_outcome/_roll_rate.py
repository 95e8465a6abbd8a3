"""How customers move between buckets of days past due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._days import check_day
from creditscore._display import counted, html_table
from creditscore._typing import Int1D
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.organise._outcome._definition import months_ended
from creditscore.organise._outcome._performance import (
    month_ends,
    read_performance,
    worst_within,
)

_UPPER = (0, 30, 60, 90)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RollRates:
    """Moves between buckets of days past due, from rows to columns, safest first.

    Made by :func:`roll_rates` and :func:`worst_roll_rates`.

    Attributes
    ----------
    counts : pandas.DataFrame
        Moves from bucket (row) to bucket (column).
    n_left : pandas.Series
        Rows of each bucket without anything known afterwards; they are in no rate.
    what : str
        Between what the moves are.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import roll_rates
    >>> months = pd.DataFrame({
    ...     "customer": ["A"] * 3, "month": ["2024-01-31", "2024-02-29", "2024-03-31"],
    ...     "dpd": [0, 12, 41],
    ... })
    >>> rolls = roll_rates(months)
    >>> rolls
    RollRates(month to month: 2 moves among 5 buckets, 1 without a next)
    >>> float(rolls.rates.loc["1-30", "31-60"])
    1.0
    """

    counts: pd.DataFrame
    n_left: pd.Series
    what: str

    @property
    def rates(self) -> pd.DataFrame:
        """Share of each row's moves; a row without moves is NaN."""
        total = self.counts.sum(axis=1)
        return self.counts.div(total.where(total > 0), axis=0)

    def directions(self) -> pd.DataFrame:
        """Return a row a bucket: n, and the shares that got better, stayed, got worse."""
        rates, n = self.rates.to_numpy(), len(self.counts)
        places = np.arange(n)
        sides = {
            "better": places[None, :] < places[:, None],
            "same": np.eye(n, dtype=bool),
            "worse": places[None, :] > places[:, None],
        }
        missing = np.isnan(rates).any(axis=1)
        shares = {
            name: np.where(missing, np.nan, np.where(side, rates, 0.0).sum(axis=1))
            for name, side in sides.items()
        }
        return pd.DataFrame(
            {"n": self.counts.sum(axis=1).to_numpy(), **shares}, index=self.counts.index
        )

    def no_return(self, share: float = 0.5) -> str | None:
        """Return the safest bucket from which at least a share did not get better.

        Parameters
        ----------
        share : float, default=0.5
            Of those that were late, above 0 to 1.

        Returns
        -------
        str or None
            This and the worse buckets are where bad customarily begins; None where customers
            of all late buckets mostly recover.
        """
        check_real(share, "share", "no_return", low=0, high=1, closed="right")
        table = self.directions().iloc[1:]
        stuck = table.index[(1 - table["better"]).ge(share).to_numpy()]
        return str(stuck[0]) if len(stuck) else None

    def __repr__(self) -> str:
        """Say in one line how many moves there are."""
        return (
            f"RollRates({self.what}: {counted(int(self.counts.to_numpy().sum()), 'move')} among "
            f"{len(self.counts)} buckets, {int(self.n_left.sum()):,} without a next)"
        )

    def _repr_html_(self) -> str:
        """Show the rates."""
        shown = self.rates.reset_index(names="from")
        formats = dict.fromkeys(self.rates.columns, "{:.1%}")
        return html_table(shown, caption=repr(self), formats=formats)


def roll_rates(performance: Any, *, upper: Sequence[int] = _UPPER) -> RollRates:
    """Return how customers move between buckets of days past due from a month to the next.

    Parameters
    ----------
    performance : table
        A row a customer and month: customer, month, dpd; see :meth:`OutcomeDefinition.classify`.
    upper : sequence of int, default=(0, 30, 60, 90)
        Last day of each bucket but the worst, rising, from 0 on.

    Returns
    -------
    RollRates
        A month without the customer's very next month is counted as left.

    Raises
    ------
    MissingColumnError, EmptyDataError, InvalidDataError
        As for :meth:`OutcomeDefinition.classify`.
    InvalidParameterError
        Bounds that do not rise.

    Notes
    -----
    The share that rolls from a bucket to the next worse one is its roll rate; O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import roll_rates
    >>> months = pd.DataFrame({
    ...     "customer": ["A", "A"], "month": ["2024-01-31", "2024-02-29"], "dpd": [35, 0],
    ... })
    >>> float(roll_rates(months).directions().loc["31-60", "better"])
    1.0
    """
    names, bounds = _buckets(upper, "roll_rates")
    rows = read_performance(performance, owner="roll_rates")
    bucket = np.searchsorted(bounds, rows.dpd)
    follows = (np.diff(rows.customer) == 0) & (np.diff(rows.month) == 1)
    left = np.append(~follows, True)
    moves = bucket[:-1][follows], bucket[1:][follows]
    return _rolls(moves, bucket[left], names, "month to month")


def worst_roll_rates(
    performance: Any,
    as_of: Any,
    *,
    before_months: int = 12,
    after_months: int = 12,
    upper: Sequence[int] = _UPPER,
) -> RollRates:
    """Return how the worst status in the months before a day compares with that after it.

    Parameters
    ----------
    performance : table
        As for :func:`roll_rates`.
    as_of : day
        The months that end by this day are before, those that end later are after.
    before_months, after_months : int, default=12
        Lengths of the windows, 1 or more.
    upper : sequence of int, default=(0, 30, 60, 90)
        Last day of each bucket but the worst, rising, from 0 on.

    Returns
    -------
    RollRates
        A customer counts once; without any month after, it is counted as left.

    Raises
    ------
    EmptyDataError
        No customer has a month before.
    InvalidDataError
        The months after are not over by the last month of the data: the worst of a part of them
        would look too good. Otherwise as for :func:`roll_rates`.

    Notes
    -----
    Where most customers of a bucket stay or get worse, lateness has become a state: bad
    customarily begins there (Siddiqi 2017, chapter 4). O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import worst_roll_rates
    >>> months = pd.DataFrame({
    ...     "customer": ["A", "A", "B", "B"], "month": ["2024-01-31", "2024-02-29"] * 2,
    ...     "dpd": [95, 130, 12, 0],
    ... })
    >>> worst_roll_rates(months, "2024-01-31", after_months=1).no_return()
    '91+'
    """
    owner = "worst_roll_rates"
    names, bounds = _buckets(upper, owner)
    check_integer(before_months, "before_months", owner, low=1)
    check_integer(after_months, "after_months", owner, low=1)
    rows = read_performance(performance, owner=owner)
    middle = months_ended(np.array([check_day(as_of, "as_of", owner)]))
    places = np.arange(len(rows.customers))
    ends = [
        np.searchsorted(rows.key, rows.key_of(places, middle + months + 1))
        for months in (-before_months, 0, after_months)
    ]
    before, after = worst_within(rows, ends[0], ends[1]), worst_within(rows, ends[1], ends[2])
    known = ~np.isnan(before)
    if not known.any():
        msg = f"No customer has a month in the {before_months} months by {as_of}."
        raise EmptyDataError(msg)
    if middle[0] + after_months > rows.last_month:
        over = month_ends(np.array([middle[0] + after_months, rows.last_month]))
        msg = (
            f"The {after_months} months after {as_of} end on {over[0]}, and the data of {owner} "
            f"on {over[1]}. Take an earlier 'as_of', or fewer 'after_months'."
        )
        raise InvalidDataError(msg)
    both = known & ~np.isnan(after)
    moves = np.searchsorted(bounds, before[both]), np.searchsorted(bounds, after[both])
    left = np.searchsorted(bounds, before[known & ~both])
    what = f"worst of {before_months} months to worst of {after_months} after {as_of}"
    return _rolls(moves, left, names, what)


def _buckets(upper: Any, owner: str) -> tuple[list[str], np.ndarray[Any, Any]]:
    entries = read_entries(upper, "upper", owner)
    if not entries or list(entries) != sorted(set(entries)) or entries[0] < 0:
        msg = f"The 'upper' parameter of {owner} must be days that rise from 0. Got {upper!r}."
        raise InvalidParameterError(msg)
    for entry in entries:
        check_integer(entry, "upper", owner, low=0)
    starts = [0, *(entry + 1 for entry in entries)]
    names = [f"{low}-{high}" for low, high in zip(starts, entries, strict=False)]
    names[0] = "current" if entries[0] == 0 else names[0]
    return [*names, f"{starts[-1]}+"], np.array(entries, dtype=np.float64)


def _rolls(moves: tuple[Int1D, Int1D], left: Int1D, names: list[str], what: str) -> RollRates:
    n = len(names)
    counts = np.bincount(moves[0] * n + moves[1], minlength=n * n).reshape(n, n)
    index = pd.Index(names, name="from")
    return RollRates(
        counts=pd.DataFrame(counts, index=index, columns=pd.Index(names, name="to")),
        n_left=pd.Series(np.bincount(left, minlength=n), index=index, name="n_left"),
        what=what,
    )
