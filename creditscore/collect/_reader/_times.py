"""Cells of days and times → days and instants: nothing is guessed, nothing known too early."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass
from numbers import Number
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore._days import NoDayError, read_day, read_instant
from creditscore.collect._reader._marked_cell import Nested
from creditscore.collect._reader._rule import EXCEL_DAYS
from creditscore.collect._reader._values import CellFault

_FIRST_OF_EXCEL = dt.date(1899, 12, 30)
_LEAST_OF_EXCEL = 61
"""From 1900-03-01 on; before it, spreadsheets count a day that never was."""
_MOST_OF_EXCEL = 2_958_465
_TOUCHING = re.compile(r"%[YmdHMSfj]%")
_PARTED_DAY = re.compile(r"\d{4}[^\d\s]")
_SERIALS = (20_000, 60_000)
"""Whole numbers that are days of 1954 to 2064, if they are days of spreadsheets."""


@dataclass(frozen=True, kw_only=True)
class DayReader:
    """Reads days that are written in one format.

    A day stands for the month, or year, that a format names alone: spreadsheets make days of them.
    """

    format: str = ""
    at: str | None = None

    def __call__(self, cell: Any) -> str:
        """Return the day of a cell, as a text with the year first."""
        if self.format == EXCEL_DAYS and not _is_written_out(cell):
            return str(_excel_day(cell))
        if self.format not in ("", EXCEL_DAYS) and isinstance(cell, (str, int, np.integer, float)):
            return str(self._parsed(word_of(cell)))
        try:
            day: Any = read_day(cell)
            return str(day if self.at is None else _of_period(day.item(), self.format, self.at))
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
        return moment.date() if self.at is None else _of_period(moment, self.format, self.at)


def _strictly(text: str, form: str) -> dt.datetime:
    """Read a time; where no sign parts its numbers, each must have all its digits."""
    moment = dt.datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the caller looks at zones
    if _TOUCHING.search(form) and moment.strftime(form) != text.strip():
        msg = "has fewer digits than its format"
        raise ValueError(msg)
    return moment


def _of_period(moment: dt.date, form: str, at: str) -> dt.date:
    """Return the first or last day of a month, or of a year where the format names no month.

    The moment is its begin, or may be the day itself.
    """
    by_month = any(part in form for part in ("%m", "%b", "%B"))
    first = dt.date(moment.year, moment.month if by_month else 1, 1)
    month = moment.month if by_month else 12
    meant = dt.date(moment.year, month, monthrange(moment.year, month)[1]) if at == "end" else first
    if (moment.month, moment.day) not in ((first.month, 1), (meant.month, meant.day)):
        msg = f"is a day within a {'month' if by_month else 'year'}, and to be one written {form}"
        raise CellFault(msg)
    return meant


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
            moment = read_instant(cell)
        else:
            moment = _strictly(word_of(cell), self.format)
        if self.at is None:
            return moment
        day = _of_period(moment.date(), self.format, self.at)
        if self.at == "start":
            return moment
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), moment.tzinfo)


def _in_zone(moment: pd.Timestamp, zone: str) -> pd.Timestamp:
    """Return a time of a zone in UTC; when clocks change, some are there twice, and some never."""
    plain = moment.to_pydatetime(warn=False)
    first, second = (plain.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        msg = f"is no time that {zone} has, once"
        raise CellFault(msg)
    return pd.Timestamp(first.astimezone(dt.UTC))
