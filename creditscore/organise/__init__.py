"""Facts kept, verified, matched and refreshed; what is known of customers as of a day."""

from typing import TYPE_CHECKING, Any

from creditscore.organise._classify._customer_classes import CustomerClasses, classify_customers
from creditscore.organise._classify._industry import classify_industry
from creditscore.organise._classify._item_coverage import item_coverage
from creditscore.organise._classify._kind import classify_kind
from creditscore.organise._classify._region import classify_region
from creditscore.organise._classify._sections import industry_sections
from creditscore.organise._classify._size_standard import SizeStandard, SizeThreshold
from creditscore.organise._group._connected import connected_clients
from creditscore.organise._group._control import control_table
from creditscore.organise._group._customer_groups import CustomerGroups, find_groups
from creditscore.organise._group._group_display import GroupTreeDisplay
from creditscore.organise._guard._erasure import Erasure, RetentionApplied
from creditscore.organise._guard._register import ErasureRegister
from creditscore.organise._guard._subject_access import SubjectAccess
from creditscore.organise._match._blocking import CandidatePairs, block_pairs
from creditscore.organise._match._contact_point import (
    normalise_address,
    normalise_email,
    normalise_phone,
)
from creditscore.organise._match._match_customers import match_customers
from creditscore.organise._match._match_result import MatchResult
from creditscore.organise._match._match_threshold_display import MatchThresholdDisplay
from creditscore.organise._match._merge_event import MergeEvent
from creditscore.organise._match._merge_log import MergeLog
from creditscore.organise._match._name import normalise_name
from creditscore.organise._match._number import NumberCheck, check_number, normalise_number
from creditscore.organise._match._quality import MatchQuality, match_quality
from creditscore.organise._match._review_queue import ReviewCase, ReviewDecision, ReviewQueue
from creditscore.organise._match._similarity import name_similarity
from creditscore.organise._match._splink_pairs import splink_pairs
from creditscore.organise._match._weights import MatchWeights, estimate_match_weights
from creditscore.organise._outcome._days_past_due import days_past_due
from creditscore.organise._outcome._definition import OutcomeDefinition
from creditscore.organise._outcome._outcomes import Outcomes
from creditscore.organise._outcome._roll_rate import RollRates, roll_rates, worst_roll_rates
from creditscore.organise._outcome._roll_rate_display import RollRateDisplay
from creditscore.organise._outcome._split import SampleSplit, split_sample
from creditscore.organise._outcome._vintage import VintageCurves, vintage_curves
from creditscore.organise._outcome._vintage_display import VintageDisplay
from creditscore.organise._principles._access_review import AccessReview, access_review
from creditscore.organise._principles._completeness import Completeness, completeness
from creditscore.organise._principles._file_coverage import FileCoverage, file_coverage
from creditscore.organise._principles._finding import PrincipleFinding
from creditscore.organise._principles._missing_bias import MissingBias, missing_bias
from creditscore.organise._principles._objectivity import Objectivity, objectivity
from creditscore.organise._principles._override_bias import override_bias
from creditscore.organise._principles._principles_display import PrinciplesDisplay
from creditscore.organise._principles._principles_report import (
    PrinciplesReport,
    principles_report,
)
from creditscore.organise._principles._rater_severity import RaterSeverity, rater_severity
from creditscore.organise._refresh._freshness import Freshness, freshness
from creditscore.organise._refresh._freshness_display import FreshnessDisplay
from creditscore.organise._refresh._tasks import RefreshTasks, refresh_tasks
from creditscore.organise._store._backup_report import BackupReport
from creditscore.organise._store._load_result import LoadResult
from creditscore.organise._store._store_trail_report import StoreTrailReport
from creditscore.organise._verify._conflict import find_conflicts, observed_reliability
from creditscore.organise._verify._duplicate import find_duplicates
from creditscore.organise._verify._identity import (
    STATEMENT_IDENTITIES,
    Identity,
    check_identities,
)
from creditscore.organise._verify._jump import find_jumps
from creditscore.organise._verify._outlier import peer_outliers
from creditscore.organise._verify._reliability import SourceReliability
from creditscore.organise._verify._schema import catalogue_schema, check_snapshot
from creditscore.organise._verify._status import verification_status
from creditscore.organise._verify._verification import Verification, verify
from creditscore.organise._verify._verification_display import VerificationDisplay

if TYPE_CHECKING:
    from creditscore.organise._store._merged_customers import merged_customers
    from creditscore.organise._store._records_of_customers import customer_records
    from creditscore.organise._store._store import CustomerStore

__all__ = [
    "STATEMENT_IDENTITIES",
    "AccessReview",
    "BackupReport",
    "CandidatePairs",
    "Completeness",
    "CustomerClasses",
    "CustomerGroups",
    "CustomerStore",
    "Erasure",
    "ErasureRegister",
    "FileCoverage",
    "Freshness",
    "FreshnessDisplay",
    "GroupTreeDisplay",
    "Identity",
    "LoadResult",
    "MatchQuality",
    "MatchResult",
    "MatchThresholdDisplay",
    "MatchWeights",
    "MergeEvent",
    "MergeLog",
    "MissingBias",
    "NumberCheck",
    "Objectivity",
    "OutcomeDefinition",
    "Outcomes",
    "PrincipleFinding",
    "PrinciplesDisplay",
    "PrinciplesReport",
    "RaterSeverity",
    "RefreshTasks",
    "RetentionApplied",
    "ReviewCase",
    "ReviewDecision",
    "ReviewQueue",
    "RollRateDisplay",
    "RollRates",
    "SampleSplit",
    "SizeStandard",
    "SizeThreshold",
    "SourceReliability",
    "StoreTrailReport",
    "SubjectAccess",
    "Verification",
    "VerificationDisplay",
    "VintageCurves",
    "VintageDisplay",
    "access_review",
    "block_pairs",
    "catalogue_schema",
    "check_identities",
    "check_number",
    "check_snapshot",
    "classify_customers",
    "classify_industry",
    "classify_kind",
    "classify_region",
    "completeness",
    "connected_clients",
    "control_table",
    "customer_records",
    "days_past_due",
    "estimate_match_weights",
    "file_coverage",
    "find_conflicts",
    "find_duplicates",
    "find_groups",
    "find_jumps",
    "freshness",
    "industry_sections",
    "item_coverage",
    "match_customers",
    "match_quality",
    "merged_customers",
    "missing_bias",
    "name_similarity",
    "normalise_address",
    "normalise_email",
    "normalise_name",
    "normalise_number",
    "normalise_phone",
    "objectivity",
    "observed_reliability",
    "override_bias",
    "peer_outliers",
    "principles_report",
    "rater_severity",
    "refresh_tasks",
    "roll_rates",
    "splink_pairs",
    "split_sample",
    "verification_status",
    "verify",
    "vintage_curves",
    "worst_roll_rates",
]


def __getattr__(name: str) -> Any:
    """Import the store when it is first asked for, since it needs SQLAlchemy, an extra."""
    if name not in ("CustomerStore", "customer_records", "merged_customers"):
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    try:
        import sqlalchemy  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        from creditscore.exceptions import MissingDependencyError  # noqa: PLC0415

        msg = 'SQLAlchemy is needed for the store: pip install "creditscore[store]".'
        raise MissingDependencyError(msg) from error
    from creditscore.organise._store._merged_customers import merged_customers  # noqa: PLC0415
    from creditscore.organise._store._records_of_customers import (  # noqa: PLC0415
        customer_records,
    )
    from creditscore.organise._store._store import CustomerStore  # noqa: PLC0415

    value = {
        "CustomerStore": CustomerStore, "customer_records": customer_records,
        "merged_customers": merged_customers,
    }[name]  # fmt: skip
    globals()[name] = value
    return value
