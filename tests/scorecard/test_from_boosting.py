"""A boosting that somebody has fitted, as a card: equal for every row, or refused by name."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from creditscore import PointsScale
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    ColumnTypeError,
    CreditScoreWarning,
    EmptyDataError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    MissingColumnError,
    UnseenCategoryWarning,
)
from creditscore.scorecard import BoostedScorecard, Scorecard, scorecard_from_boosting


def additive(**parameters: Any) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        **{
            "interaction_cst": "no_interactions",
            "max_iter": 40,
            "early_stopping": False,
            "random_state": 0,
            **parameters,
        }
    )


@pytest.fixture(scope="module")
def german() -> tuple[pd.DataFrame, pd.Series]:
    """German credit with categories, gaps in numbers and in categories, and flags."""
    table = load_german_credit()
    y = table.pop("is_bad").astype(int)
    rng = np.random.default_rng(0)
    texts = table.select_dtypes(exclude="number").columns
    X = table.astype(dict.fromkeys(texts, "category"))
    for name in ("duration_months", "credit_amount", "purpose", "savings_status"):
        X[name] = X[name].where(rng.random(len(X)) > 0.1)
    return X.assign(flag=rng.random(len(X)) < 0.3), y


def assert_equal(
    card: Scorecard, model: HistGradientBoostingClassifier, X: Any, asked: Any = None, sign: int = 1
) -> None:
    """Compare log-odds of being bad, to the rounding of sums."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreditScoreWarning)
        log_odds = -card.scale.log_odds(np.asarray(card.score(X)))
    expected = sign * model.decision_function(X if asked is None else asked)
    np.testing.assert_allclose(log_odds, expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(
    "settings_of_fit",
    [
        {},
        {"max_leaf_nodes": 5, "max_iter": 15},
        {"interaction_cst": None, "max_depth": 1},
        {"interaction_cst": None, "max_leaf_nodes": 2},
        {"interaction_cst": [[i] for i in range(20)]},
        {"early_stopping": True, "n_iter_no_change": 3, "max_iter": 500},
        {"class_weight": "balanced"},
        {"l2_regularization": 3.0, "learning_rate": 1.0, "max_bins": 11},
        {"max_features": 0.3},
        {"monotonic_cst": {"age_years": -1, "credit_amount": 1}},
        {"categorical_features": None, "drop": True},
        {"warm_start": True},
    ],
)
def test_real_data_with_gaps(german: Any, settings_of_fit: dict[str, Any]) -> None:
    X, y = german
    told = dict(settings_of_fit)
    if told.pop("drop", False):
        X = X.select_dtypes(["number", "bool"])
    else:
        told = {"categorical_features": "from_dtype", **told}
    model = additive(**told).fit(X, y)
    card = scorecard_from_boosting(model, X, y)
    assert_equal(card, model, X)
    np.testing.assert_allclose(
        logit(card.prob_default(X)), model.decision_function(X), rtol=1e-9, atol=1e-9
    )
    # what the fit never met: gaps, other levels, amounts beyond
    other = X.copy()
    for name in X.select_dtypes("number"):
        other[name] = other[name].astype(float) * 3 - 1_000
        other.loc[other.index[::3], name] = np.nan
    for name in X.select_dtypes("category"):
        other[name] = other[name].cat.rename_categories(lambda level: level[::2])
    assert_equal(card, model, other)
    assert card.table()["count"].sum() == len(X) * len(card.characteristics)


def test_at_each_cut_and_the_floats_beside_it(german: Any) -> None:
    X, y = german
    X = X[["credit_amount", "age_years", "duration_months"]]
    model = additive(max_iter=200).fit(X, y)
    card = scorecard_from_boosting(model, X, y)
    for one in card.characteristics:
        cuts = np.array(one.partition.cuts)
        assert len(cuts) > 3
        below, above = np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf)
        probes = np.concatenate([cuts, below, above, [-1e300, 0.0, -0.0, 1e300]])
        rows = pd.DataFrame({name: np.full(len(probes), 30.0) for name in X}).assign(
            **{one.name: probes}
        )
        assert_equal(card, model, rows)
        # each cut is one: the model differs on its two sides
        sides = [
            model.decision_function(
                pd.DataFrame({name: np.full(len(cuts), 30.0) for name in X}).assign(
                    **{one.name: at}
                )
            )
            for at in (below, cuts)
        ]
        assert (sides[0] != sides[1]).all()


@given(data=st.data(), seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_any_table(data: st.DataObject, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = data.draw(st.integers(40, 120))
    value = st.one_of(st.floats(-1e6, 1e6), st.integers(-5, 5).map(float), st.just(float("nan")))
    amounts = np.array(data.draw(st.lists(value, min_size=n, max_size=n)))
    levels = np.array(["a", "b", "c, d", "Missing", None], dtype=object)
    X = pd.DataFrame(
        {
            "amount": amounts,
            "level": pd.Categorical(levels[rng.integers(0, 5, size=n)]),
            "count": rng.integers(0, 4, size=n),
            "flag": rng.random(n) < 0.5,
        }
    )
    y = np.append([0, 1], rng.integers(0, 2, size=n - 2))
    model = additive(
        min_samples_leaf=data.draw(st.integers(1, 5)),
        max_leaf_nodes=data.draw(st.integers(2, 8)),
        max_bins=data.draw(st.integers(5, 255)),
        max_iter=data.draw(st.integers(1, 10)),
        categorical_features="from_dtype",
    ).fit(X, y)
    try:
        card = scorecard_from_boosting(model, X, y)
    except EmptyDataError:
        assert np.ptp(model.decision_function(X)) == 0
        return
    assert_equal(card, model, X)
    other = X.assign(
        amount=rng.permutation(np.nextafter(amounts, 1e9)),
        level=X["level"].where(rng.random(n) < 0.5),
    )
    assert_equal(card, model, other)


def test_levels_of_any_type(german: Any) -> None:
    X, y = german
    rng = np.random.default_rng(1)
    X = pd.DataFrame(
        {
            "whole": pd.Categorical(rng.integers(-3, 4, size=len(y)) * 10),
            "grade": pd.Categorical(
                rng.choice(list("CAB"), size=len(y)), categories=list("CAB"), ordered=True
            ),
            "yes": pd.Categorical(rng.random(len(y)) < 0.5),
            "plain": rng.integers(0, 6, size=len(y)),
            "text": rng.choice(["x", "y", "z"], size=len(y)).astype(object),
        }
    )
    risk = (
        X["whole"].astype(float) / 20 + (X["grade"] == "A") + X["plain"].eq(3) + (X["text"] == "z")
    )
    y = (rng.random(len(y)) < 1 / (1 + np.exp(1.5 - risk))).astype(int)
    named = ["whole", "grade", "yes", "plain", "text"]
    model = additive(categorical_features=named, min_samples_leaf=5).fit(X, y)
    card = scorecard_from_boosting(model, X, y)
    assert {c.name: c.partition.kind for c in card.characteristics} == dict.fromkeys(
        [c.name for c in card.characteristics], "categorical"
    )
    assert {"whole", "grade", "plain", "text"} <= {c.name for c in card.characteristics}
    assert_equal(card, model, X)
    assert_equal(card, model, X.assign(plain=99))
    with pytest.warns(UnseenCategoryWarning, match="'plain'"):
        card.score(X.assign(plain=99))


def test_numeric_categories_that_the_model_takes_for_numbers(german: Any) -> None:
    _, y = german
    X = pd.DataFrame(
        {"n": pd.Categorical(np.arange(len(y)) % 7), "flag": np.arange(len(y)) % 2 == 0}
    )
    model = additive(categorical_features=None, max_iter=30).fit(X, y)
    assert_equal(scorecard_from_boosting(model, X, y), model, X)


def test_arrays_and_other_libraries(german: Any) -> None:
    X, y = german
    numbers = X[["credit_amount", "age_years", "duration_months"]].astype(float)
    of_array = additive().fit(numbers.to_numpy(), y)
    card = scorecard_from_boosting(of_array, numbers, y)
    assert_equal(card, of_array, numbers, asked=numbers.to_numpy())
    of_polars = additive().fit(pl.from_pandas(numbers), y.to_numpy())
    assert scorecard_from_boosting(of_polars, pl.from_pandas(numbers), y.to_numpy()) == card
    assert scorecard_from_boosting(of_polars, pa.Table.from_pandas(numbers), y.to_numpy()) == card
    levels = pl.from_pandas(X[["purpose", "housing", "duration_months"]])
    of_levels = additive(categorical_features="from_dtype").fit(levels, y.to_numpy())
    assert of_levels.is_categorical_.tolist() == [True, True, False]
    assert_equal(scorecard_from_boosting(of_levels, levels, y.to_numpy()), of_levels, levels)
    more = numbers.assign(extra="x")[["extra", "age_years", "credit_amount", "duration_months"]]
    of_table = additive().fit(numbers, y)
    assert scorecard_from_boosting(of_table, more, y) == card
    # categories by place in an array of floats
    array = np.column_stack([np.arange(len(y)) % 5 * 2.0, numbers["age_years"]])
    by_place = additive(categorical_features=[0]).fit(array, y)
    names = pd.DataFrame(array, columns=["branch", "age"])
    assert_equal(scorecard_from_boosting(by_place, names, y), by_place, names, asked=array)


def test_labels_weights_and_scale(german: Any) -> None:
    X, y = german
    X = X.select_dtypes("number")
    weights = np.random.default_rng(0).integers(0, 4, size=len(y))
    words = np.where(y == 1, "bad", "good")  # sorted, the bad one is the first
    model = additive().fit(X, words, sample_weight=weights)
    scale = PointsScale(base_score=100, base_odds=1, pdo=10)
    card = scorecard_from_boosting(
        model, X, words, sample_weight=weights, scale=scale, bad_label="bad"
    )
    assert card.scale == scale
    assert_equal(card, model, X, sign=-1)
    table = card.table()
    assert table["count"].sum() == weights.sum() * len(card.characteristics)
    with pytest.raises(InvalidTargetError, match="bad_label"):
        scorecard_from_boosting(model, X, words)
    with pytest.raises(InvalidTargetError, match=r"\[0, 1\], those of the model \['bad', 'good'\]"):
        scorecard_from_boosting(model, X, y)


def test_another_sample_than_that_of_the_fit(german: Any) -> None:
    X, y = german
    X = X.select_dtypes("number")
    model = additive().fit(X, y)
    few = X.iloc[:60]
    card = scorecard_from_boosting(model, few, y.iloc[:60])
    assert_equal(card, model, X)
    assert card.table()["count"].sum() == 60 * len(card.characteristics)


def test_the_estimator_is_the_same_card(german: Any) -> None:
    X, y = german
    X = X.select_dtypes("number").dropna()
    y = y[X.index]
    ours = BoostedScorecard(n_iterations=40).fit(X, y)
    model = additive(max_leaf_nodes=2).fit(X, y)
    card = scorecard_from_boosting(model, X, y)
    np.testing.assert_allclose(card.score(X), ours.scorecard_.score(X), rtol=1e-12)
    assert [c.name for c in card.characteristics] == [
        c.name for c in ours.scorecard_.characteristics
    ]


def test_export_and_compile(german: Any, tmp_path: Any) -> None:
    X, y = german
    model = additive(categorical_features="from_dtype").fit(X, y)
    card = scorecard_from_boosting(model, X, y)
    card.to_json(tmp_path / "card.json")
    assert Scorecard.from_json(tmp_path / "card.json") == card
    compiled = card.compile()
    row = X[list(card.names)].iloc[3].to_dict()
    assert compiled(row).score == pytest.approx(card.score(X.iloc[[3]]).item(), rel=1e-12)


# --- what is refused ------------------------------------------------------------------


def test_models_that_are_no_card(german: Any) -> None:
    X, y = german
    X = X[["age_years", "credit_amount"]]
    whole = HistGradientBoostingClassifier(max_iter=5).fit(X, y)
    with pytest.raises(InvalidParameterError, match="may look at several columns together"):
        scorecard_from_boosting(whole, X, y)
    pairs = additive(interaction_cst=[[0, 1]]).fit(X, y)
    with pytest.raises(InvalidParameterError, match=r"interaction_cst=\[\[0, 1\]\]"):
        scorecard_from_boosting(pairs, X, y)
    none_named = additive(interaction_cst=[]).fit(X, y)
    with pytest.raises(InvalidParameterError, match="several columns"):
        scorecard_from_boosting(none_named, X, y)
    with pytest.raises(InvalidParameterError, match=r"on 3: 0, 1, 2"):
        scorecard_from_boosting(additive(max_iter=3).fit(X, np.arange(len(y)) % 3), X, y)
    with pytest.raises(NotFittedError):
        scorecard_from_boosting(additive(), X, y)
    regressor = HistGradientBoostingRegressor(max_iter=2).fit(X, y)
    search = GridSearchCV(additive(max_iter=2), {"l2_regularization": [0.0]}, cv=2).fit(X, y)
    for other in (regressor, search, None):
        with pytest.raises(InvalidParameterError, match="must be a HistGradientBoostingClassifier"):
            scorecard_from_boosting(other, X, y)
    with pytest.raises(InvalidParameterError, match="'scale'"):
        scorecard_from_boosting(additive(max_iter=2).fit(X, y), X, y, scale=3)


def test_parameters_that_do_not_tell_the_trees(german: Any) -> None:
    X, y = german
    X = X[["age_years", "credit_amount"]]
    model = HistGradientBoostingClassifier(max_iter=20).fit(X, y)
    model.set_params(interaction_cst="no_interactions")
    with pytest.raises(InvalidDataError, match="could not be taken apart"):
        scorecard_from_boosting(model, X, y)


def test_tables_that_do_not_fit(german: Any) -> None:
    X, y = german
    X = X[["age_years", "credit_amount"]]
    model = additive(max_iter=5).fit(X, y)
    with pytest.raises(MissingColumnError, match="'credit_amount'"):
        scorecard_from_boosting(model, X[["age_years"]], y)
    with pytest.raises(ColumnTypeError, match="no names"):
        scorecard_from_boosting(model, X.to_numpy(), y)
    with pytest.raises(InvalidDataError, match="2 columns without names, and X has 1"):
        scorecard_from_boosting(additive(max_iter=2).fit(X.to_numpy(), y), X[["age_years"]], y)
    infinite = X.assign(age_years=X["age_years"].astype(float).where(X["age_years"] > 20, np.inf))
    with pytest.raises(InfiniteValueError, match="'age_years'"):
        scorecard_from_boosting(additive(max_iter=5).fit(infinite, y), infinite, y)
    with pytest.raises(ColumnTypeError, match="'age_years' holds text, such as"):
        scorecard_from_boosting(model, X.assign(age_years="old"), y)
    with pytest.raises(EmptyDataError, match="no tree cuts it"):
        scorecard_from_boosting(additive(min_samples_leaf=600).fit(X, y), X, y)
