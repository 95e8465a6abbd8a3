"""A column of numbers as steps: where a count of starts below a value says what it earns."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

from creditscore.deploy._rules import ColumnRules, Interval

_LARGEST = sys.float_info.max
_REFUSED = Interval(low=None, high=None, points=None)


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What each number of a column earns, from one start to the next.

    Attributes
    ----------
    starts : tuple of float
        Increasing, from minus to plus infinity.
    earned : tuple of Interval
        One more than the starts: of NaN, which is at or above none of them, and then of each
        start up to the next. Only points, slope and low are of meaning.
    """

    starts: tuple[float, ...]
    earned: tuple[Interval, ...]

    @property
    def is_linear(self) -> bool:
        """Whether any step has a slope."""
        return any(step.slope and step.points is not None for step in self.earned)


def steps_of(column: ColumnRules) -> Steps:
    """Lay out intervals, special codes and levels of a column of numbers as steps.

    Notes
    -----
    A number that is looked up is a step of its own, which ends at the next larger double.
    """
    values = {float(value): points for value, points in column.values}
    starts = {-math.inf, -_LARGEST, math.inf, *values}
    starts |= {math.nextafter(value, math.inf) for value in values}
    starts |= {interval.low for interval in column.intervals if interval.low is not None}
    ordered = tuple(sorted(starts))
    missing = Interval(low=None, high=None, points=column.missing)
    return Steps(
        starts=ordered,
        earned=(missing, *(_earned_at(start, column, values) for start in ordered)),
    )


def _earned_at(number: float, column: ColumnRules, values: dict[float, float | None]) -> Interval:
    if math.isinf(number):
        return _REFUSED
    if number in values:
        return Interval(low=None, high=None, points=values[number])
    for interval in column.intervals:
        if interval.high is None or number < interval.high:
            return interval
    return Interval(low=None, high=None, points=column.other)
