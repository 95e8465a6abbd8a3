"""Indicators of many customers from statements and a ledger: seconds and memory by stage.

Run from the repository root::

    python -m tests.bench.indicators
    python -m tests.bench.indicators --customers 10000 --invoices 100000

Statements are of four years, with every item that indicators know, a twentieth of the rows and of
the entries left out. Each stage is timed once, as a user meets it; memory is the most that the
process held up to the end of the stage, beyond what it held before the first, on Linux.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from creditscore.indicators import FINANCIAL, REPUTATION, CustomerRecords
from creditscore.indicators._schema import FLOWS, STOCKS
from tests.bench.memory import process_bytes
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "numpy", "pandas", "pyarrow", "narwhals")
AS_OF = "2024-06-30"
_YEARS = 4
_GAPS = 0.05


def make_statements(n_customers: int, seed: int) -> pd.DataFrame:
    """Draw statements of four years, known 120 days after the year."""
    generator = np.random.default_rng(seed)
    n_rows = n_customers * _YEARS
    ends = pd.to_datetime([f"{2020 + year}-12-31" for year in range(_YEARS)])
    frame = pd.DataFrame(
        {
            "customer": np.repeat(_names(n_customers), _YEARS),
            "period_end": np.tile(ends, n_customers),
            "currency": "CNY",
            "consolidated": False,
            "source": "register",
        }
    )
    frame["known_on"] = frame["period_end"] + pd.Timedelta(days=120)
    items = {}
    for item in sorted(FLOWS | STOCKS):
        drawn = generator.lognormal(3.0, 1.0, n_rows)
        drawn[generator.random(n_rows) < _GAPS] = np.nan
        items[item] = drawn
    frame = pd.concat([frame, pd.DataFrame(items)], axis="columns")
    return frame[generator.random(n_rows) >= _GAPS]


def make_ledger(n_customers: int, n_invoices: int, seed: int) -> pd.DataFrame:
    """Draw invoices of 30 days over the two years to the day, a tenth of them open."""
    generator = np.random.default_rng(seed + 1)
    start = np.datetime64("2022-06-30")
    invoiced = start + generator.integers(0, 700, n_invoices).astype("timedelta64[D]")
    due = invoiced + np.timedelta64(30, "D")
    settled = due + generator.integers(-10, 60, n_invoices).astype("timedelta64[D]")
    settled[generator.random(n_invoices) < 0.1] = np.datetime64("NaT")
    return pd.DataFrame(
        {
            "customer": generator.choice(_names(n_customers), n_invoices),
            "invoice": np.arange(n_invoices).astype(str),
            "invoiced_on": invoiced.astype("datetime64[s]"),
            "due_on": due.astype("datetime64[s]"),
            "settled_on": settled.astype("datetime64[s]"),
            "amount": generator.lognormal(5.0, 1.0, n_invoices),
            "currency": "CNY",
            "disputed": generator.random(n_invoices) < 0.02,
            "returned_amount": 0.0,
        }
    )


def measure(n_customers: int, n_invoices: int, seed: int) -> list[dict[str, Any]]:
    """Time the stages of a computation, each after the other."""
    statements = make_statements(n_customers, seed)
    ledger = make_ledger(n_customers, n_invoices, seed)
    before, lines = process_bytes("VmHWM"), []

    def timed(stage: str, run: Callable[[], Any]) -> Any:
        start = perf_counter()
        found = run()
        seconds = perf_counter() - start
        lines.append(
            {
                "stage": stage,
                "seconds": seconds,
                "gigabytes": (process_bytes("VmHWM") - before) / 1e9,
            }
        )
        return found

    records = timed("read tables", lambda: CustomerRecords(statements=statements, ledger=ledger))
    table = timed(f"{len(FINANCIAL)} financial", lambda: FINANCIAL.compute(records, as_of=AS_OF))
    timed(f"{len(REPUTATION)} of reputation", lambda: REPUTATION.compute(records, as_of=AS_OF))
    timed("values", lambda: table.values)
    timed("reasons", lambda: table.reasons)
    timed("coverage", table.coverage)
    timed("flags", lambda: table.flags)
    timed("sources of one", lambda: table.sources(customers=table.facts.customers[:1]))
    return lines


def _names(n_customers: int) -> Any:
    return np.array([f"C{place:07d}" for place in range(n_customers)], dtype=object)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.indicators", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    report(f"{options.customers:,} customers of {_YEARS} years, {options.invoices:,} invoices", "")
    lines = measure(options.customers, options.invoices, options.seed)
    report_table(pd.DataFrame(lines), {"seconds": "{:.2f}", "gigabytes": "{:.2f}"})
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "lines": lines}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
