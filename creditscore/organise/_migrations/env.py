"""What Alembic runs first: the scripts work in the transaction that is already open."""

from __future__ import annotations

from alembic import context

from creditscore.organise._store._schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
