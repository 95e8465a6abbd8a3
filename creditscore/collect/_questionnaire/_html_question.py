"""One question of a form as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from creditscore.collect._questionnaire._branching import skipped_to
from creditscore.collect._questionnaire._parts import in_language
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._questionnaire._value import MOST_LETTERS
from creditscore.collect._questionnaire._words import (
    Language,
    answer_words,
    condition_words,
    number_words,
    range_words,
    said,
    unit_words,
)

_LANG = {"en": "en", "zh": "zh-Hans"}


def spoken(language: str, words: Callable[[str], str]) -> str:
    """Return words as HTML; in both languages, each marked as what it is."""
    if language != "both":
        return escape(words(language))
    texts = {own: words(own) for own in _LANG}
    if texts["en"] == texts["zh"]:
        return escape(texts["en"])
    return (
        f'<span lang="en">{escape(texts["en"])}</span>'
        f'<span lang="zh-Hans" class="zh">{escape(texts["zh"])}</span>'
    )


def spoken_pair(language: str, text: str, text_zh: str) -> str:
    """Return a text that is there in English and Chinese."""
    return spoken(language, lambda own: in_language(text, text_zh, own))


def fixed(language: str, name: str, *values: Any) -> str:
    """Return fixed words as HTML."""
    return spoken(language, lambda own: said(name, own, *values))


@dataclass(frozen=True)
class QuestionWriter:
    """Writes questions of one form.

    Parameters
    ----------
    form : Questionnaire
        The form.
    language : {"en", "zh", "both"}
        What it is written in.
    values : mapping
        Answers that are there already.
    """

    form: Questionnaire
    language: Language
    values: Mapping[str, Any]

    def write(self, question: Question) -> str:
        """Return the whole of a question."""
        inner = {
            "choice": self._choice, "choices": self._choice, "yes_no": self._choice,
            "scale": self._scale, "table": self._table,
        }.get(question.kind)  # fmt: skip
        described = f' aria-describedby="h-{question.key}"' if self._help(question) else ""
        if inner is not None:
            body = (
                f"<fieldset{described}><legend>{self._asked(question)}</legend>"
                f"{self._below(question)}{inner(question)}</fieldset>"
            )
        else:
            control = self._control(question, question.key, self.values.get(question.key))
            control = control.replace(">", f' id="i-{question.key}"{described}>', 1)
            body = (
                f'<label class="ask" for="i-{question.key}">{self._asked(question)}</label>'
                f"{self._below(question)}{control}{self._unit(question)}"
            )
        return f'<div class="q" id="q-{question.key}">{body}</div>\n'

    def only_if(self, condition: Any, name: str = "only_if") -> str:
        """Return when something is to be answered."""
        if condition is None:
            return ""
        questions = {question.key: question for question in self.form}

        def words(own: str) -> str:
            return said(name, own, condition_words(condition, questions, self.numbers, own))

        return f'<p class="if">{spoken(self.language, words)}</p>'

    @property
    def numbers(self) -> dict[str, int]:
        """Number of each question."""
        return {question.key: place for place, question in enumerate(self.form, 1)}

    def _asked(self, question: Question) -> str:
        star = (
            f' <abbr class="star" title="{escape(said("required", self.language))}">*</abbr>'
            if question.required else ""
        )  # fmt: skip
        words = spoken(self.language, question.words)
        return f'<span class="n">{self.numbers[question.key]}</span>{words}{star}'

    def _below(self, question: Question) -> str:
        words = self._help(question)
        shown = f'<p class="help" id="h-{question.key}">{words}</p>' if words else ""
        return self.only_if(question.show_if) + shown

    def _help(self, question: Question) -> str:
        """Return what helps, and what is possible."""
        parts = [spoken_pair(self.language, question.help, question.help_zh)]
        if question.kind == "number":
            if question.unit_from:
                number = self.numbers[question.unit_from]
                parts.append(fixed(self.language, "unit_from", number))
            parts.append(spoken(self.language, lambda own: range_words(question, own)))
        fixed_words = {"choices": "choose_many", "table": "rows"}
        if question.kind == "day":
            # on screen, the field says how days are written there
            parts.append(f'<span class="paper">{fixed(self.language, "day")}</span>')
        elif question.kind in fixed_words:
            parts.append(fixed(self.language, fixed_words[question.kind]))
        return "<br>".join(part for part in parts if part)

    def _unit(self, question: Question) -> str:
        if not (question.unit or question.unit_zh):
            return ""
        unit = spoken(self.language, lambda own: unit_words(question, own))
        return f' <span class="unit">{unit}</span>'

    def _control(self, question: Question, name: str, value: Any) -> str:
        """Return the field of a number, a text, a day, or of a choice in a table."""
        need = ' aria-required="true"' if question.required else ""
        named = f'name="{name}"{need}'
        if question.kind == "number":
            shown = "" if value is None else f' value="{number_words(value)}"'
            return f'<input type="number" inputmode="decimal" {named}{_limits(question)}{shown}>'
        if question.kind == "day":
            shown = "" if value is None else f' value="{value}"'
            field = f'<input type="date" min="1000-01-01" max="9999-12-31" {named}{shown}>'
            # browsers print days in the order of their own country
            return f'{field}<span class="paper day">{value or ""}</span>'
        # a line break at the beginning is none of the text
        return (
            f'<textarea rows="1" maxlength="{MOST_LETTERS}" {named}>\n{escape(value or "")}'
            "</textarea>"
        )

    def _choice(self, question: Question) -> str:
        value = self.values.get(question.key)
        lines = []
        for place, (code, answer) in enumerate(_options(question)):
            taken = answer in value if isinstance(value, tuple) else answer == value
            words = self._answer(question, answer)
            if question.kind == "choices" and question.choice(code).alone:
                words += f' <span class="none">({fixed(self.language, "alone")})</span>'
            words += self._go_on(question, answer)
            lines.append(self._option(question, place, code, words, taken=taken))
        return "".join([*lines, self._no_answer(question)])

    def _answer(self, question: Question, answer: Any) -> str:
        return spoken(self.language, lambda own: answer_words(question, answer, own))

    def _option(self, question: Question, place: int, code: str, words: str, *, taken: bool) -> str:
        kind = "checkbox" if question.kind == "choices" else "radio"
        own, checked = f"i-{question.key}-{place}", " checked" if taken else ""
        return (
            f'<div class="choice"><input type="{kind}" name="{question.key}" value="{code}" '
            f'id="{own}"{checked}><label for="{own}">{words}</label></div>'
        )

    def _no_answer(self, question: Question) -> str:
        """Return the option that takes back an answer, which a button of several can't be."""
        if question.required or question.kind == "choices":
            return ""
        own = f"i-{question.key}-none"
        return (
            f'<div class="choice none"><input type="radio" name="{question.key}" value="" '
            f'id="{own}"><label for="{own}">{fixed(self.language, "no_answer")}</label></div>'
        )

    def _scale(self, question: Question) -> str:
        value = self.values.get(question.key)
        anchors = {anchor.value: anchor for anchor in question.anchors}
        lines = []
        for place, step in enumerate(question.steps):
            anchor = anchors.get(step)
            words = f"{step}{self._go_on(question, step)}"
            if anchor is not None:
                words += f'<br><span class="anchor">{spoken(self.language, anchor.words)}</span>'
            lines.append(self._option(question, place, str(step), words, taken=step == value))
        return f'<div class="scale">{"".join(lines)}</div>{self._no_answer(question)}'

    def _table(self, question: Question) -> str:
        rows = self.values.get(question.key, ())
        heads = "".join(
            f'<th scope="col">{spoken(self.language, column.words)}{self._unit(column)}'
            f"{'<span class=star> *</span>' if column.required else ''}</th>"
            for column in question.columns
        )
        lines = []
        for number in range(1, question.rows + 1):
            row = rows[number - 1] if number <= len(rows) else {}
            cells = "".join(self._cells(question, number, row))
            lines.append(f'<tr><th scope="row">{number}</th>{cells}</tr>')
        number_head = f'<th scope="col">{fixed(self.language, "number")}</th>'
        return (
            f"<table><thead><tr>{number_head}{heads}</tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table>"
        )

    def _cells(self, question: Question, number: int, row: Mapping[str, Any]) -> Iterator[str]:
        for column in question.columns:
            name = f"{question.key}.{number}.{column.key}"
            value = row.get(column.key)
            label = f"{said('row', self.language, number)}: {_plain(column, self.language)}"
            if column.kind in ("choice", "yes_no"):
                control = self._select(column, name, value)
            else:
                control = self._control(column, name, value)
            yield f"<td>{control.replace('>', f' aria-label={_quoted(label)}>', 1)}</td>"

    def _select(self, column: Question, name: str, value: Any) -> str:
        options = ['<option value=""></option>']
        for code, answer in _options(column):
            taken = " selected" if answer == value else ""
            words = escape(answer_words(column, answer, self.language))
            options.append(f'<option value="{code}"{taken}>{words}</option>')
        return f'<select name="{name}">{"".join(options)}</select>'

    def _go_on(self, question: Question, answer: Any) -> str:
        """Return where to go on after an answer, unless that is the next question."""
        if question.kind == "choices":
            return ""
        keys = list(self.numbers)
        following = keys[keys.index(question.key) + 1 :]
        target = skipped_to(self.form.sections, question.key, answer)
        if not following or target == following[0]:
            return ""
        words = (
            fixed(self.language, "go_to_end") if target is None
            else fixed(self.language, "go_to", self.numbers[target])
        )  # fmt: skip
        return f' <span class="goto">→ {words}</span>'


def _options(question: Question) -> list[tuple[str, Any]]:
    """Return the code and the answer of each option."""
    if question.kind == "yes_no":
        return [("yes", True), ("no", False)]
    return [(choice.key, choice.key) for choice in question.choices]


def _limits(question: Question) -> str:
    shown = ""
    for name, value in (("min", question.low), ("max", question.high)):
        if abs(value) != float("inf"):
            shown += f' {name}="{number_words(value)}"'
    # steps are counted from the least number
    whole = abs(question.low) == float("inf") or question.low.is_integer()
    if question.decimals is None or not whole:
        return f'{shown} step="any"'
    step = f"{10.0**-question.decimals:.{question.decimals}f}"
    return f'{shown} step="{step}"'


def _plain(column: Question, language: str) -> str:
    if language != "both":
        return column.words(language)
    return " / ".join(dict.fromkeys((column.words("en"), column.words("zh"))))


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'
