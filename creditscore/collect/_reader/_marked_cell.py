"""Cells that are marked by what their source says of them beside their value."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from creditscore._cells import word_of
from creditscore.collect._reader._number_format import Shown


class Broken(str):
    """What stands in a cell of a workbook that has no value: it is a fault, and no text."""

    __slots__ = ()

    @property
    def reason(self) -> str:
        """Why it cannot be used."""
        return "is what a workbook has for a formula without a value, or an error"


class Merged(Broken):
    """What stands in a cell that a workbook shows as one with others, of which it is not the first.

    Its text names them all: A2:A5.
    """

    __slots__ = ()

    @property
    def reason(self) -> str:
        """Why it cannot be used, and what to do."""
        return (
            f"is one of the merged cells {self}, whose value stands in the first; if it holds of "
            "all, name the column as 'fill_merged' in the entry 'file' of the mapping"
        )


class Percent(str):
    """A number that a workbook shows as per cent: 0.61 as 61%, with a point for decimals."""

    number: float
    """What the workbook has."""

    @classmethod
    def of(cls, number: float) -> Self:
        """Return a number as it is shown."""
        made = cls(f"{(Decimal(repr(number)) * 100).normalize():f}%")
        made.number = number
        return made


class Money(float):
    """A number that a workbook shows with a currency, or with what it is counted in."""

    shown: Shown
    """What the format of its cell says."""

    @classmethod
    def of(cls, number: float, shown: Shown) -> Self:
        """Return a number with what its format says."""
        made = cls(number)
        made.shown = shown
        return made

    def __str__(self) -> str:
        """Return the number as a name has it: a year in the head of a column is 2023."""
        return word_of(float(self))

    def __eq__(self, other: object) -> bool:
        """Tell whether both are as much, and shown as the same."""
        return (
            isinstance(other, Money) and float(self) == float(other) and self.shown == other.shown
        )

    def __hash__(self) -> int:
        """Return what equal ones share."""
        return hash(float(self))


class Nested(str):
    """The text of a list or a mapping, which no single value can be read from."""

    __slots__ = ()
