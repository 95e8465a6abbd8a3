"""Answers in a workbook, and whatever was changed there beside them."""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from creditscore._cells import folded
from creditscore._raw_table import openpyxl_module
from creditscore.collect._questionnaire._answer_file import (
    ANSWER_FORMAT,
    ANSWER_VERSION,
    READ_LIMITS,
    check_form,
    customer_in,
    read_bytes,
)
from creditscore.collect._questionnaire._check_answers import AnswerFault
from creditscore.collect._questionnaire._counted import factor_of, told_unit
from creditscore.collect._questionnaire._fills import unit_told
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._questionnaire._sheet_plan import (
    ANSWER,
    FIRST_ROW,
    FORM,
    KEY,
    MARK,
    META,
    META_ENTRIES,
    NOTE,
    TABLE_FIRST_ROW,
    TABLE_HEAD_ROW,
    TEXT,
    WHOSE_CELL,
    Line,
    decoded,
    lines_of,
    options_of,
    table_title,
    whose_line,
)
from creditscore.collect._questionnaire._words import LANGUAGES, Language, number_words
from creditscore.collect._questionnaire._workbook import column_head
from creditscore.collect._reader._marked_cell import Percent
from creditscore.collect._reader._measure import FRACTION, measure_of
from creditscore.collect._reader._number_format import scale_of, shown_by, shows_percent
from creditscore.collect._reader._units import HUNDREDTH, ONE, is_percent
from creditscore.collect._reader._values import with_minus
from creditscore.exceptions import DocumentError
from creditscore.protect import check_archive

_MOST_CELLS = 200_000
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_FORMULA = "holds a formula; enter what it comes to"
_WAY_OUT = "enter the number in the unit that is asked, in a cell of the format General"


class _CellError(Exception):
    """Why what stands in a cell is no answer."""


@dataclass(kw_only=True)
class ReadWorkbook:
    """What stands in the cells for answers, what is wrong, where it stands, and whose it is."""

    customer: str
    given: dict[str, Any] = field(default_factory=dict)
    faults: list[AnswerFault] = field(default_factory=list)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    """Cells of each question, and of the row and column of a table."""


def read_workbook(path: Path, form: Questionnaire) -> ReadWorkbook:
    """Read the answers of a workbook."""
    book = _open(path)
    language, customer = _said_of_itself(book, path, form)
    if FORM not in book.sheetnames:
        msg = f"{path} has no sheet {FORM!r} any more. Get the original again."
        raise DocumentError(msg)
    found = ReadWorkbook(customer=customer)
    _Reader(form, language, book, found).read()
    return found


def _open(path: Path) -> Any:
    raw = read_bytes(path)
    check_archive(path, limits=READ_LIMITS)
    openpyxl = openpyxl_module()
    try:
        # as rich text, for plain ones are decoded or not by how the program that saved them did
        return openpyxl.load_workbook(io.BytesIO(raw), rich_text=True)
    except Exception as error:
        # whatever a damaged workbook makes of openpyxl
        msg = (
            f"{path} cannot be read as a workbook: {error}. Is it cut off, or another kind of file?"
        )
        raise DocumentError(msg) from error


def _said_of_itself(book: Any, path: Path, form: Questionnaire) -> tuple[Language, str]:
    """Check what a workbook says of itself; return the language of its texts, and the customer."""
    if META not in book.sheetnames:
        msg = (
            f"{path} is no form of a questionnaire: it has no hidden sheet {META!r}. Forms are "
            "written by Questionnaire.to_excel()."
        )
        raise DocumentError(msg)
    sheet = book[META]
    rows = {row[0].value: row[1].value for row in sheet[f"A1:B{len(META_ENTRIES)}"]}
    entries = {name: _word(rows.get(name)) for name in META_ENTRIES}
    known = entries["format"] == ANSWER_FORMAT and entries["schema_version"] == str(ANSWER_VERSION)
    if not known or entries["language"] not in LANGUAGES:
        msg = (
            f"{path} is no form that this release reads. Its hidden sheet {META!r} says otherwise."
        )
        raise DocumentError(msg)
    version = entries["version"]
    check_form(
        {**entries, "version": int(version) if version.isdecimal() else version}, str(path), form
    )
    language: Any = entries["language"]
    found: Language = language
    return found, customer_in(entries["customer"], str(path))


@dataclass
class _Reader:
    """Reads the sheets of one workbook."""

    form: Questionnaire
    language: Language
    book: Any
    found: ReadWorkbook

    def read(self) -> None:
        """Read all answers."""
        sheet = self.book[FORM]
        lines = lines_of(self.form, self.language)
        self._check_whose(sheet)
        rows = self._rows_by_key(sheet)
        if rows is None:
            return
        found = {line.key: self._row(line, rows.get(line.key, [])) for line in lines}
        for line in lines:
            row = found[line.key]
            if row is None or line.question is None or not self._is_unchanged(sheet, line, row):
                continue
            if line.kind == "option":
                self._read_mark(sheet, line, row)
            elif line.question.kind == "table":
                self._read_table(line)
            elif line.question.kind != "choices":
                self._read_cell(sheet, line, row)
        self._look_beside(sheet, {row: key for key, row in found.items() if row is not None}, lines)

    def _check_whose(self, sheet: Any) -> None:
        """Tell where the line that people read names another customer or form."""
        line = whose_line(self.form, self.language, self.found.customer)
        shown = _word(sheet[WHOSE_CELL].value)
        if shown != line:
            place = f"{FORM}!{WHOSE_CELL}"
            self._fault("", place, shown, f"has another text than was written, {line!r}")

    def _rows_by_key(self, sheet: Any) -> dict[str, list[int]] | None:
        if sheet.max_row * sheet.max_column > _MOST_CELLS:
            self._fault("", FORM, None, f"has more than {_MOST_CELLS:,} cells; none was read")
            return None
        rows: dict[str, list[int]] = {}
        for row in range(FIRST_ROW, sheet.max_row + 1):
            key = _word(sheet[f"{KEY}{row}"].value)
            if key:
                rows.setdefault(key, []).append(row)
        return rows

    def _row(self, line: Line, rows: list[int]) -> int | None:
        key = line.question.key if line.question else ""
        if len(rows) == 1:
            return rows[0]
        told = "stands in several rows" if rows else "has lost its row"
        self._fault(key, f"{FORM}, line {line.key!r}", None, told)
        return None

    def _is_unchanged(self, sheet: Any, line: Line, row: int) -> bool:
        place = f"{TEXT}{row}"
        found = _word(sheet[place].value)
        if found == line.text.strip():
            return True
        key = line.question.key if line.question else ""
        self._fault(key, f"{FORM}!{place}", found, "has another text than was asked")
        return False

    def _read_mark(self, sheet: Any, line: Line, row: int) -> None:
        place, question = f"{FORM}!{ANSWER}{row}", line.question
        cell = sheet[f"{ANSWER}{row}"]
        if cell.value is None or question is None:
            return
        before = self.found.places.get((question.key, ""), "")
        self.found.places[question.key, ""] = f"{before}, {place}" if before else place
        if _is_formula(cell) or folded(_word(cell.value)) != MARK:
            why = _FORMULA if _is_formula(cell) else f"is no {MARK!r}, by which choices are marked"
            self._fault(question.key, place, _shown(cell), why)
            return
        self.found.given.setdefault(question.key, []).append(line.choice)

    def _read_cell(self, sheet: Any, line: Line, row: int) -> None:
        question = line.question
        if question is None:
            return
        place = f"{ANSWER}{row}"
        self.found.places[question.key, ""] = f"{FORM}!{place}"
        value = self._value(sheet[place], question, question.key, f"{FORM}!{place}")
        if value is not None:
            self.found.given[question.key] = value

    def _read_table(self, line: Line) -> None:
        question, title = line.question, table_title(line.number or 0)
        if question is None:
            return
        if title not in self.book.sheetnames:
            self._fault(question.key, title, None, "has lost its sheet")
            return
        sheet = self.book[title]
        rows: list[dict[str, Any]] = [{} for _ in range(question.rows)]
        answers = set()
        for place, column in enumerate(question.columns, 2):
            head = sheet.cell(TABLE_HEAD_ROW, place)
            used = range(TABLE_FIRST_ROW, TABLE_FIRST_ROW + question.rows)
            answers |= {(row, place) for row in used}
            if _word(head.value) != column_head(column, self.language).strip():
                at = f"{title}!{head.coordinate}"
                self._fault(question.key, at, _word(head.value), "has another text than was asked")
                continue
            for number, row in enumerate(used):
                cell = sheet.cell(row, place)
                at = f"{title}!{cell.coordinate}"
                value = self._value(cell, column, question.key, at)
                if value is not None:
                    rows[number][column.key] = value
        if any(rows):
            self.found.given[question.key] = rows
        self._place_rows(sheet, question, rows)
        self._look_beside_table(sheet, title, question, answers)

    def _place_rows(self, sheet: Any, question: Question, rows: list[dict[str, Any]]) -> None:
        """Note the cells of a table, of whose rows the empty ones don't count."""
        last = sheet.cell(TABLE_FIRST_ROW + question.rows - 1, 1 + len(question.columns))
        area = f"{sheet.title}!B{TABLE_FIRST_ROW}:{last.coordinate}"
        self.found.places[question.key, ""] = area
        filled = [row for row, cells in enumerate(rows, TABLE_FIRST_ROW) if cells]
        for number, row in enumerate(filled, 1):
            for place, column in enumerate(question.columns, 2):
                cell = f"{sheet.title}!{sheet.cell(row, place).coordinate}"
                self.found.places[question.key, f"row {number}, {column.key}"] = cell

    def _look_beside_table(
        self, sheet: Any, title: str, question: Question, answers: set[tuple[int, int]]
    ) -> None:
        if sheet.max_row * sheet.max_column > _MOST_CELLS:
            self._fault(question.key, title, None, f"has more than {_MOST_CELLS:,} cells")
            return
        for cell in _filled(sheet):
            is_ours = cell.row <= TABLE_HEAD_ROW and cell.column <= 1 + len(question.columns)
            is_number = cell.column == 1 and cell.row < TABLE_FIRST_ROW + question.rows
            if (cell.row, cell.column) not in answers and not is_ours and not is_number:
                at = f"{title}!{cell.coordinate}"
                self._fault(question.key, at, _shown(cell), "stands outside the cells for answers")

    def _look_beside(self, sheet: Any, keys: Mapping[int, str], lines: list[Line]) -> None:
        """Tell what stands in the sheet where nothing should, or other texts than were written."""
        by_key = {line.key: line for line in lines}
        for cell in _filled(sheet):
            line = by_key.get(keys.get(cell.row, ""))
            if cell.row < FIRST_ROW and cell.column_letter <= "F":
                continue
            if line is not None:
                if cell.column_letter in "ABCFG":
                    continue
                is_link = line.question is not None and line.question.kind == "table"
                if cell.column_letter == ANSWER and (line.is_answered_here or is_link):
                    continue
                if cell.column_letter == NOTE and _word(cell.value) == line.note.strip():
                    continue
            key = line.question.key if line is not None and line.question else ""
            self._fault(
                key, f"{FORM}!{cell.coordinate}", _shown(cell),
                "stands outside the cells for answers",
            )  # fmt: skip

    def _value(self, cell: Any, question: Question, key: str, place: str) -> Any:
        if cell.value is None or not _word(cell.value):
            return None
        try:
            found = _answer_in(cell, question, self.language)
            if question.kind == "number":
                self._check_shown(cell, question)
        except _CellError as error:
            self._fault(key, place, _shown(cell), str(error))
            return None
        return found

    def _check_shown(self, cell: Any, question: Question) -> None:
        """Refuse a number that is shown in another currency or scale than it is asked in."""
        if not _is_number(cell.value):
            return
        words = told_unit(question)
        asked, counted = measure_of(words), ONE
        if asked.scale * asked.size == 1:
            # the factor may say the scale as well
            counted = scale_of(factor_of(question))
        told = self.found.given.get(question.unit_from)
        if told is not None:
            answer = unit_told(self.form[question.unit_from], told)
            answered = measure_of(answer)
            if answered.base:
                words, counted = answer, counted * asked.scale * asked.size
            else:
                counted *= answered.scale
        # where nothing is asked, only an item would lose what the number is in
        if words or question.item or counted != 1:
            fault = shown_by(cell.number_format).fault(words, counted, _WAY_OUT)
            if fault:
                raise _CellError(fault)

    def _fault(self, key: str, place: str, value: Any, reason: str) -> None:
        self.found.faults.append(AnswerFault(question=key, place=place, value=value, reason=reason))


def _answer_in(cell: Any, question: Question, language: Language) -> Any:
    """Return what a cell that is not empty holds, as an answer to be checked."""
    if _is_formula(cell):
        raise _CellError(_FORMULA)
    # a text of several colours is a list of its parts
    value = str(cell.value) if isinstance(cell.value, list) else cell.value
    if cell.data_type == "e":
        msg = "holds an error of the sheet"
        raise _CellError(msg)
    if question.kind in ("choice", "yes_no"):
        return _option(_word(value), question, language)
    if question.kind in ("number", "scale"):
        return _number_of(cell, value, question)
    if question.kind == "day" and isinstance(value, str):
        return unicodedata.normalize("NFKC", value)
    if question.kind == "text":
        if isinstance(value, (bool, dt.date, dt.time, dt.timedelta)):
            msg = "is no text"
            raise _CellError(msg)
        return number_words(value) if isinstance(value, (int, float)) else decoded(str(value))
    return value


def _option(word: str, question: Question, language: Language) -> Any:
    """Return the choice that a word stands for, in whatever language, or by its key."""
    options = options_of(question, language)
    if word in options:
        return options[word]
    every: list[dict[str, object]] = [{choice.key: choice.key for choice in question.choices}]
    every += [options_of(question, own) for own in LANGUAGES]  # type: ignore[arg-type]
    meant = {
        answer for names in every for name, answer in names.items() if folded(name) == folded(word)
    }
    if len(meant) != 1:
        msg = f"is none of the choices {', '.join(options)}"
        raise _CellError(msg)
    return meant.pop()


def _number_of(cell: Any, value: Any, question: Question) -> Any:
    """Return the number of a cell; a typed 45% is kept as 0.45 that is shown as per cent."""
    if _is_number(value) and shows_percent(cell.number_format):
        value = Percent.of(value)
    if not isinstance(value, str):
        return value
    # plain digits, in full width too
    text = with_minus(folded(decoded(value)))
    plain = text.removesuffix("%").rstrip()
    if not _NUMBER.fullmatch(plain):
        msg = "is text, where a number should be"
        raise _CellError(msg)
    if plain == text:
        return float(plain)
    hundredth = _hundredth_in(question)
    if hundredth is None:
        msg = "is per cent, and no per cent is asked for: enter the number without a unit"
        raise _CellError(msg)
    return float(Decimal(plain) * hundredth)


def _hundredth_in(question: Question) -> Decimal | None:
    """Return what a per cent is in the answer to a question; None where it has no place.

    One where it is asked in per cent, be it of sales, and a hundredth where in a fraction.
    """
    told = [folded(words) for words in (question.unit, question.unit_zh) if words.strip()]
    sizes = {asked.size for asked in map(measure_of, told) if asked.base == FRACTION}
    if HUNDREDTH in sizes or any(map(_begins_with_percent, told)):
        return ONE
    is_share = question.low >= -1 and question.high <= 1
    return HUNDREDTH if ONE in sizes or (is_share and not told) else None


def _begins_with_percent(words: str) -> bool:
    parts = words.replace("%", "% ").replace("(", " ").split()
    return any(is_percent(" ".join(parts[:n])) for n in (1, 2))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_formula(cell: Any) -> bool:
    # formulas of arrays and data tables are objects
    return cell.data_type == "f" or type(cell.value).__name__ in (
        "ArrayFormula",
        "DataTableFormula",
    )


def _filled(sheet: Any) -> Iterator[Any]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and _word(cell.value):
                yield cell


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return number_words(value)
    return decoded(str(value)).replace("\r\n", "\n").strip()


def _shown(cell: Any) -> Any:
    value = getattr(cell.value, "text", cell.value)
    return str(value) if isinstance(value, list) else value
