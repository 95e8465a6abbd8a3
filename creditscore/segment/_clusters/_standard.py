"""Columns of different units made comparable, in a way that stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from creditscore._frame import as_table
from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore._validation import check_finite
from creditscore._warn import warn_user
from creditscore.exceptions import (
    ColumnTypeError,
    ConstantColumnWarning,
    EmptyDataError,
    InvalidDataError,
)

Standardise: TypeAlias = Literal["standard", "robust"]
"""Mean and standard deviation, or median and interquartile range."""
_NORMAL_IQR = 1.3489795003921634
"""Interquartile range of the standard normal distribution: 2 · Φ⁻¹(0.75)."""


@dataclass(frozen=True)
class Standardised:
    """Columns that vary, in units of their spread."""

    columns: tuple[str, ...]
    location: Float1D
    spread: Float1D
    sd: Float1D
    values: Float2D


def standardised(X: NativeFrame, how: str) -> Standardised:
    """Read all columns, and put each on a scale of its own centre and spread."""
    table = as_table(X)
    kept, columns = [], []
    for name in table.names:
        values = numbers_of(table, name)
        missing = np.isnan(values)
        if missing.any():
            msg = (
                f"Column {name!r} has {int(missing.sum())} missing value(s), the first at row "
                f"{int(missing.argmax())}, and distances need all. Leave out these customers, who "
                "can be told 'unknown' later, or this column."
            )
            raise InvalidDataError(msg)
        if values.min() == values.max():
            warn_user(
                f"Column {name!r} has one value only, {values[0]:g}, and tells nobody apart: it is "
                "left out.",
                ConstantColumnWarning,
            )
            continue
        columns.append(name)
        kept.append(values)
    if not kept:
        msg = "No column varies, so there are no groups to find."
        raise EmptyDataError(msg)
    raw = np.column_stack(kept)
    location, spread = _scale_of(raw, how, columns)
    return Standardised(
        tuple(columns), location, spread, raw.std(axis=0), (raw - location) / spread
    )


def numbers_of(table: object, name: str) -> Float1D:
    """Return a column of numbers; text is refused."""
    read = as_table(table)
    if read.kind(name) != "numeric":
        msg = (
            f"Column {name!r} holds text, categories or booleans, and distances need numbers. "
            "Leave it out, or turn it into numbers."
        )
        raise ColumnTypeError(msg)
    return check_finite(read.numeric(name), name=name)


def _scale_of(raw: Float2D, how: str, columns: list[str]) -> tuple[Float1D, Float1D]:
    if how == "standard":
        return raw.mean(axis=0), raw.std(axis=0)
    low, middle, high = np.quantile(raw, (0.25, 0.5, 0.75), axis=0)
    spread = (high - low) / _NORMAL_IQR
    if (spread == 0).any():
        name = columns[int((spread == 0).argmax())]
        msg = (
            f"Half the values of column {name!r} or more are the same, so its interquartile range "
            "is zero and cannot be the unit. Use standardise='standard', or leave the column out."
        )
        raise InvalidDataError(msg)
    return middle, spread
