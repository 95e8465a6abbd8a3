"""Access in an emergency: for some hours, for a reason, and with a record that stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from creditscore._checks import check_kind
from creditscore.exceptions import AccessDeniedError, InvalidParameterError
from creditscore.protect._access._actor import Actor
from creditscore.protect._access._policy import AccessPolicy
from creditscore.protect._audit._record import AuditRecord
from creditscore.protect._audit._trail import BREAK_GLASS, AuditTrail
from creditscore.protect._fields import instant_text, read_instant
from creditscore.protect._normal import normalised

_LEAST_REASON = 20


def break_glass(policy: AccessPolicy, actor: Actor, *, reason: str, trail: AuditTrail) -> Actor:
    """Give an actor the emergency role of a policy for some hours.

    Parameters
    ----------
    policy : AccessPolicy
        With an emergency role, and a grant of ``"break_glass"`` to a role of the actor.
    actor : Actor
        Who needs more than it may do.
    reason : str
        Why, 20 characters or more, and another one for each emergency of a person; it is kept for
        good, so it names no customer.
    trail : AuditTrail
        Where it is recorded, before anything is given.

    Returns
    -------
    Actor
        The same person with the emergency role besides its own, which all end together.

    Raises
    ------
    InvalidParameterError
        The policy has no emergency role, or the reason is too short.
    AccessDeniedError
        No role of the actor is granted it, it has the emergency role by now, or an emergency of
        the same person had this reason before.
    BrokenTrailError
        The records of the trail do not follow each other.

    See Also
    --------
    in_emergency : Who has the role by a record, and until when.
    creditscore.organise.CustomerStore.break_glass : The same for who uses a store.

    Notes
    -----
    An emergency is not prolonged: who asks again before its end gets the role until that end. After
    it the same person, by name and not by role, may break the glass again, as often as there is
    an emergency: no count stands in the way of one. But each takes a reason of its own, and its
    record says how many there were of this person before (`earlier`), for those who read the
    report of the trail. O(records) time.

    Examples
    --------
    >>> from creditscore.protect import AccessPolicy, Actor, AuditTrail, MemorySink, break_glass
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> wei = Actor(name="wei", roles=("credit_manager",), purpose="credit decision")
    >>> reason = "The claim falls due today, and the person in charge is away."
    >>> break_glass(AccessPolicy.standard(), wei, reason=reason, trail=trail).roles
    ('credit_manager', 'emergency')
    >>> record = next(trail.since())
    >>> record.action, record.details["earlier"]
    ('break_glass', 0)
    """
    check_kind(policy, "policy", "break_glass", AccessPolicy)
    if not policy.emergency_role:
        msg = "The policy has no emergency role, so that nobody gets more than it grants."
        raise InvalidParameterError(msg)
    if not isinstance(reason, str) or len(reason.strip()) < _LEAST_REASON:
        msg = (
            f"The 'reason' parameter of break_glass must have {_LEAST_REASON} characters or more, "
            "since others will judge it."
        )
        raise InvalidParameterError(msg)
    if policy.emergency_role in actor.roles:
        msg = f"{actor.name} has the role {policy.emergency_role} by now. It is not prolonged."
        raise AccessDeniedError(msg)
    begins = read_instant(trail.now(), "clock", "break_glass")
    policy.check(actor, "break_glass", at=begins, trail=trail)
    reasons = _reasons_by_end(trail, actor)
    running = {end for end in reasons if end > begins}
    if not running and normalised(reason) in set().union(*reasons.values()):
        why = (
            f"{actor.name} broke the glass for this reason before. Say what is new, since each "
            "emergency is judged by a reason of its own"
        )
        trail.append(actor, "denied", {"asked": BREAK_GLASS, "why": why})
        msg = f"{why}."
        raise AccessDeniedError(msg)
    ends = min({begins + dt.timedelta(hours=policy.emergency_hours), *running})
    if actor.until is not None:
        ends = min(ends, actor.until)
    earlier = len(reasons) - len(running)
    told = {"reason": reason.strip(), "until": instant_text(ends), "earlier": earlier}
    trail._append_step(actor, BREAK_GLASS, told, subjects=None)  # noqa: SLF001 - its own
    return replace(actor, roles=(*actor.roles, policy.emergency_role), until=ends)


def in_emergency(policy: AccessPolicy, actor: Actor, *, trail: AuditTrail) -> Actor:
    """Return who acts, with the emergency role of a policy no longer than a record gives it.

    Parameters
    ----------
    policy : AccessPolicy
        Names the emergency role.
    actor : Actor
        Who says that it has certain roles.
    trail : AuditTrail
        Where :func:`break_glass` left its record.

    Returns
    -------
    Actor
        Who has the role: the same person, whose roles end with the emergency. Others as they came.

    Raises
    ------
    AccessDeniedError
        It has the role, and no emergency of this person is running by the trail, which records it.
    BrokenTrailError
        The records of the trail do not follow each other.

    Notes
    -----
    A record counts as :func:`break_glass` makes it: by a person with a role that the policy grants
    it, and for as many hours as the policy allows. A store asks this of whoever opens it. O(1) time
    for who has not the role, and O(records) for who has.

    Examples
    --------
    >>> from creditscore.protect import AccessPolicy, Actor, AuditTrail, MemorySink, break_glass
    >>> from creditscore.protect import in_emergency
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> policy = AccessPolicy.standard()
    >>> wei = Actor(name="wei", roles=("credit_manager",), purpose="credit decision")
    >>> reason = "The claim falls due today, and the person in charge is away."
    >>> found = break_glass(policy, wei, reason=reason, trail=trail)
    >>> by_hand = Actor(name="wei", roles=("emergency",))
    >>> in_emergency(policy, by_hand, trail=trail).until == found.until
    True
    """
    check_kind(policy, "policy", "in_emergency", AccessPolicy)
    if not policy.emergency_role or policy.emergency_role not in actor.roles:
        return actor
    now = read_instant(trail.now(), "clock", "in_emergency")
    end = max((_granted_end(policy, *one) for one in _emergencies(trail, actor)), default=now)
    if end <= now:
        why = f"no emergency of {actor.name} is running, which alone gives that role"
        role = policy.emergency_role
        trail.append(actor, "denied", {"asked": BREAK_GLASS, "role": role, "why": why})
        msg = (
            f"{actor.name} was denied the role {role!r}: {why}. Act in the other roles, and break "
            "the glass by break_glass, with a reason."
        )
        raise AccessDeniedError(msg)
    return replace(actor, until=end if actor.until is None else min(end, actor.until))


def _granted_end(policy: AccessPolicy, record: AuditRecord, end: dt.datetime) -> dt.datetime:
    """Return when an emergency ends by the policy: at once where it grants the person none."""
    at = read_instant(record.at, "at", "in_emergency")
    by = Actor(name=record.actor, roles=tuple(record.roles), purpose=record.purpose)
    if not policy.allows(by, BREAK_GLASS, at=at):
        return at
    return min(end, at + dt.timedelta(hours=policy.emergency_hours))


def _reasons_by_end(trail: AuditTrail, actor: Actor) -> dict[dt.datetime, set[str]]:
    """Return the emergencies of a person: when each ends, and for what reasons it was asked for."""
    found: dict[dt.datetime, set[str]] = {}
    for record, end in _emergencies(trail, actor):
        reason = normalised(str(record.details.get("reason", "")))
        found.setdefault(end, set()).add(reason)
    return found


def _emergencies(trail: AuditTrail, actor: Actor) -> Iterator[tuple[AuditRecord, dt.datetime]]:
    """Yield the records of the emergencies of a person, and when each ends."""
    for record in trail.since():
        if record.action == BREAK_GLASS and actor.is_person(record.actor):
            # what is none of ours has no end
            with suppress(InvalidParameterError):
                yield record, read_instant(record.details.get("until"), "until", "break_glass")
