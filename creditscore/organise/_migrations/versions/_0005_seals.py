"""Seals of documents and events, names that go with the customers' keys, the last assignments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from creditscore.organise._guard._events import without_text
from creditscore.organise._migrations._vault import vault_of
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._erased import erased_ids
from creditscore.organise._store._guards import guard_tables, keep_no_samples, unguard_tables
from creditscore.organise._store._sealed import SEALED, SEALS
from creditscore.organise._store._settings import seal
from creditscore.organise._store._subjects import CUSTOMER, Vault, keys_of
from creditscore.protect import canonical_json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("settings", "customers", "protections")
_SEALED = ("settings", "protections")
_AT_ONCE = 50_000


def upgrade() -> None:
    """Change the tables in their place, so that grants and policies of PostgreSQL stay."""
    connection = op.get_bind()
    vault = vault_of(connection)
    unguard_tables(connection, _TABLES)
    _add_columns()
    if vault is not None:
        _seal_documents(connection, vault)
        # first, since customers get their keys there
        _hide_names(Customers(connection=connection, vault=vault))
        _seal_events(connection, vault)
    _close_columns()
    guard_tables(connection, _TABLES)
    keep_no_samples(connection)
    op.create_index("assignments_last", "assignments", ["member", "customer_id", "id"])


def downgrade() -> None:
    """Refuse: names would lie open again."""
    msg = "What protects customers is not taken out again. Restore a backup from before."
    raise NotImplementedError(msg)


def _add_columns() -> None:
    for name in _SEALED:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("seal", sa.LargeBinary))
    with op.batch_alter_table("customers") as table:
        table.add_column(sa.Column("digest", sa.LargeBinary))
        table.add_column(sa.Column("name_cipher", sa.LargeBinary))
        table.alter_column("name", existing_type=sa.Text(), nullable=True)
        table.drop_constraint("customers_name", type_="unique")


def _close_columns() -> None:
    for name in _SEALED:
        with op.batch_alter_table(name) as table:
            table.alter_column("seal", existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table("customers") as table:
        table.alter_column("digest", existing_type=sa.LargeBinary(), nullable=False)
        table.create_unique_constraint("customers_digest", ["digest"])


def _seal_documents(connection: sa.Connection, vault: Vault) -> None:
    key = vault.derive("settings")
    asked = sa.text("SELECT name, version, content FROM settings")
    rows = [
        {"seal": seal(key, name, version, content), "of": name, "no": version}
        for name, version, content in connection.execute(asked)
    ]
    change = sa.text("UPDATE settings SET seal = :seal WHERE name = :of AND version = :no")
    connection.execute(change, rows)


def _seal_events(connection: sa.Connection, vault: Vault) -> None:
    """Seal events, with their texts encrypted, or gone with the customer's key."""
    key = vault.derive(SEALS)
    asked = sa.text(f"SELECT {', '.join(SEALED)} FROM protections")  # noqa: S608 - ours
    found = connection.execute(asked).mappings().all()
    owners = sorted({row["customer_id"] for row in found if row["customer_id"] is not None})
    keys = keys_of(connection, vault, CUSTOMER, owners) if vault.has_keys else {}
    rows = []
    for row in map(dict, found):
        if vault.has_keys:
            said, owner = json.loads(row["content"]), row["customer_id"]
            hidden = without_text(said, row["kind"], row["id"], keys.get(owner))
            row["content"] = row["content"] if hidden == said else canonical_json(hidden)
        rows.append({**row, "seal": seal(key, *(row[name] for name in SEALED))})
    if rows:
        change = "UPDATE protections SET content = :content, seal = :seal WHERE id = :id"
        connection.execute(sa.text(change), rows)


def _hide_names(known: Customers) -> None:
    """Encrypt names; of those whose data were erased, the digest alone is kept."""
    connection, vault = known.connection, known.vault
    change = sa.text(
        "UPDATE customers SET digest = :digest, name = :name, name_cipher = :name_cipher "
        "WHERE id = :id"
    )
    gone = erased_ids(connection)
    for numbers in _parts(connection):
        keys: dict[int, bytes] = {}
        if vault.has_keys:
            there = [n for n in numbers.values() if n not in gone]
            keys = keys_of(connection, vault, CUSTOMER, there)
            keys |= vault.new_key(connection, CUSTOMER, [n for n in there if n not in keys])
        connection.execute(change, known.rows(numbers, keys))


def _parts(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield numbers of customers by their names, in the order of the numbers."""
    asked = sa.text("SELECT id, name FROM customers WHERE id > :last ORDER BY id LIMIT :n")
    last = 0
    while rows := connection.execute(asked, {"last": last, "n": _AT_ONCE}).all():
        yield {str(name): int(n) for n, name in rows}
        last = int(rows[-1][0])
