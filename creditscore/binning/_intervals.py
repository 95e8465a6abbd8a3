"""Partitions by intervals: of numbers, and of numbers with code words among them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from creditscore._columns import some
from creditscore._frame import Table
from creditscore._typing import ColumnKind, Float1D, Int1D, Level
from creditscore._validation import check_finite
from creditscore._words import number_in
from creditscore.binning._attributes import Partition
from creditscore.binning._digitize import digitize
from creditscore.binning._given import (
    checked_cuts,
    checked_levels,
    code_values,
    floats,
    level_texts,
    number_texts,
)
from creditscore.exceptions import ColumnTypeError, InvalidParameterError

_NEARLY = 1e-13
_SHORT = 12
"""Digits of a number that somebody wrote, rather than one that was computed."""


@dataclass(frozen=True, kw_only=True)
class NumericPartition(Partition, written_as="numeric"):
    """Intervals between cuts, closed on the left: a value at a cut is in the upper interval.

    Parameters
    ----------
    cuts : tuple of float, default=()
        Strictly increasing, finite; none gives one interval that holds every number. Any list of
        numbers is taken, and kept as a tuple of floats.
    special_codes : tuple of float, default=()
        Numbers that stand for something else than an amount, each an attribute of its own; finite
        and different, taken as the cuts are.

    Examples
    --------
    >>> from creditscore.binning import NumericPartition
    >>> import numpy as np
    >>> partition = NumericPartition(cuts=(8.0, 16.0))
    >>> partition.labels
    ('< 8', '[8, 16)', '>= 16', 'Missing')
    >>> partition.codes_of(np.array([7.9, 8.0, np.nan])).tolist()
    [0, 1, 3]
    """

    cuts: tuple[float, ...] = ()
    special_codes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Take any list of numbers; refuse cuts that do not increase and codes that repeat."""
        object.__setattr__(self, "cuts", checked_cuts(self.cuts))
        object.__setattr__(self, "special_codes", floats(self.special_codes, "special codes"))
        different = len(set(self.special_codes)) == len(self.special_codes)
        if not all(map(math.isfinite, self.special_codes)) or not different:
            msg = (
                "The special codes of a numeric characteristic must be finite and different. "
                f"Got {self.special_codes!r} instead. Missing values have an attribute anyway."
            )
            raise InvalidParameterError(msg)

    @property
    def kind(self) -> ColumnKind:
        """How the column is read: "numeric"."""
        return "numeric"

    @property
    def n_regular(self) -> int:
        """Number of intervals."""
        return len(self.cuts) + 1

    @staticmethod
    def just_above(value: float) -> float:
        """Return a cut that leaves a value, and what rounding makes of it, in the interval below.

        Parameters
        ----------
        value : float
            Finite.

        Returns
        -------
        float
            Above `value` by 1e-13 of it; above zero by 1e-13. Spreadsheets tell no smaller
            differences, and the rounding of a ratio is smaller. Infinite where no finite number
            is above it.

        Notes
        -----
        Labels write such a cut as the end of the interval below, where `value` has 12 digits or
        fewer.

        Examples
        --------
        >>> from creditscore.binning import NumericPartition
        >>> NumericPartition(cuts=[NumericPartition.just_above(30)]).labels
        ('<= 30', '> 30', 'Missing')
        """
        found = value + _NEARLY * abs(value) if value else _NEARLY
        return max(found, math.nextafter(value, math.inf))

    @property
    def regular_labels(self) -> tuple[str, ...]:
        """Intervals as text, with as many digits as keep the cuts apart."""
        if not self.cuts:
            return ("all other values" if self.special_codes else "all values",)
        ends = [_held_below(cut) for cut in self.cuts]
        distinct = tuple(dict.fromkeys(end for end, _ in ends))
        text_of = dict(zip(distinct, number_texts(distinct), strict=True))
        low, high = text_of[ends[0][0]], text_of[ends[-1][0]]
        inner = [
            f"{'(' if above else '['}{text_of[start]}, {text_of[end]}{']' if upto else ')'}"
            for (start, above), (end, upto) in pairwise(ends)
        ]
        first, last = "<=" if ends[0][1] else "<", ">" if ends[-1][1] else ">="
        return (f"{first} {low}", *inner, f"{last} {high}")

    @property
    def special_labels(self) -> tuple[str, ...]:
        """Text of each special code, with as many digits as keep them apart."""
        return tuple(f"Special {text}" for text in number_texts(self.special_codes))

    def bounds(self) -> tuple[Float1D, Float1D]:
        """Return the lower and upper end of each attribute, NaN where it is no interval."""
        rest = [np.nan] * (self.n_codes - self.n_regular)
        return np.array([-np.inf, *self.cuts, *rest]), np.array([*self.cuts, np.inf, *rest])

    def values(self, table: Table, name: str) -> Float1D:
        """Read a column as numbers, refusing text and infinities; True is 1 and False is 0."""
        if table.kind(name) == "numeric":
            return check_finite(table.numeric(name), name=name)
        codes, levels = table.levels(name)
        if not all(isinstance(level, bool) for level in levels):
            msg = (
                f"Column {name!r} holds text or categories, such as {some(levels)}, and its bins "
                "are intervals of numbers. Convert it to numbers, as it was when the bins were "
                "made."
            )
            raise ColumnTypeError(msg)
        # the code of a missing value is -1: the last place
        return np.array([*levels, np.nan], dtype=np.float64).take(codes)

    def coded(self, table: Table, name: str) -> tuple[Int1D, tuple[Level, ...]]:
        """Return the attribute of each row of a column; no number is a level never seen."""
        return self.codes_of(self.values(table, name)), ()

    def codes_of(self, values: Float1D) -> Int1D:
        """Return the attribute of each number; NaN is missing."""
        codes = digitize(values, np.asarray(self.cuts, dtype=np.float64))
        for value, place in self.special_values.items():
            codes[values == value] = place
        codes[np.isnan(values)] = self.missing_code
        return codes

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "kind": self.kind,
            "cuts": list(self.cuts),
            "special_codes": list(self.special_codes),
        }

    @cached_property
    def special_values(self) -> dict[float, int]:
        """Attribute of each number that is a special code, also as 32-bit floats hold it."""
        codes: tuple[float | str, ...] = self.special_codes
        return {
            value: place
            for place, code in enumerate(codes, self.n_regular)
            if not isinstance(code, str)
            for value in code_values(code)
        }


@dataclass(frozen=True, kw_only=True)
class MixedPartition(NumericPartition, written_as="mixed"):
    """Intervals of numbers, and code words beside them, for a column that holds both.

    Parameters
    ----------
    cuts : tuple of float, default=()
        As in :class:`NumericPartition`.
    special_codes : tuple of float or str, default=()
        Numbers that are no amounts, and words: each an attribute of its own, but for those that
        are pooled. Text that is a number is taken as that number, as it is in the column.
    n_pooled : int, default=0
        So many of the last special codes, words all, share one attribute: rare words, which are
        known but too few each to have a bad rate of their own.

    Notes
    -----
    A column is read in the same way whatever its type: numbers are numbers, text that is a plain
    decimal number (``"12"``, ``"-0.5"``, ``"1e-05"``) is that number, all other text is a word.
    Words that are no special code are the attribute "Other", and a warning names them.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore._frame import as_table
    >>> from creditscore.binning._partition import MixedPartition
    >>> partition = MixedPartition(cuts=(600.0,), special_codes=("NO HIT",))
    >>> partition.labels
    ('< 600', '>= 600', 'Special NO HIT', 'Missing', 'Other')
    >>> table = as_table(pd.DataFrame({"bureau": ["580", "NO HIT", None, "640"]}))
    >>> partition.codes(table, "bureau").tolist()
    [0, 2, 3, 1]
    """

    special_codes: tuple[float | str, ...] = ()  # type: ignore[assignment]
    n_pooled: int = 0

    def __post_init__(self) -> None:
        """Take any lists; refuse codes that repeat, and pooled codes that are no words."""
        object.__setattr__(self, "cuts", checked_cuts(self.cuts))
        given = checked_levels(self.special_codes, "special code")
        if len(set(given)) < len(given):
            msg = (
                "The special codes of a mixed characteristic must be different. "
                f"Got {given!r} instead."
            )
            raise InvalidParameterError(msg)
        # -9 and "-9" are one
        codes = tuple(dict.fromkeys(_number_or_word(code) for code in given))
        object.__setattr__(self, "special_codes", codes)
        pooled = self._pooled
        words = all(isinstance(code, str) for code in pooled)
        if len(pooled) != self.n_pooled or self.n_pooled == 1 or not words:
            msg = (
                "The 'n_pooled' parameter of MixedPartition must be 0, or the number of words, two "
                f"or more, that end the special codes. Got {self.n_pooled!r} for {codes!r} instead."
            )
            raise InvalidParameterError(msg)

    @property
    def kind(self) -> ColumnKind:
        """How the column is read: "mixed"."""
        return "mixed"

    @property
    def has_other(self) -> bool:
        """Words never seen are an attribute."""
        return True

    @property
    def n_special(self) -> int:
        """Number of attributes of special codes; those that are pooled are one."""
        return len(self.special_codes) - max(self.n_pooled - 1, 0)

    @property
    def special_labels(self) -> tuple[str, ...]:
        """Text of each special code, and of the pooled ones together."""
        texts = level_texts(self.special_codes)
        own = [f"Special {texts[code]}" for code in self.special_codes[: self._n_own]]
        pooled = ", ".join(texts[code] for code in self._pooled)
        return (*own, f"Special {pooled}") if pooled else tuple(own)

    def values(self, table: Table, name: str) -> Float1D:
        """Read the numbers of a column, refusing infinities; NaN for words and missing values."""
        return check_finite(table.mixed(name).values, name=name)

    def coded(self, table: Table, name: str) -> tuple[Int1D, tuple[Level, ...]]:
        """Return the attribute of each row of a column, and the words never seen."""
        column = table.mixed(name)
        codes = self.codes_of(check_finite(column.values, name=name))
        if not len(column.word_rows):
            return codes, ()
        code_of, other = self.words, self.other_code
        mapping = np.array([code_of.get(word, other) for word in column.words], dtype=np.intp)
        codes[column.word_rows] = mapping.take(column.word_codes)
        return codes, tuple(word for word in column.words if word not in code_of)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        content = super().to_dict()
        return {**content, "n_pooled": self.n_pooled} if self.n_pooled else content

    @property
    def _n_own(self) -> int:
        return len(self.special_codes) - self.n_pooled

    @property
    def _pooled(self) -> tuple[float | str, ...]:
        return self.special_codes[self._n_own :] if self.n_pooled else ()

    @cached_property
    def words(self) -> dict[str, int]:
        """Attribute of each word that is a special code."""
        last = self.n_regular + self._n_own
        return {
            code: min(self.n_regular + i, last)
            for i, code in enumerate(self.special_codes)
            if isinstance(code, str)
        }


def _held_below(cut: float) -> tuple[float, bool]:
    """Return the short number that a cut is just above, or the cut, and which of the two."""
    for short in (0.0, float(f"{cut:.{_SHORT}g}")):
        if cut == NumericPartition.just_above(short):
            return short, True
    return cut, False


def _number_or_word(code: Level) -> float | str:
    if not isinstance(code, str):
        return float(code)
    number = number_in(code)
    return code if number is None else number
