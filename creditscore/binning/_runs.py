"""Runs of pre-bins that may be a bin, with what each is worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore.binning._objective import Objective
from creditscore.binning._rounding import ROUNDING, joined, rounding_of

LEAST_GAIN = 1e-12
"""A split that adds less than this part of the objective's unit is rounding, and is not made."""
_FEW_PLACES = 130
"""Runs among so many places are kept in memory for other columns: some 10 megabytes in all."""


@dataclass(frozen=True, eq=False)
class Amounts:
    """Both amounts of a bin, below each place between pre-bins: place 0 is before the first.

    Attributes
    ----------
    first, second : ndarray of shape (n_prebins + 1,) or (n_periods, n_prebins + 1)
        Goods and bads, or weights and totals.
    """

    first: Float1D
    second: Float1D

    @classmethod
    def of(cls, first: Float1D, second: Float1D) -> Amounts:
        """Add up the amounts of pre-bins, the last axis."""
        start = np.zeros((*first.shape[:-1], 1))
        return cls(
            np.concatenate([start, np.cumsum(first, axis=-1)], axis=-1),
            np.concatenate([start, np.cumsum(second, axis=-1)], axis=-1),
        )

    @cached_property
    def rounding(self) -> float:
        """Part of a level up to which it is the same as another."""
        return rounding_of(self.first, self.second)

    def between(self, start: Int1D | int, end: Int1D | int) -> tuple[Float1D, Float1D]:
        """Return the amounts from place to place; what is left of cancelled fractions is 0."""
        return _difference(self.first, start, end), _difference(self.second, start, end)

    def between_all(self) -> tuple[Float2D, Float2D]:
        """Return the amounts from each place to each: start by end, the last two axes."""
        first, second = (
            _cleared(below[..., None, :] - below[..., :, None], below)
            for below in (self.first, self.second)
        )
        return first, second


@dataclass(frozen=True, eq=False)
class Rules:
    """What a run of pre-bins must keep to be a bin; see :class:`BinConstraints`.

    Attributes
    ----------
    min_weight, max_weight : float
        Least and most weight.
    min_first, min_second : float
        Least amount of goods, and of bads.
    fixed, forbidden, preferred : ndarray of bool, shape (n_prebins + 1,), or None
        Places that no run may straddle; where none may start or end; that earn the bonus.
    bonus : float
        Earned by a run that starts at a preferred place.
    penalty : float
        Taken for each unit of a run's squared share of the weight of all pre-bins.
    periods : Amounts or None
        Of each period, where runs must be large enough in all of them.
    min_period_weight : ndarray of shape (n_periods,) or None
        Least weight in each period.
    """

    min_weight: float = 0.0
    max_weight: float = np.inf
    min_first: float = 0.0
    min_second: float = 0.0
    fixed: Bool1D | None = None
    forbidden: Bool1D | None = None
    preferred: Bool1D | None = None
    bonus: float = 0.0
    penalty: float = 0.0
    periods: Amounts | None = None
    min_period_weight: Float1D | None = None


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of pre-bins from place `start` to place `end` that may be a bin.

    Attributes
    ----------
    start, end : ndarray of int, shape (n_runs,)
        Places.
    value : ndarray of shape (n_runs,)
        What each adds to the objective, less :data:`LEAST_GAIN` so that of equal solutions the
        one of fewer bins is better.
    level : ndarray of shape (n_runs,)
        Bad rate or mean, one number for those that differ by rounding.
    n_prebins : int
        Number of pre-bins.
    """

    start: Int1D
    end: Int1D
    value: Float1D
    level: Float1D
    n_prebins: int

    @classmethod
    def none(cls, n_prebins: int) -> Runs:
        """Return no run at all."""
        places, numbers = np.empty(0, dtype=np.intp), np.empty(0)
        return cls(places, places, numbers, numbers, n_prebins)

    def at(self, chosen: Int1D | Bool1D) -> Runs:
        """Return some of the runs, in that order."""
        return Runs(
            self.start[chosen],
            self.end[chosen],
            self.value[chosen],
            self.level[chosen],
            self.n_prebins,
        )

    def square(self, part: Float1D, empty: float) -> Float2D:
        """Return a part of the runs as a matrix of start by end, `empty` where no run is."""
        matrix = np.full((self.n_prebins + 1, self.n_prebins + 1), empty)
        matrix[self.start, self.end] = part
        return matrix


def admitted_runs(amounts: Amounts, objective: Objective, rules: Rules) -> Runs:
    """Return the runs that may be a bin, by start and within it by end: O(n²) for n pre-bins."""
    n_places = amounts.first.shape[-1]
    start, end = _all_runs(n_places)
    first, second = amounts.between(start, end)
    weight = objective.weight(first, second)
    keep = (weight > 0) & (weight >= rules.min_weight * (1 - ROUNDING))
    if rules.max_weight < np.inf:
        keep &= weight <= rules.max_weight * (1 + ROUNDING)
    if rules.min_first or rules.min_second:
        keep &= first >= rules.min_first * (1 - ROUNDING)
        keep &= second >= rules.min_second * (1 - ROUNDING)
    if rules.fixed is not None or rules.forbidden is not None:
        keep &= _placed(start, end, rules)
    if rules.periods is not None:
        keep &= _in_every_period(start, end, objective, rules)
    start, end, weight = start[keep], end[keep], weight[keep]
    first, second = first[keep], second[keep]
    value = objective.parts(first, second) - LEAST_GAIN * objective.unit
    if rules.penalty:
        value -= rules.penalty * (weight / _total(amounts, objective)) ** 2
    if rules.preferred is not None:
        value += rules.bonus * rules.preferred[start]
    level = joined(objective.level(first, second), amounts.rounding)
    return Runs(start, end, value, level, n_places - 1)


def _placed(start: Int1D, end: Int1D, rules: Rules) -> Bool1D:
    """Tell which runs start and end where they may."""
    keep = np.ones(len(start), dtype=bool)
    if rules.fixed is not None:
        passed = np.cumsum(rules.fixed)
        keep &= passed[end - 1] == passed[start]
    if rules.forbidden is not None:
        keep &= ~(rules.forbidden[start] | rules.forbidden[end])
    return keep


def _in_every_period(start: Int1D, end: Int1D, objective: Objective, rules: Rules) -> Bool1D:
    assert rules.periods is not None  # noqa: S101 - this is what the caller saw
    assert rules.min_period_weight is not None  # noqa: S101 - given with the periods
    keep = np.ones(len(start), dtype=bool)
    for first, second, least in zip(
        rules.periods.first, rules.periods.second, rules.min_period_weight, strict=True
    ):
        weight = objective.weight(*Amounts(first, second).between(start, end))
        keep &= (weight > 0) & (weight >= least * (1 - ROUNDING))
    return keep


def _total(amounts: Amounts, objective: Objective) -> float:
    return float(objective.weight(amounts.first[-1:], amounts.second[-1:])[0])


def _all_runs(n_places: int) -> tuple[Int1D, Int1D]:
    """Return start and end of every run, by start."""
    return _few_runs(n_places) if n_places <= _FEW_PLACES else _make_runs(n_places)


@lru_cache(maxsize=_FEW_PLACES)
def _few_runs(n_places: int) -> tuple[Int1D, Int1D]:
    """Return the runs of few pre-bins, which thousands of columns ask for again and again."""
    return _make_runs(n_places)


def _make_runs(n_places: int) -> tuple[Int1D, Int1D]:
    start = np.repeat(np.arange(n_places), np.arange(n_places - 1, -1, -1))
    # the first run from each place ends one place on, and every other one further
    firsts = np.cumsum(np.arange(n_places - 1, -1, -1)) - np.arange(n_places - 1, -1, -1)
    end = np.arange(len(start)) - firsts[start] + start + 1
    return start, end


def _difference(below: Float1D, start: Int1D | int, end: Int1D | int) -> Float1D:
    return _cleared(below[..., np.atleast_1d(end)] - below[..., np.atleast_1d(start)], below)


def _cleared(amount: Float1D, below: Float1D) -> Float1D:
    """Set to 0 what is left of cancelled fractions."""
    amount[np.abs(amount) < ROUNDING * np.abs(below).max()] = 0.0
    return amount
