"""Warnings of several fits, each said once, with the rows of a report that it belongs to."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from creditscore._warn import warn_user
from creditscore.exceptions import CreditScoreWarning


class RowWarnings:
    """Collects the warnings of each row, and says them at the end, equal ones once."""

    def __init__(self) -> None:
        """Begin without any."""
        self._rows: dict[tuple[type[CreditScoreWarning], str], list[int]] = {}
        self._names: list[str] = []

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Keep the warnings of the next row; those of other libraries pass as they are."""
        place = len(self._names)
        self._names.append(name)
        others = []
        try:
            with warnings.catch_warnings(
                record=True, action="always", category=CreditScoreWarning
            ) as caught:
                yield
        finally:
            for one in caught:
                if not issubclass(one.category, CreditScoreWarning):
                    others.append(one)
                    continue
                rows = self._rows.setdefault((one.category, str(one.message)), [])
                if place not in rows:
                    rows.append(place)
        for one in others:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)

    def tell(self) -> None:
        """Say each warning with its rows."""
        for (category, text), rows in self._rows.items():
            warn_user(f"{self._said(rows, text)}: {text}", category)

    def _said(self, rows: list[int], text: str) -> str:
        if len(rows) == len(self._names) > 1:
            return "All rows"
        if len(rows) == 1 and text.startswith(self._names[rows[0]]):
            # the text names its method itself
            return f"Row {rows[0]}"
        named = ", ".join(f"{row} ({self._names[row]})" for row in rows)
        return f"Row{'' if len(rows) == 1 else 's'} {named}"
