"""What importing a card's classes adds to importing pandas and scikit-learn.

Run from the repository root::

    python -m tests.bench.imports

Every repeat is a fresh interpreter, which imports first ``pandas`` and ``sklearn.linear_model``
and then ``LogisticScorecard`` and ``GradeScale`` of creditscore, and reads the clock in between:
``import creditscore`` alone loads no stage. A first run, which fills the disk cache
and writes bytecode, is not counted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tests.bench.report import report, report_machine, report_table

PACKAGES = ("creditscore", "numpy", "pandas", "scikit-learn", "scipy", "narwhals", "pyarrow")
LAZY = ("matplotlib", "statsmodels")
"""Packages that are to be imported where they are used, and not before."""

_PROGRAM = """
import json, sys, time
start = time.perf_counter()
import pandas, sklearn.linear_model
base = time.perf_counter()
before = set(sys.modules)
import creditscore
root = time.perf_counter()
from creditscore import GradeScale, LogisticScorecard
end = time.perf_counter()
loaded = sorted({name.partition(".")[0] for name in set(sys.modules) - before})
print(json.dumps({"base": base - start, "root": root - base, "added": end - base, "loaded": loaded,
                  "all": sorted(name for name in sys.modules if "." not in name)}))
"""


@dataclass(frozen=True)
class ImportRun:
    """One fresh interpreter.

    Attributes
    ----------
    base : float
        Seconds for ``import pandas, sklearn.linear_model``.
    root : float
        Seconds for ``import creditscore`` after that.
    added : float
        Seconds for that and the two classes.
    loaded : tuple of str
        Top-level packages with modules that creditscore added.
    packages : tuple of str
        Every top-level package loaded in the end.
    """

    base: float
    root: float
    added: float
    loaded: tuple[str, ...]
    packages: tuple[str, ...]


def run_once() -> ImportRun:
    """Import in a fresh interpreter, with the caller's environment."""
    command = [sys.executable, "-c", _PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    found = json.loads(done.stdout)
    return ImportRun(
        found["base"], found["root"], found["added"], tuple(found["loaded"]), tuple(found["all"])
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.imports", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    run_once()
    runs = [run_once() for _ in range(options.repeat)]
    seconds = pd.DataFrame(
        {
            "import pandas, sklearn.linear_model": [run.base for run in runs],
            "added by creditscore": [run.root for run in runs],
            "added by two of its classes": [run.added for run in runs],
        }
    )
    table = seconds.agg(["min", "median", "max"]).T.rename_axis("seconds").reset_index()
    report_table(table, dict.fromkeys(("min", "median", "max"), "{:.3f}"))
    report(f"best of {options.repeat} fresh interpreters: +{seconds.iloc[:, 2].min():.3f} s")
    report(f"packages with modules of their own added: {', '.join(runs[0].loaded)}")
    eager = [name for name in LAZY if name in runs[0].packages]
    report(f"imported although meant to be lazy: {', '.join(eager) or 'none'}")


if __name__ == "__main__":
    main()
