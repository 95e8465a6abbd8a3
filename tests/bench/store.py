"""The store of customers beside plain pandas: loading, snapshots, size and memory.

Run from the repository root::

    python -m tests.bench.store
    python -m tests.bench.store --customers 10000 --databases sqlite postgresql

Facts are of a register: so many customers times items times years, nine items of ten numbers and
one of ten words. They are loaded in one batch, and a snapshot gives back the last year of each
customer and item. Pandas writes the same rows to a Parquet file, and its snapshot reads it, keeps
what was known and true, and takes ``groupby().last()`` of the sorted rows. That is the floor, and
it is no store: the file is written anew for each fact, two writers lose one of the two, a process
that is killed leaves half a file, a fact twice is there twice, nothing keeps an older file from
being changed, no value is encrypted, and nobody knows who read it. Its rule is shorter, too: it
knows neither ends, nor retractions, nor which source is believed.

A store with keys encrypts each value that is protected, and its evidence: that is timed on a tenth
of the customers, whose items are all protected, once without evidence and once with.

Each step is timed once, as a user meets it; `of them at work` are seconds of this process, which
on a busy machine say more. Memory is the most that the process held within the step, on Linux,
beyond what it held before, the facts themselves among that; a database of PostgreSQL is a process
of its own.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.organise import CustomerStore
from creditscore.protect import KeyRing
from tests.bench.memory import process_bytes
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "sqlalchemy", "psycopg", "numpy", "pandas", "pyarrow")
AS_OF = "2024-06-30"
_WORDS = np.array(["retail", "trade", "industry", "services"], dtype=object)


def make_facts(
    n_customers: int, n_items: int, n_years: int, seed: int, *, sensitivity: str = "internal",
    pages: Sequence[str] = ("",),
) -> Observations:  # fmt: skip
    """Draw facts of some years up to 2023, each known 120 days after its year."""
    n_texts = n_items // 10
    told: dict[str, Any] = {"sensitivity": sensitivity}
    items = [
        Item(name=f"number_{n:03}", group="financial", **told) for n in range(n_items - n_texts)
    ]
    items += [
        Item(name=f"word_{n:03}", kind="text", group="operating", **told) for n in range(n_texts)
    ]
    generator = np.random.default_rng(seed)
    n = n_customers * n_items * n_years
    item = np.tile(np.arange(n_items, dtype=np.int16), n_customers * n_years)
    customer = np.tile(np.repeat(np.arange(n_customers, dtype=np.int32), n_items), n_years)
    year = np.repeat(np.arange(n_years), n_customers * n_items)
    ends = np.array([f"{2024 - n_years + k}-12-31" for k in range(n_years)], dtype="datetime64[s]")
    is_text = item >= n_items - n_texts
    text = np.full(n, None, dtype=object)
    text[is_text] = _WORDS[generator.integers(0, len(_WORDS), int(is_text.sum()))]
    known = pd.Series(ends[year] + np.timedelta64(120, "D")).dt.tz_localize("UTC")
    same = {
        "record": "", "unit": "CNY", "source": "public_filing", "source_name": "Register",
        "method": "data_analysis", "collected_by": "import",
    }  # fmt: skip
    columns: dict[str, Any] = {
        name: pd.Categorical.from_codes(np.zeros(n, dtype=np.int8), categories=[word])
        for name, word in same.items()
    }
    columns |= {
        "customer": _named(customer, [f"C{place:07}" for place in range(n_customers)]),
        "item": _named(item, [one.name for one in items]),
        "evidence": _named(np.arange(n) % len(pages), list(pages)),
        "number": np.where(is_text, np.nan, generator.normal(1e6, 1e5, n)),
        "text": pd.Series(text, dtype=object),
        "true_from": ends[year],
        "true_to": np.full(n, np.datetime64("NaT"), dtype="datetime64[s]"),
        "collected_at": known.astype("datetime64[us, UTC]"),
        "confidence": np.ones(n),
    }
    return Observations(table=pd.DataFrame(columns), catalogue=ItemCatalogue(items=tuple(items)))


def _named(codes: Any, names: list[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=names)


@contextmanager
def place_of(database: str, folder: Path) -> Iterator[Any]:
    """Give a place for a store; PostgreSQL is started for it."""
    if database == "sqlite":
        yield folder / "store.db"
        return
    sys.path.append("tests/oracles")
    from sqlalchemy.engine import URL

    from engines import postgres_programs, postgres_server

    programs = postgres_programs()
    if programs is None:
        message = "PostgreSQL is not installed: apt-get install postgresql"
        raise SystemExit(message)
    with postgres_server(programs) as server:
        server.connection.execute("CREATE DATABASE store")
        query = {"host": server.connection.info.host}
        yield URL.create("postgresql", username="tests", database="store", query=query)


def measure_store(database: str, facts: Observations, folder: Path) -> list[dict[str, Any]]:
    """Time the steps of a store."""
    lines: list[dict[str, Any]] = []
    with place_of(database, folder) as place:
        step = _stepper(database, lines)
        with CustomerStore.create(place, facts.catalogue) as store:
            step("load", lambda: store.load(facts, backfill=True), len(facts))
            step("load again", lambda: store.load(facts, backfill=True), len(facts))
            lines[0]["megabytes on disk"] = _size(store) / 1e6
            table = step("snapshot of all", lambda: store.snapshot(AS_OF), None)
            one = [str(table.index[len(table) // 2])]
            step("snapshot of one", lambda: store.snapshot(AS_OF, customers=one), None)
            known = step("a year ago", lambda: store.snapshot(AS_OF, "2023-06-30"), None)
        lines[2]["cells"] = int(table.notna().to_numpy().sum())
        lines[4]["cells"] = int(known.notna().to_numpy().sum())
    return lines


def measure_keys(database: str, options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """Time a store with keys whose items are all protected: a tenth of the customers."""
    lines: list[dict[str, Any]] = []
    size = (max(options.customers // 10, 1), options.items, options.years)
    pages = [f"page {n}" for n in range(1000)]
    facts, told = (
        make_facts(*size, options.seed + k, sensitivity="personal", pages=words)
        for k, words in enumerate([[""], pages])
    )
    with place_of(database, folder) as place:
        step = _stepper(database, lines)
        with CustomerStore.create(place, facts.catalogue, keys=KeyRing.generate()) as store:
            step("load protected", lambda: store.load(facts, backfill=True), len(facts))
            step("load with evidence", lambda: store.load(told, backfill=True), len(told))
            step("snapshot protected", lambda: store.snapshot(AS_OF), None)
    return lines


def measure_pandas(facts: Observations, folder: Path) -> list[dict[str, Any]]:
    """Time what pandas does in the place of each step."""
    path = folder / "facts.parquet"
    lines: list[dict[str, Any]] = []
    step = _stepper("pandas", lines)
    step("load", lambda: facts.table.to_parquet(path), len(facts))
    lines[0]["megabytes on disk"] = path.stat().st_size / 1e6
    table = step("snapshot of all", lambda: pandas_snapshot(path, facts.catalogue), None)
    lines[1]["cells"] = int(table.notna().to_numpy().sum())
    return lines


def pandas_snapshot(path: Path, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return the last value of each customer and item, as many would write it."""
    rows = pd.read_parquet(path)
    rows = rows[rows["true_from"] <= pd.Timestamp(AS_OF)]
    rows = rows.sort_values(["true_from", "collected_at"], kind="stable")
    keys = ["customer", "item"]
    last = rows.groupby(keys, observed=True)[["number", "text"]].last().reset_index()
    numbers = last.pivot_table(index="customer", columns="item", values="number", observed=True)
    words = last[last["text"].notna()]
    texts = words.set_index(keys)["text"].unstack()  # noqa: PD010 - a table of means else
    kinds = {item.name: item.kind for item in catalogue}
    return pd.DataFrame({n: (texts if kinds[n] == "text" else numbers)[n] for n in kinds})


def _stepper(database: str, lines: list[dict[str, Any]]) -> Callable[..., Any]:
    def step(name: str, run: Callable[[], Any], n_rows: int | None) -> Any:
        before = _begin_peak()
        start, worked = perf_counter(), process_time()
        found = run()
        seconds = perf_counter() - start
        # ten million rows take their time: a reader sees where it is
        report(f"{database}: {name}, {seconds:.1f} s")
        lines.append(
            {
                "database": database, "step": name, "seconds": seconds,
                "of them at work": process_time() - worked,
                "rows a second": None if n_rows is None else n_rows / seconds,
                "gigabytes": (process_bytes("VmHWM") - before) / 1e9,
            }
        )  # fmt: skip
        return found

    return step


def _begin_peak() -> float:
    """Let the system count the most memory from here on, and return what is held now."""
    gc.collect()
    counter = Path("/proc/self/clear_refs")
    if counter.exists():
        counter.write_text("5", encoding="ascii")
    return process_bytes("VmRSS")


def _size(store: CustomerStore) -> float:
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            return float(Path(store.place).stat().st_size)
        told = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
        return float(told.scalar() or 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.store", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=50)
    parser.add_argument("--years", type=int, default=2)
    databases = ["sqlite", "postgresql"]
    parser.add_argument("--databases", nargs="+", default=["sqlite"], choices=databases)
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    facts = make_facts(options.customers, options.items, options.years, options.seed)
    size = f"{options.customers:,} customers × {options.items} items × {options.years} years"
    report(f"{len(facts):,} facts: {size}", "")
    lines: list[dict[str, Any]] = []
    for database in options.databases:
        with tempfile.TemporaryDirectory() as folder:
            lines += measure_store(database, facts, Path(folder))
        with tempfile.TemporaryDirectory() as folder:
            lines += measure_keys(database, options, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        lines += measure_pandas(facts, Path(folder))
    shown = pd.DataFrame(lines)
    forms = {
        "seconds": "{:.2f}", "of them at work": "{:.2f}", "rows a second": "{:,.0f}",
        "gigabytes": "{:.2f}", "megabytes on disk": "{:,.0f}", "cells": "{:,.0f}",
    }  # fmt: skip
    report_table(shown, forms)
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "lines": lines}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
