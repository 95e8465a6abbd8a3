"""Which numbers a column takes: as ranges, for exports that declare them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from creditscore.deploy._rules import ColumnRules, Interval

_LARGEST = sys.float_info.max


@dataclass(frozen=True, kw_only=True)
class ValidRange:
    """Numbers from `low` to `high`, each included or not."""

    low: float
    high: float
    with_low: bool = True
    with_high: bool = True

    def holds(self, value: float) -> bool:
        """Tell whether a number is in the range."""
        above = value > self.low or (self.with_low and value == self.low)
        return above and (value < self.high or (self.with_high and value == self.high))


def valid_numbers(column: ColumnRules) -> list[ValidRange]:
    """Return the ranges of finite numbers that a column of numbers does not refuse.

    Notes
    -----
    Where it refuses every number, there is one range that holds none.
    """
    ranges = _of_intervals(_intervals(column))
    codes = [(float(value), points) for value, points in column.values]
    for code, points in codes:
        if points is None:
            ranges = [part for whole in ranges for part in _without(whole, code)]
    ranges += [
        ValidRange(low=code, high=code)
        for code, points in codes
        if points is not None and not any(r.holds(code) for r in ranges)
    ]
    return ranges or [ValidRange(low=0.0, high=0.0, with_low=False, with_high=False)]


def _intervals(column: ColumnRules) -> tuple[Interval, ...]:
    """Return intervals of amounts; of levels, one that holds all others."""
    if column.kind == "numeric":
        return column.intervals
    return (Interval(low=None, high=None, points=column.other),)


def _of_intervals(intervals: tuple[Interval, ...]) -> list[ValidRange]:
    """Join neighbouring intervals that have points."""
    ranges: list[ValidRange] = []
    for interval in intervals:
        if interval.points is None:
            continue
        low = -_LARGEST if interval.low is None else interval.low
        high = _LARGEST if interval.high is None else interval.high
        if ranges and ranges[-1].high == low:
            low = ranges.pop().low
        ranges.append(ValidRange(low=low, high=high, with_high=interval.high is None))
    return ranges


def _without(whole: ValidRange, value: float) -> list[ValidRange]:
    """Take a number out of a range."""
    if not whole.holds(value):
        return [whole]
    below = replace(whole, high=value, with_high=False)
    above = replace(whole, low=value, with_low=False)
    return [part for part in (below, above) if part.low < part.high]
