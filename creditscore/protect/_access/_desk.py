"""Where actions that need four eyes are asked for, approved and used, by records of a trail."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from creditscore._checks import check_kind
from creditscore.exceptions import AccessDeniedError, InvalidParameterError
from creditscore.protect._access._actor import Actor
from creditscore.protect._access._grant import DATA_ACTIONS, FourEyes, GuardedItem
from creditscore.protect._access._policy import AccessPolicy
from creditscore.protect._access._request import ApprovalRequest
from creditscore.protect._audit._chain import canonical_json, same
from creditscore.protect._audit._record import AuditRecord, TrailHead
from creditscore.protect._audit._trail import AuditTrail
from creditscore.protect._fields import instant_text, read_instant
from creditscore.protect._subjects import subjects_of

_STEPS = _MADE, _APPROVED, _REFUSED, _USED = (
    "request.made", "request.approved", "request.refused", "request.used",
)  # fmt: skip


@dataclass(repr=False, eq=False)
class ApprovalDesk:
    """Asks for, approves and uses what a policy says needs four eyes.

    Parameters
    ----------
    policy : AccessPolicy
        Says what needs a second person, and which roles may be that.
    trail : AuditTrail
        Where each step is recorded. The requests are read from it alone, so that all who share
        the trail share the requests, and one is used once whoever else tries to.

    Raises
    ------
    BrokenTrailError
        From every method: the records of the trail do not follow each other.

    Notes
    -----
    Who approves is another person than who asked, by name and not by role: two roles of one
    person are two eyes. Names that differ in case, blanks, width of letters or characters that
    are not seen are one person; letters of two writings that look alike are two.
    A request is used by the one who made it, for exactly the details, items and customers that
    were asked for, once, and before it expires. What is refused, also here, leaves a record.

    What is read from the trail is checked as what is asked for is: a step that the desk would have
    refused, such as an approval by the person who asked, is none.

    A use is recorded only if the trail has not grown since the requests were read; otherwise they
    are read again first. Two programs that use one request at one time therefore do not both
    succeed.

    Examples
    --------
    >>> from creditscore.protect import AccessPolicy, Actor, ApprovalDesk, AuditTrail, MemorySink
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> desk = ApprovalDesk(AccessPolicy.standard(), trail)
    >>> ana = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    >>> wei = Actor(name="wei", roles=("credit_manager",), purpose="credit decision")
    >>> asked = desk.ask(ana, "set_limit", {"limit": 50_000}, subjects=["X"], reason="season")
    >>> desk.approve(asked.id, wei)
    <ApprovalRequest: set_limit, made by ana, approved by wei>
    >>> desk.use(asked.id, ana, "set_limit", {"limit": 50_000}, subjects=["X"])
    <ApprovalRequest: set_limit, made by ana, approved by wei, used>
    >>> [record.action for record in trail.since()]
    ['request.made', 'request.approved', 'request.used']
    """

    policy: AccessPolicy
    trail: AuditTrail
    _head: TrailHead = field(init=False, default_factory=TrailHead)
    _requests: dict[str, ApprovalRequest] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Check what it works on."""
        check_kind(self.policy, "policy", "ApprovalDesk", AccessPolicy)
        check_kind(self.trail, "trail", "ApprovalDesk", AuditTrail)

    def requests(self) -> tuple[ApprovalRequest, ...]:
        """Return all requests, in the order in which they were made."""
        self._catch_up()
        return tuple(self._requests.values())

    def ask(
        self,
        actor: Actor,
        action: str,
        details: Mapping[str, Any] | None = None,
        *,
        reason: str,
        subjects: Iterable[Any] | None = None,
        items: Iterable[GuardedItem] = (),
    ) -> ApprovalRequest:
        """Ask for an action that needs a second person.

        Parameters
        ----------
        actor : Actor
            Who asks; the policy must grant it the action.
        action : str
            An action with a rule of four eyes.
        details : mapping, optional
            What exactly, as plain values; no values of customers that are personal.
        reason : str
            Why; it is kept for good, so it names no customer.
        subjects : iterable of str or int, optional
            Customers that it is about.
        items : iterable of GuardedItem, default=()
            Items that it is about; needed for actions on items, such as export.

        Returns
        -------
        ApprovalRequest

        Raises
        ------
        InvalidParameterError
            The action needs no second person, the reason is empty, or an action on items names
            none.
        AccessDeniedError
            The policy does not grant it.
        """
        rule, about = self._rule(action), tuple(items)
        if not isinstance(reason, str) or not reason.strip():
            msg = f"The 'reason' parameter of ApprovalDesk.ask must be a text. Got {reason!r}."
            raise InvalidParameterError(msg)
        now = read_instant(self.trail.now(), "clock", "ApprovalDesk")
        try:
            self._check_granted(actor, action, about, now)
        except AccessDeniedError as error:
            self.trail.append(actor, "denied", {"asked": action, "why": str(error)})
            raise
        name = secrets.token_hex(8)
        self.trail._append_step(  # noqa: SLF001 - the steps are its own
            actor,
            _MADE,
            {
                "id": name,
                "asked": action,
                "details": dict(details or {}),
                "items": sorted(item.name for item in about),
                "reason": reason.strip(),
                "expires_at": instant_text(now + dt.timedelta(hours=rule.valid_hours)),
            },
            subjects=subjects,
        )
        self._catch_up()
        return self._requests[name]

    def approve(self, id: str, actor: Actor) -> ApprovalRequest:  # noqa: A002 - of the request
        """Approve a request of another person.

        Parameters
        ----------
        id : str
            Of the request.
        actor : Actor
            Who approves, in a role that the rule of the action names and that is granted
            ``"approve"``.

        Returns
        -------
        ApprovalRequest

        Raises
        ------
        InvalidParameterError
            There is no such request.
        AccessDeniedError
            It is the person who asked, none of its roles may approve it, or the request was
            refused, used or approved before, or has expired.
        """

        def step(request: ApprovalRequest, now: dt.datetime) -> ApprovalRequest:
            self._check_approver(request.action, actor, now)
            return request.approved(actor, now)

        return self._take(id, actor, _APPROVED, step)

    def refuse(self, id: str, actor: Actor, *, reason: str = "") -> ApprovalRequest:  # noqa: A002
        """Refuse a request, or take back one's own.

        Parameters
        ----------
        id : str
            Of the request.
        actor : Actor
            Who refuses: one who might approve it, or the person who asked.
        reason : str, default=""
            Why.

        Returns
        -------
        ApprovalRequest

        Raises
        ------
        InvalidParameterError
            There is no such request.
        AccessDeniedError
            The actor may not, or the request is no longer open.
        """

        def step(request: ApprovalRequest, now: dt.datetime) -> ApprovalRequest:
            if not actor.is_person(request.made_by):
                self._check_approver(request.action, actor, now)
            return request.refused(actor, now)

        return self._take(id, actor, _REFUSED, step, {"reason": reason})

    def use(
        self,
        id: str,  # noqa: A002 - of the request
        actor: Actor,
        action: str,
        details: Mapping[str, Any] | None = None,
        *,
        subjects: Iterable[Any] | None = None,
        items: Iterable[GuardedItem] = (),
    ) -> ApprovalRequest:
        """Use an approved request; what it was made for may then be done, this once.

        Parameters
        ----------
        id : str
            Of the request.
        actor : Actor
            The person who asked; the policy must still grant it the action.
        action : str
            As it was asked for.
        details : mapping, optional
            As they were asked for.
        subjects : iterable of str or int, optional
            As they were asked for.
        items : iterable of GuardedItem, default=()
            As they were asked for.

        Returns
        -------
        ApprovalRequest

        Raises
        ------
        InvalidParameterError
            There is no such request.
        AccessDeniedError
            It was made by somebody else or for something else, is not approved, has expired, or
            was used before; or the policy no longer grants the action.
        """
        about = tuple(items)
        customers = None if subjects is None else subjects_of(subjects)
        digest = self.trail.digest(customers or ())
        asked = canonical_json([action, dict(details or {}), sorted(item.name for item in about)])

        def step(request: ApprovalRequest, now: dt.datetime) -> ApprovalRequest:
            was = canonical_json([request.action, dict(request.details), list(request.items)])
            if was != asked or not same(request.subjects_digest, digest):
                msg = (
                    f"Request {id} was made for another action, or for other details, items or "
                    "customers. Ask for what is to be done."
                )
                raise AccessDeniedError(msg)
            self._check_granted(actor, action, about, now)
            return request.used(actor, now)

        return self._take(id, actor, _USED, step, {"asked": action}, subjects=customers)

    def _take(
        self,
        id: str,  # noqa: A002 - of the request
        actor: Actor,
        recorded: str,
        step: Any,
        details: Mapping[str, Any] | None = None,
        *,
        subjects: Iterable[Any] | None = None,
    ) -> ApprovalRequest:
        """Take a step of a request, on what all others have done until the moment of it."""
        check_kind(actor, "actor", "ApprovalDesk", Actor)
        entries = {"id": id, **(details or {})}
        while True:
            self._catch_up()
            if id not in self._requests:
                msg = f"There is no request {id!r} in the trail."
                raise InvalidParameterError(msg)
            try:
                step(self._requests[id], read_instant(self.trail.now(), "clock", "ApprovalDesk"))
            except AccessDeniedError as error:
                self.trail.append(
                    actor, "denied", {**entries, "asked": recorded, "why": str(error)}
                )
                raise
            record = self.trail._append_step(  # noqa: SLF001 - the steps are its own
                actor, recorded, entries, subjects=subjects, after=self._head
            )
            if record is not None:
                self._catch_up()
                return self._requests[id]

    def _catch_up(self) -> None:
        """Read what was recorded since the last time."""
        for record in self.trail.since(self._head):
            self._head = record.head
            if record.action not in _STEPS:
                continue
            # what the desk would have refused is no step, whoever wrote it into the trail
            with suppress(AccessDeniedError, InvalidParameterError, LookupError, TypeError):
                if record.action != _MADE:
                    name = record.details["id"]
                    self._requests[name] = _after(self._requests[name], record)
                elif (request := _made(record)).id not in self._requests:
                    self._requests[request.id] = request

    def _rule(self, action: str) -> FourEyes:
        rule = self.policy.four_eyes_of(action)
        if rule is None:
            known = ", ".join(rule.action for rule in self.policy.four_eyes) or "nothing"
            msg = f"By the policy {action!r} needs no second person. What does: {known}."
            raise InvalidParameterError(msg)
        return rule

    def _check_granted(
        self, actor: Actor, action: str, items: tuple[GuardedItem, ...], at: dt.datetime
    ) -> None:
        if action in DATA_ACTIONS and not items:
            msg = f"The action {action!r} is one on items: name them by 'items'."
            raise InvalidParameterError(msg)
        about: tuple[GuardedItem | None, ...] = items if action in DATA_ACTIONS else (None,)
        for item in about:
            decision = self.policy.decide(actor, action, item, at=at, approved=True)
            if not decision.allowed:
                msg = f"{actor.name} was denied {action!r}: {decision.why}."
                raise AccessDeniedError(msg)

    def _check_approver(self, action: str, actor: Actor, at: dt.datetime) -> None:
        """Check that a role of the actor is named by the rule, and that this role may approve."""
        named = tuple(role for role in actor.roles if role in self._rule(action).approvers)
        decision = self.policy.decide(replace(actor, roles=named), "approve", at=at)
        denied = self.policy.decide(actor, "approve", at=at)
        if not named or not decision.allowed or not denied.allowed:
            had = ", ".join(actor.roles) or "none"
            msg = f"No role of {actor.name} ({had}) may approve {action}."
            raise AccessDeniedError(msg)

    def __repr__(self) -> str:
        """Say in one line on which trail it works, which is not read for that."""
        return f"ApprovalDesk({self.trail!r})"


def _after(request: ApprovalRequest, record: AuditRecord) -> ApprovalRequest:
    """Return a request after the step that a record tells of."""
    by, at = Actor(name=record.actor), read_instant(record.at, "at", "ApprovalRequest")
    if record.action == _APPROVED:
        return request.approved(by, at)
    return request.refused(by, at) if record.action == _REFUSED else request.used(by, at)


def _made(record: AuditRecord) -> ApprovalRequest:
    details = record.details
    return ApprovalRequest(
        id=details["id"],
        action=details["asked"],
        details=details["details"],
        items=tuple(details["items"]),
        subjects_digest=record.subjects_digest,
        reason=details["reason"],
        made_by=record.actor,
        made_at=read_instant(record.at, "at", "ApprovalRequest"),
        expires_at=read_instant(details["expires_at"], "expires_at", "ApprovalRequest"),
    )
