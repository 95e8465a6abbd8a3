"""Rows on their way into a database and out of it, and what it says when it cannot."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from creditscore.exceptions import StoreBusyError, StoreError
from creditscore.organise import CustomerStore
from creditscore.organise._store import _backup, _bulk, _writing
from creditscore.organise._store._bulk import fetch_columns, insert_observations
from creditscore.organise._store._choice import versions
from creditscore.organise._store._engine import reading, writing
from creditscore.organise._store._fingerprint import Facts
from creditscore.organise._store._guards import lifted
from creditscore.organise._store._schema import customers, observations
from stores import CATALOGUE, facts

New = Callable[..., CustomerStore]
TELLING = "4711.25"


def some(*days: int, **columns: Any) -> Any:
    return facts(*(("A", "revenue", 1.0 * day, f"2024-01-{day:02}") for day in days), **columns)


def words(store: CustomerStore) -> list[Any]:
    found = store.observations(items=["industry"], history=True)["text"]
    return sorted(found.tolist())


@pytest.mark.parametrize("most", [1, 40, 10**6])
def test_long_texts_come_out_in_parts(
    new_store: New, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """PostgreSQL holds less than a gigabyte in one value."""
    monkeypatch.setattr(_bulk, "_BYTES_TOGETHER", most)
    monkeypatch.setattr(_bulk, "_TOGETHER", 4)
    texts = sorted(["鋼" * n for n in range(1, 12)] + ["x" * 50, "x"])
    store = new_store()
    given = facts(*((f"C{n}", "industry", text, "2024-01-01") for n, text in enumerate(texts)))
    store.load(given)
    assert words(store) == texts
    assert store.snapshot("2024-06-30", items=["industry"])["industry"].tolist() == [
        texts[int(name[1:])] for name in sorted(f"C{n}" for n in range(len(texts)))
    ]


@pytest.mark.parametrize("pages", [1, 3])
def test_each_row_comes_out_once_whatever_its_page(
    new_store: New, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr(_bulk, "_PAGES_TOGETHER", pages)
    store = new_store()
    names = [f"C{n:04}" for n in range(1000)]
    store.load(facts(*((name, "revenue", float(n), "2024-01-01") for n, name in enumerate(names))))
    store.load(facts(*((name, "industry", name * 9, "2024-01-01") for name in names[::2])))
    with reading(store.engine) as connection:
        if connection.dialect.name == "postgresql":
            size = connection.execute(sa.text("SELECT pg_relation_size('observations')"))
            assert size.scalar_one() > 8192 * 3 * pages
    found = store.snapshot("2024-06-30", items=["revenue", "industry"])
    assert found["revenue"].to_dict() == {name: float(n) for n, name in enumerate(names)}
    assert found["industry"].dropna().to_dict() == {name: name * 9 for name in names[::2]}
    assert len(store.observations(history=True)) == 1500


# --- in ----------------------------------------------------------------------------------


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_writing, "_AT_ONCE", 2)


@pytest.mark.usefixtures("small_parts")
def test_parts_with_and_without_known_rows(new_store: New) -> None:
    store = new_store()
    assert store.load(some(3, 4, 9)).n_loaded == 3
    # of the five parts the second and the fifth have rows that are known
    result = store.load(some(*range(1, 11)))
    assert (result.n_loaded, result.n_known) == (7, 3)
    assert store.load(some(*range(1, 13))).n_loaded == 2
    assert store.history()["revenue"].tolist() == [float(day) for day in range(1, 13)]
    assert store.observations(history=True)["observation"].is_unique
    # in one load, a fact twice
    twice = facts(*[("B", "revenue", 1, "2024-01-01")] * 3, ("B", "revenue", 2, "2024-01-02"))
    assert store.load(twice).n_loaded == 2


def _row(store: CustomerStore, **changed: Any) -> dict[str, list[Any]]:
    with reading(store.engine) as connection:
        row = dict(connection.execute(sa.select(observations)).mappings().first() or {})
    return {name: [value] for name, value in {**row, "fingerprint": b"x" * 16, **changed}.items()}


@pytest.mark.parametrize("changed", [{"id": 99, "collected_at": None}, {"fingerprint": b"y" * 16}])
def test_rows_that_cannot_be_kept_are_no_known_ones(
    new_store: New, changed: dict[str, Any]
) -> None:
    """A gap where there may be none, and a number that is another's: never passed over."""
    store = new_store()
    store.load(some(1))
    columns = _row(store, **changed)
    with (
        pytest.raises(StoreError, match=r"cannot do this: .*(NOT NULL|not-null|UNIQUE|unique)"),
        writing(store.engine) as connection,
        lifted(connection),
    ):
        insert_observations(connection, columns)
    assert len(store.observations(history=True)) == 1


def test_all_that_a_row_can_hold_comes_back(new_store: New) -> None:
    """Columns that are the same in all rows, and those that are not, of every kind."""
    store = new_store()
    rows = [
        ("A", "revenue", -0.5, "2024-01-01"), ("B", "revenue", 1e300, "2024-01-01"),
        ("A", "industry", "鋼鐵, \"x\"\n'", "2024-01-01"), ("A", "audited", True, "2024-01-01"),
        ("A", "invoice.amount", 5, "2024-01-02"), ("A", "name", "Ana", "2024-01-01"),
        ("B", "income", 0.1, "2024-01-01"),
    ]  # fmt: skip
    for n, chosen in enumerate((rows, rows[:1], rows[2:3], rows[4:])):
        given = facts(
            *((*row[:3], f"202{n}-01-01") for row in chosen),
            true_to=[*[f"202{n}-06-01"] * (len(chosen) - 1), None],
            evidence="page 2" if len(chosen) == 1 else "",
            record=["1" if "." in row[1] else "" for row in chosen], confidence=0.5,
        )  # fmt: skip
        batch = store.load(given).batch
        kept = store.observations(history=True)
        got, expected = (
            table.sort_values("number").sort_values(["customer", "item"], kind="stable")[
                ["customer", "item", "record", "number", "text", "true_to", "evidence"]
            ].astype(str).reset_index(drop=True)
            for table in (kept[kept["batch"] == batch], given.table)
        )  # fmt: skip
        pd.testing.assert_frame_equal(got, expected)


def test_a_load_gives_its_memory_back(tmp_path: Path) -> None:
    with CustomerStore.create(tmp_path / "store.db", CATALOGUE) as store:
        wide = []
        with store.engine.connect() as connection:
            before = connection.exec_driver_sql("PRAGMA cache_size").scalar()
        event.listen(
            store.engine, "before_cursor_execute", lambda _c, _d, text, *_: wide.append(text)
        )
        store.load(some(1))
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA cache_size").scalar() == before
        assert "PRAGMA cache_size=-262144" in wide


def test_digests_are_those_of_a_keyed_hash_of_each_row() -> None:
    """So they were always made: another way would load all that is known once more."""
    table = some(1, 2, 3).table
    days = np.arange(3)
    rows = Facts(table=table, true_from=days, true_to=days, collected_at=days)
    raw, width = rows._rows
    assert len(raw) == 3 * width
    assert rows.digests(b"key") == [
        blake2b(raw[at : at + width], digest_size=16, key=b"key").digest()
        for at in range(0, len(raw), width)
    ]


# --- out ---------------------------------------------------------------------------------


@pytest.mark.parametrize("by_index", [True, False])
@pytest.mark.parametrize("together", [2, 1000])
def test_columns_come_out_as_they_are(
    new_store: New, monkeypatch: pytest.MonkeyPatch, together: int, by_index: bool
) -> None:
    monkeypatch.setattr(_bulk, "_TOGETHER", together)
    store = new_store()
    columns = {
        "n": [1, -(2**52), 3, 4, 5], "x": [0.1, -0.0, 1e308, 5e-324, 2.0],
        "text": ["", None, "鋼鐵\n'\"", "a,b\\", "\\x00"],
        "cipher": [b"", None, b"\x00\xff", b"a", None],
    }  # fmt: skip
    kinds = {"n": np.int64, "x": np.float64, "text": object, "cipher": object}
    types = {"n": sa.BigInteger, "x": sa.Double, "text": sa.Text, "cipher": sa.LargeBinary}
    table = sa.Table(
        "tried", sa.MetaData(), *(sa.Column(name, kind) for name, kind in types.items())
    )
    with writing(store.engine) as connection:
        table.create(connection)
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        connection.execute(table.insert(), rows)
    with reading(store.engine) as connection:
        found = fetch_columns(connection, sa.select(table), kinds, by_index=by_index)
        # rows come in any order
        order = np.argsort(found["x"])
        for name, values in columns.items():
            expected = np.array(values, dtype=kinds[name])[np.argsort(columns["x"])]
            assert found[name][order].tolist() == expected.tolist(), name
            assert found[name].dtype == kinds[name]
        for some_kinds in (kinds, {"n": np.int64, "x": np.float64}):
            wanted = sa.select(*(table.c[name] for name in some_kinds)).where(table.c.n > 99)
            none = fetch_columns(connection, wanted, some_kinds, by_index=by_index)
            assert {name: (len(none[name]), none[name].dtype) for name in none} == {
                name: (0, np.dtype(kind)) for name, kind in some_kinds.items()
            }


def test_records_of_customers_with_large_numbers_stay_apart(tmp_path: Path) -> None:
    """Place and record as one number would be the same for both, 2⁶⁴ apart."""
    with CustomerStore.create(tmp_path / "store.db", CATALOGUE) as store:
        n = 4095
        records = [str(k) for k in range(n)]
        store.load(facts(*[("A", "invoice.amount", 1, "2024-01-01")] * n, record=records))
        row = _row(store, id=n + 1, customer_id=1 + 2**38)
        with writing(store.engine) as connection:
            others = store._desk.customers(connection).rows({"B": 1 + 2**38}, {})
            connection.execute(customers.insert(), others)
            connection.execute(
                observations.insert().values(**{name: cell for name, (cell,) in row.items()})
            )
        assert len(store.records("invoice", "2024-06-30")) == n + 1


@settings(max_examples=40)
@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=12))
def test_versions_are_what_was_there_on_each_day(rows: list[tuple[int, int]]) -> None:
    group, day = (np.array([row[k] for row in rows], dtype=np.int64) for k in (0, 1))
    found = versions(group, day)
    seen = [(int(at[k]), int(group[row]), int(row)) for r, at in found for k, row in enumerate(r)]
    expected = [
        (when, one, row)
        for one in set(group.tolist())
        for when in {d for g, d in rows if g == one}
        for row, (g, d) in enumerate(rows)
        if g == one and d <= when
    ]
    assert sorted(seen) == sorted(expected)
    counts = [len(set(day[group == one])) for one in set(group.tolist())]
    assert len(found) == max(counts, default=0)


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 0.0004])
def test_who_does_not_wait_is_told_at_once(new_place: Callable[[], Any], seconds: float) -> None:
    place = new_place()
    with (
        CustomerStore.create(place, CATALOGUE) as store,
        CustomerStore.open(place, busy_seconds=seconds) as other,
    ):
        with writing(store.engine) as connection:
            # a wait without an end is ended by this, and fails the test
            if connection.dialect.name == "postgresql":
                with other.engine.connect() as theirs:
                    theirs.exec_driver_sql("SET statement_timeout = 3000")
                    theirs.commit()
            begun = time.monotonic()
            with pytest.raises(StoreBusyError, match="longer than it waits"):
                other.load(some(1))
            assert time.monotonic() - begun < 2.5
        assert other.load(some(1)).n_loaded == 1


def test_a_full_disk_is_an_error_of_the_store(tmp_path: Path) -> None:
    with CustomerStore.create(tmp_path / "store.db", CATALOGUE) as store:
        store.load(some(1))
        event.listen(
            store.engine, "begin", lambda c: c.exec_driver_sql("PRAGMA max_page_count=120")
        )
        many = facts(*((f"C{n}", "revenue", TELLING, "2024-01-01") for n in range(5000)))
        with pytest.raises(StoreError, match="cannot do this: database or disk is full") as told:
            store.load(many)
        assert TELLING not in str(told.value)
        assert told.value.__suppress_context__
        assert len(store.observations(history=True)) == 1


def test_a_backup_that_does_not_fit_is_an_error_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        msg = "database or disk is full"
        raise sqlite3.OperationalError(msg)

    monkeypatch.setattr(_backup, "closing", fail)
    with (
        CustomerStore.create(tmp_path / "store.db", CATALOGUE) as store,
        pytest.raises(StoreError, match="cannot do this: database or disk is full"),
    ):
        store.backup(tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()


@pytest.mark.engine("postgresql")
def test_errors_of_rows_do_not_show_their_values(new_store: New) -> None:
    store = new_store()
    store.load(some(1))
    columns = _row(store, id=99, collected_at=None, number=float(TELLING))
    with pytest.raises(StoreError) as told, writing(store.engine) as connection:
        insert_observations(connection, columns)
    assert TELLING not in str(told.value)
    assert told.value.__suppress_context__
