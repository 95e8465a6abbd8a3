"""Formulas: no cell of an export is run by a spreadsheet, and numbers stay numbers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    DuplicateColumnError,
    InvalidParameterError,
)
from creditscore.protect import escape_formulas, write_safe_csv
from creditscore.protect._safe._formulas import escaped_text

DANGEROUS = [
    "=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tx", "\rx", " =1", "\u00a0=1",
    '"=1', ' "=1', "“=1", "\u200b=1", "\ufeff=1", "\x00=1", "＝1+1", "＋1", "－1+1", "＠x", "﹦1",
    "⁼1", "−1+cmd", "=HYPERLINK(\"http://x\")", "-1 2", "+49 30 123", "--1", "-1,000", "=", "-",
    "@", "- note", "\u202e=1", "　=1",
]  # fmt: skip
HARMLESS = [
    "", "x", "5", "-5", "+5", "-5.25", "+.5", "-5.", "-1e5", "-1.5E-10", "a=1", "a-1", "'=1",
    "x@y.org", "3-4", "公司", "1=1", "a b; c", "(=1)", "'", "a,=1", "a|b",
]  # fmt: skip


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_could_be_run_gets_an_apostrophe(text: str) -> None:
    escaped = escaped_text(text)
    assert escaped.startswith("'")
    assert escaped_text(escaped) == escaped


@pytest.mark.parametrize("text", HARMLESS)
def test_what_could_not_stays(text: str) -> None:
    assert escaped_text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a;=1", "a;'=1"), ("a; \"=1", "a; \"'=1"), ("a\n=1", "a\n'=1"),
     ("a\t@x;b;-c", "a\t'@x;b;'-c"),
     ("=1;=2", "'=1;'=2")],
)  # fmt: skip
def test_places_where_others_begin_a_new_cell(text: str, expected: str) -> None:
    assert escaped_text(text) == expected
    assert escaped_text(expected) == expected


PIECES = st.sampled_from(
    ["=", "+", "-", "@", "\t", "\r\n", ";", '"', "'", " ", "1", "a", "＝", ".", "e"]
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=10))
@example("'=1")
def test_escaping_is_at_rest_and_only_adds_apostrophes(text: str) -> None:
    escaped = escaped_text(text)
    assert escaped_text(escaped) == escaped
    assert escaped.replace("'", "") == text.replace("'", "")
    first = escaped.lstrip(' \t\r\n"\x0b\x0c')[:1]
    try:
        float(escaped)
    except ValueError:
        assert first not in ("=", "+", "-", "@", "＝")


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"]
)
def test_tables_keep_their_library_and_numbers(make: Any) -> None:
    table = make({"=name": ["=1", None, "x"], "amount": [-1.5, 2.0, None], "n": [-1, 0, 1]})
    found = escape_formulas(table)
    assert type(found) is type(table)
    frame = found if isinstance(found, pd.DataFrame) else found.to_pandas()
    assert frame.columns.tolist() == ["'=name", "amount", "n"]
    names = frame["'=name"]
    assert [names[0], names[2]] == ["'=1", "x"]
    assert pd.isna(names[1])
    assert frame["amount"].tolist()[:2] == [-1.5, 2.0]
    assert frame["n"].tolist() == [-1, 0, 1]


def test_objects_categories_and_an_index() -> None:
    table = pd.DataFrame(
        {"mixed": pd.Series([-1, "=1", None], dtype=object, index=["x", "y", "x"]),
         "level": pd.Categorical(["=a", "b", "=a"])},
        index=["x", "y", "x"],
    )  # fmt: skip
    before = table.copy()
    found = escape_formulas(table)
    assert found["mixed"].tolist() == [-1, "'=1", None]
    assert found["level"].tolist() == ["'=a", "b", "'=a"]
    assert found.index.tolist() == ["x", "y", "x"]
    pd.testing.assert_frame_equal(table, before)
    same = escape_formulas(found)
    pd.testing.assert_frame_equal(same, found)


def test_names_that_become_one() -> None:
    for make in (pd.DataFrame, pl.DataFrame):
        with pytest.raises(DuplicateColumnError, match=r"the name \"'=a\" once formulas"):
            escape_formulas(make({"=a": [1], "'=a": [2]}))


def test_no_table() -> None:
    with pytest.raises(ColumnTypeError, match=r"escaped in a table. Got list"):
        escape_formulas([["=1"]])


# --- files -----------------------------------------------------------------------------------


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_file_for_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "new" / "export.csv"
    table = pd.DataFrame({
        "note": ["=1", 'say "x", y', "公司"], "amount": [0.1 + 0.2, -1e300, np.nan],
        "day": pd.to_datetime(["2024-01-31", None, "2024-02-29"]),
        "n": pd.array([1, None, 3], dtype="Int64"),
    }, index=pd.Index(["@a", "b", "c"], name="customer"))  # fmt: skip
    assert write_safe_csv(table, path) == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbfnote,amount,day,n\r\n")
    assert read(path)[1:] == [
        ["'=1", "0.30000000000000004", "2024-01-31", "1"],
        ['say "x", y', "-1e+300", "", ""],
        ["公司", "", "2024-02-29", "3"],
    ]
    assert write_safe_csv(table, path, index=True, overwrite=True) == 2
    assert [row[0] for row in read(path)] == ["customer", "'@a", "b", "c"]


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table], ids=["polars", "pyarrow"])
def test_files_of_other_libraries(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "export.csv"
    assert write_safe_csv(make({"a": ["=1", None], "b": [1.5, None]}), path) == 1
    assert read(path) == [["a", "b"], ["'=1", "1.5"], ["", ""]]


@pytest.mark.parametrize("cell", [[1, 2], np.array([1, 2]), {"a": 1}, (1,)])
def test_containers_are_no_cells(tmp_path: Path, cell: Any) -> None:
    table = pd.DataFrame({"note": [cell, None]})
    with pytest.raises(ColumnTypeError, match="Column 'note' holds lists or other containers"):
        write_safe_csv(table, tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table], ids=["polars", "pyarrow"])
def test_an_index_that_there_is_not_is_told(tmp_path: Path, make: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"A table of (polars|pyarrow) has no index"):
        write_safe_csv(make({"a": [1]}), tmp_path / "a.csv", index=True)


@pytest.mark.parametrize("settings", [{}, {"index": True}])
def test_a_file_that_is_there_is_not_replaced_by_chance(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "export.csv"
    path.write_text("old", encoding="utf-8")
    for there in (path, tmp_path):
        with pytest.raises(InvalidParameterError, match=r"already\. Name another, or repl"):
            write_safe_csv(pd.DataFrame({"a": [1]}), there, **settings)
    assert path.read_text(encoding="utf-8") == "old"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ColumnTypeError, match="Got int"):
        write_safe_csv(5, path, overwrite=True)
    assert path.read_text(encoding="utf-8") == "old"


def test_workbooks_hold_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    escape_formulas(pd.DataFrame({"a": [*DANGEROUS[:4], "fine"]})).to_excel(path, index=False)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
