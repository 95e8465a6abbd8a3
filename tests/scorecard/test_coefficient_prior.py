"""Coefficients under a prior: against scipy, in the limits of its width, within bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize
from scipy.special import expit, log_expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from creditscore import LogisticScorecard, Scorecard, WOEEncoder
from creditscore._newton import fit_logistic
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    CoefficientSignWarning,
    CollinearityWarning,
    EmptyDataError,
    InvalidParameterError,
    MissingColumnError,
    SeparationWarning,
    SmallSampleWarning,
)
from creditscore.scorecard import CoefficientPrior, FitSummary
from creditscore.scorecard._bounded import BoundedFit, fit_bounded
from creditscore.scorecard._posterior import fit_posterior

COLUMNS = ["checking_status", "duration_months", "savings_status"]


@pytest.fixture(scope="module")
def german() -> pd.DataFrame:
    return load_german_credit()


def draw(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(60, 400)), int(rng.integers(1, 6))
    features = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p)
    is_bad = rng.random(n) < expit(features @ rng.normal(scale=0.5, size=p) - 1)
    is_bad[:2] = True, False
    return features, is_bad, rng.integers(0, 4, size=n) + 0.5 if seed % 2 else None


def fitted(
    features: np.ndarray,
    is_bad: np.ndarray,
    weights: np.ndarray | None,
    means: np.ndarray,
    sds: np.ndarray,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    sampling: bool = False,
) -> BoundedFit:
    p = features.shape[1]
    return fit_posterior(
        features,
        is_bad,
        weights,
        prior=(means, sds),
        box=(np.full(p, low), np.full(p, high)),
        start=np.append(-1.0, np.full(p, -1.0)),
        sampling=sampling,
    )


def loss_of(
    features: np.ndarray,
    is_bad: np.ndarray,
    weights: np.ndarray | None,
    means: np.ndarray,
    sds: np.ndarray,
) -> object:
    counts = np.ones(len(is_bad)) if weights is None else weights
    signs = np.where(is_bad, 1.0, -1.0)

    def loss(at: np.ndarray) -> float:
        log_odds = at[0] + features @ at[1:]
        away = ((at[1:] - means) / sds) ** 2
        return -float(counts @ log_expit(signs * log_odds)) + float(away.sum()) / 2

    return loss


# --- reference -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_maximum_that_scipy_finds_and_its_curvature(seed: int) -> None:
    features, is_bad, weights = draw(seed)
    rng = np.random.default_rng(seed)
    p = features.shape[1]
    means, sds = rng.normal(size=p), rng.uniform(0.1, 2, size=p)
    loss = loss_of(features, is_bad, weights, means, sds)
    found = minimize(loss, np.zeros(1 + p), method="BFGS", options={"gtol": 1e-9})
    fit = fitted(features, is_bad, weights, means, sds)
    estimate = np.append(fit.free.intercept, fit.coefficients)
    assert estimate == pytest.approx(found.x, abs=2e-5)
    assert loss(estimate) <= found.fun + 1e-9
    curvature = np.array(
        [
            approx_fprime(estimate, lambda at, i=i: approx_fprime(at, loss, 1e-5)[i], 1e-5)
            for i in range(1 + p)
        ]
    )
    assert np.linalg.inv(curvature) == pytest.approx(fit.free.covariance, rel=0.02, abs=1e-3)
    # the sandwich, whose slopes vary with the cases and with where the prior's mean is
    design = np.column_stack([np.ones(len(is_bad)), features])
    counts = np.ones(len(is_bad)) if weights is None else weights
    slopes = (design.T * (counts * (is_bad - expit(design @ estimate)) ** 2)) @ design
    slopes += np.diag(np.append(0.0, sds**-2.0))
    bread = fit.free.covariance
    assert fit.free.robust_covariance == pytest.approx(bread @ slopes @ bread, rel=1e-6)
    assert fit.free.converged
    assert not fit.free.diverging.any()


def test_a_prior_around_zero_is_the_ridge_of_scikit_learn() -> None:
    features, is_bad, _ = draw(4)
    p = features.shape[1]
    sd = 0.7
    ridge = LogisticRegression(C=sd**2, tol=1e-10, max_iter=5_000).fit(features, is_bad)
    fit = fitted(features, is_bad, None, np.zeros(p), np.full(p, sd))
    assert fit.coefficients == pytest.approx(ridge.coef_[0], abs=1e-5)
    assert fit.free.intercept == pytest.approx(ridge.intercept_[0], abs=1e-5)


# --- laws ----------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=20)
def test_without_end_it_is_maximum_likelihood_and_towards_zero_the_means(seed: int) -> None:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(300, 3))
    is_bad = rng.random(300) < expit(features @ rng.normal(scale=0.5, size=3) - 0.5)
    means = rng.normal(size=3)
    start = np.append(-1.0, -np.ones(3))
    free = fit_logistic(features, is_bad, None, start=start)
    wide = fitted(features, is_bad, None, means, np.full(3, 1e6))
    assert wide.coefficients == pytest.approx(free.coefficients, abs=1e-7)
    assert wide.free.covariance == pytest.approx(free.covariance, rel=1e-6)
    assert wide.free.robust_covariance == pytest.approx(free.robust_covariance, rel=1e-6)
    assert wide.free.log_likelihood == pytest.approx(free.log_likelihood, rel=1e-9)
    none = fitted(features, is_bad, None, means, np.full(3, np.inf))
    assert none.coefficients == pytest.approx(free.coefficients, abs=1e-7)
    firm = fitted(features, is_bad, None, means, np.full(3, 1e-5))
    assert firm.coefficients == pytest.approx(means, abs=1e-6)
    errors = np.sqrt(np.diag(firm.free.covariance))[1:]
    assert errors == pytest.approx(np.full(3, 1e-5), rel=1e-3)


@given(seed=st.integers(0, 10_000), high=st.floats(-1.0, 1.0))
@settings(deadline=None, max_examples=20)
def test_bounds_hold_and_no_feasible_point_near_is_better(seed: int, high: float) -> None:
    features, is_bad, weights = draw(seed)
    rng = np.random.default_rng(seed)
    p = features.shape[1]
    means, sds = rng.normal(size=p), rng.uniform(0.1, 2, size=p)
    fit = fitted(features, is_bad, weights, means, sds, low=-1.0, high=high)
    assert ((fit.coefficients >= -1.0) & (fit.coefficients <= high)).all()
    assert np.isin(fit.coefficients[fit.at_bound], [-1.0, high]).all()
    loss = loss_of(features, is_bad, weights, means, sds)
    estimate = np.append(fit.free.intercept, fit.coefficients)
    least = loss(estimate)
    for _ in range(30):
        near = estimate + rng.normal(scale=0.01, size=1 + p)
        near[1:] = np.clip(near[1:], -1.0, high)
        assert loss(near) >= least - 1e-9 * abs(least)


def test_bounds_without_a_prior_are_those_of_the_bounded_likelihood() -> None:
    features, is_bad, weights = draw(3)
    p = features.shape[1]
    box = (np.full(p, -0.2), np.full(p, 0.1))
    start = np.append(-1.0, -np.ones(p))
    bounded = fit_bounded(features, is_bad, weights, lower=box[0], upper=box[1], start=start)
    none = fitted(features, is_bad, weights, np.zeros(p), np.full(p, np.inf), low=-0.2, high=0.1)
    assert none.coefficients == pytest.approx(bounded.coefficients, abs=1e-7)
    assert (none.at_bound == bounded.at_bound).all()


def test_a_weight_of_two_is_two_rows_and_a_weight_of_zero_none() -> None:
    features, is_bad, _ = draw(2)
    p = features.shape[1]
    weights = np.where(np.arange(len(is_bad)) % 3 == 0, 2.0, 1.0)
    weights[5] = 0.0
    rows = np.repeat(np.arange(len(is_bad)), weights.astype(int))
    means, sds = np.full(p, -0.5), np.full(p, 0.3)
    weighted = fitted(features, is_bad, weights, means, sds)
    written = fitted(features[rows], is_bad[rows], None, means, sds)
    assert weighted.coefficients == pytest.approx(written.coefficients, abs=1e-9)
    assert weighted.free.covariance == pytest.approx(written.free.covariance, rel=1e-9)
    assert weighted.free.log_likelihood == pytest.approx(written.free.log_likelihood, rel=1e-12)


def test_the_unit_of_sampling_weights_does_not_matter_beside_a_prior() -> None:
    features, is_bad, weights = draw(5)
    assert weights is not None
    p = features.shape[1]
    means, sds = np.full(p, -0.5), np.full(p, 0.3)
    small, large = (
        fitted(features, is_bad, weights * unit, means, sds, sampling=True)
        for unit in (1.0, 1_000.0)
    )
    assert small.coefficients == pytest.approx(large.coefficients, abs=1e-9)
    assert small.free.robust_covariance == pytest.approx(large.free.robust_covariance, rel=1e-6)
    assert large.free.log_likelihood == pytest.approx(1_000 * small.free.log_likelihood, rel=1e-9)
    even = fitted(features, is_bad, np.full(len(is_bad), 7.0), means, sds, sampling=True)
    plain = fitted(features, is_bad, None, means, sds)
    assert even.coefficients == pytest.approx(plain.coefficients, abs=1e-9)
    assert even.free.robust_covariance == pytest.approx(plain.free.robust_covariance, rel=1e-9)


def test_equal_columns_share_the_weight_as_their_priors_say() -> None:
    features, is_bad, _ = draw(8)
    twice = np.column_stack([features[:, 0], features[:, 0]])
    fit = fitted(twice, is_bad, None, np.zeros(2), np.array([0.5, 0.5]))
    assert fit.coefficients[0] == pytest.approx(fit.coefficients[1], abs=1e-9)
    one = fitted(features[:, :1], is_bad, None, np.zeros(1), np.array([np.sqrt(0.5)]))
    assert fit.coefficients.sum() == pytest.approx(one.coefficients[0], abs=1e-7)


def test_a_prior_gives_separated_cases_a_finite_estimate() -> None:
    values = np.arange(20.0)[:, None]
    fit = fitted(values, values[:, 0] < 8, None, np.zeros(1), np.ones(1))
    assert np.isfinite(fit.coefficients).all()
    assert not fit.free.diverging.any()
    none = fitted(values, values[:, 0] < 8, None, np.zeros(1), np.array([np.inf]))
    assert none.free.diverging.all()


# --- the card ------------------------------------------------------------------------


def test_the_card_says_that_a_prior_was_used_and_files_keep_it(german: pd.DataFrame) -> None:
    prior = CoefficientPrior(means={"checking_status": -0.5, "duration_months": -1.0}, sd=0.1)
    model = LogisticScorecard(prior=prior).fit(german[COLUMNS], german["is_bad"])
    free = LogisticScorecard().fit(german[COLUMNS], german["is_bad"])
    summary = model.scorecard_.fit_summary
    assert isinstance(summary, FitSummary)
    assert model.scorecard_.names == tuple(COLUMNS)
    assert -free.coef_[0] > -model.coef_[0] > 0.5
    assert summary.prior_means == (-0.5, -1.0, 0.0)
    assert summary.prior_sds == (0.1, 0.1, 1e18)
    assert "A prior of 2 of the 3 coefficients was used" in summary.caveat
    assert "standard errors are those of the posterior" in str(summary)
    assert summary.standard_errors[0] < 0.1
    assert np.isnan(summary.aic)
    assert np.isnan(summary.bic)
    assert summary.table()["p_value"].isna().all()
    assert summary.table()["z"].notna().all()
    assert summary.log_likelihood < free.scorecard_.fit_summary.log_likelihood  # type: ignore[union-attr]
    assert Scorecard.from_json(model.scorecard_.to_json()) == model.scorecard_
    assert "prior" not in free.scorecard_.to_json()


def test_signs_are_enforced_beside_a_prior(german: pd.DataFrame) -> None:
    prior = CoefficientPrior(means=dict.fromkeys(COLUMNS, 2.0), sd=0.05)
    with pytest.raises(EmptyDataError, match="coefficient"):
        LogisticScorecard(prior=prior, coefficient_sign="enforce").fit(
            german[COLUMNS], german["is_bad"]
        )
    mixed = CoefficientPrior(means={"savings_status": 2.0}, sd=0.05)
    model = LogisticScorecard(prior=mixed, coefficient_sign="enforce").fit(
        german[COLUMNS], german["is_bad"]
    )
    assert "savings_status" in model.dropped_
    assert model.scorecard_.names == ("checking_status", "duration_months")


def test_few_cases_and_equal_columns_are_no_cause_for_a_warning_under_a_prior(
    german: pd.DataFrame,
) -> None:
    few = german[COLUMNS].head(40).assign(again=german["duration_months"].head(40))
    outcomes = german["is_bad"].head(40)
    encoder = WOEEncoder(user_cuts={"duration_months": [18], "again": [18]})
    free = LogisticScorecard(encoder=encoder, min_iv=0)
    said = "prior=CoefficientPrior"
    with pytest.warns(SmallSampleWarning, match=said), pytest.warns(CollinearityWarning):
        free.fit(few, outcomes)
    prior = CoefficientPrior(means=dict.fromkeys(few.columns, -0.5), sd=0.2)
    model = LogisticScorecard(encoder=encoder, min_iv=0, prior=prior).fit(few, outcomes)
    assert "cases" not in model.scorecard_.fit_summary.caveat  # type: ignore[union-attr]
    in_part = CoefficientPrior(means={"duration_months": -0.5}, sd=0.2)
    with pytest.warns(SmallSampleWarning, match="3 coefficients are estimated"):
        LogisticScorecard(encoder=encoder, min_iv=0, prior=in_part).fit(few, outcomes)


def test_a_positive_coefficient_that_the_prior_asks_for_is_laid_at_its_door(
    german: pd.DataFrame,
) -> None:
    prior = CoefficientPrior(means={"duration_months": 2.0}, sd=0.01)
    with pytest.warns(CoefficientSignWarning, match=r"The prior of 'duration_months'.*mean, 2\.00"):
        LogisticScorecard(prior=prior).fit(german[COLUMNS], german["is_bad"])


def test_a_search_over_priors_finds_the_one_of_its_score(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS].head(300), german["is_bad"].head(300)
    prior = CoefficientPrior(means=dict.fromkeys(COLUMNS, -1.0))
    priors = [None, prior.with_sd(0.1), prior]
    model = make_pipeline(LogisticScorecard())
    name = "logisticscorecard__prior"
    search = GridSearchCV(model, {name: priors}, scoring="neg_log_loss", cv=3).fit(X, y)
    scores = [
        cross_val_score(LogisticScorecard(prior=one), X, y, scoring="neg_log_loss", cv=3).mean()
        for one in priors
    ]
    assert search.cv_results_["mean_test_score"] == pytest.approx(scores, rel=1e-12)
    assert search.best_params_[name] == priors[int(np.argmax(scores))]


def test_separation_by_a_column_without_a_prior_is_still_told(german: pd.DataFrame) -> None:
    known = german[COLUMNS].assign(after=german["is_bad"] * 10.0 + np.arange(len(german)) % 5)
    prior = CoefficientPrior(means=dict.fromkeys(COLUMNS, -1.0), sd=0.2)
    encoder = WOEEncoder(smoothing=0.5)
    with pytest.warns(SeparationWarning, match="'after'"):
        LogisticScorecard(encoder=encoder, prior=prior).fit(known, german["is_bad"])
    whole = CoefficientPrior(means=dict.fromkeys(known.columns, -1.0), sd=0.2)
    LogisticScorecard(encoder=encoder, prior=whole).fit(known, german["is_bad"])


def test_columns_without_names_go_by_place(german: pd.DataFrame) -> None:
    values = german[["duration_months", "age_years"]].to_numpy()
    prior = CoefficientPrior(means={"x1": -0.2}, sd=1e-5)
    model = LogisticScorecard(prior=prior).fit(values, german["is_bad"])
    assert model.coef_[1] == pytest.approx(-0.2, abs=1e-4)


# --- the value, and errors -----------------------------------------------------------


def test_a_prior_says_what_it_holds() -> None:
    prior = CoefficientPrior(means={"a": -1, "b": 0}, sd={"b": 0.2, "a": 1})
    assert prior.table()["sd"].tolist() == [1.0, 0.2]
    assert repr(prior) == "<CoefficientPrior of 2 columns, standard deviations from 0.2 to 1>"
    assert "Prior of coefficients" in prior._repr_html_()
    assert prior.with_sd(0.3) == CoefficientPrior(means={"a": -1, "b": 0}, sd=0.3)


@pytest.mark.parametrize(
    ("means", "sd", "said"),
    [
        ({"a": np.nan}, 0.5, "'means"),
        ({"a": "-1"}, 0.5, "'means"),
        ({"a": -1}, 0, "'sd' parameter"),
        ({"a": -1}, np.inf, "'sd' parameter"),
        ({"a": -1}, 1e-60, "'sd' parameter"),
        ({"a": -1e60}, 0.5, "'means"),
        ({"a": -1}, {"a": -0.5}, "'sd"),
        ({"a": -1, "b": -1}, {"a": 0.5}, "Not given: .'b'."),
        ({"a": -1}, {"a": 0.5, "c": 0.5}, "without a mean: .'c'."),
        ([("a", -1)], 0.5, "'means' parameter"),
    ],
)
def test_what_is_no_prior_is_refused(means: object, sd: object, said: str) -> None:
    with pytest.raises(InvalidParameterError, match=said):
        CoefficientPrior(means=means, sd=sd)  # type: ignore[arg-type]


def test_an_empty_prior_is_refused() -> None:
    with pytest.raises(EmptyDataError, match="must name a column"):
        CoefficientPrior(means={})


def test_a_prior_for_no_column_of_the_table_is_refused(german: pd.DataFrame) -> None:
    prior = CoefficientPrior(means={"duration_month": -1.0})
    with pytest.raises(MissingColumnError, match="near: 'duration_months'"):
        LogisticScorecard(prior=prior).fit(german[COLUMNS], german["is_bad"])


def test_a_prior_beside_a_regression_or_of_another_kind_is_refused(german: pd.DataFrame) -> None:
    prior = CoefficientPrior(means={"duration_months": -1.0})
    model = LogisticScorecard(prior=prior, regression=LogisticRegression())
    with pytest.raises(InvalidParameterError, match="a prior is for the estimate by likelihood"):
        model.fit(german[COLUMNS], german["is_bad"])
    with pytest.raises(InvalidParameterError, match="'prior' parameter of LogisticScorecard"):
        LogisticScorecard(prior={"duration_months": -1.0}).fit(  # type: ignore[arg-type]
            german[COLUMNS], german["is_bad"]
        )


def test_a_summary_with_half_a_prior_is_refused() -> None:
    parts = {
        "names": ("a",),
        "intercept": 0.0,
        "coefficients": (-1.0,),
        "intercept_error": 0.1,
        "standard_errors": (0.1,),
        "n_good": 9,
        "n_bad": 3,
        "log_likelihood": -3.0,
    }
    with pytest.raises(InvalidParameterError, match="'prior_means' and 'prior_sds' together"):
        FitSummary(**parts, prior_means=(-1.0,))  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="1 numbers in 'prior_sds'"):
        FitSummary(**parts, prior_means=(-1.0,), prior_sds=(0.1, 0.2))  # type: ignore[arg-type]
