"""The best chain of bins under a plain trend: one pass over the runs in order of their level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from creditscore.binning._runs import Runs

_Chain: TypeAlias = "tuple[int, _Chain] | None"
"""Starts of bins, the last first, as a linked list that grows without copying."""


def best_rising(
    runs: Runs, max_n_bins: int | None, *, falling: bool = False
) -> tuple[int, ...] | None:
    """Return the starts of the best chain of runs of strictly rising level, or None.

    Parameters
    ----------
    runs : Runs
        Those that may be a bin.
    max_n_bins : int or None
        Most bins.
    falling : bool, default=False
        Ask for falling levels instead.

    Notes
    -----
    The runs are sorted by level. One pass in that order keeps, for each place, the best chain that
    ends there: when a run's turn comes, the chains it may continue are those of lower level, and
    just those are known by then. So n pre-bins take O(n² log n) time and O(n²) memory. Where a
    limit on the number of bins binds, runs that cannot be part of a solution better than a known
    one are left out, and the others take O(max_n_bins) each.
    """
    # within one level the later start comes first, so that no bin follows one of its own level:
    # joined they are worth the same, but for smoothing, which would pay for splitting pure bins
    level = -runs.level if falling else runs.level
    order = len(level) - 1 - np.argsort(level[::-1], kind="stable")
    ordered = runs.at(order)
    best, chains = _scan(ordered)
    starts = _starts(chains[-1])
    if not starts:
        return None
    if max_n_bins is not None and len(starts) > max_n_bins:
        known = _merged(runs, starts, max_n_bins)
        starts = _starts(_limited_scan(_promising(ordered, best, known), max_n_bins))
    return tuple(starts) if starts else None


def _scan(runs: Runs) -> tuple[list[float], list[_Chain]]:
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


def _limited_scan(runs: Runs, max_n_bins: int) -> _Chain:
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


def _promising(runs: Runs, best: Sequence[float], known: float) -> Runs:
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
    slack = 1e-9 * max(1.0, abs(known)) if math.isfinite(known) else 0.0
    return runs.at(linked & (bound >= known - slack))


def _merged(runs: Runs, starts: Sequence[int], max_n_bins: int) -> float:
    """Return the value after the dearest cuts alone are kept: a solution, if not the best.

    The level of joined neighbours lies between the two, so the trend holds. Where some that are
    joined may be no bin, the value is minus infinity.
    """
    value = runs.square(runs.value, -np.inf)
    ends = [*starts, runs.n_prebins]
    while len(ends) - 1 > max_n_bins:
        parts = np.array([value[a, b] for a, b in pairwise(ends)])
        joined = np.array([value[a, b] for a, b in zip(ends[:-2], ends[2:], strict=True)])
        with np.errstate(invalid="ignore"):
            loss = parts[:-1] + parts[1:] - joined
        del ends[1 + int(loss.argmin())]
    held = [float(value[a, b]) for a, b in pairwise(ends)]
    # beside a bin of infinite value, one that may not be would make no number
    return -math.inf if -math.inf in held else sum(held)


def _starts(chain: _Chain) -> list[int]:
    starts = []
    while chain is not None:
        start, chain = chain
        starts.append(start)
    return starts[::-1]
