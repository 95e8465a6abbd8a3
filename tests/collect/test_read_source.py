"""Sources read by mappings: what loads, what is rejected and why, and that nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Collected,
    FieldRule,
    FileForm,
    ItemRule,
    LongRule,
    SourceMapping,
    read_source,
)
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
)

DAY = "%d.%m.%Y"
LEDGER = SourceMapping(
    source="internal_record", method="data_analysis", source_name="ERP",
    customer=FieldRule(columns=("Kunde",)),
    record=FieldRule(columns=("Rechnung",)),
    true_from=FieldRule(columns=("Datum",), format=DAY),
    collected_at=FieldRule(value="2024-07-01T08:00+02:00"),
    unit=FieldRule(columns=("Währung",)),
    file=FileForm(separator=";", decimal=",", thousands=".", header_row=2, stop_at="summe",
                  missing=("n/a",)),
    where={"Status": ("offen", "bezahlt")},
    columns={
        "Betrag": ItemRule(item="invoice.amount", required=True),
        "Fällig": ItemRule(item="invoice.due_on", format=DAY),
        "Bezahlt": ItemRule(item="invoice.settled_on", format=DAY,
                            true_from=FieldRule(columns=("Bezahlt",), format=DAY)),
    },
)  # fmt: skip
EXPORT = """Export ERP
Kunde;Rechnung;Datum;Betrag;Fällig;Bezahlt;Währung;Status;Notiz
C1;R1;01.02.2024;1.234,50;02.03.2024;05.03.2024;EUR;bezahlt;x
C1;R2;01.02.2024;12,50;N/A;;Tsd. EUR;offen;
C2;R3;31.02.2024;12.50;02.03.2024;;EUR;offen;"a
b"
;R4;01.02.2024;-5;02.03.2024;;EUR;offen;
C3;R5;01.02.2024;;02.03.2024;;EUR;storniert;
C3;R6;01.02.2024;7,1;02.03.2024;;EUR;offen;;zuviel
C3;R7;01.02.2024;-7,1;02.03.2024;;EUR;offen;

Summe;;;99;;;;;
"""
SIMPLE = SourceMapping(
    source="public_filing", method="data_analysis", customer=FieldRule(columns=("firm",)),
    true_from=FieldRule(columns=("day",)), columns={"sales": ItemRule(item="revenue")},
)  # fmt: skip
AT = "2024-05-02T08:00Z"


def ledger(tmp_path: Path, text: str = EXPORT, name: str = "l.csv", **kwargs: Any) -> Collected:
    path = tmp_path / name
    path.write_text(text, encoding=kwargs.pop("encoding", "utf-8"))
    return read_source(path, replace(LEDGER, **kwargs))


def one(cell: Any, rule: ItemRule, form: FileForm | None = None) -> Collected:
    """Read one cell."""
    table = pd.DataFrame({"firm": ["C1"], "day": ["2024-01-01"],
                          "x": pd.Series([cell], dtype=object)})  # fmt: skip
    mapping = replace(SIMPLE, columns={"x": rule}, file=form)
    with warnings.catch_warnings(action="ignore"):
        return read_source(table, mapping, collected_at=AT)


# --- a file with all kinds of faults ---------------------------------------------------------


def test_what_loads_and_where_it_stands(tmp_path: Path) -> None:
    with pytest.warns(
        RejectedRowsWarning, match=r"4 rows of .*l\.csv cannot be used: row 5, Datum"
    ):
        collected = ledger(tmp_path)
    table = collected.observations.table
    assert table["record"].tolist() == ["R1", "R1", "R1", "R2"]
    assert table["number"].tolist()[0::3] == [1234.5, 12500.0]
    assert table["unit"].tolist() == ["EUR", "", "", "EUR"]
    assert table["text"].tolist()[1:3] == ["2024-03-02", "2024-03-05"]
    assert table["true_from"].astype(str).tolist()[1:3] == ["2024-02-01", "2024-03-05"]
    assert table["evidence"].tolist() == [
        "l.csv#row=3&column=Betrag", "l.csv#row=3&column=Fällig", "l.csv#row=3&column=Bezahlt",
        "l.csv#row=4&column=Betrag",
    ]  # fmt: skip
    assert str(table["collected_at"][0]) == "2024-07-01 06:00:00+00:00"
    assert (table["source_name"] == "ERP").all()


def test_each_row_is_used_rejected_or_skipped(tmp_path: Path) -> None:
    with pytest.warns(RejectedRowsWarning):
        collected = ledger(tmp_path)
    counts = collected.summary.loc[0]
    assert counts[["rows", "used", "rejected", "skipped"]].tolist() == [8, 2, 4, 2]
    assert collected.ignored == ("Notiz",)
    assert repr(collected) == (
        "Collected(4 observations of 8 rows, 4 rejected, 2 skipped; not used: Notiz)"
    )


@pytest.mark.parametrize("empty", [None, np.nan, pd.NA, pd.NaT, "", "  ", "N/A"], ids=repr)
def test_rows_are_chosen_by_words_and_by_empty_cells(empty: Any) -> None:
    table = pd.DataFrame({
        "firm": ["C1", "C2", "C3"], "day": "2024-01-01", "sales": [1, 2, 3],
        "checked": pd.Series(["2024-01-05", empty, " Ja"], dtype=object),
    })  # fmt: skip
    form = FileForm(missing=("n/a",))

    def read(**rows: Any) -> tuple[list[str], int]:
        mapping = replace(SIMPLE, file=form, **rows)
        found = read_source(table, mapping, collected_at=AT)
        assert found.ignored == ()
        skipped = int(found.summary.loc[0, "skipped"])
        return found.observations.table["customer"].tolist(), skipped

    assert read(where={"checked": ("",)}) == (["C2"], 2)
    assert read(unless={"checked": ("",)}) == (["C1", "C3"], 1)
    assert read(unless={"checked": "JA", "firm": ("C2", "C9")}) == (["C1"], 2)
    assert read(where={"firm": ("C1", "C2")}, unless={"checked": ("",)}) == (["C1"], 2)
    with pytest.raises(MissingColumnError, match="'seen'"):
        read(unless={"seen": ("",)})


def test_days_and_numbers_are_empty_alike(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("firm,day,sales,seen,n\nC1,2024-01-01,1,,3\nC2,2024-01-01,2,2024-01-05,\n")
    frame = pd.read_csv(path, parse_dates=["seen"])
    for data in (path, frame, frame.convert_dtypes()):
        for column, first in (("seen", "C2"), ("n", "C1")):
            found = read_source(
                data, replace(SIMPLE, unless={column: ("",)}), collected_at=AT
            ).observations.table
            assert found["customer"].tolist() == [first]


def test_rejects_have_reasons_and_lose_nothing(tmp_path: Path) -> None:
    with pytest.warns(RejectedRowsWarning):
        table = ledger(tmp_path).rejects.table
    assert table[["row", "column", "value"]].to_numpy().tolist() == [
        [5, "Datum", "31.02.2024"], [5, "Betrag", "12.50"], [6, "Kunde", ""], [8, "", ""],
        [9, "Betrag", "-7,1"],
    ]  # fmt: skip
    assert table["reason"].tolist() == [
        "is no day written %d.%m.%Y",
        "is no number written with ',' for decimals and '.' between thousands",
        "is empty, and must not be",
        "has more cells than the header",
        "is not within 0 to inf",
    ]
    assert table["item"].tolist()[-1] == "invoice.amount"
    assert json.loads(table["cells"][0])["Notiz"] == "a\nb"
    assert json.loads(table["cells"][3])["(cell 10)"] == "zuviel"


def test_strict_refuses(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(EXPORT, encoding="utf-8")
    with pytest.raises(InvalidDataError, match=r"4 rows of .* cannot be used"):
        read_source(path, LEDGER, strict=True)


def test_a_rerun_gives_the_same(tmp_path: Path) -> None:
    with warnings.catch_warnings(action="ignore"):
        first, second = ledger(tmp_path), ledger(tmp_path)
    pd.testing.assert_frame_equal(first.observations.table, second.observations.table)
    pd.testing.assert_frame_equal(first.rejects.table, second.rejects.table)
    assert first.source_digest == second.source_digest
    with warnings.catch_warnings(action="ignore"):
        assert ledger(tmp_path, EXPORT + " ").source_digest != first.source_digest


def test_protected_values_are_not_shown() -> None:
    mapping = replace(SIMPLE, columns={"tel": ItemRule(item="birth_year")})
    table = pd.DataFrame({"firm": ["C1"], "day": ["2024-01-01"], "tel": ["0151 23"], "x": [1]})
    with pytest.warns(RejectedRowsWarning, match="tel '•••' is no number") as told:
        collected = read_source(table, mapping, collected_at=AT)
    shown = (repr(collected), repr(collected.rejects), collected._repr_html_(),
             collected.rejects._repr_html_(), str(told[0].message))  # fmt: skip
    assert not any("0151" in text for text in shown)
    assert collected.rejects.table["value"].tolist() == ["0151 23"]
    assert collected.rejects.table["protected"].tolist() == [True]


def test_when_the_facts_were_collected_must_be_known() -> None:
    table = pd.DataFrame({"firm": ["C1"], "day": ["2024-01-01"], "sales": [1]})
    with pytest.raises(InvalidParameterError, match="The time of reading is not taken"):
        read_source(table, SIMPLE)
    with pytest.raises(InvalidParameterError, match="Got 'soon'"):
        read_source(table, SIMPLE, collected_at="soon")
    mapping = replace(SIMPLE, collected_at=FieldRule(columns=("at",), zone="Asia/Shanghai"))
    table = table.loc[[0, 0]].assign(at=["2024-03-01 09:00", None])
    found = read_source(table, mapping, collected_at=AT).observations.table["collected_at"]
    assert found.astype(str).tolist() == ["2024-03-01 01:00:00+00:00", "2024-05-02 08:00:00+00:00"]


@pytest.mark.parametrize("moment", ["2024-03-31 02:30", "2024-10-27 02:30"])
def test_times_that_a_zone_has_not_or_twice(moment: str) -> None:
    rule = FieldRule(columns=("at",), zone="Europe/Berlin")
    table = pd.DataFrame({"firm": ["C1"], "day": ["2024-01-01"], "sales": [1], "at": [moment]})
    with pytest.warns(RejectedRowsWarning, match="is no time that Europe/Berlin has, once"):
        read_source(table, replace(SIMPLE, collected_at=rule))


# --- cells -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "form", "number"),
    [
        ("1,234.5", FileForm(thousands=","), 1234.5),
        ("1 234,5", FileForm(decimal=",", thousands=" "), 1234.5),
        ("1\u00a0234,5", FileForm(decimal=",", thousands=" "), 1234.5),
        ("1'234.5", FileForm(thousands="'"), 1234.5),
        ("1’234.5", FileForm(thousands="'"), 1234.5),
        ("(120)", None, -120.0),
        ("120-", None, -120.0),
        ("１２.５", None, 12.5),
        ("\u221212", None, -12.0),
        (" 7e2 ", None, 700.0),
        (".5", None, 0.5),
        ("1234", FileForm(thousands=","), 1234.0),
        (12, None, 12.0),
        (np.float32(0.1), None, 0.1),
    ],
)
def test_numbers_as_people_write_them(cell: Any, form: FileForm | None, number: float) -> None:
    found = one(cell, ItemRule(item="net_income"), form)
    assert found.observations.table["number"].tolist() == [number]


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("1,234", None), ("1.234,5", None), ("12,34", FileForm(thousands=",")), ("(-5)", None),
        ("1,5", FileForm(thousands=",")), ("1.5", FileForm(decimal=",")), ("0x10", None),
        ("1_000", None), ("12 CNY", None), ("nan", None), ("inf", None), (True, None),
        ("1e999", None), ([1], None), ("٣", None), ("12%", None), ("=1+1", None), ("--5", None),
    ],
)  # fmt: skip
def test_what_is_no_number_is_rejected(cell: Any, form: FileForm | None) -> None:
    found = one(cell, ItemRule(item="net_income"), form)
    assert len(found.observations) == 0
    assert found.rejects.n_rows == 1


def test_units_and_factors_are_exact() -> None:
    rule = ItemRule(item="net_income", unit="thousand CNY", factor=-1)
    assert one("1.1", rule).observations.table["number"].tolist() == [-1100.0]
    assert one("12.7%", ItemRule(item="ownership_share", unit="percent")).observations.table[
        ["number", "unit"]
    ].to_numpy().tolist() == [[0.127, "fraction"]]
    table = pd.DataFrame({"firm": ["C1"], "day": ["2024-01-01"], "x": [12.7]})
    mapping = replace(SIMPLE, columns={"x": ItemRule(item="ownership_share", unit="percent")})
    found = read_source(table, mapping, collected_at=AT).observations.table
    assert found["number"].tolist() == [0.127]


@pytest.mark.parametrize(
    ("cell", "rule", "text"),
    [
        ("31.12.2023", ItemRule(item="founded_on", format=DAY), "2023-12-31"),
        ("2023", ItemRule(item="founded_on", format="%Y", at="start"), "2023-01-01"),
        ("2024-02", ItemRule(item="founded_on", format="%Y-%m", at="end"), "2024-02-29"),
        ("12/2023", ItemRule(item="founded_on", format="%m/%Y", at="end"), "2023-12-31"),
        ("9999", ItemRule(item="founded_on", format="%Y", at="end"), "9999-12-31"),
        (45291, ItemRule(item="founded_on", format="excel"), "2023-12-31"),
        (dt.datetime(2023, 12, 31, 9), ItemRule(item="founded_on"), "2023-12-31"),  # noqa: DTZ001
        ("nie", ItemRule(item="founded_on", words={"NIE": "2999-12-31"}), "2999-12-31"),
        (1001.0, ItemRule(item="industry"), "1001"),
        ("Handel", ItemRule(item="industry", words={"handel": "retail"}), "retail"),
    ],
)
def test_days_and_texts(cell: Any, rule: ItemRule, text: str) -> None:
    assert one(cell, rule).observations.table["text"].tolist() == [text]


@pytest.mark.parametrize(
    ("cell", "rule", "why"),
    [
        ("03/04/2023", ItemRule(item="founded_on"), "YYYY-MM-DD; say its 'format'"),
        ("31.02.2023", ItemRule(item="founded_on", format=DAY), "is no day written"),
        (60, ItemRule(item="founded_on", format="excel"), "outside the days"),
        ("31 Dec", ItemRule(item="founded_on", format="excel"), "no whole number of a day"),
        ("2023-13-31", ItemRule(item="founded_on", format="excel"), "is no day written YYYY"),
        ("maybe", ItemRule(item="audited"), "is neither true nor false"),
        (1.10101199001011e17, ItemRule(item="industry"), "more digits than are kept"),
        ({"a": 1}, ItemRule(item="industry"), "is a list or a mapping"),
        ("bank", ItemRule(item="customer_kind"), "is none of enterprise, person"),
    ],
)  # fmt: skip
def test_what_is_no_day_or_text(cell: Any, rule: ItemRule, why: str) -> None:
    assert why in one(cell, rule).rejects.table["reason"][0]


@pytest.mark.parametrize(
    ("word", "flag"), [("是", True), (" NEIN ", False), ("True", True), (0, False)]
)
def test_flags_by_words(word: Any, flag: bool) -> None:
    rule = ItemRule(item="audited", words={"是": True, "nein": False})
    assert one(word, rule).observations.values.tolist() == [flag]


def test_empty_cells_are_counted_and_only_faults_if_required() -> None:
    assert one("", ItemRule(item="revenue")).n_empty == 1
    assert one(" ", ItemRule(item="revenue")).rejects.n_rows == 0
    found = one("-", ItemRule(item="revenue", required=True), FileForm(missing=("-",)))
    assert found.rejects.table["reason"].tolist() == ["is empty, and must not be"]


# --- long tables -----------------------------------------------------------------------------


def test_a_row_a_value() -> None:
    mapping = replace(
        SIMPLE, columns={}, unit=FieldRule(columns=("unit",)),
        long=LongRule(
            item="line", value="amount", ignore=("Total",),
            items={"Sales": ItemRule(item="revenue"), "Share": ItemRule(item="ownership_share"),
                   "Staff": ItemRule(item="employees", unit="persons")},
        ),
    )  # fmt: skip
    table = pd.DataFrame(
        {
            "firm": "C1", "day": "2023-12-31",
            "line": ["sales", "Share", "Staff", "TOTAL", "Other", "Share"],
            "amount": ["12", "30", "7", "99", "1", "3"],
            "unit": ["万元", "percent", "CNY", "CNY", "CNY", "CNY"],
        }
    )  # fmt: skip
    with pytest.warns(RejectedRowsWarning, match="2 rows"):
        collected = read_source(table, mapping, collected_at=AT)
    found = collected.observations.table
    assert found["number"].tolist() == [120000.0, 0.3, 7.0]
    assert found["unit"].tolist() == ["CNY", "fraction", "persons"]
    assert collected.n_skipped == 1
    reasons = collected.rejects.table.set_index("row")["reason"]
    assert reasons[4] == "stands for no item of the mapping"
    assert reasons[5].startswith("does not fit: the item 'ownership_share' is kept in fraction")


# --- laws ------------------------------------------------------------------------------------


CELL = st.one_of(
    st.none(), st.text(max_size=6), st.integers(-(10**20), 10**20), st.booleans(), st.dates(),
    st.floats(), st.datetimes(), st.just("n/a"), st.lists(st.integers(), max_size=1),
)  # fmt: skip


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
@settings(deadline=None, max_examples=30)
def test_whatever_the_cells_hold_each_row_has_one_fate(cells: list[tuple[Any, Any, Any]]) -> None:
    records = [dict(zip(("firm", "day", "sales"), row, strict=True)) for row in cells]
    records = records or [{"firm": "C1", "day": "2024-01-01", "sales": 1}]
    with warnings.catch_warnings(action="ignore"):
        collected = read_source(records, SIMPLE, collected_at=AT)
    used = len(records) - collected.rejects.n_rows
    assert len(collected.observations) + collected.n_empty - _empty_in_rejects(collected) == used


def _empty_in_rejects(collected: Collected) -> int:
    rows = collected.rejects.table.drop_duplicates(["row"])["cells"]
    return sum("sales" not in json.loads(text) for text in rows)


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None, max_examples=25)
def test_numbers_come_back_to_the_last_bit(number: float) -> None:
    found = one(repr(number), ItemRule(item="net_income")).observations.table["number"]
    assert found.tolist() == [number]


def test_an_item_may_be_collected_at_another_time_than_the_row() -> None:
    mapping = SourceMapping(
        source="internal_record", method="data_analysis", customer=FieldRule(columns=("firm",)),
        record=FieldRule(columns=("number",)), true_from=FieldRule(columns=("day",)),
        collected_at=FieldRule(columns=("day",)),
        columns={
            "day": ItemRule(item="invoice.invoiced_on"),
            "paid": ItemRule(
                item="invoice.settled_on", true_from=FieldRule(columns=("paid",)),
                collected_at=FieldRule(columns=("booked",), zone="Asia/Shanghai"),
            ),
        },
    )  # fmt: skip
    assert SourceMapping.from_json(mapping.to_json()) == mapping
    assert "booked" in mapping.used_columns
    row = {"firm": "C1", "day": "2024-01-31"}
    rows = [
        {**row, "number": "I1", "paid": "2024-03-01", "booked": "2024-03-02T09:00"},
        {**row, "number": "I2", "paid": "", "booked": ""},
        {**row, "number": "I3", "paid": "2024-03-01", "booked": ""},
    ]
    with pytest.warns(RejectedRowsWarning, match="booked"):
        found = read_source(pd.DataFrame(rows), mapping)
    table = found.observations.table
    assert table["record"].tolist() == ["I1", "I1", "I2"]
    told = ["2024-01-31T00:00Z", "2024-03-02T01:00Z", "2024-01-31T00:00Z"]
    assert table["collected_at"].tolist() == [pd.Timestamp(at) for at in told]
    assert found.rejects.table[["row", "column"]].to_numpy().tolist() == [[2, "booked"]]


def test_a_reject_says_whose_observations_the_row_would_have_made() -> None:
    mapping = replace(SIMPLE, customer=FieldRule(columns=("area", "firm")))
    cells = {"area": ["1/0", "1/0", None], "firm": [7, 7, 7.0], "day": "2024-01-01",
             "sales": ["1", "x", "1"]}  # fmt: skip
    with pytest.warns(RejectedRowsWarning, match="2 rows"):
        collected = read_source(pd.DataFrame(cells), mapping, collected_at=AT)
    assert collected.observations.table["customer"].tolist() == ["1%2F0/7"]
    table = collected.rejects.table
    # of a part that is empty nothing is made
    assert table["customer"].tolist() == ["1%2F0/7", ""]
    assert set(table["digest"]) == {collected.source_digest}
    assert not {"customer", "digest", "cells"} & {*collected.rejects.masked()}
