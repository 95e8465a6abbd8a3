"""Bins on the raw rows, counted by one function whoever made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.metrics import information_value

Groups: TypeAlias = "tuple[tuple[str, ...], ...]"
"""Levels of each bin."""
Bins: TypeAlias = "Float1D | Groups"
"""Cuts of numbers, a value at a cut belonging to the upper bin; or groups of levels."""


@dataclass(frozen=True)
class Constraints:
    """What all contenders must keep.

    Attributes
    ----------
    min_bin_size : float
        Least share of all rows, those with a missing value included, in a regular bin.
    max_n_bins : int
        Most regular bins; missing values are one more, for all.
    """

    min_bin_size: float
    max_n_bins: int

    @property
    def limits_number(self) -> bool:
        """Tell whether the limit on the number asks for more than the least size does."""
        return self.max_n_bins * self.min_bin_size < 1


@dataclass(frozen=True)
class Rows:
    """A table, numeric or of levels, and its target."""

    X: pd.DataFrame
    is_bad: Bool1D


@dataclass(frozen=True)
class BinnedColumn:
    """What the bins of one column come to on the raw rows.

    Attributes
    ----------
    bins : ndarray or tuple of tuple of str
        Where the bins of numbers part, or the levels of each.
    iv : float
        Information value over the bins, the missing values, and levels that are in no bin.
    n_bins : int
        Regular bins.
    smallest_share : float
        Share of all rows in the smallest regular bin, a fraction.
    is_monotone : bool
        Whether the bad rate goes one way over bins of numbers, equality allowed. Groups of levels
        have no order to keep.
    """

    bins: Bins
    iv: float
    n_bins: int
    smallest_share: float
    is_monotone: bool

    @classmethod
    def on_rows(cls, column: pd.Series[Any], is_bad: Bool1D, bins: Bins) -> BinnedColumn:
        """Count every row anew."""
        ordered = isinstance(bins, np.ndarray)
        n_bins = len(bins) + ordered
        codes = _interval_codes(column, bins) if ordered else _group_codes(column, bins)
        bad = np.bincount(codes, weights=is_bad, minlength=n_bins + 2)
        count = np.bincount(codes, minlength=n_bins + 2)
        steps = np.diff(bad[:n_bins] / np.maximum(count[:n_bins], 1))
        return cls(
            bins=bins,
            iv=information_value(count - bad, bad),
            n_bins=n_bins,
            smallest_share=float(count[:n_bins].min() / len(codes)),
            is_monotone=not ordered or bool((steps >= 0).all() or (steps <= 0).all()),
        )

    def keeps(self, constraints: Constraints) -> bool:
        """Tell whether all constraints hold on the raw rows."""
        return (
            self.is_monotone
            and self.n_bins <= constraints.max_n_bins
            # the share of a count and the count of a share may differ in the last bit
            and self.smallest_share >= constraints.min_bin_size * (1 - 1e-9)
        )


def recount(bins: dict[str, Bins], rows: Rows) -> dict[str, BinnedColumn]:
    """Count all columns of a table."""
    return {name: BinnedColumn.on_rows(rows.X[name], rows.is_bad, at) for name, at in bins.items()}


def names_of_broken(columns: dict[str, BinnedColumn], constraints: Constraints) -> list[str]:
    """Name the columns whose bins break a constraint."""
    return [name for name, column in columns.items() if not column.keeps(constraints)]


def _interval_codes(column: pd.Series[Any], cuts: Bins) -> Int1D:
    values = column.to_numpy()
    codes: Int1D = np.searchsorted(np.asarray(cuts, dtype=np.float64), values, side="right")
    codes[np.isnan(values)] = len(cuts) + 1
    return codes


def _group_codes(column: pd.Series[Any], groups: Bins) -> Int1D:
    """Return the group of each row; the next code is for missing, the last for no group."""
    place: dict[str, int] = {level: i for i, group in enumerate(groups) for level in group}
    found, levels = pd.factorize(column)
    last: npt.ArrayLike = [len(groups)]
    of_level = [place.get(str(level), len(groups) + 1) for level in levels]
    # factorize codes missing values as -1, which takes the last place
    codes: Int1D = np.append(np.asarray(of_level, dtype=np.intp), last)[found]
    return codes
