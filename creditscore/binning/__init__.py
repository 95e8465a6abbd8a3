"""From raw columns to bins: edges, counts, an exact solver, tables and their encoder."""

from creditscore.binning._bin_display import BinDisplay
from creditscore.binning._bin_grid_display import BinGridDisplay
from creditscore.binning._bin_relaxations import bin_relaxations
from creditscore.binning._compare import BinComparison, compare
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._counts import BinCounts, LevelCounts, Outcomes
from creditscore.binning._edges import EdgeSample
from creditscore.binning._edit import Edit
from creditscore.binning._edit_display import EditDisplay
from creditscore.binning._encoder import WOEEncoder
from creditscore.binning._fine import FineIntervals, FineLevels
from creditscore.binning._level_spread import rows_of_prior
from creditscore.binning._partition import (
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
    Partition,
)
from creditscore.binning._period_counts import PeriodCounts
from creditscore.binning._period_display import PeriodDisplay
from creditscore.binning._policy import BinPolicy
from creditscore.binning._problem import Solution
from creditscore.binning._relaxation import Relaxation
from creditscore.binning._solver import solve_bins, solve_mean_bins
from creditscore.binning._table import BinTable

__all__ = [
    "BinComparison",
    "BinConstraints",
    "BinCounts",
    "BinDisplay",
    "BinGridDisplay",
    "BinPolicy",
    "BinTable",
    "CategoricalPartition",
    "EdgeSample",
    "Edit",
    "EditDisplay",
    "FineIntervals",
    "FineLevels",
    "LevelCounts",
    "MixedPartition",
    "NumericPartition",
    "Outcomes",
    "Partition",
    "PeriodCounts",
    "PeriodDisplay",
    "Relaxation",
    "Solution",
    "WOEEncoder",
    "bin_relaxations",
    "compare",
    "rows_of_prior",
    "solve_bins",
    "solve_mean_bins",
]
