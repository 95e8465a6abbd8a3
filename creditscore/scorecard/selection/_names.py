"""Columns by the names that a table goes by, or by the labels of columns without such names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from creditscore._frame import Table, missing_message
from creditscore.exceptions import InvalidDataError, MissingColumnError


class ColumnNames:
    """Finds columns of a table as a user may call them: by name, by label, or by place as x0, x1.

    Parameters
    ----------
    table : Table
        The table of the fit.
    """

    def __init__(self, table: Table) -> None:
        self.names, self.labels = table.names, table.labels
        self.has_names = table.has_names
        unique = len(set(self.labels)) == len(self.labels)
        self._by_label = dict(zip(self.labels, self.names, strict=True)) if unique and self.labels \
            else {}  # fmt: skip
        self._known = set(self.names)

    def of(self, called: Sequence[Any]) -> list[str]:
        """Return the names of columns; refuse what is none.

        Raises
        ------
        MissingColumnError
            The message lists near names.
        """
        found = [self._of(name) for name in called]
        strange = [name for name in dict.fromkeys(found) if name not in self._known]
        if strange:
            raise MissingColumnError(missing_message(strange, self.labels or self.names))
        return found

    def _of(self, called: Any) -> str:
        name = str(called)
        return name if name in self._known else self._by_label.get(name, name)

    def in_other(self, table: Table, what: str) -> Table:
        """Return another table with its columns called as in this one.

        Raises
        ------
        InvalidDataError
            One goes by names of text and the other by place, or without labels and of another
            width.
        """
        if table.has_names == self.has_names and table.has_names:
            return table
        labels = [label for label in table.labels if label in self._by_label]
        if labels and not self.has_names:
            here = dict(zip(table.labels, table.names, strict=True))
            return table.only([here[label] for label in labels]).renamed(
                [self._by_label[label] for label in labels]
            )
        if table.has_names != self.has_names or len(table.names) != len(self.names):
            msg = (
                f"{what} must have the columns of the fit. Those of the fit go by "
                f"{'name' if self.has_names else 'place'} and are {len(self.names)}; in {what} "
                f"they go by {'name' if table.has_names else 'place'} and are {len(table.names)}."
            )
            raise InvalidDataError(msg)
        return table
