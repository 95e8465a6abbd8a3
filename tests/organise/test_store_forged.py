"""Rows that somebody changed who has no keys: they are refused wherever they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from creditscore.exceptions import (
    DecryptionError,
    ErasedSubjectError,
    InvalidParameterError,
    KeyStoreError,
    MergedCustomersWarning,
    RejectedRowsWarning,
    StoreError,
)
from creditscore.organise import CustomerStore, merged_customers
from creditscore.organise._store._engine import reading
from creditscore.protect import KeyRing
from stores import CATALOGUE, facts

New = Callable[..., CustomerStore]
RING = KeyRing.generate()
FACTS = facts(
    ("Ann", "revenue", 5, "2023-12-31"), ("Ann", "income", 3, "2023-12-31"),
    ("Bob", "income", 7, "2023-12-31"),
)  # fmt: skip


def forge(store: CustomerStore, table: str, statement: str, **values: Any) -> None:
    """Change a table as somebody who may write to all of the database, but has no keys."""
    with store.engine.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        for name in ("no_update", "no_delete") if is_sqlite else ("only_added",):
            after = "" if is_sqlite else f" ON {table}"
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_{name}{after}"))
        connection.execute(sa.text(statement), values)


def reads(store: CustomerStore) -> Iterator[Callable[[], Any]]:
    """Yield what reads facts."""
    yield lambda: store.snapshot("2024-06-30")
    yield lambda: store.snapshot("2024-06-30", customers=["Ann"], items=["revenue"], resolve=True)
    yield store.observations
    yield store.history
    yield lambda: store.subject_access("Ann")


def made(new_store: New, **settings: Any) -> CustomerStore:
    store = new_store(keys=RING, **settings)
    store.load(FACTS)
    return store


# --- names -----------------------------------------------------------------------------


@pytest.mark.parametrize("with_keys", [True, False])
def test_a_customer_who_is_not_found_by_its_name_is_no_other_one(
    new_store: New, with_keys: bool
) -> None:
    """The same person would be loaded as a second one, and that one alone be erased."""
    some = FACTS if with_keys else facts(("Ann", "revenue", 5, "2023-12-31"))
    store = new_store(keys=RING if with_keys else None)
    store.load(some)
    assert store.customers()[0] == "Ann"
    forge(store, "customers", "UPDATE customers SET digest = :d WHERE id = 1", d=b"nobody")
    with suppress(DecryptionError):
        store.load(some)
    acts: list[Callable[[], Any]] = []
    if with_keys:
        # also where names were read before
        acts.append(lambda: store.erase("Ann", reason="asked for"))
    store._desk.names.clear()
    acts += [store.customers, lambda: store.snapshot("2024-06-30")]
    for act in acts:
        with pytest.raises(DecryptionError, match=r"customer 1 is not found by its name"):
            act()


def test_who_was_erased_is_refused_whatever_the_table_says(new_store: New) -> None:
    store = made(new_store)
    store.erase("Bob", reason="asked for")
    forge(store, "customers", "UPDATE customers SET digest = :d WHERE id = 2", d=b"nobody")
    with pytest.warns(RejectedRowsWarning, match=r"1 observations are of customers whose data"):
        assert store.load(FACTS).n_refused == 1
    store._desk.names.clear()
    with pytest.raises(DecryptionError, match=r"customer 2 is not found by its name"):
        store.customers()


def test_an_erasure_of_a_release_before_has_no_digest(
    new_store: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    from creditscore.organise._guard import _erasing

    add_event = _erasing.add_event

    def older(known: Any, kind: str, customer: Any, content: Any, **said: Any) -> None:
        add_event(known, kind, customer, {"kept": content["kept"]}, **said)

    store = made(new_store)
    monkeypatch.setattr(_erasing, "add_event", older)
    store.erase("Bob", reason="asked for")
    assert store.customers() == ("Ann", "erased:2")
    with pytest.raises(ErasedSubjectError, match=r"were erased"):
        store.snapshot("2024-06-30", customers=["Bob"])
    with pytest.warns(RejectedRowsWarning, match=r"1 observations"):
        assert store.load(FACTS).n_refused == 1


# --- events ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["erased", "expired", "erased elsewhere"])
def test_an_erasure_that_was_put_in_by_hand_is_not_believed(new_store: New, kind: str) -> None:
    """Facts would be hidden by one, or shown."""
    store = made(new_store)
    forge(
        store, "protections",
        "INSERT INTO protections (id, kind, customer_id, content, recorded_at, recorded_by, seal) "
        "VALUES (7, :kind, 1, 'no JSON', 5, 'me', :seal)",
        kind=kind, seal=b"none",
    )  # fmt: skip
    acts = [] if kind == "erased elsewhere" else [*reads(store)]
    if kind != "expired":
        acts.append(lambda: store.load(FACTS))
    for content in ("no JSON", "{}", '{"kept": ["income"], "observations": [1], "digest": "00"}'):
        forge(store, "protections", "UPDATE protections SET content = :content", content=content)
        for act in acts:
            with pytest.raises(StoreError, match=rf"'{kind}' of number 7 is not sealed .* backup"):
                act()


@pytest.mark.engine("sqlite")
def test_an_erasure_of_nobody_that_has_a_number_is_refused(tmp_path: Path) -> None:
    """SQLite keeps whatever is put into a column."""
    with CustomerStore.create(tmp_path / "s.db", CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        forge(store, "erasures", "INSERT INTO erasures VALUES (1, 'Ann', 'x', 5, 'me')")
        for act in [*reads(store), lambda: store.load(FACTS), store.customers]:
            with pytest.raises(StoreError, match=r"an erasure is no number.*'erasures'"):
                act()


# --- facts -----------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "table"), [("batch_id", "batches"), ("origin_id", "origins")])
def test_a_fact_whose_load_or_source_is_gone_is_an_error(
    new_store: New, column: str, table: str
) -> None:
    """It would be in no answer, without a word, or believed as one of nobody knows what source."""
    store = made(new_store)
    change = f"UPDATE observations SET {column} = :number WHERE id = 1"  # noqa: S608 - of the test
    for number in (9, 0, -3):
        forge(store, "observations", change, number=number)
        for act in reads(store):
            with pytest.raises(StoreError, match=rf"rows of the table '{table}' that are not the"):
                act()


def test_a_load_that_was_taken_out_is_missed(new_store: New, clock: Any) -> None:
    """Be it the last one, or one between others, and at whatever instant is asked."""
    store = made(new_store)
    clock.set("2024-02-01T00:00Z")
    store.load(facts(("Bob", "revenue", 2, "2023-12-31")))
    clock.set("2024-03-01T00:00Z")
    store.load(facts(("Bob", "revenue", 3, "2023-12-31")))
    forge(store, "batches", "DELETE FROM batches WHERE id = 2")
    assert store.snapshot("2024-06-30", "2024-01-15").loc["Ann", "revenue"] == 5
    with pytest.raises(StoreError, match=r"table 'batches' that are not there"):
        store.snapshot("2024-06-30")
    forge(store, "batches", "DELETE FROM batches WHERE id = 3")
    for known_at in (None, "2024-01-15"):
        with pytest.raises(StoreError, match=r"table 'batches' that are not there"):
            store.snapshot("2024-06-30", known_at)


def test_blocks_miss_their_loads_as_rows_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from creditscore.organise._store import _blocks

    monkeypatch.setattr(_blocks, "_FEWEST", 2)
    with CustomerStore.create(tmp_path / "s.db", CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        with reading(store.engine) as connection:
            assert connection.execute(sa.select(sa.func.count(_blocks.blocks.c.id))).scalar() == 1
        forge(store, "batches", "DELETE FROM batches")
        with pytest.raises(StoreError, match=r"table 'batches' that are not there"):
            store.snapshot("2024-06-30")


# --- keys ------------------------------------------------------------------------------


@pytest.mark.engine("sqlite")
def test_a_key_that_is_no_bytes_opens_nothing(tmp_path: Path) -> None:
    place = tmp_path / "s.db"
    change = "UPDATE subject_keys SET wrapped = 'zz' WHERE kind = :kind"
    with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
        store.load(FACTS)
        forge(store, "subject_keys", change, kind="customer")
        for act in (store.customers, lambda: store.rotate_keys(RING.rotated())):
            with pytest.raises(DecryptionError, match=r"no bytes: the table 'subject_keys'"):
                act()
        forge(store, "subject_keys", change, kind="store")
    with pytest.raises(KeyStoreError, match=r"not the keys of the store"):
        CustomerStore.open(place, keys=RING)
    with CustomerStore.create(tmp_path / "open.db", CATALOGUE) as store:
        forge(store, "subject_keys", change, kind="store")
    with pytest.raises(DecryptionError, match=r"no bytes"):
        CustomerStore.open(tmp_path / "open.db")


# --- merges ----------------------------------------------------------------------------


@pytest.mark.parametrize("nobody", [None, 5, float("nan")])
def test_who_is_merged_is_named(new_store: New, nobody: Any) -> None:
    """An empty cell of a table of merges parted what was merged, and said nothing."""
    store = made(new_store)
    store.link("Ann", "Bob", "one firm")
    for act, name in (
        (lambda: store.link("Ann", nobody, "x"), "into"),
        (lambda: store.link(nobody, "Ann", "x"), "customer"),
        (lambda: store.unlink(nobody, "x"), "customer"),
    ):
        with pytest.raises(InvalidParameterError, match=rf"'{name}' parameter .* must be a str"):
            act()
    assert merged_customers(store) == {"Ann": "Bob"}


def test_those_merged_through_an_erased_customer_stay_one(new_store: New) -> None:
    store = new_store(keys=RING)
    store.load(facts(*((name, "revenue", n, "2023-12-31") for n, name in enumerate("ABC"))))
    store.link("A", "B", "one firm")
    store.link("B", "C", "one firm")
    with pytest.warns(MergedCustomersWarning, match=r"2 other customer"):
        store.erase("B", reason="asked for")
    assert merged_customers(store) == {"A": "C"}
