"""Whether items hold what may be answered to the questions that fill them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._item import Item
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._section import Section
from creditscore.exceptions import InvalidParameterError

_KINDS: dict[str, tuple[str, ...]] = {
    "number": ("number",), "scale": ("number",), "choice": ("text", "number", "flag"),
    "choices": ("text",), "yes_no": ("flag",), "text": ("text",), "day": ("day",),
}  # fmt: skip
_TYPES: dict[str, type] = {"text": str, "number": float, "flag": bool}


def check_fills(sections: Sequence[Section], catalogue: ItemCatalogue) -> None:
    """Refuse items that are not known, or don't hold all that may be answered."""
    for section in sections:
        for question in section.questions:
            if question.item:
                _check_item(question, catalogue, f"question {question.key!r}")
            kinds = set()
            for column in question.columns:
                if column.item:
                    owner = f"column {column.key!r} of question {question.key!r}"
                    item = _check_item(column, catalogue, owner)
                    kinds.add(item.record_kind)
            if "" in kinds or len(kinds) > 1:
                msg = (
                    f"The columns of question {question.key!r} must fill items of one kind of "
                    "record, such as 'trade.role' and 'trade.amount', for each row is a record. "
                    f"Got items of {', '.join(sorted(map(repr, kinds)))}."
                )
                raise InvalidParameterError(msg)


def item_value(question: Question, answer: Any) -> Any:
    """Return what the item holds for an answer."""
    if question.kind == "choice":
        value = question.choice(answer).value
        return answer if value is None else value
    if question.kind == "choices":
        return "; ".join(str(item_value_of_choice(question, key)) for key in answer)
    if question.kind in ("number", "scale"):
        return scaled(answer, question.factor)
    return answer


def item_value_of_choice(question: Question, key: str) -> Any:
    """Return what stands for one choice of several in an item."""
    value = question.choice(key).value
    return key if value is None else value


def scaled(number: float, factor: float) -> float:
    """Return a number in the unit of the item: 7 percent are 0.07, and not a bit more."""
    if abs(factor) < 1 and (1 / factor).is_integer():
        return float(number) / (1 / factor)
    return float(number) * factor


def _check_item(question: Question, catalogue: ItemCatalogue, owner: str) -> Item:
    item = catalogue[question.item]
    if item.kind not in _KINDS[question.kind]:
        msg = (
            f"The item {item.name!r} is a {item.kind}, which {owner}, of the kind {question.kind}, "
            f"can't fill. It fills items of the kind {' or '.join(_KINDS[question.kind])}."
        )
        raise InvalidParameterError(msg)
    if question.kind in ("number", "scale"):
        ends = sorted(scaled(end, question.factor) for end in (question.low, question.high))
        if ends[0] < item.low or ends[1] > item.high:
            msg = (
                f"The item {item.name!r} holds {item.low:g} to {item.high:g}, and answers to "
                f"{owner} may be {ends[0]:g} to {ends[1]:g} of its unit. Set 'low', 'high' and "
                "'factor' of the question."
            )
            raise InvalidParameterError(msg)
    if question.choices:
        _check_choices(question, item, owner)
    return item


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
