"""What is told of each customer, under its name as observations have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore.exceptions import InvalidDataError, InvalidParameterError


def by_customer(
    given: Any,
    name: str,
    owner: str,
    *,
    numbers: bool = False,
    known: Iterable[str] | None = None,
) -> pd.Series:
    """Return what a parameter tells of customers, indexed by their names.

    Names are texts, as in observations: customer 1001 of a ledger is "1001" here.

    Parameters
    ----------
    given : mapping or Series or None
        Customers to what is told of them; None tells nothing.
    name, owner : str
        The parameter and whose it is, for errors.
    numbers : bool, default=False
        Whether floats are told, NaN where missing; else whatever it is.
    known : iterable of str, optional
        Customers that there are; if anything is told, it must be of one of them at least.

    Returns
    -------
    Series
        Of float64 or of objects; its index is of texts, each once.

    Raises
    ------
    InvalidParameterError
        It is no mapping and no Series.
    InvalidDataError
        A customer has no name or stands twice, none is known, or what should be a number is not.
    """
    if not isinstance(given, (Mapping, pd.Series, type(None))):
        msg = (
            f"The {name!r} parameter of {owner} must be a mapping or a Series of customers. Got "
            f"{type(given).__name__} instead."
        )
        raise InvalidParameterError(msg)
    told = pd.Series(given, dtype=object)
    told.index = pd.Index([word_of(key) for key in told.index], dtype=object)
    if "" in told.index:
        msg = f"The {name!r} parameter of {owner} tells something of a customer without a name."
        raise InvalidDataError(msg)
    twice = told.index[told.index.duplicated()]
    if len(twice):
        msg = f"Customer {twice[0]!r} stands twice in {name!r} of {owner}. Give each one once."
        raise InvalidDataError(msg)
    there = None if known is None or not len(told) else pd.Index(known, dtype=object)
    if there is not None and len(there) and not told.index.isin(there).any():
        msg = (
            f"None of the customers in {name!r} of {owner} is known: it tells of "
            f"{told.index[0]!r}, and there is {there[0]!r}. Use the names of observations."
        )
        raise InvalidDataError(msg)
    return _numbers(told, name, owner) if numbers else told


def _numbers(told: pd.Series, name: str, owner: str) -> pd.Series:
    try:
        return told.where(told.notna(), np.nan).astype(np.float64)
    except (TypeError, ValueError) as error:
        msg = f"The {name!r} parameter of {owner} must tell numbers. {error}."
        raise InvalidDataError(msg) from error
