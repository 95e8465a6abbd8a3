"""The cross-fitted classifier: on real data, in folds and with estimators of all kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import expit
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, TimeSeriesSplit, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier

from creditscore import LogisticScorecard, PointsScale
from creditscore.calibrate import (
    CalibratedScorecard,
    ConstantCurve,
    evaluate_calibration,
    logistic_calibration,
)
from creditscore.datasets import load_german_credit, load_taiwan_credit
from creditscore.exceptions import (
    CalibrationWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    SeparationWarning,
)

COLUMNS = ["checking_status", "duration_months", "savings_status", "credit_history", "purpose"]
quiet = pytest.mark.filterwarnings("ignore::creditscore.exceptions.CreditScoreWarning")


@pytest.fixture(scope="module")
def german() -> pd.DataFrame:
    return load_german_credit()


# --- real data -----------------------------------------------------------------------


@quiet
@pytest.mark.parametrize("method", ["logistic", "isotonic", "beta", "quasi_moment"])
def test_german_credit(german: pd.DataFrame, method: str) -> None:
    X = german.drop(columns="is_bad")
    train, test, y, y_test = train_test_split(
        X, german["is_bad"], test_size=0.4, random_state=1, stratify=german["is_bad"]
    )
    plain = LogisticScorecard().fit(train, y)
    model = CalibratedScorecard(philosophy="point_in_time", method=method).fit(train, y)
    prob = model.predict_proba(test)[:, 1]
    before = evaluate_calibration(y_test, plain.predict_proba(test)[:, 1])
    after = evaluate_calibration(y_test, prob)
    assert before.line.slope.estimate < 0.7
    if method == "isotonic":
        assert "prob_default is 0 or 1" in after.note
    else:
        assert after.line.slope.estimate == pytest.approx(1, abs=0.15)
    assert after.calibration_error < before.calibration_error
    raw, calibrated = model.evaluation_.itertuples()
    assert calibrated.calibration_error < raw.calibration_error
    assert model.scorecard_ == plain.scorecard_


def test_cross_fitted_slope_is_near_one(german: pd.DataFrame) -> None:
    model = CalibratedScorecard(philosophy="point_in_time").fit(german[COLUMNS], german["is_bad"])
    raw, calibrated = model.evaluation_.itertuples()
    assert raw.slope < calibrated.slope
    assert calibrated.slope == pytest.approx(1, abs=0.03)
    assert calibrated.in_the_large == pytest.approx(0, abs=0.01)
    assert calibrated.note == ""


@quiet
def test_taiwan_credit() -> None:
    taiwan = load_taiwan_credit()
    X, y = taiwan.drop(columns="is_bad").iloc[:, :8], taiwan["is_bad"]
    model = CalibratedScorecard(philosophy="point_in_time", cv=3).fit(X, y)
    calibrated = model.evaluation_.iloc[1]
    assert calibrated["slope"] == pytest.approx(1, abs=0.01)
    assert calibrated["calibration_error"] < 0.015


# --- what it is ----------------------------------------------------------------------


def test_card_and_calibration_give_the_probabilities(german: pd.DataFrame) -> None:
    X = german[COLUMNS]
    model = CalibratedScorecard(philosophy="hybrid").fit(X, german["is_bad"])
    score = model.scorecard_.score(X)
    by_hand = model.calibration_.prob_default(score)
    assert (by_hand.to_numpy() == model.predict_proba(X)[:, 1]).all()
    assert model.calibration_.measure == "score"
    assert (model.predict(X) == (by_hand > 0.5).astype(int)).all()
    assert expit(model.decision_function(X)) == pytest.approx(by_hand.to_numpy())
    polars = model.predict_proba(pl.from_pandas(X))
    assert polars[:, 1] == pytest.approx(by_hand.to_numpy())


def test_out_of_fold_rows(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"]
    model = CalibratedScorecard(philosophy="hybrid", cv=4).fit(X, y)
    rows = model.out_of_fold_
    assert rows["row"].tolist() == list(range(1000))
    assert rows["fold"].value_counts().tolist() == [250] * 4
    assert (rows["is_bad"].to_numpy() == y.to_numpy()).all()
    # the first fold, by hand
    here = (rows["fold"] == 1).to_numpy()
    card = LogisticScorecard().fit(X[~here], y[~here]).scorecard_
    assert rows.loc[here, "value"].to_numpy() == pytest.approx(card.score(X[here]).to_numpy())
    assert rows.loc[here, "raw"].to_numpy() == pytest.approx(card.prob_default(X[here]).to_numpy())
    others = rows[~here]
    found = logistic_calibration(
        others["is_bad"], others["value"], philosophy="hybrid", platt_targets=True
    )
    prob = found.prob_default(rows.loc[here, "value"])
    assert rows.loc[here, "pd"].to_numpy() == pytest.approx(prob.to_numpy(), rel=1e-12)


def test_central_tendency(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"]
    told = {"philosophy": "through_the_cycle", "central_tendency": 0.05}
    model = CalibratedScorecard(**told).fit(X, y)
    prob = model.calibration_.best_estimate(model.out_of_fold_["value"])
    assert prob.mean() == pytest.approx(0.05, rel=1e-9)
    # the evaluation is at the level of the outcomes
    assert model.evaluation_["predicted"].to_numpy() == pytest.approx([0.3, 0.3], abs=0.01)


def test_a_bad_label(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"].map({1: "bad", 0: "good"})
    model = CalibratedScorecard(philosophy="hybrid", bad_label="bad").fit(X, y)
    plain = CalibratedScorecard(philosophy="hybrid").fit(X, german["is_bad"])
    assert model.classes_.tolist() == ["bad", "good"]
    assert model.predict_proba(X)[:, 0] == pytest.approx(plain.predict_proba(X)[:, 1])
    assert (model.predict(X) == np.where(plain.predict(X) == 1, "bad", "good")).all()
    with pytest.raises(InvalidTargetError, match="which of them is bad is not guessed"):
        CalibratedScorecard(philosophy="hybrid").fit(X, y)


def test_in_scikit_learn(german: pd.DataFrame) -> None:
    model = CalibratedScorecard(LogisticScorecard(min_iv=0.0), philosophy="hybrid", cv=2)
    scores = cross_val_score(
        model, german[COLUMNS], german["is_bad"], scoring="neg_brier_score", cv=3
    )
    assert (scores > -0.21).all()
    assert clone(model).get_params()["estimator__min_iv"] == 0.0


# --- estimators ----------------------------------------------------------------------


def numbers(n: int = 600) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    return X, rng.random(n) < expit(X @ [1, -0.5, 0] - 1)


def test_any_classifier() -> None:
    X, y = numbers()
    model = CalibratedScorecard(LogisticRegression(), philosophy="hybrid").fit(X, y)
    assert model.calibration_.measure == "prob_default"
    assert not hasattr(model, "scorecard_")
    assert model.evaluation_["slope"].iloc[1] == pytest.approx(1, abs=0.05)
    model.set_params(estimator=None).fit(X, y)
    assert hasattr(model, "scorecard_")
    model.set_params(estimator=LogisticRegression()).fit(X, y)
    assert not hasattr(model, "scorecard_")


def test_a_forest_says_0_and_1() -> None:
    X, y = numbers()
    forest = RandomForestClassifier(20, random_state=0)
    with pytest.raises(InvalidDataError, match="Calibrate them by isotonic_calibration"):
        CalibratedScorecard(forest, philosophy="hybrid").fit(X, y)
    with pytest.warns(SeparationWarning, match="probability of default of 1 for a") as caught:
        model = CalibratedScorecard(forest, philosophy="hybrid", method="isotonic").fit(X, y)
    # not for each fold again
    assert len(caught) == 1
    errors = model.evaluation_["calibration_error"]
    assert errors.iloc[1] < errors.iloc[0]


def test_a_reversed_scale_is_calibrated_by_its_probability(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"]
    card = LogisticScorecard(scale=PointsScale(reverse=True))
    model = CalibratedScorecard(card, philosophy="hybrid").fit(X, y)
    plain = CalibratedScorecard(philosophy="hybrid").fit(X, y)
    assert model.calibration_.measure == "prob_default"
    assert model.predict_proba(X) == pytest.approx(plain.predict_proba(X))


def test_noise_gets_one_probability() -> None:
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(200, 2)), np.arange(200) % 4 == 0
    with pytest.warns(CalibrationWarning, match=r"all get one probability, 0\.25") as caught:
        model = CalibratedScorecard(ConstantModel(), philosophy="hybrid").fit(X, y)
    assert len(caught) == 6
    assert model.calibration_.curve == ConstantCurve(rate=0.25)
    assert model.predict_proba(X)[:, 1].tolist() == [0.25] * 200


class ConstantModel(LogisticRegression):
    """A classifier that says the same of everybody."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.full((len(X), 2), 0.5)


# --- folds ---------------------------------------------------------------------------


def test_groups_stay_together(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"]
    groups = np.arange(1000) // 4
    for cv in (3, GroupKFold(3)):
        rows = CalibratedScorecard(philosophy="hybrid", cv=cv).fit(X, y, groups=groups).out_of_fold_
        assert rows.groupby(groups)["fold"].nunique().max() == 1


def test_later_periods_are_judged_by_earlier_ones(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"]
    periods = np.arange(1000) // 250
    model = CalibratedScorecard(philosophy="hybrid", cv=3).fit(X, y, periods=periods)
    rows = model.out_of_fold_
    assert rows["row"].min() == 250
    assert (rows["fold"].to_numpy() == periods[rows["row"]]).all()
    assert model.calibration_.sample.n == 750
    series = CalibratedScorecard(philosophy="hybrid", cv=TimeSeriesSplit(3)).fit(X, y)
    assert series.out_of_fold_["row"].min() == 250


def test_folds_as_truth_values(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"]
    late = np.arange(1000) >= 500
    by_value = CalibratedScorecard(philosophy="hybrid", cv=[(~late, late), (late, ~late)])
    places = [(np.flatnonzero(a), np.flatnonzero(b)) for a, b in by_value.cv]
    by_place = CalibratedScorecard(philosophy="hybrid", cv=places).fit(X, y)
    assert by_value.fit(X, y).calibration_ == by_place.calibration_


def test_weights_reach_both_fits(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"]
    half = [(np.arange(500), np.arange(500, 1000)), (np.arange(500, 1000), np.arange(500))]
    weights = np.random.default_rng(0).integers(0, 3, 1000)
    model = CalibratedScorecard(philosophy="hybrid", cv=half).fit(X, y, weights)
    rows = np.repeat(np.arange(1000), weights)
    first = int(weights[:500].sum())
    parts = [np.arange(first), np.arange(first, len(rows))]
    repeated = CalibratedScorecard(philosophy="hybrid", cv=[parts, parts[::-1]])
    repeated.fit(X.iloc[rows], y.iloc[rows])
    assert model.predict_proba(X) == pytest.approx(repeated.predict_proba(X), rel=1e-6)
    with pytest.raises(InvalidParameterError, match="KNeighborsClassifier takes no sample_weight"):
        CalibratedScorecard(KNeighborsClassifier(), philosophy="hybrid").fit(
            *numbers(), np.ones(600)
        )


def test_folds_that_cannot_be() -> None:
    X, y = numbers()
    everyone, half = np.arange(600), np.arange(300)
    for cv, error, message in (
        ([(everyone, half), (half, everyone)], InvalidDataError, "judge rows that their model was"),
        ([(half, everyone[300:])], InvalidDataError, "must be two or more"),
        ([(half, everyone[300:])] * 2, InvalidDataError, "a row that is judged 2 times"),
        ([(half, everyone[300:] + 1), (everyone[300:], half)], InvalidDataError, "Got 301 to 600"),
        ([(half, -half - 1), (everyone[300:], half)], InvalidDataError, "Got -300 to -1"),
        ([(half, everyone[300:] / 2), (everyone[300:], half)], InvalidDataError, "Got float64 of"),
        (1, InvalidParameterError, r"'cv' .* must be an integer, 2 or more"),
        (2.5, InvalidParameterError, "must be a number of folds, a splitter"),
        (500, InvalidParameterError, "500 folds need as many cases of each class"),
    ):
        with pytest.raises(error, match=message):
            CalibratedScorecard(philosophy="hybrid", cv=cv).fit(X, y)
    with pytest.raises(InvalidParameterError, match="'periods' of a fit go with a number"):
        CalibratedScorecard(philosophy="hybrid", cv=GroupKFold(2)).fit(X, y, periods=everyone)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"philosophy": None}, "'philosophy' parameter of CalibratedScorecard must be said"),
        ({"method": "platt"}, "'method' parameter of CalibratedScorecard must be one of"),
        ({"central_tendency": 3}, r"'central_tendency' parameter .* in the range \(0, 1\)"),
        ({"estimator": LogisticScorecard}, "must be a classifier, such as"),
        ({"estimator": 1}, "must be a classifier, such as"),
    ],
)
def test_parameters(told: dict, message: str) -> None:
    X, y = numbers()
    with pytest.raises(InvalidParameterError, match=message):
        CalibratedScorecard(**{"philosophy": "hybrid"} | told).fit(X, y)


def test_a_fit_that_fails_leaves_the_last_one(german: pd.DataFrame) -> None:
    X, y = german[COLUMNS], german["is_bad"]
    model = CalibratedScorecard(philosophy="hybrid").fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(InvalidTargetError, match="one class only"):
        model.fit(X, np.zeros(1000))
    assert (model.predict_proba(X) == before).all()
