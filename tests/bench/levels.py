"""Seeded customers with categorical columns, and who turned bad."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import expit

from creditscore._typing import Bool1D, Int1D
from tests.bench.applicants import BAD_RATE

LevelKind: TypeAlias = Literal["text", "category"]
_MISSING_EVERY = 5
_MISSING_SHARE = 0.05


def make_levels(
    n_rows: int, n_columns: int, *, n_levels: int, kind: LevelKind, seed: int
) -> tuple[pd.DataFrame, Bool1D]:
    """Draw a table of categorical columns and its target.

    Parameters
    ----------
    n_rows, n_columns : int
        Size of the table.
    n_levels : int
        Levels of a column, from common to rare: the most common is some 15 times as frequent as
        the rarest.
    kind : {"text", "category"}
        How pandas holds the columns.
    seed : int
        The same seed gives the same table, of either kind.

    Returns
    -------
    X : DataFrame of shape (n_rows, n_columns)
        Each level moves the log-odds of bad by a normal draw, less in later columns; every fifth
        column lacks 5 % of its values.
    is_bad : ndarray of bool, shape (n_rows,)
        About 15 % true.
    """
    rng = np.random.default_rng(seed)
    names = [f"level {i:03}" for i in range(n_levels)]
    shares = 1 / (np.arange(n_levels) + n_levels / 15)
    log_odds = np.zeros(n_rows)
    columns: dict[str, pd.Series[Any]] = {}
    for i in range(n_columns):
        codes = rng.choice(n_levels, size=n_rows, p=shares / shares.sum())
        # of the column's number alone: tables of any seed are customers of one world
        effects = np.random.default_rng(i).normal(0, 0.5 / (1 + i / 3), n_levels)
        log_odds += effects[codes]
        if i % _MISSING_EVERY == _MISSING_EVERY - 1:
            codes[rng.uniform(size=n_rows) < _MISSING_SHARE] = -1
        columns[f"{i + 1:02} of {n_levels} levels"] = _held(codes, names, kind)
    log_odds += np.log(BAD_RATE / (1 - BAD_RATE)) - log_odds.mean()
    is_bad: Bool1D = rng.uniform(size=n_rows) < expit(log_odds)
    return pd.DataFrame(columns), is_bad


def _held(codes: Int1D, names: list[str], kind: LevelKind) -> pd.Series[Any]:
    if kind == "category":
        return pd.Series(pd.Categorical.from_codes(codes, categories=names))
    return pd.Series(np.array([*names, None], dtype=object)[codes])
