"""Which value falls in which attribute, what the attributes are called, and that it is kept."""

from __future__ import annotations

import json
import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import WOEEncoder
from creditscore._frame import as_table
from creditscore.binning import CategoricalPartition, MixedPartition, NumericPartition, Partition
from creditscore.exceptions import (
    ColumnTypeError,
    InfiniteValueError,
    InvalidParameterError,
    UnseenCategoryWarning,
)

JUST_ABOVE = NumericPartition.just_above


def codes(partition: Partition, values: Any) -> list[int]:
    return partition.codes(as_table(pd.DataFrame({"v": values})), "v").tolist()


finite = st.floats(allow_nan=False, allow_infinity=False)
cut_tuples = st.lists(finite, max_size=12, unique=True).map(lambda cuts: tuple(sorted(cuts)))
plain_levels = st.text(max_size=5) | st.integers(-5, 5) | st.booleans() | finite
# unique by equality, as 1, 1.0 and True are one level
level_lists = st.lists(plain_levels, max_size=12, unique=True)


@st.composite
def categorical_partitions(draw: st.DrawFn) -> CategoricalPartition:
    levels = draw(level_lists)
    ends = sorted(draw(st.lists(st.integers(0, len(levels)), max_size=4)))
    parts = [levels[a:b] for a, b in zip([0, *ends], [*ends, len(levels)], strict=True)]
    *groups, special = (tuple(part) for part in parts)
    return CategoricalPartition(groups=tuple(filter(None, groups)), special_codes=special)


numeric_partitions = st.builds(
    NumericPartition,
    cuts=cut_tuples,
    special_codes=st.lists(finite, max_size=3, unique=True).map(tuple),
)
partitions = numeric_partitions | categorical_partitions()


# --- intervals ---------------------------------------------------------------------------


def test_value_at_a_cut_belongs_to_the_upper_interval() -> None:
    # the maturity cuts of Djurovic's worked scorecard: "<8", "[8,16)", "[16,36)", ...
    partition = NumericPartition(cuts=(8.0, 16.0, 36.0, 45.0))
    assert partition.labels == ("< 8", "[8, 16)", "[16, 36)", "[36, 45)", ">= 45", "Missing")
    values = [4, 7.999, 8, 15, 16, 35, 36, 44, 45, 72, np.nan]
    assert codes(partition, values) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5]


@given(cuts=cut_tuples.filter(len))
def test_values_just_below_at_and_just_above_each_cut(cuts: tuple[float, ...]) -> None:
    partition = NumericPartition(cuts=cuts)
    for upper, cut in enumerate(cuts, 1):
        below, above = math.nextafter(cut, -math.inf), math.nextafter(cut, math.inf)
        if math.isfinite(below):
            assert partition.codes_of(np.array([below])).tolist() == [upper - 1]
        assert partition.codes_of(np.array([cut])).tolist() == [upper]
        if math.isfinite(above) and above not in cuts:
            assert partition.codes_of(np.array([above])).tolist() == [upper]


def test_whole_numbers_are_cuts_too() -> None:
    partition = NumericPartition(cuts=(8, 16), special_codes=(-9,))
    assert partition.labels == ("< 8", "[8, 16)", ">= 16", "Special -9", "Missing")
    assert partition == NumericPartition(cuts=(8.0, 16.0), special_codes=(-9.0,))
    assert Partition.from_dict(partition.to_dict()) == partition


@pytest.mark.parametrize(
    ("cuts", "labels"),
    [
        ((JUST_ABOVE(0), JUST_ABOVE(30), 90), ("<= 0", "(0, 30]", "(30, 90)", ">= 90")),
        ((4, JUST_ABOVE(4)), ("< 4", "[4, 4]", "> 4")),
        ((JUST_ABOVE(-5), JUST_ABOVE(0.85)), ("<= -5", "(-5, 0.85]", "> 0.85")),
        # nobody could tell which end of so long a number is meant
        ((JUST_ABOVE(1 / 3),), ("< 0.333333", ">= 0.333333")),
        ((0.1 + 0.2,), ("< 0.3", ">= 0.3")),
    ],
)
def test_a_cut_just_above_a_number_ends_the_interval_below(
    cuts: tuple[float, ...], labels: tuple[str, ...]
) -> None:
    partition = NumericPartition(cuts=cuts)
    assert partition.regular_labels == labels
    assert Partition.from_dict(partition.to_dict()).labels == partition.labels


@given(value=st.one_of(st.integers(-1000, 1000).map(float), st.floats(-1e307, 1e307)))
def test_just_above_is_above_by_a_hair(value: float) -> None:
    above = JUST_ABOVE(value)
    assert value < above <= value + max(2e-13 * abs(value), 1e-13)
    codes_at = NumericPartition(cuts=(above,)).codes_of(np.array([value, above]))
    assert codes_at.tolist() == [0, 1]


def test_no_cut_is_one_interval() -> None:
    partition = NumericPartition()
    assert partition.labels == ("all values", "Missing")
    assert codes(partition, [-1e300, 0, 1e300, np.nan]) == [0, 0, 0, 1]
    # beside special codes, it is not that of all
    labels = NumericPartition(special_codes=(-9,)).labels
    assert labels == ("all other values", "Special -9", "Missing")
    mixed = MixedPartition(special_codes=("NO HIT",))
    assert mixed.labels == ("all other values", "Special NO HIT", "Missing", "Other")


def test_special_codes_come_after_the_intervals_and_before_missing() -> None:
    partition = NumericPartition(cuts=(0.0,), special_codes=(-9.0, -8.0))
    assert partition.labels == ("< 0", ">= 0", "Special -9", "Special -8", "Missing")
    assert partition.attribute_kinds == ("bin", "bin", "special", "special", "missing")
    assert (partition.n_regular, partition.missing_code, partition.n_codes) == (2, 4, 5)
    assert codes(partition, [-9, -8, -8.5, 5, np.nan]) == [2, 3, 0, 1, 4]


@given(partition=numeric_partitions)
def test_bounds_are_the_intervals(partition: NumericPartition) -> None:
    lower, upper = partition.bounds()
    n = partition.n_regular
    assert lower[:n].tolist() == [-math.inf, *partition.cuts]
    assert upper[:n].tolist() == [*partition.cuts, math.inf]
    assert np.isnan(lower[n:]).all()
    assert np.isnan(upper[n:]).all()
    assert len(lower) == len(upper) == len(partition.labels) == partition.n_codes


@pytest.mark.parametrize("cuts", [(1.0, 1.0), (2.0, 1.0), (math.nan,), (0.0, math.inf)])
def test_cuts_must_increase(cuts: tuple[float, ...]) -> None:
    with pytest.raises(InvalidParameterError, match="finite and strictly increasing"):
        NumericPartition(cuts=cuts)


def test_text_is_not_binned_by_intervals() -> None:
    table = as_table(pd.DataFrame({"age": ["41", "52"]}))
    partition = NumericPartition(cuts=(30.0,))
    with pytest.raises(ColumnTypeError, match="Column 'age' holds text or categories"):
        partition.codes(table, "age")


def test_infinity_is_not_binned() -> None:
    table = as_table(pd.DataFrame({"ratio": [1.0, 2.0, math.inf]}))
    partition = NumericPartition(cuts=(1.5,))
    with pytest.raises(InfiniteValueError, match=r"Column 'ratio' holds 1 infinite.*row 2: inf"):
        partition.codes(table, "ratio")


# --- groups of levels --------------------------------------------------------------------

HOUSING = CategoricalPartition(groups=(("own", "rent"), ("free",)), special_codes=("?",))


def test_levels_special_codes_and_missing() -> None:
    assert HOUSING.labels == ("own, rent", "free", "Special ?", "Missing", "Other")
    assert HOUSING.attribute_kinds == ("bin", "bin", "special", "missing", "other")
    assert codes(HOUSING, ["free", "rent", None, "own", "?", np.nan]) == [1, 0, 3, 0, 2, 3]


def test_level_never_seen_warns_and_is_other() -> None:
    table = as_table(pd.DataFrame({"housing": ["own", "yurt", "yurt", "boat", None]}))
    message = r"Column 'housing' holds 2 level\(s\).* in 3 row\(s\): 'yurt', 'boat'"
    with pytest.warns(UnseenCategoryWarning, match=message):
        found = HOUSING.codes(table, "housing")
    assert found.tolist() == [0, 4, 4, 4, 3]


def test_warning_lists_five_levels_at_most() -> None:
    table = as_table(pd.DataFrame({"housing": list("abcdefg")}))
    with pytest.warns(UnseenCategoryWarning, match=r"'a', 'b', 'c', 'd', 'e', …\. They"):
        HOUSING.codes(table, "housing")


@pytest.mark.parametrize(
    ("groups", "values"),
    [
        (((1,), (2,)), pd.Series([2.0, 1.0])),
        (((1,), (2,)), pd.Series([2, 1], dtype="Int64")),
        (((True,), (False,)), pd.Series([False, True])),
        (((True,), (False,)), pd.Series([0, 1])),
        ((("a",), ("b",)), pd.Series(["b", "a"], dtype="category")),
        ((("a",), ("b",)), pd.Series(["b", "a"], dtype="string")),
    ],
    ids=["floats for ints", "Int64", "bool", "0/1 for bool", "category", "string"],
)
def test_levels_of_any_kind(groups: Any, values: pd.Series) -> None:
    assert codes(CategoricalPartition(groups=groups), values) == [1, 0]


def test_text_is_not_a_number() -> None:
    # no row could ever match, whichever way round: the column is wrong, not its spelling
    with pytest.raises(ColumnTypeError, match="Column 'v' holds text, such as '1'"):
        codes(CategoricalPartition(groups=((1,), (2,))), ["1"])
    with pytest.raises(ColumnTypeError, match="Column 'v' holds numbers or booleans, such as 1"):
        codes(CategoricalPartition(groups=(("1",), ("2",))), [1])


@pytest.mark.parametrize(
    ("groups", "special", "named"),
    [
        ((("a", "b"), ("b",)), (), "'b'"),
        ((("a", "a"),), (), "'a'"),
        ((("a",), ("b",)), ("a",), "'a'"),
        (((1,), (True,)), (), "1"),
    ],
    ids=["two groups", "one group", "group and special code", "equal values"],
)
def test_level_stands_in_one_group_only(groups: Any, special: Any, named: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"Seen more than once: .*{named}"):
        CategoricalPartition(groups=groups, special_codes=special)


# --- both kinds --------------------------------------------------------------------------


@given(partition=numeric_partitions)
def test_labels_of_intervals_are_distinct(partition: NumericPartition) -> None:
    assert len(set(partition.labels)) == partition.n_codes


@pytest.mark.parametrize(
    "groups",
    [
        (("a",), ("Other",)),
        (("a",), ("Missing",)),
        (("a, b",), ("a", "b")),
        ((0.1,), (0.1 + 1e-12,)),
    ],
    ids=["level Other", "level Missing", "level with a comma", "near floats"],
)
def test_labels_of_groups_are_distinct(groups: Any) -> None:
    partition = CategoricalPartition(groups=groups)
    assert len(set(partition.labels)) == partition.n_codes


def test_label_of_a_special_code_is_no_level() -> None:
    partition = CategoricalPartition(groups=(("Special x",),), special_codes=("x",))
    assert len(set(partition.labels)) == partition.n_codes


def test_labels_of_near_special_codes_are_distinct() -> None:
    partition = NumericPartition(cuts=(1.0,), special_codes=(-9_999_991.5, -9_999_992.5))
    assert len(set(partition.labels)) == partition.n_codes


@pytest.mark.parametrize("special", [(-9.0, -9.0), (math.nan,), (math.inf,)], ids=str)
def test_special_codes_are_distinct_numbers(special: tuple[float, ...]) -> None:
    # NaN is missing already, infinity is refused in data, and a code has one attribute
    with pytest.raises(InvalidParameterError, match="special"):
        NumericPartition(cuts=(1.0,), special_codes=special)


@given(partition=partitions)
def test_json_round_trip(partition: Partition) -> None:
    restored = Partition.from_dict(json.loads(json.dumps(partition.to_dict(), allow_nan=False)))
    assert restored == partition
    assert restored.labels == partition.labels
    assert restored.attribute_kinds == partition.attribute_kinds


@given(partition=numeric_partitions, values=st.lists(finite | st.just(math.nan), min_size=1))
def test_restored_intervals_send_values_to_the_same_place(
    partition: NumericPartition, values: list[float]
) -> None:
    restored = Partition.from_dict(json.loads(json.dumps(partition.to_dict())))
    every = np.array([*values, *partition.cuts, *partition.special_codes])
    assert restored.codes_of(every).tolist() == partition.codes_of(every).tolist()


@given(partition=categorical_partitions())
def test_each_level_goes_to_its_group(partition: CategoricalPartition) -> None:
    attributes = [*partition.groups, *((code,) for code in partition.special_codes)]
    for code, levels in enumerate(attributes):
        places = np.arange(len(levels))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert set(partition.codes_of("v", places, levels).tolist()) == {code}
    assert partition.codes_of("v", np.array([-1]), ()).tolist() == [partition.missing_code]


def test_labels_are_quoted_only_where_they_could_be_taken_for_others() -> None:
    partition = CategoricalPartition(
        groups=[["a, b"], ["a", "b"], ["Other"], ["Special x"], [1], ["1"], [""], ["plain", "c,d"]],
        special_codes=["x", "x, y"],
    )
    assert partition.labels == (
        *("'a, b'", "a, b", "'Other'", "'Special x'", "1", "'1'", "''", "plain, c,d"),
        *("Special x", "Special 'x, y'", "Missing", "Other"),
    )


@given(partition=categorical_partitions())
def test_labels_of_any_groups_are_distinct(partition: CategoricalPartition) -> None:
    assert len(set(partition.labels)) == partition.n_codes


@pytest.mark.parametrize("groups", ["own", ["own"], [[None]], [[math.nan]], [[("a",)]], [[]]])
def test_what_is_no_group_of_levels(groups: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"Got"):
        CategoricalPartition(groups=groups)


def test_scalars_of_numpy_become_those_of_python() -> None:
    partition = CategoricalPartition(groups=np.array([[1], [2]]), special_codes=[np.str_("x")])
    assert json.loads(json.dumps(partition.to_dict()))["groups"] == [[1], [2]]
    assert partition == CategoricalPartition(groups=((1,), (2,)), special_codes=("x",))


@pytest.mark.parametrize("code", [99_999_999.0, 1e-78, 1e300])
def test_amounts_near_a_special_code_are_amounts(code: float) -> None:
    with np.errstate(over="ignore"):
        near = float(np.float32(code))
    partition = NumericPartition(special_codes=(code,))
    assert partition.codes_of(np.array([code, near])).tolist() == [1, 0]


@pytest.mark.parametrize("known", ["float32", "float64"])
def test_fractions_are_the_same_level_in_32_bits(known: str) -> None:
    other = "float64" if known == "float32" else "float32"
    values = np.tile([0.1, 0.2, 0.3], 40)
    y = np.tile([1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0], 10)
    encoder = WOEEncoder(kinds={"q": "categorical"}, min_bin_size=0)
    encoder.fit(pd.DataFrame({"q": values.astype(known)}), y)
    with warnings.catch_warnings(action="error"):
        found = encoder.transform(pd.DataFrame({"q": values.astype(other)}))
    expected = encoder.transform(pd.DataFrame({"q": values.astype(known)}))
    np.testing.assert_array_equal(found, expected)
    with pytest.warns(UnseenCategoryWarning, match=r"1 level.*in 1 row.*: 0\.4"):
        encoder.transform(pd.DataFrame({"q": np.array([0.1, 0.4], dtype=other)}).head(2))


def test_levels_that_32_bits_confuse_are_not_matched() -> None:
    near = float(np.nextafter(0.1, 1))
    partition = CategoricalPartition(groups=((0.1,), (near,)))
    with pytest.warns(UnseenCategoryWarning):
        codes = partition.codes_of("q", np.array([0]), (float(np.float32(0.1)),))
    assert codes.tolist() == [3]
