"""From a score to a probability of default: calibration curves, few defaults, levels.

Conventions (docs/conventions.md): ``is_bad`` is 1 for bad; a higher score is safer; probabilities
are fractions; grades come safest first; ``sample_weight`` is how often a row counts.
"""

from creditscore.calibrate._cross_fitted._calibrated_scorecard import CalibratedScorecard
from creditscore.calibrate._curve._beta import BetaCurve
from creditscore.calibrate._curve._bootstrap import bootstrap_interval
from creditscore.calibrate._curve._calibration import Calibration
from creditscore.calibrate._curve._constant import ConstantCurve
from creditscore.calibrate._curve._curve import CalibrationCurve
from creditscore.calibrate._curve._fit import (
    beta_calibration,
    isotonic_calibration,
    logistic_calibration,
    quasi_moment_calibration,
)
from creditscore.calibrate._curve._isotonic import IsotonicCurve, pool_adjacent_violators
from creditscore.calibrate._curve._logistic import LogisticCurve
from creditscore.calibrate._curve._margin import Margin
from creditscore.calibrate._curve._sample import CalibrationSample
from creditscore.calibrate._evaluation._curve_display import CalibrationCurveDisplay
from creditscore.calibrate._evaluation._evaluation import (
    CalibrationEvaluation,
    compare_calibrations,
    evaluate_calibration,
)
from creditscore.calibrate._evaluation._reliability_display import ReliabilityDisplay
from creditscore.calibrate._level._long_run import LongRunAverage, long_run_average
from creditscore.calibrate._level._long_run_display import LongRunDisplay
from creditscore.calibrate._level._shift import mean_matching, mean_matching_shift, prior_correction
from creditscore.calibrate._level._vasicek import (
    basel_correlation,
    through_the_cycle_pd,
    vasicek_pd,
)
from creditscore.calibrate._low_default._bayesian import BayesianEstimate, bayesian_pd
from creditscore.calibrate._low_default._benjamin_cathcart_ryan import (
    PortfolioScaling,
    benjamin_cathcart_ryan,
)
from creditscore.calibrate._low_default._confidence_display import ConfidenceDisplay
from creditscore.calibrate._low_default._estimate import LowDefaultEstimate
from creditscore.calibrate._low_default._pluto_tasche import pluto_tasche, pluto_tasche_table
from creditscore.calibrate._low_default._pooled import default_rate_bound
from creditscore.calibrate._quasi_moment._accuracy_ratio import (
    ImpliedMoments,
    accuracy_ratio_from_pds,
)
from creditscore.calibrate._quasi_moment._curve import QuasiMomentCurve
from creditscore.calibrate._quasi_moment._grades import (
    MatchedGrades,
    quasi_moment_matching,
    van_der_burgt,
)

__all__ = [
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
]
