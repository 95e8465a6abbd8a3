"""Laws of an estimated card: classifier and card agree, and rows count for what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard

seeds = st.integers(0, 2**32 - 1)

# random portfolios of 400 rows have columns that say little; that is not what is tested here
quiet = pytest.mark.filterwarnings("ignore::creditscore.exceptions.CreditScoreWarning")


def portfolio(seed: int, n: int = 400) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    risk = rng.normal(size=n)
    amount = np.round(np.exp(rng.normal(size=n) - 0.4 * risk), 2)
    amount[rng.random(n) < 0.1] = np.nan
    age = np.round(40 - 4 * risk + 9 * rng.normal(size=n))
    sector = np.array(["farm", "shop", "works", "office"])[
        np.clip(np.round(1.5 + risk + rng.normal(size=n)), 0, 3).astype(int)
    ]
    is_bad = pd.Series(rng.random(n) < 1 / (1 + np.exp(1 - 1.5 * risk)))
    return pd.DataFrame({"amount": amount, "age": age, "sector": sector}), is_bad


def fit(X: pd.DataFrame, y: pd.Series, weights: np.ndarray | None = None) -> LogisticScorecard:
    return LogisticScorecard(min_iv=0).fit(X, y, weights)


def assert_same_cards(first: Scorecard, second: Scorecard) -> None:
    """Same bins and counts; points to rounding, because sums run in another order."""
    assert first.names == second.names
    assert [c.partition for c in first.characteristics] == [
        c.partition for c in second.characteristics
    ]
    columns = ["count", "bad_rate", "woe", "coefficient", "points"]
    np.testing.assert_allclose(
        first.table()[columns], second.table()[columns], rtol=1e-8, atol=1e-9, equal_nan=True
    )


@quiet
@settings(max_examples=15)
@given(seed=seeds)
def test_classifier_and_card_say_the_same(seed: int) -> None:
    X, y = portfolio(seed)
    model = fit(X, y)
    card = model.scorecard_
    proba = model.predict_proba(X)
    assert proba[:, 1].tolist() == card.prob_default(X).tolist()
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-15)
    log_odds = card.scale.log_odds(card.score(X))
    assert model.decision_function(X).tolist() == (-log_odds).tolist()
    likelier = np.where(proba[:, 1] > 0.5, model.classes_[1], model.classes_[0])
    assert model.predict(X).tolist() == likelier.tolist()


@quiet
@settings(max_examples=15)
@given(seed=seeds, pdo=st.floats(5, 80), base_odds=st.floats(1, 100))
def test_score_is_the_model_on_the_scale(seed: int, pdo: float, base_odds: float) -> None:
    X, y = portfolio(seed)
    scale = PointsScale(base_score=500, base_odds=base_odds, pdo=pdo)
    model = LogisticScorecard(min_iv=0, scale=scale).fit(X, y)
    woe = model.encoder_.transform(X)[list(model.scorecard_.names)].to_numpy()
    bad_log_odds = model.intercept_ + woe @ model.coef_
    expected = scale.offset - scale.factor * bad_log_odds
    np.testing.assert_allclose(model.scorecard_.score(X), expected, rtol=1e-11)


@quiet
@settings(max_examples=15)
@given(seed=seeds)
def test_fitted_probabilities_average_to_the_bad_rate(seed: int) -> None:
    # the score equation of the intercept at the maximum of the likelihood
    X, y = portfolio(seed)
    assert fit(X, y).predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), rel=1e-9)


@quiet
@settings(max_examples=12)
@given(seed=seeds)
def test_order_of_the_training_rows_has_no_say(seed: int) -> None:
    X, y = portfolio(seed)
    order = np.random.default_rng(seed).permutation(len(X))
    assert_same_cards(fit(X, y).scorecard_, fit(X.iloc[order], y.iloc[order]).scorecard_)


@quiet
@settings(max_examples=12)
@given(seed=seeds)
def test_index_of_the_training_rows_has_no_say(seed: int) -> None:
    X, y = portfolio(seed)
    again = fit(X.set_axis(np.arange(len(X))[::-1]), y.set_axis(["x"] * len(y)))
    assert again.scorecard_ == fit(X, y).scorecard_


@quiet
@settings(max_examples=12)
@given(seed=seeds)
def test_weight_is_repetition_and_weight_0_is_absence(seed: int) -> None:
    X, y = portfolio(seed)
    weights = np.random.default_rng(seed).integers(0, 4, size=len(X))
    rows = np.repeat(np.arange(len(X)), weights)
    weighted, repeated = fit(X, y, weights), fit(X.iloc[rows], y.iloc[rows])
    assert_same_cards(weighted.scorecard_, repeated.scorecard_)
    first, second = weighted.scorecard_.fit_summary, repeated.scorecard_.fit_summary
    assert first.standard_errors == pytest.approx(second.standard_errors, rel=1e-7)
    assert (first.aic, first.bic) == pytest.approx((second.aic, second.bic), rel=1e-9)


@quiet
@settings(max_examples=10)
@given(seed=seeds)
def test_order_of_the_columns_changes_nothing_but_their_order(seed: int) -> None:
    X, y = portfolio(seed)
    model, turned = fit(X, y), fit(X[["sector", "age", "amount"]], y)
    assert turned.scorecard_.names == ("sector", "age", "amount")
    np.testing.assert_allclose(
        turned.decision_function(X), model.decision_function(X), rtol=1e-8, atol=1e-9
    )
    assert turned.predict_proba(X[["age", "amount", "sector"]]).tolist() == (
        turned.predict_proba(X).tolist()
    )


@quiet
@settings(max_examples=10)
@given(seed=seeds)
def test_the_other_coding_of_the_target_turns_the_classes_only(seed: int) -> None:
    X, y = portfolio(seed)
    model = fit(X, y)
    turned = LogisticScorecard(min_iv=0, bad_label=0).fit(X, 1 - y.astype(int))
    assert turned.scorecard_ == model.scorecard_
    assert turned.predict_proba(X)[:, ::-1].tolist() == model.predict_proba(X).tolist()
    assert turned.decision_function(X).tolist() == (-model.decision_function(X)).tolist()
