"""What the tests of the store share: places in SQLite and in PostgreSQL, and a clock."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stores import CATALOGUE, postgres_place, sqlite_place

NUMBERS = itertools.count(1)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.engine("postgresql"))]
)
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Any]:
    """Give what returns a place for a new store, in each database in turn."""
    if request.param == "sqlite":
        return sqlite_place(tmp_path, NUMBERS)
    return postgres_place(request.getfixturevalue("postgres"), NUMBERS)


@pytest.fixture
def new_store(new_place: Callable[[], Any]) -> Iterator[Callable[..., Any]]:
    """Give what makes stores, which are closed at the end."""
    from creditscore.organise import CustomerStore
    from creditscore.protect import KeyRing

    made: list[CustomerStore] = []

    def make(**settings: Any) -> CustomerStore:
        given = {"catalogue": CATALOGUE, "keys": KeyRing.generate(), **settings}
        made.append(CustomerStore.create(new_place(), **given))
        return made[-1]

    yield make
    for store in made:
        store.close()


class Clock:
    """A clock of the store that a test sets."""

    def __init__(self) -> None:
        self.now = 0

    def set(self, instant: str) -> None:
        import pandas as pd

        self.now = int(pd.Timestamp(instant).timestamp() * 1_000_000)

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock that all stores of the test follow."""
    from creditscore.organise._store import _clock

    clock = Clock()
    clock.set("2024-01-01T00:00Z")
    monkeypatch.setattr(_clock, "now", clock)
    return clock
