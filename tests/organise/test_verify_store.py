"""What verify says of facts from a store: which count there, and which should not."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.organise import CustomerStore, SourceReliability, verify
from creditscore.organise._verify._same_fact import words_on_facts
from creditscore.organise._verify._tidy_facts import tidy_facts
from stores import CATALOGUE, facts, sqlite_place

DAY = "2023-12-31"
AS_OF = "2024-06-30"
COLUMNS = ["check", "severity", "value", "expected", "hint"]
New = Callable[..., CustomerStore]


@pytest.fixture
def new_place(tmp_path: Path) -> Callable[[], Any]:
    """Give places in SQLite alone: verify sees tables, and no database."""
    return sqlite_place(tmp_path, itertools.count(1))


def revenue(value: float, collected: str, **more: Any) -> Any:
    return facts(("A", "revenue", value, DAY), collected_at=collected, source_name="reg", **more)


def found(store: CustomerStore) -> list[list[Any]]:
    table = store.observations(history=True)
    findings = verify(table, catalogue=CATALOGUE).findings
    return findings.loc[findings["check"] != "duplicate", COLUMNS].to_numpy().tolist()


def test_an_earlier_word_that_was_loaded_later_is_told(new_store: New, clock: Any) -> None:
    store = new_store()
    store.load(revenue(170.0, "2024-09-01"))
    clock.set("2024-10-02T00:00Z")
    store.load(revenue(100.0, "2024-04-01"))
    assert store.snapshot(AS_OF)["revenue"].tolist() == [100]
    outdated = [
        "outdated", "doubt", 100.0, "170.0",
        "collected 2024-04-01, and loaded after what the same source said on 2024-09-01; it counts",
    ]  # fmt: skip
    assert found(store) == [outdated]
    # what says the same is not worth a word, nor what was replaced as it should be
    store.load(revenue(170.0, "2024-05-01"))
    assert found(store) == []
    in_order = new_store()
    in_order.load(revenue(170.0, "2024-09-01"), backfill=True)
    in_order.load(revenue(100.0, "2024-04-01"), backfill=True)
    assert in_order.snapshot(AS_OF)["revenue"].tolist() == [170]
    assert found(in_order) == []


def test_one_source_with_two_methods_is_one_source(new_store: New, clock: Any) -> None:
    store = new_store()
    store.load(revenue(100.0, "2024-01-01"))
    clock.set("2024-02-02T00:00Z")
    store.load(revenue(170.0, "2024-02-01", method="questionnaire"))
    assert store.snapshot(AS_OF)["revenue"].tolist() == [170]
    checked = verify(store.observations(history=True), catalogue=CATALOGUE)
    hint = (
        "the same source says otherwise by questionnaire, known from 2024-02-02; "
        "the last known counts"
    )
    assert checked.findings[COLUMNS].to_numpy().tolist() == [
        ["conflict", "doubt", 100.0, "170.0", hint]
    ]
    assert "contradicted" not in set(checked.status["status"])


@pytest.mark.parametrize("seed", range(2))
def test_verify_believes_what_a_snapshot_shows(new_store: New, clock: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    store = new_store()
    for load in range(4):
        clock.set(f"2024-0{load + 4}-01T00:00Z")
        n = 40
        rows = [
            (f"{rng.integers(12)}", "revenue", float(rng.integers(1, 4)), DAY) for _ in range(n)
        ]
        store.load(
            facts(
                *rows, source=rng.choice(["third_party", "public_filing"], n),
                source_name=rng.choice(["x", "y"], n),
                method=rng.choice(["data_analysis", "interview"], n), collected_by=f"{load}",
                confidence=rng.choice([0.5, 1.0], n),
                collected_at=[f"2024-0{month}-15T00:00Z" for month in rng.integers(1, 4 + load, n)],
            ),
            backfill=load % 2 == seed,
        )  # fmt: skip
    told = store.observations(history=True)
    table = tidy_facts(told, "test")
    words = words_on_facts(table, SourceReliability().of(table).to_numpy(), 0.0, CATALOGUE)
    believed = table.iloc[np.unique(words.rows[words.first])]
    shown = store.snapshot(AS_OF)["revenue"]
    assert dict(zip(believed["customer"], believed["number"], strict=True)) == shown.to_dict()
    findings = verify(told, catalogue=CATALOGUE).findings
    outdated = findings.loc[findings["check"] == "outdated", "observation"]
    assert sorted(outdated) == sorted(plainly_outdated(told))
    assert len(outdated) > 2


def plainly_outdated(told: pd.DataFrame) -> list[int]:
    """Return what counts of each source although it was collected before something else."""
    names = ["customer", "source", "source_name"]
    numbers = []
    for _, rows in told.groupby(names, observed=True):
        last = rows.sort_values(["known_at", "observation"]).iloc[-1]
        newest = rows.sort_values(["collected_at", "observation"]).iloc[-1]
        late = newest["collected_at"] > last["collected_at"]
        if late and newest["number"] != last["number"]:
            numbers.append(int(last["observation"]))
    return numbers
