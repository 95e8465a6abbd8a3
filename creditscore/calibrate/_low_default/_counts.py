"""Customers and defaults of grades: checked, and pooled with all worse grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_same_order
from creditscore.exceptions import EmptyDataError, InvalidDataError

_MOST_CUSTOMERS = 2.0**53
"""Beyond it not every whole number is a float."""


def read_counts(n_customers: Any, n_defaults: Any) -> tuple[Float1D, Float1D]:
    """Read customers and defaults, whole numbers, of one grade or of a list of grades."""
    check_same_order(
        n_customers, n_defaults, beside="n_customers", name="n_defaults", error=InvalidDataError
    )
    customers = np.atleast_1d(as_floats(n_customers, "n_customers"))
    defaults = np.atleast_1d(as_floats(n_defaults, "n_defaults"))
    if customers.shape != defaults.shape or customers.ndim != 1:
        msg = (
            "n_customers and n_defaults must be 1D and of one length, a number for each grade. "
            f"Got shapes {customers.shape} and {defaults.shape}."
        )
        raise InvalidDataError(msg)
    for values, name in ((customers, "n_customers"), (defaults, "n_defaults")):
        odd = ~((values >= 0) & (values < _MOST_CUSTOMERS) & (values == np.floor(values)))
        if odd.any():
            at = int(odd.argmax())
            msg = (
                f"{name} must hold counts: whole numbers, zero or more, none missing. Got "
                f"{values[at]:g} at place {at}."
            )
            raise InvalidDataError(msg)
    if not customers.any():
        msg = "n_customers is zero everywhere: without a customer nothing is known of defaults."
        raise EmptyDataError(msg)
    _refuse_more_defaults(customers, defaults)
    return customers, defaults


def _refuse_more_defaults(customers: Float1D, defaults: Float1D) -> None:
    more = defaults > customers
    if more.any():
        at = int(more.argmax())
        msg = (
            f"n_defaults must not exceed n_customers. Got {defaults[at]:g} defaults of "
            f"{customers[at]:g} customers at place {at}."
        )
        if (customers <= defaults).all():
            msg += " Were n_customers and n_defaults swapped?"
        raise InvalidDataError(msg)


def read_names(names: Any, n: int, what: str) -> tuple[str, ...]:
    """Read the names of grades or years, or number them from 1."""
    if names is None:
        return tuple(str(number) for number in range(1, n + 1))
    given = [names] if isinstance(names, str) else list(names)
    if len(given) != n or any(pd.isna(name) for name in given):
        msg = f"{what} must name each of the {n} counts, none missing. Got {given!r}."
        raise InvalidDataError(msg)
    told = tuple(str(name) for name in given)
    if len(set(told)) < n:
        msg = f"{what} must be different names. Got {given!r}."
        raise InvalidDataError(msg)
    return told


def with_all_worse(counts: Float1D) -> Float1D:
    """Add to the count of each grade those of all worse ones; the safest grade comes first."""
    pooled: Float1D = np.cumsum(counts[::-1])[::-1]
    return pooled


def falls(values: Sequence[float] | Float1D) -> bool:
    """Tell whether a worse grade has a lower value, by more than rounding."""
    known = np.asarray(values, dtype=np.float64)
    return bool((np.diff(known) < -1e-12 * np.abs(known[1:])).any())
