"""One answer: what it is in plain values, or why it is none."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import unknown_name
from creditscore._days import NoDayError, read_day
from creditscore.collect._questionnaire._parts import holds_control_character
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._words import range_words

MOST_LETTERS = 4_000
"""Letters of a text."""
_EARLIEST = np.datetime64("1000-01-01")


class NoAnswerError(Exception):
    """Why a value is no answer to a question."""


@dataclass
class Reading:
    """What was read of an answer: the value, if any, and parts of it that can't be used."""

    value: Any = None
    faults: list[tuple[str, Any, str]] = field(default_factory=list)
    """Place within the answer, value and reason."""


def is_left_out(value: Any) -> bool:
    """Tell whether nothing was answered."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, (list, tuple, set, frozenset, Mapping)):
        return len(value) == 0
    missing = pd.isna(value)
    return bool(missing) if isinstance(missing, (bool, np.bool_)) else False


def read_answer(question: Question, value: Any) -> Reading:
    """Read an answer that is not left out."""
    if question.kind == "table":
        return _rows(question, value)
    try:
        return Reading(_READERS[question.kind](question, value))
    except NoAnswerError as error:
        return Reading(None, [("", value, str(error))])


def _number(question: Question, value: Any) -> float:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        msg = "is no number"
        raise NoAnswerError(msg)
    number = float(value)
    if not math.isfinite(number):
        msg = "is not finite"
        raise NoAnswerError(msg)
    if not question.low <= number <= question.high:
        msg = f"is not {range_words(question, 'en')}"
        raise NoAnswerError(msg)
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    if question.decimals is not None and -int(exponent) > question.decimals:
        msg = f"has more than {question.decimals} decimals"
        raise NoAnswerError(msg)
    return number


def _step(question: Question, value: Any) -> int:
    number = _number(question, value)
    if not number.is_integer():
        msg = "is no step of the scale"
        raise NoAnswerError(msg)
    return int(number)


def _choice(question: Question, value: Any) -> str:
    keys = [choice.key for choice in question.choices]
    if not isinstance(value, str) or value not in keys:
        msg = f"is none of the choices {', '.join(keys)}"
        raise NoAnswerError(msg)
    return str(value)


def _choices(question: Question, value: Any) -> tuple[str, ...]:
    if isinstance(value, (str, Mapping)) or not isinstance(value, Iterable):
        msg = "is no list of choices"
        raise NoAnswerError(msg)
    taken = [_choice(question, one) for one in value]
    if len(set(taken)) < len(taken):
        msg = "holds one choice twice"
        raise NoAnswerError(msg)
    alone = [key for key in taken if question.choice(key).alone]
    if alone and len(taken) > 1:
        msg = f"holds {alone[0]} together with other choices"
        raise NoAnswerError(msg)
    return tuple(choice.key for choice in question.choices if choice.key in taken)


def _yes_no(question: Question, value: Any) -> bool:  # noqa: ARG001 - as the others
    if not isinstance(value, (bool, np.bool_)):
        msg = "is neither true nor false"
        raise NoAnswerError(msg)
    return bool(value)


def _text(question: Question, value: Any) -> str:  # noqa: ARG001 - as the others
    if not isinstance(value, str):
        msg = "is no text"
        raise NoAnswerError(msg)
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if holds_control_character(text):
        msg = "holds a character that cannot be kept"
        raise NoAnswerError(msg)
    if len(text) > MOST_LETTERS:
        msg = f"has more than {MOST_LETTERS:,} letters"
        raise NoAnswerError(msg)
    return text


def _day(question: Question, value: Any) -> str:  # noqa: ARG001 - as the others
    try:
        day = read_day(value)
    except NoDayError as error:
        raise NoAnswerError(str(error)) from error
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        msg = "is a time, where a day should be"
        raise NoAnswerError(msg)
    if day < _EARLIEST:
        msg = "is a day before the year 1000"
        raise NoAnswerError(msg)
    return str(day)


_READERS: dict[str, Callable[[Question, Any], Any]] = {
    "number": _number, "scale": _step, "choice": _choice, "choices": _choices, "yes_no": _yes_no,
    "text": _text, "day": _day,
}  # fmt: skip


def _rows(question: Question, value: Any) -> Reading:
    """Read the rows of a table that are not empty: what can be used of each is kept."""
    listed = isinstance(value, (list, tuple)) and all(isinstance(row, Mapping) for row in value)
    if not listed:
        return Reading(None, [("", value, "is no list of rows")])
    found = Reading()
    rows = []
    filled = [row for row in value if not all(map(is_left_out, row.values()))]
    for number, row in enumerate(filled, 1):
        if number > question.rows:
            found.faults.append((f"row {number}", dict(row), f"is beyond row {question.rows}"))
            continue
        kept = _row(question, row, f"row {number}", found.faults)
        if kept:
            rows.append(kept)
    found.value = tuple(rows) or None
    return found


def _row(
    question: Question, row: Mapping[str, Any], at: str, faults: list[tuple[str, Any, str]]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    columns = {column.key: column for column in question.columns}
    given = {name: value for name, value in row.items() if not is_left_out(value)}
    for name, value in given.items():
        if name not in columns:
            error = unknown_name(name, list(columns), "column", f"question {question.key!r}")
            faults.append((f"{at}, {name}", value, f"is in no column: {error}"))
    for name, column in columns.items():
        if name in given:
            reading = read_answer(column, given[name])
            faults += [(f"{at}, {name}", value, why) for _, value, why in reading.faults]
            if reading.value is not None:
                kept[name] = reading.value
    return kept
