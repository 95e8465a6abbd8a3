"""Customers that were merged: asked for by any of their names, and erased."""

from __future__ import annotations

import itertools
import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore.exceptions import MergedCustomersWarning, StoreError
from creditscore.organise import CustomerStore, customer_records, merged_customers
from creditscore.protect import KeyRing, RetentionRule
from engines import Postgres
from guarded import ANA, BO, GUARDED, OLE, POLICY
from stores import CATALOGUE, facts, postgres_place

New = Callable[..., CustomerStore]
ITEMS = ["revenue", "employees", "name"]
ASKED = [["B"], ["B", "A"]]


def some() -> Any:
    return facts(
        ("A", "revenue", 9, "2023-12-31"), ("B", "revenue", 2, "2023-06-01"),
        ("A", "name", "Ana", "2020-01-01"), ("B", "employees", 7, "2021-01-01"),
        ("C", "revenue", 5, "2023-06-01"),
    )  # fmt: skip


@pytest.fixture
def store(new_store: New) -> CustomerStore:
    store = new_store()
    store.load(some())
    store.link("B", "A", reason="one firm")
    return store


@pytest.mark.parametrize("asked", ASKED)
def test_whichever_name_is_asked_for_the_answer_is_that_of_both(
    store: CustomerStore, asked: list[str]
) -> None:
    settings: dict[str, Any] = {"customers": asked, "resolve": True}
    table = store.snapshot("2024-01-01", items=ITEMS, **settings)
    assert list(table.index) == ["A"]
    assert table.loc["A"].tolist() == [9, 7, "Ana"]
    found = store.observations(items=ITEMS, as_of="2024-01-01", **settings)
    assert set(found["customer"]) == {"A"}
    assert dict(zip(found["item"], found["number"].fillna(0), strict=True)) == {
        "revenue": 9, "employees": 7, "name": 0,
    }  # fmt: skip
    whole = store.history(items=ITEMS, resolve=True)
    of_both = whole[whole["customer"] == "A"].reset_index(drop=True)
    assert len(of_both) == 4
    pd.testing.assert_frame_equal(store.history(items=ITEMS, **settings), of_both)
    tables = customer_records(store, "2030-01-01", **settings)
    assert set(tables["profile"]["customer"]) == {"A"}
    # each apart, as ever
    alone = store.snapshot("2024-01-01", items=["revenue"], customers=asked)
    assert alone["revenue"].to_dict() == {name: {"A": 9, "B": 2}[name] for name in asked}


def test_rows_come_in_the_order_that_was_asked_for(store: CustomerStore) -> None:
    table = store.snapshot("2024-01-01", items=["revenue"], customers=["C", "B", "A"], resolve=True)
    assert list(table.index) == ["C", "A"]
    before = store.links()["recorded_at"].iloc[0] - pd.Timedelta("1us")
    then = store.snapshot("2024-01-01", before, items=["revenue"], customers=["B"], resolve=True)
    assert then["revenue"].to_dict() == {"B": 2}
    store.unlink("B", reason="two firms")
    apart = store.snapshot("2024-01-01", items=["revenue"], customers=["B"], resolve=True)
    assert apart["revenue"].to_dict() == {"B": 2}


def test_the_trail_has_who_was_asked_for_and_whose_facts_were_read(store: CustomerStore) -> None:
    for asked, n_subjects in (("A", 1), ("B", 2)):
        # of B no name is known, and it was asked for all the same
        store.snapshot("2022-01-01", items=["name"], customers=[asked], resolve=True)
        assert store.trail.table()["n_subjects"].iloc[-1] == n_subjects


def test_any_merges_and_erasures_are_what_they_say(tmp_path: Path) -> None:
    """Of chains, un-merges and erasures the answer is that of all, cut to those asked for."""
    names = list("ABCDE")
    for seed in range(4):
        chance = random.Random(seed)
        with CustomerStore.create(tmp_path / f"{seed}.db", CATALOGUE, keys=KeyRing.generate()) as s:
            s.load(facts(*((name, "revenue", n, "2023-01-01") for n, name in enumerate(names))))
            into: dict[str, str] = {}
            for _ in range(8):
                one, other = chance.sample(names, 2)
                try:
                    if chance.random() < 0.7:
                        s.link(one, other, reason="law")
                        into[one] = other
                    else:
                        s.unlink(one, reason="law")
                        del into[one]
                except StoreError:
                    # linked already, not linked, or a circle: nothing was changed
                    continue
            gone = set(chance.sample(names, seed % 3))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", MergedCustomersWarning)
                counts = {name: s.erase(name, reason="law").n_linked for name in sorted(gone)}
            root = {name: _root(name, into, gone) for name in names}
            assert counts == _linked(names, into, sorted(gone))
            merged = merged_customers(s)
            assert merged == {n: r for n, r in root.items() if n != r}
            whole = s.snapshot("2024-01-01", items=["revenue"], resolve=True)
            assert set(whole.index) == {root[n] for n in names if n not in gone}
            alive = [name for name in names if name not in gone]
            for size in (1, 1, 2, 2, 3, 3):
                asked = chance.sample(alive, size)
                got = s.snapshot("2024-01-01", items=["revenue"], customers=asked, resolve=True)
                expected = whole.loc[list(dict.fromkeys(root[name] for name in asked))]
                pd.testing.assert_frame_equal(got, expected, check_index_type=False)


def _root(name: str, into: dict[str, str], gone: set[str]) -> str:
    """Return the last one that is not erased, on the way from one that is not."""
    way = [name]
    while way[-1] in into:
        way.append(into[way[-1]])
    alive = [one for one in way if one not in gone]
    return alive[-1] if name not in gone else name


def _linked(names: list[str], into: dict[str, str], erased: list[str]) -> dict[str, int]:
    counts = {}
    for n, name in enumerate(erased):
        before = set(erased[:n])
        mine = _root(name, into, before)
        group = {one for one in names if _root(one, into, before) == mine}
        counts[name] = len(group - {name})
    return counts


# --- erased ------------------------------------------------------------------------------


def test_nobody_is_read_as_one_who_was_erased(store: CustomerStore) -> None:
    with pytest.warns(MergedCustomersWarning, match=r"1 other customer\(s\) are merged with"):
        found = store.erase("A", reason="asked for")
    assert found.n_linked == 1
    assert "1 other merged with it" in repr(found)
    apart = store.snapshot("2024-01-01", items=ITEMS, resolve=True)
    assert list(apart.index) == ["B", "C"]
    assert apart.loc["B"].tolist() == [2, 7, None]
    of_it = store.snapshot("2024-01-01", items=ITEMS, customers=["erased:1"], resolve=True)
    assert of_it.loc["erased:1"].isna().all()
    # the merge stays among the events, and holds nobody back
    assert store.links()["into"].tolist() == ["erased:1"]
    with pytest.raises(StoreError, match="'B' is not linked"):
        store.unlink("B", reason="its parent is gone")
    store.link("B", "C", reason="one firm after all")
    assert list(store.snapshot("2024-01-01", resolve=True).index) == ["C"]
    with pytest.warns(MergedCustomersWarning, match="1 other"):
        assert store.erase("B", reason="asked for").n_linked == 1


def test_what_is_kept_of_an_erased_one_is_nobody_elses(new_store: New) -> None:
    store = new_store()
    store.load(facts(("A", "invoice.amount", 5, "2023-06-01"), record="1"))
    store.load(some())
    store.link("A", "C", reason="one firm")
    store.link("B", "A", reason="one firm")
    rule = RetentionRule(
        name="tax", after="true_from", months=1200, keep=True, record_kinds=("invoice",)
    )
    with pytest.warns(MergedCustomersWarning, match=r"2 other customer\(s\)"):
        found = store.erase("A", reason="asked for", rules=[rule])
    assert found.n_kept == 1
    assert store.records("invoice", "2024-01-01", resolve=True)["customer"].tolist() == ["erased:1"]
    # the two others are one all the same
    assert list(store.snapshot("2024-01-01", resolve=True, customers=["B"]).index) == ["C"]


def test_one_that_is_merged_with_nobody_warns_of_nobody(store: CustomerStore) -> None:
    found = store.erase("C", reason="asked for")
    assert found.n_linked == 0
    assert "merged" not in repr(found)


@pytest.mark.engine("postgresql")
def test_whom_a_reader_may_not_see_nobody_is_read_as(postgres: Postgres) -> None:
    place, keys = postgres_place(postgres, itertools.count(70_000))(), KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=keys, actor=ANA) as store:
        store.load(facts(("A", "employees", 1, "2023-01-01"), ("B", "employees", 2, "2023-06-01"),
                         ("C", "employees", 3, "2023-06-01"), catalogue=GUARDED))  # fmt: skip
        store.link("A", "B", reason="one firm")
        store.change_policy(POLICY)
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        store.install_roles(prefix="merged", assigned=("sales",))
        postgres.connection.execute("CREATE ROLE merged_bo LOGIN")
        postgres.connection.execute("GRANT merged_sales, merged_keys TO merged_bo")
        store.assign_customers(["A", "C"], "merged_bo")
    own = place.set(username="merged_bo")
    with CustomerStore.open(own, keys=keys, actor=BO) as store:
        for asked in (None, ["A", "C"]):
            table = store.snapshot("2024-01-01", items=["employees"], customers=asked, resolve=True)
            assert table["employees"].to_dict() == {"A": 1, "C": 3}
