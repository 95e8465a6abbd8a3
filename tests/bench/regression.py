"""Fit and selection: the logistic regression beside others, and stepwise searches by size.

Run from the repository root::

    python -m tests.bench.regression
    python -m tests.bench.regression --rows 1000000 --search-rows 100000 --candidates 200

The fit is that of ``LogisticScorecard`` on columns as they are (maximum likelihood, with standard
errors, robust ones and variance inflation), beside statsmodels' ``Logit`` by Newton's method and
scikit-learn's ``LogisticRegression`` without penalty, which has no standard errors. The largest
difference of coefficients is said. Searches run on columns of 13 distinct values, correlated by
common factors, of which some carry an effect.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from creditscore._newton import fit_logistic
from creditscore.scorecard.selection import L1Path, Stepwise
from creditscore.scorecard.selection._candidates import Candidates
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "statsmodels", "scikit-learn", "numpy", "scipy")
SEARCHES = {
    "forward, BIC": Stepwise(direction="forward"),
    "both, BIC": Stepwise(),
    "both, AIC": Stepwise(criterion="aic"),
    "both, p by score test": Stepwise(criterion="p_value", test="score"),
    "backward, BIC": Stepwise(direction="backward"),
    "L1 path": L1Path(),
}


def sample(n_rows: int, n_columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw correlated columns of few values, and outcomes that hang on some of them."""
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(n_rows, 20)) @ rng.normal(scale=0.5, size=(20, n_columns))
    features = np.clip(np.round((factors + rng.normal(size=(n_rows, n_columns))) * 1.5), -6, 6) / 3
    effect = np.zeros(n_columns)
    effect[: n_columns // 5] = rng.normal(scale=0.15, size=n_columns // 5)
    return features, rng.random(n_rows) < expit(features @ effect - 2)


def fits(features: np.ndarray, is_bad: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
    """Return what is timed: each gives intercept and coefficients."""
    import statsmodels.api as sm

    design = np.column_stack([np.ones(len(features)), features])
    start = np.zeros(design.shape[1])

    def ours() -> np.ndarray:
        fit = fit_logistic(features, is_bad, None, start=start)
        return np.append(fit.intercept, fit.coefficients)

    def statsmodels() -> np.ndarray:
        return np.asarray(sm.Logit(is_bad, design).fit(method="newton", disp=0).params)

    def scikit_learn() -> np.ndarray:
        fitted = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1_000).fit(features, is_bad)
        return np.append(fitted.intercept_, fitted.coef_[0])

    return {"creditscore": ours, "statsmodels": statsmodels, "scikit-learn": scikit_learn}


def measure_fits(n_rows: int, n_columns: int, repeat: int) -> pd.DataFrame:
    """Time the fits in turn; the best seconds count."""
    timed = fits(*sample(n_rows, n_columns))
    seconds: dict[str, list[float]] = {name: [] for name in timed}
    found: dict[str, np.ndarray] = {}
    for _ in range(repeat):
        for name, fit in timed.items():
            start = time.perf_counter()
            with warnings.catch_warnings(action="ignore"):
                found[name] = fit()
            seconds[name].append(time.perf_counter() - start)
    return pd.DataFrame(
        [
            {
                "fit": name,
                "seconds": min(seconds[name]),
                "apart": float(np.abs(found[name] - found["creditscore"]).max()),
            }
            for name in timed
        ]
    )


def measure_searches(n_rows: int, n_columns: int, names: Sequence[str]) -> pd.DataFrame:
    """Time the searches once each."""
    features, is_bad = sample(n_rows, n_columns)
    # a search asks of bins their names and information values only
    tables = tuple(SimpleNamespace(feature=f"x{i}", iv=0.1) for i in range(n_columns))
    candidates = Candidates(tables=tables, features=features, is_bad=is_bad, weights=None)  # type: ignore[arg-type]
    lines = []
    for name in names:
        start = time.perf_counter()
        found = SEARCHES[name].search(candidates)
        lines.append(
            {
                "search": name,
                "seconds": time.perf_counter() - start,
                "chosen": sum(fate.kept for fate in found.fates),
                "steps": len(found.steps),
                "bic": min(step.bic for step in found.steps),
            }
        )
    return pd.DataFrame(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.regression", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--search-rows", type=int, default=100_000)
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--searches", nargs="+", choices=list(SEARCHES), default=list(SEARCHES))
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    report(f"fit of {options.rows:,} rows × {options.columns} columns", "")
    fitted = measure_fits(options.rows, options.columns, options.repeat)
    report_table(fitted, {"seconds": "{:.2f}", "apart": "{:.1e}"})
    report(f"search of {options.search_rows:,} rows × {options.candidates} candidates", "")
    searched = measure_searches(options.search_rows, options.candidates, options.searches)
    report_table(searched, {"seconds": "{:.1f}", "bic": "{:.1f}"})
    if options.json is not None:
        content: dict[str, Any] = {"machine": machine(), "versions": versions(PACKAGES)}
        content |= {"fits": fitted.to_dict("records"), "searches": searched.to_dict("records")}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
