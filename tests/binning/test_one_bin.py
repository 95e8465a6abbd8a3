"""Columns that stay in one bin: what is said of them is what helps, by name and number."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import WOEEncoder
from creditscore.binning import BinConstraints, BinTable, NumericPartition
from creditscore.exceptions import IdleCutWarning, InvalidParameterError, SingleBinWarning

N = 4_000


@pytest.fixture(scope="module")
def column() -> tuple[pd.DataFrame, np.ndarray]:
    """Values whose risk rises with them."""
    rng = np.random.default_rng(7)
    values = rng.normal(size=N)
    return pd.DataFrame({"v": values}), (rng.random(N) < 1 / (1 + np.exp(1 - values))).astype(int)


def said(X: pd.DataFrame, y: Any, periods: Any = None, **params: Any) -> tuple[str, BinTable]:
    """Fit, and return the one warning and the table."""
    with pytest.warns(SingleBinWarning) as caught:
        encoder = WOEEncoder(**params).fit(X, y, periods=periods)
    messages = [str(one.message) for one in caught if one.category is SingleBinWarning]
    assert len(messages) == 1
    table = encoder.tables_[X.columns[0]]
    assert table.n_bins == 1
    assert messages[0].endswith(encoder.summary()["status"].iloc[0].split(": ", 1)[1])
    return messages[0], table


def test_levels_that_are_all_rare_are_not_called_alike() -> None:
    rng = np.random.default_rng(8)
    branch = np.repeat([f"B{i:03}" for i in range(100)], 20)
    is_bad = (rng.random(2_000) < rng.beta(0.5, 0.5, 100).repeat(20)).astype(int)
    X = pd.DataFrame({"branch": branch})
    message, _ = said(X, is_bad, constraints=BinConstraints(min_level_size=30))
    assert message.endswith("What would help: lower min_level_size to 20.")
    helped = WOEEncoder(constraints=BinConstraints(min_level_size=20)).fit(X, is_bad)
    assert helped.tables_["branch"].n_bins > 1
    share, _ = said(X, is_bad, constraints=BinConstraints(min_level_size=0.2))
    assert "lower min_level_size to 0.01" in share


def test_levels_to_be_told_apart_are_named_with_what_blocks_beside_them() -> None:
    # two levels of 20 rows differ, and are pooled as they are; they have 14 bads together
    X = pd.DataFrame({"level": np.repeat(["a", "b"], 20)})
    is_bad = np.concatenate([np.arange(20) < n for n in (4, 10)]).astype(int)
    asked = BinConstraints(min_bad=7, min_level_size=0.8)
    message, _ = said(X, is_bad, constraints=asked)
    assert message.endswith("lower min_level_size to 0.5 and lower min_bad to 4.")
    helped = replace(asked, min_level_size=0.5, min_bad=4)
    assert WOEEncoder(constraints=helped).fit(X, is_bad).tables_["level"].n_bins == 2


def test_a_level_of_just_the_least_size_is_not_pooled() -> None:
    # 0.035 of 200 rows are seven, and a little more in floating point
    X = pd.DataFrame({"level": np.repeat(["a", "b", "c"], [7, 7, 186])})
    is_bad = np.r_[np.ones(7), np.zeros(7), np.arange(186) % 4 == 0].astype(int)
    asked = BinConstraints(min_level_size=0.035)
    table = WOEEncoder(min_bin_size=0.03, constraints=asked).fit(X, is_bad).tables_["level"]
    assert table.n_bins == 3


def test_levels_are_not_sent_to_a_trend(column: tuple[pd.DataFrame, np.ndarray]) -> None:
    X = pd.DataFrame({"level": np.where(column[0]["v"] > 0, "a", "b")})
    message, _ = said(X, column[1], constraints=BinConstraints(min_bad=1_000))
    assert re.search(r"What would help: lower min_bad to \d+\.$", message)


def test_cuts_are_named_as_numbers(column: tuple[pd.DataFrame, np.ndarray]) -> None:
    asked = BinConstraints(fixed_cuts=[-3.2, 0.1], min_bad=50)
    message, _ = said(*column, constraints=asked)
    assert "leave out the fixed cut -3.2." in message
    asked = BinConstraints(forbidden_cuts=[(-9, 0), 0.5, (0, 9)])
    message, _ = said(*column, constraints=asked)
    assert message.endswith("leave out the forbidden cuts -9 to 0, 0 to 9, 0.5.")


def test_idle_cuts_are_not_named_in_place_of_the_first(
    column: tuple[pd.DataFrame, np.ndarray],
) -> None:
    asked = BinConstraints(fixed_cuts=[-99.0, -3.2, 0.1], min_bad=50)
    with pytest.warns(IdleCutWarning, match="-99 parts no values"):
        message, _ = said(*column, constraints=asked)
    assert "leave out the fixed cut -3.2." in message


def test_a_period_is_named(column: tuple[pd.DataFrame, np.ndarray]) -> None:
    months = np.where(column[0]["v"] > 0.5, "2024-02", "2024-01")
    message, table = said(*column, periods=months)
    assert "leave out periods, as it fails in '2024-02'" in message
    assert table.status == "single bin"


def test_digits_are_raised_only_where_that_helps() -> None:
    values = 1_000 + np.repeat([1.0, 2.0, 3.0], 200)
    is_bad = np.concatenate([np.arange(200) < n for n in (20, 60, 100)]).astype(int)
    X = pd.DataFrame({"v": values})
    message, _ = said(X, is_bad, constraints=BinConstraints(cut_digits=2))
    assert message.endswith("What would help: raise cut_digits to 4.")
    alike = np.tile(np.arange(200) < 20, 3).astype(int)
    message, _ = said(X, alike, constraints=BinConstraints(cut_digits=2))
    assert "the bad rate is the same on both sides of every split" in message


@pytest.mark.parametrize(
    "asked",
    [
        BinConstraints(min_bad=150, cut_digits=2),
        BinConstraints(forbidden_cuts=[(1_001, 1_003)], cut_digits=2),
        BinConstraints(min_bad=150, cut_digits=5),
        BinConstraints(max_p_value=1e-30, cut_digits=2),
    ],
)
def test_digits_are_named_with_what_blocks_beside_them(asked: BinConstraints) -> None:
    X = pd.DataFrame({"v": 1_000 + np.repeat([1.0, 2.0, 3.0], 200)})
    is_bad = np.concatenate([np.arange(200) < n for n in (20, 60, 100)]).astype(int)
    message, _ = said(X, is_bad, constraints=asked)
    assert ("raise cut_digits to 4" in message) == (asked.cut_digits == 2)
    for way in message.rsplit(": ", 1)[1].rstrip(".").split("; or "):
        found = re.findall(r"(?:lower|raise) (\w+) to ([\d.e-]+)", way)
        eased = {name: float(value) for name, value in found}
        if "cut_digits" in eased:
            eased["cut_digits"] = int(eased["cut_digits"])
        if "forbidden" in way:
            eased["forbidden_cuts"] = ()
        table = WOEEncoder(constraints=replace(asked, **eased)).fit(X, is_bad).tables_["v"]
        assert table.n_bins > 1, way


def test_a_single_cut_of_few_digits_is_found_among_all_values() -> None:
    # one place of two digits keeps what is asked, and no evenly spread one is near it
    rng = np.random.default_rng(0)
    values = np.sort(rng.uniform(100, 200, 5_000))
    is_bad = (np.arange(5_000) % 5 == 0).astype(int)
    is_bad[np.searchsorted(values, 190) : np.searchsorted(values, 190.4)] = 1
    X = pd.DataFrame({"v": values})
    asked = BinConstraints(cut_digits=2, forbidden_cuts=[(100, 189.9), (190.1, 200)], min_bad=10)
    table = WOEEncoder(min_bin_size=0, constraints=asked).fit(X, is_bad).tables_["v"]
    assert table.partition.cuts == (190.0,)


def test_idle_fixed_cuts_are_not_blamed(column: tuple[pd.DataFrame, np.ndarray]) -> None:
    asked = BinConstraints(fixed_cuts=[0.0, 99.0], max_p_value=1e-300)
    with pytest.warns(IdleCutWarning, match="99 parts no values"):
        message, _ = said(*column, constraints=asked)
    assert re.search(r"raise max_p_value to [\d.]+e-\d+\.$", message)
    needed = float(message.rstrip(".").rsplit(" ", 1)[1])
    helped = BinConstraints(fixed_cuts=[0.0], max_p_value=needed)
    assert WOEEncoder(constraints=helped).fit(*column).tables_["v"].n_bins > 1


def test_a_column_of_special_codes_has_the_ceiling_it_reaches() -> None:
    X = pd.DataFrame({"v": np.repeat([-9.0, -8.0, np.nan], 50)})
    is_bad = np.concatenate([np.arange(50) < n for n in (5, 10, 20)]).astype(int)
    table = WOEEncoder(special_codes=[-9, -8]).fit(X, is_bad).tables_["v"]
    assert table.iv > 0
    assert table.iv_ceiling == pytest.approx(table.iv)


def test_a_limit_of_one_bin_is_not_all_that_blocks(
    column: tuple[pd.DataFrame, np.ndarray],
) -> None:
    message, _ = said(*column, max_n_bins=1)
    assert message.endswith("What would help: raise max_n_bins to 2.")
    asked = BinConstraints(max_n_bins=1, min_rate_difference=0.9)
    message, _ = said(*column, constraints=asked)
    assert "raise max_n_bins to 2 and lower min_rate_difference to 0." in message


def test_smoothing_that_outweighs_a_split_is_named() -> None:
    # the two rows of value 1 are all good; smoothed by 5 they would cost more than they tell
    values = np.array([1.0] * 2 + [2.0] * 158 + [np.nan] * 110)
    is_bad = np.array([0] * 2 + [0] * 108 + [1] * 50 + [0] * 10 + [1] * 100)
    X = pd.DataFrame({"v": values})
    message, _ = said(X, is_bad, min_bin_size=0, smoothing=5)
    assert message.endswith("What would help: lower smoothing to 0.625.")
    helped = WOEEncoder(min_bin_size=0, smoothing=0.625).fit(X, is_bad)
    assert helped.tables_["v"].n_bins == 2


def test_sizes_in_periods_need_periods(column: tuple[pd.DataFrame, np.ndarray]) -> None:
    encoder = WOEEncoder(constraints=BinConstraints(min_period_size=0.1))
    with pytest.raises(InvalidParameterError, match="min_period_size of column 'v', and fit was"):
        encoder.fit(*column)
    levels = pd.DataFrame({"v": np.where(column[0]["v"] > 0, "a", "b")})
    table = encoder.fit(levels, column[1], periods=np.arange(N) % 2).tables_["v"]
    assert table.stability_cost == 0


@pytest.mark.parametrize("seed", [7, 11, 14, 20, 26])
@pytest.mark.parametrize(
    ("asked", "by_period"),
    [
        (BinConstraints(min_bin_size=0.5), True),
        (BinConstraints(min_bad=6_000), False),
        (BinConstraints(max_p_value=1e-9), True),
    ],
)
def test_what_is_named_helps_where_values_are_many(
    seed: int, asked: BinConstraints, by_period: bool
) -> None:
    """Single cuts are looked at among all values, by the search as by the message."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"v": np.round(rng.normal(size=6_000), 3)})
    is_bad = (rng.random(6_000) < 0.25).astype(int)
    periods = rng.integers(0, 3, 6_000) if by_period else None
    message, _ = said(X, is_bad, periods, min_bin_size=0, constraints=asked)
    for way in message.rsplit(": ", 1)[1].rstrip(".").split("; or "):
        found = dict(re.findall(r"(?:lower|raise) (\w+) to ([\d.e-]+)", way))
        if "period" in way.replace("min_period_size", ""):
            continue
        eased = replace(asked, **{name: float(value) for name, value in found.items()})
        table = WOEEncoder(min_bin_size=0, constraints=eased).fit(X, is_bad, periods=periods)
        assert table.tables_["v"].n_bins > 1, way


def test_levels_that_shrink_together_are_not_called_alike() -> None:
    # no bad of 40 and 8 of 400: drawn to the sample's rate, a comes behind b
    X = pd.DataFrame({"level": np.array(["a"] * 40 + ["b"] * 400 + [None] * 300, dtype=object)})
    is_bad = np.r_[np.zeros(40), np.ones(8), np.zeros(392), np.ones(200), np.zeros(100)].astype(int)
    message, _ = said(X, is_bad)
    assert "its levels have too few rows to be told apart" in message
    alike = np.r_[np.ones(4), np.zeros(36), np.ones(40), np.zeros(360), np.ones(200), np.zeros(100)]
    message, _ = said(X, alike.astype(int))
    assert "the bad rate is the same on both sides" in message


def test_preferred_cuts_that_part_nothing_are_named(
    column: tuple[pd.DataFrame, np.ndarray],
) -> None:
    asked = BinConstraints(fixed_cuts=[0.0], preferred_cuts=[0.0, 99.0])
    with pytest.warns(IdleCutWarning, match="the preferred cut 99 parts no values of the sample"):
        table = WOEEncoder(constraints=asked).fit(*column).tables_["v"]
    assert "99" in "".join(table.notes)


def test_given_cuts_outside_the_data_are_named(column: tuple[pd.DataFrame, np.ndarray]) -> None:
    message = r"'user_cuts' of column 'v' make bins without a row: \[50, 99\), >= 99\."
    with pytest.warns(IdleCutWarning, match=message):
        WOEEncoder(user_cuts={"v": [0.0, 50.0, 99.0]}).fit(*column)
    cuts = NumericPartition(cuts=(0.0, 50.0))
    with pytest.warns(IdleCutWarning, match="a bin without a row: >= 50"):
        WOEEncoder(user_cuts={"v": cuts}).fit(*column)


@pytest.mark.parametrize(
    ("parameter", "value"), [("constraints", BinConstraints(min_bad=9)), ("trend", "ascending")]
)
def test_what_is_asked_of_given_bins_is_idle(
    column: tuple[pd.DataFrame, np.ndarray], parameter: str, value: Any
) -> None:
    encoder = WOEEncoder(user_cuts={"v": [0.0]}, **{parameter: {"v": value}})
    with pytest.warns(IdleCutWarning, match=f"'{parameter}' parameter .* no effect on 'v'"):
        encoder.fit(*column)
    with warnings.catch_warnings(action="error"):
        # what is asked of all columns alike, or was asked before an edit, is nobody's mistake
        WOEEncoder(user_cuts={"v": [0.0]}, **{parameter: value}).fit(*column)
        found = WOEEncoder(**{parameter: {"v": value}}).fit(*column)
        found.with_tables(found.tables_["v"].merge(0, 1, by="me", reason="r")).fit(*column)


@pytest.mark.parametrize("kind", ["numeric", "ordered"])
def test_a_level_size_of_what_has_no_levels_to_pool_is_refused(
    column: tuple[pd.DataFrame, np.ndarray], kind: str
) -> None:
    X, y = column
    if kind == "ordered":
        X = pd.DataFrame({"v": pd.cut(X["v"], [-9, -1, 0, 1, 9], labels=list("abcd"))})
    asked = {"v": BinConstraints(min_level_size=50)}
    with pytest.raises(InvalidParameterError, match="asks for min_level_size of column 'v'"):
        WOEEncoder(constraints=asked).fit(X, y)
    WOEEncoder(constraints=asked["v"]).fit(X, y)
