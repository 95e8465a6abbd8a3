"""Grades in their order: which is above which, and columns of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import read_entries, unknown_name
from creditscore._typing import Int1D
from creditscore.exceptions import InvalidDataError, InvalidParameterError


class GradeLadder(Protocol):
    """What has grades in an order: a scale, by whatever it grades."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Grades, the safest first."""
        ...

    @property
    def default_label(self) -> str:
        """Grade of customers in default."""
        ...


def ranks_of(scale: GradeLadder, owner: str) -> dict[str, int]:
    """Return the place of each grade, the safest first; default comes last unless it is listed."""
    if not hasattr(scale, "labels") or not hasattr(scale, "default_label"):
        msg = f"The 'scale' parameter of {owner} must be a GradeScale. Got {scale!r} instead."
        raise InvalidParameterError(msg)
    names = dict.fromkeys((*scale.labels, scale.default_label))
    return {name: place for place, name in enumerate(names)}


def rank_of(grade: str, ranks: Mapping[str, int], what: str) -> int:
    """Return the place of a grade that a parameter names; `what` says which parameter."""
    if grade not in ranks:
        raise unknown_name(grade, tuple(ranks), f"grade, the {what},", "the scale")
    return ranks[grade]


def read_labels(labels: Any, default_label: Any, owner: str) -> tuple[str, ...]:
    """Read different grades, the safest first, and put default last unless it is among them."""
    found = read_entries(labels, "labels", owner)
    if not all(isinstance(label, str) and label for label in (*found, default_label)):
        msg = (
            f"The 'labels' and 'default_label' of {owner} must be text. Got {found!r} and "
            f"{default_label!r} instead."
        )
        raise InvalidParameterError(msg)
    if not found or len(set(found)) != len(found):
        msg = f"The 'labels' parameter of {owner} must hold different grades. Got {found!r}."
        raise InvalidParameterError(msg)
    return tuple(dict.fromkeys((*map(str, found), str(default_label))))


def read_ladder(labels: Any, default_label: Any, owner: str) -> tuple[tuple[str, ...], str]:
    """Read the grades of a scale or of a list, and the one of default; see :func:`read_labels`."""
    if hasattr(labels, "labels") and hasattr(labels, "default_label"):
        default_label = labels.default_label if default_label is None else default_label
        labels = labels.labels
    default = "D" if default_label is None else default_label
    return read_labels(labels, default, owner), str(default)


def read_grades(grades: Any, ranks: Mapping[str, int]) -> list[str]:
    """Read a column of grades, all of them of the scale."""
    if nw.dependencies.is_into_series(grades):
        found = nw.from_native(grades, series_only=True).to_list()
    else:
        found = np.asarray(grades, dtype=object)
        if found.ndim != 1:
            msg = f"The grades must be one column. Got an array of shape {found.shape}."
            raise InvalidDataError(msg)
        found = found.tolist()
    try:
        known = set(found) <= ranks.keys()
    except TypeError:
        # a list is in no set
        known = False
    if not known:
        row, grade = next(
            (row, grade)
            for row, grade in enumerate(found)
            if not isinstance(grade, str) or grade not in ranks
        )
        msg = (
            f"The grade at row {row} is {grade!r}, which is none of the scale: {', '.join(ranks)}. "
            "Grade all customers on this scale first."
        )
        raise InvalidDataError(msg)
    return [str(grade) for grade in found]


def places_of(grades: Collection[str], order: Iterable[str]) -> Int1D:
    """Return the place of each grade in the order, which has them all."""
    place = {grade: rank for rank, grade in enumerate(order)}
    return np.fromiter(map(place.__getitem__, grades), dtype=np.intp, count=len(grades))


def grades_of(places: Int1D, order: Iterable[str]) -> tuple[str, ...]:
    """Return the grades that have these places."""
    return tuple(np.array(list(order), dtype=object)[places].tolist())


def grades_like(values: Any, grades: Sequence[str]) -> Any:
    """Return a column of grades in the library, index and name of another column."""
    if isinstance(values, pd.Series):
        return pd.Series(grades, index=values.index, name=values.name, dtype="str")
    if nw.dependencies.is_into_series(values):
        series = nw.from_native(values, series_only=True)
        backend = series.implementation
        return nw.new_series(series.name, list(grades), nw.String, backend=backend).to_native()
    return np.array(grades, dtype=str)
