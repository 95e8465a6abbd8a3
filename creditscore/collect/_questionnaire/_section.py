"""A section of a questionnaire: questions that belong together, and what they weigh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from creditscore._checks import check_kind, read_entries, set_number
from creditscore.collect._questionnaire._condition import Condition
from creditscore.collect._questionnaire._parts import check_key, check_words, in_language
from creditscore.collect._questionnaire._question import Question, made_of
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True, kw_only=True)
class Section:
    """Questions that belong together.

    Parameters
    ----------
    key : str
        Small letters, digits and underscores.
    title, title_zh : str, default=""
        Its heading, in English and Chinese; one of the two at least.
    note, note_zh : str, default=""
        What stands below the heading.
    questions : tuple of Question
        One or more.
    weight : float, default=1
        What its score weighs in that of the whole, 0 or more.
    show_if : Condition, optional
        When its questions are asked at all; without, always.

    Examples
    --------
    >>> from creditscore.collect import Question, Section
    >>> name = Question(key="name", text="Name")
    >>> section = Section(key="firm", title="The firm", questions=(name,))
    >>> section.questions[0].kind
    'text'
    """

    key: str
    questions: tuple[Question, ...]
    title: str = ""
    title_zh: str = ""
    note: str = ""
    note_zh: str = ""
    weight: float = 1.0
    show_if: Condition | None = None

    def __post_init__(self) -> None:
        """Check each entry."""
        check_key(self.key, "Section")
        owner = f"Section {self.key!r}"
        check_words(self, owner, "title")
        check_words(self, owner, "note", needed=False)
        questions = read_entries(self.questions, "questions", owner)
        object.__setattr__(self, "questions", questions)
        if not questions or not all(isinstance(question, Question) for question in questions):
            msg = f"The 'questions' parameter of {owner} must be one Question or more."
            raise InvalidParameterError(msg)
        set_number(self, "weight", low=0, closed="left")
        if self.show_if is not None:
            check_kind(self.show_if, "show_if", owner, Condition)

    def words(self, language: str) -> str:
        """Return the heading in English ("en") or Chinese ("zh")."""
        return in_language(self.title, self.title_zh, language)

    def condition_of(self, question: Question) -> Condition | None:
        """Return when a question of this section is asked; None for always."""
        both = [part for part in (self.show_if, question.show_if) if part is not None]
        return Condition(op="all", parts=tuple(both)) if len(both) > 1 else next(iter(both), None)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read a section from plain values, as files have them.

        Raises
        ------
        InvalidParameterError
            An entry is unknown or doesn't fit; the message names it.

        Examples
        --------
        >>> from creditscore.collect import Section
        >>> questions = [{"key": "name", "text": "Name"}]
        >>> Section.from_dict({"key": "firm", "title": "The firm", "questions": questions}).weight
        1.0
        """
        entries = dict(content)
        if "questions" in entries:
            parts = read_entries(entries["questions"], "questions", "Section")
            for part in parts:
                check_kind(part, "questions", "Section", Mapping)
            entries["questions"] = tuple(Question.from_dict(part) for part in parts)
        if "show_if" in entries:
            entries["show_if"] = Condition.from_dict(entries["show_if"])
        made: Self = made_of(cls, entries)
        return made
