"""Levels with an order of their own: read in it, and joined with their neighbours only."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import WOEEncoder
from creditscore._frame import as_table
from creditscore.binning import (
    BinConstraints,
    CategoricalPartition,
    LevelCounts,
    Outcomes,
    Partition,
)
from creditscore.binning._levels import best_level_groups
from creditscore.binning._settings import BinSettings
from creditscore.exceptions import (
    ColumnTypeError,
    IdleCutWarning,
    InvalidParameterError,
    MissingColumnError,
    UnseenCategoryWarning,
)

GRADES = ["C", "B", "A", "Z"]
VALUES = ["A", "C", None, "B", "A", "C"]


def settings_of(*, size: float = 0.0, trend: str = "auto") -> BinSettings:
    return BinSettings(constraints=BinConstraints(trend=trend, min_bin_size=size))


def arrow_dictionary(ordered: bool) -> pa.DictionaryArray:
    codes = pa.array([None if v is None else GRADES.index(v) for v in VALUES], pa.int8())
    return pa.DictionaryArray.from_arrays(codes, pa.array(GRADES), ordered=ordered)


CATEGORY = pd.Series(pd.Categorical(VALUES, categories=GRADES, ordered=True))
DICTIONARY = arrow_dictionary(ordered=True)
ORDERED: dict[str, Any] = {
    "pandas": pd.DataFrame({"v": CATEGORY}),
    "pandas pyarrow": pd.DataFrame({"v": pd.arrays.ArrowExtensionArray(DICTIONARY)}),
    "polars Enum": pl.DataFrame({"v": pl.Series(VALUES, dtype=pl.Enum(GRADES))}),
    "pyarrow": pa.table({"v": DICTIONARY}),
    "pyarrow chunks": pa.table({"v": pa.chunked_array([DICTIONARY[:3], DICTIONARY[3:]])}),
}
UNORDERED: dict[str, Any] = {
    "pandas": pd.DataFrame({"v": CATEGORY.cat.as_unordered()}),
    "polars Categorical": pl.DataFrame({"v": pl.Series(VALUES, dtype=pl.Categorical)}),
    "pyarrow": pa.table({"v": arrow_dictionary(ordered=False)}),
    "text": pd.DataFrame({"v": VALUES}),
}


# --- reading ------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ORDERED)
def test_levels_come_in_their_order(library: str) -> None:
    table = as_table(ORDERED[library])
    assert table.kind("v") == "ordered"
    codes, levels = table.levels("v")
    # Z occurs in no row
    assert levels == ("C", "B", "A")
    assert codes.tolist() == [2, 0, -1, 1, 2, 0]


@pytest.mark.parametrize("library", UNORDERED)
def test_no_order_is_made_up(library: str) -> None:
    table = as_table(UNORDERED[library])
    assert table.kind("v") == "categorical"
    with pytest.raises(ColumnTypeError, match=r"asked for as 'ordered', but it holds text.*Enum"):
        table.with_kinds({"v": "ordered"})


@pytest.mark.parametrize("library", ORDERED)
def test_an_order_may_be_set_aside(library: str) -> None:
    table = as_table(ORDERED[library]).with_kinds({"v": "categorical"})
    assert table.kind("v") == "categorical"


@pytest.mark.parametrize(
    "values", [[3, 1, 2, 1], [3.0, 1.0, 2.0, 1.0], pd.Categorical([3, 1, 2, 1])]
)
def test_numbers_may_be_told_to_be_ordered_levels(values: Any) -> None:
    table = as_table(pd.DataFrame({"v": values})).with_kinds({"v": "ordered"})
    codes, levels = table.levels("v")
    assert (table.kind("v"), levels, codes.tolist()) == ("ordered", (1, 2, 3), [2, 0, 1, 0])


def test_numbers_told_to_be_ordered_keep_their_gaps() -> None:
    table = as_table(pd.DataFrame({"v": [2.0, np.nan, 1.0]})).with_kinds({"v": "ordered"})
    codes, levels = table.levels("v")
    assert (levels, codes.tolist()) == ((1.0, 2.0), [1, -1, 0])


def test_kinds_of_columns_that_are_not_there() -> None:
    with pytest.raises(MissingColumnError, match="'w'"):
        as_table(ORDERED["pandas"]).with_kinds({"w": "ordered"})


def test_told_kinds_follow_renamed_columns() -> None:
    table = as_table(ORDERED["pandas"]).with_kinds({"v": "categorical"}).renamed(["w"])
    assert table.kind("w") == "categorical"


# --- groups -------------------------------------------------------------------------------

counts_in_order = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(any), min_size=1, max_size=9
).filter(lambda pairs: all(map(sum, zip(*pairs, strict=True))))


def best(pairs: list[tuple[int, int]], **params: Any) -> Any:
    levels = [f"level {i}" for i in range(len(pairs))]
    good = {level: float(pair[0]) for level, pair in zip(levels, pairs, strict=True)}
    bad = {level: float(pair[1]) for level, pair in zip(levels, pairs, strict=True)}
    settings = settings_of(**params)
    return best_level_groups(LevelCounts(good, bad), (), settings, ordered=True).counts


@given(pairs=counts_in_order, size=st.sampled_from([0.0, 0.1, 0.3]))
def test_groups_are_runs_of_neighbours_under_a_trend(
    pairs: list[tuple[int, int]], size: float
) -> None:
    counts = best(pairs, size=size)
    groups = counts.partition.groups
    assert [level for group in groups for level in group] == [
        f"level {i}" for i in range(len(pairs))
    ]
    n = len(groups)
    total = counts.good[:n] + counts.bad[:n]
    assert n == 1 or (total >= size * total.sum()).all()
    crossed = [counts.bad[i + 1] * total[i] - counts.bad[i] * total[i + 1] for i in range(n - 1)]
    assert all(step > 0 for step in crossed) or all(step < 0 for step in crossed)


def test_the_order_holds_where_the_bad_rate_would_turn_it() -> None:
    pairs = [(90, 10), (50, 50), (80, 20)]
    assert best(pairs, trend="none").partition.n_regular == 3
    ascending = best(pairs, trend="ascending").partition.groups
    assert ascending == (("level 0",), ("level 1", "level 2"))
    unordered = best_level_groups(
        LevelCounts({"x": 90.0, "y": 50.0, "z": 80.0}, {"x": 10.0, "y": 50.0, "z": 20.0}),
        (),
        settings_of(),
    )
    assert unordered.counts.partition.groups == (("x",), ("z",), ("y",))


def test_auto_takes_the_better_direction() -> None:
    rising = best([(90, 10), (70, 30), (50, 50)]).bad[:3]
    falling = best([(50, 50), (70, 30), (90, 10)]).bad[:3]
    assert rising.tolist() == [10, 30, 50]
    assert falling.tolist() == [50, 30, 10]


def test_rare_levels_join_a_neighbour_and_are_not_pooled() -> None:
    # the first and the last are rare, and have nothing to do with each other
    pairs = [(9, 1), (900, 100), (500, 500), (1, 9)]
    groups = best(pairs, size=0.05).partition.groups
    assert groups == (("level 0", "level 1"), ("level 2", "level 3"))


def test_counts_of_a_table_keep_the_order() -> None:
    table = as_table(ORDERED["polars Enum"])
    outcomes = Outcomes.of(np.array([True, False, False, True, False, False]))
    counts = LevelCounts.from_codes(*table.levels("v"), outcomes)
    assert list(counts.good) == ["C", "B", "A"]


# --- partitions ---------------------------------------------------------------------------

RATINGS = CategoricalPartition(groups=(("A", "B", "C"), ("D", "E"), ("F",)), ordered=True)


def test_labels_of_runs() -> None:
    assert RATINGS.labels == ("A to C", "D, E", "F", "Missing", "Other")
    assert RATINGS.kind == "ordered"
    assert RATINGS.attribute_kinds == ("bin", "bin", "bin", "missing", "other")


@pytest.mark.parametrize(
    "groups",
    [
        (("A", "B", "C"), ("A to C",)),
        (("A", "x", "B to C"), ("A to B", "y", "C")),
        ((1, 2, 3), ("1 to 3",)),
    ],
)
def test_labels_of_runs_are_distinct(groups: Any) -> None:
    partition = CategoricalPartition(groups=groups, ordered=True)
    assert len(set(partition.labels)) == partition.n_codes


def test_order_is_written_only_where_there_is_one() -> None:
    plain = CategoricalPartition(groups=(("A",), ("B",)))
    assert plain.to_dict() == {
        "kind": "categorical", "groups": [["A"], ["B"]], "special_codes": [],
    }  # fmt: skip
    assert RATINGS.to_dict()["ordered"] is True
    restored = Partition.from_dict(json.loads(json.dumps(RATINGS.to_dict())))
    assert restored == RATINGS
    assert restored != CategoricalPartition(groups=RATINGS.groups)
    assert Partition.from_dict(plain.to_dict()) == plain


def test_levels_never_seen_are_other() -> None:
    frame = pd.DataFrame({"v": pd.Categorical(["B", "BB", None], ["A", "B", "BB"], ordered=True)})
    with pytest.warns(UnseenCategoryWarning, match=r"1 level\(s\).*1 row\(s\): 'BB'"):
        codes = RATINGS.codes(as_table(frame), "v")
    assert codes.tolist() == [0, 4, 3]


@pytest.mark.parametrize("dtype", ["object", "category", "str"])
def test_text_without_an_order_falls_in_the_same_groups(dtype: str) -> None:
    levels = pd.Series(["F", "A", None, "E"])
    # pandas 2 makes a missing value the text "None" where it is asked for "str"
    frame = pd.DataFrame({"v": levels.astype(dtype).where(levels.notna())})
    assert RATINGS.codes(as_table(frame), "v").tolist() == [2, 0, 3, 1]


@given(ends=st.lists(st.integers(1, 9), unique=True, max_size=4).map(sorted))
def test_each_level_is_in_the_run_around_it(ends: list[int]) -> None:
    levels = tuple("abcdefghij")
    groups = tuple(levels[low:high] for low, high in pairwise([0, *ends, 10]))
    partition = CategoricalPartition(groups=groups, ordered=True)
    codes = partition.codes_of("v", np.arange(10), levels)
    assert codes.tolist() == [sum(i >= end for end in ends) for i in range(10)]


@pytest.fixture(scope="module")
def rated() -> tuple[pd.DataFrame, np.ndarray]:
    """Ratings from A to E, fifty rows each, of which more and more are bad."""
    ratings = np.repeat(list("ABCDE"), 50)
    is_bad = np.concatenate([np.arange(50) < n for n in (3, 7, 12, 20, 30)]).astype(int)
    return pd.DataFrame({"v": pd.Categorical(ratings, list("ABCDE"), ordered=True)}), is_bad


@pytest.mark.parametrize(
    "groups",
    [
        [["A", "C"], ["B"], ["D", "E"]],
        [["A"], ["C", "B"], ["D", "E"]],
        [["C", "D", "E"], ["A", "B"]],
        # B would fall beside all groups, and stand within "A to D"
        [["A", "C", "D"], ["E"]],
    ],
)
def test_groups_that_are_no_runs_are_refused(
    rated: tuple[pd.DataFrame, np.ndarray], groups: list[list[str]]
) -> None:
    message = "ordered column 'v' must be runs of its levels, in their order: 'A', 'B', 'C'"
    with pytest.raises(InvalidParameterError, match=message):
        WOEEncoder(user_cuts={"v": groups}).fit(*rated)


def test_groups_may_hold_levels_that_do_not_occur(rated: tuple[pd.DataFrame, np.ndarray]) -> None:
    groups = [["A", "B"], ["C", "CC", "D"], ["E"]]
    with pytest.warns(IdleCutWarning, match="does not hold: 'CC'. It holds 'A', 'B'"):
        table = WOEEncoder(user_cuts={"v": groups}).fit(*rated).tables_["v"]
    assert table.n_bad[:3] == (10, 32, 30)


def test_special_codes_are_no_gap(rated: tuple[pd.DataFrame, np.ndarray]) -> None:
    encoder = WOEEncoder(user_cuts={"v": [["A", "C"], ["D", "E"]]}, special_codes={"v": ["B"]})
    assert encoder.fit(*rated).tables_["v"].labels[:3] == ("A, C", "D, E", "Special B")


def test_cuts_are_places_between_levels(rated: tuple[pd.DataFrame, np.ndarray]) -> None:
    asked = BinConstraints(fixed_cuts=[3], max_n_bins=2)
    table = WOEEncoder(constraints={"v": asked}).fit(*rated).tables_["v"]
    assert table.partition.groups == (("A", "B", "C"), ("D", "E"))
    # asked of all columns alike, cuts are numbers, and levels have none
    every = WOEEncoder(constraints=BinConstraints(fixed_cuts=[1_000], cut_digits=1))
    assert every.fit(*rated).tables_["v"] == WOEEncoder().fit(*rated).tables_["v"]
    with pytest.raises(InvalidParameterError, match="cut_digits of column 'v', whose levels are"):
        WOEEncoder(constraints={"v": BinConstraints(cut_digits=1)}).fit(*rated)


def test_cuts_are_places_between_levels_however_many_there_are() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 100, 20_000)
    is_bad = (rng.random(20_000) < 0.1 + 0.005 * codes).astype(int)
    levels = [f"L{i:03}" for i in range(100)]
    X = pd.DataFrame({"v": pd.Categorical.from_codes(codes, levels, ordered=True)})
    asked = BinConstraints(fixed_cuts=[80], max_n_bins=2)
    table = WOEEncoder(min_bin_size=0, constraints={"v": asked}).fit(X, is_bad).tables_["v"]
    assert [(group[0], group[-1]) for group in table.partition.groups] == [
        ("L000", "L079"),
        ("L080", "L099"),
    ]


@pytest.mark.parametrize(
    "asked", [{"fixed_cuts": [7]}, {"fixed_cuts": [1.5]}, {"forbidden_cuts": [(0, 2)]}]
)
def test_places_that_are_not_between_levels_name_the_column(asked: dict[str, Any]) -> None:
    X = pd.DataFrame({"rating": pd.Categorical(list("abc") * 20, ordered=True)})
    encoder = WOEEncoder(constraints={"rating": BinConstraints(**asked)})
    with pytest.raises(InvalidParameterError, match=r"column 'rating' cannot be kept.* 1 to 2"):
        encoder.fit(X, np.arange(60) % 7 == 0)
