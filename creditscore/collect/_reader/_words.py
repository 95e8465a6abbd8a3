"""Words of a mapping, and what each stands for in a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from creditscore._cells import folded, word_of
from creditscore.collect._reader._marked_cell import Percent
from creditscore.collect._reader._times import DayReader
from creditscore.collect._reader._values import NumberReader, read_flag, read_text


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
