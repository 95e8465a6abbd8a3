"""Which columns make the card: filters, stepwise search, the path of an L1 penalty, and a log."""

from creditscore.scorecard.selection._filters import chance_p_value
from creditscore.scorecard.selection._l1_path import L1Path
from creditscore.scorecard.selection._log import Fate, SelectionLog, Step
from creditscore.scorecard.selection._selection import Selection
from creditscore.scorecard.selection._stepwise import Stepwise

__all__ = ["Fate", "L1Path", "Selection", "SelectionLog", "Step", "Stepwise", "chance_p_value"]
