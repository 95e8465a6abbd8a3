"""Reading matrices that are compared: of probabilities, of rates, of counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float2D
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._generator import GeneratorMatrix
from creditscore.grade._migration._matrix import MigrationMatrix


def read_square(matrix: Any, name: str) -> Float2D:
    """Return a matrix, a table or an array of chances or rates as a square array."""
    if isinstance(matrix, (MigrationMatrix, GeneratorMatrix)):
        return matrix.array
    values = as_floats(matrix.to_numpy() if isinstance(matrix, pd.DataFrame) else matrix, name)
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        msg = f"{name} must be a square matrix. Got the shape {values.shape}."
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
    names = [_labels(matrix) for matrix in (a, b)]
    if first.shape != second.shape or (None not in names and names[0] != names[1]):
        shown = [name or f"{len(array)} states" for name, array in
                 zip(names, (first, second), strict=True)]  # fmt: skip
        msg = f"Both matrices must be of the same states. Got {shown[0]} and {shown[1]}."
        raise InvalidDataError(msg)
    return first, second


def read_counts(counts: Sequence[Any]) -> list[Float2D]:
    """Return tables of counts of one shape; a list of tables, or a cube, may be given as one."""
    listed = list(counts)
    if len(listed) == 1 and not isinstance(listed[0], (MigrationMatrix, pd.DataFrame)):
        listed = list(listed[0])
    tables = [_counts(table, f"table {place}") for place, table in enumerate(listed)]
    names = {_labels(table) for table in listed} - {None}
    shapes = {table.shape for table in tables}
    if len(tables) < 2 or len(shapes) > 1 or len(names) > 1:
        msg = (
            "Two or more tables of counts are compared, all of the same grades. Got "
            f"{len(tables)} of the shapes {sorted(shapes)}."
        )
        raise InvalidDataError(msg)
    return tables


def _counts(table: Any, name: str) -> Float2D:
    if isinstance(table, MigrationMatrix):
        if table.counts is None or table.exposure is not None:
            msg = f"{name} is a matrix without counts of customers, so there is nothing to test."
            raise InvalidDataError(msg)
        return np.array(table.counts)
    values = as_floats(table.to_numpy() if isinstance(table, pd.DataFrame) else table, name)
    if values.ndim != 2 or not (np.isfinite(values) & (values >= 0)).all():
        msg = (
            f"{name} must hold counts, zero or more, a row a grade at the start and a column a "
            f"grade at the end. Got the shape {values.shape}."
        )
        raise InvalidDataError(msg)
    whole = (values == np.round(values)).all()
    if not whole and values.sum(axis=1).max() <= 1 + 1e-9:
        msg = (
            f"The rows of {name} sum to 1 or less: are these probabilities? The test needs counts."
        )
        raise InvalidDataError(msg)
    return values


def _labels(matrix: Any) -> tuple[str, ...] | None:
    return matrix.labels if isinstance(matrix, (MigrationMatrix, GeneratorMatrix)) else None
