"""Numbers of facts once more, many in a row, so that SQLite gives them out faster."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from creditscore.organise._store._blocks import extend_blocks
from creditscore.organise._store._guards import guard_tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table, and make blocks of the facts that are there."""
    op.create_table(
        "blocks",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    guard_tables(op.get_bind(), ("blocks",))
    extend_blocks(op.get_bind())


def downgrade() -> None:
    """Refuse, as all versions do."""
    msg = "Blocks of facts are not taken out again. Restore a backup from before."
    raise NotImplementedError(msg)
