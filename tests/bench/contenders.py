"""The binners behind one face: fit, transform, and the bins they found."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
import pandas as pd

from creditscore import WOEEncoder
from creditscore._typing import Int1D
from creditscore.binning import CategoricalPartition, NumericPartition
from tests.bench.recount import Bins, Constraints

N_JOBS = (2, 1)
"""Numbers of jobs that rivals are timed with; the faster one counts."""


class Contender(Protocol):
    """A way to bin every column of a table."""

    @property
    def label(self) -> str:
        """Name in the tables, the library first."""
        ...

    @property
    def transforms(self) -> bool:
        """Tell whether it encodes values too."""
        ...

    def fit(self, X: pd.DataFrame, y: Int1D) -> None:
        """Find the bins; this is what is timed."""
        ...

    def transform(self, X: pd.DataFrame) -> Any:
        """Replace values by the weight of evidence of their bin, missing ones too."""
        ...

    def bins(self) -> dict[str, Bins]:
        """Return the bins of each column."""
        ...


@dataclass
class Creditscore:
    """``WOEEncoder`` as it comes."""

    constraints: Constraints
    transforms: bool = True
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

    def bins(self) -> dict[str, Bins]:
        """Read the cuts and groups off the bin tables."""
        found: dict[str, Bins] = {}
        for name, table in self.encoder.tables_.items():
            if isinstance(table.partition, NumericPartition):
                found[name] = np.asarray(table.partition.cuts, dtype=np.float64)
            elif isinstance(table.partition, CategoricalPartition):
                found[name] = tuple(tuple(map(str, group)) for group in table.partition.groups)
        return found


@dataclass
class Optbinning:
    """``BinningProcess`` with its default pre-binning: a tree of at most 20 leaves."""

    constraints: Constraints
    n_jobs: int
    trend: str = "auto_asc_desc"
    transforms: bool = True
    process: Any = field(init=False)

    @property
    def label(self) -> str:
        """Name in the tables."""
        return f"optbinning n_jobs={self.n_jobs}"

    def fit(self, X: pd.DataFrame, y: Int1D) -> None:
        """Fit a new process."""
        from optbinning import BinningProcess

        numeric = list(X.select_dtypes("number"))
        self.process = BinningProcess(
            list(X.columns),
            categorical_variables=[name for name in X if name not in set(numeric)] or None,
            min_bin_size=self.constraints.min_bin_size,
            max_n_bins=self.constraints.max_n_bins,
            # levels are ordered by their bad rate, so that their trend is always ascending
            binning_fit_params={name: {"monotonic_trend": self.trend} for name in numeric},
            n_jobs=self.n_jobs,
        )
        self.process.fit(X, y)

    def transform(self, X: pd.DataFrame) -> Any:
        """Encode, missing values by their own counts as creditscore does."""
        return self.process.transform(X, metric="woe", metric_missing="empirical")

    def bins(self) -> dict[str, Bins]:
        """Read the splits; optbinning too closes intervals on the left."""
        found: dict[str, Bins] = {}
        for name in self.process.variable_names:
            binning = self.process.get_binned_variable(name)
            if binning.dtype == "numerical":
                found[name] = np.asarray(binning.splits, dtype=np.float64)
            else:
                found[name] = tuple(tuple(map(str, group)) for group in binning.splits)
        return found


def contenders(constraints: Constraints) -> list[Contender]:
    """List creditscore, and optbinning where it is installed."""
    listed: list[Contender] = [Creditscore(constraints)]
    if find_spec("optbinning") is not None:
        listed += [Optbinning(constraints, n_jobs) for n_jobs in N_JOBS]
    return listed
