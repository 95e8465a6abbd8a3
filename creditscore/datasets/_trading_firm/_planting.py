"""The record of planted errors: table, key, column, kind, value and true value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D, Float1D
from creditscore.datasets._enterprises._draws import Int1D, Text1D

SHARES: Mapping[str, float] = MappingProxyType(
    {
        "wrong unit": 0.015,
        "unbalanced": 0.015,
        "sign error": 0.015,
        "outlier": 0.015,
        "missing item": 0.06,
        "digit transposition": 0.04,
        "duplicate customer": 0.05,
        "unverified value": 0.08,
        "date order": 0.005,
        "wrong currency": 0.005,
        "negative amount": 0.004,
        "duplicate invoice": 0.006,
        "future date": 0.004,
        "orphan payment": 0.005,
        "missing file": 0.07,
        "stale file": 0.12,
        "self-declared only": 0.06,
        "conflict": 0.12,
        "rater severity": 0.0,
        "one-sided overrides": 0.0,
        "unauthorised read": 0.012,
    }
)
"""Kinds of planted errors, and the share of the rows concerned; 0 where persons are named."""


@dataclass
class Planted:
    """Collects what is planted, table by table.

    Parameters
    ----------
    parts : list of pandas.DataFrame
        What has been planted so far.
    """

    parts: list[pd.DataFrame] = field(default_factory=list)

    def note(
        self,
        table: str,
        kind: str,
        column: str,
        *,
        key: Any,
        value: Any,
        true_value: Any,
        detail: Any = "",
    ) -> None:
        """Write down some errors of one kind; values become text as a CSV file has them."""
        n = len(key)
        columns = {
            "table": table,
            "key": key,
            "column": column,
            "kind": kind,
            "value": as_text(value, n),
            "true_value": as_text(true_value, n),
            "detail": detail,
        }
        self.parts.append(pd.DataFrame(columns, index=range(n)))

    def table(self) -> pd.DataFrame:
        """Return all of it; empty texts are missing."""
        frame = pd.concat(self.parts, ignore_index=True)
        return frame.astype(object).where(frame != "", np.nan).infer_objects()


def choose(share: float, eligible: Bool1D, rng: Generator, weight: Float1D | None = None) -> Int1D:
    """Choose that share of all rows, at least one, among the eligible ones, without a repeat.

    With weights, a row of twice the weight is chosen about twice as often.
    """
    rows = np.flatnonzero(eligible)
    n = min(max(1, round(share * len(eligible))), len(rows))
    # The n first of waiting times whose rates are the weights (Efraimidis and Spirakis).
    waits = -np.log1p(-rng.random(len(eligible)))
    if weight is not None:
        waits = waits / weight
    chosen: Int1D = np.sort(rows[np.argsort(waits[rows], kind="stable")[:n]])
    return chosen


def as_text(values: Any, n: int) -> Text1D:
    """Return values as a CSV file has them: whole numbers without a point, days as days."""
    if isinstance(values, str):
        return np.full(n, values, dtype=object)
    return np.array([_text(value) for value in values], dtype=object)


def _text(value: Any) -> str:
    if isinstance(value, pd.Timestamp | np.datetime64):
        return "" if pd.isna(value) else pd.Timestamp(value).strftime("%Y-%m-%d")
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else str(int(value)) if value % 1 == 0 else repr(float(value))
    return str(value)
