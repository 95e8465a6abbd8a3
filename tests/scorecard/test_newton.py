"""The estimate against independent implementations: statsmodels, scikit-learn, scipy."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from statsmodels.stats.outliers_influence import variance_inflation_factor

from creditscore import LogisticScorecard, Scorecard, WOEEncoder
from creditscore._newton import LogisticFit, fit_logistic


def draw(seed: int, *, weighted: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Correlated features, outcomes and, on request, weights that are whole numbers."""
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(150, 800)), int(rng.integers(1, 7))
    features = rng.normal(size=(n, p)) @ rng.normal(size=(p, p))
    features /= features.std(axis=0)
    is_bad = rng.random(n) < expit(features @ rng.normal(scale=0.5, size=p) - 1)
    weights = rng.integers(0, 5, size=n).astype(float) if weighted else None
    return features, is_bad, weights


def newton(features: np.ndarray, is_bad: np.ndarray, weights: np.ndarray | None) -> LogisticFit:
    return fit_logistic(features, is_bad, weights, start=np.zeros(1 + features.shape[1]))


def estimate(fit: LogisticFit) -> np.ndarray:
    return np.append(fit.intercept, fit.coefficients)


# --- reference: statsmodels ----------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("weighted", [False, True])
def test_against_statsmodels(seed: int, weighted: bool) -> None:
    features, is_bad, weights = draw(seed, weighted=weighted)
    design = sm.add_constant(features)
    if weights is None:
        other = sm.Logit(is_bad, design).fit(
            method="newton", tol=1e-12, warn_convergence=False, disp=0
        )
    else:
        family = sm.families.Binomial()
        other = sm.GLM(is_bad.astype(float), design, family=family, freq_weights=weights)
        other = other.fit(tol=1e-14, maxiter=100)
    fit = newton(features, is_bad, weights)
    np.testing.assert_allclose(estimate(fit), other.params, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(fit.covariance, other.cov_params(), rtol=1e-8, atol=1e-12)
    assert fit.log_likelihood == pytest.approx(other.llf, rel=1e-10)
    assert not fit.diverging.any()


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.SingleBinWarning")
@pytest.mark.parametrize("weighted", [False, True])
def test_summary_of_german_credit_against_statsmodels(german: pd.DataFrame, weighted: bool) -> None:
    X, y = german.drop(columns="is_bad"), german["is_bad"]
    weights = np.arange(len(y)) % 3 + 1.0 if weighted else None
    model = LogisticScorecard(coefficient_sign="enforce").fit(X, y, weights)
    summary = model.scorecard_.fit_summary
    woe = model.encoder_.transform(X)[list(summary.names)].to_numpy()
    family = sm.families.Binomial()
    other = sm.GLM(y, sm.add_constant(woe), family=family, freq_weights=weights)
    other = other.fit(tol=1e-14, maxiter=100)
    table = summary.table()
    np.testing.assert_allclose(table["coefficient"], other.params, rtol=1e-8)
    np.testing.assert_allclose(table["std_error"], other.bse, rtol=1e-8)
    np.testing.assert_allclose(table["z"], other.tvalues, rtol=1e-8)
    np.testing.assert_allclose(table["p_value"], other.pvalues, rtol=1e-6, atol=1e-300)
    np.testing.assert_allclose(table[["lower", "upper"]], other.conf_int(), rtol=1e-8)
    assert summary.log_likelihood == pytest.approx(other.llf, rel=1e-10)
    assert summary.aic == pytest.approx(other.aic, rel=1e-10)
    assert summary.bic == pytest.approx(other.bic_llf, rel=1e-10)
    total = len(y) if weights is None else weights.sum()
    assert summary.n_good + summary.n_bad == total


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("weight_type", [None, "frequency", "sampling"])
def test_robust_covariance_against_statsmodels(seed: int, weight_type: str | None) -> None:
    features, is_bad, weights = draw(seed, weighted=weight_type is not None)
    design, y = sm.add_constant(features), is_bad.astype(float)
    if weight_type == "sampling":
        weights = weights * 2.5
        held = weights > 0
        family = sm.families.Binomial()
        other = sm.GLM(y[held], design[held], family=family, var_weights=weights[held])
        other = other.fit(tol=1e-14, maxiter=100, cov_type="HC0")
    else:
        # a frequency of 3 is three rows
        times = np.ones(len(y), dtype=int) if weights is None else weights.astype(int)
        other = sm.Logit(np.repeat(y, times), np.repeat(design, times, axis=0))
        other = other.fit(
            method="newton", tol=1e-12, warn_convergence=False, disp=0, cov_type="HC0"
        )
    fit = fit_logistic(
        features,
        is_bad,
        weights,
        start=np.zeros(design.shape[1]),
        sampling=weight_type == "sampling",
    )
    np.testing.assert_allclose(estimate(fit), other.params, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(fit.robust_covariance, other.cov_params(), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_inflation_and_the_fit_without_columns_against_statsmodels(seed: int) -> None:
    features, is_bad, _ = draw(seed)
    design = sm.add_constant(features)
    other = sm.Logit(is_bad, design).fit(method="newton", tol=1e-12, warn_convergence=False, disp=0)
    fit = newton(features, is_bad, None)
    assert fit.null_log_likelihood == pytest.approx(other.llnull, rel=1e-10)
    expected = [variance_inflation_factor(design, i + 1) for i in range(features.shape[1])]
    np.testing.assert_allclose(fit.vif, expected, rtol=1e-8)


def test_robust_errors_of_the_card_follow_the_weights(german: pd.DataFrame) -> None:
    X, y = german[["duration_months", "age_years"]], german["is_bad"]
    weights = np.arange(len(y)) % 4 + 1.0
    bins = WOEEncoder()
    of_rows = LogisticScorecard(encoder=bins).fit(X, y, weights).scorecard_.fit_summary
    model = LogisticScorecard(encoder=bins, weight_type="sampling").fit(X, y, weights)
    sampled = model.scorecard_.fit_summary
    assert sampled.coefficients == of_rows.coefficients
    woe = sm.add_constant(model.encoder_.transform(X)[list(sampled.names)].to_numpy())
    family = sm.families.Binomial()
    other = sm.GLM(y, woe, family=family, var_weights=weights)
    other = other.fit(tol=1e-14, maxiter=100, cov_type="HC0")
    np.testing.assert_allclose(sampled.table()["std_error"], other.bse, rtol=1e-8)
    assert (sampled.table()["std_error"] > of_rows.table(errors="robust")["std_error"]).all()
    # ten times the weight is ten times the rows, or the same sample of a larger population
    ten = [
        LogisticScorecard(encoder=bins, weight_type=kind)
        .fit(X, y, 10 * weights)
        .scorecard_.fit_summary
        for kind in ("frequency", "sampling")
    ]
    np.testing.assert_allclose(
        ten[0].table()["std_error"] * np.sqrt(10), of_rows.table()["std_error"], rtol=1e-8
    )
    np.testing.assert_allclose(ten[1].table()["std_error"], sampled.table()["std_error"], rtol=1e-8)
    assert sampled.mcfadden == pytest.approx(of_rows.mcfadden)
    assert Scorecard.from_json(model.scorecard_.to_json()).fit_summary == sampled


# --- reference: scikit-learn ---------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("weighted", [False, True])
def test_against_scikit_learn(seed: int, weighted: bool) -> None:
    features, is_bad, weights = draw(seed, weighted=weighted)
    # next to no penalty; how to say "none" changed from release to release
    other = LogisticRegression(C=1e14, tol=1e-12, max_iter=1_000, solver="newton-cholesky")
    other.fit(features, is_bad, sample_weight=weights)
    fit = newton(features, is_bad, weights)
    expected = np.append(other.intercept_, other.coef_)
    np.testing.assert_allclose(estimate(fit), expected, rtol=1e-7, atol=1e-9)


# --- laws ----------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 7.0, 1e6])
def test_unit_of_the_weights_scales_the_errors_only(factor: float) -> None:
    features, is_bad, weights = draw(3, weighted=True)
    first, second = newton(features, is_bad, weights), newton(features, is_bad, weights * factor)
    np.testing.assert_allclose(estimate(second), estimate(first), rtol=1e-9)
    np.testing.assert_allclose(second.covariance * factor, first.covariance, rtol=1e-7)


def test_start_does_not_matter() -> None:
    features, is_bad, _ = draw(5)
    starts = (np.zeros(1 + features.shape[1]), np.full(1 + features.shape[1], 3.0))
    first, second = (fit_logistic(features, is_bad, None, start=start) for start in starts)
    np.testing.assert_allclose(estimate(first), estimate(second), rtol=1e-10)


@pytest.mark.parametrize("seed", [1506, 1693, 1933, 2596, 2905])
def test_search_ends_at_the_maximum(seed: int) -> None:
    # near the maximum the likelihood changes by less than its rounding, and its slope decides
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(100, 1_000)), int(rng.integers(1, 7))
    features = rng.normal(size=(n, p)) @ rng.normal(size=(p, p))
    features /= features.std(axis=0)
    is_bad = rng.random(n) < expit(features @ rng.normal(scale=0.5, size=p) - 1)
    share = is_bad.mean()
    start = np.append(np.log(share / (1 - share)), -np.ones(p))
    fit = fit_logistic(features, is_bad, None, start=start)
    design = np.column_stack([np.ones(n), features])
    slope = design.T @ (is_bad - expit(design @ estimate(fit)))
    errors = np.sqrt(np.diag(fit.covariance))
    assert np.abs(fit.covariance @ slope / errors).max() < 1e-9


# --- separation: the maximum lies at infinity ----------------------------------------


def parted(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return features that tell the classes apart, for all rows or for some of them."""
    rng = np.random.default_rng(11)
    is_bad = rng.random(600) < 0.3
    caught = is_bad & (rng.random(600) < (1.0 if kind == "complete" else 0.4))
    flag = np.where(caught, -3.0, 0.2)
    other = rng.normal(size=600) + is_bad
    return np.column_stack([flag, other]), is_bad


@pytest.mark.parametrize("kind", ["complete", "quasi-complete"])
@pytest.mark.parametrize("unit", [None, 1e-4, 1e4])
def test_separation_is_seen(kind: str, unit: float | None) -> None:
    # quasi-complete: all rows with the flag are bad, the others are mixed
    features, is_bad = parted(kind)
    weights = None if unit is None else np.full(len(is_bad), unit)
    fit = newton(features, is_bad, weights)
    assert fit.diverging[1]


def test_quasi_complete_separation_shows_no_small_error() -> None:
    features, is_bad = parted("quasi-complete")
    fit = newton(features, is_bad, None)
    assert math.sqrt(fit.covariance[1, 1]) > 10 * abs(fit.coefficients[0])


def test_rows_of_weight_0_have_no_say_under_separation() -> None:
    features, is_bad = parted("complete")
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(50, 2))
    weights = np.append(np.ones(len(is_bad)), np.zeros(50))
    first = newton(features, is_bad, np.ones(len(is_bad)))
    second = newton(np.vstack([features, noise]), np.append(is_bad, rng.random(50) < 0.5), weights)
    np.testing.assert_allclose(estimate(first), estimate(second), rtol=1e-6)


def test_columns_of_little_spread_are_not_taken_for_separation() -> None:
    # their standard errors are huge because their unit is, not because the maximum is far
    features, is_bad, _ = draw(4)
    small = features * 1e-6
    fit, usual = newton(small, is_bad, None), newton(features, is_bad, None)
    assert not fit.diverging.any()
    assert not fit.dependent.any()
    np.testing.assert_allclose(fit.coefficients * 1e-6, usual.coefficients, rtol=1e-8)
    np.testing.assert_allclose(fit.covariance[1:, 1:] * 1e-12, usual.covariance[1:, 1:], rtol=1e-7)


def test_no_features_leave_the_mean() -> None:
    is_bad = np.array([True, False, False, False])
    fit = fit_logistic(np.empty((4, 0)), is_bad, None, start=np.array([5.0]))
    assert fit.intercept == pytest.approx(math.log(1 / 3))
    assert fit.covariance[0, 0] == pytest.approx(1 / 0.75)


def test_columns_that_repeat_each_other_share_their_weight() -> None:
    features, is_bad, _ = draw(6)
    fit = newton(np.column_stack([features, features[:, 0]]), is_bad, None)
    alone = newton(features, is_bad, None)
    p = features.shape[1]
    assert fit.dependent.tolist() == [i in (0, p) for i in range(p + 1)]
    assert fit.coefficients[0] == pytest.approx(fit.coefficients[-1], rel=1e-8)
    assert fit.coefficients[[0, -1]].sum() == pytest.approx(alone.coefficients[0], rel=1e-8)
    assert fit.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-12)


def test_a_guess_far_off_does_no_harm() -> None:
    features, is_bad, _ = draw(8)
    start = np.full(1 + features.shape[1], -200.0)
    fit = fit_logistic(features, is_bad, None, start=start)
    assert fit.converged
    np.testing.assert_allclose(estimate(fit), estimate(newton(features, is_bad, None)), rtol=1e-9)


def test_a_constant_that_binary_fractions_cannot_hold_is_seen() -> None:
    features, is_bad, _ = draw(9)
    fit = newton(np.column_stack([features, np.full(len(features), 0.1)]), is_bad, None)
    assert fit.dependent.tolist() == [False] * features.shape[1] + [True]
    assert fit.coefficients[-1] == 0


@pytest.mark.parametrize("seed", range(4))
def test_an_offset_against_statsmodels(seed: int) -> None:
    features, is_bad, weights = draw(20 + seed, weighted=seed % 2 == 0)
    offset = np.random.default_rng(seed).normal(size=len(is_bad))
    family = sm.families.Binomial()
    design = sm.add_constant(features)
    other = sm.GLM(
        is_bad.astype(float), design, family=family, freq_weights=weights, offset=offset
    ).fit(tol=1e-14, maxiter=100)
    fit = fit_logistic(
        features, is_bad, weights, start=np.zeros(1 + features.shape[1]), offset=offset
    )
    np.testing.assert_allclose(estimate(fit), other.params, rtol=1e-8, atol=1e-10)
    # its last step but one has the weights that its covariance is made of
    np.testing.assert_allclose(fit.covariance, other.cov_params(), rtol=1e-6, atol=1e-10)
    assert fit.log_likelihood == pytest.approx(other.llf, rel=1e-10)


def test_a_step_that_goes_too_far_is_no_separation() -> None:
    """WOE of six columns, some of them copies up to a row or two, by level and number of rows."""
    levels = np.array(
        [
            [-3.747, 0.306, 3.729],
            [-4.163, 0.319, 4.422],
            [-3.757, 0.353, 3.324],
            [-4.153, 0.296, 4.422],
            [-0.293, 0.056, 0.193],
        ]
    )
    rows = (
        "00000 00001 00001 00002 00002 00010 02022 10101 11010 11110 11110 "
        "11111 11111 11112 11112 11210 21210 21210 22220 22220 22221 22222"
    )
    places = np.array([[int(level) for level in row] for row in rows.split()])
    # the second column once more
    features = levels[np.arange(5), places][:, [0, 1, 2, 3, 4, 1]]
    is_bad = np.array([int(one) for one in "1010110110101011010100"]) == 1
    weights = np.array(
        [27, 1, 39, 1, 32, 1, 1, 1, 1, 13, 16, 29, 13, 33, 11, 1, 1, 1, 32, 1, 42, 32], dtype=float
    )
    bad = weights[is_bad].sum()
    start = np.append(math.log(bad / (weights.sum() - bad)), -np.ones(6))
    fit = fit_logistic(features, is_bad, weights, start=start)
    assert not fit.diverging.any()
    assert fit.converged
    design = np.column_stack([np.ones(len(features)), features])
    slope = design.T @ (weights * (is_bad - expit(design @ estimate(fit))))
    assert np.abs(slope).max() < 1e-6
    assert fit.log_likelihood > -90
