"""Words of forms, in English and Chinese: fixed ones, answers, and conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args

from creditscore.collect._questionnaire._condition import Condition
from creditscore.collect._questionnaire._question import Question

Language: TypeAlias = Literal["en", "zh", "both"]
LANGUAGES: tuple[str, ...] = get_args(Language)

_FIXED: dict[str, tuple[str, str]] = {
    "yes": ("Yes", "是"),
    "no": ("No", "否"),
    "required": ("required", "必填"),
    "only_if": ("Answer only if {}.", "仅在{}时回答。"),
    "section_only_if": ("Answer this section only if {}.", "仅在{}时回答本部分。"),
    "go_to": ("go to {}", "转第{}题"),
    "go_to_end": ("go to the end", "转至结尾"),
    "save": ("Save the answers", "保存答案"),
    "saved": (
        "Saved to your downloads. Send that file back; nothing was sent by itself.",
        "已保存到下载文件夹。请将该文件发回；本表不会自动发送任何内容。",
    ),
    "missing": (
        "Still to be answered. You may save and go on later, or press again to save as it is:",
        "尚未回答的问题如下。可以先回答，也可再按一次保存现有答案：",
    ),
    "wrong": ("To be corrected before saving:", "保存前请更正："),
    "how_to_save": (
        "At the end, save the answers as a file and send it back. Nothing is sent by itself.",
        "填写完毕后，请将答案保存为文件并发回。本页不会自动发送任何内容。",
    ),
    "on_paper": (
        "On paper: follow the arrows, and answer questions with a condition only if it holds.",
        "纸质填写：请按箭头所示作答；带条件的问题仅在条件成立时回答。",
    ),
    "stars": ("Questions with a star must be answered.", "带星号的问题为必填。"),
    "choose_many": ("Several answers are possible.", "可多选。"),
    "alone": ("by itself only", "须单独选择"),
    "rows": ("One row for each; leave the others empty.", "每项一行，其余留空。"),
    "row": ("Row {}", "第{}行"),
    "no_answer": ("no answer", "不作答"),
    "within": ("{} – {}", "{} – {}"),
    "or_more": ("{} or more", "不小于 {}"),
    "or_less": ("{} or less", "不大于 {}"),
    "day": ("year-month-day", "年-月-日"),
    "number": ("No.", "序号"),
    "question": ("Question", "问题"),
    "answer": ("Answer", "回答"),
    "note": ("Note", "说明"),
    "check": ("Check", "核对"),
    "please_answer": ("please answer", "请回答"),
    "leave_empty": ("does not apply: leave empty", "不适用，请留空"),
    "mark": ("put an x", "填 x"),
    "fill_yellow": (
        "Fill in the yellow cells; all others are locked. Questions that turn grey do not apply.",
        "请填写黄色单元格，其余已锁定。变灰的问题不适用。",
    ),
    "not_allowed": ("This answer is not possible here.", "此处不能填写该答案。"),
    "version": ("Version {}", "第{}版"),
    "customer": ("Customer", "客户"),
    "unit_from": ("unit: the answer to question {}", "单位：第{}题的回答"),
    "section": ("Section {}", "第{}部分"),
}
_AND = {"en": " and ", "zh": "且"}
_OR = {"en": " or ", "zh": "或"}
_TESTS: dict[str, tuple[str, str]] = {
    "is": ("question {} is {}", "第{}题为{}"),
    "in": ("question {} is {}", "第{}题为{}"),
    "includes": ("question {} includes {}", "第{}题包含{}"),
    "at_least": ("question {} is {} or more", "第{}题不小于{}"),
    "at_most": ("question {} is {} or less", "第{}题不大于{}"),
    "above": ("question {} is more than {}", "第{}题大于{}"),
    "below": ("question {} is less than {}", "第{}题小于{}"),
}
_TURNED_ROUND: dict[str, tuple[str, str]] = {
    "is": ("question {} is not {}", "第{}题不为{}"),
    "in": ("question {} is not {}", "第{}题不为{}"),
    "includes": ("question {} does not include {}", "第{}题不含{}"),
    "at_least": _TESTS["below"],
    "at_most": _TESTS["above"],
    "above": _TESTS["at_most"],
    "below": _TESTS["at_least"],
}
_ANSWERED = {
    True: ("question {} is answered", "第{}题已回答"),
    False: ("question {} is not answered", "第{}题未回答"),
}


def said(name: str, language: str, *values: Any) -> str:
    """Return fixed words in a language; in both, the one behind the other."""
    return in_both(language, lambda own: _FIXED[name][_place(own)].format(*values))


def in_both(language: str, words: Callable[[str], str]) -> str:
    """Return words in a language; in both, the one behind the other where they differ."""
    if language != "both":
        return words(language)
    return " / ".join(dict.fromkeys(words(own) for own in ("en", "zh")))


def answer_words(question: Question, value: Any, language: str) -> str:
    """Return an answer as people read it."""
    if question.kind == "yes_no":
        return said("yes" if value else "no", language)
    if question.kind == "choice":
        return in_both(language, question.choice(value).words)
    if question.kind == "choices":
        keys = value if isinstance(value, tuple) else (value,)
        return "; ".join(in_both(language, question.choice(key).words) for key in keys)
    if question.kind == "scale" and isinstance(value, (int, float)):
        anchor = next((a for a in question.anchors if a.value == value), None)
        return f"{value:g}" + ("" if anchor is None else f" ({in_both(language, anchor.words)})")
    return number_words(value) if isinstance(value, float) else str(value)


def number_words(number: float) -> str:
    """Write a number as short as it can be."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _grouped(number: float) -> str:
    """Write a number for reading, its digits in groups of three unless it may be a year."""
    whole = float(number).is_integer() and abs(number) >= 10_000
    return f"{int(number):,}" if whole else number_words(number)


def range_words(question: Question, language: str) -> str:
    """Say which numbers are possible; empty where all are."""
    low, high = question.low, question.high
    if abs(low) != float("inf") and abs(high) != float("inf"):
        return said("within", language, _grouped(low), _grouped(high))
    if abs(low) != float("inf"):
        return said("or_more", language, _grouped(low))
    return said("or_less", language, _grouped(high)) if abs(high) != float("inf") else ""


def unit_words(question: Question, language: str) -> str:
    """Return the unit of a number; empty where it has none."""
    units = {"en": question.unit or question.unit_zh, "zh": question.unit_zh or question.unit}
    return in_both(language, lambda own: units[own])


def condition_words(
    condition: Condition,
    questions: Mapping[str, Question],
    numbers: Mapping[str, int],
    language: str,
) -> str:
    """Write a condition with the numbers of the questions that it depends on."""

    def of(part: Condition, own: str, *, nested: bool = False) -> str:
        if part.op == "not":
            turned = part.parts[0]
            if turned.question:
                return _test_words(
                    turned, questions[turned.question], numbers[turned.question], own, turned=True
                )
            inner = of(turned, own)
            return f"并非（{inner}）" if own == "zh" else f"it is not so that {inner}"
        if part.op in ("all", "any"):
            joined = (_AND if part.op == "all" else _OR)[own].join(
                of(one, own, nested=True) for one in part.parts
            )
            return f"({joined})" if nested and len(part.parts) > 1 else joined
        return _test_words(part, questions[part.question], numbers[part.question], own)

    return in_both(language, lambda own: of(condition, own))


def _test_words(
    test: Condition, question: Question, number: int, language: str, *, turned: bool = False
) -> str:
    if test.op == "answered":
        return _ANSWERED[bool(test.value) != turned][_place(language)].format(number)
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    shown = _OR[language].join(_quoted(question, value, language) for value in values)
    words = _TURNED_ROUND if turned else _TESTS
    return words[test.op][_place(language)].format(number, shown)


def _quoted(question: Question, value: Any, language: str) -> str:
    words = answer_words(question, value, language)
    return words if question.kind in ("number", "scale") else f"“{words}”"


def _place(language: str) -> int:
    return 1 if language == "zh" else 0
