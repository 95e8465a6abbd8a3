"""Cards of other libraries read into frozen ones, with the scores that they give there."""

from creditscore.scorecard.foreign._optbinning import scorecard_from_optbinning
from creditscore.scorecard.foreign._scorecardpy import scorecard_from_scorecardpy
from creditscore.scorecard.foreign._toad import scorecard_from_toad

__all__ = [
    "scorecard_from_optbinning",
    "scorecard_from_scorecardpy",
    "scorecard_from_toad",
]
