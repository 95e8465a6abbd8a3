"""The evidence that a validator asks for: tests of ratings, scores and probabilities."""

from creditscore.validate._battery._battery import validate_scores
from creditscore.validate._battery._finding import Finding
from creditscore.validate._battery._group_display import AucByGroupDisplay
from creditscore.validate._battery._report import ValidationReport
from creditscore.validate._battery._sample import ValidationSample
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._battery._verdict_display import VerdictDisplay
from creditscore.validate._data._leakage_display import LeakageDisplay
from creditscore.validate._data._leakage_hint import LeakageHint, LeakageHints
from creditscore.validate._data._leakage_search import leakage_hints
from creditscore.validate._data._leakage_settings import LeakageSettings
from creditscore.validate._data._representativeness import (
    Representativeness,
    representativeness,
)
from creditscore.validate._data._representativeness_display import RepresentativenessDisplay
from creditscore.validate._data._representativeness_settings import RepresentativenessSettings
from creditscore.validate._data._split_check import SplitCheck, check_split
from creditscore.validate._data._two_sample_test import TwoSampleTest, two_sample_test
from creditscore.validate._fairness._adverse_impact import AdverseImpact, adverse_impact
from creditscore.validate._fairness._alternative_card import AlternativeCard
from creditscore.validate._fairness._alternative_search import AlternativeSearch
from creditscore.validate._fairness._alternatives import (
    DiscriminationAlternatives,
    less_discriminatory_alternatives,
)
from creditscore.validate._fairness._alternatives_display import AlternativesDisplay
from creditscore.validate._fairness._fairness_report import FairnessReport
from creditscore.validate._fairness._fairness_settings import FairnessSettings
from creditscore.validate._fairness._fairness_table import fairness_table
from creditscore.validate._fairness._group_rate_display import GroupRateDisplay
from creditscore.validate._fairness._mean_difference import (
    MeanDifference,
    standardised_mean_difference,
)
from creditscore.validate._fairness._metric_frame import fairness_metric_frame
from creditscore.validate._fairness._proxies import ProtectedProxies, protected_proxies
from creditscore.validate._fairness._proxy_display import ProxyDisplay
from creditscore.validate._overfit._challenge_findings import challenge_findings
from creditscore.validate._overfit._cross_validated_auc import (
    CrossValidatedAuc,
    cross_validated_auc,
)
from creditscore.validate._overfit._learning_curve import LearningCurve, learning_curve
from creditscore.validate._overfit._learning_curve_display import LearningCurveDisplay
from creditscore.validate._overfit._optimism import BootstrapOptimism, bootstrap_optimism
from creditscore.validate._tests._auc_change import auc_drop_test, auc_samples_test
from creditscore.validate._tests._binomial import binomial_test
from creditscore.validate._tests._concentration import (
    ConcentrationTest,
    concentration_test,
    herfindahl_index,
)
from creditscore.validate._tests._grade_display import GradeBacktestDisplay
from creditscore.validate._tests._grade_pair import (
    GradeParts,
    heterogeneity_test,
    homogeneity_test,
    split_grades,
)
from creditscore.validate._tests._hosmer_lemeshow import (
    hosmer_lemeshow_grades,
    hosmer_lemeshow_test,
)
from creditscore.validate._tests._jeffreys import jeffreys_test
from creditscore.validate._tests._light_display import TrafficLightDisplay
from creditscore.validate._tests._migration import (
    MigrationBandwidth,
    migration_bandwidth,
    migration_stability_test,
)
from creditscore.validate._tests._multi_period import multi_period_test
from creditscore.validate._tests._multiple import adjust_p_values
from creditscore.validate._tests._normal import normal_test
from creditscore.validate._tests._oenb_traffic_light import OenbTrafficLights, oenb_traffic_light
from creditscore.validate._tests._power import binomial_power
from creditscore.validate._tests._rate_test import RateTest
from creditscore.validate._tests._spiegelhalter import spiegelhalter_test
from creditscore.validate._tests._traffic_light import TrafficLightTest, traffic_light_test
from creditscore.validate._tests._vasicek import vasicek_cdf, vasicek_limit_cdf, vasicek_pmf
from creditscore.validate._tests._vasicek_test import vasicek_critical_count, vasicek_test

__all__ = [
    "AdverseImpact",
    "AlternativeCard",
    "AlternativeSearch",
    "AlternativesDisplay",
    "AucByGroupDisplay",
    "BootstrapOptimism",
    "ConcentrationTest",
    "CrossValidatedAuc",
    "DiscriminationAlternatives",
    "FairnessReport",
    "FairnessSettings",
    "Finding",
    "GradeBacktestDisplay",
    "GradeParts",
    "GroupRateDisplay",
    "LeakageDisplay",
    "LeakageHint",
    "LeakageHints",
    "LeakageSettings",
    "LearningCurve",
    "LearningCurveDisplay",
    "MeanDifference",
    "MigrationBandwidth",
    "OenbTrafficLights",
    "ProtectedProxies",
    "ProxyDisplay",
    "RateTest",
    "Representativeness",
    "RepresentativenessDisplay",
    "RepresentativenessSettings",
    "SplitCheck",
    "TrafficLightDisplay",
    "TrafficLightTest",
    "TwoSampleTest",
    "ValidationReport",
    "ValidationSample",
    "ValidationSettings",
    "VerdictDisplay",
    "adjust_p_values",
    "adverse_impact",
    "auc_drop_test",
    "auc_samples_test",
    "binomial_power",
    "binomial_test",
    "bootstrap_optimism",
    "challenge_findings",
    "check_split",
    "concentration_test",
    "cross_validated_auc",
    "fairness_metric_frame",
    "fairness_table",
    "herfindahl_index",
    "heterogeneity_test",
    "homogeneity_test",
    "hosmer_lemeshow_grades",
    "hosmer_lemeshow_test",
    "jeffreys_test",
    "leakage_hints",
    "learning_curve",
    "less_discriminatory_alternatives",
    "migration_bandwidth",
    "migration_stability_test",
    "multi_period_test",
    "normal_test",
    "oenb_traffic_light",
    "protected_proxies",
    "representativeness",
    "spiegelhalter_test",
    "split_grades",
    "standardised_mean_difference",
    "traffic_light_test",
    "two_sample_test",
    "validate_scores",
    "vasicek_cdf",
    "vasicek_critical_count",
    "vasicek_limit_cdf",
    "vasicek_pmf",
    "vasicek_test",
]
