"""Access in an emergency: for some hours, for a reason, and with a record that stays."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace

from creditscore._checks import check_kind
from creditscore.exceptions import AccessDeniedError, InvalidParameterError
from creditscore.protect._access._actor import Actor
from creditscore.protect._access._policy import AccessPolicy
from creditscore.protect._audit._trail import AuditTrail
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
        trail.append(actor, "denied", {"asked": "break_glass", "why": why})
        msg = f"{why}."
        raise AccessDeniedError(msg)
    ends = min({begins + dt.timedelta(hours=policy.emergency_hours), *running})
    if actor.until is not None:
        ends = min(ends, actor.until)
    earlier = len(reasons) - len(running)
    told = {"reason": reason.strip(), "until": instant_text(ends), "earlier": earlier}
    trail.append(actor, "break_glass", told)
    return replace(actor, roles=(*actor.roles, policy.emergency_role), until=ends)


def _reasons_by_end(trail: AuditTrail, actor: Actor) -> dict[dt.datetime, set[str]]:
    """Return the emergencies of a person: when each ends, and for what reasons it was asked for."""
    found: dict[dt.datetime, set[str]] = {}
    for record in trail.since():
        if record.action == "break_glass" and actor.is_person(record.actor):
            # what is none of ours has no end
            with suppress(InvalidParameterError):
                end = read_instant(record.details.get("until"), "until", "break_glass")
                reason = normalised(str(record.details.get("reason", "")))
                found.setdefault(end, set()).add(reason)
    return found
