"""Pre-bin edges of a numeric column, from a sample that does not depend on row order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from creditscore._typing import Bool1D, Float1D
from creditscore.exceptions import IncompatibleCountsError

CAPACITY = 200_000
"""Distinct values that a sample keeps: measured to move a rank by some 0.003 at the most."""


@dataclass(frozen=True, eq=False)
class EdgeSample:
    """Distinct values of a column with their weights: all of them, or a fair sample.

    A value is kept when its hash begins with `level` zero bits; the level is the lowest at which
    no more than `capacity` values stay. Which values are kept hence depends on the set of values
    alone: not on their order, and not on how they were split into batches.

    Attributes
    ----------
    values : ndarray of shape (n_kept,)
        Distinct, ascending.
    weights : ndarray of shape (n_kept,)
        Total weight of each value, exact (to rounding, where weights are not whole numbers).
    level : int
        0 when every value is kept; each level halves the sample.
    capacity : int
        Most values kept.

    Notes
    -----
    O(n log n) for n up to the capacity, O(n) beyond; memory of the kept values and three arrays
    of n.

    Beyond the capacity a value is kept or not whatever it weighs, and ranks hold for the values
    kept: one that weighs much and is missed shares its pre-bin with its neighbours. Counts on the
    edges show such a pre-bin, and a second sample of its values alone divides it. The encoder
    does not sample: it counts columns in memory on cells.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import EdgeSample
    >>> first = EdgeSample.from_values(np.arange(0.0, 500.0))
    >>> second = EdgeSample.from_values(np.arange(500.0, 1000.0))
    >>> first.merge(second).edges(max_n_prebins=4)
    array([250., 500., 750.])
    """

    values: Float1D
    weights: Float1D
    level: int = 0
    capacity: int = CAPACITY

    @classmethod
    def from_values(
        cls, values: Float1D, weights: Float1D | None = None, *, capacity: int = CAPACITY
    ) -> Self:
        """Sample a batch of finite values; weights are 1 unless given."""
        values = values + 0.0  # -0.0 and 0.0 are one value
        if len(values) <= capacity:
            return cls(*_distinct(values, weights), 0, capacity)
        hashes = _hash(values)
        level = max(0, int(np.ceil(np.log2(len(values) / capacity))) - 1)
        while True:
            kept = _passes(hashes, level)
            sample = cls(
                *_distinct(values[kept], None if weights is None else weights[kept]),
                level,
                capacity,
            )
            if level == 0 or len(sample.values) > capacity:
                return sample.thinned()
            level -= 1

    def merge(self, other: EdgeSample) -> EdgeSample:
        """Return the sample of both batches together."""
        if self.capacity != other.capacity:
            msg = (
                "Samples of different capacity cannot be merged. Got "
                f"{self.capacity} and {other.capacity}."
            )
            raise IncompatibleCountsError(msg)
        level = max(self.level, other.level)
        first, second = self._at_level(level), other._at_level(level)
        values, weights = _distinct(
            np.concatenate([first.values, second.values]),
            np.concatenate([first.weights, second.weights]),
        )
        return EdgeSample(values, weights, level, self.capacity).thinned()

    def edges(self, max_n_prebins: int) -> Float1D:
        """Cut the values into pre-bins of about equal weight.

        Each distinct value is a pre-bin of its own where they are few. Otherwise a value that
        alone weighs a fair share or more gets its own pre-bin, and the others fill the stretches
        between such values evenly.

        Parameters
        ----------
        max_n_prebins : int
            Pre-bins aimed at; up to twice as many where heavy values break the line often.

        Returns
        -------
        ndarray of shape (n_prebins - 1,)
            Ascending values of the column: a pre-bin holds edge[i - 1] <= x < edge[i].
        """
        if len(self.values) <= max_n_prebins:
            return self.values[1:]
        heavy = self.weights >= self.weights.sum() / max_n_prebins
        light = np.where(heavy, 0.0, self.weights)
        if not light.any():
            return self.values[1:]
        slots = max(1, max_n_prebins - int(heavy.sum()))
        middle = np.cumsum(light) - 0.5 * light
        # the small addition keeps rounding of fractional weights from moving a slot's end
        slot = np.floor(middle * (slots / light.sum()) + 1e-9).astype(np.int64)
        starts: Bool1D = (np.diff(slot) > 0) | heavy[1:] | heavy[:-1]
        return self.values[1:][starts]

    def thinned(self) -> Self:
        """Raise the level until no more than the capacity is kept."""
        sample = self
        while len(sample.values) > sample.capacity:
            kept = _passes(_hash(sample.values), sample.level + 1)
            sample = replace(
                sample,
                values=sample.values[kept],
                weights=sample.weights[kept],
                level=sample.level + 1,
            )
        return sample

    def _at_level(self, level: int) -> EdgeSample:
        if level == self.level:
            return self
        kept = _passes(_hash(self.values), level)
        return replace(self, values=self.values[kept], weights=self.weights[kept], level=level)


def _distinct(values: Float1D, weights: Float1D | None) -> tuple[Float1D, Float1D]:
    """Sort and add up; weights are added in ascending order, so that row order has no say."""
    if weights is None:
        ordered, added = np.sort(values), None
    else:
        order = np.lexsort((weights, values))
        ordered, added = values[order], weights[order]
    if not len(ordered):
        return ordered, ordered
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if added is None:
        return ordered[starts], np.diff(np.append(starts, len(ordered))).astype(np.float64)
    return ordered[starts], np.add.reduceat(added, starts)


def _hash(values: Float1D) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Mix the bits of each value; two rounds of multiply and shift spread near values apart."""
    bits = values.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(32)
    bits *= np.uint64(0xD6E8FEB86659FD93)
    bits ^= bits >> np.uint64(32)
    bits *= np.uint64(0xD6E8FEB86659FD93)
    return bits


def _passes(
    hashes: np.ndarray[tuple[int], np.dtype[np.uint64]], level: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if level == 0:
        return np.ones(len(hashes), dtype=bool)
    return hashes < np.uint64(1 << (64 - level))
