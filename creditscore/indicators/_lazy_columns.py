"""Columns that are made when they are first asked for: tables have more than indicators read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Columns = Mapping[str, Any]
"""Columns of one length, by name."""


class LazyColumns(Columns):
    """Arrays by name, each made once.

    Parameters
    ----------
    names : sequence of str
        Which there are.
    make : callable
        Makes the column of a name.
    """

    def __init__(self, names: Sequence[str], make: Callable[[str], Any]) -> None:
        self._names = dict.fromkeys(names)
        self._make = make
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return a column."""
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a column, without making it."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._names)

    def __len__(self) -> int:
        """Count the columns."""
        return len(self._names)


def taken(columns: Columns, rows: Any) -> LazyColumns:
    """Return the columns of some rows, given by place or by a mask."""
    return LazyColumns(tuple(columns), lambda name: columns[name][rows])
