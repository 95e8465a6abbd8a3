"""Judgement: weights of criteria, frozen anchors, expert scorecards, agreement of experts."""

from creditscore.expert._ahp._ahp_hierarchy import AHPHierarchy
from creditscore.expert._ahp._comparison_display import ComparisonDisplay
from creditscore.expert._ahp._disagreements import Disagreements, disagreements
from creditscore.expert._ahp._group import group_judgements, group_priorities
from creditscore.expert._ahp._pairwise import PairwiseComparison
from creditscore.expert._backtest._backtest import ExpertBacktest, backtest_expert
from creditscore.expert._backtest._backtest_display import BacktestDisplay
from creditscore.expert._blend._blend_weight import BlendFit, fit_blend_weight
from creditscore.expert._blend._blend_weight_display import BlendWeightDisplay
from creditscore.expert._blend._blended import blend_scorecards
from creditscore.expert._card._expert_scorecard import ExpertScorecard
from creditscore.expert._card._templates import list_templates, load_template, template_path
from creditscore.expert._delphi._concordance import Concordance, kendall_w
from creditscore.expert._delphi._delphi_display import DelphiDisplay
from creditscore.expert._delphi._feedback import FeedbackSheet
from creditscore.expert._delphi._round import DelphiRound
from creditscore.expert._delphi._stop_rule import DelphiVerdict, StopRule
from creditscore.expert._delphi._study import DelphiStudy
from creditscore.expert._display._profile_display import CustomerProfileDisplay
from creditscore.expert._display._weight_tree_display import WeightTreeDisplay
from creditscore.expert._distance._grey import GreyRelationalScore
from creditscore.expert._distance._ideal_points import IdealPoints
from creditscore.expert._distance._topsis import TopsisScore
from creditscore.expert._fuzzy._evaluation import FuzzyEvaluation
from creditscore.expert._fuzzy._fuzzy_result import FuzzyResult
from creditscore.expert._fuzzy._membership import (
    GaussianMembership,
    Membership,
    RidgeMembership,
    TrapezoidMembership,
    TriangularMembership,
    ridge_partition,
    triangular_partition,
)
from creditscore.expert._fuzzy._operators import fuzzy_composition
from creditscore.expert._outcomes._fitted_scale import calibrated, fitted_scale
from creditscore.expert._prior._expert_prior import prior_from_scorecard
from creditscore.expert._prior._prior_choice import PriorChoice, choose_prior_sd
from creditscore.expert._sensitivity._one_at_a_time import WeightSensitivity
from creditscore.expert._sensitivity._sensitivity_display import SensitivityDisplay
from creditscore.expert._sensitivity._simulation_display import SimulationDisplay
from creditscore.expert._sensitivity._weight_simulation import WeightSimulation
from creditscore.expert._shadow._shadow import ShadowRating
from creditscore.expert._shadow._shadow_agreement import ShadowAgreement
from creditscore.expert._subscore._bands import BandScore
from creditscore.expert._subscore._categories import CategoryScore
from creditscore.expert._subscore._efficacy import EfficacyScore
from creditscore.expert._subscore._min_max import MinMaxScore
from creditscore.expert._subscore._percentile import PercentileScore
from creditscore.expert._subscore._standard_bands import StandardBandScore
from creditscore.expert._subscore._subscore import NumericSubScore, SubScore
from creditscore.expert._subscore._utility import UtilityScore
from creditscore.expert._weights._best_worst import best_worst_weights
from creditscore.expert._weights._combined import combine_weights
from creditscore.expert._weights._compare_weights import WeightComparison, compare_weights
from creditscore.expert._weights._components import component_weights
from creditscore.expert._weights._critic import critic_weights
from creditscore.expert._weights._direct import direct_weights
from creditscore.expert._weights._entropy import entropy_weights
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._oriented import Orientation, orient
from creditscore.expert._weights._ranks import rank_weights
from creditscore.expert._weights._swing import swing_weights
from creditscore.expert._weights._variation import variation_weights
from creditscore.expert._weights._weights import Weights
from creditscore.metrics import (
    RaterAgreement,
    WeightedKappa,
    rater_agreement,
    weighted_kappa,
)

__all__ = [
    "AHPHierarchy",
    "BacktestDisplay",
    "BandScore",
    "BlendFit",
    "BlendWeightDisplay",
    "CategoryScore",
    "ComparisonDisplay",
    "Concordance",
    "CustomerProfileDisplay",
    "DelphiDisplay",
    "DelphiRound",
    "DelphiStudy",
    "DelphiVerdict",
    "Disagreements",
    "EfficacyScore",
    "ExpertBacktest",
    "ExpertScorecard",
    "FeedbackSheet",
    "FuzzyEvaluation",
    "FuzzyResult",
    "GaussianMembership",
    "GreyRelationalScore",
    "IdealPoints",
    "Membership",
    "MinMaxScore",
    "NumericSubScore",
    "Orientation",
    "PairwiseComparison",
    "PercentileScore",
    "PriorChoice",
    "RaterAgreement",
    "RidgeMembership",
    "SensitivityDisplay",
    "ShadowAgreement",
    "ShadowRating",
    "SimulationDisplay",
    "StandardBandScore",
    "StopRule",
    "SubScore",
    "TopsisScore",
    "TrapezoidMembership",
    "TriangularMembership",
    "UtilityScore",
    "WeightComparison",
    "WeightHierarchy",
    "WeightSensitivity",
    "WeightSimulation",
    "WeightTreeDisplay",
    "WeightedKappa",
    "Weights",
    "backtest_expert",
    "best_worst_weights",
    "blend_scorecards",
    "calibrated",
    "choose_prior_sd",
    "combine_weights",
    "compare_weights",
    "component_weights",
    "critic_weights",
    "direct_weights",
    "disagreements",
    "entropy_weights",
    "fit_blend_weight",
    "fitted_scale",
    "fuzzy_composition",
    "group_judgements",
    "group_priorities",
    "kendall_w",
    "list_templates",
    "load_template",
    "orient",
    "prior_from_scorecard",
    "rank_weights",
    "rater_agreement",
    "ridge_partition",
    "swing_weights",
    "template_path",
    "triangular_partition",
    "variation_weights",
    "weighted_kappa",
]
