"""From a score or a probability to a grade.

What is graded comes first: ``scale.grade(values)``, ``scale.table(values, is_bad)``.
Vetoes cap grades: ``VetoRules(rules=card.vetoes).apply(grades, X, scale)``.
"""

from creditscore.grade._grade_display import GradeDisplay
from creditscore.grade._scale import GradeScale
from creditscore.grade._veto import VetoedGrades, VetoRules

__all__ = ["GradeDisplay", "GradeScale", "VetoRules", "VetoedGrades"]
