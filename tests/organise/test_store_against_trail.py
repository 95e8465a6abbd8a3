"""What somebody takes out of the tables, puts in or changes there is missed by the trail."""

from __future__ import annotations

import hmac
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa

from creditscore.exceptions import (
    AccessDeniedError,
    BrokenTrailError,
    InvalidParameterError,
    KnownRowsWarning,
    RejectedRowsWarning,
    StoreError,
)
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.organise._store import _access, _added
from creditscore.organise._store._schema import ONLY_ADDED
from creditscore.protect import Consent, KeyRing, RetentionRule, SubjectRequest
from engines import Postgres
from guarded import ANA, GUARDED, OLE, PLAN, POLICY, guarded_facts
from older_stores import made_by, make_older
from stores import facts, postgres_place

RING = KeyRing.generate()
NUMBERS = itertools.count(7001)
RULES = (RetentionRule(name="old", after="true_from", months=1, sensitivities=("personal",)),)


def differences(store: CustomerStore) -> list[tuple[Any, ...]]:
    """Return kind, table, numbers, and how many rows are told and held."""
    with pytest.MonkeyPatch.context() as patch:
        # versions of documents that were taken out stop a store at once
        patch.setattr(CustomerStore, "_check_current", lambda *_: None)
        report = store.verify_trail()
    assert report.trail.is_whole
    columns = ["kind", "table", "first", "last", "told", "held"]
    return list(report.table[columns].itertuples(index=False, name=None))


def forge(store: CustomerStore, *statements: str) -> None:
    """Change rows as somebody who may write to all of the database, but has no keys."""
    with store.engine.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        for table in ONLY_ADDED:
            if not is_sqlite:
                connection.execute(sa.text(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL"))
                continue
            for name in ("no_update", "no_delete", "no_replace"):
                connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table.name}_{name}"))
        for statement in statements:
            connection.execute(sa.text(statement))


def rejected(n: int) -> pd.DataFrame:
    row = {"source": "a.csv", "row": 7, "column": "Name", "item": "name", "value": "Zoë",
           "reason": "is too long", "protected": True, "cells": '["Zoë"]'}  # fmt: skip
    return pd.DataFrame([{**row, "row": number} for number in range(n)])


def lived(store: CustomerStore) -> CustomerStore:
    """Do all that leaves rows."""
    store.load(guarded_facts())
    store.load(facts(("F-1", "revenue", 5, "2023-12-31"), ("F-2", "revenue", -0.0, "2023-12-31"),
                     confidence=0.5))  # fmt: skip
    with pytest.warns(KnownRowsWarning):
        store.load(facts(("F-1", "revenue", 5, "2023-12-31"), confidence=0.5), backfill=True)
    store.reject(rejected(2), batch=1)
    store.reject(rejected(5), batch=2)
    store.rectify(13, 3, evidence="a letter")
    store.retract([1], reason="a trial")
    store.retract([1, 3, 4], reason="again")
    store.link("F-1", "F-2", reason="one")
    store.unlink("F-1", reason="two")
    store.place_hold("F-1", reason="a claim")
    store.release_hold("F-1", reason="settled")
    store.place_hold("F-2", reason="an order")
    for purpose in ("selling", "credit"):
        store.record_consent(
            Consent(subject="P-4712", purpose=purpose, given_at="2024-01-01", evidence="a form")
        )
    store.withdraw_consent("P-4712", "selling")
    store.record_request(
        SubjectRequest(subject="P-4712", kind="access", law="GDPR", received_on="2024-02-01")
    )
    store.change_catalogue(GUARDED)
    store.change_plan(PLAN)
    if store.engine.dialect.name != "sqlite":
        store.assign_customers(["F-1", "F-1", "F-2"], "bo")
    return store


# --- no false alarm ---------------------------------------------------------------------


def test_whatever_a_store_does_is_no_difference(
    new_store: Callable[..., CustomerStore], new_place: Callable[[], Any], tmp_path: Path
) -> None:
    store = lived(new_store(catalogue=GUARDED, keys=RING))
    assert differences(store) == []
    store.backup(tmp_path / "before.db")
    register = ErasureRegister(tmp_path / "register.jsonl")
    store.erase("P-4711", reason="asked for", rules=(), register=register)
    with pytest.warns(RejectedRowsWarning):
        store.load(guarded_facts())
    # what is refused leaves nothing
    for refused in (
        lambda: store.erase("F-2", reason="held"),
        lambda: store.retract([10**6], reason="none"),
        lambda: store.link("F-1", "nobody", reason="none"),
        lambda: store.reject(rejected(1), batch=99),
    ):
        with pytest.raises(StoreError):
            refused()
    store.apply_retention(store.retention(RULES), reason="due")
    newest = RING.rotated()
    store.rotate_keys(newest)
    report = store.verify_trail(store.trail.anchor())
    report.check()
    assert report.is_whole
    assert repr(report).endswith("records, whole; the tables hold what it tells>")
    assert "<table" in report._repr_html_()
    store.backup(tmp_path / "after.db")
    restored = (("before", new_place(), RING), ("after", tmp_path / "restored.db", newest))
    for name, place, keys in restored:
        with CustomerStore.restore(
            tmp_path / f"{name}.db", place, keys=keys, register=register
        ) as again:
            assert differences(again) == []
            again.load(facts(*((one, "revenue", 1, "2024-01-01") for one in "YZ")))
            again.link("Z", "Y", reason="one")
            assert differences(again) == []


def test_a_register_of_strangers_is_told_in_the_record_of_restoring(
    new_store: Callable[..., CustomerStore], new_place: Callable[[], Any], tmp_path: Path
) -> None:
    store, register = new_store(keys=RING), ErasureRegister(tmp_path / "register.jsonl")
    store.backup(tmp_path / "empty.db")
    store.load(facts(("A", "name", "Ana", "2024-01-01")))
    store.erase("A", reason="asked for", register=register)
    with CustomerStore.restore(
        tmp_path / "empty.db", new_place(), keys=RING, register=register
    ) as again:
        assert differences(again) == []
        forge(again, "DELETE FROM protections")
        assert differences(again) == [("taken out", "protections", 1, 1, 1, 0)]


@pytest.mark.parametrize("version", ["0002", "0004"])
def test_a_store_that_was_migrated_is_no_difference(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    place, old = new_place(), new_place()
    with monkeypatch.context() as patch:
        made_by(patch, version)
        if version == "0002":
            patch.setattr(_access, "added_to", lambda *_: {})
        with CustomerStore.create(place, GUARDED, keys=RING) as store:
            store.load(guarded_facts())
            store.reject(rejected(2), batch=1)
            store.retract([2], reason="a trial")
            store.link("P-4711", "F-1", reason="one")
            make_older(store, old, version)
    with CustomerStore.migrate(old, keys=RING) as store:
        assert differences(store) == []
        lost = "UPDATE alembic_version SET version_num = version_num"
        for table in ("links", "retractions", "rejects"):
            forge(store, f"DELETE FROM {table} WHERE id = 1", lost)  # noqa: S608 - of this test
        found = {(kind, table) for kind, table, *_ in differences(store)}
        assert found == {("taken out", name) for name in ("links", "retractions", "rejects")}


def test_programs_of_before_told_how_many(
    new_store: Callable[..., CustomerStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(_access, "added_to", lambda *_: {})
        store = lived(new_store(catalogue=GUARDED, keys=RING, policy=None))
        store.erase("P-4711", reason="asked for", rules=())
        store.trail.append(store.actor, "note", {"of": "mine"})
        assert differences(store) == []
    store.link("F-1", "P-4712", reason="one")
    store.place_hold("F-1", reason="another claim")
    assert differences(store) == []
    forge(store, "DELETE FROM links WHERE id = 2", "DELETE FROM protections WHERE id = 8",
          "DELETE FROM customers WHERE id = 2")  # fmt: skip
    assert differences(store) == [
        ("taken out", "customers", 1, 4, 4, 3),
        ("taken out", "links", 1, 2, 2, 1),
        ("taken out", "protections", 1, 8, 8, 7),
    ]


def test_what_only_older_records_tell_is_counted(
    new_store: Callable[..., CustomerStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_access, "added_to", lambda *_: {})
    store = lived(new_store(catalogue=GUARDED, keys=RING))
    store.apply_retention(store.retention(RULES), reason="due")
    store.rotate_keys(RING.rotated())
    assert differences(store) == []
    last = "(SELECT max(id) FROM links)"
    forge(store, f"DELETE FROM links WHERE id = {last}", "DELETE FROM batches WHERE id = 2",  # noqa: S608
          "DELETE FROM rejects WHERE id = 5", "DELETE FROM retractions WHERE id = 3",
          "UPDATE erasures SET id = 7 WHERE id = 1",
          "DELETE FROM settings WHERE name = 'catalogue' AND version = 2")  # fmt: skip
    assert differences(store) == [
        ("taken out", "batches", 1, 4, 4, 3),
        ("renumbered", "erasures", 1, 7, 2, 2),
        ("taken out", "links", 1, 2, 2, 1),
        ("taken out", "rejects", 1, 5, 5, 4),
        ("taken out", "retractions", 1, 3, 3, 2),
        ("taken out", "settings.catalogue", 1, 2, 2, 1),
    ]


# --- what is found ----------------------------------------------------------------------

_LINK = "INSERT INTO links (id, customer_id, into_id, reason, recorded_at, recorded_by) "
_POLICY = "INSERT INTO settings (name, version, content, recorded_at, seal) "
_FOUND = {
    "links": [
        ("DELETE FROM links WHERE id = 2", ("taken out", 2, 2, 1, 0)),
        ("UPDATE links SET into_id = 2 WHERE id = 1", ("changed", 1, 1, 1, 1)),
        (f"{_LINK} VALUES (4, 1, 3, 'x', 5, 'ana')", ("put in", 3, 4, 0, 2)),
        (f"{_LINK} VALUES (3, 1, 3, 'x', 5, 'ana')", None),
        (f"{_LINK} VALUES (0, 1, 3, 'x', 5, 'ana')", ("put in", 0, 0, 0, 1)),
    ],
    "retractions": [
        ("DELETE FROM retractions WHERE id = 2", ("taken out", 2, 3, 2, 1)),
        ("UPDATE retractions SET observation_id = 2 WHERE id = 1", ("changed", 1, 1, 1, 1)),
    ],
    "protections": [
        ("DELETE FROM protections WHERE kind = 'withdrawal'", ("taken out", 6, 6, 1, 0)),
        ("UPDATE protections SET content = '{}' WHERE id = 3", ("changed", 3, 3, 1, 1)),
    ],
    "erasures": [("DELETE FROM erasures", ("taken out", 1, 1, 1, 0))],
    "rejects": [
        ("DELETE FROM rejects WHERE id = 4", ("taken out", 3, 5, 3, 2)),
        ("UPDATE rejects SET item = 'income' WHERE id = 1", ("changed", 1, 2, 2, 2)),
    ],
    "batches": [
        ("UPDATE batches SET is_backfill = NOT is_backfill WHERE id = 2", ("changed", 2, 2, 1, 1)),
    ],
    "observations": [
        ("UPDATE observations SET batch_id = 9 WHERE id = 13", ("put in", 9, 9, 0, 1)),
        ("DELETE FROM observations WHERE id = 14", ("taken out", 2, 2, 2, 0)),
    ],
    "origins": [
        ("UPDATE origins SET confidence = 1 WHERE confidence < 1", ("changed", 2, 2, 1, 1)),
    ],
    "items": [("UPDATE items SET name = 'x' WHERE id = 1", ("changed", 1, 8, 8, 8))],
    "customers": [("DELETE FROM customers WHERE id = 4", ("taken out", 4, 4, 1, 0))],
    "settings.catalogue": [
        (
            "DELETE FROM settings WHERE name = 'catalogue' AND version = 2",
            ("taken out", 2, 2, 1, 0),
        ),
        (
            "UPDATE settings SET content = '{}' WHERE name = 'catalogue' AND version = 1",
            ("changed", 1, 1, 1, 1),
        ),
    ],
    "settings.policy": [(f"{_POLICY} VALUES ('policy', 1, '{{}}', 1, '')", ("put in", 1, 1, 0, 1))],
}


def test_rows_that_are_changed_by_hand_are_found(new_store: Callable[..., CustomerStore]) -> None:
    store = lived(new_store(catalogue=GUARDED, keys=RING))
    store.erase("P-4711", reason="asked for", rules=())
    n = store.trail.sink.head().number
    forge(store, *(change for changes in _FOUND.values() for change, _ in changes))
    got: dict[str, list[tuple[Any, ...]]] = {}
    for kind, table, *numbers in differences(store):
        got.setdefault(table, []).append((kind, *numbers))
    for table, changes in _FOUND.items():
        assert sorted(got[table]) == sorted(found for _, found in changes if found), table
    assert got.keys() == _FOUND.keys()
    assert store.trail.sink.head().number == n


def test_a_number_that_was_given_again_hides_nothing(
    new_store: Callable[..., CustomerStore],
) -> None:
    store = lived(new_store(catalogue=GUARDED, keys=RING))
    forge(store, "DELETE FROM links WHERE id = 2")
    store.link("P-4712", "F-2", reason="two")
    assert differences(store) == [("taken out", "links", 2, 2, 1, 0)]
    forge(store, "DELETE FROM links", f"{_LINK} VALUES (2, 1, 3, 'x', 5, 'ana')")
    store.link("P-4712", "F-2", reason="three")
    assert differences(store) == [
        ("changed", "links", 2, 2, 1, 1),
        ("taken out", "links", 2, 2, 1, 0),
        ("taken out", "links", 1, 1, 1, 0),
    ]
    with pytest.raises(
        BrokenTrailError, match=r"links, 2, rows were changed: 1 told, 1 held \(rec"
    ):
        store.verify_trail().check()


def test_long_tables_are_read_in_parts(
    new_store: Callable[..., CustomerStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = lived(new_store(catalogue=GUARDED, keys=RING))
    monkeypatch.setattr(_added, "_AT_ONCE", 2)
    store.reject(rejected(7), batch=1)
    assert differences(store) == []
    forge(store, "DELETE FROM rejects WHERE id > 2")
    assert differences(store) == [
        ("taken out", "rejects", 3, 5, 3, 0), ("taken out", "rejects", 6, 7, 2, 0),
    ]  # fmt: skip
    with pytest.raises(BrokenTrailError, match=r"3 to 5, .* 3 told, 0 held .*; in rejects, 6 to 7"):
        store.verify_trail().check()


def test_digests_are_those_that_records_hold(
    new_store: Callable[..., CustomerStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are written at once: what stands in one parts no row, and the digest stays for ever."""
    store = lived(new_store(catalogue=GUARDED, keys=RING))
    store.reject(rejected(5).assign(reason=f'"\\Ω\n]{_added._BROKEN}[', protected=False), batch=1)
    vault = store._desk.vault
    for at_once, (name, said) in itertools.product((2, 250), _added._COLUMNS.items()):
        monkeypatch.setattr(_added, "_WRITTEN_AT_ONCE", at_once)
        with store.engine.connect() as connection:
            got = _added.digest_of(name, _added.Numbered.of(name).rows(connection), vault)
            columns = ", ".join(said.split())
            asked = f"SELECT {columns} FROM {name} ORDER BY id"  # noqa: S608 - of this module
            rows = connection.exec_driver_sql(asked).all()
        made = hmac.new(vault.derive("rows that were added"), name.encode(), "sha256")
        for row in rows:
            made.update(b"\n" + json.dumps([_as_told(value) for value in row]).encode())
        assert got == (made.hexdigest()[:32], len(rows)), name


def _as_told(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return [bytes(value).hex()] if isinstance(value, (bytes, memoryview)) else value


def test_a_zero_below_0_is_none() -> None:
    row: Any = [1, "a", None, "b", None, "c", 0.0]
    rows = _added.Numbered.of("origins")._written([row, [*row[:-1], -0.0]])
    assert [told for _, told in rows] == ['[1, "a", null, "b", null, "c", 0.0]'] * 2


def test_of_a_broken_trail_nothing_is_compared(new_store: Callable[..., CustomerStore]) -> None:
    store = lived(new_store(catalogue=GUARDED, keys=RING))
    forge(store, "UPDATE audit SET details = '{\"added_rows\": {\"links\": 1}}' WHERE number = 9",
          "DELETE FROM links")  # fmt: skip
    report = store.verify_trail()
    assert repr(report) == "<StoreTrailReport: broken at record 9, edited>"
    assert report.table.empty
    assert not report.is_whole
    with pytest.raises(BrokenTrailError, match=r"broken at record 9"):
        report.check()


def test_nobody_tells_of_rows_but_who_adds_them(new_store: Callable[..., CustomerStore]) -> None:
    """A record of an own making could make right what was put in."""
    store = lived(new_store(catalogue=GUARDED, keys=RING))
    with pytest.raises(InvalidParameterError, match=r"No details of a record are called 'added_r"):
        store.trail.append(store.actor, "link", {"added_rows": {"links": [3, 3, "00"]}})
    store.trail.append(store.actor, "link", {"reason": "mine"})
    assert differences(store) == []


def test_who_may_not_audit_may_not_check(new_place: Callable[[], Any]) -> None:
    place = new_place()
    CustomerStore.create(place, GUARDED, keys=RING, policy=POLICY, actor=ANA).close()
    with CustomerStore.open(place, keys=RING, actor=ANA) as store:
        with pytest.raises(AccessDeniedError, match=r"denied 'audit'"):
            store.verify_trail()
        assert store._desk.trail().sink.head().number == 2
    with CustomerStore.open(place, keys=RING, actor=OLE) as store:
        assert differences(store) == []


@pytest.mark.engine("postgresql")
def test_who_sees_a_part_of_the_rows_misses_none(postgres: Postgres) -> None:
    place = postgres_place(postgres, NUMBERS)()
    with CustomerStore.create(place, GUARDED, keys=RING, policy=POLICY, actor=ANA) as store:
        store.load(guarded_facts())
    with CustomerStore.open(place, keys=RING, actor=OLE) as store:
        store.install_roles(prefix="v")
        members = {"v_lib": ("v_library",), "v_off": ("v_officer", "v_keys"),
                   "v_denied": ("v_library", "v_scientist"),
                   "v_all": ("v_owner", "v_library", "v_scientist"),
                   "v_own": ("v_owner", "v_library", "v_team")}  # fmt: skip
        sees_all = ("v_lib", "v_own")
        with store.engine.begin() as connection:
            connection.execute(sa.text("CREATE ROLE v_team NOINHERIT IN ROLE v_scientist"))
            for name, roles in members.items():
                connection.execute(sa.text(f"CREATE ROLE {name} LOGIN"))
                connection.execute(sa.text(f"GRANT {', '.join(roles)} TO {name}"))
        assert differences(store) == []
    for name in members:
        with CustomerStore.open(place.set(username=name), keys=RING, actor=OLE) as store:
            if name in sees_all:
                assert differences(store) == []
                continue
            with pytest.raises(StoreError, match=r"sees a part of the rows"):
                store.verify_trail()
    gone = ("ALTER ROLE v_scientist RENAME TO v_odd", "DROP OWNED BY v_odd", "DROP ROLE v_odd")
    for statement in gone:
        with psycopg.connect(
            host=place.query["host"], user="tests", dbname=place.database
        ) as connection:
            connection.execute(statement.encode())
        # who may not read what the role is denied still may not, and nobody is shut out
        with CustomerStore.open(place.set(username="v_lib"), keys=RING, actor=OLE) as store:
            assert differences(store) == []
        with CustomerStore.open(place.set(username="v_denied"), keys=RING, actor=OLE) as store:
            if statement == gone[0]:
                with pytest.raises(StoreError, match=r"sees a part of the rows"):
                    store.verify_trail()
            else:
                assert differences(store) == []


# --- damage that is told ----------------------------------------------------------------


@pytest.mark.parametrize("content", ["{", "[]", '{"store": 1, "keys": true}', '{"store": "a"}'])
def test_a_damaged_protection_is_told(new_place: Callable[[], Any], content: str) -> None:
    place = new_place()
    with CustomerStore.create(place, GUARDED, keys=RING) as store:
        forge(store, f"UPDATE settings SET content = '{content}' WHERE name = 'protection'")  # noqa: S608
    with pytest.raises(StoreError, match=r"protection of the store cannot be read: .* a backup"):
        CustomerStore.open(place, keys=RING)


def test_a_version_that_is_no_number_is_told(tmp_path: Path) -> None:
    place = tmp_path / "a.db"
    with CustomerStore.create(place, GUARDED, keys=RING) as store:
        forge(store, "UPDATE settings SET version = 'two' WHERE name = 'catalogue'")
        with pytest.raises(StoreError, match=r"A version of the catalogue of the store is no num"):
            store.verify_trail()
    with pytest.raises(StoreError, match=r"is no number: .* Restore the store from a backup"):
        CustomerStore.open(place, keys=RING)


@pytest.mark.parametrize("keys", [RING, None])
def test_a_customer_that_was_taken_out_is_told(
    new_place: Callable[[], Any], keys: KeyRing | None
) -> None:
    place = new_place()
    with CustomerStore.create(place, GUARDED, keys=keys) as store:
        store.load(facts(("A", "revenue", 1, "2024-01-01"), ("B", "revenue", 2, "2024-01-01")))
        store.link("A", "B", reason="one")
        store.place_hold("B", reason="a claim")
        forge(store, "DELETE FROM customers WHERE id = 2")
    with CustomerStore.open(place, keys=keys) as store:
        for read in (
            lambda: store.snapshot("2024-06-01"),
            store.history,
            lambda: store.observations(history=True),
            lambda: store.retract([2], reason="x"),
            store.holds,
        ):
            with pytest.raises(
                StoreError, match=r"customer 2, who is not in the table 'customers'"
            ):
                read()
        assert differences(store) == [("taken out", "customers", 1, 2, 2, 1)]
