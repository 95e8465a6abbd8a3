"""One cell at a time: what it holds as text, number or day, or why it holds none."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import NoDayError, read_day
from creditscore._declared import Declared

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
NO_TEXT = "\x00"
"""A character that ends texts in databases, so that no text may hold it."""


class CellError(Exception):
    """Why a cell cannot be used."""


def is_empty(cell: Any) -> bool:
    """Tell whether a cell holds nothing."""
    if isinstance(cell, str):
        return not cell.strip()
    if isinstance(cell, Decimal):
        # pandas compares it with itself, which some that are no number refuse
        return cell.is_qnan()
    found = pd.isna(cell)
    # of lists and arrays it tells so for each of their parts
    return isinstance(found, bool) and found


def word_of(cell: Any) -> str:
    """Return a cell as a word; a whole number that was read as a decimal one is whole again."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return "" if is_empty(cell) else str(cell).strip()


def folded(text: str) -> str:
    """Return a text such that writings of one word are equal: width, case, blanks about it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def can_be_kept(word: Any) -> bool:
    """Tell whether files and databases hold a text: no end of text within, no half characters."""
    if not isinstance(word, str) or word.isascii():
        return NO_TEXT not in str(word)
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return NO_TEXT not in word


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
    try:
        return read_day(cell)
    except NoDayError as error:
        raise CellError(*error.args) from error
