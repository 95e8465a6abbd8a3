"""From very many possible cuts to those worth trying, and back to the best place of each."""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore.binning._curve import Curve
from creditscore.binning._objective import InformationValue

_SWEEPS = 4
"""How often the cuts are gone through to move them; most are settled after two."""


def hull(curve: Curve) -> Int1D:
    """Return the cuts of the convex hull of the curve: the best ones under the trend alone.

    Notes
    -----
    Pooling neighbours until the share rises gives the hull, and information value, being convex
    in the bins, is highest on it [1]_. With fewer or larger bins it is only less, so the hull
    bounds from above what any admissible bins on this curve can reach.

    References
    ----------
    .. [1] R. E. Barlow et al., *Statistical Inference under Order Restrictions*, Wiley, 1972.
    """
    if not len(curve.rising):
        return np.empty(0, dtype=np.intp)
    rising, other = curve.steps()
    weight = rising + other
    pooled = isotonic_regression(rising / weight, weights=weight)
    return np.asarray(pooled.blocks[1:-1], dtype=np.intp) - 1


def shortlist(curve: Curve, hull_cuts: Int1D, n_cells: int) -> Int1D:
    """Return cuts that the solver should choose among, in order.

    Those of the hull; in each of `n_cells` cells of equal weight the cut that comes nearest to
    the hull; and the first and the last cut. Cells have room for a hull cut each at the most, so
    the list holds no more than 2 · n_cells + 2.
    """
    n_cuts = len(curve.rising)
    weight = curve.weight
    cell_of = np.minimum(
        ((weight - weight[0]) * (n_cells / max(weight[-1] - weight[0], 1e-300))).astype(np.intp),
        n_cells - 1,
    )
    starts = np.flatnonzero(np.diff(cell_of, prepend=-1) > 0)
    on_hull = np.concatenate([[0.0], weight[hull_cuts], [curve.total]])
    share = np.concatenate([[0.0], curve.rising[hull_cuts], [curve.n_rising]])
    height = curve.rising - np.interp(weight, on_hull, share)
    nearest = _first_of_least(height, starts, n_cuts)
    if len(hull_cuts) > n_cells:
        hull_cuts = hull_cuts[np.diff(cell_of[hull_cuts], prepend=-1) > 0]
    listed = np.zeros(n_cuts, dtype=bool)
    listed[nearest] = listed[hull_cuts] = listed[[0, -1]] = True
    return np.flatnonzero(listed)


def extremes(curve: Curve, n_cells: int) -> Int1D:
    """Return, for bins without a trend, the cuts where the curve bulges most to either side."""
    up = shortlist(curve, np.empty(0, dtype=np.intp), n_cells)
    down = shortlist(curve.mirrored(), np.empty(0, dtype=np.intp), n_cells)
    return np.union1d(up, down)


def refine(
    curve: Curve,
    cuts: Int1D,
    objective: InformationValue,
    *,
    min_weight: float,
    keep_trend: bool,
) -> Int1D:
    """Move each cut to its best place between its neighbours, until none moves.

    The bins stay large enough and, where `keep_trend` says so, the share keeps rising. The value
    never falls. O(n_cuts) a move.
    """
    weight = curve.weight
    settled = list(cuts.tolist())
    moving = set(range(len(settled)))
    for _ in range(_SWEEPS):
        for i in sorted(moving):
            moving.discard(i)
            around = _around(curve, settled, i)
            place = _best_place(curve, weight, around, objective, min_weight, keep_trend)
            if place is not None and place != settled[i]:
                settled[i] = place
                moving |= {j for j in (i - 1, i + 1) if 0 <= j < len(settled)}
        if not moving:
            break
    return np.asarray(settled, dtype=np.intp)


def _first_of_least(values: Float1D, starts: Int1D, n: int) -> Int1D:
    """Return the place of the least value in each stretch, the first of equals."""
    least = np.minimum.reduceat(values, starts)
    lengths = np.diff(np.append(starts, n))
    at_least = np.flatnonzero(values <= np.repeat(least, lengths))
    return at_least[np.searchsorted(at_least, starts)]


def _around(curve: Curve, cuts: list[int], i: int) -> list[tuple[float, float]]:
    """Return the weights (rising, other) below the two cuts before a cut and the two behind it.

    Beyond the ends of the curve, a place repeats: there is no bin there.
    """
    places = []
    for j in (i - 2, i - 1, i + 1, i + 2):
        if j < 0:
            places.append((0.0, 0.0))
        elif j >= len(cuts):
            places.append((curve.n_rising, curve.n_other))
        else:
            places.append((float(curve.rising[cuts[j]]), float(curve.other[cuts[j]])))
    return places


def _best_place(
    curve: Curve,
    weight: Float1D,
    around: list[tuple[float, float]],
    objective: InformationValue,
    min_weight: float,
    keep_trend: bool,
) -> int | None:
    """Return the best place for a cut between two others, or None where there is no choice."""
    second, before, behind, fourth = around
    least = min_weight * (1 - 1e-12)
    first = int(weight.searchsorted(sum(before) + least))
    last = int(weight.searchsorted(sum(behind) - least, side="right"))
    if last - first <= 1:
        return None
    # the bins on both sides of each place: left in row 0, right in row 1
    rising, other = np.empty((2, 2, last - first))
    for bins, below, start, end in (
        (rising, curve.rising, before[0], behind[0]),
        (other, curve.other, before[1], behind[1]),
    ):
        np.subtract(below[first:last], start, out=bins[0])
        np.subtract(end, below[first:last], out=bins[1])
    # information value is the same whichever class is called good
    left, right = objective.parts(other, rising)
    value: Float1D = left + right
    if keep_trend:
        low, high = _share(second, before, -1.0), _share(behind, fourth, 2.0)
        value[~_keeps_trend(rising, other, low, high)] = -np.inf
    best = int(value.argmax())
    return first + best if value[best] > -np.inf else None


def _keeps_trend(rising: Float2D, other: Float2D, low: float, high: float) -> Bool1D:
    """Tell at which places of a cut the shares of the bins beside it, and beyond, still rise."""
    with np.errstate(divide="ignore", invalid="ignore"):
        left, right = rising / (rising + other)
    kept: Bool1D = (left < right) & (left > low) & (right < high)
    return kept


def _share(start: tuple[float, float], end: tuple[float, float], otherwise: float) -> float:
    """Return the share of the rising class in a bin, or another number where there is no bin."""
    rising, other = end[0] - start[0], end[1] - start[1]
    return rising / (rising + other) if start != end else otherwise
