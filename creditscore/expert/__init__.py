"""Judgement: weights of criteria, frozen anchors, expert scorecards, agreement of experts."""

from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights

__all__ = [
    "WeightHierarchy",
    "Weights",
]
