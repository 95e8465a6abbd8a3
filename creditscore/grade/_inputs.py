"""What a grade scale is given: values, who is in default, outcomes, predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D
from creditscore._validation import as_floats, check_outcomes
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
)


def read_numbers(values: Any, what: str) -> Float1D:
    """Read one column of numbers, NaN where missing; text and dates are none."""
    numbers = as_floats(values, f"The {what}")
    if numbers.ndim != 1:
        msg = f"The {what} must be one column. Got an array of shape {numbers.shape}."
        raise InvalidDataError(msg)
    return numbers


def check_same_rows(**columns: Any) -> None:
    """Refuse pandas columns that are not of the same rows, which place would mix up.

    Stricter than the metrics, which accept another index unless it has the same labels: grades
    are handed back with the index of the values, and so promise whose they are.
    """
    labelled = [(name, column) for name, column in columns.items() if isinstance(column, pd.Series)]
    for name, column in labelled[1:]:
        first, values = labelled[0]
        if len(values) == len(column) and not values.index.equals(column.index):
            than = "the values to grade" if first == "values" else first
            msg = (
                f"{name} has another index than {than}, so rows would be mixed up. Bring it into "
                f"their order, {name}.reindex({first}.index), or pass {name}.to_numpy() if it is "
                "in their order already."
            )
            raise InvalidDataError(msg)


def read_defaulted(in_default: Any, n: int) -> Bool1D:
    """Read who is in default, one boolean for each value."""
    defaulted = np.asarray(in_default)
    if defaulted.dtype.kind == "O" and defaulted.ndim == 1:
        missing = np.flatnonzero(pd.isna(defaulted))
        if len(missing):
            msg = (
                f"in_default is missing for {len(missing)} customer(s), the first at row "
                f"{missing[0]}. Fill it in: False for whoever is not known to be in default."
            )
            raise InvalidDataError(msg)
        if all(isinstance(value, (bool, np.bool_)) for value in defaulted):
            defaulted = defaulted.astype(bool)
    if defaulted.shape != (n,) or defaulted.dtype.kind != "b":
        msg = (
            f"in_default must be one boolean for each of the {n} values. Got shape "
            f"{defaulted.shape} of {defaulted.dtype}."
        )
        raise InvalidDataError(msg)
    return defaulted


def check_default_label(label: str, labels: Sequence[str]) -> None:
    """Refuse to call defaults by a grade that riskier customers do not have."""
    if label in labels[:-1]:
        msg = (
            f"Customers in default would get {label!r}, which is a grade of this scale and safer "
            f"than {labels[-1]!r}. Give the scale another default_label, such as {labels[-1]!r} or "
            "'in default'."
        )
        raise InvalidParameterError(msg)


def read_outcomes(is_bad: Any, measured: Float1D) -> Bool1D:
    """Read outcomes, which may well be all good: portfolios of few defaults are graded too."""
    try:
        return check_outcomes(is_bad, n_rows=len(measured), one_class=True, beside="values")
    except InvalidTargetError as error:
        if np.isin(measured, (0, 1)).all() and _are_no_outcomes(is_bad):
            msg = f"{error} The values hold 0 and 1 only: were values and is_bad swapped?"
            raise InvalidTargetError(msg) from None
        raise


def _are_no_outcomes(is_bad: Any) -> bool:
    try:
        numbers = as_floats(is_bad, "is_bad")
    except InvalidDataError:
        return False
    return not np.isin(numbers[~np.isnan(numbers)], (0, 1)).all()


def read_fractions(prob_default: Any, n: int) -> Float1D:
    """Read predicted probabilities, one for each value."""
    prob = read_numbers(prob_default, "prob_default")
    if len(prob) != n or not ((prob >= 0) & (prob <= 1)).all():
        odd = prob[~((prob >= 0) & (prob <= 1))]
        msg = (
            f"prob_default must be a fraction in [0, 1] for each of the {n} values. Got "
            f"{len(prob)} numbers{f', among them {odd[0]:g}' if len(odd) else ''}."
        )
        raise InvalidDataError(msg)
    return prob
