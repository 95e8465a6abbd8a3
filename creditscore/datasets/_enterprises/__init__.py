"""Synthetic enterprises: firms with accounts that add up, payments, surroundings and outcomes."""

from creditscore.datasets._enterprises._bundle import Enterprises, make_enterprises
from creditscore.datasets._enterprises._persons import make_persons
from creditscore.datasets._enterprises._sample import describe_enterprises, load_enterprises

__all__ = [
    "Enterprises",
    "describe_enterprises",
    "load_enterprises",
    "make_enterprises",
    "make_persons",
]
