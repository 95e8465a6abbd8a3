"""Where what stands in the sheets of a form: by it they are written, and read back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._questionnaire._section import Section
from creditscore.collect._questionnaire._words import (
    Language,
    answer_words,
    condition_words,
    in_both,
    range_words,
    said,
    unit_words,
)

FORM, META, LISTS = "Form", "_form", "_lists"
KEY, NUMBER, TEXT, ANSWER, NOTE, CHECK, APPLIES = "ABCDEFG"
"""Columns of the sheet Form."""
WHOSE_CELL = f"{NUMBER}2"
HEAD_ROW = 5
FIRST_ROW = 6
TABLE_HEAD_ROW, TABLE_FIRST_ROW = 4, 5
MARK = "x"
META_ENTRIES = ("format", "schema_version", "id", "version", "digest", "language", "customer")

_ESCAPE = re.compile("_(?=x[0-9a-fA-F]{4}_)")
_CODE = re.compile("_x00([01][0-9a-fA-F])_")


@dataclass(frozen=True)
class Line:
    """A line of the sheet Form: a section, a question, or one of several choices."""

    kind: Literal["section", "question", "option"]
    row: int
    key: str
    text: str
    number: int | None
    note: str
    section: Section
    question: Question | None = None
    choice: str = ""

    @property
    def answer(self) -> str:
        """The cell of the answer."""
        return f"{ANSWER}{self.row}"

    @property
    def is_answered_here(self) -> bool:
        """Whether its own cell takes an answer."""
        if self.question is None:
            return False
        return self.kind == "option" or self.question.kind not in ("choices", "table")


def whose_line(form: Questionnaire, language: Language, customer: str) -> str:
    """Return the line that says which form it is, and whose."""
    parts = [form.id, said("version", language, form.version)]
    parts += [f"{said('customer', language)}: {customer}"] if customer else []
    return " · ".join(parts)


def lines_of(form: Questionnaire, language: Language) -> list[Line]:
    """Return the lines of the sheet Form."""
    return [
        Line(row=row, **entries)  # type: ignore[arg-type]
        for row, entries in enumerate(_lines(form, language), FIRST_ROW)
    ]


def _lines(form: Questionnaire, language: Language) -> Iterator[dict[str, object]]:
    number = 0
    for section in form.sections:
        yield {
            "kind": "section", "key": f"section:{section.key}", "number": None,
            "text": in_both(language, section.words), "section": section,
            "note": _joined(
                in_both(language, lambda own, s=section: (  # type: ignore[misc]
                    s.note_zh or s.note if own == "zh" else s.note or s.note_zh)),
                _condition(form, section.show_if, language, "section_only_if"),
            ),
        }  # fmt: skip
        for question in section.questions:
            number += 1
            star = " *" if question.required else ""
            yield {
                "kind": "question", "key": question.key, "number": number,
                "text": in_both(language, question.words) + star, "section": section,
                "question": question, "note": note_of(form, question, language, number),
            }  # fmt: skip
            for choice in question.choices if question.kind == "choices" else ():
                alone = f" ({said('alone', language)})" if choice.alone else ""
                yield {
                    "kind": "option", "key": f"{question.key}:{choice.key}", "number": None,
                    "text": in_both(language, choice.words), "section": section,
                    "question": question, "choice": choice.key,
                    "note": said("mark", language) + alone,
                }  # fmt: skip


def note_of(form: Questionnaire, question: Question, language: Language, number: int) -> str:
    """Return what helps to answer a question: condition, unit, range, anchors, help."""
    parts = [_condition(form, question.show_if, language, "only_if")]
    if question.kind == "number":
        told = [unit_words(question, language)]
        if question.unit_from:
            keys = [other.key for other in form]
            told.append(said("unit_from", language, keys.index(question.unit_from) + 1))
        told.append(range_words(question, language))
        parts.append(" · ".join(filter(None, told)))
    if question.kind == "scale":
        steps = [f"{question.low:g} – {question.high:g}"] if not question.anchors else []
        anchors = [f"{a.value} = {in_both(language, a.words)}" for a in question.anchors]
        parts.append("; ".join([*steps, *anchors]))
    fixed = {"day": "day", "choices": "choose_many"}.get(question.kind)
    parts.append(said(fixed, language) if fixed else "")
    if question.kind == "table":
        parts.append(f"→ {table_title(number)}")
    parts.append(
        in_both(language, lambda own: (
            question.help_zh or question.help if own == "zh" else question.help or question.help_zh
        ))
    )  # fmt: skip
    return _joined(*parts)


def _condition(form: Questionnaire, condition: object, language: Language, name: str) -> str:
    if condition is None:
        return ""
    questions = {question.key: question for question in form}
    numbers = {key: place for place, key in enumerate(questions, 1)}
    return in_both(
        language,
        lambda own: said(name, own, condition_words(condition, questions, numbers, own)),  # type: ignore[arg-type]
    )


def table_title(number: int) -> str:
    """Return the name of the sheet of a table."""
    return f"T{number}"


def options_of(question: Question, language: Language) -> dict[str, object]:
    """Return the answers of a choice, or of yes and no, by the texts that stand for them."""
    if question.kind == "yes_no":
        return {answer_words(question, value, language): value for value in (True, False)}
    keys = [choice.key for choice in question.choices]
    return {answer_words(question, key, language): key for key in keys}


def listed(form: Questionnaire) -> dict[str, Question]:
    """Return all that is answered from a list, questions and columns, by names of their lists."""
    found = {}
    for question in form:
        if question.kind in ("choice", "yes_no"):
            found[question.key] = question
        for column in question.columns:
            if column.kind in ("choice", "yes_no"):
                found[f"{question.key}.{column.key}"] = column
    return found


def encoded(text: str) -> str:
    """Return a text as a workbook holds it: what looks like the code of a letter is written out."""
    return _ESCAPE.sub("_x005F_", text)


def decoded(text: str) -> str:
    """Return a text as a spreadsheet shows it: openpyxl leaves the codes of control characters."""
    return _CODE.sub(lambda code: chr(int(code[1], 16)), text)


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
