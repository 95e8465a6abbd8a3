"""Cuts that people can read."""

from __future__ import annotations

import math
from decimal import ROUND_FLOOR, Context

_SMALLEST, _LARGEST = 1e-290, 1e290
"""Distances for which the powers of ten near them are floats."""


def readable_between(below: float, above: float) -> float:
    """Return a number of few digits that parts two values: ``below < cut <= above``.

    Whole numbers are parted at a whole number, which may be the upper one. Between others the cut
    keeps away from both, so that a value which another program holds with fewer digits falls on
    the same side. Values with no float between them are parted at the upper one.

    Examples
    --------
    >>> readable_between(12.0, 13.0), readable_between(0.2, 0.3), readable_between(1204.4, 1310.1)
    (13.0, 0.25, 1250.0)
    """
    whole = below.is_integer() and above.is_integer()
    gap = above - below
    low, high = (below + 0.5, above) if whole else (below + gap / 8, above - gap / 8)
    if not _SMALLEST < high - low < _LARGEST:
        return above + 0.0
    power = math.floor(math.log10(high - low))
    for step, digit, exponent in (
        (10.0 ** (power + 1), 1, power + 1),
        (5 * 10.0**power, 5, power),
        (10.0**power, 1, power),
        (5 * 10.0 ** (power - 1), 5, power - 1),
        (10.0 ** (power - 1), 1, power - 1),
    ):
        first, last = math.ceil(low / step), math.floor(high / step)
        if first <= last:
            middle = min(max(round((low + high) / 2 / step), first), last)
            cut = float(f"{middle * digit}e{exponent}")
            if below < cut <= above:
                return cut + 0.0
    return above + 0.0


def of_digits_between(below: float, above: float, digits: int) -> float:
    """Return a number of so many significant digits: ``below < cut <= above`` where there is one.

    Near the middle if it can be; without any, the middle rounded, which parts other values.

    Examples
    --------
    >>> of_digits_between(1234.0, 1300.0, 2), of_digits_between(1002.0, 1003.0, 4)
    (1300.0, 1003.0)
    >>> of_digits_between(1234.0, 1236.0, 2)
    1200.0
    """
    middle = float(f"{below / 2 + above / 2:.{digits}g}") + 0.0
    if below < middle <= above:
        return middle
    # the last such number that is not above
    last = float(Context(prec=digits, rounding=ROUND_FLOOR).create_decimal_from_float(above)) + 0.0
    return last if below < last else middle
