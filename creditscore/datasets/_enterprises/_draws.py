"""Random draws that stay the same over versions: all come from uniform and normal numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D, Float1D

Int1D: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Text1D: TypeAlias = np.ndarray[Any, Any]
Days: TypeAlias = np.ndarray[Any, np.dtype[np.datetime64]]

UNKNOWN_DAY = np.datetime64("NaT", "D")


def pick(rng: Generator, n: int, shares: Sequence[float]) -> Int1D:
    """Draw classes 0, 1, … with the shares given."""
    limits = np.cumsum(np.asarray(shares, dtype=float) / np.sum(shares))[:-1]
    return np.searchsorted(limits, rng.random(n), side="right").astype(np.int64)


def whole(rng: Generator, low: int, high: int, n: int) -> Int1D:
    """Draw whole numbers from `low` to `high`, both included."""
    return low + np.floor(rng.random(n) * (high - low + 1)).astype(np.int64)


def chance(rng: Generator, share: float | Float1D, n: int) -> Bool1D:
    """Draw true with the share given."""
    drawn: Bool1D = rng.random(n) < share
    return drawn


def spread(rng: Generator, sigma: float, n: int) -> Float1D:
    """Draw factors whose median is 1, log-normal with the sigma given."""
    factors: Float1D = np.exp(sigma * rng.standard_normal(n))
    return factors


def logistic(values: Float1D) -> Float1D:
    """Return 1 / (1 + exp(-values))."""
    shares: Float1D = 1 / (1 + np.exp(-values))
    return shares


def numbered(prefix: str, numbers: Int1D, width: int) -> Text1D:
    """Return names such as C00017."""
    if not len(numbers):
        # numpy pads no empty array.
        return np.empty(0, dtype=object)
    digits = np.char.zfill(numbers.astype(str), width)
    return np.char.add(prefix, digits).astype(object)


def table(columns: dict[str, Any]) -> pd.DataFrame:
    """Return a table whose days are of one unit under each version of pandas."""
    frame = pd.DataFrame(columns)
    days = frame.select_dtypes("datetime").columns
    numbers = frame.select_dtypes("float64").columns
    # Zero added makes zero of minus zero, which versions of numpy leave or not.
    frame[numbers] = frame[numbers] + 0.0
    return frame.astype(dict.fromkeys(days, "datetime64[ns]"))
