"""Whose grades they are: the names of customers beside a column of grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from creditscore._checks import unknown_name
from creditscore._validation import check_order
from creditscore.exceptions import InvalidDataError, InvalidParameterError


class GradedRows(NamedTuple):
    """Grades that are read already, whose they are, and the column that results are like."""

    column: Any
    grades: Sequence[str]
    names: Sequence[Any]
    ranks: Mapping[str, int]
    default_label: str

    @property
    def worst(self) -> int:
        """Place of the riskiest grade of customers who are not in default."""
        return max(place for label, place in self.ranks.items() if label != self.default_label)


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
    check_order(grades=grades, customers=customers)
    if customers is None and not isinstance(grades, pd.Series):
        if needed_by is None:
            return list(range(n))
        msg = (
            f"{needed_by} names customers, and these grades do not say whose they are. Give a "
            "pandas Series with the customers as its index, or customers=…."
        )
        raise InvalidDataError(msg)
    names: list[Any] = pd.Index(grades.index if customers is None else customers).tolist()
    if len(names) != n:
        msg = f"There are {n} grades and {len(names)} customers. Give one name a grade."
        raise InvalidDataError(msg)
    if needed_by is not None and len(set(names)) != n:
        places = {name: row for row, name in enumerate(names)}
        twice = next(name for row, name in enumerate(names) if places[name] != row)
        msg = f"Customer {twice!r} has two grades or more. Keep the one that holds."
        raise InvalidDataError(msg)
    return names


def place_of_customer(customer: Any, names: Sequence[Any], of: str) -> int:
    """Return the place of a customer among names; `of` says whose names these are.

    Raises
    ------
    InvalidParameterError
        There is no such customer.
    InvalidDataError
        There are two.
    """
    rows = [row for row, name in enumerate(names) if name == customer]
    if not rows:
        raise unknown_customer(customer, names, of)
    if len(rows) > 1:
        msg = (
            f"{len(rows)} rows of {of} are of customer {customer!r}, at places "
            f"{rows[0]} and {rows[1]}. Give customers different names."
        )
        raise InvalidDataError(msg)
    return rows[0]


def unknown_customer(customer: Any, names: Sequence[Any], of: str) -> InvalidParameterError:
    """Return the error about a customer who is not known, or known by a number or text instead."""
    known = [str(name) for name in names]
    if str(customer) not in known:
        return unknown_name(customer, known, "customer", of)
    name = names[known.index(str(customer))]
    return InvalidParameterError(
        f"There is no customer {customer!r} in {of}, but {name!r}: names are "
        f"{type(name).__name__} there. Ask with the same type."
    )
