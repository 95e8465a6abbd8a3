"""LogisticScorecard: labels, what stays out and why, what is warned of, what is refused."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.exceptions import NotFittedError

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder, _newton
from creditscore.exceptions import (
    CoefficientSignWarning,
    CollinearityWarning,
    ColumnTypeError,
    CreditScoreError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
    NonConvergenceWarning,
    SeparationWarning,
)
from creditscore.metrics import auc
from creditscore.scorecard import _bounded


@pytest.fixture
def y(applicants: pd.DataFrame) -> pd.Series:
    return applicants["is_bad"]


# --- the result ----------------------------------------------------------------------


def test_result_is_a_card_with_its_summary(
    model: LogisticScorecard, features: pd.DataFrame
) -> None:
    card = model.scorecard_
    assert isinstance(card, Scorecard)
    assert card.scale == PointsScale()
    summary = card.fit_summary
    assert summary.names == card.names
    assert summary.coefficients == tuple(model.coef_)
    assert summary.intercept == model.intercept_
    assert [c.coefficient for c in card.characteristics] == model.coef_.tolist()
    assert model.feature_names_in_.tolist() == features.columns.tolist()
    assert model.n_features_in_ == features.shape[1]


def test_neutral_points_are_those_of_woe_0(model: LogisticScorecard) -> None:
    card = model.scorecard_
    n, scale = len(card.names), card.scale
    neutral = -model.intercept_ / n * scale.factor + scale.offset / n
    assert [c.neutral_points for c in card.characteristics] == [neutral] * n
    other = card.table().query("kind == 'other'")["points"]
    assert other.tolist() == [neutral] * len(other)


def test_missing_values_and_special_codes_earn_by_their_own_counts(
    card: Scorecard, features: pd.DataFrame, y: pd.Series
) -> None:
    table = card.table().set_index(["characteristic", "attribute"])
    for attribute, name, rows in [
        ("Missing", "income_amount", features["income_amount"].isna()),
        ("Special -9", "months_employed", features["months_employed"] == -9),
        ("Missing", "housing", features["housing"].isna()),
    ]:
        got = table.loc[(name, attribute)]
        assert got["count"] == rows.sum()
        assert got["bad_rate"] == pytest.approx(y[rows].mean())
        odds = (~y.astype(bool))[rows].sum() / y[rows].sum()
        assert got["woe"] == pytest.approx(np.log(odds / ((y == 0).sum() / y.sum())))


def test_columns_that_say_little_stay_out_and_are_named(
    features: pd.DataFrame, y: pd.Series
) -> None:
    rng = np.random.default_rng(0)
    X = features.assign(noise=rng.choice(["a", "b"], len(y)), same="x", void=np.nan)
    with pytest.warns(UserWarning, match="holds"):
        model = LogisticScorecard(min_iv=0.02).fit(X, y)
    assert list(model.dropped_) == ["noise", "same", "void"]
    assert model.dropped_["noise"].endswith("below 0.02")
    assert model.dropped_["same"] == "constant"
    assert model.dropped_["void"] == "all missing"
    assert model.scorecard_.names == tuple(features.columns)
    summary = model.summary().set_index("feature")
    assert summary["dropped"].to_dict() == dict.fromkeys(features, "") | model.dropped_
    assert summary["coefficient"].isna().sum() == 3
    in_card = summary.loc[list(features.columns), "coefficient"]
    assert in_card.tolist() == model.coef_.tolist()
    # what stays out is not needed to score
    assert model.scorecard_.score(features).notna().all()


def test_limit_of_the_information_value(features: pd.DataFrame, y: pd.Series) -> None:
    values = LogisticScorecard().fit(features, y).encoder_.summary().set_index("feature")["iv"]
    weakest = values.idxmin()
    at_limit = LogisticScorecard(min_iv=values.min()).fit(features, y)
    above = LogisticScorecard(min_iv=np.nextafter(values.min(), 1)).fit(features, y)
    assert weakest in at_limit.scorecard_.names
    assert list(above.dropped_) == [weakest]


def test_nothing_left() -> None:
    X = pd.DataFrame({"a": [1, 2] * 40, "b": [1, 1, 2, 2] * 20})
    expected = r"No column is left for the card \('a': IV .*; 'b': IV .*\)\. Lower min_iv"
    with pytest.raises(EmptyDataError, match=expected):
        LogisticScorecard(min_iv=10).fit(X, [0, 1, 1, 1] * 20)


# --- labels --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("good", "bad"),
    [("good", "bad"), ("a: paid", "z: default"), (0, 1), (1, 0), (2, 1), (1, 2), (True, False)],
)
@pytest.mark.parametrize("in_encoder", [False, True])
def test_bad_label_on_both_sides_of_the_sort_order(
    features: pd.DataFrame, y: pd.Series, model: LogisticScorecard, good: Any, bad: Any,
    in_encoder: bool,
) -> None:  # fmt: skip
    labels = [bad if is_bad else good for is_bad in y]
    encoder = WOEEncoder(special_codes={"months_employed": [-9]})
    if in_encoder:
        turned = LogisticScorecard(encoder=encoder.set_params(bad_label=bad)).fit(features, labels)
    else:
        turned = LogisticScorecard(encoder=encoder, bad_label=bad).fit(features, labels)
    assert turned.scorecard_ == model.scorecard_
    assert turned.classes_.tolist() == sorted([good, bad])
    place = turned.classes_.tolist().index(bad)
    prob = turned.scorecard_.prob_default(features).to_numpy()
    assert turned.predict_proba(features)[:, place].tolist() == prob.tolist()
    decision = turned.decision_function(features)
    assert ((decision > 0) == (prob > 0.5 if place == 1 else prob < 0.5)).all()
    predicted = turned.predict(features).tolist()
    assert predicted == [bad if value > 0.5 else good for value in prob]
    assert turned.score(features, labels) == model.score(features, y)


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "float32", "bool", "Int64", "boolean", "object", "Float64"]
)
def test_target_of_any_type(features: pd.DataFrame, y: pd.Series, dtype: str) -> None:
    again = LogisticScorecard().fit(features, y.astype(dtype))
    assert again.scorecard_ == LogisticScorecard().fit(features, y).scorecard_


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["good", "bad"], "which of them is bad is not guessed.*bad_label"),
        ([1, 2], "which of them is bad is not guessed"),
        ([-1, 1], "which of them is bad is not guessed"),
        ([0, 0], "one class only"),
        ([0.0, np.nan], r"missing value\(s\)"),
        (["good", None], r"missing value\(s\)"),
    ],
)
def test_labels_are_not_guessed(labels: list[Any], message: str) -> None:
    X = pd.DataFrame({"a": [1.0, 2.0] * 20})
    with pytest.raises(InvalidTargetError, match=message):
        LogisticScorecard().fit(X, labels * 20)


def test_more_than_two_labels() -> None:
    X = pd.DataFrame({"a": [1.0, 2.0, 3.0] * 20})
    with pytest.raises(InvalidTargetError, match="drop indeterminate cases"):
        LogisticScorecard(bad_label="bad").fit(X, ["good", "bad", "indeterminate"] * 20)


@pytest.mark.parametrize("bad_label", ["Bad", 1, True, np.nan])
def test_bad_label_that_does_not_occur(bad_label: object) -> None:
    X = pd.DataFrame({"a": [1.0, 2.0] * 20})
    with pytest.raises(InvalidTargetError, match=r"bad_label=.* is not among the labels"):
        LogisticScorecard(bad_label=bad_label).fit(X, ["good", "bad"] * 20)


# --- warnings ------------------------------------------------------------------------


def suppressed(seed: int = 0, n: int = 4_000) -> tuple[pd.DataFrame, np.ndarray]:
    """Two levels of risk that a third column mixes: beside both, it takes the wrong sign."""
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 4, n), rng.integers(0, 4, n)
    echo = np.clip(first + second - rng.integers(0, 2, n), 0, 6)
    is_bad = rng.random(n) < expit(-4 + 1.3 * first + 1.3 * second - 0.6 * echo)
    return pd.DataFrame({"first": first, "second": second, "echo": echo}), is_bad


def test_wrong_sign_is_warned_of_and_enforced() -> None:
    X, is_bad = suppressed()
    with pytest.warns(CoefficientSignWarning, match="coefficient of 'echo' is positive"):
        free = LogisticScorecard().fit(X, is_bad)
    assert free.coef_.tolist()[2] > 0
    bounded = LogisticScorecard(coefficient_sign="enforce").fit(X, is_bad)
    assert (bounded.coef_ < 0).all()
    assert bounded.scorecard_.names == ("first", "second")
    assert bounded.dropped_ == {"echo": "coefficient would have the wrong sign"}
    without = LogisticScorecard().fit(X[["first", "second"]], is_bad)
    np.testing.assert_allclose(bounded.coef_, without.coef_, rtol=1e-8)


def test_columns_that_determine_each_other() -> None:
    X, is_bad = suppressed()
    X = X[["first", "second"]].assign(copy=X["first"] * 10.0)
    with pytest.warns(CollinearityWarning, match="Columns 'first', 'copy' determine each other"):
        model = LogisticScorecard().fit(X, is_bad)
    assert model.coef_[0] == pytest.approx(model.coef_[2])
    alone = LogisticScorecard().fit(X[["first", "second"]], is_bad)
    np.testing.assert_allclose(model.scorecard_.score(X), alone.scorecard_.score(X), rtol=1e-8)


def test_perfect_predictor() -> None:
    X, is_bad = suppressed(n=500)
    X = X[["first"]].assign(written_off=np.where(is_bad, "yes", "no"))
    with pytest.warns(SeparationWarning, match="'written_off'.*known only after the outcome"):
        LogisticScorecard().fit(X, is_bad)


@pytest.mark.parametrize("n", [200, 1_000, 20_000])
def test_flag_that_is_always_bad(n: int) -> None:
    # every customer with the flag is bad, the others are mixed: no finite estimate either
    X, is_bad = suppressed(n=n)
    flagged = is_bad & (np.random.default_rng(1).random(n) < 0.4)
    X = X[["first"]].assign(bankrupt=np.where(flagged, "yes", "no"))
    with pytest.warns(SeparationWarning, match="'bankrupt'"):
        LogisticScorecard().fit(X, is_bad)


def test_column_of_next_to_no_information_is_not_separated() -> None:
    counts, bads = (100_003, 100_000), (30_001, 30_000)
    a = np.repeat([0, 1], counts)
    is_bad = np.concatenate([np.arange(n) < bad for n, bad in zip(counts, bads, strict=True)])
    z = np.random.default_rng(0).integers(0, 3, len(a)) + is_bad
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoefficientSignWarning)
        warnings.simplefilter("error", SeparationWarning)
        LogisticScorecard(min_iv=0).fit(pd.DataFrame({"a": a, "z": z}), is_bad)


def test_search_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    X, is_bad = suppressed()
    with monkeypatch.context() as patched:
        patched.setattr(_newton, "_MAX_ITERATIONS", 1)
        with pytest.warns(NonConvergenceWarning, match="did not come to rest"):
            LogisticScorecard().fit(X[["first", "second"]], is_bad)
    monkeypatch.setattr(_bounded, "_MAX_STEPS", 1)
    with pytest.warns(NonConvergenceWarning, match="did not come to rest"):
        LogisticScorecard(coefficient_sign="enforce").fit(X, is_bad)


def test_failed_refit_leaves_the_first_fit_whole(features: pd.DataFrame, y: pd.Series) -> None:
    model = LogisticScorecard().fit(features[["income_amount"]], y)
    before = dict(vars(model))
    with pytest.raises(EmptyDataError):
        model.set_params(min_iv=10).fit(features, y)
    assert {**vars(model), "min_iv": None} == before
    assert model.predict(features[["income_amount"]]).shape == y.shape


# --- parameters ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"encoder": "woe"}, "'encoder' parameter of LogisticScorecard must be a WOEEncoder"),
        ({"encoder": WOEEncoder}, "'encoder' parameter .* must be a WOEEncoder"),
        ({"encoder": PointsScale()}, "'encoder' parameter .* must be a WOEEncoder"),
        ({"scale": 600}, "'scale' parameter of LogisticScorecard must be a PointsScale"),
        ({"scale": WOEEncoder()}, "'scale' parameter .* must be a PointsScale"),
        ({"min_iv": -0.1}, r"'min_iv' parameter .* range \[0, inf\)"),
        ({"min_iv": np.nan}, "'min_iv' parameter"),
        ({"min_iv": "0.1"}, "'min_iv' parameter"),
        ({"coefficient_sign": "ignore"}, "'coefficient_sign' .* one of 'warn', 'enforce'"),
        ({"coefficient_sign": None}, "'coefficient_sign'"),
    ],
)
def test_parameters_out_of_range(
    features: pd.DataFrame, y: pd.Series, parameters: dict[str, Any], message: str
) -> None:
    model = LogisticScorecard(**parameters)  # nothing is checked before the fit
    with pytest.raises(InvalidParameterError, match=message):
        model.fit(features, y)


def test_encoder_is_cloned_not_fitted(features: pd.DataFrame, y: pd.Series) -> None:
    encoder = WOEEncoder(min_bin_size=0.1)
    model = LogisticScorecard(encoder=encoder).fit(features, y)
    assert not hasattr(encoder, "tables_")
    assert model.encoder_.min_bin_size == 0.1
    assert model.encoder is encoder


# --- data ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([-1.0], "must not be negative"),
        ([np.nan], r"missing \(NaN\)"),
        ([np.inf], "infinite"),
        ([0.0], "zero in every row"),
    ],
)
def test_weights(features: pd.DataFrame, y: pd.Series, weights: list[float], message: str) -> None:
    with pytest.raises(InvalidWeightError, match=message):
        LogisticScorecard().fit(features, y, weights * len(y))


def test_weights_that_leave_one_class(features: pd.DataFrame, y: pd.Series) -> None:
    with pytest.raises(InvalidTargetError, match="one class only"):
        LogisticScorecard().fit(features, y, 1.0 - y)


def test_target_of_another_length(features: pd.DataFrame, y: pd.Series) -> None:
    with pytest.raises(InvalidTargetError, match="inconsistent numbers of samples"):
        LogisticScorecard().fit(features, y[:-1])


def test_missing_column_when_predicting(model: LogisticScorecard, features: pd.DataFrame) -> None:
    with pytest.raises(MissingColumnError, match=r"'housing' \(near: 'housin'\)"):
        model.predict_proba(features.rename(columns={"housing": "housin"}))


def test_intervals_of_pandas_are_no_levels(applicants: pd.DataFrame, y: pd.Series) -> None:
    # the columns of pandas.cut hold objects that no file could keep
    income = applicants[["income_amount"]].apply(pd.cut, bins=5)
    with pytest.raises(ColumnTypeError, match=r"'income_amount'.*Convert them to text"):
        LogisticScorecard().fit(income, y)
    model = LogisticScorecard().fit(income.astype(str), y)
    assert model.scorecard_.names == ("income_amount",)


def test_array_of_another_width(features: pd.DataFrame, y: pd.Series) -> None:
    numbers = features[["months_employed", "months_employed"]].to_numpy()
    model = LogisticScorecard().fit(numbers[:, :1], y)
    assert model.scorecard_.names == ("x0",)
    with pytest.raises(InvalidDataError, match="2 features, but LogisticScorecard is expecting 1"):
        model.predict(numbers)


def test_without_smoothing_a_pure_bin_has_no_points() -> None:
    # its WOE is infinite; the error must say so, not fail inside of linear algebra
    X, is_bad = suppressed(n=500)
    X = X[["first"]].assign(bankrupt=np.where(is_bad & (X["second"] == 3), "yes", "no"))
    with pytest.raises(CreditScoreError, match="bankrupt"):
        LogisticScorecard(encoder=WOEEncoder(smoothing=0)).fit(X, is_bad)


def test_failed_fit_leaves_no_half_made_model(features: pd.DataFrame, y: pd.Series) -> None:
    model = LogisticScorecard(min_iv=10)
    with pytest.raises(EmptyDataError):
        model.fit(features, y)
    with pytest.raises(NotFittedError, match="is not fitted yet"):
        model.predict(features)


# --- the encoder that is taken by default ---------------------------------------------


def bent_sample(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """A ratio that is risky at both ends, one that is risky at one, and noise."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(6_000, 3)), columns=["both", "one", "noise"])
    risk = np.abs(X["both"]) + 0.5 * X["one"] - 2
    return X, (rng.random(6_000) < 1 / (1 + np.exp(-risk))).astype(int)


def test_a_column_bends_by_default_where_monotone_bins_are_refuted() -> None:
    X, y = bent_sample()
    model = LogisticScorecard(min_iv=0).fit(X, y)
    trends = {name: table.trend for name, table in model.encoder_.tables_.items()}
    assert trends["both"] == "valley"
    assert trends["one"] == "ascending"
    assert trends["noise"] in ("ascending", "descending")
    straight = LogisticScorecard(encoder=WOEEncoder(), min_iv=0).fit(X, y)
    for name in ("one", "noise"):
        assert model.encoder_.tables_[name].partition == straight.encoder_.tables_[name].partition
    assert auc(y, model.scorecard_.score(X)) > auc(y, straight.scorecard_.score(X)) + 0.05


def test_no_column_bends_by_weights_that_are_no_rows() -> None:
    X, y = bent_sample()
    weights = np.full(len(y), 100.0)
    model = LogisticScorecard(weight_type="sampling").fit(X, y, weights)
    assert all(
        table.trend in ("ascending", "descending") for table in model.encoder_.tables_.values()
    )
