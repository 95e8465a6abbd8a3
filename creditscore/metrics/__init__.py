"""Measures on arrays: no state, no dataframes, one formula and one source each.

Conventions (docs/conventions.md): ``is_bad`` is 1 for bad; a higher ``score`` is safer; rates
are fractions; ``sample_weight`` is how often a row counts.

Outcomes come first, then what foretold them, as in scikit-learn: ``auc(is_bad, score)``,
``brier_score(is_bad, prob_default)``. Goods come before bads, ``woe(n_good, n_bad)``, a part before
the whole, ``jeffreys_interval(n_bad, n_total)``, the old before the new, ``psi(expected, actual)``.
A method that is named after its values takes those first: ``RocDisplay.from_scores(score,
is_bad)``. Scores and outcomes that were swapped are refused where they can be told apart.

Columns are paired by place. pandas Series that hold one index in different orders are refused.
"""

from creditscore.metrics._agreement._fleiss_kappa import fleiss_kappa, percent_agreement
from creditscore.metrics._agreement._intraclass import icc_table, intraclass_correlation
from creditscore.metrics._agreement._kappa import WeightedKappa, weighted_kappa
from creditscore.metrics._agreement._krippendorff import krippendorff_alpha
from creditscore.metrics._agreement._rater_agreement import RaterAgreement, rater_agreement
from creditscore.metrics._auc_bootstrap import bootstrap_aucs
from creditscore.metrics._auc_difference import AucDifference, auc_difference
from creditscore.metrics._brier_decomposition import BrierDecomposition, brier_decomposition
from creditscore.metrics._calibration import brier_score, jeffreys_interval
from creditscore.metrics._calibration_display import CalibrationDisplay
from creditscore.metrics._calibration_error import expected_calibration_error
from creditscore.metrics._calibration_line import CalibrationLine, calibration_line
from creditscore.metrics._calibration_table import calibration_table
from creditscore.metrics._cap_display import CapDisplay
from creditscore.metrics._concentration import hhi
from creditscore.metrics._csi_table import csi_table
from creditscore.metrics._discrimination import auc, auc_interval, auc_variance, gini, gini_interval
from creditscore.metrics._discrimination_table import discrimination_table
from creditscore.metrics._expected_profit import ExpectedMaximumProfit, expected_maximum_profit
from creditscore.metrics._gains import gains_table
from creditscore.metrics._gains_display import GainsDisplay, LiftDisplay
from creditscore.metrics._h_measure import h_measure
from creditscore.metrics._hanley_mcneil import (
    HanleyMcNeilMoments,
    auc_sample_size,
    hanley_mcneil_moments,
    hanley_mcneil_variance,
)
from creditscore.metrics._information import (
    information_value,
    iv_parts,
    iv_se,
    woe,
    woe_se,
)
from creditscore.metrics._interval import Interval
from creditscore.metrics._ks import ks, ks_interval
from creditscore.metrics._ks_display import KsDisplay
from creditscore.metrics._lift import lift
from creditscore.metrics._psi_test import psi_benchmark, psi_test
from creditscore.metrics._rank_association import kendall_tau, somers_d, somers_d_test
from creditscore.metrics._rate_interval import clopper_pearson_interval, wilson_interval
from creditscore.metrics._roc_display import RocDisplay
from creditscore.metrics._significance_test import SignificanceTest
from creditscore.metrics._stability import psi

__all__ = [
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
    "RaterAgreement",
    "RocDisplay",
    "SignificanceTest",
    "WeightedKappa",
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
    "fleiss_kappa",
    "gains_table",
    "gini",
    "gini_interval",
    "h_measure",
    "hanley_mcneil_moments",
    "hanley_mcneil_variance",
    "hhi",
    "icc_table",
    "information_value",
    "intraclass_correlation",
    "iv_parts",
    "iv_se",
    "jeffreys_interval",
    "kendall_tau",
    "krippendorff_alpha",
    "ks",
    "ks_interval",
    "lift",
    "percent_agreement",
    "psi",
    "psi_benchmark",
    "psi_test",
    "rater_agreement",
    "somers_d",
    "somers_d_test",
    "weighted_kappa",
    "wilson_interval",
    "woe",
    "woe_se",
]
