"""Going round the library with PostgreSQL's own client does not help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from creditscore.exceptions import (
    AccessDeniedError,
    BrokenTrailError,
    InvalidParameterError,
    StoreError,
)
from creditscore.organise import CustomerStore, merged_customers
from creditscore.organise._store._engine import AUDIT_LOCK
from creditscore.protect import AccessPolicy, Consent, Grant, KeyRing, Role
from engines import Postgres
from guarded import ANA, BO, GUARDED, OLE, POLICY, guarded_facts
from stores import facts, postgres_place

pytestmark = pytest.mark.engine("postgresql")
Login = Callable[..., psycopg.Connection[tuple[Any, ...]]]
EVIL = 'it\'s a "role"; DROP TABLE audit; -- %s %(x)s'


@pytest.fixture(scope="module")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return iter(range(10_000, 20_000))


@pytest.fixture(scope="module")
def place(postgres: Postgres, keys: KeyRing, numbers: Any) -> Any:
    """Give a store in which the roles are installed, and log-ins of some of them."""
    place = postgres_place(postgres, numbers)()
    evil = Role(name=EVIL[:40], grants=(
        Grant(actions=("read",), items=("revenue",), purposes=("credit", EVIL)),
    ))  # fmt: skip
    # what the script itself would call what the third role is denied
    odd = Role(name="denied_2", grants=evil.grants)
    # one that is denied something, and may nothing
    barred = Role(name="barred", grants=(Grant(actions=("read",), items=("income",), deny=True),))
    policy = replace(
        POLICY, roles=(*POLICY.roles, evil, odd, barred), purposes=(*POLICY.purposes, EVIL)
    )
    with CustomerStore.create(place, GUARDED, keys=keys, policy=policy, actor=ANA) as store:
        store.load(guarded_facts())
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        store.place_hold("F-1", reason="a claim")
        for purpose in ("selling", "credit"):
            store.record_consent(
                Consent(subject="F-1", purpose=purpose, given_at="2024-01-01", evidence="form")
            )
        store.install_roles(prefix="t", assigned=("sales",))
        # as often as one likes
        store.install_roles(prefix="t", assigned=("sales",))
        store.assign_customers(["P-4712", "F-1"], "bo")
        assert store.trail.verify().is_whole
    logins = {
        "ana": ("t_analyst", "t_keys"), "bo": ("t_sales",), "kim": ("t_scientist",),
        "both": ("t_scientist", "t_analyst"), "lib": ("t_library",), "key": ("t_keys",),
        "three": ("t_scientist", "t_analyst", "t_sales"), "bare": ("t_analyst", "t_barred"),
        "evil": (f"t_{EVIL[:40]}",), "nobody": (), "mia": ("t_manager",),
        "ole": ("t_officer",),
    }  # fmt: skip
    for name, roles in logins.items():
        postgres.connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(f"t_login_{name}"))
        )
        for role in roles:
            postgres.connection.execute(
                sql.SQL("GRANT {} TO {}").format(
                    sql.Identifier(role), sql.Identifier(f"t_login_{name}")
                )
            )
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        store.assign_customers(["P-4712", "F-1"], "t_login_bo")
    return place


@pytest.fixture
def login(place: Any) -> Iterator[Login]:
    made: list[Any] = []

    def connect(name: str, purpose: str = "") -> Any:
        connection = psycopg.connect(
            host=place.query["host"], user=f"t_login_{name}", dbname=place.database,
            autocommit=True,
        )  # fmt: skip
        made.append(connection)
        if purpose:
            connection.execute("SELECT set_config('app.purpose', %s, false)", (purpose,))
        return connection

    yield connect
    for connection in made:
        connection.close()


def _items(connection: Any) -> set[str]:
    asked = "SELECT DISTINCT i.name FROM observations o JOIN items i ON i.id = o.item_id"
    return {row[0] for row in connection.execute(asked)}


def _customers(connection: Any) -> set[str]:
    """Return the customers of rows that are seen, whose names nobody sees without the keys."""
    rows = connection.execute("SELECT id, name FROM customers").fetchall()
    assert all(name is None for _, name in rows)
    names = {1: "P-4711", 2: "P-4712", 3: "F-1"}
    return {names[number] for number, _ in rows if number in names}


@pytest.mark.parametrize("roles", ["t_owner", "t_owner, t_keys"])
def test_who_does_not_see_all_rows_migrates_nothing(
    postgres: Postgres, place: Any, keys: KeyRing, roles: str
) -> None:
    """Rows that it does not see would stay as they were, and the tables be called up to date."""
    name = f"t_migrator_{roles.count(',')}"
    postgres.connection.execute(f"CREATE ROLE {name} LOGIN IN ROLE {roles}")
    postgres.connection.execute(f"GRANT CONNECT ON DATABASE {place.database} TO {name}")
    by = place.set(username=name)
    with pytest.raises(StoreError, match=r"sees a part of the rows\. Migrate by one that"):
        CustomerStore.migrate(by, keys=keys, actor=OLE)
    postgres.connection.execute(f"GRANT t_library TO {name}")
    # now the policy is asked, which the store keeps in rows that are seen
    with pytest.raises(AccessDeniedError, match="ole was denied 'migrate'"):
        CustomerStore.migrate(by, keys=keys, actor=OLE)


def test_readers_see_what_their_purpose_needs_of_holds_and_consents(login: Login) -> None:
    asked = "SELECT kind, content::jsonb ->> 'purpose' FROM protections"
    assert login("bo", "selling").execute(asked).fetchall() == [("consent", "selling")]
    assert login("ana").execute(asked).fetchall() == []
    assert len(login("ole").execute(asked).fetchall()) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observations SET number = 1",
        "DELETE FROM observations",
        "INSERT INTO observations (id) VALUES (99)",
        "TRUNCATE observations",
        "DELETE FROM audit",
        "UPDATE audit SET actor = 'somebody else'",
        "SELECT details FROM audit",
        "SELECT actor FROM audit",
        "SELECT * FROM subject_keys",
        "DELETE FROM subject_keys",
        "SELECT * FROM rejects",
        "SELECT reason FROM erasures",
        "SELECT reason FROM retractions",
        "SELECT fingerprint FROM observations",
        "INSERT INTO settings VALUES ('policy', 9, '{}', 1)",
        "INSERT INTO erasures VALUES (9, 1, 'x', 1, 'bo')",
        "INSERT INTO assignments VALUES (9, 't_login_bo', 1, true, 1, 'bo')",
        "ALTER TABLE observations DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE observations DISABLE TRIGGER ALL",
        "DROP POLICY t_sales ON observations",
        "DROP TABLE audit",
        "CREATE TABLE mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "SELECT lo_creat(1)",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE t_owner",
        "SET ROLE t_library",
        "SET SESSION AUTHORIZATION tests",
        "GRANT t_library TO t_login_bo",
        "COPY observations TO STDOUT",
    ],
)
def test_a_role_can_do_nothing_but_read(login: Login, statement: str) -> None:
    with pytest.raises(psycopg.Error, match=r"denied|must be|must have"):
        login("bo", "selling").execute(statement.encode())


def test_rows_are_those_of_the_purpose_and_of_assigned_customers(login: Login) -> None:
    assert _items(login("bo")) == set()
    assert _items(login("bo", "credit")) == set()
    bo = login("bo", "selling")
    assert _items(bo) == {"customer_kind", "name"}
    assert _customers(bo) == {"P-4712", "F-1"}
    assert _items(login("ana", "credit")) == {
        "customer_kind", "name", "identity_number", "income", "industry", "revenue",
        "invoice.amount", "invoice.payer",
    }  # fmt: skip
    assert _customers(login("ana", "credit")) == {"P-4711", "P-4712", "F-1"}
    assert _items(login("ana", "selling")) == set()
    # a denial of one role of a person wins over the grants of the others
    assert _items(login("kim", "credit")) == {"revenue"}
    both = _items(login("both", "credit"))
    assert {"revenue", "industry", "invoice.amount"} <= both
    assert not both & {"name", "income", "identity_number", "invoice.payer"}


def test_a_denial_is_not_gone_round_by_taking_one_role(login: Login, place: Any) -> None:
    guarded = {"name", "income", "identity_number", "invoice.payer"}
    for name in ("both", "three"):
        session = login(name, "credit")
        expected = _items(session)
        for role in ("t_analyst", "t_scientist"):
            session.execute(f"SET ROLE {role}".encode())
            assert not _items(session) & guarded
        session.execute("RESET ROLE")
        assert _items(session) == expected
    assert "income" not in _items(login("bare", "credit"))
    # the library does not take what its log-in is denied for missing, and a superuser is denied
    # nothing, not even where he adds as the library
    with psycopg.connect(host=place.query["host"], user="tests", dbname=place.database) as own:
        own.execute("SET ROLE t_library")
        own.execute("SELECT set_config('app.purpose', 'credit', false)")
        assert _items(own) >= guarded


def test_assigned_customers_stay_those_of_the_log_in(login: Login) -> None:
    three = login("three", "selling")
    for role in ("t_sales", "t_analyst"):
        three.execute(f"SET ROLE {role}".encode())
        # nobody is assigned to this log-in
        assert _items(three) == set()
    bo = login("bo", "selling")
    bo.execute("SET ROLE t_sales")
    assert _customers(bo) == {"P-4712", "F-1"}


def test_a_denial_holds_where_its_role_is_not_inherited(postgres: Postgres, login: Login) -> None:
    ask = postgres.connection.execute
    try:
        ask("CREATE ROLE t_team NOINHERIT IN ROLE t_scientist")
        ask("CREATE ROLE t_login_odd LOGIN IN ROLE t_analyst, t_team")
        odd = login("odd", "credit")
        for statement in ("RESET ROLE", "SET ROLE t_analyst"):
            odd.execute(statement.encode())
            assert "invoice.amount" in _items(odd)
            assert "income" not in _items(odd)
    finally:
        ask("DROP ROLE t_login_odd, t_team")


def test_a_denial_follows_its_role_to_another_name(postgres: Postgres, login: Login) -> None:
    ask = postgres.connection.execute
    ask("ALTER ROLE t_scientist RENAME TO t_renamed")
    try:
        assert "income" in _items(login("ana", "credit"))
        both = login("both", "credit")
        both.execute("SET ROLE t_analyst")
        assert "income" not in _items(both)
    finally:
        ask("ALTER ROLE t_renamed RENAME TO t_scientist")


def test_roles_of_another_store_are_not_taken(
    postgres: Postgres, place: Any, keys: KeyRing, numbers: Any
) -> None:
    other = postgres_place(postgres, numbers)()
    with CustomerStore.create(other, GUARDED, keys=keys, policy=POLICY, actor=OLE) as store:
        with pytest.raises(StoreError, match=rf"has rights in the database {place.database} too"):
            store.install_roles(prefix="t")
        assert [record.action for record in store.trail.since()] == ["create"]
        store.install_roles(prefix="t", shared=True)
        store.install_roles(prefix="of_other")
        # those of the other store are known here by now
        with pytest.raises(StoreError, match="give another prefix, or shared=True"):
            store.install_roles(prefix="t")
        # one that may do no more than connect
        postgres.connection.execute("CREATE ROLE third_sales")
        postgres.connection.execute("GRANT CONNECT ON DATABASE postgres TO third_sales")
        with pytest.raises(StoreError, match="has rights in the database postgres too"):
            store.install_roles(prefix="third")
    postgres.connection.execute("DROP OWNED BY third_sales")
    postgres.connection.execute("DROP ROLE third_sales")
    postgres.connection.execute(f"DROP DATABASE {other.database}".encode())
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        store.install_roles(prefix="t", assigned=("sales",))


def test_who_is_in_no_role_does_not_even_come_in(login: Login) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        login("nobody")
    # a role that reads nothing sees no table
    with pytest.raises(psycopg.Error, match="permission denied"):
        login("mia").execute("SELECT name FROM customers")


def test_encrypted_values_are_for_those_who_may_read_some(login: Login) -> None:
    told = "SELECT count(cipher) FROM observations"
    assert login("bo", "selling").execute(told).fetchone() == (2,)
    with pytest.raises(psycopg.Error, match="permission denied"):
        login("kim", "credit").execute(told)


def test_keys_are_for_the_role_of_keys(login: Login) -> None:
    told = "SELECT kind, owner FROM subject_keys ORDER BY kind, owner"
    assert login("ana", "credit").execute(told).fetchall() == [
        ("customer", 1), ("customer", 2), ("customer", 3), ("store", 0),
    ]  # fmt: skip
    assert login("key").execute(told).fetchall() == [("store", 0)]
    for statement in ("DELETE FROM subject_keys", "UPDATE subject_keys SET wrapped = ''"):
        with pytest.raises(psycopg.Error, match="permission denied"):
            login("ana", "credit").execute(statement.encode())
    # the program that erases and rotates changes nothing but keys
    with pytest.raises(psycopg.Error, match="permission denied"):
        login("lib").execute("UPDATE subject_keys SET owner = 7")
    with pytest.raises(psycopg.Error, match="permission denied"):
        login("lib").execute("DELETE FROM observations")


def test_the_owner_of_the_tables_sees_no_row(place: Any) -> None:
    with psycopg.connect(
        host=place.query["host"], user="tests", dbname=place.database, autocommit=True
    ) as connection:
        assert connection.execute("SELECT count(*) FROM observations").fetchone() == (12,)
        connection.execute("SET ROLE t_owner")
        for table in ("observations", "customers", "subject_keys", "protections"):
            asked = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            assert connection.execute(asked).fetchone() == (0,)
        connection.execute("RESET ROLE")
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        assert owners == [("t_owner",)]
        forced = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relrowsecurity"
        ).fetchone()
        assert forced == (8,)


def test_names_are_quoted_whatever_stands_in_them(login: Login, place: Any) -> None:
    evil = login("evil", EVIL)
    assert _items(evil) == {"revenue"}
    assert _items(login("evil", "credit")) == {"revenue"}
    assert evil.execute("SELECT count(hash) FROM audit").fetchone() is not None


_RECORD = (
    "INSERT INTO audit (number, at, actor, roles, purpose, action, details, n_subjects, "
    "subjects_digest, previous, hash) SELECT {number}, '2024-01-01T00:00:00.000000Z', 'mia', "
    "{roles}, '', 'read', {details}, 0, {digest}, {previous}, {hash} "
    "FROM audit ORDER BY number DESC LIMIT 1"
)
_NEXT = {
    "number": "number + 1", "roles": "'[]'", "details": "'{}'", "digest": "''",
    "previous": "hash", "hash": "repeat('a', 64)",
}  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "100000", "hash": "'0'"},
        {"number": "number + 2"},
        {"number": "0"},
        {"previous": "repeat('0', 64)"},
        {"hash": "'0'"},
        {"hash": "repeat('A', 64)"},
        {"hash": "repeat('a', 64) || chr(10)"},
        {"digest": "'none'"},
        {"roles": "'{}'"},
        {"details": "'[]'"},
        {"details": "'no object'"},
    ],
)
def test_what_could_shut_the_trail_is_not_added_by_hand(
    login: Login, changed: dict[str, str]
) -> None:
    by_hand = _RECORD.format(**{**_NEXT, **changed})
    with pytest.raises(psycopg.Error, match=r"is no next record of|invalid input syntax"):
        login("ana", "credit").execute(by_hand.encode())


def test_a_false_record_is_found_and_stops_no_reader(
    place: Any, keys: KeyRing, login: Login
) -> None:
    by_hand = _RECORD.format(**_NEXT).encode()
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        before = store.trail.verify()
        assert before.is_whole
        login("bo", "selling").execute(by_hand)
        with CustomerStore.open(place.set(username="t_login_ana"), keys=keys, actor=ANA) as own:
            assert own.snapshot("2024-06-01", items=["income"]).loc["P-4711", "income"] > 0
        with CustomerStore.open(place.set(username="t_login_lib"), keys=keys, actor=ANA) as own:
            assert own.load(facts(("F-1", "revenue", 7, "2022-12-31"))).n_loaded == 1
        found = store.trail.verify()
        assert (found.kind, found.number) == ("edited", before.head.number + 1)
        with pytest.raises(BrokenTrailError, match="broken at record"):
            store.approvals.ask(OLE, "erase", reason="asked for", subjects=["F-1"])
        # as the documents say it is repaired
        with psycopg.connect(host=place.query["host"], user="tests", dbname=place.database) as own:
            own.execute("ALTER TABLE audit DISABLE TRIGGER audit_only_added")
            own.execute("DELETE FROM audit WHERE number >= %s", (found.number,))
            own.execute("ALTER TABLE audit ENABLE TRIGGER audit_only_added")
        assert store.trail.verify().head == before.head


def test_who_adds_by_hand_waits_for_the_library(login: Login) -> None:
    ana, lib = login("ana"), login("lib")
    ana.execute("SET lock_timeout = '10ms'")
    with lib.transaction():
        # the library has read the last record, and is about to add the next one
        lib.execute("SELECT pg_advisory_xact_lock(%s)", (AUDIT_LOCK,))
        with pytest.raises(psycopg.errors.LockNotAvailable):
            ana.execute(_RECORD.format(**_NEXT).encode())


def test_the_library_works_under_the_roles(place: Any, keys: KeyRing, login: Login) -> None:
    own = place.set(username="t_login_ana")
    with CustomerStore.open(own, keys=keys, actor=ANA) as store:
        table = store.snapshot("2024-06-01")
        assert table.loc["P-4711", "income"] == 54321.125
        assert store.observations(items=["income"])["evidence"].str.startswith("passage").all()
        assert merged_customers(store) == {}
        # whose role is that of a reader loads nothing, whatever the policy of the library says
        with pytest.raises(StoreError, match="permission denied"):
            store.load(facts(("P-4711", "income", 1, "2024-01-01")))
        with pytest.raises(AccessDeniedError, match="audit"):
            store.trail.table()
        with pytest.raises(StoreError, match="permission denied"):
            store._desk.trail().table()
    with CustomerStore.open(place.set(username="t_login_lib"), keys=keys, actor=ANA) as store:
        assert store.load(facts(("F-9", "name", "New Ltd", "2024-01-01"))).n_loaded == 1
        assert "F-9" in store.snapshot("2024-06-01").index
        assert store._desk.trail().verify().is_whole
    assert _customers(login("bo", "selling")) == {"P-4712", "F-1"}


def test_rows_are_looked_up_however_many_there_are(place: Any) -> None:
    """A plan that compares each row with each number takes seconds for some thousands of them."""
    with psycopg.connect(
        host=place.query["host"], user="tests", dbname=place.database
    ) as connection:
        # far more than PostgreSQL believes that a hash has room for
        events = "SELECT 100 + i, 'expired', 1, '{}', 1, 'x', '' FROM generate_series(1, 5000) AS i"
        for statement in (
            f"INSERT INTO protections {events}",
            "ANALYZE protections",
            "SET LOCAL enable_seqscan = off",
            "SELECT set_config('app.purpose', 'credit', true)",
            "SET LOCAL ROLE t_analyst",
        ):
            connection.execute(statement.encode())
        plan = _plan(connection, "observations")
        assert plan.count("NOT (hashed SubPlan") == 2
        connection.execute("SET LOCAL ROLE t_sales")
        for table in ("customers", "observations"):
            plan = _plan(connection, table)
            assert "assignments_last" in plan
            assert "Index Cond: (member = (SESSION_USER)" in plan
        connection.rollback()


def _plan(connection: Any, table: str) -> str:
    asked = sql.SQL("EXPLAIN SELECT count(*) FROM {}").format(sql.Identifier(table))
    return "\n".join(row[0] for row in connection.execute(asked))


def test_what_was_erased_and_unassigned_is_seen_no_more(
    place: Any, keys: KeyRing, login: Login
) -> None:
    library = place.set(username="t_login_lib")
    officer = replace(POLICY, four_eyes=())
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        store.change_policy(officer)
        store.install_roles(prefix="t", assigned=("sales",))
        store.assign_customers(["F-1"], "t_login_bo", assigned=False)
    assert _customers(login("bo", "selling")) == {"P-4712"}
    with CustomerStore.open(library, keys=keys, actor=OLE) as store:
        # it does not own the table of keys, so it cannot vacuum it
        assert not store.erase("P-4712", reason="asked for").is_cleaned
    assert _customers(login("bo", "selling")) == set()
    ana = login("ana", "credit")
    assert "P-4712" not in _customers(ana)
    told = "SELECT count(*) FROM observations WHERE customer_id = 2"
    assert ana.execute(told).fetchone() == (0,)
    # a role that is no longer in the policy has lost what it had
    with pytest.raises(psycopg.Error, match="permission denied"):
        login("evil", EVIL).execute("SELECT count(*) FROM items")


def test_the_session_says_who_acts_and_for_what(place: Any, keys: KeyRing) -> None:
    told = sa.text("SELECT current_setting('app.actor'), current_setting('app.purpose')")
    actor = replace(OLE, name="o'le; --", purpose="it's")
    with (
        CustomerStore.open(place, keys=keys, actor=actor) as store,
        store.engine.connect() as connection,
    ):
        assert connection.execute(told).one() == ("o'le; --", "it's")


@pytest.mark.parametrize("name", ["owner", "library", "keys", "x" * 64, "ü" * 31])
def test_names_that_no_role_may_have_are_refused(new_place: Callable[[], Any], name: str) -> None:
    roles = (*POLICY.roles, Role(name=name))
    policy = AccessPolicy(roles=roles, purposes=POLICY.purposes)
    with (
        CustomerStore.create(
            new_place(), keys=KeyRing.generate(), policy=policy, actor=OLE
        ) as store,
        pytest.raises(InvalidParameterError, match=r"has the name of a role|have up to 63 bytes"),
    ):
        store.role_script()


def test_sqlite_has_no_roles(tmp_path: Any) -> None:
    path, keys = tmp_path / "a.db", KeyRing.generate()
    with CustomerStore.create(path, GUARDED, keys=keys, policy=POLICY, actor=OLE) as store:
        with pytest.raises(StoreError, match="SQLite has no roles"):
            store.install_roles()
        with pytest.raises(StoreError, match="SQLite has no log-ins"):
            store.assign_customers([], "bo")
        with pytest.raises(InvalidParameterError, match="no role 'boss'"):
            store.role_script(assigned=("boss",))
        # the script itself can be written anywhere, for a database of that name
        assert 'ON DATABASE "credit" FROM PUBLIC' in store.role_script(database="credit")
    with CustomerStore.create(tmp_path / "b.db", keys=keys) as store:
        with pytest.raises(InvalidParameterError, match="has no policy"):
            store.role_script()
        with pytest.raises(StoreError, match="has no policy"):
            store.approvals  # noqa: B018 - it is the question that is refused


def test_roles_need_the_right_to_manage(place: Any, keys: KeyRing) -> None:
    with CustomerStore.open(place, keys=keys, actor=BO) as store:
        with pytest.raises(AccessDeniedError, match="bo was denied 'manage_policy'"):
            store.install_roles(prefix="t")
        with pytest.raises(AccessDeniedError, match="bo was denied 'manage_policy'"):
            store.assign_customers(["F-1"], "t_login_bo")
