"""What customers have a right to: consents, requests, correction, and all that is known of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from creditscore._checks import check_kept, check_kind
from creditscore.collect import Observations
from creditscore.exceptions import InvalidParameterError, StoreError
from creditscore.organise._guard._access_content import Gathering
from creditscore.organise._guard._erasing_store import StoreErasing
from creditscore.organise._guard._events import (
    CONSENT,
    REQUEST,
    WITHDRAWAL,
    customer_id,
    plain,
    read_consents,
    read_requests,
)
from creditscore.organise._guard._rectifying import (
    check_counts,
    check_ends,
    event_items,
    moved_facts,
)
from creditscore.organise._guard._subject_access import SubjectAccess
from creditscore.organise._store import _clock
from creditscore.organise._store._base import OWNER
from creditscore.organise._store._changes import StoreChanges
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._load_result import LoadResult
from creditscore.organise._store._names import item_numbers
from creditscore.organise._store._numbering import row_number
from creditscore.organise._store._schema import items, observations, origins
from creditscore.organise._store._scope import Scope, retracted
from creditscore.organise._store._tables import Tables
from creditscore.organise._store._values import Reader
from creditscore.protect import Consent, SubjectRequest


class StoreRights(StoreErasing, StoreChanges):
    """Rights of customers; see :class:`CustomerStore`."""

    def record_consent(self, consent: Consent, *, approval: str = "") -> None:
        """Record that a customer agreed to a purpose.

        Parameters
        ----------
        consent : Consent
            Who agreed to what, since when, and the reference of the evidence.
        approval : str, default=""
            Number of an approved request for this customer, where the policy asks for four eyes.

        Raises
        ------
        InvalidParameterError
            The store has a plan, and the purpose is not in it.
        StoreError
            There is no such customer.
        AccessDeniedError
            The policy does not let the actor record consents, or nobody approved it.

        Notes
        -----
        Where the store has keys, the evidence is encrypted, and gone with the data of the
        customer; that there was a consent, to what and when, stays.
        """
        self._check_open()
        check_kind(consent, "consent", f"{OWNER}.record_consent", Consent)
        self._desk.check_granted("consent", approval)
        if self._desk.plan is not None:
            self._desk.plan[consent.purpose]  # one that the plan has not opens nothing
        said = {"purpose": consent.purpose}
        self._record(("consent", approval), CONSENT, str(consent.subject), plain(consent), said)

    def withdraw_consent(
        self, customer: str, purpose: str, *, at: Any = None, approval: str = ""
    ) -> None:
        """Record that a customer withdrew the consent to a purpose.

        Parameters
        ----------
        customer : str
            The customer.
        purpose : str
            Name of the purpose.
        at : str, date or datetime, optional
            From when on; without, now.
        approval : str, default=""
            Number of an approved request for this customer, where the policy asks for four eyes.

        Raises
        ------
        StoreError
            There is no such customer, or no consent of it to the purpose that holds then.
        AccessDeniedError
            The policy does not let the actor record consents, or nobody approved it.
        """
        self._check_open()
        self._desk.check_granted("consent", approval)
        name = str(customer)
        given = pd.Timestamp(_clock.now(), unit="us", tz="UTC") if at is None else at
        held = [c for c in self.consents() if (c.subject, c.purpose) == (name, purpose)]
        held = [consent for consent in held if consent.holds_at(given)]
        if not held:
            msg = f"There is no consent of this customer to {purpose!r} that holds then."
            raise StoreError(msg)
        instant = held[0].withdrawn(given).withdrawn_at.isoformat()
        content, said = {"purpose": purpose, "at": instant}, {"purpose": purpose}
        self._record(("consent", approval), WITHDRAWAL, name, content, said)

    def consents(self) -> tuple[Consent, ...]:
        """Return all consents, each with the instant from which a withdrawal ends it.

        A withdrawal ends all that this customer gave to the purpose before it, and an erasure all
        of its consents.

        Raises
        ------
        AccessDeniedError
            The policy does not let the actor record consents, nor audit.
        """
        self._desk.check_any("consent", "audit")
        with self._reading() as connection:
            return read_consents(self._desk.customers(connection))

    def record_request(self, request: SubjectRequest, *, approval: str = "") -> None:
        """Record what a customer asked for, or, by the same request again, what was answered.

        Parameters
        ----------
        request : SubjectRequest
            Access, correction, erasure, objection or portability; with a day of the answer once
            there is one.
        approval : str, default=""
            Number of an approved request for this customer to ``"consent"``, where the policy asks
            for four eyes.

        Raises
        ------
        StoreError
            There is no such customer.
        ErasedSubjectError
            Its data were erased; record the answer to a request of erasure before.
        AccessDeniedError
            The policy does not let the actor record consents and requests, or nobody approved it.

        Notes
        -----
        Where the store has keys, the outcome is encrypted, and gone with the data of the customer;
        that something was asked for and answered, and when, stays.
        """
        self._check_open()
        check_kind(request, "request", f"{OWNER}.record_request", SubjectRequest)
        said = {"kind": request.kind, "answered": request.answered_on is not None}
        self._record(("consent", approval), REQUEST, str(request.subject), plain(request), said)

    def requests(self) -> tuple[SubjectRequest, ...]:
        """Return all requests of customers, each as it was last recorded; errors as of consents."""
        self._desk.check_any("consent", "audit")
        with self._reading() as connection:
            return read_requests(self._desk.customers(connection))

    def rectify(
        self, observation: int, value: Any, *, evidence: str, true_from: Any = None
    ) -> LoadResult:
        """Correct a fact at the request of its customer.

        Parameters
        ----------
        observation : int
            Number of the fact.
        value : float, str, bool or date
            What it should have been.
        evidence : str
            Reference of the request or of the document that shows it.
        true_from : str or date, optional
            Of what happens once: the day from which it should have been true; without, as the
            notes say.

        Returns
        -------
        LoadResult

        Raises
        ------
        StoreError
            There is no such observation.
        InvalidParameterError
            What is given is no number of one; it was corrected or retracted since, by the number
            that is named; there is no value or no evidence; `true_from` is given of what does not
            happen once; another day of the record is the same, or what moves would count in the
            place of what another source told later, so that it must be given; or a fact would be
            true from after its end.
        ErasedSubjectError
            The data of its customer were erased.
        InvalidDataError
            The value is none of the item.
        AccessDeniedError
            The policy does not let the actor write the item, or what moves with it.

        Notes
        -----
        A newer observation of the same item, days and source takes the place of the old one from
        now on; the old one stays as what was believed until then.

        The day of what happens once (``Item.once``), such as a payment or an incident, is mostly
        true from itself. Where it was, its correction is true from the new day: from now on the
        event happened then, and on no day between. What else happens once and was true from the
        old day of the same record, such as the amount of the payment, moves with it, as in a
        corrected export: each under its own source, with its own confidence, evidence, collector
        and instant of collection; that is now only where the same was told of the new day before.
        A source that tells the day itself keeps what it told, and so does a customer that was
        merged: rectify each. A day that is true from another one, such as a day due from that of
        its invoice, stays true from there. To take such a correction back, rectify the new fact to
        the old day, and all moves back; to retract it alone parts the day from the rest.
        """
        number = row_number(observation, "observation", f"{OWNER}.rectify")
        _check_said(value, evidence)
        # who may not write learns neither what is there nor whose it is
        self._check_writer()
        with self._reading() as connection:
            row = _row(connection, number)
        self._desk.check("write", self.catalogue[row.name])
        with self._reading() as connection:
            known = self._desk.customers(connection)
            name = known.names([row.customer_id])[row.customer_id]
            customer_id(known, name)
            check_counts(known, row, self.catalogue[row.name])
            first, others = self._moved(known, row, value, true_from)
        check_ends(row.id, row.name, first, _day(row.true_to))
        now = pd.Timestamp(_clock.now(), unit="us", tz="UTC")
        fact = {
            "record": row.record, "item": row.name, "value": value, "unit": row.unit,
            "true_from": first, "true_to": _day(row.true_to), "source": row.source,
            "source_name": row.source_name, "method": row.method, "evidence": evidence,
            "collected_by": self.actor.name, "confidence": 1.0,
        }  # fmt: skip
        rows = [{"customer": name, "collected_at": now}
                | {n: v for n, v in one.items() if v is not None}
                for one in (fact, *others)]  # fmt: skip
        table = pd.DataFrame(rows)
        given = Observations.from_frame(table, catalogue=self.catalogue)
        return self.load(given, note=f"rectification of observation {row.id}")

    def _moved(
        self, known: Customers, row: Any, value: Any, true_from: Any
    ) -> tuple[Any, list[dict[str, Any]]]:
        """Return from when a rectified fact is true, and facts of its event that move with it."""
        item = self.catalogue[row.name]
        if true_from is not None and not item.once:
            msg = (
                f"The 'true_from' parameter of {OWNER}.rectify is for what happens once, and "
                f"{item.name!r} changes with time: load what is right, and retract what is not."
            )
            raise InvalidParameterError(msg)
        if true_from is not None or not item.once or item.kind != "day":
            return _day(row.true_from) if true_from is None else true_from, []
        numbers = item_numbers(
            known.connection, [one.name for one in event_items(self.catalogue, item)]
        )
        scope = Scope(
            items=tuple(numbers.values()), customers=np.array([row.customer_id]),
            with_retracted=True,
        )  # fmt: skip
        by_number = {one: self.catalogue[name] for name, one in numbers.items()}
        # values that move are written again, and shown to nobody
        reader = Reader(items=by_number, masked=frozenset(), vault=self._desk.vault)
        tables = Tables(customers=known, scope=scope, reader=reader)
        facts = tables.observations(history=True)
        gone = set(retracted(known.connection, Scope(items=scope.items)).tolist())
        first, others = moved_facts(facts, gone, self.catalogue, int(row.id), value)
        return first or _day(row.true_from), others

    def subject_access(
        self, customer: str, *, scores: pd.DataFrame | None = None, approval: str = ""
    ) -> SubjectAccess:
        """Gather all that is known of a customer, as it has a right to see.

        Parameters
        ----------
        customer : str
            The customer.
        scores : DataFrame, optional
            Scores and grades that were made of it, which the store does not keep; with a column
            or an index ``customer``. Rows of others are left out.
        approval : str, default=""
            Number of an approved request to export all items of the catalogue for this customer,
            where the policy asks for four eyes.

        Returns
        -------
        SubjectAccess
            Facts with sources, corrections and what was taken back, rejected rows that are
            its own, reads of its protected data, consents, requests, purposes and retention.

        Raises
        ------
        StoreError
            There is no such customer.
        ErasedSubjectError
            Its data were erased.
        AccessDeniedError
            The policy does not let the actor export an item, or nobody approved it.

        Notes
        -----
        Reads of this customer alone are recognised by the digest in the trail. One of several
        customers at once says how many and not whom, so each such read is listed as one that may
        have been of the customer too.
        """
        self._check_open()
        name, about = str(customer), self.catalogue.items
        self._desk.check_granted("export", approval, about)
        with self._reading() as connection:
            customer_id(self._desk.customers(connection), name)
        self._desk.allow("export", approval, subjects=[name], items=about)
        with self._reading() as connection:
            known = self._desk.customers(connection)
            gathering = Gathering(
                customers=known, desk=self._desk, catalogue=self.catalogue, name=name,
                number=customer_id(known, name),
            )  # fmt: skip
            content = gathering.content(scores)
        said = {"call": "subject_access", "facts": len(content["facts"])}
        self._desk.trail().append(self.actor, "export", said, subjects=[name])
        return SubjectAccess(content=content)


def _check_said(value: Any, evidence: Any) -> None:
    """Check that a value and a reference are given; neither is shown, for it may be personal."""
    owner = f"{OWNER}.rectify"
    is_empty = value.strip() == "" if isinstance(value, str) else None
    if is_empty or (pd.api.types.is_scalar(value) and pd.isna(value)):
        msg = f"The 'value' parameter of {owner} must be what is right; retract what never was."
        raise InvalidParameterError(msg)
    if not isinstance(evidence, str) or not evidence.strip():
        msg = f"The 'evidence' parameter of {owner} must name the request or document."
        raise InvalidParameterError(msg)
    check_kept(evidence, "evidence", owner)


def _row(connection: sa.Connection, number: int) -> Any:
    of_origin = (origins.c.source, origins.c.source_name, origins.c.method, origins.c.unit)
    asked = (
        sa.select(observations, items.c.name, *of_origin)
        .join(items, items.c.id == observations.c.item_id)
        .join(origins, origins.c.id == observations.c.origin_id)
        .where(observations.c.id == number)
    )
    row = connection.execute(asked).first()
    if row is None:
        msg = f"There is no observation {number}."
        raise StoreError(msg)
    return row


def _day(number: int | None) -> str | None:
    return None if number is None else str(np.datetime64(number, "D"))
