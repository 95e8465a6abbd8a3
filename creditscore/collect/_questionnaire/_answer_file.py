"""The file of answers that a form on screen saves, and what it says of the form."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from creditscore._document import strict_json
from creditscore._files import whole_file
from creditscore.collect._questionnaire._customer import is_one_line
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    SchemaVersionError,
)
from creditscore.protect import InputLimits, check_size

ANSWER_FORMAT = "creditscore.answers"
ANSWER_VERSION = 1
READ_LIMITS = InputLimits(max_bytes=20_000_000, max_unpacked_bytes=200_000_000)
"""Larger files are no answers to a questionnaire."""
_ENTRIES = (
    "format", "schema_version", "questionnaire", "customer", "language", "saved_at", "answers",
)  # fmt: skip


def write_answer_file(
    form: Questionnaire, customer: str, values: Mapping[str, Any],
    path: str | os.PathLike[str] | None,
) -> str | None:  # fmt: skip
    """Write answers to a file, or return the text."""
    content = {
        "format": ANSWER_FORMAT,
        "schema_version": ANSWER_VERSION,
        "questionnaire": {"id": form.id, "version": form.version, "digest": form.digest},
        **({"customer": customer} if customer else {}),
        "answers": dict(values),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if path is None:
        return text
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return None


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a file that is not too large."""
    check_size(path, limits=READ_LIMITS)
    return Path(path).read_bytes()


def read_answer_text(
    text: str, name: str, questionnaire: Questionnaire
) -> tuple[Mapping[str, Any], str]:
    """Return the answers of a JSON text, and whose they are."""
    try:
        content = strict_json(text)
    except (ValueError, RecursionError) as error:
        msg = f"{name} is not JSON: {error}. Is it cut off, or another kind of file?"
        raise DocumentError(msg) from error
    return answers_in(content, name, questionnaire)


def answers_in(
    content: Any, name: str, questionnaire: Questionnaire
) -> tuple[Mapping[str, Any], str]:
    """Return the answers of a document and whose they are, after a look at what it says."""
    if not isinstance(content, Mapping) or content.get("format") != ANSWER_FORMAT:
        found = content.get("format") if isinstance(content, Mapping) else type(content).__name__
        msg = (
            f"{name} holds no answers to a questionnaire: its format is {found!r}, and should be "
            f"{ANSWER_FORMAT!r}. The button of the form writes such files."
        )
        raise DocumentError(msg)
    if content.get("schema_version") != ANSWER_VERSION:
        msg = (
            f"{name} has schema version {content.get('schema_version')!r}; this release reads "
            f"version {ANSWER_VERSION}."
        )
        raise SchemaVersionError(msg)
    strange = [entry for entry in content if entry not in _ENTRIES]
    answers = content.get("answers")
    if strange or not isinstance(answers, Mapping):
        what = f"entries {', '.join(map(repr, strange))}" if strange else "no mapping of answers"
        msg = f"{name} has {what}, which no form writes. Get the original again."
        raise DocumentError(msg)
    form = content.get("questionnaire")
    check_form(form if isinstance(form, Mapping) else {}, name, questionnaire)
    return answers, customer_in(content.get("customer", ""), name)


def customer_in(customer: Any, name: str) -> str:
    """Return the customer that a form names, if any."""
    if not isinstance(customer, str) or not is_one_line(customer) or customer != customer.strip():
        msg = f"{name} names a customer as no form does. Get the original again."
        raise DocumentError(msg)
    return customer


def check_form(form: Mapping[str, Any], name: str, questionnaire: Questionnaire) -> None:
    """Check that answers are to this questionnaire, in this version, and to these texts."""
    own = questionnaire.id, questionnaire.version
    found = form.get("id"), form.get("version")
    if found[0] != own[0]:
        msg = (
            f"{name} holds answers to the questionnaire {found[0]!r}, not to {own[0]!r}. Read it "
            "with that one."
        )
        raise DocumentError(msg)
    if found != own:
        msg = (
            f"{name} holds answers to version {found[1]!r} of {own[0]!r}, and this is version "
            f"{own[1]}. Read it with the version that was sent out."
        )
        raise SchemaVersionError(msg)
    if form.get("digest") != questionnaire.digest:
        msg = (
            f"{name} holds answers to {own[0]!r}, version {own[1]}, but what is asked there is not "
            "what is asked here. Either the questionnaire was changed and its version was not, or "
            "the file was."
        )
        raise AlteredDocumentError(msg)
