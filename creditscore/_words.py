"""Numbers and words in one column: which text is a number, and when a text column holds both."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D, Level

LARGEST_WHOLE = 2**53
"""Up to here, floats hold every whole number."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-][0-9]+)?")
"""A plain decimal number. The exponent has a sign, as programs write it: 12E5 is a word."""
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]")
_LEAST_NUMBERS = 40
"""Fewer distinct numbers are taken for codes, such as those of branches or products."""
_LEAST_CODE_WIDTH = 4
"""Whole numbers that all have so many digits or more, and all as many, are taken for codes."""
_MOST_DIGITS = 15
"""Longer whole numbers are identifiers."""


@dataclass(frozen=True, eq=False)
class MixedValues:
    """A column of numbers and words.

    Attributes
    ----------
    values : ndarray of shape (n_rows,)
        The numbers; NaN where the row is missing or holds a word.
    word_rows : ndarray of int
        Rows that hold a word, in order.
    word_codes : ndarray of int, as many
        Their places in `words`.
    words : tuple of str
        Distinct words.
    """

    values: Float1D
    word_rows: Int1D
    word_codes: Int1D
    words: tuple[str, ...]

    def at(self, rows: Bool1D) -> MixedValues:
        """Return some rows; words that none of them holds stay in the tuple."""
        kept = rows[self.word_rows]
        places = np.cumsum(rows) - 1
        return MixedValues(
            self.values[rows],
            places[self.word_rows[kept]].astype(np.intp),
            self.word_codes[kept],
            self.words,
        )


def number_in(text: str) -> float | None:
    """Read a plain decimal number, blanks around it allowed; None where the text is a word.

    ``"12"``, ``"-0.5"``, ``".5"`` and ``"1e-05"`` are numbers. ``"1,234"``, ``"12,5"``,
    ``"12E5"``, ``"0x1F"``, ``"nan"`` and ``"inf"`` are words.
    """
    stripped = text.strip()
    return float(stripped) if _NUMBER.fullmatch(stripped) else None


def looks_mixed(texts: Collection[str]) -> bool:
    """Tell from its distinct values whether a text column holds amounts, with words among them.

    So it is where all of this holds, and else the values are levels:

    - half of the distinct values or more are plain decimal numbers, 40 of them at least;
    - none is written with zeros before it, as 00123 is;
    - they are not all whole numbers of one width of 4 digits or more, as postcodes, years and
      industry codes are;
    - no whole number has more than 15 digits, as account numbers have.
    """
    stripped = [text.strip() for text in texts]
    numbers = [text for text in stripped if _NUMBER.fullmatch(text)]
    if len(numbers) < _LEAST_NUMBERS or 2 * len(numbers) < len(stripped):
        return False
    if any(map(_LEADING_ZERO.match, numbers)):
        return False
    widths = {len(text) for text in numbers if text.isdigit()}
    if max(widths, default=0) > _MOST_DIGITS:
        return False
    all_whole = all(map(str.isdigit, numbers))
    return not (all_whole and len(widths) == 1 and min(widths) >= _LEAST_CODE_WIDTH)


def numbers_and_words(codes: Int1D, levels: Sequence[Level]) -> MixedValues:
    """Part a column, given as codes into its distinct values, -1 where missing.

    Text that reads as a number is that number, whatever else the column holds; True is 1.
    """
    # the last place is that of the code -1
    numbers = np.full(len(levels) + 1, np.nan)
    word_of = np.full(len(levels) + 1, -1, dtype=np.intp)
    words: list[str] = []
    for place, level in enumerate(levels):
        number = number_in(level) if isinstance(level, str) else float(level)
        if number is not None:
            numbers[place] = number
        else:
            word_of[place] = len(words)
            words.append(str(level))
    values = numbers.take(codes)
    if not words:
        nothing = np.empty(0, dtype=np.intp)
        return MixedValues(values, nothing, nothing, ())
    of_row = word_of.take(codes)
    rows = np.flatnonzero(of_row >= 0)
    return MixedValues(values, rows, of_row[rows], tuple(words))
