"""The scale that outcomes give a score: against statsmodels, its laws, and what has no scale."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.discrete.discrete_model import Logit

from creditscore import LogisticScorecard, PointsScale, Scorecard
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    SmallSampleWarning,
)
from creditscore.expert import ExpertScorecard, MinMaxScore, Weights, calibrated, fitted_scale
from creditscore.expert._outcomes._logit import fit_logit
from creditscore.scorecard import Characteristic


def scores_and_outcomes(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.normal(60, 15, size=n)
    is_bad = rng.random(n) < 1 / (1 + np.exp(0.06 * (score - 45)))
    return score, is_bad


# --- reference -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_logit_of_statsmodels(seed: int) -> None:
    score, is_bad = scores_and_outcomes(seed)
    design = np.column_stack([np.ones(len(score)), score])
    found = Logit(~is_bad, design).fit(disp=False, tol=1e-12)
    scale = fitted_scale(score, is_bad, base_odds=20)
    a, b = found.params
    assert scale.base_odds == 20
    assert scale.base_score == pytest.approx((math.log(20) - a) / b, rel=1e-9)
    assert scale.pdo == pytest.approx(math.log(2) / b, rel=1e-9)
    assert scale.prob_default(score) == pytest.approx(1 - found.predict(), rel=1e-8)


def test_several_columns_are_the_logit_of_statsmodels_too() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(300, 3)) * [1, 100, 0.01] + [5, -600, 0]
    is_bad = rng.random(300) < 0.3
    found = Logit(~is_bad, np.column_stack([np.ones(300), features])).fit(disp=False, tol=1e-12)
    fit = fit_logit(features, is_bad, None)
    assert fit.params == pytest.approx(found.params, rel=1e-6)
    assert fit.covariance == pytest.approx(found.cov_params(), rel=1e-6)
    assert fit.log_likelihood == pytest.approx(found.llf, rel=1e-10)
    assert not fit.dependent.any()
    beside = np.column_stack([features, features[:, 0] + features[:, 1], np.ones(300)])
    assert fit_logit(beside, is_bad, None).dependent.tolist() == [True, True, False, True, True]


# --- laws ----------------------------------------------------------------------------


@given(
    seed=st.integers(0, 1_000),
    stretch=st.floats(0.01, 100),
    shift=st.floats(-1_000, 1_000),
    base_odds=st.floats(0.1, 100),
)
@settings(deadline=None, max_examples=25)
def test_probabilities_do_not_depend_on_units_or_base_odds(
    seed: int, stretch: float, shift: float, base_odds: float
) -> None:
    score, is_bad = scores_and_outcomes(seed)
    one = fitted_scale(score, is_bad)
    moved = shift + stretch * score
    other = fitted_scale(moved, is_bad, base_odds=base_odds)
    prob = one.prob_default(score)
    assert other.prob_default(moved) == pytest.approx(prob, rel=1e-5)
    assert prob.mean() == pytest.approx(is_bad.mean(), rel=1e-9)


def test_scores_in_tiny_units_differ_too() -> None:
    score, is_bad = scores_and_outcomes(6)
    tiny = fitted_scale(1e-15 * score, is_bad)
    assert tiny.pdo == pytest.approx(1e-15 * fitted_scale(score, is_bad).pdo, rel=1e-9)


def test_a_score_on_a_scale_gets_nearly_that_scale_back() -> None:
    scale = PointsScale(base_score=500, base_odds=10, pdo=40)
    rng = np.random.default_rng(1)
    score = rng.normal(520, 80, size=100_000)
    is_bad = rng.random(len(score)) < scale.prob_default(score)
    found = fitted_scale(score, is_bad, base_odds=10)
    assert found.pdo == pytest.approx(40, rel=0.05)
    assert found.base_score == pytest.approx(500, abs=4)


def test_a_reversed_score_has_the_same_probabilities() -> None:
    score, is_bad = scores_and_outcomes(3)
    safe, risky = fitted_scale(score, is_bad), fitted_scale(-score, is_bad, reverse=True)
    assert risky.reverse
    assert risky.prob_default(-score) == pytest.approx(safe.prob_default(score), rel=1e-9)


def test_a_weight_of_two_is_two_rows() -> None:
    score, is_bad = scores_and_outcomes(4)
    weights = np.arange(len(score)) % 3
    rows = np.repeat(np.arange(len(score)), weights)
    weighted = fitted_scale(score, is_bad, sample_weight=weights)
    assert weighted.pdo == pytest.approx(fitted_scale(score[rows], is_bad[rows]).pdo, rel=1e-9)


# --- a card --------------------------------------------------------------------------


def test_a_card_keeps_its_scores_and_gets_probabilities() -> None:
    german = load_german_credit()
    card = ExpertScorecard(
        subscores={
            "duration_months": MinMaxScore(low=4, high=60, direction="lower"),
            "age_years": MinMaxScore(low=20, high=60),
        },
        weights=Weights.of({"duration_months": 3, "age_years": 1}),
    )
    found = calibrated(card, german, german["is_bad"])
    assert isinstance(found, Scorecard)
    assert found.score(german).equals(card.scorecard.score(german))
    expected = fitted_scale(card.scorecard.score(german), german["is_bad"])
    assert found.scale == expected
    prob = found.prob_default(german)
    assert prob.mean() == pytest.approx(0.3, rel=1e-9)
    native = calibrated(card, pl.from_pandas(german), german["is_bad"].to_numpy())
    assert native.scale is not None
    assert native.scale.pdo == pytest.approx(expected.pdo, rel=1e-12)
    assert Scorecard.from_json(found.to_json()) == found


def test_a_fitted_card_loses_the_summary_and_its_history_says_why() -> None:
    german = load_german_credit()
    X, y = german[["duration_months"]], german["is_bad"]
    card = LogisticScorecard().fit(X, y).scorecard_
    label = card.table()["attribute"][0]
    edited = card.with_points(
        {("duration_months", label): 500}, by="A", reason="B", when="2026-01-31T12:00:00+00:00"
    )
    again = calibrated(edited, X, y)
    assert again.fit_summary is None
    assert again.history[-1].action == "rescaled"
    assert "1,000 cases" in again.history[-1].detail
    assert calibrated(card, X, y).history == ()
    # of a fit by maximum likelihood, the scale on its own sample is the one that it has
    same = calibrated(card, X, y).scale
    assert same is not None
    assert same.pdo == pytest.approx(20, rel=1e-6)
    assert same.base_score == pytest.approx(600, rel=1e-6)


# --- edges and errors ----------------------------------------------------------------


def test_scores_that_rank_the_wrong_way_are_refused_with_both_ways_out() -> None:
    score, is_bad = scores_and_outcomes(5)
    with pytest.raises(InvalidDataError, match=r"said to be safer.*riskier.*reverse=True"):
        fitted_scale(-score, is_bad)
    with pytest.raises(InvalidDataError, match=r"said to be riskier.*reverse=False"):
        fitted_scale(score, is_bad, reverse=True)


def test_separation_is_refused() -> None:
    with pytest.raises(InvalidDataError, match="apart without error"):
        fitted_scale(np.arange(40), np.arange(40) < 15)
    # in part too: all cases at the boundary value are of both classes
    with pytest.raises(InvalidDataError, match="apart without error"):
        fitted_scale([1, 1, 2, 2, 3, 3] * 5, [1, 1, 0, 1, 0, 0] * 5)


def test_few_bad_cases_are_told() -> None:
    score = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    with pytest.warns(SmallSampleWarning, match="estimated from 3 cases of the rarer class"):
        fitted_scale(score, [1, 0, 1, 0, 0, 1, 0, 0, 0, 0])


def test_what_tells_nothing_is_refused() -> None:
    with pytest.raises(InvalidDataError, match="All cases have one score, 5"):
        fitted_scale([5, 5, 5, 6], [0, 1, 0, 1], sample_weight=[1, 1, 1, 0])
    with pytest.raises(InvalidTargetError, match="one class"):
        fitted_scale([5, 6], [0, 0])
    with pytest.raises(InvalidDataError, match="missing"):
        fitted_scale([5, np.nan], [0, 1])
    with pytest.raises(InvalidDataError, match=r"1 infinite value.* row 2"):
        fitted_scale([5, 6, np.inf, 7], [0, 1, 0, 1])
    with pytest.raises(InvalidDataError, match="differ by rounding only"):
        fitted_scale(1e15 + np.arange(8) / 4, [0, 1] * 4)
    with pytest.raises(InvalidWeightError, match="negative"):
        fitted_scale([5, 6], [0, 1], sample_weight=[1, -1])


@pytest.mark.parametrize(
    ("parameters", "said"),
    [({"base_odds": 0}, "'base_odds'"), ({"reverse": 1}, "'reverse'")],
)
def test_parameters_are_checked(parameters: dict[str, object], said: str) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 1], missing_points=0)
    firms = pd.DataFrame({"years": [1, 3]})
    with pytest.raises(InvalidParameterError, match=said):
        fitted_scale([1, 2], [1, 0], **parameters)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match=said):
        calibrated(Scorecard(characteristics=(years,)), firms, [1, 0], **parameters)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'card' parameter of calibrated"):
        calibrated(years, firms, [1, 0])


def test_outcomes_in_another_order_are_refused() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 1], missing_points=0)
    firms = pd.DataFrame({"years": [1, 3, 1, 3]}, index=list("abcd"))
    outcomes = pd.Series([1, 0, 0, 0], index=list("dcba"))
    with pytest.raises(InvalidTargetError, match="different orders"):
        calibrated(Scorecard(characteristics=(years,)), firms, outcomes)
