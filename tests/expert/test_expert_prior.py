"""A card of judgement as prior: what it says in coefficients, how firm, and what it is worth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import log_expit
from statsmodels.regression.linear_model import WLS

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.datasets import load_german_credit, load_taiwan_credit
from creditscore.exceptions import (
    CoefficientSignWarning,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    UncalibratedCardError,
)
from creditscore.expert import PriorChoice, choose_prior_sd, prior_from_scorecard
from creditscore.metrics import auc
from creditscore.scorecard import Characteristic, CoefficientPrior

LOG_ODDS = PointsScale(base_score=0, base_odds=1, pdo=math.log(2))
CUTS = {
    **{f"pay_status_{i}": [1, 2] for i in (1, 2, 3, 4)},
    "limit_amount": [50_000, 200_000],
    **{f"paid_amount_{i}": [1_000, 5_000] for i in (1, 2, 3)},
    "age_years": [30, 45],
}
# what a lender might write down without data: log-odds of being good, by interval
JUDGED = {
    "pay_status_1": [0.6, -0.4, -1.2],
    "pay_status_2": [0.2, -0.1, -0.4],
    "pay_status_3": [0.1, -0.1, -0.3],
    "pay_status_4": [0.1, -0.1, -0.3],
    "limit_amount": [-0.2, 0.0, 0.3],
    "paid_amount_1": [-0.1, 0.0, 0.2],
    "paid_amount_2": [-0.1, 0.0, 0.1],
}


@pytest.fixture(scope="module")
def german() -> pd.DataFrame:
    return load_german_credit()[["duration_months", "checking_status", "age_years", "is_bad"]]


@pytest.fixture(scope="module")
def encoder(german: pd.DataFrame) -> WOEEncoder:
    return WOEEncoder().fit(german.drop(columns="is_bad"), german["is_bad"])


def months(points: list[float], scale: PointsScale = LOG_ODDS) -> Scorecard:
    column = Characteristic.numeric(
        "duration_months", cuts=[12, 24], points=points, missing_points=0
    )
    return Scorecard(characteristics=(column,), scale=scale)


def judgement() -> Scorecard:
    return Scorecard(
        characteristics=tuple(
            Characteristic.numeric(name, cuts=CUTS[name], points=points, missing_points=0)
            for name, points in JUDGED.items()
        ),
        base_points=1.0,
        scale=LOG_ODDS,
    )


# --- reference and laws --------------------------------------------------------------


def test_a_mean_is_minus_the_least_squares_slope(german: pd.DataFrame, encoder: WOEEncoder) -> None:
    card = months([0.5, 0.1, -0.6])
    weights = np.arange(len(german)) % 4
    prior = prior_from_scorecard(card, encoder, german, sd=0.2, sample_weight=weights)
    woe = encoder.transform(german.drop(columns="is_bad"))["duration_months"].to_numpy()
    part = card.score_parts(german)["duration_months"].to_numpy()
    line = WLS(part, np.column_stack([np.ones(len(woe)), woe]), weights=weights).fit()
    assert prior.means["duration_months"] == pytest.approx(-line.params[1], rel=1e-9)
    assert prior.means["checking_status"] == prior.means["age_years"] == 0.0
    assert prior.table()["sd"].tolist() == [0.2] * 3


def test_a_fitted_card_gives_its_own_coefficients_back(
    german: pd.DataFrame, encoder: WOEEncoder
) -> None:
    X = german.drop(columns="is_bad")
    model = LogisticScorecard(encoder=encoder).fit(X, german["is_bad"])
    prior = prior_from_scorecard(model.scorecard_, encoder, X)
    assert [prior.means[n] for n in model.scorecard_.names] == pytest.approx(model.coef_.tolist())
    # and data that are the prior's own leave it where it is
    under = LogisticScorecard(encoder=encoder, prior=prior.with_sd(0.1)).fit(X, german["is_bad"])
    assert under.coef_ == pytest.approx(model.coef_, abs=1e-6)


def test_the_scale_of_the_card_does_not_matter(german: pd.DataFrame, encoder: WOEEncoder) -> None:
    card = months([0.5, 0.1, -0.6])
    for scale in (PointsScale(), PointsScale(base_score=50, pdo=7, reverse=True)):
        moved = prior_from_scorecard(card.on_scale(scale), encoder, german)
        same = prior_from_scorecard(card, encoder, german)
        assert moved.means["duration_months"] == pytest.approx(same.means["duration_months"])


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.CreditScoreWarning")
def test_with_twenty_bad_cases_judgement_beats_likelihood_on_cases_to_come() -> None:
    taiwan = load_taiwan_credit()
    bad, good = (np.flatnonzero(taiwan["is_bad"] == k) for k in (1, 0))
    later = taiwan.sample(4_000, random_state=0)
    outcomes = later["is_bad"].to_numpy()
    signs = np.where(outcomes == 1, -1.0, 1.0)
    gains = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        # 22 % bad, as among all
        rows = np.concatenate([rng.choice(bad, 20, False), rng.choice(good, 70, False)])
        few = taiwan.iloc[rows]
        encoder = WOEEncoder(user_cuts=CUTS)
        encoder.fit(few[list(CUTS)], few["is_bad"])
        prior = prior_from_scorecard(judgement(), encoder, few, sd=0.2)
        found = []
        for one in (None, prior):
            model = LogisticScorecard(encoder=encoder, min_iv=0, prior=one)
            model.fit(few[list(CUTS)], few["is_bad"])
            score = model.scorecard_.score(later).to_numpy()
            likelihood = log_expit(signs * model.scale_.log_odds(score)).mean()
            found.append((likelihood, auc(outcomes, score)))
        gains.append(np.subtract(found[1], found[0]))
    # measured: 0.17 a case and 0.06 in the mean of twelve draws, none below 0.02 in likelihood
    likelihoods, areas = np.transpose(gains)
    assert likelihoods.mean() > 0.08
    assert (likelihoods > 0).all()
    assert areas.mean() > 0.03


# --- how firm ------------------------------------------------------------------------


def test_a_right_prior_is_held_firm_and_a_wrong_one_loose(german: pd.DataFrame) -> None:
    X, y = german.drop(columns="is_bad"), german["is_bad"]
    right = LogisticScorecard(prior=CoefficientPrior(means=dict.fromkeys(X.columns, -1.0)))
    wrong = LogisticScorecard(prior=CoefficientPrior(means=dict.fromkeys(X.columns, 1.0)))
    choice = choose_prior_sd(right, X, y, sds=[1.0, 0.05], random_state=0)
    assert isinstance(choice, PriorChoice)
    assert choice.sds == (0.05, 1.0, math.inf)
    found = choice.table()
    assert found["chosen"].sum() == 1
    assert found["log_likelihood"].max() == pytest.approx(found["log_likelihood"].min(), abs=0.01)
    loose = choose_prior_sd(wrong, X, y, sds=[1.0, 0.05], random_state=0)
    assert loose.prior.sd == 1.0
    assert loose.table()["log_likelihood"][0] < loose.log_likelihoods[-1] - 0.1
    # the last is maximum likelihood, whatever the prior
    assert loose.log_likelihoods[-1] == choice.log_likelihoods[-1]
    assert right.prior.sd == 0.5
    assert "without a prior" in repr(choice)
    assert "How firm the prior" in choice._repr_html_()


def test_the_held_out_likelihood_is_that_of_folds_done_by_hand(german: pd.DataFrame) -> None:
    X, y = german[["duration_months"]], german["is_bad"]
    prior = CoefficientPrior(means={"duration_months": -0.4}, sd=0.1)
    choice = choose_prior_sd(
        LogisticScorecard(prior=prior), X, y, sds=[0.1], n_folds=2, random_state=3
    )
    from sklearn.model_selection import StratifiedKFold

    total = 0.0
    for train, test in StratifiedKFold(2, shuffle=True, random_state=3).split(X, y):
        model = LogisticScorecard(prior=prior).fit(X.iloc[train], y.iloc[train])
        prob = model.predict_proba(X.iloc[test])[:, 1]
        total += np.log(np.where(y.iloc[test] == 1, prob, 1 - prob)).sum()
    assert choice.log_likelihoods[0] == pytest.approx(total / len(y), rel=1e-9)


# --- warnings and errors -------------------------------------------------------------


def test_judgement_against_the_data_is_told(german: pd.DataFrame, encoder: WOEEncoder) -> None:
    with pytest.warns(CoefficientSignWarning, match="point different ways in 'duration_months'"):
        prior = prior_from_scorecard(months([-0.5, 0.0, 0.5]), encoder, german)
    assert prior.means["duration_months"] > 0.05


def test_what_would_be_lost_or_is_not_there_is_refused(
    german: pd.DataFrame, encoder: WOEEncoder
) -> None:
    card = months([0.5, 0.1, -0.6])
    few = WOEEncoder().fit(german[["age_years"]], german["is_bad"])
    with pytest.raises(MissingColumnError, match="'duration_months' would be lost"):
        prior_from_scorecard(card, few, german)
    with pytest.raises(InvalidParameterError, match="must be fitted"):
        prior_from_scorecard(card, WOEEncoder(), german)
    bare = Scorecard(characteristics=card.characteristics)
    with pytest.raises(UncalibratedCardError, match="'card' card of prior_from_scorecard"):
        prior_from_scorecard(bare, encoder, german)
    with pytest.raises(InvalidDataError, match="No column with bins differs"):
        prior_from_scorecard(card, encoder, german.iloc[[0]])
    with pytest.raises(InvalidParameterError, match="'sd' parameter"):
        prior_from_scorecard(card, encoder, german, sd=0)


def test_choosing_needs_a_prior_cases_and_numbers(german: pd.DataFrame) -> None:
    X, y = german[["duration_months"]], german["is_bad"]
    model = LogisticScorecard(prior=CoefficientPrior(means={"duration_months": -1.0}))
    with pytest.raises(InvalidParameterError, match="has no prior"):
        choose_prior_sd(LogisticScorecard(), X, y)
    for sds in ([], 0.5):
        with pytest.raises(InvalidParameterError, match="must list a standard deviation"):
            choose_prior_sd(model, X, y, sds=sds)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'sds' parameter"):
        choose_prior_sd(model, X, y, sds=[0.1, -1])
    with pytest.raises(InvalidParameterError, match="'n_folds' parameter"):
        choose_prior_sd(model, X, y, n_folds=1)
    with pytest.raises(InvalidDataError, match="rarer class has 4"):
        choose_prior_sd(model, X, np.arange(len(X)) < 4)
    rare = pd.DataFrame({"duration_months": [1.0] * 39 + [2.0]})
    with pytest.raises(InvalidDataError, match="One of the folds cannot be fitted"):
        choose_prior_sd(model, rare, np.arange(40) % 2, n_folds=2, random_state=0)
