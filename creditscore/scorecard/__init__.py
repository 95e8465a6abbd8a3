"""The card: scale, characteristics, score, reasons, and its estimate by logistic regression."""

from creditscore.scorecard._adverse._adverse import adverse_reasons, reason_sentences
from creditscore.scorecard._adverse._points_baseline import PointsBaseline
from creditscore.scorecard._adverse._reason_codes import ReasonCode, ReasonCodes
from creditscore.scorecard._adverse._reason_display import ReasonDisplay
from creditscore.scorecard._assemble import assemble_scorecard
from creditscore.scorecard._boosted._boosted import BoostedScorecard
from creditscore.scorecard._boosted._from_boosting import scorecard_from_boosting
from creditscore.scorecard._challenge._challenge import challenge
from creditscore.scorecard._challenge._challenge_display import ChallengeDisplay
from creditscore.scorecard._challenge._challenge_result import ChallengeResult
from creditscore.scorecard._challenge._challenger import Challenger
from creditscore.scorecard._challenge._default_challengers import default_challengers
from creditscore.scorecard._challenge._fitted_challenger import FittedChallenger
from creditscore.scorecard._challenge._folds import Folds
from creditscore.scorecard._challenge._gap_challengers import gap_challengers
from creditscore.scorecard._challenge._probit import ProbitClassifier
from creditscore.scorecard._characteristic import Attribute, Characteristic
from creditscore.scorecard._coefficient_display import CoefficientDisplay
from creditscore.scorecard._coefficient_prior import CoefficientPrior
from creditscore.scorecard._comparison._compare_cards import ScorecardComparison, compare_scorecards
from creditscore.scorecard._comparison._swap_set import SwapSet, swap_set
from creditscore.scorecard._comparison._swap_set_display import SwapSetDisplay
from creditscore.scorecard._compiled import CompiledScorecard, ScoredApplicant
from creditscore.scorecard._counterfactual._counterfactual import Counterfactuals, counterfactuals
from creditscore.scorecard._counterfactual._moves import Moves
from creditscore.scorecard._counterfactual._recourse import Counterfactual, Recourse, ValueChange
from creditscore.scorecard._counterfactual._score_needed import score_needed
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._history import PointsChange, PointsEdit
from creditscore.scorecard._logistic import LogisticScorecard
from creditscore.scorecard._model_card._model_card import BinEvidence, ModelCard
from creditscore.scorecard._model_card._model_statement import ModelStatement
from creditscore.scorecard._model_card._sample_performance import (
    CalibrationGroup,
    SamplePerformance,
)
from creditscore.scorecard._model_card._selection_summary import CandidateFate, SelectionSummary
from creditscore.scorecard._points_display import PointsDisplay
from creditscore.scorecard._rounding._points_rounding import PointsRounding, ScoreDeviation
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._score_display import ScoreDistributionDisplay
from creditscore.scorecard._score_odds_display import ScoreOddsDisplay
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._segments._alignment import SegmentAlignment
from creditscore.scorecard._segments._alignment_display import SegmentOddsDisplay
from creditscore.scorecard._segments._segment_search import SegmentSearch
from creditscore.scorecard._segments._segmented import SegmentedScorecard
from creditscore.scorecard._segments._segmented_compiled import (
    CompiledSegmentedScorecard,
    SegmentedApplicant,
)
from creditscore.scorecard._segments._segmented_logistic import SegmentedLogisticScorecard
from creditscore.scorecard._segments._segments import Segments
from creditscore.scorecard._shapley._shapley import card_shapley_values, shapley_values
from creditscore.scorecard._shapley._shapley_comparison import ShapleyComparison, compare_shapley
from creditscore.scorecard._shapley._shapley_display import ShapleyDisplay
from creditscore.scorecard._shapley._shapley_values import ShapleyValues
from creditscore.scorecard._veto_rule import VetoRule
from creditscore.scorecard.reject import (
    Applications,
    AugmentedSample,
    BivariateProbit,
    Extrapolation,
    FuzzyAugmentation,
    HardCutoff,
    HeckmanTwoStep,
    Parcelling,
    RejectInferenceScorecard,
    RejectMethod,
    RejectSensitivity,
    RejectSensitivityDisplay,
    Reweighting,
    reject_sensitivity,
    simulate_applications,
)

__all__ = [
    "Applications",
    "Attribute",
    "AugmentedSample",
    "BinEvidence",
    "BivariateProbit",
    "BoostedScorecard",
    "CalibrationGroup",
    "CandidateFate",
    "ChallengeDisplay",
    "ChallengeResult",
    "Challenger",
    "Characteristic",
    "CoefficientDisplay",
    "CoefficientPrior",
    "CompiledScorecard",
    "CompiledSegmentedScorecard",
    "Counterfactual",
    "Counterfactuals",
    "Extrapolation",
    "FitSummary",
    "FittedChallenger",
    "Folds",
    "FuzzyAugmentation",
    "HardCutoff",
    "HeckmanTwoStep",
    "LogisticScorecard",
    "ModelCard",
    "ModelStatement",
    "Moves",
    "Parcelling",
    "PointsBaseline",
    "PointsChange",
    "PointsDisplay",
    "PointsEdit",
    "PointsRounding",
    "PointsScale",
    "ProbitClassifier",
    "ReasonCode",
    "ReasonCodes",
    "ReasonDisplay",
    "Recourse",
    "RejectInferenceScorecard",
    "RejectMethod",
    "RejectSensitivity",
    "RejectSensitivityDisplay",
    "Reweighting",
    "SamplePerformance",
    "ScoreDeviation",
    "ScoreDistributionDisplay",
    "ScoreOddsDisplay",
    "Scorecard",
    "ScorecardComparison",
    "ScoredApplicant",
    "SegmentAlignment",
    "SegmentOddsDisplay",
    "SegmentSearch",
    "SegmentedApplicant",
    "SegmentedLogisticScorecard",
    "SegmentedScorecard",
    "Segments",
    "SelectionSummary",
    "ShapleyComparison",
    "ShapleyDisplay",
    "ShapleyValues",
    "SwapSet",
    "SwapSetDisplay",
    "ValueChange",
    "VetoRule",
    "adverse_reasons",
    "assemble_scorecard",
    "card_shapley_values",
    "challenge",
    "compare_scorecards",
    "compare_shapley",
    "counterfactuals",
    "default_challengers",
    "gap_challengers",
    "reason_sentences",
    "reject_sensitivity",
    "score_needed",
    "scorecard_from_boosting",
    "shapley_values",
    "simulate_applications",
    "swap_set",
]
