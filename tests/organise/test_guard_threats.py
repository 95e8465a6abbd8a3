"""What somebody would try who has the file, the log, or a name to choose."""

from __future__ import annotations

import ast
import itertools
import logging
import pickle
import shutil
import sqlite3
import struct
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

import creditscore
from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import (
    BrokenTrailError,
    CreditScoreError,
    DecryptionError,
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
    KeyStoreError,
    StoreError,
)
from creditscore.organise import CustomerStore
from creditscore.organise._store import _blocks
from creditscore.protect import AccessPolicy, Actor, KeyRing
from guarded import GUARDED, SECRETS, all_bytes, guarded_facts
from stores import facts

New = Callable[..., CustomerStore]
EVIL = (
    "x'; DROP TABLE observations; --",
    'x"; DELETE FROM audit; --',
    "x' OR '1'='1",
    "%s %(name)s :name ? {0} $1",
    "x\\'; --",
    "客户\u202e; --",
)


# --- names -----------------------------------------------------------------------------


def test_names_are_values_and_never_sql(new_store: New) -> None:
    store = new_store(catalogue=GUARDED, actor=Actor(name=EVIL[0], purpose=EVIL[1]))
    rows = [(name, "name", name, "2024-01-01") for name in EVIL]
    store.load(facts(*rows, source_name=EVIL[2], evidence=EVIL[3], collected_by=EVIL[1],
                     unit=EVIL[0]), note=EVIL[0])  # fmt: skip
    store.load(facts(*((n, "invoice.amount", 1, "2024-01-01") for n in EVIL), record=EVIL[0]))
    for name in EVIL:
        table = store.snapshot("2024-06-01", customers=[name])
        assert table["name"].tolist() == [name]
        assert len(store.records("invoice", "2024-06-01", customers=[name])) == 1
        for asked in (
            lambda n=name: store.snapshot("2024-06-01", customers=[f"{n} or 1=1"]),
            lambda n=name: store.snapshot("2024-06-01", items=[n]),
            lambda n=name: store.records(n, "2024-06-01"),
            lambda n=name: store.observations(items=[n]),
            lambda n=name: store.snapshot(n),
            lambda n=name: store.snapshot("2024-06-01", known_at=n),
        ):
            with pytest.raises(InvalidParameterError):
                asked()
    store.link(EVIL[0], EVIL[1], EVIL[2])
    store.unlink(EVIL[0], EVIL[3])
    store.retract([1], reason=EVIL[1])
    store.place_hold(EVIL[0], reason=EVIL[1])
    store.release_hold(EVIL[0], reason=EVIL[2])
    store.erase(EVIL[1], reason=EVIL[0])
    assert len(store.customers()) == len(EVIL)
    assert len(store.observations(history=True)) == 2 * len(EVIL) - 3
    assert store.trail.verify().is_whole


@pytest.mark.parametrize("name", [*EVIL, "", "A", "a.b.c", "a b"])
def test_items_cannot_have_such_names(name: str) -> None:
    with pytest.raises(InvalidParameterError, match="'name' parameter of Item"):
        Item(name=name, group="financial")


# --- ciphers that are moved ------------------------------------------------------------


def _lift(store: CustomerStore, statement: str, table: str = "observations") -> None:
    """Change rows as one can who owns the database: without the triggers."""
    with store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text(f"DROP TRIGGER {table}_no_update"))
        else:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("into", "of"),
    [
        # another customer's, another item's of the same one, an older value of the same item
        ("item_id = 2 AND customer_id = 1", "item_id = 2 AND customer_id = 2"),
        ("item_id = 2 AND customer_id = 1", "item_id = 3 AND customer_id = 1"),
        ("item_id = 4 AND true_from > 19300", "item_id = 4 AND true_from < 19300"),
    ],
)
def test_ciphers_that_are_moved_open_nothing(new_store: New, into: str, of: str) -> None:
    store = new_store(catalogue=GUARDED)
    given = guarded_facts()
    store.load(facts(("P-4711", "income", 1, "2022-01-01")))
    store.load(given)
    with store.engine.connect() as connection:
        names = sa.text("SELECT id, name FROM items")
        ids = {name: number for number, name in connection.execute(names)}
    where = {"2": ids["name"], "3": ids["identity_number"], "4": ids["income"]}
    for number, now in where.items():
        into = into.replace(f"item_id = {number}", f"item_id = <{now}>")
        of = of.replace(f"item_id = {number}", f"item_id = <{now}>")
    of, into = (text.replace("<", "", 1).replace(">", "", 1) for text in (of, into))
    picked = f"SELECT cipher FROM observations WHERE {of}"  # noqa: S608 - of this test
    _lift(store, f"UPDATE observations SET cipher = ({picked}) WHERE {into}")  # noqa: S608
    with pytest.raises(DecryptionError) as told:
        store.observations(history=True)
    assert not any(secret in str(told.value) for secret in SECRETS)


@pytest.mark.parametrize(
    ("item", "value"),
    [("name", "text = '666'"), ("income", "number = 666"), ("income", "text = '666'"),
     ("invoice.payer", "text = '666'"), ("name", "text = NULL")],
)  # fmt: skip
def test_a_protected_value_in_the_clear_is_not_believed(
    new_store: New, item: str, value: str
) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    chosen = f"item_id = (SELECT id FROM items WHERE name = '{item}')"  # noqa: S608
    _lift(store, f"UPDATE observations SET cipher = NULL, {value} WHERE {chosen}")  # noqa: S608
    reads = [
        lambda: store.observations(items=[item]),
        lambda: store.observations(history=True),
        lambda: store.subject_access("P-4711"),
    ]
    if item == "invoice.payer":
        reads.append(lambda: store.records("invoice", "2024-06-01"))
    else:
        reads += [lambda: store.snapshot("2024-06-01"), lambda: store.history(items=[item])]
    for read in reads:
        with pytest.raises(DecryptionError, match=f"of {item!r} are not encrypted") as told:
            read()
        assert "666" not in str(told.value)
    assert store.snapshot("2024-06-01", items=["industry"]).loc["P-4711", "industry"] == "retail"


def test_a_value_beside_a_cipher_is_not_believed(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    before = store.observations(history=True)
    _lift(store, "UPDATE observations SET text = '666', number = 666 WHERE cipher IS NOT NULL")
    pd.testing.assert_frame_equal(store.observations(history=True), before)


@pytest.mark.parametrize("column", ["value", "cells", "reason"])
@pytest.mark.parametrize("also", ["", ", value_cipher = NULL", ", is_protected = false"])
def test_a_reject_in_the_clear_is_not_believed(new_store: New, column: str, also: str) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    store.reject(_rejects(), batch=1)
    _lift(store, f"UPDATE rejects SET {column} = '666'{also} WHERE id = 2", "rejects")  # noqa: S608
    for call in (
        store.rejects,
        lambda: store.rejects(1),
        lambda: store.reject(_rejects(), batch=1),
    ):
        with pytest.raises(DecryptionError, match=r"reject 2 of batch 1 .* not encrypted") as told:
            call()
        assert "666" not in str(told.value)


@pytest.mark.parametrize("column", ["value", "reason"])
def test_a_store_without_keys_believes_no_protected_reject(new_store: New, column: str) -> None:
    store = new_store(keys=None)
    store.load(facts(("A", "revenue", 1, "2024-01-01")))
    store.reject(_rejects(), batch=1)
    assert store.rejects()["value"].fillna("").tolist() == ["", "x"]
    _lift(store, f"UPDATE rejects SET {column} = '666' WHERE is_protected", "rejects")  # noqa: S608
    with pytest.raises(DecryptionError, match="reject 1 of batch 1 has values that are not encr"):
        store.rejects()


def _rejects() -> pd.DataFrame:
    row = {"source": "a.csv", "row": 7, "column": "Name", "item": "name", "value": "Zoë Secret",
           "reason": "is too long", "protected": True, "cells": '["Zoë Secret"]'}  # fmt: skip
    other = {"row": 8, "column": "Revenue", "item": "revenue", "value": "x", "protected": False}
    return pd.DataFrame([row, {**row, **other}])


def test_blocks_say_nothing_of_protected_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_blocks, "_FEWEST", 1)
    with CustomerStore.create(tmp_path / "a.db", GUARDED, keys=KeyRing.generate()) as store:
        store.load(guarded_facts())
        with store.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM blocks")).scalar() == 1
        _lift(store, "UPDATE observations SET cipher = NULL, number = 666 "
              "WHERE item_id = (SELECT id FROM items WHERE name = 'income')")  # fmt: skip
        with pytest.raises(DecryptionError, match="'income' are not encrypted"):
            store.snapshot("2024-06-01", items=["income"])


def test_evidence_that_is_moved_opens_nothing(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(facts(("A", "revenue", 1, "2024-01-01"), ("A", "employees", 2, "2024-01-01"),
                     evidence=["one", "two"]))  # fmt: skip
    _lift(store, "UPDATE observations SET evidence_cipher = "
          "(SELECT evidence_cipher FROM observations WHERE id = 1) WHERE id = 2")  # fmt: skip
    with pytest.raises(DecryptionError, match="the evidence"):
        store.observations()


# --- a stolen file ---------------------------------------------------------------------


def test_a_stolen_file_shows_no_protected_value(tmp_path: Path) -> None:
    place = tmp_path / "a.db"
    with CustomerStore.create(place, GUARDED, keys=KeyRing.generate()) as store:
        store.load(guarded_facts())
        # corrected, so that there are older pages; read, so that sorting would leave its files
        store.load(facts(("P-4711", "name", "Another Name", "2021-01-01")))
        store.observations(history=True)
        store.snapshot("2024-06-01")
        open_, beside = all_bytes(place), sorted(p.name for p in tmp_path.iterdir())
        assert beside == ["a.db", "a.db-shm", "a.db-wal"]
        store.backup(tmp_path / "b.db")
    for found in (open_, all_bytes(place), all_bytes(tmp_path / "b.db")):
        for secret in (*SECRETS, "Another Name", "Ana Maria"):
            assert secret.encode() not in found
            assert secret.encode("utf-16-le") not in found
        # neither as text nor as the eight bytes of the number
        assert b"54321" not in found
        assert struct.pack(">d", 54321.125) not in found
        assert struct.pack("<d", 54321.125) not in found


def test_without_the_keys_a_file_opens_nowhere(tmp_path: Path) -> None:
    place = tmp_path / "a.db"
    CustomerStore.create(place, GUARDED, keys=KeyRing.generate()).close()
    for keys in (None, KeyRing.generate(), KeyRing.generate().rotated()):
        with pytest.raises(KeyStoreError, match=r"not the keys of the store|made with keys"):
            CustomerStore.open(place, keys=keys)


# --- the trail -------------------------------------------------------------------------


def test_an_older_file_or_trail_is_found_by_the_anchor(tmp_path: Path) -> None:
    place, keys = tmp_path / "a.db", KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=keys) as store:
        store.load(guarded_facts())
    shutil.copy(place, tmp_path / "old.db")
    with CustomerStore.open(place, keys=keys) as store:
        store.snapshot("2024-06-01")
        anchor = store.trail.anchor()
        assert store.trail.verify(anchor).is_whole
    shutil.copy(tmp_path / "old.db", place)
    with CustomerStore.open(place, keys=keys) as store:
        assert store.trail.verify().is_whole
        assert not store.trail.verify(anchor).is_whole
        # that went on otherwise is no better
        store.snapshot("2024-01-01")
        store.snapshot("2024-02-01")
        with pytest.raises(BrokenTrailError):
            store.trail.verify(anchor).check()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'somebody' WHERE number = 3",
        "UPDATE audit SET details = '{}' WHERE number = 2",
        # which reads the same, for of an entry that stands twice the last one counts
        "UPDATE audit SET details = '{\"items\":[],' || substr(details, 2) WHERE number = 3",
        "UPDATE audit SET roles = ' ' || roles WHERE number = 2",
        "UPDATE audit SET n_subjects = 0 WHERE number = 3",
        "DELETE FROM audit WHERE number = 2",
        "UPDATE audit SET number = 99 WHERE number = 2",
    ],
)
def test_records_that_are_changed_are_found(new_store: New, statement: str) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    store.snapshot("2024-06-01")
    store.snapshot("2024-06-02")
    assert store.trail.verify().is_whole
    with store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for what in ("update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER audit_no_{what}"))
        else:
            connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(sa.text(statement))
    with pytest.raises(BrokenTrailError):
        store.trail.verify().check()


def test_one_record_a_call_of_protected_reads(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    before = len(list(store.trail.since()))
    calls: list[tuple[Callable[[], Any], int, list[str]]] = [
        (lambda: store.snapshot("2024-06-01"), 1, ["P-4711", "P-4712", "F-1"]),
        (lambda: store.snapshot("2024-06-01", items=["industry"]), 0, []),
        (lambda: store.snapshot("2024-06-01", customers=["F-1"]), 1, ["F-1"]),
        (lambda: store.history(items=["name"], customers=["P-4711"]), 1, ["P-4711"]),
        (lambda: store.records("invoice", "2024-06-01"), 1, ["P-4711"]),
        (lambda: store.observations(items=["income"]), 1, ["P-4711"]),
        (lambda: store.observations(items=["revenue"]), 0, []),
    ]
    key = store._desk.vault.derive("audit trail")
    for call, n_records, subjects in calls:
        call()
        records = list(store.trail.since())[before:]
        assert len(records) == n_records
        if records:
            assert records[0].n_subjects == len(subjects)
            assert records[0].is_of(subjects, key=key)
            assert not records[0].is_of(["X"], key=key)
        before += n_records


# --- secrets in words ------------------------------------------------------------------


def _hex(ring: KeyRing) -> list[str]:
    raw = ring.derive("audit trail"), ring.derive("wrap keys of subjects")
    text = ring.to_text()
    return [*(r.hex() for r in raw), *(repr(r) for r in raw), text.split('"1": "')[1][:20]]


def test_no_secret_is_in_words(
    new_store: New, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = KeyRing.generate()
    store = new_store(catalogue=GUARDED, keys=keys)
    told = [repr(store), repr(store._desk), repr(store._desk.vault), str(vars(store))]
    with caplog.at_level(logging.DEBUG, logger="sqlalchemy"):
        store.engine.echo = "debug"
        store.load(guarded_facts())
        # rows that the database refuses: what it says would show their values
        with pytest.raises(StoreError) as refused:
            store.retract([10**9], reason="x")
        told += traceback.format_exception(refused.value)
        with store.engine.connect() as connection:
            insert = sa.text("INSERT INTO customers (id, name) VALUES (1, :secret)")
            with pytest.raises(sa.exc.DBAPIError) as failed:
                connection.execute(insert, {"secret": SECRETS[0]})
        told.append(str(failed.value).partition("\n")[0])
        assert "parameters hidden" in str(failed.value)
    statements = [record.getMessage() for record in caplog.records if "sqlalchemy" in record.name]
    # rows that are fetched are shown at the level of debugging alone; parameters never are
    sent = [text for text in statements if not text.startswith("Row")]
    told += [*sent, *capsys.readouterr()]
    everything = "\n".join(told)
    assert "INSERT INTO" in everything
    for secret in (*SECRETS, *_hex(keys)):
        assert secret not in everything


def test_stores_are_not_pickled(new_store: New) -> None:
    store = new_store()
    for value in (store, store._desk.vault, store.trail):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises((KeyStoreError, TypeError), match=r"not pickled|in the bytes"):
                pickle.dumps(value, protocol)


def test_a_wrong_database_shows_no_password() -> None:
    place = "postgresql://ana:hunter2@localhost:1/none"
    with pytest.raises(CreditScoreError) as told:
        CustomerStore.open(place, keys=KeyRing.generate())
    assert "hunter2" not in "".join(traceback.format_exception(told.value))


@pytest.mark.parametrize(
    "text", ["!!python/object/apply:os.system ['true']", "a: &a [*a]", "items: !x {}"]
)
def test_tags_of_yaml_run_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    for read in (ItemCatalogue.from_yaml, AccessPolicy.from_yaml):
        with pytest.raises(DocumentError):
            read(path)


def test_documents_in_the_store_are_read_as_data(tmp_path: Path) -> None:
    place, keys = tmp_path / "a.db", KeyRing.generate()
    CustomerStore.create(place, GUARDED, keys=keys).close()
    with sqlite3.connect(place) as raw:
        raw.execute("INSERT INTO settings VALUES ('policy', 1, '{\"format\": \"other\"}', 1, '')")
    raw.close()
    with pytest.raises(StoreError, match=r"policy of the store is not sealed"):
        CustomerStore.open(place, keys=keys)


def test_digests_and_keys_are_compared_by_no_equals_sign() -> None:
    """Look at the source: an equals sign tells by its time how much of a secret was right."""
    secret = ("digest", "hash", "seal", "wrapped", "secret", "signature", "tag", "mac")
    folder = Path(creditscore.__file__).parent / "organise"
    found = []
    for path in itertools.chain((folder / "_guard").glob("*.py"), (folder / "_store").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Compare):
                continue
            if not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
                continue
            names = {
                getattr(side, "id", getattr(side, "attr", ""))
                for side in (node.left, *node.comparators)
            }
            if any(word in name.lower() for name in names for word in secret):
                found.append(f"{path.name}:{node.lineno}")
    # a hash of a file is no secret: it tells damage, and its seal, which is one, intent; and sets
    # of digests are looked up by others that nobody makes without the key
    assert found == []


def test_values_that_no_item_allows_show_no_secret(new_store: New) -> None:
    with pytest.raises(InvalidDataError) as told:
        facts(("A", "income", SECRETS[1] + "x", "2024-01-01"))
    assert SECRETS[1] not in str(told.value)


@pytest.mark.parametrize("column", ["cipher", "evidence_cipher", "value_cipher", "cells_cipher"])
def test_a_text_in_the_place_of_a_cipher_is_none(tmp_path: Path, column: str) -> None:
    """SQLite keeps whatever is put into a column."""
    row = {"source": "a", "row": 1, "column": "b", "item": "income", "value": "5x",
           "reason": "is no number", "protected": True, "cells": '["5x"]'}  # fmt: skip
    told = facts(("Ann", "income", 3, "2023-12-31"), evidence="form 7")
    with CustomerStore.create(tmp_path / "a.db", GUARDED, keys=KeyRing.generate()) as store:
        store.load(told)
        store.reject(pd.DataFrame([row]), batch=1)
        table = "rejects" if column in ("value_cipher", "cells_cipher") else "observations"
        with store.engine.begin() as connection:
            connection.execute(sa.text(f"DROP TRIGGER {table}_no_update"))
            connection.execute(sa.text(f"UPDATE {table} SET {column} = 'made up'"))  # noqa: S608
        read = store.rejects if table == "rejects" else store.observations
        with pytest.raises(DecryptionError, match=r"income|evidence|of the reject 1"):
            read()
