"""Holds, retention and erasure: what a store does so that personal data end when they should."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from creditscore._checks import check_kind
from creditscore._days import check_day
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidParameterError, MergedCustomersWarning, StoreError
from creditscore.organise._guard._cleaning import clean
from creditscore.organise._guard._erasing import Erasing
from creditscore.organise._guard._erasure import Erasure, RetentionApplied
from creditscore.organise._guard._events import (
    HOLD,
    RELEASE,
    add_event,
    customer_id,
    day_of,
    plain,
    read_holds,
)
from creditscore.organise._guard._register import ErasureRegister
from creditscore.organise._guard._retaining import check_events, expire, kept_items, retention_of
from creditscore.organise._store import _clock
from creditscore.organise._store._base import OWNER, StoreBase
from creditscore.organise._store._erased import REGISTER, pseudonym
from creditscore.organise._store._writing import next_instant
from creditscore.protect import LegalHold, Retention, RetentionRule


class StoreErasing(StoreBase):
    """Holding, retaining and erasing; see :class:`CustomerStore`."""

    def place_hold(
        self,
        customer: str,
        *,
        reason: str,
        starts_on: Any = None,
        ends_on: Any = None,
        approval: str = "",
    ) -> LegalHold:
        """Record that nothing of a customer may be erased.

        Parameters
        ----------
        customer : str
            The customer.
        reason : str
            The claim, the inquiry or the order that needs the data. Where the store has keys, it
            is encrypted, and gone with the data; the trail tells that there was a hold.
        starts_on : str or date, optional
            First day; without, today in UTC.
        ends_on : str or date, optional
            Day from which it holds no more; without, it holds until it is released.
        approval : str, default=""
            Number of an approved request for this customer, where the policy asks for four eyes.

        Returns
        -------
        LegalHold

        Raises
        ------
        StoreError
            There is no such customer.
        ErasedSubjectError
            Its data were erased.
        AccessDeniedError
            The policy does not let the actor hold, or nobody approved it.
        """
        self._check_open()
        self._desk.check_granted("hold", approval)
        first = day_of(_clock.now()) if starts_on is None else starts_on
        hold = LegalHold(
            subject=str(customer), reason=reason, placed_by=self.actor.name, starts_on=first,
            ends_on=ends_on,
        )  # fmt: skip
        allowed = ("hold", approval)
        # the trail keeps for good what is said there, and so says no reason
        self._record(allowed, HOLD, str(hold.subject), plain(hold), {})
        return hold

    def release_hold(self, customer: str, *, reason: str, approval: str = "") -> None:
        """Record that all holds of a customer end today.

        Parameters
        ----------
        customer : str
            The customer.
        reason : str
            Why; kept as that of the hold.
        approval : str, default=""
            Number of an approved request for this customer, where the policy asks for four eyes.

        Raises
        ------
        StoreError
            There is no such customer, or nothing of it is held.
        AccessDeniedError
            The policy does not let the actor hold, or nobody approved it.
        """
        self._check_open()
        self._check_reason(reason, "release_hold")
        self._desk.check_granted("hold", approval)
        today = day_of(_clock.now())
        held = [hold for hold in self.holds() if hold.subject == str(customer)]
        if not any(hold.ends_on is None or hold.ends_on > today for hold in held):
            msg = "Nothing of this customer is held, so there is nothing to release."
            raise StoreError(msg)
        allowed = ("hold", approval)
        self._record(allowed, RELEASE, str(customer), {"reason": reason}, {})

    def holds(self) -> tuple[LegalHold, ...]:
        """Return all holds, those that have ended with their last day.

        One that was released on its first day never held, and is not among them.

        Raises
        ------
        AccessDeniedError
            The policy does not let the actor hold, nor erase or audit.
        """
        self._desk.check_any("hold", "erase", "audit")
        with self._reading() as connection:
            return read_holds(self._desk.customers(connection))

    def retention(
        self,
        rules: Iterable[RetentionRule] | None = None,
        as_of: Any = None,
        *,
        customers: pd.DataFrame | None = None,
    ) -> Retention:
        """Tell which facts are due for erasure on a day, and what keeps the rest.

        Parameters
        ----------
        rules : iterable of RetentionRule, optional
            How long what is kept; without, those of the plan of the store.
        as_of : str or date, optional
            The day; without, today in UTC.
        customers : DataFrame, optional
            Index customer; a column of days for each event of customers that rules count from,
            such as relationship_ended_on. An event that is not there has not come.

        Returns
        -------
        Retention
            The index of its table is the number of the observation; the kind of each customer
            and the holds are those of the store.

        Raises
        ------
        InvalidParameterError
            There are no rules, nor a plan.
        InvalidDataError
            A day of an event is none, a customer stands twice in `customers`, or the table says
            nothing: customers are a column, none of them is in the store, or there is no event of
            the rules.
        AccessDeniedError
            The policy does not let the actor erase, nor hold or audit.

        Notes
        -----
        No value is read, and facts of customers who were erased are not among them.

        O(n) time and memory for n facts.
        """
        self._check_open()
        day = day_of(_clock.now()) if as_of is None else str(check_day(as_of, "as_of", OWNER))
        wanted = self._rules(rules, "retention")
        self._desk.check_any("erase", "hold", "audit")
        with self._reading() as connection:
            check_events(self._desk.customers(connection), wanted, customers, f"{OWNER}.retention")
            return retention_of(
                connection, self._desk, self.catalogue, wanted, day, customers=customers
            )

    def erase(
        self,
        customer: str,
        *,
        reason: str,
        rules: Iterable[RetentionRule] | None = None,
        customers: pd.DataFrame | None = None,
        approval: str = "",
        register: ErasureRegister | None = None,
        vacuum: bool = False,
    ) -> Erasure:
        """Erase a customer: the key is destroyed under which its values are encrypted.

        Parameters
        ----------
        customer : str
            The customer.
        reason : str
            Why; it stays for good, so it names nobody.
        rules : iterable of RetentionRule, optional
            What must be kept, by rules with ``keep=True``; without, those of the plan of the
            store. Facts in the clear that such a rule keeps, as invoices, can still be read,
            under a pseudonym; if one keeps a protected fact, nothing is erased.
        customers : DataFrame, optional
            Events that rules count from, as in :meth:`retention`, with the same errors. What has
            not come keeps on.
        approval : str, default=""
            Number of an approved request (:attr:`approvals`) for this customer, where the policy
            asks for four eyes.
        register : ErasureRegister, optional
            File outside of the store, from which :meth:`restore` erases again; without one, a
            backup from before brings the customer back.
        vacuum : bool, default=False
            Whether the database is written anew, too: all of the file in SQLite, the table of
            keys in PostgreSQL.

        Returns
        -------
        Erasure

        Raises
        ------
        StoreError
            There is no such customer, a hold or a rule keeps it, or the store has no keys.
        ErasedSubjectError
            Its data were erased before.
        DecryptionError
            Rows of customers were changed, so that one may stand in the store twice, and some of
            its data would stay.
        AccessDeniedError
            The policy does not let the actor erase, or nobody approved it.

        Warns
        -----
        MergedCustomersWarning
            Others are merged with the customer, and their data were not erased.

        Notes
        -----
        One transaction, and then the database is made to let go of the deleted row. Gone are, in
        the store and for good: protected values in all their versions, evidence, also that of
        facts that a rule keeps, and rejected rows of the customer (:meth:`reject` says which those
        are). Consents, requests and holds stay with their days, without evidence, answers and
        reasons, for each of which ``"(erased)"`` stands. No answer shows any more, though their
        bytes stay: facts in the clear, also those that were derived of others, except the ones
        that a rule keeps. The name of the customer goes with its key, and is ``"erased:…"``
        everywhere; a keyed digest of it stays, by which the customer is refused when it is loaded
        again. Other reasons, notes of batches and names of sources are no customer's; write none
        into them.

        Customers that were merged with it are customers of their own here, and with
        ``resolve=True`` nobody is read as it any more, nor what is kept of it as anybody else's:
        erase each. Those that were merged through it stay one: of A that leads to it, and it to
        C, A is read as C. Copies that left the store are not reached: exports, results of programs,
        caches.

        All names are read first, so that nobody stands in the store twice: O(customers + rejects)
        time, ten microseconds each, and a few where they were read before.
        """
        self._check_open()
        self._check_reason(reason, "erase")
        name = str(customer)
        wanted = self._rules(rules, "erase", none=True)
        if register is not None:
            check_kind(register, "register", f"{OWNER}.erase", ErasureRegister)
        self._desk.check_granted("erase", approval)
        with self._reading() as connection:
            check_events(self._desk.customers(connection), wanted, customers, f"{OWNER}.erase")
            self._check_free(connection, name, wanted, customers)
        self._desk.allow("erase", approval, subjects=[name])
        with self._writing() as connection:
            number, kept = self._check_free(connection, name, wanted, customers)
            erasing = Erasing.of(self._desk.customers(connection))
            counts = erasing.destroy(number, reason=reason, by=self.actor.name, kept=kept)
            said = {"reason": reason, "values": counts.values, "rejects": counts.rejects,
                    "kept": list(kept), "registered": register is not None}  # fmt: skip
            self._desk.record_change(connection, "erase", said, [name])
            if register is not None:
                # before the commit: rather one too many in the register than one too few
                register.add(name, kept, self.actor, self._desk.vault.derive(REGISTER))
        is_cleaned = clean(self._engine, vacuum=vacuum)
        if counts.linked:
            msg = (
                f"{counts.linked:,} other customer(s) are merged with the one whose data were "
                "erased, and theirs were not. Erase each of them that is the same person: "
                "store.links() tells which they are."
            )
            warn_user(msg, MergedCustomersWarning)
        return Erasure(
            pseudonym=pseudonym(number), erased_at=pd.Timestamp(counts.at, unit="us", tz="UTC"),
            n_values=counts.values, n_rejects=counts.rejects, n_kept=counts.kept,
            n_left=counts.left, n_evidence=counts.evidence, n_linked=counts.linked,
            kept_items=tuple(kept), is_registered=register is not None, is_cleaned=is_cleaned,
        )  # fmt: skip

    def apply_retention(
        self,
        retention: Retention,
        *,
        reason: str,
        approval: str = "",
        register: ErasureRegister | None = None,
        vacuum: bool = False,
    ) -> RetentionApplied:
        """Erase what is due.

        Parameters
        ----------
        retention : Retention
            Of :meth:`retention`, made today; what has been held since is not erased.
        reason, register, vacuum
            As those of :meth:`erase`.
        approval : str, default=""
            Number of an approved request for the customers of the facts that are due.

        Returns
        -------
        RetentionApplied

        Raises
        ------
        InvalidParameterError
            It was made of another table than the store's, or is of a day that has not come.
        AccessDeniedError
            The policy does not let the actor erase, or nobody approved it.

        Notes
        -----
        A key is that of a whole customer. Where all its protected facts are due, it is destroyed
        as by :meth:`erase`, and facts in the clear that are not due are kept under the pseudonym.
        Of other customers the facts that are due expire: no answer shows them any more, at
        whatever instant, and their bytes stay until the key goes. Who was erased and what expired
        before is passed over, and where nothing is left to do, nothing is recorded.
        """
        self._check_open()
        self._check_reason(reason, "apply_retention")
        check_kind(retention, "retention", f"{OWNER}.apply_retention", Retention)
        if retention.as_of > day_of(_clock.now()):
            msg = f"The day of the retention, {retention.as_of}, has not come yet."
            raise InvalidParameterError(msg)
        due = retention.due()
        subjects = sorted({str(name) for name in due["customer"]})
        self._desk.allow("erase", approval, subjects=subjects)
        with self._writing() as connection:
            plan = expire(
                connection, self._desk, self.catalogue, retention, reason=reason,
                by=self.actor.name, register=register,
            )  # fmt: skip
            if plan.erased or plan.n_expired:
                said = {"reason": reason, "as_of": retention.as_of, "customers": len(plan.erased),
                        "expired": plan.n_expired, "held": plan.n_held,
                        "registered": register is not None}  # fmt: skip
                self._desk.record_change(connection, "erase", said, subjects)
            if register is not None:
                for name, kept in plan.registered:
                    register.add(name, kept, self.actor, self._desk.vault.derive(REGISTER))
        cleaned = clean(self._engine, vacuum=vacuum) if plan.erased else True
        return RetentionApplied(
            erasures=tuple(plan.results(is_cleaned=cleaned)), n_expired=plan.n_expired,
            n_held=plan.n_held,
        )  # fmt: skip

    def _check_free(
        self,
        connection: sa.Connection,
        name: str,
        rules: Sequence[RetentionRule],
        events: pd.DataFrame | None,
    ) -> tuple[int, tuple[str, ...]]:
        """Check that nothing keeps a customer from being erased; return its number and the rest."""
        known = self._desk.customers(connection)
        number = customer_id(known, name)
        if not self._desk.vault.has_keys:
            msg = "The store was made without keys, so no key can be destroyed in it."
            raise StoreError(msg)
        today = day_of(_clock.now())
        hold = next((h for h in read_holds(known) if h.subject == name and h.holds_on(today)),
                    None)  # fmt: skip
        if hold is not None:
            msg = (
                f"A legal hold keeps this customer: {hold.reason}, since {hold.starts_on}. Nothing "
                "was erased."
            )
            raise StoreError(msg)
        kept, by_rule = kept_items(
            connection, self._desk, self.catalogue, [rule for rule in rules if rule.keep], number,
            today, events,
        )  # fmt: skip
        guarded = [item for item in kept if self.catalogue[item].is_protected]
        if guarded:
            msg = (
                f"The rule {by_rule[guarded[0]]!r} keeps the item {guarded[0]!r} of this customer, "
                "which is protected, so its key cannot be destroyed. Nothing was erased."
            )
            raise StoreError(msg)
        return number, kept

    def _rules(
        self, rules: Iterable[RetentionRule] | None, call: str, *, none: bool = False
    ) -> tuple[RetentionRule, ...]:
        plan = self._desk.plan
        if rules is None and plan is None and not none:
            msg = (
                f"{OWNER}.{call} needs rules, or a plan that has some: give 'rules', or "
                "store.change_plan(plan) first."
            )
            raise InvalidParameterError(msg)
        wanted = tuple(rules if rules is not None else plan.rules if plan is not None else ())
        for rule in wanted:
            check_kind(rule, "rules", f"{OWNER}.{call}", RetentionRule)
        return wanted

    def _record(
        self,
        allowed: tuple[str, str],
        kind: str,
        customer: str,
        content: dict[str, Any],
        said: dict[str, Any],
    ) -> None:
        """Add an event of a customer, and its record in the trail, where an action allows it.

        The action comes with the number of an approval, which is used if there is the customer.
        """
        action, approval = allowed
        self._desk.check_granted(action, approval)
        with self._reading() as connection:
            customer_id(self._desk.customers(connection), customer)
        self._desk.allow(action, approval, subjects=[customer])
        with self._writing() as connection:
            known = self._desk.customers(connection)
            number = customer_id(known, customer)
            at = next_instant(connection)
            add_event(known, kind, number, content, at=at, by=self.actor.name)
            self._desk.record_change(connection, kind, said, [customer])
