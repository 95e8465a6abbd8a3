"""What a metric is given: columns of the same rows, numbers, and weights that count rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._typing import Bool1D, Float1D
from creditscore._validation import as_floats, check_order, check_scores, check_weights
from creditscore.exceptions import InvalidDataError, InvalidTargetError, InvalidWeightError


def read_shares(counts: Any, name: str) -> Float1D:
    """Read counts or shares of groups and divide them by their sum."""
    values = as_floats(counts, name)
    fine = np.isfinite(values) & (values >= 0)
    if values.ndim != 1 or not fine.all() or not values.any():
        got = f"shape {values.shape}, all zero"
        if values.ndim != 1 or not len(values):
            got = f"shape {values.shape}"
        elif not fine.all():
            got = f"{values[~fine][0]:g} at place {int(fine.argmin())}"
        msg = (
            f"{name} must be a 1D list of counts or shares, zero or more and finite, that do not "
            f"all vanish. Got {got}."
        )
        raise InvalidDataError(msg)
    # by the largest first, because the sum of very large ones is infinite
    relative = values / values.max()
    shares: Float1D = relative / relative.sum()
    return shares


def read_cases(
    is_bad: Any,
    values: Any,
    sample_weight: Any = None,
    *,
    name: str = "score",
    one_class: bool = False,
) -> tuple[Bool1D, Float1D, Float1D | None]:
    """Read outcomes, what foretold them, and weights: one of each a case.

    `name` is what the values are called; `one_class` admits cases that are all good or all bad.
    """
    check_order(**{"is_bad": is_bad, name: values, "sample_weight": sample_weight})
    numbers = as_floats(values, name)
    try:
        bad, numbers = check_scores(is_bad, numbers, name=name, one_class=one_class)
    except InvalidTargetError as error:
        if _look_swapped(is_bad, numbers):
            msg = f"{error} The {name} holds 0 and 1 only: were {name} and is_bad swapped?"
            raise InvalidTargetError(msg) from None
        raise
    return bad, numbers, read_weights(sample_weight, n_rows=len(numbers))


def _look_swapped(is_bad: Any, numbers: Float1D) -> bool:
    """Tell whether the values are outcomes and the outcomes numbers of another kind."""
    if numbers.ndim != 1 or not np.isin(numbers[~np.isnan(numbers)], (0, 1)).all():
        return False
    try:
        outcomes = as_floats(is_bad, "is_bad")
    except InvalidDataError:
        return False
    same = outcomes.shape == numbers.shape
    return same and not np.isin(outcomes[~np.isnan(outcomes)], (0, 1)).all()


def read_weights(sample_weight: Any, *, n_rows: int) -> Float1D | None:
    if sample_weight is None:
        return None
    numbers = as_floats(sample_weight, "sample_weight", InvalidWeightError)
    weights = check_weights(numbers, n_rows=n_rows)
    with np.errstate(over="ignore"):
        endless = weights is not None and np.isinf(weights.sum())
    if endless:
        msg = "sample_weight adds up to infinity: divide all weights by the largest."
        raise InvalidWeightError(msg)
    return weights
