"""Where an additive function of many columns steps, found by asking it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D

_ROWS_AT_ONCE = 1 << 16
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
        Values of the sample by column, NaN left out.

    Returns
    -------
    dict of int to ndarray
        The least values above each step: trees that send x ≤ t to the left step at t, and the
        interval on the right begins at the float after t.
    """
    known = {column: np.unique(v[~np.isnan(v)]) for column, v in columns.items()}
    levels = probe.ask([([column], values[:, None]) for column, values in known.items()])
    steps = [np.flatnonzero(np.diff(level)) for level in levels]
    owner = np.repeat(np.array(list(known), dtype=np.intp), [len(s) for s in steps])

    def beside(of: Iterable[Float1D], shift: int) -> Float1D:
        parts = [values[s + shift] for values, s in zip(of, steps, strict=True)]
        return np.concatenate([*parts, np.empty(0)])

    gaps = _Gaps(owner, beside(known.values(), 0), beside(known.values(), 1), beside(levels, 0))
    at_high = beside(levels, 1)
    found: list[tuple[Int1D, Float1D]] = []
    while len(gaps.owner):
        tops, at_top = gaps.first_steps(probe)
        found.append((gaps.owner, tops))
        # two thresholds may lie between the same two values of the sample
        more = (at_top != at_high) & (tops < gaps.high)
        gaps = _Gaps(gaps.owner[more], tops[more], gaps.high[more], at_top[more])
        at_high = at_high[more]
    return {
        column: np.unique(np.concatenate([tops[of == column] for of, tops in found] or [[]]))
        for column in known
    }


@dataclass(frozen=True)
class _Gaps:
    """Neighbouring values of columns between which the function steps."""

    owner: Int1D
    low: Float1D
    high: Float1D
    at_low: Float1D

    def first_steps(self, probe: Probe) -> tuple[Float1D, Float1D]:
        """Return the least floats at which each has left its lower level, and the levels there."""
        # most steps are half-way between two values
        middle = self.low + (self.high - self.low) / 2
        after = np.nextafter(middle, np.inf)
        done = self._is_low(probe, middle) & ~self._is_low(probe, after)
        bottom, top = _ordinal(self.low), _ordinal(self.high)
        bottom[done], top[done] = _ordinal(middle[done]), _ordinal(after[done])
        # differences of places may be beyond 64 bits, sums of halves are not
        while (open_yet := top > bottom + 1).any():
            # half-way in floats, not in amounts, so that 64 steps are enough
            half = bottom // 2 + top // 2 + (bottom % 2 + top % 2) // 2
            left = self._is_low(probe, _float(half))
            bottom = np.where(open_yet & left, half, bottom)
            top = np.where(open_yet & ~left, half, top)
        return _float(top), self._levels(probe, _float(top))

    def _is_low(self, probe: Probe, at: Float1D) -> Bool1D:
        same: Bool1D = self._levels(probe, at) == self.at_low
        return same

    def _levels(self, probe: Probe, at: Float1D) -> Float1D:
        rows = np.repeat(probe.reference[None, :], len(at), axis=0)
        rows[np.arange(len(at)), self.owner] = at
        return probe.ask([(range(len(probe.reference)), rows)])[0]


def _ordinal(values: Float1D) -> Int1D:
    """Return the place of floats among all floats; neighbours differ by 1, and -0 is 0."""
    bits = np.ascontiguousarray(values + 0.0).view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _float(ordinals: Int1D) -> Float1D:
    bits = np.where(ordinals < 0, np.iinfo(np.int64).min - ordinals, ordinals)
    floats: Float1D = np.ascontiguousarray(bits).view(np.float64)
    return floats
