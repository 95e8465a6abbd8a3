"""Raw columns as classifiers of other libraries take them, learnt inside each fold."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._frame import Table, as_table
from creditscore._typing import Float1D, Int1D, Level, NativeFrame
from creditscore._validation import check_finite
from creditscore.scorecard._boosted._design import LEAST_SHARE

_MOST_LEVELS = 250
"""Levels of a column that go as categories; histograms of scikit-learn hold 255."""
_RARE_ROWS = 10
"""Levels of fewer rows have no column of their own."""


class RawFeatures:
    """Numbers as floats and levels as categories of pandas, for what takes both as they are.

    Missing values stay missing. Levels that the fit did not meet become missing, and so do those
    beyond the 250 most frequent ones. Ordered levels are their ranks. A column of numbers and
    words becomes two. Columns without a value in the fit, or in fewer than one of some 6,700 rows,
    are left out: boosting of scikit-learn bins 200,000 rows, and cannot without any value.
    """

    def fit(self, X: NativeFrame, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: ARG002
        """Learn the levels of each column."""
        table = as_table(X)
        self.kinds_ = {name: table.kind(name) for name in table.names}
        self.hollow_ = {
            name for name, kind in self.kinds_.items()
            if kind in ("numeric", "mixed") and _is_hollow(_numbers(table, name, kind))
        }  # fmt: skip
        self.levels_ = {
            name: _frequent(*_levels(table, name, kind), most=_MOST_LEVELS)
            for name, kind in self.kinds_.items() if kind != "numeric"
        }  # fmt: skip
        return self

    def transform(self, X: NativeFrame) -> pd.DataFrame:
        """Return a pandas table of floats and categories."""
        table = as_table(X, wanted=list(self.kinds_))
        table.require(list(self.kinds_))
        columns: dict[str, Any] = {}
        for name, kind in self.kinds_.items():
            if kind in ("numeric", "mixed") and name not in self.hollow_:
                columns[name] = _numbers(table, name, kind)
            if kind == "numeric":
                continue
            codes = _places(*_levels(table, name, kind), self.levels_[name])
            if kind == "ordered":
                ranks = _order(self.levels_[name])
                columns[name] = np.append(ranks, np.nan)[codes]
            else:
                texts = list(map(repr, self.levels_[name]))
                own = f"{name} word" if kind == "mixed" else name
                columns[own] = pd.Categorical.from_codes(codes, categories=texts)
        return pd.DataFrame(columns)


class OneHotFeatures:
    """Numbers with gaps filled and marked, a column of 0 and 1 for each level.

    A gap of a number is filled by the median, and marked in a column of its own where the fit had
    any. A level of ten rows or more has a column; rare ones, missing ones and levels that the fit
    did not meet have 0 in all of them.
    """

    def fit(self, X: NativeFrame, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: ARG002
        """Learn levels and medians."""
        table = as_table(X)
        self.kinds_ = {name: table.kind(name) for name in table.names}
        self.levels_, self.medians_, self.gaps_ = {}, {}, {}
        for name, kind in self.kinds_.items():
            if kind in ("numeric", "mixed"):
                values = _numbers(table, name, kind)
                known = values[~np.isnan(values)]
                self.medians_[name] = float(np.median(known)) if len(known) else 0.0
                self.gaps_[name] = len(known) < len(values)
            if kind != "numeric":
                self.levels_[name] = _frequent(*_levels(table, name, kind), least=_RARE_ROWS)
        return self

    def transform(self, X: NativeFrame) -> np.ndarray[Any, Any]:
        """Return a matrix of floats without gaps."""
        table = as_table(X, wanted=list(self.kinds_))
        table.require(list(self.kinds_))
        columns: list[np.ndarray[Any, Any]] = []
        for name, kind in self.kinds_.items():
            if kind in ("numeric", "mixed"):
                values = _numbers(table, name, kind)
                missing = np.isnan(values)
                columns.append(np.where(missing, self.medians_[name], values)[:, None])
                if self.gaps_[name]:
                    columns.append(missing[:, None].astype(np.float64))
            if kind != "numeric":
                codes = _places(*_levels(table, name, kind), self.levels_[name])
                columns.append((codes[:, None] == np.arange(len(self.levels_[name]))) * 1.0)
        return np.hstack(columns)


def _is_hollow(values: Float1D) -> bool:
    n_values = int(np.count_nonzero(~np.isnan(values)))
    return n_values < max(1, LEAST_SHARE * len(values))


def _numbers(table: Table, name: str, kind: str) -> Float1D:
    values = table.mixed(name).values if kind == "mixed" else table.numeric(name)
    return check_finite(values, name=name)


def _levels(table: Table, name: str, kind: str) -> tuple[Int1D, tuple[Level, ...]]:
    """Return the levels of a column, or its words; -1 where there is none."""
    if kind != "mixed":
        return table.levels(name)
    column = table.mixed(name)
    codes = np.full(table.n_rows, -1, dtype=np.intp)
    codes[column.word_rows] = column.word_codes
    return codes, column.words


def _frequent(
    codes: Int1D, levels: tuple[Level, ...], *, most: int | None = None, least: int = 1
) -> tuple[Level, ...]:
    """Return the levels that occur often enough, in their order."""
    counts = np.bincount(codes + 1, minlength=len(levels) + 1)[1:]
    ranked = np.argsort(-counts, kind="stable")[:most]
    return tuple(levels[i] for i in sorted(ranked.tolist()) if counts[i] >= least)


def _places(codes: Int1D, levels: tuple[Level, ...], known: tuple[Level, ...]) -> Int1D:
    """Return the place of each row's level among those known; -1 for others and missing ones."""
    place_of = {level: place for place, level in enumerate(known)}
    # the code of a missing value is -1: the last place
    mapping = np.array([*(place_of.get(level, -1) for level in levels), -1], dtype=np.intp)
    return mapping[codes]


def _order(levels: tuple[Level, ...]) -> Float1D:
    return np.arange(len(levels), dtype=np.float64)
