"""Segments: which row belongs where, what is refused, and that a file holds it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore._frame import as_table
from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.exceptions import (
    ColumnTypeError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
)
from creditscore.scorecard import Segments

BY_CLIENT = Segments.by_levels(
    "client", {"people": ["private", "self-employed"], "firms": ["ltd", "plc"]}, other="firms"
)
BY_AGE = Segments.by_cuts("age", [30, 60], ["young", "middle", "old"], missing="middle")
NESTED = BY_CLIENT.divided("people", BY_AGE)
CLIENTS = pd.DataFrame(
    {
        "client": ["private", "plc", "self-employed", "club", "private", "ltd"],
        "age": [24.0, np.nan, 30.0, 99.0, np.nan, 5.0],
    },
    index=pd.Index([10, 20, 20, 30, 40, 50], name="case"),
)


def test_levels_and_what_is_in_no_group() -> None:
    assert BY_CLIENT.names == ("people", "firms")
    assert BY_CLIENT.columns == ("client",)
    found = BY_CLIENT.assign(CLIENTS)
    assert found.tolist() == ["people", "firms", "people", "firms", "people", "firms"]
    assert found.name == "segment"
    pd.testing.assert_index_equal(found.index, CLIENTS.index)


def test_a_value_at_a_cut_belongs_to_the_upper_interval() -> None:
    ages = pd.DataFrame({"age": [29.9, 30, 59.9, 60, np.nan]})
    assert BY_AGE.assign(ages).tolist() == ["young", "middle", "middle", "old", "middle"]


def test_one_segment_divided_again() -> None:
    assert NESTED.names == ("young", "middle", "old", "firms")
    assert NESTED.columns == ("client", "age")
    expected = ["young", "firms", "middle", "firms", "middle", "firms"]
    assert NESTED.assign(CLIENTS).tolist() == expected
    assert NESTED.codes(as_table(CLIENTS)).tolist() == [0, 3, 1, 3, 1, 3]


def test_the_inner_rule_is_asked_of_its_own_rows_only() -> None:
    strict = BY_CLIENT.divided("people", Segments.by_cuts("age", [30], ["young", "old"]))
    firms = CLIENTS[CLIENTS["client"] == "plc"]
    assert strict.assign(firms).tolist() == ["firms"]
    with pytest.raises(RefusedValueError, match=r"'age'.*'Missing' in 1 row"):
        strict.assign(CLIENTS)


def test_names_of_intervals_by_default() -> None:
    rule = Segments.by_cuts("age", [30, 60], missing="age >= 60")
    assert rule.names == ("age < 30", "age [30, 60)", "age >= 60")
    assert rule.assign(pd.DataFrame({"age": [None, 20.0]})).tolist() == ["age >= 60", "age < 30"]


def test_two_intervals_of_one_segment_and_special_codes() -> None:
    rule = Segments.by_cuts(
        "months", [6, 24], ["thin", "thick", "thin"], missing="none", special={-9: "none"}
    )
    assert rule.names == ("thin", "thick", "none")
    months = pd.DataFrame({"months": [-9, 0, 10, 30, np.nan]})
    assert rule.assign(months).tolist() == ["none", "thin", "thick", "thin", "none"]


def test_all_in_one() -> None:
    one = Segments()
    assert one.names == ("all",)
    assert one.columns == ()
    assert one.assign(CLIENTS).tolist() == ["all"] * 6
    assert one.divided("all", BY_AGE) == BY_AGE
    assert one.rules() == {"all": "every row"}
    assert repr(one) == "<Segments: one, 'all'>"


def test_in_words() -> None:
    assert NESTED.rules() == {
        "young": "client: private, self-employed, and age: < 30",
        "middle": "client: private, self-employed, and age: [30, 60) or Missing",
        "old": "client: private, self-employed, and age: >= 60",
        "firms": "client: ltd, plc or Other",
    }
    assert repr(NESTED) == "<Segments: 4 by 'client' and 'age': young, middle, old, firms>"
    assert "self-employed, and age: &gt;= 60" in NESTED._repr_html_()


# --- laws --------------------------------------------------------------------------------


@given(
    cuts=st.lists(st.integers(-50, 50), min_size=1, max_size=4, unique=True),
    values=st.lists(st.one_of(st.none(), st.integers(-60, 60)), min_size=1, max_size=30),
)
def test_every_row_has_one_segment(cuts: list[int], values: list[int | None]) -> None:
    rule = Segments.by_cuts("x", sorted(cuts), missing="nothing known")
    column = pd.DataFrame({"x": pd.array(values, dtype="Float64")})
    places = rule.codes(as_table(column))
    for value, place in zip(values, places, strict=True):
        expected = len(cuts) + 1 if value is None else sum(value >= cut for cut in cuts)
        assert place == expected


@pytest.mark.parametrize("rule", [Segments(), BY_CLIENT, BY_AGE, NESTED])
def test_plain_values_hold_it(rule: Segments) -> None:
    assert Segments.from_dict(rule.to_dict()) == rule


@pytest.mark.parametrize(
    "convert",
    [pl.from_pandas, lambda f: pa.Table.from_pandas(f, preserve_index=False),
     lambda f: f.convert_dtypes(), lambda f: f.astype({"client": "category"})],
    ids=["polars", "pyarrow", "nullable", "category"],
)  # fmt: skip
def test_any_library(convert: Any) -> None:
    found = NESTED.assign(convert(CLIENTS))
    listed = found.to_pylist() if isinstance(found, pa.ChunkedArray) else found.to_list()
    assert listed == NESTED.assign(CLIENTS).tolist()


# --- errors ------------------------------------------------------------------------------


def test_levels_without_a_segment_are_refused_by_name() -> None:
    strict = Segments.by_levels("client", {"people": ["private"], "firms": ["plc"]})
    message = (
        r"'client' holds rows that belong to no segment: 'Missing' in 1 row\(s\), 'Other' in "
        r"2 row\(s\)\. Levels that no segment names: 'club', 'ltd'\. Correct"
    )
    rows = pd.DataFrame({"client": ["plc", None, "club", "ltd"]})
    with pytest.raises(RefusedValueError, match=message):
        strict.assign(rows)


def test_columns_that_are_not_there_or_of_another_kind() -> None:
    with pytest.raises(MissingColumnError, match=r"'client' \(near: 'clients'\)"):
        BY_CLIENT.assign(CLIENTS.rename(columns={"client": "clients"}))
    with pytest.raises(ColumnTypeError, match="'age' holds text"):
        BY_AGE.assign(pd.DataFrame({"age": ["a", "b"]}))
    with pytest.raises(ColumnTypeError, match="by name"):
        BY_AGE.assign(np.ones((2, 1)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Segments.by_cuts("x", [1], ["a"]), "make 2 intervals, which need as many names"),
        (lambda: Segments.by_cuts("x", [2, 1]), "strictly increasing"),
        (lambda: Segments.by_levels("x", {"a": ["k"], "b": ["k"]}), "one group only"),
        (lambda: Segments.by_levels("x", {}), "refuse every row"),
        (lambda: Segments(partition=NumericPartition()), "need the 'column'"),
        (lambda: Segments(column="x"), "'partition' parameter of Segments"),
        (lambda: Segments(column="x", partition=NumericPartition(), sends_to=("a",)),
         "need 2 entries in 'sends_to', one for each of all values, Missing"),
        (lambda: Segments(column="x", partition=NumericPartition(), sends_to=(1, None)),
         "'sends_to' parameter of Segments must be a str"),
        (lambda: BY_CLIENT.divided("clubs", BY_AGE), "no segment 'clubs' to divide"),
        (lambda: NESTED.divided("people", BY_AGE), "can be divided once. Got twice: 'people'"),
        (lambda: BY_CLIENT.divided("people", NESTED), "divides again"),
        (lambda: BY_CLIENT.divided("people", "firms"), "must be a Segments"),
        (lambda: BY_CLIENT.divided("people", Segments.by_cuts("x", [1], ["firms", "b"])),
         "different names. Got twice: 'firms'"),
        (lambda: Segments(column="x", partition=CategoricalPartition(groups=(("a",),)),
                          sends_to=(None, None, None)), "refuse every row"),
    ],
)  # fmt: skip
def test_rules_that_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        make()
