"""The grades between which customers move, with default and the word for a withdrawn rating."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._typing import Int1D
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.grade._history._rating_history import RatingHistory

WITHDRAWN = -1
"""Code of a rating that is withdrawn or missing."""


@dataclass(frozen=True, kw_only=True)
class MigrationStates:
    """Grades in the order of safety, default, and how a withdrawn rating is written.

    Parameters
    ----------
    labels : tuple of str
        Grades, the safest first. Default may stand at their end; where it does not, it is put
        there.
    default_label : str, default="D"
        Grade of customers in default; None where the states have none, as classes of customers.
    withdrawn_label : str, default="NR"
        What stands for a rating that is no more; a missing value means the same. None allows
        missing values alone.
    default_absorbing : bool, default=True
        Whether nobody leaves default. With False, cures are estimated as other migrations are.

    Raises
    ------
    InvalidParameterError
        Labels that repeat, are no text or put default before a grade.

    Examples
    --------
    >>> from creditscore.grade import MigrationStates
    >>> MigrationStates(labels=("A", "B")).labels
    ('A', 'B', 'D')
    """

    labels: tuple[str, ...]
    default_label: str | None = "D"
    withdrawn_label: str | None = "NR"
    default_absorbing: bool = True

    def __post_init__(self) -> None:
        """Check the labels, and put default behind them."""
        owner = type(self).__name__
        labels = read_entries(self.labels, "labels", owner)
        if self.default_label is not None and self.default_label not in labels:
            _check_no_other_default(labels, self.default_label)
            labels = (*labels, self.default_label)
        object.__setattr__(self, "labels", labels)
        check_labels(labels, self.default_label, self.withdrawn_label, owner)
        if self.withdrawn_label is not None and self.withdrawn_label in labels:
            msg = (
                f"The 'withdrawn_label' of {owner}, {self.withdrawn_label!r}, is among its grades. "
                "Leave it out of the labels, or say how withdrawn ratings are written."
            )
            raise InvalidParameterError(msg)

    @property
    def fixed(self) -> int | None:
        """Place of the state that nobody leaves; None where there is none."""
        if self.default_label is None or not self.default_absorbing:
            return None
        return len(self.labels) - 1

    def codes(self, grades: Any, name: str) -> Int1D:
        """Return the place of each grade, -1 for a withdrawn or missing one.

        Parameters
        ----------
        grades : array-like of shape (n,)
            Grades as text; whole numbers are read as their digits.
        name : str
            What they are called in messages.

        Raises
        ------
        InvalidDataError
            A grade that is no state; near names are listed.
        """
        column = grades if isinstance(grades, pd.Series) else pd.Series(_one_column(grades, name))
        places, distinct = pd.factorize(column)
        known = {label: place for place, label in enumerate(self.labels)}
        if self.withdrawn_label is not None:
            known[self.withdrawn_label] = WITHDRAWN
        words = [_written(value) for value in distinct]
        unknown = [word for word in words if word not in known]
        if unknown:
            raise _unknown_grade(unknown, name, self)
        table = np.array([*(known[word] for word in words), WITHDRAWN], dtype=np.intp)
        codes: Int1D = table[places]
        return codes


def read_states(labels: Any, owner: str) -> MigrationStates:
    """Read states, a rating history, a scale of any kind or a list of labels."""
    if isinstance(labels, MigrationStates):
        return labels
    if isinstance(labels, RatingHistory):
        return MigrationStates(labels=labels.labels, default_label=labels.default_label,
                               withdrawn_label=labels.no_grade)  # fmt: skip
    if hasattr(labels, "labels") and hasattr(labels, "default_label"):
        return MigrationStates(labels=labels.labels, default_label=labels.default_label)
    return MigrationStates(labels=read_entries(labels, "labels", owner))


def check_labels(
    labels: tuple[Any, ...], default_label: Any, withdrawn_label: Any, owner: str
) -> None:
    """Check that labels are different texts with default behind all grades."""
    named = [label for label in (default_label, withdrawn_label) if label is not None]
    if not all(isinstance(label, str) and label for label in (*labels, *named)):
        msg = f"The labels of {owner} must be text. Got {labels!r} and {named!r} instead."
        raise InvalidParameterError(msg)
    if len(set(labels)) != len(labels) or len(labels) < 2:
        msg = f"The 'labels' of {owner} must be two or more different states. Got {labels!r}."
        raise InvalidParameterError(msg)
    last = [label for label in labels if label != withdrawn_label][-1]
    if default_label is not None and last != default_label:
        msg = (
            f"The labels of {owner} go from the safest to the riskiest, so that default comes "
            f"after all grades. Got {labels!r} with the default_label {default_label!r}; states "
            "without default need default_label=None."
        )
        raise InvalidParameterError(msg)


def _check_no_other_default(labels: tuple[Any, ...], default_label: str) -> None:
    """Refuse to put default behind grades of which one is called so."""
    like = [
        label
        for label in labels
        if isinstance(label, str) and (label.casefold().startswith("default") or "违约" in label)
    ]
    if like:
        msg = (
            f"The labels hold {like[0]!r}, and default is to be called {default_label!r}. Say what "
            f"it is: MigrationStates(labels=…, default_label={like[0]!r})."
        )
        raise InvalidParameterError(msg)


def _one_column(grades: Any, name: str) -> np.ndarray[Any, Any]:
    listed = isinstance(grades, (list, tuple))
    values = np.asarray(grades, dtype=object if listed else None)
    if values.ndim != 1:
        msg = f"{name} must be one column of grades. Got an array of shape {values.shape}."
        raise InvalidDataError(msg)
    return values


def _written(value: Any) -> str:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _unknown_grade(unknown: list[str], name: str, states: MigrationStates) -> InvalidDataError:
    near = get_close_matches(unknown[0], states.labels, n=2)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    shown = ", ".join(map(repr, unknown[:5])) + (", …" if len(unknown) > 5 else "")
    listed = ", ".join(map(repr, states.labels))
    withdrawn = (
        "missing values mean withdrawn ones"
        if states.withdrawn_label is None
        else f"{states.withdrawn_label!r} and missing values mean withdrawn ones"
    )
    return InvalidDataError(
        f"{name} holds grades that are no states: {shown}.{hint} There are {listed}; {withdrawn}."
    )
