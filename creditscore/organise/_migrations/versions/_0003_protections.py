"""Holds, consents and requests; whom a log-in may see; evidence encrypted as values are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from creditscore.organise._store._guards import guard_tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables and the column; evidence that stands in the clear stays as it is."""
    op.add_column("observations", sa.Column("evidence_cipher", sa.LargeBinary))
    op.create_table(
        "protections",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("customer_id", sa.BigInteger),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
    )
    op.create_table(
        "assignments",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        sa.Column("is_assigned", sa.Boolean, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
    )
    guard_tables(op.get_bind(), ("protections", "assignments"))


def downgrade() -> None:
    """Refuse: holds, consents and what was erased would be lost."""
    msg = "What protects customers is not taken out again. Restore a backup from before."
    raise NotImplementedError(msg)
