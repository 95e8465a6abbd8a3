"""Square tables of numbers as frozen values keep them: tuples of Python's floats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Float2D
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError, InvalidParameterError

Rows: TypeAlias = tuple[tuple[float, ...], ...]
"""A table, row by row."""

_ROUNDING = 1e-9


def as_rows(values: Any, name: str, owner: str, n: int) -> Rows:
    """Return a table of n rows and columns; all NaN become one and the same, so that they compare.

    Tuples hold two numbers for equal that are one object, even where it is NaN.
    """
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"The {name!r} of {owner} must be numbers in rows of equal length."
        raise InvalidParameterError(msg) from error
    if array.shape != (n, n):
        msg = (
            f"The {name!r} of {owner} must have a row and a column for each of its {n} labels. Got "
            f"the shape {array.shape}."
        )
        raise InvalidParameterError(msg)
    return tuple(_plain(row) for row in array.tolist())


def as_row(values: Any, name: str, owner: str, n: int) -> tuple[float, ...]:
    """Return one number for each state, zero or more."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (n,) or not (array >= 0).all():
        msg = (
            f"The {name!r} of {owner} must be a number for each of its {n} labels, zero or more. "
            f"Got {array.tolist()!r}."
        )
        raise InvalidParameterError(msg)
    return _plain(array.tolist())


def as_frame(table: Any) -> Any:
    """Return a table of any library as one of pandas whose columns are texts; all else as it is."""
    if not isinstance(table, pd.DataFrame):
        if not nw.dependencies.is_into_dataframe(table):
            return table
        table = nw.from_native(table, eager_only=True).to_pandas()
    return table.set_axis([str(name) for name in table.columns], axis="columns")


def row_names(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Return what rows are called; those numbered from 0 are in the order of `names`."""
    if isinstance(table.index, pd.RangeIndex) and table.index.equals(pd.RangeIndex(len(table))):
        return list(names[: len(table)])
    return [str(name) for name in table.index]


def as_counts(values: Any, name: str) -> Float2D:
    """Return a table of counts; chances, whose rows sum to 1 or less, are none."""
    counts = as_floats(values, name)
    if counts.ndim != 2:
        msg = (
            f"{name} must hold counts, a row a grade at the start and a column a grade at the end. "
            f"Got the shape {counts.shape}."
        )
        raise InvalidDataError(msg)
    odd = ~((counts >= 0) & np.isfinite(counts))
    if odd.any():
        msg = f"{name} must hold counts, zero or more and none missing. Got {counts[odd][0]:g}."
        raise InvalidDataError(msg)
    if (counts != np.round(counts)).any() and counts.sum(axis=1).max() <= 1 + _ROUNDING:
        msg = (
            f"The rows of {name} sum to 1 or less: are these probabilities? Counts are needed. "
            "MigrationMatrix.from_probabilities takes a table of probabilities."
        )
        raise InvalidDataError(msg)
    return counts


def rows_of(array: Float2D) -> Rows:
    """Return an array as rows of Python's floats."""
    return tuple(map(tuple, array.tolist()))


def row_of(array: Float1D) -> tuple[float, ...]:
    """Return an array as Python's floats."""
    return tuple(array.tolist())


def to_json(rows: Rows | None) -> list[list[float | None]] | None:
    """Write a table as JSON can hold it."""
    if rows is None:
        return None
    return [[None if math.isnan(value) else value for value in row] for row in rows]


def from_json(rows: Any) -> Any:
    """Read what :func:`to_json` wrote."""
    if rows is None:
        return None
    return [[math.nan if value is None else value for value in row] for row in rows]


def shares_of(counts: Float2D) -> Float2D:
    """Divide each row by its sum; a row of zeros becomes NaN."""
    total = counts.sum(axis=1, keepdims=True)
    shares: Float2D = np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
    return shares


def unit(n: int, place: int) -> Float1D:
    """Return the row of a state that nobody leaves."""
    row: Float1D = np.eye(n)[place]
    return row


def _plain(row: list[float]) -> tuple[float, ...]:
    return tuple(math.nan if math.isnan(value) else float(value) for value in row)
