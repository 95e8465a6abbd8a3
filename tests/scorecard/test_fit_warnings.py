"""What is said of signs and of small samples: what is behind it, and what to do."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from creditscore import LogisticScorecard
from creditscore.exceptions import (
    CoefficientSignWarning,
    CollinearityWarning,
    CreditScoreWarning,
    SeparationWarning,
    SmallSampleWarning,
)
from creditscore.scorecard._fit_warnings import few_cases, warn_of_collinearity, warn_of_signs
from creditscore.scorecard.selection import Selection


def said_of_signs(X: pd.DataFrame, y: np.ndarray, **settings: object) -> str:
    with pytest.warns(CoefficientSignWarning) as caught:
        LogisticScorecard(**settings).fit(X, y)
    return str(caught[0].message)


@pytest.fixture(scope="module", name="ratio")
def ratio_in_disguise() -> tuple[pd.DataFrame, np.ndarray]:
    """Risk hangs on debt beside income; income alone seems to say the opposite."""
    rng = np.random.default_rng(4)
    n = 6_000
    income = rng.normal(size=n)
    debt = income + rng.normal(scale=0.5, size=n)
    is_bad = rng.random(n) < expit(1.8 * debt - 1.2 * income - 1)
    return pd.DataFrame({"debt": debt, "income": income, "age": rng.normal(size=n)}), is_bad


def test_a_coefficient_clearly_above_0_is_a_correction(
    ratio: tuple[pd.DataFrame, np.ndarray],
) -> None:
    X, y = ratio
    said = said_of_signs(X, y)
    found = re.search(r"'income' is clearly above 0 \(z (\d+\.\d)\)", said)
    assert found
    assert float(found[1]) > 5
    assert "hangs on a ratio or a difference of columns" in said
    assert "look at it with 'debt' (their WOE correlate by 0.8" in said
    assert said.endswith("Or set coefficient_sign='enforce'.")


def test_a_coefficient_near_0_says_what_others_say() -> None:
    rng = np.random.default_rng(6)
    n = 3_000
    first, other = rng.normal(size=(2, n))
    echo = first + rng.normal(scale=0.3, size=n)
    is_bad = rng.random(n) < expit(1.5 * first + 0.5 * other - 0.15 * echo - 1)
    X = pd.DataFrame({"first": first, "echo": echo, "other": other})
    said = said_of_signs(X, is_bad)
    assert re.search(
        r"'echo' cannot be told from 0 \(z [01]\.\d\): others .*, above all 'first' \(their WOE "
        r"correlate by 0\.9\d\); drop it\.",
        said,
    )


def test_one_coefficient_is_positive_and_two_are() -> None:
    features = np.random.default_rng(1).normal(size=(50, 3))
    with pytest.warns(CoefficientSignWarning, match=r"^The coefficient of 'a' is positive: "):
        warn_of_signs(np.array([0.1, -1.0, -1.0]), ["a", "b", "c"], features, None)
    with pytest.warns(CoefficientSignWarning, match=r"^The coefficients of 'a', 'c' are positive"):
        warn_of_signs(np.array([0.1, -1.0, 0.2]), ["a", "b", "c"], features, None)


def test_errors_that_hold_decide_under_sampling_weights(
    ratio: tuple[pd.DataFrame, np.ndarray],
) -> None:
    X, y = ratio
    X, y = X[:900], y[:900]
    weights = np.random.default_rng(0).choice([1.0, 60.0], size=900, p=[0.9, 0.1])
    with pytest.warns(CoefficientSignWarning, match="is positive") as caught:
        model = LogisticScorecard(weight_type="sampling").fit(X, y, weights)
    table = model.scorecard_.fit_summary.table().set_index("characteristic")
    z = table.loc["income", "z"]
    assert f"(z {z:.1f})" in str(caught[0].message)


def test_a_bound_and_a_penalty_have_no_z(ratio: tuple[pd.DataFrame, np.ndarray]) -> None:
    X, y = ratio
    said = said_of_signs(X, y, coefficient_bounds={"income": (0.1, 0.2)})
    assert "'income' stands at a bound that asks for it: let that be 0 or less." in said
    said = said_of_signs(X, y, regression=LogisticRegression())
    assert "'income' may say what others say already, above all 'debt'" in said
    assert said.endswith("Or fit by likelihood with coefficient_sign='enforce'.")


def test_many_wrong_signs_are_named_and_some_explained() -> None:
    features = np.random.default_rng(0).normal(size=(50, 9))
    names = [f"x{i}" for i in range(9)]
    with pytest.warns(CoefficientSignWarning) as caught:
        warn_of_signs(np.ones(9), names, features, None, z=np.full(9, 3.0))
    said = str(caught[0].message)
    assert all(repr(name) in said for name in names)
    assert said.count("is clearly above 0") == 4


def test_a_column_alone_in_the_card() -> None:
    with pytest.warns(CoefficientSignWarning, match="beside|stands alone") as caught:
        warn_of_signs(np.ones(1), ["x"], np.zeros((5, 1)), None)
    assert "'x' stands alone in the card: look at its bins." in str(caught[0].message)


# --- few cases ---------------------------------------------------------------------------


def small(n: int, p: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(3)
    features = rng.normal(size=(n, p))
    is_bad = rng.random(n) < expit(features.sum(axis=1) - 1)
    return pd.DataFrame(np.round(features, 1), columns=[f"x{i}" for i in range(p)]), is_bad


def test_nearly_as_many_coefficients_as_cases() -> None:
    X, is_bad = small(60, 5)
    with (
        warnings.catch_warnings(action="ignore", category=CoefficientSignWarning),
        pytest.warns(SmallSampleWarning) as caught,
    ):
        model = LogisticScorecard(min_iv=0).fit(X, is_bad)
    n = len(model.coef_)
    said = str(caught[0].message)
    assert said.startswith(
        f"{n} coefficients are estimated from {is_bad.sum()} bad cases, fewer than 5 for each"
    )
    assert "fewer columns: a Selection with a search" in said
    summary = model.scorecard_.fit_summary
    assert "standard errors and p-values mean little" in summary.caveat
    assert "mean little" in summary._repr_html_()


def test_a_fit_that_has_no_end_for_want_of_cases() -> None:
    X, is_bad = small(24, 8)
    with (
        pytest.warns(SeparationWarning, match="together"),
        pytest.warns(SmallSampleWarning, match="8 coefficients are estimated from"),
    ):
        LogisticScorecard(min_iv=0).fit(X, is_bad)


def test_enough_cases_are_not_warned_of() -> None:
    X, is_bad = small(400, 2)
    model = LogisticScorecard(min_iv=0).fit(X, is_bad)
    assert "mean little" not in model.scorecard_.fit_summary.caveat


@pytest.mark.parametrize(
    ("n", "good", "bad", "said"),
    [
        (4, 1_000.0, 19.0, "4 coefficients are estimated from 19 bad cases"),
        (4, 1_000.0, 20.0, ""),
        (1, 4.0, 900.0, "1 coefficient is estimated from 4 good cases"),
        (0, 4.0, 3.0, ""),
    ],
)
def test_the_rarer_class_counts(n: int, good: float, bad: float, said: str) -> None:
    found = few_cases(n, good, bad)
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_sampling_weights_count_as_effective_cases() -> None:
    X, is_bad = small(60, 5)
    with (
        warnings.catch_warnings(action="ignore", category=CoefficientSignWarning),
        pytest.warns(SmallSampleWarning, match="cases, fewer than 5 for each"),
    ):
        LogisticScorecard(min_iv=0, weight_type="sampling").fit(X, is_bad, np.full(60, 1_000.0))
    with warnings.catch_warnings(action="ignore", category=CoefficientSignWarning):
        # frequencies are rows
        LogisticScorecard(min_iv=0).fit(X, is_bad, np.full(60, 1_000.0))


def test_columns_that_nearly_determine_each_other_are_named() -> None:
    rng = np.random.default_rng(0)
    x = np.repeat(np.arange(20.0), 150)
    X = pd.DataFrame({"a": x, "b": x, "c": rng.normal(size=len(x))})
    few = rng.choice(len(x), 20, replace=False)
    X.loc[few, "b"] = rng.permutation(X.loc[few, "b"])
    y = rng.random(len(x)) < 1 / (1 + np.exp(2 - x / 10 - X["c"] / 2))
    with pytest.warns(CreditScoreWarning) as caught:
        model = LogisticScorecard().fit(X, y)
    (message,) = [str(w.message) for w in caught if w.category is CollinearityWarning]
    vif = model.scorecard_.fit_summary.table().set_index("characteristic")["vif"]
    assert vif["a"] > 100 > vif["c"]
    assert message.startswith("Columns 'a', 'b' nearly determine each other: ")
    assert f"is {max(vif['a'], vif['b']):,.0f} times" in message
    helped = LogisticScorecard(selection=Selection(max_vif=100)).fit(X, y)
    assert set(helped.scorecard_.names) in ({"a", "c"}, {"b", "c"})


@pytest.mark.parametrize(
    ("vif", "said"),
    [(1e18, "determine each other, so"), (500.0, "nearly determine each other: ")],
)
def test_of_many_columns_that_determine_each_other_some_are_named(vif: float, said: str) -> None:
    names = [f"x{i}" for i in range(9)]
    with pytest.warns(CollinearityWarning) as caught:
        warn_of_collinearity(np.full(9, vif), names, bounded=False)
    (message,) = [str(w.message) for w in caught]
    assert message.startswith(f"Columns 'x0', 'x1', 'x2', 'x3', 'x4', … {said}")
    assert "'x8'" not in message
