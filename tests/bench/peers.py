"""The encoder beside the fastest greedy binners, tide and fastbinning, on the same rows.

Run from the repository root::

    python -m tests.bench.peers
    python -m tests.bench.peers --rows 1000000 --repeat 3
    python -m tests.bench.peers --rows 1000000 --max-n-bins 20

Neither is a dependency: ``pip install tide-binning fastbinning==0.0.2``. What is not installed is
named in the report, and the others are timed.

Notes
-----
All get the same table, the same target and at least 5 % of all rows in a bin, missing values
apart, under a bad rate that goes one way.

- *tide* has no limit on the number of bins. It takes part where the limit asks for no more than
  the least size does: at 5 % that is 20 bins, the default here. It searches each direction that
  a straight line through quantiles shows, from the left, at the first place that will do. One job
  and two (processes) are timed.
- *fastbinning* bins one array at a time; the columns are given to it in turn, and it sorts with
  all cores. Releases differ: 0.0.2 takes a number of bins and a least size; 0.0.3 asks for a
  largest size too, and is given 1, none. Whether the bins keep the constraints on the raw rows is
  in the report. It has no transform for a table.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Int1D
from tests.bench.applicants import make_applicants
from tests.bench.comparison import compare, report_comparison, side_by_side
from tests.bench.contenders import Contender, Creditscore
from tests.bench.recount import Bins, Constraints, Rows
from tests.bench.report import machine, report, report_machine, versions

MIN_BIN_SIZE = 0.05
PACKAGES = (
    "creditscore",
    "tide-binning",
    "fastbinning",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
)
MODULES = {"tide": "tide-binning", "fastbinning": "fastbinning"}
"""What is imported, and what is installed for it."""


@dataclass
class Tide:
    """``TIDE`` of tide-binning, without periods."""

    constraints: Constraints
    n_jobs: int
    transforms: bool = True
    binner: Any = field(init=False)

    @property
    def label(self) -> str:
        """Name in the tables."""
        return f"tide n_jobs={self.n_jobs}"

    def fit(self, X: pd.DataFrame, y: Int1D) -> None:
        """Fit a new binner."""
        from tide import TIDE

        self.binner = TIDE(min_sample_rate=self.constraints.min_bin_size, n_jobs=self.n_jobs)
        self.binner.fit(X, y)

    def transform(self, X: pd.DataFrame) -> Any:
        """Encode."""
        return self.binner.transform(X)

    def bins(self) -> dict[str, Bins]:
        """Read the intervals, which are closed on the right where the trend is positive."""
        return {name: _inner(found) for name, found in self.binner.bins_.items()}


@dataclass
class Fastbinning:
    """``NumericalBinning`` of fastbinning, a column at a time."""

    constraints: Constraints
    transforms: bool = False
    found: dict[str, list[Any]] = field(init=False)

    @property
    def label(self) -> str:
        """Name in the tables."""
        return "fastbinning"

    def fit(self, X: pd.DataFrame, y: Int1D) -> None:
        """Bin each column; what the arrays must be converted to is within its time."""
        target = y.astype(np.int32)
        self.found = {
            name: self._binning().fit(np.ascontiguousarray(X[name], dtype=np.float64), target)
            for name in X
        }

    def transform(self, X: pd.DataFrame) -> Any:
        """Do nothing: there is no transform for a table."""
        raise NotImplementedError

    def bins(self) -> dict[str, Bins]:
        """Read the ranges, which are closed on the right."""
        return {name: _upper_ends(bins) for name, bins in self.found.items()}

    def _binning(self) -> Any:
        from fastbinning import NumericalBinning

        make: Any = NumericalBinning
        asked = (self.constraints.max_n_bins, self.constraints.min_bin_size)
        try:
            return make(*asked)
        except TypeError:
            return make(*asked, 1.0)


def _inner(found: dict[str, Any]) -> Float1D:
    """Return the cuts between tide's intervals, such that a value at a cut goes up."""
    lower = [interval[0] for bins in found["bins"].values() for interval in _intervals(bins)]
    cuts = np.sort(np.array([cut for cut in lower if np.isfinite(cut)], dtype=np.float64))
    return np.nextafter(cuts, np.inf) if found["trend"] == "pos" else cuts


def _intervals(bins: dict[Any, str]) -> list[tuple[float, float]]:
    return [atom for atom, kind in bins.items() if kind == "cont"]


def _upper_ends(bins: Sequence[Any]) -> Float1D:
    ends = [found.range[1] for found in bins if np.isfinite(found.range[1])]
    return np.nextafter(np.sort(np.array(ends, dtype=np.float64)), np.inf)


def contenders(constraints: Constraints) -> list[Contender]:
    """List creditscore, and the peers that are installed and can express the constraints."""
    listed: list[Contender] = [Creditscore(constraints)]
    if find_spec("tide") is not None and not constraints.limits_number:
        listed += [Tide(constraints, n_jobs) for n_jobs in (1, 2)]
    if find_spec("fastbinning") is not None:
        listed.append(Fastbinning(constraints))
    return listed


def run(options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Draw, compare and report once; return the figures."""
    rows = Rows(*make_applicants(options.rows, options.columns, seed))
    report(
        f"{options.rows:,} rows × {options.columns} columns, {rows.is_bad.mean():.1%} bad, "
        f"at most {options.max_n_bins} bins of at least {MIN_BIN_SIZE:.0%}; "
        f"seed {seed}, best of {options.repeat}",
        "",
    )
    constraints = Constraints(MIN_BIN_SIZE, options.max_n_bins)
    field = contenders(constraints)
    seconds, binned = compare(field, rows, repeat=options.repeat)
    comparison = side_by_side(seconds, binned, constraints)
    report_comparison(comparison)
    report("", *_absent(comparison.rivals, constraints))
    return {"seed": seed, "max_n_bins": options.max_n_bins, **comparison.to_dict()}


def _absent(rivals: Sequence[str], constraints: Constraints) -> list[str]:
    lines = []
    for module, package in MODULES.items():
        if find_spec(module) is None:
            lines.append(f"{module} is not installed: pip install {package}")
        elif module not in rivals:
            lines.append(f"{module} has no limit on the number of bins: see --max-n-bins 20")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the comparison and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--max-n-bins", type=int, default=20, help="20 of 5 % are no limit")
    parser.add_argument("--repeat", type=int, default=3, help="rounds; the best counts")
    parser.add_argument("--seed", type=int, nargs="+", default=[20_260_101])
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    runs = [run(options, seed) for seed in options.seed]
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "runs": runs}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
