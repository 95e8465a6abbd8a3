"""Columns of texts and amounts as lists, with gaps as gaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError, InvalidParameterError


def read_texts(values: Iterable[Any], name: str, owner: str) -> tuple[list[str], pd.Index]:
    """Return texts, empty where missing, and the index of a pandas column, else places."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        msg = (
            f"The {name!r} parameter of {owner} must be a column of texts. Got {values!r} instead."
        )
        raise InvalidParameterError(msg)
    listed = list(values)
    index = values.index if isinstance(values, pd.Series) else pd.RangeIndex(len(listed))
    texts = []
    for value in listed:
        if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
            texts.append("")
        elif isinstance(value, str):
            texts.append(value.strip())
        elif is_whole(value):
            texts.append(str(int(value)))
        else:
            msg = (
                f"The {name!r} parameter of {owner} must hold texts. Got {value!r}, a "
                f"{type(value).__name__}."
            )
            raise InvalidDataError(msg)
    return texts, index


def is_whole(value: Any) -> bool:
    """Tell whether a value is a whole number, be it one that a gap has made a float."""
    if isinstance(value, (float, np.floating)):
        return bool(np.isfinite(value)) and float(value).is_integer()
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def read_amounts(values: Any, n_rows: int, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return amounts, NaN where missing; all missing where there is no column."""
    if values is None:
        return np.full(n_rows, np.nan)
    listed = [np.nan if value is None or value is pd.NA else value for value in values]
    amounts = as_floats(listed, name)
    wrong = np.flatnonzero((amounts < 0) | np.isinf(amounts))
    if len(wrong):
        msg = (
            f"{name!r} must be finite, and 0 or more. Got {amounts[wrong[0]]:g} at row {wrong[0]}."
        )
        raise InvalidDataError(msg)
    return amounts
