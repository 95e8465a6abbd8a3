"""The card where it is used: one description, from which each export is written."""

from creditscore.deploy._description import rules_of
from creditscore.deploy._excel import to_excel
from creditscore.deploy._onnx import to_onnx
from creditscore.deploy._pmml import to_pmml
from creditscore.deploy._python import to_python
from creditscore.deploy._rules import (
    CardRules,
    ColumnRules,
    Interval,
    SegmentedRules,
    SegmentRules,
)
from creditscore.deploy._sql import to_sql

__all__ = [
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
]
