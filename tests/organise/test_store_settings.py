"""A store that is open while its settings change, and what its catalogue may be called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import AccessDeniedError, StoreError
from creditscore.organise import CustomerStore
from creditscore.organise._store._schema import observations
from creditscore.protect import KeyRing
from guarded import ANA, OLE, PLAN, POLICY
from stores import CATALOGUE, facts

GUARDED = ItemCatalogue(
    items=tuple(
        Item(name="employees", group="identity", sensitivity="personal")
        if item.name == "employees"
        else item
        for item in CATALOGUE
    )
)
Two = tuple[CustomerStore, CustomerStore]


@pytest.fixture
def two(new_place: Callable[[], Any]) -> Iterator[Two]:
    """Give one store that two programs have open."""
    place, keys = new_place(), KeyRing.generate()
    with (
        CustomerStore.create(place, CATALOGUE, keys=keys) as one,
        CustomerStore.open(place, keys=keys) as other,
    ):
        yield one, other


def test_a_value_that_is_protected_by_now_is_not_kept_in_the_clear(two: Two) -> None:
    one, other = two
    other.change_catalogue(GUARDED)
    for call in (
        lambda: one.load(facts(("A", "employees", 77, "2024-01-01"))),
        lambda: one.change_catalogue(CATALOGUE),
        lambda: one.snapshot("2024-06-30"),
    ):
        with pytest.raises(StoreError, match=r"The catalogue of the store .* was changed since"):
            call()
    with one.engine.connect() as connection:
        assert connection.execute(sa.select(observations.c.id)).all() == []
    # who changed it goes on
    other.load(facts(("A", "employees", 77, "2024-01-01"), catalogue=GUARDED))
    with other.engine.connect() as connection:
        assert connection.execute(sa.select(observations.c.number)).scalars().all() == [None]
    assert other.snapshot("2024-06-30")["employees"].tolist() == [77]
    assert "1 observation in 1 load" in repr(one)


def test_nobody_goes_on_under_a_policy_or_a_plan_of_before(new_place: Callable[[], Any]) -> None:
    place, keys = new_place(), KeyRing.generate()
    with (
        CustomerStore.create(place, CATALOGUE, keys=keys, policy=POLICY, actor=ANA) as ana,
        CustomerStore.open(place, keys=keys, actor=OLE) as ole,
    ):
        ana.load(facts(("A", "name", "Ana", "2024-01-01")))
        ole.change_plan(PLAN)
        for call in (
            lambda: ana.snapshot("2024-06-30"),
            lambda: ana.records("invoice", "2024-06-30"),
            lambda: ana.load(facts(("A", "name", "Ana", "2024-01-02"))),
        ):
            with pytest.raises(StoreError, match=r"The plan of the store .* open it again"):
                call()
        with CustomerStore.open(place, keys=keys, actor=ANA) as again:
            assert again.plan == PLAN
            ole.change_policy(POLICY)
            for call in (lambda: again.backup("x.db"), lambda: again.approvals, again.customers):
                with pytest.raises(StoreError, match="The policy of the store"):
                    call()


def test_many_items_make_a_table_without_a_warning(tmp_path: Any) -> None:
    many = CATALOGUE.with_items(*(Item(name=f"n{k}", group="financial") for k in range(120)))
    with CustomerStore.create(tmp_path / "a.db", many) as store:
        store.load(facts(("A", "n7", 7, "2024-01-01"), catalogue=many))
        table = store.history()
    assert table.columns[:3].tolist() == ["customer", "true_from", "known_on"]
    assert table["n7"].tolist() == [7]


def test_a_database_without_a_store_is_not_migrated(tmp_path: Any) -> None:
    (tmp_path / "a.db").touch()
    with pytest.raises(StoreError, match="holds no store of creditscore"):
        CustomerStore.migrate(tmp_path / "a.db")


def test_a_role_that_reads_nothing_asks_for_nobody(new_place: Callable[[], Any]) -> None:
    place, keys = new_place(), KeyRing.generate()
    with CustomerStore.create(place, CATALOGUE, keys=keys, policy=POLICY, actor=ANA) as store:
        store.load(facts(("A", "revenue", 1, "2024-01-01")))
        assert store.customers() == ("A",)
        with pytest.raises(AccessDeniedError, match="ana was denied 'consent'"):
            store.consents()
    # who keeps consents and holds must find the customers
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        assert (store.customers(), store.consents(), store.holds()) == (("A",), (), ())
        assert store.trail.verify().is_whole
