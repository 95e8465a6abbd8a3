"""Days as they are written: the year first, nothing guessed, months that end where they can."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore._days import NoDayError, check_day, last_instant, months_later, read_day
from creditscore.exceptions import InvalidParameterError


@pytest.mark.parametrize(
    "value",
    [
        "2024-02-29", " 2024-2-29 ", "2024/02/29", "2024.02.29", "2024年2月29日",
        "2024-02-29 00:00:00", "2024-02-29T00:00", dt.date(2024, 2, 29),
        pd.Timestamp("2024-02-29 15:30").to_pydatetime(), pd.Timestamp("2024-02-29 23:59"),
        np.datetime64("2024-02-29"), np.datetime64("2024-02-29T15:00"),
    ],
)  # fmt: skip
def test_what_is_a_day(value: Any) -> None:
    found = read_day(value)
    assert found == np.datetime64("2024-02-29")
    assert found.dtype == np.dtype("datetime64[D]")


@pytest.mark.parametrize(
    "value",
    [
        "29.02.2024", "02/29/2024", "2024-02/29", "2023-02-29", "2024-02-29 10:00", "20240229",
        20240229, None, float("nan"), pd.NaT, np.datetime64("NaT"), "", "today",
    ],
)  # fmt: skip
def test_what_is_none(value: Any) -> None:
    with pytest.raises(NoDayError, match="is no day written YYYY-MM-DD"):
        read_day(value)


def test_a_parameter_says_what_is_wrong_with_it() -> None:
    with pytest.raises(InvalidParameterError, match=r"'day' parameter of f must be a day.* Got 7"):
        check_day(7, "day", "f")
    with pytest.raises(InvalidParameterError, match="which is a time with a zone"):
        check_day(pd.Timestamp("2024-02-29", tz="UTC"), "day", "f")
    assert check_day("2024-02-29", "day", "f") == np.datetime64("2024-02-29")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)), st.integers(-600, 600))
def test_months_later_is_what_pandas_finds(day: dt.date, months: int) -> None:
    expected = (pd.Timestamp(day) + pd.DateOffset(months=months)).date()
    assert months_later(np.datetime64(day, "D"), months) == np.datetime64(expected, "D")


def test_months_later_of_a_column() -> None:
    days = np.array(["2024-01-31", "2024-02-29", "NaT", "0001-01-01"], dtype="datetime64[D]")
    assert months_later(days, 12).astype(str).tolist() == [
        "2025-01-31", "2025-02-28", "NaT", "0002-01-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2024-06-30", "2024-06-30T23:59:59.999999Z"),
        (dt.date(2024, 6, 30), "2024-06-30T23:59:59.999999Z"),
        (np.datetime64("2024-06-30"), "2024-06-30T23:59:59.999999Z"),
        ("2024-06-30T12:00+08:00", "2024-06-30T04:00Z"),
        (pd.Timestamp("2024-06-30 12:00"), "2024-06-30T12:00Z"),
    ],
)
def test_the_last_instant_of_a_day_or_time(value: object, instant: str) -> None:
    assert last_instant(value, "known_at", "snapshot") == pd.Timestamp(instant)


@pytest.mark.parametrize("value", ["3/4/2024 10:00", "10:30", "now", "today", 20240630, None])
def test_no_last_instant_is_guessed(value: object) -> None:
    with pytest.raises(InvalidParameterError, match="'known_at' parameter of snapshot must be"):
        last_instant(value, "known_at", "snapshot")
