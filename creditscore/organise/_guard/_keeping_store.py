"""Keeping a store: approvals, purposes, master keys, roles of the database, and a report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from creditscore._checks import check_kind, read_entries
from creditscore._days import check_day
from creditscore.exceptions import InvalidParameterError, StoreError
from creditscore.organise._guard._database_role import database_roles
from creditscore.organise._guard._erasing import clean
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
from creditscore.organise._store._base import OWNER
from creditscore.organise._store._engine import is_sqlite
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import assignments
from creditscore.organise._store._subjects import renew_protection, settings_of
from creditscore.organise._store._writing import next_instant
from creditscore.protect import (
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

        Requests have no details: an erasure, an export or a change of keys is asked for with its
        customers and, for an export, all items of the catalogue.

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
        schema: str = "public", database: str = "",
    ) -> str:  # fmt: skip
        """Return the script that gives a PostgreSQL database the roles of the policy.

        Parameters
        ----------
        prefix : str, default="creditscore"
            What names of roles begin with.
        assigned : iterable of str, default=()
            Roles of the policy that see those customers alone that were assigned to the log-in
            (:meth:`assign_customers`); the others see all.
        schema, database : str
            Where the tables are; without a database, that of the store.

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
          What another role of its member is denied stays denied. Who reads by the library with
          such a log-in needs ``…_keys`` too; items that are masked are then missing.

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
        limited = read_entries(assigned, "assigned", f"{OWNER}.role_script")
        roles = database_roles(self._desk.policy, self.catalogue, prefix, limited)
        where = database or str(self._engine.url.database)
        script = RoleScript(roles=roles, prefix=prefix, schema=schema, database=where)
        return script.text()

    def install_roles(
        self, *, prefix: str = "creditscore", assigned: Iterable[str] = (), approval: str = ""
    ) -> None:
        """Run the script of :meth:`role_script` in the PostgreSQL database of the store.

        Parameters
        ----------
        prefix, assigned
            As those of :meth:`role_script`, with the same errors.
        approval : str, default=""
            Number of an approved request to manage the policy, where it asks for four eyes.

        Raises
        ------
        StoreError
            The store is in SQLite, which has no roles; or the log-in is no superuser.
        AccessDeniedError
            The policy does not let the actor manage it.
        """
        self._check_open()
        if is_sqlite(self._engine):
            msg = "SQLite has no roles: who can read the file reads all that is not encrypted."
            raise StoreError(msg)
        with self._reading() as connection:
            schema = connection.execute(sa.select(sa.func.current_schema())).scalar()
        script = self.role_script(prefix=prefix, assigned=assigned, schema=str(schema))
        self._desk.allow("manage_policy", approval)
        with self._writing() as connection:
            # without parameters, so that a percent sign stays one
            bare = connection.execution_options(no_parameters=True)
            bare.exec_driver_sql(script)
            self._desk.record_change(connection, "install_roles", {"prefix": prefix})

    def assign_customers(
        self, customers: Iterable[str], member: str, *, assigned: bool = True
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

        Raises
        ------
        StoreError
            There is no such customer; or the store is in SQLite, where it would have no effect.
        AccessDeniedError
            The policy does not let the actor manage it.
        """
        self._check_open()
        names = [str(one) for one in read_entries(customers, "customers", OWNER)]
        check_kind(member, "member", f"{OWNER}.assign_customers", str)
        if is_sqlite(self._engine):
            msg = "SQLite has no log-ins, so that an assignment would have no effect."
            raise StoreError(msg)
        self._desk.check("manage_policy")
        with self._writing() as connection:
            known = self._desk.customers(connection)
            first, at = next_id(connection, assignments), next_instant(connection)
            rows = [
                {
                    "id": first + place, "member": member, "is_assigned": assigned,
                    "customer_id": customer_id(known, name), "recorded_at": at,
                    "recorded_by": self.actor.name,
                }
                for place, name in enumerate(names)
            ]  # fmt: skip
            if rows:
                connection.execute(assignments.insert(), rows)
            said = {"member": member, "assigned": assigned}
            self._desk.record_change(connection, "assign", said, names)

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
