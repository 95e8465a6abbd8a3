"""What the letters of grades are called, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from creditscore._checks import unknown_name
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError

Language: TypeAlias = Literal["en", "zh"]

SIGNS = ("+", "-")
"""Notches above and below a letter."""
_NAMES = {
    "AAA": ("excellent credit", "信用极好"),
    "AA": ("very good credit", "信用优良"),
    "A": ("good credit", "信用较好"),
    "BBB": ("fair credit", "信用一般"),
    "BB": ("below average credit", "信用欠佳"),
    "B": ("weak credit", "信用较差"),
    "CCC": ("very weak credit", "信用很差"),
    "CC": ("extremely weak credit", "信用极差"),
    "C": ("no credit standing", "没有信用"),
    "D": ("in default", "违约"),
}


def grade_name(label: str, *, language: Language = "en") -> str:
    """Return what a letter grade is called.

    Parameters
    ----------
    label : str
        AAA, AA, A, BBB, BB, B, CCC, CC, C or D; with "+" or "-" behind it, a notch is called as
        its letter is.
    language : {"en", "zh"}, default="en"
        English or Chinese.

    Returns
    -------
    str

    Raises
    ------
    InvalidParameterError
        Another grade, or another language.

    Notes
    -----
    The nine grades AAA … C are those of the People's Bank of China's specification of credit
    ratings (JR/T 0030.2-2006, 信用评级规范). The short Chinese names are customary in the rating of
    firms in China and no text of that standard; the English ones are ours.

    Examples
    --------
    >>> from creditscore.grade import grade_name
    >>> grade_name("BBB"), grade_name("AA-", language="zh")
    ('fair credit', '信用优良')
    """
    check_choice(language, "language", "grade_name", ("en", "zh"))
    letter = letter_of(label) if isinstance(label, str) else label
    if letter not in _NAMES:
        raise unknown_name(label, tuple(_NAMES), "name of grade", "the letter grades")
    return _NAMES[letter][language == "zh"]


def letter_of(label: str) -> str:
    """Return a grade without the sign of its notch."""
    return label[:-1] if label.endswith(SIGNS) and len(label) > 1 else label


def names_of(labels: Iterable[str], language: Language) -> tuple[str, ...]:
    """Return the name of each letter grade, and "" for all others."""
    found = []
    for label in labels:
        try:
            found.append(grade_name(label, language=language))
        except InvalidParameterError:
            found.append("")
    return tuple(found)
