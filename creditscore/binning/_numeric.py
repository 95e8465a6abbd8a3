"""The best bins of a numeric column: curve, shortlist, solver, refinement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore._validation import check_finite
from creditscore.binning._counts import BinCounts, Outcomes
from creditscore.binning._curve import (
    Boundaries,
    Curve,
    counts_of_values,
    curve_of_counts,
    sort_classes,
)
from creditscore.binning._edges import prebin_edges
from creditscore.binning._objective import InformationValue
from creditscore.binning._partition import NumericPartition
from creditscore.binning._settings import BinSettings
from creditscore.binning._shortlist import extremes, hull, refine, shortlist
from creditscore.binning._solver import LEAST_GAIN, solve_bins

_Direction = Literal["ascending", "descending", "none"]

_LONG = 2_000_000
"""Rows above which a column is not sorted whole, but counted on edges from a sample."""
_FINE_PREBINS = 5_000
"""Edges of a long column: fine enough that a cut is off by 0.02 % of the rows at the most."""


@dataclass(frozen=True)
class _Best:
    """The best cuts in one direction, and the weights of the bins that they make."""

    value: float
    cuts: Float1D
    good: Float1D
    bad: Float1D


@dataclass(frozen=True)
class NumericResult:
    """Counts on the best bins of a column.

    Attributes
    ----------
    counts : BinCounts
        Of regular bins, special codes and missing values.
    n_distinct : int
        1 where all regular values are one, 0 where there is none, else 2.
    n_admitted : int
        Cuts that leave enough rows on both sides.
    """

    counts: BinCounts
    n_distinct: int
    n_admitted: int


@dataclass(frozen=True, eq=False)
class SortedColumn:
    """A numeric column made ready: sorted by class, or counted on fine edges where it is long."""

    boundaries: Boundaries | None
    counts: BinCounts | None


def sort_column(
    name: str,
    values: Float1D,
    outcomes: Outcomes,
    special: tuple[float, ...],
    *,
    max_n_prebins: int,
) -> SortedColumn:
    """Do the part of the work that grows with the rows.

    A column in memory is sorted by class, which gives exact counts at every cut that could
    matter; where its distinct values are few, each is a pre-bin of its own. A column of more
    than two million rows is counted on the edges of a sample instead.
    """
    if len(values) > _LONG:
        check_finite(values, name=name)
        return SortedColumn(None, _counts_of_long(values, outcomes, special))
    good, bad = sort_classes(values, outcomes, special)
    for side in (good, bad):
        if len(side.values) and np.isinf(side.values[[0, -1]]).any():
            check_finite(values, name=name)
    few = counts_of_values(good, bad, special, at_most=max_n_prebins)
    return SortedColumn(Boundaries.of(good, bad) if few is None else None, few)


def best_numeric_bins(
    column: SortedColumn, special: tuple[float, ...], settings: BinSettings
) -> NumericResult:
    """Find the best bins of a column; see :class:`creditscore.WOEEncoder` for the method."""
    if column.counts is not None:
        return _from_counts(column.counts, settings)
    assert column.boundaries is not None  # noqa: S101 - one of the two is there
    good, bad = column.boundaries.good, column.boundaries.bad
    aside_good, aside_bad = np.array(good.aside), np.array(bad.aside)
    objective = InformationValue(
        good.total + aside_good.sum(), bad.total + aside_bad.sum(), settings.smoothing
    )
    best, n_admitted = _best_cuts(column.boundaries.curve, objective, settings)
    partition = NumericPartition(cuts=tuple((best.cuts + 0.0).tolist()), special_codes=special)
    counts = BinCounts(
        partition,
        np.concatenate([best.good, aside_good]),
        np.concatenate([best.bad, aside_bad]),
    )
    ends = [v for side in (good, bad) if len(side.values) for v in side.values[[0, -1]]]
    n_distinct = 0 if not ends else 1 + (min(ends) < max(ends))
    return NumericResult(counts, n_distinct, n_admitted)


def _counts_of_long(values: Float1D, outcomes: Outcomes, special: tuple[float, ...]) -> BinCounts:
    regular = ~np.isnan(values)
    for code in special:
        regular &= values != code
    weights = None if outcomes.weights is None else outcomes.weights[regular]
    edges = prebin_edges(values[regular], weights, max_n_prebins=_FINE_PREBINS)
    fine = NumericPartition(cuts=tuple(edges.tolist()), special_codes=special)
    return BinCounts.from_codes(fine, fine.codes_of(values), outcomes)


def _from_counts(counts: BinCounts, settings: BinSettings) -> NumericResult:
    objective = InformationValue(
        float(counts.good.sum()), float(counts.bad.sum()), settings.smoothing
    )
    n = counts.partition.n_regular
    best, n_admitted = _best_cuts(lambda trend: curve_of_counts(counts, trend), objective, settings)
    partition = NumericPartition(
        cuts=tuple(best.cuts.tolist()), special_codes=counts.partition.special_codes
    )
    coarse = BinCounts(
        partition,
        np.concatenate([best.good, counts.good[n:]]),
        np.concatenate([best.bad, counts.bad[n:]]),
    )
    held = int((counts.good[:n] + counts.bad[:n] > 0).sum())
    return NumericResult(coarse, min(held, 2), n_admitted)


def _best_cuts(
    make_curve: Callable[[_Direction], Curve],
    objective: InformationValue,
    settings: BinSettings,
) -> tuple[_Best, int]:
    """Try the directions that the trend allows, the one of the higher bound first."""
    min_weight = settings.min_bin_size * (objective.total_good + objective.total_bad)
    directions: tuple[_Direction, ...] = (
        ("ascending", "descending") if settings.trend == "auto" else (settings.trend,)
    )
    tries = []
    for direction in directions:
        curve = make_curve(direction).within(min_weight)
        own = (
            replace(objective, total_good=objective.total_bad, total_bad=objective.total_good)
            if direction == "descending"
            else objective
        )
        hull_cuts = hull(curve) if direction != "none" else np.empty(0, dtype=np.intp)
        tries.append((_bound(curve, hull_cuts, own, direction), direction, curve, own, hull_cuts))
    # of equal bounds and values, ascending comes first
    tries.sort(key=lambda attempt: -attempt[0])
    best: _Best | None = None
    for bound, direction, curve, own, hull_cuts in tries:
        if best is not None and bound <= best.value + LEAST_GAIN:
            continue
        found = _best_in(direction, curve, own, hull_cuts, settings, min_weight)
        if best is None or found.value > best.value + LEAST_GAIN:
            best = found
    assert best is not None  # noqa: S101 - there is at least one direction
    # a trend looks at some cuts only; whether a split is large enough is a question about all
    n_admitted = len(best.cuts) or len(make_curve("none").within(min_weight).rising)
    return best, n_admitted


def _bound(
    curve: Curve, hull_cuts: Int1D, objective: InformationValue, direction: _Direction
) -> float:
    """Return what no bins in this direction can exceed."""
    rising, other = curve.between(hull_cuts)
    if direction == "none" or not rising.all() or not other.all():
        # smoothing of a bin of one class breaks the convexity that the bound rests on
        return np.inf
    return float(objective.parts(other, rising).sum())


def _best_in(
    direction: _Direction,
    curve: Curve,
    objective: InformationValue,
    hull_cuts: Int1D,
    settings: BinSettings,
    min_weight: float,
) -> _Best:
    places = _candidates(direction, curve, hull_cuts, settings.max_n_prebins)
    if len(places):
        rising, other = curve.between(places)
        solution = solve_bins(
            other,
            rising,
            total_good=objective.total_good,
            total_bad=objective.total_bad,
            min_weight=min_weight,
            max_n_bins=settings.max_n_bins,
            trend="none" if direction == "none" else "ascending",
            smoothing=objective.smoothing,
        )
        places = places[np.asarray(solution.starts[1:], dtype=np.intp) - 1]
        if len(curve.rising) > len(rising) - 1:
            places = refine(
                curve, places, objective, min_weight=min_weight, keep_trend=direction != "none"
            )
    rising, other = curve.between(places)
    good, bad = (rising, other) if direction == "descending" else (other, rising)
    value = float(objective.parts(other, rising).sum())
    return _Best(value, curve.cut_values(places), good, bad)


def _candidates(direction: _Direction, curve: Curve, hull_cuts: Int1D, max_n_prebins: int) -> Int1D:
    n_cuts = len(curve.rising)
    if n_cuts < max_n_prebins:
        return np.arange(n_cuts)
    if direction == "none":
        return extremes(curve, max(1, max_n_prebins // 4))
    return shortlist(curve, hull_cuts, max(1, max_n_prebins // 2 - 1))
