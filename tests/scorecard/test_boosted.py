"""The boosted card is its boosting: to rounding, at every step, for all kinds of columns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from creditscore import LogisticScorecard, PointsScale, WOEEncoder
from creditscore.binning import rows_of_prior
from creditscore.exceptions import (
    EmptyDataError,
    InvalidParameterError,
    InvalidTargetError,
    NonConvergenceWarning,
    SingleBinWarning,
    UnseenCategoryWarning,
    UnseenValueWarning,
)
from creditscore.metrics import auc
from creditscore.scorecard import BoostedScorecard
from creditscore.scorecard._boosted import _iterations
from creditscore.scorecard._boosted._design import MOST_LEVELS, Design, cuttable
from creditscore.scorecard._boosted._steps import Probe, find_cuts


def quick(**parameters: Any) -> BoostedScorecard:
    return BoostedScorecard(**{"n_iterations": 60, "min_samples_leaf": 10, **parameters})


@pytest.fixture(scope="module")
def mixed(applicants: pd.DataFrame) -> pd.DataFrame:
    """The portfolio, with an ordered column and one of numbers and words."""
    rng = np.random.default_rng(5)
    rating = pd.Categorical(
        rng.choice(["A", "B", "C", "D"], size=len(applicants)),
        categories=list("ABCD"),
        ordered=True,
    )
    bureau = rng.normal(600, 50, size=len(applicants)) - 40 * applicants["is_bad"].to_numpy()
    bureau = np.round(bureau).astype(int).astype(str)
    bureau = bureau.astype(object)
    bureau[rng.random(len(bureau)) < 0.1] = "NO HIT"
    return applicants.drop(columns="is_bad").assign(rating=rating, bureau=bureau)


@pytest.fixture(scope="module")
def boosted(mixed: pd.DataFrame, applicants: pd.DataFrame) -> BoostedScorecard:
    encoder = WOEEncoder(special_codes={"months_employed": [-9]}, kinds={"bureau": "mixed"})
    return quick(encoder=encoder).fit(mixed, applicants["is_bad"])


def log_odds_of_boosting(model: BoostedScorecard, X: pd.DataFrame) -> np.ndarray:
    """What the boosting says, on the columns as the encoder reads them."""
    from creditscore._frame import as_table

    kept = [t for n, t in model.encoder_.tables_.items() if model.dropped_.get(n) != "constant"]
    design = Design.of(as_table(X), kept)
    return np.asarray(model.boosting_.decision_function(design.matrix))


# --- the card is the boosting ---------------------------------------------------------


def test_on_every_row_and_kind_of_column(boosted: BoostedScorecard, mixed: pd.DataFrame) -> None:
    card = boosted.scorecard_
    kinds = {c.name: c.partition.kind for c in card.characteristics}
    assert {"numeric", "categorical", "mixed"} <= set(kinds.values())
    expected = log_odds_of_boosting(boosted, mixed)
    scale = PointsScale()
    np.testing.assert_allclose(
        card.score(mixed), scale.offset - scale.factor * expected, rtol=1e-11
    )
    np.testing.assert_allclose(boosted.predict_proba(mixed)[:, 1], expit(expected), rtol=1e-9)


def test_at_each_cut_and_the_floats_beside_it(features: pd.DataFrame, applicants: Any) -> None:
    X = features[["income_amount"]].fillna(3_000.0)
    model = quick(n_iterations=200).fit(X, applicants["is_bad"])
    (characteristic,) = model.scorecard_.characteristics
    cuts = np.array(characteristic.partition.cuts)
    assert len(cuts) > 5
    probes = np.concatenate([cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf)])
    rows = pd.DataFrame({"income_amount": probes})
    expected = model.boosting_.decision_function(probes[:, None])
    np.testing.assert_allclose(model.scorecard_.prob_default(rows), expit(expected), rtol=1e-11)
    # each cut is one: the function differs on its two sides
    below = model.boosting_.decision_function(np.nextafter(cuts, -np.inf)[:, None])
    at = model.boosting_.decision_function(cuts[:, None])
    assert (below != at).all()


@given(
    cuts=st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=8, unique=True),
    seed=st.integers(0, 100),
)
@settings(max_examples=60, deadline=None)
def test_steps_are_found_to_the_last_float(cuts: list[float], seed: int) -> None:
    """A function that sends x <= t to the left steps at the next float."""
    thresholds = np.sort(np.array(cuts))
    heights = np.random.default_rng(seed).normal(size=len(thresholds))
    other = np.random.default_rng(seed + 1).normal(size=3)

    def decide(matrix: np.ndarray) -> np.ndarray:
        right = matrix[:, [0]] > thresholds
        # row by row, as trees do: products of matrices round by the number of rows
        return (right * heights).sum(axis=1) + (np.nan_to_num(matrix[:, 1:]) * other).sum(axis=1)

    values = np.unique(np.concatenate([thresholds, np.nextafter(thresholds, np.inf)]))
    sample = np.concatenate([values, [values[0] - 1.0, values[-1] + 1.0, np.nan]])
    found = find_cuts(Probe(decide, np.array([0.5, 1.0, np.nan, 2.0])), {0: sample})[0]
    np.testing.assert_array_equal(found, np.nextafter(thresholds, np.inf))


def test_two_steps_between_two_values_of_the_sample() -> None:
    def decide(matrix: np.ndarray) -> np.ndarray:
        return 1.0 * (matrix[:, 0] > -9) + 0.5 * (matrix[:, 0] > -8.5)

    found = find_cuts(Probe(decide, np.zeros(1)), {0: np.array([-9.0, -8.0])})[0]
    assert found.tolist() == [math.nextafter(-9, 0), math.nextafter(-8.5, 0)]


@pytest.mark.parametrize("n_spikes", [3, 100])
def test_spikes_beside_very_many_values(n_spikes: int) -> None:
    """Codes that nobody declared fill bins of their own among 25,000 distinct amounts."""
    rng = np.random.default_rng(0)
    amount = np.exp(rng.normal(8, 1, size=30_000))
    spikes = rng.random(30_000) < 0.15
    amount[spikes] = -rng.integers(1, n_spikes + 1, size=spikes.sum())
    risk = np.where(spikes, np.sin(amount * 2), 0.3 * (8 - np.log(np.abs(amount))))
    y = rng.random(30_000) < expit(risk - 1)
    X = pd.DataFrame({"amount": amount})
    model = quick(n_iterations=100).fit(X, y)
    expected = model.boosting_.decision_function(X.to_numpy())
    np.testing.assert_allclose(model.scorecard_.prob_default(X), expit(expected), rtol=1e-10)


def test_steps_between_values_far_apart() -> None:
    def decide(matrix: np.ndarray) -> np.ndarray:
        return np.where(matrix[:, 0] <= 1e-300, 0.0, 1.0)

    found = find_cuts(Probe(decide, np.zeros(1)), {0: np.array([-1e300, 1e300])})[0]
    assert found.tolist() == [math.nextafter(1e-300, 1)]
    # also beyond the values of the sample, and in a column without any
    for values in ([np.nan, 2.0], [-1.0], [np.nan], [-1e308, 1e308]):
        again = find_cuts(Probe(decide, np.zeros(1)), {0: np.array(values)})[0]
        assert again.tolist() == found.tolist()
    assert find_cuts(Probe(lambda m: m[:, 0] * 0, np.zeros(1)), {0: np.ones(2)})[0].tolist() == []


@given(seed=st.integers(0, 1_000), n_steps=st.integers(0, 254), every_value=st.booleans())
@settings(max_examples=25, deadline=None)
def test_steps_among_very_many_values(seed: int, n_steps: int, every_value: bool) -> None:
    rng = np.random.default_rng(seed)
    values = np.round(np.exp(rng.normal(0, 2, size=20_000)), 3)
    thresholds = np.unique(rng.choice(np.quantile(values, np.linspace(0, 1, 256)), size=n_steps))
    heights = np.append(0.0, rng.normal(size=len(thresholds)).cumsum())

    def decide(matrix: np.ndarray) -> np.ndarray:
        return heights[np.searchsorted(thresholds, matrix[:, 0])]

    found = find_cuts(Probe(decide, np.zeros(1)), {0: values}, every_value=every_value)[0]
    np.testing.assert_array_equal(found, np.nextafter(thresholds, np.inf))


def test_weights_are_rows(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    y = applicants["is_bad"].to_numpy()
    X = features[["housing", "insured"]]
    times = np.arange(len(y)) % 3
    model = quick(min_samples_leaf=1, n_iterations=30)
    weighted = model.fit(X, y, times).scorecard_
    repeated = X.iloc[np.repeat(np.arange(len(y)), times)]
    by_rows = model.fit(repeated, np.repeat(y, times)).scorecard_
    np.testing.assert_allclose(weighted.score(X), by_rows.score(X), rtol=1e-6)
    assert weighted.table()["count"].sum() == 2 * times.sum()


def test_neutral_points_are_the_mean(boosted: BoostedScorecard, mixed: pd.DataFrame) -> None:
    parts = boosted.scorecard_.score_parts(mixed)
    for characteristic in boosted.scorecard_.characteristics:
        assert parts[characteristic.name].mean() == pytest.approx(characteristic.neutral_points)


def test_any_library_and_the_file(
    boosted: BoostedScorecard, mixed: pd.DataFrame, applicants: pd.DataFrame, tmp_path: Any
) -> None:
    card = boosted.scorecard_
    card.to_json(tmp_path / "card.json")
    assert type(card).from_json(tmp_path / "card.json") == card
    plain = mixed.drop(columns="rating")
    encoder = WOEEncoder(special_codes={"months_employed": [-9]}, kinds={"bureau": "mixed"})
    y = applicants["is_bad"].to_numpy()
    here = quick(encoder=encoder).fit(plain, y).scorecard_.score(plain)
    there = quick(encoder=encoder).fit(pl.from_pandas(plain), y).scorecard_
    np.testing.assert_allclose(there.score(pl.from_pandas(plain)), here, rtol=1e-12)


# --- what it is asked -----------------------------------------------------------------


def test_monotone_columns(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    y = applicants["is_bad"]
    X = features[["income_amount"]]
    free = quick(n_iterations=300).fit(X, y).scorecard_.characteristics[0]
    points = np.diff([a.points for a in free.attributes[: free.partition.n_regular]])
    assert (points < 0).any()
    for asked in ("auto", {"income_amount": "descending"}):
        bound = quick(n_iterations=300, monotonic=asked).fit(X, y).scorecard_.characteristics[0]
        points = np.diff([a.points for a in bound.attributes[: bound.partition.n_regular]])
        assert (points > 0).all()


def test_the_number_of_trees_comes_from_folds(features: pd.DataFrame, applicants: Any) -> None:
    y = applicants["is_bad"]
    model = BoostedScorecard(max_iterations=400).fit(features, y)
    again = BoostedScorecard(max_iterations=400).fit(features, y)
    assert 1 < model.n_iterations_ < 400
    assert again.scorecard_ == model.scorecard_
    noise = np.random.default_rng(1).permutation(y)
    by_chance = BoostedScorecard(max_iterations=400).fit(features, noise)
    assert by_chance.n_iterations_ < model.n_iterations_


def test_few_cases_of_a_class(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    bads = np.flatnonzero(applicants["is_bad"])
    for n_bad in (2, 5, 20):
        y = np.zeros(len(features), dtype=int)
        y[bads[:n_bad]] = 1
        for target in (y, 1 - y):
            model = BoostedScorecard(max_iterations=1_000).fit(features, target)
            assert np.isfinite(model.scorecard_.score(features)).all()
    y[bads[1:]] = 0
    with pytest.raises(InvalidParameterError, match="There is 1 of one"):
        BoostedScorecard().fit(features, y)
    assert BoostedScorecard(n_iterations=3).fit(features, y).n_iterations_ == 3


def test_the_most_trees_may_be_too_few(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    with pytest.warns(NonConvergenceWarning, match="max_iterations=5 trees, so more may be better"):
        model = BoostedScorecard(max_iterations=5).fit(features, applicants["is_bad"])
    assert model.n_iterations_ == 5


def test_of_large_samples_the_first_folds_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    y = np.arange(12_000) % 4 == 0
    for enough, n_folds in ((100, 1), (1_000, 2), (10**6, 5)):
        monkeypatch.setattr(_iterations, "ENOUGH", enough)
        folds = _iterations._folds(y, 5, 0)
        assert len(folds) == n_folds
        for fitted, judged in folds:
            assert len(judged) == 2_400
            assert not np.intersect1d(fitted, judged).size
    monkeypatch.undo()
    assert len(_iterations._folds(np.arange(100) % 25 == 0, 5, 0)) == 4


def test_it_finds_a_bend_that_monotone_bins_cannot() -> None:
    rng = np.random.default_rng(3)
    age = rng.uniform(18, 80, size=6_000)
    y = rng.random(6_000) < expit(((age - 49) / 15) ** 2 - 2)
    X = pd.DataFrame({"age": age, "other": rng.normal(size=6_000) - 0.3 * y})
    first, second = slice(0, 4_000), slice(4_000, None)
    card = LogisticScorecard(encoder=WOEEncoder()).fit(X[first], y[first]).scorecard_
    boosted = quick(n_iterations=150).fit(X[first], y[first]).scorecard_
    assert auc(y[second], boosted.score(X[second])) > auc(y[second], card.score(X[second])) + 0.05


def test_many_levels_share_the_points_of_the_rare() -> None:
    rng = np.random.default_rng(0)
    level = np.minimum(rng.exponential(60, size=9_000).astype(int), 399)
    y = rng.random(9_000) < expit(np.sin(level) - 0.5)
    X = pd.DataFrame({"branch": [f"b{i:03d}" for i in level]})
    model = quick().fit(X, y)
    partition = model.scorecard_.characteristics[0].partition
    assert sum(map(len, partition.groups)) == X["branch"].nunique() > MOST_LEVELS
    counts = X["branch"].value_counts()
    rare = counts.index[counts < counts.iloc[MOST_LEVELS]]
    points = model.scorecard_.score(X[X["branch"].isin(rare)])
    assert points.min() == points.max()


def test_levels_that_differ_by_chance_do_not_stand_for_themselves() -> None:
    rng = np.random.default_rng(0)
    n = 4_000
    X = pd.DataFrame(
        {"a": rng.normal(size=n), "zip": [f"z{i}" for i in rng.integers(0, 300, size=n)]}
    )
    y = rng.random(n) < expit(0.6 * X["a"] - 1.3)
    model = quick().fit(X, y)
    assert model.dropped_ == {"zip": "no tree cuts it"}
    alone = quick().fit(X[["a"]], y)
    np.testing.assert_allclose(model.scorecard_.score(X), alone.scorecard_.score(X), rtol=1e-12)


def test_small_levels_that_tell_much_stand_for_themselves() -> None:
    """Customers of 25 invoices each, some of whom pay and some not; a few of 2 tell little."""
    rng = np.random.default_rng(0)
    risk = np.tile([0.1, 0.3, 0.6, 0.9], 25)
    customer = np.r_[np.repeat(np.arange(100), 25), np.repeat(np.arange(100, 103), 2)]
    y = rng.random(len(customer)) < np.append(risk, [0.5] * 3)[customer]
    X = pd.DataFrame({"customer": [f"c{i}" for i in customer]})
    least = rows_of_prior(*np.array([np.bincount(customer[y == side]) for side in (0, 1)], float))
    assert 2 < least < 25
    model = quick().fit(X, y)
    (customers,) = model.scorecard_.characteristics
    groups = {level: i for i, group in enumerate(customers.partition.groups) for level in group}
    assert len({groups["c100"], groups["c101"], groups["c102"]}) == 1
    assert auc(y, model.scorecard_.score(X)) > 0.8


def test_columns_of_next_to_no_value(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    """None among the rows of a fold, or of the fit: no tree could cut them, and no binner bins."""
    X, y = features[["income_amount", "months_employed"]], applicants["is_bad"]
    once = np.where(np.arange(len(X)) == 5, 1.0, np.nan)
    alone = BoostedScorecard(max_iterations=300).fit(X, y)
    model = BoostedScorecard(max_iterations=300).fit(X.assign(once=once), y)
    assert model.dropped_ == {"once": "no tree cuts it"}
    assert model.n_iterations_ == alone.n_iterations_
    np.testing.assert_allclose(model.scorecard_.score(X), alone.scorecard_.score(X), rtol=1e-12)


def test_columns_that_the_binner_of_large_samples_may_find_empty() -> None:
    matrix = np.full((300_000, 3), np.nan)
    matrix[:, 0] = 1.0
    matrix[:40, 1], matrix[:50, 2] = 2.0, 3.0
    found = cuttable(matrix, 20)
    assert not found[:, 1].any()
    np.testing.assert_array_equal(found[:, [0, 2]], matrix[:, [0, 2]])
    assert cuttable(found, 20) is found


def test_special_codes_are_never_among_the_rare() -> None:
    rng = np.random.default_rng(0)
    level = rng.integers(0, 300, size=20_000)
    special = rng.random(20_000) < 0.0015
    y = rng.random(20_000) < np.where(special, 0.9, 0.2)
    X = pd.DataFrame({"branch": np.where(special, "closed", [f"b{i:03d}" for i in level])})
    assert (X["branch"] == "closed").sum() < X["branch"].value_counts().iloc[MOST_LEVELS]
    model = quick(encoder=WOEEncoder(special_codes={"branch": ["closed"]})).fit(X, y)
    table = model.scorecard_.table().set_index("attribute")
    assert table.loc["Special closed", "points"] < table.loc["Missing", "points"] - 50


def test_columns_that_stay_in_one_bin_may_be_cut() -> None:
    """The encoder would warn of the column; the trees use it."""
    X = pd.DataFrame({"x": np.repeat([0.0, 1.0, 2.0], [400, 200, 400])})
    y = np.arange(1_000) % np.repeat([10, 5, 3], [400, 200, 400]) == 0
    encoder = WOEEncoder(min_bin_size=0.45)
    with pytest.warns(SingleBinWarning):
        encoder.fit(X, y)
    assert quick(encoder=encoder).fit(X, y).scorecard_.names == ("x",)


def test_what_the_fit_never_met_is_neutral(features: pd.DataFrame, applicants: Any) -> None:
    X = features[["housing", "insured"]].dropna()
    model = quick().fit(X, applicants["is_bad"][X.index])
    neutral = model.scorecard_.characteristics[0].neutral_points
    with pytest.warns(UnseenCategoryWarning, match="'housing'"):
        parts = model.scorecard_.score_parts(pd.DataFrame({"housing": ["boat"], "insured": [True]}))
    assert parts["housing"].item() == pytest.approx(neutral)
    with pytest.warns(UnseenValueWarning, match="'housing'"):
        parts = model.scorecard_.score_parts(pd.DataFrame({"housing": [None], "insured": [True]}))
    assert parts["housing"].item() == pytest.approx(neutral)


def test_columns_that_no_tree_cuts(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    y = applicants["is_bad"]
    X = features[["income_amount"]].assign(few=[1.0] * 3 + [0.0] * (len(y) - 3))
    model = quick(encoder=WOEEncoder(user_cuts={"few": [0.5]})).fit(X, y)
    assert model.dropped_ == {"few": "no tree cuts it"}
    with pytest.raises(EmptyDataError, match="'few': no tree cuts it"):
        quick(encoder=WOEEncoder(user_cuts={"few": [0.5]})).fit(X[["few"]], y)


def test_labels_of_the_target(features: pd.DataFrame, applicants: pd.DataFrame) -> None:
    words = np.where(applicants["is_bad"] == 1, "bad", "good")
    model = quick(bad_label="bad").fit(features, words)
    numbers = quick().fit(features, applicants["is_bad"])
    np.testing.assert_allclose(
        model.predict_proba(features)[:, 0], numbers.predict_proba(features)[:, 1]
    )
    with pytest.raises(InvalidTargetError, match="bad_label"):
        quick().fit(features, words)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"monotonic": "rising"}, "'monotonic'"),
        ({"monotonic": {"income_amount": "up"}}, r"monotonic\['income_amount'\]"),
        ({"monotonic": {"housing": "ascending"}}, "levels without an order"),
        ({"monotonic": {"incme": "ascending"}}, "'incme', which is no column"),
        ({"n_iterations": 0}, "'n_iterations'"),
        ({"max_iterations": 0}, "'max_iterations'"),
        ({"max_leaf_nodes": 1}, "'max_leaf_nodes'"),
        ({"n_folds": 1}, "'n_folds'"),
        ({"learning_rate": 0}, "'learning_rate'"),
        ({"l2_regularization": -1}, "'l2_regularization'"),
        ({"min_samples_leaf": 0}, "'min_samples_leaf'"),
        ({"random_state": "x"}, "'random_state' parameter of BoostedScorecard"),
        ({"random_state": -1}, "'random_state'"),
        ({"encoder": 3}, "'encoder'"),
        ({"scale": 3}, "'scale'"),
    ],
)
def test_parameters(
    features: pd.DataFrame, applicants: pd.DataFrame, parameters: Any, message: str
) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        quick(**parameters).fit(features, applicants["is_bad"])
