"""Days and times as files write them: nothing is guessed, and nothing known before it could be."""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import (
    Collected,
    FieldRule,
    ItemRule,
    Observations,
    SourceMapping,
    guess_mapping,
    read_instants,
    read_source,
)
from creditscore.exceptions import FutureRowsWarning, InvalidDataError, InvalidParameterError


def read(cell: Any, rule: FieldRule) -> Collected:
    """Read one time at which a fact was collected."""
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(value="C1"),
        true_from=FieldRule(value="2023-12-31"), collected_at=rule,
        columns={"sales": ItemRule(item="revenue")},
    )  # fmt: skip
    table = pd.DataFrame({"sales": [1.0], "at": pd.Series([cell], dtype=object)})
    with warnings.catch_warnings(action="ignore"):
        return read_source(table, mapping)


@pytest.mark.parametrize(
    ("cell", "entries", "expected"),
    [
        ("2024-01", {"format": "%Y-%m", "at": "end"}, "2024-02-01T00:00Z"),
        ("2024-01", {"format": "%Y-%m", "at": "start"}, "2024-01-01T00:00Z"),
        ("2023", {"format": "%Y", "at": "end"}, "2024-01-01T00:00Z"),
        (2023, {"format": "%Y", "at": "end"}, "2024-01-01T00:00Z"),
        ("Dec 2023", {"format": "%b %Y", "at": "end"}, "2024-01-01T00:00Z"),
        # the end of the month in Shanghai is eight hours before that in UTC
        ("2024-01", {"format": "%Y-%m", "at": "end", "zone": "Asia/Shanghai"}, "2024-01-31T16:00Z"),
        ("31.01.2024 08:30", {"format": "%d.%m.%Y %H:%M"}, "2024-01-31T08:30Z"),
    ],
)
def test_a_month_is_known_when_it_is_over(cell: Any, entries: Any, expected: str) -> None:
    found = read(cell, FieldRule(columns=("at",), **entries)).observations.table["collected_at"]
    assert found.tolist() == [pd.Timestamp(expected)]


@pytest.mark.parametrize(
    ("form", "at", "cell", "since", "known"),
    [
        # a workbook makes a day of what is typed as 2023-12
        ("%Y-%m", "end", dt.datetime(2023, 12, 1), "2023-12-31", "2024-01-01T00:00Z"),  # noqa: DTZ001
        ("%b %Y", "end", dt.date(2024, 2, 1), "2024-02-29", "2024-03-01T00:00Z"),
        ("%Y-%m", "end", np.datetime64("2023-12-31"), "2023-12-31", "2024-01-01T00:00Z"),
        ("%Y", "end", pd.Timestamp("2023-01-01"), "2023-12-31", "2024-01-01T00:00Z"),
        ("%Y", "end", dt.date(2023, 12, 31), "2023-12-31", "2024-01-01T00:00Z"),
        ("%Y-%m", "start", dt.date(2023, 12, 1), "2023-12-01", "2023-12-01T00:00Z"),
        ("%Y", "start", dt.date(2023, 1, 1), "2023-01-01", "2023-01-01T00:00Z"),
        ("%Y-%m", "end", dt.date(2023, 12, 15), None, None),
        ("%Y-%m", "start", dt.date(2023, 12, 31), None, None),
        ("%Y", "end", dt.date(2023, 12, 1), None, None),
    ],
)
def test_a_month_that_is_a_day_of_a_workbook_is_known_when_it_is_over(
    form: str, at: Any, cell: Any, since: str | None, known: str | None
) -> None:
    rule = FieldRule(columns=("day",), format=form, at=at)
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(value="C1"),
        true_from=rule, collected_at=replace(rule, columns=("known",)),
        columns={"founded": ItemRule(item="founded_on", format=form, at=at)},
    )  # fmt: skip
    day = pd.Series([cell], dtype=object)
    table = pd.DataFrame({"day": day, "known": day, "founded": day})
    with warnings.catch_warnings(action="ignore"):
        found = read_source(table, mapping)
    kept = found.observations.table[["true_from", "text", "collected_at"]].astype(str)
    if since is None:
        assert kept.empty
        told = f"is a day within a {'month' if 'm' in form else 'year'}, and to be one written"
        assert found.rejects.table["reason"].str.startswith(told).tolist() == [True] * 3
    else:
        moment = str(pd.Timestamp(known))
        assert kept.to_numpy().tolist() == [[since, since, moment]]


def test_a_guessed_month_of_publication_does_not_leak() -> None:
    table = pd.DataFrame({
        "customer": ["C1"], "period end": ["2023-12-31"], "revenue": [1.0],
        "published on": ["2024-04"],
    })  # fmt: skip
    mapping = guess_mapping(table).confirmed(
        by="Li", source="public_filing", method="data_analysis", fields={"unit": {"value": "CNY"}}
    )
    found = read_source(table, mapping).observations.table["collected_at"]
    assert found.tolist() == [pd.Timestamp("2024-05-01", tz="UTC")]


UNCLEAR = ["3/4/2024", "13-05-2024", "2024", "2024Q1", "10:30", "now", "today", "2024-W05", "", 5]


@pytest.mark.parametrize("cell", UNCLEAR)
def test_times_are_not_guessed(cell: Any) -> None:
    assert read_instants(pd.Series([cell], dtype=object)).isna().all()
    assert len(read(cell, FieldRule(columns=("at",))).rejects) == 1
    facts = pd.DataFrame({
        "customer": ["C1"], "item": ["revenue"], "value": [1.0], "true_from": ["2023-12-31"],
        "source": ["public_filing"], "method": ["data_analysis"], "collected_at": [cell],
    })  # fmt: skip
    with pytest.raises(InvalidDataError, match="collected_at"):
        Observations.from_frame(facts)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024/1/2 9:05", "2024-01-02T09:05Z"), ("2024年3月1日 09:05", "2024-03-01T09:05Z"),
        ("2024-04-30 09:00 +08:00", "2024-04-30T01:00Z"),
        (dt.date(2024, 1, 2), "2024-01-02T00:00Z"),
        ("20240102T1030Z", "2024-01-02T10:30Z"), ("2024.1.2", "2024-01-02T00:00Z"),
        (pd.Timestamp("2024-01-02T03:00"), "2024-01-02T03:00Z"),
    ],
)  # fmt: skip
def test_times_with_the_year_first(cell: Any, expected: str) -> None:
    assert read_instants(pd.Series([cell], dtype=object))[0] == pd.Timestamp(expected)
    found = read(cell, FieldRule(columns=("at",))).observations.table["collected_at"]
    assert found[0] == pd.Timestamp(expected)


@pytest.mark.parametrize("entries", [{"format": "%d/%m/%Y"}, {"format": ""}, {"format": "excel"}])
def test_an_end_is_of_months_and_years_only(entries: dict[str, str]) -> None:
    # it would have moved 5 January to the 31st, or done nothing
    for make in (lambda: FieldRule(columns=("day",), at="end", **entries),
                 lambda: ItemRule(item="founded_on", at="end", **entries)):  # fmt: skip
        with pytest.raises(InvalidParameterError, match="a month or a year only"):
            make()


@pytest.mark.parametrize("cell", ["202412", "2024111", "2024 1 1"])
def test_digits_that_touch_must_all_be_there(cell: str) -> None:
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(value="C1"),
        true_from=FieldRule(columns=("day",), format="%Y%m%d"),
        columns={"sales": ItemRule(item="revenue")},
    )  # fmt: skip
    table = pd.DataFrame({"day": [cell, "20241101"], "sales": [1.0, 2.0]})
    with pytest.warns(match="is no day written %Y%m%d"):
        found = read_source(table, mapping, collected_at="2024-12-01")
    assert found.observations.table["true_from"].astype(str).tolist() == ["2024-11-01"]


# --- what stands in a file was known when the file was made ---------------------------------

PAID = SourceMapping(
    source="internal_record", method="data_analysis", customer=FieldRule(value="C1"),
    record=FieldRule(columns=("number",)), true_from=FieldRule(columns=("day",)),
    collected_at=FieldRule(columns=("at",)),
    columns={
        "day": ItemRule(item="invoice.invoiced_on"),
        "paid": ItemRule(item="invoice.settled_on", true_from=FieldRule(columns=("paid",)),
                         collected_at=FieldRule(columns=("paid",))),
    },
)  # fmt: skip
ROWS = pd.DataFrame({
    "number": ["I1", "I2", "I3", "I4"], "day": "2024-06-29",
    "at": ["2024-06-30T09:00Z", "2024-06-30T12:00Z", "2024-06-30T20:00Z", "2025-02-03"],
    "paid": ["2024-06-30", "2025-01-02", "2025-01-03", "word"],
})  # fmt: skip


def made_at(made: Any, mapping: SourceMapping, rows: pd.DataFrame = ROWS) -> Collected:
    with warnings.catch_warnings(action="ignore"):
        return read_source(rows, mapping, collected_at=made)


@pytest.mark.parametrize(
    ("made", "expected", "told"),
    [
        ("2024-06-30T20:00+08:00", ["09:00", "00:00", "12:00", "12:00", "12:00", "12:00"],
         {"at": 1, "paid": 2}),
        # a day lasts until its end, and one of its midnight is an instant
        ("2024-06-30", ["09:00", "00:00", "12:00", "23:59", "20:00", "23:59"], {"paid": 2}),
        ("2024-06-30T00:00Z", ["00:00"] * 6, {"at": 3, "paid": 2}),
    ],
)  # fmt: skip
def test_no_row_is_collected_after_its_file_was_made(
    made: str, expected: list[str], told: dict[str, int]
) -> None:
    found = made_at(made, PAID)
    table = found.observations.table
    assert set(table["collected_at"].dt.date) == {dt.date(2024, 6, 30)}
    assert table["collected_at"].dt.strftime("%H:%M").tolist() == expected
    # the last row is rejected for another reason, and counts there alone
    assert (found.after_export, found.rejects.n_rows) == (told, 1)
    # since when it is true is left as the file says it
    assert table["true_from"].max() == pd.Timestamp("2025-01-03")


def test_rows_that_are_later_than_their_file_are_told_once() -> None:
    rows = ROWS.tail(2).assign(paid=None)
    with pytest.warns(FutureRowsWarning, match=r"in the table: 'at' in 1 row\. What") as told:
        found = read_source(rows, PAID, collected_at="2024-06-30")
    assert len(told) == 1
    assert "0 skipped; later than the file: 'at' in 1 row)" in repr(found)
    assert found.summary.loc[0, "after_export"] == "'at' in 1 row"
    # nobody says when the file was made, or it was made later: nothing to tell
    for made in (None, "2025-02-03"):
        known = read_source(rows, PAID, collected_at=made)
        assert (known.after_export, known.summary.loc[0, "after_export"]) == ({}, "")
        assert "later" not in repr(known)
        assert known.observations.table["collected_at"].max() == pd.Timestamp("2025-02-03T00:00Z")


def test_a_value_of_the_mapping_is_no_later_than_the_file() -> None:
    mapping = replace(PAID, collected_at=FieldRule(value="2024-07-01T08:00Z"))
    found = made_at("2024-06-30T20:00Z", mapping, ROWS.head(1))
    assert found.after_export == {"(mapping)": 1}
    assert found.observations.table["collected_at"].max() == pd.Timestamp("2024-06-30T20:00Z")


@pytest.mark.parametrize("made", ["2024-05-02", "2024-05-02T08:00Z"])
@pytest.mark.parametrize(
    "times", [["2024-05-02T08:00Z", "2024-05-03"], ["2024-05-08", "2024-05-09"]]
)
@pytest.mark.parametrize("newest_first", [False, True])
def test_of_rows_later_than_their_file_the_newest_counts(
    made: str, times: list[str], *, newest_first: bool
) -> None:
    rows = pd.DataFrame({"day": "2023-12-31", "sales": [100, 999], "at": times})
    mapping = SourceMapping(
        source="internal_record", method="data_analysis", customer=FieldRule(value="C1"),
        true_from=FieldRule(columns=("day",)), collected_at=FieldRule(columns=("at",)),
        columns={"sales": ItemRule(item="revenue")},
    )  # fmt: skip
    found = made_at(made, mapping, rows[::-1] if newest_first else rows).observations
    last = found.table.sort_values("collected_at", kind="stable").iloc[-1]
    assert last["number"] == 999.0
