"""Formulas of a form in a workbook: whether a question applies, and what is still to be done."""

from __future__ import annotations

from dataclasses import dataclass

from creditscore.collect._questionnaire._condition import Condition
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._sheet_plan import (
    ANSWER,
    APPLIES,
    LISTS,
    TABLE_FIRST_ROW,
    Line,
    table_title,
)
from creditscore.collect._questionnaire._words import number_words

_SIGNS = {"is": "=", "at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}


@dataclass(frozen=True)
class Formulas:
    """Writes the formulas of one form.

    Parameters
    ----------
    lines : list of Line
        The lines of the sheet Form.
    lists : dict
        Cells of the texts of choices, by list and answer.
    """

    lines: list[Line]
    lists: dict[tuple[str, object], str]

    def line(self, key: str) -> Line:
        """Return the line of a question or section."""
        return next(line for line in self.lines if line.key == key)

    def applies(self, line: Line) -> str:
        """Return the formula of 1 for a line that applies, 0 for one that doesn't, else 0.5."""
        if line.kind == "section" or line.question is None:
            condition = line.section.show_if
            return "1" if condition is None else self._truth(condition)
        of_section = f"{APPLIES}{self.line(f'section:{line.section.key}').row}"
        own = line.question.show_if
        parts = [of_section] if line.section.show_if is not None else []
        parts += [] if own is None else [self._truth(own)]
        return f"MIN({','.join(parts)})" if parts else "1"

    def check(self, line: Line, words: dict[str, str]) -> str:
        """Return the formula of what is to be done about a question."""
        here = f"{APPLIES}{line.row}"
        answered = self.answered(line.key)
        please = _quoted(words["please_answer"]) if _of(line).required else '""'
        return (
            f'IF({here}<1,IF({answered},{_quoted(words["leave_empty"])},""),'
            f'IF({answered},"",{please}))'
        )

    def answered(self, key: str) -> str:
        """Return the formula of whether a question is answered."""
        line = self.line(key)
        question = _of(line)
        if question.kind == "choices":
            last = line.row + len(question.choices)
            return f"COUNTA({ANSWER}{line.row + 1}:{ANSWER}{last})>0"
        if question.kind == "table":
            last_column = _letters(1 + len(question.columns))
            last = TABLE_FIRST_ROW + question.rows - 1
            area = f"B{TABLE_FIRST_ROW}:{last_column}{last}"
            # quoted, for T7 is the name of a cell, too
            return f"COUNTA('{table_title(line.number or 0)}'!{area})>0"
        return f'{line.answer}<>""'

    def _truth(self, condition: Condition) -> str:
        if condition.op == "not":
            return f"(1-{self._truth(condition.parts[0])})"
        if condition.op in ("all", "any"):
            joined = ",".join(self._truth(part) for part in condition.parts)
            return f"{'MIN' if condition.op == 'all' else 'MAX'}({joined})"
        line = self.line(condition.question)
        here, answered = f"{APPLIES}{line.row}", self.answered(condition.question)
        if condition.op == "answered":
            yes, no = (1, 0) if condition.value else (0, 1)
            return f"IF(AND({here}=1,{answered}),{yes},{no})"
        test = self._test(condition, line)
        return f"IF(OR({here}<1,NOT({answered})),0.5,IF({test},1,0))"

    def _test(self, condition: Condition, line: Line) -> str:
        question, value = _of(line), condition.value
        if condition.op == "includes":
            option = self.line(f"{question.key}:{value}")
            return f'{option.answer}<>""'
        if condition.op == "in" or question.kind in ("choice", "yes_no"):
            values = value if isinstance(value, tuple) else (value,)
            tests = [f"{line.answer}={self.lists[question.key, one]}" for one in values]
            return tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
        return f"{line.answer}{_SIGNS[condition.op]}{number_words(value)}"


def list_range(first: str, n: int) -> str:
    """Return the cells of a list that begins at a cell, as validations have them."""
    return f"{LISTS}!${first}$2:${first}${n + 1}"


def _letters(place: int) -> str:
    """Return the letters of a column, counted from 1: after Z comes AA."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _of(line: Line) -> Question:
    if line.question is None:
        msg = f"line {line.key!r} is none of a question"
        raise LookupError(msg)
    return line.question


def _quoted(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"'
