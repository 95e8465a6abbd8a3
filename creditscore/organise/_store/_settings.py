"""Documents that the store keeps of itself: its catalogue, policy and plan, and its protection."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from creditscore.collect import ItemCatalogue
from creditscore.exceptions import StoreError
from creditscore.organise._store import _clock
from creditscore.organise._store._schema import items, observations, settings
from creditscore.protect import AccessPolicy, ProtectionPlan


def setting(connection: sa.Connection, name: str) -> str | None:
    """Return the last version of a document, None where there is none."""
    found = sa.select(settings.c.content).where(settings.c.name == name)
    last = connection.execute(found.order_by(settings.c.version.desc()).limit(1)).scalar()
    return None if last is None else str(last)


def set_setting(connection: sa.Connection, name: str, content: str) -> None:
    """Add a version of a document; those before it stay."""
    last = sa.select(sa.func.max(settings.c.version)).where(settings.c.name == name)
    version = (connection.execute(last).scalar() or 0) + 1
    row = {"name": name, "version": version, "content": content, "recorded_at": _clock.now()}
    connection.execute(settings.insert().values(**row))


def versions_of(connection: sa.Connection) -> dict[str, int]:
    """Return the last version of each document."""
    last = sa.select(settings.c.name, sa.func.max(settings.c.version)).group_by(settings.c.name)
    return {str(name): int(version) for name, version in connection.execute(last)}


def read_catalogue(connection: sa.Connection) -> ItemCatalogue:
    """Return the catalogue of the store."""
    text = setting(connection, "catalogue")
    if text is None:
        msg = "The store has no catalogue: it was not made whole. Restore it from a backup."
        raise StoreError(msg)
    return ItemCatalogue.from_json(text)


def read_policy(connection: sa.Connection) -> AccessPolicy | None:
    """Return the policy of the store, where it has one."""
    text = setting(connection, "policy")
    return None if text is None else AccessPolicy.from_json(text)


def read_plan(connection: sa.Connection) -> ProtectionPlan | None:
    """Return the plan of the store, where it has one."""
    text = setting(connection, "plan")
    return None if text is None else ProtectionPlan.from_json(text)


def read_protection(connection: sa.Connection) -> dict[str, Any]:
    """Return which store this is, and whether it has keys."""
    text = setting(connection, "protection")
    if text is None:
        msg = "This is no store of creditscore, or it was not made whole."
        raise StoreError(msg)
    found: dict[str, Any] = json.loads(text)
    return found


def check_change(connection: sa.Connection, old: ItemCatalogue, new: ItemCatalogue) -> None:
    """Check that a new catalogue can read what was written under the old one.

    Raises
    ------
    StoreError
        An item that has observations is no longer there, is of another kind, or is protected
        where it was not, or the other way round.
    """
    used_items = sa.select(items.c.name).where(
        sa.exists().where(observations.c.item_id == items.c.id)
    )
    after = {item.name: item for item in new}
    for name in connection.execute(used_items).scalars():
        item, then = old[name], after.get(name)
        if then is None or (item.kind, item.is_protected) != (then.kind, then.is_protected):
            was = "protected" if item.is_protected else "not protected"
            msg = (
                f"The item {name!r} has observations as a {item.kind}, {was}. A new catalogue "
                "keeps both; give what is different a name of its own."
            )
            raise StoreError(msg)
