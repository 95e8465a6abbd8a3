"""Ratings of the same cases by several raters: a row a rater, a column a case."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._frame import Table, as_table
from creditscore._typing import Float2D, Level, NativeFrame
from creditscore.exceptions import EmptyDataError, InvalidDataError


def read_ratings(
    ratings: NativeFrame, owner: str
) -> tuple[tuple[str, ...], np.ndarray[Any, np.dtype[np.object_]]]:
    """Return the names of raters and their ratings as objects, None for a gap.

    Raises
    ------
    EmptyDataError
        Fewer than two raters.
    InvalidDataError
        Two raters of one name.
    """
    table = as_table(ratings)
    if table.n_rows < 2:
        msg = f"{owner} needs two raters (rows) or more. Got one."
        raise EmptyDataError(msg)
    names = _names(ratings, table.n_rows)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = f"Raters must have different names. Seen more than once: {', '.join(twice)}."
        raise InvalidDataError(msg)
    values = np.empty((table.n_rows, len(table.names)), dtype=object)
    for place, name in enumerate(table.names):
        values[:, place] = _column(table, name)
    return names, values


def read_numbers(ratings: NativeFrame, owner: str) -> Float2D:
    """Return ratings as numbers, NaN for a gap.

    Raises
    ------
    EmptyDataError
        Fewer than two raters.
    InvalidDataError
        A rating is no number.
    """
    _, values = read_ratings(ratings, owner)
    return as_numbers(values, owner)


def as_numbers(values: np.ndarray[Any, Any], owner: str) -> Float2D:
    """Return ratings that are objects as numbers, NaN for a gap."""
    words = sorted({value for value in values.flat if isinstance(value, str)})
    if words:
        msg = (
            f"{owner} needs ratings that are numbers. Got the text {words[0]!r}: pass the places "
            "of the grades on their scale."
        )
        raise InvalidDataError(msg)
    return np.array([[np.nan if v is None else float(v) for v in row] for row in values])


def _names(ratings: NativeFrame, n_rows: int) -> tuple[str, ...]:
    """Name raters by the index of a pandas table, or by their numbers from 0."""
    labels = ratings.index.tolist() if isinstance(ratings, pd.DataFrame) else range(n_rows)
    return tuple(map(str, labels))


def _column(table: Table, name: str) -> list[Level | None]:
    codes, levels = table.levels(name)
    return [None if code < 0 else levels[code] for code in codes.tolist()]
