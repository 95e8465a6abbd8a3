"""Tables from optbinning hold its cuts, counts and WOE, and encode as it transforms."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import WOEEncoder
from creditscore.binning import BinPolicy, BinTable
from creditscore.binning.foreign import from_optbinning
from creditscore.datasets import load_german_credit, load_taiwan_credit
from creditscore.exceptions import (
    ConstantColumnWarning,
    InvalidDataError,
    InvalidParameterError,
    MissingDependencyError,
    UnseenCategoryWarning,
)
from tests.binning.foreign.conftest import Quietly

EMPIRICAL = {"metric": "woe", "metric_missing": "empirical", "metric_special": "empirical"}


def with_gaps(X: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Put missing values, -9 and -8 into numeric columns."""
    X, rng = X.copy(), np.random.default_rng(5)
    for name in columns:
        draw = rng.random(len(X))
        X[name] = X[name].astype(float)
        X.loc[draw < 0.06, name] = np.nan
        X.loc[(draw > 0.06) & (draw < 0.11), name] = -9.0
        X.loc[(draw > 0.11) & (draw < 0.14), name] = -8.0
    return X


def check_bit_true(binning: Any, table: BinTable, x: pd.Series, quietly: Quietly) -> None:
    """Hold a table against the public table and the transform of optbinning."""
    frame = quietly(binning.binning_table.build)
    counts = frame.iloc[:-1]
    assert sum(table.n_good) == counts["Non-event"].sum()
    assert sum(table.n_bad) == counts["Event"].sum()
    n = table.n_bins
    assert list(table.n_good[:n]) == counts["Non-event"].tolist()[:n]
    assert list(table.n_bad[:n]) == counts["Event"].tolist()[:n]
    missing = table.partition.missing_code
    # the row before the totals is that of missing values
    assert table.n_good[missing] == counts["Non-event"].iloc[-1]
    if table.dtype == "numeric":
        assert table.partition.bounds()[1][: n - 1].tolist() == list(binning.splits)
    expected = quietly(binning.transform, x, **EMPIRICAL)
    np.testing.assert_allclose(
        table.encode(x.to_frame(table.feature)).to_numpy(), expected, rtol=0, atol=1e-14
    )
    assert table.iv == pytest.approx(binning.binning_table.iv, rel=1e-12)


# --- real data ---------------------------------------------------------------------------


@pytest.mark.parametrize("special", [None, [-9, -8], {"refused": -9, "unknown": -8}])
def test_german_process(special: Any, optbinning: ModuleType, quietly: Quietly) -> None:
    german = load_german_credit()
    X = german.drop(columns="is_bad")
    if special is not None:
        X = with_gaps(X, ["duration_months", "credit_amount", "age_years"])
    process = optbinning.BinningProcess(list(X.columns), special_codes=special)
    quietly(process.fit, X, german["is_bad"].astype(int))
    tables = from_optbinning(process)
    assert list(tables) == list(X.columns)
    for name, table in tables.items():
        assert table.feature == name
        check_bit_true(process.get_binned_variable(name), table, X[name], quietly)


def test_taiwan_process_of_selected_variables(optbinning: ModuleType, quietly: Quietly) -> None:
    taiwan = load_taiwan_credit()
    X = taiwan.drop(columns="is_bad").iloc[:, :12]
    process = optbinning.BinningProcess(list(X.columns), selection_criteria={"iv": {"min": 0.02}})
    quietly(process.fit, X, taiwan["is_bad"].astype(int))
    tables = from_optbinning(process)
    assert list(tables) == list(process.get_support(names=True))
    assert 0 < len(tables) < X.shape[1]
    expected = quietly(process.transform, X, **EMPIRICAL)
    for name, table in tables.items():
        np.testing.assert_allclose(
            table.encode(X).to_numpy(), expected[name].to_numpy(), rtol=0, atol=1e-14
        )


def test_the_process_in_a_scorecard(optbinning: ModuleType, quietly: Quietly) -> None:
    from sklearn.linear_model import LogisticRegression

    german = load_german_credit()
    X = german[["duration_months", "purpose"]]
    card = optbinning.Scorecard(optbinning.BinningProcess(list(X.columns)), LogisticRegression())
    quietly(card.fit, X, german["is_bad"].astype(int))
    tables = from_optbinning(card)
    check_bit_true(
        card.binning_process_.get_binned_variable("purpose"),
        tables["purpose"],
        X["purpose"],
        quietly,
    )
    assert list(tables) == ["duration_months", "purpose"]


def test_tables_go_into_the_encoder(optbinning: ModuleType, quietly: Quietly) -> None:
    german = load_german_credit()
    X, y = german.drop(columns="is_bad"), german["is_bad"].astype(int)
    process = optbinning.BinningProcess(list(X.columns))
    quietly(process.fit, X, y)
    # foreign_worker has one bin there
    with pytest.warns(ConstantColumnWarning, match="'foreign_worker' holds values of one bin"):
        encoder = WOEEncoder(user_cuts=from_optbinning(process)).fit(X, y)
    expected = quietly(process.transform, X, **EMPIRICAL)
    np.testing.assert_allclose(
        encoder.transform(X).to_numpy(), expected.to_numpy(), rtol=0, atol=1e-14
    )


# --- kinds of bins -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def column() -> pd.DataFrame:
    """Made-up column x, levels c and outcome y."""
    rng = np.random.default_rng(11)
    n = 1_500
    x = np.round(rng.normal(50, 20, size=n), 1)
    c = rng.choice(list("abcdefgh"), size=n, p=[0.3, 0.25, 0.2, 0.15, 0.04, 0.03, 0.02, 0.01])
    rate = 0.05 + 0.4 * (x < 45) + 0.2 * np.isin(c, ["b", "e"])
    return pd.DataFrame({"x": x, "c": c.astype(object), "y": (rng.random(n) < rate).astype(int)})


def fitted(quietly: Quietly, kind: Any, x: Any, y: Any, **params: Any) -> Any:
    return quietly(kind(**params).fit, x, y)


def test_cuts_of_the_user(column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly) -> None:
    binning = fitted(
        quietly, optbinning.OptimalBinning, column["x"], column["y"], name="x",
        user_splits=[30, 45, 60], user_splits_fixed=[True] * 3, monotonic_trend=None,
    )  # fmt: skip
    table = from_optbinning(binning)["x"]
    assert table.status == "user cuts"
    assert table.partition.bounds()[1][:3].tolist() == [30, 45, 60]
    # a value at a cut is in the upper bin, in both
    check_bit_true(binning, table, pd.Series([29.9, 30.0, 45.0, 60.0]), quietly)


def test_the_bin_of_other_categories(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    binning = fitted(
        quietly, optbinning.OptimalBinning, column["c"], column["y"],
        name="c", dtype="categorical", cat_cutoff=0.05,
    )  # fmt: skip
    table = from_optbinning(binning)["c"]
    assert set(table.partition.to_dict()["groups"][-1]) == {"e", "f", "g", "h"}
    check_bit_true(binning, table, column["c"], quietly)


def test_groups_of_the_user(column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly) -> None:
    groups = np.array([["a", "c"], ["b"], ["d", "e", "f", "g", "h"]], dtype=object)
    binning = fitted(
        quietly, optbinning.OptimalBinning, column["c"], column["y"],
        name="c", dtype="categorical", user_splits=groups, user_splits_fixed=[True] * 3,
    )  # fmt: skip
    table = from_optbinning(binning)["c"]
    assert {frozenset(group) for group in table.partition.to_dict()["groups"]} == {
        frozenset(group) for group in groups
    }
    check_bit_true(binning, table, column["c"], quietly)


def test_missing_and_special_levels(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    c = column["c"].where(column["x"] < 80, None)
    binning = fitted(
        quietly, optbinning.OptimalBinning, c, column["y"],
        name="c", dtype="categorical", special_codes=["d", "h"],
    )  # fmt: skip
    table = from_optbinning(binning)["c"]
    assert table.partition.special_codes == ("d", "h")
    check_bit_true(binning, table, c, quietly)


def test_unknown_levels_are_neutral_in_both(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    binning = fitted(
        quietly, optbinning.OptimalBinning, column["c"], column["y"], name="c", dtype="categorical"
    )
    table = from_optbinning(binning)["c"]
    with pytest.warns(UnseenCategoryWarning, match="'z'"):
        encoded = table.encode(pd.DataFrame({"c": ["z", "a"]}))
    assert encoded[0] == 0
    assert quietly(binning.transform, ["z", "a"], **EMPIRICAL)[0] == pytest.approx(0, abs=1e-14)


def test_numbers_as_levels(column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly) -> None:
    codes = column["c"].map({level: i for i, level in enumerate("abcdefgh")})
    binning = fitted(
        quietly, optbinning.OptimalBinning, codes, column["y"], name="c", dtype="categorical"
    )
    check_bit_true(binning, from_optbinning(binning)["c"], codes, quietly)


def test_a_single_bin(column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly) -> None:
    binning = fitted(
        quietly, optbinning.OptimalBinning, column["x"], column["y"], name="x", max_n_bins=1
    )
    table = from_optbinning(binning)["x"]
    assert (table.n_bins, table.status) == (1, "single bin")
    check_bit_true(binning, table, column["x"], quietly)


def test_one_value_is_constant(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    x = pd.Series(np.full(len(column), 7.0))
    binning = fitted(quietly, optbinning.OptimalBinning, x, column["y"], name="x")
    assert from_optbinning(binning)["x"].status == "constant"


def test_prebins_without_an_optimum_are_said(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    binning = fitted(
        quietly, optbinning.OptimalBinning, column["x"], column["y"], name="x",
        min_n_bins=5, min_bin_size=0.4,
    )  # fmt: skip
    table = from_optbinning(binning)["x"]
    assert table.status == "infeasible"
    assert "INFEASIBLE" in table.notes[0]


# --- one class, pools -------------------------------------------------------------------


def pure(column: pd.DataFrame) -> pd.DataFrame:
    """Rows of -9, -8 and missing values that are all good, beside the column."""
    tail = pd.DataFrame({"x": [-9.0] * 6 + [-8.0] * 3 + [np.nan] * 4, "c": "a", "y": 0})
    return pd.concat([column, tail], ignore_index=True)


@pytest.mark.parametrize("special", [[-9, -8], {"a": -9, "b": -8}, {"a": [-9, -8]}])
def test_one_class_among_special_and_missing_is_neutral(
    special: Any, column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    data = pure(column)
    binning = fitted(
        quietly, optbinning.OptimalBinning, data["x"], data["y"], name="x", special_codes=special
    )
    table = from_optbinning(binning)["x"]
    assert table.policy.missing == "neutral"
    check_bit_true(binning, table, data["x"], quietly)


def test_a_list_of_special_codes_is_one_pool(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    x = with_gaps(column, ["x"])["x"]
    binning = fitted(
        quietly, optbinning.OptimalBinning, x, column["y"], name="x", special_codes=[-9, -8]
    )
    table = from_optbinning(binning)["x"]
    assert table.policy == BinPolicy(pool_special=True)
    assert table.woe[table.n_bins] == table.woe[table.n_bins + 1] != 0
    assert "stand with the first" in table.notes[1]
    check_bit_true(binning, table, x, quietly)


def test_codes_of_another_kind_are_left_out(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    """A process has one list for all columns, and text never occurs in a column of numbers."""
    x = with_gaps(column, ["x"])["x"]
    binning = fitted(
        quietly, optbinning.OptimalBinning, x, column["y"], name="x", special_codes=["n/a", -9]
    )
    table = from_optbinning(binning)["x"]
    assert table.partition.special_codes == (-9.0,)
    check_bit_true(binning, table, x, quietly)


def test_pools_beside_single_codes_are_refused(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    x = with_gaps(column, ["x"])["x"]
    codes = {"a": [-9, -8], "b": 50.0}
    binning = fitted(
        quietly, optbinning.OptimalBinning, x, column["y"], name="x", special_codes=codes
    )
    with pytest.raises(InvalidParameterError, match=r"special codes -9, -8 of 'x' in one bin"):
        from_optbinning(binning)


def test_a_regular_bin_of_one_class_needs_smoothing(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    y = column["y"].where(~column["c"].isin(["g", "h"]), 0)
    binning = fitted(
        quietly, optbinning.OptimalBinning, column["c"], y,
        name="c", dtype="categorical", cat_cutoff=0.025,
    )  # fmt: skip
    with pytest.raises(InvalidDataError, match=r"'c' hold one class only: 'g, h'.* smoothing"):
        from_optbinning(binning)
    table = from_optbinning(binning, smoothing=0.5)["c"]
    assert table.woe[table.n_bins - 1] > 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoded = table.encode(column)
    expected = quietly(binning.transform, column["c"], **EMPIRICAL)
    regular = ~column["c"].isin(["g", "h"]).to_numpy()
    np.testing.assert_allclose(encoded[regular], expected[regular], rtol=0, atol=1e-14)


def test_weighted_counts_are_taken_as_they_are(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    x = with_gaps(column, ["x"])["x"]
    weights = np.random.default_rng(3).choice([0.25, 1.0, 2.5], size=len(x))
    binning = optbinning.OptimalBinning(name="x", special_codes={"a": -9, "b": -8})
    quietly(binning.fit, x, column["y"], weights)
    check_bit_true(binning, from_optbinning(binning)["x"], x, quietly)


def test_tables_survive_json(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    x = with_gaps(column, ["x"])["x"]
    binning = fitted(
        quietly, optbinning.OptimalBinning, x, column["y"], name="x", special_codes=[-9, -8]
    )
    table = from_optbinning(binning)["x"]
    assert BinTable.from_dict(table.to_dict()) == table


# --- what cannot be carried over ----------------------------------------------------------


def test_other_kinds_of_binning_are_refused(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    amounts = column["y"] + 0.5
    others = {
        "target is an amount": fitted(
            quietly, optbinning.ContinuousOptimalBinning, column["x"], amounts
        ),
        "several classes": fitted(
            quietly, optbinning.MulticlassOptimalBinning, column["x"], column["y"]
        ),
        "WOE moves within a bin": optbinning.OptimalPWBinning(name="x"),
        "two columns together": optbinning.OptimalBinning2D(),
        "no such object": "a text",
    }
    for reason, source in others.items():
        with pytest.raises(InvalidParameterError, match=f"Got .* instead: .*{reason}"):
            from_optbinning(source)


def test_processes_of_amounts_are_refused(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    process = optbinning.BinningProcess(["x"])
    quietly(process.fit, column[["x"]], column["y"] * 1.5 + column["x"])
    with pytest.raises(InvalidParameterError, match="ContinuousOptimalBinning of 'x'"):
        from_optbinning(process)


def test_what_is_not_fitted_is_refused(optbinning: ModuleType) -> None:
    with pytest.raises(InvalidParameterError, match="BinningProcess is not fitted"):
        from_optbinning(optbinning.BinningProcess(["x"]))
    with pytest.raises(InvalidParameterError, match="OptimalBinning of 'x' is not fitted"):
        from_optbinning(optbinning.OptimalBinning(name="x"))


def test_a_woe_for_unknown_levels_is_refused(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    binning = fitted(
        quietly, optbinning.OptimalBinning, column["c"], column["y"],
        name="c", dtype="categorical", cat_unknown=-1.5,
    )  # fmt: skip
    with pytest.raises(InvalidParameterError, match=r"unknown categories the WOE -1\.5"):
        from_optbinning(binning)


def test_the_name_of_a_single_binning(
    column: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    binning = fitted(quietly, optbinning.OptimalBinning, column["x"], column["y"])
    with pytest.raises(InvalidParameterError, match="has no name"):
        from_optbinning(binning)
    assert list(from_optbinning(binning, name="age")) == ["age"]
    process = optbinning.BinningProcess(["x"])
    quietly(process.fit, column[["x"]], column["y"])
    with pytest.raises(InvalidParameterError, match="for a single OptimalBinning"):
        from_optbinning(process, name="x")


def test_without_optbinning_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optbinning", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "creditscore\[optbinning\]"'):
        from_optbinning(object())
