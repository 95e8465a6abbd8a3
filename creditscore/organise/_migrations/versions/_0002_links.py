"""Merges of customers, and un-merges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from creditscore.organise._store._guards import guard_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "links",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        sa.Column("into_id", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
    )
    guard_tables(op.get_bind(), ("links",))


def downgrade() -> None:
    """Refuse: events would be lost."""
    msg = "Links of customers are not taken out again. Restore a backup from before."
    raise NotImplementedError(msg)
