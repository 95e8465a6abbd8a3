"""Why no bins keep all constraints, and the least that would have to give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore.binning._problem import Problem, Solution
from creditscore.binning._runs import Runs

_Measure = Callable[[Problem, Solution], float]

_STEPS = 12
"""Halvings of the distance between what is asked and what is known to work."""
_TRENDS = ("auto", "peak", "valley", "none")
"""Trends to fall back on, the nearest first."""


@dataclass(frozen=True)
class Relaxation:
    """One constraint that stands in the way, and what it would have to be, all others as they are.

    Attributes
    ----------
    constraint : str
        Name of the constraint in :class:`BinConstraints`, or "periods".
    asked : object
        As it is.
    needed : object
        As it would have to be; None where it would have to go.
    """

    constraint: str
    asked: Any
    needed: Any

    def __str__(self) -> str:
        """Say what to do."""
        if self.needed is None:
            return f"leave out {self.constraint}"
        verb = "raise" if self.constraint.startswith("max_") else "lower"
        verb = "set" if self.constraint == "trend" else verb
        needed = repr(self.needed) if isinstance(self.needed, str) else f"{self.needed:g}"
        return f"{verb} {self.constraint} to {needed}"


def smallest_relaxations(problem: Problem, n_bins: int) -> tuple[tuple[Relaxation, ...], ...]:
    """Return ways to get `n_bins` bins, each a tuple of what must give together.

    For each constraint that alone stands in the way, what would help; where none does, the first
    few constraints that do so together. Empty where nothing stands in the way, or nothing helps:
    the level is the same on both sides of every split.

    Notes
    -----
    A bound is searched by halving between what is asked and what a known solution keeps, so that
    the answer is kept by some bins and within a thousandth of the distance of the best one.
    """
    most = problem.constraints.max_n_bins
    if most is not None and most < n_bins:
        return ((Relaxation("max_n_bins", most, n_bins),),)
    low = max(problem.constraints.min_n_bins, n_bins)
    asked = replace(problem, constraints=replace(problem.constraints, min_n_bins=low))
    if asked.solve().feasible:
        return ()
    return tuple((found,) for found in _found(asked)) or _together(asked)


def _found(problem: Problem) -> Iterator[Relaxation]:
    asked = problem.constraints
    for name, off, measure in _BOUNDS:
        value = getattr(asked, name)
        if (
            value not in (off, None)
            and (needed := _needed(problem, name, off, measure)) is not None
        ):
            yield Relaxation(name, value, needed)
    for name in ("fixed_cuts", "forbidden_cuts"):
        if getattr(asked, name) and _solve(problem, **{name: ()}).feasible:
            yield Relaxation(name, getattr(asked, name), None)
    if problem.periods is not None and replace(problem, periods=None).solve().feasible:
        yield Relaxation("periods", "all", None)
    yield from _other_trend(problem, asked.trend or "auto")
    if asked.min_n_bins > 2 and (fewer := _most_bins(problem)) is not None:
        yield Relaxation("min_n_bins", asked.min_n_bins, fewer)


def _together(problem: Problem) -> tuple[tuple[Relaxation, ...], ...]:
    """Return the fewest constraints that must give together, with values that would do."""
    asked = problem.constraints
    off: dict[str, Any] = {
        name: none for name, none, _ in _BOUNDS if getattr(asked, name) not in (none, None)
    }
    off |= {name: () for name in ("fixed_cuts", "forbidden_cuts") if getattr(asked, name)}
    if (asked.trend or "auto") != "none":
        off["trend"] = "none"
    measures = {name: measure for name, _, measure in _BOUNDS}
    for n in range(2, len(off) + 1):
        for names in combinations(off, n):
            free = replace(problem, constraints=replace(asked, **{k: off[k] for k in names}))
            solution = free.solve()
            if solution.feasible:
                return (tuple(_given_up(problem, solution, name, off, measures) for name in names),)
    return ()


def _given_up(
    problem: Problem,
    solution: Solution,
    name: str,
    off: Mapping[str, Any],
    measures: Mapping[str, _Measure],
) -> Relaxation:
    needed: Any = off[name] or None
    if name in measures:
        needed = _written(measures[name](problem, solution), up=name.startswith("max_"))
    return Relaxation(name, getattr(problem.constraints, name), needed)


def _other_trend(problem: Problem, trend: str) -> Iterator[Relaxation]:
    others = _TRENDS[_TRENDS.index(trend) + 1 :] if trend in _TRENDS else _TRENDS
    for other in others:
        if _solve(problem, trend=other).feasible:
            yield Relaxation("trend", trend, other)
            return


def _needed(problem: Problem, name: str, off: Any, measure: _Measure) -> float | None:
    """Return the value nearest to what is asked that some bins keep, or None."""
    solution = _solve(problem, **{name: off})
    if not solution.feasible:
        return None
    asked = getattr(problem.constraints, name)
    kept = measure(problem, solution)
    away = asked
    for _ in range(_STEPS):
        if abs(away - kept) <= 1e-3 * abs(asked):
            break
        middle = (away + kept) / 2
        solution = _solve(problem, **{name: middle})
        if solution.feasible:
            kept = measure(problem, solution)
        else:
            away = middle
    return _written(kept, up=name.startswith("max_"))


def _written(value: float, *, up: bool) -> float:
    """Write a bound with three digits such that what kept it keeps it still."""
    if value == 0:
        return 0.0
    digits = 2 - int(np.floor(np.log10(abs(value))))
    scaled = value * 10.0**digits
    near = np.rint(scaled)
    away = (np.ceil if up else np.floor)(scaled)
    whole = near if abs(scaled - near) < 1e-9 * abs(scaled) else away
    return float(f"{whole:.0f}e{-digits}")


def _solve(problem: Problem, **changes: Any) -> Solution:
    return replace(problem, constraints=replace(problem.constraints, **changes)).solve()


def _most_bins(problem: Problem) -> int | None:
    """Return the most bins, fewer than asked and 2 or more, that can be had."""
    for n_bins in range(problem.constraints.min_n_bins - 1, 1, -1):
        if _solve(problem, min_n_bins=n_bins).feasible:
            return n_bins
    return None


def _bins(problem: Problem, solution: Solution) -> tuple[Float1D, Float1D]:
    starts = np.asarray(solution.starts, dtype=np.intp)
    return problem.amounts.between(starts, np.append(starts[1:], problem.n_prebins))


def _least_size(problem: Problem, solution: Solution) -> float:
    return float(problem.objective.weight(*_bins(problem, solution)).min()) / _unit(
        problem, problem.constraints.min_bin_size
    )


def _greatest_size(problem: Problem, solution: Solution) -> float:
    return float(problem.objective.weight(*_bins(problem, solution)).max()) / _unit(
        problem, problem.constraints.max_bin_size
    )


def _unit(problem: Problem, size: float | None) -> float:
    """Return what a size is in units of: up to 1 it is a share."""
    return problem.total_weight if size is not None and size <= 1 else 1.0


def _least_step(problem: Problem, solution: Solution) -> float:
    return float(np.abs(np.diff(problem.objective.level(*_bins(problem, solution)))).min())


def _highest_p(problem: Problem, solution: Solution) -> float:
    neighbours = problem.neighbours(Runs.none(problem.n_prebins))
    places = np.array([*solution.starts, problem.n_prebins])
    return max(
        float(neighbours.p_values(places[[i - 1]], int(places[i]), places[[i + 1]])[0, 0])
        for i in range(1, len(places) - 1)
    )


def _least_period_size(problem: Problem, solution: Solution) -> float:
    assert problem.periods is not None  # noqa: S101 - asked for where there are periods only
    starts = np.asarray(solution.starts, dtype=np.intp)
    ends = np.append(starts[1:], problem.n_prebins)
    weight = problem.objective.weight(*problem.periods.between(starts, ends))
    size = problem.constraints.min_period_size
    whole = weight.sum(axis=1, keepdims=True) if size is not None and size <= 1 else 1.0
    return float((weight / whole).min())


_BOUNDS: tuple[tuple[str, Any, _Measure], ...] = (
    ("min_bin_size", None, _least_size),
    ("max_bin_size", None, _greatest_size),
    ("min_good", 0.0, lambda problem, solution: float(_bins(problem, solution)[0].min())),
    ("min_bad", 0.0, lambda problem, solution: float(_bins(problem, solution)[1].min())),
    ("min_rate_difference", 0.0, _least_step),
    ("max_p_value", None, _highest_p),
    ("min_period_size", None, _least_period_size),
)
"""Bounds by name, what each is when nothing is asked, and what a solution keeps of it."""
