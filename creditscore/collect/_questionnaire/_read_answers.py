"""Answers read back from forms: files of the screen, workbooks, mappings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from creditscore._checks import check_kind
from creditscore._display import counted
from creditscore._warn import warn_user
from creditscore.collect._questionnaire._answer_file import (
    ANSWER_FORMAT,
    answers_in,
    read_answer_text,
    read_bytes,
)
from creditscore.collect._questionnaire._answers import Answers, told
from creditscore.collect._questionnaire._check_answers import AnswerFault, check_answers
from creditscore.collect._questionnaire._customer import customer_word
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._questionnaire._read_workbook import read_workbook
from creditscore.exceptions import (
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
    RejectedRowsWarning,
)


def read_answers(
    source: str | os.PathLike[str] | Mapping[str, Any],
    questionnaire: Questionnaire,
    *,
    customer: str | int | None = None,
    strict: bool = False,
) -> Answers:
    """Read answers to a questionnaire, and check each of them.

    Parameters
    ----------
    source : path-like, str or mapping
        A file that the form on screen saved (.json) or a workbook that was filled in (.xlsx); the
        text of the first, which begins with a brace; or answers by the keys of questions.
    questionnaire : Questionnaire
        What was asked, in the version that was sent out.
    customer : str or int, optional
        Who should have answered: a form that names another customer is refused, and one that
        names none is taken for theirs.
    strict : bool, default=False
        Whether a fault is an error. Otherwise all that can be used is kept, and faults are in
        :attr:`Answers.rejects`.

    Returns
    -------
    Answers
        Those that can be used, and what is wrong with the others.

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file; it is none of this kind, or holds answers to another questionnaire
        or of another customer.
    SchemaVersionError, AlteredDocumentError
        It holds answers to another version, or to other texts under the same version.
    InvalidDataError
        With `strict`, something is wrong, or what must be answered was left out.
    UnsafeInputError
        A file of more than 20 MB, or a workbook that could do harm when it is unpacked.
    MissingDependencyError
        A workbook needs openpyxl.

    Warns
    -----
    RejectedRowsWarning
        Something can't be used. The message names questions and reasons, and no answer.

    Notes
    -----
    Rejected are: answers to questions that are not there or were not to be asked, given the
    answers to those before; numbers out of range or with too many decimals; other choices than
    offered; rows of tables beyond the last; and of workbooks formulas, which could say something
    else tomorrow, texts where numbers should be, and whatever was written outside the cells for
    answers or changed in the others. A rejected answer counts as none for the conditions of later
    questions.

    In workbooks a choice may be written in English, in Chinese, as in the list of the cell, or by
    its key, in capitals or small letters and in full width, as long as it can be only one; so may
    numbers that stand as text with a point for decimals and nothing between thousands.

    Examples
    --------
    >>> from creditscore.collect import Question, Questionnaire, Section, read_answers
    >>> form = Questionnaire(id="short", version=1, title="Short", sections=(
    ...     Section(key="firm", title="The firm", questions=(
    ...         Question(key="staff", kind="number", text="Employees", low=0, decimals=0),
    ...         Question(key="web", text="Website", required=True),
    ...     )),
    ... ))
    >>> read_answers({"staff": 12, "web": "example.org"}, form)
    Answers(short, version 1: 2 of 2 questions answered)
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     read_answers({"staff": -3}, form).rejects[["question", "reason"]].values.tolist()
    [['staff', 'is not 0 or more'], ['web', 'is required and was left out']]
    """
    check_kind(questionnaire, "questionnaire", "read_answers", Questionnaire)
    should_be = customer_word(customer, "read_answers")
    form = _given(source, questionnaire)
    if should_be and form.customer not in ("", should_be):
        msg = (
            f"{form.name or 'The document'} holds the answers of customer {form.customer!r}, not "
            f"of {should_be!r}. Is it another file?"
        )
        raise DocumentError(msg)
    values, found = check_answers(questionnaire.sections, form.given)
    every = (*form.faults, *(_placed(fault, form.places) for fault in found))
    answers = Answers(
        questionnaire=questionnaire, values=values, faults=every, source=form.name,
        customer=form.customer or should_be, places=_places_of_values(form, found, questionnaire),
    )  # fmt: skip
    if strict and (every or answers.left_out):
        faults = (*every, *answers.left_out)
        msg = f"Answers to {questionnaire.id!r} can't be used: {told(faults)}."
        raise InvalidDataError(msg)
    if every:
        warn_user(
            f"{counted(len(every), 'fault')} in the answers to {questionnaire.id!r}: "
            f"{told(every)}. What can be used is kept; see Answers.rejects.",
            RejectedRowsWarning,
        )
    return answers


@dataclass(frozen=True)
class _Form:
    """What a form gives: answers to be checked, what is wrong already, and where answers stand."""

    given: Mapping[Any, Any]
    name: str = ""
    faults: tuple[AnswerFault, ...] = ()
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)
    customer: str = ""


def _placed(fault: AnswerFault, places: Mapping[tuple[str, str], str]) -> AnswerFault:
    """Return a fault with the cells that it stands in, where there are such."""
    return replace(fault, place=places.get((fault.question, fault.place), fault.place))


def _places_of_values(
    form: _Form, found: Iterable[AnswerFault], questionnaire: Questionnaire
) -> dict[tuple[str, str], str]:
    """Return the cells of what is kept, where a row of which nothing is doesn't count any more."""
    faulty = {(fault.question, fault.place) for fault in found}
    cells = {place: cell for place, cell in form.places.items() if not place[1]}
    for question in questionnaire if form.places else ():
        key = question.key
        rows = [row for row in form.given.get(key, ()) if row] if question.columns else []
        kept = [
            number for number, row in enumerate(rows, 1)
            if any((key, f"row {number}, {name}") not in faulty for name in row)
        ]  # fmt: skip
        cells |= {
            (key, f"row {new}, {column.key}"): form.places[key, f"row {old}, {column.key}"]
            for new, old in enumerate(kept, 1)
            for column in question.columns
        }
    return cells


def _given(source: Any, questionnaire: Questionnaire) -> _Form:
    if isinstance(source, Mapping):
        if source.get("format") == ANSWER_FORMAT:
            given, customer = answers_in(source, "The document", questionnaire)
            return _Form(given, customer=customer)
        return _Form(source)
    if isinstance(source, str) and source.lstrip().startswith("{"):
        given, customer = read_answer_text(source, "The text", questionnaire)
        return _Form(given, customer=customer)
    if not isinstance(source, (str, os.PathLike)):
        msg = (
            "Answers are read from a path, the text of a file, or a mapping. Got "
            f"{type(source).__name__}."
        )
        raise InvalidParameterError(msg)
    return _from_file(Path(source), questionnaire)


def _from_file(path: Path, questionnaire: Questionnaire) -> _Form:
    ending = path.suffix.lower()
    if ending == ".xlsx":
        read = read_workbook(path, questionnaire)
        return _Form(read.given, path.name, tuple(read.faults), read.places, read.customer)
    if ending != ".json":
        is_form = ending in (".html", ".htm")
        how = "open it, and press the button that saves the answers."
        hint = f" It is the form itself: {how}" if is_form else ""
        msg = f"Answers are read from .json and .xlsx files. Got {str(path)[:300]!r}.{hint}"
        raise InvalidParameterError(msg)
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path} is not JSON: it is no text in UTF-8. Is it another kind of file?"
        raise DocumentError(msg) from error
    given, customer = read_answer_text(text, str(path), questionnaire)
    return _Form(given, path.name, customer=customer)
