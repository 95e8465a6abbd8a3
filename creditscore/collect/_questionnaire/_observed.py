"""Answers as rows of observations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._questionnaire._fills import item_value
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._questionnaire._words import answer_words


def observed_rows(
    questionnaire: Questionnaire,
    values: Mapping[str, Any],
    catalogue: ItemCatalogue,
    record: str,
) -> list[dict[str, Any]]:
    """Return item, value, unit, record, day (None where no question says it) and question."""
    return [
        {**row, "true_from": values.get(question.true_from)}
        for question in questionnaire
        if question.key in values
        for row in _rows_of(question, values, catalogue, record, questionnaire)
    ]


def _rows_of(
    question: Question,
    values: Mapping[str, Any],
    catalogue: ItemCatalogue,
    record: str,
    questionnaire: Questionnaire,
) -> Iterator[dict[str, Any]]:
    answer = values[question.key]
    if question.item:
        of_record = catalogue[question.item].record_kind
        yield {
            "item": question.item,
            "value": item_value(question, answer),
            "unit": _unit(question, values, catalogue, questionnaire),
            "record": record if of_record else "",
            "evidence": question.key,
        }
    if question.kind != "table":
        return
    for number, row in enumerate(answer, 1):
        for column in question.columns:
            if column.item and column.key in row:
                own = f"{question.key}-{number}"
                yield {
                    "item": column.item,
                    "value": item_value(column, row[column.key]),
                    "unit": _unit(column, values, catalogue, questionnaire),
                    "record": f"{record}-{own}" if record else own,
                    "evidence": f"{question.key}, row {number}",
                }


def _unit(
    question: Question,
    values: Mapping[str, Any],
    catalogue: ItemCatalogue,
    questionnaire: Questionnaire,
) -> str:
    """Return the unit that was answered, that of the item, or that of the question."""
    if question.unit_from:
        other = questionnaire[question.unit_from]
        if other.kind == "choice":
            return str(item_value(other, values[other.key]))
        return answer_words(other, values[other.key], "en")
    return catalogue[question.item].unit or (question.unit if question.factor == 1 else "")
