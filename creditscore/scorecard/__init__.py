"""The card: scale, characteristics, score, reasons, and its estimate by logistic regression."""

from creditscore.scorecard._assemble import assemble_scorecard
from creditscore.scorecard._characteristic import Attribute, Characteristic
from creditscore.scorecard._compiled import CompiledScorecard, ScoredApplicant
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._logistic import LogisticScorecard
from creditscore.scorecard._points_display import PointsDisplay
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._score_display import ScoreDistributionDisplay
from creditscore.scorecard._scorecard import Scorecard

__all__ = [
    "Attribute",
    "Characteristic",
    "CompiledScorecard",
    "FitSummary",
    "LogisticScorecard",
    "PointsDisplay",
    "PointsScale",
    "ScoreDistributionDisplay",
    "Scorecard",
    "ScoredApplicant",
    "assemble_scorecard",
]
