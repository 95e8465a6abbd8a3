"""What a matrix of probabilities must be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from creditscore._typing import Float2D
from creditscore._validation import as_floats, check_integer
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.grade._migration._states import check_labels

ROUNDING = 1e-8
"""Rows that sum to 1 but for this much do so."""
_OWNER = "MigrationMatrix"


def check_matrix(
    array: Float2D, labels: tuple[str, ...], default_label: str | None, withdrawn_label: str | None
) -> None:
    """Check labels, and that each row is made of chances that sum to 1, or is NaN throughout."""
    check_labels(labels, default_label, withdrawn_label, _OWNER)
    if withdrawn_label is not None and labels[-1] != withdrawn_label:
        msg = (
            f"The withdrawn_label {withdrawn_label!r} must be the last of the labels. Got "
            f"{labels!r}. Without a state of withdrawn ratings it is None."
        )
        raise InvalidParameterError(msg)
    missing = np.isnan(array)
    known = ~missing.any(axis=1)
    if (missing.any(axis=1) != missing.all(axis=1)).any():
        msg = "A row of 'probabilities' is either known, or NaN throughout. Some are NaN in parts."
        raise InvalidParameterError(msg)
    rows = array[known]
    if not ((rows >= 0) & (rows <= 1 + ROUNDING)).all() or not np.allclose(
        rows.sum(axis=1), 1, rtol=0, atol=ROUNDING
    ):
        sums = ", ".join(f"{total:.6g}" for total in rows.sum(axis=1))
        msg = (
            "Each row of 'probabilities' must hold fractions that sum to 1. Got rows from "
            f"{rows.min():g} to {rows.max():g} with the sums {sums}. MigrationMatrix."
            "from_probabilities(table, row_sums='normalise') takes rounded tables."
        )
        raise InvalidParameterError(msg)


def check_complete(array: Float2D, labels: tuple[str, ...]) -> Float2D:
    """Return chances that all are known: no grade is without customers."""
    empty = np.isnan(array).any(axis=1)
    if empty.any():
        names = [labels[place] for place in np.flatnonzero(empty)]
        msg = (
            f"Nobody was in {', '.join(map(repr, names))}, so there are no probabilities to go "
            "on from there. Leave these grades out, pool them with neighbours, or estimate "
            "with empty='stay'."
        )
        raise InvalidDataError(msg)
    return array


def horizons(years: Any, period: float, owner: str) -> list[float]:
    """Return horizons in years: so many periods, or those that are listed."""
    if np.ndim(years) == 0:
        n = check_integer(years, "years", owner, low=1)
        return [period * step for step in range(1, n + 1)]
    ends = as_floats(years, "years").tolist()
    if not ends or ends[0] <= 0 or not math.isfinite(ends[-1]) or not (np.diff(ends) > 0).all():
        msg = (
            f"The 'years' parameter of {owner} must be a whole number of periods, or horizons "
            f"above zero that increase. Got {ends!r}."
        )
        raise InvalidParameterError(msg)
    return [float(end) for end in ends]
