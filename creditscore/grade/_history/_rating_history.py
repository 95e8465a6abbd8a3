"""A rating history: which customer had which grade from when until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._days import check_day
from creditscore._typing import Int1D
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.grade._history._lookup import codes_at, codes_on, places_of
from creditscore.grade._history._spells import DAYS_A_YEAR, changes_of, spells_between
from creditscore.grade._history._validities import (
    NONE,
    columns_table,
    first_days,
)
from creditscore.grade._history._validity_table import ValidityTable, times_of

DefaultSeen: TypeAlias = Literal["ever", "at_end"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RatingHistory(ValidityTable):
    """Grades of customers with the days between which they were valid.

    Made by :meth:`from_frame` or :meth:`from_events`; a change is a new history
    (:meth:`record`).

    Attributes
    ----------
    labels : tuple of str
        Grades, the safest first; the grade of default is the last unless it is listed before.
    default_label : str
        Grade of customers in default.
    no_grade : str
        Word for the time in which a customer has no grade: withdrawn or not known.
    customers : tuple
        Different customers, in the order of their first rows.
    rows : Validities
        Arrays by row, in the order of customers and days: customer and grade (codes; -1 is no
        grade), start, stop (NaT while valid) and known (None where nobody told).

    See Also
    --------
    VetoRules, GradeCaps, OverridePolicy : Change grades before they are recorded.

    Notes
    -----
    A validity holds on days in [valid_from, valid_to): on its first day, and no more on
    `valid_to`. An open one has no `valid_to`. Days of a customer that no row covers, between two
    rows or after the last one, are days without a grade, for which `no_grade` is the word. A row
    whose grade is that word says the same.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.grade import RatingHistory
    >>> history = RatingHistory.from_events(
    ...     ["X", "X", "Y"], ["A", "B", "A"], pd.to_datetime(["2023-01-01", "2024-03-01",
    ...     "2023-07-01"]), labels=("A", "B", "C"),
    ... )
    >>> history
    <RatingHistory: 2 customers, 3 rows, 2023-01-01 to 2024-03-01>
    >>> history.as_of("2024-02-29").to_dict()
    {'X': 'A', 'Y': 'A'}
    >>> history.cohort("2024-01-01", "2025-01-01")
      customer grade_start grade_end
    0        X           A         B
    1        Y           A         A
    """

    def as_of(self, day: Any, *, customers: Any = None) -> pd.Series:
        """Return the grades that were valid on a day.

        Parameters
        ----------
        day : str, date or Timestamp
            The day.
        customers : array-like, optional
            Whose grades, in this order, with `no_grade` for whoever has none; without it, all who
            have a grade on that day.

        Returns
        -------
        Series of str
            Named grade, with the customers as its index.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> history = RatingHistory.from_events(
        ...     ["X"], ["A"], pd.to_datetime(["2023-01-01"]), labels=("A", "B")
        ... )
        >>> history.as_of("2023-06-30", customers=["X", "Y"]).to_dict()
        {'X': 'A', 'Y': 'NR'}
        """
        on = check_day(day, "day", "RatingHistory.as_of")
        if customers is not None:
            who = pd.Index(np.asarray(customers))
            codes = self._codes_on(on)[places_of(who, self.customers)]
            return pd.Series(self._words(codes), index=who.rename("customer"), name="grade")
        codes = self._codes_on(on)[:-1]
        held = np.flatnonzero(codes != NONE)
        index = pd.Index(self._who(held), name="customer")
        return pd.Series(self._words(codes[held]), index=index, name="grade")

    def grades_at(self, customers: Any, days: Any) -> pd.Series:
        """Return the grade of each customer on a day of its own, such as that of an application.

        Parameters
        ----------
        customers : Series or array-like of shape (n,)
            Who; a customer may stand there several times.
        days : Series or array-like of dates, shape (n,)
            When.

        Returns
        -------
        Series of str
            Named grade, in the order given, `no_grade` where there is none; with the index of
            `customers` where that is a pandas Series.

        Raises
        ------
        InvalidDataError
            A day is missing, or the lengths differ, or the order of one index.

        Notes
        -----
        O(n log m) for m rows of the history.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> history = RatingHistory.from_events(
        ...     ["X", "X"], ["A", "B"], pd.to_datetime(["2023-01-01", "2024-01-01"]),
        ...     labels=("A", "B"),
        ... )
        >>> history.grades_at(["X", "X"], pd.to_datetime(["2023-12-31", "2024-01-01"])).tolist()
        ['A', 'B']
        """
        table = columns_table(customer=customers, day=days)
        on = table.days("day")
        if np.isnat(on).any():
            msg = (
                f"{int(np.isnat(on).sum())} day(s) are missing, the first at row "
                f"{int(np.isnat(on).argmax())}. Fill them in, or leave the rows out."
            )
            raise InvalidDataError(msg)
        codes, found = table.levels("customer")
        # a customer without a name is nobody's
        places = np.append(places_of(pd.Index(list(found)), self.customers), NONE)
        grades = codes_at(self.rows, places.take(codes), on)
        index = customers.index if isinstance(customers, pd.Series) else None
        return pd.Series(self._words(grades), index=index, name="grade")

    def cohort(self, start: Any, end: Any, *, default_seen: DefaultSeen = "ever") -> pd.DataFrame:
        """Return the grades that customers had on two days, the pairs of a migration matrix.

        Parameters
        ----------
        start, end : str, date or Timestamp
            The days; `end` is the later one.
        default_seen : {"ever", "at_end"}, default="ever"
            Whether a customer who was in default on any day in (start, end] ends in default, also
            if it was cured or withdrawn since, as cohorts of default rates count; or only who is
            on `end`.

        Returns
        -------
        DataFrame
            A row for each customer with a grade on `start`, those in default too: customer,
            grade_start, grade_end (`no_grade` for who has none on `end`).

        Raises
        ------
        InvalidParameterError
            `end` is not after `start`.

        Notes
        -----
        A change on `start` itself has happened by then, one on `end` as well. A default within
        the period counts although it lies between the two days: what counts is a choice, and
        rating agencies make default absorbing.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> days = pd.to_datetime(["2023-01-01", "2023-05-01", "2023-09-01"])
        >>> history = RatingHistory.from_events(["X"] * 3, ["B", "D", "C"], days,
        ...                                     labels=("A", "B", "C"))
        >>> history.cohort("2023-01-01", "2024-01-01")["grade_end"].tolist()
        ['D']
        >>> history.cohort("2023-01-01", "2024-01-01", default_seen="at_end")["grade_end"].tolist()
        ['C']
        """
        owner = "RatingHistory.cohort"
        first, last = _period(start, end, owner)
        check_choice(default_seen, "default_seen", owner, ("ever", "at_end"))
        before, after = self._codes_on(first)[:-1], self._codes_on(last)[:-1]
        if default_seen == "ever":
            rows, default = self.rows, self.labels.index(self.default_label)
            begun = (rows.start <= last) & ~(rows.stop <= first + np.timedelta64(1, "D"))
            after[rows.customer[begun & (rows.grade == default)]] = default
        held = np.flatnonzero(before != NONE)
        return pd.DataFrame(
            {
                "customer": self._who(held),
                "grade_start": self._words(before[held]),
                "grade_end": self._words(after[held]),
            }
        )

    def spells(self, start: Any = None, end: Any = None) -> pd.DataFrame:
        """Return the times that customers spent in a grade, for duration methods.

        Parameters
        ----------
        start, end : str, date or Timestamp, optional
            Time of observation; without them, the first and the last day of the table. Spells
            that began before `start` enter there (left truncation), and those that go on after
            `end` are cut there (right censoring).

        Returns
        -------
        DataFrame
            A row a spell, in the order of customers and days: customer, grade, start, stop,
            next_grade (`no_grade` after a withdrawal, missing where the spell goes on or is
            censored), years (at risk: days over 365.25).

        Raises
        ------
        InvalidParameterError
            `end` is not after `start`.

        Notes
        -----
        Rows of one grade that follow on each other are one spell. A change on `end` itself is
        seen, one on `start` is not, as in :meth:`cohort`.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> history = RatingHistory.from_events(
        ...     ["X", "X"], ["A", "B"], pd.to_datetime(["2023-01-01", "2024-01-01"]),
        ...     labels=("A", "B"),
        ... )
        >>> spells = history.spells("2023-07-01", "2025-01-01")
        >>> spells[["grade", "start", "stop"]]
          grade      start       stop
        0     A 2023-07-01 2024-01-01
        1     B 2024-01-01 2025-01-01
        >>> spells["years"].round(3).tolist(), spells["next_grade"].isna().tolist()
        ([0.504, 1.002], [False, True])
        """
        ends = first_days(self.rows)
        first, last = _period(
            ends[0] if start is None else start, ends[1] if end is None else end,
            "RatingHistory.spells",
        )  # fmt: skip
        spells, after = spells_between(self.rows, first, last)
        return pd.DataFrame(
            {
                "customer": self._who(spells.customer),
                "grade": self._words(spells.grade),
                "start": times_of(spells.start),
                "stop": times_of(spells.stop),
                "next_grade": self._words(after),
                "years": (spells.stop - spells.start).astype(np.int64) / DAYS_A_YEAR,
            }
        )

    def changes(self) -> pd.DataFrame:
        """Return a row for each day on which the grade of a customer changed.

        Returns
        -------
        DataFrame
            customer, day, grade_before, grade_after (`no_grade` for none), direction ("first",
            "up", "down", "withdrawn", "again" after a time without a grade), notches (places up
            the scale; negative is down; 0 where there is no grade before or after).

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> history = RatingHistory.from_events(
        ...     ["X", "X"], ["A", "C"], pd.to_datetime(["2023-01-01", "2024-01-01"]),
        ...     labels=("A", "B", "C"),
        ... )
        >>> history.changes()[["day", "grade_after", "direction", "notches"]]
                 day grade_after direction  notches
        0 2023-01-01           A     first        0
        1 2024-01-01           C      down       -2
        """
        found, before, after = changes_of(self.rows)
        rated = (before != NONE) & (after != NONE)
        notches = np.where(rated, before - after, 0)
        first = np.append(True, found.customer[1:] != found.customer[:-1])
        words = np.array(["down", "up", "withdrawn", "first", "again"], dtype=object)
        begun = np.where(first[: len(before)], 3, 4)
        kind = np.select([after == NONE, before == NONE, notches > 0], [2, begun, 1], default=0)
        return pd.DataFrame(
            {
                "customer": self._who(found.customer),
                "day": times_of(found.start),
                "grade_before": self._words(before),
                "grade_after": self._words(after),
                "direction": pd.Series(words.take(kind), dtype="str").array,
                "notches": notches,
            }
        )

    def _codes_on(self, day: np.datetime64) -> Int1D:
        return codes_on(self.rows, len(self.customers), day)


def _period(start: Any, end: Any, owner: str) -> tuple[np.datetime64, np.datetime64]:
    first, last = check_day(start, "start", owner), check_day(end, "end", owner)
    if last <= first:
        msg = (
            f"The 'end' parameter of {owner} must be after 'start'. Got {last} and {first} instead."
        )
        raise InvalidParameterError(msg)
    return first, last
