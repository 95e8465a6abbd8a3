"""Folds of a comparison: at random, by whole groups, or later periods after earlier ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Int1D
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidDataError, InvalidParameterError


@dataclass(frozen=True, kw_only=True, eq=False)
class Folds:
    """How rows are parted into those that models are fitted on and those that judge them.

    Parameters
    ----------
    n_folds : int, default=5
        Number of folds, 2 or more.
    groups : array-like of shape (n_samples,), optional
        Rows of one group, such as the loans of one customer, stay together.
    periods : array-like of shape (n_samples,), optional
        Each fold is judged by models of the rows of earlier periods alone; the earliest rows judge
        nothing. Numbers, text that sorts by time, or dates.

    Raises
    ------
    InvalidParameterError
        Less than two folds, or both groups and periods.

    See Also
    --------
    challenge : Compares models in folds.

    Notes
    -----
    Folds at random keep the share of bads. With groups they do so as far as the groups let them.
    With periods, these are divided into `n_folds` + 1 runs of about equally many rows; the k-th
    fold is fitted on the first k runs and judged on the next.

    Examples
    --------
    >>> from creditscore.scorecard import Folds
    >>> Folds(n_folds=3, periods=["2023-01", "2023-02", "2023-03", "2023-04"])
    <Folds: 3, each after earlier periods>
    """

    n_folds: int = 5
    groups: Any = None
    periods: Any = None

    def __post_init__(self) -> None:
        """Check the number, and that there is one kind of folds."""
        check_integer(self.n_folds, "n_folds", type(self).__name__, low=2)
        if self.groups is not None and self.periods is not None:
            msg = "Folds go by groups or by periods. Got both: leave one out."
            raise InvalidParameterError(msg)

    def at(self, rows: Int1D, n_folds: int) -> Folds:
        """Return folds of the same kind of some of the rows."""
        groups, periods = (
            None if values is None else np.asarray(values)[rows]
            for values in (self.groups, self.periods)
        )
        return replace(self, n_folds=n_folds, groups=groups, periods=periods)

    def inner(self, rows: Int1D, n_folds: int) -> Folds:
        """Return folds of the same kind within some of the rows, as far as these admit it.

        Parameters
        ----------
        rows : ndarray of int
            The rows that a fold is fitted on.
        n_folds : int
            Most folds, 2 or more: one less than there are periods, if that is less, and as many as
            there are groups. Rows of one or two periods, or of one group, are dealt out at random.

        Returns
        -------
        Folds
        """
        folds = self.at(rows, n_folds)
        values = folds.groups if folds.periods is None else folds.periods
        if values is None:
            return folds
        n_different = int(pd.Series(values).nunique())
        most = n_different if self.periods is None else n_different - 1
        return replace(folds, n_folds=min(n_folds, most)) if most >= 2 else Folds(n_folds=n_folds)

    def split(self, is_bad: Bool1D, random_state: Any) -> list[tuple[Int1D, Int1D]]:
        """Return the rows of each fold: those to fit on, and those that judge.

        Raises
        ------
        InvalidParameterError
            There are fewer cases of a class, groups or periods than the folds need.
        InvalidDataError
            Groups or periods are missing, or are not one a row; a fold lacks a class.
        """
        codes = self._codes(len(is_bad))
        least = int(min(np.count_nonzero(is_bad), np.count_nonzero(~is_bad)))
        if least < 2 * self.n_folds:
            msg = (
                f"{self.n_folds} folds need {2 * self.n_folds} cases of each class, two in each. "
                f"There are {least} of one. Ask for fewer folds, or bring more cases."
            )
            raise InvalidParameterError(msg)
        from sklearn.model_selection import (  # noqa: PLC0415 - takes time to import
            StratifiedGroupKFold,
            StratifiedKFold,
        )

        if self.periods is not None:
            parts = self._forward(codes)
        elif self.groups is not None:
            self._check_number(codes, "groups", self.n_folds)
            by_group = StratifiedGroupKFold(self.n_folds, shuffle=True, random_state=random_state)
            parts = list(by_group.split(codes, is_bad, codes))
        else:
            at_random = StratifiedKFold(self.n_folds, shuffle=True, random_state=random_state)
            parts = list(at_random.split(codes, is_bad))
        for number, (fitted, judged) in enumerate(parts, start=1):
            _check_classes(is_bad[fitted], f"The rows that fold {number} is fitted on hold")
            _check_classes(is_bad[judged], f"Fold {number} holds")
        return parts

    def labels(self, parts: list[tuple[Int1D, Int1D]]) -> list[str]:
        """Return a name for each fold: its number, or the periods that judge."""
        if self.periods is None:
            return [str(number) for number in range(1, len(parts) + 1)]
        ends = [np.sort(np.asarray(self.periods)[judged]) for _, judged in parts]
        return [f"{a[0]}" if a[0] == a[-1] else f"{a[0]} to {a[-1]}" for a in ends]

    def _codes(self, n_rows: int) -> Int1D:
        """Return the group or the rank of the period of each row."""
        name = "periods" if self.periods is not None else "groups"
        values = self.periods if self.periods is not None else self.groups
        if values is None:
            return np.zeros(n_rows, dtype=np.intp)
        column = pd.Series(np.asarray(values))
        if len(column) != n_rows:
            msg = f"X has {n_rows} rows, {name} {len(column)}: give one a row."
            raise InvalidDataError(msg)
        if column.isna().any():
            msg = (
                f"{name} has {int(column.isna().sum())} missing value(s). Drop these rows, or "
                f"give them {name} of their own."
            )
            raise InvalidDataError(msg)
        if len({isinstance(value, str) for value in column.unique()}) > 1:
            msg = f"The {name} must be all numbers, all text or all dates, to be sorted."
            raise InvalidDataError(msg)
        codes, _ = pd.factorize(column, sort=True)
        return np.asarray(codes, dtype=np.intp)

    def _check_number(self, codes: Int1D, name: str, needed: int) -> None:
        n = int(codes.max()) + 1
        if n < needed:
            msg = (
                f"{self.n_folds} folds by {name} need {needed} different {name}. There are {n}. "
                "Ask for fewer folds."
            )
            raise InvalidParameterError(msg)

    def _forward(self, codes: Int1D) -> list[tuple[Int1D, Int1D]]:
        self._check_number(codes, "periods", self.n_folds + 1)
        n_runs, n_periods = self.n_folds + 1, int(codes.max()) + 1
        before = np.concatenate([[0], np.cumsum(np.bincount(codes))])
        starts = [0]
        for run in range(1, n_runs):
            # the period whose start is nearest to an equal share, leaving one for each later run
            wanted = len(codes) * run / n_runs
            nearest = int(np.argmin(np.abs(before - wanted)))
            starts.append(min(max(nearest, starts[-1] + 1), n_periods - (n_runs - run)))
        ends = [*starts[1:], n_periods]
        return [
            (np.flatnonzero(codes < start), np.flatnonzero((codes >= start) & (codes < end)))
            for start, end in pairwise(ends)
        ]

    def __repr__(self) -> str:
        """Say in one line how many and of which kind."""
        kind = "at random"
        if self.periods is not None:
            kind = "each after earlier periods"
        elif self.groups is not None:
            kind = "by whole groups"
        return f"<Folds: {self.n_folds}, {kind}>"


def _check_classes(is_bad: Bool1D, start: str) -> None:
    n_bad = int(np.count_nonzero(is_bad))
    n_good = len(is_bad) - n_bad
    if min(n_bad, n_good) < 2:
        msg = (
            f"{start} {n_good} good and {n_bad} bad cases, and two of each are needed. Ask for "
            "fewer folds, or form other groups or periods."
        )
        raise InvalidDataError(msg)
