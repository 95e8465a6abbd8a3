"""Cells of one column → values, read once for each distinct cell, with a reason for each fault."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from numbers import Number
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._cells import can_be_kept, folded, word_of
from creditscore._typing import Bool1D
from creditscore.collect._observation._incoming import coded
from creditscore.collect._reader._marked_cell import Broken, Money, Nested, Percent
from creditscore.collect._reader._measure import times_beside
from creditscore.collect._reader._number_format import scale_of
from creditscore.collect._reader._units import (
    ONE,
    currency_of,
    is_percent,
    named_beside,
)
from creditscore.exceptions import ColumnTypeError, InvalidParameterError

_LARGEST_EXACT = 2**53
_DIGITS = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_YEAR = re.compile("(?:19|20)[0-9]{2} ?年")
_GROUPS = re.compile(r"\d{1,3}(?:(?P<sign>[,.' ])\d{3})+", re.ASCII)
_BESIDE = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<before>(?:[^\d.,'’()+-]|(?<=[^\W\d])\.)*)"
    r"(?P<number>\(\s*[+-]?[\d.][\d.,'’\s]*\)|[+-]?[\d.][\d.,'’\s]*(?:-(?!\w))?)"
    r"(?P<after>(?:[^\d.,'’()+-]|(?<=[^\W\d])\.)*)"
)
"""A number with its minus, and what stands before or behind it; a point may end a word: Mio."""
_NO_CENTS = re.compile(r"(?<=\d)(?P<sign>[.,])\s*[-–—]+(?!\s*\d)")
"""What stands for no cents, and is no minus: 500,-"""
_MINUS = re.compile(r"\u2212|^[\u2012\u2013]|[\u2012\u2013](?=\s*\d)")
"""The sign of minus, and a dash before a number."""
_WAY_OUT = "say by 'unit' what the numbers in the workbook are counted in, or mend the format"
_MOST_LETTERS = 60
"""Numbers with their unit are no longer."""


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
    """Read each distinct cell once; one of which nothing is read holds nothing."""
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
            found = read(level)
        except CellFault as fault:
            reasons[place] = str(fault)
            continue
        empty[place] = found is None
        values[place] = default if found is None else found
    return Read(values=values[codes], empty=empty[codes], reasons=reasons[codes])


def stands_for_nothing(level: Any, missing: frozenset[str]) -> bool:
    """Tell whether a cell is one of the words, or a number that one of them is.

    Of a text, only the reader of numbers knows which one it is: 99.000 may be 99, or 99,000.
    """
    if isinstance(level, Percent) and stands_for_nothing(level.number, missing):
        return True
    word = folded(word_of(level))
    if word in missing or isinstance(level, str):
        return word in missing
    number = number_of(word)
    return not math.isnan(number) and number in map(number_of, missing)


def number_of(word: str) -> float:
    """Return the number that a program writes so; NaN, which equals none, for other words."""
    try:
        return math.nan if "_" in word else float(word)
    except ValueError:
        return math.nan


def hashable(cells: pd.Series) -> pd.Series:
    """Return cells of which lists and mappings are texts, as no item holds them."""
    if cells.dtype != object and not isinstance(cells.dtype, pd.ArrowDtype):
        return cells
    try:
        _, levels = coded(cells)
    except ColumnTypeError:
        levels = [()]
    if not any(map(is_nested, levels)):
        return cells
    made = [Nested(cell) if is_nested(cell) else cell for cell in cells]
    return pd.Series(made, index=cells.index, dtype=object)


def is_nested(cell: Any) -> bool:
    """Tell whether a cell holds several values, or what else cannot be told from others."""
    if isinstance(cell, (tuple, frozenset)):
        return True
    try:
        hash(cell)
    except TypeError:
        return True
    return False


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
    own: Decimal = ONE
    """Factor of the rule itself, within the factor."""
    nothing: frozenset[float] = frozenset()
    """Numbers that stand for an empty cell."""

    def __call__(self, cell: Any) -> float | None:
        """Return the number of a cell, times the factor; None for one that stands for nothing."""
        if isinstance(cell, (bool, np.bool_)):
            msg = "is true or false, and no number"
            raise CellFault(msg)
        if isinstance(cell, Money):
            self._check_shown(cell)
        if isinstance(cell, (int, float, Decimal, np.integer, np.floating)):
            number, times = _of_number(cell), ONE
        else:
            number, times = self._of_text(cell)
        # what a cell itself multiplies is not the number that stands there: -100 % is not -1
        if times == 1 and self.nothing and float(number) in self.nothing:
            return None
        # the product of decimals is exact, and rounded once
        value = float(number) if self.factor == 1 else float(number * self.factor)
        if not math.isfinite(value):
            msg = "is not finite"
            raise CellFault(msg)
        return value

    def _check_shown(self, cell: Money) -> None:
        """Refuse a number that a workbook shows in another currency or scale than its own."""
        counted = self.factor / self.own * scale_of(self.own)
        fault = cell.shown.fault(self.unit, counted, _WAY_OUT)
        if fault:
            raise CellFault(fault)

    def _of_text(self, cell: Any) -> tuple[Decimal, Decimal]:
        """Return the number that a text means, and by what its own unit multiplied it."""
        if not isinstance(cell, str) or isinstance(cell, Nested):
            raise CellFault(self._no_number())
        if isinstance(cell, Percent):
            return replace(self, decimal=".", thousands="")._of_text(str(cell))  # noqa: SLF001
        text, negative = _unsigned(cell, self.decimal)
        plain, times = self._plain(text), ONE
        if not _DIGITS.fullmatch(plain):
            text, times = self._without_unit(text)
            # the minus may stand about the number alone: (500) €
            text, is_own = _without_minus(text)
            is_twice, negative = negative and is_own, negative or is_own
            plain = "" if is_twice else self._plain(text)
        if not _DIGITS.fullmatch(plain) or (negative and plain[0] in "+-"):
            raise CellFault(self._no_number(text))
        in_years = times != 1 or self.factor != self.own
        if in_years and _YEAR.fullmatch(unicodedata.normalize("NFKC", cell).strip()):
            msg = "may be a year of the calendar, and no number of years"
            raise CellFault(msg)
        try:
            number = Decimal(plain) * times
        except InvalidOperation as error:
            raise CellFault(self._no_number()) from error
        return -number if negative else number, times

    def _without_unit(self, text: str) -> tuple[str, Decimal]:
        """Return the number of a text that has its unit beside it, and by what to multiply it."""
        found = _parted(text)
        if found is None:
            return text, ONE
        before, number, after = found
        if not (before or after):
            # a sign may be parted from its number: - 500
            return number, ONE
        if is_percent(after) and not before:
            if self.hundredth is None:
                msg = f"is per cent, and to be in {self.unit or 'a currency'}"
                raise CellFault(msg)
            self._check_once(self.hundredth, "is per cent")
            return number, self.hundredth
        times = self._times(before, after, self.factor / self.own)
        if times is None:
            return text, ONE
        self._check_once(times, f"is counted in {times:,}")
        return number, times

    def _check_once(self, times: Decimal, told: str) -> None:
        """Refuse to multiply both by what a cell names and by a factor that may be the same."""
        if times != 1 and abs(self.own) != 1:
            msg = (
                f"{told}, and its rule has the factor {self.own:,} besides: say by 'unit' what the "
                "numbers of the column are in"
            )
            raise CellFault(msg)

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


def _of_number(cell: Any) -> Decimal:
    """Return a number as it is written; a whole one of a short float as it is."""
    is_short = isinstance(cell, np.floating) and cell.itemsize < 8
    return Decimal(int(cell) if is_short and cell.is_integer() else str(cell))


def _unsigned(cell: str, decimal: str = ",.") -> tuple[str, bool]:
    """Return a number in the signs of programs, and whether it is written as below zero.

    `decimal` is what may part its decimals: a stroke behind it stands for none, and is no minus.
    """
    text = cell.strip()
    if not text.isascii():
        _refuse_marks(text)
        text = with_minus(unicodedata.normalize("NFKC", text).strip())
    no_cents = _NO_CENTS.search(text) if "-" in text or not text.isascii() else None
    if no_cents is not None:
        if no_cents["sign"] not in decimal:
            return text, False
        text = (text[: no_cents.start()] + text[no_cents.end() :]).strip()
    return _without_minus(text)


def _without_minus(text: str) -> tuple[str, bool]:
    """Return what stands in brackets or before a minus, and whether it does."""
    if text.startswith("(") and text.endswith(")"):
        # as accountants write what is below zero
        return text[1:-1].strip(), True
    return (text[:-1].strip(), True) if text.endswith("-") else (text, False)


def with_minus(text: str) -> str:
    """Return a text in which the minus of a number is that of programs."""
    return _MINUS.sub("-", text)


def _parted(text: str) -> tuple[str, str, str] | None:
    """Return what stands before a number, the number, and what stands behind it."""
    found = _BESIDE.fullmatch(text) if len(text) <= _MOST_LETTERS else None
    if found is None:
        return None
    return (
        found["before"].strip(), found["sign"] + found["number"].strip(), found["after"].strip()
    )  # fmt: skip


def unit_beside(cell: Any) -> str | None:
    """Return the unit that a cell says beside its number, empty for none; None for no number."""
    if isinstance(cell, (bool, np.bool_, Broken, Nested)):
        return None
    if isinstance(cell, Money):
        return named_beside(cell.shown.currency, "")
    if isinstance(cell, str):
        if _DIGITS.fullmatch(cell):
            return ""
        try:
            found = _parted(_unsigned(cell)[0])
        except CellFault:
            return None
        return None if found is None else named_beside(found[0], found[2])
    return "" if isinstance(cell, Number) else None


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
