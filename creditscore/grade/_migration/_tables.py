"""Reading matrices that are compared: of probabilities, of rates, of counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from creditscore._typing import Float2D
from creditscore._validation import as_floats
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, MigrationWarning
from creditscore.grade._migration._generator import GeneratorMatrix
from creditscore.grade._migration._matrix import MigrationMatrix
from creditscore.grade._migration._numbers import as_counts, as_frame, row_names, unit

_ALIKE = 0.01
"""Years by which periods of one length may differ, as those with a leap day do."""


def read_square(matrix: Any, name: str) -> Float2D:
    """Return a matrix, a table or an array of chances or rates as a square array."""
    if isinstance(matrix, (MigrationMatrix, GeneratorMatrix)):
        return matrix.array
    table = as_frame(matrix)
    values = as_floats(table, name)
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        msg = f"{name} must be a square matrix. Got the shape {values.shape}."
        raise InvalidDataError(msg)
    if isinstance(table, pd.DataFrame) and row_names(table, table.columns) != list(table.columns):
        msg = (
            f"The rows of {name} must have the names of its columns, in their order. Got "
            f"{table.index.tolist()!r} and {table.columns.tolist()!r}."
        )
        raise InvalidDataError(msg)
    return values


def read_chances(matrix: Any, name: str) -> Float2D:
    """Return a square array whose rows are chances; rows without anybody are refused."""
    values = read_square(matrix, name)
    if np.isnan(values).any():
        row = int(np.isnan(values).any(axis=1).argmax())
        msg = (
            f"Row {row} of {name} holds no probabilities, because nobody was in that grade. "
            "Estimate with empty='stay', or leave the grade out."
        )
        raise InvalidDataError(msg)
    if (values < 0).any() or not np.allclose(values.sum(axis=1), 1, rtol=0, atol=1e-6):
        sums = ", ".join(f"{total:.6g}" for total in values.sum(axis=1))
        msg = f"The rows of {name} must be probabilities that sum to 1. Got the sums {sums}."
        raise InvalidDataError(msg)
    return values


def read_pair(a: Any, b: Any) -> tuple[Float2D, Float2D]:
    """Return two matrices of the same states."""
    first, second = read_chances(a, "a"), read_chances(b, "b")
    check_same_states(a, b)
    if first.shape != second.shape:
        msg = (
            f"Both matrices must be of the same states. Got {len(first)} states and "
            f"{len(second)} states."
        )
        raise InvalidDataError(msg)
    return first, second


def read_counts(counts: Sequence[Any]) -> list[Float2D]:
    """Return tables of counts of one shape; a list of tables, or a cube, may be given as one."""
    listed = list(counts)
    if len(listed) == 1 and not _has_names(listed[0]):
        listed = list(listed[0])
    tables = [read_table(table, f"table {place}") for place, table in enumerate(listed)]
    check_same_states(*listed)
    shapes = {table.shape for table in tables}
    if len(tables) < 2 or len(shapes) > 1:
        msg = (
            "Two or more tables of counts are compared, all of the same grades. Got "
            f"{len(tables)} of the shapes {sorted(shapes)}."
        )
        raise InvalidDataError(msg)
    return tables


def read_table(table: Any, name: str) -> Float2D:
    """Return a table of counts of customers."""
    if not isinstance(table, MigrationMatrix):
        return as_counts(as_frame(table), name)
    if table.counts is None or table.exposure is not None:
        msg = f"{name} is a matrix without counts of customers, so there is nothing to test."
        raise InvalidDataError(msg)
    return np.array(table.counts)


def with_default_row(table: Any, name: str, row: Literal["zeros", "stay"]) -> Any:
    """Add the row of the last state, default, to a table or array that goes without it.

    Nobody is counted there ("zeros"), or all who are there stay.
    """
    if isinstance(table, (MigrationMatrix, GeneratorMatrix)):
        return table
    table = as_frame(table)
    values = as_floats(table, name)
    if values.ndim != 2 or not 0 < len(values) == values.shape[1] - 1:
        return table
    n = len(values) + 1
    whole = np.vstack([values, np.zeros(n) if row == "zeros" else unit(n, n - 1)])
    if not isinstance(table, pd.DataFrame):
        return whole
    names = [*row_names(table, table.columns), table.columns[-1]]
    return pd.DataFrame(whole, index=names, columns=table.columns)


def check_same_states(*matrices: Any) -> None:
    """Refuse matrices whose states have other names or another order; warn of other periods."""
    names = [tuple(_columns(matrix)) for matrix in matrices if _has_names(matrix)]
    if len(set(names)) > 1:
        shown = " and ".join(repr(labels) for labels in dict.fromkeys(names))
        msg = f"The matrices must be of the same states, in one order. Got {shown}."
        raise InvalidDataError(msg)
    frames = [as_frame(matrix) for matrix in matrices if _is_table(matrix)]
    rows = [tuple(row_names(frame, frame.columns)) for frame in frames]
    if len(set(rows)) > 1:
        shown = " and ".join(repr(labels) for labels in dict.fromkeys(rows))
        msg = f"The tables must have the same rows, in one order. Got {shown}."
        raise InvalidDataError(msg)
    years = {matrix.years for matrix in matrices if isinstance(matrix, MigrationMatrix)}
    if years and max(years) - min(years) > _ALIKE:
        msg = (
            f"The matrices are of periods from {min(years):g} to {max(years):g} years, and "
            "customers move more in a longer one. Compare those of one length: matrix.over(years)."
        )
        warn_user(msg, MigrationWarning)


def _is_table(matrix: Any) -> bool:
    return isinstance(as_frame(matrix), pd.DataFrame)


def _has_names(matrix: Any) -> bool:
    return isinstance(matrix, (MigrationMatrix, GeneratorMatrix)) or _is_table(matrix)


def _columns(matrix: Any) -> Iterable[str]:
    """Return what the columns of a matrix with names are called."""
    if isinstance(matrix, (MigrationMatrix, GeneratorMatrix)):
        return matrix.labels
    return map(str, as_frame(matrix).columns)
