"""Which columns make the card: filters, stepwise search, the path of an L1 penalty, and a log."""

from creditscore.scorecard.selection._fate import CorrelationCluster, Fate, PenaltyPath, Step
from creditscore.scorecard.selection._filters import chance_p_value
from creditscore.scorecard.selection._l1_path import L1Path
from creditscore.scorecard.selection._l1_path_display import L1PathDisplay
from creditscore.scorecard.selection._log import SelectionLog
from creditscore.scorecard.selection._select import select
from creditscore.scorecard.selection._selection import Selection
from creditscore.scorecard.selection._stepwise import Stepwise
from creditscore.scorecard.selection._stepwise_display import StepwiseDisplay

__all__ = [
    "CorrelationCluster",
    "Fate",
    "L1Path",
    "L1PathDisplay",
    "PenaltyPath",
    "Selection",
    "SelectionLog",
    "Step",
    "Stepwise",
    "StepwiseDisplay",
    "chance_p_value",
    "select",
]
