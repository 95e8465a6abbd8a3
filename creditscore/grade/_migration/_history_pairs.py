"""Pairs of grades of several cohorts from a rating history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from creditscore._checks import check_kind
from creditscore._days import check_day
from creditscore._validation import check_integer
from creditscore.exceptions import EmptyDataError, InvalidParameterError
from creditscore.grade._history._rating_history import RatingHistory


def cohort_pairs(
    history: RatingHistory, starts: Any, *, months: int = 12, default_seen: str = "ever"
) -> pd.DataFrame:
    """Return the grades of customers at the start and at the end of each of several periods.

    Parameters
    ----------
    history : RatingHistory
        Grades with the days between which they were valid.
    starts : sequence of str, date or Timestamp
        First day of each cohort.
    months : int, default=12
        Length of each period, 1 or more.
    default_seen : {"ever", "at_end"}, default="ever"
        As in :meth:`RatingHistory.cohort`.

    Returns
    -------
    DataFrame
        cohort (its first day, as text), customer, grade_start, grade_end: what
        :func:`cohort_migration` and :func:`migration_shares` take.

    Raises
    ------
    InvalidParameterError
        No list of days. EmptyDataError: no customer had a grade on any of them.

    Notes
    -----
    Cohorts less than `months` apart overlap: a migration is then in several of them, so that they
    are not independent.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.grade import RatingHistory, cohort_migration, cohort_pairs
    >>> history = RatingHistory.from_events(
    ...     ["X", "X", "Y"], ["A", "B", "A"],
    ...     pd.to_datetime(["2022-01-01", "2023-06-01", "2022-01-01"]), labels=("A", "B"),
    ... )
    >>> pairs = cohort_pairs(history, ["2022-01-01", "2023-01-01"])
    >>> pairs["grade_end"].tolist()
    ['A', 'A', 'B', 'A']
    >>> cohort_migration(
    ...     pairs["grade_start"], pairs["grade_end"], labels=history, cohort=pairs["cohort"]
    ... ).array[0].tolist()
    [0.75, 0.25, 0.0]
    """
    owner = "cohort_pairs"
    check_kind(history, "history", owner, RatingHistory)
    check_integer(months, "months", owner, low=1)
    if isinstance(starts, str) or not isinstance(starts, Iterable):
        msg = f"The 'starts' parameter of {owner} must be a list of days. Got {starts!r} instead."
        raise InvalidParameterError(msg)
    parts = []
    for start in starts:
        day = pd.Timestamp(check_day(start, "starts", owner))
        end = day + pd.DateOffset(months=months)
        pairs = history.cohort(day, end, default_seen=default_seen)  # type: ignore[arg-type]
        pairs.insert(0, "cohort", str(day.date()))
        parts.append(pairs)
    if not any(len(part) for part in parts):
        msg = "No customer had a grade on any of the days. Check the days against the history."
        raise EmptyDataError(msg)
    return pd.concat([part for part in parts if len(part)], ignore_index=True)
