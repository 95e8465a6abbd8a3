"""Protected values in the store: encrypted, for whom they are, and each read recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from creditscore.collect import ItemCatalogue
from creditscore.exceptions import AccessDeniedError, BrokenTrailError, DecryptionError
from creditscore.organise import CustomerStore
from creditscore.organise._store._schema import observations
from creditscore.protect import (
    AccessPolicy,
    Actor,
    Grant,
    KeyRing,
    ProtectionPlan,
    RetentionRule,
    Role,
)
from stores import CATALOGUE, facts

New = Callable[..., CustomerStore]
SECRETS = ("Zoë Quicksilver", "4711.25")
PRIVATE = facts(
    ("A", "name", "Zoë Quicksilver", "2020-01-01"),
    ("A", "income", 4711.25, "2020-01-01"),
    ("B", "name", "Bo Rivers", "2020-01-01"),
    ("A", "revenue", 5, "2020-01-01"),
)
ANY = ("public", "internal", "personal", "sensitive")
POLICY = AccessPolicy(
    roles=(
        Role(
            name="analyst",
            grants=(
                Grant(actions=("read", "write"), sensitivities=ANY, purposes=("credit decision",)),
                Grant(actions=("merge",)),
            ),
        ),
        Role(
            name="sales",
            grants=(
                Grant(actions=("read",), groups=("identity",), purposes=("sales",)),
                Grant(actions=("read_masked",), items=("name",), purposes=("sales",)),
            ),
        ),
    ),
    purposes=("credit decision", "sales"),
)
ANA = Actor(name="ana", roles=("analyst",), purpose="credit decision")
BO = Actor(name="bo", roles=("sales",), purpose="sales")


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_no_protected_value_is_in_the_files(tmp_path: Path) -> None:
    ring = KeyRing.generate()
    with CustomerStore.create(tmp_path / "store.db", CATALOGUE, keys=ring) as store:
        store.load(PRIVATE)
        while_open = bytes_of(tmp_path)
        store.backup(tmp_path / "backup.db")
    for raw in (while_open, bytes_of(tmp_path)):
        assert b"Quicksilver" not in raw
        assert "Zoë".encode() not in raw
        assert b"4711.25" not in raw
        # 4711.25 as eight bytes, as SQLite keeps numbers
        assert bytes.fromhex("40b2674000000000") not in raw


def test_a_cipher_that_was_moved_is_not_read(new_store: New) -> None:
    """Between two rows of a customer, between two customers, and to another number."""
    store = new_store()
    store.load(PRIVATE)
    store.load(facts(("A", "name", "Zoë Later", "2021-01-01")))
    rows = store.observations(items=["name"], history=True)
    first, later = rows[rows["customer"] == "A"]["observation"]
    (other,) = rows[rows["customer"] == "B"]["observation"]
    for source, target in ((first, later), (other, first), (first, other)):
        with _unguarded(store) as connection:
            o = observations.c
            cipher = connection.execute(sa.select(o.cipher).where(o.id == int(source))).scalar()
            kept = connection.execute(sa.select(o.cipher).where(o.id == int(target))).scalar()
            change = observations.update().where(o.id == int(target))
            connection.execute(change.values(cipher=cipher))
            connection.commit()
            with pytest.raises(DecryptionError, match=rf"'name' in record {int(target)} cannot"):
                store.observations(items=["name"], history=True)
            connection.execute(change.values(cipher=kept))
            connection.commit()
    assert len(store.observations(items=["name"], history=True)) == 3


def _unguarded(store: CustomerStore) -> Any:
    """Give a connection of somebody who took the triggers away, as the owner of a file can."""
    if store.engine.dialect.name == "sqlite":
        statement = "DROP TRIGGER IF EXISTS observations_no_update"
    else:
        statement = "ALTER TABLE observations DISABLE TRIGGER USER"
    connection = store.engine.connect()
    connection.execute(sa.text(statement))
    connection.commit()
    return connection


def test_equal_values_do_not_look_alike(new_store: New) -> None:
    store = new_store()
    rows = [(name, "name", "Ana", "2020-01-01") for name in ("A", "B", "C")]
    store.load(facts(*rows))
    with store.engine.connect() as connection:
        kept = connection.execute(
            sa.select(observations.c.cipher, observations.c.fingerprint)
        ).all()
    assert len({bytes(row[0]) for row in kept}) == 3
    assert len({bytes(row[1]) for row in kept}) == 3


def test_keys_that_are_lost_are_missed(new_store: New) -> None:
    store = new_store()
    store.load(PRIVATE)
    with store.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM subject_keys WHERE kind = 'customer'"))
    with pytest.raises(DecryptionError, match=r"keys of 2 customer\(s\) are missing"):
        store.snapshot("2024-06-30", items=["name"])
    with pytest.raises(DecryptionError, match=r"name of customer \d cannot be decrypted"):
        store.snapshot("2024-06-30", items=["revenue"])


# --- the trail -------------------------------------------------------------------------


def test_a_read_of_protected_items_leaves_one_record(new_store: New) -> None:
    store = new_store(actor=ANA)
    store.load(PRIVATE)
    n = store.trail.table().shape[0]
    store.snapshot("2024-06-30", items=["revenue", "industry"])
    assert store.trail.table().shape[0] == n
    for read in (
        lambda: store.snapshot("2024-06-30", items=["name", "income"]),
        lambda: store.history(items=["name"]),
        lambda: store.observations(items=["name"]),
    ):
        n += 1
        read()
        table = store.trail.table()
        assert table.shape[0] == n
        assert table.iloc[-1][["actor", "action", "n_subjects"]].tolist() == ["ana", "read", 2]
    record = list(store.trail.since(0))[-1]
    key = store._desk.vault.derive("audit trail")
    assert record.is_of(["B", "A"], key=key)
    assert not record.is_of(["A"], key=key)
    assert record.details["items"] == ["name"]
    every = "".join(str(record.to_dict()) for record in store.trail.since(0))
    assert not any(secret in every for secret in SECRETS)


def test_each_change_leaves_a_record(new_store: New) -> None:
    store = new_store(actor=ANA)
    store.load(PRIVATE)
    store.retract([1], reason="typing error")
    store.link("A", "B", reason="same")
    store.unlink("A", reason="not the same")
    store.change_catalogue(CATALOGUE)
    actions = store.trail.table()["action"].tolist()
    assert actions == ["create", "load", "retract", "link", "unlink", "change_catalogue"]
    assert store.trail.verify().is_whole


def test_an_edited_trail_is_found(new_store: New) -> None:
    store = new_store(actor=ANA)
    for n in range(3):
        store.load(facts(("A", "revenue", n, "2020-01-01")))
    with store.engine.connect() as connection:
        statement = (
            "DROP TRIGGER audit_no_update"
            if connection.dialect.name == "sqlite"
            else "ALTER TABLE audit DISABLE TRIGGER USER"
        )
        connection.execute(sa.text(statement))
        connection.execute(sa.text("UPDATE audit SET actor = 'eve' WHERE number = 3"))
        connection.commit()
    report = store.trail.verify()
    assert (report.kind, report.number) == ("edited", 3)
    with store.engine.connect() as connection:
        connection.execute(sa.text("UPDATE audit SET actor = 'ana', roles = 'x' WHERE number = 3"))
        connection.commit()
    assert store.trail.verify().kind == "unreadable"
    with pytest.raises(BrokenTrailError, match=r"Record 3"):
        list(store.trail.since(0))


# --- who may do what -------------------------------------------------------------------


def test_who_may_read_nothing_is_denied_by_policy_or_plan(tmp_path: Path) -> None:
    place, ring = tmp_path / "a.db", KeyRing.generate()
    people = ItemCatalogue(items=[item for item in CATALOGUE if item.is_protected])
    with CustomerStore.create(place, people, keys=ring) as store:
        store.change_plan(ProtectionPlan.standard())
        with pytest.raises(AccessDeniedError, match="the plan has no purpose ''"):
            store.snapshot("2024-06-30")
        store.change_policy(POLICY)
    ana = Actor(name="ana", roles=("analyst",))
    with (
        CustomerStore.open(place, keys=ring, actor=ana) as store,
        pytest.raises(AccessDeniedError, match="ana was denied 'read' of item"),
    ):
        store.snapshot("2024-06-30")
    with CustomerStore.open(place, keys=ring, actor=ANA) as store:
        assert len(store.snapshot("2024-06-30")) == 0


def test_what_a_role_may_not_read_is_not_there(new_place: Callable[[], Any]) -> None:
    place, ring = new_place(), KeyRing.generate()
    with CustomerStore.create(place, CATALOGUE, keys=ring, policy=POLICY, actor=ANA) as store:
        store.load(PRIVATE)
        store.load(facts(("A", "industry", "retail", "2020-01-01")))
        assert store.snapshot("2024-06-30").loc["A", "income"] == 4711.25
    with CustomerStore.open(place, keys=ring, actor=BO) as store:
        table = store.snapshot("2024-06-30")
        assert list(table.columns) == ["name", "employees", "industry", "founded_on"]
        assert table["name"].tolist() == ["•••", "•••"]
        assert table.loc["A", "industry"] == "retail"
        tidy = store.observations(history=True)
        assert not any(secret in tidy.to_csv() for secret in SECRETS)
        with pytest.raises(AccessDeniedError, match=r"income"):
            store.snapshot("2024-06-30", items=["income"])
        with pytest.raises(AccessDeniedError, match="audit"):
            store.trail.table()
        last = store._desk.trail().table().iloc[-2]
        assert last[["actor", "action"]].tolist() == ["bo", "denied"]
        with pytest.raises(AccessDeniedError, match=r"write"):
            store.load(facts(("A", "industry", "trade", "2021-01-01")))
        with pytest.raises(AccessDeniedError, match=r"write"):
            store.retract([1], reason="no")
        with pytest.raises(AccessDeniedError, match=r"merge"):
            store.link("A", "B", reason="no")
        for change in (
            lambda: store.change_policy(POLICY),
            lambda: store.change_catalogue(CATALOGUE),
            store.rejects,
        ):
            with pytest.raises(AccessDeniedError, match=r"manage_policy|write"):
                change()
        assert store.retractions().empty
        assert store.links().empty
    with CustomerStore.open(place, keys=ring, actor=Actor(name="eve")) as store:
        # an empty table would tell the one who forgot the purpose that nothing is known
        for read in (
            lambda: store.snapshot("2024-06-30"), store.observations, store.history,
            lambda: store.records("invoice", "2024-06-30"),
            store.customers, store.batches, store.links, store.retractions,
        ):  # fmt: skip
            with pytest.raises(AccessDeniedError, match="eve was denied 'read'"):
                read()
            (denied,) = list(store._desk.trail().since())[-1:]
            assert (denied.actor, denied.action) == ("eve", "denied")
        for read in (store.consents, store.requests, store.holds, store.role_script):
            with pytest.raises(AccessDeniedError, match=r"eve was denied '(consent|hold|manage)"):
                read()
        with pytest.raises(AccessDeniedError, match="eve was denied 'erase'"):
            store.retention([RetentionRule(name="all", after="true_from", months=1)])
        with pytest.raises(AccessDeniedError, match="eve was denied 'write'"):
            store.reject(pd.DataFrame(), batch=1)
        # nobody adds to the trail in the name of others
        with pytest.raises(AccessDeniedError, match="eve adds no record in the name of ana"):
            store.trail.append(ANA, "erase", {})
        assert store.trail.append(store.actor, "note", {}).actor == "eve"


def test_a_policy_is_changed_by_who_may(new_store: New) -> None:
    admin = Actor(name="eve", roles=("administrator",))
    store = new_store(actor=admin)
    assert store.policy is None
    policy = AccessPolicy(
        roles=(Role(name="administrator", grants=(Grant(actions=("manage_policy",)),)),)
    )
    store.change_policy(policy)
    assert store.policy == policy
    with pytest.raises(AccessDeniedError, match=r"read"):
        store.snapshot("2024-06-30", items=["revenue"])
    store.change_policy(POLICY)
    with pytest.raises(AccessDeniedError, match=r"manage_policy"):
        store.change_policy(policy)


def test_names_are_no_part_of_statements(new_store: New) -> None:
    """What looks like SQL in names, records and texts is only ever a value."""
    store = new_store()
    evil = "x'); DROP TABLE observations; --"
    given = facts(
        (evil, "industry", evil, "2020-01-01"),
        (evil, "revenue", 1, "2020-01-01"),
        source_name=evil, collected_by=evil, evidence=evil,
        unit=[evil, ""],
    )  # fmt: skip
    store.load(given, note=evil)
    table = store.snapshot("2024-06-30", customers=[evil], items=["industry", "revenue"])
    assert table.loc[evil].tolist() == [evil, 1]
    store.load(facts((evil, "invoice.payer", evil, "2020-01-01"), record=evil))
    assert store.records("invoice", "2024-06-30")["record"].tolist() == [evil]
    tidy = store.observations(items=["industry"])
    assert tidy[["source_name", "collected_by", "evidence", "unit"]].values.tolist() == [[evil] * 4]
    store.retract([1], reason=evil)
    assert store.customers() == (evil,)


def test_messages_of_the_database_hold_no_values(new_store: New) -> None:
    store = new_store()
    store.load(PRIVATE)
    table = sa.table("customers", *map(sa.column, ("id", "digest", "name")))
    insert = table.insert().values(id=1, digest=b"1", name="Zoë Quicksilver")
    with store.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as caught:
        connection.execute(insert)
    assert "hidden" in str(caught.value)
    assert "Quicksilver" not in str(caught.value)
