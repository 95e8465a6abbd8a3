"""Parents of customers: which row they are, or which grade they have where they are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from creditscore._frame import Table
from creditscore._typing import Bool1D, Int1D
from creditscore.exceptions import InvalidDataError
from creditscore.grade._cap._cap_rules import ParentCap
from creditscore.grade._ladder import rank_of


@dataclass(frozen=True, kw_only=True)
class Parents:
    """Parents by row of their subsidiaries.

    `row` is the row of the parent, -1 where it is none; `outside` the place of the grade of one
    that is no customer, -1 where there is none; `code` the place in `found`, all parents by name.
    """

    names: Sequence[Any]
    row: Int1D
    outside: Int1D
    code: Int1D
    found: tuple[Any, ...]
    supported: Bool1D
    order: tuple[str, ...]
    row_of_found: Int1D
    outside_of_found: Int1D

    def without_support(self) -> Parents:
        """Return the same parents, who support nobody."""
        return replace(self, supported=np.zeros_like(self.supported))


@dataclass(frozen=True, kw_only=True)
class ParentTexts:
    """What is said of each parent and its grade, in both languages, by the code of the parent."""

    parents: Parents
    rank: Int1D
    write: Callable[[Any, str], tuple[str, str]]

    def __getitem__(self, code: int, /) -> tuple[str, str]:
        """Write the texts of one parent; most of a million are never asked for."""
        row = int(self.parents.row_of_found[code])
        place = int(self.rank[row] if row >= 0 else self.parents.outside_of_found[code])
        return self.write(self.parents.found[code], self.parents.order[place])


def read_parents(
    rule: ParentCap,
    table: Table,
    names: Sequence[Any],
    ranks: Mapping[str, int],
    parent_grades: Mapping[Any, str] | pd.Series | None,
) -> Parents:
    """Find the parent of each customer among the customers, or among the grades given apart."""
    code, levels = table.levels(rule.column)
    found = tuple(map(_whole, levels))
    customers = pd.Index(list(names))
    row_of_found = np.asarray(customers.get_indexer(list(found)), dtype=np.intp)
    apart = {} if parent_grades is None else dict(parent_grades.items())
    both = np.flatnonzero(customers.get_indexer(list(apart)) >= 0)
    if len(both):
        msg = (
            f"The parent {list(apart)[both[0]]!r} has a grade among the customers and another in "
            "parent_grades. Leave it out of the latter."
        )
        raise InvalidDataError(msg)
    outside_of_found = np.array(
        [rank_of(apart[name], ranks, "grade of a parent") if name in apart else -1
         for name in found],
        dtype=np.intp,
    )  # fmt: skip
    unknown = (row_of_found < 0) & (outside_of_found < 0)
    if rule.unknown == "refuse" and unknown.any():
        name = found[int(unknown.argmax())]
        msg = (
            f"Column {rule.column!r}: the parent {name!r} has no grade, one of "
            f"{int(unknown.sum())} parent(s) that are no customers here{_other_kind(name, names)}. "
            "Give their grades as parent_grades, or give ParentCap(unknown='pass')."
        )
        raise InvalidDataError(msg)
    return Parents(
        names=names,
        row=np.append(row_of_found, -1).take(code),
        outside=np.append(outside_of_found, -1).take(code),
        code=code,
        found=found,
        supported=_supported(rule, table),
        order=tuple(ranks),
        row_of_found=row_of_found,
        outside_of_found=outside_of_found,
    )


def _whole(name: Any) -> Any:
    """Return the number of a customer as it was before a missing value made its column floats."""
    return int(name) if isinstance(name, float) and name.is_integer() else name


def _other_kind(parent: Any, names: Sequence[Any]) -> str:
    """Say that parents are named by text and customers by numbers, or the reverse."""
    if not any(str(name) == str(parent) for name in names):
        return ""
    kinds = ("text", "numbers") if isinstance(parent, str) else ("numbers", "text")
    return " (the column names parents by {}, and customers are named by {})".format(*kinds)


def _supported(rule: ParentCap, table: Table) -> Bool1D:
    """Read who is supported by contract: nobody, where no column says so."""
    if rule.support_column is None:
        return np.zeros(table.n_rows, dtype=bool)
    codes, levels = table.levels(rule.support_column)
    odd = [level for level in levels if not isinstance(level, bool)]
    if odd or (codes < 0).any():
        got = f"{odd[0]!r}" if odd else f"a missing value at row {int((codes < 0).argmax())}"
        msg = (
            f"Column {rule.support_column!r} must hold true or false for each customer. Got {got}. "
            "Write False where no contract binds the parent."
        )
        raise InvalidDataError(msg)
    return np.array(levels, dtype=bool).take(codes)
