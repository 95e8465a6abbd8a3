"""What a role of the policy may do in PostgreSQL, where nobody asks the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import InvalidParameterError
from creditscore.protect import AccessPolicy, Actor, Role

OWNER_ROLE, LIBRARY_ROLE, KEYS_ROLE = "owner", "library", "keys"
_RESERVED = (OWNER_ROLE, LIBRARY_ROLE, KEYS_ROLE)
_KEEPING = ("consent", "hold", "erase", "audit")
_MOST_BYTES = 63
"""Longer names of roles are cut off by PostgreSQL, and two could become one."""


@dataclass(frozen=True, kw_only=True)
class DatabaseRole:
    """A group role of the database.

    Attributes
    ----------
    name : str
        With the prefix.
    readable : mapping of str to tuple of str
        Items that it reads in the clear, by purpose.
    denied : mapping of str to tuple of str
        Items that it is denied, by purpose, whatever other roles a person has.
    reads_protected : bool
        Whether protected items are among them.
    is_assigned : bool
        Whether it sees assigned customers alone.
    is_auditor : bool
        Whether it reads the audit trail.
    is_keeper : bool
        Whether it reads holds, requests and consents to all purposes.
    """

    name: str
    readable: Mapping[str, tuple[str, ...]]
    denied: Mapping[str, tuple[str, ...]]
    reads_protected: bool
    is_assigned: bool
    is_auditor: bool
    is_keeper: bool


def database_roles(
    policy: AccessPolicy, catalogue: ItemCatalogue, prefix: str, assigned: Iterable[str]
) -> tuple[DatabaseRole, ...]:
    """Return the group role of each role of a policy.

    Raises
    ------
    InvalidParameterError
        A name that cannot be one of a role, or a role of `assigned` that is not in the policy.
    """
    limited = tuple(assigned)
    for name in limited:
        policy[name]
    return tuple(
        _of(role, policy, catalogue, prefix, is_assigned=role.name in limited)
        for role in policy.roles
    )


def role_name(prefix: str, name: str) -> str:
    """Return the name of a role in the database.

    Raises
    ------
    InvalidParameterError
        It is too long, or holds what no name of a role may.
    """
    full = f"{prefix}_{name}"
    if not prefix or "\0" in full or len(full.encode("utf-8")) > _MOST_BYTES:
        msg = (
            f"Names of roles in PostgreSQL have up to {_MOST_BYTES} bytes and no null. Got "
            f"{full[:100]!r}."
        )
        raise InvalidParameterError(msg)
    return full


def _of(
    role: Role, policy: AccessPolicy, catalogue: ItemCatalogue, prefix: str, *, is_assigned: bool
) -> DatabaseRole:
    if role.name in _RESERVED:
        msg = (
            f"The role {role.name!r} of the policy has the name of a role that the store needs "
            f"itself ({', '.join(_RESERVED)}). Call it otherwise."
        )
        raise InvalidParameterError(msg)
    actors = {p: Actor(name="database", roles=(role.name,), purpose=p) for p in policy.purposes}
    readable = {
        purpose: tuple(item for item in catalogue if policy.allows(actor, "read", item))
        for purpose, actor in actors.items()
    }
    bare = Actor(name="database", roles=(role.name,))
    guarded = any(item.is_protected for items in readable.values() for item in items)
    return DatabaseRole(
        name=role_name(prefix, role.name),
        readable={purpose: _names(items) for purpose, items in readable.items() if items},
        denied=_denied(role, catalogue, policy.purposes),
        reads_protected=guarded, is_assigned=is_assigned,
        is_auditor=policy.allows(bare, "audit"),
        is_keeper=any(policy.decide(bare, a, approved=True).allowed for a in _KEEPING),
    )  # fmt: skip


def _denied(
    role: Role, catalogue: ItemCatalogue, purposes: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    denials = [grant for grant in role.grants if grant.deny and grant.covers("read")]
    found = {}
    for purpose in purposes:
        about = [grant for grant in denials if grant.serves(purpose)]
        names = _names([item for item in catalogue if any(g.reaches(item) for g in about)])
        if names:
            found[purpose] = names
    return found


def _names(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(item.name for item in items)
