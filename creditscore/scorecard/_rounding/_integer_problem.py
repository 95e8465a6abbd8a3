"""Whole points as a problem: which distances between points are rounded up, and which down.

Whatever is added to all points of a characteristic and taken from the base points changes no
score. So the points of the most frequent attribute of each characteristic stand for zero, and the
distance of each other attribute from it is rounded to one of the two whole numbers beside it. The
constant of the card is a whole number too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from creditscore._typing import Float1D, Int1D
from creditscore.scorecard._rounding._levels import Levels
from creditscore.scorecard._rounding._patterns import Patterns

_SAME = 1e-9
"""Units up to which a distance is whole but for rounding."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Which distances are rounded up (1) and which down (0), and the constant in whole units."""

    up: Int1D
    constant: int


@dataclass(frozen=True, eq=False)
class Problem:
    """Choose so that the weighted sum of what scores are off by is as small as can be.

    Attributes
    ----------
    design : sparse array of shape (n_patterns, n_free)
        How much of each level that is rounded is in the score of each pattern.
    fraction : ndarray of shape (n_free,)
        Exact distance from the reference, less the whole number below it.
    floor : ndarray of int of shape (n_free,)
        That whole number.
    constant : float
        Exact score of a pattern of references.
    weights : ndarray of shape (n_patterns,)
        What one unit off costs.
    above, below : ndarray of int of shape (n_free,)
        Next higher and lower level between the same whole numbers, or -1: a level is rounded up
        only if the one above is, so that the order stays.
    owner, level : ndarray of int of shape (n_free,)
        Characteristic and level of each column.
    references : ndarray of int of shape (n_characteristics,)
        Level of each characteristic that stands for zero.
    """

    design: Any
    fraction: Float1D
    floor: Int1D
    constant: float
    weights: Float1D
    above: Int1D
    below: Int1D
    owner: Int1D
    level: Int1D
    references: Int1D

    def off(self, choice: Choice) -> Float1D:
        """Return by how many units the score of each pattern is off."""
        shift = choice.constant - self.constant
        return np.asarray(self.design @ (choice.up - self.fraction) + shift, dtype=np.float64)

    def value(self, choice: Choice) -> float:
        """Return the weighted sum of what scores are off by."""
        return float(self.weights @ np.abs(self.off(choice)))

    def whole_scores(self) -> tuple[Int1D, Float1D]:
        """Return the patterns whose rounded scores are whole, and the exact ones' parts of one."""
        entries = self.design.tocoo()
        between = np.bincount(entries.row, weights=entries.data != 1, minlength=len(self.weights))
        rows = np.flatnonzero(between == 0)
        # the reference has no column, and where it has a part only, another level has the rest
        exact = self.constant + self.design @ (self.floor + self.fraction)
        return rows, np.asarray(exact - np.floor(exact), dtype=np.float64)[rows]

    def some(self, n: int, order: Float1D) -> tuple[Problem, Int1D]:
        """Return the problem of at most `n` patterns that stand for all, and which they are.

        They are taken at equal steps of the weight, along the order given.
        """
        if len(self.weights) <= n:
            return self, np.arange(len(self.weights))
        along = np.argsort(order, kind="stable")
        reached = np.cumsum(self.weights[along])
        middle = (np.arange(n) + 0.5) / n * reached[-1]
        taken, times = np.unique(np.searchsorted(reached, middle), return_counts=True)
        rows = along[np.minimum(taken, len(along) - 1)]
        weights = times * (reached[-1] / n)
        return replace(self, design=self.design[rows], weights=weights), rows


def problem_of(
    patterns: Patterns, levels: Sequence[Levels], base: float, costs: Float1D
) -> Problem:
    """State the problem for patterns whose unit off costs so much."""
    columns: list[Int1D] = []
    references: list[int] = []
    owner: list[int] = []
    level: list[int] = []
    for place, of_one in enumerate(levels):
        mass = _mass(patterns, place, len(of_one.values))
        reference = int(mass.argmax())
        free = np.flatnonzero((mass > 0) & (np.arange(len(mass)) != reference))
        column = np.full(len(mass), -1, dtype=np.intp)
        column[free] = len(owner) + np.arange(len(free))
        columns.append(column)
        references.append(reference)
        owner += [place] * len(free)
        level += free.tolist()
    apart = np.array(
        [levels[j].values[k] - levels[j].values[references[j]]
         for j, k in zip(owner, level, strict=True)], dtype=np.float64
    )  # fmt: skip
    floor = np.floor(apart + _SAME)
    fraction = np.where(apart - floor > _SAME, apart - floor, 0.0)
    # neighbours in this order are neighbours of one characteristic, from lower to higher points
    beside = (np.diff(owner) == 0) & (np.diff(floor) == 0) if owner else np.zeros(0, dtype=bool)
    n = len(owner)
    above, below = np.full(n, -1, dtype=np.intp), np.full(n, -1, dtype=np.intp)
    above[:-1][beside] = np.flatnonzero(beside) + 1
    below[1:][beside] = np.flatnonzero(beside)
    return Problem(
        _design(patterns, columns, n),
        fraction,
        floor.astype(np.intp),
        base + sum(float(of.values[k]) for of, k in zip(levels, references, strict=True)),
        costs,
        above,
        below,
        np.array(owner, dtype=np.intp),
        np.array(level, dtype=np.intp),
        np.array(references, dtype=np.intp),
    )


def choice_of(problem: Problem, wholes: Sequence[Int1D], base: int) -> Choice:
    """Return the choice that whole points of all levels come to."""
    zero = [int(whole[k]) for whole, k in zip(wholes, problem.references, strict=True)]
    apart = np.array(
        [wholes[j][k] - zero[j] for j, k in zip(problem.owner, problem.level, strict=True)],
        dtype=np.intp,
    )
    up = np.clip(apart - problem.floor, 0, 1)
    return Choice(np.where(problem.fraction > 0, up, 0), base + sum(zero))


def _mass(patterns: Patterns, place: int, n_levels: int) -> Float1D:
    """Return how many rows lie at each level of a characteristic."""
    along = patterns.along[:, place]
    mass = np.zeros(n_levels)
    for level, part in ((patterns.start, 1 - along), (patterns.end, along)):
        mass += np.bincount(level[:, place], weights=patterns.weights * part, minlength=n_levels)
    return mass


def _design(patterns: Patterns, columns: Sequence[Int1D], n_free: int) -> Any:
    rows: list[Int1D] = []
    places: list[Int1D] = []
    parts: list[Float1D] = []
    for place, column in enumerate(columns):
        along = patterns.along[:, place]
        for level, part in ((patterns.start, 1 - along), (patterns.end, along)):
            at = column[level[:, place]]
            kept = np.flatnonzero((at >= 0) & (part > 0))
            rows.append(kept)
            places.append(at[kept])
            parts.append(part[kept])
    where = (np.concatenate(rows), np.concatenate(places))
    return sparse.coo_array((np.concatenate(parts), where), (len(patterns), n_free)).tocsr()
