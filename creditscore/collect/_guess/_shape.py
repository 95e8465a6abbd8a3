"""What the cells of a column look like: numbers, days and their formats, true and false."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from creditscore._cells import folded, is_empty
from creditscore.collect._guess._written import Written, written_of
from creditscore.collect._observation._incoming import coded
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._marked_cell import Broken, Money
from creditscore.collect._reader._rule import EXCEL_DAYS
from creditscore.collect._reader._times import DayReader, is_serial
from creditscore.collect._reader._units import HUNDREDTH, ONE
from creditscore.collect._reader._values import (
    CellFault,
    NumberReader,
    hashable,
    read_flag,
    read_text,
    stands_for_nothing,
)

_MOST_LOOKED_AT = 200
_FORMATS = (
    "", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d", "%d %b %Y",
)  # fmt: skip
"""Formats of days that are tried; that more than one fits is told, and never decided."""
_HALF = 0.5
_PERIODS = ("%Y", "%Y-%m", "%Y%m")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the first distinct cells of a column can be read as.

    Attributes
    ----------
    n : int
        Distinct cells that were looked at.
    numbers, flags : float
        Share of them that are numbers; that are true or false.
    formats : tuple of str
        Formats of days that all of them fit; the year first is the empty one.
    nearly : tuple of str
        Where none does, and they are no numbers of days: those that half of them fit, or more.
    days : float
        Share of them that fit the best of these.
    serials : bool
        Whether some may be numbers of days, as spreadsheets count them, and the others are days.
    words : tuple of str
        The cells as texts.
    written : Written
        How they are written, if they are numbers.
    levels : sequence of objects
        All distinct cells of the column, but for one that is held as numbers.
    """

    n: int
    numbers: float
    flags: float
    formats: tuple[str, ...]
    nearly: tuple[str, ...]
    days: float
    serials: bool
    words: tuple[str, ...]
    written: Written
    levels: Sequence[Any]

    @property
    def of_days(self) -> tuple[str, ...]:
        """Formats, if they are days at all; numbers of five digits may be anything."""
        return self.formats or ((EXCEL_DAYS,) if self.serials else self.nearly)

    def fit(self, item: Item) -> float:
        """Return the share of cells that an item could hold."""
        if not self.n:
            return 0.5
        if item.kind == "day":
            return self.days
        if item.kind == "number":
            return self.written.fit(item)
        if item.kind == "flag":
            return self.flags
        if item.allowed:
            return sum(word in item.allowed for word in self.words) / self.n
        # a text may be anything, but is hardly ever days
        return 0.6 if self.formats else 1.0


def shape_of(cells: pd.Series, form: FileForm) -> Shape:
    """Look at the first distinct cells of a column."""
    missing = frozenset(folded(str(word)) for word in form.missing)
    _, levels = coded(hashable(cells))
    some = [cell for cell in levels[:_MOST_LOOKED_AT] if not is_empty(cell)]
    some = [cell for cell in some if not isinstance(cell, Broken)]
    kept = [cell for cell in some if not stands_for_nothing(cell, missing)]
    written = written_of(kept, form)
    # what a workbook shows it with counts among numbers only
    kept = [float(cell) if isinstance(cell, Money) else cell for cell in kept]
    number = NumberReader(
        decimal=form.decimal, thousands=form.thousands, factor=ONE, hundredth=HUNDREDTH
    )
    # days that are no texts have no format, and fit any
    texts = [cell for cell in kept if not isinstance(cell, dt.date)]
    shares = {
        known: _share(
            texts or kept, DayReader(format=known, at="end" if known in _PERIODS else None)
        )
        for known in ((*_FORMATS, *_PERIODS) if texts else ("",))
    }
    formats = tuple(known for known, share in shares.items() if share == 1.0)
    others = [cell for cell in texts if not is_serial(cell)]
    serials = len(others) < len(texts) and (not others or _share(others, DayReader()) == 1.0)
    nearly = () if formats or serials else tuple(f for f, share in shares.items() if share >= _HALF)
    days = 1.0 if formats or serials else max((shares[known] for known in nearly), default=0.0)
    return Shape(
        n=len(kept), numbers=_share(kept, number), flags=_share(kept, read_flag),
        formats=formats, nearly=nearly, days=days, serials=serials,
        words=tuple(_word(cell) for cell in kept), written=written,
        # of numbers of a library, nothing stands beside any
        levels=() if pd.api.types.is_numeric_dtype(cells.dtype) else levels,
    )  # fmt: skip


def _share(cells: Sequence[Any], read: Any) -> float:
    if not cells:
        return 0.0
    good = 0
    for cell in cells:
        try:
            read(cell)
            good += 1
        except CellFault:
            continue
    return good / len(cells)


def _word(cell: Any) -> str:
    try:
        return read_text(cell)
    except CellFault:
        return str(cell)


def masked_shape(word: str) -> str:
    """Return the form of a text and none of its letters: ``A9`` for a letter and a digit."""
    marks = []
    for letter in word[:24]:
        if letter.isdigit():
            marks.append("9")
        elif letter.isalpha():
            marks.append("文" if not letter.isascii() else "A" if letter.isupper() else "a")
        else:
            marks.append(letter)
    return "".join(marks) + ("…" if len(word) > 24 else "")
