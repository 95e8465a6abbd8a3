"""Cells of one column → values, read once for each distinct cell, with a reason for each fault."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from numbers import Number
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._cells import can_be_kept, word_of
from creditscore._days import NoDayError, read_day, read_instant
from creditscore._typing import Bool1D
from creditscore.collect._observation._incoming import coded
from creditscore.collect._reader._marked_cell import Broken, Money, Nested, Percent
from creditscore.collect._reader._rule import EXCEL_DAYS
from creditscore.collect._reader._units import currency_of, is_percent, times_beside
from creditscore.exceptions import ColumnTypeError, InvalidParameterError

_FIRST_OF_EXCEL = dt.date(1899, 12, 30)
_LEAST_OF_EXCEL = 61
"""From 1900-03-01 on; before it, spreadsheets count a day that never was."""
_MOST_OF_EXCEL = 2_958_465
_LARGEST_EXACT = 2**53
_DIGITS = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TOUCHING = re.compile(r"%[YmdHMSfj]%")
_GROUPS = re.compile(r"\d{1,3}(?:(?P<sign>[,.' ])\d{3})+", re.ASCII)
_BESIDE = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<before>[^\d.,'’()+-]*)(?P<digits>[+-]?[\d.][\d.,'’\s]*)"
    r"(?P<after>[^\d.,'’()+-]*)"
)
"""A number, and what stands before or behind it."""
_MOST_LETTERS = 60
"""Numbers with their unit are no longer."""
_PARTED_DAY = re.compile(r"\d{4}[^\d\s]")
_SERIALS = (20_000, 60_000)
"""Whole numbers that are days of 1954 to 2064, if they are days of spreadsheets."""


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
        if isinstance(level, str) and not level.strip():
            empty[place] = True
            continue
        if missing and isinstance(level, (str, Number)) and stands_for_nothing(level, missing):
            empty[place] = True
            continue
        if isinstance(level, Broken):
            reasons[place] = level.reason
            continue
        try:
            values[place] = read(level)
        except CellFault as fault:
            reasons[place] = str(fault)
    return Read(values=values[codes], empty=empty[codes], reasons=reasons[codes])


def stands_for_nothing(level: Any, missing: frozenset[str]) -> bool:
    """Tell whether a cell is one of the words; numbers are, in whatever file and writing."""
    if isinstance(level, Percent) and stands_for_nothing(level.number, missing):
        return True
    word = folded(word_of(level))
    number = number_of(word)
    return word in missing or (not math.isnan(number) and number in map(number_of, missing))


def number_of(word: str) -> float:
    """Return the number that a program writes so; NaN, which equals none, for other words."""
    try:
        return float(word)
    except ValueError:
        return math.nan


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


def folded(text: str) -> str:
    """Return a text such that writings of one word are equal: width, case, blanks about it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


@dataclass(frozen=True, kw_only=True)
class NumberReader:
    """Reads numbers that are written with these signs."""

    decimal: str
    thousands: str
    factor: Decimal
    hundredth: Decimal | None = None
    """What a per cent is, before the factor; None where it has no place."""
    unit: str = ""
    """Unit of the row, which a cell may name beside its number."""
    scale: Decimal = Decimal(1)
    """What the numbers are counted in, within the factor."""

    def __call__(self, cell: Any) -> float:
        """Return the number of a cell, times the factor."""
        if isinstance(cell, (bool, np.bool_)):
            msg = "is true or false, and no number"
            raise CellFault(msg)
        if isinstance(cell, Money):
            # how a workbook shows a number does not say what it is counted in
            self._times(cell.currency, "", Decimal(1))
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
            _refuse_marks(text)
            text = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
        negative = False
        if text.startswith("(") and text.endswith(")"):
            # as accountants write what is below zero
            text, negative = text[1:-1].strip(), True
        elif text.endswith("-"):
            text, negative = text[:-1].strip(), True
        if isinstance(cell, Percent):
            return replace(self, decimal=".", thousands="")._of_text(str(cell))  # noqa: SLF001
        plain, times = self._plain(text), Decimal(1)
        if not _DIGITS.fullmatch(plain):
            text, times = self._without_unit(text)
            plain = self._plain(text)
        if not _DIGITS.fullmatch(plain) or (negative and plain[0] in "+-"):
            raise CellFault(self._no_number(text))
        try:
            number = Decimal(plain) * times
        except InvalidOperation as error:
            raise CellFault(self._no_number()) from error
        return -number if negative else number

    def _without_unit(self, text: str) -> tuple[str, Decimal]:
        """Return the number of a text that has its unit beside it, and by what to multiply it."""
        found = _BESIDE.fullmatch(text) if len(text) <= _MOST_LETTERS else None
        if found is None:
            return text, Decimal(1)
        before, after = found["before"].strip(), found["after"].strip()
        number = found["sign"] + found["digits"].strip()
        if is_percent(after) and not before:
            if self.hundredth is None:
                msg = f"is per cent, and to be in {self.unit or 'a currency'}"
                raise CellFault(msg)
            return number, self.hundredth
        times = self._times(before, after, self.scale)
        return (text, Decimal(1)) if times is None else (number, times)

    def _times(self, before: str, after: str, scale: Decimal) -> Decimal | None:
        """Return by what to multiply a number, of which the unit beside it must be its own."""
        try:
            return times_beside(before, after, self.unit, scale)
        except InvalidParameterError as error:
            raise CellFault(str(error)) from error

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

    def _no_number(self, text: str = "") -> str:
        parts = f" and {self.thousands!r} between thousands" if self.thousands else ""
        groups = _GROUPS.match(text.lstrip("+-"))
        if groups is not None and groups["sign"] not in (self.thousands, self.decimal):
            parts += f"; if {groups['sign']!r} parts its thousands, say so in 'thousands'"
        return f"is no number written with {self.decimal!r} for decimals{parts}"


def _refuse_marks(text: str) -> None:
    """Refuse signs that are digits to nobody but a program, such as marks of footnotes: ², ①."""
    for char in text:
        if not char.isdecimal() and any(map(str.isdecimal, unicodedata.normalize("NFKC", char))):
            msg = f"has {char!r} beside its number, such as the mark of a footnote: leave it out"
            raise CellFault(msg)


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
    if not can_be_kept(word):
        msg = "holds a character that cannot be kept"
        raise CellFault(msg)
    return word


def currency_reader(read: Callable[[Any], Any], *, may_count: bool) -> Callable[[Any], str]:
    """Return a reader of the codes of currencies, which `read` returns as people call them.

    `may_count` tells whether they may say in what amounts are counted, such as 万元.
    """

    def reader(cell: Any) -> str:
        try:
            return currency_of(read(cell), may_count=may_count)
        except InvalidParameterError as error:
            raise CellFault(str(error)) from error

    return reader


def read_flag(cell: Any) -> float:
    """Return 1 for true and 0 for false."""
    cell = cell.number if isinstance(cell, Percent) else cell
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
        if self.format == EXCEL_DAYS and not _is_written_out(cell):
            return str(_excel_day(cell))
        if self.format not in ("", EXCEL_DAYS) and isinstance(cell, (str, int, np.integer, float)):
            return str(self._parsed(word_of(cell)))
        try:
            return str(read_day(cell))
        except NoDayError as error:
            is_open = isinstance(cell, str) and not self.format
            msg = f"{error}; say its 'format'" if is_open else str(error)
            if is_serial(cell):
                # such as 45291: it is no number of a year, and may be one of days
                msg = f"{error}; as a number of a spreadsheet it is {_excel_day(cell)}: if it is "
                msg += "one, say 'format: excel'"
            raise CellFault(msg) from error

    def _parsed(self, text: str) -> dt.date:
        try:
            moment = _strictly(text, self.format)
        except ValueError as error:
            msg = f"is no day written {self.format}"
            raise CellFault(msg) from error
        if moment.tzinfo is not None:
            msg = "is a time with a zone, and no day"
            raise CellFault(msg)
        return _last_of(moment, self.format) if self.at == "end" else moment.date()


def _strictly(text: str, form: str) -> dt.datetime:
    """Read a time; where no sign parts its numbers, each must have all its digits."""
    moment = dt.datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the caller looks at zones
    if _TOUCHING.search(form) and moment.strftime(form) != text.strip():
        msg = "has fewer digits than its format"
        raise ValueError(msg)
    return moment


def _last_of(moment: dt.datetime, form: str) -> dt.date:
    """Return the last day of a month, or of a year where the format names no month."""
    by_month = any(part in form for part in ("%m", "%b", "%B"))
    month = moment.month if by_month else 12
    return dt.date(moment.year, month, monthrange(moment.year, month)[1])


def is_serial(cell: Any) -> bool:
    """Tell whether a cell is a whole number of what may be a day as spreadsheets count them."""
    text = "" if isinstance(cell, (bool, np.bool_)) else word_of(cell)
    is_whole = text.isascii() and text.isdigit() and len(text) == len(str(_SERIALS[1]))
    return is_whole and _SERIALS[0] <= int(text) <= _SERIALS[1]


def _is_written_out(cell: Any) -> bool:
    """Tell whether a cell is a day, or a text of one with signs, and no number of one."""
    return isinstance(cell, (dt.date, np.datetime64)) or (
        isinstance(cell, str) and _PARTED_DAY.match(cell.strip()) is not None
    )


def _excel_day(cell: Any) -> dt.date:
    text = word_of(cell)
    if not text.isascii() or not text.isdigit():
        msg = "is no whole number of a day, as spreadsheets count them"
        raise CellFault(msg)
    if not _LEAST_OF_EXCEL <= int(text) <= _MOST_OF_EXCEL:
        msg = "is outside the days that spreadsheets count from March 1900"
        raise CellFault(msg)
    return _FIRST_OF_EXCEL + dt.timedelta(days=int(text))


@dataclass(frozen=True, kw_only=True)
class InstantReader:
    """Reads times that are written in one format, in one zone where they do not say theirs.

    What names a month or a year only is its begin or its end, which is the begin of the next one:
    nothing is known before it could be.
    """

    format: str = ""
    at: str | None = None
    zone: str = ""

    def __call__(self, cell: Any) -> pd.Timestamp:
        """Return the time of a cell, in UTC."""
        if isinstance(cell, Nested) or (isinstance(cell, Number) and not self.format):
            msg = "is no time"
            raise CellFault(msg)
        try:
            found = pd.Timestamp(self._moment(cell))
            if found.tz is None:
                found = found.tz_localize("UTC") if not self.zone else _in_zone(found, self.zone)
            return found.tz_convert("UTC").as_unit("us")
        except NoDayError as error:
            raise CellFault(str(error)) from error
        except (ValueError, OverflowError) as error:
            msg = f"is no time written {self.format}" if self.format else "is no time"
            raise CellFault(msg) from error

    def _moment(self, cell: Any) -> Any:
        if self.format == EXCEL_DAYS and not _is_written_out(cell):
            return _excel_day(cell)
        if self.format in ("", EXCEL_DAYS) or not isinstance(cell, (str, int, float, np.number)):
            return read_instant(cell)
        moment = _strictly(word_of(cell), self.format)
        if self.at != "end":
            return moment
        return _last_of(moment, self.format) + dt.timedelta(days=1)


def _in_zone(moment: pd.Timestamp, zone: str) -> pd.Timestamp:
    """Return a time of a zone in UTC; when clocks change, some are there twice, and some never."""
    plain = moment.to_pydatetime(warn=False)
    first, second = (plain.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        msg = f"is no time that {zone} has, once"
        raise CellFault(msg)
    return pd.Timestamp(first.astimezone(dt.UTC))


def with_words(
    read: Callable[[Any], Any], words: Mapping[str, Any], kind: str
) -> Callable[[Any], Any]:
    """Return a reader that first looks whether a cell is one of the words."""
    if not words:
        return read
    known = {folded(word): word_value(value, kind) for word, value in words.items()}

    def reader(cell: Any) -> Any:
        # a per cent is shown in one writing, and kept in another
        given = (cell, cell.number) if isinstance(cell, Percent) else (cell,)
        words_of = [folded(word_of(one)) for one in given]
        said = [known[word] for word in words_of if word in known]
        return said[0] if said else read(cell)

    return reader


def word_value(value: Any, kind: str) -> Any:
    """Return what a word stands for, as an item of a kind holds it.

    Raises
    ------
    CellFault
        An item of this kind holds no such value.
    """
    if kind == "number":
        return NumberReader(decimal=".", thousands="", factor=Decimal(1))(value)
    readers: dict[str, Callable[[Any], Any]] = {
        "flag": read_flag, "day": DayReader(), "text": read_text,
    }  # fmt: skip
    return readers[kind](value)
