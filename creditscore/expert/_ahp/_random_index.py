"""Random indices: the mean consistency index of judgements made at random, by several authors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, TypeAlias

from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidParameterError

RandomIndex: TypeAlias = (
    Literal["saaty_2005", "saaty_1980", "donegan_dodd", "alonso_lamata"] | Mapping[int, float]
)
"""Whose table of random indices a consistency ratio is measured by, or one's own, by size."""

_LEAST, _MOST = 3, 15
"""Sizes of the tables."""
_TABLES: dict[str, tuple[float, ...]] = {
    "saaty_2005": (
        0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59,
    ),
    "saaty_1980": (
        0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
    ),
    "donegan_dodd": (
        0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733, 1.4055, 1.4213, 1.4497, 1.4643,
        1.4822, 1.4969,
    ),
    "alonso_lamata": (
        0.5247, 0.8816, 1.1086, 1.2479, 1.3417, 1.4057, 1.4499, 1.4854, 1.5141, 1.5365, 1.5551,
        1.5713, 1.5838,
    ),
}  # fmt: skip


def random_index_of(table: RandomIndex, n: int, owner: str) -> float:
    """Return the random index of comparisons of `n` criteria, 0 for fewer than three.

    Raises
    ------
    InvalidParameterError
        A table of another name, or one that does not go so far.
    """
    if isinstance(table, Mapping):
        return _own(table, n, owner)
    check_choice(table, "random_index", owner, tuple(_TABLES))
    if n < _LEAST:
        return 0.0
    if n <= _MOST:
        return _TABLES[table][n - _LEAST]
    if table != "alonso_lamata":
        msg = (
            f"The table {table!r} of random indices ends at {_MOST} criteria. Got {n}: take "
            "random_index='alonso_lamata', whose fitted line goes on, or compare in groups by an "
            "AHPHierarchy."
        )
        raise InvalidParameterError(msg)
    # their line of the mean largest eigenvalue, 2.7699 n - 4.3513, as an index
    return (1.7699 * n - 4.3513) / (n - 1)


def told(table: RandomIndex) -> str | dict[str, float]:
    """Return a table as evidence holds it: its name, or one's own numbers."""
    if isinstance(table, Mapping):
        return {str(n): float(index) for n, index in table.items()}
    return table


def _own(table: Mapping[int, float], n: int, owner: str) -> float:
    """Return the random index of a table that the caller gives."""
    if n < _LEAST:
        return 0.0
    if n not in table:
        listed = ", ".join(map(str, table)) or "none"
        msg = (
            f"The 'random_index' that is given to {owner} holds none for {n} criteria, only for "
            f"{listed}: add it, or take a table by its name."
        )
        raise InvalidParameterError(msg)
    return check_real(table[n], f"random_index[{n}]", owner, low=0, high=math.inf)
