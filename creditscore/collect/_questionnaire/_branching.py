"""Which questions are asked, and whether the conditions of a questionnaire can be met at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from typing import Any

from creditscore._checks import unknown_name
from creditscore.collect._questionnaire._condition import (
    COMBINATIONS,
    OF_NUMBERS,
    UNKNOWN,
    Condition,
    Truth,
)
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._section import Section
from creditscore.exceptions import InvalidParameterError

_TESTS: dict[str, tuple[str, ...]] = {
    "number": ("is", *OF_NUMBERS), "scale": ("is", *OF_NUMBERS), "choice": ("is", "in"),
    "choices": ("includes",), "yes_no": ("is",), "text": (), "day": (), "table": (),
}  # fmt: skip
"""Tests of the answers to questions of a kind, beside whether there is one."""
_MOST_STEPS = 100_000
_MOST_TOGETHER = 8


def asked(sections: Sequence[Section], answers: Mapping[str, Any]) -> dict[str, Truth]:
    """Return of each question whether it is asked: 1 yes, 0 no, 0.5 where that is still open.

    Answers to questions that are not asked don't count for others.
    """
    counted: dict[str, Any] = {}
    found: dict[str, Truth] = {}
    for section in sections:
        for question in section.questions:
            condition = section.condition_of(question)
            truth = 1.0 if condition is None else condition.truth(counted)
            found[question.key] = truth
            if truth == 1 and question.key in answers:
                counted[question.key] = answers[question.key]
    return found


def skipped_to(sections: Sequence[Section], key: str, answer: Any) -> str | None:
    """Return the next question that may be asked after an answer; None for the end."""
    known = {key: answer}
    never: set[str] = set()
    after = False
    for section in sections:
        for question in section.questions:
            condition = section.condition_of(question)
            may_be = condition is None or 1 in _possible(condition, known, never)
            if after and may_be:
                return question.key
            if not may_be:
                never.add(question.key)
            after = after or question.key == key
    return None


def _possible(
    condition: Condition, known: Mapping[str, Any], never: Collection[str]
) -> frozenset[Truth]:
    """Return what a condition may come to, where some answers are known and some never given."""
    if condition.op in COMBINATIONS:
        parts = [_possible(part, known, never) for part in condition.parts]
        if condition.op == "not":
            return frozenset(1 - truth for truth in parts[0])
        join = min if condition.op == "all" else max
        # two at a time: all at once would be three to the power of their number
        return reduce(lambda a, b: frozenset(join(x, y) for x in a for y in b), parts)
    if condition.question in known or condition.question in never:
        return frozenset([condition.truth(known)])
    return frozenset([0.0, UNKNOWN, 1.0])


def check_branching(sections: Sequence[Section]) -> None:
    """Refuse conditions on unknown or later questions, that don't fit, or that nothing meets."""
    every = {question.key: question for section in sections for question in section.questions}
    before: dict[str, Question] = {}
    for section in sections:
        if section.show_if is not None:
            _check_condition(section.show_if, f"section {section.key!r}", before, every)
        for question in section.questions:
            if question.show_if is not None:
                _check_condition(question.show_if, f"question {question.key!r}", before, every)
            _check_references(question, before, every)
            before[question.key] = question
    reach = _Reach(sections)
    for section in sections:
        for question in section.questions:
            if not reach.can_be_asked(section, question):
                msg = (
                    f"Question {question.key!r} can never be asked: no answers to "
                    f"{', '.join(map(repr, reach.questions_behind(question.key)))} meet its "
                    "condition. Change the condition, or leave out the question."
                )
                raise InvalidParameterError(msg)


def _check_condition(
    condition: Condition, of: str, before: Mapping[str, Question], every: Mapping[str, Question]
) -> None:
    for test in condition.tests():
        question = _earlier(test.question, f"The condition of {of}", before, every)
        tests = (*_TESTS[question.kind], "answered")
        if test.op not in tests:
            msg = (
                f"The condition of {of} tests {question.key!r}, a question of the kind "
                f"{question.kind}, by {test.op!r}. Such answers are tested by "
                f"{' or '.join(map(repr, tests))}."
            )
            raise InvalidParameterError(msg)
        _check_value(test, question, of)


def _earlier(
    key: str, what: str, before: Mapping[str, Question], every: Mapping[str, Question]
) -> Question:
    if key in before:
        return before[key]
    if key in every:
        msg = (
            f"{what} refers to {key!r}, which is not asked before it. Conditions look back only, "
            "so that no two wait for each other: put that question first."
        )
        raise InvalidParameterError(msg)
    raise unknown_name(key, list(every), "question", f"the questionnaire. {what} refers to it")


def _check_value(test: Condition, question: Question, of: str) -> None:
    value = test.value
    fits, what = True, ""
    if test.op in ("is", "in", "includes") and question.choices:
        keys = [choice.key for choice in question.choices]
        words = value if isinstance(value, tuple) else (value,)
        fits, what = all(word in keys for word in words), f"one of {', '.join(keys)}"
    elif test.op == "is" and question.kind == "yes_no":
        fits, what = isinstance(value, bool), "true or false"
    elif test.op == "is":
        is_number = isinstance(value, float)
        fits = is_number and question.low <= value <= question.high
        what = f"a number within {question.low:g} to {question.high:g}"
    if not fits:
        msg = (
            f"The condition of {of} compares {question.key!r} with {test.value!r}, and its answers "
            f"are {what}."
        )
        raise InvalidParameterError(msg)


def _check_references(
    question: Question, before: Mapping[str, Question], every: Mapping[str, Question]
) -> None:
    """Check that the day and the unit of an answer come from earlier questions of such."""
    for name, kinds in (("true_from", ("day",)), ("unit_from", ("choice", "text"))):
        key = getattr(question, name)
        if not key:
            continue
        what = f"The {name!r} of question {question.key!r}"
        other = _earlier(key, what, before, every)
        if other.kind not in kinds:
            msg = f"{what} must be a question of the kind {' or '.join(kinds)}. Got {other.kind}."
            raise InvalidParameterError(msg)


@dataclass
class _Reach:
    """Searches for answers by which a question is asked."""

    sections: Sequence[Section]
    conditions: dict[str, Condition | None] = field(init=False)
    every: dict[str, Question] = field(init=False)
    steps: int = 0

    def __post_init__(self) -> None:
        pairs = [(section, question) for section in self.sections for question in section.questions]
        self.every = {question.key: question for _, question in pairs}
        self.conditions = {q.key: section.condition_of(q) for section, q in pairs}

    def questions_behind(self, key: str) -> list[str]:
        """Return the questions on which one depends, also by others, in order."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            condition = self.conditions[waiting.pop()]
            new = set(condition.questions if condition else ()) - found
            found |= new
            waiting += new
        return [name for name in self.every if name in found]

    def can_be_asked(self, section: Section, question: Question) -> bool:
        """Tell whether there are answers that meet the condition; true where too many to try."""
        condition = section.condition_of(question)
        if condition is None:
            return True
        self.steps = 0
        return self._search(condition, self.questions_behind(question.key), {})

    def _search(self, condition: Condition, still: list[str], answers: dict[str, Any]) -> bool:
        self.steps += 1
        truth = condition.truth_by(answers, frozenset(still))
        if truth != 0.5 or not still or self.steps > _MOST_STEPS:
            return truth == 1 or self.steps > _MOST_STEPS
        key, *rest = still
        own = self.conditions[key]
        if own is None or own.truth(answers) == 1:
            for answer in self._answers(self.every[key]):
                if self._search(condition, rest, {**answers, key: answer}):
                    return True
        return self._search(condition, rest, answers)

    def _answers(self, question: Question) -> list[Any]:
        """Return answers of which one meets whatever tests can be met."""
        if question.kind == "yes_no":
            return [True, False]
        if question.kind == "scale":
            return list(question.steps)
        if question.kind == "choice":
            return [choice.key for choice in question.choices]
        tested = [test.value for test in self._tests_of(question.key) if test.op != "answered"]
        if question.kind == "choices":
            return _sets(question, tested)
        return _numbers(question, tested) if question.kind == "number" else [""]

    def _tests_of(self, key: str) -> Iterator[Condition]:
        for condition in self.conditions.values():
            if condition is not None:
                yield from (test for test in condition.tests() if test.question == key)


def _sets(question: Question, tested: list[str]) -> list[Any]:
    together = [choice.key for choice in question.choices if not choice.alone]
    alone = [(choice.key,) for choice in question.choices if choice.alone]
    mattering = [key for key in together if key in tested][:_MOST_TOGETHER]
    other = next(((key,) for key in together if key not in tested), ())
    sets = [s for n in range(1, len(mattering) + 1) for s in combinations(mattering, n)]
    return [*sets, *alone, *([other] if other else [])]


def _numbers(question: Question, tested: list[float]) -> list[float]:
    """Return the numbers tested, and one between each two, as far as answers can be such."""
    step = 1e-6 if question.decimals is None else 10.0**-question.decimals
    ends = [value for value in (question.low, question.high) if abs(value) != float("inf")]
    near = [value + shift for value in tested for shift in (-step, 0.0, step)]
    if question.decimals is not None:
        near = [round(value, question.decimals) for value in near]
    return [v for v in dict.fromkeys([*near, *ends]) if question.low <= v <= question.high]
