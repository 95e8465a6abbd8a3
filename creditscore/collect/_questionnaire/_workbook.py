"""A questionnaire as a workbook to fill in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditscore._files import whole_file
from creditscore._validation import check_choice
from creditscore.collect._questionnaire._answer_file import ANSWER_FORMAT, ANSWER_VERSION
from creditscore.collect._questionnaire._answers import Answers
from creditscore.collect._questionnaire._cell_styles import Cells, height_of, openpyxl_of_forms
from creditscore.collect._questionnaire._html import customer_of, filled_in
from creditscore.collect._questionnaire._parts import in_language
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._sheet_formulas import Formulas, list_range
from creditscore.collect._questionnaire._sheet_plan import (
    ANSWER,
    APPLIES,
    CHECK,
    FORM,
    HEAD_ROW,
    KEY,
    LISTS,
    MARK,
    META,
    META_ENTRIES,
    NOTE,
    NUMBER,
    TABLE_FIRST_ROW,
    TABLE_HEAD_ROW,
    TEXT,
    Line,
    lines_of,
    listed,
    note_of,
    options_of,
    table_title,
    whose_line,
)
from creditscore.collect._questionnaire._validations import Validations
from creditscore.collect._questionnaire._words import LANGUAGES, Language, in_both, said, unit_words
from creditscore.exceptions import InvalidParameterError

if TYPE_CHECKING:
    from creditscore.collect._questionnaire._questionnaire import Questionnaire

_NOTE_LETTERS = 54
"""Letters of a line of notes, which are small."""
_COLUMN = 28
"""Width of a column of a table."""
_WIDTHS = {NUMBER: 11, TEXT: 58, ANSWER: 30, NOTE: 42, CHECK: 20}


def write_workbook(
    form: Questionnaire,
    path: str | os.PathLike[str],
    *,
    language: Language,
    prefilled: Mapping[str, Any] | Answers | None,
    customer: Any,
) -> None:
    """Write the workbook."""
    check_choice(language, "language", "to_excel", LANGUAGES)
    if not isinstance(path, (str, os.PathLike)) or Path(path).suffix.lower() != ".xlsx":
        msg = f"The 'path' of a workbook must end in .xlsx. Got {path!r:.300} instead."
        raise InvalidParameterError(msg)
    values = filled_in(form, prefilled)
    whose = customer_of(prefilled, customer, "to_excel")
    book = _FormBook(form, language, values, whose, Cells(openpyxl_of_forms()))
    book.write()
    with whole_file(path) as temporary:
        book.cells.workbook.save(temporary)


@dataclass
class _FormBook:
    """Writes the sheets of one form."""

    form: Questionnaire
    language: Language
    values: Mapping[str, Any]
    customer: str
    cells: Cells
    lists: dict[tuple[str, object], str] = field(default_factory=dict)
    columns: dict[str, tuple[str, int]] = field(default_factory=dict)

    def write(self) -> None:
        """Write all sheets; the form comes first."""
        sheet = self.cells.sheet(FORM)
        lines = lines_of(self.form, self.language)
        tables = [line for line in lines if line.question and line.question.kind == "table"]
        sheets = {line.key: self.cells.sheet(table_title(line.number or 0)) for line in tables}
        self._write_lists()
        self._write_meta()
        self._write_form(sheet, lines)
        for line in tables:
            self._write_table(sheets[line.key], line)
        self.cells.lock_structure()

    def _write_meta(self) -> None:
        sheet = self.cells.sheet(META)
        form = self.form
        entries = (
            ANSWER_FORMAT, str(ANSWER_VERSION), form.id, str(form.version), form.digest,
            self.language, self.customer,
        )  # fmt: skip
        for row, (name, value) in enumerate(zip(META_ENTRIES, entries, strict=True), 1):
            self.cells.text(sheet, f"A{row}", name)
            self.cells.text(sheet, f"B{row}", value)
        self.cells.hide(sheet)

    def _write_lists(self) -> None:
        sheet = self.cells.sheet(LISTS)
        for place, (name, question) in enumerate(listed(self.form).items(), 1):
            letter = self.cells.letter(place)
            self.cells.text(sheet, f"{letter}1", name)
            options = options_of(question, self.language)
            for row, (text, answer) in enumerate(options.items(), 2):
                self.cells.text(sheet, f"{letter}{row}", text)
                self.lists[name, answer] = f"{LISTS}!${letter}${row}"
            self.columns[name] = (letter, len(options))
        self.cells.hide(sheet)

    def _write_form(self, sheet: Any, lines: list[Line]) -> None:
        for letter, width in _WIDTHS.items():
            sheet.column_dimensions[letter].width = width
        for letter in (KEY, APPLIES):
            sheet.column_dimensions[letter].hidden = True
        self._write_head(sheet)
        formulas = Formulas(lines, self.lists)
        checks = Validations(self.cells.openpyxl, sheet, self.language)
        for line in lines:
            self._write_line(sheet, line, formulas)
            if line.is_answered_here and line.question is not None:
                self._answer_cell(sheet, line.answer, line.question, self._value(line))
                self._validate(checks, line.answer, line.question, line.key, line.kind)
        sheet.freeze_panes = f"A{HEAD_ROW + 1}"
        sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        self.cells.lock(sheet)

    def _write_head(self, sheet: Any) -> None:
        form, language = self.form, self.language
        introduction = in_both(
            language, lambda own: in_language(form.introduction, form.introduction_zh, own)
        )
        version = whose_line(form, language, self.customer)
        heads = (
            (1, in_both(language, form.words), "title"), (2, version, "note"),
            (3, introduction, "lead"), (4, said("fill_yellow", language), "lead"),
        )  # fmt: skip
        for row, text, style in heads:
            sheet.merge_cells(f"{NUMBER}{row}:{CHECK}{row}")
            self.cells.text(sheet, f"{NUMBER}{row}", text, style)
            if style == "lead":
                sheet.row_dimensions[row].height = height_of([(text, sum(_WIDTHS.values()))])
        for letter, name in zip(
            (NUMBER, TEXT, ANSWER, NOTE, CHECK),
            ("number", "question", "answer", "note", "check"), strict=True,
        ):  # fmt: skip
            self.cells.text(sheet, f"{letter}{HEAD_ROW}", said(name, language), "header")
        number = said("number", language)
        sheet.row_dimensions[HEAD_ROW].height = height_of([(number, _WIDTHS[NUMBER])])

    def _write_line(self, sheet: Any, line: Line, formulas: Formulas) -> None:
        row, is_section = line.row, line.kind == "section"
        self.cells.text(sheet, f"{KEY}{row}", line.key)
        style = {"section": "section", "question": "asked", "option": "option"}[line.kind]
        for letter in (NUMBER, TEXT, ANSWER, NOTE, CHECK) if is_section else (NUMBER, CHECK):
            self.cells.text(sheet, f"{letter}{row}", "", style if is_section else "note")
        if line.number is not None:
            self.cells.number(sheet, f"{NUMBER}{row}", line.number, "number")
        self.cells.text(sheet, f"{TEXT}{row}", line.text, style)
        self.cells.text(sheet, f"{NOTE}{row}", line.note, "under" if is_section else "note")
        sheet.row_dimensions[row].height = height_of(
            [
                (line.text, _WIDTHS[TEXT]),
                (line.note, _NOTE_LETTERS),
                (self._shown(line), _WIDTHS[ANSWER]),
            ]
        )
        if line.kind == "option":
            first = formulas.line(line.question.key) if line.question else line
            self.cells.grey(sheet, f"{NUMBER}{row}:{CHECK}{row}", f"${APPLIES}${first.row}<1")
            return
        self.cells.formula(sheet, f"{APPLIES}{row}", formulas.applies(line))
        self.cells.grey(sheet, f"{NUMBER}{row}:{CHECK}{row}", f"${APPLIES}${row}<1")
        if line.question is None:
            return
        words = {name: said(name, self.language) for name in ("please_answer", "leave_empty")}
        self.cells.formula(sheet, f"{CHECK}{row}", formulas.check(line, words), "check")
        if line.question.kind == "table":
            title = table_title(line.number or 0)
            self.cells.text(sheet, line.answer, f"→ {title}", "link")
            self.cells.link(sheet, line.answer, f"'{title}'!B{TABLE_FIRST_ROW}")

    def _value(self, line: Line) -> Any:
        """Return what stands in the cell of a line already."""
        question = line.question
        value = self.values.get(question.key) if question else None
        if question is None or value is None:
            return None
        if line.kind == "option":
            return MARK if line.choice in value else None
        return self._entry(question, value)

    def _shown(self, line: Line) -> str:
        value = self._value(line) if line.is_answered_here else ""
        return value if isinstance(value, str) else ""

    def _entry(self, question: Question, value: Any) -> Any:
        """Return an answer as its cell holds it."""
        if question.kind in ("choice", "yes_no"):
            options = options_of(question, self.language)
            return next(text for text, answer in options.items() if answer == value)
        return value

    def _answer_cell(self, sheet: Any, place: str, question: Question, value: Any) -> None:
        if question.kind in ("number", "scale"):
            self.cells.number(sheet, place, value, "input")
        elif question.kind == "day":
            self.cells.day(sheet, place, value)
        else:
            self.cells.text(sheet, place, value, "input")

    def _validate(
        self, checks: Validations, place: str, question: Question, name: str, kind: str
    ) -> None:
        if kind == "option":
            checks.mark(place)
        elif name in self.columns:
            letter, n = self.columns[name]
            checks.words(place, list_range(letter, n))
        else:
            checks.of(place, question)

    def _write_table(self, sheet: Any, line: Line) -> None:
        question = line.question
        if question is None:
            return
        language = self.language
        last = self.cells.letter(1 + len(question.columns))
        self.cells.text(sheet, "A1", f"{line.number}  {line.text}", "title")
        note = note_of(self.form, question, language, line.number or 0)
        self.cells.text(sheet, "A2", note.replace(f"→ {table_title(line.number or 0)}", "").strip())
        self.cells.text(sheet, "A3", said("rows", language))
        self.cells.text(sheet, f"A{TABLE_HEAD_ROW}", said("number", language), "header")
        sheet.column_dimensions["A"].width = _WIDTHS[NUMBER]
        heads = [(column_head(column, language), _COLUMN) for column in question.columns]
        heads.append((said("number", language), _WIDTHS[NUMBER]))
        sheet.row_dimensions[TABLE_HEAD_ROW].height = height_of(heads)
        checks = Validations(self.cells.openpyxl, sheet, language)
        rows = self.values.get(question.key, ())
        for place, column in enumerate(question.columns, 2):
            letter = self.cells.letter(place)
            sheet.column_dimensions[letter].width = _COLUMN
            self.cells.text(
                sheet, f"{letter}{TABLE_HEAD_ROW}", column_head(column, language), "header"
            )
            for number in range(question.rows):
                cell = f"{letter}{TABLE_FIRST_ROW + number}"
                value = rows[number].get(column.key) if number < len(rows) else None
                shown = None if value is None else self._entry(column, value)
                self._answer_cell(sheet, cell, column, shown)
                self._validate(checks, cell, column, f"{question.key}.{column.key}", "column")
        for number in range(question.rows):
            self.cells.number(sheet, f"A{TABLE_FIRST_ROW + number}", number + 1, "number")
        end = TABLE_FIRST_ROW + question.rows - 1
        self.cells.grey(sheet, f"A{TABLE_HEAD_ROW}:{last}{end}", f"{FORM}!${APPLIES}${line.row}<1")
        self.cells.lock(sheet)


def column_head(column: Question, language: Language) -> str:
    """Return the heading of a column of a table."""
    unit = unit_words(column, language)
    star = " *" if column.required else ""
    return in_both(language, column.words) + (f" ({unit})" if unit else "") + star
