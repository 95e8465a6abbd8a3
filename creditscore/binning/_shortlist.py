"""From very many possible cuts to those worth trying, and back to the best place of each."""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore.binning._curve import Curve
from creditscore.binning._objective import InformationValue

LOOKED_INTO = 0.0005
"""Share of the weight on each side of a cut in which values are told apart to place it."""
_SWEEPS = 4
"""How often the cuts are gone through to move them; most are settled after two."""
_SETTLED = 1e-4
"""Where a move gains less than this part of the value of two bins, their neighbours stay."""
_SLOPES = 16
"""Shares of the rising class that bins are valued at before the solver is asked."""
_SLOPES_IF_LIMITED = 32
"""The same where only so many bins may be made, and more of them must do for fewer bins."""
_PURE = 1e-3
"""A bin with so small a part of the usual share of a class is valued as one without it."""


def hull(curve: Curve) -> Int1D:
    """Return the cuts of the convex hull of the curve: the best ones under the trend alone.

    Notes
    -----
    Pooling neighbours until the share rises gives the hull, and information value, being convex
    in the bins, is highest on it [1]_. With fewer or larger bins it is only less, so the hull
    bounds from above what any admissible bins on this curve can reach. Only where the share rises
    from cell to cell can a cut remain, so what lies between such places is pooled at once.

    References
    ----------
    .. [1] R. E. Barlow et al., *Statistical Inference under Order Restrictions*, Wiley, 1972.
    """
    if not len(curve.rising):
        return np.empty(0, dtype=np.intp)
    rising, other = curve.steps()
    rising /= rising + other
    rises = np.flatnonzero(rising[1:] > rising[:-1])
    rising, other = curve.between(rises)
    weight = rising + other
    pooled = isotonic_regression(rising / weight, weights=weight)
    return rises[np.asarray(pooled.blocks[1:-1], dtype=np.intp) - 1]


def shortlist(curve: Curve, hull_cuts: Int1D, n_cells: int) -> Int1D:
    """Return cuts that the solver should choose among, in order.

    Those of the hull; in each of `n_cells` cells of equal weight the cut that comes nearest to
    the hull; and the first and the last cut. Cells have room for a hull cut each at the most, so
    the list holds no more than 2 · n_cells + 2.
    """
    weight = curve.weight
    edges = weight[0] + np.arange(n_cells) * ((weight[-1] - weight[0]) / n_cells)
    starts = weight.searchsorted(edges)
    lengths = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=lengths[:-1])
    lengths[-1] = len(weight) - starts[-1]
    starts, lengths = starts[lengths > 0], lengths[lengths > 0]
    if len(hull_cuts) > n_cells:
        hull_cuts = hull_cuts[np.diff(starts.searchsorted(hull_cuts, side="right"), prepend=0) > 0]
    # what the curve is above the hull counts within a cell only, so that its slope there is enough
    rising, other = curve.between(hull_cuts)
    slope = (rising / (rising + other))[hull_cuts.searchsorted(starts)]
    nearest = _first_of_least(curve.rising - np.repeat(slope, lengths) * weight, starts, lengths)
    return joined(len(weight), nearest, hull_cuts, np.array([0, len(weight) - 1]))


def joined(n: int, *places: Int1D) -> Int1D:
    """Return all places, of `n`, that one of the lists holds, in order."""
    held = np.zeros(n, dtype=bool)
    for listed in places:
        held[listed] = True
    return np.flatnonzero(held)


def extremes(curve: Curve, n_cells: int) -> Int1D:
    """Return, for bins without a trend, the cuts where the curve bulges most to either side."""
    up = shortlist(curve, np.empty(0, dtype=np.intp), n_cells)
    down = shortlist(curve.mirrored(), np.empty(0, dtype=np.intp), n_cells)
    return joined(curve.n_cuts, up, down)


def propose(
    curve: Curve,
    hull_cuts: Int1D,
    objective: InformationValue,
    *,
    min_weight: float,
    max_n_bins: int | None,
) -> tuple[Int1D, Int1D]:
    """Return nearly the best cuts of a curve under the trend: of any number, and of so many bins.

    Notes
    -----
    The value of a bin is convex in its share of the rising class, so it is the highest of the
    tangents to it. To value bins by the tangents at some fixed shares, of which each bin takes a
    later one than the bin before, makes their shares rise, and costs little: what is best up to
    each cut with the tangents up to one follows from what is best with those before it and a
    running maximum. So n cuts and t tangents take O(n · t) time, against O(n² log n) of the
    solver, and `max_n_bins` times that where it binds. What is lost between two tangents goes
    with the square of their distance.
    """
    if not (curve.n_rising and curve.n_other):
        none = np.empty(0, dtype=np.intp)
        return none, none
    tangents = _tangents(objective, _slopes(curve, hull_cuts, _SLOPES))
    free = _best_by_tangents(curve, tangents, min_weight, None)
    if max_n_bins is None or len(free) < max_n_bins:
        return free, free
    tangents = _tangents(objective, _slopes(curve, hull_cuts, _SLOPES_IF_LIMITED))
    return free, _best_by_tangents(curve, tangents, min_weight, max_n_bins)


def _shares(curve: Curve, cuts: Int1D) -> Float1D:
    """Return the share of the rising class in each bin, kept away from none and all."""
    rising, other = curve.between(cuts)
    least, most = _PURE * curve.n_rising / curve.total, 1 - _PURE * curve.n_other / curve.total
    return np.clip(rising / (rising + other), least, most)


def _slopes(curve: Curve, hull_cuts: Int1D, n: int) -> Float1D:
    """Return shares of the rising class from one end of the hull to the other."""
    # of such steps the squares matter alike, near 0 as in the middle
    first, last = np.arcsin(np.sqrt(_shares(curve, hull_cuts)[[0, -1]])).tolist()
    slopes: Float1D = np.sin(np.linspace(first, last, n)) ** 2
    return slopes


def _tangents(objective: InformationValue, share: Float1D) -> tuple[Float1D, Float1D]:
    """Return what a tangent at each share gives for a unit of the rising and of the other class."""
    # so large a bin that no class lacks
    weight = (objective.total_good + objective.total_bad) * 1e6
    step = 1e-5 * share * (1 - share)
    at = np.stack([share, share - step, share + step])
    value, before, behind = objective.parts(weight * (1 - at), weight * at) / weight
    slope = (behind - before) / (2 * step)
    return value + slope * (1 - share), value - slope * share


def _best_by_tangents(
    curve: Curve, tangents: tuple[Float1D, Float1D], min_weight: float, max_n_bins: int | None
) -> Int1D:
    """Return the best cuts where every bin takes a tangent behind that of the bin before it."""
    rising, other = (
        np.concatenate([[0.0], below, [total]])
        for below, total in ((curve.rising, curve.n_rising), (curve.other, curve.n_other))
    )
    weight = rising + other
    # how many places are so far before each place that a bin fits between
    n_before = weight.searchsorted(weight - min_weight * (1 - 1e-12), side="right")
    n_before = np.minimum(n_before, np.arange(len(weight)))
    lines = np.multiply.outer(tangents[0], rising)
    lines += np.multiply.outer(tangents[1], other)
    if max_n_bins is None:
        # the best up to each place, after each tangent
        best = np.empty((len(lines) + 1, len(weight)))
        before, after = best[:-1], best[1:]
    else:
        # the same for each number of bins, which a tangent that is taken raises
        best = np.empty((len(lines) + 1, max_n_bins + 1, len(weight)))
        before, after = best[:-1, :-1], best[1:, 1:]
        best[:, 0] = -np.inf
        best[:, 0, 0] = 0.0
    best[0] = -np.inf
    best[0, ..., :1].flat[0] = 0.0
    gain, total = (
        np.full((*before.shape[1:-1], len(weight) + 1), -np.inf),
        np.empty(after.shape[1:]),
    )
    kept = best[:-1, 1:] if max_n_bins is not None else before
    for line, known, unused, reached in zip(lines, before, kept, after, strict=True):
        np.subtract(known, line, out=gain[..., 1:])
        np.maximum.accumulate(gain, axis=-1, out=gain)
        gain.take(n_before, axis=-1, out=total, mode="clip")
        total += line
        np.maximum(unused, total, out=reached)
    return _traced(best.reshape(len(best), -1, len(weight)), lines, n_before)


def _traced(best: Float2D, lines: Float2D, n_before: Int1D) -> Int1D:
    """Return the cuts that lead to the best value at the last place."""
    limited = int(best.shape[1] > 1)
    place = len(n_before) - 1
    row = int(best[-1, :, place].argmax())
    cuts = []
    for i in range(len(lines) - 1, -1, -1):
        if best[i + 1, row, place] > best[i, row, place]:
            row -= limited
            until = n_before[place]
            place = int((best[i, row, :until] - lines[i, :until]).argmax())
            if not place:
                break
            cuts.append(place - 1)
    return np.asarray(cuts[::-1], dtype=np.intp)


def parted(
    curve: Curve,
    cuts: Int1D,
    objective: InformationValue,
    *,
    min_weight: float,
    max_n_bins: int | None,
) -> Int1D:
    """Return the cuts and others of the curve that add to the value under the trend.

    The best is added first, as long as one adds a part of the value that matters. Where sizes
    bind, bins that are worth having may begin beside all places that the solver was given.
    """
    while max_n_bins is None or len(cuts) + 1 < max_n_bins:
        place = _best_addition(curve, cuts, objective, min_weight)
        if place is None:
            break
        cuts = np.insert(cuts, int(cuts.searchsorted(place)), place)
    return cuts


def _best_addition(
    curve: Curve, cuts: Int1D, objective: InformationValue, min_weight: float
) -> int | None:
    """Return the place at which one more cut adds most to the value, if that matters."""
    bins = np.stack(curve.between(cuts))
    weight = bins.sum(axis=0)
    share = bins[0] / weight
    places = _under_chords(curve, cuts, share)
    if not len(places):
        return None
    within = cuts.searchsorted(places, side="right")
    below = np.stack([curve.rising.take(places), curve.other.take(places)])
    left = below - (np.cumsum(bins, axis=1) - bins).take(within, axis=1)
    right = bins.take(within, axis=1) - left
    left_weight, right_weight = left.sum(axis=0), right.sum(axis=0)
    admitted = np.minimum(left_weight, right_weight) >= max(min_weight, 1e-9) * (1 - 1e-9)
    # next to a bin that is parted, the share must still rise
    around = np.concatenate([[-1.0], share, [2.0]])
    with np.errstate(divide="ignore", invalid="ignore"):
        admitted &= around.take(within) < left[0] / left_weight
        admitted &= right[0] / right_weight < around.take(within + 2)
    chosen = np.flatnonzero(admitted)
    if not len(chosen):
        return None
    # information value is the same whichever class is called good
    value = objective.parts(bins[1], bins[0])
    gain = objective.parts(left[1, chosen], left[0, chosen])
    gain += objective.parts(right[1, chosen], right[0, chosen])
    gain -= value.take(within[chosen])
    best = int(gain.argmax())
    return int(places[chosen[best]]) if gain[best] > _SETTLED * value.sum() else None


def _under_chords(curve: Curve, cuts: Int1D, share: Float1D) -> Int1D:
    """Return the places that part their bin such that the share rises: under its chord."""
    lengths = np.diff(cuts, prepend=0, append=curve.n_cuts)
    start = np.concatenate([[0.0], curve.rising.take(cuts)])
    start -= share * np.concatenate([[0.0], curve.weight.take(cuts)])
    chord = np.repeat(share, lengths)
    chord *= curve.weight
    chord += np.repeat(start, lengths)
    return np.flatnonzero(curve.rising < chord)


def refine(
    curve: Curve,
    cuts: Int1D,
    objective: InformationValue,
    *,
    min_weight: float,
    keep_trend: bool,
    reach: float = np.inf,
) -> Int1D:
    """Move each cut to its best place between its neighbours, until none moves.

    Moves that gain next to nothing bring no further ones about. The bins stay large enough and,
    where `keep_trend` says so, the share keeps rising. The value never falls. A move passes over
    no more weight than `reach`, and takes time in proportion to the cuts there.
    """
    weight = curve.weight
    settled = list(cuts.tolist())
    moving = set(range(len(settled)))
    for _ in range(_SWEEPS):
        for i in sorted(moving):
            moving.discard(i)
            now = settled[i]
            within = float(weight[now]) - reach, float(weight[now]) + reach
            around = _around(curve, settled, i)
            place, gain = _best_place(curve, now, around, within, objective, min_weight, keep_trend)
            settled[i] = place
            if gain > _SETTLED:
                far = abs(weight[place] - weight[now]) > reach / 2
                again = (i - 1, i, i + 1) if far else (i - 1, i + 1)
                moving |= {j for j in again if 0 <= j < len(settled)}
        if not moving:
            break
    return np.asarray(settled, dtype=np.intp)


def _first_of_least(values: Float1D, starts: Int1D, lengths: Int1D) -> Int1D:
    """Return the place of the least value in each stretch, the first of equals."""
    least = np.minimum.reduceat(values, starts)
    at_least = np.flatnonzero(values <= np.repeat(least, lengths))
    return at_least[at_least.searchsorted(starts)]


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
    now: int,
    around: list[tuple[float, float]],
    within: tuple[float, float],
    objective: InformationValue,
    min_weight: float,
    keep_trend: bool,
) -> tuple[int, float]:
    """Return the best place for a cut between two others, and what part of the value it adds."""
    second, before, behind, fourth = around
    least = min_weight * (1 - 1e-12)
    first = int(curve.weight.searchsorted(max(sum(before) + least, within[0])))
    last = int(curve.weight.searchsorted(min(sum(behind) - least, within[1]), side="right"))
    if last - first <= 1 or not first <= now < last:
        return now, 0.0
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
    held = float(value[now - first])
    best = int(value.argmax())
    if keep_trend:
        low, high = _share(second, before, -1.0), _share(behind, fourth, 2.0)
        left_share, right_share = (
            _share((0.0, 0.0), (float(rising[i, best]), float(other[i, best])), np.nan)
            for i in (0, 1)
        )
        if not low < left_share < right_share < high:
            value[~_keeps_trend(rising, other, low, high)] = -np.inf
            best = int(value.argmax())
    gain = float(value[best]) - held
    return (first + best, gain / abs(held) if held else np.inf) if gain > 0 else (now, 0.0)


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


def thinned(places: Int1D, n: int, *, ends: bool = True) -> Int1D:
    """Leave out places evenly, where there are more than n; first and last only if told so."""
    if len(places) <= n:
        return places
    last = len(places) - 1
    kept = np.linspace(0, last, n) if ends else np.linspace(0, last, n + 2)[1:-1]
    return places[kept.round().astype(np.intp)]
