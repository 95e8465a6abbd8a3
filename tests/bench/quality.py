"""Out-of-the-box quality: AUC of cards with default settings beside optbinning's, in one run.

Run from the repository root::

    python -m tests.bench.quality
    python -m tests.bench.quality --models card optbinning
    python -m tests.bench.quality --csv heloc.csv RiskPerformance Bad --special -7 -8 -9
    python -m tests.bench.quality --csv loans.csv is_bad 1 --out-of-time issued 2013-01-01

Each data set is parted in five stratified folds (shuffled, seed 0); each model is fitted on four
and judged on the fifth. Out of time it is fitted on the rows before a date and judged on the
others. ``card`` is ``LogisticScorecard()``, ``optbinning`` is its ``BinningProcess`` with empirical
WOE of missing values and special codes before a logistic regression without penalty. ``boosted`` is
``BoostedScorecard()``, ``monotone`` the same with ``monotonic="auto"``; both choose their number of
trees within the four folds. ``boosting`` is scikit-learn's, with all interactions and its own
defaults.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from creditscore import LogisticScorecard, WOEEncoder
from creditscore.datasets import load_german_credit, load_taiwan_credit
from creditscore.scorecard import BoostedScorecard
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "optbinning", "numpy", "pandas", "scikit-learn")
N_FOLDS = 5
Sample = tuple[pd.DataFrame, pd.Series]
Split = tuple[np.ndarray, np.ndarray]
Fit = Callable[[pd.DataFrame, pd.Series, pd.DataFrame, list[float]], np.ndarray]


def _text_columns(X: pd.DataFrame) -> list[str]:
    return X.select_dtypes(exclude="number").columns.tolist()


def card(X: pd.DataFrame, y: pd.Series, others: pd.DataFrame, special: list[float]) -> np.ndarray:
    """Judge by the default card; its encoder is told the special codes."""
    encoder = LogisticScorecard.default_encoder(special_codes=special or None)
    return LogisticScorecard(encoder=encoder).fit(X, y).predict_proba(others)[:, 1]


def boosted(
    X: pd.DataFrame,
    y: pd.Series,
    others: pd.DataFrame,
    special: list[float],
    monotonic: str = "none",
) -> np.ndarray:
    """Judge by the boosted card."""
    model = BoostedScorecard(encoder=WOEEncoder(special_codes=special or None), monotonic=monotonic)
    return model.fit(X, y).predict_proba(others)[:, 1]


def monotone(
    X: pd.DataFrame, y: pd.Series, others: pd.DataFrame, special: list[float]
) -> np.ndarray:
    """Judge by the boosted card whose risk moves one way with each number."""
    return boosted(X, y, others, special, monotonic="auto")


def boosting(
    X: pd.DataFrame, y: pd.Series, others: pd.DataFrame, special: list[float]
) -> np.ndarray:
    """Judge by boosting with all interactions."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    def read(table: pd.DataFrame) -> pd.DataFrame:
        texts = _text_columns(X)
        kinds = {name: pd.CategoricalDtype(sorted(X[name].dropna().unique())) for name in texts}
        return table.astype(kinds)

    model = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)
    return model.fit(read(X), y).predict_proba(read(others))[:, 1]


def optbinning(
    X: pd.DataFrame, y: pd.Series, others: pd.DataFrame, special: list[float]
) -> np.ndarray:
    """Judge by optbinning's bins and a logistic regression on their WOE."""
    from optbinning import BinningProcess

    texts = _text_columns(X)
    X, others = (table.astype(dict.fromkeys(texts, object)) for table in (X, others))
    process = BinningProcess(
        X.columns.tolist(), categorical_variables=texts, special_codes=special or None
    )
    process.fit(X, y)
    here, there = (
        process.transform(table, metric_missing="empirical", metric_special="empirical")
        for table in (X, others)
    )
    regression = LogisticRegression(C=np.inf, max_iter=2_000).fit(here, y)
    return regression.predict_proba(there)[:, 1]


MODELS: dict[str, Fit] = {
    "card": card,
    "optbinning": optbinning,
    "boosted": boosted,
    "monotone": monotone,
    "boosting": boosting,
}


def samples(csv: Sequence[Sequence[str]], special: list[float]) -> dict[str, tuple[Sample, list]]:
    """Return the data sets, with their special codes."""
    found: dict[str, tuple[Sample, list]] = {}
    for name, load in (("german", load_german_credit), ("taiwan", load_taiwan_credit)):
        table = load()
        found[name] = ((table.drop(columns="is_bad"), table["is_bad"].astype(int)), [])
    for path, target, bad in csv:
        read = pd.read_parquet if path.endswith(".parquet") else pd.read_csv
        table = read(path)
        y = (table[target].astype(str) == bad).astype(int)
        found[Path(path).stem] = ((table.drop(columns=target), y), special)
    return found


def out_of_time(sample: Sample, column: str, date: str) -> tuple[Sample, list[Split]]:
    """Part a sample at a date, which is no characteristic."""
    X, y = sample
    later = (pd.to_datetime(X[column]) >= pd.Timestamp(date)).to_numpy()
    return (X.drop(columns=column), y), [(np.flatnonzero(~later), np.flatnonzero(later))]


def parted(
    sample: Sample, n_rows: int | None, date: Sequence[str] | None
) -> tuple[Sample, list[Split]]:
    """Part a sample at a date, or in five."""
    X, y = (part.iloc[:n_rows] for part in sample)
    if date is not None and date[0] in X:
        return out_of_time((X, y), *date)
    return (X, y), list(StratifiedKFold(N_FOLDS, shuffle=True, random_state=0).split(X, y))


def measure(
    sample: Sample, folds: Sequence[Split], special: list[float], names: Sequence[str]
) -> pd.DataFrame:
    """Return the AUC of each model in each fold, and its seconds."""
    X, y = sample
    lines = []
    for fold, (fit, judged) in enumerate(folds):
        for name in names:
            start = time.perf_counter()
            with warnings.catch_warnings(action="ignore"):
                risk = MODELS[name](X.iloc[fit], y.iloc[fit], X.iloc[judged], special)
            lines.append(
                {
                    "model": name,
                    "fold": fold,
                    "auc": roc_auc_score(y.iloc[judged], risk),
                    "seconds": time.perf_counter() - start,
                }
            )
    return pd.DataFrame(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--data", nargs="+", default=None, help="only these data sets")
    parser.add_argument(
        "--csv", nargs=3, action="append", default=[], metavar=("FILE", "TARGET", "BAD")
    )
    parser.add_argument("--special", nargs="*", type=float, default=[])
    parser.add_argument("--out-of-time", nargs=2, default=None, metavar=("COLUMN", "DATE"))
    parser.add_argument("--rows", type=int, default=None)
    parser.add_argument("--json", type=Path, default=None)
    asked = parser.parse_args(arguments)
    names = [n for n in asked.models if n != "optbinning" or find_spec("optbinning")]
    report_machine(PACKAGES)
    runs: list[dict[str, Any]] = []
    for name, (whole, special) in samples(asked.csv, asked.special).items():
        if asked.data and name not in asked.data:
            continue
        sample, folds = parted(whole, asked.rows, asked.out_of_time)
        found = measure(sample, folds, special, names)
        by_model = found.groupby("model", sort=False)
        table = by_model["auc"].mean().to_frame().assign(seconds=by_model["seconds"].sum())
        report(f"{name}: {len(sample[0]):,} rows × {sample[0].shape[1]} columns", "")
        report_table(table.reset_index(), {"auc": "{:.4f}", "seconds": "{:.1f}"})
        runs.append({"data": name, "auc": table["auc"].to_dict()})
    if asked.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), "runs": runs}
        asked.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
