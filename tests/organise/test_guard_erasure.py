"""Erasure by destroying keys: what is gone, what is left, and what nobody brings back."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from creditscore.exceptions import (
    AccessDeniedError,
    BrokenTrailError,
    ErasedSubjectError,
    InvalidDataError,
    InvalidParameterError,
    RejectedRowsWarning,
    StoreError,
)
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.organise._guard import _erasing
from creditscore.organise._store import _restoring
from creditscore.protect import Actor, KeyRing, RetentionRule
from engines import Postgres
from guarded import ANA, GUARDED, OLE, PLAN, POLICY, SECRETS, all_bytes, approved, guarded_facts
from stores import facts, postgres_place

New = Callable[..., CustomerStore]
PERSON = "P-4711"


def _rejects() -> pd.DataFrame:
    entry = {
        "source": "a.csv", "row": 1, "column": "income", "item": "income", "value": "5x",
        "reason": "is no number", "protected": True,
    }  # fmt: skip
    cells = [f'["{PERSON}", "{SECRETS[0]}", "5x"]', '["P-4712", "Ana", "6x"]']
    return pd.DataFrame([{**entry, "cells": text} for text in cells])


@pytest.fixture
def store(new_store: New) -> CustomerStore:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    store.reject(_rejects(), batch=1)
    return store


def test_what_is_erased_is_gone_from_every_answer(store: CustomerStore) -> None:
    found = store.erase(PERSON, reason="asked for by letter", rules=PLAN.rules)
    assert (found.pseudonym, found.n_values, found.n_rejects) == ("erased:1", 4, 1)
    assert (found.n_kept, found.n_left) == (1, 2)
    assert found.kept_items == ("invoice.amount",)
    assert found.is_cleaned
    assert not found.is_registered
    assert "backups bring it back" in repr(found)
    assert store.customers() == ("erased:1", "P-4712", "F-1")
    for table in (
        store.snapshot("2024-06-01"), store.history(), store.observations(history=True),
        store.observations(known_at="2999-01-01", history=True), store.rejects(),
    ):  # fmt: skip
        shown = table.to_csv()
        assert PERSON not in shown
        assert not any(secret in shown for secret in SECRETS)
    assert "P-4712" in store.rejects()["cells"].iloc[1]
    assert pd.isna(store.rejects()["cells"].iloc[0])
    # what a law keeps is there, under the pseudonym
    invoices = store.records("invoice", "2024-06-01")
    assert invoices[["customer", "amount"]].values.tolist() == [["erased:1", 250]]
    assert invoices["payer"].tolist() == [None]
    assert store.snapshot("2024-06-01", customers=["erased:1"]).isna().all(axis=None)
    assert store.snapshot("2024-06-01", items=["name"]).index.tolist() == ["F-1", "P-4712"]
    record = list(store.trail.since())[-1]
    assert store.trail.verify().is_whole
    assert record.action == "read"


def test_who_was_erased_is_asked_for_no_more(store: CustomerStore) -> None:
    store.erase(PERSON, reason="asked for")
    with pytest.raises(ErasedSubjectError, match="were erased") as told:
        store.snapshot("2024-06-01", customers=[PERSON])
    assert PERSON not in str(told.value)
    with pytest.raises(ErasedSubjectError, match="were erased"):
        store.erase(PERSON, reason="asked for")
    with pytest.raises(ErasedSubjectError, match="were erased"):
        store.link(PERSON, "F-1", "the same")
    with pytest.raises(StoreError, match="no such customer"):
        store.erase("nobody", reason="asked for")
    with pytest.raises(InvalidParameterError, match="must say why"):
        store.erase("P-4712", reason=" ")
    with pytest.raises(InvalidParameterError, match="no customer 'erased:2'"):
        store.snapshot("2024-06-01", customers=["erased:2"])


def test_loading_again_is_refused_row_by_row(store: CustomerStore) -> None:
    store.erase(PERSON, reason="asked for")
    with pytest.warns(RejectedRowsWarning, match="7 observations are of customers whose"):
        result = store.load(guarded_facts())
    assert (result.n_loaded, result.n_known, result.n_refused) == (0, 5, 7)
    refused = store.rejects(batch=result.batch)
    assert len(refused) == 7
    assert refused["reason"].eq("is of a customer whose data were erased").all()
    assert not any(secret in refused.to_csv() for secret in (PERSON, *SECRETS))
    # nor does somebody else take the pseudonym
    with pytest.warns(RejectedRowsWarning, match="1 observations"):
        assert store.load(facts(("erased:1", "revenue", 1, "2024-01-01"))).n_refused == 1


def test_only_the_table_of_keys_deletes(store: CustomerStore) -> None:
    names = ("observations", "rejects", "audit", "customers", "protections", "erasures")

    def rows() -> list[Any]:
        with store.engine.connect() as connection:
            return [connection.execute(sa.text(f"SELECT * FROM {n}")).all() for n in names]  # noqa: S608

    before = rows()
    store.erase(PERSON, reason="asked for")
    for name, old, new in zip(names, before, rows(), strict=True):
        assert new[: len(old)] == old, name
    with store.engine.connect() as connection:
        told = sa.text("SELECT count(*) FROM subject_keys WHERE kind = 'customer'")
        assert connection.execute(told).scalar() == 2


def test_nothing_held_or_kept_by_law_is_erased(store: CustomerStore) -> None:
    store.place_hold(PERSON, reason="claim 17")
    with pytest.raises(StoreError, match="legal hold keeps this customer: claim 17"):
        store.erase(PERSON, reason="asked for")
    # released today, it never held for a day
    store.release_hold(PERSON, reason="settled")
    assert store.holds() == ()
    with pytest.raises(StoreError, match="nothing to release"):
        store.release_hold(PERSON, reason="settled")
    laundering = RetentionRule(
        name="laundering", after="relationship_ended_on", months=120, keep=True, items=("name",)
    )
    with pytest.raises(StoreError, match="'laundering' keeps the item 'name'"):
        store.erase(PERSON, reason="asked for", rules=[laundering])
    ended = pd.DataFrame({"relationship_ended_on": ["2001-01-31"]}, index=[PERSON])
    assert store.erase(PERSON, reason="asked for", rules=[laundering], customers=ended).n_values
    assert store.trail.verify().is_whole


def test_a_hold_of_the_past_or_the_future_does_not_hold_today(store: CustomerStore) -> None:
    store.place_hold(PERSON, reason="old", starts_on="2001-01-01", ends_on="2002-01-01")
    store.place_hold(PERSON, reason="to come", starts_on="2999-01-01")
    assert [hold.reason for hold in store.holds()] == ["old", "to come"]
    assert store.erase(PERSON, reason="asked for").n_values == 4


def test_erasing_needs_four_eyes(new_place: Callable[[], Any]) -> None:
    place, keys = new_place(), KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=keys, policy=POLICY, actor=ANA) as store:
        store.load(guarded_facts())
        with pytest.raises(AccessDeniedError, match="ana was denied 'erase'"):
            store.erase(PERSON, reason="asked for")
        with pytest.raises(AccessDeniedError, match="ana was denied 'hold'"):
            store.place_hold(PERSON, reason="claim")
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        with pytest.raises(AccessDeniedError, match="needs the approval of a second person"):
            store.erase(PERSON, reason="asked for")
        request = store.approvals.ask(OLE, "erase", reason="by letter", subjects=[PERSON])
        with pytest.raises(AccessDeniedError, match="is pending"):
            store.erase(PERSON, reason="asked for", approval=request.id)
        with pytest.raises(AccessDeniedError, match="made by ole, who cannot approve it"):
            store.approvals.approve(request.id, Actor(name=" OLE ", roles=("manager",)))
        other = approved(store, "erase", "P-4712")
        with pytest.raises(AccessDeniedError, match="for other details, items or customers"):
            store.erase(PERSON, reason="asked for", approval=other)
        number = approved(store, "erase", PERSON)
        assert store.erase(PERSON, reason="asked for", approval=number).n_values == 4
        with pytest.raises(AccessDeniedError, match="for other details"):
            store.erase("P-4712", reason="asked for", approval=number)
        assert store.trail.verify().is_whole


def _keys_of(store: CustomerStore) -> bytes:
    with store.engine.connect() as connection:
        told = sa.text("SELECT wrapped FROM subject_keys WHERE kind = 'customer' AND owner = 1")
        return bytes(connection.execute(told).scalar())


@pytest.mark.parametrize("vacuum", [False, True])
def test_the_file_does_not_hold_the_destroyed_key(tmp_path: Path, vacuum: bool) -> None:
    place = tmp_path / "a.db"
    with CustomerStore.create(place, GUARDED, keys=KeyRing.generate()) as store:
        # many others about it, loaded before and after, so that pages are split and filled
        names = [f"N{n:04}" for n in range(1500)]
        store.load(guarded_facts())
        store.load(facts(*((n, "name", f"name {n}", "2024-01-01") for n in names)))
        wrapped = _keys_of(store)
        assert wrapped in all_bytes(place)
        found = store.erase(PERSON, reason="asked for", vacuum=vacuum)
        assert found.is_cleaned
        left = all_bytes(place)
        assert wrapped not in left
        assert wrapped[16:48] not in left
        for secret in SECRETS:
            assert secret.encode() not in left
            assert secret.encode("utf-16-le") not in left
        assert store.trail.verify().is_whole
    assert wrapped not in all_bytes(place)


@pytest.mark.engine("postgresql")
def test_the_table_of_keys_does_not_hold_the_destroyed_key(postgres: Postgres) -> None:
    place = postgres_place(postgres, itertools.count(30_000))()
    with CustomerStore.create(place, GUARDED, keys=KeyRing.generate()) as store:
        store.load(guarded_facts())
        wrapped = _keys_of(store)

        def table() -> bytes:
            with store.engine.connect() as plain:
                connection = plain.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("CHECKPOINT")
                path = "SELECT pg_read_binary_file(pg_relation_filepath('subject_keys'))"
                return bytes(connection.exec_driver_sql(path).scalar())

        assert wrapped in table()
        assert store.erase(PERSON, reason="asked for", vacuum=True).is_cleaned
        assert wrapped not in table()


def test_a_reader_in_the_way_is_told(tmp_path: Path) -> None:
    place, keys = tmp_path / "a.db", KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=keys, busy_seconds=0.1) as store:
        store.load(guarded_facts())
        with store.engine.connect() as reader, reader.begin():
            reader.execute(sa.text("SELECT count(*) FROM customers"))
            assert not store.erase(PERSON, reason="asked for").is_cleaned
        # what comes next empties the log
        wrapped = store.erase("P-4712", reason="asked for")
        assert wrapped.is_cleaned


def test_a_backup_does_not_bring_anybody_back(new_place: Callable[[], Any], tmp_path: Path) -> None:
    keys, register = KeyRing.generate(), ErasureRegister(tmp_path / "outside" / "erasures.jsonl")
    with CustomerStore.create(new_place(), GUARDED, keys=keys) as store:
        store.load(facts(("F-1", "revenue", 1, "2020-01-01")))
        store.backup(tmp_path / "first.db")
        store.load(guarded_facts())
        store.backup(tmp_path / "second.db")
        assert store.erase(
            PERSON, reason="by letter", rules=PLAN.rules, register=register
        ).is_registered
        with pytest.warns(RejectedRowsWarning, match="erased"):
            store.load(guarded_facts())
        store.backup(tmp_path / "third.db")
    assert PERSON not in register.path.read_text()
    # a backup without the register brings the customer back: that is what the register is for
    with CustomerStore.restore(tmp_path / "second.db", new_place(), keys=keys) as back:
        assert back.snapshot("2024-06-01").loc[PERSON, "name"] == SECRETS[0]
    for n_erased, name in [(0, "first"), (1, "second"), (0, "third")]:
        place = new_place()
        path = tmp_path / f"{name}.db"
        with CustomerStore.restore(path, place, keys=keys, register=register) as back:
            record = list(back.trail.since())[-1]
            assert record.action == "restore"
            assert record.details["erased"] == n_erased
            with pytest.warns(RejectedRowsWarning, match="7 observations are of customers"):
                back.load(guarded_facts())
            assert PERSON not in back.snapshot("2024-06-01").index
            assert back.trail.verify().is_whole
            if name == "second":
                kept = back.records("invoice", "2024-06-01")
                assert kept[["customer", "amount"]].values.tolist() == [["erased:2", 250]]


def test_a_restoration_that_is_cut_short_leaves_no_store(
    new_place: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, register = KeyRing.generate(), ErasureRegister(tmp_path / "r.jsonl")
    path, place = tmp_path / "b.db", new_place()
    with CustomerStore.create(new_place(), GUARDED, keys=keys) as store:
        store.load(guarded_facts())
        store.backup(path)
        store.erase(PERSON, reason="by letter", register=register)

    def cut(*_: Any, **__: Any) -> int:
        # the rows are there by now, and whoever was erased is not erased again yet
        with pytest.raises(StoreError, match=r"no store"):
            CustomerStore.open(place, keys=keys)
        raise KeyboardInterrupt

    monkeypatch.setattr(_restoring, "erase_again", cut)
    with pytest.raises(KeyboardInterrupt):
        CustomerStore.restore(path, place, keys=keys, register=register)
    with pytest.raises(StoreError, match=r"no store"):
        CustomerStore.open(place, keys=keys)
    assert not list(tmp_path.glob("*.restoring*"))
    monkeypatch.undo()
    with CustomerStore.restore(path, place, keys=keys, register=register) as back:
        assert back.customers()[0] == "erased:1"
    assert not list(tmp_path.glob("*.restoring*"))


def test_a_register_that_was_edited_is_found(tmp_path: Path) -> None:
    keys, register = KeyRing.generate(), ErasureRegister(tmp_path / "r.jsonl")
    with CustomerStore.create(tmp_path / "a.db", GUARDED, keys=keys) as store:
        store.load(guarded_facts())
        store.backup(tmp_path / "b.db")
        store.erase(PERSON, reason="by letter", register=register)
        store.erase("P-4712", reason="by letter", register=register)
    lines = register.path.read_text().splitlines(keepends=True)
    register.path.write_text(lines[1])
    with pytest.raises(BrokenTrailError, match=r"^The register of erasures, .*r\.jsonl, cannot be"):
        CustomerStore.restore(tmp_path / "b.db", tmp_path / "c.db", keys=keys, register=register)
    assert not (tmp_path / "c.db").exists()
    assert "r.jsonl" in repr(register)


def test_a_copied_file_is_an_older_one_that_the_anchor_finds(tmp_path: Path) -> None:
    keys = KeyRing.generate()
    with CustomerStore.create(tmp_path / "a.db", GUARDED, keys=keys) as store:
        store.load(guarded_facts())
    shutil.copy(tmp_path / "a.db", tmp_path / "old.db")
    with CustomerStore.open(tmp_path / "a.db", keys=keys) as store:
        store.erase(PERSON, reason="by letter")
        anchor = store.trail.anchor()
    with CustomerStore.open(tmp_path / "old.db", keys=keys) as old:
        assert old.trail.verify().is_whole
        with pytest.raises(BrokenTrailError, match=r"cut off|anchor"):
            old.trail.verify(anchor).check()


# --- retention -------------------------------------------------------------------------


def test_retention_tells_what_is_due_and_erases_it(store: CustomerStore) -> None:
    found = store.retention(PLAN.rules, "2022-06-01")
    assert found.counts == {"due": 4, "not yet": 2, "no rule": 6}
    assert found.table.index.is_unique
    store.place_hold("P-4712", reason="claim")
    due = store.retention(PLAN.rules, "2022-06-01")
    # the hold is of today, and does not hold on a day of the past
    assert due.counts["due"] == 4
    done = store.apply_retention(due, reason="by the rules")
    # F-1 lost its only protected fact; P-4711 has younger ones; P-4712 is held
    assert [one.pseudonym for one in done.erasures] == ["erased:3"]
    assert done.erasures[0].kept_items == ("customer_kind", "revenue")
    assert (done.n_expired, done.n_held) == (2, 1)
    assert "1 customer erased, 2 facts of others expired, 1 held" in repr(done)
    table = store.snapshot("2024-06-01")
    assert table.loc[PERSON, ["name", "identity_number"]].isna().all()
    assert table.loc[PERSON, "income"] == 54321.125
    assert table.loc["P-4712", "name"] == "Ana Maria"
    assert table.loc["erased:3", "revenue"] == 100
    assert pd.isna(table.loc["erased:3", "name"])
    # also for whoever asks what was known before
    told = store.observations(items=["name"], known_at="2999-01-01", history=True)
    assert told["customer"].tolist() == ["P-4712"]
    again = store.retention(PLAN.rules, "2022-06-01")
    assert again.counts.get("due", 0) == 1
    assert store.trail.verify().is_whole


def test_the_key_goes_with_the_last_fact_that_is_due(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(facts(
        ("X", "income", 5, "2010-01-01"), ("X", "name", "Ana", "2016-01-01"),
        ("X", "revenue", 7, "2016-01-01"), catalogue=GUARDED,
    ))  # fmt: skip
    rules = [RetentionRule(name="personal", after="true_from", months=60,
                           sensitivities=("personal",))]  # fmt: skip
    first = store.apply_retention(store.retention(rules, "2017-01-01"), reason="due")
    assert (len(first.erasures), first.n_expired) == (0, 1)
    # what expired before keeps no key
    (found,) = store.apply_retention(store.retention(rules, "2022-01-01"), reason="due").erasures
    assert (found.n_values, found.kept_items) == (2, ("revenue",))
    with store.engine.connect() as connection:
        asked = sa.text("SELECT count(*) FROM subject_keys WHERE kind = 'customer'")
        assert connection.execute(asked).scalar() == 0


def test_a_rule_keeps_whatever_the_customers_are_written_as(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(facts(*((name, "name", "Ana", "2020-01-01") for name in "12"), catalogue=GUARDED))
    rules = (
        RetentionRule(name="short", after="true_from", months=12, items=("name",)),
        RetentionRule(name="ecoa", after="notified_on", months=25, keep=True, of=("person",)),
    )
    told = pd.DataFrame(
        {"notified_on": pd.Timestamp("2024-01-01"), "customer_kind": ["person", None]}
    )
    for index in ([1, 2], ["1", "2"], [" 1", "2 "]):
        found = store.retention(rules, "2025-01-01", customers=told.set_axis(index))
        assert found.counts.get("due", 0) == 0, index
    with pytest.raises(InvalidDataError, match="'1' stands twice in the index of 'customers'"):
        store.retention(rules, "2025-01-01", customers=told.set_axis([1, "1"]))


def test_rejects_are_decrypted_once_for_all_who_are_due(
    store: CustomerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    table = _erasing.reject_table

    def counted(*given: Any, **how: Any) -> Any:
        read.append(1)
        return table(*given, **how)

    monkeypatch.setattr(_erasing, "reject_table", counted)
    rules = [RetentionRule(name="all", after="true_from", months=1)]
    found = store.apply_retention(store.retention(rules, "2026-01-01"), reason="due")
    assert [one.n_rejects for one in found.erasures] == [0, 1, 1]
    assert len(read) == 1
    assert store.rejects()["cells"].isna().all()


def test_evidence_of_what_is_kept_goes_with_the_key_and_that_is_told(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(facts(
        ("X", "name", "Ana", "2020-01-01"), ("X", "invoice.amount", 5, "2023-06-01"),
        catalogue=GUARDED, record=["", "i1"], evidence=["form 1", "invoice 17"],
    ))  # fmt: skip
    found = store.erase("X", reason="asked for", rules=PLAN.rules)
    assert (found.n_values, found.n_kept, found.n_evidence) == (2, 1, 1)
    assert "1 fact kept by rules (1 without the evidence)" in repr(found)


def test_retention_of_another_store_is_refused(new_store: New) -> None:
    one, other = new_store(catalogue=GUARDED), new_store(catalogue=GUARDED)
    one.load(guarded_facts())
    rules = [RetentionRule(name="all", after="true_from", days=1)]
    due = one.retention(rules)
    with pytest.raises(InvalidParameterError, match="not of the facts of this store"):
        other.apply_retention(due, reason="by the rules")
    with pytest.raises(InvalidParameterError, match="has not come yet"):
        one.apply_retention(one.retention(rules, as_of="2999-01-01"), reason="by the rules")
    with pytest.raises(InvalidParameterError, match="needs rules, or a plan"):
        other.retention()
    # an empty store has nothing that is due
    assert other.retention(rules).counts == {}
    assert other.apply_retention(other.retention(rules), reason="x").erasures == ()


def test_a_store_without_keys_cannot_erase(new_store: New) -> None:
    store = new_store(catalogue=GUARDED, keys=None)
    store.load(facts(("A", "revenue", 1, "2024-01-01")))
    with pytest.raises(StoreError, match="made without keys"):
        store.erase("A", reason="asked for")


def test_evidence_is_encrypted_and_comes_back(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    given = guarded_facts()
    store.load(given)
    table = store.observations(history=True)
    expected = sorted(given.table["evidence"].astype(str))
    assert sorted(table["evidence"].astype(str)) == expected
    with store.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT evidence, evidence_cipher FROM observations"))
        rows = kept.all()
    assert {row[0] for row in rows} == {""}
    assert sum(row[1] is not None for row in rows) == 1
