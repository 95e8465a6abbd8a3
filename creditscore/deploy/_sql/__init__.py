"""A card as one SQL query: names and texts, points, reasons, and the layers they stand in."""

from creditscore.deploy._sql._dialect import DIALECTS
from creditscore.deploy._sql._to_sql import to_sql

__all__ = ["DIALECTS", "to_sql"]
