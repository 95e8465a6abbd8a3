"""How raw values fall into the attributes of a characteristic: all kinds of partitions."""

from creditscore.binning._attributes import Partition
from creditscore.binning._given import MISSING, OTHER, is_code, is_listed, number_texts
from creditscore.binning._groups import CategoricalPartition
from creditscore.binning._intervals import MixedPartition, NumericPartition

__all__ = [
    "MISSING",
    "OTHER",
    "CategoricalPartition",
    "MixedPartition",
    "NumericPartition",
    "Partition",
    "is_code",
    "is_listed",
    "number_texts",
]
