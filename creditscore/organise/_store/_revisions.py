"""Versions of the tables: which one a store has, and how it comes to the newest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from creditscore.exceptions import MissingDependencyError, StoreError, StoreVersionError
from creditscore.organise._store._guards import guard_tables, keep_no_samples
from creditscore.organise._store._schema import ONLY_ADDED, metadata
from creditscore.organise._store._subjects import Vault
from creditscore.protect import AuditRecord

HEAD = "0006"
"""Version of the tables in `_schema`; the last of the scripts in `_migrations`."""
_VERSIONS = sa.table("alembic_version", sa.column("version_num"))
SCRIPTS = Path(__file__).parents[1] / "_migrations"


def make_tables(connection: sa.Connection) -> None:
    """Make all tables of this version in an empty database.

    Raises
    ------
    StoreError
        There is a store already.
    """
    if sa.inspect(connection).has_table("settings"):
        msg = "There is a store in this database already. Open it, or name another."
        raise StoreError(msg)
    metadata.create_all(connection)
    guard_tables(connection, (table.name for table in ONLY_ADDED))
    keep_no_samples(connection)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(_VERSIONS.insert().values(version_num=HEAD))


def revision_of(connection: sa.Connection) -> str:
    """Return the version of the tables.

    Raises
    ------
    StoreError
        This is no store.
    """
    if not sa.inspect(connection).has_table("alembic_version"):
        msg = "This database holds no store of creditscore. Make one with CustomerStore.create()."
        raise StoreError(msg)
    return str(connection.execute(sa.select(_VERSIONS.c.version_num)).scalar())


def check_revision(connection: sa.Connection) -> None:
    """Check that the tables are of this version.

    Raises
    ------
    StoreVersionError
        They are older, or newer.
    """
    found = revision_of(connection)
    if found == HEAD:
        return
    if found < HEAD:
        msg = (
            f"The tables of the store are of version {found}, and this release reads {HEAD}. Copy "
            "its file or database, then bring it up to date: CustomerStore.migrate(place)."
        )
    else:
        msg = (
            f"The tables of the store are of version {found}, newer than the {HEAD} of this "
            "release. Open it with the release that made it, or a later one."
        )
    raise StoreVersionError(msg)


def upgrade(
    connection: sa.Connection, vault: Vault, records: Iterable[AuditRecord]
) -> tuple[str, str]:
    """Run the scripts that are lacking in the transaction of the connection.

    Returns the version before and after.

    Raises
    ------
    StoreVersionError
        The tables are newer than this release.
    StoreError
        The trail remembers newer tables than there are, or nothing. Scripts believe what they
        find in older ones, so that nobody may make a store look older than it is.
    """
    before = revision_of(connection)
    if before > HEAD:
        check_revision(connection)
    said = [record.details.get("tables") or record.details.get("to") for record in records]
    if not said:
        msg = (
            "The trail of the store does not begin with its making: it was emptied. Restore the "
            "store from a backup."
        )
        raise StoreError(msg)
    newest = max((word for word in said if isinstance(word, str)), default="")
    if before < newest:
        msg = (
            f"The tables of the store say that they are of version {before}, and its trail has "
            f"{newest}: somebody changed them. Restore the store from a backup."
        )
        raise StoreError(msg)
    if before != HEAD:
        command, config = alembic_of(connection, vault)
        command.upgrade(config, HEAD)
    return before, revision_of(connection)


def alembic_of(connection: sa.Connection, vault: Vault | None = None) -> tuple[Any, Any]:
    """Return Alembic's commands, and its settings for a connection and a store's secrets."""
    try:
        from alembic import command  # noqa: PLC0415 - an extra
        from alembic.config import Config  # noqa: PLC0415
    except ImportError as error:
        msg = 'alembic is needed to migrate a store: pip install "creditscore[store]".'
        raise MissingDependencyError(msg) from error
    config = Config()
    # a percent sign would begin a reference to another setting
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes.update(connection=connection, vault=vault)
    return command, config
