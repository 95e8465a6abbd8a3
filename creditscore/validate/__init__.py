"""The evidence that a validator asks for: tests of ratings, scores and probabilities."""

from creditscore.validate._battery._battery import validate_scores
from creditscore.validate._battery._finding import Finding
from creditscore.validate._battery._group_display import AucByGroupDisplay
from creditscore.validate._battery._report import ValidationReport
from creditscore.validate._battery._sample import ValidationSample
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._battery._verdict_display import VerdictDisplay
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
    "AucByGroupDisplay",
    "BootstrapOptimism",
    "ConcentrationTest",
    "CrossValidatedAuc",
    "Finding",
    "GradeBacktestDisplay",
    "GradeParts",
    "LearningCurve",
    "LearningCurveDisplay",
    "MigrationBandwidth",
    "OenbTrafficLights",
    "RateTest",
    "TrafficLightDisplay",
    "TrafficLightTest",
    "ValidationReport",
    "ValidationSample",
    "ValidationSettings",
    "VerdictDisplay",
    "adjust_p_values",
    "auc_drop_test",
    "auc_samples_test",
    "binomial_power",
    "binomial_test",
    "bootstrap_optimism",
    "concentration_test",
    "cross_validated_auc",
    "herfindahl_index",
    "heterogeneity_test",
    "homogeneity_test",
    "hosmer_lemeshow_grades",
    "hosmer_lemeshow_test",
    "jeffreys_test",
    "learning_curve",
    "migration_bandwidth",
    "migration_stability_test",
    "multi_period_test",
    "normal_test",
    "oenb_traffic_light",
    "spiegelhalter_test",
    "split_grades",
    "traffic_light_test",
    "validate_scores",
    "vasicek_cdf",
    "vasicek_critical_count",
    "vasicek_limit_cdf",
    "vasicek_pmf",
    "vasicek_test",
]
