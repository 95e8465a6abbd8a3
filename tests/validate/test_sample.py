"""The sample that is validated: read once, checked, counted by grade and period."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    MissingColumnError,
)
from creditscore.validate import ValidationSample

BAD = [0, 0, 1, 0]
PROB = [0.1, 0.1, 0.3, 0.2]


def test_without_a_score_cases_are_ranked_by_probability() -> None:
    sample = ValidationSample(is_bad=BAD, prob_default=PROB)
    assert sample.score.tolist() == [-0.1, -0.1, -0.3, -0.2]
    assert (sample.n, sample.n_bad, sample.has_both_classes) == (4, 1, True)
    assert repr(sample) == "<ValidationSample: 4 cases, 1 of them bad, with prob_default>"


def test_grades_come_in_the_order_of_their_mean_probability() -> None:
    sample = ValidationSample(is_bad=BAD, prob_default=PROB, grade=["z", "z", "a", "m"])
    assert sample.grades == ("z", "m", "a")
    table = sample.by_grade()
    assert table["count"].tolist() == [2, 1, 1]
    assert table["n_bad"].tolist() == [0, 0, 1]
    np.testing.assert_allclose(table["prob_default"], [0.1, 0.2, 0.3])


def test_grades_without_probabilities_come_in_the_order_of_their_mean_score() -> None:
    sample = ValidationSample(is_bad=BAD, score=[700, 690, 500, 600], grade=["z", "z", "a", "m"])
    assert sample.grades == ("z", "m", "a")
    assert sample.by_grade()["prob_default"].isna().all()


def test_a_grade_that_nobody_has_keeps_its_row() -> None:
    sample = ValidationSample(
        is_bad=BAD, prob_default=PROB, grade=["A", "A", "C", "C"], grades=("A", "B", "C")
    )
    table = sample.by_grade()
    assert table["count"].tolist() == [2, 0, 2]
    assert np.isnan(table.loc[1, "prob_default"])


def test_grades_and_periods_of_whole_numbers_have_no_decimal_point() -> None:
    frame = pd.DataFrame(
        {"is_bad": BAD, "pd": PROB, "g": [1, 1, 2, 2], "end": [1, np.nan, 2, 1], "year": [2020] * 4}
    )
    sample = ValidationSample.from_frame(
        frame, prob_default="pd", grade="g", grade_end="end", period="year", grades=("1", "2")
    )
    assert sample.grade_end.tolist() == ["1", None, "2", "1"]
    assert sample.by_grade()["count"].tolist() == [2, 2]
    assert repr(sample.by_period()["period"].tolist()) == "[2020]"


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_periods_may_be_dates(make: type) -> None:
    days = np.array(["2021-01-01", "2020-01-01"] * 2, dtype="datetime64[ms]")
    frame = make({"is_bad": BAD, "pd": PROB, "day": days})
    sample = ValidationSample.from_frame(frame, prob_default="pd", period="day")
    assert [str(day) for day in sample.by_period()["period"]] == ["2020-01-01", "2021-01-01"]


def test_grades_are_counted_in_each_period() -> None:
    sample = ValidationSample(
        is_bad=BAD, prob_default=PROB, grade=list("AABB"), period=[2021, 2020, 2020, 2020]
    )
    table = sample.by_grade_and_period()
    assert table[["grade", "period", "count", "n_bad"]].to_numpy().tolist() == [
        ["A", 2020, 1, 0],
        ["A", 2021, 1, 0],
        ["B", 2020, 2, 1],
        ["B", 2021, 0, 0],
    ]
    np.testing.assert_allclose(table["prob_default"], [0.1, 0.1, 0.25, np.nan])


def test_periods_come_sorted() -> None:
    sample = ValidationSample(is_bad=BAD, prob_default=PROB, period=[2022, 2021, 2021, 2020])
    table = sample.by_period()
    assert table["period"].tolist() == [2020, 2021, 2022]
    assert table["n_bad"].tolist() == [0, 1, 0]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_a_table_of_any_library_is_read_by_its_names(make: type) -> None:
    frame = make(
        {"y": BAD, "points": [600.0, 610.0, 500.0, 550.0], "pd": PROB, "g": ["A", "A", "C", "B"]}
    )
    sample = ValidationSample.from_frame(
        frame, is_bad="y", score="points", prob_default="pd", grade="g", grades=("A", "B", "C")
    )
    assert sample.score.tolist() == [600, 610, 500, 550]
    assert sample.by_grade()["count"].tolist() == [2, 1, 1]


def test_a_customer_may_have_no_grade_at_the_end() -> None:
    sample = ValidationSample(
        is_bad=BAD, prob_default=PROB, grade=list("AABB"), grade_end=["A", None, "B", "A"]
    )
    assert sample.grade_end.tolist() == ["A", None, "B", "A"]


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"prob_default": None}, InvalidParameterError, "Got neither"),
        ({"prob_default": [0.1, 0.2]}, InvalidDataError, "one value for each of the 4"),
        ({"prob_default": [0.1, 0.2, np.nan, 0.3]}, InvalidDataError, "prob_default has 1 missing"),
        ({"prob_default": [10, 20, 30, 40]}, InvalidDataError, "divided by 100"),
        ({"score": [1, 2, np.inf, 4]}, InvalidDataError, "score has 1 missing or infinite"),
        ({"grade": ["A", None, "B", "B"]}, InvalidDataError, "grade has 1 missing"),
        ({"segment": [1, 2, 3]}, InvalidDataError, "segment must hold one value"),
        ({"is_bad": [0, 1, 2, 0]}, InvalidTargetError, "is_bad is 1 for bad"),
        ({"is_bad": []}, EmptyDataError, "nothing to validate"),
        (
            {"grade": list("ABBZ"), "grades": ("A", "B")},
            InvalidDataError,
            "grade holds 'Z', which grades",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(
    changed: dict[str, object], error: type[Exception], words: str
) -> None:
    given = {"is_bad": BAD, "prob_default": PROB, **changed}
    with pytest.raises(error, match=words):
        ValidationSample(**given)


def test_series_of_one_index_in_two_orders_are_refused() -> None:
    bad = pd.Series(BAD, index=list("abcd"))
    with pytest.raises(InvalidDataError, match="different orders"):
        ValidationSample(is_bad=bad, prob_default=pd.Series(PROB, index=list("dcba")))


@pytest.mark.parametrize("kind", ["object", "string"])
def test_series_that_lost_different_customers_are_refused(kind: str) -> None:
    bad = pd.Series(BAD, index=pd.Index(list("abcd"), dtype=kind))
    prob = pd.Series(PROB, index=pd.Index(list("bcde"), dtype=kind))
    with pytest.raises(InvalidDataError, match="share 3 of the 4 names in their index and differ"):
        ValidationSample(is_bad=bad, prob_default=prob)


@pytest.mark.parametrize("names", [list("wxyz"), [1, 2, 3, 4]])
def test_names_that_tell_nothing_of_the_rows_are_paired_by_place(names: list[object]) -> None:
    index = list("abcd") if isinstance(names[0], str) else [0, 1, 2, 3]
    bad = pd.Series(BAD, index=index)
    sample = ValidationSample(is_bad=bad, prob_default=pd.Series(PROB, index=names))
    assert sample.prob_default.tolist() == list(PROB)


def test_names_of_columns_are_checked() -> None:
    frame = pd.DataFrame({"is_bad": BAD, "pd": PROB})
    with pytest.raises(MissingColumnError, match="'pdd'"):
        ValidationSample.from_frame(frame, prob_default="pdd")
    with pytest.raises(InvalidParameterError, match="has no 'weight'"):
        ValidationSample.from_frame(frame, weight="pd")


@pytest.mark.parametrize("method", ["by_grade", "by_period", "by_grade_and_period"])
def test_counting_what_is_not_there_says_so(method: str) -> None:
    sample = ValidationSample(is_bad=BAD, prob_default=PROB)
    with pytest.raises(InvalidDataError, match="The sample has no"):
        getattr(sample, method)()


def test_columns_of_the_parameters_own_names_are_found() -> None:
    frame = pd.DataFrame({"is_bad": BAD, "prob_default": PROB, "grade": list("AABC"), "x": 1})
    sample = ValidationSample.from_frame(frame)
    assert repr(sample) == "<ValidationSample: 4 cases, 1 of them bad, with prob_default, grade>"
    # whoever names columns names all
    named = ValidationSample.from_frame(frame, prob_default="prob_default")
    assert named.grade is None
    with pytest.raises(InvalidParameterError, match="name the column: from_frame"):
        ValidationSample.from_frame(frame[["is_bad", "x"]])
