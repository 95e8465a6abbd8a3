"""What bins keep of each bound: the bound at which they would just be admitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from creditscore._typing import Float1D, Int1D, Int2D
from creditscore.binning._neighbours import p_of_levels
from creditscore.binning._problem import Problem
from creditscore.binning._rounding import steps_of


@dataclass(frozen=True, eq=False)
class Chains:
    """Chains of bins over the pre-bins of a problem, all of one length.

    Attributes
    ----------
    problem : Problem
        The pre-bins, and the units of sizes.
    starts, ends : ndarray of int, shape (n_chains, n_bins)
        First pre-bin of each bin, and the one behind its last.
    """

    problem: Problem
    starts: Int2D
    ends: Int2D

    @classmethod
    def of(cls, problem: Problem, starts: Int1D | Int2D) -> Chains:
        """Take chains by their starts."""
        starts = np.atleast_2d(np.asarray(starts, dtype=np.intp))
        last = np.full((len(starts), 1), problem.n_prebins)
        return cls(problem, starts, np.concatenate([starts[:, 1:], last], axis=1))

    def amounts(self) -> tuple[Float1D, Float1D]:
        """Return both amounts of each bin."""
        return self.problem.amounts.between(self.starts, self.ends)

    def weight(self) -> Float1D:
        """Return the weight of each bin."""
        return self.problem.objective.weight(*self.amounts())

    def steps(self) -> Float1D:
        """Return by how much the level rises from bin to bin; NaN beside a bin without weight."""
        with np.errstate(divide="ignore", invalid="ignore"):
            level = self.problem.objective.level(*self.amounts())
        return steps_of(level[:, :-1], level[:, 1:], self.problem.amounts.rounding)

    def period_weight(self) -> Float1D:
        """Return the weight of each bin in each period, shape (n_periods, n_chains, n_bins)."""
        assert self.problem.periods is not None  # noqa: S101 - asked where there are periods only
        amounts = self.problem.periods.between(self.starts, self.ends)
        return self.problem.objective.weight(*amounts)

    def period_steps(self) -> Float1D:
        """Return the steps of each period, shape (n_periods, n_chains, n_bins - 1)."""
        periods = self.problem.periods
        assert periods is not None  # noqa: S101 - asked where there are periods only
        with np.errstate(divide="ignore", invalid="ignore"):
            level = self.problem.objective.level(*periods.between(self.starts, self.ends))
        return steps_of(level[..., :-1], level[..., 1:], periods.rounding)


Measure = Callable[[Chains], Float1D]


def _least_size(chains: Chains) -> Float1D:
    problem = chains.problem
    least: Float1D = chains.weight().min(axis=1) / _unit(problem, problem.constraints.min_bin_size)
    return least


def _greatest_size(chains: Chains) -> Float1D:
    problem = chains.problem
    most: Float1D = chains.weight().max(axis=1) / _unit(problem, problem.constraints.max_bin_size)
    return most


def _unit(problem: Problem, size: float | None) -> float:
    """Return what a size is in units of: up to 1 it is a share."""
    return problem.total_weight if size is not None and size <= 1 else 1.0


def _least_step(chains: Chains) -> Float1D:
    least: Float1D = np.abs(chains.steps()).min(axis=1, initial=np.inf)
    return least


def _ratios(chains: Chains) -> Float1D:
    """Return the higher rate over the lower of neighbours; infinite over a rate of zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        level = chains.problem.objective.level(*chains.amounts())
        low = np.minimum(level[:, :-1], level[:, 1:])
        ratios: Float1D = np.maximum(level[:, :-1], level[:, 1:]) / low
    return ratios


def _least_ratio(chains: Chains) -> Float1D:
    least: Float1D = _ratios(chains).min(axis=1, initial=np.inf)
    return least


def _greatest_ratio(chains: Chains) -> Float1D:
    most: Float1D = _ratios(chains).max(axis=1, initial=1.0)
    return most


def _highest_p(chains: Chains) -> Float1D:
    first, second = chains.amounts()
    squares = chains.problem.squares
    within = None if squares is None else squares[chains.ends] - squares[chains.starts]
    p_values = p_of_levels(
        *(first[:, :-1], second[:, :-1], None if within is None else within[:, :-1]),
        *(first[:, 1:], second[:, 1:], None if within is None else within[:, 1:]),
    )
    highest: Float1D = p_values.max(axis=1, initial=0.0)
    return highest


def _least_period_size(chains: Chains) -> Float1D:
    weight, size = chains.period_weight(), chains.problem.constraints.min_period_size
    if size is not None and size <= 1:
        weight = weight / weight.sum(axis=-1, keepdims=True)
    least: Float1D = weight.min(axis=(0, 2))
    return least


BOUNDS: dict[str, tuple[float | None, Measure]] = {
    "min_bin_size": (None, _least_size),
    "max_bin_size": (None, _greatest_size),
    "min_good": (0.0, lambda chains: chains.amounts()[0].min(axis=1)),
    "min_bad": (0.0, lambda chains: chains.amounts()[1].min(axis=1)),
    "min_rate_difference": (0.0, _least_step),
    "min_rate_ratio": (None, _least_ratio),
    "max_rate_ratio": (None, _greatest_ratio),
    "max_p_value": (None, _highest_p),
    "min_period_size": (None, _least_period_size),
}
"""Bounds by name: what each is when nothing is asked, and what chains keep of it."""


def asked_bounds(problem: Problem) -> dict[str, float]:
    """Return the bounds that are asked for, by name; those of periods, where there are any."""
    asked = {name: getattr(problem.constraints, name) for name in BOUNDS}
    if problem.periods is None:
        del asked["min_period_size"]
    return {name: value for name, value in asked.items() if value not in (BOUNDS[name][0], None)}
