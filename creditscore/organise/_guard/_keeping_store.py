"""Keeping a store: approvals, purposes, master keys, roles of the database, and a report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from creditscore._checks import check_kind, read_entries
from creditscore._days import check_day
from creditscore.exceptions import InvalidParameterError, StoreError
from creditscore.organise._guard._cleaning import clean
from creditscore.organise._guard._database_role import database_roles
from creditscore.organise._guard._erasing_store import StoreErasing
from creditscore.organise._guard._events import (
    customer_id,
    day_of,
    read_consents,
    read_holds,
    read_requests,
)
from creditscore.organise._guard._role_script import RoleScript
from creditscore.organise._guard._rotation import check_ring, rewrap
from creditscore.organise._store import _clock
from creditscore.organise._store._against_trail import (
    FollowedSink,
    Told,
    check_sees_all,
    differences,
)
from creditscore.organise._store._base import OWNER
from creditscore.organise._store._engine import is_sqlite
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import assignments
from creditscore.organise._store._store_trail_report import StoreTrailReport
from creditscore.organise._store._subjects import renew_protection, settings_of
from creditscore.organise._store._writing import next_instant
from creditscore.protect import (
    Actor,
    Anchor,
    ApprovalDesk,
    DataProtectionReport,
    KeyRing,
    ProtectionPlan,
    Retention,
)


class StoreKeeping(StoreErasing):
    """Administration; see :class:`CustomerStore`."""

    @property
    def plan(self) -> ProtectionPlan | None:
        """For what personal data may be used and how long they are kept, where that was set."""
        return self._desk.plan

    @property
    def approvals(self) -> ApprovalDesk:
        """Where what needs four eyes is asked for and approved, by records of the trail.

        Requests have no details. What is about customers (an erasure, a hold, a consent or a
        request of a customer, a merge, an assignment, an export) is asked for with these
        customers, an export with all items of the catalogue too; the rest (a backup, a change of
        keys, policy, plan or catalogue, the roles of the database) with neither. The number of
        the request is then the `approval` of the call. It is not used where a customer is not
        there, or where something such as a hold is found to be in the way.

        Raises
        ------
        StoreError
            The store has no policy, by which nothing needs an approval.
        """
        self._check_open()
        if self._desk.policy is None:
            msg = "The store has no policy, so that nothing needs an approval."
            raise StoreError(msg)
        with self._reading():
            return ApprovalDesk(self._desk.policy, self._desk.trail())

    def break_glass(self, *, reason: str) -> Actor:
        """Act in the emergency role of the policy for some hours, with a record that stays.

        Parameters
        ----------
        reason : str
            Why, 20 characters or more, and another one for each emergency of a person; it is kept
            for good, so it names no customer.

        Returns
        -------
        Actor
            Who uses the store from now on: the same person with the emergency role besides its
            own, which all end together. Whoever of its programs opens the store meanwhile may do
            so by this actor, or name the role.

        Raises
        ------
        StoreError
            The store has no policy.
        InvalidParameterError
            The policy has no emergency role, or the reason is too short.
        AccessDeniedError
            No role of the actor is granted it, it has the emergency role by now, or an emergency
            of the same person had this reason before.
        BrokenTrailError
            The audit trail is not whole.

        See Also
        --------
        creditscore.protect.break_glass : How it is recorded, and how long it lasts.

        Notes
        -----
        The right to audit is not needed. A store is opened in the emergency role by nobody
        without such a record, which must be the person's and running. At its end the actor may do
        nothing more: open the store anew. In PostgreSQL it takes a log-in that reads the trail, as
        members of the role of the library do. O(records) time.
        """
        with self._reading():
            # under the policy of now
            pass
        self._desk = self._desk.in_emergency(reason)
        return self.actor

    def change_plan(self, plan: ProtectionPlan, *, approval: str = "") -> None:
        """Say what personal data are used for; the plan before stays among the settings.

        Parameters
        ----------
        plan : ProtectionPlan
            Purposes and rules of retention.
        approval : str, default=""
            Number of an approved request, where the policy asks for four eyes.

        Raises
        ------
        AccessDeniedError
            The policy does not let the actor manage it.

        Notes
        -----
        From then on protected items are read for purposes of the plan alone. Where a purpose
        builds on consent, those of persons are read who gave it and did not withdraw it: a
        question that names others is refused, and one about all customers leaves out their
        protected values and says so. A customer whose customer_kind is not known is a person.
        """
        self._check_open()
        check_kind(plan, "plan", f"{OWNER}.change_plan", ProtectionPlan)
        self._desk.allow("manage_policy", approval)
        with self._writing() as connection:
            version = settings_of(connection, self._desk.vault).add("plan", str(plan.to_json()))
            said = {"purposes": [purpose.name for purpose in plan.purposes], "version": version}
            self._desk.record_change(connection, "change_plan", said)
        self._read_settings()

    def rotate_keys(self, keys: KeyRing, *, approval: str = "") -> int:
        """Wrap the keys of all customers by another master key.

        Parameters
        ----------
        keys : KeyRing
            Whose current version is another than that of the store: ``ring.rotated()``, written
            to its file before.
        approval : str, default=""
            Number of an approved request, where the policy asks for four eyes.

        Returns
        -------
        int
            Keys that were wrapped anew.

        Raises
        ------
        KeyStoreError
            The store has no keys, or the ring has no new version.
        AccessDeniedError
            The policy does not let the actor rotate keys, or nobody approved it.

        Notes
        -----
        One transaction: a rotation that is interrupted has not happened, and the new ring, which
        still has the old version, opens the store either way. When it has, the old ring opens it
        no more, and other programs that have it open get errors until they open it anew. Backups
        from before need the old version, and cannot be read once it is destroyed; neither can
        what is left of wrapped keys anywhere. Values are not encrypted anew.

        O(customers) time, some tens of microseconds each.
        """
        self._check_open()
        check_ring(self._desk.vault, keys)
        self._desk.allow("rotate_keys", approval)
        with self._writing() as connection:
            vault, n = rewrap(connection, self._desk.vault, keys)
            # others that have it open would wrap new keys by the version that is to be destroyed
            renew_protection(connection, vault)
            said = {"key_version": keys.current, "keys": n}
            self._desk.record_change(connection, "rotate_keys", said)
        self._desk = self._desk.keyed(vault)
        self._read_settings()
        clean(self._engine, vacuum=False)
        return n

    def role_script(
        self, *, prefix: str = "creditscore", assigned: Iterable[str] = (),
        schema: str = "public", database: str = "", shared: bool = False,
    ) -> str:  # fmt: skip
        """Return the script that gives a PostgreSQL database the roles of the policy.

        Parameters
        ----------
        prefix : str, default="creditscore"
            What names of roles begin with. Roles are those of the whole server: give each store on
            it a prefix of its own.
        assigned : iterable of str, default=()
            Roles of the policy that see those customers alone that were assigned to the log-in
            (:meth:`assign_customers`); the others see all.
        schema, database : str
            Where the tables are; without a database, that of the store.
        shared : bool, default=False
            Whether the roles may be those of another database of the server, too, so that members
            of them come into both. Otherwise the script refuses that.

        Returns
        -------
        str
            SQL, to be run by a superuser in one transaction, as often as one likes.

        Raises
        ------
        InvalidParameterError
            The store has no policy, or a name cannot be one of a role.
        AccessDeniedError
            The policy does not let the actor manage it, nor audit.

        Notes
        -----
        It makes these roles, none of which can log in; log-ins are made members of them by
        ``GRANT … TO …``:

        - ``…_owner`` owns the tables, and sees no row of them, for row-level security is
          forced. Nobody is a member.
        - ``…_library`` reads and adds all that the library does, deletes and wraps keys, and
          changes nothing else. It is for the program that loads, erases and rotates.
        - ``…_keys`` reads the wrapped keys of the customers that its member sees.
        - one for each role of the policy: the rows of items that the policy lets the
          role read in the clear for the purpose that the session has stated
          (``SET app.purpose = '…'``, as the library does by itself), of the customers assigned to
          it, without those that were erased. Encrypted values only where it may read protected
          items; no keys; of the audit trail what is needed to add to it. It changes nothing.
          What another role of its member is denied stays denied, also after ``SET ROLE``. Who
          reads by the library with such a log-in needs ``…_keys`` too; items that are masked are
          then missing.

        All is taken away from PUBLIC, connecting to the database included. Grants with an end are
        taken as they are when the script is made: run a new one when they end, when the policy or
        the catalogue changes, and after migrations.
        """
        self._check_open()
        if self._desk.policy is None:
            msg = "The store has no policy, whose roles the database could get."
            raise InvalidParameterError(msg)
        self._desk.check_any("manage_policy", "audit")
        for name, value in (("prefix", prefix), ("schema", schema), ("database", database)):
            check_kind(value, name, f"{OWNER}.role_script", str)
        check_kind(shared, "shared", f"{OWNER}.role_script", bool)
        limited = read_entries(assigned, "assigned", f"{OWNER}.role_script")
        roles = database_roles(self._desk.policy, self.catalogue, prefix, limited)
        where = database or str(self._engine.url.database)
        script = RoleScript(
            roles=roles, prefix=prefix, schema=schema, database=where, is_shared=shared
        )
        return script.text()

    def install_roles(
        self, *, prefix: str = "creditscore", assigned: Iterable[str] = (), shared: bool = False,
        approval: str = "",
    ) -> None:  # fmt: skip
        """Run the script of :meth:`role_script` in the PostgreSQL database of the store.

        Parameters
        ----------
        prefix, assigned, shared
            As those of :meth:`role_script`, with the same errors.
        approval : str, default=""
            Number of an approved request to manage the policy, where it asks for four eyes.

        Raises
        ------
        StoreError
            The store is in SQLite, which has no roles; the log-in is no superuser; or another
            database of the server has roles of these names.
        AccessDeniedError
            The policy does not let the actor manage it.
        """
        self._check_open()
        if is_sqlite(self._engine):
            msg = "SQLite has no roles: who can read the file reads all that is not encrypted."
            raise StoreError(msg)
        with self._reading() as connection:
            schema = connection.execute(sa.select(sa.func.current_schema())).scalar()
        script = self.role_script(
            prefix=prefix, assigned=assigned, schema=str(schema), shared=shared
        )
        self._desk.allow("manage_policy", approval)
        with self._writing() as connection:
            # without parameters, so that a percent sign stays one
            bare = connection.execution_options(no_parameters=True)
            bare.exec_driver_sql(script)
            self._desk.record_change(connection, "install_roles", {"prefix": prefix})

    def assign_customers(
        self,
        customers: Iterable[str],
        member: str,
        *,
        assigned: bool = True,
        approval: str = "",
    ) -> None:
        """Say which customers a log-in of PostgreSQL sees, where its role sees some alone.

        Parameters
        ----------
        customers : iterable of str
            Customers.
        member : str
            Name of the log-in.
        assigned : bool, default=True
            Whether it sees them from now on, or no longer.
        approval : str, default=""
            Number of an approved request to manage the policy for these customers, where it asks
            for four eyes.

        Raises
        ------
        StoreError
            There is no such customer; or the store is in SQLite, where it would have no effect.
        AccessDeniedError
            The policy does not let the actor manage it, or nobody approved it.
        """
        self._check_open()
        names = [str(one) for one in read_entries(customers, "customers", OWNER)]
        check_kind(member, "member", f"{OWNER}.assign_customers", str)
        if is_sqlite(self._engine):
            msg = "SQLite has no log-ins, so that an assignment would have no effect."
            raise StoreError(msg)
        self._desk.check_granted("manage_policy", approval)
        with self._reading() as connection:
            known = self._desk.customers(connection)
            numbers = [customer_id(known, name) for name in names]
        self._desk.allow("manage_policy", approval, subjects=names)
        with self._writing() as connection:
            first, at = next_id(connection, assignments), next_instant(connection)
            rows = [
                {
                    "id": first + place, "member": member, "is_assigned": assigned,
                    "customer_id": number, "recorded_at": at, "recorded_by": self.actor.name,
                }
                for place, number in enumerate(numbers)
            ]  # fmt: skip
            if rows:
                connection.execute(assignments.insert(), rows)
            said = {"member": member, "assigned": assigned}
            self._desk.record_change(connection, "assign", said, names)

    def verify_trail(self, anchors: Anchor | Iterable[Anchor] = ()) -> StoreTrailReport:
        """Check that the trail is whole, and that the tables hold what it tells.

        Parameters
        ----------
        anchors : Anchor or iterable of Anchor, default=()
            Those of the trail that are kept elsewhere, as by :meth:`AuditTrail.verify`.

        Returns
        -------
        StoreTrailReport
            Whose :meth:`~StoreTrailReport.check` raises an error where one of both is not so.

        Raises
        ------
        StoreError
            The log-in of PostgreSQL sees a part of the rows.
        AccessDeniedError
            The policy does not let the actor audit.

        Notes
        -----
        Each record of a change tells which rows it added, by their numbers and a keyed digest:
        batches, customers, items, origins, rejects, retractions, merges, erasures, events
        (consents, holds, requests), assignments, and versions of documents. So it is found where
        one was taken out, put in or changed by another program. Of customers that is the number
        and the digest of the name. The name itself, and the seals of events and of documents, are
        checked where they are read, as by :meth:`customers` and :meth:`holds`. Observations are
        counted for each load. What stands in one of them, and two that were exchanged, is not
        compared; nor are the keys. Where a store has no keys, the secret lies in it, and accidents
        are found, but no intent. Records of releases before this one tell at most how many rows
        there are.

        One pass of the trail, and one of the tables, all of one state: O(records + rows) time,
        O(changes + loads) memory.
        """
        self._check_open()
        self._desk.check("audit")
        with self._reading() as connection:
            check_sees_all(connection, "Check the trail")
            told = Told()
            trail = self._desk.trail_at(FollowedSink(connection, told.take)).verify(anchors)
            if not trail.is_whole:
                return StoreTrailReport.of(trail)
            return StoreTrailReport.of(
                trail, tuple(differences(connection, self._desk.vault, told))
            )

    def protection_report(
        self,
        as_of: Any = None,
        *,
        retention: Retention | None = None,
        anchors: Anchor | Iterable[Anchor] = (),
    ) -> DataProtectionReport:
        """Report what is done with personal data, in numbers of the store.

        Parameters
        ----------
        as_of : str or date, optional
            The day; without, today in UTC.
        retention : Retention, optional
            What is due; without, as of today by the rules of the plan.
        anchors : Anchor or iterable of Anchor, default=()
            Those of the trail that are kept elsewhere.

        Returns
        -------
        DataProtectionReport
            Purposes, items, consents, requests, holds, retention, the trail and whether it is
            whole, the age of the keys, findings of the policy.

        Raises
        ------
        StoreError
            The store has no plan.
        AccessDeniedError
            The policy lets the actor neither audit nor answer for the data: keep consents, and
            erase or hold.
        """
        self._check_open()
        plan = self._desk.plan
        if plan is None:
            msg = "The store has no plan. Say what data are used for: store.change_plan(plan)."
            raise StoreError(msg)
        # who answers for the data needs the numbers, and not the right to read the trail
        self._desk.check_any("audit", "consent")
        self._desk.check_any("audit", "erase", "hold")
        day = day_of(_clock.now()) if as_of is None else str(check_day(as_of, "as_of", OWNER))
        due = self.retention(as_of=day) if retention is None and plan.rules else retention
        records = tuple(r for r in self._desk.trail().since() if r.at[:10] <= day)
        trail = self._desk.trail().verify(anchors)
        made = {
            r.details["key_version"]: r.at[:10]
            for r in records
            if isinstance(r.details.get("key_version"), int)
        }
        with self._reading() as connection:
            known = self._desk.customers(connection)
            consents, requests = read_consents(known), read_requests(known)
            holds = read_holds(known)
        return DataProtectionReport(
            as_of=day, plan=plan, items=self.catalogue.items, consents=consents,
            requests=requests, holds=holds, retention=due, records=records, trail=trail,
            keys_made=made, policy=self._desk.policy,
        )  # fmt: skip
