"""A questionnaire: what is asked, of whom, in which version."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias, get_args

import pandas as pd

from creditscore._checks import check_kind, read_entries, unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._validation import check_choice, check_integer
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._questionnaire._branching import check_branching
from creditscore.collect._questionnaire._fills import check_fills
from creditscore.collect._questionnaire._parts import check_key, check_words, in_language
from creditscore.collect._questionnaire._question import Question, plain_of
from creditscore.collect._questionnaire._section import Section
from creditscore.collect._questionnaire._words import Language
from creditscore.exceptions import InvalidParameterError

if TYPE_CHECKING:
    from creditscore.collect._questionnaire._answers import Answers

AnsweredBy: TypeAlias = Literal["customer", "visitor", "interviewer"]
ANSWERED_BY: tuple[str, ...] = get_args(AnsweredBy)
_METHODS = {"customer": "questionnaire", "visitor": "observation", "interviewer": "interview"}
_NOT_SEEN = (
    "item", "true_from", "unit_from", "factor", "bands", "points_yes", "points_no", "points",
    "value", "weight",
)  # fmt: skip
"""What who answers doesn't see, and what may change while forms are out."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Questionnaire(JsonDocument):
    """Questions in sections, with branching, points, and the items that answers fill.

    Parameters
    ----------
    id : str
        Small letters, digits and underscores.
    version : int
        1 or more; raise it when what is asked changes.
    title, title_zh : str, default=""
        In English and Chinese; one of the two at least.
    introduction, introduction_zh : str, default=""
        What who answers reads first: what for, how long it takes, who will see it.
    answered_by : {"customer", "visitor", "interviewer"}, default="customer"
        Who fills it in, by which the method of observations is questionnaire, observation or
        interview.
    sections : tuple of Section
        One or more. Keys of questions differ in the whole questionnaire.

    Raises
    ------
    InvalidParameterError
        Two sections or questions have one key; a condition refers to a question that is not known
        or not asked before it, compares with what can't be answered, or can't be met.

    See Also
    --------
    load_questionnaire : Questionnaires that come with the library.
    read_answers : Reads back what was filled in.

    Notes
    -----
    Whether a condition can be met is searched among answers that its tests tell apart. The search
    stops after 100,000 steps, and takes the condition for one that can.

    Examples
    --------
    >>> from creditscore.collect import Choice, Condition, Question, Questionnaire, Section
    >>> late = Question(key="late", kind="yes_no", text="Did you pay late?", text_zh="是否曾逾期？",
    ...                 required=True, points_yes=0, points_no=10)
    >>> why = Question(key="why", text="Why?", text_zh="原因？",
    ...                show_if=Condition(op="is", question="late", value=True))
    >>> form = Questionnaire(id="short", version=1, title="Short", sections=(
    ...     Section(key="payment", title="Payment", questions=(late, why)),
    ... ))
    >>> form
    Questionnaire(short, version 1: 2 questions in 1 section, answered by the customer)
    >>> Questionnaire.from_json(form.to_json()) == form
    True
    """

    id: str
    version: int
    sections: tuple[Section, ...]
    title: str = ""
    title_zh: str = ""
    introduction: str = ""
    introduction_zh: str = ""
    answered_by: AnsweredBy = "customer"
    _format: ClassVar[str] = "creditscore.questionnaire"

    def __post_init__(self) -> None:
        """Check each entry, that keys differ, and that every question can be asked."""
        check_key(self.id, "Questionnaire")
        owner = f"Questionnaire {self.id!r}"
        check_integer(self.version, "version", owner, low=1)
        check_words(self, owner, "title")
        check_words(self, owner, "introduction", needed=False)
        check_choice(self.answered_by, "answered_by", owner, ANSWERED_BY)
        sections = read_entries(self.sections, "sections", owner)
        object.__setattr__(self, "sections", sections)
        if not sections or not all(isinstance(section, Section) for section in sections):
            msg = f"The 'sections' parameter of {owner} must be one Section or more."
            raise InvalidParameterError(msg)
        for what, keys in (
            ("sections", [section.key for section in sections]),
            ("questions", [question.key for question in self.questions]),
        ):
            twice = next((key for key in keys if keys.count(key) > 1), None)
            if twice is not None:
                msg = f"{owner} has two {what} of the key {twice!r}. Give each its own."
                raise InvalidParameterError(msg)
        check_branching(sections)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    @property
    def method(self) -> str:
        """The method of observations that are made of answers."""
        return _METHODS[self.answered_by]

    @property
    def digest(self) -> str:
        """SHA-256 of all that who answers sees and can answer, as hex.

        Forms hold it, and answers to another one are not read. Points, weights and items are not
        in it, so that they may be changed while forms are out.
        """
        seen = _without(self._content(), _NOT_SEEN)
        text = json.dumps(seen, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def __getitem__(self, key: str) -> Question:
        """Return a question by its key; near keys are listed where there is none."""
        found = next((question for question in self.questions if question.key == key), None)
        if found is None:
            keys = [question.key for question in self.questions]
            raise unknown_name(key, keys, "question", f"the questionnaire {self.id!r}")
        return found

    def __iter__(self) -> Iterator[Question]:
        """Go through the questions."""
        return iter(self.questions)

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.questions)

    def words(self, language: str) -> str:
        """Return the title in English ("en") or Chinese ("zh")."""
        return in_language(self.title, self.title_zh, language)

    def frame(self) -> pd.DataFrame:
        """Return a row a question: section, key, kind, texts, required, item, points, condition."""
        rows = []
        for section in self.sections:
            for question in section.questions:
                condition = section.condition_of(question)
                low, high = question.points_range or (float("nan"), float("nan"))
                rows.append({
                    "section": section.key, "question": question.key, "kind": question.kind,
                    "text": question.text, "text_zh": question.text_zh,
                    "required": question.required, "item": question.item,
                    "lowest_points": low, "highest_points": high,
                    "asked_if": "" if condition is None else json.dumps(
                        condition.to_dict(), ensure_ascii=False
                    ),
                })  # fmt: skip
        return pd.DataFrame(rows)

    def answers(self, values: Mapping[str, Any]) -> Answers:
        """Return checked answers, given by the keys of questions.

        Raises
        ------
        InvalidDataError
            An answer can't be used, or was not to be asked for; :func:`read_answers` keeps the
            others.
        """
        from creditscore.collect._questionnaire._answers import Answers  # noqa: PLC0415 - knows us

        return Answers(questionnaire=self, values=values)

    def check_items(self, catalogue: ItemCatalogue | None = None) -> None:
        """Check that the items that answers fill are there, and hold such answers.

        Parameters
        ----------
        catalogue : ItemCatalogue, optional
            What the items are; without, the standard one.

        Raises
        ------
        InvalidParameterError
            An item is not known, is of another kind, or doesn't hold all that may be answered.
        """
        catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
        check_kind(catalogue, "catalogue", "check_items", ItemCatalogue)
        check_fills(self.sections, catalogue)

    def to_html(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        language: Language = "en",
        prefilled: Mapping[str, Any] | Answers | None = None,
        customer: str | int | None = None,
    ) -> str | None:
        """Write a form for screen and paper: one file that needs nothing else.

        Parameters
        ----------
        path : path-like, optional
            File to write; without one, the text is returned.
        language : {"en", "zh", "both"}, default="en"
            What it is written in.
        prefilled : mapping or Answers, optional
            Answers that are there already.
        customer : str or int, optional
            Who is asked: printed on the form, and in what comes back, so that one can tell whose
            it is. Without, the customer of prefilled answers, or none.

        Returns
        -------
        str or None
            The text, where there is no path.

        Raises
        ------
        InvalidDataError
            A prefilled answer can't be used.
        InvalidParameterError
            The prefilled answers are another customer's.

        Notes
        -----
        On screen, questions that don't apply are hidden, and a button saves the answers as a file
        that :func:`read_answers` reads; nothing is sent. On paper, all questions stand, with the
        question to go on with beside answers. Points and items are not in the file.
        """
        from creditscore.collect._questionnaire._html import write_form  # noqa: PLC0415 - knows us

        return write_form(self, path, language=language, prefilled=prefilled, customer=customer)

    def to_excel(
        self,
        path: str | os.PathLike[str],
        *,
        language: Language = "en",
        prefilled: Mapping[str, Any] | Answers | None = None,
        customer: str | int | None = None,
    ) -> None:
        """Write a workbook to fill in: lists and ranges in cells, all others locked.

        Parameters
        ----------
        path : path-like
            File to write, whose name ends in .xlsx.
        language : {"en", "zh", "both"}, default="en"
            What it is written in.
        prefilled : mapping or Answers, optional
            Answers that are there already.
        customer : str or int, optional
            Who is asked: printed on the form, and in what comes back, so that one can tell whose
            it is. Without, the customer of prefilled answers, or none.

        Raises
        ------
        InvalidDataError
            A prefilled answer can't be used.
        InvalidParameterError
            The name ends otherwise, or the prefilled answers are another customer's.
        MissingDependencyError
            openpyxl is not installed.

        Notes
        -----
        Questions that don't apply turn grey, and a column says what is still to be answered.
        Sheets are locked without a password: this guards against slips, and what was changed all
        the same is found by :func:`read_answers`. Points and items are not in the file.
        """
        from creditscore.collect._questionnaire._workbook import (  # noqa: PLC0415 - knows us
            write_workbook,
        )

        write_workbook(self, path, language=language, prefilled=prefilled, customer=customer)

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> Self:
        """Read a questionnaire that a person wrote.

        Raises
        ------
        DocumentNotFoundError
            There is no such file.
        DocumentError
            It is no YAML, or holds something else; the message names the entry.
        """
        from creditscore.collect._questionnaire._yaml_file import (  # noqa: PLC0415 - knows us
            read_questionnaire_file,
        )

        made: Self = read_questionnaire_file(cls, path)
        return made

    def to_yaml(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """Write what :meth:`from_yaml` reads, to a file or, without a path, to a text."""
        from creditscore.collect._questionnaire._yaml_file import (  # noqa: PLC0415 - knows us
            write_questionnaire_file,
        )

        return write_questionnaire_file(self._content(), path)

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = plain_of(self)
        return content

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        entries = dict(content)
        sections = tuple(Section.from_dict(part) for part in entries.pop("sections"))
        return cls(sections=sections, **entries)

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"Questionnaire({self.id}, version {self.version}: "
            f"{counted(len(self), 'question')} in {counted(len(self.sections), 'section')}, "
            f"answered by the {self.answered_by})"
        )

    def _repr_html_(self) -> str:
        """Show the form in a frame that runs and sends nothing, and the questions as a table."""
        points = {"lowest_points": "{:g}", "highest_points": "{:g}"}
        table = html_table(self.frame(), caption=repr(self), formats=points)
        name, page = escape(repr(self)), escape(str(self.to_html()))
        return (
            f'<iframe title="{name}" sandbox="" srcdoc="{page}" '
            'style="width:100%;height:32em;border:1px solid #ccc"></iframe>'
            f"<details><summary>{name}</summary>{table}</details>"
        )


def _without(content: Any, names: tuple[str, ...]) -> Any:
    if isinstance(content, dict):
        return {key: _without(value, names) for key, value in content.items() if key not in names}
    return [_without(value, names) for value in content] if isinstance(content, list) else content
