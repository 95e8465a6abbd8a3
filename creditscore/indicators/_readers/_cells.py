"""One cell at a time: what it holds as text, number or day, or why it holds none."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

import numpy as np
import pandas as pd

from creditscore.indicators._readers._declared import Declared

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)"
    r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
)
"""A day, year first, and at most its midnight: with the year last, 3/4 may be April or March."""


class CellError(Exception):
    """Why a cell cannot be used."""


def is_empty(cell: Any) -> bool:
    """Tell whether a cell holds nothing."""
    if isinstance(cell, str):
        return not cell.strip()
    return bool(pd.isna(cell))


def read_cell(cell: Any, column: Declared) -> Any:
    """Return what a cell that is not empty holds.

    Raises
    ------
    CellError
        It does not hold what the column is declared for.
    """
    if column.type == "date":
        return _day(cell)
    return _number(cell, column) if column.type == "number" else _text(cell)


def _text(cell: Any) -> str | int | float:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        msg = "is no text"
        raise CellError(msg)
    return int(cell) if float(cell).is_integer() else cell


def _number(cell: Any, column: Declared) -> float:
    plain = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()):
        cell, plain = cell.strip(), True
    if not plain:
        msg = "is no plain number (digits, with a point for decimals)"
        raise CellError(msg)
    value = float(cell)
    if not math.isfinite(value):
        msg = "is not finite"
        raise CellError(msg)
    too_low = column.low is not None and value < column.low
    too_high = column.high is not None and value > column.high
    if too_low or too_high or (column.allowed and value not in column.allowed):
        within = "within " if column.high is not None else ""
        msg = f"is not {within}{column.values_in_words}"
        raise CellError(msg)
    return value


def _day(cell: Any) -> np.datetime64:
    if isinstance(cell, np.datetime64):
        day: np.datetime64 = cell.astype("datetime64[D]")
        return day
    if isinstance(cell, dt.datetime):
        if cell.tzinfo is not None:
            msg = "is a time with a zone"
            raise CellError(msg)
        cell = cell.date()
    if isinstance(cell, dt.date):
        return np.datetime64(cell, "D")
    found = _DAY.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is not None:
        year, _, *parts = found.groups()
        month, day_of_month = (int(part) for part in parts if part is not None)
        try:
            return np.datetime64(dt.date(int(year), month, day_of_month), "D")
        except ValueError:
            # no such day
            pass
    msg = "is no day written YYYY-MM-DD"
    raise CellError(msg)
