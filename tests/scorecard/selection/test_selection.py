"""Filters, their order, the log, and what a selection refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import expit
from scipy.stats import chi2, norm
from sklearn.base import clone
from statsmodels.stats.outliers_influence import variance_inflation_factor

from creditscore import LogisticScorecard, WOEEncoder
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    CoefficientSignWarning,
    EmptyDataError,
    InvalidParameterError,
    MissingColumnError,
    SingleBinWarning,
)
from creditscore.metrics import psi
from creditscore.scorecard.selection import Selection, Stepwise, chance_p_value


@pytest.fixture(scope="module")
def portfolio() -> pd.DataFrame:
    """Columns that each filter has something to say about."""
    rng = np.random.default_rng(11)
    n = 3_000
    score = rng.normal(size=n)
    twin = score + rng.normal(scale=0.3, size=n)
    weak = 0.3 * score + rng.normal(size=n)
    hidden = rng.normal(size=n)
    rare = np.where(rng.random(n) < 0.88, np.nan, hidden)
    drift = rng.normal(size=n) + np.where(np.arange(n) < n // 2, 0.0, 2.0) - 0.4 * score
    is_bad = rng.random(n) < expit(-1.2 * score - 0.8 * weak - 0.9 * hidden - 1.5)
    return pd.DataFrame(
        {
            "score": score,
            "twin": twin,
            "weak": weak,
            "rare": rare,
            "drift": drift,
            "fixed": 1.0,
            "period": np.where(np.arange(n) < n // 2, "early", "late"),
            "is_bad": is_bad,
        }
    )


@pytest.fixture(scope="module", name="X")
def columns(portfolio: pd.DataFrame) -> pd.DataFrame:
    return portfolio.drop(columns=["is_bad", "period", "fixed"])


def log_of(X: pd.DataFrame, y: Any, asked: Selection, **fitted: Any) -> pd.DataFrame:
    model = LogisticScorecard(selection=asked, min_iv=0).fit(X, y, **fitted)
    assert set(model.scorecard_.names) == set(model.selection_.kept)
    return model.selection_.table().set_index("feature")


# --- each filter by its own definition ------------------------------------------------


def test_missing_share(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    table = log_of(X, portfolio["is_bad"], Selection(max_missing=0.5))
    assert table.index[~table["kept"]].tolist() == ["rare"]
    row = table.loc["rare"]
    assert row["statistic"] == X["rare"].isna().mean()
    assert (row["stage"], row["limit"]) == ("filter", 0.5)
    assert "missing, more than 50.0%" in row["reason"]


def test_information_value_beyond_doubt(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    y = portfolio["is_bad"]
    tables = WOEEncoder().fit(X, y).tables_
    lower = {n: t.iv - norm.ppf(0.95) * t.iv_se for n, t in tables.items()}
    model = LogisticScorecard(selection=Selection(iv_level=0.95), min_iv=0.05).fit(X, y)
    assert {n for n, value in lower.items() if value >= 0.05} == set(model.selection_.kept)
    dropped = model.selection_.table().set_index("feature").query("~kept")
    assert dropped.loc["drift", "statistic"] == pytest.approx(lower["drift"])
    assert "may be below 0.05" in dropped.loc["drift", "reason"]


def test_correlated_columns_leave_the_best(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    y = portfolio["is_bad"]
    table = log_of(X, y, Selection(max_correlation=0.8))
    woe = WOEEncoder().fit(X, y).transform(X)
    correlation = woe.corr().abs()
    kept = table.index[table["kept"]]
    off = correlation.loc[kept, kept].to_numpy() - np.eye(len(kept))
    assert off.max() <= 0.8
    assert table.index[~table["kept"]].tolist() == ["twin"]
    assert table.loc["twin", "statistic"] == pytest.approx(correlation.loc["twin", "score"])
    assert "with 'score', which has the higher IV" in table.loc["twin", "reason"]
    forced = log_of(X, y, Selection(max_correlation=0.8, forced_in=["twin"]))
    assert forced.index[~forced["kept"]].tolist() == ["score"]
    assert "which is forced in" in forced.loc["score", "reason"]


def test_variance_inflation(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    y = portfolio["is_bad"]
    table = log_of(X, y, Selection(max_vif=3))
    woe = WOEEncoder().fit(X, y).transform(X)
    design = np.column_stack([np.ones(len(woe)), woe])
    factors = [variance_inflation_factor(design, i + 1) for i in range(woe.shape[1])]
    worst = woe.columns[int(np.argmax(factors))]
    assert table.index[~table["kept"]].tolist() == [worst]
    assert table.loc[worst, "statistic"] == pytest.approx(max(factors), rel=1e-8)
    same = X.assign(copy=X["score"])
    assert "determine it" in log_of(same, y, Selection(max_vif=3))["reason"].str.cat()


def test_shift_to_another_table(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    early = (portfolio["period"] == "early").to_numpy()
    asked = Selection(max_psi=0.25, compare_with=X[~early])
    table = log_of(X[early], portfolio["is_bad"][early], asked)
    assert table.index[~table["kept"]].tolist() == ["drift"]
    bins = WOEEncoder().fit(X[early], portfolio["is_bad"][early]).tables_["drift"]
    here, there = (
        np.bincount(np.digitize(rows["drift"], bins.partition.cuts), minlength=bins.n_bins)
        for rows in (X[early], X[~early])
    )
    assert table.loc["drift", "statistic"] == pytest.approx(psi(here, there))
    assert "to the other table, more than 0.25" in table.loc["drift", "reason"]


def test_shift_between_periods(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    y, periods = portfolio["is_bad"], portfolio["period"]
    table = log_of(X[["score", "drift"]], y, Selection(max_psi=0.25), periods=periods)
    assert table.index[~table["kept"]].tolist() == ["drift"]
    assert "between period" in table.loc["drift", "reason"]


def test_information_that_chance_gives() -> None:
    rng = np.random.default_rng(3)
    n = 40_000
    faint = rng.normal(size=n)
    y = rng.random(n) < expit(0.1 * faint - 1)
    X = pd.DataFrame({"faint": faint, "noise": rng.normal(size=n)})
    model = LogisticScorecard().fit(X, y)
    tables = model.encoder_.tables_
    assert tables["faint"].iv < 0.02
    assert model.scorecard_.names == ("faint",)
    few = slice(0, 600)
    with pytest.raises(EmptyDataError, match=r"below 0\.02, and chance gives as much"):
        LogisticScorecard().fit(X[["noise"]][few], y[few])
    with pytest.raises(EmptyDataError, match=r"below 0\.02"):
        LogisticScorecard(min_iv=0.02).fit(X, y)
    table = tables["faint"]
    good, bad = sum(table.n_good), sum(table.n_bad)
    n_attributes = sum(g + b > 0 for g, b in zip(table.n_good, table.n_bad, strict=True))
    expected = chi2.sf(table.iv * good * bad / (good + bad), n_attributes - 1)
    assert chance_p_value(table) == pytest.approx(expected, rel=1e-9)


def test_chance_gives_a_p_value_that_is_one() -> None:
    """Under no association and bins set beforehand, p-values are uniform."""
    rng = np.random.default_rng(4)
    p_values = []
    for _ in range(400):
        X = pd.DataFrame({"x": rng.random(800)})
        encoder = WOEEncoder(user_cuts={"x": [0.2, 0.5, 0.8]})
        p_values.append(chance_p_value(encoder.fit(X, rng.random(800) < 0.3).tables_["x"]))
    below = np.mean(np.array(p_values)[:, None] < [0.05, 0.25, 0.5, 0.75], axis=0)
    np.testing.assert_allclose(below, [0.05, 0.25, 0.5, 0.75], atol=0.07)


# --- the whole ------------------------------------------------------------------------


def test_filters_come_in_their_order(portfolio: pd.DataFrame) -> None:
    everything = portfolio.drop(columns=["is_bad", "period"])
    asked = Selection(max_missing=0.5, max_correlation=0.8, search=Stepwise(), forced_out=["drift"])
    with pytest.warns(UserWarning, match="'fixed'"):
        model = LogisticScorecard(selection=asked).fit(everything, portfolio["is_bad"])
    log = model.selection_
    stages = dict(zip(log.table()["feature"], log.table()["stage"], strict=True))
    assert stages == {
        "score": "kept",
        "twin": "filter",
        "weak": "kept",
        "rare": "filter",
        "drift": "forced",
        "fixed": "binning",
    }
    assert log.kept == ("score", "weak")
    assert model.dropped_ == log.dropped
    assert "2 of 6 candidates in the card; stepwise both by BIC" in repr(log)
    assert "correlates by" in str(log)
    assert "<table" in log._repr_html_()
    assert log.table()["step"].dtype == "Int64"
    assert model.summary().set_index("feature")["dropped"]["drift"] == "forced out"


def test_without_a_selection_the_log_tells_all_the_same(
    X: pd.DataFrame, portfolio: pd.DataFrame
) -> None:
    log = LogisticScorecard().fit(X, portfolio["is_bad"]).selection_
    assert log.kept == tuple(X)
    assert log.path().empty
    assert set(log.table()["reason"]) == {"passed the filters"}


def test_any_table_and_any_copy(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    asked = Selection(max_correlation=0.8, max_psi=1.0, compare_with=pl.from_pandas(X))
    model = LogisticScorecard(selection=asked)
    kept = model.fit(X, portfolio["is_bad"]).selection_.kept
    again = clone(model).fit(pl.from_pandas(X), portfolio["is_bad"].to_numpy())
    assert again.selection_.kept == kept
    assert repr(asked) == "Selection(max_psi=1.0, max_correlation=0.8)"


def test_cross_fitted_columns_are_selected_too(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    encoder = WOEEncoder(cross_fit=3)
    asked = Selection(search=Stepwise())
    model = LogisticScorecard(encoder=encoder, selection=asked).fit(X, portfolio["is_bad"])
    assert {"score", "weak"} <= set(model.selection_.kept) <= set(X)


# --- errors ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_missing": 1.5}, "'max_missing'"),
        ({"iv_level": 0.3}, "'iv_level'"),
        ({"max_psi": 0}, "'max_psi'"),
        ({"max_correlation": 0}, "'max_correlation'"),
        ({"max_vif": 0.5}, "'max_vif'"),
        ({"search": "stepwise"}, "must be a Stepwise or an L1Path"),
        ({"forced_in": "age"}, "'forced_in' .* list of columns"),
        ({"forced_out": 3}, "'forced_out' .* list of columns"),
        ({"groups": {"a": "x"}}, "'groups' .* list of columns"),
        ({"forced_in": ["a"], "forced_out": ["a"]}, "forced in and out at once: 'a'"),
        ({"groups": {"a": ["x"], "b": ["x"]}}, "one group at most. In several groups: 'x'"),
        ({"groups": {"a": ["x"]}, "max_per_group": {"b": 1}}, "max_per_group names 'b'"),
        ({"groups": {"a": ["x"]}, "max_per_group": 0}, r"max_per_group\['a'\]"),
        ({"groups": ["x"]}, "'groups' parameter of Selection must be a mapping"),
        ({"max_per_group": 2, "search": Stepwise()}, "and there are none: give groups"),
        ({"max_features": 0}, "'max_features'"),
        ({"max_features": 3}, "Caps on columns need a search"),
        ({"compare_with": pd.DataFrame({"a": [1]})}, "looked at by max_psi"),
        (
            {"max_features": 1, "search": Stepwise(), "forced_in": ["a", "b"]},
            "2 columns are forced in, and max_features is 1",
        ),
        (
            {
                "groups": {"g": ["a", "b"]},
                "max_per_group": 1,
                "search": Stepwise(),
                "forced_in": ["a", "b"],
            },
            "2 columns of group 'g' are forced in, and its cap is 1",
        ),
    ],
)
def test_parameters(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        Selection(**settings)


def test_names_that_are_no_columns(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    model = LogisticScorecard(selection=Selection(forced_in=["scor"]))
    with pytest.raises(MissingColumnError, match=r"'scor'.*'score'"):
        model.fit(X, portfolio["is_bad"])


def test_a_constant_cannot_be_forced_in(portfolio: pd.DataFrame) -> None:
    model = LogisticScorecard(selection=Selection(forced_in=["fixed"]))
    with (
        pytest.warns(UserWarning, match="'fixed'"),
        pytest.raises(InvalidParameterError, match="'fixed' is constant"),
    ):
        model.fit(portfolio[["score", "fixed"]], portfolio["is_bad"])


@pytest.mark.parametrize("min_iv", [None, 0.0])
def test_a_single_bin_cannot_be_forced_in(min_iv: float | None) -> None:
    german = load_german_credit()
    X = german[["foreign_worker", "purpose", "age_years"]]
    model = LogisticScorecard(selection=Selection(forced_in=["foreign_worker"]), min_iv=min_iv)
    with (
        pytest.warns(SingleBinWarning, match="'foreign_worker'"),
        pytest.raises(InvalidParameterError, match="'foreign_worker' has one WOE for all rows"),
    ):
        model.fit(X, german["is_bad"])


def test_a_column_below_min_iv_can_be_forced_in() -> None:
    german = load_german_credit()
    X = german[["dependents", "purpose"]]
    model = LogisticScorecard(selection=Selection(forced_in=["dependents"])).fit(
        X, german["is_bad"]
    )
    assert "dependents" in model.scorecard_.names
    assert "dependents" in LogisticScorecard().fit(X, german["is_bad"]).dropped_


def test_shift_needs_something_to_compare(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    model = LogisticScorecard(selection=Selection(max_psi=0.25))
    with pytest.raises(InvalidParameterError, match="Give the fit periods, or Selection a table"):
        model.fit(X, portfolio["is_bad"])


def test_a_forced_column_that_the_sign_leaves_out_is_named() -> None:
    rng = np.random.default_rng(7)
    first = rng.normal(size=4_000)
    second = first + rng.normal(scale=0.4, size=4_000)
    is_bad = rng.random(4_000) < expit(1.8 * first - 0.9 * second - 1)
    X = pd.DataFrame({"first": first, "second": second})
    asked = Selection(forced_in=["second"])
    model = LogisticScorecard(selection=asked, coefficient_sign="enforce")
    with pytest.warns(CoefficientSignWarning, match="forced in are not in the card: 'second'"):
        model.fit(X, is_bad)


def test_nothing_left(X: pd.DataFrame, portfolio: pd.DataFrame) -> None:
    model = LogisticScorecard(selection=Selection(max_missing=0.5))
    with pytest.raises(EmptyDataError, match=r"'rare': 8.* missing, more than 50\.0%"):
        model.fit(X[["rare"]], portfolio["is_bad"])
