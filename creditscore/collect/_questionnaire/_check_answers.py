"""Answers to a whole questionnaire: which can be used, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from creditscore.collect._questionnaire._branching import asked
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._section import Section
from creditscore.collect._questionnaire._value import is_left_out, read_answer
from creditscore.collect._questionnaire._words import condition_words


@dataclass(frozen=True, kw_only=True)
class AnswerFault:
    """An answer, or a part of a form, that can't be used.

    Attributes
    ----------
    question : str
        Key of the question; empty where the fault is none of a question.
    place : str
        Cells of a sheet, or row and column of a table, of whose rows the empty ones don't count.
    value : object
        What stands there; not shown by ``repr``, for it may be personal.
    reason : str
        Why it can't be used.

    Examples
    --------
    >>> from creditscore.collect import AnswerFault
    >>> AnswerFault(question="years", value=-1, reason="is not 0 or more").place
    ''
    """

    question: str
    value: Any = field(repr=False)
    reason: str
    place: str = ""

    @property
    def told(self) -> str:
        """The fault in words, without the value, which may be personal."""
        what = f"question {self.question!r}" if self.question else "the form"
        return f"{what}{f', {self.place},' if self.place else ''} {self.reason}"


def check_answers(
    sections: Sequence[Section], given: Mapping[Any, Any]
) -> tuple[dict[str, Any], tuple[AnswerFault, ...]]:
    """Return the answers that can be used, in order, and what is wrong with the others."""
    questions = {question.key: question for section in sections for question in section.questions}
    values: dict[str, Any] = {}
    faults = [
        AnswerFault(question=str(key), value=value, reason=_unknown(key, list(questions)))
        for key, value in given.items() if key not in questions
    ]  # fmt: skip
    for section in sections:
        for question in section.questions:
            if question.key not in given or is_left_out(given[question.key]):
                continue
            value = given[question.key]
            reason = _not_asked(sections, section, question, values)
            reason = reason or _lacking(question, values)
            if reason:
                faults.append(AnswerFault(question=question.key, value=value, reason=reason))
                continue
            reading = read_answer(question, value)
            faults += [
                AnswerFault(question=question.key, place=place, value=part, reason=why)
                for place, part, why in reading.faults
            ]
            if reading.value is not None:
                values[question.key] = reading.value
    return values, tuple(faults)


def _unknown(key: Any, known: list[str]) -> str:
    near = get_close_matches(str(key), known, n=3)
    hint = f"; is it {' or '.join(near)}?" if near else ""
    return f"is no question of the questionnaire{hint}"


def _not_asked(
    sections: Sequence[Section], section: Section, question: Question, values: Mapping[str, Any]
) -> str:
    condition = section.condition_of(question)
    truth = 1.0 if condition is None else asked(sections, values)[question.key]
    if condition is None or truth == 1:
        return ""
    questions = {other.key: other for part in sections for other in part.questions}
    numbers = {key: place for place, key in enumerate(questions, 1)}
    words = condition_words(condition, questions, numbers, "en")
    open_yet = "" if truth == 0 else ", which is still open"
    return f"was not to be asked: only if {words}{open_yet}"


def _lacking(question: Question, values: Mapping[str, Any]) -> str:
    for name, what in (("true_from", "the day since when it is true"), ("unit_from", "its unit")):
        key = getattr(question, name)
        if key and key not in values:
            return f"needs an answer to {key!r}, which is {what}"
    return ""
