"""Cells that a workbook shows as one: the first holds the value, and the others nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from creditscore._cells import is_empty
from creditscore.collect._reader._marked_cell import Merged
from creditscore.exceptions import UnsafeInputError

_MOST_AT_ONCE = 16_384
"""As many merged cells as a row has columns: more would overlap."""


@dataclass(frozen=True)
class _Span:
    """Merged cells; rows and columns are counted from 1."""

    name: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass(eq=False)
class Merges:
    """The merged cells of a sheet, whose rows are looked at one after the other."""

    names: Iterable[str] = ()
    _coming: list[_Span] = field(init=False)
    _here: list[_Span] = field(init=False, default_factory=list)
    _values: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort them, the lowest first."""
        self._coming = sorted(map(_span, self.names), key=lambda span: -span.top)

    def row(
        self, place: int, cells: Sequence[Any], width: int, filled: Iterable[int]
    ) -> Sequence[Any]:
        """Return the cells of a row; those within merged ones are marked, or have their value.

        Parameters
        ----------
        place : int
            Number of the row, from 1; it is greater than that of the call before.
        cells : sequence
            What the workbook has.
        width : int
            Number of columns that are looked at.
        filled : iterable of int
            Columns, from 0, that get the value.
        """
        while self._coming and self._coming[-1].top <= place:
            self._here.append(self._coming.pop())
        if not self._here:
            return cells
        self._here = [span for span in self._here if span.bottom >= place]
        if len(self._here) > _MOST_AT_ONCE:
            msg = f"The workbook is refused: in row {place}, merged cells overlap."
            raise UnsafeInputError(msg)
        found, known = list(cells), set(filled)
        # those that hold nothing, or nothing that is looked at, are not looked at again
        here, self._here = self._here, []
        for span in here:
            if span.top == place and span.left <= len(cells):
                self._values[span.name] = cells[span.left - 1]
            value = self._values.get(span.name)
            if is_empty(value) or span.left > width:
                continue
            self._here.append(span)
            first = span.left if span.top == place else span.left - 1
            found.extend([None] * (min(span.right, width) - len(found)))
            for column in range(first, min(span.right, width)):
                found[column] = value if column in known else Merged(span.name)
        return found


def _span(name: str) -> _Span:
    from openpyxl.utils import range_boundaries  # noqa: PLC0415 - an extra

    return _Span(name, *range_boundaries(name))
