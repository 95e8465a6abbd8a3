"""Answers as rows of observations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._questionnaire._counted import kept_in
from creditscore.collect._questionnaire._fills import item_value, unit_told
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._reader._units import ONE
from creditscore.exceptions import InvalidDataError, InvalidParameterError


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
        factor, unit = _kept_in(question, values, catalogue, questionnaire)
        yield {
            "item": question.item,
            "value": item_value(question, answer, factor),
            "unit": unit,
            "record": record if of_record else "",
            "evidence": question.key,
        }
    if question.kind != "table":
        return
    for number, row in enumerate(answer, 1):
        for column in question.columns:
            if column.item and column.key in row:
                own = f"{question.key}-{number}"
                factor, unit = _kept_in(column, values, catalogue, questionnaire)
                yield {
                    "item": column.item,
                    "value": item_value(column, row[column.key], factor),
                    "unit": unit,
                    "record": f"{record}-{own}" if record else own,
                    "evidence": f"{question.key}, row {number}",
                }


def _kept_in(
    question: Question,
    values: Mapping[str, Any],
    catalogue: ItemCatalogue,
    questionnaire: Questionnaire,
) -> tuple[Decimal, str]:
    """Return the factor and the unit of an answer; what is no number keeps that of its item."""
    item = catalogue[question.item]
    if question.kind not in ("number", "scale"):
        return ONE, item.unit
    if not question.unit_from:
        return kept_in(question, item)
    other = questionnaire[question.unit_from]
    try:
        return kept_in(question, item, unit_told(other, values[other.key]))
    except InvalidParameterError as error:
        msg = (
            f"The answer to {question.key!r} has a unit that cannot be used, by that to "
            f"{other.key!r}: {error}."
        )
        raise InvalidDataError(msg) from error
