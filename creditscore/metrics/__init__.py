"""Measures on arrays: no state, no dataframes, one formula and one source each.

Conventions (docs/conventions.md): ``is_bad`` is 1 for bad; a higher ``score`` is safer; rates
are fractions.
"""

from creditscore.metrics._calibration import brier_score, jeffreys_interval
from creditscore.metrics._concentration import hhi
from creditscore.metrics._discrimination import auc, auc_interval, auc_variance, gini, gini_interval
from creditscore.metrics._information import information_value, iv_parts, woe
from creditscore.metrics._interval import Interval
from creditscore.metrics._ks import ks, ks_interval
from creditscore.metrics._roc_display import RocDisplay
from creditscore.metrics._stability import psi

__all__ = [
    "Interval",
    "RocDisplay",
    "auc",
    "auc_interval",
    "auc_variance",
    "brier_score",
    "gini",
    "gini_interval",
    "hhi",
    "information_value",
    "iv_parts",
    "jeffreys_interval",
    "ks",
    "ks_interval",
    "psi",
    "woe",
]
