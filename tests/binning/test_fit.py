"""How a column becomes bins: constraints, missing values, special codes, weights, warnings."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from creditscore.binning import BinTable, NumericPartition, WOEEncoder
from creditscore.exceptions import (
    ColumnTypeError,
    ConstantColumnWarning,
    InfiniteValueError,
    InvalidParameterError,
    SingleBinWarning,
    SpecialCodeWarning,
    UnseenCategoryWarning,
    UnseenValueWarning,
)

BinOne = Any
"""The function that the fixture `bin_one` gives."""


def kinds(table: BinTable) -> pd.DataFrame:
    return table.frame().set_index("kind")


@pytest.fixture(scope="module")
def column() -> np.ndarray:
    return np.random.default_rng(30).normal(size=1_000).round(2)


@pytest.fixture(scope="module")
def outcome(column: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(31)
    return (rng.random(len(column)) < 1 / (1 + np.exp(1 + column))).astype(int)


# --- constraints -----------------------------------------------------------------------


@pytest.mark.parametrize("min_bin_size", [0.0, 0.01, 0.05, 0.2, 0.4])
@pytest.mark.parametrize("max_n_bins", [None, 2, 3, 5])
def test_size_number_and_trend_of_bins(
    bin_one: BinOne,
    column: np.ndarray,
    outcome: np.ndarray,
    min_bin_size: float,
    max_n_bins: int | None,
) -> None:
    table = bin_one(column, outcome, min_bin_size=min_bin_size, max_n_bins=max_n_bins)
    regular = kinds(table).loc[["bin"]]
    assert regular["share"].min() >= min_bin_size
    assert 2 <= table.n_bins <= (max_n_bins or 1_000)
    assert table.trend == "descending"


def test_size_is_a_share_of_all_rows(
    bin_one: BinOne, column: np.ndarray, outcome: np.ndarray
) -> None:
    half_missing = np.where(np.arange(len(column)) % 2, column, np.nan)
    table = bin_one(half_missing, outcome, min_bin_size=0.1)
    assert kinds(table).loc[["bin"], "count"].min() >= 100


def test_missing_values_and_special_codes_may_be_few(
    bin_one: BinOne, column: np.ndarray, outcome: np.ndarray
) -> None:
    values = column.copy()
    values[:3], values[3:5] = np.nan, -9
    table = bin_one(values, outcome, special_codes=[-9])
    assert kinds(table).loc["missing", "count"] == 3
    assert kinds(table).loc["special", "count"] == 2


@pytest.mark.parametrize(
    ("trend", "read"),
    [("descending", "descending"), ("auto", "descending"), ("none", "peak")],
)
def test_trend_of_a_hump(bin_one: BinOne, trend: str, read: str) -> None:
    # bad rates 0.5, 0.6, 0.2, 0.1: a free order shows the hump, a trend joins its two bins
    values = np.repeat([1, 2, 3, 4], 100)
    y = np.concatenate([np.repeat([1, 0], [bad, 100 - bad]) for bad in (50, 60, 20, 10)])
    table = bin_one(values, y, trend=trend)
    assert table.trend == read
    assert table.n_bins == (4 if trend == "none" else 3)


def test_trend_by_column(column: np.ndarray, outcome: np.ndarray) -> None:
    X = pd.DataFrame({"a": column, "b": -column, "c": column})
    encoder = WOEEncoder(trend={"a": "descending", "b": "ascending"}).fit(X, outcome)
    assert [table.trend for table in encoder.tables_.values()] == [
        *("descending", "ascending", "descending")
    ]


def test_more_prebins_never_lose(bin_one: BinOne, column: np.ndarray, outcome: np.ndarray) -> None:
    distinct = len(np.unique(column))
    every = bin_one(column, outcome, max_n_prebins=distinct)
    for n in (2, 10, 50):
        assert bin_one(column, outcome, max_n_prebins=n).iv <= every.iv + 1e-12


def test_levels_are_grouped_by_bad_rate(bin_one: BinOne) -> None:
    # bad rates 0.10, 0.11, 0.5, 0.52: no bin holds levels between which another one lies
    n_bad = {"d": 10, "b": 11, "a": 50, "c": 52}
    values = np.repeat(list(n_bad), 100)
    y = np.concatenate([np.repeat([1, 0], [bad, 100 - bad]) for bad in n_bad.values()])
    table = bin_one(values, y, max_n_bins=2)
    assert table.partition.groups == (("b", "d"), ("a", "c"))


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), n_levels=st.integers(2, 8))
def test_groups_of_two_levels_are_the_best_split(bin_one: BinOne, seed: int, n_levels: int) -> None:
    """With equally frequent levels, no split in two by any subset has a higher IV."""
    rng = np.random.default_rng(seed)
    n_bad = rng.permutation(np.arange(5, 65))[:n_levels]  # no two equal
    values = np.repeat([f"l{i}" for i in range(n_levels)], 70)
    y = np.concatenate([np.repeat([1, 0], [bad, 70 - bad]) for bad in n_bad])
    table = bin_one(values, y, max_n_bins=2, min_bin_size=0)
    best = 0.0
    for subset in range(1, 2 ** (n_levels - 1)):
        inside = [i for i in range(n_levels) if subset >> i & 1]
        bad, good = n_bad[inside].sum() / n_bad.sum(), (70 - n_bad[inside]).sum()
        good = good / (70 * n_levels - n_bad.sum())
        best = max(best, (good - bad) * (np.log(good / bad) - np.log((1 - good) / (1 - bad))))
    assert table.iv == pytest.approx(best)


# --- missing values and special codes ----------------------------------------------------


def test_missing_values_have_the_woe_of_their_own_counts(bin_one: BinOne) -> None:
    # 10 of 40 goods and 30 of 60 bads have no value: ln((10/40) / (30/60)) = ln 0.5
    values = [1.0] * 30 + [np.nan] * 10 + [2.0] * 30 + [np.nan] * 30
    y = [0] * 40 + [1] * 60
    table = bin_one(values, y)
    missing = pd.DataFrame({"v": [np.nan, None, 1.0]})
    assert kinds(table).loc["missing", "woe"] == pytest.approx(np.log(0.5))
    assert table.encode(missing).tolist()[:2] == [pytest.approx(np.log(0.5))] * 2


def test_missing_levels_have_the_woe_of_their_own_counts(bin_one: BinOne) -> None:
    values = ["a"] * 30 + [None] * 10 + ["b"] * 30 + [None] * 30
    table = bin_one(values, [0] * 40 + [1] * 60)
    assert table.encode(pd.DataFrame({"v": [None, "a"]}))[0] == pytest.approx(np.log(0.5))


def test_missing_value_does_not_share_the_bin_of_a_real_minus_one(bin_one: BinOne) -> None:
    values = [-1.0] * 40 + [np.nan] * 40 + [5.0] * 40
    y = [1] * 30 + [0] * 10 + [1] * 10 + [0] * 30 + [0, 1] * 20
    encoded = bin_one(values, y).encode(pd.DataFrame({"v": [-1, np.nan]}))
    # of 60 goods and 60 bads, 10 and 30 are at -1, 30 and 10 are missing
    assert encoded.tolist() == [pytest.approx(np.log(1 / 3)), pytest.approx(np.log(3))]


def test_missing_that_the_fit_never_met_is_neutral(
    bin_one: BinOne, column: np.ndarray, outcome: np.ndarray
) -> None:
    table = bin_one(column, outcome)
    message = r"column 'v' is 'Missing' in 2 row\(s\)"
    with pytest.warns(UnseenValueWarning, match=message):
        assert table.encode(pd.DataFrame({"v": [np.nan, np.nan]})).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("special_codes", [[-9], (-9,), np.array([-9]), {"v": [-9]}])
def test_special_code_is_a_bin_of_its_own(
    bin_one: BinOne, column: np.ndarray, outcome: np.ndarray, special_codes: Any
) -> None:
    coded = np.arange(len(column)) % 10 == 0
    table = bin_one(np.where(coded, -9, column), outcome, special_codes=special_codes)
    special = kinds(table).loc["special"]
    assert special["bin"] == "Special -9"
    assert special["count"] == coded.sum()
    assert special["n_bad"] == outcome[coded].sum()
    # the intervals are those of the other rows alone
    rest = bin_one(np.where(coded, np.nan, column), outcome)
    assert table.partition.cuts == rest.partition.cuts


def test_special_level_is_a_bin_of_its_own(bin_one: BinOne) -> None:
    values = ["a"] * 50 + ["b"] * 50 + ["refused"] * 4
    y = [0, 1] * 25 + [0, 0, 1, 0, 0] * 10 + [1, 1, 1, 0]
    table = bin_one(values, y, special_codes=["refused"])
    assert table.labels == ("b", "a", "Special refused", "Missing", "Other")
    assert kinds(table).loc["special", "n_bad"] == 3


@pytest.mark.parametrize(
    ("values", "code"),
    [([1.0, 2.0] * 50, -99), (["a", "b"] * 50, "refused")],
    ids=["number", "level"],
)
def test_special_code_that_the_fit_never_met_is_neutral_and_known(
    bin_one: BinOne, values: list, code: Any
) -> None:
    table = bin_one(values, [0, 1, 0, 0, 1, 1, 0, 1, 0, 0] * 10, special_codes={"v": [code]})
    with pytest.warns(UnseenValueWarning, match=f"is 'Special {code}' in 1 row"):
        assert table.encode(pd.DataFrame({"v": [code]})).tolist() == [0.0]
    assert f"Special {code}" in table.labels


@pytest.mark.parametrize(
    ("column", "codes", "message"),
    [
        ([1.0, 2.0] * 50, ["refused"], "'refused' has no effect: all columns hold numbers"),
        (["a", "b"] * 50, [-9], "-9 has no effect: all columns hold text"),
        ([1.0, -9.0] * 50, ["-9"], "'-9' has no effect: column 'v' holds it as numbers"),
        (
            ["a", "99999999"] * 50,
            [99_999_999],
            "99999999 has no effect: column 'v' holds it as text",
        ),
        (["a", "-9"] * 50, [-9.0], "-9.0 has no effect: column 'v' holds it as text"),
    ],
)
def test_special_codes_of_another_type_are_named(
    bin_one: BinOne, column: list, codes: list, message: str
) -> None:
    with pytest.warns(SpecialCodeWarning, match=message):
        bin_one(column, [0, 1, 0, 0, 1, 1, 0, 1, 0, 0] * 10, special_codes=codes)


def test_a_special_code_is_met_in_32_bit_floats_too(bin_one: BinOne) -> None:
    values = np.array([-9.9, 1.5, 2.5, 3.5] * 50)
    y = [0, 1, 0, 0, 1, 1, 0, 1, 0, 0] * 20
    double = bin_one(values, y, special_codes=[-9.9])
    single = bin_one(values.astype(np.float32), y, special_codes=[-9.9])
    assert kinds(single).loc["special", "count"] == 50
    assert single == double


def test_cuts_part_32_bit_floats_as_they_part_64_bit_ones(bin_one: BinOne) -> None:
    values = np.round(np.random.default_rng(3).normal(size=3_000), 2)
    y = (np.random.default_rng(4).random(3_000) < 0.2 + 0.2 * (values > 0.3)).astype(int)
    table = bin_one(values, y)
    assert table.n_bins > 1
    frames = [pd.DataFrame({"v": values.astype(dtype)}) for dtype in (np.float64, np.float32)]
    assert table.encode(frames[0]).tolist() == table.encode(frames[1]).tolist()


def test_special_codes_by_column_leave_the_others_alone(outcome: np.ndarray) -> None:
    X = pd.DataFrame({"a": np.resize([-9, 1, 2], 1_000), "b": np.resize([-9, 1, 2, 3], 1_000)})
    encoder = WOEEncoder(special_codes={"a": [-9]}, min_bin_size=0, max_n_bins=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingleBinWarning)
        tables = encoder.fit(X, outcome).tables_
    assert "Special -9" in tables["a"].labels
    assert "Special -9" not in tables["b"].labels


# --- columns that carry nothing ------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "status", "message"),
    [
        ([5.0] * 40, "constant", "'v' holds one value only"),
        (["a"] * 40, "constant", "'v' holds one value only"),
        ([True] * 40, "constant", "'v' holds one value only"),
        ([np.nan] * 40, "all missing", "'v' holds no value at all"),
        ([None] * 40, "all missing", "'v' holds no value at all"),
        (pd.Series([None] * 40, dtype="Int64"), "all missing", "'v' holds no value at all"),
        (pd.Series([None] * 40, dtype="string"), "all missing", "'v' holds no value at all"),
        (pd.Series([None] * 40, dtype="category"), "all missing", "'v' holds no value at all"),
        # a column that holds the code everywhere is no column without a value
        ([-9.0] * 40, "constant", "'v' holds one value only"),
    ],
    ids=[
        *("number", "level", "bool", "NaN", "None", "Int64", "string", "category"),
        "special code",
    ],
)
def test_constant_and_empty_columns_warn(
    bin_one: BinOne, values: Any, status: str, message: str
) -> None:
    with pytest.warns(ConstantColumnWarning, match=message):
        table = bin_one(values, [0, 1] * 20, special_codes=[-9] if -9.0 in values else None)
    assert table.status == status
    assert table.iv == 0
    assert not table.woe.any()


@pytest.mark.parametrize("values", [[5.0] * 20 + [np.nan] * 20, ["a"] * 20 + [None] * 20])
def test_one_value_beside_missing_ones_is_information(bin_one: BinOne, values: list) -> None:
    table = bin_one(values, [0] * 15 + [1] * 20 + [0] * 5)
    assert table.status == "optimal"
    assert table.iv > 0


SINGLE = {
    "too small": (np.repeat([1, 2], [2, 98]), [1, 1] + [0, 1] * 49, {}, "min_bin_size"),
    "one bin asked for": (
        np.repeat([1, 2], 50),
        [0] * 40 + [1] * 60,
        {"max_n_bins": 1},
        "max_n_bins",
    ),
    "against the trend": (
        np.repeat([1, 2], 50),
        [1] * 40 + [0] * 60,
        {"trend": "ascending"},
        "trend",
    ),
    "equal bad rates": (np.repeat([1, 2], 50), [0, 1] * 50, {}, "bad rate"),
}


@pytest.mark.parametrize("why", SINGLE)
def test_single_bin_warns_and_says_what_stands_in_the_way(bin_one: BinOne, why: str) -> None:
    values, y, params, cause = SINGLE[why]
    with pytest.warns(SingleBinWarning, match="'v' stays in one bin") as caught:
        table = bin_one(values, y, **params)
    assert (table.status, table.n_bins) == ("single bin", 1)
    assert cause in str(caught[0].message)


# --- bins of the user ----------------------------------------------------------------------


@pytest.mark.parametrize("cuts", [[8, 16], (8.0, 16.0), np.array([8, 16])])
def test_user_cuts_are_taken_as_they_are(bin_one: BinOne, cuts: Any) -> None:
    table = bin_one([1, 8, 16, 99, np.nan] * 10, [0, 1] * 25, user_cuts={"v": cuts})
    assert table.partition == NumericPartition(cuts=(8.0, 16.0))
    assert table.frame()["count"].tolist() == [10, 10, 20, 10]
    assert table.status == "user cuts"


def test_user_groups_are_taken_as_they_are(bin_one: BinOne) -> None:
    table = bin_one(["a", "b", "c"] * 10, [0, 1] * 15, user_cuts={"v": [["c"], ["a", "b"]]})
    assert table.partition.groups == (("c",), ("a", "b"))
    assert table.frame()["count"].tolist() == [10, 20, 0, 0]


def test_user_groups_that_leave_levels_out_warn(bin_one: BinOne) -> None:
    message = r"'v' holds 1 level.* in 10 row\(s\): 'c'"
    with pytest.warns(UnseenCategoryWarning, match=message):
        table = bin_one(["a", "b", "c"] * 10, [0, 1] * 15, user_cuts={"v": [["a"], ["b"]]})
    assert kinds(table).loc["other", "count"] == 10


@pytest.mark.parametrize(
    ("values", "cuts", "message"),
    [
        ([1.0, 2.0], [2, 1], "'v'.*strictly increasing"),
        ([1.0, 2.0], [1, np.nan], "'v'.*finite"),
        ([1.0, 2.0], ["low", "high"], "numeric column 'v' must be numbers"),
        ([1.0, 2.0], 5, "numeric column 'v' must be numbers"),
        ([1.0, 2.0], "58", "numeric column 'v' must be numbers"),
        (["a", "b"], ["a", "b"], "categorical column 'v' must be lists of levels"),
        (["a", "b"], [1, 2], "categorical column 'v' must be lists of levels"),
        (["a", "b"], [["a"], ["a", "b"]], "'v'.*one group only"),
    ],
    ids=[
        *("order", "NaN", "text", "scalar", "one string"),
        *("flat list", "numbers", "level twice"),
    ],
)
def test_user_cuts_that_make_no_bins(
    bin_one: BinOne, values: list, cuts: Any, message: str
) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        bin_one(values * 10, [0, 1, 1, 0] * 5, user_cuts={"v": cuts})


# --- columns that are refused ----------------------------------------------------------------


@pytest.mark.parametrize("infinity", [np.inf, -np.inf])
def test_infinite_values_are_named(
    bin_one: BinOne, column: np.ndarray, outcome: np.ndarray, infinity: float
) -> None:
    values = column.copy()
    values[[7, 9]] = infinity
    message = (
        rf"Column 'v' holds 2 infinite value\(s\) \(infinity\), the first at row 7: {infinity}"
    )
    with pytest.raises(InfiniteValueError, match=message):
        bin_one(values, outcome)


@pytest.mark.parametrize(
    "values",
    [
        pd.date_range("2024-01-01", periods=4),
        pd.date_range("2024-01-01", periods=4, tz="UTC"),
        pd.to_timedelta([1, 2, 3, 4], unit="D"),
        pd.Series(pd.date_range("2024-01-01", periods=4).date, dtype=object),
        pd.period_range("2024-01", periods=4, freq="M"),
        pd.Series([True, 2, 3, False], dtype=object),
        pd.Series([[1], [2], [3], [4]], dtype=object),
        pd.Series([1j, 2j, 3j, 4j]),
        pd.Series([b"a", b"b", b"a", b"b"], dtype=object),
    ],
    ids=[
        *("dates", "dates with zone", "durations", "date objects", "periods"),
        *("bools and numbers", "lists", "complex", "bytes"),
    ],
)
def test_columns_without_an_order_or_levels_are_named(bin_one: BinOne, values: Any) -> None:
    with pytest.raises(ColumnTypeError, match="Column 'v'"):
        bin_one(values, [0, 1, 1, 0])


@pytest.mark.parametrize(
    "levels",
    [pd.interval_range(0, 4), pd.date_range("2024-01-01", periods=4)],
    ids=["intervals", "dates"],
)
def test_levels_that_no_file_can_hold_are_refused(bin_one: BinOne, levels: Any) -> None:
    """Such as those of pd.cut: a table of them could not be saved, nor find them again."""
    values = pd.Categorical.from_codes([0, 1, 2, 3], categories=levels)
    with pytest.raises(ColumnTypeError, match=r"Column 'v' has levels .* Convert them to text"):
        bin_one(values, [0, 1, 1, 0])


# --- weights are frequencies -----------------------------------------------------------------


@pytest.fixture(scope="module")
def weighted(applicants: pd.DataFrame) -> np.ndarray:
    return np.random.default_rng(8).integers(0, 4, size=len(applicants))


def tables(X: pd.DataFrame, y: np.ndarray, weights: Any = None, **params: Any) -> dict:
    return WOEEncoder(**params).fit(X, y, weights).tables_


def test_whole_weight_is_repetition(
    applicants: pd.DataFrame, is_bad: np.ndarray, weighted: np.ndarray
) -> None:
    times = np.repeat(np.arange(len(applicants)), weighted)
    repeated = tables(applicants.iloc[times], is_bad[times])
    assert tables(applicants, is_bad, weighted) == repeated


def test_row_of_weight_zero_is_no_row(applicants: pd.DataFrame, is_bad: np.ndarray) -> None:
    kept = np.arange(len(applicants)) % 3 > 0
    changed = applicants.astype({"housing": object}).copy()
    changed.loc[~kept, ["income", "n_loans", "housing"]] = [1e9, 77, "castle"]
    weights = np.where(kept, 0.7, 0.0)
    dropped = tables(changed[kept], is_bad[kept], weights[kept])
    assert tables(changed, is_bad, weights) == dropped


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.WeightScaleWarning")
@pytest.mark.parametrize("unit", [0.1, 1e-3, 1e3])
def test_unit_of_the_weights_does_not_move_the_cuts(
    bin_one: BinOne, column: np.ndarray, outcome: np.ndarray, unit: float
) -> None:
    """Where no bin needs smoothing, weights of 0.1 serve as weights of 1 do."""
    plain = bin_one(column, outcome, min_bin_size=0.1)
    scaled = bin_one(column, outcome, np.full(len(column), unit), min_bin_size=0.1)
    assert scaled.partition == plain.partition
    np.testing.assert_allclose(scaled.woe, plain.woe, rtol=1e-9)


# --- nothing but the rows counts -----------------------------------------------------------


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1))
def test_row_order_is_irrelevant(
    applicants: pd.DataFrame, is_bad: np.ndarray, weighted: np.ndarray, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(applicants))
    shuffled = tables(applicants.iloc[order], is_bad[order], weighted[order])
    assert shuffled == tables(applicants, is_bad, weighted)


def test_row_order_is_irrelevant_beyond_the_capacity_of_the_sample() -> None:
    rng = np.random.default_rng(9)
    n = 450_000
    values = rng.lognormal(size=n)
    y = rng.random(n) < 0.3 / (1 + values)
    order = rng.permutation(n)
    table = WOEEncoder().fit(values[:, None], y).tables_["x0"]
    shuffled = WOEEncoder().fit(values[order, None], y[order]).tables_["x0"]
    assert shuffled == table
    assert table.n_bins > 5
    assert table.frame()["share"].iloc[: table.n_bins].min() >= 0.05


@settings(max_examples=30)
@given(data=st.data())
def test_laws_of_any_small_column(bin_one: BinOne, data: st.DataObject) -> None:
    """Counts are those of the rows, IV is that of the counts, constraints hold."""
    n = data.draw(st.integers(2, 40))
    value = st.sampled_from([np.nan, -9.0, 0.0, 1.0, 2.5]) | st.floats(-1e6, 1e6)
    values = np.array(data.draw(st.lists(value, min_size=n, max_size=n)))
    y = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    assume(0 < y.sum() < n)
    size = data.draw(st.sampled_from([0.0, 0.05, 0.3]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (ConstantColumnWarning, SingleBinWarning))
        table = bin_one(values, y, special_codes=[-9], min_bin_size=size)
    codes = table.partition.codes_of(values)
    every = range(table.partition.n_codes)
    assert [np.sum((codes == code) & ~y) for code in every] == list(table.n_good)
    assert [np.sum((codes == code) & y) for code in every] == list(table.n_bad)
    assert table.iv >= 0
    assert np.isfinite(table.woe).all()
    if table.n_bins > 1:
        regular = kinds(table).loc[["bin"]]
        assert regular["share"].min() >= size
        assert table.trend in ("ascending", "descending")
