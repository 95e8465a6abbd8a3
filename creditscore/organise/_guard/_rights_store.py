"""What customers have a right to: consents, requests, correction, and all that is known of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from creditscore._checks import check_kind
from creditscore.collect import Observations
from creditscore.exceptions import StoreError
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
from creditscore.organise._guard._subject_access import SubjectAccess
from creditscore.organise._store import _clock
from creditscore.organise._store._base import OWNER
from creditscore.organise._store._changes import StoreChanges
from creditscore.organise._store._load_result import LoadResult
from creditscore.organise._store._numbering import row_number
from creditscore.organise._store._schema import items, observations, origins
from creditscore.protect import Consent, SubjectRequest


class StoreRights(StoreErasing, StoreChanges):
    """Rights of customers; see :class:`CustomerStore`."""

    def record_consent(self, consent: Consent) -> None:
        """Record that a customer agreed to a purpose.

        Parameters
        ----------
        consent : Consent
            Who agreed to what, since when, and the reference of the evidence.

        Raises
        ------
        InvalidParameterError
            The store has a plan, and the purpose is not in it.
        StoreError
            There is no such customer.
        AccessDeniedError
            The policy does not let the actor record consents.
        """
        self._check_open()
        check_kind(consent, "consent", f"{OWNER}.record_consent", Consent)
        self._desk.check("consent")
        if self._desk.plan is not None:
            self._desk.plan[consent.purpose]  # one that the plan has not opens nothing
        said = {"purpose": consent.purpose}
        self._record(CONSENT, str(consent.subject), plain(consent), said)

    def withdraw_consent(self, customer: str, purpose: str, *, at: Any = None) -> None:
        """Record that a customer withdrew the consent to a purpose.

        Parameters
        ----------
        customer : str
            The customer.
        purpose : str
            Name of the purpose.
        at : str, date or datetime, optional
            From when on; without, now.

        Raises
        ------
        StoreError
            There is no such customer, or no consent of it to the purpose that holds then.
        AccessDeniedError
            The policy does not let the actor record consents.
        """
        self._check_open()
        self._desk.check("consent")
        name = str(customer)
        given = pd.Timestamp(_clock.now(), unit="us", tz="UTC") if at is None else at
        held = [c for c in self.consents() if (c.subject, c.purpose) == (name, purpose)]
        held = [consent for consent in held if consent.holds_at(given)]
        if not held:
            msg = f"There is no consent of this customer to {purpose!r} that holds then."
            raise StoreError(msg)
        instant = held[0].withdrawn(given).withdrawn_at.isoformat()
        said = {"purpose": purpose}
        self._record(WITHDRAWAL, name, {"purpose": purpose, "at": instant}, said)

    def consents(self) -> tuple[Consent, ...]:
        """Return all consents, each with the instant from which a withdrawal ends it.

        A withdrawal ends all that this customer gave to the purpose before it.

        Raises
        ------
        AccessDeniedError
            The policy does not let the actor record consents, nor audit.
        """
        self._desk.check_any("consent", "audit")
        with self._reading() as connection:
            return read_consents(self._desk.customers(connection))

    def record_request(self, request: SubjectRequest) -> None:
        """Record what a customer asked for, or, by the same request again, what was answered.

        Parameters
        ----------
        request : SubjectRequest
            Access, correction, erasure, objection or portability; with a day of the answer once
            there is one.

        Raises
        ------
        StoreError
            There is no such customer.
        ErasedSubjectError
            Its data were erased; record the answer to a request of erasure before.
        AccessDeniedError
            The policy does not let the actor record consents and requests.
        """
        self._check_open()
        check_kind(request, "request", f"{OWNER}.record_request", SubjectRequest)
        self._desk.check("consent")
        said = {"kind": request.kind, "answered": request.answered_on is not None}
        self._record(REQUEST, str(request.subject), plain(request), said)

    def requests(self) -> tuple[SubjectRequest, ...]:
        """Return all requests of customers, each as it was last recorded; errors as of consents."""
        self._desk.check_any("consent", "audit")
        with self._reading() as connection:
            return read_requests(self._desk.customers(connection))

    def rectify(self, observation: int, value: Any, *, evidence: str) -> LoadResult:
        """Correct a fact at the request of its customer.

        Parameters
        ----------
        observation : int
            Number of the fact.
        value : float, str, bool or date
            What it should have been.
        evidence : str
            Reference of the request or of the document that shows it.

        Returns
        -------
        LoadResult

        Raises
        ------
        StoreError
            There is no such observation.
        InvalidParameterError
            What is given is no number of one.
        ErasedSubjectError
            The data of its customer were erased.
        InvalidDataError
            The value is none of the item.
        AccessDeniedError
            The policy does not let the actor write the item.

        Notes
        -----
        A newer observation of the same item, days and source takes the place of the old one from
        now on; the old one stays as what was believed until then.
        """
        number = row_number(observation, "observation", f"{OWNER}.rectify")
        with self._reading() as connection:
            row = _row(connection, number)
            known = self._desk.customers(connection)
            name = known.names([row.customer_id])[row.customer_id]
            customer_id(known, name)
        fact = {
            "customer": name, "record": row.record, "item": row.name, "value": value,
            "unit": row.unit, "true_from": _day(row.true_from), "true_to": _day(row.true_to),
            "source": row.source, "source_name": row.source_name, "method": row.method,
            "collected_by": self.actor.name, "evidence": evidence,
            "collected_at": pd.Timestamp(_clock.now(), unit="us", tz="UTC"),
        }  # fmt: skip
        table = pd.DataFrame([{n: v for n, v in fact.items() if v is not None}])
        given = Observations.from_frame(table, catalogue=self.catalogue)
        return self.load(given, note=f"rectification of observation {row.id}")

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
            Facts with sources, corrections and what was taken back, rejected rows that name the
            customer, reads of its protected data, consents, requests, purposes and retention.

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
        name = str(customer)
        with self._reading() as connection:
            customer_id(self._desk.customers(connection), name)
        about = self.catalogue.items
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
