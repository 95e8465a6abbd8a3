"""From a score to a validated grade: calibration, grades, migration, classes, the battery.

Run from the repository root::

    python -m tests.bench.validation
    python -m tests.bench.validation --rows 100000

Beside some lines stands what scikit-learn takes for a part of the same work: its calibration
without intervals, and the AUC, Brier score and calibration curve of the whole, each grade, each
segment and each period in a loop, which is less than the battery tests.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from creditscore import GradeScale
from creditscore.calibrate import beta_calibration, isotonic_calibration, logistic_calibration
from creditscore.grade import MasterScale, RatingHistory, duration_migration, find_grades
from creditscore.segment import Bands, CustomerGrid, RiskBands
from creditscore.validate import ValidationSample, fairness_table, validate_scores
from tests.bench.bootstrap import seconds
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "numpy", "pandas", "scikit-learn")
GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "C")
BOUNDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)


def draw(n_rows: int, seed: int) -> dict[str, np.ndarray]:
    """Draw customers whose log-odds are normal, with grades at both ends of a year."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n_rows)
    prob = 1 / (1 + np.exp(3.5 - x))
    grade = np.digitize(prob, BOUNDS)
    end = np.clip(grade + rng.integers(-1, 2, n_rows), 0, 6)
    names = np.array(GRADES)
    return {
        "is_bad": rng.random(n_rows) < prob,
        "score": 600 - 50 * x,
        "prob_default": prob,
        "grade": names[grade],
        "grade_end": names[end],
        "segment": rng.integers(0, 4, n_rows),
        "period": 2015 + rng.integers(0, 8, n_rows),
    }


def loop(columns: dict[str, np.ndarray]) -> int:
    """Measure the whole and each group by scikit-learn; return how many groups there were."""
    groups = [np.ones(len(columns["is_bad"]), dtype=bool)]
    for name in ("grade", "segment", "period"):
        groups += [columns[name] == value for value in np.unique(columns[name])]
    for rows in groups:
        bad, prob = columns["is_bad"][rows], columns["prob_default"][rows]
        roc_auc_score(bad, prob)
        brier_score_loss(bad, prob)
        calibration_curve(bad, prob, n_bins=10, strategy="quantile")
    return len(groups)


def history(columns: dict[str, np.ndarray]) -> RatingHistory:
    """Return the grades as a history of two days for each customer."""
    n = len(columns["grade"])
    days = np.repeat(np.array(["2023-01-01", "2023-07-01"], dtype="datetime64[D]"), n)
    grades = np.concatenate([columns["grade"], columns["grade_end"]])
    customers = np.tile(np.arange(n), 2)
    return RatingHistory.from_events(customers, grades, days, labels=GRADES)


def lines(columns: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Time each piece of work, and scikit-learn beside it where it has it."""
    bad, score, prob = columns["is_bad"], columns["score"], columns["prob_default"]
    sample = ValidationSample(grades=GRADES, **columns)
    told = history(columns)
    grid, value = _grid(), np.exp(score / 50)
    work = (
        ("logistic calibration", _logistic(bad, score), _fit_line(bad, score)),
        ("isotonic calibration", _isotonic(bad, score), _fit_steps(bad, score)),
        ("beta calibration", lambda: beta_calibration(bad, prob, philosophy="point_in_time"), None),
        ("grades of a master scale", lambda: MasterScale.agency().grade(prob), None),
        ("grades found exactly", lambda: find_grades(bad, prob, n_grades=(5, 9)), None),
        ("rating history", lambda: history(columns), None),
        ("migration by duration", lambda: duration_migration(told.spells(), labels=GRADES), None),
        ("classes of a grid", lambda: grid.classify(value, prob, columns["grade"]), None),
        ("fairness of two groups", _fairness(columns), None),
        ("battery", lambda: validate_scores(sample, reference=sample), lambda: loop(columns)),
    )
    found = []
    for name, ours, theirs in work:
        taken, _ = seconds(ours)
        beside = np.nan if theirs is None else seconds(theirs)[0]
        found.append({"work": name, "seconds": taken, "scikit-learn": beside})
    return found


def _grid() -> CustomerGrid:
    bands = ("low", "medium", "high")
    value = Bands(labels=bands, bounds=(1e5, 3e5))
    potential = Bands(labels=bands, bounds=(0.02, 0.05))
    risk = RiskBands.from_scale(
        GradeScale(labels=GRADES, bounds=BOUNDS),
        last_low="A", last_medium="BB",
    )  # fmt: skip
    return CustomerGrid.standard(value=value, potential=potential, risk=risk)


def _logistic(bad: np.ndarray, score: np.ndarray) -> Any:
    return lambda: logistic_calibration(bad, score, philosophy="point_in_time")


def _isotonic(bad: np.ndarray, score: np.ndarray) -> Any:
    return lambda: isotonic_calibration(bad, score, philosophy="point_in_time", floor=0.0001)


def _fit_line(bad: np.ndarray, score: np.ndarray) -> Any:
    standard = ((score - score.mean()) / score.std()).reshape(-1, 1)
    return lambda: LogisticRegression(C=np.inf).fit(standard, bad)


def _fit_steps(bad: np.ndarray, score: np.ndarray) -> Any:
    return lambda: IsotonicRegression(increasing=False).fit(score, bad)


def _fairness(columns: dict[str, np.ndarray]) -> Any:
    group = np.where(columns["segment"] < 2, "a", "b")
    return lambda: fairness_table(
        columns["is_bad"], columns["prob_default"], group, approved=columns["prob_default"] < 0.05
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.validation", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    found = pd.DataFrame(lines(draw(options.rows, options.seed)))
    report_machine(PACKAGES)
    report(f"{options.rows:,} customers; seconds", "")
    report_table(found, {"seconds": "{:.2f}", "scikit-learn": "{:.2f}"})
    if options.json is not None:
        lines_ = found.astype(object).where(found.notna(), None).to_dict("records")
        content = {"machine": machine(), "versions": versions(PACKAGES), "lines": lines_}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
