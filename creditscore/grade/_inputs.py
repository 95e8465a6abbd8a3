"""What a grade scale is given: values, who is in default, outcomes, predictions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
)


def read_entries(value: Any, name: str, owner: str) -> tuple[Any, ...]:
    """Read a tuple or list of a parameter; text is one value, not a list of letters."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        msg = f"The {name!r} parameter of {owner} must be a tuple. Got {value!r} instead."
        raise InvalidParameterError(msg)
    return tuple(value)


def read_numbers(values: Any, what: str) -> Float1D:
    """Read one column of numbers, NaN where missing."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"The {what} must be numbers: {error}."
        raise InvalidDataError(msg) from error
    if array.ndim != 1:
        msg = f"The {what} must be one column. Got an array of shape {array.shape}."
        raise InvalidDataError(msg)
    return array


def _same_rows(values: Any, other: Any, name: str) -> None:
    """Refuse two pandas columns that are not of the same rows, which place would mix up."""
    both = isinstance(values, pd.Series) and isinstance(other, pd.Series)
    if both and len(values) == len(other) and not values.index.equals(other.index):
        msg = (
            f"{name} has another index than the values to grade, so rows would be mixed up. "
            f"Bring it into their order, {name}.reindex(values.index), or pass "
            f"{name}.to_numpy() if it is in their order already."
        )
        raise InvalidDataError(msg)


def read_defaulted(in_default: Any, values: Any, n: int) -> Bool1D:
    """Read who is in default, one boolean for each value."""
    defaulted = np.asarray(in_default)
    if defaulted.shape != (n,) or defaulted.dtype.kind != "b":
        msg = (
            f"in_default must be one boolean for each of the {n} values. Got shape "
            f"{defaulted.shape} of {defaulted.dtype}."
        )
        raise InvalidDataError(msg)
    _same_rows(values, in_default, "in_default")
    return defaulted


def read_outcomes(is_bad: Any, values: Any, n: int) -> Bool1D:
    """Read outcomes, which may well be all good: portfolios of few defaults are graded too."""
    outcomes = np.asarray(is_bad)
    if outcomes.dtype.kind == "O":
        outcomes = np.asarray(outcomes.tolist())
    if outcomes.shape != (n,) or outcomes.dtype.kind not in "biuf":
        msg = (
            f"is_bad must be 0 or 1, or a boolean, for each of the {n} values. Got shape "
            f"{outcomes.shape} of {outcomes.dtype}."
        )
        raise InvalidTargetError(msg)
    odd = ~np.isin(outcomes, (0, 1))
    if odd.any():
        row = int(odd.argmax())
        msg = (
            f"is_bad must be 0 for good and 1 for bad. Got {outcomes[row]} at row {row}; a case "
            "without an outcome is neither: leave it out."
        )
        raise InvalidTargetError(msg)
    _same_rows(values, is_bad, "is_bad")
    return outcomes.astype(bool)


def read_fractions(prob_default: Any, values: Any, n: int) -> Float1D:
    """Read predicted probabilities, one for each value."""
    prob = read_numbers(prob_default, "prob_default")
    if len(prob) != n or not ((prob >= 0) & (prob <= 1)).all():
        odd = prob[~((prob >= 0) & (prob <= 1))]
        msg = (
            f"prob_default must be a fraction in [0, 1] for each of the {n} values. Got "
            f"{len(prob)} numbers{f', among them {odd[0]:g}' if len(odd) else ''}."
        )
        raise InvalidDataError(msg)
    _same_rows(values, prob_default, "prob_default")
    return prob
