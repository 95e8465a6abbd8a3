"""Whose grades they are: the names of customers beside a column of grades."""

from __future__ import annotations

from typing import Any

import pandas as pd

from creditscore.exceptions import InvalidDataError


def customers_of(grades: Any, customers: Any, n: int, *, needed_by: str | None) -> list[Any]:
    """Return the names of customers: given, or the index of a pandas Series, else their places.

    Parameters
    ----------
    grades : Series or array-like
        Grades.
    customers : array-like or None
        Names.
    n : int
        Grades that there are.
    needed_by : str or None
        What needs names, which must then differ; None where places will do.
    """
    if customers is None and not isinstance(grades, pd.Series):
        if needed_by is None:
            return list(range(n))
        msg = (
            f"{needed_by} names customers, and these grades do not say whose they are. Give a "
            "pandas Series with the customers as its index, or customers=…."
        )
        raise InvalidDataError(msg)
    names: list[Any] = list(grades.index if customers is None else pd.Index(customers))
    if len(names) != n:
        msg = f"There are {n} grades and {len(names)} customers. Give one name a grade."
        raise InvalidDataError(msg)
    if needed_by is not None and len(set(names)) != n:
        places = {name: row for row, name in enumerate(names)}
        twice = next(name for row, name in enumerate(names) if places[name] != row)
        msg = f"Customer {twice!r} has two grades or more. Keep the one that holds."
        raise InvalidDataError(msg)
    return names
