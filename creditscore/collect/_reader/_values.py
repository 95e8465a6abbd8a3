"""Cells of one column → values, read once for each distinct cell, with a reason for each fault."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._days import NoDayError, read_day
from creditscore._typing import Bool1D
from creditscore.collect._observation._incoming import coded, word_of
from creditscore.collect._reader._rule import EXCEL_DAYS
from creditscore.exceptions import ColumnTypeError

_FIRST_OF_EXCEL = dt.date(1899, 12, 30)
_LEAST_OF_EXCEL = 61
"""From 1900-03-01 on; before it, spreadsheets count a day that never was."""
_MOST_OF_EXCEL = 2_958_465
_LARGEST_EXACT = 2**53
_DIGITS = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_GROUPS = re.compile(r"\d{1,3}(?:(?P<sign>[,.' ])\d{3})+", re.ASCII)


class CellFault(Exception):  # noqa: N818 - it never leaves this stage
    """Why a cell cannot be used."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Read:
    """What the cells of a column hold.

    Attributes
    ----------
    values : ndarray of objects or floats
        Undefined where `empty` or where there is a reason.
    empty : ndarray of bool
        Cells that hold nothing.
    reasons : ndarray of objects
        Why a cell cannot be used; None where it can.
    """

    values: npt.NDArray[Any]
    empty: Bool1D
    reasons: npt.NDArray[np.object_]


def read_column(
    cells: pd.Series, read: Callable[[Any], Any], missing: frozenset[str], *, default: Any = None
) -> Read:
    """Read each distinct cell once."""
    cells = hashable(cells)
    codes, levels = coded(cells)
    n = len(levels)
    values = np.full(n + 1, default, dtype=object)
    empty = np.zeros(n + 1, dtype=bool)
    empty[n] = True
    reasons = np.full(n + 1, None, dtype=object)
    for place, level in enumerate(levels):
        if isinstance(level, str) and (not level.strip() or (missing and folded(level) in missing)):
            empty[place] = True
            continue
        try:
            values[place] = read(level)
        except CellFault as fault:
            reasons[place] = str(fault)
    return Read(values=values[codes], empty=empty[codes], reasons=reasons[codes])


def hashable(cells: pd.Series) -> pd.Series:
    """Return cells of which lists and mappings are texts, as no item holds them."""
    if cells.dtype != object:
        return cells
    try:
        coded(cells)
    except ColumnTypeError:
        made = [Nested(cell) if isinstance(cell, (list, dict)) else cell for cell in cells]
        return pd.Series(made, index=cells.index, dtype=object)
    return cells


class Nested(str):
    """The text of a list or a mapping, which no single value can be read from."""

    __slots__ = ()


def folded(text: str) -> str:
    """Return a text such that writings of one word are equal: width, case, blanks about it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


@dataclass(frozen=True, kw_only=True)
class NumberReader:
    """Reads numbers that are written with these signs."""

    decimal: str
    thousands: str
    factor: Decimal
    percent: bool = False

    def __call__(self, cell: Any) -> float:
        """Return the number of a cell, times the factor."""
        if isinstance(cell, (bool, np.bool_)):
            msg = "is true or false, and no number"
            raise CellFault(msg)
        if isinstance(cell, (int, float, Decimal, np.integer, np.floating)):
            number = Decimal(str(cell))
        else:
            number = self._of_text(cell)
        # the product of decimals is exact, and rounded once
        value = float(number) if self.factor == 1 else float(number * self.factor)
        if not math.isfinite(value):
            msg = "is not finite"
            raise CellFault(msg)
        return value

    def _of_text(self, cell: Any) -> Decimal:
        if not isinstance(cell, str) or isinstance(cell, Nested):
            raise CellFault(self._no_number())
        text = cell.strip()
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
        negative = False
        if text.startswith("(") and text.endswith(")"):
            # as accountants write what is below zero
            text, negative = text[1:-1].strip(), True
        elif text.endswith("-"):
            text, negative = text[:-1].strip(), True
        if self.percent:
            text = text.removesuffix("%").strip()
        plain = self._plain(text)
        if not _DIGITS.fullmatch(plain) or (negative and plain[0] in "+-"):
            raise CellFault(self._no_number())
        try:
            number = Decimal(plain)
        except InvalidOperation as error:
            raise CellFault(self._no_number()) from error
        return -number if negative else number

    def _plain(self, text: str) -> str:
        """Return a number as programs write it, or what is none."""
        whole, sign, decimals = text.partition(self.decimal)
        if self.thousands:
            digits = whole.lstrip("+-").replace("\u00a0", " ").replace("\u2019", "'")
            groups = _GROUPS.fullmatch(digits)
            if groups is not None and groups["sign"] == self.thousands:
                lead = whole[: len(whole) - len(digits)]
                whole = lead + digits.replace(self.thousands, "")
        if self.decimal != "." and "." in whole + decimals:
            return ""
        return f"{whole}.{decimals}" if sign else whole

    def _no_number(self) -> str:
        parts = f" and {self.thousands!r} between thousands" if self.thousands else ""
        return f"is no number written with {self.decimal!r} for decimals{parts}"


def read_text(cell: Any) -> str:
    """Return the text of a cell; numbers are texts too, as those of customers may be."""
    if isinstance(cell, Nested):
        msg = "is a list or a mapping, and no single value"
        raise CellFault(msg)
    if isinstance(cell, (dt.datetime, np.datetime64)):
        moment = pd.Timestamp(cell)
        return str(moment.date()) if moment == moment.normalize() else moment.isoformat()
    if isinstance(cell, (float, np.floating)) and abs(float(cell)) >= _LARGEST_EXACT:
        msg = "is a number with more digits than are kept; let the file hold it as a text"
        raise CellFault(msg)
    if isinstance(cell, (float, np.floating)) and not math.isfinite(cell):
        msg = "is not finite"
        raise CellFault(msg)
    word = word_of(cell)
    if not word:
        msg = "holds nothing"
        raise CellFault(msg)
    return word


def read_flag(cell: Any) -> float:
    """Return 1 for true and 0 for false."""
    found = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}.get(folded(word_of(cell)))
    if found is None or isinstance(cell, Nested):
        msg = "is neither true nor false; say in 'words' what it stands for"
        raise CellFault(msg)
    return found


@dataclass(frozen=True, kw_only=True)
class DayReader:
    """Reads days that are written in one format."""

    format: str = ""
    at: str | None = None

    def __call__(self, cell: Any) -> str:
        """Return the day of a cell, as a text with the year first."""
        if self.format == EXCEL_DAYS:
            return str(_excel_day(cell))
        if self.format and isinstance(cell, (str, int, np.integer, float)):
            return str(self._parsed(word_of(cell)))
        try:
            return str(read_day(cell))
        except NoDayError as error:
            msg = f"{error}; say its 'format'" if isinstance(cell, str) else str(error)
            raise CellFault(msg) from error

    def _parsed(self, text: str) -> dt.date:
        try:
            moment = dt.datetime.strptime(text, self.format)  # noqa: DTZ007 - days have no zone
            if self.at == "end":
                by_month = any(part in self.format for part in ("%m", "%b", "%B"))
                month = moment.month if by_month else 12
                moment = moment.replace(month=month, day=monthrange(moment.year, month)[1])
        except ValueError as error:
            msg = f"is no day written {self.format}"
            raise CellFault(msg) from error
        if moment.tzinfo is not None:
            msg = "is a time with a zone, and no day"
            raise CellFault(msg)
        return moment.date()


def _excel_day(cell: Any) -> dt.date:
    text = word_of(cell)
    if isinstance(cell, (dt.date, np.datetime64)):
        msg = "is a day, and no number of one; leave out the 'format'"
        raise CellFault(msg)
    if not text.isascii() or not text.isdigit():
        msg = "is no whole number of a day, as spreadsheets count them"
        raise CellFault(msg)
    if not _LEAST_OF_EXCEL <= int(text) <= _MOST_OF_EXCEL:
        msg = "is outside the days that spreadsheets count from March 1900"
        raise CellFault(msg)
    return _FIRST_OF_EXCEL + dt.timedelta(days=int(text))


@dataclass(frozen=True, kw_only=True)
class InstantReader:
    """Reads times that are written in one format, in one zone where they do not say theirs."""

    format: str = ""
    zone: str = ""

    def __call__(self, cell: Any) -> pd.Timestamp:
        """Return the time of a cell, in UTC."""
        if isinstance(cell, (bool, int, float, np.number, Nested)):
            msg = "is no time"
            raise CellFault(msg)
        try:
            moment = (
                dt.datetime.strptime(cell, self.format)  # noqa: DTZ007 - made aware below
                if self.format and isinstance(cell, str)
                else self._of_iso(cell)
            )
            found = pd.Timestamp(moment)
            if found.tz is None:
                found = found.tz_localize("UTC") if not self.zone else _in_zone(found, self.zone)
            return found.tz_convert("UTC").as_unit("us")
        except CellFault:
            raise
        except (ValueError, OverflowError, TypeError) as error:
            msg = f"is no time written {self.format}" if self.format else "is no time"
            raise CellFault(msg) from error

    @staticmethod
    def _of_iso(cell: Any) -> Any:
        if not isinstance(cell, str):
            return cell
        try:
            return dt.datetime.fromisoformat(cell.strip())
        except ValueError:
            return read_day_of(cell)


def _in_zone(moment: pd.Timestamp, zone: str) -> pd.Timestamp:
    """Return a time of a zone in UTC; when clocks change, some are there twice, and some never."""
    plain = moment.to_pydatetime(warn=False)
    first, second = (plain.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        msg = f"is no time that {zone} has, once"
        raise CellFault(msg)
    return pd.Timestamp(first.astimezone(dt.UTC))


def read_day_of(cell: str) -> Any:
    """Return the begin of a day, the year first."""
    try:
        return pd.Timestamp(read_day(cell))
    except NoDayError as error:
        raise CellFault(str(error)) from error


def with_words(
    read: Callable[[Any], Any], words: Mapping[str, Any], kind: str
) -> Callable[[Any], Any]:
    """Return a reader that first looks whether a cell is one of the words."""
    if not words:
        return read
    known = {folded(word): value for word, value in words.items()}

    def reader(cell: Any) -> Any:
        word = folded(word_of(cell))
        if word not in known:
            return read(cell)
        value = known[word]
        if kind in ("number", "flag"):
            return float(value)
        return str(value)

    return reader
