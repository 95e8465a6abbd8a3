"""Two columns as one of text: rectangles, their levels, and the fit by optbinning."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from creditscore import WOEEncoder
from creditscore.binning.foreign import CrossedColumns, Crossing, Rectangle
from creditscore.exceptions import (
    AlteredDocumentError,
    ColumnTypeError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
    MissingDependencyError,
    NonConvergenceWarning,
)
from tests.binning.foreign.conftest import Quietly

LOW, HIGH = -math.inf, math.inf
COLUMNS = ["age_years", "credit_amount"]
CROSSING = Crossing(
    columns=("age", "amount"),
    name="age × amount",
    rectangles=(
        Rectangle(LOW, 30, LOW, 1_000),
        Rectangle(30, 50, LOW, 1_000),
        Rectangle(LOW, 50, 1_000, HIGH),
        Rectangle(50, HIGH, LOW, HIGH),
    ),
    special_codes=((-9.0,), (-9.0, -8.0)),
)


def levels(age: list[Any], amount: list[Any]) -> list[Any]:
    text = CROSSING.encode(pd.DataFrame({"age": age, "amount": amount}, dtype=float))
    return [None if pd.isna(level) else level for level in text]


# --- rectangles ---------------------------------------------------------------------------


def test_labels() -> None:
    assert CROSSING.labels == (
        "< 30 × < 1000",
        "[30, 50) × < 1000",
        "< 50 × >= 1000",
        ">= 50 × all values",
    )


def test_a_value_at_a_cut_is_in_the_upper_rectangle() -> None:
    below, at = np.nextafter([30, 1_000], 0), [30, 1_000]
    assert levels([below[0], at[0]], [below[1]] * 2) == ["< 30 × < 1000", "[30, 50) × < 1000"]
    assert levels([at[0]] * 2, [below[1], at[1]]) == ["[30, 50) × < 1000", "< 50 × >= 1000"]


def test_missing_wins_over_special_and_special_over_amounts() -> None:
    assert levels([None, 25, None, -9, 25, -8], [500, None, -9, 500, -8, 500]) == [
        *(None, None, None),
        *("Special", "Special"),
        "< 30 × < 1000",
    ]


def test_polars_in_polars_out() -> None:
    polars = pytest.importorskip("polars")
    X = polars.DataFrame({"age": [25, None], "amount": [1_000.0, 1_000.0]})
    expected = ["< 50 × >= 1000", None]
    assert CROSSING.encode(X).to_list() == expected
    crossed = CrossedColumns()
    crossed.crossing_, crossed.n_features_in_ = CROSSING, 2
    crossed.feature_names_in_ = np.array(["age", "amount"], dtype=object)
    text = crossed.transform(X)
    assert (text.columns, text.dtypes) == (["age × amount"], [polars.String])
    assert text["age × amount"].to_list() == expected


@given(st.lists(st.tuples(st.floats(-20, 80), st.floats(-20, 2_000)), min_size=1, max_size=30))
def test_each_pair_is_in_the_rectangle_that_holds_it(pairs: list[tuple[float, float]]) -> None:
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    places = CROSSING.places_of(first, second)
    for place, a, b in zip(places.tolist(), first, second, strict=True):
        if a == -9 or b in (-9, -8):
            assert place == 4
        else:
            box = CROSSING.rectangles[place]
            assert box.first_low <= a < box.first_high
            assert box.second_low <= b < box.second_high


def test_json_there_and_back(tmp_path: Any) -> None:
    path = tmp_path / "crossing.json"
    CROSSING.to_json(path)
    assert Crossing.from_json(path) == CROSSING
    assert Crossing.from_json(CROSSING.to_json()) == CROSSING
    altered = CROSSING.to_json().replace("1000.0", "1001.0")
    with pytest.raises(AlteredDocumentError):
        Crossing.from_json(altered)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rectangles": CROSSING.rectangles[:3]}, "leave a part of the plane out"),
        ({"rectangles": (*CROSSING.rectangles, Rectangle(LOW, 30, LOW, HIGH))}, "overlap"),
        ({"rectangles": ()}, "leave a part of the plane out"),
        ({"columns": ("a", "b", "c")}, "two different columns"),
        ({"columns": ("a", "a")}, "two different columns"),
        ({"special_codes": ((1.0, 1.0), ())}, "special codes"),
    ],
)
def test_rectangles_that_are_no_partition_are_refused(
    changed: dict[str, Any], message: str
) -> None:
    parts = {
        "columns": CROSSING.columns,
        "name": "x",
        "rectangles": CROSSING.rectangles,
        "special_codes": CROSSING.special_codes,
    }
    with pytest.raises(InvalidParameterError, match=message):
        Crossing(**{**parts, **changed})


@pytest.mark.parametrize("ends", [(1, 1, 0, 1), (LOW, math.nan, LOW, HIGH), (0, 1, 2, 1)])
def test_rectangles_without_a_value_are_refused(ends: tuple[float, ...]) -> None:
    with pytest.raises(InvalidParameterError, match="must increase"):
        Rectangle(*ends)


def test_tables_that_cannot_be_encoded_are_refused() -> None:
    with pytest.raises(MissingColumnError, match="amount"):
        CROSSING.encode(pd.DataFrame({"age": [1.0]}))
    with pytest.raises(InfiniteValueError, match="'age'"):
        CROSSING.encode(pd.DataFrame({"age": [np.inf], "amount": [1.0]}))
    with pytest.raises(ColumnTypeError, match="'age' holds text"):
        CROSSING.encode(pd.DataFrame({"age": ["old"], "amount": [1.0]}))


# --- the fit ------------------------------------------------------------------------------


def test_rectangles_are_those_of_optbinning(
    german: pd.DataFrame, optbinning: ModuleType, quietly: Quietly
) -> None:
    X, y = german[COLUMNS].astype(float), german["is_bad"].astype(int)
    X.iloc[::17, 0] = np.nan
    X.iloc[::23, 1] = -9
    crossed = CrossedColumns(special_codes=[-9], max_n_bins=6).fit(X, y)
    reference = optbinning.OptimalBinning2D(
        name_x="a", name_y="b", special_codes_x=[-9], special_codes_y=[-9], max_n_bins=6
    )
    x, z = X["age_years"].to_numpy(), X["credit_amount"].to_numpy()
    quietly(reference.fit, x, z, y.to_numpy())
    places = crossed.crossing_.places_of(x, z)
    expected = quietly(
        reference.transform, x, z, metric="indices",
        metric_special="empirical", metric_missing="empirical",
    )  # fmt: skip
    assert places.tolist() == expected.astype(int).tolist()
    assert len(crossed.crossing_.rectangles) == len(reference.splits[0])


def test_the_pair_is_a_characteristic_of_an_encoder(
    german: pd.DataFrame, optbinning: ModuleType
) -> None:
    crossed = CrossedColumns(columns=COLUMNS, max_n_bins=6).fit(german, german["is_bad"])
    text = crossed.transform(german)
    assert list(text.columns) == ["age_years × credit_amount"]
    assert text.index.equals(german.index)
    assert set(text.iloc[:, 0]) == set(crossed.crossing_.labels)
    encoder = WOEEncoder().fit(text, german["is_bad"])
    alone = WOEEncoder(max_n_bins=6).fit(german[COLUMNS], german["is_bad"])
    best = max(table.iv for table in alone.tables_.values())
    assert encoder.tables_["age_years × credit_amount"].iv > best


def test_it_is_a_transformer(german: pd.DataFrame, optbinning: ModuleType) -> None:
    crossed = clone(CrossedColumns(name="pair", max_n_bins=5, trends=("none", "ascending")))
    array = german[COLUMNS].to_numpy(dtype=float)
    text = crossed.fit(array, german["is_bad"]).transform(array)
    assert text.shape == (len(german), 1)
    assert crossed.get_feature_names_out().tolist() == ["pair"]
    frame = crossed.set_output(transform="pandas").transform(array)
    assert frame.columns.tolist() == ["pair"]


def test_transform_and_json_need_no_optbinning(
    german: pd.DataFrame, optbinning: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    crossed = CrossedColumns(columns=COLUMNS, max_n_bins=5).fit(german, german["is_bad"])
    monkeypatch.setitem(__import__("sys").modules, "optbinning", None)
    read = Crossing.from_json(crossed.crossing_.to_json())
    assert read.encode(german).tolist() == crossed.transform(german).iloc[:, 0].tolist()


def test_constraints_are_kept(german: pd.DataFrame, optbinning: ModuleType) -> None:
    crossed = CrossedColumns(columns=COLUMNS, min_bin_size=0.15, trends=("descending", "none"))
    text = crossed.fit(german, german["is_bad"]).transform(german).iloc[:, 0]
    assert text.value_counts(normalize=True).min() >= 0.15
    assert 1 < len(crossed.crossing_.rectangles) <= 6


def test_one_value_in_a_column_leaves_the_cuts_of_the_other(
    german: pd.DataFrame, optbinning: ModuleType
) -> None:
    X = german[["credit_amount"]].assign(one=1.0)
    labels = CrossedColumns().fit(X, german["is_bad"]).crossing_.labels
    assert len(labels) > 1
    assert all(label.endswith("× all values") for label in labels)


def test_a_search_without_a_result_is_an_error(
    german: pd.DataFrame, optbinning: ModuleType
) -> None:
    crossed = CrossedColumns(
        columns=COLUMNS, max_n_prebins=8, min_prebin_size=0.02, time_limit=1e-5
    )
    with pytest.raises(InvalidDataError, match=r"its status is UNKNOWN\. Raise time_limit"):
        crossed.fit(german, german["is_bad"])


def test_a_search_cut_short_is_said(
    german: pd.DataFrame, optbinning: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optbinning.OptimalBinning2D, "status", "FEASIBLE", raising=False)
    crossed = CrossedColumns(columns=COLUMNS, time_limit=7)
    with pytest.warns(NonConvergenceWarning, match="stopped after 7 s"):
        crossed.fit(german, german["is_bad"])


def test_amounts_of_one_class_are_refused(optbinning: ModuleType) -> None:
    gaps = X[["a", "b"]].where(X["a"] < 4)
    with pytest.raises(InvalidDataError, match="4 rows in which both columns hold an amount"):
        CrossedColumns().fit(gaps, [0] * 4 + [1] * 36)


# --- refusals that need no optbinning ------------------------------------------------------

X = pd.DataFrame({"a": np.arange(40.0), "b": np.arange(40.0) % 7, "c": ["u", "v"] * 20})
Y = [0, 1] * 20


def test_weights_are_refused() -> None:
    with pytest.raises(InvalidWeightError, match="takes no sample_weight, because optbinning"):
        CrossedColumns().fit(X[["a", "b"]], Y, sample_weight=np.ones(40))


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({}, InvalidParameterError, "name them in 'columns'"),
        ({"columns": ["a"]}, InvalidParameterError, "two columns together"),
        ({"columns": ["a", "a"]}, InvalidParameterError, "two columns together"),
        ({"columns": ["a", "z"]}, MissingColumnError, "'z'"),
        ({"columns": ["a", "c"]}, ColumnTypeError, "'c' is categorical"),
        ({"special_codes": {"c": [1]}}, InvalidParameterError, "none of its columns"),
        ({"special_codes": [1, 1]}, InvalidParameterError, "special codes"),
        ({"max_n_prebins": 1}, InvalidParameterError, "max_n_prebins"),
        ({"min_prebin_size": 0.6}, InvalidParameterError, "min_prebin_size"),
        ({"min_bin_size": 0}, InvalidParameterError, "min_bin_size"),
        ({"max_n_bins": 0}, InvalidParameterError, "max_n_bins"),
        ({"trends": "ascending"}, InvalidParameterError, "must be two"),
        ({"trends": ("peak", "none")}, InvalidParameterError, "trends"),
        ({"solver": "ls"}, InvalidParameterError, "solver"),
        ({"time_limit": 0}, InvalidParameterError, "time_limit"),
    ],
)
def test_parameters_out_of_range_are_refused(
    params: dict[str, Any], error: type[Exception], message: str
) -> None:
    crossed = CrossedColumns(**({"columns": ["a", "b"]} | params if params else {}))
    with pytest.raises(error, match=message):
        crossed.fit(X, Y)


def test_the_target_is_needed() -> None:
    with pytest.raises(InvalidTargetError, match="requires y"):
        CrossedColumns().fit(X[["a", "b"]])


def test_without_optbinning_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optbinning", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "creditscore\[optbinning\]"'):
        CrossedColumns().fit(X[["a", "b"]], Y)


@pytest.fixture(scope="module")
def coded() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(50, 20, 4_000).round(1), "b": rng.integers(0, 30, 4_000)})
    X.loc[::10, "a"] = -9.1
    is_bad = rng.random(4_000) < np.where(X["a"] == -9.1, 0.6, 0.2 + 0.3 * (X["b"] > 15))
    return X.astype({"b": float}), is_bad.astype(int)


def test_special_codes_are_met_in_32_bits_too(
    coded: tuple[pd.DataFrame, np.ndarray], optbinning: ModuleType, quietly: Quietly
) -> None:
    X, y = coded
    crossed = CrossedColumns(special_codes={"a": [-9.1]}, max_n_bins=5)
    wide = quietly(clone(crossed).fit, X, y).crossing_
    narrow = quietly(clone(crossed).fit, X.astype("float32"), y).crossing_
    assert len(narrow.labels) == len(wide.labels)
    # -9.1 is no amount, in which case the lowest cut would part it from all others
    assert min(box.first_high for box in narrow.rectangles) > 0


def test_only_the_two_columns_are_needed(
    coded: tuple[pd.DataFrame, np.ndarray], optbinning: ModuleType, quietly: Quietly
) -> None:
    X, y = coded
    more = X.assign(word="w")
    crossed = CrossedColumns(columns=["a", "b"], max_n_bins=5)
    quietly(crossed.fit, more, y)
    pd.testing.assert_frame_equal(crossed.transform(X), crossed.transform(more))
    with pytest.raises(MissingColumnError, match="'b'"):
        crossed.transform(X[["a"]])


@pytest.mark.parametrize("missing", [[0], [0, 1, 2], [1]])
def test_polars_is_given_text_whatever_the_first_row_holds(missing: list[int]) -> None:
    crossing = Crossing(
        columns=("a", "b"),
        name="both",
        rectangles=(Rectangle(LOW, 5, LOW, HIGH), Rectangle(5, HIGH, LOW, HIGH)),
    )
    values = [None if i in missing else 7.0 for i in range(3)]
    rows = pl.DataFrame({"a": values, "b": [1.0] * 3}, schema={"a": pl.Float64, "b": pl.Float64})
    encoded = crossing.encode(rows)
    assert encoded.dtype == pl.String
    assert encoded.is_null().to_list() == [i in missing for i in range(3)]
