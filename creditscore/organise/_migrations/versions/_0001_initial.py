"""The first tables: facts, where they come from, keys and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from creditscore.organise._store._guards import KEYS, guard_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAMED = ("customers", "items")
_ADDED = (
    "settings", "customers", "items", "origins", "batches", "observations", "retractions",
    "rejects", "erasures", "audit",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables in an empty database."""
    _make_names()
    _make_facts()
    _make_events()
    _make_protection()
    guard_tables(op.get_bind(), _ADDED, {**KEYS, "customers": KEYS["items"]})


def downgrade() -> None:
    """Refuse: there is no version before the first."""
    msg = "There is no version before the first one."
    raise NotImplementedError(msg)


def _id(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, _ID, primary_key=True, autoincrement=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _wholes(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _make_names() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_texts("content"),
        *_wholes("recorded_at"),
    )
    for table in _NAMED:
        unique = sa.UniqueConstraint("name", name=f"{table}_name")
        op.create_table(table, _id(), *_texts("name"), unique)
    op.create_table(
        "origins",
        _id(),
        *_texts("source", "source_name", "method", "unit", "collected_by"),
        sa.Column("confidence", sa.Double, nullable=False),
    )


def _make_facts() -> None:
    op.create_table(
        "batches",
        _id(),
        *_wholes("recorded_at"),
        *_texts("recorded_by"),
        sa.Column("is_backfill", sa.Boolean, nullable=False),
        *_texts("note"),
        *_wholes("n_loaded", "n_known", "n_refused"),
    )
    op.create_table(
        "observations",
        _id(),
        *_wholes("customer_id", "item_id"),
        *_texts("record"),
        sa.Column("number", sa.Double),
        sa.Column("text", sa.Text),
        sa.Column("cipher", sa.LargeBinary),
        *_wholes("true_from"),
        sa.Column("true_to", sa.BigInteger),
        *_wholes("origin_id", "collected_at"),
        *_texts("evidence"),
        *_wholes("batch_id"),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    )
    once = ["customer_id", "item_id", "true_from", "fingerprint"]
    op.create_index("observations_once", "observations", once, unique=True)


def _make_events() -> None:
    who = ("recorded_at",)
    op.create_table(
        "retractions", _id(), *_wholes("observation_id"), *_texts("reason"), *_wholes(*who),
        *_texts("recorded_by"),
    )  # fmt: skip
    op.create_table(
        "erasures", _id(), *_wholes("customer_id"), *_texts("reason"), *_wholes(*who),
        *_texts("recorded_by"),
    )  # fmt: skip
    op.create_table(
        "rejects",
        _id(),
        *_wholes("batch_id"),
        *_texts("source", "row", "column_name", "item", "reason"),
        sa.Column("is_protected", sa.Boolean, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("cells", sa.Text),
        sa.Column("value_cipher", sa.LargeBinary),
        sa.Column("cells_cipher", sa.LargeBinary),
    )


def _make_protection() -> None:
    op.create_table(
        "subject_keys",
        sa.Column("kind", sa.Text, primary_key=True),
        _id("owner"),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "audit",
        _id("number"),
        *_texts("at", "actor", "roles", "purpose", "action", "details"),
        *_wholes("n_subjects"),
        *_texts("subjects_digest", "previous", "hash"),
    )
