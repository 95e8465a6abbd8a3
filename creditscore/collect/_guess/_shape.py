"""What the cells of a column look like: numbers, days and their formats, true and false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from creditscore._cells import is_empty
from creditscore.collect._observation._incoming import coded
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._units import ONE
from creditscore.collect._reader._values import (
    CellFault,
    DayReader,
    NumberReader,
    folded,
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
    words : tuple of str
        The cells as texts.
    """

    n: int
    numbers: float
    flags: float
    formats: tuple[str, ...]
    words: tuple[str, ...]

    def fit(self, item: Item) -> float:
        """Return the share of cells that an item could hold."""
        if not self.n:
            return 0.5
        if item.kind == "day":
            return 1.0 if self.formats else 0.0
        if item.kind == "number":
            return self.numbers
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
    kept = [cell for cell in some if not stands_for_nothing(cell, missing)]
    number = NumberReader(decimal=form.decimal, thousands=form.thousands, factor=ONE, percent=True)
    # days that are no texts have no format
    in_text = any(isinstance(cell, (str, int, float)) for cell in kept)
    formats = tuple(
        known for known in ((*_FORMATS, *_PERIODS) if in_text else ("",))
        if kept and _share(kept, DayReader(format=known, at="end")) == 1.0
    )  # fmt: skip
    return Shape(
        n=len(kept), numbers=_share(kept, number), flags=_share(kept, read_flag),
        formats=formats, words=tuple(_word(cell) for cell in kept),
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
