"""From a score or a probability to a grade.

What is graded comes first: ``scale.grade(values)``, ``scale.table(values, is_bad)``.
"""

from creditscore.grade._grade_display import GradeDisplay
from creditscore.grade._scale import GradeScale

__all__ = ["GradeDisplay", "GradeScale"]
