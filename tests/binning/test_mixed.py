"""Columns of numbers and words: what is taken for one, how it is read, how it is binned."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore._columns import levels_of
from creditscore._frame import as_table
from creditscore._words import looks_mixed, number_in
from creditscore.binning import BinConstraints, BinPolicy, NumericPartition, Outcomes, Partition
from creditscore.binning._mixed import best_mixed_bins, mixed_partition, read_mixed
from creditscore.binning._numeric import best_numeric_bins, count_column
from creditscore.binning._partition import MixedPartition
from creditscore.binning._settings import BinSettings
from creditscore.exceptions import (
    ColumnTypeError,
    InfiniteValueError,
    InvalidParameterError,
    MixedColumnWarning,
    UnseenCategoryWarning,
)


def settings_of(
    *, size: float = 0.05, special_codes: tuple[Any, ...] = (), **asked: Any
) -> BinSettings:
    constraints = BinConstraints(**{"min_bin_size": size} | asked)
    return BinSettings(constraints=constraints, special_codes=special_codes)


AMOUNTS = [f"{value}.5" for value in range(60)]


def text_of(value: Any) -> str | None:
    return None if value is None else str(value)


FORMS: dict[str, Callable[[list[Any]], Any]] = {
    "objects": lambda values: pd.DataFrame({"v": pd.Series(values, dtype=object)}),
    "objects, text": lambda values: pd.DataFrame(
        {"v": pd.Series(list(map(text_of, values)), dtype=object)}
    ),
    "objects, some text": lambda values: pd.DataFrame(
        {"v": pd.Series([text_of(v) if i % 3 else v for i, v in enumerate(values)], dtype=object)}
    ),
    "pandas string": lambda values: pd.DataFrame(
        {"v": pd.Series(list(map(text_of, values)), dtype="string")}
    ),
    "pandas category": lambda values: pd.DataFrame(
        {"v": pd.Series(list(map(text_of, values)), dtype="category")}
    ),
    "pandas pyarrow": lambda values: pd.DataFrame(
        {"v": pd.arrays.ArrowExtensionArray(pa.array(list(map(text_of, values)), pa.string()))}
    ),
    "polars": lambda values: pl.DataFrame(
        {"v": pl.Series(list(map(text_of, values)), dtype=pl.String)}
    ),
    "pyarrow": lambda values: pa.table({"v": pa.array(list(map(text_of, values)), pa.string())}),
    "array": lambda values: np.array(values, dtype=object)[:, None],
}


def name_in(table: Any) -> str:
    return table.names[0]


# --- which text is a number ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("12", 12.0), ("-0.5", -0.5), ("+3", 3.0), (".5", 0.5), ("5.", 5.0), (" 7 ", 7.0)],
        *[("1e-05", 1e-5), ("1E+20", 1e20), ("007", 7.0)],
    ],
)
def test_plain_decimal_numbers(text: str, value: float) -> None:
    assert number_in(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "-", ".", "1,234", "12,5", "12E5", "0x1F", "nan", "inf", "Infinity", "1_000"],
        *["12 months", "<5", "1-2", "٣", "½", "1e5", "--1", "1.2.3"],
    ],
)
def test_all_else_is_a_word(text: str) -> None:
    assert number_in(text) is None


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_written_by_python_are_read_back(value: float) -> None:
    assert number_in(repr(value)) == value


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (AMOUNTS, True),
        ([*AMOUNTS, "D", "N/A"], True),
        ([str(score) for score in range(300, 850)], True),
        ([str(age) for age in range(18, 75)], True),
        (["1", "2", "3"], False),
        (AMOUNTS[:39], False),
        (AMOUNTS[:40], True),
        ([*AMOUNTS, *(f"word {i}" for i in range(60))], True),
        ([*AMOUNTS, *(f"word {i}" for i in range(61))], False),
        ([*AMOUNTS, "00123"], False),
        ([*AMOUNTS, "-05"], False),
        ([*AMOUNTS, "0", "0.5"], True),
        ([str(code) for code in range(10_115, 10_315)], False),
        ([str(year) for year in range(1950, 2010)], False),
        ([*(str(code) for code in range(10_115, 10_315)), "abroad"], False),
        ([str(code) for code in range(9_900, 10_100)], True),
        ([*AMOUNTS, "1234567890123456"], False),
        ([f"level {i}" for i in range(100)], False),
        ([], False),
    ],
    ids=[
        *("amounts", "amounts and words", "scores", "ages", "few codes", "39 numbers"),
        *("40 numbers", "half words", "more words", "leading zeros", "signed leading zeros"),
        *("a zero", "postcodes", "years", "postcodes and a word", "two widths"),
        *("account number", "words", "nothing"),
    ],
)
def test_evidence_that_text_holds_amounts(texts: list[str], expected: bool) -> None:
    assert looks_mixed(texts) is expected
    frames = [
        pd.DataFrame({"v": pd.Series([*texts, None], dtype=object)}),
        pd.DataFrame({"v": pd.Series([*texts, None], dtype="string")}),
        pl.DataFrame({"v": pl.Series([*texts, None], dtype=pl.String)}),
        pa.table({"v": pa.array([*texts, None], pa.string())}),
    ]
    # objects without any value are numbers, as they always were
    kinds = {as_table(frame).kind("v") for frame in frames[0 if texts else 1 :]}
    assert kinds == {"mixed" if expected else "categorical"}


@pytest.mark.parametrize("dtype", ["category", pl.Categorical, pl.Enum(AMOUNTS)], ids=str)
def test_declared_categories_are_no_amounts(dtype: Any) -> None:
    series = (
        pl.Series(AMOUNTS, dtype=dtype) if dtype != "category" else pd.Series(AMOUNTS, dtype=dtype)
    )
    frame = pd.DataFrame({"v": series}) if dtype == "category" else pl.DataFrame({"v": series})
    assert as_table(frame).kind("v") in ("categorical", "ordered")


@pytest.mark.parametrize(
    "values", [[1, "a"], [1.5, "a", None], [Decimal(1), "x", np.nan], [np.int64(3), "3", pd.NA]]
)
def test_objects_of_numbers_and_text_are_mixed(values: list[Any]) -> None:
    assert as_table(pd.DataFrame({"v": pd.Series(values, dtype=object)})).kind("v") == "mixed"


@pytest.mark.parametrize("strange", [True, b"x", pd.Timestamp("2024-01-01"), [1]], ids=str)
def test_objects_of_other_things_are_refused(strange: Any) -> None:
    frame = pd.DataFrame({"v": pd.Series([1, "a", strange], dtype=object)})
    with pytest.raises(ColumnTypeError, match=r"'v' must hold numbers or text or both.*split it"):
        as_table(frame).kind("v")


# --- reading ------------------------------------------------------------------------------

VALUES = [580, "NO HIT", None, 640.5, "D", -9, "NO HIT", 0.00001, 1e20]


@pytest.mark.parametrize("form", FORMS)
def test_numbers_and_words_of_any_library(form: str) -> None:
    table = as_table(FORMS[form](VALUES))
    column = table.mixed(name_in(table))
    nan = math.nan
    np.testing.assert_array_equal(column.values, [580, nan, nan, 640.5, nan, -9, nan, 1e-5, 1e20])
    assert column.word_rows.tolist() == [1, 4, 6]
    assert [column.words[code] for code in column.word_codes] == ["NO HIT", "D", "NO HIT"]


def test_rows_of_a_column() -> None:
    column = as_table(FORMS["polars"](VALUES)).mixed("v")
    rows = np.array([False, True, True, False, True, True, False, False, False])
    part = column.at(rows)
    np.testing.assert_array_equal(part.values, [math.nan, math.nan, math.nan, -9])
    assert part.word_rows.tolist() == [0, 2]
    assert [part.words[code] for code in part.word_codes] == ["NO HIT", "D"]


@pytest.mark.parametrize(
    "values",
    [[2**53 + 1, "x"], [str(2**53 + 1), "x"], [-(10**17), "x"]],
    ids=["number", "text", "negative"],
)
def test_identifiers_among_words_are_refused(values: list[Any]) -> None:
    table = as_table(pd.DataFrame({"v": pd.Series(values, dtype=object)}))
    with pytest.raises(ColumnTypeError, match=r"whole numbers beyond 2⁵³.*identifier"):
        table.mixed("v")


@pytest.mark.parametrize(
    "value", ["9" * 5000, " -" + "9" * 400, 10**5000, -(10**400)], ids=["text", "less", "int", "-"]
)
def test_numbers_of_hundreds_of_digits_are_refused(value: Any) -> None:
    table = as_table(pd.DataFrame({"v": pd.Series([value, "x", "1"], dtype=object)}))
    with pytest.raises(ColumnTypeError, match=r"'v' holds whole numbers beyond 2⁵³"):
        table.mixed("v")


def test_dates_are_no_words() -> None:
    table = as_table(pd.DataFrame({"v": pd.date_range("2024-01-01", periods=3)}))
    for kind in ("numeric", "categorical", "ordered", "mixed"):
        with pytest.raises(ColumnTypeError, match="'v' holds dates or durations"):
            table.with_kinds({"v": kind})


@pytest.mark.parametrize("form", FORMS)
def test_text_is_not_read_as_numeric(form: str) -> None:
    table = as_table(FORMS[form](VALUES))
    message = r"asked for as 'numeric', but it holds text or categories: .*Ask for it as 'mixed'"
    with pytest.raises(ColumnTypeError, match=message):
        table.with_kinds({name_in(table): "numeric"})


@pytest.mark.parametrize(
    "values",
    [[1, 2, None], [True, False, None], pd.array([1, 2, None], dtype="Int64"), [1.5, 2.5, None]],
    ids=["objects", "booleans", "Int64", "floats"],
)
def test_numbers_and_booleans_may_be_asked_for_as_any_kind(values: Any) -> None:
    series = values if hasattr(values, "dtype") else pd.Series(values, dtype=object)
    table = as_table(pd.DataFrame({"v": series}))
    expected = [float(values[0]), float(values[1]), math.nan]
    numeric = table.with_kinds({"v": "numeric"})
    assert numeric.kind("v") == "numeric"
    np.testing.assert_array_equal(numeric.numeric("v"), expected)
    mixed = table.with_kinds({"v": "mixed"})
    assert (mixed.kind("v"), mixed.mixed("v").words) == ("mixed", ())
    np.testing.assert_array_equal(mixed.mixed("v").values, expected)
    codes, levels = table.with_kinds({"v": "categorical"}).levels("v")
    assert (codes.tolist(), levels) == ([0, 1, -1], (values[0], values[1]))


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(InvalidParameterError, match=r"kind of column 'v' must be one.*'nominal'"):
        as_table(pd.DataFrame({"v": [1]})).with_kinds({"v": "nominal"})  # type: ignore[dict-item]


def test_what_was_told_comes_first() -> None:
    table = as_table(pd.DataFrame({"v": AMOUNTS, "w": AMOUNTS}))
    told = table.with_kinds({"v": "categorical"})
    assert (told.kind("v"), told.kind("w")) == ("categorical", "mixed")
    assert told.with_kinds({"w": "categorical"}).kind("v") == "categorical"


def test_long_columns_of_objects_are_read_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.array([*"abca", None, *"bdd"], dtype=object)
    expected = levels_of("v", values)
    monkeypatch.setattr("creditscore._columns._BLOCK", 3)
    codes, levels = levels_of("v", values)
    assert (codes.tolist(), levels) == (expected[0].tolist(), expected[1])
    assert as_table(pd.DataFrame({"v": np.array(AMOUNTS, dtype=object)})).kind("v") == "mixed"


# --- the warning --------------------------------------------------------------------------


def test_the_reading_is_said_with_its_words_and_the_way_out() -> None:
    table = as_table(FORMS["objects"]([1, "D", "N/A", 2]))
    message = r"Column 'v' .* read as numbers, with the words 'D', 'N/A' .*kinds=\{'v': 'categ"
    with pytest.warns(MixedColumnWarning, match=message):
        read_mixed(table, "v")


def test_text_without_a_word_is_said_too() -> None:
    with pytest.warns(MixedColumnWarning, match=r"Column 'v' holds text and is read as numbers\. "):
        read_mixed(as_table(pd.DataFrame({"v": AMOUNTS})), "v")


def test_what_was_asked_for_is_not_said() -> None:
    table = as_table(FORMS["polars"](VALUES)).with_kinds({"v": "mixed"})
    assert read_mixed(table, "v").words == ("NO HIT", "D")


# --- partitions ---------------------------------------------------------------------------

BUREAU = MixedPartition(cuts=(600.0,), special_codes=(-9, "NO HIT", "D", "E, F"), n_pooled=2)


def test_attributes_of_a_mixed_partition() -> None:
    assert BUREAU.labels == (
        *("< 600", ">= 600", "Special -9", "Special NO HIT"),
        *("Special D, 'E, F'", "Missing", "Other"),
    )
    assert BUREAU.attribute_kinds == (
        *("bin", "bin", "special", "special", "special", "missing", "other"),
    )
    assert (BUREAU.kind, BUREAU.n_codes, BUREAU.missing_code) == ("mixed", 7, 5)
    lower, upper = BUREAU.bounds()
    assert lower[:2].tolist() == [-math.inf, 600]
    assert upper[:2].tolist() == [600, math.inf]
    assert len(lower) == len(upper) == 7


@pytest.mark.parametrize("form", FORMS)
def test_same_rows_same_codes_in_any_library(form: str) -> None:
    values = [580, "NO HIT", None, 600, "D", -9, "E, F", 640.5]
    table = as_table(FORMS[form](values))
    assert BUREAU.codes(table, name_in(table)).tolist() == [0, 3, 5, 1, 4, 2, 4, 1]


@pytest.mark.parametrize(
    "values",
    [[580.0, 600.0, math.nan, -9.0], pd.array([580, 600, None, -9], dtype="Int64")],
    ids=["floats", "Int64"],
)
def test_a_batch_without_any_word(values: Any) -> None:
    assert BUREAU.codes(as_table(pd.DataFrame({"v": values})), "v").tolist() == [0, 1, 5, 2]


def test_one_word_alone_is_no_other_column() -> None:
    # one row holds too little to tell its kind, and need not
    assert BUREAU.codes(as_table(pd.DataFrame({"v": ["NO HIT"]})), "v").tolist() == [3]
    assert BUREAU.codes(as_table(pl.DataFrame({"v": ["601"]})), "v").tolist() == [1]
    assert BUREAU.codes(as_table(pd.DataFrame({"v": [None]})), "v").tolist() == [5]


@pytest.mark.parametrize("form", FORMS)
def test_words_never_seen_are_other(form: str) -> None:
    table = as_table(FORMS[form]([610, "boat", "boat", "yurt", None]))
    with pytest.warns(UnseenCategoryWarning, match=r"2 level\(s\).*in 3 row\(s\): 'boat', 'yurt'"):
        codes = BUREAU.codes(table, name_in(table))
    assert codes.tolist() == [1, 6, 6, 6, 5]


def test_infinity_is_refused_among_words_too() -> None:
    table = as_table(pd.DataFrame({"v": pd.Series([1.0, math.inf, "x"], dtype=object)}))
    with pytest.raises(InfiniteValueError, match="Column 'v' holds 1 infinite"):
        BUREAU.codes(table, "v")


def test_text_special_codes_that_are_numbers_are_numbers() -> None:
    partition = MixedPartition(special_codes=("-9", -8, "N/A", -9))
    assert partition.special_codes == (-9.0, -8.0, "N/A")


@pytest.mark.parametrize("special", [("a", "a"), (-9, -9.0), (math.nan,), (None,), "ab"], ids=str)
def test_special_codes_that_cannot_be(special: Any) -> None:
    with pytest.raises(InvalidParameterError, match="Got"):
        MixedPartition(special_codes=special)


@pytest.mark.parametrize(
    ("special", "n_pooled"), [(("a", "b"), 1), (("a",), 2), ((-9, "a"), 2), (("a", "b"), -1)]
)
def test_only_words_are_pooled(special: Any, n_pooled: int) -> None:
    with pytest.raises(InvalidParameterError, match="'n_pooled' parameter of MixedPartition"):
        MixedPartition(special_codes=special, n_pooled=n_pooled)


words = st.text(max_size=4).filter(lambda text: number_in(text) is None)


@st.composite
def mixed_partitions(draw: st.DrawFn) -> MixedPartition:
    numbers = draw(st.lists(st.integers(-9, 9), max_size=3, unique=True))
    found = draw(st.lists(words, max_size=5, unique=True))
    n_pooled = draw(st.sampled_from([0, *range(2, len(found) + 1)]))
    cuts = draw(st.lists(st.floats(-100, 100), max_size=4, unique=True))
    return MixedPartition(cuts=sorted(cuts), special_codes=[*numbers, *found], n_pooled=n_pooled)


@given(partition=mixed_partitions())
def test_json_round_trip(partition: MixedPartition) -> None:
    content = json.loads(json.dumps(partition.to_dict(), allow_nan=False))
    restored = Partition.from_dict(content)
    assert restored == partition
    assert isinstance(restored, MixedPartition)
    assert ("n_pooled" in content) == bool(partition.n_pooled)
    assert restored.labels == partition.labels


@given(partition=mixed_partitions())
def test_labels_are_distinct_and_as_many_as_codes(partition: MixedPartition) -> None:
    assert len(set(partition.labels)) == len(partition.labels) == partition.n_codes
    assert partition.attribute_kinds[partition.missing_code] == "missing"
    assert partition.attribute_kinds[-1] == "other"


@given(partition=mixed_partitions(), values=st.lists(st.floats(-100, 100), min_size=1))
def test_numbers_fall_as_in_a_numeric_partition(
    partition: MixedPartition, values: list[float]
) -> None:
    numbers = tuple(code for code in partition.special_codes if not isinstance(code, str))
    numeric = NumericPartition(cuts=partition.cuts, special_codes=numbers)
    table = as_table(pd.DataFrame({"v": [*values, *partition.cuts, *numbers]}))
    found, expected = partition.codes(table, "v"), numeric.codes(table, "v")
    kinds = np.array(partition.attribute_kinds), np.array(numeric.attribute_kinds)
    assert kinds[0][found].tolist() == kinds[1][expected].tolist()
    regular = expected < numeric.n_regular
    assert found[regular].tolist() == expected[regular].tolist()


@given(partition=mixed_partitions())
def test_each_special_code_has_its_attribute(partition: MixedPartition) -> None:
    table = as_table(pd.DataFrame({"v": pd.Series([*partition.special_codes, None], dtype=object)}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        codes = partition.codes(table, "v").tolist()
    own = len(partition.special_codes) - partition.n_pooled
    first = partition.n_regular
    expected = [*range(first, first + own), *[first + own] * partition.n_pooled]
    assert codes == [*expected, partition.missing_code]


# --- bins ---------------------------------------------------------------------------------


def sample(n: int = 2_000) -> tuple[list[Any], np.ndarray]:
    rng = np.random.default_rng(3)
    numbers = np.round(rng.normal(600, 80, size=n), 1)
    is_bad = rng.random(n) < 1 / (1 + np.exp((numbers - 500) / 60))
    values: list[Any] = numbers.tolist()
    for i in range(0, n, 10):
        values[i] = "NO HIT"
    for i in range(5, n, 50):
        values[i] = None
    for i in range(3, n, 100):
        values[i] = f"typo {i % 700}"
    return values, is_bad


def bins(values: list[Any], is_bad: np.ndarray, form: str = "polars", **params: Any) -> Any:
    column = as_table(FORMS[form](values)).mixed("v")
    return best_mixed_bins("v", column, Outcomes.of(is_bad), settings_of(**params))


@pytest.mark.parametrize("form", [form for form in FORMS if form != "array"])
def test_counts_are_those_of_the_codes(form: str) -> None:
    values, is_bad = sample()
    counts = bins(values, is_bad, form).counts
    codes = counts.partition.codes(as_table(FORMS[form](values)), "v")
    n = counts.partition.n_codes
    assert counts.good.tolist() == np.bincount(codes[~is_bad], minlength=n).tolist()
    assert counts.bad.tolist() == np.bincount(codes[is_bad], minlength=n).tolist()


def test_words_are_attributes_and_rare_ones_share_one() -> None:
    partition = bins(*sample()).counts.partition
    assert partition.special_codes[0] == "NO HIT"
    assert partition.n_pooled == 7
    assert partition.special_labels[1].startswith("Special typo 103, typo 203")
    assert partition.attribute_kinds[partition.n_regular :] == (
        *("special", "special", "missing", "other"),
    )


def test_cuts_are_those_of_the_numbers_with_the_words_as_one_special_code() -> None:
    """The numeric machinery, with each word as a number far off, is the reference."""
    values, is_bad = sample()
    numbers = np.array(
        [math.nan if v is None else -1e6 if isinstance(v, str) else v for v in values]
    )
    column = count_column("v", numbers, Outcomes.of(is_bad), (-1e6,))
    expected = best_numeric_bins(column, (-1e6,), settings_of())
    found = bins(values, is_bad)
    assert found.counts.partition.cuts == expected.counts.partition.cuts
    assert found.n_distinct == expected.n_distinct == 2
    n = found.counts.partition.n_regular
    assert n > 2
    assert found.counts.bad[:n].tolist() == expected.counts.bad[:n].tolist()


def test_special_codes_come_first_and_are_never_pooled() -> None:
    values, is_bad = sample()
    values[1] = -9
    codes = ("typo 303", -9, "never")
    partition = bins(values, is_bad, special_codes=codes, trend="none").counts.partition
    assert partition.special_codes[:4] == ("typo 303", -9.0, "never", "NO HIT")
    assert partition.n_pooled == 6


@pytest.mark.parametrize(
    ("min_level_size", "n_pooled"), [(0, 0), (1, 0), (3, 0), (4, 7), (0.002, 7), (250, 8)]
)
def test_size_of_a_rare_word(min_level_size: float, n_pooled: int) -> None:
    # one typo occurs twice, six occur three times, and NO HIT 200 times; one alone is no pool
    found = bins(*sample(), min_level_size=min_level_size).counts.partition
    assert found.n_pooled == n_pooled
    assert len(found.special_codes) == 8


def test_one_rare_word_keeps_its_name() -> None:
    values, is_bad = sample()
    values = ["typo" if isinstance(v, str) and v != "NO HIT" else v for v in values]
    partition = bins(values, is_bad).counts.partition
    assert (partition.special_codes, partition.n_pooled) == (("NO HIT", "typo"), 0)


@pytest.mark.parametrize("values", [["a", "b"] * 40, [None, "a"] * 40], ids=["words", "a word"])
def test_a_column_of_words_alone(values: list[Any]) -> None:
    result = bins(values, np.resize([True, False, False, True], 80))
    assert result.counts.partition.cuts == ()
    assert result.n_distinct == 0
    assert result.counts.good.sum() == result.counts.bad.sum() == 40


def test_user_cuts_know_the_words_too() -> None:
    values, is_bad = sample()
    column = as_table(FORMS["polars"](values)).mixed("v")
    partition = mixed_partition(
        column,
        Outcomes.of(is_bad),
        settings_of(special_codes=("N/A",), min_level_size=0),
        cuts=[550, 650],
    )
    assert partition.cuts == (550.0, 650.0)
    assert partition.special_codes[:2] == ("N/A", "NO HIT")
    assert partition.n_pooled == 0


def test_row_order_does_not_matter() -> None:
    values, is_bad = sample()
    order = np.random.default_rng(0).permutation(len(values))
    expected, found = bins(values, is_bad), bins([values[i] for i in order], is_bad[order])
    assert found.counts.partition == expected.counts.partition
    assert found.counts.bad.tolist() == expected.counts.bad.tolist()


def test_a_rare_word_that_the_policy_names_is_not_pooled() -> None:
    values, is_bad = sample()
    column = as_table(FORMS["polars"](values)).mixed("v")
    policy = BinPolicy(special={"typo 3": "neutral"})
    settings = replace(settings_of(min_level_size=30), policy=policy)
    partition = mixed_partition(column, Outcomes.of(is_bad), settings)
    own = len(partition.special_codes) - partition.n_pooled
    assert "typo 3" in partition.special_codes[:own]
    assert partition.n_pooled == 6
