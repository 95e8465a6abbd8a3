"""Encoding alone: creditscore, optbinning, and what numpy needs at the least.

Run from the repository root::

    python -m tests.bench.transform
    python -m tests.bench.transform --rows 1000000

The floor is ``numpy.searchsorted`` over the cuts and ``numpy.take`` of their weights of evidence,
column by column into a matrix that is there already: no missing values, no check, no table.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Float2D
from creditscore.binning import BinTable
from tests.bench.applicants import make_applicants
from tests.bench.binning import MIN_BIN_SIZE, PACKAGES
from tests.bench.contenders import Creditscore, contenders
from tests.bench.recount import Constraints, Rows
from tests.bench.report import machine, report, report_machine, report_table, versions

FLOOR = "searchsorted and take"


def floor_of(tables: dict[str, BinTable], X: pd.DataFrame) -> Callable[[], Float2D]:
    """Return a call that encodes with two numpy functions a column."""
    rules: list[tuple[Float1D, Float1D, Float1D]] = []
    for name, table in tables.items():
        cuts = np.asarray(table.partition.cuts, dtype=np.float64)  # type: ignore[attr-defined]
        woe = np.asarray(table.woe_of(np.arange(len(cuts) + 1)), dtype=np.float64)
        rules.append((X[name].to_numpy(), cuts, woe))
    out = np.empty((len(X), len(rules)), order="F")

    def encode() -> Float2D:
        for i, (values, cuts, woe) in enumerate(rules):
            np.take(woe, np.searchsorted(cuts, values, side="right"), out=out[:, i], mode="clip")
        return out

    return encode


def measure(rows: Rows, constraints: Constraints, repeat: int) -> pd.DataFrame:
    """Time each way in turn, after one that is not timed; best and median seconds."""
    calls: dict[str, Callable[[], Any]] = {}
    for contender in contenders(constraints):
        contender.fit(rows.X, rows.is_bad.astype(np.intp))
        calls[contender.label] = partial(contender.transform, rows.X)
        if isinstance(contender, Creditscore):
            floor = floor_of(contender.encoder.tables_, rows.X)
            _check_same(contender.transform(rows.X), floor(), rows.X)
            calls[FLOOR] = floor
    seconds: dict[str, list[float]] = {label: [] for label in calls}
    for i in range(repeat + 1):
        for label, call in calls.items():
            start = time.perf_counter()
            call()
            if i:
                seconds[label].append(time.perf_counter() - start)
    table = pd.DataFrame(
        [
            {"contender": label, "best": min(taken), "median": float(np.median(taken))}
            for label, taken in seconds.items()
        ]
    )
    ours = table.set_index("contender").loc["creditscore", "best"]
    return table.assign(ratio=table["best"] / ours)


def _check_same(encoded: pd.DataFrame, floor: Float2D, X: pd.DataFrame) -> None:
    """Refuse to time what does not do the same."""
    known = X.notna().to_numpy()
    if not (encoded.to_numpy()[known] == floor[known]).all():
        msg = "The encoder and searchsorted with take give different numbers."
        raise AssertionError(msg)


def figures_of(table: pd.DataFrame) -> dict[str, Any]:
    """Return the ratios that have an aim, and the seconds."""
    ratio = table.set_index("contender")["ratio"]
    figures: dict[str, Any] = {"seconds": table.to_dict("records")}
    figures["over_floor"] = float(1 / ratio[FLOOR])
    rival = ratio[[str(label).startswith("optbinning") for label in ratio.index]]
    if len(rival):
        figures["optbinning_ratio"] = float(rival.min())
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Time and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.transform", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--max-n-bins", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    rows = Rows(*make_applicants(options.rows, options.columns, options.seed))
    report(f"{options.rows:,} rows × {options.columns} columns, best of {options.repeat}", "")
    table = measure(rows, Constraints(MIN_BIN_SIZE, options.max_n_bins), options.repeat)
    report_table(table, {"best": "{:.4f}", "median": "{:.4f}", "ratio": "{:.2f}"})
    figures = figures_of(table)
    report(f"{figures['over_floor']:.2f} × the seconds of {FLOOR}")
    if "optbinning_ratio" in figures:
        report(f"{figures['optbinning_ratio']:.1f} × faster than the faster optbinning")
    else:
        report('optbinning is not installed: pip install "creditscore[optbinning]"')
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), **figures}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
