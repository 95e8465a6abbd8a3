"""The encoder beside optbinning's ``BinningProcess``, in one run on the same rows.

Run from the repository root::

    python -m tests.bench.binning
    python -m tests.bench.binning --rows 1000000 --repeat 2
    python -m tests.bench.binning --rows 10000 --columns 1000
    python -m tests.bench.binning --rows 1000000 --columns 10 --kind text category --repeat 2
    python -m tests.bench.binning --fresh-rows 1000000
    python -m tests.bench.binning --seed 1 2 3

Without optbinning, creditscore is timed alone, and the report says so.

Notes
-----
Both get the same table, the same 0/1 target and the same constraints: the better of an ascending
and a descending bad rate, at least 5 % of the rows in a bin, at most 10 bins. They mean the same
in both: the share is of all rows, missing values included (optbinning takes
``ceil(min_bin_size * len(x))``), and neither the share nor the limit counts the bin of missing
values. Levels of categorical columns have no order: both put them in the order of their bad rate.
What differs:

- *Where a cut may lie.* creditscore looks among all values of a column. optbinning's default lets
  a decision tree choose at most 19 cuts, from every value and knowing the target. Of levels,
  optbinning first joins neighbours in the order of their bad rate to pre-bins of 5 %.
- *How the direction is found.* creditscore takes the better of both. optbinning's
  ``auto_asc_desc`` guesses one by rules, and solves that. It is timed so, which is the faster
  way; its information value, though, is the best of that guess and of both directions asked for
  one by one, which are not timed.
- *What else a fit does.* ``BinningProcess.fit`` also computes a table of statistics for every
  column, and that is within its time.
- *Cores.* optbinning is run with two jobs (threads, its own choice) and with one, and the faster
  counts. creditscore runs as it comes.

Information value is not taken from either library. The rows are put into the bins of each anew,
missing ones into a bin of their own, and one function computes it for both. With
``--fresh-rows`` it does so on further rows too, drawn alike and seen by neither: of two sets of
bins, the one that fits its own sample better need not tell more about the next.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.applicants import make_applicants
from tests.bench.comparison import (
    Binned,
    Comparison,
    compare,
    report_comparison,
    side_by_side,
)
from tests.bench.contenders import Optbinning, contenders
from tests.bench.levels import make_levels
from tests.bench.recount import Constraints, Rows, recount
from tests.bench.report import machine, report, report_machine, report_table, versions

MIN_BIN_SIZE = 0.05
PACKAGES = (
    "creditscore",
    "optbinning",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "ortools",
)
RIVAL = "optbinning"


def compare_with_optbinning(
    rows: Rows, constraints: Constraints, *, repeat: int, fresh: Rows | None = None
) -> Comparison:
    """Compare creditscore and optbinning, where it is installed.

    Parameters
    ----------
    rows : Rows
        Columns of one kind, and the target.
    constraints : Constraints
        What both must keep.
    repeat : int
        Rounds of timing.
    fresh : Rows, optional
        Rows that nothing is fitted to, for the information value of the same bins on them.

    Returns
    -------
    Comparison
    """
    field = contenders(constraints)
    seconds, binned = compare(field, rows, repeat=repeat)
    guess = binned.get(RIVAL)
    if guess is None or not len(rows.X.select_dtypes("number").columns):
        return side_by_side(seconds, binned, constraints, fresh)
    binned[RIVAL] = _better_of_both_ways(guess, rows, constraints)
    comparison = side_by_side(seconds, binned, constraints, fresh)
    comparison.columns["iv_guess"] = [column.iv for column in guess.values()]
    return comparison


def _better_of_both_ways(guess: Binned, rows: Rows, constraints: Constraints) -> Binned:
    """Let optbinning solve each direction too, and take its best column by column."""
    found = [guess]
    for trend in ("ascending", "descending"):
        rival = Optbinning(constraints, n_jobs=2, trend=trend)
        rival.fit(rows.X, rows.is_bad.astype(np.intp))
        found.append(recount(rival.bins(), rows))
    return {
        name: max((columns[name] for columns in found), key=lambda column: column.iv)
        for name in guess
    }


def draw(options: argparse.Namespace, kind: str, n_rows: int, seed: int) -> Rows:
    """Draw the table of a run."""
    if kind == "numeric":
        return Rows(*make_applicants(n_rows, options.columns, seed))
    X, is_bad = make_levels(
        n_rows,
        options.columns,
        n_levels=options.levels,
        kind="text" if kind == "text" else "category",
        seed=seed,
    )
    return Rows(X, is_bad)


def run(options: argparse.Namespace, kind: str, seed: int) -> dict[str, Any]:
    """Draw, compare and report once; return the figures."""
    rows = draw(options, kind, options.rows, seed)
    fresh = None
    if options.fresh_rows:
        fresh = draw(options, kind, options.fresh_rows, seed + 1)
    report(
        f"{options.rows:,} rows × {options.columns} columns ({kind}), "
        f"{rows.is_bad.mean():.1%} bad, at most {options.max_n_bins} bins of at least "
        f"{MIN_BIN_SIZE:.0%}; seed {seed}, best of {options.repeat}",
        "",
    )
    constraints = Constraints(MIN_BIN_SIZE, options.max_n_bins)
    comparison = compare_with_optbinning(rows, constraints, repeat=options.repeat, fresh=fresh)
    report_comparison(comparison)
    if RIVAL not in comparison.rivals:
        report(
            "optbinning is not installed, so creditscore was timed alone: "
            'pip install "creditscore[optbinning]"'
        )
    report("")
    return {"kind": kind, "seed": seed, **comparison.to_dict()}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.binning", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    kinds = ("numeric", "text", "category")
    parser.add_argument("--kind", nargs="+", choices=kinds, default=["numeric"])
    parser.add_argument("--levels", type=int, default=50, help="of a text or category column")
    parser.add_argument("--max-n-bins", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=3, help="rounds; the best counts")
    parser.add_argument("--seed", type=int, nargs="+", default=[20_260_101])
    parser.add_argument(
        "--fresh-rows", type=int, default=0, help="rows seen by neither, to count the bins on"
    )
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the comparison and write the report."""
    options = _options(arguments)
    report_machine(PACKAGES)
    runs = [run(options, kind, seed) for kind in options.kind for seed in options.seed]
    if len(runs) > 1 and all(RIVAL in figures["against"] for figures in runs):
        report_summary(runs)
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "runs": runs}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def report_summary(runs: Sequence[dict[str, Any]]) -> None:
    """Write a line for each run."""
    table = pd.DataFrame(
        [
            {"kind": figures["kind"], "seed": figures["seed"], **figures["against"][RIVAL]}
            for figures in runs
        ]
    )
    formats = {"fit_ratio": "{:.1f}", "transform_ratio": "{:.1f}"}
    shares = ("least_iv_ratio", "mean_iv_ratio", "sum_iv_ratio", "fresh_iv_ratio")
    report_table(table, formats | dict.fromkeys(shares, "{:.5f}"))


if __name__ == "__main__":
    main()
