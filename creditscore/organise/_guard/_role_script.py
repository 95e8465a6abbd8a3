"""The script that gives PostgreSQL the roles of a policy: owners, grants, and row-level security.

All names and texts in it are quoted; it can be run any number of times.
"""

# ruff: noqa: S608 - names and texts are quoted by `identifier` and `literal`

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from creditscore.exceptions import InvalidParameterError
from creditscore.organise._guard._database_role import (
    KEYS_ROLE,
    LIBRARY_ROLE,
    OWNER_ROLE,
    DatabaseRole,
    role_name,
)
from creditscore.organise._store._engine import AUDIT_LOCK
from creditscore.organise._store._schema import metadata
from creditscore.protect import TrailHead

_BLOCK = "$creditscore_block$"
_BY_ROW = (
    "customers", "observations", "rejects", "links", "erasures", "protections", "assignments",
    "subject_keys",
)  # fmt: skip
"""Tables whose rows not everybody sees; what the others hold is about nobody."""
_OPEN = ("settings", "items", "origins", "batches", "alembic_version")
"""Tables that whoever reads anything reads whole."""
_COLUMNS = {
    "customers": ("id", "digest", "name", "name_cipher"),
    "retractions": ("id", "observation_id", "recorded_at"),
    "links": ("id", "customer_id", "into_id", "recorded_at"),
    "erasures": ("id", "customer_id", "recorded_at"),
    "protections": ("id", "kind", "customer_id", "content", "recorded_at", "seal"),
    "assignments": ("id", "member", "customer_id", "is_assigned"),
    "audit": ("number", "hash"),
    "observations": (
        "id", "customer_id", "item_id", "record", "number", "text", "true_from", "true_to",
        "origin_id", "collected_at", "evidence", "evidence_cipher", "batch_id",
    ),
}  # fmt: skip
"""Columns that readers may see; fingerprints and encrypted values are not among them."""
_LARGE_OBJECTS = ", ".join(
    f"pg_catalog.{name}"
    for name in ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")
)
"""Functions by which whoever comes in could fill the disk, with no right to any table."""
_MEMBER = 'session_user COLLATE "default"'
"""The log-in of the session, compared as texts are sorted in an index of them."""
_NO_HASH = "!~ '^[0-9a-f]{64}$'"
"""What tells a text that is no hash of a record."""


@dataclass(frozen=True, kw_only=True)
class RoleScript:
    """Writes the script for one schema of one database."""

    roles: Sequence[DatabaseRole]
    prefix: str
    schema: str
    database: str
    is_shared: bool

    def text(self) -> str:
        """Return the script; statements end with a semicolon and stand in one transaction."""
        return ";\n".join([*self._statements(), ""])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all roles, those that the store needs first."""
        own = (role_name(self.prefix, name) for name in (OWNER_ROLE, LIBRARY_ROLE, KEYS_ROLE))
        return (*own, *(role.name for role in self.roles))

    def _statements(self) -> Iterator[str]:
        yield "SET LOCAL standard_conforming_strings = on"
        if not self.is_shared:
            yield self._alone()
        for name in self.names:
            yield _do(
                f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(name)}) THEN "
                f"EXECUTE {literal(f'CREATE ROLE {identifier(name)} NOLOGIN')}; END IF"
            )
        yield from self._chained()
        yield from self._owned()
        yield from self._taken_away()
        yield from self._of_library()
        for number, role in enumerate(self.roles):
            yield from self._of_role(role, number)

    def _alone(self) -> str:
        """Refuse roles that another database knows: their members would come into both stores."""
        names = ", ".join(map(literal, self.names))
        there = "db.oid = dep.dbid OR dep.classid = 'pg_database'::regclass AND db.oid = dep.objid"
        said = literal(
            "the role % has rights in the database % too, and members of it would read both "
            "stores; give another prefix, or shared=True where that is meant"
        )
        return _do(
            "SELECT role.rolname AS role, db.datname AS name INTO found FROM pg_shdepend AS dep "
            "JOIN pg_roles AS role ON dep.refclassid = 'pg_authid'::regclass "
            f"AND role.oid = dep.refobjid JOIN pg_database AS db ON {there} "
            f"WHERE role.rolname IN ({names}) AND db.datname <> current_database() "
            "ORDER BY db.datname, role.rolname LIMIT 1; "
            f"IF found.name IS NOT NULL THEN RAISE EXCEPTION {said}, found.role, found.name; END IF"
        )

    def _table(self, name: str) -> str:
        return f"{identifier(self.schema)}.{identifier(name)}"

    def _role(self, name: str) -> str:
        return identifier(role_name(self.prefix, name))

    def _chained(self) -> Iterator[str]:
        """Let nobody add to the trail but what follows its last record in number and form.

        Whoever reads by the library has to add to it, and could shut it by hand otherwise: no
        record follows one that has no hash. Whether a hash is that of the key, no database knows.
        """
        table, function = self._table("audit"), f"{identifier(self.schema)}.creditscore_next_record"
        yield (
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = pg_catalog, pg_temp AS {_BLOCK} DECLARE head record; BEGIN "
            f"PERFORM pg_advisory_xact_lock({AUDIT_LOCK}); "
            f"SELECT number, hash INTO head FROM {table} ORDER BY number DESC LIMIT 1; "
            "IF NEW.number <> coalesce(head.number, 0) + 1 "
            f"OR NEW.previous <> coalesce(head.hash, '{TrailHead().hash}') "
            f"OR NEW.hash {_NO_HASH} OR (NEW.subjects_digest {_NO_HASH} "
            "AND NEW.subjects_digest <> '') "
            "OR json_typeof(NEW.roles::json) <> 'array' "
            "OR json_typeof(NEW.details::json) <> 'object' "
            "THEN RAISE EXCEPTION 'this is no next record of the audit trail'; END IF; "
            f"RETURN NEW; END {_BLOCK}"
        )
        yield f"DROP TRIGGER IF EXISTS audit_next_record ON {table}"
        yield (
            f"CREATE TRIGGER audit_next_record BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )

    def _owned(self) -> Iterator[str]:
        owner, schema = self._role(OWNER_ROLE), identifier(self.schema)
        yield f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner}"
        for name in (*metadata.tables, "alembic_version"):
            yield f"ALTER TABLE {self._table(name)} OWNER TO {owner}"
        for name in ("creditscore_only_added", "creditscore_next_record"):
            yield f"ALTER FUNCTION {schema}.{name}() OWNER TO {owner}"
        for name in _BY_ROW:
            yield f"ALTER TABLE {self._table(name)} ENABLE ROW LEVEL SECURITY"
            yield f"ALTER TABLE {self._table(name)} FORCE ROW LEVEL SECURITY"

    def _taken_away(self) -> Iterator[str]:
        """Take away what everybody has, and what an earlier script gave."""
        schema, database = identifier(self.schema), identifier(self.database)
        yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"
        yield f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC"
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC"
        yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC"
        yield f"REVOKE EXECUTE ON FUNCTION {_LARGE_OBJECTS} FROM PUBLIC"
        begins = literal(f"{self.prefix}_")
        owner = literal(role_name(self.prefix, OWNER_ROLE))
        yield _do(
            "FOR found IN SELECT rolname AS name FROM pg_roles "
            f"WHERE starts_with(rolname, {begins}) AND rolname <> {owner} LOOP "
            f"EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', "
            f"{literal(self.schema)}, found.name); END LOOP"
        )
        yield _do(
            "FOR found IN SELECT policyname AS name, tablename FROM pg_policies "
            f"WHERE schemaname = {literal(self.schema)} AND starts_with(policyname, {begins}) LOOP "
            f"EXECUTE format('DROP POLICY %I ON %I.%I', found.name, {literal(self.schema)}, "
            "found.tablename); END LOOP"
        )

    def _of_library(self) -> Iterator[str]:
        library, keys = self._role(LIBRARY_ROLE), self._role(KEYS_ROLE)
        yield from self._entered((library, keys))
        yield f"GRANT TEMPORARY ON DATABASE {identifier(self.database)} TO {library}"
        for name in metadata.tables:
            yield f"GRANT SELECT, INSERT ON {self._table(name)} TO {library}"
        yield f"GRANT SELECT ON {self._table('alembic_version')} TO {library}"
        subject_keys = self._table("subject_keys")
        yield f"GRANT DELETE, UPDATE (wrapped) ON {subject_keys} TO {library}"
        of_library = role_name(self.prefix, LIBRARY_ROLE)
        for name in _BY_ROW:
            yield self._policy(of_library, library, name, "ALL", "true", check="true")
        yield f"GRANT SELECT ON {subject_keys} TO {keys}"
        yield f"GRANT SELECT (id) ON {self._table('customers')} TO {keys}"
        seen = f"SELECT id FROM {self._table('customers')}"
        mine = f"kind = 'store' OR kind = 'customer' AND owner IN ({seen})"
        of_keys = role_name(self.prefix, KEYS_ROLE)
        yield self._policy(of_keys, keys, "subject_keys", "SELECT", mine)

    def _entered(self, roles: Sequence[str]) -> Iterator[str]:
        to = ", ".join(roles)
        yield f"GRANT CONNECT ON DATABASE {identifier(self.database)} TO {to}"
        yield f"GRANT USAGE ON SCHEMA {identifier(self.schema)} TO {to}"

    def _of_role(self, role: DatabaseRole, number: int) -> Iterator[str]:
        name = identifier(role.name)
        yield from self._entered((name,))
        if role.is_auditor:
            yield f"GRANT SELECT ON {self._table('audit')} TO {name}"
        if role.denied:
            yield from self._denials(role, name, number)
        if not role.readable:
            return
        for table in _OPEN:
            yield f"GRANT SELECT ON {self._table(table)} TO {name}"
        for table, columns in _COLUMNS.items():
            yield f"GRANT SELECT ({', '.join(columns)}) ON {self._table(table)} TO {name}"
        yield f"GRANT INSERT ON {self._table('audit')} TO {name}"
        if role.reads_protected:
            yield f"GRANT SELECT (cipher) ON {self._table('observations')} TO {name}"
        yield from self._rows_of(role, name)

    def _rows_of(self, role: DatabaseRole, name: str) -> Iterator[str]:
        erased = f"SELECT customer_id FROM {self._table('erasures')}"
        expired = (
            "SELECT jsonb_array_elements_text(content::jsonb -> 'observations')::bigint "
            f"FROM {self._table('protections')} WHERE kind = 'expired'"
        )
        of_customer = self._seen(role, "customer_id")
        conditions = {
            "customers": f"{self._seen(role, 'id', by_index=True)} AND NOT {_among('id', erased)}",
            "links": of_customer,
            "erasures": of_customer,
            "protections": f"(customer_id IS NULL OR {of_customer}) AND {_protections(role)}",
            "assignments": f"member = {_MEMBER}",
            "observations": f"({self._items(role.readable)}) "
            f"AND {self._seen(role, 'customer_id', by_index=True)} "
            f"AND NOT {_among('customer_id', erased)} AND NOT {_among('id', expired)}",
        }
        for table, condition in conditions.items():
            yield self._policy(role.name, name, table, "SELECT", condition)

    def _denials(self, role: DatabaseRole, name: str, number: int) -> Iterator[str]:
        """Take from members what the role is denied, also where it may read nothing itself."""
        others = f"NOT ({self._items(role.denied)})"
        # numbered, since a longer name than that of the role may be too long
        denial = role_name(self.prefix, f"denied_{number}")
        while denial in self.names or f"{denial}_" in self.names:
            denial += "_"
        # that of the role tells the library whether its log-in sees all
        for of, to, condition in (
            (denial, name, others),
            (f"{denial}_", "PUBLIC", f"{self._is_free(denial)} OR {others}"),
        ):
            yield self._policy(of, to, "observations", "SELECT", condition, kind="RESTRICTIVE")

    def _is_free(self, denial: str) -> str:
        """Return the condition that what a role is denied is not denied to the session.

        The log-in is asked, since SET ROLE changes the current role alone, and any membership
        counts, whether its rights are inherited or not; once a statement, as a query. Who may be
        the owner, as a superuser is a member of every role, could drop the policy as well.

        The role is that of the policy `denial`, which follows it to another name and goes with it:
        a name of a role that is gone would be an error for whoever reads.
        """
        table = f"{literal(self._table('observations'))}::regclass"
        denied = (
            "SELECT FROM pg_policy AS own, unnest(own.polroles) AS denied(role) "
            f"WHERE own.polrelid = {table} AND own.polname = {literal(denial)} "
            f"AND {_is_member('denied.role')}"
        )
        owners = f"SELECT FROM pg_class AS own WHERE own.oid = {table} AND {_is_member('relowner')}"
        return f"(NOT EXISTS ({denied}) OR EXISTS ({owners}))"

    def _seen(self, role: DatabaseRole, column: str, *, by_index: bool = False) -> str:
        """Return the condition that a role sees a customer: any, or one assigned to the log-in."""
        if not role.is_assigned:
            return "true"
        assigned = (
            "SELECT given.customer_id FROM (SELECT DISTINCT ON (customer_id) customer_id, "
            f"is_assigned FROM {self._table('assignments')} WHERE member = {_MEMBER} "
            "ORDER BY customer_id, id DESC) AS given WHERE given.is_assigned"
        )
        # where the column has an index, rows of few customers are found among many by it
        return f"{column} = ANY (ARRAY({assigned}))" if by_index else _among(column, assigned)

    def _items(self, by_purpose: Mapping[str, Sequence[str]]) -> str:
        """Return the condition that an item is one of a purpose that the session has stated."""
        return " OR ".join(
            f"current_setting('app.purpose', true) = {literal(purpose)} AND item_id = ANY (ARRAY("
            f"SELECT id FROM {self._table('items')} WHERE name IN "
            f"({', '.join(map(literal, names))})))"
            for purpose, names in by_purpose.items()
        )

    def _policy(
        self, name: str, to: str, table: str, action: str, condition: str, *,
        check: str = "", kind: str = "PERMISSIVE",
    ) -> str:  # fmt: skip
        checked = f" WITH CHECK ({check})" if check else ""
        return (
            f"CREATE POLICY {identifier(name)} ON {self._table(table)} AS {kind} "
            f"FOR {action} TO {to} USING ({condition}){checked}"
        )


def identifier(name: str) -> str:
    """Quote a name, whatever stands in it."""
    return '"{}"'.format(name.replace('"', '""'))


def literal(text: str) -> str:
    """Quote a text, whatever stands in it."""
    if "\0" in text or _BLOCK in text:
        msg = "A name of a role, a purpose or an item holds what no script may."
        raise InvalidParameterError(msg)
    return "'{}'".format(text.replace("'", "''"))


def _protections(role: DatabaseRole) -> str:
    """Return the condition of what readers must know: what is not read, and who consented to it."""
    if role.is_keeper:
        return "true"
    purpose = "content::jsonb ->> 'purpose' = current_setting('app.purpose', true)"
    return f"(kind IN ('erased', 'expired') OR (kind IN ('consent', 'withdrawal') AND {purpose}))"


def _is_member(role: str) -> str:
    return f"pg_has_role(session_user, {role}, 'MEMBER')"


def _among(column: str, numbers: str) -> str:
    """Return the condition that a number is one of a query that knows nothing of the row.

    PostgreSQL asks the query once a statement, and looks each row up in a hash. Of the query alone
    it would believe that there are too many numbers for one, and search them all for each row.
    """
    return f"({column} IN (SELECT unnest(ARRAY({numbers}))))"


def _do(body: str) -> str:
    return f"DO {_BLOCK} DECLARE found record; BEGIN {body}; END {_BLOCK}"
