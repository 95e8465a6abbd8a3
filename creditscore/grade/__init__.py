"""From a score or a probability to a grade."""

from creditscore.grade._grade_display import GradeDisplay
from creditscore.grade._scale import GradeScale

__all__ = ["GradeDisplay", "GradeScale"]
