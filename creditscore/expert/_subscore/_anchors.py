"""Anchors as they are given, or taken from a sample, and written in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_real
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError

Direction: TypeAlias = Literal["higher", "lower"]
"""Whether a higher or a lower value is better."""
DIRECTIONS = ("higher", "lower")


def read_numbers(values: Any, name: str, owner: str) -> tuple[float, ...]:
    """Read a list of finite numbers."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        msg = f"The {name!r} parameter of {owner} must be several numbers. Got {values!r} instead."
        raise InvalidParameterError(msg)
    return tuple(check_real(v, name, owner, low=-math.inf, high=math.inf) for v in values)


def check_increasing(values: Sequence[float], name: str, owner: str) -> None:
    """Refuse values that do not strictly increase."""
    if any(a >= b for a, b in pairwise(values)):
        msg = (
            f"The {name!r} parameter of {owner} must strictly increase. "
            f"Got {', '.join(f'{v:g}' for v in values)} instead."
        )
        raise InvalidParameterError(msg)


def read_sample(values: Any, owner: str, special_codes: Any = ()) -> Float1D:
    """Read a reference sample: finite numbers, of which none is missing or a special code."""
    sample = as_floats(values, f"The sample of {owner}")
    if sample.ndim != 1:
        msg = f"The sample of {owner} must be one column. Got an array of shape {sample.shape}."
        raise InvalidDataError(msg)
    if not len(sample):
        msg = f"The sample of {owner} is empty. It needs a value or more."
        raise EmptyDataError(msg)
    odd = ~np.isfinite(sample) | np.isin(sample, list(special_codes))
    if odd.any():
        row = int(odd.argmax())
        msg = (
            f"The sample of {owner} holds {int(odd.sum())} value(s) that are missing, infinite or "
            f"special codes, the first at row {row}: {sample[row]:g}. Leave them out: anchors are "
            "of amounts."
        )
        raise InvalidDataError(msg)
    return sample


def sample_quantiles(sample: Float1D, quantiles: Any, count: int, owner: str) -> list[float]:
    """Return quantiles of a sample, interpolated as numpy does by default."""
    asked = read_numbers(quantiles, "quantiles", owner)
    if len(asked) != count or not all(0 <= q <= 1 for q in asked):
        msg = (
            f"The 'quantiles' parameter of {owner} must be {count} fractions in [0, 1]. "
            f"Got {quantiles!r} instead."
        )
        raise InvalidParameterError(msg)
    return [float(q) for q in np.quantile(sample, asked)]
