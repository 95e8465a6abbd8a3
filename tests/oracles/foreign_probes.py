"""Rows that try a card out: values at, below and above each cut, missing, special, unseen.

Used by the tests, and by the scripts that wrote the fixtures in environments of other libraries,
so it needs numpy and pandas only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd


def around(cuts: Sequence[float]) -> list[float]:
    """Return each cut and its neighbours among the floats."""
    return [
        float(value)
        for cut in cuts
        for value in (np.nextafter(cut, -np.inf), cut, np.nextafter(cut, np.inf))
    ]


def probe_rows(X: pd.DataFrame, values: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return a row for each value of each column, the other columns as in some row of X."""
    parts = []
    for name, listed in values.items():
        part = X.iloc[np.arange(len(listed)) % len(X)].copy()
        part[name] = pd.Series(list(listed), dtype=X[name].dtype).to_numpy()
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def to_lists(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return columns as JSON holds them, missing values as null."""
    return {
        str(name): [None if pd.isna(value) else value for value in frame[name].tolist()]
        for name in frame.columns
    }


def from_lists(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Read back what :func:`to_lists` wrote; numbers as floats."""
    frame = {}
    for name, values in columns.items():
        text = any(isinstance(value, str) for value in values)
        frame[name] = pd.Series(list(values), dtype=object if text else np.float64)
    return pd.DataFrame(frame)
