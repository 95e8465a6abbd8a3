"""Blocks of numbers beside the rows: whatever is asked, the answer is that of the rows alone."""

from __future__ import annotations

import itertools
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import Observations
from creditscore.exceptions import KnownRowsWarning, RejectedRowsWarning, StoreError
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.organise._store import _blocks, _finding, _scope, _writing
from creditscore.organise._store._blocks import extend_blocks, fetch_numbers, read_blocks
from creditscore.organise._store._choice import Candidates
from creditscore.organise._store._clock import END
from creditscore.organise._store._engine import make_engine, reading, url_of, writing
from creditscore.organise._store._finding import find
from creditscore.organise._store._schema import blocks, observations
from creditscore.organise._store._scope import Scope
from creditscore.protect import KeyRing, RetentionRule
from older_stores import made_by, make_older
from stores import CATALOGUE, facts

RING = KeyRing.generate()
ITEMS = ["revenue", "employees", "audited", "industry", "income", "invoice.amount"]
VALUES = {"industry": "trade", "audited": True}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make blocks of two rows and more, four at most where they are made of rows."""
    monkeypatch.setattr(_blocks, "_FEWEST", 2)
    monkeypatch.setattr(_blocks, "_AT_ONCE", 4)
    monkeypatch.setattr(_writing, "_AT_ONCE", 5)


@contextmanager
def only_rows() -> Iterator[None]:
    """Ask as if there were no blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_finding, "read_blocks", lambda *_: (0, []))
        yield


def numbers_of(store: CustomerStore) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Return the last row of the blocks, what they say, and what the rows up to it say."""
    with reading(store.engine) as connection:
        last, parts = read_blocks(connection, lambda part: np.ones(len(part["id"]), dtype=bool))
        these = observations.c.id <= last
        of_rows = fetch_numbers(connection, these, collected=True, record=False)
    names = list(_blocks._LAYOUT)
    of_blocks = {n: np.concatenate([part[n] for part in parts] or [[]]) for n in names}
    order = np.argsort(of_rows["id"])
    return last, of_blocks, {name: of_rows[name][order] for name in names}


def n_blocks(store: CustomerStore) -> int:
    with reading(store.engine) as connection:
        return int(connection.execute(sa.select(sa.func.count(blocks.c.id))).scalar() or 0)


def assert_blocks_are_rows(store: CustomerStore) -> None:
    _, of_blocks, of_rows = numbers_of(store)
    for name, values in of_rows.items():
        np.testing.assert_array_equal(of_blocks[name], values, err_msg=name)


def some(n: int, first: int = 0) -> Observations:
    rows = [("A", "revenue", 1.5 * k, f"20{k % 20:02}-01-{1 + k // 20:02}")
            for k in range(first, first + n)]  # fmt: skip
    return facts(*rows)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CustomerStore]:
    """Give a store of a month in which all happened that can, its blocks right at each step."""
    now = itertools.count(int(pd.Timestamp("2024-01-01T12:00Z").timestamp() * 1e6), 2 * 10**10)
    place = tmp_path_factory.mktemp("law") / "store.db"
    chance = random.Random(7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("creditscore.organise._store._clock.now", lambda: next(now))
        small(patch)
        with CustomerStore.create(place, CATALOGUE, keys=RING) as store:
            for step in (
                "load", "backfill", "load", "retract", "backfill", "load", "link", "retract",
                "load", "erase", "expire", "backfill", "retract", "load", "load",
            ):  # fmt: skip
                do(store, step, chance)
                assert_blocks_are_rows(store)
            yield store


ASKED = st.fixed_dictionaries(
    {
        "as_of": st.sampled_from([END, *range(18262, 18274)]),
        "known_at": st.one_of(st.just(END), st.integers(1704067200, 1706745600)),
        "recorded_by": st.one_of(st.just(END), st.integers(1704067200, 1706745600)),
        "items": st.sets(st.integers(-1, 8)).map(tuple),
        "resolve": st.booleans(), "with_retracted": st.booleans(),
        "customers": st.one_of(st.none(), st.sets(st.integers(1, 4)).map(sorted)),
        "once": st.one_of(st.just(()), st.sets(st.integers(1, 8)).map(tuple)),
    }
)  # fmt: skip


@settings(max_examples=40)
@given(asked=ASKED)
def test_whatever_is_asked_the_answer_is_that_of_the_rows(
    lived: CustomerStore, asked: dict[str, Any]
) -> None:
    for name in ("known_at", "recorded_by"):
        asked[name] = min(asked[name] * 10**6, END)
    if asked["customers"] is not None:
        asked["customers"] = np.array(asked["customers"], dtype=np.int64)
    scope = Scope(**asked)
    with pytest.MonkeyPatch.context() as patch, reading(lived.engine) as connection:
        # customers that are named are looked up in the blocks as well
        patch.setattr(_scope, "_MOST_NAMED", -1)
        known = lived._desk.customers(connection)
        got = find(known, scope)
        with only_rows():
            expected = find(known, scope)
    for name in ("owner", "customer", "item", "origin", "batch", "number"):
        np.testing.assert_array_equal(getattr(got, name), getattr(expected, name), err_msg=name)
    for field in fields(Candidates):
        one, other = getattr(got.facts, field.name), getattr(expected.facts, field.name)
        np.testing.assert_array_equal(one, other, err_msg=field.name)
        assert getattr(one, "dtype", None) == getattr(other, "dtype", None)


def test_tables_are_those_of_the_rows(lived: CustomerStore) -> None:
    def answers() -> list[pd.DataFrame]:
        return [
            lived.snapshot("2020-01-05"), lived.snapshot("2020-01-06", resolve=True),
            lived.snapshot("2020-01-05", "2024-01-03", recorded_by="2024-01-03"),
            lived.history(), lived.history(by_source=True, known_at="2024-01-02"),
        ]  # fmt: skip

    got = answers()
    with only_rows():
        expected = answers()
    for one, other in zip(got, expected, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert all(len(table) > 1 for table in got)


def do(store: CustomerStore, step: str, chance: random.Random) -> None:
    """Take a step; facts are of few customers, days and values, so that many meet."""
    if step in ("load", "backfill"):
        rows = pd.DataFrame([_drawn(chance) for _ in range(chance.randint(1, 12))])
        given = Observations.from_frame(rows.astype({"value": object}), catalogue=CATALOGUE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RejectedRowsWarning)
            warnings.simplefilter("ignore", KnownRowsWarning)
            store.load(given, backfill=step == "backfill")
    elif step == "retract":
        store.retract([chance.choice(store.observations(history=True)["observation"].tolist())],
                      reason="law")  # fmt: skip
    elif step == "link":
        store.link("A", "B", reason="law")
    elif step == "erase":
        store.erase("C", reason="law")
    else:
        rule = RetentionRule(name="law", after="true_from", days=1, items=("employees",))
        store.apply_retention(store.retention([rule]), reason="law")


def _drawn(chance: random.Random) -> dict[str, Any]:
    item, first = chance.choice(ITEMS), chance.randint(1, 4)
    number = float(chance.randint(1, 5))
    return {
        "customer": chance.choice("AABBCD"), "item": item, "record": "1" if "." in item else "",
        "value": VALUES.get(item, number), "true_from": f"2020-01-{first:02}",
        "true_to": chance.choice([None, None, f"2020-01-{first + 3:02}"]),
        "source": chance.choice(["public_filing", "third_party"]), "method": "data_analysis",
        "collected_at": f"2024-01-{chance.randint(1, 28):02}T06:00Z",
    }  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CustomerStore]:
    with CustomerStore.create(tmp_path / "store.db", CATALOGUE, keys=RING) as store:
        yield store


def test_a_load_makes_blocks_and_what_is_known_is_in_none_twice(store: CustomerStore) -> None:
    store.load(some(1))
    assert n_blocks(store) == 0
    # the first row comes into a block with what follows it; parts of five, a block for each
    store.load(some(12, first=1))
    assert (n_blocks(store), numbers_of(store)[0]) == (4, 13)
    # all of it is known, and then some of it is
    assert store.load(some(13)).n_loaded == 0
    assert n_blocks(store) == 4
    assert store.load(some(20, first=10)).n_loaded == 17
    assert_blocks_are_rows(store)
    assert numbers_of(store)[0] == store.observations(history=True)["observation"].max()
    assert store.snapshot("2030-01-01", items=["revenue"])["revenue"].tolist() == [28.5]


def test_few_rows_stay_rows(store: CustomerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_blocks, "_FEWEST", 4)
    for first in range(3):
        store.load(some(1, first=first))
        assert n_blocks(store) == 0
    store.load(some(1, first=3))
    assert n_blocks(store) == 1
    store.load(some(1, first=4))
    assert n_blocks(store) == 1
    assert len(store.history(items=["revenue"])) == 5


def test_no_protected_number_is_in_a_block(store: CustomerStore) -> None:
    store.load(facts(("A", "income", 4711.25, "2023-01-01"), ("A", "revenue", 8.5, "2023-01-01"),
                     ("A", "name", "Ana", "2023-01-01")))  # fmt: skip
    with reading(store.engine) as connection:
        (content,) = connection.execute(sa.select(blocks.c.content)).scalars()
    held = [np.float64(value).tobytes() in content for value in (4711.25, 8.5)]
    assert held == [False, True]
    assert b"Ana" not in content
    assert store.snapshot("2024-01-01", items=["income"])["income"].tolist() == [4711.25]


def test_no_row_is_added_where_a_block_has_been(store: CustomerStore) -> None:
    store.load(some(3))
    # numbers that the load of what is known leaves free
    store.load(some(5))
    rest = ", ".join(column.name for column in observations.c if column.name != "id")
    changed = rest.replace("true_from", "true_from + 4000 + {0}", 1)
    add = f"INSERT INTO observations (id, {rest}) SELECT {{0}}, {changed} FROM observations LIMIT 1"  # noqa: S608
    last = numbers_of(store)[0]
    with store.engine.begin() as connection:
        connection.execute(sa.text(add.format(last + 1)))
    assert last == numbers_of(store)[0]
    assert len(store.history(items=["revenue"])) == 6
    gaps = set(range(1, last)) - set(store.observations(history=True)["observation"])
    assert gaps
    with (
        store.engine.connect() as connection,
        pytest.raises(sa.exc.DBAPIError, match="rows of observations are only added"),
    ):
        connection.execute(sa.text(add.format(gaps.pop())))
    # a number far away is one as any other
    with store.engine.begin() as connection:
        connection.execute(sa.text(add.format(10**12).replace(f"4000 + {10**12}", "7000")))
    store.load(some(3, first=20))
    assert numbers_of(store)[0] == 10**12 + 3
    assert_blocks_are_rows(store)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE blocks SET id = id + 1000", "DELETE FROM blocks",
        "INSERT OR REPLACE INTO blocks SELECT * FROM blocks",
    ],
)  # fmt: skip
def test_blocks_are_only_added(store: CustomerStore, statement: str) -> None:
    store.load(some(3))
    with (
        store.engine.connect() as connection,
        pytest.raises(sa.exc.DBAPIError, match="rows of blocks are only added"),
    ):
        connection.execute(sa.text(statement))
    assert n_blocks(store) == 1


BLOCK = "UPDATE blocks SET content = {} WHERE id = 7"


@pytest.mark.parametrize(
    "statement",
    [
        *(BLOCK.format(f"substr(content, 1, {n})") for n in (0, 30, 48, 52)),
        BLOCK.format("randomblob(length(content))"), BLOCK.format("zeroblob(length(content))"),
        BLOCK.format("'abc'"), BLOCK.format("CAST(x'ff41' AS TEXT)"), BLOCK.format("5"),
        # the number of the first row, which another row may have had
        BLOCK.format("CAST(x'07' || substr(content, 2) AS BLOB)"),
        "UPDATE blocks SET id = 8 WHERE id = 7", "DELETE FROM blocks WHERE id = 7",
        "INSERT INTO blocks VALUES (1000000, x'')",
        "INSERT INTO blocks SELECT id + 1000000, content FROM blocks WHERE id = 7",
    ],
)  # fmt: skip
def test_a_block_that_is_another_is_told(lived: CustomerStore, statement: str) -> None:
    with lived.engine.connect() as connection:
        first = sa.select(blocks.c.id).order_by(blocks.c.id)
        number = connection.execute(first.offset(1)).scalar()
        for name in ("update", "delete"):
            connection.execute(sa.text(f"DROP TRIGGER blocks_no_{name}"))
        connection.execute(sa.text(statement.replace("id = 7", f"id = {number}")))
        with pytest.raises(StoreError, match=r"block \d+ .* is not as it was written.*migrate"):
            read_blocks(connection, lambda part: np.ones(len(part["id"]), dtype=bool))
        connection.rollback()


def test_a_damaged_block_is_made_anew(store: CustomerStore, tmp_path: Path) -> None:
    store.load(some(7))
    expected = store.snapshot("2030-01-01", items=["revenue"])
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER blocks_no_update"))
        connection.execute(sa.text("UPDATE blocks SET content = x'00'"))
    with pytest.raises(StoreError, match=r"block \d+ .* is not as it was written.*migrate"):
        store.snapshot("2030-01-01", items=["revenue"])
    # rows are what they were, and more of them can be added
    assert len(store.observations(customers=["A"], history=True)) == 7
    store.load(facts(("B", "revenue", 3, "2023-01-01")))
    with CustomerStore.migrate(tmp_path / "store.db", keys=RING) as mended:
        table = mended.snapshot("2030-01-01", items=["revenue"])
        pd.testing.assert_frame_equal(table.loc[["A"]], expected)
        assert table.loc["B", "revenue"] == 3
        assert mended.trail.table()["action"].iloc[-1] == "migrate"
        mended.load(some(4, first=20))
        assert_blocks_are_rows(mended)
        with (
            mended.engine.connect() as connection,
            pytest.raises(sa.exc.DBAPIError, match="rows of blocks are only added"),
        ):
            connection.execute(sa.text("DELETE FROM blocks"))
    # what is whole is left alone
    with CustomerStore.migrate(tmp_path / "store.db", keys=RING) as whole:
        assert whole.trail.table()["action"].tolist().count("migrate") == 1


def test_blocks_without_a_check_are_made_anew(
    store: CustomerStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As the first version of blocks wrote them."""
    made_by(monkeypatch, "0004")
    with CustomerStore.create(tmp_path / "new.db", CATALOGUE, keys=RING) as new:
        new.load(some(7))
        place = tmp_path / "old.db"
        make_older(new, place, "0004")
        with new.engine.connect() as connection:
            kept = connection.execute(sa.select(blocks)).all()
        old = make_engine(url_of(place), 0)
        with old.begin() as connection:
            rows = [{"id": number, "content": content[:-4]} for number, content in kept]
            connection.execute(blocks.insert(), rows)
        old.dispose()
        with CustomerStore.migrate(place, keys=RING) as mended:
            assert_blocks_are_rows(mended)
            assert numbers_of(mended)[0] == 7
            assert [r.details.get("new_blocks") for r in mended.trail.since()].count(True) == 1
            pd.testing.assert_frame_equal(mended.snapshot("2030-01-01"), new.snapshot("2030-01-01"))


def test_a_load_that_fails_leaves_no_block(
    store: CustomerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load(some(3))

    def fail(_: Any) -> int:
        msg = "the power went out"
        raise RuntimeError(msg)

    monkeypatch.setattr(_writing, "next_instant", fail)
    with pytest.raises(RuntimeError, match="the power"):
        store.load(some(12, first=3))
    monkeypatch.undo()
    assert n_blocks(store) == 1
    assert store.snapshot("2030-01-01", items=["revenue"])["revenue"].tolist() == [3]
    with store.engine.connect() as connection:
        told = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'observations_%' AND type = 't"
        assert connection.execute(sa.text(told + "rigger'")).scalar() == 4


def test_keys_are_rotated_beside_blocks(store: CustomerStore) -> None:
    store.load(facts(("A", "income", 5, "2023-01-01"), ("A", "revenue", 8, "2023-01-01")))
    before = store.snapshot("2024-01-01")
    store.rotate_keys(RING.rotated())
    pd.testing.assert_frame_equal(store.snapshot("2024-01-01"), before)
    assert_blocks_are_rows(store)


def test_blocks_are_backed_up_and_restored(
    new_place: Callable[[], Any], store: CustomerStore, tmp_path: Path
) -> None:
    """From SQLite to either database, by a backup of that back to SQLite, and with an erasure."""
    store.load(some(7))
    store.load(facts(("B", "revenue", 2, "2023-01-01"), ("B", "income", 5, "2023-01-01")))
    store.backup(tmp_path / "first.db")
    register = ErasureRegister(tmp_path / "register.json")
    store.erase("B", reason="asked for", register=register)
    expected = store.snapshot("2030-01-01")
    with CustomerStore.restore(tmp_path / "first.db", new_place(), keys=RING) as other:
        assert n_blocks(other) == (0 if other.engine.dialect.name == "postgresql" else 3)
        assert len(other.snapshot("2030-01-01")) == 2
        other.load(some(9))
        other.backup(tmp_path / "second.db")
    place = tmp_path / "again.db"
    with CustomerStore.restore(
        tmp_path / "second.db", place, keys=RING, register=register
    ) as other:
        assert n_blocks(other) > 2
        assert_blocks_are_rows(other)
        other.load(some(11))
        assert_blocks_are_rows(other)
        got = other.snapshot("2030-01-01")
        with only_rows():
            pd.testing.assert_frame_equal(other.snapshot("2030-01-01"), got)
        assert got.index.tolist() == expected.index.tolist()
        assert got["revenue"].tolist() == [15]


def test_an_older_store_gets_blocks_of_its_rows(
    new_place: Callable[[], Any], new_store: Callable[..., CustomerStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    made_by(monkeypatch, "0003")
    store = new_store(keys=RING)
    store.load(some(7))
    store.load(facts(("B", "revenue", 2, "2023-01-01"), ("B", "income", 5, "2023-01-01")))
    store.retract([1], reason="a trial")
    place = new_place()
    make_older(store, place, "0003")
    with CustomerStore.migrate(place, keys=RING) as old:
        is_sqlite = old.engine.dialect.name == "sqlite"
        assert n_blocks(old) == (3 if is_sqlite else 0)
        if is_sqlite:
            assert_blocks_are_rows(old)
        assert "migrate" in old.trail.table()["action"].tolist()
        pd.testing.assert_frame_equal(old.snapshot("2030-01-01"), store.snapshot("2030-01-01"))
        assert old.load(some(9)).n_loaded == 2
        assert old.snapshot("2030-01-01")["revenue"].tolist() == [12, 2]


def test_postgresql_has_no_blocks(new_store: Callable[..., CustomerStore]) -> None:
    store = new_store()
    store.load(some(7))
    with writing(store.engine) as connection:
        extend_blocks(connection)
    assert (n_blocks(store) == 0) is (store.engine.dialect.name == "postgresql")
