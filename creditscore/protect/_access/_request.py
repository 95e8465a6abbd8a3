"""Something that one person asks for, another approves, and that is then done once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias

from creditscore.exceptions import AccessDeniedError
from creditscore.protect._access._actor import Actor
from creditscore.protect._audit._chain import same
from creditscore.protect._fields import instant_text, same_person

RequestState: TypeAlias = Literal["pending", "approved", "refused", "expired", "used"]


@dataclass(frozen=True, kw_only=True, repr=False)
class ApprovalRequest:
    """An action that was asked for, and what became of it; by :class:`ApprovalDesk`.

    Attributes
    ----------
    id : str
        Its number.
    action : str
        What is asked for.
    details : mapping
        What exactly, as plain values; what is done must be the same.
    items : tuple of str
        Items that it is about.
    subjects_digest : str
        Keyed digest of the customers that it is about; empty where it is about none.
    reason : str
        Why.
    made_by : str
        Who asked.
    made_at, expires_at : datetime
        When, and from when on it can be neither approved nor used (UTC).
    approved_by, refused_by : str
        Who did; empty where nobody did.
    is_used : bool
        Whether it was done.

    Examples
    --------
    >>> from creditscore.protect import AccessPolicy, Actor, ApprovalDesk, AuditTrail, MemorySink
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> desk = ApprovalDesk(AccessPolicy.standard(), trail)
    >>> ana = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    >>> request = desk.ask(ana, "set_limit", {"limit": 50_000}, reason="seasonal orders")
    >>> request.state_at(request.expires_at)
    'expired'
    """

    id: str
    action: str
    details: Mapping[str, Any]
    items: tuple[str, ...]
    subjects_digest: str
    reason: str
    made_by: str
    made_at: dt.datetime
    expires_at: dt.datetime
    approved_by: str = ""
    refused_by: str = ""
    is_used: bool = False

    def __eq__(self, other: object) -> bool:
        """Compare in a time that does not depend on where digests differ."""
        if not isinstance(other, ApprovalRequest):
            return NotImplemented
        alike = same(self.subjects_digest, other.subjects_digest)
        mine, others = (vars(one) | {"subjects_digest": ""} for one in (self, other))
        return alike and mine == others

    def __hash__(self) -> int:
        """Tell requests apart by their numbers."""
        return hash(self.id)

    def state_at(self, at: dt.datetime) -> RequestState:
        """Tell what may still be done with it at an instant.

        Parameters
        ----------
        at : datetime
            With a time zone.

        Returns
        -------
        {"pending", "approved", "refused", "expired", "used"}
        """
        if self.is_used:
            return "used"
        if self.refused_by:
            return "refused"
        if at >= self.expires_at:
            return "expired"
        return "approved" if self.approved_by else "pending"

    def approved(self, by: Actor, at: dt.datetime) -> Self:
        """Return it approved by another person than the one who asked.

        Raises
        ------
        AccessDeniedError
            It is the same person, in whatever role, or the request is not pending.
        """
        if same_person(by.name) == same_person(self.made_by):
            msg = (
                f"Request {self.id} was made by {self.made_by}, who cannot approve it, in whatever "
                "role. Ask another person."
            )
            raise AccessDeniedError(msg)
        self._check_state("pending", "approved", at)
        return replace(self, approved_by=by.name)

    def refused(self, by: Actor, at: dt.datetime) -> Self:
        """Return it refused; who asked for it may take it back so.

        Raises
        ------
        AccessDeniedError
            It is neither pending nor approved.
        """
        if self.state_at(at) != "approved":
            self._check_state("pending", "refused", at)
        return replace(self, refused_by=by.name)

    def used(self, by: Actor, at: dt.datetime) -> Self:
        """Return it used by the one who asked for it.

        Raises
        ------
        AccessDeniedError
            Somebody else uses it, or it is not approved, has expired or was used before.
        """
        if same_person(by.name) != same_person(self.made_by):
            msg = f"Request {self.id} was made by {self.made_by}; {by.name} cannot use it."
            raise AccessDeniedError(msg)
        self._check_state("approved", "used", at)
        return replace(self, is_used=True)

    def _check_state(self, needed: str, what: str, at: dt.datetime) -> None:
        state = self.state_at(at)
        if state != needed:
            when = f" at {instant_text(self.expires_at)}" if state == "expired" else ""
            msg = f"Request {self.id} is {state}{when}, and cannot be {what}. Ask anew."
            raise AccessDeniedError(msg)

    def __repr__(self) -> str:
        """Say in one line who asked for what."""
        by = f", approved by {self.approved_by}" if self.approved_by else ""
        end = ", refused" if self.refused_by else ", used" if self.is_used else ""
        return f"<ApprovalRequest: {self.action}, made by {self.made_by}{by}{end}>"
