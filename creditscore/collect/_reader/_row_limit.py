"""How many rows a file may have: a row takes far more memory than its bytes in a packed file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from creditscore.exceptions import UnsafeInputError
from creditscore.protect import InputLimits

_FREE_ROWS = 100_000
_PARTS_OF_A_ROW = 2
_KIB = 1_024


@dataclass(frozen=True, kw_only=True)
class RowLimit:
    """Rows that a file may have, and the name of the limit that says so."""

    path: Path
    most: int
    named: str

    @classmethod
    def of(cls, path: Path, limits: InputLimits) -> Self:
        """Return the limit of a file: what it can hold honestly, and what memory can."""
        by_size = max(_FREE_ROWS, path.stat().st_size * limits.max_rows_per_kib // _KIB)
        if by_size < limits.max_rows:
            return cls(path=path, most=by_size, named="max_rows_per_kib")
        return cls(path=path, most=limits.max_rows, named="max_rows")

    def check(self, n_rows: int) -> None:
        """Refuse more rows.

        Raises
        ------
        UnsafeInputError
            There are more.
        """
        self._check(n_rows, self.most, "rows")

    def check_parts(self, n_parts: int) -> None:
        """Refuse a text of far more objects, lists or lines than may be rows, before it is parsed.

        A row may have objects within it, so that there may be twice as many.

        Raises
        ------
        UnsafeInputError
            There are more.
        """
        most = _PARTS_OF_A_ROW * max(_FREE_ROWS, self.most)
        self._check(n_parts, most, "objects, lists or lines")

    def _check(self, n: int, most: int, of: str) -> None:
        if n <= most:
            return
        why = " of a file of its size" if self.named == "max_rows_per_kib" else ""
        msg = (
            f"{self.path} is refused: it has more than {most:,} {of}, the most that are "
            f"read{why}. If you trust it, split it, or raise the limit: "
            f"read_source(…, limits=InputLimits({self.named}=…))."
        )
        raise UnsafeInputError(msg)
