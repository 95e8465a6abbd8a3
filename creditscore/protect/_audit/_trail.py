"""The audit trail: what was done and read is added to it, and it can be checked."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import counted
from creditscore._validation import check_integer
from creditscore.exceptions import BrokenTrailError, CreditScoreError, InvalidParameterError
from creditscore.protect._access._actor import Actor
from creditscore.protect._audit._anchor import Anchor
from creditscore.protect._audit._chain import (
    GENESIS,
    audit_key_fault,
    canonical_json,
    linked,
    same,
    subjects_digest,
)
from creditscore.protect._audit._record import AuditRecord, TrailHead, expected_hash
from creditscore.protect._audit._sinks import AuditSink
from creditscore.protect._audit._verify import TrailReport, verify_records
from creditscore.protect._crypto._secret import SecretHolder
from creditscore.protect._fields import instant_text, read_instant
from creditscore.protect._fields import now as system_now
from creditscore.protect._subjects import subjects_of

_COLUMNS = (
    "number", "at", "actor", "roles", "purpose", "action", "n_subjects", "details",
)  # fmt: skip


_OF_DESK = "request."
"""How actions begin that an approval desk alone records, after its checks."""
BREAK_GLASS = "break_glass"
"""Action that the function of this name alone records, after its checks."""


class HeadMovedError(Exception):
    """Another record was appended meanwhile."""


class AuditTrail(SecretHolder):
    """A trail of what was done and read, in a keyed chain of hashes.

    Parameters
    ----------
    sink : AuditSink
        Where records are kept: :class:`MemorySink`, :class:`FileSink`, or that of a store.
    key : bytes
        Secret of 16 bytes or more; it is shown nowhere.
    clock : callable, optional
        Returns the instant of a record; without, the clock of the system.

    Raises
    ------
    InvalidParameterError
        The key is too short or no bytes.

    See Also
    --------
    Anchor : Shows that the end of a trail was cut off.

    Notes
    -----
    One record is made for each call that reads personal fields and for each change. It says who,
    in which roles, for what, when, which items under which conditions, and how many customers;
    the set of them stands in it as a keyed digest, so that the trail is no list of customers, and
    :meth:`AuditRecord.is_of` can still prove that it was this set. Values of customers belong
    neither into `details` nor into reasons, since nothing is ever taken out of a trail.

    The key stays for the life of a trail. For another key, end the trail by an anchor and begin a
    new one whose first record names that anchor.

    Examples
    --------
    >>> from creditscore.protect import Actor, AuditTrail, MemorySink
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> ana = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    >>> _ = trail.append(ana, "read", {"items": ["phone"]}, subjects=["X", "Y"])
    >>> _ = trail.append(ana, "write", {"items": ["revenue"]}, subjects=["X"])
    >>> trail
    AuditTrail(2 records in MemorySink)
    >>> trail.verify().is_whole
    True
    >>> trail.table()[["number", "actor", "action", "n_subjects"]]
       number actor action  n_subjects
    0       1   ana   read           2
    1       2   ana  write           1
    """

    def __init__(
        self, sink: AuditSink, *, key: bytes, clock: Callable[[], dt.datetime] | None = None
    ) -> None:
        # a trail that fails is shown, too, by reports of errors
        self.sink = sink
        self._clock = system_now if clock is None else clock
        fault = audit_key_fault(key, "AuditTrail")
        if fault is not None:
            del key
            raise InvalidParameterError(fault)
        self._key = key

    def append(
        self,
        actor: Actor,
        action: str,
        details: Mapping[str, Any] | None = None,
        *,
        subjects: Iterable[Any] | None = None,
    ) -> AuditRecord:
        """Add a record; it is kept for good when this returns.

        Parameters
        ----------
        actor : Actor
            Who acts.
        action : str
            What is done.
        details : mapping, optional
            Plain values that say more: items, days, conditions, reasons; no values of customers.
        subjects : iterable of str or int, optional
            Customers that were read or changed, a number and its text being one; only how many
            they are and a digest are kept.

        Returns
        -------
        AuditRecord

        Raises
        ------
        InvalidParameterError
            No actor, an action that is no text or is one of an :class:`ApprovalDesk`
            (``"request.…"``) or of :func:`break_glass`, or one text for a set of customers.
        InvalidDataError
            JSON cannot hold the details, or a customer is no text and no whole number.
        BrokenTrailError
            The last record of a file is not finished, or is none.
        """
        _check_open(action, "append")
        return self.sink.append(self._maker(actor, action, details, subjects))

    def append_after(
        self,
        head: TrailHead,
        actor: Actor,
        action: str,
        details: Mapping[str, Any] | None = None,
        *,
        subjects: Iterable[Any] | None = None,
    ) -> AuditRecord | None:
        """Add a record if the trail still ends at a head, so that what was read still holds.

        Parameters
        ----------
        head : TrailHead
            Where the trail must end.
        actor : Actor
            Who acts.
        action : str
            What is done.
        details : mapping, optional
            Plain values that say more.
        subjects : iterable of str or int, optional
            Customers that were read or changed.

        Returns
        -------
        AuditRecord or None
            None where others have added records meanwhile; nothing was added then.

        Raises
        ------
        InvalidParameterError, InvalidDataError, BrokenTrailError
            As by :meth:`append`.
        """
        _check_open(action, "append_after")
        return self._append_after(head, self._maker(actor, action, details, subjects))

    def _append_after(
        self, head: TrailHead, make: Callable[[TrailHead], AuditRecord]
    ) -> AuditRecord | None:
        def make_after(found: TrailHead) -> AuditRecord:
            if found.number != head.number or not same(found.hash, head.hash):
                raise HeadMovedError
            return make(found)

        try:
            return self.sink.append(make_after)
        except HeadMovedError:
            return None

    def _append_step(
        self,
        actor: Actor,
        action: str,
        details: Mapping[str, Any],
        *,
        subjects: Iterable[Any] | None,
        after: TrailHead | None = None,
    ) -> AuditRecord | None:
        """Add a step that was checked; None where the trail ends elsewhere than at a head."""
        make = self._maker(actor, action, details, subjects)
        return self.sink.append(make) if after is None else self._append_after(after, make)

    def verify(self, anchors: Anchor | Iterable[Anchor] = ()) -> TrailReport:
        """Check all records; edits, insertions, deletions and changes of order are found.

        Parameters
        ----------
        anchors : Anchor or iterable of Anchor, default=()
            Anchors that were kept elsewhere; by them it is found that the end was cut off, or
            that an older copy was put in the place of the trail.

        Returns
        -------
        TrailReport
            Whose :meth:`~TrailReport.check` raises an error where the trail is broken.
        """
        return verify_records(self.sink.records(), key=self._key, anchors=anchors)

    def since(self, head: TrailHead | int = 0) -> Iterator[AuditRecord]:
        """Go through the records after one, and check on the way that they follow each other.

        Parameters
        ----------
        head : TrailHead or int, default=0
            The record after which to begin. A number trusts the record before the first one that
            is read; a head does not.

        Yields
        ------
        AuditRecord

        Raises
        ------
        BrokenTrailError
            A record does not follow the one before it.
        """
        if isinstance(head, TrailHead):
            number, previous = head.number, head.hash
        else:
            number = check_integer(head, "head", "AuditTrail.since", low=0)
            previous = "" if number else GENESIS
        for record in self.sink.records(number):
            number += 1
            after = previous or record.previous
            right = same(record.hash, expected_hash(record, after, self._key))
            if record.number != number or not same(record.previous, after) or not right:
                msg = f"The trail is broken at record {number}; verify() says how."
                raise BrokenTrailError(msg)
            previous = record.hash
            yield record

    def anchor(self) -> Anchor:
        """Return an anchor of the trail as it is now, to be kept elsewhere."""
        return Anchor.of(self.sink.head(), self.now(), self._key)

    def table(self, after: int = 0) -> pd.DataFrame:
        """Return a row a record.

        Parameters
        ----------
        after : int, default=0
            Number of the record after which to begin.

        Returns
        -------
        DataFrame
            number, at (UTC), actor, roles, purpose, action, n_subjects, details (both as text).

        Raises
        ------
        BrokenTrailError
            A record does not follow the one before it.
        """
        rows = [
            [
                *(record.number, record.at, record.actor, ", ".join(record.roles)),
                *(record.purpose, record.action, record.n_subjects, canonical_json(record.details)),
            ]
            for record in self.since(after)
        ]
        frame = pd.DataFrame(rows, columns=list(_COLUMNS))
        frame["at"] = pd.to_datetime(frame["at"], utc=True).astype("datetime64[us, UTC]")
        return frame

    def digest(self, subjects: Iterable[Any]) -> str:
        """Return the digest of a set of customers as records of this trail have it.

        Parameters
        ----------
        subjects : iterable of str or int
            Customers; none gives an empty text.
        """
        customers = subjects_of(subjects)
        return subjects_digest(customers, key=self._key) if customers else ""

    def now(self) -> str:
        """Return the instant by the clock of the trail, as records have it."""
        return instant_text(read_instant(self._clock(), "clock", "AuditTrail"))

    def _maker(
        self,
        actor: Actor,
        action: str,
        details: Mapping[str, Any] | None,
        subjects: Iterable[Any] | None,
    ) -> Callable[[TrailHead], AuditRecord]:
        check_kind(actor, "actor", "AuditTrail.append", Actor)
        if not isinstance(action, str) or not action.strip():
            msg = f"The 'action' parameter of AuditTrail.append must be a text. Got {action!r}."
            raise InvalidParameterError(msg)
        customers = set() if subjects is None else subjects_of(subjects)
        digest = self.digest(customers)
        # what is hashed is what will be read back: lists for tuples, and nobody's to change
        plain = json.loads(canonical_json(dict(details or {})))

        def make(head: TrailHead) -> AuditRecord:
            body: dict[str, Any] = {
                "number": head.number + 1, "at": self.now(), "actor": actor.name,
                "roles": list(actor.roles), "purpose": actor.purpose, "action": action,
                "details": plain, "n_subjects": len(customers), "subjects_digest": digest,
            }  # fmt: skip
            hash_ = linked(head.hash, canonical_json(body), self._key)
            return AuditRecord.from_dict({**body, "previous": head.hash, "hash": hash_})

        return make

    def __repr__(self) -> str:
        """Say in one line how long it is, or that nobody can tell; no key is shown."""
        where = type(self.sink).__name__
        try:
            n = self.sink.head().number
        except (CreditScoreError, OSError):
            return f"AuditTrail(records that cannot be read in {where})"
        return f"AuditTrail({counted(n, 'record')} in {where})"


def _check_open(action: Any, name: str) -> None:
    """Refuse actions of approval desks and emergencies, which are recorded after their checks."""
    text = action.strip() if isinstance(action, str) else ""
    if text.startswith(_OF_DESK) or text == BREAK_GLASS:
        by = "an ApprovalDesk" if text.startswith(_OF_DESK) else "break_glass"
        msg = (
            f"AuditTrail.{name} records no action {action!r}, which {by} alone does after its "
            "checks. Call it otherwise, or use that."
        )
        raise InvalidParameterError(msg)
