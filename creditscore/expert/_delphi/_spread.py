"""How far opinions on an item are spread: the measures that Delphi studies report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from creditscore._typing import Float1D

LEAST_ANSWERS = 3
"""Answers from which on figures of the group are fed back: of two, they would tell the other."""


class Spread(NamedTuple):
    """Middle and spread of the opinions on one item; NaN where too few answered."""

    n: int
    mean: float
    sd: float
    """Of n − 1; NaN for one answer."""
    cv: float
    """Standard deviation as a part of the mean; NaN where the mean is zero."""
    q1: float
    median: float
    q3: float
    iqr: float
    full_mark_ratio: float
    """Part of the answers that give the most that the scale has."""


def spread(answers: Float1D, full_mark: float) -> Spread:
    """Measure the spread of the answers that there are; quartiles are linear interpolations."""
    n = len(answers)
    if n == 0:
        return Spread(0, *[math.nan] * 8)
    mean = float(answers.mean())
    sd = float(answers.std(ddof=1)) if n > 1 else math.nan
    q1, median, q3 = (float(q) for q in np.quantile(answers, [0.25, 0.5, 0.75]))
    return Spread(
        n=n,
        mean=mean,
        sd=sd,
        cv=sd / abs(mean) if mean != 0 else math.nan,
        q1=q1,
        median=median,
        q3=q3,
        iqr=q3 - q1,
        full_mark_ratio=float((answers == full_mark).mean()),
    )


def net_change(before: Sequence[float], after: Sequence[float]) -> float:
    """Return the part of answers by which the histograms of two rounds differ.

    Half the sum of the differences of counts by value, over the number of experts who answered
    both rounds, as Scheibe, Skutsch and Schofer (1975) have it; NaN where nobody did.
    """
    if not before:
        return math.nan
    values = sorted({*before, *after})
    moved = sum(abs(before.count(value) - after.count(value)) for value in values)
    return moved / (2 * len(before))
