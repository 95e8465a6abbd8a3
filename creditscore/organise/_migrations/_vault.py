"""The secrets of the store that a script works in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from creditscore.exceptions import StoreError
from creditscore.organise._store._subjects import Vault


def vault_of(connection: sa.Connection) -> Vault | None:
    """Return the secrets; None in an empty database, where there is nothing to seal.

    Raises
    ------
    StoreError
        There is a store, and its keys were not given.
    """
    vault: Vault | None = context.config.attributes.get("vault")
    if vault is None and connection.execute(sa.text("SELECT 1 FROM settings")).first():
        msg = "Seals need the keys of the store: CustomerStore.migrate(place, keys=…)."
        raise StoreError(msg)
    return vault
