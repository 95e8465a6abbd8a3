"""The two binners behind one face: fit, transform, and the cuts they found."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
import pandas as pd

from creditscore import WOEEncoder
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.binning import NumericPartition
from creditscore.metrics import information_value

N_JOBS = (2, 1)
"""Numbers of jobs that optbinning is timed with; the faster one counts."""


@dataclass(frozen=True)
class Constraints:
    """What both must keep.

    Attributes
    ----------
    min_bin_size : float
        Least share of all rows, those with a missing value included, in a bin of numbers.
    max_n_bins : int
        Most bins of numbers; missing values are one more, for both.
    """

    min_bin_size: float
    max_n_bins: int


class Contender(Protocol):
    """A way to bin every column of a table."""

    @property
    def label(self) -> str:
        """Name in the tables."""
        ...

    def fit(self, X: pd.DataFrame, y: Int1D) -> None:
        """Find the bins; this is what is timed."""
        ...

    def transform(self, X: pd.DataFrame) -> Any:
        """Replace values by the weight of evidence of their bin, missing ones too."""
        ...

    def cuts(self) -> dict[str, Float1D]:
        """Return the cuts of each column; a value at a cut belongs to the upper bin."""
        ...


@dataclass
class Creditscore:
    """``WOEEncoder``, which uses one core."""

    constraints: Constraints
    encoder: WOEEncoder = field(init=False)

    @property
    def label(self) -> str:
        """Name in the tables."""
        return "creditscore"

    def fit(self, X: pd.DataFrame, y: Int1D) -> None:
        """Fit a new encoder."""
        self.encoder = WOEEncoder(
            min_bin_size=self.constraints.min_bin_size,
            max_n_bins=self.constraints.max_n_bins,
            trend="auto",
        ).fit(X, y)

    def transform(self, X: pd.DataFrame) -> Any:
        """Encode."""
        return self.encoder.transform(X)

    def cuts(self) -> dict[str, Float1D]:
        """Read the cuts off the bin tables."""
        return {
            name: np.asarray(table.partition.cuts, dtype=np.float64)
            for name, table in self.encoder.tables_.items()
            if isinstance(table.partition, NumericPartition)
        }


@dataclass
class Optbinning:
    """``BinningProcess`` with its default pre-binning: a tree of at most 20 leaves."""

    constraints: Constraints
    n_jobs: int
    trend: str = "auto_asc_desc"
    process: Any = field(init=False)

    @property
    def label(self) -> str:
        """Name in the tables."""
        return f"optbinning n_jobs={self.n_jobs}"

    def fit(self, X: pd.DataFrame, y: Int1D) -> None:
        """Fit a new process."""
        from optbinning import BinningProcess

        names = list(X.columns)
        self.process = BinningProcess(
            names,
            min_bin_size=self.constraints.min_bin_size,
            max_n_bins=self.constraints.max_n_bins,
            binning_fit_params={name: {"monotonic_trend": self.trend} for name in names},
            n_jobs=self.n_jobs,
        )
        self.process.fit(X, y)

    def transform(self, X: pd.DataFrame) -> Any:
        """Encode, missing values by their own counts as creditscore does."""
        return self.process.transform(X, metric="woe", metric_missing="empirical")

    def cuts(self) -> dict[str, Float1D]:
        """Read the splits; optbinning too closes intervals on the left."""
        names = self.process.variable_names
        return {name: np.asarray(self.process.get_binned_variable(name).splits) for name in names}


def contenders(constraints: Constraints) -> list[Contender]:
    """List creditscore, and optbinning where it is installed."""
    listed: list[Contender] = [Creditscore(constraints)]
    if find_spec("optbinning") is not None:
        listed += [Optbinning(constraints, n_jobs) for n_jobs in N_JOBS]
    return listed


@dataclass(frozen=True)
class BinnedColumn:
    """What the cuts of one column come to on the raw rows.

    Attributes
    ----------
    cuts : ndarray
        Where the bins of numbers part.
    iv : float
        Information value over the bins and the missing values.
    n_bins : int
        Bins of numbers.
    smallest_share : float
        Share of all rows in the smallest bin of numbers, a fraction.
    is_monotone : bool
        Whether the bad rate goes one way, equality allowed.
    """

    cuts: Float1D
    iv: float
    n_bins: int
    smallest_share: float
    is_monotone: bool

    @classmethod
    def on_rows(cls, values: Float1D, is_bad: Bool1D, cuts: Float1D) -> BinnedColumn:
        """Count every row anew; the same for whoever made the cuts."""
        codes = np.searchsorted(cuts, values, side="right")
        codes[np.isnan(values)] = len(cuts) + 1
        bad = np.bincount(codes, weights=is_bad, minlength=len(cuts) + 2)
        count = np.bincount(codes, minlength=len(cuts) + 2)
        steps = np.diff(bad[:-1] / np.maximum(count[:-1], 1))
        return cls(
            cuts=cuts,
            iv=information_value(count - bad, bad),
            n_bins=len(cuts) + 1,
            smallest_share=float(count[:-1].min() / len(values)),
            is_monotone=bool((steps >= 0).all() or (steps <= 0).all()),
        )

    def keeps(self, constraints: Constraints) -> bool:
        """Tell whether all constraints hold on the raw rows."""
        return (
            self.is_monotone
            and self.n_bins <= constraints.max_n_bins
            # the share of a count and the count of a share may differ in the last bit
            and self.smallest_share >= constraints.min_bin_size * (1 - 1e-9)
        )


def binned_columns(
    cuts: dict[str, Float1D], X: pd.DataFrame, is_bad: Bool1D
) -> dict[str, BinnedColumn]:
    """Count all columns of a table."""
    return {name: BinnedColumn.on_rows(X[name].to_numpy(), is_bad, at) for name, at in cuts.items()}


def names_of_broken(columns: dict[str, BinnedColumn], constraints: Constraints) -> list[str]:
    """Name the columns whose bins break a constraint."""
    return [name for name, column in columns.items() if not column.keeps(constraints)]
