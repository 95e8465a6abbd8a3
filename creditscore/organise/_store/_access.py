"""Who may read which items of the store, and the record that each read of protected ones leaves."""

from __future__ import annotations

import getpass
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from creditscore._checks import read_entries
from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import AccessDeniedError, StoreError
from creditscore.organise._store._added import added_to
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._subjects import Vault
from creditscore.organise._store._trail import SqlSink
from creditscore.protect import (
    AccessPolicy,
    Actor,
    ApprovalDesk,
    AuditSink,
    AuditTrail,
    ProtectionPlan,
    ReadableItems,
    break_glass,
    in_emergency,
)


@dataclass(frozen=True, kw_only=True)
class Readable:
    """Items of a question: those that are read, and which of them masked."""

    items: tuple[Item, ...]
    masked: frozenset[str]

    @property
    def protected(self) -> list[str]:
        """Names of those whose readers are recorded."""
        return [item.name for item in self.items if item.is_protected]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Decides for one actor, and keeps the trail.

    Attributes
    ----------
    engine : sqlalchemy.Engine
        Of the store.
    vault : Vault
        With the key of the trail.
    policy : AccessPolicy or None
        Who may do what; without, everything is allowed, and recorded all the same.
    actor : Actor
        Who acts.
    plan : ProtectionPlan or None
        For what personal data may be used; without, the policy alone decides.
    """

    engine: sa.Engine
    vault: Vault
    policy: AccessPolicy | None
    actor: Actor
    plan: ProtectionPlan | None = None
    names: dict[int, str] = field(default_factory=dict, repr=False, compare=False)
    """Names of customers that were decrypted while the store is open."""

    def under(self, policy: AccessPolicy | None, bind: sa.Connection | None = None) -> Desk:
        """Return the same under another policy.

        Raises
        ------
        AccessDeniedError
            The actor has its emergency role, and the trail no running record of that.
        """
        if policy is None:
            return replace(self, policy=None)
        actor = in_emergency(policy, self.actor, trail=self.trail(bind))
        return replace(self, policy=policy, actor=actor)

    def in_emergency(self, reason: str) -> Desk:
        """Return the same for the actor in an emergency, which is recorded whoever may audit."""
        if self.policy is None:
            msg = "The store has no policy, so that everybody may do everything."
            raise StoreError(msg)
        trail = self.trail()
        return replace(self, actor=break_glass(self.policy, self.actor, reason=reason, trail=trail))

    def planned(self, plan: ProtectionPlan | None) -> Desk:
        """Return the same under another plan."""
        return replace(self, plan=plan)

    def keyed(self, vault: Vault) -> Desk:
        """Return the same with keys under another master key."""
        return replace(self, vault=vault, names={})

    def at(self, engine: sa.Engine) -> Desk:
        """Return the same at another place."""
        return replace(self, engine=engine, names={})

    def customers(self, connection: sa.Connection) -> Customers:
        """Return numbers and names of customers, as this connection sees them."""
        return Customers(connection=connection, vault=self.vault, read=self.names)

    def trail(self, bind: sa.Connection | None = None) -> AuditTrail:
        """Return the trail; with a connection, records are kept with its transaction."""
        return self.trail_at(SqlSink(self.engine if bind is None else bind))

    def trail_at(self, sink: AuditSink) -> AuditTrail:
        """Return the trail of a sink."""
        return AuditTrail(sink, key=self.vault.derive("audit trail"))

    def check(self, action: str, item: Item | None = None) -> None:
        """Refuse what the policy does not allow; the refusal is recorded."""
        if self.policy is not None:
            self.policy.check(self.actor, action, item, trail=self.trail())

    def allow(
        self,
        action: str,
        approval: str,
        *,
        subjects: Sequence[str] = (),
        items: Sequence[Item] = (),
    ) -> None:
        """Refuse what the policy does not allow, and what a second person has not approved.

        Where the policy asks for four eyes, the request of this number is used: it was made by
        the actor for these customers and items, and another person approved it.
        """
        self.check_granted(action, approval, items)
        if self.policy is None or self.policy.four_eyes_of(action) is None:
            return
        desk = ApprovalDesk(self.policy, self.trail())
        desk.use(approval, self.actor, action, subjects=subjects or None, items=items)

    def check_granted(self, action: str, approval: str, items: Sequence[Item] = ()) -> None:
        """Refuse who may not do something, also where another person approves; for before a look.

        No request is used yet: what a look finds may be in the way, and the request stays good.
        """
        policy = self.policy
        if policy is None:
            return
        for item in items or (None,):
            if not policy.decide(self.actor, action, item, approved=bool(approval)).allowed:
                self.check(action, item)

    def check_any(self, *actions: str, items: Sequence[Item] = ()) -> None:
        """Refuse who may do none of some actions; where items are given, reading one is enough.

        For an action that needs four eyes, it is enough that another person could approve it.
        """
        policy = self.policy
        if policy is None:
            return
        if any(policy.decide(self.actor, name, approved=True).allowed for name in actions):
            return
        found = policy.readable(self.actor, items)
        if not found.clear and not found.masked:
            self.check(*(("read", items[0]) if items else (actions[0],)))

    def check_items(self, action: str, items: Iterable[Item]) -> None:
        """Refuse an action on any of some items."""
        for item in items:
            self.check(action, item)

    def readable(self, catalogue: ItemCatalogue, asked: Any, owner: str) -> Readable:
        """Return which of the items that are asked for are read.

        Those named must all be readable, at least masked; of all of them, the others are left out.
        Where none is left, that is a denial too, and no empty answer.

        Raises
        ------
        AccessDeniedError
            An item that is named may not be read, or none at all.
        InvalidParameterError
            There is no item of this name.
        """
        if asked is None:
            items: tuple[Item, ...] = catalogue.items
        else:
            names = dict.fromkeys(read_entries(asked, "items", owner))
            items = tuple(catalogue[name] for name in names)
        items = self._for_purpose(items, named=asked is not None)
        if self.policy is None:
            found = ReadableItems(clear=tuple(item.name for item in items), masked=(), hidden=())
        else:
            found = self.policy.readable(self.actor, items)
        if asked is not None and found.hidden:
            self.check("read", catalogue[found.hidden[0]])
        if asked is None and not found.clear and not found.masked:
            self._refuse_all(catalogue)
        return Readable(
            items=tuple(item for item in items if item.name not in set(found.hidden)),
            masked=frozenset(found.masked),
        )

    def _refuse_all(self, catalogue: ItemCatalogue) -> None:
        """Refuse who may read nothing: by the policy, or else by the plan."""
        if catalogue.items:
            self.check("read", catalogue.items[0])
            self._for_purpose(catalogue.items, named=True)

    def _for_purpose(self, items: tuple[Item, ...], *, named: bool) -> tuple[Item, ...]:
        """Return the items that may be read for the purpose of the actor, which the plan knows."""
        known = self.plan is None or any(p.name == self.actor.purpose for p in self.plan.purposes)
        if known:
            return items
        guarded = [item.name for item in items if item.is_protected]
        if named and guarded:
            why = f"the plan has no purpose {self.actor.purpose!r}"
            details = {"asked": "read", "why": why, "item": guarded[0]}
            self.trail().append(self.actor, "denied", details)
            msg = f"{self.actor.name} was denied 'read' of item {guarded[0]!r}: {why}."
            raise AccessDeniedError(msg)
        return tuple(item for item in items if not item.is_protected)

    def record_read(
        self, call: str, readable: Readable, details: Mapping[str, Any], subjects: Collection[str]
    ) -> None:
        """Leave one record of a call that read protected items of customers."""
        if readable.protected and len(subjects):
            said = {
                "call": call,
                "items": readable.protected,
                "masked": sorted(readable.masked & set(readable.protected)),
                **{name: str(value) for name, value in details.items() if value is not None},
            }
            self.trail().append(self.actor, "read", said, subjects=subjects)

    def record_change(
        self,
        connection: sa.Connection,
        action: str,
        details: dict[str, Any],
        subjects: Sequence[str] = (),
    ) -> None:
        """Leave a record of a change and the rows that it added, in its own transaction."""
        said = details | added_to(connection, self.vault)
        self.trail(connection).append(self.actor, action, said, subjects=subjects)


def who(actor: Actor | None) -> Actor:
    """Return the actor, or the user of the machine without any role."""
    if actor is not None:
        return actor
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        name = ""
    return Actor(name=name or "unknown")
