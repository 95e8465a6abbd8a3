"""From raw columns to bins: edges, counts, an exact solver, tables and their encoder."""

from creditscore.binning._bin_display import BinDisplay
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._counts import BinCounts, LevelCounts, Outcomes
from creditscore.binning._edges import EdgeSample
from creditscore.binning._encoder import WOEEncoder
from creditscore.binning._partition import CategoricalPartition, NumericPartition, Partition
from creditscore.binning._solver import Solution, solve_bins
from creditscore.binning._table import BinTable

__all__ = [
    "BinConstraints",
    "BinCounts",
    "BinDisplay",
    "BinTable",
    "CategoricalPartition",
    "EdgeSample",
    "LevelCounts",
    "NumericPartition",
    "Outcomes",
    "Partition",
    "Solution",
    "WOEEncoder",
    "solve_bins",
]
