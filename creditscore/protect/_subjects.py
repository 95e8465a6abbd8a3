"""Customers as tables, people and records name them: a number and its text are one customer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from creditscore._cells import word_of
from creditscore.exceptions import InvalidDataError, InvalidParameterError


def subject_text(value: Any) -> str:
    """Return the name of a customer as text, and an empty one where a value is none.

    Blanks at the ends go. A whole number is its decimal text, also where gaps in a column of
    numbers made it a float.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if isinstance(value, (float, np.floating)):
        whole = float(value).is_integer()
    return word_of(value) if whole or isinstance(value, str) else ""


def subjects_of(subjects: Iterable[Any]) -> set[str]:
    """Return the names of customers.

    Raises
    ------
    InvalidParameterError
        One text, whose letters would be taken for customers, or nothing to go through.
    InvalidDataError
        A customer that is no text and no whole number; it is not shown.
    """
    if isinstance(subjects, (str, bytes)) or not isinstance(subjects, Iterable):
        msg = (
            "The 'subjects' must be customers in a list or a set, be it of one: [\"X\"]. Got "
            f"{type(subjects).__name__} instead."
        )
        raise InvalidParameterError(msg)
    found = set()
    for one in subjects:
        name = subject_text(one)
        if not name:
            msg = (
                "A customer must be a text that is not blank, or a whole number. Got a value of "
                f"the type {type(one).__name__} instead."
            )
            raise InvalidDataError(msg)
        found.add(name)
    return found
