"""Access in an emergency: for some hours, for a reason, and with a record that stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from creditscore._checks import check_kind
from creditscore.exceptions import AccessDeniedError, InvalidParameterError
from creditscore.protect._access._actor import Actor
from creditscore.protect._access._policy import AccessPolicy
from creditscore.protect._audit._trail import AuditTrail
from creditscore.protect._fields import instant_text, read_instant

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
        Why, 20 characters or more; it is kept for good, so it names no customer.
    trail : AuditTrail
        Where it is recorded, before anything is given.

    Returns
    -------
    Actor
        The same person with the emergency role besides its own, which all end together. It cannot
        be prolonged; who breaks the glass again, without it, leaves another record.

    Raises
    ------
    InvalidParameterError
        The policy has no emergency role, or the reason is too short.
    AccessDeniedError
        No role of the actor is granted it; the denial is recorded too.

    Examples
    --------
    >>> from creditscore.protect import AccessPolicy, Actor, AuditTrail, MemorySink, break_glass
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> wei = Actor(name="wei", roles=("credit_manager",), purpose="credit decision")
    >>> reason = "The claim falls due today, and the person in charge is away."
    >>> break_glass(AccessPolicy.standard(), wei, reason=reason, trail=trail).roles
    ('credit_manager', 'emergency')
    >>> next(trail.since()).action
    'break_glass'
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
    ends = begins + dt.timedelta(hours=policy.emergency_hours)
    if actor.until is not None:
        ends = min(ends, actor.until)
    trail.append(actor, "break_glass", {"reason": reason.strip(), "until": instant_text(ends)})
    return replace(actor, roles=(*actor.roles, policy.emergency_role), until=ends)
