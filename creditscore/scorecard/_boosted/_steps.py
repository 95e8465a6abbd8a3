"""Where an additive function of many columns steps, found by asking it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D

_ROWS_AT_ONCE = 1 << 16
_MOST_PROBES = 1 << 14
"""Values of a column at which it is asked first; steps are much farther apart."""
Decide = Callable[[Float2D], Float1D]


@dataclass(frozen=True)
class Probe:
    """Asks a function of many columns what single columns add, beside one fixed row.

    Parameters
    ----------
    decide : callable
        From a matrix to the function's value of each row.
    reference : ndarray of shape (n_columns,)
        The row.

    Notes
    -----
    Questions about all columns go in one call, for a call has a price of its own.
    """

    decide: Decide
    reference: Float1D

    def ask(self, questions: Sequence[tuple[Sequence[int], Float2D]]) -> list[Float1D]:
        """Return what columns add to the function at given values of theirs.

        Parameters
        ----------
        questions : sequence of (columns, values)
            Values of shape (n, n_columns).
        """
        sizes = [len(values) for _, values in questions]
        rows = np.repeat(self.reference[None, :], sum(sizes), axis=0)
        ends = np.cumsum([0, *sizes])
        for (columns, values), begin, end in zip(questions, ends[:-1], ends[1:], strict=True):
            rows[begin:end, list(columns)] = values
        added = self._added(rows)
        return [added[begin:end] for begin, end in pairwise(ends.tolist())]

    def _added(self, rows: Float2D) -> Float1D:
        base = self.decide(self.reference[None, :])[0]
        parts = [
            self.decide(rows[begin : begin + _ROWS_AT_ONCE])
            for begin in range(0, len(rows), _ROWS_AT_ONCE)
        ]
        added: Float1D = np.concatenate([*parts, np.empty(0)]) - base
        return added


def find_cuts(probe: Probe, columns: Mapping[int, Float1D]) -> dict[int, Float1D]:
    """Find where the function steps in each of some columns, to the last float.

    Parameters
    ----------
    probe : Probe
        The function.
    columns : mapping of int to ndarray
        Values of the sample by column, NaN left out. Between two of them in order there is one
        step at most.

    Returns
    -------
    dict of int to ndarray
        The least values above each step: trees that send x ≤ t to the left step at t, and the
        interval on the right begins at the float after t.
    """
    known = {column: _thinned(np.unique(v[~np.isnan(v)])) for column, v in columns.items()}
    levels = probe.ask([([column], values[:, None]) for column, values in known.items()])
    steps = [np.flatnonzero(np.diff(level)) for level in levels]
    owner = np.repeat(np.array(list(known), dtype=np.intp), [len(s) for s in steps])
    low = _joined([v[s] for v, s in zip(known.values(), steps, strict=True)])
    high = _joined([v[s + 1] for v, s in zip(known.values(), steps, strict=True)])
    at_low = _joined([level[s] for level, s in zip(levels, steps, strict=True)])
    tops = _bisected(probe, owner, low, high, at_low) if len(low) else low
    return {column: np.unique(tops[owner == column]) for column in known}


def _bisected(probe: Probe, owner: Int1D, low: Float1D, high: Float1D, at_low: Float1D) -> Float1D:
    """Return the least floats above each step, between `low` and `high`."""

    def is_low(at: Float1D) -> Bool1D:
        rows = np.repeat(probe.reference[None, :], len(at), axis=0)
        rows[np.arange(len(at)), owner] = at
        same: Bool1D = probe.ask([(range(len(probe.reference)), rows)])[0] == at_low
        return same

    # most steps are half-way between two values
    middle = low + (high - low) / 2
    after = np.nextafter(middle, np.inf)
    done = is_low(middle) & ~is_low(after)
    bottom, top = _ordinal(low), _ordinal(high)
    bottom[done], top[done] = _ordinal(middle[done]), _ordinal(after[done])
    # differences of places may be beyond 64 bits, sums of halves are not
    while (open_yet := top > bottom + 1).any():
        # half-way in floats, not in amounts, so that 64 steps are enough
        half = bottom // 2 + top // 2 + (bottom % 2 + top % 2) // 2
        left = is_low(_float(half))
        bottom = np.where(open_yet & left, half, bottom)
        top = np.where(open_yet & ~left, half, top)
    return _float(top)


def _thinned(values: Float1D) -> Float1D:
    if len(values) <= _MOST_PROBES:
        return values
    thinned: Float1D = values[np.linspace(0, len(values) - 1, _MOST_PROBES).round().astype(int)]
    return thinned


def _joined(parts: list[Float1D]) -> Float1D:
    joined: Float1D = np.concatenate([*parts, np.empty(0)])
    return joined


def _ordinal(values: Float1D) -> Int1D:
    """Return the place of floats among all floats; neighbours differ by 1, and -0 is 0."""
    bits = np.ascontiguousarray(values + 0.0).view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _float(ordinals: Int1D) -> Float1D:
    bits = np.where(ordinals < 0, np.iinfo(np.int64).min - ordinals, ordinals)
    floats: Float1D = np.ascontiguousarray(bits).view(np.float64)
    return floats
