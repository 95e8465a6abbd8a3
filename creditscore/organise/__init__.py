"""Facts kept, verified, matched and refreshed; what is known of customers as of a day."""

from typing import TYPE_CHECKING, Any

from creditscore.organise._outcome._days_past_due import days_past_due
from creditscore.organise._outcome._definition import OutcomeDefinition
from creditscore.organise._outcome._outcomes import Outcomes
from creditscore.organise._outcome._roll_rate import RollRates, roll_rates, worst_roll_rates
from creditscore.organise._outcome._roll_rate_display import RollRateDisplay
from creditscore.organise._outcome._split import SampleSplit, split_sample
from creditscore.organise._outcome._vintage import VintageCurves, vintage_curves
from creditscore.organise._outcome._vintage_display import VintageDisplay
from creditscore.organise._principles._override_bias import override_bias
from creditscore.organise._principles._rater_severity import RaterSeverity, rater_severity
from creditscore.organise._refresh._freshness import Freshness, freshness
from creditscore.organise._refresh._freshness_display import FreshnessDisplay
from creditscore.organise._refresh._tasks import RefreshTasks, refresh_tasks
from creditscore.organise._store._backup_report import BackupReport
from creditscore.organise._store._load_result import LoadResult
from creditscore.organise._verify._conflict import find_conflicts, observed_reliability
from creditscore.organise._verify._duplicate import find_duplicates
from creditscore.organise._verify._identity import (
    STATEMENT_IDENTITIES,
    Identity,
    check_identities,
)
from creditscore.organise._verify._outlier import find_jumps, peer_outliers
from creditscore.organise._verify._reliability import SourceReliability
from creditscore.organise._verify._schema import catalogue_schema, check_snapshot
from creditscore.organise._verify._status import verification_status
from creditscore.organise._verify._verification import Verification, verify
from creditscore.organise._verify._verification_display import VerificationDisplay

if TYPE_CHECKING:
    from creditscore.organise._store._records_of_customers import customer_records
    from creditscore.organise._store._store import CustomerStore

__all__ = [
    "STATEMENT_IDENTITIES",
    "BackupReport",
    "CustomerStore",
    "Freshness",
    "FreshnessDisplay",
    "Identity",
    "LoadResult",
    "OutcomeDefinition",
    "Outcomes",
    "RaterSeverity",
    "RefreshTasks",
    "RollRateDisplay",
    "RollRates",
    "SampleSplit",
    "SourceReliability",
    "Verification",
    "VerificationDisplay",
    "VintageCurves",
    "VintageDisplay",
    "catalogue_schema",
    "check_identities",
    "check_snapshot",
    "customer_records",
    "days_past_due",
    "find_conflicts",
    "find_duplicates",
    "find_jumps",
    "freshness",
    "observed_reliability",
    "override_bias",
    "peer_outliers",
    "rater_severity",
    "refresh_tasks",
    "roll_rates",
    "split_sample",
    "verification_status",
    "verify",
    "vintage_curves",
    "worst_roll_rates",
]


def __getattr__(name: str) -> Any:
    """Import the store when it is first asked for, since it needs SQLAlchemy, an extra."""
    if name not in ("CustomerStore", "customer_records"):
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    try:
        import sqlalchemy  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        from creditscore.exceptions import MissingDependencyError  # noqa: PLC0415

        msg = 'SQLAlchemy is needed for the store: pip install "creditscore[store]".'
        raise MissingDependencyError(msg) from error
    from creditscore.organise._store._records_of_customers import (  # noqa: PLC0415
        customer_records,
    )
    from creditscore.organise._store._store import CustomerStore  # noqa: PLC0415

    value = {"CustomerStore": CustomerStore, "customer_records": customer_records}[name]
    globals()[name] = value
    return value
