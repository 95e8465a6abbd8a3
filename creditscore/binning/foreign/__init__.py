"""Bins of other libraries: their tables and rules read, optbinning's solver and pairs used."""

from creditscore.binning.foreign._cross import CrossedColumns
from creditscore.binning.foreign._crossing import Crossing, Rectangle
from creditscore.binning.foreign._optbinning import from_optbinning
from creditscore.binning.foreign._scorecardpy import from_scorecardpy
from creditscore.binning.foreign._skorecard import from_skorecard
from creditscore.binning.foreign._solver import OptbinningSolver
from creditscore.binning.foreign._toad import from_toad

__all__ = [
    "CrossedColumns",
    "Crossing",
    "OptbinningSolver",
    "Rectangle",
    "from_optbinning",
    "from_scorecardpy",
    "from_skorecard",
    "from_toad",
]
