"""From counts of ordered pre-bins to the best bins: exact, by dynamic programming."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D, Trend
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.binning._objective import InformationValue
from creditscore.exceptions import InvalidDataError

TRENDS = ("auto", "ascending", "descending", "none")

LEAST_GAIN = 1e-12
"""A split that adds less information value than this is rounding, and is not made."""

_Chain: TypeAlias = "tuple[int, _Chain] | None"
"""Starts of bins, the last first, as a linked list that grows without copying."""


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
class _Runs:
    """Runs of pre-bins start … end - 1 that may be a bin, in the order in which they may follow.

    A bin may come after every run that stands before it here and ends where it starts.
    """

    start: Int1D
    end: Int1D
    value: Float1D
    n_prebins: int

    def kept(self, keep: Bool1D) -> _Runs:
        return _Runs(self.start[keep], self.end[keep], self.value[keep], self.n_prebins)


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
    max_n_bins : int or None, default=None
        Most bins; None sets no limit.
    trend : {"auto", "ascending", "descending", "none"}, default="auto"
        How the bad rate moves from bin to bin, strictly; "auto" is the better of ascending and
        descending, ascending on a tie.
    smoothing : float, default=0.5
        As in :func:`creditscore.metrics.woe`.

    Returns
    -------
    Solution
        The same for the same counts, always; of equal solutions one with fewer bins.

    Raises
    ------
    InvalidDataError
        Counts that are negative, not finite, or of different length.
    InvalidParameterError
        A parameter is out of range.

    Notes
    -----
    All runs of pre-bins that are large enough are sorted by bad rate. One pass in that order
    keeps, for each place, the best chain of bins that ends there: when a run's turn comes, the
    chains it may continue are those of lower rate, and just those are known by then. So n
    pre-bins take O(n² log n) time and O(n²) memory. Where the number of bins is limited and the
    limit binds, runs that cannot be part of a solution better than a known one are left out, and
    the others take O(max_n_bins) each.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import solve_bins
    >>> good, bad = np.array([10.0, 30, 20, 40]), np.array([20.0, 10, 15, 5])
    >>> solve_bins(good, bad, total_good=100, total_bad=50).starts
    (0, 1, 3)
    """
    check_choice(trend, "trend", "solve_bins", TRENDS)
    check_real(min_weight, "min_weight", "solve_bins", low=0, high=math.inf, closed="left")
    if max_n_bins is not None:
        check_integer(max_n_bins, "max_n_bins", "solve_bins", low=1)
    good, bad = np.asarray(good, dtype=np.float64), np.asarray(bad, dtype=np.float64)
    if good.ndim != 1 or good.shape != bad.shape or not len(good):
        msg = f"good and bad must be 1D, of one length. Got shapes {good.shape} and {bad.shape}."
        raise InvalidDataError(msg)
    if not (np.isfinite(good) & np.isfinite(bad) & (good >= 0) & (bad >= 0)).all():
        msg = "good and bad must be counts, finite and zero or more."
        raise InvalidDataError(msg)
    objective = InformationValue(total_good, total_bad, smoothing)
    if trend != "auto":
        return _solve(good, bad, objective, min_weight, max_n_bins, trend)
    ascending = _solve(good, bad, objective, min_weight, max_n_bins, "ascending")
    descending = _solve(good, bad, objective, min_weight, max_n_bins, "descending")
    return descending if descending.iv > ascending.iv + LEAST_GAIN else ascending


def _solve(
    good: Float1D,
    bad: Float1D,
    objective: InformationValue,
    min_weight: float,
    max_n_bins: int | None,
    trend: Literal["ascending", "descending", "none"],
) -> Solution:
    good_below, bad_below = (np.concatenate([[0.0], np.cumsum(c)]) for c in (good, bad))
    runs = _admitted_runs(good_below, bad_below, objective, min_weight, trend)
    best, chains = _scan(runs)
    starts = _starts(chains[-1])
    if not starts:
        return Solution((0,), 0.0, trend, feasible=False)
    if max_n_bins is not None and len(starts) > max_n_bins:
        known = _merged(starts, max_n_bins, good_below, bad_below, objective)
        starts = _starts(_limited_scan(_promising(runs, best, known), max_n_bins))
    value = _value(starts, good_below, bad_below, objective)
    return Solution(tuple(starts), value, trend, feasible=True)


def _admitted_runs(
    good_below: Float1D,
    bad_below: Float1D,
    objective: InformationValue,
    min_weight: float,
    trend: Literal["ascending", "descending", "none"],
) -> _Runs:
    start, end = _all_runs(len(good_below))
    good, bad = _between(good_below, start, end), _between(bad_below, start, end)
    weight = good + bad
    keep = (weight > 0) & (weight >= min_weight * (1 - 1e-12))
    start, end = start[keep], end[keep]
    good, bad, weight = good[keep], bad[keep], weight[keep]
    runs = _Runs(start, end, objective.parts(good, bad) - LEAST_GAIN, len(good_below) - 1)
    if trend == "none":
        return runs
    rate = bad / weight
    # within one rate the later start comes first, so that no bin follows one of its own rate:
    # joined they are worth the same, but for smoothing, which would pay for splitting pure bins
    order = np.argsort((rate if trend == "ascending" else -rate)[::-1], kind="stable")
    order = len(rate) - 1 - order
    return _Runs(start[order], end[order], runs.value[order], runs.n_prebins)


@lru_cache(maxsize=8)
def _all_runs(n_places: int) -> tuple[Int1D, Int1D]:
    """Return start and end of every run; columns often have the same number of pre-bins."""
    start, end = np.triu_indices(n_places, k=1)
    return start, end


def _between(below: Float1D, start: Int1D, end: Int1D) -> Float1D:
    """Weight from start to end; what is left of cancelled fractions counts as 0."""
    weight: Float1D = below[end] - below[start]
    weight[weight < 1e-12 * below[-1]] = 0.0
    return weight


def _scan(runs: _Runs) -> tuple[list[float], list[_Chain]]:
    """Return the value of the best chain up to each place, and the chain."""
    best = [-math.inf] * (runs.n_prebins + 1)
    chains: list[_Chain] = [None] * (runs.n_prebins + 1)
    best[0] = 0.0
    for start, end, value in zip(
        runs.start.tolist(), runs.end.tolist(), runs.value.tolist(), strict=True
    ):
        total = best[start] + value
        if total > best[end]:
            best[end] = total
            chains[end] = (start, chains[start])
    return best, chains


def _limited_scan(runs: _Runs, max_n_bins: int) -> _Chain:
    """Return the best chain to the end of at most so many bins."""
    places = range(runs.n_prebins + 1)
    best = [[-math.inf] * (max_n_bins + 1) for _ in places]
    chains: list[list[_Chain]] = [[None] * (max_n_bins + 1) for _ in places]
    best[0][0] = 0.0
    for start, end, value in zip(
        runs.start.tolist(), runs.end.tolist(), runs.value.tolist(), strict=True
    ):
        before, after = best[start], best[end]
        for k in range(max_n_bins):
            total = before[k] + value
            if total > after[k + 1]:
                after[k + 1] = total
                chains[end][k + 1] = (start, chains[start][k])
    final = best[-1]
    return chains[-1][max(range(max_n_bins + 1), key=lambda k: final[k])]


def _promising(runs: _Runs, best: Sequence[float], known: float) -> _Runs:
    """Keep the runs that some chain as good as the known one may contain.

    What comes before and after a run is worth no more than the best chains without a limit.
    """
    onward = [-math.inf] * (runs.n_prebins + 1)
    onward[-1] = 0.0
    for start, end, value in zip(
        runs.start[::-1].tolist(), runs.end[::-1].tolist(), runs.value[::-1].tolist(), strict=True
    ):
        total = value + onward[end]
        onward[start] = max(onward[start], total)
    before, after = np.array(best)[runs.start], np.array(onward)[runs.end]
    linked = (before > -np.inf) & (after > -np.inf)
    with np.errstate(invalid="ignore"):
        # an end that cannot be reached and a bin of infinite value make no number, and no link
        bound = before + runs.value + after
    return runs.kept(linked & (bound >= known - 1e-9))


def _merged(
    starts: Sequence[int],
    max_n_bins: int,
    good_below: Float1D,
    bad_below: Float1D,
    objective: InformationValue,
) -> float:
    """Return the value after the dearest cuts alone are kept: a solution, if not the best.

    Joined neighbours are large enough, and their rate lies between the two, so the trend holds.
    """
    ends = np.asarray([*starts, len(good_below) - 1], dtype=np.intp)
    while len(ends) - 1 > max_n_bins:
        good, bad = np.diff(good_below[ends]), np.diff(bad_below[ends])
        parts = objective.parts(good, bad)
        joined = objective.parts(good[:-1] + good[1:], bad[:-1] + bad[1:])
        loss = parts[:-1] + parts[1:] - joined
        ends = np.delete(ends, 1 + int(loss.argmin()))
    value = _value(ends[:-1].tolist(), good_below, bad_below, objective)
    return value - LEAST_GAIN * (len(ends) - 1)


def _value(
    starts: Sequence[int], good_below: Float1D, bad_below: Float1D, objective: InformationValue
) -> float:
    first = np.asarray(starts, dtype=np.intp)
    end = np.append(first[1:], len(good_below) - 1)
    parts = objective.parts(_between(good_below, first, end), _between(bad_below, first, end))
    return float(parts.sum())


def _starts(chain: _Chain) -> list[int]:
    starts = []
    while chain is not None:
        start, chain = chain
        starts.append(start)
    return starts[::-1]
