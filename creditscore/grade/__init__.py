"""From a score or a probability to a grade.

What is graded comes first: ``scale.grade(values)``, ``scale.table(values, is_bad)``.
Vetoes cap grades: ``VetoRules(rules=card.vetoes).apply(grades, X, scale)``; so do caps by parent
and country, and persons override them: ``RatingRules(overrides=…, caps=…, vetoes=…)`` has all in
their order. Who had which grade when is a ``RatingHistory``.
Grades mean probabilities: ``MasterScale.agency().prob_default_of(grades)``.
"""

from creditscore.grade._cap._cap_rules import CountryCap, ParentCap
from creditscore.grade._cap._capped_grades import CappedGrades
from creditscore.grade._cap._final_grades import FinalGrades, RatingDecision
from creditscore.grade._cap._grade_caps import GradeCaps
from creditscore.grade._cap._rating_rules import RatingRules
from creditscore.grade._found._find_grades import find_grades
from creditscore.grade._found._found_scale import FoundScale
from creditscore.grade._grade_display import GradeDisplay
from creditscore.grade._history._history_display import RatingHistoryDisplay
from creditscore.grade._history._rating_history import RatingHistory
from creditscore.grade._master._grade_mapping import GradeMapping
from creditscore.grade._master._grade_name import grade_name
from creditscore.grade._master._master_scale import MasterScale
from creditscore.grade._master._master_scale_display import MasterScaleDisplay
from creditscore.grade._master._paired_mapping import PairedMapping, mapping_from_pairs
from creditscore.grade._migration._bootstrap import MigrationBootstrap, bootstrap_migration
from creditscore.grade._migration._chain import chain_matrices
from creditscore.grade._migration._cohort import cohort_migration, migration_from_counts
from creditscore.grade._migration._distance import directional_difference, matrix_distance
from creditscore.grade._migration._duration import duration_generator, duration_migration
from creditscore.grade._migration._embedding import embedding_table
from creditscore.grade._migration._generator import GeneratorMatrix, generator_of
from creditscore.grade._migration._history_pairs import cohort_pairs
from creditscore.grade._migration._homogeneity import (
    given_matrix_test,
    homogeneity_test,
    markov_order_test,
)
from creditscore.grade._migration._matrix import MigrationMatrix
from creditscore.grade._migration._migration_display import MigrationDisplay
from creditscore.grade._migration._mobility import MobilityIndices, mobility_indices
from creditscore.grade._migration._shares import MigrationShareDisplay, migration_shares
from creditscore.grade._migration._states import MigrationStates
from creditscore.grade._migration._term_display import DefaultTermDisplay
from creditscore.grade._override._grade_override import GradeOverride, read_overrides
from creditscore.grade._override._overridden_grades import OverriddenGrades
from creditscore.grade._override._override_display import OverrideDisplay
from creditscore.grade._override._override_outcomes import OverrideOutcomes, override_outcomes
from creditscore.grade._override._override_policy import OverridePolicy
from creditscore.grade._override._override_reason import OverrideReason
from creditscore.grade._override._override_statistics import (
    OverrideRate,
    override_rate,
    override_table,
)
from creditscore.grade._override._rulings import OverrideRuling
from creditscore.grade._scale import GradeScale
from creditscore.grade._veto import VetoedGrades, VetoRules

__all__ = [
    "CappedGrades",
    "CountryCap",
    "DefaultTermDisplay",
    "FinalGrades",
    "FoundScale",
    "GeneratorMatrix",
    "GradeCaps",
    "GradeDisplay",
    "GradeMapping",
    "GradeOverride",
    "GradeScale",
    "MasterScale",
    "MasterScaleDisplay",
    "MigrationBootstrap",
    "MigrationDisplay",
    "MigrationMatrix",
    "MigrationShareDisplay",
    "MigrationStates",
    "MobilityIndices",
    "OverriddenGrades",
    "OverrideDisplay",
    "OverrideOutcomes",
    "OverridePolicy",
    "OverrideRate",
    "OverrideReason",
    "OverrideRuling",
    "PairedMapping",
    "ParentCap",
    "RatingDecision",
    "RatingHistory",
    "RatingHistoryDisplay",
    "RatingRules",
    "VetoRules",
    "VetoedGrades",
    "bootstrap_migration",
    "chain_matrices",
    "cohort_migration",
    "cohort_pairs",
    "directional_difference",
    "duration_generator",
    "duration_migration",
    "embedding_table",
    "find_grades",
    "generator_of",
    "given_matrix_test",
    "grade_name",
    "homogeneity_test",
    "mapping_from_pairs",
    "markov_order_test",
    "matrix_distance",
    "migration_from_counts",
    "migration_shares",
    "mobility_indices",
    "override_outcomes",
    "override_rate",
    "override_table",
    "read_overrides",
]
