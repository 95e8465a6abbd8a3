"""The AUC with its errors: DeLong's, and bootstrap resamples beside a loop with scikit-learn.

Run from the repository root::

    python -m tests.bench.bootstrap
    python -m tests.bench.bootstrap --rows 100000 --loop 50

Scores are normal, a standard deviation apart between the classes; "points" rounds them to some
hundred values, as a card's. The loop draws the rows of each class with replacement and hands
them to ``roc_auc_score``. It runs a few resamples, and its time for all is worked out of them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from creditscore.metrics import auc_interval, bootstrap_aucs, somers_d_test
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "numpy", "scikit-learn")
KINDS = ("distinct", "points")


def draw(n_rows: int, bad_rate: float, kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw outcomes and scores."""
    rng = np.random.default_rng(seed)
    is_bad = rng.random(n_rows) < bad_rate
    score = rng.normal(size=n_rows) - is_bad
    return is_bad, np.round(20 * score) if kind == "points" else score


def loop(is_bad: np.ndarray, score: np.ndarray, n_resamples: int) -> np.ndarray:
    """Return the AUC of resamples, each drawn by rows and sorted anew."""
    rng = np.random.default_rng(0)
    bad, good = np.flatnonzero(is_bad), np.flatnonzero(~is_bad)
    found = []
    for _ in range(n_resamples):
        rows = np.concatenate([rng.choice(bad, len(bad)), rng.choice(good, len(good))])
        found.append(roc_auc_score(is_bad[rows], -score[rows]))
    return np.array(found)


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """Time one call, and return what it found."""
    begin = time.perf_counter()
    found = call()
    return time.perf_counter() - begin, found


def measure(bad_rate: float, kind: str, options: argparse.Namespace) -> dict[str, Any]:
    """Measure one line."""
    is_bad, score = draw(options.rows, bad_rate, kind, options.seed)
    of_loop, areas = seconds(lambda: loop(is_bad, score, options.loop))
    ours, found = seconds(lambda: bootstrap_aucs(is_bad, score, n_resamples=options.resamples))
    delong, interval = seconds(lambda: auc_interval(is_bad, score))
    somers, _ = seconds(lambda: somers_d_test(is_bad, score))
    theirs = of_loop * options.resamples / options.loop
    return {
        "bad_rate": bad_rate,
        "scores": kind,
        "bootstrap": ours,
        "loop": theirs,
        "ratio": theirs / ours,
        "delong": delong,
        "somers": somers,
        "spread": float(found.std()),
        "spread_loop": float(areas.std()),
        "spread_delong": (interval.upper - interval.lower) / (2 * 1.959963984540054),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bootstrap", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--resamples", type=int, default=1_000)
    parser.add_argument("--loop", type=int, default=20, help="resamples of the loop")
    parser.add_argument("--bad-rate", type=float, nargs="+", default=[0.5, 0.05])
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    report(f"{options.rows:,} rows, {options.resamples:,} resamples; seconds", "")
    lines = [measure(rate, kind, options) for kind in KINDS for rate in options.bad_rate]
    spread = dict.fromkeys(("spread", "spread_loop", "spread_delong"), "{:.6f}")
    times = dict.fromkeys(("bootstrap", "loop", "delong", "somers"), "{:.2f}")
    report_table(pd.DataFrame(lines), {"bad_rate": "{:.2f}", "ratio": "{:.0f}", **times, **spread})
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "lines": lines}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
