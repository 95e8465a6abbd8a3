"""Keys, roles, audit trail, consent and retention: what guards the customers' data."""

from creditscore.protect._access._actor import Actor
from creditscore.protect._access._break_glass import break_glass, in_emergency
from creditscore.protect._access._decision import AccessDecision, ReadableItems
from creditscore.protect._access._desk import ApprovalDesk
from creditscore.protect._access._findings import FINDING_KINDS, PolicyFinding
from creditscore.protect._access._grant import (
    ACTIONS,
    DATA_ACTIONS,
    WORK_ACTIONS,
    FourEyes,
    Grant,
    GuardedItem,
    Role,
)
from creditscore.protect._access._policy import AccessPolicy
from creditscore.protect._access._request import ApprovalRequest
from creditscore.protect._audit._anchor import Anchor, AnchorFile
from creditscore.protect._audit._chain import canonical_json, chain_hash, subjects_digest
from creditscore.protect._audit._record import AuditRecord, TrailHead
from creditscore.protect._audit._sinks import AuditSink, FileSink, MemorySink
from creditscore.protect._audit._trail import AuditTrail
from creditscore.protect._audit._verify import BREAK_KINDS, TrailReport, verify_records
from creditscore.protect._consent._hold import LegalHold
from creditscore.protect._consent._plan import ProtectionPlan
from creditscore.protect._consent._purpose import (
    LAWFUL_BASES,
    Consent,
    Purpose,
    covered,
    effective_consents,
    uncovered,
)
from creditscore.protect._consent._report import DataProtectionReport
from creditscore.protect._consent._retention import Retention, due_for_erasure
from creditscore.protect._consent._retention_rule import RetentionRule
from creditscore.protect._consent._subject_request import (
    REQUEST_KINDS,
    SubjectRequest,
    request_table,
)
from creditscore.protect._crypto._aes_gcm import aes_gcm, decrypt, encrypt
from creditscore.protect._crypto._field_cipher import FieldCipher, key_version_of, reencrypt
from creditscore.protect._crypto._hashing import hkdf_sha256, hmac_sha256
from creditscore.protect._crypto._key_ring import KeyRing
from creditscore.protect._crypto._wrapping import unwrap_key, wrap_key
from creditscore.protect._disclosure._generalise import to_bands, to_periods, to_prefixes
from creditscore.protect._disclosure._k_anonymity import KAnonymity, k_anonymity
from creditscore.protect._disclosure._l_diversity import LDiversity, l_diversity
from creditscore.protect._disclosure._release import (
    COLUMN_ROLES,
    ColumnRole,
    Release,
    release_table,
)
from creditscore.protect._disclosure._t_closeness import TCloseness, t_closeness
from creditscore.protect._pseudonym._mask import MASK_KINDS, MaskKind, mask
from creditscore.protect._pseudonym._masked_table import masked_table
from creditscore.protect._pseudonym._pseudonymiser import Pseudonymiser
from creditscore.protect._safe._archives import check_archive
from creditscore.protect._safe._formulas import escape_formulas, write_safe_csv
from creditscore.protect._safe._limits import InputLimits, check_size
from creditscore.protect._safe._names import checked_name
from creditscore.protect._safe._paths import checked_path

__all__ = [
    "ACTIONS",
    "BREAK_KINDS",
    "COLUMN_ROLES",
    "DATA_ACTIONS",
    "FINDING_KINDS",
    "LAWFUL_BASES",
    "MASK_KINDS",
    "REQUEST_KINDS",
    "WORK_ACTIONS",
    "AccessDecision",
    "AccessPolicy",
    "Actor",
    "Anchor",
    "AnchorFile",
    "ApprovalDesk",
    "ApprovalRequest",
    "AuditRecord",
    "AuditSink",
    "AuditTrail",
    "ColumnRole",
    "Consent",
    "DataProtectionReport",
    "FieldCipher",
    "FileSink",
    "FourEyes",
    "Grant",
    "GuardedItem",
    "InputLimits",
    "KAnonymity",
    "KeyRing",
    "LDiversity",
    "LegalHold",
    "MaskKind",
    "MemorySink",
    "PolicyFinding",
    "ProtectionPlan",
    "Pseudonymiser",
    "Purpose",
    "ReadableItems",
    "Release",
    "Retention",
    "RetentionRule",
    "Role",
    "SubjectRequest",
    "TCloseness",
    "TrailHead",
    "TrailReport",
    "aes_gcm",
    "break_glass",
    "canonical_json",
    "chain_hash",
    "check_archive",
    "check_size",
    "checked_name",
    "checked_path",
    "covered",
    "decrypt",
    "due_for_erasure",
    "effective_consents",
    "encrypt",
    "escape_formulas",
    "hkdf_sha256",
    "hmac_sha256",
    "in_emergency",
    "k_anonymity",
    "key_version_of",
    "l_diversity",
    "mask",
    "masked_table",
    "reencrypt",
    "release_table",
    "request_table",
    "subjects_digest",
    "t_closeness",
    "to_bands",
    "to_periods",
    "to_prefixes",
    "uncovered",
    "unwrap_key",
    "verify_records",
    "wrap_key",
    "write_safe_csv",
]
