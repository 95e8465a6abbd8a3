"""What the database itself refuses: changes and deletions of rows that are only added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa

from creditscore.organise._store._engine import is_sqlite

KEYS = {
    "settings": "name = NEW.name AND version = NEW.version",
    "audit": "number = NEW.number",
    "customers": "id = NEW.id OR digest = NEW.digest",
    "items": "id = NEW.id OR name = NEW.name",
    "observations": "id = NEW.id OR customer_id = NEW.customer_id AND item_id = NEW.item_id "
    "AND true_from = NEW.true_from AND fingerprint = NEW.fingerprint",
}
"""What makes a row the same as another, where that is not its number alone."""


def guard_tables(
    connection: sa.Connection, tables: Iterable[str], keys: Mapping[str, str] = KEYS
) -> None:
    """Add triggers that refuse changes and deletions; names are those of the library.

    SQLite replaces rows by INSERT OR REPLACE without firing the triggers of deletion, so there
    insertions in the place of another row are refused, too.
    """
    statements = _sqlite(tables, keys) if is_sqlite(connection) else _postgresql(tables)
    for statement in statements:
        connection.execute(sa.text(statement))


def unguard_tables(connection: sa.Connection, tables: Iterable[str]) -> None:
    """Take these triggers away again, for a script that writes rows anew and adds them at last."""
    is_file = is_sqlite(connection)
    for table in tables:
        for name in _OF_SQLITE if is_file else _OF_POSTGRESQL:
            on = "" if is_file else f" ON {table}"
            connection.execute(sa.text(f"DROP TRIGGER {table}_{name}{on}"))


_OF_SQLITE = ("no_update", "no_delete", "no_replace")
_OF_POSTGRESQL = ("only_added", "no_truncate")
_REFUSED = "BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
_NO_CHANGE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} " + _REFUSED,
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} " + _REFUSED,
)
_NO_REPLACING = "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {condition} "
_AFTER_BLOCKS = (
    "CREATE TRIGGER observations_after_blocks BEFORE INSERT ON observations WHEN {condition} "
)
_STANDS_THERE = "EXISTS (SELECT 1 FROM {table} WHERE {same})"


def keep_no_samples(connection: sa.Connection) -> None:
    """Let PostgreSQL take no samples of wrapped keys for its planner, and drop those it took.

    They are kept in a table of its own, where they would outlive keys that are destroyed.
    """
    if not is_sqlite(connection):
        # samples go where a column gets a type, be it the one that it has
        connection.exec_driver_sql(
            "ALTER TABLE subject_keys ALTER COLUMN wrapped TYPE bytea, "
            "ALTER COLUMN wrapped SET STATISTICS 0"
        )


def _sqlite(tables: Iterable[str], keys: Mapping[str, str] = KEYS) -> Iterable[str]:
    for table in tables:
        refused = _REFUSED.format(table=table)
        for statement in _NO_CHANGE:
            yield statement.format(table=table)
        there = _STANDS_THERE.format(table=table, same=keys.get(table, "id = NEW.id"))
        yield _NO_REPLACING.format(table=table, condition=there) + refused
        if table == "blocks":
            # a row there would be in no block
            passed = "NEW.id <= (SELECT max(id) FROM blocks)"
            refused = _REFUSED.format(table="observations")
            yield _AFTER_BLOCKS.format(condition=passed) + refused


@contextmanager
def lifted(connection: sa.Connection) -> Iterator[None]:
    """Load without the triggers on each row that is added, which take a fifth of the time.

    They are taken away and put back in the one transaction that writes, so that nobody ever sees
    the table without them, not even when the process is killed on the way.
    """
    if not is_sqlite(connection):
        yield
        return
    for name in ("no_replace", "after_blocks"):
        connection.execute(sa.text(f"DROP TRIGGER observations_{name}"))
    yield
    *_, no_replacing = _sqlite(["observations"])
    *_, after_blocks = _sqlite(["blocks"])
    for statement in (no_replacing, after_blocks):
        connection.execute(sa.text(statement))


def _postgresql(tables: Iterable[str]) -> Iterable[str]:
    yield (
        "CREATE OR REPLACE FUNCTION creditscore_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME; END $$"
    )
    for table in tables:
        yield (
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION creditscore_only_added()"
        )
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION creditscore_only_added()"
        )
