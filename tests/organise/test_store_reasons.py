"""Reasons of rejected rows, which may quote a cell: hidden with the rows, and gone with them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa

from creditscore.exceptions import BrokenTrailError, RejectedRowsWarning
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.organise._store import _access, _rejecting
from creditscore.organise._store._engine import make_engine, url_of
from creditscore.protect import KeyRing
from guarded import all_bytes
from older_stores import back_up_older, made_by, make_older
from stores import facts

New = Callable[..., CustomerStore]
RING = KeyRing.generate()
PERSON, OTHER = "Zoë Quicksilver", "Ana Maria Ødegård"
REASONS = [f"does not fit: '{name}, Hauptstr. 5' is no currency" for name in (PERSON, OTHER)]
FACTS = facts(*((name, "revenue", 5, "2023-12-31") for name in (PERSON, OTHER)))


def rejected(*, protected: bool = False) -> pd.DataFrame:
    """Return a row of each person, shifted so that the name stands in the column of currencies."""
    row = {"source": "a.csv", "column": "ccy", "item": "revenue", "value": "5",
           "protected": protected}  # fmt: skip
    told = zip((PERSON, OTHER), REASONS, ('["7", 5]', None), strict=True)
    return pd.DataFrame([
        {**row, "row": n, "customer": name, "reason": reason, "cells": cells}
        for n, (name, reason, cells) in enumerate(told, start=1)
    ])  # fmt: skip


def kept(place: Any) -> list[dict[str, Any]]:
    """Return rows of rejects as they stand in the database."""
    engine = make_engine(url_of(place), 5)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT * FROM rejects ORDER BY id")).mappings().all()
    engine.dispose()
    return [dict(row) for row in found]


def lies_open(place: Any, *words: str) -> bool:
    """Tell whether some words are in what the database keeps, dead rows and free pages too."""
    if isinstance(place, Path):
        return any(word.encode() in all_bytes(place) for word in words)
    with closing(
        psycopg.connect(host=place.query["host"], user=place.username, dbname=place.database)
    ) as own:
        own.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
        asked = (
            "SELECT string_agg(get_raw_page('rejects', n::int), '') FROM generate_series(0, "
            "pg_relation_size('rejects') / current_setting('block_size')::int - 1) AS n"
        )
        (found,) = own.execute(asked).fetchone() or (b"",)
    return any(word.encode() in found for word in words)


def test_reasons_are_shown_to_who_may_see_rejects_and_go_with_the_customer(
    new_place: Callable[[], Any],
) -> None:
    place = new_place()
    with CustomerStore.create(place, keys=RING) as store:
        store.load(FACTS)
        assert store.reject(rejected(), batch=1) == 2
        assert store.rejects()["reason"].tolist() == REASONS
        assert store.reject(rejected(), batch=1) == 0
        # another fault of the same cell is another reject
        assert store.reject(rejected().assign(reason="is no number"), batch=1) == 2
        assert store.subject_access(OTHER).content["rejects"][0]["reason"] == REASONS[1]
        assert store.erase(PERSON, reason="asked for").n_rejects == 2
        assert store.rejects()["reason"].fillna("").tolist() == [
            "", REASONS[1], "", "is no number",
        ]  # fmt: skip
        with pytest.warns(RejectedRowsWarning, match="1 rejected rows are of, or may name, cus"):
            assert store.reject(rejected(), batch=1) == 0
        with pytest.warns(RejectedRowsWarning, match="1 observations are of customers whose data"):
            store.load(FACTS)
        # what the store itself says of those quotes nothing
        assert store.rejects(2)["reason"].tolist() == ["is of a customer whose data were erased"]
        store.verify_trail().check()
    assert {row["reason"] for row in kept(place)[:4]} == {""}
    assert not lies_open(place, PERSON, OTHER, "is no number")


def test_without_keys_no_reason_of_a_protected_row_is_kept(new_store: New) -> None:
    store = new_store(keys=None)
    store.load(FACTS)
    both = pd.concat([rejected(protected=True).head(1), rejected().tail(1)])
    assert [store.reject(both, batch=1) for _ in range(2)] == [2, 0]
    assert store.rejects()["reason"].tolist() == [_rejecting.NOT_KEPT, REASONS[1]]


# --- stores of before -------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
@pytest.mark.parametrize("with_records", [True, False])
def test_an_older_store_hides_its_reasons(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, *, with_records: bool
) -> None:
    old = new_place()
    with monkeypatch.context() as patch:
        made_by(patch, "0005")
        if not with_records:
            # they told how many rows they added, and not which
            patch.setattr(_access, "added_to", lambda *_: {})
        with CustomerStore.create(new_place(), keys=RING) as store:
            store.load(FACTS)
            store.reject(rejected(), batch=1)
            table = rejected().assign(source="b.csv", customer="", cells=None)
            store.reject(table, batch=1)
            store.erase(PERSON, reason="asked for")
            store.load(FACTS)
            make_older(store, old, "0005")
    assert kept(old)[0]["reason"] == REASONS[0]
    assert lies_open(old, PERSON)
    with CustomerStore.migrate(old, keys=RING) as store:
        found = store.rejects()
        of_erased = "is of a customer whose data were erased"
        assert found["reason"].fillna("").tolist() == ["", REASONS[1], *REASONS, of_erased]
        assert found["customer"].fillna("").tolist() == ["", OTHER, "", "", ""]
        assert found["value"].fillna("").tolist() == ["", "5", "5", "5", ""]
        store.verify_trail().check()
        # and they are known when they come again
        assert store.reject(table, batch=1) == 0
        with pytest.warns(RejectedRowsWarning, match="1 rejected rows are of, or may name, cus"):
            assert store.reject(rejected(), batch=1) == 0
        with pytest.raises(sa.exc.DBAPIError, match=r"rejects are only added"):
            _run(store, "UPDATE rejects SET reason = 'x'")
    assert not lies_open(old, PERSON, OTHER)
    CustomerStore.migrate(old, keys=RING).close()
    with CustomerStore.open(old, keys=RING) as store:
        assert store.trail.table()["action"].tolist().count("migrate") == 1
        _change(store, "UPDATE rejects SET item = 'income' WHERE id = 2")
        with pytest.raises(BrokenTrailError, match=r"rejects, 1 to 5, rows were changed"):
            store.verify_trail().check()


def _run(store: CustomerStore, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(sa.text(statement))


def _change(store: CustomerStore, statement: str) -> None:
    """Change rows as somebody who owns the database."""
    on = "" if store.engine.dialect.name == "sqlite" else " ON rejects"
    name = "no_update" if not on else "only_added"
    _run(store, f"DROP TRIGGER rejects_{name}{on}")
    _run(store, statement)


def test_an_older_store_without_keys_forgets_reasons_of_protected_rows(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = new_place()
    table = rejected(protected=True).assign(reason=REASONS[0])
    with monkeypatch.context() as patch:
        made_by(patch, "0005")
        patch.setattr(_rejecting, "NOT_KEPT", REASONS[0])
        with CustomerStore.create(new_place(), keys=None) as store:
            store.load(FACTS)
            store.reject(table, batch=1)
            make_older(store, old, "0005")
    assert kept(old)[0]["reason"] == REASONS[0]
    with CustomerStore.migrate(old) as store:
        assert store.rejects()["reason"].unique().tolist() == [_rejecting.NOT_KEPT]
        assert store.reject(table, batch=1) == 0
        store.verify_trail().check()


def test_what_was_changed_in_an_older_store_is_found_after_it_was_migrated(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the record of the migration would make it right."""
    old = new_place()
    with monkeypatch.context() as patch:
        made_by(patch, "0005")
        with CustomerStore.create(new_place(), keys=RING) as store:
            store.load(FACTS)
            store.reject(rejected(), batch=1)
            _change(store, "UPDATE rejects SET row = '9', cells_cipher = value_cipher WHERE id = 2")
            make_older(store, old, "0005")
    with (
        CustomerStore.migrate(old, keys=RING) as store,
        pytest.raises(BrokenTrailError, match=r"rejects, 1 to 2, rows were changed"),
    ):
        store.verify_trail().check()
    assert kept(old)[1]["reason"] == ""


def test_a_backup_of_before_is_restored_with_reasons_hidden_and_erased(
    new_place: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, register = tmp_path / "backup.db", ErasureRegister(tmp_path / "register.jsonl")
    place = new_place()
    with monkeypatch.context() as patch:
        made_by(patch, "0005")
        with CustomerStore.create(new_place(), keys=RING) as store:
            store.load(FACTS)
            store.reject(rejected(), batch=1)
            back_up_older(store, path, "0005")
            store.erase(PERSON, reason="asked for", register=register)
    with CustomerStore.restore(path, place, keys=RING, register=register) as store:
        assert store.rejects()["reason"].fillna("").tolist() == ["", REASONS[1]]
        store.verify_trail().check()
    assert not lies_open(place, PERSON, OTHER)
