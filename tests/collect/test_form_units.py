"""Units of forms: what page and sheet name, and numbers that a sheet shows in a unit."""

from __future__ import annotations

import html
import re
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Question,
    Questionnaire,
    list_questionnaires,
    load_questionnaire,
    read_answers,
)
from creditscore.collect._questionnaire._sheet_plan import lines_of
from creditscore.exceptions import RejectedRowsWarning
from forms import form_of

PER_CENT = "is per cent, and no per cent is asked for: enter the number without a unit"
ASKED = "enter the number in the unit that is asked, in a cell of the format General"


def answered(
    path: Path, form: Questionnaire, *cells: tuple[Any, str]
) -> tuple[dict[str, Any], list[str]]:
    """Return the answers of a sheet whose first cells hold these, and the reasons of its faults."""
    form.to_excel(path)
    book = openpyxl.load_workbook(path)
    for row, (value, number_format) in enumerate(cells, 7):
        cell = book["Form"][f"D{row}"]
        cell.value, cell.number_format = value, number_format
    book.save(path)
    with warnings.catch_warnings(action="ignore", category=RejectedRowsWarning):
        found = read_answers(path, form)
    return dict(found.values), found.rejects["reason"].tolist()


# --- what is named ---------------------------------------------------------------------------


def check_units(form: Questionnaire) -> None:
    """Check that page and sheet name the same unit for each question, and all that have one."""
    for language in ("en", "zh"):
        page = form.to_html(language=language) or ""  # type: ignore[arg-type]
        fields = re.findall(r'<div class="q" id="q-(\w+)">(.*)', page)
        units = {key: re.findall(r'<span class="unit">(.*?)</span>', text) for key, text in fields}
        lines = lines_of(form, language)  # type: ignore[arg-type]
        notes = {line.key: re.split(" · |\n", line.note) for line in lines}
        for question in form:
            if question.kind == "number" and (question.unit or question.unit_zh):
                (unit,) = units[question.key]
                assert html.unescape(unit) in notes[question.key]


@pytest.mark.parametrize("name", list_questionnaires())
def test_page_and_sheet_name_the_units_of_each_template(name: str) -> None:
    check_units(load_questionnaire(name))


@settings(max_examples=25)
@given(data=st.data())
def test_page_and_sheet_name_the_same_units(data: st.DataObject) -> None:
    amounts = []
    for n in range(3):
        unit, unit_zh = data.draw(
            st.sampled_from([("", ""), ("thousands", "千元"), ("% <of> sales", ""), ("", "万元")])
        )
        amounts.append(
            Question(
                key=f"q{n}", kind="number", text="Q", unit=unit, unit_zh=unit_zh, low=0,
                unit_from=data.draw(st.sampled_from(["", "in"])),
            )
        )  # fmt: skip
    check_units(form_of([Question(key="in", text="In?"), *amounts]))


def test_an_amount_says_what_it_is_counted_in_and_where_its_currency_is_answered(
    tmp_path: Path,
) -> None:
    amount = Question(key="amount", kind="number", text="Amount", unit="thousands", unit_zh="千元",
                      unit_from="in", low=0)  # fmt: skip
    form = form_of([Question(key="in", text="In?"), amount])
    form.to_excel(tmp_path / "form.xlsx", language="both")
    note = openpyxl.load_workbook(tmp_path / "form.xlsx")["Form"]["E8"].value
    assert note.split(" · ") == [
        "thousands / 千元", "unit: the answer to question 1 / 单位：第1题的回答",
        "0 or more / 不小于 0",
    ]  # fmt: skip


# --- what is shown with a number -------------------------------------------------------------


@pytest.mark.parametrize("cell", [(0.45, "0%"), ("45%", "General"), ("45 ％", "@")])
@pytest.mark.parametrize(
    ("entries", "answer"),
    [
        ({"unit_zh": "%", "high": 100}, 45.0), ({"unit": "% of sales", "factor": 0.01}, 45.0),
        ({"unit": "of sales", "unit_zh": "百分比（占收入）"}, 45.0),
        ({"unit": "per cent of sales"}, 45.0), ({"high": 1}, 0.45), ({"unit": "fraction"}, 0.45),
        ({"unit_zh": "小数"}, 0.45), ({"unit": "% p.a."}, 45.0),
        ({"high": 100}, None), ({"low": -5, "high": 1}, None), ({"unit": "percentile"}, None),
        ({"unit": "‰"}, None), ({"unit": "EUR", "high": 1}, None),
    ],
)  # fmt: skip
def test_per_cent_is_read_where_it_is_asked(
    entries: dict[str, Any], answer: float | None, cell: tuple[Any, str], tmp_path: Path
) -> None:
    form = form_of([Question(key="q", kind="number", text="Q", **{"low": 0, **entries})])
    expected = ({}, [PER_CENT]) if answer is None else ({"q": answer}, [])
    assert answered(tmp_path / "form.xlsx", form, cell) == expected


@pytest.mark.parametrize("text", ["-5", "\u22125", "\u20135", "\uff0d5"])
def test_a_dash_before_a_number_is_its_minus(text: str, tmp_path: Path) -> None:
    form = form_of([Question(key="q", kind="number", text="Q")])
    assert answered(tmp_path / "form.xlsx", form, (text, "@")) == ({"q": -5.0}, [])


@pytest.mark.parametrize(
    ("entries", "told", "number_format", "counted", "asked"),
    [
        ({"unit": "thousands", "unit_zh": "千元"}, "EUR", '#,##0 "TEUR"', 1_000, 1_000),
        ({"unit": "thousands"}, "EUR", '#,##0,"TEUR"', 1, 1_000),
        ({"unit": "thousands"}, "EUR", '#,##0,"T"', 1, 1_000),
        ({"factor": 1000}, "EUR", "[$TEUR] 0", 1_000, 1_000),
        ({"factor": 1000}, "EUR", "0,", 1, 1_000),
        ({}, "万元", '0"万"', 10_000, 10_000),
        ({}, "万元", '0"千元"', 1_000, 10_000),
        ({}, "EUR", '0.0,,"Mio. €"', 1, 1),
        ({}, "EUR", '0.0,"Mio. €"', 1_000, 1),
        ({}, "EUR", '0.0 "Mio. €"', 1_000_000, 1),
        ({"item": "months", "unit": "years", "high": 9}, "", '0" Jahre"', 12, 12),
        ({"item": "months", "unit": "years", "high": 9}, "", '0" months"', 1, 12),
        ({"item": "months", "unit": "years at work", "factor": 12, "high": 9}, "", '0" years"', 1,
         1),
        ({"item": "employees"}, "", '0.0,"k"', 1, 1),
        ({"item": "employees"}, "", '0"万人"', 10_000, 1),
        ({"item": "employees", "unit": "万人"}, "", '0"万人"', 10_000, 10_000),
    ],
)  # fmt: skip
def test_a_number_that_is_shown_in_another_scale_is_rejected(
    entries: dict[str, Any], told: str, number_format: str, counted: int, asked: int, tmp_path: Path
) -> None:
    currency = Question(key="in", text="In?")
    fills = {"item": "revenue", "low": 0, "unit_from": "in" if told else "", **entries}
    amount = Question(key="q", kind="number", text="Q", **fills)
    found = answered(
        tmp_path / "form.xlsx", form_of([currency, amount]),
        (told or None, "@"), (5, number_format),
    )  # fmt: skip
    others = {"in": told} if told else {}
    reason = (
        f"is counted in {counted:,} by the format of its cell, and is to be in {asked:,}: {ASKED}"
    )
    assert found == (({**others, "q": 5}, []) if counted == asked else (others, [reason]))


@pytest.mark.parametrize("number_format", ["0%", "0.0%", "0.000%;[Red]-0.000%"])
@pytest.mark.parametrize("unit", ["fraction", "ratio", "%", "% of sales"])
def test_per_cent_of_a_cell_is_one_in_every_format(
    unit: str, number_format: str, tmp_path: Path
) -> None:
    form = form_of([Question(key="q", kind="number", text="Q", unit=unit, low=0, high=100)])
    answer = 45.0 if "%" in unit else 0.45
    assert answered(tmp_path / "form.xlsx", form, (0.45, number_format)) == ({"q": answer}, [])


def test_amounts_of_a_time_are_shown_as_they_are_asked(tmp_path: Path) -> None:
    rent = Question(key="q", kind="number", text="Q", item="revenue", unit="EUR per month", low=0)
    shown = [(5, '0 "EUR/Monat"'), (5, "0.00 €")]
    for cell in shown:
        assert answered(tmp_path / "form.xlsx", form_of([rent]), cell) == ({"q": 5}, [])
    values, reasons = answered(tmp_path / "form.xlsx", form_of([rent]), (5, '0 "EUR p.a."'))
    told = "is counted in 1 EUR per 12 months by the format of its cell, and is to be in"
    assert (values, reasons) == ({}, [f"{told} EUR per month: {ASKED}"])


def test_a_format_says_nothing_against_an_answer_of_no_unit(tmp_path: Path) -> None:
    form = form_of([Question(key="q", kind="number", text="Q")])
    assert answered(tmp_path / "form.xlsx", form, (5, '0"TEUR"')) == ({"q": 5}, [])
