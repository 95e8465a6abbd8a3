"""Columns that were known only after the decision, or after the outcome, by their dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from creditscore._display import counted
from creditscore._frame import Table, as_table
from creditscore.exceptions import ColumnTypeError, InvalidDataError, InvalidParameterError
from creditscore.validate._data._leakage_hint import LeakageHint

Days: TypeAlias = np.ndarray[Any, np.dtype[np.datetime64]]


def read_days(value: Any, table: Table, name: str) -> Days | None:
    """Read a day, a day for each row, or the name of a column of days."""
    if value is None:
        return None
    if isinstance(value, str) and value in table.names:
        return table.days(value)
    if isinstance(value, str) or not hasattr(value, "__len__"):
        try:
            day = np.datetime64(pd.Timestamp(value).to_datetime64(), "D")
        except (TypeError, ValueError) as error:
            msg = (
                f"{name} must be a date, such as '2024-06-30', a date for each row, or the name "
                f"of a column of dates. Got {value!r}, which is none of them."
            )
            raise InvalidParameterError(msg) from error
        return np.full(table.n_rows, day)
    values = np.asarray(value)
    if values.shape != (table.n_rows,):
        msg = f"{name} must hold one date for each of the {table.n_rows} rows. Got {values.shape}."
        raise InvalidDataError(msg)
    try:
        return as_table(pd.DataFrame({name: values})).days(name)
    except ColumnTypeError as error:
        raise InvalidDataError(str(error)) from error


def date_hints(
    table: Table,
    known_on: Mapping[str, Any],
    *,
    outcome: Days | None,
    decision: Days | None,
    dated: tuple[str, ...],
) -> Iterator[LeakageHint]:
    """Yield a hint for each column that was known too late in some row.

    Of columns of dates (`dated`) dates that late are a hint too: they may be plans, such as the
    day of maturity.
    """
    for name, value in known_on.items():
        known = read_days(value, table, f"known_on[{name!r}]")
        if known is None:
            continue
        found = _too_late(known, outcome, decision)
        if found is not None:
            yield LeakageHint(column=name, check="known too late", sureness="certain",
                              statistic=found[0], reason=f"known {found[1]}")  # fmt: skip
    for name in dated:
        if name in known_on:
            continue
        found = _too_late(table.days(name), outcome, decision)
        if found is not None:
            yield LeakageHint(column=name, check="known too late", sureness="possible",
                              statistic=found[0], reason=f"its dates: {found[1]}")  # fmt: skip


def _too_late(known: Days, outcome: Days | None, decision: Days | None) -> tuple[float, str] | None:
    """Return the larger share of rows that were known too late, and both in words."""
    parts = [
        part
        for part in (
            _late(known, decision, "after the decision", strict=True),
            _late(known, outcome, "with the outcome or after it", strict=False),
        )
        if part is not None
    ]
    if not parts:
        return None
    return max(share for share, _ in parts), "; ".join(text for _, text in parts)


def _late(known: Days, limit: Days | None, what: str, *, strict: bool) -> tuple[float, str] | None:
    """Return the share of rows that were known too late, and by how long."""
    if limit is None:
        return None
    days = (known - limit).astype("timedelta64[D]")
    both = ~np.isnat(days)
    if not both.any():
        return None
    gap = days[both].astype(np.int64)
    late = gap > 0 if strict else gap >= 0
    share = float(late.mean())
    if not share:
        return None
    median = counted(int(np.median(gap[late])), "day")
    rows = "rows" if both.all() else f"the {counted(int(both.sum()), 'row')} with dates"
    return share, f"{what} in {share:.1%} of {rows}, by a median of {median}"
