"""Whether items hold what may be answered to the questions that fill them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._item import Item
from creditscore.collect._questionnaire._counted import kept_in
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._section import Section
from creditscore.collect._questionnaire._words import answer_words
from creditscore.collect._reader._number_column import product_of
from creditscore.collect._reader._units import ONE
from creditscore.exceptions import InvalidParameterError

_KINDS: dict[str, tuple[str, ...]] = {
    "number": ("number",), "scale": ("number",), "choice": ("text", "number", "flag"),
    "choices": ("text",), "yes_no": ("flag",), "text": ("text",), "day": ("day",),
}  # fmt: skip
_TYPES: dict[str, type] = {"text": str, "number": float, "flag": bool}
_OTHERS = ("other", "another", "其他", "其它")
"""How the choice of a unit begins that is none of those named."""


def check_fills(sections: Sequence[Section], catalogue: ItemCatalogue) -> None:
    """Refuse items that are not known, or don't hold all that may be answered."""
    questions = {question.key: question for part in sections for question in part.questions}
    for section in sections:
        for question in section.questions:
            if question.item:
                owner = f"question {question.key!r}"
                _check_item(question, catalogue, owner, questions)
            kinds = set()
            for column in question.columns:
                if column.item:
                    owner = f"column {column.key!r} of question {question.key!r}"
                    item = _check_item(column, catalogue, owner, questions)
                    kinds.add(item.record_kind)
            if "" in kinds or len(kinds) > 1:
                msg = (
                    f"The columns of question {question.key!r} must fill items of one kind of "
                    "record, such as 'trade.role' and 'trade.amount', for each row is a record. "
                    f"Got items of {', '.join(sorted(map(repr, kinds)))}."
                )
                raise InvalidParameterError(msg)


def item_value(question: Question, answer: Any, factor: Decimal = ONE) -> Any:
    """Return what the item holds for an answer; numbers are multiplied by a factor."""
    if question.kind == "choice":
        value = question.choice(answer).value
        return answer if value is None else value
    if question.kind == "choices":
        return "; ".join(str(item_value_of_choice(question, key)) for key in answer)
    if question.kind in ("number", "scale"):
        return product_of(answer, factor)
    return answer


def item_value_of_choice(question: Question, key: str) -> Any:
    """Return what stands for one choice of several in an item."""
    value = question.choice(key).value
    return key if value is None else value


def unit_told(question: Question, answer: Any) -> str:
    """Return the unit that is answered to the question of it."""
    if question.kind == "choice":
        return str(item_value(question, answer))
    return answer_words(question, answer, "en")


def _check_item(
    question: Question, catalogue: ItemCatalogue, owner: str, questions: Mapping[str, Question]
) -> Item:
    item = catalogue[question.item]
    if item.kind not in _KINDS[question.kind]:
        msg = (
            f"The item {item.name!r} is a {item.kind}, which {owner}, of the kind {question.kind}, "
            f"can't fill. It fills items of the kind {' or '.join(_KINDS[question.kind])}."
        )
        raise InvalidParameterError(msg)
    for factor in _factors(question, item, owner, questions):
        ends = sorted(product_of(end, factor) for end in (question.low, question.high))
        if ends[0] < item.low or ends[1] > item.high:
            msg = (
                f"The item {item.name!r} holds {item.low:g} to {item.high:g}, and answers to "
                f"{owner} may be {ends[0]:g} to {ends[1]:g} of its unit. Set 'low', 'high' and "
                "'unit' of the question."
            )
            raise InvalidParameterError(msg)
    if question.choices:
        _check_choices(question, item, owner)
    return item


def _factors(
    question: Question, item: Item, owner: str, questions: Mapping[str, Question]
) -> list[Decimal]:
    """Return by what numbers may be multiplied for the item; nothing for what are none."""
    if question.kind not in ("number", "scale"):
        return []
    of_unit = questions.get(question.unit_from)
    choices = of_unit.choices if of_unit is not None and of_unit.kind == "choice" else ()
    told = [unit_told(of_unit, choice.key) for choice in choices if of_unit is not None]
    # the choice of another than those named stands for none: its answer is refused when given
    named = [unit for unit in told if not unit.casefold().startswith(_OTHERS)]
    try:
        return [kept_in(question, item, unit)[0] for unit in named or told or [""]]
    except InvalidParameterError as error:
        msg = f"The unit of {owner} is none of the item that it fills: {error}."
        raise InvalidParameterError(msg) from error


def _check_choices(question: Question, item: Item, owner: str) -> None:
    if question.kind == "choices":
        if item.allowed:
            msg = f"The item {item.name!r} holds one word, and {owner} takes several choices."
            raise InvalidParameterError(msg)
        return
    for choice in question.choices:
        value = item_value(question, choice.key)
        fits = isinstance(value, _TYPES[item.kind])
        if fits and item.kind == "text":
            fits = not item.allowed or value in item.allowed
        elif fits and item.kind == "number":
            fits = item.low <= value <= item.high
        if not fits:
            msg = (
                f"The choice {choice.key!r} of {owner} stands for {value!r}, which the item "
                f"{item.name!r}, a {item.kind}, doesn't hold. Give the choice a 'value' that it "
                "holds."
            )
            raise InvalidParameterError(msg)
