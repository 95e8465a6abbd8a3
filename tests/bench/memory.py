"""The most memory that a fit holds beyond its input, by number and kind of columns.

Run from the repository root::

    python -m tests.bench.memory
    python -m tests.bench.memory --rows 1000000 --columns 5 20 100

Every line is a fresh process, which draws its table, fits once to a few rows so that all is
loaded, and then fits twice: under ``tracemalloc``, which sees what numpy and Python hold, and
without it, for the resident memory of the process, which Linux records and which also holds what
Arrow and pandas take by themselves. Both are in columns of 8 bytes a row. Resident memory that
the process has already and reuses is not seen, and freed memory is handed back before the fit.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.applicants import make_applicants
from tests.bench.contenders import Creditscore
from tests.bench.levels import LevelKind, make_levels
from tests.bench.recount import Constraints, Rows
from tests.bench.report import machine, report, report_machine, report_table, versions

KINDS = ("numeric", "text", "category")
PACKAGES = ("creditscore", "numpy", "pandas", "pyarrow", "narwhals")
_LEVELS = 50
_WARM_UP_ROWS = 2_000


def draw(kind: str, n_rows: int, n_columns: int, seed: int) -> Rows:
    """Draw a table of one kind of columns."""
    if kind == "numeric":
        return Rows(*make_applicants(n_rows, n_columns, seed))
    held: LevelKind = "text" if kind == "text" else "category"
    return Rows(*make_levels(n_rows, n_columns, n_levels=_LEVELS, kind=held, seed=seed))


def traced_columns(rows: Rows, constraints: Constraints) -> float:
    """Return the peak of a fit by ``tracemalloc``, in columns of float64."""
    contender, y = Creditscore(constraints), rows.is_bad.astype(np.intp)
    tracemalloc.start()
    contender.fit(rows.X, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (8 * len(y))


def resident_columns(rows: Rows, constraints: Constraints) -> float:
    """Return the peak of a fit's resident memory, in columns of float64; NaN beside Linux."""
    contender, y = Creditscore(constraints), rows.is_bad.astype(np.intp)
    if not _reset_peak():
        return float("nan")
    before = process_bytes("VmRSS")
    contender.fit(rows.X, y)
    return (process_bytes("VmHWM") - before) / (8 * len(y))


def _reset_peak() -> bool:
    """Hand free memory back, and let the kernel forget the peak so far."""
    gc.collect()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    except OSError:
        return False
    return True


def process_bytes(name: str) -> float:
    """Read a size of this process as Linux records it, in bytes; NaN beside Linux."""
    status = Path("/proc/self/status")
    for line in status.read_text(encoding="utf-8").splitlines() if status.exists() else ():
        if line.startswith(f"{name}:"):
            return 1024 * float(line.split()[1])
    return float("nan")


def measure(kind: str, n_columns: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure one line in this process."""
    rows = draw(kind, options.rows, n_columns, options.seed)
    constraints = Constraints(min_bin_size=0.05, max_n_bins=10)
    head = Rows(rows.X.head(_WARM_UP_ROWS).copy(), rows.is_bad[:_WARM_UP_ROWS])
    Creditscore(constraints).fit(head.X, head.is_bad.astype(np.intp))
    resident = resident_columns(rows, constraints)
    return {
        "kind": kind,
        "columns": n_columns,
        "traced_columns": traced_columns(rows, constraints),
        "resident_columns": resident,
    }


def _in_fresh_process(kind: str, n_columns: int, options: argparse.Namespace) -> dict[str, Any]:
    asked = {"--rows": options.rows, "--columns": n_columns, "--kind": kind, "--seed": options.seed}
    words = [str(word) for pair in asked.items() for word in pair]
    command = [sys.executable, "-m", "tests.bench.memory", "--here", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.memory", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, nargs="+", default=[5, 20, 100])
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--here", action="store_true", help="one line, in this process, as JSON")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    if options.here:
        report(json.dumps(measure(options.kind[0], options.columns[0], options)))
        return
    report_machine(PACKAGES)
    report(f"{options.rows:,} rows; the most a fit holds, in columns of 8 bytes a row", "")
    lines = [
        _in_fresh_process(kind, n_columns, options)
        for kind in options.kind
        for n_columns in options.columns
    ]
    report_table(
        pd.DataFrame(lines), dict.fromkeys(("traced_columns", "resident_columns"), "{:.2f}")
    )
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "lines": lines}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
