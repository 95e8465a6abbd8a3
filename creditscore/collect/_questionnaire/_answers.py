"""Answers to a questionnaire: checked, with what could not be used beside them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import counted, html_table
from creditscore.collect._interview._instant import day_in_its_zone
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._observations import Observations
from creditscore.collect._questionnaire._answer_file import write_answer_file
from creditscore.collect._questionnaire._branching import asked
from creditscore.collect._questionnaire._check_answers import AnswerFault, check_answers
from creditscore.collect._questionnaire._customer import customer_word, same_customer
from creditscore.collect._questionnaire._observed import observed_rows
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._questionnaire._score import AnswerScore, score_answers
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError

_MOST_TOLD = 5
_LEFT_OUT = "is required and was left out"
"""The reason of a required answer, or cell of a row, that is not there."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Answers:
    """Answers to a questionnaire, each checked.

    Made by :func:`read_answers` and :meth:`Questionnaire.answers`.

    Parameters
    ----------
    questionnaire : Questionnaire
        What was asked.
    values : mapping of str to answer
        By key of the question: a number, the key of a choice, a tuple of keys, a step of a scale,
        True or False, a text, a day as text (YYYY-MM-DD), or a tuple of rows, which are mappings
        of columns to such. Questions without an answer are not there.
    faults : tuple of AnswerFault, default=()
        What was given and can't be used.
    customer : str, default=""
        Who answered, where the form says so.
    source : str, default=""
        Where it was read, which observations have as evidence; no part of comparisons.
    places : mapping of (str, str) to str, default={}
        The cells of a workbook where answers were read, by question and by row and column of a
        table; no part of comparisons.

    Raises
    ------
    InvalidDataError
        A value is no answer to its question, or that was not to be asked.

    Examples
    --------
    >>> from creditscore.collect import load_questionnaire
    >>> form = load_questionnaire("site_visit")
    >>> answers = form.answers({"visited_on": "2025-03-04", "premises_order": 4})
    >>> answers.values["premises_order"]
    4
    >>> "visitor" in answers.missing
    True
    """

    questionnaire: Questionnaire
    values: Mapping[str, Any]
    faults: tuple[AnswerFault, ...] = ()
    customer: str = ""
    source: str = field(default="", compare=False)
    places: Mapping[tuple[str, str], str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Check the answers, and put them in order."""
        check_kind(self.questionnaire, "questionnaire", "Answers", Questionnaire)
        check_kind(self.values, "values", "Answers", Mapping)
        check_kind(self.source, "source", "Answers", str)
        object.__setattr__(self, "customer", customer_word(self.customer, "Answers"))
        values, faults = check_answers(self.questionnaire.sections, self.values)
        if faults:
            msg = (
                f"Answers to {self.questionnaire.id!r} can't be used: {told(faults)}. "
                "read_answers() keeps the others."
            )
            raise InvalidDataError(msg)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "faults", tuple(self.faults))

    @property
    def asked(self) -> tuple[str, ...]:
        """Keys of the questions that were to be asked, given the answers to those before."""
        truths = asked(self.questionnaire.sections, self.values)
        return tuple(key for key, truth in truths.items() if truth == 1)

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys of the questions that must be answered and are not."""
        questions = self.questionnaire
        return tuple(
            key for key in self.asked if questions[key].required and key not in self.values
        )

    @property
    def rejects(self) -> pd.DataFrame:
        """A row a fault: question, place, value and reason; what was left out is there too."""
        every = (*self.faults, *self.left_out)
        rows = [(fault.question, fault.place, fault.value, fault.reason) for fault in every]
        names = ["question", "place", "value", "reason"]
        return pd.DataFrame(rows, columns=names, dtype=object)

    @property
    def left_out(self) -> tuple[AnswerFault, ...]:
        """Required answers, and cells of rows, that are not there; none that were rejected."""
        rejected = {(fault.question, fault.place) for fault in self.faults}
        keys = {key for key, _ in rejected}
        places = [(key, "") for key in self.missing if key not in keys]
        for question in self.questionnaire:
            for number, row in enumerate(
                self.values.get(question.key, ()) if question.columns else (), 1
            ):
                places += [
                    (question.key, f"row {number}, {column.key}")
                    for column in question.columns
                    if column.required and column.key not in row
                ]
        cells = [(key, self.places.get((key, place), place)) for key, place in places]
        return tuple(
            AnswerFault(question=key, place=cell, value=None, reason=_LEFT_OUT)
            for key, cell in cells
            if (key, cell) not in rejected
        )

    def frame(self) -> pd.DataFrame:
        """Return a row a question: section, question, text, whether it was asked, the answer."""
        were_asked = self.asked
        rows = [
            {
                "section": section.key,
                "question": question.key,
                "text": question.words("en"),
                "asked": question.key in were_asked,
                "answer": self.values.get(question.key),
            }
            for section in self.questionnaire.sections
            for question in section.questions
        ]
        return pd.DataFrame(rows).astype({"answer": object})

    def score(self) -> AnswerScore:
        """Return the scores of sections and of the whole, their parts, and what is missing.

        Examples
        --------
        >>> from creditscore.collect import load_questionnaire
        >>> form = load_questionnaire("site_visit")
        >>> seen = {"visited_on": "2025-03-04", "premises_order": 4, "signs": ["none"]}
        >>> form.answers(seen).score()
        AnswerScore(none yet, 32.0 to 98.8 with 13 questions missing)
        """
        return score_answers(self.questionnaire.sections, self.values)

    def to_observations(
        self,
        customer: str | None = None,
        *,
        collected_by: str,
        collected_at: Any,
        source: str,
        true_from: Any = None,
        evidence: str = "",
        record: str = "",
        catalogue: ItemCatalogue | None = None,
    ) -> Observations:
        """Return an observation of each answer that fills an item.

        Parameters
        ----------
        customer : str, optional
            Whose items they are; without, of the customer that the form names.
        collected_by : str
            Who filled in the form, or entered it.
        collected_at : time
            When; a time without a zone is one of UTC.
        source : {"internal_record", "public_filing", "third_party", "site_visit"}
            What kind of source the answers come from.
        true_from : day, optional
            Since when they are true, where no question says it; without, the day of
            `collected_at` in the zone that was given with it.
        evidence : str, default=""
            Where the form is kept; without, where it was read. The key of the question stands
            behind it.
        record : str, default=""
            Which visit, contract or invoice, where items are of such: ``"visit-2025-03"``. Rows of
            tables get it too, with the question and the row behind it.
        catalogue : ItemCatalogue, optional
            What the items are; without, the standard one.

        Returns
        -------
        Observations
            By the method questionnaire, observation or interview, for a form that the customer, a
            visitor or an interviewer fills in. Their source name is the id of the questionnaire
            and its version.

        Raises
        ------
        EmptyDataError
            No answer fills an item.
        InvalidDataError
            The customer is empty, a time can't be read, or an item needs a record.
        InvalidParameterError
            No customer is named, or another one than by the form; an item is not in the
            catalogue, or is not filled by such answers.

        Examples
        --------
        >>> from creditscore.collect import load_questionnaire
        >>> form = load_questionnaire("site_visit")
        >>> answers = form.answers({"visited_on": "2025-03-04", "premises_order": 4})
        >>> found = answers.to_observations(
        ...     "C7", record="visit-1", collected_by="ana", collected_at="2025-03-04T16:00Z",
        ...     source="site_visit",
        ... )
        >>> found.table[["record", "item", "number", "method", "evidence"]].values.tolist()
        [['visit-1', 'visit.order', 4.0, 'observation', 'premises_order']]
        """
        catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
        whose = same_customer(self.customer, customer, "to_observations", "The answers")
        if customer is None and not whose:
            msg = "The form names no customer: say whose answers they are (customer=…)."
            raise InvalidParameterError(msg)
        self.questionnaire.check_items(catalogue)
        kept = evidence or self.source
        rows = observed_rows(self.questionnaire, self.values, catalogue, record)
        if not rows:
            msg = (
                f"None of {counted(len(self.values), 'answer')} to {self.questionnaire.id!r} fills "
                "an item, so that there is nothing to observe."
            )
            raise EmptyDataError(msg)
        since = day_in_its_zone(collected_at) if true_from is None else true_from
        for row in rows:
            row["true_from"] = since if row["true_from"] is None else row["true_from"]
            row["evidence"] = f"{kept}#{row['evidence']}" if kept else row["evidence"]
        table = pd.DataFrame(rows, dtype=object)
        table = table.assign(
            customer=whose, source=source, method=self.questionnaire.method,
            source_name=f"{self.questionnaire.id} {self.questionnaire.version}",
            collected_by=collected_by, collected_at=[collected_at] * len(table),
        )  # fmt: skip
        return Observations.from_frame(table, catalogue=catalogue)

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """Write the answers as the form on screen does; :func:`read_answers` reads them back."""
        return write_answer_file(self.questionnaire, self.customer, self.values, path)

    def __repr__(self) -> str:
        """Say in one line how many there are, and none of them."""
        form = self.questionnaire
        parts = [f"{len(self.values)} of {counted(len(self.asked), 'question')} answered"]
        if self.missing:
            parts.append(f"{len(self.missing)} required missing")
        if self.faults:
            parts.append(f"{len(self.faults)} rejected")
        whose = f", customer {self.customer}" if self.customer else ""
        return f"Answers({form.id}, version {form.version}{whose}: {', '.join(parts)})"

    def _repr_html_(self) -> str:
        """Show which questions are answered, and none of the answers, which may be personal."""
        frame = self.frame()
        rejected = {fault.question for fault in self.faults}
        frame["state"] = [
            "answered" if key in self.values else "rejected" if key in rejected
            else "not asked" if not was_asked else "missing" if key in self.missing
            else "left out"
            for key, was_asked in zip(frame["question"], frame["asked"], strict=True)
        ]  # fmt: skip
        shown = frame[["section", "question", "text", "state"]]
        return html_table(shown, caption=repr(self), formats={})


def told(faults: tuple[AnswerFault, ...]) -> str:
    """Write the first faults without their values, and how many there are."""
    shown = "; ".join(fault.told for fault in faults[:_MOST_TOLD])
    more = len(faults) - _MOST_TOLD
    return shown + (f"; {counted(more, 'more fault')}" if more > 0 else "")
