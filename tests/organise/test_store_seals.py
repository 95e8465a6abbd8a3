"""Documents that nobody else can change, and names that go with the keys of customers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import ItemCatalogue
from creditscore.exceptions import (
    DecryptionError,
    ErasedSubjectError,
    RejectedRowsWarning,
    StoreError,
)
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.organise._guard._database_role import database_roles
from creditscore.organise._guard._role_script import RoleScript
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._engine import make_engine, reading, url_of, writing
from creditscore.organise._store._revisions import HEAD
from creditscore.organise._store._schema import customers
from creditscore.protect import AccessPolicy, Actor, Grant, KeyRing, ProtectionPlan, Role
from engines import Postgres
from older_stores import made_by, make_older
from stores import CATALOGUE, facts, postgres_place

RING = KeyRing.generate()
NUMBERS = itertools.count(5001)
FACTS = facts(
    ("Zoë Quicksilver", "revenue", 5, "2023-12-31"),
    ("上海宏远", "income", 7, "2023-12-31"),
)
POLICY = AccessPolicy(
    roles=(
        Role(
            name="reader", grants=(Grant(actions=("read",), items=("revenue",), purposes=("*",)),)
        ),
    )
)
OPEN = ItemCatalogue(
    items=tuple(
        item if item.name != "income" else type(item)(name="income", group="financial")
        for item in CATALOGUE
    )
)


def forge(store: CustomerStore, statement: str, **values: Any) -> None:
    """Change rows as somebody who may write to all of the database, but has no keys."""
    tables = ("settings", "customers", "observations", "audit", "rejects")
    with store.engine.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        for table in tables:
            names = ("no_update", "no_delete", "no_replace") if is_sqlite else ("only_added",)
            for name in names:
                after = "" if is_sqlite else f" ON {table}"
                connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_{name}{after}"))
        connection.execute(sa.text(statement), values)


# --- seals -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["catalogue", "policy", "plan", "protection"])
def test_a_document_that_was_put_in_by_hand_is_not_believed(
    new_place: Callable[[], Any], name: str
) -> None:
    place = new_place()
    content = {
        "catalogue": OPEN.to_json(), "policy": POLICY.to_json(),
        "plan": ProtectionPlan(purposes=()).to_json(), "protection": None,
    }[name]  # fmt: skip
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        with store.engine.connect() as connection:
            asked = sa.text("SELECT content, seal FROM settings WHERE name = :name")
            old = connection.execute(asked, {"name": "catalogue"}).one()
            said = connection.execute(asked, {"name": "protection"}).one()
        forge(
            store,
            "INSERT INTO settings (name, version, content, recorded_at, seal) "
            "VALUES (:name, 9, :content, 1, :seal)",
            name=name, content=content or said.content, seal=old.seal,
        )  # fmt: skip
    with pytest.raises(StoreError, match=rf"The {name} of the store is not sealed by it"):
        CustomerStore.open(place, keys=RING)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE settings SET content = replace(content, 'revenue', 'takings') WHERE version = 2",
        # the first version, whose seal is right, as if it were the newest
        "UPDATE settings SET version = 3 WHERE name = 'catalogue' AND version = 1",
        "UPDATE settings SET seal = '' WHERE name = 'catalogue'",
    ],
)
def test_a_seal_is_of_one_version_and_its_words(new_place: Callable[[], Any], change: str) -> None:
    place = new_place()
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        store.change_catalogue(CATALOGUE)
        forge(store, change)
    with pytest.raises(StoreError, match=r"catalogue of the store is not sealed"):
        CustomerStore.open(place, keys=RING)


def test_a_seal_of_another_store_is_none(new_place: Callable[[], Any]) -> None:
    one, other = new_place(), new_place()
    with (
        CustomerStore.create(one, CATALOGUE, keys=RING) as store,
        CustomerStore.create(other, OPEN, keys=RING) as twin,
    ):
        asked = sa.text("SELECT content, seal FROM settings WHERE name = 'catalogue'")
        with twin.engine.connect() as connection:
            content, seal = connection.execute(asked).one()
        change = "UPDATE settings SET content = :content, seal = :seal WHERE name = 'catalogue'"
        forge(store, change, content=content, seal=seal)
    with pytest.raises(StoreError, match=r"catalogue of the store is not sealed"):
        CustomerStore.open(one, keys=RING)


def test_seals_stay_under_other_keys_and_in_a_restored_store(
    new_place: Callable[[], Any], tmp_path: Path
) -> None:
    # without keys, too: then the secret lies beside, and seals find accidents alone
    for keys in (RING, None):
        place = new_place()
        with CustomerStore.create(place, CATALOGUE, keys=keys) as store:
            store.change_catalogue(CATALOGUE)
            path = tmp_path / f"backup_{keys is None}.db"
            store.backup(path)
            newest = None if keys is None else keys.rotated()
            if newest is not None:
                store.rotate_keys(newest)
            store.change_policy(POLICY)
        with CustomerStore.open(place, keys=newest) as store:
            assert store.policy == POLICY
        with CustomerStore.restore(path, new_place(), keys=keys) as again:
            assert len(again.catalogue) == len(CATALOGUE)


def test_the_trail_has_the_version_of_each_document(new_store: Callable[..., Any]) -> None:
    """Who takes the newest version out brings back the one before, and the trail tells."""
    store = new_store(keys=RING)
    store.change_catalogue(CATALOGUE)
    store.change_plan(ProtectionPlan(purposes=()))
    said = {r.action: r.details.get("version") for r in store.trail.since()}
    assert said == {"create": None, "change_catalogue": 2, "change_plan": 1}


# --- names -----------------------------------------------------------------------------


def test_no_name_is_in_the_bytes_of_a_store_with_keys(tmp_path: Path) -> None:
    place = tmp_path / "store.db"
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        store.link("上海宏远", "Zoë Quicksilver", reason="the same")
        store.load(FACTS)
        told = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        for name in FACTS.customers:
            assert name.encode() not in told
        assert store.customers() == ("Zoë Quicksilver", "上海宏远")
    # a store without keys has nothing to hide them by
    with CustomerStore.create(tmp_path / "open.db", CATALOGUE) as store:
        store.load(facts(("Zoë Quicksilver", "revenue", 5, "2023-12-31")))
    assert "Zoë Quicksilver".encode() in (tmp_path / "open.db").read_bytes()


def test_the_name_of_an_erased_customer_is_gone_and_still_refused(
    new_store: Callable[..., CustomerStore], tmp_path: Path, new_place: Callable[[], Any]
) -> None:
    store = new_store(keys=RING)
    store.load(FACTS)
    path = tmp_path / "before.db"
    store.backup(path)
    register = ErasureRegister(tmp_path / "register.jsonl")
    store.erase("上海宏远", reason="asked for", register=register)
    assert store.customers() == ("Zoë Quicksilver", "erased:2")
    with store.engine.connect() as connection:
        cipher = connection.execute(
            sa.select(customers.c.name_cipher).where(customers.c.id == 2)
        ).scalar()
        known = store._desk.customers(connection)
        assert known._keys([1, 2]).keys() == {1}
    assert cipher is not None
    with pytest.raises(ErasedSubjectError, match=r"were erased"):
        store.snapshot("2024-06-30", customers=["上海宏远"])
    for act in (store.unlink, lambda name, reason: store.link("Zoë Quicksilver", name, reason)):
        for name in ("上海宏远", "erased:2"):
            with pytest.raises(ErasedSubjectError, match=r"erased"):
                act(name, "x")
    with pytest.warns(RejectedRowsWarning, match=r"1 observations are of customers whose data"):
        assert store.load(FACTS).n_refused == 1
    with CustomerStore.restore(path, new_place(), keys=RING, register=register) as again:
        assert again.customers() == ("Zoë Quicksilver", "erased:2")


def test_names_that_were_exchanged_or_put_in_are_not_believed(
    new_store: Callable[..., CustomerStore],
) -> None:
    changes = (
        "UPDATE customers SET name_cipher = (SELECT name_cipher FROM customers WHERE id = 2)",
        "UPDATE customers SET name_cipher = NULL, name = 'Zoë Quicksilver' WHERE id = 1",
    )
    for change in changes:
        store = new_store(keys=RING)
        store.load(FACTS)
        forge(store, change)
        with pytest.raises(DecryptionError, match=r"decrypt"):
            store.snapshot("2024-06-30")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    place = tmp_path_factory.mktemp("names") / "store.db"
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        yield store


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=8))
def test_names_and_numbers_are_each_others(shared: CustomerStore, names: list[str]) -> None:
    with writing(shared.engine) as connection:
        known = shared._desk.customers(connection)
        numbers = known.add(names)
        assert len(set(numbers.values())) == len(set(names))
        # whoever asks by a connection of their own, and whether few or all are asked for
        fresh = shared._desk.customers(connection)
        assert fresh.numbers(names) == numbers
        assert fresh.names(numbers.values()) == {n: name for name, n in numbers.items()}
        assert known.add(names) == numbers


def test_many_customers_are_found_as_few_are(
    shared: CustomerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from creditscore.organise._store import _customers

    names = [f"C{k}" for k in range(20)]
    with writing(shared.engine) as connection:
        numbers = shared._desk.customers(connection).add(names)
    with reading(shared.engine) as connection:
        monkeypatch.setattr(_customers, "_MOST_ASKED", 3)
        known = Customers(connection=connection, vault=shared._desk.vault)
        assert known.numbers([*names, "nobody"]) == numbers
        assert known.names(numbers.values()) == {n: name for name, n in numbers.items()}
        assert set(numbers.values()) <= set(known.ids())
        assert known.names([10**9]) == {}


def test_nobody_is_taken_for_somebody_else(new_store: Callable[..., CustomerStore]) -> None:
    """Exchanged digests would let one customer be erased, or read, in the place of another."""
    store = new_store(keys=RING)
    store.load(FACTS)
    with store.engine.connect() as connection:
        one, other = connection.execute(
            sa.select(customers.c.digest).order_by(customers.c.id)
        ).scalars()
    for digest, number in ((b"in between", 1), (one, 2), (other, 1)):
        forge(store, "UPDATE customers SET digest = :d WHERE id = :n", d=digest, n=number)
    for act in (
        lambda: store.snapshot("2024-06-30", customers=["Zoë Quicksilver"]),
        lambda: store.erase("Zoë Quicksilver", reason="asked for"),
        lambda: store.load(FACTS),
        lambda: store.link("Zoë Quicksilver", "上海宏远", reason="x"),
    ):
        with pytest.raises(DecryptionError, match=r"rows of customers were changed"):
            act()
    with store.engine.connect() as connection:
        assert store._desk.customers(connection)._keys([1, 2]).keys() == {1, 2}


def test_whoever_has_a_store_open_opens_it_anew_after_a_rotation(
    new_place: Callable[[], Any],
) -> None:
    """New keys wrapped by the old master key would be lost with it."""
    place = new_place()
    with (
        CustomerStore.create(place, CATALOGUE, keys=RING) as store,
        CustomerStore.open(place, keys=RING) as other,
    ):
        store.load(FACTS)
        newest = RING.rotated()
        store.rotate_keys(newest)
        for act in (lambda: other.load(FACTS), other.customers):
            with pytest.raises(StoreError, match=r"protection of the store .* open it again"):
                act()
        store.load(facts(("Zed", "income", 5, "2023-12-31")))
    with CustomerStore.open(place, keys=newest.without(RING.current)) as store:
        assert store.snapshot("2024-06-30").loc["Zed", "income"] == 5


def test_names_that_are_kept_in_mind_are_those_of_who_is_not_erased(
    new_place: Callable[[], Any],
) -> None:
    place = new_place()
    with (
        CustomerStore.create(place, CATALOGUE, keys=RING) as store,
        CustomerStore.open(place, keys=RING) as other,
    ):
        store.load(FACTS)
        assert other.customers() == FACTS.customers
        store.erase("Zoë Quicksilver", reason="asked for")
        assert other.customers() == ("erased:1", "上海宏远")


# --- events ----------------------------------------------------------------------------


def test_events_that_were_put_in_by_hand_are_not_believed(
    new_store: Callable[..., CustomerStore],
) -> None:
    """Adding a row is enough, which no trigger refuses."""
    store = new_store(keys=RING)
    store.load(FACTS)
    store.place_hold("Zoë Quicksilver", reason="a lawsuit")
    assert len(store.holds()) == 1
    with store.engine.begin() as connection:
        connection.execute(sa.text(
            "INSERT INTO protections (id, kind, customer_id, content, recorded_at, recorded_by, "
            "seal) SELECT 9, 'release', customer_id, :content, recorded_at, recorded_by, seal "
            "FROM protections"
        ), {"content": '{"reason":"x"}'})  # fmt: skip
    for act in (store.holds, lambda: store.erase("Zoë Quicksilver", reason="asked for")):
        with pytest.raises(StoreError, match=r"'release' of number 9 is not sealed by the store"):
            act()


def test_a_reject_that_nobody_can_read_stops_no_erasure(
    new_store: Callable[..., CustomerStore],
) -> None:
    store = new_store(keys=RING)
    store.load(FACTS)
    reject = {
        "source": "a.csv", "row": "7", "column": "Name", "item": "name",
        "value": "Zoë Quicksilver", "reason": "is too long", "protected": True, "cells": "[]",
    }  # fmt: skip
    store.reject(pd.DataFrame([reject]), batch=1)
    with store.engine.begin() as connection:
        connection.execute(sa.text(
            "INSERT INTO rejects (id, batch_id, source, row, column_name, item, reason, "
            "is_protected, value) SELECT 99, batch_id, source, row, column_name, item, reason, "
            "is_protected, 'in the clear' FROM rejects"
        ))  # fmt: skip
    # and what stands beside the ciphers of a row does not hide whom it names
    forge(store, "UPDATE rejects SET value = 'x', cells = 'x' WHERE id = 1")
    with pytest.raises(DecryptionError, match=r"reject 1 of batch 1 .* not encrypted"):
        store.rejects()
    assert store.erase("Zoë Quicksilver", reason="asked for").n_rejects == 1


# --- older stores ----------------------------------------------------------------------


def test_an_older_store_gets_seals_and_its_names_are_hidden(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, old = new_place(), new_place()
    made_by(monkeypatch, "0004")
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        store.change_catalogue(CATALOGUE)
        store.erase("上海宏远", reason="asked for")
        make_older(store, old, "0004", erased={2: "上海宏远"})
        expected = store.snapshot("2024-06-30", items=["revenue"])
    is_file = isinstance(old, Path)
    assert not is_file or "Zoë Quicksilver".encode() in old.read_bytes()
    with CustomerStore.migrate(old, keys=RING) as store:
        assert store.customers() == ("Zoë Quicksilver", "erased:2")
        found = store.snapshot("2024-06-30", items=["revenue"])
        pd.testing.assert_frame_equal(found, expected)
        with pytest.warns(RejectedRowsWarning):
            assert store.load(FACTS).n_refused == 1
        with store.engine.connect() as connection:
            rows = connection.execute(sa.select(customers).order_by(customers.c.id)).all()
            assert [(row.name, row.name_cipher is None) for row in rows] == [
                (None, False), (None, True),
            ]  # fmt: skip
            kept = connection.execute(
                sa.text("SELECT count(*) FROM settings WHERE name = 'catalogue'")
            )
            assert kept.scalar() == 2
            with pytest.raises(sa.exc.DBAPIError, match=r"customers are only added"):
                connection.execute(sa.text("UPDATE customers SET name = 'x'"))
    if is_file:
        told = b"".join(path.read_bytes() for path in old.parent.glob(f"{old.name}*"))
        assert "Zoë Quicksilver".encode() not in told
        assert "上海宏远".encode() not in told


@pytest.mark.engine("postgresql")
def test_roles_of_postgresql_stay_when_a_store_is_migrated(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Policies of other tables name that of customers, and grants stand on it."""
    new_place = postgres_place(postgres, NUMBERS)
    place, old = new_place(), new_place()
    made_by(monkeypatch, "0004")
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        store.place_hold("上海宏远", reason="a lawsuit")
        make_older(store, old, "0004")
        hold = store.holds()
    roles = database_roles(POLICY, CATALOGUE, "s", ())
    script = RoleScript(
        roles=roles, prefix="s", schema="public", database=old.database, is_shared=False
    ).text()
    for column in (', "digest"', ', "name_cipher"', ', "seal"'):
        script = script.replace(column, "")
    engine = make_engine(url_of(old), 5)
    with writing(engine) as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(script)
    granted = sa.text("SELECT relowner, relrowsecurity, relforcerowsecurity FROM pg_class "
                      "WHERE relname = 'customers'")  # fmt: skip
    with engine.connect() as connection:
        before = connection.execute(granted).one()
        assert before.relrowsecurity
    with CustomerStore.migrate(old, keys=RING) as store:
        assert store.customers() == FACTS.customers
        assert store.holds() == hold
        with store.engine.connect() as connection:
            assert connection.execute(granted).one() == before
    engine.dispose()


def test_a_store_that_is_made_to_look_older_is_not_migrated(new_place: Callable[[], Any]) -> None:
    """Scripts seal what they find, so that what is forged would be sealed by them."""
    place, old = new_place(), new_place()
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        make_older(store, old, "0004")
    with pytest.raises(StoreError, match=f"of version 0004, and its trail has {HEAD}"):
        CustomerStore.migrate(old, keys=RING)


def test_a_store_without_a_trail_is_not_migrated(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, old = new_place(), new_place()
    made_by(monkeypatch, "0004")
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        forge(store, "DELETE FROM audit")
        make_older(store, old, "0004")
    with pytest.raises(StoreError, match=r"trail of the store does not begin"):
        CustomerStore.migrate(old, keys=RING)


def test_who_may_not_migrate_leaves_the_store_as_it_was(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from creditscore.exceptions import AccessDeniedError, StoreVersionError

    place, old = new_place(), new_place()
    made_by(monkeypatch, "0004")
    with CustomerStore.create(place, CATALOGUE, keys=RING, policy=POLICY) as store:
        make_older(store, old, "0004")
    with pytest.raises(AccessDeniedError, match=r"migrate"):
        CustomerStore.migrate(old, keys=RING, actor=Actor(name="ana", roles=("reader",)))
    with pytest.raises(StoreVersionError, match=r"version 0004"):
        CustomerStore.open(old, keys=RING)
