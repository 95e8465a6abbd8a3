"""Back-tests of expert cards: right cards pass, planted errors are found, and few cases say so."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import expit
from scipy.stats import chi2, fisher_exact, norm
from statsmodels.discrete.discrete_model import Logit
from statsmodels.stats.multitest import multipletests

from creditscore import PointsScale, Scorecard
from creditscore._holm import holm
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
    SmallSampleWarning,
)
from creditscore.expert import (
    BacktestDisplay,
    ExpertBacktest,
    ExpertScorecard,
    MinMaxScore,
    Weights,
    backtest_expert,
)
from creditscore.metrics import auc_interval, gini_interval, jeffreys_interval
from creditscore.scorecard import Characteristic

mpl.use("Agg")
TRUTH = {"a": 0.9, "b": 0.6, "c": 0.3}
"""Log-odds of being good for a point."""


def firms(n: int, seed: int, truth: dict[str, float] = TRUTH) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.integers(0, 5, size=(n, len(truth))).astype(float), columns=list(truth))
    log_odds = X.mul(pd.Series(truth)).sum(axis=1) - 1.5
    return X, rng.random(n) < expit(-log_odds.to_numpy())


def card(
    weights: dict[str, float], scale: PointsScale | None = None, base: float = 0.0
) -> Scorecard:
    """Return a card of five steps for each column, in proportion to its weight."""
    return Scorecard(
        characteristics=tuple(
            Characteristic.numeric(
                name,
                cuts=[0.5, 1.5, 2.5, 3.5],
                points=[step * weight for step in range(5)],
                missing_points=0,
            )
            for name, weight in weights.items()
        ),
        scale=scale,
        base_points=base,
    )


# --- reference -----------------------------------------------------------------------


def test_the_figures_are_those_of_their_own_functions() -> None:
    X, is_bad = firms(800, 0)
    judged = card({"a": 3, "b": 2, "c": 2})
    found = backtest_expert(judged, X, is_bad)
    score = judged.score(X)
    assert found.auc == auc_interval(is_bad, score)
    assert found.gini == gini_interval(is_bad, score)
    table = found.table().set_index("characteristic")
    alone = auc_interval(is_bad, X["b"])
    assert table.loc["b", ["auc", "auc_lower", "auc_upper"]].tolist() == pytest.approx(alone[:3])
    assert table["weight"].tolist() == pytest.approx([3 / 7, 2 / 7, 2 / 7])
    parts = judged.score_parts(X).to_numpy()
    refit = Logit(~is_bad, np.column_stack([np.ones(800), parts])).fit(disp=False)
    spans = np.array([3, 2, 2])
    shares = spans / 7
    slopes = refit.params[1:]
    ratio = slopes / (slopes @ shares)
    assert table["weight_ratio"].to_numpy() == pytest.approx(ratio, rel=1e-6)
    implied = slopes * spans / (slopes @ spans)
    assert table["implied_weight"].to_numpy() == pytest.approx(implied, rel=1e-6)
    assert found.implied_weights()["a"] == pytest.approx(implied[0], rel=1e-6)
    # the delta method by numbers
    covariance = refit.cov_params()[1:, 1:]
    steps = np.eye(3) * 1e-6
    change = np.array([((slopes + s) / ((slopes + s) @ shares) - ratio) / 1e-6 for s in steps])
    errors = np.sqrt(np.diag(change.T @ covariance @ change))
    # the normal quantile at 0.975
    assert (table["weight_ratio"] - table["ratio_lower"]).to_numpy() == pytest.approx(
        1.959964 * errors, rel=1e-4
    )
    # Wald's test of each slope against the mean slope, for three characteristics
    z = [refit.t_test(np.append(0.0, row - shares)).tvalue.item() for row in np.eye(3)]
    p_holm = multipletests(2 * norm.sf(np.abs(z)), method="holm")[1]
    assert table["ratio_p_holm"].to_numpy() == pytest.approx(p_holm, rel=1e-4)


def test_the_calibration_is_tested_by_the_ratio_of_likelihoods() -> None:
    X, is_bad = firms(500, 10)
    judged = card({"a": 10, "b": 5}, PointsScale(base_score=20, base_odds=2, pdo=9))
    claimed = judged.scale.log_odds(judged.score(X))  # type: ignore[union-attr]
    free = Logit(~is_bad, np.column_stack([np.ones(500), claimed])).fit(disp=False)
    gain = 2 * (free.llf - np.log(expit(np.where(is_bad, -claimed, claimed))).sum())
    found = backtest_expert(judged, X, is_bad)
    assert found.calibration == pytest.approx((*free.params, chi2.sf(gain, 2)), rel=1e-5)


def test_attributes_and_reversals_are_counted_as_by_hand() -> None:
    X = pd.DataFrame({"a": [0.0] * 40 + [1.0] * 40 + [2.0] * 20})
    is_bad = np.array([1] * 20 + [0] * 20 + [1] * 30 + [0] * 10 + [1] * 2 + [0] * 18)
    found = backtest_expert(card({"a": 10}), X, is_bad)
    rows = found.characteristic("a")
    assert rows["attribute"].tolist() == ["< 0.5", "[0.5, 1.5)", "[1.5, 2.5)"]
    assert rows["points"].tolist() == [0, 10, 20]
    assert rows["n_bad"].tolist() == [20, 30, 2]
    lower, upper = jeffreys_interval([20, 30, 2], [40, 40, 20])
    assert rows["bad_rate_lower"].tolist() == pytest.approx(lower.tolist())
    assert rows["bad_rate_upper"].tolist() == pytest.approx(upper.tolist())
    assert rows["log_odds"][2] == pytest.approx(math.log(18.5 / 2.5))
    reversals = found.reversals()
    assert reversals[["riskier", "safer"]].to_numpy().tolist() == [["< 0.5", "[0.5, 1.5)"]]
    p_value = fisher_exact([[30, 10], [20, 20]], alternative="greater")[1]
    assert reversals["p_value"][0] == pytest.approx(p_value)
    # two neighbours were compared
    assert reversals["p_holm"][0] == pytest.approx(2 * p_value)
    assert any("Order reversed in 'a'" in verdict for verdict in found.verdicts) == (
        2 * p_value < 0.05
    )


def test_holm_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(0)
    p_values = rng.uniform(size=12) ** 3
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    gaps = np.insert(p_values, 4, np.nan)
    assert np.delete(holm(gaps), 4) == pytest.approx(holm(p_values))
    assert np.isnan(holm(gaps)[4])


def test_bands_hold_all_cases_the_safest_first_and_predictions_of_the_scale() -> None:
    X, is_bad = firms(1_000, 1)
    scale = PointsScale(base_score=0, base_odds=math.exp(-1.5), pdo=10 * math.log(2))
    judged = card({name: 10 * weight for name, weight in TRUTH.items()}, scale)
    found = backtest_expert(judged, X, is_bad, n_bands=4)
    bands = found.bands()
    assert bands["count"].sum() == 1_000
    assert bands["n_bad"].sum() == is_bad.sum()
    assert (np.diff(bands["mean_score"]) < 0).all()
    assert (bands["score_lower"] <= bands["mean_score"]).all()
    assert (bands["score_lower"][:3].to_numpy() > bands["score_upper"][1:].to_numpy()).all()
    score = judged.score(X)
    first = score >= bands["score_lower"][0] - 1e-9
    assert bands["count"][0] == first.sum()
    assert bands["predicted"][0] == pytest.approx(judged.prob_default(X)[first].mean())
    a, b, p_value = found.calibration
    assert (a, b) == pytest.approx((0, 1), abs=0.25)
    assert p_value > 0.01
    assert backtest_expert(card(TRUTH), X, is_bad).bands()["predicted"].isna().all()


# --- laws: right cards pass, wrong ones do not ---------------------------------------


def test_a_right_card_gets_a_verdict_as_seldom_as_it_says() -> None:
    wrong = 0
    for seed in range(100):
        X, is_bad = firms(400, seed)
        wrong += (backtest_expert(card(TRUTH), X, is_bad).table()["verdict"] != "").any()
    # 5 of 100 are expected; P(more than 12) is below 0.002 by the binomial distribution
    assert wrong <= 12


def test_the_interval_of_a_ratio_covers_it_as_often_as_it_says() -> None:
    covered = np.zeros(3)
    for seed in range(100):
        X, is_bad = firms(400, 1_000 + seed)
        table = backtest_expert(card(TRUTH), X, is_bad).table()
        covered += ((table["ratio_lower"] <= 1) & (table["ratio_upper"] >= 1)).to_numpy()
    # 95 of 100 are expected; P(fewer than 87) is below 0.001
    assert (covered >= 87).all()


def test_planted_errors_are_found() -> None:
    X, is_bad = firms(3_000, 2)
    found = backtest_expert(card({"a": 3, "b": 6, "c": -1}), X, is_bad)
    verdicts = found.table().set_index("characteristic")["verdict"].to_dict()
    assert verdicts == {"a": "weight too low", "b": "weight too high", "c": "direction reversed"}
    said = str(found)
    assert "Weight too high for 'b'" in said
    assert "Direction reversed in 'c'" in said
    assert "3 of 3 characteristics" in repr(found)
    assert "<li>Weight too low for &#x27;a&#x27;" in found._repr_html_()
    assert found.implied_weights()["c"] == 0.0


def test_a_column_that_another_says_already_counts_against_its_direction_only_beside_it() -> None:
    rng = np.random.default_rng(3)
    X, _ = firms(4_000, 3, {"a": 0.0, "b": 0.0})
    X["b"] = np.where(rng.random(4_000) < 0.8, X["a"], X["b"])
    is_bad = rng.random(4_000) < expit(-(1.0 * X["a"] - 0.4 * X["b"]).to_numpy())
    table = backtest_expert(card({"a": 1, "b": 1}), X, is_bad).table()
    assert table["verdict"][1] == "counts against its direction beside the others"
    assert table["auc"][1] > 0.5


def test_units_of_points_and_the_direction_of_the_scale_do_not_matter() -> None:
    X, is_bad = firms(500, 4)
    plain = card(TRUTH)
    reverse = PointsScale(base_score=0, base_odds=2, pdo=5, reverse=True)
    turned = card({name: -7 * weight for name, weight in TRUTH.items()}, reverse, base=50)
    one, other = backtest_expert(plain, X, is_bad), backtest_expert(turned, X, is_bad)
    numbers = ["auc", "weight", "implied_weight", "weight_ratio", "ratio_lower", "ratio_p_holm"]
    assert one.table()[numbers].to_numpy() == pytest.approx(
        other.table()[numbers].to_numpy(), rel=1e-6, abs=1e-9
    )
    assert one.bands()["n_bad"].tolist() == other.bands()["n_bad"].tolist()
    assert one.reversals()["p_value"].to_numpy() == pytest.approx(
        other.reversals()["p_value"].to_numpy()
    )


def test_a_weight_of_two_is_two_rows_and_libraries_do_not_matter() -> None:
    X, is_bad = firms(400, 5)
    weights = np.arange(400) % 3
    rows = np.repeat(np.arange(400), weights)
    weighted = backtest_expert(card(TRUTH), X, is_bad, sample_weight=weights)
    written = backtest_expert(card(TRUTH), X.iloc[rows], is_bad[rows])
    for name in ("table", "attributes", "bands", "reversals"):
        one, other = getattr(weighted, name)(), getattr(written, name)()
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-7)
    native = backtest_expert(card(TRUTH), pl.from_pandas(X), is_bad)
    assert native.table().equals(backtest_expert(card(TRUTH), X, is_bad).table())


# --- real data -----------------------------------------------------------------------


def test_an_expert_card_on_german_credit() -> None:
    german = load_german_credit()
    judged = ExpertScorecard(
        subscores={
            "duration_months": MinMaxScore(low=4, high=60, direction="lower"),
            "age_years": MinMaxScore(low=20, high=60),
            "credit_amount": MinMaxScore(low=0, high=15_000, direction="higher"),
        },
        weights=Weights.of({"duration_months": 40, "age_years": 20, "credit_amount": 40}),
    )
    found = backtest_expert(judged, german, german["is_bad"])
    assert isinstance(found, ExpertBacktest)
    table = found.table().set_index("characteristic")
    assert table["weight"].tolist() == pytest.approx([0.4, 0.2, 0.4])
    # larger credits go bad more often, whatever the expert thought
    assert table.loc["credit_amount", "verdict"] != ""
    assert table.loc["credit_amount", "auc"] < 0.5


# --- few cases, edges and errors -----------------------------------------------------


def test_few_bad_cases_are_told_before_all_else() -> None:
    X, is_bad = firms(400, 6)
    rows = np.concatenate([np.flatnonzero(is_bad)[:6], np.flatnonzero(~is_bad)[:60]])
    with pytest.warns(SmallSampleWarning, match="6 cases of the rarer class for 3"):
        found = backtest_expert(card(TRUTH), X.iloc[rows], is_bad[rows])
    assert found.verdicts[0].startswith("There are 6 bad cases for 3 characteristics")


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.SmallSampleWarning")
def test_where_no_weights_follow_the_reason_is_given() -> None:
    X, is_bad = firms(400, 7)
    separated = backtest_expert(card({"a": 1, "b": 1}), X, X["a"] < 2)
    assert "apart without error" in str(separated)
    with pytest.raises(InvalidDataError, match=r"No weights follow.*apart without error"):
        separated.implied_weights()
    alone = backtest_expert(card({"a": 1}), X, is_bad)
    assert "Fewer than two characteristics" in str(alone)
    noise = backtest_expert(card(TRUTH), X, np.random.default_rng(0).random(400) < 0.3)
    assert "cannot be told from chance" in str(noise)
    assert noise.table()["weight_ratio"].isna().all()
    turned = backtest_expert(card({n: -w for n, w in TRUTH.items()}), X, is_bad)
    assert "the wrong way round" in str(turned)
    constant = backtest_expert(card(TRUTH), X.assign(c=1.0), is_bad)
    assert constant.table()["weight_ratio"].isna().tolist() == [False, False, True]
    assert constant.implied_weights().names == ("a", "b")


def test_a_direction_that_is_reversed_without_exception_is_told() -> None:
    X = pd.DataFrame({"a": np.repeat([0.0, 10.0], 10), "b": np.tile([0.0, 10.0], 10)})
    is_bad = np.repeat([0, 1], 10)
    found = backtest_expert(card({"a": 1, "b": 1}), X, is_bad)
    row = found.table().iloc[0]
    # one of the orders of 10 and 10 cases, and its reverse; of two characteristics (Holm)
    assert (row["auc"], row["auc_p_holm"]) == (0.0, pytest.approx(2 * 2 / math.comb(20, 10)))
    assert row["verdict"] == "direction reversed"
    assert "Direction reversed in 'a'" in str(found)


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.SmallSampleWarning")
def test_four_cases_prove_no_direction() -> None:
    found = backtest_expert(card({"a": 1}), pd.DataFrame({"a": [0.0, 0, 9, 9]}), [0, 0, 1, 1])
    assert found.table().loc[0, "auc_p_holm"] == pytest.approx(2 / 6)
    assert found.table().loc[0, "verdict"] == ""


def test_a_scale_that_is_off_is_told() -> None:
    X, is_bad = firms(2_000, 8)
    scale = PointsScale(base_score=0, base_odds=5, pdo=10 * math.log(2))
    judged = card({name: 10 * weight for name, weight in TRUTH.items()}, scale)
    assert "The odds of the scale are off" in str(backtest_expert(judged, X, is_bad))


def test_what_cannot_be_tested_is_refused() -> None:
    X, is_bad = firms(300, 9)
    judged = card(TRUTH)
    with pytest.raises(InvalidTargetError, match="one class"):
        backtest_expert(judged, X, np.zeros(300))
    with pytest.raises(InvalidDataError, match="two cases of each class"):
        backtest_expert(judged, X, np.arange(300) == 3)
    with pytest.raises(InvalidWeightError, match="whole numbers"):
        backtest_expert(judged, X, is_bad, sample_weight=np.full(300, 0.5))
    with pytest.raises(MissingColumnError, match="'c'"):
        backtest_expert(judged, X[["a", "b"]], is_bad)
    with pytest.raises(InvalidParameterError, match="'n_bands'"):
        backtest_expert(judged, X, is_bad, n_bands=0)
    with pytest.raises(InvalidParameterError, match="'level'"):
        backtest_expert(judged, X, is_bad, level=0)
    with pytest.raises(InvalidParameterError, match="'card' parameter"):
        backtest_expert(judged.characteristics[0], X, is_bad)
    with pytest.raises(InvalidParameterError, match="no characteristic 'd'"):
        backtest_expert(judged, X, is_bad).characteristic("d")


def test_tables_are_copies() -> None:
    X, is_bad = firms(400, 10)
    found = backtest_expert(card(TRUTH), X, is_bad)
    for name in ("table", "attributes", "bands", "reversals"):
        handed_out = getattr(found, name)()
        handed_out["spoilt"] = 1
        assert "spoilt" not in getattr(found, name)()


# --- the picture ---------------------------------------------------------------------


def test_the_picture_shows_weights_and_bands() -> None:
    X, is_bad = firms(3_000, 2)
    found = backtest_expert(card({"a": 3, "b": 6, "c": -1}), X, is_bad)
    display = BacktestDisplay.from_backtest(found)
    assert display.frame().equals(found.table())
    display.plot()
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == ["c", "b", "a"]
    assert len(display.figure_.axes) == 2
    assert "5 bands" in repr(display)
    with pytest.raises(InvalidParameterError, match="'backtest' parameter"):
        BacktestDisplay.from_backtest(found.table())  # type: ignore[arg-type]


def test_the_picture_says_where_no_weight_follows() -> None:
    X, is_bad = firms(400, 7)
    display = BacktestDisplay.from_backtest(backtest_expert(card({"a": 1}), X, is_bad)).plot()
    assert "no weight follows" in display.ax_.texts[0].get_text()
