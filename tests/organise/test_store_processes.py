"""Several processes write at once, and one is killed on the way: nothing is lost or broken."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from creditscore.exceptions import StoreBusyError
from creditscore.organise import CustomerStore
from creditscore.organise._store._engine import writing
from creditscore.protect import KeyRing
from stores import CATALOGUE, facts

ROOT = Path(__file__).parents[2]
WRITER = """
import sys, time
sys.path[:0] = [{root!r}, {oracles!r}]
from creditscore.organise import CustomerStore
from creditscore.organise._store import _writing
from creditscore.protect import KeyRing
from stores import facts
place, keys, name, n, rows, stop = sys.argv[1:7]

def halted(connection, given=_writing.next_instant):
    # rows are written by now, and the batch is not
    print("halted", flush=True)
    time.sleep(60)
    return given(connection)

with CustomerStore.open(place, keys=KeyRing.from_file(keys), busy_seconds=60) as store:
    for load in range(int(n)):
        given = [(f"{{name}}{{row}}", "revenue", load, f"20{{10 + load}}-12-31")
                 for row in range(int(rows))]
        given.append((f"{{name}}0", "name", f"{{name}} {{load}}", "2024-01-01"))
        if str(load) == stop:
            _writing.next_instant = halted
        result = store.load(facts(*given))
        print(result.batch, result.n_loaded, flush=True)
"""


def start(
    place: Any, keys: Path, name: str, n: int, rows: int, *, stop: int = -1
) -> subprocess.Popen[str]:
    text = place.render_as_string() if isinstance(place, URL) else str(place)
    program = WRITER.format(root=str(ROOT), oracles=str(ROOT / "tests" / "oracles"))
    arguments = [sys.executable, "-c", program, text, str(keys), name, str(n), str(rows), str(stop)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours


@pytest.fixture
def place_and_keys(new_place: Callable[[], Any], tmp_path: Path) -> tuple[Any, Path]:
    place, keys = new_place(), tmp_path / "keys.json"
    ring = KeyRing.generate()
    ring.to_file(keys)
    CustomerStore.create(place, CATALOGUE, keys=ring).close()
    return place, keys


def whole(store: CustomerStore) -> bool:
    """Tell whether the database finds itself whole: PostgreSQL by its index and by its rows."""
    count = sa.text("SELECT count(*) FROM observations WHERE customer_id > 0")
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            return connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
        found = set()
        for off in ("seqscan", "indexscan"):
            connection.execute(sa.text("SET enable_seqscan = on"))
            for way in ("bitmapscan", "indexonlyscan", off):
                connection.execute(sa.text(f"SET enable_{way} = off"))
            found.add(connection.execute(count).scalar())
        connection.invalidate()
    return len(found) == 1


def test_writers_come_one_after_another(place_and_keys: tuple[Any, Path]) -> None:
    place, keys = place_and_keys
    n_writers, n_loads, n_rows = 2, 4, 50
    writers = [start(place, keys, name, n_loads, n_rows) for name in "XY"]
    said = [writer.communicate(timeout=120)[0].split("\n") for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * n_writers
    done = sorted(int(line.split()[0]) for lines in said for line in lines if line[:1].isdigit())
    assert done == list(range(1, n_writers * n_loads + 1))
    with CustomerStore.open(place, keys=KeyRing.from_file(keys)) as store:
        batches = store.batches()
        assert batches["n_loaded"].tolist() == [n_rows + 1] * (n_writers * n_loads)
        assert batches["recorded_at"].is_monotonic_increasing
        assert batches["recorded_at"].is_unique
        every = store.observations(history=True)
        assert len(every) == n_writers * n_loads * (n_rows + 1)
        assert every["observation"].is_unique
        # each row is known with its own batch, and names are decrypted by the keys of their owners
        names = every[every["item"] == "name"]
        assert sorted(names["text"]) == sorted(f"{w} {n}" for w in "XY" for n in range(n_loads))
        assert store.trail.verify().is_whole
        assert whole(store)


def test_a_process_that_is_killed_leaves_nothing_of_its_load(
    place_and_keys: tuple[Any, Path],
) -> None:
    place, keys = place_and_keys
    n_rows = 2000
    writer = start(place, keys, "K", 3, n_rows, stop=2)
    assert writer.stdout is not None
    kept = []
    for line in iter(writer.stdout.readline, ""):
        if line.startswith("halted"):
            break
        kept.append(int(line.split()[0]))
    os.kill(writer.pid, signal.SIGKILL)
    assert writer.wait(30) == -signal.SIGKILL
    writer.stdout.close()
    ring = KeyRing.from_file(keys)
    with CustomerStore.open(place, keys=ring, busy_seconds=30) as store:
        batches = store.batches()["batch"].tolist()
        # those that it was told of are there, and nothing of the third, whose rows were written
        assert batches == kept == [1, 2]
        every = store.observations(history=True)
        assert len(every) == len(batches) * (n_rows + 1)
        assert sorted(every["batch"].unique()) == batches
        assert store.trail.verify().is_whole
        assert whole(store)
        # the store goes on, and takes what was lost
        assert store.load(facts(("K0", "revenue", 99, "2024-06-30"))).batch == len(batches) + 1
        # what guards its rows is there
        with store.engine.connect() as connection:
            if store.engine.dialect.name == "sqlite":
                told = "SELECT count(*) FROM sqlite_master WHERE name = 'observations_no_replace'"
                assert connection.execute(sa.text(told)).scalar() == 1


def test_who_waits_too_long_is_told_and_reads_all_the_same(new_place: Callable[[], Any]) -> None:
    place = new_place()
    with (
        CustomerStore.create(place, CATALOGUE) as store,
        CustomerStore.open(place, busy_seconds=0.2) as other,
    ):
        store.load(facts(("A", "revenue", 1, "2024-01-01")))
        with writing(store.engine):
            begun = time.monotonic()
            with pytest.raises(StoreBusyError, match=r"longer than it waits. Nothing was written"):
                other.load(facts(("A", "revenue", 2, "2024-01-02")))
            assert time.monotonic() - begun < 5
            # who reads does not wait
            assert other.snapshot("2024-06-30", items=["revenue"])["revenue"].tolist() == [1]
        assert other.load(facts(("A", "revenue", 2, "2024-01-02"))).n_loaded == 1
