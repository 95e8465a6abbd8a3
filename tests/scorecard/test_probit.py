"""ProbitClassifier against statsmodels and R's figures, its laws, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.exceptions import NotFittedError

from creditscore import WOEEncoder
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    NonConvergenceWarning,
    SeparationWarning,
)
from creditscore.scorecard import ProbitClassifier


def sample(seed: int = 0, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 3)) * [1, 10, 0.1] + [0, 50, -3]
    latent = 0.6 * X[:, 0] - 0.05 * (X[:, 1] - 50) + 2 * (X[:, 2] + 3) - 0.4
    return X, (latent + random.normal(size=n) > 0).astype(int)


# --- reference: another implementation of statsmodels ----------------------------------


def test_the_probit_of_discrete_choice_models() -> None:
    # Probit of statsmodels maximises the same likelihood by Newton's method
    from statsmodels.discrete.discrete_model import Probit
    from statsmodels.tools import add_constant

    X, y = sample()
    expected = Probit(y, add_constant(X)).fit(disp=0, tol=1e-12)
    model = ProbitClassifier().fit(X, y)
    found = [model.intercept_, *model.coef_]
    assert found == pytest.approx(expected.params.tolist(), rel=1e-6)
    assert model.log_likelihood_ == pytest.approx(expected.llf, rel=1e-10)
    probabilities = expected.predict(add_constant(X))
    assert model.predict_proba(X)[:, 1] == pytest.approx(probabilities, rel=1e-6)
    # expected and observed information differ by a little
    errors = [model.intercept_error_, *model.standard_errors_]
    assert errors == pytest.approx(expected.bse.tolist(), rel=0.05)


def test_one_column_of_two_values_has_a_closed_form() -> None:
    # 30 of 100 and 60 of 100: the quantiles of both rates
    X = np.repeat([0.0, 1.0], 100)[:, None]
    y = np.r_[np.ones(30), np.zeros(70), np.ones(60), np.zeros(40)]
    model = ProbitClassifier().fit(X, y)
    assert model.intercept_ == pytest.approx(norm.ppf(0.3), abs=1e-6)
    assert model.coef_[0] == pytest.approx(norm.ppf(0.6) - norm.ppf(0.3), abs=1e-6)


def test_on_weights_of_evidence_of_real_credits(german: pd.DataFrame) -> None:
    X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    woe = WOEEncoder().fit_transform(X, y)
    model = ProbitClassifier().fit(woe, y)
    assert (model.coef_ < 0).all()
    assert model.predict_proba(woe)[:, 1].mean() == pytest.approx(y.mean(), abs=0.002)
    assert model.feature_names_in_.tolist() == list(X.columns)


# --- laws --------------------------------------------------------------------------------


@settings(max_examples=15)
@given(seed=st.integers(0, 1_000), unit=st.sampled_from([1e-4, 0.1, 30.0, 1e5]),
       shift=st.floats(-100, 100))  # fmt: skip
def test_units_do_not_matter(seed: int, unit: float, shift: float) -> None:
    X, y = sample(seed, 200)
    model, moved = ProbitClassifier().fit(X, y), ProbitClassifier().fit(X * unit + shift, y)
    assert moved.decision_function(X * unit + shift) == pytest.approx(
        model.decision_function(X), abs=1e-6
    )
    assert moved.coef_ * unit == pytest.approx(model.coef_, rel=1e-5, abs=1e-8)
    assert moved.standard_errors_ * unit == pytest.approx(model.standard_errors_, rel=1e-5)


@settings(max_examples=15)
@given(seed=st.integers(0, 1_000))
def test_weights_are_frequencies(seed: int) -> None:
    X, y = sample(seed, 200)
    weights = np.random.default_rng(seed).integers(0, 4, len(y))
    weighted = ProbitClassifier().fit(X, y, weights)
    repeated = ProbitClassifier().fit(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    assert weighted.coef_ == pytest.approx(repeated.coef_, rel=1e-7)
    assert weighted.standard_errors_ == pytest.approx(repeated.standard_errors_, rel=1e-7)


def test_labels_of_any_kind() -> None:
    X, y = sample()
    model = ProbitClassifier().fit(X, y)
    named = ProbitClassifier().fit(X, np.where(y == 1, "b", "a"))
    assert named.coef_.tolist() == model.coef_.tolist()
    assert named.classes_.tolist() == ["a", "b"]
    assert (named.predict(X) == np.where(model.decision_function(X) > 0, "b", "a")).all()
    assert model.predict_proba(X).sum(axis=1) == pytest.approx(np.ones(len(y)))


def test_columns_that_determine_each_other_share_their_weight() -> None:
    X, y = sample()
    model = ProbitClassifier().fit(X[:, :1], y)
    twice = ProbitClassifier().fit(X[:, [0, 0]], y)
    assert twice.coef_ == pytest.approx([model.coef_[0] / 2] * 2, rel=1e-6)


def test_a_constant_column_does_no_harm() -> None:
    X, y = sample()
    model = ProbitClassifier().fit(X, y)
    beside = ProbitClassifier().fit(np.column_stack([X, np.full(len(y), 7.0)]), y)
    assert beside.predict_proba(
        np.column_stack([X, np.full(len(y), 7.0)])
    ) == pytest.approx(model.predict_proba(X), abs=1e-7)  # fmt: skip


# --- edges and errors --------------------------------------------------------------------


def test_separation_is_said() -> None:
    X, _ = sample()
    with pytest.warns(SeparationWarning, match="tell the classes apart without error"):
        ProbitClassifier().fit(X, (X[:, 0] > 0).astype(int))


def test_a_search_that_is_cut_short_is_said() -> None:
    X, y = sample()
    with pytest.warns(NonConvergenceWarning, match="did not come to rest in 1 steps"):
        ProbitClassifier(max_iter=1).fit(X, y)


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        ([[1.0], [np.nan]], [0, 1], InvalidDataError, "NaN"),
        ([[1.0], [np.inf]], [0, 1], InvalidDataError, "infinity"),
        ([[1.0], [2.0]], [1, 1], InvalidTargetError, "one class only, 1"),
        ([[1.0], [2.0], [3.0]], [0, 1, 2], InvalidTargetError, "it has 3 labels"),
        ([[1.0], [2.0]], [0.1, 0.7], InvalidDataError, "Unknown label type"),
        ([[1.0], [2.0]], None, InvalidTargetError, "requires y"),
        (np.empty((0, 1)), [], InvalidDataError, "0 sample"),
    ],
)
def test_data_that_are_refused(X: Any, y: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ProbitClassifier().fit(X, y)


def test_weights_and_parameters_that_are_refused() -> None:
    X, y = sample()
    with pytest.raises(InvalidWeightError, match="must not be negative"):
        ProbitClassifier().fit(X, y, -np.ones(len(y)))
    with pytest.raises(InvalidTargetError, match="one class only"):
        ProbitClassifier().fit(X, y, y)
    with pytest.raises(InvalidParameterError, match=r"'max_iter'.*1 or more"):
        ProbitClassifier(max_iter=0).fit(X, y)


def test_before_the_fit_and_with_other_columns() -> None:
    X, y = sample()
    with pytest.raises(NotFittedError, match="not fitted"):
        ProbitClassifier().predict(X)
    with pytest.raises(InvalidDataError, match="expecting 3 features"):
        ProbitClassifier().fit(X, y).predict(X[:, :2])
