"""Goods and bads on a fixed partition: values that can be updated and added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D, Level
from creditscore.binning._partition import Partition
from creditscore.exceptions import IncompatibleCountsError


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcome of each row, made ready for counting many columns.

    Attributes
    ----------
    is_bad : ndarray of bool, shape (n_rows,)
        Who is bad.
    weights : ndarray of shape (n_rows,) or None
        Frequencies, more than zero, whose sums are exact in any order; None where every row
        counts once.
    periods : ndarray of int, shape (n_rows,), or None
        Period of each row, from 0; None where there are none.
    n_periods : int
        Number of periods.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import Outcomes
    >>> outcomes = Outcomes.of(np.array([True, False, False]))
    >>> good, bad = outcomes.tally(np.array([0, 0, 1]), n_codes=2)
    >>> good.tolist(), bad.tolist()
    ([1.0, 1.0], [1.0, 0.0])
    """

    is_bad: Bool1D
    weights: Float1D | None
    periods: Int1D | None = None
    n_periods: int = 0

    @classmethod
    def of(
        cls,
        is_bad: Bool1D,
        weights: Float1D | None = None,
        periods: Int1D | None = None,
        n_periods: int = 0,
    ) -> Self:
        """Prepare outcomes and weights.

        Weights are rounded to multiples of a power of two so small that it changes none by more
        than a 10¹⁵th of their sum, and that sums of them need no rounding: what a row counts for
        does not depend on its neighbours. Whole numbers stay what they are.
        """
        exact = None if weights is None else _summable(weights)
        return cls(is_bad, exact, periods, n_periods)

    def at(self, rows: slice | Int1D | Bool1D) -> Outcomes:
        """Return the outcomes of some rows."""
        weights = None if self.weights is None else _taken(self.weights, rows)
        periods = None if self.periods is None else _taken(self.periods, rows)
        return Outcomes(_taken(self.is_bad, rows), weights, periods, self.n_periods)

    def timeless(self) -> Outcomes:
        """Return the outcomes without periods."""
        return Outcomes(self.is_bad, self.weights)

    def totals(self) -> tuple[float, float]:
        """Return the goods and the bads."""
        if self.weights is None:
            bad = float(np.count_nonzero(self.is_bad))
            return len(self.is_bad) - bad, bad
        return float(self.weights[~self.is_bad].sum()), float(self.weights[self.is_bad].sum())

    def tally(
        self, codes: Int1D, n_codes: int, *, overwrite: bool = False
    ) -> tuple[Float1D, Float1D]:
        """Return goods and bads of each code; `overwrite` lends the codes as working memory."""
        by_class = np.multiply(codes, 2, out=codes if overwrite else None)
        by_class += self.is_bad
        tally = np.bincount(by_class, self.weights, minlength=2 * n_codes)
        return tally[::2].astype(np.float64), tally[1::2].astype(np.float64)

    def tally_runs(self, firsts: Int1D) -> tuple[Float1D, Float1D]:
        """Return goods and bads of runs of rows, told by the first row of each, from row 0 on."""
        n_rows = len(self.is_bad)
        bad = self.is_bad.astype(np.float64)
        if self.weights is not None:
            bad *= self.weights
        if len(firsts) == n_rows:
            # each row by itself
            return (1.0 if self.weights is None else self.weights) - bad, bad
        bad = np.add.reduceat(bad, firsts) if n_rows else bad
        if self.weights is not None:
            return np.add.reduceat(self.weights, firsts) - bad, bad
        return np.diff(firsts, append=n_rows) - bad, bad

    def tally_by_period(self, codes: Int1D, n_codes: int) -> tuple[Float2D, Float2D]:
        """Return goods and bads of each code in each period, shape (n_periods, n_codes)."""
        assert self.periods is not None  # noqa: S101 - asked for where there are periods only
        cells = self.n_periods * n_codes
        good, bad = self.tally(self.periods * n_codes + codes, cells, overwrite=True)
        shape = (self.n_periods, n_codes)
        return good.reshape(shape), bad.reshape(shape)


def _taken(values: Any, rows: slice | Int1D | Bool1D) -> Any:
    """Return some entries; places are taken in a fraction of the time that an index needs."""
    places = isinstance(rows, np.ndarray) and rows.dtype != np.bool_
    return values.take(rows) if places else values[rows]


def _summable(weights: Float1D) -> Float1D:
    """Round weights to multiples of a unit of which their sum holds fewer than 2⁵²."""
    # sorted, so that the order of rows has no say in the sum
    unit = 2.0 ** (np.ceil(np.log2(max(np.sort(weights).sum(), 1e-307))) - 51)
    return np.where(weights > 0, np.maximum(np.rint(weights / unit), 1.0) * unit, 0.0)


@dataclass(frozen=True, eq=False)
class BinCounts:
    """Goods and bads of each attribute of a partition.

    Counts of two batches add up to the counts of both, in any order: exactly for whole-number
    weights, to rounding for others. Memory does not depend on the number of rows.

    Attributes
    ----------
    partition : Partition
        Edges or groups, special codes, missing.
    good, bad : ndarray of shape (partition.n_codes,)
        Counts (weights) of each attribute.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import BinCounts, NumericPartition, Outcomes
    >>> ages = NumericPartition(cuts=(30.0,))
    >>> codes = ages.codes_of(np.array([25.0, 41.0, 52.0]))
    >>> first = BinCounts.from_codes(ages, codes, Outcomes.of(np.array([True, False, False])))
    >>> both = first.merge(first)
    >>> both.good.tolist(), both.bad.tolist()
    ([0.0, 4.0, 0.0], [2.0, 0.0, 0.0])
    """

    partition: Partition
    good: Float1D
    bad: Float1D

    @classmethod
    def empty(cls, partition: Partition) -> BinCounts:
        """Start from nothing."""
        return cls(partition, np.zeros(partition.n_codes), np.zeros(partition.n_codes))

    @classmethod
    def from_codes(cls, partition: Partition, codes: Int1D, outcomes: Outcomes) -> BinCounts:
        """Count one batch of attribute codes."""
        return cls(partition, *outcomes.tally(codes, partition.n_codes))

    def update(self, codes: Int1D, outcomes: Outcomes) -> BinCounts:
        """Return these counts with one batch more."""
        return self.merge(BinCounts.from_codes(self.partition, codes, outcomes))

    def merge(self, other: BinCounts) -> BinCounts:
        """Return the counts of both; they must stand on the same partition."""
        if self.partition != other.partition:
            msg = (
                "Counts can be merged on equal edges, groups and special codes only. Make the "
                "edges once, then count every batch on them."
            )
            raise IncompatibleCountsError(msg)
        return BinCounts(self.partition, self.good + other.good, self.bad + other.bad)


@dataclass(frozen=True)
class LevelCounts:
    """Goods and bads of each level of a categorical column, before levels are grouped.

    Attributes
    ----------
    good, bad : dict of level to float
        Counts (weights) by level, in the order in which the levels were given; levels that a
        second batch adds come last.
    missing : tuple of float
        Goods and bads without a value.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import LevelCounts, Outcomes
    >>> outcomes = Outcomes.of(np.array([True, False, False]))
    >>> counts = LevelCounts.from_codes(np.array([0, 1, -1]), ("rent", "own"), outcomes)
    >>> counts.merge(counts).bad, counts.missing
    ({'rent': 2.0, 'own': 0.0}, (1.0, 0.0))
    """

    good: dict[Level, float]
    bad: dict[Level, float]
    missing: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def from_codes(cls, codes: Int1D, levels: tuple[Level, ...], outcomes: Outcomes) -> LevelCounts:
        """Count one batch; -1 is missing, levels without weight are left out."""
        good, bad = outcomes.tally(codes + 1, len(levels) + 1, overwrite=True)
        kept = np.flatnonzero(good[1:] + bad[1:] > 0)
        held = levels if len(kept) == len(levels) else [levels[i] for i in kept.tolist()]
        return cls(
            dict(zip(held, good[1:][kept].tolist(), strict=True)),
            dict(zip(held, bad[1:][kept].tolist(), strict=True)),
            (float(good[0]), float(bad[0])),
        )

    def merge(self, other: LevelCounts) -> LevelCounts:
        """Return the counts of both batches together; either may hold levels of its own."""
        levels: dict[Level, Any] = {**self.good, **other.good}
        return LevelCounts(
            {level: self.good.get(level, 0.0) + other.good.get(level, 0.0) for level in levels},
            {level: self.bad.get(level, 0.0) + other.bad.get(level, 0.0) for level in levels},
            (self.missing[0] + other.missing[0], self.missing[1] + other.missing[1]),
        )
