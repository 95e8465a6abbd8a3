"""Documents that the store keeps of itself: its catalogue, policy and plan, and its protection."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import StoreError
from creditscore.organise._store import _clock
from creditscore.organise._store._schema import items, observations, settings
from creditscore.protect import AccessPolicy, ProtectionPlan

PROTECTION = "protection"
"""Name of the document that says which store this is."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Documents of a store, each version of them sealed by a key of the store.

    The catalogue says what is protected, and the policy who may do what: who writes to the table
    without the key must not be able to change that.
    """

    connection: sa.Connection
    key: bytes

    def read(self, name: str) -> str | None:
        """Return the last version of a document, None where there is none.

        Raises
        ------
        StoreError
            It is not what the store wrote.
        """
        row = _last(self.connection, name)
        if row is None:
            return None
        if not is_sealed(row.seal, self.key, name, row.version, row.content):
            msg = (
                f"The {name} of the store is not sealed by it: the table 'settings' was changed by "
                "somebody else. Restore the store from a backup."
            )
            raise StoreError(msg)
        return str(row.content)

    def add(self, name: str, content: str) -> int:
        """Add a version of a document, and return its number; those before it stay."""
        last = sa.select(sa.func.max(settings.c.version)).where(settings.c.name == name)
        version = (self.connection.execute(last).scalar() or 0) + 1
        row = {
            "name": name, "version": version, "content": content, "recorded_at": _clock.now(),
            "seal": seal(self.key, name, version, content),
        }  # fmt: skip
        self.connection.execute(settings.insert().values(**row))
        return version

    def catalogue(self) -> ItemCatalogue:
        """Return the catalogue of the store."""
        text = self.read("catalogue")
        if text is None:
            msg = "The store has no catalogue: it was not made whole. Restore it from a backup."
            raise StoreError(msg)
        return ItemCatalogue.from_json(text)

    def policy(self) -> AccessPolicy | None:
        """Return the policy of the store, where it has one."""
        text = self.read("policy")
        return None if text is None else AccessPolicy.from_json(text)

    def plan(self) -> ProtectionPlan | None:
        """Return the plan of the store, where it has one."""
        text = self.read("plan")
        return None if text is None else ProtectionPlan.from_json(text)


def seal(key: bytes, *told: Any) -> bytes:
    """Return the HMAC-SHA256 of what a row says."""
    return hmac.digest(key, json.dumps(told, default=str).encode(), "sha256")


def is_sealed(found: Any, key: bytes, *told: Any) -> bool:
    """Tell whether a seal, of whatever type it was put in, is that of what the row says."""
    return isinstance(found, bytes) and hmac.compare_digest(found, seal(key, *told))


def versions_of(connection: sa.Connection) -> dict[str, int]:
    """Return the last version of each document.

    Raises
    ------
    StoreError
        One has no number: SQLite keeps whatever is put into a column.
    """
    last = sa.select(settings.c.name, sa.func.max(settings.c.version)).group_by(settings.c.name)
    found = {str(name): version for name, version in connection.execute(last)}
    odd = next((name for name, version in found.items() if type(version) is not int), None)
    if odd is not None:
        msg = (
            f"A version of the {odd} of the store is no number: the table 'settings' was changed "
            "by somebody else. Restore the store from a backup."
        )
        raise StoreError(msg)
    return found


def read_protection(connection: sa.Connection) -> dict[str, Any]:
    """Return which store this is, and whether it has keys; nobody can check the seal before.

    Raises
    ------
    StoreError
        There is no such document, or it cannot be read.
    """
    asked = sa.select(settings.c.content).where(settings.c.name == PROTECTION)
    text = connection.execute(asked.order_by(settings.c.version.desc()).limit(1)).scalar()
    if text is None:
        msg = "This is no store of creditscore, or it was not made whole."
        raise StoreError(msg)
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        found = None
    kinds = {"store": str, "keys": bool}
    if isinstance(found, dict) and all(type(found.get(n)) is kind for n, kind in kinds.items()):
        return found
    msg = (
        f"The {PROTECTION} of the store cannot be read: the table 'settings' was damaged, or "
        "changed by somebody else. Restore the store from a backup."
    )
    raise StoreError(msg)


def _last(connection: sa.Connection, name: str) -> Any:
    asked = sa.select(settings).where(settings.c.name == name)
    return connection.execute(asked.order_by(settings.c.version.desc()).limit(1)).first()


def check_change(connection: sa.Connection, old: ItemCatalogue, new: ItemCatalogue) -> None:
    """Check that a new catalogue can read what was written under the old one.

    Raises
    ------
    StoreError
        An item that has observations is no longer there, is of another kind or in another unit, or
        is protected where it was not, or the other way round.
    """
    used_items = sa.select(items.c.name).where(
        sa.exists().where(observations.c.item_id == items.c.id)
    )
    after = {item.name: item for item in new}
    for name in connection.execute(used_items).scalars():
        item, then = old[name], after.get(name)
        if then is None or what_it_holds(item) != what_it_holds(then):
            msg = (
                f"The item {name!r} has observations as a {what_it_holds(item)}. A new catalogue "
                "keeps kind, unit and protection; give what is different a name of its own."
            )
            raise StoreError(msg)


def what_it_holds(item: Item) -> str:
    """Return in words what values of an item are, which must stay as it is under stored facts."""
    unit = f" in {item.unit}" if item.unit else ""
    return f"{item.kind}{unit}, {'protected' if item.is_protected else 'not protected'}"
