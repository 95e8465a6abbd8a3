"""Which bin may follow which: the trend, bounds on the step, the test between neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr

from creditscore._typing import Bool2D, Float1D, Float2D, Int1D
from creditscore.binning._objective import Objective
from creditscore.binning._rounding import ROUNDING
from creditscore.binning._runs import Amounts

Step: TypeAlias = Literal["rise", "fall", "either"]

_MOST_LEVELS = 2_000_000
"""Levels of runs by period that are worked out together: 16 megabytes."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The relation of neighbouring runs.

    Attributes
    ----------
    levels : ndarray of shape (n_prebins + 1, n_prebins + 1)
        Bad rate or mean of each run, by start and end.
    amounts : Amounts
        Of the whole sample.
    objective : Objective
        Says what the level of a run is.
    min_difference : float
        Least difference of levels.
    min_ratio, max_ratio : float or None
        Least and greatest ratio of the higher level to the lower; for levels that are no less
        than zero.
    max_p_value : float or None
        Highest p-value of a test that the levels are one.
    squares : ndarray of shape (n_prebins + 1,) or None
        Sums of squares of a target that is an amount, below each place; without them the target
        is binary.
    periods : Amounts or None
        Of each period, in which levels must not move against the step of the whole sample.
    """

    levels: Float2D
    amounts: Amounts
    objective: Objective
    min_difference: float = 0.0
    min_ratio: float | None = None
    max_ratio: float | None = None
    max_p_value: float | None = None
    squares: Float1D | None = None
    periods: Amounts | None = None

    def meet(self, starts: Int1D, place: int, ends: Int1D) -> Meeting:
        """Return the runs that end at a place, and those that start there."""
        return Meeting(self, starts, place, ends)

    def levels_before(self, starts: Int1D, place: int) -> Float2D:
        """Return the level in each period of runs to a place, shape (n_periods, n_left)."""
        if self._levels_by_period is not None:
            return np.take(self._levels_by_period[:, :, place], starts, axis=1)
        return self._period_levels(starts, place)

    def levels_behind(self, place: int, ends: Int1D) -> Float2D:
        """Return the level in each period of runs from a place, shape (n_periods, n_right)."""
        if self._levels_by_period is not None:
            return np.take(self._levels_by_period[:, place], ends, axis=1)
        return self._period_levels(place, ends)

    def _period_levels(self, start: Int1D | int, end: Int1D | int) -> Float2D:
        assert self.periods is not None  # noqa: S101 - asked for where there are periods only
        level: Float2D = self.objective.level(*self.periods.between(start, end))
        return level

    @cached_property
    def _levels_by_period(self) -> npt.NDArray[np.float64] | None:
        """Levels of all runs in each period, by start and end, where they are few enough."""
        periods = self.periods
        if periods is None or periods.first.size * len(self.levels) > _MOST_LEVELS:
            return None
        with np.errstate(divide="ignore", invalid="ignore"):
            # runs without a row in a period are no bins, nor are those that end before they start
            levels: npt.NDArray[np.float64] = self.objective.level(*periods.between_all())
        return levels


@dataclass(frozen=True, eq=False)
class Meeting:
    """Runs that end at a place, and runs that start there: which may follow which.

    Attributes
    ----------
    neighbours : Neighbours
        What is asked of them.
    starts : ndarray of int, shape (n_left,)
        Where the runs that end at the place start.
    place : int
        The place.
    ends : ndarray of int, shape (n_right,)
        Where the runs that start at the place end.
    """

    neighbours: Neighbours
    starts: Int1D
    place: int
    ends: Int1D

    def may(self, step: Step) -> Bool2D:
        """Tell where the level may rise, or fall, or either, shape (n_right, n_left)."""
        if step == "rise":
            return self._rising
        if step == "fall":
            return self._falling
        return self._rising | self._falling

    @cached_property
    def _difference(self) -> Float2D:
        levels = self.neighbours.levels
        difference: Float2D = np.subtract.outer(
            levels[self.place].take(self.ends), levels[:, self.place].take(self.starts)
        )
        return difference

    @cached_property
    def _rising(self) -> Bool2D:
        rising = self._steep(self._difference)
        if self._by_period is not None:
            earlier, later = self._by_period
            rising &= (later >= earlier - self._slack).all(axis=0)
        return rising

    @cached_property
    def _falling(self) -> Bool2D:
        falling = self._steep(-self._difference)
        if self._by_period is not None:
            earlier, later = self._by_period
            falling &= (later <= earlier + self._slack).all(axis=0)
        return falling

    def _steep(self, rise: Float2D) -> Bool2D:
        """Tell which rises are enough, and no chance."""
        steep: Bool2D = rise > 0
        if self.neighbours.min_difference:
            steep &= rise >= self.neighbours.min_difference * (1 - ROUNDING)
        for admitted in (self._in_ratio, self._distinct):
            if admitted is not None:
                steep &= admitted
        return steep

    @cached_property
    def _in_ratio(self) -> Bool2D | None:
        """Which levels have a ratio within the bounds; None where there are none."""
        asked = self.neighbours
        if asked.min_ratio is None and asked.max_ratio is None:
            return None
        before = asked.levels[:, self.place].take(self.starts)
        behind = asked.levels[self.place].take(self.ends)
        low, high = np.minimum.outer(behind, before), np.maximum.outer(behind, before)
        admitted: Bool2D = np.ones(low.shape, dtype=bool)
        # multiplied rather than divided, as the lower level may be zero
        if asked.min_ratio is not None:
            admitted &= high >= asked.min_ratio * low * (1 - ROUNDING)
        if asked.max_ratio is not None:
            admitted &= high <= asked.max_ratio * low * (1 + ROUNDING)
        return admitted

    @cached_property
    def _slack(self) -> Float2D | float:
        """Up to what difference levels of a period are the same."""
        assert self.neighbours.periods is not None  # noqa: S101 - asked where there are periods
        assert self._by_period is not None  # noqa: S101 - as there are periods
        rounding = self.neighbours.periods.rounding
        if not rounding:
            return 0.0
        earlier, later = self._by_period
        slack: Float2D = rounding * np.maximum(abs(earlier), abs(later))
        return slack

    @cached_property
    def _by_period(self) -> tuple[Float2D, Float2D] | None:
        """Levels before and behind the place, so shaped that period by period all meet all."""
        if self.neighbours.periods is None:
            return None
        before = self.neighbours.levels_before(self.starts, self.place)
        behind = self.neighbours.levels_behind(self.place, self.ends)
        return before[:, None, :], behind[:, :, None]

    @cached_property
    def _distinct(self) -> Bool2D | None:
        """Which runs differ by more than chance; None where that is not asked."""
        asked, place = self.neighbours, self.place
        if asked.max_p_value is None:
            return None
        left_first, left_second = (
            part[None, :] for part in asked.amounts.between(self.starts, place)
        )
        first, second = (part[:, None] for part in asked.amounts.between(place, self.ends))
        distinct: Bool2D
        if asked.squares is None:
            # a bound on z spares a probability for each pair
            least = -ndtri(asked.max_p_value / 2) * (1 - ROUNDING)
            distinct = _z(left_first, left_second, first, second) >= least
            return distinct
        before = (asked.squares[place] - asked.squares[self.starts])[None, :]
        after = (asked.squares[self.ends] - asked.squares[place])[:, None]
        p_values = p_of_levels(left_first, left_second, before, first, second, after)
        distinct = p_values <= asked.max_p_value
        return distinct


def p_of_levels(
    first: Float2D,
    second: Float2D,
    squares: Float2D | None,
    other_first: Float2D,
    other_second: Float2D,
    other_squares: Float2D | None,
) -> Float2D:
    """Return the p-value that pairs of bins have one level: of rates, or of means with squares."""
    if squares is not None and other_squares is not None:
        return _p_of_means(first, second, squares, other_first, other_second, other_squares)
    p_values: Float2D = 2 * ndtr(-_z(first, second, other_first, other_second))
    return p_values


def _z(good: Float2D, bad: Float2D, other_good: Float2D, other_bad: Float2D) -> Float2D:
    """Return |z| of the test that two proportions are one, with pooled variance.

    References
    ----------
    A. Agresti, *Categorical Data Analysis*, 3rd ed., Wiley, 2013, §3.2; z² is Pearson's χ².
    """
    n, other_n = good + bad, other_good + other_bad
    pooled = (bad + other_bad) / (n + other_n)
    variance = pooled * (1 - pooled) * (1 / n + 1 / other_n)
    away = np.abs(bad / n - other_bad / other_n)
    # where all are of one class, both rates are the same, and nothing tells them apart
    z: Float2D = np.divide(
        away, np.sqrt(variance), out=np.zeros_like(away), where=(variance > 0) & (away > 0)
    )
    return z


def _p_of_means(
    n: Float2D,
    total: Float2D,
    squares: Float2D,
    other_n: Float2D,
    other_total: Float2D,
    other_squares: Float2D,
) -> Float2D:
    """Return the p-value of Welch's t-test that two means are one; 1 where a group has one row.

    References
    ----------
    B. L. Welch, "The Generalization of 'Student's' Problem when Several Different Population
    Variances are Involved", *Biometrika* 34 (1947), 28-35.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, other_mean = total / n, other_total / other_n
        error = np.maximum(squares - total * mean, 0.0) / (n - 1) / n
        other_error = np.maximum(other_squares - other_total * other_mean, 0.0) / (
            (other_n - 1) * other_n
        )
        t = np.abs(mean - other_mean) / np.sqrt(error + other_error)
        freedom = (error + other_error) ** 2 / (error**2 / (n - 1) + other_error**2 / (other_n - 1))
        p = 2 * stdtr(freedom, -t)
    # means that differ without any spread within the groups cannot be one
    p = np.where(np.isinf(t), 0.0, p)
    result: Float2D = np.where((n > 1) & (other_n > 1) & ~np.isnan(p), p, 1.0)
    return result
