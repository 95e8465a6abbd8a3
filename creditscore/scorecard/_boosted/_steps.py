"""Where an additive function of many columns steps, found by asking it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from creditscore._typing import Bool1D, Bool2D, Float1D, Float2D, Int1D

_ROWS_AT_ONCE = 1 << 16
_N_ASKED = 512
"""Values of a column at which a function is asked first: twice the most bins of a boosting."""
_LARGEST = float(np.finfo(np.float64).max)
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


def find_cuts(
    probe: Probe, columns: Mapping[int, Float1D], *, every_value: bool = True
) -> dict[int, Float1D]:
    """Find where the function steps in each of some columns, to the last float.

    Parameters
    ----------
    probe : Probe
        The function.
    columns : mapping of int to ndarray
        Values of the sample by column, NaN left out.
    every_value : bool, default=True
        Ask at each distinct value. If not, ask at some five hundred by rank and as many by
        frequency, and look for steps where two neighbours differ: steps that come and go between
        two of them are missed, which bins of boosting, of equal frequency, hardly ever do.

    Returns
    -------
    dict of int to ndarray
        The least values above each step: trees that send x ≤ t to the left step at t, and the
        interval on the right begins at the float after t.
    """
    known = {column: _beyond(np.unique(v[~np.isnan(v)])) for column, v in columns.items()}
    asked = known if every_value else {c: _some(columns[c], known[c]) for c in known}
    levels = probe.ask([([column], values[:, None]) for column, values in asked.items()])
    steps = [np.flatnonzero(np.diff(level)) for level in levels]
    owner = np.repeat(np.array(list(known), dtype=np.intp), [len(s) for s in steps])

    def beside(of: Iterable[Float1D], shift: int) -> Float1D:
        parts = [values[s + shift] for values, s in zip(of, steps, strict=True)]
        return np.concatenate([*parts, np.empty(0)])

    gaps = _Gaps(owner, beside(asked.values(), 0), beside(asked.values(), 1), beside(levels, 0))
    at_high = beside(levels, 1)
    found: list[tuple[Int1D, Float1D]] = []
    while len(gaps.owner):
        tops, at_top = gaps.between(probe, known).first_steps(probe)
        found.append((gaps.owner, tops))
        # two thresholds may lie between the same two values
        more = (at_top != at_high) & (tops < gaps.high)
        gaps = _Gaps(gaps.owner[more], tops[more], gaps.high[more], at_top[more])
        at_high = at_high[more]
    return {
        column: np.unique(np.concatenate([tops[of == column] for of, tops in found] or [[]]))
        for column in known
    }


def _beyond(values: Float1D) -> Float1D:
    """Add the ends of all floats: the function may step beyond the values of the sample."""
    return np.unique(np.concatenate([[-_LARGEST], values, [_LARGEST]]))


def _some(values: Float1D, known: Float1D) -> Float1D:
    """Return about a thousand of the known values, ends included, by rank and by frequency."""
    if len(known) <= 2 * _N_ASKED:
        return known
    by_rank = known[np.linspace(0, len(known) - 1, _N_ASKED).astype(np.intp)]
    rows = np.sort(values[~np.isnan(values)])
    by_frequency = rows[np.linspace(0, len(rows) - 1, _N_ASKED).astype(np.intp)]
    return np.union1d(by_rank, by_frequency)


@dataclass(frozen=True)
class _Gaps:
    """Values of columns, known or between known ones, between which the function steps."""

    owner: Int1D
    low: Float1D
    high: Float1D
    at_low: Float1D

    def between(self, probe: Probe, known: Mapping[int, Float1D]) -> _Gaps:
        """Narrow each down to two neighbours among the known values."""
        values = np.concatenate(list(known.values()))
        sizes = [len(v) for v in known.values()]
        first = dict(zip(known, np.cumsum([0, *sizes]).tolist(), strict=False))
        bottom, top = np.zeros_like(self.owner), np.zeros_like(self.owner)
        for column in np.unique(self.owner).tolist():
            own = self.owner == column
            bottom[own] = first[column] + known[column].searchsorted(self.low[own], "right") - 1
            top[own] = first[column] + known[column].searchsorted(self.high[own])
        start, end = bottom.copy(), top.copy()
        while len(wide := np.flatnonzero(top > bottom + 1)):
            half = (bottom[wide] + top[wide]) // 2
            left = self._levels(probe, values[half], wide) == self.at_low[wide]
            bottom[wide] = np.where(left, half, bottom[wide])
            top[wide] = np.where(left, top[wide], half)
        low = np.where(bottom > start, values[bottom], self.low)
        high = np.where(top < end, values[top], self.high)
        return _Gaps(self.owner, low, high, self.at_low)

    def first_steps(self, probe: Probe) -> tuple[Float1D, Float1D]:
        """Return the least floats at which each has left its lower level, and the levels there."""
        bottom, top = _ordinal(self.low), _ordinal(self.high)
        for step, found in zip(*self._guesses(probe), strict=True):
            bottom = np.where(found, _ordinal(step), bottom)
            top = np.where(found, _ordinal(step) + 1, top)
        # differences of places may be beyond 64 bits, sums of halves are not
        while (open_yet := top > bottom + 1).any():
            # half-way in floats, not in amounts, so that 64 steps are enough
            half = bottom // 2 + top // 2 + (bottom % 2 + top % 2) // 2
            left = self._is_low(probe, _float(half))
            bottom = np.where(open_yet & left, half, bottom)
            top = np.where(open_yet & ~left, half, top)
        return _float(top), self._levels(probe, _float(top))

    def _guesses(self, probe: Probe) -> tuple[Float2D, Bool2D]:
        """Return where boosting puts most of its thresholds, and whether there is one.

        That is half-way between two values, in either way of rounding, or at a value.
        """
        with np.errstate(over="ignore"):
            steps = np.stack(
                [self.low + (self.high - self.low) / 2, (self.low + self.high) / 2, self.low]
            )
        both = np.stack([steps, np.nextafter(steps, np.inf)])
        of = np.tile(np.arange(len(self.owner)), 6)
        low = (self._levels(probe, both.ravel(), of) == self.at_low[of]).reshape(both.shape)
        return steps, low[0] & ~low[1]

    def _is_low(self, probe: Probe, at: Float1D) -> Bool1D:
        same: Bool1D = self._levels(probe, at) == self.at_low
        return same

    def _levels(self, probe: Probe, at: Float1D, of: Int1D | None = None) -> Float1D:
        """Return the levels at a value in each gap, or in some `of` them."""
        owner = self.owner if of is None else self.owner[of]
        rows = np.repeat(probe.reference[None, :], len(at), axis=0)
        rows[np.arange(len(at)), owner] = at
        return probe.ask([(range(len(probe.reference)), rows)])[0]


def _ordinal(values: Float1D) -> Int1D:
    """Return the place of floats among all floats; neighbours differ by 1, and -0 is 0."""
    bits = np.ascontiguousarray(values + 0.0).view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _float(ordinals: Int1D) -> Float1D:
    bits = np.where(ordinals < 0, np.iinfo(np.int64).min - ordinals, ordinals)
    floats: Float1D = np.ascontiguousarray(bits).view(np.float64)
    return floats
