"""Data and helpers of the binning tests: real applicants, made-up ones, one-column fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.binning import BinTable, WOEEncoder
from creditscore.datasets import load_german_credit

N_ROWS = 600


@pytest.fixture(scope="session")
def german() -> pd.DataFrame:
    return load_german_credit()


@pytest.fixture(scope="session")
def applicants() -> pd.DataFrame:
    """Seeded applicants with a column of each plain kind, missing values included."""
    rng = np.random.default_rng(20)
    risk = rng.normal(size=N_ROWS)
    income = np.round(3_000 * np.exp(0.4 * rng.normal(size=N_ROWS) - 0.3 * risk), 2)
    income[rng.random(N_ROWS) < 0.08] = np.nan
    housing = np.where(risk + rng.normal(size=N_ROWS) > 0.5, "rent", "own").astype(object)
    housing[rng.random(N_ROWS) < 0.15] = "free"
    housing[rng.random(N_ROWS) < 0.05] = None
    return pd.DataFrame(
        {
            "income": income,
            "n_loans": rng.poisson(1.5, size=N_ROWS) + (risk > 1),
            "housing": housing,
            "has_phone": rng.random(N_ROWS) < 0.6 - 0.1 * risk,
        },
        index=[f"A{i:04}" for i in rng.permutation(N_ROWS)],
    )


@pytest.fixture(scope="session")
def is_bad(applicants: pd.DataFrame) -> np.ndarray:
    """Outcomes of the applicants, who default the more the lower the income."""
    rng = np.random.default_rng(21)
    income = applicants["income"].fillna(2_000).to_numpy()
    return (rng.random(N_ROWS) < 0.1 + 0.5 * (income < 2_800)).astype(int)


BinOne = Callable[..., BinTable]


@pytest.fixture(scope="session")
def bin_one() -> BinOne:
    """Return a function that bins one column, called ``v``."""

    def fit(values: Any, y: Sequence[Any], weights: Any = None, **params: Any) -> BinTable:
        X = pd.DataFrame({"v": values})
        return WOEEncoder(**params).fit(X, np.asarray(y), weights).tables_["v"]

    return fit
