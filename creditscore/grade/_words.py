"""The bounds of grades as people read them: percentages, odds, points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from creditscore._typing import Closed

Writer = Callable[[float, int], str]
"""Writes a number with so many digits."""


def write_percent(value: float, digits: int) -> str:
    """Write a fraction as a percentage, by significant digits: 0.000141 is 0.0141%."""
    return f"{100 * value:.{digits}g}%"


def write_odds(value: float, digits: int) -> str:
    """Write odds good:bad by significant digits, and never with a power of ten."""
    return f"{value:,.0f}" if value >= 10 ** (digits - 1) else f"{value:.{digits}g}"


def write_score(value: float, digits: int) -> str:
    """Write a score with so many digits after the point less two, and none where it is whole."""
    return f"{value:.0f}" if value == round(value) else f"{value:.{digits - 2}f}"


def write_apart(values: Sequence[float], write: Writer) -> list[str]:
    """Write numbers with three digits, or as many more as tell them from each other."""
    texts = [write(value, 3) for value in values]
    for digits in range(4, 18):
        if len(set(texts)) == len(set(values)):
            break
        texts = [write(value, digits) for value in values]
    return texts


def intervals_in_words(bounds: Sequence[float], write: Writer, closed: Closed | None) -> list[str]:
    """Say in words what lies below, between and above increasing bounds.

    `closed` is the end at which an interval holds its bound.
    """
    if not bounds:
        return ["all"]
    texts = write_apart(bounds, write)
    first, between, last = (
        ("up to {}", "above {} to {}", "above {}")
        if closed == "right"
        else ("below {}", "{} to below {}", "{} and above")
    )
    inner = [between.format(low, high) for low, high in pairwise(texts)]
    return [first.format(texts[0]), *inner, last.format(texts[-1])]


def turned(closed: Closed | None) -> Closed:
    """Return the other end, as on an axis that runs the other way."""
    return "left" if closed == "right" else "right"
