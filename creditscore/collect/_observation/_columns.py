"""The columns of a table of observations, and the words that may stand in them."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

SourceKind: TypeAlias = Literal["internal_record", "public_filing", "third_party", "site_visit"]
Method: TypeAlias = Literal["questionnaire", "interview", "observation", "data_analysis"]

SOURCE_KINDS: tuple[str, ...] = get_args(SourceKind)
METHODS: tuple[str, ...] = get_args(Method)

OBSERVATION_COLUMNS = (
    "customer", "record", "item", "number", "text", "unit", "true_from", "true_to", "source",
    "source_name", "method", "collected_by", "collected_at", "evidence", "confidence",
)  # fmt: skip
"""All columns, in order."""

REQUIRED = ("customer", "item", "true_from", "source", "method", "collected_at")
"""Columns that have no default."""

TEXT_COLUMNS = (
    "customer", "record", "item", "unit", "source", "source_name", "method", "collected_by",
    "evidence",
)  # fmt: skip
"""Columns of words, which are never missing: an empty text says that nothing is known."""
