"""Grades of an agency as places in their order, the riskiest first."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._typing import Int1D
from creditscore.exceptions import InvalidParameterError, InvalidTargetError

_AGENCY_LETTERS = (
    ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"),
    ("AAA", "AA", "A", "BAA", "BA", "B", "CAA", "CA", "C"),
)
"""Grades of agencies without their signs, the safest first."""


def read_labels(labels: Any, grades: Any, owner: str) -> tuple[Any, ...]:
    """Return the grades in their order, the safest first, as told or as the column has them."""
    if labels is None:
        dtype = getattr(grades, "dtype", None)
        if isinstance(dtype, pd.CategoricalDtype) and dtype.ordered:
            labels = dtype.categories.tolist()
        else:
            msg = (
                f"{owner} needs the order of the grades, which is not guessed: labels=('AAA', "
                "'AA', …), the safest first; or grades as ordered categories of pandas in that "
                "order."
            )
            raise InvalidParameterError(msg)
    if isinstance(labels, (str, bytes)) or not isinstance(labels, Iterable):
        msg = f"The 'labels' parameter of {owner} must be several grades. Got {labels!r} instead."
        raise InvalidParameterError(msg)
    found = tuple(v.item() if isinstance(v, np.generic) else v for v in labels)
    if len(found) < 2 or len(set(found)) < len(found) or any(pd.isna(v) for v in found):
        msg = (
            f"The 'labels' parameter of {owner} must hold two different grades or more, the "
            f"safest first. Got {found!r} instead."
        )
        raise InvalidParameterError(msg)
    if _turned_round(found):
        msg = (
            f"The 'labels' parameter of {owner} must have the safest grade first. Got the grades "
            f"of an agency from {found[0]!r} to {found[-1]!r}: turn them round, labels[::-1]."
        )
        raise InvalidParameterError(msg)
    return found


def _turned_round(labels: tuple[Any, ...]) -> bool:
    """Tell whether labels are grades of an agency, the riskiest first; A, B, C may be anybody's."""
    letters = [str(label).upper().rstrip("+-123") for label in labels]
    for scale in _AGENCY_LETTERS:
        if set(letters) <= set(scale) and any(len(letter) > 1 for letter in letters):
            places = [scale.index(letter) for letter in letters]
            return places[0] > places[-1] and places == sorted(places, reverse=True)
    return False


def grade_codes(grades: Any, labels: tuple[Any, ...], n_rows: int) -> Int1D:
    """Return the place of the grade of each row, 0 for the riskiest."""
    if grades is None:
        msg = "This estimator requires y to be passed, but the target y is None."
        raise InvalidTargetError(msg)
    if nw.dependencies.is_into_series(grades):
        grades = nw.from_native(grades, series_only=True).to_list()
    values = np.asarray(grades, dtype=object)
    if values.shape != (n_rows,):
        msg = f"Grades must be one for each of the {n_rows} rows of X. Got shape {values.shape}."
        raise InvalidTargetError(msg)
    missing = np.flatnonzero(pd.isna(values))
    if len(missing):
        msg = (
            f"Grades are missing in {len(missing)} row(s), the first at row {missing[0]}. A case "
            "without a grade says nothing here: leave these rows out."
        )
        raise InvalidTargetError(msg)
    places = {label: len(labels) - 1 - i for i, label in enumerate(labels)}
    strange = [value for value in dict.fromkeys(values.tolist()) if value not in places]
    if strange:
        near = get_close_matches(str(strange[0]), [str(label) for label in labels])
        hint = f" Did you mean {near[0]!r}?" if near else ""
        told = ", ".join(map(repr, strange[:5])) + (", …" if len(strange) > 5 else "")
        msg = (
            f"Grades that are not among the labels {', '.join(map(str, labels))}: {told}.{hint} "
            "Give them a place in the order, or leave these rows out."
        )
        raise InvalidTargetError(msg)
    return np.array([places[value] for value in values.tolist()], dtype=np.intp)
