"""What checks found, in one form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from creditscore.organise._verify._tidy_facts import codes_of, numbers_of, sources_of, words_of

COLUMNS = [
    "customer", "record", "item", "true_from", "check", "severity", "value", "expected", "hint",
    "source", "observation",
]  # fmt: skip
SEVERITIES = ("error", "doubt", "note")
REPORT = ["customer", "record", "source", "source_name", "true_from"]
"""What one source tells of one day in one go: a statement, an invoice, a visit."""


def findings(check: Any, severity: Any, rows: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Return findings about rows of the table of facts; `columns` takes the place of their own."""
    if not len(rows):
        return nothing()
    facts = {
        "customer": words_of(rows["customer"]), "record": words_of(rows["record"]),
        "item": words_of(rows["item"]), "true_from": rows["true_from"], "check": check,
        "severity": severity, "value": None, "expected": "", "hint": "",
        "source": sources_of(rows), "observation": numbers_of(rows),
    }  # fmt: skip
    table = pd.DataFrame({**facts, **columns}, index=rows.index)
    kinds = {"value": object, "true_from": "datetime64[s]", "observation": np.int64}
    return table.astype(kinds)[COLUMNS]


def nothing() -> pd.DataFrame:
    """Return a table of findings without any."""
    return pd.DataFrame(columns=COLUMNS).astype(
        {"true_from": "datetime64[s]", "observation": np.int64}
    )


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return findings as one table."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else nothing()


def one_a_report(rows: pd.DataFrame, *more: str) -> tuple[pd.DataFrame, pd.Series]:
    """Return the first row of each report, and its item, empty where there are several items."""
    report = codes_of(rows, [*REPORT, *more])
    item = words_of(rows["item"])
    code = pd.Series(rows["item"].cat.codes.to_numpy()).groupby(report)
    several = (code.transform("min") != code.transform("max")).to_numpy()
    first = ~pd.Series(report).duplicated().to_numpy()
    return rows[first], item.where(~several, "")[first]
