"""Grading values and counting grades."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import GradeScale, PointsScale
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidTargetError
from creditscore.metrics import jeffreys_interval

SCALE = GradeScale(labels=("A", "B", "C"), bounds=(0.02, 0.10))
ON_SCORE = SCALE.on_score(PointsScale())

fractions = st.floats(0, 1)


@st.composite
def scales(draw: st.DrawFn) -> GradeScale:
    # a millionth apart, because bounds a rounding apart are one and the same score
    steps = draw(st.sets(st.integers(1, 999_999), min_size=1, max_size=8))
    bounds = sorted(step / 1_000_000 for step in steps)
    labels = tuple(f"grade {i}" for i in range(len(bounds) + 1))
    closed = draw(st.sampled_from(["left", "right"]))
    return GradeScale(labels=labels, bounds=tuple(bounds), closed=closed)


# --- laws ----------------------------------------------------------------------------


@given(scale=scales(), values=st.lists(fractions, min_size=1, max_size=30))
def test_grade_against_the_intervals(scale: GradeScale, values: list[float]) -> None:
    values = [*values, *scale.bounds, 0.0, 1.0]
    ends = scale.intervals()
    for value, grade in zip(values, scale.grade(values), strict=True):
        row = ends[ends["grade"] == grade].iloc[0]
        if scale.closed == "right":
            assert row["lower"] < value <= row["upper"] or (value == row["lower"] == 0)
        else:
            assert row["lower"] <= value < row["upper"] or (value == row["upper"] == 1)


@given(scale=scales(), values=st.lists(fractions, min_size=2, max_size=30))
def test_higher_probability_never_has_a_safer_grade(scale: GradeScale, values: list[float]) -> None:
    places = [scale.labels.index(grade) for grade in scale.grade(sorted(values))]
    assert places == sorted(places)


@given(
    scale=scales(),
    odds=st.lists(st.floats(1e-4, 1e6), min_size=1, max_size=30),
    pdo=st.floats(5, 100),
)
def test_grade_of_the_probability_is_that_of_its_score(
    scale: GradeScale, odds: list[float], pdo: float
) -> None:
    points = PointsScale(pdo=pdo)
    score = points.score(odds)
    prob = points.prob_default(score)
    # at a bound itself, rounding may decide
    clear = np.array([min(abs(p / b - 1) for b in scale.bounds) > 1e-9 for p in prob])
    by_prob, by_score = scale.grade(prob), scale.on_score(points).grade(score)
    assert by_prob[clear].tolist() == by_score[clear].tolist()


@given(
    values=st.lists(fractions, min_size=3, max_size=60),
    data=st.data(),
)
def test_table_against_groupby(values: list[float], data: st.DataObject) -> None:
    size = len(values)
    is_bad = data.draw(st.lists(st.integers(0, 1), min_size=size - 2, max_size=size - 2))
    is_bad = [0, 1, *is_bad]
    table = SCALE.table(values, is_bad).set_index("grade")
    cases = pd.DataFrame({"grade": SCALE.grade(values), "bad": is_bad, "pd": values})
    groups = cases.groupby("grade")
    naive = groups.agg(count=("bad", "size"), n_bad=("bad", "sum"), predicted=("pd", "mean"))
    naive = naive.reindex(list(SCALE.labels))
    assert table["count"].tolist() == naive["count"].fillna(0).tolist()
    assert table["n_bad"].tolist() == naive["n_bad"].fillna(0).tolist()
    np.testing.assert_allclose(table["predicted"], naive["predicted"], equal_nan=True, rtol=1e-12)
    np.testing.assert_allclose(table["observed"], naive["n_bad"] / naive["count"], equal_nan=True)
    assert table["share"].sum() == pytest.approx(1)
    empty = table["count"] == 0
    intervals = table[["observed_lower", "observed_upper"]]
    assert intervals[empty].isna().all(axis=None)
    lower, upper = jeffreys_interval(table["n_bad"][~empty], table["count"][~empty])
    assert intervals[~empty].to_numpy().tolist() == np.column_stack([lower, upper]).tolist()


# --- default -------------------------------------------------------------------------


def test_default_is_a_fact_about_the_customer() -> None:
    assert SCALE.grade([0.0, 1.0, 0.05]).tolist() == ["A", "C", "B"]
    assert SCALE.grade([0.0, 1.0, 0.05], in_default=[True, False, False]).tolist() == [
        "D",
        "C",
        "B",
    ]
    assert ON_SCORE.grade([900.0], in_default=[True]).tolist() == ["D"]


def test_default_grade_may_be_a_band_or_have_another_name() -> None:
    band = GradeScale(labels=("A", "D"), bounds=(0.5,))
    assert band.grade([0.1, 0.9, 0.1], in_default=[False, False, True]).tolist() == ["A", "D", "D"]
    other = GradeScale(labels=("A", "B"), bounds=(0.5,), default_label="in default")
    assert other.grade([0.1], in_default=[True]).tolist() == ["in default"]


def test_a_customer_in_default_needs_no_probability() -> None:
    grades = SCALE.grade([0.05, math.nan], in_default=[False, True])
    assert grades.tolist() == ["B", "D"]


@pytest.mark.parametrize(
    "in_default", [[True], [True, False, True], [1, 0], ["yes", "no"], True, [[True, False]]]
)
def test_in_default_is_a_boolean_a_row(in_default: object) -> None:
    with pytest.raises(InvalidDataError, match="in_default must be one boolean for each of the 2"):
        SCALE.grade([0.05, 0.5], in_default=in_default)


@pytest.mark.parametrize("dtype", ["bool", "boolean", "bool[pyarrow]"])
def test_in_default_of_any_boolean_type(dtype: str) -> None:
    in_default = pd.Series([True, False]).astype(dtype)
    assert SCALE.grade(pd.Series([0.05, 0.5]), in_default=in_default).tolist() == ["D", "C"]


def test_in_default_of_objects_or_other_libraries() -> None:
    flags = [True, False]
    for column in (
        *(pd.Series(flags, dtype=object), np.array(flags, dtype=object), pl.Series(flags)),
        *(pa.array(flags), pa.chunked_array([flags])),
    ):
        assert SCALE.grade([0.05, 0.5], in_default=column).tolist() == ["D", "C"]


@pytest.mark.parametrize(
    "column",
    [
        lambda v: pd.Series(v, dtype="boolean"),
        lambda v: pd.Series(v, dtype="bool[pyarrow]"),
        pl.Series,
        pa.array,
        list,
    ],
    ids=["boolean", "pandas arrow", "polars", "pyarrow", "list"],
)
def test_in_default_is_known(column: Any) -> None:
    with pytest.raises(InvalidDataError, match=r"missing for 1 customer\(s\), the first at row 1"):
        SCALE.grade([0.05, 0.5], in_default=column([True, None]))


def test_in_default_with_another_index_is_not_matched_by_place() -> None:
    prob = pd.Series([0.05, 0.5], index=["Adam", "Bob"])
    in_default = pd.Series([True, False], index=["Bob", "Adam"])
    with pytest.raises(InvalidDataError, match="index"):
        SCALE.grade(prob, in_default=in_default)


# --- tables of any library -----------------------------------------------------------


def test_pandas_keeps_the_index() -> None:
    prob = pd.Series([0.05, 0.5], index=["Adam", "Bob"], name="pd")
    expected = pd.Series(["B", "C"], index=["Adam", "Bob"], name="grade", dtype="str")
    pd.testing.assert_series_equal(SCALE.grade(prob), expected)


@pytest.mark.parametrize("dtype", ["float32", "Float64", "double[pyarrow]", "object"])
def test_pandas_of_any_type(dtype: str) -> None:
    prob = pd.Series([0.05, 0.5], index=[7, 7]).astype(dtype)
    graded = SCALE.grade(prob)
    assert graded.tolist() == ["B", "C"]
    assert graded.index.tolist() == [7, 7]


def test_other_libraries_and_arrays() -> None:
    values = [0.05, 0.5]
    polars = SCALE.grade(pl.Series("pd", values))
    assert isinstance(polars, pl.Series)
    assert (polars.name, polars.dtype, polars.to_list()) == ("grade", pl.String, ["B", "C"])
    arrow = SCALE.grade(pa.chunked_array([values]))
    assert isinstance(arrow, pa.ChunkedArray)
    assert arrow.to_pylist() == ["B", "C"]
    for array in (values, tuple(values), np.array(values), np.array(values, dtype="float32")):
        graded = SCALE.grade(array)
        assert isinstance(graded, np.ndarray)
        assert graded.dtype.kind == "U"
        assert graded.tolist() == ["B", "C"]


# --- bad values ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        [0.05, math.nan],
        [0.05, None],
        pd.Series([0.05, pd.NA], dtype="Float64"),
        pl.Series([0.05, None]),
        pa.chunked_array([[0.05, None]]),
    ],
    ids=["list", "None", "nullable", "polars", "pyarrow"],
)
@pytest.mark.parametrize("scale", [SCALE, ON_SCORE], ids=["prob_default", "score"])
def test_missing_values(scale: GradeScale, values: Any) -> None:
    with pytest.raises(InvalidDataError, match=r"1 value\(s\) to grade are missing.*row 1"):
        scale.grade(values)


@pytest.mark.parametrize("value", [-1e-9, 1 + 1e-9, 2.5, 600.0, math.inf, -math.inf])
def test_probabilities_are_fractions(value: float) -> None:
    with pytest.raises(InvalidDataError, match=r"fractions in \[0, 1\].*\.on_score"):
        SCALE.grade([0.5, value])


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_scores_are_finite(value: float) -> None:
    with pytest.raises(InvalidDataError, match="infinite"):
        ON_SCORE.grade([500.0, value])


@pytest.mark.parametrize("values", [0.05, [[0.05, 0.1]], pd.DataFrame({"pd": [0.05]})])
def test_one_column_is_graded(values: Any) -> None:
    with pytest.raises(InvalidDataError, match="one column"):
        SCALE.grade(values)


@pytest.mark.parametrize(
    "values",
    [
        ["low", "high"],
        ["0.05", "0.5"],
        pd.Series(["0.05", "0.5"]),
        pl.Series(["0.05", "0.5"]),
        np.array(["0.05", "0.5"], dtype=object),
        pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"])),
        np.array([0, 1], dtype="m8[D]"),
    ],
    ids=["words", "list", "pandas", "polars", "objects", "dates", "durations"],
)
@pytest.mark.parametrize("scale", [SCALE, ON_SCORE], ids=["prob_default", "score"])
def test_text_and_dates_are_not_graded(scale: GradeScale, values: Any) -> None:
    with pytest.raises(InvalidDataError, match="numbers"):
        scale.grade(values)
    with pytest.raises(InvalidDataError, match="numbers"):
        ON_SCORE.table([600.0, 400.0], [0, 1], prob_default=values)


# --- table ---------------------------------------------------------------------------


def test_table_of_scores_knows_no_prediction_unless_given() -> None:
    scores, prob = [700.0, 500.0, 400.0], [0.01, 0.05, 0.5]
    assert ON_SCORE.table(scores, [0, 0, 1])["predicted"].isna().all()
    told = ON_SCORE.table(scores, [0, 0, 1], prob_default=prob)
    count = told["count"].to_numpy()
    assert np.nansum(told["predicted"] * count) == pytest.approx(sum(prob))


def test_table_of_a_portfolio_without_a_default() -> None:
    # low-default portfolios are graded too: the rate is 0, its upper end is not
    table = SCALE.table([0.01, 0.01, 0.05], [0, 0, 0])
    assert table["n_bad"].tolist() == [0, 0, 0]
    assert table["observed"].tolist()[:2] == [0, 0]
    assert (table["observed_upper"][:2] > 0).all()


@pytest.mark.parametrize("prob", [[5.0, 20.0], [0.1, math.nan], [0.1], [-0.1, 0.2]])
def test_predictions_are_fractions_one_a_row(prob: list[float]) -> None:
    with pytest.raises(InvalidDataError, match="prob_default"):
        ON_SCORE.table([600.0, 400.0], [0, 1], prob_default=prob)


def test_table_of_a_portfolio_without_a_good() -> None:
    assert SCALE.table([0.01, 0.05], [True, True])["observed"].tolist()[:2] == [1, 1]


def test_table_of_nobody() -> None:
    with pytest.raises(EmptyDataError, match="no values to grade"):
        SCALE.table([], [])


@pytest.mark.parametrize("name", ["is_bad", "prob_default"])
def test_table_does_not_match_by_place(name: str) -> None:
    values = pd.Series([0.05, 0.5], index=["Adam", "Bob"])
    told = {"is_bad": [0, 1], "prob_default": [0.05, 0.5]}
    told[name] = pd.Series(told[name], index=["Bob", "Adam"])
    with pytest.raises(InvalidDataError, match=rf"{name} has another index.*to_numpy"):
        SCALE.table(values, **told)


def test_table_of_an_array_does_not_match_the_rest_by_place() -> None:
    index = ["Adam", "Bob"]
    is_bad, prob = pd.Series([0, 1], index=index), pd.Series([0.5, 0.05], index=index[::-1])
    with pytest.raises(InvalidDataError, match="prob_default has another index than is_bad"):
        ON_SCORE.table([700.0, 400.0], is_bad, prob_default=prob)
    aligned = ON_SCORE.table([700.0, 400.0], is_bad, prob_default=prob.reindex(is_bad.index))
    assert aligned["predicted"].dropna().tolist() == [0.05, 0.5]


@pytest.mark.parametrize("scale", [SCALE, ON_SCORE], ids=["prob_default", "score"])
def test_swapped_outcomes_are_named(scale: GradeScale) -> None:
    with pytest.raises(InvalidTargetError, match=r"were values and is_bad swapped\?"):
        scale.table([0, 1, 0], [0.05, 0.5, 0.2])
    with pytest.raises(InvalidTargetError) as caught:
        scale.table([0.05, 0.5, 0.2], [0, 1, 2])
    assert "swapped" not in str(caught.value)


@pytest.mark.parametrize("dtype", ["bool", "boolean", "int8", "float64", "object"])
def test_outcomes_of_any_type(dtype: str) -> None:
    outcomes = pd.Series([0, 1]).astype(dtype)
    assert SCALE.table(pd.Series([0.01, 0.5]), outcomes)["n_bad"].tolist() == [0, 0, 1]


@pytest.mark.parametrize("is_bad", [[0, 1], [0, 1, math.nan], ["g", "b", "g"], [0, 1, 2], 1])
def test_outcomes_are_checked(is_bad: Any) -> None:
    with pytest.raises(InvalidTargetError):
        SCALE.table([0.01, 0.05, 0.5], is_bad)
