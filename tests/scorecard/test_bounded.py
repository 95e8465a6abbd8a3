"""The estimate under bounds: against scipy, by the conditions of a maximum, and in the card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.linear_model import (
    Lasso,
    LogisticRegression,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.svm import LinearSVC

from creditscore import LogisticScorecard, Scorecard
from creditscore._newton import fit_logistic
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    CalibrationWarning,
    CoefficientSignWarning,
    CollinearityWarning,
    CreditScoreWarning,
    EmptyDataError,
    InvalidParameterError,
    SeparationWarning,
)
from creditscore.scorecard._bounded import fit_bounded


def draw(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(150, 800)), int(rng.integers(1, 7))
    features = rng.normal(size=(n, p)) @ rng.normal(size=(p, p))
    features /= features.std(axis=0)
    is_bad = rng.random(n) < expit(features @ rng.normal(scale=0.5, size=p) - 1)
    return features, is_bad, rng.integers(0, 5, size=n).astype(float) if seed % 2 else None


def reached(features: np.ndarray, is_bad: np.ndarray, weights: np.ndarray | None) -> object:
    share = np.ones(len(is_bad)) if weights is None else weights
    share = share / share.sum()
    design = np.column_stack([np.ones(len(is_bad)), features])
    signed = np.where(is_bad, 1.0, -1.0)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        slope = design.T @ (share * (is_bad - expit(design @ at)))
        return -float(share @ log_expit(signed * (design @ at))), -slope

    return loss


# --- reference: scipy, and Karush-Kuhn-Tucker ----------------------------------------


@pytest.mark.parametrize("kind", ["sign", "box", "one side", "point"])
@pytest.mark.parametrize("seed", range(25))
def test_the_bounded_maximum(seed: int, kind: str) -> None:
    features, is_bad, weights = draw(100 + seed)
    p = features.shape[1]
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.normal(scale=0.5, size=(2, p)), axis=0)
    lower = {"sign": np.full(p, -np.inf), "box": ends[0], "point": ends[0]}.get(kind, ends[0])
    upper = {"sign": np.zeros(p), "box": ends[1], "point": ends[0]}.get(kind, np.full(p, np.inf))
    start = np.append(0.0, -np.ones(p))
    fit = fit_bounded(features, is_bad, weights, lower=lower, upper=upper, start=start)
    theta = np.append(fit.free.intercept, fit.coefficients)
    assert ((lower <= fit.coefficients) & (fit.coefficients <= upper)).all()

    loss = reached(features, is_bad, weights)
    bounds = [(None, None), *zip(lower, upper, strict=True)]
    options = {"maxiter": 5_000, "ftol": 1e-15, "gtol": 1e-10}
    other = minimize(
        loss, np.append(0.0, np.clip(0, lower, upper)), jac=True, bounds=bounds,
        method="L-BFGS-B", options=options,
    )  # fmt: skip
    assert loss(theta)[0] <= other.fun + 1e-10
    np.testing.assert_allclose(theta, other.x, atol=1e-4)
    # no slope along what is free, none that leads inside at a bound
    downhill = loss(theta)[1]
    free = np.append(True, ~fit.at_bound)
    assert np.abs(downhill[free]).max() < 1e-9
    held, at = fit.at_bound, fit.coefficients
    assert (downhill[1:][held & (at == upper) & (at > lower)] <= 1e-8).all()
    assert (downhill[1:][held & (at == lower) & (at < upper)] >= -1e-8).all()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_wide_bounds_change_nothing(seed: int) -> None:
    features, is_bad, weights = draw(seed)
    p = features.shape[1]
    start = np.zeros(1 + p)
    wide = np.full(p, 1e6)
    bounded = fit_bounded(features, is_bad, weights, lower=-wide, upper=wide, start=start)
    free = fit_logistic(features, is_bad, weights, start=start)
    assert bounded.coefficients.tolist() == free.coefficients.tolist()
    assert not bounded.at_bound.any()
    assert bounded.free.covariance.tolist() == free.covariance.tolist()


def near_copies(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Columns of which some are others, or all but others, or constant."""
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(60, 400)), int(rng.integers(2, 7))
    features = rng.normal(size=(n, p)) * rng.uniform(0.1, 2, size=p)
    for column in range(1, p):
        if rng.random() < 0.6:
            noise = rng.choice([0.0, 1e-9, 1e-3, 1e-2, 0.1])
            features[:, column] = features[:, rng.integers(column)] + noise * rng.normal(size=n)
    if rng.random() < 0.1:
        features[:, 0] = 1.0
    is_bad = rng.random(n) < expit(features @ rng.normal(size=p) - 0.5)
    is_bad[:2] = [True, False]
    weights = rng.integers(1, 4, size=n).astype(float) if seed % 2 else None
    return features, is_bad, weights


@given(seed=st.integers(0, 100_000))
@settings(max_examples=60, deadline=None)
def test_the_bounded_maximum_of_near_copies(seed: int) -> None:
    features, is_bad, weights = near_copies(seed)
    p = features.shape[1]
    rng = np.random.default_rng(seed)
    lower = np.where(rng.random(p) < 0.5, -np.inf, -rng.exponential(size=p))
    upper = np.where(rng.random(p) < 0.4, np.inf, rng.choice([0, 1], p) * rng.exponential(size=p))
    start = np.append(0.0, -np.ones(p))
    fit = fit_bounded(features, is_bad, weights, lower=lower, upper=upper, start=start)
    assert ((lower <= fit.coefficients) & (fit.coefficients <= upper)).all()
    # what is free and what is held make up all of the columns
    np.testing.assert_array_equal(fit.free.coefficients, fit.coefficients[~fit.at_bound])
    assert fit.free.covariance.shape == (p + 1 - fit.at_bound.sum(),) * 2
    assert fit.free.converged

    loss = reached(features, is_bad, weights)
    other = minimize(
        loss, np.zeros(1 + p), jac=True, bounds=[(None, None), *zip(lower, upper, strict=True)],
        method="L-BFGS-B", options={"maxiter": 20_000, "ftol": 1e-15, "gtol": 1e-10},
    )  # fmt: skip
    found = loss(np.append(fit.free.intercept, fit.coefficients))[0]
    assert found <= other.fun + 1e-9
    total = float(len(is_bad) if weights is None else weights.sum())
    assert fit.free.log_likelihood == pytest.approx(-found * total)


# --- in the card ---------------------------------------------------------------------


def test_bounds_by_name_and_for_all(
    features: pd.DataFrame, applicants: pd.DataFrame, tmp_path: Path
) -> None:
    y = applicants["is_bad"]
    free = LogisticScorecard().fit(features, y)
    model = LogisticScorecard(coefficient_bounds={"housing": (-0.4, -0.2)}).fit(features, y)
    coefficients = dict(zip(model.scorecard_.names, model.coef_, strict=True))
    assert coefficients["housing"] == -0.4
    assert free.coef_[free.scorecard_.names.index("housing")] < -0.4
    summary = model.scorecard_.fit_summary
    assert summary is not None
    assert summary.at_bound == ("housing",)
    row = summary.table().set_index("characteristic").loc["housing"]
    assert row["coefficient"] == -0.4
    assert row[["std_error", "z", "p_value", "lower", "upper"]].isna().all()
    assert row["vif"] >= 1
    assert "At a bound, which errors take as given: housing" in str(summary)
    model.scorecard_.to_json(tmp_path / "card.json")
    assert Scorecard.from_json(tmp_path / "card.json") == model.scorecard_
    all_of_them = LogisticScorecard(coefficient_bounds=(-0.9, -0.3)).fit(features, y)
    assert ((all_of_them.coef_ >= -0.9) & (all_of_them.coef_ <= -0.3)).all()
    assert summary.log_likelihood < free.scorecard_.fit_summary.log_likelihood


def test_a_column_held_at_zero_is_not_in_the_card(
    features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    bounds = {"housing": (0.0, 1.0)}
    model = LogisticScorecard(coefficient_bounds=bounds).fit(features, applicants["is_bad"])
    assert "housing" not in model.scorecard_.names
    assert model.dropped_["housing"] == "coefficient 0, held there by its bound"
    fate = model.selection_.table().set_index("feature").loc["housing"]
    assert (fate["kept"], fate["stage"]) == (False, "fit")


def test_separation_within_bounds_has_an_end(
    features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    y = applicants["is_bad"]
    X = features.assign(leak=np.where(y == 1, "x", "y"))
    with pytest.warns(SeparationWarning, match="'leak'"):
        LogisticScorecard().fit(X, y)
    model = LogisticScorecard(coefficient_bounds={"leak": (-1.5, 0)}).fit(X, y)
    assert model.coef_[model.scorecard_.names.index("leak")] == -1.5


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"years": (-1, 0)}, "coefficient_bounds of LogisticScorecard .* Column 'years' is not"),
        ({"housing": (0, -1)}, r"'coefficient_bounds\['housing'\]' .* pair \(lower, upper\)"),
        (-1, "'coefficient_bounds' .* pair"),
        ((-1, np.nan), "'coefficient_bounds' .* pair"),
        (("a", "b"), "'coefficient_bounds' .* pair"),
        ((-2, -1, 0), "'coefficient_bounds' .* pair"),
    ],
)
def test_what_is_no_bound(
    features: pd.DataFrame, applicants: pd.DataFrame, bounds: object, message: str
) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        LogisticScorecard(coefficient_bounds=bounds).fit(features, applicants["is_bad"])


def test_signs_and_bounds_that_contradict(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    model = LogisticScorecard(coefficient_bounds=(0.1, 1), coefficient_sign="enforce")
    with pytest.raises(InvalidParameterError, match="above 0, and coefficient_sign='enforce'"):
        model.fit(features, applicants["is_bad"])


# --- with a penalty, by an estimator of scikit-learn ----------------------------------


def test_a_penalised_card_has_the_coefficients_of_its_estimator(
    features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    y = applicants["is_bad"]
    regression = LogisticRegression(C=0.05)
    model = LogisticScorecard(regression=regression).fit(features, y)
    names = list(model.scorecard_.names)
    woe = model.encoder_.transform(features)[names]
    other = LogisticRegression(C=0.05).fit(woe.to_numpy(), y)
    np.testing.assert_allclose(model.coef_, other.coef_[0], rtol=1e-12)
    expected = other.predict_proba(woe.to_numpy())
    np.testing.assert_allclose(model.predict_proba(features), expected, rtol=1e-10)
    assert model.scorecard_.fit_summary is None
    assert model.regression_.C == 0.05
    assert not hasattr(regression, "coef_")
    assert (np.abs(model.coef_) < np.abs(LogisticScorecard().fit(features, y).coef_)).all()


def test_weights_reach_the_estimator(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    y = applicants["is_bad"].to_numpy()
    weights = np.arange(len(y)) % 3 + 1
    model = LogisticScorecard(regression=LogisticRegression(C=0.1, tol=1e-10))
    weighted = model.fit(features, y, weights).coef_
    repeated = features.iloc[np.repeat(np.arange(len(y)), weights)]
    by_rows = model.fit(repeated, np.repeat(y, weights)).coef_
    np.testing.assert_allclose(weighted, by_rows, rtol=1e-5)


def test_columns_that_a_penalty_leaves_out(
    features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    y = applicants["is_bad"]
    regression = LogisticRegression(C=0.008, l1_ratio=1, solver="liblinear")
    if "l1_ratio" not in regression.get_params() or regression.get_params()["penalty"] == "l2":
        regression = LogisticRegression(C=0.008, penalty="l1", solver="liblinear")
    # this solver penalises the intercept too
    with pytest.warns(CalibrationWarning, match="in the mean, and 27"):
        model = LogisticScorecard(regression=regression).fit(features, y)
    gone = set(model.dropped_)
    assert gone
    assert set(model.dropped_.values()) == {"coefficient 0 by LogisticRegression"}
    assert not gone & set(model.scorecard_.names)
    regression.set_params(C=1e-6)
    with (
        pytest.warns(CalibrationWarning, match="50.0% in the mean"),
        pytest.raises(EmptyDataError, match="Loosen the bounds, the penalty or the selection"),
    ):
        model.fit(features, y)


def test_a_positive_coefficient_of_a_penalised_fit_is_warned_of() -> None:
    rng = np.random.default_rng(2)
    first = rng.normal(size=3_000)
    second = first + rng.normal(scale=0.5, size=3_000)
    is_bad = rng.random(3_000) < expit(2 * first - second - 1)
    X = pd.DataFrame({"first": first, "second": second})
    with pytest.warns(CoefficientSignWarning, match="'second' is positive"):
        LogisticScorecard(regression=LogisticRegression()).fit(X, is_bad)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"coefficient_sign": "enforce"}, "coefficient_sign='enforce' is for the estimate"),
        ({"coefficient_bounds": (-1, 0)}, "coefficient_bounds is for the estimate"),
        ({"weight_type": "sampling"}, "weight_type='sampling' is for the estimate"),
    ],
)
def test_what_an_estimator_of_others_cannot_keep(
    features: pd.DataFrame, applicants: pd.DataFrame, settings: dict, message: str
) -> None:
    model = LogisticScorecard(regression=LogisticRegression(), **settings)
    with pytest.raises(InvalidParameterError, match=message):
        model.fit(features, applicants["is_bad"])


def test_estimators_that_are_not_linear_are_refused(
    features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    y = applicants["is_bad"]
    with pytest.raises(InvalidParameterError, match="DecisionTreeClassifier does not"):
        LogisticScorecard(regression=DecisionTreeClassifier(max_depth=2)).fit(features, y)
    model = LogisticScorecard(regression=KNeighborsClassifier())
    with pytest.raises(InvalidParameterError, match="takes no sample_weight"):
        model.fit(features, y, np.ones(len(y)))


@pytest.mark.parametrize(
    "estimator", [Lasso(alpha=0.001), Ridge(), LinearSVC(), RidgeClassifier(), SGDClassifier()]
)
def test_estimators_that_are_not_in_log_odds_are_refused(
    features: pd.DataFrame, applicants: pd.DataFrame, estimator: object
) -> None:
    model = LogisticScorecard(regression=estimator)
    with pytest.raises(InvalidParameterError, match="must have probabilities"):
        model.fit(features, applicants["is_bad"])


@pytest.mark.parametrize("settings", [{"class_weight": "balanced"}, {"fit_intercept": False}])
def test_odds_that_are_off_are_said(
    features: pd.DataFrame, applicants: pd.DataFrame, settings: dict
) -> None:
    model = LogisticScorecard(regression=LogisticRegression(**settings))
    with pytest.warns(CalibrationWarning, match=r"LogisticRegression are \d+.\d% in the mean"):
        model.fit(features, applicants["is_bad"])


def test_bounds_that_force_a_wrong_sign_are_warned_of(
    features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    model = LogisticScorecard(coefficient_bounds={"housing": (0.1, 1)})
    with pytest.warns(CoefficientSignWarning, match="'housing' is positive"):
        model.fit(features, applicants["is_bad"])


# --- copies, of which a bound holds one ----------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((-0.6, -0.5), -0.5),
        ((None, -0.5), -0.5),
        ((-1.0, -0.9), -0.9),
        ((0.2, 0.3), 0.2),
        ((-0.1, 0.1), -0.1),
        ((-0.5, -0.5), -0.5),
    ],
)
def test_a_bound_on_one_of_two_copies(bounds: tuple[float | None, float], expected: float) -> None:
    german = load_german_credit()
    X, y = german[["checking_status", "duration_months", "age_years"]], german["is_bad"]
    alone = LogisticScorecard().fit(X, y)
    twins = X.assign(copy=X["duration_months"])
    with pytest.warns(CreditScoreWarning) as caught:
        model = LogisticScorecard(coefficient_bounds={"copy": bounds}).fit(twins, y)
    (said,) = [str(w.message) for w in caught if w.category is CollinearityWarning]
    assert said.startswith("Columns 'duration_months', 'copy' determine each other")
    assert "shared between them as the bounds allow" in said
    weight = dict(zip(model.scorecard_.names, model.coef_, strict=True))
    # the bound nearest to an equal share; the other column makes up for it
    assert weight["copy"] == expected
    of_both = dict(zip(alone.scorecard_.names, alone.coef_, strict=True))["duration_months"]
    assert weight["duration_months"] + expected == pytest.approx(of_both)
    summary, free = model.scorecard_.fit_summary, alone.scorecard_.fit_summary
    assert summary is not None
    assert free is not None
    assert summary.at_bound == ("copy",)
    assert summary.log_likelihood == pytest.approx(free.log_likelihood)


def test_a_copy_held_at_zero_leaves_nothing_to_warn_of() -> None:
    german = load_german_credit()
    X = german[["checking_status", "duration_months"]].assign(copy=german["duration_months"])
    model = LogisticScorecard(coefficient_bounds={"copy": (0, 1)}).fit(X, german["is_bad"])
    assert model.dropped_ == {"copy": "coefficient 0, held there by its bound"}
    alone = LogisticScorecard().fit(X.drop(columns="copy"), german["is_bad"])
    np.testing.assert_allclose(model.coef_, alone.coef_, rtol=1e-9)
