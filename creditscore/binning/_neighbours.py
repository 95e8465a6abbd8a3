"""Which bin may follow which: the trend, the least difference and the test between neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr

from creditscore._typing import Bool2D, Float1D, Float2D, Int1D
from creditscore.binning._objective import Objective
from creditscore.binning._runs import Amounts

Step: TypeAlias = Literal["rise", "fall", "either"]

_ROUNDING = 1e-12
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
    max_p_value: float | None = None
    squares: Float1D | None = None
    periods: Amounts | None = None

    def may_step(self, step: Step, starts: Int1D, place: int, ends: Int1D) -> Bool2D:
        """Tell where the level may rise, or fall, or either, at a place.

        Parameters
        ----------
        step : {"rise", "fall", "either"}
            What is asked.
        starts : ndarray of int, shape (n_left,)
            Where the runs that end at the place start.
        place : int
            The place.
        ends : ndarray of int, shape (n_right,)
            Where the runs that start at the place end.

        Returns
        -------
        ndarray of bool, shape (n_right, n_left)
        """
        difference = self.levels[place, ends][:, None] - self.levels[starts, place][None, :]
        least = self.min_difference * (1 - _ROUNDING)
        allowed: Bool2D
        if step == "either":
            allowed = (difference != 0) & (np.abs(difference) >= least)
        else:
            rise = difference if step == "rise" else -difference
            allowed = (rise > 0) & (rise >= least)
        if self.max_p_value is not None:
            allowed &= self._distinct(starts, place, ends, self.max_p_value)
        if self.periods is not None:
            earlier = self.period_levels(starts, place)[:, None, :]
            later = self.period_levels(place, ends)[:, :, None]
            if step != "fall":
                rising = (later >= earlier).all(axis=0)
            if step != "rise":
                falling = (later <= earlier).all(axis=0)
            if step == "either":
                allowed &= np.where(difference > 0, rising, falling)
            else:
                allowed &= rising if step == "rise" else falling
        return allowed

    def period_levels(self, start: Int1D | int, end: Int1D | int) -> Float2D:
        """Return the level of runs in each period, shape (n_periods, n_runs)."""
        if self._levels_by_period is not None:
            return self._levels_by_period[:, np.atleast_1d(start), np.atleast_1d(end)]
        assert self.periods is not None  # noqa: S101 - asked for where there are periods only
        level: Float2D = self.objective.level(*self.periods.between(start, end))
        return level

    @cached_property
    def _levels_by_period(self) -> npt.NDArray[np.float64] | None:
        """Levels of all runs in each period, where they are few enough to hold."""
        periods = self.periods
        if periods is None or periods.first.size * len(self.levels) > _MOST_LEVELS:
            return None
        start, end = np.triu_indices(len(self.levels), k=1)
        levels = np.full((len(periods.first), *self.levels.shape), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            # runs without a row in a period are no bins
            levels[:, start, end] = self.objective.level(*periods.between(start, end))
        return levels

    def _distinct(self, starts: Int1D, place: int, ends: Int1D, max_p_value: float) -> Bool2D:
        """Tell which runs to a place differ so much from which runs from it."""
        left_first, left_second = (part[None, :] for part in self.amounts.between(starts, place))
        first, second = (part[:, None] for part in self.amounts.between(place, ends))
        distinct: Bool2D
        if self.squares is None:
            # a bound on z spares a probability for each pair
            least = -ndtri(max_p_value / 2) * (1 - _ROUNDING)
            distinct = _z(left_first, left_second, first, second) >= least
            return distinct
        before = (self.squares[place] - self.squares[starts])[None, :]
        after = (self.squares[ends] - self.squares[place])[:, None]
        p_values = p_of_levels(left_first, left_second, before, first, second, after)
        distinct = p_values <= max_p_value
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
