"""One applicant at a time: a compiled card, a table of one row, and optbinning's card.

Run from the repository root::

    python -m tests.bench.single

The card has eleven characteristics of German credit. Each time is the best of some repeats over
all applicants, divided by their number; tables of one row are made beforehand. optbinning bins
the same columns and scores with a logistic regression of scikit-learn. Everyday values that are
no plain ones come last, each in all rows: scalars of numpy, a Decimal, a level that the sample did
not hold, and a missing value where it held none; the last two are warned of.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from creditscore import LogisticScorecard, Scorecard
from creditscore.datasets import load_german_credit
from tests.bench.report import machine, report, report_machine, report_table, versions

PACKAGES = ("creditscore", "optbinning", "numpy", "pandas", "scikit-learn")
COLUMNS = [
    *("checking_status", "duration_months", "credit_history", "purpose", "credit_amount"),
    *("savings_status", "employment_since", "property", "age_years", "housing"),
    "other_installment_plans",
]


def card_and_rows() -> tuple[Scorecard, pd.DataFrame, pd.Series]:
    """Return a card of eleven characteristics, the applicants and who went bad."""
    german = load_german_credit()
    X, y = german[COLUMNS], german["is_bad"]
    return LogisticScorecard(min_iv=0).fit(X, y).scorecard_, X, y


def microseconds(call: Callable[[Any], Any], inputs: Sequence[Any], repeat: int) -> float:
    """Return the time of a call: the best mean over the inputs."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.perf_counter()
        for one in inputs:
            call(one)
        best = min(best, time.perf_counter() - begin)
    return 1e6 * best / len(inputs)


def everyday_rows(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the applicants with a value or two that is no plain number or text."""
    amounts = [row["credit_amount"] for row in rows]
    return {
        "np.float64 and np.int64": [
            row | {"credit_amount": np.float64(amount), "age_years": np.int64(row["age_years"])}
            for row, amount in zip(rows, amounts, strict=True)
        ],
        "Decimal": [
            row | {"credit_amount": Decimal(str(amount))}
            for row, amount in zip(rows, amounts, strict=True)
        ],
        "an unseen level": [row | {"checking_status": "unseen"} for row in rows],
        "a missing level": [row | {"checking_status": None} for row in rows],
        "a missing amount": [row | {"credit_amount": None} for row in rows],
    }


def optbinning_score(X: pd.DataFrame, y: pd.Series) -> Callable[[pd.DataFrame], Any]:
    """Return the score of optbinning's card on the same columns."""
    from optbinning import BinningProcess, Scorecard

    levels = X.select_dtypes(exclude="number").columns.tolist()
    plain = X.astype(dict.fromkeys(levels, object))
    process = BinningProcess(plain.columns.tolist(), categorical_variables=levels)
    card = Scorecard(process, LogisticRegression(), scaling_method="min_max",
                     scaling_method_params={"min": 300, "max": 850})  # fmt: skip
    with warnings.catch_warnings(action="ignore"):
        card.fit(plain, y)
    score: Callable[[pd.DataFrame], Any] = card.score
    return score


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.single", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args(arguments)
    report_machine(PACKAGES)
    card, X, y = card_and_rows()
    applicants, tables = X.to_dict("records"), [X.iloc[[i]] for i in range(50)]
    figures = {
        "compiled": microseconds(card.compile(), applicants, options.repeat),
        "compiled, 4 reasons": microseconds(card.compile(n_reasons=4), applicants, options.repeat),
        "a table of one row": microseconds(card.score, tables, 3),
    }
    decide = card.compile(n_reasons=4)
    with warnings.catch_warnings(action="ignore"):
        for what, rows in everyday_rows(applicants).items():
            figures[f"4 reasons, {what}"] = microseconds(decide, rows, options.repeat)
    if find_spec("optbinning") is not None:
        levels = X.select_dtypes(exclude="number").columns
        plain = [table.astype(dict.fromkeys(levels, object)) for table in tables]
        with warnings.catch_warnings(action="ignore"):
            figures["optbinning"] = microseconds(optbinning_score(X, y), plain, 3)
    else:
        report("optbinning is not installed: pip install optbinning")
    table = pd.DataFrame({"way": list(figures), "microseconds": list(figures.values())})
    report_table(table, {"microseconds": "{:,.1f}"})
    if options.json:
        written = {"machine": machine(), "versions": versions(PACKAGES), "microseconds": figures}
        options.json.write_text(json.dumps(written, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
