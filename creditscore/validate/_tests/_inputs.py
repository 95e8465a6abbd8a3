"""What tests are given: counts of customers, probabilities, cases, shares and matrices."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore._validation import (
    as_floats,
    check_grades,
    check_order,
    check_rate_counts,
    check_real,
    check_row_counts,
    check_scores,
    check_weights,
)
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.grade import MigrationMatrix

Alternative: TypeAlias = Literal["greater", "less", "two-sided"]
"""What is suspected: that the true rate is above the prediction, below it, or off either way."""
ALTERNATIVES = ("greater", "less", "two-sided")

_RAREST = 1e-100
_MOST_SHARE = 100.5
"""A row of percentages may add up to a little more than 100."""
_MOST = 2.0**53
"""Beyond it not every whole number is a float."""


def read_counts(n_bad: Any, n_total: Any) -> tuple[Float1D, Float1D]:
    """Read bad customers and all customers of groups; single numbers are spread over them."""
    check_order(n_bad=n_bad, n_total=n_total)
    bad, total = _spread(n_bad=n_bad, n_total=n_total)
    if not bad.size:
        msg = "n_bad and n_total are empty, so there is no group to test."
        raise EmptyDataError(msg)
    check_rate_counts(bad, total)
    if (total > _MOST).any():
        at = int((total > _MOST).argmax())
        msg = f"n_total is {total.flat[at]:g} in group {at}, more than can be counted exactly."
        raise InvalidDataError(msg)
    for name, values in (("n_bad", bad), ("n_total", total)):
        split = values != np.floor(values)
        if split.any():
            at = int(split.argmax())
            msg = (
                f"{name} must hold counts of customers, whole numbers. Got {values.flat[at]:g} in "
                f"group {at}. Weighted sums and exposures are no counts: the sampling error of "
                "independent customers does not hold for them."
            )
            raise InvalidDataError(msg)
    return bad, total


def read_rates(n_bad: Any, n_total: Any, prob_default: Any) -> tuple[Float1D, Float1D, Float1D]:
    """Read counts of groups and the probability of default that each was given."""
    check_order(n_bad=n_bad, n_total=n_total, prob_default=prob_default)
    bad, total = read_counts(n_bad, n_total)
    prob = check_fractions(as_floats(prob_default, "prob_default"), "prob_default")
    bad, total, prob = _spread(n_bad=bad, n_total=total, prob_default=prob)
    return bad, total, prob


def check_fractions(values: Float1D, name: str) -> Float1D:
    """Return fractions, refusing what is none."""
    odd = ~((values >= 0) & (values <= 1))
    if odd.any():
        at = int(odd.argmax())
        msg = (
            f"{name} must hold fractions in [0, 1]. Got {values.flat[at]:g} at place {at}; a "
            "percentage is divided by 100."
        )
        raise InvalidDataError(msg)
    return values


def not_too_small(prob: Float1D) -> Float1D:
    """Return probabilities that scipy's binomial chances take: near the least float they overflow.

    What is rarer than that never happens, and 0 stays 0.
    """
    return np.where(prob > 0, np.maximum(prob, _RAREST), 0.0)


def read_cases(
    is_bad: Any, values: Any, sample_weight: Any = None, *, name: str = "prob_default"
) -> tuple[Bool1D, Float1D, Float1D]:
    """Read outcomes, what foretold them, and how many rows each counts for (whole numbers)."""
    check_order(**{"is_bad": is_bad, name: values, "sample_weight": sample_weight})
    bad, numbers = check_scores(is_bad, values, name=name, one_class=True)
    weights = check_weights(sample_weight, n_rows=len(numbers))
    check_row_counts(weights)
    counts = np.ones(len(numbers)) if weights is None else weights
    return bad, numbers, counts


def read_groups(grades: Any, n_rows: int) -> tuple[Int1D, list[Any]]:
    """Return the number of the grade of each case, and the grades as they came first."""
    places, names = pd.factorize(check_grades(grades, n_rows=n_rows))
    return places, list(names)


def read_matrix(counts: Any) -> Float2D:
    """Read a square matrix of customers by their grade before and after."""
    if isinstance(counts, MigrationMatrix):
        grades = list(counts.grades)
        counts = counts.counts_frame().loc[grades, grades]
    if isinstance(counts, pd.DataFrame):
        _check_same_grades(counts)
    values = as_floats(counts, "counts")
    if values.ndim != 2 or values.shape[0] != values.shape[1] or values.shape[0] < 2:
        msg = (
            "counts must be a square matrix, a row for each grade before and a column for each "
            "after, the same two or more grades in the same order: leave out columns of customers "
            f"in default or gone. Got shape {values.shape}."
        )
        raise InvalidDataError(msg)
    odd = ~(np.isfinite(values) & (values >= 0))
    if odd.any():
        row, column = np.argwhere(odd)[0]
        msg = (
            "counts must be zero or more and finite. Got "
            f"{values[row, column]:g} in row {row}, column {column}."
        )
        raise InvalidDataError(msg)
    if (values % 1).any() and values.sum(axis=1).max() <= _MOST_SHARE:
        msg = (
            "counts must hold numbers of customers, and these look like shares or percentages: no "
            f"row adds up to more than {values.sum(axis=1).max():g}. Multiply each row by the "
            "customers of its grade."
        )
        raise InvalidDataError(msg)
    return values


def _check_same_grades(counts: pd.DataFrame) -> None:
    """Refuse a table whose rows and columns name grades otherwise."""
    rows, columns = list(counts.index), list(counts.columns)
    if isinstance(counts.index, pd.RangeIndex) or rows == columns:
        return
    msg = (
        "The rows and columns of counts must be the same grades in the same order, the safest "
        f"first. Got rows {rows} and columns {columns}."
    )
    raise InvalidDataError(msg)


def check_correlation(correlation: Any, owner: str) -> float:
    """Return an asset correlation in [0, 1)."""
    return check_real(correlation, "correlation", owner, low=0, high=1, closed="left")


def _spread(**columns: Any) -> list[Float1D]:
    values = {name: as_floats(column, name) for name, column in columns.items()}
    try:
        return [np.array(each) for each in np.broadcast_arrays(*values.values())]
    except ValueError as error:
        *names, last = values
        shapes = ", ".join(str(each.shape) for each in values.values())
        listed = f"{', '.join(names)} and {last}"
        msg = f"{listed} must have one shape, or be single numbers. Got {shapes}."
        raise InvalidDataError(msg) from error
