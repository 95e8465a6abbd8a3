"""Customer credit management: from facts about customers to graded customers.

The stages, in the order of the work:

- :mod:`creditscore.datasets`: real sample data
- :mod:`creditscore.metrics`: measures on arrays
- :mod:`creditscore.indicators`: facts about customers to indicators as of a day
- :mod:`creditscore.binning`: columns to bins and weights of evidence
- :mod:`creditscore.scorecard`: bins to points, scores, probabilities and reasons
- :mod:`creditscore.expert`: judgement: weights, frozen anchors, expert scorecards
- :mod:`creditscore.calibrate`: scores to probabilities of default
- :mod:`creditscore.grade`: scores or probabilities to grades, and what becomes of grades
- :mod:`creditscore.segment`: customers to classes and service tiers
- :mod:`creditscore.validate`: the evidence that scores, probabilities and grades hold

Conventions: y = 1 is bad; odds are good:bad; WOE = ln(dist_good / dist_bad); a higher score is
safer; rates are fractions.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from creditscore import exceptions

if TYPE_CHECKING:
    from creditscore import datasets, metrics
    from creditscore.binning import BinConstraints, BinPolicy, BinTable, WOEEncoder
    from creditscore.calibrate import CalibratedScorecard, Calibration
    from creditscore.expert import ExpertScorecard
    from creditscore.grade import GradeScale, MasterScale
    from creditscore.indicators import CustomerRecords, IndicatorSet
    from creditscore.scorecard import LogisticScorecard, PointsScale, Scorecard
    from creditscore.segment import CustomerGrid, ServiceTiers
    from creditscore.validate import ValidationSample, validate_scores

__version__ = "0.1.0"

__all__ = [
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
]


_HOMES = {
    "BinConstraints": "binning",
    "BinPolicy": "binning",
    "BinTable": "binning",
    "CalibratedScorecard": "calibrate",
    "Calibration": "calibrate",
    "CustomerGrid": "segment",
    "CustomerRecords": "indicators",
    "ExpertScorecard": "expert",
    "GradeScale": "grade",
    "IndicatorSet": "indicators",
    "LogisticScorecard": "scorecard",
    "MasterScale": "grade",
    "PointsScale": "scorecard",
    "Scorecard": "scorecard",
    "ServiceTiers": "segment",
    "ValidationSample": "validate",
    "WOEEncoder": "binning",
    "validate_scores": "validate",
}


def __getattr__(name: str) -> Any:
    """Import the stage that a name comes from when it is first asked for.

    So nobody waits for stages that are not used.
    """
    if name in ("datasets", "metrics"):
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    """List the public names, imported already or not."""
    return sorted(__all__)
