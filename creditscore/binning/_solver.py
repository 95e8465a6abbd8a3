"""From counts of ordered pre-bins to the best bins: exact, by dynamic programming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D, Trend
from creditscore.metrics import iv_parts

_LEAST_GAIN = 1e-12
"""A split that adds less information value than this is rounding, and is not made."""


@dataclass(frozen=True)
class Solution:
    """The best way to join pre-bins.

    Attributes
    ----------
    starts : tuple of int
        First pre-bin of each bin; the first is 0.
    iv : float
        Sum of the information value over the bins.
    trend : {"ascending", "descending", "none"}
        The trend that it was found under.
    feasible : bool
        False where even one bin of everything is too small; that bin is returned all the same.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import solve_bins
    >>> good, bad = np.array([10.0, 30.0]), np.array([20.0, 10.0])
    >>> solution = solve_bins(good, bad, total_good=40, total_bad=30, min_weight=5)
    >>> solution.starts, round(solution.iv, 4), solution.trend
    ((0, 1), 0.7466, 'descending')
    """

    starts: tuple[int, ...]
    iv: float
    trend: Literal["ascending", "descending", "none"]
    feasible: bool


@dataclass(frozen=True)
class _Segments:
    """Every run of pre-bins i … j - 1 as a bin: its value, its bad rate, whether it may be."""

    value: Float2D
    rate: Float2D
    n_prebins: int


def solve_bins(
    good: Float1D,
    bad: Float1D,
    *,
    total_good: float,
    total_bad: float,
    min_weight: float = 0.0,
    max_n_bins: int | None = None,
    trend: Trend = "auto",
    smoothing: float = 0.5,
) -> Solution:
    """Join neighbouring pre-bins into bins of the highest information value.

    Parameters
    ----------
    good, bad : ndarray of shape (n_prebins,)
        Counts (weights) of ordered pre-bins, at least one.
    total_good, total_bad : float
        Goods and bads of the whole sample, with missing values and special codes, so that the
        information value adds up over all of a characteristic's attributes.
    min_weight : float, default=0
        Least weight of a bin.
    max_n_bins : int, optional
        Most bins; no limit unless given.
    trend : {"auto", "ascending", "descending", "none"}, default="auto"
        How the bad rate moves from bin to bin, equality allowed; "auto" is the better of
        ascending and descending, ascending on a tie.
    smoothing : float, default=0.5
        As in :func:`creditscore.metrics.woe`.

    Returns
    -------
    Solution
        The same for the same counts, always; of equal solutions one with fewer bins.

    Notes
    -----
    The state of the recursion is the last bin: for each of its ends, the best chain of bins up
    to its start whose last bad rate the trend admits, found by a running maximum over bins
    sorted by bad rate. O(n² log n) time and O(n²) memory for n pre-bins; the number of bins
    enters as a further factor only where its limit binds.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import solve_bins
    >>> good, bad = np.array([10.0, 30, 20, 40]), np.array([20.0, 10, 15, 5])
    >>> solve_bins(good, bad, total_good=100, total_bad=50).starts
    (0, 1, 3)
    """
    segments = _segments(good, bad, total_good, total_bad, min_weight, smoothing)
    if trend == "auto":
        ascending = _solve(segments, "ascending", max_n_bins)
        descending = _solve(segments, "descending", max_n_bins)
        return descending if descending.iv > ascending.iv + _LEAST_GAIN else ascending
    return _solve(segments, trend, max_n_bins)


def _segments(
    good: Float1D,
    bad: Float1D,
    total_good: float,
    total_bad: float,
    min_weight: float,
    smoothing: float,
) -> _Segments:
    n = len(good)
    n_good, n_bad = _sums_of_runs(good), _sums_of_runs(bad)
    weight = n_good + n_bad
    admitted = np.triu(np.ones((n + 1, n + 1), dtype=bool), k=1)
    admitted &= (weight > 0) & (weight >= min_weight * (1 - 1e-12))
    value = np.full((n + 1, n + 1), -np.inf)
    rate = np.zeros((n + 1, n + 1))
    value[admitted] = iv_parts(
        n_good[admitted],
        n_bad[admitted],
        smoothing=smoothing,
        total_good=total_good,
        total_bad=total_bad,
    )
    rate[admitted] = n_bad[admitted] / weight[admitted]
    return _Segments(value, rate, n)


def _sums_of_runs(counts: Float1D) -> Float2D:
    """Sum pre-bins i … j - 1 for every i < j; what is left of cancelled fractions counts as 0."""
    ends = np.concatenate([[0.0], np.cumsum(counts)])
    sums: Float2D = ends[None, :] - ends[:, None]
    sums[sums < 1e-12 * ends[-1]] = 0.0
    return sums


def _solve(
    segments: _Segments,
    trend: Literal["ascending", "descending", "none"],
    max_n_bins: int | None,
) -> Solution:
    n = segments.n_prebins
    starts = _best_chain(segments, trend, limit=None)
    if max_n_bins is not None and starts is not None and len(starts) > max_n_bins:
        starts = _best_chain(segments, trend, limit=max_n_bins)
    if starts is None:
        return Solution((0,), 0.0, trend, feasible=False)
    ends = [*starts[1:], n]
    value = float(sum(segments.value[i, j] for i, j in zip(starts, ends, strict=True)))
    return Solution(starts, value, trend, feasible=True)


def _best_chain(
    segments: _Segments,
    trend: Literal["ascending", "descending", "none"],
    limit: int | None,
) -> tuple[int, ...] | None:
    """Return the starts of the best bins, or None where no chain reaches the end.

    ``best[j, i, k]`` is the value of the best chain up to j whose last bin starts at i and that
    has k + 1 bins; without a limit the bins are not counted, and k is 0 throughout.
    """
    n = segments.n_prebins
    value = segments.value - _LEAST_GAIN
    rate = -segments.rate if trend == "descending" else segments.rate
    depth = 1 if limit is None else limit
    best = np.full((n + 1, n + 1, depth), -np.inf)
    came_from = np.zeros((n + 1, n + 1, depth), dtype=np.intp)
    best[:, 0, 0] = value[0]
    for i in range(1, n):
        ends = np.flatnonzero(value[i] > -np.inf)
        starts = np.flatnonzero((best[i, :i] > -np.inf).any(axis=1))
        if not len(ends) or not len(starts):
            continue
        order, reach = _admitted_predecessors(rate[starts, i], rate[i, ends], trend)
        chains = best[i, starts[order]]
        top = np.maximum.accumulate(chains, axis=0)
        at = np.maximum.accumulate(_rising(chains, top), axis=0)
        linked = ends[reach >= 0]
        reach = reach[reach >= 0]
        to, frm = (slice(None), slice(None)) if limit is None else (slice(1, None), slice(None, -1))
        best[linked, i, to] = value[i, linked, None] + top[reach, frm]
        came_from[linked, i, to] = starts[order][at[reach, frm]]
    return _trace_back(best[n], came_from, n, limit)


def _admitted_predecessors(
    before: Float1D, after: Float1D, trend: Literal["ascending", "descending", "none"]
) -> tuple[Int1D, Int1D]:
    """Sort the bins that end here by rate, and say how far each next bin may look back."""
    if trend == "none":
        return np.arange(len(before)), np.full(len(after), len(before) - 1)
    order = np.argsort(before, kind="stable")
    return order, np.searchsorted(before[order], after, side="right") - 1


def _rising(chains: Float2D, top: Float2D) -> Float2D:
    """Mark each place where the running maximum rises by its own index, others by 0."""
    higher: Bool1D = np.ones(chains.shape, dtype=bool)
    higher[1:] = chains[1:] > top[:-1]
    index: Float2D = np.where(higher, np.arange(len(chains))[:, None], 0)
    return index


def _trace_back(
    final: Float2D, came_from: npt.NDArray[np.intp], n: int, limit: int | None
) -> tuple[int, ...] | None:
    best = final.max()
    if best == -np.inf:
        return None
    start, k = map(int, np.unravel_index(int(final.argmax()), final.shape))
    starts, end = [start], n
    while start > 0:
        start, end, k = int(came_from[end, start, k]), start, k - (limit is not None)
        starts.append(start)
    return tuple(reversed(starts))
