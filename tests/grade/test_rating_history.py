"""A rating history: what a loop over its rows finds, and what it refuses."""

from __future__ import annotations

import datetime as dt
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from creditscore import GradeScale
from creditscore.exceptions import (
    ColumnTypeError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    ValidityWarning,
)
from creditscore.grade import RatingHistory, RatingHistoryDisplay

LABELS = ("A", "B", "C")
EPOCH = dt.date(2020, 1, 1)
# tables that are drawn at random have gaps of one day
pytestmark = pytest.mark.filterwarnings("ignore::creditscore.exceptions.ValidityWarning")


def days(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts)))


def day_of(number: int) -> dt.date:
    return EPOCH + dt.timedelta(days=number)


def history_of(rows: list[tuple[Any, ...]], **kwargs: Any) -> RatingHistory:
    """Make a history of (customer, grade, from, to) with days as numbers."""
    table = pd.DataFrame(
        {
            "customer": [row[0] for row in rows],
            "grade": [row[1] for row in rows],
            "valid_from": pd.to_datetime([day_of(row[2]) for row in rows]),
            "valid_to": pd.to_datetime(
                [None if row[3] is None else day_of(row[3]) for row in rows]
            ),
        }
    )
    return RatingHistory.from_frame(table, LABELS, **kwargs)


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Draw validities of up to four customers, with gaps, in any order."""
    rows: list[tuple[Any, ...]] = []
    for customer in draw(st.sampled_from([("x",), ("x", "y"), (3, 1, 2), ("z", "y", "x", "w")])):
        ends = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=7)))
        for start, stop in pairwise(ends):
            if draw(st.integers(0, 4)) or not rows:
                grade = draw(st.sampled_from([*LABELS, "D", "NR"]))
                last = stop == ends[-1] and draw(st.booleans())
                rows.append((customer, grade, start, None if last else stop))
    return draw(st.permutations(rows))


def grade_on(rows: list[tuple[Any, ...]], customer: Any, day: int) -> str:
    """Look through all rows."""
    found = [
        grade
        for who, grade, start, stop in rows
        if who == customer and start <= day and (stop is None or day < stop)
    ]
    assert len(found) <= 1
    return found[0] if found else "NR"


# --- reference -------------------------------------------------------------------------------


def test_a_history_by_hand() -> None:
    history = RatingHistory.from_events(
        ["X", "Y", "X", "Y", "X", "Y"],
        ["A", "B", "B", "D", "C", "C"],
        days("2020-01-01", "2020-01-01", "2020-07-01", "2020-09-01", "2022-01-01", "2020-11-01"),
        withdrawn_on=days(None, None, "2021-06-01", None, None, None),
        labels=LABELS,
    )
    assert history.labels == ("A", "B", "C", "D")
    expected = (
        "<RatingHistory: 2 customers, 6 rows, 2020-01-01 to 2022-01-01, 1 gap without a grade>"
    )
    assert repr(history) == expected
    assert history.to_frame()["valid_to"].dt.strftime("%Y-%m-%d").tolist()[:2] == [
        "2020-07-01", "2021-06-01",
    ]  # fmt: skip
    cohort = history.cohort("2020-06-30", "2021-06-30")
    # X is withdrawn by then, and Y was in default within the year
    assert cohort["customer"].tolist() == ["X", "Y"]
    assert cohort["grade_start"].tolist() == ["A", "B"]
    assert cohort["grade_end"].tolist() == ["NR", "D"]
    at_end = history.cohort("2020-06-30", "2021-06-30", default_seen="at_end")
    assert at_end["grade_end"].tolist() == ["NR", "C"]
    spells = history.spells("2020-06-01", "2021-12-31")
    assert spells["customer"].tolist() == ["X", "X", "Y", "Y", "Y"]
    assert spells["grade"].tolist() == ["A", "B", "B", "D", "C"]
    assert spells["next_grade"].fillna("").tolist() == ["B", "NR", "D", "C", ""]
    assert (spells["years"] * 365.25).tolist() == pytest.approx([30, 335, 92, 61, 425])
    changes = history.changes()
    assert changes["direction"].tolist() == [
        "first", "down", "withdrawn", "again", "first", "down", "up",
    ]  # fmt: skip
    assert changes["notches"].tolist() == [0, -1, 0, 0, 0, -2, 1]
    assert "2020-07-01" in history._repr_html_()


def test_a_validity_holds_until_before_its_end() -> None:
    history = history_of([("x", "A", 10, 20), ("x", "B", 20, None)])
    at = {n: history.as_of(day_of(n)).tolist() for n in (9, 10, 19, 20, 500)}
    assert at == {9: [], 10: ["A"], 19: ["A"], 20: ["B"], 500: ["B"]}


def test_a_change_on_the_last_day_is_seen_by_cohort_and_spells_alike() -> None:
    history = history_of([("x", "A", 0, 20), ("x", "B", 20, None)])
    assert history.cohort(day_of(5), day_of(20))["grade_end"].tolist() == ["B"]
    assert history.spells(day_of(5), day_of(20))["next_grade"].tolist() == ["B"]
    assert history.cohort(day_of(20), day_of(30))["grade_start"].tolist() == ["B"]
    assert history.spells(day_of(20), day_of(30))["grade"].tolist() == ["B"]


def test_what_was_known_on_a_day() -> None:
    history = RatingHistory.from_events(
        ["X", "X", "X", "Y"],
        ["A", "B", "C", "A"],
        days("2023-01-01", "2023-06-01", "2024-01-01", "2024-06-01"),
        known_on=days("2023-01-05", "2023-09-01", "2023-12-01", "2024-06-01"),
        withdrawn_on=days(None, None, "2024-05-01", None),
        labels=LABELS,
    )
    frame = history.at_most_known("2023-08-01").to_frame()
    assert frame["customer"].tolist() == ["X"]
    assert frame["valid_to"].isna().all()
    # C was announced before it began; its withdrawal lies ahead
    frame = history.at_most_known("2023-12-15").to_frame()
    assert frame["grade"].tolist() == ["A", "B", "C"]
    assert frame["valid_to"].isna().tolist() == [False, False, True]
    assert history.at_most_known("2024-05-01").to_frame()["valid_to"].notna().all()
    assert history.at_most_known("2024-07-01").to_frame().equals(history.to_frame())
    with pytest.raises(InvalidDataError, match="No row of the history was known on 2022-12-31"):
        history.at_most_known("2022-12-31")
    with pytest.raises(InvalidDataError, match="since when the rows of this history are known"):
        history_of([("x", "A", 0, None)]).at_most_known("2024-01-01")


def test_a_late_row_leaves_the_one_before_open_until_the_next_known_one() -> None:
    history = RatingHistory.from_events(
        ["X", "X", "X"], ["A", "B", "C"], days("2023-01-01", "2023-02-01", "2023-03-01"),
        known_on=days("2023-01-01", "2025-01-01", "2023-03-01"), labels=LABELS,
    )  # fmt: skip
    known = history.at_most_known("2023-06-01")
    assert known.as_of("2023-02-15").tolist() == ["A"]
    assert known.as_of("2023-03-01").tolist() == ["C"]


# --- laws ------------------------------------------------------------------------------------


@given(rows=tables(), day=st.integers(-2, 62))
@settings(deadline=None, max_examples=100)
def test_as_of_is_what_a_loop_finds(rows: list[tuple[Any, ...]], day: int) -> None:
    history = history_of(rows)
    who = list(dict.fromkeys(row[0] for row in rows))
    expected = {customer: grade_on(rows, customer, day) for customer in who}
    assert history.as_of(day_of(day), customers=who).to_dict() == expected
    rated = {customer: grade for customer, grade in expected.items() if grade != "NR"}
    assert history.as_of(day_of(day)).to_dict() == rated


@given(rows=tables(), asked=st.lists(st.integers(-2, 62), min_size=1, max_size=6))
@settings(deadline=None, max_examples=100)
def test_grades_at_is_what_a_loop_finds(rows: list[tuple[Any, ...]], asked: list[int]) -> None:
    history = history_of(rows)
    known = list(dict.fromkeys(row[0] for row in rows))
    unknown = "nobody" if isinstance(known[0], str) else 99
    pairs = [(customer, day) for customer in [*known, unknown] for day in asked]
    when = pd.to_datetime([day_of(day) for _, day in pairs])
    found = history.grades_at([customer for customer, _ in pairs], when)
    assert found.tolist() == [grade_on(rows, customer, day) for customer, day in pairs]


@given(rows=tables(), start=st.integers(-2, 40), length=st.integers(1, 30))
@settings(deadline=None, max_examples=100)
def test_cohorts_are_what_a_loop_finds(
    rows: list[tuple[Any, ...]], start: int, length: int
) -> None:
    history = history_of(rows)
    end = start + length
    for seen in ("ever", "at_end"):
        cohort = history.cohort(day_of(start), day_of(end), default_seen=seen)
        expected = {}
        for customer in dict.fromkeys(row[0] for row in rows):
            within = [grade_on(rows, customer, day) for day in range(start + 1, end + 1)]
            last = "D" if seen == "ever" and "D" in within else within[-1]
            if (first := grade_on(rows, customer, start)) != "NR":
                expected[customer] = (first, last)
        pairs = zip(cohort["grade_start"], cohort["grade_end"], strict=True)
        assert dict(zip(cohort["customer"], pairs, strict=True)) == expected


@given(rows=tables(), start=st.integers(-2, 40), length=st.integers(1, 30))
@settings(deadline=None, max_examples=100)
def test_spells_are_what_a_loop_over_days_finds(
    rows: list[tuple[Any, ...]], start: int, length: int
) -> None:
    history = history_of(rows)
    end = start + length
    spells = history.spells(day_of(start), day_of(end))
    at_risk = dict(spells.groupby("grade")["years"].sum() * 365.25)
    ended: dict[tuple[str, str], int] = {}
    for grade, after in zip(spells["grade"], spells["next_grade"], strict=True):
        if isinstance(after, str):
            ended[grade, after] = ended.get((grade, after), 0) + 1
    days_in: dict[str, float] = {}
    moves: dict[tuple[str, str], int] = {}
    for customer in dict.fromkeys(row[0] for row in rows):
        for day in range(start, end):
            now, after = (grade_on(rows, customer, d) for d in (day, day + 1))
            if now != "NR":
                days_in[now] = days_in.get(now, 0) + 1
                if after != now:
                    moves[now, after] = moves.get((now, after), 0) + 1
    assert at_risk == pytest.approx(days_in)
    assert ended == moves


@given(rows=tables())
@settings(deadline=None, max_examples=50)
def test_a_history_reads_back_what_it_wrote_in_any_library(rows: list[tuple[Any, ...]]) -> None:
    history = history_of(rows)
    frame = history.to_frame()
    for table in (frame, frame[::-1], pl.from_pandas(frame), pa.Table.from_pandas(frame)):
        again = RatingHistory.from_frame(table, LABELS).to_frame()
        columns = ["customer", "valid_from"]
        pd.testing.assert_frame_equal(
            again.sort_values(columns, ignore_index=True),
            frame.sort_values(columns, ignore_index=True),
        )


@given(
    grades=st.lists(st.sampled_from([*LABELS, "D", "NR"]), min_size=2, max_size=8),
    steps=st.lists(st.integers(1, 30), min_size=8, max_size=8),
)
@settings(deadline=None, max_examples=50)
def test_recording_one_by_one_is_making_it_at_once(grades: list[str], steps: list[int]) -> None:
    assume(grades[0] != "NR")
    when = np.cumsum(steps)[: len(grades)].tolist()
    history = history_of([("other", "A", 0, None), ("x", grades[0], when[0], None)])
    for grade, day in zip(grades[1:], when[1:], strict=True):
        history = history.record("x", grade, day_of(day))
    at_once = RatingHistory.from_events(
        ["other", *["x"] * len(grades)], ["A", *grades],
        pd.to_datetime([day_of(0), *map(day_of, when)]), labels=LABELS,
    )  # fmt: skip
    pd.testing.assert_frame_equal(history.to_frame(), at_once.to_frame())


@given(rows=tables())
@settings(deadline=None, max_examples=50)
def test_changes_follow_on_each_other(rows: list[tuple[Any, ...]]) -> None:
    for _, changes in history_of(rows).changes().groupby("customer", sort=False):
        assert changes["day"].is_monotonic_increasing
        assert changes["day"].is_unique
        assert changes["direction"].tolist().count("first") == 1
        before = changes["grade_before"].tolist()
        assert before == ["NR", *changes["grade_after"].tolist()[:-1]]


# --- edges -----------------------------------------------------------------------------------


def test_parquet_keeps_a_history(tmp_path: Path) -> None:
    history = history_of([("x", "A", 0, 9), ("x", "B", 12, None), ("y", "D", 3, None)])
    history.to_frame().to_parquet(tmp_path / "history.parquet")
    again = RatingHistory.from_frame(pd.read_parquet(tmp_path / "history.parquet"), LABELS)
    assert again.to_frame().equals(history.to_frame())
    assert again.customers == history.customers


def test_one_customer_who_never_changes() -> None:
    history = history_of([(7, "A", 0, None)])
    assert history.changes()["direction"].tolist() == ["first"]
    assert history.cohort(day_of(0), day_of(365))["grade_end"].tolist() == ["A"]
    spells = history.spells(day_of(0), day_of(365))
    assert spells["next_grade"].isna().tolist() == [True]
    assert history.cohort(day_of(-10), day_of(5)).empty
    with pytest.raises(InvalidParameterError, match=r"'end' parameter of RatingHistory.spells"):
        history.spells()


def test_customers_who_never_had_a_grade() -> None:
    history = history_of([("x", "NR", 0, 5), ("y", "NR", 3, None)])
    assert history.as_of(day_of(4)).empty
    assert history.as_of(day_of(4), customers=["x", "y"]).tolist() == ["NR", "NR"]
    assert history.cohort(day_of(0), day_of(9)).empty
    assert history.spells(day_of(0), day_of(9)).empty
    assert history.changes().empty
    assert history.record("x", "A", day_of(7)).as_of(day_of(7)).to_dict() == {"x": "A"}


def test_a_reaffirmed_grade_is_one_spell_and_no_change() -> None:
    history = history_of([("x", "A", 0, 10), ("x", "A", 10, 20), ("x", "A", 25, None)])
    spells = history.spells(day_of(0), day_of(30))
    assert (spells["years"] * 365.25).tolist() == pytest.approx([20, 5])
    assert history.changes()["direction"].tolist() == ["first", "withdrawn", "again"]


def test_default_may_be_a_grade_of_the_scale() -> None:
    history = RatingHistory.from_events(
        ["x"], ["失信"], days("2020-01-01"), labels=("良好", "失信"), default_label="失信"
    )
    assert history.labels == ("良好", "失信")
    assert history.as_of("2020-01-01").tolist() == ["失信"]


def test_a_scale_names_the_grades() -> None:
    scale = GradeScale(labels=("A", "B"), bounds=(0.1,), default_label="违约")
    history = RatingHistory.from_events(["x"], ["违约"], days("2020-01-01"), labels=scale)
    assert (history.labels, history.default_label) == (("A", "B", "违约"), "违约")


def test_columns_of_polars_make_a_history() -> None:
    events = pl.DataFrame(
        {"who": ["x", "x"], "grade": ["A", "B"], "on": [dt.date(2020, 1, 1), dt.date(2021, 1, 1)]}
    )
    history = RatingHistory.from_events(
        events["who"], events["grade"], events["on"], labels=(*GradeScale.agency().labels, "Z")
    )
    assert history.as_of("2020-12-31").to_dict() == {"x": "A"}


def test_a_planned_end_gives_way_to_a_recorded_grade() -> None:
    history = history_of([("x", "A", 0, 100)])
    assert history.record("x", "B", day_of(50)).as_of(day_of(60)).tolist() == ["B"]
    later = history.record("x", "B", day_of(150))
    assert later.as_of(day_of(120), customers=["x"]).tolist() == ["NR"]
    # the first one is as it was
    assert history.as_of(day_of(60)).tolist() == ["A"]


def test_a_far_day_says_that_there_is_no_end() -> None:
    table = pd.DataFrame(
        {
            "customer": ["x", "y"],
            "grade": ["A", "B"],
            "valid_from": days("2020-01-01", "2021-01-01"),
            "valid_to": np.array(["9999-12-31", "2199-12-31"], dtype="datetime64[s]"),
        }
    )
    history = RatingHistory.from_frame(table, LABELS)
    assert history.to_frame()["valid_to"].isna().tolist() == [True, False]
    # nobody is at risk for eight thousand years
    assert history.spells(end="2022-01-01")["years"].max() == pytest.approx(731 / 365.25)


def test_last_days_are_told_from_first_days_without_a_grade() -> None:
    rows = [("x", "A", 0, 9), ("x", "B", 10, 19), ("x", "C", 20, 50), ("x", "A", 60, None)]
    with pytest.warns(ValidityWarning, match="2 of 3 validities .* end a day before it.*add a day"):
        history = history_of(rows)
    assert history.as_of(day_of(9), customers=["x"]).tolist() == ["NR"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # as many follow without a gap, and where none follows there is no gap
        history_of([("x", "A", 0, 9), ("y", "B", 10, 19)])
        history_of([("x", "A", 0, 9), ("x", "B", 10, 20), ("x", "C", 20, None)])


def test_numbers_and_text_name_other_customers() -> None:
    history = history_of([(1, "A", 0, None), (2, "B", 0, None)])
    assert history.as_of(day_of(5), customers=[2, 7]).tolist() == ["B", "NR"]
    assert history.as_of(day_of(5), customers=["x"]).tolist() == ["NR"]
    for ask in (
        lambda: history.as_of(day_of(5), customers=["1", "2"]),
        lambda: history.grades_at(["1"], days("2020-02-01")),
        lambda: history.record("1", "C", day_of(9)),
        lambda: RatingHistoryDisplay.from_history(history, ["1"]),
    ):
        with pytest.raises(InvalidParameterError, match="no customer '1' in the history, but 1"):
            ask()
    with pytest.raises(InvalidParameterError, match="no customer nan in the history"):
        history.record(float("nan"), "C", day_of(9))


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("x", "A", 0, None), ("x", "B", 5, None)], "row 0 has no end, and the one at row 1"),
        ([("x", "A", 0, 6), ("x", "B", 5, None)], "'x' has validities that overlap"),
        ([("x", "A", 5, 5)], "ends on 2020-01-06, and begins on 2020-01-06"),
        ([("x", "N/R", 5, 6)], "'N/R', which is none of the labels.*Did you mean 'NR'"),
        ([(None, "A", 5, 6), ("x", "A", 5, 6)], "Column 'customer'.* 1 missing"),
        ([("x", None, 5, 6), ("x", "A", 6, 7)], "Column 'grade'.* 1 missing.*Write 'NR'"),
    ],
)
def test_tables_that_are_refused(rows: list[tuple[Any, ...]], message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        history_of(rows)


def test_gaps_may_be_refused() -> None:
    rows = [("x", "A", 0, 5), ("x", "B", 6, None)]
    with pytest.raises(InvalidDataError, match="no grade from 2020-01-06 until 2020-01-07"):
        history_of(rows, gaps="refuse")
    assert history_of([("x", "A", 0, 6), rows[1]], gaps="refuse").customers == ("x",)


def test_columns_that_are_missing_or_no_dates() -> None:
    frame = history_of([("x", "A", 0, 5)]).to_frame()
    with pytest.raises(MissingColumnError, match="'valid_to'"):
        RatingHistory.from_frame(frame.drop(columns="valid_to"), LABELS)
    with pytest.raises(ColumnTypeError, match="Column 'valid_from' must hold dates"):
        RatingHistory.from_frame(frame.assign(valid_from="2020-01-01"), LABELS)
    with pytest.raises(InvalidDataError, match=r"'valid_from'.* 1 missing"):
        RatingHistory.from_frame(frame.assign(valid_from=days(None)), LABELS)


def test_events_that_are_refused() -> None:
    with pytest.raises(InvalidDataError, match="two grades on 2020-01-01, at rows 0 and 1"):
        RatingHistory.from_events(
            ["x", "x"], ["A", "B"], days("2020-01-01", "2020-01-01"), labels=LABELS
        )
    with pytest.raises(InvalidDataError, match="different lengths: customer 2, grade 1"):
        RatingHistory.from_events(["x", "x"], ["A"], days("2020-01-01"), labels=LABELS)
    with pytest.raises(InvalidDataError, match="'assigned_on' must hold one value an event"):
        RatingHistory.from_events(["x"], ["A"], "2020-01-01", labels=LABELS)
    with pytest.raises(InvalidDataError, match="overlap"):
        RatingHistory.from_events(
            ["x", "x"], ["A", "B"], days("2020-01-01", "2021-01-01"), labels=LABELS,
            withdrawn_on=days("2021-06-01", None),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": "ABC"}, "'labels' parameter of RatingHistory.from_frame must be a tuple"),
        ({"labels": ("A", "A")}, "must hold different grades"),
        ({"labels": ("A", 2)}, "must be text"),
        ({"no_grade": "A"}, "'no_grade' parameter"),
        ({"gaps": "maybe"}, "'gaps' parameter"),
    ],
)
def test_parameters_that_are_refused(change: dict[str, Any], message: str) -> None:
    frame = history_of([("x", "A", 0, 5)]).to_frame()
    with pytest.raises(InvalidParameterError, match=message):
        RatingHistory.from_frame(frame, **{"labels": LABELS, **change})


def test_columns_of_another_order_are_refused() -> None:
    who, grade = pd.Series(["X", "X", "Y"]), pd.Series(["A", "B", "C"])
    days = pd.Series(pd.to_datetime(["2023-01-01", "2024-01-01", "2023-07-01"]))
    columns = {"customer": who, "grade": grade, "assigned_on": days, "known_on": days,
               "withdrawn_on": days + pd.Timedelta(days=30)}  # fmt: skip
    history = RatingHistory.from_events(**columns, labels=("A", "B", "C"))
    assert history.grades_at(who, days).tolist() == ["A", "B", "C"]
    for name in ("grade", "assigned_on", "withdrawn_on", "known_on"):
        turned = {**columns, name: columns[name].iloc[::-1]}
        with pytest.raises(InvalidDataError, match=f"customer and {name} hold the same index"):
            RatingHistory.from_events(**turned, labels=("A", "B", "C"))
    with pytest.raises(InvalidDataError, match="customer and day hold the same index"):
        history.grades_at(who, days.iloc[::-1])


def test_days_that_are_refused() -> None:
    history = history_of([("x", "A", 0, 5)])
    for day in ("3/4/2020", 20200101, "2020-02-30", None, pd.NaT, pd.Timestamp("2020", tz="UTC")):
        with pytest.raises(InvalidParameterError, match=r"'day' parameter of RatingHistory.as_of"):
            history.as_of(day)
    with pytest.raises(InvalidParameterError, match="must be after 'start'"):
        history.cohort("2020-01-01", "2020-01-01")
    with pytest.raises(InvalidDataError, match=r"1 day\(s\) are missing, the first at row 1"):
        history.grades_at(["x", "x"], days("2020-01-01", None))


def test_records_that_are_refused() -> None:
    history = history_of([("x", "A", 10, None)])
    with pytest.raises(InvalidParameterError, match=r"begins on 2020-01-11.*past is not rewritten"):
        history.record("x", "B", day_of(10))
    with pytest.raises(InvalidParameterError, match="no grade 'E' in the history"):
        history.record("x", "E", day_of(20))
    with pytest.raises(InvalidParameterError, match="'y' is not in the history"):
        history.record("y", "NR", day_of(20))
    with pytest.raises(
        InvalidParameterError, match=r"'known_on' parameter of RatingHistory.record"
    ):
        history.record("x", "B", day_of(20), known_on=day_of(20))


# --- picture ---------------------------------------------------------------------------------


def test_a_lane_a_customer_and_a_bar_a_spell() -> None:
    history = history_of(
        [("x", "A", 0, 400), ("x", "D", 400, None), ("y", "B", 100, 300), ("z", "C", 0, 9)]
    )
    display = RatingHistoryDisplay.from_history(history, ["y", "x"], end=day_of(1000))
    assert repr(display) == "RatingHistoryDisplay(2 customers, 3 spells)"
    pd.testing.assert_frame_equal(
        display.frame(),
        history.spells(end=day_of(1000)).query("customer != 'z'").reset_index(drop=True),
    )
    assert display.plot() is display
    axes = display.ax_
    assert [label.get_text() for label in axes.get_yticklabels()] == ["y", "x"]
    lengths = sorted(round(bar.get_width()) for bar in axes.patches)
    assert lengths == [200, 400, 600]
    # default is hatched, and no other grade is
    assert sum(bar.get_hatch() is not None for bar in axes.patches) == 1
    assert sorted(text.get_text() for text in axes.texts) == ["A", "B", "D"]
    axes.figure.canvas.draw()
    given_axes = plt.subplots()[1]
    assert RatingHistoryDisplay.from_history(history).plot(given_axes).ax_ is given_axes
    plt.close("all")


def test_lanes_that_cannot_be_drawn() -> None:
    history = history_of([("x", "A", 0, 5), ("y", "A", 0, 9)])
    with pytest.raises(InvalidParameterError, match="no customer 'z' in the history"):
        RatingHistoryDisplay.from_history(history, ["z"])
    with pytest.raises(InvalidDataError, match=r"room for 40 customers\. Got 41"):
        RatingHistoryDisplay.from_history(history, ["x"] * 41)
    with pytest.raises(InvalidDataError, match="has a grade in this time"):
        RatingHistoryDisplay.from_history(history, ["x"], start=day_of(6), end=day_of(8))
