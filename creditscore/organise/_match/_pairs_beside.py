"""Pairs of records that are no candidates: how many of them agree, and how far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore.organise._match._blocking import CandidatePairs
from creditscore.organise._match._levels import LEVELS, MISSING, NAME, compare_records
from creditscore.organise._match._records import Records, Texts

_DRAWN = 200_000
_COLUMNS = {"address": ("address", "address_zh")}
"""Columns of a field that is not of one column of its own name."""


def pairs_beside(
    records: Records, pairs: CandidatePairs, random_state: int
) -> tuple[list[Float1D], int]:
    """Return by field how many pairs that are no candidates are of each level, and of how many.

    Those of the best level are counted by their values, except of names; those of the levels below
    in all pairs, or in 200,000 drawn by chance from the records in the order of their texts, so
    that the order of the table is nothing to them.
    """
    n, n_possible = len(records), pairs.n_possible
    left, right = _drawn(records, n, random_state)
    n_drawn = len(left)
    known = np.isin(left * n + right, pairs.left * n + pairs.right, assume_unique=False)
    levels = compare_records(records, left[~known], right[~known]).levels
    found: list[Float1D] = []
    for place, (field, names) in enumerate(LEVELS.items()):
        there = levels[:, place][levels[:, place] != MISSING]
        counts = np.asarray(np.bincount(there, minlength=len(names)) * (n_possible / n_drawn))
        columns = [records[column] for column in _COLUMNS.get(field, (field,))]
        counts[-1] = 0.0 if place == NAME else _equal(columns, pairs.left, pairs.right)
        found.append(counts)
    return found, n_drawn


def _drawn(records: Records, n: int, random_state: int) -> tuple[Int1D, Int1D]:
    if n * (n - 1) // 2 <= _DRAWN:
        left, right = np.triu_indices(n, 1)
        return left, right
    rows = list(zip(*records.texts.values(), strict=True))
    order = np.array(sorted(range(n), key=rows.__getitem__), dtype=np.intp)
    random = np.random.default_rng(random_state)
    one = random.integers(0, n, _DRAWN)
    # another record than the first
    other = order[(one + random.integers(1, n, _DRAWN)) % n]
    return np.minimum(order[one], other), np.maximum(order[one], other)


def _equal(columns: list[Texts], left: Int1D, right: Int1D) -> int:
    """Return how many pairs beside candidates have an equal value in any of the columns."""
    total = sum(_pairs_of(column.tolist()) for column in columns)
    equal = [(column[left] == column[right]) & (column[left] != "") for column in columns]
    if len(columns) > 1:
        both = zip(*(column.tolist() for column in columns), strict=True)
        total -= _pairs_of(values for values in both if all(values))
    return total - int(np.any(equal, axis=0).sum())


def _pairs_of(values: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for value, count in Counter(values).items() if value)
