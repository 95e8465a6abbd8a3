"""How many rows and columns a file may have: they take far more memory than bytes of the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from creditscore.exceptions import UnsafeInputError
from creditscore.protect import InputLimits

_FREE_ROWS = 100_000
_PARTS_OF_A_ROW = 2
_KIB = 1_024
_MOST_EMPTY = 10_000_000
_MOST_TIMES = 200
"""How many cells any table may have, and larger ones for each cell that is given."""


@dataclass(frozen=True, kw_only=True)
class RowLimit:
    """Rows that a file may have, the name of the limit that says so, and columns."""

    path: Path
    most: int
    named: str
    most_columns: int
    reader: str = "read_source"
    """What reads the file, and takes the limits."""

    @classmethod
    def of(cls, path: Path, limits: InputLimits, reader: str = "read_source") -> Self:
        """Return the limit of a file: what it can hold honestly, and what memory can."""
        by_size = max(_FREE_ROWS, path.stat().st_size * limits.max_rows_per_kib // _KIB)
        is_small = by_size < limits.max_rows
        return cls(
            path=path, most=min(by_size, limits.max_rows),
            named="max_rows_per_kib" if is_small else "max_rows",
            most_columns=limits.max_columns, reader=reader,
        )  # fmt: skip

    def check(self, n_rows: int) -> None:
        """Refuse more rows.

        Raises
        ------
        UnsafeInputError
            There are more.
        """
        self._check(n_rows, self.most, "rows", self.named)

    def check_columns(self, n_columns: int) -> None:
        """Refuse more columns.

        Raises
        ------
        UnsafeInputError
            There are more.
        """
        self._check(n_columns, self.most_columns, "columns", "max_columns")

    def check_parts(self, n_parts: int) -> None:
        """Refuse a text of far more objects, lists or lines than may be rows, before it is parsed.

        A row may have objects within it, so that there may be twice as many.

        Raises
        ------
        UnsafeInputError
            There are more.
        """
        most = _PARTS_OF_A_ROW * max(_FREE_ROWS, self.most)
        self._check(n_parts, most, "objects, lists or lines", self.named)

    def _check(self, n: int, most: int, of: str, named: str) -> None:
        if n <= most:
            return
        why = " of a file of its size" if named == "max_rows_per_kib" else ""
        msg = (
            f"{self.path} is refused: it has more than {most:,} {of}, the most that are "
            f"read{why}. If you trust it, split it, or raise the limit: "
            f"{self.reader}(…, limits=InputLimits({named}=…))."
        )
        raise UnsafeInputError(msg)


def check_filled(name: str, n_rows: int, n_columns: int, n_given: int) -> None:
    """Refuse a table of which nearly all cells would be empty, however small what it is made of.

    Raises
    ------
    UnsafeInputError
        It has far more cells than were given.
    """
    n_cells = n_rows * n_columns
    if n_cells <= max(_MOST_EMPTY, _MOST_TIMES * n_given):
        return
    msg = (
        f"{name} is refused: {n_rows:,} rows with {n_columns:,} columns between them make a table "
        f"of {n_cells:,} cells, of which nearly all are empty."
    )
    raise UnsafeInputError(msg)
