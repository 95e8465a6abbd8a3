"""Goods and bads below every cut: counts in cumulative form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore.binning._cells import Cells


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
    first : int
        Cells below the first cut, less one: cut ``i`` follows cell ``first + i``.
    """

    rising: Float1D
    other: Float1D
    n_rising: float
    n_other: float
    first: int = 0

    @classmethod
    def of(cls, cells: Cells) -> Self:
        """Return the curve of the cuts between cells, the bad rate rising."""
        good, bad = np.cumsum(cells.good), np.cumsum(cells.bad)
        if not len(good):
            return cls(bad, good, 0.0, 0.0)
        return cls(bad[:-1], good[:-1], float(bad[-1]), float(good[-1]))

    def mirrored(self) -> Curve:
        """Return the curve on which the other class rises."""
        return Curve(self.other, self.rising, self.n_other, self.n_rising, self.first)

    @property
    def n_cuts(self) -> int:
        """Number of cuts."""
        return len(self.rising)

    @cached_property
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
        cuts = slice(int(first), int(last))
        before = self.first + cuts.start
        return Curve(self.rising[cuts], self.other[cuts], self.n_rising, self.n_other, before)

    def at(self, places: Int1D) -> Curve:
        """Keep some of the cuts; which cells they follow is lost."""
        return replace(self, rising=self.rising.take(places), other=self.other.take(places))

    def between(self, places: Int1D) -> tuple[Float1D, Float1D]:
        """Return the weights of both classes in the bins that the cuts at these places make."""
        return (
            _steps(self.rising.take(places), self.n_rising),
            _steps(self.other.take(places), self.n_other),
        )

    def steps(self) -> tuple[Float1D, Float1D]:
        """Return the weights of both classes between all cuts."""
        return _steps(self.rising, self.n_rising), _steps(self.other, self.n_other)

    def cells_near(self, weights: Float1D, share: float) -> Int1D:
        """Return the cells that hold, or lie within a share of the weight of, places of weight."""
        # an empty column has no cell, and so no end of one
        ends = np.append(self.weight, [self.total] if self.total else [])
        width = share * self.total
        firsts = np.searchsorted(ends, weights - width)
        lasts = np.searchsorted(ends, weights + width, side="right")
        near = np.zeros(len(ends), dtype=bool)
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            near[first : last + 1] = True
        return np.flatnonzero(near)


def below(cuts: Float1D, total: float) -> Float1D:
    """Return what lies below the start of the column, below cuts, and below its end."""
    places = np.empty(len(cuts) + 2)
    places[0], places[1:-1], places[-1] = 0.0, cuts, total
    return places


def _steps(below: Float1D, total: float) -> Float1D:
    """Return what lies between places that have so much below them, and at both ends."""
    steps = np.empty(len(below) + 1)
    steps[:-1] = below
    steps[-1] = total
    steps[1:] -= below
    return steps
