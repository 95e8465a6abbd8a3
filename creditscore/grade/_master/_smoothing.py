"""From observed default rates of grades to rates that rise with the risk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from scipy.optimize import isotonic_regression

from creditscore.exceptions import InvalidDataError

Smoothing: TypeAlias = Literal["none", "isotonic", "log_linear"]
SMOOTHINGS = ("none", "isotonic", "log_linear")


def smoothed(
    labels: Sequence[str], rates: Sequence[float], smoothing: Smoothing
) -> tuple[float, ...]:
    """Return rates that do not fall from a grade to the next, which is riskier."""
    if smoothing == "isotonic":
        return tuple(isotonic_regression(rates).x.tolist())
    if smoothing == "log_linear":
        return _on_a_line(rates)
    for (a, before), (b, after) in pairwise(zip(labels, rates, strict=True)):
        if after < before:
            msg = (
                f"The rate of {b!r}, {100 * after:g} %, is below that of {a!r}, {100 * before:g} "
                "%, which is the safer grade. Give smoothing='isotonic' or 'log_linear', or the "
                "grades in another order."
            )
            raise InvalidDataError(msg)
    return tuple(rates)


def _on_a_line(rates: Sequence[float]) -> tuple[float, ...]:
    """Return the line of ln(rate) over the number of the grade, fitted to rates above zero."""
    numbers = np.arange(len(rates))
    observed = np.asarray(rates, dtype=np.float64)
    told = observed > 0
    if told.sum() < 2:
        msg = (
            "A line through the logarithms of rates needs two rates above zero. Got "
            f"{int(told.sum())}. Give smoothing='isotonic'."
        )
        raise InvalidDataError(msg)
    x, y = numbers[told], np.log(observed[told])
    apart = x - x.mean()
    slope = float(apart @ y / (apart @ apart))
    line = [math.exp(float(y.mean()) + slope * (n - float(x.mean()))) for n in numbers.tolist()]
    if slope <= 0 or line[-1] >= 1:
        what = "falls with the risk" if slope <= 0 else f"ends at {line[-1]:.3g}, which is no rate"
        msg = (
            f"The line through the logarithms of the rates {what}. Give smoothing='isotonic', or "
            "the grades in another order."
        )
        raise InvalidDataError(msg)
    return tuple(line)
