"""The best bins of the numbers of a column, whatever is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from creditscore._typing import Float1D, Int1D, Trend
from creditscore.binning._bend import Counts, may_bend
from creditscore.binning._cells import CountedColumn
from creditscore.binning._choice import gains_enough
from creditscore.binning._constrained import (
    ConstrainedBins,
    best_constrained_bins,
    cells_before,
    rounded,
    single_cut,
)
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._counts import BinCounts
from creditscore.binning._fine import FineIntervals
from creditscore.binning._numbers_relax import Blocked
from creditscore.binning._numeric import NumericColumn, best_numeric_bins
from creditscore.binning._objective import OBJECTIVES, BinaryObjective
from creditscore.binning._one_cut import OneCut
from creditscore.binning._partition import NumericPartition
from creditscore.binning._problem import cost_of
from creditscore.binning._relax import one_cut_is_enough
from creditscore.binning._relaxation import Relaxation
from creditscore.binning._settings import BinSettings

_PARTS = 256
"""Parts of a column by which it is told whether it may bend."""


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
    if settings.plain_but_for_a_bend and column.regular.outcomes.periods is None:
        return _straight_or_bent(column, special, settings)
    if not len(column.regular.cells.low):
        return NumberBins(_counts_on((), (0.0,), (0.0,), column, special), 0)
    objective, n_distinct = _objective(column, settings), _n_distinct(column)
    found = best_constrained_bins(column.regular, objective, settings)
    blocked = Blocked(column.regular, objective, settings)
    if len(found.solution.starts) == 1 and n_distinct > 1:
        found = _best_single_cut(blocked, found)
    return NumberBins(
        _counts_on(found.cuts, *found.counts, column, special),
        n_distinct,
        _fine(found.candidates.column, found.tried),
        feasible=found.solution.feasible,
        relaxations=blocked.ways() if len(found.solution.starts) == 1 and n_distinct > 1 else (),
        stability_cost=_stability_cost(column, special, settings, found.solution.value),
        rounding_cost=found.rounding_cost,
        notes=idle_cuts(found.candidates.column, settings.constraints),
    )


@dataclass(frozen=True)
class _Straight:
    """Bins that rise or fall, as a candidate beside those with a bend."""

    counts: Counts
    value: float
    feasible: bool = True

    @property
    def worth(self) -> float:
        return self.value


def _straight_or_bent(
    column: NumericColumn, special: tuple[float, ...], settings: BinSettings
) -> NumberBins:
    """Find monotone bins the fast way, and search for a bend only where there may be one."""
    plain = _plain(column, special, settings.straight)
    if plain.fine is None:
        return plain
    asked, n = settings.constraints, plain.counts.partition.n_regular
    counts = plain.counts.good[:n], plain.counts.bad[:n]
    objective = _objective(column, settings)
    straight = _Straight(counts, float(objective.parts(*counts).sum()))
    limit = cast("float", asked.bend_limits(two_classes=True)[1])
    possible = may_bend(*_in_parts(column.regular), limit)
    ways: tuple[Trend, ...] = ("peak", "valley")
    searched = [
        best_constrained_bins(column.regular, objective, settings.straight.under(way))
        for way, may in zip(ways, possible, strict=True)
        if may
    ]
    bent = max(searched, key=lambda found: found.value, default=None)
    if bent is None or not gains_enough(straight, bent, asked):
        return plain
    return NumberBins(
        _counts_on(bent.cuts, *bent.counts, column, special),
        plain.n_distinct,
        _fine(bent.candidates.column, bent.tried),
    )


def _in_parts(column: CountedColumn) -> Counts:
    """Return the goods and bads of some hundreds of parts of a column, mostly of equal weight."""
    good, bad = column.cells.good, column.cells.bad
    weight = np.cumsum(good + bad)
    steps = weight[-1] * np.arange(1, _PARTS) / _PARTS
    starts = np.unique(np.append(0, np.searchsorted(weight, steps) + 1))
    starts = starts[starts < len(good)]
    return np.add.reduceat(good, starts), np.add.reduceat(bad, starts)


def _best_single_cut(blocked: Blocked, found: ConstrainedBins) -> ConstrainedBins:
    """Look at every place of a column for which the search found no cut."""
    asked = blocked.settings.constraints
    if blocked.settings.solver is not None or not one_cut_is_enough(asked):
        return found
    every = blocked.every
    if asked.cut_digits is not None:
        every = rounded(every, asked.cut_digits)
    place = OneCut(every.problem).best()
    if place is None:
        return found
    single = single_cut(every, place)
    if found.rounding_cost is None:
        return single
    # what the search found without digits stands; it costs less by what this cut is worth
    exact = found.solution.value + found.rounding_cost
    return replace(single, rounding_cost=cost_of(exact, single.solution.value))


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
    timeless = replace(column, regular=replace(regular, outcomes=regular.outcomes.timeless()))
    free = best_number_bins(timeless, special, settings).counts
    n = free.partition.n_regular
    parts = _objective(column, settings).parts(free.good[:n], free.bad[:n])
    return cost_of(float(parts.sum()), value)


def _plain(column: NumericColumn, special: tuple[float, ...], settings: BinSettings) -> NumberBins:
    result = best_numeric_bins(column, special, settings)
    relaxations: tuple[tuple[Relaxation, ...], ...] = ()
    if result.counts.partition.n_regular == 1 and result.n_distinct > 1:
        relaxations = Blocked(column.regular, _objective(column, settings), settings).ways()
    fine = None
    if result.n_distinct:
        fine = FineIntervals.counted(
            result.fine_below, result.fine_above, result.fine_good, result.fine_bad
        )
    return NumberBins(result.counts, result.n_distinct, fine, relaxations=relaxations)


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


def idle_cuts(column: CountedColumn, asked: BinConstraints) -> tuple[str, ...]:
    """Name the fixed and preferred cuts that part no values of the sample, or the same ones."""
    notes: list[str] = []
    made: dict[int, float] = {}
    for kind, cuts in (("fixed", asked.fixed_cuts), ("preferred", asked.preferred_cuts)):
        for cut, cell in zip(cuts, cells_before(column, cuts).tolist(), strict=True):
            if cell < 0:
                notes.append(f"the {kind} cut {cut:g} parts no values of the sample")
            elif cell in made and made[cell] != cut:
                notes.append(
                    f"the {kind} cut {cut:g} parts the same values as {made[cell]:g}, which stands "
                    "for it"
                )
            else:
                made[cell] = cut
    return tuple(notes)
