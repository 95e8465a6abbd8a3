"""Numbers of observations and batches: only those of rows that are meant are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from creditscore.exceptions import InvalidParameterError, StoreError
from creditscore.organise import CustomerStore
from creditscore.organise._store import _scope
from stores import facts

New = Callable[..., CustomerStore]


@pytest.fixture
def store(new_store: New) -> CustomerStore:
    store = new_store()
    store.load(facts(*((name, "revenue", k, "2024-01-01") for k, name in enumerate("ABC"))))
    return store


@pytest.mark.parametrize("given", ["12", [3.9], [np.nan], 2, [True], ["1"], [0], [-1], None])
def test_what_is_no_number_retracts_nothing(store: CustomerStore, given: Any) -> None:
    with pytest.raises(InvalidParameterError, match="'observation_ids' parameter of CustomerStore"):
        store.retract(given, reason="a slip")
    assert store.retractions().empty


def test_numbers_beyond_all_rows_are_of_none(store: CustomerStore) -> None:
    far = 10**30
    for call in (
        lambda: store.retract([1, far], reason="a slip"),
        lambda: store.retract([4], reason="a slip"),
        lambda: store.rectify(far, 5, evidence="a letter"),
        lambda: store.rejects(far),
        lambda: store.reject(store.rejects(), batch=far),
    ):
        with pytest.raises(StoreError, match=r"There is no (observation|batch)"):
            call()
    with pytest.raises(InvalidParameterError, match="'observation' parameter"):
        store.rectify("1", 5, evidence="a letter")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'batch' parameter"):
        store.rejects(1.5)  # type: ignore[arg-type]
    assert store.retractions().empty


def test_nothing_to_retract_leaves_no_record(store: CustomerStore) -> None:
    n = len(store.trail.table())
    assert store.retract([], reason="none") == 0
    assert store.retract(np.array([2, 2]), reason="a slip") == 1
    assert store.retract((2,), reason="again") == 0
    assert len(store.trail.table()) == n + 1


def test_customers_are_found_alike_by_name_and_by_a_pass(
    store: CustomerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_name = store.snapshot("2024-06-30", customers=["C", "A"], items=["revenue"])
    monkeypatch.setattr(_scope, "_LEAST_NAMED", 1)
    by_pass = store.snapshot("2024-06-30", customers=["C", "A"], items=["revenue"])
    assert by_name["revenue"].tolist() == by_pass["revenue"].tolist() == [2, 0]
    with store._reading() as connection:
        assert _scope.Batches.read(connection).n_named == 1
