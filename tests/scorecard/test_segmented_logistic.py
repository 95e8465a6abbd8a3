"""SegmentedLogisticScorecard: given segments, segments that are found, and none where none are."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import expit, log_expit

from creditscore import LogisticScorecard, PointsScale, WOEEncoder
from creditscore._frame import as_table
from creditscore.exceptions import (
    CoefficientSignWarning,
    CreditScoreWarning,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    MissingColumnError,
    RefusedValueError,
    SmallSegmentWarning,
)
from creditscore.metrics import auc
from creditscore.scorecard import (
    SegmentedLogisticScorecard,
    SegmentedScorecard,
    Segments,
    SegmentSearch,
)
from creditscore.scorecard._segments._segment_candidates import candidates_of
from creditscore.scorecard._segments._segment_cells import cells_of, quick_logistic
from creditscore.scorecard._segments._segment_gain import fold_of_rows, paired_gain

BY_PRODUCT = Segments.by_levels("product", {"loans": ["loan"], "cards": ["card"]})
# columns that say nothing, or effects that differ, are in the nature of these samples
quiet = pytest.mark.filterwarnings("ignore::creditscore.exceptions.CreditScoreWarning")


def portfolio(seed: int, n: int = 3_000, *, opposite: bool = True) -> tuple[pd.DataFrame, Any]:
    """Loans and cards, whose risk rises with x; if told so, it falls in one of them."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "x": random.normal(size=n),
            "z": random.normal(size=n),
            "product": random.choice(["loan", "card"], n),
            "noise": random.uniform(size=n),
            "region": random.choice(list("klmn"), n),
        }
    )
    sign = np.where(X["product"] == "loan", 1, -1) if opposite else 1
    log_odds_bad = -1 + sign * X["x"] + 0.5 * X["z"]
    return X, (random.random(n) < expit(log_odds_bad)).astype(int)


# --- segments that are given -------------------------------------------------------------


@quiet
def test_each_segment_has_the_card_of_its_rows() -> None:
    X, y = portfolio(0)
    model = SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y)
    assert isinstance(model.scorecard_, SegmentedScorecard)
    assert model.segments_ == BY_PRODUCT
    for name in BY_PRODUCT.names:
        rows = (BY_PRODUCT.assign(X) == name).to_numpy()
        # in its segment the column of the rule has one value, and is no characteristic
        own = LogisticScorecard().fit(X[rows].drop(columns="product"), y[rows])
        assert model.models_[name].scorecard_ == own.scorecard_
        assert model.scorecard_.card(name) == own.scorecard_
    assert model.search_log_.empty
    assert model.scale_ == PointsScale()
    assert model.scorecard_.card("loans").fit_summary.n_good > 0


@quiet
def test_predictions_come_from_the_score() -> None:
    X, y = portfolio(1)
    model = SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y)
    prob = model.scorecard_.prob_default(X).to_numpy()
    assert model.predict_proba(X)[:, 1].tolist() == pytest.approx(prob.tolist(), rel=1e-12)
    assert (model.predict(X) == (prob > 0.5)).all()
    assert prob.mean() == pytest.approx(y.mean(), abs=1e-6)
    for name in BY_PRODUCT.names:
        # aligned odds: as many bads are foretold in each segment as there are
        rows = (BY_PRODUCT.assign(X) == name).to_numpy()
        assert prob[rows].mean() == pytest.approx(y[rows].mean(), abs=1e-6)


@quiet
def test_labels_scale_and_encoder_are_those_of_the_estimator() -> None:
    X, y = portfolio(2)
    scale = PointsScale(base_score=500, pdo=40)
    estimator = LogisticScorecard(
        encoder=WOEEncoder(max_n_bins=3), scale=scale, bad_label="default"
    )
    labels = np.where(y == 1, "default", "paid")
    model = SegmentedLogisticScorecard(estimator=estimator, segments=BY_PRODUCT).fit(X, labels)
    plain = SegmentedLogisticScorecard(
        estimator=LogisticScorecard(encoder=WOEEncoder(max_n_bins=3), scale=scale),
        segments=BY_PRODUCT,
    ).fit(X, y)
    assert model.scorecard_ == plain.scorecard_
    assert model.scale_ == scale
    assert model.classes_.tolist() == ["default", "paid"]
    told = SegmentedLogisticScorecard(segments=BY_PRODUCT, bad_label="default").fit(X, labels)
    inner = LogisticScorecard(encoder=WOEEncoder(bad_label="default"))
    nested = SegmentedLogisticScorecard(segments=BY_PRODUCT, estimator=inner).fit(X, labels)
    assert told.scorecard_ == nested.scorecard_


@quiet
def test_other_libraries_and_arrays() -> None:
    X, y = portfolio(3)
    model = SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y)
    again = SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(pl.from_pandas(X), y)
    assert again.scorecard_ == model.scorecard_
    by_place = Segments.by_cuts("x1", [0.0], ["low", "high"])
    values = X[["x", "z", "noise"]].to_numpy()
    array = SegmentedLogisticScorecard(segments=by_place).fit(values, y)
    frame = pd.DataFrame(values, columns=["x0", "x1", "x2"])
    assert array.predict_proba(values)[:, 1].tolist() == pytest.approx(
        array.scorecard_.prob_default(frame).tolist(), rel=1e-12
    )


@quiet
def test_weights_and_periods_go_to_each_segment() -> None:
    X, y = portfolio(4, 2_000)
    weights = np.random.default_rng(0).integers(0, 4, len(y))
    weighted = SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y, weights)
    repeated = X.loc[np.repeat(X.index, weights)].reset_index(drop=True)
    counted = SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(repeated, np.repeat(y, weights))
    assert weighted.scorecard_.score(X).tolist() == pytest.approx(
        counted.scorecard_.score(X).tolist()
    )
    halves = np.where(np.arange(len(y)) % 2, "2024-01", "2024-02")
    stable = SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y, periods=halves)
    rows = X["product"] == "loan"
    own = LogisticScorecard().fit(
        X[rows].drop(columns="product"), y[rows], periods=pd.Series(halves)[rows]
    )
    assert stable.scorecard_.card("loans") == own.scorecard_


def test_rows_of_weight_0_need_no_segment() -> None:
    X, y = portfolio(5, 1_000)
    X.loc[0, "product"] = "gift"
    with pytest.raises(RefusedValueError, match="no segment names: 'gift'"):
        SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y)
    weights = np.ones(len(y))
    weights[0] = 0
    with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
        model = SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y, weights)
    assert model.segments_ == BY_PRODUCT
    with pytest.raises(RefusedValueError, match="'gift'"):
        model.predict(X)


# --- segments that are hard to fit -------------------------------------------------------


def test_a_segment_of_one_class() -> None:
    X, y = portfolio(6, 1_000)
    with pytest.raises(InvalidTargetError, match=r"'loans' has one class only: .* good and 0 bad"):
        SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(
            X, np.where(X["product"] == "loan", 0, y)
        )


def test_a_segment_without_a_row() -> None:
    X, y = portfolio(6, 1_000)
    rule = Segments.by_levels("product", {"a": ["loan", "card"], "leases": ["lease"]})
    with pytest.raises(InvalidTargetError, match="'leases' has no rows, and a card needs"):
        SegmentedLogisticScorecard(segments=rule).fit(X, y)


def few_and_many(X: pd.DataFrame, n_few: int) -> Segments:
    return Segments.by_cuts("x", [np.sort(X["x"])[n_few]], ["few", "many"])


def test_a_segment_of_few_rows_is_warned_of() -> None:
    X, y = portfolio(7, 1_000)
    rule = few_and_many(X, 60)
    few = rule.assign(X) == "few"
    n_bad = int(y[few].sum())
    message = f"Segment 'few' has {60 - n_bad} good and {n_bad} bad cases, less than the 50 and 50"
    with pytest.warns(SmallSegmentWarning, match=message):
        model = SegmentedLogisticScorecard(segments=rule).fit(X[["x", "z"]], y)
    assert model.models_["few"].scorecard_.score(X).notna().all()
    with warnings.catch_warnings(action="error", category=SmallSegmentWarning):
        search = SegmentSearch(min_good=n_bad, min_bad=n_bad)
        SegmentedLogisticScorecard(segments=rule, search=search).fit(X[["x", "z"]], y)


@quiet
def test_a_segment_in_which_nothing_tells_good_from_bad() -> None:
    X, y = portfolio(7, 1_000)
    few = (few_and_many(X, 4).assign(X) == "few").to_numpy()
    y[few], X.loc[few, "x"] = [0, 1, 0, 1], X["x"].min()
    rule = few_and_many(X, 4)
    with pytest.raises(EmptyDataError, match=r"No card for segment 'few' \(2 good and 2 bad case"):
        SegmentedLogisticScorecard(segments=rule).fit(X[["x"]], y)


def test_warnings_name_the_segment() -> None:
    # two levels of risk that a third column mixes: beside both, it takes the wrong sign
    random = np.random.default_rng(0)
    n = 8_000
    first, second = random.integers(0, 4, (2, n))
    echo = np.clip(first + second - random.integers(0, 2, n), 0, 6)
    y = random.random(n) < expit(-4 + 1.3 * first + 1.3 * second - 0.6 * echo)
    X = pd.DataFrame({"first": first, "second": second, "echo": echo})
    X["product"] = random.choice(["loan", "card"], n)
    with pytest.warns(
        CoefficientSignWarning, match=r"^Segment '(loans|cards)': .* 'echo' is positive"
    ):
        SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y)


# --- segments that are searched ----------------------------------------------------------


@quiet
def test_opposite_effects_are_found() -> None:
    X, y = portfolio(0)
    model = SegmentedLogisticScorecard().fit(X, y)
    assert model.segments_.columns == ("product",)
    assert set(model.segments_.names) == {"product loan", "product other than loan"} or set(
        model.segments_.names
    ) == {"product card", "product other than card"}
    (accepted,) = model.search_log_.query("outcome == 'accepted'").to_dict("records")
    assert accepted["z"] > 3
    assert accepted["auc_segmented"] > accepted["auc_one_card"] + 0.05
    fresh, outcome = portfolio(100)
    one = LogisticScorecard().fit(X, y)
    segmented = auc(outcome, model.scorecard_.score(fresh))
    assert segmented > auc(outcome, one.scorecard_.score(fresh)) + 0.05
    # the cards themselves are fitted on all rows
    assert model.scorecard_.summary()[["n_good", "n_bad"]].to_numpy().sum() == len(y)


@quiet
def test_where_there_are_none_none_are_found() -> None:
    found = []
    for seed in range(10):
        X, y = portfolio(seed, 2_000, opposite=False)
        model = SegmentedLogisticScorecard().fit(X, y)
        found.append(len(model.segments_.names) > 1)
        if not found[-1]:
            assert model.segments_ == Segments()
            assert set(model.search_log_["outcome"]) <= {
                "gains nothing", "too small", "not the best", "not significant",
            }  # fmt: skip
            one = LogisticScorecard().fit(X, y)
            assert model.scorecard_.card("all") == one.scorecard_
    assert sum(found) <= 1


@quiet
def test_two_columns_in_turn() -> None:
    random = np.random.default_rng(0)
    n = 6_000
    X = pd.DataFrame(
        {
            "x": random.normal(size=n),
            "product": random.choice(["loan", "card", "lease"], n, p=[0.4, 0.3, 0.3]),
            "age": random.uniform(18, 80, n),
        }
    )
    young = (X["age"] < 49) & (X["product"] == "loan")
    sign = np.select([X["product"] != "loan", young], [-1.0, 1.6], 0.4)
    y = (random.random(n) < expit(-0.7 + 1.2 * sign * X["x"])).astype(int)
    model = SegmentedLogisticScorecard().fit(X, y)
    assert model.segments_.columns == ("product", "age")
    assert [name for name in model.segments_.names if ", age" in name] == [
        name for name in model.segments_.names if name.startswith("product loan")
    ]
    (inner,) = [rule for _, rule in model.segments_.within]
    assert inner.partition.cuts[0] == pytest.approx(49, abs=1.5)
    log = model.search_log_
    assert log.query("outcome == 'accepted'")["divides"].tolist() == ["all", "product loan"]
    most = SegmentedLogisticScorecard(search=SegmentSearch(max_segments=2)).fit(X, y)
    assert len(most.segments_.names) == 2


@quiet
def test_the_hold_out_judges_by_a_paired_test() -> None:
    X, y = portfolio(0)
    model = SegmentedLogisticScorecard().fit(X, y)
    (accepted,) = model.search_log_.query("outcome == 'accepted'").to_dict("records")
    # the same rows, dealt out by the same generator
    held_out = fold_of_rows(y == 1, 1_000, np.random.RandomState(0)) < 300
    one = LogisticScorecard().fit(X[~held_out], y[~held_out]).scorecard_
    two = SegmentedLogisticScorecard(segments=model.segments_).fit(X[~held_out], y[~held_out])
    signed = np.where(y[held_out] == 1, -1, 1)
    gain = [
        log_expit(signed * card.scale.log_odds(card.score(X[held_out]).to_numpy()))
        for card in (one, two.scorecard_)
    ]
    difference = gain[1] - gain[0]
    assert accepted["holdout_gain"] == pytest.approx(difference.mean())
    error = difference.std(ddof=1) / math.sqrt(len(difference))
    assert accepted["holdout_error"] == pytest.approx(error)
    assert accepted["z"] == pytest.approx(difference.mean() / error)
    assert accepted["auc_one_card"] == pytest.approx(auc(y[held_out], one.score(X[held_out])))


@quiet
def test_a_higher_hurdle_and_other_random_numbers() -> None:
    X, y = portfolio(0)
    strict = SegmentedLogisticScorecard(search=SegmentSearch(min_z=50)).fit(X, y)
    assert strict.segments_ == Segments()
    assert "not significant" in strict.search_log_["outcome"].tolist()
    first, second = (
        SegmentedLogisticScorecard(random_state=seed).fit(X, y).search_log_ for seed in (0, 0)
    )
    pd.testing.assert_frame_equal(first, second)
    other = SegmentedLogisticScorecard(random_state=1).fit(X, y).search_log_
    assert not other["choice_gain"].equals(first["choice_gain"])


@quiet
def test_given_columns_and_missing_values() -> None:
    X, y = portfolio(0)
    X["known"] = np.where(X["product"] == "loan", X["noise"], np.nan)
    search = SegmentSearch(columns=["known"], max_cuts=1)
    model = SegmentedLogisticScorecard(search=search).fit(X, y)
    assert model.segments_.names == ("known known", "known missing")
    assert model.scorecard_.score(X.assign(known=None)).notna().all()
    assert set(model.search_log_["column"]) == {"known"}


@quiet
def test_a_sample_for_the_choice() -> None:
    X, y = portfolio(0, 4_000)
    search = SegmentSearch(max_rows=1_500)
    model = SegmentedLogisticScorecard(search=search).fit(X, y)
    assert model.segments_.columns == ("product",)


@quiet
def test_columns_that_are_too_small_to_divide_take_no_fit(
    german: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = []
    original = LogisticScorecard.fit
    monkeypatch.setattr(
        LogisticScorecard, "fit", lambda self, *a, **k: fits.append(1) or original(self, *a, **k)
    )
    X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    model = SegmentedLogisticScorecard(search=SegmentSearch(min_bad=200)).fit(X, y)
    assert len(fits) == 1
    assert set(model.search_log_["outcome"]) == {"too small"}
    assert model.scorecard_.card("all") == original(LogisticScorecard(), X, y).scorecard_


@quiet
def test_the_german_credits_have_no_segments_worth_a_card(german: pd.DataFrame) -> None:
    X, y = german.drop(columns="is_bad"), german["is_bad"]
    model = SegmentedLogisticScorecard().fit(X, y)
    assert model.segments_ == Segments()
    assert (model.search_log_["choice_gain"].dropna() < 0).all()


@quiet
def test_progress_is_shown_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    X, y = portfolio(0, 1_000)
    search = SegmentSearch(columns=["product"])
    SegmentedLogisticScorecard(search=search, progress=True).fit(X, y)
    said = capsys.readouterr()
    assert said.out == ""
    assert "Segments" in said.err


# --- the parts of the search -------------------------------------------------------------


def test_candidates_send_each_row_where_their_rule_sends_it() -> None:
    random = np.random.default_rng(0)
    n = 500
    X = pd.DataFrame(
        {
            "number": np.where(random.random(n) < 0.1, np.nan, random.normal(size=n)),
            "coded": random.choice([-9.0, 1.0, 2.0, 3.5], n),
            "level": random.choice(["a", "b", "c", None], n),
            "grade": pd.Categorical(random.choice(list("ABCD"), n), ordered=True),
            "flag": random.random(n) < 0.3,
            "same": 1.0,
            "void": np.nan,
        }
    )
    table = as_table(X)
    count = {}
    for name in table.names:
        found = list(candidates_of(
            table, name, max_cuts=3, special_codes={"coded": [-9]}, weights=np.ones(n)
        ))  # fmt: skip
        count[name] = len(found)
        for one in found:
            assert (one.rule.codes(table) == 0).tolist() == one.first.tolist()
            assert 0 < one.first.sum() < n
            assert None not in one.rule.sends_to
    assert count == {
        "number": 4, "coded": 2, "level": 3, "grade": 3, "flag": 1, "same": 0, "void": 0,
    }  # fmt: skip


def test_cells_part_numbers_levels_and_gaps() -> None:
    n = 400
    X = pd.DataFrame(
        {
            "number": [np.nan, -9.0, *range(n - 2)],
            "level": ["a"] * 200 + ["b"] * 190 + ["rare"] * 9 + [None],
            "mixed": ["NO HIT"] * 100 + [str(i / 7) for i in range(n - 100)],
        }
    )
    number, level, mixed = cells_of(as_table(X), {"number": [-9]})
    assert len(set(number[2:])) == 10
    assert number[0] not in number[1:]
    assert number[1] not in np.delete(number, 1)
    # the rare ones share a cell; missing values have their own
    assert len(set(level)) == 4
    assert len(set(mixed[:100])) == 1
    assert len(set(mixed)) == 11


def test_the_quick_fit_is_a_penalised_one() -> None:
    random = np.random.default_rng(0)
    design = np.vstack([np.ones(500), random.normal(size=(2, 500))])
    is_bad = random.random(500) < expit(-1 + design[1])
    weights = random.integers(1, 3, 500).astype(float)
    theta = quick_logistic(design, is_bad, weights)
    slope = design @ (weights * (is_bad - expit(theta @ design))) - [0, *theta[1:]]
    assert slope == pytest.approx(np.zeros(3), abs=1e-3)
    separated = quick_logistic(design[:2], design[1] > 0, np.ones(500))
    assert np.isfinite(separated).all()
    twice = quick_logistic(design[[0, 1, 1]], is_bad, weights)
    assert twice[1] == pytest.approx(twice[2])


def test_a_gain_by_hand() -> None:
    is_bad = np.array([True, False, False, True])
    one, two = np.array([0.0, 0, 0, 0]), np.array([-1.0, 2, 1, 1])
    weights = np.array([1.0, 2, 1, 1])
    gain = paired_gain(is_bad, one, two, weights)
    each = log_expit([1.0, 2, 1, -1]) - math.log(0.5)
    written = np.repeat(each, [1, 2, 1, 1])
    assert gain.gain == pytest.approx(written.mean())
    assert gain.error == pytest.approx(written.std(ddof=1) / math.sqrt(5))
    assert gain.auc_one == 0.5
    sampled = paired_gain(is_bad, one, two, weights, sampling=True)
    # the ratio estimator of a weighted mean, with n / (n - 1)
    apart = weights * (each - written.mean())
    assert sampled.error == pytest.approx(math.sqrt((apart**2).sum() * 4 / 3) / 5)
    single = paired_gain(is_bad[:1], one[:1], two[:1], weights[:1])
    assert math.isnan(single.error)
    assert math.isnan(single.z)
    assert math.isnan(single.auc_one)
    same = paired_gain(is_bad, one, one, weights)
    assert same.gain == 0
    assert math.isnan(same.z)


def test_folds_deal_out_each_class() -> None:
    is_bad = np.arange(100) < 20
    fold_of = fold_of_rows(is_bad, 4, np.random.RandomState(0))
    assert np.bincount(fold_of[is_bad]).tolist() == [5] * 4
    assert np.bincount(fold_of[~is_bad]).tolist() == [20] * 4


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_segments": 5}, "must be 2, 3 or 4"),
        ({"max_segments": 1}, "'max_segments'.* 2 or more"),
        ({"min_segment_size": -1}, "'min_segment_size'"),
        ({"holdout": 1}, "'holdout'"),
        ({"max_cuts": 0}, "'max_cuts'"),
        ({"n_folds": 1}, "'n_folds'"),
        ({"min_z": math.nan}, "'min_z'"),
        ({"max_rows": 10}, "'max_rows'"),
        ({"columns": "product"}, "must be a list of names"),
        ({"columns": [1]}, "must be a list of names"),
    ],
)
def test_searches_that_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        SegmentSearch(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"segments": "product"}, "'segments' parameter of SegmentedLogisticScorecard must be a"),
        ({"search": {"min_z": 1}}, "'search' parameter"),
        ({"estimator": "logistic"}, "'estimator' parameter"),
        ({"progress": 1}, "'progress' parameter"),
        ({"random_state": "x"}, "'random_state' parameter"),
    ],
)
def test_parameters_that_are_refused(given: dict[str, Any], message: str) -> None:
    X, y = portfolio(0, 1_000)
    with pytest.raises(InvalidParameterError, match=message):
        SegmentedLogisticScorecard(**given).fit(X, y)


def test_data_that_are_refused() -> None:
    X, y = portfolio(0, 1_000)
    with pytest.raises(MissingColumnError, match="'produkt'"):
        SegmentedLogisticScorecard(search=SegmentSearch(columns=["produkt"])).fit(X, y)
    with pytest.raises(InvalidDataError, match="periods 3: give one period a row"):
        SegmentedLogisticScorecard(segments=BY_PRODUCT).fit(X, y, periods=[1, 2, 3])
    with pytest.raises(InvalidTargetError, match="one class only"):
        SegmentedLogisticScorecard().fit(X, np.zeros(len(y)))
