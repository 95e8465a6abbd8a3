"""Columns of numbers: those that a library holds as numbers are read as their texts would be."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D
from creditscore.collect._reader._values import NumberReader, Read, number_of, read_column
from creditscore.collect._reader._words import with_words

_EXACT = 2.0**53
"""Up to here, whole numbers are what they are."""


def read_numbers(
    cells: pd.Series, read: NumberReader, missing: frozenset[str], words: Mapping[str, Any]
) -> Read:
    """Read numbers; a column that a library holds as numbers is read as a whole."""
    is_number = pd.api.types.is_numeric_dtype(cells.dtype)
    if words or not is_number or pd.api.types.is_bool_dtype(cells.dtype):
        return read_column(cells, with_words(read, words, "number"), missing)
    given = _floats(cells)
    for word in missing:
        given = np.where(given == number_of(word), np.nan, given)
    values = _times(given, read.factor)
    reasons = np.full(len(cells), None, dtype=object)
    reasons[np.isinf(values)] = "is not finite"
    return Read(values=values, empty=np.isnan(given), reasons=reasons)


def product_of(number: float, factor: Decimal) -> float:
    """Return the float next to a number, as it is written, times a factor."""
    return float(Decimal(repr(float(number))) * factor)


def _floats(cells: pd.Series) -> Float1D:
    """Return numbers as floats; fractions of fewer digits as they are written."""
    size = getattr(cells.dtype, "itemsize", 8) if pd.api.types.is_float_dtype(cells.dtype) else 8
    kind = {2: np.float16, 4: np.float32}.get(size, np.float64)
    written = cells.to_numpy(dtype=kind, na_value=np.nan)
    given: Float1D = written.astype(np.float64, copy=False)
    if kind is not np.float64:
        is_part = given != np.rint(given)
        given[is_part] = written[is_part].astype(str).astype(np.float64)
    return given


def _times(given: Float1D, factor: Decimal) -> Float1D:
    """Return the float next to each number, as it is written, times a factor."""
    if abs(factor) == 1:
        return given * float(factor)
    inverse = 1 / factor
    by_division = inverse == inverse.to_integral_value()
    with np.errstate(over="ignore"):
        values = given / float(inverse) if by_division else given * float(factor)
    # of whole numbers, a product or quotient by a whole one is the next float
    is_plain = by_division or factor == factor.to_integral_value()
    is_done = is_plain & (given == np.rint(given)) & (np.abs(given) <= _EXACT)
    some = np.isfinite(given) & ~is_done
    levels, places = np.unique(given[some], return_inverse=True)
    exact = [product_of(level, factor) for level in levels.tolist()]
    values[some] = np.array(exact, dtype=np.float64)[places]
    return values
