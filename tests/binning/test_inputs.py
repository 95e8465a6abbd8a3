"""Any table goes in, the same bins come out of it, and the same kind of table comes back."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard
from creditscore.binning import BinTable, WOEEncoder
from creditscore.exceptions import (
    ColumnTypeError,
    DuplicateColumnError,
    EmptyDataError,
    InfiniteValueError,
    InvalidDataError,
    MissingColumnError,
    UnseenCategoryWarning,
)

CODES = {"special_codes": [-9]}


def objects(frame: pd.DataFrame) -> pd.DataFrame:
    """Python values with pd.NA, as a database driver gives them."""
    return frame.astype(object).where(frame.notna(), pd.NA)


LIBRARIES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "pandas nullable": lambda frame: frame.convert_dtypes(),
    "pandas pyarrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "pandas objects": objects,
    "pandas category": lambda frame: frame.astype({"housing": "category"}),
    "pandas string": lambda frame: frame.astype({"housing": "string"}),
    "polars": pl.from_pandas,
    "polars category": lambda frame: pl.from_pandas(frame.astype({"housing": "category"})),
    "polars small numbers": lambda frame: pl.from_pandas(frame).with_columns(
        pl.col("n_loans").cast(pl.UInt8)
    ),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "pyarrow dictionary": lambda frame: pa.Table.from_pandas(
        frame.astype({"housing": "category"}), preserve_index=False
    ),
}


@pytest.fixture(scope="module")
def fitted(applicants: pd.DataFrame, is_bad: np.ndarray) -> WOEEncoder:
    return WOEEncoder(**CODES).fit(applicants, is_bad)


def as_array(table: Any) -> np.ndarray:
    columns = getattr(table, "column_names", None) or list(table.columns)
    return np.column_stack([np.asarray(table[name], dtype=float) for name in columns])


# --- one meaning in each library -----------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
def test_same_bins_and_same_woe(
    applicants: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder, library: str
) -> None:
    X = LIBRARIES[library](applicants)
    encoder = WOEEncoder(**CODES).fit(X, is_bad)
    assert encoder.tables_ == fitted.tables_
    assert encoder.feature_names_in_.tolist() == list(applicants.columns)
    encoded = encoder.transform(X)
    assert type(encoded) is type(X)
    np.testing.assert_array_equal(as_array(encoded), fitted.transform(applicants).to_numpy())


@pytest.mark.parametrize("library", LIBRARIES)
def test_fit_on_pandas_scores_any_library(
    applicants: pd.DataFrame, fitted: WOEEncoder, library: str
) -> None:
    X = LIBRARIES[library](applicants)
    expected = fitted.transform(applicants)["housing"].to_numpy()
    encoded = fitted.tables_["housing"].encode(X)
    np.testing.assert_array_equal(np.asarray(encoded, dtype=float), expected)


@pytest.mark.parametrize("library", ["pandas", "pandas nullable", "pandas pyarrow"])
def test_pandas_keeps_its_index_and_gets_plain_floats(
    applicants: pd.DataFrame, fitted: WOEEncoder, library: str
) -> None:
    encoded = fitted.transform(LIBRARIES[library](applicants))
    assert encoded.index.equals(applicants.index)
    assert set(encoded.dtypes) == {np.dtype("float64")}


def test_polars_and_pyarrow_get_floats(applicants: pd.DataFrame, fitted: WOEEncoder) -> None:
    assert set(fitted.transform(LIBRARIES["polars"](applicants)).dtypes) == {pl.Float64}
    assert set(fitted.transform(LIBRARIES["pyarrow"](applicants)).schema.types) == {pa.float64()}


def test_polars_null_and_nan_are_both_missing(fitted: WOEEncoder) -> None:
    table = fitted.tables_["income"]
    encoded = table.encode(pl.DataFrame({"income": [None, float("nan"), 5e9]}))
    assert encoded[0] == encoded[1] == table.woe[table.partition.missing_code]
    assert encoded[2] != encoded[0]


def test_arrays_go_by_place(is_bad: np.ndarray, applicants: pd.DataFrame) -> None:
    numbers = applicants[["income", "n_loans"]].to_numpy()
    encoder = WOEEncoder().fit(numbers, is_bad)
    assert list(encoder.tables_) == ["x0", "x1"]
    assert not hasattr(encoder, "feature_names_in_")
    encoded = encoder.transform(numbers)
    assert isinstance(encoded, np.ndarray)
    assert encoded.dtype == np.float64
    by_name = WOEEncoder().fit(applicants[["income", "n_loans"]], is_bad)
    np.testing.assert_array_equal(encoded, by_name.transform(applicants).to_numpy())


def test_array_of_objects_holds_text_and_numbers(
    applicants: pd.DataFrame, is_bad: np.ndarray, fitted: WOEEncoder
) -> None:
    for X in (applicants.to_numpy(dtype=object), applicants.to_numpy(dtype=object).tolist()):
        encoder = WOEEncoder(**CODES).fit(X, is_bad)
        assert [table.partition for table in encoder.tables_.values()] == [
            table.partition for table in fitted.tables_.values()
        ]


def test_array_for_a_fit_by_names_warns(fitted: WOEEncoder, applicants: pd.DataFrame) -> None:
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        encoded = fitted.transform(applicants.to_numpy(dtype=object))
    np.testing.assert_array_equal(encoded, fitted.transform(applicants).to_numpy())


def test_names_for_a_fit_by_place_warn(is_bad: np.ndarray, applicants: pd.DataFrame) -> None:
    encoder = WOEEncoder().fit(applicants[["income"]].to_numpy(), is_bad)
    with pytest.warns(UserWarning, match="fitted without feature names"):
        encoder.transform(applicants[["income"]])


# --- kinds of columns ------------------------------------------------------------------

WHOLE = np.resize([0, 1, 2, 3], 80)
GAPS = np.arange(80) % 9 == 4
OUTCOME = np.resize([1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0], 80)
NUMBERS = [None if gap else int(v) for v, gap in zip(WHOLE, GAPS, strict=True)]
TEXT = [None if v is None else "abcd"[v] for v in NUMBERS]
BOOLS = [None if v is None else v > 1 for v in NUMBERS]


def arrow(values: list, kind: pa.DataType | None = None) -> pd.Series:
    """Return a pandas column that holds its values as pyarrow does."""
    array = pa.array(values).dictionary_encode() if kind is None else pa.array(values).cast(kind)
    return pd.Series(pd.arrays.ArrowExtensionArray(array))


NUMERIC_COLUMNS = {
    "float32": pd.Series(NUMBERS, dtype="float32"),
    "Int64": pd.Series(NUMBERS, dtype="Int64"),
    "Float64": pd.Series(NUMBERS, dtype="Float64"),
    "pyarrow int": arrow(NUMBERS, pa.int32()),
    "pyarrow float": arrow(NUMBERS, pa.float32()),
    "pyarrow decimal": arrow(NUMBERS, pa.decimal128(30, 2)),
    "objects and None": pd.Series(NUMBERS, dtype=object),
    "objects and NaN": pd.Series([np.nan if v is None else v for v in NUMBERS], dtype=object),
    "objects and NA": pd.Series([pd.NA if v is None else v for v in NUMBERS], dtype=object),
    "object floats and ints": pd.Series([float(v) if v else v for v in NUMBERS], dtype=object),
    "object decimals": pd.Series([v if v is None else Decimal(v) for v in NUMBERS], dtype=object),
    "sparse": pd.Series(pd.arrays.SparseArray(pd.Series(NUMBERS, dtype="float64"))),
}
TEXT_COLUMNS = {
    "objects and NaN": pd.Series([np.nan if v is None else v for v in TEXT], dtype=object),
    "objects and NA": pd.Series([pd.NA if v is None else v for v in TEXT], dtype=object),
    "string": pd.Series(TEXT, dtype="string"),
    "pyarrow string": arrow(TEXT, pa.string()),
    "pyarrow large string": arrow(TEXT, pa.large_string()),
    "pyarrow dictionary": arrow(TEXT),
    "category": pd.Series(TEXT, dtype="category"),
    "category with unused levels": pd.Series(pd.Categorical(TEXT, categories=list("zdcba"))),
}
BOOLEAN_COLUMNS = {
    "boolean": pd.Series(BOOLS, dtype="boolean"),
    "pyarrow": arrow(BOOLS, pa.bool_()),
    "objects": pd.Series(BOOLS, dtype=object),
    "category": pd.Series(BOOLS, dtype="category"),
}


def bins_of(values: Any, y: np.ndarray = OUTCOME) -> BinTable:
    table = WOEEncoder().fit(pd.DataFrame({"v": values}), y).tables_["v"]
    assert table.status == "optimal"
    return table


@pytest.mark.parametrize("kind", NUMERIC_COLUMNS)
def test_numbers_of_any_kind_make_the_same_intervals(kind: str) -> None:
    expected = bins_of(np.array(NUMBERS, dtype=float))
    assert expected.frame()["count"].iloc[-1] == GAPS.sum()
    assert bins_of(NUMERIC_COLUMNS[kind]) == expected


@pytest.mark.parametrize("dtype", ["int8", "uint64", "float16", "Sparse[int64]"])
def test_numbers_without_gaps(dtype: str) -> None:
    assert bins_of(pd.Series(WHOLE, dtype=dtype)) == bins_of(WHOLE.astype(float))


@pytest.mark.parametrize("kind", TEXT_COLUMNS)
def test_text_of_any_kind_makes_the_same_groups(kind: str) -> None:
    expected = bins_of(pd.Series(TEXT, dtype=object))
    assert expected.missing_share == GAPS.mean()
    assert bins_of(TEXT_COLUMNS[kind]) == expected


@pytest.mark.parametrize("kind", BOOLEAN_COLUMNS)
def test_booleans_are_levels(kind: str) -> None:
    table = bins_of(BOOLEAN_COLUMNS[kind])
    assert table.dtype == "categorical"
    assert sorted(table.labels) == ["False", "Missing", "Other", "True"]
    assert table.missing_share == GAPS.mean()


def test_booleans_without_gaps() -> None:
    table = bins_of(WHOLE > 1)
    assert set(table.partition.groups) == {(False,), (True,)}
    assert table.missing_share == 0


@pytest.mark.parametrize("dtype", ["int64", "float64"])
def test_numeric_categories_are_levels(dtype: str) -> None:
    table = bins_of(pd.Series(WHOLE, dtype=dtype).astype("category"))
    assert table.dtype == "categorical"
    assert {level for group in table.partition.groups for level in group} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    "X",
    [
        pl.DataFrame({"v": BOOLS}),
        pa.table({"v": BOOLS}),
        pa.table({"v": pa.array(BOOLS).dictionary_encode()}),
        np.array(BOOLS, dtype=object)[:, None],
    ],
    ids=["polars", "pyarrow", "pyarrow dictionary", "array"],
)
def test_booleans_of_other_libraries_are_levels(X: Any) -> None:
    expected = bins_of(BOOLEAN_COLUMNS["boolean"])
    found = next(iter(WOEEncoder().fit(X, OUTCOME).tables_.values()))
    assert found.partition == expected.partition
    assert (found.n_good, found.n_bad) == (expected.n_good, expected.n_bad)


def test_booleans_come_back_as_ones_and_zeros() -> None:
    table = bins_of(BOOLEAN_COLUMNS["boolean"])
    expected = table.encode(pd.DataFrame({"v": [True, False]})).tolist()
    for values in ([1, 0], [1.0, 0.0], pd.Series([1, 0], dtype=object)):
        assert table.encode(pd.DataFrame({"v": values})).tolist() == expected


MOMENTS = [dt.datetime(2024, 1, day, 12, 30, tzinfo=dt.UTC) for day in (1, 2, 3, 4)]
TIMES: dict[str, list[Any]] = {
    "datetimes with a zone": MOMENTS,
    "datetimes": [moment.replace(tzinfo=None) for moment in MOMENTS],
    "dates": [moment.date() for moment in MOMENTS],
    "times": [moment.time() for moment in MOMENTS],
    "durations": [moment - MOMENTS[0] for moment in MOMENTS],
}


@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("kind", TIMES)
@pytest.mark.parametrize(
    "make",
    [
        lambda values: pd.DataFrame({"v": pd.Series(values, dtype=object)}),
        lambda values: pd.DataFrame({"v": pd.Series(values)}),
        lambda values: pd.DataFrame({"v": pd.arrays.ArrowExtensionArray(pa.array(values))}),
        lambda values: pl.DataFrame({"v": values}),
        lambda values: pa.table({"v": values}),
    ],
    ids=["pandas objects", "pandas", "pandas pyarrow", "polars", "pyarrow"],
)
def test_dates_and_durations_are_refused_with_advice(
    make: Callable[[list], Any], kind: str, gap: bool
) -> None:
    values = [None, *TIMES[kind][1:]] if gap else TIMES[kind]
    message = r"Column 'v' holds dates or durations .*number as of a date.* or drop it"
    with pytest.raises(ColumnTypeError, match=message):
        WOEEncoder().fit(make(values), [0, 1, 1, 0])


def test_an_odd_index_does_not_matter_to_objects() -> None:
    values = pd.Series(TEXT, dtype=object)
    expected = bins_of(values)
    for index in (pd.date_range("2024-01-01", periods=80), np.linspace(0, 1, 80), [7] * 80):
        table = WOEEncoder().fit(values.set_axis(index).to_frame("v"), OUTCOME).tables_["v"]
        assert table == expected


@pytest.mark.parametrize("dictionary", [False, True])
@pytest.mark.parametrize("chunks", [1, 3])
def test_gaps_in_pyarrow_text(dictionary: bool, chunks: int) -> None:
    array = pa.array(TEXT).dictionary_encode() if dictionary else pa.array(TEXT)
    size = -(-80 // chunks)
    column = pa.chunked_array([array[i : i + size] for i in range(0, 80, size)])
    table = WOEEncoder().fit(pa.table({"v": column}), OUTCOME).tables_["v"]
    assert table == bins_of(pd.Series(TEXT, dtype=object))


@pytest.mark.parametrize(
    "column",
    [
        pl.Series([[1], [2], [1], [2]]),
        pl.Series([[1, 2], [2], [1], [2]]),
        pl.Series([{"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}]),
        pl.Series([b"x", b"y", b"x", b"y"]),
        pl.Series(pd.date_range("2024-01-01", periods=4).to_numpy()),
    ],
    ids=["lists of one", "lists", "structs", "bytes", "dates"],
)
@pytest.mark.parametrize("convert", [pl.DataFrame.clone, pl.DataFrame.to_arrow])
def test_nested_columns_are_refused_by_name(
    column: pl.Series, convert: Callable[[pl.DataFrame], Any]
) -> None:
    X = convert(pl.DataFrame({"v": column}))
    with pytest.raises(ColumnTypeError, match="Column 'v'"):
        WOEEncoder().fit(X, [0, 1, 1, 0])


# --- scoring: rows one by one, in other types, with gaps ------------------------------------


def test_woe_of_a_row_does_not_depend_on_other_rows(
    applicants: pd.DataFrame, fitted: WOEEncoder
) -> None:
    encoded = fitted.transform(applicants)
    # repeated beyond the length from which numbers are digitised otherwise
    many = fitted.transform(pd.concat([applicants] * 8))
    pd.testing.assert_frame_equal(many.iloc[-len(applicants) :], encoded)
    for i in range(25):
        pd.testing.assert_frame_equal(fitted.transform(applicants.iloc[[i]]), encoded.iloc[[i]])


@settings(max_examples=20)
@given(data=st.data())
def test_any_rows_in_any_order(
    applicants: pd.DataFrame, fitted: WOEEncoder, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.integers(0, len(applicants) - 1), min_size=1, max_size=20))
    pd.testing.assert_frame_equal(
        fitted.transform(applicants.iloc[rows]), fitted.transform(applicants).iloc[rows]
    )


NOTHING = {"None": None, "NaN": np.nan, "NA": pd.NA}


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenValueWarning")
def test_one_applicant_without_any_value(fitted: WOEEncoder, library: str) -> None:
    record = dict.fromkeys(fitted.tables_)
    frames = {
        "pandas": lambda: pd.DataFrame([record]),
        "polars": lambda: pl.DataFrame([record]),
        "pyarrow": lambda: pa.table({name: pa.array([None]) for name in record}),
    }
    encoded = as_array(fitted.transform(frames[library]()))
    missing = [table.woe[table.partition.missing_code] for table in fitted.tables_.values()]
    assert encoded[0].tolist() == missing


@pytest.mark.parametrize("nothing", NOTHING)
def test_one_applicant_without_an_income(
    applicants: pd.DataFrame, fitted: WOEEncoder, nothing: str
) -> None:
    record = {**applicants.iloc[0].to_dict(), "income": NOTHING[nothing]}
    table = fitted.tables_["income"]
    encoded = fitted.transform(pd.DataFrame([record]))
    assert encoded["income"].tolist() == [table.woe[table.partition.missing_code]]


@pytest.mark.parametrize(
    "values",
    [[1.0, np.nan], pd.array([1, None], dtype="Int64"), pd.Series([1, None], dtype=object)],
    ids=["float64", "Int64", "object"],
)
@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenValueWarning")
def test_whole_numbers_with_a_gap_at_scoring(fitted: WOEEncoder, values: Any) -> None:
    table = fitted.tables_["n_loans"]
    encoded = table.encode(pd.DataFrame({"n_loans": values}))
    assert (
        encoded.tolist() == table.woe[[*table.partition.codes_of(np.array([1, np.nan]))]].tolist()
    )


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenValueWarning")
def test_levels_1_and_1_0_are_one(is_bad: np.ndarray) -> None:
    branch = pd.Series(np.resize([1, 2, 3], len(is_bad))).astype("category")
    table = WOEEncoder().fit(pd.DataFrame({"branch": branch}), is_bad).tables_["branch"]
    whole = table.encode(pd.DataFrame({"branch": [1, 2, 3]}))
    with_gap = table.encode(pd.DataFrame({"branch": [1.0, 2.0, 3.0, np.nan]}))
    assert with_gap.tolist() == [*whole, 0.0]


def test_levels_never_seen_are_neutral_and_named(
    applicants: pd.DataFrame, fitted: WOEEncoder
) -> None:
    X = applicants.head(3).assign(housing=["own", "castle", None])
    with pytest.warns(UnseenCategoryWarning, match=r"Column 'housing' .* 1 row\(s\): 'castle'"):
        encoded = fitted.transform(X)
    assert encoded["housing"].iloc[1] == 0.0


@pytest.mark.parametrize("values", [["1,200"], pd.Categorical([1_200])], ids=["text", "category"])
def test_text_where_the_fit_saw_numbers_is_refused(fitted: WOEEncoder, values: Any) -> None:
    with pytest.raises(ColumnTypeError, match="Column 'income' holds text or categories"):
        fitted.tables_["income"].encode(pd.DataFrame({"income": values}))


@pytest.mark.parametrize("dtype", ["bool", "boolean", "object", "category"])
@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenValueWarning")
def test_booleans_are_one_and_zero_to_intervals(fitted: WOEEncoder, dtype: str) -> None:
    """A 0/1 column may come back as booleans; equal values earn equal WOE."""
    values = [True, False] if dtype == "bool" else [True, False, None]
    table = fitted.tables_["n_loans"]
    encoded = table.encode(pd.DataFrame({"n_loans": pd.Series(values, dtype=dtype)}))
    expected = [1.0, 0.0, np.nan][: len(values)]
    assert encoded.tolist() == table.encode(pd.DataFrame({"n_loans": expected})).tolist()


def test_infinity_at_scoring_is_refused(applicants: pd.DataFrame, fitted: WOEEncoder) -> None:
    X = applicants.assign(income=np.inf)
    with pytest.raises(InfiniteValueError, match="Column 'income'"):
        fitted.transform(X)


# --- columns by name -----------------------------------------------------------------------


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_order_and_further_columns_do_not_matter(
    applicants: pd.DataFrame, fitted: WOEEncoder, library: str
) -> None:
    more = applicants.assign(opened=pd.Timestamp("2024-01-01"))[
        ["opened", *reversed(applicants.columns)]
    ]
    encoded = fitted.transform(LIBRARIES[library](more))
    expected = fitted.transform(LIBRARIES[library](applicants))
    assert list(getattr(encoded, "column_names", encoded.columns)) == list(applicants.columns)
    np.testing.assert_array_equal(as_array(encoded), as_array(expected))


def test_missing_column_lists_near_names(applicants: pd.DataFrame, fitted: WOEEncoder) -> None:
    X = applicants.rename(columns={"income": "incomes", "n_loans": "zzz"})
    message = r"Columns 'income' \(near: 'incomes'\), 'n_loans' are not in the table. It has: "
    with pytest.raises(MissingColumnError, match=message):
        fitted.transform(X)


def test_wrong_number_of_columns_without_names(is_bad: np.ndarray) -> None:
    encoder = WOEEncoder().fit(np.column_stack([is_bad, 1 - is_bad]), is_bad)
    with pytest.raises(InvalidDataError, match="X has 1 features, but WOEEncoder is expecting 2"):
        encoder.transform(is_bad[:, None])


def test_duplicate_names_are_refused(applicants: pd.DataFrame, is_bad: np.ndarray) -> None:
    X = pd.concat([applicants, applicants[["income"]]], axis="columns")
    with pytest.raises(DuplicateColumnError, match="Seen more than once: 'income'"):
        WOEEncoder().fit(X, is_bad)


def test_names_of_two_types_are_refused(applicants: pd.DataFrame, is_bad: np.ndarray) -> None:
    X = applicants.rename(columns={"income": 7})
    with pytest.raises(TypeError, match="only supported if all input features have string names"):
        WOEEncoder().fit(X, is_bad)


# --- tables that are refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (pd.DataFrame({"a": []}), EmptyDataError, r"0 sample\(s\)"),
        (pd.DataFrame(index=[0, 1]), EmptyDataError, r"0 feature\(s\)"),
        (pl.DataFrame({"a": []}), EmptyDataError, r"0 sample\(s\)"),
        (np.empty((0, 2)), EmptyDataError, r"0 sample\(s\)"),
        (np.empty((2, 0)), EmptyDataError, r"0 feature\(s\)"),
        (pl.LazyFrame({"a": [1, 2]}), ColumnTypeError, r"\.collect\(\)"),
        (scipy.sparse.eye(2).tocsr(), ColumnTypeError, r"[Ss]parse"),
        (np.array([[1j], [2j]]), ColumnTypeError, r"[Cc]omplex"),
        (np.array([1.0, 2.0]), InvalidDataError, r"2D array"),
        (pd.Series([1.0, 2.0]), InvalidDataError, r"2-dimensional"),
        (np.ones((2, 2, 2)), InvalidDataError, r"dim 3"),
    ],
    ids=[
        *("no rows", "no columns", "no rows, polars", "no rows, array", "no columns, array"),
        *("lazy", "sparse", "complex", "1-D", "series", "3-D"),
    ],
)
def test_tables_that_cannot_be_used(X: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        WOEEncoder().fit(X, [0, 1])


def test_table_of_the_caller_is_not_changed(applicants: pd.DataFrame, is_bad: np.ndarray) -> None:
    X, y, weights = applicants.copy(), is_bad.copy(), np.arange(len(is_bad)) % 3
    X.loc[X.index[:5], "n_loans"] = -9
    before = X.copy(deep=True), y.copy(), weights.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        WOEEncoder(**CODES).fit(X, y, weights).transform(X)
    pd.testing.assert_frame_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])
    np.testing.assert_array_equal(weights, before[2])


def test_encoded_table_is_the_callers_own(applicants: pd.DataFrame, fitted: WOEEncoder) -> None:
    """Writing into what `transform` gave back changes neither the bins nor the next answer."""
    first = fitted.transform(applicants)
    expected = first.copy(deep=True)
    first.loc[:, :] = 99.0
    pd.testing.assert_frame_equal(fitted.transform(applicants), expected)


@pytest.mark.parametrize("value", [2**53 + 1, -(2**60)])
@pytest.mark.parametrize("dtype", ["int64", "Int64", "object", "int64[pyarrow]"])
def test_whole_numbers_that_floats_cannot_hold_are_refused(value: int, dtype: str) -> None:
    X = pd.DataFrame({"customer": pd.Series([value, 1, 2, 3] * 5).astype(dtype)})
    with pytest.raises(ColumnTypeError, match="'customer' holds whole numbers beyond"):
        WOEEncoder().fit(X, [0, 1] * 10)


@pytest.mark.parametrize("dtype", ["int64", "Int64", "object", "int64[pyarrow]"])
def test_the_largest_whole_numbers_are_taken(dtype: str) -> None:
    X = pd.DataFrame({"amount": pd.Series([2**53, -(2**53), 2, 3] * 5).astype(dtype)})
    table = WOEEncoder(min_bin_size=0).fit(X, [0, 1, 1, 1] * 5).tables_["amount"]
    assert table.partition.cuts


@pytest.mark.parametrize(
    "columns",
    [[0, 0], [7, 3], pd.MultiIndex.from_tuples([("b", 2), ("a", 1)])],
    ids=["repeated numbers", "numbers", "two levels"],
)
def test_labels_that_are_no_text_go_by_place(columns: Any, is_bad: np.ndarray) -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(len(is_bad), 2)) + np.outer(is_bad, [1.0, -1.0])
    plain = WOEEncoder().fit(values, is_bad)
    labelled = WOEEncoder().fit(pd.DataFrame(values, columns=columns), is_bad)
    assert labelled.tables_ == plain.tables_
    np.testing.assert_array_equal(
        labelled.transform(pd.DataFrame(values, columns=columns)), plain.transform(values)
    )


@pytest.mark.parametrize(
    "columns", [[7, 3], pd.MultiIndex.from_tuples([("b", 2), ("a", 1)])], ids=["numbers", "tuples"]
)
def test_labels_at_another_place_than_in_the_fit_are_refused(
    columns: Any, is_bad: np.ndarray
) -> None:
    values = np.random.default_rng(3).normal(size=(len(is_bad), 2))
    X = pd.DataFrame(values, columns=columns)
    encoder = WOEEncoder().fit(X, is_bad)
    swapped = X.iloc[:, ::-1]
    for fitted in (
        encoder,
        encoder.with_tables(),
        WOEEncoder.from_json(encoder.to_json()),
        LogisticScorecard().fit(X, is_bad),
    ):
        apply = fitted.predict_proba if hasattr(fitted, "predict_proba") else fitted.transform
        apply(X)
        apply(values)
        with pytest.raises(InvalidDataError, match="is at place 0, after place 1 in the fit"):
            apply(swapped)


@pytest.mark.parametrize("unit", ["ns", "us"])
@pytest.mark.parametrize("levels", [["a", "b"], [1, 2]])
def test_dates_are_no_levels_of_bins_either(unit: str, levels: list[Any]) -> None:
    X, y = pd.DataFrame({"c": np.repeat(levels, 50)}), np.arange(100) % 100 < 70
    encoder = WOEEncoder(kinds={"c": "categorical"}).fit(X, y)
    dates = pd.DataFrame({"c": pd.to_datetime(["2026-01-01"] * 3).astype(f"datetime64[{unit}]")})
    with pytest.raises(ColumnTypeError, match="'c' holds dates or durations"):
        encoder.transform(dates)
