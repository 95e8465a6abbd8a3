"""Parents of customers: which row they are, or which grade they have where they are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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

    def graded(self, rank: Int1D) -> Iterator[tuple[Any, str]]:
        """Yield each parent with its grade, which is empty where it has none."""
        for name, row, outside in zip(
            self.found, self.row_of_found.tolist(), self.outside_of_found.tolist(), strict=True
        ):
            place = int(rank[row]) if row >= 0 else outside
            yield name, self.order[place] if place >= 0 else ""


def read_parents(
    rule: ParentCap,
    table: Table,
    names: Sequence[Any],
    ranks: Mapping[str, int],
    parent_grades: Mapping[Any, str] | pd.Series | None,
) -> Parents:
    """Find the parent of each customer among the customers, or among the grades given apart."""
    code, found = table.levels(rule.column)
    row_of_found = np.asarray(pd.Index(list(names)).get_indexer(list(found)), dtype=np.intp)
    apart = {} if parent_grades is None else dict(parent_grades.items())
    customers = set(names)
    both = [name for name in apart if name in customers]
    if both:
        msg = (
            f"The parent {both[0]!r} has a grade among the customers and another in "
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
            f"{int(unknown.sum())} parent(s) that are no customers here. Give their grades as "
            "parent_grades, or give ParentCap(unknown='pass')."
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
