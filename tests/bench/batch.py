"""Many applicants at a time: scores and probabilities of one card, here and in optbinning.

Run from the repository root::

    python -m tests.bench.batch
    python -m tests.bench.batch --rows 1000000 10000000

The card is optbinning's, fitted to the 23 columns of Taiwan credit and read by
``scorecard_from_optbinning``, so that both do the same work; their scores are compared before
anything is timed. Without optbinning the card is our own. The rows of the sample are repeated.
Text is held as objects, which both read; a second line of ours has it as pandas holds text by
itself, a third as categories, and optbinning reads neither.

Memory is the most that a call holds beyond its input by ``tracemalloc``, the result included, in
columns of 8 bytes a row. What Arrow takes is not in it.
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from creditscore import LogisticScorecard, Scorecard
from creditscore.datasets import load_taiwan_credit
from creditscore.scorecard.foreign import scorecard_from_optbinning
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "optbinning", "numpy", "pandas", "pyarrow", "scikit-learn")
CALLS = ("score", "prob_default")
RIVAL = "optbinning"
Ways = dict[str, dict[str, Callable[[], Any]]]


def sample() -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Return the columns with text as objects, who went bad, and which columns are text."""
    taiwan = load_taiwan_credit()
    X = taiwan.drop(columns="is_bad")
    levels = X.select_dtypes(exclude="number").columns.tolist()
    return X.astype(dict.fromkeys(levels, object)), taiwan["is_bad"].astype(int), levels


def cards() -> tuple[Scorecard, Any]:
    """Fit once; return our card and optbinning's, or None where it is not installed."""
    X, y, levels = sample()
    if find_spec(RIVAL) is None:
        return LogisticScorecard(min_iv=0).fit(X, y).scorecard_, None
    from optbinning import BinningProcess
    from optbinning import Scorecard as OptbinningScorecard

    theirs = OptbinningScorecard(
        BinningProcess(X.columns.tolist(), categorical_variables=levels),
        LogisticRegression(max_iter=1_000),
        scaling_method="pdo_odds",
        scaling_method_params={"pdo": 20, "odds": 50, "scorecard_points": 600},
    )
    with warnings.catch_warnings(action="ignore"):
        theirs.fit(X, y)
    return scorecard_from_optbinning(theirs), theirs


def ways(card: Scorecard, theirs: Any, n_rows: int) -> Ways:
    """Return what is timed, by way and by call."""
    X, _, levels = sample()
    rows = X.take(np.arange(n_rows) % len(X)).reset_index(drop=True)
    found: Ways = {}
    for label, kind in (("objects", object), ("text", "str"), ("categories", "category")):
        table = rows.astype(dict.fromkeys(levels, kind))
        found[f"creditscore, {label}"] = {
            "score": lambda table=table: card.score(table),
            "prob_default": lambda table=table: card.prob_default(table),
        }
    if theirs is not None:
        found[RIVAL] = {
            "score": lambda: theirs.score(rows),
            "prob_default": lambda: theirs.predict_proba(rows),
        }
        _check_same(card, theirs, rows.head(len(X)))
    return found


def _check_same(card: Scorecard, theirs: Any, rows: pd.DataFrame) -> None:
    """Refuse to time what does not do the same."""
    apart = np.abs(card.score(rows) - theirs.score(rows)).max()
    apart = max(apart, np.abs(card.prob_default(rows) - theirs.predict_proba(rows)[:, 1]).max())
    if apart > 1e-9:
        msg = f"Scores or probabilities are {apart:g} apart."
        raise AssertionError(msg)


def measure(card: Scorecard, theirs: Any, n_rows: int, repeat: int) -> pd.DataFrame:
    """Time each way in turn, so that a noisy moment hits all; the best seconds count."""
    timed = ways(card, theirs, n_rows)
    taken: dict[tuple[str, str], list[float]] = {(w, c): [] for w in timed for c in CALLS}
    for _ in range(repeat):
        for (way, call), seconds in taken.items():
            start = time.perf_counter()
            timed[way][call]()
            seconds.append(time.perf_counter() - start)
    return pd.DataFrame(
        [
            {"way": way, "rows": n_rows, **{call: min(taken[way, call]) for call in CALLS}}
            | {"columns": _traced(calls["score"]) / (8 * n_rows)}
            for way, calls in timed.items()
        ]
    )


def _traced(call: Callable[[], Any]) -> float:
    """Return the most bytes that a call holds."""
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def ratios(seconds: pd.DataFrame) -> dict[str, float]:
    """Divide optbinning's seconds by ours, text as objects on both sides."""
    by_way = seconds.set_index("way")
    if RIVAL not in by_way.index:
        return {}
    return {c: float(by_way[c][RIVAL] / by_way[c]["creditscore, objects"]) for c in CALLS}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.batch", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, nargs="+", default=[300_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    card, theirs = cards()
    if theirs is None:
        report('optbinning is not installed: pip install "creditscore[optbinning]"')
    runs = []
    for n_rows in options.rows:
        report(f"{n_rows:,} rows × {len(card.names)} columns, best of {options.repeat}", "")
        seconds = measure(card, theirs, n_rows, options.repeat)
        report_table(seconds, {**dict.fromkeys(CALLS, "{:.4f}"), "columns": "{:.2f}"})
        ratio = ratios(seconds)
        for call, value in ratio.items():
            report(f"{call}: {value:.1f} × faster than optbinning")
        runs.append({"rows": n_rows, "lines": seconds.to_dict("records"), "ratio": ratio})
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "runs": runs}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
