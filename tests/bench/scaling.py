"""The encoder alone: how its time and memory grow with the rows, and where time goes.

Run from the repository root::

    python -m tests.bench.scaling
    python -m tests.bench.scaling --rows 100000 --profile
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

import creditscore
from creditscore._typing import Bool1D
from tests.bench.applicants import make_applicants
from tests.bench.contenders import Creditscore
from tests.bench.memory import traced_columns
from tests.bench.recount import Constraints, Rows
from tests.bench.report import report, report_machine, report_table

PACKAGES = ("creditscore", "numpy", "pandas", "scikit-learn", "scipy")
_SHOWN = 16


def time_encoder(
    X: pd.DataFrame, is_bad: Bool1D, constraints: Constraints, *, repeat: int
) -> tuple[float, float]:
    """Return the best seconds of a fit and of a transform."""
    contender, y = Creditscore(constraints), is_bad.astype(np.intp)
    fits, transforms = [], []
    for _ in range(repeat):
        start = time.perf_counter()
        contender.fit(X, y)
        fitted = time.perf_counter()
        contender.transform(X)
        fits.append(fitted - start)
        transforms.append(time.perf_counter() - fitted)
    return min(fits), min(transforms)


def by_rows(options: argparse.Namespace, constraints: Constraints) -> pd.DataFrame:
    """Time tables of each size, a row a size."""
    lines = []
    for n_rows in options.rows:
        X, is_bad = make_applicants(n_rows, options.columns, options.seed)
        fit, transform = time_encoder(X, is_bad, constraints, repeat=options.repeat)
        cells = n_rows * options.columns
        lines.append(
            {
                "rows": n_rows,
                "fit_s": fit,
                "transform_s": transform,
                "fit_ms_per_column": 1e3 * fit / options.columns,
                "fit_ns_per_cell": 1e9 * fit / cells,
                "transform_ns_per_cell": 1e9 * transform / cells,
                "fit_peak_columns": traced_columns(Rows(X, is_bad), constraints),
            }
        )
    return pd.DataFrame(lines)


def profile(X: pd.DataFrame, is_bad: Bool1D, constraints: Constraints) -> pd.DataFrame:
    """Share of one fit within each function of creditscore, the largest first.

    The profiler makes every call dearer, so that functions of many small calls look worse than
    they are. A share holds what the function calls; shares overlap.
    """
    contender, y = Creditscore(constraints), is_bad.astype(np.intp)
    contender.fit(X, y)
    profiler = cProfile.Profile()
    profiler.runcall(contender.fit, X, y)
    stats = pstats.Stats(profiler)
    root = Path(creditscore.__file__).parent
    timed = stats.stats  # type: ignore[attr-defined]
    whole = max(within for _, _, _, within, _ in timed.values())
    lines = [
        {
            "function": f"{Path(file).relative_to(root)}: {name}",
            "calls": calls,
            "share": within / whole,
            "own_share": own / whole,
        }
        for (file, _, name), (_, calls, own, within, _) in timed.items()
        if Path(file).is_relative_to(root)
    ]
    table = pd.DataFrame(lines).sort_values("share", ascending=False, kind="stable")
    return table.head(_SHOWN)


def main(arguments: Sequence[str] | None = None) -> None:
    """Time the encoder and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scaling", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--max-n-bins", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5, help="the best counts")
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--profile", action="store_true", help="show where a fit's time goes")
    options = parser.parse_args(arguments)
    constraints = Constraints(min_bin_size=0.05, max_n_bins=options.max_n_bins)
    report_machine(PACKAGES)
    report(f"{options.columns} columns, best of {options.repeat}, seed {options.seed}", "")
    formats = dict.fromkeys(("fit_s", "transform_s"), "{:.4f}")
    formats |= {"rows": "{:,}", "fit_ms_per_column": "{:.2f}"}
    shown = ("fit_ns_per_cell", "transform_ns_per_cell", "fit_peak_columns")
    formats |= dict.fromkeys(shown, "{:.1f}")
    report_table(by_rows(options, constraints), formats)
    if options.profile:
        for n_rows in options.rows:
            X, is_bad = make_applicants(n_rows, options.columns, options.seed)
            report(f"one fit of {n_rows:,} rows × {options.columns} columns")
            shares = dict.fromkeys(("share", "own_share"), "{:.1%}")
            report_table(profile(X, is_bad, constraints), shares)


if __name__ == "__main__":
    main()
