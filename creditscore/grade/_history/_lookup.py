"""Which grade held on which day: codes of grades, -1 where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import Days
from creditscore._typing import Int1D, Level
from creditscore.grade._customers import unknown_customer
from creditscore.grade._history._validities import NONE, Validities


def places_of(who: pd.Index, customers: Sequence[Level]) -> Int1D:
    """Return the code of each customer, -1 where the history does not know them.

    Raises
    ------
    InvalidParameterError
        It knows none of them, and one if numbers were text, or the reverse.
    """
    known = pd.Index(list(customers))
    places = np.asarray(known.get_indexer(who), dtype=np.intp)
    if (places < 0).all():
        texts = {str(customer) for customer in customers}
        other = next((name for name in who if str(name) in texts), None)
        if other is not None:
            raise unknown_customer(other, customers, "the history")
    return places


def codes_on(rows: Validities, n_customers: int, day: np.datetime64) -> Int1D:
    """Return the grade of each customer on a day, and none for a last one that nobody knows."""
    codes = np.full(n_customers + 1, NONE, dtype=np.intp)
    held = rows.held_on(day)
    codes[rows.customer[held]] = rows.grade[held]
    return codes


def codes_at(rows: Validities, customer: Int1D, days: Days) -> Int1D:
    """Return the grade of each customer on a day of its own; O(n log m)."""
    first = rows.start.min()
    day = (rows.start - first).astype(np.int64)
    span = int(day.max()) + 2
    # a day before all others comes after all of the customer before
    asked = np.clip((days - first).astype(np.int64), -1, span - 2)
    place = np.searchsorted(rows.customer * span + day, customer * span + asked, side="right") - 1
    row = np.maximum(place, 0)
    held = (place >= 0) & (rows.customer[row] == customer) & ~(rows.stop[row] <= days)
    return np.where(held, rows.grade[row], NONE)


def words_of(codes: Int1D, labels: Sequence[str], no_grade: str) -> Any:
    """Return grades as text: -1 is the word for none, and -2, not known, a missing value."""
    words = np.array([*labels, None, no_grade], dtype=object)
    return pd.Series(words.take(codes), dtype="str").array


def names_of(codes: Int1D, customers: Sequence[Level]) -> Any:
    """Return customers by their codes."""
    text = all(isinstance(customer, str) for customer in customers)
    names = pd.Series(list(customers), dtype="str" if text else None)
    return names.take(codes).array
