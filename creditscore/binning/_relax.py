"""Why no bins keep all constraints, and the least that would have to give."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from creditscore.binning._constraints import BinConstraints
from creditscore.binning._measures import BOUNDS, Chains, asked_bounds
from creditscore.binning._one_cut import OneCut
from creditscore.binning._problem import Problem, Solution
from creditscore.binning._relaxation import Relaxation, written, written_bound
from creditscore.binning._runs import Amounts

_STEPS = 16
"""Halvings of the distance between what is asked and what is known to work."""
_TRENDS = ("auto", "peak", "valley", "none")
"""Trends to fall back on, the nearest first."""
FEW_PREBINS = 24
"""Pre-bins on which trends that bend are tried: for one cut alone, no trend needs to bend."""


def one_cut_is_enough(constraints: BinConstraints) -> bool:
    """Tell whether two bins may keep what is asked, as far as numbers and greatest bounds go.

    Sizes and ratios of rates may be too great for two bins, and not for more.
    """
    most = constraints.max_n_bins
    bounded = constraints.max_bin_size is not None or constraints.max_rate_ratio is not None
    free = not constraints.fixed_cuts and not bounded
    return free and constraints.min_n_bins <= 2 and (most is None or most >= 2)


def smallest_relaxations(
    problem: Problem, n_bins: int, *, every: Problem | None = None
) -> tuple[tuple[Relaxation, ...], ...]:
    """Return ways to get `n_bins` bins, each a tuple of what must give together.

    For each constraint that alone stands in the way, what would help; where none does, the first
    few constraints that do so together. Where fewer bins are the best because bins of one class
    are smoothed, less smoothing. Empty where nothing stands in the way, or nothing helps: the
    level is the same on both sides of every split. Of a column with more places than the problem
    has, `every` holds all of them, for single cuts.

    Notes
    -----
    For two bins, every single cut is looked at (:class:`OneCut`), which is exact under a trend
    that rises or falls. Where more bins must be made, or may help, a bound is searched by halving
    between what is asked and what a known solution keeps, so that the answer is kept by some bins
    and within a thousandth of the distance of the best one; beside single cuts, on few pre-bins.
    """
    most = problem.constraints.max_n_bins
    if most is not None and most < n_bins:
        more = replace(problem, constraints=replace(problem.constraints, max_n_bins=n_bins))
        first = Relaxation("max_n_bins", most, n_bins)
        if len(more.solve().starts) >= n_bins:
            return ((first,),)
        if every is not None:
            every = replace(every, constraints=replace(every.constraints, max_n_bins=n_bins))
        return tuple((first, *way) for way in smallest_relaxations(more, n_bins, every=every))
    low = max(problem.constraints.min_n_bins, n_bins)
    asked = replace(problem, constraints=replace(problem.constraints, min_n_bins=low))
    if asked.solve().feasible:
        return _less_smoothing(problem, n_bins)
    if low > 2 or not one_cut_is_enough(problem.constraints):
        return tuple((found,) for found in _found(asked)) or _together(asked)
    cut = OneCut(asked if every is None else every)
    bends = (asked.constraints.trend or "auto") not in ("auto", "ascending", "descending")
    others = _found(_coarse(asked)) if bends else _bent_trend(asked)
    alone = _milder((*cut.alone(), *others))
    if alone:
        return tuple((one,) for one in alone)
    together = cut.together()
    return (together,) if together else ()


def _less_smoothing(problem: Problem, n_bins: int) -> tuple[tuple[Relaxation, ...], ...]:
    """Return less smoothing, where that of bins of one class makes fewer bins the best."""
    asked = smoothing = getattr(problem.objective, "smoothing", 0.0)
    if len(problem.solve().starts) >= n_bins:
        return ()
    for _ in range(_STEPS):
        smoothing /= 2
        objective: Any = replace(problem.objective, smoothing=smoothing)  # type: ignore[type-var]
        if len(replace(problem, objective=objective).solve().starts) >= n_bins:
            return ((Relaxation("smoothing", asked, written(smoothing, up=False)),),)
    return ()


def _milder(found: Iterable[Relaxation]) -> tuple[Relaxation, ...]:
    """Return one relaxation for each constraint: the one that is nearest to what is asked."""
    nearest: dict[str, Relaxation] = {}
    for one in found:
        known = nearest.setdefault(one.constraint, one)
        if isinstance(one.needed, (int, float)) and known.needed is not None:
            better = min if one.constraint.startswith("max_") else max
            nearest[one.constraint] = better(known, one, key=lambda way: float(way.needed))
    return tuple(nearest.values())


def _bent_trend(problem: Problem) -> Iterator[Relaxation]:
    """Return a trend under which more bins than two keep what no two do.

    What is asked of neighbours may hold for three bins and for no two of them joined.
    """
    asked = problem.constraints
    if asked.bounds_steps or problem.periods is not None:
        for other in _other_trend(_coarse(problem), asked.trend or "auto"):
            # the better of both directions is a matter of one cut
            if other.needed != "auto":
                yield other


def _coarse(problem: Problem) -> Problem:
    """Return the problem with few pre-bins, between places that are not forbidden."""
    if problem.n_prebins <= FEW_PREBINS:
        return problem
    forbidden = problem.rules().forbidden
    places = np.arange(problem.n_prebins + 1)
    places = places if forbidden is None else places[~forbidden]
    places = places[np.linspace(0, len(places) - 1, FEW_PREBINS + 1).round().astype(np.intp)]
    places = np.unique(places)

    def at_places(amounts: Amounts) -> Amounts:
        return Amounts(amounts.first[..., places], amounts.second[..., places])

    return replace(
        problem,
        amounts=at_places(problem.amounts),
        squares=None if problem.squares is None else problem.squares[places],
        periods=None if problem.periods is None else at_places(problem.periods),
        constraints=replace(problem.constraints, forbidden_cuts=(), preferred_cuts=()),
    )


def _found(problem: Problem) -> Iterator[Relaxation]:
    asked = problem.constraints
    for name, value in asked_bounds(problem).items():
        kept = _nearest_kept(problem, name, value)
        if kept is not None:
            yield Relaxation(name, value, written_bound(name, value, kept))
    yield from _fixed_cut(problem)
    if asked.forbidden_cuts and _solve(problem, forbidden_cuts=()).feasible:
        yield Relaxation("forbidden_cuts", asked.forbidden_cuts, None)
    if problem.periods is not None and replace(problem, periods=None).solve().feasible:
        yield Relaxation("periods", None, None)
    yield from _other_trend(problem, asked.trend or "auto")
    if asked.min_n_bins > 2 and (fewer := _most_bins(problem)) is not None:
        yield Relaxation("min_n_bins", asked.min_n_bins, fewer)
    if asked.max_n_bins is not None and (more := _fewest_bins(problem)) is not None:
        yield Relaxation("max_n_bins", asked.max_n_bins, more)


def _fixed_cut(problem: Problem) -> Iterator[Relaxation]:
    """Return each fixed cut that stands in the way alone; all of them where they do together."""
    fixed = problem.constraints.fixed_cuts
    if not fixed or not _solve(problem, fixed_cuts=()).feasible:
        return
    alone = [
        cut
        for cut in fixed
        if _solve(problem, fixed_cuts=tuple(other for other in fixed if other != cut)).feasible
    ]
    for cut in alone:
        yield Relaxation("fixed_cuts", (cut,), None)
    if not alone:
        yield Relaxation("fixed_cuts", fixed, None)


def _together(problem: Problem) -> tuple[tuple[Relaxation, ...], ...]:
    """Return few constraints that must give together, with values that would do.

    Two where two are enough; else all that a free problem cannot take back one by one.
    """
    asked = problem.constraints
    off: dict[str, Any] = {name: BOUNDS[name][0] for name in asked_bounds(problem)}
    off |= {name: () for name in ("fixed_cuts", "forbidden_cuts") if getattr(asked, name)}
    if (asked.trend or "auto") != "none":
        off["trend"] = "none"
    if asked.min_n_bins > 2:
        off["min_n_bins"] = 2
    if asked.max_n_bins is not None:
        off["max_n_bins"] = None
    if problem.periods is not None:
        off["periods"] = None
    solution = _without(problem, off).solve()
    if not solution.feasible:
        return ()
    for names in combinations(off, 2):
        found = _without(problem, {name: off[name] for name in names}).solve()
        if found.feasible:
            off, solution = {name: off[name] for name in names}, found
            break
    for name in tuple(off):
        fewer = {other: value for other, value in off.items() if other != name}
        found = _without(problem, fewer).solve()
        if found.feasible:
            off, solution = fewer, found
    return (tuple(_given_up(problem, solution, name, off[name]) for name in off),)


def _without(problem: Problem, off: dict[str, Any]) -> Problem:
    constraints = {name: value for name, value in off.items() if name != "periods"}
    periods = None if "periods" in off else problem.periods
    return replace(
        problem, periods=periods, constraints=replace(problem.constraints, **constraints)
    )


def _given_up(problem: Problem, solution: Solution, name: str, off: Any) -> Relaxation:
    asked: Any = getattr(problem.constraints, name, None)
    if name in BOUNDS:
        needed = written_bound(name, asked, _reached(problem, solution, name))
        return Relaxation(name, asked, needed)
    if name.endswith("_n_bins"):
        return Relaxation(name, asked, len(solution.starts))
    return Relaxation(name, asked, off or None)


def _reached(problem: Problem, solution: Solution, name: str) -> float:
    """Return what the bins of a solution keep of a bound."""
    return float(BOUNDS[name][1](Chains.of(problem, np.array(solution.starts)))[0])


def _other_trend(problem: Problem, trend: str) -> Iterator[Relaxation]:
    others = _TRENDS[_TRENDS.index(trend) + 1 :] if trend in _TRENDS else _TRENDS
    for other in others:
        if _solve(problem, trend=other).feasible:
            yield Relaxation("trend", trend, other)
            return


def _nearest_kept(problem: Problem, name: str, asked: float) -> float | None:
    """Return the value nearest to what is asked that some bins keep, or None."""
    solution = _solve(problem, **{name: BOUNDS[name][0]})
    if not solution.feasible:
        return None
    kept = _reached(problem, solution, name)
    if math.isinf(kept):
        # a rate of zero was met, which other bins may do without
        solution = _solve(problem, **{name: float(np.finfo(np.float64).max)})
        if not solution.feasible:
            return kept
        kept = _reached(problem, solution, name)
    away = asked
    # p-values and ratios differ by powers of ten
    by_ratio = name in ("max_p_value", "max_rate_ratio") and kept > 0
    for _ in range(_STEPS):
        if abs(away - kept) <= 1e-3 * abs(away if by_ratio else asked):
            break
        middle = math.sqrt(away) * math.sqrt(kept) if by_ratio else (away + kept) / 2
        solution = _solve(problem, **{name: middle})
        if solution.feasible:
            kept = _reached(problem, solution, name)
        else:
            away = middle
    return kept


def _solve(problem: Problem, **changes: Any) -> Solution:
    return replace(problem, constraints=replace(problem.constraints, **changes)).solve()


def _most_bins(problem: Problem) -> int | None:
    """Return the most bins, fewer than asked and 2 or more, that can be had."""
    for n_bins in range(problem.constraints.min_n_bins - 1, 1, -1):
        if _solve(problem, min_n_bins=n_bins).feasible:
            return n_bins
    return None


def _fewest_bins(problem: Problem) -> int | None:
    """Return the fewest bins, more than asked, that can be had."""
    most = problem.constraints.max_n_bins
    free = _solve(problem, max_n_bins=None)
    if most is None or not free.feasible:
        return None
    for n_bins in range(most + 1, len(free.starts)):
        if _solve(problem, max_n_bins=n_bins).feasible:
            return n_bins
    return len(free.starts)
