"""Whether something is allowed, and why: a denial wins, and without a grant the answer is no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from creditscore.protect._access._actor import Actor
from creditscore.protect._access._grant import GuardedItem, Role


@dataclass(frozen=True, kw_only=True)
class AccessDecision:
    """Whether an actor may do something, and why; by :meth:`AccessPolicy.decide`.

    Attributes
    ----------
    allowed : bool
        Whether it may.
    why : str
        The role that allows it, or what is missing.

    Examples
    --------
    >>> from creditscore.protect import AccessPolicy, Actor
    >>> AccessPolicy.standard().decide(Actor(name="ana", roles=("auditor",)), "erase")
    AccessDecision(allowed=False, why='the role auditor is denied it')
    """

    allowed: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class ReadableItems:
    """Which items an actor may read in clear, which masked, which not at all.

    Attributes
    ----------
    clear, masked, hidden : tuple of str
        Names of items, in the order given; each item stands in one of the three.

    Examples
    --------
    >>> from creditscore.collect import ItemCatalogue
    >>> from creditscore.protect import AccessPolicy, Actor
    >>> bo = Actor(name="bo", roles=("sales",), purpose="sales")
    >>> found = AccessPolicy.standard().readable(bo, ItemCatalogue.standard())
    >>> "phone" in found.clear, "birth_year" in found.hidden
    (True, True)
    """

    clear: tuple[str, ...]
    masked: tuple[str, ...]
    hidden: tuple[str, ...]


def ruling(
    roles: Sequence[Role], actor: Actor, action: str, item: GuardedItem | None, at: dt.datetime
) -> tuple[bool, str]:
    """Tell whether roles of a policy let an actor do something, and why."""
    own = [role for role in roles if role.name in actor.roles]
    had = ", ".join(actor.roles) or "none"
    if not own:
        return False, f"no role of {actor.name} ({had}) is one of the policy"
    if not actor.has_roles_at(at):
        return False, f"the roles of {actor.name} ({had}) have ended"
    about = [
        (role, grant)
        for role in own
        for grant in role.grants
        if grant.covers(action) and grant.reaches(item)
    ]
    now_on = [(role, grant) for role, grant in about if grant.holds_at(at)]
    for_it = [(role, grant) for role, grant in now_on if grant.serves(actor.purpose)]
    denied = next((role for role, grant in for_it if grant.deny), None)
    if denied is not None:
        return False, f"the role {denied.name} is denied it"
    if for_it:
        return True, f"the role {for_it[0][0].name} is granted it"
    why = f"no role of {actor.name} ({had}) is granted it"
    if any(not grant.deny for _, grant in now_on):
        stated = f"for the purpose {actor.purpose!r}" if actor.purpose else "without a purpose"
        why = f"it is not granted {stated}"
    elif any(not grant.deny for _, grant in about):
        why = "the time for which it was granted has ended, or not begun"
    return False, why
