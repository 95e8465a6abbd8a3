"""A questionnaire as a form for screen and paper, in one file."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from creditscore._files import whole_file
from creditscore._validation import check_choice
from creditscore.collect._questionnaire._answer_file import ANSWER_FORMAT, ANSWER_VERSION
from creditscore.collect._questionnaire._answers import Answers
from creditscore.collect._questionnaire._customer import same_customer
from creditscore.collect._questionnaire._html_question import (
    QuestionWriter,
    fixed,
    spoken,
    spoken_pair,
)
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._section import Section
from creditscore.collect._questionnaire._words import LANGUAGES, Language, said
from creditscore.exceptions import InvalidParameterError

if TYPE_CHECKING:
    from creditscore.collect._questionnaire._questionnaire import Questionnaire

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
{css}</style>
</head>
<body>
<header>
<h1>{heading}</h1>
<p class="version">{version}</p>
{whose}{introduction}
<p class="paper">{paper}</p>
<p>{stars}</p>
</header>
<main>
<form id="form" novalidate autocomplete="off">
{sections}
<div class="end">
<p class="screen">{how}</p>
<button type="button" id="save" hidden>{save}</button>
<div id="said" role="status" aria-live="polite"></div>
</div>
</form>
</main>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def write_form(
    form: Questionnaire,
    path: str | os.PathLike[str] | None,
    *,
    language: Language,
    prefilled: Mapping[str, Any] | Answers | None,
    customer: Any,
) -> str | None:
    """Write the form to a file, or return its text."""
    check_choice(language, "language", "to_html", LANGUAGES)
    values = filled_in(form, prefilled)
    text = _page(form, language, values, customer_of(prefilled, customer, "to_html"))
    if path is None:
        return text
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return None


def filled_in(
    form: Questionnaire, prefilled: Mapping[str, Any] | Answers | None
) -> Mapping[str, Any]:
    """Return answers that are there already, checked."""
    if isinstance(prefilled, Answers):
        if prefilled.questionnaire.digest != form.digest:
            msg = f"The prefilled answers are to {prefilled.questionnaire!r}, not to {form!r}."
            raise InvalidParameterError(msg)
        return prefilled.values
    return {} if prefilled is None else form.answers(prefilled).values


def customer_of(prefilled: Mapping[str, Any] | Answers | None, customer: Any, owner: str) -> str:
    """Return whose form it is: who is named, or whose answers are there already."""
    known = prefilled.customer if isinstance(prefilled, Answers) else ""
    return same_customer(known, customer, owner, "The prefilled answers")


def _page(form: Questionnaire, language: Language, values: Mapping[str, Any], customer: str) -> str:
    writer = QuestionWriter(form, language, values)
    script = _part("form.js")
    introduction = spoken_pair(language, form.introduction, form.introduction_zh)
    number = fixed(language, "version", form.version)
    whose = f'<p class="whose">{fixed(language, "customer")}: {escape(customer)}</p>\n'
    return _PAGE.format(
        lang="zh-Hans" if language == "zh" else "en",
        policy=_policy(script),
        title=escape(form.words("zh" if language == "zh" else "en")),
        css=_part("form.css"),
        heading=spoken(language, form.words),
        version=f"{escape(form.id)} · {number}",
        whose=whose if customer else "",
        introduction=f"<p>{introduction}</p>" if introduction else "",
        paper=fixed(language, "on_paper"),
        stars=fixed(language, "stars"),
        sections="".join(_section(section, writer, language) for section in form.sections),
        how=fixed(language, "how_to_save"),
        save=fixed(language, "save"),
        data=_data(form, language, customer),
        script=script,
    )


def _section(section: Section, writer: QuestionWriter, language: Language) -> str:
    note = spoken_pair(language, section.note, section.note_zh)
    return (
        f'<section aria-labelledby="s-{section.key}"><h2 id="s-{section.key}">'
        f"{spoken(language, section.words)}</h2>\n"
        f"{f'<p>{note}</p>' if note else ''}"
        f"{writer.only_if(section.show_if, 'section_only_if')}\n"
        f"{''.join(writer.write(question) for question in section.questions)}</section>\n"
    )


def _data(form: Questionnaire, language: Language, customer: str) -> str:
    """Return what the script needs, without points and items."""
    content = {
        "format": ANSWER_FORMAT,
        "schema_version": ANSWER_VERSION,
        "questionnaire": {"id": form.id, "version": form.version, "digest": form.digest},
        **({"customer": customer} if customer else {}),
        "language": language,
        "words": {name: said(name, language) for name in ("missing", "wrong", "saved")},
        "questions": [
            _question(section, question)
            for section in form.sections
            for question in section.questions
        ],
    }
    text = json.dumps(content, ensure_ascii=False)
    # no text may end the element that holds it
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _question(section: Section, question: Question) -> dict[str, Any]:
    condition = section.condition_of(question)
    plain: dict[str, Any] = {"key": question.key, "kind": question.kind}
    plain["required"] = question.required
    if condition is not None:
        plain["show_if"] = condition.to_dict()
    if question.kind == "choices":
        plain["alone"] = [choice.key for choice in question.choices if choice.alone]
    if question.kind == "table":
        plain["rows"] = question.rows
        plain["columns"] = [{"key": part.key, "kind": part.kind} for part in question.columns]
    return plain


def _policy(script: str) -> str:
    """Return what the page may do: run this script, and reach nothing."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _part(name: str) -> str:
    folder = resources.files("creditscore.collect._questionnaire")
    return (folder / name).read_text(encoding="utf-8").replace("\r\n", "\n")
