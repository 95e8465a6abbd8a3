"""Periods of accepted and rejected applications, as one column each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from creditscore.exceptions import ColumnTypeError, InvalidDataError


def read_periods(values: Any, name: str, n_rows: int) -> pd.Series:
    """Read a column of periods, whatever its library; its index is that of the places.

    Raises
    ------
    InvalidDataError
        Periods are missing, or there is not one for each row.
    """
    column = values.to_pandas() if hasattr(values, "to_pandas") else values
    if getattr(column, "ndim", 1) != 1:
        msg = f"{name} must be one column. Got {column.ndim} dimensions."
        raise InvalidDataError(msg)
    periods = pd.Series(column.array if isinstance(column, pd.Series) else column)
    if len(periods) != n_rows:
        msg = f"{name} must have one entry for each of the {n_rows} rows. Got {len(periods)}."
        raise InvalidDataError(msg)
    n_missing = int(periods.isna().sum())
    if n_missing:
        msg = f"{name} must not be missing. Got {n_missing} missing. Leave these rows out."
        raise InvalidDataError(msg)
    return periods


def check_same_periods(accepted: pd.Series, rejected: pd.Series) -> None:
    """Refuse periods that together have another order than each of them, or none."""
    kinds = [_kind(periods) for periods in (accepted, rejected)]
    if kinds[0] != kinds[1]:
        msg = (
            f"periods of the accepted are {accepted.dtype}, those of the rejected "
            f"{rejected.dtype}. Give both one type (of ordered categories, the same list in the "
            "same order)."
        )
        raise ColumnTypeError(msg)


def _kind(periods: pd.Series) -> Any:
    """Return what must be the same for two columns to have one order of time."""
    dtype = periods.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return tuple(dtype.categories), dtype.ordered
    if isinstance(dtype, (pd.PeriodDtype, pd.DatetimeTZDtype)):
        return str(dtype)
    kind = pd.api.types.infer_dtype(periods, skipna=False)
    return "number" if kind in ("integer", "floating", "mixed-integer-float") else kind
