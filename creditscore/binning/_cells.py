"""A numeric column counted on the cells of a fine grid: in linear time, without sorting."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.binning._counts import Outcomes

_GRID = 8_192
"""Cells of equal width that a column is first counted on."""
_SKEWED = 1 / 16
"""Where most values lie in so small a part of their range, cells are of equal ratio instead."""
_FINEST = 1 / 4_096
"""Part of the range that is added to distances, to give those near zero a logarithm."""
_SHARES = 4_096
"""Cells of equal weight that the grid comes near to where the values are crowded."""
_CROWDED = 4.0
"""A cell of several values that weighs more than so many shares is divided further."""
_DIVISIONS = 2
"""How often crowded cells are divided before their values are told apart one by one."""
_SHORT = 16_384
"""Up to so many rows, all values are told apart."""
_PRESORTED = 512
"""From so many values on, they are brought nearly in order before they are sorted."""
_PLACES = 65_000
"""Places of that order: no more than two bytes can tell apart."""
_CHUNK = 32_768
"""Rows counted together: few enough for the working memory to stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Stretches of a column's values, in order, with the outcomes in each; none is empty.

    Attributes
    ----------
    low, high : ndarray of shape (n_cells,)
        Lowest and highest value met; the same where a cell holds one value.
    good, bad : ndarray of shape (n_cells,)
        Weights.
    place : ndarray of int, shape (n_cells,)
        Place on the grid; of no meaning where a cell holds one value.
    """

    low: Float1D
    high: Float1D
    good: Float1D
    bad: Float1D
    place: Int1D

    @classmethod
    def of_values(cls, values: Float1D, outcomes: Outcomes) -> Self:
        """Make a cell of each distinct value: O(n log n), and mostly O(n)."""
        order = _ascending(values)
        values = values.take(order)
        rises = np.empty(len(values), dtype=bool)
        rises[:1] = True
        np.not_equal(values[1:], values[:-1], out=rises[1:])
        firsts = np.flatnonzero(rises)
        low = values.take(firsts)
        good, bad = outcomes.at(order).tally_runs(firsts)
        return cls(low, low, good, bad, np.zeros(len(low), dtype=np.intp))

    @property
    def weight(self) -> Float1D:
        """Weight of both classes together."""
        return self.good + self.bad

    @property
    def mixed(self) -> Bool1D:
        """Cells of several values."""
        return self.low < self.high

    def at(self, chosen: Int1D) -> Self:
        """Return some of the cells."""
        return replace(self, **{name: part.take(chosen) for name, part in self._parts().items()})

    def merge(self, other: Self) -> Self:
        """Return the cells of both in order; they must not overlap."""
        ours, theirs = self._parts(), other._parts()
        order = np.argsort(np.concatenate([self.low, other.low]), kind="stable")
        return replace(
            self, **{name: np.concatenate([ours[name], theirs[name]]).take(order) for name in ours}
        )

    def _parts(self) -> dict[str, Any]:
        return {part.name: getattr(self, part.name) for part in fields(self)}


@dataclass(frozen=True, eq=False)
class CountedColumn:
    """The regular values of a column on cells that can be looked into.

    Attributes
    ----------
    cells : Cells
        Counts.
    values : ndarray of shape (n,)
        The values; neither missing nor special.
    outcomes : Outcomes
        Of the same rows.
    places : ndarray of uint16, shape (n,)
        Place of each value on the grid; none where all values are told apart.
    """

    cells: Cells
    values: Float1D
    outcomes: Outcomes
    places: np.ndarray[tuple[int], np.dtype[np.uint16]]

    @classmethod
    def of(cls, values: Float1D, outcomes: Outcomes, low: float, high: float) -> Self:
        """Count a column of known range on cells that weigh little or hold one value.

        Notes
        -----
        The cells are of equal width, or of equal ratio, at first; where values crowd, they are
        divided, and their parts once more. O(n) time in one to three passes, memory of two bytes a
        row and a chunk; what is crowded even then is sorted.
        """
        if len(values) <= _SHORT:
            return cls(
                Cells.of_values(values, outcomes), values, outcomes, np.empty(0, dtype=np.uint16)
            )
        grid = _Grid.over(values, low, high)
        for divisions_left in reversed(range(_DIVISIONS + 1)):
            cells, places = _count(values, outcomes, grid)
            weight = cells.weight
            share = weight.sum() / _SHARES
            crowded = cells.mixed & (weight > _CROWDED * share)
            if not divisions_left or not crowded.any():
                break
            grid = grid.divided(cells.at(np.flatnonzero(crowded)), np.ceil(weight[crowded] / share))
        return cls(cells, values, outcomes, places).told_apart(np.flatnonzero(crowded))

    def told_apart(self, chosen: Int1D) -> Self:
        """Return the column with a cell for each value of the chosen cells.

        O(n) time, and O(m log m) for the m values in these cells.
        """
        chosen = chosen[self.cells.mixed[chosen]]
        if not len(chosen):
            return self
        wanted = np.zeros(np.iinfo(np.uint16).max + 1, dtype=bool)
        wanted[self.cells.place[chosen]] = True
        rows = np.flatnonzero(wanted.take(self.places))
        inside = Cells.of_values(self.values.take(rows), self.outcomes.at(rows))
        kept = np.ones(len(self.cells.low), dtype=bool)
        kept[chosen] = False
        return replace(self, cells=self.cells.at(np.flatnonzero(kept)).merge(inside))


@dataclass(frozen=True)
class _Grid:
    """A monotone map from values to places, in floating point too.

    Attributes
    ----------
    start, scale : float
        A value's cell is the whole part of ``position(value - start) · scale``.
    first_bits : int or None
        None where positions are distances; otherwise they are the bits of distances less these,
        which grow as the logarithm does.
    n_places : int
        Places.
    divisions : tuple of _Division
        Of crowded cells, and of crowded parts of them.
    """

    start: float
    scale: float
    first_bits: int | None
    n_places: int
    divisions: tuple[_Division, ...] = ()

    @classmethod
    def over(cls, values: Float1D, low: float, high: float, n_cells: int = _GRID) -> Self:
        """Divide the range of values into cells of equal width, or of equal ratio if skewed."""
        width = high - low
        scale = n_cells / width if width else np.inf
        if not 0 < scale < np.inf:
            # a range too wide or too narrow for floats is one cell
            return cls(0.0, 0.0, None, 1)
        if np.count_nonzero(values < low + width * _SKEWED) * 2 < len(values):
            return cls(low, scale, None, n_cells + 2)
        start = low - width * _FINEST
        first, last = (np.array([low, high]) - start).view(np.int64).tolist()
        return cls(start, n_cells / (last - first), first, n_cells + 2)

    def divided(self, crowded: Cells, n_parts: Float1D) -> Self:
        """Divide some cells into parts of equal width between their own ends."""
        counts = np.ones(self.n_places)
        # the highest value comes to the end of the last part, and has a place there
        counts[crowded.place] += n_parts
        firsts = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
        lows, scales = np.zeros((2, self.n_places))
        lows[crowded.place] = crowded.low
        with np.errstate(over="ignore"):
            # ends too far apart, or too near, for floats leave the cell as it is
            scale = n_parts / (crowded.high - crowded.low)
        scales[crowded.place] = np.where(np.isfinite(scale), scale, 0.0)
        division = _Division(firsts[:-1], lows, scales)
        return replace(self, n_places=int(firsts[-1]), divisions=(*self.divisions, division))

    def find(self, values: Float1D, inside: Float1D, places: Int1D) -> None:
        """Write the place of each value to `places`; `inside` is working memory of the length."""
        np.subtract(values, self.start, out=inside)
        if self.first_bits is not None:
            bits = inside.view(np.int64)
            bits -= self.first_bits
            np.copyto(inside, bits, casting="unsafe")
        inside *= self.scale
        np.copyto(places, inside, casting="unsafe")
        for division in self.divisions:
            scale = division.scales.take(places)
            divided = np.flatnonzero(scale)
            if not len(divided):
                places[:] = division.firsts.take(places)
                continue
            at = places.take(divided)
            parts = (values.take(divided) - division.lows.take(at)) * scale.take(divided)
            places[:] = division.firsts.take(places)
            places[divided] += parts.astype(np.intp)


@dataclass(frozen=True, eq=False)
class _Division:
    """Where each cell's parts start, and the low end and scale of those cells that have parts."""

    firsts: Int1D
    lows: Float1D
    scales: Float1D


def _ascending(values: Float1D) -> Int1D:
    """Return the places of values in ascending order.

    A grid brings them nearly in order, in linear time, as numbers of two bytes are sorted by
    radix; what is nearly in order takes little more. It is 3 times as fast as to sort at once.
    """
    if len(values) < _PRESORTED:
        return values.argsort()
    grid = _Grid.over(values, float(values.min()), float(values.max()), _PLACES)
    places = np.empty(len(values), dtype=np.intp)
    grid.find(values, np.empty(len(values)), places)
    order = places.astype(np.uint16).argsort(kind="stable")
    nearly = values.take(order)
    n_inverted = np.count_nonzero(nearly[1:] < nearly[:-1])
    if not n_inverted:
        return order
    if n_inverted * 4 > len(values):
        # one giant value leaves all others in few places
        return values.argsort()
    return order.take(nearly.argsort(kind="stable"))


def _count(
    values: Float1D, outcomes: Outcomes, grid: _Grid
) -> tuple[Cells, np.ndarray[tuple[int], np.dtype[np.uint16]]]:
    """Count goods and bads on a grid, a chunk of rows at a time."""
    low, high = np.full(grid.n_places, np.inf), np.full(grid.n_places, -np.inf)
    good, bad = np.zeros(grid.n_places), np.zeros(grid.n_places)
    places = np.empty(len(values), dtype=np.uint16)
    # memory that is asked for once is not cleared by the system for every chunk anew
    inside, at = np.empty(_CHUNK), np.empty(_CHUNK, dtype=np.intp)
    for start in range(0, len(values), _CHUNK):
        rows = slice(start, start + _CHUNK)
        chunk = values[rows]
        inside, at = inside[: len(chunk)], at[: len(chunk)]
        grid.find(chunk, inside, at)
        places[rows] = at
        np.minimum.at(low, at, chunk)
        np.maximum.at(high, at, chunk)
        chunk_good, chunk_bad = outcomes.at(rows).tally(at, grid.n_places, overwrite=True)
        good += chunk_good
        bad += chunk_bad
    cells = Cells(low, high, good, bad, np.arange(grid.n_places))
    return cells.at(np.flatnonzero(low <= high)), places
