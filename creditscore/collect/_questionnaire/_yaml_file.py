"""The file of a questionnaire that people write and edit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from creditscore._yaml import read_yaml_file, write_yaml_file
from creditscore.collect._questionnaire._condition import Condition
from creditscore.collect._questionnaire._question import Question, made_of
from creditscore.collect._questionnaire._section import Section
from creditscore.exceptions import (
    DocumentError,
    InvalidParameterError,
)

_FORMAT = "creditscore.questionnaire"
_VERSION = 1


def read_questionnaire_file(kind: Any, path: str | os.PathLike[str]) -> Any:
    """Return the questionnaire of a file; `kind` is the class."""
    hint = (
        "Check the path; those that come with the library are loaded by load_questionnaire(name)."
    )
    return read_plain(kind, read_yaml_file(path, hint=hint), str(path))


def read_plain(kind: Any, content: Any, file: str) -> Any:
    """Return the questionnaire of the plain content of a file; errors name the entry."""
    content = _mapping(content, file, "")
    form = content.get("format", _FORMAT), content.get("schema_version", _VERSION)
    if form != (_FORMAT, _VERSION):
        msg = (
            f"{file} must have the entries 'format: {_FORMAT}' and 'schema_version: {_VERSION}'. "
            f"Got {form[0]!r} and {form[1]!r}. What to_json() wrote is read by from_json()."
        )
        raise DocumentError(msg)
    entries = {k: v for k, v in content.items() if k not in ("format", "schema_version")}
    sections = []
    for place, part in enumerate(_list(entries.get("sections"), file, "sections"), 1):
        where = f"section {place}"
        plain = dict(_mapping(part, file, where))
        where = f"section {plain.get('key', place)!r}"
        questions = []
        for number, question in enumerate(_list(plain.get("questions"), file, where), 1):
            at = f"{where}, question {number}"
            own = _mapping(question, file, at)
            at = f"{where}, question {own.get('key', number)!r}"
            questions.append(_made(lambda own=own: Question.from_dict(own), file, at))
        plain["questions"] = questions
        sections.append(_made(lambda plain=plain: _section(plain), file, where))
    entries["sections"] = tuple(sections)
    return _made(lambda: made_of(kind, entries), file, "the questionnaire")


def write_questionnaire_file(
    content: Mapping[str, Any], path: str | os.PathLike[str] | None
) -> str | None:
    """Write the plain content of a questionnaire to a file, or return the text."""
    whole = {"format": _FORMAT, "schema_version": _VERSION, **content}
    return write_yaml_file(whole, path, what="questionnaire")


def _section(plain: Mapping[str, Any]) -> Section:
    entries = dict(plain)
    if "show_if" in entries:
        entries["show_if"] = Condition.from_dict(entries["show_if"])
    section: Section = made_of(Section, entries)
    return section


def _mapping(content: Any, file: str, at: str) -> Mapping[str, Any]:
    if not isinstance(content, Mapping) or not content:
        place = f", {at}," if at else ""
        msg = f"{file}{place} must hold entries. Got {content!r:.100} instead."
        raise DocumentError(msg)
    return content


def _list(content: Any, file: str, at: str) -> list[Any]:
    if not isinstance(content, list) or not content:
        msg = f"{file}, {at}, must hold a list with entries. Got {content!r:.100} instead."
        raise DocumentError(msg)
    return content


def _made(make: Any, file: str, at: str) -> Any:
    try:
        return make()
    except (InvalidParameterError, TypeError) as error:
        msg = f"{file}, {at}: {error}"
        raise DocumentError(msg) from error
