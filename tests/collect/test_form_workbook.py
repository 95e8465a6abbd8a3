"""Forms as workbooks: read back as filled in, checked by LibreOffice, tampering told."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from creditscore.collect import (
    Answers,
    Choice,
    Condition,
    Question,
    Questionnaire,
    list_questionnaires,
    load_questionnaire,
    read_answers,
)
from creditscore.collect._questionnaire._branching import asked
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
    RejectedRowsWarning,
    SchemaVersionError,
    UnsafeInputError,
)
from forms import FILLED, TRADE, every_answer, form_of, forms, some_answers
from spreadsheets import by_libreoffice, libreoffice

LANGUAGES = ("en", "zh", "both")
HEALTH = [hypothesis.HealthCheck.function_scoped_fixture]


def quietly(source: Any, form: Questionnaire = TRADE) -> Answers:
    with warnings.catch_warnings(action="ignore", category=RejectedRowsWarning):
        return read_answers(source, form)


def changed(
    path: Path, change: Callable[[Any], Any], form: Questionnaire = TRADE, prefilled: Any = FILLED
) -> list[list[Any]]:
    """Write a form, change it as a user could, and return what is told about it."""
    form.to_excel(path, prefilled=prefilled)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    rejects = quietly(path, form).rejects
    return rejects[["question", "place", "reason"]].to_numpy().tolist()  # type: ignore[no-any-return]


def row_of(key: str, form: Questionnaire = TRADE) -> int:
    keys = []
    for section in form.sections:
        keys.append(f"section:{section.key}")
        for question in section.questions:
            keys.append(question.key)
            if question.kind == "choices":
                keys += [f"{question.key}:{choice.key}" for choice in question.choices]
    return keys.index(key) + 6


def put(key: str, value: Any, sheet: str = "Form", cell: str = "") -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[sheet][cell or f"D{row_of(key)}"].value = value

    return change


# --- there and back --------------------------------------------------------------------------


@settings(max_examples=20, suppress_health_check=HEALTH)
@given(data=st.data())
def test_workbooks_give_back_answers(data: st.DataObject, tmp_path: Path) -> None:
    form = data.draw(forms())
    answers = quietly(data.draw(some_answers(form)), form)
    path = tmp_path / "form.xlsx"
    form.to_excel(path, language=data.draw(st.sampled_from(LANGUAGES)), prefilled=answers)
    again = quietly(path, form)
    assert again.values == answers.values
    assert not again.faults


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list_questionnaires())
def test_templates_as_workbooks(name: str, language: Any, tmp_path: Path) -> None:
    form = load_questionnaire(name)
    form.to_excel(tmp_path / "form.xlsx", language=language)
    assert read_answers(tmp_path / "form.xlsx", form) == form.answers({})


def test_a_workbook_locks_all_but_answers(tmp_path: Path) -> None:
    TRADE.to_excel(tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    assert book.sheetnames == ["Form", "T7", "_lists", "_form"]
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", *["veryHidden"] * 2]
    assert all(sheet.protection.sheet for sheet in book)
    assert book.security.lockStructure
    form, table = book["Form"], book["T7"]
    open_cells = {c.coordinate for row in form.iter_rows() for c in row if not c.protection.locked}
    answered = [key for key in FILLED if key not in ("papers", "partners")]
    options = [f"papers:{key}" for key in ("tax", "bank", "none")]
    assert open_cells == {f"D{row_of(key)}" for key in [*answered, *options]}
    rows = {c.row for row in table.iter_rows() for c in row if not c.protection.locked}
    assert rows == {5, 6, 7}
    everything = "".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
    )
    assert "points" not in everything
    assert form["D8"].number_format == "General"


def test_a_workbook_says_what_to_do(tmp_path: Path) -> None:
    question = Question(key="q", text="=1+1", help="@x", required=True)
    form_of([question]).to_excel(tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx")["Form"]
    assert (sheet["C7"].value, sheet["C7"].data_type) == ("=1+1 *", "s")
    assert sheet["F7"].value == (
        '=IF(G7<1,IF(D7<>"","does not apply: leave empty",""),IF(D7<>"","","please answer"))'
    )


def test_a_table_may_have_more_columns_than_letters(tmp_path: Path) -> None:
    columns = tuple(Question(key=f"c{n}", text=f"C {n}") for n in range(28))
    form = form_of([Question(key="t", kind="table", text="T", columns=columns, required=True)])
    form.to_excel(tmp_path / "form.xlsx", prefilled={"t": [{"c27": "last"}]})
    formula = openpyxl.load_workbook(tmp_path / "form.xlsx")["Form"]["F7"].value
    assert "COUNTA('T1'!B5:AC9)" in formula
    assert read_answers(tmp_path / "form.xlsx", form).values == {"t": ({"c27": "last"},)}


# --- what users do ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("late", "=1=1", "holds a formula; enter what it comes to"),
        ("late", ArrayFormula("D7", "=1"), "holds a formula; enter what it comes to"),
        ("late", "maybe", "is none of the choices Yes, No"),
        ("late", True, "is none of the choices Yes, No"),
        ("times", "about 4", "is text, where a number should be"),
        ("times", "4,0", "is text, where a number should be"),
        ("form", "a firm", "is none of the choices Firm, =Fund"),
        ("times", 100, "is not 1 – 99"),
        ("times", 2.5, "has more than 0 decimals"),
        ("times", dt.datetime(2024, 1, 1), "is no number"),  # noqa: DTZ001 - as sheets have them
        ("order", "=NA()", "holds a formula; enter what it comes to"),
        ("since", "6.5.2024", "is no day written YYYY-MM-DD"),
        ("since", 45000.5, "is a time, where a day should be"),
        ("note", True, "is no text"),
        ("note", "=A1", "holds a formula; enter what it comes to"),
        ("papers:tax", "y", "is no 'x', by which choices are marked"),
        ("papers:tax", '=IF(TRUE,"x","")', "holds a formula; enter what it comes to"),
    ],
)
def test_cells_that_hold_no_answer(key: str, value: Any, reason: str, tmp_path: Path) -> None:
    told = changed(tmp_path / "form.xlsx", put(key, value))
    question, place = key.partition(":")[0], f"Form!D{row_of(key)}"
    assert [question, place, reason] in told
    # all others are kept, but that which depends on it
    values = quietly(tmp_path / "form.xlsx").values
    others = {"times", "late"} if question == "late" else {question, "papers"}
    assert {name: value for name, value in values.items() if name not in others} == {
        name: value for name, value in FILLED.items() if name not in others
    }


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [
        ("note", 13800000000, "13800000000"),
        ("note", "  a_x000D_\nb ", "a\nb"),
        ("since", "2024/5/6", "2024-05-06"),
        ("since", dt.date(2024, 5, 6), "2024-05-06"),
        ("late", " Yes ", True),
        ("papers:bank", " X", ("tax", "bank")),
        ("order", 3.0, 3),
        ("order", "３", 3),
        ("times", "４", 4),
        ("times", " 4.0", 4),
        ("late", "YES", True),
        ("late", "是", True),
        ("late", "Yes / 是", True),
        ("form", "ＦＩＲＭ", "firm"),
        ("form", "基金", "fund"),
        ("form", "fund", "fund"),
        ("papers:bank", "Ｘ", ("tax", "bank")),
        ("since", "２０２４－０５－０６", "2024-05-06"),
    ],
)
def test_cells_that_are_understood(key: str, value: Any, answer: Any, tmp_path: Path) -> None:
    assert changed(tmp_path / "form.xlsx", put(key, value)) == []
    assert quietly(tmp_path / "form.xlsx").values[key.partition(":")[0]] == answer


PER_CENT = "is per cent, and no per cent is asked for: enter the number without a unit"


@pytest.mark.parametrize(
    ("unit", "value", "shown", "answer", "reason"),
    [
        ("%", 0.4, "0%", 40.0, None), ("%", 0.07, "0.00%", 7.0, None), ("%", 1, "0%", 100.0, None),
        ("%", 40, "General", 40.0, None), ("%", 0.4, '0.0"%"', 0.4, None),
        ("%", "45%", "General", 45.0, None), ("%", " ４５ ％", "@", 45.0, None),
        ("years", 0.4, "0%", None, PER_CENT), ("years", "45%", "General", None, PER_CENT),
        ("%", "4%5", "General", None, "is text, where a number should be"),
    ],
)  # fmt: skip
def test_per_cent_is_read_as_it_is_shown(
    unit: str, value: Any, shown: str, answer: Any, reason: str | None, tmp_path: Path
) -> None:
    column = Question(key="share", kind="number", text="Share", unit=unit)
    table = Question(key="t", kind="table", text="Owners", columns=(column,), rows=2)
    form = form_of([column, table])

    def change(book: Any) -> None:
        for cell in (book["Form"]["D7"], book["T2"]["B5"]):
            cell.value, cell.number_format = value, shown

    told = changed(tmp_path / "form.xlsx", change, form, {})
    expected = {} if reason else {"share": answer, "t": ({"share": answer},)}
    assert quietly(tmp_path / "form.xlsx", form).values == expected
    places = [["share", "Form!D7", reason], ["t", "T2!B5", reason]]
    assert told == (places if reason else [])


@pytest.mark.parametrize(
    ("unit", "told", "reason"),
    [
        ("TEUR", "", None),
        ("EUR per month", "", None),
        ("EUR/kg", "", None),
        ("", "EUR", None),
        ("", "Yuan", "is shown with the currency EUR, and is to be in CNY"),
        ("thousand CNY", "", "is shown with the currency EUR, and is to be in CNY"),
        ("persons", "", "is shown with the currency EUR, and is to be in persons"),
        ("", "", "is shown with the currency EUR, and nothing says its unit"),
        ("", "-", None),
    ],
)
def test_a_number_that_is_shown_with_another_currency_is_rejected(
    unit: str, told: str, reason: str | None, tmp_path: Path
) -> None:
    asked = Question(key="in", text="In?")
    # an answer that fills no item loses no currency
    fills = {"item": "" if told == "-" else "revenue", "low": 0, "unit": unit}
    if unit == "persons":
        fills["item"] = "employees"
    told = told.strip("-")
    question = Question(key="q", kind="number", text="Q", unit_from="in" if told else "", **fills)

    def change(book: Any) -> None:
        book["Form"]["D7"].value = told or None
        cell = book["Form"]["D8"]
        cell.value, cell.number_format = 500, '#,##0 "€"'

    found = changed(tmp_path / "form.xlsx", change, form_of([asked, question]), {})
    assert found == ([["q", "Form!D8", reason]] if reason else [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("late", ["No", "否", "no", "No / 否"])
def test_a_choice_may_be_written_in_either_language(
    late: str, language: Any, tmp_path: Path
) -> None:
    TRADE.to_excel(tmp_path / "form.xlsx", language=language)
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    put("late", late)(book)
    book["T7"]["D5"].value, book["T7"]["B5"].value = "是", "A"
    book.save(tmp_path / "form.xlsx")
    answers = read_answers(tmp_path / "form.xlsx", TRADE)
    assert answers.values == {"late": False, "partners": ({"name": "A", "paid": True},)}


def test_a_word_that_may_be_either_of_two_choices_is_none(tmp_path: Path) -> None:
    choices = (Choice(key="a", text="B"), Choice(key="b", text="C"))
    form = form_of([Question(key="q", kind="choice", text="Q", choices=choices)])
    read = {}
    for word in ("B", "b", "c", "a"):
        changed(tmp_path / "form.xlsx", put("q", word, cell="D7"), form, {})
        read[word] = quietly(tmp_path / "form.xlsx", form).values.get("q")
    # as it stands in the list; else by text or key, of which b is of two
    assert read == {"B": "a", "b": None, "c": "b", "a": "a"}


def test_faults_of_several_choices_and_of_tables_have_cells(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        papers = [f"D{row_of(f'papers:{key}')}" for key in ("bank", "none")]
        for cell in papers:
            book["Form"][cell].value = "x"
        table = book["T7"]
        for cell, value in {"B5": None, "C5": 99, "C6": 3, "B7": "C", "C7": -99}.items():
            table[cell].value = value
        for cell in ("D5", "E5", "F5", "B6"):
            table[cell].value = None

    told = changed(tmp_path / "form.xlsx", change, prefilled={"late": False})
    first = row_of("papers:bank")
    assert sorted(told) == [
        ["papers", f"Form!D{first}, Form!D{first + 1}", "holds none together with other choices"],
        ["partners", "T7!B6", "is required and was left out"],
        ["partners", "T7!C5", "is not -50 – 50"],
        ["partners", "T7!C7", "is not -50 – 50"],
    ]
    answers = quietly(tmp_path / "form.xlsx")
    assert answers.values["partners"] == ({"amount": 3.0}, {"name": "C"})
    # a required name that holds a formula is told once
    told = changed(tmp_path / "form.xlsx", put("", "=1", "T7", "B5"))
    assert told == [["partners", "T7!B5", "holds a formula; enter what it comes to"]]
    # what is left out has its cell, too, and a table that does not apply its area
    told = changed(tmp_path / "form.xlsx", put("late", None), prefilled={})
    assert told == [["late", "Form!D7", "is required and was left out"]]
    table = Question(key="t", kind="table", text="T", columns=(Question(key="c", text="C"),),
                     show_if=Condition(op="is", question="late", value=True))  # fmt: skip
    form = form_of([TRADE["late"], table])
    told = changed(
        tmp_path / "form.xlsx", put("", "x", "T2", "B6"), form, prefilled={"late": False}
    )
    assert told == [["t", "T2!B5:B9", "was not to be asked: only if question 1 is “Yes”"]]


# --- whose form it is ------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_names_its_customer(language: Any, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    TRADE.to_excel(path, language=language, prefilled=FILLED, customer=116)
    line = openpyxl.load_workbook(path)["Form"]["B2"].value
    label = {"en": "Customer", "zh": "客户", "both": "Customer / 客户"}[language]
    assert line.endswith(f" · {label}: 116")
    answers = read_answers(path, TRADE, customer="116")
    assert (answers.customer, answers.values) == ("116", FILLED)
    assert read_answers(path, TRADE) == answers
    with pytest.raises(DocumentError, match=r"form\.xlsx holds the answers of customer '116', not"):
        read_answers(path, TRADE, customer="C117")


def test_a_customer_that_was_written_over_is_told(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    TRADE.to_excel(path, customer="C1")
    book = openpyxl.load_workbook(path)
    book["Form"]["B2"].value = "trade · Version 3 · Customer: C2"
    book.save(path)
    with pytest.warns(RejectedRowsWarning, match="written, 'trade · Version 3 · Customer: C1'"):
        assert read_answers(path, TRADE).customer == "C1"
    book["Form"]["B2"].value = "trade · Version 3 · Customer: C1"
    book["_form"]["B7"].value = "C\n1"
    book.save(path)
    with pytest.raises(DocumentError, match="names a customer as no form does"):
        read_answers(path, TRADE)


def test_answers_to_what_does_not_apply(tmp_path: Path) -> None:
    told = changed(tmp_path / "form.xlsx", put("late", "No"))
    assert told == [["times", "Form!D8", "was not to be asked: only if question 1 is “Yes”"]]


def test_rows_of_tables(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book["T7"]
        sheet["B6"].value, sheet["C6"].value, sheet["D7"].value = None, "=1", "maybe"
        sheet["B9"].value, sheet["H5"].value = "below", "beside"

    assert sorted(changed(tmp_path / "form.xlsx", change)) == [
        ["partners", "T7!B9", "stands outside the cells for answers"],
        ["partners", "T7!C6", "holds a formula; enter what it comes to"],
        ["partners", "T7!D7", "is none of the choices Yes, No"],
        ["partners", "T7!H5", "stands outside the cells for answers"],
    ]
    assert quietly(tmp_path / "form.xlsx").values["partners"] == FILLED["partners"][:1]


def moved(book: Any) -> None:
    book["Form"].insert_rows(row_of("form"))
    book["Form"].cell(row_of("form"), 3).value = "How are you?"


def twice(book: Any) -> None:
    book["Form"][f"A{row_of('note')}"].value = "order"


def lost(book: Any) -> None:
    book["Form"].delete_rows(row_of("note"))


@pytest.mark.parametrize(
    ("change", "told", "gone"),
    [
        (put("", "Paid late?", cell="C7"), [
            ["late", "Form!C7", "has another text than was asked"],
            ["times", "Form!D8",
             "was not to be asked: only if question 1 is “Yes”, which is still open"],
        ], {"late", "times"}),
        (put("", "trade · Version 3 · Customer: C2", cell="B2"), [
            ["", "Form!B2", "has another text than was written, 'trade · Version 3'"],
        ], set()),
        (put("", "see my letter", cell="H9"),
         [["form", "Form!H9", "stands outside the cells for answers"]], set()),
        (put("", "see my letter", cell="C40"),
         [["", "Form!C40", "stands outside the cells for answers"]], set()),
        (put("", "another note", cell="E8"),
         [["times", "Form!E8", "stands outside the cells for answers"]], set()),
        (moved, [["", "Form!C9", "stands outside the cells for answers"]], set()),
        (twice, [
            ["order", "Form, line 'order'", "stands in several rows"],
            ["note", "Form, line 'note'", "has lost its row"],
        ], {"order", "note"}),
        (lost, [["note", "Form, line 'note'", "has lost its row"]], {"note"}),
        (lambda book: book.remove(book["T7"]),
         [["partners", "T7", "has lost its sheet"]], {"partners"}),
        (put("", "Who", "T7", "B4"), [
            ["partners", "T7!B4", "has another text than was asked"],
        ], {"partners"}),
        (put("", "extra", cell="XFD100"), [
            ["", "Form", "has more than 200,000 cells; none was read"],
            ["late", "", "is required and was left out"],
        ], set(FILLED)),
    ],
)  # fmt: skip
def test_tampering_is_told_and_the_rest_kept(
    change: Any, told: list[list[str]], gone: set[str], tmp_path: Path
) -> None:
    found = changed(tmp_path / "form.xlsx", change)
    for fault in told:
        assert fault in found
    values = quietly(tmp_path / "form.xlsx").values
    kept = {key: value for key, value in FILLED.items() if key not in gone}
    assert {key: values.get(key) for key in kept} == kept
    with pytest.raises(InvalidDataError, match="can't be used"):
        read_answers(tmp_path / "form.xlsx", TRADE, strict=True)


@pytest.mark.parametrize(
    ("cell", "value", "error", "match"),
    [
        ("B1", "other", DocumentError, "no form that this release reads"),
        ("B2", "2", DocumentError, "no form that this release reads"),
        ("B3", "visit", DocumentError, "'visit', not to 'trade'"),
        ("B4", "2", SchemaVersionError, "version 2 of 'trade', and this is version 3"),
        ("B4", "x", SchemaVersionError, "version 'x' of 'trade'"),
        ("B5", "0" * 64, AlteredDocumentError, "is not what is asked here"),
        ("B6", "fr", DocumentError, "no form that this release reads"),
        ("B6", None, DocumentError, "no form that this release reads"),
    ],
)
def test_other_forms_are_refused(
    cell: str, value: Any, error: type[Exception], match: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=match):
        changed(tmp_path / "form.xlsx", put("", value, "_form", cell))


def test_files_that_are_no_forms(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    with pytest.raises(DocumentError, match="has no hidden sheet '_form'"):
        changed(path, lambda book: book.remove(book["_form"]))
    with pytest.raises(DocumentError, match="has no sheet 'Form' any more"):
        changed(path, lambda book: setattr(book["Form"], "title", "Formular"))
    path.write_bytes(b"no workbook")
    with pytest.raises(DocumentError, match="zip"):
        read_answers(path, TRADE)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(DocumentError, match="cannot be read as a workbook"):
        read_answers(path, TRADE)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"0" * 30_000_000)
    with pytest.raises(UnsafeInputError, match="unpack"):
        read_answers(path, TRADE)
    with pytest.raises(DocumentNotFoundError):
        read_answers(tmp_path / "none.xlsx", TRADE)
    with pytest.raises(InvalidParameterError, match=r"must end in \.xlsx"):
        TRADE.to_excel(tmp_path / "form.xls")
    with pytest.raises(InvalidParameterError, match="language"):
        TRADE.to_excel(path, language="fr")  # type: ignore[arg-type]


# --- in LibreOffice --------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A form with answers, written by us and saved again by LibreOffice."""

    form: Questionnaire
    filled: dict[str, Any]
    path: Path
    saved: Path


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    if libreoffice() is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc-nogui")
    folder = tmp_path_factory.mktemp("forms")
    drawn: list[tuple[Questionnaire, dict[str, Any]]] = [(TRADE, FILLED)]

    @settings(max_examples=15, derandomize=True, database=None, phases=[hypothesis.Phase.generate])
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        form = data.draw(forms())
        drawn.append((form, data.draw(st.one_of(every_answer(form), some_answers(form)))))

    draw()
    paths = []
    for place, (form, filled) in enumerate(drawn):
        paths.append(folder / f"form{place}.xlsx")
        answers = quietly(filled, form)
        form.to_excel(paths[-1], prefilled=answers, customer=f"客户 {place}")
    saved = by_libreoffice(paths, folder)
    return [
        Case(form, filled, path, again)
        for (form, filled), path, again in zip(drawn, paths, saved, strict=True)
    ]


@pytest.mark.engine("libreoffice")
def test_libreoffice_gives_back_answers(cases: list[Case]) -> None:
    for place, case in enumerate(cases):
        found = quietly(case.saved, case.form)
        assert found.values == quietly(case.filled, case.form).values
        assert found.customer == f"客户 {place}"


@pytest.mark.engine("libreoffice")
def test_formulas_tell_what_applies_as_the_library_does(cases: list[Case]) -> None:
    for case in cases:
        answers = quietly(case.filled, case.form)
        truths = asked(case.form.sections, answers.values)
        sheet = openpyxl.load_workbook(case.saved, data_only=True)["Form"]
        found = {row[0].value: row[6].value for row in sheet.iter_rows(min_row=6)}
        assert {key: found[key] for key in truths} == truths
        please = {row[0].value for row in sheet.iter_rows(min_row=6)
                  if row[5].value == "please answer"}  # fmt: skip
        assert please == set(answers.missing)


@pytest.mark.engine("libreoffice")
def test_validations_and_locks_survive_libreoffice(cases: list[Case]) -> None:
    def validations(path: Path) -> set[tuple[Any, ...]]:
        found = set()
        for sheet in openpyxl.load_workbook(path).worksheets[:2]:
            assert sheet.protection.sheet
            for one in sheet.data_validations.dataValidation:
                cells = {cell for area in one.sqref.ranges for cell in area.cells}
                formula = str(one.formula1).replace("$_lists.", "_lists!").replace("'", "")
                if one.type in ("whole", "decimal"):
                    formula = f"{float(one.formula1):g} {float(one.formula2):g}"
                found |= {(sheet.title, one.type, formula, cell) for cell in cells}
        return found

    case = cases[0]
    before, after = validations(case.path), validations(case.saved)
    assert after == before
    assert {kind for _, kind, _, _ in before} == {"list", "whole", "decimal", "date", "textLength"}
    grey = openpyxl.load_workbook(case.saved)["Form"].conditional_formatting
    assert len(list(grey)) == len(
        list(openpyxl.load_workbook(case.path)["Form"].conditional_formatting)
    )


def test_texts_of_choices_that_look_like_others(tmp_path: Path) -> None:
    choices = (
        Choice(key="a", text="2024"),
        Choice(key="b", text="=2024"),
        Choice(key="c", text='"'),
    )
    form = form_of([Question(key="q", kind="choice", text="Q", choices=choices)])
    for key in "abc":
        form.to_excel(tmp_path / "form.xlsx", prefilled={"q": key})
        assert read_answers(tmp_path / "form.xlsx", form).values == {"q": key}
