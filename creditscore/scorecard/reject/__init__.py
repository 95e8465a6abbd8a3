"""Rejected applications in the estimate of a card: methods, one report on what they change.

Applications and a card of the accepted go in, a sample of rows, outcomes and weights comes out,
``method.augment(applications, card)``, and goes into bins and fit alike.
:class:`RejectInferenceScorecard` does all of it.
"""

from creditscore.scorecard.reject._applications import Applications
from creditscore.scorecard.reject._bivariate import BivariateProbit
from creditscore.scorecard.reject._estimator import RejectInferenceScorecard
from creditscore.scorecard.reject._extrapolation import Extrapolation
from creditscore.scorecard.reject._fuzzy import FuzzyAugmentation
from creditscore.scorecard.reject._hard_cutoff import HardCutoff
from creditscore.scorecard.reject._heckman import HeckmanTwoStep
from creditscore.scorecard.reject._method import RejectMethod
from creditscore.scorecard.reject._parcelling import Parcelling
from creditscore.scorecard.reject._reweighting import Reweighting
from creditscore.scorecard.reject._sample import AugmentedSample
from creditscore.scorecard.reject._sensitivity import RejectSensitivity, reject_sensitivity
from creditscore.scorecard.reject._sensitivity_display import RejectSensitivityDisplay
from creditscore.scorecard.reject._simulate import simulate_applications

__all__ = [
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
]
