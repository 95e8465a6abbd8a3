"""The store: what is loaded comes out, once, and nothing is ever changed."""

from __future__ import annotations

import pickle
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    KeyStoreError,
    MissingColumnError,
    StoreError,
    StoreNotFoundError,
)
from creditscore.organise import CustomerStore
from creditscore.protect import KeyRing
from stores import CATALOGUE, facts

New = Callable[..., CustomerStore]

WIDE = facts(
    ("B", "revenue", 120.5, "2023-12-31"),
    ("A", "industry", "retail; 'x'", "2024-01-01"),
    ("A", "founded_on", "2001-02-03", "2001-02-03"),
    ("A", "audited", "true", "2023-12-31"),
    ("A", "name", "Ana 名", "2020-01-01"),
    ("A", "income", 1234.5, "2020-01-01"),
)


def test_a_snapshot_gives_back_what_was_loaded(new_store: New) -> None:
    store = new_store()
    result = store.load(WIDE, note="first")
    assert (result.batch, result.n_loaded, result.n_known, result.n_refused) == (1, 6, 0, 0)
    table = store.snapshot("2024-06-30")
    assert list(table.index) == ["A", "B"]
    assert list(table.columns) == [i.name for i in CATALOGUE if not i.record_kind]
    assert table.loc["A", "name"] == "Ana 名"
    assert table.loc["A", "industry"] == "retail; 'x'"
    assert table.loc["A", "income"] == 1234.5
    assert table.loc["A", "founded_on"] == pd.Timestamp("2001-02-03")
    assert bool(table.loc["A", "audited"])
    assert table.loc["B", "revenue"] == 120.5
    assert table.loc["B"].drop("revenue").isna().all()
    kinds = table.dtypes.astype(str).to_dict()
    assert kinds["revenue"] == kinds["income"] == "float64"
    assert kinds["name"] == kinds["industry"] == "object"
    assert kinds["audited"] == "boolean"
    assert kinds["founded_on"] == "datetime64[s]"


def test_customers_and_items_are_chosen(new_store: New) -> None:
    store = new_store()
    store.load(WIDE)
    table = store.snapshot("2024-06-30", items=["revenue", "industry"], customers=["B", "A"])
    assert list(table.index) == ["B", "A"]
    assert list(table.columns) == ["revenue", "industry"]
    assert table["revenue"].tolist()[0] == 120.5
    assert np.isnan(table["revenue"]).tolist() == [False, True]
    # a customer that is asked for is there even where nothing is known of it
    assert store.snapshot("1999-01-01", customers=["A"]).isna().all(axis=None)
    assert store.snapshot("1999-01-01").empty
    with pytest.raises(InvalidParameterError, match=r"There is no customer 'C' in the store"):
        store.snapshot("2024-06-30", customers=["C"])
    with pytest.raises(InvalidParameterError, match=r"no item 'revenues' in the catalogue"):
        store.snapshot("2024-06-30", items=["revenues"])
    with pytest.raises(InvalidParameterError, match=r"'invoice.amount' is of one invoice of sev"):
        store.snapshot("2024-06-30", items=["invoice.amount"])
    with pytest.raises(InvalidParameterError, match=r"'customers' parameter .* must be a tuple"):
        store.snapshot("2024-06-30", customers="A")


def test_an_empty_store_has_empty_tables(new_store: New) -> None:
    store = new_store()
    assert store.snapshot("2024-06-30").shape == (0, 7)
    assert store.records("invoice", "2024-06-30").shape == (0, 6)
    assert store.history().shape[0] == 0
    assert store.observations().shape[0] == 0
    assert store.observations(history=True).shape[0] == 0
    assert store.batches().shape[0] == store.links().shape[0] == store.retractions().shape[0] == 0
    assert store.rejects().shape[0] == 0
    assert store.customers() == ()
    nothing = store.load(facts())
    assert (nothing.n_loaded, nothing.n_known) == (0, 0)


def test_observations_have_all_that_is_known(new_store: New) -> None:
    store = new_store()
    store.load(WIDE)
    given = facts(
        ("A", "revenue", 7, "2024-02-01"),
        unit="CNY", true_to="2024-03-01", source="third_party", source_name="Bureau",
        method="interview", collected_by="bo", evidence="page 3", confidence=0.25,
        collected_at="2024-02-02T08:00+08:00",
    )  # fmt: skip
    store.load(given)
    table = store.observations(items=["revenue"], customers=["A"], as_of="2024-02-15")
    assert list(table.columns[1:16]) == list(given.table.columns)
    expected = given.table.iloc[0]
    for name in given.table.columns:
        got = table[name].iloc[0]
        assert got == expected[name] or (pd.isna(got) and pd.isna(expected[name])), name
    assert {n: str(d) for n, d in table[given.table.columns].dtypes.items()} == {
        n: str(d) for n, d in given.table.dtypes.items()
    }
    assert table["batch"].tolist() == [2]
    assert (table["recorded_at"] == table["known_at"]).all()
    # it ended on 1 March; and as of today by default
    assert store.observations(items=["revenue"], customers=["A"]).empty
    every = store.observations(history=True)
    assert len(every) == 7
    assert every["observation"].is_monotonic_increasing


def test_records_are_rows_of_their_own(new_store: New) -> None:
    store = new_store()
    rows = [
        ("A", "invoice.amount", 10, "2024-01-05"),
        ("A", "invoice.due_on", "2024-02-05", "2024-01-05"),
        ("A", "invoice.amount", 20, "2024-03-05"),
        ("B", "invoice.amount", 30, "2024-01-05"),
        ("B", "invoice.payer", "Bo", "2024-01-09"),
    ]
    store.load(facts(*rows, record=["1", "1", "2", "1", "1"]))
    table = store.records("invoice", "2024-02-01")
    assert list(table.columns) == ["customer", "record", "known_on", "amount", "due_on", "payer"]
    assert table[["customer", "record", "amount"]].values.tolist() == [
        ["A", "1", 10],
        ["B", "1", 30],
    ]
    assert table["payer"].tolist() == [None, "Bo"]
    assert len(store.records("invoice", "2024-03-05", customers=["A"])) == 2
    with pytest.raises(InvalidParameterError, match=r"no kind of record 'bill'.*'invoice'"):
        store.records("bill", "2024-02-01")


# --- once, and never changed -----------------------------------------------------------


def test_a_rerun_adds_nothing(new_store: New) -> None:
    store = new_store()
    store.load(WIDE)
    again = store.load(WIDE)
    assert (again.n_loaded, again.n_known) == (0, 6)
    assert len(store.observations(history=True)) == 6
    assert store.batches()["n_known"].tolist() == [0, 6]
    # numbers of observations go on where they are
    store.load(facts(("C", "revenue", 1, "2024-01-01")))
    assert len(store.observations(history=True)) == 7


def test_overlapping_exports_add_what_is_new(new_store: New) -> None:
    store = new_store()
    rows = [("A", "revenue", n, f"20{n:02}-12-31") for n in range(10, 20)]
    store.load(facts(*rows[:7]))
    result = store.load(facts(*rows[4:], *rows[8:]))
    assert (result.n_loaded, result.n_known) == (3, 5)
    assert len(store.observations(history=True)) == 10


@pytest.mark.parametrize(
    ("changed", "is_new"),
    [
        ({"unit": "USD"}, True),
        ({"true_to": "2025-01-01"}, True),
        ({"source": "third_party"}, True),
        ({"source_name": "Register"}, True),
        ({"method": "interview"}, True),
        ({"collected_by": "bo"}, True),
        ({"collected_at": "2024-01-01T00:00:00.000001Z"}, True),
        ({"confidence": 0.5}, True),
        ({"evidence": "another page"}, False),
    ],
)
def test_what_makes_a_fact_another(new_store: New, changed: dict[str, Any], is_new: bool) -> None:
    store = new_store()
    rows = [("A", "revenue", 0.0, "2024-01-01"), ("A", "name", "Ana", "2024-01-01")]
    store.load(facts(*rows))
    assert store.load(facts(*rows, **changed)).n_loaded == (2 if is_new else 0)
    # minus zero is no other number
    assert store.load(facts(("A", "revenue", -0.0, "2024-01-01"))).n_loaded == 0
    assert store.load(facts(("A", "revenue", 1, "2024-01-01"))).n_loaded == 1
    assert store.load(facts(("A", "name", "Anna", "2024-01-01"))).n_loaded == 1


@pytest.mark.parametrize(
    "table",
    [
        "observations", "batches", "retractions", "audit", "customers", "items", "origins",
        "settings", "rejects", "links", "erasures",
    ],
)  # fmt: skip
def test_the_database_refuses_changes(new_store: New, table: str) -> None:
    store = new_store()
    _fill(store)
    key = {"audit": "number", "settings": "version"}.get(table, "id")
    statements = ["UPDATE {table} SET {key} = {key} + 1000", "DELETE FROM {table}"]
    if store.engine.dialect.name == "sqlite":
        statements.append("INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        statements.append("TRUNCATE {table}")
    every = sa.select(sa.text("*")).select_from(sa.table(table))
    with store.engine.connect() as connection:
        before = connection.execute(every).all()
    assert before
    for statement in statements:
        with (
            store.engine.connect() as connection,
            pytest.raises(sa.exc.DBAPIError, match=f"rows of {table} are only added"),
        ):
            connection.execute(sa.text(statement.format(table=table, key=key)))
    with store.engine.connect() as connection:
        assert connection.execute(every).all() == before


def test_a_fact_is_not_replaced_under_another_number(tmp_path: Path) -> None:
    with CustomerStore.create(tmp_path / "store.db", CATALOGUE, keys=KeyRing.generate()) as store:
        _fill(store)
        before = store.observations(history=True)
        columns = sa.inspect(store.engine).get_columns("observations")
        rest = ", ".join(column["name"] for column in columns[1:])
        replace = "INSERT OR REPLACE INTO observations (id, {0}) SELECT id + 1000, {0} FROM {1}"
        with (
            store.engine.connect() as connection,
            pytest.raises(sa.exc.DBAPIError, match="rows of observations are only added"),
        ):
            connection.execute(sa.text(replace.format(rest, "observations")))
        pd.testing.assert_frame_equal(store.observations(history=True), before)


def _fill(store: CustomerStore) -> None:
    store.load(WIDE)
    store.retract([1], reason="a trial")
    store.link("A", "B", reason="one and the same")
    store.reject(_rejects(), batch=1)
    with store.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO erasures (id, customer_id, reason, recorded_at, recorded_by) "
                "VALUES (1, 99, 'asked for', 1, 'ana')"
            )
        )


# --- rejects, retractions, links -------------------------------------------------------


def _rejects(**changes: Any) -> pd.DataFrame:
    entry = {
        "source": "a.csv", "row": 7, "column": "Name", "item": "name", "value": "Zoë Secret",
        "reason": "is too long", "protected": True, "cells": '["Zoë Secret", 5]',
    }  # fmt: skip
    return pd.DataFrame([entry | changes])


def test_rejects_are_kept_with_their_batch(new_store: New) -> None:
    store = new_store()
    store.load(WIDE)
    assert store.reject(_rejects(), batch=1) == 1
    assert store.reject(_rejects(protected=False, value="x", cells=None), batch=1) == 1
    table = store.rejects()
    assert table["value"].tolist() == ["Zoë Secret", "x"]
    assert table["cells"].tolist()[0] == '["Zoë Secret", 5]'
    assert table["row"].tolist() == ["7", "7"]
    assert store.rejects(batch=2).empty
    assert store.trail.table()["action"].tolist()[-1] == "read"
    with store.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT * FROM rejects")).all()
    assert "Secret" not in str(kept)
    with pytest.raises(StoreError, match=r"no batch 9"):
        store.reject(_rejects(), batch=9)
    with pytest.raises(MissingColumnError, match=r"need the column 'cells'"):
        store.reject(_rejects().drop(columns="cells"), batch=1)
    with pytest.raises(InvalidParameterError, match=r"Got list"):
        store.reject([], batch=1)
    for column, cell, said in (
        ("value", np.array([1, 2]), "an array"), ("cells", np.array(["x"]), "an array"),
        ("protected", "False", "str"), ("protected", float("nan"), "float"),
        ("protected", pd.NA, "NAType"),
    ):  # fmt: skip
        odd = _rejects().assign(**{column: pd.Series([cell], dtype=object)})
        with pytest.raises(InvalidDataError, match=f"row 0, column '{column}', {said}"):
            store.reject(odd, batch=1)


def test_a_store_without_keys_keeps_no_personal_cells(new_store: New) -> None:
    store = new_store(keys=None)
    store.load(facts(("A", "revenue", 1, "2024-01-01")))
    store.reject(_rejects(), batch=1)
    assert store.rejects()["value"].tolist() == [None]
    with pytest.raises(KeyStoreError, match=r"made without keys, so it keeps no protected values"):
        store.load(facts(("A", "name", "Ana", "2024-01-01")))
    # nothing of a load that fails is kept
    assert len(store.batches()) == 1
    assert store.trail.verify().is_whole


@pytest.mark.parametrize("odd", ["a\x00b", "a\ud800b"])
def test_words_that_cannot_be_kept_are_refused(new_store: New, odd: str) -> None:
    """SQLite would keep a null character, and PostgreSQL could not restore it."""
    store = new_store()
    store.load(WIDE)
    calls: list[Callable[[], Any]] = [
        lambda: store.load(WIDE, note=odd), lambda: store.retract([1], reason=odd),
        lambda: store.link("A", "B", reason=odd), lambda: store.erase("A", reason=odd),
        lambda: store.place_hold("A", reason=odd),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(InvalidParameterError, match="holds a character that cannot be kept"):
            call()
    for call in (
        lambda: store.snapshot("2024-01-01", customers=[odd]),
        lambda: store.link("A", odd, reason="same"),
    ):
        with pytest.raises((InvalidParameterError, StoreError), match="There is no customer 'a"):
            call()
    assert len(store.batches()) == 1
    assert store.retractions().empty


@pytest.mark.parametrize("with_keys", [True, False])
def test_rejects_are_kept_whatever_stands_in_them(new_store: New, *, with_keys: bool) -> None:
    store = new_store(**({} if with_keys else {"keys": None}))
    store.load(facts(("A", "revenue", 1, "2024-01-01")))
    given = {"value": "a\x00b", "source": "\udcff.csv", "cells": None, "protected": False}
    told = {name: pd.Series([value], dtype=object) for name, value in given.items()}
    odd = _rejects().assign(**told)
    assert store.reject(odd, batch=1) == 1
    assert store.reject(odd, batch=1) == 0
    found = store.rejects().iloc[0]
    assert (found["value"], found["source"]) == (r"a\x00b", r"\udcff.csv")


def test_a_retraction_lets_the_one_before_count_again(new_store: New) -> None:
    store = new_store()
    store.load(facts(("A", "revenue", 1, "2024-01-01")))
    store.load(facts(("A", "revenue", 2, "2024-01-01")))
    assert store.snapshot("2024-06-30", items=["revenue"])["revenue"].tolist() == [2]
    before = store.batches()["recorded_at"].iloc[-1]
    assert store.retract([2], reason="typing error") == 1
    assert store.snapshot("2024-06-30", items=["revenue"])["revenue"].tolist() == [1]
    assert store.snapshot("2024-06-30", before, items=["revenue"])["revenue"].tolist() == [2]
    assert store.retract([2, 1], reason="again") == 1
    assert store.snapshot("2024-06-30", items=["revenue"]).empty
    assert store.load(facts(("A", "revenue", 2, "2024-01-01"))).n_known == 1
    assert store.retractions()["observation"].tolist() == [2, 1]
    assert store.retractions()["reason"].tolist() == ["typing error", "again"]
    with pytest.raises(StoreError, match=r"no observation 77. Nothing was retracted"):
        store.retract([77], reason="none")
    with pytest.raises(InvalidParameterError, match=r"'reason' .* must say why"):
        store.retract([1], reason=" ")


def test_linked_customers_are_read_as_one_and_apart_again(new_store: New) -> None:
    store = new_store()
    store.load(facts(("A", "revenue", 1, "2023-01-01"), ("A", "name", "Ana", "2023-01-01")))
    store.load(facts(("B", "revenue", 2, "2024-01-01"), ("C", "industry", "retail", "2024-01-01")))
    apart = store.snapshot("2024-06-30")
    store.link("A", "B", reason="same number")
    store.link("B", "C", reason="same name")
    one = store.snapshot("2024-06-30", resolve=True)
    assert list(one.index) == ["C"]
    assert one.loc["C", ["revenue", "name", "industry"]].tolist() == [2, "Ana", "retail"]
    asked = store.snapshot("2024-06-30", customers=["C"], resolve=True)
    pd.testing.assert_frame_equal(asked, one)
    pd.testing.assert_frame_equal(store.snapshot("2024-06-30"), apart)
    with pytest.raises(StoreError, match=r"'C' cannot be linked to 'A', which leads to it"):
        store.link("C", "A", reason="a circle")
    with pytest.raises(StoreError, match=r"'A' is linked already"):
        store.link("A", "C", reason="twice")
    linked = store.links()["recorded_at"].iloc[-1]
    store.unlink("B", reason="another person")
    assert list(store.snapshot("2024-06-30", resolve=True).index) == ["B", "C"]
    # as it was known before
    assert list(store.snapshot("2024-06-30", linked, resolve=True).index) == ["C"]
    assert store.links()["into"].tolist() == ["B", "C", None]
    with pytest.raises(StoreError, match=r"'B' is not linked"):
        store.unlink("B", reason="again")
    with pytest.raises(StoreError, match=r"no customer 'Z'"):
        store.link("Z", "A", reason="unknown")


# --- opening ---------------------------------------------------------------------------


def test_a_store_is_opened_again(new_place: Callable[[], Any]) -> None:
    place, ring = new_place(), KeyRing.generate()
    with CustomerStore.create(place, CATALOGUE, keys=ring) as store:
        store.load(WIDE)
        table = store.snapshot("2024-06-30")
    with pytest.raises(StoreError, match=r"was closed. Open it again"):
        store.snapshot("2024-06-30")
    assert repr(store).endswith("closed>")
    with CustomerStore.open(place, keys=ring) as again:
        pd.testing.assert_frame_equal(again.snapshot("2024-06-30"), table)
        assert again.catalogue == CATALOGUE
        assert sorted(again.customers()) == ["A", "B"]
        assert "2 customers, 6 observations in 1 load>" in repr(again)
    with pytest.raises(KeyStoreError, match=r"not the keys of the store"):
        CustomerStore.open(place, keys=KeyRing.generate())
    with pytest.raises(KeyStoreError, match=r"made with keys. Give them"):
        CustomerStore.open(place)
    # a ring that has the old key among others will do
    CustomerStore.open(place, keys=ring.rotated()).close()
    with pytest.raises(StoreError, match=r"already"):
        CustomerStore.create(place, CATALOGUE)
    with CustomerStore.open(place, keys=ring) as again:
        assert len(again.snapshot("2024-06-30")) == 2


def test_a_store_without_keys_is_opened_without(new_place: Callable[[], Any]) -> None:
    place = new_place()
    CustomerStore.create(place, CATALOGUE).close()
    CustomerStore.open(place).close()
    with pytest.raises(KeyStoreError, match=r"made without keys. Open it without"):
        CustomerStore.open(place, keys=KeyRing.generate())


def test_places_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError, match=r"There is no store"):
        CustomerStore.open(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("no database at all, but long enough to be one\n" * 20)
    with pytest.raises(StoreError, match=r"cannot do this: file is not a database"):
        CustomerStore.open(tmp_path / "text.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match=r"holds no store of creditscore"):
        CustomerStore.open(tmp_path / "empty.db")
    with pytest.raises(StoreError, match=r"already"):
        CustomerStore.create(tmp_path / "empty.db")
    with pytest.raises(StoreError, match=r"cannot be made: No such file"):
        CustomerStore.create(tmp_path / "nowhere" / "store.db")
    for place, told in (
        (":memory:", "is a file"), ("sqlite://", "is a file"), (3, "Got int"),
        ("mysql://u:secret@host/db", "'mysql'"), ("://", "cannot be read as one"),
    ):  # fmt: skip
        with pytest.raises(InvalidParameterError, match=told) as caught:
            CustomerStore.open(place)  # type: ignore[arg-type]
        assert "secret" not in str(caught.value)


def test_a_database_that_cannot_be_reached_is_told_without_the_password() -> None:
    with pytest.raises(StoreError, match=r"postgresql\+psycopg://ana:\*\*\*@") as caught:
        CustomerStore.open("postgresql://ana:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    with CustomerStore.create(tmp_path / "store.db", CATALOGUE) as store:
        store.load(facts(("A", "revenue", 1, "2024-01-01")))
        for path in tmp_path.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_failed_creation_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match=r"Got str instead|must be a"):
        CustomerStore.create(tmp_path / "store.db", catalogue="none")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_settings_that_are_none(tmp_path: Path) -> None:
    place = tmp_path / "store.db"
    with pytest.raises(InvalidParameterError, match=r"'keys' .* must be a KeyRing. Got bytes") as e:
        CustomerStore.create(place, keys=b"secret secret secret secret secr")  # type: ignore[arg-type]
    assert "secret" not in str(e.value)
    with pytest.raises(InvalidParameterError, match=r"'busy_seconds'"):
        CustomerStore.create(place, busy_seconds=-1)
    with pytest.raises(InvalidParameterError, match=r"'actor'"):
        CustomerStore.create(place, actor="ana")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match=r"'policy'"):
        CustomerStore.create(place, policy="all")  # type: ignore[arg-type]
    with CustomerStore.create(place, CATALOGUE) as store:
        with pytest.raises(InvalidParameterError, match=r"'observations'"):
            store.load(WIDE.table)  # type: ignore[arg-type]
        with pytest.raises(InvalidParameterError, match=r"'note'"):
            store.load(WIDE, note=None)  # type: ignore[arg-type]


def test_a_store_is_not_pickled(tmp_path: Path) -> None:
    with CustomerStore.create(tmp_path / "store.db", keys=KeyRing.generate()) as store:
        with pytest.raises(KeyStoreError, match=r"not pickled"):
            pickle.dumps(store)
        with pytest.raises(KeyStoreError, match=r"not pickled"):
            pickle.dumps(store._desk.vault)
        assert "KeyRing: 1 key" in repr(store._desk.vault)


# --- catalogues ------------------------------------------------------------------------


def test_items_must_be_those_of_the_store(new_store: New) -> None:
    store = new_store()
    other = ItemCatalogue.standard()
    table = pd.DataFrame(
        {
            "customer": ["A"], "item": ["capacity"], "value": [1], "true_from": ["2024-01-01"],
            "source": ["site_visit"], "method": ["interview"], "collected_at": ["2024-01-01"],
        }
    )  # fmt: skip
    with pytest.raises(InvalidDataError, match=r"'capacity', which the catalogue .* does not have"):
        store.load(Observations.from_frame(table, catalogue=other))
    text = CATALOGUE.with_items(Item(name="revenue", kind="text", group="financial"))
    given = Observations.from_frame(table.assign(item="revenue"), catalogue=text)
    with pytest.raises(InvalidDataError, match=r"'revenue' as a text, .* keeps it as a number, "):
        store.load(given)
    days = CATALOGUE.with_items(Item(name="employees", group="identity", unit="days"))
    given = Observations.from_frame(table.assign(item="employees"), catalogue=days)
    with pytest.raises(InvalidDataError, match=r"as a number in days, .* keeps it as a number, "):
        store.load(given)
    assert store.batches().empty


def test_a_catalogue_grows_and_keeps_what_is_used(new_store: New) -> None:
    store = new_store()
    store.load(WIDE)
    more = CATALOGUE.with_items(Item(name="output", group="operating"))
    store.change_catalogue(more)
    assert "output" in store.snapshot("2024-06-30")
    with store.engine.connect() as connection:
        n = connection.execute(
            sa.text("SELECT count(*) FROM settings WHERE name = 'catalogue'")
        ).scalar()
    assert n == 2
    for changed, told in (
        (Item(name="revenue", kind="text", group="financial"), "'revenue' has observations as a"),
        (Item(name="revenue", group="financial", unit="CNY"), "keeps kind, unit and protection"),
        (Item(name="revenue", group="financial", sensitivity="personal"), "not protected"),
        (Item(name="name", kind="text", group="identity"), "as a text, protected"),
    ):
        with pytest.raises(StoreError, match=told):
            store.change_catalogue(more.with_items(changed))
    few = ItemCatalogue(items=CATALOGUE.items[:2])
    with pytest.raises(StoreError, match=r"'revenue' has observations"):
        store.change_catalogue(few)
    with pytest.raises(InvalidParameterError, match=r"'catalogue'"):
        store.change_catalogue("none")  # type: ignore[arg-type]
