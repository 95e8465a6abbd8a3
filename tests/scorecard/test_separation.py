"""Separation: the warning blames the columns that separate, and no others."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.special import expit

from creditscore import LogisticScorecard, WOEEncoder
from creditscore._newton import fit_logistic
from creditscore.exceptions import (
    CreditScoreWarning,
    NonConvergenceWarning,
    SeparationWarning,
    SmallSampleWarning,
)
from creditscore.scorecard._separation import MOST_TOGETHER, separates_alone, separating_sets


def portfolio(n: int = 3_000, p: int = 6, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Columns c0, c1, … that all tell something, and none of them everything."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 5, (n, p))
    is_bad = rng.random(n) < expit(0.5 * X.sum(axis=1) - p - 1)
    return pd.DataFrame(X, columns=[f"c{i}" for i in range(p)]), is_bad


def told(X: pd.DataFrame, is_bad: np.ndarray, **parameters: object) -> str:
    """Fit and return the one message that there is."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CreditScoreWarning)
        LogisticScorecard(**parameters).fit(X, is_bad)
    (warning,) = caught
    assert warning.category is SeparationWarning
    return str(warning.message)


# --- messages ------------------------------------------------------------------------


def test_the_guilty_column_alone_is_named() -> None:
    X, is_bad = portfolio()
    message = told(X.assign(written_off=np.where(is_bad, "yes", "no")), is_bad)
    assert message.startswith("Separation by 'written_off': ")
    assert not any(repr(name) in message for name in X)
    assert "the other 6 column(s) can be estimated" in message
    assert "known only after the outcome" in message


def test_all_that_separate_alone_are_named() -> None:
    X, is_bad = portfolio()
    rng = np.random.default_rng(1)
    flagged = is_bad & (rng.random(len(X)) < 0.4)
    # a flag that only bad cases have, and a code that leaves one value to both classes
    X = X.assign(bankrupt=np.where(flagged, "yes", "no"),
                 code=np.where(rng.random(len(X)) < 0.02, 1, 2 * is_bad))  # fmt: skip
    assert told(X, is_bad).startswith("Separation by 'bankrupt'; by 'code': ")


def test_columns_that_separate_together_are_named() -> None:
    X, _ = portfolio()
    rng = np.random.default_rng(2)
    X = X.assign(limit=rng.integers(0, 6, len(X)), drawn=rng.integers(0, 6, len(X)))
    is_bad = (X["limit"] + X["drawn"] > 5).to_numpy()
    assert told(X, is_bad, min_iv=0).startswith("Separation by 'limit', 'drawn' together: ")
    X = X.assign(leak=is_bad)
    assert told(X, is_bad, min_iv=0).startswith(
        "Separation by 'leak'; by 'limit', 'drawn' together: "
    )


def test_columns_of_the_fit_are_named_where_signs_are_enforced() -> None:
    X, is_bad = portfolio()
    rng = np.random.default_rng(3)
    # the first column gets the wrong sign beside the second, and leaves the places of the others
    echo = np.clip(X.sum(axis=1) // 4 + rng.integers(0, 2, len(X)), 0, 5)
    X = pd.concat([echo.rename("echo"), X], axis="columns")
    with pytest.warns(SeparationWarning, match=r"Separation by 'leak': "):
        LogisticScorecard(coefficient_sign="enforce").fit(X.assign(leak=is_bad), is_bad)


def test_rows_of_weight_0_have_no_say() -> None:
    X, is_bad = portfolio()
    leak = is_bad.copy()
    leak[:10] = ~leak[:10]
    weights = np.ones(len(X))
    weights[:10] = 0
    with pytest.warns(SeparationWarning, match="Separation by 'leak': "):
        LogisticScorecard().fit(X.assign(leak=leak), is_bad, weights)


def test_one_column_has_no_others() -> None:
    X, is_bad = portfolio()
    message = told(X[[]].assign(leak=is_bad), is_bad)
    assert message.startswith("Separation by 'leak': ")
    assert "the other" not in message


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.SingleBinWarning")
def test_many_columns_together_are_counted() -> None:
    # in so many directions, few cases can always be told apart: no column is to blame
    rng = np.random.default_rng(4)
    X = pd.DataFrame(rng.normal(size=(60, 40)).round(2)).add_prefix("c")
    is_bad = rng.random(60) < 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("error", NonConvergenceWarning)  # separation says why already
        with (
            pytest.warns(SmallSampleWarning, match="40 coefficients"),
            pytest.warns(SeparationWarning, match=r"by \d+ columns together: ") as caught,
        ):
            LogisticScorecard(encoder=WOEEncoder(max_n_bins=2), min_iv=0).fit(X, is_bad)
    (message,) = [str(one.message) for one in caught if one.category is SeparationWarning]
    assert len(message) < 1_000


def test_a_finite_estimate_blames_nobody() -> None:
    X, is_bad = portfolio()
    LogisticScorecard().fit(X, is_bad)  # warnings are errors


# --- reference: linear programming ---------------------------------------------------


def separated(features: np.ndarray, is_bad: np.ndarray) -> bool:
    """Tell whether some direction puts no case on the wrong side, and some on the right one.

    A. Albert and J. A. Anderson, "On the existence of maximum likelihood estimates in logistic
    regression models", Biometrika 71, 1984.
    """
    design = np.column_stack([np.ones(len(features)), features])
    sides = np.where(is_bad, 1.0, -1.0)[:, None] * design
    best = linprog(-sides.sum(axis=0), A_ub=-sides, b_ub=np.zeros(len(sides)), bounds=(-1, 1))
    return bool(-best.fun > 1e-7)


def found_sets(features: np.ndarray, is_bad: np.ndarray) -> list[list[int]]:
    start = np.zeros(1 + features.shape[1])
    fit = fit_logistic(features, is_bad, None, start=start)
    return separating_sets(fit, features, is_bad, None, start=start)


def without(features: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    return np.delete(features, columns, axis=1)


@pytest.mark.parametrize("seed", range(60))
def test_sets_separate_and_no_column_of_them_can_be_spared(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(20, 60)), int(rng.integers(2, 9))
    features = rng.integers(0, 4, (n, p)).astype(float)
    is_bad = rng.random(n) < expit(4 * (features[:, :2].sum(axis=1) - 3))
    if not separated(features, is_bad):
        assert not fit_logistic(features, is_bad, None, start=np.zeros(1 + p)).diverging.any()
        return
    sets = found_sets(features, is_bad)
    assert sets
    for columns in sets:
        assert separated(features[:, columns], is_bad)
        if len(columns) <= MOST_TOGETHER:
            for spared in columns:
                rest = [column for column in columns if column != spared]
                assert not separated(features[:, rest], is_bad)
    named = [column for columns in sets for column in columns]
    assert len(set(named)) == len(named)
    assert not separated(without(features, named), is_bad)
    # singles come first
    assert all(len(a) == 1 or len(b) > 1 for a, b in pairwise(sets))


@pytest.mark.parametrize("seed", range(200))
def test_one_column_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 3, 7).astype(float)
    is_bad = np.append(rng.random(5) < 0.5, [True, False])
    assert separates_alone(values, is_bad) == separated(values[:, None], is_bad)
