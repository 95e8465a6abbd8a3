"""The period of each row: read from any column, in the order of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Int1D
from creditscore.exceptions import InvalidDataError

_MOST = 1_000


def check_periods(periods: Any, *, n_rows: int) -> tuple[Int1D | None, tuple[str, ...]]:
    """Return the period of each row as a number from 0, and the periods' names in order.

    Parameters
    ----------
    periods : array-like of shape (n_rows,) or None
        Numbers, text that sorts by time such as "2024-03", dates, or periods of pandas.
    n_rows : int
        Rows expected.

    Raises
    ------
    InvalidDataError
        Missing periods, another length, or more periods than any bin could fill.
    """
    if periods is None:
        return None, ()
    values = periods.to_pandas() if hasattr(periods, "to_pandas") else periods
    values = pd.Series(np.asarray(values) if not isinstance(values, pd.Series) else values.array)
    if len(values) != n_rows:
        msg = f"periods must have one entry for each of the {n_rows} rows. Got {len(values)}."
        raise InvalidDataError(msg)
    if values.isna().any():
        n = int(values.isna().sum())
        msg = f"periods must not be missing. Got {n} missing. Leave these rows out, or date them."
        raise InvalidDataError(msg)
    try:
        codes, found = pd.factorize(values, sort=True)
    except TypeError as error:
        msg = "periods must be of one kind, so that they have an order: all numbers, text or dates."
        raise InvalidDataError(msg) from error
    if len(found) > _MOST:
        msg = (
            f"periods holds {len(found)} different values, and bins must hold in each. Give months "
            "or quarters rather than days."
        )
        raise InvalidDataError(msg)
    return np.asarray(codes, dtype=np.intp), tuple(map(_name, found))


def _name(period: Any) -> str:
    """Write a period without a time of day that says nothing."""
    text = str(period)
    return text.removesuffix(" 00:00:00")
