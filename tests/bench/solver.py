"""The solver alone, on counts: seconds by trend, periods and number of pre-bins.

Run from the repository root::

    python -m tests.bench.solver
    python -m tests.bench.solver --prebins 100 1000 --skip concave convex

The counts are drawn from a seed: pre-bins of about 1,000 rows, whose bad rate follows the line
named with them and strays by as much as chance does. So the best bins are hard to tell apart, and
a limit on the number of bins binds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float2D, Trend
from creditscore.binning import BinConstraints, Solution, solve_bins
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "numpy", "scipy")
TRENDS: tuple[Trend, ...] = ("ascending", "auto", "peak", "concave", "convex")
_SHAPES = ("rising", "bent")
_ROWS_PER_PREBIN = 1_000


@dataclass(frozen=True)
class Problem:
    """Goods and bads, a row a period and a column a pre-bin."""

    good: Float2D
    bad: Float2D

    def solve(self, constraints: BinConstraints) -> Solution:
        """Solve; with one period there is none to hold the trend in."""
        periods = (self.good, self.bad) if len(self.good) > 1 else None
        return solve_bins(
            self.good.sum(axis=0), self.bad.sum(axis=0), constraints=constraints, periods=periods
        )


def make_problem(shape: str, n_prebins: int, n_periods: int, seed: int) -> Problem:
    """Draw counts.

    Parameters
    ----------
    shape : {"rising", "bent"}
        Log-odds of bad by pre-bin: a line, or a line up to three fifths and down from there.
    n_prebins, n_periods : int
        Size; rows are spread over the periods evenly.
    seed : int
        The same seed gives the same counts.
    """
    rng = np.random.default_rng(seed)
    place = np.linspace(0, 1, n_prebins)
    rise = place if shape == "rising" else 0.6 - np.abs(place - 0.6)
    rate = 1 / (1 + np.exp(2.5 - 1.5 * rise))
    rows = rng.poisson(_ROWS_PER_PREBIN / n_periods, (n_periods, n_prebins)) + 1
    bad = rng.binomial(rows, rate)
    return Problem((rows - bad).astype(np.float64), bad.astype(np.float64))


def measure(problem: Problem, trend: Trend, options: argparse.Namespace) -> tuple[float, Solution]:
    """Return the best seconds, and the bins."""
    constraints = BinConstraints(
        trend=trend, min_bin_size=options.min_bin_size, max_n_bins=options.max_n_bins
    )
    taken = []
    for _ in range(options.repeat):
        start = time.perf_counter()
        solution = problem.solve(constraints)
        taken.append(time.perf_counter() - start)
        if sum(taken) > options.patience:
            break
    return min(taken), solution


def lines(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure every trend on every problem, and report as they come."""
    found = []
    for n_prebins in options.prebins:
        for n_periods in options.periods:
            for shape in _SHAPES:
                problem = make_problem(shape, n_prebins, n_periods, options.seed)
                for trend in options.trend:
                    if n_prebins > options.most and trend in options.skip:
                        continue
                    seconds, solution = measure(problem, trend, options)
                    found.append(
                        {
                            "prebins": n_prebins,
                            "periods": n_periods,
                            "shape": shape,
                            "trend": trend,
                            "ms": 1e3 * seconds,
                            "bins": len(solution.starts),
                            "value": solution.value,
                            "feasible": solution.feasible,
                        }
                    )
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Time and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.solver", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--prebins", type=int, nargs="+", default=[100])
    parser.add_argument("--periods", type=int, nargs="+", default=[1, 12])
    parser.add_argument("--trend", nargs="+", default=list(TRENDS))
    parser.add_argument(
        "--skip", nargs="*", default=["concave", "convex"], help="trends left out above --most"
    )
    parser.add_argument("--most", type=int, default=200, help="most pre-bins for those in --skip")
    parser.add_argument("--min-bin-size", type=float, default=0.0)
    parser.add_argument("--max-n-bins", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5, help="the best counts")
    parser.add_argument(
        "--patience", type=float, default=10.0, help="seconds for one line's rounds"
    )
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    report(
        f"at most {options.max_n_bins} bins of at least {options.min_bin_size:.0%}; "
        f"best of {options.repeat}, seed {options.seed}",
        "",
    )
    measured = lines(options)
    report_table(pd.DataFrame(measured), {"ms": "{:.2f}", "value": "{:.6f}"})
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "lines": measured}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
