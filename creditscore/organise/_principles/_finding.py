"""What a report of the four principles found, in English and Chinese, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from creditscore._checks import unknown_name
from creditscore._validation import check_choice
from creditscore.organise._principles._finding_text import FORMULAS, SAID, TEXTS, WORDS

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[str, ...] = get_args(Language)
FINDING_SEVERITIES = ("error", "doubt", "note")
PRINCIPLES = ("complete", "current", "confidential", "objective")


@dataclass(frozen=True, kw_only=True, repr=False)
class PrincipleFinding:
    """One finding of a report: which principle, how severe, what, and what to do.

    Parameters
    ----------
    code : str
        Which kind of finding, such as ``"no_file"``.
    values : mapping
        What its text is filled with: numbers and words.

    Raises
    ------
    InvalidParameterError
        There is no such kind.

    Examples
    --------
    >>> from creditscore.organise import PrincipleFinding
    >>> found = PrincipleFinding(code="unencrypted", values={"share": 0.125})
    >>> found
    <PrincipleFinding: confidential, error: 12.5% of the protected values are not encrypted>
    >>> found.advice("zh")
    '加密，并销毁明文副本。'
    """

    code: str
    values: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Check the code."""
        if self.code not in TEXTS:
            raise unknown_name(self.code, list(TEXTS), "finding", "the report")

    @property
    def principle(self) -> str:
        """complete, current, confidential or objective."""
        return TEXTS[self.code][0]

    @property
    def severity(self) -> str:
        """error, doubt or note."""
        return TEXTS[self.code][1]

    def told(self, language: Language = "en") -> str:
        """Return what was found, in English or Chinese."""
        values = dict(self.values)
        text = TEXTS[self.code][2]
        if _place(language):
            text = TEXTS[self.code][4]
            values = {name: _said(name, value) for name, value in values.items()}
        return text.format(**values)

    def advice(self, language: Language = "en") -> str:
        """Return what to do about it, in English or Chinese."""
        return TEXTS[self.code][5 if _place(language) else 3]

    def __repr__(self) -> str:
        """Say in one line what was found."""
        return f"<PrincipleFinding: {self.principle}, {self.severity}: {self.told()}>"


def _said(name: str, value: Any) -> Any:
    """Return a value in Chinese: each of its words that is the library's own; names stay."""
    if name not in SAID:
        return value
    parts = [SAID[name].get(part, part) for part in str(value).split(", ")]
    return (", " if name == "level" else "、").join(parts)


def _place(language: str) -> int:
    """Return the place of a language in the pairs above."""
    check_choice(language, "language", "PrinciplesReport", LANGUAGES)
    return LANGUAGES.index(language)


def word(name: str, language: Language) -> str:
    """Return a word of the report; what is none stays as it is."""
    return WORDS[name][_place(language)] if name in WORDS else name


def formula(principle: str, language: Language) -> str:
    """Return how the number of a principle is made."""
    return FORMULAS[principle][_place(language)]
