"""Seals of the documents, names that go with the customers' keys, the last assignments."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from creditscore.exceptions import StoreError
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._erased import erased_ids
from creditscore.organise._store._guards import guard_tables
from creditscore.organise._store._settings import seal
from creditscore.organise._store._subjects import CUSTOMER, Vault, keys_of

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_ONCE = 50_000


def upgrade() -> None:
    """Make both tables anew with what is in them, for rows of the old ones cannot be changed."""
    connection = op.get_bind()
    documents = connection.execute(sa.text("SELECT * FROM settings")).mappings().all()
    vault: Vault | None = context.config.attributes.get("vault")
    if documents and vault is None:
        msg = "Seals need the keys of the store: CustomerStore.migrate(place, keys=…)."
        raise StoreError(msg)
    _make("settings", *_settings_columns())
    _make("customers", *_customers_columns())
    if vault is not None:
        key = vault.derive("settings")
        _add("settings", [
            {**row, "seal": seal(key, row["name"], row["version"], row["content"])}
            for row in documents
        ])  # fmt: skip
        _add_customers(Customers(connection=connection, vault=vault))
    for table in ("settings", "customers"):
        op.drop_table(table)
        op.rename_table(f"{table}_0005", table)
    guard_tables(connection, ("settings", "customers"))
    op.create_index("assignments_last", "assignments", ["member", "customer_id", "id"])


def downgrade() -> None:
    """Refuse: names would lie open again."""
    msg = "What protects customers is not taken out again. Restore a backup from before."
    raise NotImplementedError(msg)


def _settings_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("seal", sa.LargeBinary, nullable=False),
    ]


def _customers_columns() -> list[Any]:
    return [
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("name_cipher", sa.LargeBinary),
        sa.UniqueConstraint("digest", name="customers_digest"),
    ]


def _make(table: str, *columns: Any) -> None:
    op.create_table(f"{table}_0005", *columns)


def _add(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.bulk_insert(sa.table(f"{table}_0005", *(sa.column(name) for name in rows[0])), rows)


def _add_customers(known: Customers) -> None:
    """Encrypt names; of those whose data were erased, the digest alone is kept."""
    connection, vault = known.connection, known.vault
    gone = erased_ids(connection)
    asked = sa.text("SELECT id, name FROM customers WHERE id > :last ORDER BY id LIMIT :n")
    last = 0
    while rows := connection.execute(asked, {"last": last, "n": _AT_ONCE}).all():
        numbers = {str(name): int(n) for n, name in rows}
        last = int(rows[-1][0])
        keys: dict[int, bytes] = {}
        if vault.has_keys:
            there = [n for n in numbers.values() if n not in gone]
            keys = keys_of(connection, vault, CUSTOMER, there)
            keys |= vault.new_key(connection, CUSTOMER, [n for n in there if n not in keys])
        _add("customers", known.rows(numbers, keys))
