"""Goods and bads below every cut that could matter: counts in cumulative form.

A cut inside a run of goods, or of bads, is never better than one at an end of the run (Fayyad
and Irani, 1992). Where the bad rate is to rise, it is best right below bads and right above goods;
where it is to fall, the other way round. So one cut for each value of the rarer class is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore.binning._counts import BinCounts, Outcomes
from creditscore.binning._partition import NumericPartition


@dataclass(frozen=True, eq=False)
class SortedClass:
    """The regular values of one class in order, with the weight below each place.

    Attributes
    ----------
    values : ndarray of shape (n,)
        Ascending; neither missing nor special.
    weight : ndarray of shape (n + 1,) or None
        Weight of the first so many values; None where each counts once.
    aside : tuple of float
        Weight of each special code, and of missing values.
    """

    values: Float1D
    weight: Float1D | None
    aside: tuple[float, ...]

    @classmethod
    def of(
        cls, values: Float1D, weights: Float1D | None, special: tuple[float, ...]
    ) -> SortedClass:
        """Sort values that nobody else holds; NaN is missing."""
        if weights is None:
            values.sort()
        else:
            # by weight within a value, so that the order of rows has no say in the sums
            order = np.lexsort((weights, values))
            values, weights = values[order], weights[order]
        aside = []
        for code in (*special, np.nan):
            first, last = np.searchsorted(values, code), np.searchsorted(values, code, side="right")
            aside.append(float(last - first if weights is None else weights[first:last].sum()))
            if last > first:
                values = np.delete(values, slice(first, last))
                weights = None if weights is None else np.delete(weights, slice(first, last))
        below = None if weights is None else np.concatenate([[0.0], np.cumsum(weights)])
        return cls(values, below, tuple(aside))

    @property
    def total(self) -> float:
        """Weight of all regular values."""
        return float(len(self.values) if self.weight is None else self.weight[-1])

    def weight_below(self, places: Int1D) -> Float1D:
        """Return the weight of the first so many values."""
        return places.astype(np.float64) if self.weight is None else self.weight.take(places)


@dataclass(frozen=True, eq=False)
class Curve:
    """Weights of two classes below each cut; the weight of both together strictly rises.

    Attributes
    ----------
    rising : ndarray of shape (n_cuts,)
        Weight below each cut of the class whose share is to rise from bin to bin.
    other : ndarray of shape (n_cuts,)
        Weight below each cut of the other class.
    n_rising, n_other : float
        Weight of all regular values.
    cut_values : callable
        From places on the curve to values of the column.
    """

    rising: Float1D
    other: Float1D
    n_rising: float
    n_other: float
    cut_values: Callable[[Int1D], Float1D]

    @property
    def weight(self) -> Float1D:
        """Weight below each cut."""
        return self.rising + self.other

    @property
    def total(self) -> float:
        """Weight of all regular values."""
        return self.n_rising + self.n_other

    def within(self, min_weight: float) -> Curve:
        """Keep the cuts that leave enough weight on both sides."""
        weight = self.weight
        least, most = min_weight * (1 - 1e-12), self.total - min_weight * (1 - 1e-12)
        first, last = np.searchsorted(weight, least), np.searchsorted(weight, most, side="right")
        first += int(first < last and weight[first] <= 0)
        last -= int(first < last and weight[last - 1] >= self.total)
        cut_values = self.cut_values
        return replace(
            self,
            rising=self.rising[first:last],
            other=self.other[first:last],
            cut_values=lambda places: cut_values(places + first),
        )

    def between(self, places: Int1D) -> tuple[Float1D, Float1D]:
        """Return the weights of both classes in the bins that the cuts at these places make."""
        rising = np.concatenate([[0.0], self.rising[places], [self.n_rising]])
        other = np.concatenate([[0.0], self.other[places], [self.n_other]])
        return np.diff(rising), np.diff(other)


@dataclass(frozen=True, eq=False)
class Boundaries:
    """The cuts of a column next to each value of its rarer class.

    Attributes
    ----------
    good, bad : SortedClass
        The two classes.
    starts, ends : ndarray of shape (n_distinct,)
        Values of the rarer class below each of its distinct values, and up to it.
    below, above : ndarray of shape (n_distinct,)
        Values of the other class below each of these, and up to it.
    """

    good: SortedClass
    bad: SortedClass
    starts: Int1D
    ends: Int1D
    below: Int1D
    above: Int1D

    @classmethod
    def of(cls, good: SortedClass, bad: SortedClass) -> Boundaries:
        """Find the cuts: O(m log n) time and O(m) memory for m values of the rarer class."""
        rare, common = (bad, good) if len(bad.values) <= len(good.values) else (good, bad)
        starts = np.flatnonzero(rare.values[1:] != rare.values[:-1]) + 1
        starts = np.concatenate([[0], starts])[: len(rare.values)]
        ends = np.append(starts[1:], len(rare.values))[: len(starts)]
        below, above = _places_in(common.values, rare.values[starts])
        return cls(good, bad, starts, ends, below, above)

    def curve(self, trend: Literal["ascending", "descending", "none"]) -> Curve:
        """Return the curve of the cuts that a trend may want."""
        good, bad = self.good, self.bad
        rare_is_bad = len(bad.values) <= len(good.values)
        rare, common = (bad, good) if rare_is_bad else (good, bad)
        if trend == "none":
            places_rare = np.column_stack([self.starts, self.ends]).ravel()
            places_common = np.column_stack([self.below, self.above]).ravel()
        elif rare_is_bad == (trend == "ascending"):
            places_rare, places_common = self.starts, self.below
        else:
            places_rare, places_common = self.ends, self.above

        def cut_values(places: Int1D) -> Float1D:
            return np.minimum(
                _value_at(rare.values, places_rare[places]),
                _value_at(common.values, places_common[places]),
            )

        weights = rare.weight_below(places_rare), common.weight_below(places_common)
        bad_below, good_below = weights if rare_is_bad else weights[::-1]
        rises = trend != "descending"
        curve = Curve(
            rising=bad_below if rises else good_below,
            other=good_below if rises else bad_below,
            n_rising=(bad if rises else good).total,
            n_other=(good if rises else bad).total,
            cut_values=cut_values,
        )
        return _strictly_rising(curve) if trend == "none" else curve


def counts_of_values(
    good: SortedClass, bad: SortedClass, special: tuple[float, ...], *, at_most: int
) -> BinCounts | None:
    """Count on a pre-bin for each distinct value, or None where there are more than `at_most`."""
    distinct = [_distinct(side.values, at_most) for side in (good, bad)]
    if distinct[0] is None or distinct[1] is None:
        return None
    cuts = np.union1d(distinct[0], distinct[1])[1:] + 0.0
    if len(cuts) >= at_most:
        return None
    partition = NumericPartition(cuts=tuple(cuts.tolist()), special_codes=special)
    counted = []
    for side in (good, bad):
        places = np.concatenate([[0], np.searchsorted(side.values, cuts), [len(side.values)]])
        counted.append(np.concatenate([np.diff(side.weight_below(places)), side.aside]))
    return BinCounts(partition, counted[0], counted[1])


def curve_of_counts(counts: BinCounts, trend: Literal["ascending", "descending", "none"]) -> Curve:
    """Make the curve of a column from its counts on fine edges."""
    partition = counts.partition
    assert isinstance(partition, NumericPartition)  # noqa: S101 - levels have no curve
    n = partition.n_regular
    good, bad = np.cumsum(counts.good[:n]), np.cumsum(counts.bad[:n])
    cuts = np.asarray(partition.cuts, dtype=np.float64)
    rising, other = (good, bad) if trend == "descending" else (bad, good)
    return _strictly_rising(
        Curve(
            rising=rising[:-1],
            other=other[:-1],
            n_rising=float(rising[-1]),
            n_other=float(other[-1]),
            cut_values=lambda places: cuts[places],
        )
    )


def sort_classes(
    values: Float1D, outcomes: Outcomes, special: tuple[float, ...]
) -> tuple[SortedClass, SortedClass]:
    """Part a column into goods and bads and sort each."""
    good, bad = (
        SortedClass.of(
            values.take(rows),
            None if outcomes.weights is None else outcomes.weights.take(rows),
            special,
        )
        for rows in (outcomes.good_rows, outcomes.bad_rows)
    )
    return good, bad


def _distinct(values: Float1D, at_most: int) -> Float1D | None:
    rises = np.flatnonzero(values[1:] != values[:-1])
    return (
        None if len(rises) >= at_most else values[np.append(rises, len(values) - 1)[: len(values)]]
    )


def _places_in(common: Float1D, values: Float1D) -> tuple[Int1D, Int1D]:
    """Count the common values below each value, and up to it."""
    below = np.searchsorted(common, values)
    above = below
    if len(common):
        shared = np.flatnonzero(common.take(below, mode="clip") == values)
        if len(shared):
            above = below.copy()
            above[shared] = np.searchsorted(common, values[shared], side="right")
    return below, above


def _value_at(values: Float1D, places: Int1D) -> Float1D:
    """Return the values at places, infinity beyond the last."""
    if not len(values):
        return np.full(len(places), np.inf)
    return np.where(places < len(values), values.take(places, mode="clip"), np.inf)


def _strictly_rising(curve: Curve) -> Curve:
    """Leave out cuts that have nothing between them and the cut before."""
    kept = np.flatnonzero(np.diff(curve.weight, prepend=-1.0) > 0)
    cut_values = curve.cut_values
    return replace(
        curve,
        rising=curve.rising[kept],
        other=curve.other[kept],
        cut_values=lambda places: cut_values(kept[places]),
    )
