"""The period of each row: read from any column, in the order of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Int1D
from creditscore.exceptions import InvalidDataError

_MOST = 1_000


def check_periods(
    periods: Any, *, n_rows: int, rows: Bool1D | None = None
) -> tuple[Int1D | None, tuple[str, ...]]:
    """Return the period of each row as a number from 0, and the periods' names in order.

    Parameters
    ----------
    periods : array-like of shape (n_rows,) or None
        Numbers, text that sorts by time such as "2024-03", dates, periods of pandas, or ordered
        categories.
    n_rows : int
        Rows expected.
    rows : ndarray of bool, shape (n_rows,), optional
        Rows that count; periods of others alone are left out.

    Raises
    ------
    InvalidDataError
        Missing periods, another length or shape, kinds without a common order, or more periods
        than any bin could fill.
    """
    if periods is None:
        return None, ()
    values = _series(periods)
    if len(values) != n_rows:
        msg = f"periods must have one entry for each of the {n_rows} rows. Got {len(values)}."
        raise InvalidDataError(msg)
    if values.isna().any():
        n = int(values.isna().sum())
        msg = f"periods must not be missing. Got {n} missing. Leave these rows out, or date them."
        raise InvalidDataError(msg)
    if pd.api.types.infer_dtype(values, skipna=False).startswith("mixed"):
        msg = "periods must be of one kind, so that they have an order: all numbers, text or dates."
        raise InvalidDataError(msg)
    codes, found = pd.factorize(values, sort=True)
    held = np.unique(codes if rows is None else codes[rows])
    if len(held) > _MOST:
        msg = (
            f"periods holds {len(held)} different values, and bins must hold in each. Give months "
            "or quarters rather than days."
        )
        raise InvalidDataError(msg)
    place = np.zeros(len(found), dtype=np.intp)
    place[held] = np.arange(len(held))
    return place[codes], tuple(_name(found[i]) for i in held.tolist())


def _series(periods: Any) -> pd.Series:
    """Read any column, keeping its type: an array of text would hide what is missing."""
    values = periods.to_pandas() if hasattr(periods, "to_pandas") else periods
    if getattr(values, "ndim", 1) != 1:
        msg = f"periods must be one column. Got {values.ndim} dimensions."
        raise InvalidDataError(msg)
    return pd.Series(values.array if isinstance(values, pd.Series) else values)


def _name(period: Any) -> str:
    """Write a period without a time of day that says nothing."""
    midnight = isinstance(period, pd.Timestamp) and period == period.normalize()
    return str(period.date()) if midnight else str(period)
