"""Stepwise selection against a plain search with statsmodels, and its laws."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import chi2

from creditscore import LogisticScorecard, WOEEncoder
from creditscore.exceptions import (
    CoefficientSignWarning,
    EmptyDataError,
    InvalidParameterError,
    SeparationWarning,
)
from creditscore.scorecard._bounded import fit_bounded
from creditscore.scorecard.selection import Selection, Stepwise, StepwiseDisplay
from creditscore.scorecard.selection._working import WorkingModel


def draw(seed: int, n: int = 600, p: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, p)) + 0.7 * rng.normal(size=(n, 1))
    effect = rng.normal(scale=0.4, size=p) * (rng.random(p) < 0.6)
    return features, rng.random(n) < expit(features @ effect - 1)


def sample(seed: int, p: int = 7) -> tuple[pd.DataFrame, np.ndarray]:
    """Columns whose WOE a card can take as they are."""
    features, is_bad = draw(seed, n=900, p=p)
    return pd.DataFrame(np.round(features, 1), columns=[f"x{i}" for i in range(p)]), is_bad


# --- the model that columns enter and leave -------------------------------------------


def statsmodels_fit(features: np.ndarray, is_bad: np.ndarray, weights: np.ndarray | None) -> Any:
    family = sm.families.Binomial()
    design = np.column_stack([np.ones(len(features)), features])
    model = sm.GLM(is_bad.astype(float), design, family=family, freq_weights=weights)
    return model.fit(tol=1e-13, maxiter=200)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_columns_that_come_and_go_leave_the_maximum(seed: int, weighted: bool) -> None:
    features, is_bad = draw(seed)
    rng = np.random.default_rng(seed)
    weights = rng.integers(0, 4, size=len(is_bad)).astype(float) if weighted else None
    rows = WorkingModel(features, is_bad, weights)
    model = rows.empty()
    for column in (3, 0, 5, 6):
        model = rows.with_column(model, column)
    for column in (0, 6):
        model = rows.without_column(model, column)
    model = rows.with_column(model, 1)
    assert sorted(model.columns) == [1, 3, 5]
    other = statsmodels_fit(features[:, model.columns], is_bad, weights)
    assert model.log_likelihood == pytest.approx(other.llf, abs=1e-6)
    np.testing.assert_allclose(model.theta, other.params, atol=1e-4)
    np.testing.assert_allclose(
        rows.wald(model, exact=True), other.tvalues[1:] ** 2, rtol=1e-3, atol=0.01
    )
    np.testing.assert_allclose(
        rows.wald(model, exact=False), other.tvalues[1:] ** 2, rtol=0.5, atol=0.01
    )


@pytest.mark.parametrize("seed", range(6))
def test_score_statistics_against_statsmodels(seed: int) -> None:
    features, is_bad = draw(seed)
    rows = WorkingModel(features, is_bad, None, at_rest=1e-14)
    model = rows.fit([2, 4], np.zeros(3))
    statistics, slopes = rows.scores(model)
    base = statsmodels_fit(features[:, [2, 4]], is_bad, None)
    for column in range(features.shape[1]):
        if column in (2, 4):
            assert math.isnan(statistics[column])
            continue
        expected = base.score_test(exog_extra=features[:, [column]])[0]
        assert statistics[column] == pytest.approx(float(np.squeeze(expected)), rel=1e-6)
        gain = rows.with_column(model, column).theta[-1]
        assert np.sign(slopes[column]) == np.sign(gain)


def test_a_column_that_others_determine_has_no_statistic() -> None:
    features, is_bad = draw(1)
    features = np.column_stack([features, features[:, 0] - 2 * features[:, 1]])
    rows = WorkingModel(features, is_bad, None)
    model = rows.fit([0, 1], np.zeros(3))
    assert math.isnan(rows.scores(model)[0][-1])


# --- the search, against one that fits everything with statsmodels ---------------------


def plain_search(
    woe: pd.DataFrame, is_bad: np.ndarray, direction: str, enter_at: float, leave_at: float
) -> list[str]:
    """The textbook's search: all candidates fitted at each step."""

    def value(names: list[str]) -> float:
        return float(statsmodels_fit(woe[names].to_numpy(), is_bad, None).llf)

    inside = list(woe.columns) if direction == "backward" else []
    seen: list[set[str]] = []
    while set(inside) not in seen:
        seen.append(set(inside))
        if direction != "backward":
            gains = {
                name: 2 * (value([*inside, name]) - value(inside))
                for name in woe.columns
                if name not in inside
            }
            best = max(gains, key=gains.__getitem__, default=None)
            if best is not None and gains[best] > enter_at:
                inside = [*inside, best]
        while direction != "forward" and inside:
            losses = {
                name: 2 * (value(inside) - value([other for other in inside if other != name]))
                for name in inside
            }
            idlest = min(losses, key=losses.__getitem__)
            if losses[idlest] >= leave_at:
                break
            inside = [name for name in inside if name != idlest]
    return inside


@pytest.mark.parametrize("n_refits", [None, 5])
@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
@pytest.mark.parametrize(
    ("criterion", "limit"), [("aic", 2.0), ("bic", math.log(900)), ("p_value", chi2.isf(0.05, 1))]
)
def test_the_search_of_the_textbook(
    direction: str, criterion: str, limit: float, n_refits: int | None
) -> None:
    for seed in range(4):
        X, is_bad = sample(seed)
        search = Stepwise(direction=direction, criterion=criterion, n_refits=n_refits)
        model = LogisticScorecard(selection=Selection(search=search), min_iv=0)
        model.fit(X, is_bad)
        tables = model.encoder_.tables_
        known = [name for name in X if tables[name].iv > 0]
        woe = model.encoder_.transform(X)[known]
        expected = plain_search(woe, is_bad, direction, limit, limit)
        assert set(model.selection_.kept) == set(expected)
        path = model.selection_.path()
        final = statsmodels_fit(woe[expected].to_numpy(), is_bad, None)
        assert path["log_likelihood"].iloc[-1] == pytest.approx(final.llf, abs=1e-6)
        assert path["aic"].iloc[-1] == pytest.approx(final.aic, abs=1e-5)


def test_the_steps_tell_the_story() -> None:
    X, is_bad = sample(3)
    model = LogisticScorecard(selection=Selection(search=Stepwise(direction="forward"))).fit(
        X, is_bad
    )
    path = model.selection_.path()
    assert path["action"].tolist() == ["start"] + ["enter"] * (len(path) - 1)
    assert path["feature"].tolist()[1:] == [
        fate.feature
        for fate in sorted(model.selection_.fates, key=lambda fate: fate.step or 0)
        if fate.kept
    ]
    gains = 2 * np.diff(path["log_likelihood"])
    np.testing.assert_allclose(path["statistic"][1:], gains, atol=1e-6)
    np.testing.assert_allclose(path["p_value"][1:], chi2.sf(gains, 1), rtol=1e-4)
    assert (np.diff(path["bic"]) < 0).all()
    table = model.selection_.table().set_index("feature")
    outside = table[~table["kept"] & (table["stage"] == "search")]
    assert (outside["statistic"] <= outside["limit"]).all()
    assert outside["reason"].str.contains("would add χ²").all()


def test_score_and_wald_tests_need_no_fits() -> None:
    X, is_bad = sample(5)
    by_score = Stepwise(criterion="p_value", test="score", enter=0.01, leave=0.02)
    model = LogisticScorecard(selection=Selection(search=by_score)).fit(X, is_bad)
    path = model.selection_.path()
    entered = path[path["action"] == "enter"]
    assert (entered["p_value"] < 0.01).all()
    woe = model.encoder_.transform(X)
    first = entered.iloc[0]
    base = statsmodels_fit(np.empty((len(X), 0)), is_bad, None)
    expected = base.score_test(exog_extra=woe[[first["feature"]]].to_numpy())[0]
    assert first["statistic"] == pytest.approx(float(np.squeeze(expected)), rel=1e-6)


# --- what the user forbids or asks for -------------------------------------------------


@pytest.mark.parametrize("n_refits", [None, 5])
def test_forced_columns_and_caps(n_refits: int | None) -> None:
    X, is_bad = sample(2, p=9)
    X["noise"] = np.random.default_rng(0).integers(0, 30, size=len(X)).astype(float)
    names = [f"x{i}" for i in range(9)]
    free = LogisticScorecard(selection=Selection(search=Stepwise(criterion="aic")), min_iv=0)
    order = free.fit(X, is_bad).selection_.path()["feature"].tolist()[1:]
    asked = Selection(
        search=Stepwise(criterion="aic", n_refits=n_refits),
        forced_in=["noise"],
        forced_out=[order[0]],
        groups={"odd": names[1::2], "even": names[::2]},
        max_per_group={"odd": 1, "even": 2},
        max_features=3,
    )
    log = LogisticScorecard(selection=asked, min_iv=0).fit(X, is_bad).selection_
    assert "noise" in log.kept
    assert order[0] not in log.kept
    assert len(log.kept) <= 3
    assert sum(name in names[1::2] for name in log.kept) <= 1
    table = log.table().set_index("feature")
    assert table.loc["noise", "stage"] == "forced"
    assert table.loc[order[0], "reason"] == "forced out"
    assert table["reason"].str.contains("has its|already").any()
    backward = Selection(search=Stepwise(direction="backward"), max_features=2)
    log = LogisticScorecard(selection=backward, min_iv=0).fit(X, is_bad).selection_
    assert len(log.kept) <= 2


def test_no_step_lets_a_wrong_sign_in() -> None:
    rng = np.random.default_rng(7)
    n = 4_000
    first = rng.normal(size=n)
    second = first + rng.normal(scale=0.4, size=n)
    third = rng.normal(size=n)
    is_bad = rng.random(n) < expit(1.8 * first - 0.9 * second + 0.3 * third - 1)
    X = pd.DataFrame({"first": first, "second": second, "third": third})
    search = Selection(search=Stepwise(criterion="aic"))
    model = LogisticScorecard(selection=search, coefficient_sign="enforce").fit(X, is_bad)
    assert model.selection_.kept == ("first", "third")
    assert (model.coef_ < 0).all()
    assert "wrong sign" in model.dropped_["second"]


def test_no_candidate_worth_a_step() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(400, 3)), columns=list("abc"))
    is_bad = rng.random(400) < 0.3
    strict = Stepwise(criterion="p_value", enter=1e-6, leave=1e-5)
    with pytest.raises(EmptyDataError, match=r"No column is left for the card .* would add χ²"):
        LogisticScorecard(selection=Selection(search=strict), min_iv=0).fit(X, is_bad)


@given(seed=st.integers(0, 500))
@settings(max_examples=10, deadline=None)
def test_the_order_of_columns_and_rows_does_not_matter(seed: int) -> None:
    X, is_bad = sample(seed, p=5)
    model = LogisticScorecard(selection=Selection(search=Stepwise(criterion="aic")), min_iv=0)
    turned = X.iloc[::-1, ::-1]
    with warnings.catch_warnings(action="ignore", category=CoefficientSignWarning):
        try:
            kept = set(model.fit(X, is_bad).selection_.kept)
        except EmptyDataError:
            return
        assert set(model.fit(turned, is_bad[::-1]).selection_.kept) == kept


def test_weights_are_rows() -> None:
    X, is_bad = sample(4)
    times = np.arange(len(X)) % 3 + 1
    model = LogisticScorecard(selection=Selection(search=Stepwise()), min_iv=0)
    weighted = model.fit(X, is_bad, times).selection_.path()
    repeated = X.iloc[np.repeat(np.arange(len(X)), times)]
    by_rows = model.fit(repeated, np.repeat(is_bad, times)).selection_.path()
    pd.testing.assert_frame_equal(weighted, by_rows, rtol=1e-6)


@pytest.mark.parametrize("factor", [0.01, 100.0])
def test_a_factor_of_sampling_weights_changes_nothing(factor: float) -> None:
    X, is_bad = sample(4)
    weights = np.random.default_rng(1).uniform(1, 4, size=len(X))
    asked = Selection(search=Stepwise(criterion="aic"), iv_level=0.9)
    model = LogisticScorecard(selection=asked, weight_type="sampling")
    once = model.fit(X, is_bad, weights).selection_
    again = model.fit(X, is_bad, weights * factor).selection_
    assert again.kept == once.kept
    pd.testing.assert_frame_equal(again.path(), once.path(), rtol=1e-6)
    effective = weights.sum() ** 2 / (weights**2).sum()
    assert f"scaled to {effective:,.0f} effective cases" in once.said


def test_sampling_weights_let_no_noise_in() -> None:
    X, is_bad = sample(4)
    rng = np.random.default_rng(2)
    X = X.assign(**{f"noise_{i}": np.round(rng.normal(size=len(X)), 1) for i in range(8)})
    model = LogisticScorecard(selection=Selection(search=Stepwise()), weight_type="sampling")
    kept = model.fit(X, is_bad, np.full(len(X), 50.0)).selection_.kept
    assert kept == LogisticScorecard(selection=model.selection).fit(X, is_bad).selection_.kept
    assert not any(name.startswith("noise") for name in kept)


@pytest.mark.parametrize("n_refits", [None, 5])
@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
@pytest.mark.parametrize("criterion", ["aic", "bic", "p_value", "score"])
def test_of_columns_that_are_the_same_one_stays(
    direction: str, criterion: str, n_refits: int | None
) -> None:
    X, is_bad = sample(3, p=3)
    test = "score" if criterion == "score" else "likelihood_ratio"
    search = Stepwise(
        direction=direction,
        criterion="p_value" if criterion == "score" else criterion,
        test=test,
        n_refits=n_refits,
    )
    model = LogisticScorecard(selection=Selection(search=search), min_iv=0)
    alone = model.fit(X, is_bad).selection_.kept
    twins = X.assign(**{f"{name}_again": X[name] for name in X})
    kept = model.fit(twins, is_bad).selection_.kept
    assert sorted(name.removesuffix("_again") for name in kept) == sorted(alone)


@pytest.mark.parametrize("n_refits", [None, 5])
@pytest.mark.parametrize("test", ["score", "likelihood_ratio"])
@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_of_equal_columns_the_first_stays(direction: str, test: str, n_refits: int | None) -> None:
    X, is_bad = sample(3, p=3)
    twins = X.assign(**{f"{name}_again": X[name] for name in X})
    search = Stepwise(direction=direction, criterion="p_value", test=test, n_refits=n_refits)
    model = LogisticScorecard(selection=Selection(search=search), min_iv=0).fit(twins, is_bad)
    assert model.selection_.kept
    assert not any(name.endswith("_again") for name in model.selection_.kept)


def test_no_chi_square_is_told_as_minus_nothing() -> None:
    for seed in range(3):
        X, is_bad = sample(seed, p=3)
        twins = X.assign(**{f"{name}_again": X[name] for name in X})
        for n_refits in (None, 5):
            search = Stepwise(direction="backward", n_refits=n_refits)
            model = LogisticScorecard(selection=Selection(search=search), min_iv=0)
            reasons = model.fit(twins, is_bad).selection_.table()["reason"]
            assert reasons.str.contains("χ² 0.00 not above").any()
            assert not reasons.str.contains("-0.00").any()


@pytest.mark.parametrize("test", ["score", "likelihood_ratio"])
@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_a_column_that_separates_is_named_and_stays(direction: str, test: str) -> None:
    X, is_bad = sample(4, p=4)
    X["leak"] = np.where(is_bad & (np.arange(len(X)) % 3 == 0), "x", "y")
    search = Stepwise(direction=direction, criterion="p_value", test=test)
    model = LogisticScorecard(selection=Selection(search=search))
    with pytest.warns(SeparationWarning, match="'leak'"):
        model.fit(X, is_bad)
    assert "leak" in model.selection_.kept
    table = model.selection_.table()
    said = table[~table["kept"] & (table["stage"] == "search")]
    above = said[said["statistic"] > said["limit"]]
    assert not above["reason"].str.contains(r"^would add χ² [\d.]+, not above").any()


def test_the_card_says_that_its_errors_take_the_choice_as_given() -> None:
    X, is_bad = sample(4)
    chosen = LogisticScorecard(selection=Selection(search=Stepwise())).fit(X, is_bad)
    summary = chosen.scorecard_.fit_summary
    assert summary is not None
    assert "chosen on the same rows (stepwise both by BIC" in str(summary)
    everything = LogisticScorecard(selection=Selection(max_correlation=0.99), min_iv=0)
    assert everything.fit(X, is_bad).scorecard_.fit_summary.caveat == ""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"direction": "up"}, "'direction'"),
        ({"criterion": "r2"}, "'criterion'"),
        ({"test": "wald"}, "'test'"),
        ({"enter": 0}, "'enter'"),
        ({"leave": 1.5}, "'leave'"),
        ({"n_refits": 0}, "'n_refits'"),
        ({"enter": 0.1, "leave": 0.05}, "Raise leave, or lower enter"),
    ],
)
def test_parameters(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        Stepwise(**settings)


def test_bins_given_beforehand_go_the_same_way() -> None:
    X, is_bad = sample(6)
    tables = WOEEncoder().fit(X, is_bad).tables_
    asked = Selection(search=Stepwise())
    first = LogisticScorecard(selection=asked).fit(X, is_bad)
    again = LogisticScorecard(selection=asked, encoder=WOEEncoder(user_cuts=dict(tables)))
    assert again.fit(X, is_bad).selection_.kept == first.selection_.kept


# --- under bounds and signs ------------------------------------------------------------


def bounded_value(
    features: np.ndarray, is_bad: np.ndarray, low: np.ndarray, high: np.ndarray
) -> float:
    start = np.append(0.0, -np.ones(features.shape[1]))
    return fit_bounded(
        features, is_bad, None, lower=low, upper=high, start=start
    ).free.log_likelihood


@pytest.mark.parametrize("kind", ["sign", "box", "point"])
@pytest.mark.parametrize("seed", range(5))
def test_columns_that_come_and_go_leave_the_maximum_within_bounds(seed: int, kind: str) -> None:
    features, is_bad = draw(seed)
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.normal(scale=0.3, size=(2, features.shape[1])), axis=0)
    low, high = {
        "sign": (np.full(7, -np.inf), np.zeros(7)),
        "box": (ends[0], ends[1]),
        "point": (ends[0], ends[0]),
    }[kind]
    rows = WorkingModel(features, is_bad, None, box=(low, high))
    model = rows.empty()
    for column in (3, 0, 5, 6, 1):
        model = rows.with_column(model, column)
    before = model
    wald = rows.wald(model, exact=True)
    model = rows.without_column(model, 0)
    for fitted in (before, model):
        some = fitted.columns
        expected = bounded_value(features[:, some], is_bad, low[some], high[some])
        assert fitted.log_likelihood == pytest.approx(expected, abs=1e-6)
        assert (fitted.theta[1:] >= low[some]).all()
        assert (fitted.theta[1:] <= high[some]).all()
    # what a column is worth by the quadratic, against its own refit
    loss = 2 * (before.log_likelihood - model.log_likelihood)
    assert wald[before.columns.index(0)] == pytest.approx(loss, rel=0.5, abs=3.0)


def plain_bounded_search(
    woe: pd.DataFrame, is_bad: np.ndarray, direction: str, limit: float, box: tuple[float, float]
) -> set[str]:
    """The textbook's search with the maximum within bounds in the place of the maximum."""

    def value(names: list[str]) -> float:
        if not names:
            return bounded_value(np.empty((len(is_bad), 0)), is_bad, np.empty(0), np.empty(0))
        low, high = (np.full(len(names), end) for end in box)
        return bounded_value(woe[names].to_numpy(), is_bad, low, high)

    inside = list(woe.columns) if direction == "backward" else []
    while True:
        before = list(inside)
        if direction != "backward":
            gains = {n: 2 * (value([*inside, n]) - value(inside)) for n in woe if n not in inside}
            best = max(gains, key=gains.__getitem__, default=None)
            if best is not None and gains[best] > limit:
                inside = [*inside, best]
        while inside:
            rest = {n: [other for other in inside if other != n] for n in inside}
            losses = {n: 2 * (value(inside) - value(rest[n])) for n in inside}
            idlest = min(losses, key=losses.__getitem__)
            # forward searches only let go what is held at 0
            if losses[idlest] >= (1e-6 if direction == "forward" else limit):
                break
            inside = rest[idlest]
        if inside == before:
            return set(inside)


def opposed(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Columns of which some take the wrong sign beside others."""
    rng = np.random.default_rng(seed)
    n = 1_500
    common = rng.normal(size=(n, 2))
    features = common[:, [0, 0, 0, 1, 1]] + 0.6 * rng.normal(size=(n, 5))
    effect = np.array([1.4, -0.5, 0.2, 0.9, -0.3])
    is_bad = rng.random(n) < expit(features @ effect - 1)
    return pd.DataFrame(np.round(features, 1), columns=list("abcde")), is_bad


@pytest.mark.parametrize("box", [(-np.inf, 0.0), (-0.6, -0.3)])
@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_the_search_of_the_textbook_within_bounds(direction: str, box: tuple[float, float]) -> None:
    for seed in range(4):
        X, is_bad = opposed(seed)
        search = Stepwise(direction=direction, n_refits=None)
        model = LogisticScorecard(
            selection=Selection(search=search), min_iv=0, coefficient_bounds=box
        ).fit(X, is_bad)
        woe = model.encoder_.transform(X)
        expected = plain_bounded_search(woe, is_bad, direction, math.log(len(X)), box)
        assert set(model.selection_.kept) == expected
        assert ((model.coef_ >= box[0]) & (model.coef_ <= box[1])).all()
        last = model.selection_.path().iloc[-1]
        summary = model.scorecard_.fit_summary
        assert summary is not None
        assert last["log_likelihood"] == pytest.approx(summary.log_likelihood, abs=1e-5)
        # the search left nothing for the last fit to drop
        assert not (model.selection_.table()["stage"] == "fit").any()


def test_the_search_knows_the_bounds_of_the_fit() -> None:
    """With 'a' held small, 'b' must say what 'a' would have said: a free search leaves it out."""
    rng = np.random.default_rng(3)
    a = rng.normal(size=4_000)
    b = a + rng.normal(scale=0.5, size=4_000)
    is_bad = rng.random(4_000) < expit(1.2 * a - 1)
    X = pd.DataFrame({"a": a, "b": b})
    free = LogisticScorecard(selection=Selection(search=Stepwise())).fit(X, is_bad)
    assert free.selection_.kept == ("a",)
    held = LogisticScorecard(
        selection=Selection(search=Stepwise()), coefficient_bounds={"a": (-0.3, 0)}
    )
    assert held.fit(X, is_bad).selection_.kept == ("a", "b")


@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_the_log_says_whom_a_sign_or_a_bound_kept_out(direction: str) -> None:
    X, is_bad = opposed(0)
    asked = Selection(search=Stepwise(direction=direction))
    model = LogisticScorecard(selection=asked, min_iv=0, coefficient_sign="enforce")
    table = model.fit(X, is_bad).selection_.table().set_index("feature")
    gone = table[~table["kept"]]
    assert (gone["rule"] == "sign").any()
    assert gone.loc[gone["rule"] == "sign", "reason"].str.contains("wrong sign").all()
    bounds = dict.fromkeys("cd", (-0.01, 0))
    narrow = LogisticScorecard(selection=asked, min_iv=0, coefficient_bounds=bounds)
    with warnings.catch_warnings(action="ignore", category=CoefficientSignWarning):
        table = narrow.fit(X, is_bad).selection_.table().set_index("feature")
    # in so narrow bounds neither is worth its place
    assert not table.loc[["c", "d"], "kept"].any()
    if direction != "backward":
        assert (table.loc[["c", "d"], "rule"] == "bounds").any()


def test_steps_of_the_log_are_rows_of_the_path() -> None:
    X, is_bad = sample(3)
    log = LogisticScorecard(selection=Selection(search=Stepwise()), min_iv=0).fit(X, is_bad)
    table, path = log.selection_.table(), log.selection_.path()
    assert table["step"].dropna().between(0, len(path) - 1).all()
    never = table[~table["kept"] & (table["stage"] == "search")]
    assert set(never["feature"]) - set(path["feature"])
    entered = table[table["kept"]]
    assert path["feature"].iloc[entered["step"].astype(int)].tolist() == entered["feature"].tolist()


# --- the picture -----------------------------------------------------------------------


def test_the_picture_of_the_steps() -> None:
    X, is_bad = sample(3)
    log = LogisticScorecard(selection=Selection(search=Stepwise())).fit(X, is_bad).selection_
    display = StepwiseDisplay.from_log(log, criterion="aic")
    pd.testing.assert_frame_equal(display.frame(), log.path())
    line = display.plot().ax_.get_lines()[0]
    assert line.get_ydata().tolist() == log.path()["aic"].tolist()
    assert "AIC after" in repr(display)
    filters = LogisticScorecard().fit(X, is_bad).selection_
    with pytest.raises(InvalidParameterError, match=r"steps of a stepwise search.*filters without"):
        StepwiseDisplay.from_log(filters)
    with pytest.raises(InvalidParameterError, match="'criterion'"):
        StepwiseDisplay.from_log(log, criterion="r2")
    with pytest.raises(InvalidParameterError, match="'log' parameter"):
        StepwiseDisplay.from_log(log.path())  # type: ignore[arg-type]
