"""Bins that are given as they are: what they bring, what the encoder adds, and what is said."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import WOEEncoder
from creditscore.binning import (
    BinPolicy,
    BinTable,
    CategoricalPartition,
    NumericPartition,
    compare,
)
from creditscore.exceptions import (
    ConstantColumnWarning,
    EditWarning,
    IdleCutWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    SingleBinWarning,
)

SIGNED = {"by": "A", "reason": "r"}
N = 600


@pytest.fixture(scope="module")
def sample() -> tuple[pd.DataFrame, pd.Series]:
    """A number with a code and gaps, and a level; the bads are where the number is high."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=N)
    is_bad = pd.Series((rng.random(N) < 1 / (1 + np.exp(1 - 2 * values))).astype(int))
    values[::10], values[::11] = -9.0, np.nan
    return pd.DataFrame({"x": values, "level": rng.choice(list("abc"), N)}), is_bad


def fitted(sample: tuple[pd.DataFrame, pd.Series], **params: Any) -> BinTable:
    X, y = sample
    return WOEEncoder(**params).fit(X[["x"]], y).tables_["x"]


def test_special_codes_go_into_a_partition_without_any(
    sample: tuple[pd.DataFrame, pd.Series],
) -> None:
    by_cuts = fitted(sample, user_cuts={"x": [0.0]}, special_codes=[-9])
    by_partition = fitted(
        sample, user_cuts={"x": NumericPartition(cuts=(0.0,))}, special_codes=[-9]
    )
    assert by_partition == by_cuts
    X, y = sample
    groups = CategoricalPartition(groups=(("a",), ("b",)))
    encoder = WOEEncoder(user_cuts={"level": groups}, special_codes={"level": ["c", "a"]})
    table = encoder.fit(X[["level"]], y).tables_["level"]
    assert table.partition.special_codes == ("c",)


@pytest.mark.parametrize(
    ("params", "idle"),
    [
        ({"special_codes": [-9]}, "'special_codes' of WOEEncoder has"),
        ({"policy": BinPolicy(missing="error")}, "'policy' of WOEEncoder has"),
        ({"policy": {"x": BinPolicy(missing="neutral")}}, "'policy'"),
        ({"smoothing": 0.0}, "'smoothing'"),
        ({"special_codes": {"x": [-9]}, "smoothing": 1.0}, "'special_codes' and 'smoothing' .* ha"),
    ],
)
def test_what_a_table_does_not_take_is_said(
    sample: tuple[pd.DataFrame, pd.Series], params: dict[str, Any], idle: str
) -> None:
    table = fitted(sample, user_cuts={"x": [0.0]})
    with pytest.warns(IdleCutWarning, match=f"Column 'x' keeps what its bins .* {idle}"):
        assert fitted(sample, user_cuts={"x": table}, **params).policy == BinPolicy()
    codes = NumericPartition(cuts=(0.0,), special_codes=(-8.0,))
    with pytest.warns(IdleCutWarning, match="'special_codes'"):
        fitted(sample, user_cuts={"x": codes}, special_codes=[-9])


def test_tables_of_the_same_encoder_are_not_complained_of(
    sample: tuple[pd.DataFrame, pd.Series],
) -> None:
    X, y = sample
    asked = {"special_codes": [-9], "policy": BinPolicy(missing="neutral"), "smoothing": 1.0}
    encoder = WOEEncoder(**asked).fit(X[["x"]], y)
    edited = encoder.tables_["x"].merge(0, 1, **SIGNED)
    with warnings.catch_warnings(action="error"):
        again = encoder.with_tables(edited).fit(X[["x"]], y)
        WOEEncoder.from_json(encoder.to_json()).fit(X[["x"]], y)
    assert again.tables_["x"].woe.tolist() == edited.woe.tolist()


@pytest.mark.parametrize("value", [5.0, np.nan])
def test_a_table_counted_on_one_value_is_constant(
    sample: tuple[pd.DataFrame, pd.Series], value: float
) -> None:
    table = fitted(sample, user_cuts={"x": [0.0]})
    X = pd.DataFrame({"x": np.full(N, value)})
    with (
        pytest.warns(ConstantColumnWarning, match="'x' holds"),
        warnings.catch_warnings(action="ignore", category=IdleCutWarning),
    ):
        again = WOEEncoder(user_cuts={"x": table}).fit(X, sample[1]).tables_["x"]
    assert again.status == ("all missing" if np.isnan(value) else "constant")


def test_a_table_counted_where_a_bin_is_empty(sample: tuple[pd.DataFrame, pd.Series]) -> None:
    with pytest.warns(IdleCutWarning, match="make a bin without a row: < -20"):
        table = fitted(sample, user_cuts={"x": [-20.0, 0.0]})
    with pytest.warns(IdleCutWarning, match="make a bin without a row: < -20"):
        fitted(sample, user_cuts={"x": table})


# --- with_cuts, with_tables -------------------------------------------------------------


def test_rows_in_another_order_are_not_counted(sample: tuple[pd.DataFrame, pd.Series]) -> None:
    X, y = sample
    table, shuffled = fitted(sample), y.sample(frac=1, random_state=1)
    assert table.with_cuts([0.3], values=X["x"], is_bad=y, **SIGNED).n_bins == 2
    with pytest.raises(InvalidTargetError, match="same index in different orders"):
        table.with_cuts([0.3], values=X["x"], is_bad=shuffled, **SIGNED)
    weights = pd.Series(np.ones(N), index=y.index[::-1])
    with pytest.raises(InvalidWeightError, match="values and sample_weight hold the same index"):
        table.with_cuts([0.3], values=X["x"], is_bad=y, sample_weight=weights, **SIGNED)
    with pytest.raises(InvalidDataError, match="one column"):
        table.with_cuts([0.3], values=X[["x"]], is_bad=y, **SIGNED)
    with pytest.raises(InvalidParameterError, match="pass values too"):
        table.with_cuts([0.3], is_bad=y, **SIGNED)


def test_tables_that_cannot_stand_in_are_refused(sample: tuple[pd.DataFrame, pd.Series]) -> None:
    X, y = sample
    encoder = WOEEncoder().fit(X, y)
    x, level = encoder.tables_["x"], encoder.tables_["level"]
    for tables in (("x",), ({"x": x},), (x, x)):
        with pytest.raises(InvalidParameterError, match="takes BinTables, one for a feature"):
            encoder.with_tables(*tables)
    text = WOEEncoder().fit(X[["level"]].set_axis(["x"], axis=1), y).tables_["x"]
    with pytest.raises(InvalidDataError, match="are numeric, and those given are categorical"):
        encoder.with_tables(text)
    assert encoder.with_tables(level).tables_["level"] == level


@pytest.mark.parametrize("at", [{"a"}, [["a"]], [], "z"])
def test_what_is_no_level_does_not_split(sample: tuple[pd.DataFrame, pd.Series], at: Any) -> None:
    X, y = sample
    groups = {"level": [["a", "b"], ["c"]]}
    table = WOEEncoder(user_cuts=groups).fit(X[["level"]], y).tables_["level"]
    with pytest.raises(InvalidParameterError, match="must be some of its levels"):
        table.split(0, at, **SIGNED)
    with pytest.raises(InvalidParameterError, match="that stand in its bins"):
        table.group(["a"], **SIGNED)


def test_a_label_of_numpy_goes_into_a_file(sample: tuple[pd.DataFrame, pd.Series]) -> None:
    X, y = sample
    encoder = WOEEncoder(bad_label=np.int64(2)).fit(X[["x"]], y + 1)
    assert WOEEncoder.from_json(encoder.to_json()).bad_label == 2


# --- compare and ceiling ------------------------------------------------------------------


def test_bins_are_the_same_in_any_order() -> None:
    def table(groups: Any, n_good: Any, n_bad: Any, codes: Any = ()) -> BinTable:
        partition = CategoricalPartition(groups=groups, special_codes=codes)
        return BinTable(feature="c", partition=partition, n_good=n_good, n_bad=n_bad)

    a = table((("a", "b"), ("c",)), (10, 20, 5, 1, 0, 0), (5, 5, 1, 1, 0, 0), ("x", "y"))
    b = table((("c",), ("b", "a")), (20, 10, 1, 5, 0, 0), (5, 5, 1, 1, 0, 0), ("y", "x"))
    same = compare(a, b)
    assert same.same_bins
    assert same.psi == pytest.approx(0, abs=1e-12)
    c = table((("a",), ("b", "c")), (10, 20, 0, 0), (5, 5, 0, 0))
    d = table((("a", "b"), ("c",)), (10, 20, 0, 0), (5, 5, 0, 0))
    assert not compare(c, d).same_bins
    assert np.isnan(compare(c, d).psi)
    assert not compare(a, d).same_bins


def test_the_ceiling_is_not_below_what_is_reached() -> None:
    X = pd.DataFrame({"z": np.repeat([0.0, 1.0, 2.0, 3.0], 100)})
    is_bad = np.concatenate([np.arange(100) < n for n in (10, 50, 10, 50)]).astype(int)
    table = WOEEncoder(user_cuts={"z": [0.5, 1.5, 2.5]}).fit(X, is_bad).tables_["z"]
    assert table.iv_ceiling == table.iv


def test_grouping_is_linear_in_levels() -> None:
    levels = [f"L{i}" for i in range(20_000)]
    y = np.arange(40_000) % 3 == 0
    X = pd.DataFrame({"c": np.repeat(levels, 2)})
    with pytest.warns(SingleBinWarning):
        table = WOEEncoder().fit(X, y).tables_["c"]
    # 4 s before, when each level was looked for in a list
    assert table.group(*levels[:5_000], **SIGNED).n_bins >= 2


def test_special_codes_are_compared_by_themselves() -> None:
    def table(groups: Any, codes: Any, n: int) -> BinTable:
        partition = CategoricalPartition(groups=groups, special_codes=codes)
        counts = (5.0,) * n + (0.0,)
        return BinTable(feature="a", partition=partition, n_good=counts, n_bad=counts)

    one, other = table((("x",),), ("1",), 3), table((("x",), (1,)), ("1",), 4)
    frame = compare(one, other).frame()
    row = frame[frame["kind"] == "special"]
    assert len(row) == 1
    assert row[["bin_a", "bin_b"]].notna().all(axis=None)
    assert not compare(table((("x",),), ("1",), 3), table((("x",),), (1,), 3)).same_bins


def test_periods_are_asked_of_bins_without_a_shape() -> None:
    rng = np.random.default_rng(1)
    x, period = rng.integers(0, 4, 6_000), np.array(list("abc"))[rng.integers(0, 3, 6_000)]
    rate = np.array([0.1, 0.4, 0.1, 0.4])[x]
    for flipped in (True, False):
        p = np.where((period == "b") & flipped, 0.5 - rate, rate)
        y = (rng.random(6_000) < p).astype(int)
        encoder = WOEEncoder(user_cuts={"x": [1, 2, 3]})
        table = encoder.fit(pd.DataFrame({"x": x.astype(float)}), y, periods=period).tables_["x"]
        assert table.trend == "mixed"
        assert table.holds_trend_in_every_period is not flipped


def test_a_merge_that_breaks_the_order_in_a_period_is_said() -> None:
    rng = np.random.default_rng(0)
    n = 20_000
    period = np.array(list("pqr"))[rng.integers(0, 3, n)]
    share = np.vectorize({"p": 0.85, "q": 0.4, "r": 0.15}.get)(period)
    level = np.where(rng.random(n) < 0.34, "B", np.where(rng.random(n) < share, "A", "C"))
    risk = np.vectorize({"A": 0.08, "B": 0.21, "C": 0.35}.get)(level)
    y = (rng.random(n) < risk).astype(int)
    encoder = WOEEncoder(min_bin_size=0.01).fit(pd.DataFrame({"c": level}), y, periods=period)
    table = encoder.tables_["c"]
    assert table.holds_trend_in_every_period
    with pytest.warns(EditWarning, match="no longer holds in every period"):
        table.merge("A", "C", **SIGNED)


def test_split_keeps_the_levels_that_the_bin_has() -> None:
    X, y = pd.DataFrame({"b": np.arange(100) > 50}), np.arange(100) % 3 == 0
    with pytest.warns(ConstantColumnWarning):
        table = WOEEncoder(user_cuts={"b": [[True, False]]}).fit(X, y).tables_["b"]
    groups = table.split(0, 1, **SIGNED).partition.groups
    assert [type(level) for group in groups for level in group] == [bool, bool]
    with pytest.raises(InvalidParameterError, match="when"):
        table.split(0, True, by="a", reason="b", when="0001-01-01T00:00:00+05:00")
