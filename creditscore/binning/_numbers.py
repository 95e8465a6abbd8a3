"""The best bins of the numbers of a column, whatever is asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore.binning._cells import CountedColumn
from creditscore.binning._constrained import (
    Candidates,
    ConstrainedBins,
    best_constrained_bins,
    candidates_of,
    cells_before,
    every_place,
    rounded,
    single_cut,
)
from creditscore.binning._counts import BinCounts
from creditscore.binning._fine import FineIntervals
from creditscore.binning._numeric import NumericColumn, best_numeric_bins
from creditscore.binning._objective import OBJECTIVES, BinaryObjective
from creditscore.binning._one_cut import OneCut
from creditscore.binning._partition import NumericPartition
from creditscore.binning._problem import cost_of
from creditscore.binning._relax import one_cut_is_enough, smallest_relaxations
from creditscore.binning._relaxation import Relaxation
from creditscore.binning._settings import BinSettings

_FEW_PREBINS = 24
"""Pre-bins on which bends are solved again and again, to find what stands in their way."""
_MOST_DIGITS = 17
"""Digits that tell any two floats apart."""


@dataclass(frozen=True, eq=False)
class NumberBins:
    """Counts on the best bins of a column, and what they cost.

    Attributes
    ----------
    counts : BinCounts
        Of regular bins, special codes and missing values.
    n_distinct : int
        1 where all regular values are one, 0 where there is none, else 2.
    fine : FineIntervals or None
        Counts on the places that were chosen among; None without a value.
    feasible : bool
        Whether any bins keep what is asked.
    relaxations : tuple of tuples of Relaxation
        What would help where there is one bin only.
    stability_cost, rounding_cost : float or None
        Value given up so that the trend holds in every period, and for cuts of few digits.
    notes : tuple of str
        What was asked in vain.
    """

    counts: BinCounts
    n_distinct: int
    fine: FineIntervals | None = None
    feasible: bool = True
    relaxations: tuple[tuple[Relaxation, ...], ...] = ()
    stability_cost: float | None = None
    rounding_cost: float | None = None
    notes: tuple[str, ...] = ()


def best_number_bins(
    column: NumericColumn, special: tuple[float, ...], settings: BinSettings
) -> NumberBins:
    """Find the best bins: the fast way where little is asked, else under all constraints."""
    if settings.plain and column.regular.outcomes.periods is None:
        return _plain(column, special, settings)
    if not len(column.regular.cells.low):
        return NumberBins(_counts_on((), (0.0,), (0.0,), column, special), 0)
    found = best_constrained_bins(column.regular, _objective(column, settings), settings)
    if len(found.solution.starts) == 1 and _n_distinct(column) > 1:
        found = _best_single_cut(column, settings) or found
    amounts, starts = found.candidates.problem.amounts, list(found.solution.starts)
    good, bad = np.diff(amounts.first), np.diff(amounts.second)
    n_distinct = _n_distinct(column)
    blocked = len(starts) == 1 and n_distinct > 1
    return NumberBins(
        _counts_on(
            found.cuts, np.add.reduceat(good, starts), np.add.reduceat(bad, starts), column, special
        ),
        n_distinct,
        _fine(found.candidates.column, found.tried),
        feasible=found.solution.feasible,
        relaxations=_relaxations(column, settings) if blocked else (),
        stability_cost=_stability_cost(column, special, settings, found.solution.value),
        rounding_cost=found.rounding_cost,
        notes=idle_cuts(found.candidates.column, settings.constraints.fixed_cuts),
    )


def _best_single_cut(column: NumericColumn, settings: BinSettings) -> ConstrainedBins | None:
    """Look at every place of a column for which the search found no cut."""
    asked = settings.constraints
    if settings.solver is not None or asked.cut_digits is not None or not one_cut_is_enough(asked):
        return None
    every = every_place(column.regular, _objective(column, settings), settings)
    place = OneCut(every.problem).best()
    return None if place is None else single_cut(every, place)


def _fine(column: CountedColumn, after: Int1D) -> FineIntervals:
    """Count the values between the cells that cuts may follow."""
    cells, starts = column.cells, np.concatenate([[0], after + 1])
    return FineIntervals(
        cells.high[after],
        cells.low[after + 1],
        np.add.reduceat(cells.good, starts),
        np.add.reduceat(cells.bad, starts),
    )


def _stability_cost(
    column: NumericColumn, special: tuple[float, ...], settings: BinSettings, value: float
) -> float | None:
    """Return what the best bins without periods are worth more; None where there are none."""
    regular = column.regular
    if regular.outcomes.periods is None:
        return None
    outcomes = replace(regular.outcomes, periods=None, n_periods=0)
    timeless = replace(column, regular=replace(regular, outcomes=outcomes))
    free = best_number_bins(timeless, special, settings).counts
    n = free.partition.n_regular
    parts = _objective(column, settings).parts(free.good[:n], free.bad[:n])
    return cost_of(float(parts.sum()), value)


def _plain(column: NumericColumn, special: tuple[float, ...], settings: BinSettings) -> NumberBins:
    result = best_numeric_bins(column, special, settings)
    relaxations: tuple[tuple[Relaxation, ...], ...] = ()
    if result.counts.partition.n_regular == 1 and result.n_distinct > 1:
        relaxations = _relaxations(column, settings)
    fine = None
    if result.n_distinct:
        fine = FineIntervals.counted(
            result.fine_below, result.fine_above, result.fine_good, result.fine_bad
        )
    return NumberBins(result.counts, result.n_distinct, fine, relaxations=relaxations)


def _relaxations(
    column: NumericColumn, settings: BinSettings
) -> tuple[tuple[Relaxation, ...], ...]:
    """Return what would have to give for two bins."""
    objective = _objective(column, settings)
    if settings.trend in ("concave", "convex"):
        settings = replace(settings, max_n_prebins=min(settings.max_n_prebins, _FEW_PREBINS))
    candidates = candidates_of(column.regular, objective, settings, in_search=False)
    every = every_place(column.regular, objective, settings).problem
    ways = smallest_relaxations(candidates.problem, 2, every=every)
    digits = settings.constraints.cut_digits
    if not ways and digits is not None:
        # what the candidates admit, numbers of few digits do not
        return tuple((one,) for one in _more_digits(candidates, digits))
    cuts = settings.constraints.fixed_cuts, settings.constraints.forbidden_cuts
    return tuple(tuple(_as_numbers(one, candidates, *cuts) for one in way) for way in ways)


def _more_digits(candidates: Candidates, digits: int) -> Iterator[Relaxation]:
    """Return the digits with which cuts part values such that all else is kept."""
    for more in range(digits + 1, _MOST_DIGITS + 1):
        problem = rounded(candidates, more).problem
        asked = replace(problem.constraints, min_n_bins=max(2, problem.constraints.min_n_bins))
        if replace(problem, constraints=asked).solve().feasible:
            yield Relaxation("cut_digits", digits, more)
            return


def _as_numbers(
    found: Relaxation, candidates: Candidates, fixed: tuple[float, ...], forbidden: tuple[Any, ...]
) -> Relaxation:
    """Name cuts by the numbers that were asked for, in place of places between pre-bins."""
    if found.constraint == "forbidden_cuts":
        return replace(found, asked=forbidden)
    if found.constraint == "fixed_cuts":
        places = np.array(found.asked, dtype=np.intp) - 1
        blocking = set(candidates.after[places].tolist())
        cells = cells_before(candidates.column, fixed).tolist()
        named = (cut for cut, cell in zip(fixed, cells, strict=True) if cell in blocking)
        return replace(found, asked=tuple(named))
    return found


def _objective(column: NumericColumn, settings: BinSettings) -> BinaryObjective:
    cells = column.regular.cells
    return OBJECTIVES[settings.objective](
        float(cells.good.sum() + column.aside_good.sum()),
        float(cells.bad.sum() + column.aside_bad.sum()),
        settings.smoothing,
    )


def _n_distinct(column: NumericColumn) -> int:
    cells = column.regular.cells
    return min(len(cells.low) + int(cells.mixed.sum()), 2)


def _counts_on(
    cuts: tuple[float, ...],
    good: Sequence[float] | Float1D,
    bad: Sequence[float] | Float1D,
    column: NumericColumn,
    special: tuple[float, ...],
) -> BinCounts:
    return BinCounts(
        NumericPartition(cuts=cuts, special_codes=special),
        np.concatenate([good, column.aside_good]),
        np.concatenate([bad, column.aside_bad]),
    )


def idle_cuts(column: CountedColumn, cuts: Sequence[float]) -> tuple[str, ...]:
    """Name the fixed cuts that part no values of the sample, or the same values as another."""
    notes: list[str] = []
    made: dict[int, float] = {}
    for cut, cell in zip(cuts, cells_before(column, cuts).tolist(), strict=True):
        if cell < 0:
            notes.append(f"the fixed cut {cut:g} parts no values of the sample and was not made")
        elif cell in made:
            notes.append(
                f"the fixed cut {cut:g} parts the same values as {made[cell]:g}, which was made"
            )
        else:
            made[cell] = cut
    return tuple(notes)
