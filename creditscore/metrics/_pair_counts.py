"""How many pairs of cases two columns order alike, for each case, in O(n log n)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import as_floats, check_order, check_row_counts
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.metrics._inputs import read_weights


@dataclass(frozen=True)
class PairCounts:
    """Weights of the distinct pairs of values, and of what each pair is ordered alike with."""

    weight: Float1D
    concordant: Float1D
    discordant: Float1D
    x_totals: Float1D
    y_totals: Float1D

    @classmethod
    def from_columns(
        cls, x: Any, y: Any, sample_weight: Any = None, *, whole: bool = False
    ) -> PairCounts:
        """Compress to distinct pairs, and compare each of them with all."""
        x_codes, y_codes, rows = _read(x, y, sample_weight, whole=whole)
        cells, places = np.unique(x_codes * (int(y_codes.max()) + 1) + y_codes, return_inverse=True)
        weight = np.bincount(places, rows).astype(np.float64)
        x_codes, y_codes = np.divmod(cells, int(y_codes.max()) + 1)
        x_totals, y_totals = (
            np.bincount(codes, weight).astype(np.float64) for codes in (x_codes, y_codes)
        )
        # the work grows with the bits of the second column's ranks, and it is all one which is that
        long, short = (x_codes, y_codes) if len(y_totals) <= len(x_totals) else (y_codes, x_codes)
        concordant = _concordant(long, short, weight)
        # what is tied with neither column, and not ordered alike, is ordered the other way round
        untied = weight.sum() - x_totals[x_codes] - y_totals[y_codes] + weight
        return cls(weight, concordant, untied - concordant, x_totals, y_totals)

    @property
    def total(self) -> float:
        """Weight of all cases."""
        return float(self.weight.sum())

    @property
    def surplus(self) -> float:
        """Pairs that are ordered alike less those that are not."""
        return float(self.weight @ (self.concordant - self.discordant)) / 2

    @property
    def untied_x(self) -> float:
        """Pairs of cases that differ in x."""
        return (self.total**2 - float((self.x_totals**2).sum())) / 2

    @property
    def untied_y(self) -> float:
        """Pairs of cases that differ in y."""
        return (self.total**2 - float((self.y_totals**2).sum())) / 2


def _read(x: Any, y: Any, sample_weight: Any, *, whole: bool) -> tuple[Int1D, Int1D, Float1D]:
    """Return the ranks of both columns, and weights, without rows of weight 0."""
    check_order(x=x, y=y, sample_weight=sample_weight)
    columns = [as_floats(values, name) for values, name in ((x, "x"), (y, "y"))]
    if columns[0].ndim != 1 or columns[0].shape != columns[1].shape:
        shapes = " and ".join(str(values.shape) for values in columns)
        msg = f"x and y must be 1D arrays of one length, one value a case. Got shapes {shapes}."
        raise InvalidDataError(msg)
    if not len(columns[0]):
        msg = "x and y are empty, so there is nothing to measure."
        raise EmptyDataError(msg)
    for values, name in zip(columns, "xy", strict=True):
        missing = np.isnan(values)
        if missing.any():
            msg = (
                f"{name} has {int(missing.sum())} missing value(s) (NaN), the first at row "
                f"{int(missing.argmax())}; drop those rows."
            )
            raise InvalidDataError(msg)
    weights = read_weights(sample_weight, n_rows=len(columns[0]))
    if whole:
        check_row_counts(weights)
    rows = np.ones(len(columns[0])) if weights is None else weights
    kept = rows > 0
    codes = [np.unique(values[kept], return_inverse=True)[1] for values in columns]
    return codes[0], codes[1], rows[kept]


def _concordant(x: Int1D, y: Int1D, weight: Float1D) -> Float1D:
    """Return, for each of the distinct pairs, the weight of those below and above it in both.

    The pairs stand in the order of x, ties the other way round in y, so that a pair before with a
    smaller y is below in both. Ranks of y are then told apart by their bits, the highest first:
    among pairs that agree in all higher bits, which stand together, one with bit 1 is above all
    those with bit 0 that stand before it. A stable partition by the bit sorts for the next one.
    """
    place = np.lexsort((-y, x))
    y, w = y[place], weight[place]
    found = np.zeros(len(y))
    for bit in reversed(range(int(y.max()).bit_length())):
        first = np.diff(y >> (bit + 1), prepend=-1) != 0
        one = ((y >> bit) & 1).astype(bool)
        below, above = _inside(np.where(one, 0.0, w), first), _inside(np.where(one, w, 0.0), first)
        found += np.where(one, below.until, above.total - above.until)
        order = _partition(one, first)
        y, w, found, place = y[order], w[order], found[order], place[order]
    concordant = np.empty(len(y))
    concordant[place] = found
    return concordant


@dataclass(frozen=True)
class _Inside:
    """Sums inside groups: up to each element, that included, and of the whole group."""

    until: Float1D
    total: Float1D


def _inside(values: Float1D, first: Bool1D) -> _Inside:
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(values)))
    until = np.cumsum(values)
    before = np.append(0.0, until)[starts]
    after = until[starts + sizes - 1]
    return _Inside(until - np.repeat(before, sizes), np.repeat(after - before, sizes))


def _partition(one: Bool1D, first: Bool1D) -> Int1D:
    """Return the order that puts, in each group, elements without the bit before those with it."""
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(one)))
    zeros_until = np.cumsum(~one)
    zeros_before = np.append(0, zeros_until)[starts]
    begin, before = np.repeat(starts, sizes), np.repeat(zeros_before, sizes)
    zeros = np.repeat(zeros_until[starts + sizes - 1] - zeros_before, sizes)
    rank = zeros_until - before
    target = np.where(one, zeros + np.arange(len(one)) - rank, begin + rank - 1)
    order: Int1D = np.empty(len(one), dtype=np.intp)
    order[target] = np.arange(len(one))
    return order
